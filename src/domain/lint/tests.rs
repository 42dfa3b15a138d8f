use super::*;
use crate::domain::{ChannelId, Queue};
use proptest::prelude::*;
use rstest::rstest;

/// Everything is looked for, as on a platform that allows least.
fn strict() -> Linter {
    let levels = Kind::ALL.iter().map(|kind| (*kind, Some(Level::Warn))).collect();
    Linter::new(Policy { levels, ..Policy::default() })
}

fn kinds(text: &str) -> Vec<Kind> {
    strict().lint(text, &Place::default()).into_iter().map(|f| f.kind).collect()
}

/// What must be caught: a text on each line, behind its kind.
const CAUGHT: &str = include_str!("caught.txt");
/// What must pass, a text on each line.
const PASSED: &str = include_str!("passed.txt");

fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("# "))
}

#[test]
fn what_must_be_caught_is() {
    let mut missed = Vec::new();
    for line in lines(CAUGHT) {
        let (name, text) = line.split_once(' ').expect("a kind and a text");
        let kind = Kind::parse(name).unwrap_or_else(|| panic!("no kind {name}"));
        if !kinds(text).contains(&kind) {
            missed.push(format!("{line} -> {:?}", kinds(text)));
        }
    }
    assert!(missed.is_empty(), "missed:\n{}", missed.join("\n"));
}

#[test]
fn what_must_pass_does() {
    let mut caught = Vec::new();
    for text in lines(PASSED) {
        for finding in strict().lint(text, &Place::default()) {
            caught.push(format!("{text} -> {} {:?}", finding.rule, &text[finding.at]));
        }
    }
    assert!(caught.is_empty(), "caught:\n{}", caught.join("\n"));
}

#[rstest]
#[case::spaced("我们的最 佳面霜", "最 佳")]
#[case::dotted("最·佳面霜", "最·佳")]
#[case::wide("全网Ｎｏ．１品牌", "Ｎｏ．１")]
#[case::traditional("頂級面霜", "頂級")]
#[case::disguised("蕞好的面霜", "蕞好")]
#[case::in_clusters("好👍🏽最佳面霜", "最佳")]
#[case::with_marks("最佳\u{301}面霜", "最佳\u{301}")]
fn a_finding_lies_where_its_word_is(#[case] text: &str, #[case] word: &str) {
    let found = strict().lint(text, &Place::default());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(&text[found[0].at.clone()], word);
}

#[rstest]
#[case("电话13800138000", Kind::Phone, "138****8000")]
#[case("身份证11010519491231002X", Kind::IdNumber, "110***********002X")]
#[case("卡号4111 1111 1111 1111", Kind::BankCard, "411*********1111")]
fn numbers_of_people_are_found_and_masked(
    #[case] text: &str,
    #[case] kind: Kind,
    #[case] masked: &str,
) {
    let found = strict().lint(text, &Place::default());
    assert_eq!((found.len(), found[0].kind), (1, kind), "{found:?}");
    assert_eq!(found[0].instead.as_deref(), Some(masked));
    assert!(!found[0].rule.contains(char::is_numeric), "a rule never holds the number");
}

fn own(policy: Policy, text: &str, place: &Place<'_>) -> Vec<(String, Level, Option<String>)> {
    let found = Linter::new(policy).lint(text, place);
    found.into_iter().map(|f| (f.rule, f.level, f.instead)).collect()
}

fn word(text: &str, kind: Kind) -> Word {
    Word {
        text: text.into(),
        kind,
        level: None,
        reason: "we say so".into(),
        instead: Some("您好".into()),
        scope: Scope::default(),
    }
}

#[test]
fn own_words_are_found_where_they_hold() {
    let mut forum = word("Rival", Kind::Competitor);
    forum.scope.channels = vec![ChannelId("forum".into())];
    let words = vec![word("亲亲", Kind::Forbidden), forum];
    let policy = Policy { words, ..Policy::default() };
    let here = Place { channel: "forum", ..Place::default() };
    let instead = Some("您好".to_owned());
    let dear = ("forbidden:亲亲".to_owned(), Level::Block, instead.clone());
    let rival = ("competitor:Rival".to_owned(), Level::Warn, instead);
    assert_eq!(
        own(policy.clone(), "亲亲, see RIVAL", &Place::default()),
        std::slice::from_ref(&dear)
    );
    assert_eq!(own(policy.clone(), "亲亲, see RIVAL", &here), [dear, rival]);
    assert!(own(policy, "rivalry", &here).is_empty(), "a word of letters stands alone");
}

#[test]
fn a_brand_is_written_its_own_way() {
    let spellings = vec![Spelling { right: "YunLing".into(), wrong: vec!["Yun Ling".into()] }];
    let policy = Policy { spellings, ..Policy::default() };
    let right = ("spelling:YunLing".to_owned(), Level::Note, Some("YunLing".to_owned()));
    assert!(own(policy.clone(), "YunLing", &Place::default()).is_empty());
    for text in ["yunling", "Yun Ling", "YUNLING"] {
        assert_eq!(
            own(policy.clone(), text, &Place::default()),
            std::slice::from_ref(&right),
            "{text}"
        );
    }
}

#[test]
fn a_phrase_that_is_right_lets_what_is_in_it_pass() {
    let policy = Policy { pass: vec!["最佳咖啡".into()], ..Policy::default() };
    let found = own(policy, "最佳咖啡是最佳的咖啡", &Place::default());
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_proof_lets_claims_pass_and_superlatives_not() {
    let linter = strict();
    let place = Place { proven: true, ..Place::default() };
    assert!(linter.lint("国内首款, 销量第一, 好评率99%", &place).is_empty());
    assert_eq!(linter.lint("顶级面霜", &place).len(), 1);
}

#[test]
fn places_have_levels_of_their_own() {
    let scope = Scope { queue: Some(Queue::Comments), ..Scope::default() };
    let levels = [(Kind::Phone, Some(Level::Block))].into();
    let policy = Policy { places: vec![Local { scope, levels }], ..Policy::default() };
    let at = |queue| Place { queue, ..Place::default() };
    assert_eq!(policy.level(Kind::Phone, &at(Some(Queue::Comments))), Some(Level::Block));
    assert_eq!(policy.level(Kind::Phone, &at(Some(Queue::Messages))), Some(Level::Warn));
    assert_eq!(policy.level(Kind::Phone, &at(None)), Some(Level::Warn));
    assert_eq!(Policy::default().level(Kind::OffPlatform, &at(None)), None);
}

#[test]
fn what_is_off_is_not_looked_for() {
    let levels = Kind::ALL.iter().map(|kind| (*kind, None)).collect();
    let linter = Linter::new(Policy { levels, ..Policy::default() });
    for line in lines(CAUGHT) {
        assert!(linter.lint(line, &Place::default()).is_empty(), "{line}");
    }
}

#[test]
fn who_says_too_much_is_told_of_the_first() {
    assert_eq!(strict().lint(&"最佳面霜。".repeat(5_000), &Place::default()).len(), MOST_FINDINGS);
}

/// Each term of the lists is in the form that texts are folded to, or it would never be found.
#[test]
fn terms_are_folded() {
    for known in &BUILT_IN.known {
        assert_eq!(Folded::of(known.word).text, known.word);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn findings_lie_between_clusters_and_apart(
        parts in prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec![
                    "最佳", "顶级", "第一", "销量第一", "根治", "100%", "有效", "13800138000", "a@b.de",
                    "3栋502室", "加微信", "https://x.de", "the best", " in the world", "\u{301}", "👨‍👩‍👧",
                    "\u{200d}", "🇨🇳", " ", "·", "，", "\n", "最", "我们家", "\u{fe0f}", "क्षि", "각",
                ]).prop_map(str::to_owned),
                ".{0,6}",
            ],
            0..30,
        )
    ) {
        let text = parts.concat();
        let mut last = 0;
        for finding in strict().lint(&text, &Place::default()) {
            prop_assert!(finding.at.start >= last && finding.at.start < finding.at.end);
            last = finding.at.end;
            for at in [finding.at.start, finding.at.end] {
                prop_assert!(text.is_char_boundary(at));
                let before = previous_boundary(&text, at);
                prop_assert!(at == 0 || next_boundary(&text, before) == at, "{at} in {text:?}");
            }
        }
    }
}
