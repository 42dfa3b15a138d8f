//! A cockpit whose process stands still (Ctrl-Z of its shell, a debugger, a machine that swaps) while
//! the desk is flooded: nobody else is held up, and when it goes on it shows the newest state.

mod shell;

use dutydesk::domain::Event;
use nix::sys::signal::{Signal, kill};
use shell::pty::Tty;
use shell::{Desk, ago, comment};

/// Far more than a socket holds of pushes.
const ROUNDS: usize = 60;
const EVENTS: usize = 200;

fn round(n: usize) -> Vec<Event> {
    let text = |i: usize| format!("round {n}, question {i}: {}", "where is my order? ".repeat(6));
    (0..EVENTS)
        .map(|i| comment(&format!("{n}-{i}"), &format!("customer {i}"), &text(i), 0, ago(5)))
        .collect()
}

#[test]
fn it_harms_nobody_and_shows_the_newest_state_when_it_goes_on() {
    let desk = Desk::new();
    desk.ingest(vec![comment("first", "kai", "do you ship to Germany?", 0, ago(9))]);
    let mut stopped = Tty::cockpit(&desk, "amy", 120, 40);
    stopped.see("do you ship to Germany?");
    kill(stopped.pid(), Signal::SIGSTOP).unwrap();
    let mut live = Tty::cockpit(&desk, "bo", 120, 40);
    live.see("do you ship to Germany?");
    let before = stopped.bytes();
    for n in 0..ROUNDS {
        desk.ingest(round(n));
    }
    // The newest is seen, and work goes on.
    desk.ingest(vec![comment("last", "Maria", "the very newest question", 230, ago(1))]);
    live.see("the very newest question");
    live.keys("ggd");
    live.see_gone("the very newest question");
    assert_eq!(stopped.bytes(), before, "it stands still");

    desk.ingest(vec![comment("after", "Maria", "one more, quickly", 240, ago(1))]);
    // Rows do not move under the cursor: whoever wants the newest goes to the top.
    live.keys("gg");
    live.see("one more, quickly");
    kill(stopped.pid(), Signal::SIGCONT).unwrap();
    stopped.keys("gg");
    stopped.see("one more, quickly");
    // It works again, too.
    stopped.keys("?");
    stopped.see("Keys");
    stopped.keys("\x1b");
    stopped.see_gone("Keys");
    stopped.keys("q");
    assert_eq!(stopped.end().0, 0);
}
