"""How alike two states vote in the UN General Assembly, by issue and year.

Votes are ordered: yes, abstain, no; absences do not count. With p_xy the share of roll calls on which one state casts
x and the other y, and |x - y| the steps between two votes (0, 1, 2):

    agreement  share of identical votes
    s          1 - mean |x - y|                              (Signorino and Ritter, "Tau-b or not tau-b",
                                                             International Studies Quarterly 43, 1999; from -1 to 1)
    pi, kappa  1 - (share differing) / (share that would differ by chance)
    pi_steps, kappa_steps   the same with |x - y| in place of differing or not

Chance is that of each state's own marginals for kappa (Cohen, Educational and Psychological Measurement 20, 1960), of
both states' mean marginals for pi (Scott, Public Opinion Quarterly 19, 1955). Why chance matters for votes: Haege,
"Choice or circumstance? Adjusting measures of foreign policy similarity for chance agreement", Political Analysis 19,
2011.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from detente.actors import continuers, counted, counts_as
from detente.checks import whole
from detente.errors import DetenteError
from detente.measures.roll_calls import roll_calls
from detente.record import Store
from detente.record.facts import pair_figures
from detente.record.view import View
from detente.sources.unvotes import ISSUES
from detente.uncertainty import LEVEL, Array, share_interval

CHOICES = ("yes", "abstain", "no")
DRAWS = 2000
STEPS = np.abs(np.subtract.outer(np.arange(3), np.arange(3))).astype(float)
INDICES = ("agreement", "s", "pi", "kappa", "pi_steps", "kappa_steps")


def similarity_indices(tables: Array) -> dict[str, Array]:
    """The indices of tables (..., 3, 3) of counts or shares: [vote of one, vote of the other]; NaN where undefined.

    >>> indices = similarity_indices(np.array([[20.0, 5, 0], [10, 15, 0], [0, 0, 0]]))
    >>> {name: round(float(indices[name]), 3) for name in ("agreement", "s", "pi", "kappa")}
    {'agreement': 0.7, 's': 0.7, 'pi': 0.394, 'kappa': 0.4}
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        p = tables / tables.sum((-1, -2), keepdims=True)
        one, two = p.sum(-1), p.sum(-2)
        both = (one + two) / 2
        by_kappa = one[..., :, None] * two[..., None, :]
        by_pi = both[..., :, None] * both[..., None, :]
        differ = 1 - np.eye(3)
        indices = {"agreement": (p * np.eye(3)).sum((-1, -2)), "s": 1 - (p * STEPS).sum((-1, -2))}
        for suffix, weights in (("", differ), ("_steps", STEPS)):
            observed = (p * weights).sum((-1, -2))
            for name, chance in (("pi", by_pi), ("kappa", by_kappa)):
                expected = (chance * weights).sum((-1, -2))
                indices[name + suffix] = np.where(expected > 0, 1 - observed / expected, np.nan)
    return {name: indices[name] for name in INDICES}


def similarity(
    pair: View, *, issues: Sequence[str | None] = (None,), since: int | None = None, seed: int = 0
) -> pl.DataFrame:
    """The indices of one pair by year (from `since` on) and issue (null: all roll calls), each with its 90% interval.

    Columns: year, issue, votes, then for each of `INDICES` its value, _low and _high. Intervals are by the Bayesian
    bootstrap over roll calls (Rubin, Annals of Statistics 9, 1981), that of agreement by
    `detente.uncertainty.share_interval`. Empty where no votes are held.
    """
    whole("seed", seed, 0)
    columns = [name + end for name in INDICES for end in ("", "_low", "_high")]
    schema = {"year": pl.Int32, "issue": pl.Utf8, "votes": pl.Int64, **dict.fromkeys(columns, pl.Float64)}
    rng = np.random.default_rng(seed)
    rows = []
    for issue in issues:
        for year, table in _tables(pair, () if issue is None else (issue,), since):
            point = similarity_indices(table)
            # Gamma draws with the counts as shapes are the bootstrap's Dirichlet weights, added up by cell.
            spread = similarity_indices(rng.gamma(np.broadcast_to(table, (DRAWS, 3, 3))))
            cells = []
            for name in INDICES:
                low = high = np.nan
                if name == "agreement":
                    # A share of roll calls has the same interval wherever it is given.
                    (low,), (high,) = share_interval([np.trace(table)], [table.sum()])[1:]
                elif np.isfinite(point[name]):
                    low, high = np.nanquantile(spread[name], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
                cells += [float(point[name]), float(low), float(high)]
            rows.append((year, issue, int(table.sum()), *cells))
    return pl.DataFrame(rows, schema=schema, orient="row").fill_nan(None)


def _tables(pair: View, issues: Sequence[str], since: int | None = None) -> list[tuple[int, Array]]:
    cast = _cast(pair.record, pair.as_of, issues, since, (pair.a, pair.b))
    if cast is None:
        return []

    def side(code: str, name: str) -> pl.LazyFrame:
        return cast.filter(pl.col("state") == counts_as(code)).select("rcid", "year", pl.col("vote").alias(name))

    cells = (
        side(pair.a, "a")
        .join(side(pair.b, "b"), on=["rcid", "year"])
        .group_by("year", "a", "b")
        .len()
        .sort("year")
        .collect()
    )
    tables = []
    for (year,), rows in cells.partition_by("year", as_dict=True, maintain_order=True).items():
        table = np.zeros((3, 3))
        table[rows["a"].to_numpy(), rows["b"].to_numpy()] = rows["len"].to_numpy()
        tables.append((int(year), table))
    return tables


def _cast(
    record: Store, as_of: date | None, issues: Sequence[str], since: int | None = None, states: Sequence[str] = ()
) -> pl.LazyFrame | None:
    """rcid, year, state and vote (as `counted_votes`) of the votes known on `as_of`; None where none are held."""
    if not record.parts("votes") or not record.parts("rollcalls"):
        return None
    calls = roll_calls(record, as_of).select("rcid", "date")
    if since is not None:
        calls = calls.filter(pl.col("date").dt.year() >= since)
    if issues:
        calls = calls.filter(pl.col("rcid").is_in(calls_on(record, issues).implode()))
    return counted_votes(record, calls, states).with_columns(pl.col("date").dt.year().alias("year"))


def counted_votes(record: Store, calls: pl.DataFrame, states: Sequence[str] = ()) -> pl.LazyFrame:
    """The votes cast in `calls` (rcid, date), one a roll call and state: rcid, date, state, vote (0 yes, 1 abstain, 2
    no).

    A state votes under today's code, once, also where a former code of it is held beside it (today's then
    counts), and only while it lived or had a seat. With `states`, their votes alone.
    """
    # The vote of a former code is 3 higher, so that of two votes of one state the lowest is that under today's code
    # where there is one; the remainder by 3 is the vote itself.
    codes = {name: number for number, name in enumerate(CHOICES)}
    former, days = pl.col("state").is_in(list(continuers())), ["code", "state", "begins", "ends"]
    lives = pl.LazyFrame(counted(states or None, seats=True), schema=days, orient="row")
    return (
        pl.scan_parquet(record.paths(record.parts("votes")), glob=False)
        .filter(pl.col("choice").is_in(CHOICES))
        .select(
            "rcid",
            pl.col("state").alias("code"),
            (pl.col("choice").replace_strict(codes, return_dtype=pl.Int8) + 3 * former.cast(pl.Int8)).alias("vote"),
        )
        .join(lives, on="code")
        .join(calls.lazy().select("rcid", "date"), on="rcid")
        .filter((pl.col("date") >= pl.col("begins")) & (pl.col("date") < pl.col("ends")))
        .group_by("rcid", "date", "state")
        .agg(pl.col("vote").min() % 3)
    )


def calls_on(record: Store, issues: Sequence[str]) -> pl.Series:
    """The roll calls (rcid) with one of these issue codes; DetenteError for a code that is none and that no roll call
    has.
    """
    marked = record.table("rollcall_issues")
    unknown = sorted(set(issues) - set(marked["issue"]) - set(ISSUES))
    if unknown:
        raise DetenteError(f"no roll call has the issue {', '.join(unknown)}; the codes are {', '.join(ISSUES)}")
    return marked.filter(pl.col("issue").is_in(list(issues)))["rcid"].unique()


def all_similarity(
    record: Store, *, as_of: date | None = None, issue: str | None = None, since: int | None = None
) -> pl.DataFrame:
    """The indices of all pairs of states by year (from `since` on), without intervals: year, a, b (a < b), votes,
    `INDICES`.

    By products of vote matrices, one year at a time. Former codes of continuing states count as the present ones.
    """
    schema: dict[str, Any] = {"year": pl.Int32, "a": pl.Utf8, "b": pl.Utf8, "votes": pl.Int64}
    schema |= dict.fromkeys(INDICES, pl.Float64)
    cast = _cast(record, as_of, () if issue is None else (issue,), since)
    if cast is None:
        return pl.DataFrame(schema=schema)
    votes = cast.collect()
    frames = []
    for (year,), rows in votes.partition_by("year", as_dict=True).items():
        states, calls = rows["state"].unique().sort(), rows["rcid"].unique().sort()
        at = (states.search_sorted(rows["state"]).to_numpy(), calls.search_sorted(rows["rcid"]).to_numpy())
        cast_by = np.zeros((3, len(states), len(calls)))
        cast_by[rows["vote"].to_numpy(), at[0], at[1]] = 1
        i, j = np.triu_indices(len(states), 1)
        tables = np.moveaxis((cast_by[:, None] @ cast_by.transpose(0, 2, 1))[..., i, j], -1, 0)
        met = tables.sum((1, 2)) > 0
        indices = similarity_indices(tables[met])
        frames.append(
            pl.DataFrame(
                {
                    "year": np.full(int(met.sum()), year),
                    "a": states.gather(i[met]),
                    "b": states.gather(j[met]),
                    "votes": tables[met].sum((1, 2)).astype(int),
                    **indices,
                }
            ).cast(pl.Schema(schema))
        )
    return pl.concat(frames).fill_nan(None).sort("year", "a", "b") if frames else pl.DataFrame(schema=schema)


def un_agreement(pair: View, *, issues: tuple[str, ...] = ()) -> pl.DataFrame:
    """Share of roll calls on which two states cast the same vote (yes, abstain or no), by year.

    Absences do not count. With `issues`, only roll calls with one of those codes. Columns: year,
    identical, votes, share. Empty where no votes are held.
    """
    rows = [(year, int(np.trace(table)), int(table.sum())) for year, table in _tables(pair, issues)]
    schema = {"year": pl.Int32, "identical": pl.Int64, "votes": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        (pl.col("identical") / pl.col("votes")).alias("share")
    )


def full_years(pair: View, issues: tuple[str, ...] = ()) -> pl.DataFrame:
    """The years of `un_agreement` that had ended by the pair's day."""
    return un_agreement(pair, issues=issues).filter(pl.col("year") < pair.day.year)


def case_agreement(pair: View, suffix: str = "") -> pl.DataFrame:
    """The figures of a case that stand in for a pair's agreement where no roll calls of the two are held, by date.

    The columns of figures, and `votes`: how many roll calls the unit names, as in "share of 111 roll calls", else null.
    """
    figures = pair_figures(pair).with_columns(
        pl.col("unit").str.extract(r"(\d+) roll calls").cast(pl.Int64).alias("votes")
    )
    mine = (pl.col("measure") == f"un_agreement{suffix}") & pl.col("area").is_null()
    return figures.filter(mine & pl.col("subject").str.contains("-"))


def all_pairs_share(record: Store, year: int, *, as_of: date | None = None) -> float | None:
    """Share of identical votes over all pairs of states in a year: the comparison for one pair.

    Of the states present at a roll call, y of them yes, t abstaining and n no, y(y-1) + t(t-1) +
    n(n-1) ordered pairs agree; the sum over roll calls is divided by all ordered pairs present.
    """
    if not record.parts("votes") or not record.parts("rollcalls"):
        return None
    calls = roll_calls(record, as_of).filter(pl.col("date").dt.year() == year)
    counts = (
        counted_votes(record, calls).group_by("rcid", "vote").len().with_columns(pl.col("len").cast(pl.Int64)).collect()
    )
    same = int((counts["len"] * (counts["len"] - 1)).sum())
    present = counts.group_by("rcid").agg(pl.col("len").sum())["len"]
    pairs = int((present * (present - 1)).sum())
    return same / pairs if pairs else None
