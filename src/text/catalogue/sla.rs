//! What the SLA engine says: targets, how a deadline came about, what other rules would change.

super::catalogue! {
    // Targets.
    FIRST_RESPONSE = "first response", "首次响应";
    NEXT_RESPONSE = "next response", "后续响应";
    ACKNOWLEDGE = "acknowledge", "受理";
    HAND_OVER = "hand-over", "转接";
    STATEMENT = "statement", "公开说明";
    RESOLUTION = "resolution", "解决";

    // The page that explains.
    TITLE = "Deadlines of #{id}", "#{id} 的时限";
    RULE = "policy \"{policy}\", weight {weight}", "策略“{policy}”，权重 {weight}";
    RULE_TAG = "policy \"{policy}\", tag {tag}, weight {weight}", "策略“{policy}”，标签 {tag}，权重 {weight}";
    NO_RULE = "no policy applies to it", "没有适用的策略";
    NO_CLOCK = "it has no deadline", "没有时限";
    HEADING = "{target}: {stands}", "{target}：{stands}";
    RUNNING = "runs out {time}, {span} left", "{time} 到期，还剩 {span}";
    PAUSED = "stands still since {time}, {span} left", "自 {time} 起暂停，还剩 {span}";
    BREACHED = "ran out {time}, {span} ago", "{time} 已到期，超时 {span}";
    MET = "met {time}", "已于 {time} 达成";
    MET_LATE = "done {time}, too late", "{time} 完成，已超时";
    BY_POLICY = "policy \"{policy}\": within {within}, {hours}", "策略“{policy}”：{within} 内，{hours}";
    BY_LOST_POLICY = "policy \"{policy}\", which is not in the file any more", "策略“{policy}”，文件中已不存在";
    EVERY_HOUR = "every hour counts", "全天候计时";
    OFFICE_HOURS = "hours of \"{calendar}\" ({zone})", "按“{calendar}”的营业时间（{zone}）";
    STARTED_FIRST = "began {time} with the customer's first message", "{time} 开始：客户首条消息";
    STARTED_OLDEST = "began {time} with the oldest message that waits", "{time} 开始：最早的待回复消息";
    STARTED_JUDGED = "began {time} with the message the policy was chosen for", "{time} 开始：触发策略的消息";
    COUNTED = "counted {counted} of {within}", "已计 {counted}，共 {within}";
    COUNTED_ONLY = "counted {counted}", "已计 {counted}";
    STRETCH = "counted {from} to {to}: {span}", "计时 {from} 至 {to}：{span}";
    STRETCHES_MORE = "and {n} earlier stretches", "以及更早的 {n} 段";
    PAUSE = "paused {from} to {to}: {why}", "暂停 {from} 至 {to}：{why}";
    PAUSE_LASTS = "paused since {from}: {why}", "自 {from} 起暂停：{why}";
    NEVER_PAUSED = "never paused", "未曾暂停";
    WHY_ANSWERED = "we answered", "我方已回复";
    WHY_PENDING = "waits for the customer", "等待客户";
    WHY_ON_HOLD = "on hold", "挂起";
    WHY_SNOOZED = "snoozed", "稍后处理";
    WHY_RESOLVED = "resolved", "已解决";
    STOPPED_REPLY = "stopped by a reply the customer can see", "因客户可见的回复而停止";
    STOPPED_CLAIM = "stopped when somebody claimed it", "因有人认领而停止";
    STOPPED_HAND_OVER = "stopped when it was handed over", "因已转接而停止";
    STOPPED_STATEMENT = "stopped when it was labelled as stated", "因标记为已说明而停止";
    STOPPED_RESOLVE = "stopped when it was resolved", "因已解决而停止";
    WINDOW = "reply window closes {time}", "回复窗口 {time} 关闭";
    WINDOW_FIRST = "reply window closes {time}: before the first deadline", "回复窗口 {time} 关闭，早于最近时限";
    WINDOW_CLOSED = "reply window closed {time}", "回复窗口已于 {time} 关闭";
    STANDS_STILL = "{target} stands still, {left} left", "{target}已暂停，还剩 {left}";
    NEVER = "never", "永不";

    // Verbs.
    VERB_EXPLAIN = "tell how a conversation's deadlines came about", "说明会话时限的由来";
    VERB_POLICY = "check the policies, see what a change would do, read them again", "检查策略、预览改动的影响、重新读取";
    VERB_CHECK = "read a policy file and tell its first mistake; needs no daemon", "读取策略文件并指出第一个错误；无需守护进程";
    VERB_TEST = "tell what a policy file would change on the desk, before it does; changes nothing", "预览策略文件会带来的变化；不会改动任何内容";
    VERB_RELOAD = "have the desk read its policies, lint and classification again; it also does so when a file changes", "让工作台重新读取策略、用语检查与分类规则；文件改动时也会自动读取";
    ARG_FILE = "The file [default: the desk's policies.toml]", "文件 [默认：工作台的 policies.toml]";
    CHECKED = "{file}: {n} policies, {calendars} calendars, no mistake", "{file}：{n} 条策略，{calendars} 个日历，无错误";
    NO_FILE = "{file} is not there", "{file} 不存在";
    MEND_NO_FILE = "name the file that you mean", "请指明文件";
    TOO_LONG = "{file} is {n} bytes long, more than a policy file may be", "{file} 长 {n} 字节，超出策略文件的上限";
    RELOADED = "read again, with changes: {files}; {n} policies", "已重新读取，有变化：{files}；共 {n} 条策略";
    UNCHANGED = "nothing has changed; {n} policies", "没有变化；共 {n} 条策略";
    PREVIEW_NONE = "nothing would change for {n} conversations", "{n} 个会话不会有任何变化";
    PREVIEW_OF = "of {n} conversations that are not resolved:", "在 {n} 个未解决的会话中：";
    PREVIEW_POLICY = "{n} would be under another policy", "{n} 个将适用其他策略";
    PREVIEW_DEADLINE = "{n} would have another deadline", "{n} 个时限将改变";
    PREVIEW_COME_LATE = "{n} would come to be late", "{n} 个将变为超时";
    PREVIEW_STOP_LATE = "{n} would be late no more", "{n} 个将不再超时";
    EXAMPLE = "#{id}  {before} → {after}  due {was} → {is}", "#{id}  {before} → {after}  到期 {was} → {is}";

    // Told in the cockpit and in the log.
    KEPT_LAST_GOOD = "as before: {why}", "沿用先前：{why}";
    KEPT_SHIPPED = "shipped defaults hold: {why}", "使用自带默认：{why}";
    ACTION = "explain the deadlines", "说明时限";
    SHORT = "explain", "说明";
    NO_ANSWER_YET = "reading…", "读取中…";
}
