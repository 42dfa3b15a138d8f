//! The fields of a variant: what they are called, how they are typed, how a change gets to the desk.

use super::{AskedPost, Pending, send_then};
use crate::app::Effect;
use crate::app::model::Model;
use crate::domain::post::{Content, Form, Funnel, Media, MediaKind, PostAct, Proof, Step};
use crate::domain::{Time, VariantRef};
use crate::text::catalogue::{calendar as words, posts as say};
use crate::text::{Lang, Msg, Shown};

/// A field of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Its title.
    Title,
    /// Its text.
    Text,
    /// Its form.
    Form,
    /// For whom it is.
    Funnel,
    /// Its tags.
    Tags,
    /// A picture, video or file, by its place; the one behind the last is a new one.
    Media(usize),
    /// A claim and its proof, in the same way.
    Proof(usize),
    /// Whether a second person has to approve it.
    HighRisk,
}

impl Field {
    /// What it is called.
    pub fn name(self) -> Msg {
        match self {
            Field::Title => words::FIELD_TITLE,
            Field::Text => words::FIELD_TEXT,
            Field::Form => words::FIELD_FORM,
            Field::Funnel => words::FIELD_FUNNEL,
            Field::Tags => words::FIELD_TAGS,
            Field::Media(_) => words::FIELD_MEDIA,
            Field::Proof(_) => words::FIELD_PROOF,
            Field::HighRisk => words::FIELD_RISK,
        }
    }

    /// How it is typed, where that needs a word.
    pub fn how(self) -> Option<Msg> {
        match self {
            Field::Media(_) => Some(words::HOW_MEDIA),
            Field::Proof(_) => Some(words::HOW_PROOF),
            _ => None,
        }
    }
}

/// What a form is called.
pub fn form_name(form: Form) -> Msg {
    match form {
        Form::ImageText => say::FORM_IMAGE_TEXT,
        Form::ShortVideo => say::FORM_SHORT_VIDEO,
        Form::Live => say::FORM_LIVE,
        Form::H5 => say::FORM_H5,
        Form::Animation => say::FORM_ANIMATION,
        Form::Topic => say::FORM_TOPIC,
    }
}

/// What a stage is called.
pub fn funnel_name(funnel: Funnel) -> Msg {
    match funnel {
        Funnel::Awareness => say::FUNNEL_AWARENESS,
        Funnel::Interest => say::FUNNEL_INTEREST,
        Funnel::Decision => say::FUNNEL_DECISION,
        Funnel::Loyalty => say::FUNNEL_LOYALTY,
    }
}

/// What a step of the review is called.
pub fn step_name(step: Step) -> Msg {
    match step {
        Step::Compliance => say::STEP_COMPLIANCE,
        Step::Tone => say::STEP_TONE,
        Step::Logic => say::STEP_LOGIC,
    }
}

/// A field as it is typed.
pub(super) fn written(content: &Content, field: Field) -> String {
    match field {
        Field::Title => content.title.clone(),
        Field::Text => content.text.clone(),
        Field::Tags => content.tags.join(" "),
        Field::Media(at) => content.media.get(at).map(media).unwrap_or_default(),
        Field::Proof(at) => {
            let proof = content.proofs.get(at);
            proof.map(|p| [p.claim.as_str(), p.proof.as_str()].join(" | ")).unwrap_or_default()
        }
        Field::Form | Field::Funnel | Field::HighRisk => String::new(),
    }
}

/// `link | kind | alt | licence`.
pub(super) fn media(media: &Media) -> String {
    let parts =
        [media.link.as_str(), media.kind.name(), media.alt.as_str(), media.licence.as_str()];
    parts.join(" | ").trim_end_matches([' ', '|']).to_owned()
}

/// Puts what was typed into a field; an error is a sentence.
pub(super) fn put(
    content: &mut Content,
    field: Field,
    typed: &str,
    lang: Lang,
) -> Result<(), Shown> {
    match field {
        Field::Title => typed.clone_into(&mut content.title),
        Field::Text => typed.clone_into(&mut content.text),
        Field::Tags => {
            let ends = |c: char| c.is_whitespace() || [',', '，', '、', '#', '＃'].contains(&c);
            let words = typed.split(ends).filter(|word| !word.is_empty());
            content.tags = words.map(str::to_owned).collect();
        }
        Field::Media(at) => {
            let mut new = read_media(typed, lang)?;
            let old = content.media.get(at);
            if let Some((new, old)) = new.as_mut().zip(old).filter(|(n, o)| n.link == o.link) {
                (new.bytes, new.asset) = (old.bytes, old.asset);
            }
            place(&mut content.media, at, new);
        }
        Field::Proof(at) => place(&mut content.proofs, at, read_proof(typed)),
        Field::Form | Field::Funnel | Field::HighRisk => {}
    }
    Ok(())
}

/// Puts something at its place of a list, behind it, or takes what is there out.
fn place<T>(list: &mut Vec<T>, at: usize, new: Option<T>) {
    match new {
        Some(new) if at < list.len() => list[at] = new,
        Some(new) => list.push(new),
        None if at < list.len() => drop(list.remove(at)),
        None => {}
    }
}

fn read_media(typed: &str, lang: Lang) -> Result<Option<Media>, Shown> {
    let mut parts = typed.split(['|', '｜']).map(str::trim);
    let link = parts.next().unwrap_or_default();
    if link.is_empty() {
        return Ok(None);
    }
    let kind = parts.next().unwrap_or_default();
    let known = MediaKind::ALL.into_iter().find(|k| k.name() == kind);
    let kind = match known {
        Some(kind) => kind,
        None if kind.is_empty() => guess(link),
        None => {
            return Err(words::NOT_A_KIND.fill(lang, &[("kind", &Shown::line(kind))]));
        }
    };
    let mut next = || parts.next().unwrap_or_default().to_owned();
    Ok(Some(Media {
        link: link.to_owned(),
        kind,
        alt: next(),
        licence: next(),
        ..Media::default()
    }))
}

/// What a file is by the end of its name.
fn guess(link: &str) -> MediaKind {
    let end = link.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match end.as_str() {
        "mp4" | "mov" | "webm" | "mkv" | "avi" => MediaKind::Video,
        "mp3" | "wav" | "m4a" | "ogg" | "flac" => MediaKind::Audio,
        "pdf" | "zip" | "docx" | "pptx" => MediaKind::File,
        _ => MediaKind::Image,
    }
}

fn read_proof(typed: &str) -> Option<Proof> {
    let (claim, proof) = typed.split_once(['|', '｜']).unwrap_or((typed, ""));
    let (claim, proof) = (claim.trim().to_owned(), proof.trim().to_owned());
    (!claim.is_empty()).then_some(Proof { claim, proof })
}

/// What a variant of the post in view says, with what was written here and is not on the desk.
pub fn content(model: &Model, at: VariantRef) -> Option<&Content> {
    if let Some(pending) = model.posts.pending.get(&at) {
        return Some(&pending.content);
    }
    let view = model.posts.view.as_ref().filter(|v| v.post.id == at.post)?;
    let place = view.post.variants.iter().position(|v| v.number == at.variant)?;
    view.contents.get(place)
}

/// Changes a variant of the post in view, and saves it.
pub(super) fn change(
    model: &mut Model,
    at: VariantRef,
    how: impl FnOnce(&mut Content),
    now: Time,
    effects: &mut Vec<Effect>,
) {
    let Some(mut new) = content(model, at).cloned() else { return };
    let before = new.clone();
    how(&mut new);
    let held = model.posts.pending.get(&at).is_some_and(|p| p.held);
    if new == before && !held {
        return;
    }
    keep(model, at, new);
    save(model, at, now, effects);
}

/// Keeps what was written here; it is not saved yet.
pub(super) fn keep(model: &mut Model, at: VariantRef, new: Content) {
    let version = model.posts.view.as_ref().and_then(|v| v.post.variant(at.variant));
    let version = version.map_or(0, |v| v.version);
    match model.posts.pending.get_mut(&at) {
        Some(pending) => {
            pending.content = new;
            pending.again = pending.asked;
            pending.held |= !pending.asked;
        }
        None => {
            let pending = Pending { version, content: new, asked: false, again: false, held: true };
            model.posts.pending.insert(at, pending);
        }
    }
}

/// Hands what was written here to the desk.
pub(super) fn save(model: &mut Model, at: VariantRef, now: Time, effects: &mut Vec<Effect>) {
    let Some(pending) = model.posts.pending.get(&at).filter(|p| !p.asked) else { return };
    let content = Box::new(pending.content.clone());
    let act = PostAct::Edit { at, version: pending.version, content };
    let sent = send_then(model, act, AskedPost::Edited(at), now, effects);
    if let Some(pending) = model.posts.pending.get_mut(&at) {
        (pending.asked, pending.again, pending.held) = (sent, false, !sent);
    }
}

/// The desk has what was handed to it; what was changed meanwhile follows.
pub(super) fn saved(model: &mut Model, at: VariantRef, now: Time, effects: &mut Vec<Effect>) {
    let Some(pending) = model.posts.pending.get_mut(&at) else { return };
    // Each edit makes a version.
    (pending.asked, pending.version) = (false, pending.version + 1);
    if pending.again {
        save(model, at, now, effects);
    }
}

/// The desk told of a post anew: what it has of ours is not pending any more.
pub(super) fn came(model: &mut Model) {
    let Some(view) = model.posts.view.as_ref() else { return };
    let known: Vec<(VariantRef, u32, Option<Content>)> = view
        .post
        .variants
        .iter()
        .enumerate()
        .map(|(i, v)| (view.post.name_of(v), v.version, view.contents.get(i).cloned()))
        .collect();
    for (at, version, content) in known {
        let Some(pending) = model.posts.pending.get_mut(&at).filter(|p| !p.asked) else { continue };
        if Some(&pending.content) == content.as_ref() {
            model.posts.pending.remove(&at);
        } else if pending.held {
            // Whoever saves it now has seen what is there.
            pending.version = version;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a.jpg", MediaKind::Image, "", "")]
    #[case("https://x.org/a.mp4", MediaKind::Video, "", "")]
    #[case("a.bin | video | a cup | CC BY 4.0", MediaKind::Video, "a cup", "CC BY 4.0")]
    #[case("a.jpg ｜ image ｜ 一杯咖啡", MediaKind::Image, "一杯咖啡", "")]
    fn media_are_typed_in_a_line(
        #[case] typed: &str,
        #[case] kind: MediaKind,
        #[case] alt: &str,
        #[case] licence: &str,
    ) {
        let mut content = Content::default();
        put(&mut content, Field::Media(0), typed, Lang::En).expect("it is read");
        let read = content.media[0].clone();
        assert_eq!((read.kind, read.alt.as_str(), read.licence.as_str()), (kind, alt, licence));
        // As it is written it is read again.
        let again = written(&content, Field::Media(0));
        put(&mut content, Field::Media(0), &again, Lang::En).expect("it is read");
        assert_eq!(content.media, [read]);
        put(&mut content, Field::Media(0), " ", Lang::En).expect("it goes");
        assert!(content.media.is_empty());
    }

    #[test]
    fn what_is_no_kind_is_told() {
        let mut content = Content::default();
        let wrong = put(&mut content, Field::Media(0), "a | picture", Lang::En).unwrap_err();
        assert!(wrong.as_str().contains("picture"));
    }

    #[test]
    fn tags_may_be_parted_in_any_way() {
        let mut content = Content::default();
        put(&mut content, Field::Tags, "#咖啡 手冲，coffee", Lang::Zh).expect("they are read");
        assert_eq!(content.tags, ["咖啡", "手冲", "coffee"]);
    }

    #[test]
    fn a_claim_and_its_proof_are_parted_by_a_bar() {
        let mut content = Content::default();
        put(&mut content, Field::Proof(0), "half the sugar | lab report 8", Lang::En)
            .expect("read");
        assert_eq!(content.proofs[0].proof, "lab report 8");
        assert_eq!(written(&content, Field::Proof(0)), "half the sugar | lab report 8");
    }
}
