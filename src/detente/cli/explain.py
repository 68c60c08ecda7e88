"""`detente explain`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.common import Day, format_option, open_record, record_options, say, write_frame, write_report

if TYPE_CHECKING:
    from detente.explain.digest import Digest


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--as-of", type=Day(), help="Only what was known on this day (default: today).")
@click.option(
    "--third", "thirds", multiple=True, help="A third state; may be repeated (default: those with most facts)."
)
@click.option("--source", help="Event source (default: the one with most events of the pair).")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the posterior draws.")
@click.option("--charts", type=click.Path(file_okay=False), help="Write a chart for each topic to this folder as SVG.")
@record_options
@format_option("table", "json", "csv", documents=True)
def explain(
    a: str,
    b: str,
    as_of: date | None,
    thirds: tuple[str, ...],
    source: str | None,
    seed: int,
    charts: str | None,
    form: str,
    **options: Any,
) -> None:
    """Explain the relations of A and B: what the models say, each number with its 90% band and its basis.

    \b
    detente explain USA RUS
    detente explain USA RUS --as-of 2018-08-31 --third IRN --third SYR
    detente explain IND PAK --charts charts --format json
    """
    from rich.console import Console

    record = open_record(**options)
    pair = record.pair(a, b, as_of=as_of, source=source)
    with Console(stderr=True).status("asking the models") as status:
        digest = pair.explain(thirds, seed=seed, on_topic=lambda t: status.update(f"asking: {t.lower()}"))
    if charts:
        _draw(digest, Path(charts))
    if form == "json":
        click.echo(digest.to_json(), nl=False)
    elif form == "csv":
        write_frame(digest.frame, "csv")
    else:
        write_report(digest, form)


def _draw(digest: Digest, folder: Path) -> None:
    from detente.errors import DetenteError, NoData
    from detente.plots import svg

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, draw in digest.charts.items():
            try:
                drawing = draw()
            except NoData as error:
                say(f"no chart of {name}: {error}")
                continue
            path = folder / f"{name}.svg"
            path.write_text(svg(drawing, f"{name} of {' and '.join(digest.pair)}"), encoding="utf-8")
            say(f"wrote {path}")
    except OSError as error:
        raise DetenteError(f"{folder}: can't be written: {error.strerror}") from None
