//! Rows by callee.

use rustc_hash::FxHashMap;

use super::{
    ActKind, ActRow, AliasRow, Does, EffectRow, Frameworks, NetworkRows, OwnRows, Practices, ProgramRow, PropagatorRow,
    Registrations, RowFile, SanitizerRow, SinkRow, SourceKind, SourceRow, Wording,
};
use crate::ir::{Language, Name};

/// All rows that speak of one callee.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Sinks.
    pub sinks: Vec<SinkRow>,
    /// Sanitizers.
    pub sanitizers: Vec<SanitizerRow>,
    /// Propagators.
    pub propagators: Vec<PropagatorRow>,
    /// Sources.
    pub sources: Vec<SourceRow>,
    /// The argument that its result stands for (`util.promisify`).
    pub alias: Option<AliasRow>,
}

/// The rows of one language.
#[derive(Debug, Default)]
struct Table {
    entries: FxHashMap<Name, Entry>,
    /// Rows that speak of the project's own functions, too, by bare name.
    own: FxHashMap<Name, (Name, Entry)>,
    acts: FxHashMap<Name, Vec<ActRow>>,
    effects: FxHashMap<Name, Vec<EffectRow>>,
    /// The same of methods, whatever their receiver is, by their name alone.
    effects_of_methods: FxHashMap<String, Vec<EffectRow>>,
    renames: FxHashMap<String, String>,
    /// Prefixes of names, up to and with the last dot, under which properties are sources.
    properties: Vec<(String, SourceKind)>,
    /// Some row speaks of functions of the project itself.
    has_own: bool,
}

/// All rows.
#[derive(Debug, Default)]
pub struct Models {
    typescript: Table,
    python: Table,
    rust: Table,
    frameworks: Frameworks,
    network: NetworkRows,
    practices: Practices,
    programs: Vec<ProgramRow>,
    wording: Wording,
}

impl Models {
    /// The rows that ship with the program.
    ///
    /// # Errors
    /// When an embedded file is broken, which a test excludes.
    pub fn embedded() -> Result<Self, String> {
        let mut models = Self::default();
        for (language, name, text) in [
            (
                Language::TypeScript,
                "typescript.toml",
                include_str!("../../rules/models/typescript.toml"),
            ),
            (
                Language::TypeScript,
                "typescript-leaks.toml",
                include_str!("../../rules/models/typescript-leaks.toml"),
            ),
            (
                Language::TypeScript,
                "typescript-acts.toml",
                include_str!("../../rules/models/typescript-acts.toml"),
            ),
            (
                Language::TypeScript,
                "typescript-effects.toml",
                include_str!("../../rules/models/typescript-effects.toml"),
            ),
            (
                Language::Python,
                "python.toml",
                include_str!("../../rules/models/python.toml"),
            ),
            (
                Language::Python,
                "python-leaks.toml",
                include_str!("../../rules/models/python-leaks.toml"),
            ),
            (
                Language::Python,
                "python-acts.toml",
                include_str!("../../rules/models/python-acts.toml"),
            ),
            (
                Language::Python,
                "python-effects.toml",
                include_str!("../../rules/models/python-effects.toml"),
            ),
            (
                Language::Rust,
                "rust.toml",
                include_str!("../../rules/models/rust.toml"),
            ),
            (
                Language::Rust,
                "rust-leaks.toml",
                include_str!("../../rules/models/rust-leaks.toml"),
            ),
            (
                Language::Rust,
                "rust-acts.toml",
                include_str!("../../rules/models/rust-acts.toml"),
            ),
            (
                Language::Rust,
                "rust-effects.toml",
                include_str!("../../rules/models/rust-effects.toml"),
            ),
        ] {
            let file: RowFile = toml::from_str(text).map_err(|error| format!("rules/models/{name}: {error}"))?;
            models.add(language, file);
        }
        let file: Registrations = toml::from_str(include_str!("../../rules/models/sources.toml"))
            .map_err(|error| format!("rules/models/sources.toml: {error}"))?;
        models.frameworks.add(file.sdk, file.framework);
        models.network = toml::from_str(include_str!("../../rules/models/network.toml"))
            .map_err(|error| format!("rules/models/network.toml: {error}"))?;
        models.practices = toml::from_str(include_str!("../../rules/models/practices.toml"))
            .map_err(|error| format!("rules/models/practices.toml: {error}"))?;
        let file: RowFile = toml::from_str(include_str!("../../rules/models/programs.toml"))
            .map_err(|error| format!("rules/models/programs.toml: {error}"))?;
        models.programs = file.program;
        models.wording = toml::from_str(include_str!("../../rules/models/wording.toml"))
            .map_err(|error| format!("rules/models/wording.toml: {error}"))?;
        Ok(models)
    }

    fn table(&self, language: Language) -> &Table {
        match language {
            Language::TypeScript => &self.typescript,
            Language::Python => &self.python,
            Language::Rust => &self.rust,
        }
    }

    /// The rows that speak of a function by its name alone, even where the project defines it, and the name under which they stand.
    pub fn own(&self, language: Language, name: Name) -> Option<(Name, &Entry)> {
        self.table(language)
            .own
            .get(&name)
            .map(|(callee, entry)| (*callee, entry))
    }

    /// How SDKs register handlers.
    pub fn frameworks(&self) -> &Frameworks {
        &self.frameworks
    }

    /// How network servers listen and authenticate.
    pub fn network(&self) -> &NetworkRows {
        &self.network
    }

    /// The packages whose versions decide what something means.
    pub fn versioned(&self) -> Vec<&str> {
        let tables = [&self.typescript, &self.python, &self.rust];
        let sinks = tables.iter().flat_map(|table| table.entries.values());
        let below = sinks.flat_map(|entry| entry.sinks.iter().filter_map(|sink| sink.below.as_ref()));
        let mut found: Vec<&str> = below.map(|below| below.package.as_str()).collect();
        found.extend(self.network.packages());
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Adds the rows of a project. Where they speak of the same call as a row that ships, theirs count.
    pub fn extend(&mut self, rows: &OwnRows) {
        self.frameworks.add(rows.sdk.clone(), rows.framework.clone());
        self.add(Language::TypeScript, rows.typescript.clone());
        self.add(Language::Python, rows.python.clone());
        self.add(Language::Rust, rows.rust.clone());
    }

    /// Adds a file of rows.
    pub fn add(&mut self, language: Language, file: RowFile) {
        self.programs.extend(file.program);
        let table = match language {
            Language::TypeScript => &mut self.typescript,
            Language::Python => &mut self.python,
            Language::Rust => &mut self.rust,
        };
        let callees = (file.sink.iter().map(|row| &row.callee))
            .chain(file.sanitizer.iter().map(|row| &row.callee))
            .chain(file.propagator.iter().map(|row| &row.callee))
            .chain(file.source.iter().map(|row| &row.callee));
        table.has_own |= callees.flatten().any(|callee| callee.starts_with("own."));
        let entries = &mut table.entries;
        for row in file.sink {
            for callee in &row.callee {
                entries.entry(Name::new(callee)).or_default().sinks.push(row.clone());
                if let (true, Some(name)) = (row.own, callee.strip_prefix("*.")) {
                    let (_, entry) = table
                        .own
                        .entry(Name::new(name))
                        .or_insert_with(|| (Name::new(callee), Entry::default()));
                    entry.sinks.push(row.clone());
                }
            }
        }
        for row in file.effect {
            for callee in &row.callee {
                table.effects.entry(Name::new(callee)).or_default().push(row.clone());
                if let Some(method) = callee.strip_prefix("*.") {
                    let rows = table.effects_of_methods.entry(method.to_owned()).or_default();
                    rows.push(row.clone());
                }
            }
        }
        for row in file.sanitizer {
            for callee in &row.callee {
                entries
                    .entry(Name::new(callee))
                    .or_default()
                    .sanitizers
                    .push(row.clone());
            }
        }
        for row in file.propagator {
            for callee in &row.callee {
                entries
                    .entry(Name::new(callee))
                    .or_default()
                    .propagators
                    .push(row.clone());
            }
        }
        for row in file.source {
            for callee in &row.callee {
                match callee.strip_suffix('*') {
                    Some(prefix) => table.properties.push((prefix.to_owned(), row.kind)),
                    None => entries.entry(Name::new(callee)).or_default().sources.push(row.clone()),
                }
            }
        }
        for row in file.act {
            for callee in &row.callee {
                table.acts.entry(Name::new(callee)).or_default().push(row.clone());
            }
        }
        for row in file.alias {
            for name in &row.name {
                match &row.is {
                    Some(is) => {
                        table.renames.insert(name.clone(), is.clone());
                    }
                    None => entries.entry(Name::new(name)).or_default().alias = Some(row.clone()),
                }
            }
        }
    }

    /// Words and names by which practices are recognised.
    pub fn practices(&self) -> &Practices {
        &self.practices
    }

    /// What a call does besides, by the same names as [`Self::entry`].
    pub fn acts(&self, language: Language, callee: Name) -> &[ActRow] {
        self.table(language).acts.get(&callee).map_or(&[], Vec::as_slice)
    }

    /// The callees that do something for a whole server, wherever they are called.
    pub fn anywhere(&self, language: Language, does: ActKind) -> impl Iterator<Item = Name> {
        let acts = self.table(language).acts.iter();
        acts.filter(move |(_, rows)| rows.iter().any(|row| row.anywhere && row.does == does))
            .map(|(callee, _)| *callee)
    }

    /// The rows of a callee: by its qualified name after renaming, or `*.method` for a method whose receiver is not known.
    pub fn entry(&self, language: Language, callee: Name) -> Option<&Entry> {
        self.table(language).entries.get(&callee)
    }

    /// Whether any row of a language speaks of functions of the project itself (`own.name`).
    pub fn has_own(&self, language: Language) -> bool {
        self.table(language).has_own
    }

    /// What words say.
    pub fn wording(&self) -> &Wording {
        &self.wording
    }

    /// What a callee does to the world, by rows of its own; a method of a type without any does what methods of its name do.
    pub fn effects(&self, language: Language, callee: Name) -> &[EffectRow] {
        let table = self.table(language);
        let by_method = || {
            let (_, method) = callee.as_str().rsplit_once('.')?;
            table.effects_of_methods.get(method)
        };
        let rows = table.effects.get(&callee).or_else(by_method);
        rows.map_or(&[], Vec::as_slice)
    }

    /// What a program does with such a first argument that is no option.
    pub fn program(&self, program: &str, command: Option<&str>) -> Option<Does> {
        self.programs.iter().find_map(|row| {
            let fits = row.program.iter().any(|name| name == program)
                && (row.command.is_empty() || command.is_some_and(|word| row.command.iter().any(|have| have == word)));
            fits.then_some(row.does)
        })
    }

    /// What reading a name of a library yields, with the property's name, where a source row speaks of it.
    pub fn property(&self, language: Language, name: Name) -> Option<(SourceKind, &'static str)> {
        let table = self.table(language);
        let text = name.as_str();
        let open = table
            .properties
            .iter()
            .find_map(|(prefix, kind)| text.strip_prefix(prefix.as_str()).map(|rest| (*kind, rest)));
        open.or_else(|| {
            let row = table.entries.get(&name)?.sources.first()?;
            (row.kind == SourceKind::Environment).then_some((row.kind, ""))
        })
    }

    /// A qualified name with aliases applied (`fs/promises.readFile` → `fs.promises.readFile`, `tokio::fs::read` → `std::fs::read`):
    /// the longest prefix that ends at a separator and has an alias is replaced, until none has.
    pub fn canonical(&self, language: Language, name: Name) -> Name {
        let table = self.table(language);
        let mut current = name.as_str().to_owned();
        for _ in 0..4 {
            let ends = std::iter::once(current.len()).chain(
                current
                    .char_indices()
                    .rev()
                    .filter(|(_, c)| matches!(c, '.' | '/' | ':'))
                    .map(|(at, _)| at),
            );
            let found = ends.filter(|end| *end > 0).find_map(|end| {
                let prefix = current.get(..end)?;
                table.renames.get(prefix).map(|is| format!("{is}{}", &current[end..]))
            });
            match found {
                Some(next) if next != current => current = next,
                _ => break,
            }
        }
        Name::new(&current)
    }
}
