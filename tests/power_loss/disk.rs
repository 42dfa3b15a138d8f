//! A disk that loses its power: what was synced stays, of the rest anything may be there or not.

use super::trace::{Call, Event};
use dutydesk::domain::rng::Rng;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// How much of what was not synced is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// All of it: the process was killed, the machine was not.
    All,
    /// Nothing of it.
    Nothing,
    /// All up to one call, which is torn at a sector.
    Beginning,
    /// Each call or none of it.
    Calls,
    /// Each 4096 bytes or not.
    Pages,
    /// Each 512 bytes or not.
    Sectors,
    /// Nearly everything: one page of one call is missing.
    Hole,
    /// Nearly nothing: what came last, without what came before.
    Last,
}

impl Fate {
    pub const ALL: [Fate; 8] = [
        Fate::All,
        Fate::Nothing,
        Fate::Beginning,
        Fate::Calls,
        Fate::Pages,
        Fate::Sectors,
        Fate::Hole,
        Fate::Last,
    ];
}

/// Files by path; `None` = a folder.
pub type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// A disk at the beginning of a recording, all of it synced.
pub struct Disk(Tree);

/// Files and folders by number; 0 is the recorded folder itself.
type Node = usize;

/// A change that may be lost until what it belongs to is synced.
struct Change {
    began: usize,
    ended: usize,
    kind: Kind,
}

enum Kind {
    Write { file: Node, at: u64, data: Vec<u8> },
    Truncate { file: Node, len: u64 },
    Link { folder: Node, name: OsString, node: Node },
    Unlink { folder: Node, name: OsString },
    Rename { from: (Node, OsString), to: (Node, OsString), node: Node },
}

impl Kind {
    /// What has to be synced for it to be safe. (A rename is safe when the folder it leads to is.)
    fn belongs_to(&self) -> Node {
        match self {
            Kind::Write { file, .. } | Kind::Truncate { file, .. } => *file,
            Kind::Link { folder, .. } | Kind::Unlink { folder, .. } => *folder,
            Kind::Rename { to, .. } => to.0,
        }
    }
}

impl Disk {
    pub fn empty() -> Disk {
        Disk(Tree::new())
    }

    pub fn holding(tree: Tree) -> Disk {
        Disk(tree)
    }

    /// What the disk holds when the power fails at this moment.
    pub fn after(&self, events: &[Event], moment: usize, fate: Fate, dice: &mut Rng) -> Tree {
        let mut names = Names::of(&self.0);
        let (changes, synced) = follow(events, moment, &mut names);
        // Safe: there was a sync of the same thing that began after the change had ended, and that
        // had ended itself.
        let safe = |change: &Change| {
            let of = synced.get(&change.kind.belongs_to());
            of.is_some_and(|times| times.iter().any(|began| *began > change.ended))
        };
        let unsafe_ones = changes.iter().filter(|c| !safe(c)).count();
        let chosen = dice.below(unsafe_ones.max(1) as u64) as usize;
        let mut left = Left::of(&self.0);
        // Also of those whose making was lost: a rename that was not lost brings a folder.
        left.folders.extend(&names.folders);
        let mut number = 0;
        for change in &changes {
            if safe(change) {
                left.apply(&change.kind, |_| true);
                continue;
            }
            let this = number;
            number += 1;
            // For names and lengths, which are there as a whole or not at all.
            let (whole, unit) = match fate {
                Fate::All => (true, 1 << 40),
                Fate::Nothing => (false, 1 << 40),
                Fate::Beginning if this == chosen => (dice.percent(50), 512),
                Fate::Beginning => (this < chosen, 1 << 40),
                Fate::Calls => (dice.percent(50), 1 << 40),
                Fate::Pages => (dice.percent(50), 4096),
                Fate::Sectors => (dice.percent(50), 512),
                Fate::Hole => (true, 4096),
                Fate::Last => (this + 2 >= unsafe_ones, 1 << 40),
            };
            let hole = dice.draw();
            let pieces = match &change.kind {
                Kind::Write { data, .. } => data.len() as u64 / unit + 2,
                _ => 1,
            };
            match &change.kind {
                Kind::Write { .. } => left.write(&change.kind, unit, |piece| match fate {
                    Fate::Pages | Fate::Sectors => dice.percent(50),
                    Fate::Beginning if this == chosen => piece < hole % pieces,
                    Fate::Hole => this != chosen || piece != hole % pieces,
                    _ => whole,
                }),
                other => left.apply(other, |_| whole),
            }
            // A file may have its new length without what was written there.
            if let Kind::Write { file, at, data } = &change.kind
                && hole.is_multiple_of(4)
                && fate != Fate::Nothing
            {
                left.extend(*file, at + data.len() as u64);
            }
        }
        left.tree()
    }
}

/// Turns calls into changes, following names as they were when the calls were made.
fn follow(
    events: &[Event],
    moment: usize,
    names: &mut Names,
) -> (Vec<Change>, HashMap<Node, Vec<usize>>) {
    let mut changes = Vec::new();
    let mut synced: HashMap<Node, Vec<usize>> = HashMap::new();
    let mut ends: HashMap<Node, u64> = HashMap::new();
    let mut by_beginning: Vec<&Event> = events.iter().filter(|e| e.began <= moment).collect();
    by_beginning.sort_by_key(|e| e.began);
    for event in by_beginning {
        let mut change = |kind| {
            changes.push(Change { began: event.began, ended: event.ended, kind });
        };
        match &event.call {
            Call::Open { path, create, truncate } => {
                let node = match names.get(path) {
                    Some(node) => node,
                    None if *create => {
                        let (folder, name, node) = names.add(path);
                        change(Kind::Link { folder, name, node });
                        node
                    }
                    None => continue,
                };
                ends.insert(node, 0);
                if *truncate {
                    change(Kind::Truncate { file: node, len: 0 });
                }
            }
            Call::MakeFolder(path) => {
                let (folder, name, node) = names.add(path);
                names.folders.insert(node);
                change(Kind::Link { folder, name, node });
            }
            Call::Rename(from, to) => {
                let node = names.get(from).expect("renames what is there");
                let (from, to) = (names.place(from), names.place(to));
                names.links.remove(&from);
                names.links.insert(to.clone(), node);
                change(Kind::Rename { from, to, node });
            }
            Call::Remove(path) | Call::RemoveFolder(path) => {
                let (folder, name) = names.place(path);
                names.links.remove(&(folder, name.clone()));
                change(Kind::Unlink { folder, name });
            }
            Call::Write { path, at, data } => {
                let Some(file) = names.get(path) else { continue };
                let end = ends.entry(file).or_default();
                let at = at.unwrap_or(*end);
                *end = at + data.len() as u64;
                change(Kind::Write { file, at, data: data.clone() });
            }
            Call::Truncate(path, len) => {
                let Some(file) = names.get(path) else { continue };
                change(Kind::Truncate { file, len: *len });
            }
            Call::Sync(path) => {
                if let (Some(node), true) = (names.get(path), event.ended <= moment) {
                    synced.entry(node).or_default().push(event.began);
                }
            }
        }
    }
    // Of two writes to one place the later one began later; strace lists them that way.
    debug_assert!(changes.windows(2).all(|w| w[0].began <= w[1].began));
    (changes, synced)
}

/// Which node a path leads to, as the process saw it.
struct Names {
    links: HashMap<(Node, OsString), Node>,
    folders: HashSet<Node>,
    next: Node,
}

impl Names {
    fn of(tree: &Tree) -> Names {
        let folders = HashSet::from([0]);
        let mut names = Names { links: HashMap::new(), folders, next: 1 };
        for (path, data) in tree {
            let (_, _, node) = names.add(path);
            if data.is_none() {
                names.folders.insert(node);
            }
        }
        names
    }

    fn get(&self, path: &Path) -> Option<Node> {
        path.iter().try_fold(0, |folder, name| self.links.get(&(folder, name.to_owned())).copied())
    }

    fn place(&self, path: &Path) -> (Node, OsString) {
        let folder = path.parent().and_then(|p| self.get(p)).expect("its folder is there");
        (folder, path.file_name().expect("has a name").to_owned())
    }

    fn add(&mut self, path: &Path) -> (Node, OsString, Node) {
        let (folder, name) = self.place(path);
        let node = self.next;
        self.next += 1;
        self.links.insert((folder, name.clone()), node);
        (folder, name, node)
    }
}

/// What is on the disk.
struct Left {
    links: BTreeMap<(Node, OsString), Node>,
    folders: HashSet<Node>,
    /// Of files; what nothing was ever written to has none.
    files: HashMap<Node, Vec<u8>>,
}

impl Left {
    fn of(tree: &Tree) -> Left {
        let names = Names::of(tree);
        let mut files = HashMap::new();
        for (path, data) in tree {
            if let (Some(node), Some(data)) = (names.get(path), data) {
                files.insert(node, data.clone());
            }
        }
        Left { links: names.links.into_iter().collect(), folders: names.folders, files }
    }

    fn apply(&mut self, kind: &Kind, is_there: impl Fn(u64) -> bool) {
        match kind {
            Kind::Write { .. } => self.write(kind, 1 << 40, is_there),
            _ if !is_there(0) => {}
            Kind::Truncate { file, len } => {
                self.files.entry(*file).or_default().resize(*len as usize, 0);
            }
            Kind::Link { folder, name, node } => {
                self.links.insert((*folder, name.clone()), *node);
            }
            Kind::Unlink { folder, name } => {
                self.links.remove(&(*folder, name.clone()));
            }
            Kind::Rename { from, to, node } => {
                self.links.remove(from);
                self.links.insert(to.clone(), *node);
            }
        }
    }

    /// Writes those pieces that are there; pieces end where the disk's units of that size do.
    fn write(&mut self, kind: &Kind, unit: u64, mut is_there: impl FnMut(u64) -> bool) {
        let Kind::Write { file, at, data } = kind else { return };
        let (mut from, end, mut piece) = (*at, at + data.len() as u64, 0);
        while from < end {
            let to = end.min((from / unit + 1) * unit);
            if is_there(piece) {
                self.extend(*file, to);
                let content = self.files.entry(*file).or_default();
                content[from as usize..to as usize]
                    .copy_from_slice(&data[(from - at) as usize..(to - at) as usize]);
            }
            from = to;
            piece += 1;
        }
    }

    fn extend(&mut self, file: Node, len: u64) {
        let content = self.files.entry(file).or_default();
        if (content.len() as u64) < len {
            content.resize(len as usize, 0);
        }
    }

    fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        let mut folders = vec![(0, PathBuf::new())];
        while let Some((folder, path)) = folders.pop() {
            let inside = self.links.range((folder, OsString::new())..);
            for ((_, name), node) in inside.take_while(|((of, _), _)| *of == folder) {
                let path = path.join(name);
                match self.folders.contains(node) {
                    true => {
                        tree.insert(path.clone(), None);
                        folders.push((*node, path));
                    }
                    false => {
                        let data = self.files.get(node).cloned().unwrap_or_default();
                        tree.insert(path, Some(data));
                    }
                }
            }
        }
        tree
    }
}

/// Makes real files of it.
pub fn write(tree: &Tree, folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for (path, data) in tree {
        match data {
            None => std::fs::create_dir_all(folder.join(path)).unwrap(),
            Some(data) => std::fs::write(folder.join(path), data).unwrap(),
        }
    }
}

/// Copies a folder, to look at it later.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}
