//! Network listeners: what they listen on, whether they serve MCP, who may call.

mod address;
mod around;
mod auth;
mod cors;
mod fact;
mod graph;
mod host;
mod hosted;
mod listen;
mod options;
mod origin;
mod presented;
mod receiver;
mod routes;
mod session;
mod setting;
mod signs;
mod tls;
mod token;
mod transport;

pub use auth::Auth;
pub use cors::Cors;
pub use fact::{Fact, FactKind};
pub use host::Bind;
pub(super) use listen::read;
pub use listen::{Listener, Reason};
pub use origin::Origins;
