//! A text in the form that words are looked for in, and the way back to where they stand.

/// The most signs in a row that are taken for a disguise between two Chinese characters.
const MOST_FILLERS: usize = 2;

/// A folded text: lower case, narrow letters and figures, simplified where it matters, without
/// what is put into a word to hide it (`最 佳`, `顶*级`).
pub(super) struct Folded {
    /// The text.
    pub text: String,
    /// Where the distance to the original changes: offset here, offset there. Ascending.
    steps: Vec<(usize, usize)>,
}

impl Folded {
    /// Folds a text.
    pub fn of(raw: &str) -> Folded {
        let mut out = Folded { text: String::with_capacity(raw.len()), steps: vec![(0, 0)] };
        let mut delta = 0;
        let mut last = '\0';
        let mut rest = raw.char_indices();
        while let Some((at, c)) = rest.next() {
            if is_invisible(c) || (is_han(last) && hides(c, rest.as_str())) {
                continue;
            }
            if at - out.text.len() != delta {
                delta = at - out.text.len();
                out.steps.push((out.text.len(), at));
            }
            last = fold(c);
            out.text.push(last);
        }
        out
    }

    /// Where a character of the folded text stands in the original.
    pub fn original(&self, at: usize) -> usize {
        let step = self.steps.partition_point(|(here, _)| *here <= at);
        let (here, there) = self.steps[step.saturating_sub(1)];
        there + (at - here)
    }
}

/// Whether a sign stands between two Chinese characters only to part them; `rest` follows it.
fn hides(c: char, rest: &str) -> bool {
    is_filler(c)
        && rest
            .chars()
            .filter(|c| !is_invisible(*c))
            .take(MOST_FILLERS)
            .find(|c| !is_filler(*c))
            .is_some_and(is_han)
}

fn is_filler(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{3000}'
            | '\u{a0}'
            | '·'
            | '•'
            | '・'
            | '*'
            | '-'
            | '_'
            | '~'
            | '|'
            | '^'
            | '.'
            | '/'
    )
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe0e}' | '\u{fe0f}')
}

/// Chinese characters.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// One character for one, none of them longer than before.
fn fold(c: char) -> char {
    match c {
        'A'..='Z' => c.to_ascii_lowercase(),
        '\0'..='\u{7f}' => c,
        '０'..='９' | 'ａ'..='ｚ' | '％' | '＃' | '＠' | '＋' | '－' | '．' | '／' | '：' => {
            narrow(c)
        }
        'Ａ'..='Ｚ' => narrow(c).to_ascii_lowercase(),
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{2010}'..='\u{2013}' => '-',
        '蕞' | '朂' => '最',
        _ => simplified(c),
    }
}

fn narrow(c: char) -> char {
    // U+FF01..=U+FF5E are the wide forms of U+0021..=U+007E.
    char::from_u32(c as u32 - 0xfee0).unwrap_or(c)
}

/// The simplified form of the characters that our terms are written with.
fn simplified(c: char) -> char {
    match c {
        '級' => '级',
        '頂' => '顶',
        '極' => '极',
        '國' => '国',
        '獨' => '独',
        '無' => '无',
        '絕' => '绝',
        '對' => '对',
        '與' => '与',
        '銷' => '销',
        '業' => '业',
        '內' => '内',
        '領' => '领',
        '導' => '导',
        '價' => '价',
        '優' => '优',
        '質' => '质',
        '實' => '实',
        '療' => '疗',
        '癒' => '愈',
        '證' => '证',
        '風' => '风',
        '險' => '险',
        '純' => '纯',
        '見' => '见',
        '斷' => '断',
        '體' => '体',
        '驗' => '验',
        '們' => '们',
        '這' => '这',
        '個' => '个',
        '時' => '时',
        '間' => '间',
        '後' => '后',
        '專' => '专',
        '權' => '权',
        '歡' => '欢',
        '強' => '强',
        '進' => '进',
        '賣' => '卖',
        '網' => '网',
        '選' => '选',
        '態' => '态',
        '狀' => '状',
        '適' => '适',
        '擇' => '择',
        '處' => '处',
        '為' => '为',
        '過' => '过',
        '說' => '说',
        '嗎' => '吗',
        '維' => '维',
        '碼' => '码',
        '號' => '号',
        '單' => '单',
        '棟' => '栋',
        '樓' => '楼',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("最 佳 面霜", "最佳面霜")]
    #[case("最·佳", "最佳")]
    #[case("最*-佳", "最佳")]
    #[case("最 - 佳", "最 - 佳")]
    #[case("Ｎｏ．１ 頂級", "no.1 顶级")]
    #[case("最\u{200b}佳", "最佳")]
    #[case("蕞佳", "最佳")]
    #[case("a b", "a b")]
    #[case("好。 很好", "好。 很好")]
    fn words_come_out_of_hiding(#[case] raw: &str, #[case] folded: &str) {
        assert_eq!(Folded::of(raw).text, folded);
    }

    proptest! {
        #[test]
        fn every_character_is_found_again(raw in "([最佳ＡaＢ .*\u{200b}é👍０]{0,12}|.{0,40})") {
            let folded = Folded::of(&raw);
            for (at, c) in folded.text.char_indices() {
                let there = folded.original(at);
                prop_assert!(raw.is_char_boundary(there));
                let original = raw[there..].chars().next().map(fold);
                prop_assert_eq!(original, Some(c));
            }
        }
    }
}
