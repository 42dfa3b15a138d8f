//! Canned responses: the picker, the verb, and what the places in them stand for.

super::catalogue! {
    VAR_AUTHOR = "the customer's name", "客户名";
    VAR_FIRST_NAME = "the first word of the customer's name", "客户名的第一个词";
    VAR_OPERATOR = "who answers", "回复人";
    VAR_CHANNEL = "what the channel is called", "渠道名称";
    VAR_PLATFORM = "the channel's platform", "平台";
    VAR_LINK = "the page of the customer's message", "客户消息的链接";
    VAR_NUMBER = "the conversation's number", "会话编号";
    VAR_DESK = "the desk's name", "工作台名称";

    TITLE = "Canned responses", "常用回复";
    TITLE_ALL = "Canned responses, also of other channels and languages", "常用回复（含其他渠道与语言）";
    NONE_HERE = "None fits this channel and language; {key} shows all of them", "没有适合此渠道与语言的；按 {key} 显示全部";
    NONE_FIT = "None fits what is typed", "没有匹配的";
    NONE_AT_ALL = "This desk has no canned responses yet; put them into the folder responses", "此工作台还没有常用回复；请放入 responses 文件夹";
    ASKED = "reading the canned responses...", "正在读取常用回复……";
    WRONG = "canned responses: {what}", "常用回复：{what}";
    WRONG_MORE = "canned responses: {what} (and {n} more; dutydesk responses check)", "常用回复：{what}（另有 {n} 处；dutydesk responses check）";
    STILL_OPEN = "not sent: {place} has to be filled in first; {key} goes there", "未发送：请先填写 {place}；按 {key} 跳到该处";

    ABOUT = "Canned responses of the desk", "工作台的常用回复";
    ABOUT_LIST = "List them", "列出常用回复";
    ABOUT_SHOW = "Print one", "显示一条";
    ABOUT_CHECK = "Read the files and name every mistake", "检查文件并列出所有错误";
    ARG_NAME = "The name of one", "名称";
    COL_NAME = "NAME", "名称";
    COL_LANGUAGE = "LANGUAGE", "语言";
    COL_CHANNELS = "CHANNELS", "渠道";
    COL_TEXT = "TEXT", "内容";
    ANY = "any", "任意";
    NO_SUCH = "there is no canned response {name}; see dutydesk responses list", "没有常用回复 {name}；请查看 dutydesk responses list";
    CHECKED = "{n} canned responses, no mistake", "{n} 条常用回复，没有错误";
}
