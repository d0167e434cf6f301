//! Rules about servers on the network.

pub mod missing_auth;
pub mod network_exposure;
mod words;
