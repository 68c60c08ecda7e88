"""README and docs show what the commands print, and the numbers it names are those of the record."""

from __future__ import annotations

import runpy
from pathlib import Path

import polars as pl

import detente as dt
from detente.assessment import Assessment
from detente.claims import Report
from detente.record.audit import audit
from detente.report.assessment import build

ROOT = Path(__file__).parents[1]
README, WALKTHROUGH, LIMITS = (
    (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/walkthrough.md", "docs/limits.md")
)


def test_the_readme_shows_what_assess_prints(weitz: Assessment) -> None:
    assert dt.render(build(weitz, brief=True)) in README


def test_the_walkthrough_shows_the_scoreboard(weitz_claims: Report) -> None:
    text = dt.render(weitz_claims)
    board = text[text.index("  Brier score") : text.index("  A claim is read")].rstrip()
    assert board in WALKTHROUGH


def test_the_limits_count_what_the_audit_counts(weitz: Assessment) -> None:
    counts, _ = audit(dt.open_record("no-such-folder"))
    whole = counts.filter(pl.col("by") == "all").rows_by_key("source", named=True, unique=True)
    big, small = whole["case:rus_usa"], whole["case:ind_pak"]
    assert (
        f"{big['facts']} facts of Russia-US ({big['address']} with an address, {big['second']} with a second one, "
        f"{big['weak_dates']} dated to the month or year only), {small['facts']} of India-Pakistan"
    ) in " ".join(LIMITS.split())
    assert f'with {big["facts"]} it reads "{weitz.verdict}"' in " ".join(LIMITS.split())


def test_the_walkthrough_shows_what_explain_prints(alone: dt.Record) -> None:
    shown = dt.render(alone.pair("USA", "RUS", as_of="2024-12-31").explain())
    for title, after in (("Reciprocity and equal treatment", "Event by event"), ("Breaks", "Hidden structure")):
        section = shown[shown.index(f"{title}\n") : shown.index(after)].rstrip()
        assert section in WALKTHROUGH


def test_the_walkthrough_shows_what_forecast_and_weigh_print(alone: dt.Record) -> None:
    pair = alone.pair("USA", "RUS", as_of="2007-02-01")
    text = dt.render(pair.forecast())
    assert text[: text.index("- new agr.: the chronology")].rstrip() in WALKTHROUGH
    text = dt.render(pair.weigh())
    ranking = text[text.index("    Lever  ") :]
    assert ranking[: ranking.index("\n\n")] in WALKTHROUGH


def test_the_readme_is_short() -> None:
    lines = README.splitlines()
    assert len(lines) <= 120 and max(map(len, lines)) <= 120


def test_the_api_page_is_current() -> None:
    page = runpy.run_path(str(ROOT / "tools" / "build_api.py"))["page"]()
    assert page == (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), "make api"
