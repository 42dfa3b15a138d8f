//! The operator's terminal: what it can show, and how fast it hands keys on.

use super::Findings;
use super::facts::Facts;
use crate::text::Lang;
use crate::text::catalogue::doctor as say;

/// The fewest columns and rows that the cockpit is made for.
const SMALLEST: (u16, u16) = (40, 10);
/// From this many milliseconds on a lone Esc is felt to be slow.
const SLOW_ESCAPE: u64 = 50;

/// What it is, and what it can show.
pub(super) fn terminal(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("terminal", lang);
    let t = &facts.terminal;
    if !t.is_terminal {
        found.unseen(say::NO_TERMINAL, &[]);
        return found;
    }
    let term = t.term.as_deref().unwrap_or_default();
    match term {
        "" => found.fault(say::NO_TERM, say::MEND_NO_TERM, &[]),
        "dumb" => found.fault(say::DUMB, say::MEND_DUMB, &[]),
        "linux" => found.warning(say::CONSOLE, say::MEND_CONSOLE, &[]),
        _ => {}
    }
    let locale = t.locale.as_deref().unwrap_or_default();
    let is_utf8 = locale.to_lowercase().replace('-', "").contains("utf8");
    if !is_utf8 {
        let locale = if locale.is_empty() { "C" } else { locale };
        found.warning(say::NO_UTF8, say::MEND_UTF8, &[("locale", &locale)]);
    }
    let (columns, rows) = t.size;
    if columns < SMALLEST.0 || rows < SMALLEST.1 {
        let values: super::Values<'_> = &[("columns", &columns), ("rows", &rows)];
        found.warning(say::SMALL, say::MEND_SMALL, values);
    }
    // SSH does not carry COLORTERM over, and so colours are lost on the way.
    if t.colours == "16" && term != "linux" {
        found.warning(say::FEW_COLOURS, say::MEND_COLOURS, &[("term", &term)]);
    }
    if t.ambiguous.is_some_and(|columns| columns > 1) {
        found.ok(say::WIDE, &[]);
    }
    if found.are_well() {
        let via = if t.ssh { say::VIA_SSH.raw(lang) } else { "" };
        let values: super::Values<'_> = &[
            ("term", &term),
            ("columns", &columns),
            ("rows", &rows),
            ("colours", &t.colours),
            ("locale", &locale),
            ("via", &via),
        ];
        found.ok(say::TERMINAL, values);
    }
    found
}

/// How tmux is set.
pub(super) fn tmux(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("tmux", lang);
    let Some(tmux) = &facts.terminal.tmux else { return found };
    if let Some(ms) = tmux.escape_time.filter(|ms| *ms > SLOW_ESCAPE) {
        found.warning(say::TMUX_ESCAPE, say::MEND_TMUX_ESCAPE, &[("ms", &ms)]);
    }
    if tmux.focus_events == Some(false) {
        found.warning(say::TMUX_FOCUS, say::MEND_TMUX_FOCUS, &[]);
    }
    if tmux.set_clipboard.as_deref() == Some("off") {
        found.warning(say::TMUX_CLIPBOARD, say::MEND_TMUX_CLIPBOARD, &[]);
    }
    if found.are_well() {
        let keys = tmux.extended_keys.as_deref().unwrap_or("?");
        found.ok(say::TMUX, &[("keys", &keys)]);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::super::facts::*;
    use super::*;
    use rstest::rstest;

    fn facts() -> Facts {
        let terminal = TerminalFacts {
            is_terminal: true,
            term: Some("xterm-256color".into()),
            locale: Some("C.UTF-8".into()),
            colours: "256",
            size: (120, 40),
            ambiguous: Some(1),
            ..TerminalFacts::default()
        };
        Facts { terminal, ..Facts::default() }
    }

    type Change = fn(&mut TerminalFacts);

    #[rstest]
    #[case::well(|_: &mut TerminalFacts| {}, Level::Ok, "xterm-256color")]
    #[case::pipe(|t: &mut TerminalFacts| t.is_terminal = false, Level::Unseen, "")]
    #[case::no_term(|t: &mut TerminalFacts| t.term = None, Level::Fault, "TERM")]
    #[case::dumb(|t: &mut TerminalFacts| t.term = Some("dumb".into()), Level::Fault, "--plain")]
    #[case::console(|t: &mut TerminalFacts| t.term = Some("linux".into()), Level::Warning, "16")]
    #[case::latin(|t: &mut TerminalFacts| t.locale = Some("en_US".into()), Level::Warning, "LANG=C.UTF-8")]
    #[case::utf8(|t: &mut TerminalFacts| t.locale = Some("zh_CN.utf8".into()), Level::Ok, "zh_CN.utf8")]
    #[case::small(|t: &mut TerminalFacts| t.size = (30, 8), Level::Warning, "30x8")]
    #[case::colours(|t: &mut TerminalFacts| t.colours = "16", Level::Warning, "colours")]
    #[case::wide(|t: &mut TerminalFacts| t.ambiguous = Some(2), Level::Ok, "two columns")]
    fn what_the_terminal_can(#[case] change: Change, #[case] level: Level, #[case] word: &str) {
        let mut facts = facts();
        change(&mut facts.terminal);
        let found = terminal(&facts, Lang::En);
        assert_eq!(found.found.iter().map(|f| f.level).max(), Some(level), "{:?}", found.found);
        let said: Vec<String> = found
            .found
            .iter()
            .map(|f| format!("{} {}", f.what, f.mend.clone().unwrap_or_default()))
            .collect();
        assert!(said.iter().any(|s| s.contains(word)), "{said:?}");
    }

    #[rstest]
    #[case(Some(500), Some(true), None, Level::Warning, "set -s escape-time 10")]
    #[case(Some(10), Some(false), None, Level::Warning, "set -s focus-events on")]
    #[case(Some(10), Some(true), Some("off"), Level::Warning, "set -s set-clipboard on")]
    #[case(Some(10), Some(true), Some("external"), Level::Ok, "")]
    #[case(None, None, None, Level::Ok, "")]
    fn how_tmux_is_set(
        #[case] escape_time: Option<u64>,
        #[case] focus_events: Option<bool>,
        #[case] clipboard: Option<&str>,
        #[case] level: Level,
        #[case] mend: &str,
    ) {
        let mut facts = facts();
        assert!(tmux(&facts, Lang::En).found.is_empty(), "no tmux, no word about it");
        facts.terminal.tmux = Some(TmuxFacts {
            escape_time,
            focus_events,
            extended_keys: None,
            set_clipboard: clipboard.map(str::to_owned),
        });
        let found = tmux(&facts, Lang::En);
        assert_eq!(found.found[0].level, level);
        assert!(found.found[0].mend.clone().unwrap_or_default().contains(mend));
    }
}
