from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import detente as dt
from conftest import gdelt_row, gdelt_zip, triples
from detente.errors import DetenteError, NoData
from detente.record.queries import pair_counts, pair_events
from detente.uncertainty import Share, share_interval
from test_sources import POLECAT, polecat_row

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


def test_counts_by_direction_and_month_with_zeros_where_covered(record: Any) -> None:
    panel = record.pair("USA", "RUS").panel("month").frame
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


def test_periods_that_no_source_covers_are_missing(tmp_path: Path, record: Any) -> None:
    record.ingest(triples(tmp_path / "b.tsv", [("2018-06-05", "Russia", "Consult", "040", "1", "United States")]))
    panel = record.pair("USA", "RUS").panel("month").frame.filter(pl.col("sender") == "RUS")
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
    panel = record.pair("USA", "RUS").panel("month").frame.filter(pl.col("sender") == "RUS")
    assert panel["period"][0] == date(2018, 10, 1)
    assert panel["verbal_cooperation"].to_list() == [1, *[None] * 11, 9]
    assert panel["covered"][0] == 0.0 and panel["covered"][-1] == pytest.approx(1 / 96 / 31)


def covered(record: Any, source: str, by: str, as_of: str | None = None) -> dict[str, float]:
    day = date.fromisoformat(as_of) if as_of else None
    return {p.isoformat(): round(c, 4) for p, c in record.coverage(source, day, by).iter_rows()}


def test_a_quarter_hour_file_covers_its_quarter_hour(tmp_path: Path) -> None:
    """By its name; an empty one too; one that was not fetched leaves its gap, and a file held twice counts once."""
    record = dt.open_record(tmp_path / "g", cases=False)
    for number, hour in enumerate(("0000", "0015", "2345")):
        gdelt_zip(tmp_path / f"20191024{hour}00.export.CSV.zip", [gdelt_row(number)])
    (tmp_path / "again").mkdir()
    gdelt_zip(tmp_path / "again" / "20191024001500.export.CSV.zip", [gdelt_row(9)])
    record.ingest([str(p) for p in sorted(tmp_path.rglob("*.zip"))])
    assert covered(record, "gdelt2", "day") == {"2019-10-24": round(3 / 96, 4)}
    assert record.covers("gdelt2") == [(date(2019, 10, 24), date(2019, 10, 24))]
    panel = record.pair("USA", "RUS").panel("month").frame
    assert panel["covered"].to_list() == pytest.approx([3 / 96 / 31] * 2)
    # What was reported stands; silence of a period that is hardly covered is no nought.
    assert panel.sort("sender")["verbal_cooperation"].to_list() == [4, None]


def test_a_file_whose_name_says_nothing_covers_what_its_rows_were_reported_in(tmp_path: Path) -> None:
    record = dt.open_record(tmp_path / "g", cases=False)
    rows = [gdelt_row(n, added="20191024") for n in range(30)]
    rows += [gdelt_row(n + 50).replace("20191024143000", "20191024180000") for n in range(30)]
    rows.append(gdelt_row(99).replace("20191024143000", "20190101000000").replace("20191024", "20190101"))
    record.ingest(gdelt_zip(tmp_path / "joined.export.CSV.zip", rows))
    assert covered(record, "gdelt2", "day") == {"2019-10-24": round(2 / 96, 4)}


def test_the_names_of_gdelt_1_say_what_they_hold(tmp_path: Path) -> None:
    for name, day, added in (
        ("20140105.export.CSV", "20140105", "20140105"),
        ("200602.csv", "20060203", "20130203"),
        ("1990.csv", "19900301", "20130203"),
    ):
        (tmp_path / name).write_text(gdelt_row(int(day), day, added=added, width=57) + "\n")
    record = dt.open_record(tmp_path / "g", cases=False)
    record.ingest([str(p) for p in tmp_path.glob("*.[cC]*")])
    assert record.covers("gdelt1") == [
        (date(1990, 1, 1), date(1990, 12, 31)),
        (date(2006, 2, 1), date(2006, 2, 28)),
        (date(2014, 1, 5), date(2014, 1, 5)),
    ]
    assert record.covers("gdelt1", date(2013, 1, 1)) == []


def test_a_name_that_its_rows_belie_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "1990.csv").write_text(gdelt_row(1, "20140105", width=57) + "\n")
    record = dt.open_record(tmp_path / "g", cases=False)
    record.ingest(tmp_path / "1990.csv")
    assert record.covers("gdelt1") == [(date(2014, 1, 5), date(2014, 1, 5))]


def busy(first: date, days: int, each: int = 30, gap: tuple[int, ...] = ()) -> list[tuple[str, ...]]:
    acts = [f"Nobody {n}" for n in range(each)]
    every = [(first + timedelta(days=n)).isoformat() for n in range(days) if n not in gap]
    return [(day, "Russia", "Consult", "040", "1", act) for day in every for act in acts]


def test_strays_do_not_stretch_what_a_file_covers(tmp_path: Path) -> None:
    """One row years away covers nothing, in a busy file and in a thin one."""
    stray = ("1981-05-01", "Russia", "Consult", "040", "1", "China")
    record = dt.open_record(tmp_path / "b", cases=False)
    record.ingest(triples(tmp_path / "busy.tsv", [stray, *busy(date(2018, 3, 1), 20)]))
    assert record.covers("icews_triples") == [(date(2018, 3, 1), date(2018, 3, 20))]
    thin = dt.open_record(tmp_path / "t", cases=False)
    thin.ingest(triples(tmp_path / "thin.tsv", [*ROWS, stray]))
    assert thin.covers("icews_triples") == [(date(2018, 1, 2), date(2018, 3, 16))]


def test_days_without_a_row_of_a_busy_file_are_gaps(tmp_path: Path) -> None:
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(triples(tmp_path / "a.tsv", busy(date(2018, 3, 1), 31, gap=tuple(range(4, 24)))))
    assert record.covers("icews_triples") == [
        (date(2018, 3, 1), date(2018, 3, 4)),
        (date(2018, 3, 25), date(2018, 3, 31)),
    ]
    assert covered(record, "icews_triples", "month") == {"2018-03-01": round(11 / 31, 4)}
    assert covered(record, "icews_triples", "month", "2018-03-02") == {"2018-03-01": round(2 / 31, 4)}


@pytest.mark.parametrize(
    ("by", "first", "count"),
    [
        ("week", date(2018, 1, 1), 11),
        ("month", date(2018, 1, 1), 3),
        ("quarter", date(2018, 1, 1), 1),
        ("year", date(2018, 1, 1), 1),
    ],
)
def test_every_length_of_period_adds_up(record: Any, by: str, first: date, count: int) -> None:
    panel = record.pair("RUS", "USA").panel(by).frame
    assert (panel["period"][0], panel["period"].n_unique()) == (first, count)
    assert panel.select(pl.sum_horizontal(COUNTS).sum()).item() == 5


def test_areas_and_sectors(record: Any) -> None:
    pair = record.pair("RUS", "USA")
    panel = pair.panel("year", area=[None, "military_dialogue", "economic"]).frame
    assert rows(panel.filter(pl.col("sender") == "RUS"), "area", *COUNTS) == [
        (None, 2, 1, 0, 0),
        ("military_dialogue", 0, 1, 0, 0),
        # Of the year, 74 days are covered: that nothing was reported in them is no nought for the year.
        ("economic", None, None, None, None),
    ]
    assert (
        rows(pair.panel("month", area=["economic"]).frame.filter(pl.col("sender") == "RUS"), *COUNTS)
        == [(0, 0, 0, 0)] * 3
    )
    government = pair.panel("year", sectors="government").frame.filter(pl.col("sender") == "RUS")
    assert rows(government, *COUNTS) == [(1, 1, 0, 0)]


def test_a_codebook_of_ones_own_recodes_what_is_held(tmp_path: Path, record: Any) -> None:
    book = tmp_path / "mine.toml"
    book.write_text(
        '[areas.talk]\ntitle = "Talk"\ndefinition = "Consultation."\n[[areas.talk.rules]]\nactions = ["04"]\n'
    )
    mine = dt.open_record(tmp_path / "r", cases=False, codebook=book)
    panel = mine.pair("RUS", "USA").panel("year", area=["talk"]).frame.filter(pl.col("sender") == "RUS")
    assert panel["verbal_cooperation"].to_list() == [2]


def test_sources_are_never_added_up(tmp_path: Path, record: Any) -> None:
    record.ingest(gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1, "20180103")]))
    pair = record.pair("RUS", "USA")
    assert pair.panel("year").frame["source"].unique().to_list() == ["icews_triples"]
    assert (
        record.pair("RUS", "USA", source="gdelt2").panel("year").frame.select(pl.sum_horizontal(COUNTS).sum()).item()
        == 1
    )
    with pytest.raises(NoData, match="held: icews_triples, gdelt2"):
        record.pair("RUS", "USA", source="polecat").panel("year")


def test_continuing_states_count_with_their_former_code(tmp_path: Path) -> None:
    old = tmp_path / "old.tsv"
    old.write_text(
        "\n".join(gdelt_row(n, day, added="20130203", width=57) for n, day in ((1, "19911101"), (2, "19920201"))) + "\n"
    )
    record = dt.open_record(tmp_path / "o", cases=False)
    record.ingest(old)
    panel = record.pair("USA", "RUS").panel("year").frame
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
        assert abs((Share(*a).probability_above(Share(*b)) or 0) - draws.mean()) < 0.005
    assert Share(0, 0).probability_above(Share(1, 1)) is None


def test_the_sum_of_no_known_intensity_is_unknown(tmp_path: Path) -> None:
    rows = [POLECAT, polecat_row(1, Intensity=""), polecat_row(2, **{"Event Date": "2023-01-10"})]
    file = tmp_path / "ngecEvents.DV.2023.txt"
    file.write_text("\n".join("\t".join(row) for row in rows) + "\n")
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(file)
    pair = record.pair("RUS", "USA")
    found = pair_counts(pair, pair.source, by="week")
    assert found["intensity"].to_list() == [None, 2.5] and found.select(pl.sum_horizontal(COUNTS)).sum().item() == 2


def test_files_are_asked_for_the_pair_alone(record: Any) -> None:
    """By their statistics, groups of rows that hold neither state are never read."""
    plan = pair_events(record.pair("RUS", "USA", as_of=date(2018, 2, 1)), "icews_triples").to_native().explain()
    selection = next(line for line in plan.splitlines() if "SELECTION" in line)
    assert all(f'col("{column}")' in selection for column in ("sender", "receiver", "known_on"))
