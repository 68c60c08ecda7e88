"""Hidden structure of all relations: who does what to whom when, in a few components named by their members."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import polars as pl

from detente.actors import state_name
from detente.codebook import actions
from detente.errors import DetenteError, NoData
from detente.explain.topic import Draft, Question, Topic, percent
from detente.models import PoissonTensor, choose_k
from detente.models.tensor import TensorFit
from detente.periods import period
from detente.plots import BLUE, band, figure, source_line
from detente.record import Store
from detente.record.queries import action_counts, count_pair
from detente.record.view import busiest_source
from detente.results import Result
from detente.uncertainty import Estimate

MODES = ("sender", "receiver", "action", "period")
STRUCTURE_K, LEAST_SHARE, LEAST_ACTS = 20, 0.05, 20
KEPT = 8
"""Fits that the record's cache keeps: one serves every pair of a day."""
TRIED = (5, 10, 20, 30, 50)


@dataclass(frozen=True, eq=False, repr=False)
class Components(Result):
    """The fitted components, largest first; `labels` name the indices of each mode, `scores` are those of K, if
    tried.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "component": "1 is the largest",
        "weight": "its share of all events",
        "mode": "sender, receiver, action or period",
        "label": "code of the member",
        "name": "the member in words",
        "share": "the member's share of the component",
        "low": "lower bound of the 90% band",
        "high": "upper bound of the 90% band",
    }

    fit: TensorFit
    labels: tuple[list[str], ...]
    order: list[int]
    scores: pl.DataFrame | None
    by: str
    basis: str
    provenance: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """Rows component (1 the largest), weight (share of events), mode, label, name, share, low, high.

        Shares of a component's factor add up to 1 in each mode; members with less than a thousandth are left out.
        """
        rows = []
        weights = self.fit.weights / self.fit.weights.sum()
        factors = self.fit.factors
        for number, k in enumerate(self.order, start=1):
            for mode, (name, labels) in enumerate(zip(MODES, self.labels, strict=True)):
                low, high = self.fit.interval(mode, k)
                column = factors[mode][:, k]
                for i in np.argsort(-column, kind="stable"):
                    if column[i] < 0.001:
                        break
                    shown = _named(name, labels[i])
                    rows.append((number, weights[k], name, labels[i], shown, column[i], low[i], high[i]))
        return pl.DataFrame(rows, schema=list(self.COLUMNS), orient="row")

    def name(self, component: int) -> str:
        """A component's name: its top senders, receivers, actions and periods, as many as hold half of it, three at
        most.
        """
        rows = self.frame.filter(pl.col("component") == component)
        top = {}
        for mode in MODES:
            members = rows.filter(pl.col("mode") == mode)
            top[mode] = members["name"].head(min(3, int((members["share"].cum_sum() < 0.5).sum()) + 1)).to_list()
        acts, when = ", ".join(top["action"]), ", ".join(top["period"])
        if top["sender"] == top["receiver"] and len(top["sender"]) == 1:
            hub = top["sender"][0]
            others = rows.filter(pl.col("mode").is_in(MODES[:2]) & (pl.col("name") != hub))
            others = others.group_by("name").agg(pl.col("share").sum()).sort("share", "name", descending=[True, False])
            return f"{hub} with {', '.join(others['name'].head(3))} and others: {acts} ({when})"
        return f"{', '.join(top['sender'])} to {', '.join(top['receiver'])}: {acts} ({when})"

    def of_pair(self, a: str, b: str, *, draws: int = 1000, seed: int = 0) -> pl.DataFrame:
        """To which components the acts between two states belong: component, name, share, low, high, largest first.

        Shares add up to 1 over all components, both directions together; the 90% band is that of the factors'
        posterior, variational and so too narrow. NoData for a state without acts, and for an organisation.
        """
        unknown = [code for code in (a, b) if code not in self.labels[0]]
        if unknown:
            acts = f"no acts of {', '.join(map(state_name, unknown))}"
            raise NoData(f"{acts} are among the components, which are of states that act in the periods covered")
        i, j = self.labels[0].index(a), self.labels[0].index(b)
        rng = np.random.default_rng(seed)
        sender, receiver, *rest = self.fit.gammas
        others = np.prod([g.mean.sum(0) for g in rest], axis=0)

        def drawn(g: Any, at: int) -> Any:
            return rng.gamma(g.shape[at], size=(draws, g.shape.shape[1])) / g.rate[at]

        rates = (drawn(sender, i) * drawn(receiver, j) + drawn(sender, j) * drawn(receiver, i)) * others
        low, high = np.quantile(rates / rates.sum(1, keepdims=True), [0.05, 0.95], axis=0)
        mean = (sender.mean[i] * receiver.mean[j] + sender.mean[j] * receiver.mean[i]) * others
        mean = mean / mean.sum()
        rows = [(n, self.name(n), mean[k], low[k], high[k]) for n, k in enumerate(self.order, start=1)]
        table = pl.DataFrame(rows, schema=["component", "name", "share", "low", "high"], orient="row")
        return table.sort("share", "component", descending=[True, False])

    def summary(self) -> str:
        """Every component's weight and name, and how K was chosen."""
        weights = self.fit.weights / self.fit.weights.sum()
        lines = [f"{self.fit.model.k} components of {self.basis}."]
        if self.scores is not None:
            tried = self.scores.drop_nulls("k").select("k", "gain_per_event").iter_rows()
            shown = ", ".join(f"{k}: {gain:+.3f}" for k, gain in tried)
            lines.append(f"Held-out gain over each cell's own average, in nats an event, by K: {shown}.")
        for number, k in enumerate(self.order, start=1):
            lines.append(f"{number}. {weights[k]:.1%} {self.name(number)}")
        return "\n".join(lines)

    def plot(self, component: int = 1) -> Any:
        """One component: its top senders, receivers and actions, and its course through time, with bands."""
        rows = self.frame.filter(pl.col("component") == component)
        if rows.is_empty():
            raise DetenteError(f"no component {component}; there are {len(self.order)}")
        drawing, axes = figure(4.6, 2, 2, sharex=False)
        for axis, mode in zip(axes.ravel()[:3], MODES[:3], strict=True):
            top = rows.filter(pl.col("mode") == mode).head(8).reverse()
            share = top["share"].to_numpy()
            errors = np.array([share - top["low"].to_numpy(), top["high"].to_numpy() - share]).clip(0)
            axis.barh(top["name"], share, color=BLUE, xerr=errors, error_kw={"linewidth": 0.8})
            axis.set_xlabel(f"share of {mode}s")
        k = self.order[component - 1]
        low, high = self.fit.interval(3, k)
        axis = axes[1][1]
        when = [date.fromisoformat(label) for label in self.labels[3]]
        band(axis, when, self.fit.factors[3][:, k], low, high)
        axis.set_ylabel("share of the component")
        axis.set_xlabel(self.by)
        axis.tick_params(axis="x", rotation=30)
        source_line(drawing, f"Component {component}; 90% intervals, variational, so too narrow. Source: {self.basis}.")
        return drawing


def _named(mode: str, label: str) -> str:
    if mode in ("sender", "receiver"):
        return state_name(label)
    if mode == "action":
        return actions()[label].name.lower() if label in actions() else label
    return label


def components(
    record: Store,
    k: int | None = None,
    *,
    by: str = "week",
    as_of: date | None = None,
    source: str | None = None,
    states: Sequence[str] | None = None,
    restarts: int = 1,
    seed: int = 0,
    on_k: Callable[[int], None] | None = None,
) -> Components:
    """Components of sender x receiver x CAMEO root x period, by Bayesian Poisson factorisation.

    `k` None is chosen among 5, 10, 20, 30 and 50 by the score of held-out cells (`detente.models.choose_k`). `states`
    restricts to acts between them. Raises NoData where no events are held.
    """
    period(by)
    chosen = busiest_source(record, source, as_of)
    counts = action_counts(record, source=chosen, by=by, as_of=as_of, states=states)
    if counts.height < 10:
        raise NoData(f"{chosen} holds too few acts between these states")
    made_from = {"counts": counts, "k": k, "restarts": restarts, "seed": seed}
    labels, fit, scores = record.cached(
        "components", made_from, lambda: _fitted(counts, k, restarts, seed, on_k), most=KEPT
    )
    k = fit.model.k
    order = [int(i) for i in np.argsort(-fit.weights, kind="stable")]
    people, when = labels[0], labels[3]
    basis = f"{counts['count'].sum():,} {chosen} events between {len(people)} states by {by}, {when[0]} to {when[-1]}"
    provenance = record.provenance([chosen], TensorFit.METHODS, k=k, by=by, states=states, restarts=restarts, seed=seed)
    return Components(fit, labels, order, scores, by, basis, provenance)


def _fitted(
    counts: pl.DataFrame, k: int | None, restarts: int, seed: int, on_k: Callable[[int], None] | None
) -> tuple[tuple[list[str], ...], TensorFit, pl.DataFrame | None]:
    """The labels of each mode, the fit, and the scores of every K, where it had to be chosen."""
    people = sorted({*counts["sender"], *counts["receiver"]})
    acts, when = sorted(set(counts["root"])), sorted(set(counts["period"]))
    modes = {"sender": people, "receiver": people, "root": acts, "period": when}
    places = [pl.Series(members).search_sorted(counts[mode]) for mode, members in modes.items()]
    indices = np.column_stack(places).astype(np.int64)
    y = counts["count"].to_numpy()
    dims = (len(people), len(people), len(acts), len(when))
    model = PoissonTensor(k=k or TRIED[0], loops=False, restarts=restarts, seed=seed)
    scores = None
    if k is None:
        scores = choose_k(model, indices, y, dims, TRIED, seed=seed, on_k=on_k)
        k = int(scores.filter("chosen")["k"][0])
    fit = PoissonTensor(k=k, loops=False, restarts=restarts, seed=seed).fit(indices, y, dims)
    return (people, people, acts, [day.isoformat() for day in when]), fit, scores


def _say(ask: Question, draft: Draft) -> None:
    pair = ask.pair
    chosen = pair.source
    acts = count_pair(pair, chosen)
    if acts < LEAST_ACTS:
        raise NoData(f"{acts} acts between the two in {chosen} are too few, {LEAST_ACTS} are needed")
    answer = components(pair.record, STRUCTURE_K, as_of=pair.as_of, source=chosen, seed=ask.seed)
    shares = answer.of_pair(pair.a, pair.b, seed=ask.seed).filter(pl.col("share") >= LEAST_SHARE)
    for row in shares.head(3).iter_rows(named=True):
        value = Estimate(row["share"], row["low"], row["high"])
        draft.add(f"component {row['component']}", value, "share of the pair's acts")
        draft.say(f"{percent(value)} of what is reported between them belongs to {row['name']}.")
    draft.basis = f"Poisson factorisation, K = {STRUCTURE_K} by convention, one fit; {answer.basis}"
    draft.data_to = pair.covered_to


TOPIC = Topic("structure", "Hidden structure", _say, methods=TensorFit.METHODS)
