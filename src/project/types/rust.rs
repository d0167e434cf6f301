//! Rust's own types and well-known ones.

use super::{At, optional};
use crate::ir::{Name, TypeId};
use crate::project::{Project, Ty};

impl Project {
    pub(super) fn outside_rust(&self, at: At<'_>, name: Name, args: &[TypeId]) -> Ty {
        let text = name.as_str();
        let (module, last) = text.rsplit_once("::").unwrap_or(("", text));
        let krate = module.split("::").next().unwrap_or(module);
        let own = matches!(krate, "" | "std" | "core" | "alloc");
        if own && let Some(ty) = self.standard(at, last, args) {
            return ty;
        }
        match (krate, last) {
            ("uuid" | "", "Uuid") | ("semver", "Version" | "VersionReq") | ("ulid", "Ulid") => Ty::Scalar,
            ("chrono" | "time" | "jiff", _) => Ty::Scalar,
            ("rust_decimal", "Decimal") => Ty::Scalar,
            ("url" | "", "Url") | ("reqwest", "Url") | ("http" | "hyper" | "axum", "Uri") => Ty::Url,
            ("serde_json" | "rmcp" | "schemars", "Value" | "JsonValue" | "JsonObject") => Ty::Unknown,
            ("serde_json", "Map") => Ty::Map(Box::new(Ty::Unknown)),
            ("bytes", "Bytes" | "BytesMut") => Ty::Bytes,
            ("camino", "Utf8PathBuf" | "Utf8Path") => Ty::Path,
            ("indexmap" | "dashmap" | "hashbrown" | "rustc_hash" | "ahash", map) if map.ends_with("Map") => {
                self.map_of(at, args)
            }
            ("indexmap" | "hashbrown" | "rustc_hash" | "smallvec", set)
                if set.ends_with("Set") || set.ends_with("Vec") =>
            {
                self.list_of(at, args)
            }
            ("tokio" | "parking_lot" | "async_lock" | "once_cell", "Mutex" | "RwLock" | "OnceCell")
            | ("once_cell", "Lazy")
            | ("anyhow" | "eyre" | "color_eyre", "Result") => self.arg(at, args, 0),
            ("", text) if super::typescript::is_parameter(text) => Ty::Unknown,
            _ => Ty::External(name),
        }
    }

    fn standard(&self, at: At<'_>, last: &str, args: &[TypeId]) -> Option<Ty> {
        Some(match last {
            "String" | "str" | "OsString" | "OsStr" | "CString" | "CStr" => Ty::Str,
            "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32" | "i64" | "i128" | "isize"
            | "NonZeroU8" | "NonZeroU16" | "NonZeroU32" | "NonZeroU64" | "NonZeroUsize" | "NonZeroI32"
            | "NonZeroI64" | "AtomicBool" | "AtomicU32" | "AtomicU64" | "AtomicUsize" | "AtomicI64" => Ty::Int,
            "f32" | "f64" => Ty::Float,
            "bool" => Ty::Bool,
            "char" | "Duration" | "Instant" | "SystemTime" | "IpAddr" | "Ipv4Addr" | "Ipv6Addr" | "SocketAddr" => {
                Ty::Scalar
            }
            "PathBuf" | "Path" => Ty::Path,
            "Option" => optional(self.arg(at, args, 0)),
            "Vec" if self.is_bytes(at, args) => Ty::Bytes,
            "Vec" | "VecDeque" | "HashSet" | "BTreeSet" | "LinkedList" | "BinaryHeap" => self.list_of(at, args),
            "HashMap" | "BTreeMap" => self.map_of(at, args),
            "Box" | "Arc" | "Rc" | "Mutex" | "RwLock" | "Pin" | "Result" | "RefCell" | "Cell" | "OnceLock"
            | "OnceCell" | "LazyLock" | "Weak" | "ManuallyDrop" | "MutexGuard" | "Ref" => self.arg(at, args, 0),
            // A lifetime may or may not stand among the arguments.
            "Cow" => self.arg(at, args, args.len().saturating_sub(1)),
            "Fn" | "FnMut" | "FnOnce" => Ty::Function,
            _ => return None,
        })
    }

    fn is_bytes(&self, at: At<'_>, args: &[TypeId]) -> bool {
        let ir = self.ir(at.module);
        args.first().zip(ir).is_some_and(|(arg, ir)| super::is_byte(ir, *arg))
    }
}
