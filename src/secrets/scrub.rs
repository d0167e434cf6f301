//! Keeps secrets out of the texts that rules write.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

use super::{Evidence, Secret};
use crate::finding::{Finding, Step, SurfaceEntry};
use crate::workspace::Workspace;

/// Shorter secrets are words that stand in texts for other reasons.
const SHORTEST: usize = 12;
const BLANK: &str = "********";

/// Blanks the secrets wherever they stand in what rules wrote about the files.
pub fn scrub(secrets: &[Secret], workspace: &Workspace, findings: &mut [Finding]) {
    let Some(scrubber) = Scrubber::new(secrets, workspace) else {
        return;
    };
    let blank = |text: &mut String| scrubber.blank(text);
    let steps = |steps: &mut Vec<Step>| steps.iter_mut().for_each(|step| blank(&mut step.label));
    for finding in findings {
        for text in [&mut finding.message, &mut finding.primary_label] {
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
    }
}

struct Scrubber {
    finder: AhoCorasick,
    blanks: Vec<&'static str>,
}

impl Scrubber {
    fn new(secrets: &[Secret], workspace: &Workspace) -> Option<Self> {
        let hidden: BTreeSet<&str> = secrets
            .iter()
            .filter(|secret| matches!(secret.evidence, Evidence::Shape(_) | Evidence::Random))
            .filter_map(|secret| Some(workspace.get(secret.file)?.slice(secret.hidden)))
            .filter(|text| text.len() >= SHORTEST)
            .collect();
        if hidden.is_empty() {
            return None;
        }
        Some(Self {
            finder: AhoCorasick::new(&hidden).ok()?,
            blanks: vec![BLANK; hidden.len()],
        })
    }

    fn blank(&self, text: &mut String) {
        if self.finder.is_match(text.as_str()) {
            *text = self.finder.replace_all(text, &self.blanks);
        }
    }
}
