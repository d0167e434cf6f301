//! Small projects of source snippets.

mod classes;
mod constants;
mod hostile;
mod python;
mod rust;
mod sdk;
mod support;
mod types;
mod typescript;
