use super::*;
use crate::text::Lang;
use rstest::rstest;
use std::fs;

#[test]
fn all_that_come_with_the_program_are_right() {
    for (name, text) in READY {
        let p = Profile::parse(name, name, text).unwrap();
        assert!(!p.about.is_empty(), "{name}");
    }
}

const BASE: &str = "format = \"csv\"\nchannel = \"c\"\n[columns]\nid=\"i\"\ntext=\"t\"\nat=\"a\"\n";

#[rstest]
#[case::no_toml("format = ", "x.toml:1", "")]
#[case::unknown_key("format = \"events\"\nchanel = \"c\"", "x.toml:2", "chanel")]
#[case::unknown_column(&format!("{BASE}mood = \"m\"\n"), "x.toml:7", "mood")]
#[case::no_channel(
    "format = \"csv\"\n[columns]\nid=\"i\"\ntext=\"t\"\nat=\"a\"",
    "x.toml",
    "channel"
)]
#[case::no_text(
    "format = \"csv\"\nchannel = \"c\"\n[columns]\nid=\"i\"\nat=\"a\"",
    "x.toml",
    "text"
)]
#[case::no_id(
    "format = \"csv\"\nchannel = \"c\"\n[columns]\ntext=\"i\"\nat=\"a\"",
    "x.toml",
    "id_from"
)]
#[case::no_figures(
    "format = \"csv\"\nrows=\"posts\"\nchannel = \"c\"\n[columns]\nid=\"i\"\nat=\"a\"",
    "x.toml",
    "[figures]"
)]
#[case::no_day(
    "format = \"csv\"\nrows=\"posts\"\nchannel = \"c\"\n[columns]\nid=\"i\"\n[figures]\nlikes=\"l\"",
    "x.toml",
    "[calendar]"
)]
#[case::figures_of_messages(&format!("{BASE}[figures]\nlikes=\"l\"\n"), "x.toml", "posts")]
#[case::zone(&format!("zone = \"Mars\"\n{BASE}"), "x.toml", "Mars")]
#[case::time(&format!("time = \"%Q\"\n{BASE}"), "x.toml", "%Q")]
#[case::delimiter(&format!("delimiter = \"||\"\n{BASE}"), "x.toml", "delimiter")]
#[case::slug(&format!("channel = \"A B\"\n{}", BASE.replace("channel = \"c\"\n", "")), "x.toml", "A B")]
fn what_is_wrong_is_told_with_its_place(#[case] text: &str, #[case] at: &str, #[case] about: &str) {
    let Err(ProfileError::Wrong { place, what }) = Profile::parse("x", "x.toml", text) else {
        panic!("taken: {text}")
    };
    assert_eq!(place, at);
    assert!(what.contains(about), "{what}");
}

#[test]
fn a_name_is_looked_up_in_the_folders_in_order_then_among_the_ready_ones() {
    let (desk, user) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let folders = [desk.path().to_owned(), user.path().to_owned()];
    let about = |s: &str| format!("about = \"{s}\"\nformat = \"events\"\n");
    fs::write(desk.path().join("both.toml"), about("desk")).unwrap();
    fs::write(user.path().join("both.toml"), about("user")).unwrap();
    fs::write(user.path().join("mine.toml"), about("mine")).unwrap();
    assert_eq!(Profile::find("both", &folders).unwrap().about, "desk");
    assert_eq!(Profile::find("mine", &folders).unwrap().about, "mine");
    assert_eq!(Profile::find("events", &folders).unwrap().format, Format::Events);
    let path = user.path().join("both.toml").display().to_string();
    assert_eq!(Profile::find(&path, &folders).unwrap().about, "user");
    let names = Profile::names(&folders);
    assert_eq!(names["both"], "desk");
    assert_eq!(names.len(), READY.len() + 2);
    let said = Profile::find("nothing", &folders).unwrap_err().say(Lang::En);
    assert!(said.as_str().contains("nothing") && said.as_str().contains("mine"));
}
