//! The time zone of whoever sits here.

use crate::wire::message::Welcome;
use chrono_tz::Tz;
use std::path::Path;

/// The zone to show this desk's times in: the desk's own, else the operator's.
pub fn of_desk(welcome: &Welcome) -> Tz {
    welcome.zone.as_deref().and_then(|name| name.parse().ok()).unwrap_or_else(own)
}

/// The operator's own zone: `TZ`, then what `/etc/localtime` stands for, then UTC.
pub fn own() -> Tz {
    let set = std::env::var("TZ").ok();
    let linked = || std::fs::read_link("/etc/localtime").ok();
    set.as_deref()
        .and_then(named)
        .or_else(|| linked().as_deref().and_then(of_file))
        .unwrap_or(Tz::UTC)
}

/// `TZ` as a zone's name; the POSIX forms with rules of their own are not understood.
pub fn named(tz: &str) -> Option<Tz> {
    let name = tz.strip_prefix(':').unwrap_or(tz);
    name.parse().ok().or_else(|| of_file(Path::new(name)))
}

/// The zone that a file of the zone database is named after.
fn of_file(path: &Path) -> Option<Tz> {
    path.to_str()?.rsplit_once("zoneinfo/")?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Asia/Shanghai", Some(Tz::Asia__Shanghai))]
    #[case(":Europe/Berlin", Some(Tz::Europe__Berlin))]
    #[case("/usr/share/zoneinfo/Asia/Tokyo", Some(Tz::Asia__Tokyo))]
    #[case("CST-8", None)]
    #[case("", None)]
    fn a_zone_is_known_by_its_name(#[case] tz: &str, #[case] zone: Option<Tz>) {
        assert_eq!(named(tz), zone);
    }
}
