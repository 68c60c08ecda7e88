"""The heavy part of an ingest: blocks of a headerless format into parts, in helper processes.

Blocks are independent, so several processes read, resolve and write them at once. Helpers are plain
`python -c` children that speak pickles over their pipes: unlike multiprocessing they never import
the user's main module. They end with their input, so that they cannot outlive an ingest.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import polars as pl

from detente.errors import DetenteError
from detente.files.tabular import RAW
from detente.record.account import Account
from detente.record.log import FileEntry, Part
from detente.record.parts import DamagedRecord, write_rows
from detente.record.twins import REASON as CONFLICT
from detente.record.twins import Hidden, sift
from detente.sources import BadRow, Block, Context, batches, readers


@dataclass(slots=True)
class Task:
    """A block of `files`: `starts` are the first lines of those joined in it, ending with one past the last."""

    name: str
    reader: int
    starts: list[int]
    first_line: int
    data: bytes
    held: list[Part]
    files: list[FileEntry]
    foreign: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()


@dataclass(slots=True)
class Result:
    """What a block gave: parts written, and per file in it rows, duplicates, conflicts and counts by day.

    `fault` says why its content can't be read, `error` why the work couldn't be done.
    `origins` has the owner and line of each row of a part. `hidden` and `contested`: see `detente.record.twins`.
    """

    parts: list[Part] = field(default_factory=list)
    origins: dict[str, pl.DataFrame] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)
    duplicates: dict[int, int] = field(default_factory=dict)
    counts: list[tuple[int, date, datetime | None, int]] = field(default_factory=list)
    bad: list[tuple[int, BadRow]] = field(default_factory=list)
    corrected: list[tuple[int, str, int]] = field(default_factory=list)
    conflicts: dict[int, int] = field(default_factory=dict)
    hidden: list[Hidden] = field(default_factory=list)
    contested: list[str] = field(default_factory=list)
    fault: str = ""
    error: str = ""
    errno: int | None = None
    blamed: str = ""


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
    result = Result()
    reader = readers()[task.reader]
    starts = pl.Series(task.starts)
    if not task.data:
        return result
    account = Account(header=False)
    for batch in batches(reader, account.blocks([Block("", task.first_line, task.data)]), context):
        account.take(batch)
        for bad in batch.bad:
            owner = int(starts.search_sorted(bad.line, side="right")) - 1
            result.bad.append((owner, BadRow(bad.line - task.starts[owner] + 1, bad.reason, bad.raw)))
        owned = batch.corrected.with_columns(
            (starts.search_sorted(batch.corrected["line"], side="right") - 1).alias("line")
        )
        result.corrected = list(owned.group_by("line", "reason", maintain_order=True).len().iter_rows())
        owners = starts.search_sorted(batch.lines, side="right") - 1
        lines = batch.lines - starts.gather(owners) + 1
        rows = batch.rows.with_columns(owners.alias("owner"), lines.alias("line"))
        sifted = sift(
            rows,
            batch.table,
            "",
            task.held,
            folder,
            foreign=task.foreign,
            barred=task.barred,
            pair=task.files[0].pair,
        )
        result.rows = dict(sifted.rows.group_by("owner").len().iter_rows())
        result.duplicates = dict(sifted.duplicates.group_by("owner").len().iter_rows())
        result.conflicts = dict(sifted.contested.group_by("owner").len().iter_rows())
        result.hidden, result.contested = sifted.hidden, sifted.contested["event_id"].unique().to_list()
        result.bad += conflict_rows(sifted.contested)
        result.counts = report_counts(rows, batch.moments)
        for part, origin in write_rows(sifted.rows, folder, "events", reader.source, task.name, task.files):
            result.parts.append(part)
            result.origins[part.path] = origin
    account.close(task.files[0].name)
    return result


def conflict_rows(contested: pl.DataFrame) -> list[tuple[int, BadRow]]:
    """Contested rows (owner, line, event_id, content) for the quarantine, each with the number of the file that it is
    from.
    """
    if contested.is_empty():
        return []
    rows = contested.select("owner", "line", "event_id", "content")
    return [(owner, BadRow(line, CONFLICT, f"{name}\t{text}"[:RAW])) for owner, line, name, text in rows.iter_rows()]


def guarded(task: Task, context: Context, folder: Path) -> Result:
    """`do`, with a failure as a result: a `fault` of what was read, or the `error` that nothing could be written."""
    try:
        return do(task, context, folder)
    except OSError as error:
        return Result(error=str(error.strerror or error), errno=error.errno or errno.EIO)
    except DamagedRecord as error:
        return Result(error=str(error))
    except DetenteError as error:
        return Result(fault=str(error))
    except Exception as error:
        return Result(fault=unforeseen(error))


def unforeseen(error: Exception) -> str:
    """The fault of a file on which a reader broke: one file may not end the reading of the others."""
    return f"can't be read ({type(error).__name__}: {' '.join(str(error).split())[:RAW]}); please report this file"


def _die_with(parent: int) -> None:
    """A helper that is stopped when its parent dies would else write on when it is resumed, days later perhaps."""
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        sys.exit()


def serve() -> None:
    """Answer tasks from standard input until it ends (the helper's main)."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    # Packages that add sources lie where the caller finds them.
    parent, sys.path[:], names, codebook, folder, today = pickle.load(source)
    _die_with(parent)
    from detente.actors import actors
    from detente.codebook import load_codebook

    context = Context(actors(names), load_codebook(codebook), today)
    while True:
        try:
            task = pickle.load(source)
        except EOFError:
            return
        pickle.dump(guarded(task, context, Path(folder)), sink)
        sink.flush()


class Crew:
    """Does tasks and gives their results in order: in helper processes, or here where there are none.

    Helpers start at once, while the caller opens its first file. Each is fed by a thread of its own,
    so that it finds its next task waiting.
    """

    def __init__(self, context: Context, folder: Path, names: str | None, codebook: str | None, helpers: int) -> None:
        self.context = context
        self.folder = folder
        self.setup = (os.getpid(), sys.path, names, codebook, str(folder), context.today)
        self.size = helpers
        self.helpers = [self._start() for _ in range(helpers)]
        self.idle = list(self.helpers)
        self.own = threading.local()
        self.pool = ThreadPoolExecutor(helpers) if helpers else None
        self.waiting: deque[Future[Result]] = deque()

    def give(self, task: Task) -> Iterator[Result]:
        """Hand over a task; yields the results that had to be waited for to make room."""
        if self.pool is None:
            yield guarded(task, self.context, self.folder)
            return
        self.waiting.append(self.pool.submit(self._ask, task))
        while len(self.waiting) > self.size + 1:
            yield self.waiting.popleft().result()

    def finish(self) -> Iterator[Result]:
        """The results still outstanding, in order."""
        while self.waiting:
            yield self.waiting.popleft().result()

    def _ask(self, task: Task) -> Result:
        if not hasattr(self.own, "helper"):
            self.own.helper = self.idle.pop()
        helper = self.own.helper
        try:
            pickle.dump(task, helper.stdin, protocol=5)
            helper.stdin.flush()
            answer = pickle.load(helper.stdout)
        except (EOFError, BrokenPipeError):
            return Result(
                error=f"{self.folder}: a helper process died (out of memory?); what was committed is safe. Run the "
                "same command again"
            )
        return answer if isinstance(answer, Result) else Result(error="a helper answered nonsense")

    def _start(self) -> subprocess.Popen[bytes]:
        # One polars thread a helper: the helpers together already use every core.
        helper = subprocess.Popen(
            [sys.executable, "-c", "from detente.record.work import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "POLARS_MAX_THREADS": "1"},
        )
        if helper.stdin is None:
            raise AssertionError("a helper without a pipe")
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            # A block then goes over in sixteen pieces instead of 256.
            with contextlib.suppress(OSError):
                fcntl.fcntl(helper.stdin, fcntl.F_SETPIPE_SZ, 1 << 20)
        pickle.dump(self.setup, helper.stdin)
        helper.stdin.flush()
        return helper

    def close(self) -> None:
        """End the helpers; what they still work on is dropped."""
        if self.pool is None:
            return
        self.pool.shutdown(wait=False, cancel_futures=True)
        for helper in self.helpers:
            helper.kill() if self.waiting else helper.stdin.close()  # type: ignore[union-attr]  # started with a pipe
        for helper in self.helpers:
            helper.wait()
