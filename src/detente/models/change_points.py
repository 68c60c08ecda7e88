"""When a series changed its level: exact Bayesian multiple change points, with the uncertainty of their dates.

Every period begins a new regime with probability p, independently; regimes are independent with a conjugate prior and
a memory common to all (`detente.models.regimes`), so that they integrate out and the posterior over all segmentations
is exact in O(T^2) for every memory. The sources are in `ChangePointsFit.METHODS`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from detente.checks import above_nought, whole
from detente.errors import DetenteError, NotEstimable
from detente.models.base import Estimator, Fit
from detente.models.frames import UNITS, by_period, exposed
from detente.models.regimes import MEMORIES, binomial, dispersion, gaussian, lengths, poisson, stabilised
from detente.plots import BLUE, GREY, INK, figure, source_line
from detente.uncertainty import Array


@dataclass(frozen=True)
class ChangePoints(Estimator):
    """Estimator of the breaks of one series.

    `family` and exposure as in `LocalLevel`: shares, rates, or values with unknown mean and variance. `expected` is
    the prior mean number of breaks; `shortest` the fewest periods of a regime. What one period leaves to the next has
    a prior of its own, so that it does not pass for breaks (`memory` None: any from 0 to 0.9 is as likely; a number
    holds it there). Counts are divided by how much more they vary than their family allows, so that clumps of reports
    do not pass for breaks either. Assumes no trend: a slow drift shows as breaks of unsure date, or as memory.

    >>> fit = ChangePoints("gaussian", seed=1).fit([0.1, -0.2, 0.0, 0.2, -0.1, 5.1, 4.8, 5.0, 5.2, 4.9])
    >>> fit.breaks.select("period", "low", "high").rows()
    [(5, 5, 5)]
    """

    family: Literal["binomial", "poisson", "gaussian"] = "gaussian"
    expected: float = 1.0
    shortest: int = 2
    memory: float | None = None
    draws: int = 2000
    seed: int = 0

    def fit(self, y: ArrayLike, exposure: ArrayLike | None = None) -> ChangePointsFit:
        """Fit to y (T,) with exposure (T,); periods unseen (exposure 0, or y NaN) belong to regimes but tell nothing.

        DetenteError for an unknown family, or numbers outside their range; NotEstimable where periods are too few.
        """
        above_nought("expected", self.expected)
        whole("shortest", self.shortest)
        whole("draws", self.draws)
        seen, weight = exposed(y, exposure, self.family)
        if (weight > 0).sum() < 2 * self.shortest:
            raise NotEstimable(f"{(weight > 0).sum()} periods seen are too few for regimes of {self.shortest} or more")
        if self.memory is not None and not 0 <= self.memory <= 0.95:
            raise DetenteError(f"memory lies between 0 and 0.95, not {self.memory!r}")
        chance = min(0.5, self.expected / max(1, len(seen) - 1))
        grid = MEMORIES if self.memory is None else np.array([self.memory])
        working = seen / np.where(weight > 0, weight, 1)
        if self.family != "gaussian":
            working = stabilised(self.family, seen, weight)

        def remembering(memory: float) -> Array:
            return self._long_enough(gaussian(working, weight > 0, memory))

        from scipy.special import softmax

        # The log marginal likelihood of the whole series, under each memory.
        chances = softmax([_segments(remembering(float(r)), chance)[1][0] for r in grid])
        memory, inflation = float(chances @ grid), 1.0
        if self.family == "gaussian":
            chances = np.where(chances > 1e-3, chances, 0.0) / chances[chances > 1e-3].sum()
            tables = map(remembering, grid[chances > 0].tolist())
        else:
            # Differences of neighbours see 1 - r of the variance if all of it has memory, all if none: take half way.
            inflation = dispersion(self.family, seen, weight) * (1 + memory) / (1 - memory) ** 1.5
            of = binomial if self.family == "binomial" else poisson
            tables, chances = map(self._long_enough, [of(seen, weight, inflation)]), np.ones(1)
        return ChangePointsFit(
            self, seen, weight, inflation, memory, *self._mixed(tables, chances[chances > 0], chance)
        )

    @classmethod
    def example(cls, seed: int = 0) -> dict[str, Any]:
        """Thirty values about 0, then thirty about 3, of deviation 1."""
        return {"y": np.repeat([0.0, 3.0], 30) + np.random.default_rng(seed).standard_normal(60)}

    def _mixed(
        self, tables: Iterable[Array], chances: Array, chance: float
    ) -> tuple[Array, list[int], list[list[int]]]:
        """The posterior over several tables: probabilities, the best of the likeliest table, draws from all."""
        rng = np.random.default_rng(self.seed)
        counts = rng.multinomial(self.draws, chances)
        posteriors = [_posterior(table, chance, int(n), rng) for table, n in zip(tables, counts, strict=True)]
        probability = np.asarray(chances @ np.array([one for one, _, _ in posteriors]))
        best = posteriors[int(chances.argmax())][1]
        return probability, best, [starts for _, _, drawn in posteriors for starts in drawn]

    def _long_enough(self, marginal: Array) -> Array:
        return np.where(lengths(len(marginal) - 1) >= self.shortest, marginal, -np.inf)


def _segments(marginal: Array, chance: float) -> tuple[Array, Array]:
    """Log weight [s, e] of regime s..e-1 with the priors of its length and end; and of all after s (T + 1,)."""
    t = len(marginal) - 1
    # A regime s..e-1 has e-s-1 periods in which none began; after it one begins, unless it is the last.
    segment = marginal + np.maximum(lengths(t) - 1, 0) * np.log1p(-chance)
    segment[:, :t] += np.log(chance)
    ahead = np.full(t + 1, -np.inf)
    ahead[t] = 0.0
    for s in range(t - 1, -1, -1):
        ahead[s] = np.logaddexp.reduce(segment[s, s + 1 :] + ahead[s + 1 :])
    return segment, ahead


def _posterior(
    marginal: Array, chance: float, draws: int, rng: np.random.Generator
) -> tuple[Array, list[int], list[list[int]]]:
    """Probability that a regime begins at each period, the most probable beginnings (without the first), and draws."""
    t = len(marginal) - 1
    segment, ahead = _segments(marginal, chance)
    behind = np.full(t + 1, -np.inf)
    behind[0] = 0.0
    for e in range(1, t):
        behind[e] = np.logaddexp.reduce(behind[:e] + segment[:e, e])
    value, follow = np.full(t + 1, -np.inf), np.zeros(t + 1, dtype=int)
    value[t] = 0.0
    for s in range(t - 1, -1, -1):
        ways = segment[s, s + 1 :] + value[s + 1 :]
        follow[s] = s + 1 + int(ways.argmax())
        value[s] = ways.max()
    best, at = [], int(follow[0])
    while at < t:
        best.append(at)
        at = int(follow[at])
    probability = np.exp(behind[:t] + ahead[:t] - ahead[0])
    probability[0] = 0.0
    drawn = []
    tables: dict[int, Array] = {}
    for _ in range(draws):
        at, starts = 0, []
        while True:
            if at not in tables:
                tables[at] = np.cumsum(np.exp(segment[at, at + 1 :] + ahead[at + 1 :] - ahead[at]))
            at += 1 + int(np.searchsorted(tables[at], rng.random() * tables[at][-1]))
            if at >= t:
                break
            starts.append(at)
        drawn.append(starts)
    return probability, best, drawn


@dataclass(frozen=True, eq=False, repr=False)
class ChangePointsFit(Fit):
    """The posterior: `probability` (T,) that a regime begins at each period; `best` the most probable segmentation;
    `starts` draws of all beginnings; `memory` what a period leaves to the next, on average; `inflation` by how much
    more counts vary than their family allows, memory included.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "period": "0 for the first",
        "observed": "y / exposure; null where nothing was seen",
        "exposure": "as given; 0 where nothing was seen",
        "probability": "that a regime begins with the period",
    }
    METHODS: ClassVar[tuple[str, ...]] = (
        "Barry and Hartigan, Product partition models for change point problems, Annals of Statistics 20, 1992",
        "Fearnhead, Exact and efficient Bayesian inference for multiple changepoint problems, Statistics and Computing "
        "16, 2006",
    )

    model: ChangePoints
    y: Array
    exposure: Array
    inflation: float
    memory: float
    probability: Array
    best: list[int]
    starts: list[list[int]]

    @property
    def counts(self) -> dict[int, float]:
        """Posterior probability of each number of breaks."""
        numbers = [len(starts) for starts in self.starts]
        return {n: numbers.count(n) / len(numbers) for n in sorted(set(numbers))}

    @property
    def breaks(self) -> pl.DataFrame:
        """The breaks more likely than not: period (first of the new regime), low, high, probability.

        They are those of the most probable segmentation. Each owns the periods halfway to its neighbours: probability
        is that any break lies there, low to high the central 90% of its date if one does.
        """
        schema = {"period": pl.Int64, "low": pl.Int64, "high": pl.Int64, "probability": pl.Float64}
        edges = [0, *self.best, len(self.y)]
        rows = []
        for before, at, after in zip(edges, edges[1:], edges[2:], strict=False):
            first, last = (before + at) / 2 if before else 0, (at + after) / 2 if after < len(self.y) else len(self.y)
            near = [[b for b in starts if first < b <= last] for starts in self.starts]
            nearest = [min(drawn, key=lambda b: abs(b - at)) for drawn in near if drawn]
            probability = len(nearest) / len(self.starts)
            if probability >= 0.5:
                low, high = np.quantile(nearest, [0.05, 0.95], method="inverted_cdf").astype(int)
                rows.append((at, int(low), int(high), probability))
        return pl.DataFrame(rows, schema=schema, orient="row")

    def regimes(self) -> pl.DataFrame:
        """Between the breaks: first and last period, level, low, high (90%; null where unknown), periods seen."""
        from scipy.special import betaincinv, gammaincinv, stdtrit

        edges = [0, *self.breaks["period"].to_list(), len(self.y)]
        rows: list[tuple[Any, ...]] = []
        for first, after in itertools.pairwise(edges):
            y, n = self.y[first:after], self.exposure[first:after]
            seen = n > 0
            k, total = y.sum() / self.inflation, n.sum() / self.inflation
            middle = low = high = None
            if seen.any() and self.model.family == "binomial":
                middle, low, high = betaincinv(k + 0.5, total - k + 0.5, [0.5, 0.05, 0.95])
            elif seen.any() and self.model.family == "poisson":
                middle, low, high = gammaincinv(k + 0.5, [0.5, 0.05, 0.95]) / total
            elif seen.any():
                rates = y[seen] / n[seen]
                middle = rates.mean()
                if len(rates) > 1:
                    error = rates.std(ddof=1) / np.sqrt(len(rates)) * np.sqrt((1 + self.memory) / (1 - self.memory))
                    low, high = middle + error * stdtrit(len(rates) - 1, [0.05, 0.95])
            rows.append((first, after - 1, middle, low, high, int(seen.sum())))
        schema = dict.fromkeys(("first", "last"), pl.Int64) | dict.fromkeys(("level", "low", "high"), pl.Float64)
        schema["seen"] = pl.Int64
        return pl.DataFrame(rows, schema=schema, orient="row")

    @property
    def frame(self) -> pl.DataFrame:
        """A row a period; see `COLUMNS`."""
        return by_period(self.y, self.exposure, probability=self.probability)

    def summary(self) -> str:
        """The number of breaks and their dates, with uncertainty."""
        shown = ", ".join(f"{n}: {p:.0%}" for n, p in self.counts.items() if p >= 0.05)
        lines = [
            f"Breaks in {len(self.y)} periods (probability of each number: {shown}); a period leaves {self.memory:.2f} "
            "of its departure from the level to the next."
        ]
        for row in self.breaks.iter_rows(named=True):
            lines.append(
                f"Break at period {row['period']} (90%: {row['low']} to {row['high']}; "
                f"a break there: {row['probability']:.0%})."
            )
        return "\n".join(lines)

    def plot(self) -> Any:
        """The series with the levels of its regimes, and below the probability of a break at each period."""
        drawing, (upper, lower) = figure(3.4, 2, gridspec_kw={"height_ratios": [2.2, 1]})
        frame = self.frame
        upper.scatter(frame["period"], frame["observed"], s=8, color=GREY)
        for row in self.regimes().drop_nulls("level").iter_rows(named=True):
            span = [row["first"] - 0.5, row["last"] + 0.5]
            if row["low"] is not None:
                upper.fill_between(span, row["low"], row["high"], color=BLUE, alpha=0.18, linewidth=0)
            upper.plot(span, [row["level"]] * 2, color=BLUE, linewidth=1.6)
        upper.set_ylabel(UNITS[self.model.family])
        lower.bar(frame["period"], frame["probability"], color=INK, width=1)
        lower.set_ylim(0, 1)
        lower.set_ylabel("probability\nof a break")
        lower.set_xlabel("period")
        source_line(drawing, "Lines and shades: levels of the regimes and their 90% bands.")
        return drawing
