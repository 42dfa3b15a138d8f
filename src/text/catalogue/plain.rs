//! The cockpit as lines: what a screen reader reads aloud, so whole words and no signs.

super::catalogue! {
    ARG_PLAIN = "Speak in plain lines, for screen readers: no drawing, no columns, no colour", "用纯文本逐行输出，供屏幕阅读器使用：无绘制、无分栏、无颜色";
    WELCOME = "{desk}. You are {me}. Type help for what there is, list for the queue.", "{desk}。你是 {me}。输入 help 查看命令，输入 list 查看队列。";
    CONNECTING = "Connecting to the desk.", "正在连接工作台。";
    LOST = "The link to the desk is lost: {why}. It is tried again.", "与工作台的连接已断开：{why}。正在重试。";
    GONE = "The link to the desk is lost for good: {why}.", "与工作台的连接已断开且无法恢复：{why}。";
    BACK = "The link to the desk is back.", "已重新连接工作台。";
    LEFT = "Left the desk.", "已离开工作台。";
    QUIT_HOW = "Type quit to leave.", "输入 quit 退出。";

    COMMENTS_ONE = "1 comment is open", "1 条评论待处理";
    COMMENTS = "{n} comments are open", "{n} 条评论待处理";
    MESSAGES_ONE = "1 message is open", "1 条私信待处理";
    MESSAGES = "{n} messages are open", "{n} 条私信待处理";
    LATE = "{n} late", "{n} 条超时";
    SOON = "{n} due within the hour", "{n} 条一小时内到期";
    OTHERS_HERE = "Also here: {names}.", "同时在线：{names}。";
    ALONE = "Nobody else is here.", "没有其他人在线。";
    OUTGOING_ONE = "1 answer is on its way out.", "1 条回复正在发出。";
    OUTGOING = "{n} answers are on their way out.", "{n} 条回复正在发出。";
    READ_ONLY = "The desk cannot write now: {why}.", "工作台暂时无法写入：{why}。";
    CHANNEL_BLIND = "Of {channel} nothing is seen since {when}.", "自 {when} 起收不到 {channel} 的消息。";

    ROW_COMMENT = "{id}: comment by {author} on {channel}", "{id}：{author} 在 {channel} 的评论";
    ROW_MESSAGE = "{id}: message from {author} on {channel}", "{id}：{author} 在 {channel} 的私信";
    ROW_EMPTY = "{id}: on {channel}, nothing in it", "{id}：{channel}，无内容";
    ROW_LATE = "{span} late", "超时 {span}";
    ROW_DUE = "due in {span}", "{span}后到期";
    ROW_LIKE = "1 like", "1 个赞";
    ROW_LIKES = "{n} likes", "{n} 个赞";
    ROW_CLAIMED = "{name} is on it", "{name} 处理中";
    ROW_ASSIGNED = "assigned to {name}", "已指派给 {name}";
    ROW_ESCALATED = "escalated by {name}", "由 {name} 升级";
    ROW_STATE = "state {state}", "状态 {state}";
    ROW_SAYS = "{facts}. {text}", "{facts}。{text}";
    NONE_LISTED = "Nothing matches.", "没有符合条件的会话。";
    MORE = "There are more: type more.", "还有更多：输入 more。";
    NO_MORE = "That was the last.", "已到末尾。";
    NO_LIST = "Type list first.", "请先输入 list。";
    FIRST = "That is the first.", "已是第一条。";

    LABELS = "Labels: {labels}.", "标签：{labels}。";
    SNOOZED = "Snoozed until {when}.", "推迟至 {when}。";
    DUE_BY = "Due {when}, by the policy {policy}.", "截止 {when}，依据策略 {policy}。";
    WINDOW = "The platform takes replies until {when}.", "平台允许回复至 {when}。";
    POSTED = "Our post, {when}: {text}", "我方发布，{when}：{text}";
    OLDER = "{n} older messages are not read here.", "另有 {n} 条更早的消息未读出。";
    WROTE = "{author} wrote, {when}: {text}", "{author}，{when}：{text}";
    NOTED = "Private note by {author}, {when}: {text}", "{author} 的内部备注，{when}：{text}";
    REPLIED = "{author} replied, {when}, {how}: {text}", "{author} 回复，{when}，{how}：{text}";
    HOW_SENT = "sent", "已发送";
    HOW_WAITING = "waiting for its channel", "等待渠道发送";
    HOW_HELD = "held until somebody looks at it", "暂缓发送，待确认";
    HOW_SENDING = "on its way", "发送中";
    HOW_UNCONFIRMED = "not confirmed", "未确认";
    HOW_FAILED = "failed because {why}", "发送失败，原因：{why}";
    WITHDRAWN = "It was withdrawn.", "该消息已撤回。";
    SENT_ALONG = "With it: {kind}, {link}", "附件：{kind}，{link}";
    PAGE = "Its page: {link}", "页面：{link}";
    DRAFT = "Your draft: {text}", "你的草稿：{text}";
    NO_LINKS = "It has no page and nothing was sent along.", "没有页面，也没有附件。";

    ARRIVED = "New: {what}", "新：{what}";
    ARRIVED_MANY = "{n} new conversations came in. Type list.", "新进 {n} 个会话。输入 list 查看。";
    GOES_ON = "New in {id}, from {author}: {text}", "{id} 有新消息，来自 {author}：{text}";
    NEWS_ON = "News is read out as it comes. News off ends it.", "新消息将即时读出。输入 news off 关闭。";
    NEWS_OFF = "News is kept back. News on reads it out as it comes.", "已停止读出新消息。输入 news on 恢复。";

    ASK_WHICH = "Which conversation? ", "哪个会话？";
    ASK_TO = "Assign to whom? A name, or nobody. ", "指派给谁？输入姓名，或 nobody 取消指派。";
    ASK_UNTIL = "Until when? Such as 2h, tonight, tomorrow 9:00. ", "推迟到何时？例如 2h、tonight、tomorrow 9:00。";
    ASK_LABEL = "Which label? ", "哪个标签？";
    ASK_CLASS = "What is it? Such as complaint severe. ", "归为哪一类？例如 complaint severe。";
    ASK_REASON = "Why? ", "原因？";
    ASK_REMARK = "What is there to say about it? It may stay empty. ", "补充说明？可留空。";
    ASK_MACRO = "Which macro? ", "哪个宏？";
    ASK_QUERY = "Search for what? ", "搜索什么？";
    ASK_FILTER = "Which filter? ", "筛选条件？";
    ASK_CHANNEL = "Which channel? ", "哪个渠道？";
    ASK_TEXT = "Write the text. A line with only a dot ends it, Control C gives it up.", "请输入正文。单独一行句点结束，Ctrl-C 放弃。";
    ASK_TEXT_DRAFT = "A dot at once sends the draft as it is.", "直接输入句点将按原样发送草稿。";
    GIVEN_UP = "Given up, nothing was done.", "已放弃，未执行任何操作。";
    KEPT = "Your text is kept as a draft of {id}.", "正文已存为 {id} 的草稿。";
    WHERE_MANY = "Name several conversations by their numbers, or with --where and a filter.", "可用多个编号，或用 --where 加筛选条件指定多个会话。";
    BY_FILTER = "The list goes by urgency; a filter narrows it: list --filter.", "列表按紧急程度排列；可用 list --filter 缩小范围。";
    UNKNOWN = "There is no {what} here. Type help for what there is.", "没有 {what} 这个命令。输入 help 查看可用命令。";
    NOT_HERE = "{what} is for a shell, not for here.", "{what} 只能在命令行中使用。";
    BEGUN = "{what} is the beginning of: {keys}", "{what} 之后可以是：{keys}";
    BAD_QUOTES = "A quotation mark is not closed.", "引号未闭合。";
    LANGUAGE_IS = "The language is English.", "语言为中文。";
    CLOSED = "{id} is closed.", "已关闭 {id}。";
    NOTHING_OPEN = "Nothing is open.", "没有打开的会话。";
    NO_SLOTS = "Nothing is to go out today.", "今天没有待发布内容。";
    SLOT = "{time}, {channel}, {state}: {title}", "{time}，{channel}，{state}：{title}";
    NOTHING_FREE = "Nothing waits that nobody is on.", "没有无人处理的会话。";

    HELP_HEAD = "A command is a word, or the key of the cockpit. What acts on a conversation acts on the open one, or on the numbers that you give.", "命令可以是单词，也可以是工作台的按键。对会话的操作默认作用于已打开的会话，也可指定编号。";
    HELP_ROW = "{name}, or {key}: {what}", "{name}，或 {key}：{what}";
    HELP_ROW_NO_KEY = "{name}: {what}", "{name}：{what}";
    HELP_NUMBER = "A number: opens that conversation and reads it", "编号：打开并读出该会话";
    HELP_MORE = "more: what follows in the list", "more：列表的后续内容";
    HELP_LIST = "list: the queue, the most urgent first", "list：队列，最紧急的在前";
    HELP_COUNTS = "counts: how much is open, and who is here", "counts：待处理数量与在线人员";
    HELP_NEWS = "news off, news on: whether what comes in is read out", "news off、news on：是否读出新消息";
    HELP_QUIT = "quit: leaves", "quit：退出";
    HELP_END = "Help and a word says more about it.", "输入 help 加命令名可查看详情。";

    SECOND = "1 second", "1 秒";
    SECONDS = "{n} seconds", "{n} 秒";
    MINUTE = "1 minute", "1 分钟";
    MINUTES = "{n} minutes", "{n} 分钟";
    HOUR = "1 hour", "1 小时";
    HOURS = "{n} hours", "{n} 小时";
    DAY = "1 day", "1 天";
    DAYS = "{n} days", "{n} 天";
}
