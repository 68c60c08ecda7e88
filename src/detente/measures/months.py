"""Months on the calendar."""

from __future__ import annotations

from datetime import date, timedelta

from detente import clock
from detente.errors import DetenteError


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier (clipped to the month's last day).

    >>> months_before(date(2007, 2, 1), 24), months_before(date(2024, 3, 31), 1)
    (datetime.date(2005, 2, 1), datetime.date(2024, 2, 29))
    """
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))


HORIZON = 24
"""Months that an answer looks ahead, and after which data that have ended say nothing of "now"."""


def is_old(last: date, as_of: date | None, months: int = HORIZON) -> bool:
    """Whether data that end on `last` ended more than so many months before `as_of` (None: a day without an age).

    >>> is_old(date(2011, 12, 31), date(2014, 6, 1)), is_old(date(2018, 8, 31), date(2019, 1, 1))
    (True, False)
    """
    return as_of is not None and last < months_before(as_of, months)


def past_day(day: date, today: date | None = None) -> date:
    """The day itself; DetenteError where it lies after `today` (by the clock, in UTC, without one): nothing is known of it.

    >>> past_day(date(2007, 2, 1), today=date(2007, 2, 1))
    datetime.date(2007, 2, 1)
    """
    now = today or clock.today()
    if day > now:
        raise DetenteError(f"{day} lies in the future (today is {now}): nothing can be known as of that day")
    return day
