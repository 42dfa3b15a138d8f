//! Search, saved views, orders and folding: in the cockpit and as verbs.

super::catalogue! {
    // The verbs.
    SEARCH = "search all conversations, whatever their state, the newest first", "搜索所有状态的会话，最新的在前";
    ARG_QUERY = "words to look for, and any terms of a filter (platform:weibo -label:spam)", "要查找的文字，可加任意筛选条件（platform:weibo -label:spam）";
    ARG_LIMIT = "stop after this many", "最多显示的条数";
    NOT_BUILT = "the index is being built ({n} %), so older conversations may be missing", "索引正在建立（{n} %），较早的会话可能未包含";
    MORE = "more than these were found; give --limit or more words", "还有更多结果；请用 --limit 或补充关键词";
    VIEWS = "list, save or remove saved views", "列出、保存或删除视图";
    VIEWS_SAVE = "save a view of your own", "保存自己的视图";
    VIEWS_REMOVE = "remove a view of your own", "删除自己的视图";
    ARG_VIEW_NAME = "its name", "视图名称";
    ARG_VIEW_FILTER = "its filter; everything that is open without one", "筛选条件；省略则为全部待处理";
    ARG_SORT = "its order", "排序方式";
    NO_HOME = "there is no home folder to keep views in; set HOME or XDG_CONFIG_HOME", "没有可保存视图的主目录；请设置 HOME 或 XDG_CONFIG_HOME";
    NO_SUCH_VIEW = "you have no view {name}; see dutydesk views", "没有名为 {name} 的自有视图；请查看 dutydesk views";
    OF_DESK = "desk", "工作台";
    OF_OWN = "own", "自有";

    // Keys.
    A_SEARCH = "search everything, resolved ones too", "搜索全部，包括已解决的";
    A_VIEWS = "saved views", "已保存的视图";
    A_SAVE_VIEW = "save the filter and order as a view of your own", "将筛选与排序保存为自有视图";
    A_DROP_VIEW = "remove the view with the cursor, if it is yours", "删除光标处的自有视图";
    A_SORT = "sort by deadline, weight, longest or shortest wait", "按期限、权重、等待最久或最新排序";
    A_FOLD = "fold the late ones into a line, or unfold them", "折叠或展开已超时的";

    // What was found.
    NOTHING = "Nothing found", "没有找到";
    MORE_FOUND = "{n}+ found", "找到 {n}+ 个";
    SEARCHING = "searching on...", "继续查找...";
    PLACE = "{n} of {all}", "{n}/{all}";
    PLACE_MORE = "{n} of {all}+", "{n}/{all}+";
    N_FOUND = "{n} found", "找到 {n} 个";
    BUILDING = "index {n} %", "索引 {n} %";

    // Views.
    VIEWS_TITLE = "Views", "视图";
    VIEWS_TITLE_OWN = "Views · {key} removes one of yours", "视图 · {key} 删除自有视图";
    VIEW_SAVE = "save what is shown now as a view", "将当前筛选保存为视图";
    NAME_PROMPT = "name of the view:", "视图名称：";
    NOTHING_TO_SAVE = "the queue is shown as it always is; set a filter or an order first", "当前未筛选也未改变排序；请先设置";
    NAME_TOO_LONG = "a name has at most {most} bytes", "名称最多 {most} 字节";
    NAME_TAKEN = "Replace your view {name}?", "替换自有视图 {name}？";
    WAS = "now: {what}", "现为：{what}";
    BECOMES = "then: {what}", "将为：{what}";
    VIEW_SAVED = "saved the view {name}; {key} takes that back", "已保存视图 {name}；{key} 可撤销";
    VIEW_REMOVED = "removed the view {name}; {key} takes that back", "已删除视图 {name}；{key} 可撤销";
    VIEW_BACK = "the view {name} is as it was", "视图 {name} 已恢复";
    NOT_YOURS = "{name} is the desk's; its owner changes it in views.toml", "{name} 属于工作台；由所有者在 views.toml 中修改";
    VIEW_ALL = "everything open", "全部待处理";
    VIEW_MINE = "mine", "我的";
    VIEW_UNASSIGNED = "unassigned", "未指派";
    VIEW_SEVERE = "severe", "严重";
    VIEW_LATE = "late", "已超时";
    VIEW_PURCHASE = "purchase", "购买意向";

    // Orders and folding.
    BY_DUE = "by deadline", "按期限";
    BY_WEIGHT = "by weight", "按权重";
    BY_OLDEST = "longest wait first", "等待最久在前";
    BY_NEWEST = "newest first", "最新在前";
    FOLDED = "{n} late folded", "已折叠 {n} 条超时";
    FOLDED_SOME = "late ones folded", "已折叠超时的";
}
