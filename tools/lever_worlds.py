"""Simulated pairs whose levers have known effects: for `make recovery` and the tests.

Acts of two states by quarter follow a VAR(1) with known coefficients; the truth of a lever is the conditional
forecast under those, from the same last quarter. So what is tested is everything between acts and answer: series,
fit, policy, conditional forecast. Series that a lever's model leaves out are unrelated to the rest (`confounded`
keeps them related, to see what that does).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from detente.levers.comparison import Effect
from detente.levers.policy import Lever, parse
from detente.levers.system import System
from detente.levers.variants import Variant
from detente.levers.weigh import Weighing
from detente.models.conditional import conditional

NAMES = ("AAA>BBB", "BBB>AAA", "economy AAA", "dispute CCC", "area")
AREA = "missile_defence"
STEPS = 8
LEVERS = ("incentives=AAA:1", "reciprocity=1.0", "equal", "contain=CCC:0.3", "reciprocity=1.0+contain=CCC:0.3")
# [lagged series, equation]: the area answers both sides and economic cooperation, and suffers from the dispute.
A = np.array(
    [
        [0.40, 0.25, 0.00, 0.00, 0.25],
        [0.20, 0.35, 0.00, 0.00, 0.15],
        [0.00, 0.00, 0.50, 0.00, 0.30],
        [-0.10, -0.10, 0.00, 0.50, -0.35],
        [0.05, 0.05, 0.00, 0.00, 0.30],
    ]
)
S = 0.7 * np.eye(5) + 0.3
# The dispute is one of conflict throughout, so that all of it may be contained.
MEAN = np.array([2.0, 1.0, 8.0, 7.0, 1.0])


@dataclass(frozen=True)
class Known:
    """The true model in the place of a fitted one."""

    data: np.ndarray
    names: list[str]
    lags: int = 1

    def _raw_draws(self, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        at = [NAMES.index(name) for name in self.names]
        own = A[np.ix_(at, at)]
        b = np.vstack([MEAN[at] - MEAN[at] @ own, own])
        return np.repeat(b[None], count, 0), np.repeat(S[np.ix_(at, at)][None], count, 0)


def world(seed: int, quarters: int, lever: Lever, *, confounded: bool = False) -> tuple[System, np.ndarray]:
    """A pair's acts over so many quarters, and the series behind them (quarters, 5)."""
    rng = np.random.default_rng(seed)
    blank = System("AAA", "BBB", pl.DataFrame(), [], "quarter", "", None)
    inside = np.array([name in (*(driver.name for driver in blank.drivers(lever)), "area") for name in NAMES])
    related = np.ones((5, 5)) if confounded else np.where(inside[:, None] == inside[None, :], 1.0, 0.0)
    links, covariance = A * related, S * related
    y = np.tile(MEAN, (quarters + 50, 1))
    errors = rng.multivariate_normal(np.zeros(5), covariance, len(y))
    for t in range(1, len(y)):
        y[t] = MEAN + (y[t - 1] - MEAN) @ links + errors[t]
    y = y[50:]
    periods = pl.date_range(date(1950, 1, 1), date(2049, 12, 31), "3mo", eager=True)[:quarters].to_list()
    told: list[tuple[str, list[str], list[str], float]] = [
        ("AAA", ["other"], [], 1.0),
        ("BBB", ["other"], [], 1.0),
        ("", ["economic"], [], 1.0),
        ("", ["third_party_dispute"], ["CCC"], -1.0),
        ("", [AREA], [], 1.0),
    ]
    rows = [
        (day, sender, area, third, "none", area == ["economic"], sign * y[t, n])
        for t, day in enumerate(periods)
        for n, (sender, area, third, sign) in enumerate(told)
    ]
    schema: dict[str, Any] = {
        "period": pl.Date,
        "sender": pl.Utf8,
        "area": pl.List(pl.Utf8),
        "third": pl.List(pl.Utf8),
        "channel": pl.Utf8,
        "economic": pl.Boolean,
        "value": pl.Float64,
    }
    return System(
        "AAA", "BBB", pl.DataFrame(rows, schema=schema, orient="row"), periods, "quarter", "simulated", None
    ), y


def truth(held: System, y: np.ndarray, lever: Lever) -> float:
    """The true change of the area's level a quarter."""
    names = sorted([*(driver.name for driver in held.drivers(lever)), "area"])
    data = y[:, [NAMES.index(name) for name in names]]
    known = Known(data, names)
    b, _ = known._raw_draws(1, 0)
    expected, past = [], data[-1]
    for _ in range(STEPS):
        past = b[0, 0] + past @ b[0, 1:]
        expected.append(past)
    policy = held.policy(lever, names, STEPS, np.array(expected), data.std(axis=0))
    outcome = np.zeros((1, STEPS * len(names)))
    outcome[0, names.index("area") :: len(names)] = 1.0
    return float(conditional(known, policy, outcome, draws=1).change()[0, 0] / STEPS)  # type: ignore[arg-type]


def answers(
    seed: int, quarters: int, variant: Variant, *, confounded: bool = False, levers: tuple[str, ...] = LEVERS
) -> dict[str, tuple[float, Effect]]:
    """By lever: the truth, and what the weighing says of one world."""
    found = {}
    for text in levers:
        lever = parse(text)
        held, y = world(seed, quarters, lever, confounded=confounded)
        weighing = Weighing(held, STEPS, variants=(variant,), draws=300, seed=seed)
        found[text] = truth(held, y, lever), weighing.effect(lever, AREA)
    return found


WORLDS = 300
MODELS = (
    ("50 years (200 quarters), Minnesota prior", 200, Variant("main", lags=1), False),
    ("50 years, least squares", 200, Variant("least squares", lags=1, prior=False), False),
    ("16 years (64 quarters, as Russia-US in 2007), Minnesota prior, 2 lags", 64, Variant("main"), False),
    ("50 years, Minnesota prior, what the model leaves out related to the rest", 200, Variant("main", lags=1), True),
)


def main() -> None:
    print("# Levers recovered in simulated worlds\n")
    print(
        f"Made by `make recovery` ({WORLDS} worlds a table; the change of an area's level a quarter over {STEPS} "
        "quarters; each world has a truth of its own)."
    )
    print(
        "In the last table the series that a lever's model leaves out move with the rest: a confounder that no "
        "weighing here can see."
    )
    for title, quarters, variant, confounded in MODELS:
        print(
            f"\n## {title}\n\n| lever | mean truth | mean estimate | mean error | 90% interval holds it "
            "|\n|---|---:|---:|---:|---:|"
        )
        got: dict[str, list[tuple[float, float, bool]]] = {name: [] for name in LEVERS}
        for seed in range(WORLDS):
            for name, (true, e) in answers(seed, quarters, variant, confounded=confounded).items():
                got[name].append((true, e.level_change.value, e.level_change.low <= true <= e.level_change.high))
        for name, rows in got.items():
            true, said, held = np.mean(np.array(rows, dtype=float), axis=0)
            print(f"| {name} | {true:+.3f} | {said:+.3f} | {said - true:+.3f} | {held:.1%} |")


if __name__ == "__main__":
    main()
