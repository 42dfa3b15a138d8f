//! Posts that are out, with what became of them: a channel's own history, from which best times and
//! what a draft may bring are reckoned.

use super::post::Form;
use super::{ChannelId, Span, Time, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most bytes kept of a title.
pub const MOST_TITLE: usize = 240;
/// The most bytes kept of a text: its beginning.
pub const MOST_TEXT: usize = 480;
/// The most bytes of a link.
pub const MOST_LINK: usize = 1_024;
/// The most figures, and the most bytes of a name of one.
pub const MOST_FIGURES: usize = 24;
/// See [`MOST_FIGURES`].
pub const MOST_FIGURE_NAME: usize = 40;
/// The most posts of a channel that are looked at: the newest.
pub const MOST_READ: usize = 5_000;
/// The figure that is asked for when none is named.
pub const INTERACTIONS: &str = "interactions";
/// Figures that are interactions when a platform does not add them up itself.
const ADDED_UP: [&str; 8] =
    ["likes", "comments", "shares", "saves", "reposts", "quotes", "replies", "favourites"];
/// A post whose figures were read sooner than this is still growing.
const RIPE: Span = Span::hours(24);

/// A post that is out on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastPost {
    /// The channel.
    pub channel: ChannelId,
    /// Its platform, e.g. `douyin`.
    pub platform: String,
    /// The platform's id of it; unique on the channel.
    pub id: String,
    /// When it went out.
    pub at: Time,
    /// What it is.
    pub form: Form,
    /// Its title; may be empty.
    #[serde(default)]
    pub title: String,
    /// The beginning of its text; may be empty.
    #[serde(default)]
    pub text: String,
    /// How many characters title and text have together.
    #[serde(default)]
    pub length: u32,
    /// How many pictures and videos it has; `None` = nobody has said.
    #[serde(default)]
    pub media: Option<u32>,
    /// True when its reach was paid for.
    #[serde(default)]
    pub promoted: bool,
    /// The page that shows it.
    #[serde(default)]
    pub permalink: Option<String>,
    /// Figures by name: `likes`, `comments`, `shares`, `saves`, `reads`, `impressions`, ...
    pub values: BTreeMap<String, i64>,
    /// When the figures were read; `None` = nobody has said.
    #[serde(default)]
    pub read: Option<Time>,
}

impl PastPost {
    /// A figure of it by name. `interactions` is what the platform says they are, else the sum of
    /// likes, comments, shares, saves and the like. `None` = it is not told, or less than nothing.
    pub fn figure(&self, name: &str) -> Option<u64> {
        let told = |name: &str| self.values.get(name).and_then(|n| u64::try_from(*n).ok());
        match (told(name), name) {
            (None, INTERACTIONS) => {
                let parts: Vec<u64> = ADDED_UP.iter().filter_map(|name| told(name)).collect();
                (!parts.is_empty()).then(|| parts.iter().fold(0_u64, |a, b| a.saturating_add(*b)))
            }
            (told, _) => told,
        }
    }

    /// Whether its figures were read late enough to be compared with others.
    pub fn is_ripe(&self) -> bool {
        self.read.is_none_or(|read| read - self.at >= RIPE)
    }

    /// Cuts what is longer than it is kept: texts to their beginnings, figures to the first by name.
    pub fn cut(&mut self) {
        for (text, most) in [(&mut self.title, MOST_TITLE), (&mut self.text, MOST_TEXT)] {
            let kept = words::beginning(text, most).len();
            text.truncate(kept);
        }
        self.permalink = self.permalink.take().filter(|link| link.len() <= MOST_LINK);
        self.values.retain(|name, _| !name.is_empty() && name.len() <= MOST_FIGURE_NAME);
        while self.values.len() > MOST_FIGURES {
            self.values.pop_last();
        }
    }

    /// What is known of it with what a later report says. A report whose figures are older changes
    /// nothing of them.
    #[must_use]
    pub fn with(&self, later: PastPost) -> PastPost {
        let older = matches!((self.read, later.read), (Some(had), Some(read)) if read < had);
        let (mut values, newer) = match older {
            true => (later.values, &self.values),
            false => (self.values.clone(), &later.values),
        };
        values.extend(newer.iter().map(|(name, n)| (name.clone(), *n)));
        let read = self.read.max(later.read);
        let media = later.media.or(self.media);
        let permalink = later.permalink.or_else(|| self.permalink.clone());
        PastPost { values, read, media, permalink, ..later }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn post(values: &[(&str, i64)]) -> PastPost {
        PastPost {
            channel: ChannelId("weibo".into()),
            platform: "weibo".into(),
            id: "1".into(),
            at: Time(0),
            form: Form::ImageText,
            title: String::new(),
            text: String::new(),
            length: 0,
            media: None,
            promoted: false,
            permalink: None,
            values: values.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect(),
            read: None,
        }
    }

    #[rstest]
    #[case(&[("likes", 3), ("comments", 4), ("reads", 900)], "interactions", Some(7))]
    #[case(&[("likes", 3), ("interactions", 9)], "interactions", Some(9))]
    #[case(&[("reads", 900)], "interactions", None)]
    #[case(&[("reads", 900)], "reads", Some(900))]
    #[case(&[("likes", -1)], "likes", None)]
    fn figures_are_found_by_name(
        #[case] values: &[(&str, i64)],
        #[case] name: &str,
        #[case] figure: Option<u64>,
    ) {
        assert_eq!(post(values).figure(name), figure);
    }

    #[test]
    fn a_later_report_brings_newer_figures_and_an_older_one_none() {
        let mut first = post(&[("likes", 3), ("reads", 10)]);
        first.read = Some(Time(5));
        let mut second = post(&[("likes", 8)]);
        second.read = Some(Time(9));
        let both = first.with(second.clone());
        assert_eq!((both.figure("likes"), both.figure("reads")), (Some(8), Some(10)));
        let back = both.with(first);
        assert_eq!((back.figure("likes"), back.read), (Some(8), Some(Time(9))));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut long = post(&[]);
        long.text = "好".repeat(1_000);
        long.values = (0..99).map(|n| (format!("{n:02}"), n)).collect();
        long.cut();
        assert!(long.text.len() <= MOST_TEXT && long.text.len() > MOST_TEXT - 4);
        assert_eq!(long.values.len(), MOST_FIGURES);
    }
}
