//! What the WeChat connector says.

super::catalogue! {
    ABOUT = "a WeChat Official Account", "微信公众号";
}
