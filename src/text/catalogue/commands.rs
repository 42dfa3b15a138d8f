//! One line for each command, for help, palette and documentation.

super::catalogue! {
    CLAIM = "claim: you work on it, as long as this session lives", "认领：由你处理，会话结束即释放";
    RELEASE = "release your claim", "释放认领";
    REPLY = "reply to the customer", "回复客户";
    NOTE = "write a private note", "写内部备注";
    ASSIGN = "assign to somebody, or to nobody", "指派给某人，或取消指派";
    SNOOZE = "snooze until a time", "稍后处理，到时再现";
    PENDING = "wait for the customer", "等待客户回复";
    HOLD = "put on hold", "挂起";
    RESOLVE = "resolve", "标记为已解决";
    REOPEN = "reopen", "重新打开";
    LABEL = "put a label on", "添加标签";
    UNLABEL = "take a label off", "移除标签";
    UNDO = "undo your last action", "撤销上一步操作";
    REDO = "redo what you undid", "重做";
}
