//! What is read: discovery, file kinds, text, spans and line index.

mod span;

pub use span::{FileId, Span};
