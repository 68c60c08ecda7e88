"""What a run of an ingest has taken: what is held, what can't be read, and commit after commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl

from detente import __version__, clock
from detente.record.commits import Commit, FileEntry, Part, live_parts
from detente.record.draft import Draft
from detente.record.log import Log
from detente.record.mend import take_in
from detente.record.opening import key, shown
from detente.record.parts import QUARANTINE, rows_set_aside
from detente.record.twins import OLDER
from detente.sources import BadRow, source

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


class Intake:
    """What is held, what failed, and the next commit, while a run holds the record's lock.

    Files whose digests are in `anew` are read as if they had never been, and `damaged` parts are not looked at.
    """

    def __init__(
        self,
        log: Log,
        codebook: str,
        now: datetime | None,
        on_progress: Callable[[str, int, int], None],
        *,
        anew: Collection[str],
        damaged: Collection[Part],
    ) -> None:
        self.log = log
        self.codebook = codebook
        self.now = now
        self.on_progress = on_progress
        commits = log.commits()
        taken_in = take_in(log, commits)
        commits += taken_in
        self.keys = {key(f) for c in commits for f in c.files if f.digest not in anew}
        held = [part for part in live_parts(commits) if part not in damaged]
        mine = (__version__, codebook)
        foreign = frozenset(p.path for c in commits for p in c.parts if (c.version, c.codebook) != mine)
        aside = pl.concat([pl.DataFrame(schema=QUARANTINE), *(rows_set_aside(log.folder, c) for c in commits)])
        self.told = set(aside.filter(pl.col("line") == 0)["reason"])
        self.summary = Summary(swept=log.set_aside(), taken_in=taken_in)
        self.draft = Draft(log.folder, len(commits) + 1, held, foreign)
        self.done = 0

    def progress(self, name: str, *, files: int = 1) -> None:
        """Tell that so many more files are done, and where the run is."""
        self.done += files
        self.on_progress(name, self.done, self.summary.rows + sum(p.rows for p in self.draft.written))

    def holds(self, entry: FileEntry) -> bool:
        """Whether a file is held already; from now on it is."""
        if (one := key(entry)) in self.keys:
            return True
        self.keys.add(one)
        return False

    def failed(self, path: Path, reason: str, raw: str = "", *, files: int = 1) -> None:
        """List a file, or a member of it, that cannot be read, and put it in quarantine once, as line 0."""
        if not reason:
            self.summary.other.append(str(path))
            self.progress(path.name)
            return
        self.summary.failed.append((str(path), reason))
        if (full := _placed(path, reason)) not in self.told:
            self.told.add(full)
            self.draft.bad.append((0, shown(Path(path.name)), BadRow(0, full, raw)))
        self.progress(path.name, files=files)

    def take_back(self, entries: Sequence[FileEntry], path: Path, reason: str, raw: str = "") -> None:
        """Take back everything of a file that can't be read to its end, or of which nothing is kept."""
        for entry in entries:
            self.draft.forget(entry)
            self.keys.discard(key(entry))
        self.failed(path, reason, raw)

    def commit(self) -> None:
        """Commit the files read to their end."""
        self._refuse_empty()
        if self.draft.entries or self.draft.bad:
            self._write()

    def take_out(self, parts: Sequence[Part]) -> None:
        """Commit that damaged parts no longer count; what is left of them goes to lost+found."""
        # Before the commit: a kill in between leaves parts that are lost, which can be restored as damaged ones can.
        for part in parts:
            if (self.log.folder / part.path).exists():
                self.log.lose(self.log.folder / part.path)
        self.draft.removed = [part.path for part in parts]
        self._write()

    def _write(self) -> None:
        draft = self.draft
        moment = (self.now or clock.now()).isoformat(timespec="seconds")
        commit = draft.commit(moment, self.codebook, self.log.last_digest(draft.number - 1))
        self.log.write(commit)
        held = [*(p for p in draft.held if p.path not in commit.removed), *draft.written]
        self.summary.files += draft.entries
        self.draft = Draft(self.log.folder, draft.number + 1, held, draft.foreign)

    def _refuse_empty(self) -> None:
        """A file of which no row is kept is a failure, not a success with everything in quarantine."""
        draft = self.draft
        kept = {entry.digest for entry in draft.entries if _kept(entry)}
        for entry in draft.entries:
            if entry.conflicts and not sum(entry.rows.values()) + entry.duplicates:
                # It is held all the same: what it contests stays contested.
                path = draft.places[id(entry)]
                self.summary.failed.append((str(path), f"{path}: {_no_row(entry, draft.bad_of(entry))}"))
        for entry in [e for e in draft.entries if e.digest not in kept]:
            path, bad = draft.places[id(entry)], draft.bad_of(entry)
            reason = _no_row(entry, bad)
            if _placed(path, reason) not in self.told:
                draft.bad += [(0, entry.name, row) for row in bad]
            self.take_back([entry], path, f"{path}: {reason}", bad[0].raw if bad else "")


def _placed(path: Path, reason: str) -> str:
    """The reason with the full name of the file: two of one name in two folders are two."""
    return f"{shown(path.absolute())}: {reason.removeprefix(f'{path}: ')}"


def _kept(entry: FileEntry) -> bool:
    """Whether something of a file was taken, was held before, or was not to be expected."""
    taken = sum(entry.rows.values()) + entry.duplicates + entry.conflicts + entry.skipped.get(OLDER, 0)
    return bool(taken) or (bool(entry.pair or source(entry.reader).quarter_hours) and not entry.quarantined)


def _no_row(entry: FileEntry, bad: Sequence[BadRow]) -> str:
    """Why no row of a file was kept: the commonest reasons and the first line."""
    if not bad:
        aside = ", ".join(f"{n:,} {what}" for what, n in entry.skipped.items())
        return f"no row was kept: {aside}" if aside else "holds no rows"
    counts = Counter(row.reason for row in bad).most_common(MOST_REASONS)
    reasons = "; ".join(f"{reason} ({n:,})" for reason, n in counts)
    first = bad[0]
    return f"none of {len(bad):,} rows could be kept: {reasons}; line {first.line}: {first.raw[:80]!r}"
