"""What every answer is: a tidy table, words, a chart, JSON, what to cite and by what it was made."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
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


def plain(value: Any) -> Any:
    """A value as JSON has it: days as text, floats to six places, what is not a number as null.

    >>> plain({"day": date(2007, 2, 1), "value": 1 / 3, "low": float("nan")})
    {'day': '2007-02-01', 'value': 0.333333, 'low': None}
    """
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 6) if value - value == 0 else None
    return value
