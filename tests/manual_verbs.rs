//! Completions load in their shell and complete; manual pages render without a warning.

mod daemon_support;

use daemon_support::{TestDesk, program};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn has(tool: &str) -> bool {
    let found = Command::new("sh").arg("-c").arg(format!("command -v {tool}")).output().unwrap();
    if !found.status.success() {
        eprintln!("{tool} is not there: not tried");
    }
    found.status.success()
}

fn printed(args: &[&str]) -> String {
    let output = program(Path::new("/nonexistent"), args).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn with_input(mut command: Command, input: &str) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut to = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writing = std::thread::spawn(move || to.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let _ = writing.join().unwrap();
    output
}

#[test]
fn bash_completes_verbs_options_and_words() {
    if !has("bash") {
        return;
    }
    let script = printed(&["completions", "bash"]);
    for (words, wanted) in [
        ("dutydesk doc", "doctor"),
        ("dutydesk channel pa", "pause"),
        ("dutydesk list --st", "--state"),
        ("dutydesk list --state sno", "snoozed"),
        ("dutydesk completions fi", "fish"),
    ] {
        let typed: Vec<&str> = words.split(' ').collect();
        let last = typed.len() - 1;
        let try_it = format!(
            "{script}\nCOMP_WORDS=({words})\nCOMP_CWORD={last}\n\
             _dutydesk dutydesk '{}' '{}'\necho \"${{COMPREPLY[@]}}\"\n",
            typed[last],
            typed[last - 1]
        );
        let mut bash = Command::new("bash");
        bash.args(["--norc", "--noprofile", "-s"]);
        let output = with_input(bash, &try_it);
        assert!(output.stderr.is_empty(), "{output:?}");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.split_whitespace().any(|word| word == wanted), "{words}: {said}");
    }
}

#[test]
fn other_shells_take_their_script() {
    for (shell, args) in [("zsh", vec!["-n"]), ("fish", vec!["--no-execute"])] {
        let script = printed(&["completions", shell]);
        assert!(script.contains("doctor"), "{shell}");
        if has(shell) {
            let mut command = Command::new(shell);
            command.args(args);
            let output = with_input(command, &script);
            assert!(output.status.success() && output.stderr.is_empty(), "{shell}: {output:?}");
        }
    }
    let unknown = program(Path::new("/nonexistent"), &["completions", "csh"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn manual_pages_render_without_a_warning() {
    let dir = tempfile::tempdir().unwrap();
    let into = dir.path().join("man1");
    printed(&["man", into.to_str().unwrap()]);
    let mut pages: Vec<_> = std::fs::read_dir(&into).unwrap().map(|f| f.unwrap().path()).collect();
    pages.sort();
    assert!(pages.len() > 60, "{}", pages.len());
    assert!(pages.iter().any(|p| p.ends_with("dutydesk-list.1")));
    assert!(printed(&["man"]).contains("EXIT STATUS"));
    if !has("groff") {
        return;
    }
    for page in pages {
        let rendered = Command::new("groff")
            .args(["-ww", "-man", "-Tutf8", "-Kutf8"])
            .arg(&page)
            .output()
            .unwrap();
        let warned = String::from_utf8_lossy(&rendered.stderr);
        assert!(rendered.status.success() && warned.is_empty(), "{}: {warned}", page.display());
        assert!(rendered.stdout.len() > 200, "{}", page.display());
    }
}

#[test]
fn a_status_bar_is_told_when_there_is_no_daemon() {
    let desk = TestDesk::new();
    let line = desk.program(&["line", "--tmux"]);
    assert_eq!(line.status.code(), Some(3));
    assert_eq!(String::from_utf8(line.stdout).unwrap(), "#[dim]desk off#[default]\n");
    assert!(line.stderr.is_empty());
}
