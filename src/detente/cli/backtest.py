"""`detente backtest`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.common import Answer, Verb, step, write_file
from detente.cli.options import Day, by_option, html_option, seed_option, source_option
from detente.errors import DetenteError
from detente.periods import LONGER, PERIODS

if TYPE_CHECKING:
    from detente.api import Record
    from detente.forecasts.series.dataset import Dataset


def _numbers(ctx: click.Context, param: click.Parameter, value: str) -> tuple[int, ...]:
    try:
        horizons = sorted({int(part) for part in value.split(",")})
    except ValueError:
        raise click.BadParameter("whole numbers parted by commas, as in 1,3,6") from None
    if horizons[0] < 1 or horizons[-1] > 31:
        raise click.BadParameter("horizons are from 1 to 31 periods")
    return tuple(horizons)


@click.command(cls=Verb)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@by_option("month", LONGER, "The period of origins and horizons.")
@click.option("--horizons", default="1,3,6", show_default=True, callback=_numbers, help="Periods ahead.")
@click.option(
    "--train-until",
    type=Day(last=True),
    help="The first origin is the last period ended by this day (default: half-way).",
)
@click.option(
    "--step", type=click.IntRange(1), default=1, show_default=True, help="Periods from one origin to the next."
)
@click.option(
    "--refit", type=click.IntRange(1), default=1, show_default=True, help="Origins from one learning to the next."
)
@click.option("--pairs", type=click.IntRange(1), help="Judge the most active pairs up to the first origin only.")
@click.option("--training-pairs", type=click.IntRange(1), help="Learn from as many pairs more.")
@click.option(
    "--min-periods",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Only pairs with rows in as many periods.",
)
@click.option(
    "--kind", type=click.Choice(("count", "value", "share")), help="Of a file's values (default: told by the columns)."
)
@click.option("--counts", help="A file's columns of counts, parted by commas.")
@click.option(
    "--target",
    type=click.Choice(("counts", "share", "intensity", "votes")),
    default="counts",
    show_default=True,
    help="Of the record, without a file.",
)
@source_option("Event source of the record (default: the one with most events).")
@click.option("--area", help="One issue area of the record's events.")
@click.option(
    "--models",
    default="",
    help="Forecasters to judge, parted by commas: hierarchical, boosted, forest, BVAR, others' (default: all).",
)
@click.option("--no-classical", is_flag=True, help="Leave ETS and ARIMA out; they are fitted to a sample of series.")
@seed_option()
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep finished origins here, so that an interrupted run goes on.",
)
@html_option
@click.option("--json", "data_file", type=click.Path(path_type=Path, dir_okay=False), help="Write it as JSON as well.")
@click.option("--title", default="Back-test", show_default=True)
def backtest(record: Record, file: Path | None, data_file: Path | None, title: str, **asked: Any) -> Answer:
    """Forecast the past from every origin and score it, on a tidy FILE or on the record.

    FILE has columns a, b (or sender, receiver), date, and value or counts; item and known_on if there are any.

    \b
    detente backtest scores.csv --by month --horizons 1,3,6 --train-until 2019-12
    detente backtest --target counts --by week --horizons 1,2,4,8 --pairs 100 --keep runs/weekly --html weekly.html
    """
    from detente.backtest.plan import Plan
    from detente.backtest.run import backtest as run
    from detente.forecasts.series.forecaster import FORECASTERS, judged
    from detente.report.scorecard import build

    models = tuple(filter(None, asked["models"].split(","))) or judged()
    unknown = [name for name in models if name not in FORECASTERS or FORECASTERS[name].baseline]
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}: the models are {', '.join(judged())}", param_hint="--models")
    data = _data(record, file, asked)
    first = _first(data, asked["train_until"])
    plan = Plan(
        asked["horizons"], first, asked["step"], asked["refit"], models, not asked["no_classical"], asked["seed"]
    )
    card = run(data, plan, asked["keep"], on_origin=lambda done, of: step(f"origin {done} of {of}"))
    if data_file:
        write_file(data_file, card.to_json(), folder=True)
    return Answer(card, document=build(card, title=title))


def _data(record: Record, file: Path | None, asked: dict[str, Any]) -> Dataset:
    shared = {name: asked[name] for name in ("pairs", "training_pairs", "min_periods", "by")}
    shared["until"] = asked["train_until"]
    if file is not None:
        from detente.forecasts.series.tidy import read_tidy

        counts = asked["counts"].split(",") if asked["counts"] else ()
        return read_tidy(file, kind=asked["kind"], counts=counts, **shared)
    from detente.forecasts.series.datasets import from_record

    if asked["area"]:
        record.codebook.area(asked["area"])
    if asked["target"] == "votes":
        shared["by"] = "year"
    return from_record(record, asked["target"], source=asked["source"], areas=(asked["area"],), **shared)


def _first(data: Dataset, until: date | None) -> int:
    """The last period that ends on `until` or before; else the middle one."""
    if until is None:
        return max(2, data.periods // 2)
    import polars as pl

    ends = pl.Series(data.starts).dt.offset_by(PERIODS[data.by].every).dt.offset_by("-1d")
    first = int((ends <= until).sum()) - 1
    if first < 2:
        raise DetenteError(
            f"--train-until {until} leaves {first + 1} whole {data.by}s to learn from (from {data.starts[0]}); 3 "
            "are needed"
        )
    return first
