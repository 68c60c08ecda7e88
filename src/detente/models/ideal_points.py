"""Dynamic ideal points of states from ordered votes (no, abstain, yes).

Ordered probit: P(vote <= c) = Phi(k_vc - b_v theta_st), with theta of a state a random walk over sessions,
theta_s1 ~ N(0, 1), theta_st ~ N(theta_s,t-1, w^2 * gap). The model is that of Bailey, Strezhnev and Voeten. They draw
from the posterior by Markov chains; here the items are estimated by maximum marginal likelihood, by EM with a Gaussian
approximation to the states' paths given the votes (after Imai, Lo and Olmsted), so that all votes fit in seconds. They
fix the parameters of a resolution that returns; here each session is fitted in its own units and the sessions are
linked afterwards by the resolutions that came back (`linking`), so that the error of the link is known. The sources are
in `IdealPointsFit.METHODS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from detente.checks import above_nought, whole
from detente.errors import DetenteError, NotEstimable
from detente.models.base import Estimator, Fit
from detente.models.linking import Links, link
from detente.plots import GREY, SERIES, band, figure, legend, source_line
from detente.uncertainty import Array, reach

CHOICES = {"no": 0, "abstain": 1, "yes": 2}


@dataclass(frozen=True)
class IdealPoints(Estimator):
    """Estimator in one dimension. `positive` names a state whose mean position is above nought.

    `tolerance` ends the iterations: the largest change of any position (in standard deviations). Assumes that
    votes are independent given the positions, and that a state moves in steps of one size. What moves all states
    alike is told from changed resolutions only by those that come back unchanged.

    >>> rng = np.random.default_rng(0)
    >>> truth, cut = rng.standard_normal(40), rng.standard_normal(200)
    >>> votes = ((truth[:, None] - cut + rng.standard_normal((40, 200))) > 0) * 2
    >>> state, item = np.indices(votes.shape)
    >>> fit = IdealPoints(positive=str(truth.argmax())).fit(state.ravel().astype(str), 1, item.ravel(), votes.ravel())
    >>> bool(np.corrcoef(fit.points, truth[fit.states.astype(int)])[0, 1] > 0.95)
    True
    """

    positive: str | None = "USA"
    tolerance: float = 2e-3
    iterations: int = 300

    def fit(
        self,
        states: ArrayLike,
        sessions: ArrayLike | int,
        items: ArrayLike,
        choices: ArrayLike,
        *,
        on_step: Callable[[int, float], None] | None = None,
    ) -> IdealPointsFit:
        """Fit to votes, one a row: state, session (whole number), item, choice (0 no, 1 abstain, 2 yes, or the words).

        An item may come back in other sessions: that links them. Items on which all voted alike in a session tell
        nothing and are left out. DetenteError for a vote that is none; NotEstimable without votes that tell two states
        apart, or where `positive` never voted.
        """
        from detente.models.ideal_points_em import em

        s = np.asarray(states).astype(str)
        t = _sessions(np.broadcast_to(np.asarray(sessions), s.shape))
        _, v = np.unique(np.asarray(items), return_inverse=True)
        c = _coded(np.asarray(choices))
        if not len(s) == len(v) == len(c):
            raise DetenteError("states, sessions, items and choices must be of one length")
        above_nought("tolerance", self.tolerance)
        whole("iterations", self.iterations)
        if not len(s):
            raise NotEstimable("there is no vote to estimate from")
        span = int(t.max()) + 1
        # A call is an item in a session, a place a state in a session; places of one state lie together, in time.
        calls, call = np.unique(v * span + t, return_inverse=True)
        tally = np.zeros((len(calls), 3), dtype=np.int64)
        np.add.at(tally, (call, c), 1)
        kept = (tally[call] > 0).sum(1) > 1
        if not kept.any():
            raise NotEstimable("all voted alike on every item: nothing tells the states apart")
        calls, call = np.unique(calls[call[kept]], return_inverse=True)
        names, state = np.unique(s[kept], return_inverse=True)
        if self.positive is not None and self.positive not in names:
            raise NotEstimable(f"{self.positive!r}, to be on the positive side, never voted; name another (positive=)")
        if len(names) < 2:
            raise NotEstimable(f"{names[0]} alone voted: a position is one among states")
        places, place = np.unique(state * span + t[kept], return_inverse=True)
        of, when = places // span, places % span
        best = em(place, call, c[kept], of, when, self.iterations, self.tolerance, on_step)
        turned = self.positive is not None and best.mean[names[of] == self.positive].mean() < 0
        sign = -1.0 if turned else 1.0
        return IdealPointsFit(
            names[of],
            when,
            sign * best.mean,
            np.sqrt(best.variance),
            np.bincount(place, minlength=len(places)),
            link(calls % span, calls // span, sign * best.items[:, 0], best.items[:, 1]),
            float(np.sqrt(best.step)),
            best.iterations,
            best.change,
            len(call),
            len(calls),
        )

    @classmethod
    def example(cls, seed: int = 0) -> dict[str, Any]:
        """Forty roll calls in each of two sessions by the United States and 20 states S1 to S20 in random places."""
        rng = np.random.default_rng(seed)
        cut, session = rng.standard_normal(80), np.repeat([1, 2], 40)
        votes = (2 * ((rng.standard_normal((21, 1)) - cut + rng.standard_normal((21, 80))) > 0)).ravel()
        names = np.array(["USA", *(f"S{number}" for number in range(1, 21))])
        items = np.tile(np.arange(80), 21)
        return {"states": np.repeat(names, 80), "sessions": np.tile(session, 21), "items": items, "choices": votes}


def _sessions(given: NDArray[Any]) -> NDArray[np.int64]:
    bad = np.zeros(len(given), dtype=bool) if given.dtype.kind in "iu" else given != np.floor(given)
    bad |= given < 0
    if bad.any():
        raise DetenteError(f"session {given[bad][0]!r} in row {int(bad.argmax())} is no whole number from 0")
    return given.astype(np.int64)


def _coded(choices: NDArray[Any]) -> NDArray[np.int64]:
    if choices.dtype.kind in "OUST":
        words = np.char.lower(choices.astype(str))
        bad = ~np.isin(words, list(CHOICES))
        if bad.any():
            raise DetenteError(f"vote {str(words[bad][0])!r} in row {int(bad.argmax())} is none of no, abstain, yes")
        return np.select([words == "no", words == "abstain"], [0, 1], 2).astype(np.int64)
    if not np.isin(choices, (0, 1, 2)).all():
        raise DetenteError("choices are 0 (no), 1 (abstain) or 2 (yes)")
    return choices.astype(np.int64)


@dataclass(frozen=True, eq=False, repr=False)
class IdealPointsFit(Fit):
    """Positions of states in sessions (one a place).

    `standing` has mean 0 and standard deviation 1 in every session; `errors` are its posterior standard deviations
    given the items' parameters. `points` are on the scale of the last session, by `links`. `step` is the standard
    deviation of a state's move in one session.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "state": "as given",
        "session": "as given",
        "ideal_point": "position on the scale of the last session",
        "error": "standard error of the place among the states of the session",
        "low": "lower bound of the band by that error",
        "high": "upper bound of the band by that error",
        "link_error": "standard error common to all states of the session; counts when sessions are compared",
        "standing": "position with mean 0 and deviation 1 in the session",
        "votes": "votes that tell states apart",
    }
    METHODS: ClassVar[tuple[str, ...]] = (
        "Bailey, Strezhnev and Voeten, Estimating dynamic state preferences from United Nations voting data, Journal "
        "of Conflict Resolution 61(2), 2017",
        "Imai, Lo and Olmsted, Fast estimation of ideal points with massive data, American Political Science Review "
        "110(4), 2016",
        "Kolen and Brennan, Test Equating, Scaling, and Linking, 2014, ch. 6",
    )

    states: NDArray[np.str_]
    sessions: NDArray[np.int64]
    standing: Array
    errors: Array
    votes: NDArray[np.int64]
    links: Links
    step: float
    iterations: int
    change: float
    votes_used: int
    items: int

    @property
    def points(self) -> Array:
        """Positions on the scale of the last session."""
        at = np.searchsorted(self.links.sessions, self.sessions)
        return np.asarray(self.links.stretch[at] * self.standing + self.links.shift[at])

    @property
    def frame(self) -> pl.DataFrame:
        """The estimates with their 90% bands; see `bands`."""
        return self.bands()

    def bands(self, level: float = 0.90) -> pl.DataFrame:
        """The rows of `frame` with bands that hold `level`."""
        z = reach(level)
        at = np.searchsorted(self.links.sessions, self.sessions)
        points, errors = self.points, self.links.stretch[at] * self.errors
        return pl.DataFrame(
            {
                "state": self.states,
                "session": self.sessions,
                "ideal_point": points,
                "error": errors,
                "low": points - z * errors,
                "high": points + z * errors,
                "link_error": self.links.error[at],
                "standing": self.standing,
                "votes": self.votes,
            }
        )

    def distance(self, a: str, b: str, level: float = 0.90) -> pl.DataFrame:
        """How far apart two states are by session: session, distance, low, high, place (share of pairs closer).

        The band takes the two positions as independent.
        """
        z = reach(level)
        frame = self.frame
        one, two = (frame.filter(pl.col("state") == state) for state in (a, b))
        both = one.join(two, on="session", suffix="_b").with_columns(
            (pl.col("ideal_point") - pl.col("ideal_point_b")).abs().alias("distance"),
            (pl.col("error") ** 2 + pl.col("error_b") ** 2).sqrt().alias("spread"),
        )
        positions, places = self.points, []
        for session, gap in both.select("session", "distance").iter_rows():
            x = np.sort(positions[self.sessions == session])
            # Pairs no further apart than this, by two pointers over the sorted positions.
            within = np.searchsorted(x, x + gap - 1e-12, side="left") - np.arange(len(x)) - 1
            places.append(float(within.sum() / (len(x) * (len(x) - 1) / 2)))
        return both.select(
            "session",
            "distance",
            (pl.col("distance") - z * pl.col("spread")).clip(lower_bound=0).alias("low"),
            (pl.col("distance") + z * pl.col("spread")).alias("high"),
            pl.Series("place", places, dtype=pl.Float64),
        )

    def rank_correlation(self) -> pl.DataFrame:
        """Spearman's rank correlation of the positions in every two sessions on end: session, correlation, states."""
        from scipy.stats import spearmanr

        rows = []
        sessions = np.unique(self.sessions)
        for before, after in pairwise(sessions.tolist()):
            old, new = (
                dict(zip(self.states[self.sessions == x], self.standing[self.sessions == x], strict=True))
                for x in (before, after)
            )
            common = [state for state in old if state in new]
            if len(common) > 2:
                value = spearmanr([old[x] for x in common], [new[x] for x in common]).statistic
                rows.append((after, float(value), len(common)))
        return pl.DataFrame(rows, schema=["session", "correlation", "states"], orient="row")

    def summary(self, states: Sequence[str] = ()) -> str:
        """What was fitted, and the first and last position of the states named, or the ends of the last session."""
        frame = self.frame
        lines = [
            f"Ideal points of {len(np.unique(self.states))} states in {len(np.unique(self.sessions))} sessions from "
            f"{self.votes_used:,} votes on {self.items:,} roll calls, {self.links.bridges.sum():,} of them bridged "
            f"from the session before; a state moves {self.step:.2f} a session "
            f"({self.iterations} iterations, last change {self.change:.4f})."
        ]
        for state in states:
            path = frame.filter(pl.col("state") == state)
            if path.height:
                ends = " and ".join(
                    f"{r['ideal_point']:+.2f} ({r['low']:+.2f} to {r['high']:+.2f}) in session {r['session']}"
                    for r in path[[0, -1]].iter_rows(named=True)
                )
                lines.append(f"{state}: {ends}.")
        if not states:
            last = frame.filter(pl.col("session") == frame["session"].max()).sort("ideal_point")
            lowest, highest = ", ".join(last["state"].head(3)), ", ".join(last["state"].tail(3))
            lines.append(f"Session {last['session'][0]}: lowest {lowest}; highest {highest}.")
        return "\n".join(lines)

    def plot(self, states: Sequence[str] = ("USA", "RUS", "CHN")) -> Any:
        """Paths of states with bands, over the spread of all."""
        frame = self.frame
        drawing, axis = figure(3.4)
        spread = (
            frame.group_by("session")
            .agg(
                pl.col("ideal_point").quantile(0.25).alias("low"),
                pl.col("ideal_point").quantile(0.75).alias("high"),
            )
            .sort("session")
        )
        axis.fill_between(spread["session"], spread["low"], spread["high"], color=GREY, alpha=0.15, linewidth=0)
        for number, state in enumerate(states):
            path = frame.filter(pl.col("state") == state)
            columns = path["session", "ideal_point", "low", "high"]
            band(axis, *columns, colour=SERIES[number % len(SERIES)], label=state)
        axis.set_xlabel("session of the UN General Assembly")
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.set_ylabel("ideal point (deviations of the last session)")
        legend(axis, 6)
        source_line(drawing, "Shades: 90% bands of the states; grey: the middle half of all states.")
        return drawing
