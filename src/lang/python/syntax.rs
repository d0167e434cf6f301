//! The syntax tree as numbers: node kinds and fields looked up by id instead of by name.

use std::sync::OnceLock;

use smallvec::SmallVec;
use tree_sitter::{Language, Node, TreeCursor};

/// An enum of grammar names with the table that maps tree-sitter's ids to it.
macro_rules! names {
    ($(#[$doc:meta])* $enum:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum $enum { $($variant,)* Other }
        impl $enum {
            fn from_name(name: &str) -> Self {
                match name { $($text => Self::$variant,)* _ => Self::Other }
            }
        }
    };
}

names! {
    /// Kinds of named node; anonymous ones are `Token`.
    Kind {
        Token = "\0token", Error = "\0error",
        AliasedImport = "aliased_import", ArgumentList = "argument_list", AsPattern = "as_pattern",
        AsPatternTarget = "as_pattern_target", Assert = "assert_statement", Assignment = "assignment",
        Attribute = "attribute", AugmentedAssignment = "augmented_assignment", Await = "await",
        Binary = "binary_operator", Block = "block", Boolean = "boolean_operator", Break = "break_statement",
        Call = "call", CaseClause = "case_clause", CasePattern = "case_pattern", Chevron = "chevron",
        Class = "class_definition", ClassPattern = "class_pattern", Comment = "comment",
        Comparison = "comparison_operator", ComplexPattern = "complex_pattern",
        ConcatenatedString = "concatenated_string", Conditional = "conditional_expression",
        ConstrainedType = "constrained_type", Continue = "continue_statement", Decorated = "decorated_definition",
        Decorator = "decorator", DefaultParameter = "default_parameter", Delete = "delete_statement",
        DictPattern = "dict_pattern", Dictionary = "dictionary", DictionaryComprehension = "dictionary_comprehension",
        DictionarySplat = "dictionary_splat", DictionarySplatPattern = "dictionary_splat_pattern",
        DottedName = "dotted_name", Elif = "elif_clause", Ellipsis = "ellipsis", Else = "else_clause",
        Except = "except_clause", Exec = "exec_statement", ExpressionList = "expression_list",
        ExpressionStatement = "expression_statement", False = "false", Finally = "finally_clause", Float = "float",
        For = "for_statement", ForInClause = "for_in_clause", FormatExpression = "format_expression",
        FormatSpecifier = "format_specifier", Function = "function_definition",
        FutureImport = "future_import_statement", Generator = "generator_expression", GenericType = "generic_type",
        Global = "global_statement", Identifier = "identifier", If = "if_statement", IfClause = "if_clause",
        Import = "import_statement", ImportFrom = "import_from_statement", Integer = "integer",
        Interpolation = "interpolation", KeywordArgument = "keyword_argument", KeywordPattern = "keyword_pattern",
        KeywordSeparator = "keyword_separator", Lambda = "lambda", LambdaParameters = "lambda_parameters",
        LineContinuation = "line_continuation", List = "list", ListComprehension = "list_comprehension",
        ListPattern = "list_pattern", ListSplat = "list_splat", ListSplatPattern = "list_splat_pattern",
        Match = "match_statement", MemberType = "member_type", Module = "module", Named = "named_expression",
        None = "none", Nonlocal = "nonlocal_statement", Not = "not_operator", Pair = "pair",
        Parameters = "parameters", Parenthesized = "parenthesized_expression", Pass = "pass_statement",
        PatternList = "pattern_list", PositionalSeparator = "positional_separator", Print = "print_statement",
        Raise = "raise_statement", RelativeImport = "relative_import", Return = "return_statement", Set = "set",
        SetComprehension = "set_comprehension", Slice = "slice", SplatPattern = "splat_pattern",
        SplatType = "splat_type", String = "string", StringContent = "string_content", StringEnd = "string_end",
        StringStart = "string_start", Subscript = "subscript", True = "true", Try = "try_statement", Tuple = "tuple",
        TuplePattern = "tuple_pattern", Type = "type", TypeAlias = "type_alias_statement",
        TypeConversion = "type_conversion", TypeParameter = "type_parameter",
        TypedDefaultParameter = "typed_default_parameter", TypedParameter = "typed_parameter",
        Unary = "unary_operator", UnionPattern = "union_pattern", UnionType = "union_type", While = "while_statement",
        WildcardImport = "wildcard_import", With = "with_statement", WithClause = "with_clause",
        WithItem = "with_item", Yield = "yield",
    }
}

names! {
    /// Fields of nodes.
    Field {
        None = "\0none",
        Alias = "alias", Alternative = "alternative", Argument = "argument", Arguments = "arguments",
        Attribute = "attribute", Body = "body", Cause = "cause", Code = "code", Condition = "condition",
        Consequence = "consequence", Definition = "definition", Expression = "expression",
        FormatSpecifier = "format_specifier", Function = "function", Guard = "guard", Key = "key", Left = "left",
        ModuleName = "module_name", Name = "name", Object = "object", Operator = "operator", Operators = "operators",
        Parameters = "parameters", ReturnType = "return_type", Right = "right", Subject = "subject",
        Subscript = "subscript", Superclasses = "superclasses", Type = "type", TypeParameters = "type_parameters",
        Value = "value",
    }
}

/// What tree-sitter's ids mean, by id.
struct Table {
    kinds: Vec<Kind>,
    fields: Vec<Field>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let language: Language = tree_sitter_python::LANGUAGE.into();
        let kinds = (0..language.node_kind_count())
            .map(|id| u16::try_from(id).unwrap_or(u16::MAX))
            .map(|id| match language.node_kind_for_id(id) {
                Some(name) if language.node_kind_is_named(id) => Kind::from_name(name),
                _ => Kind::Token,
            })
            .collect();
        let fields = (0..=language.field_count())
            .map(|id| u16::try_from(id).unwrap_or(u16::MAX))
            .map(|id| language.field_name_for_id(id).map_or(Field::None, Field::from_name))
            .collect();
        Table { kinds, fields }
    })
}

/// A node's kind.
pub(super) fn kind(node: Node<'_>) -> Kind {
    // ERROR has the highest id there is, far outside the table.
    table()
        .kinds
        .get(usize::from(node.kind_id()))
        .copied()
        .unwrap_or(Kind::Error)
}

/// A child with its kind and the field it fills.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kid<'t> {
    pub(super) node: Node<'t>,
    pub(super) kind: Kind,
    pub(super) field: Field,
}

/// The children of one node, comments and line continuations left out.
#[derive(Debug)]
pub(super) struct Kids<'t>(SmallVec<[Kid<'t>; 4]>);

impl<'t> Kids<'t> {
    /// Collects the children of `node` with a cursor that is used again and again.
    pub(super) fn of(cursor: &mut TreeCursor<'t>, node: Node<'t>) -> Self {
        let table = table();
        let mut kids = SmallVec::new();
        cursor.reset(node);
        if !cursor.goto_first_child() {
            return Self(kids);
        }
        loop {
            let node = cursor.node();
            let kind = kind(node);
            if !matches!(kind, Kind::Comment | Kind::LineContinuation) && !node.is_missing() {
                let field = cursor
                    .field_id()
                    .and_then(|id| table.fields.get(usize::from(id.get())))
                    .copied()
                    .unwrap_or(Field::None);
                kids.push(Kid { node, kind, field });
            }
            if !cursor.goto_next_sibling() {
                return Self(kids);
            }
        }
    }

    /// All of them, tokens included.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = Kid<'t>> + '_ {
        self.0.iter().copied()
    }

    /// The named ones, broken syntax left out.
    pub(super) fn named(&self) -> impl DoubleEndedIterator<Item = Kid<'t>> + '_ {
        self.iter().filter(|kid| !matches!(kid.kind, Kind::Token | Kind::Error))
    }

    /// The nodes of a block: statements, and broken syntax between them.
    pub(super) fn named_or_broken(&self) -> impl Iterator<Item = Node<'t>> + '_ {
        self.iter().filter(|kid| kid.kind != Kind::Token).map(|kid| kid.node)
    }

    /// The first named one: what a wrapper wraps.
    pub(super) fn first(&self) -> Option<Node<'t>> {
        self.named().next().map(|kid| kid.node)
    }

    /// The first one that fills `field`.
    pub(super) fn field(&self, field: Field) -> Option<Node<'t>> {
        self.fields(field).next()
    }

    /// The named ones that fill `field`.
    pub(super) fn fields(&self, field: Field) -> impl Iterator<Item = Node<'t>> + '_ {
        self.named().filter(move |kid| kid.field == field).map(|kid| kid.node)
    }

    /// The operators among them.
    pub(super) fn operators(&self) -> impl Iterator<Item = &'t str> + '_ {
        self.iter()
            .filter(|kid| matches!(kid.field, Field::Operator | Field::Operators))
            .map(|kid| kid.node.kind())
    }

    /// The first one of a kind.
    pub(super) fn kind(&self, kind: Kind) -> Option<Node<'t>> {
        self.iter().find(|kid| kid.kind == kind).map(|kid| kid.node)
    }

    /// Whether `token` stands among them.
    pub(super) fn has_token(&self, token: &str) -> bool {
        self.iter()
            .any(|kid| kid.kind == Kind::Token && kid.node.kind() == token)
    }
}
