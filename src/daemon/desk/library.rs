//! The asset library, and topics that operators put into the pool themselves.

use super::group::Group;
use super::job::{Caller, JobResult};
use super::pool;
use super::records::{Kind, OwnAction};
use super::undo;
use crate::domain::journal::{Entry, What};
use crate::domain::library::{
    self, Asset, Field, LibraryAct, LibraryChange, LibraryVerb, MOST_ASSETS, Refused,
};
use crate::domain::pool::{MOST_LINK, MOST_NOTE, MOST_TITLE, MOST_TOPICS, Origin, Topic, marks};
use crate::domain::post::{Content, Post, PostAct};
use crate::domain::{Name, Refusal, Time};
use crate::store::{Direction, Key, Read, StoreError, keys, records};
use std::collections::BTreeMap;

/// The newest posts in which assets and topics are looked for.
const MOST_POSTS: usize = 2_000;

type Made = Result<Result<LibraryChange, Refused>, StoreError>;

/// Carries an action out.
///
/// # Errors
/// When the store cannot be read.
pub fn carry_out(
    group: &mut Group<'_>,
    by: &Caller,
    act: &LibraryAct,
) -> Result<JobResult, StoreError> {
    let made = match act {
        LibraryAct::AssetAdd(about) => add(group, by, about)?,
        LibraryAct::AssetEdit { id, about } => edit(group, *id, about)?,
        LibraryAct::AssetDrop { id } => drop_asset(group, *id)?,
        LibraryAct::TopicAdd { origin, title, link, note } => {
            match add_topic(group, by, (*origin, title), link.as_deref(), note)? {
                Ok(made) => made,
                Err(why) => return Ok(JobResult::Refused(why)),
            }
        }
        LibraryAct::TopicDrop { topic } => {
            let from: Option<Topic> = records::get(&group.over, &keys::topic(*topic))?;
            match from {
                None => Err(Refused::NoSuchTopic(*topic)),
                from => {
                    let from = from.map(Box::new);
                    Ok(LibraryChange::Topic { id: *topic, from, to: None })
                }
            }
        }
    };
    match made {
        Ok(change) => finish(group, by, (act.verb(), Kind::Did), None, Some(change)),
        Err(why) => Ok(JobResult::Refused(Refusal::Library(why))),
    }
}

fn add(group: &mut Group<'_>, by: &Caller, about: &library::About) -> Made {
    if let Some(why) = about.wrong() {
        return Ok(Err(why));
    }
    let all = assets(&group.over)?;
    if let Some(same) = all.iter().find(|a| a.about.link == about.link) {
        return Ok(Err(Refused::AssetThere(same.id)));
    }
    if all.len() >= MOST_ASSETS {
        return Ok(Err(Refused::LibraryFull(MOST_ASSETS)));
    }
    group.memory.facts.assets += 1;
    let id = group.memory.facts.assets;
    let to = Asset { id, about: about.clone(), by: by.operator.clone(), at: group.now };
    Ok(Ok(LibraryChange::Asset { id, from: None, to: Some(Box::new(to)) }))
}

fn edit(group: &Group<'_>, id: u64, about: &library::About) -> Made {
    if let Some(why) = about.wrong() {
        return Ok(Err(why));
    }
    let Some(from) = records::get::<Asset>(&group.over, &keys::asset(id))? else {
        return Ok(Err(Refused::NoSuchAsset(id)));
    };
    if from.about.link != about.link {
        let all = assets(&group.over)?;
        if let Some(same) = all.iter().find(|a| a.about.link == about.link) {
            return Ok(Err(Refused::AssetThere(same.id)));
        }
    }
    let to = Asset { about: about.clone(), ..from.clone() };
    Ok(Ok(LibraryChange::Asset { id, from: Some(Box::new(from)), to: Some(Box::new(to)) }))
}

fn drop_asset(group: &Group<'_>, id: u64) -> Made {
    let Some(from) = records::get::<Asset>(&group.over, &keys::asset(id))? else {
        return Ok(Err(Refused::NoSuchAsset(id)));
    };
    let posts = uses(&group.over)?.get(&id).map_or(0, |of| of.posts);
    Ok(match posts {
        0 => Ok(LibraryChange::Asset { id, from: Some(Box::new(from)), to: None }),
        posts => Err(Refused::AssetInUse { id, posts }),
    })
}

/// A topic that an operator brings. One that is there already is not made a second time.
fn add_topic(
    group: &mut Group<'_>,
    by: &Caller,
    (origin, title): (Origin, &str),
    link: Option<&str>,
    note: &str,
) -> Result<Result<Result<LibraryChange, Refused>, Refusal>, StoreError> {
    let title = title.trim();
    if note.len() > MOST_NOTE {
        return Ok(Err(Refusal::TooLong { bytes: note.len(), limit: MOST_NOTE }));
    }
    if title.is_empty() {
        return Ok(Ok(Err(Refused::NoTitle)));
    }
    if title.len() > MOST_TITLE {
        return Ok(Ok(Err(Refused::TooLong { what: Field::Title, most: MOST_TITLE })));
    }
    let is_page = |l: &str| l.starts_with("https://") || l.starts_with("http://");
    if link.is_some_and(|l| l.len() > MOST_LINK || !is_page(l)) {
        return Ok(Ok(Err(Refused::NoLink)));
    }
    if pool::all(&group.over)?.len() >= MOST_TOPICS {
        return Ok(Err(Refusal::PoolFull(MOST_TOPICS)));
    }
    group.memory.facts.topics += 1;
    let id = group.memory.facts.topics;
    let to = Topic {
        id,
        asked: Vec::new(),
        more: 0,
        note: note.to_owned(),
        marks: marks(title),
        origin,
        title: title.to_owned(),
        link: link.map(str::to_owned),
        added: Some((by.operator.clone(), group.now)),
    };
    Ok(Ok(Ok(LibraryChange::Topic { id, from: None, to: Some(Box::new(to)) })))
}

/// Takes an action back, or does it again: whatever it made is put back as it was, unless somebody
/// has changed it since.
///
/// # Errors
/// When the store cannot be read.
pub fn turn_round(
    group: &mut Group<'_>,
    by: &Caller,
    first: u64,
    action: &OwnAction,
    verb: LibraryVerb,
    kind: Kind,
) -> Result<JobResult, StoreError> {
    let entry: Option<Entry> = records::get(&group.over, &keys::journal(first))?;
    let did = match entry {
        Some(Entry { what: What::Library { change: Some(change), .. }, .. }) => change,
        _ => return Ok(JobResult::Refused(Refusal::NothingToUndo)),
    };
    let change = did.turned();
    let why = match &change {
        change if !stands(group, change)? => Some(Refused::ChangedSince),
        LibraryChange::Asset { id, to: None, .. } => {
            let posts = uses(&group.over)?.get(id).map_or(0, |of| of.posts);
            (posts > 0).then_some(Refused::AssetInUse { id: *id, posts })
        }
        _ => None,
    };
    let Some(why) = why else {
        return finish(group, by, (verb, kind), Some(action), Some(change));
    };
    if kind == Kind::Undid {
        // The undo stack goes on below it.
        finish(group, by, (verb, Kind::Passed), Some(action), None)?;
    }
    Ok(JobResult::Refused(Refusal::Library(why)))
}

/// Whether what a change begins with is how it is.
fn stands(group: &Group<'_>, change: &LibraryChange) -> Result<bool, StoreError> {
    Ok(match change {
        LibraryChange::Asset { id, from, .. } => {
            records::get::<Asset>(&group.over, &keys::asset(*id))? == from.as_deref().cloned()
        }
        LibraryChange::Topic { id, from, .. } => {
            records::get::<Topic>(&group.over, &keys::topic(*id))? == from.as_deref().cloned()
        }
    })
}

/// Writes a change, its journal entry and the operator's own action.
fn finish(
    group: &mut Group<'_>,
    by: &Caller,
    (verb, kind): (LibraryVerb, Kind),
    of: Option<&OwnAction>,
    change: Option<LibraryChange>,
) -> Result<JobResult, StoreError> {
    match &change {
        Some(LibraryChange::Asset { id, to, .. }) => put(group, keys::asset(*id), to.as_deref())?,
        Some(LibraryChange::Topic { id, to, .. }) => put(group, keys::topic(*id), to.as_deref())?,
        None => {}
    }
    let made = change.as_ref().map(LibraryChange::number);
    undo::file(group, by, (Name::Library(verb), kind), of, made, |group, undoes| What::Library {
        verb,
        group,
        undoes,
        change,
    })
}

fn put<T: serde::Serialize>(
    group: &mut Group<'_>,
    key: Key,
    record: Option<&T>,
) -> Result<(), StoreError> {
    match record {
        Some(record) => records::put(&mut group.over, key, record),
        None => records::remove(&mut group.over, key),
    }
}

/// An act on posts in which media that name an asset have what the library says of it.
///
/// # Errors
/// When the store cannot be read.
pub fn filled(group: &Group<'_>, act: &PostAct) -> Result<Result<PostAct, Refusal>, StoreError> {
    let mut act = act.clone();
    let contents: Vec<&mut Content> = match &mut act {
        PostAct::New { variants, .. } => variants.iter_mut().map(|(_, content)| content).collect(),
        PostAct::Edit { content, .. } | PostAct::Add { content, .. } => vec![&mut **content],
        _ => Vec::new(),
    };
    for content in contents {
        let mut known: BTreeMap<u64, Asset> = BTreeMap::new();
        for id in content.media.iter().filter_map(|m| m.asset) {
            if let Some(asset) = records::get(&group.over, &keys::asset(id))? {
                known.insert(id, asset);
            }
        }
        if let Err(why) = library::fill(content, |id| known.get(&id).cloned()) {
            return Ok(Err(Refusal::Library(why)));
        }
    }
    Ok(Ok(act))
}

/// Every asset, by number.
///
/// # Errors
/// When the store cannot be read.
pub fn assets(from: &(impl Read + ?Sized)) -> Result<Vec<Asset>, StoreError> {
    let page = records::page(from, &keys::assets(), MOST_ASSETS, Direction::Forward)?;
    Ok(page.rows.into_iter().map(|(_, asset)| asset).collect())
}

/// What posts make of an asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// In how many posts it is.
    pub posts: u32,
    /// When the newest of them was begun, or went out.
    pub last: Option<Time>,
}

/// The newest posts of this desk, the newest first.
///
/// # Errors
/// When the store cannot be read.
pub fn posts(from: &(impl Read + ?Sized)) -> Result<Vec<Post>, StoreError> {
    let page = records::page::<Post>(from, &keys::posts(), MOST_POSTS, Direction::Backward)?;
    Ok(page.rows.into_iter().map(|(_, post)| post).filter(|post| !post.dropped).collect())
}

/// In which posts assets are, by their numbers.
///
/// # Errors
/// When the store cannot be read.
pub fn uses(from: &(impl Read + ?Sized)) -> Result<BTreeMap<u64, Use>, StoreError> {
    let mut all: BTreeMap<u64, Use> = BTreeMap::new();
    for post in posts(from)? {
        let mut here: BTreeMap<u64, Time> = BTreeMap::new();
        for variant in &post.variants {
            let key = keys::post_text(post.name_of(variant), variant.version);
            let content: Option<Content> = records::get(from, &key)?;
            let when = variant.out.as_ref().map_or(post.made, |out| out.at);
            for id in content.iter().flat_map(|c| &c.media).filter_map(|m| m.asset) {
                let last = here.entry(id).or_insert(when);
                *last = when.max(*last);
            }
        }
        for (id, when) in here {
            let of = all.entry(id).or_default();
            of.posts += 1;
            of.last = of.last.max(Some(when));
        }
    }
    Ok(all)
}
