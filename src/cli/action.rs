//! The actions on conversations, made from the one table of commands.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome, classify, interrupt, targets};
use crate::client::ask::{AskError, DeskClient};
use crate::client::zone;
use crate::domain::command::{Arg as Takes, Spec};
use crate::domain::when::{self, WhenError};
use crate::domain::{Command as Action, ConversationId, Name, OperatorName, Time};
use crate::text::catalogue::{lint, verbs as say, work};
use crate::text::{Lang, Msg, Shown};
use crate::wire::answer::Warned;
use crate::wire::message::{Answer, Ask, Done};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde::Serialize;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Describes the verb of a command.
pub(super) fn command(spec: &'static Spec, lang: Lang) -> Command {
    let mut verb = Command::new(spec.verb).about(spec.summary.raw(lang));
    if spec.name == Name::Classify {
        return classify::with_args(verb, lang);
    }
    if spec.takes_ids {
        verb = targets::args(verb, lang);
    }
    let word = |name: &'static str, value: &'static str, help: Msg| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .required(true)
            .value_parser(NonEmptyStringValueParser::new())
            .help(help.raw(lang))
    };
    match spec.arg {
        None | Some(Takes::Class) => {}
        Some(Takes::Operator) => {
            verb = verb
                .arg(
                    word("to", "NAME", say::ARG_TO)
                        .required_unless_present("nobody")
                        .required(false),
                )
                .arg(
                    Arg::new("nobody")
                        .long("nobody")
                        .action(ArgAction::SetTrue)
                        .conflicts_with("to")
                        .help(say::ARG_NOBODY.raw(lang)),
                );
        }
        Some(Takes::When) => verb = verb.arg(word("until", "WHEN", say::ARG_UNTIL)),
        Some(Takes::Label) => verb = verb.arg(word("label", "WORD", say::ARG_LABEL)),
        Some(Takes::Text) => {
            verb = verb.arg(word("text", "TEXT", say::ARG_TEXT).allow_hyphen_values(true));
        }
        Some(Takes::Reason) => {
            verb = verb.arg(word("reason", "TEXT", work::ARG_REASON).allow_hyphen_values(true));
        }
        Some(Takes::Remark) => {
            let remark = word("note", "TEXT", work::ARG_REMARK).allow_hyphen_values(true);
            verb = verb.arg(remark.required(false));
        }
        // A verb of its own runs it.
        Some(Takes::Macro) => {}
    }
    match spec.name {
        Name::Claim => verb.arg(
            Arg::new("over").long("over").action(ArgAction::SetTrue).help(say::ARG_OVER.raw(lang)),
        ),
        Name::Reply => verb
            .arg(
                Arg::new("seen")
                    .long("seen")
                    .value_name("N")
                    .value_parser(value_parser!(u32))
                    .help(say::ARG_SEEN.raw(lang)),
            )
            .arg(
                Arg::new("because")
                    .long("because")
                    .value_name("REASON")
                    .value_parser(NonEmptyStringValueParser::new())
                    .help(lint::ARG_BECAUSE.raw(lang)),
            ),
        _ => verb,
    }
}

/// Carries the command out and prints what it did.
pub(super) fn run(spec: &'static Spec, context: &Context, args: &ArgMatches) -> Outcome {
    if spec.name == Name::Classify {
        return classify::run(context, args);
    }
    // Read before the desk is asked: standard input may take its time.
    let text = match spec.arg {
        Some(Takes::Text) => text(context, args)?,
        _ => String::new(),
    };
    let mut desk = context.connect()?;
    let zone = zone::of_desk(desk.welcome());
    let what = spec.summary.say(context.lang);
    if !spec.takes_ids {
        let action = action(spec.name, context, args, Vec::new(), text, zone)?;
        return match context.ask(&mut desk, Ask::Do(action))? {
            Answer::Done(done) => report(context, spec.name, &done),
            _ => Err(context.strange()),
        };
    }
    on_each(context, &mut desk, args, &what, |ids| {
        action(spec.name, context, args, ids, text.clone(), zone)
    })
}

/// Does something to the conversations that are meant, as many at once as one action may touch,
/// and prints what was done. Ctrl-C ends it between two actions.
pub(super) fn on_each(
    context: &Context,
    desk: &mut DeskClient,
    args: &ArgMatches,
    what: &Shown,
    make: impl Fn(Vec<ConversationId>) -> Result<Action, Failure>,
) -> Outcome {
    let stop = Arc::new(AtomicBool::new(false));
    // Without it Ctrl-C ends the program, as everywhere.
    let _watch = args.contains_id("where").then(|| interrupt::watch(&stop).ok());
    let parts = targets::find(context, desk, args, what, &stop)?;
    let all: usize = parts.iter().map(Vec::len).sum();
    let (many, says) = (parts.len() > 1, targets::Says::new(context));
    let mut sum: Option<Done> = None;
    let mut refused = Vec::new();
    for ids in parts {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let done = match desk.ask(Ask::Do(make(ids)?)) {
            Ok(Answer::Done(done)) => done,
            Ok(_) => return Err(context.strange()),
            // One part of which nothing can be done leaves the others to do.
            Err(AskError::Refused(why)) if many => {
                refused.push(why);
                continue;
            }
            Err(e) => return Err(Failure::unanswered(&e, context.lang)),
        };
        match &mut sum {
            None => sum = Some(done),
            Some(sum) => {
                sum.ids.extend(done.ids);
                sum.refused.extend(done.refused);
                sum.warned.extend(done.warned);
            }
        }
        if let Some(sum) = sum.as_ref().filter(|_| many) {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("n", &sum.ids.len()), ("all", &all)];
            says.say(&work::DOING.fill(context.lang, &values));
        }
    }
    says.end();
    let Some(mut sum) = sum else {
        return Err(match refused.first() {
            Some(why) => Failure::refused(why, context.lang),
            None => Failure::new(Exit::Refused, work::NOT_DONE.say(context.lang)),
        });
    };
    sum.refused.extend(refused);
    report(context, sum.name, &sum)?;
    if stop.load(Ordering::Relaxed) && sum.ids.len() < all {
        let values: [(&str, &dyn std::fmt::Display); 2] = [("n", &sum.ids.len()), ("all", &all)];
        return Err(Failure::new(Exit::Refused, work::STOPPED.fill(context.lang, &values)));
    }
    Ok(())
}

/// The command with its arguments.
fn action(
    name: Name,
    context: &Context,
    args: &ArgMatches,
    ids: Vec<ConversationId>,
    text: String,
    zone: chrono_tz::Tz,
) -> Result<Action, Failure> {
    let ids = || ids.clone();
    let word = |name: &str| args.get_one::<String>(name).cloned().unwrap_or_default();
    Ok(match name {
        Name::Claim => Action::Claim { ids: ids(), over: args.get_flag("over") },
        Name::Reply => Action::Reply {
            ids: ids(),
            text,
            seen: args.get_one("seen").copied(),
            because: args.get_one("because").cloned(),
        },
        Name::Note => Action::Note { ids: ids(), text },
        Name::Assign => {
            Action::Assign { ids: ids(), to: args.get_one("to").cloned().map(OperatorName) }
        }
        Name::Snooze => {
            let until = moment(context, &word("until"), zone)?;
            Action::Snooze { ids: ids(), until }
        }
        Name::Classify => classify::correction(context, args)?.1,
        Name::Escalate => Action::Escalate { ids: ids(), reason: word("reason") },
        Name::Topic => Action::Topic { ids: ids(), note: word("note") },
        Name::Label => Action::Label { ids: ids(), label: word("label") },
        Name::Unlabel => Action::Unlabel { ids: ids(), label: word("label") },
        plain => Action::plain(plain, ids()).unwrap_or(Action::Undo),
    })
}

/// A moment to come, as people write it.
pub(super) fn moment(context: &Context, typed: &str, zone: chrono_tz::Tz) -> Result<Time, Failure> {
    let now = Time::from(chrono::Utc::now());
    when::parse(typed, now, zone).map_err(|e| {
        let msg = match e {
            WhenError::Unknown(_) => say::BAD_WHEN,
            WhenError::Past(_) => say::PAST_WHEN,
            WhenError::TooFar(_) => say::FAR_WHEN,
        };
        Failure::new(Exit::Usage, msg.fill(context.lang, &[("when", &typed)]))
    })
}

/// The most bytes read from standard input; the desk's own bound is lower and is what it says.
pub(super) const MOST_TEXT: u64 = 4 << 20;

/// The text of a reply or note; `-` stands for standard input.
pub(super) fn text(context: &Context, args: &ArgMatches) -> Result<String, Failure> {
    let given = args.get_one::<String>("text").cloned().unwrap_or_default();
    if given != "-" {
        return Ok(given);
    }
    let mut text = String::new();
    std::io::stdin()
        .take(MOST_TEXT)
        .read_to_string(&mut text)
        .map_err(|e| Failure::new(Exit::File, say::NO_INPUT.fill(context.lang, &[("why", &e)])))?;
    // What an editor or `echo` puts at the end is not part of it.
    text.truncate(text.trim_end_matches(['\n', '\r']).len());
    Ok(text)
}

/// What an action prints with `--json`.
#[derive(Serialize)]
struct Report<'a> {
    /// The command; for undo and redo the one taken back or done again.
    done: Name,
    /// True when it was an undo or redo.
    taken_back: bool,
    /// The conversations it changed.
    ids: &'a [ConversationId],
    /// The variants of posts that it changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    posts: Vec<String>,
    /// Those it left alone.
    refused: Vec<RefusedLine>,
    /// The number of the message it made.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<u32>,
    /// What is to be looked at in the answers it made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warned: Vec<WarnedLine<'a>>,
}

#[derive(Serialize)]
struct WarnedLine<'a> {
    ids: &'a [ConversationId],
    level: &'static str,
    kind: &'static str,
    rule: &'a str,
    text: &'a str,
    reason: String,
    advice: String,
    /// What may stand in its place.
    instead: Option<&'a str>,
}

impl<'a> WarnedLine<'a> {
    fn new(warned: &'a Warned, lang: Lang) -> WarnedLine<'a> {
        let finding = &warned.finding;
        WarnedLine {
            ids: &warned.ids,
            level: finding.level.name(),
            kind: finding.kind.name(),
            rule: &finding.rule,
            text: &warned.said,
            reason: finding.reason(lang).into(),
            advice: finding.advice(lang).into(),
            instead: finding.instead.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct RefusedLine {
    why: String,
}

/// Prints what was done; fails when some of it was not.
pub(super) fn report(context: &Context, asked: Name, done: &Done) -> Outcome {
    let lang = context.lang;
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&Report {
            done: done.name,
            taken_back: done.taken_back,
            ids: &done.ids,
            posts: done.posts.iter().map(ToString::to_string).collect(),
            refused: done.refused.iter().map(|r| RefusedLine { why: r.say(lang).into() }).collect(),
            message: done.message.map(|m| m.seq),
            warned: done.warned.iter().map(|w| WarnedLine::new(w, lang)).collect(),
        })?;
    } else if !done.ids.is_empty() || !done.posts.is_empty() || done.made.is_some() {
        let said = match (done.taken_back, asked) {
            (false, _) => say::DID,
            (true, Name::Redo) => say::DONE_AGAIN,
            (true, _) => say::TAKEN_BACK,
        };
        let verb = done.name.spec().verb;
        let ids = match done.posts[..] {
            [] if done.ids.is_empty() => done.made.map(|n| n.to_string()).unwrap_or_default(),
            [] => some(&done.ids, lang),
            _ => some(&done.posts, lang),
        };
        printer.line(&said.fill(lang, &[("verb", &verb), ("ids", &ids)]))?;
    }
    printer.end()?;
    for warned in &done.warned {
        let finding = &warned.finding;
        let ids = match warned.ids[..] {
            [] => some(&done.posts, lang),
            _ => some(&warned.ids, lang),
        };
        let values: [(&str, &dyn std::fmt::Display); 5] = [
            ("ids", &ids),
            ("said", &Shown::line(&warned.said)),
            ("reason", &finding.reason(lang)),
            ("advice", &finding.advice(lang)),
            ("rule", &Shown::line(&finding.rule)),
        ];
        eprintln!("dutydesk: {}", lint::WARNED.fill(lang, &values));
    }
    match &done.refused[..] {
        [] => Ok(()),
        [one] => Err(Failure::refused(one, lang)),
        [first, ..] => Err(Failure::new(
            Exit::Refused,
            say::SOME_REFUSED.fill(lang, &[("n", &done.refused.len()), ("why", &first.say(lang))]),
        )),
    }
}

/// The numbers of conversations or posts, for people: the first few and how many more.
pub(super) fn some(ids: &[impl ToString], lang: Lang) -> String {
    const MOST: usize = 20;
    let mut said: Vec<String> = ids.iter().take(MOST).map(ToString::to_string).collect();
    if ids.len() > MOST {
        said.push(say::AND_MORE.fill(lang, &[("n", &(ids.len() - MOST))]).into());
    }
    said.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Refusal;
    use crate::domain::command::TABLE;

    #[test]
    fn every_command_has_a_verb_that_makes_it() {
        for spec in TABLE.iter().filter(|spec| spec.name != Name::Macro) {
            let line = match (spec.takes_ids, spec.arg) {
                (false, _) => vec![spec.verb],
                (true, None) => vec![spec.verb, "12", "#14"],
                (true, Some(Takes::Operator)) => vec![spec.verb, "12", "#14", "--to", "bo"],
                (true, Some(Takes::When)) => vec![spec.verb, "12", "#14", "--until", "2h"],
                (true, Some(Takes::Label)) => vec![spec.verb, "12", "#14", "--label", "vip"],
                (true, Some(Takes::Class)) => vec![spec.verb, "12", "#14", "complaint", "severe"],
                (true, Some(Takes::Reason)) => vec![spec.verb, "12", "#14", "--reason", "why"],
                (true, Some(Takes::Remark)) => vec![spec.verb, "12", "#14", "--note", "so"],
                (true, Some(Takes::Macro)) => continue,
                (true, Some(Takes::Text)) => vec![spec.verb, "12", "#14", "--text", "-hello"],
            };
            let args = command(spec, Lang::En).try_get_matches_from(line).expect("it is one");
            let context = Context { desk: None, declared: None, json: false, lang: Lang::En };
            // `classify` takes numbers and words as they come.
            let ids = match spec.takes_ids && spec.name != Name::Classify {
                true => args.get_many("ids").expect("given").copied().collect(),
                false => Vec::new(),
            };
            let made = action(spec.name, &context, &args, ids, "hello".into(), chrono_tz::UTC);
            let made = made.expect("good");
            assert_eq!(made.name(), spec.name);
            let ids: Vec<u64> = made.ids().iter().map(|id| id.0).collect();
            assert_eq!(ids, if spec.takes_ids { vec![12, 14] } else { vec![] });
        }
    }

    #[test]
    fn many_numbers_are_summed_up() {
        let ids: Vec<_> = (1..=25).map(ConversationId).collect();
        assert!(some(&ids, Lang::En).ends_with("20, and 5 more"));
        assert_eq!(some(&ids[..2], Lang::En), "1, 2");
    }

    #[test]
    fn a_filter_not_understood_is_a_mistake_on_the_command_line() {
        let me = OperatorName("amy".into());
        let refusal =
            crate::domain::filter::Filter::parse("state:gone", &me).expect_err("no state");
        assert_eq!(Failure::refused(&refusal, Lang::En).exit, Exit::Usage);
        assert_eq!(Failure::refused(&Refusal::NothingToUndo, Lang::En).exit, Exit::Refused);
    }
}
