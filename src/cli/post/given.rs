//! `post new` and `post add`: from what the command line or a file gives, a post.

use super::act::tell;
use super::edit::{at_of, read_file};
use super::{Target, act, flag, option};
use crate::cli::{Context, Exit, Failure, Outcome, action};
use crate::client::ask::DeskClient;
use crate::client::zone;
use crate::config::post_file::{PostFile, Section, kind_of};
use crate::domain::post::{Content, Form, Funnel, Media, PostAct, PostVerb, Proof};
use crate::domain::{ChannelId, Name, VariantRef};
use crate::text::Lang;
use crate::text::catalogue::post_verbs as say;
use clap::{ArgAction, ArgMatches, Command};
use std::path::{Path, PathBuf};

/// The options that say what a variant says.
pub(super) const NAMES: [&str; 12] = [
    "channel",
    "text",
    "title",
    "form",
    "funnel",
    "tag",
    "media",
    "alt",
    "licence",
    "claim",
    "high-risk",
    "at",
];

/// With the options that say what a variant says.
pub(super) fn args(command: Command, lang: Lang) -> Command {
    let several = |name, value, help| option(name, value, help, lang).action(ArgAction::Append);
    command.args([
        several("channel", "NAME", say::ARG_CHANNEL),
        option("text", "TEXT", say::ARG_TEXT, lang).allow_hyphen_values(true),
        option("title", "TEXT", say::ARG_TITLE, lang),
        option("form", "FORM", say::ARG_FORM, lang).value_parser(Form::ALL.map(Form::name)),
        option("funnel", "STAGE", say::ARG_FUNNEL, lang)
            .value_parser(Funnel::ALL.map(Funnel::name)),
        several("tag", "TAG", say::ARG_TAG),
        several("media", "LINK", say::ARG_MEDIA),
        several("alt", "TEXT", say::ARG_ALT).requires("media"),
        option("licence", "TEXT", say::ARG_LICENCE, lang).requires("media"),
        several("claim", "CLAIM", say::ARG_CLAIM),
        flag("high-risk", say::ARG_HIGH_RISK, lang),
        option("at", "WHEN", say::ARG_WHEN, lang),
    ])
}

/// What the options say.
fn content(context: &Context, args: &ArgMatches) -> Result<Content, Failure> {
    let word = |name: &str| args.get_one::<String>(name).cloned();
    let words = |name: &str| -> Vec<String> {
        args.get_many::<String>(name).into_iter().flatten().cloned().collect()
    };
    let named = |name: &str| word(name).unwrap_or_default();
    let text = action::text(context, args)?;
    let mut proofs = Vec::new();
    for claim in words("claim") {
        let Some((claim, proof)) = claim.split_once("=>") else {
            let text = say::NOT_A_CLAIM.fill(context.lang, &[("value", &claim)]);
            return Err(Failure::new(Exit::Usage, text));
        };
        proofs.push(Proof { claim: claim.trim().to_owned(), proof: proof.trim().to_owned() });
    }
    Ok(Content {
        title: named("title"),
        text,
        form: Form::ALL.into_iter().find(|f| f.name() == named("form")).unwrap_or_default(),
        funnel: Funnel::ALL.into_iter().find(|f| f.name() == named("funnel")),
        tags: words("tag").iter().map(|tag| tag.trim().trim_matches('#').to_owned()).collect(),
        media: media(args, &named("licence")),
        proofs,
        high_risk: args.get_flag("high-risk"),
    })
}

/// The media, each with the alternative text that stands behind it.
fn media(args: &ArgMatches, licence: &str) -> Vec<Media> {
    let given = |name: &str| -> Vec<(usize, String)> {
        let places = args.indices_of(name).into_iter().flatten();
        places.zip(args.get_many::<String>(name).into_iter().flatten().cloned()).collect()
    };
    let mut media: Vec<(usize, Media)> = given("media")
        .into_iter()
        .map(|(at, link)| (at, Media { licence: licence.to_owned(), ..file(&link) }))
        .collect();
    for (at, alt) in given("alt") {
        if let Some((_, before)) = media.iter_mut().rev().find(|(of, _)| *of < at) {
            before.alt = alt;
        }
    }
    media.into_iter().map(|(_, media)| media).collect()
}

/// A file or link. A file that is here is named by its whole path, with its size.
fn file(link: &str) -> Media {
    let kind = kind_of(link);
    let here = (!link.contains("://")).then(|| Path::new(link).canonicalize().ok()).flatten();
    let bytes = here.as_ref().and_then(|path| path.metadata().ok()).map(|meta| meta.len());
    let whole = here.and_then(|path| path.into_os_string().into_string().ok());
    Media { link: whole.unwrap_or_else(|| link.to_owned()), kind, bytes, ..Media::default() }
}

fn channels(context: &Context, args: &ArgMatches) -> Result<Vec<ChannelId>, Failure> {
    let named = args.get_many::<String>("channel").into_iter().flatten();
    let channels: Vec<ChannelId> = named.cloned().map(ChannelId).collect();
    match channels.is_empty() {
        true => Err(Failure::new(Exit::Usage, say::NO_CHANNEL.say(context.lang))),
        false => Ok(channels),
    }
}

/// The post that is given, as a file would have it.
fn given(context: &Context, args: &ArgMatches) -> Result<(PathBuf, PostFile), Failure> {
    if let Some(file) = args.get_one::<PathBuf>("file") {
        return read_file(context, file);
    }
    let idea = args.get_one::<String>("idea").cloned().unwrap_or_default();
    let content = content(context, args)?;
    let sections = channels(context, args)?
        .into_iter()
        .map(|channel| Section {
            channel,
            variant: None,
            version: None,
            at: args.get_one::<String>("at").cloned(),
            line: 0,
            content: content.clone(),
        })
        .collect();
    Ok((PathBuf::new(), PostFile { post: None, idea, sections }))
}

/// `post new`.
pub(super) fn new(context: &Context, args: &ArgMatches) -> Outcome {
    let (path, file) = given(context, args)?;
    if file.sections.is_empty() {
        return Err(Failure::new(Exit::Usage, say::NO_CHANNEL.say(context.lang)));
    }
    let mut desk = context.connect()?;
    let zone = zone::of_desk(desk.welcome());
    // A moment that cannot be read is told before anything is begun.
    for section in &file.sections {
        at_of(context, &path, section, zone)?;
    }
    let variants = file.sections.iter().map(|s| (s.channel.clone(), s.content.clone())).collect();
    let topic = args.get_one::<u64>("topic").copied();
    let idea = file.idea.clone();
    let mut done = tell(context, &mut desk, PostAct::New { idea, topic, variants, when: None })?;
    let made = done.posts.clone();
    if args.get_flag("submit") {
        let submitted =
            tell(context, &mut desk, PostAct::Submit { at: made.clone(), because: None })?;
        done.refused.extend(submitted.refused);
        done.warned.extend(submitted.warned);
    }
    action::report(context, Name::Post(PostVerb::New), &done)?;
    let ats = file.sections.iter().map(|section| section.at.clone());
    plan(context, &mut desk, &made.into_iter().zip(ats).collect::<Vec<_>>())
}

/// Gives each its time.
fn plan(
    context: &Context,
    desk: &mut DeskClient,
    wanted: &[(VariantRef, Option<String>)],
) -> Outcome {
    let zone = zone::of_desk(desk.welcome());
    for (at, when) in wanted {
        let Some(when) = when else { continue };
        let moment = action::moment(context, when, zone)?;
        match act::try_to(desk, PostAct::Schedule { at: *at, when: Some(moment) }) {
            Ok(Some(done)) => action::report(context, Name::Post(PostVerb::Schedule), &done)?,
            Ok(None) => return Err(context.strange()),
            Err(e) => return Err(Failure::unanswered(&e, context.lang)),
        }
    }
    Ok(())
}

/// `post add`.
pub(super) fn add(context: &Context, args: &ArgMatches) -> Outcome {
    let channels = channels(context, args)?;
    let content = content(context, args)?;
    let post = args.get_one::<Target>("post").map(|target| target.post).unwrap_or_default();
    let mut desk = context.connect()?;
    let zone = zone::of_desk(desk.welcome());
    let at = args.get_one::<String>("at").cloned();
    if let Some(at) = &at {
        action::moment(context, at, zone)?;
    }
    let mut made = Vec::new();
    for channel in channels {
        let content = Box::new(content.clone());
        let done = tell(context, &mut desk, PostAct::Add { post, channel, content })?;
        made.extend(done.posts.iter().map(|name| (*name, at.clone())));
        action::report(context, Name::Post(PostVerb::Add), &done)?;
    }
    plan(context, &mut desk, &made)
}
