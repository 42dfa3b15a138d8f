//! What the program is made of: every dependency has a reason, a licence that is allowed, a source that
//! is known, and its place in the bill of materials.

#[path = "../packaging/sbom/src/main.rs"]
mod sbom;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// Dependencies that share the comment above the first of them.
const TOGETHER: &[&[&str]] = &[
    &["aes", "base64", "cbc", "sha1"],
    &["calamine", "zip"],
    &["chrono", "chrono-tz"],
    &["clap_complete", "clap_mangen"],
    &["portable-pty", "vt100"],
    &["proptest", "rstest"],
    &["serde", "serde_json"],
    &["tracing", "tracing-subscriber"],
    &["unicode-segmentation", "unicode-width"],
];

/// The dependencies of a manifest that have no reason above them.
fn without_reason(manifest: &str) -> Vec<String> {
    let mut without = Vec::new();
    let mut inside = false;
    // Whether a comment stands above, and the dependency above.
    let (mut reason, mut before) = (false, String::new());
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]");
            (reason, before) = (false, String::new());
        } else if line.starts_with('#') {
            // A word or two are no reason.
            reason = reason || line.len() > 15;
            before.clear();
        } else if inside && let Some((name, _)) = line.split_once('=') {
            let name = name.trim().to_owned();
            let shares = TOGETHER
                .iter()
                .any(|all| all.contains(&name.as_str()) && all.contains(&before.as_str()));
            if !reason && !shares {
                without.push(name.clone());
            }
            (reason, before) = (false, if reason || shares { name } else { String::new() });
        } else {
            (reason, before) = (false, String::new());
        }
    }
    without
}

#[test]
fn every_dependency_has_a_reason() {
    assert_eq!(without_reason(&read("Cargo.toml")), Vec::<String>::new());
}

#[test]
fn a_dependency_without_a_reason_is_found() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\n# For the tables of words in the lint.\n\
                    aes = \"1\"\ncbc = \"1\"\nserde = \"1\"\n\n# Yes.\nclap = \"4\"\n\n\
                    [dev-dependencies]\ncsv = \"1\"\n[profile.dev]\ndebug = 1\n";
    assert_eq!(without_reason(manifest), ["serde", "clap", "csv"]);
}

/// The licences that `deny.toml` allows.
fn allowed() -> BTreeSet<String> {
    let deny: toml::Table = read("deny.toml").parse().unwrap();
    let list = deny["licenses"]["allow"].as_array().unwrap();
    list.iter().map(|l| l.as_str().unwrap().to_owned()).collect()
}

/// Whether an SPDX expression can be satisfied: `OR` of `AND`s, with brackets.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = expression.split_whitespace().collect();
    let mut at = 0;
    let fine = any(&words, &mut at, allowed);
    fine && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut fine = every(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        fine |= every(words, at, allowed);
    }
    fine
}

fn every(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut fine = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        fine &= one(words, at, allowed);
    }
    fine
}

fn one(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let fine = any(words, at, allowed);
        *at += usize::from(words.get(*at) == Some(&")"));
        return fine;
    }
    let mut licence = (*word).to_owned();
    if words.get(*at) == Some(&"WITH") {
        licence = format!("{licence} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    allowed.contains(&licence)
}

#[test]
fn expressions_of_licences_are_read() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned()]);
    for (expression, fine) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0 AND MIT", false),
        ("(GPL-3.0 OR MIT) AND MIT", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("MIT/Apache-2.0", true),
        ("", false),
        ("MIT MIT", false),
    ] {
        assert_eq!(is_allowed(expression, &allowed), fine, "{expression}");
    }
}

fn packages(metadata: &Value) -> Vec<&Value> {
    metadata["packages"].as_array().unwrap().iter().collect()
}

#[test]
fn every_licence_is_allowed_and_every_source_is_the_registry() {
    let (metadata, allowed) = (sbom::metadata(), allowed());
    let mut wrong = Vec::new();
    for package in packages(&metadata).iter().filter(|p| p["name"] != "dutydesk") {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or_default();
        if !is_allowed(licence, &allowed) {
            wrong.push(format!("{name}: licence {licence:?} is not allowed by deny.toml"));
        }
        let source = package["source"].as_str().unwrap_or("a path");
        if source != "registry+https://github.com/rust-lang/crates.io-index" {
            wrong.push(format!("{name}: comes from {source}"));
        }
        // A fresh machine has only Rust.
        if ["openssl-sys", "openssl", "native-tls"].contains(&name) {
            wrong.push(format!("{name}: needs a library of the system"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_comes_in_two_versions_is_known() {
    let metadata = sbom::metadata();
    let needed = sbom::needed(&metadata);
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages(&metadata) {
        if needed.contains(package["id"].as_str().unwrap()) {
            let version = package["version"].as_str().unwrap();
            versions.entry(package["name"].as_str().unwrap()).or_default().insert(version);
        }
    }
    let twice: BTreeSet<&str> =
        versions.iter().filter(|(_, all)| all.len() > 1).map(|(name, _)| *name).collect();
    let known: BTreeSet<&str> = KNOWN_TWICE.iter().map(|(name, _)| *name).collect();
    assert_eq!(twice, known, "a second version needs a reason in KNOWN_TWICE");
}

/// What the program carries in two versions, and for whom.
const KNOWN_TWICE: &[(&str, &str)] = &[
    ("getrandom", "ring, rand and tempfile each follow another major version"),
    ("parking_lot", "sled 0.34 has 0.11, crossterm the present one"),
    ("parking_lot_core", "as parking_lot"),
    ("rand_core", "rand (of tantivy) and getrandom follow different ones"),
    ("syn", "only builds: derives that have not moved to 3 yet"),
];

#[test]
fn the_bill_of_materials_is_complete() {
    let (metadata, checksums) = (sbom::metadata(), sbom::checksums());
    let bill = sbom::bill(&metadata, &checksums);
    assert_eq!(bill["bomFormat"], "CycloneDX");
    assert_eq!(bill["metadata"]["component"]["name"], "dutydesk");
    let components = bill["components"].as_array().unwrap();
    assert!(components.len() > 150, "{}", components.len());
    for component in components {
        let key = ["name", "version"].map(|k| component[k].as_str().unwrap().to_owned());
        let [name, version] = key.clone();
        let listed = checksums.get(&(name, version));
        assert!(listed.is_some(), "{key:?} is not in Cargo.lock");
        assert_eq!(component["hashes"][0]["content"].as_str(), listed.map(String::as_str));
        assert_ne!(component["licenses"][0]["expression"], "", "{key:?}");
    }
    // Every package that cargo says is built is in it.
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let tree = std::process::Command::new(cargo)
        .args(["tree", "--locked", "--edges", "normal,build", "--prefix", "none", "--no-dedupe"])
        .args(["--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{tree:?}");
    let text = String::from_utf8(tree.stdout).unwrap();
    let built: BTreeSet<String> = text
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.split_once(" v")?;
            let version = rest.split_whitespace().next()?;
            (name != "dutydesk").then(|| format!("pkg:cargo/{name}@{version}"))
        })
        .collect();
    let listed: BTreeSet<String> =
        components.iter().map(|c| c["purl"].as_str().unwrap().to_owned()).collect();
    assert_eq!(built.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new());
    // Every dependency's two ends are in it, too.
    for dependency in bill["dependencies"].as_array().unwrap() {
        for on in dependency["dependsOn"].as_array().unwrap() {
            assert!(listed.contains(on.as_str().unwrap()), "{on}");
        }
    }
}

#[test]
fn the_same_tree_gives_the_same_bill() {
    let (metadata, checksums) = (sbom::metadata(), sbom::checksums());
    let once = sbom::bill(&metadata, &checksums).to_string();
    assert_eq!(once, sbom::bill(&sbom::metadata(), &checksums).to_string());
    // Nothing of this machine is in it.
    assert!(!once.contains(env!("CARGO_MANIFEST_DIR")), "a path");
}
