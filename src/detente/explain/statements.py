"""What each model says of a pair, in plain words, for the digest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from detente.actors import state_name as plain_name
from detente.errors import NoData
from detente.explain.section import LAST_KNOWN, Draft, Figured
from detente.models.reciprocity import Answer
from detente.periods import is_old, period_end
from detente.record.facts import pair_figures
from detente.record.queries import count_pair
from detente.record.view import View
from detente.uncertainty import Estimate, NotIdentified

if TYPE_CHECKING:
    pass

STRUCTURE_K, LEAST_SHARE, LEAST_ACTS = 20, 0.05, 20


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every model: the pair, the third states, the seed."""

    pair: View
    thirds: tuple[str, ...]
    seed: int


def state_name(code: str) -> str:
    """A state's name within a sentence.

    >>> state_name("USA"), state_name("RUS")
    ('the United States', 'Russia')
    """
    name = plain_name(code)
    return f"the {name}" if name.startswith("United ") else name


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _direction(names: dict[str, str], column: str) -> tuple[str, str]:
    """Sender and receiver by name of a series "A>B"."""
    sender, _, receiver = column.partition(">")
    return names[sender], names[receiver]


def _percent(value: Estimate) -> str:
    return f"{value.value:.0%} ({value.low:.0%} to {value.high:.0%})"


def _levels(ask: Question, draft: Draft) -> None:
    from detente.explain.levels import MEASURES, levels

    found = levels(ask.pair)
    shown = found.latest()
    rates = {"cooperation", "conflict"}
    for row in shown.iter_rows(named=True):
        who = (
            _capital(f"{state_name(row['sender'])} to {state_name(row['receiver'])}")
            if row["sender"]
            else "Both sides together"
        )
        value = Estimate(row["level"], row["low"], row["high"])
        name = f"{row['sender']}>{row['receiver']}" if row["sender"] else f"{ask.pair.a}-{ask.pair.b}"
        old = is_old(found.end(row), ask.pair.as_of)
        if not old:
            draft.add(
                f"{name} {row['measure']}",
                value,
                "share" if row["measure"] == "share" else "per 1,000 reports of the source",
            )
        known = LAST_KNOWN if old else ""
        when, then = (found.when(row, key) for key in ("period", "before_period"))
        if row["measure"] == "share":
            before = f", {row['before']:.0%} in {then}" if then != when else ""
            said = f"{who}: {_percent(value)} of {'facts' if 'facts' in row['basis'] else 'reports'} cooperative in {when}{before}"
            draft.statements.append(f"{known}{said}.")
        elif row["measure"] in rates:
            before = f", {row['before']:.1f} in {then}" if then != when else ""
            draft.statements.append(
                f"{known}{who}: {row['level']:.1f} ({row['low']:.1f} to {row['high']:.1f}) {MEASURES[row['measure']]} in {when}{before}."
            )
    draft.basis = f"local levels; {found.basis}"
    draft.data_to = found.data_to


def _votes(ask: Question, draft: Draft) -> None:
    from detente.measures.votes import similarity

    issues = {
        "nu": "nuclear weapons",
        "di": "arms control",
        "me": "the Palestinian conflict",
        "hr": "human rights",
        "co": "colonialism",
        "ec": "development",
    }
    last = ask.pair.record.table("rollcalls", ask.pair.as_of)["date"].max()
    since = last.year - 3 if isinstance(last, date) else None
    table = similarity(ask.pair, issues=(None, *issues), since=since)
    if ask.pair.as_of:
        table = table.filter(pl.col("year") < ask.pair.as_of.year)
    if table.is_empty() and ask.pair.record.parts("votes") and last is not None:
        raise NoData(
            f"{plain_name(ask.pair.a)} and {plain_name(ask.pair.b)} took part in no roll call together in the last years held"
        )
    if table.is_empty():
        series = pair_figures(ask.pair)["measure"]
        held = (
            "yearly agreement alone is held, no roll calls" if "un_agreement" in series else "no UN roll calls are held"
        )
        raise NoData(f"{held}; ingest or fetch them (detente fetch unvotes)")
    year = int(table["year"].to_numpy().max())
    now = table.filter(pl.col("year") == year)
    row = now.filter(pl.col("issue").is_null()).row(0, named=True)
    for name in ("agreement", "s", "pi", "kappa"):
        if row[name] is not None:
            draft.add(
                name,
                Estimate(row[name], row[f"{name}_low"], row[f"{name}_high"]),
                "share" if name == "agreement" else "index",
            )
    agreed = Estimate(row["agreement"], row["agreement_low"], row["agreement_high"])
    draft.statements.append(f"In {year} they cast the same vote on {_percent(agreed)} of {row['votes']} roll calls.")
    if row["kappa"] is not None:
        word = (
            "more alike than chance"
            if row["kappa_low"] > 0
            else "less alike than chance"
            if row["kappa_high"] < 0
            else "no more alike than chance"
        )
        draft.statements.append(
            f"Corrected for chance: {word} (kappa {row['kappa']:.2f}, {row['kappa_low']:.2f} to {row['kappa_high']:.2f}; pi {row['pi']:.2f}; S {row['s']:.2f})."
        )
    by_issue = now.filter(pl.col("issue").is_not_null() & (pl.col("votes") >= 5)).sort(
        "agreement", "issue", descending=[True, False]
    )
    if by_issue.height > 1:
        parts = [f"{issues[r['issue']]} {r['agreement']:.0%} of {r['votes']}" for r in by_issue.iter_rows(named=True)]
        draft.statements.append(f"By issue: {', '.join(parts)}.")
    draft.basis = "UN roll calls held; intervals by the Bayesian bootstrap over roll calls"
    draft.data_to = min(date(year, 12, 31), last) if isinstance(last, date) else None


def _positions(ask: Question, draft: Draft) -> None:
    from detente.explain.positions import ideal_points

    found = ideal_points(ask.pair.record, as_of=ask.pair.as_of)
    table = found.fit.distance(ask.pair.a, ask.pair.b)
    if table.is_empty():
        raise NoData(f"{plain_name(ask.pair.a)} and {plain_name(ask.pair.b)} never voted in one session")
    frame = found.frame
    last, first = table.row(-1, named=True), table.row(0, named=True)
    for state in (ask.pair.a, ask.pair.b):
        row = frame.filter((pl.col("state") == state) & (pl.col("session") == last["session"])).row(0, named=True)
        draft.add(f"{state} ideal point", Estimate(row["ideal_point"], row["low"], row["high"]), "standard deviations")
        draft.statements.append(
            f"{_capital(state_name(state))} stood at {row['ideal_point']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f}) in session {last['session']}."
        )
    draft.add("distance", Estimate(last["distance"], last["low"], last["high"]), "standard deviations")
    draft.statements.append(
        f"They are {last['distance']:.2f} ({last['low']:.2f} to {last['high']:.2f}) standard deviations apart, further than {last['place']:.0%} of all pairs; "
        f"{first['distance']:.2f} in session {first['session']}."
    )
    draft.basis = f"dynamic ideal points; {found.basis}"
    draft.data_to = found.data_to


def _reciprocity(ask: Question, draft: Draft) -> None:
    from detente.explain.reciprocity import reciprocity

    found = reciprocity(ask.pair, seed=ask.seed)
    a, b = ask.pair.a, ask.pair.b
    names = {code: state_name(code) for code in (ask.pair.a, ask.pair.b)}
    for one in found.fit.answers:
        mover, answerer = _direction(names, one.mover)
        draft.add(f"returned by {answerer}", one.returned, "of one unit")
        draft.add(f"returned by {answerer}, same period too", one.with_same_period, "of one unit")
        draft.add(f"inertia of {mover}", one.inertia, "of one unit")
        draft.statements += _answered(one, mover, answerer, found.fit.model.horizon, found.by)
    draft.add(f"asymmetry: {b} less {a}", found.fit.asymmetry, "of one unit")
    draft.add(f"asymmetry: {b} less {a}, scaled", found.fit.asymmetry_scaled, "standard deviations")
    treatment = found.fit.treatment
    for column in (f"{a}>{b}", f"{b}>{a}"):
        treatment = treatment.replace(column, _direction(names, column)[0])
    gap, scaled = found.fit.asymmetry, found.fit.asymmetry_scaled
    numbers = "" if found.fit.more is None else f" ({names[b]} less {names[a]}: {gap}; in standard deviations {scaled})"
    draft.statements.append(f"Equal treatment: {treatment}{numbers}.")
    draft.basis = f"VAR, {found.fit.var.lags} lags; {found.basis}"
    draft.data_to = found.data_to


def _answered(one: Answer, mover: str, answerer: str, horizon: int, unit: str) -> list[str]:
    if isinstance(one.returned, NotIdentified):
        return [
            f"How much {answerer} returns of one unit of cooperation by {mover} is not identified: within {horizon} {unit}s "
            f"{mover} may take back as much as it gave."
        ]
    half = f", half of it by {unit} {one.half_by}" if one.half_by is not None and one.returned.above else ""
    return [
        f"Of one unit of cooperation by {mover}, {answerer} returns {one.returned} within {horizon} {unit}s, from the next {unit} on{half}; "
        f"with the same {unit}, {one.with_same_period}.",
        _capital(
            f"{answerer} {one.condition}.".replace("it ", "", 1)
            if one.condition.startswith("it ")
            else f"{answerer}: {one.condition}."
        ),
    ]


def _excitation(ask: Question, draft: Draft) -> None:
    from detente.explain.excitation import excitation

    found = excitation(ask.pair, seed=ask.seed)
    table = found.frame
    for row in table.drop_nulls(("value", "low", "high")).iter_rows(named=True):
        value = Estimate(row["value"], row["low"], row["high"])
        draft.add(f"{row['cause']} sets off {row['effect']}", value, "acts")
        (cause, kind), (effect, same) = row["cause"].split(" "), row["effect"].split(" ")
        if cause != effect and kind == same:
            word = "cooperative" if kind == "cooperation" else "conflictual"
            mover, answerer = (state_name(code) for code in cause.split(">"))
            draft.statements.append(f"One {word} act of {mover} sets off {value} {word} acts of {answerer}.")
    if found.fit.rare:
        draft.statements.append(f"Unknown for want of acts: {found.fit.rare}.")
    elif lost := table.select(pl.any_horizontal(pl.col("value", "low", "high").is_null()).sum()).item():
        draft.statements.append(f"Not identified from these acts: {lost} of {table.height} kinds of answer.")
    for worst in found.fit.fits[0].goodness().drop_nulls("p").sort("p").head(1).iter_rows(named=True):
        draft.statements.append(
            f"The clock test {'passes' if worst['p'] >= 0.05 else 'fails'} for the worst-fitted kind ({worst['type']}, p = {worst['p']:.2f})."
        )
    draft.basis = f"Hawkes process, hours within days drawn at random; {found.basis}"
    draft.data_to = found.data_to


def _spillover(ask: Question, draft: Draft) -> None:
    from detente.explain.spillover import spillover
    from detente.models.spillover import ASSOCIATED

    if not ask.thirds:
        raise NoData("no facts about a third state and no events with one are held; name one (--third IRN)")
    names = {code: state_name(code) for code in (ask.pair.a, ask.pair.b)}
    problems = []
    titles = {area.id: area.title for area in ask.pair.record.codebook.areas}
    for third in ask.thirds:
        try:
            found = spillover(ask.pair, third, areas=(None, *titles), seed=ask.seed)
        except NoData as error:
            problems.append(str(error))
            continue
        clear = []
        for area, one in found.spills:
            mover, receiver = _direction(names, one.series)
            if area is not None:
                draft.add(f"{third} share of {one.series}, {area}", one.last, "share of variance by area")
                # What doesn't show above chance in whole percent is no finding to a reader.
                if one.reading == ASSOCIATED and round(100 * one.last.value) > round(100 * one.placebo):
                    clear.append(
                        f"{mover} to {receiver} in {titles[area]}, {_percent(one.last)}, chance {one.placebo:.0%}"
                    )
                continue
            draft.add(f"{third} share of {one.series}", one.last, "share of variance")
            draft.add(f"{third} share of {one.series}, block first", one.first, "share of variance")
            draft.statements.append(
                f"{_capital(state_name(third))}: {_percent(one.last)} of the variance of what {mover} does towards {receiver} "
                f"goes with it, {one.first.value:.0%} with what both share in one {found.by}; chance gives up to "
                f"{one.placebo:.0%}: {one.reading}."
            )
        tried = len(found.fits.keys() - {None})
        draft.statements.append(
            f"{_capital(state_name(third))}, by area ({tried} with acts enough): "
            + (f"more than chance for {'; '.join(clear)}." if clear else "nowhere surely more than chance.")
        )
        draft.basis = f"VAR with a block for the third state, {found.horizon} {found.by}s ahead; {found.basis}"
        draft.data_to = period_end(found.periods[-1], found.by)
    if not draft.statements:
        raise NoData(problems[0])


def _breaks(ask: Question, draft: Draft) -> None:
    from detente.explain.breaks import breaks

    found = breaks(ask.pair, seed=ask.seed)
    table = found.frame
    for row in table.iter_rows(named=True):
        near = f" Near it: {row['facts'][0]}" if row["facts"] else ""
        draft.figures.append(Figured(f"break at {row['date']}", row["probability"], None, None, "probability"))
        draft.statements.append(
            f"{found.when(row['date'])} ({found.when(row['low'])} to {found.when(row['high'])}; probability {row['probability']:.0%}): cooperative share from {row['level_before']:.0%} to "
            f"{row['level_after']:.0%}.{near}"
        )
    if table.is_empty():
        draft.statements.append("No break is more likely than not.")
    draft.basis = f"exact Bayesian change points, {found.fit.memory:.2f} of a departure left to the next {found.by}; {found.basis}"
    draft.data_to = found.data_to


def _structure(ask: Question, draft: Draft) -> None:
    from detente.explain.components import components

    chosen = ask.pair.source
    held = count_pair(ask.pair, chosen)
    if held < LEAST_ACTS:
        raise NoData(f"{held} acts between the two in {chosen} are too few, {LEAST_ACTS} are needed")
    found = components(ask.pair.record, STRUCTURE_K, as_of=ask.pair.as_of, source=chosen, seed=ask.seed)
    for row in (
        found.of_pair(ask.pair.a, ask.pair.b, seed=ask.seed)
        .filter(pl.col("share") >= LEAST_SHARE)
        .head(3)
        .iter_rows(named=True)
    ):
        value = Estimate(row["share"], row["low"], row["high"])
        draft.add(f"component {row['component']}", value, "share of the pair's acts")
        draft.statements.append(f"{_percent(value)} of what is reported between them belongs to {row['name']}.")
    draft.basis = f"Poisson factorisation, K = {STRUCTURE_K} by convention, one fit; {found.basis}"
    draft.data_to = ask.pair.record.covers(chosen, ask.pair.as_of)[-1][1]


# Each fills a draft, or raises NoData that says why the question can't be answered.
WRITERS: dict[str, Callable[[Question, Draft], None]] = {
    "levels": _levels,
    "votes": _votes,
    "positions": _positions,
    "reciprocity": _reciprocity,
    "excitation": _excitation,
    "spillover": _spillover,
    "breaks": _breaks,
    "structure": _structure,
}
