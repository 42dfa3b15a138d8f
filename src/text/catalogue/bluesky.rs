//! What the Bluesky connector says.

super::catalogue! {
    ABOUT = "Bluesky, or another server of the AT Protocol", "Bluesky 或其他 AT 协议服务器";
    ASK_SERVER = "The server's address (your own PDS, or Bluesky's)", "服务器地址（自建 PDS 或 Bluesky 官方）";
    ASK_HANDLE = "The account's handle, e.g. brand.bsky.social", "账号用户名，例如 brand.bsky.social";
    ASK_PASSWORD = "An app password: Bluesky, Settings, Privacy and security, App passwords", "应用密码：Bluesky“设置”→“隐私和安全”→“应用密码”";
    ASK_LANGUAGES = "The languages you answer in, e.g. zh,en; empty = not told", "回复所用语言，例如 zh,en；留空则不标明";
    ASK_HISTORY_DAYS = "How many days back the first look goes", "首次读取最近多少天的内容";
    ASK_POLL_SECONDS = "How many seconds between two looks", "每隔多少秒查看一次";
    ASK_WEB = "The website that shows posts, for links", "用于打开帖子的网站地址";
    ALLOWS_IN = "Answers, mentions and quotes come in, within seconds; the newest 100 at first", "回复、提及和引用会在数秒内收到；首次最多读取最近 100 条";
    ALLOWS_OUT = "Answers and posts go out, and never twice: each has a key of its own", "可发送回复和帖子，每条都有唯一键，绝不会重复发送";
    ALLOWS_LENGTH = "A text has at most 300 characters and 3000 bytes", "每条最多 300 个字符、3000 字节";
    ALLOWS_HIDE = "Answers can be hidden in threads that you began; others' posts cannot be deleted, their authors can be blocked", "只能隐藏自己所发主题下的回复；不能删除他人的帖子，但可以拉黑作者";
    ALLOWS_NO_DM = "Direct messages do not come in: Bluesky keeps them in a service of its own", "不支持私信：Bluesky 的私信由另一项独立服务提供";
    ALLOWS_NO_SCHEDULE = "Bluesky cannot schedule: a post goes out when it is sent", "Bluesky 不支持定时发布，帖子会立即发出";
    ALLOWS_ACCESS = "Access is renewed by itself; after 90 days without, the password is used again", "登录会自动续期；超过 90 天未续期时会重新使用密码登录";
    ALLOWS_LIMITS = "About 2500 posts an hour and 17500 a day, and 3000 calls in five minutes", "每小时约可发布 2500 条、每天约 17500 条，每五分钟可调用 3000 次";
}
