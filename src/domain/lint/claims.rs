//! Claims in Chinese: what heals, works in so many days, is so many percent, or cannot fail; the names
//! of the state; and what leads away from a platform.
//!
//! From articles 9 (2), 11, 16 to 18, 24, 25 and 28 of the Advertising Law, and from what the platforms
//! publish of their rules.

use super::Kind;
use super::around::{Around, begins, ends, has};
use super::chinese::{NEGATIONS, SOURCES, doubted};
use super::terms::Group;

/// Where one speaks of medicine as such: advice to see a doctor is no claim.
const MEDICINE: &str = "\
    医院|医生|就医|医嘱|大夫|门诊|诊断|患者|病人|病例|手术|科室|临床|药师|代替|替代|保险|医保|\
    住院|处方|研究|论文";

fn disease(a: &Around<'_>) -> Option<Kind> {
    let denied = has(a.before(8), NEGATIONS) || has(a.before(4), &["无", "非", "未"]);
    (!denied && !doubted(a) && !a.sentence_has(MEDICINE)).then_some(Kind::Disease)
}

/// 疗效, 治疗 and the like, which are also said of treatments that are none of goods.
fn treats(a: &Around<'_>) -> Option<Kind> {
    // 医疗效率 and 就医治疗 are cut otherwise.
    if matches!(a.previous(), Some('医' | '就'))
        || begins(a.after(3), &["率", "师", "期间", "费", "床", "室", "中心"])
    {
        None
    } else {
        disease(a)
    }
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || "一二两三四五六七八九十半几百".contains(c)
}

/// A number with one of these units in a text.
pub(super) fn counts(text: &str, units: &str) -> bool {
    units.split('|').any(|unit| {
        text.match_indices(unit).any(|(at, _)| {
            let before = text[..at].trim_end_matches(['个', ' ', '多', '余']);
            before.chars().next_back().is_some_and(is_numeral)
        })
    })
}

const TIMES: &str = "天|日|周|星期|小时|分钟|秒|月|疗程|盒|瓶|次|晚|夜";
const MEASURES: &str = "斤|公斤|kg|厘米|cm|岁|度|色号|码|寸";

/// An effect that comes in so much time, or to such a measure.
fn timed(a: &Around<'_>) -> Option<Kind> {
    let soon = counts(a.before(8), TIMES) || counts(a.after(6), TIMES);
    let measured = counts(a.after(6), MEASURES);
    let told = a.nearby_has(SOURCES);
    ((soon || measured) && !told && !doubted(a)).then_some(Kind::Effect)
}

fn effect(a: &Around<'_>) -> Option<Kind> {
    (!doubted(a) && !a.nearby_has(SOURCES)).then_some(Kind::Effect)
}

/// A rate with its figure.
fn rate(a: &Around<'_>) -> Option<Kind> {
    let percent = |text: &str| {
        text.match_indices('%').any(|(at, _)| text[..at].ends_with(|c: char| c.is_ascii_digit()))
            || has(text, &["百分之"])
    };
    let said = percent(a.before(8)) || percent(a.after(10));
    (said && !doubted(a) && !a.nearby_has(SOURCES)).then_some(Kind::Figure)
}

/// 99%的用户: people counted in percent, or by the ten thousand.
fn people(a: &Around<'_>) -> Option<Kind> {
    let counted = a.before(2).ends_with(|c: char| is_numeral(c) || matches!(c, '多' | '千' | '万'));
    (counted && !doubted(a) && !a.nearby_has(SOURCES)).then_some(Kind::Figure)
}

/// 热销100万: what was sold, with its figure.
fn sales(a: &Around<'_>) -> Option<Kind> {
    let after = a.after(10);
    let counted = after.match_indices(['万', '亿']).any(|(at, _)| {
        after[..at].trim_end_matches(['多', '余', '千', '百', '+']).ends_with(is_numeral)
    });
    (counted && !doubted(a) && !a.nearby_has(SOURCES)).then_some(Kind::Figure)
}

/// A lead that is no place in a ranking, and wants a proof all the same.
fn leads(a: &Around<'_>) -> Option<Kind> {
    let aims = a.before(16).contains("成为")
        || has(
            a.before(12),
            &["努力", "力争", "目标", "致力", "希望", "愿", "追赶", "立志", "旨在"],
        );
    (!aims && !doubted(a) && !a.nearby_has(SOURCES)).then_some(Kind::Figure)
}

/// What cannot be promised; one's own denial of it passes.
fn promise(a: &Around<'_>) -> Option<Kind> {
    (!doubted(a)).then_some(Kind::Promise)
}

/// 100%有效: percent of what nobody can promise. Of cotton it is a fact.
fn wholly(a: &Around<'_>) -> Option<Kind> {
    const PROMISED: &str = "\
        有效|安全|见效|治愈|无害|成功|通过|不反弹|不过敏|满意|放心|可靠|无副|去除|清除|杀灭|杀菌|\
        还原|准确|纯天然|天然|好评|无添加|防|阻隔";
    let joined = a.previous().is_some_and(|c| c.is_ascii_digit() || c == '.');
    if joined || !begins(a.after(4).trim_start_matches([' ', '的']), PROMISED) {
        None
    } else {
        promise(a)
    }
}

/// 包过, 保过: of examinations.
fn passes(a: &Around<'_>) -> Option<Kind> {
    const COURSES: &str = "考|证|班|课|驾|培训|面试|雅思|托福|保研|学";
    let other = begins(a.after(1), &["程", "期", "年", "度", "来", "去", "滤", "敏"]);
    let inside = ends(a.before(1), &["确", "担", "环", "面", "钱", "书", "背"]);
    if other || inside || !a.sentence_has(COURSES) { None } else { promise(a) }
}

/// 保本, 零风险: of what earns.
fn earns(a: &Around<'_>) -> Option<Kind> {
    const MONEY: &str = "收益|投资|理财|赚|回报|加盟|创业|利息|本金|年化|项目";
    if a.sentence_has(MONEY) { promise(a) } else { None }
}

/// 特供: of the state. What a shop has alone is called so, too.
fn state(a: &Around<'_>) -> Option<Kind> {
    const ORGANS: &str = "国宴|军|党|政府|政协|机关|大会堂|中南海|领导人|国务院|部委|外交";
    (a.clause_has(ORGANS) && !doubted(a)).then_some(Kind::State)
}

fn named(a: &Around<'_>) -> Option<Kind> {
    (!doubted(a)).then_some(Kind::State)
}

/// Leads to an account elsewhere.
fn away(a: &Around<'_>) -> Option<Kind> {
    let denied =
        has(a.before(8), NEGATIONS) || has(a.before(8), &["请勿", "不加", "谨防", "勿", "别"]);
    (!denied).then_some(Kind::OffPlatform)
}

/// The name of a place elsewhere, where one is sent: 测评公众号 is none, 关注公众号 is.
fn sent_to(a: &Around<'_>) -> Option<Kind> {
    const SENDS: &str = "关注|搜|加|去|回复|上|到|找|同名|私|看|进|来|添加";
    let sends = has(a.before(6), SENDS) || begins(a.after(4), "搜|同名|：|:|回复|找我|见");
    if sends { away(a) } else { None }
}

/// The same in Latin letters, which also stand inside of words.
fn away_latin(a: &Around<'_>) -> Option<Kind> {
    let joined = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    if joined(a.previous()) || joined(a.next()) { None } else { away(a) }
}

/// A link; where it leads to is for the rules of the place to judge.
fn link(a: &Around<'_>) -> Option<Kind> {
    let joined =
        a.word() == "www." && a.previous().is_some_and(|c| c.is_alphanumeric() || c == '/');
    let leads = a.next().is_some_and(char::is_alphanumeric);
    (leads && !joined).then_some(Kind::Link)
}

/// The groups, each with its test; behind each term what may stand in its place.
pub(super) const GROUPS: &[Group] = &[
    Group {
        test: disease,
        terms: "
            根治 | 包治 | 药到病除 | 痊愈 | 抗癌 | 防癌 | 治好 | 降血压 | 降血糖 | 降血脂 | 降三高
            治愈率 | 彻底治愈 | 完全治愈 | 能治愈 | 可治愈 | 包治百病 | 祛病 | 消除炎症 | 妙手回春
            增强免疫力 | 提高免疫力 | 彻底康复",
    },
    Group {
        test: treats, terms: "治疗=护理 | 疗效=使用感受 | 医治 | 消炎=舒缓 | 抗炎=舒缓"
    },
    Group {
        test: timed,
        terms: "
            见效 | 起效 | 变白 | 美白 | 祛斑 | 淡斑 | 祛痘 | 祛皱 | 除皱 | 瘦 | 减重 | 减掉 | 减肥
            生发 | 长高 | 增高 | 丰胸 | 脱毛 | 止痒 | 褪黑 | 退黄 | 排毒 | 逆龄 | 年轻 | 去黑头
            消肿 | 白了 | 掉秤",
    },
    Group {
        test: effect,
        terms: "
            立竿见影 | 立马见效 | 立即见效 | 立刻见效 | 一抹见效 | 一用就白 | 一抹就白 | 一喷即白
            秒变白 | 躺着瘦 | 躺瘦 | 月瘦 | 日瘦 | 暴瘦 | 狂瘦 | 速瘦 | 燃烧脂肪",
    },
    Group {
        test: rate,
        terms: "
            好评率 | 满意度 | 满意率 | 回购率 | 复购率 | 有效率 | 成功率 | 通过率 | 市占率
            市场占有率 | 市场份额 | 准确率",
    },
    Group {
        test: people,
        terms: "
            %的用户 | %用户 | %的顾客 | %顾客 | %的客户 | %客户 | %的消费者 | %消费者 | %的妈妈
            %的女性 | %的人都 | 万人选择 | 万人信赖 | 万人推荐 | 万人回购 | 万人都在用 | 万人在用
            万用户 | 万家庭 | 万妈妈 | 万消费者",
    },
    Group { test: sales, terms: "热销 | 畅销 | 销量 | 卖出 | 售出 | 累计销售" },
    Group {
        test: leads,
        terms: "
            行业领先 | 世界领先 | 国际领先 | 全球领先 | 国内领先 | 业界领先 | 领导品牌=品牌
            领军品牌=品牌 | 领先品牌=品牌 | 行业领导者 | 市场领导者 | 行业标杆 | 行业龙头
            龙头品牌=品牌 | 领先全球 | 领先世界 | 领先同行 | 领先行业 | 业界翘楚 | 行业翘楚 | 业内翘楚 | 行业佼佼者
            领军企业=企业 | 行业领跑者 | 领跑行业 | 领跑全国 | 领跑全球 | 行业巨头 | 行业王者
            行业霸主 | 无出其右 | 一骑绝尘",
    },
    Group { test: wholly, terms: "100% | 百分百 | 百分之百 | 百分之一百" },
    Group {
        test: promise,
        terms: "
            零风险 | 0风险 | 无副作用 | 无任何副作用 | 零副作用 | 0副作用 | 无毒副作用 | 没有副作用
            没有任何副作用 | 绝对安全=安全 | 绝对有效 | 绝对放心 | 绝对不会过敏 | 保证有效
            保证见效 | 保证治好 | 保证瘦 | 保证不反弹 | 永不反弹 | 绝不反弹 | 永久美白
            永久脱毛=脱毛 | 纯天然 | 零添加 | 0添加 | 无任何添加 | 无效退款 | 无效包退 | 稳赚
            稳赚不赔 | 包教包会 | 零缺陷 | 永不磨损 | 适合所有人=适合多数人",
    },
    Group { test: passes, terms: "包过 | 保过 | 一次通过 | 一次过 | 保录取" },
    Group {
        test: earns, terms: "保本 | 无风险 | 保收益 | 稳定高回报 | 躺赚 | 必赚"
    },
    Group { test: state, terms: "特供 | 专供 | 专用酒 | 指定用酒 | 内供" },
    Group {
        test: named,
        terms: "
            国家领导人推荐 | 国家机关推荐 | 国宴用酒 | 国宴专用 | 国宴特供 | 人民大会堂指定
            国家免检 | 质量免检 | 政府推荐",
    },
    Group {
        test: away,
        terms: "
            加微信=私信我们 | 加我微信=私信我 | 微信号=账号 | 加微=私信我们 | 加薇=私信我们
            薇信=私信 | 威信号=账号 | 加v=私信我们 | +v=私信我们 | 扫码加=私信 | 扫二维码=私信我们
            扫描二维码=私信我们 | 加群=私信我们 | 进群=私信我们 | 加qq=私信我们 | qq群=私信
            微信群=私信
            绿泡泡=私信 | 加我好友=私信我 | 私下交易 | 转账给我 | 微信联系=私信联系
            加企微=私信我们",
    },
    Group {
        test: sent_to, terms: "公众号=主页 | 淘宝=主页 | 闲鱼=主页 | 拼多多=主页 | 京东=主页"
    },
    Group {
        test: away_latin, terms: "vx=私信 | wechat=私信 | whatsapp | telegram | wx=私信"
    },
    Group { test: link, terms: "http:// | https:// | www." },
];
