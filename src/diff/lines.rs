//! Which lines of a text are new.

use std::hash::Hasher as _;
use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};
use rustc_hash::FxHasher;

/// How the lines of a text come from those of an older one, both counted from 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Lines {
    /// New or changed lines, in order.
    changed: Vec<Range<usize>>,
    /// For each of them, how many lines of the old text stand up to its end.
    old_ends: Vec<usize>,
}

impl Lines {
    /// Of a text that is new as a whole.
    pub(super) fn all() -> Self {
        Self {
            changed: Vec::from([Range {
                start: 0,
                end: usize::MAX,
            }]),
            old_ends: vec![0],
        }
    }

    /// Compares two texts. How lines end does not count.
    pub(super) fn new(old: &str, new: &str) -> Self {
        let mut input: InternedInput<&str> = InternedInput::default();
        input.update_before(old.lines());
        input.update_after(new.lines());
        let diff = Diff::compute(Algorithm::Histogram, &input);
        let (mut changed, mut old_ends) = (Vec::new(), Vec::new());
        for hunk in diff.hunks() {
            changed.push(hunk.after.start as usize..hunk.after.end as usize);
            old_ends.push(hunk.before.end as usize);
        }
        Self { changed, old_ends }
    }

    /// Whether nothing is new and nothing was taken away.
    pub(super) fn is_same(&self) -> bool {
        self.changed.is_empty()
    }

    /// Whether any of these lines is new or changed, or a line was taken out between them.
    pub(super) fn touches(&self, lines: Range<usize>) -> bool {
        self.changed
            .iter()
            .any(|changed| changed.start < lines.end && lines.start < changed.end)
    }

    /// The line of the old text that a line comes from unchanged.
    pub(super) fn old(&self, line: usize) -> Option<usize> {
        if self.touches(line..line + 1) {
            return None;
        }
        let before = self.changed.partition_point(|changed| changed.end <= line);
        let Some(last) = before.checked_sub(1) else {
            return Some(line);
        };
        let (changed, old_end) = (self.changed.get(last)?, self.old_ends.get(last)?);
        Some(line - changed.end + old_end)
    }
}

/// The lines of a text by their hashes, wherever they stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Bag(Vec<u64>);

impl Bag {
    pub(super) fn new(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut hashes: Vec<u64> = lines
            .map(|line| {
                let mut hasher = FxHasher::default();
                hasher.write(line.as_bytes());
                hasher.finish()
            })
            .collect();
        hashes.sort_unstable();
        Self(hashes)
    }

    /// Whether at least half of the larger text stands in the other, and how many lines that are.
    pub(super) fn shares(&self, other: &Self) -> Option<usize> {
        let (left, right) = (&self.0, &other.0);
        let most = left.len().max(right.len());
        if most == 0 || left.len().min(right.len()) * 2 < most {
            return None;
        }
        let (mut at, mut beside, mut same) = (0, 0, 0_usize);
        while let (Some(one), Some(two)) = (left.get(at), right.get(beside)) {
            at += usize::from(one <= two);
            beside += usize::from(two <= one);
            same += usize::from(one == two);
        }
        (same * 2 >= most).then_some(same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_lines_are_those_of_the_new_text() {
        let lines = Lines::new("a\nb\nc\nd\n", "a\nx\nc\ny\nd\n");
        assert!(!lines.touches(0..1));
        assert!(lines.touches(1..2));
        assert!(!lines.touches(2..3));
        assert!(lines.touches(2..4));
        assert!(!lines.touches(4..5));
        let old: Vec<Option<usize>> = (0..5).map(|line| lines.old(line)).collect();
        assert_eq!(old, [Some(0), None, Some(2), None, Some(3)]);
    }

    #[test]
    fn what_was_taken_away_moves_lines_up() {
        let lines = Lines::new("a\nb\nc\n", "a\nc\n");
        assert!(!lines.is_same());
        assert!(!lines.touches(0..1) && !lines.touches(1..2));
        assert!(lines.touches(0..2), "what lost a line in its middle has changed");
        assert_eq!(lines.old(1), Some(2));
        assert_eq!(lines.old(0), Some(0));
    }

    #[test]
    fn line_ends_do_not_count() {
        assert!(Lines::new("a\nb\n", "a\r\nb").is_same());
        assert!(Lines::all().touches(7..8));
        assert_eq!(Lines::all().old(7), None);
    }

    #[test]
    fn texts_share_lines_wherever_they_stand() {
        let shares = |left: &str, right: &str| Bag::new(left).shares(&Bag::new(right));
        assert_eq!(shares("a\nb\nc\nd", "a\nx\nc\nb"), Some(3));
        assert_eq!(shares("a\nb", "  b\n\n a\n"), Some(2));
        assert_eq!(shares("a\nb", "x\ny\nz"), None);
        assert_eq!(shares("a\na\na", "a"), None);
        assert_eq!(shares("", ""), None);
    }
}
