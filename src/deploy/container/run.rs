//! Command lines that run an image: `docker run …`.

use super::compose::{short_mount, short_port};
use super::{Container, Form, GrantKind, Mount};
use crate::deploy::words::Text;
use crate::deploy::{Deploy, Image, Program};
use crate::workspace::{FileId, Span};

/// The containers that servers of clients, scripts of packages and steps of workflows start.
pub(super) fn launches(deploy: &Deploy) -> Vec<Container> {
    let servers = deploy.servers.iter().flat_map(|server| {
        let programs = server.launch.iter().flat_map(|launch| &launch.programs);
        programs.map(|program| (server.file, server.name.as_str(), program))
    });
    let commands = deploy.commands.iter().flat_map(|command| {
        command
            .programs
            .iter()
            .map(|program| (command.file, command.name.as_str(), program))
    });
    servers
        .chain(commands)
        .filter_map(|(file, name, program)| match program {
            Program::Image(image) => Some(launch(file, name, image)),
            _ => None,
        })
        .collect()
}

fn launch(file: FileId, name: &str, image: &Image) -> Container {
    let mut out = Container::new(file, Form::Run, name, image.image.span);
    out.image = Some(image.image.clone());
    out.command.clone_from(&image.command);
    for (option, value) in &image.options {
        let empty = option.called("");
        let value = value.as_ref().unwrap_or(&empty);
        let span = option.span.to(value.span);
        self::option(&mut out, &option.text, value, span);
    }
    out
}

fn option(out: &mut Container, name: &str, value: &Text, span: Span) {
    let text = value.text.as_str();
    match name {
        "--privileged" if text != "false" => out.grant(span, GrantKind::Privileged),
        "--network" | "--net" if text == "host" => out.grant(span, GrantKind::HostNetwork),
        "--pid" if text == "host" => out.grant(span, GrantKind::HostProcesses),
        "--ipc" if text == "host" => out.grant(span, GrantKind::HostIpc),
        "--userns" if text == "host" => out.grant(span, GrantKind::HostUsers),
        "--cap-add" => out.capability(span, text),
        "--cap-drop" => out.hardening.drops_all |= text.eq_ignore_ascii_case("all"),
        "--security-opt" => out.security_option(span, text),
        "--read-only" => out.hardening.read_only = text != "false",
        "--memory" | "-m" | "--pids-limit" | "--cpus" => out.hardening.limits = true,
        "--user" | "-u" => out.user = Some(value.clone()),
        "--pull" => out.built = text == "never",
        "--entrypoint" => out.command.insert(0, value.clone()),
        "-e" | "--env" => out.environment.extend(value.pair()),
        "-p" | "--publish" => out.ports.extend(short_port(text, value.span)),
        "-v" | "--volume" => out.mounts.extend(short_mount(text, value.span)),
        "--mount" => out.mounts.extend(mount(value)),
        _ => {}
    }
}

/// `type=bind,src=/a,dst=/b,readonly`.
fn mount(value: &Text) -> Option<Mount> {
    let fields: Vec<(&str, &str)> = value
        .text
        .split(',')
        .map(|field| field.split_once('=').unwrap_or((field, "")))
        .collect();
    let get = |names: &[&str]| {
        fields
            .iter()
            .find(|(name, _)| names.contains(name))
            .map(|(_, value)| *value)
    };
    if get(&["type"]) != Some("bind") {
        return None;
    }
    Some(Mount {
        span: value.span,
        source: get(&["source", "src"])?.to_owned(),
        target: get(&["target", "dst", "destination"]).unwrap_or_default().to_owned(),
        read_only: get(&["readonly", "ro"]).is_some_and(|text| text != "false"),
    })
}
