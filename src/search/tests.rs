use super::*;
use crate::domain::tokens::{Needle, has};
use crate::domain::{ConversationId, FoundAt, Time};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn document(id: u64, at: i64, texts: &[&str]) -> Document {
    let texts = texts.iter().map(|t| (*t).to_owned()).collect();
    Document { id: ConversationId(id), at: Time(at), texts }
}

fn wanted(typed: &str) -> Vec<Wanted> {
    let one = |word: &str| match word.strip_prefix('-') {
        Some(word) => Wanted { needle: Needle::of(word).unwrap(), not: true },
        None => Wanted { needle: Needle::of(word).unwrap(), not: false },
    };
    typed.split_whitespace().map(one).collect()
}

fn found(index: &Index, typed: &str) -> Vec<u64> {
    let found = index.finder().find(&wanted(typed), None, 100).unwrap();
    assert_eq!(found.places.len() as u64, found.total);
    found.places.into_iter().map(|p| p.id.0).collect()
}

fn made(folder: &Path, documents: &[Document]) -> Index {
    let mut index = Index::create(folder, Kept::new(0, 0, None)).unwrap();
    for document in documents {
        index.put_new(document).unwrap();
    }
    index.commit(Kept::new(7, 0, None)).unwrap();
    index
}

#[test]
fn the_newest_come_first_and_page_by_page() {
    let folder = tempfile::tempdir().unwrap();
    let all: Vec<Document> =
        (1..=25).map(|n| document(n, (n as i64 * 7) % 10, &["发货太慢 ships"])).collect();
    let index = made(folder.path(), &all);
    let mut want: Vec<FoundAt> = all.iter().map(|d| FoundAt { at: d.at, id: d.id }).collect();
    want.sort_by(|a, b| b.cmp(a));
    let (mut got, mut after) = (Vec::new(), None);
    loop {
        let page = index.finder().find(&wanted("发货 ship"), after, 4).unwrap();
        assert_eq!(page.total, 25);
        let Some(last) = page.places.last() else { break };
        after = Some(*last);
        got.extend(page.places);
    }
    assert_eq!(got, want);
}

#[test]
fn what_was_taken_away_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut index = made(folder.path(), &[document(1, 1, &["secret"]), document(2, 2, &["other"])]);
    assert_eq!(found(&index, "secret"), [1]);
    index.put(&document(1, 1, &["nothing"])).unwrap();
    index.remove(ConversationId(2));
    index.commit(Kept::new(8, 0, None)).unwrap();
    assert_eq!(found(&index, "secret"), [0u64; 0]);
    assert_eq!(found(&index, "other"), [0u64; 0]);
    assert_eq!(found(&index, "noth"), [1]);
}

#[test]
fn a_phrase_does_not_reach_from_one_text_into_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let index = made(folder.path(), &[document(1, 1, &["物流", "太慢"])]);
    assert_eq!(found(&index, "流太"), [0u64; 0]);
    let phrase = Wanted { needle: Needle::of("物流 太慢").unwrap(), not: false };
    assert_eq!(index.finder().find(&[phrase], None, 9).unwrap().total, 0);
}

#[test]
fn it_is_there_again_and_knows_how_far_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let mut index = made(folder.path(), &[document(1, 1, &["one"])]);
    // Not committed: as if the process had died here.
    index.put_new(&document(2, 2, &["two"])).unwrap();
    drop(index);
    let index = Index::open(folder.path()).unwrap().unwrap();
    assert_eq!(index.kept(), Kept::new(7, 0, None));
    assert_eq!((found(&index, "one"), found(&index, "two")), (vec![1], vec![]));
    index.close().unwrap();
}

fn files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect()
}

#[test]
fn one_that_is_missing_or_damaged_is_to_be_made_again() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Index::open(&folder.path().join("none")).unwrap().is_none());
    for damage in ["meta.json", "segments"] {
        let index = made(folder.path(), &[document(1, 1, &["one"])]);
        index.close().unwrap();
        for file in files(folder.path()) {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let hit = if damage == "segments" { !name.contains(".json") } else { name == damage };
            if hit && !name.starts_with('.') {
                std::fs::write(&file, "x").unwrap();
            }
        }
        assert!(Index::open(folder.path()).unwrap().is_none(), "{damage}");
        let index = made(folder.path(), &[document(1, 1, &["again"])]);
        assert_eq!(found(&index, "again"), [1]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn it_finds_what_a_look_at_every_text_finds(
        texts in prop::collection::vec("([一二三四]{0,4}|[ab]{1,3}|[ ,，。🙏]){0,6}", 1..12),
        typed in prop::collection::vec("-?([一二三四]{1,3}|[ab]{1,2}|一a|b二三|🙏)", 1..3),
        gone in prop::collection::vec(any::<bool>(), 12),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let all: Vec<Document> =
            texts.iter().enumerate().map(|(n, t)| document(n as u64, 0, &[t])).collect();
        let mut index = made(folder.path(), &all);
        for document in all.iter().filter(|d| gone[d.id.0 as usize]) {
            index.remove(document.id);
        }
        index.commit(Kept::new(8, 0, None)).unwrap();
        let typed = typed.join(" ");
        let passes = |text: &str| typed.split(' ').all(|word| match word.strip_prefix('-') {
            Some(word) => !has(text, word),
            None => has(text, word),
        });
        let mut want: Vec<u64> = all
            .iter()
            .filter(|d| !gone[d.id.0 as usize] && passes(&d.texts[0]))
            .map(|d| d.id.0)
            .collect();
        want.reverse();
        prop_assert_eq!(found(&index, &typed), want, "{} in {:?}", typed, texts);
    }
}
