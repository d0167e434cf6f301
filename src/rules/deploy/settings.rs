//! Names and values that files of settings give to programs, from wherever they come.

use super::{containers, images, judges};
use crate::deploy::{ConfigKind, Text};
use crate::document::Word;
use crate::rules::Context;
use crate::workspace::FileId;

/// A variable of the environment.
pub(super) struct Setting {
    /// The file.
    pub(super) file: FileId,
    /// What it belongs to, for people: a server, a service.
    pub(super) owner: String,
    /// Its name.
    pub(super) name: Text,
    /// Its value.
    pub(super) value: Text,
}

/// The variables of images, containers, servers of clients and `.env` files.
pub(super) fn settings(context: &Context<'_>) -> Vec<Setting> {
    let mut out = Vec::new();
    let text = |word: &Word| Text::new(&word.text, word.span);
    for (file, dockerfile) in images(context) {
        let instructions = dockerfile.stages.iter().flat_map(|stage| &stage.instructions);
        for instruction in instructions.filter(|instruction| matches!(instruction.keyword.as_str(), "ENV" | "ARG")) {
            let pairs = instruction.pairs().iter();
            out.extend(pairs.filter_map(|(name, value)| {
                Some(Setting {
                    file,
                    owner: String::new(),
                    name: text(name),
                    value: text(value.as_ref()?),
                })
            }));
        }
    }
    for container in containers(context) {
        out.extend(container.environment.iter().map(|(name, value)| Setting {
            file: container.file,
            owner: container.name.clone(),
            name: name.clone(),
            value: value.clone(),
        }));
    }
    for server in &context.deploy.servers {
        let environment = server.launch.iter().flat_map(|launch| &launch.environment);
        out.extend(environment.map(|(name, value)| Setting {
            file: server.file,
            owner: server.name.clone(),
            name: name.clone(),
            value: value.clone(),
        }));
    }
    for (file, document) in context.configs(ConfigKind::Environment) {
        if !judges(context, file) {
            continue;
        }
        for (key, node) in document.roots().iter().flat_map(crate::document::Node::entries) {
            out.extend(node.text().map(|value| Setting {
                file,
                owner: String::new(),
                name: Text::new(&key.text, key.span),
                value: Text::new(value, node.span),
            }));
        }
    }
    out
}
