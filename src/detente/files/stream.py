"""Files of any wrapping as a stream of text blocks: plain, gzip or zip, bounded and checked."""

from __future__ import annotations

import codecs
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

from detente.errors import DetenteError

BLOCK = 12 << 20
MAX_RATIO = 250
MIN_BOUND = 256 << 20
_PACKED = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
)
# Documents and spreadsheets are zips too, whose first member has one of these names.
_OFFICE = re.compile(rb"PK\x03\x04.{26}(\[Content_Types\]|_rels/|docProps/|word/|xl/|ppt/|mimetype)", re.DOTALL)


class DamagedFile(DetenteError):
    """The file cannot be read to its end; nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of one member of a file; `line` is the number of the first."""

    member: str
    line: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Member:
    """One file within a file (of plain and gzip files the only one): its place, name, and first lines; b"" where it
    is empty.
    """

    number: int
    name: str
    head: bytes


def open_blocks(path: Path, size: int = BLOCK, only: Collection[int] | None = None) -> Iterator[Block]:
    """Yield the lines of a file in blocks of about `size` bytes; with `only`, of the members of these numbers.

    Raises DamagedFile, naming the file and the remedy, for truncated or corrupt compression, a
    wrong checksum, or more than MAX_RATIO times the compressed size (a "zip bomb").
    """
    try:
        with path.open("rb") as file:
            for number, (name, pieces) in enumerate(_streams(path, file, size)):
                if only is None or number in only:
                    yield from _lines(name, pieces, size)
    except OSError as error:
        raise DamagedFile(f"{path}: can't be read: {error.strerror or error}") from None


def members(path: Path, size: int = 1 << 18) -> list[Member]:
    """What is in a file, each member with its beginning. Raises DamagedFile as `open_blocks` does."""
    try:
        with path.open("rb") as file:
            return [
                Member(number, name, next((block.data for block in _lines(name, pieces, size)), b""))
                for number, (name, pieces) in enumerate(_streams(path, file, size))
            ]
    except OSError as error:
        raise DamagedFile(f"{path}: can't be read: {error.strerror or error}") from None


def packing(head: bytes) -> str:
    """How the content that begins so is packed, where it must be unpacked first; "" where it is not, or is an office
    document.

    >>> packing(b"BZh91AY"), packing(b"20191024")
    ('bzip2', '')
    """
    if _OFFICE.match(head):
        return ""
    tar = "tar" if head[257:262] == b"ustar" else ""
    return next((name for magic, name in _PACKED if head.startswith(magic)), tar)


def _streams(path: Path, file: IO[bytes], size: int) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The members of a file by name, unpacked piece by piece as they are read."""
    packed = packing(file.read(4))
    file.seek(0)
    if packed == "zip":
        yield from _zip_streams(path, file, size)
    elif packed == "gzip":
        yield path.name.removesuffix(".gz"), _gzip_pieces(path, file, size)
    else:
        yield path.name, iter(lambda: file.read(size), b"")


def _lines(member: str, pieces: Iterator[bytes], size: int) -> Iterator[Block]:
    line, buffer, amount = 1, [], 0
    pieces = _with_newlines(_as_utf8(pieces))

    def block(data: bytes) -> Block:
        return Block(member, line, data[3:] if line == 1 and data.startswith(b"\xef\xbb\xbf") else data)

    for piece in pieces:
        buffer.append(piece)
        amount += len(piece)
        if amount < size:
            continue
        data = b"".join(buffer)
        cut = data.rfind(b"\n") + 1
        buffer, amount = [data[cut:]], len(data) - cut
        if cut:
            yield block(data[:cut])
            line += data.count(b"\n", 0, cut)
        elif amount > 4 * size:
            raise DamagedFile(f"{member}: line {line} is longer than {4 * size >> 20} MiB: this is no table of text")
    if data := b"".join(buffer):
        yield block(data if data.endswith(b"\n") else data + b"\n")


def _as_utf8(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, read from UTF-16 where they begin with its byte order mark (as spreadsheets save "Unicode text")."""
    first = next(pieces, b"")
    if first[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or first[:4] == codecs.BOM_UTF32_LE:
        yield from chain([first] if first else [], pieces)
        return
    decoder = codecs.getincrementaldecoder("utf-16")(errors="replace")
    for piece in chain([first], pieces):
        yield decoder.decode(piece).encode()


def _with_newlines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces with line feeds, where lines end in carriage returns alone (old spreadsheets on the Macintosh)."""
    first = next(pieces, b"")
    alone = b"\n" not in first and b"\r" in first.rstrip(b"\r\n")
    for piece in chain([first] if first else [], pieces):
        yield piece.replace(b"\r", b"\n") if alone else piece


def _bounded(path: Path, compressed: int) -> Callable[[int], None]:
    bound = max(MIN_BOUND, compressed * MAX_RATIO)
    total = 0

    def count(more: int) -> None:
        nonlocal total
        total += more
        if total > bound:
            raise DamagedFile(
                f"{path}: grows to over {bound >> 20} MiB when unpacked, {MAX_RATIO} times its size; if it is "
                "genuine, unpack it yourself and ingest the plain file"
            )

    return count


def _inflate(path: Path, read: Callable[[int], bytes], size: int, count: Callable[[int], None]) -> Iterator[bytes]:
    """Inflate one raw deflate stream in pieces of at most about `size` bytes."""
    from isal import isal_zlib

    machine = isal_zlib.decompressobj(-15)
    pending = b""
    try:
        while not machine.eof:
            data = pending or read(1 << 20)
            if not data:
                raise DamagedFile(f"{path}: ends in the middle of its compressed data; fetch it again")
            piece = machine.decompress(data, min(size, 4 << 20))
            pending = machine.unconsumed_tail
            count(len(piece))
            if piece:
                yield piece
    except (EOFError, zlib.error, isal_zlib.error) as error:  # type: ignore[misc]  # isal has no types
        raise DamagedFile(f"{path}: its compressed data is corrupt ({error}); fetch it again") from None


def _gzip_pieces(path: Path, file: IO[bytes], size: int) -> Iterator[bytes]:
    from isal import igzip, isal_zlib

    count = _bounded(path, path.stat().st_size)
    try:
        with igzip.GzipFile(fileobj=file) as stream:
            while piece := stream.read(min(size, 4 << 20)):
                count(len(piece))
                yield piece
    except (EOFError, OSError, zlib.error, isal_zlib.error) as error:  # type: ignore[misc]  # isal has no types
        raise DamagedFile(f"{path}: its gzip data is truncated or corrupt ({error}); fetch it again") from None


def _zip_streams(path: Path, file: IO[bytes], size: int) -> Iterator[tuple[str, Iterator[bytes]]]:
    try:
        archive = zipfile.ZipFile(file)
        inside = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    except (zipfile.BadZipFile, ValueError, struct.error) as error:
        raise DamagedFile(f"{path}: is a truncated or corrupt zip ({error}); fetch it again") from None
    count = _bounded(path, path.stat().st_size)
    for member in inside:
        if member.flag_bits & 1:
            raise DamagedFile(f"{path}: {member.filename} is encrypted; unpack it yourself")
        yield member.filename, _member_pieces(path, file, member, size, count)


def _member_pieces(
    path: Path, file: IO[bytes], member: zipfile.ZipInfo, size: int, count: Callable[[int], None]
) -> Iterator[bytes]:
    """The content of a zip member, inflated with ISA-L (zipfile's own inflate takes three times as long)."""
    from isal import isal_zlib

    file.seek(member.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise DamagedFile(f"{path}: {member.filename} has no header where the zip says; fetch it again")
    name, extra = struct.unpack("<HH", header[26:30])
    file.seek(member.header_offset + 30 + name + extra)
    left = member.compress_size

    def read(amount: int) -> bytes:
        nonlocal left
        data = file.read(min(amount, left))
        left -= len(data)
        return data

    if member.compress_type == zipfile.ZIP_DEFLATED:
        pieces = _inflate(path, read, size, count)
    elif member.compress_type == zipfile.ZIP_STORED:
        pieces = iter(lambda: read(size), b"")
    else:
        raise DamagedFile(f"{path}: {member.filename} is packed by method {member.compress_type}; unpack it yourself")
    check = 0
    for piece in pieces:
        check = isal_zlib.crc32(piece, check)
        yield piece
    if check != member.CRC:
        raise DamagedFile(f"{path}: {member.filename} fails its checksum; fetch it again")
