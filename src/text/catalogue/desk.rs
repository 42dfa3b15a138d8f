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
    SERVED = "another daemon (pid {pid}) serves the desk {desk} already; dutydesk stop ends it", "工作台 {desk} 已有守护进程在运行（pid {pid}）；可用 dutydesk stop 停止";
    SHARED = "the desk {desk} is shared: its service starts the daemon, or its account does with: dutydesk serve --desk {desk}", "工作台 {desk} 为共享工作台：请由其服务启动守护进程，或以其账号运行：dutydesk serve --desk {desk}";
    NOT_OURS = "{folder} belongs to uid {owner}, not to this account; run the daemon under that account, or use a folder of your own", "{folder} 属于 uid {owner}，而非当前账号；请以该账号运行守护进程，或使用自己的文件夹";
    OPEN_TO_OTHERS = "others can write in {folder} (mode {mode}); take that right away first: chmod go-w {folder}", "其他用户可以写入 {folder}（权限 {mode}）；请先收回：chmod go-w {folder}";
    BAD_GROUP = "the group {group} in desk.toml cannot be used: {why}; create it and put the daemon's account in it", "desk.toml 中的用户组 {group} 无法使用：{why}；请创建该组并将守护进程账号加入";
    FOLDER_FULL = "no room left on the disk of {path}; free some and start again", "{path} 所在磁盘已满；请清理后重新启动";
    FOLDER_READ_ONLY = "{path} lies on a read-only file system; choose another folder with --desk DIR", "{path} 位于只读文件系统；请用 --desk DIR 选择其他文件夹";
    FOLDER_NO_RIGHT = "this account may not write {path}; choose another folder with --desk DIR, or get the right to it", "当前账号无权写入 {path}；请用 --desk DIR 选择其他文件夹，或获取权限";
    FOLDER_FAILED = "{path} could not be used: {why}", "{path} 无法使用：{why}";
    STORE_FULL = "the database could not be opened, the disk is full: {what}", "磁盘已满，数据库无法打开：{what}";
    STORE_FAILED = "the database could not be opened: {what}", "数据库无法打开：{what}";
    SYSTEM_FAILED = "the daemon could not start: {why}", "守护进程无法启动：{why}";
    LOW_SPACE = "only {free} MiB left on the desk's disk: new messages are not taken until there are {need} MiB", "工作台磁盘仅剩 {free} MiB：在达到 {need} MiB 之前不再接收新消息";
    DISK_FULL = "the desk's disk is full: nothing can be changed until there is room ({why})", "工作台磁盘已满：腾出空间前无法做任何更改（{why}）";
    STORE_STOPPED = "the desk's database stopped: nothing can be changed until it opens again ({why})", "工作台数据库已停止：重新打开前无法做任何更改（{why}）";
    RESTORING = "an export is being restored into this desk", "正在向此工作台恢复导出数据";
    DESK_ENDING = "the daemon is ending", "守护进程正在退出";
}
