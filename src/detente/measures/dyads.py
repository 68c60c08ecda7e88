"""Dyad-years: every two members of the state system in a year, with variables joined by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from detente.actors import continuers, counted
from detente.actors.tables import listed
from detente.errors import DetenteError, NoData
from detente.measures import charts, columns
from detente.measures.context import SPELLS, TOPICS
from detente.results import Table
from detente.sources.context.measures import measures, of_two

if TYPE_CHECKING:
    from detente.record.store import Store

SYSTEMS = {"cow": (1816, 2016), "gw": (1816, 2017)}
"""The lists of states, with the first and last year of their editions."""
SYSTEM_PAPERS = {
    "cow": "Correlates of War Project, State System Membership List, v2016",
    "gw": "Gleditsch and Ward, A Revised List of Independent States since 1816, International Interactions 25, 1999",
}
KEYS = ["a", "b", "year"]
MICROSTATES = frozenset(
    {54, 55, 56, 57, 58, 60, 221, 223, 232, 331, 403, 591, 935, 970, 971, 972, 973, 983, 986, 987, 990}
)
"""Numbers of Gleditsch and Ward's states of under 250,000 people, which their list of the system leaves out."""


def state_years(first: int, last: int, system: str = "cow") -> pl.DataFrame:
    """The members of a state system in each year, on whatever day of it: columns number, code, year.

    A number whose state changed its name in a year has the code of the year's end. Sources: Correlates of War Project,
    State System Membership List, v2016; Gleditsch and Ward, A Revised List of Independent States since 1816,
    International Interactions 25, 1999.

    >>> state_years(1946, 1946).height, state_years(1991, 1991).filter(pl.col("number") == 365)["code"].to_list()
    (66, ['RUS'])
    """
    if system not in SYSTEMS:
        raise DetenteError(f"{system!r} is no state system; there are {', '.join(SYSTEMS)}")
    begins, ends = SYSTEMS[system]
    if not begins <= first <= last <= ends:
        raise DetenteError(f"the state system of {system} is known from {begins} to {ends}, not from {first} to {last}")
    rows = [
        (int(spell.number), spell.code, year, spell.begins or date.min)
        for spell in listed()
        if spell.scheme == system and spell.number and not (system == "gw" and int(spell.number) in MICROSTATES)
        for year in range(
            max(first, spell.begins.year if spell.begins else begins),
            min(last, (spell.ends - timedelta(days=1)).year if spell.ends else ends) + 1,
        )
    ]
    frame = pl.DataFrame(rows, schema=["number", "code", "year", "begins"], orient="row")
    latest = frame.sort("number", "year", "begins").unique(["number", "year"], keep="last", maintain_order=True)
    return latest.drop("begins")


def dyad_years(
    first: int, last: int, *, system: str = "cow", directed: bool = False, states: Sequence[str] | None = None
) -> pl.DataFrame:
    """Every two members of a state system in each year: columns a, b, year and their numbers; `a` comes first in the
    order of numbers, or either does where `directed`. With `states`, those with at least one of them,
    under whatever code.

    >>> dyad_years(1946, 1946).height, dyad_years(1946, 1946, directed=True).height
    (2145, 4290)
    """
    members = state_years(first, last, system)
    pairs = members.join(members, on="year", suffix="_b")
    ours, theirs = pl.col("number"), pl.col("number_b")
    pairs = pairs.filter(ours != theirs if directed else ours < theirs)
    if states is not None:
        codes = [code for code, *_ in counted(states)]
        pairs = pairs.filter(pl.col("code").is_in(codes) | pl.col("code_b").is_in(codes))
    names = {"code": "a", "code_b": "b", "number": f"{system}_a", "number_b": f"{system}_b"}
    return pairs.rename(names).select(*KEYS, f"{system}_a", f"{system}_b").sort(f"{system}_a", f"{system}_b", "year")


def dyads(
    record: Store,
    first: int,
    last: int,
    *,
    system: str = "cow",
    directed: bool = False,
    states: Sequence[str] | None = None,
    add: Sequence[str] = (),
    as_of: date | None = None,
) -> Table:
    """Dyad-years (`dyad_years`) with variables (`with_variables`), each column with its meaning, and what to cite."""
    rows = dyad_years(first, last, system=system, directed=directed, states=states)
    keys = rows.columns
    rows = with_variables(record, rows, add, as_of) if add else rows
    own = [name for name in rows.columns if name not in keys]
    sources = sorted({part.source for table in ("dated_facts", "indicators") for part in record.parts(table)})
    used = [source for source in sources if any(re.search(f"_{source}(_a|_b|_ab|_ba)?$", name) for name in own)]
    meanings = columns.DYADS | {f"{system}_a": f"number of a in the list of {system}", f"{system}_b": "number of b"}
    meanings |= {name: _meaning(name) for name in own}
    asked = {"first": first, "last": last, "system": system, "directed": directed, "states": states, "add": list(add)}
    provenance = record.provenance(used, [SYSTEM_PAPERS[system]], **asked, as_of=as_of)
    return Table(rows, f"Dyad-years {first} to {last}", meanings, charts.dyads, provenance=provenance)


def _meaning(column: str) -> str:
    sides = {"_ab": "what a does towards b", "_ba": "what b does towards a", "_a": "of a", "_b": "of b"}
    side = next(
        (said for ending, said in sides.items() if column.endswith(ending)),
        "of the two (of facts how many in the year)",
    )
    return f"{side}; the end of the name is the data set"


def with_variables(record: Store, dyads: pl.DataFrame, names: Sequence[str], as_of: date | None = None) -> pl.DataFrame:
    """Dyad-years with a column for each source that holds a variable.

    A variable is a kind of dated fact, a measure, or a topic, which stands for the kinds and measures of it that are
    held. Of facts a column has how many a pair has in a year (begun in it, or in force where the kind lasts): nought in
    years that the source covers, null in all others. A measure is null where no value is held; of two states it has a
    column, and what `a` does towards `b` and the reverse, and what each has of its own, have columns apart (_ab, _ba,
    _a, _b). Former states are the ones that continue them. NoData where no data set held has a variable.
    """
    held = _held(record, as_of) if set(names) & TOPICS.keys() else []
    names = [one for name in names for one in (_of_topic(name, held) if name in TOPICS else (name,))]
    dyads = dyads.with_columns(pl.col("a", "b").replace(continuers()).name.prefix("today_"))
    for name in dict.fromkeys(names):
        facts = record.table("dated_facts", as_of, pl.col("kind") == name)
        rows = facts if facts.height else record.table("indicators", as_of, pl.col("measure") == name)
        if rows.is_empty():
            raise NoData(f"no data set held tells of {name!r}; held: {', '.join(_held(record, as_of)) or 'nothing'}")
        for (source,), some in rows.group_by("source", maintain_order=True):
            spans = record.covers(str(source), as_of)
            column = f"{re.sub('[^a-z0-9]+', '_', name)}_{source}"
            ends = pl.lit(spans[-1][1].year if spans else None, pl.Int32)
            if facts.height:
                counts = _counted(some, column, ends, lasts=name in SPELLS)
                covered = [year for first, last in spans for year in range(first.year, last.year + 1)]
                # Facts of other years are the few that happen to be held: alone they would read as the rule.
                known = pl.when(pl.col("year").is_in(covered)).then(pl.col(column).fill_null(0))
                dyads = _joined(dyads, counts).with_columns(known.alias(column))
            else:
                for valued in _valued(some, column, ends):
                    dyads = _joined(dyads, valued)
    return dyads.drop("today_a", "today_b")


def _of_topic(topic: str, held: Sequence[str]) -> list[str]:
    """The kinds and measures of a topic that are held; the topic itself where none is, to be refused by name."""
    about = {name for name, measure in measures().items() if measure.topic == topic}
    return [name for name in held if name in TOPICS[topic] or name in about] or [topic]


def _held(record: Store, as_of: date | None) -> list[str]:
    facts, values = record.table("dated_facts", as_of), record.table("indicators", as_of)
    return [*sorted(facts["kind"].unique()), *sorted(values["measure"].unique())]


def _joined(dyads: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    sides: dict[str, str] = {name: f"today_{name}" for name in ("a", "b") if name in columns.columns}
    columns = columns.with_columns(pl.col(list(sides)).replace(continuers())).rename(sides)
    keys = [*sides.values(), "year"]
    # Where a state changed its name within a year, the later of two values counts.
    columns = columns.unique(keys, keep="last", maintain_order=True)
    return dyads.join(columns, on=keys, how="left", maintain_order="left")


def _years(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    return pl.int_ranges(first, pl.max_horizontal(first, last) + 1, dtype=pl.Int64).alias("year")


def _counted(facts: pl.DataFrame, column: str, ends: pl.Expr, *, lasts: bool) -> pl.DataFrame:
    """How many facts two states have in a year, in both orders."""
    first = pl.col("date").dt.year()
    last = pl.coalesce(pl.col("ends").dt.year(), ends) if lasts else first
    opposed = pl.col("targets").list.len().fill_null(0) > 0
    sides = (
        facts.with_row_index("fact")
        .select(
            "fact",
            pl.col("actors").alias("a"),
            pl.when(opposed).then("targets").otherwise("actors").alias("b"),
            _years(first, last),
        )
        .explode("year")
        .explode("a")
        .explode("b")
    )
    both = pl.concat([sides, sides.select("fact", a="b", b="a", year="year")])
    pairs = both.with_columns(pl.col("a", "b").replace(continuers())).filter(pl.col("a") != pl.col("b")).unique()
    return pairs.group_by(KEYS).agg(pl.len().cast(pl.Int64).alias(column))


def _valued(values: pl.DataFrame, column: str, ends: pl.Expr) -> Iterator[pl.DataFrame]:
    """A measure by year: of `a` and of `b`, of the two, or from `a` to `b` and the reverse."""
    years = _years(pl.col("date").dt.year(), pl.coalesce(pl.col("ends").dt.year(), ends))
    yearly = values.sort("date").select("a", "b", years, pl.col("value").alias(column)).explode("year")
    if values["b"].null_count():
        yield yearly.select("a", "year", pl.col(column).alias(f"{column}_a"))
        yield yearly.select(pl.col("a").alias("b"), "year", pl.col(column).alias(f"{column}_b"))
    elif values["measure"][0] in of_two():
        turned = yearly.select(pl.col("b").alias("a"), pl.col("a").alias("b"), "year", column)
        yield pl.concat([yearly, turned])
    else:
        yield yearly.rename({column: f"{column}_ab"})
        yield yearly.select(
            pl.col("b").alias("a"), pl.col("a").alias("b"), "year", pl.col(column).alias(f"{column}_ba")
        )
