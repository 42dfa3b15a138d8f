//! What is said about theme files.

super::catalogue! {
    NO_TOML = "{theme}.toml:{line}: {why}", "{theme}.toml:{line}：{why}";
    NO_PARENT = "{theme}.toml:{line}: there is no theme {what} to inherit from", "{theme}.toml:{line}：找不到可继承的主题 {what}";
    CIRCLE = "{theme}.toml:{line}: inherits from itself by way of {what}", "{theme}.toml:{line}：经由 {what} 循环继承";
    NO_COLOUR = "{theme}.toml:{line}: the colour of {what} cannot be read; write #rrggbb, a name, or 0 to 255", "{theme}.toml:{line}：{what} 的颜色无法识别；请写 #rrggbb、名称或 0 到 255";
    NO_ROLE = "{theme}.toml:{line}: there is no role {what}", "{theme}.toml:{line}：没有角色 {what}";
    NO_KEY = "{theme}.toml:{line}: {what} means nothing here", "{theme}.toml:{line}：{what} 在此无意义";
}
