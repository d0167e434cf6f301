//! Python imports.

use super::support::{callee, project, resolve};

#[test]
fn absolute_and_relative_imports_reach_src_layouts_and_packages() {
    let project = project(&[
        ("pyproject.toml", "[project]\nname = 'x'\n"),
        (
            "src/pkg/__init__.py",
            "from .core import run as go\nfrom . import helpers\n",
        ),
        ("src/pkg/core.py", "def run(): pass\nclass Core: pass\n"),
        (
            "src/pkg/helpers.py",
            "from .core import *\nfrom ..nothing import z\ndef help(): pass\n",
        ),
        (
            "src/pkg/sub/deep.py",
            "from ..core import run\nfrom .. import helpers as h\nfrom .near import n\nfrom . import near\n",
        ),
        ("src/pkg/sub/near.py", "def n(): pass\n"),
        (
            "src/main.py",
            "import pkg\nimport pkg.core\nimport pkg.core as c\nfrom pkg import go, helpers\nfrom pkg.core import Core\nfrom pkg.sub import deep\n\
             import pkg.sub.near\n",
        ),
        ("src/pkg/tool.py", "from pkg.helpers import run\nfrom pkg import core\n"),
    ]);
    for (path, text, expected) in [
        ("src/main.py", "pkg", "src/pkg/__init__.py"),
        ("src/main.py", "pkg.go", "src/pkg/core.py#run"),
        ("src/main.py", "pkg.core.run", "src/pkg/core.py#run"),
        ("src/main.py", "c.run", "src/pkg/core.py#run"),
        ("src/main.py", "go", "src/pkg/core.py#run"),
        ("src/main.py", "helpers", "src/pkg/helpers.py"),
        ("src/main.py", "helpers.help", "src/pkg/helpers.py#help"),
        ("src/main.py", "helpers.run", "src/pkg/core.py#run"),
        ("src/main.py", "Core", "src/pkg/core.py#Core"),
        ("src/main.py", "deep", "src/pkg/sub/deep.py"),
        ("src/pkg/sub/deep.py", "run", "src/pkg/core.py#run"),
        ("src/pkg/sub/deep.py", "h", "src/pkg/helpers.py"),
        ("src/pkg/sub/deep.py", "n", "src/pkg/sub/near.py#n"),
        ("src/pkg/sub/deep.py", "near", "src/pkg/sub/near.py"),
        ("src/pkg/tool.py", "run", "src/pkg/core.py#run"),
        ("src/pkg/tool.py", "core", "src/pkg/core.py"),
        ("src/pkg/helpers.py", "z", "=..nothing.z"),
    ] {
        assert_eq!(resolve(&project, path, "", text), expected, "{path} {text}");
    }
}

#[test]
fn outside_names_are_qualified() {
    let project = project(&[(
        "a.py",
        "import subprocess\nfrom subprocess import run as r\nimport os.path as osp\nimport os.path\nfrom os import path\nfrom mcp.server.fastmcp import FastMCP\n\
         from shlex import *\nimport builtins\ndef f():\n    import shutil\n    shutil.which('x')\n\
         def g():\n    os.path.join('a')\n\ndef h(os):\n    os.path.join('a')\n",
    )]);
    for (text, expected) in [
        ("subprocess.run", "=subprocess.run"),
        ("r", "=subprocess.run"),
        ("osp.join", "=os.path.join"),
        ("os.path.join", "=os.path.join"),
        ("path.join", "=os.path.join"),
        ("FastMCP", "=mcp.server.fastmcp.FastMCP"),
        ("open", "=open"),
        ("quote", "=shlex.quote"),
        ("builtins.eval", "=eval"),
    ] {
        assert_eq!(resolve(&project, "a.py", "", text), expected, "{text}");
    }
    assert_eq!(callee(&project, "a.py", "f"), "=shutil.which");
    assert_eq!(callee(&project, "a.py", "g"), "=os.path.join");
    assert_eq!(callee(&project, "a.py", "h"), "-");
}

#[test]
fn scripts_see_their_folder_and_the_nearest_wins() {
    let project = project(&[
        ("my server/tools.py", "def one(): pass\n"),
        ("my server/main.py", "from tools import one\nimport tools\n"),
        ("other-server/tools.py", "def one(): pass\n"),
        ("other-server/main.py", "from tools import one\n"),
        ("libs/a/pyproject.toml", ""),
        ("libs/a/shared/util.py", "def u(): pass\n"),
        ("libs/b/pyproject.toml", ""),
        ("libs/b/shared/util.py", "def u(): pass\n"),
        (
            "libs/b/app/main.py",
            "from shared.util import u\nimport shared.util\ndef f():\n    shared.util.u()\n",
        ),
        ("app/__init__.py", ""),
        (
            "app/main.py",
            "from config import load\nimport json\nfrom logging import getLogger\n",
        ),
        ("app/config.py", "def load(): pass\n"),
        ("app/json.py", "x = 1\n"),
        ("app/logging.py", "y = 1\n"),
        ("tests/hy-phen/__init__.py", "def dash(): pass\n"),
        ("tests/test_x.py", "from hy_phen import dash\n"),
    ]);
    for (path, text, expected) in [
        ("my server/main.py", "one", "my server/tools.py#one"),
        ("my server/main.py", "tools.one", "my server/tools.py#one"),
        ("other-server/main.py", "one", "other-server/tools.py#one"),
        ("libs/b/app/main.py", "u", "libs/b/shared/util.py#u"),
        ("app/main.py", "load", "app/config.py#load"),
        ("app/main.py", "json", "=json"),
        ("app/main.py", "getLogger", "=logging.getLogger"),
        ("tests/test_x.py", "dash", "tests/hy-phen/__init__.py#dash"),
    ] {
        assert_eq!(resolve(&project, path, "", text), expected, "{path} {text}");
    }
    assert_eq!(callee(&project, "libs/b/app/main.py", "f"), "libs/b/shared/util.py#u");
}

#[test]
fn nested_functions_and_globals() {
    let project = project(&[(
        "a.py",
        "state = None\ndef outer():\n    def use():\n        helper()\n    def helper(): pass\n    return use\n\
         def set_it():\n    global state\n    state = 1\n    state.go()\n\
         try:\n    import ujson as json\nexcept ImportError:\n    json = None\ndef late(): json.loads('')\n\
         class A:\n    class Inner:\n        pass\n    def m(self): return other()\n\
         async def other(): pass\n",
    )]);
    assert_eq!(callee(&project, "a.py", "use"), "a.py#helper");
    assert_eq!(callee(&project, "a.py", "late"), "=ujson.loads");
    assert_eq!(callee(&project, "a.py", "m"), "a.py#other");
    assert_eq!(resolve(&project, "a.py", "set_it", "state"), "a.py:state");
    assert_eq!(resolve(&project, "a.py", "", "A.Inner"), "a.py#Inner");
    assert_eq!(resolve(&project, "a.py", "", "A.m"), "a.py#A.m");
    assert_eq!(resolve(&project, "a.py", "", "A.none"), "-");
}

#[test]
fn import_cycles_end() {
    let project = project(&[
        (
            "p/__init__.py",
            "from .a import *\nfrom .b import thing\nfrom . import server\n",
        ),
        ("p/a.py", "from . import *\nfrom .b import *\n"),
        ("p/b.py", "from p import thing\nfrom .a import *\n"),
        ("p/server.py", "def serve(): pass\n"),
        ("main.py", "from p import thing, server\n"),
    ]);
    assert!(resolve(&project, "main.py", "", "thing").starts_with('='));
    assert_eq!(resolve(&project, "main.py", "", "server.serve"), "p/server.py#serve");
}
