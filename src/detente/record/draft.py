"""What the next commit will hold: entries, parts, rows set aside, and what they hide of the parts held before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from detente.record.coverage import Count, of_file
from detente.record.log import FileEntry, Part, sync_folder
from detente.record.opening import Opened
from detente.record.twins import CONTESTED
from detente.record.twins import REASON as CONFLICT
from detente.record.work import write_part
from detente.sources import READERS, BadRow


@dataclass(slots=True)
class Draft:
    """A commit in the making, of a number, in a record folder; files are known by the id of their entry (0: several joined).

    `bad` are rows set aside with the file's name; `hiding` and `contests` what rows hide and contest (see
    `detente.record.twins`), in force with the commit.
    """

    folder: Path
    number: int
    entries: list[FileEntry] = field(default_factory=list)
    written: list[Part] = field(default_factory=list)
    bad: list[tuple[int, str, BadRow]] = field(default_factory=list)
    places: dict[int, Path] = field(default_factory=dict)
    names: dict[int, tuple[str, ...]] = field(default_factory=dict)
    counts: dict[int, list[Count]] = field(default_factory=dict)
    part_of: dict[str, int] = field(default_factory=dict)
    hiding: list[tuple[int, dict[str, list[str]]]] = field(default_factory=list)
    contests: list[tuple[int, str, str, str, list[str]]] = field(default_factory=list)
    tasks: int = 0

    def add(self, opened: Iterable[Opened]) -> None:
        """Files read to their end."""
        for one in opened:
            self.entries.append(one.entry)
            self.places[id(one.entry)] = one.path
            self.names[id(one.entry)] = one.names

    def forget(self, entry: FileEntry) -> None:
        """Take back everything of a file found damaged half way."""
        for part in [p for p in self.written if self.part_of.get(p.path) == id(entry)]:
            (self.folder / part.path).unlink(missing_ok=True)
            self.written.remove(part)
        self.bad = [one for one in self.bad if one[0] != id(entry)]
        self.counts.pop(id(entry), None)
        self.hiding = [one for one in self.hiding if one[0] != id(entry)]
        self.contests = [one for one in self.contests if one[0] != id(entry)]

    def barred(self, table: str, source: str) -> frozenset[str]:
        """Ids contested in this run and not yet committed."""
        found = [ids for _, about, origin, _, ids in self.contests if (about, origin) == (table, source)]
        return frozenset(name for ids in found for name in ids)

    def hide(self, held: Sequence[Part]) -> list[str]:
        """Write parts anew without the rows that no longer count, and the ids contested; the parts replaced are returned."""
        hidden: dict[str, set[str]] = {}
        for _, some in self.hiding:
            for path, ids in some.items():
                hidden.setdefault(path, set()).update(ids)
        removed = []
        for part in [p for p in [*held, *self.written] if p.path in hidden]:
            rows = pl.read_parquet(self.folder / part.path)
            kept = rows.filter(~pl.col("event_id").is_in(list(hidden[part.path])))
            if part in self.written:
                self._give_up(part, rows.height - kept.height)
                self.written.remove(part)
                (self.folder / part.path).unlink()
            else:
                removed.append(part.path)
            if kept.height:
                name = self.next_name()
                self.written.append(
                    write_part(kept, self.folder, part.table, part.source, part.kind, name, part.release)
                )
        for _, table, source, release, ids in self.contests:
            frame, name = pl.DataFrame({"event_id": sorted(ids)}), self.next_name()
            self.written.append(write_part(frame, self.folder, CONTESTED, source, table, name, release))
        return removed

    def _give_up(self, part: Part, count: int) -> None:
        """Count rows of a file under way that later rows of it, or of another one, contest."""
        for entry in self.entries:
            if id(entry) == self.part_of.get(part.path):
                entry.rows[part.table] -= count
                entry.conflicts += count
                entry.quarantined += count
                told = f"{CONFLICT} ({count:,} rows read before, whose lines were not kept)"
                self.bad.append((id(entry), entry.name, BadRow(0, told, "")))

    def next_name(self) -> str:
        """A name for the next part."""
        self.tasks += 1
        return f"{self.number:08d}-{self.tasks:05d}"

    def covers(self, entry: FileEntry) -> list[list[str]]:
        """What a file covers, for the log."""
        rule = next(reader.covers for reader in READERS if reader.name == entry.reader)
        return of_file(entry.reader, rule, self.names.pop(id(entry), (entry.name,)), self.counts.pop(id(entry), []))

    def write_quarantine(self) -> str:
        """Write the rows set aside; the path of their file, "" where there are none."""
        if not self.bad:
            return ""
        place = self.folder / "quarantine" / f"{self.number:08d}.parquet"
        place.parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame(
            [(name, bad.line, bad.reason, bad.raw) for _, name, bad in self.bad],
            schema={"file": pl.Utf8, "line": pl.Int64, "reason": pl.Utf8, "raw": pl.Utf8},
            orient="row",
        ).write_parquet(place)
        sync_folder(place.parent)
        return str(place.relative_to(self.folder))
