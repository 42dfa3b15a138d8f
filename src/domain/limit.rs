//! Whether a text is short enough for where it goes, counted as the platform counts.

use super::{Abilities, Queue, TextLimit};
use crate::text::count;
use crate::text::pieces::{Part, parts};
use serde::{Deserialize, Serialize};

/// A bound is near when less than so many thousandths of it are left.
const NEAR: i64 = 250;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Grapheme clusters: what a reader takes for one character.
    Characters,
    /// Unicode characters.
    CodePoints,
    /// Full-width characters; two half-width ones count as one.
    Wide,
    /// Bytes of UTF-8.
    Bytes,
}

/// How much of a bound a text takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// What the text has.
    pub used: u32,
    /// What it may have.
    pub most: u32,
    /// Of what.
    pub unit: Unit,
}

impl Measure {
    /// How much is left; negative when it is too long.
    pub fn left(self) -> i64 {
        i64::from(self.most) - i64::from(self.used)
    }

    /// True when the text is too long.
    pub fn is_over(self) -> bool {
        self.used > self.most
    }
}

/// The bounds of an answer on a channel: what its connector says, else what is common knowledge
/// of its platform.
pub fn of(platform: &str, queue: Queue, can: Option<&Abilities>) -> TextLimit {
    let none = TextLimit::default();
    if let Some(can) = can.filter(|can| can.limit != none) {
        return can.limit.clone();
    }
    match (platform, queue) {
        // A comment on Weibo: 140 characters, two half-width ones being one.
        ("weibo", Queue::Comments) => TextLimit { wide: Some(140), ..none },
        ("bluesky", Queue::Comments) => {
            TextLimit { graphemes: Some(300), bytes: Some(3000), ..none }
        }
        ("mastodon", _) => TextLimit { graphemes: Some(500), link: Some(23), ..none },
        // 280 of its own units, of which a full-width character takes two.
        ("x" | "twitter", Queue::Comments) => TextLimit { wide: Some(140), ..none },
        _ => none,
    }
}

impl TextLimit {
    /// The bound that a text comes nearest to, or is furthest over; `None` = there is no bound.
    pub fn measure(&self, text: &str) -> Option<Measure> {
        let counted = match self.link {
            // Of a link only the platform's length counts, of a person's address only the name.
            Some(_) => shortened(text),
            None => (0, None),
        };
        let links = self.link.unwrap_or(0).saturating_mul(counted.0);
        let rest = counted.1.as_deref().unwrap_or(text);
        let used = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(links);
        let measure = |most: Option<u32>, unit, n: &dyn Fn() -> u32| {
            most.map(|most| Measure { used: n(), most, unit })
        };
        let bounds = [
            measure(self.graphemes, Unit::Characters, &|| used(count::graphemes(rest))),
            measure(self.chars, Unit::CodePoints, &|| used(count::chars(rest))),
            measure(self.wide, Unit::Wide, &|| used(count::wide(rest))),
            measure(self.bytes, Unit::Bytes, &|| {
                u32::try_from(count::bytes(text)).unwrap_or(u32::MAX)
            }),
        ];
        // In parts of a thousand, so that bytes and characters compare. While none is near, the
        // first is told: it is the one that people think in.
        let share = |m: &Measure| (m.left() * 1_000 / i64::from(m.most.max(1))).min(NEAR);
        bounds.into_iter().flatten().min_by_key(share)
    }
}

/// How many links a text has, and what is left of it without them and without people's servers.
fn shortened(text: &str) -> (u32, Option<String>) {
    let mut links = 0;
    let mut rest = String::with_capacity(text.len());
    for part in parts(text) {
        match part {
            Part::Plain(text) => rest.push_str(text),
            Part::Mention { user, .. } => {
                rest.push('@');
                rest.push_str(user);
            }
            Part::Link(_) => links += 1,
        }
    }
    (links, Some(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn used(platform: &str, queue: Queue, text: &str) -> Option<(u32, u32, Unit)> {
        of(platform, queue, None).measure(text).map(|m| (m.used, m.most, m.unit))
    }

    #[rstest]
    #[case("weibo", "物流太慢", Some((4, 140, Unit::Wide)))]
    #[case("weibo", "abc", Some((2, 140, Unit::Wide)))]
    #[case("weibo", "好a好b", Some((3, 140, Unit::Wide)))]
    #[case("bluesky", "👨‍👩‍👧", Some((1, 300, Unit::Characters)))]
    #[case("mastodon", "see https://example.com/a/long/way now", Some((4 + 23 + 4, 500, Unit::Characters)))]
    #[case("mastodon", "@lu@far.example hi", Some((6, 500, Unit::Characters)))]
    #[case("douyin", "随便多长", None)]
    fn each_platform_counts_its_own_way(
        #[case] platform: &str,
        #[case] text: &str,
        #[case] want: Option<(u32, u32, Unit)>,
    ) {
        assert_eq!(used(platform, Queue::Comments, text), want);
    }

    #[test]
    fn the_bound_that_is_nearest_is_told() {
        // 150 families are half of the characters, and nearly all of the bytes.
        let families = "👨‍👩‍👧".repeat(150);
        let (n, most, unit) = used("bluesky", Queue::Comments, &families).unwrap();
        assert_eq!((n, most, unit), (2700, 3000, Unit::Bytes));
        let over = of("bluesky", Queue::Comments, None).measure(&"👨‍👩‍👧".repeat(170)).unwrap();
        assert!(over.is_over() && over.left() == -60);
    }

    #[test]
    fn what_a_connector_says_goes_before_what_is_known() {
        let can = Abilities {
            limit: TextLimit { chars: Some(2000), ..TextLimit::default() },
            ..Abilities::default()
        };
        let told = of("weibo", Queue::Comments, Some(&can)).measure("好").unwrap();
        assert_eq!((told.used, told.most, told.unit), (1, 2000, Unit::CodePoints));
        // One that says nothing leaves it at that.
        assert!(of("weibo", Queue::Comments, Some(&Abilities::default())).wide.is_some());
        assert_eq!(of("weibo", Queue::Messages, None), TextLimit::default());
    }
}
