//! Holds the rooms of `src/` apart: each may name only the rooms and libraries of its row here.
//!
//! The table is the one of `docs/architecture.md`. A new import that this test refuses is a
//! question about the architecture first, and about the table second.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One room: what of ours it may use, and which of the watched libraries.
struct Room {
    name: &'static str,
    ours: &'static [&'static str],
    libraries: &'static [&'static str],
}

/// Libraries that belong to some rooms only. Those not named here (serde, chrono, ...) are free.
const WATCHED: &[&str] = &[
    "ratatui",
    "crossterm",
    "tokio",
    "sled",
    "nix",
    "clap",
    "csv",
    "flate2",
    "toml",
    "rmp_serde",
    "tracing",
    "tracing_subscriber",
    "toml_edit",
    "ureq",
    "quick_xml",
    "aes",
    "cbc",
    "sha1",
    "base64",
    "tantivy",
    "calamine",
    "zip",
];

const ROOMS: &[Room] = &[
    Room { name: "text", ours: &[], libraries: &[] },
    Room { name: "domain", ours: &["text"], libraries: &[] },
    Room { name: "config", ours: &["domain", "text"], libraries: &["toml", "toml_edit"] },
    Room { name: "wire", ours: &["domain"], libraries: &["tokio", "rmp_serde"] },
    Room { name: "store", ours: &["domain"], libraries: &["sled", "rmp_serde", "nix"] },
    Room { name: "search", ours: &["domain"], libraries: &["tantivy"] },
    Room {
        name: "connect",
        ours: &["domain", "text", "config", "wire"],
        libraries: &[
            "csv",
            "flate2",
            "toml",
            "ureq",
            "quick_xml",
            "aes",
            "cbc",
            "sha1",
            "base64",
            "calamine",
            "zip",
        ],
    },
    Room {
        name: "daemon",
        ours: &["text", "domain", "config", "wire", "store", "search", "connect"],
        // The digests of what was erased.
        libraries: &["tokio", "nix", "tracing", "tracing_subscriber", "sha1"],
    },
    Room { name: "app", ours: &["domain", "text", "wire"], libraries: &[] },
    Room { name: "view", ours: &["app", "domain", "text"], libraries: &["ratatui", "toml"] },
    Room {
        name: "term",
        ours: &["app", "text"],
        libraries: &["ratatui", "crossterm", "tokio", "nix"],
    },
    Room {
        name: "client",
        ours: &["app", "view", "term", "wire", "config", "domain", "text"],
        libraries: &["ratatui", "tokio", "nix"],
    },
    Room {
        name: "cli",
        ours: &[
            "text", "domain", "config", "wire", "store", "search", "connect", "daemon", "app",
            "view", "term", "client",
        ],
        libraries: &["clap", "flate2", "tokio", "nix", "tracing", "tracing_subscriber"],
    },
];

/// Words that would bring a clock or the outside world into the pure rooms.
const IMPURE: &[&str] = &[
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
];

/// The code of a file: comments, string contents and everything from `#[cfg(test)]` on left out.
fn code_of(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut code = String::new();
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default();
        // Every second piece lies between quotes.
        code.extend(line.split('"').step_by(2));
        code.push('\n');
    }
    code
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_under(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The rooms named after `crate::`, also inside `crate::{a, b::c}`.
fn rooms_named(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 1;
            let mut word = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 1 && (c.is_alphanumeric() || c == '_') {
                    word.push(c);
                } else {
                    if depth <= 1 && !word.is_empty() {
                        names.insert(word.clone());
                    }
                    word.clear();
                    if c == ':' {
                        // The rest of this path lies inside the room just named.
                        word.push('#');
                    }
                }
                if depth == 0 {
                    break;
                }
            }
        } else {
            names.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    names.into_iter().filter(|n| ROOMS.iter().any(|r| r.name == n)).collect()
}

fn libraries_named(code: &str) -> BTreeSet<&'static str> {
    WATCHED
        .iter()
        .copied()
        .filter(|library| {
            code.match_indices(&format!("{library}::")).any(|(at, _)| {
                let before = code[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            })
        })
        .collect()
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn each_room_names_only_what_its_row_allows() {
    let mut wrong = Vec::new();
    for room in ROOMS {
        for file in files_under(&src().join(room.name)) {
            let code = code_of(&file);
            for named in rooms_named(&code) {
                if named != room.name && !room.ours.contains(&named.as_str()) {
                    wrong.push(format!("{}: {} may not use {named}", file.display(), room.name));
                }
            }
            for named in libraries_named(&code) {
                if !room.libraries.contains(&named) {
                    wrong.push(format!("{}: {} may not use {named}", file.display(), room.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "forbidden imports:\n{}", wrong.join("\n"));
}

#[test]
fn the_pure_rooms_know_no_clock_and_no_outside() {
    let mut wrong = Vec::new();
    for room in ["text", "domain", "app", "view"] {
        for file in files_under(&src().join(room)) {
            let code = code_of(&file);
            for word in IMPURE.iter().filter(|w| code.contains(**w)) {
                wrong.push(format!("{}: {word}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "impure:\n{}", wrong.join("\n"));
}

#[test]
fn every_folder_is_a_room_and_says_what_it_is_for() {
    for entry in fs::read_dir(src()).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(ROOMS.iter().any(|r| r.name == name), "src/{name} is not in the table");
        let header: Vec<String> = fs::read_to_string(path.join("mod.rs"))
            .unwrap()
            .lines()
            .take_while(|l| l.starts_with("//!"))
            .map(str::to_owned)
            .collect();
        assert!(header.len() >= 5, "src/{name}/mod.rs: a header of five lines, please");
        assert!(
            header.iter().any(|l| l.to_lowercase().contains("never")),
            "src/{name}/mod.rs: the header says what the room never does"
        );
    }
}

/// How many folders below `src/` a file's module lies; 1 is a room itself.
fn depth(file: &Path) -> usize {
    let inside = file.strip_prefix(src()).unwrap();
    let folders = inside.components().count() - 1;
    if file.file_name().is_some_and(|n| n == "mod.rs") { folders } else { folders + 1 }
}

/// The longest chain of `super::` in the code.
fn supers(code: &str) -> usize {
    let mut longest = 0;
    let mut rest = code;
    while let Some(at) = rest.find("super::") {
        rest = &rest[at..];
        let mut chain = 0;
        while let Some(after) = rest.strip_prefix("super::") {
            chain += 1;
            rest = after;
        }
        longest = longest.max(chain);
    }
    longest
}

#[test]
fn no_path_leaves_its_room_by_the_back_door() {
    let mut wrong = Vec::new();
    for room in ROOMS {
        for file in files_under(&src().join(room.name)) {
            if supers(&code_of(&file)) >= depth(&file) {
                wrong.push(file.display().to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "`super::` up to the crate; name the room with `crate::`: {wrong:?}");
}

/// Lines from which on a file has more than one idea.
const LONGEST: usize = 600;

#[test]
fn no_file_is_too_long_to_read() {
    let long: Vec<String> = files_under(&src())
        .into_iter()
        .filter(|file| fs::read_to_string(file).unwrap().lines().count() > LONGEST)
        .map(|file| file.display().to_string())
        .collect();
    assert!(long.is_empty(), "over {LONGEST} lines; take a second idea out of: {long:?}");
}

#[test]
fn the_scanner_sees_what_it_is_meant_to_see() {
    let code =
        "use crate::{app::Model, wire::{message::Row, frame}};\nlet x = crate::store::open();";
    let named: Vec<String> = rooms_named(code).into_iter().collect();
    assert_eq!(named, ["app", "store", "wire"]);
    assert_eq!(libraries_named("tokio::spawn(); my_tokio::x()").len(), 1);
    assert!(libraries_named("a::sled::x").is_empty());
    assert_eq!(supers("use super::{a}; super::super::b(); super::c"), 2);
    assert_eq!(depth(&src().join("app/mod.rs")), 1);
    assert_eq!(depth(&src().join("app/queue/fetch.rs")), 3);
}
