//! Rules about servers on the network.

pub mod disabled_tls_verification;
pub mod insecure_transport;
pub mod missing_auth;
pub mod missing_origin_check;
pub mod network_exposure;
pub mod permissive_cors;
pub mod shared_server_instance;
pub mod timing_unsafe_comparison;
pub mod token_passthrough;
pub mod weak_session_id;
mod words;
