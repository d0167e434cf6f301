//! Selecting arguments of a call.

use serde::Deserialize;
use serde::de::Error as _;

/// Which value of a call a row speaks of.
///
/// Written as text: `0` (position), `0|args` (position or keyword), `args` (keyword only, or option of the last record argument in
/// TypeScript), `1.shell` (option `shell` of position 1), `0[0]` (first element), `0[1..]` (elements from 1 on), `0[*]` (all elements),
/// `1..` (positions from 1 on), `*` (all arguments), `last`, `this` (the receiver), `this[*]`, `result`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// Where to start.
    pub base: Base,
    /// Where to go from there.
    pub pick: Pick,
}

/// The start of a selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// A position, a keyword, or either.
    Argument {
        /// Zero-based position.
        index: Option<usize>,
        /// Keyword.
        keyword: Option<String>,
    },
    /// Positions from this on.
    From(usize),
    /// All arguments.
    All,
    /// The last argument.
    Last,
    /// The receiver.
    This,
    /// The result.
    Result,
}

/// The part of the value meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// All of it.
    Whole,
    /// A named option.
    Option(String),
    /// One element.
    Element(usize),
    /// Elements from this on.
    ElementsFrom(usize),
}

impl std::str::FromStr for Selector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || {
            format!(
                "`{text}` is no argument selector (try `0`, `0|name`, `name`, `1.option`, `0[1..]`, `1..`, `*`, `this`)"
            )
        };
        let (head, pick) = if let Some((head, rest)) = text.split_once('[') {
            let inside = rest.strip_suffix(']').ok_or_else(bad)?;
            let pick = match inside {
                "*" => Pick::ElementsFrom(0),
                _ => match inside.strip_suffix("..") {
                    Some(start) => Pick::ElementsFrom(start.parse().map_err(|_| bad())?),
                    None => Pick::Element(inside.parse().map_err(|_| bad())?),
                },
            };
            (head, pick)
        } else if let Some((head, option)) = text.split_once('.').filter(|(_, option)| *option != ".") {
            if option.is_empty() || option.starts_with('.') {
                return Err(bad());
            }
            (head, Pick::Option(option.to_owned()))
        } else {
            (text, Pick::Whole)
        };
        let base = match head {
            "*" => Base::All,
            "last" => Base::Last,
            "this" => Base::This,
            "result" => Base::Result,
            _ => {
                if let Some(start) = head.strip_suffix("..") {
                    Base::From(start.parse().map_err(|_| bad())?)
                } else if let Some((index, keyword)) = head.split_once('|') {
                    Base::Argument {
                        index: Some(index.parse().map_err(|_| bad())?),
                        keyword: Some(keyword.to_owned()),
                    }
                } else if let Ok(index) = head.parse() {
                    Base::Argument {
                        index: Some(index),
                        keyword: None,
                    }
                } else if !head.is_empty() && head.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
                    Base::Argument {
                        index: None,
                        keyword: Some(head.to_owned()),
                    }
                } else {
                    return Err(bad());
                }
            }
        };
        Ok(Self { base, pick })
    }
}

impl<'de> Deserialize<'de> for Selector {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Selector {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Selector".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "Which value of a call: `0`, `0|name`, `name`, `1.option`, `0[1..]`, `1..`, `*`, `last`, `this`, `result`.",
        })
    }
}
