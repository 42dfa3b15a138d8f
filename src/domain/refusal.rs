//! Why the desk did not do what it was asked, as values, so that each client says it in its
//! operator's language.

use super::filter::{BadTerm, Has, KEYS, WORDS};
use super::limit::{Measure, Unit};
use super::lint::Stopped;
use super::order::StateKind;
use super::role::Role;
use super::when::WhenError;
use super::{ChannelId, ConversationId, Intent, OperatorName, Severity, Span, Time};
use crate::text::catalogue::{privacy, refusals as say};
use crate::text::{Lang, Shown};
use serde::{Deserialize, Serialize};

/// One reason, with what is needed to say what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// It was emptied, or the message was, on the request of whoever wrote it.
    Erased(ConversationId),
    /// Nobody was erased.
    Erasure(super::erasure::Refused),
    /// No conversation has this number.
    NoSuchConversation(ConversationId),
    /// The archive cannot be read or written, and why.
    Archive(String),
    /// Somebody else works on it (and since when).
    Claimed {
        /// The conversation.
        id: ConversationId,
        /// By whom.
        by: OperatorName,
        /// Since when.
        since: Time,
    },
    /// `claim` needs a live cockpit of the caller; use `assign`.
    NoLiveCockpit(OperatorName),
    /// Something arrived since the draft began: read it, then send again.
    Overtaken {
        /// The conversation.
        id: ConversationId,
        /// How many messages are new.
        new: u32,
    },
    /// It is already in that state.
    Unchanged(ConversationId),
    /// A reply or note without text.
    EmptyText,
    /// Longer than the desk keeps in one message.
    TooLong {
        /// Bytes it has.
        bytes: usize,
        /// Bytes it may have.
        limit: usize,
    },
    /// Longer than its platform takes.
    OverLimit {
        /// The conversation.
        id: ConversationId,
        /// Its channel.
        channel: ChannelId,
        /// How it counts there.
        measure: Measure,
    },
    /// A place in the text that has to be filled in first.
    Unfilled {
        /// The conversation.
        id: ConversationId,
        /// What stands between the braces.
        place: String,
    },
    /// A label that is empty, longer than 64 bytes, or has a space in it.
    BadLabel(String),
    /// The conversation has as many labels as it may have.
    TooManyLabels {
        /// The conversation.
        id: ConversationId,
        /// How many it may have.
        limit: usize,
    },
    /// A snooze that ends in the past.
    NotInFuture(Time),
    /// Nothing of this operator's is left to undo.
    NothingToUndo,
    /// Nothing of this operator's is left to redo.
    NothingToRedo,
    /// It was changed by somebody since, so it cannot be taken back.
    ChangedSince(ConversationId),
    /// The reply has left the desk, and the platform cannot be asked to delete it.
    AlreadySent(ConversationId),
    /// It is on its way to the platform just now.
    UnderWay(ConversationId),
    /// The channel cannot do what is asked.
    CannotThere {
        /// The conversation.
        id: ConversationId,
        /// Its channel.
        channel: ChannelId,
    },
    /// The channel has no connector that runs.
    NotConnected {
        /// The conversation.
        id: ConversationId,
        /// Its channel.
        channel: ChannelId,
    },
    /// No reply of it waits for a person's word.
    NothingOpen(ConversationId),
    /// It has no such message on the platform.
    NoMessage(ConversationId),
    /// No channel has this name.
    NoSuchChannel(ChannelId),
    /// Something about a channel; the sentence says what and what to do.
    Channel {
        /// Which.
        channel: ChannelId,
        /// What.
        why: String,
    },
    /// The macro is meant for other conversations.
    MacroElsewhere {
        /// The conversation.
        id: ConversationId,
        /// The macro.
        name: String,
    },
    /// The question is in the topic pool already.
    InPool(ConversationId),
    /// No question of it is in the topic pool.
    NotInPool(ConversationId),
    /// It holds no question of a customer.
    NoQuestion(ConversationId),
    /// The topic pool holds as many topics as it may.
    PoolFull(usize),
    /// No program of the owner's suggests answers.
    NoDrafting,
    /// The program that suggests answers gave none that can be used.
    Drafting(Unhelped),
    /// The text says what it may not say.
    Lint(Box<Stopped>),
    /// Something about a post.
    Post(Box<super::post::Refused>),
    /// Something about the asset library or the pool's own topics.
    Library(super::library::Refused),
    /// Something about an alert.
    Alert(super::alert::act::Refused),
    /// More conversations than one action may touch.
    TooMany {
        /// Asked for.
        asked: usize,
        /// Allowed.
        limit: usize,
    },
    /// The filter could not be read.
    BadFilter(BadTerm),
    /// The desk's file of views has a mistake; the sentence says where.
    Views(String),
    /// There is no search index now; the sentence says why.
    NoSearch(String),
    /// Only the account that owns the desk may do it (add a channel).
    OwnerOnly,
    /// Their role may not do it.
    NotYourRole {
        /// The least role that may.
        needs: Role,
        /// The one they have.
        role: Role,
    },
    /// A restore needs an empty desk, and this one is not.
    NotEmpty,
    /// The desk cannot write now (disk full, folder read-only); the sentence says why.
    ReadOnly(String),
    /// A file of the desk has a mistake; the sentence that tells of it.
    Settings(String),
    /// The store failed; the sentence says where.
    Store(String),
}

/// Why there are no suggestions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unhelped {
    /// As many as may run at once do.
    Busy,
    /// The program could not be started.
    NotStarted(String),
    /// It took longer than it may.
    TooSlow(Span),
    /// It ended with an error: how, and what it said last.
    Ended {
        /// How it ended.
        how: String,
        /// The last line on its standard error; may be empty.
        said: String,
    },
    /// It wrote more bytes than are read.
    TooLong(usize),
    /// What it wrote is no JSON.
    NotJson(String),
    /// It is JSON, but no list of texts.
    NotAList,
    /// More suggestions than are taken.
    TooMany {
        /// How many.
        given: usize,
        /// How many are taken.
        limit: usize,
    },
}

impl Unhelped {
    /// The part of the sentence that says why.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            Unhelped::Busy => say::HELP_BUSY.say(lang),
            Unhelped::NotStarted(why) => say::HELP_NOT_STARTED.fill(lang, &[("why", why)]),
            Unhelped::TooSlow(after) => say::HELP_TOO_SLOW.fill(lang, &[("after", after)]),
            Unhelped::Ended { how, said } if said.is_empty() => {
                say::HELP_ENDED.fill(lang, &[("how", how)])
            }
            Unhelped::Ended { how, said } => {
                say::HELP_ENDED_SAYING.fill(lang, &[("how", how), ("said", said)])
            }
            Unhelped::TooLong(most) => say::HELP_TOO_LONG.fill(lang, &[("most", most)]),
            Unhelped::NotJson(why) => say::HELP_NOT_JSON.fill(lang, &[("why", why)]),
            Unhelped::NotAList => say::HELP_NOT_A_LIST.say(lang),
            Unhelped::TooMany { given, limit } => {
                say::HELP_TOO_MANY.fill(lang, &[("given", given), ("limit", limit)])
            }
        }
    }
}

impl From<super::post::Refused> for Refusal {
    fn from(why: super::post::Refused) -> Refusal {
        Refusal::Post(Box::new(why))
    }
}

impl Refusal {
    /// The sentence: what was not done and what to do next.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            Refusal::Erased(id) => privacy::ERASED_ALREADY.fill(lang, &[("id", id)]),
            Refusal::Erasure(why) => why.say(lang),
            Refusal::NoSuchConversation(id) => say::NO_SUCH_CONVERSATION.fill(lang, &[("id", id)]),
            Refusal::Archive(why) => say::ARCHIVE.fill(lang, &[("why", why)]),
            Refusal::Claimed { id, by, .. } => say::CLAIMED.fill(lang, &[("id", id), ("by", by)]),
            Refusal::NoLiveCockpit(by) => say::NO_LIVE_COCKPIT.fill(lang, &[("by", by)]),
            Refusal::Overtaken { id, new } => {
                say::OVERTAKEN.fill(lang, &[("id", id), ("new", new)])
            }
            Refusal::Unchanged(id) => say::UNCHANGED.fill(lang, &[("id", id)]),
            Refusal::EmptyText => say::EMPTY_TEXT.say(lang),
            Refusal::TooLong { bytes, limit } => {
                say::TOO_LONG.fill(lang, &[("bytes", bytes), ("limit", limit)])
            }
            Refusal::OverLimit { id, channel, measure } => {
                let values: [(&str, &dyn std::fmt::Display); 5] = [
                    ("id", id),
                    ("channel", channel),
                    ("used", &measure.used),
                    ("most", &measure.most),
                    ("unit", &measure.unit.word().say(lang)),
                ];
                say::OVER_LIMIT.fill(lang, &values)
            }
            Refusal::Unfilled { id, place } => {
                say::UNFILLED.fill(lang, &[("id", id), ("place", place)])
            }
            Refusal::BadLabel(label) => say::BAD_LABEL.fill(lang, &[("label", label)]),
            Refusal::TooManyLabels { id, limit } => {
                say::TOO_MANY_LABELS.fill(lang, &[("id", id), ("limit", limit)])
            }
            Refusal::NotInFuture(_) => say::WHEN_PAST.say(lang),
            Refusal::NothingToUndo => say::NOTHING_TO_UNDO.say(lang),
            Refusal::NothingToRedo => say::NOTHING_TO_REDO.say(lang),
            Refusal::ChangedSince(id) => say::CHANGED_SINCE.fill(lang, &[("id", id)]),
            Refusal::AlreadySent(id) => say::ALREADY_SENT.fill(lang, &[("id", id)]),
            Refusal::UnderWay(id) => say::UNDER_WAY.fill(lang, &[("id", id)]),
            Refusal::CannotThere { id, channel } => {
                say::CANNOT_THERE.fill(lang, &[("id", id), ("channel", channel)])
            }
            Refusal::NotConnected { id, channel } => {
                say::NOT_CONNECTED.fill(lang, &[("id", id), ("channel", channel)])
            }
            Refusal::NothingOpen(id) => say::NOTHING_OPEN.fill(lang, &[("id", id)]),
            Refusal::NoMessage(id) => say::NO_MESSAGE.fill(lang, &[("id", id)]),
            Refusal::NoSuchChannel(channel) => {
                say::NO_SUCH_CHANNEL.fill(lang, &[("channel", channel)])
            }
            Refusal::Channel { channel, why } => {
                say::CHANNEL.fill(lang, &[("channel", channel), ("why", why)])
            }
            Refusal::MacroElsewhere { id, name } => {
                say::MACRO_ELSEWHERE.fill(lang, &[("id", id), ("name", name)])
            }
            Refusal::InPool(id) => say::IN_POOL.fill(lang, &[("id", id)]),
            Refusal::NotInPool(id) => say::NOT_IN_POOL.fill(lang, &[("id", id)]),
            Refusal::NoQuestion(id) => say::NO_QUESTION.fill(lang, &[("id", id)]),
            Refusal::PoolFull(limit) => say::POOL_FULL.fill(lang, &[("limit", limit)]),
            Refusal::NoDrafting => say::NO_DRAFTING.say(lang),
            Refusal::Drafting(why) => say::DRAFTING.fill(lang, &[("why", &why.say(lang))]),
            Refusal::Lint(stopped) => stopped.say(lang),
            Refusal::Post(why) => why.say(lang),
            Refusal::Library(why) => why.say(lang),
            Refusal::Alert(why) => why.say(lang),
            Refusal::TooMany { asked, limit } => {
                say::TOO_MANY.fill(lang, &[("asked", asked), ("limit", limit)])
            }
            Refusal::BadFilter(bad) => bad.say(lang),
            Refusal::Views(why) => say::VIEWS.fill(lang, &[("why", why)]),
            Refusal::NoSearch(why) => say::NO_SEARCH.fill(lang, &[("why", why)]),
            Refusal::OwnerOnly => say::OWNER_ONLY.say(lang),
            Refusal::NotYourRole { needs, role } => {
                let values = [needs, role].map(|role| role.label().say(lang));
                say::NOT_YOUR_ROLE.fill(lang, &[("needs", &values[0]), ("role", &values[1])])
            }
            Refusal::NotEmpty => say::NOT_EMPTY.say(lang),
            Refusal::Settings(why) => Shown::line(why),
            Refusal::ReadOnly(why) => say::READ_ONLY.fill(lang, &[("why", why)]),
            Refusal::Store(why) => say::STORE.fill(lang, &[("why", why)]),
        }
    }
}

impl Unit {
    /// What it is called.
    pub fn word(self) -> crate::text::Msg {
        match self {
            Unit::Characters => say::UNIT_CHARACTERS,
            Unit::CodePoints => say::UNIT_CODE_POINTS,
            Unit::Wide => say::UNIT_WIDE,
            Unit::Bytes => say::UNIT_BYTES,
        }
    }
}

impl BadTerm {
    /// The sentence: which term, and what is known instead.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            BadTerm::UnknownKey(key) => {
                let keys = KEYS.iter().map(|key| format!("{key}:"));
                let words = WORDS.iter().map(|word| (*word).to_owned());
                let known = keys.chain(words).collect::<Vec<_>>().join(" ");
                say::UNKNOWN_KEY.fill(lang, &[("key", key), ("known", &known)])
            }
            BadTerm::UnknownState(value) => {
                let known = StateKind::ALL.map(StateKind::name).join(", ");
                say::UNKNOWN_STATE.fill(lang, &[("value", value), ("known", &known)])
            }
            BadTerm::UnknownIntent(value) => {
                let known = Intent::ALL.map(Intent::name).join(", ");
                say::UNKNOWN_INTENT.fill(lang, &[("value", value), ("known", &known)])
            }
            BadTerm::UnknownSeverity(value) => {
                let known = Severity::ALL.map(Severity::name).join(", ");
                say::UNKNOWN_SEVERITY.fill(lang, &[("value", value), ("known", &known)])
            }
            BadTerm::NotANumber(value) => say::NOT_A_NUMBER.fill(lang, &[("value", value)]),
            BadTerm::NotALength(key, value) => {
                say::NOT_A_LENGTH.fill(lang, &[("key", key), ("value", value)])
            }
            BadTerm::UnknownHas(value) => {
                let known = Has::ALL.map(|(word, _)| word).join(", ");
                say::UNKNOWN_HAS.fill(lang, &[("value", value), ("known", &known)])
            }
            BadTerm::NoValue(key) => say::NO_VALUE.fill(lang, &[("key", key)]),
            BadTerm::OpenQuote(value) => say::OPEN_QUOTE.fill(lang, &[("value", value)]),
        }
    }
}

impl WhenError {
    /// The sentence: what is wrong with the time, and what can be typed.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            WhenError::Unknown(typed) => say::WHEN_UNKNOWN.fill(lang, &[("typed", typed)]),
            WhenError::Past(_) => say::WHEN_PAST.say(lang),
            WhenError::TooFar(_) => say::WHEN_TOO_FAR.say(lang),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stopped(id: ConversationId, overridable: bool, more: usize) -> Refusal {
        let linter = crate::domain::lint::Linter::default();
        let place = crate::domain::lint::Place::default();
        let finding = linter.lint("最佳面霜", &place).remove(0);
        Refusal::Lint(Box::new(Stopped {
            id,
            said: "最佳".into(),
            finding,
            more,
            overridable,
            by_macro: false,
        }))
    }

    fn every_refusal() -> Vec<Refusal> {
        let id = ConversationId(42);
        let by = OperatorName("bo\u{1b}[31m".into());
        let at = Time(1_795_240_800_000);
        let mut all = vec![
            Refusal::NoSuchConversation(id),
            Refusal::Archive("/desk/archive/2026-03.ndjson: No such file".into()),
            Refusal::Claimed { id, by: by.clone(), since: at },
            Refusal::Erased(id),
            Refusal::Erasure(super::super::erasure::Refused::NoSuchPerson(ChannelId(
                "weibo".into(),
            ))),
            Refusal::Erasure(super::super::erasure::Refused::UnderWay),
            Refusal::Erasure(super::super::erasure::Refused::LongReference(200)),
            Refusal::Erasure(super::super::erasure::Refused::NamesThem),
            Refusal::NoLiveCockpit(by),
            Refusal::Overtaken { id, new: 2 },
            Refusal::Unchanged(id),
            Refusal::EmptyText,
            Refusal::TooLong { bytes: 70_000, limit: 65_536 },
            Refusal::OverLimit {
                id,
                channel: ChannelId("weibo".into()),
                measure: Measure { used: 152, most: 140, unit: Unit::Wide },
            },
            Refusal::Unfilled { id, place: "link".into() },
            Refusal::BadLabel("two words".into()),
            Refusal::TooManyLabels { id, limit: 16 },
            Refusal::NotInFuture(at),
            Refusal::NothingToUndo,
            Refusal::NothingToRedo,
            Refusal::ChangedSince(id),
            Refusal::AlreadySent(id),
            Refusal::UnderWay(id),
            Refusal::CannotThere { id, channel: ChannelId("weibo".into()) },
            Refusal::NotConnected { id, channel: ChannelId("weibo".into()) },
            Refusal::NothingOpen(id),
            Refusal::NoMessage(id),
            Refusal::NoSuchChannel(ChannelId("weibo".into())),
            Refusal::Channel { channel: ChannelId("weibo".into()), why: "no password".into() },
            Refusal::MacroElsewhere { id, name: "thanks".into() },
            Refusal::InPool(id),
            Refusal::NotInPool(id),
            Refusal::NoQuestion(id),
            Refusal::PoolFull(1_000),
            Refusal::NoDrafting,
            Refusal::TooMany { asked: 20_000, limit: 10_000 },
            Refusal::Views("views.toml:3: nothing stands there".into()),
            Refusal::NoSearch("db: I/O error".into()),
            stopped(id, true, 0),
            stopped(id, false, 2),
            Refusal::OwnerOnly,
            Refusal::NotYourRole { needs: Role::Lead, role: Role::Viewer },
            Refusal::NotEmpty,
            Refusal::ReadOnly("the disk is full".into()),
            Refusal::Settings("policies.toml:3: it is wrong; mend it".into()),
            Refusal::Store("db: I/O error".into()),
        ];
        all.extend(
            [
                BadTerm::UnknownKey("foo".into()),
                BadTerm::UnknownState("shut".into()),
                BadTerm::UnknownIntent("rant".into()),
                BadTerm::UnknownSeverity("awful".into()),
                BadTerm::NotANumber("many".into()),
                BadTerm::NotALength("older".into(), "long".into()),
                BadTerm::UnknownHas("money".into()),
                BadTerm::NoValue("label".into()),
                BadTerm::OpenQuote("not closed".into()),
            ]
            .map(Refusal::BadFilter),
        );
        all.extend(
            [
                super::super::library::Refused::NoSuchAsset(7),
                super::super::library::Refused::AssetThere(7),
                super::super::library::Refused::AssetInUse { id: 7, posts: 3 },
                super::super::library::Refused::LibraryFull(2_000),
                super::super::library::Refused::NoLink,
                super::super::library::Refused::TooLong {
                    what: super::super::library::Field::Alt,
                    most: 1_000,
                },
                super::super::library::Refused::NoSuchTopic(7),
                super::super::library::Refused::NoTitle,
                super::super::library::Refused::ChangedSince,
            ]
            .map(Refusal::Library),
        );
        let alert = super::super::alert::AlertId(7);
        all.extend(
            [
                super::super::alert::act::Refused::NoSuchAlert(alert),
                super::super::alert::act::Refused::Unchanged(alert),
                super::super::alert::act::Refused::NoTask,
                super::super::alert::act::Refused::LongTask(500),
                super::super::alert::act::Refused::ChangedSince(alert),
            ]
            .map(Refusal::Alert),
        );
        let how = "exit status: 1".to_owned();
        all.extend(
            [
                Unhelped::Busy,
                Unhelped::NotStarted("No such file or directory".into()),
                Unhelped::TooSlow(Span(20_000)),
                Unhelped::Ended { how: how.clone(), said: String::new() },
                Unhelped::Ended { how, said: "no \u{1b}model".into() },
                Unhelped::TooLong(65_536),
                Unhelped::NotJson("expected value at line 1 column 1".into()),
                Unhelped::NotAList,
                Unhelped::TooMany { given: 9, limit: 5 },
            ]
            .map(Refusal::Drafting),
        );
        all
    }

    #[test]
    fn every_refusal_is_a_sentence_in_both_languages() {
        let mut out = String::new();
        for refusal in every_refusal() {
            for lang in Lang::ALL {
                let said = refusal.say(lang);
                assert!(!said.as_str().contains(['{', '\u{1b}']), "{said:?}");
                out.push_str(said.as_str());
                out.push('\n');
            }
        }
        insta::assert_snapshot!(out);
    }

    #[test]
    fn a_time_that_cannot_be_used_says_what_can() {
        let mut out = String::new();
        for e in [
            WhenError::Unknown("soon".into()),
            WhenError::Past(Time(0)),
            WhenError::TooFar(Time(4_000_000_000_000)),
        ] {
            for lang in Lang::ALL {
                out.push_str(e.say(lang).as_str());
                out.push('\n');
            }
        }
        insta::assert_snapshot!(out);
    }
}
