//! What the front ends build a [`Module`] with.

use super::{
    Block, Class, ClassId, Expr, ExprId, ExprKind, FuncId, FuncKind, Function, Gap, Language, Literal, Module, Name,
    Type, TypeId, TypeKind,
};
use crate::workspace::{FileId, Span};

/// Collects the parts of a module.
#[derive(Debug)]
pub struct Builder {
    /// The module under construction.
    pub module: Module,
    temporaries: u32,
}

impl Builder {
    /// An empty module whose function 0 is the top level.
    pub fn new(file: FileId, language: Language, span: Span) -> Self {
        let top = Function {
            name: None,
            name_span: Span {
                start: span.start,
                end: span.start,
            },
            span,
            params: Vec::new(),
            body: Vec::new(),
            parent: None,
            class: None,
            kind: FuncKind::Module,
            decorators: Vec::new(),
            returns: None,
            doc: None,
            is_async: false,
            is_static: false,
            is_test: false,
            module_path: Vec::new(),
            globals: Vec::new(),
        };
        let module = Module {
            file,
            language,
            exprs: Vec::new(),
            types: Vec::new(),
            functions: vec![top],
            classes: Vec::new(),
            impls: Vec::new(),
            imports: Vec::new(),
            exports: Vec::new(),
            submodules: Vec::new(),
            gaps: Vec::new(),
        };
        Self { module, temporaries: 0 }
    }

    /// Adds an expression.
    pub fn expr(&mut self, kind: ExprKind, span: Span) -> ExprId {
        let id = ExprId(u32::try_from(self.module.exprs.len()).unwrap_or(u32::MAX));
        self.module.exprs.push(Expr { kind, span });
        id
    }

    /// Adds a string literal.
    pub fn string(&mut self, text: &str, span: Span) -> ExprId {
        self.expr(ExprKind::Literal(Literal::Str(Name::new(text))), span)
    }

    /// Adds a type.
    pub fn ty(&mut self, kind: TypeKind, span: Span) -> TypeId {
        let id = TypeId(u32::try_from(self.module.types.len()).unwrap_or(u32::MAX));
        self.module.types.push(Type { kind, span });
        id
    }

    /// Reserves a function's id, so that what is nested in it can name its parent; fill it through [`Builder::function_mut`].
    pub fn reserve_function(&mut self, parent: FuncId, span: Span) -> FuncId {
        let id = FuncId(u32::try_from(self.module.functions.len()).unwrap_or(u32::MAX));
        self.module.functions.push(Function {
            name: None,
            name_span: Span {
                start: span.start,
                end: span.start,
            },
            span,
            params: Vec::new(),
            body: Vec::new(),
            parent: Some(parent),
            class: None,
            kind: FuncKind::Closure,
            decorators: Vec::new(),
            returns: None,
            doc: None,
            is_async: false,
            is_static: false,
            is_test: false,
            module_path: Vec::new(),
            globals: Vec::new(),
        });
        id
    }

    /// The function behind an id, to fill.
    pub fn function_mut(&mut self, id: FuncId) -> &mut Function {
        &mut self.module.functions[id.0 as usize]
    }

    /// Adds a class.
    pub fn class(&mut self, class: Class) -> ClassId {
        let id = ClassId(u32::try_from(self.module.classes.len()).unwrap_or(u32::MAX));
        self.module.classes.push(class);
        id
    }

    /// Sets the top level's statements.
    pub fn set_top_level(&mut self, body: Block) {
        self.module.functions[0].body = body;
    }

    /// Notes a stretch that was not understood.
    pub fn gap(&mut self, span: Span, message: impl Into<String>) {
        self.module.gaps.push(Gap {
            span,
            message: message.into(),
        });
    }

    /// A fresh temporary name; it starts with `$`, which no source identifier of a lowered temporary does.
    pub fn temporary(&mut self) -> Name {
        self.temporaries += 1;
        Name::new(&format!("$t{}", self.temporaries))
    }
}
