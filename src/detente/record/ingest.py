"""Files into the record: read, resolve, assign, drop duplicates, write, commit.

A file is committed whole or not at all, and a second ingest of the same content adds nothing. Blocks
of headerless formats go to helper processes, small files joined; other formats are read here.
"""

from __future__ import annotations

import errno
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import polars as pl

from detente import __version__
from detente.actors import Actors
from detente.codebook import Codebook
from detente.errors import DetenteError
from detente.record.coverage import Count, of_file
from detente.record.log import Commit, FileEntry, Log, Part, live_parts, sync_folder
from detente.record.opening import JOIN_BYTES, Opened, Unread, ahead, ahead_blocks, key, open_file
from detente.record.twins import CONTESTED, OLDER, Sifted, sift
from detente.record.twins import REASON as CONFLICT
from detente.record.work import (
    Crew,
    Result,
    Task,
    conflict_rows,
    guarded,
    report_counts,
    write_events,
    write_part,
)
from detente.sources import (
    READERS,
    BadRow,
    Batch,
    Context,
    DamagedFile,
    Reader,
    open_blocks,
)

PART_ROWS = 400_000
HELPERS_FROM = 12 << 20
COMMIT_TASKS = 24
MOST_REASONS = 3


@dataclass(slots=True)
class Summary:
    """What an ingest did. `other` are files in folders that are of no format we read."""

    files: list[FileEntry] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    swept: int = 0

    @property
    def rows(self) -> int:
        """Rows added to the record, of all tables."""
        return sum(sum(f.rows.values()) for f in self.files)


class Ingest:
    """One run over many files; `run` returns the summary."""

    def __init__(
        self,
        log: Log,
        actors: Actors,
        codebook: Codebook,
        *,
        names: str | None = None,
        codebook_path: str | None = None,
        now: datetime | None = None,
        on_progress: Callable[[str, int, int], None] | None = None,
    ) -> None:
        self.log = log
        self.context = Context(actors, codebook, (now or datetime.now(UTC)).date())
        self.paths = (names, codebook_path)
        self.now = now
        self.on_progress = on_progress or (lambda name, done, rows: None)
        commits = log.commits()
        self.number = commits[-1].number if commits else 0
        self.digests = {key(f) for c in commits for f in c.files}
        self.parts = live_parts(commits)
        mine = (__version__, codebook.digest)
        self.foreign = frozenset(p.path for c in commits for p in c.parts if (c.version, c.codebook) != mine)
        self.damaged = self._known_damage([c.quarantine for c in commits if c.quarantine])
        self.summary = Summary()
        self.done = 0
        self.tasks = 0
        self.given: deque[tuple[Task, list[FileEntry]]] = deque()
        self.counts: dict[int, list[Count]] = {}
        self.names: dict[int, tuple[str, ...]] = {}
        self._reset()

    def _reset(self) -> None:
        self.written: list[Part] = []
        self.bad: list[tuple[int, str, BadRow]] = []
        self.places: dict[int, Path] = {}
        self.pending: list[FileEntry] = []
        self.part_of: dict[str, int] = {}
        # By entry (0: of several files joined): what its rows hide and contest, in force with the next commit.
        self.hiding: list[tuple[int, dict[str, list[str]]]] = []
        self.contests: list[tuple[int, str, str, str, list[str]]] = []
        self.results = 0

    def run(self, files: list[Path], named: Sequence[Path] = ()) -> Summary:
        """Ingest files in order. Damaged files, and unknown ones among `named`, are listed as failed; the rest goes on."""
        self.named = set(named)
        with self.log.writing():
            self.summary.swept = self.log.sweep()
            size = sum(path.stat().st_size for path in files if path.is_file())
            self.crew = Crew(self.context, self.log.folder, *self.paths, helpers=2 if size > HELPERS_FROM else 0)
            try:
                self._all(files)
            except OSError as error:
                raise self._disk(error.errno, str(error.strerror or error)) from None
            except pl.exceptions.PolarsError as error:
                raise self._disk(None, str(error)) from None
            finally:
                self.crew.close()
        return self.summary

    def _disk(self, number: int | None, text: str) -> DetenteError:
        full = number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or any(
            words in text for words in ("No space left", "File too large", "quota exceeded")
        )
        what = "the disk is full" if full else f"writing failed ({text})"
        return DetenteError(
            f"{self.log.folder}: {what}; what was committed before is safe. Make room and run the same command again"
        )

    def _all(self, files: list[Path]) -> None:
        group: list[Opened] = []
        size = 0
        with ThreadPoolExecutor(2) as pool:
            for opened in ahead(pool, files, self._open):
                if isinstance(opened, Unread):
                    self._failed(opened.path, opened.reason)
                    continue
                first = opened[0]
                if key(first.entry) in self.digests:
                    self.summary.already.append(first.entry.name)
                    self._progress(first.entry.name)
                    continue
                self.digests.add(key(first.entry))
                self.names.update((id(one.entry), one.names) for one in opened)
                if len(opened) > 1 or not first.reader.joinable:
                    self._settle()
                    self._alone(opened)
                elif first.rest is None:
                    amount = sum(len(b.data) for b in first.blocks)
                    if group and (group[0].reader is not first.reader or size + amount > JOIN_BYTES):
                        self._join(group)
                        group, size = [], 0
                    group.append(first)
                    size += amount
                else:
                    self._large(first)
        if group:
            self._join(group)
        self._settle()

    def _open(self, path: Path) -> list[Opened] | Unread:
        return open_file(path, self.digests, named=path in self.named)

    def _known_damage(self, paths: list[str]) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        for path in paths:
            rows = pl.read_parquet(self.log.folder / path).filter(pl.col("line") == 0)
            found |= set(zip(rows["file"], rows["reason"], strict=True))
        return found

    def _failed(self, path: Path, reason: str, raw: str = "") -> None:
        """List a file that cannot be read, and put it in quarantine once, as line 0."""
        if not reason:
            self.summary.other.append(str(path))
            self._progress(path.name)
            return
        self.summary.failed.append((str(path), reason))
        if (path.name, reason) not in self.damaged:
            self.damaged.add((path.name, reason))
            self.bad.append((0, path.name, BadRow(0, reason, raw)))
        self._progress(path.name)

    def _progress(self, name: str, *, files: int = 1) -> None:
        self.done += files
        self.on_progress(name, self.done, self.summary.rows + sum(p.rows for p in self.written))

    def _task(self, reader: Reader, owners: list[FileEntry], starts: list[int], first_line: int, data: bytes) -> None:
        barred = self._barred("events", reader.name)
        task = Task(
            self._next_name(), READERS.index(reader), starts, first_line, data, self.parts, self.foreign, barred
        )
        self.given.append((task, owners))
        for result in self.crew.give(task):
            self._received(result)

    def _join(self, group: list[Opened]) -> None:
        """Read several small headerless files as one block; rows and faults are told apart by line."""
        pieces = [b"".join(b.data for b in opened.blocks) for opened in group]
        starts = [1]
        for piece in pieces:
            starts.append(starts[-1] + piece.count(b"\n"))
        owners = [o.entry for o in group]
        self._task(group[0].reader, owners, starts, 1, b"".join(pieces))
        self.pending += owners
        self.places.update((id(o.entry), o.path) for o in group)
        self._progress(owners[-1].name, files=len(owners))
        if self.results >= COMMIT_TASKS:
            self._settle()

    def _large(self, opened: Opened) -> None:
        """Read one large headerless file block by block; it is committed at its end."""
        entry = opened.entry
        try:
            for block in chain(opened.blocks, opened.rest or ()):
                self._task(opened.reader, [entry], [1, 1 << 62], block.line, block.data)
                self._progress(entry.name, files=0)
        except DamagedFile as error:
            for result in self.crew.finish():
                self._received(result)
            self._forget(entry)
            self._failed(opened.path, str(error))
            return
        self.pending.append(entry)
        self.places[id(entry)] = opened.path
        self._progress(entry.name)
        if self.results >= COMMIT_TASKS:
            self._settle()

    def _forget(self, entry: FileEntry) -> None:
        """Take back everything of a file found damaged half way."""
        for part in [p for p in self.written if self.part_of.get(p.path) == id(entry)]:
            (self.log.folder / part.path).unlink(missing_ok=True)
            self.written.remove(part)
        self.bad = [one for one in self.bad if one[0] != id(entry)]
        self.digests.discard(key(entry))
        self.counts.pop(id(entry), None)
        self.hiding = [one for one in self.hiding if one[0] != id(entry)]
        self.contests = [one for one in self.contests if one[0] != id(entry)]

    def _barred(self, table: str, source: str) -> frozenset[str]:
        """Ids contested in this run and not yet committed."""
        found = [ids for _, about, origin, _, ids in self.contests if (about, origin) == (table, source)]
        return frozenset(name for ids in found for name in ids)

    def _received(self, result: Result) -> None:
        """Take a block's result into account; one with twins of blocks that were read at the same time is read again."""
        task, owners = self.given.popleft()
        if not result.error and self._overtaken(result):
            for part in result.parts:
                (self.log.folder / part.path).unlink()
            task.held, task.barred = [*self.parts, *self.written], self._barred("events", READERS[task.reader].name)
            result = guarded(task, self.context, self.log.folder)
        if result.error:
            raise self._disk(result.errno, result.error)
        self.results += 1
        alone = id(owners[0]) if len(owners) == 1 else 0
        self.written += result.parts
        if alone:
            self.part_of.update((part.path, alone) for part in result.parts)
        if result.hidden:
            self.hiding.append((alone, result.hidden))
        if result.contested:
            self.contests.append((alone, "events", READERS[task.reader].name, "", result.contested))
        for owner, bad in result.bad:
            owners[owner].quarantined += 1
            self.bad.append((id(owners[owner]), owners[owner].name, bad))
        for owner, reason, count in result.corrected:
            counts = owners[owner].corrected
            counts[reason] = counts.get(reason, 0) + count
        for owner, day, moment, n in result.counts:
            self.counts.setdefault(id(owners[owner]), []).append((day, moment, n))
        for owner, entry in enumerate(owners):
            entry.rows["events"] = entry.rows.get("events", 0) + result.rows.get(owner, 0)
            entry.duplicates += result.duplicates.get(owner, 0)
            entry.conflicts += result.conflicts.get(owner, 0)

    def _overtaken(self, result: Result) -> bool:
        """Whether rows share ids with rows, or contested ids, that the helper could not know of."""
        barred = self._barred("events", result.parts[0].source) if result.parts else frozenset()
        for part in result.parts:
            near = [p for p in self.written if p.first_id <= part.last_id and part.first_id <= p.last_id]
            if not near and not barred:
                continue
            here, *others = [
                pl.read_parquet(self.log.folder / p.path, columns=["event_id"])["event_id"] for p in (part, *near)
            ]
            if any(here.is_in(ids.implode()).any() for ids in (*others, pl.Series(list(barred), dtype=pl.Utf8))):
                return True
        return False

    def _alone(self, opened: list[Opened]) -> None:
        """Read a file with a header here, format by format; it is committed whole, or taken back if it is damaged."""
        try:
            for one in opened:
                self._read(one)
        except DetenteError as error:
            for one in opened:
                self._forget(one.entry)
            self._failed(opened[0].path, str(error))
            return
        self.pending += [one.entry for one in opened]
        self.places.update((id(one.entry), one.path) for one in opened)
        self._progress(opened[0].entry.name)
        self._settle()

    def _read(self, opened: Opened) -> None:
        entry = opened.entry
        buffer: dict[str, list[pl.DataFrame]] = {}
        stream = (
            chain(opened.blocks, opened.rest or ()) if opened.blocks else open_blocks(opened.path, only=opened.numbers)
        )
        for batch in opened.reader.read(ahead_blocks(stream), self.context):
            self._take(entry, opened.reader, batch, buffer)
            if sum(f.height for frames in buffer.values() for f in frames) >= PART_ROWS:
                self._spill(entry, buffer)
                self._progress(entry.name, files=0)
        self._spill(entry, buffer)

    def _take(
        self,
        entry: FileEntry,
        reader: Reader,
        batch: Batch,
        buffer: dict[str, list[pl.DataFrame]],
    ) -> None:
        entry.quarantined += len(batch.bad)
        self.bad += [(id(entry), entry.name, bad) for bad in batch.bad]
        for told, more in ((entry.skipped, batch.skipped), (entry.corrected, batch.corrections())):
            for reason, count in more.items():
                told[reason] = told.get(reason, 0) + count
        lines = batch.lines if batch.lines is not None else pl.lit(None, dtype=pl.Int64)
        rows = batch.rows.with_columns(pl.lit(0).alias("owner"), lines.alias("line"))
        sifted = sift(
            rows,
            batch.table,
            entry.release,
            [*self.parts, *self.written],
            self.log.folder,
            waiting=buffer.get(batch.table, ()),
            foreign=self.foreign,
            barred=self._barred(batch.table, entry.reader),
        )
        entry.rows[batch.table] = entry.rows.get(batch.table, 0) + sifted.rows.height
        entry.duplicates += sifted.duplicates.height
        entry.renewed += sifted.renewed
        if sifted.older.height:
            entry.skipped[OLDER] = entry.skipped.get(OLDER, 0) + sifted.older.height
        self._contest(entry, batch.table, sifted, buffer)
        if batch.table == "events" and batch.rows.height:
            counts = report_counts(rows, batch.moments)
            self.counts.setdefault(id(entry), []).extend((day, moment, n) for _, day, moment, n in counts)
        if sifted.rows.height:
            buffer.setdefault(batch.table, []).append(sifted.rows)

    def _contest(self, entry: FileEntry, table: str, sifted: Sifted, buffer: dict[str, list[pl.DataFrame]]) -> None:
        """Set conflicting rows aside, those still in the buffer too, and note what no longer counts."""
        ids = sifted.contested["event_id"].unique().to_list()
        contested = [sifted.contested]
        if waiting := sifted.hidden.pop("", []):
            taken = pl.concat(buffer[table])
            gone = taken.filter(pl.col("event_id").is_in(waiting))
            buffer[table] = [taken.filter(~pl.col("event_id").is_in(waiting))]
            entry.rows[table] -= gone.height
            lost = gone.filter(pl.col("event_id").is_in(ids))
            entry.duplicates += gone.height - lost.height
            contested.append(lost.with_columns(pl.lit("").alias("content")))
        for rows in contested:
            entry.conflicts += rows.height
            entry.quarantined += rows.height
            self.bad += [(id(entry), entry.name, bad) for _, bad in conflict_rows(rows)]
        if ids:
            self.contests.append((id(entry), table, entry.reader, entry.release, ids))
        if sifted.hidden:
            self.hiding.append((id(entry), sifted.hidden))

    def _spill(self, entry: FileEntry, buffer: dict[str, list[pl.DataFrame]]) -> None:
        """Write what is buffered as parts; they become visible with the next commit."""
        source = entry.reader
        for table, frames in buffer.items():
            name = self._next_name()
            rows = pl.concat(frames).drop("owner", "line")
            if rows.is_empty():
                continue
            if table == "events":
                parts = write_events(rows, self.log.folder, source, name, entry.release)
            else:
                parts = [write_part(rows, self.log.folder, table, source, "all", name, entry.release)]
            self.written += parts
            self.part_of.update((part.path, id(entry)) for part in parts)
        buffer.clear()

    def _settle(self) -> None:
        """Wait for the blocks under way, then commit the files read to their end."""
        for result in self.crew.finish():
            self._received(result)
        self._refuse_empty()
        if not self.pending and not self.bad:
            return
        for entry in self.pending:
            entry.covers = self._covers(entry)
        number = self.number + 1
        removed = self._hide()
        quarantine = self._write_quarantine(number) if self.bad else ""
        for folder in {(self.log.folder / p.path).parent for p in self.written}:
            sync_folder(folder)
        moment = (self.now or datetime.now(UTC)).isoformat(timespec="seconds")
        self.log.write(
            Commit(
                number,
                moment,
                __version__,
                self.context.codebook.digest,
                self.pending,
                self.written,
                quarantine,
                removed,
            )
        )
        self.number = number
        self.parts = [*(p for p in self.parts if p.path not in removed), *self.written]
        self.summary.files += self.pending
        self._reset()

    def _hide(self) -> list[str]:
        """Write parts anew without the rows that no longer count, and the ids contested; the parts replaced are returned."""
        hidden: dict[str, set[str]] = {}
        for _, some in self.hiding:
            for path, ids in some.items():
                hidden.setdefault(path, set()).update(ids)
        removed = []
        for part in [p for p in [*self.parts, *self.written] if p.path in hidden]:
            rows = pl.read_parquet(self.log.folder / part.path)
            kept = rows.filter(~pl.col("event_id").is_in(list(hidden[part.path])))
            if part in self.written:
                self._give_up(part, rows.height - kept.height)
                self.written.remove(part)
                (self.log.folder / part.path).unlink()
            else:
                removed.append(part.path)
            if kept.height:
                name = self._next_name()
                self.written.append(
                    write_part(kept, self.log.folder, part.table, part.source, part.kind, name, part.release)
                )
        for _, table, source, release, ids in self.contests:
            frame, name = pl.DataFrame({"event_id": sorted(ids)}), self._next_name()
            self.written.append(write_part(frame, self.log.folder, CONTESTED, source, table, name, release))
        return removed

    def _give_up(self, part: Part, count: int) -> None:
        """Count rows of a file under way that later rows of it, or of another one, contest."""
        for entry in self.pending:
            if id(entry) == self.part_of.get(part.path):
                entry.rows[part.table] -= count
                entry.conflicts += count
                entry.quarantined += count
                told = f"{CONFLICT} ({count:,} rows read before, whose lines were not kept)"
                self.bad.append((id(entry), entry.name, BadRow(0, told, "")))

    def _next_name(self) -> str:
        self.tasks += 1
        return f"{self.number + 1:08d}-{self.tasks:05d}"

    def _refuse_empty(self) -> None:
        """A file of which no row is kept is a failure, not a success with everything in quarantine."""
        kept = {entry.digest for entry in self.pending if _kept(entry)}
        for entry in [e for e in self.pending if e.digest not in kept]:
            self.pending.remove(entry)
            bad = [row for owner, _, row in self.bad if owner == id(entry)]
            path, reason = self.places[id(entry)], _no_row(entry, bad)
            if (path.name, f"{path}: {reason}") in self.damaged:
                bad = []
            name, rest = entry.name, [one for one in self.bad if one[0] != id(entry)]
            self.bad = [*rest, *((0, name, row) for row in bad)]
            self.digests.discard(key(entry))
            self._failed(path, f"{path}: {reason}", bad[0].raw if bad else "")

    def _covers(self, entry: FileEntry) -> list[list[str]]:
        rule = next(reader.covers for reader in READERS if reader.name == entry.reader)
        return of_file(entry.reader, rule, self.names.pop(id(entry), (entry.name,)), self.counts.pop(id(entry), []))

    def _write_quarantine(self, number: int) -> str:
        place = self.log.folder / "quarantine" / f"{number:08d}.parquet"
        place.parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame(
            [(name, bad.line, bad.reason, bad.raw) for _, name, bad in self.bad],
            schema={"file": pl.Utf8, "line": pl.Int64, "reason": pl.Utf8, "raw": pl.Utf8},
            orient="row",
        ).write_parquet(place)
        sync_folder(place.parent)
        return str(place.relative_to(self.log.folder))


def _kept(entry: FileEntry) -> bool:
    """Whether something of a file was taken, was held before, or was not to be expected."""
    held = sum(entry.rows.values()) + entry.duplicates + entry.conflicts + entry.skipped.get(OLDER, 0)
    return bool(held) or (entry.reader == "gdelt2" and not entry.quarantined)


def _no_row(entry: FileEntry, bad: Sequence[BadRow]) -> str:
    """Why no row of a file was kept: the commonest reasons and the first line."""
    if not bad:
        aside = ", ".join(f"{n:,} {what}" for what, n in entry.skipped.items())
        return f"no row was kept: {aside}" if aside else "holds no rows"
    counts = Counter(row.reason for row in bad).most_common(MOST_REASONS)
    told = "; ".join(f"{reason} ({n:,})" for reason, n in counts)
    first = bad[0]
    return f"none of {len(bad):,} rows could be kept: {told}; line {first.line}: {first.raw[:80]!r}"
