//! Tests of the addresses that a host's name stands for: who refuses internal ones, by whatever means, has looked at where a request goes.

use super::args::Arguments;
use super::engine::Engine;
use super::fact::Facts;
use super::marks;
use super::state::State;
use super::url::{LITERALS, UrlPart, clear, flaw, part_of, same_url};
use super::value::{Callable, Place, Shape, Value};
use crate::ir::{BinaryOp, Block, ExprId, ExprKind, FuncId, Literal, Module, StmtKind, UnaryOp, walk::each_stmt};
use crate::models::ClassSet;
use crate::project::{FuncRef, Ty};
use crate::workspace::Span;

/// Beginnings of internal addresses: who refuses one of those that were resolved means them all.
const INTERNAL: &[&str] = &["10.", "192.168.", "172.16.", "127."];
/// The same as they stand in regular expressions.
const INTERNAL_PATTERNS: &[&str] = &[r"10\.", r"127\.", r"192\.168", r"169\.254", "^10", "^127"];
/// First numbers of internal addresses.
const FIRST_NUMBERS: &[i64] = &[10, 127, 169, 172, 192];
/// So many of them in a function make it one that tells internal addresses from others.
const ENOUGH: usize = 3;
/// Functions of libraries that say whether an address is internal, in lower case and without separators.
const QUESTIONS: &[&str] = &[
    "isprivate",
    "isprivateip",
    "privateip",
    "isipprivate",
    "isinternal",
    "isinternalip",
    "isprivateaddress",
    "isbogon",
];

/// The URL whose host has these addresses, if a value is one of them.
fn resolved(value: &Value) -> Option<&Value> {
    match part_of(value)? {
        (url, UrlPart::Addresses) => Some(url),
        _ => None,
    }
}

/// Whether a value is an address of a host, or what was made of one.
pub(super) fn is_address(value: &Value) -> bool {
    resolved(value).is_some()
}

/// Whether addresses of a host are among the arguments of a call.
pub(super) fn among(arguments: &Arguments) -> bool {
    arguments.positional.iter().any(|value| part_of(value).is_some())
}

/// The URL whose host a value is.
fn host_of(value: &Value) -> Option<&Value> {
    match part_of(value)? {
        (url, UrlPart::Host) => Some(url),
        _ => None,
    }
}

/// The same proof of a URL and of what it was parsed from.
fn of_url(url: &Value, classes: ClassSet) -> Facts {
    same_url(url)
        .into_iter()
        .fold(Facts::none(), |all, id| all.and(&Facts::clearing(id, classes)))
}

/// What is proven of a URL whose host is no internal address, if it is an address at all.
pub(super) fn not_internal(url: &Value, place: Place) -> Facts {
    of_url(url, marks::NOT_INTERNAL).and(&flaw(url, LITERALS, place))
}

/// Whether a text begins as internal addresses do.
pub(super) fn is_internal(prefix: &str) -> bool {
    INTERNAL.contains(&prefix)
}

/// What is proven where an address is none of the refused ones.
fn passed(url: &Value, address: &Value) -> Facts {
    clear(url).and(&clear(address))
}

/// `address.startsWith(prefix)`: what holds where it does, and where it does not.
pub(super) fn prefix_test(address: &Value, prefix: &Value) -> Option<(Facts, Facts)> {
    let url = resolved(address)?;
    let internal = prefix.text().is_some_and(|prefix| is_internal(prefix.as_str()));
    let refused = if internal { passed(url, address) } else { Facts::none() };
    Some((Facts::none(), refused))
}

/// A regular expression that an address matches, or does not.
pub(super) fn pattern_test(address: &Value, pattern: &str, place: Place) -> Option<(Facts, Facts)> {
    let internal = INTERNAL_PATTERNS.iter().any(|range| pattern.contains(range));
    if let Some(url) = host_of(address) {
        return internal.then(|| (Facts::none(), not_internal(url, place)));
    }
    let url = resolved(address)?;
    let refused = if internal { passed(url, address) } else { Facts::none() };
    Some((Facts::none(), refused))
}

/// The range of an address (`ipaddr.parse(a).range()` of ipaddr.js) compared with a constant: what holds where they are the same, and
/// where they are not.
pub(super) fn range_test(range: &Value, constant: &Value) -> Option<(Facts, Facts)> {
    let url = resolved(range)?;
    match constant.text()?.as_str() {
        "unicast" => Some((passed(url, range), Facts::none())),
        "private" => Some((Facts::none(), passed(url, range))),
        _ => None,
    }
}

/// The range of an address looked up in a list of constants, or the address in a network of Python's `ipaddress`, which is taken for one
/// that is refused: what holds where it is in there, and where it is not.
pub(super) fn range_among(range: &Value, list: &Value) -> Option<(Facts, Facts)> {
    let url = resolved(range)?;
    if matches!(&list.ty, Ty::External(name) if name == "ipaddress.ip_network") && !list.is_tainted() {
        return Some((Facts::none(), passed(url, range)));
    }
    let Shape::List { items, .. } = &list.shape else {
        return None;
    };
    let holds = |name: &str| items.iter().any(|item| item.text().is_some_and(|text| text == name));
    if holds("private") {
        return Some((Facts::none(), passed(url, range)));
    }
    holds("unicast").then(|| (passed(url, range), Facts::none()))
}

/// A test by which address an address is: `is_private`, `is_loopback`.
pub(super) fn method_test(address: &Value, method: &str, place: Place) -> Option<(Facts, Facts)> {
    let refuses = matches!(
        method,
        "is_private" | "is_loopback" | "is_link_local" | "is_reserved" | "is_multicast" | "is_unspecified"
    );
    if !refuses && method != "is_global" {
        return None;
    }
    let (url, part) = part_of(address)?;
    let facts = if part == UrlPart::Addresses {
        // private ranges are what counts, the others are extras
        if matches!(method, "is_private" | "is_global") {
            passed(url, address)
        } else {
            Facts::none()
        }
    } else {
        flaw(url, LITERALS, place)
    };
    Some(if refuses {
        (Facts::none(), facts)
    } else {
        (facts, Facts::none())
    })
}

/// What a library's function says of an address: `ip.isPrivate(address)`, `blockList.check(address, "ipv4")` of `net`.
pub(super) fn asked(callee: &str, arguments: &Arguments) -> Option<(Facts, Facts)> {
    let address = arguments.get(0)?;
    if let (Some(url), "net.isIP" | "net.isIPv4" | "net.isIPv6") = (host_of(address), callee) {
        return Some((of_url(url, marks::LITERAL), Facts::none()));
    }
    let url = resolved(address)?;
    let name: String = callee
        .rsplit(['.', ':'])
        .next()?
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    // a method of whatever it may be is not known to ask; an address and its family are what a list of blocks is asked with
    let family = arguments.get(1).and_then(Value::text);
    let asks = QUESTIONS.contains(&name.as_str()) && !callee.starts_with("*.")
        || name == "check" && family.is_some_and(|family| matches!(family.as_str(), "ipv4" | "ipv6"));
    asks.then(|| (Facts::none(), passed(url, address)))
}

impl Engine<'_> {
    /// What a function of the project that tells internal addresses from others says of those that it got. What its tests prove by
    /// themselves is known already; this is for those that take an address apart and compare its numbers.
    pub(super) fn told_apart(
        &mut self,
        callable: &Callable,
        arguments: &Arguments,
        result: Value,
        place: Place,
        state: &mut State,
    ) -> Value {
        let Some(facts) = arguments.positional.iter().find_map(|value| {
            let facts = match host_of(value) {
                Some(url) => not_internal(url, place),
                None => passed(resolved(value)?, value),
            };
            Some(facts)
        }) else {
            return result;
        };
        let Some(answer) = self.tells_internal(callable.func) else {
            return result;
        };
        match answer {
            Answer::Throws => {
                state.learn(&facts);
                result
            }
            Answer::Internal => result.with(|data| data.when_false = data.when_false.and(&facts)),
            Answer::Global => result.with(|data| data.when_true = data.when_true.and(&facts)),
        }
    }

    /// Whether a function tells internal addresses from others, and how it says so.
    fn tells_internal(&mut self, func: FuncRef) -> Option<Answer> {
        if let Some(known) = self.tells_internal.get(&func) {
            return *known;
        }
        let module = self.module(func.module);
        let function = module.function(func.func);
        let mut ranges = Ranges::default();
        ranges.read(module, function.span);
        // lists that it goes through stand elsewhere
        for expr in module.exprs.iter().filter(|expr| function.span.contains(expr.span)) {
            if let ExprKind::Name(name) = expr.kind
                && let Some(value) = self.project.variable(func.module, name)
                && let Some(held) = module.exprs.get(value.0 as usize)
                && !matches!(held.kind, ExprKind::Lambda(_))
            {
                ranges.read(module, held.span);
            }
        }
        let answer = (ranges.count() >= ENOUGH)
            .then(|| answer_of(module, func.func))
            .flatten();
        self.tells_internal.insert(func, answer);
        answer
    }
}

/// How a function says that an address is internal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// It throws.
    Throws,
    /// It answers with true.
    Internal,
    /// It answers with false.
    Global,
}

/// The internal ranges that a piece of code names.
#[derive(Default)]
struct Ranges([bool; FIRST_NUMBERS.len()]);

impl Ranges {
    fn read(&mut self, module: &Module, span: Span) {
        for expr in module.exprs.iter().filter(|expr| span.contains(expr.span)) {
            // the library knows them all
            if matches!(&expr.kind, ExprKind::Field { name, .. } if matches!(name.as_str(), "is_private" | "is_global"))
            {
                self.0 = [true; FIRST_NUMBERS.len()];
            }
            let ExprKind::Literal(literal) = &expr.kind else {
                continue;
            };
            for (seen, first) in self.0.iter_mut().zip(FIRST_NUMBERS) {
                *seen |= match literal {
                    Literal::Int(number) => number == first,
                    Literal::Str(text) => begins(text.as_str(), *first),
                    Literal::Regex(text, _) => text.as_str().contains(&first.to_string()),
                    _ => false,
                };
            }
        }
    }

    fn count(&self) -> usize {
        self.0.iter().filter(|seen| **seen).count()
    }
}

/// Whether a text begins with an address whose first number this is.
fn begins(text: &str, first: i64) -> bool {
    let text = text.trim_start_matches('^');
    text.strip_prefix(first.to_string().as_str())
        .is_some_and(|rest| rest.starts_with(['.', '\\']))
}

/// What a function that tells internal addresses from others says at its end; nothing if it neither answers nor throws.
fn answer_of(module: &Module, func: FuncId) -> Option<Answer> {
    let body = &module.function(func).body;
    let mut last = None;
    each_stmt(body, &mut |stmt| {
        if let StmtKind::Return(Some(value)) = stmt.kind {
            last = Some(value);
        }
    });
    let Some(value) = last else {
        return refuses(body).then_some(Answer::Throws);
    };
    let denies = |expr: ExprId| {
        matches!(
            module.expr(expr).kind,
            ExprKind::Unary { op: UnaryOp::Not, .. }
                | ExprKind::Binary {
                    op: BinaryOp::NotEq,
                    ..
                }
        )
    };
    Some(match module.expr(value).kind {
        ExprKind::Literal(Literal::Bool(true)) => Answer::Global,
        // each range denied, one by one
        ExprKind::Binary {
            op: BinaryOp::And,
            left,
            right,
        } if denies(left) || denies(right) => Answer::Global,
        _ if denies(value) => Answer::Global,
        _ => Answer::Internal,
    })
}

/// Whether a test in a block ends in a throw.
fn refuses(block: &Block) -> bool {
    let mut found = false;
    each_stmt(block, &mut |stmt| {
        let StmtKind::If { then, .. } = &stmt.kind else { return };
        each_stmt(then, &mut |inner| found |= matches!(inner.kind, StmtKind::Throw(_)));
    });
    found
}
