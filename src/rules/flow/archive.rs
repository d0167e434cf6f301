//! Archives: `unsafe-archive-extraction`.

use super::{Case, Verdict};
use crate::finding::Severity;
use crate::flow::StepKind;
use crate::models::{Access, Class};

pub(super) fn archive(case: &Case<'_>) -> Verdict {
    let verdict = Verdict::new(
        "unsafe-archive-extraction",
        Severity::High,
        "chooses the archive unpacked by",
        "names of entries such as `../../.bashrc` are written where they say",
        "refuse entries that leave the folder: `filter=\"data\"`, `enclosed_name()`, `unpack_in()`, or resolve each name and compare",
    );
    if case.hit.audit { verdict.audit() } else { verdict }
}

/// Whether a file is written under the name that an entry of an archive has.
pub(super) fn names_entry(case: &Case<'_>) -> bool {
    let writes = case.hit.class == Class::Path && matches!(case.hit.access, Some(Access::Write | Access::Delete));
    writes
        && case.hit.flaws.is_empty()
        && case.hit.trace.iter().any(|step| {
            matches!(step.kind, StepKind::Through(name) | StepKind::Taken(name)
                if matches!(
                    name.as_str(),
                    "namelist" | "infolist" | "getmembers" | "getnames" | "getEntries" | "entryName" | "by_index" | "by_index_raw"
                ))
        })
}
