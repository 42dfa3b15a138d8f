//! What Mastodon and Bluesky answer: bodies, streams, the HTML in them, the links in our own texts. The
//! first byte says which.

use dutydesk::connect::bluesky::facets;
use dutydesk::connect::bluesky::records::{Person, Post, moment};
use dutydesk::connect::mastodon::{entities, html, stream};
use dutydesk::text::Shown;
use serde_json::Value;

pub fn run(bytes: &[u8]) {
    let Some((which, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    match which % 4 {
        0 => {
            let plain = html::text(&text);
            Shown::lines(&plain).iter().for_each(super::assert_shown);
        }
        1 => {
            let _ = serde_json::from_slice::<Vec<entities::Notification>>(rest);
            let _ = serde_json::from_slice::<entities::Status>(rest);
            let _ = serde_json::from_slice::<entities::Context>(rest);
            let _ = serde_json::from_slice::<entities::Instance>(rest);
            let _ = serde_json::from_slice::<entities::Scheduled>(rest);
            let Ok(value) = serde_json::from_slice::<Value>(rest) else { return };
            let _ = Person::view(&value);
            if let Some(post) = Post::view(&value) {
                let _ = (post.root(), post.parent(), moment(post.written()));
            }
        }
        2 => {
            let mut signs = 0;
            let _ = stream::hear(std::io::Cursor::new(rest.to_vec()), |_| {
                signs += 1;
                true
            });
            assert!(signs <= rest.len() + 1);
        }
        _ => {
            let mut last = 0;
            for (range, _) in facets::find(&text) {
                // Cut at characters, in order, never overlapping.
                assert!(
                    last <= range.start && text.get(range.clone()).is_some_and(|t| !t.is_empty())
                );
                last = range.end;
            }
        }
    }
}
