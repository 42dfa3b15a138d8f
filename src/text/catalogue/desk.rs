//! What desk say.

super::catalogue! {
    NOT_RUNNING = "no daemon serves the desk {desk}; start it with: dutydesk serve --desk {desk}", "工作台 {desk} 没有守护进程在运行；请启动：dutydesk serve --desk {desk}";
    NO_RIGHT = "your account may not reach the desk {desk}; ask its owner to add you to its group", "你的账号无权访问工作台 {desk}；请联系其所有者将你加入所属用户组";
    IMPOSTOR = "what answers for the desk {desk} runs as uid {server}, but the folder belongs to uid {owner}: not connecting", "工作台 {desk} 的应答进程属于 uid {server}，而该文件夹属于 uid {owner}：拒绝连接";
    OTHER_VERSION = "the daemon of {desk} speaks version {theirs}, this program version {ours}; stop it (dutydesk stop) and start it from the same release", "{desk} 的守护进程使用协议版本 {theirs}，本程序为版本 {ours}；请先停止（dutydesk stop），再用同一版本启动";
    NOT_ALLOWED = "the desk turned you away: {why}", "工作台拒绝了连接：{why}";
    FULL = "the desk has no room for another client; close one and try again", "工作台的客户端数量已满；请关闭一个后重试";
    ENDING = "the daemon is ending; try again in a moment", "守护进程正在退出；请稍后重试";
    NO_START = "the desk's daemon did not start: {why}", "工作台守护进程未能启动：{why}";
    SILENT = "the daemon of {desk} does not answer; see {desk}/daemon.log", "{desk} 的守护进程没有应答；请查看 {desk}/daemon.log";
    LINK = "the connection to the desk failed: {why}", "与工作台的连接出错：{why}";
    WENT_AWAY = "the daemon went away before it answered, so it is not known whether this was done; look with: dutydesk status", "守护进程在应答前断开，无法确认操作是否完成；请查看：dutydesk status";
    STRANGE_ANSWER = "the daemon gave an answer that does not belong to the question; check that both are the same release", "守护进程的应答与请求不符；请确认两者为同一版本";
    REJECT_NO_ID = "no channel or no id", "缺少渠道或编号";
    REJECT_LONG_ID = "an id or name over 300 bytes", "编号或名称超过 300 字节";
    REJECT_TIME = "a time before 2004 or more than a day ahead", "时间早于 2004 年，或晚于当前一天以上";
    REJECT_LONG_TEXT = "a text over 64 KiB", "文本超过 64 KiB";
    REJECT_UNKNOWN = "about a message the desk does not have", "所指的消息不在工作台中";
    REJECT_NOT_OURS = "says that something was sent which is no reply from this desk on this channel", "所称已发送的内容不是本工作台在该渠道上的回复";
}
