//! Where transports start.

use super::entry::{Transport, TransportKind};
use super::read::Reader;
use super::value::At;
use crate::ir::{ArgKind, Call, ExprKind, Name};
use crate::models::{FrameworkRow, RowTransport};
use crate::project::FuncRef;

impl Reader<'_> {
    /// Notes a transport that a call starts.
    pub(super) fn read_transport(&mut self, row: &FrameworkRow, at: At, call: &Call) {
        let Some(starts) = row.starts else { return };
        let kind = match starts {
            RowTransport::Stdio => TransportKind::Stdio,
            RowTransport::Http if self.asks_stdio(at, call) => TransportKind::Stdio,
            RowTransport::Http => TransportKind::Http,
            RowTransport::Sse => TransportKind::Sse,
            RowTransport::Other => TransportKind::Other,
            RowTransport::Argument => match self.transport_argument(at, call) {
                Some(kind) => kind,
                None => return,
            },
        };
        self.add_transport(Transport {
            kind,
            module: self.id,
            func: FuncRef {
                module: self.id,
                func: at.scope,
            },
            expr: at.expr,
            span: self.module.expr(at.expr).span,
        });
    }

    /// What `run(transport="…")` starts; standard streams when nothing is said about an object known to be an MCP server.
    fn transport_argument(&self, at: At, call: &Call) -> Option<TransportKind> {
        let named = call
            .args
            .iter()
            .find(|arg| matches!(arg.kind, ArgKind::Named(name) if name.as_str() == "transport"));
        let Some(arg) = named.or_else(|| call.args.iter().find(|arg| arg.kind == ArgKind::Positional)) else {
            let ExprKind::Field { base, .. } = &self.module.expr(call.callee).kind else {
                return None;
            };
            return self.is_mcp_value(at.with(*base)).then_some(TransportKind::Stdio);
        };
        let option = |key: &&str| {
            self.values
                .text(self.values.member(at.with(arg.value), Name::new(key))?)
        };
        let text = self
            .values
            .text(at.with(arg.value))
            .or_else(|| ["transportType", "transport"].iter().find_map(option));
        match text.as_deref() {
            Some("stdio") => Some(TransportKind::Stdio),
            Some("sse") => Some(TransportKind::Sse),
            Some("http" | "streamable-http" | "httpStream" | "streamable_http" | "http-stream") => {
                Some(TransportKind::Http)
            }
            _ => named.map(|_| TransportKind::Other),
        }
    }

    /// Whether the options of a server that listens by default ask for standard streams: `transport: McpTransportType.STDIO`.
    fn asks_stdio(&self, at: At, call: &Call) -> bool {
        let options = call.args.first().map(|arg| at.with(arg.value));
        let asked = options.and_then(|options| self.values.member(options, Name::new("transport")));
        asked
            .and_then(|asked| self.values.last_name(asked))
            .is_some_and(|name| name.eq_ignore_ascii_case("stdio"))
    }

    /// Whether a value is made by something that is known to be MCP.
    fn is_mcp_value(&self, base: At) -> bool {
        let value = self.values.follow(base);
        match &self.values.expr(value).kind {
            ExprKind::Call(call) => self.values.external(value.with(call.callee)).is_some_and(|origin| {
                // the sessions of an HTTP server are run, too
                origin.to_ascii_lowercase().contains("mcp") && !origin.ends_with("SessionManager")
            }),
            _ => false,
        }
    }
}
