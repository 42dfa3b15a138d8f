//! The generated parts of the documentation are what the program says now.
//!
//! After a change to a verb, an option, a key or an exit code, write them anew with
//! `DUTYDESK_WRITE_DOCS=1 cargo test --test cli_docs`.

use dutydesk::cli::manual;
use dutydesk::text::Lang;
use std::fs;
use std::path::Path;

#[test]
fn generated_parts_are_up_to_date() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let anew = std::env::var_os("DUTYDESK_WRITE_DOCS").is_some();
    let mut old = Vec::new();
    for name in ["cli.md", "keys.md"] {
        let path = docs.join(name);
        let page = fs::read_to_string(&path).unwrap();
        let filled = manual::filled(&page, Lang::En).unwrap();
        if filled != page && anew {
            fs::write(&path, filled).unwrap();
        } else if filled != page {
            old.push(name);
        }
    }
    assert!(old.is_empty(), "docs/{old:?}: DUTYDESK_WRITE_DOCS=1 cargo test --test cli_docs");
}

#[test]
fn the_pages_hold_every_part() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let read = |name: &str| fs::read_to_string(docs.join(name)).unwrap();
    let (cli, keys) = (read("cli.md"), read("keys.md"));
    for part in ["### `dutydesk claim [OPTIONS] [ID]...`", "| `--desk DIR` |", "| 3 |"] {
        assert!(cli.contains(part), "docs/cli.md lacks {part}");
    }
    assert!(keys.contains("| `j` `down` | `down` |"));
}

#[test]
fn every_link_between_the_pages_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md")];
    pages.extend(fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()));
    for page in pages.iter().filter(|p| p.extension().is_some_and(|e| e == "md")) {
        let text = fs::read_to_string(page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap_or_default();
            let ours = !file.is_empty() && !file.contains("://");
            let target = page.parent().unwrap().join(file);
            assert!(!ours || target.exists(), "{}: {link}", page.display());
        }
    }
}
