//! The network: `ssrf`.

use super::{Case, Verdict};
use crate::finding::{Confidence, Severity, Tier};

pub(super) fn url(case: &Case<'_>) -> Verdict {
    let verdict = Verdict::new(
        "ssrf",
        Severity::High,
        "decides which host is contacted by",
        "the request goes to a host of the caller's choice, internal ones included",
        "parse the URL and compare its host with a fixed set, or resolve it, refuse every address that is not global and connect to \
         the address that was checked; follow no redirects unchecked",
    );
    if case.hit.audit || super::second_hand(case) {
        return verdict.audit();
    }
    if case.hit.by_setting {
        let verdict = Verdict::new(
            "ssrf",
            Severity::Medium,
            "is checked only as far as a setting asks for it, and decides which host is contacted by",
            "no host is refused where that setting is made",
            "refuse link-local addresses whatever the settings say, and have the owner name the internal hosts that may be reached",
        );
        return Verdict {
            confidence: Confidence::Low,
            tier: Tier::Strict,
            ..verdict
        };
    }
    // a part of the URL, such as a sub-domain or a port, or a path that may be absolute
    if !case.hit.whole {
        return Verdict {
            confidence: Confidence::Medium,
            ..verdict
        };
    }
    verdict
}
