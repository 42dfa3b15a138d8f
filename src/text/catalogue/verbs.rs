//! What verbs say.

super::catalogue! {}
