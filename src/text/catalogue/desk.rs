//! What desk say.

super::catalogue! {}
