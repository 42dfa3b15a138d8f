//! The short run of the fuzz targets, on any toolchain: every kept input, then a bounded number of
//! mutations of them. The long run is coverage-guided: see docs/fuzzing.md.

mod mutate;
mod seeds;
mod targets;

use mutate::Mutator;
use rstest::rstest;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// How many mutations a target gets here; `DUTYDESK_FUZZ_MORE` says how many times as many.
fn mutations(target: &str) -> usize {
    let usual = match target {
        // Each is a whole walk through the cockpit, an import, a workbook.
        "cockpit" => 10,
        "tables" | "books" => 60,
        _ => 300,
    };
    let more = std::env::var("DUTYDESK_FUZZ_MORE").ok().and_then(|more| more.parse().ok());
    usual * more.unwrap_or(1)
}

/// What is kept of a target: inputs that were faults once, each with a name that says which.
fn kept(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let Ok(files) = fs::read_dir(&folder) else { return Vec::new() };
    let mut kept: Vec<_> = files
        .map(|file| file.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    kept.sort();
    kept
}

#[rstest]
#[case::books("books")]
#[case::cockpit("cockpit")]
#[case::config("config")]
#[case::connector("connector")]
#[case::desk("desk")]
#[case::events("events")]
#[case::platforms("platforms")]
#[case::queries("queries")]
#[case::restore("restore")]
#[case::tables("tables")]
#[case::terminal("terminal")]
#[case::wechat("wechat")]
#[case::wire("wire")]
fn nothing_of_outside_does_harm(#[case] target: &str) {
    let mut known: Vec<Vec<u8>> = Vec::new();
    for (path, bytes) in kept(target) {
        println!("{}", path.display());
        targets::run(target, &bytes);
        known.push(bytes);
    }
    for seed in seeds::of(target) {
        targets::run(target, &seed);
        known.push(seed);
    }
    let mut mutator = Mutator::new(target, &known);
    for _ in 0..mutations(target) {
        let bytes = mutator.next();
        let run = catch_unwind(AssertUnwindSafe(|| targets::run(target, &bytes)));
        if run.is_err() {
            let file = std::env::temp_dir().join(format!("dutydesk-fuzz-{target}"));
            fs::write(&file, &bytes).unwrap();
            panic!("the input lies in {}", file.display());
        }
    }
}

#[test]
fn every_target_is_run_here_and_under_libfuzzer() {
    let here = include_str!("main.rs");
    let there = include_str!("../../fuzz/Cargo.toml");
    for (name, _) in targets::ALL {
        assert!(here.contains(&format!("#[case::{name}(\"{name}\")]")), "{name}");
        assert!(there.contains(&format!("name = \"{name}\"")), "{name}");
        assert!(!seeds::of(name).is_empty(), "{name} has no seeds");
    }
}

/// Writes the seeds where libFuzzer finds them, when it is told where that is.
#[test]
fn seeds_are_written_for_the_long_run() {
    let Some(to) = std::env::var_os("DUTYDESK_WRITE_SEEDS") else { return };
    for (name, _) in targets::ALL {
        let folder = Path::new(&to).join(name);
        fs::create_dir_all(&folder).unwrap();
        for (n, seed) in seeds::of(name).iter().enumerate() {
            fs::write(folder.join(format!("seed-{n:03}")), seed).unwrap();
        }
    }
}
