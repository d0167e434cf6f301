//! The MCP model read off the IR: which functions are handlers of tools, resources and prompts, and what their
//! parameters are.
//!
//! Recognition is by name and declaration alone (imports, constants, tables of records); what flows where is the
//! business of `flow`. How each SDK registers handlers stands in `rules/models/sources.toml`
//! ([`crate::models::FrameworkRow`]); the code here knows forms (calls, decorators, methods, records, comparisons), not SDKs.

mod annotations;
mod call;
mod check;
mod decorator;
mod entry;
mod func;
mod held;
mod join;
mod locals;
mod members;
mod method;
mod network;
mod raw;
mod read;
mod record;
mod registrar;
mod rounds;
mod schema;
mod sources;
mod text;
mod transport;
mod uses;
mod value;

#[cfg(test)]
mod tests;

pub use check::schema_type;
pub use entry::{
    EntryKind, EntryPoint, Handler, InnerSource, Parameter, Server, SourceParam, SourceShape, Transport, TransportKind,
};

pub use network::{Auth, Bind, Cors, Fact, FactKind, Listener, Origins, Reason};

use rayon::prelude::*;

use crate::ir::Language;
use crate::models::Models;
use crate::project::{ModuleId, Project};

impl Server {
    /// Reads the model of all servers in a project. Modules for which `skip` holds (tests, vendored code) contribute nothing.
    pub fn read(project: &Project, models: &Models, skip: &dyn Fn(ModuleId) -> bool) -> Self {
        let frameworks = models.frameworks();
        let all: Vec<(ModuleId, bool)> = project.modules().map(|(id, _)| (id, skip(id))).collect();
        let uses: Vec<(ModuleId, bool, read::SdkUse)> = all
            .par_iter()
            .map(|(id, skipped)| (*id, *skipped, read::sdk_use(frameworks, project.module(*id))))
            .collect();
        let gate = |language: Language| {
            uses.iter().any(|(id, skipped, used)| {
                (used.any || used.raw && !skipped) && project.module(*id).language == language
            })
        };
        let gates = [Language::TypeScript, Language::Python, Language::Rust].map(|language| (language, gate(language)));
        let wanted: Vec<(ModuleId, read::SdkUse)> = uses
            .iter()
            .filter(|(_, skipped, _)| !skipped)
            .map(|(id, _, used)| (*id, *used))
            .collect();
        let found: Vec<read::Found> = wanted
            .par_iter()
            .map(|(id, used)| {
                let language = project.module(*id).language;
                let open = gates.iter().any(|(of, open)| *of == language && *open);
                read::Reader::new(project, frameworks, *id, open, used.any).read()
            })
            .collect();
        let mut server = Self::default();
        let mut registrars = Vec::new();
        for part in found {
            server.entries.extend(part.entries);
            server.transports.extend(part.transports);
            registrars.extend(part.registrars);
        }
        if !registrars.is_empty() {
            let modules: Vec<ModuleId> = wanted.iter().map(|(id, _)| *id).collect();
            uses::resolve(project, frameworks, &modules, registrars, &mut server.entries);
        }
        join::join(project, frameworks, &mut server, &wanted);
        (server.listeners, server.facts) = network::read(project, models, &server, skip);
        server
    }
}
