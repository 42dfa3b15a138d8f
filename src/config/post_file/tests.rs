use super::*;
use proptest::prelude::*;
use rstest::rstest;

fn read_text(text: &str) -> Result<PostFile, ConfigError> {
    parse(Path::new("post.md"), text)
}

fn section(channel: &str, text: &str) -> Section {
    Section {
        channel: ChannelId(channel.into()),
        variant: None,
        version: None,
        at: None,
        line: 0,
        content: Content { text: text.into(), ..Content::default() },
    }
}

/// Where a moment stands is no part of what a file says.
fn unplaced(mut post: PostFile) -> PostFile {
    for section in &mut post.sections {
        section.line = 0;
    }
    post
}

const WHOLE: &str = r##"
+++
post = 12
idea = "The new drip bags"
+++

## weibo
+++
variant = 1
version = 3
title = "新品"
form = "short-video"
funnel = "decision"
tags = ["#咖啡#", "云岭"]
at = "fri 20:00"
high_risk = true
[[media]]
link = "https://a.example/b/clip.MP4?x=1"
bytes = 12
alt = "someone pours coffee"
licence = "own"
asset = 4
[[media]]
link = "photo.jpg"
[[proof]]
claim = "half the price"
proof = "https://a.example/prices"
+++

新品上线。

## not a channel
  indented, and *so on*
\+++
+++ more

## linkedin
+++
+++
"##;

#[test]
fn a_file_says_everything_of_a_post() {
    let post = read_text(WHOLE).unwrap();
    assert_eq!((post.post, post.idea.as_str()), (Some(PostId(12)), "The new drip bags"));
    let [weibo, linkedin] = &post.sections[..] else { panic!("{post:?}") };
    assert_eq!(
        (weibo.channel.0.as_str(), weibo.variant, weibo.version),
        ("weibo", Some(1), Some(3))
    );
    assert_eq!((weibo.at.as_deref(), weibo.line), (Some("fri 20:00"), 15));
    let content = &weibo.content;
    assert_eq!((content.form, content.funnel), (Form::ShortVideo, Some(Funnel::Decision)));
    assert_eq!(content.tags, ["咖啡", "云岭"]);
    assert!(content.high_risk);
    let kinds: Vec<_> = content.media.iter().map(|media| media.kind).collect();
    assert_eq!(kinds, [MediaKind::Video, MediaKind::Image]);
    assert_eq!((content.media[0].bytes, content.media[0].asset), (Some(12), Some(4)));
    assert_eq!(content.proofs[0].claim, "half the price");
    assert_eq!(
        content.text,
        "新品上线。\n\n## not a channel\n  indented, and *so on*\n+++\n+++ more"
    );
    assert_eq!((linkedin.channel.0.as_str(), linkedin.line), ("linkedin", 37));
    assert_eq!(linkedin.content, Content::default());
    assert_eq!(unplaced(read_text(&print(&post)).unwrap()), unplaced(post));
}

#[test]
fn a_file_from_elsewhere_is_read_too() {
    let windows = WHOLE.replace('\n', "\r\n");
    assert_eq!(read_text(&windows), read_text(WHOLE));
    let post = read_text("+++\nidea = \"x\"\n+++\n").unwrap();
    assert_eq!((post.idea.as_str(), post.sections.len()), ("x", 0));
    let bytes = b"\xef\xbb\xbf+++\nidea = \"x\"\n+++\n";
    assert_eq!(parse_bytes(Path::new("a"), bytes).unwrap().idea, "x");
}

#[rstest]
#[case("", "post.md:1: there is no front matter")]
#[case("\n\nhello", "post.md:3: there is no front matter")]
#[case("+++\nidea = \"x\"\n", "post.md:1: the front matter has no end")]
#[case("+++\ntitle = \"x\"\n+++", "post.md:2: ")]
#[case("+++\nidea = \"x\"\n+++\n\nhello", "post.md:5: this text belongs to no channel")]
#[case("+++\nidea = \"x\"\n+++\n## weibo\nhello", "post.md:4: this text belongs to no channel")]
#[case(
    "+++\nidea = \"x\"\n+++\n## weibo\n+++\nform = \"essay\"\n+++",
    "post.md:6: form: \"essay\""
)]
#[case(
    "+++\nidea = \"x\"\n+++\n## weibo\n+++\nfunnel = \"top\"\n+++",
    "post.md:6: funnel: \"top\""
)]
#[case("+++\nidea = \"x\"\n+++\n## weibo\n+++\ncolour = 1\n+++", "post.md:6: ")]
#[case(
    "+++\nidea = \"x\"\n+++\n## weibo\n+++\nform = \"live\"\n",
    "post.md:5: the front matter has no end"
)]
#[case(
    "+++\nidea = \"x\"\n+++\n## we ibo\n+++\n+++",
    "post.md:4: \"we ibo\" cannot be a short name"
)]
#[case("+++\nidea = \"x\"\n+++\n## weibo\n+++\ntext = \"a\"\n+++\nb", "post.md:6: text: ")]
#[case(
    "+++\nidea = \"x\"\n+++\n## a\n+++\n+++\nt\n## b\n+++\n[[media]]\nlink = \"\"\n+++",
    "post.md:11: media.link: is empty"
)]
#[case(
    "+++\nidea = \"x\"\n+++\n## a\n+++\n[[media]]\nlink = \"a\"\nkind = \"film\"\n+++",
    "post.md:8: media.kind: \"film\""
)]
#[case("+++\nidea = \"x\"\n+++\n## a\n+++\ntags = [\"#\"]\n+++", "post.md:6: tags: is empty")]
fn each_mistake_names_its_place(#[case] text: &str, #[case] begins: &str) {
    let said = read_text(text).unwrap_err().to_string();
    assert!(said.starts_with(begins), "{said}");
}

#[test]
fn an_idea_has_its_bound() {
    let long = "字".repeat(MOST_IDEA / 3 + 1);
    let said = read_text(&format!("+++\nidea = \"{long}\"\n+++")).unwrap_err().to_string();
    assert!(said.starts_with("post.md:2: idea: "), "{said}");
}

#[rstest]
#[case("")]
#[case("## weibo\n+++\nform = \"live\"\n+++\n\nhello")]
#[case("+++")]
#[case("\\+++\n\\\\+++\n +++\n+++ ")]
#[case("\n\nbegins and ends with empty lines\n")]
#[case("a\r\nb")]
#[case("   ")]
#[case("a\tb\n\tindented")]
#[case("\u{1b}[31mred\u{202e}\u{e0041}\u{301}")]
#[case("## 标题\n\n正文 “引号” \u{7f}\u{0}")]
fn a_text_comes_back_as_it_was(#[case] text: &str) {
    let post = PostFile {
        post: None,
        idea: text.replace('\n', " "),
        sections: vec![section("weibo", text), section("x", text), section("x", "end")],
    };
    let printed = print(&post);
    assert_eq!(unplaced(read_text(&printed).unwrap()), post, "{printed}");
}

prop_compose! {
    /// Lines that a file is made of, and others.
    fn a_text()(
        lines in prop::collection::vec(
            prop_oneof![
                Just("+++".to_owned()),
                Just("\\+++".to_owned()),
                Just("## weibo".to_owned()),
                Just(String::new()),
                Just("form = \"live\"".to_owned()),
                "\\PC{0,12}",
                "[\\s\\\\+#a-z字🙂\u{0}-\u{1f}]{0,8}",
            ],
            0..8,
        ),
    ) -> String {
        lines.join("\n")
    }
}

prop_compose! {
    fn a_media()(
        link in "[^\\s]{1,12}",
        kind in prop::sample::select(MediaKind::ALL.to_vec()),
        bytes in prop::option::of(0..i64::MAX.unsigned_abs()),
        alt in a_text(),
        licence in "\\PC{0,8}",
        asset in prop::option::of(0..i64::MAX.unsigned_abs()),
    ) -> Media {
        Media { link, kind, bytes, alt, licence, asset }
    }
}

prop_compose! {
    fn a_content()(
        (title, text) in (a_text(), a_text()),
        form in prop::sample::select(Form::ALL.to_vec()),
        funnel in prop::option::of(prop::sample::select(Funnel::ALL.to_vec())),
        tags in prop::collection::vec("[^\\s#]{1,6}", 0..3),
        media in prop::collection::vec(a_media(), 0..3),
        proofs in prop::collection::vec((a_text(), a_text()), 0..3),
        high_risk in any::<bool>(),
    ) -> Content {
        let proofs = proofs.into_iter().map(|(claim, proof)| Proof { claim, proof }).collect();
        Content { title, text, form, funnel, tags, media, proofs, high_risk }
    }
}

prop_compose! {
    fn a_section()(
        channel in "[a-z0-9字\\-]{1,8}",
        numbers in prop::option::of((1_u32..9, 1_u32..9)),
        at in prop::option::of("\\PC{1,10}"),
        content in a_content(),
    ) -> Section {
        let (variant, version) = numbers.unzip();
        Section { channel: ChannelId(channel), variant, version, at, line: 0, content }
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back_as_it_was(
        post in prop::option::of(0..i64::MAX.unsigned_abs()),
        idea in "\\PC{0,40}",
        sections in prop::collection::vec(a_section(), 0..4),
    ) {
        let post = PostFile { post: post.map(PostId), idea, sections };
        let printed = print(&post);
        let read = read_text(&printed);
        prop_assert_eq!(read.map(unplaced), Ok(post), "{}", printed);
        // Nothing in it steers a terminal.
        prop_assert!(printed.split('\n').all(is_plain_line), "{}", printed);
    }

    #[test]
    fn no_text_makes_the_reader_fail(text in a_text()) {
        let _ = read_text(&text);
    }
}
