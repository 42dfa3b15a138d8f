//! What platforms take of a post, as they are known late in 2026. A platform that is not known here
//! has no bounds; what a channel's connector says of its texts goes before what is known here.

use super::{Content, Form, LimitOf};
use crate::domain::TextLimit;

/// What a platform takes. `None` = no bound that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Platform {
    /// The text, tags in it included.
    pub text: TextLimit,
    /// The title.
    pub title: TextLimit,
    /// Tags.
    pub tags: Option<u64>,
    /// Pictures.
    pub images: Option<u64>,
    /// Videos.
    pub videos: Option<u64>,
    /// Bytes of a picture.
    pub image_bytes: Option<u64>,
    /// Bytes of a video.
    pub video_bytes: Option<u64>,
    /// What it has no posts without, whatever their form. [`LimitOf::Images`] = a picture or a
    /// video.
    pub needs: &'static [LimitOf],
    /// Forms it has no posts of.
    pub without: &'static [Form],
    /// How a tag stands in the text; `None` = tags are no part of it.
    pub tag: Option<Tag>,
}

/// How a tag is written in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// `#tag`
    Open,
    /// `#tag#`
    Closed,
}

const MB: u64 = 1_000_000;
const MIB: u64 = 1 << 20;

fn chars(most: u32) -> TextLimit {
    TextLimit { chars: Some(most), ..TextLimit::default() }
}

fn wide(most: u32) -> TextLimit {
    TextLimit { wide: Some(most), ..TextLimit::default() }
}

/// What a platform takes.
pub fn of(platform: &str) -> Platform {
    match platform {
        "wechat" => wechat(),
        "weibo" => weibo(),
        "douyin" => douyin(),
        "xiaohongshu" => xiaohongshu(),
        "bilibili" => bilibili(),
        "linkedin" => linkedin(),
        "bluesky" => bluesky(),
        "mastodon" => mastodon(),
        "x" | "twitter" => x(),
        "facebook" => facebook(),
        "instagram" => instagram(),
        _ => Platform::default(),
    }
}

/// An article: title of 32 characters, needed; content of fewer than 20,000 characters and 1 MB, markup
/// included (developers.weixin.qq.com, `draft/add`). Pictures of 10 MB (`material/add_material`).
fn wechat() -> Platform {
    Platform {
        text: TextLimit { chars: Some(19_999), bytes: Some(1_000_000), ..TextLimit::default() },
        title: wide(32),
        image_bytes: Some(10 * MB),
        needs: &[LimitOf::Title],
        without: &[Form::Live, Form::Topic],
        ..Platform::default()
    }
}

/// 2,000 characters and 18 pictures or a video, as the page on weibo.com has it. The open interface
/// takes 140 characters (open.weibo.com, `statuses/share`); a connector that uses it says so.
fn weibo() -> Platform {
    Platform {
        text: wide(2_000),
        images: Some(18),
        videos: Some(1),
        tag: Some(Tag::Closed),
        ..Platform::default()
    }
}

/// Title of 30 characters, text of 1,000 with its topics, five topics, 35 pictures or one video
/// (the upload page of creator.douyin.com; not in the open interface's documents).
fn douyin() -> Platform {
    Platform {
        text: chars(1_000),
        title: chars(30),
        tags: Some(5),
        images: Some(35),
        videos: Some(1),
        needs: &[LimitOf::Images],
        without: &[Form::H5],
        tag: Some(Tag::Open),
        ..Platform::default()
    }
}

/// Title of 20 characters, text of 1,000 with its topics, ten topics, 18 pictures or one video, and
/// no note without one (the upload page of creator.xiaohongshu.com; there is no open interface).
fn xiaohongshu() -> Platform {
    Platform {
        text: chars(1_000),
        title: wide(20),
        tags: Some(10),
        images: Some(18),
        videos: Some(1),
        needs: &[LimitOf::Images],
        without: &[Form::H5],
        tag: Some(Tag::Open),
        ..Platform::default()
    }
}

/// Title of 80 characters, text of 2,000, ten tags that stand beside it (the upload page of
/// member.bilibili.com).
fn bilibili() -> Platform {
    Platform {
        text: chars(2_000),
        title: chars(80),
        tags: Some(10),
        videos: Some(1),
        without: &[Form::H5],
        ..Platform::default()
    }
}

/// 3,000 characters of commentary; 2 to 20 pictures or one video (learn.microsoft.com/linkedin, Posts
/// and MultiImage).
fn linkedin() -> Platform {
    Platform {
        text: chars(3_000),
        images: Some(20),
        videos: Some(1),
        without: &[Form::H5, Form::Topic],
        tag: Some(Tag::Open),
        ..Platform::default()
    }
}

/// 300 graphemes and 3,000 bytes, eight tags (`app.bsky.feed.post`); four pictures of a million bytes
/// (`app.bsky.embed.images`) or a video of a hundred (`app.bsky.embed.video`).
fn bluesky() -> Platform {
    Platform {
        text: TextLimit { graphemes: Some(300), bytes: Some(3_000), ..TextLimit::default() },
        tags: Some(8),
        images: Some(4),
        videos: Some(1),
        image_bytes: Some(MB),
        video_bytes: Some(100 * MB),
        without: &[Form::Live, Form::Topic],
        tag: Some(Tag::Open),
        ..Platform::default()
    }
}

/// 500 characters of which a link takes 23, four attachments, 16 MiB a picture and 99 MiB a video: the
/// defaults of a server (docs.joinmastodon.org, Instance; mastodon.social's `api/v2/instance`). A
/// connector knows its own server's.
fn mastodon() -> Platform {
    Platform {
        text: TextLimit { graphemes: Some(500), link: Some(23), ..TextLimit::default() },
        images: Some(4),
        videos: Some(1),
        image_bytes: Some(16 * MIB),
        video_bytes: Some(99 * MIB),
        without: &[Form::Live, Form::Topic],
        tag: Some(Tag::Open),
        ..Platform::default()
    }
}

/// 280 units, of which a full-width character takes two and a link 23 (docs.x.com, Counting
/// characters); four pictures of 5 MB or a video of 512 MB (Media best practices). Accounts that pay may
/// write more.
fn x() -> Platform {
    Platform {
        text: TextLimit { wide: Some(140), link: Some(12), ..TextLimit::default() },
        images: Some(4),
        videos: Some(1),
        image_bytes: Some(5 * MB),
        video_bytes: Some(512 * MB),
        tag: Some(Tag::Open),
        ..Platform::default()
    }
}

/// 63,206 characters, ten pictures or one video (facebook.com/business/help; the number of characters
/// is the one Facebook named when it raised the bound in 2011).
fn facebook() -> Platform {
    Platform {
        text: chars(63_206),
        images: Some(10),
        videos: Some(1),
        tag: Some(Tag::Open),
        ..Platform::default()
    }
}

/// 2,200 characters, 30 tags, ten pictures and videos together, pictures of 8 MB, and no post without
/// one (developers.facebook.com, Instagram content publishing).
fn instagram() -> Platform {
    Platform {
        text: chars(2_200),
        tags: Some(30),
        images: Some(10),
        videos: Some(10),
        image_bytes: Some(8 * MB),
        needs: &[LimitOf::Images],
        without: &[Form::H5, Form::Topic],
        tag: Some(Tag::Open),
        ..Platform::default()
    }
}

impl Platform {
    /// The text as it stands on the platform: with its tags where they are part of it.
    pub fn text_with_tags(&self, content: &Content) -> String {
        match self.tag {
            Some(tag) => with_tags(&content.text, &content.tags, tag),
            None => content.text.clone(),
        }
    }
}

/// A text with the tags behind it that are not in it already.
pub fn with_tags(text: &str, tags: &[String], tag: Tag) -> String {
    let names = tags.iter().map(|name| name.trim().trim_matches('#')).filter(|n| !n.is_empty());
    let written = names.map(|name| match tag {
        Tag::Open => format!("#{name}"),
        Tag::Closed => format!("#{name}#"),
    });
    let missing: Vec<String> = written.filter(|written| !has(text, written, tag)).collect();
    match (text.trim_end(), missing.join(" ")) {
        (_, tags) if tags.is_empty() => text.to_owned(),
        ("", tags) => tags,
        (text, tags) => format!("{text}\n\n{tags}"),
    }
}

fn has(text: &str, written: &str, tag: Tag) -> bool {
    text.match_indices(written).any(|(at, _)| {
        // `#tea` is not there because `#teapot` is.
        let goes_on = |c: char| c.is_alphanumeric() || c == '_';
        tag == Tag::Closed || !text[at + written.len()..].starts_with(goes_on)
    })
}
