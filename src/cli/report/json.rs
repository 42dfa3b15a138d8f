//! A report as JSON: moments in RFC 3339, values in whole units, `null` where nothing is known.

use crate::domain::figure::Kind;
use crate::domain::kpi::Bucket;
use crate::domain::report::{Line, Missing, Part, Report, Slots};
use crate::domain::service::{Row, Served};
use serde_json::{Value, json};

/// The whole report.
pub fn report(report: &Report) -> Value {
    let (period, arrivals, service) = (&report.period, &report.arrivals, &report.service);
    let before = period.before();
    let rows = |rows: &[Row]| rows.iter().map(row).collect::<Vec<Value>>();
    let by_channel = arrivals
        .by_channel
        .iter()
        .map(|(id, n, was)| json!({ "channel": id, "now": n, "before": was }));
    let posts = report.posts.iter().map(|post| {
        json!({
            "channel": post.channel, "id": post.id, "at": post.at.rfc3339(), "title": post.title,
            "interactions": post.figure("interactions"), "values": post.values,
            "permalink": post.permalink,
        })
    });
    let alerts = report.alerts.iter().map(|alert| {
        json!({
            "number": alert.id, "about": alert.about, "way": alert.way, "at": alert.at.rfc3339(),
            "began": alert.began.rfc3339(), "over": alert.over.map(|at| at.rfc3339()),
            "value": alert.value, "usual": alert.usual, "causes": alert.causes,
        })
    });
    let topics = report
        .topics
        .iter()
        .map(|topic| json!({ "text": topic.text, "times": topic.times, "in_all": topic.all }));
    let feedback =
        report.feedback.iter().map(|(tag, n, was)| json!({ "tag": tag, "now": n, "before": was }));
    json!({
        "period": {
            "of": period.of, "first": period.first, "last": period.last, "zone": period.zone,
            "from": period.from.rfc3339(), "to": period.to.rfc3339(),
            "until": period.until.rfc3339(), "is_over": period.is_over(),
            "before_from": before.from.rfc3339(), "before_until": before.until.rfc3339(),
        },
        "made": report.made.rfc3339(),
        "channel": report.only,
        "channels": report.channels.iter().map(|p| part(p, report)).collect::<Vec<Value>>(),
        "arrivals": {
            "now": arrivals.came.0, "before": arrivals.came.1,
            "replies": arrivals.replies.0, "replies_before": arrivals.replies.1,
            "by_channel": by_channel.collect::<Vec<Value>>(),
            "points": arrivals.points, "reply_points": arrivals.reply_points,
            "by_weekday_and_hour": arrivals.hours,
        },
        "service": {
            "total": row(&service.total), "by_operator": rows(&service.operators),
            "by_channel": rows(&service.channels), "by_hour": rows(&service.hours),
            "answered_outside": service.outside.replies,
            "waiting_at_beginning": service.backlog.0, "waiting_at_end": service.backlog.1,
            "oldest_waiting": service.oldest.map(|at| at.rfc3339()),
        },
        "posts": posts.collect::<Vec<Value>>(),
        "alerts": alerts.collect::<Vec<Value>>(),
        "topics": topics.collect::<Vec<Value>>(),
        "feedback": feedback.collect::<Vec<Value>>(),
        "missing": report.missing.iter().map(lacks).collect::<Vec<Value>>(),
    })
}

fn part(part: &Part, report: &Report) -> Value {
    let goals =
        part.goals.iter().map(|(goal, standing)| json!({ "goal": goal, "standing": standing }));
    json!({
        "channel": part.channel.id, "platform": part.channel.platform,
        "title": part.channel.title, "coverage": part.coverage(), "posts": part.posts,
        "slots": slots(&part.slots),
        "figures": part.lines.iter().map(|l| line(l, report)).collect::<Vec<Value>>(),
        "goals": goals.collect::<Vec<Value>>(),
    })
}

fn line(line: &Line, report: &Report) -> Value {
    let book = &report.book;
    let kind = if line.is_rate { None } else { Some(book.known(&line.name).kind) };
    let told = match kind {
        None => "rate",
        Some(Kind::Counter) => "counter",
        Some(Kind::Flow) => "flow",
        Some(Kind::Gauge) => "gauge",
    };
    json!({
        "name": line.name, "kind": told, "layer": book.layer(&line.name),
        "unit": book.unit(&line.name), "total": line.total, "stands": line.stands,
        "before": line.before, "change": line.change, "is_clear": line.is_clear,
        "usual": line.usual.map(|u| u.0), "usual_deviation": line.usual.map(|u| u.1),
        "coverage": line.coverage, "is_thin": line.is_thin,
        "points_from": line.start.rfc3339(), "points_step_ms": line.step.0,
        "points": line.points, "points_before": line.points_before,
    })
}

fn slots(of: &Slots) -> Value {
    json!({
        "planned": of.planned, "published": of.published, "missed": of.missed,
        "failed": of.failed, "unconfirmed": of.unconfirmed,
    })
}

fn row(of: &Row) -> Value {
    json!({ "name": of.name, "now": served(&of.now), "before": served(&of.before) })
}

fn served(of: &Served) -> Value {
    let median = |b: &Bucket| b.median().map(|ms| ms as i64);
    let p90 = |b: &Bucket| b.quantile(0.9).map(|ms| ms as i64);
    json!({
        "replies": of.replies, "first_responses": of.first.count,
        "first_median_ms": median(&of.first), "first_p90_ms": p90(&of.first),
        "next_responses": of.next.count, "next_median_ms": median(&of.next),
        "next_p90_ms": p90(&of.next), "with_target": of.judged, "met": of.met,
    })
}

fn lacks(what: &Missing) -> Value {
    match what {
        Missing::NotOver(until) => json!({ "what": "not-over", "until": until.rfc3339() }),
        Missing::NoFigures(channel) => json!({ "what": "no-figures", "channel": channel }),
        Missing::Coverage(channel, share) => {
            json!({ "what": "coverage", "channel": channel, "known": share })
        }
        Missing::Days(channel, days) => {
            json!({ "what": "days", "channel": channel, "days": days })
        }
        Missing::Rate(channel, rate, lacks) => {
            json!({ "what": "rate", "channel": channel, "rate": rate, "lacks": lacks })
        }
        Missing::Thin(channel, rate) => {
            json!({ "what": "thin", "channel": channel, "rate": rate })
        }
        Missing::Oldest => json!({ "what": "oldest-waiting" }),
        Missing::TooMany(n) => json!({ "what": "figures", "read": n }),
        Missing::Posts(channel, n) => json!({ "what": "posts", "channel": channel, "read": n }),
    }
}
