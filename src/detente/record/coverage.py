"""What files deliver: the spans of time that they cover, to the quarter hour, and the share of each period filled.

A span is half open, [start, end). What a file covers follows from its name where the publisher's names say it
(a quarter hour, a day, a month or a year of GDELT), else from its rows, which one stray row does not stretch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from detente.periods import next_period, union

if TYPE_CHECKING:
    from detente.sources import Source

Span = tuple[datetime, datetime]
Count = tuple[date, datetime | None, int]

DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
# A file with a usual unit (day, quarter hour) of so many rows is busy: a unit without rows was not delivered.
BUSY = 20
# Of a busy file, the share of a usual unit's rows below which a unit holds strays.
STRAY = 0.05
# Of a file that is not busy: within two months, or so many of its usual gaps, a gap is quiet time; rows beyond it stand
# apart, and cover nothing where they are few.
QUIET, GAPS, FEW = timedelta(days=62), 20, 5
PROMPT = 40


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime(day.year, day.month, day.day)


def written(spans: Iterable[Span], known: date) -> list[list[str]]:
    """Spans for the log: [start, end, day from which it was known]; whole days by their first and last day.

    >>> written([(datetime(2018, 1, 1), datetime(2018, 1, 3))], date(2018, 1, 1))
    [['2018-01-01', '2018-01-02', '2018-01-01']]
    """
    texts = []
    for start, end in spans:
        if start == midnight(start) and end == midnight(end):
            first, last = start.date().isoformat(), (end.date() - DAY).isoformat()
        else:
            first, last = start.isoformat(timespec="minutes"), end.isoformat(timespec="minutes")
        texts.append([first, last, known.isoformat()])
    return texts


def read_span(first: str, last: str) -> Span:
    """The reverse of `written`; two days are closed, two moments half open."""
    end = datetime.fromisoformat(last)
    return datetime.fromisoformat(first), end + DAY if len(last) == 10 else end


def days(spans: Sequence[Span]) -> list[tuple[date, date]]:
    """The closed spans of the days that are covered at all.

    >>> days([(datetime(2018, 1, 1, 14), datetime(2018, 1, 1, 15)), (datetime(2018, 1, 2), datetime(2018, 1, 4))])
    [(datetime.date(2018, 1, 1), datetime.date(2018, 1, 3))]
    """
    whole = union((midnight(start), midnight(end + DAY - timedelta(microseconds=1))) for start, end in spans)
    return [(start.date(), end.date() - DAY) for start, end in whole]


def shares(starts: Sequence[date], by: str, spans: Sequence[Span]) -> list[float]:
    """The share of each period, given by its first day, that the spans cover.

    >>> noon = datetime(2018, 1, 1, 12)
    >>> shares([date(2018, 1, 1), date(2018, 1, 2)], "day", [(noon, datetime(2018, 1, 3))])
    [0.5, 1.0]
    """
    if not starts:
        return []
    merged = np.array(union(spans), dtype="datetime64[s]").astype(np.int64).reshape(-1, 2)
    edges = np.array([*starts, next_period(starts[-1], by)], dtype="datetime64[s]").astype(np.int64)
    before = np.concatenate([[0], np.cumsum(merged[:, 1] - merged[:, 0])])
    at = np.searchsorted(merged[:, 0], edges, side="right")
    beyond = np.where(at > 0, np.maximum(0, merged[np.maximum(at - 1, 0), 1] - edges), 0) if len(merged) else 0
    covered = np.diff(before[at] - beyond)
    return [float(share) for share in covered / np.diff(edges)]


def of_file(source: Source, names: Sequence[str], counts: Iterable[Count]) -> list[list[str]]:
    """What a file covers, for the log.

    `names` are those of the file's members; `counts` says how many of its rows are of a date and were reported at a
    moment (None where the source says no moment). What the source claims is in `Source.covers`.
    """
    counts = list(counts)
    if source.covers == "years":
        years = [day.year for day, *_ in counts]
        whole = (datetime(min(years), 1, 1), datetime(max(years) + 1, 1, 1)) if years else None
        return written([whole], whole[0].date()) if whole else []
    named = source.named(names) or []
    spans = [span for span, _ in named]
    if not source.covers or not counts:
        # A file without rows covers what its publisher says, and nothing else.
        return written(union(spans), spans[0][0].date()) if source.covers and source.spans_hold and spans else []
    reports = _sums((moment, n) for _, moment, n in counts if moment)
    dates = _sums((midnight(day), n) for day, _, n in counts)
    known_on = min(reports or dates).date()
    if spans and source.spans_hold:
        prompt = all(length in ("15m", "1d") for _, length in named)
        around = [(midnight(start), midnight(end) + DAY) for start, end in spans]
        if _share_within(reports if prompt else dates, around) >= 0.5:
            return written(union(spans), known_on)
    if source.covers == "known" and reports and (source.quarter_hours or _lag(counts) <= PROMPT):
        # Reports of several days, all at midnight, do not say their time.
        timed = source.quarter_hours and (len(reports) == 1 or any(moment != midnight(moment) for moment in reports))
        return written(seen(reports, QUARTER) if timed else from_rows(reports, DAY), known_on)
    spans_of_rows = from_rows(dates, DAY)
    if spans and not source.spans_hold:
        spans_of_rows = _within(spans_of_rows, spans) or spans_of_rows
    return written(spans_of_rows, known_on)


def _sums(pairs: Iterable[tuple[datetime, int]]) -> dict[datetime, int]:
    sums: dict[datetime, int] = {}
    for moment, n in pairs:
        sums[moment] = sums.get(moment, 0) + n
    return sums


def _usual(numbers: Iterable[tuple[int, int]]) -> int:
    """The value of (value, weight) at which half of the weight lies below."""
    ordered = sorted(numbers)
    half, seen = sum(weight for _, weight in ordered) / 2, 0
    for value, weight in ordered:
        seen += weight
        if seen >= half:
            return value
    return 0


def _lag(counts: Iterable[Count]) -> int:
    # A back file of GDELT 1 carries one day of report for years of events: its own days are what it covers.
    return _usual(((moment.date() - day).days, n) for day, moment, n in counts if moment)


def _share_within(counts: dict[datetime, int], spans: Sequence[Span]) -> float:
    merged = union(spans)
    inside = sum(n for moment, n in counts.items() if any(start <= moment < end for start, end in merged))
    return inside / max(sum(counts.values()), 1)


def _within(spans: Sequence[Span], bounds: Sequence[Span]) -> list[Span]:
    return union((max(a, c), min(b, d)) for a, b in spans for c, d in bounds)


def seen(counts: dict[datetime, int], unit: timedelta) -> list[Span]:
    """The units that hold rows; of a busy file those that hold more than strays. GDELT 2 is delivered in quarter hours.

    >>> seen({datetime(2018, 1, 1): 1, datetime(2018, 12, 31, 23, 45): 1}, QUARTER)[-1][0]
    datetime.datetime(2018, 12, 31, 23, 45)
    """
    usual = _usual((n, n) for n in counts.values())
    return union((moment, moment + unit) for moment, n in counts.items() if usual < BUSY or n > STRAY * usual)


def from_rows(counts: dict[datetime, int], unit: timedelta) -> list[Span]:
    """The spans covered, from how many rows each moment has; they are counted by unit of time (a day or a quarter
    hour).

    In a busy file (usual units hold BUSY rows or more) a unit counts that holds more than strays. In others, in which
    empty units are to be expected, it is the time from the first row to the last, without gaps far longer than the
    usual one.

    >>> day = datetime(2018, 1, 1)
    >>> from_rows({day: 1, day + 9 * DAY: 2, datetime(1981, 5, 1): 1, day + DAY: 4}, DAY)[-1][1]
    datetime.datetime(2018, 1, 11, 0, 0)
    """
    counts = _sums((moment - (moment - datetime.min) % unit, n) for moment, n in counts.items())
    if _usual((n, n) for n in counts.values()) >= BUSY:
        return seen(counts, unit)
    moments = sorted(counts)
    gaps = sorted(later - earlier for earlier, later in pairwise(moments))[:-1]
    # The longest gap can't vouch for itself.
    plausible = max(QUIET, GAPS * gaps[len(gaps) // 2]) if gaps else QUIET
    groups: list[list[datetime]] = []
    for moment in moments:
        if groups and moment - groups[-1][-1] <= plausible:
            groups[-1].append(moment)
        else:
            groups.append([moment])
    sizes = [sum(counts[moment] for moment in group) for group in groups]
    return union((g[0], g[-1] + unit) for g, size in zip(groups, sizes, strict=True) if size * FEW >= max(sizes))
