//! Claims that no list of words can hold, in Chinese: 最 before any praise of what is offered, what a
//! region has only once, outcomes in a time, riches, people served by the hundred.
//!
//! Each class is told by its parts: a word that opens it, and what must stand beside it. From articles
//! 9 (3), 11, 13, 24, 25 and 28 of the Advertising Law.

use super::Kind;
use super::around::{Around, begins, ends, has};
use super::chinese::{NOT_SOLD, OWN, SOURCES, doubted, wished};
use super::claims::counts;
use super::terms::Group;

/// What praises goods.
const PRAISE: &str = "\
    火|热|强|优|好|佳|棒|牛|先进|专业|高端|高级|高效|高性价比|高品质|豪华|奢华|舒适|舒服|安全|智能|\
    聪明|快|轻|薄|全|齐|低|省|划算|便宜|实惠|值|超值|耐用|靠谱|可靠|稳|权威|正宗|地道|纯正|新鲜|\
    健康|天然|有效|显著|严苛|严格|严谨|精准|精湛|精细|细致|时尚|潮|美|漂亮|香|甜|纯|净|温和|柔软|\
    清晰|流畅|强劲|丰富|完善|完整|成熟|领先|前沿|受欢迎|畅销|热门|火爆|优秀|出色|卓越|硬核|好喝|\
    好吃|好用|美味|顶|尖端|系统|科学|全面|懂";

/// What is sold, among others under such names.
const SOLD: &str = "\
    方案|产品|服务|配方|品牌|技术|工艺|团队|价格|品质|质量|体验|效果|设备|系统|平台|课程|师资|材料|\
    原料|食材|面料|成分|配置|性能|设计|口感|味道|保障|车型|机型|新车|汽车|电车|手机|电脑|套餐|优惠|\
    折扣|福利|神器|工具|软件|软体|面霜|精华|面膜|护肤品|化妆品|口红|咖啡|奶茶|茶叶|零食|衣服|鞋|\
    包包|家具|家电|酒店|民宿|门店|机构|老师|教练|医生|专家|装修|商品|好物|单品|货|款|app|ai";

/// Who offers, and that it is offered.
const OFFERS: &str = "\
    我们|我司|本公司|本店|本品|本院|本校|本机构|我家|咱家|为您|为你|给您|给你|帮您|帮你|让您|让你|\
    为客户|为用户|为顾客|提供|打造|采用|选用|精选|甄选|拥有|配备|搭载|下单|购买|入手|欢迎|推出|带来|\
    定制|推荐|上市|选择";

/// A service that is rendered with such a heart is attitude: article 6 (1) of the guide.
const HEART: &str = "贴心|真诚|真挚|用心|热情|周到|认真|温暖|诚挚|好的自己|好的你|好的朋友|好的祝";

/// 最…的方案: praise of what is offered. Every word that begins with 最 comes here, too, when it is no
/// superlative by its own test.
pub(super) fn offered(a: &Around<'_>) -> Option<Kind> {
    // Both 最 alone and a word that begins with it come here.
    let praise = &a.text[a.start + '最'.len_utf8()..];
    let room: String =
        praise.chars().take_while(|c| !"，,。！？!?；;\n".contains(*c)).take(14).collect();
    if !begins(&room, PRAISE) || begins(&room, HEART) {
        return None;
    }
    let (adjective, noun) = match room.split_once('的').filter(|(adj, _)| adj.chars().count() <= 4)
    {
        Some((adjective, noun)) => (adjective, first(noun, 8)),
        None => ("", first(&room, 5)),
    };
    // 最强AI: the noun stands behind the praise. A noun alone praises nothing.
    let noun = if adjective.is_empty() { tail(noun) } else { noun };
    if !has(noun, SOLD) || begins(noun, NOT_SOLD) {
        return None;
    }
    let says = ends(a.before(4), "是|为|堪称|号称|可谓|称得上|算得上");
    let of_own = ends(a.before(6), OWN) && !says;
    let is_offered = says || a.sentence_has(OFFERS);
    (is_offered && !of_own && !doubted(a) && !wished(a)).then_some(Kind::Superlative)
}

/// At most so many characters of a text.
fn first(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(at, _)| &text[..at])
}

/// A text without its first character.
fn tail(text: &str) -> &str {
    text.char_indices().nth(1).map_or("", |(at, _)| &text[at..])
}

/// What nobody else has: one's own or not, that is to be proved.
fn exclusive(a: &Around<'_>) -> Option<Kind> {
    (!doubted(a) && !wished(a)).then_some(Kind::First)
}

/// The only or first one of a region or trade: 省内唯一, 本地第一家.
fn regional(a: &Around<'_>) -> Option<Kind> {
    const NOT_CLAIMED: &str = "\
        一所|一座|一条|一位|一名|一个人|的人|的孩子|的办法|的方法|的问题|的遗憾|的缺点|的机会|的地方|次|\
        批|届|例|起|天|场|人民|医院|小学|中学|大学|学校|保护区|机场|车站|公园|博物馆|列入|入选";
    let news = begins(a.after(6), NOT_CLAIMED);
    (!news && !doubted(a) && !wished(a)).then_some(if a.word().ends_with("第一") {
        Kind::Rank
    } else {
        Kind::First
    })
}

/// A lead that is one of few: 行业第一梯队.
fn among_few(a: &Around<'_>) -> Option<Kind> {
    const AMONG: &str = "行业|业内|品牌|公司|跻身|稳居|位列|我们";
    // Teams, countries and trades are none of goods.
    let others = a.sentence_has("球队|战队|联赛|选手|球员|赛季|中美|各国|高考|专业");
    let trade = has(a.word(), "行业|国内|业内");
    let said = (trade || has(a.before(8), AMONG)) && !others;
    (said && !doubted(a) && !wished(a) && !a.nearby_has(SOURCES)).then_some(Kind::Figure)
}

/// A time after which one can do something: 三个月转行. What somebody tells of himself passes.
fn outcome(a: &Around<'_>) -> Option<Kind> {
    const TOLD: &str = "用了|花了|学了|练了|过了|我用|自学|才|了解|我也|还没|终于|已经|之前";
    let told = has(a.before(12), TOLD) || a.after(1) == "了";
    let soon = counts(a.before(10), "天|周|个月|月|小时|分钟|节课|堂课|秒")
        || ends(a.before(4), "秒速|速成|包");
    (soon && !told && !doubted(a) && !a.nearby_has(SOURCES)).then_some(Kind::Effect)
}

/// 秒变专家.
fn becomes(a: &Around<'_>) -> Option<Kind> {
    const SOMEBODY: &str =
        "专家|达人|高手|大神|女神|男神|学霸|大师|美女|白皮|少女|富|瘦|白|嫩|年轻";
    (has(a.after(8), SOMEBODY) && !doubted(a)).then_some(Kind::Effect)
}

/// Riches: promised where a way to them is offered.
fn riches(a: &Around<'_>) -> Option<Kind> {
    const WAYS: &str = "\
        机会|教你|带你|跟着|方法|秘籍|秘诀|副业|加入|项目|加盟|课程|赚钱|风口|红利|零基础|小白|宝妈|\
        在家|手机就能|获客|系统|不要错过|别错过";
    const WISHED: &str = "祝|愿|希望|接好运|什么时候|何时|梦|锦鲤|保佑";
    let wished = has(a.before(10), WISHED);
    // A hashtag promises nothing.
    let tag = a.previous() == Some('#');
    (a.nearby_has(WAYS) && !wished && !tag && !doubted(a)).then_some(Kind::Promise)
}

/// 月入三万: the same, with its figure.
fn income(a: &Around<'_>) -> Option<Kind> {
    let after = a.after(6).trim_start_matches(['过', '超', '近', '达', ' ']);
    let number = after.starts_with(|c: char| {
        c.is_ascii_digit() || "一二两三四五六七八九十百千万几过".contains(c)
    });
    let money = has(after, "万|千|k|元|w|百");
    if number && money { riches(a) } else { None }
}

/// 服务过300家企业: people served, by their number.
fn served(a: &Around<'_>) -> Option<Kind> {
    const WHO: &str = "家|企业|客户|用户|学员|家庭|品牌|门店|车主|商家|公司|人|位|名|店主";
    let after = a.after(14);
    let number = after.contains(|c: char| c.is_ascii_digit()) || has(after, "万|千|百|亿");
    let who = has(after, WHO);
    (number && who && !doubted(a) && !a.nearby_has(SOURCES)).then_some(Kind::Figure)
}

/// 效率翻倍, 提升30%: how much better it makes things. Markets and years grow by themselves.
fn multiplied(a: &Around<'_>) -> Option<Kind> {
    const WHAT: &str =
        "效率|业绩|销量|收入|利润|效果|速度|转化|产能|播放|粉丝|流量|成交|客流|收益|营业额";
    const GROWS: &str =
        "同比|环比|据|市场|行业|预计|规模|产业|渗透率|年均|今年|去年|较上年|股|gdp|营收";
    let told = a.sentence_has(GROWS) || a.nearby_has(SOURCES);
    let said = if begins(a.word(), "翻|倍") {
        has(a.before(8), WHAT)
    } else {
        let after = a.after(8);
        let figure = after.match_indices(['%', '倍']).any(|(at, _)| {
            after[..at].ends_with(|c: char| c.is_ascii_digit() || "两三四五六七八九十".contains(c))
        });
        figure && a.clause_has("能|可|让|帮|使|助|有效|显著|轻松|直接|平均|效率|保湿|含水")
    };
    (said && !told && !doubted(a)).then_some(Kind::Figure)
}

/// 提高记忆力: what goods do to the body or the mind.
fn faculty(a: &Around<'_>) -> Option<Kind> {
    const DOES: &str =
        "提升|提高|增强|改善|促进|激发|开发|有助于|有助|有益|帮助|刺激|锻炼|增进|调理|加速|恢复";
    const DONE: &str = "大有裨益|裨益|有帮助|有好处|提升|增强|变好|更好|提高";
    const OTHERS: &str = "医院|医生|论文|研究|论坛|会议|交通|城市|机器|模型|人工智能|算法|技术发展";
    let said = has(a.before(6), DOES) || has(a.after(6), DONE);
    let told = a.sentence_has(OTHERS) || a.nearby_has(SOURCES);
    (said && !told && !doubted(a)).then_some(Kind::Effect)
}

/// 吊打同行: others are run down.
fn runs_down(a: &Around<'_>) -> Option<Kind> {
    const OTHERS: &str = "\
        同行|竞品|同类|同级|同价|友商|大牌|其他品牌|别家|别的|市面|一众|所有|传统|普通|国际|进口|对手品牌";
    let games = a.sentence_has("战队|球队|选手|比赛|英雄|对线|游戏|打野|辅助|决赛");
    // A name in Latin letters is somebody's.
    let named = a.next().is_some_and(|c| c.is_ascii_alphabetic());
    let said = (named || has(a.after(8), OTHERS)) && !games;
    (said && !doubted(a)).then_some(Kind::Competitor)
}

/// 国内妥妥的第一: a place in a market, with something between.
fn apart_first(a: &Around<'_>) -> Option<Kind> {
    const OTHERS: &str =
        "比赛|金牌|冠军|奖牌|决赛|球队|战队|选手|名次|考试|成绩|班里|年级|gdp|人口";
    let before = a.before(8);
    let said = has(before, "国内|全网|行业|业内|全国|全球|同类|同级|市场")
        && ends(before, "的|是|稳居|稳坐|位居|排名|绝对|当之无愧");
    let ends_here = a.after(1).is_empty() || begins(a.after(2), "的|是|没|！|!|了|品牌|选择");
    let told = a.nearby_has(SOURCES);
    (said && ends_here && !told && !a.sentence_has(OTHERS) && !doubted(a) && !wished(a))
        .then_some(Kind::Rank)
}

/// 最早主攻智驾的车企: the first to do something.
fn earliest(a: &Around<'_>) -> Option<Kind> {
    const DOES: &str = "推出|主攻|研发|布局|量产|引进|采用|做|从事|进入|涉足|专注";
    const WHO: &str = "品牌|车企|公司|厂家|企业|厂商|店|机构|平台|团队|工厂";
    let after = a.after(14);
    let said = begins(after, DOES) && has(after, "的") && has(after, WHO);
    (said && !doubted(a) && !a.nearby_has(SOURCES)).then_some(Kind::First)
}

/// 未来驾驶的引领者.
fn leader(a: &Around<'_>) -> Option<Kind> {
    const OF: &str = "行业|未来|市场|领域|潮流|智能|时代|科技|品质|生活|时尚|业界";
    (has(a.before(8), OF) && !doubted(a) && !wished(a) && !a.nearby_has(SOURCES))
        .then_some(Kind::Figure)
}

/// What never ends or fails.
fn endless(a: &Around<'_>) -> Option<Kind> {
    (!doubted(a) && !wished(a)).then_some(Kind::Promise)
}

/// The groups, each with its test; behind each term what may stand in its place.
pub(super) const GROUPS: &[Group] = &[
    Group {
        test: offered,
        terms: "最",
    },
    Group {
        test: exclusive,
        terms: "
            独家配方=配方 | 独家专利=专利 | 独家技术=技术 | 独家工艺=工艺 | 独家研发=研发 | 独家秘方=配方
            独家首发=首发 | 唯一授权=授权 | 唯一指定=指定 | 唯一官方=官方 | 仅此一家 | 只此一家
            别无分店 | 独有技术=技术 | 独有配方=配方 | 人无我有",
    },
    Group {
        test: regional,
        terms: "
            省内唯一 | 市内唯一 | 区内唯一 | 县内唯一 | 全省唯一 | 全市唯一 | 全城唯一 | 全县唯一
            全区唯一 | 本地唯一 | 当地唯一 | 同城唯一 | 本省唯一 | 本市唯一 | 行业内唯一 | 领域唯一
            省内首家 | 市内首家 | 全省首家 | 全市首家 | 本地首家 | 当地首家 | 同城首家 | 全城首家
            省内第一 | 市内第一 | 全省第一 | 全市第一 | 全城第一 | 同城第一 | 本地第一 | 区域第一
            领域第一 | 省内首个 | 市内首个 | 全省首个 | 全市首个 | 同城首个",
    },
    Group { test: among_few, terms: "
            第一梯队 | 第一阵营 | 行业第一梯队 | 国内第一梯队 | 业内第一梯队 | 行业第一阵营
            头部品牌=品牌" },
    Group { test: apart_first, terms: "第一" },
    Group { test: earliest, terms: "最早 | 最先 | 率先" },
    Group { test: leader, terms: "引领者 | 领航者 | 领导者 | 缔造者 | 领军者" },
    Group {
        test: outcome,
        terms: "
            学会 | 精通 | 转行 | 拿证 | 上岸 | 提分 | 涨分 | 逆袭 | 涨粉 | 变现 | 出师 | 速成 | 搞定面试
            脱单 | 开口说",
    },
    Group { test: becomes, terms: "秒变 | 瞬间变" },
    Group {
        test: riches,
        terms: "
            暴富 | 财富自由 | 不赚谁赚 | 赚钱秘籍 | 轻松赚 | 赚翻 | 睡后收入 | 躺着赚 | 轻松月入
            致富秘诀 | 日进斗金",
    },
    Group { test: income, terms: "月入 | 日入 | 年入 | 月赚 | 日赚 | 年赚" },
    Group {
        test: served,
        terms: "
            帮助过 | 服务过 | 服务了 | 帮助了 | 合作过 | 累计服务 | 累计帮助 | 已服务 | 已帮助 | 服务超
            服务超过 | 累积帮助过 | 累计帮助过 | 累计服务过 | 累积服务 | 已覆盖",
    },
    Group {
        test: multiplied,
        terms: "翻倍 | 翻番 | 倍增 | 翻几倍 | 提升 | 提高 | 降低 | 减少 | 节省 | 节约 | 增加",
    },
    Group {
        test: faculty,
        terms: "
            记忆力 | 智力 | 专注力 | 抵抗力 | 视力 | 脑力 | 智商 | 新陈代谢 | 血液循环 | 大脑发育 | 睡眠质量
            肠道健康 | 内分泌",
    },
    Group {
        test: runs_down,
        terms: "吊打 | 碾压 | 完爆 | 秒杀 | 完胜 | 甩开 | 干翻",
    },
    Group {
        test: endless,
        terms: "
            无限续航 | 永不掉色 | 永不褪色 | 永不变形 | 永不脱落 | 永不复发 | 绝不复发 | 绝不掉色
            万无一失 | 百发百中 | 百试百灵 | 一劳永逸 | 零失败 | 零失误 | 绝无副作用 | 必瘦 | 必过
            必成功",
    },
];
