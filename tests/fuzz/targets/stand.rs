//! A desk in memory with a bit of everything on it, and its answers: the daemon without its sockets.

use super::NOW;
use dutydesk::config::{Rules, default_figures, write_defaults};
use dutydesk::connect::demo::brand::OUTLETS;
use dutydesk::connect::demo::{Accounts, Feed};
use dutydesk::daemon::desk::{Caller, Desk, Job, JobResult, Setup, query};
use dutydesk::domain::figure::board::At;
use dutydesk::domain::filter::Filter;
use dutydesk::domain::library::{About, LibraryAct};
use dutydesk::domain::post::{Content, PostAct};
use dutydesk::domain::sla::explain::explain;
use dutydesk::domain::slot::{Cadence, Weekly};
use dutydesk::domain::{
    Abilities, Channel, ChannelId, Command, Conversation, ConversationId, Event, OperatorName,
    PostId, Refusal, SessionId, Span, Time, VariantRef,
};
use dutydesk::store::migrate::migrate;
use dutydesk::store::{MemoryStore, keys, records};
use dutydesk::wire::message::{Answer, Ask};
use dutydesk::wire::post::PostView;
use std::sync::{Arc, LazyLock};

/// A desk and its clock.
pub struct Stand {
    pub store: Arc<MemoryStore>,
    pub desk: Desk,
    pub setup: Setup,
    pub now: Time,
}

/// How such a desk is set up.
static SETUP: LazyLock<Setup> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    write_defaults(folder.path()).expect("the default files");
    let rules = Rules::load(folder.path()).expect("the default files are right");
    let channel = |id: &str, platform: &str| Channel {
        id: ChannelId(id.into()),
        platform: platform.into(),
        title: String::new(),
        reply_window: (platform == "wechat").then(|| Span::hours(48)),
    };
    let can = Abilities {
        reply: true,
        post: true,
        like: true,
        hide: true,
        delete: true,
        block: true,
        ..Abilities::default()
    };
    let mut setup = Setup {
        channels: OUTLETS.iter().map(|o| channel(o.id, o.platform)).collect(),
        zone: Some("Asia/Shanghai".into()),
        figures: Arc::new(default_figures()),
        ..Setup::default()
    };
    setup.set_rules(&rules);
    let times: Vec<Weekly> =
        ["daily 20:00", "mon,fri 12:30"].iter().filter_map(|t| t.parse().ok()).collect();
    setup.cadences =
        setup.channels.iter().map(|c| Cadence::new(c.id.clone(), times.clone())).collect();
    for channel in &setup.channels {
        setup.can.set(&channel.id, Some(can.clone()));
    }
    setup
});

pub fn operator(name: &str) -> OperatorName {
    OperatorName(name.into())
}

pub fn caller(name: &str) -> Caller {
    let session = SessionId(name.bytes().map(u64::from).sum());
    Caller { operator: operator(name), declared: false, session: Some(session) }
}

impl Stand {
    /// With nothing on it.
    pub fn empty() -> Stand {
        let (store, setup) = (Arc::new(MemoryStore::new()), SETUP.clone());
        migrate(&*store, |_| {}).expect("an empty store");
        let desk = Desk::open(store.clone(), setup.clone(), NOW).expect("an empty desk");
        Stand { store, desk, setup, now: NOW }
    }

    /// With so many of the demo's events, a week of its figures, posts and what operators did.
    pub fn busy(events: usize) -> Stand {
        let mut stand = Stand::empty();
        let backlog = Feed::new(1, NOW).take_while(|(at, _)| *at < NOW).map(|(_, e)| e);
        let recent: Vec<Event> = backlog.take(events).collect();
        let told = Accounts::new(1, NOW).history();
        let told: Vec<Event> = told.into_iter().take(events).collect();
        for part in recent.chunks(100).chain(told.chunks(100)) {
            stand.job(Job::Ingest { cursor: None, events: part.to_vec() });
        }
        for (n, command) in (0..).zip(deeds()) {
            stand.job(Job::Do { by: caller(if n % 3 == 0 { "bo" } else { "amy" }), command });
        }
        stand.job(Job::Elapse);
        stand
    }

    /// Carries one job out, in a group of its own.
    pub fn job(&mut self, job: Job) -> JobResult {
        let (mut results, _) = self.desk.run_group(self.now, vec![job]).expect("memory has room");
        results.remove(0)
    }

    /// What the daemon answers to this.
    pub fn ask(&mut self, me: &str, ask: Ask) -> Answer {
        let job = match ask {
            Ask::Do(command) => Job::Do { by: caller(me), command },
            Ask::Ingest { events, .. } if events.len() > Ask::MOST_EVENTS => return Answer::Ok,
            Ask::Ingest { cursor, events } => Job::Ingest { cursor, events },
            Ask::Draft { id, text, seen } => Job::Draft { by: caller(me), id, text, seen },
            read => return answer(&self.store, &self.setup, me, read, self.now),
        };
        match self.job(job) {
            JobResult::Done(done) => Answer::Done(done),
            JobResult::Ingested(ingested) => Answer::Ingested(ingested),
            JobResult::Refused(why) => Answer::Refused(why),
            _ => Answer::Ok,
        }
    }
}

/// What operators did on a busy desk.
pub fn deeds() -> Vec<Command> {
    let ids = |all: &[u64]| all.iter().map(|id| ConversationId(*id)).collect::<Vec<_>>();
    let content =
        |text: &str| Content { title: "手冲".into(), text: text.into(), ..Content::default() };
    let weibo = ChannelId(OUTLETS[0].id.into());
    let at = VariantRef { post: PostId(1), variant: 1 };
    let reply = |id, text: &str| Command::Reply {
        ids: ids(&[id]),
        text: text.into(),
        seen: None,
        because: None,
    };
    vec![
        reply(1, "您好，马上为您查询。"),
        Command::Note { ids: ids(&[2]), text: "called the warehouse, @amy please".into() },
        Command::Snooze { ids: ids(&[3]), until: NOW + Span::hours(1) },
        Command::Claim { ids: ids(&[4, 5]), over: true },
        Command::Label { ids: ids(&[6]), label: "vip".into() },
        Command::Escalate { ids: ids(&[7]), reason: "lawyer".into() },
        Command::Topic { ids: ids(&[8]), note: String::new() },
        Command::Assign { ids: ids(&[9]), to: Some(operator("amy")) },
        Command::Resolve { ids: ids(&[10]) },
        Command::Pending { ids: ids(&[11]) },
        Command::Post(PostAct::New {
            idea: "drip bags".into(),
            topic: None,
            variants: vec![(weibo.clone(), content("新品上线")), (weibo, content("later"))],
            when: Some(NOW + Span::hours(30)),
        }),
        Command::Post(PostAct::Submit { at: vec![at], because: None }),
        Command::Post(PostAct::Approve { at: vec![at], step: None, why: String::new() }),
        Command::Post(PostAct::Schedule { at, when: Some(NOW + Span::hours(5)) }),
        Command::Library(LibraryAct::AssetAdd(Box::new(About {
            link: "https://a.example/1.jpg".into(),
            alt: "a cup".into(),
            ..About::default()
        }))),
        Command::Undo,
        Command::Redo,
    ]
}

/// Answers what only reads, as the daemon does.
pub fn answer(store: &MemoryStore, setup: &Setup, me: &str, ask: Ask, now: Time) -> Answer {
    read(store, setup, &operator(me), ask, now).unwrap_or_else(Answer::Refused)
}

fn read(
    store: &MemoryStore,
    setup: &Setup,
    me: &OperatorName,
    ask: Ask,
    now: Time,
) -> Result<Answer, Refusal> {
    let zone = chrono_tz::Tz::Asia__Shanghai;
    let policies = &setup.policies;
    Ok(match ask {
        Ask::Show(id) => match query::detail(store, id, me)? {
            Some(detail) => Answer::Shown(Box::new(detail)),
            None => Answer::Refused(Refusal::NoSuchConversation(id)),
        },
        Ask::List { queue, filter, after, limit } => {
            let filter = Filter::parse(&filter, me)?;
            let limit = usize::try_from(limit).unwrap_or(500).clamp(1, 500);
            let (rows, next) = query::list(store, queue, &filter, after, limit, now)?;
            Answer::Listed(rows, next)
        }
        Ask::Past(whom) => Answer::Past(Box::new(query::past(store, &whom)?)),
        Ask::Corrections { after } => Answer::Corrections(query::corrections(store, after, 200)?),
        Ask::Assets => Answer::Assets(query::assets(store)?),
        Ask::Histories => Answer::Histories(query::histories(store)?),
        Ask::Topics => Answer::Topics(query::topics(store, now)?),
        Ask::Figures => Answer::Figures(query::figures(store)?),
        Ask::Series { figure, grain, from, to } => {
            Answer::Series(query::series(store, &figure, grain, (from, to))?)
        }
        Ask::Alerts { all } => Answer::Alerts(query::alerts_now(store, all, now)?),
        Ask::TopPosts(asked) => Answer::TopPosts(query::top_posts(store, &asked)?),
        Ask::Feedback { from, to } => Answer::Feedback(query::feedback(store, from, to)?),
        Ask::Cursor(channel) => Answer::Cursor(query::cursor(store, &channel)?),
        Ask::Journal { from } => Answer::Journal(query::journal(store, from, 200)?),
        Ask::Calendar(days) => {
            Answer::Calendar(Box::new(query::calendar(store, &setup.cadences, zone, days, now)?))
        }
        Ask::Post(id) => Answer::Post(query::post(store, id)?.map(|(post, contents)| {
            let rules = vec![Default::default(); contents.len()];
            Box::new(PostView { checks: vec![Vec::new(); contents.len()], rules, post, contents })
        })),
        Ask::Posts { channel, states, before } => {
            let (posts, more) = query::posts(store, channel.as_ref(), &states, before, Ask::POSTS)?;
            Answer::Posts(posts, more)
        }
        Ask::Best { channel, metric, eval } => {
            Answer::Best(Box::new(query::best(store, zone, channel, metric, eval)?))
        }
        Ask::Expected(of) => Answer::Expected(query::expected(store, zone, &of)?),
        Ask::Book => Answer::Book(Box::new((*setup.figures).clone())),
        Ask::Board(channel) => {
            Answer::Board(query::board(store, &setup.figures, (&channel, ""), zone, now)?)
        }
        Ask::Line(of) => {
            let at =
                At { book: &setup.figures, channel: &of.figure.channel.0, platform: "", now, zone };
            Answer::Line(query::line(store, &at, &of)?)
        }
        Ask::Report(of) => {
            let desk = query::Desk {
                book: &setup.figures,
                policies,
                channels: &setup.channels,
                cadences: &setup.cadences,
                open: 3,
            };
            Answer::Report(Box::new(query::report(store, &desk, &of, now)?))
        }
        Ask::Service { by, period, outside } => {
            let asked = query::ServiceAsked { by, period, outside };
            Answer::Service(Box::new(query::service(store, now, zone, asked, 3, policies)?))
        }
        Ask::Forecast { hours, operators } => {
            let hours = usize::from(hours).clamp(1, 24);
            let on = operators.unwrap_or(2).min(10_000);
            Answer::Forecast(query::outlook(store, now, zone, 1, on, hours)?)
        }
        Ask::Explain(id) => {
            let found: Option<Conversation> =
                records::get(store, &keys::conversation(id)).map_err(|e| Refusal::Store(e.what))?;
            let found = found.ok_or(Refusal::NoSuchConversation(id))?;
            Answer::Explained(Box::new(explain(&found, policies, now)))
        }
        _ => Answer::Ok,
    })
}
