"""States and organisations that a cell names, one or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from detente.actors import Actor, Actors
from detente.sources.common import read_once
from detente.sources.context.rows import Fault


def with_parties(
    frame: pl.DataFrame, actors: Actors, column: str, others: Mapping[str, Sequence[str]] | None = None
) -> tuple[pl.DataFrame, Fault]:
    """The frame with the states and organisations that a column names, in order, under `<column>_codes`, and the fault
    of one that is not known. Names stand behind commas, which some have within; `others` has a source's own.
    """
    own = others or {}

    def codes_of(name: str) -> Sequence[str]:
        if name in own:
            return own[name]
        actor = actors.lookup(name)
        if isinstance(actor, Actor) and actor.kind in ("state", "organisation") and actor.known:
            return [actor.code]
        return []

    def found(text: str) -> tuple[list[str], str]:
        codes: set[str] = set()
        parts, at = text.split(", "), 0
        while at < len(parts):
            # What stands behind a comma is another party, or else belongs to the name ("Korea, Republic of").
            whole = ", ".join(parts[at : at + 2])
            longer = at + 1 < len(parts) and not codes_of(parts[at + 1]) and codes_of(whole)
            if not (here := codes_of(whole if longer else parts[at])):
                return sorted(codes), parts[at]
            codes |= {*here}
            at += 2 if longer else 1
        return sorted(codes), ""

    types = {f"{column}_codes": pl.List(pl.Utf8), f"{column}_unknown": pl.Utf8}
    unknown = pl.col(f"{column}_unknown")
    fault = unknown != "", pl.format("no state or organisation is known by the name '{}'", unknown)
    return read_once(frame, [column], found, types), fault
