"""A commit: one addition to a record, with its parts and what became of each file, as its entry in the log says it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import MAXYEAR, date, datetime
from pathlib import Path
from typing import Any

from detente.errors import DetenteError
from detente.files.trees import read_bytes
from detente.files.typed import made

LARGEST = 1 << 30
"""So many bytes are read of an entry of the log; one of 100,000 files has some 50 MB."""
_PLACE = re.compile(r"(data|quarantine)(/(?!\.\.?(/|$))[^/\0]+)+")


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file: its table and source, rows, digest, range of ids, and the release whose rows it holds ("" if
    unknown).

    Events between two actors are of the kind "pairs", of files that have those of two states alone of a kind named
    after them (RUS-USA), all others "other". The table "contested" holds ids of the table `kind` that files give other
    content (see `detente.record.twins`).
    `replaces` is the part of an earlier commit in whose place it stands, without the rows that no longer count.
    """

    path: str
    table: str
    source: str
    kind: str
    rows: int
    sha256: str
    first_id: str
    last_id: str
    release: str = ""
    replaces: str = ""


@dataclass(slots=True)
class FileEntry:
    """What became of one file: rows taken, duplicates, rows set aside, rows corrected by reason, and the days covered.

    `covers` has [first day, last day, day from which that was known] as ISO texts; where days are covered in part,
    [start, end, day] with moments, half open. `passed` are members that hold no data we read, with the reason.
    `conflicts` are rows in quarantine that share an id with rows of other content, `renewed` rows of earlier files that
    this newer `release` replaced by other content. Of rows counted by earlier commits `withdrawn` are in conflict with
    rows of this file and in quarantine since, and this file's rows stand in the place of those `replaced` (`renewed`
    ones among them). `pair` names the two states between which alone it has rows (see `detente.sources.pairs`),
    `fetched` has its address, the moment and the publisher's release (from, at, release) where we fetched it.
    """

    name: str
    digest: str
    bytes: int
    reader: str
    rows: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    quarantined: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    covers: list[list[str]] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    corrected: dict[str, int] = field(default_factory=dict)
    release: str = ""
    conflicts: int = 0
    renewed: int = 0
    withdrawn: int = 0
    replaced: int = 0
    pair: str = ""
    fetched: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Commit:
    """One addition to the record. `removed` are parts of earlier commits that no longer count: a part without the rows
    that were superseded stands in their place. Their files stay, so that the history can be verified.

    `previous` is the SHA-256 of the entry before, `quarantine_sha256` that of the file of rows set aside.
    """

    number: int
    at: str
    version: str
    codebook: str
    files: list[FileEntry]
    parts: list[Part]
    quarantine: str = ""
    removed: list[str] = field(default_factory=list)
    previous: str = ""
    quarantine_sha256: str = ""

    def to_json(self) -> str:
        """The entry as it stands in the log."""
        return json_of(asdict(self))


def json_of(told: dict[str, Any]) -> str:
    """A commit as it stands in the log."""
    return json.dumps(told, indent=1, sort_keys=True)


def commit_of(data: Any) -> Commit:
    """A commit from what its JSON holds; ValueError where that is none, or names a file that is not the record's."""
    commit = made(Commit, data)
    places = [commit.quarantine] if commit.quarantine else []
    for place in (*places, *(part.path for part in commit.parts)):
        if not _PLACE.fullmatch(place):
            raise ValueError(f"{place[:60]!r} is no place in a record")
    for span in (span for file in commit.files for span in file.covers):
        *ends, known = span
        if len(ends) != 2 or max(map(datetime.fromisoformat, ends)).year == MAXYEAR or not date.fromisoformat(known):
            raise ValueError("covers has a span that is none")
    return commit


def read_entry(path: Path) -> tuple[Commit, bytes]:
    """An entry of the log, and its file as it is; DetenteError where that is none."""
    content = read_bytes(path, LARGEST)
    try:
        return commit_of(json.loads(content)), content
    except (ValueError, TypeError, RecursionError) as error:
        raise DetenteError(str(error)) from None


def live_parts(commits: Sequence[Commit]) -> list[Part]:
    """The parts that count, oldest first."""
    removed = {path for commit in commits for path in commit.removed}
    return [part for commit in commits for part in commit.parts if part.path not in removed]
