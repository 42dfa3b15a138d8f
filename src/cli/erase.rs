//! `dutydesk erase`: erases a person on request, and shows the certificates of it.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::client::ask::DeskClient;
use crate::client::zone;
use crate::domain::erasure::{Copy, CopyKind, Erasure, Found, Gone, Refused, Stays};
use crate::domain::{ChannelId, Refusal, Time};
use crate::text::catalogue::privacy as say;
use crate::text::{Lang, Msg, Shown, format};
use crate::wire::erase::{Certificates, EraseAnswer, EraseAsk};
use crate::wire::message::{Answer, Ask};
use chrono_tz::Tz;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value, json};
use std::io::{self, IsTerminal, Read, Write};
use std::thread;
use std::time::{Duration, Instant};

/// How often it is looked whether an erasure is done.
const LOOK: Duration = Duration::from_millis(100);
/// How long it is waited for; it goes on by itself then.
const PATIENCE: Duration = Duration::from_secs(600);

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    let flag = |name: &'static str, help: Msg| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help.raw(lang))
    };
    Command::new("erase").about(say::ABOUT.raw(lang)).long_about(say::LONG.raw(lang)).args([
        Arg::new("channel")
            .value_name("CHANNEL")
            .requires("person")
            .conflicts_with("certificates")
            .help(say::ARG_CHANNEL.raw(lang)),
        Arg::new("person").value_name("PERSON").help(say::ARG_PERSON.raw(lang)),
        Arg::new("reference")
            .long("reference")
            .value_name("TEXT")
            .requires("channel")
            .help(say::ARG_REFERENCE.raw(lang)),
        flag("dry-run", say::ARG_DRY_RUN),
        flag("yes", say::ARG_YES),
        flag("certificates", say::ARG_CERTIFICATES),
    ])
}

/// Erases, or shows.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let word = |name: &str| args.get_one::<String>(name).cloned().unwrap_or_default();
    let mut desk = context.connect()?;
    let page = Page { lang, zone: zone::of_desk(desk.welcome()), now: now() };
    if args.get_flag("certificates") {
        let all = certificates(context, &mut desk)?;
        return show(context, &page, &all, None);
    }
    let (channel, person) = (ChannelId(word("channel")), word("person"));
    if person.is_empty() {
        return Err(Failure::new(Exit::Usage, say::NEEDS_PERSON.say(lang)));
    }
    let found = find(context, &mut desk, &channel, &person)?;
    let found = match <[Found; 1]>::try_from(found) {
        Ok([one]) => one,
        Err(several) => return told(context, &page, &channel, &several),
    };
    if args.get_flag("dry-run") {
        let mut printer = Printer::new(lang);
        match context.json {
            true => printer.json(&person_json(&channel, &found))?,
            false => {
                for line in page.person(&channel, &found) {
                    printer.line(&line)?;
                }
            }
        }
        return printer.end();
    }
    if !args.get_flag("yes") {
        confirm(&page, &channel, &found)?;
    }
    let ask = EraseAsk::Begin { channel, person: Box::new(found), reference: word("reference") };
    let Answer::Erase(EraseAnswer::Begun(number)) = context.ask(&mut desk, Ask::Erase(ask))? else {
        return Err(context.strange());
    };
    let until = Instant::now() + PATIENCE;
    loop {
        let all = certificates(context, &mut desk)?;
        let done = all.all.iter().any(|e| e.number == number && e.done.is_some());
        // The index follows at once; a large one takes its time.
        if (done && all.indexed >= number) || Instant::now() >= until {
            let page = Page { now: now(), ..page };
            return show(context, &page, &all, Some(number));
        }
        thread::sleep(LOOK);
    }
}

fn now() -> Time {
    Time::from(chrono::Utc::now())
}

fn find(
    context: &Context,
    desk: &mut DeskClient,
    channel: &ChannelId,
    person: &str,
) -> Result<Vec<Found>, Failure> {
    let ask = EraseAsk::Find { channel: channel.clone(), person: person.to_owned() };
    let Answer::Erase(EraseAnswer::Found(found)) = context.ask(desk, Ask::Erase(ask))? else {
        return Err(context.strange());
    };
    match found.is_empty() {
        true => {
            let refusal = Refusal::Erasure(Refused::NoSuchPerson(channel.clone()));
            Err(Failure::refused(&refusal, context.lang))
        }
        false => Ok(found),
    }
}

fn certificates(context: &Context, desk: &mut DeskClient) -> Result<Certificates, Failure> {
    let asked = context.ask(desk, Ask::Erase(EraseAsk::Certificates))?;
    let Answer::Erase(EraseAnswer::Certificates(all)) = asked else {
        return Err(context.strange());
    };
    Ok(*all)
}

/// Several are called so: who they are, and nothing is done.
fn told(context: &Context, page: &Page, channel: &ChannelId, several: &[Found]) -> Outcome {
    let mut printer = Printer::new(context.lang);
    for one in several {
        match context.json {
            true => printer.json(&person_json(channel, one))?,
            false => printer.line(&page.who(channel, one))?,
        }
    }
    printer.end()?;
    let values: [(&str, &dyn std::fmt::Display); 2] = [("n", &several.len()), ("channel", channel)];
    Err(Failure::new(Exit::Refused, say::SEVERAL.fill(context.lang, &values)))
}

fn person_json(channel: &ChannelId, of: &Found) -> Value {
    json!({
        "channel": channel, "id": of.known_as, "names": of.names, "messages": of.messages,
        "conversations": of.conversations, "alone": of.alone, "ours": of.ours,
        "last": of.last.map(Time::rfc3339),
    })
}

/// Asks whether that is meant.
fn confirm(page: &Page, channel: &ChannelId, of: &Found) -> Outcome {
    let lang = page.lang;
    let not_sure = || Failure::new(Exit::Refused, say::NOT_SURE.say(lang));
    if !io::stdin().is_terminal() {
        return Err(not_sure());
    }
    for line in page.person(channel, of) {
        eprintln!("{line}");
    }
    eprint!("{}", say::SURE.raw(lang));
    // Nobody is there to be told when it cannot be written.
    let _ = io::stderr().flush();
    let mut typed = String::new();
    let mut byte = [0];
    while typed.len() < 16 && io::stdin().read(&mut byte).is_ok_and(|n| n == 1) && byte[0] != b'\n'
    {
        typed.push(char::from(byte[0]));
    }
    match typed.trim() {
        "yes" => Ok(()),
        _ => Err(not_sure()),
    }
}

/// Prints certificates: all of them, or one.
fn show(context: &Context, page: &Page, of: &Certificates, only: Option<u64>) -> Outcome {
    let mut printer = Printer::new(context.lang);
    let mut shown = 0;
    for erasure in of.all.iter().filter(|e| only.is_none_or(|n| n == e.number)) {
        shown += 1;
        match context.json {
            true => printer.json(&certificate_json(erasure, of))?,
            false => {
                if shown > 1 {
                    printer.line(&Shown::default())?;
                }
                for line in page.certificate(erasure, of) {
                    printer.line(&line)?;
                }
            }
        }
    }
    if shown == 0 && !context.json {
        printer.line(&say::NONE_YET.say(context.lang))?;
    }
    printer.end()
}

/// The copies that may hold what was erased: those made before it was done.
fn copies<'a>(of: &Erasure, all: &'a Certificates) -> impl Iterator<Item = &'a Copy> {
    let done = of.done.unwrap_or(Time(i64::MAX));
    all.copies.iter().filter(move |copy| copy.at <= done)
}

fn certificate_json(of: &Erasure, all: &Certificates) -> Value {
    let copies: Vec<Value> = copies(of, all)
        .map(|c| json!({ "kind": c.kind, "at": c.at.rfc3339(), "path": c.path, "by": c.by }))
        .collect();
    json!({
        "erasure": of.number, "reference": of.reference, "asked": of.asked.rfc3339(),
        "by": of.by, "declared": of.declared, "channel": of.channel, "person_digest": of.person,
        "done": of.done.map(Time::rfc3339),
        "search_index_rewritten": of.done.is_some() && (all.indexed >= of.number || of.compacted.is_some()),
        "complete_since": of.compacted.map(Time::rfc3339),
        "removed": of.removed, "stays": of.stays, "files": of.files, "copies": copies,
        "copies_unknown": true,
    })
}

/// Says things of erasures.
struct Page {
    lang: Lang,
    zone: Tz,
    now: Time,
}

impl Page {
    fn moment(&self, at: Time) -> Shown {
        format::moment(self.lang, &at.in_zone(self.zone), &self.now.in_zone(self.zone))
    }

    fn who(&self, channel: &ChannelId, of: &Found) -> Shown {
        let names: Vec<Shown> = of.names.iter().map(|name| Shown::line(name)).collect();
        let names = Shown::join(&names, &Shown::line(", "));
        let known = Shown::line(&of.known_as);
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("known", &known), ("channel", channel), ("names", &names)];
        say::WHO.fill(self.lang, &values)
    }

    fn person(&self, channel: &ChannelId, of: &Found) -> Vec<Shown> {
        let last = of.last.map_or_else(|| Shown::line("-"), |last| self.moment(last));
        let values: [(&str, &dyn std::fmt::Display); 5] = [
            ("messages", &of.messages),
            ("conversations", &of.conversations),
            ("last", &last),
            ("alone", &of.alone),
            ("ours", &of.ours),
        ];
        vec![self.who(channel, of), say::WOULD.fill(self.lang, &values)]
    }

    fn certificate(&self, of: &Erasure, all: &Certificates) -> Vec<Shown> {
        let lang = self.lang;
        let reference = match of.reference.as_str() {
            "" => say::NO_REFERENCE.say(lang),
            given => Shown::line(given),
        };
        let by = Shown::line(&of.by.0);
        let asked: [(&str, &dyn std::fmt::Display); 3] =
            [("when", &self.moment(of.asked)), ("by", &by), ("channel", &of.channel)];
        let mut lines = vec![
            say::TITLE.fill(lang, &[("n", &of.number), ("reference", &reference)]),
            indented(say::ASKED.fill(lang, &asked)),
            indented(say::DIGEST.fill(lang, &[("digest", &of.person)])),
        ];
        let removed: u64 = of.removed.values().sum();
        lines.push(indented(match of.done {
            Some(done) => say::IS_DONE.fill(lang, &[("when", &self.moment(done))]),
            None => say::IS_UNDER_WAY.fill(lang, &[("n", &removed)]),
        }));
        lines.push(indented(say::REMOVED.say(lang)));
        for what in Gone::ALL {
            if let Some(n) = of.removed.get(&what) {
                lines.push(self.count(*n, gone(what)));
            }
        }
        lines.push(indented(say::STAYS.say(lang)));
        for what in Stays::ALL {
            if let Some(n) = of.stays.get(&what) {
                lines.push(self.count(*n, stays(what)));
            }
        }
        for always in [say::STAYS_JOURNAL, say::STAYS_FIGURES, say::STAYS_PLATFORM] {
            lines.push(deeper(always.say(lang)));
        }
        if of.compacted.is_none() {
            if of.done.is_some() && all.indexed < of.number {
                lines.push(deeper(say::STAYS_INDEX.say(lang)));
            }
            lines.push(deeper(say::STAYS_BYTES.say(lang)));
        }
        if !of.files.is_empty() {
            lines.push(indented(say::FILES_NAME.say(lang)));
            lines.extend(of.files.iter().map(|file| deeper(Shown::line(file))));
        }
        let copies: Vec<Shown> = copies(of, all).map(|copy| deeper(self.copy(copy))).collect();
        if !copies.is_empty() {
            lines.push(indented(say::COPIES_HOLD.say(lang)));
            lines.extend(copies);
        }
        lines.push(indented(say::COPIES_UNKNOWN.say(lang)));
        if let Some(since) = of.compacted {
            lines.push(indented(say::COMPLETE.fill(lang, &[("when", &self.moment(since))])));
        }
        lines
    }

    fn count(&self, n: u64, what: Msg) -> Shown {
        let number = format::number(self.lang, n);
        deeper(say::COUNT.fill(self.lang, &[("n", &number), ("what", &what.say(self.lang))]))
    }

    fn copy(&self, of: &Copy) -> Shown {
        let kind = match of.kind {
            CopyKind::Backup => say::BACKUP,
            CopyKind::Export => say::EXPORT,
            CopyKind::Source => say::SOURCE,
        };
        let (by, path) = (Shown::line(&of.by.0), Shown::line(&of.path));
        let values: [(&str, &dyn std::fmt::Display); 4] = [
            ("when", &self.moment(of.at)),
            ("kind", &kind.say(self.lang)),
            ("by", &by),
            ("path", &path),
        ];
        say::COPY_ROW.fill(self.lang, &values)
    }
}

fn indented(line: Shown) -> Shown {
    Shown::join(&[Shown::blank(2), line], &Shown::default())
}

fn deeper(line: Shown) -> Shown {
    Shown::join(&[Shown::blank(4), line], &Shown::default())
}

fn gone(what: Gone) -> Msg {
    match what {
        Gone::Conversations => say::GONE_CONVERSATIONS,
        Gone::Messages => say::GONE_MESSAGES,
        Gone::Replies => say::GONE_REPLIES,
        Gone::Notes => say::GONE_NOTES,
        Gone::Mentions => say::GONE_MENTIONS,
        Gone::Drafts => say::GONE_DRAFTS,
        Gone::Outgoing => say::GONE_OUTGOING,
        Gone::Labels => say::GONE_LABELS,
        Gone::Corrections => say::GONE_CORRECTIONS,
        Gone::Questions => say::GONE_QUESTIONS,
        Gone::Journal => say::GONE_JOURNAL,
        Gone::Pointers => say::GONE_POINTERS,
        Gone::Files => say::GONE_FILES,
    }
}

fn stays(what: Stays) -> Msg {
    match what {
        Stays::Shells => say::STAYS_SHELLS,
        Stays::Placeholders => say::STAYS_PLACEHOLDERS,
        Stays::Digests => say::STAYS_DIGESTS,
        Stays::OtherPeople => say::STAYS_OTHER_PEOPLE,
        Stays::Posts => say::STAYS_POSTS,
        Stays::Cursors => say::STAYS_CURSORS,
    }
}

/// Lets the desk know of a copy that was made of it, so that certificates can name it. The copy is
/// there whether that works or not.
pub(super) fn copied(context: &Context, kind: CopyKind, at: Time, path: &std::path::Path) {
    let path = match path.as_os_str() == "-" {
        true => path.to_owned(),
        false => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    };
    let ask = EraseAsk::Copied { kind, at, path: path.display().to_string() };
    let told = context.connect().and_then(|mut desk| context.ask(&mut desk, Ask::Erase(ask)));
    if let Err(failure) = told {
        let said = say::COPY_UNTOLD.fill(context.lang, &[("why", &failure.sentence)]);
        eprintln!("dutydesk: {said}");
    }
}
