//! Service figures and the breach forecast.

super::catalogue! {
    SERVICE = "Service figures: response times, hit rate, backlog, oldest waiting", "服务指标：响应时长、达标率、积压、最久等待";
    ARG_BY = "What the rows are about", "按什么分行";
    ARG_SINCE = "The period: today, or a length such as 24h or 7d; compared with the one before", "时段：today，或 24h、7d 等时长；与前一时段对比";
    ARG_OUTSIDE = "Count what was answered outside of the desk, too", "同时计入在工作台之外的回复";
    BAD_SINCE = "{what} is no period: write today, 24h, 7d, at most 200d", "{what} 不是时段：请写 today、24h、7d，最长 200d";
    COL_REPLIES = "replies", "回复";
    COL_FIRST = "first reply", "首响";
    COL_NEXT = "next reply", "后续";
    COL_HIT = "hit rate", "达标";
    COL_BACKLOG = "backlog", "积压";
    COL_OLDEST = "oldest", "最久";
    COL_BEFORE = "before", "此前";
    BY_POLICY = "policy", "策略";
    BY_OPERATOR = "operator", "人员";
    BY_CHANNEL = "channel", "渠道";
    BY_HOUR = "hour", "小时";
    NO_POLICY = "(no policy)", "（无策略）";
    NOBODY = "(nobody)", "（无人）";
    OUTSIDE = "(outside the desk)", "（工作台之外）";
    ALL_ROWS = "all", "合计";
    MEDIAN_P90 = "{median} / {p90}", "{median} / {p90}";
    PERIOD = "{from} to {to}, compared with as long before; first and next reply: median / 9 of 10 within", "{from} 至 {to}，与此前同长时段对比；首响与后续：中位数 / 九成以内";
    OUTSIDE_LEFT = "{n} more were answered outside of the desk; --outside counts them in", "另有 {n} 条在工作台之外得到回复；--outside 计入";
    NOT_WHOLE = "More wait than are looked at: backlog by row and oldest are of the most urgent ones", "等待过多：分行积压与最久等待仅含最紧急的部分";

    FORECAST = "How many will breach by each coming hour, and what one more operator changes", "预测未来各小时的超时数，以及增减一人的影响";
    ARG_HOURS = "For how many hours, 1 to 12", "预测几小时，1 至 12";
    ARG_OPERATORS = "With so many operators instead of those who are on", "按此人数预测，而非当前在线人数";
    COL_UNTIL = "by", "截至";
    COL_COME = "will come", "将到";
    COL_BREACH = "will breach", "将超时";
    COL_RANGE = "4 of 5 times", "八成区间";
    COL_FEWER = "-1 operator", "少一人";
    COL_MORE = "+1 operator", "多一人";
    RANGE = "{low} to {high}", "{low} 至 {high}";
    STANDS = "{late} late already, not counted below; {n} operators on, each handles {rate} an hour; {come} come in the next hour", "已超时 {late}，不计入下表；在岗 {n} 人，每人每小时处理 {rate} 条；下一小时将到 {come} 条";
    LITTLE_CAME = "Too little has come to say anything yet: it takes 10 conversations and two hours.", "数据太少，暂无法预测：至少需要 10 个会话和两小时。";
    LITTLE_HANDLED = "Too little was handled to say anything yet: it takes 10 conversations and an hour of an operator's work.", "处理太少，暂无法预测：至少需要处理 10 个会话、一人工作一小时。";
    COL_BREACH_SHORT = "breach", "超时";
    COL_RANGE_SHORT = "range", "区间";
    COL_MORE_SHORT = "+1 oper.", "多一人";

    A_SERVICE = "to the service screen: forecast and service figures", "到服务页：超时预测与服务指标";
    A_GROUPING = "rows by policy, operator, channel or hour", "按策略、人员、渠道或小时分行";
    A_PERIOD = "the period: 24 hours, 7 days, today", "时段：24小时、7天、今天";
    A_OUTSIDE = "with or without what was answered outside of the desk", "计入或不计工作台之外的回复";
    S_GROUPING = "rows by", "分行";
    S_PERIOD = "period", "时段";
    S_OUTSIDE = "outside", "台外";
    CONTEXT_SERVICE = "On the service screen", "在服务页";
    FORECAST_TITLE = "Breach forecast", "超时预测";
    FIGURES_TITLE = "Service figures", "服务指标";
    GROUPED = "by {what}", "按{what}";
    LAST_24H = "24 hours", "24小时";
    LAST_7D = "7 days", "7天";
    TODAY = "today", "今天";
    WITH_OUTSIDE = "outside too", "含台外";
    FIRST_TIMES = "first {median} / {p90}", "首响 {median} / {p90}";
    NEXT_TIMES = "next {median} / {p90}", "后续 {median} / {p90}";
    HIT_BEFORE = "before {n}", "此前 {n}";
    OLDEST_AGE = "oldest {n}", "最久 {n}";
    OUTSIDE_KEY = "{n} more were answered outside of the desk; {key} counts them in", "另有 {n} 条在工作台之外得到回复；按 {key} 计入";

    WILL_BREACH = "≈{n} will breach by {time} (+1 operator: {more})", "≈{n} 条将在 {time} 前超时（多一人：{more}）";
    WILL_BREACH_SHORT = "≈{n} by {time}", "{time} 前≈{n}";
    WILL_BREACH_LEAST = "≈{n}", "≈{n}";
}
