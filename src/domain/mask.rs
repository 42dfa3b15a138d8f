//! Takes out of a text what tells who somebody is, before another program reads it.
//!
//! It would rather take too much than too little, and it finds shapes, not meaning: an address in the
//! street, or a name that nobody's account has, stays.

use std::ops::Range;

const NAME: &str = "[name]";
const EMAIL: &str = "[email]";
const HANDLE: &str = "[handle]";
const PHONE: &str = "[phone]";
const ID: &str = "[id]";
const CARD: &str = "[card]";
const NUMBER: &str = "[number]";

/// What is put in the place of personal data.
pub const PLACEHOLDERS: [&str; 7] = [NAME, EMAIL, HANDLE, PHONE, ID, CARD, NUMBER];

/// The most characters in front of the @ of an address.
const LOCAL: usize = 64;
/// The most digits that are looked at as one number.
const DIGITS: usize = 19;
/// The fewest characters of a name: one alone would be found in every other word.
const SHORTEST_NAME: usize = 2;

/// The text without e-mail addresses, @handles, phone numbers, identity numbers, card numbers and
/// these names. At most four times as long as before.
pub fn mask(text: &str, names: &[&str]) -> String {
    let chars: Vec<char> = text.chars().collect();
    let text = numbers(&handles(&emails(&chars)));
    named(&text.into_iter().collect::<String>(), names)
}

/// The plain form of the wide characters that Chinese keyboards write.
fn plain(c: char) -> char {
    match c {
        '０'..='９' | '＠' | '－' | '．' | '＋' | '＿' | '（' | '）' => {
            char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
        }
        'ａ'..='ｚ' | 'Ａ'..='Ｚ' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{2010}'..='\u{2015}' => '-',
        other => other,
    }
}

fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-')
}

/// Puts a placeholder where an address is.
fn emails(chars: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(chars.len());
    let mut done = 0;
    for found in found_emails(chars) {
        out.extend(&chars[done..found.start]);
        // The name of an account on another server.
        if out.last().is_some_and(|c| plain(*c) == '@') {
            out.pop();
        }
        out.extend(EMAIL.chars());
        done = found.end;
    }
    out.extend(&chars[done..]);
    out
}

/// Finds what has an @ in its middle and a dot behind it.
pub(super) fn found_emails(chars: &[char]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if plain(chars[at]) == '@' {
            let free = found.last().map_or(0, |last| last.end);
            let before = chars[free..at].iter().rev().take(LOCAL);
            let local = before.take_while(|c| is_local(plain(**c))).count();
            if let (1.., Some(end)) = (local, domain_end(chars, at + 1)) {
                found.push(at - local..end);
                at = end;
                continue;
            }
        }
        at += 1;
    }
    found
}

/// Where a host's name ends that begins here; `None` when it has no dot.
fn domain_end(chars: &[char], from: usize) -> Option<usize> {
    let (mut end, mut dot) = (from, false);
    while let Some(c) = chars.get(end).map(|c| plain(*c)) {
        let inside = chars.get(end + 1).is_some_and(|c| plain(*c).is_ascii_alphanumeric());
        match c {
            c if c.is_ascii_alphanumeric() => {}
            '.' if end > from && inside => dot = true,
            '-' if end > from && inside => {}
            _ => break,
        }
        end += 1;
    }
    dot.then_some(end)
}

/// Finds @name and @name@server.
fn handles(chars: &[char]) -> Vec<char> {
    let is_in = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@');
    let mut out: Vec<char> = Vec::with_capacity(chars.len());
    let mut at = 0;
    while at < chars.len() {
        let names = |c: &char| plain(*c).is_alphanumeric() || plain(*c) == '_';
        if plain(chars[at]) == '@' && chars.get(at + 1).is_some_and(names) {
            let mut end = at + 1;
            while chars.get(end).is_some_and(|c| is_in(plain(*c))) {
                end += 1;
            }
            // A full stop behind it ends the sentence.
            while matches!(plain(chars[end - 1]), '.' | '-' | '@') {
                end -= 1;
            }
            out.extend(HANDLE.chars());
            at = end;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Digits without a gap, and where they stand.
#[derive(Debug)]
struct Group {
    start: usize,
    end: usize,
    digits: String,
}

/// A number that belongs to somebody.
#[derive(Debug)]
pub(super) struct FoundNumber {
    /// Where its figures stand, in characters.
    pub at: Range<usize>,
    /// The figures, without what parts them.
    pub digits: String,
    /// What is put in its place.
    what: &'static str,
}

/// Puts a placeholder where a number is that belongs to somebody.
fn numbers(chars: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(chars.len());
    let mut done = 0;
    for found in found_numbers(chars) {
        out.extend(&chars[done..found.at.start]);
        // The sign of a number abroad, or the bracket of its area.
        if let Some('+' | '(') = out.last().map(|c| plain(*c)) {
            out.pop();
        }
        out.extend(found.what.chars());
        done = found.at.end;
    }
    out.extend(&chars[done..]);
    out
}

/// Finds numbers that belong to somebody: digits, and what people put between them.
pub(super) fn found_numbers(chars: &[char]) -> Vec<FoundNumber> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !plain(chars[at]).is_ascii_digit() {
            at += 1;
            continue;
        }
        let groups = groups(chars, at);
        let mut next = 0;
        while let Some(first) = groups.get(next) {
            if let Some(len) = date(&groups[next..]) {
                next += len;
                continue;
            }
            let ahead = first.start.checked_sub(1).map(|before| plain(chars[before]));
            let Some((len, what)) = longest(&groups[next..], ahead) else {
                next += 1;
                continue;
            };
            let taken = &groups[next..next + len];
            let digits = taken.iter().map(|group| group.digits.as_str()).collect();
            let end = taken.last().map_or(first.end, |last| last.end);
            found.push(FoundNumber { at: first.start..end, digits, what });
            next += len;
        }
        at = groups.last().map_or(at + 1, |last| last.end);
    }
    found
}

/// The groups of digits from here on that only blanks, dashes, dots and brackets part.
fn groups(chars: &[char], from: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut at = from;
    loop {
        let start = at;
        let mut digits = String::new();
        while let Some(c) = chars.get(at).map(|c| plain(*c)).filter(char::is_ascii_digit) {
            digits.push(c);
            at += 1;
        }
        // The last figure of an identity number may be an X.
        let x = chars.get(at).is_some_and(|c| matches!(plain(*c), 'x' | 'X'));
        if x && !is_word(chars, at + 1) && is_seventeen(&groups, digits.len()) {
            digits.push('X');
            at += 1;
        }
        groups.push(Group { start, end: at, digits });
        let gap = chars[at..]
            .iter()
            .take(3)
            .take_while(|c| matches!(plain(**c), ' ' | '-' | '.' | '(' | ')'))
            .count();
        let goes_on = chars.get(at + gap).is_some_and(|c| plain(*c).is_ascii_digit());
        if gap == 0 || gap == 3 || !goes_on {
            return groups;
        }
        at += gap;
    }
}

/// Whether so many digits make 17 with some of the groups before them.
fn is_seventeen(groups: &[Group], digits: usize) -> bool {
    let mut sum = digits;
    let mut before = groups.iter().rev();
    while sum < 17 {
        let Some(group) = before.next() else { return false };
        sum += group.digits.len();
    }
    sum == 17
}

fn is_word(chars: &[char], at: usize) -> bool {
    chars.get(at).is_some_and(|c| plain(*c).is_ascii_alphanumeric())
}

/// How many groups a date takes that begins here: 2026-11-22.
fn date(groups: &[Group]) -> Option<usize> {
    let [year, month, day, ..] = groups else { return None };
    let number = |g: &Group| g.digits.parse::<u32>().ok();
    let is = year.digits.len() == 4
        && (1900..2100).contains(&number(year)?)
        && (1..=12).contains(&number(month)?)
        && (1..=31).contains(&number(day)?)
        && month.digits.len() <= 2
        && day.digits.len() <= 2;
    is.then_some(3)
}

/// The longest number that begins with the first group: how many groups, and what it is.
fn longest(groups: &[Group], ahead: Option<char>) -> Option<(usize, &'static str)> {
    let mut joined = String::new();
    let mut found = None;
    for (at, group) in groups.iter().enumerate() {
        joined.push_str(&group.digits);
        if at > 0 && joined.len() > DIGITS {
            break;
        }
        if let Some(what) = kind(&joined, &groups[..=at], ahead) {
            found = Some((at + 1, what));
        }
    }
    found
}

/// What a number is, from its digits and how they are grouped.
fn kind(digits: &str, groups: &[Group], ahead: Option<char>) -> Option<&'static str> {
    let len = digits.len();
    if is_identity(digits) {
        return Some(ID);
    }
    if digits.ends_with('X') {
        return None;
    }
    let one = groups.len() == 1;
    if is_mobile(digits) || digits.strip_prefix("86").is_some_and(is_mobile) {
        return Some(PHONE);
    }
    let abroad = (ahead == Some('+') && (7..=15).contains(&len))
        || (digits.starts_with("00") && (10..=17).contains(&len));
    // An area with its zero and what follows it, or three, three and four.
    let area = digits.starts_with('0') && (10..=12).contains(&len);
    let american = len == 10 && groups.iter().map(|g| g.digits.len()).eq([3, 3, 4]);
    if abroad || area || american {
        return Some(PHONE);
    }
    // Letters in front make it the number of a parcel or an order.
    let lettered = ahead.is_some_and(|c| c.is_ascii_alphabetic());
    match one {
        true if lettered => None,
        true if len > DIGITS => Some(NUMBER),
        true if matches!(len, 16 | 19) || (len >= 13 && luhn(digits)) => Some(CARD),
        true if len >= 13 => Some(NUMBER),
        true => None,
        false => {
            let (last, fours) = groups.split_last()?;
            let printed = fours.iter().all(|g| g.digits.len() == 4) && last.digits.len() <= 4;
            (len >= 13 && (printed || luhn(digits))).then_some(CARD)
        }
    }
}

/// 1, 3 to 9, and nine more.
pub(super) fn is_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1])
}

/// A Chinese identity number: of 18 figures, or of 15 as before 1999, with a day of birth in it.
pub(super) fn is_identity(digits: &str) -> bool {
    let (month, day) = match digits.len() {
        18 if matches!(&digits[6..8], "18" | "19" | "20") => (&digits[10..12], &digits[12..14]),
        15 => (&digits[8..10], &digits[10..12]),
        _ => return false,
    };
    let within = |part: &str, most: u32| part.parse().is_ok_and(|n: u32| (1..=most).contains(&n));
    !digits.starts_with('0') && within(month, 12) && within(day, 31)
}

/// The check that every card's number passes.
pub(super) fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, u32::from(digit.wrapping_sub(b'0'))) {
            (0, n) => n,
            (_, n) => n * 2 / 10 + n * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Finds names, and leaves alone what has been put in already.
fn named(text: &str, names: &[&str]) -> String {
    let long = |name: &&str| name.chars().nth(SHORTEST_NAME - 1).is_some();
    let mut names: Vec<&str> = names.iter().map(|name| name.trim()).filter(long).collect();
    names.sort_unstable_by_key(|name| (std::cmp::Reverse(name.len()), *name));
    names.dedup();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let there = PLACEHOLDERS.iter().find(|there| c == '[' && rest.starts_with(**there));
        let name = names.iter().find(|name| rest.starts_with(**name));
        let taken = match (there, name) {
            (Some(there), _) => {
                out.push_str(there);
                there.len()
            }
            (None, Some(name)) => {
                out.push_str(NAME);
                name.len()
            }
            (None, None) => {
                out.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    out
}

#[cfg(test)]
mod tests;
