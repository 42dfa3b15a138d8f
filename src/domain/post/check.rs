//! What is to be looked at in a variant before it goes out.

use super::platform::{self, Platform};
use super::{Content, Form, Media, MediaKind};
use crate::domain::{Abilities, Channel, ChannelId, TextLimit, lint};
use crate::text::catalogue::posts as say;
use crate::text::{Lang, Msg, Shown};
use serde::{Deserialize, Serialize};

/// Something in a variant that is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Check {
    /// What the lint says of its text.
    Lint(lint::Finding),
    /// The platform allows less.
    Limit {
        /// What of it is too much, e.g. the text.
        what: LimitOf,
        /// So much.
        has: u64,
        /// The most.
        most: u64,
    },
    /// The platform has no posts of this form.
    NoSuchForm,
    /// The platform wants this with it, and it is missing.
    Lacks(LimitOf),
    /// A picture or video without a licence.
    NoLicence(String),
    /// The channel's connector cannot post.
    CannotPost(ChannelId),
}

/// What of a post has a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitOf {
    /// Its title.
    Title,
    /// Its text.
    Text,
    /// Its tags.
    Tags,
    /// Pictures.
    Images,
    /// Videos.
    Videos,
    /// Bytes of a file.
    FileSize,
}

/// What of a variant the platform or the channel's connector would not take, and which of its media
/// nobody has said may be shown. What the lint says is no part of it. `can` is what the connector says;
/// `None` = the channel has none, and people post there by hand.
pub fn check(content: &Content, channel: &Channel, can: Option<&Abilities>) -> Vec<Check> {
    let platform = platform::of(&channel.platform);
    let mut found = Vec::new();
    if can.is_some_and(|can| !can.post) {
        found.push(Check::CannotPost(channel.id.clone()));
    }
    if platform.without.contains(&content.form) {
        found.push(Check::NoSuchForm);
    }
    lacking(content, &platform, &mut found);
    lengths(content, &platform, can, &mut found);
    media(content, &platform, &mut found);
    found
}

fn lacking(content: &Content, platform: &Platform, found: &mut Vec<Check>) {
    let has = |kind| content.media.iter().any(|media| media.kind == kind);
    let mut lacks = |what| {
        if !found.contains(&Check::Lacks(what)) {
            found.push(Check::Lacks(what));
        }
    };
    if content.form == Form::ShortVideo && !has(MediaKind::Video) {
        lacks(LimitOf::Videos);
    }
    for what in platform.needs {
        let there = match what {
            LimitOf::Title => !content.title.trim().is_empty(),
            LimitOf::Text => !content.text.trim().is_empty(),
            LimitOf::Tags => !content.tags.is_empty(),
            // A live broadcast or a topic is announced, not uploaded; a video that is missing is told
            // already.
            LimitOf::Images => {
                has(MediaKind::Image)
                    || has(MediaKind::Video)
                    || matches!(content.form, Form::Live | Form::Topic | Form::ShortVideo)
            }
            LimitOf::Videos => has(MediaKind::Video),
            LimitOf::FileSize => true,
        };
        if !there {
            lacks(*what);
        }
    }
    if content.text.trim().is_empty() && content.title.trim().is_empty() && content.media.is_empty()
    {
        lacks(LimitOf::Text);
    }
}

fn lengths(
    content: &Content,
    platform: &Platform,
    can: Option<&Abilities>,
    found: &mut Vec<Check>,
) {
    let told = can.map(|can| &can.limit).filter(|limit| **limit != TextLimit::default());
    let text = platform.text_with_tags(content);
    let measured = [
        (LimitOf::Title, platform.title.measure(&content.title)),
        (LimitOf::Text, told.unwrap_or(&platform.text).measure(&text)),
    ];
    for (what, measure) in measured {
        if let Some(over) = measure.filter(|measure| measure.is_over()) {
            found.push(Check::Limit { what, has: over.used.into(), most: over.most.into() });
        }
    }
}

fn media(content: &Content, platform: &Platform, found: &mut Vec<Check>) {
    let count = |kind| content.media.iter().filter(|media| media.kind == kind).count();
    let counted = [
        (LimitOf::Tags, content.tags.len(), platform.tags),
        (LimitOf::Images, count(MediaKind::Image), platform.images),
        (LimitOf::Videos, count(MediaKind::Video), platform.videos),
    ];
    for (what, has, most) in counted {
        let has = has as u64;
        if let Some(most) = most.filter(|most| has > *most) {
            found.push(Check::Limit { what, has, most });
        }
    }
    for file in &content.media {
        let most = match file.kind {
            MediaKind::Image => platform.image_bytes,
            MediaKind::Video => platform.video_bytes,
            MediaKind::Audio | MediaKind::File => None,
        };
        if let (Some(has), Some(most)) = (file.bytes, most)
            && has > most
        {
            found.push(Check::Limit { what: LimitOf::FileSize, has, most });
        }
        if unlicensed(file) {
            found.push(Check::NoLicence(file.link.clone()));
        }
    }
}

fn unlicensed(file: &Media) -> bool {
    let shown = matches!(file.kind, MediaKind::Image | MediaKind::Video | MediaKind::Audio);
    shown && file.licence.trim().is_empty()
}

impl Check {
    /// True when the platform or its connector would refuse the post as it is.
    pub fn is_refused(&self) -> bool {
        match self {
            Check::Lint(_) | Check::NoLicence(_) => false,
            Check::Limit { .. } | Check::NoSuchForm | Check::Lacks(_) | Check::CannotPost(_) => {
                true
            }
        }
    }

    /// The sentence: what is wrong, and what to do.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            Check::Lint(finding) => {
                let values: [(&str, &dyn std::fmt::Display); 2] =
                    [("reason", &finding.reason(lang)), ("advice", &finding.advice(lang))];
                say::CHECK_LINT.fill(lang, &values)
            }
            Check::Limit { what: LimitOf::FileSize, has, most } => {
                let mb = |bytes: &u64| bytes.div_ceil(100_000) as f64 / 10.0;
                say::CHECK_FILE_SIZE.fill(lang, &[("has", &mb(has)), ("most", &mb(most))])
            }
            Check::Limit { what, has, most } => {
                what.too_much().fill(lang, &[("has", has), ("most", most)])
            }
            Check::NoSuchForm => say::CHECK_NO_SUCH_FORM.say(lang),
            Check::Lacks(what) => what.missing().say(lang),
            Check::NoLicence(link) => {
                say::CHECK_NO_LICENCE.fill(lang, &[("link", &Shown::line(link))])
            }
            Check::CannotPost(channel) => {
                say::CHECK_CANNOT_POST.fill(lang, &[("channel", &Shown::line(&channel.0))])
            }
        }
    }
}

impl LimitOf {
    /// That there is too much of it.
    fn too_much(self) -> Msg {
        match self {
            LimitOf::Title => say::CHECK_TITLE,
            LimitOf::Text => say::CHECK_TEXT,
            LimitOf::Tags => say::CHECK_TAGS,
            LimitOf::Images => say::CHECK_IMAGES,
            LimitOf::Videos => say::CHECK_VIDEOS,
            LimitOf::FileSize => say::CHECK_FILE_SIZE,
        }
    }

    /// That it is missing.
    fn missing(self) -> Msg {
        match self {
            LimitOf::Title => say::LACKS_TITLE,
            LimitOf::Text => say::LACKS_TEXT,
            LimitOf::Tags => say::LACKS_TAGS,
            LimitOf::Images => say::LACKS_IMAGES,
            LimitOf::Videos | LimitOf::FileSize => say::LACKS_VIDEOS,
        }
    }
}

#[cfg(test)]
mod tests;
