//! Types.

use super::support::{class, params, project};
use crate::ir::{Literal, Name};
use crate::project::Ty;

fn one_of(texts: &[&str]) -> Ty {
    Ty::Enum(texts.iter().map(|text| Literal::Str(Name::new(text))).collect())
}

fn list(inner: Ty) -> Ty {
    Ty::List(Box::new(inner))
}

fn option(inner: Ty) -> Ty {
    Ty::Optional(Box::new(inner))
}

fn external(name: &str) -> Ty {
    Ty::External(Name::new(name))
}

#[test]
fn typescript_types() {
    let project = project(&[
        (
            "t.ts",
            "export interface Args { path: string } export type Mode = 'r' | 'w'; export enum Color { Red = 'red', Blue = 'blue' }\n\
                  export type Loop = Loop[]; export const NAMES = ['a', 'b'] as const; export type Alias = Args;",
        ),
        (
            "a.ts",
            "import { Args, Mode, Color, Loop, NAMES, Alias } from './t'; import type { Client } from 'pg'; import * as t from './t';\n\
             function f(a: string, b: number, c: boolean, d: 'x' | 'y', e: string[], g: Array<number>, h: Record<string, string>, i: Promise<Args>,\n\
             j: Mode, k: Color, l: Client, m: Buffer, n: string | undefined, o: Alias, p: { a: string; b: number }, q: Partial<Args>, r: Loop, s: t.Args,\n\
             u: (typeof NAMES)[number], v: string | number, w: () => void, x: [string, number], y: Mode | 'z', z: Map<string, Args>, aa: URL, ab: any) {}",
        ),
    ]);
    let args = Ty::Class(class(&project, "t.ts", "Args"));
    let found = params(&project, "a.ts", "f");
    let expected = [
        Ty::Str,
        Ty::Float,
        Ty::Bool,
        one_of(&["x", "y"]),
        list(Ty::Str),
        list(Ty::Float),
        Ty::Map(Box::new(Ty::Str)),
        args.clone(),
        one_of(&["r", "w"]),
        one_of(&["red", "blue"]),
        external("pg.Client"),
        Ty::Bytes,
        option(Ty::Str),
        args.clone(),
        Ty::Record(vec![(Name::new("a"), Ty::Str), (Name::new("b"), Ty::Float)]),
        args.clone(),
    ];
    for (index, expected) in expected.iter().enumerate() {
        assert_eq!(&found[index], expected, "parameter {index}");
    }
    let rest = [
        args.clone(),
        one_of(&["a", "b"]),
        Ty::Union(vec![Ty::Str, Ty::Float]),
        Ty::Function,
        Ty::Tuple(vec![Ty::Str, Ty::Float]),
        one_of(&["r", "w", "z"]),
        Ty::Map(Box::new(args)),
        Ty::Url,
        Ty::Unknown,
    ];
    assert!(matches!(found[16], Ty::List(_)));
    for (index, expected) in rest.iter().enumerate() {
        assert_eq!(&found[17 + index], expected, "parameter {}", 17 + index);
    }
}

#[test]
fn python_types() {
    let project = project(&[
        (
            "models.py",
            "from enum import Enum, StrEnum\nfrom typing import Literal, NewType, Annotated\nfrom pydantic import BaseModel, Field\nclass Color(str, Enum):\n    RED = 'red'\n    BLUE = 'blue'\n\
             class Args(BaseModel):\n    path: str\nMode = Literal['r', 'w']\nUserId = NewType('UserId', int)\nSlug = Annotated[str, Field(pattern='^[a-z]+$')]\n",
        ),
        (
            "a.py",
            "from typing import Optional, Union, Any, Annotated\nfrom pathlib import Path\nfrom uuid import UUID\nimport datetime\nimport typing as t\nfrom pydantic import Field, HttpUrl, constr, StringConstraints\nfrom models import Color, Args, Mode, UserId, Slug\nfrom mcp.server import Context\nPAT = '^x$'\n\
             def f(a: str, b: int, c: Optional[str], d: str | None, e: list[str], f: dict[str, int], g: Path, h: UUID, i: datetime.date, j: Color, k: Args, l: Mode,\n\
             m: UserId, n: Slug, o: Annotated[str, Field(pattern=PAT)], p: constr(pattern='y'), q: HttpUrl, r: Context, s: Any, t: 'Args', u: t.Literal['q'],\n\
             v: Union[int, str, None], w: bytes, x: Annotated[str, Field(description='d')], y: tuple[str, int], z: Annotated[str, StringConstraints(pattern='z')] | None): pass\n",
        ),
    ]);
    let args = Ty::Class(class(&project, "models.py", "Args"));
    let pattern = |text: &str| Ty::Pattern(Name::new(text));
    let expected = [
        Ty::Str,
        Ty::Int,
        option(Ty::Str),
        option(Ty::Str),
        list(Ty::Str),
        Ty::Map(Box::new(Ty::Int)),
        Ty::Path,
        Ty::Scalar,
        Ty::Scalar,
        one_of(&["red", "blue"]),
        args.clone(),
        one_of(&["r", "w"]),
        Ty::Int,
        pattern("^[a-z]+$"),
        pattern("^x$"),
        pattern("y"),
        Ty::Url,
        external("mcp.server.Context"),
        Ty::Unknown,
        args,
        one_of(&["q"]),
        option(Ty::Union(vec![Ty::Int, Ty::Str])),
        Ty::Bytes,
        Ty::Str,
        Ty::Tuple(vec![Ty::Str, Ty::Int]),
        option(pattern("z")),
    ];
    let found = params(&project, "a.py", "f");
    for (index, expected) in expected.iter().enumerate() {
        assert_eq!(&found[index], expected, "parameter {index}");
    }
}

#[test]
fn rust_types() {
    let project = project(&[(
        "src/main.rs",
        "use std::path::{Path, PathBuf};\nuse std::sync::Arc;\nuse std::borrow::Cow;\nuse std::collections::HashMap;\nuse tokio::process::Command;\nuse uuid::Uuid;\nuse serde_json::Value;\n\
         enum Mode { Read, Write }\nenum Rich { A(String), B }\nstruct Args { p: String }\ntype Shared<T> = Arc<T>;\ntype Alias = Args;\n\
         fn f(a: String, b: &str, c: Cow<'_, str>, d: Option<String>, e: Vec<String>, f: HashMap<String, u8>, g: Arc<tokio::sync::Mutex<Args>>, h: PathBuf, i: &Path,\n\
         j: Uuid, k: chrono::NaiveDate, l: Mode, m: Rich, n: Args, o: Value, p: Command, q: u64, r: f32, s: bool, t: char, u: &[u8], v: Vec<u8>, w: Result<Args, ()>,\n\
         x: Alias, y: std::net::IpAddr, z: url::Url, aa: (String, i32), ab: Box<dyn Fn(String)>, ac: anyhow::Result<String>) {}\n",
    )]);
    let class = |name: &str| Ty::Class(class(&project, "src/main.rs", name));
    let expected = [
        Ty::Str,
        Ty::Str,
        Ty::Str,
        option(Ty::Str),
        list(Ty::Str),
        Ty::Map(Box::new(Ty::Int)),
        class("Args"),
        Ty::Path,
        Ty::Path,
        Ty::Scalar,
        Ty::Scalar,
        one_of(&["Read", "Write"]),
        class("Rich"),
        class("Args"),
        Ty::Unknown,
        external("tokio::process::Command"),
        Ty::Int,
        Ty::Float,
        Ty::Bool,
        Ty::Scalar,
        Ty::Bytes,
        Ty::Bytes,
        class("Args"),
        class("Args"),
        Ty::Scalar,
        Ty::Url,
        Ty::Tuple(vec![Ty::Str, Ty::Int]),
        Ty::Function,
        Ty::Str,
    ];
    let found = params(&project, "src/main.rs", "f");
    for (index, expected) in expected.iter().enumerate() {
        assert_eq!(&found[index], expected, "parameter {index}");
    }
}
