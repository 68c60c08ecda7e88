"""The context of a pair: what the field's data sets hold of two states, topic by topic, each with its last year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from detente import clock
from detente.errors import NoData
from detente.record.context import data_ends, pair_dated, pair_values
from detente.record.view import View
from detente.results import Table

PACTS = ("defence pact", "offence pact", "neutrality pact", "non-aggression pact", "consultation pact", "entente")
TOPICS: dict[str, tuple[str, ...]] = {
    "alliances": PACTS,
    "agreements": ("agreement signed", "agreement in force", "agreement ended"),
    "exercises": ("exercise", "visit"),
    "disputes": ("militarised dispute", "militarised incident", "militarised event", "war", "armed conflict"),
    "rivalry": ("rivalry", "arms race", "claim", "claim ended"),
    "sanctions": ("sanction", "sanction lifted"),
    "arms": ("transfer",),
    "leaders": ("leader",),
}
_LASTING = ("rivalry", "arms race", "claim", "war", "armed conflict", "militarised dispute", "sanction")
SPELLS = frozenset({*PACTS, *_LASTING})
"""Kinds of facts that last; of the others the days count."""
WINDOW = 10
"""Years within which acts are counted, and after which a value is compared."""
COLUMNS = {
    "topic": "what it is about",
    "what": "the kind of fact, or the measure",
    "a": "the state that acts, or the first of two in the order of their codes",
    "b": "the other; null for a state's own value",
    "date": "the first day, or that of the act",
    "ends": "the last day, null where none is known",
    "value": "the value, or the level that the source gives a fact",
    "description": "the fact in words",
    "reference": "the source's name for the dispute, treaty or exercise",
    "source": "the data set",
    "data_to": "the last year of which the source's files held tell; after it nothing is known",
}


@dataclass(frozen=True, eq=False, repr=False)
class PairContext(Table):
    """What data sets hold of a pair; `now` (topic, finding, source, data_to) says what of it holds on the day."""

    now: pl.DataFrame = field(default_factory=pl.DataFrame)

    def summary(self) -> str:
        """The findings, topic by topic."""
        lines = [self.title]
        for topic, rows in self.now.group_by("topic", maintain_order=True):
            lines.append(f"{topic[0]}:")
            lines += [f"  {row['finding']} ({row['source']}, data to {row['data_to']})" for row in rows.to_dicts()]
        return "\n".join(lines)


def context(pair: View, first: int | None = None, last: int | None = None) -> PairContext:
    """The facts and values of a pair in the data sets held, between two years, and what of them holds on the day.

    Without a day, that is today. Each finding names its source and the last year of which that tells: after it the
    source says nothing. Raises NoData where no data set held tells of the two.
    """
    from detente.measures import charts

    facts, values = pair_dated(pair), pair_values(pair)
    sources = sorted({*facts["source"], *values["source"]})
    if not sources:
        raise NoData(
            f"no data set held tells of {pair.names[0]} and {pair.names[1]}: ingest some (docs/context.md), or fetch "
            "them (detente fetch context)"
        )
    ends = data_ends(pair, sources)
    rows = _rows(facts, values).with_columns(
        pl.col("source").replace_strict(ends, return_dtype=pl.Int64).alias("data_to")
    )
    now = pl.DataFrame(
        [finding for finding in _findings(rows, pair.as_of or clock.today())],
        schema={"topic": pl.Utf8, "finding": pl.Utf8, "source": pl.Utf8, "data_to": pl.Int64},
        orient="row",
    )
    within = rows.filter(
        pl.col("date").dt.year() <= (last or 9999),
        pl.coalesce(pl.col("ends").dt.year(), pl.col("date").dt.year()) >= (first or 0),
    )
    title = f"{' and '.join(pair.names)}: context{f' as of {pair.as_of}' if pair.as_of else ''}"
    provenance = pair.record.provenance(sources, first=first, last=last, as_of=pair.as_of)
    return PairContext(within, title, COLUMNS, charts.context, provenance=provenance, now=now)


def _rows(facts: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    topics = {kind: topic for topic, kinds in TOPICS.items() for kind in kinds}
    parties = pl.concat_list("actors", pl.col("targets").fill_null([]))
    told = facts.select(
        pl.col("kind").replace_strict(topics, default="other").alias("topic"),
        pl.col("kind").alias("what"),
        parties.list.first().alias("a"),
        parties.list.last().alias("b"),
        "date",
        "ends",
        pl.col("level").cast(pl.Float64).alias("value"),
        "description",
        "reference",
        "source",
    )
    numbers = values.select(
        pl.lit("values").alias("topic"),
        pl.col("measure").alias("what"),
        "a",
        "b",
        "date",
        "ends",
        "value",
        pl.lit(None, pl.Utf8).alias("description"),
        pl.lit(None, pl.Utf8).alias("reference"),
        "source",
    )
    return pl.concat([told, numbers])


def _findings(rows: pl.DataFrame, day: date) -> Iterator[tuple[str, str, str, int | None]]:
    """What holds on a day, a sentence for each kind or measure, source and side."""
    known = rows.filter(pl.col("date") <= day)
    for (topic, what, source, data_to), group in known.group_by(
        "topic", "what", "source", "data_to", maintain_order=True
    ):
        if topic == "values":
            for _, series in group.group_by("a", "b", maintain_order=True):
                yield str(topic), _value(series), str(source), data_to  # type: ignore[misc]
        else:
            said = _spell(group, day) if what in SPELLS else _acts(group, day)
            yield str(topic), str(what) + said, str(source), data_to  # type: ignore[misc]


def _spell(group: pl.DataFrame, day: date) -> str:
    lasting = group.filter(pl.col("ends").is_null() | (pl.col("ends") >= day))
    if lasting.height:
        first: date = lasting["date"].min()  # type: ignore[assignment]  # a column of days
        return f" since {first}" + (f" ({lasting.height} of them)" if lasting.height > 1 else "")
    spells = [f"{row['date']} to {row['ends']}" for row in group.sort("date").tail(3).to_dicts()]
    return f": {group.height} in all, the last {'; '.join(spells)}"


def _acts(group: pl.DataFrame, day: date) -> str:
    recent = group.filter(pl.col("date") > date(day.year - WINDOW, day.month, min(day.day, 28)))
    latest = group.sort("date").row(-1, named=True)
    last = f"{latest['date']}{': ' + latest['description'] if latest['description'] else ''}"
    return f": {group.height} in all, {recent.height} in the last {WINDOW} years; the last {last}"


def _value(series: pl.DataFrame) -> str:
    latest = series.sort("date").row(-1, named=True)
    before = series.filter(pl.col("date").dt.year() == latest["date"].year - WINDOW)
    sides = f"{latest['a']}" if latest["b"] is None else f"{latest['a']}-{latest['b']}"
    past = f", {before['value'][-1]:,.6g} in {latest['date'].year - WINDOW}" if before.height else ""
    return f"{latest['what']} {sides}: {latest['value']:,.6g} in {latest['date'].year}{past}"
