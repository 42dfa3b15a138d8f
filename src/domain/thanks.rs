//! Whether a message only says thanks: after a conversation was resolved such a one restarts
//! nothing. Anything it says besides makes it a message like others.

use super::words;

/// A text longer than this says more than thanks, in bytes.
const MOST: usize = 160;

/// What is said to thank, to take note, to part.
const PHRASES: &[&str] = &[
    "thank you for your prompt response",
    "thanks for the prompt response",
    "thank you for the clarification",
    "thanks for the clarification",
    "thank you for the response",
    "thank you for your reply",
    "thanks for the response",
    "appreciate the response",
    "thank you for the info",
    "thanks for explaining",
    "thanks for the update",
    "thanks for your reply",
    "thanks for the reply",
    "you guys are awesome",
    "thanks for checking",
    "thanks for the info",
    "you are awesome",
    "that's perfect",
    "much appreciation",
    "good to know",
    "thank you both",
    "you're good",
    "that worked",
    "thank you all",
    "thank you very much for your help",
    "thank you so much for your help",
    "thanks for the quick response",
    "thanks for the quick reply",
    "thanks very much indeed",
    "thank you for your help",
    "thank you very much",
    "i really appreciate it",
    "really appreciate it",
    "have a great day",
    "have a good day",
    "have a nice day",
    "have a good one",
    "thank you so much",
    "thanks for your help",
    "thanks for the help",
    "thanks very much",
    "i appreciate it",
    "much appreciated",
    "thanks so much",
    "appreciate it",
    "no problem at all",
    "that's great",
    "that is great",
    "thank u so much",
    "thanks a lot",
    "thanks again",
    "many thanks",
    "appreciated",
    "no problem",
    "no worries",
    "wonderful",
    "brilliant",
    "excellent",
    "thank you",
    "thank u",
    "fantastic",
    "all good",
    "will do",
    "awesome",
    "perfect",
    "got it",
    "you too",
    "cheers",
    "alright",
    "i see",
    "i will",
    "bye",
    "thanks",
    "thankyou",
    "lovely",
    "great",
    "tysm",
    "okay",
    "love it",
    "nice",
    "thx",
    "tks",
    "ty",
    "ok",
    "非常感谢您的帮助",
    "谢谢您的帮助",
    "谢谢你的帮助",
    "感谢您的帮助",
    "感谢您的分享",
    "谢谢你的分享",
    "大家辛苦了",
    "辛苦大家了",
    "感谢分享",
    "谢谢分享",
    "谢谢大家",
    "感谢大家",
    "谢谢老师",
    "麻烦你们了",
    "辛苦你们了",
    "万分感谢",
    "非常感谢",
    "十分感谢",
    "太感谢了",
    "谢谢你们",
    "感谢感谢",
    "辛苦您了",
    "麻烦您了",
    "麻烦你了",
    "辛苦啦",
    "辛苦了",
    "麻烦了",
    "知道了",
    "明白了",
    "了解了",
    "收到了",
    "没事了",
    "学会了",
    "受教了",
    "解决了",
    "拜拜",
    "再见",
    "没问题",
    "不客气",
    "太好了",
    "好嘞",
    "好滴",
    "好哒",
    "好的",
    "好吧",
    "多谢",
    "感谢",
    "谢谢",
    "谢啦",
    "谢了",
    "谢过",
    "收到",
    "明白",
    "了解",
    "嗯嗯",
    "哦哦",
    "3q",
    "嗯",
    "谢",
    "好",
    "棒",
    "赞",
];

/// What may stand beside it and says nothing. A greeting is no thanks: it begins something.
const FILLERS: &[&str] = &[
    "for your help",
    "for the help",
    "very much",
    "so much",
    "you all",
    "a lot",
    "again",
    "guys",
    "team",
    "both",
    "cool",
    "k",
    "你们好",
    "您们好",
    "你好",
    "您好",
    "亲好",
    "大家",
    "分享",
    "小姐姐",
    "小哥哥",
    "客服",
    "老板",
    "亲爱的",
    "你们",
    "您们",
    "亲",
    "您",
    "你",
    "啦",
    "了",
    "的",
    "啊",
    "呀",
    "哦",
    "噢",
    "哈",
    "呢",
    "哒",
    "咯",
    "哇",
    "and",
    "so",
    "very",
    "really",
    "for",
    "oh",
    "yes",
    "all",
    "that",
    "i",
    "mate",
    "much",
];

/// Signs that say the same.
const SIGNS: &[&str] = &[
    "[抱拳]", "[玫瑰]", "[鲜花]", "[强]", "[ok]", "[握手]", "[心]", "[爱心]", "[比心]", "[谢谢]",
    "[合十]", "[感谢]", "[赞]", "[愉快]", "[鼓掌]", "👍", "🙏", "❤", "♥", "🌹", "💐", "👌", "🤝",
    "🥰", "😊", "😘", "😍", "🎉", "💕", "💖", "👏", "🤗", "😄", "😁", "😃", "🙂", ":)", ":-)",
    ":d", "<3", "^_^", "xx",
];

/// True for a text that thanks, takes note or says good-bye, and nothing else.
pub fn is_mere_thanks(text: &str) -> bool {
    if text.len() > MOST {
        return false;
    }
    let folded = words::fold(text);
    // Wherever it stands, something is asked.
    if folded.contains('?') {
        return false;
    }
    let mut rest = folded.as_str();
    let mut thanked = false;
    loop {
        rest = rest.trim_start_matches(says_nothing);
        let Some(first) = rest.chars().next() else { return thanked };
        // Whom it is said to.
        if first == '@' {
            let ends = |c: char| c.is_whitespace() || ",;:!()[，。、！".contains(c);
            rest = rest[1..].trim_start_matches(|c: char| !ends(c));
            continue;
        }
        let sign = SIGNS.iter().find_map(|sign| rest.strip_prefix(sign));
        if let Some(after) = sign {
            thanked = true;
            rest = after;
            continue;
        }
        // The longer one is meant: 你好 is a greeting, and no 好.
        let phrase = longest(PHRASES, rest);
        let filler = longest(FILLERS, rest);
        rest = match (phrase, filler) {
            (Some(after), filler) if filler.is_none_or(|f| after.len() <= f.len()) => {
                thanked = true;
                after
            }
            (_, Some(after)) => after,
            (_, None) => return false,
        };
    }
}

/// What is left after the longest of these that a text begins with.
fn longest<'a>(of: &[&str], text: &'a str) -> Option<&'a str> {
    of.iter().filter_map(|phrase| begins_with(text, phrase)).min_by_key(|after| after.len())
}

/// What is left after a phrase; a word of letters has to end there.
fn begins_with<'a>(text: &'a str, phrase: &str) -> Option<&'a str> {
    let after = text.strip_prefix(phrase)?;
    let ends_in_letter = phrase.ends_with(|c: char| c.is_ascii_alphanumeric());
    let goes_on = after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '\'');
    (!(ends_in_letter && goes_on)).then_some(after)
}

/// Spaces, punctuation, and what changes how a sign looks. A question mark says something.
fn says_nothing(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '.' | ',' | '!' | '~' | ';' | '-' | '…' | '。' | '，' | '、' | '～' | '·')
        || matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Thanks!", true)]
    #[case("@shop Thank you so much!! 🙏🏽", true)]
    #[case("ok great, thanks", true)]
    #[case("谢谢客服小姐姐", true)]
    #[case("好的，辛苦了[玫瑰]", true)]
    #[case("👍", true)]
    #[case("ＴＨＡＮＫＳ", true)]
    #[case("Ok, thank you. I will! 🤗", true)]
    #[case("@shop thanks for the quick reply, good to know", true)]
    #[case("学会了，谢谢老师", true)]
    #[case("您好，谢谢", true)]
    #[case("[感谢][感谢]", true)]
    #[case("你好", false)]
    #[case("您好！", false)]
    #[case("亲，你们好", false)]
    #[case("again", false)]
    #[case("Again and again...", false)]
    #[case("so much for that", false)]
    #[case("guys", false)]
    #[case("a lot", false)]
    #[case("thanks, is it on a flight now", false)]
    #[case("thanks! When?", false)]
    #[case("好的？", false)]
    #[case("谢谢@客服，怎么退款", false)]
    #[case("谢谢@客服怎么退款？", false)]
    #[case("谢谢@客服，辛苦了", true)]
    #[case("谢谢，几点发货", false)]
    #[case("收到了吗", false)]
    #[case("ok, DM sent", false)]
    #[case("", false)]
    #[case("...", false)]
    #[case("@shop", false)]
    #[case("thanks?", false)]
    #[case("thanks for nothing", false)]
    #[case("no thanks", false)]
    #[case("thanks but it still does not work", false)]
    #[case("thankless", false)]
    #[case("谢谢，还有一个问题", false)]
    #[case("好的，那退款呢", false)]
    #[case("[微笑]", false)]
    #[case("😡", false)]
    #[case("好慢", false)]
    #[case("好差", false)]
    fn thanks_alone_is_told_from_more(#[case] text: &str, #[case] mere: bool) {
        assert_eq!(is_mere_thanks(text), mere, "{text}");
    }

    #[test]
    fn a_long_text_says_more() {
        assert!(!is_mere_thanks(&"thanks ".repeat(100)));
    }
}
