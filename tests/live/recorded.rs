//! Answers of a real Mastodon, as somebody else recorded them.

use crate::peer::Peer;
use crate::shell::Desk;
use crate::site::Site;
use std::os::unix::fs::PermissionsExt;

/// When they were recorded, by a clock that started then: what is older than a week is not looked
/// for at the first start.
const THEN: &str = "@2026-10-15 12:00:00";

#[test]
fn recorded_answers_of_a_real_mastodon_are_understood() {
    let mut replay = Peer::start("mastodon-replay", &[]);
    replay.say("cassette test_notifications");
    let site = Site { desk: Desk::new() };
    let folder = site.desk.folder();
    let channels = format!(
        "[[channel]]\nid = \"live\"\nplatform = \"mastodon\"\nconnector = \"mastodon\"\n\
         [channel.settings]\nserver = \"{}\"\n",
        replay.text("url")
    );
    std::fs::write(folder.join("channels.toml"), channels).unwrap();
    std::fs::write(folder.join("secrets.toml"), "[live]\ntoken = \"x\"\n").unwrap();
    let only_ours = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(folder.join("secrets.toml"), only_ours).unwrap();
    site.start_off(THEN);
    site.live();
    let channel = site.channel();
    assert!(channel["account"].as_str().is_some_and(|a| a.starts_with('@')), "{channel}");
    site.wait("recorded mention", || (!site.messages().is_empty()).then_some(()));
    assert_eq!(site.channel()["rejected"], 0, "{}", site.channel());
}
