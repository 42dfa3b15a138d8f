//! What the operator chose, as far as the cockpit heeds it.

use super::keymap::Preset;
use crate::text::Lang;
use chrono_tz::Tz;

/// Settings of one operator, read by the client before the first frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The language of the interface.
    pub lang: Lang,
    /// The operator's own time zone; a desk that names one overrules it.
    pub zone: Tz,
    /// The theme to begin with.
    pub theme: String,
    /// Draw with ASCII alone (text of customers stays as it is).
    pub ascii: bool,
    /// Ring when a deadline passes.
    pub bell: bool,
    /// Tell of what concerns the operator outside of the cockpit, too.
    pub tell: bool,
    /// The set of default keys.
    pub preset: Preset,
    /// Keys that replace the default ones of an action: its name, then each way to press it
    /// (`"ctrl-d"`, `"g g"`).
    pub keys: Vec<(String, Vec<String>)>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            lang: Lang::En,
            zone: Tz::UTC,
            theme: "dark".into(),
            ascii: false,
            bell: false,
            tell: false,
            preset: Preset::default(),
            keys: Vec::new(),
        }
    }
}
