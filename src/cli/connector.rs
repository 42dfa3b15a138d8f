//! `connector`: runs a connector as a process of its own. Nobody types it; `demo` starts it.

use super::desk_sink::DeskSink;
use super::{Context, Exit, Failure, Outcome};
use crate::client::ask::DeskClient;
use crate::connect::built_in;
use crate::connect::demo::Feed;
use crate::connect::demo::brand::OUTLETS;
use crate::connect::{Sink, sink};
use crate::domain::{ChannelId, Event, MessageRef, Time};
use crate::text::catalogue::channels;
use crate::text::catalogue::demo as say;
use crate::text::{Lang, Shown};
use crate::wire::message::{Answer, Ask, ClientKind};
use clap::{Arg, ArgMatches, Command, value_parser};
use std::collections::HashSet;
use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

/// How long to wait before trying a desk again that is away or cannot write.
const AGAIN: Duration = Duration::from_millis(500);
/// How long after replies were pulled the outbox is asked again: they are sent by then.
const PULL: Duration = Duration::from_millis(1_500);

/// Describes the verb.
pub fn command(lang: Lang) -> Command {
    let number = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("N").required(true).help(help)
    };
    let built_in = built_in::ALL.iter().map(|b| Command::new(b.name).about(b.about.raw(lang)));
    Command::new("connector")
        .about(channels::ABOUT_CONNECTOR.raw(lang))
        .subcommands(built_in)
        .hide(true)
        .subcommand_required(true)
        .subcommand(Command::new("demo").about(say::ABOUT.raw(lang)).args([
            number("seed", say::ARG_SEED.raw(lang)).value_parser(value_parser!(u64)),
            number("start", say::ARG_START.raw(lang)).value_parser(value_parser!(i64)),
        ]))
}

/// Runs the connector until its standard input ends.
///
/// # Errors
/// When the desk stays away.
pub fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let Some((name, args)) = args.subcommand() else { return Ok(()) };
    if let Some(connector) = built_in::named(name) {
        // The desk drains standard error into what it shows of the channel.
        return (connector.run)().map_err(|why| Failure::new(Exit::File, Shown::line(&why)));
    }
    let seed = args.get_one::<u64>("seed").copied().unwrap_or(1);
    let start = args.get_one::<i64>("start").copied().map_or_else(now, Time);
    let (tell, told) = mpsc::channel();
    let cannot =
        |e: io::Error| Failure::new(Exit::File, say::NO_FEED.fill(context.lang, &[("why", &e)]));
    let end = tell.clone();
    thread::Builder::new()
        .name("end".into())
        .spawn(move || {
            // Whatever comes, and however it ends: the one who started us has gone.
            let _ = io::copy(&mut io::stdin().lock().by_ref(), &mut io::sink());
            let _ = end.send(Wake::End);
        })
        .map_err(cannot)?;
    let outbox = context.clone();
    thread::Builder::new()
        .name("outbox".into())
        .spawn(move || pull(&outbox, &tell))
        .map_err(cannot)?;
    // What was before the shift is on the desk already; the feed remembers it.
    let mut feed = Feed::new(seed, start);
    while feed.next_at() < start {
        feed.next();
    }
    live(context, feed, &told)
}

fn now() -> Time {
    Time::from(chrono::Utc::now())
}

/// What wakes the feed before its next event.
enum Wake {
    /// Replies that wait for their channel: where, which, and to what message.
    Replies(Vec<(MessageRef, ChannelId, Option<String>)>),
    /// It is over.
    End,
}

/// Pulls replies from the outbox for ever.
fn pull(context: &Context, tell: &Sender<Wake>) {
    let channels: Vec<ChannelId> = OUTLETS.iter().map(|o| o.channel()).collect();
    let mut desk: Option<DeskClient> = None;
    loop {
        let Some(open) = &mut desk else {
            desk = context.folder().ok().and_then(|folder| {
                DeskClient::connect_running(&folder, None, ClientKind::Connector).ok()
            });
            if desk.is_none() {
                thread::sleep(AGAIN);
            }
            continue;
        };
        match open.ask(Ask::Outbox { channels: channels.clone() }) {
            Ok(Answer::Outbox(waiting)) => {
                if waiting.is_empty() {
                    continue;
                }
                let replies = waiting.into_iter().map(|(at, on, m)| (at, on, m.in_reply_to));
                if tell.send(Wake::Replies(replies.collect())).is_err() {
                    return;
                }
                thread::sleep(PULL);
            }
            _ => {
                desk = None;
                thread::sleep(AGAIN);
            }
        }
    }
}

/// Hands the feed's events over when they are due.
fn live(context: &Context, mut feed: Feed, told: &Receiver<Wake>) -> Outcome {
    let mut desk = DeskSink::connect_running(context)?;
    let mut due: Vec<Event> = Vec::new();
    // Replies that were pulled and are not sent yet: the outbox still holds them.
    let mut pulled: HashSet<MessageRef> = HashSet::new();
    loop {
        let until = if due.is_empty() {
            Duration::from_millis(u64::try_from((feed.next_at() - now()).0).unwrap_or(0))
        } else {
            AGAIN
        };
        match told.recv_timeout(until) {
            Ok(Wake::Replies(replies)) => {
                for (at, channel, to) in replies {
                    if pulled.insert(at) {
                        feed.reply(now(), at, &channel, to.as_deref());
                    }
                }
            }
            Ok(Wake::End) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Err(RecvTimeoutError::Timeout) => {}
        }
        while due.len() < sink::MOST && feed.next_at() <= now() {
            due.extend(feed.next().map(|(_, event)| event));
        }
        if due.is_empty() {
            continue;
        }
        match desk.send(None, due.clone()).and_then(|()| desk.receive()) {
            Ok(_) => {
                for event in due.drain(..) {
                    if let Event::Sent { reply, .. } = event {
                        pulled.remove(&reply);
                    }
                }
            }
            // A desk that cannot write now may do so later.
            Err(_) if desk.exit() == Exit::Refused => {}
            Err(e) => {
                let said = say::NOT_TAKEN.fill(context.lang, &[("why", &e.0)]);
                return Err(Failure::new(desk.exit(), said));
            }
        }
    }
}
