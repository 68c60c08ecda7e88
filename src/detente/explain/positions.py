"""Ideal points of all states from the roll calls held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl

from detente.actors import state_name
from detente.errors import NoData
from detente.explain.result import Explained
from detente.explain.topic import Draft, Question, Topic, capital, in_text
from detente.measures.roll_calls import roll_calls, vote_sources
from detente.measures.votes import calls_on, counted_votes
from detente.models.ideal_points import IdealPoints, IdealPointsFit
from detente.record import Store
from detente.uncertainty import Estimate

SESSIONS = 8


def ideal_points(
    record: Store,
    *,
    as_of: date | None = None,
    sessions: int | None = SESSIONS,
    issue: str | None = None,
    tolerance: float = 2e-3,
    on_step: Callable[[int, float], None] | None = None,
) -> Explained[IdealPointsFit]:
    """Ideal points of every member in the last `sessions` sessions (None: in all), from votes known on `as_of`.

    The scale is that of all the sessions fitted: a session's numbers change with their number.

    A roll call counts as the same resolution come back where its title is the title of just one roll call in the
    session and of just one in the session before; no better mark of identity is held. `issue` keeps the roll calls of
    one code (nu, di, me, hr, co, ec). Raises NoData where no votes are held.
    """
    if not record.parts("votes"):
        raise NoData("no votes are held; ingest the UN roll calls (detente ingest FILE..., or detente fetch unvotes)")
    calls = roll_calls(record, as_of).select(
        "rcid", "session", "date", pl.col("title").str.strip_chars().str.to_lowercase()
    )
    if issue is not None:
        calls = calls.filter(pl.col("rcid").is_in(calls_on(record, (issue,)).implode()))
    if calls.is_empty():
        raise NoData(f"no roll call {f'on {issue} ' if issue else ''}was known on {as_of}")
    if sessions is not None:
        calls = calls.filter(pl.col("session") > pl.col("session").max() - sessions)
    answer = record.cached(
        "ideal-points",
        {"votes": record.digest("votes"), "calls": calls.sort("rcid"), "tolerance": tolerance},
        lambda: _fitted(record, calls, tolerance, on_step, as_of),
    )
    question = {"as_of": as_of, "sessions": sessions, "issue": issue, "tolerance": tolerance}
    return replace(answer, provenance=record.provenance(vote_sources(record), IdealPointsFit.METHODS, **question))


def _fitted(
    record: Store,
    calls: pl.DataFrame,
    tolerance: float,
    on_step: Callable[[int, float], None] | None,
    as_of: date | None,
) -> Explained[IdealPointsFit]:
    alone = (pl.len().over("session", "title") == 1) & (pl.col("title") != "")
    # Known by its title where that is unique in the session, so that it links the sessions it comes back in.
    calls = calls.with_columns(pl.when(alone).then("title").otherwise("rcid").alias("item"))
    votes = counted_votes(record, calls).join(calls.lazy(), on=["rcid", "date"]).sort("rcid", "state").collect()
    if votes.is_empty():
        raise NoData(f"no vote was known on {as_of}")
    fit = IdealPoints(positive="USA" if "USA" in votes["state"] else None, tolerance=tolerance).fit(
        votes["state"].to_numpy(),
        votes["session"].to_numpy(),
        votes["item"].to_numpy(),
        2 - votes["vote"].cast(pl.Int64).to_numpy(),
        on_step=on_step,
    )
    first, last = calls.select(pl.min("date"), pl.max("date").alias("last")).row(0)
    fitted = votes["session"].n_unique()
    return Explained(fit, f"UN roll calls held of {fitted} sessions, {first} to {last}", data_to=last)


def _say(ask: Question, draft: Draft) -> None:
    pair = ask.pair
    answer = ideal_points(pair.record, as_of=pair.as_of)
    table = answer.fit.distance(pair.a, pair.b)
    if table.is_empty():
        raise NoData(f"{state_name(pair.a)} and {state_name(pair.b)} never voted in one session")
    frame = answer.frame
    last, first = table.row(-1, named=True), table.row(0, named=True)
    for state in (pair.a, pair.b):
        row = frame.filter((pl.col("state") == state) & (pl.col("session") == last["session"])).row(0, named=True)
        draft.add(f"{state} ideal point", Estimate(row["ideal_point"], row["low"], row["high"]), "standard deviations")
        draft.say(
            f"{capital(in_text(state))} stood at {row['ideal_point']:+.2f} ({row['low']:+.2f} to "
            f"{row['high']:+.2f}) in session {last['session']}."
        )
    draft.add("distance", Estimate(last["distance"], last["low"], last["high"]), "standard deviations")
    draft.say(
        f"They are {last['distance']:.2f} ({last['low']:.2f} to {last['high']:.2f}) standard deviations apart, "
        f"further than {last['place']:.0%} of all pairs; {first['distance']:.2f} in session {first['session']}."
    )
    draft.basis = f"dynamic ideal points; {answer.basis}"
    draft.data_to = answer.data_to


TOPIC = Topic("positions", "Ideal points", _say, now=True, methods=IdealPointsFit.METHODS)
