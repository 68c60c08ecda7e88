"""What is kept on disk with the record: the same value on a hit, another for other votes, and never in the way."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from conftest import write_votes
from detente import open_record
from detente.record import Store
from detente.record.cases import case_in
from detente.uncertainty import Estimate


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "record", cases=False)
    with store.log.writing():
        return store


def test_every_form_comes_back_as_it_went(store: Store) -> None:
    value = {
        "arrays": [np.arange(3), np.array(["a", "bc"]), np.array([[0.1, np.nan]])],
        "frame": pl.DataFrame({"day": [date(2007, 2, 1), None], "x": [1.5, None]}),
        ("USA", None): (Estimate(1 / 3, 0.1, 0.9), date(2007, 2, 1), float("inf"), True, np.float64(2)),
    }
    store.cached("forms", {"a": 1}, lambda: value)
    again: Any = Store(store.folder, cases=False).cached("forms", {"a": 1}, pytest.fail)
    for one, other in zip(value["arrays"], again["arrays"], strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    assert value["frame"].equals(again["frame"])
    assert again["USA", None] == value["USA", None]


def test_what_it_is_made_from_tells_entries_apart(store: Store) -> None:
    made_from: list[dict[str, Any]] = [
        {"n": 1},
        {"n": 2},
        {"n": date(2007, 2, 1)},
        {"n": np.arange(3)},
        {"n": np.arange(3.0)},
        {"n": pl.DataFrame({"x": [1, 2]})},
        {"n": pl.DataFrame({"x": [2, 1]})},
        {"n": pl.DataFrame({"y": [1, 2]})},
    ]
    for number, what in enumerate(made_from):
        assert store.cached("apart", what, lambda number=number: number) == number
    assert len(list((store.folder / "cache" / "apart").iterdir())) == len(made_from)
    with pytest.raises(TypeError, match="no digest"):
        store.cached("apart", {"n": object()}, lambda: 0)


def test_a_damaged_entry_is_made_anew(store: Store) -> None:
    store.cached("one", {}, lambda: np.arange(5))
    (path,) = (store.folder / "cache" / "one").iterdir()
    whole = path.read_bytes()
    for damage in (b"", b"no archive", whole[:-20], whole.replace(b"tree", b"free")):
        path.write_bytes(damage)
        assert Store(store.folder, cases=False).cached("one", {}, lambda: np.arange(5)).sum() == 10
        assert path.read_bytes() != damage


@pytest.mark.parametrize("damage", ["swapped", "flipped", "a folder", "no folder"])
def test_whatever_lies_there_the_answer_is_the_same(store: Store, damage: str) -> None:
    def ask() -> list[float]:
        fresh = Store(store.folder, cases=False)
        return [float(fresh.cached("harm", {"n": n}, lambda n=n: np.full(99, n / 3))[0]) for n in range(2)]

    before, folder = ask(), store.folder / "cache" / "harm"
    one, other = sorted(folder.iterdir())
    content = bytearray(one.read_bytes())
    if damage == "swapped":
        one.write_bytes(other.read_bytes())
        other.write_bytes(content)
    elif damage == "flipped":
        content[len(content) // 2] ^= 255
        one.write_bytes(content)
    elif damage == "a folder":
        one.unlink()
        one.mkdir()
    else:
        shutil.rmtree(folder)
        folder.write_text("")
    assert ask() == before == ask()
    assert not list(folder.glob("*.part"))


def test_a_full_disk_is_not_in_the_way(store: Store) -> None:
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, limits[1]))
    try:
        rows = store.cached("full", {"n": 1}, lambda: np.random.default_rng(0).random(999))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert len(rows) == 999 and not list((store.folder / "cache" / "full").iterdir())


def test_an_entry_makes_no_object_of_another_package(store: Store) -> None:
    @dataclass
    class Own:
        x: int

    with pytest.raises(TypeError, match="can't be kept"):
        store.cached("own", {}, lambda: Own(1))


def test_the_entries_used_last_stay(store: Store) -> None:
    for n in range(6):
        Store(store.folder, cases=False).cached("few", {"n": n}, lambda n=n: n, most=3)
    assert len(list((store.folder / "cache" / "few").iterdir())) == 3
    assert Store(store.folder, cases=False).cached("few", {"n": 5}, pytest.fail) == 5


def test_without_a_record_or_leave_to_write_the_value_is_made_all_the_same(store: Store, tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path / "empty"):
        if folder.name == "empty":
            folder.mkdir()
        assert Store(folder, cases=False).cached("one", {}, lambda: 1) == 1
        assert not (folder / "cache").exists()
    # A file where the folder should be: nobody, root neither, can write there.
    (store.folder / "cache").write_text("")
    assert store.cached("one", {}, lambda: 1) == 1


def test_a_table_has_a_digest_of_its_own(make_record: Callable[..., Store], tmp_path: Path) -> None:
    store = make_record(write_votes(tmp_path / "votes"))
    events, held, all_held = store.digest("facts"), store.digest("votes"), store.digest()
    store.ingest(write_votes(tmp_path / "more", last="abstain"))
    assert store.digest("facts") == events
    assert store.digest("votes") != held
    assert store.digest() != all_held


def test_ideal_points_are_fitted_once_for_the_same_votes(
    make_record: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = make_record(write_votes(tmp_path / "votes"))
    first = record.ideal_points()
    fits: list[int] = []
    again = open_record(record.folder, cases=False)
    found = again.ideal_points(as_of="2020-01-01", on_step=lambda step, change: fits.append(step))
    assert not fits
    assert found.frame.equals(first.frame)
    assert (found.basis, found.data_to, found.summary()) == (first.basis, first.data_to, first.summary())
    again.ideal_points(as_of="2006-11-03", on_step=lambda step, change: fits.append(step))
    assert fits


def test_other_votes_are_fitted_anew(make_record: Callable[..., Any], tmp_path: Path) -> None:
    record = make_record(write_votes(tmp_path / "votes"))
    first = record.ideal_points().frame
    other = make_record(write_votes(tmp_path / "changed", last="abstain"), name="other")
    (record.folder / "cache").rename(other.folder / "cache")
    assert not other.ideal_points().frame.equals(first)


def test_what_is_asked_again_of_a_pair_is_the_same_and_not_fitted(real: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from detente.explain import levels
    from detente.levers import weigh

    def asked() -> tuple[str, str, list[str]]:
        pair = open_record(real.folder).pair("USA", "RUS", as_of="2018-08-31")
        digest = pair.explain(["IRN"])
        return digest.to_json(), pair.weigh(["equal"], draws=50).to_json(), list(digest.charts)

    first = asked()

    def never(*_: Any) -> None:
        raise AssertionError("fitted again")

    monkeypatch.setattr(weigh, "_weighed", never)
    again = asked()
    assert again == first
    monkeypatch.setattr(levels, "TOPIC", replace(levels.TOPIC, say=never))
    assert open_record(real.folder).pair("USA", "RUS", as_of="2018-08-31").explain(["IRN"]).to_json() == first[0]


def test_what_is_learnt_of_one_pair_alone_serves_no_other(
    real: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the most active pairs lack an item, the answer doesn't depend on which pair was asked about before."""
    monkeypatch.setattr("detente.forecasts.reports.MOST_PAIRS", 1)
    areas = ["defence_industry", "economic"]

    def fans(folder: Path, *states: str) -> list[Any]:
        shutil.copytree(real.folder, folder, ignore=shutil.ignore_patterns("cache"), dirs_exist_ok=True)
        pair = open_record(folder).pair(*states, as_of="2018-08-31", source="icews_triples")
        return pair.forecast(area=areas).frame.rows()

    alone = fans(tmp_path / "one", "RUS", "UKR")
    fans(tmp_path / "two", "MMR", "USA")
    assert fans(tmp_path / "two", "RUS", "UKR") == alone


def test_what_is_kept_of_a_case_follows_its_reach_and_its_names(tmp_path: Path) -> None:
    case, names = tmp_path / "mine", tmp_path / "names.csv"
    case.mkdir()
    (case / "facts.csv").write_text("date,actors\n")
    digests = []
    for end, code in (("2010", "USA"), ("2011", "USA"), ("2011", "GBR")):
        (case / "datapackage.json").write_text(f'{{"temporal": {{"end": "{end}"}}}}')
        names.write_text(f"name,code,sector,from,to\nBlue Side,{code},,,\n")
        digests.append(case_in(case, names=str(names)).digest)
    assert len(set(digests)) == 3
