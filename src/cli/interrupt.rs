//! Ctrl-C and SIGTERM as a wish to end early, for verbs that take long.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::unix::{SignalKind, signal};

/// What a shell reports for a program that SIGINT ended.
const INTERRUPTED: i32 = 130;

/// Sets `stop` at the first of them; the second one ends the program at once.
///
/// # Errors
/// When the system gives no thread or no signals.
pub fn watch(stop: &Arc<AtomicBool>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let (mut interrupts, mut terms) = {
        let _inside = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    let stop = Arc::clone(stop);
    let wait = async move {
        loop {
            tokio::select! {
                _ = interrupts.recv() => {}
                _ = terms.recv() => {}
            }
            if stop.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED);
            }
        }
    };
    std::thread::Builder::new()
        .name("interrupt".into())
        .spawn(move || runtime.block_on(wait))
        .map(|_| ())
}
