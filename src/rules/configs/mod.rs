//! Rules on files of settings: what a client is told to start, to call and to approve.

mod approve;
mod broad_root;
mod committed_env;
mod lockfile;
mod remote;
mod shell_wrapper;
mod unpinned;

pub(super) use approve::auto_approve;
pub(super) use broad_root::broad_root;
pub(super) use committed_env::committed_env_file;
pub(super) use lockfile::missing_lockfile;
pub(super) use remote::{insecure_transport, missing_auth};
pub(super) use shell_wrapper::shell_wrapper;
pub(super) use unpinned::unpinned_package;

use super::{Context, Draft};
use crate::deploy::ServerConfig;
use crate::finding::{Location, Severity};
use crate::workspace::{FileId, Span};

/// A place in a file of settings.
fn at(file: FileId, span: Span) -> Location {
    Location { file, span }
}

/// How a message names a server.
fn title(server: &ServerConfig) -> String {
    if server.name.is_empty() {
        "a server".to_owned()
    } else {
        format!("server `{}`", server.name)
    }
}

/// A finding about a configured server, no worse than low in files that are there to be copied or tried.
fn draft(context: &Context<'_>, rule: &str, server: &ServerConfig, span: Span, message: String) -> Draft {
    let draft = Draft::new(rule, at(server.file, span), message).scope(server.name.as_str());
    let draft = if server.disabled {
        draft.note("The server is switched off here; it starts as soon as somebody switches it on.")
    } else {
        draft
    };
    lowered(context, server.file, draft)
}

/// A finding, no worse than low in files that are there to be copied or tried.
fn lowered(context: &Context<'_>, file: FileId, draft: Draft) -> Draft {
    if context.is_sample(file) {
        draft.severity(Severity::Low)
    } else {
        draft
    }
}
