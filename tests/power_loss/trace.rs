//! Reads what strace wrote: which bytes went where, what was synced, and when.

use dutydesk::domain::rng::Rng;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A call that changes a file, a folder or what is safe of them. Paths are within the recorded
/// folder.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// Opened, from its start; made if it was not there.
    Open {
        path: PathBuf,
        create: bool,
        truncate: bool,
    },
    MakeFolder(PathBuf),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    RemoveFolder(PathBuf),
    /// `at` is `None` for a write that goes on where the one before it ended.
    Write {
        path: PathBuf,
        at: Option<u64>,
        data: Vec<u8>,
    },
    Truncate(PathBuf, u64),
    /// Of a file or a folder.
    Sync(PathBuf),
}

/// A call, and when it began and ended (in lines of the trace).
#[derive(Clone, Debug)]
pub struct Event {
    pub began: usize,
    pub ended: usize,
    pub call: Call,
}

/// The file in which the child tells of each group that it was answered.
pub const ACKNOWLEDGED: &str = "acknowledged";

/// The calls of a trace on files within `folder`, in the order in which they ended.
pub fn read(log: &Path, folder: &Path) -> Vec<Event> {
    let text = std::fs::read_to_string(log).unwrap();
    let mut begun: HashMap<&str, (usize, String)> = HashMap::new();
    let mut events = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        let (began, call) = if let Some(head) = rest.strip_suffix(" <unfinished ...>") {
            begun.insert(thread, (number, head.to_owned()));
            continue;
        } else if rest.starts_with("<... ") {
            let Some((began, mut head)) = begun.remove(thread) else { continue };
            head.push_str(rest.split_once(" resumed>").unwrap().1);
            (began, head)
        } else {
            (number, rest.to_owned())
        };
        let Some((call, result)) = call.rsplit_once(" = ") else { continue };
        if result.starts_with('-') || result.starts_with('?') {
            continue;
        }
        let Some((name, arguments)) = call.trim_end().split_once('(') else { continue };
        let arguments = split(arguments.strip_suffix(')').unwrap());
        if let Some(call) = understand(name, &arguments, result, folder) {
            events.push(Event { began, ended: number, call });
        }
    }
    events
}

/// Splits arguments at their commas: none is within a string, since strings are hexadecimal.
fn split(arguments: &str) -> Vec<&str> {
    arguments.split(", ").collect()
}

fn understand(name: &str, args: &[&str], result: &str, folder: &Path) -> Option<Call> {
    let within = |path: PathBuf| path.strip_prefix(folder).ok().map(Path::to_owned);
    // `5</path>` as -y writes it.
    let of_handle = |arg: &str| {
        let (_, path) = arg.split_once('<')?;
        within(PathBuf::from(String::from_utf8(unhex(path.strip_suffix('>')?)).ok()?))
    };
    let of_name = |arg: &str| within(PathBuf::from(String::from_utf8(string(arg)).ok()?));
    match name {
        "openat" | "open" | "creat" => {
            let at = usize::from(name == "openat");
            let path = of_name(args[at])?;
            let flags = args.get(at + 1).copied().unwrap_or_default();
            let create = name == "creat" || flags.contains("O_CREAT");
            let truncate = name == "creat" || flags.contains("O_TRUNC");
            assert!(!flags.contains("O_APPEND"), "appending is not understood here");
            Some(Call::Open { path, create, truncate })
        }
        "mkdir" => Some(Call::MakeFolder(of_name(args[0])?)),
        "mkdirat" => Some(Call::MakeFolder(of_name(args[1])?)),
        "rename" => Some(Call::Rename(of_name(args[0])?, of_name(args[1])?)),
        "renameat" | "renameat2" => Some(Call::Rename(of_name(args[1])?, of_name(args[3])?)),
        "unlink" => Some(Call::Remove(of_name(args[0])?)),
        "rmdir" => Some(Call::RemoveFolder(of_name(args[0])?)),
        "unlinkat" => {
            // Relative to an open folder, or whole.
            let name = PathBuf::from(String::from_utf8(string(args[1])).ok()?);
            let path = match name.is_absolute() {
                true => within(name)?,
                false => of_handle(args[0])?.join(name),
            };
            match args[2].contains("AT_REMOVEDIR") {
                true => Some(Call::RemoveFolder(path)),
                false => Some(Call::Remove(path)),
            }
        }
        "write" | "pwrite64" => {
            let path = of_handle(args[0])?;
            let mut data = string(args[1]);
            let written: usize = result.split_whitespace().next()?.parse().ok()?;
            assert_eq!(data.len(), args[2].parse::<usize>().unwrap(), "strace cut a write short");
            data.truncate(written);
            let at = (name == "pwrite64").then(|| args[3].parse().unwrap());
            Some(Call::Write { path, at, data })
        }
        "ftruncate" => Some(Call::Truncate(of_handle(args[0])?, args[1].parse().unwrap())),
        "fsync" | "fdatasync" => Some(Call::Sync(of_handle(args[0])?)),
        // See the head of main.rs.
        "sync_file_range" => None,
        // Nothing of the store uses these; if it begins to, this has to learn them.
        _ => {
            let touches = args.iter().any(|a| of_handle(a).is_some() || of_name(a).is_some());
            assert!(!touches, "{name} is not understood here");
            None
        }
    }
}

/// The bytes of `"\x61\x62"`.
fn string(argument: &str) -> Vec<u8> {
    unhex(argument.trim_matches('"'))
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |b: u8| (b as char).to_digit(16).unwrap() as u8;
    let text = text.as_bytes();
    let mut bytes = Vec::with_capacity(text.len() / 4);
    let mut i = 0;
    while i < text.len() {
        match text[i..] {
            [b'\\', b'x', high, low, ..] => {
                bytes.push(digit(high) << 4 | digit(low));
                i += 4;
            }
            [plain, ..] => {
                bytes.push(plain);
                i += 1;
            }
            [] => {}
        }
    }
    bytes
}

/// What was written to a file up to a moment, from when on each word was being written: such a file
/// tells what the world had heard when the power failed.
pub fn told<'a>(
    events: &'a [Event],
    file: &'a str,
    moment: usize,
) -> impl Iterator<Item = &'a str> {
    events.iter().filter_map(move |event| match &event.call {
        Call::Write { path, data, .. } if path.as_os_str() == file && event.began <= moment => {
            Some(std::str::from_utf8(data).unwrap())
        }
        _ => None,
    })
}

/// The last group acknowledged at a moment.
pub fn acknowledged(events: &[Event], moment: usize) -> u64 {
    told(events, ACKNOWLEDGED, moment).map(|n| n.parse().unwrap()).max().unwrap_or(0)
}

/// Moments at which the power fails, in order, spread over all events, each right after a call
/// began or ended.
pub fn moments(events: &[Event], count: usize, dice: &mut Rng) -> Vec<usize> {
    let mut all: Vec<usize> = events.iter().flat_map(|e| [e.began, e.ended]).collect();
    all.sort_unstable();
    all.dedup();
    if count >= all.len() {
        return all;
    }
    (0..count)
        .map(|i| {
            let (from, to) = (i * all.len() / count, (i + 1) * all.len() / count);
            all[from + dice.below((to - from) as u64) as usize]
        })
        .collect()
}
