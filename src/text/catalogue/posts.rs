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
    DID_SCHEDULE = "has its time", "已定时间";
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

    CHECK_LINT = "{reason}; {advice}", "{reason}；{advice}";
    CHECK_TITLE = "the title is too long: {has} of at most {most}; shorten it", "标题过长：{has} 字，最多 {most} 字；请缩短";
    CHECK_TEXT = "the text is too long: {has} of at most {most}; shorten it", "正文过长：{has} 字，最多 {most} 字；请缩短";
    CHECK_TAGS = "{has} tags, and {most} are the most here; take some out", "有 {has} 个标签，此处最多 {most} 个；请去掉几个";
    CHECK_IMAGES = "{has} pictures, and {most} are the most here; take some out", "有 {has} 张图片，此处最多 {most} 张；请去掉几张";
    CHECK_VIDEOS = "{has} videos, and {most} is the most here; take the others out", "有 {has} 个视频，此处最多 {most} 个；请去掉多余的";
    CHECK_FILE_SIZE = "a file has {has} MB, and {most} MB is the most here; make it smaller", "有文件为 {has} MB，此处最多 {most} MB；请压缩";
    CHECK_NO_SUCH_FORM = "the platform has no posts of this form; choose another form", "平台没有这种形式的内容；请换一种形式";
    CHECK_NO_LICENCE = "nobody has said under which licence {link} may be shown; name it, or use another one", "未注明 {link} 的使用许可；请注明，或改用其他素材";
    CHECK_CANNOT_POST = "the connector of {channel} cannot post; put it there by hand and say: dutydesk post published", "{channel} 的连接器不能发布；请手动发布后执行：dutydesk post published";
    LACKS_TITLE = "the platform wants a title; give it one", "平台要求有标题；请填写";
    LACKS_TEXT = "it says nothing yet; write a text or add a picture", "还没有内容；请写正文或加图片";
    LACKS_TAGS = "the platform wants a tag; add one", "平台要求有标签；请添加";
    LACKS_IMAGES = "the platform wants a picture or a video; add one", "平台要求有图片或视频；请添加";
    LACKS_VIDEOS = "the video is missing; add it", "缺少视频；请添加";
}
