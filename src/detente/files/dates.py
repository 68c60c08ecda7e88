"""Dates as people write them in tables of their own: read where only one day can be meant, else refused with a
remedy.
"""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from detente.errors import DetenteError

# The year first can be read in one way only, whatever stands between.
_ISO = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?")
_EIGHT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_TIME = re.compile(r"[T ]\d{1,2}:\d\d.*$")
FORMS = "write YYYY, YYYY-MM or YYYY-MM-DD"


@dataclass(frozen=True, slots=True)
class Dated:
    """A date as far as it is known: its first and last day, day, month or year, and its text in one form."""

    first: date
    last: date
    precision: str
    text: str


@lru_cache(maxsize=50_000)
def read_date(text: str) -> Dated:
    """A date of a table kept by hand; DetenteError says what to write instead.

    >>> read_date("2007-2").text, read_date("20070201").precision, read_date("2007-02-01T09:30").text
    ('2007-02', 'day', '2007-02-01')
    >>> read_date("02/01/2007")
    Traceback (most recent call last):
    detente.errors.DetenteError: '02/01/2007' may be a day of February or of January: write YYYY-MM-DD
    """
    plain = _TIME.sub("", text.strip())
    plain = plain.removesuffix(".0") if re.fullmatch(r"\d{4}\.0|\d{8}\.0", plain) else plain
    match = _EIGHT.fullmatch(plain) or _ISO.fullmatch(plain)
    if not match or int(match[1]) < 1000:
        raise DetenteError(_why_not(text))
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        if day or match[3]:
            return Dated(date(year, month, day), date(year, month, day), "day", f"{year:04}-{month:02}-{day:02}")
        if month or match[2]:
            last = date(year, month, monthrange(year, month)[1])
            return Dated(date(year, month, 1), last, "month", f"{year:04}-{month:02}")
    except ValueError:
        raise DetenteError(f"{text!r} is no day of the calendar: {FORMS}") from None
    return Dated(date(year, 1, 1), date(year, 12, 31), "year", f"{year:04}")


def _why_not(text: str) -> str:
    if parts := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{2,4})", text.strip()):
        first, second = int(parts[1]), int(parts[2])
        if first != second and 1 <= first <= 12 and 1 <= second <= 12:
            return f"{text!r} may be a day of {month_name[first]} or of {month_name[second]}: write YYYY-MM-DD"
        return f"{text!r} is a day in a form that is read in two ways: write YYYY-MM-DD"
    if re.fullmatch(r"\d{5}(\.\d+)?", text.strip()):
        return f"{text!r} is a spreadsheet's day number: {FORMS}"
    if re.match(r"\d{1,3}(\D|$)", text.strip()):
        return f"{text!r} is no date: a year needs four digits; {FORMS}"
    return f"{text!r} is no date: {FORMS}"
