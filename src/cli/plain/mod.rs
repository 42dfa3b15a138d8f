//! The cockpit as lines, for screen readers and for terminals that cannot place a cursor: one
//! sentence after another, a prompt, and the verbs of the command line.

mod ask;
mod help;
mod how;
mod news;
pub(super) mod sentence;
mod typist;
mod words;

use super::{Context, Exit, Failure, Outcome, verbs};
use crate::app::action::{self, Action, TABLE};
use crate::app::keymap::{Found, Keymap};
use crate::app::{Key, Settings};
use crate::client::attach::{Caller, Launch};
use crate::client::link::{Link, LinkEvent};
use crate::client::settings::preset;
use crate::client::signals::Signals;
use crate::config::{Env, UserSettings};
use crate::domain::{Conversation, ConversationId, OperatorName, OrderKey, Time};
use crate::text::catalogue::{plain as say, verbs as verb_say};
use crate::text::{Lang, Shown};
use crate::wire::message::{Answer, Ask, ClientKind, Detail, ToDaemon};
use clap::{Arg, ArgAction, ColorChoice, Command};
use how::{How, Own, how};
use news::News;
use sentence::Saying;
use std::fmt::Display;
use std::io::{self, IsTerminal};
use tokio::runtime::Runtime;
use typist::{Beside, Typed, Typist, say_all};

/// Rows that are read out at once.
const ROWS: u32 = 10;

/// Verbs that run the desk itself or open a cockpit: they are for a shell.
const NOT_HERE: [&str; 5] = ["serve", "stop", "demo", "connector", "line"];

/// One operator's session by line.
struct Session {
    context: Context,
    keymap: Keymap,
    saying: Saying,
    me: OperatorName,
    link: Link,
    news: News,
    signals: Signals,
    typist: Typist,
    /// The open conversation, as it was read last.
    open: Option<Detail>,
    /// What was listed last.
    list: Listed,
    /// Declared last: what lives on it is gone before.
    runtime: Runtime,
}

/// A list as far as it was read out.
#[derive(Default)]
struct Listed {
    filter: String,
    queue: Option<crate::domain::Queue>,
    ids: Vec<ConversationId>,
    /// Goes on after this one; `None` = that was all.
    after: Option<OrderKey>,
    /// The one that `next` and `previous` count from.
    at: Option<usize>,
}

/// Whether it goes on.
#[derive(PartialEq)]
enum Then {
    Stay,
    Leave,
}

/// Opens the cockpit as lines and stays until the operator leaves.
pub(super) fn run(context: &Context) -> Outcome {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Failure::new(Exit::File, verb_say::NO_TERMINAL.say(context.lang)));
    }
    let failed = |e: io::Error| {
        Failure::new(Exit::File, verb_say::TERMINAL_FAILED.fill(context.lang, &[("why", &e)]))
    };
    let mut session = Session::open(context, &failed)?;
    session.greet().map_err(failed)?;
    loop {
        let line = match session.typed(&session.prompt(), true).map_err(failed)? {
            Typed::Line(line) => line,
            Typed::GivenUp => {
                say_all([say::QUIT_HOW.say(session.context.lang)]).map_err(failed)?;
                continue;
            }
            Typed::End => break,
        };
        session.link.send(ToDaemon::Active);
        match session.obey(&line) {
            Ok(Then::Stay) => {}
            Ok(Then::Leave) => break,
            Err(failure) => say_all([failure.sentence]).map_err(failed)?,
        }
    }
    session.runtime.block_on(session.link.close());
    // Who left may not be able to hear it.
    let _ = say_all([say::LEFT.say(session.context.lang)]);
    Ok(())
}

impl Session {
    fn open(context: &Context, failed: &dyn Fn(io::Error) -> Failure) -> Result<Session, Failure> {
        let lang = context.lang;
        let user = match Env::from(|name| std::env::var_os(name)).user_file() {
            Some(file) => {
                UserSettings::load(&file).map_err(|e| Failure::new(Exit::Usage, e.say(lang)))?
            }
            None => UserSettings::default(),
        };
        say_all([say::CONNECTING.say(lang)]).map_err(failed)?;
        // One thread of its own keeps the link while a verb does its work on this one.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(failed)?;
        let inside = runtime.enter();
        let signals = Signals::new().map_err(failed)?;
        let typist = Typist::open().map_err(failed)?;
        let caller =
            Caller { kind: ClientKind::Cockpit, declared: context.declared.clone(), resume: None };
        let mut link = Link::open(context.folder()?, caller, Launch::own());
        drop(inside);
        let welcome = match runtime.block_on(link.next()) {
            Some(LinkEvent::Linked(welcome)) => welcome,
            Some(LinkEvent::Lost { why, .. }) => return Err(Failure::unattached(&why, lang)),
            _ => return Err(context.strange()),
        };
        let settings = Settings {
            lang,
            preset: preset(&user.keymap),
            keys: user.keys.into_iter().map(|k| (k.action, k.keys)).collect(),
            ..Settings::default()
        };
        let (keymap, wrong) = Keymap::new(&settings);
        say_all(wrong.into_iter().map(|w| w.text)).map_err(failed)?;
        let saying = Saying::of(&welcome, lang);
        let (desk, me) = (Shown::line(&welcome.desk), welcome.operator.clone());
        let values: [(&str, &dyn Display); 2] = [("desk", &desk), ("me", &Shown::line(&me.0))];
        say_all([say::WELCOME.fill(lang, &values)]).map_err(failed)?;
        let mut news = News::new();
        news.take(LinkEvent::Linked(welcome), &link, &saying, now());
        Ok(Session {
            context: context.clone(),
            keymap,
            saying,
            me,
            link,
            news,
            signals,
            typist,
            open: None,
            list: Listed::default(),
            runtime,
        })
    }

    /// What happened since the last session, and how much is open, once the desk has said so.
    fn greet(&mut self) -> io::Result<()> {
        if self.news.since.is_some() {
            say_all(self.news.since_said(&self.saying))?;
        }
        // What is there already is no news: its rows have to come before the first prompt.
        for _ in 0..16 {
            let counted = !self.news.desk.counts.is_empty() || !self.news.desk.people.is_empty();
            if counted && self.news.knows_the_queues() {
                break;
            }
            if let Some(event) = self.runtime.block_on(self.link.next()) {
                say_all(self.news.take(event, &self.link, &self.saying, now()))?;
            }
        }
        say_all(self.news.counts(&self.saying, &self.me, now()))
    }

    fn prompt(&self) -> Shown {
        match &self.open {
            Some(detail) => Shown::line(&format!("{}> ", detail.conversation.id)),
            None => Shown::line("> "),
        }
    }

    /// Reads a line; what comes from the desk meanwhile is said.
    fn typed(&mut self, prompt: &Shown, remembers: bool) -> io::Result<Typed> {
        let beside = Beside {
            link: &mut self.link,
            news: &mut self.news,
            saying: &self.saying,
            signals: &mut self.signals,
        };
        self.runtime.block_on(self.typist.line(prompt, remembers, beside))
    }

    fn say(&self, lines: impl IntoIterator<Item = Shown>) -> Outcome {
        say_all(lines).map_err(|e| Failure::unwritten(&e, self.context.lang))
    }

    /// Does what a line says: a number, a verb, an action's name or its key.
    fn obey(&mut self, line: &str) -> Result<Then, Failure> {
        let lang = self.context.lang;
        let words = words::split(line)
            .ok_or_else(|| Failure::new(Exit::Usage, say::BAD_QUOTES.say(lang)))?;
        let Some(first) = words.first().map(String::as_str) else { return Ok(Then::Stay) };
        match (first, &words[1..]) {
            (number, []) if number.parse::<ConversationId>().is_ok() => {
                self.read(number.parse().unwrap_or_default())?;
            }
            ("show" | "open", [id]) if id.parse::<ConversationId>().is_ok() => {
                self.read(id.parse().unwrap_or_default())?;
            }
            ("list", args) => self.list(args)?,
            ("more", []) => self.more()?,
            ("quit" | "exit", []) => return Ok(Then::Leave),
            ("counts", []) => self.say(self.news.counts(&self.saying, &self.me, now()))?,
            ("news", [word]) if ["on", "off"].contains(&word.as_str()) => {
                self.news.arrivals = word == "on";
                let said = if self.news.arrivals { say::NEWS_ON } else { say::NEWS_OFF };
                self.say([said.say(lang)])?;
            }
            ("help", [of]) => self.help_of(of)?,
            ("filter", args @ [_, ..]) => self.filter(args.join(" "))?,
            (verb, _) if NOT_HERE.contains(&verb) => {
                let said = say::NOT_HERE.fill(lang, &[("what", &Shown::line(verb))]);
                return Err(Failure::new(Exit::Usage, said));
            }
            (verb, args) if is_verb(verb, lang) && (!args.is_empty() || !is_key(verb)) => {
                self.verb(words)?;
            }
            _ => match self.action(&words)? {
                Some(action) => return self.act(action),
                None => {
                    let what = Shown::line(&words.join(" "));
                    let said = say::UNKNOWN.fill(lang, &[("what", &what)]);
                    return Err(Failure::new(Exit::Usage, said));
                }
            },
        }
        Ok(Then::Stay)
    }

    /// The action of a name or of its keys.
    fn action(&self, words: &[String]) -> Result<Option<Action>, Failure> {
        let named = |s: &&action::Spec| words.len() == 1 && s.name == words[0];
        if let Some(spec) = TABLE.iter().find(named).filter(|s| how(s.action).is_some()) {
            return Ok(Some(spec.action));
        }
        let typed: Option<Vec<Key>> = words
            .iter()
            .map(|w| {
                Key::parse(&w.to_lowercase())
                    .filter(|_| w.chars().count() > 1)
                    .or_else(|| Key::parse(w))
            })
            .collect();
        // `g n` may be typed as `gn`.
        let joined = || -> Option<Vec<Key>> {
            let [word] = words else { return None };
            (word.chars().count() == 2).then(|| word.chars().map(Key::char).collect())
        };
        let Some(keys) = typed.or_else(joined) else { return Ok(None) };
        let keys: Vec<Key> = keys.into_iter().map(Key::for_command).collect();
        use action::Context as In;
        let contexts = match self.open {
            Some(_) => [In::Conversation, In::Queue, In::Desk],
            None => [In::Queue, In::Conversation, In::Desk],
        };
        match self.keymap.find(&contexts, &keys) {
            Found::Action(action) => Ok(Some(action).filter(|a| how(*a).is_some())),
            Found::Begun => {
                let lang = self.context.lang;
                let after = self.keymap.after(&contexts, &keys);
                let pieces: Vec<Shown> = after
                    .iter()
                    .map(|(rest, action)| Shown::line(&format!("{rest} {}", action.spec().name)))
                    .collect();
                let keys = Shown::join(&pieces, &Shown::line(", "));
                let what = Shown::line(&words.join(" "));
                let values: [(&str, &dyn Display); 2] = [("what", &what), ("keys", &keys)];
                Err(Failure::new(Exit::Usage, say::BEGUN.fill(lang, &values)))
            }
            Found::Nothing => Ok(None),
        }
    }

    fn act(&mut self, action: Action) -> Result<Then, Failure> {
        let lang = self.context.lang;
        match how(action) {
            None => {}
            Some(How::Verb(words)) => {
                self.verb(words.iter().map(|w| (*w).to_owned()).collect())?;
            }
            Some(How::Own(own)) => match own {
                Own::Open => {
                    let at = self.list.at.and_then(|at| self.list.ids.get(at)).copied();
                    let id = self.open_id().or(at);
                    if let Some(id) = self.or_ask_which(id)? {
                        self.read(id)?;
                    }
                }
                Own::Next => self.step(true)?,
                Own::Previous => self.step(false)?,
                Own::Comments => self.list(&["--queue".into(), "comments".into()])?,
                Own::Messages => self.list(&["--queue".into(), "messages".into()])?,
                Own::Filter => {
                    if let Some(filter) = self.asked(say::ASK_FILTER)? {
                        self.filter(filter)?;
                    }
                }
                Own::Play => self.play()?,
                Own::Attend => match self.news.last_about {
                    Some(id) => self.read(id)?,
                    None => self.say([say::NOTHING_OPEN.say(lang)])?,
                },
                Own::Links => {
                    if let Some(id) = self.or_ask_which(self.open_id())? {
                        let detail = self.detail(id)?;
                        self.say(self.saying.links(&detail))?;
                    }
                }
                Own::Many => self.say([say::WHERE_MANY.say(lang)])?,
                Own::ByFilter => self.say([say::BY_FILTER.say(lang)])?,
                Own::Slots if self.news.slots.is_empty() => {
                    self.say([say::NO_SLOTS.say(lang)])?;
                }
                Own::Slots => {
                    self.say(self.news.slots.iter().map(|slot| self.saying.slot(slot)))?;
                }
                Own::Counts => {
                    self.say(self.news.counts(&self.saying, &self.me, now()))?;
                    self.verb(vec!["status".into()])?;
                }
                Own::Since => self.say(self.news.since_said(&self.saying))?,
                Own::Language => {
                    self.context.lang = match lang {
                        Lang::En => Lang::Zh,
                        Lang::Zh => Lang::En,
                    };
                    self.saying.lang = self.context.lang;
                    self.say([say::LANGUAGE_IS.say(self.context.lang)])?;
                }
                Own::Help => self.help()?,
                Own::Close => match self.open.take() {
                    Some(detail) => {
                        self.news.look_at(&self.link, None);
                        let id = detail.conversation.id;
                        self.say([say::CLOSED.fill(lang, &[("id", &id)])])?;
                    }
                    None => self.say([say::NOTHING_OPEN.say(lang)])?,
                },
                Own::Leave => return Ok(Then::Leave),
            },
        }
        Ok(Then::Stay)
    }

    fn open_id(&self) -> Option<ConversationId> {
        self.open.as_ref().map(|d| d.conversation.id)
    }

    /// A conversation with its thread, as it is now.
    fn detail(&self, id: ConversationId) -> Result<Detail, Failure> {
        let mut desk = self.context.connect()?;
        match self.context.ask(&mut desk, Ask::Show(id))? {
            Answer::Shown(detail) => Ok(*detail),
            _ => Err(self.context.strange()),
        }
    }

    /// Opens a conversation and reads it out.
    fn read(&mut self, id: ConversationId) -> Outcome {
        let detail = self.detail(id)?;
        self.say(self.saying.thread(&detail, now()))?;
        self.list.at = self.list.ids.iter().position(|listed| *listed == id).or(self.list.at);
        self.news.look_at(&self.link, Some(&detail));
        self.open = Some(detail);
        Ok(())
    }

    /// The next or previous one of the list.
    fn step(&mut self, down: bool) -> Outcome {
        let lang = self.context.lang;
        if self.list.ids.is_empty() {
            self.fetch()?;
        }
        let to = match (self.list.at, down) {
            (None, _) => Some(0),
            (Some(at), true) => Some(at + 1),
            (Some(at), false) => at.checked_sub(1),
        };
        let Some(to) = to else { return self.say([say::FIRST.say(lang)]) };
        if to >= self.list.ids.len() && self.list.after.is_some() {
            self.fetch()?;
        }
        match self.list.ids.get(to).copied() {
            Some(id) => {
                self.list.at = Some(to);
                self.read(id)
            }
            None => self.say([say::NO_MORE.say(lang)]),
        }
    }

    fn filter(&mut self, filter: String) -> Outcome {
        self.list(&["--filter".into(), filter])
    }

    /// Reads out the beginning of a queue.
    fn list(&mut self, args: &[String]) -> Outcome {
        let line = std::iter::once("list").chain(args.iter().map(String::as_str));
        let matches = super::list::command(self.context.lang)
            .color(ColorChoice::Never)
            .try_get_matches_from(line);
        let matches = match matches {
            Ok(matches) => matches,
            Err(e) => return self.say(Shown::lines(&e.render().to_string())),
        };
        let (queue, filter) = super::list::wanted(&matches);
        self.list = Listed { filter, queue, ..Listed::default() };
        let rows = self.fetch()?;
        if rows.is_empty() {
            return self.say([say::NONE_LISTED.say(self.context.lang)]);
        }
        self.read_out(&rows)
    }

    fn more(&mut self) -> Outcome {
        let lang = self.context.lang;
        if self.list.ids.is_empty() {
            return self.say([say::NO_LIST.say(lang)]);
        }
        if self.list.after.is_none() {
            return self.say([say::NO_MORE.say(lang)]);
        }
        let rows = self.fetch()?;
        self.read_out(&rows)
    }

    fn read_out(&self, rows: &[Conversation]) -> Outcome {
        self.say(rows.iter().map(|c| self.saying.row(c, now())))?;
        let more = self.list.after.is_some().then(|| say::MORE.say(self.context.lang));
        self.say(more)
    }

    /// The next rows of the list.
    fn fetch(&mut self) -> Result<Vec<Conversation>, Failure> {
        let mut desk = self.context.connect()?;
        let ask = Ask::List {
            queue: self.list.queue,
            filter: self.list.filter.clone(),
            after: self.list.after,
            limit: ROWS,
        };
        let Answer::Listed(rows, after) = self.context.ask(&mut desk, ask)? else {
            return Err(self.context.strange());
        };
        self.list.after = after;
        let rows: Vec<Conversation> = rows.into_iter().map(|r| r.conversation).collect();
        self.list.ids.extend(rows.iter().map(|c| c.id));
        Ok(rows)
    }

    /// Claims the most urgent one that nobody is on, and reads it.
    fn play(&mut self) -> Outcome {
        self.list = Listed::default();
        let free = loop {
            let rows = self.fetch()?;
            let free = rows.iter().find(|c| c.claim.is_none()).map(|c| c.id);
            if free.is_some() || self.list.after.is_none() {
                break free;
            }
        };
        match free {
            Some(id) => {
                self.verb(vec!["claim".into(), id.to_string()])?;
                self.read(id)
            }
            None => self.say([say::NOTHING_FREE.say(self.context.lang)]),
        }
    }

    /// Has the desk keep a text as this operator's draft, or forget it; done once the desk says so.
    fn keep_draft(&self, id: ConversationId, text: Option<String>) -> Outcome {
        let mut desk = self.context.connect()?;
        let seen = self.open.as_ref().map(seen_of);
        match self.context.ask(&mut desk, Ask::Draft { id, text, seen })? {
            Answer::Ok => Ok(()),
            _ => Err(self.context.strange()),
        }
    }

    /// Runs a verb of the command line; what it takes and was not given is asked for.
    fn verb(&mut self, words: Vec<String>) -> Outcome {
        let Some(asked) = self.complete(words)? else {
            return self.say([say::GIVEN_UP.say(self.context.lang)]);
        };
        let matches = match program(self.context.lang).try_get_matches_from(&asked.words) {
            Ok(matches) => matches,
            Err(e) => return self.say(Shown::lines(&e.render().to_string())),
        };
        let context = Context { json: matches.get_flag("json"), ..self.context.clone() };
        let Some((name, args)) = matches.subcommand() else { return Ok(()) };
        let done = verbs::run(name, &context, args);
        match (&done, asked.writes) {
            (Ok(()), Some((id, _))) => self.keep_draft(id, None)?,
            (Err(_), Some((id, text))) => {
                // What was written is not lost for it.
                if let Err(failure) = done {
                    self.say([failure.sentence])?;
                }
                let kept = match self.keep_draft(id, Some(text)) {
                    Ok(()) => say::KEPT.fill(self.context.lang, &[("id", &id)]),
                    Err(failure) => {
                        say::NOT_KEPT.fill(self.context.lang, &[("why", &failure.sentence)])
                    }
                };
                return self.say([kept]);
            }
            (_, None) => {}
        }
        // What is open is another one now.
        if let Some(id) = self.open_id().filter(|_| done.is_ok()) {
            let detail = self.detail(id)?;
            self.news.look_at(&self.link, Some(&detail));
            self.open = Some(detail);
        }
        done
    }
}

/// How many messages of a conversation were read.
fn seen_of(detail: &Detail) -> u32 {
    detail.older + u32::try_from(detail.messages.len()).unwrap_or(u32::MAX)
}

fn is_verb(word: &str, lang: Lang) -> bool {
    verbs::commands(lang).iter().any(|c| c.get_name() == word)
}

/// A verb that is an action's key, too? None is so short.
fn is_key(word: &str) -> bool {
    word.chars().count() == 1
}

/// The verbs as they are typed at the prompt.
fn program(lang: Lang) -> Command {
    let here = |c: &Command| !NOT_HERE.contains(&c.get_name());
    Command::new("dutydesk")
        .no_binary_name(true)
        .disable_help_subcommand(true)
        .color(ColorChoice::Never)
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).global(true))
        .subcommands(verbs::commands(lang).into_iter().filter(here))
}

fn now() -> Time {
    Time::from(chrono::Utc::now())
}
