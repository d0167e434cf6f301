//! A page of Markdown on a terminal: as much of the language as the rules' pages use.

use super::Style;
use super::wrap::wrap;

/// Longer lines of prose are hard to read, however wide the terminal is.
const WIDEST: usize = 100;
const RESET: &str = "\u{1B}[0m";
const BOLD: &str = "\u{1B}[1m";
const HEADING: &str = "\u{1B}[1;4m";
const CODE: &str = "\u{1B}[36m";
const DIM: &str = "\u{1B}[2m";

/// Lays a page out: prose is wrapped, code is indented, marks become colours where there are any.
pub(super) fn lay_out(page: &str, style: Style) -> String {
    let mut screen = Screen {
        out: String::new(),
        paragraph: String::new(),
        indent: "",
        style,
    };
    let mut in_code = false;
    for line in page.lines() {
        if line.starts_with("```") {
            screen.end_paragraph();
            in_code = !in_code;
        } else if in_code {
            screen.code(line);
        } else {
            screen.prose(line);
        }
    }
    screen.end_paragraph();
    screen.out
}

struct Screen {
    out: String,
    /// Lines of prose that are not yet written.
    paragraph: String,
    /// What the paragraph's lines after the first begin with.
    indent: &'static str,
    style: Style,
}

impl Screen {
    fn code(&mut self, line: &str) {
        if line.is_empty() {
            self.out.push('\n');
        } else {
            self.push("    ", DIM, line);
        }
    }

    fn prose(&mut self, line: &str) {
        if let Some(title) = line.strip_prefix('#') {
            self.end_paragraph();
            self.push("", HEADING, title.trim_start_matches('#').trim());
        } else if line.trim().is_empty() {
            self.end_paragraph();
            self.out.push('\n');
        } else if line.starts_with("- ") {
            self.end_paragraph();
            self.indent = "  ";
            self.paragraph = line.to_owned();
        } else {
            if !self.paragraph.is_empty() {
                self.paragraph.push(' ');
            }
            self.paragraph.push_str(line.trim());
        }
    }

    fn push(&mut self, before: &str, color: &str, text: &str) {
        self.out.push_str(before);
        if self.style.color {
            self.out.extend([color, text, RESET]);
        } else {
            self.out.push_str(text);
        }
        self.out.push('\n');
    }

    fn end_paragraph(&mut self) {
        let text = without_links(&std::mem::take(&mut self.paragraph));
        let indent = std::mem::take(&mut self.indent);
        if text.is_empty() {
            return;
        }
        let width = self.style.width.min(WIDEST).saturating_sub(indent.len());
        let mut mark = "";
        for (number, line) in wrap(&text, width).iter().enumerate() {
            if number > 0 {
                self.out.push_str(indent);
            }
            if self.style.color {
                mark = paint(&mut self.out, line, mark);
            } else {
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
    }
}

/// Writes a line with the marks of Markdown as colours. `mark` is the one that the line before left open; the result is
/// the one that this line does. No colour goes across the end of a line.
fn paint(out: &mut String, line: &str, mark: &'static str) -> &'static str {
    let color = |mark: &str| if mark == "`" { CODE } else { BOLD };
    let mut open = mark;
    let mut rest = line;
    if !open.is_empty() {
        out.push_str(color(open));
    }
    loop {
        let next = if open.is_empty() {
            let found = ["`", "**"]
                .into_iter()
                .filter_map(|mark| Some((rest.find(mark)?, mark)));
            found.min()
        } else {
            rest.find(open).map(|at| (at, open))
        };
        let Some((at, found)) = next else {
            break;
        };
        out.push_str(&rest[..at]);
        rest = &rest[at + found.len()..];
        if open.is_empty() {
            out.push_str(color(found));
            open = found;
        } else {
            out.push_str(RESET);
            open = "";
        }
    }
    out.push_str(rest);
    if !open.is_empty() {
        out.push_str(RESET);
    }
    open
}

/// Links as text: an address stays behind its name, a link to another page is its name alone.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((name, behind)) = rest.split_once("](") {
        let (Some((before, name)), Some((target, after))) = (name.rsplit_once('['), behind.split_once(')')) else {
            out.extend([name, "]("]);
            rest = behind;
            continue;
        };
        out.extend([before, name]);
        if target.starts_with("http") {
            out.extend([" <", target, ">"]);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "## Why\n\nA `long\nname` is **bad** here.\n\n- [CWE-1](https://x.example/1)\n- see [`other`](other.md)\n  for more of it\n\n```py\nif x:\n    y()\n```\n";

    fn style(color: bool, width: usize) -> Style {
        Style {
            color,
            width,
            ..Style::default()
        }
    }

    #[test]
    fn prose_is_wrapped_and_code_is_not() {
        assert_eq!(
            lay_out(PAGE, style(false, 22)),
            "Why\n\nA `long name` is\n**bad** here.\n\n- CWE-1\n  <https://x.example/1>\n- see `other` for\n  more of it\n\n    if x:\n        y()\n"
        );
    }

    #[test]
    fn marks_become_colors_that_end_with_their_line() {
        let page = lay_out(PAGE, style(true, 9));
        for line in page.lines() {
            assert_eq!(line.matches("\u{1B}[").count() % 2, 0, "{line:?}");
        }
        assert!(
            page.contains("\u{1B}[36mlong\u{1B}[0m\n\u{1B}[36mname\u{1B}[0m is"),
            "{page:?}"
        );
        assert!(!page.contains('`') && !page.contains("**"), "{page:?}");
    }
}
