//! What the lint finds, and how strictly a desk takes it.

use crate::text::Msg;
use crate::text::catalogue::lint as say;
use serde::{Deserialize, Serialize};

/// How strictly a finding is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Shown, and nothing more.
    Note,
    /// Shown, and asked about once before the text goes out.
    Warn,
    /// Does not go out, except for a reason that is kept in the journal.
    Block,
}

impl Level {
    /// All of them, mildest first.
    pub const ALL: [Level; 3] = [Level::Note, Level::Warn, Level::Block];

    /// What settings and `--json` call it.
    pub fn name(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warn => "warn",
            Level::Block => "block",
        }
    }

    /// What people are told.
    pub fn title(self) -> Msg {
        match self {
            Level::Note => say::LEVEL_NOTE,
            Level::Warn => say::LEVEL_WARN,
            Level::Block => say::LEVEL_BLOCK,
        }
    }
}

macro_rules! kinds {
    ($($kind:ident $name:literal $level:expr, $reason:expr, $advice:expr, $about:literal;)*) => {
        /// What kind of thing was found.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Kind {
            $(#[doc = $about] $kind,)*
        }

        impl Kind {
            /// All of them, in the order of the documentation.
            pub const ALL: &[Kind] = &[$(Kind::$kind),*];

            /// What settings, `--json` and the journal call it.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$kind => $name),* }
            }

            /// How it is taken when no file says anything; `None` = not looked for.
            pub fn usual(self) -> Option<Level> {
                match self { $(Kind::$kind => $level),* }
            }

            /// Why it is found fault with.
            pub fn reason(self) -> Msg {
                match self { $(Kind::$kind => $reason),* }
            }

            /// What to do about it.
            pub fn advice(self) -> Msg {
                match self { $(Kind::$kind => $advice),* }
            }
        }
    };
}

use Level::{Block, Note, Warn};

kinds! {
    Superlative "superlative" Some(Block), say::WHY_SUPERLATIVE, say::DO_SUPERLATIVE,
        "A superlative about what is sold: 最佳, 顶级, the best in the world.";
    Rank "rank" Some(Block), say::WHY_RANK, say::DO_RANK,
        "A place in a ranking without time, range and proof: 销量第一, No. 1 brand.";
    First "first" Some(Warn), say::WHY_FIRST, say::DO_FIRST,
        "The first or only one of its kind: 国内首款, 独家配方.";
    Disease "disease" Some(Block), say::WHY_DISEASE, say::DO_DISEASE,
        "Heals or prevents a disease: 根治, 疗效, cures acne.";
    Effect "effect" Some(Warn), say::WHY_EFFECT, say::DO_EFFECT,
        "An effect in a stated time or measure: 三天见效, 七天瘦五斤.";
    Figure "figure" Some(Warn), say::WHY_FIGURE, say::DO_FIGURE,
        "A figure or a lead without its source: 好评率99%, 行业领先.";
    Promise "promise" Some(Warn), say::WHY_PROMISE, say::DO_PROMISE,
        "What nobody can promise: 100%有效, 零风险, guaranteed results.";
    State "state-name" Some(Block), say::WHY_STATE, say::DO_STATE,
        "The name of the state or its organs: 国宴特供, 国家领导人推荐.";
    Phone "phone" Some(Warn), say::WHY_PHONE, say::DO_PERSONAL,
        "A mobile number.";
    Email "email" Some(Warn), say::WHY_EMAIL, say::DO_PERSONAL,
        "An e-mail address.";
    IdNumber "id-number" Some(Block), say::WHY_ID, say::DO_PERSONAL,
        "An identity number.";
    BankCard "bank-card" Some(Block), say::WHY_CARD, say::DO_PERSONAL,
        "The number of a bank card.";
    Address "address" Some(Warn), say::WHY_ADDRESS, say::DO_PERSONAL,
        "Where somebody lives: house, stair, flat.";
    Forbidden "forbidden" Some(Block), say::WHY_FORBIDDEN, say::DO_FORBIDDEN,
        "A word of the desk's own list.";
    Spelling "spelling" Some(Note), say::WHY_SPELLING, say::DO_SPELLING,
        "The brand's name, written otherwise than it writes itself.";
    Competitor "competitor" Some(Warn), say::WHY_COMPETITOR, say::DO_COMPETITOR,
        "The name of a competitor.";
    OffPlatform "off-platform" None, say::WHY_OFF_PLATFORM, say::DO_OFF_PLATFORM,
        "Leads customers away from the platform: 加微信.";
    Link "link" None, say::WHY_LINK, say::DO_LINK,
        "A link to another site.";
}

impl Kind {
    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether it may be said once there is a proof of it.
    pub fn wants_proof(self) -> bool {
        matches!(self, Kind::Rank | Kind::First | Kind::Effect | Kind::Figure)
    }
}
