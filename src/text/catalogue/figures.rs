//! Figures: bursts and drops, and how well they are found.

super::catalogue! {
    ANOMALIES = "Bursts and drops of a figure beyond its own noise", "找出指标超出自身波动的骤升与骤降";
    ANOMALIES_LONG = "Reads series (CSV or CSV in gzip, with a column of times and one of values) and prints the alarms that the desk would have raised, each judged by what came before it alone. With --eval and labelled windows it prints how good they are, by the score of the Numenta Anomaly Benchmark, beside a plain threshold.", "读取指标序列（CSV 或 gzip 压缩的 CSV，含时间列与数值列），列出本应发出的警报；每个值只按它之前的数据判断。配合 --eval 与标注的时间窗，按 Numenta 异常检测基准（NAB）计分，并与简单阈值对照。";
    ARG_SERIES = "Files of series", "序列文件";
    ARG_EVAL = "Score the alarms against the windows of this JSON file: {\"NAME.csv\": [[from, to], ...]}", "按该 JSON 文件中的时间窗计分：{\"名称.csv\": [[起, 止], ...]}";
    ARG_PER_WEEK = "So many alarms a week may come by chance alone, for each of burst and drop", "每周因偶然可出现的误报数（骤升、骤降各计）";
    ARG_LEAST = "The least change that is worth an alarm, in percent of the usual value", "值得报警的最小变化，占平常值的百分比";
    ARG_WAY = "Only these", "只看这一类";
    COL_SERIES = "series", "序列";
    COL_AT = "found", "发现";
    COL_BEGAN = "began", "开始";
    COL_WAY = "what", "类型";
    COL_VALUE = "value", "数值";
    COL_USUAL = "usual", "平常";
    COL_CHANGE = "change", "变化";
    COL_METHOD = "method", "方法";
    COL_FOUND = "windows found", "命中时间窗";
    COL_FALSE = "false alarms", "误报";
    COL_FALSE_WEEK = "false a week", "每周误报";
    COL_SCORE = "score", "得分";
    COL_FEW_FALSE = "few false", "重误报";
    COL_FEW_MISSED = "few missed", "重漏报";
    WAY_BURST = "burst", "骤升";
    WAY_DROP = "drop", "骤降";
    OF = "{n} of {all}", "{n}/{all}";
    THIS = "this desk, {n} a week", "本工具，每周 {n}";
    PLAIN = "threshold of {n}", "阈值 {n}";
    PLAIN_DAILY = "threshold of {n}, once a day", "阈值 {n}，每天一次";
    TOGETHER = "together", "合计";
    NONE = "no alarm", "没有警报";
    ODD_ROW = "{file}:{line}: not a time and a value: {text}", "{file}:{line}：不是时间和数值：{text}";
    NO_ROWS = "{file}: no row with a time and a value", "{file}：没有含时间和数值的行";
    ODD_WINDOWS = "{file}: {why}. It is an object of series' names, each with pairs of times", "{file}：{why}。应为以序列名为键、时间对列表为值的对象";
    NO_WINDOWS = "{file} says nothing of {series}", "{file} 中没有 {series} 的时间窗";
}
