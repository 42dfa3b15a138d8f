//! Looks out for writes that fail while somebody waits for them in sled.
//!
//! sled 0.34 writes on threads of its own. Where such a write was left to whoever was last to fill a
//! buffer (`Log::exit_reservation`), its failure is noted down, but nobody is told: a `flush` that
//! already waits for it waits for ever, and with it everybody who wants to read or write. A disk takes
//! its time to fail, so that somebody always waits. Any other `flush` finds the failure, and tells all.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long somebody may wait for a write that has failed, and how long a look lasts.
const LOOK: Duration = Duration::from_millis(500);

/// A thread that looks once in a while as long as there is something to wait for, and else sleeps.
pub(super) struct Lookout {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// How often somebody began to wait.
    begun: u64,
    waiting: bool,
    asleep: bool,
    over: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // It is whole after each line that changes it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lookout {
    /// Looks after this database. Without a thread nobody looks: no reason not to work.
    pub(super) fn over(db: &sled::Db) -> Lookout {
        let db = db.clone();
        Lookout::on(move || {
            // It sticks, so that this flush writes nothing: all it does is to tell of it.
            if db.context.global_error().is_err() {
                let _ = db.flush();
            }
        })
    }

    fn on(mut look: impl FnMut() + Send + 'static) -> Lookout {
        let shared = Arc::new(Shared::default());
        let theirs = shared.clone();
        let run = move || theirs.run(&mut look);
        let thread = std::thread::Builder::new().name("store lookout".into()).spawn(run).ok();
        Lookout { shared, thread }
    }

    /// Does what may wait for a write.
    pub(super) fn during<T>(&self, wait: impl FnOnce() -> T) -> T {
        let mut state = self.shared.state();
        state.begun += 1;
        state.waiting = true;
        // Woken for the first of many alone: they follow each other closely.
        if std::mem::take(&mut state.asleep) {
            self.shared.changed.notify_one();
        }
        drop(state);
        let done = wait();
        self.shared.state().waiting = false;
        done
    }
}

impl Shared {
    fn run(&self, look: &mut impl FnMut()) {
        let mut state = self.state();
        while !state.over {
            let before = state.begun;
            state =
                self.changed.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner).0;
            match (state.waiting, state.begun == before) {
                (true, true) => {
                    drop(state);
                    look();
                    state = self.state();
                }
                (false, true) if !state.over => {
                    state.asleep = true;
                    while state.asleep && !state.over {
                        state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                    }
                }
                _ => {}
            }
        }
    }
}

impl Drop for Lookout {
    fn drop(&mut self) {
        self.shared.state().over = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // It holds the database open. A panic of it has been told of already.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::mpsc;

    #[test]
    fn whoever_waits_long_is_looked_after_until_they_are_done() {
        let (looked, looks) = mpsc::channel();
        let lookout = Lookout::on(move || looked.send(()).unwrap_or(()));
        for _ in 0..2 {
            // Without a look this would never end.
            lookout.during(|| looks.recv().unwrap());
        }
        drop(lookout);
        // Its thread has ended: what was sent on the way is all there is.
        looks.iter().for_each(drop);
    }

    #[test]
    fn where_nobody_waits_it_sleeps_and_does_not_look() {
        let looks = Arc::new(AtomicU64::new(0));
        let counted = looks.clone();
        let lookout = Lookout::on(move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let sleeps = || {
            while !lookout.shared.state().asleep {
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        sleeps();
        assert_eq!(looks.load(Ordering::Relaxed), 0);
        lookout.during(|| assert!(!lookout.shared.state().asleep, "it is awake"));
        sleeps();
        // It ends from its sleep.
        drop(lookout);
    }
}
