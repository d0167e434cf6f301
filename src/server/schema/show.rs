//! Types for people.

use crate::ir::Literal;
use crate::project::{Project, Ty};

/// A type as text.
pub(in crate::server) fn show(project: &Project, ty: &Ty) -> String {
    let mut out = String::new();
    write(project, ty, 6, &mut out);
    out
}

fn write(project: &Project, ty: &Ty, depth: u32, out: &mut String) {
    if depth == 0 {
        out.push('…');
        return;
    }
    let wrapped = |name: &str, inner: &Ty, out: &mut String| {
        out.push_str(name);
        out.push('<');
        write(project, inner, depth - 1, out);
        out.push('>');
    };
    let joined = |all: &[Ty], separator: &str, out: &mut String| {
        for (index, ty) in all.iter().enumerate() {
            if index > 0 {
                out.push_str(separator);
            }
            write(project, ty, depth - 1, out);
        }
    };
    match ty {
        Ty::Unknown => out.push_str("any"),
        Ty::Str => out.push_str("string"),
        Ty::Int => out.push_str("integer"),
        Ty::Float => out.push_str("number"),
        Ty::Bool => out.push_str("boolean"),
        Ty::Scalar => out.push_str("scalar"),
        Ty::Pattern(pattern) => {
            out.push_str("string matching ");
            out.push_str(pattern);
        }
        Ty::Path => out.push_str("path"),
        Ty::Url => out.push_str("url"),
        Ty::Bytes => out.push_str("bytes"),
        Ty::Function => out.push_str("function"),
        Ty::Class(class) => match project.module(class.module).class(class.class).name {
            Some(name) => out.push_str(&name),
            None => out.push_str("object"),
        },
        Ty::External(name) => {
            let last = name.rsplit(['.', ':']).next();
            out.push_str(last.unwrap_or(name));
        }
        Ty::Enum(literals) => {
            if literals.is_empty() {
                out.push_str("enum");
            }
            for (index, literal) in literals.iter().enumerate() {
                if index > 0 {
                    out.push_str(" | ");
                }
                write_literal(literal, out);
            }
        }
        Ty::List(inner) => wrapped("list", inner, out),
        Ty::Map(inner) => wrapped("map", inner, out),
        Ty::Optional(inner) => {
            write(project, inner, depth - 1, out);
            out.push('?');
        }
        Ty::Tuple(all) => {
            out.push('(');
            joined(all, ", ", out);
            out.push(')');
        }
        Ty::Union(all) => joined(all, " | ", out),
        Ty::Record(fields) => {
            out.push('{');
            for (index, (name, ty)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                out.push_str(name);
                out.push_str(": ");
                write(project, ty, depth - 1, out);
            }
            out.push('}');
        }
    }
}

fn write_literal(literal: &Literal, out: &mut String) {
    match literal {
        Literal::Str(text) | Literal::Bytes(text) => {
            out.push('"');
            out.push_str(text);
            out.push('"');
        }
        Literal::Int(number) => out.push_str(&number.to_string()),
        Literal::Float(text) => out.push_str(text),
        Literal::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Literal::Null => out.push_str("null"),
        Literal::Regex(pattern, _) => out.push_str(pattern),
        Literal::Char(c) => out.push(*c),
    }
}
