//! What posts are made from: the asset library, and topics that operators put into the pool
//! themselves.

use super::command::{Name, Spec};
use super::pool::{Origin, Topic};
use super::post::{Content, MediaKind};
use super::{OperatorName, Time};
use crate::text::catalogue::planning as say;
use crate::text::{Lang, Msg, Shown};
use serde::{Deserialize, Serialize};

/// The most assets of a library.
pub const MOST_ASSETS: usize = 2_000;
/// The most bytes of a path or link.
pub const MOST_LINK: usize = 1_000;
/// The most bytes of what an asset shows.
pub const MOST_ALT: usize = 1_000;
/// The most bytes of a licence.
pub const MOST_LICENCE: usize = 200;
/// The most tags of an asset, and the most bytes of one.
pub const MOST_TAGS: usize = 16;
/// See [`MOST_TAGS`].
pub const MOST_TAG: usize = 40;

/// What is said of an asset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// What it is.
    pub kind: MediaKind,
    /// A path on the desk's machine, or an http(s) link.
    pub link: String,
    /// How large it is in bytes, if that is known.
    pub bytes: Option<u64>,
    /// What it shows, for those who cannot see it.
    pub alt: String,
    /// Under which licence it may be shown; empty = nobody has said.
    pub licence: String,
    /// Until when that holds; `None` = for good.
    pub until: Option<Time>,
    /// Tags.
    pub tags: Vec<String>,
}

/// A picture, video or file that posts are made from. The desk keeps the reference, not the thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// Its number.
    pub id: u64,
    /// What is said of it.
    #[serde(flatten)]
    pub about: About,
    /// Who added it.
    pub by: OperatorName,
    /// When.
    pub at: Time,
}

impl About {
    /// What is wrong with it; `None` = nothing.
    pub fn wrong(&self) -> Option<Refused> {
        let long = |has: usize, most: usize, what: Field| {
            (has > most).then_some(Refused::TooLong { what, most })
        };
        let is_link = |l: &str| l.starts_with("https://") || l.starts_with("http://");
        if self.link.trim().is_empty() || self.link.contains('\0') {
            return Some(Refused::NoLink);
        }
        if !is_link(&self.link) && !self.link.starts_with('/') {
            return Some(Refused::NoLink);
        }
        long(self.link.len(), MOST_LINK, Field::Link)
            .or_else(|| long(self.alt.len(), MOST_ALT, Field::Alt))
            .or_else(|| long(self.licence.len(), MOST_LICENCE, Field::Licence))
            .or_else(|| long(self.tags.len(), MOST_TAGS, Field::Tags))
            .or_else(|| {
                let longest = self.tags.iter().map(String::len).max().unwrap_or(0);
                long(longest, MOST_TAG, Field::Tag)
            })
    }

    /// True when its licence ends before this.
    pub fn ends_before(&self, when: Time) -> bool {
        self.until.is_some_and(|until| until < when)
    }
}

/// What of an asset or topic is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Field {
    /// The path or link.
    Link,
    /// What it shows.
    Alt,
    /// The licence.
    Licence,
    /// How many tags.
    Tags,
    /// A tag.
    Tag,
    /// A topic's title.
    Title,
}

/// What is done to the library and the pool, without its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LibraryVerb {
    /// Add an asset.
    AssetAdd,
    /// Change what is said of one.
    AssetEdit,
    /// Take one out.
    AssetDrop,
    /// Put a topic into the pool.
    TopicAdd,
    /// Take one out.
    TopicDrop,
}

/// What is done to the library and the pool, as it travels to the writer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LibraryAct {
    /// See [`LibraryVerb::AssetAdd`].
    AssetAdd(Box<About>),
    /// See [`LibraryVerb::AssetEdit`].
    AssetEdit {
        /// Which.
        id: u64,
        /// All that is said of it now.
        about: Box<About>,
    },
    /// See [`LibraryVerb::AssetDrop`].
    AssetDrop {
        /// Which.
        id: u64,
    },
    /// See [`LibraryVerb::TopicAdd`].
    TopicAdd {
        /// Where it comes from.
        origin: Origin,
        /// What it is, in a line.
        title: String,
        /// A page that shows it.
        link: Option<String>,
        /// What there is to say about it; may be empty.
        note: String,
    },
    /// See [`LibraryVerb::TopicDrop`].
    TopicDrop {
        /// Which.
        topic: u64,
    },
}

/// What an action changed of one, with both sides. What operators say of assets and topics is
/// kept in the journal; what customers wrote is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LibraryChange {
    /// An asset.
    Asset {
        /// Its number.
        id: u64,
        /// Before; `None` = it was not there.
        from: Option<Box<Asset>>,
        /// After; `None` = it is gone.
        to: Option<Box<Asset>>,
    },
    /// A topic.
    Topic {
        /// Its number.
        id: u64,
        /// Before.
        from: Option<Box<Topic>>,
        /// After.
        to: Option<Box<Topic>>,
    },
}

impl LibraryChange {
    /// The other way round.
    #[must_use]
    pub fn turned(self) -> LibraryChange {
        match self {
            LibraryChange::Asset { id, from, to } => {
                LibraryChange::Asset { id, from: to, to: from }
            }
            LibraryChange::Topic { id, from, to } => {
                LibraryChange::Topic { id, from: to, to: from }
            }
        }
    }

    /// The number of what it is about.
    pub fn number(&self) -> u64 {
        match self {
            LibraryChange::Asset { id, .. } | LibraryChange::Topic { id, .. } => *id,
        }
    }
}

/// Every row, in the order of the help.
pub const TABLE: &[Spec] = &[
    spec(LibraryVerb::AssetAdd, "asset add", say::ASSET_ADD),
    spec(LibraryVerb::AssetEdit, "asset edit", say::ASSET_EDIT),
    spec(LibraryVerb::AssetDrop, "asset drop", say::ASSET_DROP),
    spec(LibraryVerb::TopicAdd, "topics add", say::TOPIC_ADD),
    spec(LibraryVerb::TopicDrop, "topics drop", say::TOPIC_DROP),
];

const fn spec(name: LibraryVerb, verb: &'static str, summary: Msg) -> Spec {
    Spec { name: Name::Library(name), verb, arg: None, takes_ids: false, summary }
}

impl LibraryAct {
    /// Its name.
    pub fn verb(&self) -> LibraryVerb {
        match self {
            LibraryAct::AssetAdd(_) => LibraryVerb::AssetAdd,
            LibraryAct::AssetEdit { .. } => LibraryVerb::AssetEdit,
            LibraryAct::AssetDrop { .. } => LibraryVerb::AssetDrop,
            LibraryAct::TopicAdd { .. } => LibraryVerb::TopicAdd,
            LibraryAct::TopicDrop { .. } => LibraryVerb::TopicDrop,
        }
    }
}

impl LibraryVerb {
    /// What it is called once it is done.
    pub fn done(self) -> Msg {
        match self {
            LibraryVerb::AssetAdd => say::DID_ASSET_ADD,
            LibraryVerb::AssetEdit => say::DID_ASSET_EDIT,
            LibraryVerb::AssetDrop => say::DID_ASSET_DROP,
            LibraryVerb::TopicAdd => say::DID_TOPIC_ADD,
            LibraryVerb::TopicDrop => say::DID_TOPIC_DROP,
        }
    }
}

/// Why something was not done to the library or the pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// No asset has this number.
    NoSuchAsset(u64),
    /// The same path or link is there already.
    AssetThere(u64),
    /// Posts are made from it.
    AssetInUse {
        /// Which.
        id: u64,
        /// In so many posts.
        posts: u32,
    },
    /// It holds as many as it may.
    LibraryFull(usize),
    /// Neither a whole path nor an http(s) link.
    NoLink,
    /// Longer than it is kept.
    TooLong {
        /// What.
        what: Field,
        /// At most so many bytes, or tags.
        most: usize,
    },
    /// No topic has this number.
    NoSuchTopic(u64),
    /// A topic without a title.
    NoTitle,
    /// Somebody has changed it since.
    ChangedSince,
}

impl Refused {
    /// The sentence.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            Refused::NoSuchAsset(id) => say::NO_SUCH_ASSET.fill(lang, &[("id", id)]),
            Refused::AssetThere(id) => say::ASSET_THERE.fill(lang, &[("id", id)]),
            Refused::AssetInUse { id, posts } => {
                say::ASSET_IN_USE.fill(lang, &[("id", id), ("posts", posts)])
            }
            Refused::LibraryFull(most) => say::LIBRARY_FULL.fill(lang, &[("most", most)]),
            Refused::NoLink => say::NO_ASSET_LINK.say(lang),
            Refused::TooLong { what, most } => {
                let what = match what {
                    Field::Link => say::FIELD_LINK,
                    Field::Alt => say::FIELD_ALT,
                    Field::Licence => say::FIELD_LICENCE,
                    Field::Tags => say::FIELD_TAGS,
                    Field::Tag => say::FIELD_TAG,
                    Field::Title => say::FIELD_TITLE,
                };
                say::FIELD_TOO_LONG.fill(lang, &[("what", &what.say(lang)), ("most", most)])
            }
            Refused::NoSuchTopic(id) => say::NO_SUCH_TOPIC.fill(lang, &[("id", id)]),
            Refused::NoTitle => say::NO_TITLE.say(lang),
            Refused::ChangedSince => say::LIBRARY_CHANGED.say(lang),
        }
    }
}

/// Gives media that name an asset its link, size, alt text and licence, where they do not say
/// their own.
///
/// # Errors
/// The number of an asset that is not there.
pub fn fill(content: &mut Content, find: impl Fn(u64) -> Option<Asset>) -> Result<(), Refused> {
    for media in &mut content.media {
        let Some(id) = media.asset else { continue };
        let Asset { about, .. } = find(id).ok_or(Refused::NoSuchAsset(id))?;
        media.kind = about.kind;
        media.link = about.link;
        media.bytes = about.bytes.or(media.bytes);
        if media.alt.is_empty() {
            media.alt = about.alt;
        }
        if media.licence.is_empty() {
            media.licence = about.licence;
        }
    }
    Ok(())
}

/// What a file or link is, by the ending of its name.
pub fn kind_of(link: &str) -> MediaKind {
    let name = link.split(['?', '#']).next().unwrap_or(link);
    let ending = name.rsplit('/').next().and_then(|n| n.rsplit_once('.')).map_or("", |(_, e)| e);
    match ending.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" | "png" | "gif" | "webp" | "avif" | "heic" | "bmp" | "svg" | "tif"
        | "tiff" => MediaKind::Image,
        "mp4" | "mov" | "m4v" | "webm" | "mkv" | "avi" | "flv" => MediaKind::Video,
        "mp3" | "m4a" | "wav" | "ogg" | "flac" | "aac" | "amr" => MediaKind::Audio,
        _ => MediaKind::File,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::post::Media;
    use rstest::rstest;

    fn about(link: &str) -> About {
        About { link: link.into(), alt: "A cup".into(), licence: "own".into(), ..About::default() }
    }

    #[rstest]
    #[case("/srv/media/cup.JPG", MediaKind::Image)]
    #[case("https://cdn.example/v.mp4?sig=a.png", MediaKind::Video)]
    #[case("/srv/jingle.m4a", MediaKind::Audio)]
    #[case("https://example.com/brochure", MediaKind::File)]
    #[case("/srv/a.d/readme", MediaKind::File)]
    fn kinds_are_told_by_their_endings(#[case] link: &str, #[case] kind: MediaKind) {
        assert_eq!(kind_of(link), kind);
    }

    #[rstest]
    #[case(about("/srv/a.png"), None)]
    #[case(about("https://example.com/a.png"), None)]
    #[case(about("a.png"), Some(Refused::NoLink))]
    #[case(about(""), Some(Refused::NoLink))]
    #[case(About { tags: vec![String::new(); 17], ..about("/a") }, Some(Refused::TooLong { what: Field::Tags, most: 16 }))]
    #[case(About { alt: "x".repeat(1_001), ..about("/a") }, Some(Refused::TooLong { what: Field::Alt, most: 1_000 }))]
    fn what_is_wrong_with_an_asset_is_told(#[case] about: About, #[case] wrong: Option<Refused>) {
        assert_eq!(about.wrong(), wrong);
    }

    #[test]
    fn media_take_what_their_asset_says_but_for_what_they_say_themselves() {
        let asset = Asset {
            id: 7,
            about: about("/srv/cup.png"),
            by: OperatorName("bo".into()),
            at: Time(0),
        };
        let find = |id| (id == 7).then(|| asset.clone());
        let media = |asset, alt: &str| Media { asset, alt: alt.into(), ..Media::default() };
        let mut content = Content {
            media: vec![media(Some(7), ""), media(Some(7), "Our cup"), media(None, "")],
            ..Content::default()
        };
        assert_eq!(fill(&mut content, find), Ok(()));
        let said: Vec<_> =
            content.media.iter().map(|m| (m.link.as_str(), m.alt.as_str())).collect();
        assert_eq!(said, [("/srv/cup.png", "A cup"), ("/srv/cup.png", "Our cup"), ("", "")]);
        content.media[2].asset = Some(8);
        assert_eq!(fill(&mut content, find), Err(Refused::NoSuchAsset(8)));
    }
}
