"""What the next commit will hold: entries and their counts, parts, rows set aside, and what is hidden by them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import polars as pl

from detente import __version__
from detente.files.tabular import RAW
from detente.record.commits import Commit, FileEntry, Part
from detente.record.coverage import Count, of_file
from detente.record.log import sha256_of, sync_folder
from detente.record.opening import Opened
from detente.record.parts import QUARANTINE, durably, read_part, write_part
from detente.record.reading import Result, conflict_rows
from detente.record.twins import CONTESTED, Hidden, with_content
from detente.record.twins import REASON as CONFLICT
from detente.sources import BadRow, source


@dataclass(slots=True)
class Draft:
    """A commit in the making, of a number, in a record folder; files are known by the id of their entry (0: several
    joined). All that entries count is counted here.

    `held` are the parts before it, `foreign` those that another version read. `bad` are rows set aside with the file's
    name, `withdrawn` those of earlier commits; `origins` has of each part written the files that its rows are from, and
    the file and line of each row. `hiding` and `contests` are what rows hide and contest (see `detente.record.twins`),
    in force with the commit, as is what is `removed`.
    """

    folder: Path
    number: int
    held: list[Part]
    foreign: frozenset[str]
    entries: list[FileEntry] = field(default_factory=list)
    written: list[Part] = field(default_factory=list)
    bad: list[tuple[int, str, BadRow]] = field(default_factory=list)
    places: dict[int, Path] = field(default_factory=dict)
    names: dict[int, tuple[str, ...]] = field(default_factory=dict)
    counts: dict[int, list[Count]] = field(default_factory=dict)
    withdrawn: list[tuple[str, str]] = field(default_factory=list)
    origins: dict[str, tuple[Sequence[FileEntry], pl.DataFrame]] = field(default_factory=dict)
    hiding: list[tuple[FileEntry, Hidden]] = field(default_factory=list)
    contests: list[tuple[int, str, str, str, list[str]]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    tasks: int = 0
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    def add(self, opened: Iterable[Opened]) -> None:
        """Files to be committed."""
        for file in opened:
            self.entries.append(file.entry)
            self.places[id(file.entry)] = file.path
            self.names[id(file.entry)] = file.names

    def take(self, result: Result, files: Sequence[FileEntry]) -> None:
        """Count what rows of files gave, and keep it for the commit."""
        self.wrote(result.parts, files)
        for number, entry in enumerate(files):
            entry.rows[result.table] = entry.rows.get(result.table, 0) + result.rows[number]
            entry.duplicates += result.duplicates[number]
            entry.conflicts += result.conflicts[number]
        # Rows of files that are read together have no release, and renew none.
        files[0].renewed += result.renewed
        for number, bad in result.bad:
            self.set_aside(files[number], bad)
        for number, reason, count in result.skipped:
            files[number].skipped[reason] = files[number].skipped.get(reason, 0) + count
        for number, reason, count in result.corrected:
            files[number].corrected[reason] = files[number].corrected.get(reason, 0) + count
        for number, day, moment, count in result.counts:
            self.counts.setdefault(id(files[number]), []).append((day, moment, count))
        self.hiding += [(files[hidden.owner], hidden) for hidden in result.hidden if hidden.path]
        if result.contested:
            alone = id(files[0]) if all(file is files[0] for file in files) else 0
            self.contests.append((alone, result.table, files[0].reader, result.release, result.contested))

    def wrote(self, parts: Iterable[tuple[Part, pl.DataFrame]], files: Sequence[FileEntry]) -> None:
        """Parts written, each with the file and line of its rows; they become visible with the commit."""
        for part, origin in parts:
            self.written.append(part)
            self.origins[part.path] = files, origin

    def set_aside(self, entry: FileEntry, bad: BadRow) -> None:
        """A row for the quarantine."""
        entry.quarantined += 1
        self.bad.append((id(entry), entry.name, bad))

    def give_up(self, table: str, gone: pl.DataFrame, files: Sequence[FileEntry], *, contested: bool) -> None:
        """Set aside rows that were taken and that others of this commit contest, or count them as duplicates."""
        for number, count in gone.group_by("owner").len().iter_rows():
            files[number].rows[table] -= count
            if contested:
                files[number].conflicts += count
            else:
                files[number].duplicates += count
        if contested:
            for number, bad in conflict_rows(with_content(gone, table)):
                self.set_aside(files[number], bad)

    def forget(self, entry: FileEntry) -> None:
        """Take back everything of a file found damaged half way."""
        for part in [p for p in self.written if all(owner is entry for owner in self.origins[p.path][0])]:
            (self.folder / part.path).unlink(missing_ok=True)
            self.written.remove(part)
        self.entries = [held for held in self.entries if held is not entry]
        self.bad = [row for row in self.bad if row[0] != id(entry)]
        self.counts.pop(id(entry), None)
        self.hiding = [(owner, hidden) for owner, hidden in self.hiding if owner is not entry]
        self.contests = [contest for contest in self.contests if contest[0] != id(entry)]

    def bad_of(self, entry: FileEntry) -> list[BadRow]:
        """The rows of a file that were set aside."""
        return [row for owner, _, row in self.bad if owner == id(entry)]

    def barred(self, table: str, source: str) -> frozenset[str]:
        """Ids contested in this run and not yet committed."""
        contested = [ids for _, about, origin, _, ids in self.contests if (about, origin) == (table, source)]
        return frozenset(name for ids in contested for name in ids)

    def overtakes(self, result: Result) -> bool:
        """Whether rows, those too that contest each other, share ids with rows, or contested ids, that their helper
        could not know of.
        """
        barred = self.barred(result.table, result.parts[0][0].source) if result.parts else frozenset()
        spans: list[tuple[str, str, Part | None]] = [(part.first_id, part.last_id, part) for part, _ in result.parts]
        spans += [(min(result.contested), max(result.contested), None)] if result.contested else []
        for first, last, part in spans:
            near = [p for p in self.written if p.first_id <= last and first <= p.last_id]
            if not near and not barred:
                continue
            here = self._ids(part) if part else pl.Series(result.contested)
            if any(
                here.is_in(ids.implode()).any()
                for ids in (*map(self._ids, near), pl.Series(list(barred), dtype=pl.Utf8))
            ):
                return True
        return False

    def _ids(self, part: Part) -> pl.Series:
        return read_part(self.folder, part, ["event_id"])["event_id"]

    def hide(self) -> list[str]:
        """Write parts anew without the rows that no longer count, and the ids contested; the parts replaced are
        returned.
        """
        claims: dict[str, dict[str, tuple[FileEntry, bool]]] = {}
        for entry, hidden in self.hiding:
            for name in hidden.ids:
                claims.setdefault(hidden.path, {}).setdefault(name, (entry, hidden.contested))
        removed = []
        for part in [p for p in [*self.held, *self.written] if p.path in claims]:
            claimed = claims[part.path]
            rows = with_content(read_part(self.folder, part), part.table)
            gone = pl.col("event_id").is_in(list(claimed))
            files: Sequence[FileEntry] = ()
            if part in self.written:
                files, origin = self.origins.pop(part.path)
                rows = rows.with_columns(origin)
                for contested in (True, False):
                    names = [name for name, (_, disputed) in claimed.items() if disputed is contested]
                    lost = rows.filter(pl.col("event_id").is_in(names))
                    self.give_up(part.table, lost, files, contested=contested)
                self.written.remove(part)
                (self.folder / part.path).unlink()
            else:
                self._withdraw(part, rows.filter(gone), claimed)
                removed.append(part.path)
            if (kept := rows.filter(~gone).drop("content")).height:
                name, about = self.next_name(), (part.table, part.source, part.kind)
                stands_for = part.path if part.path in removed else ""
                self.written.append(
                    write_part(kept, self.folder, *about, name, part.release, replaces=stands_for, files=files)
                )
        for _, table, publisher, release, ids in self.contests:
            frame, name = pl.DataFrame({"event_id": sorted(ids)}), self.next_name()
            self.written.append(write_part(frame, self.folder, CONTESTED, publisher, table, name, release))
        return removed

    def _withdraw(self, part: Part, gone: pl.DataFrame, claimed: Mapping[str, tuple[FileEntry, bool]]) -> None:
        """Set aside rows of earlier commits that files of this one contest; those replaced are only counted."""
        for name, text in gone.select("event_id", "content").iter_rows():
            entry, contested = claimed[name]
            if contested:
                entry.withdrawn += 1
                self.withdrawn.append((f"{part.source}, held before", f"{name}\t{text}"[:RAW]))
            else:
                entry.replaced += 1

    def next_name(self) -> str:
        """A name for the next part, which no other process can choose."""
        self.tasks += 1
        return f"{self.number:08d}-{self.run}-{self.tasks:05d}"

    def covers(self, entry: FileEntry) -> list[list[str]]:
        """What a file covers, for the log."""
        names = self.names.pop(id(entry), (entry.name,))
        return of_file(source(entry.reader), names, self.counts.pop(id(entry), []))

    def commit(self, at: str, codebook: str, previous: str) -> Commit:
        """The commit, all whose files are written: rows that count no more are out of parts, those set aside by.

        The file of rows set aside is written last, and holds the whole commit: the log can be made anew from it.
        """
        for entry in self.entries:
            entry.covers = self.covers(entry)
        removed = [*self.removed, *self.hide()]
        rows: list[tuple[str, int | None, str, str]] = [(name, b.line, b.reason, b.raw) for _, name, b in self.bad]
        # Of rows held before no line is known.
        rows += [(name, None, CONFLICT, raw) for name, raw in self.withdrawn]
        path = self.folder / "quarantine" / f"{self.number:08d}-{self.run}.parquet"
        for folder in {path.parent, *((self.folder / part.path).parent for part in self.written)}:
            folder.mkdir(parents=True, exist_ok=True)
            sync_folder(folder)
        place = str(path.relative_to(self.folder))
        commit = Commit(self.number, at, __version__, codebook, self.entries, self.written, place, removed, previous)
        durably(pl.DataFrame(rows, schema=QUARANTINE, orient="row"), path, asdict(commit))
        sync_folder(path.parent)
        return replace(commit, quarantine_sha256=sha256_of(path))
