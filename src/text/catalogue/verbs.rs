//! What verbs say.

super::catalogue! {
    ABOUT = "A terminal operations cockpit for the people who answer for a brand on social media", "面向品牌社交媒体客服团队的终端运营工作台";
    ABOUT_COCKPIT = "Without a verb the cockpit opens; press ? in it for its keys.", "不带子命令时打开工作台；在其中按 ? 查看按键。";
    EXIT_CODES = "Exit codes:", "退出码：";
    EXIT_DONE = "done", "已完成";
    EXIT_REFUSED = "not done, or not all of it: the desk refused; what was refused is unchanged", "未完成或未全部完成：工作台拒绝；被拒绝的部分保持不变";
    EXIT_USAGE = "the command line, or a value on it, could not be understood", "命令行或其中某个值无法识别";
    EXIT_NO_DESK = "no desk or no daemon that would answer", "没有可应答的工作台或守护进程";
    EXIT_FILE = "a file, a pipe or the terminal could not be read or written", "文件、管道或终端无法读写";
    EXIT_SERVED = "serve: another daemon already serves this desk", "serve：该工作台已有守护进程在服务";

    EXIT_UNSAFE = "serve: a folder belongs to another account, or others may write in it", "serve：文件夹属于其他账号，或其他用户可写入";
    EXIT_GROUP = "serve: the group of a shared desk cannot be used", "serve：共享工作台的用户组无法使用";
    EXIT_FOLDER = "serve: a folder or file cannot be made, read or written", "serve：文件或文件夹无法创建、读取或写入";
    EXIT_DISK_FULL = "serve: the disk is full", "serve：磁盘已满";
    EXIT_DATABASE = "serve: the database cannot be opened", "serve：数据库无法打开";
    EXIT_SETTINGS = "serve: a file of the desk says something that cannot be", "serve：工作台的某个配置文件有误";
    EXIT_SYSTEM = "serve: the system refused something", "serve：系统拒绝了某项操作";
    EXIT_SHARED = "serve: a shared desk's daemon is started by its service", "serve：共享工作台的守护进程由其服务启动";

    ARG_DESK = "The desk's folder, or DUTYDESK_DESK [default: your private desk]", "工作台文件夹，或 DUTYDESK_DESK [默认：你的私人工作台]";
    ARG_AS = "Who you say you are, or DUTYDESK_AS; heard only by a private desk with identity = \"declared\"", "你声明的身份，或 DUTYDESK_AS；仅 identity = \"declared\" 的私人工作台接受";
    ARG_JSON = "Print JSON, one object a line", "输出 JSON，每行一个对象";
    ARG_LANG = "The language, or DUTYDESK_LANG [default: your locale's]", "语言，或 DUTYDESK_LANG [默认：取自系统区域设置]";
    ARG_THEME = "The theme to begin with", "初始主题";
    ARG_COLOURS = "How many colours: auto, none, 16, 256 or true", "颜色数：auto、none、16、256 或 true";
    ARG_ASCII = "Draw with ASCII alone", "仅用 ASCII 绘制";

    ARG_IDS = "Conversations, by number: 12 14", "会话编号：12 14";
    ARG_ID = "A conversation, by number", "会话编号";
    ARG_TO = "To whom", "指派给谁";
    ARG_NOBODY = "To nobody", "取消指派";
    ARG_UNTIL = "Until when: 1h, tonight, tomorrow, \"fri 14:00\", 18:30", "到何时：1h、今晚、明天、\"周五 14:00\"、18:30";
    ARG_LABEL = "The label, one word", "标签，一个词";
    ARG_TEXT = "The text; - reads it from standard input", "正文；- 表示从标准输入读取";
    ARG_OVER = "Take it over from whoever holds it", "从当前认领者手中接管";
    ARG_SEEN = "How many messages you have seen; refused when there are more by now", "你已看过的消息数；若已有新消息则拒绝发送";
    ARG_QUEUE = "Which queue [default: both, comments first]", "队列 [默认：两者，评论在前]";
    ARG_FILTER = "Only what passes, e.g. \"platform:douyin likes:100 -label:spam late\"", "仅列出符合条件的，例如 \"platform:douyin likes:100 -label:spam late\"";
    ARG_STATE = "Those in this state [default: open]", "处于该状态的会话 [默认：open]";
    ARG_LIMIT = "At most so many [default: all]", "最多条数 [默认：全部]";
    ARG_FROM = "From this entry on [default: the first]", "从该条目开始 [默认：第一条]";
    ARG_ENTRIES = "At most so many [default: all]", "最多条数 [默认：全部]";

    LIST = "list a queue, most urgent first", "列出队列，最紧急的在前";
    SHOW = "show a conversation with its messages", "显示会话及其消息";
    SUGGEST = "print answers that might be given in a conversation, from the program that the desk's owner has set; sends nothing", "显示会话的回复建议，由工作台所有者设置的程序生成；不会发送任何内容";
    NO_SUGGESTIONS = "no suggestions", "没有建议";
    JOURNAL = "print who did what, oldest first", "按时间列出谁做了什么";
    LINE = "print the desk in one line, for a tmux status bar", "用一行概括工作台，用于 tmux 状态栏";
    LINE_LONG = "print the desk in one line, for a tmux status bar: set -g status-right '#(dutydesk line --tmux)'. Starts no daemon.", "用一行概括工作台，用于 tmux 状态栏：set -g status-right '#(dutydesk line --tmux)'。不会启动守护进程。";

    KEYS = "the keys of the cockpit as you have them", "你的工作台按键";
    KEYS_LIST = "print every key and what it does", "列出所有按键及其作用";
    KEYS_CHECK = "say what is wrong with the keys of your config.toml", "检查 config.toml 中的按键设置";
    KEYS_RIGHT = "nothing is wrong with your keys", "按键设置没有问题";
    KEYS_WRONG = "mistakes in your keys: {n}", "按键设置有 {n} 处错误";

    PASTE = "bring in what customers wrote where no connector does", "录入未接入渠道上的客户内容";
    PASTE_LONG = "bring in what customers wrote where no connector does. In the text a first line @name names the author, a link on a line of its own is the page, //dm on a line of its own makes it a direct message, and a line --- begins the next one. With a link the same text comes in once, however often it is pasted.", "录入未接入渠道上的客户内容。正文首行 @名字 为作者；单独一行的链接为页面；单独一行 //dm 表示私信；单独一行 --- 开始下一条。带链接的相同内容无论粘贴多少次只录入一次。";
    PASTE_NOTHING = "there is nothing to bring in; give it with --text or on standard input", "没有可录入的内容；请用 --text 或标准输入提供";
    PASTE_LINK = "{link} is no link that is safe to open; give one that begins with https://", "{link} 不是可安全打开的链接；请提供以 https:// 开头的链接";
    PASTED = "{n} added, {known} known already", "录入 {n} 条，已存在 {known} 条";
    ARG_ONTO = "The channel, one word in lower case; a new name makes a new channel", "渠道，小写单词；新名称会新建渠道";
    ARG_DM = "It is a direct message", "这是私信";
    ARG_AUTHOR = "Who wrote it, where the text names nobody", "作者（正文未注明时）";
    ARG_LINK = "The page that shows it, where the text has none", "所在页面（正文未注明时）";

    SERVE = "run the desk's daemon in the foreground; on a private desk the first client starts it by itself", "在前台运行工作台守护进程；私人工作台会由首个客户端自动启动";
    STOP = "end the desk's daemon, and wait until it has ended", "停止工作台守护进程，并等待其退出";
    STATUS = "say how the desk's daemon is; starts none", "显示工作台守护进程的状态；不会启动它";
    STATUS_DAEMON = "daemon", "守护进程";
    STATUS_RUNS = "dutydesk {version}, pid {pid}, since {since}", "dutydesk {version}，pid {pid}，自 {since}";
    STATUS_FOLDER = "folder", "文件夹";
    STATUS_DISK = "on disk", "占用磁盘";
    STATUS_BACKUP = "last backup", "上次备份";
    STATUS_NO_BACKUP = "none is known", "未记录";
    STATUS_MIB = "{n} MiB, revision {revision}", "{n} MiB，修订 {revision}";
    STATUS_COCKPITS = "cockpits", "工作台连接";
    STATUS_PEOPLE = "{n} ({people})", "{n}（{people}）";
    STATUS_WAITING = "waiting replies", "待发送回复";
    STATUS_READ_ONLY = "read-only", "只读";
    STATUS_TROUBLE = "mistake", "设置有误";
    STATUS_LATE = "{n} late", "{n} 超时";
    EXPORT = "write everything in the desk as NDJSON, to a file or standard output", "将工作台的全部内容以 NDJSON 写入文件或标准输出";
    ARG_EXPORT = "The file, which must not be there yet; - is standard output", "目标文件，须尚不存在；- 表示标准输出";
    EXPORTED = "{n} lines written to {file}", "已向 {file} 写入 {n} 行";
    RESTORED = "{n} lines restored", "已恢复 {n} 行";
    NO_EXPORT_FILE = "{file} could not be written: {why}", "无法写入 {file}：{why}";
    NO_RESTORE_FILE = "line {line} of the export could not be read: {why}", "无法读取导出文件第 {line} 行：{why}";

    DID = "{verb}: {ids}", "{verb}：{ids}";
    TAKEN_BACK = "taken back: {verb}: {ids}", "已撤销：{verb}：{ids}";
    DONE_AGAIN = "done again: {verb}: {ids}", "已重做：{verb}：{ids}";
    AND_MORE = "and {n} more", "等另外 {n} 个";
    SOME_REFUSED = "{n} were not done; the first: {why}", "{n} 个未完成；第一个：{why}";
    BAD_WHEN = "\"{when}\" is no moment; write 1h, tonight, tomorrow, \"fri 14:00\" or 18:30", "无法识别时间“{when}”；请写 1h、今晚、明天、“周五 14:00”或 18:30";
    PAST_WHEN = "\"{when}\" has passed already; name a later moment", "“{when}”已经过去；请写更晚的时间";
    FAR_WHEN = "\"{when}\" is more than two years away; name an earlier moment", "“{when}”在两年以后；请写更早的时间";
    NO_INPUT = "the text could not be read from standard input: {why}", "无法从标准输入读取正文：{why}";
    NO_OUTPUT = "standard output could not be written: {why}", "无法写入标准输出：{why}";
    NO_HOME = "neither HOME nor XDG_STATE_HOME is set; name the desk with --desk DIR", "未设置 HOME 或 XDG_STATE_HOME；请用 --desk DIR 指定工作台";

    NO_TERMINAL = "the cockpit needs a terminal; in scripts use the verbs, see: dutydesk --help", "工作台需要终端；脚本中请使用子命令，参见：dutydesk --help";
    DUMB_TERMINAL = "the terminal \"{term}\" cannot place its cursor; set TERM to what you use, or work line by line: dutydesk --plain", "终端“{term}”无法定位光标；请将 TERM 设为实际终端，或逐行使用：dutydesk --plain";
    TERMINAL_FAILED = "the terminal failed: {why}", "终端出错：{why}";
    EDITOR_FAILED = "the editor could not be run: {why}; set EDITOR to one that is installed", "无法运行编辑器：{why}；请将 EDITOR 设为已安装的编辑器";
    NO_SUCH_THEME = "no theme is called \"{name}\"; there are {names}", "没有名为“{name}”的主题；可用：{names}";
    NOT_KEPT = "the setting could not be kept in {file}: {why}", "无法将设置保存到 {file}：{why}";

    UNTAGGED = "-", "-";
    NO_DEADLINE = "-", "-";
    LIKES = "♥{n}", "♥{n}";
    SHOW_STATE = "state {state}", "状态 {state}";
    SNOOZED_UNTIL = "snoozed until {when}", "暂缓至 {when}";
    SHOW_DUE = "due {when} ({left}) by \"{policy}\"", "截止 {when}（{left}），依据“{policy}”";
    SHOW_WINDOW = "the platform takes replies until {when}", "平台允许回复至 {when}";
    SHOW_ASSIGNEE = "assigned to {name}", "指派给 {name}";
    SHOW_CLAIM = "claimed by {name} since {when}", "由 {name} 认领，自 {when}";
    SHOW_LABELS = "labels {labels}", "标签 {labels}";
    SHOW_PAGE = "page {link}", "页面 {link}";
    SHOW_ESCALATED = "escalated by {name}, {when}", "由 {name} 于 {when} 升级";
    SHOW_OLDER = "({n} older messages)", "（另有 {n} 条更早的消息）";
    MARK_NOTE = "note", "备注";
    MARK_REPLY = "reply", "回复";
    MARK_WAITING = "reply, waits for its channel", "回复，等待渠道发送";
    MARK_POST = "our post", "我方发布";
    MARK_HELD = "reply, held until somebody looks at it", "回复，暂缓发送，待确认";
    MARK_SENDING = "reply, on its way", "回复，发送中";
    MARK_UNCONFIRMED = "reply, unconfirmed: look on the platform, then mark-sent or send-again", "回复，未确认：请在平台查看，然后 mark-sent 或 send-again";
    MARK_FAILED = "reply, failed: {why}", "回复，发送失败：{why}";
    MARK_LIKED = "liked by us", "我方已赞";
    MARK_HIDDEN = "hidden by us", "我方已隐藏";
    MARK_WITHDRAWN = "withdrawn", "已撤回";
    UNSAFE_LINK = "(a link that is not safe to open)", "（不安全的链接）";

    JOURNAL_DID = "{verb} {ids}", "{verb} {ids}";
    JOURNAL_RECEIVED = "{n} messages came in", "收到 {n} 条消息";
    JOURNAL_ELAPSED = "came back or fell idle: {ids}", "到时恢复或闲置释放：{ids}";

    ARG_TMUX = "With tmux's colours, and with a word where no daemon answers", "使用 tmux 颜色；守护进程未响应时也输出提示";
    LINE_OFF = "desk off", "工作台未运行";
    LINE_QUEUES = "{comments} comments {messages} messages", "评论 {comments} 私信 {messages}";
    LINE_LATE = "{n} late", "{n} 超时";
    LINE_NEXT = "next {left}", "下一个 {left}";
    LINE_READ_ONLY = "READ-ONLY", "只读";
}
