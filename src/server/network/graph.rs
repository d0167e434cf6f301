//! Which functions mention which, and where each expression stands.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::locals::{Binding, each_stmt};
use super::super::read::scopes_of;
use super::super::value::{At, FUEL, Values};
use crate::ir::{ExprId, ExprKind, FuncId, Language, Name, PatternKind, StmtKind, walk};
use crate::project::{ClassRef, FuncRef, ModuleId, Symbol};
use crate::workspace::Span;

/// How many expressions one closure may hold; one that holds more says nothing.
const REACH: usize = 400_000;

/// Something that code may be reached through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// A function's body.
    Func(FuncRef),
    /// A class: its methods, its fields, its decorators.
    Class(ClassRef),
    /// The value of a module's variable.
    Variable(ModuleId, Name),
    /// What the top level of its module does with a variable (`app.use(…)`).
    Uses(ModuleId, Name),
}

/// Where everything stands in one module.
#[derive(Debug)]
pub(super) struct Index {
    /// The function of each expression.
    scopes: Vec<FuncId>,
    /// The expressions of each function.
    by_func: Vec<Vec<ExprId>>,
    /// The places that are assigned to.
    targets: FxHashSet<ExprId>,
}

/// What is reached from somewhere.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// The expressions, in the order in which they were found.
    pub(super) exprs: Vec<At>,
    /// The functions.
    pub(super) funcs: FxHashSet<FuncRef>,
    /// Whether it is all of it.
    pub(super) whole: bool,
}

/// A part of a module.
pub(super) type Stretch = (ModuleId, Span);

/// The calls of each function of a package.
type Calls = FxHashMap<FuncRef, Vec<At>>;

/// The functions that each variable of a package decorates.
type Decorated = FxHashMap<(ModuleId, Name), Vec<FuncRef>>;

/// The places where the command-line options of a package are declared, by their long names.
pub(super) type Options = FxHashMap<String, Vec<At>>;

/// The mentions of a project, read when they are asked for.
pub(super) struct Graph<'v, 'a> {
    /// Looks values up.
    pub(super) values: &'v Values<'a>,
    indexes: RefCell<FxHashMap<ModuleId, Rc<Index>>>,
    mentions: RefCell<FxHashMap<Node, Rc<Vec<Node>>>>,
    /// The modules of a package, for callers.
    modules: Vec<ModuleId>,
    calls: RefCell<FxHashMap<u32, Rc<Calls>>>,
    decorators: RefCell<FxHashMap<u32, Rc<Decorated>>>,
    pub(super) options: RefCell<FxHashMap<u32, Rc<Options>>>,
}

impl<'v, 'a> Graph<'v, 'a> {
    /// A graph over these modules.
    pub(super) fn new(values: &'v Values<'a>, modules: Vec<ModuleId>) -> Self {
        Self {
            values,
            indexes: RefCell::default(),
            mentions: RefCell::default(),
            modules,
            calls: RefCell::default(),
            decorators: RefCell::default(),
            options: RefCell::default(),
        }
    }

    /// The modules that were given, of one package.
    pub(super) fn package(&self, package: u32) -> impl Iterator<Item = ModuleId> + '_ {
        let project = self.values.project;
        self.modules
            .iter()
            .copied()
            .filter(move |id| project.package(*id) == package)
    }

    /// Where everything stands in a module.
    pub(super) fn index(&self, id: ModuleId) -> Rc<Index> {
        if let Some(known) = self.indexes.borrow().get(&id) {
            return Rc::clone(known);
        }
        let module = self.values.module(id);
        let scopes = scopes_of(module);
        let mut by_func = vec![Vec::new(); module.functions.len()];
        for (index, scope) in (0_u32..).zip(&scopes) {
            if let Some(list) = by_func.get_mut(scope.0 as usize) {
                list.push(ExprId(index));
            }
        }
        let mut targets = FxHashSet::default();
        for function in &module.functions {
            each_stmt(module, &function.body, &mut |stmt| {
                if let StmtKind::Assign { target, .. } = &stmt.kind
                    && let PatternKind::Place(place) = target.kind
                {
                    targets.insert(place);
                }
            });
        }
        for expr in &module.exprs {
            if let ExprKind::Assign { target, .. } = &expr.kind
                && let PatternKind::Place(place) = target.kind
            {
                targets.insert(place);
            }
        }
        let built = Rc::new(Index {
            scopes,
            by_func,
            targets,
        });
        self.indexes.borrow_mut().insert(id, Rc::clone(&built));
        built
    }

    /// An expression with its place.
    pub(super) fn place(&self, module: ModuleId, expr: ExprId) -> At {
        let scope = self.index(module).scopes.get(expr.0 as usize).copied();
        At {
            module,
            scope: scope.unwrap_or(FuncId::MODULE),
            expr,
        }
    }

    /// Whether something is assigned to an expression.
    pub(super) fn is_target(&self, at: At) -> bool {
        self.index(at.module).targets.contains(&at.expr)
    }

    /// The expressions of a node.
    pub(super) fn own(&self, node: Node) -> Vec<At> {
        match node {
            Node::Func(func) => {
                let index = self.index(func.module);
                let mut found: Vec<At> = index
                    .by_func
                    .get(func.func.0 as usize)
                    .into_iter()
                    .flatten()
                    .map(|expr| At {
                        module: func.module,
                        scope: func.func,
                        expr: *expr,
                    })
                    .collect();
                for decorator in &self.values.function(func).decorators {
                    self.below(func.module, *decorator, &mut found);
                }
                found
            }
            Node::Variable(module, name) => {
                let mut found = Vec::new();
                if let Some(expr) = self.values.project.variable(module, name) {
                    self.below(module, expr, &mut found);
                }
                found
            }
            Node::Uses(id, name) => {
                let module = self.values.module(id);
                let mut found = Vec::new();
                walk::exprs_of_block(&module.function(FuncId::MODULE).body, &mut |expr| {
                    let mut uses = false;
                    walk::descend(module, expr, &mut |inner| {
                        uses |= matches!(module.expr(inner).kind, ExprKind::Name(used) if used == name);
                    });
                    if uses {
                        self.below(id, expr, &mut found);
                    }
                });
                found
            }
            Node::Class(class) => {
                let mut found = Vec::new();
                let decl = self.values.module(class.module).class(class.class);
                let fields = decl.fields.iter().filter_map(|field| field.value);
                for expr in decl.decorators.iter().copied().chain(fields) {
                    self.below(class.module, expr, &mut found);
                }
                found
            }
        }
    }

    fn below(&self, module: ModuleId, expr: ExprId, found: &mut Vec<At>) {
        walk::descend(self.values.module(module), expr, &mut |inner| {
            found.push(self.place(module, inner));
        });
    }

    /// What a node mentions.
    fn mentioned(&self, node: Node) -> Rc<Vec<Node>> {
        if let Some(known) = self.mentions.borrow().get(&node) {
            return Rc::clone(known);
        }
        let mut found = Vec::new();
        for at in self.own(node) {
            self.mention(at, &mut found);
        }
        self.members(node, &mut found);
        let mut seen = FxHashSet::default();
        found.retain(|node| seen.insert(*node));
        let found = Rc::new(found);
        self.mentions.borrow_mut().insert(node, Rc::clone(&found));
        found
    }

    /// What belongs to a node without being mentioned by it: the methods of a class, what a variable decorates.
    pub(super) fn members(&self, node: Node, found: &mut Vec<Node>) {
        if let Node::Variable(module, name) = node {
            found.extend(self.decorated(module, name).into_iter().map(Node::Func));
        }
        if let Node::Class(class) = node {
            let project = self.values.project;
            let module = self.values.module(class.module);
            found.extend(module.class(class.class).methods.iter().map(|func| {
                Node::Func(FuncRef {
                    module: class.module,
                    func: *func,
                })
            }));
            if module.language == Language::Rust {
                for block in &module.impls {
                    for func in &block.methods {
                        let func = FuncRef {
                            module: class.module,
                            func: *func,
                        };
                        if project.class_of(func) == Some(class) {
                            found.push(Node::Func(func));
                        }
                    }
                }
            }
            found.extend(project.bases(class).into_iter().filter_map(|base| match base {
                Symbol::Class(base) => Some(Node::Class(base)),
                _ => None,
            }));
        }
    }

    /// The functions that are decorated with something of a variable: `@app.post("/mcp")`, `@app.middleware("http")`.
    fn decorated(&self, module: ModuleId, name: Name) -> Vec<FuncRef> {
        let project = self.values.project;
        let package = project.package(module);
        let known = self.decorators.borrow().get(&package).cloned();
        let all = known.unwrap_or_else(|| {
            let mut built = Decorated::default();
            for id in self.package(package) {
                let of = self.values.module(id);
                for (index, function) in (0_u32..).zip(&of.functions) {
                    for decorator in &function.decorators {
                        let root = self.values.root(self.place(id, *decorator));
                        if let ExprKind::Name(name) = self.values.expr(root).kind
                            && let Symbol::Variable(owner, name) = project.resolve_name(id, root.scope, name)
                        {
                            let func = FuncRef {
                                module: id,
                                func: FuncId(index),
                            };
                            built.entry((owner, name)).or_default().push(func);
                        }
                    }
                }
            }
            let built = Rc::new(built);
            self.decorators.borrow_mut().insert(package, Rc::clone(&built));
            built
        });
        all.get(&(module, name)).cloned().unwrap_or_default()
    }

    /// What an expression mentions.
    pub(super) fn mention(&self, at: At, found: &mut Vec<Node>) {
        let values = self.values;
        match &values.expr(at).kind {
            ExprKind::Lambda(func) => found.push(Node::Func(FuncRef {
                module: at.module,
                func: *func,
            })),
            ExprKind::Name(name) => match values.local(at.module, at.scope, *name) {
                // a function bound in a function around this one
                Some((scope, Binding::Value { value, path })) if path.is_empty() && scope != at.scope => {
                    let value = values.peel(At {
                        scope,
                        expr: value,
                        ..at
                    });
                    if let ExprKind::Lambda(func) = values.expr(value).kind {
                        found.push(Node::Func(FuncRef {
                            module: value.module,
                            func,
                        }));
                    }
                }
                Some(_) => {}
                None => symbol(values.project.resolve_name(at.module, at.scope, *name), found),
            },
            ExprKind::Path(path) => symbol(values.project.resolve_path(at.module, at.scope, path), found),
            ExprKind::Field { base, name, .. } => {
                if let Some(of) = values.project.resolve_expr(at.module, at.scope, at.expr) {
                    symbol(of, found);
                    return;
                }
                let method = values
                    .class_of_value(at.with(*base), FUEL)
                    .and_then(|class| values.project.method(class, *name));
                if let Some(func) = method {
                    found.push(Node::Func(func));
                } else if matches!(values.expr(values.peel(at.with(*base))).kind, ExprKind::This)
                    && let Some(class) = values.class_around(at.module, at.scope)
                {
                    // a field is what the constructor made of it
                    found.extend(values.project.constructor(class).map(Node::Func));
                } else if let [only] = values.project.methods_named(values.module(at.module).language, *name) {
                    found.push(Node::Func(*only));
                }
            }
            _ => {}
        }
    }

    /// All that is reached from these, themselves included.
    pub(super) fn reach(&self, from: &[Node]) -> Reach {
        self.reach_without(from, &[])
    }

    /// The same without what stands in some places.
    pub(super) fn reach_without(&self, from: &[Node], without: &[Stretch]) -> Reach {
        let within = |module: ModuleId, span: Span| {
            let holds = |(of, stretch): &Stretch| *of == module && stretch.contains(span);
            without.iter().any(holds)
        };
        let mut reach = Reach {
            whole: true,
            ..Reach::default()
        };
        let mut seen: FxHashSet<Node> = FxHashSet::default();
        let mut open: Vec<Node> = from.to_vec();
        while let Some(node) = open.pop() {
            if !seen.insert(node) {
                continue;
            }
            if let Node::Func(func) = node {
                if within(func.module, self.values.function(func).span) {
                    continue;
                }
                reach.funcs.insert(func);
            }
            let mut own = self.own(node);
            let all = own.len();
            own.retain(|at| !within(at.module, self.values.expr(*at).span));
            if own.len() == all {
                open.extend(self.mentioned(node).iter().copied());
            } else {
                for at in &own {
                    self.mention(*at, &mut open);
                }
                self.members(node, &mut open);
            }
            reach.exprs.extend(own);
            if reach.exprs.len() > REACH {
                reach.whole = false;
                return reach;
            }
        }
        reach
    }

    /// A function with those written in it.
    pub(super) fn nested(&self, func: FuncRef) -> Vec<Node> {
        let module = self.values.module(func.module);
        let mut inside = vec![Node::Func(func)];
        let mut funcs: FxHashSet<FuncId> = FxHashSet::default();
        funcs.insert(func.func);
        for (index, function) in (0_u32..).zip(&module.functions) {
            if function.class.is_none() && function.parent.is_some_and(|parent| funcs.contains(&parent)) {
                funcs.insert(FuncId(index));
                inside.push(Node::Func(FuncRef {
                    module: func.module,
                    func: FuncId(index),
                }));
            }
        }
        inside
    }

    /// The calls of a function of the project in its package; of a class's constructor those of the class.
    pub(super) fn callers(&self, func: FuncRef) -> Vec<At> {
        let package = self.values.project.package(func.module);
        let known = self.calls.borrow().get(&package).cloned();
        let calls = known.unwrap_or_else(|| {
            let built = Rc::new(self.read_calls(package));
            self.calls.borrow_mut().insert(package, Rc::clone(&built));
            built
        });
        calls.get(&func).cloned().unwrap_or_default()
    }

    fn read_calls(&self, package: u32) -> Calls {
        let mut found = Calls::default();
        let ids: Vec<ModuleId> = self.package(package).collect();
        for id in ids {
            let module = self.values.module(id);
            for (index, expr) in (0_u32..).zip(&module.exprs) {
                let ExprKind::Call(call) = &expr.kind else { continue };
                let at = self.place(id, ExprId(index));
                let mut nodes = Vec::new();
                self.mention(at.with(call.callee), &mut nodes);
                for node in nodes {
                    let func = match node {
                        Node::Func(func) => Some(func),
                        Node::Class(class) => self.values.project.constructor(class),
                        Node::Variable(module, name) | Node::Uses(module, name) => {
                            self.values.project.variable(module, name).and_then(|expr| {
                                self.values.function_of(At {
                                    module,
                                    scope: FuncId::MODULE,
                                    expr,
                                })
                            })
                        }
                    };
                    if let Some(func) = func {
                        found.entry(func).or_default().push(at);
                    }
                }
            }
        }
        found
    }
}

fn symbol(symbol: Symbol, found: &mut Vec<Node>) {
    match symbol {
        Symbol::Function(func) => found.push(Node::Func(func)),
        Symbol::Class(class) | Symbol::Variant(class, _) => found.push(Node::Class(class)),
        Symbol::Variable(module, name) => found.push(Node::Variable(module, name)),
        // a module by itself says nothing of what is used of it
        Symbol::Module(_) | Symbol::External(_) => {}
    }
}
