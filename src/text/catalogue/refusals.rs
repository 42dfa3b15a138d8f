//! What refusals say.

super::catalogue! {}
