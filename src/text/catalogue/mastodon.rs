//! What the Mastodon connector says.

super::catalogue! {
    ABOUT = "a server with Mastodon's interface", "提供 Mastodon 接口的服务器";
    ASK_SERVER =
        "The server's address, e.g. https://mastodon.example",
        "服务器地址，例如 https://mastodon.example";
    ASK_TOKEN =
        "The account's access token: on the server's page, Preferences → Development → New application, with the scopes read and write",
        "账号的访问令牌：在服务器网页上打开“偏好设置 → 开发 → 新建应用”，权限范围选 read 和 write";
    ASK_VISIBILITY =
        "Who sees posts: public, unlisted, private (followers) or direct; empty = as the account is set up",
        "帖子对谁可见：public（公开）、unlisted（不公开列出）、private（仅关注者）或 direct（私信）；留空则按账号设置";
    ASK_MENTION_ALL =
        "Whether an answer names everybody whom the message named (yes), or only who wrote it (no)",
        "回复时是提及原消息里提到的所有人（yes），还是只提及作者（no）";
    ASK_POLL_SECONDS =
        "How many seconds apart to ask when the server does not stream",
        "服务器不支持流式推送时，每隔多少秒查询一次";
    ALLOWS_COMMENTS =
        "Answers that mention the account come in with their thread. Comments that do not mention it are not told of, nor those that the account's own notification filters hold back.",
        "提及本账号的回复会连同所在的讨论一起进来。没有提及本账号的评论，以及被账号通知过滤规则拦下的评论，平台不会通知。";
    ALLOWS_DIRECT =
        "Direct messages are posts that only those named in them see. They are not encrypted: the people who run the servers can read them.",
        "私信就是只有被提及的人能看到的帖子，没有加密：服务器的管理者可以读到。";
    ALLOWS_REPLY =
        "An answer is never seen by more people than what it answers. The names it needs are put before it and count towards its length.",
        "回复的可见范围不会超过被回复的消息。需要提及的名字会加在开头，并计入长度。";
    ALLOWS_POST =
        "Posts can be handed over at least five minutes before their time. Simple servers such as snac cannot hold them; the desk waits instead.",
        "帖子可以提前至少五分钟交给服务器定时发布。snac 之类的简单服务器不支持定时，由工作台代为等待。";
    ALLOWS_MODERATION =
        "What others wrote can be liked, and its author blocked. It cannot be hidden or deleted; that is up to each server's moderators.",
        "可以喜欢别人的消息，也可以屏蔽其作者；不能隐藏或删除别人的消息，那由各服务器的管理员决定。";
    ALLOWS_BUDGET =
        "A server usually takes 300 calls in 5 minutes and 30 deletions in 30 minutes. A third of the calls is kept for answers.",
        "服务器通常允许 5 分钟内 300 次调用、30 分钟内 30 次删除；其中三分之一的调用留给回复使用。";
}
