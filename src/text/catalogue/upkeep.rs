//! What is done to a desk as a whole: looking it over, writing it anew, backing it up.

super::catalogue! {
    VERIFY = "look whether everything in a desk that no daemon serves agrees", "检查（未运行的）工作台数据是否一致";
    VERIFY_LONG = "Reads the whole desk and looks whether indexes, counters, timers and figures agree with the records they were made from, and the journal with the state. The daemon has to be stopped. Ends with 1 when something does not agree.", "读取整个工作台，检查索引、计数、计时、指标与原始记录是否一致，以及操作记录与当前状态是否一致。须先停止守护进程。有不一致时退出码为 1。";
    COMPACT = "write the database of a desk that no daemon serves anew, so that it takes less room", "重写（未运行的）工作台的数据库以节省空间";
    COMPACT_LONG = "Writes the database anew beside the old one, compares both, and puts it in its place; what was erased is gone from the disk then. It needs as much free room as the database has. The daemon has to be stopped. An interruption leaves the desk as it was.", "在旧数据库旁重写一份，比对后替换；已删除的内容此后不再留存于磁盘。需要与数据库等量的空闲空间。须先停止守护进程。中断不会影响原有数据。";
    LOOKED_AT = "{conversations} conversations and {messages} messages looked at", "已检查 {conversations} 个会话、{messages} 条消息";
    DISAGREES = "{n} things do not agree; restore a backup, or send the list above to whoever looks after the program", "有 {n} 处不一致；请恢复备份，或将以上清单发给程序维护者";
    COMPACTED = "{n} keys written anew: {before} before, {after} now", "已重写 {n} 个键：之前 {before}，现在 {after}";
    STOP_FIRST = "a daemon serves this desk; stop it first with dutydesk stop (a shared desk's service: systemctl stop dutydesk)", "守护进程正在运行；请先执行 dutydesk stop（共享工作台：systemctl stop dutydesk）";
    BACKUP = "back the whole desk up into a folder while it runs", "在运行中将整个工作台备份到文件夹";
    BACKUP_LONG = "Makes a folder with everything in the desk: its records as they were at one moment, and the files people write in its folder. The desk goes on meanwhile. The folder is for your account alone, and is there as a whole or not at all. Run it under the account that owns the desk.", "生成一个包含工作台全部内容的文件夹：某一时刻的全部记录，以及工作台目录下的设置文件。备份期间工作台照常运行。文件夹仅当前账号可读，要么完整，要么不存在。请以工作台所有者的账号运行。";
    RESTORE = "make a desk of a backup, where there is none", "由备份恢复出一个新的工作台";
    RESTORE_LONG = "Makes a desk of a folder that backup made, in a folder without a desk (--desk DIR). Files that are there already are left as they are. What was on its way out is held, for it may have gone out since.", "由 backup 生成的文件夹恢复出工作台（--desk DIR 指定目录，该目录不能已有工作台）。已存在的文件保持不变。待发送的内容会先暂缓，因为可能已在此后发出。";
    ARG_FOLDER = "The backup's folder", "备份文件夹";
    ARG_SECRETS = "With the passwords and tokens of the channels", "包含渠道的密码和令牌";
    EXISTS = "{path} is there already; name a folder that is not", "{path} 已存在；请指定一个不存在的文件夹";
    DESK_EXISTS = "there is a desk in {path} already; name another folder with --desk DIR", "{path} 已有工作台；请用 --desk DIR 指定其他文件夹";
    NO_FILE = "{path}: {why}", "{path}：{why}";
    BACKED_UP = "{n} records and the desk's files are in {path}", "{n} 条记录及工作台设置已备份到 {path}";
    NO_SECRETS = "The backup has no secrets: add the channels' passwords with dutydesk channel add.", "备份不含密码和令牌：请用 dutydesk channel add 补上。";
}
