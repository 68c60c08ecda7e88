"""Options and output that commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from detente.errors import DetenteError
from detente.periods import past_day

if TYPE_CHECKING:
    import polars as pl

    from detente.api import Record
    from detente.record import Summary
    from detente.record.log import FileEntry

# Of so many files at once each has its own line.
MOST_FILES = 20
F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A day written YYYY-MM-DD (or YYYY-MM, YYYY: its first day, with `last` its last); as of the future nothing is known."""

    name = "day"

    def __init__(self, *, last: bool = False) -> None:
        self.last = last

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Parse, failing with the remedy."""
        from detente.actors.tables import last_day, moment

        if isinstance(value, date):
            return value
        try:
            day = last_day(value) if self.last else moment(value)
            if day is not None and param is not None and param.name == "as_of":
                day = past_day(day)
        except DetenteError as error:
            self.fail(str(error), param, ctx)
        if day is None:
            self.fail("the day is empty", param, ctx)
        return day


def record_options(command: F) -> F:
    """--record, --case, --names, --codebook and --no-cases."""
    for option in (
        click.option(
            "--case",
            "case_folders",
            multiple=True,
            type=click.Path(),
            help="A folder with facts, agreements or figures of your own; may be repeated.",
        ),
        click.option("--no-cases", is_flag=True, help="Leave the built-in cases out."),
        click.option("--codebook", "codebook_file", type=click.Path(), help="Issue areas from this TOML file."),
        click.option(
            "--names", "names_file", type=click.Path(), help="Your own names: CSV with name, code, sector, from, to."
        ),
        click.option(
            "--record",
            "folder",
            type=click.Path(),
            envvar="DETENTE_RECORD",
            help="Record folder (default: your data folder).",
        ),
    ):
        command = option(command)
    return command


class _Form(click.Choice[str]):
    """One of the forms named, or a format that another package adds to reports."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from detente.report import FORMATS

        return value if value in FORMATS else super().convert(value, param, ctx)


def format_option(*formats: str, documents: bool = False) -> Callable[[F], F]:
    """--format with a choice of forms, the first being the default; with `documents`, those of reports too."""
    return click.option(
        "--format",
        "form",
        type=_Form((*formats, "markdown", "html")) if documents else click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="Form of the output.",
    )


def open_record(
    folder: str | None,
    names_file: str | None,
    codebook_file: str | None,
    no_cases: bool,
    case_folders: tuple[str, ...] = (),
) -> Record:
    """The record the options name."""
    from detente.api import open_record

    record = open_record(folder, codebook=codebook_file, names=names_file, cases=not no_cases, case=case_folders)
    if codebook_file:
        from detente.record.facts import outside

        if lost := outside(record, record.table("facts")):
            say(
                f"note: {lost} and count for none; keep those areas' names, or give the facts as a case with yours (--case)"
            )
    return record


def open_within(ctx: click.Context, options: dict[str, Any]) -> Record:
    """The record of a subcommand, whose own options go before those of its group; cases of both count."""
    source = click.core.ParameterSource.COMMANDLINE
    said = {name: value for name, value in options.items() if ctx.get_parameter_source(name) is source}
    cases = (*ctx.obj["case_folders"], *options["case_folders"])
    return open_record(**{**ctx.obj, **said, "case_folders": cases})


def areas_option(command: F) -> F:
    """--area, repeated, or `all`; see `chosen_areas`."""
    return click.option(
        "--area",
        "areas",
        multiple=True,
        help="An issue area, as in third_party_dispute:IRN; may be repeated; `all` for every one.",
    )(command)


def chosen_areas(record: Record, names: tuple[str, ...]) -> list[str | None]:
    """The areas that --area names; None stands for all areas together, the default."""
    wanted: list[str | None] = []
    for name in names:
        if name == "all":
            wanted += [None, *(area.id for area in record.codebook.areas)]
        else:
            record.codebook.area(name)
            wanted.append(name)
    return wanted or [None]


def say(text: str) -> None:
    """A line to standard error."""
    click.echo(text, err=True)


def tell(summary: Summary) -> None:
    """What became of the files, and of all together."""
    from detente.record.twins import OLDER

    for entry in summary.files if len(summary.files) <= MOST_FILES else []:
        say(_line(entry))
        for member in entry.passed:
            say(f"{entry.name}: passed over: {member}")
    for path, reason in summary.failed:
        say(f"not read: {reason}" if path in reason else f"not read: {path}: {reason}")

    def total(name: str) -> int:
        return sum(int(getattr(entry, name)) for entry in summary.files)

    conflicts, withdrawn = total("conflicts"), total("withdrawn")
    renewed, quarantined = total("renewed"), total("quarantined")
    more = [
        (sum(len(e.passed) for e in summary.files), "members of archives passed over"),
        (sum(sum(e.corrected.values()) for e in summary.files), "corrections"),
        (conflicts, "in conflict"),
        (withdrawn, "of earlier files set aside with them"),
        (renewed, "replaced by a newer release"),
        (len(summary.other), "of other formats passed over"),
    ]
    say(
        f"{len(summary.files)} files added {summary.rows:,} rows; {total('duplicates'):,} duplicates, "
        f"{quarantined:,} rows in quarantine, {len(summary.already)} files already held, {len(summary.failed)} not read"
        + "".join(f", {n:,} {what}" for n, what in more if n)
        + ("; see `detente record quarantine`" if quarantined or summary.failed else "")
    )
    if conflicts or renewed or any(OLDER in entry.skipped for entry in summary.files):
        say(
            "same id, other content: the newer release counts where the names of files carry its day, else none of the "
            "rows does, whichever file came first"
        )


def _line(entry: FileEntry) -> str:
    from detente.sources import source

    taken = ", ".join(f"{n:,} {table}" for table, n in entry.rows.items()) or "no rows"
    if source(entry.reader).quarter_hours and not sum(entry.rows.values()) + entry.duplicates + entry.quarantined:
        taken = "no rows: nothing was published for this quarter hour"
    more = [
        (entry.duplicates, "duplicates"),
        (entry.quarantined, "in quarantine"),
        (entry.conflicts, "of them in conflict (same id, other content)"),
        (entry.withdrawn, "rows of earlier files set aside with them"),
        (entry.renewed, "rows of earlier files replaced by this newer release"),
        *((n, reason) for reason, n in entry.skipped.items()),
        *((n, f"corrected ({reason})") for reason, n in entry.corrected.items()),
    ]
    return f"{entry.name}: {entry.reader}: {taken}" + "".join(f", {n:,} {what}" for n, what in more if n)


def write_frame(frame: pl.DataFrame, form: str, *, meta: dict[str, Any] | None = None) -> None:
    """A frame to standard output as table, csv, json or parquet."""
    import json

    if form == "parquet":
        from io import BytesIO

        buffer = BytesIO()
        frame.write_parquet(buffer)
        sys.stdout.buffer.write(buffer.getvalue())
        sys.stdout.buffer.flush()
    elif form == "json":
        rows = [{k: plain(v) for k, v in row.items()} for row in frame.iter_rows(named=True)]
        click.echo(
            json.dumps({**(meta or {}), "rows": rows} if meta is not None else rows, ensure_ascii=False, indent=1)
        )
    elif form == "csv":
        click.echo(flat(frame).write_csv(), nl=False)
    else:
        _table(flat(frame))


def write_report(result: Any, form: str) -> None:
    """The document of a result to standard output, `table` being that for a terminal; see `detente.report.render`."""
    from detente.report import render

    text = render(result, "terminal" if form == "table" else form)
    if isinstance(text, bytes):
        sys.stdout.buffer.write(text)
    else:
        click.echo(text, nl=False)


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists joined by semicolons, floats rounded for reading."""
    import polars as pl

    return frame.with_columns(
        *(pl.col(n).list.join(";").alias(n) for n, t in frame.schema.items() if isinstance(t, pl.List)),
        *(pl.col(n).round(4) for n, t in frame.schema.items() if t in (pl.Float64, pl.Float32)),
    )


def plain(value: Any) -> Any:
    """A value as JSON has it: days as text, floats to six places."""
    if isinstance(value, date):
        return value.isoformat()
    return round(value, 6) if isinstance(value, float) else value


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
