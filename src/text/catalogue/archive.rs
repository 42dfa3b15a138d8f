//! The archive of old conversations.

super::catalogue! {
    VERB = "the archive of old conversations: put them there, look, bring back", "旧会话归档：归档、查看、取回";
    LONG = "Takes conversations that are resolved, owe nothing and in which nothing has happened for a time out of the database, into a file for each month beside it. Nothing is lost: whatever comes for one of them brings it back whole, figures and reports stay as they are, export and backup have all of it. The desk goes on meanwhile. With [retention] in desk.toml the desk does it by itself at night.", "将已办结、无待办事项且长时间没有动静的会话移出数据库，按月存入旁边的文件。不会丢失任何内容：之后与之相关的任何动静都会将其完整取回，指标和报告保持不变，导出与备份包含全部内容。归档期间工作台照常运行。在 desk.toml 中设置 [retention] 后，工作台会在夜间自动归档。";
    ARG_OLDER = "In which nothing has happened for this long, e.g. 180d or 1y; 0d = all that may go", "多久没有动静的会话，如 180d 或 1y；0d 表示全部可归档的会话";
    ARG_DRY = "Only count what would be archived, and why the rest stays", "仅统计可归档的数量及其余保留的原因";
    LIST_VERB = "what is in the archive, by month; with a month, its conversations", "按月列出归档；指定月份则列出其中的会话";
    ARG_MONTH = "A month, e.g. 2026-03", "月份，如 2026-03";
    SHOW_VERB = "show an archived conversation, as show does", "显示一个已归档的会话（与 show 相同）";
    BACK_VERB = "put archived conversations back on the desk", "将已归档的会话取回工作台";
    SEARCH_VERB = "look for words in archived conversations; search does not find them", "在已归档的会话中查找词语（search 不包含归档）";
    ARG_WORDS = "Words, or a filter as search takes it", "词语，或与 search 相同的筛选条件";
    OLDER_FIRST = "say how old they are to be: dutydesk archive --older-than 180d", "请指定时长：dutydesk archive --older-than 180d";
    BAD_LENGTH = "\"{written}\" is no length of time; write 180d, 26w or 1y", "“{written}”不是时长；请写如 180d、26w 或 1y";
    BAD_MONTH = "\"{written}\" is no month; write it like 2026-03", "“{written}”不是月份；请写成 2026-03 的形式";
    DONE = "{n} conversations archived, {looked} looked at", "已归档 {n} 个会话，检查了 {looked} 个";
    WOULD = "{n} conversations would be archived, {looked} looked at; nothing was changed", "可归档 {n} 个会话，检查了 {looked} 个；未作任何更改";
    STAY = "  {n} stay: {why}", "  保留 {n} 个：{why}";
    STAYS_OPEN = "not resolved", "未办结";
    STAYS_RECENT = "something happened in them since", "其后仍有动静";
    STAYS_IN_HAND = "somebody works on them, or a lead is to look at them", "有人处理中，或待主管查看";
    STAYS_OWED = "something is on its way out, or a draft or a deadline waits in them", "有待发送内容、草稿或期限";
    STAYS_USED = "the desk learns from them, or the topic pool names them", "用于学习，或被选题池引用";
    STAYS_POST = "they hold posts of ours", "包含我方发布的内容";
    STAYS_LONG = "too long for the archive", "过长，无法归档";
    INTERRUPTED = "stopped; what was archived so far stays archived, and the same verb goes on", "已停止；已归档的部分保持归档，再次执行可继续";
    EMPTY = "the archive is empty", "归档为空";
    ROW = "{n} conversations", "{n} 个会话";
    BROUGHT = "{n} brought back to the desk", "已取回 {n} 个";
    NONE_ARCHIVED = "they are on the desk; nothing was archived of them", "它们都在工作台上，没有已归档的";
    MARK = "archived {month}", "已归档 {month}";
    MARK_LONG = "archived in {month}; what is done to it brings it back to the desk", "已归档于 {month}；对其进行任何操作都会将其取回工作台";
    JOURNAL = "{verb}: {n} conversations, {months}", "{verb}：{n} 个会话，{months}";
    LOOKED = "{n} archived conversations looked at", "已检查 {n} 个已归档会话";
    LEFT = "{n} bytes of the archive are left over and are cleared by the desk when it runs", "归档中有 {n} 字节的残留，工作台运行时会清除";
}
