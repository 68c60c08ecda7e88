"""The answers of pairs and records that are tables: each with its title, basis, columns, chart and what to cite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from detente.measures import charts, columns
from detente.measures.in_force import Life, in_force_by, lives
from detente.measures.panel import pair_panel, states_panel
from detente.measures.roll_calls import vote_sources
from detente.measures.variables import joined, variable
from detente.measures.votes import all_similarity, similarity, un_agreement
from detente.record import Store
from detente.record import audit as audits
from detente.record.facts import pair_facts
from detente.record.holdings import holdings, ingested, quarantined
from detente.record.view import View
from detente.results import Table
from detente.sources import cited

TOLD = ("date", "tone", "area", "kind", "description")
SHARES = "Brown, Cai and DasGupta, Interval estimation for a binomial proportion, Statistical Science 16(2), 2001"
INDICES = (
    "Signorino and Ritter, Tau-b or not tau-b, International Studies Quarterly 43, 1999",
    "Haege, Choice or circumstance? Adjusting measures of foreign policy similarity for chance agreement, "
    "Political Analysis 19, 2011",
)


@dataclass(frozen=True, eq=False, repr=False)
class Treaties(Table):
    """The agreements, programmes and restrictions of a pair; `lives` has the stages of each, with their sources."""

    lives: tuple[Life, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Audit(Table):
    """How well facts are sourced; `findings` (source, what, date, text) lists what needs a second look."""

    findings: pl.DataFrame = field(default_factory=pl.DataFrame)


def panel_of(pair: View, by: str, areas: Sequence[str | None], sectors: str = "all", add: Sequence[str] = ()) -> Table:
    """The panel of a pair, with variables joined by name; see `detente.measures.panel.pair_panel`."""
    rows = pair_panel(pair, by=by, areas=areas, sectors=sectors)
    provenance = pair.provenance(by=by, areas=list(areas), sectors=sectors, add=list(add), as_of=pair.as_of)
    return _panel(rows, " and ".join(pair.names), by, [pair], add, provenance)


def panel_of_all(
    record: Store, states: Sequence[str] | None, areas: Sequence[str | None], add: Sequence[str] = (), **asked: Any
) -> Table:
    """The panel of all pairs, or of those of some states; see `detente.measures.panel.states_panel`."""
    rows = pl.concat(states_panel(record, states, area=area, **asked) for area in areas)
    both = rows.select(a=pl.min_horizontal("sender", "receiver"), b=pl.max_horizontal("sender", "receiver")).unique()
    pairs = [View(record, a, b, asked.get("as_of"), asked.get("source")) for a, b in both.sort("a", "b").iter_rows()]
    provenance = record.provenance(states=states, areas=list(areas), add=list(add), **asked)
    return _panel(rows, "All pairs" if states is None else "Pairs", asked["by"], pairs, add, provenance)


def _panel(
    rows: pl.DataFrame, who: str, by: str, pairs: Sequence[View], add: Sequence[str], provenance: dict[str, Any]
) -> Table:
    meanings = dict(columns.PANEL)
    sources: list[str] = []
    for name in dict.fromkeys(add):
        rows = joined(rows, name, pairs, by) if pairs else rows
        meanings |= variable(name).columns
        sources += variable(name).sources
    events = f"events of {rows['source'][0]}" if rows.height else ""
    provenance |= {"sources": [*cited(rows["source"].unique()), *sources], "methods": [SHARES]}
    return Table(rows, f"{who}: reported acts by {by}", meanings, charts.shares, events, provenance)


def facts_of(pair: View, area: str | None = None) -> Table:
    """The dated facts of a pair, of an area; see `detente.record.facts.pair_facts`."""
    return _of_cases(pair, pair_facts(pair, area), "dated facts", columns.FACTS, charts.dated, TOLD, area=area)


def treaties_of(pair: View, on: date | None = None, area: str | None = None) -> Treaties:
    """The agreements of a pair, of an area, begun by a day (all without one); see `detente.measures.in_force.lives`."""
    if area:
        pair.record.codebook.area(area)
    begun = [life for life in lives(pair) if life.within(area) and (not on or life.stage_on(on))]
    day = on or date.max
    rows = [
        (
            *(life.agreement, life.title, life.state_on(day), life.since(day), life.area, life.tone, life.form),
            *(life.channel, list(life.third_party), sum(stage.day <= day for stage in life.stages)),
        )
        for life in begun
    ]
    types: dict[str, Any] = {"third_party": pl.List(pl.Utf8), "since": pl.Date, "stages": pl.Int64}
    schema = {name: types.get(name, pl.Utf8) for name in columns.TREATIES}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    table = _of_cases(
        pair, frame, "agreements, programmes and restrictions", columns.TREATIES, charts.lives, on=on, area=area
    )
    return Treaties(**vars(table), lives=tuple(begun))


def in_force_of(pair: View, by: str, areas: Sequence[str | None]) -> Table:
    """The agreements in force at the end of every period; see `detente.measures.in_force.in_force_by`."""
    rows = in_force_by(pair, by=by, areas=areas)
    what = f"agreements in force at the end of every {by}"
    return _of_cases(pair, rows, what, columns.IN_FORCE, charts.steps, by=by, areas=list(areas))


def _of_cases(
    pair: View,
    rows: pl.DataFrame,
    what: str,
    meanings: dict[str, str],
    draw: Callable[[pl.DataFrame], Any],
    told: tuple[str, ...] = (),
    **asked: Any,
) -> Table:
    sources = pair.chronology["source"].unique().sort().to_list()
    basis = f"facts of {', '.join(sources)}" if sources else ""
    provenance = pair.provenance(as_of=pair.as_of, **asked) | {"sources": [f"chronology {name}" for name in sources]}
    return Table(rows, f"{' and '.join(pair.names)}: {what}", meanings, draw, basis, provenance, told)


def un_agreement_of(pair: View, issues: tuple[str, ...] = ()) -> Table:
    """The share of UN roll calls with the same vote, by year; see `detente.measures.votes.un_agreement`."""
    rows = un_agreement(pair, issues=issues)
    provenance = pair.provenance(as_of=pair.as_of, issues=list(issues))
    return _of_votes(pair.record, rows, " and ".join(pair.names), columns.UN_AGREEMENT, provenance, [])


def similarity_of(pair: View, issues: Sequence[str | None] = (None,), seed: int = 0) -> Table:
    """How alike two states vote in the UN, by year and issue; see `detente.measures.votes.similarity`."""
    rows = similarity(pair, issues=issues, seed=seed)
    provenance = pair.provenance(as_of=pair.as_of, issues=list(issues), seed=seed)
    return _of_votes(pair.record, rows, " and ".join(pair.names), columns.SIMILARITY, provenance, [SHARES, *INDICES])


def similarity_of_all(record: Store, as_of: date | None = None, issue: str | None = None) -> Table:
    """How alike all pairs vote in the UN, by year; see `detente.measures.votes.all_similarity`."""
    rows = all_similarity(record, as_of=as_of, issue=issue)
    provenance = record.provenance(as_of=as_of, issue=issue)
    return _of_votes(record, rows, "All pairs", columns.ALL_SIMILARITY, provenance, INDICES)


def _of_votes(
    record: Store,
    rows: pl.DataFrame,
    who: str,
    meanings: dict[str, str],
    provenance: dict[str, Any],
    methods: Sequence[str],
) -> Table:
    provenance |= {"sources": cited(vote_sources(record)), "methods": methods}
    return Table(rows, f"{who}: votes in the UN by year", meanings, charts.votes, "UN roll calls held", provenance)


def held_by(record: Store) -> Table:
    """What is held, a line for each table and source; see `detente.record.holdings`."""
    title = f"The record {record.folder} and the cases"
    return Table(holdings(record), title, columns.HOLDINGS, charts.spans, provenance=record.provenance())


def files_of(record: Store) -> Table:
    """The files ingested, where and when each was fetched; see `detente.record.holdings.ingested`."""
    title = f"The record {record.folder}, files"
    return Table(ingested(record), title, columns.FILES, charts.taken, provenance=record.provenance())


def quarantine_of(record: Store) -> Table:
    """Rows and files that could not be taken; see `detente.record.holdings.quarantined`."""
    title = f"The record {record.folder}, rows in quarantine"
    return Table(quarantined(record), title, columns.QUARANTINE, charts.reasons, provenance=record.provenance())


def audit_of(record: Store, pair: View | None = None) -> Audit:
    """How well facts, all or those of a pair, are sourced; see `detente.record.audit`."""
    counts, findings = audits.audit(record, pair)
    title = "Facts and their sources" + (f", {' and '.join(pair.names)}" if pair else "")
    provenance = record.provenance()
    return Audit(counts, title, columns.AUDIT, charts.sourced, provenance=provenance, findings=findings)
