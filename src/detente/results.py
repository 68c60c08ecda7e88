"""What every answer is: a tidy table, words, a chart, JSON, what to cite and by what it was made."""

from __future__ import annotations

import json
import re
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar

from detente.errors import UNSEEN, one_line, visible

if TYPE_CHECKING:
    import polars as pl


LAST_ROWS = 8
"""Rows that the summary of a table shows."""
LONGEST_CELL = 44
LONGEST_LINE = 118
AS_IT_IS = 400
"""More places than any float has."""
FORMULA = re.compile("(^|[;|])([=+\\-@\uff1d\uff0b\uff0d\uff20])")
"""What begins a formula, also as wide letters, where a cell begins or may do so by another separator than the comma."""
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class Result(ABC):
    """The form that all public results share.

    `COLUMNS` documents the columns of `frame`; `METHODS` names the papers of the method, a line each. `provenance` has
    the version, the digests of record and codebook, the parameters, and under "sources" what data to cite; it is empty
    for estimates from a user's own numbers.
    """

    COLUMNS: ClassVar[dict[str, str]] = {}
    METHODS: ClassVar[tuple[str, ...]] = ()
    provenance: dict[str, Any]

    def __init_subclass__(cls) -> None:
        """Whatever a summary quotes of others, it is harmless to see."""
        super().__init_subclass__()
        if say := vars(cls).get("summary"):
            cls.summary = wraps(say)(lambda *args, **asked: visible(say(*args, **asked)))  # type: ignore[method-assign]

    @property
    @abstractmethod
    def frame(self) -> pl.DataFrame:
        """The numbers as a tidy table, its columns as in `COLUMNS`."""

    @property
    def columns(self) -> dict[str, str]:
        """What the columns of `frame` mean."""
        return {name: self.COLUMNS.get(name, "") for name in self.frame.columns}

    @abstractmethod
    def summary(self) -> str:
        """The answer in words and numbers."""

    @abstractmethod
    def plot(self) -> Any:
        """The answer as a matplotlib figure."""

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data: by default the rows of `frame` and the provenance."""
        rows = [plain(row) for row in self.frame.iter_rows(named=True)]
        return {"rows": rows, "provenance": plain(self._made_by, AS_IT_IS)}

    def to_json(self) -> str:
        """`to_dict` as JSON text with a final newline; what is not a number is null."""
        return as_json(self.to_dict())

    def cite(self) -> str:
        """What to cite, a line each: this program, the data, the method."""
        provenance = self._made_by
        record = f" on the record {provenance['record_digest']}" if "record_digest" in provenance else ""
        program = [f"detente {provenance['version']}{record}"] if "version" in provenance else []
        lines = [*program, *provenance.get("sources", ()), *provenance.get("methods", ()), *self.METHODS]
        return "\n".join(visible(" ".join(line.split())) for line in lines)

    @property
    def _made_by(self) -> dict[str, Any]:
        # Estimates from a user's own numbers have no provenance.
        return getattr(self, "provenance", {})

    def __repr__(self) -> str:
        """One line: what it is, and the first line of what it says."""
        line = f"<{type(self).__name__}: {next(iter(self.summary().splitlines()), '')}>"
        return line if len(line) < LONGEST_LINE else f"{line[: LONGEST_LINE - 3]}…>"


@dataclass(frozen=True, eq=False, repr=False)
class Table(Result):
    """An answer that is a table: its rows, what they are, on what they rest, and how they are drawn.

    `meanings` documents the columns, `told` names those that the summary shows (else as many as fit); `provenance` may
    hold "sources" and "methods" to cite.

    >>> import polars as pl
    >>> table = Table(pl.DataFrame({"year": [2006], "votes": [111]}), "UN votes", {"votes": "roll calls"}, print)
    >>> table, table.columns
    (<Table: UN votes: 1 row>, {'year': '', 'votes': 'roll calls'})
    """

    rows: pl.DataFrame
    title: str
    meanings: Mapping[str, str]
    draw: Callable[[pl.DataFrame], Any]
    basis: str = ""
    provenance: dict[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()

    @property
    def frame(self) -> pl.DataFrame:
        """The rows; `columns` says what the columns mean."""
        return self.rows

    @property
    def columns(self) -> dict[str, str]:
        """What the columns of `frame` mean."""
        return {name: self.meanings.get(name, "") for name in self.rows.columns}

    def summary(self) -> str:
        """What it is, on what it rests, and the last rows."""
        import polars as pl

        rows = "row" if self.rows.height == 1 else "rows"
        lines = [f"{self.title}: {self.rows.height:,} {rows}", *([f"Basis: {self.basis}."] if self.basis else [])]
        return "\n".join([*lines, *text_lines(self.rows.tail(LAST_ROWS).select(self.told or pl.all()))])

    def plot(self) -> Any:
        """The rows as a matplotlib figure; NoData where there are none."""
        from detente.errors import NoData
        from detente.plots import source_line

        if self.rows.is_empty():
            raise NoData(f"{self.title}: there is nothing to draw")
        drawing = self.draw(self.rows)
        source_line(drawing, f"{self.title}. {f'Source: {self.basis}.' if self.basis else ''}")
        return drawing

    def to_dict(self) -> dict[str, Any]:
        """Title, basis, what the columns mean, the rows, and the provenance."""
        return {"title": self.title, "basis": self.basis, "columns": self.columns, **super().to_dict()}


def text_lines(frame: pl.DataFrame, width: int = LONGEST_LINE) -> list[str]:
    """A frame as aligned text with a line of names, as many of its columns as fit; ids and what is empty throughout
    left out.

    >>> import polars as pl
    >>> text_lines(pl.DataFrame({"state": ["USA", "RUS"], "value": [0.25, None]}))
    ['state  value', 'USA    0.25', 'RUS    -']
    """
    lines, left = [""] * (frame.height + 1), []
    for column in frame:
        if column.name.endswith("_id") or column.null_count() == len(column):
            continue
        cells = [column.name, *map(_cell, column.to_list())]
        wide = max(map(len, cells)) + 2
        if len(lines[0]) + wide > width:
            left.append(column.name)
            continue
        lines = [line + cell.ljust(wide) for line, cell in zip(lines, cells, strict=True)]
    more = [textwrap.fill(f"and {', '.join(left)}", width)] if left else []
    return [line.rstrip() for line in lines if line] + more


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(map(_cell, value)) or "-"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"
    text = "-" if value is None else str(value)
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def as_json(value: Any) -> str:
    r"""Plain data as JSON text that any reader takes and any terminal can show: what is not a number is null.

    >>> as_json({"share": float("nan"), "name": "a\x9bb"})
    '{\n "share": null,\n "name": "a\\u009bb"\n}\n'
    """
    text = json.dumps(plain(value, AS_IT_IS), ensure_ascii=False, indent=1, allow_nan=False, default=str)
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


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
    """A value as JSON has it: days as text, floats to so many places, what is not a number as null, dataclasses by
    `flat`.

    >>> plain({"day": date(2007, 2, 1), "value": 1 / 3, "low": float("nan")})
    {'day': '2007-02-01', 'value': 0.333333, 'low': None}
    """
    if getattr(value, "shape", None) == ():  # a number of numpy's
        value = value.item()
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


def spreadsheet(frame: pl.DataFrame) -> str:
    r"""A frame as CSV for Excel, LibreOffice and the like, with the mark by which they tell UTF-8.

    A text that they would take for a formula, or that holds one behind their other separators, gets an apostrophe
    before it; numbers stay numbers, also those in texts.

    >>> import polars as pl
    >>> spreadsheet(pl.DataFrame({"note": ["=1+1", "-2.5", "a;@b"], "change": [-1, 0, 1]}))
    "\ufeffnote,change\n'=1+1,-1\n-2.5,0\na;'@b,1\n"
    """
    import polars as pl

    texts = pl.selectors.string()
    safe = frame.with_columns(texts.map_batches(lambda column: column.map_elements(_no_formula, return_dtype=pl.Utf8)))
    return "\ufeff" + safe.rename(_no_formula).write_csv()


def _no_formula(text: str) -> str:
    line = one_line(text).strip()
    return line if NUMBER.fullmatch(line) else FORMULA.sub(r"\1'\2", line)
