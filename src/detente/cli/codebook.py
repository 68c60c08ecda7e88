"""`detente codebook`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from detente.cli.common import Answer, Verb, out
from detente.cli.options import CODEBOOK

if TYPE_CHECKING:
    import polars as pl


@click.command(cls=Verb, record=False, params=[CODEBOOK])
@click.argument("area", required=False)
@click.option(
    "--actions", "show_actions", is_flag=True, help="The CAMEO actions with quad class, intensity and PLOVER type."
)
@click.option("--toml", is_flag=True, help="Print the TOML file, to edit and pass as --codebook.")
@click.option("--why", nargs=3, metavar="SENDER ACTION RECEIVER", help="Say which areas such an event has, and why.")
@click.option("--text", default="", help="With --why: words of the report.")
@click.option("--place", default="", help="With --why: where it happened, the state last.")
def codebook(
    area: str | None,
    show_actions: bool,
    toml: bool,
    why: tuple[str, str, str] | None,
    text: str,
    place: str,
    codebook_file: str | None,
) -> pl.DataFrame | Answer | None:
    """Print the issue areas, one area's rules, or the actions.

    \b
    detente codebook
    detente codebook threat_reduction
    detente codebook --actions
    detente codebook --why "Military (Russia)" 062 USA --text "joint exercise on missile defence"
    """
    import polars as pl

    from detente.codebook import actions, explain, load_codebook

    book = load_codebook(codebook_file)
    if toml:
        from importlib.resources import files
        from pathlib import Path

        source = Path(codebook_file) if codebook_file else files("detente.codebook").joinpath("areas.toml")
        out(source.read_text(encoding="utf-8"), exact=True)
        return None
    if show_actions:
        rows = [(a.code, a.name, a.quad, a.intensity, a.plover or None) for a in actions().values()]
        return pl.DataFrame(rows, schema=["code", "name", "quad", "intensity", "plover"], orient="row")
    if why:
        event = {"action": why[1], "text": text, "place": place, **_side("sender", why[0]), **_side("receiver", why[2])}
        return pl.DataFrame(explain(event, book), schema={"area": pl.Utf8, "because": pl.Utf8}, orient="row")
    if area:
        asked = book.area(area)
        rules = [(asked.id, n, rule.text()) for n, rule in enumerate(asked.rules, start=1)]
        frame = pl.DataFrame(rules, schema=["area", "rule", "holds_if_all"], orient="row")
        return Answer(frame, table=[f"{asked.title}: {asked.definition}\nBoundary: {asked.boundary}", frame])
    areas = [(a.id, a.definition, len(a.rules)) for a in book.areas]
    return pl.DataFrame(areas, schema=["area", "definition", "rules"], orient="row")


def _side(side: str, name: str) -> dict[str, str]:
    from detente.actors import who

    actor = who(name)
    return {side: actor.code, f"{side}_sector": actor.sector}
