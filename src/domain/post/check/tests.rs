use super::*;
use rstest::rstest;

fn channel(platform: &str) -> Channel {
    Channel {
        id: ChannelId("shop".into()),
        platform: platform.into(),
        title: String::new(),
        reply_window: None,
    }
}

fn text(text: &str) -> Content {
    Content { text: text.into(), title: "新品".into(), ..Content::default() }
}

fn with(mut content: Content, kind: MediaKind, files: usize) -> Content {
    let file = Media { link: "a".into(), kind, licence: "own".into(), ..Media::default() };
    content.media.extend(vec![file; files]);
    content
}

fn found(platform: &str, content: &Content) -> Vec<Check> {
    check(content, &channel(platform), None)
}

fn over(what: LimitOf, has: u64, most: u64) -> Check {
    Check::Limit { what, has, most }
}

/// So many characters are let through, and one more is not.
#[rstest]
#[case("wechat", "字", 19_999)]
#[case("weibo", "字", 2_000)]
#[case("weibo", "a", 4_000)]
#[case("bilibili", "字", 2_000)]
#[case("linkedin", "a", 3_000)]
#[case("bluesky", "a", 300)]
#[case("bluesky", "👨‍👩‍👧", 166)]
#[case("mastodon", "字", 500)]
#[case("x", "a", 280)]
#[case("twitter", "字", 140)]
#[case("facebook", "a", 63_206)]
fn each_platform_has_its_longest_text(
    #[case] platform: &str,
    #[case] letter: &str,
    #[case] most: usize,
) {
    assert_eq!(found(platform, &text(&letter.repeat(most))), []);
    let longer = found(platform, &text(&letter.repeat(most + 1)));
    assert!(matches!(longer[..], [Check::Limit { what: LimitOf::Text, .. }]), "{longer:?}");
}

#[rstest]
#[case("douyin", "字", 1_000)]
#[case("xiaohongshu", "字", 1_000)]
#[case("instagram", "a", 2_200)]
fn texts_beside_pictures_have_a_longest_one_too(
    #[case] platform: &str,
    #[case] letter: &str,
    #[case] most: usize,
) {
    let content = |n| with(text(&letter.repeat(n)), MediaKind::Image, 1);
    assert_eq!(found(platform, &content(most)), []);
    let most = most as u64;
    let longer = found(platform, &content(most as usize + 1));
    assert_eq!(longer, [over(LimitOf::Text, most + 1, most)]);
}

#[rstest]
#[case("wechat", "字", 32)]
#[case("wechat", "a", 64)]
#[case("douyin", "字", 30)]
#[case("xiaohongshu", "字", 20)]
#[case("bilibili", "字", 80)]
fn each_platform_has_its_longest_title(
    #[case] platform: &str,
    #[case] letter: &str,
    #[case] most: usize,
) {
    let titled = |n| {
        let content = with(text("好"), MediaKind::Image, 1);
        Content { title: letter.repeat(n), ..content }
    };
    assert_eq!(found(platform, &titled(most)), []);
    let longer = found(platform, &titled(most + 1));
    assert!(matches!(longer[..], [Check::Limit { what: LimitOf::Title, .. }]), "{longer:?}");
}

#[rstest]
#[case("weibo", MediaKind::Image, 18)]
#[case("douyin", MediaKind::Image, 35)]
#[case("xiaohongshu", MediaKind::Image, 18)]
#[case("linkedin", MediaKind::Image, 20)]
#[case("bluesky", MediaKind::Image, 4)]
#[case("mastodon", MediaKind::Image, 4)]
#[case("x", MediaKind::Image, 4)]
#[case("facebook", MediaKind::Image, 10)]
#[case("instagram", MediaKind::Image, 10)]
#[case("instagram", MediaKind::Video, 10)]
#[case("weibo", MediaKind::Video, 1)]
#[case("bluesky", MediaKind::Video, 1)]
fn each_platform_takes_so_many_files(
    #[case] platform: &str,
    #[case] kind: MediaKind,
    #[case] most: usize,
) {
    assert_eq!(found(platform, &with(text("a"), kind, most)), []);
    let what = if kind == MediaKind::Image { LimitOf::Images } else { LimitOf::Videos };
    let more = found(platform, &with(text("a"), kind, most + 1));
    assert_eq!(more, [over(what, most as u64 + 1, most as u64)]);
}

#[rstest]
#[case("bluesky", MediaKind::Image, 1_000_000)]
#[case("bluesky", MediaKind::Video, 100_000_000)]
#[case("mastodon", MediaKind::Image, 16 << 20)]
#[case("x", MediaKind::Video, 512_000_000)]
#[case("instagram", MediaKind::Image, 8_000_000)]
#[case("wechat", MediaKind::Image, 10_000_000)]
fn each_platform_takes_files_so_large(
    #[case] platform: &str,
    #[case] kind: MediaKind,
    #[case] most: u64,
) {
    let sized = |bytes| {
        let mut content = with(text("a"), kind, 1);
        content.media[0].bytes = bytes;
        content
    };
    assert_eq!(found(platform, &sized(Some(most))), []);
    assert_eq!(found(platform, &sized(None)), []);
    let larger = found(platform, &sized(Some(most + 1)));
    assert_eq!(larger, [over(LimitOf::FileSize, most + 1, most)]);
}

#[rstest]
#[case("xiaohongshu", Form::ImageText, &[Check::Lacks(LimitOf::Images)])]
#[case("instagram", Form::ImageText, &[Check::Lacks(LimitOf::Images)])]
#[case("douyin", Form::ShortVideo, &[Check::Lacks(LimitOf::Videos)])]
#[case("weibo", Form::ShortVideo, &[Check::Lacks(LimitOf::Videos)])]
#[case("douyin", Form::Live, &[])]
#[case("weibo", Form::H5, &[])]
#[case("douyin", Form::H5, &[Check::NoSuchForm, Check::Lacks(LimitOf::Images)])]
#[case("bluesky", Form::Live, &[Check::NoSuchForm])]
#[case("wechat", Form::Topic, &[Check::NoSuchForm])]
#[case("unheard-of", Form::H5, &[])]
fn forms_and_what_they_need(#[case] platform: &str, #[case] form: Form, #[case] want: &[Check]) {
    assert_eq!(found(platform, &Content { form, ..text("好") }), want);
}

#[test]
fn a_post_says_something_and_an_article_has_a_title() {
    assert_eq!(found("weibo", &Content::default()), [Check::Lacks(LimitOf::Text)]);
    assert_eq!(found("weibo", &with(Content::default(), MediaKind::Image, 1)), []);
    let untitled = Content { title: " ".into(), ..text("好") };
    assert_eq!(found("wechat", &untitled), [Check::Lacks(LimitOf::Title)]);
}

#[test]
fn an_unknown_platform_has_no_bounds() {
    let mut content = with(text(&"字".repeat(100_000)), MediaKind::Image, 100);
    content.tags = vec!["a".into(); 100];
    assert_eq!(found("unheard-of", &content), []);
}

#[test]
fn what_the_connector_says_of_texts_goes_before_what_is_known() {
    let mut can = Abilities { post: true, ..Abilities::default() };
    can.limit.chars = Some(10);
    let eleven = text("12345678901");
    let said = check(&eleven, &channel("weibo"), Some(&can));
    assert_eq!(said, [over(LimitOf::Text, 11, 10)]);
    can.limit = TextLimit::default();
    assert_eq!(check(&eleven, &channel("weibo"), Some(&can)), []);
    can.post = false;
    let said = check(&eleven, &channel("weibo"), Some(&can));
    assert_eq!(said, [Check::CannotPost(ChannelId("shop".into()))]);
}

#[test]
fn media_without_a_licence_are_told() {
    let mut content = with(text("a"), MediaKind::Image, 2);
    content.media[1].licence = " ".into();
    content.media[1].link = "b.jpg".into();
    assert_eq!(found("weibo", &content), [Check::NoLicence("b.jpg".into())]);
}

#[test]
fn tags_count_where_they_stand_in_the_text() {
    let tagged = |platform: &str, written: &str, tags: &[&str]| {
        let tags = tags.iter().map(|&tag| tag.to_owned()).collect();
        platform::of(platform).text_with_tags(&Content { tags, ..text(written) })
    };
    assert_eq!(tagged("weibo", "新品\n", &["咖啡", "云岭"]), "新品\n\n#咖啡# #云岭#");
    assert_eq!(tagged("bluesky", "See #coffee", &["coffee", "tea"]), "See #coffee\n\n#tea");
    assert_eq!(tagged("bluesky", "", &["tea"]), "#tea");
    assert_eq!(tagged("bluesky", "a\n", &[]), "a\n");
    assert_eq!(tagged("bilibili", "a", &["tea"]), "a");
    let content = Content { tags: vec!["t".repeat(10)], ..text(&"a".repeat(295)) };
    assert_eq!(found("bluesky", &content), [over(LimitOf::Text, 295 + 2 + 11, 300)]);
    let many = Content { tags: vec!["t".into(); 9], ..text("#t") };
    assert_eq!(found("bluesky", &many), [over(LimitOf::Tags, 9, 8)]);
}

#[test]
fn a_sentence_says_what_to_do() {
    let said = over(LimitOf::Text, 152, 140).say(Lang::En);
    assert_eq!(said.as_str(), "the text is too long: 152 of at most 140; shorten it");
    let said = over(LimitOf::FileSize, 1_000_001, 1_000_000).say(Lang::En);
    assert_eq!(said.as_str(), "a file has 1.1 MB, and 1 MB is the most here; make it smaller");
    let said = Check::NoLicence("https://a.example/b\u{202e}.jpg".into()).say(Lang::En);
    assert!(!said.as_str().contains('\u{202e}'), "{said}");
}
