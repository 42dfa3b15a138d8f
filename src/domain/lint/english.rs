//! The same in English: an advertisement in China is one in any language, and elsewhere a claim of being
//! first or best must be proved, too.

use super::Kind;
use super::around::{Around, begins, has};
use super::chinese::SOURCES;
use super::terms::Group;

/// Whether the word stands alone.
fn stands(a: &Around<'_>) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    !letter(a.previous()) && !letter(a.next())
}

/// Denied, asked, tried for or felt.
fn passes(a: &Around<'_>) -> bool {
    const DENIED: &[&str] = &[
        "not ",
        "n't ",
        "never ",
        "no such",
        "hardly",
        "cannot",
        "try ",
        "trying",
        "aim",
        "strive",
        "want to",
        "hope",
        "wish",
        "working to",
        "works to",
        "goal",
        "would ",
        "could ",
        "if ",
        "without ",
    ];
    !stands(a)
        || has(a.clause_before(), DENIED)
        || matches!(a.sentence_ends(), Some('?' | '？'))
        || a.clause_has(&["you're the", "you are the", "thank you for"])
}

fn superlative(a: &Around<'_>) -> Option<Kind> {
    (!passes(a)).then_some(Kind::Superlative)
}

/// "the best" is one of goods before a scope, or when we say it of ourselves.
fn best(a: &Around<'_>) -> Option<Kind> {
    const SCOPES: &[&str] = &[
        " in the world",
        " in the industry",
        " in the market",
        " on the market",
        " in town",
        " in china",
        " in the city",
        " in the country",
        " in the business",
        " on earth",
        " money can buy",
        " anywhere",
        " of all time",
        " on the planet",
        " in the region",
        " in europe",
        " in asia",
        " in the universe",
    ];
    const OURS: &[&str] = &[
        "we are ",
        "we're ",
        "we make ",
        "we offer ",
        "we sell ",
        "we serve ",
        "we have ",
        "we brew ",
        "we bake ",
        "we provide ",
        "we deliver ",
        "our coffee is ",
        "our product is ",
        "our products are ",
        "our service is ",
        "our quality is ",
        "we produce ",
        "we build ",
        "simply ",
    ];
    const NOT_SOLD: &[&str] = &[
        " way",
        " time",
        " option",
        " thing",
        " place to reach",
        " person",
        " of luck",
        " possible",
        " we can",
        " you can",
        " i can",
        " part",
        " regards",
        " wishes",
        " practice",
        " customers",
        " community",
        " fans",
        " team",
        " before",
        " answer",
        " followers",
        " followed",
    ];
    let (before, after) = (a.clause_before(), a.clause_after());
    if passes(a) || !before.ends_with("the ") || begins(after, NOT_SOLD) {
        return None;
    }
    let ours =
        OURS.iter().any(|ours| before.strip_suffix("the ").is_some_and(|b| b.ends_with(ours)));
    (ours || has(after, SCOPES)).then_some(Kind::Superlative)
}

/// A place in a ranking: a fact, if one can prove it.
fn rank(a: &Around<'_>) -> Option<Kind> {
    const VALUES: &[&str] = &["priority", "concern", "goal", "rule", "reason", "fan", "question"];
    let values = begins(a.after(14).trim_start(), VALUES);
    let word = if a.word().starts_with('#') {
        !a.next().is_some_and(char::is_alphanumeric)
    } else {
        stands(a)
    };
    if !word || values {
        return None;
    }
    let passes = has(a.clause_before(), &["not ", "n't ", "never ", "want to", "aim", "hope"]);
    match a.nearby_has(SOURCES) {
        _ if passes => None,
        true => None,
        false => Some(Kind::Rank),
    }
}

/// #1 and "number one" number many things; these are said of goods.
fn numbered(a: &Around<'_>) -> Option<Kind> {
    const GOODS: &[&str] = &[
        "brand",
        "choice",
        "seller",
        "selling",
        "rated",
        "ranked",
        "in the",
        "in china",
        "in europe",
        "product",
        "app",
        "skincare",
        "coffee",
        "company",
        "provider",
        "recommended",
        "trusted",
        "store",
        "shop",
        "worldwide",
        "on the",
        "best",
    ];
    if begins(a.after(14).trim_start_matches([' ', '-']), GOODS) { rank(a) } else { None }
}

/// "the only", of goods.
fn only(a: &Around<'_>) -> Option<Kind> {
    const GOODS: &[&str] = &[
        " brand",
        " product",
        " company",
        " app",
        " formula",
        " cream",
        " serum",
        " shop",
        " store",
        " coffee",
        " provider",
        " device",
        " service that",
    ];
    if begins(a.after(12), GOODS) && !passes(a) { Some(Kind::First) } else { None }
}

fn first(a: &Around<'_>) -> Option<Kind> {
    (!passes(a) && !a.nearby_has(SOURCES)).then_some(Kind::First)
}

/// Heals: before the name of a disease.
fn heals(a: &Around<'_>) -> Option<Kind> {
    const DISEASES: &[&str] = &[
        "acne",
        "eczema",
        "cancer",
        "diabetes",
        "pain",
        "anxiety",
        "depression",
        "insomnia",
        "psoriasis",
        "arthritis",
        "asthma",
        "covid",
        "hair loss",
        "migraine",
        "disease",
        "infection",
        "flu",
        "allerg",
        "inflammation",
        "wound",
        "rosacea",
        "hypertension",
        "obesity",
    ];
    const OTHERS: &[&str] = &["doctor", "hospital", "pharmacist", "physician", "clinic"];
    let said = has(a.after(24), DISEASES);
    (said && !passes(a) && !a.sentence_has(OTHERS)).then_some(Kind::Disease)
}

fn promise(a: &Around<'_>) -> Option<Kind> {
    (!passes(a)).then_some(Kind::Promise)
}

fn wholly(a: &Around<'_>) -> Option<Kind> {
    const PROMISED: &[&str] = &[
        "effective",
        "safe",
        "guaranteed",
        "risk-free",
        "risk free",
        "natural",
        "success",
        "satisfaction",
    ];
    let joined = a.previous().is_some_and(|c| c.is_ascii_digit() || c == '.');
    let denied = has(a.clause_before(), &["not ", "n't ", "never "]);
    (begins(a.after(14).trim_start(), PROMISED) && !joined && !denied).then_some(Kind::Promise)
}

/// A figure or a proof that is only named.
fn figure(a: &Around<'_>) -> Option<Kind> {
    const PROOFS: &[&str] =
        &["source", "according to", "survey of", "study of", "based on", "doi", "n="];
    (!passes(a) && !a.nearby_has(PROOFS)).then_some(Kind::Figure)
}

fn percent_of(a: &Around<'_>) -> Option<Kind> {
    let counted = a.previous().is_some_and(|c| c.is_ascii_digit());
    (counted && !a.nearby_has(SOURCES)).then_some(Kind::Figure)
}

/// Kilos lost in days.
fn loses(a: &Around<'_>) -> Option<Kind> {
    let after = a.after(24);
    let measured = has(after, &["kg", "kilo", "pound", "lbs", "lb "]);
    let soon = has(after, &["day", "week", "month", "hour"]);
    let number = after.contains(|c: char| c.is_ascii_digit());
    (number && measured && soon && !passes(a)).then_some(Kind::Effect)
}

/// The groups, each with its test; behind each term what may stand in its place.
pub(super) const GROUPS: &[Group] = &[
    Group { test: best, terms: "best=good | finest=fine | greatest=great" },
    Group {
        test: superlative,
        terms: "
            world's best=good | world's finest=fine | world's fastest=fast | world's greatest=great
            world's most advanced=advanced | best in the world=good | best-in-class=high-quality
            best in class=high-quality | world-class=high-quality | unbeatable=good
            unrivalled=high | unrivaled=high | unmatched=high | unparalleled=high
            second to none=very good | the cheapest=affordable | lowest price=low price
            lowest prices=low prices | the highest quality=high quality
            highest quality=high quality | finest quality=fine quality | best quality=good quality
            best price=good price | best prices=good prices
            best ever made=good | the most advanced=advanced | the most effective=effective
            the safest=safe | the most trusted=trusted | state-level | national-level",
    },
    Group {
        test: rank,
        terms: "
            market leader | market-leading | industry-leading | industry leader | world-leading
            world's leading | world's no.1 | top-rated | top-selling | best-selling | bestselling
            world's largest=large",
    },
    Group { test: numbered, terms: "#1 | number one | number 1 | no. one" },
    Group { test: only, terms: "the only=a" },
    Group {
        test: first,
        terms: "
            world's first=new | first of its kind=new | one of a kind=special",
    },
    Group { test: heals, terms: "cures | cure for | heals | treats | cure your | prevents" },
    Group {
        test: promise,
        terms: "
            results guaranteed | guaranteed results | guaranteed to | guaranteed effective
            risk-free | no side effects | zero side effects | never fails | zero risk
            works for everyone=works for many | permanent results=results | instant results=results
            miracle cure",
    },
    Group { test: wholly, terms: "100% | 100 % | 100 percent" },
    Group {
        test: figure,
        terms: "
            clinically proven | scientifically proven | dermatologist recommended
            doctor recommended | 9 out of 10 | nine out of ten",
    },
    Group { test: percent_of, terms: "% of customers | % of users | % of women | % of people" },
    Group { test: loses, terms: "lose | lost" },
];
