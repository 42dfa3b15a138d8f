//! What people write to the brand, in Chinese and English: templates with places to fill.

use crate::domain::rng::Rng;

/// A language people write in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// They like it.
    Praise,
    /// They ask.
    Question,
    /// Something is not as it should be.
    Mild,
    /// Something is badly wrong; they threaten to go further.
    Severe,
    /// They want to buy.
    Purchase,
    /// They want to work with the brand.
    Cooperation,
    /// Advertising of others.
    Spam,
    /// Emoji, or next to no words.
    Emoji,
    /// The parcels are stuck: what a burst is about.
    Delivery,
    /// They come back because nothing happened.
    Again,
    /// They come back to say thanks.
    Thanks,
    /// They come back with what they were asked for.
    Details,
    /// The brand answers.
    Reply,
    /// The brand answers somebody who complained.
    Apology,
}

/// How often a message that opens a conversation is about what.
pub const OPENING: [(u64, Topic); 8] = [
    (22, Topic::Praise),
    (29, Topic::Question),
    (17, Topic::Mild),
    (5, Topic::Severe),
    (9, Topic::Purchase),
    (3, Topic::Cooperation),
    (8, Topic::Spam),
    (7, Topic::Emoji),
];

/// The templates of a topic.
fn templates(topic: Topic, tongue: Tongue) -> &'static [&'static str] {
    use Tongue::{En, Zh};
    match (topic, tongue) {
        (Topic::Praise, Zh) => &[
            "{product}真的绝了，已经是这个月第{n}杯",
            "在{city}店喝的，环境和出品都很稳👍",
            "包装好看，豆子也新鲜，回购第{n}次了",
            "今天的{product}拉花好可爱，谢谢店员小姐姐",
            "被朋友安利来的，{product}没有踩雷！",
            "这支视频拍得好治愈，想去云岭的茶山和咖啡园看看",
            "手冲 {product} 的花香太明显了，爱了爱了",
            "第{n}次来{city}店，还是熟悉的味道",
            "加班全靠它续命，{product} yyds",
            "讲真，这个价位能喝到这样的豆子很良心",
        ],
        (Topic::Praise, En) => &[
            "Just had the {product}. Honestly the best cup this week.",
            "Loved the story about the growers in Yunling, more of this please!",
            "{n}th bag of {product} and still happy with it ☕",
            "The {product} blooms like crazy, what a fresh roast 👏",
            "Great talk yesterday, your team clearly knows its beans.",
        ],
        (Topic::Question, Zh) => &[
            "请问{product}是深烘还是中烘？",
            "{city}有线下店吗？在哪个区？",
            "孕期可以喝低因的吗，咖啡因含量大概多少",
            "豆子开封以后可以放多久？要不要放冰箱",
            "{product}用摩卡壶要磨多细？求推荐刻度",
            "会员积分什么时候过期呀，一直找不到入口",
            "周末{city}店几点关门？",
            "可以开发票吗，公司抬头的那种",
            "挂耳和{product}有什么区别，新手选哪个",
            "第一次手冲，{product}粉水比多少合适？",
            "自提可以改门店吗，下错到{city}了",
            "礼品卡能在{city}店用吗",
            "你们的杯子是在哪里买的呀，好看",
            "机场店是不是也有{product}？",
        ],
        (Topic::Question, En) => &[
            "Which grind size do you recommend for {product} in an AeroPress?",
            "Is the {product} decaf processed with water or CO2?",
            "Do you ship to {city}? Couldn't find it on the site.",
            "How long does an opened bag stay fresh?",
            "Is {product} vegan? The label doesn't say.",
            "Are you hiring roasters at the moment?",
        ],
        (Topic::Mild, Zh) => &[
            "{product}收到是压扁的，有点失望",
            "等了{n}0分钟才叫号，出餐也太慢了吧",
            "少发了一包滤纸，订单尾号{order}，麻烦看一下",
            "这次的豆子味道不对，比上次差很多",
            "优惠券领了用不了，客服一直是机器人",
            "{city}店的冰美式淡得像水……",
            "物流两天没更新了，能帮忙催一下吗？单号{order}",
            "APP 一直闪退，点不了单 (╯°□°)╯",
            "杯盖没盖紧，外卖洒了一半，真的很失望",
            "说好的生日券到现在没收到",
            "{city}店员把我的{product}做成热的了，换一杯还要等{n}0分钟",
            "礼盒少发一罐，联系店铺让我自己拍照举证，太慢了",
            "豆子烘焙日期是两个月前的，这也叫新鲜？失望",
            "小程序付款成功但一直显示待支付，催了也没人理",
            "{product}包装漏气，打开一点香味都没有",
        ],
        (Topic::Mild, En) => &[
            "My {product} arrived with a torn bag, bit disappointed.",
            "Order {order} is missing the filters I paid for.",
            "The last two bags tasted flat. Did you change the roast?",
            "Waited {n}0 minutes for a latte that came out cold.",
            "The discount code doesn't work at checkout, can someone help?",
            "Subscription was charged but nothing shipped. Order {order}, still waiting.",
            "Got the wrong roast again, that's {n} times now. Disappointing.",
            "Your {city} pop-up ran out of {product} by noon, disappointed after a long trip.",
        ],
        (Topic::Severe, Zh) => &[
            "喝完{product}拉肚子，家里老人也是，你们食品安全怎么管的？再不处理我就投诉到12315",
            "订单{order}拒不退款，客服踢皮球三天了，等着曝光吧",
            "在{city}店的杯子里喝到玻璃渣！！！要一个说法",
            "会员被重复扣款{n}次，联系不上任何人，这不是诈骗是什么",
            "豆子里吃出虫子，照片都留着，已经准备向市场监管局举报",
            "店员当众辱骂顾客，{city}店，有录像，等着曝光",
            "过期{n}天的牛奶还在用？12315见",
            "孩子被你们{city}店的热饮烫到，到现在没有一句道歉，我要投诉",
        ],
        (Topic::Severe, En) => &[
            "Found a piece of glass in my {product}. This is dangerous, I want an answer today.",
            "You charged me {n} times for order {order} and refuse a refund. This is a scam, my lawyer will be in touch.",
            "Three people got food poisoning at your {city} store. Reporting this to the authorities.",
        ],
        (Topic::Purchase, Zh) => &[
            "{product}怎么买？链接发我一下",
            "公司下午茶要{n}0杯，多少钱，能送到{city}吗",
            "想买{n}箱挂耳送客户，有批发价吗？",
            "直播间那款{product}还有货吗，想下单",
            "礼盒多少钱一套，能定制贺卡吗",
        ],
        (Topic::Purchase, En) => &[
            "How much is a monthly subscription for {n} bags?",
            "Where can I buy {product} in {city}?",
            "We need coffee for an office of {n}0, what's the wholesale price?",
        ],
        (Topic::Cooperation, Zh) => &[
            "你好，我们是{city}的精品民宿，想谈一下合作供豆，怎么联系？",
            "想咨询加盟，{city}还有名额吗",
            "我是美食博主，粉丝{n}0万，想聊聊商务合作",
        ],
        (Topic::Cooperation, En) => &[
            "Hi, we run {n} cafés in {city} and would like to talk about a partnership.",
            "Would you be open to a collaboration on a limited {product}? Happy to send a deck.",
        ],
        (Topic::Spam, Zh) => &[
            "日结{n}00元，手机就能做，+V：yl{order}",
            "低价代充会员，秒到账，看我主页↑↑↑",
            "🔥🔥免费领咖啡机🔥🔥点我头像进群，名额仅剩{n}个",
            "专业刷赞涨粉，真人账号，私我",
        ],
        (Topic::Spam, En) => &[
            "Earn ${n}000 a week from home!!! DM me now 💰💰💰",
            "Boost your followers fast >> check my profile >> promo {order}",
        ],
        (Topic::Emoji, Zh) => &[
            "😍😍😍",
            "哈哈哈哈哈哈哈",
            "👍👍",
            "蹲",
            "[泪][泪]",
            "打卡第{n}天☕️",
            "？？？",
            "👨‍👩‍👧‍👦❤️",
        ],
        (Topic::Emoji, En) => &["🔥🔥🔥", "☕️❤️", "first!", "lol", "🙌🏽🙌🏽", "this."],
        (Topic::Delivery, Zh) => &[
            "物流太慢了，三天没发货，再不处理我就投诉了",
            "双十一买的到现在还在云仓没动，单号{order}",
            "我的快递怎么又退回去了？？{product}是要送人的",
            "评论区全是没收到货的，官方能不能出来说句话",
            "显示已签收但根本没收到！订单{order}",
            "催了{n}次发货，每次都说在路上，气死",
        ],
        (Topic::Delivery, En) => &[
            "Parcel {order} has been stuck at the warehouse for days. What is going on?",
            "Same here, no tracking update since Monday and nobody answers.",
            "My {product} was a birthday gift. It's late and support is silent.",
        ],
        (Topic::Again, Zh) => {
            &["有人吗？还在等回复", "还是没人处理吗……", "顶一下，急", "补充一下，订单号{order}"]
        }
        (Topic::Again, En) => {
            &["Any news?", "Still waiting for an answer here.", "Adding the order number: {order}"]
        }
        (Topic::Thanks, Zh) => {
            &["好的谢谢！", "收到，辛苦啦🙏", "解决了，客服态度很好", "谢谢，等你们消息"]
        }
        (Topic::Thanks, En) => {
            &["Thank you, that helps!", "Perfect, thanks 🙏", "Great, appreciate the quick reply."]
        }
        (Topic::Details, Zh) => {
            &["订单号{order}，手机尾号{n}{n}{n}{n}", "发你私信了，看一下", "还是不行，截图也发了"]
        }
        (Topic::Details, En) => &[
            "It's order {order}.",
            "Just sent you a DM with the photo.",
            "Tried that, it still doesn't work.",
        ],
        (Topic::Reply, Zh) => &[
            "您好，感谢喜欢，{product}在官方店铺可以买到哦~",
            "您好呀，可以的，详情已私信您",
            "感谢支持☕️ 周末门店见！",
        ],
        (Topic::Reply, En) => &[
            "Thanks for asking! Details are on their way to your inbox.",
            "Glad you like it ☕ see you soon!",
        ],
        (Topic::Apology, Zh) => &[
            "非常抱歉给您带来不便，已为您加急处理，请私信订单号",
            "抱歉久等了，我们已联系仓库核实，今天内给您答复",
        ],
        (Topic::Apology, En) => {
            &["We're sorry about this. Please send us your order number and we'll fix it today."]
        }
    }
}

const PRODUCTS: [(&str, &str); 7] = [
    ("云雾拿铁", "Cloud Latte"),
    ("冷萃 Cold Brew", "Cold Brew"),
    ("日晒瑰夏", "Natural Geisha"),
    ("桂花美式", "Osmanthus Americano"),
    ("云岭拼配", "Yunling Blend"),
    ("低因挂耳", "Decaf Drip Bag"),
    ("燕麦Dirty", "Oat Dirty"),
];
const CITIES: [(&str, &str); 8] = [
    ("昆明", "Kunming"),
    ("上海", "Shanghai"),
    ("成都", "Chengdu"),
    ("杭州", "Hangzhou"),
    ("大理", "Dali"),
    ("广州", "Guangzhou"),
    ("北京", "Berlin"),
    ("厦门", "Lisbon"),
];
const ENDS: [&str; 8] = ["🙏", "😭", "～～", "！！", " ☕️", "[doge]", "😅", "…"];

/// One message about a topic.
pub fn compose(rng: &mut Rng, topic: Topic, tongue: Tongue) -> String {
    let template = *rng.pick(templates(topic, tongue));
    let mut text = String::with_capacity(template.len() + 24);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (place, after) = after.split_once('}').unwrap_or((after, ""));
        match place {
            "product" => text.push_str(by(tongue, *rng.pick(&PRODUCTS))),
            "city" => text.push_str(by(tongue, *rng.pick(&CITIES))),
            "order" => text.push_str(&rng.between(10_000, 99_999).to_string()),
            _ => text.push_str(&rng.between(2, 9).to_string()),
        }
        rest = after;
    }
    text.push_str(rest);
    if rng.percent(12) && !matches!(topic, Topic::Reply | Topic::Apology | Topic::Spam) {
        text.push_str(rng.pick::<&str>(&ENDS));
    }
    text
}

fn by(tongue: Tongue, (zh, en): (&'static str, &'static str)) -> &'static str {
    match tongue {
        Tongue::Zh => zh,
        Tongue::En => en,
    }
}

const TITLES: [&str; 12] = [
    "云岭采收季 Vlog 第三集",
    "手冲入门：水温到底多少度",
    "周末门店新品：桂花美式",
    "From cherry to cup: our roastery",
    "咖啡渣的十种用法",
    "会员日预告｜第二杯半价",
    "拉花大赛投票",
    "Meet the growers of Yunling",
    "秋季礼盒开箱",
    "低因咖啡是怎么做出来的",
    "Brew guide: Cold Brew at home",
    "探店｜大理洱海边的一杯",
];

/// The title of a post.
pub fn title(rng: &mut Rng) -> &'static str {
    rng.pick::<&str>(&TITLES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_has_words_in_both_languages_and_no_place_stays_open() {
        let topics = OPENING.iter().map(|(_, t)| *t).chain([
            Topic::Delivery,
            Topic::Again,
            Topic::Thanks,
            Topic::Details,
            Topic::Reply,
            Topic::Apology,
        ]);
        let mut rng = Rng::new(1);
        for topic in topics {
            for tongue in [Tongue::Zh, Tongue::En] {
                for _ in 0..50 {
                    let text = compose(&mut rng, topic, tongue);
                    assert!(!text.trim().is_empty() && !text.contains(['{', '}']), "{text}");
                }
            }
        }
    }
}
