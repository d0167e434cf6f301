//! Network listeners: what they listen on, whether they serve MCP, who may call.

mod address;
mod around;
mod auth;
mod cors;
mod graph;
mod host;
mod listen;
mod options;
mod setting;
mod signs;

pub use auth::Auth;
pub use cors::Cors;
pub use host::Bind;
pub(super) use listen::read;
pub use listen::{Listener, Reason};
