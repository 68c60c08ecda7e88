"""Options that commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from detente.cli.output import say
from detente.errors import DetenteError
from detente.periods import PERIODS, past_day

if TYPE_CHECKING:
    from detente.api import Pair, Record

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = ("table", "csv", "json", "parquet")
RECORD = ("folder", "names_file", "codebook_file", "no_cases", "case_folders")
SEVERAL = "Event source (default: the one with most events of the pair)."


class Day(click.ParamType[date]):
    """A day written YYYY-MM-DD (or YYYY-MM, YYYY: its first day, with `last` its last); as of the future nothing is
    known.
    """

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


def as_of_option(help: str = "Only what was known on this day.", *, required: bool = False) -> Callable[[F], F]:
    """--as-of."""
    text = "The day; nothing known later is used." if required else help
    return click.option("--as-of", type=Day(), required=required, help=text)


def source_option(help: str = SEVERAL) -> Callable[[F], F]:
    """--source."""
    return click.option("--source", help=help)


def seed_option(default: int = 0, help: str = "Of the random draws.") -> Callable[[F], F]:
    """--seed."""
    return click.option("--seed", type=click.IntRange(0), default=default, show_default=True, help=help)


def horizon_option(command: F) -> F:
    """--horizon, in months."""
    return click.option("--horizon", type=click.IntRange(1, 120), default=24, show_default=True, help="Months ahead.")(
        command
    )


def by_option(
    default: str | None = None, among: tuple[str, ...] = tuple(PERIODS), help: str = "Length of a period."
) -> Callable[[F], F]:
    """--by, one of the periods."""
    return click.option("--by", type=click.Choice(among), default=default, show_default=default is not None, help=help)


def charts_option(what: str) -> Callable[[F], F]:
    """--charts FOLDER; see `detente.cli.output.write_charts`."""
    return click.option("--charts", type=click.Path(file_okay=False), help=f"Write {what} to this folder as SVG.")


def pair_arguments(*, required: bool = True) -> Callable[[F], F]:
    """The arguments A and B."""

    def declare(command: F) -> F:
        return click.argument("a", required=required)(click.argument("b", required=required)(command))

    return declare


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


def format_option(*, documents: bool = False) -> Callable[[F], F]:
    """--format: a table for people, CSV, JSON or Parquet; with `documents`, the formats of reports too."""
    return click.option(
        "--format",
        "form",
        type=_Form((*FORMATS, "markdown", "html")) if documents else click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="Form of the output.",
    )


def open_pair(options: dict[str, Any], a: str, b: str, as_of: date | None, source: str | None = None) -> Pair:
    """The pair that the arguments name, in the record that the options name."""
    return open_record(**options).pair(a, b, as_of=as_of, source=source)


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
                f"note: {lost} and count for none; keep those areas' names, or give the facts as a case with yours "
                "(--case)"
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
