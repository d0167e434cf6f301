//! Signs that callers are authenticated.
//!
//! Their absence is what is told, so every one counts: a middleware whose name speaks of it, a credential read from a request, a request
//! refused with 401, an option of the server, a class of the SDK. Nothing here says that the check is a good one.

use super::super::value::At;
use super::auth::Auth;
use super::graph::Graph;
use super::setting::pairs;
use crate::ir::{ArgKind, Call, ExprKind, Literal, Name, RecordEntry, walk};
use crate::models::AuthRow;

/// Words of a name that speak of authentication.
const WORDS: &[&str] = &[
    "auth",
    "authn",
    "authz",
    "authenticate",
    "authenticated",
    "authenticator",
    "authentication",
    "authorize",
    "authorized",
    "authorization",
    "authorizer",
    "authorisation",
    "bearer",
    "jwt",
    "oauth",
    "oauth2",
    "oidc",
    "apikey",
    "passport",
    "protect",
    "protected",
    "credential",
    "credentials",
    "login",
    "permission",
    "permissions",
    "hmac",
    "signature",
];

/// What stands before `key`, `token` or `secret` in a name that speaks of it too.
const CHECKS: &[&str] = &[
    "api", "access", "check", "verify", "validate", "require", "required", "shared", "admin", "token", "secret",
];

/// Words of a header that carries a credential.
const HEADERS: &[&str] = &[
    "authorization",
    "auth",
    "token",
    "secret",
    "signature",
    "key",
    "apikey",
    "password",
    "credential",
];

/// What else such a header's name may be made of. One that names another service carries the caller's credential for that service:
/// handing it on authenticates nobody here.
const HEADER_WORDS: &[&str] = &[
    "x",
    "http",
    "mcp",
    "api",
    "access",
    "client",
    "server",
    "proxy",
    "admin",
    "bearer",
    "shared",
    "internal",
    "service",
    "user",
    "data",
    "id",
    "hub",
    "256",
    "sha256",
    "forwarded",
    "amzn",
    "oidc",
    "session",
    "gateway",
    "webhook",
];

/// How deep options are nested.
const NESTED: usize = 3;

impl Graph<'_, '_> {
    /// Whether an expression is a sign of authentication.
    pub(super) fn speaks(&self, row: &AuthRow, at: At) -> bool {
        let values = self.values;
        match &values.expr(at).kind {
            ExprKind::Name(name) => row.names.iter().any(|known| *name == *known.as_str()) && !self.is_target(at),
            ExprKind::Path(path) => path
                .iter()
                .any(|part| row.names.iter().any(|known| *part == *known.as_str()) || *part == "UNAUTHORIZED"),
            ExprKind::Field { base, name, .. } => {
                if self.is_target(at) {
                    return matches!(name.as_str(), "auth" | "auth_settings" | "token_verifier")
                        && row.servers.iter().any(|name| name == "FastMCP");
                }
                row.names.iter().any(|known| *name == *known.as_str())
                    || (is_header(name) && self.is_headers(at.with(*base)))
                    || name.as_str() == "HTTP_401_UNAUTHORIZED"
            }
            ExprKind::Index { base, index } => {
                !self.is_target(at)
                    && self.is_headers(at.with(*base))
                    && values.text(at.with(*index)).is_some_and(|text| is_header(&text))
            }
            ExprKind::Call(call) => self.call_speaks(row, at, call),
            _ => false,
        }
    }

    /// Whether an expression is a request's headers, by name.
    pub(super) fn is_headers(&self, at: At) -> bool {
        let at = self.values.peel(at);
        match &self.values.expr(at).kind {
            ExprKind::Name(name) => name.to_ascii_lowercase().contains("header"),
            ExprKind::Field { base, name, .. } => match name.as_str() {
                // an answer's headers are not the caller's
                "headers" | "META" | "query" | "cookies" => !self.values.last_name(at.with(*base)).is_some_and(|of| {
                    let of = of.to_ascii_lowercase();
                    of.starts_with("resp") || of.ends_with("response") || of == "config" || of == "options"
                }),
                name => name.to_ascii_lowercase().ends_with("headers"),
            },
            ExprKind::Call(call) => {
                self.is_headers(at.with(call.callee)) || {
                    let last = self.values.last_name(at.with(call.callee));
                    last.is_some_and(|name| {
                        matches!(name.as_str(), "headers" | "get_http_headers" | "dict" | "Headers")
                    })
                }
            }
            _ => false,
        }
    }

    /// A call that authenticates only those who bring a token: without `required: true`.
    pub(super) fn lax(&self, row: &AuthRow, at: At) -> Option<Auth> {
        let values = self.values;
        let ExprKind::Call(call) = &values.expr(at).kind else {
            return None;
        };
        let last = values.last_name(at.with(call.callee))?;
        if !row.optional.iter().any(|known| last == *known.as_str()) || self.requires(at, call) {
            return None;
        }
        Some(Auth::Lax {
            call: last,
            module: at.module,
            span: values.expr(at.with(call.callee)).span,
        })
    }

    /// Whether the options of such a call require a token, or cannot be seen.
    fn requires(&self, at: At, call: &Call) -> bool {
        let values = self.values;
        let Some(options) = call.args.get(2) else { return false };
        let options = values.follow(at.with(options.value));
        let ExprKind::Record { entries, .. } = &values.expr(options).kind else {
            return true;
        };
        if entries.iter().any(|entry| matches!(entry, RecordEntry::Spread(_))) {
            return true;
        }
        values
            .member(options, Name::new("required"))
            .is_some_and(|required| !matches!(values.expr(required).kind, ExprKind::Literal(Literal::Bool(false))))
    }

    fn call_speaks(&self, row: &AuthRow, at: At, call: &Call) -> bool {
        let values = self.values;
        let Some(last) = values.last_name(at.with(call.callee)) else {
            return false;
        };
        let listed = |list: &[String]| list.iter().any(|known| last == *known.as_str());
        if listed(&row.optional) && self.requires(at, call) {
            return true;
        }
        // `req.get("authorization")`, `headers.get(AUTHORIZATION)`, `c.req.header("x-api-key")`
        if matches!(
            last.as_str(),
            "get" | "header" | "get_all" | "getHeader" | "getlist" | "get_header"
        ) {
            let receiver = match &values.expr(at.with(call.callee)).kind {
                ExprKind::Field { base, .. } => Some(at.with(*base)),
                _ => None,
            };
            // two arguments set a header in some clients
            let reads = call.args.len() == 1 || last.as_str() == "get";
            if reads
                && let (Some(receiver), Some(first)) = (receiver, call.args.first())
                && self.is_inbound(receiver, last)
                && self.names_header(at.with(first.value))
            {
                return true;
            }
        }
        if listed(&row.answers) && call.args.iter().any(|arg| self.refuses(at.with(arg.value), arg.kind)) {
            return true;
        }
        if listed(&row.servers) {
            let option = |name: &str| row.options.iter().any(|known| known == name);
            for arg in &call.args {
                match arg.kind {
                    ArgKind::Named(name) if option(&name) && self.given(at.with(arg.value)) => return true,
                    // what cannot be seen may hold it
                    ArgKind::KeywordSpread if last.starts_with(|first: char| first.is_uppercase()) => return true,
                    ArgKind::Positional if self.option_given(row, values.follow(at.with(arg.value)), NESTED) => {
                        return true;
                    }
                    _ => {}
                }
            }
        }
        if !listed(&row.mounts) {
            return false;
        }
        let path = call
            .args
            .first()
            .and_then(|arg| values.text(at.with(arg.value)))
            .is_some_and(|text| text.starts_with('/'));
        let route = matches!(
            last.as_str(),
            "get" | "post" | "put" | "delete" | "patch" | "all" | "route" | "on" | "register" | "addHook"
        );
        if route && !path && !matches!(last.as_str(), "register" | "addHook" | "on") {
            return false;
        }
        let count = call.args.len();
        call.args.iter().enumerate().any(|(index, arg)| {
            // what handles a route is not what guards it, unless something is wrapped around it
            let handles = route && path && index + 1 == count;
            let place = at.with(arg.value);
            match (&values.expr(values.peel(place)).kind, handles) {
                (ExprKind::Call(wrapper), true) => values
                    .last_name(place.with(wrapper.callee))
                    .is_some_and(|name| self.counts(row, name)),
                (_, true) => false,
                _ => self.mounts_auth(row, place),
            }
        })
    }

    /// Whether a record of options holds one that authenticates, itself or further down (`transport.options.auth`).
    fn option_given(&self, row: &AuthRow, place: At, depth: usize) -> bool {
        let values = self.values;
        let ExprKind::Record { entries, .. } = &values.expr(place).kind else {
            return false;
        };
        pairs(entries).any(|(key, value)| {
            let inner = values.follow(place.with(value));
            // written out it only tells clients where to ask
            let metadata = key.as_str() == "oauth" && matches!(values.expr(inner).kind, ExprKind::Record { .. });
            if row.options.iter().any(|known| key == *known.as_str()) && !metadata {
                return self.given(place.with(value));
            }
            depth > 0 && matches!(key.as_str(), "transport" | "options") && self.option_given(row, inner, depth - 1)
        })
    }

    /// Whether a name speaks of authentication and is none of those that only look like it.
    fn counts(&self, row: &AuthRow, name: Name) -> bool {
        speaks(&name) && !row.not.iter().any(|other| name == *other.as_str())
    }

    /// Whether a receiver of `get` or `header` is a request or its headers.
    pub(super) fn is_inbound(&self, receiver: At, method: Name) -> bool {
        if self.is_headers(receiver) {
            return true;
        }
        let last = self.values.last_name(receiver);
        last.is_some_and(|name| {
            let name = name.to_ascii_lowercase();
            matches!(
                name.as_str(),
                "req" | "request" | "ctx" | "c" | "context" | "scope" | "parts" | "extensions" | "raw_headers"
            ) || name.ends_with("request")
        }) || method.as_str() == "getHeader"
    }

    /// `"authorization"`, `AUTHORIZATION`, `header::AUTHORIZATION`, `API_KEY_HEADER`.
    pub(super) fn names_header(&self, at: At) -> bool {
        let at = self.values.peel(at);
        match &self.values.expr(at).kind {
            ExprKind::Literal(Literal::Str(text) | Literal::Bytes(text)) => is_header(text),
            ExprKind::Path(path) => path.last().is_some_and(|last| is_header(last)),
            _ => {
                self.values.text(at).is_some_and(|text| is_header(&text))
                    || self.values.last_name(at).is_some_and(|name| speaks(&name))
            }
        }
    }

    /// Whether an argument is 401 or 403, or a record whose status is.
    pub(super) fn refuses(&self, at: At, kind: ArgKind) -> bool {
        let values = self.values;
        let at = values.peel(at);
        match (&values.expr(at).kind, kind) {
            (ExprKind::Literal(Literal::Int(401 | 403)), ArgKind::Positional) => true,
            (ExprKind::Literal(Literal::Int(401 | 403)), ArgKind::Named(name)) => {
                matches!(name.as_str(), "status_code" | "status" | "code" | "statusCode")
            }
            (ExprKind::Record { entries, .. }, _) => pairs(entries).any(|(key, value)| {
                matches!(key.as_str(), "status" | "statusCode" | "status_code" | "code")
                    && matches!(
                        values.expr(at.with(value)).kind,
                        ExprKind::Literal(Literal::Int(401 | 403))
                    )
            }),
            _ => false,
        }
    }

    /// Whether an option is given at all: not `None`, not `false`, not empty.
    fn given(&self, at: At) -> bool {
        let at = self.values.peel(at);
        let value = self.values.follow(at);
        match &self.values.expr(value).kind {
            ExprKind::Literal(Literal::Null | Literal::Bool(false)) => false,
            ExprKind::List { elements, .. } => !elements.is_empty(),
            ExprKind::Record { entries, .. } => !entries.is_empty(),
            _ => true,
        }
    }

    /// Whether what is mounted speaks of authentication.
    fn mounts_auth(&self, row: &AuthRow, at: At) -> bool {
        let module = self.values.module(at.module);
        let (mut found, mut is_cors) = (false, false);
        walk::descend(module, at.expr, &mut |expr| {
            let name = match &module.expr(expr).kind {
                ExprKind::Name(name) | ExprKind::Field { name, .. } => Some(*name),
                ExprKind::Path(path) => path.last().copied(),
                _ => None,
            };
            found |= name.is_some_and(|name| self.counts(row, name));
            // what other pages may send, credentials included, says nothing of who calls
            is_cors |= name.is_some_and(|name| name.to_ascii_lowercase().contains("cors"));
        });
        found && !is_cors
    }
}

/// Whether a name speaks of authentication.
fn speaks(name: &str) -> bool {
    let words = words(name);
    words.iter().any(|word| WORDS.contains(&word.as_str()))
        || words.windows(2).any(|pair| {
            matches!(pair, [first, second] if CHECKS.contains(&first.as_str()) && matches!(second.as_str(), "key" | "keys" | "token" | "secret" | "access" | "user"))
        })
}

/// Whether a header carries a credential for this server, by its name.
pub(super) fn is_header(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(['-', '_']);
    let mut carries = false;
    let fits = words.all(|word| {
        let credential = HEADERS.contains(&word);
        carries |= credential;
        credential || HEADER_WORDS.contains(&word)
    });
    fits && carries
}

/// The words of a name, in lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut lower = false;
    for c in name.chars() {
        if (!c.is_alphanumeric() || (c.is_uppercase() && lower)) && !current.is_empty() {
            found.push(std::mem::take(&mut current));
        }
        lower = c.is_lowercase() || c.is_ascii_digit();
        if c.is_alphanumeric() {
            current.extend(c.to_lowercase());
        }
    }
    if !current.is_empty() {
        found.push(current);
    }
    found
}
