"""What the estimators make of simulated worlds whose truth is known: `make recovery` writes docs/recovery.md.

Every table gives the truth, the mean estimate and how often the 90% band holds the truth.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from detente.explain.excitation import DECAYS, combined
from detente.models import (
    BayesianVAR,
    ChangePoints,
    Hawkes,
    HawkesProcess,
    IdealPoints,
    LocalLevel,
    Minnesota,
    PoissonTensor,
    Reciprocity,
    Spillover,
    choose_k,
)
from detente.models.impulse import decompose, orthogonalised
from detente.models.spillover import ASSOCIATED, block_share
from detente.models.var import simulate

WORLDS = 300
A = np.array([[[0.4, 0.2], [0.05, 0.3]], [[0.1, 0.1], [0.0, 0.1]]])
S = np.array([[1.0, 0.3], [0.3, 0.8]])


def row(name: str, truth: float, estimates: list[float], held: list[bool]) -> str:
    return f"| {name} | {truth:.3f} | {np.mean(estimates):.3f} | {np.std(estimates):.3f} | {np.mean(held):.1%} |"


HEAD = "| | truth | mean estimate | deviation | 90% band holds it |\n|---|---:|---:|---:|---:|"


def vector_autoregression(prior: Minnesota | None, periods: int) -> Iterator[str]:
    truth = orthogonalised(A, S, 5)
    shares = decompose(truth)
    wanted = {f"A{lag + 1}[{i + 1},{j + 1}]": A[lag, i, j] for lag in range(2) for i in range(2) for j in range(2)}
    wanted |= {f"response of 2 to 1 after {h}": truth[h, 0, 1] for h in (0, 1, 4)}
    wanted |= {"variance share of 1 in 2 after 5": shares[4, 0, 1]}
    got: dict[str, list[float]] = {name: [] for name in wanted}
    held: dict[str, list[bool]] = {name: [] for name in wanted}
    for world in range(WORLDS):
        fit = BayesianVAR(2, prior).fit(simulate(A, S, periods, np.random.default_rng(world)))
        drawn = fit.draws(1000, world)
        responses = orthogonalised(*drawn, 5)
        all_shares = decompose(responses)
        point, point_shares = orthogonalised(fit.coefficients, fit.covariance, 5), fit.fevd(5)
        for name, value in wanted.items():
            if name.startswith("A"):
                lag, i, j = int(name[1]) - 1, int(name[3]) - 1, int(name[5]) - 1
                estimate, draws = fit.coefficients[lag, i, j], drawn[0][:, lag, i, j]
            elif name.startswith("response"):
                h = int(name.split()[-1])
                estimate, draws = point[h, 0, 1], responses[:, h, 0, 1]
            else:
                estimate, draws = point_shares[4, 0, 1], all_shares[:, 4, 0, 1]
            low, high = np.quantile(draws, [0.05, 0.95])
            got[name].append(float(estimate))
            held[name].append(bool(low <= value <= high))
    yield from (row(name, wanted[name], got[name], held[name]) for name in wanted)


def reciprocity(periods: int, prior: Minnesota | None) -> Iterator[str]:
    later = orthogonalised(A[:, ::-1, ::-1], S[::-1, ::-1], 13)[:, 1, :]
    truth = later[:, 0].sum() / later[:, 1].sum()
    back = orthogonalised(A, S, 13)[:, 1, :]
    other = back[:, 0].sum() / back[:, 1].sum()
    found = [
        Reciprocity(2, prior, horizon=12, draws=1000, seed=w).fit(simulate(A, S, periods, np.random.default_rng(w)))
        for w in range(WORLDS)
    ]
    for name, value, index in (("2 returns of 1", truth, 0), ("1 returns of 2", other, 1)):
        answers = [fit.answers[index].returned for fit in found]
        yield row(name, value, [a.value for a in answers], [a.low <= value <= a.high for a in answers])
    gaps = [fit.asymmetry for fit in found]
    yield row("asymmetry", truth - other, [g.value for g in gaps], [g.low <= truth - other <= g.high for g in gaps])


def conditional(periods: int) -> Iterator[str]:
    """One side answers rises of the other by 0.4 the period after, and does not answer falls."""
    found = []
    for world in range(WORLDS):
        rng = np.random.default_rng(world)
        y = rng.standard_normal((periods, 2))
        y[1:, 1] += 0.4 * np.maximum(y[:-1, 0], 0)
        found.append(Reciprocity(2, None, draws=1000, seed=world).fit(y).answers[0])
    for name, truth in (("to_rises", 0.4), ("to_falls", 0.0)):
        answers = [getattr(one, name) for one in found]
        yield row(name, truth, [a.value for a in answers], [a.low <= truth <= a.high for a in answers])
    told = np.mean(["rewards rises" in one.condition for one in found])
    yield f"\nIt is told as rewarding rises alone in {told:.1%} of worlds."


def spillover(worlds: int) -> Iterator[str]:
    """Two series of a pair and one of a third, which moves the first series and not the second."""
    coefficients = np.array([[[0.3, 0.1, 0.0], [0.1, 0.3, 0.0], [0.35, 0.0, 0.4]]])
    covariance = np.array([[1.0, 0.3, 0.3], [0.3, 1.0, 0.0], [0.3, 0.0, 1.0]])
    order = np.array([2, 0, 1])
    truth_last = block_share(coefficients, covariance, 12, np.arange(3), 2)
    truth_first = block_share(coefficients, covariance, 12, order, 2)
    alone = coefficients.copy()
    alone[0, 2, :2] = 0.0
    apart = np.diag([1.0, 1.0, 1.0]) + 0.3 * np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    got: dict[str, list[float]] = {}
    held: dict[str, list[bool]] = {}
    power, alarms = [], []
    for world in range(worlds):
        rng = np.random.default_rng(world)
        model = Spillover(2, horizon=12, draws=400, placebos=60, seed=world)
        frame = dict(zip(("one", "two", "third"), simulate(coefficients, covariance, 240, rng).T, strict=True))
        fit = model.fit(frame, ["third"])
        for i, one in enumerate(fit.spills):
            for name, share, truth in (("after", one.last, truth_last[i]), ("before", one.first, truth_first[i])):
                key = f"share of series {i + 1}, block {name} the pair's own shocks"
                got.setdefault(key, []).append(share.value)
                held.setdefault(key, []).append(bool(share.low <= truth <= share.high))
        power.append(fit.spills[0].reading == ASSOCIATED)
        still = dict(zip(("one", "two", "third"), simulate(alone, apart, 240, rng).T, strict=True))
        alarms += [one.reading == ASSOCIATED for one in model.fit(still, ["third"]).spills]
    truths = [truth_last[0], truth_first[0], truth_last[1], truth_first[1]]
    yield from (row(name, truth, got[name], held[name]) for name, truth in zip(got, truths, strict=True))
    yield (
        f"\nWhere the third moves the first series it is called associated in {np.mean(power):.1%} of worlds; where "
        f"it moves none, in {np.mean(alarms):.1%}."
    )


def calibration(periods: int) -> Iterator[str]:
    """Truths drawn from the prior itself: there a Bayesian band must hold 90%."""
    got: dict[str, list[bool]] = {"coefficients": [], "responses after 1 to 4": [], "variance shares after 5": []}
    for world in range(WORLDS):
        rng = np.random.default_rng(world)
        while True:
            tightness = rng.gamma(1.64, 0.312)
            deviations = tightness / np.arange(1, 3)[:, None, None]
            truth = deviations * rng.standard_normal((2, 2, 2))
            companion = np.block([[truth[0].T, truth[1].T], [np.eye(2), np.zeros((2, 2))]])
            if np.abs(np.linalg.eigvals(companion)).max() < 0.95:
                break
        fit = BayesianVAR(2).fit(simulate(truth, np.eye(2), periods, rng))
        drawn = fit.draws(1000, world)
        pairs = {
            "coefficients": (drawn[0], truth),
            "responses after 1 to 4": (orthogonalised(*drawn, 5)[:, 1:], orthogonalised(truth, np.eye(2), 5)[1:]),
            "variance shares after 5": (
                decompose(orthogonalised(*drawn, 5))[:, 4],
                decompose(orthogonalised(truth, np.eye(2), 5))[4],
            ),
        }
        for name, (draws, value) in pairs.items():
            low, high = np.quantile(draws, [0.05, 0.95], axis=0)
            got[name] += ((low <= value) & (value <= high)).ravel().tolist()
    yield from (f"| {name} | {np.mean(held):.1%} |" for name, held in got.items())


def hawkes(end: float) -> Iterator[str]:
    base = np.array([0.4, 0.25])
    jumps = np.array([[[0.3, 0.1], [0.1, 0.0]], [[0.25, 0.0], [0.2, 0.1]]])
    decays = np.array([2.0, 0.3])
    process = HawkesProcess(base, jumps, decays)
    frames = []
    passed = []
    for world in range(WORLDS):
        fit = Hawkes(decays=decays.tolist()).fit(*process.simulate(end, seed=world), end=end)
        frames.append(fit.frame)
        passed += [p >= 0.05 for p in fit.goodness()["p"]]
    truths = [(f"baseline {i + 1}", base[i], i * 5) for i in range(2)]
    truths += [
        (f"jump of {i + 1} by {j + 1}, decay {decays[k]:g}", jumps[i, j, k], i * 5 + 1 + 2 * j + k)
        for i in range(2)
        for j in range(2)
        for k in range(2)
    ]
    for name, value, at in truths:
        rows = [frame.row(at, named=True) for frame in frames]
        yield row(name, value, [r["value"] for r in rows], [r["low"] <= value <= r["high"] for r in rows])
    yield f"\nThe clock test at 5% lets {np.mean(passed):.1%} of the fits pass."


def event_by_event(worlds: int) -> Iterator[str]:
    """Four kinds of acts dated by day, as `pair.excitation` has them: direct offspring over both decays together.

    Two kinds are rare in some worlds; kinds of cause and effect are told apart by the acts of the rarer.
    """
    yield "| days | acts | acts of the rarer kind | band holds a number above nought | band holds nought | bands |"
    yield "|---:|---:|---:|---:|---:|---:|"
    branching = np.array([[0.15, 0, 0.3, 0], [0, 0.2, 0, 0.2], [0.25, 0, 0.1, 0], [0, 0.3, 0, 0.1]])
    jumps = np.stack([0.6 * branching, 0.4 * branching], axis=2)
    for end, rate in ((365.0, 0.01), (365.0, 0.03), (240.0, 0.15), (1000.0, 0.15)):
        process = HawkesProcess([0.4, rate, 0.4, rate], jumps, np.array(DECAYS))
        inside, rarer, acts = [], [], []
        for world in range(worlds):
            times, types = process.simulate(end, seed=world)
            rng = np.random.default_rng(world)
            hours = (np.floor(times) + rng.random(len(times)) for _ in range(3))
            fits = [Hawkes(decays=DECAYS).fit(t, types, end=end, names=list("abcd")) for t in hours]
            found = combined(fits, least=1)
            inside.append((found.low <= branching) & (branching <= found.high))
            rarer.append(np.minimum(found.counts[:, None], found.counts))
            acts.append(len(times))
        held, fewest, above = np.array(inside), np.array(rarer), np.broadcast_to(branching > 0, np.shape(inside))
        for low, high in ((1, 4), (5, 9), (10, 29), (30, np.inf)):
            some = (fewest >= low) & (fewest <= high)
            if min((some & above).sum(), (some & ~above).sum()) < 20:
                continue
            told = f"{low} to {high}" if np.isfinite(high) else f"{low} or more"
            shares = f"{held[some & above].mean():.1%} | {held[some & ~above].mean():.1%}"
            yield f"| {end:.0f} | {np.mean(acts):.0f} | {told} | {shares} | {some.sum()} |"
    yield "\nOf kinds of fewer than 5 acts `pair.excitation` says nothing."


def local_level() -> Iterator[str]:
    for family in ("binomial", "poisson", "gaussian"):
        held, first = [], []
        for world in range(WORLDS):
            rng = np.random.default_rng(world)
            level = np.cumsum(rng.normal(0, 0.15, 60))
            noise = rng.normal(0, 0.3, 60)
            n = rng.poisson(rng.choice([0, 3, 40], 60)).astype(float)
            if family == "binomial":
                y, truth = rng.binomial(n.astype(int), 1 / (1 + np.exp(-level - noise))), 1 / (1 + np.exp(-level))
            elif family == "poisson":
                y, truth = rng.poisson(n * np.exp(level + noise - 1)), np.exp(level - 1)
            else:
                y, truth = n * level + rng.normal(0, 2, 60) * np.sqrt(n), level
            fit = LocalLevel(family).fit(y, n)
            inside = (fit.low <= truth) & (truth <= fit.high)
            held.append(inside.mean())
            first.append(inside[n == 0].mean() if (n == 0).any() else np.nan)
        yield f"| {family} | {np.mean(held):.1%} | {np.nanmean(first):.1%} |"


def change_points() -> Iterator[str]:
    truth = [40, 90]
    number, holds, alarms = [], [], []
    for world in range(WORLDS):
        rng = np.random.default_rng(world)
        n = rng.poisson(4, 130).astype(float)
        share = np.repeat([0.8, 0.5, 0.15], [40, 50, 40])
        fit = ChangePoints("binomial", seed=world).fit(rng.binomial(n.astype(int), share), n)
        found = fit.breaks
        number.append(found.height)
        for at in truth:
            near = [r for r in found.iter_rows(named=True) if abs(r["period"] - at) <= 15]
            if near:
                holds.append(near[0]["low"] <= at <= near[0]["high"])
        still = ChangePoints("binomial", seed=world).fit(rng.binomial(n.astype(int), 0.6), n)
        alarms.append(still.breaks.height > 0)
    yield (
        "Two breaks (from 80% to 50% to 15% of about 4 a period, 130 periods): "
        f"{np.mean(np.array(number) == 2):.1%} of worlds show two, "
    )
    yield (
        f"{np.mean(np.array(number) == 1):.1%} one, {np.mean(np.array(number) > 2):.1%} more. The 90% interval of a "
        "break found holds its date in "
    )
    yield f"{np.mean(holds):.1%}. Without any break, {np.mean(alarms):.1%} of worlds show one."


def remembering(periods: int, memory: float, rng: np.random.Generator) -> np.ndarray:
    """A stationary autoregression of order one with deviation 1."""
    e = np.sqrt(1 - memory**2) * rng.standard_normal(periods + 50)
    for t in range(1, len(e)):
        e[t] += memory * e[t - 1]
    return e[50:]


def breaks_and_memory(worlds: int) -> Iterator[str]:
    """False alarms without a break, and power against one by two deviations half way, by memory and length."""
    yield (
        "| values | periods | memory | mean estimate | a break where there is none | a break found where there is "
        "one by two deviations |"
    )
    yield "|---|---:|---:|---:|---:|---:|"
    for family, n in (("gaussian", 1), ("binomial", 30), ("binomial", 3), ("poisson", 10)):
        for periods, memory in itertools.product((40, 80, 120), (0.0, 0.3, 0.5, 0.7)):
            told: dict[float, list[bool]] = {0.0: [], 2.0: []}
            remembered = []
            for world, move in itertools.product(range(worlds), told):
                rng = np.random.default_rng(world)
                x = remembering(periods, memory, rng)
                step = move * ((np.arange(periods) >= periods // 2) - 0.5)
                # On the linear scale of counts, a period's own deviation: that of its level and of the count.
                wide = np.hypot(0.5, 2 / np.sqrt(n) if family == "binomial" else 1 / np.sqrt(n))
                eta = 0.5 * x + wide * step
                y = x + step if family == "gaussian" else rng.poisson(n * np.exp(eta))
                if family == "binomial":
                    y = rng.binomial(n, 1 / (1 + np.exp(-eta)), periods)
                exposure = np.full(periods, float(n)) if family == "binomial" else None
                fit = ChangePoints(family, draws=300, seed=world).fit(y, exposure)
                told[move].append(fit.breaks.height > 0)
                if not move:
                    remembered.append(fit.memory)
            what = {"gaussian": "values", "binomial": f"shares of {n}", "poisson": f"counts of about {n}"}[family]
            yield (
                f"| {what} | {periods} | {memory} | {np.mean(remembered):.2f} | {np.mean(told[0.0]):.1%} | "
                f"{np.mean(told[2.0]):.1%} |"
            )


def ideal_points(worlds: int) -> Iterator[str]:
    held, correlations, shifts = [], [], []
    for world in range(worlds):
        rng = np.random.default_rng(world)
        states, sessions, items = 80, 12, 50
        path = np.cumsum(np.vstack([rng.standard_normal(states), rng.normal(0, 0.2, (sessions - 1, states))]), axis=0)
        path[:, :10] += 1.0
        who, when, what, cast = [], [], [], []
        slopes, middles = rng.normal(0, 1.2, 20), rng.normal(0, 1, 20)
        for t in range(sessions):
            b = np.concatenate([slopes, rng.normal(0, 1.2, items - 20)])
            m = np.concatenate([middles, rng.normal(0, 1, items - 20)])
            eta = np.outer(path[t], b) + rng.standard_normal((states, items))
            choice = (eta > m - 0.4).astype(int) + (eta > m + 0.4)
            s, v = np.indices(choice.shape)
            present = rng.random(choice.shape) < 0.85
            who.append(s[present])
            when.append(np.full(int(present.sum()), t + 1))
            what.append(np.where(v < 20, v, v + 100 * (t + 1))[present])
            cast.append(choice[present])
        fit = IdealPoints(positive="0").fit(
            np.concatenate(who).astype(str), np.concatenate(when), np.concatenate(what), np.concatenate(cast)
        )
        truth = path[fit.sessions - 1, fit.states.astype(int)]
        scale = path.std(axis=1)[fit.sessions - 1]
        standing = (truth - path.mean(axis=1)[fit.sessions - 1]) / scale
        if np.corrcoef(standing, fit.standing)[0, 1] < 0:
            standing = -standing
        held.append(np.mean(np.abs(fit.standing - standing) <= 1.645 * fit.errors))
        correlations.append(np.corrcoef(standing, fit.standing)[0, 1])
        linked = (truth - path[-1].mean()) / path[-1].std()
        shifts.append(abs(np.corrcoef(linked, fit.points)[0, 1]))
    yield (
        f"{worlds} worlds of 80 states, 12 sessions, 50 roll calls each (20 of them come back), 15% absent: "
        "standings correlate with the truth at "
    )
    yield (
        f"{np.mean(correlations):.3f}, positions on the last session's scale at {np.mean(shifts):.3f}; the 90% "
        f"bands of standings hold it in {np.mean(held):.1%}."
    )


def tensor(worlds: int) -> Iterator[str]:
    alike, chosen = [], []
    for world in range(worlds):
        rng = np.random.default_rng(world)
        dims, k = (40, 40, 10, 20), 4
        factors = [rng.gamma(0.2, 1, (n, k)) for n in dims]
        factors = [f / f.sum(0) for f in factors]
        rates = 2500 * np.einsum("ik,jk,ak,tk->ijat", *factors)
        y = rng.poisson(rates)
        where = np.argwhere(y > 0)
        fit = PoissonTensor(k=k, restarts=3, seed=world).fit(where, y[y > 0], dims)
        cosine = np.ones((k, k))
        for true, found in zip(factors, fit.factors, strict=True):
            cosine *= (true.T @ found) / np.outer(np.linalg.norm(true, axis=0), np.linalg.norm(found, axis=0))
        alike.append(cosine.max(axis=1).mean())
        scores = choose_k(PoissonTensor(restarts=2, seed=world), where, y[y > 0], dims, (2, 3, 4, 6, 8), seed=world)
        chosen.append(int(scores.filter("chosen")["k"][0]))
    counts = ", ".join(f"K = {k}: {chosen.count(k)}" for k in sorted(set(chosen)))
    yield (
        f"{worlds} worlds with 4 components in 40 x 40 x 10 x 20 cells and about 10,000 events: the product over "
        "modes of the cosines of true and found factors is "
    )
    yield f"{np.mean(alike):.3f} (1 is perfect). Held-out cells choose {counts}."


def joined(lines: Iterator[str], head: str = HEAD) -> str:
    return "\n".join([head, *lines] if head else lines)


def sections() -> dict[str, Callable[[], str]]:
    """What is made, by heading."""
    many = f"({WORLDS} worlds)"
    return {
        f"Vector autoregression, least squares, 200 periods {many}": lambda: joined(vector_autoregression(None, 200)),
        f"Vector autoregression, Minnesota prior of learnt tightness, 200 periods {many}": lambda: joined(
            vector_autoregression(Minnesota(), 200)
        ),
        f"The same, truths drawn from the prior {many}": lambda: (
            "A shrinking prior trades coverage of one truth for smaller errors over all: over truths such as it "
            "expects, the "
            "band must hold 90%.\n\n" + joined(calibration(200), "| | 90% band holds it |\n|---|---:|")
        ),
        f"Reciprocity, 240 periods {many}": lambda: (
            "Returned within 12 periods, from the next on. Least squares:\n\n"
            + joined(reciprocity(240, None))
            + "\n\nMinnesota prior of learnt tightness, which pulls towards nought:\n\n"
            + joined(reciprocity(240, Minnesota()))
        ),
        f"Conditional answers, 240 periods {many}": lambda: joined(conditional(240)),
        "Spillover from a third series, 240 periods (200 worlds)": lambda: joined(spillover(200)),
        f"Hawkes process, two types, two decays, 2,000 units of time {many}": lambda: joined(hawkes(2000.0)),
        "Event by event, acts dated by day (60 worlds)": lambda: joined(event_by_event(60), ""),
        f"Local level, 60 periods of which a third unseen {many}": lambda: (
            "Counts with noise beyond their family. How often the 90% band holds the level.\n\n"
            + joined(local_level(), "| family | all periods | unseen periods |\n|---|---:|---:|")
        ),
        f"Change points {many}": lambda: joined(change_points(), ""),
        "Change points and memory (60 worlds)": lambda: joined(breaks_and_memory(60), ""),
        "Ideal points": lambda: joined(ideal_points(20), ""),
        "Tensor factorisation": lambda: joined(tensor(20), ""),
    }


def main() -> None:
    """All sections; or those whose heading begins with a word given, the others as docs/recovery.md has them."""
    kept: dict[str, str] = {}
    if sys.argv[1:]:
        written = Path("docs/recovery.md").read_text(encoding="utf-8").split("\n## ")[1:]
        kept = {head: body.strip() for head, _, body in (part.partition("\n") for part in written)}
    parts = [
        "# Recovery of known truths",
        "Made by `make recovery` (`tools/recovery.py`), seeds 0 to the number of worlds less one.",
    ]
    for head, make in sections().items():
        again = not kept or head not in kept or head.startswith(tuple(sys.argv[1:]))
        parts += [f"## {head}", make() if again else kept[head]]
    sys.stdout.write("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
