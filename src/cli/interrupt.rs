//! Ctrl-C and SIGTERM as a wish to end early, for verbs that take long.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::unix::{SignalKind, signal};

/// What a shell reports for a program that SIGINT ended.
const INTERRUPTED: i32 = 130;

/// As long as it lives, SIGINT and SIGTERM set the wish.
pub struct Watch {
    armed: Arc<AtomicBool>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        // The thread cannot be ended; from now on it looks away.
        self.armed.store(false, Ordering::Relaxed);
    }
}

/// Sets `stop` at the first of them; the second one ends the program at once.
///
/// # Errors
/// When the system gives no thread or no signals.
pub fn watch(stop: &Arc<AtomicBool>) -> io::Result<Watch> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let (mut interrupts, mut terms) = {
        let _inside = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    let armed = Arc::new(AtomicBool::new(true));
    let (stop, watching) = (Arc::clone(stop), Arc::clone(&armed));
    let wait = async move {
        loop {
            tokio::select! {
                _ = interrupts.recv() => {}
                _ = terms.recv() => {}
            }
            if watching.load(Ordering::Relaxed) && stop.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED);
            }
        }
    };
    std::thread::Builder::new()
        .name("interrupt".into())
        .spawn(move || runtime.block_on(wait))
        .map(|_| Watch { armed })
}
