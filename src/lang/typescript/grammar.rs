//! The symbols and fields of the two grammars as numbers.
//!
//! tree-sitter hands kinds out as C strings; comparing them at every node would cost more than the lowering itself.
//! The two dialects number their symbols differently, so each has a table.

use std::cell::RefCell;
use std::sync::OnceLock;

use tree_sitter::{Language, Node, Parser, Tree};

macro_rules! symbols {
    (named { $($named:ident = $named_text:literal,)* } tokens { $($token:ident = $token_text:literal,)* }) => {
        /// What a node is.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Kind {
            Error,
            /// Punctuation and keywords that carry no meaning of their own here.
            Other,
            $($named,)*
            $($token,)*
        }

        const NAMED: &[(&str, Kind)] = &[$(($named_text, Kind::$named),)*];
        const TOKENS: &[(&str, Kind)] = &[$(($token_text, Kind::$token),)*];
    };
}

macro_rules! fields {
    ($($field:ident = $text:literal,)*) => {
        /// The fields by which children are looked up.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Field { $($field,)* }

        const FIELDS: &[&str] = &[$($text,)*];
    };
}

symbols! {
    named {
        AbstractClassDeclaration = "abstract_class_declaration",
        AbstractMethodSignature = "abstract_method_signature",
        AccessibilityModifier = "accessibility_modifier",
        AddingTypeAnnotation = "adding_type_annotation",
        AmbientDeclaration = "ambient_declaration",
        Arguments = "arguments",
        Array = "array",
        ArrayPattern = "array_pattern",
        ArrayType = "array_type",
        ArrowFunction = "arrow_function",
        AsExpression = "as_expression",
        Asserts = "asserts",
        AssertsAnnotation = "asserts_annotation",
        AssignmentExpression = "assignment_expression",
        AssignmentPattern = "assignment_pattern",
        AugmentedAssignmentExpression = "augmented_assignment_expression",
        AwaitExpression = "await_expression",
        BinaryExpression = "binary_expression",
        BreakStatement = "break_statement",
        CallExpression = "call_expression",
        CallSignature = "call_signature",
        CatchClause = "catch_clause",
        Class = "class",
        ClassBody = "class_body",
        ClassDeclaration = "class_declaration",
        ClassHeritage = "class_heritage",
        ClassStaticBlock = "class_static_block",
        Comment = "comment",
        ComputedPropertyName = "computed_property_name",
        ConditionalType = "conditional_type",
        Constraint = "constraint",
        ConstructSignature = "construct_signature",
        ConstructorType = "constructor_type",
        ContinueStatement = "continue_statement",
        DebuggerStatement = "debugger_statement",
        Decorator = "decorator",
        DefaultType = "default_type",
        DoStatement = "do_statement",
        ElseClause = "else_clause",
        EmptyStatement = "empty_statement",
        EnumAssignment = "enum_assignment",
        EnumBody = "enum_body",
        EnumDeclaration = "enum_declaration",
        EscapeSequence = "escape_sequence",
        ExistentialType = "existential_type",
        ExportClause = "export_clause",
        ExportSpecifier = "export_specifier",
        ExportStatement = "export_statement",
        ExpressionStatement = "expression_statement",
        ExtendsClause = "extends_clause",
        ExtendsTypeClause = "extends_type_clause",
        False = "false",
        FinallyClause = "finally_clause",
        FlowMaybeType = "flow_maybe_type",
        ForInStatement = "for_in_statement",
        ForStatement = "for_statement",
        FormalParameters = "formal_parameters",
        FunctionDeclaration = "function_declaration",
        FunctionExpression = "function_expression",
        FunctionSignature = "function_signature",
        FunctionType = "function_type",
        GeneratorFunction = "generator_function",
        GeneratorFunctionDeclaration = "generator_function_declaration",
        GenericType = "generic_type",
        HashBangLine = "hash_bang_line",
        HtmlCharacterReference = "html_character_reference",
        Identifier = "identifier",
        IfStatement = "if_statement",
        ImplementsClause = "implements_clause",
        Import = "import",
        ImportAlias = "import_alias",
        ImportAttribute = "import_attribute",
        ImportClause = "import_clause",
        ImportRequireClause = "import_require_clause",
        ImportSpecifier = "import_specifier",
        ImportStatement = "import_statement",
        IndexSignature = "index_signature",
        IndexTypeQuery = "index_type_query",
        InferType = "infer_type",
        InstantiationExpression = "instantiation_expression",
        InterfaceBody = "interface_body",
        InterfaceDeclaration = "interface_declaration",
        InternalModule = "internal_module",
        IntersectionType = "intersection_type",
        JsxAttribute = "jsx_attribute",
        JsxClosingElement = "jsx_closing_element",
        JsxElement = "jsx_element",
        JsxExpression = "jsx_expression",
        JsxNamespaceName = "jsx_namespace_name",
        JsxOpeningElement = "jsx_opening_element",
        JsxSelfClosingElement = "jsx_self_closing_element",
        JsxText = "jsx_text",
        LabeledStatement = "labeled_statement",
        LexicalDeclaration = "lexical_declaration",
        LiteralType = "literal_type",
        LookupType = "lookup_type",
        MappedTypeClause = "mapped_type_clause",
        MemberExpression = "member_expression",
        MetaProperty = "meta_property",
        MethodDefinition = "method_definition",
        MethodSignature = "method_signature",
        Module = "module",
        NamedImports = "named_imports",
        NamespaceExport = "namespace_export",
        NamespaceImport = "namespace_import",
        NestedIdentifier = "nested_identifier",
        NestedTypeIdentifier = "nested_type_identifier",
        NewExpression = "new_expression",
        NonNullExpression = "non_null_expression",
        Null = "null",
        Number = "number",
        Object = "object",
        ObjectAssignmentPattern = "object_assignment_pattern",
        ObjectPattern = "object_pattern",
        ObjectType = "object_type",
        OmittingTypeAnnotation = "omitting_type_annotation",
        OptingTypeAnnotation = "opting_type_annotation",
        OptionalChain = "optional_chain",
        OptionalParameter = "optional_parameter",
        OptionalType = "optional_type",
        OverrideModifier = "override_modifier",
        Pair = "pair",
        PairPattern = "pair_pattern",
        ParenthesizedExpression = "parenthesized_expression",
        ParenthesizedType = "parenthesized_type",
        PredefinedType = "predefined_type",
        PrivatePropertyIdentifier = "private_property_identifier",
        Program = "program",
        PropertyIdentifier = "property_identifier",
        PropertySignature = "property_signature",
        PublicFieldDefinition = "public_field_definition",
        ReadonlyType = "readonly_type",
        Regex = "regex",
        RegexFlags = "regex_flags",
        RegexPattern = "regex_pattern",
        RequiredParameter = "required_parameter",
        RestPattern = "rest_pattern",
        RestType = "rest_type",
        ReturnStatement = "return_statement",
        SatisfiesExpression = "satisfies_expression",
        SequenceExpression = "sequence_expression",
        ShorthandPropertyIdentifier = "shorthand_property_identifier",
        ShorthandPropertyIdentifierPattern = "shorthand_property_identifier_pattern",
        SpreadElement = "spread_element",
        StatementBlock = "statement_block",
        StatementIdentifier = "statement_identifier",
        String = "string",
        StringFragment = "string_fragment",
        SubscriptExpression = "subscript_expression",
        Super = "super",
        SwitchBody = "switch_body",
        SwitchCase = "switch_case",
        SwitchDefault = "switch_default",
        SwitchStatement = "switch_statement",
        TemplateLiteralType = "template_literal_type",
        TemplateString = "template_string",
        TemplateSubstitution = "template_substitution",
        TemplateType = "template_type",
        TernaryExpression = "ternary_expression",
        This = "this",
        ThisType = "this_type",
        ThrowStatement = "throw_statement",
        True = "true",
        TryStatement = "try_statement",
        TupleType = "tuple_type",
        TypeAliasDeclaration = "type_alias_declaration",
        TypeAnnotation = "type_annotation",
        TypeArguments = "type_arguments",
        TypeAssertion = "type_assertion",
        TypeIdentifier = "type_identifier",
        TypeParameter = "type_parameter",
        TypeParameters = "type_parameters",
        TypePredicate = "type_predicate",
        TypePredicateAnnotation = "type_predicate_annotation",
        TypeQuery = "type_query",
        UnaryExpression = "unary_expression",
        Undefined = "undefined",
        UnionType = "union_type",
        UpdateExpression = "update_expression",
        VariableDeclaration = "variable_declaration",
        VariableDeclarator = "variable_declarator",
        WhileStatement = "while_statement",
        WithStatement = "with_statement",
        YieldExpression = "yield_expression",
    }
    tokens {
        Async = "async",
        Static = "static",
        Get = "get",
        Set = "set",
        Star = "*",
        TypeWord = "type",
        TypeofWord = "typeof",
        Using = "using",
        AwaitWord = "await",
        Comma = ",",
        Equals = "=",
        DefaultWord = "default",
        ReadonlyWord = "readonly",
        QuestionMark = "?",
        InWord = "in",
        ConstWord = "const",
        LetWord = "let",
        VarWord = "var",
        SemicolonWord = ";",
        GlobalWord = "global",
        ExtendsWord = "extends",
    }
}

fields! {
    Alias = "alias",
    Alternative = "alternative",
    Argument = "argument",
    Arguments = "arguments",
    Body = "body",
    Condition = "condition",
    Consequence = "consequence",
    Constructor = "constructor",
    Declaration = "declaration",
    Finalizer = "finalizer",
    Flags = "flags",
    Function = "function",
    Handler = "handler",
    Increment = "increment",
    Index = "index",
    IndexType = "index_type",
    Initializer = "initializer",
    Key = "key",
    Left = "left",
    Name = "name",
    Object = "object",
    Operator = "operator",
    Parameter = "parameter",
    Parameters = "parameters",
    Pattern = "pattern",
    ReturnType = "return_type",
    Right = "right",
    Source = "source",
    Type = "type",
    TypeArguments = "type_arguments",
    TypeParameters = "type_parameters",
    Value = "value",
}

/// One dialect's numbers.
pub(super) struct Grammar {
    language: Language,
    kinds: Vec<Kind>,
    fields: Vec<u16>,
}

impl Grammar {
    /// The grammar with or without JSX.
    pub(super) fn get(jsx: bool) -> &'static Self {
        static PLAIN: OnceLock<Grammar> = OnceLock::new();
        static JSX: OnceLock<Grammar> = OnceLock::new();
        if jsx {
            JSX.get_or_init(|| Self::new(tree_sitter_typescript::LANGUAGE_TSX.into()))
        } else {
            PLAIN.get_or_init(|| Self::new(tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into()))
        }
    }

    fn new(language: Language) -> Self {
        let count = u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
        let kinds = (0..count)
            .map(|id| {
                let name = language.node_kind_for_id(id).unwrap_or_default();
                let table = if language.node_kind_is_named(id) { NAMED } else { TOKENS };
                table
                    .iter()
                    .find(|(text, _)| *text == name)
                    .map_or(Kind::Other, |(_, kind)| *kind)
            })
            .collect();
        let fields = FIELDS
            .iter()
            .map(|name| language.field_id_for_name(name).map_or(0, std::num::NonZero::get))
            .collect();
        Self {
            language,
            kinds,
            fields,
        }
    }

    /// What a node is.
    pub(super) fn kind(&self, node: Node<'_>) -> Kind {
        if node.is_error() {
            return Kind::Error;
        }
        self.kinds
            .get(usize::from(node.kind_id()))
            .copied()
            .unwrap_or(Kind::Other)
    }

    /// The number of a field.
    pub(super) fn field(&self, field: Field) -> u16 {
        self.fields.get(field as usize).copied().unwrap_or(0)
    }
}

thread_local! {
    static PARSERS: RefCell<[Option<Parser>; 2]> = const { RefCell::new([None, None]) };
}

/// Parses a text with this thread's parser. `None` when the parser gave up: its work is bounded by the text's length,
/// so that a text made to be ambiguous cannot hold the run up.
pub(super) fn parse(text: &str, jsx: bool) -> Option<Tree> {
    PARSERS.with(|parsers| {
        let mut parsers = parsers.try_borrow_mut().ok()?;
        let slot = parsers.get_mut(usize::from(jsx))?;
        if slot.is_none() {
            let mut parser = Parser::new();
            parser.set_language(&Grammar::get(jsx).language).ok()?;
            *slot = Some(parser);
        }
        let parser = slot.as_mut()?;
        let bytes = text.as_bytes();
        let mut left = 10_000 + bytes.len().saturating_mul(CALLS_PER_BYTE);
        let mut progress = |_: &tree_sitter::ParseState| {
            left = left.saturating_sub(1);
            if left == 0 {
                std::ops::ControlFlow::Break(())
            } else {
                std::ops::ControlFlow::Continue(())
            }
        };
        let tree = parser.parse_with_options(
            &mut |offset, _| bytes.get(offset..).unwrap_or_default(),
            None,
            Some(tree_sitter::ParseOptions::new().progress_callback(&mut progress)),
        );
        if tree.is_none() {
            parser.reset();
        }
        tree
    })
}

/// How often the parser may report progress for each byte of text. It reports about once in a hundred operations and
/// real code needs far less than one operation a byte.
const CALLS_PER_BYTE: usize = 1;
