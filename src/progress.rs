//! A sign of life on the terminal, for runs that take a while.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mcp_lint::workspace::Progress;

/// Shorter runs show nothing.
const PATIENCE: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(100);

/// Shows progress on standard error until it is dropped.
pub(crate) struct Spinner {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Spinner {
    /// Starts watching, if standard error is a terminal that somebody looks at: pre-commit has one of its own, and prints
    /// all that was written there, and so do some build servers.
    pub(crate) fn start(progress: Arc<Progress>) -> Self {
        let is_watched = ["PRE_COMMIT", "CI"].iter().all(|name| std::env::var_os(name).is_none());
        if !io::stderr().is_terminal() || !is_watched {
            return Self {
                end: None,
                thread: None,
            };
        }
        let (end, ended) = mpsc::channel::<()>();
        let thread = thread::spawn(move || {
            let is_running = |wait| ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout);
            if !is_running(PATIENCE) {
                return;
            }
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
                bar.set_style(style);
            }
            while is_running(TICK) {
                bar.set_message(format!("{} files read", progress.files()));
                bar.tick();
            }
            bar.finish_and_clear();
        });
        Self {
            end: Some(end),
            thread: Some(thread),
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
