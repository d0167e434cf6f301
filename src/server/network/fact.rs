//! Single places of a server that weaken it on the network, whatever listens.

use super::super::value::At;
use super::graph::Graph;
use crate::ir::{ExprId, ExprKind, Name, StmtKind};
use crate::project::{FuncRef, ModuleId};
use crate::workspace::Span;

/// What is wrong at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKind {
    /// Certificates are not checked.
    Tls,
    /// The key of an SSH host is not checked.
    HostKey,
    /// A credential goes over plain HTTP.
    PlainHttp,
    /// A database is reached without encryption.
    Unencrypted,
    /// A presented credential is compared so that the time taken tells how much of it is right.
    Comparison,
    /// The caller's token is handed on.
    Forwarded,
    /// A token's claims are read without checking its signature.
    Unverified,
    /// A token is accepted for whomever it was issued.
    Audience,
    /// Session ids can be guessed.
    Session,
    /// One server object is connected for each client.
    SharedServer,
    /// One stateless transport serves all clients.
    SharedTransport,
}

/// A place with what is wrong there.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// What is wrong.
    pub kind: FactKind,
    /// The module.
    pub module: ModuleId,
    /// The function around it.
    pub func: FuncRef,
    /// The place.
    pub span: Span,
    /// What stands there, for the message: a function, an option, a variable.
    pub what: Name,
    /// Where the other half stands: what was made, where a token came in.
    pub from: Option<(ModuleId, Span)>,
    /// Whether it hangs on a condition: somebody has to ask for it.
    pub asked: bool,
}

impl Graph<'_, '_> {
    /// A fact at an expression.
    pub(super) fn fact(&self, kind: FactKind, at: At, what: &str) -> Fact {
        let span = self.values.expr(at).span;
        Fact {
            kind,
            module: at.module,
            func: FuncRef {
                module: at.module,
                func: at.scope,
            },
            span,
            what: Name::new(what),
            from: None,
            asked: self.is_asked(at),
        }
    }

    /// Whether an expression stands below a condition in its function: an `if` or the branch of a conditional.
    fn is_asked(&self, at: At) -> bool {
        let module = self.values.module(at.module);
        let span = module.expr(at.expr).span;
        let mut found = false;
        super::super::locals::each_stmt(module, &module.function(at.scope).body, &mut |stmt| match &stmt.kind {
            StmtKind::If { test, .. } => {
                found |= stmt.span.contains(span) && !module.expr(*test).span.contains(span);
            }
            StmtKind::Match { subject, .. } => {
                found |= stmt.span.contains(span) && !module.expr(*subject).span.contains(span);
            }
            _ => {}
        });
        found
            || self
                .own(super::graph::Node::Func(FuncRef {
                    module: at.module,
                    func: at.scope,
                }))
                .iter()
                .any(|other| match &module.expr(other.expr).kind {
                    ExprKind::Conditional { then, otherwise, .. } => {
                        let inside = |branch: ExprId| module.expr(branch).span.contains(span);
                        other.expr != at.expr && (inside(*then) || inside(*otherwise))
                    }
                    _ => false,
                })
    }

    /// All facts of a module.
    pub(super) fn facts(&self, id: ModuleId, found: &mut Vec<Fact>) {
        let module = self.values.module(id);
        for (index, expr) in (0_u32..).zip(&module.exprs) {
            let at = || self.place(id, ExprId(index));
            match &expr.kind {
                ExprKind::Call(call) => {
                    let at = at();
                    self.tls_call(at, call, found);
                    self.trust_call(at, call, found);
                    self.rust_client(at, call, found);
                    self.token_call(at, call, found);
                    self.session_call(at, call, found);
                }
                ExprKind::Record { entries, .. } => {
                    let at = at();
                    self.tls_record(at, entries, found);
                    self.token_record(at, entries, found);
                }
                ExprKind::Binary { op, left, right } => self.comparison(at(), *op, *left, *right, found),
                ExprKind::Literal(crate::ir::Literal::Str(text)) if text.contains("StrictHostKeyChecking") => {
                    self.ssh_option(at(), text, found);
                }
                _ => {}
            }
        }
        self.tls_assignments(id, found);
        self.rust_keys(id, found);
    }
}
