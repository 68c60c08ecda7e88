from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import detente as dt
from conftest import gdelt_row, gdelt_zip, triples
from detente.errors import DetenteError, NoData
from detente.measures import probability_higher, share, share_interval

ROWS = [
    ("2018-01-02", "Russia", "Consult", "040", "1", "United States"),
    ("2018-01-03", "Military (Russia)", "Cooperate militarily", "062", "7.4", "United States"),
    ("2018-01-03", "United States", "Accuse", "112", "-2", "Vladimir Putin"),
    ("2018-01-31", "United States", "Impose embargo, boycott, or sanctions", "163", "-8", "Russia"),
    ("2018-03-15", "Citizen (Russia)", "Consult", "040", "1", "United States"),
    ("2018-03-15", "Russia", "Consult", "040", "1", "China"),
    ("2018-03-16", "Russia", "Consult", "040", "1", "Russia"),
]


@pytest.fixture
def record(tmp_path: Path) -> object:
    opened = dt.open_record(tmp_path / "r", cases=False)
    opened.ingest(triples(tmp_path / "a.tsv", ROWS))
    return opened


def rows(frame: pl.DataFrame, *names: str) -> list[tuple[object, ...]]:
    return frame.select(names).rows()


COUNTS = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")


def test_counts_by_direction_and_month_with_zeros_where_covered(record: object) -> None:
    panel = record.pair("USA", "RUS").panel("month")
    assert rows(panel, "period", "sender", *COUNTS) == [
        (date(2018, 1, 1), "USA", 0, 0, 1, 1),
        (date(2018, 1, 1), "RUS", 1, 1, 0, 0),
        (date(2018, 2, 1), "USA", 0, 0, 0, 0),
        (date(2018, 2, 1), "RUS", 0, 0, 0, 0),
        (date(2018, 3, 1), "USA", 0, 0, 0, 0),
        (date(2018, 3, 1), "RUS", 1, 0, 0, 0),
    ]
    assert [round(x, 1) for x in panel["intensity"]] == [-10.0, 8.4, 0.0, 0.0, 0.0, 1.0]
    assert panel["share"].null_count() == 3
    assert panel["covered"].to_list()[2:4] == [1.0, 1.0]


def test_periods_that_no_source_covers_are_missing(tmp_path: Path, record: object) -> None:
    record.ingest(triples(tmp_path / "b.tsv", [("2018-06-05", "Russia", "Consult", "040", "1", "United States")]))
    panel = record.pair("USA", "RUS").panel("month").filter(pl.col("sender") == "RUS")
    assert panel["verbal_cooperation"].to_list() == [1, 0, 1, None, None, 1]
    assert panel["covered"].to_list()[3:5] == [0.0, 0.0]
    assert panel["intensity"].null_count() == 2


def test_gdelt_covers_the_days_of_its_reports_not_of_stray_events(tmp_path: Path) -> None:
    record = dt.open_record(tmp_path / "g", cases=False)
    record.ingest(
        gdelt_zip(
            tmp_path / "a.export.CSV.zip",
            [gdelt_row(n) for n in range(9)] + [gdelt_row(99, "20181024", added="20191024")],
        )
    )
    panel = record.pair("USA", "RUS").panel("month").filter(pl.col("sender") == "RUS")
    assert panel["period"][0] == date(2018, 10, 1)
    assert panel["verbal_cooperation"].to_list() == [1, *[None] * 11, 9]
    assert panel["covered"][0] == 0.0 and round(panel["covered"][-1], 3) == round(1 / 31, 3)


@pytest.mark.parametrize(
    ("by", "first", "count"),
    [
        ("week", date(2018, 1, 1), 11),
        ("month", date(2018, 1, 1), 3),
        ("quarter", date(2018, 1, 1), 1),
        ("year", date(2018, 1, 1), 1),
    ],
)
def test_every_length_of_period_adds_up(record: object, by: str, first: date, count: int) -> None:
    panel = record.pair("RUS", "USA").panel(by)
    assert (panel["period"][0], panel["period"].n_unique()) == (first, count)
    assert panel.select(pl.sum_horizontal(COUNTS).sum()).item() == 5


def test_areas_and_sectors(record: object) -> None:
    pair = record.pair("RUS", "USA")
    panel = pair.panel("year", areas=[None, "military_dialogue", "economic"])
    assert rows(panel.filter(pl.col("sender") == "RUS"), "area", *COUNTS) == [
        (None, 2, 1, 0, 0),
        ("military_dialogue", 0, 1, 0, 0),
        ("economic", 0, 0, 0, 0),
    ]
    government = pair.panel("year", sectors="government").filter(pl.col("sender") == "RUS")
    assert rows(government, *COUNTS) == [(1, 1, 0, 0)]


def test_a_codebook_of_ones_own_recodes_what_is_held(tmp_path: Path, record: object) -> None:
    book = tmp_path / "mine.toml"
    book.write_text(
        '[areas.talk]\ntitle = "Talk"\ndefinition = "Consultation."\n[[areas.talk.rules]]\nactions = ["04"]\n'
    )
    mine = dt.open_record(tmp_path / "r", cases=False, codebook=book)
    panel = mine.pair("RUS", "USA").panel("year", areas=["talk"]).filter(pl.col("sender") == "RUS")
    assert panel["verbal_cooperation"].to_list() == [2]


def test_sources_are_never_added_up(tmp_path: Path, record: object) -> None:
    record.ingest(gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1, "20180103")]))
    pair = record.pair("RUS", "USA")
    assert pair.panel("year")["source"].unique().to_list() == ["icews_triples"]
    assert pair.panel("year", source="gdelt2").select(pl.sum_horizontal(COUNTS).sum()).item() == 1
    with pytest.raises(NoData, match="held: icews_triples, gdelt2"):
        pair.panel("year", source="polecat")


def test_the_same_expression_runs_on_a_connection_of_ones_own(record: object) -> None:
    import ibis

    pair = record.pair("RUS", "USA")
    assert pair.panel("month", con=ibis.duckdb.connect()).equals(pair.panel("month"))


def test_continuing_states_count_with_their_former_code(tmp_path: Path) -> None:
    old = tmp_path / "old.tsv"
    old.write_text(
        "\n".join(gdelt_row(n, day, added="20130203", width=57) for n, day in ((1, "19911101"), (2, "19920201"))) + "\n"
    )
    record = dt.open_record(tmp_path / "o", cases=False)
    record.ingest(old)
    panel = record.pair("USA", "RUS").panel("year")
    assert panel.filter(pl.col("sender") == "RUS")["verbal_cooperation"].to_list() == [1, 1]


def test_bad_period() -> None:
    with pytest.raises(DetenteError, match="by must be one of"):
        dt.open_record("nowhere").pair("USA", "RUS").panel("decade")


def test_panel_against_a_plain_count(shared: Path, tmp_path: Path) -> None:
    """An independent count of the same file by pandas, with our resolver, agrees cell by cell."""
    import pandas as pd

    from detente.actors import actors

    path = shared / "icews" / "icews18_2018-01_2018-08.tsv.gz"
    raw = pd.read_csv(path, sep="\t", quoting=3, dtype=str, keep_default_na=False)
    index = actors()
    cache: dict[tuple[str, str], str] = {}

    def code(name: str, day: str) -> str:
        if (name, day) not in cache:
            cache[name, day] = index.resolve(name, date.fromisoformat(day)).code
        return cache[name, day]

    likely = raw[
        raw["sender"].str.contains("Russia|United|Putin|Trump|Lavrov")
        & raw["receiver"].str.contains("Russia|United|Putin|Trump|Lavrov")
    ]
    from detente.codebook import actions

    quads = {c: a.quad for c, a in actions().items()}
    expected: dict[tuple[str, str], list[int]] = {}
    for row in likely.itertuples():
        pair = (code(row.sender, row.date), code(row.receiver, row.date))
        if sorted(pair) == ["RUS", "USA"]:
            expected.setdefault((row.date[:7], pair[0]), [0, 0, 0, 0])[quads[row.cameo] - 1] += 1
    record = dt.open_record(tmp_path / "i", cases=False)
    record.ingest(path)
    frame = pl.read_parquet(record.paths(record.parts("events", kind="pairs")))
    names = "Russia|United|Putin|Trump|Lavrov"
    same = frame.filter(
        pl.col("text").str.extract(r"^([^:]+): ").str.contains(names)
        & pl.col("text").str.extract(r": ([^:]+)$").str.contains(names)
    )
    got: dict[tuple[str, str], list[int]] = {}
    for day, sender, receiver, quad in same.select("date", "sender", "receiver", "quad").iter_rows():
        if sorted((sender, receiver)) == ["RUS", "USA"]:
            got.setdefault((day.isoformat()[:7], sender), [0, 0, 0, 0])[quad - 1] += 1
    assert got == expected and len(got) == 16


def test_shares_against_scipy_and_coverage() -> None:
    from scipy import stats

    mean, low, high = share_interval([0, 3, 10], [0, 7, 10])
    assert np.isnan(mean[0]) and np.isnan(low[0])
    np.testing.assert_allclose(low[1:], stats.beta.ppf(0.05, [3.5, 10.5], [4.5, 0.5]))
    np.testing.assert_allclose(high[1:], stats.beta.ppf(0.95, [3.5, 10.5], [4.5, 0.5]))
    rng = np.random.default_rng(1)
    for truth in (0.2, 0.5, 0.85):
        k = rng.binomial(40, truth, 4000)
        _, low, high = share_interval(k, np.full(4000, 40))
        assert 0.85 <= np.mean((low <= truth) & (truth <= high)) <= 0.95


def test_probability_higher_against_simulation() -> None:
    rng = np.random.default_rng(2)
    for a, b in (((9, 10), (5, 10)), ((1, 2), (1, 2)), ((0, 5), (4, 4))):
        draws = rng.beta(a[0] + 0.5, a[1] - a[0] + 0.5, 400_000) > rng.beta(b[0] + 0.5, b[1] - b[0] + 0.5, 400_000)
        assert abs((probability_higher(share(*a), share(*b)) or 0) - draws.mean()) < 0.005
    assert probability_higher(share(0, 0), share(1, 1)) is None
