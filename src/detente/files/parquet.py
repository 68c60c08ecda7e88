"""Parquet files: tried before they are read, bounded, and as the text of a table."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import polars as pl

from detente.files.packed import DamagedFile, bounded

MAGIC = b"PAR1"
ROWS = 200_000
_READ = "import sys, polars; polars.read_parquet(open(sys.argv[1], 'rb'))"


def parquet(path: Path, file: IO[bytes]) -> pl.LazyFrame:
    """An open Parquet file, to be read; DamagedFile where it is damaged, or larger than genuine data are.

    Values that repeat take no room in the file: a kilobyte may be a billion rows.
    """
    try:
        table = pl.scan_parquet(file)
        bounded(path)(8 * len(table.collect_schema()) * int(table.select(pl.len()).collect().item()))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise DamagedFile(f"{path}: can't be read as Parquet ({reason}); fetch it again") from None
    # A damaged page makes polars end the process, which no error handler sees: let it end another.
    if subprocess.run([sys.executable, "-c", _READ, path], stderr=subprocess.DEVNULL).returncode:
        raise DamagedFile(f"{path}: its Parquet is damaged; fetch it again")
    return table


def as_text(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    """The rows of an open Parquet file as csv with a header, piece by piece.

    DamagedFile as `parquet`, and where a column holds lists or records, which no table that we read has.
    """
    table = parquet(path, file)
    schema = table.collect_schema()
    if nested := [name for name, kind in schema.items() if kind.is_nested()]:
        raise DamagedFile(f"{path}: its column {nested[0]} holds lists or records: write it as a plain table")
    yield pl.DataFrame(schema=schema).write_csv().encode()
    for first in range(0, int(table.select(pl.len()).collect().item()), ROWS):
        yield table.slice(first, ROWS).collect().write_csv(include_header=False).encode()
