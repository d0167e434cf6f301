//! What must not leave, and what each step leaves of it.

use super::value::StepKind;

/// What a value tells that its reader should not know, harmless first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// The message of an error.
    Message,
    /// An error as it stands, put into a text.
    Text,
    /// An error with all that hangs on it.
    Object,
    /// A record with a field that nobody but its owner should see.
    Record,
    /// The value of a variable that is named like a secret.
    Secret,
    /// Names and values of the environment, one by one.
    EnvironmentItems,
    /// The whole environment.
    Environment,
    /// The request that failed, with its headers.
    Request,
    /// A stack trace.
    Stack,
}

impl Detail {
    /// Whether it is a secret, not something about an error.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::EnvironmentItems | Self::Environment)
    }

    /// What it is after a step; nothing where the step leaves nothing of it.
    pub(super) fn after(self, kind: StepKind) -> Option<Self> {
        match (self, kind) {
            (Self::Object, StepKind::Built) => Some(Self::Text),
            (Self::Object, StepKind::Taken(name)) => match name.as_str() {
                "stack" | "__traceback__" | "tb" => Some(Self::Stack),
                "message" | "msg" | "args" | "reason" | "description" => Some(Self::Message),
                "config" | "request" => Some(Self::Request),
                "response" | "cause" | "originalError" | "error" | "inner" | "__cause__" | "__dict__" | "0" => {
                    Some(Self::Object)
                }
                _ => None,
            },
            // the first line of a stack is the message
            (Self::Stack, StepKind::Taken(name)) if name == "0" => Some(Self::Message),
            (Self::Stack, StepKind::Taken(_)) => Some(Self::Stack),
            (Self::EnvironmentItems, StepKind::Taken(name)) => (name != "0").then_some(self),
            (_, StepKind::Taken(_)) => None,
            (_, StepKind::Through(name)) => self.through(last_word(name.as_str())),
            _ => Some(self),
        }
    }

    /// What a call that is not followed leaves of it: most answer with something of their own.
    fn through(self, name: &str) -> Option<Self> {
        match (self, name) {
            (Self::Object, "stringify" | "json" | "serializeError" | "dumps" | "assign" | "structuredClone") => {
                Some(self)
            }
            // what is replaced in a text with a secret is the secret
            (Self::Secret, "replace" | "replaceAll") => None,
            (Self::Object, "inspect") => Some(Self::Stack),
            (Self::Object, "McpError") => Some(self),
            (Self::Environment, "entries" | "items" | "values") => Some(Self::EnvironmentItems),
            (Self::Object, _) if hands_on(name) => Some(Self::Message),
            _ => hands_on(name).then_some(self),
        }
    }
}

fn last_word(name: &str) -> &str {
    name.rsplit(['.', ':', '/']).next().unwrap_or(name)
}

/// Calls whose result holds their argument: texts made of texts, and the parts of an answer.
fn hands_on(name: &str) -> bool {
    matches!(
        name,
        "stringify"
            | "json"
            | "dumps"
            | "dump"
            | "safe_dump"
            | "pformat"
            | "to_string"
            | "to_string_pretty"
            | "to_value"
            | "String"
            | "str"
            | "repr"
            | "toString"
            | "format"
            | "join"
            | "concat"
            | "trim"
            | "strip"
            | "rstrip"
            | "trimEnd"
            | "split"
            | "splitlines"
            | "lines"
            | "replace"
            | "replaceAll"
            | "assign"
            | "fromEntries"
            | "entries"
            | "items"
            | "values"
            | "collect"
            | "copy"
            | "dict"
            | "list"
            | "sorted"
            | "encode"
            | "push"
            | "append"
            | "push_str"
            | "text"
            | "success"
            | "error"
            | "structured"
            | "structured_error"
            | "internal_error"
            | "unwrap_or"
            | "unwrap_or_default"
            | "unwrap"
            | "ok"
            | "Ok"
            | "Some"
    ) || [
        "Error",
        "Exception",
        "Content",
        "Result",
        "Response",
        "ErrorData",
        "Message",
    ]
    .iter()
    .any(|end| name.len() >= end.len() && name.ends_with(end) && name.starts_with(char::is_uppercase))
}
