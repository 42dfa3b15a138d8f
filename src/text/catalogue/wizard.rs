//! The import wizard of the cockpit.

super::catalogue! {
    A_IMPORT = "import a file: what its columns mean, a look, the import", "导入文件：指定各列含义、预览、导入";
    A_CHANGE = "change what a column means, or what the rows are", "更改列的含义或行的类型";
    A_NEXT = "show how rows are read; once more imports them", "显示各行的读取结果；再按一次导入";
    S_CHANGE = "change", "更改";
    S_NEXT = "go on", "继续";
    CONTEXT_IMPORT = "Import", "导入";

    TITLE = "Import {file}", "导入 {file}";
    LOOKING = "looking at the file", "正在查看文件";
    MAPPING = "what the columns mean", "各列的含义";
    CHECKING = "reading", "正在读取";
    CHECKED = "as it is read; not imported yet", "读取结果；尚未导入";
    IMPORTING = "importing", "正在导入";
    DONE = "imported", "已导入";
    FAR = "{rows} rows", "{rows} 行";
    FAR_OF = "{percent}%, {rows} rows", "{percent}%，{rows} 行";

    L_ROWS = "rows are", "每行是";
    L_CHANNEL = "channel", "渠道";
    L_PROFILE = "profile", "映射方案";
    FROM_COLUMN = "by a column", "取自列";
    FITS = "{name} fits", "{name} 适用";
    NEW = "{name}, kept on import", "{name}，导入时保存";

    ROWS_MESSAGES = "comments or messages", "评论或私信";
    ROWS_POSTS = "posts with figures", "内容及其数字";
    ROWS_FIGURES = "figures of the account", "账号的数字";

    M_IGNORE = "left out", "略去";
    M_ID = "id", "编号";
    M_AT = "time or day", "时间或日期";
    M_TITLE = "title", "标题";
    M_TEXT = "text", "正文";
    M_FORM = "form", "形式";
    M_AUTHOR = "author", "作者";
    M_LIKES = "likes", "点赞";
    M_LINK = "link", "链接";
    M_CHANNEL = "channel", "渠道";
    M_FIGURE = "figure", "数字";
    FIGURE_NAMED = "a figure, by name", "数字（输入名称）";

    ASK_FILE = "File: ", "文件：";
    ASK_CHANNEL = "Channel: ", "渠道：";
    ASK_NAME = "Name of the profile: ", "映射方案名：";
    ASK_FIGURE = "Figure (likes, reads, plays, ...): ", "数字名（likes、reads、plays 等）：";
    ASK_ROWS = "What each row is", "每行是什么";
    ASK_MEANING = "What {name} means", "{name} 的含义";

    NO_COLUMNS = "no columns were found", "没有找到列";
    NEEDS_TIME = "one column has to be the time or day", "须有一列为时间或日期";
    NEEDS_TEXT = "one column has to be the text", "须有一列为正文";
    NEEDS_FIGURE = "at least one column has to be a figure", "至少须有一列为数字";
    NEEDS_CHANNEL = "the channel is missing", "缺少渠道";
    MEANT_TWICE = "two columns mean the same", "有两列含义相同";
    NOT_A_NAME = "a name is letters, digits, - and _", "名称只能含字母、数字、- 和 _";
    EXISTS = "a profile called {name} is there already; give this one another name", "已有名为 {name} 的映射方案；请换一个名称";
    NOT_KEPT = "the profile cannot be kept: {why}", "无法保存映射方案：{why}";
    NOT_STARTED = "the import could not be started: {why}", "无法开始导入：{why}";
}
