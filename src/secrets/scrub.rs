//! Keeps secrets out of the texts that rules write.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

use super::{Evidence, Secret};
use crate::finding::{Finding, Step, SurfaceEntry};
use crate::workspace::Workspace;

/// Shorter secrets are words that stand in texts for other reasons.
const SHORTEST: usize = 12;
const BLANK: &str = "********";

/// Blanks the secrets wherever they stand in what was written about the files.
pub fn scrub(secrets: &[Secret], workspace: &Workspace, findings: &mut [Finding], surface: &mut [SurfaceEntry]) {
    let hidden: BTreeSet<&str> = secrets
        .iter()
        .filter(|secret| !matches!(secret.evidence, Evidence::WellKnown | Evidence::Effective))
        .filter_map(|secret| Some(workspace.get(secret.file)?.slice(secret.hidden)))
        .filter(|text| text.len() >= SHORTEST)
        .collect();
    if hidden.is_empty() {
        return;
    }
    let Ok(finder) = AhoCorasick::new(&hidden) else {
        return;
    };
    let blanks = vec![BLANK; hidden.len()];
    let blank = |text: &mut String| {
        if finder.is_match(text.as_str()) {
            *text = finder.replace_all(text, &blanks);
        }
    };
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
    for entry in surface {
        blank(&mut entry.name);
        entry.description.iter_mut().for_each(blank);
    }
}
