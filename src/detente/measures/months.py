"""Months on the calendar."""

from __future__ import annotations

from datetime import date, timedelta


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier (clipped to the month's last day).

    >>> months_before(date(2007, 2, 1), 24), months_before(date(2024, 3, 31), 1)
    (datetime.date(2005, 2, 1), datetime.date(2024, 2, 29))
    """
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))
