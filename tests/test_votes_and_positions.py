"""Vote similarity and ideal points: definitions, independent implementations, known answers, truth."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose

import detente as dt
from detente.errors import DetenteError, NoData
from detente.measures import similarity_indices
from detente.measures.votes import INDICES
from detente.models import IdealPoints
from detente.models.linking import link


@pytest.fixture(scope="module")
def votes(real: Any) -> Any:
    return real


def test_kappa_and_pi_are_those_of_statsmodels() -> None:
    from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

    rng = np.random.default_rng(1)
    for _ in range(20):
        table = rng.poisson(rng.gamma(1, 8, (3, 3))).astype(float)
        found = similarity_indices(table)
        assert found["kappa"] == pytest.approx(cohens_kappa(table).kappa)
        assert found["kappa_steps"] == pytest.approx(cohens_kappa(table, wt="linear").kappa)
        ratings = [
            np.bincount([i, j], minlength=3) for i in range(3) for j in range(3) for _ in range(int(table[i, j]))
        ]
        assert found["pi"] == pytest.approx(fleiss_kappa(np.array(ratings)))


def test_s_is_signorino_and_ritters() -> None:
    yes_no = np.array([[0.0, 0, 1], [0, 0, 0], [0, 0, 0]])
    assert similarity_indices(yes_no)["s"] == -1
    assert similarity_indices(np.eye(3))["s"] == 1
    assert np.isnan(similarity_indices(np.array([[5.0, 0, 0], [0, 0, 0], [0, 0, 0]]))["kappa"])


def test_known_answers(votes: Any) -> None:
    table = votes.pair("USA", "RUS").similarity(("nu", None)).frame
    whole = {row["year"]: row for row in table.filter(pl.col("issue").is_null()).iter_rows(named=True)}
    for year, share, calls in ((2000, 0.342, 76), (2007, 0.129, 93), (2011, 0.381, 97), (2018, 0.200, 95)):
        assert whole[year]["agreement"] == pytest.approx(share, abs=5e-4)
        assert whole[year]["votes"] == calls
        for name in INDICES:
            assert whole[year][f"{name}_low"] <= whole[year][name] <= whole[year][f"{name}_high"]
    assert set(table["issue"]) == {None, "nu"}


def test_all_pairs_are_the_pairs(votes: Any) -> None:
    every = votes.similarity().frame
    for a, b in (("RUS", "USA"), ("IND", "PAK"), ("CHN", "FRA")):
        one = votes.pair(a, b).similarity().frame.select("year", "votes", *INDICES)
        same = every.filter((pl.col("a") == a) & (pl.col("b") == b)).select("year", "votes", *INDICES)
        assert_allclose(one.to_numpy().astype(float), same.to_numpy().astype(float), rtol=1e-9)
    assert every.height > 800_000
    for ask in (votes.similarity, votes.ideal_points):
        with pytest.raises(DetenteError, match="no roll call has the issue xx; the codes are nu, di"):
            ask(issue="xx")
    nuclear = votes.similarity(issue="nu", as_of="2007-02-01").frame
    assert nuclear["year"].max() == 2006
    assert every.filter(pl.col("year") == 2006)["votes"].max() > nuclear["votes"].max()


def world(seed: int, states: int = 60, sessions: int = 6, items: int = 40) -> tuple[np.ndarray, list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    path = np.cumsum(np.vstack([rng.standard_normal(states), rng.normal(0, 0.2, (sessions - 1, states))]), axis=0)
    slopes, middles = rng.normal(0, 1.2, 15), rng.normal(0, 1, 15)
    rows = []
    for t in range(sessions):
        b = np.concatenate([slopes, rng.normal(0, 1.2, items - 15)])
        m = np.concatenate([middles, rng.normal(0, 1, items - 15)])
        eta = np.outer(path[t], b) + rng.standard_normal((states, items))
        choice = (eta > m - 0.4).astype(int) + (eta > m + 0.4)
        s: Any
        v: Any
        s, v = np.indices(choice.shape)
        here = rng.random(choice.shape) < 0.9
        rows.append(
            np.column_stack(
                [s[here], np.full(here.sum(), t + 1), np.where(v < 15, v, v + 100 * (t + 1))[here], choice[here]]
            )
        )
    return path, list(np.concatenate(rows).T)


def test_recovers_positions_and_their_bands() -> None:
    held, alike = [], []
    for seed in range(4):
        path, (state, session, item, choice) = world(seed)
        fit = IdealPoints(positive=str(path[0].argmax())).fit(state.astype(str), session, item, choice)
        truth = path[fit.sessions - 1, fit.states.astype(int)]
        mean, spread = path.mean(axis=1)[fit.sessions - 1], path.std(axis=1)[fit.sessions - 1]
        standing = (truth - mean) / spread
        held.append(np.mean(np.abs(fit.standing - standing) < 1.645 * fit.errors))
        alike.append(np.corrcoef(fit.standing, standing)[0, 1])
        assert fit.step == pytest.approx(0.2, abs=0.08)
    assert min(alike) > 0.97
    assert 0.80 < np.mean(held) < 0.95


def test_links_follow_a_membership_that_moves_and_spreads() -> None:
    rng = np.random.default_rng(5)
    names, session, slope, middle = [], [], [], []
    scale, centre = np.array([1.0, 1.1, 1.2]), np.array([0.0, 0.2, 0.4])
    for item in range(60):
        b, m = rng.normal(0, 1.5), rng.normal(0, 1)
        for t in range(3):
            names.append(item)
            session.append(t + 1)
            # In units of the session: eta = b * (scale * x + centre) - m.
            slope.append(b * scale[t] * np.exp(rng.normal(0, 0.02)))
            middle.append(m - b * centre[t] + rng.normal(0, 0.02))
    found = link(np.array(session), np.array(names), np.array(slope), np.array(middle))
    assert_allclose(found.stretch * scale[2], scale, rtol=0.05)
    assert_allclose(found.shift * scale[2] + centre[2], centre, atol=0.06)
    assert found.error[0] > found.error[1] > found.error[2] == 0
    assert found.bridges[0] == 0


def test_all_sessions_of_the_un(votes: Any) -> None:
    found = votes.ideal_points(sessions=None)
    fit = found.fit
    assert fit.votes_used > 860_000
    assert len(np.unique(fit.sessions)) == 74
    assert fit.links.bridges.sum() > 1000
    ranks = fit.rank_correlation()
    assert ranks["correlation"].mean() > 0.97
    assert ranks["correlation"].min() > 0.9
    table = found.frame
    place = {
        (row["state"], row["session"]): row["standing"]
        for row in table.filter(pl.col("state").is_in(["USA", "RUS", "GBR", "CUB"])).iter_rows(named=True)
    }
    assert place["USA", 73] > place["GBR", 73] > place["RUS", 73] > place["CUB", 73]
    # The Soviet Union's turn and what came after it: up until the middle of the 1990s, down until 2007.
    assert place["RUS", 38] < place["RUS", 44] < place["RUS", 48]
    assert place["RUS", 48] > place["RUS", 55] > place["RUS", 62]
    apart = dict(fit.distance("USA", "RUS").select("session", "distance").iter_rows())
    assert apart[48] < apart[55] < apart[62]


def test_positions_as_of_a_day_know_nothing_later(votes: Any) -> None:
    early = votes.ideal_points(as_of="2000-12-31", sessions=4)
    assert early.frame["session"].max() == 55
    same = votes.ideal_points(as_of=date(2000, 12, 31), sessions=4)
    assert early.frame.equals(same.frame)
    assert "1997" in early.basis


def test_bad_votes_are_told(tmp_path: Path) -> None:
    model = IdealPoints(positive=None)
    with pytest.raises(DetenteError, match="vote 'maybe' in row 1"):
        model.fit(["A", "B"], 1, [1, 1], ["yes", "maybe"])
    with pytest.raises(DetenteError, match=r"0 \(no\), 1"):
        model.fit(["A", "B"], 1, [1, 1], [1, 5])
    with pytest.raises(DetenteError, match="all voted alike"):
        model.fit(["A", "B"], 1, [1, 1], ["yes", "yes"])
    with pytest.raises(DetenteError, match="never voted"):
        IdealPoints().fit(["A", "B"], 1, [1, 1], ["yes", "no"])
    with pytest.raises(DetenteError, match="one length"):
        model.fit(["A", "B"], 1, [1, 1, 1], ["yes", "no", "no"])
    with pytest.raises(NoData, match="no votes are held"):
        dt.open_record(tmp_path / "none").ideal_points()


def test_an_issue_that_no_roll_call_held_has_is_no_fault(tmp_path: Path) -> None:
    """A table of issues may be partial: what it lacks is unknown, and the rest of the answer stands."""
    (tmp_path / "votes.csv").write_text(
        "rcid,country,country_code,vote\n"
        + "".join(f"{n},United States,US,no\n{n},Russia,RU,yes\n" for n in range(1, 9))
    )
    calls = "".join(f"{n},73,0,2018-06-0{n},R/73/{n},0,0,T\n" for n in range(1, 9))
    (tmp_path / "calls.csv").write_text("rcid,session,importantvote,date,unres,amend,para,short\n" + calls)
    (tmp_path / "issues.csv").write_text("rcid,short_name,issue\n1,nu,Nuclear weapons\n")
    record = dt.open_record(tmp_path / "record", cases=False)
    record.ingest([tmp_path / "votes.csv", tmp_path / "calls.csv", tmp_path / "issues.csv"])
    pair = record.pair("USA", "RUS", as_of="2019-02-01")
    assert pair.similarity(("me",)).frame.is_empty()
    assert pair.similarity(("nu",)).frame["votes"].to_list() == [1]
    (section,) = (s for s in pair.explain().sections if s.topic == "votes")
    assert section.statements and not section.unknown
