//! Why the desk did not do what it was asked, and what to do next.

super::catalogue! {
    NO_SUCH_CONVERSATION = "there is no conversation {id}; look for it with: dutydesk list", "没有编号为 {id} 的会话；请用 dutydesk list 查找";
    CLAIMED = "{by} works on {id}; ask them, or take it over", "{id} 正由 {by} 处理；请与其沟通或接管";
    NO_LIVE_COCKPIT = "{who} has no cockpit open to hold a claim; open one, or use assign", "{who} 没有打开的工作台来持有认领；请打开一个，或使用 assign";
    OVERTAKEN = "{new} new in {id} since the draft began; read it, then send again", "{id} 在起草后新增 {new} 条消息；请先阅读再发送";
    UNCHANGED = "{id} is that already", "{id} 已经是该状态";
    EMPTY_TEXT = "there is no text to send; write one", "没有可发送的正文；请先填写";
    TOO_LONG = "the text has {bytes} bytes, {limit} are kept; shorten it", "正文有 {bytes} 字节，上限为 {limit}；请缩短";
    BAD_LABEL = "\"{label}\" is no label; write one short word", "“{label}”不能作为标签；请写一个简短的词";
    TOO_MANY_LABELS = "{id} has {limit} labels, which is as many as it may have; take one off first", "{id} 已有 {limit} 个标签，达到上限；请先移除一个";
    NOT_IN_FUTURE = "that moment has passed; name a later one", "该时间已过；请指定更晚的时间";
    NOTHING_TO_UNDO = "nothing of yours is left to undo", "没有可撤销的操作";
    NOTHING_TO_REDO = "nothing of yours is left to redo", "没有可重做的操作";
    CHANGED_SINCE = "{id} was changed by somebody since, so this cannot be taken back there", "{id} 此后已被他人更改，无法在其上撤销";
    ALREADY_SENT = "the reply in {id} has left the desk; delete it on the platform", "{id} 的回复已发出；请在平台上删除";
    TOO_MANY = "{asked} conversations are more than one action may touch; take {limit} at a time", "一次操作不能涉及 {asked} 个会话；每次最多 {limit} 个";
    UNKNOWN_KEY = "the filter \"{term}\" begins with no known key; put it in quotes to look for the text", "筛选条件“{term}”的键未知；若要按文本查找请加引号";
    UNKNOWN_STATE = "\"{term}\" names no state; there are open, pending, on-hold, snoozed and resolved", "“{term}”不是状态；可用 open、pending、on-hold、snoozed、resolved";
    NOT_A_NUMBER = "\"{term}\" needs a whole number", "“{term}”需要一个整数";
    NO_VALUE = "\"{term}\" needs something behind the colon", "“{term}”的冒号后缺少内容";
    OPEN_QUOTE = "a quotation mark is not closed in \"{term}\"", "“{term}”中的引号没有闭合";
    OWNER_ONLY = "only the account that owns the desk may do this", "只有工作台所有者的账号可以执行此操作";
    NOT_EMPTY = "a restore needs an empty desk, and this one is not; name another with --desk", "恢复需要空的工作台，而此工作台不为空；请用 --desk 指定另一个";
    READ_ONLY = "the desk cannot write now: {why}", "工作台目前无法写入：{why}";
    STORE = "the desk's database failed: {why}", "工作台数据库出错：{why}";
}
