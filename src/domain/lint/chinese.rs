//! Superlatives, rankings and firsts in Chinese, and when they are none.
//!
//! The list is our own, written from article 9 (3) of the Advertising Law and from articles 5 to 8 of
//! the regulator's guide on absolute terms (2023). The guide lets pass what does not speak of the goods
//! (attitude, aims), comparisons among one's own goods, hints for use, official grades, names and
//! titles, and facts bound to a time and a range that can be proved.

use super::Kind;
use super::around::{Around, begins, ends, has};
use super::terms::Group;

/// What says that it is not so.
pub(super) const NEGATIONS: &str = "\
    不是|并非|不敢说|不敢称|没有|没什么|未必|不一定|不算|谈不上|不等于|不会|不要|别说|不能|\
    不可|不具|不得|禁止|避免|拒绝|无需|不必|不存在|不代表|不承诺|不保证|无法|不属于|不求|何必|\
    从不|从未|不用";

/// What asks.
const QUESTIONS: &str = "哪|什么|谁|怎么|如何|是不是|有没有|算不算|吗|几";

/// Aims, wishes and attitudes: articles 6 (1) and (2) of the guide.
const ATTITUDE: &str = "\
    努力|争取|力争|力求|尽力|竭力|追求|致力|希望|愿|目标|用心做|真诚|诚挚|诚意|歉意|衷心|敬意|\
    理念|宗旨|梦想|立志|旨在|心愿|祝|信念|使命|初心|为了做到|想做到|争做|向着|朝着|态度|热情";

/// One's own goods, among which one may compare: article 7 (1) of the guide.
pub(super) const OWN: &str = "\
    本店|店里|店内|我家|我们家|咱家|咱们家|自家|全店|本系列|该系列|系列中|系列里|同系列|全系|\
    本品牌|旗下|家族|历代|历年|迄今|以来|本季|本月|我们店|我们品牌|几款里|几款中|三款|两款|\
    其中|里面|之中|当中|菜单";

/// Where a superlative claims to hold.
const SCOPES: &str = "\
    全网|全国|全球|世界|世界上|国内|国际|中国|亚洲|行业|行业内|业内|业界|同行|同行中|同类|\
    同类中|同类产品中|史上|历史上|地表|市面上|市面|市场上|全城|全市|全省|宇宙|全宇宙|全世界|\
    世上";

/// Heads of a phrase that nobody sells: article 6 (3) of the guide, and hints for use, article 7 (2).
pub(super) const NOT_SOLD: &str = "\
    策略|决策|战术|站位|建议|资源|参数|分配|动作|步骤|流程|顺序|思路|规则|条件|环境|信息|理由|\
    借口|切入点|平衡点|节奏|球星|明星|偶像|车手|高手|人才|专家|学者|科学家|运动员|教练|医生|\
    工程师|设计师|玩家|战队|国家|城市|自己|朋友|闺蜜|伙伴|搭档|兄弟|姐妹|家人|亲人|爸|妈|父母|\
    老师|人|时光|年华|时候|时刻|时间|时机|时期|时段|时代|年纪|年龄|岁月|日子|一天|一年|一次|\
    一刻|一件事|安排|相遇|祝福|心情|状态|样子|模样|结果|消息|回报|证明|办法|方法|做法|方式|\
    途径|手段|措施|答案|解释|解法|风景|回忆|人生|生活|青春|爱|遗憾|问题|困难|挑战|区别|差别|\
    变化|收获|努力|支持|鼓励|动力|证据|实践|案例|例子|机会|部分|环节|原因|习惯|距离|路线|路径|\
    位置|角度|温度|姿势|比例|用量|季节|天气|情况|信号|语言|事|地方|例证|想法|感觉|感受|关系|\
    心意|告别|陪伴|成绩|表现|防守|球员|选手|演员|导演|影片|男主|女主|歌手|新人|辩手";

/// Official grades, awards and things that carry the word by right: articles 7 (3) to (5).
const OFFICIAL: &str = "\
    文化|自然遗|画师|大师|设计师|工程师|律师|法务|画手|歌手|车手|球员|演员|作者|作家|企业家|球星|明星|偶像|\
    运动|公司|企业|机构|投行|水平|水准|实力|阵容|战队|圈|思维|认知|导演|投资人|非遗|非物质|\
    文物|自然保护|保护区|新区|开发区|经济|高新|风景|景区|实验室|重点|贫困|森林|湿地|地质|公园|\
    专精特新|小巨人|教练|裁判|运动员|比赛|大赛|竞赛|奖|赛事|课题|项目|科研|课程|一流本科|标准|\
    期刊|刊物|媒体|难题|遗产|城市|湾区|港口|会议|会展|机关|示范|试点|企业技术中心|战略|安全|\
    数据|平台|基地|中心|政策|规划|电网|考古|博物馆|非公开|联赛|球队|学府|大学|高校|名校|学者|\
    科学家|专家|科技期刊|域名|刊|学术|玩家|流量|高手|人才|选手|会所|富豪|论文|团队";

/// Measure words: 全国第一次 tells an order in time.
const MEASURES: &str = "\
    次|批|届|期|季|天|步|例|人|场|站|代|位|名|章|节|话|集|轮|阶段|时间|梯队|所|座|年|件|任|线|\
    档|产业|大国|大省|大市|大城|经济体|阵营|方阵|高楼|高峰|长河|缕";
/// Measure words of goods: 中国第一款 is a first.
const GOODS: &str = "款|家|台|辆|部|支|瓶|颗|枚|条|个|只|套";

/// What says where a figure is from: article 11 of the law.
pub(super) const SOURCES: &str = "\
    来源|根据|统计|调查|调研|报告|检测|数据显示|实验|测试|认证|备案|注册证|批准文号|source|\
    according to|survey|study|studies|tested|certified|audit";
/// What bounds a ranking in time: article 7 (6) of the guide.
const TIMES: &str = "年|月|季度|双11|双十一|618|期间|当日|当天|截至|小时|周|in 20|q1|q2|q3|q4";

/// Denied, or asked.
pub(super) fn doubted(a: &Around<'_>) -> bool {
    const NOBODY: &str = "没有企业|没有人|没有任何|没有一家|没有哪|没人|谁也不|谁都不";
    has(a.before(8), NEGATIONS)
        || has(a.clause_before(), NOBODY)
        || (matches!(a.sentence_ends(), Some('？' | '?')) && a.clause_has(QUESTIONS))
}

/// Compared with one's own goods only, and not said of all of them.
fn among_own(a: &Around<'_>) -> bool {
    let before = a.before(14);
    let equals = ends(before, &["是", "为", "属", "属于", "成为"]);
    let within =
        has(before, &["系列中", "系列里", "几款里", "几款中", "其中", "里面", "当中", "之中"]);
    has(before, OWN) && (!equals || within) && !ends(before, SCOPES)
}

pub(super) fn wished(a: &Around<'_>) -> bool {
    let before = a.before(16);
    // What is to be, not what is.
    let becomes = before.contains("成为") && !has(before, &["已成为", "已经成为", "成为了"]);
    becomes
        || has(before, ATTITUDE)
        || has(a.after(8), &["态度", "诚意", "敬意", "歉意", "热情", "祝福"])
}

/// What follows, without the particle before it.
fn head<'a>(a: &Around<'a>) -> &'a str {
    let after = a.after(12);
    // 最可靠、最准确的方法: the noun is behind both.
    let listed = after.strip_prefix('、').or_else(|| after.strip_prefix('和'));
    let listed = listed.filter(|l| l.starts_with(['最', '更'])).and_then(|l| l.split_once('的'));
    if let Some((_, noun)) = listed {
        return noun;
    }
    let after = after.strip_prefix("的").or_else(|| after.strip_prefix('之')).unwrap_or(after);
    // The number and measure before the noun.
    ["一个", "一种", "那个", "那种", "这种", "一款"]
        .iter()
        .find_map(|one| after.strip_prefix(one))
        .unwrap_or(after)
}

/// A superlative, said of what is sold as far as the words around it tell.
fn sold(a: &Around<'_>) -> Option<Kind> {
    let passes = doubted(a)
        || among_own(a)
        || wished(a)
        || begins(head(a), NOT_SOLD)
        || has(a.after(10), "方法|方式|办法|途径|做法")
        // What one wishes for or does, not what one has: 让孩子最安全.
        || begins(a.after(2), &["地", "不过", "莫过"])
        // How the customer is best off: 这样最健康.
        || ends(a.before(4), &["这样", "那样", "这样做", "开心", "健康", "平安"])
        // Named by others, in quotation marks or as a title.
        || ends(a.before(1), &["《", "「", "『"]);
    (!passes).then_some(Kind::Superlative)
}

/// A superlative whatever it is said of, unless it is denied or wished for.
fn always(a: &Around<'_>) -> Option<Kind> {
    (!doubted(a) && !wished(a)).then_some(Kind::Superlative)
}

/// 最佳: hints for use and prizes pass.
fn best(a: &Around<'_>) -> Option<Kind> {
    const HINTS: &str = "\
        选秀|人选|视角|视野|机位|光线|画面|配速|落点|食用|赏味|饮用|品尝|使用|口感期|观赏|观看|\
        观测|保质|保存|储存|储藏|拍摄|睡眠|运动|施肥|播种|种植|护肤时|补水时|入手时|适用|日期|服用|\
        阅读|游览|旅游季|出行|配角|男|女|影片|导演|新人|新秀|球员|阵容|辩手|编剧|摄影|射手|进球|解|\
        点|匹配|策略|效果时|分辨率|参数|训练|论文|雇主|拍档|损友|观众|路|体重|心率|发球|展示|奖|\
        案例|演员";
    // What one looks for or keeps: an optimum, and no praise.
    const LOOKED_FOR: &str = "\
        找到|寻找|寻求|确定|计算|计算出|映射到|调整到|达到|保持|处于|优化到|预测|选出|规划|规划出|\
        匹配|算出|保持在|表现|发挥|成绩";
    if begins(head(a), HINTS) || begins(a.after(3), HINTS) || ends(a.before(6), LOOKED_FOR) {
        return None;
    }
    // 冷藏后口感最佳: how it is best used.
    if a.after(1).is_empty()
        && has(a.before(12), &["后", "前", "时", "度", "左右", "加热", "冷藏", "搭配"])
    {
        return None;
    }
    sold(a)
}

/// 最高级: not of levels and licences.
fn highest(a: &Around<'_>) -> Option<Kind> {
    if begins(a.after(1), &["别"]) { None } else { sold(a) }
}

/// 最好: mostly "had better". It is a superlative before 的, and at the end after what it is said of.
fn finest(a: &Around<'_>) -> Option<Kind> {
    const SUBJECTS: &str = "品质|质量|效果|口感|服务|味道|技术|口碑|评价|功效|材质|面料";
    let (before, after) = (a.before(10), a.after(6));
    if after.starts_with('的') {
        return sold(a);
    }
    let ends_here = after.trim_end_matches(['了', '啦', '呢', '哦', '~', '～', ' ']).is_empty();
    if ends_here && has(before, SUBJECTS) { sold(a) } else { None }
}

/// Weak ones (最大, 最快): only where they claim to hold for a market, and not of geography.
fn scoped(a: &Around<'_>) -> Option<Kind> {
    const PLACES: &str = "\
        国|市场|经济体|城市|省|港|岛|湖|山|沙漠|森林|人口|消费|产业|河|海|瀑布|动物|鸟|鱼|植物|\
        恐龙|建筑|楼|桥|机场|车站|火车站|广场|博物馆|公园|大学|股东|赢家|诱惑|谎言|浪费|产地|产区|\
        生产国";
    let before = a.before(8);
    let wide = &["市场", "经济体", "人口", "城市", "国家", "消费国", "生产国"];
    if !ends(before, SCOPES) || begins(head(a), PLACES) || has(a.after(12), wide) {
        return None;
    }
    match sold(a)? {
        // Sizes and dates can be measured: that is a fact to be proved.
        _ if begins(a.word(), &["最大", "最早", "最高", "最多", "最长"]) => {
            ranked(a, false)
        }
        kind => Some(kind),
    }
}

/// 最大的品牌: a size among companies.
fn biggest(a: &Around<'_>) -> Option<Kind> {
    const COMPANIES: &str =
        "品牌|厂家|厂商|生产商|供应商|制造商|平台|连锁|商家|门店|旗舰店|卖家|批发|经销商|服务商";
    if ends(a.before(8), SCOPES) {
        return scoped(a);
    }
    let said = begins(head(a), COMPANIES) && !doubted(a) && !among_own(a) && !wished(a);
    if said { ranked(a, false) } else { None }
}

/// A place in a ranking: free with its time and its source; with one of them a figure to look at.
fn ranked(a: &Around<'_>, own: bool) -> Option<Kind> {
    if doubted(a) || wished(a) || (own && among_own(a)) {
        return None;
    }
    match (a.sentence_has(TIMES), a.nearby_has(SOURCES)) {
        (true, true) => None,
        (false, false) => Some(Kind::Rank),
        _ => Some(Kind::Figure),
    }
}

fn rank(a: &Around<'_>) -> Option<Kind> {
    ranked(a, true)
}

/// 全国第一, of which 全国第一次 is none.
fn nth(a: &Around<'_>) -> Option<Kind> {
    let after = a.after(4);
    if begins(after, MEASURES) {
        return None;
    }
    if begins(after, GOODS) { first(a) } else { ranked(a, true) }
}

/// No. 1, which also numbers the lines of a list.
fn number_one(a: &Around<'_>) -> Option<Kind> {
    let joined = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let counted = a.nearby_has(&["no.2", "no2", "no 2", "top2", "top 2", "no.3", "top3", "#2"]);
    let opens = matches!(a.previous(), None | Some('\n'));
    if joined(a.previous()) || joined(a.next()) || counted || (opens && a.next() == Some('\n')) {
        return None;
    }
    if matches!(a.next(), Some('.' | '0'..='9' | '、' | '-')) {
        return None;
    }
    ranked(a, true)
}

/// The first of its kind: free when it is one's own first, or bound to a time.
fn first(a: &Around<'_>) -> Option<Kind> {
    const MINE: &str = "\
        其|他们|该公司|集团|品牌|我们|本店|旗下|家族|自家|我的|人生|生涯|本系列|店里|公司|职业|\
        个人|他的|她的|孩子";
    let bounded = a.sentence_has(TIMES) && a.nearby_has(SOURCES);
    let scoped = ends(a.before(6), SCOPES);
    let own = has(a.before(8), MINE) && !scoped;
    (!doubted(a) && !own && !bounded && !wished(a)).then_some(Kind::First)
}

/// 首个, 首家: a claim only where it is said of a market.
fn first_scoped(a: &Around<'_>) -> Option<Kind> {
    const SMALL: &str = "周末|假期|交易日|工作日|月|季|赛季";
    if !ends(a.before(6), SCOPES) || begins(head(a), SMALL) { None } else { first(a) }
}

/// 唯一: only of a market, or of what is sold.
fn only(a: &Around<'_>) -> Option<Kind> {
    const SAID: &str = "品牌|正品|一款|一家|专业";
    let market = ends(a.before(6), SCOPES);
    if !market && !begins(head(a), SAID) || begins(head(a), NOT_SOLD) { None } else { first(a) }
}

/// 顶级, 世界级: not of schools, games and officials.
fn grade(a: &Around<'_>) -> Option<Kind> {
    if begins(head(a), OFFICIAL) { None } else { sold(a) }
}

/// 国家级: grades that the state gives pass.
fn national(a: &Around<'_>) -> Option<Kind> {
    if begins(head(a), OFFICIAL) || has(a.before(6), &["荣获", "获评", "入选", "评为", "获得"])
    {
        return None;
    }
    always(a)
}

/// 极致: of what the goods give, not of what one strives for.
fn extreme(a: &Around<'_>) -> Option<Kind> {
    const GIVEN: &str = "\
        体验|享受|口感|工艺|美味|奢华|奢享|性价比|性能|品质|呵护|柔软|丝滑|舒适|保湿|修护|轻薄|\
        轻盈|清洁|纯净|安全|静音|画质|音质|香|鲜|净|护理|效果|操控|驾控|空间|滋润|服务";
    const LATER: &str = "体验|享受|口感|工艺|性价比|性能|品质|服务|效果|音质|画质";
    // 极致的泊车一体化体验: the noun may have others before it.
    let later = a.next() == Some('的') && has(a.after(12), LATER);
    if begins(head(a), GIVEN) || later { sold(a) } else { None }
}

/// 极品: not the game, not the colloquial one of people.
fn finest_goods(a: &Around<'_>) -> Option<Kind> {
    let people = begins(
        a.after(3),
        &["飞车", "亲戚", "男", "女", "室友", "同事", "邻居", "婆婆", "客户", "前任", "游戏"],
    );
    if people { None } else { sold(a) }
}

/// 独一无二: everybody is.
fn unique(a: &Around<'_>) -> Option<Kind> {
    let people = begins(
        head(a),
        &["你", "您", "自己", "我", "她", "他", "存在", "回忆", "个体", "灵魂", "生命"],
    );
    if people || a.clause_has(&["每个人", "每一个人", "人人", "每个孩子", "每个生命", "每片叶"])
    {
        None
    } else {
        always(a)
    }
}

/// 天花板: of a market, in slang.
fn ceiling(a: &Around<'_>) -> Option<Kind> {
    let slang = ends(
        a.before(4),
        &["界", "界的", "性价比", "颜值", "口感", "行业", "品质", "好吃", "舒适", "性能"],
    );
    if slang { sold(a) } else { None }
}

/// 首选 as a noun of what is sold.
fn choice(a: &Around<'_>) -> Option<Kind> {
    let own = has(a.before(4), &["我", "你", "个人"]);
    if own || begins(head(a), NOT_SOLD) { None } else { sold(a) }
}

/// The groups, each with its test; behind each term what may stand in its place.
pub(super) const GROUPS: &[Group] = &[
    Group {
        test: best,
        terms: "
            最佳选择=好选择 | 最佳=出色 | 绝佳品质=好品质 | 极佳品质=好品质",
    },
    Group { test: highest, terms: "最高级=高级" },
    Group { test: national, terms: "国家级 | 国家级产品=产品" },
    Group { test: finest, terms: "最好=很好" },
    Group {
        test: sold,
        terms: "
            最优质=优质 | 最优惠=优惠 | 最优秀=优秀 | 品质最优=品质优良 | 价格最优=价格优惠
            最优价格=优惠价格 | 最先进=先进 | 最顶级=高端 | 最顶尖=优秀 | 最尖端=先进 | 最高端=高端
            最高档=高档 | 最高品质=高品质 | 品质最高=品质高 | 最权威=专业 | 最专业=专业
            最正宗=正宗 | 最地道=地道 | 最畅销=畅销 | 最热销=热销 | 最热卖=热卖 | 最受欢迎=很受欢迎
            最流行=流行 | 最时尚=时尚 | 最有效=有效 | 最安全=安全 | 最完美=出色 | 最便宜=实惠
            最低价=优惠价 | 最低价格=优惠价格 | 价格最低=价格实惠 | 全网最低=优惠 | 最划算=划算
            最实惠=实惠 | 最超值=超值 | 最好用=好用 | 最好吃=好吃 | 最好喝=好喝 | 最好看=好看
            最好闻=好闻 | 最舒适=舒适 | 最舒服=舒服 | 最豪华=豪华 | 最奢华=奢华 | 最健康=健康
            最天然=天然 | 最纯净=纯净 | 最纯正=纯正 | 最新鲜=新鲜 | 最耐用=耐用 | 最耐磨=耐磨
            最可靠=可靠 | 最靠谱=靠谱 | 最强大=强大 | 最高效=高效 | 最智能=智能 | 最尊贵=尊贵
            最火爆=火爆 | 最棒=很棒 | 最牛=出色 | 最贴心=贴心 | 最全面=全面 | 最齐全=齐全
            最值得买=值得买 | 最值得购买=值得购买 | 最值得入手=值得入手 | 最值得拥有=值得拥有
            最值得信赖=值得信赖 | 最值得推荐=值得推荐 | 最具性价比=有性价比 | 最有性价比=有性价比
            性价比最高=性价比高 | 最高性价比=高性价比 | 最美味=美味 | 最营养=营养 | 最温和=温和
            最环保=环保 | 最领先=领先 | 最强=出色 | 最奢侈=精致 | 最先进科技=新科技
            最优选择=好选择 | 最保湿=保湿 | 最显白=显白 | 最显瘦=显瘦 | 最百搭=百搭 | 最轻薄=轻薄
            最丝滑=丝滑 | 最灵验 | 最厉害=出色",
    },
    Group {
        test: scoped,
        terms: "
            最快=快 | 最小=小 | 最轻=轻 | 最薄=薄 | 最火=受欢迎 | 最全=全 | 最美=美 | 最高=高
            最低=低 | 最贵=贵 | 最早=早 | 最长=长 | 最优=优 | 最稳=稳 | 最清晰=清晰 | 最多=多",
    },
    Group { test: biggest, terms: "最大=较大" },
    Group {
        test: rank,
        terms: "
            销量第一=销量可观 | 销售额第一 | 销售第一 | 排名第一=名列前茅 | 排行第一=名列前茅
            市场份额第一 | 市占率第一 | 占有率第一 | 人气第一=人气高 | 口碑第一=口碑好
            好评第一=好评多 | 同类第一 | 第一品牌=品牌 | 第一大品牌=品牌 | 第一名牌=品牌 | 第一店=店
            销量冠军=热销 | 销售冠军=热销 | 人气冠军=人气高 | 全网销量第一=热销 | 天下第一
            领袖品牌=品牌",
    },
    Group {
        test: nth,
        terms: "
            全网第一 | 全国第一 | 世界第一 | 全球第一 | 亚洲第一 | 中国第一 | 国内第一 | 行业第一
            业内第一 | 业界第一",
    },
    Group { test: number_one, terms: "no.1 | no1 | no 1 | no. 1 | top1 | top 1 | top.1" },
    Group {
        test: first,
        terms: "
            首款=一款 | 首创=采用 | 全球首发=首发 | 全网首发=首发 | 全国首发=首发 | 鼻祖 | 开创者
            填补国内空白 | 填补空白",
    },
    Group {
        test: first_scoped,
        terms: "首个=一个 | 首家=一家 | 首台=一台 | 首例=一例 | 首位=一位",
    },
    Group { test: only, terms: "唯一" },
    Group {
        test: grade,
        terms: "
            顶级=高端 | 顶尖=优秀 | 世界级 | 全球级 | 宇宙级 | 殿堂级 | 世界顶级=高端
            国际顶级=高端 | 国际顶尖=优秀 | 世界顶尖=优秀",
    },
    Group { test: extreme, terms: "极致=出色" },
    Group { test: finest_goods, terms: "极品=精品" },
    Group { test: unique, terms: "独一无二=独特" },
    Group { test: ceiling, terms: "天花板" },
    Group {
        test: choice,
        terms: "
            首选品牌=品牌 | 的首选=的好选择 | 不二之选=好选择 | 不二选择=好选择 | 唯一选择=好选择
            唯一之选=好选择",
    },
    Group {
        test: always,
        terms: "
            绝无仅有=少见 | 史无前例=少见 | 前无古人 | 空前绝后 | 无与伦比=出色 | 举世无双
            登峰造极=精湛 | 首屈一指=出色 | 无可比拟=出色 | 至尊品质=好品质 | 至尊享受=享受
            至尊体验=体验 | 巅峰之作=力作 | 性价比之王=性价比高 | 口碑之王=口碑好 | 面霜之王
            王者品质=好品质",
    },
];
