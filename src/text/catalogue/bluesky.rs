//! What the Bluesky connector says.

super::catalogue! {
    ABOUT = "Bluesky, or another server of the AT Protocol", "Bluesky 或其他 AT 协议服务器";
}
