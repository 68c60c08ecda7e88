"""When a series changed its level: exact Bayesian multiple change points, with the uncertainty of their dates.

Every period begins a new regime with probability p, independently; within a regime values are exchangeable with a
conjugate prior, so that regimes integrate out and the posterior over all segmentations is exact in O(T^2). Method:
Barry and Hartigan, "Product partition models for change point problems", Annals of Statistics 20, 1992; Fearnhead,
"Exact and efficient Bayesian inference for multiple changepoint problems", Statistics and Computing 16, 2006.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.errors import DetenteError, NotEstimable
from detente.models.checks import above_nought, whole
from detente.models.frames import exposed, observed

if TYPE_CHECKING:
    import polars as pl

Array = NDArray[np.float64]
FAMILIES = ("binomial", "poisson", "gaussian")


@dataclass(frozen=True)
class ChangePoints:
    """Estimator of the breaks of one series.

    `family` and exposure as in `LocalLevel`: shares, rates, or values with unknown mean and variance. `expected` is
    the prior mean number of breaks; `shortest` the fewest periods of a regime. Counts are first divided by how much
    more they vary from period to period than their family allows (at least 1), else clumps of reports would pass for
    breaks. Assumes no trend and no memory within a regime: a slow drift shows as several breaks of unsure date.

    >>> fit = ChangePoints("gaussian", seed=1).fit([0.1, -0.2, 0.0, 0.2, -0.1, 5.1, 4.8, 5.0, 5.2, 4.9])
    >>> fit.breaks.select("period", "low", "high").rows()
    [(5, 5, 5)]
    """

    family: Literal["binomial", "poisson", "gaussian"] = "gaussian"
    expected: float = 2.0
    shortest: int = 2
    draws: int = 2000
    seed: int = 0

    def fit(self, y: ArrayLike, exposure: ArrayLike | None = None) -> ChangePointsFit:
        """Fit to y (T,) with exposure (T,); periods unseen (exposure 0, or y NaN) belong to regimes but tell nothing.

        DetenteError for an unknown family, or numbers outside their range; NotEstimable where periods are too few.
        """
        if self.family not in FAMILIES:
            raise DetenteError(f"family is one of {', '.join(FAMILIES)}, not {self.family!r}")
        above_nought("expected", self.expected)
        whole("shortest", self.shortest)
        whole("draws", self.draws)
        seen, weight = exposed(y, exposure, self.family)
        if (weight > 0).sum() < 2 * self.shortest:
            raise NotEstimable(f"{(weight > 0).sum()} periods seen are too few for regimes of {self.shortest} or more")
        dispersion = _dispersion(self.family, seen, weight)
        marginal = _marginals(self.family, seen, weight, dispersion, self.shortest)
        chance = min(0.5, self.expected / max(1, len(seen) - 1))
        rng = np.random.default_rng(self.seed)
        probability, best, starts = _posterior(marginal, chance, self.draws, rng)
        return ChangePointsFit(self, seen, weight, dispersion, probability, best, starts)


def _dispersion(family: str, y: Array, exposure: Array) -> float:
    """How much more neighbours differ than the family allows: robust, as breaks are few (von Neumann's differences)."""
    seen = exposure > 0
    if family == "gaussian" or seen.sum() < 4:
        return 1.0
    rate, weight = y[seen] / exposure[seen], exposure[seen]
    pooled = (y[seen][1:] + y[seen][:-1] + 0.5) / (weight[1:] + weight[:-1] + 1)
    spread = pooled * (1 - pooled) if family == "binomial" else pooled
    squares = np.diff(rate) ** 2 / (spread * (1 / weight[1:] + 1 / weight[:-1]))
    return float(max(1.0, squares.mean()))


def _marginals(family: str, y: Array, exposure: Array, dispersion: float, shortest: int) -> Array:
    """Log marginal likelihood of a regime over periods s..t-1, in [s, t]; -inf where it is too short."""
    from scipy.special import betaln, gammaln

    t = len(y)

    def sums(x: Array) -> Array:
        total = np.concatenate([[0.0], np.cumsum(x)])
        return np.asarray(total[None, :] - total[:, None])

    if family == "binomial":
        k, n = sums(y / dispersion), sums(exposure / dispersion)
        value = betaln(np.maximum(k, 0) + 0.5, np.maximum(n - k, 0) + 0.5) - betaln(0.5, 0.5)
    elif family == "poisson":
        k, n = sums(y / dispersion), sums(exposure / dispersion)
        # Gamma prior worth one period of the average exposure, at the average rate.
        b = max(float(exposure[exposure > 0].mean()) / dispersion, 1e-9)
        a = max(float(y.sum() / exposure.sum()) * b, 0.5)
        value = (
            gammaln(a + np.maximum(k, 0))
            - gammaln(a)
            + a * np.log(b)
            - (a + np.maximum(k, 0)) * np.log(b + np.maximum(n, 0))
        )
    else:
        w = (exposure > 0).astype(float)
        rate = np.where(w > 0, y / np.where(w > 0, exposure, 1), 0.0)
        centre = rate[w > 0].mean()
        differences = np.diff(rate[w > 0])
        noise = float(np.median(np.abs(differences)) / 0.954) ** 2 if len(differences) else 1.0
        noise = noise or float(rate[w > 0].var()) or 1.0
        spread = max(float(rate[w > 0].var()), noise)
        n, s1, s2 = np.maximum(sums(w), 0), sums(rate * w - centre * w), sums((rate - centre) ** 2 * w)
        # Normal-inverse-gamma: noise known to about two periods, regimes as far apart as the values are.
        kappa, a, b = noise / spread, 1.5, 1.5 * noise
        fall = b + 0.5 * np.maximum(s2 - s1**2 / (kappa + n), 0)
        value = gammaln(a + n / 2) - gammaln(a) + a * np.log(b) - (a + n / 2) * np.log(fall)
        value += 0.5 * np.log(kappa / (kappa + n)) - 0.5 * n * np.log(2 * np.pi)
    length = np.arange(t + 1)[None, :] - np.arange(t + 1)[:, None]
    return np.asarray(np.where(length >= shortest, value, -np.inf))


def _posterior(
    marginal: Array, chance: float, draws: int, rng: np.random.Generator
) -> tuple[Array, list[int], list[list[int]]]:
    """Probability that a regime begins at each period, the most probable beginnings (without the first), and draws."""
    t = len(marginal) - 1
    go, stay = np.log(chance), np.log1p(-chance)
    steps = np.arange(t + 1)
    # A regime s..e-1 has e-s-1 periods in which none began; after it one begins, unless it is the last.
    segment = marginal + np.maximum(steps[None, :] - steps[:, None] - 1, 0) * stay
    segment[:, :t] += go
    ahead = np.full(t + 1, -np.inf)
    ahead[t] = 0.0
    for s in range(t - 1, -1, -1):
        ahead[s] = np.logaddexp.reduce(segment[s, s + 1 :] + ahead[s + 1 :])
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
    found = []
    tables: dict[int, Array] = {}
    for _ in range(draws):
        at, begun = 0, []
        while True:
            if at not in tables:
                tables[at] = np.cumsum(np.exp(segment[at, at + 1 :] + ahead[at + 1 :] - ahead[at]))
            at += 1 + int(np.searchsorted(tables[at], rng.random() * tables[at][-1]))
            if at >= t:
                break
            begun.append(at)
        found.append(begun)
    return probability, best, found


@dataclass(frozen=True, eq=False)
class ChangePointsFit:
    """The posterior: `probability` (T,) that a regime begins at each period; `best` the most
    probable segmentation; `starts` draws of all beginnings.
    """

    model: ChangePoints
    y: Array
    exposure: Array
    dispersion: float
    probability: Array
    best: list[int]
    starts: list[list[int]]

    @property
    def counts(self) -> dict[int, float]:
        """Posterior probability of each number of breaks."""
        numbers = [len(begun) for begun in self.starts]
        return {n: numbers.count(n) / len(numbers) for n in sorted(set(numbers))}

    @property
    def breaks(self) -> pl.DataFrame:
        """The breaks more likely than not: period (first of the new regime), low, high, probability.

        They are those of the most probable segmentation. Each owns the periods halfway to its neighbours: probability
        is that any break lies there, low to high the central 90% of its date if one does.
        """
        import polars as pl

        schema = {"period": pl.Int64, "low": pl.Int64, "high": pl.Int64, "probability": pl.Float64}
        edges = [0, *self.best, len(self.y)]
        rows = []
        for before, at, after in zip(edges, edges[1:], edges[2:], strict=False):
            first, last = (before + at) / 2 if before else 0, (at + after) / 2 if after < len(self.y) else len(self.y)
            inside = [[b for b in begun if first < b <= last] for begun in self.starts]
            nearest = [min(some, key=lambda b: abs(b - at)) for some in inside if some]
            probability = len(nearest) / len(self.starts)
            if probability >= 0.5:
                low, high = np.quantile(nearest, [0.05, 0.95], method="inverted_cdf").astype(int)
                rows.append((at, int(low), int(high), probability))
        return pl.DataFrame(rows, schema=schema, orient="row")

    def regimes(self) -> pl.DataFrame:
        """Between the breaks found: first and last period, level, low, high (90%; null where they can't be told), periods seen."""
        import polars as pl
        from scipy.special import betaincinv, gammaincinv, stdtrit

        edges = [0, *self.breaks["period"].to_list(), len(self.y)]
        rows: list[tuple[Any, ...]] = []
        for first, after in itertools.pairwise(edges):
            y, n = self.y[first:after], self.exposure[first:after]
            seen = n > 0
            k, total = y.sum() / self.dispersion, n.sum() / self.dispersion
            if not seen.any():
                rows.append((first, after - 1, None, None, None, 0))
                continue
            if self.model.family == "binomial":
                middle, low, high = betaincinv(k + 0.5, total - k + 0.5, [0.5, 0.05, 0.95])
            elif self.model.family == "poisson":
                middle, low, high = gammaincinv(k + 0.5, [0.5, 0.05, 0.95]) / total
            else:
                rates = y[seen] / n[seen]
                if len(rates) < 2:
                    rows.append((first, after - 1, float(rates[0]), None, None, 1))
                    continue
                error = rates.std(ddof=1) / np.sqrt(len(rates))
                middle, low, high = rates.mean() + error * stdtrit(len(rates) - 1, [0.5, 0.05, 0.95])
            rows.append((first, after - 1, float(middle), float(low), float(high), int(seen.sum())))
        schema = {
            "first": pl.Int64,
            "last": pl.Int64,
            **dict.fromkeys(("level", "low", "high"), pl.Float64),
            "seen": pl.Int64,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    def frame(self) -> pl.DataFrame:
        """Rows period, observed, exposure, probability that a regime begins."""
        import polars as pl

        return pl.DataFrame(
            {
                "period": np.arange(len(self.y)),
                "observed": observed(self.y, self.exposure),
                "exposure": self.exposure,
                "probability": self.probability,
            }
        )

    def summary(self) -> str:
        """The number of breaks and their dates, with uncertainty."""
        shown = ", ".join(f"{n}: {p:.0%}" for n, p in self.counts.items() if p >= 0.05)
        lines = [f"Breaks in {len(self.y)} periods (probability of each number: {shown})."]
        for row in self.breaks.iter_rows(named=True):
            lines.append(
                f"Break at period {row['period']} (90%: {row['low']} to {row['high']}; a break there: {row['probability']:.0%})."
            )
        return "\n".join(lines)

    def plot(self) -> Any:
        """The series with the levels of its regimes, and below the probability of a break at each period."""
        from detente.plots import BLUE, GREY, INK, figure, source_line

        drawing, (upper, lower) = figure(3.4, 2, gridspec_kw={"height_ratios": [2.2, 1]})
        frame = self.frame()
        upper.scatter(frame["period"], frame["observed"], s=8, color=GREY)
        for row in self.regimes().drop_nulls("level").iter_rows(named=True):
            span = [row["first"] - 0.5, row["last"] + 0.5]
            if row["low"] is not None:
                upper.fill_between(span, row["low"], row["high"], color=BLUE, alpha=0.18, linewidth=0)
            upper.plot(span, [row["level"]] * 2, color=BLUE, linewidth=1.6)
        upper.set_ylabel({"binomial": "share", "poisson": "rate", "gaussian": "value"}[self.model.family])
        lower.bar(frame["period"], frame["probability"], color=INK, width=1)
        lower.set_ylim(0, 1)
        lower.set_ylabel("probability\nof a break")
        lower.set_xlabel("period")
        source_line(drawing, "Lines and shades: levels of the regimes and their 90% bands.")
        return drawing
