//! Posts: what is done to them, their forms, their review.

super::catalogue! {
    NEW = "Begin a post", "新建一篇内容";
    IDEA = "Change a post's idea", "修改内容的主题";
    EDIT = "Change what a variant says", "修改某渠道的版本";
    ADD = "Add a variant for a channel", "为一个渠道增加版本";
    DROP = "Take a variant away", "去掉一个版本";
    SUBMIT = "Hand in for review", "提交审核";
    APPROVE = "Pass a step of the review", "通过一步审核";
    REJECT = "Say what is to be mended", "退回并说明要改什么";
    SCHEDULE = "Give it a time, or another one", "排期或改期";
    UNSCHEDULE = "Take its time away", "取消排期";
    RECALL = "Take it back before it goes out, or ask the platform to delete it", "发出前撤回，或请平台删除";
    PUBLISHED = "It is on the platform", "已在平台上";
    AGAIN = "It is not on the platform: send it again", "不在平台上：再发一次";

    DID_NEW = "begun", "已新建";
    DID_IDEA = "idea changed", "已修改主题";
    DID_EDIT = "changed", "已修改";
    DID_ADD = "variant added", "已增加版本";
    DID_DROP = "variant taken away", "已去掉版本";
    DID_SUBMIT = "handed in for review", "已提交审核";
    DID_APPROVE = "passed", "已通过";
    DID_REJECT = "sent back to be mended", "已退回";
    DID_SCHEDULE = "scheduled", "已排期";
    DID_UNSCHEDULE = "taken off its time", "已取消排期";
    DID_RECALL = "recalled", "已撤回";
    DID_PUBLISHED = "marked as published", "已标为已发布";
    DID_AGAIN = "sent again", "已再次发送";

    FORM_IMAGE_TEXT = "image and text", "图文";
    FORM_SHORT_VIDEO = "short video", "短视频";
    FORM_LIVE = "live", "直播";
    FORM_H5 = "H5 page", "H5";
    FORM_ANIMATION = "animation", "动画";
    FORM_TOPIC = "topic", "话题";

    FUNNEL_AWARENESS = "awareness", "认知";
    FUNNEL_INTEREST = "interest", "兴趣";
    FUNNEL_DECISION = "decision", "决策";
    FUNNEL_LOYALTY = "loyalty", "忠诚";

    STEP_COMPLIANCE = "compliance", "合规";
    STEP_TONE = "tone", "语气";
    STEP_LOGIC = "logic", "逻辑";
}
