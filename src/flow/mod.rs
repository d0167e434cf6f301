//! Taint: from the arguments of entry points to sinks, through functions, classes and files. Language-blind.
//!
//! The engine runs each handler on abstract values: a call of a project function is followed with the values it gets,
//! remembered by their identities, and bounded in depth and steps. Tests teach what they prove of exactly the value they
//! test (`fact::Facts`); a helper that throws, or returns nothing, when it is unhappy is a guard by its body.

mod acts;
mod addresses;
mod args;
mod catalogue;
mod collections;
mod construct;
mod detail;
mod details;
mod effects;
mod elements;
mod enclosing;
mod functions;
mod higher_order;
mod invoke;
mod known;
mod lookup;
mod operators;
mod panics;
mod propagators;
mod records;
mod sanitizers;
mod secrets;
mod structures;

mod bind;
mod branches;
mod call;
mod classes;
mod condition;
mod confinement;
mod engine;
mod eval;
mod exec;
mod external;
mod fact;
mod guards;
mod guards_sql;
mod marks;
mod meet;
mod methods;
mod names;
mod normalize;
mod own;
mod packages;
mod pattern;
mod replace;
mod request;
mod settings;
mod sinks;
mod sources;
mod state;
mod taint;
mod url;
mod value;

pub use acts::{Act, Acts};
pub use detail::Detail;
pub use effects::{Deed, Effect};
pub use engine::{Analysis, Capability, Limit};
pub use guards_sql::statement_parser;
pub use packages::analyze;
pub use secrets::words_of;
pub use settings::lifted_by_setting;
pub use sinks::Hit;
pub use value::{Flaw, Origin, Place, StepKind, TraceStep};
