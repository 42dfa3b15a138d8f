//! What clusters need to know about single characters and the scripts they belong to.

/// Characters that mean something inside certain clusters only.
pub(super) fn is_contextual(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e007f}')
}

/// Grapheme_Cluster_Break=Prepend: goes in front of what follows.
pub(super) fn is_prefix(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}'
        | '\u{d4e}' | '\u{110bd}' | '\u{110cd}' | '\u{111c2}' | '\u{111c3}' | '\u{113d1}'
        | '\u{1193f}' | '\u{11941}' | '\u{11a84}'..='\u{11a89}' | '\u{11d46}' | '\u{11f02}')
}

/// Devanagari to Sinhala, where a joiner shapes the letter before it.
pub(super) fn is_indic(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{dff}')
}

/// Scripts whose letters join, so that a non-joiner means something (Persian, Indic, Khmer, ...).
pub(super) fn has_joining_letters(c: char) -> bool {
    is_indic(c)
        || matches!(c, '\u{620}'..='\u{8ff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18af}'
            | '\u{1b00}'..='\u{1b7f}' | '\u{a980}'..='\u{a9df}' | '\u{11000}'..='\u{11fff}')
}

pub(super) fn is_leading_jamo(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{a960}'..='\u{a97c}')
}

/// The stand-alone letter for a Hangul letter that has no syllable; None for anything else.
pub(super) fn lone_jamo(c: char) -> Option<char> {
    const LEADING: &str = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
    const VOWELS: &str = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ";
    const TRAILING: &str = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
    let (letters, first) = match c {
        '\u{1100}'..='\u{115f}' => (LEADING, 0x1100),
        '\u{1160}'..='\u{11a7}' => (VOWELS, 0x1161),
        '\u{11a8}'..='\u{11ff}' => (TRAILING, 0x11a8),
        // Letters of old Hangul have no stand-alone form.
        '\u{a960}'..='\u{a97c}' | '\u{d7b0}'..='\u{d7ff}' => ("", 0),
        _ => return None,
    };
    let nth = (u32::from(c)).checked_sub(first).and_then(|n| usize::try_from(n).ok());
    Some(nth.and_then(|n| letters.chars().nth(n)).unwrap_or('\u{fffd}'))
}
