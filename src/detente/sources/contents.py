"""What a file holds: which reader takes which member, and what is passed over.

A zip is looked at member by member: a README beside the data is passed over, two formats are read by their own readers,
and an archive within an archive is refused, since it must be unpacked first; the data beside it are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from detente.errors import DetenteError, PackageError
from detente.files.packed import DamagedFile, packing
from detente.files.rows import Head
from detente.files.stream import Member, members
from detente.sources.foreign import PAGE, known_as
from detente.sources.reader import Reader
from detente.sources.source import SOURCES, pair_of, readers, source, sources

# So many lines may stand above a header that is looked for.
_ABOVE = 12


class NotRecognised(DetenteError):
    """The file's content is of no format we read."""


@dataclass(frozen=True, slots=True)
class Found:
    """Members that one reader takes together, by number and by name."""

    reader: Reader
    numbers: tuple[int, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds: `found` to be read, the names of members `passed` over, each with the reason, and what is
    `refused`.
    """

    found: tuple[Found, ...]
    passed: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Not:
    """Why a member is not read, with `more` where it is all there is; `packed`: it may hold data all the same."""

    reason: str
    more: str = ""
    packed: str = ""


def detect(path: Path) -> Reader:
    """The reader for a file, of several that of the first member that has one; raises as `find_contents`."""
    return find_contents(path).found[0].reader


def find_contents(path: Path) -> Contents:
    """Look at the beginning of every member of a file.

    Raises NotRecognised where there is nothing to read, DamagedFile where the file can't be read, must be unpacked
    first, or is a web page in place of data.
    """
    inside = members(path)
    if not inside:
        raise NotRecognised(f"{path}: is an empty zip")
    if inside[0].name == "[Content_Types].xml" or any(member.name.startswith("xl/") for member in inside):
        raise NotRecognised(f"{path}: is a spreadsheet (xlsx): save its table as CSV (UTF-8)")
    if inside[0].name == "mimetype":
        raise NotRecognised(f"{path}: is a spreadsheet or document (ods, odt): save its table as CSV (UTF-8)")
    taken: dict[tuple[int, str | int], list[Member]] = {}
    passed: list[tuple[Member, _Not]] = []
    for member in inside:
        reader = _reader(member)
        if isinstance(reader, _Not):
            passed.append((member, reader))
            continue
        # Formats with a header are read member by member, so that each keeps its own columns and span.
        key = readers().index(reader), pair_of(member.name) if reader.joinable else member.number
        taken.setdefault(key, []).append(member)
    if not taken:
        raise _nothing(path, passed)
    return Contents(
        tuple(
            Found(readers()[number], tuple(m.number for m in together), tuple(m.name for m in together))
            for (number, _), together in taken.items()
        ),
        tuple(f"{member.name} ({why.reason})" for member, why in passed if not why.packed),
        tuple(f"{path}: {_archive(path, member, why)}" for member, why in passed if why.packed),
    )


def _reader(member: Member) -> Reader | _Not:
    """The reader that takes a member, or why none does."""
    if not member.head:
        return next((reader for reader in readers() if _quiet(reader, member.name)), None) or _Not("is empty")
    if packed := packing(member.head):
        return _Not(f"is packed ({packed})", packed=packed)
    head = Head(tuple(member.head.split(b"\n")[:50]))
    failed: list[str] = []
    for reader in readers():
        if _recognises(reader, head, failed):
            return reader
    if known := "; ".join(failed) or known_as(head):
        return _Not(known)
    for above in range(1, min(_ABOVE, len(head.lines))):
        below = Head(head.lines[above:])
        if any(_recognises(reader, below, failed) for reader in readers() if not reader.joinable):
            return _Not(f"its column names are in line {above + 1}: delete the lines above them")
    return _Not(
        "of no format we read",
        f" ({', '.join(entry.title for entry in sources().values())}); it begins {bytes(member.head[:60])!r}",
    )


def _recognises(reader: Reader, head: Head, failed: list[str]) -> bool:
    """Whether a file is a reader's; where one of another package fails, that is noted, and others may take the file."""
    try:
        with SOURCES.blamed(reader.source):
            return bool(reader.recognises(head))
    except PackageError as error:
        failed.append(str(error))
        return False


def _quiet(reader: Reader, name: str) -> bool:
    """Whether an empty file is what there is of a quarter hour, or of two states, when nothing happened."""
    origin = source(reader.source)
    packed = name.lower().endswith((".zip", ".gz"))
    expected = origin.quarter_hours or pair_of(name)
    return bool(reader.joinable and expected and not packed and origin.named([name]))


def _archive(path: Path, member: Member, why: _Not) -> str:
    inner = f"holds an archive ({member.name})" if member.name != path.name else f"is an archive ({why.packed})"
    return f"{inner}: unpack it first and ingest what is in it"


def _nothing(path: Path, passed: Sequence[tuple[Member, _Not]]) -> DetenteError:
    """Why nothing of a file can be read, in one line."""
    for member, why in passed:
        if why.packed:
            return DamagedFile(f"{path}: {_archive(path, member, why)}")
    (member, why), *others = passed
    reason = f"{why.reason}{why.more}"
    if not others:
        page = PAGE.match(member.head) and path.suffix.lower() not in (".html", ".htm", ".xml")
        return (DamagedFile if page else NotRecognised)(f"{path}: {reason}")
    return NotRecognised(f"{path}: none of its {len(passed)} members can be read; {member.name}: {reason}")
