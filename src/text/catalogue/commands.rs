//! One line for each command, for help, palette and documentation.

super::catalogue! {
    CLAIM = "claim: you work on it, as long as this session lives", "认领：由你处理，会话结束即释放";
    RELEASE = "release your claim", "释放认领";
    REPLY = "reply to the customer", "回复客户";
    NOTE = "write a private note", "写内部备注";
    MACRO = "run a macro: several steps at once", "运行宏：一次完成多个步骤";
    ESCALATE = "escalate to the lead, with a reason", "升级给负责人，并说明原因";
    DEESCALATE = "the lead need not look at it any more", "取消升级";
    ASSIGN = "assign to somebody, or to nobody", "指派给某人，或取消指派";
    SNOOZE = "snooze until a time", "稍后处理，到时再现";
    PENDING = "wait for the customer", "等待客户回复";
    HOLD = "put on hold", "挂起";
    RESOLVE = "resolve", "标记为已解决";
    REOPEN = "reopen", "重新打开";
    LABEL = "put a label on", "添加标签";
    UNLABEL = "take a label off", "移除标签";
    CLASSIFY = "say what it is (intent, severity); the desk learns from it", "标注意图和严重程度，工作台会从中学习";
    TOPIC = "send the question to the topic pool", "将问题送入选题池";
    UNTOPIC = "take the question out of the topic pool", "将问题移出选题池";
    LIKE = "like the message on its platform", "在平台上点赞该消息";
    UNLIKE = "take the like back", "取消点赞";
    HIDE = "hide the message from others on its platform", "在平台上对他人隐藏该消息";
    UNHIDE = "show the message to others again", "重新公开该消息";
    DELETE = "delete the message on its platform", "在平台上删除该消息";
    BLOCK = "block the person on the platform", "在平台上拉黑该用户";
    UNBLOCK = "let the person in again", "解除拉黑";
    MARK_SENT = "the reply is on the platform: mark it as sent", "回复已在平台上：标记为已发送";
    SEND_AGAIN = "the reply is not on the platform: send it again", "回复不在平台上：重新发送";
    TAKE_BACK = "take a reply that is still on the desk back into a draft", "把尚未发出的回复取回为草稿";
    UNDO = "undo your last action", "撤销上一步操作";
    REDO = "redo what you undid", "重做";
}
