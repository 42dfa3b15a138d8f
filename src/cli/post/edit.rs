//! `post edit`: a post as one Markdown file, in the operator's editor or from a file.

use super::act::try_to;
use super::{Target, no_input};
use crate::cli::{Context, Exit, Failure, Outcome, action};
use crate::client::ask::{AskError, DeskClient};
use crate::client::editor::Edited;
use crate::client::zone;
use crate::config::post_file::{self, PostFile, Section};
use crate::domain::post::{PostAct, Variant};
use crate::domain::{Name, PostId, Time, VariantRef};
use crate::text::catalogue::post_verbs as say;
use crate::wire::post::PostView;
use chrono_tz::Tz;
use clap::ArgMatches;
use std::fmt::Display;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Edits.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let target = args.get_one::<Target>("post").copied();
    // clap has seen to it that there is one.
    let Some(target) = target else { return Err(context.strange()) };
    let given = args.get_one::<PathBuf>("file").map(|file| read_file(context, file)).transpose()?;
    let mut desk = context.connect()?;
    let view = target.view(context, &mut desk)?;
    if let Some((path, file)) = given {
        return take(context, &mut desk, &view, &path, &file);
    }
    let zone = zone::of_desk(desk.welcome());
    let text = post_file::print(&as_file(context, &view, target.variant, zone)?);
    let name = format!("post-{}.md", target.post);
    let edited = Edited::edit(&name, &text).map_err(|why| {
        Failure::new(Exit::File, say::NO_EDITOR.fill(context.lang, &[("why", &why)]))
    })?;
    let Some(now) = &edited.text else { return unchanged(context) };
    let taken = post_file::parse(Path::new(&name), now)
        .map_err(|e| Failure::new(Exit::Usage, e.say(context.lang)))
        .and_then(|file| take(context, &mut desk, &view, Path::new(&name), &file));
    // Who wrote it can go on with it.
    taken.map_err(|failure| match failure.sentence.is_empty() {
        true => failure,
        false => {
            let file = edited.keep();
            let values: [(&str, &dyn Display); 3] =
                [("why", &failure.sentence), ("file", &file.display()), ("post", &target.post)];
            Failure::new(failure.exit, say::KEPT.fill(context.lang, &values))
        }
    })
}

/// Reads a post's file; `-` is standard input.
pub(super) fn read_file(context: &Context, path: &Path) -> Result<(PathBuf, PostFile), Failure> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        let input = std::io::stdin().take(action::MOST_TEXT).read_to_end(&mut bytes);
        input.map_err(|e| no_input(context, &e))?;
    } else {
        bytes = std::fs::read(path).map_err(|e| {
            let values: [(&str, &dyn Display); 2] = [("file", &path.display()), ("why", &e)];
            Failure::new(Exit::File, say::NO_FILE.fill(context.lang, &values))
        })?;
    }
    let file = post_file::parse_bytes(path, &bytes)
        .map_err(|e| Failure::new(Exit::Usage, e.say(context.lang)))?;
    Ok((path.to_owned(), file))
}

/// A post as its file, or one variant of it.
pub(super) fn as_file(
    context: &Context,
    view: &PostView,
    only: Option<u32>,
    zone: Tz,
) -> Result<PostFile, Failure> {
    if let Some(variant) = only.filter(|n| view.post.variant(*n).is_none()) {
        let values: [(&str, &dyn Display); 2] = [("post", &view.post.id), ("variant", &variant)];
        return Err(Failure::new(Exit::Refused, say::NO_VARIANT.fill(context.lang, &values)));
    }
    let variants = view.post.variants.iter().zip(&view.contents);
    let sections = variants
        .filter(|(v, _)| only.is_none_or(|only| only == v.number))
        .map(|(v, content)| Section {
            channel: v.channel.clone(),
            variant: Some(v.number),
            version: Some(v.version),
            at: v.at.map(|at| written(at, zone)),
            line: 0,
            content: content.clone(),
        })
        .collect();
    Ok(PostFile { post: Some(view.post.id), idea: view.post.idea.clone(), sections })
}

/// A moment as people write it, when that says it all; else with its distance from UTC.
pub(super) fn written(at: Time, zone: Tz) -> String {
    let local = at.in_zone(zone);
    let short = local.format("%Y-%m-%d %H:%M").to_string();
    match Time::from_local(local.naive_local(), zone) == at && at.0 % 60_000 == 0 {
        true => short,
        false => local.to_rfc3339(),
    }
}

/// The moment of a section that has one; a mistake names its place.
pub(super) fn at_of(
    context: &Context,
    path: &Path,
    section: &Section,
    zone: Tz,
) -> Result<Option<Time>, Failure> {
    let Some(at) = &section.at else { return Ok(None) };
    action::moment(context, at, zone).map(Some).map_err(|failure| {
        if section.line == 0 {
            return failure;
        }
        let place = format!("{}:{}", path.display(), section.line);
        let values: [(&str, &dyn Display); 2] = [("place", &place), ("why", &failure.sentence)];
        Failure::new(failure.exit, say::BAD_AT.fill(context.lang, &values))
    })
}

fn unchanged(context: &Context) -> Outcome {
    let mut printer = crate::cli::print::Printer::new(context.lang);
    if context.json {
        printer.json(&serde_json::json!({ "done": "post edit", "posts": [] }))?;
    } else {
        printer.line(&say::UNCHANGED.say(context.lang))?;
    }
    printer.end()
}

/// Makes the post what its file says. Variants that the file does not name stay as they are.
fn take(
    context: &Context,
    desk: &mut DeskClient,
    view: &PostView,
    path: &Path,
    file: &PostFile,
) -> Outcome {
    let zone = zone::of_desk(desk.welcome());
    let acts = acts(context, view, path, file, zone)?;
    if acts.is_empty() {
        return unchanged(context);
    }
    let mut refused = None;
    for act in acts {
        let verb = act.verb();
        match try_to(desk, act) {
            Ok(Some(done)) => {
                if let Err(failure) = action::report(context, Name::Post(verb), &done) {
                    refused.get_or_insert(failure);
                }
            }
            Ok(None) => return Err(context.strange()),
            // One part of which nothing can be done leaves the others to do.
            Err(e @ AskError::Refused(_)) => {
                refused.get_or_insert(Failure::unanswered(&e, context.lang));
            }
            Err(e) => return Err(Failure::unanswered(&e, context.lang)),
        }
    }
    refused.map_or(Ok(()), Err)
}

/// What is to be done to make the post what the file says.
pub(super) fn acts(
    context: &Context,
    view: &PostView,
    path: &Path,
    file: &PostFile,
    zone: Tz,
) -> Result<Vec<PostAct>, Failure> {
    let post = view.post.id;
    let lang = context.lang;
    if let Some(other) = file.post.filter(|other| *other != post) {
        let values: [(&str, &dyn Display); 2] = [("post", &other), ("asked", &post)];
        return Err(Failure::new(Exit::Usage, say::OTHER_POST.fill(lang, &values)));
    }
    let mut acts = Vec::new();
    if file.idea != view.post.idea {
        acts.push(PostAct::Idea { post, idea: file.idea.clone() });
    }
    for section in &file.sections {
        let variant = match section.variant {
            Some(number) => Some(named(context, view, path, section, number)?),
            // One that is written by hand means the only variant of its channel.
            None => {
                let mut of_channel =
                    view.post.variants.iter().filter(|v| v.channel == section.channel);
                let first = of_channel.next();
                first.filter(|_| of_channel.next().is_none())
            }
        };
        match variant {
            Some(variant) => change(context, view, variant, path, section, zone, &mut acts)?,
            None => {
                // Its time is for when it is approved; it has to be one all the same.
                at_of(context, path, section, zone)?;
                acts.push(PostAct::Add {
                    post,
                    channel: section.channel.clone(),
                    content: Box::new(section.content.clone()),
                });
            }
        }
    }
    Ok(acts)
}

/// The variant that a section names, if it is for the same channel.
fn named<'a>(
    context: &Context,
    view: &'a PostView,
    path: &Path,
    section: &Section,
    number: u32,
) -> Result<&'a Variant, Failure> {
    let place = format!("{}:{}", path.display(), section.line);
    let post: PostId = view.post.id;
    match view.post.variant(number) {
        None => {
            let values: [(&str, &dyn Display); 2] = [("post", &post), ("variant", &number)];
            let what = say::NO_VARIANT.fill(context.lang, &values);
            Err(Failure::new(Exit::Refused, format!("{place}: {what}")))
        }
        Some(variant) if variant.channel != section.channel => {
            let values: [(&str, &dyn Display); 3] =
                [("place", &place), ("variant", &number), ("channel", &variant.channel)];
            Err(Failure::new(Exit::Usage, say::OTHER_CHANNEL.fill(context.lang, &values)))
        }
        Some(variant) => Ok(variant),
    }
}

/// What is to be done to make a variant what its section says.
fn change(
    context: &Context,
    view: &PostView,
    variant: &Variant,
    path: &Path,
    section: &Section,
    zone: Tz,
    acts: &mut Vec<PostAct>,
) -> Result<(), Failure> {
    let at: VariantRef = view.post.name_of(variant);
    let place = view.post.variants.iter().position(|v| v.number == variant.number);
    let before = place.and_then(|place| view.contents.get(place));
    if before != Some(&section.content) {
        acts.push(PostAct::Edit {
            at,
            version: section.version.unwrap_or(variant.version),
            content: Box::new(section.content.clone()),
        });
    }
    let planned = variant.at.map(|at| written(at, zone));
    match &section.at {
        // A file of one's own need not know when it goes out.
        None if section.version.is_none() => {}
        same if *same == planned => {}
        None => acts.push(PostAct::Unschedule { at: vec![at] }),
        Some(_) => {
            let when = at_of(context, path, section, zone)?;
            acts.push(PostAct::Schedule { at, when });
        }
    }
    Ok(())
}
