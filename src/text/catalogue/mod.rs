//! Every sentence the program says, in English and 简体中文, by room.

/// Makes constants of [`crate::text::Msg`] and a list of them all.
macro_rules! catalogue {
    ($($name:ident = $en:expr, $zh:expr;)*) => {
        $(
            #[doc = $en]
            pub const $name: $crate::text::Msg = $crate::text::Msg { en: $en, zh: $zh };
        )*
        /// All of this room's messages, for the tests that walk them.
        pub const ALL: &[(&str, $crate::text::Msg)] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use catalogue;

pub mod cockpit;
pub mod commands;
pub mod desk;
pub mod import;
pub mod refusals;
pub mod units;
pub mod verbs;
