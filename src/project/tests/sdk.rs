//! Evidence of an SDK.

use super::support::{at, project};

#[test]
fn only_what_comes_from_outside_is_evidence() {
    let project = project(&[
        (
            "ts/a.ts",
            "import { Server } from '@modelcontextprotocol/sdk/server/index.js';",
        ),
        ("ts/b.ts", "import { x } from './fastmcp';"),
        ("ts/c.ts", "const { FastMCP } = require('fastmcp');"),
        ("ts/d.ts", "import { x } from 'fastmcp-like';"),
        ("py/a.py", "from mcp.server.fastmcp import FastMCP\n"),
        ("py/b.py", "import mcpx\nfrom .mcp import x\n"),
        ("py/c.py", "import fastmcp\n"),
        ("own/mcp/__init__.py", ""),
        ("own/mcp/server.py", "class Server: pass\n"),
        ("own/main.py", "from mcp.server import Server\n"),
        ("own/real.py", "from mcp.server.lowlevel import Server\n"),
        ("rs/src/main.rs", "use rmcp::ServerHandler;\n"),
        ("rs/src/bin/x.rs", "#[rmcp::tool] fn x() {}\n"),
        ("rs/src/lib.rs", "mod mcp_core; use mcp_core::X;\n"),
        ("rs/src/mcp_core.rs", "pub struct X;\n"),
    ]);
    for (path, expected) in [
        ("ts/a.ts", true),
        ("ts/b.ts", false),
        ("ts/c.ts", true),
        ("ts/d.ts", false),
        ("py/a.py", true),
        ("py/b.py", false),
        ("py/c.py", true),
        ("own/main.py", false),
        ("own/real.py", true),
        ("rs/src/main.rs", true),
        ("rs/src/bin/x.rs", true),
        ("rs/src/lib.rs", false),
    ] {
        assert_eq!(project.imports_sdk(at(&project, path)), expected, "{path}");
    }
}
