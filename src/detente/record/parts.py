"""The Parquet files of a record: written durably, saying themselves what they are, checked before they are read."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from detente.errors import DetenteError
from detente.files.packed import kind_of
from detente.record.commits import Commit, FileEntry, Part
from detente.record.log import sha256_of
from detente.sources.source import between

ABOUT = "detente"
QUARANTINE: dict[str, Any] = {"file": pl.Utf8, "line": pl.Int64, "reason": pl.Utf8, "raw": pl.Utf8}
RESTORE = "`detente record restore FILE` reads its files anew; `detente record verify` names them"
DAMAGED = f"is damaged: its content has changed since it was ingested; {RESTORE}"
_checked: set[tuple[str, int, int, str]] = set()


class DamagedRecord(DetenteError):
    """A stored file is lost or not as it was written."""


def check(folder: Path, part: Part) -> Path:
    """The place of a part whose content is as it was written, looked at once a process.

    Raises DamagedRecord, with the remedy, where it is missing or has changed.
    """
    path = folder / part.path
    try:
        status = path.stat()
        state = str(path), status.st_size, status.st_mtime_ns, part.sha256
        if state not in _checked:
            if sha256_of(path) != part.sha256:
                raise DamagedRecord(f"{path}: {DAMAGED}")
            _checked.add(state)
    except OSError as error:
        raise DamagedRecord(f"{path}: can't be read ({error.strerror}); {RESTORE}") from None
    return path


def read_part(folder: Path, part: Part, columns: list[str] | None = None) -> pl.DataFrame:
    """The rows of a part, once it is found whole."""
    return pl.read_parquet(check(folder, part), columns=columns, glob=False)


def rows_set_aside(folder: Path, commit: Commit) -> pl.DataFrame:
    """The rows of a commit in quarantine (file, line, reason, raw); one says so where their file is damaged."""
    path = folder / commit.quarantine
    try:
        if not commit.quarantine:
            return pl.DataFrame(schema=QUARANTINE)
        if commit.quarantine_sha256 in ("", sha256_of(path)):
            return pl.read_parquet(path, glob=False)
        fault = "is damaged"
    except OSError as error:
        fault = f"can't be read ({error.strerror})"
    except pl.exceptions.PolarsError:
        fault = "is damaged"
    row = (commit.quarantine, None, f"{fault}: what commit {commit.number} set aside can't be shown", "")
    return pl.DataFrame([row], schema=QUARANTINE, orient="row")


def write_part(
    rows: pl.DataFrame,
    folder: Path,
    table: str,
    source: str,
    kind: str,
    name: str,
    release: str = "",
    *,
    replaces: str = "",
    files: Sequence[FileEntry] = (),
) -> Part:
    """Write rows durably as one Parquet file that no commit names yet.

    It says itself what it is: `files` are those that its rows (with `owner`, the number of each row's file) are from.
    """
    path = folder / "data" / table / source / f"{name}-{kind}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    owned = dict(rows["owner"].value_counts().iter_rows()) if files else {}
    came_from: dict[str, dict[str, Any]] = {}
    for n, file in enumerate(files):
        told = {name: getattr(file, name) for name in ("name", "digest", "bytes", "reader", "pair")} | {"rows": 0}
        came_from.setdefault(file.digest, told)["rows"] += owned.get(n, 0)
    about = {"table": table, "source": source, "kind": kind, "release": release, "replaces": replaces}
    rows = rows.drop("owner", "line", strict=False)
    durably(rows, path, {**about, "commit": int(name[:8]), "files": list(came_from.values())})
    return Part(
        str(path.relative_to(folder)),
        table,
        source,
        kind,
        rows.height,
        sha256_of(path),
        str(rows["event_id"].min()),
        str(rows["event_id"].max()),
        release,
        replaces,
    )


def durably(rows: pl.DataFrame, path: Path, about: dict[str, Any]) -> None:
    """Write rows as a new Parquet file that holds, as JSON, what they are; see `about_of`. OSError where that fails."""
    # In memory first: polars doesn't say of every failure to write that the disk is full.
    content = BytesIO()
    rows.write_parquet(
        content,
        compression="zstd",
        compression_level=1,
        row_group_size=50_000,
        statistics=True,
        metadata={ABOUT: json.dumps(about)},
    )
    with path.open("xb") as file:
        file.write(content.getbuffer())
        file.flush()
        os.fsync(file.fileno())


def about_of(path: Path) -> dict[str, Any]:
    """What a Parquet file of a record says that it is; empty where it says nothing or can't be read."""
    try:
        # To open a pipe waits for ever.
        about = {} if kind_of(path) else json.loads(pl.read_parquet_metadata(path).get(ABOUT, "{}"))
    except (OSError, ValueError, RecursionError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return {}
    return about if isinstance(about, dict) else {}


def write_rows(
    rows: pl.DataFrame, folder: Path, table: str, source: str, name: str, files: Sequence[FileEntry], release: str = ""
) -> list[tuple[Part, pl.DataFrame]]:
    """Write rows as parts, each with the `owner` and `line` of its rows: events between two actors, sorted by them,
    apart. All `files` are of one pair, or of none.
    """
    if table == "events":
        kind = files[0].pair or "pairs"
        pairs = rows.filter(between(files[0].pair)).sort("sender", "receiver", "date", "event_id")
        by_kind = {kind: pairs, "other": rows.filter(~between(files[0].pair))}
    else:
        by_kind = {"all": rows}
    return [
        (
            write_part(some, folder, table, source, kind, name, release, files=files),
            some.select(pl.col("owner", "line").cast(pl.UInt32)),
        )
        for kind, some in by_kind.items()
        if some.height
    ]
