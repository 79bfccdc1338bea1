//! How a date was counted, step by step, as data and as sentences.

use chrono::Datelike as _;

use super::{Calendar, CalendarError, DayKind, Period, next};
use crate::value::words::{Case, DAY, Digits, count, date_weekday, digits_only};
use crate::value::{Date, Lang, Number, Text};

/// One step of a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// An extension is counted from the day on which the period ended before it was moved.
    FromBase {
        /// That day.
        base: Date,
        /// The day it was moved to.
        due: Date,
    },
    /// The period has no length: it ends on the day of the event.
    SameDay {
        /// The day of the event.
        date: Date,
    },
    /// Counting started on the day after the event.
    Started {
        /// The day of the event.
        after: Date,
    },
    /// Days of weekends were not counted, all through the period.
    SkippedWeekends {
        /// How many, without those that fall on a holiday.
        days: u32,
    },
    /// Days of a holiday were not counted.
    SkippedHoliday {
        /// The holiday.
        title: Text,
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// The month lacks the day, so its last day stands for it.
    MonthEnd {
        /// The day of the month that it lacks.
        lacks: u32,
        /// Its last day.
        last: Date,
    },
    /// The last day that was counted.
    LastDay {
        /// The whole period.
        period: Period,
        /// The day.
        date: Date,
    },
    /// The last day was not a working day, so the due date moved.
    Rolled {
        /// The last day of the period.
        from: Date,
        /// The due date.
        to: Date,
        /// Which way it went.
        direction: Direction,
        /// What stood in the way, nearest first, each thing once.
        because: Vec<Off>,
    },
}

impl Step {
    /// The step as a sentence, the Arabic in a style of digits.
    pub fn text(&self, digits: Digits) -> Text {
        let ar = |date: Date| date_weekday(date, Lang::Ar, digits);
        let en = |date: Date| date_weekday(date, Lang::En, Digits::Latin);
        match self {
            Step::FromBase { base, due } => Text::new(
                format!("حُسب التمديد من يوم {}، وهو آخر المهلة قبل نقلها إلى يوم {}", ar(*base), ar(*due)),
                format!(
                    "The extension is counted from {}, the last day before it was moved to {}",
                    en(*base),
                    en(*due)
                ),
            ),
            Step::SameDay { date } => Text::new(
                format!("تنتهي المهلة في اليوم نفسه: {}", ar(*date)),
                format!("The period ends on the same day: {}", en(*date)),
            ),
            Step::Started { after } => Text::new(
                format!("بدأ العدُّ من اليوم التالي ليوم {}", ar(*after)),
                format!("Counting started on the day after {}", en(*after)),
            ),
            Step::SkippedWeekends { days } => {
                let number = Number::from(i64::from(*days));
                let (noun, verb) = if *days == 1 { ("day", "was") } else { ("days", "were") };
                Text::new(
                    format!(
                        "لم تُحسب عطلة نهاية الأسبوع، ومجموع أيامها {}",
                        count(number, &DAY, Lang::Ar, Case::Nominative, digits)
                    ),
                    format!("{days} weekend {noun} {verb} not counted"),
                )
            }
            Step::SkippedHoliday { title, from, to } if from == to => Text::new(
                format!("لم يُحسب يوم {}: {}", ar(*from), title.ar),
                format!("{} was not counted: {}", en(*from), title.en),
            ),
            Step::SkippedHoliday { title, from, to } => Text::new(
                format!("لم تُحسب الأيام من {} إلى {}: {}", ar(*from), ar(*to), title.ar),
                format!("The days from {} to {} were not counted: {}", en(*from), en(*to), title.en),
            ),
            Step::MonthEnd { lacks, last } => Text::new(
                format!(
                    "لا يوجد يوم {} في ذلك الشهر، فاعتُبر آخر أيامه: {}",
                    digits_only(&lacks.to_string(), digits),
                    ar(*last)
                ),
                format!("That month has no day {lacks}, so its last day counts: {}", en(*last)),
            ),
            Step::LastDay { period, date } => Text::new(
                format!("تنتهي مدة {} يوم {}", period.words(Lang::Ar, Case::Genitive, digits), ar(*date)),
                format!(
                    "The period of {} ends on {}",
                    period.words(Lang::En, Case::Genitive, Digits::Latin),
                    en(*date)
                ),
            ),
            Step::Rolled { from, to, direction, because } => {
                let titles: Vec<Text> = because.iter().map(Off::title).collect();
                let reasons = |lang| {
                    let titles: Vec<&str> = titles.iter().map(|title| title.get(lang)).collect();
                    titles.join(match lang {
                        Lang::Ar => "، ثم ",
                        Lang::En => ", then ",
                    })
                };
                let moved = direction.text();
                Text::new(
                    format!(
                        "يوم {} ليس يوم عمل ({})، {}: {}",
                        ar(*from),
                        reasons(Lang::Ar),
                        moved.ar,
                        ar(*to)
                    ),
                    format!(
                        "{} is not a working day ({}), {}: {}",
                        en(*from),
                        reasons(Lang::En),
                        moved.en,
                        en(*to)
                    ),
                )
            }
        }
    }
}

/// Which way a due date moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// To the next working day.
    Forward,
    /// To the working day before.
    Back,
    /// Back, and no further than the day of the event, whatever day that is.
    BackToStart,
}

impl Direction {
    fn text(self) -> Text {
        match self {
            Direction::Forward => Text::new(
                "فانتقل الموعد إلى أول يوم عمل بعده",
                "so the due date moves to the next working day",
            ),
            Direction::Back => Text::new(
                "فتقدَّم الموعد إلى آخر يوم عمل قبله",
                "so the due date moves to the working day before",
            ),
            Direction::BackToStart => Text::new(
                "فتقدَّم الموعد إلى يوم الواقعة ولا يسبقه",
                "so the due date moves to the day of the event, and never before it",
            ),
        }
    }
}

/// Why nobody works on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Off {
    /// It is a day of the weekend.
    Weekend,
    /// It is a day of this holiday.
    Holiday(Text),
}

impl Off {
    /// What people call it.
    pub fn title(&self) -> Text {
        match self {
            Off::Weekend => Text::new("عطلة نهاية الأسبوع", "the weekend"),
            Off::Holiday(title) => title.clone(),
        }
    }

    fn of(kind: DayKind<'_>) -> Option<Off> {
        match kind {
            DayKind::Working => None,
            DayKind::Weekend => Some(Off::Weekend),
            DayKind::Holiday(title) => Some(Off::Holiday(title.clone())),
        }
    }
}

/// The account of a count that is done.
pub(super) fn steps(
    start: Date,
    period: Period,
    base: Date,
    due: Date,
    calendar: &Calendar,
) -> Result<Vec<Step>, CalendarError> {
    let mut steps = Vec::new();
    if base == start {
        steps.push(Step::SameDay { date: start });
    } else {
        steps.push(Step::Started { after: start });
        match period {
            Period::WorkingDays(_) => skipped(start, base, calendar, &mut steps)?,
            Period::Months(_) if base.day() != start.day() => {
                steps.push(Step::MonthEnd { lacks: start.day(), last: base });
            }
            Period::Days(_) | Period::Weeks(_) | Period::Months(_) | Period::Hours(_) => {}
        }
        steps.push(Step::LastDay { period, date: base });
    }
    if due != base {
        steps.push(moved(base, due, calendar)?);
    }
    Ok(steps)
}

/// What a count of working days left out: all weekends in one step, then each holiday.
fn skipped(start: Date, base: Date, calendar: &Calendar, steps: &mut Vec<Step>) -> Result<(), CalendarError> {
    let mut weekend_days = 0;
    let mut holidays: Vec<Step> = Vec::new();
    let mut day = start;
    while day < base {
        let before = day;
        day = next(day)?;
        match calendar.day_kind(day)? {
            DayKind::Working => {}
            DayKind::Weekend => weekend_days += 1,
            DayKind::Holiday(title) => {
                if let Some(Step::SkippedHoliday { title: same, to, .. }) = holidays.last_mut()
                    && *to == before
                    && same == title
                {
                    *to = day;
                } else {
                    holidays.push(Step::SkippedHoliday { title: title.clone(), from: day, to: day });
                }
            }
        }
    }
    if weekend_days > 0 {
        steps.push(Step::SkippedWeekends { days: weekend_days });
    }
    steps.append(&mut holidays);
    Ok(())
}

fn moved(base: Date, due: Date, calendar: &Calendar) -> Result<Step, CalendarError> {
    let mut because = Vec::new();
    let mut day = base;
    while day != due {
        if let Some(off) = Off::of(calendar.day_kind(day)?)
            && !because.contains(&off)
        {
            because.push(off);
        }
        let following = if due > base { day.succ_opt() } else { day.pred_opt() };
        day = following.ok_or(CalendarError::BeyondCalendar)?;
    }
    let direction = if due > base {
        Direction::Forward
    } else if calendar.is_working(due)? {
        Direction::Back
    } else {
        Direction::BackToStart
    };
    Ok(Step::Rolled { from: base, to: due, direction, because })
}
