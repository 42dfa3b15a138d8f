//! What the default lists and the shipped model make of texts of our own.

use super::*;
use crate::domain::Class;
use crate::domain::class::{Source, Why};
use crate::domain::classify::learned::{Learned, Said};
use Intent::*;
use rstest::rstest;

fn judge(text: &str) -> Class {
    default_classifier().judge(text, None)
}

#[rstest]
// Plain ones, both languages.
#[case("敏感肌能用这款吗？", Question, Severity::None)]
#[case("what time do you open on Sundays?", Question, Severity::None)]
#[case("等了三天还没发货，客服也不回复", Complaint, Severity::Mild)]
#[case("my parcel never arrived and nobody answers", Complaint, Severity::Mild)]
#[case("想谈一下合作，怎么联系", Purchase, Severity::None)]
#[case("how much is the blue one, do you ship to Spain?", Purchase, Severity::None)]
#[case("味道很好，送得也快，下次还来", Praise, Severity::None)]
#[case("Thank you so much, great service", Praise, Severity::None)]
#[case("兼职日结，加微信 abc123 领取", Spam, Severity::None)]
#[case("check out my channel and subscribe http://x.example", Spam, Severity::None)]
#[case("哈哈哈哈笑死我了", Other, Severity::None)]
// Negation.
#[case("一点都不难吃，没有差评", Praise, Severity::None)]
#[case("not bad at all", Praise, Severity::None)]
#[case("味道不好吃", Complaint, Severity::Mild)]
#[case("the food was not good", Complaint, Severity::Mild)]
#[case("不仅好看还很舒服", Praise, Severity::None)]
// Signs and irony.
#[case("太好了吧，三天没发货", Complaint, Severity::Mild)]
#[case("great, another delay", Complaint, Severity::Mild)]
#[case("谢谢你们[微笑]快递又丢件了", Complaint, Severity::Mild)]
// Severe alone, and beside another sign.
#[case("再不处理我要投诉到12315", Complaint, Severity::Severe)]
#[case("I will sue you", Complaint, Severity::Severe)]
#[case("骗子，退钱", Complaint, Severity::Severe)]
#[case("用了之后过敏了，太差了", Complaint, Severity::Severe)]
// Mixed script.
#[case("这个app太垃圾了，一直crash，要refund", Complaint, Severity::Mild)]
fn the_default_lists_and_the_model_know_what_is_meant(
    #[case] text: &str,
    #[case] intent: Intent,
    #[case] severity: Severity,
) {
    let class = judge(text);
    assert_eq!((class.intent, class.severity), (intent, severity), "{text}: {class:?}");
    assert!(!class.reasons.is_empty() && class.reasons.len() <= Class::REASONS, "{class:?}");
}

#[rstest]
#[case("这部电影里的骗子演得真好")]
#[case("警察叔叔好帅")]
#[case("这不是骗子，我买过")]
#[case("I am a lawyer and I love this song")]
#[case("nobody was injured, thank you for the quick help")]
fn a_word_alone_is_no_alarm(#[case] text: &str) {
    let class = judge(text);
    assert_ne!(class.severity, Severity::Severe, "{text}: {class:?}");
}

#[test]
fn reasons_say_what_was_denied_and_what_was_not_meant() {
    let whys = |text: &str| judge(text).reasons.iter().map(|r| r.why).collect::<Vec<_>>();
    assert!(whys("the service was not great").contains(&Why::Denied));
    assert!(whys("great, another delay").contains(&Why::Irony));
    assert_eq!(judge("再不处理我要投诉你们").source, Source::Rule);
}

#[test]
fn any_text_is_judged_and_a_long_one_is_cut() {
    for text in ["", " ", "😂", "@amy", "[", "[]", "\u{0}\u{202e}", "http://", "不", "'"] {
        let class = judge(text);
        assert!((1..=99).contains(&class.sure), "{text:?}");
    }
    assert_eq!(judge(&"真的太难吃了".repeat(20_000)).intent, Complaint);
}

#[test]
fn topics_are_found_and_named() {
    let text = "[[topic]]\nname = \"brand\"\nwords = [\"云岭\", \"yunling*\"]";
    let rules = parse(Path::new("classify.toml"), text).expect("it is right");
    let classifier = Classifier::new(rules, Model::default());
    assert_eq!(classifier.judge("YunLings 的咖啡", None).topics, ["brand"]);
    assert!(classifier.judge("别家的咖啡", None).topics.is_empty());
}

#[test]
fn a_correction_pulls_similar_texts_and_can_be_taken_back() {
    let classifier = default_classifier();
    let mut learned = Learned::default();
    let said = Said { intent: Spam, severity: Severity::None, by: "amy".into() };
    let text = "本店新到一批蓝色搪瓷缸子欢迎围观";
    let near = "本店又到一批红色搪瓷缸子欢迎围观哈";
    let before = classifier.judge(near, Some(&learned));
    assert_ne!(before.intent, Spam);
    learned.learn(&classifier, text, &said);
    let same = classifier.judge(text, Some(&learned));
    assert_eq!((same.intent, same.reasons[0].why), (Spam, Why::Corrected));
    assert_eq!(classifier.judge(near, Some(&learned)).intent, Spam);
    learned.unlearn(&classifier, text, &said);
    assert!(learned.is_empty());
    assert_eq!(classifier.judge(near, Some(&learned)), before);
}
