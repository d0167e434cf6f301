//! Tests of the Rust front end.
