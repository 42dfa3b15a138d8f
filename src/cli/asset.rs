//! `asset`: the asset library.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::client::ask::DeskClient;
use crate::client::zone;
use crate::domain::library::{About, LibraryAct, Refused, kind_of};
use crate::domain::post::MediaKind;
use crate::domain::{Command as Do, Refusal, Span, Time};
use crate::text::catalogue::planning as say;
use crate::text::{Align, Lang, Msg, Shown};
use crate::wire::message::{Answer, Ask, Done};
use crate::wire::planning::AssetRow;
use chrono::{Datelike, Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::json;

/// A licence that ends within this is one to look at.
const SOON: Span = Span::hours(30 * 24);

/// Describes the verb.
pub(super) fn command(lang: Lang) -> Command {
    let number = || {
        Arg::new("id")
            .value_name("N")
            .required(true)
            .value_parser(value_parser!(u64))
            .help(say::ARG_ASSET.raw(lang))
    };
    let kind = |about: Msg| {
        Arg::new("kind")
            .long("kind")
            .value_name("KIND")
            .value_parser(MediaKind::ALL.map(MediaKind::name))
            .help(about.raw(lang))
    };
    let flag = |name: &'static str, about: Msg| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(about.raw(lang))
    };
    let text = |name: &'static str, value: &'static str, about: Msg| {
        Arg::new(name).long(name).value_name(value).help(about.raw(lang))
    };
    let said = || {
        [
            text("licence", "TEXT", say::ARG_LICENCE),
            text("until", "DAY", say::ARG_UNTIL),
            text("alt", "TEXT", say::ARG_ALT),
            text("tag", "TAG", say::ARG_TAG).action(ArgAction::Append),
            kind(say::ARG_KIND),
        ]
    };
    let link = |required| {
        Arg::new("link")
            .value_name("PATH|URL")
            .required(required)
            .value_parser(NonEmptyStringValueParser::new())
            .help(say::ARG_ASSET_LINK.raw(lang))
    };
    Command::new("asset")
        .about(say::ASSET_VERB.raw(lang))
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommands([
            Command::new("list").about(say::ASSET_LIST.raw(lang)).args([
                kind(say::ARG_ONLY_KIND),
                flag("unused", say::ARG_UNUSED),
                flag("expiring", say::ARG_EXPIRING),
            ]),
            Command::new("show").about(say::ASSET_SHOW.raw(lang)).arg(number()),
            Command::new("add").about(say::ASSET_ADD.raw(lang)).arg(link(true)).args(said()),
            Command::new("edit")
                .about(say::ASSET_EDIT.raw(lang))
                .args([number(), link(false).long("link")])
                .args(said()),
            Command::new("drop").about(say::ASSET_DROP.raw(lang)).arg(number()),
        ])
}

/// Does what is asked.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let mut desk = context.connect()?;
    let id = |args: &ArgMatches| args.get_one::<u64>("id").copied().unwrap_or(0);
    match args.subcommand() {
        Some(("list", args)) => list(context, &mut desk, args),
        Some(("show", args)) => show(context, &mut desk, id(args)),
        Some(("add", args)) => {
            let zone = zone::of_desk(desk.welcome());
            let about = given(context, args, About::default(), zone)?;
            act(context, &mut desk, LibraryAct::AssetAdd(Box::new(about)))
        }
        Some(("edit", args)) => {
            let zone = zone::of_desk(desk.welcome());
            let before = row(context, &mut desk, id(args))?.asset.about;
            let about = given(context, args, before.clone(), zone)?;
            if about == before {
                return Err(Failure::new(Exit::Usage, say::NOTHING_TO_CHANGE.say(context.lang)));
            }
            act(context, &mut desk, LibraryAct::AssetEdit { id: id(args), about: Box::new(about) })
        }
        Some(("drop", args)) => act(context, &mut desk, LibraryAct::AssetDrop { id: id(args) }),
        // clap has let no other name through.
        _ => Ok(()),
    }
}

/// Has the writer do it, and says so.
pub(super) fn act(context: &Context, desk: &mut DeskClient, act: LibraryAct) -> Outcome {
    let is_topic = matches!(act, LibraryAct::TopicAdd { .. } | LibraryAct::TopicDrop { .. });
    let verb = act.verb();
    let Answer::Done(Done { made, .. }) = context.ask(desk, Ask::Do(Do::Library(act)))? else {
        return Err(context.strange());
    };
    let (lang, id) = (context.lang, made.unwrap_or(0));
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&json!({ "done": verb, "number": id }))?;
        return printer.end();
    }
    let msg = if is_topic { say::NUMBERED_TOPIC } else { say::NUMBERED_ASSET };
    printer.line(&msg.fill(lang, &[("id", &id), ("what", &verb.done().say(lang))]))?;
    printer.end()
}

/// What the arguments say of an asset; what they say nothing of stays as it is.
fn given(
    context: &Context,
    args: &ArgMatches,
    mut about: About,
    zone: Tz,
) -> Result<About, Failure> {
    let lang = context.lang;
    let said = |name: &str| args.get_one::<String>(name).cloned();
    if let Some(link) = said("link") {
        about.kind = kind_of(&link);
        about.bytes = None;
        about.link = link;
        if !about.link.starts_with("https://") && !about.link.starts_with("http://") {
            look(&mut about, lang)?;
        }
    }
    if let Some(kind) = said("kind") {
        about.kind = MediaKind::ALL.into_iter().find(|k| k.name() == kind).unwrap_or(about.kind);
    }
    about.alt = said("alt").unwrap_or(about.alt);
    about.licence = said("licence").unwrap_or(about.licence);
    if let Some(day) = said("until") {
        about.until = until(&day, zone, lang)?;
    }
    if let Some(tags) = args.get_many::<String>("tag") {
        let tags = tags.map(|t| t.trim_start_matches('#').trim().to_owned());
        about.tags = tags.filter(|t| !t.is_empty()).collect();
    }
    Ok(about)
}

/// Looks at a file: its whole path and how large it is.
fn look(about: &mut About, lang: Lang) -> Result<(), Failure> {
    let link = Shown::line(&about.link);
    let unread = |why: std::io::Error| {
        Failure::new(Exit::File, say::NO_FILE.fill(lang, &[("link", &link), ("why", &why)]))
    };
    let path = std::fs::canonicalize(&about.link).map_err(unread)?;
    let found = std::fs::metadata(&path).map_err(unread)?;
    if !found.is_file() {
        return Err(Failure::new(Exit::File, say::NOT_A_FILE.fill(lang, &[("link", &link)])));
    }
    about.link = path.display().to_string();
    about.bytes = Some(found.len());
    Ok(())
}

/// The end of a day; `None` = never.
fn until(day: &str, zone: Tz, lang: Lang) -> Result<Option<Time>, Failure> {
    if day == "never" {
        return Ok(None);
    }
    let next = NaiveDate::parse_from_str(day, "%Y-%m-%d")
        .ok()
        .and_then(|d| d.checked_add_days(Days::new(1)));
    match next {
        Some(next) => Ok(Some(Time::from_local(next.and_time(NaiveTime::MIN), zone) - Span(1))),
        None => {
            let day = Shown::line(day);
            Err(Failure::new(Exit::Usage, say::BAD_DAY.fill(lang, &[("day", &day)])))
        }
    }
}

fn rows(context: &Context, desk: &mut DeskClient) -> Result<Vec<AssetRow>, Failure> {
    match context.ask(desk, Ask::Assets)? {
        Answer::Assets(rows) => Ok(rows),
        _ => Err(context.strange()),
    }
}

fn row(context: &Context, desk: &mut DeskClient, id: u64) -> Result<AssetRow, Failure> {
    let found = rows(context, desk)?.into_iter().find(|row| row.asset.id == id);
    found.ok_or_else(|| {
        let why = Refusal::Library(Refused::NoSuchAsset(id));
        Failure::refused(&why, context.lang)
    })
}

fn list(context: &Context, desk: &mut DeskClient, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let zone = zone::of_desk(desk.welcome());
    let now = Time::from(chrono::Utc::now());
    let kind = args.get_one::<String>("kind");
    let (unused, expiring) = (args.get_flag("unused"), args.get_flag("expiring"));
    let mut rows = rows(context, desk)?;
    rows.retain(|row| {
        kind.is_none_or(|kind| row.asset.about.kind.name() == kind)
            && (!unused || row.posts == 0)
            && (!expiring || row.asset.about.ends_before(now + SOON))
    });
    let mut printer = Printer::new(lang);
    if context.json {
        rows.iter().try_for_each(|row| printer.json(&as_json(row)))?;
        return printer.end();
    }
    if rows.is_empty() {
        printer.line(&say::NO_ASSETS.say(lang))?;
    }
    let cells = |row: &AssetRow| {
        let about = &row.asset.about;
        vec![
            Shown::number(row.asset.id),
            Shown::line(about.kind.name()),
            used(row, zone, lang),
            licence(about, now, zone, lang),
            Shown::line(&about.link),
        ]
    };
    let rows: Vec<_> = rows.iter().map(cells).collect();
    let mut aligns = [Align::Left; 5];
    aligns[0] = Align::Right;
    printer.table(&aligns, &rows)?;
    printer.end()
}

fn show(context: &Context, desk: &mut DeskClient, id: u64) -> Outcome {
    let lang = context.lang;
    let zone = zone::of_desk(desk.welcome());
    let row = row(context, desk, id)?;
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&as_json(&row))?;
        return printer.end();
    }
    let about = &row.asset.about;
    let now = Time::from(chrono::Utc::now());
    let bytes = about.bytes.map(|n| n.to_string()).unwrap_or_default();
    let by = Shown::line(&row.asset.by.0);
    let added = say::BY_ON.fill(lang, &[("day", &day(row.asset.at, zone)), ("by", &by)]);
    let lines = [
        (say::L_LINK, Shown::line(&about.link)),
        (say::L_KIND, Shown::line(about.kind.name())),
        (say::L_BYTES, Shown::line(&bytes)),
        (say::L_ALT, Shown::line(&about.alt)),
        (say::L_LICENCE, licence(about, now, zone, lang)),
        (say::L_TAGS, Shown::line(&about.tags.join(", "))),
        (say::L_ADDED, added),
        (say::L_USED, used(&row, zone, lang)),
    ];
    let lines = lines.into_iter().filter(|(_, value)| !value.is_empty());
    let lines: Vec<_> = lines.map(|(name, value)| vec![name.say(lang), value]).collect();
    printer.table(&[Align::Left; 2], &lines)?;
    printer.end()
}

/// `in 3 posts, last 2026-11-20`.
fn used(row: &AssetRow, zone: Tz, lang: Lang) -> Shown {
    if row.posts == 0 {
        return say::ASSET_UNUSED.say(lang);
    }
    let mut parts = vec![say::ASSET_POSTS.fill(lang, &[("n", &row.posts)])];
    parts.extend(row.last.map(|at| say::ASSET_LAST.fill(lang, &[("day", &day(at, zone))])));
    Shown::join(&parts, &Shown::line(", "))
}

/// `CC BY 4.0, until 2027-01-31`.
fn licence(about: &About, now: Time, zone: Tz, lang: Lang) -> Shown {
    let mut parts = vec![match about.licence.as_str() {
        "" => say::NO_LICENCE.say(lang),
        licence => Shown::line(licence),
    }];
    parts.extend(about.until.map(|until| {
        let msg = if until < now { say::ASSET_ENDED } else { say::ASSET_UNTIL };
        msg.fill(lang, &[("day", &day(until, zone))])
    }));
    Shown::join(&parts, &Shown::line(", "))
}

fn day(at: Time, zone: Tz) -> Shown {
    let at = at.in_zone(zone);
    Shown::line(&format!("{:04}-{:02}-{:02}", at.year(), at.month(), at.day()))
}

fn as_json(row: &AssetRow) -> serde_json::Value {
    let about = &row.asset.about;
    json!({
        "asset": row.asset.id,
        "kind": about.kind.name(),
        "link": about.link,
        "bytes": about.bytes,
        "alt": about.alt,
        "licence": about.licence,
        "until": about.until.map(Time::rfc3339),
        "tags": about.tags,
        "added_by": row.asset.by.0,
        "added_at": row.asset.at.rfc3339(),
        "posts": row.posts,
        "last_used": row.last.map(Time::rfc3339),
    })
}
