//! Where the input of a caller ends a Rust handler: `unwrap` and `expect` on what may be missing or malformed, indexes and slices.

use super::engine::Engine;
use super::exec::Cx;
use super::state::State;
use super::value::{Derived, Place, Shape, StepKind, Value};
use crate::ir::{BinaryOp, ExprId, ExprKind, Language, Literal, Module, Name, StmtKind, walk};
use crate::project::Ty;
use crate::workspace::Span;

/// Methods that take a value along, or a part of it, and answer with nothing or an error if it is not there.
const PARTIAL: &[&str] = &[
    "get",
    "get_mut",
    "remove",
    "as_str",
    "as_u64",
    "as_i64",
    "as_f64",
    "as_bool",
    "as_array",
    "as_object",
    "parse",
    "next",
    "nth",
    "last",
    "first",
    "pop",
    "split_once",
    "rsplit_once",
    "strip_prefix",
    "strip_suffix",
    "find",
    "rfind",
    "to_str",
    "file_name",
    "parent",
    "extension",
    "file_stem",
    "host_str",
    "to_digit",
    "as_ref",
    "as_mut",
    "as_deref",
];
/// Methods that take a value along and cannot fail.
const TOTAL: &[&str] = &[
    "clone",
    "cloned",
    "copied",
    "to_string",
    "to_owned",
    "into",
    "as_bytes",
    "trim",
    "trim_start",
    "trim_end",
    "to_lowercase",
    "to_uppercase",
    "split",
    "splitn",
    "rsplit",
    "split_whitespace",
    "lines",
    "chars",
    "iter",
    "into_iter",
    "collect",
    "unwrap",
    "expect",
    "unwrap_or_default",
    "ok",
    "borrow",
    "as_path",
    "to_string_lossy",
    "skip",
    "rev",
    "replace",
    "inner",
    "into_inner",
    "arguments",
    "ok_or",
    "ok_or_else",
    "map_err",
    "unwrap_or",
    "deref",
];
/// Functions that read their first argument, and fail if it is malformed.
const PARSERS: &[&str] = &[
    "serde_json::from_value",
    "serde_json::from_str",
    "serde_json::from_slice",
    "regex::Regex::new",
    "Regex::new",
    "url::Url::parse",
    "Url::parse",
    "uuid::Uuid::parse_str",
    "Uuid::parse_str",
    "Uuid::from_str",
    "hex::decode",
    "base64::decode",
    "i64::from_str_radix",
    "u64::from_str_radix",
    "u32::from_str_radix",
    "i32::from_str_radix",
    "u8::from_str_radix",
    "chrono::NaiveDate::parse_from_str",
    "NaiveDate::parse_from_str",
    "chrono::DateTime::parse_from_rfc3339",
    "DateTime::parse_from_rfc3339",
    "NaiveDateTime::parse_from_str",
    "String::from_utf8",
    "std::str::from_utf8",
    "glob::Pattern::new",
    "globset::Glob::new",
    "Glob::new",
    "semver::Version::parse",
    "Version::parse",
    "std::ffi::CString::new",
    "CString::new",
    "IpAddr::from_str",
    "SocketAddr::from_str",
    "reqwest::Url::parse",
];
/// Methods that ask a value something that its unwrapping may rely on.
const TESTS: &[&str] = &[
    "is_some",
    "is_none",
    "is_ok",
    "is_err",
    "is_empty",
    "len",
    "count",
    "contains_key",
    "contains",
    "starts_with",
    "ends_with",
    "is_match",
    "is_string",
    "is_object",
    "is_array",
    "is_number",
    "is_u64",
    "is_i64",
    "is_f64",
    "is_ascii",
    "is_char_boundary",
    "char_indices",
    "chars",
    "bytes",
    "all",
    "any",
    "validate",
    "is_null",
    "is_digit",
    "find",
    "rfind",
    "position",
    "is_some_and",
    "is_none_or",
    "is_ok_and",
    "as_bytes",
];

impl<'a> Engine<'a> {
    /// `x.unwrap()`, `x.expect(…)`, where `base` is `x`.
    pub(super) fn note_unwrap(&mut self, cx: Cx<'a>, base: ExprId, method: Name, place: Place, state: &mut State) {
        if self.entry.is_none() || place.module != cx.func.module {
            return;
        }
        let Some((root, partial)) = chain(cx.module, base) else {
            return;
        };
        // what a helper relies on its callers may have asked; that a text is well-formed they seldom have
        if self.activations.len() > 1 && is_parameter(cx, root) && !reads_text(cx.module, base) {
            return;
        }
        let value = self.eval(cx, root, state);
        let named = key_of(cx.module, base);
        if let Some((origin, part)) = callers(&value, partial).map(|(origin, part)| (origin, part.or(named)))
            && !is_tested(cx, root, place.span, true)
        {
            self.note_panic(method, origin, part, place, state);
        }
    }

    /// `x[i]`, where `base` is `x`.
    pub(super) fn note_index(
        &mut self,
        cx: Cx<'a>,
        base: ExprId,
        index: ExprId,
        object: &Value,
        place: Place,
        state: &State,
    ) {
        if cx.module.language != Language::Rust || self.entry.is_none() || !object.is_tainted() {
            return;
        }
        let Some((root, _)) = chain(cx.module, base) else {
            return;
        };
        if self.activations.len() > 1 && is_parameter(cx, root) {
            return;
        }
        let (what, by_length) = match &cx.module.expr(index).kind {
            ExprKind::Binary {
                op: BinaryOp::Range,
                left,
                right,
            } => {
                let fixed = [*left, *right]
                    .iter()
                    .all(|bound| is_open(cx.module, *bound) || is_fixed(cx.module, *bound));
                let any = [*left, *right].iter().any(|bound| is_fixed(cx.module, *bound));
                if !(fixed && any && matches!(object.ty, Ty::Str)) {
                    return;
                }
                // a length says nothing about where characters begin
                ("slice", false)
            }
            ExprKind::Literal(Literal::Int(at)) => {
                let listed = matches!(object.ty, Ty::List(_));
                let parts = matches!(object.derived.as_deref(), Some(Derived::PartOf(_)));
                // splitting yields one part at least
                if parts && *at == 0 || !(listed || parts) || matches!(object.shape, Shape::List { .. }) {
                    return;
                }
                ("index", true)
            }
            _ => return,
        };
        if let Some((origin, part)) = callers(object, true)
            && !is_tested(cx, root, place.span, by_length)
        {
            self.note_panic(Name::new(what), origin, part, place, state);
        }
    }
}

/// The origin of a value that is the caller's own, or a part of it, and the first part that was taken: nothing but taking and reading
/// happened to it.
fn callers(value: &Value, partial: bool) -> Option<(u32, Option<Name>)> {
    value.all_taints().iter().find_map(|(taint, _)| {
        let way = taint.step.way();
        let mut fails = partial;
        let own = taint.detail.is_none()
            && way.iter().all(|step| match step.kind {
                StepKind::Source | StepKind::Passed(_) => true,
                // a part that was taken may be missing
                StepKind::Taken(_) => {
                    fails = true;
                    true
                }
                StepKind::Through(name) => {
                    let name = name.as_str();
                    let parses = PARSERS.iter().any(|parser| parser.ends_with(&format!("::{name}")));
                    fails |= PARTIAL.contains(&name) || parses;
                    TOTAL.contains(&name) || PARTIAL.contains(&name) || parses
                }
                StepKind::Built | StepKind::Joined | StepKind::Placed => false,
            });
        let part = way.iter().find_map(|step| match step.kind {
            StepKind::Taken(name) if name != "[]" && name != "key" => Some(name),
            _ => None,
        });
        (own && fails).then_some((taint.origin, part))
    })
}

/// What a chain of methods that only read begins with, and whether one of them may find nothing.
fn chain(module: &Module, from: ExprId) -> Option<(ExprId, bool)> {
    let mut at = from;
    let mut partial = false;
    for _ in 0..24 {
        match &module.expr(at).kind {
            ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => at = *inner,
            ExprKind::Name(_) | ExprKind::Field { .. } => return Some((at, partial)),
            ExprKind::Index { base, .. } => {
                partial = true;
                at = *base;
            }
            ExprKind::Call(call) => match &module.expr(call.callee).kind {
                ExprKind::Field { base, name, .. } => {
                    let name = name.as_str();
                    // `iter().map(…)`, `and_then(|v| v.as_str())`
                    let reads = matches!(name, "and_then" | "map" | "filter");
                    if !reads && !PARTIAL.contains(&name) && !TOTAL.contains(&name) {
                        return None;
                    }
                    // under a name that is computed, what is there was mostly asked before
                    let named = |arg: &crate::ir::Arg| matches!(module.expr(arg.value).kind, ExprKind::Literal(_));
                    if matches!(name, "get" | "get_mut" | "remove") && !call.args.iter().all(named) {
                        return None;
                    }
                    partial |= reads || PARTIAL.contains(&name);
                    at = *base;
                }
                ExprKind::Path(path) => {
                    let name = path.iter().map(|part| part.as_str()).collect::<Vec<_>>().join("::");
                    if !PARSERS
                        .iter()
                        .any(|parser| *parser == name || parser.ends_with(&format!("::{name}")))
                    {
                        return None;
                    }
                    partial = true;
                    at = call.args.first()?.value;
                }
                _ => return None,
            },
            _ => return None,
        }
    }
    None
}

/// The constant under which a chain takes a part: `args.get("name")`, `args["name"]`.
fn key_of(module: &Module, from: ExprId) -> Option<Name> {
    let text = |expr: ExprId| match &module.expr(expr).kind {
        ExprKind::Literal(Literal::Str(text)) => Some(*text),
        _ => None,
    };
    let mut at = from;
    for _ in 0..24 {
        at = match &module.expr(at).kind {
            ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => *inner,
            ExprKind::Index { base, index } => match text(*index) {
                Some(key) => return Some(key),
                None => *base,
            },
            ExprKind::Call(call) => match &module.expr(call.callee).kind {
                ExprKind::Field { name, base, .. } => match call.args.first().and_then(|arg| text(arg.value)) {
                    Some(key) if name.as_str() == "get" => return Some(key),
                    _ => *base,
                },
                ExprKind::Path(_) => call.args.first()?.value,
                _ => return None,
            },
            _ => return None,
        };
    }
    None
}

/// Whether a chain begins with a parameter of the function.
fn is_parameter(cx: Cx<'_>, root: ExprId) -> bool {
    let mut at = root;
    for _ in 0..16 {
        match &cx.module.expr(at).kind {
            ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => at = *base,
            ExprKind::Pass { inner, .. } => at = *inner,
            ExprKind::This => return true,
            ExprKind::Name(name) => {
                let mut found = false;
                for param in &cx.module.function(cx.func.func).params {
                    walk::names_of_pattern(&param.pattern, &mut |bound| found |= bound == *name);
                }
                return found;
            }
            _ => return false,
        }
    }
    false
}

/// Whether a chain parses text, or takes what stands under a fixed name.
fn reads_text(module: &Module, from: ExprId) -> bool {
    let mut at = from;
    for _ in 0..24 {
        at = match &module.expr(at).kind {
            ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => *inner,
            ExprKind::Index { .. } => return true,
            ExprKind::Call(call) => match &module.expr(call.callee).kind {
                ExprKind::Field { name, .. } if matches!(name.as_str(), "get" | "parse") => return true,
                ExprKind::Field { base, .. } => *base,
                ExprKind::Path(_) => return true,
                _ => return false,
            },
            _ => return false,
        };
    }
    false
}

/// Whether the function asked something of a value before a place.
fn is_tested(cx: Cx<'_>, root: ExprId, at: Span, by_length: bool) -> bool {
    let module = cx.module;
    let around = module.function(cx.func.func).span;
    let inside = |span: Span| around.start <= span.start && span.end <= around.end && span.start < at.start;
    let speaks = |expr: ExprId| mentions(module, expr, root, 12);
    module
        .exprs
        .iter()
        .filter(|expr| inside(expr.span))
        .any(|expr| match &expr.kind {
            ExprKind::Call(call) => match &module.expr(call.callee).kind {
                ExprKind::Field { base, name, .. } => {
                    let counts = TESTS.contains(&name.as_str())
                        && (by_length || !matches!(name.as_str(), "len" | "is_empty" | "count"));
                    counts && speaks(*base)
                }
                _ => false,
            },
            ExprKind::Matches { value, .. } => speaks(*value),
            ExprKind::Binary {
                op: BinaryOp::Eq | BinaryOp::NotEq,
                left,
                right,
            } => speaks(*left) || speaks(*right),
            _ => false,
        })
        || {
            let mut matched = false;
            walk::each_stmt(&module.function(cx.func.func).body, &mut |stmt| {
                if let StmtKind::Match { subject, .. } = &stmt.kind {
                    matched |= stmt.span.start < at.start && speaks(*subject);
                }
            });
            matched
        }
}

/// Whether an expression begins with the same variable, or field of it.
fn mentions(module: &Module, expr: ExprId, root: ExprId, fuel: u32) -> bool {
    if fuel == 0 {
        return false;
    }
    let same = match (&module.expr(expr).kind, &module.expr(root).kind) {
        (ExprKind::Name(a), ExprKind::Name(b)) => a == b,
        (ExprKind::Field { name: a, base: x, .. }, ExprKind::Field { name: b, base: y, .. }) => {
            a == b && mentions(module, *x, *y, fuel - 1)
        }
        (ExprKind::This, ExprKind::This) => true,
        _ => false,
    };
    same || match &module.expr(expr).kind {
        ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => mentions(module, *base, root, fuel - 1),
        ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => mentions(module, *inner, root, fuel - 1),
        ExprKind::Call(call) => mentions(module, call.callee, root, fuel - 1),
        _ => false,
    }
}

/// A bound that is left out.
fn is_open(module: &Module, bound: ExprId) -> bool {
    matches!(
        &module.expr(bound).kind,
        ExprKind::Literal(Literal::Null | Literal::Int(0))
    )
}

/// A bound that does not come from the text itself: a number, a constant, the smaller one of such and a length.
fn is_fixed(module: &Module, bound: ExprId) -> bool {
    match &module.expr(bound).kind {
        ExprKind::Literal(Literal::Int(number)) => *number > 0,
        ExprKind::Name(name) => {
            name.len() > 1
                && name
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
        }
        ExprKind::Call(call) => match &module.expr(call.callee).kind {
            ExprKind::Field { name, .. } => {
                name.as_str() == "min" && call.args.iter().any(|arg| is_fixed(module, arg.value))
            }
            ExprKind::Path(path) => {
                path.last().is_some_and(|name| name.as_str() == "min")
                    && call.args.iter().any(|arg| is_fixed(module, arg.value))
            }
            _ => false,
        },
        _ => false,
    }
}
