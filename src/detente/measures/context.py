"""The context of a pair: what the field's data sets hold of two states, topic by topic, each with its last year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from detente import clock
from detente.actors import counted
from detente.errors import DetenteError, NoData
from detente.measures import charts, columns
from detente.record.context import data_ends, pair_dated, pair_values
from detente.record.facts import date_text
from detente.record.view import View
from detente.results import Table
from detente.sources.context.measures import measures

PACTS = ("defence pact", "offence pact", "neutrality pact", "non-aggression pact", "consultation pact", "entente")
TOPICS: dict[str, tuple[str, ...]] = {
    "alliances": PACTS,
    "agreements": ("agreement signed", "agreement in force", "agreement ended"),
    "exercises": ("exercise", "visit"),
    "disputes": (
        "militarised dispute",
        "militarised incident",
        "militarised event",
        "war",
        "armed conflict",
        "military support",
    ),
    "rivalry": ("rivalry", "arms race", "claim", "claim ended"),
    "sanctions": ("sanction", "sanction lifted"),
    "arms": ("transfer",),
    "leaders": ("leader",),
    **dict.fromkeys(("geography", "capabilities", "economy", "organisations", "votes", "regimes"), ()),
}
_LASTING = (
    "rivalry",
    "arms race",
    "claim",
    "war",
    "armed conflict",
    "military support",
    "militarised dispute",
    "sanction",
)
SPELLS = frozenset({*PACTS, *_LASTING})
"""Kinds of facts that last; of the others the days count."""
WINDOW = 10
"""Years within which acts are counted, and after which a value is compared."""
OTHER = "other"
LATEST = 3


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
    source says nothing. Raises NoData where no data set held tells of the two, or of those years.
    """
    if first is not None and last is not None and first > last:
        raise DetenteError(f"the first year, {first}, lies after the last, {last}")
    facts, values = pair_dated(pair), pair_values(pair)
    sources = sorted({*facts["source"], *values["source"]})
    if not sources:
        raise NoData(
            f"no data set held tells of {pair.names[0]} and {pair.names[1]}: ingest some (detente ingest FOLDER; "
            "detente record sources names their homes)"
        )
    ends = data_ends(pair, sources)
    rows = _rows(facts, values, [code for code, *_ in counted([pair.a, pair.b])]).with_columns(
        pl.col("source").replace_strict(ends, return_dtype=pl.Int64).alias("data_to")
    )
    # What lasts with no end known lasts as long as its source tells.
    lasts = pl.when(pl.col("what").is_in([*SPELLS, *measures()])).then("data_to")
    until = pl.coalesce(pl.col("ends").dt.year(), lasts, pl.col("date").dt.year())
    within = rows.filter(pl.col("date").dt.year() <= (last or 9999), until >= (first or 0))
    years = "" if first is last is None else f", {first or ''} to {last or ''}".rstrip()
    title = f"{' and '.join(pair.names)}: context{years}{f' as of {pair.as_of}' if pair.as_of else ''}"
    if within.is_empty():
        raise NoData(f"{title}: the data sets held tell nothing of those years")
    now = pl.DataFrame(
        [
            finding
            for finding in _findings(
                within, min(pair.as_of or clock.today(), date(min(max(last or 9999, 1), 9999), 12, 31))
            )
        ],
        schema={"topic": pl.Utf8, "finding": pl.Utf8, "source": pl.Utf8, "data_to": pl.Int64},
        orient="row",
    )
    provenance = pair.record.provenance(sources, first=first, last=last, as_of=pair.as_of)
    return PairContext(within, title, columns.CONTEXT, charts.context, provenance=provenance, now=now)


def _rows(facts: pl.DataFrame, values: pl.DataFrame, codes: list[str]) -> pl.DataFrame:
    topics = {kind: topic for topic, kinds in TOPICS.items() for kind in kinds}
    about = {name: measure.topic or OTHER for name, measure in measures().items()}
    units = {name: measure.unit for name, measure in measures().items()}
    parties = pl.concat_list("actors", pl.col("targets").fill_null([])).list.eval(
        pl.element().filter(pl.element().is_in(codes))
    )
    told = facts.select(
        pl.col("kind").replace_strict(topics, default=OTHER).alias("topic"),
        pl.col("kind").alias("what"),
        parties.list.first().alias("a"),
        parties.list.last().alias("b"),
        "date",
        "precision",
        "ends",
        pl.col("level").cast(pl.Float64).alias("value"),
        pl.lit(None, pl.Utf8).alias("unit"),
        "description",
        "reference",
        "source",
    )
    numbers = values.select(
        pl.col("measure").replace_strict(about, default=OTHER).alias("topic"),
        pl.col("measure").alias("what"),
        "a",
        "b",
        "date",
        pl.lit("year").alias("precision"),
        "ends",
        "value",
        pl.col("measure").replace_strict(units, default=None, return_dtype=pl.Utf8).alias("unit"),
        pl.lit(None, pl.Utf8).alias("description"),
        pl.lit(None, pl.Utf8).alias("reference"),
        "source",
    )
    rows = pl.concat([told, numbers])
    order = {topic: n for n, topic in enumerate((*TOPICS, OTHER))}
    # Facts of a topic stand before its values.
    place = pl.col("topic").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    return rows.with_columns(place.alias("place")).sort("place", maintain_order=True).drop("place")


def _findings(rows: pl.DataFrame, day: date) -> Iterator[tuple[str, str, str, int | None]]:
    """What holds on a day, a sentence for each kind or measure, source and side."""
    known = rows.filter(pl.col("date") <= day)
    for _, group in known.group_by("topic", "what", "source", maintain_order=True):
        first = group.row(0, named=True)
        topic, what, source, data_to = (first[name] for name in ("topic", "what", "source", "data_to"))
        if what in measures():
            if topic != OTHER:
                for _, series in group.group_by("a", "b", maintain_order=True):
                    yield topic, _value(series, day), source, data_to
        else:
            yield topic, what + (_spell(group, day) if what in SPELLS else _acts(group, day)), source, data_to


def _spell(group: pl.DataFrame, day: date) -> str:
    lasting = group.filter(pl.col("ends").is_null() | (pl.col("ends") >= day)).sort("date")
    if lasting.height:
        first = lasting.row(0, named=True)
        others = f" ({lasting.height} of them)" if lasting.height > 1 else ""
        begun, data_to = date_text(first["date"], first["precision"]), first["data_to"]
        if data_to is not None and data_to < day.year:
            return f" from {begun}, no end told by {data_to}{others}"
        return f" since {begun}{others}"
    spells = group.sort("date").tail(LATEST).iter_rows(named=True)
    told = "; ".join(_span(row["date"], row["ends"], row["precision"]) for row in spells)
    return f": {group.height} in all, the last {told}"


def _span(first: date, last: date, precision: str) -> str:
    one, other = date_text(first, precision), date_text(last, precision)
    return one if one == other else f"{one} to {other}"


def _acts(group: pl.DataFrame, day: date) -> str:
    data_to = group["data_to"][0]
    # After the source's last year nothing is known: no act counted then would read as none.
    over = data_to is not None and data_to < day.year
    day = date(data_to, 12, 31) if over else day
    since = date(max(day.year - WINDOW, 1), day.month, min(day.day, 28))
    recent = group.filter(pl.col("date") > since, pl.col("date") <= day).height
    window = f"the {WINDOW} years to {data_to}" if over else f"the last {WINDOW} years"
    latest = group.sort("date").row(-1, named=True)
    last = date_text(latest["date"], latest["precision"])
    last += f": {latest['description']}" if latest["description"] else ""
    return f": {group.height} in all, {recent} in {window}; the last {last}"


def _value(series: pl.DataFrame, day: date) -> str:
    latest = series.sort("date").row(-1, named=True)
    measure, year = measures()[latest["what"]], latest["date"].year
    before = series.filter(pl.col("date").dt.year() == year - WINDOW)
    joint = " to " if measure.of == "a to b" else " and "
    sides = latest["a"] if latest["b"] is None else f"{latest['a']}{joint}{latest['b']}"
    past = f", {_number(before['value'][-1])} in {year - WINDOW}" if before.height else ""
    # What holds until it changes was last told long ago, and may have ended since.
    if latest["ends"] is not None and latest["ends"].year == year:
        when = f"in {year}"
    elif latest["ends"] is None or latest["ends"] >= day:
        when = f"since {year}"
    else:
        when = f"from {year} to {latest['ends'].year}"
    unit = "" if measure.unit == "1" else f" ({measure.unit})"
    return f"{measure.measure} of {sides}{unit}: {_number(latest['value'])} {when}{past}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
