//! What import says: reasons, the report, what is the matter with a source or a profile.

super::catalogue! {
    NO_TEXT = "no text", "没有正文";
    NO_TIME = "no time", "没有时间";
    NO_ID = "no id", "没有编号";
    NO_CHANNEL = "no channel", "没有渠道";
    BAD_TIME = "time cannot be read", "时间无法识别";
    TIME_OUT_OF_RANGE = "time before 2004 or in the future", "时间早于 2004 年或在未来";
    TEXT_TOO_LONG = "text over 64 KiB", "正文超过 64 KiB";
    ROW_TOO_LONG = "row over 256 KiB", "整行超过 256 KiB";
    FIELD_TOO_LONG = "a field is too long", "某个字段过长";
    INVALID_UTF8 = "not UTF-8", "不是 UTF-8 编码";
    NUL = "a NUL character", "含有 NUL 字符";
    FIELD_COUNT = "other number of fields than the header", "字段数与表头不符";
    BAD_QUOTES = "quotes not closed or misplaced", "引号未闭合或位置有误";
    NOT_JSON = "not a JSON object", "不是 JSON 对象";
    NOT_AN_EVENT = "not an event of the documented format", "不符合事件格式";
    BAD_CHANNEL = "not a channel name", "不是有效的渠道名";
    CUT_OFF = "cut off in the middle", "中途被截断";
    DESK = "the desk could not place it", "工作台无法安放";
    LIKES_UNREADABLE = "likes cannot be read, taken as 0", "点赞数无法识别，按 0 计";
    FIGURE_UNREADABLE = "a figure cannot be read, left out", "有数字无法识别，已略去";
    LINK_LEFT_OUT = "link is not http or https, left out", "链接不是 http 或 https，已略去";

    UNREADABLE = "{name}: cannot be read: {why}", "{name}：无法读取：{why}";
    IS_FOLDER = "{name}: is a folder; name a file, or - for standard input", "{name}：是文件夹；请指定文件，或用 - 表示标准输入";
    IS_UTF16 = "{name}: is UTF-16 text; save it as UTF-8 and import that", "{name}：是 UTF-16 文本；请另存为 UTF-8 后再导入";
    IS_ZIP = "{name}: is a zip or XLSX file; save it as CSV (UTF-8) and import that", "{name}：是 zip 或 XLSX 文件；请另存为 CSV（UTF-8）后再导入";
    FOLLOWED_GZIP = "{name}: a gzip file cannot be followed; leave out --follow", "{name}：gzip 文件不能跟随读取；请去掉 --follow";

    NO_PROFILE = "no profile is called {name}; there are: {known}; or give the path of a .toml file", "没有名为 {name} 的映射方案；现有：{known}；也可给出 .toml 文件路径";
    PROFILE_UNREADABLE = "{place}: the profile cannot be read: {why}", "{place}：映射方案无法读取：{why}";
    PROFILE_WRONG = "{place}: the profile is wrong: {what}", "{place}：映射方案有误：{what}";
    HEADER_MISSING = "{source}: profile {profile} needs the columns {missing}, the file has: {found}; use a profile that fits", "{source}：映射方案 {profile} 需要列 {missing}，文件中的列是：{found}；请改用合适的方案";
    HEADER_TWICE = "{source}: the column {column} is there twice; rename one of them", "{source}：列 {column} 出现两次；请改名其中之一";
    NO_HEADER = "{source}: the first row is no header in UTF-8; save the file as CSV in UTF-8 with a header", "{source}：首行不是 UTF-8 表头；请将文件存为带表头的 UTF-8 CSV";
    NOT_TAKEN = "the desk took no more: {why}; import the same file again to go on, nothing is added twice", "工作台不再接收：{why}；再次导入同一文件即可继续，不会重复添加";
    NO_REJECTS = "the file of rejected rows cannot be written: {why}", "无法写入被拒行文件：{why}";
    TOO_MANY = "a replay holds at most {most} rows; split the file", "回放最多容纳 {most} 行；请拆分文件";
    NO_THREAD = "no thread could be started: {why}", "无法启动线程：{why}";

    ABOUT = "import comments and messages from a file, from standard input, or as a file grows", "从文件、标准输入或持续增长的文件导入评论与私信";
    ARG_FILE = "CSV or NDJSON, plain or gzip; - is standard input", "CSV 或 NDJSON，可为 gzip；- 表示标准输入";
    ARG_PROFILE = "What the columns mean: a profile's name, or the path of a .toml file", "各列的含义：映射方案名，或 .toml 文件路径";
    ARG_PROFILES = "List the profiles there are", "列出现有映射方案";
    ARG_REJECTS = "Write rejected rows to this file, with line and reason, as NDJSON", "将被拒的行（含行号与原因）以 NDJSON 写入此文件";
    ARG_FOLLOW = "Go on reading as the file grows, until stopped", "文件增长时持续读取，直到停止";
    ARG_REPLAY = "Feed old rows as if they happened now, SPEED times as fast", "将旧数据当作此刻发生，以 SPEED 倍速回放";
    UNWRITABLE = "{name}: cannot be written: {why}", "{name}：无法写入：{why}";
    REPORT_ROWS = "{rows} rows in {elapsed}, {rate} a second", "{rows} 行，用时 {elapsed}，每秒 {rate} 行";
    REPORT_TAKEN = "{added} added, {opened} conversations opened, {changed} changed, {known} known already", "新增 {added} 条，新开会话 {opened} 个，变更 {changed} 条，已有 {known} 条";
    REPORT_REJECTED = "{n} rows rejected:", "拒绝 {n} 行：";
    REPORT_MENDED = "taken, but:", "已接收，但：";
    REPORT_UNKNOWN = "columns the profile does not know, left out: {names}", "映射方案未知的列，已略去：{names}";
    REPORT_ABSENT = "columns of the profile that the file does not have: {names}", "映射方案中有而文件中没有的列：{names}";
    BROKEN = "{name}: could not be read on at line {line}: {why}; what came before is kept, import the whole file again to add the rest", "{name}：读到第 {line} 行后无法继续：{why}；此前内容已保留，可重新导入完整文件补齐";
    STOPPED = "stopped early; import the same file again to go on, nothing is added twice", "已提前停止；再次导入同一文件即可继续，不会重复添加";
    PROGRESS = "{percent}% [{bar}] {rows} rows, {rate}/s, {left} left", "{percent}% [{bar}] {rows} 行，{rate} 行/秒，剩余 {left}";
    PROGRESS_OPEN = "{rows} rows, {rate}/s", "{rows} 行，{rate} 行/秒";
}
