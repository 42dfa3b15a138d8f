//! WeChat Official Accounts (微信公众号).
//!
//! For: followers' messages, which the platform pushes to a callback of ours; comments, which it is
//! asked for; answers, deletions and posts.
//! May come in: what a connector may use; the platform's interface and its callbacks.
//! Never: listens to the outside world unless told to, answers a callback before its message is on
//! disk, believes anything that is not signed, sends an answer twice.

mod api;
mod codes;
pub mod crypto;
mod inbound;
mod inbox;
mod messages;
mod outbound;
mod receive;
pub mod server;
mod settings;
mod spool;
mod token;
mod window;
pub mod xml;

use super::built_in::{BuiltIn, Setting};
use super::protocol::{Act, Command, Start};
use super::sdk::{self, Answer, Desk, Done, Trouble};
use crate::domain::{Abilities, Guard, TextLimit};
use crate::text::catalogue::wechat as say;
use crate::text::{Lang, Msg};
use api::{Api, Failed};
use inbound::Seen;
use inbox::Inbox;
use outbound::{Outbound, text_of};
use receive::Receiver;
use settings::Settings;
use spool::Spool;
use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use window::Windows;

/// Its row among the connectors.
pub const BUILT_IN: BuiltIn = BuiltIn {
    name: "wechat",
    about: say::ABOUT,
    settings: &[
        needed("app_id", false, say::ASK_APP_ID),
        needed("app_secret", true, say::ASK_APP_SECRET),
        needed("token", true, say::ASK_TOKEN),
        Setting {
            name: "encoding_aes_key",
            secret: true,
            default: Some(""),
            ask: say::ASK_AES_KEY,
        },
        with_default("listen", settings::LISTEN, say::ASK_LISTEN),
        with_default("path", "/", say::ASK_PATH),
        with_default("comments", "yes", say::ASK_COMMENTS),
        with_default("cover_media_id", "", say::ASK_COVER),
        with_default("server", settings::SERVER, say::ASK_SERVER),
    ],
    allows: &[
        say::ALLOWS_WINDOW,
        say::ALLOWS_TOUCH,
        say::ALLOWS_PUSH,
        say::ALLOWS_NAMES,
        say::ALLOWS_COMMENTS,
        say::ALLOWS_POST,
        say::ALLOWS_NOT,
        say::ALLOWS_DOUBT,
    ],
    can: abilities,
    run,
};

const fn needed(name: &'static str, secret: bool, ask: Msg) -> Setting {
    Setting { name, secret, default: None, ask }
}

const fn with_default(name: &'static str, default: &'static str, ask: Msg) -> Setting {
    Setting { name, secret: false, default: Some(default), ask }
}

/// How long comments are left alone when the account has no right to them.
const NO_RIGHT: Duration = Duration::from_secs(6 * 3600);
/// How often the list of articles is read.
const ARTICLES: Duration = Duration::from_secs(15 * 60);
/// How often we say that all is well when there is nothing to look for: messages come by themselves.
const QUIET: Duration = Duration::from_secs(5 * 60);

/// What can be done before anything is known of the account. 48 hours and 5 answers are the
/// platform's rule for somebody who wrote; 2048 bytes is the longest text it sends.
fn abilities() -> Abilities {
    Abilities {
        comments: true,
        dm: true,
        reply: true,
        post: true,
        delete: true,
        delete_theirs: true,
        guard: Guard::None,
        limit: TextLimit { bytes: Some(2048), ..TextLimit::default() },
        window_seconds: Some(48 * 3600),
        window_replies: Some(5),
        ..Abilities::default()
    }
}

fn run() -> Result<(), String> {
    sdk::run("wechat", abilities(), WeChat::new)
}

/// In which language things are said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    lang: Lang,
}

impl Said {
    fn text(self, message: Msg) -> String {
        message.raw(self.lang).to_owned()
    }

    fn line(self, message: Msg, values: &[(&str, &dyn Display)]) -> String {
        message.fill(self.lang, values).as_str().to_owned()
    }
}

/// A name for somebody whose name the platform does not tell.
fn short(openid: &str) -> String {
    let count = openid.chars().count();
    if count <= 8 {
        return openid.to_owned();
    }
    let (first, last) = (openid.chars().take(4), openid.chars().skip(count - 3));
    first.chain(['…']).chain(last).collect()
}

struct WeChat {
    settings: Settings,
    said: Said,
    api: Api,
    inbox: Arc<Inbox>,
    receiver: Arc<Receiver>,
    /// The poll thread's own, held while it looks.
    looks: Mutex<Looks>,
    /// What a check tells of it; never held for long.
    known: Mutex<Known>,
}

#[derive(Default)]
struct Looks {
    account: Option<String>,
    /// When the list of articles is read again.
    articles: Option<Instant>,
    /// When comments are looked for again, if the account has no right to them.
    comments: Option<Instant>,
    seen: Seen,
}

#[derive(Clone, Default)]
struct Known {
    listens: Option<SocketAddr>,
    /// Why comments are not read, when the account has no right to them.
    no_comments: Option<String>,
}

impl WeChat {
    fn new(start: Start) -> Result<WeChat, String> {
        let settings = Settings::read(&start)?;
        let said = Said { lang: settings.lang };
        let folder = start.folder.as_deref().ok_or_else(|| said.text(say::NO_FOLDER))?;
        let folder = Path::new(folder);
        let spool = Spool::open(&folder.join("spool")).map_err(|why| {
            let folder = folder.display();
            said.line(say::CANNOT_KEEP, &[("folder", &folder), ("why", &why)])
        })?;
        let windows = Windows::open(&folder.join("windows.json"));
        let inbox = Arc::new(Inbox::new(spool, windows, settings.events, said));
        let receiver = Receiver {
            path: settings.path.clone(),
            keys: settings.keys(&start.secrets)?,
            inbox: Arc::clone(&inbox),
            said,
            counts: Mutex::default(),
        };
        Ok(WeChat {
            api: Api::new(&settings.server, &settings.app_id, start.secrets)?,
            inbox,
            receiver: Arc::new(receiver),
            looks: Mutex::default(),
            known: Mutex::default(),
            said,
            settings,
        })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens from now on, if it does not yet.
    fn listen(&self, desk: &Desk) -> Result<(), Trouble> {
        if self.known().listens.is_some() {
            return Ok(());
        }
        let at = self.settings.listen;
        let trouble = |why: io::Error| {
            Trouble::away(self.said.line(say::CANNOT_LISTEN, &[("at", &at), ("why", &why)]))
        };
        self.inbox.start(desk).map_err(trouble)?;
        let listens = receive::listen(at, Arc::clone(&self.receiver), desk).map_err(trouble)?;
        desk.log(self.listening(listens));
        self.known().listens = Some(listens);
        Ok(())
    }

    fn listening(&self, at: SocketAddr) -> String {
        let at = format!("{at}{}", self.settings.path);
        self.said.line(say::LISTENS, &[("at", &at)])
    }

    /// Looks for comments, and answers when to do so again.
    fn look(&self, looks: &mut Looks, desk: &Desk) -> Result<Duration, Trouble> {
        let now = Instant::now();
        if !self.settings.comments {
            return Ok(QUIET);
        }
        if let Some(left) = looks.comments.and_then(|at| at.checked_duration_since(now)) {
            return Ok(left.min(QUIET));
        }
        match self.comments(looks, desk) {
            Ok(()) => {
                self.known().no_comments = None;
                looks.comments = None;
                Ok(self.settings.every)
            }
            Err(Looked::Failed(Failed::Code(code)))
                if matches!(code.code, 48001 | 48004 | 50001 | 88000) =>
            {
                // An account without that right is not blind: its messages come in.
                let why = code.why(self.said.lang);
                desk.log(self.said.line(say::NO_COMMENTS, &[("why", &why)]));
                self.known().no_comments = Some(why);
                looks.comments = Some(now + NO_RIGHT);
                Ok(QUIET)
            }
            Err(Looked::Failed(failed)) => Err(failed.trouble(self.said.lang)),
            Err(Looked::Ended(trouble)) => Err(trouble),
        }
    }

    /// Whether comments are read, as far as is known.
    fn has_comments(&self) -> bool {
        self.settings.comments && self.known().no_comments.is_none()
    }

    /// The account's name; its AppID where the platform does not tell it.
    fn account(&self, desk: &Desk) -> String {
        let told = self.api.get(desk, "/cgi-bin/account/getaccountbasicinfo");
        let name = told.ok().and_then(|info| text_of(&info, "nickname"));
        name.unwrap_or_else(|| self.settings.app_id.clone())
    }

    fn comments(&self, looks: &mut Looks, desk: &Desk) -> Result<(), Looked> {
        let now = Instant::now();
        if self.inbox.has_published() || looks.articles.is_none_or(|next| next <= now) {
            looks.seen.find(&self.api, desk, &self.settings.articles).map_err(Looked::Failed)?;
            looks.articles = Some(now + ARTICLES);
        }
        let events = looks.seen.look(&self.api, desk, self.said).map_err(|failed| {
            // What was seen before it failed has not been handed over.
            looks.seen.forget();
            Looked::Failed(failed)
        })?;
        self.inbox.events(desk, events).map_err(Looked::Ended)
    }

    fn check(&self, desk: &Desk) -> Answer {
        let not = |failed: &Failed| failed.not_read(self.said.lang);
        // Needs the right address, AppID and AppSecret, and nothing else.
        self.api.get(desk, "/cgi-bin/getcallbackip").map_err(|failed| not(&failed))?;
        let account = self.account(desk);
        let known = self.known().clone();
        let listens = match known.listens {
            Some(at) => self.listening(at),
            None => self.said.text(say::NOT_LISTENING),
        };
        let comments = if !self.settings.comments {
            self.said.text(say::COMMENTS_OFF)
        } else if let Some(why) = known.no_comments {
            self.said.line(say::NO_COMMENTS, &[("why", &why)])
        } else {
            match Seen::default().find(&self.api, desk, &self.settings.articles) {
                Ok(()) => self.said.text(say::COMMENTS_WORK),
                Err(Failed::Code(code)) => {
                    self.said.line(say::NO_COMMENTS, &[("why", &code.why(self.said.lang))])
                }
                Err(failed) => return Err(not(&failed)),
            }
        };
        let has_key = self.receiver.keys.has_key();
        let mode = self.said.text(if has_key { say::MODE_SAFE } else { say::MODE_PLAIN });
        let has_cover = self.settings.cover.is_some();
        let post = self.said.text(if has_cover { say::POST_READY } else { say::POST_NOT_READY });
        let values: [(&str, &dyn Display); 5] = [
            ("account", &account),
            ("mode", &mode),
            ("listens", &listens),
            ("comments", &comments),
            ("post", &post),
        ];
        let note = self.said.line(say::CHECKED, &values);
        Ok(Done { note: Some(note), ..Done::default() })
    }
}

/// Why a look for comments did not succeed.
enum Looked {
    Failed(Failed),
    Ended(Trouble),
}

impl sdk::Connector for WeChat {
    fn poll(&self, desk: &Desk) -> Result<Duration, Trouble> {
        self.listen(desk)?;
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.account.is_none() {
            self.api.sign_in(desk).map_err(|failed| failed.trouble(self.said.lang))?;
            looks.account = Some(self.account(desk));
        }
        let wait = self.look(&mut looks, desk);
        let has_comments = self.has_comments();
        let can = Abilities {
            comments: has_comments,
            delete: has_comments,
            delete_theirs: has_comments,
            post: self.settings.cover.is_some(),
            ..abilities()
        };
        desk.hello(looks.account.clone(), can);
        wait
    }

    fn command(&self, desk: &Desk, command: &Command) -> Answer {
        if command.act == Act::Check {
            return self.check(desk);
        }
        let outbound = Outbound {
            api: &self.api,
            inbox: &self.inbox,
            opens_comments: self.has_comments(),
            cover: self.settings.cover.as_deref(),
            said: self.said,
            desk,
        };
        outbound.carry_out(command)
    }
}

#[cfg(test)]
mod tests;
