"""Variables joined to a panel by name: what else is known of two states in a period, from this package or another.

A variable is one `Variable` in a module of its own. Another package offers one by an entry point of the group
`detente.variables`; the name of the entry point is that by which `panel(add=[...])` asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from detente.errors import DetenteError
from detente.periods import PERIODS
from detente.registry import Registry

if TYPE_CHECKING:
    from detente.record.view import View

Values = Callable[[Sequence["View"], Sequence[date], str], pl.DataFrame]


@dataclass(frozen=True)
class Variable:
    """What is known of pairs of states by period, with what its columns mean and whom to cite.

    `values(pairs, periods, by)` gets pairs of one record and day and the first days of the periods, and gives a frame
    of `period`, of `a` and `b` (for what the two share) or `sender` and `receiver` (for what is directed), and of
    `columns`. It may leave out rows: what it doesn't say is null in the panel. So it must leave out, never fill with
    zeros or with the last value, what the data don't cover, and a period that ends after the day. `by` names the
    lengths of period it has.
    """

    title: str
    unit: str
    columns: dict[str, str]
    sources: tuple[str, ...]
    values: Values
    by: tuple[str, ...] = tuple(PERIODS)


VARIABLES: Registry[Variable] = Registry(
    "detente.variables",
    {name: f"detente.measures.variables.{name}:VARIABLE" for name in ("in_force", "un_agreement")},
    "detente.measures.variables:Variable",
)


def variable(name: str) -> Variable:
    """The variable of that name; DetenteError where there is none, with those that there are.

    >>> variable("un_agreement").columns["un_votes"]
    'roll calls on which both voted yes, no or abstained'
    """
    if name not in VARIABLES:
        raise DetenteError(f"there is no variable {name!r}; there are {', '.join(VARIABLES)}")
    return VARIABLES[name]


def joined(panel: pl.DataFrame, name: str, pairs: Sequence[View], by: str) -> pl.DataFrame:
    """The panel with the columns of a variable, null where it says nothing of a pair and period.

    DetenteError where there is no such variable, it has no such periods, or its columns are there already.
    """
    wanted = variable(name)
    if by not in wanted.by:
        raise DetenteError(f"{name} is known by {' or '.join(wanted.by)}, not by {by}")
    if twice := [column for column in wanted.columns if column in panel.columns]:
        raise DetenteError(f"the columns of {name} stand in the panel already: {', '.join(twice)}")
    keys = ["period", *SIDES]
    with VARIABLES.blamed(name):
        values = wanted.values(pairs, panel["period"].unique().sort().to_list(), by)
        if "a" in values.columns:
            both = [values.rename({"a": one, "b": other}) for one, other in (SIDES, SIDES[::-1])]
            values = pl.concat([both[0], both[1].select(both[0].columns)])
        if lacking := {*keys, *wanted.columns} - set(values.columns):
            raise DetenteError(f"the values of {name} lack the columns {', '.join(sorted(lacking))}")
        values = values.select(*keys, *wanted.columns)
        return panel.join(values, on=keys, how="left", validate="m:1", maintain_order="left")


SIDES = ("sender", "receiver")
