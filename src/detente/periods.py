"""Periods and months on the calendar: one table of lengths, and how old data may be to speak of "now"."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

import polars as pl

from detente import clock
from detente.errors import DetenteError

Day = TypeVar("Day", date, datetime)
MONTH_DAYS = 30.4375


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time by which acts are counted.

    `every` is the length as polars writes it, `days` the mean length, `per_year` how many make a season's round.
    `lags` are those that models of answers try, `ahead` how far they look by default, `windows` over how many periods
    simple forecasts take their means, `recent` how many make a level of now, all in periods.
    """

    name: str
    every: str
    days: float
    per_year: int
    lags: tuple[int, ...]
    ahead: int
    windows: tuple[int, ...]
    recent: int

    @property
    def months(self) -> float:
        """The mean length in months."""
        return self.days / MONTH_DAYS


PERIODS = {
    one.name: one
    for one in (
        Period("day", "1d", 1.0, 365, (1, 2, 3, 5, 7), 14, (7, 14, 28), 28),
        Period("week", "1w", 7.0, 52, (1, 2, 3, 4, 6), 12, (4, 13, 26, 52), 26),
        Period("month", "1mo", MONTH_DAYS, 12, (1, 2, 3, 4, 6), 12, (3, 6, 12, 24), 12),
        Period("quarter", "1q", 3 * MONTH_DAYS, 4, (1, 2, 3, 4), 4, (4, 8, 16), 4),
        Period("year", "1y", 365.25, 1, (1, 2), 3, (3, 5, 10), 3),
    )
}
LONGER = ("week", "month", "quarter", "year")
"""The periods of which forecasts are made."""

HORIZON = 24
"""Months that an answer looks ahead, and after which data that have ended say nothing of "now"."""


def period(by: str, among: Iterable[str] = tuple(PERIODS)) -> Period:
    """The period of that name; DetenteError where it is none of those allowed.

    >>> period("month").every
    '1mo'
    """
    if by not in among or by not in PERIODS:
        raise DetenteError(f"by must be one of {', '.join(among)}, not {by!r}")
    return PERIODS[by]


def start_of(day: date, by: str) -> date:
    """The first day of the period (a week's is Monday) that holds a day.

    >>> start_of(date(2018, 5, 5), "quarter"), start_of(date(2018, 5, 5), "week")
    (datetime.date(2018, 4, 1), datetime.date(2018, 4, 30))
    """
    if by in ("day", "week"):
        return day - timedelta(days=day.weekday() if by == "week" else 0)
    months = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}
    return date(day.year, months[by], 1)


def periods(first: date, last: date, by: str) -> list[date]:
    """First days of the periods (day, week from Monday, month, quarter, year) from that of `first` to that of `last`.

    >>> periods(date(2018, 2, 5), date(2018, 4, 1), "month")
    [datetime.date(2018, 2, 1), datetime.date(2018, 3, 1), datetime.date(2018, 4, 1)]
    """
    starts: list[date] = pl.date_range(start_of(first, by), last, PERIODS[by].every, eager=True).to_list()
    return starts


def next_period(start: date, by: str) -> date:
    """The first day of the period after that which begins on a day.

    >>> next_period(date(2014, 4, 1), "quarter")
    datetime.date(2014, 7, 1)
    """
    days = PERIODS[by].days
    return start_of(start + timedelta(days=int(days) + (days > 1)), by)


def union(spans: Iterable[tuple[Day, Day]]) -> list[tuple[Day, Day]]:
    """Spans [start, end) merged and sorted; neighbours are joined, empty ones left out.

    >>> a, b, c = (date(2018, 1, day) for day in (1, 2, 3))
    >>> union([(b, c), (a, b), (c, c)]) == [(a, c)]
    True
    """
    merged: list[tuple[Day, Day]] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def period_end(start: date, by: str) -> date:
    """The last day of the period that begins on a day.

    >>> period_end(date(2014, 4, 1), "quarter")
    datetime.date(2014, 6, 30)
    """
    return next_period(start, by) - timedelta(days=1)


def period_text(day: date, by: str) -> str:
    """A period by its first day, for readers.

    >>> [period_text(date(2014, 4, 1), by) for by in ("day", "month", "quarter", "year")]
    ['2014-04-01', '2014-04', '2014 Q2', '2014']
    """
    if by == "quarter":
        return f"{day.year} Q{(day.month + 2) // 3}"
    return day.isoformat()[: {"year": 4, "month": 7}.get(by, 10)]


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier (clipped to the month's last day, and to the calendar's ends).

    >>> months_before(date(2007, 2, 1), 24), months_before(date(2024, 3, 31), 1)
    (datetime.date(2005, 2, 1), datetime.date(2024, 2, 29))
    >>> months_before(date(1, 1, 1), 24), months_before(date(9999, 12, 1), -1)
    (datetime.date(1, 1, 1), datetime.date(9999, 12, 31))
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if months > 0 else date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_old(last: date, as_of: date | None, months: int = HORIZON) -> bool:
    """Whether data that end on `last` ended more than so many months before `as_of` (None: a day without an age).

    >>> is_old(date(2011, 12, 31), date(2014, 6, 1)), is_old(date(2018, 8, 31), date(2019, 1, 1))
    (True, False)
    """
    return as_of is not None and last < months_before(as_of, months)


def past_day(day: date, today: date | None = None) -> date:
    """The day itself; DetenteError where it lies after `today` (by the clock, in UTC, without one): nothing is known
    of it.

    >>> past_day(date(2007, 2, 1), today=date(2007, 2, 1))
    datetime.date(2007, 2, 1)
    """
    now = today or clock.today()
    if day > now:
        raise DetenteError(f"{day} lies in the future (today is {now}): nothing can be known as of that day")
    return day
