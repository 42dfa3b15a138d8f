//! Operators and their roles, as the verb `operator` shows them.

super::catalogue! {
    ABOUT = "show and change who may use the desk, and as what", "查看和更改谁可以使用工作台及其角色";
    LONG = "Who may use the desk, and as what: viewer (looks; personal data is masked), agent (works the queues), lead (also exports and rules), admin (also channels, operators, the daemon). Changes stand in roles.toml in the desk's folder and take effect at once.", "谁可以使用工作台及其角色：查看者（只看，个人信息打码）、客服（处理队列）、组长（另可导出、更改规则）、管理员（另可管理渠道、人员、守护进程）。更改写入工作台目录下的 roles.toml，立即生效。";
    ABOUT_LIST = "list who has worked on the desk, and who has which role", "列出使用过工作台的人员及其角色";
    ABOUT_ADD = "give an operator or a group (@NAME) a role", "为操作员或用户组（@名称）授予角色";
    ABOUT_REMOVE = "keep an operator out; their live sessions end at once", "移除操作员；其在线会话立即断开";
    ARG_NAME = "An operator, or @GROUP for everybody in a group of accounts", "操作员；或 @用户组，表示组内所有账号";
    ARG_ROLE = "viewer, agent, lead or admin", "viewer、agent、lead 或 admin";
    IS_NOW = "{name} is now: {role}", "{name} 现在的角色：{role}";
    IS_OUT = "{name} may not use the desk any more; their sessions have ended", "{name} 已不能使用工作台；其会话已断开";
    STILL_HOLDS = "{name} holds the accounts of {channels}: change their passwords on the platform, then held_by in channels.toml, and restart the daemon (dutydesk stop)", "{name} 保管着 {channels} 的账号：请在平台上更改密码，然后修改 channels.toml 中的 held_by，并重启守护进程（dutydesk stop）";
    GROUP_IS_OUT = "{name} has no role of its own any more", "{name} 不再有单独的角色";
    COL_NAME = "name", "姓名";
    COL_ROLE = "role", "角色";
    COL_ON = "on", "在线";
    COL_LAST = "last", "上次";
    NOBODY = "none", "无";
    OTHERS = "Everybody else who may reach the desk: {role}.", "其他能访问工作台的人：{role}。";
}
