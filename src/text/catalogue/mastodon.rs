//! What the Mastodon connector says.

super::catalogue! {
    ABOUT = "a server with Mastodon's interface", "提供 Mastodon 接口的服务器";
}
