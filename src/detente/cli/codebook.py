"""`detente codebook`."""

from __future__ import annotations

import click

from detente.cli.options import format_option
from detente.cli.output import emit


@click.command()
@click.argument("area", required=False)
@click.option(
    "--actions", "show_actions", is_flag=True, help="The CAMEO actions with quad class, intensity and PLOVER type."
)
@click.option("--toml", is_flag=True, help="Print the TOML file, to edit and pass as --codebook.")
@click.option("--why", nargs=3, metavar="SENDER ACTION RECEIVER", help="Say which areas such an event has, and why.")
@click.option("--text", default="", help="With --why: words of the report.")
@click.option("--place", default="", help="With --why: where it happened, the state last.")
@click.option("--codebook", "codebook_file", type=click.Path(), help="Issue areas from this TOML file.")
@format_option()
def codebook(
    area: str | None,
    show_actions: bool,
    toml: bool,
    why: tuple[str, str, str] | None,
    text: str,
    place: str,
    codebook_file: str | None,
    form: str,
) -> None:
    """Print the issue areas, one area's rules, or the actions.

    \b
    detente codebook
    detente codebook threat_reduction
    detente codebook --actions
    detente codebook --why "Military (Russia)" 062 USA --text "joint exercise on missile defence"
    """
    import polars as pl

    from detente.actors import actors
    from detente.codebook import actions, explain, load_codebook

    if toml:
        from importlib.resources import files
        from pathlib import Path

        source = Path(codebook_file) if codebook_file else files("detente.codebook").joinpath("areas.toml")
        load_codebook(codebook_file)
        click.echo(source.read_text(encoding="utf-8"), nl=False)
        return
    book = load_codebook(codebook_file)
    if show_actions:
        rows = [(a.code, a.name, a.quad, a.intensity, a.plover or None) for a in actions().values()]
        emit(pl.DataFrame(rows, schema=["code", "name", "quad", "intensity", "plover"], orient="row"), form)
    elif why:
        sender, receiver = (actors().named(n) for n in (why[0], why[2]))
        event = {
            "sender": sender.code,
            "sender_sector": sender.sector,
            "action": why[1],
            "receiver": receiver.code,
            "receiver_sector": receiver.sector,
            "text": text,
            "place": place,
        }
        emit(pl.DataFrame(explain(event, book), schema={"area": pl.Utf8, "because": pl.Utf8}, orient="row"), form)
    elif area:
        one = book.area(area)
        rules = [(one.id, n, rule.text()) for n, rule in enumerate(one.rules, start=1)]
        if form == "table":
            click.echo(f"{one.title}: {one.definition}\nBoundary: {one.boundary}")
        emit(pl.DataFrame(rules, schema=["area", "rule", "holds_if_all"], orient="row"), form)
    else:
        areas = [(a.id, a.definition, len(a.rules)) for a in book.areas]
        emit(pl.DataFrame(areas, schema=["area", "definition", "rules"], orient="row"), form)
