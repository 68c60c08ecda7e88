"""Files into the record: read, resolve, assign, drop duplicates, write, commit.

A file is committed whole or not at all, and a second ingest of the same content adds nothing. Blocks
of headerless formats go to helper processes, small files joined; other formats are read here.
"""

from __future__ import annotations

import errno
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path

import polars as pl

from detente import __version__, clock
from detente.actors import Actors
from detente.codebook import Codebook
from detente.errors import DetenteError, PackageError
from detente.files.rows import not_too_many
from detente.record.account import Account
from detente.record.draft import Draft
from detente.record.log import Commit, FileEntry, Log, live_parts
from detente.record.mend import take_in, to_restore
from detente.record.opening import JOIN_BYTES, Opened, Unread, ahead, ahead_blocks, key, open_file, shown
from detente.record.parts import QUARANTINE, DamagedRecord, read_part, rows_set_aside, write_rows
from detente.record.twins import OLDER, Sifted, sift, with_content
from detente.record.work import (
    Crew,
    Result,
    Task,
    conflict_rows,
    guarded,
    report_counts,
    unforeseen,
)
from detente.sources import (
    BadRow,
    Batch,
    Context,
    DamagedFile,
    Reader,
    batches,
    readers,
    source,
)

PART_ROWS = 400_000
HELPERS_FROM = 12 << 20
COMMIT_TASKS = 24
MOST_REASONS = 3


@dataclass(slots=True)
class Summary:
    """What an ingest did. `other` are files in folders that are of no format we read, `swept` what a crash had left,
    `taken_in` commits that were whole but not in the log.
    """

    files: list[FileEntry] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    swept: list[str] = field(default_factory=list)
    taken_in: list[Commit] = field(default_factory=list)

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
        on_wait: Callable[[str], None] | None = None,
    ) -> None:
        self.log = log
        self.context = Context(actors, codebook, (now or clock.now()).date())
        self.paths = (names, codebook_path)
        self.now = now
        self.on_progress = on_progress or (lambda name, done, rows: None)
        self.on_wait = on_wait or (lambda text: None)
        self.summary = Summary()
        self.done = 0
        self.given: deque[tuple[Task, list[FileEntry]]] = deque()
        self.results = 0
        self.faults: dict[int, FileEntry] = {}

    def _begin(self) -> None:
        """What is held already; asked when no other process can add to it."""
        commits = self.log.commits()
        self.summary.taken_in = take_in(self.log, commits)
        commits += self.summary.taken_in
        self.number = commits[-1].number if commits else 0
        self.digests = {key(f) for c in commits for f in c.files}
        self.parts = live_parts(commits)
        mine = (__version__, self.context.codebook.digest)
        self.foreign = frozenset(p.path for c in commits for p in c.parts if (c.version, c.codebook) != mine)
        aside = pl.concat([pl.DataFrame(schema=QUARANTINE), *(rows_set_aside(self.log.folder, c) for c in commits)])
        self.damaged = set(aside.filter(pl.col("line") == 0)["reason"])
        self.summary.swept = self.log.set_aside()
        self.draft = Draft(self.log.folder, self.number + 1)

    def run(self, files: list[Path], named: Sequence[Path] = (), *, restore: bool = False) -> Summary:
        """Ingest files in order. Damaged files, and unknown ones among `named`, are listed as failed.

        To `restore` damaged parts, their files are read as if they had never been, and the last commit takes the
        damaged ones out: until then whoever reads them is told.
        """
        self.named = set(named)
        with self.log.writing(self.on_wait):
            damaged, digests = to_restore(self.log, files) if restore else ([], set())
            self._begin()
            self.digests -= {one for one in self.digests if one.split()[0] in digests}
            self.parts = [part for part in self.parts if part not in damaged]
            size = sum(path.stat().st_size for path in files if path.is_file())
            self.crew = Crew(self.context, self.log.folder, *self.paths, helpers=2 if size > HELPERS_FROM else 0)
            try:
                self._all(files)
                # A file that now can't be read leaves the damaged parts to be named, and restored another time.
                if damaged and not self.summary.failed:
                    self.draft.removed = [part.path for part in damaged]
                    self._commit()
                    for part in damaged:
                        if (self.log.folder / part.path).exists():
                            self.log.lose(self.log.folder / part.path)
            except OSError as error:
                raise self._disk(error.errno, str(error.strerror or error)) from None
            finally:
                self.crew.close()
        return self.summary

    def _disk(self, number: int | None, text: str) -> DetenteError:
        full = number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or any(
            words in text for words in ("No space left", "File too large", "quota exceeded")
        )
        what = "the disk is full" if full else f"writing failed ({text})"
        mend = "Make room and run" if full else "Run"
        return DetenteError(
            f"{self.log.folder}: {what}; what was committed before is safe. {mend} the same command again"
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
                for reason in first.refused:
                    self._failed(first.path, reason, files=0)
                if key(first.entry) in self.digests:
                    self.summary.already.append(first.entry.name)
                    self._progress(first.entry.name)
                    continue
                self.digests.add(key(first.entry))
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

    def _failed(self, path: Path, reason: str, raw: str = "", *, files: int = 1) -> None:
        """List a file, or a member of it, that cannot be read, and put it in quarantine once, as line 0."""
        if not reason:
            self.summary.other.append(str(path))
            self._progress(path.name)
            return
        self.summary.failed.append((str(path), reason))
        if (full := _placed(path, reason)) not in self.damaged:
            self.damaged.add(full)
            self.draft.bad.append((0, shown(Path(path.name)), BadRow(0, full, raw)))
        self._progress(path.name, files=files)

    def _progress(self, name: str, *, files: int = 1) -> None:
        self.done += files
        self.on_progress(name, self.done, self.summary.rows + sum(p.rows for p in self.draft.written))

    def _task(self, reader: Reader, owners: list[FileEntry], starts: list[int], first_line: int, data: bytes) -> None:
        barred = self.draft.barred("events", reader.source)
        task = Task(
            self.draft.next_name(),
            readers().index(reader),
            starts,
            first_line,
            data,
            self.parts,
            owners,
            self.foreign,
            barred,
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
        self.draft.add(group)
        self._task(group[0].reader, owners, starts, 1, b"".join(pieces))
        self._progress(owners[-1].name, files=len(owners))
        if self.results >= COMMIT_TASKS:
            self._settle()

    def _large(self, opened: Opened) -> None:
        """Read one large headerless file block by block; it is committed at its end."""
        entry = opened.entry
        self.draft.add([opened])
        try:
            for block in chain(opened.blocks, opened.rest or ()):
                self._task(opened.reader, [entry], [1, 1 << 62], block.line, block.data)
                if id(entry) in self.faults:
                    break
                self._progress(entry.name, files=0)
        except DamagedFile as error:
            for result in self.crew.finish():
                self._received(result)
            self._give_up(entry, str(error))
        if id(entry) not in self.faults:
            self._progress(entry.name)
        if self.results >= COMMIT_TASKS:
            self._settle()

    def _give_up(self, entry: FileEntry, reason: str) -> None:
        """Take back everything of a file that can't be read to its end."""
        if id(entry) in self.faults:
            return
        self.faults[id(entry)] = entry
        self.draft.forget(entry)
        self.digests.discard(key(entry))
        self._failed(self.draft.places[id(entry)], reason)

    def _again(self, task: Task, owners: list[FileEntry]) -> None:
        """Read the files of a block that were joined one by one: the fault is of one of them."""
        lines = task.data.split(b"\n")
        for n, owner in enumerate(owners):
            first, end = task.starts[n], task.starts[n + 1]
            alone = replace(
                task,
                name=self.draft.next_name(),
                starts=[1, end - first + 1],
                data=b"".join(line + b"\n" for line in lines[first - 1 : end - 1]),
                files=[owner],
            )
            self.given.appendleft((alone, [owner]))
            self._received(guarded(alone, self.context, self.log.folder))

    def _received(self, result: Result) -> None:
        """Take a block's result into account; one with twins of blocks read at the same time is read again."""
        task, owners = self.given.popleft()
        if len(owners) == 1 and id(owners[0]) in self.faults:
            for part in result.parts:
                (self.log.folder / part.path).unlink()
            return
        if not result.error and not result.fault and self._overtaken(result):
            for part in result.parts:
                (self.log.folder / part.path).unlink()
            task.held, task.barred = (
                [*self.parts, *self.draft.written],
                self.draft.barred("events", readers()[task.reader].source),
            )
            result = guarded(task, self.context, self.log.folder)
        if result.blamed:
            raise PackageError(result.blamed)
        if result.error:
            raise self._disk(result.errno, result.error) if result.errno else DetenteError(result.error)
        if len(owners) == 1:
            try:
                not_too_many(result.bad, owners[0].quarantined)
            except DamagedFile as error:
                result.fault = str(error)
        if result.fault:
            for part in result.parts:
                (self.log.folder / part.path).unlink()
            self._again(task, owners) if len(owners) > 1 else self._give_up(owners[0], result.fault)
            return
        self.results += 1
        alone = id(owners[0]) if len(owners) == 1 else 0
        self.draft.written += result.parts
        self.draft.origins.update((path, (owners, origin)) for path, origin in result.origins.items())
        self.draft.hiding += [(owners[hidden.owner], hidden) for hidden in result.hidden]
        if result.contested:
            self.draft.contests.append((alone, "events", readers()[task.reader].source, "", result.contested))
        for owner, bad in result.bad:
            owners[owner].quarantined += 1
            self.draft.bad.append((id(owners[owner]), owners[owner].name, bad))
        for owner, reason, count in result.corrected:
            counts = owners[owner].corrected
            counts[reason] = counts.get(reason, 0) + count
        for owner, day, moment, n in result.counts:
            self.draft.counts.setdefault(id(owners[owner]), []).append((day, moment, n))
        for owner, entry in enumerate(owners):
            entry.rows["events"] = entry.rows.get("events", 0) + result.rows.get(owner, 0)
            entry.duplicates += result.duplicates.get(owner, 0)
            entry.conflicts += result.conflicts.get(owner, 0)

    def _overtaken(self, result: Result) -> bool:
        """Whether rows share ids with rows, or contested ids, that the helper could not know of."""
        barred = self.draft.barred("events", result.parts[0].source) if result.parts else frozenset()
        for part in result.parts:
            near = [p for p in self.draft.written if p.first_id <= part.last_id and part.first_id <= p.last_id]
            if not near and not barred:
                continue
            here, *others = [read_part(self.log.folder, p, ["event_id"])["event_id"] for p in (part, *near)]
            if any(here.is_in(ids.implode()).any() for ids in (*others, pl.Series(list(barred), dtype=pl.Utf8))):
                return True
        return False

    def _alone(self, opened: list[Opened]) -> None:
        """Read a file with a header here, format by format; it is committed whole, or taken back if it is damaged."""
        fault = ""
        try:
            for one in opened:
                self._read(one)
        except (OSError, DamagedRecord):
            raise
        except DetenteError as error:
            fault = str(error)
        except Exception as error:
            fault = unforeseen(error)
        if fault:
            for one in opened:
                self.draft.forget(one.entry)
                self.digests.discard(key(one.entry))
            self._failed(opened[0].path, fault)
            return
        self.draft.add(opened)
        self._progress(opened[0].entry.name)
        self._settle()

    def _read(self, opened: Opened) -> None:
        entry = opened.entry
        buffer: dict[str, list[pl.DataFrame]] = {}
        stream = chain(opened.blocks, opened.rest or ()) if opened.blocks else opened.stream()
        account = Account(header=True)
        for batch in batches(opened.reader, account.blocks(ahead_blocks(stream)), self.context):
            account.take(batch)
            self._take(entry, opened.reader, batch, buffer)
            if sum(f.height for frames in buffer.values() for f in frames) >= PART_ROWS:
                self._spill(entry, buffer)
                self._progress(entry.name, files=0)
        account.close(entry.name)
        self._spill(entry, buffer)

    def _take(
        self,
        entry: FileEntry,
        reader: Reader,
        batch: Batch,
        buffer: dict[str, list[pl.DataFrame]],
    ) -> None:
        entry.quarantined += len(batch.bad)
        self.draft.bad += [(id(entry), entry.name, bad) for bad in batch.bad]
        for tallies, more in ((entry.skipped, batch.skipped), (entry.corrected, batch.corrections())):
            for reason, count in more.items():
                tallies[reason] = tallies.get(reason, 0) + count
        rows = batch.rows.with_columns(pl.lit(0).alias("owner"), batch.lines.alias("line"))
        sifted = sift(
            rows,
            batch.table,
            entry.release,
            [*self.parts, *self.draft.written],
            self.log.folder,
            waiting=buffer.get(batch.table, ()),
            foreign=self.foreign,
            barred=self.draft.barred(batch.table, entry.reader),
        )
        entry.rows[batch.table] = entry.rows.get(batch.table, 0) + sifted.rows.height
        entry.duplicates += sifted.duplicates.height
        entry.renewed += sifted.renewed
        if sifted.older.height:
            entry.skipped[OLDER] = entry.skipped.get(OLDER, 0) + sifted.older.height
        self._contest(entry, batch.table, sifted, buffer)
        if batch.table == "events" and batch.rows.height:
            counts = report_counts(rows, batch.moments)
            self.draft.counts.setdefault(id(entry), []).extend((day, moment, n) for _, day, moment, n in counts)
        if sifted.rows.height:
            buffer.setdefault(batch.table, []).append(sifted.rows)

    def _contest(self, entry: FileEntry, table: str, sifted: Sifted, buffer: dict[str, list[pl.DataFrame]]) -> None:
        """Set conflicting rows aside, those still in the buffer too, and note what no longer counts."""
        ids = sifted.contested["event_id"].unique().to_list()
        contested = [sifted.contested]
        for hidden in sifted.hidden:
            if hidden.path:
                self.draft.hiding.append((entry, hidden))
                continue
            taken, waiting = pl.concat(buffer[table]), pl.col("event_id").is_in(hidden.ids)
            gone = taken.filter(waiting)
            buffer[table] = [taken.filter(~waiting)]
            entry.rows[table] -= gone.height
            if hidden.contested:
                contested.append(with_content(gone, table))
            else:
                entry.duplicates += gone.height
        for rows in contested:
            entry.conflicts += rows.height
            entry.quarantined += rows.height
            self.draft.bad += [(id(entry), entry.name, bad) for _, bad in conflict_rows(rows)]
        if ids:
            self.draft.contests.append((id(entry), table, entry.reader, entry.release, ids))

    def _spill(self, entry: FileEntry, buffer: dict[str, list[pl.DataFrame]]) -> None:
        """Write what is buffered as parts; they become visible with the next commit."""
        source = entry.reader
        for table, frames in buffer.items():
            name = self.draft.next_name()
            for part, origin in write_rows(
                pl.concat(frames), self.log.folder, table, source, name, [entry], entry.release
            ):
                self.draft.written.append(part)
                self.draft.origins[part.path] = [entry], origin
        buffer.clear()

    def _settle(self) -> None:
        """Wait for the blocks under way, then commit the files read to their end."""
        for result in self.crew.finish():
            self._received(result)
        self._refuse_empty()
        if self.draft.entries or self.draft.bad:
            self._commit()

    def _commit(self) -> None:
        draft = self.draft
        moment = (self.now or clock.now()).isoformat(timespec="seconds")
        commit = draft.commit(self.parts, moment, self.context.codebook.digest, self.log.last_digest(self.number))
        self.log.write(commit)
        self.number = draft.number
        self.parts = [*(p for p in self.parts if p.path not in commit.removed), *draft.written]
        self.summary.files += draft.entries
        self.draft, self.results = Draft(self.log.folder, self.number + 1), 0

    def _refuse_empty(self) -> None:
        """A file of which no row is kept is a failure, not a success with everything in quarantine."""
        kept = {entry.digest for entry in self.draft.entries if _kept(entry)}
        for entry in self.draft.entries:
            if entry.conflicts and not sum(entry.rows.values()) + entry.duplicates:
                # It is held all the same: what it contests stays contested.
                path = self.draft.places[id(entry)]
                bad = [row for owner, _, row in self.draft.bad if owner == id(entry)]
                self.summary.failed.append((str(path), f"{path}: {_no_row(entry, bad)}"))
        for entry in [e for e in self.draft.entries if e.digest not in kept]:
            self.draft.entries.remove(entry)
            bad = [row for owner, _, row in self.draft.bad if owner == id(entry)]
            path, reason = self.draft.places[id(entry)], _no_row(entry, bad)
            if _placed(path, reason) in self.damaged:
                bad = []
            name, rest = entry.name, [one for one in self.draft.bad if one[0] != id(entry)]
            self.draft.bad = [*rest, *((0, name, row) for row in bad)]
            self.digests.discard(key(entry))
            self._failed(path, f"{path}: {reason}", bad[0].raw if bad else "")


def _placed(path: Path, reason: str) -> str:
    """The reason with the full name of the file: two of one name in two folders are two."""
    return f"{shown(path.absolute())}: {reason.removeprefix(f'{path}: ')}"


def _kept(entry: FileEntry) -> bool:
    """Whether something of a file was taken, was held before, or was not to be expected."""
    taken = sum(entry.rows.values()) + entry.duplicates + entry.conflicts + entry.skipped.get(OLDER, 0)
    return bool(taken) or (source(entry.reader).quarter_hours and not entry.quarantined)


def _no_row(entry: FileEntry, bad: Sequence[BadRow]) -> str:
    """Why no row of a file was kept: the commonest reasons and the first line."""
    if not bad:
        aside = ", ".join(f"{n:,} {what}" for what, n in entry.skipped.items())
        return f"no row was kept: {aside}" if aside else "holds no rows"
    counts = Counter(row.reason for row in bad).most_common(MOST_REASONS)
    reasons = "; ".join(f"{reason} ({n:,})" for reason, n in counts)
    first = bad[0]
    return f"none of {len(bad):,} rows could be kept: {reasons}; line {first.line}: {first.raw[:80]!r}"
