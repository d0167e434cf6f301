//! Keeps secrets out of the texts that rules write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Evidence, Secret};
use crate::finding::{Finding, Step, SurfaceEntry};
use crate::workspace::{FileId, Span, Workspace};

/// Shorter secrets are words that stand in texts for other reasons.
const SHORTEST: usize = 6;
const BLANK: &str = "********";

/// Blanks the secrets wherever they stand in what rules wrote about the files.
pub fn scrub(secrets: &[Secret], workspace: &Workspace, findings: &mut [Finding]) {
    let Some(scrubber) = Scrubber::new(secrets, workspace) else {
        return;
    };
    let blank = |text: &mut String| scrubber.blank(text);
    let steps = |steps: &mut Vec<Step>| steps.iter_mut().for_each(|step| blank(&mut step.label));
    for finding in findings {
        for text in [&mut finding.message, &mut finding.primary_label, &mut finding.scope] {
            blank(text);
        }
        steps(&mut finding.trace);
        steps(&mut finding.related);
        finding.notes.iter_mut().for_each(blank);
        for text in [&mut finding.help, &mut finding.tool, &mut finding.parameter] {
            text.iter_mut().for_each(blank);
        }
    }
}

/// Blanks the secrets in what the servers say of themselves.
pub fn scrub_surface(secrets: &[Secret], workspace: &Workspace, surface: &mut [SurfaceEntry]) {
    let Some(scrubber) = Scrubber::new(secrets, workspace) else {
        return;
    };
    for entry in surface {
        scrubber.blank(&mut entry.name);
        entry.description.iter_mut().for_each(|text| scrubber.blank(text));
        for param in &mut entry.params {
            scrubber.blank(&mut param.name);
            scrubber.blank(&mut param.ty);
        }
        entry
            .annotations
            .values_mut()
            .for_each(|value| scrubber.blank_json(value));
    }
}

/// Keeps secrets out of all that is shown of the files: where they were found, and wherever else the same text stands.
pub fn hide(secrets: &[Secret], workspace: &mut Workspace) {
    if secrets.is_empty() {
        return;
    }
    let finder = finder(secrets, workspace).map(|(finder, _)| Arc::new(finder));
    let mut spans: BTreeMap<FileId, Vec<Span>> = BTreeMap::new();
    for secret in secrets {
        spans.entry(secret.file).or_default().push(secret.hidden);
    }
    for (index, file) in workspace.files.iter_mut().enumerate() {
        let own = u32::try_from(index).ok().and_then(|index| spans.remove(&FileId(index)));
        file.hide(own.unwrap_or_default(), finder.clone());
    }
}

/// Finds the secrets that are no common words; and how many they are.
fn finder(secrets: &[Secret], workspace: &Workspace) -> Option<(AhoCorasick, usize)> {
    let hidden: BTreeSet<&str> = secrets
        .iter()
        .filter(|secret| {
            // everybody knows those
            secret.evidence != Evidence::WellKnown
        })
        .filter_map(|secret| Some(workspace.get(secret.file)?.slice(secret.hidden)))
        .filter(|text| text.len() >= SHORTEST && !text.bytes().all(|byte| byte.is_ascii_lowercase()))
        .collect();
    if hidden.is_empty() {
        return None;
    }
    // of one secret inside of another, the whole
    let finder = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(&hidden);
    Some((finder.ok()?, hidden.len()))
}

struct Scrubber {
    finder: AhoCorasick,
    blanks: Vec<&'static str>,
}

impl Scrubber {
    fn new(secrets: &[Secret], workspace: &Workspace) -> Option<Self> {
        let (finder, count) = finder(secrets, workspace)?;
        Some(Self {
            finder,
            blanks: vec![BLANK; count],
        })
    }

    fn blank(&self, text: &mut String) {
        if self.finder.is_match(text.as_str()) {
            *text = self.finder.replace_all(text, &self.blanks);
        }
    }

    /// The same in every text of a value.
    fn blank_json(&self, value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => self.blank(text),
            serde_json::Value::Array(items) => items.iter_mut().for_each(|item| self.blank_json(item)),
            serde_json::Value::Object(members) => members.values_mut().for_each(|item| self.blank_json(item)),
            _ => {}
        }
    }
}
