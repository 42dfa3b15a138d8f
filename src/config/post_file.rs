//! A post as one Markdown file: front matter for the idea, and a section for each variant with front
//! matter of its own and its text below, verbatim.
//!
//! A section begins with a heading, `## CHANNEL`, that has front matter right below it; every other
//! heading is a part of the text. A line `+++` of a text is written with a backslash before it, so that
//! no text can be taken for front matter. What is printed is read back as it was.

use super::error::{ConfigError, Problem};
use super::read::{self, Source};
use crate::domain::post::{Content, Form, Funnel, MOST_IDEA, Media, MediaKind, Proof};
use crate::domain::{ChannelId, PostId};
use crate::text::{is_plain_line, toml_string};
use serde::Deserialize;
use std::fmt::Write;
use std::path::Path;
use toml::Spanned;

/// What encloses front matter.
const FENCE: &str = "+++";

/// A post as its file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostFile {
    /// Its number; `None` for one that is yet to be begun.
    pub post: Option<PostId>,
    /// Its idea.
    pub idea: String,
    /// Its variants.
    pub sections: Vec<Section>,
}

/// A variant as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its channel.
    pub channel: ChannelId,
    /// Its number in the post; `None` for one that is yet to be added.
    pub variant: Option<u32>,
    /// The version that the file was made of.
    pub version: Option<u32>,
    /// When it is to go out, as people write a moment.
    pub at: Option<String>,
    /// The line of that moment, for those who cannot read it; otherwise of the heading.
    pub line: usize,
    /// What it says.
    pub content: Content,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHead {
    post: Option<u64>,
    idea: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSection {
    variant: Option<u32>,
    version: Option<u32>,
    title: Option<String>,
    form: Option<Spanned<String>>,
    funnel: Option<Spanned<String>>,
    #[serde(default)]
    tags: Vec<Spanned<String>>,
    at: Option<Spanned<String>>,
    #[serde(default)]
    high_risk: bool,
    text: Option<Spanned<String>>,
    #[serde(default)]
    media: Vec<RawMedia>,
    #[serde(default)]
    proof: Vec<RawProof>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMedia {
    link: Spanned<String>,
    kind: Option<Spanned<String>>,
    bytes: Option<u64>,
    #[serde(default)]
    alt: String,
    #[serde(default)]
    licence: String,
    asset: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProof {
    claim: String,
    #[serde(default)]
    proof: String,
}

/// A post as text.
pub fn print(post: &PostFile) -> String {
    let mut out = String::new();
    out.push_str(FENCE);
    out.push('\n');
    if let Some(id) = post.post {
        put(&mut out, "post", id.0);
    }
    put(&mut out, "idea", toml_string(&post.idea));
    out.push_str(FENCE);
    out.push('\n');
    for section in &post.sections {
        print_section(&mut out, section);
    }
    out
}

fn print_section(out: &mut String, section: &Section) {
    let content = &section.content;
    // Writing into a string cannot fail.
    let _ = write!(out, "\n## {}\n{FENCE}\n", section.channel);
    if let Some(variant) = section.variant {
        put(out, "variant", variant);
    }
    if let Some(version) = section.version {
        put(out, "version", version);
    }
    if !content.title.is_empty() {
        put(out, "title", toml_string(&content.title));
    }
    put(out, "form", toml_string(content.form.name()));
    if let Some(funnel) = content.funnel {
        put(out, "funnel", toml_string(funnel.name()));
    }
    if !content.tags.is_empty() {
        let tags: Vec<String> = content.tags.iter().map(|tag| toml_string(tag)).collect();
        put(out, "tags", format!("[{}]", tags.join(", ")));
    }
    if let Some(at) = &section.at {
        put(out, "at", toml_string(at));
    }
    if content.high_risk {
        put(out, "high_risk", true);
    }
    if !stands_below(&content.text) {
        put(out, "text", toml_string(&content.text));
    }
    for media in &content.media {
        out.push_str("[[media]]\n");
        put(out, "link", toml_string(&media.link));
        put(out, "kind", toml_string(media.kind.name()));
        if let Some(bytes) = media.bytes {
            put(out, "bytes", bytes);
        }
        for (name, text) in [("alt", &media.alt), ("licence", &media.licence)] {
            if !text.is_empty() {
                put(out, name, toml_string(text));
            }
        }
        if let Some(asset) = media.asset {
            put(out, "asset", asset);
        }
    }
    for proof in &content.proofs {
        out.push_str("[[proof]]\n");
        put(out, "claim", toml_string(&proof.claim));
        put(out, "proof", toml_string(&proof.proof));
    }
    out.push_str(FENCE);
    out.push('\n');
    if stands_below(&content.text) && !content.text.is_empty() {
        out.push('\n');
        for line in content.text.split('\n') {
            if is_fence(line) {
                out.push('\\');
            }
            out.push_str(line);
            out.push('\n');
        }
    }
}

fn put(out: &mut String, name: &str, value: impl std::fmt::Display) {
    let _ = writeln!(out, "{name} = {value}");
}

/// A text that lines can show: none that begins or ends with an empty line, and none with something
/// in it that could steer a terminal. Others stand in the front matter, spelt out.
fn stands_below(text: &str) -> bool {
    let framed = text.starts_with('\n') || text.ends_with('\n');
    !framed && text.split('\n').all(is_plain_line)
}

/// `+++`, with backslashes before it or without.
fn is_fence(line: &str) -> bool {
    line.trim_start_matches('\\') == FENCE
}

/// Reads a post's file; `file` is for the mistakes.
///
/// # Errors
/// The first mistake.
pub fn parse(file: &Path, text: &str) -> Result<PostFile, ConfigError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let lines: Vec<&str> = text.split('\n').collect();
    let read = Reader { file, lines: &lines };
    let Some(begin) = lines.iter().position(|line| !line.trim().is_empty()) else {
        return Err(read.wrong(0, "", Problem::NoFrontMatter));
    };
    if lines[begin] != FENCE {
        return Err(read.wrong(begin, "", Problem::NoFrontMatter));
    }
    let end = read.end_of(begin)?;
    let (head, source) = read.matter::<RawHead>(begin, end)?;
    let source = Source { file, text: &source };
    if head.idea.get_ref().len() > MOST_IDEA {
        let problem = Problem::TooLong(head.idea.get_ref().len(), MOST_IDEA);
        return Err(source.wrong("idea", &head.idea, problem));
    }
    let mut post = PostFile {
        post: head.post.map(PostId),
        idea: head.idea.get_ref().clone(),
        sections: Vec::new(),
    };
    let mut at = end + 1;
    // Between the head and the first section there is nothing to say.
    while at < lines.len() && !read.begins_section(at) {
        if !lines[at].trim().is_empty() {
            return Err(read.wrong(at, "", Problem::NoSection));
        }
        at += 1;
    }
    while at < lines.len() {
        let (section, next) = read.section(at)?;
        post.sections.push(section);
        at = next;
    }
    Ok(post)
}

/// Reads a post's file from its bytes.
///
/// # Errors
/// The first mistake.
pub fn parse_bytes(file: &Path, bytes: &[u8]) -> Result<PostFile, ConfigError> {
    parse(file, read::text(file, bytes)?)
}

/// A file that is being read, by lines counted from 0.
struct Reader<'a> {
    file: &'a Path,
    lines: &'a [&'a str],
}

impl Reader<'_> {
    fn wrong(&self, line: usize, field: &str, problem: Problem) -> ConfigError {
        ConfigError::at(self.file, Some(line + 1), field, problem)
    }

    fn begins_section(&self, at: usize) -> bool {
        let next = self.lines.get(at + 1);
        self.lines[at].starts_with("## ") && next.is_some_and(|line| *line == FENCE)
    }

    /// The line that ends the front matter that begins here.
    fn end_of(&self, begin: usize) -> Result<usize, ConfigError> {
        let after = self.lines.iter().skip(begin + 1);
        after
            .clone()
            .position(|line| *line == FENCE)
            .map(|n| begin + 1 + n)
            .ok_or_else(|| self.wrong(begin, "", Problem::OpenFrontMatter))
    }

    /// Front matter as what it says, and as a text in which every line has its own number.
    fn matter<T: serde::de::DeserializeOwned>(
        &self,
        begin: usize,
        end: usize,
    ) -> Result<(T, String), ConfigError> {
        let mut text = "\n".repeat(begin + 1);
        text.push_str(&self.lines[begin + 1..end].join("\n"));
        text.push('\n');
        let read = Source { file: self.file, text: &text }.raw()?;
        Ok((read, text))
    }

    /// The section that begins here, and the line after it.
    fn section(&self, at: usize) -> Result<(Section, usize), ConfigError> {
        let end = self.end_of(at + 1)?;
        let (raw, text) = self.matter::<RawSection>(at + 1, end)?;
        let source = Source { file: self.file, text: &text };
        let mut next = end + 1;
        while next < self.lines.len() && !self.begins_section(next) {
            next += 1;
        }
        let mut body: Vec<&str> = self.lines[end + 1..next].to_vec();
        while body.first().is_some_and(|line| line.is_empty()) {
            body.remove(0);
        }
        while body.last().is_some_and(|line| line.is_empty()) {
            body.pop();
        }
        for line in &mut body {
            if line.starts_with('\\') && is_fence(line) {
                *line = &line[1..];
            }
        }
        let below = body.join("\n");
        let text = match raw.text {
            Some(text) if !below.is_empty() => {
                return Err(source.wrong("text", &text, Problem::TextTwice));
            }
            Some(text) => text.into_inner(),
            None => below,
        };
        let named = self.lines[at]["## ".len()..].trim();
        // As every channel's name is read, at the line of the heading.
        let channel = ChannelId(named.to_owned());
        if named.is_empty() || named.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(self.wrong(at, "", Problem::NotAnId(named.to_owned())));
        }
        let forms = Form::ALL.map(|form| (form.name(), form));
        let funnels = Funnel::ALL.map(|funnel| (funnel.name(), funnel));
        let form = raw.form.as_ref().map(|form| source.one_of("form", form, &forms));
        let funnel = raw.funnel.as_ref().map(|it| source.one_of("funnel", it, &funnels));
        let mut tags = Vec::new();
        for tag in &raw.tags {
            let name = tag.get_ref().trim().trim_matches('#').to_owned();
            if name.is_empty() {
                return Err(source.wrong("tags", tag, Problem::Empty));
            }
            tags.push(name);
        }
        let line = raw.at.as_ref().map_or(at + 1, |at| source.line(&at.span()));
        let content = Content {
            title: raw.title.unwrap_or_default(),
            text,
            form: form.transpose()?.unwrap_or_default(),
            funnel: funnel.transpose()?,
            tags,
            media: raw.media.iter().map(|file| media(&source, file)).collect::<Result<_, _>>()?,
            proofs: raw
                .proof
                .into_iter()
                .map(|raw| Proof { claim: raw.claim, proof: raw.proof })
                .collect(),
            high_risk: raw.high_risk,
        };
        let (variant, version) = (raw.variant, raw.version);
        let at = raw.at.map(Spanned::into_inner);
        Ok((Section { channel, variant, version, at, line, content }, next))
    }
}

fn media(source: &Source<'_>, raw: &RawMedia) -> Result<Media, ConfigError> {
    let kinds = MediaKind::ALL.map(|kind| (kind.name(), kind));
    let kind = match &raw.kind {
        Some(kind) => source.one_of("media.kind", kind, &kinds)?,
        None => kind_of(raw.link.get_ref()),
    };
    Ok(Media {
        link: source.filled("media.link", &raw.link)?,
        kind,
        bytes: raw.bytes,
        alt: raw.alt.clone(),
        licence: raw.licence.clone(),
        asset: raw.asset,
    })
}

/// What a file or link is, by the end of its name.
pub fn kind_of(link: &str) -> MediaKind {
    let path = link.split(['?', '#']).next().unwrap_or(link);
    let name = path.rsplit('/').next().unwrap_or(path);
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    match end.as_deref() {
        Some("jpg" | "jpeg" | "png" | "gif" | "webp" | "avif" | "heic" | "bmp" | "svg") => {
            MediaKind::Image
        }
        Some("mp4" | "mov" | "m4v" | "webm" | "mkv" | "avi" | "mpg" | "mpeg" | "flv") => {
            MediaKind::Video
        }
        Some("mp3" | "m4a" | "wav" | "ogg" | "flac" | "aac") => MediaKind::Audio,
        _ => MediaKind::File,
    }
}

#[cfg(test)]
mod tests;
