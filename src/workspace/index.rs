//! Which files git knows of: the names in its index. Git itself is not started, because it runs what the settings of a repository name,
//! and a repository may be looked at because nobody trusts it.

use std::fs;
use std::path::{Path, PathBuf};

/// An index above this size is left unread: 64 MiB, about half a million files.
const MAX_SIZE: u64 = 64 * 1024 * 1024;
/// Bytes of an entry in front of its flags: times, device, mode, owner, size, and the hash of 20 bytes.
const FIXED: usize = 60;

/// The files that the repository with this top folder tracks, relative to it; none where there is no index that can be read.
pub(super) fn tracked(top: &Path) -> Vec<String> {
    let Some(index) = path_of_index(&top.join(".git")) else {
        return Vec::new();
    };
    if fs::metadata(&index).is_ok_and(|metadata| metadata.len() > MAX_SIZE) {
        return Vec::new();
    }
    fs::read(index).ok().and_then(|bytes| names(&bytes)).unwrap_or_default()
}

/// Where the index lies: in `.git`, or where the file of that name says, as in further work trees.
fn path_of_index(git: &Path) -> Option<PathBuf> {
    if git.is_dir() {
        return Some(git.join("index"));
    }
    let text = fs::read_to_string(git).ok()?;
    let folder = text.strip_prefix("gitdir:")?.trim();
    Some(git.parent()?.join(folder).join("index"))
}

/// The names in an index of version 2, 3 or 4; `None` for anything else.
fn names(bytes: &[u8]) -> Option<Vec<String>> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    if !bytes.starts_with(b"DIRC") {
        return None;
    }
    let version = number(4)?;
    if !(2..=4).contains(&version) {
        return None;
    }
    let mut names = Vec::new();
    let mut name: Vec<u8> = Vec::new();
    let mut at = 12;
    for _ in 0..number(8)? {
        let start = at;
        let flags = u16::from_be_bytes(bytes.get(at + FIXED..at + FIXED + 2)?.try_into().ok()?);
        at += FIXED + 2;
        if version >= 3 && flags & 0x4000 != 0 {
            at += 2;
        }
        if version == 4 {
            // So many bytes of the name before fall away.
            let dropped = varint(bytes, &mut at)?;
            name.truncate(name.len().checked_sub(dropped)?);
        } else {
            name.clear();
        }
        let rest = bytes.get(at..)?;
        let length = rest.iter().position(|byte| *byte == 0)?;
        name.extend_from_slice(rest.get(..length)?);
        at += length + 1;
        if version != 4 {
            at = start + (at - start).next_multiple_of(8);
        }
        names.extend(String::from_utf8(name.clone()));
    }
    Some(names)
}

/// A number in as many bytes as it needs, as git packs them.
fn varint(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut value = 0_usize;
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value = value.checked_add(usize::from(byte & 0x7F))?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        value = value.checked_add(1)?.checked_mul(128)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(version: u32, names: &[(&[u8], &str)]) -> Vec<u8> {
        let mut out = b"DIRC".to_vec();
        out.extend(version.to_be_bytes());
        out.extend(u32::try_from(names.len()).unwrap().to_be_bytes());
        for (dropped, name) in names {
            let start = out.len();
            out.extend([0; FIXED + 2]);
            out.extend(*dropped);
            out.extend(name.as_bytes());
            out.push(0);
            while version != 4 && !(out.len() - start).is_multiple_of(8) {
                out.push(0);
            }
        }
        out
    }

    #[test]
    fn names_of_an_index() {
        let plain = index(2, &[(b"", ".env"), (b"", "src/server.ts"), (b"", "a")]);
        assert_eq!(names(&plain).unwrap(), [".env", "src/server.ts", "a"]);
        let packed = index(4, &[(b"\0", "src/a.ts"), (b"\x04", "b.ts"), (b"\x08", ".env")]);
        assert_eq!(names(&packed).unwrap(), ["src/a.ts", "src/b.ts", ".env"]);
        assert_eq!(names(b"DIRC\0\0\0\x02\0\0\xff\xff"), None);
        assert_eq!(names(b"nothing"), None);
    }
}
