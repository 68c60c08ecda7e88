"""Opening files: found, told by their content, and their first blocks unpacked, a few ahead of the reading."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from detente.errors import DetenteError, PackageError
from detente.files.packed import kind_of
from detente.record.commits import FileEntry
from detente.record.log import sha256_of
from detente.sources import Block, DamagedFile, NotRecognised, Reader, find_contents, open_blocks, source
from detente.sources.fetched import origin
from detente.sources.source import pair_of

JOIN_BYTES = 12 << 20


@dataclass(slots=True)
class Opened:
    """What one reader takes of a file: its entry, and the blocks already unpacked; the first also tells what is
    `refused` of it.
    """

    path: Path
    entry: FileEntry
    reader: Reader
    numbers: tuple[int, ...]
    names: tuple[str, ...]
    blocks: list[Block] = field(default_factory=list)
    rest: Iterator[Block] | None = None
    refused: tuple[str, ...] = ()
    state: tuple[int, int] = (0, 0)

    def stream(self) -> Iterator[Block]:
        """The blocks, from the first; DamagedFile at the end where the file is another than the one digested."""
        yield from open_blocks(self.path, only=self.numbers)
        if _state(self.path) != self.state:
            raise DamagedFile(f"{self.path}: changed while it was read; ingest it again once it is complete")


@dataclass(slots=True)
class Unread:
    """A file that can't be read, and why; "" where it is of no concern."""

    path: Path
    reason: str


def find_files(paths: list[Path]) -> list[Path]:
    """The files named, and all that is in the folders named, sorted, hidden ones left out.

    Links are followed. What can't be read, or is no file, is among them: whoever opens it says so.
    """
    files: list[Path] = []
    for path in paths:
        if str(path) == "-":
            raise DetenteError("-: standard input is not read: save it in a file and give that")
        try:
            path.lstat()
        except FileNotFoundError:
            raise DetenteError(f"{path}: no such file or folder") from None
        except (OSError, ValueError) as error:
            raise DetenteError(f"{path}: can't be read: {getattr(error, 'strerror', None) or error}") from None
        if not (inside := _inside(path)):
            raise DetenteError(f"{path}: the folder holds no files")
        files += inside
    return list(dict.fromkeys(files))


def _inside(top: Path) -> list[Path]:
    """A file, or what a folder holds, each folder once; of one that can't be listed its name."""
    found: list[Path] = []
    seen: set[tuple[int, int]] = set()
    waiting = [top]
    while waiting:
        path = waiting.pop()
        try:
            if not path.is_dir():
                found.append(path)
            elif (real := (path.stat().st_dev, path.stat().st_ino)) not in seen:
                seen.add(real)
                shown = (inside for inside in path.iterdir() if not inside.name.startswith("."))
                waiting += sorted(shown, reverse=True)
        except OSError:
            found.append(path)
    return found


def open_file(path: Path, held: Collection[str], *, named: bool) -> list[Opened] | Unread:
    """Digest, recognise and unpack the beginning of a file that is not `held`; several formats are told apart.

    What is of no format we read is of concern only where the file was `named`.
    """
    try:
        if (kind := kind_of(path)) == "a folder":
            return Unread(path, f"{path}: can't be read: what is in the folder can't be listed")
        if kind:
            raise NotRecognised(f"{path}: is {kind}, not a file: save its content in a file and give that")
        # What is no data is told at once, however large.
        state, contents, digest = _state(path), find_contents(path), sha256_of(path)
        opened: list[Opened] = []
        for found in contents.found:
            name = shown(Path(path.name if len(contents.found) == 1 else f"{path.name}/{found.names[0]}"))
            entry = FileEntry(name, digest, path.stat().st_size, found.reader.source)
            entry.release = source(found.reader.source).release_of([*found.names, path.name])
            entry.pair = pair_of(found.names[0])
            if entry.pair and not found.reader.joinable:
                raise DamagedFile(f"{path}: has a header: files of two states alone have none ({found.names[0]})")
            entry.fetched = origin(path, digest)
            names = found.names if len(found.names) > 1 or entry.pair else (found.names[0], path.name)
            opened.append(Opened(path, entry, found.reader, found.numbers, names, state=state))
        opened[0].entry.passed += contents.passed
        opened[0].refused = contents.refused
        if len(opened) == 1 and key(opened[0].entry) not in held:
            _begin(opened[0])
        return opened
    except NotRecognised as error:
        return Unread(path, str(error) if named else "")
    except (DamagedFile, PackageError) as error:
        return Unread(path, str(error))
    except OSError as error:
        return Unread(path, f"{path}: can't be read: {error.strerror or error}")


def _state(path: Path) -> tuple[int, int]:
    """What changes when a file is written to or another takes its name: its size and time."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _begin(opened: Opened) -> None:
    stream = opened.stream()
    opened.blocks, opened.rest = list(islice(stream, 1)), stream
    if not opened.blocks:
        opened.rest = None
    elif len(opened.blocks[0].data) < JOIN_BYTES // 2:
        opened.blocks += islice(stream, 1)
        opened.rest = None if len(opened.blocks) < 2 else stream


def shown(path: Path) -> str:
    """A file's name as text that any file can hold: names need not be UTF-8."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def key(entry: FileEntry) -> str:
    """What tells that a file is held: its content, release and, where it has the rows of two states alone, these; of an
    empty one, which covers its quarter hour, its name.
    """
    return " ".join(filter(None, (entry.digest, entry.pair, entry.release if entry.bytes else entry.name)))


def ahead(
    pool: ThreadPoolExecutor, files: list[Path], work: Callable[[Path], list[Opened] | Unread]
) -> Iterator[list[Opened] | Unread]:
    """Open files a few ahead of the one being read, in order."""
    waiting = deque(pool.submit(work, path) for path in files[:2])
    for n in range(len(files)):
        if n + 2 < len(files):
            waiting.append(pool.submit(work, files[n + 2]))
        yield waiting.popleft().result()


def ahead_blocks(stream: Iterator[Block]) -> Iterator[Block]:
    """Unpack the next block while this one is read."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, stream, None)
        while (block := coming.result()) is not None:
            coming = pool.submit(next, stream, None)
            yield block
