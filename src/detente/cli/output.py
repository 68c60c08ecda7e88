"""What commands print and write: data to standard output, all else to standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import polars as pl

    from detente.report.document import Document
    from detente.results import Result


def say(text: str) -> None:
    """A line to standard error."""
    click.echo(text, err=True)


def emit(
    answer: Result | pl.DataFrame,
    form: str,
    *,
    meta: dict[str, Any] | None = None,
    frame: pl.DataFrame | None = None,
    document: Document | None = None,
) -> None:
    """An answer to standard output, as table, csv, json, parquet or a format of reports.

    A frame is printed as it is, in JSON as its rows beside `meta`. Of a result, csv and parquet are its frame (or
    `frame`), json its own form, all else its `document` (made by `detente.report` without one).
    """
    import polars as pl

    if isinstance(answer, pl.DataFrame):
        _write_frame(answer, form, meta)
    elif form in ("csv", "parquet"):
        _write_frame(answer.frame if frame is None else frame, form, None)
    elif form == "json":
        click.echo(answer.to_json(), nl=False)
    else:
        from detente.report import render

        text = render(document or answer, "terminal" if form == "table" else form)
        _write_bytes(text) if isinstance(text, bytes) else click.echo(text, nl=False)


def _write_frame(frame: pl.DataFrame, form: str, meta: dict[str, Any] | None) -> None:
    import json

    from detente.results import plain

    if form == "parquet":
        from io import BytesIO

        buffer = BytesIO()
        frame.write_parquet(buffer)
        _write_bytes(buffer.getvalue())
    elif form == "json":
        rows = [plain(row) for row in frame.iter_rows(named=True)]
        click.echo(json.dumps(rows if meta is None else {**plain(meta), "rows": rows}, ensure_ascii=False, indent=1))
    elif form == "csv":
        click.echo(_flat(frame).write_csv(), nl=False)
    else:
        _table(_flat(frame))


def _write_bytes(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists joined by semicolons, floats rounded for reading."""
    import polars as pl

    return frame.with_columns(
        *(pl.col(n).list.join(";").alias(n) for n, t in frame.schema.items() if isinstance(t, pl.List)),
        *(pl.col(n).round(4) for n, t in frame.schema.items() if t in (pl.Float64, pl.Float32)),
    )


def _table(frame: pl.DataFrame) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name, kind in frame.schema.items():
        table.add_column(name, justify="right" if kind.is_numeric() else "left", overflow="fold")
    for row in frame.iter_rows():
        table.add_row(*(Text("" if v is None else f"{v:g}" if isinstance(v, float) else str(v)) for v in row))
    width = None if sys.stdout.isatty() else 200
    Console(width=width, highlight=False).print(table)


@contextmanager
def waiting(text: str) -> Iterator[Callable[[str], None]]:
    """A spinner on standard error while something takes long; what it yields changes its text."""
    from rich.console import Console

    with Console(stderr=True).status(text) as status:
        yield status.update


@contextmanager
def counting(text: str, total: int | None = None, *, quiet: bool = False) -> Iterator[Callable[..., None]]:
    """A bar on standard error; what it yields takes how much is done, of how much, and other words."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    off = quiet or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=off) as progress:
        task = progress.add_task(text, total=total)

        def update(done: int, of: int | None = None, words: str = text) -> None:
            progress.update(task, completed=done, total=total if of is None else of, description=words)

        yield update


def write_text(path: Path | str, text: str) -> None:
    """A file of text; DetenteError where it can't be written. Says so on standard error."""
    from detente.errors import DetenteError

    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DetenteError(f"{path}: can't be written: {error.strerror}") from None
    say(f"wrote {path}")


def write_charts(folder: str | Path, charts: Iterable[tuple[str, Callable[[], Any], str]]) -> None:
    """Charts as SVG files in a folder, each by its name, what draws it, and a label for those who can't see it."""
    from detente.errors import NoData
    from detente.plots import svg

    for name, draw, label in charts:
        try:
            write_text(Path(folder) / f"{name}.svg", svg(draw(), label))
        except NoData as error:
            say(f"no chart of {name}: {error}")
