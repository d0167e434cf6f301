//! Where clients keep their configs in a user's home.

use std::path::{Path, PathBuf};

use super::table::CLIENTS;

/// A system, as far as homes differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum System {
    /// Linux and its like.
    Linux,
    /// macOS.
    Macos,
    /// Windows.
    Windows,
}

impl System {
    /// The one that this program runs on.
    pub fn here() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::Macos
        } else {
            Self::Linux
        }
    }
}

/// The files in which clients keep their servers below `home`, sorted, whether they are there or not.
pub fn user_configs(home: &Path, system: System) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = CLIENTS
        .client
        .iter()
        .flat_map(|client| match system {
            System::Linux => &client.linux,
            System::Macos => &client.macos,
            System::Windows => &client.windows,
        })
        .map(|path| {
            // Folders of programs can be moved elsewhere; hardly anybody does.
            let path = path
                .replace("%APPDATA%", "~/AppData/Roaming")
                .replace("%LOCALAPPDATA%", "~/AppData/Local");
            let path = path.strip_prefix("~/").unwrap_or(&path);
            path.split('/')
                .fold(home.to_owned(), |folder, segment| folder.join(segment))
        })
        .collect();
    out.sort();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_its_own_places() {
        let home = Path::new("/home/me");
        let has = |system, path: &str| user_configs(home, system).contains(&home.join(path));
        assert!(has(System::Linux, ".config/Claude/claude_desktop_config.json"));
        assert!(has(
            System::Macos,
            "Library/Application Support/Claude/claude_desktop_config.json"
        ));
        assert!(has(
            System::Windows,
            "AppData/Roaming/Claude/claude_desktop_config.json"
        ));
        assert!(has(System::Linux, ".codex/config.toml"));
        assert!(!has(
            System::Linux,
            "Library/Application Support/Claude/claude_desktop_config.json"
        ));
    }
}
