from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import polars as pl
import pytest

import detente as dt
from conftest import gdelt_row, gdelt_zip, triples
from detente.assessment import Assessment
from detente.errors import DetenteError, NoData
from detente.forecasts.events.persistence import Held, Origin, past_origins, persistence
from detente.periods import months_before

SCHEMA = json.loads((Path(__file__).parents[1] / "docs" / "assessment.schema.json").read_text())
FACTS = "date,actors,targets,area,kind,tone,channel,third_party,description,source,source_title\n"


def test_the_built_in_case_needs_no_ingest(weitz: Assessment) -> None:
    result = weitz
    assert [a.area for a in result.areas] == [a.id for a in dt.open_record("x").codebook.areas]
    assert result.verdict in ("opening", "limited", "unlikely")
    text = {one.name: one for one in result.indicators}
    votes = text["UN roll calls with the same vote"]
    assert (round(votes.value, 4), votes.comparison) == (0.1712, "all pairs 73%, 30% in 2001")
    reports = text["Reported acts that are cooperative"]
    assert "7,827 reports" in reports.text and "93% in 2002" in reports.comparison


def test_json_follows_the_documented_schema(weitz: Assessment, assessed: Callable[..., Assessment]) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    validator.validate(json.loads(weitz.to_json()))
    for pair, models in ((("IND", "PAK"), True), (("CHN", "JPN"), True), (("FRA", "DEU"), False)):
        result = assessed(*pair, models=models)
        validator.validate(json.loads(result.to_json()))
        assert result.pair == pair


def test_an_assessment_is_a_result(weitz: Assessment, assessed: Callable[..., Assessment]) -> None:
    for result in (weitz, assessed("CHN", "JPN")):
        assert result.frame.columns == list(result.COLUMNS)
        assert result.frame["area"].to_list() == [area.area for area in result.areas]
        assert result.frame["level"].to_list() == [area.level for area in result.areas]
        assert result.bottom_line in result.summary() and all(area.title in result.summary() for area in result.areas)
        assert len(repr(result)) < 120 and repr(result).startswith("<Assessment: ")
        assert result.cite().startswith(f"detente {dt.__version__} on the record {result.provenance['record_digest']}")
        assert len(result.plot().axes[0].get_yticks()) == sum(area.level is not None for area in result.areas)
    assert "icews" in assessed("CHN", "JPN").cite().lower()
    assert {"Harvey", "Waggoner"} <= {paper.split(",")[0] for paper in weitz.provenance["methods"]}
    assert assessed("FRA", "DEU", models=False).provenance["methods"] == []


def test_every_evidence_and_indicator_has_a_note_that_exists(weitz: Assessment) -> None:
    assert [note.number for note in weitz.notes] == list(range(1, len(weitz.notes) + 1))
    items: list[Any] = [*weitz.indicators, *(e for a in weitz.areas for e in a.evidence)]
    for item in items:
        named = [weitz.notes[n - 1] for n in item.notes]
        assert named and item.sources == tuple(note.url or note.title for note in named) and all(item.sources)


def known(text: dict[str, object]) -> dict[str, object]:
    return {k: v for k, v in text.items() if k != "provenance"}


def test_no_look_ahead(tmp_path: Path, weitz: Assessment) -> None:
    """What is learnt later changes nothing: later facts, late reports of earlier events, later votes, later figures."""
    before = known(weitz.to_dict())
    record = dt.open_record(tmp_path / "r")
    pair = ("USA", "RUS", "2007-02-01")
    chronology = tmp_path / "later.csv"
    chronology.write_text(
        FACTS.strip() + ",known_on\n"
        "2007-02-02,USA+RUS,,strategic_arms,agreement signed,cooperative,,,A treaty the day after,https://example.org/1,T,\n"
        "2006-05-05,USA+RUS,,missile_defence,agreement signed,cooperative,,,A secret made public in 2010,https://example.org/2,T,2010-01-01\n"
        "2007-02,USA+RUS,,missile_defence,agreement signed,cooperative,,,Some day this month,https://example.org/3,T,\n"
    )
    figures = tmp_path / "figures.csv"
    figures.write_text(
        "subject,measure,period,value,unit,known_on,source\nRUS-USA,un_agreement,2007,0.9,share of 9 roll calls,,https://example.org\n"
    )
    late = gdelt_zip(tmp_path / "late.export.CSV.zip", [gdelt_row(n, "20061224", added="20191024") for n in range(500)])
    events = triples(
        tmp_path / "e.tsv",
        [(f"2018-01-{n % 28 + 1:02d}", "Russia", "Consult", "040", "1", "United States") for n in range(90)],
    )
    record.ingest([str(p) for p in (chronology, figures, late, events)])
    assert known(record.pair(*pair).assess().to_dict()) == before
    # And what was known changes it.
    chronology.write_text(
        FACTS
        + "2006-05-05,USA+RUS,,missile_defence,agreement signed,cooperative,,,A treaty known at once,https://example.org/2,T\n"
    )
    record.ingest(chronology)
    assert record.pair(*pair).assess(with_models=False).to_dict()["areas"] != before["areas"]


def test_the_past_of_an_assessment_does_not_move_as_time_goes_on() -> None:
    """Origins used on an early day keep their outcomes on a later one."""
    record = dt.open_record("no-such-folder")
    facts = record.pair("USA", "RUS").facts().frame
    areas = [a.id for a in record.codebook.areas]
    begins = facts["date"][0]

    def origins(day: date) -> list[Origin]:
        return past_origins(balance(facts.filter(pl.col("known_on") <= day)), areas, begins, day)

    early, late = origins(date(2007, 2, 1)), origins(date(2009, 2, 1))
    assert late[2 * len(areas) :][: len(early)] == early


def balance(facts: pl.DataFrame) -> Held:
    rows = list(zip(facts["area"], facts["counts_from"], facts["tone"], strict=True))

    def held(area: str | None, first: date, last: date) -> float:
        tones = [tone for name, day, tone in rows if first < day <= last and area in (None, name)]
        return float(2 * tones.count("cooperative") > len(tones))

    return held


def test_persistence_recovers_known_rates() -> None:
    """Simulated areas with known persistence: the posterior mean approaches the truth, intervals cover it."""
    rng = np.random.default_rng(3)
    inside = total = 0
    error = []
    for _ in range(400):
        truth = {f"a{n}": rng.beta(6, 6) for n in range(8)}
        origins = [Origin(area, True, bool(rng.random() < p)) for area, p in truth.items() for _ in range(60)]
        for area, p in truth.items():
            found = persistence(origins, area, 1.0)
            error.append(found.mean - p)
            inside += found.low <= p <= found.high
            total += 1
    assert abs(np.mean(error)) < 0.01 and np.std(error) < 0.09
    assert inside / total > 0.90


@pytest.mark.parametrize("horizon", [12, 24, 60])
def test_persistence_with_overlapping_spans_covers_the_truth(horizon: int) -> None:
    """Areas in which every year holds with a known chance: intervals cover how often a whole span does, at 90%."""
    rng = np.random.default_rng(11)
    day, error, inside = date(2010, 1, 1), [], []
    for _ in range(60):
        truth = {f"a{n}": float(rng.beta(4, 6)) for n in range(8)}
        years = {area: {year for year in range(1960, 2010) if rng.random() < p} for area, p in truth.items()}

        def held(area: str | None, first: date, last: date, years: dict[str, set[int]] = years) -> float:
            return float(any(first < date(year, 7, 1) <= last for year in years[area or ""]))

        origins = past_origins(held, [*truth], date(1960, 1, 1), day, horizon)
        for area, p in truth.items():
            found = persistence(origins, area, held(area, months_before(day, horizon), day), horizon)
            whole = 1 - (1 - p) ** (horizon // 12)
            error.append(found.mean - whole)
            inside.append(found.low <= whole <= found.high)
    assert abs(np.mean(error)) < 0.02 and np.std(error) < 0.12
    assert 0.86 < np.mean(inside) < 0.98


def test_persistence_arithmetic() -> None:
    origins = [
        *[Origin("a", False, True)] * 3,
        *[Origin("a", False, False)] * 1,
        *[Origin("b", False, False)] * 4,
        Origin("a", True, True),
    ]
    found = persistence(origins, "a", 0)
    base = (3 + 1) / (8 + 2)
    assert found.base_rate == pytest.approx(base)
    assert found.mean == pytest.approx((3 / 2 + 2 * base) / (4 / 2 + 2))
    assert persistence([], "a", 0) is None
    longer = persistence(origins, "a", 0, horizon=60)
    assert longer is not None and longer.mean == pytest.approx((3 / 5 + 2 * base) / (4 / 5 + 2))
    shorter = persistence(origins, "a", 0, horizon=6)
    assert shorter is not None and shorter.mean == pytest.approx((3 + 2 * base) / (4 + 2))


@pytest.mark.parametrize(
    ("p", "verdict"), [(0.5, "opening"), (0.499, "limited"), (0.35, "limited"), (0.349, "unlikely")]
)
def test_verdicts_follow_the_stated_thresholds(p: float, verdict: str) -> None:
    from detente.forecasts.events import outlook

    assert outlook.verdict(p) == verdict


def test_shipped_figures_are_those_of_the_data(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import runpy
    import sys

    root = Path(__file__).parents[1]
    monkeypatch.setattr(sys, "argv", ["x", str(shared)])
    runpy.run_path(str(root / "tools" / "fit_analogues.py"), run_name="__main__")
    assert capsys.readouterr().out == (root / "src/detente/levers/analogues.json").read_text()
    (tmp_path / "major_powers").mkdir()
    monkeypatch.setattr(sys, "argv", ["x", str(shared), str(tmp_path)])
    runpy.run_path(str(root / "tools" / "build_figures.py"), run_name="__main__")
    for made in sorted((tmp_path / "major_powers").iterdir()):
        assert made.read_bytes() == (root / "src/detente/cases/major_powers" / made.name).read_bytes()
    assert len(list((tmp_path / "major_powers").iterdir())) == 3


def test_months_before_clips_to_the_month() -> None:
    assert [months_before(date(2024, 3, 31), n) for n in (1, 13, -1, -11, 0)] == [
        date(2024, 2, 29),
        date(2023, 2, 28),
        date(2024, 4, 30),
        date(2025, 2, 28),
        date(2024, 3, 31),
    ]


def test_the_first_screen_answers_in_24_lines_of_100_columns(weitz: Assessment) -> None:
    lines = dt.render(weitz).splitlines()
    assert all(len(line) <= 100 for line in lines[:24])
    screen = "\n".join(lines[:24])
    for needed in (
        "Bottom line",
        "as of 1 February 2007",
        "90% interval",
        "all pairs 73%",
        "strategic arms",
        "cyber and space",
        "verdict",
    ):
        assert needed in screen


def test_unknown_is_said_and_nothing_is_guessed(tmp_path: Path) -> None:
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(
        triples(
            tmp_path / "e.tsv",
            [
                (f"2018-0{m}-{d:02d}", "India", "Consult", "040", "1", "Pakistan")
                for m in range(1, 9)
                for d in range(1, 29)
            ],
        )
    )
    result = record.pair("IND", "PAK", as_of="2018-08-31").assess()
    assert {a.verdict for a in result.areas} == {"unknown"}
    assert all(a.unknown and a.probability is None for a in result.areas)
    assert result.verdict == "unknown" and "No chronology of this pair is held" in result.bottom_line
    assert "diplomatic" in result.bottom_line and "data to 2018-08-28" in result.bottom_line
    with pytest.raises(NoData, match="detente fetch"):
        record.pair("IND", "PAK", as_of="2017-08-31").assess()
    with pytest.raises(NoData):
        record.pair("NPL", "PRY", as_of="2018-08-31").assess()


def test_a_pair_needs_a_day() -> None:
    with pytest.raises(DetenteError, match="as_of"):
        dt.open_record("x").pair("USA", "RUS").assess()


def test_the_order_of_the_states_matters_only_for_names(weitz: Assessment) -> None:
    a = dt.open_record("x").pair("RUS", "USA", as_of="2007-02-01").assess(with_models=False).to_dict()
    b = weitz.to_dict()
    assert a["areas"] == b["areas"] and a["overall"] == b["overall"]
