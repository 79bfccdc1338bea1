//! Moments: the association's clock is three hours ahead of UTC, all year; certificates and time-stamps say UTC.

use chrono::{DateTime, NaiveDateTime, TimeDelta};

const AHEAD: TimeDelta = TimeDelta::hours(3);

/// A moment of the association, as certificates say it.
pub(super) fn utc(at: NaiveDateTime) -> Option<der::DateTime> {
    let seconds = (at.checked_sub_signed(AHEAD)?).and_utc().timestamp();
    der::DateTime::from_unix_duration(std::time::Duration::from_secs(u64::try_from(seconds).ok()?)).ok()
}

/// A moment of a certificate, by the association's clock.
pub(super) fn local(since_1970: std::time::Duration) -> Option<NaiveDateTime> {
    let moment = DateTime::from_timestamp(i64::try_from(since_1970.as_secs()).ok()?, 0)?;
    moment.naive_utc().checked_add_signed(AHEAD)
}

/// A moment as PDF writes it: `D:20261213120000+03'00'`.
pub(super) fn from_pdf(text: &[u8]) -> Option<NaiveDateTime> {
    let text = std::str::from_utf8(text).ok()?.strip_prefix("D:")?;
    let (moment, zone) = text.split_at_checked(14)?;
    let at = NaiveDateTime::parse_from_str(moment, "%Y%m%d%H%M%S").ok()?;
    let (sign, zone) = match zone.split_at_checked(1) {
        None | Some(("Z", _)) => return at.checked_add_signed(AHEAD),
        Some(("+", zone)) => (1, zone),
        Some(("-", zone)) => (-1, zone),
        Some(_) => return None,
    };
    let mut parts = zone.split('\'');
    let hours: i64 = parts.next()?.parse().ok().filter(|hours| (0..24).contains(hours))?;
    let minutes: i64 = match parts.next() {
        None | Some("") => 0,
        Some(minutes) => minutes.parse().ok().filter(|minutes| (0..60).contains(minutes))?,
    };
    at.checked_sub_signed(TimeDelta::minutes(sign * (hours * 60 + minutes)))?.checked_add_signed(AHEAD)
}
