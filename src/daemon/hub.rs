//! What all sessions share: the store to read from, who is here, the newest header figures, and
//! the word that something changed.

use super::came::Lately;
use super::channels::Board;
use super::desk::{Published, Setup};
use super::drafting;
use super::identity::{self, Identity};
use super::reads::Reads;
use super::search::Searching;
use super::sorted::SortedQueues;
use super::writer::now;
use crate::config::{Drafting, Responses, Rules};
use crate::domain::archive::Retention;
use crate::domain::canned::Canned;
use crate::domain::figure::Book;
use crate::domain::lint::Linter;
use crate::domain::macros::Macro;
use crate::domain::slot::Cadence;
use crate::domain::{Channel, ChannelId, ConversationId, OperatorName, SessionId, Time, post};
use crate::text::Lang;
use crate::wire::message::{ClientKind, DeskState, Presence};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::net::UnixStream;
use tokio::sync::{Semaphore, broadcast, watch};

/// The most clients at once.
pub const MOST_SESSIONS: usize = 256;
/// How many committed groups a session may lie behind before it reads everything anew.
const NEWS: usize = 256;

/// What a desk's daemon is and was started with; does not change while it runs.
#[derive(Clone, Debug)]
pub struct About {
    /// The desk's folder.
    pub folder: PathBuf,
    /// The account that owns it.
    pub owner: u32,
    /// The desk's name on screen.
    pub name: String,
    /// Whether declared names are heard.
    pub hears_names: bool,
    /// What the writer was set up with.
    pub setup: Setup,
    /// Since when.
    pub started: Time,
    /// What suggests answers.
    pub drafting: Option<Drafting>,
    /// What the desk keeps for how long.
    pub retention: Retention,
    /// The language of what the daemon itself has to say.
    pub lang: Lang,
    /// The feedback tags to choose from.
    pub feedback: Vec<String>,
    /// The macros, as the file was when it was last right.
    pub macros: Arc<Mutex<Vec<Macro>>>,
}

/// Something that sessions should look at.
#[derive(Clone, Debug)]
pub enum News {
    /// A group was committed.
    Committed(Arc<Published>),
    /// Somebody came, went or looks at something else.
    People,
    /// A minute is over: figures that depend on the time may have changed.
    Minute,
    /// An order of a queue can be read now.
    Sorted,
    /// Whether the desk can write has changed.
    Health,
    /// What texts may not say has changed.
    Lint,
    /// Who may do what has changed.
    Roles,
    /// What the desk says of figures has changed.
    Book,
    /// How a channel is has changed, or which there are.
    Channels,
    /// Everything changed (a restored or reopened desk).
    All,
}

/// One live session.
#[derive(Clone, Debug)]
struct Present {
    kind: ClientKind,
    operator: OperatorName,
    on: Option<ConversationId>,
    replying: bool,
    /// Grows with each key press of anybody: the highest one of an operator was used last.
    used: u64,
}

/// Shared by all sessions and the writer.
pub struct Hub {
    /// What does not change.
    pub about: About,
    /// The store, for reading.
    pub reads: Reads,
    news: broadcast::Sender<News>,
    people: Mutex<People>,
    state: Mutex<Standing>,
    ending: watch::Sender<bool>,
    last_seen: Mutex<Vec<UnixStream>>,
    /// The search index.
    pub search: Searching,
    /// Orders of queues besides the store's.
    pub sorted: SortedQueues,
    /// How the channels are.
    pub board: Arc<Board>,
    /// Bounds how many suggestions are made at once.
    pub helpers: Semaphore,
    configured: RwLock<(Vec<Channel>, Vec<Cadence>)>,
    posting: RwLock<BTreeMap<ChannelId, post::Rules>>,
    linter: RwLock<Arc<Linter>>,
    rules: RwLock<Arc<Rules>>,
    responses: Mutex<Responses>,
    /// Who came from where lately.
    pub came: Lately,
}

#[derive(Default)]
struct People {
    here: BTreeMap<SessionId, Present>,
    uses: u64,
}

#[derive(Default)]
struct Standing {
    /// Figures from the writer, without people and health.
    figures: DeskState,
    /// Why the desk cannot write now.
    read_only: Option<String>,
    /// Why a file of the desk was not read again, and the rules as they were go on.
    trouble: Option<String>,
}

/// Nothing is left half-changed under these locks, so one that a panic poisoned is still good.
pub(super) fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// How the channels review and send posts, as their file said it last.
    pub fn posting(&self) -> BTreeMap<ChannelId, post::Rules> {
        self.posting.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps how the channels review and send posts.
    pub fn set_posting(&self, posting: BTreeMap<ChannelId, post::Rules>) {
        *self.posting.write().unwrap_or_else(PoisonError::into_inner) = posting;
    }

    /// A hub without sessions.
    pub fn new(about: About, cadences: Vec<Cadence>) -> Hub {
        let channels = about.setup.channels.clone();
        let posting = about.setup.posting.clone();
        let linter = about.setup.lint.clone();
        let rules = Arc::new(Rules {
            policies: about.setup.policies.clone(),
            lint: about.setup.lint.policy().clone(),
            classifier: about.setup.classifier.clone(),
            figures: Book::clone(&about.setup.figures),
            roles: Default::default(),
            shipped: Vec::new(),
        });
        Hub {
            about,
            reads: Reads::default(),
            news: broadcast::channel(NEWS).0,
            people: Mutex::default(),
            state: Mutex::default(),
            ending: watch::channel(false).0,
            last_seen: Mutex::default(),
            search: Searching::default(),
            sorted: SortedQueues::default(),
            board: Arc::default(),
            helpers: Semaphore::new(drafting::AT_ONCE),
            configured: RwLock::new((channels, cadences)),
            posting: RwLock::new(posting),
            linter: RwLock::new(linter),
            rules: RwLock::new(rules),
            responses: Mutex::default(),
            came: Lately::default(),
        }
    }

    /// News from now on.
    pub fn listen(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// Tells all sessions.
    pub fn tell(&self, news: News) {
        match &news {
            News::Committed(group) => {
                self.search.changed(group);
                self.sorted.changed(group);
            }
            News::All => {
                self.search.lose();
                self.sorted.lose();
            }
            _ => {}
        }
        // Nobody listens when nobody is here: that is fine.
        let _ = self.news.send(news);
    }

    /// A client joins. Returns its session: the one it presents, when it may go on with it.
    /// `None` when there is no room.
    pub fn join(
        &self,
        who: &Identity,
        kind: ClientKind,
        resume: Option<SessionId>,
    ) -> Option<SessionId> {
        let mut people = lock(&self.people);
        if people.here.len() >= MOST_SESSIONS {
            return None;
        }
        let session = resume
            .filter(|s| identity::may_resume(*s, &who.operator) && !people.here.contains_key(s))
            .unwrap_or_else(|| {
                // Drawn anew in the unlikely case that it is taken.
                std::iter::repeat_with(|| identity::new_session(&who.operator))
                    .find(|s| !people.here.contains_key(s))
                    .unwrap_or(SessionId(0))
            });
        people.uses += 1;
        let used = people.uses;
        let operator = who.operator.clone();
        people.here.insert(session, Present { kind, operator, on: None, replying: false, used });
        drop(people);
        if kind == ClientKind::Cockpit {
            self.tell(News::People);
        }
        Some(session)
    }

    /// A client leaves.
    pub fn leave(&self, session: SessionId) {
        self.reads.end_exports(session);
        let gone = lock(&self.people).here.remove(&session);
        if gone.is_some_and(|p| p.kind == ClientKind::Cockpit) {
            self.tell(News::People);
        }
    }

    /// A cockpit looks at something else, or was merely used (`viewing` = `None`).
    pub fn used(&self, session: SessionId, viewing: Option<(Option<ConversationId>, bool)>) {
        let mut people = lock(&self.people);
        people.uses += 1;
        let used = people.uses;
        let Some(present) = people.here.get_mut(&session) else { return };
        present.used = used;
        let Some((on, replying)) = viewing else { return };
        let changed = (present.on, present.replying) != (on, replying);
        (present.on, present.replying) = (on, replying);
        drop(people);
        if changed {
            self.tell(News::People);
        }
    }

    /// The cockpit session that this operator used last.
    pub fn cockpit_of(&self, operator: &OperatorName) -> Option<SessionId> {
        lock(&self.people)
            .here
            .iter()
            .filter(|(_, p)| p.kind == ClientKind::Cockpit && p.operator == *operator)
            .max_by_key(|(_, p)| p.used)
            .map(|(session, _)| *session)
    }

    /// The cockpits' sessions.
    pub fn cockpits(&self) -> Vec<SessionId> {
        let people = lock(&self.people);
        let cockpits = people.here.iter().filter(|(_, p)| p.kind == ClientKind::Cockpit);
        cockpits.map(|(session, _)| *session).collect()
    }

    /// The channels that the desk's file names, and when they publish.
    pub fn configured(&self) -> (Vec<Channel>, Vec<Cadence>) {
        self.configured.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The desk's file was read again.
    pub fn set_configured(&self, channels: Vec<Channel>, cadences: Vec<Cadence>) {
        *self.configured.write().unwrap_or_else(PoisonError::into_inner) = (channels, cadences);
    }

    /// What texts may not say, as they are read.
    pub fn linter(&self) -> Arc<Linter> {
        self.linter.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The rules that the desk works by now.
    pub fn rules(&self) -> Arc<Rules> {
        self.rules.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The desk's rules were read again.
    pub fn set_rules(&self, rules: Arc<Rules>) {
        let mut held = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        let other_lint = held.lint != rules.lint;
        let other_roles = held.roles != rules.roles;
        let other_book = held.figures != rules.figures;
        *held = rules.clone();
        drop(held);
        if other_lint {
            let linter = Arc::new(Linter::new(rules.lint.clone()));
            *self.linter.write().unwrap_or_else(PoisonError::into_inner) = linter;
            self.tell(News::Lint);
        }
        if other_roles {
            self.tell(News::Roles);
        }
        if other_book {
            self.tell(News::Book);
        }
    }

    /// Why a file of rules was not read, or that all were.
    /// Answers whether that is news.
    pub fn set_settings_trouble(&self, why: Option<String>) -> bool {
        let mut state = lock(&self.state);
        let is_news = state.trouble != why;
        if is_news {
            state.trouble = why;
            drop(state);
            self.tell(News::Health);
        }
        is_news
    }

    /// The desk's canned responses as their files have them now, and what is wrong with those: each
    /// a sentence in English, as its log has it.
    pub fn responses(&self) -> (Vec<Canned>, Vec<String>) {
        let mut responses = lock(&self.responses);
        responses.refresh(&self.about.folder);
        let wrong = responses.wrong().iter().map(ToString::to_string).collect();
        (responses.all(), wrong)
    }

    /// The newest figures from the writer.
    pub fn set_figures(&self, figures: DeskState) {
        lock(&self.state).figures = figures;
    }

    /// Why the desk cannot write now, or that it can.
    pub fn set_read_only(&self, why: Option<String>) {
        let mut state = lock(&self.state);
        if state.read_only != why {
            state.read_only = why;
            drop(state);
            self.tell(News::Health);
        }
    }

    /// The header as it is now.
    pub fn desk_state(&self) -> DeskState {
        let mut desk = {
            let state = lock(&self.state);
            DeskState {
                read_only: state.read_only.clone(),
                settings_trouble: state.trouble.clone(),
                ..state.figures.clone()
            }
        };
        let people = lock(&self.people);
        let cockpits = people.here.values().filter(|p| p.kind == ClientKind::Cockpit);
        desk.people = cockpits
            .map(|p| Presence { operator: p.operator.clone(), on: p.on, replying: p.replying })
            .collect();
        drop(people);
        desk.people.sort();
        desk.people.dedup();
        desk.channels = self.board.briefs(now());
        desk
    }

    /// Starts the end: sessions say good-bye, the listener closes.
    pub fn end(&self) {
        self.ending.send_replace(true);
    }

    /// Becomes true when the daemon ends.
    pub fn ending(&self) -> watch::Receiver<bool> {
        self.ending.subscribe()
    }

    /// Keeps a connection open until the process is gone: who asked for the end sees it by this.
    pub fn keep_to_the_end(&self, stream: UnixStream) {
        lock(&self.last_seen).push(stream);
    }
}

/// Waits until the daemon is to end.
pub async fn ended(ending: &mut watch::Receiver<bool>) {
    // An error would mean that the hub is gone, and then it has ended too.
    let _ = ending.wait_for(|ends| *ends).await;
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::Span;
    use crate::domain::policy::Policies;

    pub fn about() -> About {
        About {
            folder: PathBuf::from("/desk"),
            owner: 0,
            name: "desk".into(),
            hears_names: true,
            setup: Setup {
                classifier: Default::default(),
                figures: Default::default(),
                name: "desk".into(),
                policies: Policies { rules: vec![], at_risk_percent: 25 },
                lint: Default::default(),
                channels: vec![],
                posting: Default::default(),
                cadences: Vec::new(),
                zone: None,
                claim_idle: Span::minutes(10),
                sending: Default::default(),
                demo: false,
                can: Default::default(),
                leads: Vec::new(),
            },
            started: Time(0),
            drafting: None,
            retention: Retention::default(),
            lang: Lang::En,
            feedback: Vec::new(),
            macros: Default::default(),
        }
    }

    fn who(name: &str) -> Identity {
        Identity { operator: OperatorName(name.into()), declared: true, uid: 0 }
    }

    #[test]
    fn people_are_the_cockpits_and_what_they_look_at() {
        let hub = Hub::new(about(), vec![]);
        let mut news = hub.listen();
        let amy = hub.join(&who("amy"), ClientKind::Cockpit, None).unwrap();
        hub.join(&who("bo"), ClientKind::Verb, None).unwrap();
        hub.used(amy, Some((Some(ConversationId(7)), true)));
        let people = hub.desk_state().people;
        let want = Presence {
            operator: OperatorName("amy".into()),
            on: Some(ConversationId(7)),
            replying: true,
        };
        assert_eq!(people, [want]);
        assert!(matches!(news.try_recv(), Ok(News::People)));
        assert!(matches!(news.try_recv(), Ok(News::People)));
        hub.used(amy, Some((Some(ConversationId(7)), true)));
        assert!(news.try_recv().is_err(), "what did not change is no news");
        hub.leave(amy);
        assert!(hub.desk_state().people.is_empty());
        assert!(matches!(news.try_recv(), Ok(News::People)));
    }

    #[test]
    fn a_session_is_gone_on_with_by_its_operator_only_and_once() {
        let hub = Hub::new(about(), vec![]);
        let amy = hub.join(&who("amy"), ClientKind::Cockpit, None).unwrap();
        assert_ne!(hub.join(&who("amy"), ClientKind::Cockpit, Some(amy)), Some(amy));
        hub.leave(amy);
        assert_ne!(hub.join(&who("bo"), ClientKind::Cockpit, Some(amy)), Some(amy));
        assert_eq!(hub.join(&who("amy"), ClientKind::Cockpit, Some(amy)), Some(amy));
    }

    #[test]
    fn the_cockpit_that_was_used_last_is_the_operators() {
        let hub = Hub::new(about(), vec![]);
        assert_eq!(hub.cockpit_of(&OperatorName("amy".into())), None);
        let one = hub.join(&who("amy"), ClientKind::Cockpit, None).unwrap();
        let two = hub.join(&who("amy"), ClientKind::Cockpit, None).unwrap();
        assert_eq!(hub.cockpit_of(&OperatorName("amy".into())), Some(two));
        hub.used(one, None);
        assert_eq!(hub.cockpit_of(&OperatorName("amy".into())), Some(one));
    }

    #[test]
    fn beyond_the_bound_there_is_no_room() {
        let hub = Hub::new(about(), vec![]);
        for _ in 0..MOST_SESSIONS {
            assert!(hub.join(&who("amy"), ClientKind::Verb, None).is_some());
        }
        assert!(hub.join(&who("amy"), ClientKind::Verb, None).is_none());
    }

    #[test]
    fn a_banner_is_news_once() {
        let hub = Hub::new(about(), vec![]);
        let mut news = hub.listen();
        hub.set_read_only(Some("full".into()));
        hub.set_read_only(Some("full".into()));
        assert!(matches!(news.try_recv(), Ok(News::Health)));
        assert!(news.try_recv().is_err());
        assert_eq!(hub.desk_state().read_only.as_deref(), Some("full"));
    }
}
