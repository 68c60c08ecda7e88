"""Options that commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click

from detente.errors import DetenteError
from detente.periods import PERIODS, past_day

F = TypeVar("F", bound=Callable[..., Any])
ISSUES = ("nu", "di", "me", "hr", "co", "ec")
"""The issues of UN roll calls."""
KNOWN = "Only what was known on this day."
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


class Seconds(click.FloatRange):
    """A number of seconds, a week at most; with `some`, more than none."""

    def __init__(self, *, some: bool = False) -> None:
        super().__init__(min=0, max=7 * 86400, min_open=some)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Parse; what is no number passes for one in every range."""
        seconds = float(super().convert(value, param, ctx))
        return seconds if seconds == seconds else self.fail(f"{value!r} is no number", param, ctx)


class _Form(click.Choice[str]):
    """One of the forms named, or a format that another package adds to reports."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from detente.report import FORMATS

        return value if value in FORMATS else super().convert(value, param, ctx)


FORM = click.Option(
    ["--format", "form"],
    type=_Form(("table", "csv", "spreadsheet", "json", "parquet", "markdown", "html")),
    default="table",
    show_default=True,
    help="Form of the output; `spreadsheet` is csv in which no cell is a formula.",
)
NAMES = click.Option(
    ["--names", "names_file"], type=click.Path(), help="Your own names: CSV with name, code, sector, from, to."
)
CODEBOOK = click.Option(["--codebook", "codebook_file"], type=click.Path(), help="Issue areas from this TOML file.")
RECORD = (
    click.Option(
        ["--record", "folder"],
        type=click.Path(),
        envvar="DETENTE_RECORD",
        help="Record folder (default: your data folder).",
    ),
    NAMES,
    CODEBOOK,
    click.Option(["--no-cases"], is_flag=True, help="Leave the built-in cases out."),
    click.Option(
        ["--case", "case_folders"],
        multiple=True,
        type=click.Path(),
        help="A folder with facts, agreements or figures of your own; may be repeated.",
    ),
)
"""The options that name a record."""


def as_of_option(help: str = KNOWN, *, required: bool = False) -> Callable[[F], F]:
    """--as-of."""
    return click.option("--as-of", type=Day(), required=required, help=help)


def source_option(help: str = SEVERAL) -> Callable[[F], F]:
    """--source."""
    return click.option("--source", help=help)


def pair_options(
    *, required: bool = True, day: bool = False, as_of: str | None = KNOWN, source: str | None = None
) -> Callable[[F], F]:
    """The arguments A and B, --as-of (needed with `day`) and, with a text for its help, --source."""

    def declare(command: F) -> F:
        if source:
            command = source_option(source)(command)
        if as_of:
            command = as_of_option("The day; nothing known later is used." if day else as_of, required=day)(command)
        return click.argument("a", required=required)(click.argument("b", required=required)(command))

    return declare


def seed_option(default: int = 0, help: str = "Of the random draws.") -> Callable[[F], F]:
    """--seed."""
    return click.option("--seed", type=click.IntRange(0), default=default, show_default=True, help=help)


def by_option(
    default: str | None = None, among: tuple[str, ...] = tuple(PERIODS), help: str = "Length of a period."
) -> Callable[[F], F]:
    """--by, one of the periods."""
    return click.option("--by", type=click.Choice(among), default=default, show_default=default is not None, help=help)


horizon_option = click.option(
    "--horizon", type=click.IntRange(1, 120), default=24, show_default=True, help="Months ahead."
)
areas_option = click.option(
    "--area",
    "areas",
    multiple=True,
    help="An issue area, as in third_party_dispute:IRN; may be repeated; `all` for every one.",
)
html_option = click.option(
    "--html", "page", type=click.Path(dir_okay=False), help="Write a self-contained page to this file as well."
)
charts_option = click.option("--charts", type=click.Path(file_okay=False), help="Write charts to this folder as SVG.")
