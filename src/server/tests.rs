//! What each style of registration gives.

#![allow(clippy::unwrap_used, clippy::panic)]

mod registrars;

use super::{EntryKind, Handler, Server};
use crate::ir::Language;
use crate::lang::{Dialect, lower};
use crate::models::Models;
use crate::project::Project;
use crate::workspace::FileId;

/// One line an entry: kind, name, parameters, handler's untrusted parameters.
fn model(files: &[(&str, &str)]) -> String {
    let modules = files
        .iter()
        .enumerate()
        .map(|(index, (path, text))| {
            let dialect = match path.rsplit_once('.').unwrap().1 {
                "py" => Dialect::Python,
                "rs" => Dialect::Rust,
                _ => Dialect::TypeScript,
            };
            lower(FileId(u32::try_from(index).unwrap()), dialect, text)
        })
        .collect();
    let paths: Vec<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    let project = Project::new(modules, &paths, &[]);
    let server = Server::read(&project, &Models::embedded().unwrap(), &|_| false);
    let mut lines: Vec<String> = server
        .entries
        .iter()
        .map(|entry| {
            let params: Vec<String> = entry
                .params
                .iter()
                .map(|param| {
                    format!(
                        "{}{}: {}",
                        param.name,
                        if param.required { "" } else { "?" },
                        param.type_text
                    )
                })
                .collect();
            let handler = match &entry.handler {
                Handler::None => "-".to_owned(),
                Handler::Function { func, sources } => {
                    let function = project.module(func.module).function(func.func);
                    let sources: Vec<String> = sources
                        .iter()
                        .map(|source| format!("{} {:?}", source.index, source.shape))
                        .collect();
                    format!(
                        "{}[{}]",
                        function.name.map_or("", |name| name.as_str()),
                        sources.join(", ")
                    )
                }
            };
            let inner = if entry.inner_sources.is_empty() { "" } else { " inner" };
            format!(
                "{:?} {} ({}) {handler}{inner}",
                entry.kind,
                entry.name.map_or("?", |name| name.as_str()),
                params.join(", ")
            )
        })
        .collect();
    lines.extend(
        server
            .transports
            .iter()
            .map(|transport| format!("transport {:?}", transport.kind)),
    );
    lines.join("\n")
}

fn typescript(text: &str) -> String {
    model(&[("server.ts", text)])
}

fn python(text: &str) -> String {
    model(&[("server.py", text)])
}

fn rust(text: &str) -> String {
    model(&[("src/main.rs", text)])
}

#[test]
fn typescript_tool_overloads() {
    let found = typescript(
        r#"
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";
const server = new McpServer({ name: "x", version: "1" });
const Shape = { path: z.string().describe("p"), n: z.number().optional(), mode: z.enum(["a", "b"]) };
server.tool("one", async (extra) => ({}));
server.tool("two", "says two", Shape, async ({ path }) => ({}));
server.tool("three", { q: z.string() }, { readOnlyHint: true }, wrap("three", run));
server.registerTool("four", { description: "d", inputSchema: { id: z.uuid() } }, withErrors(async (args) => ({})));
async function run(args: any) {}
await server.connect(new StdioServerTransport());
"#,
    );
    assert_eq!(
        found,
        "Tool one () [0 Context]\n\
         Tool two (path: string, n?: number, mode: \"a\" | \"b\") [0 Arguments]\n\
         Tool three (q: string) run[0 Arguments]\n\
         Tool four (id: scalar) [0 Arguments]\n\
         transport Stdio"
    );
}

#[test]
fn typescript_low_level_with_declared_tools() {
    let found = model(&[
        (
            "tools.ts",
            r#"export const TOOLS = [{ name: "read", description: "d", inputSchema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] } }];"#,
        ),
        (
            "index.ts",
            r#"
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { TOOLS } from "./tools.js";
class S {
  server = new Server({ name: "x" }, {});
  constructor() {
    this.server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: TOOLS }));
    this.server.setRequestHandler(CallToolRequestSchema, this.handle.bind(this));
    this.server.setRequestHandler("resources/read", async (request) => ({}));
  }
  async handle(request: any) { return request.params.arguments.path; }
}
"#,
        ),
    ]);
    assert_eq!(
        found,
        "Tool read (path: string) -\nHandler ? () handle[0 Request]\nHandler ? () [0 Request]"
    );
}

#[test]
fn typescript_tables_and_objects() {
    let found = typescript(
        r#"
import { FastMCP } from "fastmcp";
import { createServer, tool, resource } from "mcpcraft-sdk";
import { z } from "zod";
const mcp = new FastMCP({ name: "x" });
mcp.addTool({ name: "fetch", parameters: z.object({ url: z.string().url() }), execute: async ({ url }) => url });
const table = [{ id: "a", shape: { x: z.string() }, go: doA }, { id: "b", shape: {}, go: async (args) => 1 }];
for (const t of table) mcp.tool(t.id, t.shape, t.go);
function doA(args) {}
const server = createServer({ name: "y" });
server.add(tool({ name: "run", description: "d", input: { cmd: { type: "string", description: "c" } }, run: async ({ cmd }) => cmd }));
server.add(resource({ name: "file", uri: "file://{id}", fetch: async ({ id }) => id }));
"#,
    );
    assert_eq!(
        found,
        "Tool fetch (url: url) execute[0 Arguments]\n\
         Tool a (x: string) doA[0 Arguments]\n\
         Tool b () go[0 Arguments]\n\
         Tool run (cmd: string) run[0 Arguments]\n\
         Resource file (id: string) fetch[0 Arguments]"
    );
}

#[test]
fn python_decorators() {
    let found = python(
        r#"
from typing import Annotated, Literal
from mcp.server.fastmcp import FastMCP, Context
from pydantic import Field
mcp = FastMCP("x")

@mcp.tool(name="run", description="d")
def run_it(cmd: str, ctx: Context, mode: Literal["a", "b"] = "a") -> str: ...

@mcp.resource("file://{path}")
def read(path: str): ...

@mcp.resource("config://all")
def everything(): ...

@capability()
def custom(name: Annotated[str, Field(description="n")]): ...

class Box:
    def __init__(self, mcp):
        mcp.tool()(self.move)
        mcp.add_tool(self.stay)
    def move(self, to: str): ...
    def stay(self, at: int): ...

if __name__ == "__main__":
    mcp.run(transport="sse")
"#,
    );
    assert_eq!(
        found,
        "Tool run (cmd: string, mode?: \"a\" | \"b\") run_it[0 Argument(\"cmd\"), 2 Argument(\"mode\")]\n\
         Resource read (path: string) read[0 Argument(\"path\")]\n\
         Resource everything () everything[]\n\
         Tool custom (name: string) custom[0 Argument(\"name\")]\n\
         Tool move (to: string) move[1 Argument(\"to\")]\n\
         Tool stay (at: integer) stay[1 Argument(\"at\")]\n\
         transport Sse"
    );
}

#[test]
fn python_low_level_checks_the_listed_schema() {
    let text = r#"
from mcp.server import Server
from mcp.types import Tool
server = Server("x")

@server.list_tools()
async def tools():
    return [Tool(name="git", description="d", inputSchema={"type": "object", "properties": {"count": {"type": "integer"}, "ref": {"type": "string"}}})]

@server.call_tool()
async def call(name: str, arguments: dict): ...
"#;
    assert_eq!(
        python(text),
        "Tool git (count?: integer, ref?: string) -\nHandler ? () call[0 ToolName, 1 Arguments]"
    );
}

#[test]
fn python_second_generation_and_raw() {
    let found = python(
        r#"
import json, sys
from mcp.server import Server
async def on_call(ctx, params): ...
server = Server("x", on_call_tool=on_call)

def main():
    for line in sys.stdin:
        msg = json.loads(line)
        if msg.get("method") == "tools/call":
            print(msg["params"]["arguments"])

def dispatch(method, params):
    if method == "tools/call":
        return params["arguments"]
"#,
    );
    assert_eq!(
        found,
        "Handler ? () on_call[0 Context, 1 Params]\n\
         Handler ? () main[] inner\n\
         Handler ? () dispatch[1 Params]"
    );
}

#[test]
fn rust_macros() {
    let found = rust(
        r#"
use rmcp::{tool, tool_router, ServerHandler, handler::server::wrapper::Parameters};
#[derive(serde::Deserialize)]
struct Args { path: String, count: Option<u32> }
#[tool_router]
impl Srv {
    #[tool(description = "Reads", annotations(read_only_hint = true))]
    async fn read(&self, Parameters(Args { path, .. }): Parameters<Args>) -> String { path }
    #[rmcp::tool(name = "old")]
    fn older(&self, #[tool(param)] a: String, #[tool(param)] b: i32) -> String { a }
}
impl ServerHandler for Srv {
    async fn call_tool(&self, request: CallToolRequestParam, context: RequestContext<RoleServer>) -> R { todo() }
}
"#,
    );
    assert_eq!(
        found,
        "Tool read (path: string, count?: integer?) read[1 Arguments]\n\
         Tool old (a: string, b: integer) older[1 Argument(\"a\"), 2 Argument(\"b\")]\n\
         Handler ? () call_tool[1 Params]"
    );
}

#[test]
fn rust_by_hand() {
    let found = rust(
        r#"
fn tools() -> Value {
    json!({ "tools": [{ "name": "run", "description": "d", "inputSchema": { "type": "object", "properties": { "cmd": { "type": "string" } } } }] })
}
fn handle(req: &JsonRpcRequest) -> Value {
    match req.method.as_str() {
        "tools/call" => call_tool(&req.params),
        _ => Value::Null,
    }
}
"#,
    );
    assert_eq!(found, "Tool run (cmd?: string) -\nHandler ? () handle[0 Request]");
}

#[test]
fn rust_struct_tools() {
    let found = rust(
        r#"
use rust_mcp_sdk::macros::{mcp_tool, JsonSchema};
#[mcp_tool(name = "read", description = "d", read_only_hint = true)]
#[derive(Deserialize)]
pub struct ReadTool { path: String }
impl ReadTool {
    pub async fn call(&self) -> R { std::fs::read(&self.path) }
}
"#,
    );
    assert_eq!(found, "Tool read (path: string) call[0 Arguments]");
}

#[test]
fn other_libraries_are_left_alone() {
    let found = model(&[
        (
            "agent.py",
            "from mcp.server.fastmcp import FastMCP\nfrom pydantic_ai import Agent\nfrom langchain.tools import tool\nagent = Agent('m')\n@agent.tool\ndef a(x: str): ...\n@tool\ndef b(x: str): ...\n",
        ),
        (
            "app.ts",
            "import express from 'express';\nimport '@modelcontextprotocol/sdk/types.js';\nconst app = express();\napp.tool('x', (req) => 1);\n",
        ),
    ]);
    assert_eq!(found, "");
}

#[test]
fn python_registries_and_routes() {
    let found = python(
        r#"
from flask import Flask, request
from mcp.server import Server
app = Flask("x")
server = Server("x")

class Describe:
    name = "describe"
    description = "d"
    def get_tool_description(self):
        return Tool(name=self.name, description="d", inputSchema={"type": "object", "properties": {"what": {"type": "string"}}})
    def run_tool(self, args: dict): ...

@server.call_tool("each")
async def each(command: str): ...

@app.route("/run", methods=["POST"])
def run():
    return request.json["command"]
"#,
    );
    assert_eq!(
        found,
        "Tool describe (what?: string) run_tool[1 Arguments]\n\
         Tool each (command: string) each[0 Argument(\"command\")]\n\
         Handler ? () run[] inner"
    );
}

#[test]
fn shared_and_cyclic_parts_end() {
    let mut text = String::from(
        "import { z } from 'zod';\nimport { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\n",
    );
    text.push_str("const a = b; const b = a; const s0 = z.string();\n");
    for level in 1..40 {
        let below = level - 1;
        text.push_str(&format!(
            "const s{level} = z.object({{ x: s{below}, y: s{below}, z: s{below} }});\n"
        ));
        text.push_str(&format!("const f{level} = wrap(f{below}, f{below}, f{below});\n"));
    }
    text.push_str("const server = new McpServer({});\nserver.tool('t', { x: s39, a }, f39);\nserver.tool(a, b, a);\n");
    let found = typescript(&text);
    assert!(found.starts_with("Tool t "), "{}", found.len());
}

#[test]
fn rows_have_one_form_and_their_own_id() {
    let models = Models::embedded().unwrap();
    let mut ids = std::collections::BTreeSet::new();
    for language in [Language::TypeScript, Language::Python, Language::Rust] {
        for row in models.frameworks().rows(language) {
            assert!(ids.insert(row.id.clone()), "{} is there twice", row.id);
            let forms = [
                &row.call,
                &row.decorator,
                &row.function,
                &row.literal,
                &row.export,
                &row.transport,
                &row.message,
            ];
            let mut count = forms.iter().filter(|form| !form.is_empty()).count();
            // A decorator row may name the methods of the class that it stands on.
            count += usize::from(!row.method.is_empty() && row.decorator.is_empty());
            count += usize::from(row.method.is_empty() && (!row.record.is_empty() || !row.has.is_empty()));
            assert_eq!(count, 1, "{} must look for one form", row.id);
        }
    }
}

#[test]
fn kinds_are_ordered_for_output() {
    assert!(EntryKind::Tool < EntryKind::Handler);
}
