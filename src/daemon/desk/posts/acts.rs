//! What operators do to posts.

use super::{fits, is_within, last_version, may_have_left, next_free, read, save, tell, text};
use crate::daemon::desk::commands::know_operator;
use crate::daemon::desk::group::Group;
use crate::daemon::desk::job::{Caller, JobResult};
use crate::daemon::desk::records::{Kind, OwnAction};
use crate::domain::journal::{Actor, What};
use crate::domain::lint::{Finding, Level, Place};
use crate::domain::post::course::{self, Acting};
use crate::domain::post::{
    Content, MOST_IDEA, MOST_VARIANTS, Post, PostAct, PostChange, PostVerb, Refused, Stand, Variant,
};
use crate::domain::slot::SlotState;
use crate::domain::{
    ChannelId, GroupId, Name, OperatorName, OutKind, PostId, Refusal, Time, VariantRef, words,
};
use crate::store::{StoreError, keys, records};
use crate::wire::message::Done;
use crate::wire::post::Told;

/// The most variants one action may touch.
const MOST: usize = 500;
/// The longest reason in bytes, and the most rules an entry of the journal names.
const MOST_REASON: usize = 500;
const MOST_RULES: usize = 16;
/// The most bytes of what was found that a refusal repeats.
const QUOTED: usize = 60;

/// What an action came to so far.
#[derive(Default)]
pub struct Made {
    /// The variants it touched.
    pub posts: Vec<VariantRef>,
    /// What it changed, of which post.
    pub changes: Vec<(PostId, PostChange)>,
    /// What it left alone, and why.
    pub refused: Vec<Refusal>,
    /// The lint's rules that stop what was handed in all the same, and why it was.
    because: Option<(Vec<String>, String)>,
}

type Result<T> = std::result::Result<T, StoreError>;

/// Carries an action out. What it cannot do to one variant it does not do to that one alone; it is
/// refused as a whole when it could be done to none.
///
/// # Errors
/// When the store cannot be read.
pub fn carry_out(group: &mut Group<'_>, by: &Caller, act: &PostAct) -> Result<JobResult> {
    let refuse = |why: Refusal| Ok(JobResult::Refused(why));
    let asked = several(act).len();
    if asked > MOST {
        return refuse(Refused::TooMany { asked, most: MOST }.into());
    }
    let made = match act {
        PostAct::New { idea, topic, variants, when } => {
            let mut made = new(group, by, idea, *topic, variants)?;
            if let (Ok(made), Some(when)) = (&mut made, when)
                && let Some(first) = made.posts.first().copied()
            {
                let begun = made.posts.len();
                one(group, by, first, made, |group, v, of| schedule(group, v, of, Some(*when)))?;
                made.posts.truncate(begun);
            }
            made
        }
        PostAct::Idea { post, idea } => change_idea(group, *post, idea)?,
        PostAct::Edit { at, version, content } => edit(group, by, *at, *version, content)?,
        PostAct::Add { post, channel, content } => add(group, by, *post, channel, content)?,
        PostAct::Drop { at } => drop_one(group, *at)?,
        PostAct::Submit { at, because } => {
            let because = because.as_deref().map(str::trim).filter(|why| !why.is_empty());
            match because.map_or(0, str::len) {
                bytes if bytes > MOST_REASON => Err(Refusal::TooLong { bytes, limit: MOST_REASON }),
                _ => Ok(submit(group, by, at, because)?),
            }
        }
        PostAct::Approve { at, step, why } => {
            let mut made = Made::default();
            for at in at {
                one(group, by, *at, &mut made, |_, v, of| Ok(course::approve(v, of, *step, why)))?;
            }
            Ok(made)
        }
        PostAct::Reject { at, step, why, place } => {
            let mut made = Made::default();
            let how = |_: &mut Group<'_>, v: &mut Variant, of: Acting<'_>| {
                Ok(course::reject(v, of, *step, why, place))
            };
            one(group, by, *at, &mut made, how)?;
            Ok(made)
        }
        PostAct::Schedule { at, when } => {
            let mut made = Made::default();
            one(group, by, *at, &mut made, |group, v, of| schedule(group, v, of, *when))?;
            Ok(made)
        }
        PostAct::Unschedule { at } => {
            each(group, by, at, |_, v, of| Ok(course::unschedule(v, of)))?
        }
        PostAct::Recall { at } => each(group, by, at, recall)?,
        PostAct::Published { at, url } => {
            let url = url.clone().filter(|url| crate::daemon::desk::inbound::fits_link(url));
            let mut made = Made::default();
            one(group, by, *at, &mut made, |group, v, of| {
                let left = may_have_left(group, of.at, v, OutKind::Publish)?;
                Ok(course::published(v, of, url, left))
            })?;
            Ok(made)
        }
        PostAct::Again { at } => each(group, by, at, |_, v, of| Ok(course::again(v, of)))?,
    };
    match made {
        Err(why) => refuse(why),
        Ok(mut made) if made.changes.is_empty() && !made.refused.is_empty() => {
            refuse(made.refused.swap_remove(0))
        }
        Ok(made) => {
            tell_of(group, by, act.verb(), &made)?;
            finish(group, by, Kind::Did, act.verb(), None, made)
        }
    }
}

fn several(act: &PostAct) -> &[VariantRef] {
    match act {
        PostAct::Submit { at, .. }
        | PostAct::Approve { at, .. }
        | PostAct::Unschedule { at }
        | PostAct::Recall { at }
        | PostAct::Again { at } => at,
        _ => &[],
    }
}

/// Journals what was done and puts it on the operator's stack.
///
/// # Errors
/// When a record cannot be written.
pub fn finish(
    group: &mut Group<'_>,
    by: &Caller,
    kind: Kind,
    verb: PostVerb,
    of: Option<&OwnAction>,
    made: Made,
) -> Result<JobResult> {
    know_operator(group, &by.operator)?;
    group.memory.facts.groups += 1;
    let number = GroupId(group.memory.facts.groups);
    let actor = Actor::Operator { name: by.operator.clone(), declared: by.declared };
    let (rules, because) = made.because.unzip();
    let (rules, undoes) = (rules.unwrap_or_default(), of.map(|action| action.group));
    let first = group.memory.facts.journal + 1;
    let mut entries = 0;
    for (post, change) in made.changes {
        let (rules, because) = (rules.clone(), because.clone());
        let what = What::Post { verb, group: number, undoes, post, change, rules, because };
        group.write_entry(actor.clone(), what)?;
        entries += 1;
    }
    if entries == 0 {
        // An undo that was passed over has an entry too.
        let name = Name::Post(verb);
        let what = What::Action { name, group: number, undoes, on: Vec::new() };
        group.write_entry(actor, what)?;
        entries = 1;
    }
    let own = OwnAction {
        kind,
        name: Name::Post(verb),
        group: number,
        origin: of.map_or(number, |action| action.origin),
        entries,
        conversations: u32::try_from(made.posts.len()).unwrap_or(u32::MAX),
        at: group.now,
    };
    records::put(&mut group.over, keys::own_action(&by.operator, first), &own)?;
    let mut refused = made.refused;
    if kind == Kind::Passed {
        return Ok(JobResult::Refused(refused.swap_remove(0)));
    }
    Ok(JobResult::Done(Done {
        name: Name::Post(verb),
        taken_back: kind != Kind::Did,
        ids: Vec::new(),
        refused,
        message: None,
        goes_at: None,
        warned: Vec::new(),
        posts: made.posts,
        made: None,
    }))
}

/// Changes one variant, and notes what came of it.
fn one(
    group: &mut Group<'_>,
    by: &Caller,
    at: VariantRef,
    made: &mut Made,
    how: impl FnOnce(
        &mut Group<'_>,
        &mut Variant,
        Acting<'_>,
    ) -> Result<std::result::Result<(), Refused>>,
) -> Result<()> {
    let mut refuse = |why: Refused| made.refused.push(why.into());
    let Some(before) = read(group, at.post)? else {
        refuse(Refused::NoPost(at.post));
        return Ok(());
    };
    let mut post = before.clone();
    let Some(v) = post.variant_mut(at.variant) else {
        refuse(Refused::NoVariant(at));
        return Ok(());
    };
    let from = Stand::of(v);
    let rules = group.setup.posting_of(&v.channel);
    let of = Acting { at, by: &by.operator, rules: &rules, now: group.now };
    if let Err(why) = how(group, v, of)? {
        refuse(why);
        return Ok(());
    }
    let to = Stand::of(v);
    if from == to {
        refuse(Refused::Unchanged(at));
    } else if !is_within(&post)? {
        refuse(Refused::Full(at.post));
    } else {
        save(group, Some(&before), post)?;
        made.posts.push(at);
        let (from, to) = (Some(Box::new(from)), Some(Box::new(to)));
        made.changes.push((at.post, PostChange::Variant { number: at.variant, from, to }));
    }
    Ok(())
}

type Outcome = std::result::Result<Made, Refusal>;

fn each(
    group: &mut Group<'_>,
    by: &Caller,
    all: &[VariantRef],
    how: impl Fn(&mut Group<'_>, &mut Variant, Acting<'_>) -> Result<std::result::Result<(), Refused>>,
) -> Result<Outcome> {
    let mut made = Made::default();
    for at in all {
        one(group, by, *at, &mut made, &how)?;
    }
    Ok(Ok(made))
}

/// The idea as it is kept.
fn idea_of(idea: &str) -> std::result::Result<String, Refusal> {
    let idea = idea.trim();
    match idea.len() {
        0 => Err(Refusal::EmptyText),
        bytes if bytes > MOST_IDEA => Err(Refusal::TooLong { bytes, limit: MOST_IDEA }),
        _ => Ok(idea.to_owned()),
    }
}

fn is_known(group: &Group<'_>, channel: &ChannelId) -> std::result::Result<(), Refusal> {
    let known = group.configured(channel).is_some() || group.memory.channels.contains_key(channel);
    if known { Ok(()) } else { Err(Refusal::NoSuchChannel(channel.clone())) }
}

fn new(
    group: &mut Group<'_>,
    by: &Caller,
    idea: &str,
    topic: Option<u64>,
    variants: &[(ChannelId, Content)],
) -> Result<Outcome> {
    let idea = match idea_of(idea) {
        Ok(idea) => idea,
        Err(why) => return Ok(Err(why)),
    };
    if variants.len() > MOST_VARIANTS {
        let (has, most) = (variants.len(), MOST_VARIANTS);
        return Ok(Err(Refused::TooManyVariants { has, most }.into()));
    }
    for (channel, content) in variants {
        if let Err(why) = is_known(group, channel) {
            return Ok(Err(why));
        }
        if let Err(why) = fits(content)? {
            return Ok(Err(why));
        }
    }
    group.memory.facts.posts += 1;
    let id = PostId(group.memory.facts.posts);
    let mut post = Post {
        id,
        idea: idea.clone(),
        topic,
        made: group.now,
        by: by.operator.clone(),
        revision: 0,
        variants: Vec::new(),
        numbered: 0,
        dropped: false,
    };
    for (channel, content) in variants {
        put_variant(group, &mut post, channel, content, &by.operator)?;
    }
    let at = VariantRef { post: id, variant: 0 };
    let said = Content { title: idea, ..Content::default() };
    records::put(&mut group.over, keys::post_text(at, 1), &said)?;
    let posts = post.variants.iter().map(|v| post.name_of(v)).collect();
    save(group, None, post)?;
    let changes = vec![(id, PostChange::Begun { added: true })];
    Ok(Ok(Made { posts, changes, ..Made::default() }))
}

/// Writes a new variant of a post.
fn put_variant(
    group: &mut Group<'_>,
    post: &mut Post,
    channel: &ChannelId,
    content: &Content,
    by: &OperatorName,
) -> Result<VariantRef> {
    post.numbered += 1;
    let at = VariantRef { post: post.id, variant: post.numbered };
    records::put(&mut group.over, keys::post_text(at, 1), content)?;
    let stand = Stand {
        channel: channel.clone(),
        version: 1,
        by: by.clone(),
        state: SlotState::Draft,
        since: group.now,
        at: None,
        goes: None,
        holds: None,
        pinned: false,
        verdicts: Vec::new(),
        why: String::new(),
        out: None,
        deleting: false,
    };
    post.variants.push(stand.variant(at.variant, content));
    Ok(at)
}

fn change_idea(group: &mut Group<'_>, id: PostId, idea: &str) -> Result<Outcome> {
    let idea = match idea_of(idea) {
        Ok(idea) => idea,
        Err(why) => return Ok(Err(why)),
    };
    let Some(before) = read(group, id)? else { return Ok(Err(Refused::NoPost(id).into())) };
    let at = VariantRef { post: id, variant: 0 };
    if before.idea == idea {
        return Ok(Err(Refused::Unchanged(at).into()));
    }
    let last = last_version(group, at)?;
    // The one that counts may be an older one, after an undo.
    let mut from = last;
    while from > 1 && text(group, at, from)?.title != before.idea {
        from -= 1;
    }
    let said = Content { title: idea.clone(), ..Content::default() };
    records::put(&mut group.over, keys::post_text(at, last + 1), &said)?;
    save(group, Some(&before), Post { idea, ..before.clone() })?;
    let posts = before.variants.iter().map(|v| before.name_of(v)).collect();
    let changes = vec![(id, PostChange::Idea { from, to: last + 1 })];
    Ok(Ok(Made { posts, changes, ..Made::default() }))
}

fn edit(
    group: &mut Group<'_>,
    by: &Caller,
    at: VariantRef,
    version: u32,
    content: &Content,
) -> Result<Outcome> {
    if let Err(why) = fits(content)? {
        return Ok(Err(why));
    }
    let mut made = Made::default();
    one(group, by, at, &mut made, |group, v, of| {
        if v.version != version {
            return Ok(Err(Refused::Newer { at, by: v.by.clone() }));
        }
        if text(group, at, v.version)? == *content {
            return Ok(Err(Refused::Unchanged(at)));
        }
        let next = last_version(group, at)? + 1;
        if let Err(why) = course::edit(v, of, next, content) {
            return Ok(Err(why));
        }
        records::put(&mut group.over, keys::post_text(at, next), content)?;
        Ok(Ok(()))
    })?;
    Ok(Ok(made))
}

fn add(
    group: &mut Group<'_>,
    by: &Caller,
    id: PostId,
    channel: &ChannelId,
    content: &Content,
) -> Result<Outcome> {
    let Some(before) = read(group, id)? else { return Ok(Err(Refused::NoPost(id).into())) };
    if let Err(why) = is_known(group, channel) {
        return Ok(Err(why));
    }
    if let Err(why) = fits(content)? {
        return Ok(Err(why));
    }
    if before.variants.len() >= MOST_VARIANTS {
        let (has, most) = (before.variants.len() + 1, MOST_VARIANTS);
        return Ok(Err(Refused::TooManyVariants { has, most }.into()));
    }
    let mut post = before.clone();
    let at = put_variant(group, &mut post, channel, content, &by.operator)?;
    let to = post.variant(at.variant).map(|v| Box::new(Stand::of(v)));
    save(group, Some(&before), post)?;
    let change = PostChange::Variant { number: at.variant, from: None, to };
    Ok(Ok(Made { posts: vec![at], changes: vec![(id, change)], ..Made::default() }))
}

fn drop_one(group: &mut Group<'_>, at: VariantRef) -> Result<Outcome> {
    let Some(before) = read(group, at.post)? else {
        return Ok(Err(Refused::NoPost(at.post).into()));
    };
    let Some(v) = before.variant(at.variant) else {
        return Ok(Err(Refused::NoVariant(at).into()));
    };
    if course::has_left(v.state) {
        let (state, verb) = (v.state, PostVerb::Drop);
        return Ok(Err(Refused::State { at, state, verb }.into()));
    }
    let from = Some(Box::new(Stand::of(v)));
    let mut post = before.clone();
    post.variants.retain(|v| v.number != at.variant);
    save(group, Some(&before), post)?;
    let change = PostChange::Variant { number: at.variant, from, to: None };
    Ok(Ok(Made { posts: vec![at], changes: vec![(at.post, change)], ..Made::default() }))
}

fn schedule(
    group: &mut Group<'_>,
    v: &mut Variant,
    of: Acting<'_>,
    when: Option<Time>,
) -> Result<std::result::Result<(), Refused>> {
    if let Err(why) = course::can_schedule(v, of) {
        return Ok(Err(why));
    }
    let free = match when {
        Some(when) => Some(when),
        // One that it reaches after its whole hold window.
        None => next_free(group, of.at, &v.channel, group.now + of.rules.hold)?,
    };
    Ok(match free {
        Some(at) => course::schedule(v, of, at, when.is_some()),
        None => Err(Refused::NoFreeSlot { at: of.at, channel: v.channel.clone() }),
    })
}

fn recall(
    group: &mut Group<'_>,
    v: &mut Variant,
    of: Acting<'_>,
) -> Result<std::result::Result<(), Refused>> {
    let left = may_have_left(group, of.at, v, OutKind::Publish)?;
    let deletes = group.setup.can.of(&v.channel).is_some_and(|can| can.delete);
    Ok(course::recall(v, of, left, deletes))
}

/// Hands drafts in, as far as the lint lets them through.
fn submit(
    group: &mut Group<'_>,
    by: &Caller,
    all: &[VariantRef],
    because: Option<&str>,
) -> Result<Made> {
    let mut made = Made::default();
    let mut rules: Vec<String> = Vec::new();
    for at in all {
        one(group, by, *at, &mut made, |group, v, of| {
            // Whether it can be handed in at all comes first.
            let mut after = v.clone();
            if let Err(why) = course::submit(&mut after, of) {
                return Ok(Err(why));
            }
            let content = text(group, of.at, v.version)?;
            if content.is_empty() {
                return Ok(Err(Refused::Empty(of.at)));
            }
            let blocks = blocks(group, &v.channel, &content);
            let allows = group.setup.lint.policy().overridable;
            if let Some((said, first)) = blocks.first()
                && (because.is_none() || !allows)
            {
                return Ok(Err(Refused::Lint {
                    at: of.at,
                    said: said.clone(),
                    finding: Box::new(first.clone()),
                    more: blocks.len() - 1,
                    overridable: allows,
                }));
            }
            for (_, finding) in blocks {
                if rules.len() < MOST_RULES && !rules.contains(&finding.rule) {
                    rules.push(finding.rule);
                }
            }
            *v = after;
            Ok(Ok(()))
        })?;
    }
    let because = because.filter(|_| !rules.is_empty());
    made.because = because.map(|why| (rules, why.to_owned()));
    Ok(made)
}

/// What stops a text from being handed in, each with what it says there.
fn blocks(group: &Group<'_>, channel: &ChannelId, content: &Content) -> Vec<(String, Finding)> {
    let known = group.configured(channel).or_else(|| group.memory.channels.get(channel));
    let platform = known.map(|c| c.platform.as_str()).unwrap_or_default();
    let proven = !content.proofs.is_empty();
    let place = Place { platform, channel: &channel.0, queue: None, proven };
    let mut found = Vec::new();
    for text in [&content.title, &content.text] {
        let stops = group.setup.lint.lint(text, &place).into_iter();
        found.extend(stops.filter(|f| f.level == Level::Block).map(|finding| {
            let said = words::beginning(&text[finding.at.clone()], QUOTED).to_owned();
            (said, finding)
        }));
    }
    found
}

/// Tells those whom an action concerns: the approvers of what waits for them, the author of what was
/// said of their text.
fn tell_of(group: &mut Group<'_>, by: &Caller, verb: PostVerb, made: &Made) -> Result<()> {
    let me = &by.operator;
    for at in &made.posts {
        let Some(post) = read(group, at.post)? else { continue };
        let Some(v) = post.variant(at.variant) else { continue };
        let told = match (verb, v.state) {
            (PostVerb::Submit, SlotState::InReview) => Told::InReview,
            (PostVerb::Approve, SlotState::Approved) => Told::Approved,
            (PostVerb::Reject, _) => Told::Rejected,
            (PostVerb::Recall, SlotState::Recalled) => Told::Recalled,
            _ => continue,
        };
        let to: Vec<OperatorName> = match told {
            Told::InReview => {
                let rules = group.setup.posting_of(&v.channel);
                let all = match rules.approvers.is_empty() {
                    true => group.memory.operators.iter().cloned().collect(),
                    false => rules.approvers,
                };
                all.into_iter().filter(|name| !(v.high_risk && v.by == *name)).take(200).collect()
            }
            _ => vec![v.by.clone(), post.by.clone()],
        };
        tell(group, to, *at, v, told, Some(me));
    }
    Ok(())
}
