//! 200 answers while everything goes wrong: each is on the platform exactly once, or shown as
//! unconfirmed; of the comments none is missing and none is there twice.

use crate::bluesky::Bluesky;
use crate::peer::Peer;
use crate::site::{Platform, Site};
use crate::snac::Snac;
use dutydesk::domain::ChannelId;
use dutydesk::wire::channel::{ChannelAsk, NewChannel};
use dutydesk::wire::message::Ask;
use std::time::Duration;

/// Moments after the order to answer, in milliseconds: each step of a send is hit by some of them.
const MOMENTS: [u64; 10] = [0, 3, 8, 15, 25, 40, 60, 90, 130, 220];
/// How many kills of a connector in a row: each makes the desk wait longer.
const KILLS: usize = 4;

/// What goes wrong while a group of answers is sent.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    Nothing,
    DaemonKilled,
    ConnectorKilled,
    ServerDown,
    /// The request arrives, its answer does not.
    CutAfter,
    /// The request does not arrive.
    CutBefore,
    TooMany,
    ServerError,
    /// The answer is lost, and then the daemon is killed.
    CutAndKilled,
    /// The connector is killed while the server does not answer.
    HangAndKilled,
}

const ALL: [Wrong; 10] = [
    Wrong::Nothing,
    Wrong::DaemonKilled,
    Wrong::ConnectorKilled,
    Wrong::ServerDown,
    Wrong::CutAfter,
    Wrong::CutBefore,
    Wrong::TooMany,
    Wrong::ServerError,
    Wrong::CutAndKilled,
    Wrong::HangAndKilled,
];

/// Answers in each group.
const GROUP: usize = 10;

struct Trial<'a, P: Platform> {
    platform: &'a P,
    site: Site,
    proxy: Peer,
    /// What a send looks like to the proxy.
    sends: &'a str,
    /// Takes the server down, or brings it back.
    power: &'a dyn Fn(bool),
}

impl<P: Platform> Trial<'_, P> {
    fn run(&mut self) {
        self.site.start();
        self.site.live();
        let post = self.platform.publish("What would you like to know?");
        let mut comments = Vec::new();
        let mut tally = std::collections::BTreeMap::new();
        for (g, wrong) in ALL.into_iter().enumerate() {
            let began = std::time::Instant::now();
            let texts: Vec<String> = (0..GROUP).map(|n| format!("question {g}-{n}")).collect();
            let group = self.platform.shown_comments(&post, &texts);
            let asked: Vec<u64> = group.iter().map(|c| self.site.see(c)).collect();
            let text = |n: usize| format!("answer {g}-{n} to you");
            self.send(wrong, &asked, &text);
            for (n, id) in asked.iter().enumerate() {
                let end = self.site.settled(*id, &text(n));
                let there = self.platform.answers(&group[n]);
                let ours = there.iter().filter(|t| t.contains(&text(n))).count();
                match end.as_str() {
                    "sent" => assert_eq!(ours, 1, "{wrong:?} {}: {there:?}", text(n)),
                    "unconfirmed" => assert!(ours <= 1, "{wrong:?} {}: {there:?}", text(n)),
                    other => panic!("{wrong:?} {}: {other}: {}", text(n), self.site.show(*id)),
                }
                *tally.entry(end).or_insert(0) += 1;
            }
            println!("{wrong:?}: {GROUP} answers, {:.1} s", began.elapsed().as_secs_f64());
            comments.extend(group);
        }
        println!("in all: {tally:?}");
        // What was sent stays sent, and once: nothing comes after.
        std::thread::sleep(Duration::from_secs(5));
        let all = self.site.messages();
        for comment in &comments {
            let times = all.iter().filter(|(_, m)| m["id"] == **comment).count();
            assert_eq!(times, 1, "{comment}");
            assert_eq!(self.platform.answers(comment).len(), 1, "{comment}");
        }
        let echoes = all.iter().filter(|(_, m)| {
            m["operator"].is_null()
                && m["withdrawn_at"].is_null()
                && m["text"].as_str().unwrap().contains("answer ")
        });
        assert_eq!(echoes.count(), 0, "no answer of ours is told a second time");
    }

    fn fault(&mut self, n: usize, how: &str) {
        let sends = self.sends;
        self.proxy.say(&format!("fault {n} POST {sends} {how}"));
    }

    fn send(&mut self, wrong: Wrong, asked: &[u64], text: &impl Fn(usize) -> String) {
        match wrong {
            Wrong::CutAfter => self.fault(GROUP, "cut-after-request"),
            Wrong::CutBefore => self.fault(GROUP, "cut-before"),
            Wrong::TooMany => self.fault(5, "answer 429 1"),
            Wrong::ServerError => self.fault(4, "answer 503"),
            Wrong::CutAndKilled => self.fault(GROUP / 2, "cut-after-request"),
            Wrong::HangAndKilled => self.fault(2, "hang"),
            Wrong::ServerDown => (self.power)(false),
            Wrong::Nothing | Wrong::DaemonKilled | Wrong::ConnectorKilled => {}
        }
        for (n, id) in asked.iter().enumerate() {
            self.site.reply(*id, &text(n));
            let moment = Duration::from_millis(MOMENTS[n % MOMENTS.len()]);
            match wrong {
                Wrong::DaemonKilled => {
                    std::thread::sleep(moment);
                    self.site.kill_daemon();
                    self.site.start();
                }
                Wrong::CutAndKilled if n % 3 == 0 => {
                    std::thread::sleep(moment);
                    self.site.kill_daemon();
                    self.site.start();
                }
                Wrong::ConnectorKilled if n % 2 == 0 && n / 2 < KILLS => {
                    std::thread::sleep(moment);
                    self.site.kill_connector();
                }
                Wrong::HangAndKilled if n % 4 == 0 => {
                    std::thread::sleep(Duration::from_millis(500));
                    self.site.kill_connector();
                }
                _ => {}
            }
        }
        match wrong {
            Wrong::ServerDown => {
                std::thread::sleep(Duration::from_secs(2));
                (self.power)(true);
            }
            // One that never answers is cut at last.
            Wrong::HangAndKilled => {
                std::thread::sleep(Duration::from_secs(3));
                self.proxy.say("pass");
            }
            _ => {}
        }
    }
}

fn proxied(server: &str) -> (Peer, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("requests.log");
    (Peer::start("cut-proxy", &[server, log.to_str().unwrap()]), folder)
}

#[test]
fn a_hundred_answers_on_bluesky() {
    let bluesky = Bluesky::start();
    let (proxy, _log) = proxied(&bluesky.pds);
    let site = Site::new(&bluesky, &proxy.text("url"));
    let power = |on: bool| {
        let line = if on { "start pds" } else { "stop pds" };
        bluesky.network.lock().unwrap().say(line);
    };
    let sends = "/xrpc/com.atproto.repo.putRecord";
    Trial { platform: &bluesky, site, proxy, sends, power: &power }.run();
}

#[test]
fn a_hundred_answers_on_snac() {
    let snac = Snac::start();
    let (proxy, _log) = proxied(&snac.url);
    let site = Site::new(&snac, &proxy.text("url"));
    let power = |on: bool| {
        let line = if on { "start" } else { "kill" };
        snac.server.lock().unwrap().say(line);
    };
    Trial { platform: &snac, site, proxy, sends: "/api/v1/statuses", power: &power }.run();
}

/// Without its password or token the channel is blind and the answer waits; given a new one, it
/// goes out by itself, once.
fn a_revoked_secret(platform: &mut impl Platform, server: &str, connector: &str) {
    let site = Site::new(platform, server);
    site.start();
    site.live();
    let post = platform.publish("Spring roast");
    let comment = platform.shown_comment(&post, "when?");
    let id = site.see(&comment);
    let (name, old, new) = platform.revoke();
    // Tokens made of a password go with it, when it is started anew at the latest.
    site.kill_daemon();
    site.reply(id, "soon");
    site.wait("blind channel", || site.channel()["blind"].as_str().map(str::to_owned));
    assert_eq!(platform.answers(&comment).len(), 0);
    let held = site.delivery(id, "soon").unwrap();
    assert!(["waiting", "sending"].contains(&held.as_str()), "{held}");
    let log = site.channel()["log"].to_string();
    assert!(!log.contains(&old) && !log.contains("main-password"), "{log}");
    let new = NewChannel {
        id: "live".into(),
        platform: String::new(),
        title: String::new(),
        connector: connector.into(),
        command: vec![],
        settings: "{}".into(),
        secrets: [(name.to_owned(), new)].into(),
    };
    site.ask(Ask::Channel(ChannelAsk::Add(Box::new(new))));
    let said = site.ask(Ask::Channel(ChannelAsk::Test(ChannelId("live".into()))));
    println!("tested: {said:?}");
    site.live();
    assert_eq!(site.settled(id, "soon"), "sent");
    let there = platform.answers(&comment);
    assert!(there.len() == 1 && there[0].contains("soon"), "{there:?}");
}

#[test]
fn a_revoked_password_on_bluesky() {
    let mut bluesky = Bluesky::start();
    let server = bluesky.pds.clone();
    a_revoked_secret(&mut bluesky, &server, "bluesky");
}

#[test]
fn a_revoked_token_on_snac() {
    let mut snac = Snac::start();
    let server = snac.url.clone();
    a_revoked_secret(&mut snac, &server, "mastodon");
}

/// A token that is turned down in the middle of the work: the answer waits and goes out once.
fn a_token_turned_down(platform: &impl Platform, server: &str, sends: &str) {
    let (mut proxy, _log) = proxied(server);
    let site = Site::new(platform, &proxy.text("url"));
    site.start();
    site.live();
    let post = platform.publish("Autumn roast");
    let texts: Vec<String> = (0..5).map(|n| format!("token {n}?")).collect();
    let group = platform.shown_comments(&post, &texts);
    let asked: Vec<u64> = group.iter().map(|c| site.see(c)).collect();
    proxy.say(&format!("fault 3 POST {sends} answer 401"));
    for (n, id) in asked.iter().enumerate() {
        site.reply(*id, &format!("renewed {n}"));
    }
    for (n, id) in asked.iter().enumerate() {
        let text = format!("renewed {n}");
        assert_eq!(site.settled(*id, &text), "sent");
        assert_eq!(platform.answers(&group[n]).len(), 1, "{text}");
    }
    site.live();
}

#[test]
fn a_token_turned_down_on_bluesky() {
    let bluesky = Bluesky::start();
    a_token_turned_down(&bluesky, &bluesky.pds, "/xrpc/com.atproto.repo.putRecord");
}

#[test]
fn a_token_turned_down_on_snac() {
    let snac = Snac::start();
    a_token_turned_down(&snac, &snac.url, "/api/v1/statuses");
}

/// With the desk's clock a day off, comments still come in and answers go out once.
fn off_by_a_day(platform: &impl Platform, server: &str, sends: &str) {
    for by in ["-1d", "+1d"] {
        let (mut proxy, _log) = proxied(server);
        let site = Site::new(platform, &proxy.text("url"));
        site.start_off(by);
        site.live();
        let post = platform.publish("What time is it?");
        let texts: Vec<String> = (0..5).map(|n| format!("time {by} {n}")).collect();
        let group = platform.shown_comments(&post, &texts);
        let asked: Vec<u64> = group.iter().map(|c| site.see(c)).collect();
        proxy.say(&format!("fault 2 POST {sends} cut-after-request"));
        for (n, id) in asked.iter().enumerate() {
            site.reply(*id, &format!("late {by} {n} o'clock"));
        }
        for (n, id) in asked.iter().enumerate() {
            let text = format!("late {by} {n} o'clock");
            assert_eq!(site.settled(*id, &text), "sent");
            assert_eq!(platform.answers(&group[n]).len(), 1, "{text}");
        }
        assert_eq!(site.channel()["rejected"], 0, "{}", site.channel());
    }
}

#[test]
fn a_clock_that_is_a_day_off_on_bluesky() {
    let bluesky = Bluesky::start();
    off_by_a_day(&bluesky, &bluesky.pds, "/xrpc/com.atproto.repo.putRecord");
}

#[test]
fn a_clock_that_is_a_day_off_on_snac() {
    let snac = Snac::start();
    off_by_a_day(&snac, &snac.url, "/api/v1/statuses");
}
