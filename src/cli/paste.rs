//! `paste`: what customers wrote where no connector brings it in, from the command line.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome, action};
use crate::app::paste;
use crate::domain::{Channel, ChannelId, Time};
use crate::text::catalogue::verbs as say;
use crate::text::{Lang, link_safe};
use crate::wire::message::{Answer, Ask, Ingested};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

/// Describes the verb.
pub fn command(lang: Lang) -> Command {
    let word = |name: &'static str, value: &'static str| {
        let parser = NonEmptyStringValueParser::new();
        Arg::new(name).long(name).value_name(value).value_parser(parser)
    };
    Command::new("paste").about(say::PASTE.raw(lang)).long_about(say::PASTE_LONG.raw(lang)).args([
        word("channel", "NAME").required(true).value_parser(channel).help(say::ARG_ONTO.raw(lang)),
        Arg::new("dm").long("dm").action(ArgAction::SetTrue).help(say::ARG_DM.raw(lang)),
        word("author", "NAME").help(say::ARG_AUTHOR.raw(lang)),
        word("link", "URL").help(say::ARG_LINK.raw(lang)),
        word("text", "TEXT")
            .default_value("-")
            .allow_hyphen_values(true)
            .help(say::ARG_TEXT.raw(lang)),
    ])
}

/// A channel's short name.
fn channel(name: &str) -> Result<String, String> {
    let fits = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_uppercase());
    if fits { Ok(name.to_owned()) } else { Err("one word in lower case, e.g. forum".to_owned()) }
}

/// Runs the verb.
///
/// # Errors
/// When there is nothing to bring in, the link is none, or the desk takes something of it not.
pub fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let text = action::text(context, args)?;
    let mut all = paste::read(&text);
    if all.is_empty() {
        return Err(Failure::new(Exit::Usage, say::PASTE_NOTHING.say(lang)));
    }
    let link = args.get_one::<String>("link");
    if let Some(link) = link.filter(|link| link_safe(link).is_none()) {
        return Err(Failure::new(Exit::Usage, say::PASTE_LINK.fill(lang, &[("link", link)])));
    }
    for pasted in &mut all {
        pasted.dm |= args.get_flag("dm");
        if pasted.author.is_empty() {
            pasted.author = args.get_one::<String>("author").cloned().unwrap_or_default();
        }
        pasted.link = pasted.link.take().or_else(|| link.cloned());
    }
    let mut desk = context.connect()?;
    let id = ChannelId(args.get_one::<String>("channel").cloned().unwrap_or_default());
    let known = desk.welcome().channels.iter().find(|c| c.id == id).cloned();
    let channel = known.unwrap_or_else(|| Channel {
        platform: id.0.clone(),
        title: String::new(),
        reply_window: None,
        id,
    });
    let now = Time::from(chrono::Utc::now());
    let events: Vec<_> = all.iter().zip(0..).map(|(p, at)| p.event(&channel, now, at)).collect();
    match context.ask(&mut desk, Ask::Ingest { cursor: None, events })? {
        Answer::Ingested(done) => report(context, &done),
        _ => Err(context.strange()),
    }
}

fn report(context: &Context, done: &Ingested) -> Outcome {
    let mut printer = Printer::new(context.lang);
    let known = done.known + done.changed;
    if context.json {
        let rejected: Vec<&str> = done.rejected.iter().map(|(_, why)| why.as_str()).collect();
        printer.json(&json!({
            "added": done.added, "opened": done.opened, "known": known, "rejected": rejected,
        }))?;
    } else {
        let values: [(&str, &dyn std::fmt::Display); 2] = [("n", &done.added), ("known", &known)];
        printer.line(&say::PASTED.fill(context.lang, &values))?;
    }
    printer.end()?;
    match done.rejected.first() {
        None => Ok(()),
        Some((_, why)) => {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("n", &done.rejected.len()), ("why", why)];
            Err(Failure::new(Exit::Refused, say::SOME_REFUSED.fill(context.lang, &values)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(&["paste", "--channel", "forum", "--text", "-3 stars"], true)]
    #[case(&["paste", "--channel", "forum"], true)]
    #[case(&["paste", "--channel", "my forum"], false)]
    #[case(&["paste", "--channel", "Forum"], false)]
    #[case(&["paste", "--channel", ""], false)]
    #[case(&["paste", "--text", "hi"], false)]
    fn a_channel_is_one_word_in_lower_case(#[case] line: &[&str], #[case] good: bool) {
        assert_eq!(command(Lang::En).try_get_matches_from(line).is_ok(), good);
    }
}
