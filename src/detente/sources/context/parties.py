"""States by their number and year, and states and organisations that a cell names, one or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from detente.actors import Actor, Actors
from detente.actors.codes import OTHERS, in_use, state_of
from detente.actors.tables import by_code, identity
from detente.sources.common import read_once
from detente.sources.context.rows import Fault

SCHEMES = {
    "cow": "number of the Correlates of War",
    "gw": "number of Gleditsch and Ward",
    "numeric": "numeric code of ISO",
    "iso3": "code of ISO",
    "vdem": "number of V-Dem",
    "polity": "number of Polity",
}


def with_states(
    frame: pl.DataFrame, scheme: str, *columns: str, year: str = "year", others: Mapping[str, str] | None = None
) -> tuple[pl.DataFrame, list[Fault]]:
    """The frame with the state of each column of codes in the middle of that `year` under `<column>_state`, null where
    there is none, and the faults that this may be. `others` has codes of the source's own (organisations, say).
    """
    own = others or {}

    def found(code: str, when: str) -> tuple[str | None]:
        digits = when.removesuffix(".0")
        middle = date(int(digits), 7, 1) if digits.isdecimal() and len(digits) < 5 and int(digits) else None
        state = own.get(code) or state_of(scheme, code, middle)
        # The numbers of these schemes have no days: the Soviet Union has Russia's.
        return ((_code_on(state, middle) if scheme in OTHERS and middle else state) or None,)

    faults: list[Fault] = []
    for column in columns:
        frame = read_once(frame, [column, year], found, {f"{column}_state": pl.Utf8})
        reason = pl.format(f"{column} '{{}}' is no {SCHEMES[scheme]}", column)
        faults.append((pl.col(f"{column}_state").is_null(), reason))
    if len(columns) == 2:
        a, b = (pl.col(f"{column}_state") for column in columns)
        faults.append(((a == b).fill_null(False), pl.format("both sides are {}", a)))
    return frame, faults


def _code_on(state: str, on: date) -> str:
    """The code that a state had on a day."""
    for code in identity(state):
        if any((not s.begins or s.begins <= on) and (not s.ends or on < s.ends) for s in by_code().get(code, [])):
            return code
    return state


def with_former(frame: pl.DataFrame, scheme: str, *columns: str, year: str = "year") -> pl.DataFrame:
    """The frame of `with_states` with `former`: whether the state has another number at the end of the `year`, of which
    there is a row too (Germany and Yemen in 1990). Of its values those count that the other row lacks.
    """

    def lasts(code: str, when: str) -> tuple[bool]:
        return (1 <= int(when) <= 9999 and in_use(scheme, code, date(int(when), 12, 31)),)

    known = pl.all_horizontal(pl.col(f"{column}_state").is_not_null() for column in columns)
    pair = [*(f"{column}_state" for column in columns), year]
    twice = frame.filter(pl.struct(pair).is_duplicated() & known & pl.col(year).str.contains(r"^\d{1,4}$"))
    for column in columns if twice.height else ():
        twice = read_once(twice, [column, year], lasts, {f"{column}_lasts": pl.Boolean})
    flags = pl.all_horizontal(f"{column}_lasts" for column in columns)
    former = twice.filter(~flags & flags.any().over(pair))["line"] if twice.height else twice["line"]
    return frame.with_columns(pl.col("line").is_in(former.implode()).alias("former"))


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


def in_order_of_codes(one: str | pl.Expr, other: str | pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Two states in the order of their codes, as `a` and `b` of what they share."""
    return pl.min_horizontal(one, other), pl.max_horizontal(one, other)


def both(one: str | pl.Expr, other: str | pl.Expr) -> pl.Expr:
    """Two states as the actors of what they do together."""
    return pl.concat_list(*in_order_of_codes(one, other))
