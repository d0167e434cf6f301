//! A project's own registration helpers.

use super::{model, python, typescript};

#[test]
fn a_decorator_factory_registers_what_it_is_applied_to() {
    let found = model(&[
        (
            "audit.py",
            r#"
import functools
def audited_tool(mcp, name, **options):
    def decorator(func):
        @functools.wraps(func)
        async def wrapper(*args, **kwargs):
            log(name, args)
            return await func(*args, **kwargs)
        mcp.tool(name=name, **options)(wrapper)
        return wrapper
    return decorator

def timed_tool(server, title):
    def decorator(func):
        async def wrapper(*args, **kwargs):
            return await func(*args, **kwargs)
        return server.tool(title)(wrapper)
    return decorator
"#,
        ),
        (
            "server.py",
            r#"
from fastmcp import FastMCP, Context
from audit import audited_tool, timed_tool as timed
mcp = FastMCP("x")
class Jobs:
    def __init__(self, mcp):
        audited_tool(mcp, 'create_job', title='Create')(self.create)
    async def create(self, ctx: Context, path: str):
        """Creates."""
@audited_tool(mcp, name="remove_job")
async def remove(path: str, force: bool = False): ...
@timed(mcp, "list_jobs")
async def listing(folder: str): ...
"#,
        ),
    ]);
    assert_eq!(
        found,
        "Tool create_job (path: string) create[2 Argument(\"path\")]\n\
         Tool remove_job (path: string, force?: boolean) remove[0 Argument(\"path\"), 1 Argument(\"force\")]\n\
         Tool list_jobs (folder: string) listing[0 Argument(\"folder\")]"
    );
}

#[test]
fn a_plain_decorator_registers_what_it_decorates() {
    let found = python(
        r#"
from functools import wraps
from fastmcp import FastMCP
mcp = FastMCP("x")
def logged_tool(func):
    @wraps(func)
    async def wrapper(*args, **kwargs):
        return await func(*args, **kwargs)
    return mcp.tool()(wrapper)
def checked(func):
    @mcp.tool()
    @wraps(func)
    def inner(*args, **kwargs):
        return func(*args, **kwargs)
    return inner
@logged_tool
async def read(path: str): ...
@checked
def write(path: str, text: str): ...
@mcp.tool()
@logged
async def plain(path: str): ...
"#,
    );
    assert_eq!(
        found,
        "Tool read (path: string) read[0 Argument(\"path\")]\n\
         Tool write (path: string, text: string) write[0 Argument(\"path\"), 1 Argument(\"text\")]\n\
         Tool plain (path: string) plain[0 Argument(\"path\")]"
    );
}

#[test]
fn helper_functions_and_methods_register_their_arguments() {
    let found = python(
        r#"
from fastmcp import FastMCP
mcp = FastMCP("x")
def register(server, fn, name=None):
    server.tool(name=name)(fn)
def register_twice(fn, label):
    register(mcp, fn, name=label)
class Tools:
    def _add(self, fn):
        self.mcp.add_tool(fn)
    def setup(self):
        self._add(self.search)
    def search(self, query: str): ...
def one(a: str): ...
def two(b: str): ...
def three(c: str): ...
register(mcp, one)
register(mcp, name="second", fn=two)
register_twice(three, "third")
"#,
    );
    assert_eq!(
        found,
        "Tool search (query: string) search[1 Argument(\"query\")]\n\
         Tool one (a: string) one[0 Argument(\"a\")]\n\
         Tool second (b: string) two[0 Argument(\"b\")]\n\
         Tool third (c: string) three[0 Argument(\"c\")]"
    );
}

#[test]
fn typescript_helpers_register_their_arguments() {
    let found = typescript(
        r#"
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
const server = new McpServer({ name: "x", version: "1" });
function registerTool(server, name, description, schema, handler) {
  server.tool(name, description, schema, wrap(handler));
}
const withContext = (name, schema, run) => {
  server.tool(name, schema, async (args) => { try { return await run(client, args); } catch (e) { return fail(e); } });
};
class Host {
  add(def) { this.server.registerTool(def.name, { description: def.about, inputSchema: def.shape }, (args) => def.run(args)); }
  setup() { this.add({ name: "three", about: "t", shape: { c: z.string() }, run: third }); }
}
registerTool(server, "one", "first", { a: z.string() }, async ({ a }) => ({}));
withContext("two", { b: z.number() }, second);
async function second(client, args) {}
async function third(args) {}
"#,
    );
    assert_eq!(
        found,
        "Tool three (c: string) third[0 Arguments]\n\
         Tool one (a: string) [0 Arguments]\n\
         Tool two (b: number) second[0 Context, 1 Arguments]"
    );
}

#[test]
fn a_closure_under_a_constant_name_is_a_tool_of_its_own() {
    let found = typescript(
        r#"
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
export function register(server: McpServer, getClient: (extra: any) => any) {
  server.tool("own", { a: z.string() }, async (args, extra) => getClient(extra).run(args));
}
register(server, makeClient);
function makeClient(extra) {}
"#,
    );
    assert_eq!(found, "Tool own (a: string) [0 Arguments, 1 Context]");
}

#[test]
fn a_tool_that_calls_an_injected_function_is_itself() {
    let found = python(
        r#"
from fastmcp import FastMCP
def register(app, is_valid, run):
    @app.tool()
    def paint(color: str):
        if is_valid(color):
            return run(color)
register(FastMCP("x"), check, perform)
def check(color): ...
def perform(color): ...
"#,
    );
    assert_eq!(found, "Tool paint (color: string) paint[0 Argument(\"color\")]");
}

#[test]
fn a_helper_without_uses_or_calling_itself_stays_what_it_is() {
    let found = python(
        r#"
from fastmcp import FastMCP
mcp = FastMCP("x")
def unused(func):
    def wrapper(*args, **kwargs):
        return func(*args, **kwargs)
    return mcp.tool()(wrapper)
def around(fn):
    mcp.add_tool(fn)
    around(fn)
    back(fn)
def back(fn):
    around(fn)
"#,
    );
    assert_eq!(found, "Tool wrapper () wrapper[0 Arguments, 1 Arguments]");
}
