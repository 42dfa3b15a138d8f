//! What is done to a post in one step.

use super::Target;
use crate::cli::{Context, Failure, Outcome, action};
use crate::client::ask::{AskError, DeskClient};
use crate::client::zone;
use crate::domain::post::{PostAct, PostVerb, Step};
use crate::domain::{Command, Name};
use crate::wire::answer::Done;
use crate::wire::message::{Answer, Ask};
use clap::ArgMatches;

/// Does it and prints what was done.
pub(super) fn run(context: &Context, verb: &str, args: &ArgMatches) -> Outcome {
    let mut desk = context.connect()?;
    let act = act(context, &mut desk, verb, args)?;
    let verb = act.verb();
    let done = tell(context, &mut desk, act)?;
    action::report(context, Name::Post(verb), &done)
}

/// Asks the desk to do it.
pub(super) fn tell(
    context: &Context,
    desk: &mut DeskClient,
    act: PostAct,
) -> Result<Done, Failure> {
    try_to(desk, act)
        .map_err(|e| Failure::unanswered(&e, context.lang))?
        .ok_or_else(|| context.strange())
}

/// As [`tell`], for those who go on after a refusal; `None` = an answer that is none.
pub(super) fn try_to(desk: &mut DeskClient, act: PostAct) -> Result<Option<Done>, AskError> {
    match desk.ask(Ask::Do(Command::Post(act)))? {
        Answer::Done(done) => Ok(Some(done)),
        _ => Ok(None),
    }
}

fn act(
    context: &Context,
    desk: &mut DeskClient,
    verb: &str,
    args: &ArgMatches,
) -> Result<PostAct, Failure> {
    let word = |name: &str| args.get_one::<String>(name).cloned();
    let mut targets = args.get_many::<Target>("post").into_iter().flatten().copied();
    let several = |desk: &mut DeskClient, verb| {
        let mut all = Vec::new();
        for target in args.get_many::<Target>("post").into_iter().flatten() {
            all.extend(target.several(context, desk, verb)?);
        }
        all.dedup();
        Ok::<_, Failure>(all)
    };
    let step = || word("step").and_then(|name| Step::ALL.into_iter().find(|s| s.name() == name));
    // clap has seen to it that there is one.
    let Some(first) = targets.next() else { return Err(context.strange()) };
    Ok(match verb {
        "idea" => PostAct::Idea { post: first.post, idea: word("idea").unwrap_or_default() },
        "drop" => PostAct::Drop { at: first.one(context, desk)? },
        "submit" => {
            PostAct::Submit { at: several(desk, PostVerb::Submit)?, because: word("because") }
        }
        "approve" => PostAct::Approve {
            at: several(desk, PostVerb::Approve)?,
            step: step(),
            why: word("why").unwrap_or_default(),
        },
        "reject" => PostAct::Reject {
            at: first.one(context, desk)?,
            step: step().unwrap_or(Step::Compliance),
            why: word("why").unwrap_or_default(),
            place: word("place").unwrap_or_default(),
        },
        "schedule" => {
            let zone = zone::of_desk(desk.welcome());
            // Read before the post is looked for: the mistake that is nearest is told first.
            let when = word("when").map(|when| action::moment(context, &when, zone));
            PostAct::Schedule { when: when.transpose()?, at: first.one(context, desk)? }
        }
        "unschedule" => PostAct::Unschedule { at: several(desk, PostVerb::Unschedule)? },
        "recall" => PostAct::Recall { at: several(desk, PostVerb::Recall)? },
        "published" => PostAct::Published { at: first.one(context, desk)?, url: word("url") },
        _ => PostAct::Again { at: several(desk, PostVerb::Again)? },
    })
}
