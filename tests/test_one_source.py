"""One answer, one source; without a chronology no verdict; one number for one session; nothing vanishes silently."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import detente as dt
from conftest import detente, gdelt_row, gdelt_zip, triples
from detente.cli import main
from detente.record.view import View

DAY = "2018-08-31"


@pytest.fixture
def two_sources(tmp_path: Path, make_record: Callable[..., Any]) -> Any:
    """ICEWS of 2018 with most events of late, GDELT of 2012 to 2013 with most of all."""
    rows = [
        ((date(2018, 1, 1) + timedelta(n)).isoformat(), a, "Consult", "040", "1.0", b)
        for n in range(243)
        for a, b in (("Russia", "United States"), ("United States", "Russia"))
    ]
    old = [gdelt_row(n, (date(2012, 1, 1) + timedelta(n % 700)).strftime("%Y%m%d")) for n in range(3000)]
    return make_record(triples(tmp_path / "e.tsv", rows), gdelt_zip(tmp_path / "old.export.CSV.zip", old))


def test_whoever_asks_of_a_pair_and_a_day_gets_the_same_source(
    two_sources: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detente.measures import panel
    from detente.record.queries import pair_counts as real

    asked: set[str] = set()

    def counts(pair: Any, *given: Any, **named: Any) -> Any:
        asked.add(pair.source)
        return real(pair, *given, **named)

    monkeypatch.setattr(panel, "pair_counts", counts)
    pair = two_sources.pair("USA", "RUS", as_of=DAY)
    assert pair.source == "icews_triples"
    made = pair.assess().to_dict()
    pair.forecast(horizon=2)
    assert asked == {"icews_triples"} and "gdelt" not in json.dumps({**made, "provenance": ""})
    assert any("Events come from icews_triples alone" in said for said in made["cannot_tell"])
    assert made["provenance"]["parameters"]["source"] == "icews_triples"
    earlier = View(two_sources, "USA", "RUS", date(2014, 1, 1)).source
    assert earlier.startswith("gdelt"), "what ICEWS held later is not known on this day"


@pytest.mark.parametrize(("name", "other"), [("icews_triples", "gdelt"), ("gdelt1", "icews")])
def test_of_two_sources_held_at_once_every_section_rests_on_one(
    name: str, other: str, tmp_path: Path, make_record: Callable[..., Any]
) -> None:
    """Sections, levels, levers and charts are those of a record that holds the one source alone."""
    rng = np.random.default_rng(1)
    days, sides = [date(2018, 1, 1) + timedelta(n) for n in range(243)], (("Russia", "RUS"), ("United States", "USA"))
    good = ((("Consult", "040", "1.0"), "1"), (("Cooperate economically", "061", "6.4"), "2"))
    bad = ((("Criticize", "111", "-2.0"), "3"), (("Impose embargo", "163", "-8.0"), "4"))
    coded, rows = [], []
    for n, day in enumerate(days):
        for (a, code_a), (b, code_b) in (sides, sides[::-1]):
            (words, action, value), _ = (good if rng.random() < 0.9 else bad)[rng.integers(2)]
            coded.append((day.isoformat(), a, words, action, value, b))
            (_, action, value), quad = (good if rng.random() < 0.3 else bad)[rng.integers(2)]
            number = str(2 * n + (a > b))
            rows.append(gdelt_row(int(number), day.strftime("%Y%m%d"), code_a, code_b, action, quad, value, width=58))
    files = {
        "icews_triples": triples(tmp_path / "e.tsv", coded),
        "gdelt1": gdelt_zip(tmp_path / "g.export.CSV.zip", rows),
    }
    both, alone = make_record(*files.values(), name="both"), make_record(files[name], name="alone")
    asked, expected = (record.pair("USA", "RUS", as_of=DAY, source=name).assess() for record in (both, alone))
    assert {**asked.to_dict(), "provenance": ""} == {**expected.to_dict(), "provenance": ""}
    assert asked.series == expected.series and asked.frame.equals(expected.frame)
    assert asked.provenance["parameters"]["source"] == name and other not in asked.to_json()
    bases = [area.basis for area in asked.areas if area.by_events] + [asked.levers_rest_on]
    bases += [
        section.basis for section in asked.explanation if section.topic in ("levels", "reciprocity", "excitation")
    ]
    assert len(bases) >= 5 and all(name in basis for basis in bases)
    assert asked.series["source"] == name and sum(row["n"] for row in asked.series["monthly"] if not row["area"]) == 486


def test_yearly_counts_of_a_case_never_stand_beside_another_source(tmp_path: Path) -> None:
    """Few reports of the source held are few: the built-in yearly counts of ICEWS do not fill in."""
    record = dt.open_record(tmp_path / "r")
    record.ingest(
        [
            triples(
                tmp_path / "e.tsv",
                [(f"2012-01-{n:02d}", "Russia", "Consult", "040", "1.0", "United States") for n in range(1, 29)],
            )
        ]
    )
    made = record.pair("USA", "RUS", as_of="2012-02-01").assess(with_models=False)
    (reports,) = [f for f in made.indicators if f.text.startswith("Reported acts")]
    assert reports.value is None and "too little to compare" in reports.comparison and not made.series["yearly"]
    told = record.pair("USA", "RUS", as_of="2012-02-01").forecast()
    assert any(why.startswith("reports: icews_triples") for why in told.unknown)
    assert not any(fan.item in ("share", "verbal_conflict") for fan in told.fans)


def test_without_a_chronology_there_are_levels_and_no_verdict(two_sources: Any) -> None:
    made = two_sources.pair("USA", "RUS", as_of=DAY).assess(with_models=False)
    assert made.verdict == "unknown" and made.bottom_line.startswith("No chronology of this pair is held")
    assert any(area.level is not None and area.direction != "unknown" for area in made.areas)
    assert all(area.probability is None and area.verdict == "unknown" for area in made.areas)
    assert set(made.to_dict()["overall"]) == {"verdict", "summary"}


def test_brief_is_brief_in_every_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "p.html"
    run = ["assess", "USA", "RUS", "--as-of", "2007-02-01", "--brief", "--record", str(tmp_path / "none")]
    with pytest.raises(SystemExit) as done:
        main([*run, "--html", str(page), "--format", "json"])
    assert done.value.code == 0
    made = json.loads(capsys.readouterr().out)
    assert made["explanation"] == [] and made["what_would_help"]["levers"] == []
    text = html.unescape(page.read_text())
    assert "What this can't tell" in text and "Strategic arms" not in text and "strategic arms" in text
    for left_out in ("What the models say", "Every fact used", "What would help", 'id="area-', "#area-"):
        assert left_out not in text


def test_ideal_points_are_the_same_whoever_asks(real: dt.Record) -> None:
    asked = ("ideal-points", "USA", "RUS", "--as-of", DAY, "--format", "json", "--record", real.folder)
    rows = json.loads(detente(*asked).stdout)
    last = {row["state"]: row for row in rows if row["session"] == max(r["session"] for r in rows)}
    from detente.explain.topic import TOPICS, Draft, Question

    draft = Draft()
    TOPICS["positions"].say(Question(real.pair("USA", "RUS", DAY), (), 0), draft)
    for figure in draft.figures[:2]:
        row = last[figure.name[:3]]
        assert (figure.value, figure.low, figure.high) == pytest.approx(
            (row["ideal_point"], row["low"], row["high"]), abs=1e-5
        )


def test_facts_in_areas_that_a_codebook_lacks_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["codebook", "--toml"])
    book = tmp_path / "mine.toml"
    book.write_text(capsys.readouterr().out.replace("strategic_arms", "nuclear_arms"))
    run = ["--codebook", str(book), "--record", str(tmp_path / "none")]
    for command in (["assess", "--as-of", "2007-02-01", "--brief"], ["record", "show"], ["stock"]):
        with pytest.raises(SystemExit):
            main([*command, "USA", "RUS", *run])
        told = " ".join(capsys.readouterr().err.split())
        assert "facts are in areas that the codebook doesn't have (strategic_arms " in told, command
    made = (
        dt.open_record(tmp_path / "none", codebook=book)
        .pair("USA", "RUS", as_of="2007-02-01")
        .assess(with_models=False)
    )
    assert any("areas that the codebook doesn't have (strategic_arms" in said for said in made.cannot_tell)
