//! JSON as people write it: comments (`//`, `/* */`, `#` on a line), trailing commas, single quotes, bare keys.

use jsonc_parser::tokens::Token;
use jsonc_parser::{Scanner, ScannerOptions};

use super::build::Builder;
use super::{Document, Node, Value};
use crate::workspace::Span;

pub(super) fn parse(text: &str) -> Document {
    let mut reader = Reader {
        text,
        build: Builder::new(),
        colon: false,
    };
    reader.read();
    reader.finish()
}

struct Reader<'a> {
    text: &'a str,
    build: Builder,
    /// A colon came after the key that waits for its value.
    colon: bool,
}

/// What to do after a token.
enum Next {
    /// Read the one after it.
    Token,
    /// Read on from this offset.
    Resume(usize),
    /// Nothing more can be made of the text.
    End,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut base = 0;
        'scanner: loop {
            let text = self.text;
            let mut scanner = Scanner::new(text.get(base..).unwrap_or_default(), &ScannerOptions::default());
            loop {
                let next = match scanner.scan() {
                    Ok(None) => return,
                    Ok(Some(token)) => {
                        let span = Span::new(base + scanner.token_start(), base + scanner.token_end());
                        self.token(token, span)
                    }
                    Err(_) => self.no_token(base + scanner.token_start()),
                };
                match next {
                    Next::Token => {}
                    // An error costs the scanner a walk over the text before it: too many are not worth it.
                    Next::Resume(offset) if !self.build.gaps.full => {
                        base = offset;
                        continue 'scanner;
                    }
                    Next::Resume(_) | Next::End => return,
                }
            }
        }
    }

    fn finish(mut self) -> Document {
        if let (Some(start), 1..) = (self.build.open_at(), self.build.depth()) {
            self.gap(Span::new(start, start + 1), "not closed");
        }
        self.build.finish(self.text.len())
    }

    fn gap(&mut self, span: Span, message: &str) {
        self.build.gaps.push(span, format!("not valid JSON: {message}"));
    }

    /// Goes on after what is no token: with the next value on the line, or else with the next line.
    fn no_token(&mut self, start: usize) -> Next {
        let rest = self.text.get(start..).unwrap_or_default();
        let line = rest.find('\n').unwrap_or(rest.len());
        if rest.starts_with('#') {
            return Next::Resume(start + line);
        }
        let stop = if rest.starts_with(['"', '\'']) {
            line
        } else {
            rest.find(['\n', ',', '}', ']']).unwrap_or(rest.len())
        };
        self.gap(Span::new(start, start + stop), "not understood");
        let width = rest.chars().next().map_or(1, char::len_utf8);
        Next::Resume(start + stop.max(width))
    }

    fn token(&mut self, token: Token<'_>, span: Span) -> Next {
        let (start, end) = (span.start as usize, span.end as usize);
        match token {
            Token::CommentLine(_) | Token::CommentBlock(_) => return Next::Token,
            Token::Colon => {
                if self.build.awaits_value() && !self.colon {
                    self.colon = true;
                } else if self.build.in_map().is_some() || self.build.depth() == 0 {
                    self.gap(span, "a colon that follows no key");
                }
                return Next::Token;
            }
            Token::Comma => {
                if self.build.awaits_value() {
                    self.gap(span, "a key without a value");
                    self.build.no_value(start);
                }
                self.colon = false;
                return Next::Token;
            }
            Token::CloseBrace | Token::CloseBracket => {
                self.close(matches!(token, Token::CloseBrace), span);
                return Next::Token;
            }
            _ => {}
        }
        if self.build.depth() == 0 && self.build.roots() > 0 {
            self.gap(span, "text after the value");
            return Next::End;
        }
        if self.build.awaits_value() && !self.colon {
            self.gap(span, "a value without a key");
        }
        self.colon = false;
        let value = match token {
            Token::OpenBrace | Token::OpenBracket => {
                if self.build.awaits_key() {
                    self.gap(span, "a value without a key");
                    self.build.value(string(String::new(), Span::new(start, start)));
                }
                if matches!(token, Token::OpenBrace) {
                    self.build.open_map(start);
                } else {
                    self.build.open_list(start);
                }
                return Next::Token;
            }
            Token::String(text) => {
                let written = self.text.get(span.range()).unwrap_or_default();
                if let Some(line) = unclosed(written) {
                    let span = Span::new(start, start + line);
                    self.gap(span, "a text that its line does not close");
                    let inner = written.get(1..line).unwrap_or_default().trim_end();
                    let inner = inner.strip_suffix(',').unwrap_or(inner);
                    self.build.value(string(inner.to_owned(), span));
                    return Next::Resume(start + line);
                }
                Value::String(text.into_owned())
            }
            Token::Word(word) => {
                if !self.build.awaits_key() {
                    self.gap(span, "a bare word");
                }
                Value::String(word.to_owned())
            }
            Token::Boolean(value) => Value::Bool(value),
            Token::Number(number) => Value::Number(number.to_owned()),
            Token::Null if self.build.awaits_key() => Value::String("null".to_owned()),
            _ => Value::Null,
        };
        debug_assert!(end >= start);
        self.build.value(Node { span, value });
        Next::Token
    }

    /// Closes the innermost value; one that the bracket does not fit is closed with it if an outer one does.
    fn close(&mut self, is_map: bool, span: Span) {
        let start = span.start as usize;
        if self.build.awaits_value() && self.colon {
            self.gap(span, "a key without a value");
        }
        self.colon = false;
        match self.build.in_map() {
            None if self.build.depth() == 0 => self.gap(span, "a bracket that closes nothing"),
            Some(open) if open != is_map => {
                self.gap(span, "a bracket that closes another one");
                if self.build.depth() > 1 {
                    self.build.close(start);
                    if self.build.in_map() == Some(is_map) {
                        self.build.close(span.end as usize);
                    }
                }
            }
            _ => self.build.close(span.end as usize),
        }
    }
}

fn string(text: String, span: Span) -> Node {
    Node {
        span,
        value: Value::String(text),
    }
}

/// Where the line ends on which a text starts that goes on in the next line, as none may.
fn unclosed(written: &str) -> Option<usize> {
    let line = written.find('\n')?;
    let before = written.get(..line)?.trim_end_matches('\r');
    (!before.ends_with('\\')).then_some(before.len())
}
