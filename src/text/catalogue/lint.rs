//! What the lint finds fault with, why, and what to do about it.

super::catalogue! {
    LEVEL_NOTE = "note", "提示";
    LEVEL_WARN = "warning", "警告";
    LEVEL_BLOCK = "blocked", "拦截";
    INSTEAD = "write \"{text}\"", "可改为“{text}”";
    WHY_SUPERLATIVE = "a superlative about what is sold is not allowed in advertising (Advertising Law, article 9 (3))", "广告不得对所推销的商品或服务使用绝对化用语（《广告法》第九条第三项）";
    DO_SUPERLATIVE = "say what it does, or for whom it is", "请改为具体描述特点或适用人群";
    WHY_RANK = "a place in a ranking needs its time, its range and its source (Advertising Law, articles 9 (3) and 11)", "排名类表述须限定时间和范围并注明出处（《广告法》第九条第三项、第十一条）";
    DO_RANK = "add period, range and source, or leave it out", "请补充时间、范围和数据来源，或删去";
    WHY_FIRST = "the first or only one of its kind must be proved (Advertising Law, articles 4 and 28)", "“首”“唯一”“独家”类表述须能证明（《广告法》第四条、第二十八条）";
    DO_FIRST = "add when, where and by whom it was found so, or leave it out", "请补充时间、地域和依据，或删去";
    WHY_DISEASE = "only medicines and medical services may speak of healing or preventing a disease (Advertising Law, articles 16 to 18)", "非医疗、药品、医疗器械不得涉及疾病治疗功能（《广告法》第十六条至第十八条）";
    DO_DISEASE = "speak of how it feels or what it is for in daily life", "请改为描述日常使用感受";
    WHY_EFFECT = "an effect in a stated time or measure needs a proof (Advertising Law, articles 4 and 28)", "限定时间或程度的功效表述须有依据（《广告法》第四条、第二十八条）";
    DO_EFFECT = "leave out time and measure, or name the test", "请去掉时间或程度，或注明测试依据";
    WHY_FIGURE = "a figure or a lead must be true and say where it is from (Advertising Law, article 11)", "引用数据或领先表述须真实准确并注明出处（《广告法》第十一条）";
    DO_FIGURE = "name the source, or leave the figure out", "请注明数据来源，或删去";
    WHY_PROMISE = "an effect, safety or gain cannot be promised (Advertising Law, articles 16, 18, 24, 25 and 28)", "不得对功效、安全性、结果或收益作保证性承诺（《广告法》第十六、十八、二十四、二十五、二十八条）";
    DO_PROMISE = "say what is known, and for whom it may differ", "请如实说明，并提示因人而异";
    WHY_STATE = "the state and its organs may not be named to sell (Advertising Law, article 9 (2))", "广告不得使用国家机关或其工作人员的名义（《广告法》第九条第二项）";
    DO_STATE = "leave it out", "请删去";
    WHY_PHONE = "a mobile number is personal data", "手机号属于个人信息";
    WHY_EMAIL = "an e-mail address is personal data", "邮箱地址属于个人信息";
    WHY_ID = "an identity number is sensitive personal data", "身份证号属于敏感个人信息";
    WHY_CARD = "the number of a bank card is sensitive personal data", "银行卡号属于敏感个人信息";
    WHY_ADDRESS = "where somebody lives is personal data", "住址属于个人信息";
    DO_PERSONAL = "leave it out, or ask for it in a private message", "请删去，或通过私信沟通";
    WHY_FORBIDDEN = "a word that this desk does not use", "本工作台不使用的词语";
    DO_FORBIDDEN = "say it otherwise", "请换一种说法";
    WHY_SPELLING = "the brand writes its name otherwise", "品牌名称写法有误";
    DO_SPELLING = "write it as the brand does", "请按品牌规范书写";
    WHY_COMPETITOR = "the name of a competitor (Advertising Law, article 13: others may not be run down)", "竞品名称（《广告法》第十三条：不得贬低其他经营者）";
    DO_COMPETITOR = "speak of our own goods alone", "请只介绍自己的商品";
    WHY_OFF_PLATFORM = "this platform does not allow customers to be led away from it", "平台禁止引导用户站外交易或联系";
    DO_OFF_PLATFORM = "ask for a private message here", "请引导用户使用平台内私信";
    WHY_LINK = "this platform does not allow links to other sites", "平台不允许站外链接";
    DO_LINK = "leave the link out, or say where it is found in the profile", "请删去链接，或引导查看主页";

    STOPPED = "{id}: not sent: \"{said}\"{more}: {reason}; {advice}{way}", "{id}：未发送：“{said}”{more}：{reason}；{advice}{way}";
    AND_MORE = " and {n} more", "及另外 {n} 处";
    OR_BECAUSE = ", or give a reason to send it all the same", "，或说明理由后仍然发送";
    NO_OVERRIDE = "; this desk makes no exceptions", "；本工作台不允许例外";
    ARG_BECAUSE = "why it goes out although the lint stops it; kept in the journal", "仍然发送的理由；会记入日志";
    OVERRIDDEN = "sent {ids} in spite of {rules}: {because}", "仍然发送 {ids}，尽管 {rules}：{because}";
    VERB = "read a text as the desk reads replies: superlatives, claims, personal data", "按发送规则检查文本：绝对化用语、功效宣称、个人信息";
    VERB_LONG = "Reads a text as the desk reads a reply before it goes out, with the rules of the desk's lint.toml, and says what it may not say, or not without a proof. Ends with 1 when something would be blocked.", "按工作台 lint.toml 的规则检查文本（与发送回复前的检查相同），指出不得出现或须有依据的表述。有会被拦截的内容时退出码为 1。";
    ARG_FILE = "the text; - is standard input", "文本文件；- 表示标准输入";
    ARG_PLATFORM = "the platform it is for, e.g. xiaohongshu", "所在平台，例如 xiaohongshu";
    ARG_CHANNEL = "the channel it is for", "所在渠道";
    ARG_QUEUE = "a comment, or a message", "评论或私信";
    ARG_PROVEN = "a proof of its claims goes with it: rankings, firsts, effects and figures pass", "附有证明材料：排名、首创、功效与数据类表述放行";
    FOUND = "{file}:{line}:{column}: {level}: \"{text}\": {reason}; {advice} [{rule}]", "{file}:{line}:{column}：{level}：“{text}”：{reason}；{advice} [{rule}]";
    WOULD_STAY = "findings that keep this text on the desk: {n}", "会被拦截的内容：{n} 处";
    NO_TEXT = "{file} could not be read: {why}", "无法读取 {file}：{why}";
}
