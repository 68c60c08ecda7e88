"""Files as they lie on a disk: opened only where they are files, unpacked piece by piece, bounded and checked."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from detente.errors import DetenteError

MAX_RATIO = 100
MIN_BOUND = 64 << 20
"""Unpacked, a file may be MAX_RATIO times its size, or so many bytes; tables of text are seldom 20 times theirs."""
MOST_MEMBERS = 65_535
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
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class DamagedFile(DetenteError):
    """The file cannot be read to its end; nothing of it is kept."""


def kind_of(path: Path) -> str:
    """What a path names, where it is no file: "a pipe", "a folder"; "" for a file. OSError where there is nothing.

    >>> kind_of(Path("/dev/null")), kind_of(Path("/"))
    ('a device', 'a folder')
    """
    mode = path.stat().st_mode
    return "" if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "no file")


def open_file(path: Path) -> IO[bytes]:
    """The file, open for reading. DamagedFile where it is none (to open a pipe waits for ever) or can't be read."""
    try:
        if kind := kind_of(path):
            raise DamagedFile(f"{path}: is {kind}, not a file: save its content in a file and give that")
        return path.open("rb")
    except (OSError, ValueError) as error:
        raise DamagedFile(f"{path}: can't be read: {getattr(error, 'strerror', None) or error}") from None


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


def streams(path: Path, file: IO[bytes], size: int) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The members of a file by name, unpacked piece by piece as they are read; a plain file is its only one.

    Raises DamagedFile, naming the file and the remedy, for truncated or corrupt compression, a wrong checksum, members
    that overlap, or more than a file may be unpacked ("zip bombs").
    """
    packed = packing(file.read(4))
    file.seek(0)
    if packed == "zip":
        yield from _zip_streams(path, file, size)
    elif packed == "gzip":
        yield path.name.removesuffix(".gz"), _gzip_pieces(path, file, size)
    else:
        yield path.name, iter(lambda: file.read(size), b"")


def bounded(path: Path) -> Callable[[int], None]:
    """Counts bytes unpacked of a file; DamagedFile once they are more than genuine data are."""
    bound = max(MIN_BOUND, path.stat().st_size * MAX_RATIO)
    total = 0

    def count(more: int) -> None:
        nonlocal total
        total += more
        if total > bound:
            raise DamagedFile(
                f"{path}: grows to over {bound >> 20} MiB when unpacked, {MAX_RATIO} times its size or more; if it is "
                "genuine, unpack it yourself and give the plain file"
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

    count = bounded(path)
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
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise DamagedFile(f"{path}: is a truncated or corrupt zip ({error}); fetch it again") from None
    if len(inside) > MOST_MEMBERS:
        raise DamagedFile(f"{path}: holds {len(inside):,} members, more than {MOST_MEMBERS:,}; unpack it yourself")
    if max((member.header_offset for member in inside), default=0) > path.stat().st_size:
        raise DamagedFile(f"{path}: is a truncated or corrupt zip (a member lies beyond its end); fetch it again")
    _apart(path, archive.infolist())
    count = bounded(path)
    for member in inside:
        if member.flag_bits & 1:
            raise DamagedFile(f"{path}: {member.filename} is encrypted; unpack it yourself")
        yield member.filename, _member_pieces(path, file, member, size, count)


def _apart(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """DamagedFile where members share data, by which a small zip becomes a large one."""
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise DamagedFile(f"{path}: {member.filename} overlaps another member (a zip bomb?); nothing of it is read")
        end = member.header_offset + 30 + member.compress_size


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

    def stored() -> Iterator[bytes]:
        while piece := read(size):
            count(len(piece))
            yield piece

    if member.compress_type == zipfile.ZIP_DEFLATED:
        pieces = _inflate(path, read, size, count)
    elif member.compress_type == zipfile.ZIP_STORED:
        pieces = stored()
    else:
        raise DamagedFile(f"{path}: {member.filename} is packed by method {member.compress_type}; unpack it yourself")
    check = 0
    for piece in pieces:
        check = isal_zlib.crc32(piece, check)
        yield piece
    if check != member.CRC:
        raise DamagedFile(f"{path}: {member.filename} fails its checksum; fetch it again")
