//! What rules that judge a server as a whole may look at, and how they word what they found.

use crate::deploy::{ConfigKind, Deploy};
use crate::document::{Document, Documents};
use crate::finding::{Confidence, Finding, Location, Severity, Step, Tier};
use crate::flow::{Analysis, Place};
use crate::ir::Module;
use crate::models::Models;
use crate::project::{FuncRef, ModuleId, Project};
use crate::rules;
use crate::secrets::Secret;
use crate::server::Server;
use crate::workspace::{FileId, Role, Span, Workspace};

/// The facts of a run, for rules without a flow of their own.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The files.
    pub workspace: &'a Workspace,
    /// The modules, joined.
    pub project: &'a Project,
    /// The rows.
    pub models: &'a Models,
    /// What the servers offer.
    pub server: &'a Server,
    /// What was followed.
    pub analysis: &'a Analysis,
    /// The files of settings, as values.
    pub documents: &'a Documents<'a>,
    /// Those of them that are known.
    pub deploy: &'a Deploy,
    /// The secrets in the files.
    pub secrets: &'a [Secret],
    /// What the flow rules found, unsorted.
    pub found: &'a [Finding],
    /// Whether tests and fixtures are judged too.
    pub include_tests: bool,
}

impl<'a> Context<'a> {
    /// The modules that are judged: source that ships, and examples.
    pub fn modules(&self) -> impl Iterator<Item = (ModuleId, &'a Module)> + use<'a> {
        let context = *self;
        self.project.modules().filter(move |(id, _)| context.judges(*id))
    }

    /// Whether a module is judged at all.
    pub fn judges(&self, module: ModuleId) -> bool {
        self.include_tests || self.role(module).ships()
    }

    /// What the module's file is for.
    pub fn role(&self, module: ModuleId) -> Role {
        self.workspace.file(self.project.module(module).file).role
    }

    /// A place of a module as a location of the report.
    pub fn location(&self, module: ModuleId, span: Span) -> Location {
        rules::location(self.project, Place { module, span })
    }

    /// The files of settings of a kind, each with what it holds.
    pub fn configs(&self, kind: ConfigKind) -> impl Iterator<Item = (FileId, &'a Document)> {
        self.deploy.all(kind, self.documents)
    }

    /// Whether a file of settings is there to be copied or tried, by its folder or its name: what is wrong in it is wrong,
    /// but runs nowhere as it is.
    pub fn is_sample(&self, file: FileId) -> bool {
        let file = self.workspace.file(file);
        let name = file.path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
        let says_so = words.any(|word| {
            matches!(
                word,
                "ci" | "demo"
                    | "dev"
                    | "development"
                    | "e2e"
                    | "example"
                    | "local"
                    | "sample"
                    | "template"
                    | "test"
                    | "tests"
            )
        });
        says_so || matches!(file.role, Role::Bench | Role::Example | Role::Fixture | Role::Test)
    }

    /// The name of a function, for the scope of a finding; empty for the top of a module and for functions without a name.
    pub fn scope(&self, func: FuncRef) -> String {
        let function = self.project.module(func.module).function(func.func);
        function.name.map_or_else(String::new, |name| name.as_str().to_owned())
    }
}

/// A finding in the making. Severity, tier and confidence come from the rule's page unless they are set.
#[derive(Clone, Debug)]
pub struct Draft {
    finding: Finding,
}

impl Draft {
    /// A finding of `rule` at `primary`; the first sentence of `message` stands alone as a title.
    pub fn new(rule: &str, primary: Location, message: impl Into<String>) -> Self {
        let meta = rules::get(rule);
        let severity = meta.map_or(Severity::Medium, |meta| meta.severity);
        let mut finding = Finding::new(rule, severity, primary, message);
        finding.tier = meta.map_or(Tier::Default, |meta| meta.tier);
        Self { finding }
    }

    /// What is to be seen at the primary location.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.finding.primary_label = label.into();
        self
    }

    /// What would clear it, in the SDK at hand.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.finding.help = Some(help.into());
        self
    }

    /// Something else that the reader should know.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.finding.notes.push(note.into());
        self
    }

    /// Another place that belongs to it.
    pub fn related(mut self, location: Location, label: impl Into<String>) -> Self {
        self.finding.related.push(Step {
            location,
            label: label.into(),
        });
        self
    }

    /// The next step on the path to the primary location.
    pub fn step(mut self, location: Location, label: impl Into<String>) -> Self {
        self.finding.trace.push(Step {
            location,
            label: label.into(),
        });
        self
    }

    /// How bad it is here, if not as the page says.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.finding.severity = severity;
        self
    }

    /// How sure it is here, if not high.
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.finding.confidence = confidence;
        self
    }

    /// The tier it is told in, if not the page's.
    pub fn tier(mut self, tier: Tier) -> Self {
        self.finding.tier = tier;
        self
    }

    /// The tool, resource or prompt it is about; it is the scope too unless one is set.
    pub fn tool(mut self, tool: impl Into<String>) -> Self {
        let tool = tool.into();
        if self.finding.scope.is_empty() {
            self.finding.scope.clone_from(&tool);
        }
        self.finding.tool = Some(tool);
        self
    }

    /// The argument it is about.
    pub fn parameter(mut self, parameter: impl Into<String>) -> Self {
        self.finding.parameter = Some(parameter.into());
        self
    }

    /// The function, server or key that encloses the primary location: part of the fingerprint.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.finding.scope = scope.into();
        self
    }

    /// The finding.
    pub fn build(self) -> Finding {
        self.finding
    }
}
