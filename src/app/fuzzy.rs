//! How well a typed word fits an entry of the palette.

/// A score for `typed` in `entry`, higher is better; `None` = does not fit. All characters must
/// occur in order; the start of the entry, starts of words and runs count for more.
pub fn score(typed: &str, entry: &str) -> Option<i32> {
    let fold = |s: &str| -> Vec<char> { s.chars().flat_map(char::to_lowercase).collect() };
    let (typed, entry) = (fold(typed.trim()), fold(entry));
    let mut score = 0;
    let mut from = 0;
    let mut run = false;
    for c in &typed {
        let starts = |i: usize| i == 0 || !entry[i - 1].is_alphanumeric();
        let found = (from..entry.len()).filter(|i| entry[*i] == *c);
        // The start of a word wins over the next place, unless a run goes on.
        let at = match found.clone().next()? {
            next if run && next == from => next,
            next => found.clone().find(|i| starts(*i)).unwrap_or(next),
        };
        score += match at {
            0 => 16,
            _ if starts(at) => 8,
            _ if run && at == from => 6,
            _ => 1,
        };
        (from, run) = (at + 1, true);
    }
    // Among equals the shorter entry is meant.
    Some(score * 8 - i32::try_from(entry.len()).unwrap_or(i32::MAX).min(200) / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_fits_score_higher() {
        let best = |typed: &str, entries: &[&str]| {
            let scored = entries.iter().filter_map(|e| score(typed, e).map(|s| (s, e.to_string())));
            scored.max_by_key(|(s, _)| *s).map(|(_, e)| e)
        };
        let verbs = ["resolve - done", "reply to the customer", "release your claim", "reopen"];
        assert_eq!(best("rep", &verbs).as_deref(), Some("reply to the customer"));
        assert_eq!(best("reo", &verbs).as_deref(), Some("reopen"));
        assert_eq!(best("cust", &verbs).as_deref(), Some("reply to the customer"));
        assert_eq!(best("解决", &["标记为已解决", "认领"]).as_deref(), Some("标记为已解决"));
        assert_eq!(best("xyz", &verbs), None);
        assert!(score("", "anything").is_some());
    }
}
