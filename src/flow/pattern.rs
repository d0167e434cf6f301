//! Judging regular expressions used as guards: which characters a matching text may hold.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::marks;
use crate::models::{Class as Harm, ClassSet};

/// What a text is known to be when it does (or does not) match a pattern.
#[derive(Clone, Debug)]
struct Admitted {
    /// Ranges of characters that may occur anywhere.
    ranges: Vec<(char, char)>,
    /// Ranges of characters that may come first; `None` when that is not known.
    first: Option<Vec<(char, char)>>,
}

impl Admitted {
    fn holds(ranges: &[(char, char)], c: char) -> bool {
        ranges.iter().any(|(low, high)| *low <= c && c <= *high)
    }

    fn any_of(&self, set: &str) -> bool {
        set.chars().any(|c| Self::holds(&self.ranges, c))
    }

    fn may_start_with(&self, set: &str) -> bool {
        let ranges = self.first.as_deref().unwrap_or(&self.ranges);
        set.chars().any(|c| Self::holds(ranges, c))
    }

    /// Whether nothing in it ends an identifier, a number or a quoted text, and no second word can follow.
    fn is_one_word_of_sql(&self) -> bool {
        let comment = self.any_of("/") && self.any_of("*");
        let blank = self.any_of(" \t");
        let letter = self
            .ranges
            .iter()
            .any(|(low, high)| *low <= 'z' && *high >= 'a' || *low <= 'Z' && *high >= 'A');
        let words = blank && letter;
        !(comment || words || self.any_of("\n\r;'\"`\\(){}#<>=|&!^~[]?"))
    }

    /// The classes in which such a text can do no harm.
    fn clears(&self) -> ClassSet {
        let mut cleared = ClassSet::NONE;
        let mut clear = |harm: Harm| cleared = cleared.union(ClassSet::of(harm));
        let newline = self.any_of("\n\r");
        if !newline && !self.any_of(";&|$`<>(){}!\"'\\*?[]#~%^") {
            clear(Harm::Command);
            if !self.any_of(" \t'\"") {
                clear(Harm::Template);
            }
            if !self.any_of(" \t.:/") {
                clear(Harm::Code);
            }
        }
        if self.is_one_word_of_sql() {
            clear(Harm::Sql);
            clear(Harm::Nosql);
        }
        if !self.may_start_with("-") && !self.any_of(" \t") {
            clear(Harm::Argument);
        }
        if !self.any_of("/\\") {
            clear(Harm::Path);
            clear(Harm::Archive);
            if !self.any_of(":") && !self.any_of(".@") {
                clear(Harm::Url);
            }
        }
        if !self.any_of(".") {
            cleared = cleared.union(marks::NO_PARENT);
        }
        if !self.may_start_with("/\\~") && !self.any_of(":") {
            cleared = cleared.union(marks::NOT_ABSOLUTE);
        }
        if !self.any_of("/:") {
            cleared = cleared.union(ClassSet::of(Harm::Url));
        }
        cleared
    }
}

/// How a pattern is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// Anywhere in the text.
    Search,
    /// From the start of the text.
    Prefix,
    /// The whole text.
    Whole,
}

/// The classes cleared when a text matches, and when it does not.
pub(crate) fn judge(pattern: &str, flags: &str, how: Match, dollar_admits_newline: bool) -> (ClassSet, ClassSet) {
    let mut source = normalize(pattern);
    let multi_line = flags.contains('m') || source.starts_with("(?m)");
    if flags.contains('i') {
        source = format!("(?i){source}");
    }
    if flags.contains('s') {
        source = format!("(?s){source}");
    }
    let Ok(hir) = regex_syntax::ParserBuilder::new().nest_limit(64).build().parse(&source) else {
        return (ClassSet::NONE, ClassSet::NONE);
    };
    let mut items: Vec<&Hir> = Vec::new();
    flatten(&hir, &mut items);
    let starts = matches!(items.first().map(|item| item.kind()), Some(HirKind::Look(Look::Start)));
    let ends = matches!(items.last().map(|item| item.kind()), Some(HirKind::Look(Look::End)));
    let anchored_start = how != Match::Search || (starts && !multi_line);
    let anchored_end = how == Match::Whole || (ends && !multi_line);
    let when_true = if anchored_start && anchored_end {
        let mut ranges = Vec::new();
        let known = collect(&hir, &mut ranges);
        // a `$` that lets a final newline pass admits a newline
        if ends && how != Match::Whole && dollar_admits_newline && known {
            // one trailing newline ends a shell word but starts no command; it does no harm to a path
        }
        if known {
            Admitted {
                first: first(&items),
                ranges,
            }
            .clears()
        } else {
            ClassSet::NONE
        }
    } else if anchored_start {
        first(&items).map_or(ClassSet::NONE, |ranges| {
            if "-".chars().any(|c| Admitted::holds(&ranges, c)) {
                ClassSet::NONE
            } else {
                ClassSet::of(Harm::Argument)
            }
        })
    } else {
        ClassSet::NONE
    };
    let when_false = match single_class(&hir) {
        Some(denied) if how == Match::Search => Admitted {
            ranges: complement(&denied),
            first: None,
        }
        .clears(),
        _ => ClassSet::NONE,
    };
    (when_true, when_false)
}

/// The classes cleared of a text in which everything that a pattern finds was replaced by a constant: `[^a-z]` by `_`.
pub(crate) fn left_after(pattern: &str, flags: &str, by: &str) -> Option<ClassSet> {
    let mut source = normalize(pattern);
    if flags.contains('i') {
        source = format!("(?i){source}");
    }
    let hir = regex_syntax::ParserBuilder::new()
        .nest_limit(64)
        .build()
        .parse(&source)
        .ok()?;
    let mut ranges = complement(&single_class(&hir)?);
    ranges.extend(by.chars().map(|c| (c, c)));
    Some(Admitted { ranges, first: None }.clears())
}

/// Whether every character that means something to a shell gets a backslash of its own when what a pattern finds is replaced by `by`.
pub(crate) fn escapes(pattern: &str, by: &str) -> bool {
    if !matches!(
        by,
        "\\$&" | "\\$1" | "\\$0" | "\\\\1" | "\\\\\\1" | "\\\\\\g<0>" | "\\\\\\g<1>"
    ) {
        return false;
    }
    let Ok(hir) = regex_syntax::ParserBuilder::new()
        .nest_limit(64)
        .build()
        .parse(&normalize(pattern))
    else {
        return false;
    };
    let mut found = &hir;
    while let HirKind::Capture(group) = found.kind() {
        found = &group.sub;
    }
    let HirKind::Class(class) = found.kind() else {
        return false;
    };
    let ranges = class_ranges(class);
    ";&|<>()$`\\\"' \n*?".chars().all(|c| Admitted::holds(&ranges, c))
}

/// A `[` within a class, which other dialects take as it stands.
fn literal_brackets(pattern: &str) -> String {
    let mut written = String::with_capacity(pattern.len());
    let (mut escaped, mut within, mut begins) = (false, false, 0);
    for (at, c) in pattern.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' if within && !pattern[at + 1..].starts_with(':') => written.push('\\'),
            '[' if !within => {
                within = true;
                begins = at + 1;
            }
            // what comes first in a class stands for itself
            ']' if within && !matches!(&pattern[begins..at], "" | "^") => within = false,
            _ => {}
        }
        written.push(c);
    }
    written
}

/// Spellings of other dialects that the parser does not know.
fn normalize(pattern: &str) -> String {
    literal_brackets(pattern)
        .replace("(?<", "(?P<")
        .replace("(?P<=", "(?<=")
        .replace("(?P<!", "(?<!")
        .replace(r"\/", "/")
        .replace(r"\Z", r"\z")
        .replace(r"\-", r"\x2D")
}

/// The parts of a concatenation; a group that holds nothing but a concatenation is opened.
fn flatten<'h>(hir: &'h Hir, into: &mut Vec<&'h Hir>) {
    match hir.kind() {
        HirKind::Concat(parts) => parts.iter().for_each(|part| flatten(part, into)),
        HirKind::Capture(group) => flatten(&group.sub, into),
        _ => into.push(hir),
    }
}

fn class_ranges(class: &Class) -> Vec<(char, char)> {
    match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => class
            .iter()
            .map(|range| (char::from(range.start()), char::from(range.end())))
            .collect(),
    }
}

/// Adds every character that a match may hold; false when that can't be told.
fn collect(hir: &Hir, into: &mut Vec<(char, char)>) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => {
                into.extend(text.chars().map(|c| (c, c)));
                true
            }
            Err(_) => false,
        },
        HirKind::Class(class) => {
            into.extend(class_ranges(class));
            true
        }
        HirKind::Repetition(repetition) => collect(&repetition.sub, into),
        HirKind::Capture(group) => collect(&group.sub, into),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(|part| collect(part, into)),
    }
}

/// What may come first.
fn first(items: &[&Hir]) -> Option<Vec<(char, char)>> {
    let mut ranges = Vec::new();
    for item in items {
        match item.kind() {
            HirKind::Look(_) | HirKind::Empty => {}
            HirKind::Literal(literal) => {
                let c = std::str::from_utf8(&literal.0).ok()?.chars().next()?;
                ranges.push((c, c));
                return Some(ranges);
            }
            HirKind::Class(class) => {
                ranges.extend(class_ranges(class));
                return Some(ranges);
            }
            HirKind::Repetition(repetition) => {
                let mut inner = Vec::new();
                flatten(&repetition.sub, &mut inner);
                ranges.extend(first(&inner)?);
                if repetition.min > 0 {
                    return Some(ranges);
                }
            }
            HirKind::Alternation(parts) => {
                for part in parts {
                    let mut inner = Vec::new();
                    flatten(part, &mut inner);
                    ranges.extend(first(&inner)?);
                }
                return Some(ranges);
            }
            HirKind::Capture(_) | HirKind::Concat(_) => return None,
        }
    }
    Some(ranges)
}

/// The class of a pattern that is one character class (or alternation of single characters), once or repeated.
fn single_class(hir: &Hir) -> Option<Vec<(char, char)>> {
    match hir.kind() {
        HirKind::Class(class) => Some(class_ranges(class)),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            let mut chars = text.chars();
            let c = chars.next()?;
            chars.next().is_none().then(|| vec![(c, c)])
        }
        HirKind::Capture(group) => single_class(&group.sub),
        HirKind::Repetition(repetition) if repetition.min <= 1 => single_class(&repetition.sub),
        HirKind::Alternation(parts) => {
            // other alternatives only deny more
            let all: Vec<_> = parts.iter().filter_map(single_class).flatten().collect();
            (!all.is_empty()).then_some(all)
        }
        _ => None,
    }
}

fn complement(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut class = regex_syntax::hir::ClassUnicode::new(
        ranges
            .iter()
            .map(|(low, high)| regex_syntax::hir::ClassUnicodeRange::new(*low, *high)),
    );
    class.negate();
    class.iter().map(|range| (range.start(), range.end())).collect()
}
