use super::*;
use proptest::prelude::*;
use rstest::rstest;

#[rstest]
#[case::nothing("", "")]
#[case::plain("hello", "hello")]
#[case::paragraphs("<p>one</p><p>two</p>", "one\n\ntwo")]
#[case::line_ends("one<br>two<br />three<br/><br/><br>four", "one\ntwo\nthree\n\nfour")]
#[case::line_end_at_the_end("one<br>two<br>", "one\ntwo")]
#[case::white_space(" a \n  b\t<b> c </b>d ", "a b c d")]
#[case::within_a_word("a<b>b</b>c", "abc")]
#[case::entities("&lt;b&gt; &amp; &quot;x&#39; &#x4e2d;&hellip;", "<b> & \"x' 中…")]
#[case::no_entities(
    "AT&T &; &unknown; &#xyz; & &#0;&#x110000;",
    "AT&T &; &unknown; &#xyz; & \u{fffd}\u{fffd}"
)]
#[case::twice_escaped("&amp;lt;", "&lt;")]
#[case::signs("1 < 2 <3 a<>b", "1 < 2 <3 a<>b")]
#[case::script("a<script>alert('</b>')</script>b<style>x{}</style>c", "abc")]
#[case::script_without_end("a<script>alert(1)", "a")]
#[case::comment("a<!-- <b>x</b> -->b<!-- c", "ab")]
#[case::list("<p>so:</p><ul><li>one</li><li>two</li></ul>end", "so:\n\n- one\n- two\nend")]
#[case::preformatted("<pre>a  b\nc</pre>", "a  b\nc")]
#[case::emoji("hi <img src=\"x\" alt=\":cat:\">!", "hi :cat:!")]
#[case::mention(
    "<span class=\"h-card\"><a href=\"https://a.example/@lu\" class=\"u-url mention\">@<span>lu</span></a></span> hi",
    "@lu hi"
)]
#[case::topic(
    "<a href=\"https://a.example/tags/x\" class=\"mention hashtag\">#<span>x</span></a>",
    "#x"
)]
#[case::shortened(
    "see <a href=\"https://example.com/a/very/long/way?x=1&amp;y=2\"><span class=\"invisible\">https://</span><span class=\"ellipsis\">example.com/a/very/lo</span><span class=\"invisible\">ng/way?x=1&amp;y=2</span></a>.",
    "see https://example.com/a/very/long/way?x=1&y=2."
)]
#[case::shortened_by_a_sign(
    "<a href='https://www.example.com/abc'>example.com/a…</a>",
    "https://www.example.com/abc"
)]
#[case::says_another_thing(
    "<a href=\"https://evil.example\">bank.example</a>",
    "bank.example (https://evil.example)"
)]
#[case::says_nothing("<a href=\"https://a.example/x\"></a>", "https://a.example/x")]
#[case::leads_nowhere("<a href=\"javascript:alert(1)\">click</a>", "click")]
#[case::two_links(
    "<a href=https://a.example>one</a> <a href=https://b.example>two</a>",
    "one (https://a.example) two (https://b.example)"
)]
#[case::never_closed("<a href=\"https://a.example/\">a.example", "https://a.example/")]
#[case::a_sign_in_quotes(
    "<a title=\"a>b\" href=\"https://a.example\">x</a>",
    "x (https://a.example)"
)]
#[case::cut_off("hello <a hre", "hello")]
#[case::chinese("<p>三天没发货了！<br>在吗？</p>", "三天没发货了！\n在吗？")]
fn becomes(#[case] html: &str, #[case] plain: &str) {
    assert_eq!(text(html), plain);
}

#[test]
fn what_is_too_long_is_cut() {
    let long = text(&"é".repeat(MOST));
    assert!(long.len() < MOST + 8 && long.ends_with('…'));
}

/// Pieces that make for more than random characters do.
fn rubbish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<".to_owned()),
        Just(">".to_owned()),
        Just("<a href=".to_owned()),
        Just("\"".to_owned()),
        Just("</a>".to_owned()),
        Just("<!--".to_owned()),
        Just("<pre>".to_owned()),
        Just("<script".to_owned()),
        Just("</".to_owned()),
        Just("&#x".to_owned()),
        Just("&lt;".to_owned()),
        Just("https://a.example/…".to_owned()),
        "\\PC{0,4}",
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_makes_it_fail(html in rubbish()) {
        let plain = text(&html);
        prop_assert!(!plain.contains('\0') && !plain.contains("\n\n\n"));
        prop_assert_eq!(plain.trim(), &plain);
    }

    #[test]
    fn what_a_server_escapes_comes_out_again(plain in "[a-z<>&\"' 中文😀]{0,40}") {
        let html = plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let words = |t: &str| t.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        prop_assert_eq!(words(&text(&html)), words(&plain));
    }
}
