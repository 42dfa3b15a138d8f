//! Posts on their way: why something was not done, and what operators are told.

super::catalogue! {
    NO_POST = "there is no post {post}; see dutydesk post list", "没有编号为 {post} 的内容；请查看 dutydesk post list";
    NO_VARIANT = "there is no variant {at} (any more); see the post", "没有版本 {at}，或已去掉；请查看该内容";
    NEWER = "{at} was changed by {by} meanwhile; look at the new text, then change it again", "{at} 已被 {by} 修改；请先看新内容再改";
    CHANGED_SINCE = "{at} was changed by somebody since, so it stays as it is; look at it and decide anew", "{at} 之后已被他人更改，因此保持不变；请查看后重新决定";
    WRONG_STATE = "{at}: {state}; {what}", "{at}：{state}；{what}";
    FITS_SUBMIT = "drafts are handed in for review", "草稿才能提交审核";
    FITS_REVIEW = "only what is in review is passed or sent back", "审核中的才能通过或退回";
    FITS_SCHEDULE = "what has passed its review gets a time, as long as it has not left", "通过审核且尚未发出的才能排期";
    FITS_UNSCHEDULE = "it has no time to be taken away", "没有可取消的排期";
    FITS_RECALL = "there is nothing to take back; settle first whether an unconfirmed one is out", "没有可撤回的；未确认的请先核实是否已发出";
    FITS_SETTLE = "only what failed, was missed or is unconfirmed is settled by hand", "失败、错过或未确认的才能手动核定";
    FITS_EDIT = "what has left the desk cannot be changed; begin a new one", "已发出的不能修改；请新建";
    NOT_APPROVER = "{at}: only {who} may review on this channel; ask one of them", "{at}：该渠道仅 {who} 可以审核；请联系其中一位";
    OWN_TEXT = "{at} is of high risk and you wrote it: somebody else has to review it", "{at} 属高风险且由您撰写：须由他人审核";
    NO_STEP = "{at}: the step {step} is not open to you; see its review", "{at}：{step}这一步不由您处理；请查看其审核";
    NO_STEP_OPEN = "{at}: no step of the review is open to you any more", "{at}：没有待您处理的审核步骤";
    NOT_REVIEWED = "{at} has not passed its review; hand it in, and let it be passed first", "{at} 未通过审核；请先提交并通过审核";
    NO_FREE_SLOT = "{at}: {channel} has no free planned time in the next weeks; name a time", "{at}：{channel} 近几周没有空闲时段；请指定时间";
    UNDER_WAY = "{at} is on its way to the platform; wait until that is settled", "{at} 正在发往平台；请等待结果";
    LEFT = "{at} has left the desk, so this cannot be undone; recall it to ask for its deletion", "{at} 已发出，无法撤销；如需删除请撤回";
    CANNOT_DELETE = "{at} is out, and {channel} cannot delete it from here; delete it on the platform", "{at} 已发出，且 {channel} 无法从这里删除；请在平台上删除";
    DELETED = "{at} is deleted on the platform, or that is under way", "{at} 已在平台上删除，或正在删除";
    EMPTY = "{at} says nothing; write a text or add a picture first", "{at} 没有内容；请先写文字或添加图片";
    NOTHING_SAID = "{at}: say what is to be mended", "{at}：请说明要改什么";
    UNCHANGED = "{at} is like that already; nothing was changed", "{at} 已是如此，未作更改";
    TOO_MANY_VARIANTS = "{has} variants are more than a post may have; {most} is the most", "{has} 个版本超出上限；一篇内容最多 {most} 个";
    TOO_MANY = "{asked} are too many for one action; {most} is the most", "{asked} 个超出上限；最多 {most} 个";
    FULL = "post {post} has grown as large as one may be; begin another", "内容 {post} 已达大小上限；请另建一篇";
    STOPPED = "{at}: not handed in: \"{said}\"{more}: {reason}; {advice}{way}", "{at}：未提交：“{said}”{more}：{reason}；{advice}{way}";
    OR_BECAUSE = ", or give a reason to hand it in all the same", "，或说明理由后仍然提交";
    NO_OVERRIDE = "; this desk makes no exceptions", "；本工作台不允许例外";

    TOLD_IN_REVIEW = "{by} handed in post {at} \"{title}\" ({channel}) for review", "{by} 提交了内容 {at}“{title}”（{channel}）待审核";
    TOLD_REJECTED = "{by} sent post {at} \"{title}\" back: {why}", "{by} 退回了内容 {at}“{title}”：{why}";
    TOLD_APPROVED = "{by} passed post {at} \"{title}\": it can be scheduled", "{by} 通过了内容 {at}“{title}”：可以排期";
    TOLD_RECALLED = "{by} recalled post {at} \"{title}\"", "{by} 撤回了内容 {at}“{title}”";
    TOLD_BY_HAND = "post {at} \"{title}\" is due, and {channel} publishes by hand: put it there, then mark it as published", "内容 {at}“{title}”已到时间，{channel} 需手动发布：请发布后标为已发布";
    TOLD_FAILED = "post {at} \"{title}\" was not published on {channel}: {why}", "内容 {at}“{title}”未能在 {channel} 发布：{why}";
    TOLD_UNCONFIRMED = "post {at} \"{title}\" may be out on {channel}: {why}; look, then say which", "内容 {at}“{title}”可能已在 {channel} 发布：{why}；请核实";
    TOLD_MISSED = "post {at} \"{title}\" missed its time on {channel}: send it now, or give it another time", "内容 {at}“{title}”在 {channel} 错过了时间：请立即发布或改期";
    TOLD_MOVED = "post {at} \"{title}\" missed its time on {channel} and was moved to the next free one", "内容 {at}“{title}”在 {channel} 错过了时间，已移至下一个空闲时段";
    TOLD_NOT_DELETED = "post {at} \"{title}\" was not deleted on {channel}: {why}", "内容 {at}“{title}”未能在 {channel} 删除：{why}";
    TOLD_DELETED = "post {at} \"{title}\" is deleted on {channel}", "内容 {at}“{title}”已在 {channel} 删除";

    JOURNAL = "{verb} {what}", "{verb} {what}";
    JOURNAL_WHY = "{verb} {what}: {why}", "{verb} {what}：{why}";
}
