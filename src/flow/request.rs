//! HTTP requests that routes get: which of their parts are the server's own.

use super::engine::Engine;
use super::marks;
use super::value::{StepKind, Taint, Value};
use crate::ir::Name;
use crate::models::{Class, ClassSet};

/// What the framework, not the client, puts into the object that a route gets.
const OWN: &[&str] = &["env", "executionCtx", "app", "socket", "route"];

impl Engine<'_> {
    /// Whether the text of this origin comes in by an HTTP route.
    fn by_route(&self, origin: u32) -> bool {
        self.origins
            .get(origin as usize)
            .and_then(|origin| self.server.entries.get(origin.entry as usize))
            .is_some_and(|entry| self.models.frameworks().is_bridge(entry.style))
    }

    /// What holds of a part of a request: nothing where it is not the client's at all.
    pub(super) fn part_of_request(&self, origin: u32) -> Option<ClassSet> {
        if !self.by_route(origin) {
            return Some(ClassSet::NONE);
        }
        let path: Vec<&str> = self
            .origins
            .get(origin as usize)
            .map(|origin| origin.path.iter().map(|name| name.as_str()).collect())
            .unwrap_or_default();
        match path.as_slice() {
            [_, part] if OWN.contains(part) => None,
            // the path of a parsed URL
            [_, "req", "path"] => Some(marks::NO_PARENT),
            _ => Some(ClassSet::NONE),
        }
    }

    /// Whether a value is the URL under which the server itself was called, or that URL parsed: its host is the server's.
    fn is_own_url(&self, url: &Value) -> bool {
        let own = |taint: &Taint| {
            if !self.by_route(taint.origin) {
                return false;
            }
            let mut step = Some(&taint.step);
            while let Some(current) = step {
                match current.kind {
                    StepKind::Taken(name) => return matches!(name.as_str(), "url" | "originalUrl"),
                    StepKind::Through(_) | StepKind::Passed(_) => step = current.previous.as_ref(),
                    _ => return false,
                }
            }
            false
        };
        !url.taints.is_empty() && url.taints.iter().all(own)
    }

    /// The host or scheme read off a URL: the server's own is nobody's choice.
    pub(super) fn own_host(&self, url: &Value, part: Value) -> Value {
        if part.taints.is_empty() || !self.is_own_url(url) {
            return part;
        }
        part.with(|data| data.taints = super::taint::cleared_further(&data.taints, ClassSet::of(Class::Url)))
    }

    /// The taints of `new URL(relative, base)`, where the base is the server's own URL and what is relative to it is nobody's choice.
    pub(super) fn below_own_url(&self, callee: Name, relative: Option<&Value>, base: Option<&Value>) -> bool {
        callee == "URL"
            && relative.is_some_and(|relative| !relative.is_tainted())
            && base.is_some_and(|base| self.is_own_url(base))
    }
}
