//! Commands typed in the palette: `snooze 2h`, `assign bo`, `label vip`, `resolve #12 #13`, `#12`.

use super::act;
use super::composer::Kind;
use super::model::{Asked, Model};
use super::{Effect, bulk, canned, import, write};
use crate::domain::when::{self, WhenError};
use crate::domain::{Command, ConversationId, Name, OperatorName, Time, command};
use crate::text::catalogue::{cockpit as say, verbs, work};
use crate::text::{Lang, Shown};
use crate::wire::message::Ask;

/// What was typed, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// A command with all it needs.
    Command(Command),
    /// A command that opens the composer or a menu for what it needs.
    Open(Name),
    /// A reply or note to be begun for conversations named by number.
    Write(Vec<ConversationId>, Kind),
    /// Go to this conversation.
    Go(ConversationId),
    /// Import this file.
    Import(String),
}

/// Reads a line. `None` = it is no command with an argument or a number, so that the entry of the
/// palette counts; an error is a sentence.
pub(super) fn read(model: &mut Model, line: &str, now: Time) -> Option<Result<Typed, Shown>> {
    let line = line.replace('\u{3000}', " ");
    let line = line.trim();
    if let Ok(id) = line.parse::<ConversationId>() {
        return Some(Ok(Typed::Go(id)));
    }
    let (verb, mut rest) = line.split_once(char::is_whitespace)?;
    if verb == "import" && !rest.trim().is_empty() {
        return Some(Ok(Typed::Import(rest.trim().to_owned())));
    }
    // The beginning of a verb will do, when no other begins so.
    let begun = || command::TABLE.iter().filter(|s| s.verb.starts_with(verb));
    let exact = command::TABLE.iter().find(|s| s.verb == verb);
    let spec = exact.or_else(|| begun().next().filter(|_| begun().count() == 1))?;
    let verb = spec.verb;
    let lang = model.settings.lang;
    let mut named = Vec::new();
    while let Some(word) = rest.split_whitespace().next().filter(|w| w.starts_with(['#', '＃'])) {
        let number = word.trim_start_matches(['#', '＃']);
        match number.parse() {
            Ok(id) => named.push(ConversationId(id)),
            Err(_) => {
                return Some(Err(say::NOT_A_NUMBER.fill(lang, &[("word", &Shown::line(word))])));
            }
        }
        rest = rest.trim_start().strip_prefix(word).unwrap_or_default();
    }
    let arg = rest.trim();
    if arg.is_empty() && named.is_empty() {
        return Some(Ok(Typed::Open(spec.name)));
    }
    if spec.arg.is_none() && !arg.is_empty() {
        return Some(Err(say::TAKES_NOTHING.fill(lang, &[("verb", &verb)])));
    }
    let asks_for_more = spec.arg.is_some_and(|a| a != command::Arg::Remark) && arg.is_empty();
    match spec.name {
        Name::Reply if asks_for_more => return Some(Ok(Typed::Write(named, Kind::Reply))),
        Name::Note if asks_for_more => return Some(Ok(Typed::Write(named, Kind::Note))),
        Name::Assign => {}
        _ if asks_for_more => {
            return Some(Err(say::NEEDS_MORE.fill(lang, &[("verb", &verb)])));
        }
        _ => {}
    }
    let ids = if named.is_empty() && spec.takes_ids { act::targets(model, now)? } else { named };
    Some(command_of(model, spec.name, ids, arg, now).map(Typed::Command))
}

fn command_of(
    model: &Model,
    name: Name,
    ids: Vec<ConversationId>,
    arg: &str,
    now: Time,
) -> Result<Command, Shown> {
    let text = || arg.to_owned();
    if let Some(command) = Command::plain(name, ids.clone()) {
        return Ok(command);
    }
    Ok(match name {
        Name::Assign => Command::Assign { ids, to: operator(model, arg) },
        Name::Snooze => Command::Snooze { ids, until: self::when(model, arg, now)? },
        Name::Label => Command::Label { ids, label: text() },
        Name::Unlabel => Command::Unlabel { ids, label: text() },
        Name::Note => Command::Note { ids, text: text() },
        Name::Classify => classify(arg, ids, model.settings.lang)?,
        Name::Escalate => Command::Escalate { ids, reason: text() },
        Name::Topic => Command::Topic { ids, note: text() },
        Name::Macro => match bulk::named(model, arg) {
            Some(run) => bulk::command(model, run.clone(), ids),
            None => {
                let name = Shown::line(arg);
                return Err(work::NO_SUCH_MACRO.fill(model.settings.lang, &[("name", &name)]));
            }
        },
        // What is left is a reply: everything else is plain.
        _ => {
            let seen = match ids[..] {
                [id] => model.conversation(id).map(|c| c.messages),
                _ => None,
            };
            Command::Reply { ids, text: text(), seen, because: None }
        }
    })
}

/// A class as typed; the error is a sentence.
fn classify(arg: &str, ids: Vec<ConversationId>, lang: Lang) -> Result<Command, Shown> {
    let (intent, severity) =
        command::class_of(arg).ok_or_else(|| command::not_a_class(arg, lang))?;
    Ok(Command::Classify { ids, intent, severity })
}

fn operator(model: &Model, typed: &str) -> Option<OperatorName> {
    match typed.trim_start_matches('@') {
        "" | "-" | "none" | "nobody" => None,
        "me" => model.me().cloned(),
        name => Some(OperatorName(name.to_owned())),
    }
}

/// Reads a moment; the error is a sentence.
pub(super) fn when(model: &Model, typed: &str, now: Time) -> Result<Time, Shown> {
    when::parse(typed, now, model.zone).map_err(|e| {
        // The same sentences as the verb `snooze` has.
        let msg = match e {
            WhenError::Unknown(_) => verbs::BAD_WHEN,
            WhenError::Past(_) => verbs::PAST_WHEN,
            WhenError::TooFar(_) => verbs::FAR_WHEN,
        };
        msg.fill(model.settings.lang, &[("when", &Shown::line(typed))])
    })
}

/// Carries out what was typed.
pub(super) fn run(model: &mut Model, typed: Typed, now: Time, effects: &mut Vec<Effect>) {
    match typed {
        Typed::Command(command) => {
            if !canned::confirm(model, &command) {
                act::send(model, command, now, effects);
            }
        }
        Typed::Open(name) => act::verb(model, name, now, effects),
        Typed::Import(file) => import::begin(model, &file, effects),
        Typed::Write(ids, kind) => write::open(model, ids, kind, now),
        Typed::Go(id) => {
            model.ask(Ask::Show(id), Asked::Go, effects);
        }
    }
}
