//! Every sentence the program says, in English and 简体中文, by room.

/// Makes constants of [`crate::text::Msg`] and a list of them all.
macro_rules! catalogue {
    ($($name:ident = $en:expr, $zh:expr;)*) => {
        $(
            #[doc = $en]
            pub const $name: $crate::text::Msg = $crate::text::Msg { en: $en, zh: $zh };
        )*
        /// All of this room's messages, for the tests that walk them.
        pub const ALL: &[(&str, $crate::text::Msg)] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use catalogue;

pub mod alerts;
pub mod archive;
pub mod bluesky;
pub mod calendar;
pub mod channels;
pub mod charts;
pub mod classes;
pub mod cockpit;
pub mod commands;
pub mod demo;
pub mod desk;
pub mod doctor;
pub mod figures;
pub mod file_connector;
pub mod import;
pub mod lint;
pub mod manual;
pub mod mastodon;
pub mod operators;
pub mod plain;
pub mod planning;
pub mod post_verbs;
pub mod posts;
pub mod privacy;
pub mod publishing;
pub mod refusals;
pub mod reports;
pub mod responses;
pub mod search;
pub mod service;
pub mod sla;
pub mod themes;
pub mod units;
pub mod upgrade;
pub mod upkeep;
pub mod verbs;
pub mod wechat;
pub mod wizard;
pub mod work;

/// The messages of every room, by the room's name, for the tests that walk them.
pub const ROOMS: &[(&str, &[(&str, super::Msg)])] = &[
    ("alerts", alerts::ALL),
    ("archive", archive::ALL),
    ("bluesky", bluesky::ALL),
    ("calendar", calendar::ALL),
    ("channels", channels::ALL),
    ("charts", charts::ALL),
    ("classes", classes::ALL),
    ("cockpit", cockpit::ALL),
    ("commands", commands::ALL),
    ("demo", demo::ALL),
    ("desk", desk::ALL),
    ("doctor", doctor::ALL),
    ("figures", figures::ALL),
    ("file_connector", file_connector::ALL),
    ("import", import::ALL),
    ("lint", lint::ALL),
    ("manual", manual::ALL),
    ("mastodon", mastodon::ALL),
    ("plain", plain::ALL),
    ("operators", operators::ALL),
    ("planning", planning::ALL),
    ("post_verbs", post_verbs::ALL),
    ("posts", posts::ALL),
    ("privacy", privacy::ALL),
    ("publishing", publishing::ALL),
    ("refusals", refusals::ALL),
    ("reports", reports::ALL),
    ("sla", sla::ALL),
    ("search", search::ALL),
    ("responses", responses::ALL),
    ("service", service::ALL),
    ("themes", themes::ALL),
    ("units", units::ALL),
    ("upgrade", upgrade::ALL),
    ("upkeep", upkeep::ALL),
    ("verbs", verbs::ALL),
    ("wechat", wechat::ALL),
    ("wizard", wizard::ALL),
    ("work", work::ALL),
];

#[cfg(test)]
mod tests {
    use super::ROOMS;
    use crate::text::Lang;

    #[test]
    fn every_room_is_walked() {
        let rooms = include_str!("mod.rs").lines().filter(|l| l.starts_with("pub mod ")).count();
        assert_eq!(ROOMS.len(), rooms);
    }

    #[test]
    fn every_message_is_whole_in_both_languages() {
        for (room, (name, msg)) in ROOMS.iter().flat_map(|(r, all)| all.iter().map(move |m| (r, m)))
        {
            for lang in Lang::ALL {
                let text = msg.raw(lang);
                assert!(!text.trim().is_empty(), "{room}: {name} says nothing in {lang:?}");
                assert_eq!(msg.say(lang), text, "{room}: {name} is not clean text in {lang:?}");
            }
            let [mut en, mut zh] = Lang::ALL.map(|lang| msg.places(lang));
            for places in [&mut en, &mut zh] {
                places.sort_unstable();
                places.dedup();
            }
            assert_eq!(en, zh, "{room}: {name} has other places to fill in each language");
        }
    }
}
