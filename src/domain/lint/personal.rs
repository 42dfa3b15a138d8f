//! Personal data in a text: found as [`crate::domain::mask`] finds it, and then checked, since a false
//! alarm costs more here than there.

use super::Kind;
use super::around::has;
use crate::domain::mask;
use std::ops::Range;

/// What was found: where, and what may stand in its place.
pub(super) struct Personal {
    /// In bytes.
    pub at: Range<usize>,
    pub kind: Kind,
    pub instead: Option<String>,
}

/// Fewer figures than this are no number of anybody's.
const FEWEST: usize = 11;

/// Numbers and addresses of e-mail.
pub(super) fn find(text: &str) -> Vec<Personal> {
    let wide = |c: char| c.is_ascii_digit() || matches!(c, '０'..='９');
    let digits = text.chars().filter(|c| wide(*c)).count() >= FEWEST;
    let at = text.contains(['@', '＠']);
    if !digits && !at {
        return Vec::new();
    }
    let (mut places, chars): (Vec<usize>, Vec<char>) = text.char_indices().unzip();
    places.push(text.len());
    let bytes = |at: &Range<usize>| places[at.start]..places[at.end];
    let mut found = Vec::new();
    if at {
        for at in mask::found_emails(&chars) {
            found.push(Personal { at: bytes(&at), kind: Kind::Email, instead: None });
        }
    }
    if digits {
        for number in mask::found_numbers(&chars) {
            let from = number.at.start.saturating_sub(8);
            let before: String = chars[from..number.at.start].iter().collect();
            if let Some(kind) = kind(&number.digits, &before) {
                let instead = Some(masked(&number.digits));
                found.push(Personal { at: bytes(&number.at), kind, instead });
            }
        }
    }
    found
}

fn kind(digits: &str, before: &str) -> Option<Kind> {
    let mobile = digits.strip_prefix("86").filter(|d| mask::is_mobile(d)).unwrap_or(digits);
    if mask::is_mobile(mobile) {
        return Some(Kind::Phone);
    }
    if mask::is_identity(digits) && checks_out(digits) {
        return Some(Kind::IdNumber);
    }
    // The number of an order may look like a card's.
    let order = ["单", "编号", "快递", "物流", "order", "Order", "No", "no", "ID", "条码"];
    let card = matches!(
        (digits.len(), digits.as_bytes()),
        (16..=19, [b'6', b'2', ..]) | (16, [b'4' | b'5', ..]) | (15, [b'3', b'4' | b'7', ..])
    );
    (card && mask::luhn(digits) && !has(before, &order)).then_some(Kind::BankCard)
}

/// The last figure of an identity number, which is reckoned from the others (GB 11643).
fn checks_out(digits: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const LAST: &[u8; 11] = b"10X98765432";
    let bytes = digits.as_bytes();
    if bytes.len() != 18 {
        return false;
    }
    let value = |b: u8| u32::from(b.wrapping_sub(b'0'));
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(b, weight)| value(*b) * weight).sum();
    bytes[17].to_ascii_uppercase() == LAST[(sum % 11) as usize]
}

/// The first three and the last four figures.
fn masked(digits: &str) -> String {
    let (head, tail) = (&digits[..3], &digits[digits.len() - 4..]);
    format!("{head}{}{tail}", "*".repeat(digits.len() - 7))
}

/// The numbered parts of an address.
const PARTS: [&str; 7] = ["单元", "号楼", "室", "栋", "幢", "弄", "号"];
/// Those of them that lie within a house.
const WITHIN: [&str; 5] = ["单元", "号楼", "室", "栋", "幢"];
/// Characters between two parts of one address.
const GAP: usize = 4;

/// Where somebody lives: at least two numbered parts in a row, one of them within a house.
pub(super) fn addresses(folded: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !WITHIN.iter().any(|part| folded.contains(part)) {
        return found;
    }
    let mut row: Option<(Range<usize>, usize, bool)> = None;
    let mut at = 0;
    let flush = |row: Option<(Range<usize>, usize, bool)>, found: &mut Vec<_>| {
        if let Some((range, 2.., true)) = row {
            found.push(range);
        }
    };
    while let Some(digit) = folded[at..].find(|c: char| c.is_ascii_digit()) {
        let start = at + digit;
        let rest = &folded[start..];
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let end = start + digits;
        at = end;
        let part = PARTS.iter().find(|part| folded[end..].starts_with(**part));
        let Some(part) = part.filter(|_| digits <= 5) else { continue };
        let within = WITHIN.contains(part);
        let near = row.as_ref().is_some_and(|(range, ..)| {
            let between = &folded[range.end..start];
            between.chars().count() <= GAP && !between.contains(['\n', '。'])
        });
        at = end + part.len();
        match &mut row {
            Some((range, parts, inside)) if near => {
                (range.end, *parts, *inside) = (at, *parts + 1, *inside || within);
            }
            _ => flush(row.replace((start..at, 1, within)), &mut found),
        }
    }
    flush(row, &mut found);
    found
}
