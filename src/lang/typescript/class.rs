//! Classes, interfaces, type aliases and enums.

use tree_sitter::Node;

use super::chain::property;
use super::context::{Hint, Lower, span, stmt};
use super::grammar::{Field, Kind};
use crate::ir::{
    Block, Class, ClassId, ClassKind, ExprId, ExprKind, FieldDecl, Key, Name, Param, PatternKind, StmtKind, TypeId,
    TypeKind,
};
use crate::workspace::Span;

impl<'t> Lower<'t, '_> {
    /// An empty class, so that what is written in it can name it.
    fn reserve_class(&mut self, node: Node<'t>, kind: ClassKind, doc: Option<Name>) -> ClassId {
        let name = self.field(node, Field::Name);
        let head = Span::new(node.start_byte(), node.start_byte());
        let class = Class {
            name: name.map(|name| self.name(name)),
            name_span: name.map_or(head, span),
            span: span(node),
            kind,
            bases: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            variants: Vec::new(),
            alias: None,
            params: Vec::new(),
            decorators: Vec::new(),
            doc,
            parent: self.function,
            is_test: false,
            body: Vec::new(),
        };
        self.build.class(class)
    }

    fn class_mut(&mut self, id: ClassId) -> &mut Class {
        &mut self.build.module.classes[id.0 as usize]
    }

    /// A class; `decorators` are those written before an `export`. With `bind`, a class without a name gets one, so
    /// that the expression it is can say which class it means.
    pub(super) fn class(
        &mut self,
        node: Node<'t>,
        hint: Hint,
        bind: bool,
        decorators: &[Node<'t>],
    ) -> (ClassId, Option<Name>) {
        let id = self.reserve_class(node, ClassKind::Class, hint.doc);
        let mut name = self.class_mut(id).name;
        if name.is_none() {
            if let Some((hinted, name_span)) = hint.name {
                name = Some(hinted);
                self.class_mut(id).name_span = name_span;
            } else if bind {
                name = Some(self.build.temporary());
            }
            self.class_mut(id).name = name;
        }
        let mut decorator_ids: Vec<ExprId> = decorators.iter().map(|node| self.decorator(*node)).collect();
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::Decorator => decorator_ids.push(self.decorator(kid.node)),
                Kind::ClassHeritage => {
                    let bases = self.heritage(kid.node);
                    self.class_mut(id).bases = bases;
                }
                Kind::ClassBody => self.class_body(id, kid.node),
                _ => {}
            }
        }
        self.close(kids);
        self.class_mut(id).decorators = decorator_ids;
        (id, name)
    }

    fn heritage(&mut self, node: Node<'t>) -> Vec<TypeId> {
        let mut bases = Vec::new();
        let clauses = self.open(node);
        for index in clauses.range() {
            let clause = self.kid(index);
            match clause.kind {
                Kind::ExtendsClause => self.extended(clause.node, &mut bases),
                Kind::ImplementsClause => bases.extend(self.type_list(clause.node)),
                Kind::Comment => {}
                _ if clause.node.is_named() => bases.push(self.base(clause.node)),
                _ => {}
            }
        }
        self.close(clauses);
        bases
    }

    fn extended(&mut self, node: Node<'t>, bases: &mut Vec<TypeId>) {
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            if kid.kind == Kind::TypeArguments {
                let given = self.type_list(kid.node);
                if let Some(last) = bases.last()
                    && let TypeKind::Named { args, .. } = &mut self.build.module.types[last.0 as usize].kind
                {
                    *args = given;
                }
            } else if kid.node.is_named() && kid.kind != Kind::Comment {
                bases.push(self.base(kid.node));
            }
        }
        self.close(kids);
    }

    /// A base class: a name, a dotted name, or the expression of a mixin.
    fn base(&mut self, node: Node<'t>) -> TypeId {
        let mut path = Vec::new();
        if self.dotted(node, &mut path) {
            let path = path.into();
            let args = Box::default();
            return self.build.ty(TypeKind::Named { path, args }, span(node));
        }
        let value = self.expr(node);
        self.build.ty(TypeKind::Of(value), span(node))
    }

    /// Collects the names of `a.b.c`; `false` when it is anything else.
    fn dotted(&self, node: Node<'t>, path: &mut Vec<Name>) -> bool {
        let mut at = node;
        let start = path.len();
        loop {
            match self.kind(at) {
                Kind::Identifier => {
                    path.push(self.name(at));
                    path[start..].reverse();
                    return true;
                }
                Kind::MemberExpression => match (at.named_child(0), property(at)) {
                    (Some(object), Some(property)) => {
                        path.push(self.name(property));
                        at = object;
                    }
                    _ => return false,
                },
                _ => return false,
            }
        }
    }

    fn class_body(&mut self, id: ClassId, body: Node<'t>) {
        let kids = self.open(body);
        let mut doc = None;
        let mut decorators: Vec<Node<'t>> = Vec::new();
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::Comment => {
                    doc = self.doc(kid.node).or(doc);
                    continue;
                }
                Kind::Decorator => {
                    decorators.push(kid.node);
                    continue;
                }
                Kind::MethodDefinition => self.class_method(id, kid.node, doc, &decorators),
                Kind::MethodSignature | Kind::AbstractMethodSignature => self.method_signature(id, kid.node, doc),
                Kind::PublicFieldDefinition => self.class_field(id, kid.node, doc, &decorators),
                Kind::ClassStaticBlock => {
                    let mut block = Vec::new();
                    if let Some(inner) = self.field(kid.node, Field::Body) {
                        let outer = self.field_of.replace(id);
                        self.nested(inner, &mut block);
                        self.field_of = outer;
                    }
                    self.class_mut(id).body.append(&mut block);
                }
                Kind::Error => {
                    let mut block = Vec::new();
                    self.salvage_members(id, kid.node, &mut block);
                    self.class_mut(id).body.append(&mut block);
                }
                _ => continue,
            }
            doc = None;
            decorators.clear();
        }
        self.close(kids);
    }

    /// Members inside a stretch of a class body that could not be parsed.
    fn salvage_members(&mut self, id: ClassId, node: Node<'t>, out: &mut Block) {
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::MethodDefinition => self.class_method(id, kid.node, None, &[]),
                Kind::PublicFieldDefinition => self.class_field(id, kid.node, None, &[]),
                _ => self.salvage_one(kid, out),
            }
        }
        self.close(kids);
    }

    fn class_method(&mut self, id: ClassId, node: Node<'t>, doc: Option<Name>, decorators: &[Node<'t>]) {
        if let Some(name) = self.field(node, Field::Name) {
            self.computed_name(id, name);
        }
        let function = self.method(node, Some(id), doc, decorators);
        self.class_mut(id).methods.push(function);
        let params = &self.build.module.functions[function.0 as usize].params;
        let properties: Vec<FieldDecl> = params.iter().filter_map(property_of).collect();
        self.class_mut(id).fields.extend(properties);
    }

    /// A computed member name that is not a constant is an expression of the class body.
    fn computed_name(&mut self, id: ClassId, name: Node<'t>) {
        if self.kind(name) == Kind::ComputedPropertyName
            && let Key::Computed(value) = self.key(name)
        {
            let run = stmt(StmtKind::Expr(value), span(name));
            self.class_mut(id).body.push(run);
        }
    }

    /// An abstract method or an overload: a method without code. Only the abstract ones and those of interfaces matter.
    fn method_signature(&mut self, id: ClassId, node: Node<'t>, doc: Option<Name>) {
        let Some(name) = self.field(node, Field::Name) else {
            return;
        };
        if self.kind(node) == Kind::MethodSignature && self.class_mut(id).kind == ClassKind::Class {
            return;
        }
        let ty = Some(self.build.ty(TypeKind::Function, span(node)));
        let field = FieldDecl {
            name: self.member_name(name),
            ty,
            value: None,
            is_static: false,
            decorators: Vec::new(),
            doc,
            span: span(node),
        };
        self.class_mut(id).fields.push(field);
    }

    fn class_field(&mut self, id: ClassId, node: Node<'t>, doc: Option<Name>, before: &[Node<'t>]) {
        let mut decorators: Vec<ExprId> = before.iter().map(|node| self.decorator(*node)).collect();
        let mut is_static = false;
        let Some(name) = self.field(node, Field::Name) else {
            return;
        };
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::Decorator => decorators.push(self.decorator(kid.node)),
                Kind::Static => is_static = true,
                _ => {}
            }
        }
        self.close(kids);
        self.computed_name(id, name);
        let ty = self.field(node, Field::Type).map(|ty| self.annotation(ty));
        let text = self.member_name(name);
        let hint = Hint {
            name: Some((text, span(name))),
            doc,
        };
        let outer = self.field_of.replace(id);
        let value = self.field(node, Field::Value).map(|value| self.hinted(value, hint));
        self.field_of = outer;
        let field = FieldDecl {
            name: text,
            ty,
            value,
            is_static,
            decorators,
            doc,
            span: span(node),
        };
        self.class_mut(id).fields.push(field);
    }

    pub(super) fn interface(&mut self, node: Node<'t>, doc: Option<Name>) {
        let id = self.reserve_class(node, ClassKind::Interface, doc);
        let kids = self.open(node);
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::ExtendsTypeClause => {
                    let bases = self.type_list(kid.node).into_vec();
                    self.class_mut(id).bases = bases;
                }
                Kind::InterfaceBody | Kind::ObjectType => self.interface_body(id, kid.node),
                _ => {}
            }
        }
        self.close(kids);
    }

    fn interface_body(&mut self, id: ClassId, node: Node<'t>) {
        let kids = self.open(node);
        let mut doc = None;
        for index in kids.range() {
            let kid = self.kid(index);
            match kid.kind {
                Kind::Comment => {
                    doc = self.doc(kid.node);
                    continue;
                }
                Kind::PropertySignature => {
                    if let Some((name, ty)) = self.property_signature(kid.node) {
                        let field = FieldDecl {
                            name,
                            ty: Some(ty),
                            value: None,
                            is_static: false,
                            decorators: Vec::new(),
                            doc,
                            span: span(kid.node),
                        };
                        self.class_mut(id).fields.push(field);
                    }
                }
                Kind::MethodSignature => self.method_signature(id, kid.node, doc),
                _ => continue,
            }
            doc = None;
        }
        self.close(kids);
    }

    pub(super) fn type_alias(&mut self, node: Node<'t>, doc: Option<Name>) {
        let id = self.reserve_class(node, ClassKind::Alias, doc);
        let alias = self.field(node, Field::Value).map(|ty| self.ty(ty));
        let params = self.type_parameters(node);
        let class = self.class_mut(id);
        class.alias = alias;
        class.params = params;
    }

    /// The names of `<T, U extends V>`.
    fn type_parameters(&mut self, node: Node<'t>) -> Vec<Name> {
        let Some(list) = self.field(node, Field::TypeParameters) else {
            return Vec::new();
        };
        let kids = self.open(list);
        let mut names = Vec::new();
        for index in kids.range() {
            let kid = self.kid(index);
            if kid.kind == Kind::TypeParameter
                && let Some(name) = self.field(kid.node, Field::Name)
            {
                names.push(self.name(name));
            }
        }
        self.close(kids);
        names
    }

    /// An `enum`: its members are static fields; one without a value has none.
    pub(super) fn enumeration(&mut self, node: Node<'t>, doc: Option<Name>) -> ClassId {
        let id = self.reserve_class(node, ClassKind::Enum, doc);
        let Some(body) = self.field(node, Field::Body) else {
            return id;
        };
        let kids = self.open(body);
        let mut doc = None;
        for index in kids.range() {
            let kid = self.kid(index);
            let (name, value) = match kid.kind {
                Kind::Comment => {
                    doc = self.doc(kid.node);
                    continue;
                }
                Kind::EnumAssignment => (self.field(kid.node, Field::Name), self.field(kid.node, Field::Value)),
                _ if kid.node.is_named() => (Some(kid.node), None),
                _ => continue,
            };
            let Some(name) = name else { continue };
            let value = value.map(|value| self.expr(value));
            let field = FieldDecl {
                name: self.member_name(name),
                ty: None,
                value,
                is_static: true,
                decorators: Vec::new(),
                doc: doc.take(),
                span: span(kid.node),
            };
            self.class_mut(id).fields.push(field);
        }
        self.close(kids);
        id
    }

    /// `import A = B.C`: a `Let` of A.
    pub(super) fn import_alias(&mut self, node: Node<'t>, out: &mut Block) {
        let kids = self.open(node);
        let named: Vec<Node<'t>> = kids
            .range()
            .map(|index| self.kid(index))
            .filter(|kid| kid.node.is_named() && kid.kind != Kind::Comment)
            .map(|kid| kid.node)
            .collect();
        self.close(kids);
        if let [local, path, ..] = named[..] {
            let value = self.nested_identifier(path);
            let pattern = self.pattern(local);
            let kind = StmtKind::Let {
                pattern,
                ty: None,
                value: Some(value),
                otherwise: None,
            };
            out.push(stmt(kind, span(node)));
        }
    }

    /// `a.b.c` as written in types and aliases.
    pub(super) fn nested_identifier(&mut self, node: Node<'t>) -> ExprId {
        let mut parts = self.text(node).split('.').map(str::trim);
        let whole = span(node);
        let first = ExprKind::Name(Name::new(parts.next().unwrap_or_default()));
        let mut base = self.build.expr(first, whole);
        for part in parts.take(100) {
            let name = Name::new(part);
            let name_span = whole;
            base = self.build.expr(ExprKind::Field { base, name, name_span }, whole);
        }
        base
    }
}

/// The field that `constructor(private x: T)` declares.
fn property_of(param: &Param) -> Option<FieldDecl> {
    let pattern = match &param.pattern.kind {
        PatternKind::Default { pattern, .. } => pattern,
        _ => &param.pattern,
    };
    let PatternKind::Bind(name, _) = pattern.kind else {
        return None;
    };
    param.is_property.then(|| FieldDecl {
        name,
        ty: param.ty,
        value: None,
        is_static: false,
        decorators: Vec::new(),
        doc: None,
        span: param.pattern.span,
    })
}
