"""What commands share: a record and a pair to ask, a spinner while they work, and one way to print what they answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import FORM, RECORD
from detente.errors import DetenteError, NoData, PackageError, one_line, visible

if TYPE_CHECKING:
    import polars as pl

    from detente.api import Record
    from detente.report.document import Document
    from detente.results import Result

MOST_ROWS = 2_000
"""A table for people has no more rows: it is laid out as a whole, which takes minutes for some hundred thousand."""

_steps: list[Callable[[str], None]] = [lambda text: None]


class Verb(click.Command):
    """A command: it opens what its options name, runs its function under a spinner and prints what that returns.

    The function gets the `record` that the options name; of A and B, as of a day by a source, the `pair` in its place
    (both, `as_of` and `source`, where A and B may be left out); and areas that the codebook knows. It returns an answer
    (see `emit`), or an exit code where it prints nothing.
    """

    def __init__(self, *args: Any, record: bool = True, prints: bool = True, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.params += [*(RECORD if record else ()), *([FORM] if prints else ())]

    def invoke(self, ctx: click.Context) -> Any:
        """Open, run, write the files that are asked for, print."""
        if ctx.invoked_subcommand:
            ctx.obj = _of_record(ctx)
            return None
        form, page, charts, quiet = (ctx.params.pop(name, None) for name in ("form", "page", "charts", "quiet"))
        with _waiting(ctx, quiet=bool(quiet)):
            self._open(ctx)
            answer = super().invoke(ctx)
        if answer is None or isinstance(answer, int):
            return answer
        answer = answer if isinstance(answer, Answer) else Answer(answer)
        if page:
            from detente.report import render

            write_file(page, render(answer.document or answer.of, "html"))
        if charts:
            _write_charts(charts, answer.of)
        emit(answer, form)
        return answer.code

    def _open(self, ctx: click.Context) -> None:
        """Put record, pair and areas in the place of the parameters that name them."""
        asked = ctx.params
        if "folder" not in asked:
            return
        record = asked["record"] = _open_record(**_of_record(ctx))
        if "areas" in asked:
            asked["areas"] = _areas(record, asked["areas"])
        if "a" not in asked:
            return
        a, b = asked.pop("a"), asked.pop("b")
        if a and not b:
            raise click.UsageError("Missing argument 'B': name two states, or none for all.", ctx)
        seen = {name: asked[name] for name in ("as_of", "source") if name in asked}
        asked["pair"] = record.pair(a, b, **seen) if a else None
        if any(param.name == "b" and param.required for param in self.params):
            for name in ("record", *seen):
                del asked[name]


class Verbs(click.Group, Verb):
    """A command that has others below it, which take its options of the record."""

    command_class = Verb


@dataclass(frozen=True)
class Answer:
    """A result or a frame to print, and what is printed in its place: `frame` as csv and parquet, `table` (texts and
    frames) for people with `notes` on standard error, as json what `data` makes of the frame's rows, `document` in the
    formats of reports. `code` is what the command exits with.
    """

    of: Result | pl.DataFrame
    frame: pl.DataFrame | None = None
    table: Sequence[str | pl.DataFrame] | None = None
    data: Callable[[list[Any]], Any] | None = None
    document: Document | None = None
    notes: Sequence[str] = ()
    code: int = 0


def as_rows(
    result: Result, frame: pl.DataFrame | None = None, *, table: Sequence[str | pl.DataFrame] | None = None, **meta: Any
) -> Answer:
    """A result as the rows of its frame, in JSON beside `meta`."""
    frame = result.frame if frame is None else frame
    return Answer(result, frame, table or [frame], lambda rows: {**meta, "rows": rows} if meta else rows)


def emit(answer: Answer, form: str) -> None:
    """An answer to standard output, as table, csv, json, parquet or a format of reports.

    A frame is printed as it is, in JSON as its rows. Of a result, csv and parquet are its frame, json its own form, all
    else its document.
    """
    import polars as pl

    of = answer.of
    frame, result = (of, None) if isinstance(of, pl.DataFrame) else (of.frame, of)
    frame = frame if answer.frame is None else answer.frame
    if form == "parquet":
        if sys.stdout.isatty():
            raise click.UsageError(
                "parquet is no text for a terminal: send it to a file, as in --format parquet > FILE"
            )
        buffer = BytesIO()
        frame.write_parquet(buffer)
        click.echo(buffer.getvalue(), nl=False)
    elif form == "csv":
        out(_flat(frame).write_csv(), exact=True)
    elif form == "spreadsheet":
        from detente.results import spreadsheet

        out(spreadsheet(_flat(frame)))
    elif form == "json":
        out(_json(frame, answer.data) if result is None or answer.data else result.to_json(), exact=True)
    elif form == "table" and (result is None or answer.table):
        for part in answer.table or [frame]:
            out(f"{part}\n") if isinstance(part, str) else _print_table(_flat(part))
        for note in answer.notes:
            say(note)
    else:
        from detente.report import render

        document = answer.document or (_document(frame) if result is None else result)
        text = render(document, "terminal" if form == "table" else form)
        # A format of another package may give bytes, or text that it has not made harmless; ours colours a terminal's.
        click.echo(text, nl=False) if form == "table" or isinstance(text, bytes) else out(text, exact=True)


def _json(frame: pl.DataFrame, data: Callable[[list[Any]], Any] | None) -> str:
    from detente.results import as_json, plain

    rows = frame.to_dicts()
    return as_json(plain(data(rows) if data else rows))


def _document(frame: pl.DataFrame) -> Document:
    from detente.report.document import Document
    from detente.report.result import table

    return Document(click.get_current_context().command_path, "", (table(frame),))


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists joined by semicolons, floats rounded for reading."""
    import polars as pl

    return frame.with_columns(
        *(pl.col(n).list.join(";").alias(n) for n, t in frame.schema.items() if isinstance(t, pl.List)),
        *(pl.col(n).round(4) for n, t in frame.schema.items() if t in (pl.Float64, pl.Float32)),
    )


def _print_table(frame: pl.DataFrame) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name, kind in frame.schema.items():
        table.add_column(Text(one_line(name)), justify="right" if kind.is_numeric() else "left", overflow="fold")
    for row in frame.head(MOST_ROWS).iter_rows():
        cells = ("" if v is None else f"{v:g}" if isinstance(v, float) else one_line(str(v)) for v in row)
        table.add_row(*map(Text, cells))
    width = None if sys.stdout.isatty() else 200
    Console(width=width, highlight=False).print(table)
    if frame.height > MOST_ROWS:
        say(f"note: the first {MOST_ROWS:,} of {frame.height:,} rows; --format csv, json or parquet gives all")


def out(text: str, *, exact: bool = False) -> None:
    """Text to standard output, harmless to see; what is `exact` is so where a terminal would show it, as it is else."""
    click.echo(text if exact and not sys.stdout.isatty() else visible(text), nl=False)


def say(text: str) -> None:
    """A line to standard error; where that is full or closed nothing else fails for it."""
    with suppress(OSError):
        click.echo(one_line(text), err=True)


def step(text: str) -> None:
    """What is being done, beside the spinner; threads of a command's work may say it too."""
    _steps[-1](one_line(text))


@contextmanager
def _waiting(ctx: click.Context, *, quiet: bool) -> Iterator[None]:
    """A spinner on standard error where that is a terminal; `step` changes its text."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    # Standard output carries data, so the spinner must not redirect it.
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        task = progress.add_task(ctx.command_path)
        _steps.append(lambda text: progress.update(task, description=text))
        try:
            yield
        finally:
            _steps.pop()


def write_file(path: Path | str, content: str | bytes, *, folder: bool = False) -> None:
    """A file, with `folder` in a folder that is made; says so. DetenteError where it can't be written."""
    path = Path(path)
    try:
        if folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise DetenteError(f"{path}: can't be written: {error.strerror}") from None
    say(f"wrote {path}")


def _write_charts(folder: str, result: Any) -> None:
    """The charts of a result as SVG files, each labelled for those who can't see it."""
    from detente.plots import svg

    for name, draw in result.charts.items():
        try:
            content = svg(draw(), f"{name} of {' and '.join(result.pair)}")
        except (NoData, PackageError) as error:
            say(f"no chart of {name}: {error}")
            continue
        write_file(Path(folder) / f"{name}.svg", content, folder=True)


def _of_record(ctx: click.Context) -> dict[str, Any]:
    """The options of the record, taken from the parameters; those given go before its group's, cases of both count."""
    own = {str(option.name): ctx.params.pop(str(option.name)) for option in RECORD}
    if not ctx.obj:
        return own
    given = {name for name in own if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE}
    cases = (*ctx.obj["case_folders"], *own["case_folders"])
    return {**ctx.obj, **{name: own[name] for name in given}, "case_folders": cases}


def _open_record(
    folder: str | None,
    names_file: str | None,
    codebook_file: str | None,
    no_cases: bool,
    case_folders: tuple[str, ...],
) -> Record:
    from detente.api import open_record

    record = open_record(folder, codebook=codebook_file, names=names_file, cases=not no_cases, case=case_folders)
    if codebook_file:
        from detente.record.facts import outside

        if lost := outside(record, record.table("facts")):
            say(
                f"note: {lost} and count for none; keep those areas' names, or give the facts as a case with yours "
                "(--case)"
            )
    return record


def _areas(record: Record, names: tuple[str, ...]) -> list[str | None]:
    """The areas that --area names; None stands for all areas together, the default."""
    wanted: list[str | None] = []
    for name in names:
        if name == "all":
            wanted += [None, *(area.id for area in record.codebook.areas)]
        else:
            record.codebook.area(name)
            wanted.append(name)
    return wanted or [None]
