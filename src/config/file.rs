//! What a configuration file may hold.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::finding::{FailOn, Severity, Tier};
use crate::models::OwnRows;

/// The settings of mcp-lint for a project: `mcp-lint.toml`, `.mcp-lint.toml`, `[tool.mcp-lint]` of `pyproject.toml` or
/// `[package.metadata.mcp-lint]` or
/// `[workspace.metadata.mcp-lint]` of `Cargo.toml`. What the command line says counts more.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ConfigFile {
    /// Only these rules, whatever their tier.
    #[cfg_attr(test, schemars(with = "Option<Vec<String>>"))]
    pub select: Option<Vec<Spanned<String>>>,
    /// Rules that are left out, and single places in which a rule is silent for a reason.
    pub ignore: Vec<Ignore>,
    /// Paths that are not read, relative to the folder of this file, in the syntax of `.gitignore`.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub exclude: Vec<Spanned<String>>,
    /// The lowest severity that makes the exit code 1.
    pub fail_on: Option<FailOn>,
    /// How much to tell: hardly a false alarm, good practice too, everything worth a look.
    pub tier: Option<Tier>,
    /// Settings of single rules, by id.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, RuleSettings>"))]
    pub rules: BTreeMap<Spanned<String>, RuleSettings>,
    /// What the project's own functions and libraries mean, in the grammar of the rows that ship.
    pub models: OwnRows,
}

/// Settings of one rule.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RuleSettings {
    /// How bad its findings are in this project.
    pub severity: Option<Severity>,
    /// Whether the rule is left out.
    pub off: bool,
}

/// One element of `ignore`.
#[derive(Clone, Debug)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(untagged))]
pub enum Ignore {
    /// A rule that is left out altogether.
    Rule(#[cfg_attr(test, schemars(with = "String"))] Spanned<String>),
    /// A rule that is silent in some places.
    Place(IgnorePlace),
}

/// A place in which a rule is silent: `[[ignore]]`.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IgnorePlace {
    /// The rule.
    #[cfg_attr(test, schemars(with = "String"))]
    pub rule: Spanned<String>,
    /// The files: a path or glob relative to the folder of this file; a folder stands for all below it. Left out: everywhere.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub path: Option<Spanned<String>>,
    /// Why, for whoever reads it next.
    #[serde(default)]
    pub reason: Option<String>,
    /// The last day on which it holds, as in `2027-01-31`.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub expires: Option<Spanned<Day>>,
}

/// A day of the calendar, by year, month and day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Day(pub u16, pub u8, pub u8);

impl Day {
    /// The day that `seconds` after the beginning of 1970 lie in, in Greenwich.
    pub fn of_unix(seconds: u64) -> Self {
        // Howard Hinnant's `civil_from_days`, for days after 1970 only.
        let days = seconds / 86_400 + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year + era * 400 + u64::from(month <= 2);
        Self(
            u16::try_from(year).unwrap_or(u16::MAX),
            u8::try_from(month).unwrap_or(12),
            u8::try_from(day).unwrap_or(31),
        )
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.0, self.1, self.2)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        /// A date of TOML, or the same in quotes.
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Day;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a day such as 2027-01-31")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Day, E> {
                let date: toml::value::Datetime =
                    text.parse().map_err(|_| E::custom("no day: write it as 2027-01-31"))?;
                day(date)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Day, A::Error> {
                day(toml::value::Datetime::deserialize(MapAccessDeserializer::new(map))?)
            }
        }

        fn day<E: serde::de::Error>(date: toml::value::Datetime) -> Result<Day, E> {
            match date.date {
                Some(date) => Ok(Day(date.year, date.month, date.day)),
                None => Err(E::custom("no day: write it as 2027-01-31")),
            }
        }

        from.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Ignore {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        /// A text or a table. (`untagged` would lose the places of mistakes.)
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Ignore;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a rule's id, or a table with `rule`, `path` and `reason`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Ignore, E> {
                // The place is set by who asked for it.
                Ok(Ignore::Rule(Spanned::new(0..0, text.to_owned())))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Ignore, A::Error> {
                IgnorePlace::deserialize(MapAccessDeserializer::new(map)).map(Ignore::Place)
            }
        }

        struct Any(Ignore);

        impl<'de> Deserialize<'de> for Any {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_any(Either).map(Self)
            }
        }

        let spanned = Spanned::<Any>::deserialize(from)?;
        let span = spanned.span();
        Ok(match spanned.into_inner().0 {
            Self::Rule(text) => Self::Rule(Spanned::new(span, text.into_inner())),
            place => place,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted() {
        assert_eq!(Day::of_unix(0), Day(1970, 1, 1));
        assert_eq!(Day::of_unix(951_782_400), Day(2000, 2, 29));
        assert_eq!(Day::of_unix(1_798_761_599), Day(2026, 12, 31));
        assert_eq!(Day::of_unix(1_798_761_600), Day(2027, 1, 1));
        assert!(Day(2026, 12, 31) < Day(2027, 1, 1));
    }

    /// docs/mcp-lint.schema.json is made of these structs.
    #[test]
    fn the_schema_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/mcp-lint.schema.json");
        let mut schema = schemars::schema_for!(ConfigFile);
        schema.insert("title".to_owned(), "Settings of mcp-lint".into());
        let mut fresh = serde_json::to_string_pretty(&schema).unwrap();
        fresh.push('\n');
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, &fresh).unwrap();
        }
        let have = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            have == fresh,
            "{path}: run `UPDATE_DOCS=1 cargo test --lib schema_is_fresh`"
        );
    }
}
