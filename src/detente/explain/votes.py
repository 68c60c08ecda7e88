"""How alike the two vote in the UN, corrected for chance and by issue."""

from __future__ import annotations

from datetime import date

import polars as pl

from detente.actors import state_name
from detente.errors import NoData
from detente.explain.topic import Draft, Question, Topic, percent
from detente.measures.roll_calls import roll_calls
from detente.measures.tables import INDICES, SHARES
from detente.measures.votes import similarity
from detente.record.facts import pair_figures
from detente.uncertainty import Estimate


def _say(ask: Question, draft: Draft) -> None:
    pair = ask.pair
    issues = {
        "nu": "nuclear weapons",
        "di": "arms control",
        "me": "the Palestinian conflict",
        "hr": "human rights",
        "co": "colonialism",
        "ec": "development",
    }
    last = roll_calls(pair.record, pair.as_of)["date"].max()
    since = last.year - 3 if isinstance(last, date) else None
    table = similarity(pair, issues=(None, *issues), since=since)
    if pair.as_of:
        table = table.filter(pl.col("year") < pair.as_of.year)
    if table.is_empty() and pair.record.parts("votes") and last is not None:
        raise NoData(
            f"{state_name(pair.a)} and {state_name(pair.b)} took part in no roll call together in the last years held"
        )
    if table.is_empty():
        yearly = "un_agreement" in pair_figures(pair)["measure"]
        lacking = "yearly agreement alone is held, no roll calls" if yearly else "no UN roll calls are held"
        raise NoData(f"{lacking}; ingest or fetch them (detente fetch unvotes)")
    year = int(table["year"].to_numpy().max())
    now = table.filter(pl.col("year") == year)
    row = now.filter(pl.col("issue").is_null()).row(0, named=True)
    for name in ("agreement", "s", "pi", "kappa"):
        if row[name] is not None:
            value = Estimate(row[name], row[f"{name}_low"], row[f"{name}_high"])
            draft.add(name, value, "share" if name == "agreement" else "index")
    agreed = Estimate(row["agreement"], row["agreement_low"], row["agreement_high"])
    draft.say(f"In {year} they cast the same vote on {percent(agreed)} of {row['votes']} roll calls.")
    if row["kappa"] is not None:
        word = "more" if row["kappa_low"] > 0 else "less" if row["kappa_high"] < 0 else "no more"
        draft.say(
            f"Corrected for chance: {word} alike than chance (kappa {row['kappa']:.2f}, {row['kappa_low']:.2f} to "
            f"{row['kappa_high']:.2f}; pi {row['pi']:.2f}; S {row['s']:.2f})."
        )
    by_issue = now.filter(pl.col("issue").is_not_null() & (pl.col("votes") >= 5)).sort(
        "agreement", "issue", descending=[True, False]
    )
    if by_issue.height > 1:
        parts = [f"{issues[r['issue']]} {r['agreement']:.0%} of {r['votes']}" for r in by_issue.iter_rows(named=True)]
        draft.say(f"By issue: {', '.join(parts)}.")
    draft.basis = "UN roll calls held; intervals by the Bayesian bootstrap over roll calls"
    draft.data_to = min(date(year, 12, 31), last) if isinstance(last, date) else None


TOPIC = Topic("votes", "Votes in the UN", _say, now=True, methods=(SHARES, *INDICES))
