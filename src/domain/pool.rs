//! The topic pool: questions of customers that are worth an answer to everybody. The same question
//! again raises the count of the one that is there.

use super::{ChannelId, MessageRef, OperatorName, Time, words};
use serde::{Deserialize, Serialize};

/// The most topics of a pool.
pub const MOST_TOPICS: usize = 1_000;
/// The most times a topic remembers one by one; more are only counted.
pub const MOST_ASKED: usize = 40;
/// The longest note in bytes.
pub const MOST_NOTE: usize = 500;
/// The most marks that are kept of a text.
const MOST_MARKS: usize = 160;
/// The share of marks, in hundredths, from which on two questions are the same one.
const SAME: usize = 50;

/// The longest title in bytes, and the longest link.
pub const MOST_TITLE: usize = 300;
/// See [`MOST_TITLE`].
pub const MOST_LINK: usize = 1_000;

/// Where a topic comes from.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Customers asked.
    #[default]
    AudienceQuestion,
    /// Something that many talk about.
    Trend,
    /// Something that a competitor did.
    Competitor,
}

impl Origin {
    /// All of them.
    pub const ALL: [Origin; 3] = [Origin::AudienceQuestion, Origin::Trend, Origin::Competitor];

    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Origin::AudienceQuestion => "audience-question",
            Origin::Trend => "trend",
            Origin::Competitor => "competitor",
        }
    }
}

/// How much speaks for a topic, in points; see docs/planning.md.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// How often it was asked.
    pub asked: u32,
    /// How much the questions were liked.
    pub liked: u32,
    /// How fresh it is.
    pub fresh: u32,
    /// Where it comes from.
    pub origin: u32,
}

impl Score {
    /// All points together.
    pub fn total(self) -> u32 {
        self.asked + self.liked + self.fresh + self.origin
    }
}

/// Reckons a topic's score: 10·ln(1+times) for how often it was asked, 5·ln(1+likes) for the likes
/// of the questions, for freshness 20 points that halve every week (a trend: 30 that halve every
/// two days), and 5, 10, 5 points for a question, a trend and a competitor.
pub fn score(topic: &Topic, likes: u64, now: Time) -> Score {
    const DAY: f64 = 86_400_000.0;
    let (fresh, halves, origin) = match topic.origin {
        Origin::AudienceQuestion => (20.0, 7.0, 5),
        Origin::Trend => (30.0, 2.0, 10),
        Origin::Competitor => (20.0, 7.0, 5),
    };
    let age = topic.newest().map_or(f64::INFINITY, |at| (now - at).0.max(0) as f64 / DAY);
    let points = |x: f64| x.round() as u32;
    Score {
        asked: points(10.0 * f64::from(topic.times()).ln_1p()),
        liked: points(5.0 * (likes as f64).ln_1p()),
        fresh: points(fresh * (-age / halves).exp2()),
        origin,
    }
}

/// One time that a question was asked and sent to the pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The message.
    pub message: MessageRef,
    /// On which channel.
    pub channel: ChannelId,
    /// Who sent it to the pool.
    pub by: OperatorName,
    /// When.
    pub at: Time,
}

/// A topic of the pool. It refers to the question's text and does not hold it, so that erasing the
/// message erases it here too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its number.
    pub id: u64,
    /// Each time it was asked, oldest first; the first one's text is the topic's.
    pub asked: Vec<Asked>,
    /// Times that are counted alone.
    #[serde(default)]
    pub more: u32,
    /// What the operator had to say about it; may be empty.
    #[serde(default)]
    pub note: String,
    /// Marks of the first question's text, by which another is found to be the same.
    pub marks: Vec<u32>,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// What it is, of one that an operator added; else the first question's text is.
    #[serde(default)]
    pub title: String,
    /// A page that shows it.
    #[serde(default)]
    pub link: Option<String>,
    /// Who added it and when, where no question began it.
    #[serde(default)]
    pub added: Option<(OperatorName, Time)>,
}

impl Topic {
    /// How often it was asked.
    pub fn times(&self) -> u32 {
        u32::try_from(self.asked.len()).unwrap_or(u32::MAX).saturating_add(self.more)
    }

    /// When it was last asked or added.
    pub fn newest(&self) -> Option<Time> {
        self.asked.iter().map(|a| a.at).chain(self.added.iter().map(|(_, at)| *at)).max()
    }

    /// Whether this message is one of those it counts.
    pub fn has(&self, message: MessageRef) -> bool {
        self.asked.iter().any(|a| a.message == message)
    }
}

/// Marks of a text: numbers of its pairs of neighbouring letters, of its Chinese characters' pairs
/// likewise, without regard to case, width, punctuation and blanks.
pub fn marks(text: &str) -> Vec<u32> {
    let letters: Vec<char> = words::fold(words::beginning(text, 2_048))
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    let mut marks: Vec<u32> = match letters[..] {
        [] => Vec::new(),
        [one] => vec![mark(one, one)],
        _ => letters.windows(2).map(|pair| mark(pair[0], pair[1])).collect(),
    };
    marks.sort_unstable();
    marks.dedup();
    // The smallest numbers are as good a sample as any, and the same one for the same text.
    marks.truncate(MOST_MARKS);
    marks
}

fn mark(a: char, b: char) -> u32 {
    let hash = |h: u32, c: char| (h ^ u32::from(c)).wrapping_mul(0x0100_0193);
    let h = hash(hash(0x811c_9dc5, a), b);
    h ^ (h >> 15)
}

/// How much two texts have in common, 0 to 100, by their marks (sorted, no doubles).
pub fn likeness(a: &[u32], b: &[u32]) -> usize {
    let both = a.iter().filter(|m| b.binary_search(m).is_ok()).count();
    let all = a.len() + b.len() - both;
    (both * 100).checked_div(all).unwrap_or(0)
}

/// Whether two questions are the same one.
pub fn is_same(a: &[u32], b: &[u32]) -> bool {
    likeness(a, b) >= SAME
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("Do you ship to Germany?", "do you ship to germany", true)]
    #[case("Do you ship to Germany?", "do you also ship to Germany??", true)]
    #[case("Do you ship to Germany?", "When does the shop close", false)]
    #[case("敏感肌能用这款吗", "敏感肌可以用这款吗？", true)]
    #[case("敏感肌能用这款吗", "这款敏感肌能用吗", true)]
    #[case("敏感肌能用这款吗", "发票可以开公司抬头吗", false)]
    #[case("门店几点关门", "你们门店几点关门呀", true)]
    #[case("ＡＢＣ有货吗", "abc有货吗", true)]
    #[case("", "", false)]
    fn the_same_question_is_known_again(#[case] a: &str, #[case] b: &str, #[case] same: bool) {
        let (a, b) = (marks(a), marks(b));
        assert_eq!(is_same(&a, &b), same, "{}", likeness(&a, &b));
    }

    #[test]
    fn a_score_grows_with_questions_and_likes_and_fades() {
        let now = Time(1_767_571_200_000);
        let day = |n: i64| now - super::super::Span::hours(24 * n);
        let mut topic = Topic {
            id: 1,
            asked: Vec::new(),
            more: 0,
            note: String::new(),
            marks: Vec::new(),
            origin: Origin::Trend,
            title: "cold brew".into(),
            link: None,
            added: Some((OperatorName("bo".into()), day(0))),
        };
        let new = score(&topic, 0, now);
        assert_eq!(new, Score { asked: 0, liked: 0, fresh: 30, origin: 10 });
        topic.added = Some((OperatorName("bo".into()), day(2)));
        assert_eq!(score(&topic, 0, now).fresh, 15);
        topic.origin = Origin::AudienceQuestion;
        topic.more = 9;
        assert_eq!(score(&topic, 99, now), Score { asked: 23, liked: 23, fresh: 16, origin: 5 });
        assert_eq!(score(&topic, 99, now).total(), 67);
    }

    proptest! {
        #[test]
        fn a_text_is_like_itself_and_likeness_has_no_direction(a in "\\PC{1,60}", b in "\\PC{0,60}") {
            let (a, b) = (marks(&a), marks(&b));
            prop_assert_eq!(likeness(&a, &b), likeness(&b, &a));
            prop_assert!(a.is_empty() || likeness(&a, &a) == 100);
            prop_assert!(a.len() <= MOST_MARKS);
        }
    }
}
