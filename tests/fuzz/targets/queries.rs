//! What people type: filters, times, spans, formulas, keys, words that are looked for.

use super::{NOW, assert_shown};
use chrono_tz::Tz;
use dutydesk::app::Key;
use dutydesk::domain::figure::formula::Formula;
use dutydesk::domain::filter::{Filter, quoted};
use dutydesk::domain::role::Whom;
use dutydesk::domain::tokens::{self, Needle};
use dutydesk::domain::{OperatorName, Span, when};
use dutydesk::text::{Lang, Shown, html_safe, json_safe, link_safe, toml_string};

pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let me = OperatorName("amy".into());
    match Filter::parse(&text, &me) {
        Ok(filter) => {
            // A filter can be written, and means the same when it is read again.
            let written = filter.to_string();
            let again = Filter::parse(&written, &me);
            assert_eq!(again.as_ref(), Ok(&filter), "{written:?}");
        }
        Err(why) => {
            for lang in [Lang::En, Lang::Zh] {
                assert_shown(&why.say(lang));
            }
        }
    }
    let one = format!("text:{}", quoted(&text));
    if let Ok(filter) = Filter::parse(&one, &me) {
        assert_eq!(filter.terms.len(), 1, "{one}");
    }
    for zone in [Tz::UTC, Tz::Asia__Shanghai, Tz::Australia__Lord_Howe] {
        let _ = when::parse(&text, NOW, zone);
    }
    if let Some(span) = Span::parse(&text) {
        assert!(span.0 >= 0, "{span:?}");
    }
    if let Ok(formula) = Formula::parse(&text) {
        let _ = formula.value(&|_, _| Some(3.0));
        let _ = formula.holds(&|_, _| None);
        let again = Formula::parse(formula.text()).expect("its own text");
        assert_eq!(again.names(), formula.names());
    }
    for word in text.split_whitespace().take(20) {
        let _ = Key::parse(word);
        let _ = Whom::parse(word);
    }
    let cut = tokens::tokens(&text);
    for token in &cut {
        assert!(text.get(token.start..token.end).is_some(), "{token:?}");
    }
    if let Some(needle) = Needle::of(&text) {
        assert!(needle.find(&cut).is_some(), "a text has itself");
    }
    for line in Shown::lines(&text) {
        assert_shown(&line);
        for columns in [0, 1, 2, 7] {
            assert!(line.truncate(columns).width() <= columns);
            assert!(line.wrap(columns.max(2)).iter().all(|part| part.width() <= columns.max(2)));
        }
    }
    let plain = |s: &str| !s.chars().any(char::is_control);
    assert!(plain(&toml_string(&text)));
    assert!(link_safe(&text).is_none_or(|link| plain(link.as_str())));
    let _ = (html_safe(&text), json_safe(&text));
}
