//! Whether a module imports an MCP SDK.

use super::imports::Target;
use super::symbols::{Space, Trail};
use super::{ModuleId, Project, Symbol};
use crate::ir::{FuncId, Language, Name};

/// Package names; one that ends in `/` stands for a scope.
const TYPESCRIPT: &[&str] = &[
    "@modelcontextprotocol/",
    "fastmcp",
    "mcp-framework",
    "mcp-handler",
    "agents/mcp",
    "xmcp",
    "litemcp",
    "mcp-use",
    "tmcp",
    "mcpcraft-sdk",
    "@rekog/mcp-nest",
    "@nestjs-mcp/",
    "@hono/mcp",
    "@vercel/mcp-adapter",
    "@mastra/mcp",
    "skybridge",
    "easy-mcp",
    "muppet",
    "@tmcp/",
    "@xmcp-dev/",
    "@mcp-use/",
    "mcp-lite",
];

const PYTHON: &[&str] = &[
    "mcp",
    "fastmcp",
    "fastapi_mcp",
    "mcp_types",
    "mcp_use",
    "mcp_agent",
    "mcp_lambda_handler",
    "awslabs.mcp_lambda_handler",
    "chuk_mcp_server",
    "enrichmcp",
    "arcade_mcp_server",
    "golf",
    "mcp_server",
    "flask_mcp_server",
    "mcpcraft",
    "mcpcraft_sdk",
];

const RUST: &[&str] = &[
    "rmcp",
    "rust_mcp_sdk",
    "mcp_core",
    "mcp_server",
    "mcp_spec",
    "mcpr",
    "pmcp",
    "mcp_attr",
    "turbomcp",
    "poem_mcpserver",
    "tower_mcp",
    "mcp_protocol_sdk",
    "rust_mcp_schema",
    "mcpcraft",
    "mcpcraft_sdk",
];

impl Project {
    /// Whether a module imports an MCP SDK. What the project itself holds under such a name is no evidence.
    pub fn imports_sdk(&self, module: ModuleId) -> bool {
        let (Some(ir), Some(targets)) = (self.ir(module), self.targets.get(module.0 as usize)) else {
            return false;
        };
        ir.imports
            .iter()
            .zip(targets)
            .any(|(import, target)| match (ir.language, target) {
                (Language::TypeScript, Target::External(_)) => {
                    TYPESCRIPT.iter().any(|package| begins(&import.source, package, '/'))
                }
                (Language::Python, Target::External(_)) => {
                    PYTHON.iter().any(|package| begins(&import.source, package, '.'))
                }
                (Language::Rust, Target::Path(path)) => self.is_sdk_path(module, path),
                (Language::Rust, Target::External(name)) => {
                    let path: Vec<Name> = name.split("::").map(Name::new).collect();
                    self.is_sdk_path(module, &path)
                }
                _ => false,
            })
            || (ir.language == Language::Rust && self.mentions_sdk(module))
    }

    /// A Rust file may use a crate by full paths alone.
    fn mentions_sdk(&self, module: ModuleId) -> bool {
        use crate::ir::{ExprKind, TypeKind};
        let Some(ir) = self.ir(module) else { return false };
        let counts = |path: &[Name]| path.len() > 1 && self.is_sdk_path(module, path);
        ir.exprs
            .iter()
            .any(|expr| matches!(&expr.kind, ExprKind::Path(path) if counts(path)))
            || ir
                .types
                .iter()
                .any(|ty| matches!(&ty.kind, TypeKind::Named { path, .. } if counts(path)))
    }

    /// Whether a path starts at an SDK's crate, which is none of the project's own nor one of its modules.
    fn is_sdk_path(&self, module: ModuleId, path: &[Name]) -> bool {
        let Some(first) = path.iter().copied().find(|name| !name.is_empty()) else {
            return false;
        };
        RUST.contains(&first.as_str())
            && self.crates.extern_crate(self.path(module), first).is_none()
            && !matches!(
                self.name_in(module, FuncId::MODULE, first, Space::Type, &mut Trail::default()),
                Some(Symbol::Module(_) | Symbol::Class(_))
            )
    }
}

fn begins(source: &str, package: &str, separator: char) -> bool {
    source
        .strip_prefix(package)
        .is_some_and(|rest| package.ends_with('/') || rest.is_empty() || rest.starts_with(separator))
}
