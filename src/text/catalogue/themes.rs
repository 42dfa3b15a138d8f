//! What is said about theme files.

super::catalogue! {
    NO_TOML = "theme {theme}, line {line}: {why}", "主题 {theme} 第 {line} 行：{why}";
    NO_PARENT = "theme {theme}: there is no theme {what} to inherit from", "主题 {theme}：找不到可继承的主题 {what}";
    CIRCLE = "theme {theme}: inherits from itself by way of {what}", "主题 {theme}：经由 {what} 循环继承";
    NO_COLOUR = "theme {theme}: the colour of {what} cannot be read; write #rrggbb, a name, or 0 to 255", "主题 {theme}：{what} 的颜色无法识别；请写 #rrggbb、名称或 0 到 255";
    NO_ROLE = "theme {theme}: there is no role {what}", "主题 {theme}：没有角色 {what}";
    NO_KEY = "theme {theme}: {what} means nothing here", "主题 {theme}：{what} 在此无意义";
}
