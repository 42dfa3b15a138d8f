use super::edit::{acts, as_file, written};
use super::*;
use crate::config::post_file::{self, PostFile};
use crate::domain::post::{Content, Form, Funnel, Post, PostAct, Rules, Variant};
use crate::domain::{ChannelId, OperatorName, PostId, Time, VariantRef};
use crate::wire::post::PostView;
use chrono_tz::Tz;
use rstest::rstest;
use std::path::Path;

const SHANGHAI: Tz = Tz::Asia__Shanghai;

fn parsed(line: &[&str]) -> Result<ArgMatches, clap::Error> {
    let words = std::iter::once("post").chain(line.iter().copied());
    command(Lang::En).try_get_matches_from(words)
}

#[rstest]
#[case("12", Some((12, None)))]
#[case("#12", Some((12, None)))]
#[case("12.1", Some((12, Some(1))))]
#[case("#12.1", Some((12, Some(1))))]
#[case("12.", None)]
#[case(".1", None)]
#[case("x", None)]
#[case("12.1.2", None)]
#[case("-1", None)]
fn posts_and_variants_are_read(#[case] typed: &str, #[case] want: Option<(u64, Option<u32>)>) {
    let read = typed.parse::<Target>().ok().map(|t| (t.post.0, t.variant));
    assert_eq!(read, want);
}

#[rstest]
#[case(&["new", "--idea", "x", "--channel", "weibo", "--channel", "x", "--text", "-hi"])]
#[case(&["new", "--file", "post.md", "--submit"])]
#[case(&["new", "--idea", "x", "--channel", "a", "--media", "b.jpg", "--alt", "c", "--licence", "own"])]
#[case(&["idea", "12", "another"])]
#[case(&["edit", "12"])]
#[case(&["edit", "12.2", "--file", "-"])]
#[case(&["list", "--channel", "weibo", "--state", "in-review", "--state", "draft", "--limit", "3"])]
#[case(&["show", "12", "--markdown"])]
#[case(&["add", "12", "--channel", "weibo", "--form", "short-video", "--funnel", "interest"])]
#[case(&["drop", "12.1"])]
#[case(&["submit", "12", "13.1", "--because", "it is quoted"])]
#[case(&["approve", "12", "--step", "tone", "--why", "good"])]
#[case(&["reject", "12.1", "--step", "logic", "--why", "no source", "--place", "half"])]
#[case(&["schedule", "12.1", "fri 14:00"])]
#[case(&["schedule", "12.1", "--next"])]
#[case(&["unschedule", "12"])]
#[case(&["recall", "12", "13"])]
#[case(&["published", "12.1", "--url", "https://a.example/1"])]
#[case(&["again", "12.1"])]
fn each_act_can_be_typed(#[case] line: &[&str]) {
    parsed(line).unwrap();
}

#[rstest]
#[case(&["new"])]
#[case(&["new", "--idea", "x", "--file", "post.md"])]
#[case(&["new", "--file", "post.md", "--text", "x"])]
#[case(&["new", "--idea", "x", "--alt", "of nothing"])]
#[case(&["add", "12", "--form", "essay"])]
#[case(&["list", "--state", "empty"])]
#[case(&["reject", "12.1", "--why", "so"])]
#[case(&["reject", "12.1", "--step", "tone"])]
#[case(&["schedule", "12.1"])]
#[case(&["schedule", "12.1", "fri", "--next"])]
#[case(&["submit"])]
#[case(&["show", "twelve"])]
fn what_cannot_be_is_a_mistake_on_the_command_line(#[case] line: &[&str]) {
    assert!(parsed(line).is_err());
}

fn content(text: &str) -> Content {
    Content { text: text.into(), ..Content::default() }
}

fn variant(number: u32, channel: &str, at: Option<Time>) -> Variant {
    Variant {
        holds: None,
        number,
        channel: ChannelId(channel.into()),
        version: 3,
        title: String::new(),
        form: Form::default(),
        funnel: None,
        high_risk: false,
        by: OperatorName("amy".into()),
        state: SlotState::Draft,
        since: Time(0),
        at,
        goes: None,
        pinned: false,
        verdicts: Vec::new(),
        why: String::new(),
        out: None,
        deleting: false,
    }
}

/// 2099-12-01 20:00 in Shanghai.
fn evening() -> Time {
    "2099-12-01T12:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().into()
}

fn view() -> PostView {
    let post = Post {
        dropped: false,
        id: PostId(12),
        idea: "新品".into(),
        topic: None,
        made: Time(0),
        by: OperatorName("amy".into()),
        revision: 1,
        variants: vec![variant(1, "weibo", Some(evening())), variant(4, "linkedin", None)],
        numbered: 4,
    };
    PostView {
        post,
        contents: vec![content("你好"), content("Hello")],
        checks: vec![Vec::new(), Vec::new()],
        rules: vec![Rules::default(), Rules::default()],
    }
}

fn context() -> Context {
    Context { desk: None, declared: None, json: false, lang: Lang::En }
}

fn edited(change: impl FnOnce(&str) -> String) -> Result<Vec<PostAct>, String> {
    let view = view();
    let file = as_file(&context(), &view, None, SHANGHAI).unwrap();
    let file = post_file::parse(Path::new("post.md"), &change(&post_file::print(&file))).unwrap();
    acts(&context(), &view, Path::new("post.md"), &file, SHANGHAI)
        .map_err(|failure| failure.sentence.to_string())
}

fn at(variant: u32) -> VariantRef {
    VariantRef { post: PostId(12), variant }
}

#[test]
fn a_file_that_nobody_changed_changes_nothing() {
    assert_eq!(edited(str::to_owned), Ok(vec![]));
    // Editors put an empty line at the end, or take it away.
    assert_eq!(edited(|text| format!("{text}\n\n")), Ok(vec![]));
    assert_eq!(edited(|text| text.trim_end().to_owned()), Ok(vec![]));
}

#[test]
fn each_change_of_a_file_is_an_act() {
    let idea = edited(|text| text.replace("新品", "上新"));
    assert_eq!(idea, Ok(vec![PostAct::Idea { post: PostId(12), idea: "上新".into() }]));
    let text = edited(|text| text.replace("Hello", "Hello you"));
    let edit = PostAct::Edit { at: at(4), version: 3, content: Box::new(content("Hello you")) };
    assert_eq!(text, Ok(vec![edit]));
    let moved = edited(|text| text.replace("2099-12-01 20:00", "2099-12-01 21:00"));
    assert!(moved.is_err(), "more than two years ahead");
    let taken = edited(|text| text.replace("at = \"2099-12-01 20:00\"\n", ""));
    assert_eq!(taken, Ok(vec![PostAct::Unschedule { at: vec![at(1)] }]));
    let given = edited(|text| text.replace("variant = 4", "variant = 4\nat = \"2h\"")).unwrap();
    let [PostAct::Schedule { at: of, when: Some(_) }] = given[..] else { panic!("{given:?}") };
    assert_eq!(of, at(4));
    // What is not in the file any more stays as it is.
    let gone = edited(|text| text[..text.find("## linkedin").unwrap()].to_owned());
    assert_eq!(gone, Ok(vec![]));
}

#[test]
fn a_section_of_a_new_channel_adds_a_variant() {
    let added = edited(|text| format!("{text}\n## x\n+++\nfunnel = \"interest\"\n+++\nHi\n"));
    let content = Content { funnel: Some(Funnel::Interest), ..content("Hi") };
    let channel = ChannelId("x".into());
    let add = PostAct::Add { post: PostId(12), channel, content: Box::new(content) };
    assert_eq!(added, Ok(vec![add]));
}

#[test]
fn a_file_of_ones_own_means_the_variant_of_its_channel() {
    let own = "+++\nidea = \"新品\"\n+++\n## weibo\n+++\n+++\n你们好\n";
    let edit = PostAct::Edit { at: at(1), version: 3, content: Box::new(content("你们好")) };
    assert_eq!(edited(|_| own.to_owned()), Ok(vec![edit]));
}

#[rstest]
#[case("post = 12", "post = 13", "the file is of post 13, not of 12")]
#[case("variant = 4", "variant = 5", "post.md:16: post 12 has no variant 5")]
#[case("variant = 4", "variant = 1", "post.md:16: variant 1 is for weibo")]
#[case("2099-12-01 20:00", "soonish", "post.md:11: at: \"soonish\" is no moment")]
fn a_file_that_fits_another_post_is_told(
    #[case] from: &str,
    #[case] to: &str,
    #[case] begins: &str,
) {
    let said = edited(|text| text.replace(from, to)).unwrap_err();
    assert!(said.starts_with(begins), "{said}");
}

#[test]
fn one_variant_of_a_post_is_a_file_too() {
    let of = |only| -> Result<PostFile, _> { as_file(&context(), &view(), only, SHANGHAI) };
    let file = of(Some(4)).unwrap();
    assert_eq!(file.sections.len(), 1);
    assert_eq!(file.sections[0].channel.0, "linkedin");
    assert_eq!(of(Some(2)).unwrap_err().exit, crate::cli::Exit::Refused);
}

#[test]
fn a_moment_is_written_so_that_it_is_read_again() {
    let berlin = Tz::Europe__Berlin;
    let time =
        |text: &str| -> Time { text.parse::<chrono::DateTime<chrono::Utc>>().unwrap().into() };
    assert_eq!(written(evening(), SHANGHAI), "2099-12-01 20:00");
    // The hour that comes twice, and seconds.
    assert_eq!(written(time("2026-10-25T00:30:00Z"), berlin), "2026-10-25 02:30");
    assert_eq!(written(time("2026-10-25T01:30:00Z"), berlin), "2026-10-25T02:30:00+01:00");
    assert_eq!(written(time("2026-11-25T01:30:05Z"), berlin), "2026-11-25T02:30:05+01:00");
}
