//! What is said of channels and their connectors.

super::catalogue! {
    ABOUT_CONNECTOR = "run a connector; the desk does that itself", "运行连接器；通常由工作台自行启动";
}
