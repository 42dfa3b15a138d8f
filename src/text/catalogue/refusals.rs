//! Why the desk did not do what it was asked, and what to do next.

super::catalogue! {
    NO_SUCH_CONVERSATION = "there is no conversation {id}; see the list for the numbers", "没有编号为 {id} 的会话；请在列表中查看编号";
    CLAIMED = "{by} is working on {id}; ask them, or take it over", "{by} 正在处理 {id}；请与其沟通，或接管";
    NO_LIVE_COCKPIT = "a claim belongs to an open cockpit, and {by} has none here; open one, or use assign", "认领需要已打开的工作台界面，而 {by} 当前没有；请先打开，或使用指派";
    OVERTAKEN = "new in {id} since you began to write: {new}; read, then send again", "您开始撰写后，{id} 有 {new} 条新内容；请先阅读再发送";
    UNCHANGED = "{id} is like that already; nothing was changed", "{id} 已是该状态，未作更改";
    EMPTY_TEXT = "there is no text; write something first", "没有内容；请先输入文字";
    TOO_LONG = "the text has {bytes} bytes, and {limit} is the most; shorten it", "文本有 {bytes} 字节，上限为 {limit}；请缩短";
    BAD_LABEL = "\"{label}\" cannot be a label; use one word of at most 64 bytes", "“{label}”不能用作标签；请使用不超过 64 字节的单个词";
    TOO_MANY_LABELS = "{id} has {limit} labels, which is the most; take one off first", "{id} 已有 {limit} 个标签，达到上限；请先移除一个";
    NOTHING_TO_UNDO = "nothing of yours is left to undo", "没有可撤销的操作";
    NOTHING_TO_REDO = "nothing of yours is left to redo", "没有可重做的操作";
    CHANGED_SINCE = "{id} was changed by somebody since, so it stays as it is; look at it and decide anew", "{id} 之后已被他人更改，因此保持不变；请查看后重新决定";
    ALREADY_SENT = "the reply in {id} has left the desk, and its channel cannot delete; delete it on the platform", "{id} 中的回复已发出，且该渠道无法删除；请在平台上删除";
    UNDER_WAY = "{id}: it is on its way to the platform; wait until that is settled", "{id}：正在发往平台；请等待结果";
    CANNOT_THERE = "{id}: {channel} cannot do that; the channels screen shows what it can", "{id}：{channel} 不支持此操作；可在渠道页面查看其能力";
    NOT_CONNECTED = "{id}: {channel} is not connected, so nothing can be asked of it; see the channels screen", "{id}：{channel} 未连接，无法执行；请查看渠道页面";
    NOTHING_OPEN = "{id}: no reply there waits for this; see the conversation", "{id}：没有需要此操作的回复；请查看会话";
    NO_MESSAGE = "{id} has no such message on the platform; look at the conversation", "{id} 在平台上没有这样的消息；请查看会话";
    NO_SUCH_CHANNEL = "there is no channel {channel}; see dutydesk channel list", "没有渠道 {channel}；请查看 dutydesk channel list";
    CHANNEL = "{channel}: {why}", "{channel}：{why}";
    NO_DRAFTING = "nothing suggests answers on this desk; its owner can set [drafting] in desk.toml, see docs/drafting.md", "此工作台未设置回复建议；所有者可在 desk.toml 中设置 [drafting]，见 docs/drafting.md";
    DRAFTING = "no suggestions: {why}; see docs/drafting.md", "没有建议：{why}；见 docs/drafting.md";
    HELP_BUSY = "others are being made already; try again in a moment", "正在生成其他建议；请稍后再试";
    HELP_NOT_STARTED = "the program in [drafting] could not be started: {why}", "无法启动 [drafting] 中的程序：{why}";
    HELP_TOO_SLOW = "the program took longer than {after}", "程序运行超过 {after}";
    HELP_ENDED = "the program failed with {how}", "程序失败：{how}";
    HELP_ENDED_SAYING = "the program failed with {how}: {said}", "程序失败：{how}：{said}";
    HELP_TOO_LONG = "the program wrote more than {most} bytes", "程序输出超过 {most} 字节";
    HELP_NOT_JSON = "the program wrote no JSON: {why}", "程序输出的不是 JSON：{why}";
    HELP_NOT_A_LIST = "the program wrote JSON that is no list of texts", "程序输出的 JSON 不是文本列表";
    HELP_TOO_MANY = "the program gave {given} suggestions, and {limit} is the most", "程序给出 {given} 条建议，上限为 {limit}";
    TOO_MANY = "{asked} conversations are too many for one action; use {limit} at most", "{asked} 个会话超出单次操作上限；最多 {limit} 个";
    OWNER_ONLY = "only the account that owns the desk may do this; ask its owner", "仅工作台所有者的账号可以执行此操作；请联系所有者";
    NOT_EMPTY = "this desk is not empty, and a restore needs an empty one; give a new folder with --desk", "此工作台非空，而恢复需要空工作台；请用 --desk 指定新文件夹";
    READ_ONLY = "the desk cannot write now: {why}; try again when that is mended", "工作台目前无法写入：{why}；请在解决后重试";
    STORE = "the store failed: {why}; nothing was changed, see daemon.log", "存储出错：{why}；未作更改，请查看 daemon.log";
    UNKNOWN_KEY = "{key}: is no filter; there are {known}; put text with a colon in quotation marks", "没有 {key}: 这种筛选；可用的有 {known}；含冒号的文字请加引号";
    UNKNOWN_STATE = "no state is called {value}; the states are {known}", "没有名为 {value} 的状态；可用的有 {known}";
    NOT_A_NUMBER = "likes: needs a whole number, not {value}; write for example likes:100", "likes: 需要整数，而不是 {value}；例如 likes:100";
    NO_VALUE = "{key}: has nothing behind it; write for example {key}:NAME", "{key}: 后面没有内容；例如 {key}:名称";
    OPEN_QUOTE = "the quotation mark before {value} is never closed; close it", "{value} 前的引号没有闭合；请补上";
    WHEN_UNKNOWN = "\"{typed}\" is not a time; write for example 1h, tonight, tomorrow, 18:30 or 2026-11-22 09:00", "“{typed}”不是时间；例如 1h、今晚、明天、18:30 或 2026-11-22 09:00";
    WHEN_PAST = "that time has passed; give a later one", "该时间已过；请给出更晚的时间";
    WHEN_TOO_FAR = "that time is more than two years away; give an earlier one", "该时间在两年之后；请给出更早的时间";
}
