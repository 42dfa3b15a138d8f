//! What cockpit say.

super::catalogue! {}
