//! The scales that findings and rules are measured on.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// A word that is not on the scale.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseLevelError {
    what: &'static str,
    word: String,
    known: String,
}

impl fmt::Display for ParseLevelError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "unknown {} `{}`; one of: {}", self.what, self.word, self.known)
    }
}

impl std::error::Error for ParseLevelError {}

macro_rules! scale {
    ($(#[$meta:meta])* $name:ident, $what:literal, $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every step, lowest first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The step's name in options, pages and reports.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = ParseLevelError;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(ParseLevelError {
                        what: $what,
                        word: word.to_owned(),
                        known: [$($word),+].join(", "),
                    }),
                }
            }
        }
    };
}

scale! {
    /// How bad it is when somebody uses it.
    Severity, "severity",
    /// Weakens the defence.
    Low = "low",
    /// Harm under conditions.
    Medium = "medium",
    /// Harm by one tool call.
    High = "high",
    /// Takes over the machine.
    Critical = "critical",
}

scale! {
    /// How sure the analysis is of one finding.
    Confidence, "confidence",
    /// A guess worth a look.
    Low = "low",
    /// Seen, with a step that is assumed.
    Medium = "medium",
    /// Every step was seen.
    High = "high",
}

scale! {
    /// In which runs a rule speaks; each tier holds those below it.
    Tier, "tier",
    /// Near-zero false alarms.
    Default = "default",
    /// Good practice: timeouts, limits, audit logs.
    Strict = "strict",
    /// Everything worth a look.
    Audit = "audit",
}

scale! {
    /// How seldom a rule is wrong, in the words of code scanning.
    Precision, "precision",
    /// Often wrong.
    Low = "low",
    /// Sometimes wrong.
    Medium = "medium",
    /// Seldom wrong.
    High = "high",
    /// Hardly ever wrong.
    VeryHigh = "very-high",
}

scale! {
    /// The lowest severity at which a run counts as failed.
    FailOn, "severity",
    /// Any finding.
    Low = "low",
    /// From medium on.
    Medium = "medium",
    /// From high on.
    High = "high",
    /// Only critical findings.
    Critical = "critical",
    /// None: findings are told, the run succeeds.
    Never = "never",
}

impl FailOn {
    /// The lowest severity that fails; `None`: none does.
    pub fn threshold(self) -> Option<Severity> {
        match self {
            Self::Low => Some(Severity::Low),
            Self::Medium => Some(Severity::Medium),
            Self::High => Some(Severity::High),
            Self::Critical => Some(Severity::Critical),
            Self::Never => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip_and_are_ordered() {
        for severity in Severity::ALL {
            assert_eq!(severity.as_str().parse::<Severity>(), Ok(*severity));
        }
        assert!(Severity::Low < Severity::Critical);
        assert!(Tier::Default < Tier::Audit);
        assert_eq!("very-high".parse::<Precision>(), Ok(Precision::VeryHigh));
        assert_eq!(format!("{:>6}|", Confidence::Low), "   low|");
    }

    #[test]
    fn an_unknown_word_names_the_known_ones() {
        let error = "huge".parse::<Severity>().unwrap_err().to_string();
        assert_eq!(error, "unknown severity `huge`; one of: low, medium, high, critical");
    }
}
