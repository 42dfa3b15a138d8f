//! What a message is, and why the desk thinks so.

super::catalogue! {
    QUESTION = "question", "咨询";
    COMPLAINT = "complaint", "投诉";
    PURCHASE = "purchase", "购买";
    PRAISE = "praise", "好评";
    SPAM = "spam", "垃圾";
    OTHER = "other", "其他";
    NONE = "nothing wrong", "无";
    MILD = "mild", "一般";
    SEVERE = "severe", "严重";

    CLASS = "{intent}", "{intent}";
    CLASS_SEVERE = "{intent}, {severity}", "{intent}，{severity}";
    PERHAPS = "perhaps {class}", "可能是{class}";
    SURE = "{class} ({sure}%)", "{class}（{sure}%）";
    BY_OPERATOR = "{class}, says {by}", "{class}，{by} 标注";
    ABOUT = "about {topics}", "涉及 {topics}";
    BECAUSE = "because of {reasons}", "依据：{reasons}";

    WHY_WORD = "\"{word}\"", "“{word}”";
    WHY_WEIGHED = "~\"{word}\"", "~“{word}”";
    WHY_DENIED = "\"{word}\" denied", "否定的“{word}”";
    WHY_EMOTICON = "the sign {word}", "表情 {word}";
    WHY_IRONY = "\"{word}\" not meant", "反话“{word}”";
    WHY_CORRECTED = "{word} said so", "{word} 的标注";

    MENU_INTENT = "what is it?", "这是什么？";
    MENU_SEVERITY = "how bad is it?", "有多严重？";
    BAD_WORDS = "\"{words}\" says no class; write an intent ({intents}), a severity ({severities}) or both", "无法识别“{words}”；请写意图（{intents}）、严重程度（{severities}）或两者";

    ARG_WORDS = "Conversations by number; behind them an intent and a severity to correct them, e.g. 12 complaint severe", "会话编号；其后可写意图和严重程度以纠正，例如 12 complaint severe";
    ARG_TRY = "Try this text", "试判这段文字";
    ARG_CORRECTIONS = "List what operators have corrected and the desk learns from: when, who, from what to what", "列出操作员的纠正（供工作台学习）：时间、人员、由什么改为什么";
    JUDGED_WITH = "judged by classify.toml, the model, and {n} corrections of the desk", "依据：classify.toml、模型，以及工作台的 {n} 条纠正";
    JUDGED_WITHOUT = "judged by classify.toml and the model alone: no desk was there to ask", "依据：仅 classify.toml 与模型；没有可询问的工作台";
    CORRECTED = "{from} → {to}", "{from} → {to}";
    NO_CORRECTIONS = "nothing has been corrected", "尚无纠正";
    TEXT_GONE = "its text is gone", "原文已不存在";
    ARG_EVAL = "Judge a labelled file (CSV, NDJSON, gzip; - is standard input) and print precision, recall and F1", "评测已标注文件（CSV、NDJSON、gzip；- 为标准输入），输出精确率、召回率和 F1";
    ARG_TRAIN = "Train a model on labelled files; without FILE on the sentences the program makes", "用已标注文件训练模型；不给文件则用程序自造的句子";
    ARG_OUT = "Where to write the model [default: classify.model in the desk's folder]", "模型写入位置 [默认：工作台文件夹中的 classify.model]";
    ARG_TEXT = "The column or field with the text", "正文所在的列或字段";
    ARG_LABEL = "The column or field with the label", "标签所在的列或字段";
    ARG_MAP = "What labels stand for, e.g. 0=complaint,1=other [default: the intents' own names]", "标签含义，例如 0=complaint,1=other [默认：意图名称]";
    ARG_ONLY = "Count this intent against everything else", "只统计该意图与其余";

    EVAL_FILE = "{file} could not be read: {why}", "无法读取 {file}：{why}";
    EVAL_COLUMN = "{file} has no column \"{column}\"; it has {found}; name it with --text or --label", "{file} 中没有列“{column}”；现有 {found}；请用 --text 或 --label 指定";
    EVAL_MAP = "\"{part}\" maps no label; write LABEL=INTENT, e.g. 0=complaint,1=other", "“{part}”不是标签映射；请写 标签=意图，例如 0=complaint,1=other";
    EVAL_NONE = "{file} has no labelled text that can be read", "{file} 中没有可读的已标注文本";
    EVAL_HEAD_CLASS = "class", "类别";
    EVAL_HEAD_PRECISION = "precision", "精确率";
    EVAL_HEAD_RECALL = "recall", "召回率";
    EVAL_HEAD_F1 = "F1", "F1";
    EVAL_HEAD_TEXTS = "texts", "条数";
    EVAL_SUMMARY = "{texts} texts, {right} right, {unsure} unsure; severe {severe}, of which {false_alarms} labelled no complaint; {micros} microseconds a text; {skipped} rows passed over", "{texts} 条，正确 {right}，不确定 {unsure}；严重 {severe}，其中 {false_alarms} 条标签并非投诉；每条 {micros} 微秒；跳过 {skipped} 行";
    TRAINED = "{n} texts, {features} features, {bytes} bytes written to {file}", "{n} 条文本，{features} 个特征，已向 {file} 写入 {bytes} 字节";
    NO_MODEL_FILE = "{file} could not be written: {why}", "无法写入 {file}：{why}";
}
