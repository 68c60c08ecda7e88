"""Agreements in force: what two states have agreed that holds on a day.

Event counts measure activity; agreements in force measure what holds. An agreement or programme has a life told
by facts (signed, in force, suspended, resumed, ended), each fact counting from the last day that its date may
mean. Restrictions (sanctions, export bans) have lives of the same form and are counted apart. Every
object counts one: a treaty weighs as much as a programme, so read the names beside the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from detente.errors import DetenteError, NoData
from detente.periods import period_end, periods
from detente.record.facts import life_facts, pair_agreements
from detente.record.view import View
from detente.sources.dictionary import STAGES

SCHEMA = {
    "day": pl.Date,
    "area": pl.Utf8,
    **dict.fromkeys(("in_force", "signed", "suspended", "restrictions"), pl.Int64),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A turn in the life of an agreement: the state that it entered, from which day, and by which fact."""

    day: date
    state: str
    kind: str
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """An agreement, programme or restriction between two states, and the stages of its life, oldest first.

    >>> day = date(1991, 7, 31)
    >>> life = Life("start1", "START I", "treaty", "cooperative", "strategic_arms", "bilateral", (),
    ...             (Stage(day, "signed", "agreement signed", "Signed.", ()),
    ...              Stage(date(1994, 12, 5), "in force", "agreement in force", "In force.", ())))
    >>> [life.state_on(date(year, 1, 1)) for year in (1991, 1992, 1995)]
    [None, 'signed', 'in force']
    >>> life.since(date(2007, 2, 1))
    datetime.date(1994, 12, 5)
    """

    agreement: str
    title: str
    form: str
    tone: str
    area: str
    channel: str
    third_party: tuple[str, ...]
    stages: tuple[Stage, ...]

    def within(self, area: str | None) -> bool:
        """Whether it belongs to an area, as in `third_party_dispute:IRN`; None stands for all."""
        name, _, state = (area or self.area).partition(":")
        return name == self.area and (not state or state in self.third_party)

    def stage_on(self, day: date) -> Stage | None:
        """The last stage entered on or before `day`; None before the first."""
        return next((stage for stage in reversed(self.stages) if stage.day <= day), None)

    def since(self, day: date) -> date | None:
        """From which day it has been in its state on `day`: an extension does not begin it anew."""
        begun: date | None = None
        state = ""
        for stage in self.stages:
            if stage.day <= day and stage.state != state:
                begun, state = stage.day, stage.state
        return begun

    def state_on(self, day: date) -> str | None:
        """signed, in force, suspended or ended; None before the first stage."""
        stage = self.stage_on(day)
        return stage.state if stage else None


def lives(pair: View) -> list[Life]:
    """The lives of the pair's agreements by the facts known on `as_of`; those without any stage are left out.

    An agreement whose `starts` is "signature" is in force when signed. One first heard of when extended or
    amended was in force by then. A sanction is a stage of a restriction alone.
    """
    agreements = pair_agreements(pair)
    facts = life_facts(pair.record, agreements, pair.as_of).partition_by("agreement", as_dict=True)
    known = []
    for row in agreements.iter_rows(named=True):
        since = row["since"]
        stages = []
        if since and (pair.as_of is None or since <= pair.as_of):
            sources = (row["url"],) if row["url"] else ()
            stages.append(Stage(since, "in force", "agreement in force", f"{row['title']} in force.", sources))
        for fact in facts.get((row["agreement"],), pl.DataFrame()).iter_rows(named=True):
            state = _state(fact["kind"], row, stages[-1].state if stages else "")
            if state is not None:
                sources = tuple(url for url in (fact["url"], fact["url2"]) if url)
                stages.append(Stage(fact["counts_from"], state, fact["kind"], fact["description"], sources))
        if stages:
            same = {name: row[name] for name in ("agreement", "title", "form", "tone", "area", "channel")}
            third_party = tuple(row["third_party"].split(";")) if row["third_party"] else ()
            ordered = sorted(stages, key=lambda stage: stage.day)
            known.append(Life(**same, third_party=third_party, stages=tuple(ordered)))
    return known


def _state(kind: str, agreement: dict[str, str], before: str) -> str | None:
    """The state that a fact brings an agreement to; None where the fact is no stage of its life."""
    if kind not in STAGES or (kind == "sanction" and agreement["form"] != "restriction"):
        return None
    if kind == "agreement signed" and (agreement["starts"] == "signature" or before == "in force"):
        return "in force"
    return STAGES[kind] or before or "in force"


def in_force(lives: Sequence[Life], days: Sequence[date], areas: Sequence[str | None] = (None,)) -> pl.DataFrame:
    """How many agreements are in force, signed only and suspended, and how many restrictions in force.

    A row a day and area (null: all areas together). `lives` decide what was known.

    >>> in_force([], [date(2007, 2, 1)]).row(0)
    (datetime.date(2007, 2, 1), None, 0, 0, 0, 0)
    """
    rows = []
    for area in areas:
        inside = [life for life in lives if life.within(area)]
        for day in days:
            states = [life.state_on(day) for life in inside if life.tone == "cooperative"]
            restrictions = sum(life.state_on(day) == "in force" for life in inside if life.tone == "conflictual")
            rows.append((day, area, *(states.count(s) for s in ("in force", "signed", "suspended")), restrictions))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def in_force_by(pair: View, *, by: str = "year", areas: Sequence[str | None] = (None,)) -> pl.DataFrame:
    """`in_force` at the last day of every year, quarter or month, by what was known on `as_of`.

    The columns of `in_force`. The first period is that of the pair's first fact, before which nothing is
    known; the last day is `as_of`, or that of the last fact. Raises NoData where no agreement is held.
    """
    if by not in ("year", "quarter", "month"):
        raise DetenteError(f"by is year, quarter or month, not {by!r}")
    facts = pair.chronology
    agreements = lives(pair)
    if facts.is_empty() or not agreements:
        when = f"was known on {pair.as_of}" if pair.as_of else "is held; add some as a case (docs/cases/your-own.md)"
        raise NoData(f"no agreement between {pair.a} and {pair.b} {when}")
    first, last = facts["date"][0], pair.as_of or facts["date"][-1]
    ends = [period_end(start, by) for start in periods(first, last, by)]
    return in_force(agreements, [min(day, last) for day in ends], areas)
