"""Tables by year: the states and days of their rows, and those of a state whose columns are measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from detente.files.rows import BadRow
from detente.sources.context.days import no_day, with_day
from detente.sources.context.parties import with_former, with_states
from detente.sources.context.rows import UNKNOWN, Fault, Make, Value, indicators, no_number, number
from detente.sources.schema import Batch

Bounds = Mapping[str, tuple[float, float]]
POSITIVE = (0.0, float("inf"))


def by_year(frame: pl.DataFrame, scheme: str, *columns: str) -> tuple[pl.DataFrame, list[Fault]]:
    """The frame with the states of these columns of numbers (`with_states`, `with_former`) and the days of its `year`,
    and the faults that these may have.
    """
    frame, faults = with_states(frame, scheme, *columns)
    return with_day(with_former(frame, scheme, *columns), "date", "year"), [*faults, no_day("date", "year")]


def of_states(
    source: str, measures: Mapping[str, str], bounds: Bounds | None = None, unknown: Sequence[str] = UNKNOWN
) -> Make:
    """A reader's `make` of `valued`, of states by number of the Correlates of War (`ccode`)."""

    def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
        frame, faults = by_year(frame, "cow", "ccode")
        yield valued(source, frame, bad, faults, "ccode", measures, bounds, unknown)

    return make


def valued(
    source: str,
    frame: pl.DataFrame,
    bad: list[BadRow],
    faults: Sequence[Fault],
    code: str,
    measures: Mapping[str, str],
    bounds: Bounds | None = None,
    unknown: Sequence[str] = UNKNOWN,
    skipped: Mapping[str, int] | None = None,
) -> Batch:
    """A batch of `measures` by their columns, of the state in `<code>_state`, each value within the `bounds` of its
    column: none below 0 if not said otherwise.
    """
    limits = {column: (bounds or {}).get(column, POSITIVE) for column in measures.values()}
    wrong = [no_number(column, unknown, low=low, high=high) for column, (low, high) in limits.items()]
    values = [Value(measure, number(column, unknown), pl.col(f"{code}_state")) for measure, column in measures.items()]
    raw = f"{code} year {' '.join(measures.values())}"
    return indicators(source, frame, bad, [*faults, *wrong], values, raw, skipped)
