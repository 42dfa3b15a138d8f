//! (header to come)

pub mod catalogue;

/// The languages of the interface.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// 简体中文.
    Zh,
}

/// One message of the catalogue, in every language. `{name}` marks a place to fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Msg {
    /// English.
    pub en: &'static str,
    /// 简体中文.
    pub zh: &'static str,
}
