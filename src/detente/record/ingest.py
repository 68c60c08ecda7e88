"""Files into the record: read, resolve, assign, drop duplicates, write, commit.

Small files of one headerless format are read together; a large file is spooled in parts of its own.
A file is committed whole or not at all, and a second ingest of the same content adds nothing.
"""

from __future__ import annotations

import errno
import os
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from detente import __version__
from detente.actors import Actors
from detente.codebook import Codebook
from detente.errors import DetenteError
from detente.record.log import Commit, FileEntry, Log, Part, sha256_of, sync_folder
from detente.sources import BadRow, Batch, Block, Context, DamagedFile, NotRecognised, Reader, detect, open_blocks

PART_ROWS = 400_000
JOIN_BYTES = 24 << 20
SMALL = 16 << 20
_READ_ERRORS = (DamagedFile, NotRecognised)


@dataclass(slots=True)
class Summary:
    """What an ingest did."""

    files: list[FileEntry] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    swept: int = 0

    @property
    def rows(self) -> int:
        """Rows added to the record, of all tables."""
        return sum(sum(f.rows.values()) for f in self.files)


@dataclass(slots=True)
class _Opened:
    """A file ready to be read: its entry, reader and the blocks already unpacked."""

    path: Path
    entry: FileEntry
    reader: Reader
    blocks: list[Block]
    rest: Iterator[Block] | None


def find_files(paths: list[Path]) -> list[Path]:
    """The files named, and those in the folders named, sorted, hidden ones left out."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [p for p in sorted(path.rglob("*")) if p.is_file() and not any(
                part.startswith(".") for part in p.relative_to(path).parts)]
            if not inside:
                raise DetenteError(f"{path}: the folder holds no files")
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise DetenteError(f"{path}: no such file or folder")
    return list(dict.fromkeys(found))


class Ingest:
    """One run over many files; `run` returns the summary."""

    def __init__(self, log: Log, actors: Actors, codebook: Codebook, *, now: datetime | None = None,
                 on_progress: Callable[[str, int, int], None] | None = None) -> None:
        self.log = log
        self.context = Context(actors, codebook)
        self.now = now
        self.on_progress = on_progress or (lambda name, done, rows: None)
        commits = log.commits()
        self.number = commits[-1].number if commits else 0
        self.digests = {f.digest for c in commits for f in c.files}
        self.parts = [p for c in commits for p in c.parts]
        self.damaged = self._known_damage([c.quarantine for c in commits if c.quarantine])
        self.summary = Summary()
        self.done = 0
        self._reset()

    def _reset(self) -> None:
        self.buffer: dict[tuple[str, str], list[pl.DataFrame]] = {}
        self.buffered = 0
        self.spooled: list[Part] = []
        self.bad: list[tuple[str, BadRow]] = []
        self.pending: list[FileEntry] = []

    def run(self, files: list[Path]) -> Summary:
        """Ingest files in order. Damaged and unknown files are listed in the summary, not fatal."""
        with self.log.writing():
            self.summary.swept = self.log.sweep()
            try:
                self._all(files)
            except OSError as error:
                raise self._disk(error) from None
            except pl.exceptions.PolarsError as error:
                raise DetenteError(f"{self.log.folder}: writing failed: {error}; what was committed before is safe") from None
        return self.summary

    def _disk(self, error: OSError) -> DetenteError:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        what = "the disk is full" if full else f"writing failed ({error.strerror or error})"
        return DetenteError(f"{self.log.folder}: {what}; what was committed before is safe. Make room and run the same command again")

    def _all(self, files: list[Path]) -> None:
        group: list[_Opened] = []
        size = 0
        with ThreadPoolExecutor(2) as pool:
            for opened in _ahead(pool, files, self._open):
                if isinstance(opened, tuple):
                    self._failed(*opened)
                    continue
                if opened.entry.digest in self.digests:
                    self.summary.already.append(opened.entry.name)
                    self._progress(opened.entry.name)
                    continue
                self.digests.add(opened.entry.digest)
                if opened.reader.joinable and opened.rest is None:
                    if group and (group[0].reader is not opened.reader or size > JOIN_BYTES):
                        self._join(group)
                        group, size = [], 0
                    group.append(opened)
                    size += sum(len(b.data) for b in opened.blocks)
                    continue
                self._alone(opened)
            if group:
                self._join(group)
        self._flush()
        self._commit()

    def _open(self, path: Path) -> _Opened | tuple[Path, str]:
        """Digest, recognise and unpack the beginning of a file (in a helper thread)."""
        try:
            digest = sha256_of(path)
            entry = FileEntry(path.name, digest, path.stat().st_size, "")
            if digest in self.digests:
                return _Opened(path, entry, detect(path), [], None)
            reader = detect(path)
            entry.reader = reader.name
            stream = open_blocks(path)
            blocks = list(islice(stream, 2))
            small = len(blocks) < 2 and sum(len(b.data) for b in blocks) <= SMALL
            return _Opened(path, entry, reader, blocks, None if small else stream)
        except _READ_ERRORS as error:
            return path, str(error)
        except OSError as error:
            return path, f"{path}: can't be read: {error.strerror or error}"

    def _known_damage(self, paths: list[str]) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        for path in paths:
            rows = pl.read_parquet(self.log.folder / path).filter(pl.col("line") == 0)
            found |= set(zip(rows["file"], rows["reason"], strict=True))
        return found

    def _failed(self, path: Path, reason: str) -> None:
        """List a file that cannot be read, and put it in quarantine once, as line 0."""
        self.summary.failed.append((str(path), reason))
        if (path.name, reason) not in self.damaged:
            self.damaged.add((path.name, reason))
            self.bad.append((path.name, BadRow(0, reason, "")))
        self._progress(path.name)

    def _progress(self, name: str) -> None:
        self.done += 1
        self.on_progress(name, self.done, self.summary.rows + self.buffered)

    def _join(self, group: list[_Opened]) -> None:
        """Read several small headerless files as one block; rows and faults are told apart by line."""
        pieces = [b"".join(b.data for b in opened.blocks) for opened in group]
        starts = [1]
        for piece in pieces:
            starts.append(starts[-1] + piece.count(b"\n"))
        owners = [o.entry for o in group]
        for batch in group[0].reader.read(iter([Block("joined", 1, b"".join(pieces))]), self.context):
            for bad in batch.bad:
                n = bisect_right(starts, bad.line) - 1
                owners[n].quarantined += 1
                self.bad.append((owners[n].name, BadRow(bad.line - starts[n] + 1, bad.reason, bad.raw)))
            if batch.lines is None:
                raise AssertionError(f"reader {group[0].reader.name} is joinable but gives no lines")
            rows = batch.rows.with_columns((pl.Series(starts).search_sorted(batch.lines, side="right") - 1).alias("owner"))
            kept = self._fresh(batch.table, rows)
            for n, count in rows.group_by("owner").len().iter_rows():
                owners[n].duplicates += count
            for n, count in kept.group_by("owner").len().iter_rows():
                owners[n].duplicates -= count
                owners[n].rows[batch.table] = count
            for n, *days in _day_stats(rows, "owner").iter_rows():
                owners[n].covers = _coverage(group[n].reader, [days])
            self._keep(batch.table, group[0].reader.name, kept.drop("owner"))
        self.pending += owners
        for opened in group:
            self._progress(opened.entry.name)
        if self.buffered >= PART_ROWS:
            self._flush()
            self._commit()

    def _alone(self, opened: _Opened) -> None:
        """Read one file by itself; what it adds is committed with it, or taken back if it is damaged."""
        self._flush()
        self._commit()
        entry = opened.entry
        stream = iter(opened.blocks) if opened.rest is None else _chain(opened.blocks, opened.rest)
        days: list[list[Any]] = []
        try:
            for batch in opened.reader.read(_ahead_blocks(stream), self.context):
                self._take(entry, opened.reader, batch, days)
                if self.buffered >= PART_ROWS:
                    self._flush()
                    self.on_progress(entry.name, self.done, self.summary.rows + self.buffered)
        except DetenteError as error:
            for part in self.spooled:
                (self.log.folder / part.path).unlink(missing_ok=True)
            self.digests.discard(entry.digest)
            self._reset()
            self._failed(opened.path, str(error))
            return
        entry.covers = _coverage(opened.reader, days)
        self.pending.append(entry)
        self._progress(entry.name)
        self._flush()
        self._commit()

    def _take(self, entry: FileEntry, reader: Reader, batch: Batch, days: list[list[Any]]) -> None:
        entry.quarantined += len(batch.bad)
        self.bad += [(entry.name, bad) for bad in batch.bad]
        for reason, count in batch.skipped.items():
            entry.skipped[reason] = entry.skipped.get(reason, 0) + count
        kept = self._fresh(batch.table, batch.rows)
        entry.duplicates += batch.rows.height - kept.height
        entry.rows[batch.table] = entry.rows.get(batch.table, 0) + kept.height
        if batch.table == "events" and reader.covers and batch.rows.height:
            days += [row[1:] for row in _day_stats(batch.rows.with_columns(pl.lit(0).alias("owner")), "owner").rows()]
        self._keep(batch.table, reader.name, kept)

    def _fresh(self, table: str, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows whose id is new: not in this batch, not waiting in the buffer, not in the record."""
        rows = rows.unique("event_id", keep="first", maintain_order=True)
        if rows.is_empty():
            return rows
        first, last = str(rows["event_id"].min()), str(rows["event_id"].max())
        held: list[pl.DataFrame] = [f.select("event_id") for (t, _), frames in self.buffer.items() if t == table for f in frames]
        for part in [*self.parts, *self.spooled]:
            if part.table == table and part.first_id <= last and first <= part.last_id:
                held.append(pl.read_parquet(self.log.folder / part.path, columns=["event_id"]))
        return rows.join(pl.concat(held), on="event_id", how="anti", maintain_order="left") if held else rows

    def _keep(self, table: str, source: str, rows: pl.DataFrame) -> None:
        if rows.height:
            self.buffer.setdefault((table, source), []).append(rows)
            self.buffered += rows.height

    def _flush(self) -> None:
        """Write the buffer as parts; they become visible with the next commit."""
        for (table, source), frames in self.buffer.items():
            rows = pl.concat(frames)
            if table != "events":
                self._write(table, source, "all", rows)
                continue
            between = pl.col("sender").is_not_null() & pl.col("receiver").is_not_null() & (pl.col("sender") != pl.col("receiver"))
            self._write(table, source, "pairs", rows.filter(between.fill_null(False)).sort("sender", "receiver", "date", "event_id"))
            self._write(table, source, "other", rows.filter(~between.fill_null(False)))
        self.buffer = {}
        self.buffered = 0

    def _write(self, table: str, source: str, kind: str, rows: pl.DataFrame) -> None:
        if rows.is_empty():
            return
        name = f"{self.number + 1:08d}-{len(self.spooled):03d}-{kind}.parquet"
        path = self.log.folder / "data" / table / source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rows.write_parquet(path, compression="zstd", compression_level=1, row_group_size=50_000, statistics=True)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        self.spooled.append(Part(str(path.relative_to(self.log.folder)), table, source, kind, rows.height, sha256_of(path),
                                 str(rows["event_id"].min()), str(rows["event_id"].max())))

    def _commit(self) -> None:
        if not self.pending and not self.bad:
            return
        quarantine = ""
        number = self.number + 1
        if self.bad:
            place = self.log.folder / "quarantine" / f"{number:08d}.parquet"
            place.parent.mkdir(parents=True, exist_ok=True)
            pl.DataFrame(
                [(name, bad.line, bad.reason, bad.raw) for name, bad in self.bad],
                schema={"file": pl.Utf8, "line": pl.Int64, "reason": pl.Utf8, "raw": pl.Utf8}, orient="row",
            ).write_parquet(place)
            quarantine = str(place.relative_to(self.log.folder))
            sync_folder(place.parent)
        for folder in {(self.log.folder / p.path).parent for p in self.spooled}:
            sync_folder(folder)
        moment = (self.now or datetime.now(UTC)).isoformat(timespec="seconds")
        self.log.write(Commit(number, moment, __version__, self.context.codebook.digest, self.pending, self.spooled, quarantine))
        self.number = number
        self.parts += self.spooled
        self.summary.files += self.pending
        self._reset()


def _day_stats(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """For each value of `by`: rows, first and last date, first and last day of report, median lag in days."""
    lag = (pl.col("known_on") - pl.col("date")).dt.total_days().median()
    return rows.group_by(by).agg(
        pl.len().alias("n"), pl.col("date").min().alias("first"), pl.col("date").max().alias("last"),
        pl.col("known_on").min().alias("first_known"), pl.col("known_on").max().alias("last_known"), lag.alias("lag"),
    )


def _coverage(reader: Reader, days: Sequence[Sequence[Any]]) -> list[list[str]]:
    """The days a file covers, from the statistics of its blocks (see `Reader.covers`)."""
    if not reader.covers or not days:
        return []
    # A back file carries one day of report for years of events: its own days are what it covers.
    prompt = max(days, key=lambda d: d[0])[5] <= 40
    first, last = (3, 4) if reader.covers == "known" and prompt else (1, 2)
    return [[min(d[first] for d in days).isoformat(), max(d[last] for d in days).isoformat()]]


def _chain(blocks: list[Block], rest: Iterator[Block]) -> Iterator[Block]:
    yield from blocks
    yield from rest


def _ahead(pool: ThreadPoolExecutor, files: list[Path], work: Callable[[Path], object]) -> Iterator[_Opened | tuple[Path, str]]:
    """Open files a few ahead of the one being read, in order."""
    waiting = deque(pool.submit(work, path) for path in files[:6])
    for n in range(len(files)):
        if n + 6 < len(files):
            waiting.append(pool.submit(work, files[n + 6]))
        yield waiting.popleft().result()  # type: ignore[misc]


def _ahead_blocks(stream: Iterator[Block]) -> Iterator[Block]:
    """Unpack the next block while this one is read."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, stream, None)
        while (block := coming.result()) is not None:
            coming = pool.submit(next, stream, None)
            yield block
