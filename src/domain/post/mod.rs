//! Posts: one idea, said on several channels, each variant on its own way from a draft to the
//! platform's link.

pub mod act;
mod check;
pub mod course;
pub mod platform;
mod refused;
pub mod review;
mod stand;

use super::slot::SlotState;
use super::{ChannelId, OperatorName, Span, Time};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

pub use act::{PostAct, PostVerb};
pub use check::{Check, LimitOf, check};
pub use refused::Refused;
pub use stand::{PostChange, Stand};

/// The most variants of a post.
pub const MOST_VARIANTS: usize = 16;
/// The most bytes of an idea.
pub const MOST_IDEA: usize = 1_000;

/// The most bytes of what a list shows of a variant.
const MOST_HEADING: usize = 160;
/// The most bytes of what a reviewer says, and of the words it is about.
pub const MOST_SAID: usize = 400;

/// A post's number on the desk.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct PostId(pub u64);

/// Names one variant of a post; written `12.1`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct VariantRef {
    /// The post.
    pub post: PostId,
    /// The variant's number in the post; never used again for another one.
    pub variant: u32,
}

impl fmt::Display for PostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for VariantRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.post, self.variant)
    }
}

impl FromStr for VariantRef {
    /// Nothing more to say than that it is none.
    type Err = ();

    fn from_str(written: &str) -> Result<VariantRef, ()> {
        let (post, variant) = written.split_once('.').ok_or(())?;
        let post = PostId(post.parse().map_err(drop)?);
        Ok(VariantRef { post, variant: variant.parse().map_err(drop)? })
    }
}

/// What a post is on its channel.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Pictures and a text, or a text alone.
    #[default]
    ImageText,
    /// A short video.
    ShortVideo,
    /// A live broadcast.
    Live,
    /// A page made for phones.
    H5,
    /// An animation.
    Animation,
    /// A topic that others post under.
    Topic,
}

/// For whom it is, on the way from a stranger to a regular.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Funnel {
    /// They have not heard of us.
    Awareness,
    /// They look closer.
    Interest,
    /// They are about to buy.
    Decision,
    /// They have bought.
    Loyalty,
}

impl Form {
    /// All of them, in the order of the screen.
    pub const ALL: [Form; 6] =
        [Form::ImageText, Form::ShortVideo, Form::Live, Form::H5, Form::Animation, Form::Topic];

    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Form::ImageText => "image-text",
            Form::ShortVideo => "short-video",
            Form::Live => "live",
            Form::H5 => "h5",
            Form::Animation => "animation",
            Form::Topic => "topic",
        }
    }
}

impl Funnel {
    /// All of them, from stranger to regular.
    pub const ALL: [Funnel; 4] =
        [Funnel::Awareness, Funnel::Interest, Funnel::Decision, Funnel::Loyalty];

    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Funnel::Awareness => "awareness",
            Funnel::Interest => "interest",
            Funnel::Decision => "decision",
            Funnel::Loyalty => "loyalty",
        }
    }
}

/// What a file or link is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum MediaKind {
    /// A picture.
    #[default]
    Image,
    /// A moving picture.
    Video,
    /// Sound.
    Audio,
    /// Anything else.
    File,
}

impl MediaKind {
    /// All of them.
    pub const ALL: [MediaKind; 4] =
        [MediaKind::Image, MediaKind::Video, MediaKind::Audio, MediaKind::File];

    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            MediaKind::Image => "image",
            MediaKind::Video => "video",
            MediaKind::Audio => "audio",
            MediaKind::File => "file",
        }
    }
}

/// A picture, video or file that goes with a post. The desk keeps the reference, not the thing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Media {
    /// A path on the desk's machine, or an http(s) link.
    pub link: String,
    /// What it is.
    pub kind: MediaKind,
    /// How large it is in bytes, if that is known.
    pub bytes: Option<u64>,
    /// What it shows, for those who cannot see it.
    pub alt: String,
    /// Under which licence it may be shown; empty = nobody has said.
    pub licence: String,
    /// Its number in the asset library, when it is from there.
    pub asset: Option<u64>,
}

/// Something a post claims, and what proves it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Proof {
    /// What is claimed.
    pub claim: String,
    /// A link, a file or a document's number.
    pub proof: String,
}

/// What a variant says. One record for each version; an edit makes a new one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// Its title, where the platform shows one.
    pub title: String,
    /// The text, verbatim.
    pub text: String,
    /// What it is.
    pub form: Form,
    /// For whom it is.
    pub funnel: Option<Funnel>,
    /// Tags, without `#`.
    pub tags: Vec<String>,
    /// Pictures, videos, files.
    pub media: Vec<Media>,
    /// What it claims, and what proves it.
    pub proofs: Vec<Proof>,
    /// True when a second person has to approve it, whoever may approve otherwise.
    pub high_risk: bool,
}

impl Content {
    /// What a list shows of it: its title, or the beginning of its text.
    pub fn heading(&self) -> String {
        let lines = || self.title.lines().chain(self.text.lines());
        let line = lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        super::words::beginning(line, MOST_HEADING).to_owned()
    }

    /// True when there is nothing to publish in it.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.media.is_empty()
    }
}

/// A step of the review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Law and the platform's rules.
    Compliance,
    /// The brand's voice.
    Tone,
    /// Facts and reasoning.
    Logic,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Step; 3] = [Step::Compliance, Step::Tone, Step::Logic];

    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Step::Compliance => "compliance",
            Step::Tone => "tone",
            Step::Logic => "logic",
        }
    }
}

/// What somebody said of a version in one step of its review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Of which step.
    pub step: Step,
    /// Who.
    pub by: OperatorName,
    /// When.
    pub at: Time,
    /// True = it may go out.
    pub passed: bool,
    /// What is to be mended; may be empty when it passed.
    pub why: String,
    /// Where: the words it is about; may be empty.
    pub place: String,
}

/// A variant that is out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Out {
    /// When the platform took it.
    pub at: Time,
    /// The platform's id.
    pub platform_id: String,
    /// The page that shows it.
    pub url: Option<String>,
    /// When it was deleted there, after we asked for that.
    pub deleted: Option<Time>,
}

/// A post on one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Its number in the post.
    pub number: u32,
    /// The channel.
    pub channel: ChannelId,
    /// The version of its [`Content`] that counts; the first is 1.
    pub version: u32,
    /// Its title, or the beginning of its text: what a list shows.
    pub title: String,
    /// See [`Content::form`].
    pub form: Form,
    /// See [`Content::funnel`].
    pub funnel: Option<Funnel>,
    /// See [`Content::high_risk`].
    pub high_risk: bool,
    /// Who wrote this version.
    pub by: OperatorName,
    /// How far it is; never [`SlotState::Empty`].
    pub state: SlotState,
    /// Since when it is there.
    pub since: Time,
    /// When it is to go out; `None` = it has no time yet.
    pub at: Option<Time>,
    /// When it does go out: at its time, but not before its hold window is over. `Some` while it is
    /// scheduled or holding.
    #[serde(default)]
    pub goes: Option<Time>,
    /// When its hold window begins. `Some` while it is scheduled or holding. While it is publishing:
    /// until when it may wait for its channel.
    #[serde(default)]
    pub holds: Option<Time>,
    /// True when somebody named the time; false when it was put into a planned one.
    #[serde(default)]
    pub pinned: bool,
    /// What was said of this version.
    #[serde(default)]
    pub verdicts: Vec<Verdict>,
    /// The platform's reason, or what is not known; empty when all is well.
    #[serde(default)]
    pub why: String,
    /// What it came to.
    #[serde(default)]
    pub out: Option<Out>,
    /// True while the platform is asked to delete it.
    #[serde(default)]
    pub deleting: bool,
}

/// One idea and its variants. The texts are records of their own, by variant and version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Its number.
    pub id: PostId,
    /// The idea, in a line.
    pub idea: String,
    /// The topic of the pool that it came from.
    #[serde(default)]
    pub topic: Option<u64>,
    /// When it was begun.
    pub made: Time,
    /// By whom.
    pub by: OperatorName,
    /// How often it was changed: an edit names the one it began with.
    pub revision: u32,
    /// Its variants, by number.
    pub variants: Vec<Variant>,
    /// How many variants it ever had.
    pub numbered: u32,
    /// True when its beginning was taken back: lists leave it out.
    #[serde(default)]
    pub dropped: bool,
}

impl Post {
    /// A variant of it.
    pub fn variant(&self, number: u32) -> Option<&Variant> {
        self.variants.iter().find(|v| v.number == number)
    }

    /// A variant of it, to be changed.
    pub fn variant_mut(&mut self, number: u32) -> Option<&mut Variant> {
        self.variants.iter_mut().find(|v| v.number == number)
    }

    /// The name of a variant of it.
    pub fn name_of(&self, variant: &Variant) -> VariantRef {
        VariantRef { post: self.id, variant: variant.number }
    }
}

/// Whose word a step needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// One of the approvers.
    #[default]
    Any,
    /// Every approver.
    All,
}

/// What becomes of a post whose time has passed while the desk was down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Late {
    /// It is missed until somebody says what to do.
    #[default]
    Ask,
    /// It goes out now.
    Now,
    /// It moves to the next free slot of its channel.
    NextSlot,
}

/// How a channel's posts are reviewed and go out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// How long one is held in sight before it goes out.
    pub hold: Span,
    /// The steps of its review; none = it needs no review.
    pub steps: Vec<Step>,
    /// Who may review; empty = everybody.
    pub approvers: Vec<OperatorName>,
    /// Whose word each step needs.
    pub need: Need,
    /// What becomes of a late one.
    pub late: Late,
    /// How late it may be and go out all the same.
    pub grace: Span,
}

/// Half an hour's hold, all three steps by anybody, and a late one asks.
impl Default for Rules {
    fn default() -> Rules {
        Rules {
            hold: Span::minutes(30),
            steps: Step::ALL.to_vec(),
            approvers: Vec::new(),
            need: Need::Any,
            late: Late::Ask,
            grace: Span::minutes(10),
        }
    }
}
