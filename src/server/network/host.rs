//! Addresses: whether a text names every interface or this machine alone.

/// What a listener listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bind {
    /// Every interface.
    All,
    /// This machine alone.
    Loopback,
    /// One address, or one that is not known.
    Other,
}

/// What an address with or without a port listens on.
pub(super) fn bind(text: &str) -> Bind {
    let text = text.trim();
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    if is_all(text) {
        return Bind::All;
    }
    let host = host_part(text);
    if host.starts_with("127.")
        || matches!(host, "localhost" | "::1" | "0:0:0:0:0:0:0:1")
        || host.ends_with(".localhost")
    {
        return Bind::Loopback;
    }
    Bind::Other
}

/// Whether an address names every interface.
pub(super) fn is_all(text: &str) -> bool {
    matches!(
        host_part(text.trim()),
        "0.0.0.0" | "::" | "*" | "" | "0:0:0:0:0:0:0:0" | "::0" | "0"
    )
}

fn host_part(text: &str) -> &str {
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    match (text.find(':'), text.rfind(':')) {
        // one colon stands before a port, several belong to an address
        (Some(first), Some(last)) if first == last => text.get(..first).unwrap_or(text),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Bind, bind};

    #[test]
    fn hosts_are_told_apart_with_and_without_port() {
        for all in ["0.0.0.0", "0.0.0.0:8080", "::", "[::]:80", "", ":3000", "*"] {
            assert_eq!(bind(all), Bind::All, "{all}");
        }
        for own in ["127.0.0.1", "localhost:80", "[::1]:80", "::1", "127.0.0.1:0"] {
            assert_eq!(bind(own), Bind::Loopback, "{own}");
        }
        assert_eq!(bind("10.0.0.5:80"), Bind::Other);
        assert_eq!(bind("/run/server.sock"), Bind::Other);
    }
}
