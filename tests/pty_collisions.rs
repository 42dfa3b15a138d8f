//! Several operators on one desk, in real terminals: nobody overtakes anybody, nobody is left behind
//! by a session that died, and no draft is lost.

mod shell;

use nix::sys::signal::{Signal, kill};
use rstest::rstest;
use shell::pty::Tty;
use shell::{Desk, ago, busy_desk, comment};

const URGENT: &str = "敏感肌能用这款吗";
const SEND: &str = "\x13";
const ESC: &str = "\x1b";

fn cockpit(desk: &Desk, who: &str) -> Tty {
    let tty = Tty::cockpit(desk, who, 120, 40);
    tty.see(URGENT);
    tty
}

/// The number of the most urgent comment.
fn urgent(desk: &Desk) -> String {
    desk.json(&["list", "--queue", "comments"])[0]["id"].to_string()
}

fn messages(desk: &Desk, id: &str) -> Vec<serde_json::Value> {
    desk.json(&["show", id])[0]["messages"].as_array().unwrap().clone()
}

fn replies(desk: &Desk, id: &str) -> Vec<String> {
    let all = messages(desk, id);
    let ours = all.iter().filter(|m| m["kind"] == "reply" && m["withdrawn_at"].is_null());
    ours.map(|m| m["text"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Asks the desk until it is so.
fn until(what: &str, mut so: impl FnMut() -> bool) {
    for _ in 0..600 {
        if so() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("never: {what}");
}

#[derive(Clone, Copy)]
enum By {
    Message,
    Note,
    Reply,
}

#[rstest]
#[case::message(By::Message)]
#[case::note(By::Note)]
#[case::reply(By::Reply)]
fn a_reply_that_was_overtaken_stops_shows_what_is_new_and_goes_with_one_key(#[case] by: By) {
    let desk = busy_desk();
    let id = urgent(&desk);
    let mut amy = cockpit(&desk, "amy");
    let mut bo = cockpit(&desk, "bo");
    amy.keys("rmine");
    amy.see("mine");
    bo.see("amy replying");
    match by {
        By::Message => {
            let mut event = comment("b2", "阿May", "NEWS", 0, ago(0));
            if let dutydesk::domain::Event::Message(m) = &mut event {
                m.in_reply_to = Some("b".into());
            }
            desk.ingest(vec![event]);
        }
        By::Note => bo.keys(&format!("mNEWS{SEND}")),
        By::Reply => bo.keys(&format!("rNEWS{SEND}")),
    }
    until("it came in", || messages(&desk, &id).len() == 2);
    // The writer is told while she writes, and may go on.
    amy.see("1 new since you began");
    amy.keys(SEND);
    amy.see("Not sent: 1 new");
    amy.see("NEWS");
    assert!(!replies(&desk, &id).contains(&"mine".to_owned()));
    amy.keys(SEND);
    until("sent anyway", || replies(&desk, &id).contains(&"mine".to_owned()));
}

#[test]
fn of_two_who_press_send_in_the_same_instant_one_goes_out_and_one_is_told() {
    let desk = busy_desk();
    let id = urgent(&desk);
    let mut amy = cockpit(&desk, "amy");
    let mut bo = cockpit(&desk, "bo");
    amy.keys("rfrom amy");
    bo.keys("rfrom bo");
    amy.see("from amy");
    bo.see("from bo");
    amy.keys(SEND);
    bo.keys(SEND);
    until("one of them", || replies(&desk, &id).len() == 1);
    let one = replies(&desk, &id).remove(0);
    let (told, text) = if one == "from amy" { (&bo, "from bo") } else { (&amy, "from amy") };
    let screen = told.see("Not sent: 1 new");
    assert!(screen.contains(text), "the draft stays: {screen}");
    assert_eq!(replies(&desk, &id).len(), 1);
}

#[test]
fn what_a_killed_cockpit_held_is_free_and_what_it_wrote_is_there() {
    let desk = busy_desk();
    let id = urgent(&desk);
    let mut amy = cockpit(&desk, "amy");
    let bo = cockpit(&desk, "bo");
    amy.keys("c");
    bo.wait("amy's claim", |s| s.contents().contains("amy"));
    until("claimed", || desk.json(&["show", &id])[0]["claimed_by"] == "amy");
    amy.keys("rhalf a sentence");
    bo.see("amy replying");
    // The draft is on the desk a moment after it was typed.
    until("kept", || {
        let shown = desk.json(&["--as", "amy", "show", &id]);
        shown[0]["draft"] == "half a sentence"
    });
    kill(amy.pid(), Signal::SIGKILL).unwrap();
    bo.see_gone("amy replying");
    until("free", || desk.json(&["show", &id])[0]["claimed_by"].is_null());
    // On another machine she goes on where she was; a colleague's cockpit shows nothing of it.
    let mut again = cockpit(&desk, "amy");
    again.keys("r");
    again.see("half a sentence");
    let mut other = cockpit(&desk, "chen");
    other.keys("r");
    other.see("Reply to");
    assert!(!other.screen().contains("half a sentence"));
}

#[test]
fn two_cockpits_of_one_operator_do_not_eat_each_others_draft() {
    let desk = busy_desk();
    let mut here = cockpit(&desk, "amy");
    let mut there = cockpit(&desk, "amy");
    here.keys("ralpha");
    here.see("alpha");
    there.keys("r");
    there.see("alpha");
    there.keys(" beta");
    there.see("alpha beta");
    here.see("alpha beta");
    here.see("changed this draft");
    here.keys(" gamma");
    there.see("alpha beta gamma");
}

#[test]
fn a_lead_takes_a_claim_over_and_its_holder_is_told() {
    let desk = busy_desk();
    let id = urgent(&desk);
    let mut amy = cockpit(&desk, "amy");
    let mut lead = cockpit(&desk, "lead");
    amy.keys("c");
    until("claimed", || desk.json(&["show", &id])[0]["claimed_by"] == "amy");
    lead.keys("c");
    lead.see("amy is working on");
    lead.keys("C");
    amy.see("lead took");
    until("taken", || desk.json(&["show", &id])[0]["claimed_by"] == "lead");
}

#[test]
fn who_is_mentioned_is_told_and_a_name_is_completed() {
    let desk = busy_desk();
    let id = urgent(&desk);
    let bo = cockpit(&desk, "bo");
    let mut amy = cockpit(&desk, "amy");
    amy.keys("mplease look @b");
    amy.see("Tab: bo");
    amy.keys(&format!("\t{SEND}"));
    bo.see("amy mentioned you");
    until("noted", || messages(&desk, &id).iter().any(|m| m["text"] == "please look @bo"));
}

#[test]
fn the_key_that_sends_and_the_one_that_leaves_are_heard_in_a_real_terminal() {
    // Ctrl-S stops the output of a terminal whose flow control is on: it must not here.
    let desk = busy_desk();
    let id = urgent(&desk);
    let mut amy = cockpit(&desk, "amy");
    amy.keys("rfirst");
    amy.see("first");
    amy.keys(SEND);
    until("by ctrl-s", || replies(&desk, &id) == ["first"]);
    amy.see_gone("sending");
    amy.keys("rkept");
    amy.see("kept");
    amy.keys(ESC);
    amy.see_gone("Reply to");
    // Left, not lost.
    amy.keys("r");
    amy.see("kept");
}

/// Read, claim, a canned reply with one edit, send, next: the edit apart, five keys.
#[test]
fn a_triage_drill_takes_five_keys_besides_the_edit() {
    let desk = busy_desk();
    let folder = desk.folder().join("responses");
    let text = "[[response]]\nname = \"suits\"\nlanguage = \"zh\"\ntext = \"{{author}}您好，{{?什么}}可以用。\"\n";
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("own.toml"), text).unwrap();
    let id = urgent(&desk);
    let mut amy = cockpit(&desk, "amy");
    // Read: the conversation stands beside or below the list, without a key.
    amy.see("阿May");
    let keys = ["c", "z", "c", "\r", SEND];
    for key in &keys[..4] {
        amy.keys(key);
    }
    amy.see("阿May您好，可以用。");
    amy.keys("敏感肌也");
    amy.see("阿May您好，敏感肌也可以用。");
    amy.keys(keys[4]);
    until("sent", || replies(&desk, &id) == ["阿May您好，敏感肌也可以用。"]);
    // Next: the cursor is on it already.
    until("the next one", || {
        let screen = amy.screen();
        screen.lines().any(|l| l.starts_with('▌') && (l.contains("kai") || l.contains("小鹿")))
    });
}

#[test]
fn a_hundred_thousand_characters_are_pasted_and_typed_on() {
    let desk = busy_desk();
    let mut amy = cockpit(&desk, "amy");
    amy.keys("r");
    let paste = "物流太慢了，三天没发货。\r".repeat(8_000);
    amy.keys(&format!("\x1b[200~{paste}\x1b[201~"));
    amy.see("too many");
    amy.keys("THE END");
    amy.see("THE END");
    amy.keys(SEND);
    amy.see("Not sent");
    amy.keys(ESC);
    amy.see(URGENT);
}
