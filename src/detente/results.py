"""What every answer is: a tidy table, words, a chart, JSON, what to cite and by what it was made."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import polars as pl


class Result(ABC):
    """The form that all public results share.

    `COLUMNS` documents the columns of `frame`; `METHODS` names the papers of the method, a line each. `provenance` has
    the version, the digests of record and codebook, the parameters, and under "sources" what data to cite; it is empty
    for estimates from a user's own numbers.
    """

    COLUMNS: ClassVar[dict[str, str]] = {}
    METHODS: ClassVar[tuple[str, ...]] = ()
    provenance: dict[str, Any]

    @property
    @abstractmethod
    def frame(self) -> pl.DataFrame:
        """The numbers as a tidy table, its columns as in `COLUMNS`."""

    @abstractmethod
    def summary(self) -> str:
        """The answer in words and numbers."""

    @abstractmethod
    def plot(self) -> Any:
        """The answer as a matplotlib figure."""

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data: by default the rows of `frame` and the provenance."""
        return {"rows": [plain(row) for row in self.frame.iter_rows(named=True)], "provenance": plain(self._made_by)}

    def to_json(self) -> str:
        """`to_dict` as JSON text with a final newline."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"

    def cite(self) -> str:
        """What to cite, a line each: this program, the data, the method."""
        made = self._made_by
        record = f" on the record {made['record_digest']}" if "record_digest" in made else ""
        program = [f"detente {made['version']}{record}"] if made else []
        return "\n".join([*program, *made.get("sources", ()), *self.METHODS])

    @property
    def _made_by(self) -> dict[str, Any]:
        # Estimates from a user's own numbers have no provenance.
        return getattr(self, "provenance", {})

    def __repr__(self) -> str:
        """One line: what it is, and the first line of what it says."""
        first = next(iter(self.summary().splitlines()), "")
        return f"<{type(self).__name__}: {first if len(first) <= 90 else first[:89] + '…'}>"


def keys(*names: str) -> dict[str, Any]:
    """Metadata of a dataclass field that has another key, or none, in rows and JSON.

    An estimate has three keys for value, low and high, or two for the value and the interval.
    """
    return {"keys": names}


def flat(one: Any) -> dict[str, Any]:
    """The fields of a dataclass by their keys (see `keys`); a key that names a property has the property's value.

    >>> from dataclasses import dataclass, field
    >>> from detente.uncertainty import Estimate
    >>> @dataclass
    ... class Level:
    ...     area: str
    ...     share: Estimate = field(metadata=keys("level", "interval"))
    >>> flat(Level("cyber", Estimate(0.5, 0.4, 0.6)))
    {'area': 'cyber', 'level': 0.5, 'interval': (0.4, 0.6)}
    """
    row: dict[str, Any] = {}
    for each in fields(one):
        value, names = getattr(one, each.name), each.metadata.get("keys", (each.name,))
        if len(names) > 1:
            bounds = (value.low, value.high)
            row |= zip(names, (value.value, *(bounds if len(names) == 3 else (bounds,))), strict=True)
        elif names:
            row[names[0]] = getattr(one, names[0], value)
    return row


def plain(value: Any, places: int = 6) -> Any:
    """A value as JSON has it: days as text, floats to so many places, what is not a number as null, dataclasses by `flat`.

    >>> plain({"day": date(2007, 2, 1), "value": 1 / 3, "low": float("nan")})
    {'day': '2007-02-01', 'value': 0.333333, 'low': None}
    """
    if is_dataclass(value):
        value = flat(value)
    if isinstance(value, dict):
        return {str(key): plain(one, places) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one, places) for one in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, places) if value - value == 0 else None
    return value
