//! Names and values in source code, read off the IR: assignments, fields, defaults, arguments, headers, comparisons.

use crate::ir::{
    ArgKind, BinaryOp, Block, Call, Expr, ExprId, ExprKind, FuncId, Key, Literal, LoopKind, Module, Name, Pattern,
    PatternKind, RecordEntry, Stmt, StmtKind,
};
use crate::workspace::Span;

/// How deep a value is looked for below wrappers.
const DEPTH: usize = 5;
/// How deep blocks are entered.
const NESTING: usize = 200;

/// How a text is bound to its name in code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Use {
    /// It is set, passed or returned under this name.
    Set,
    /// It counts when a variable or an option is not set.
    Fallback,
    /// The value is compared with it.
    Compared,
}

/// A text in the code with the name it stands under.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pair {
    pub(super) name: Name,
    pub(super) value: Name,
    /// The literal, quotes included.
    pub(super) span: Span,
    pub(super) how: Use,
}

/// Every pair of a module, tests left out unless they are asked for.
pub(super) fn pairs(module: &Module, include_tests: bool) -> Vec<Pair> {
    let tests: Vec<Span> = if include_tests {
        Vec::new()
    } else {
        let functions = module
            .functions
            .iter()
            .filter(|function| function.is_test)
            .map(|function| function.span);
        functions
            .chain(
                module
                    .classes
                    .iter()
                    .filter(|class| class.is_test)
                    .map(|class| class.span),
            )
            .collect()
    };
    let mut reader = Reader {
        module,
        found: Vec::new(),
    };
    for expr in &module.exprs {
        reader.expr(expr);
    }
    for function in &module.functions {
        for param in &function.params {
            if let (Some(name), Some(default)) = (bound(module, &param.pattern), param.default) {
                reader.take(name, default, Use::Fallback);
            }
            reader.pattern(&param.pattern);
        }
        reader.block(&function.body, 0);
    }
    for class in &module.classes {
        for field in &class.fields {
            if let Some(value) = field.value {
                reader.take(field.name, value, Use::Set);
            }
        }
        reader.block(&class.body, 0);
    }
    let mut found = reader.found;
    found.retain(|pair| !tests.iter().any(|test| test.contains(pair.span)));
    found
}

/// The name that a pattern gives its value.
fn bound(module: &Module, pattern: &Pattern) -> Option<Name> {
    match &pattern.kind {
        PatternKind::Bind(name, _) => Some(*name),
        PatternKind::Place(place) => name_of(module, *place, 0),
        PatternKind::Default { pattern, .. } => bound(module, pattern),
        _ => None,
    }
}

/// What an expression reads, by its last name: `config.apiKey`, `process.env.X`, `os.environ["X"]`, `os.getenv("X")`.
fn name_of(module: &Module, id: ExprId, depth: usize) -> Option<Name> {
    if depth > DEPTH {
        return None;
    }
    match &module.expr(id).kind {
        ExprKind::Name(name) => Some(*name),
        ExprKind::Field { name, .. } => Some(*name),
        ExprKind::Path(path) => path.last().copied(),
        ExprKind::Index { index, .. } => text_of(module, *index),
        ExprKind::Call(call) => {
            let first = call.args.iter().find_map(|arg| text_of(module, arg.value));
            first.or_else(|| match &module.expr(call.callee).kind {
                ExprKind::Field { base, .. } => name_of(module, *base, depth + 1),
                _ => None,
            })
        }
        ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => name_of(module, *inner, depth + 1),
        ExprKind::Binary {
            op: BinaryOp::Or | BinaryOp::Coalesce,
            left,
            right,
        } => match text_of(module, *right) {
            Some(_) => name_of(module, *left, depth + 1),
            None => name_of(module, *right, depth + 1).or_else(|| name_of(module, *left, depth + 1)),
        },
        _ => None,
    }
}

fn text_of(module: &Module, id: ExprId) -> Option<Name> {
    match &module.expr(id).kind {
        ExprKind::Literal(Literal::Str(text) | Literal::Bytes(text)) => Some(*text),
        ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => text_of(module, *inner),
        _ => None,
    }
}

struct Reader<'a> {
    module: &'a Module,
    found: Vec<Pair>,
}

impl Reader<'_> {
    fn expr(&mut self, expr: &Expr) {
        let module = self.module;
        match &expr.kind {
            ExprKind::Record { entries, .. } => {
                for entry in entries {
                    if let RecordEntry::Pair {
                        key: Key::Name(name),
                        value,
                        ..
                    } = entry
                    {
                        self.take(*name, *value, Use::Set);
                    }
                }
            }
            ExprKind::Call(call) => self.call(call),
            // the parameters of a URL have names of their own
            ExprKind::Literal(Literal::Str(value)) if value.contains("://") && value.contains('?') => {
                self.found.push(Pair {
                    name: Name::new(""),
                    value: *value,
                    span: expr.span,
                    how: Use::Set,
                })
            }
            ExprKind::Binary {
                op: BinaryOp::Or | BinaryOp::Coalesce,
                left,
                right,
            } => {
                if let Some(name) = name_of(module, *left, 0) {
                    self.take(name, *right, Use::Fallback);
                }
            }
            ExprKind::Binary {
                op: BinaryOp::Eq | BinaryOp::NotEq,
                left,
                right,
            } => {
                for (value, text) in [(left, right), (right, left)] {
                    if text_of(module, *text).is_some()
                        && let Some(name) = name_of(module, *value, 0)
                    {
                        self.take(name, *text, Use::Compared);
                    }
                }
            }
            ExprKind::Assign { target, value, .. } => {
                if let Some(name) = bound(module, target) {
                    self.take(name, *value, Use::Set);
                }
            }
            ExprKind::Block { body, .. } => self.block(body, 0),
            _ => {}
        }
    }

    fn call(&mut self, call: &Call) {
        let module = self.module;
        for arg in &call.args {
            if let ArgKind::Named(name) = arg.kind {
                self.take(name, arg.value, Use::Set);
            }
        }
        let callee = match &module.expr(call.callee).kind {
            ExprKind::Field { base, name, .. } => {
                if matches!(
                    &**name,
                    "unwrap_or" | "unwrap_or_else" | "getOrElse" | "or_else" | "default_value" | "default_value_t"
                ) && let (Some(of), Some(arg)) = (name_of(module, *base, 0), call.args.first())
                {
                    self.take(of, arg.value, Use::Fallback);
                }
                Some(*name)
            }
            ExprKind::Name(name) => Some(*name),
            ExprKind::Path(path) => path.last().copied(),
            _ => None,
        };
        // a name, then its value: a header, an option, a default for a variable
        let how = match callee.as_deref() {
            Some(
                "get" | "getenv" | "getEnv" | "env" | "getOrDefault" | "get_env" | "env_or" | "config" | "getString"
                | "pop" | "setdefault",
            ) => Use::Fallback,
            _ => Use::Set,
        };
        for two in call.args.windows(2) {
            if two.iter().all(|arg| arg.kind == ArgKind::Positional)
                && let Some(name) = text_of(module, two[0].value)
            {
                self.take(name, two[1].value, how);
            }
        }
        if let Some(name) = call.args.first().and_then(|arg| text_of(module, arg.value)) {
            for arg in &call.args {
                if matches!(arg.kind, ArgKind::Named(key) if &*key == "default") {
                    self.take(name, arg.value, Use::Fallback);
                }
            }
        }
    }

    /// Takes the texts that `value` may come to.
    fn take(&mut self, name: Name, value: ExprId, how: Use) {
        self.texts(name, value, how, 0);
    }

    fn texts(&mut self, name: Name, id: ExprId, how: Use, depth: usize) {
        if depth > DEPTH {
            return;
        }
        let module = self.module;
        let expr = module.expr(id);
        match &expr.kind {
            ExprKind::Literal(Literal::Str(value) | Literal::Bytes(value)) => self.found.push(Pair {
                name,
                value: *value,
                span: expr.span,
                how,
            }),
            ExprKind::Pass { inner, .. } | ExprKind::Cast { inner, .. } => self.texts(name, *inner, how, depth + 1),
            ExprKind::Conditional { then, otherwise, .. } => {
                self.texts(name, *then, how, depth + 1);
                self.texts(name, *otherwise, how, depth + 1);
            }
            ExprKind::Binary {
                op: BinaryOp::Or | BinaryOp::Coalesce,
                left,
                right,
            } => {
                self.texts(name, *left, how, depth + 1);
                self.texts(name, *right, Use::Fallback, depth + 1);
            }
            ExprKind::Block { value: Some(value), .. } => self.texts(name, *value, how, depth + 1),
            ExprKind::Lambda(function) if how == Use::Fallback => self.result(name, *function, how, depth),
            ExprKind::Call(call) => self.wrapped(name, call, how, depth),
            _ => {}
        }
    }

    /// What a function without a body worth the name returns.
    fn result(&mut self, name: Name, function: FuncId, how: Use, depth: usize) {
        if let [
            Stmt {
                kind: StmtKind::Return(Some(value)),
                ..
            },
        ] = self.module.function(function).body.as_slice()
        {
            self.texts(name, *value, how, depth + 1);
        }
    }

    /// `String::from("x")`, `"x".to_string()`, `SecretStr("x")`, `Field(default="x")`, `z.string().default("x")`, `os.getenv("X", "x")`.
    fn wrapped(&mut self, name: Name, call: &Call, how: Use, depth: usize) {
        let module = self.module;
        if let ExprKind::Field { base, name: method, .. } = &module.expr(call.callee).kind {
            match &**method {
                "to_string" | "to_owned" | "into" | "encode" | "trim" | "strip" | "as_bytes" | "as_str" | "to_vec"
                | "unwrap" => {
                    return self.texts(name, *base, how, depth + 1);
                }
                "default" | "unwrap_or" | "unwrap_or_else" => {
                    if let Some(arg) = call.args.first() {
                        self.texts(name, arg.value, Use::Fallback, depth + 1);
                    }
                    return;
                }
                "get" | "getenv" => {
                    if let Some(arg) = call.args.get(1) {
                        self.texts(name, arg.value, Use::Fallback, depth + 1);
                    }
                    return;
                }
                _ => {}
            }
        }
        for arg in &call.args {
            if matches!(arg.kind, ArgKind::Named(key) if matches!(&*key, "default" | "default_value")) {
                self.texts(name, arg.value, Use::Fallback, depth + 1);
            }
        }
        let wraps = match &module.expr(call.callee).kind {
            ExprKind::Name(callee) => matches!(
                &**callee,
                "String" | "SecretStr" | "Some" | "Ok" | "str" | "bytes" | "getenv"
            ),
            ExprKind::Path(path) => matches!(
                path.last().map(|name| &**name),
                Some("from" | "new" | "from_static" | "from_str")
            ),
            ExprKind::Field { base, name: method, .. } => {
                matches!(&**method, "from" | "encode")
                    && matches!(&module.expr(*base).kind, ExprKind::Name(base) if matches!(&**base, "Buffer" | "String"))
            }
            _ => false,
        };
        if !wraps {
            return;
        }
        match call.args.as_ref() {
            [one, ..] if text_of(module, one.value).is_none() || call.args.len() == 1 => {
                self.texts(name, one.value, how, depth + 1)
            }
            [_, two, ..] if matches!(&module.expr(call.callee).kind, ExprKind::Name(callee) if &**callee == "getenv") =>
            {
                self.texts(name, two.value, Use::Fallback, depth + 1);
            }
            [one, ..] => self.texts(name, one.value, how, depth + 1),
            [] => {}
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Default {
                pattern: inner,
                default,
            } => {
                if let Some(name) = bound(self.module, inner) {
                    self.take(name, *default, Use::Fallback);
                }
            }
            PatternKind::Record { fields, .. } => {
                for (_, field) in fields {
                    self.pattern(field);
                }
            }
            _ => {}
        }
    }

    fn block(&mut self, block: &Block, depth: usize) {
        if depth > NESTING {
            return;
        }
        for stmt in block {
            self.stmt(stmt, depth + 1);
        }
    }

    fn stmt(&mut self, stmt: &Stmt, depth: usize) {
        match &stmt.kind {
            StmtKind::Let {
                pattern,
                value,
                otherwise,
                ..
            } => {
                if let (Some(name), Some(value)) = (bound(self.module, pattern), value) {
                    self.take(name, *value, Use::Set);
                }
                self.pattern(pattern);
                if let Some(otherwise) = otherwise {
                    self.block(otherwise, depth);
                }
            }
            StmtKind::Assign { target, value, .. } => {
                if let Some(name) = bound(self.module, target) {
                    self.take(name, *value, Use::Set);
                }
                self.pattern(target);
            }
            StmtKind::If { then, otherwise, .. } => {
                self.block(then, depth);
                self.block(otherwise, depth);
            }
            StmtKind::Loop { kind, body, otherwise } => {
                if let LoopKind::For { pattern, .. } | LoopKind::ForKeys { pattern, .. } = kind {
                    self.pattern(pattern);
                }
                self.block(body, depth);
                self.block(otherwise, depth);
            }
            StmtKind::Match { arms, .. } => arms.iter().for_each(|arm| self.block(&arm.body, depth)),
            StmtKind::Try {
                body,
                handlers,
                otherwise,
                finally,
            } => {
                self.block(body, depth);
                handlers.iter().for_each(|handler| self.block(&handler.body, depth));
                self.block(otherwise, depth);
                self.block(finally, depth);
            }
            StmtKind::Block(body) => self.block(body, depth),
            StmtKind::Return(_)
            | StmtKind::Throw(_)
            | StmtKind::Assert { .. }
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Expr(_)
            | StmtKind::Class(_) => {}
        }
    }
}
