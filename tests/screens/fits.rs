//! No sentence of ours is cut off: whatever the snapshots show, at every size and in both
//! languages.

use dutydesk::text::Lang;
use dutydesk::text::catalogue::ROOMS;

/// Rooms whose sentences a command line prints; one may begin as a channel's name does.
const OFF_SCREEN: [&str; 6] =
    ["bluesky", "mastodon", "wechat", "file_connector", "import", "verbs"];

/// Behind a filter of the operator's own, which may be as long as they like.
const BEHIND_OWN_TEXT: [&str; 4] = ["BY_DUE", "BY_WEIGHT", "BY_OLDEST", "BY_NEWEST"];

/// What stands before a mark of cut text, back to where its cell begins.
fn cut_texts(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices('…').map(|(at, _)| {
        let before = &line[..at];
        let begins = ["  ", "│", " · ", " - ", "\"", "▸ "];
        let from = begins.iter().filter_map(|b| before.rfind(b).map(|i| i + b.len())).max();
        before[from.unwrap_or(0)..].trim()
    })
}

#[test]
fn no_sentence_of_ours_is_cut_off() {
    let sentences: Vec<(&str, &str)> = ROOMS
        .iter()
        .filter(|(room, _)| !OFF_SCREEN.contains(room))
        .flat_map(|(_, all)| all.iter())
        .filter(|(name, _)| !BEHIND_OWN_TEXT.contains(name))
        .flat_map(|(name, msg)| Lang::ALL.map(|lang| (*name, msg.raw(lang))))
        .collect();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let mut cut = Vec::new();
    for file in std::fs::read_dir(folder).expect("snapshots").flatten() {
        let path = file.path();
        if path.extension() != Some("snap".as_ref()) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("text");
        for line in text.lines() {
            for part in cut_texts(line).filter(|part| part.chars().count() >= 3) {
                let whole = |(_, raw): &&(&str, &str)| {
                    let rest = raw.strip_prefix(part);
                    rest.is_some_and(|rest| !["", "…"].contains(&rest))
                };
                if let Some((name, raw)) = sentences.iter().find(whole) {
                    let file = path.file_name().expect("a name").to_string_lossy().into_owned();
                    cut.push(format!("{file}: {name} {raw:?} as {part:?}"));
                }
            }
        }
    }
    cut.sort();
    cut.dedup();
    assert!(cut.is_empty(), "{}", cut.join("\n"));
}
