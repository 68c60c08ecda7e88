"""What becomes of the rows of a block: to be written, or counted and set aside, for each file that they are of."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import polars as pl

from detente.errors import DetenteError
from detente.files.tabular import RAW
from detente.record.account import Account
from detente.record.commits import FileEntry, Part
from detente.record.parts import DamagedRecord, write_rows
from detente.record.twins import OLDER, Hidden, sift
from detente.record.twins import REASON as CONFLICT
from detente.sources import BadRow, Batch, Block, Context, batches, readers
from detente.sources.source import between


@dataclass(slots=True)
class Task:
    """A block of `files`, read together: `starts` are their first lines in it. A file may stand there several times,
    member by member.
    """

    name: str
    reader: int
    starts: list[int]
    first_line: int
    data: bytes
    held: list[Part]
    files: list[FileEntry]
    foreign: frozenset[str]
    barred: frozenset[str]

    @property
    def alone(self) -> FileEntry | None:
        """The one file that it is of, or None."""
        return self.files[0] if all(file is self.files[0] for file in self.files) else None


@dataclass(slots=True)
class Result:
    """What rows of a table gave: parts written, with the file and line of each of their rows, and counts by file.

    A file is named by its number among those read together. `hidden` and `contested`: see `detente.record.twins`.
    `fault` says why the content can't be read, `error` why the work couldn't be done.
    """

    table: str = "events"
    release: str = ""
    pair: str = ""
    parts: list[tuple[Part, pl.DataFrame]] = field(default_factory=list)
    rows: Counter[int] = field(default_factory=Counter)
    duplicates: Counter[int] = field(default_factory=Counter)
    conflicts: Counter[int] = field(default_factory=Counter)
    renewed: int = 0
    bad: list[tuple[int, BadRow]] = field(default_factory=list)
    skipped: list[tuple[int, str, int]] = field(default_factory=list)
    corrected: list[tuple[int, str, int]] = field(default_factory=list)
    counts: list[tuple[int, date, datetime | None, int]] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    contested: list[str] = field(default_factory=list)
    fault: str = ""
    error: Exception | None = None

    def judge(
        self,
        batch: Batch,
        starts: Sequence[int],
        held: Sequence[Part],
        folder: Path,
        *,
        waiting: Sequence[pl.DataFrame] = (),
        foreign: Collection[str] = (),
        barred: Collection[str] = (),
    ) -> pl.DataFrame:
        """Count what becomes of the rows of a batch (see `sift`); those to be written, with `owner` and `line`.

        `starts` are the first lines, in the batch, of the files read together.
        """
        self.table = batch.table
        if self.pair and batch.table == "events":
            batch = _of_pair(batch, self.pair)
        for bad in batch.bad:
            owner = max(bisect_right(starts, bad.line) - 1, 0)
            self.bad.append((owner, BadRow(bad.line - starts[owner] + 1, bad.reason, bad.raw)))
        self.skipped += [(0, reason, n) for reason, n in batch.skipped.items()]
        corrected = _placed(batch.corrected, batch.corrected["line"], starts)
        self.corrected += corrected.group_by("owner", "reason", maintain_order=True).len().iter_rows()
        rows = _placed(batch.rows, batch.lines, starts)
        sifted = sift(
            rows,
            batch.table,
            self.release,
            held,
            folder,
            waiting=waiting,
            foreign=foreign,
            barred=barred,
            pair=self.pair,
        )
        self.rows.update(_by_owner(sifted.rows))
        self.duplicates.update(_by_owner(sifted.duplicates))
        self.conflicts.update(_by_owner(sifted.contested))
        self.renewed += sifted.renewed
        self.skipped += [(owner, OLDER, n) for owner, n in _by_owner(sifted.older).items()]
        self.bad += conflict_rows(sifted.contested)
        self.hidden += sifted.hidden
        self.contested += sifted.contested["event_id"].unique().to_list()
        if batch.table == "events":
            self.counts += report_counts(rows, batch.moments)
        self.counts += [(0, day, None, 1) for day in batch.span or ()]
        return sifted.rows


def _of_pair(batch: Batch, pair: str) -> Batch:
    """A batch of events of a file that has those of a pair alone; rows of others, of which it doesn't tell, are bad."""
    ours = batch.rows.select(between(pair)).to_series()
    told = batch.rows.with_columns(batch.lines.alias("line")).filter(~ours)
    reason = f"is not between the two states of which its file has the rows alone ({pair})"
    others = [
        BadRow(line, reason, "\t".join(cell or "" for cell in cells))
        for line, *cells in told.select("line", "event_id", "sender", "receiver").iter_rows()
    ]
    moments = None if batch.moments is None else batch.moments.filter(ours)
    return replace(
        batch, rows=batch.rows.filter(ours), lines=batch.lines.filter(ours), bad=[*batch.bad, *others], moments=moments
    )


def _placed(rows: pl.DataFrame, lines: pl.Series, starts: Sequence[int]) -> pl.DataFrame:
    """Rows with `owner`, the number of the file that each is of, and `line`, its line there."""
    if len(starts) == 1:
        return rows.with_columns(pl.lit(0, pl.UInt32).alias("owner"), lines.alias("line"))
    firsts = pl.Series(starts)
    owners = firsts.search_sorted(lines, side="right") - 1
    return rows.with_columns(owners.alias("owner"), (lines - firsts.gather(owners) + 1).alias("line"))


def _by_owner(rows: pl.DataFrame) -> dict[int, int]:
    return dict(rows.group_by("owner").len().iter_rows())


def conflict_rows(contested: pl.DataFrame) -> list[tuple[int, BadRow]]:
    """Contested rows (owner, line, event_id, content) for the quarantine, each with the number of the file that it is
    from.
    """
    if contested.is_empty():
        return []
    rows = contested.select("owner", "line", "event_id", "content")
    return [(owner, BadRow(line, CONFLICT, f"{name}\t{text}"[:RAW])) for owner, line, name, text in rows.iter_rows()]


def report_counts(rows: pl.DataFrame, moments: pl.Series | None = None) -> list[tuple[int, date, datetime | None, int]]:
    """How many rows of each `owner` are of a date and were reported at a moment (a quarter hour, or the start of a
    day).

    Where rows say it to the minute, those that do not have no moment.
    """
    moment = pl.col("known_on").cast(pl.Datetime("us"))
    if moments is not None:
        stamp = moments.str.strptime(pl.Datetime("us"), "%Y%m%d%H%M%S", strict=False).dt.truncate("15m")
        if stamp.null_count() < rows.height:
            rows, moment = rows.with_columns(stamp.alias("stamp")), pl.col("stamp")
    return rows.group_by("owner", "date", moment.alias("moment")).agg(pl.len().alias("n")).rows()


def do(task: Task, context: Context, folder: Path) -> Result:
    """Read one block of a joinable format and write its events."""
    result = Result(pair=task.files[0].pair)
    reader = readers()[task.reader]
    if not task.data:
        return result
    account = Account(header=False)
    for batch in batches(reader, account.blocks([Block("", task.first_line, task.data)]), context):
        account.take(batch)
        rows = result.judge(batch, task.starts, task.held, folder, foreign=task.foreign, barred=task.barred)
        result.parts += write_rows(rows, folder, "events", reader.source, task.name, task.files)
    account.close(task.files[0].name)
    return result


def guarded(task: Task, context: Context, folder: Path) -> Result:
    """`do`, with a failure as a result: a `fault` of what was read, or the `error` that nothing could be written."""
    try:
        return do(task, context, folder)
    except (OSError, DamagedRecord) as error:
        return Result(error=error)
    except Exception as error:
        return Result(fault=fault_of(error))


def fault_of(error: Exception) -> str:
    """The fault of a file of which the reading raised `error`: one file may not end the reading of the others."""
    if isinstance(error, DetenteError):
        return str(error)
    return f"can't be read ({type(error).__name__}: {' '.join(str(error).split())[:RAW]}); please report this file"
