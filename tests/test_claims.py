"""Claims: rules with known answers, verdicts, the tool's chances without look-ahead, scores, bad input, the page."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import detente as dt
from detente.claims import Report, check, read_study
from detente.claims.scores import difference
from detente.claims.study import SAID
from detente.errors import DetenteError, NoData
from detente.forecasts.scores import brier

ROOT = Path(__file__).parents[1]
HEAD = "date,actors,targets,area,kind,tone,channel,third_party,agreement,description,source\n"
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) | `a` *b*"


def fact(
    day: str,
    kind: str = "meeting",
    tone: str = "cooperative",
    *,
    area: str = "economic",
    channel: str = "",
    third: str = "",
    agreement: str = "",
    text: str = "",
    actors: str = "PER+ECU",
) -> str:
    return f'{day},{actors},,{area},{kind},{tone},{channel},{third},{agreement},"{text or f"{kind} {day} {area}"}",https://example.org/{day}\n'


def opened(folder: Path, facts: list[str], agreements: str = "", figures: str = "") -> dt.Record:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "facts.csv").write_text(HEAD + "".join(facts))
    if agreements:
        (folder / "agreements.csv").write_text("agreement,title,form,tone,area,parties,channel\n" + agreements)
    if figures:
        (folder / "figures.csv").write_text("subject,measure,period,value,unit,source\n" + figures)
    return dt.open_record(folder / "r", cases=False, case=[folder])


def study(folder: Path, *claims: dict[str, Any], **more: Any) -> Path:
    told = {"study": "S", "as_of": "2010-01-01", "dyad": ["PER", "ECU"], **more}
    told["claims"] = [{"id": f"c{n}", "claim": "C", "horizon_months": 24, **one} for n, one in enumerate(claims)]
    path = folder / "study.json"
    path.write_text(json.dumps(told))
    return path


def checked(record: dt.Record, path: Path, **options: Any) -> Report:
    return check(record, read_study(path, record.actors, record.codebook), **options)


FACTS = [
    fact("2005-01-01", "agreement in force", agreement="pact"),
    fact("2009-06-01", "meeting", third="BOL"),
    fact("2010-02-01", "agreement signed", agreement="memo", channel="OSCE"),
    fact("2010-03-01", "agreement in force", agreement="memo"),
    fact("2010-06-01", "sanction", "conflictual", third="BOL;CHL"),
    fact("2010-07", "incident", "conflictual", area="diplomatic"),
    fact("2012", "meeting"),
    fact("2016-01-01", "meeting"),
]
AGREEMENTS = (
    "pact,Pact,treaty,cooperative,economic,PER;ECU,\nmemo,Memo,executive agreement,cooperative,economic,PER;ECU,\n"
)
FIGURES = (
    "ECU-PER,trade,2008,5,bn,https://example.org\nECU-PER,trade,2009,6,bn,https://example.org\n"
    "ECU-PER,trade,2011,7,bn,https://example.org\nPER,arms,2011,1,n,https://example.org\n"
)


@pytest.mark.parametrize(
    ("criterion", "met", "found"),
    [
        ({"facts": {"kind": "new"}, "at_least": 2}, True, "2 found"),
        ({"facts": {"kind": "new"}, "at_least": 3}, False, "2 found"),
        ({"facts": {"kind": "new"}, "at_most": 1}, False, "2 found"),
        ({"facts": {"kind": ["sanction", "incident"]}, "at_most": 1}, True, "1 found"),
        ({"facts": {"kind": ["sanction", "incident"], "area": "any"}, "at_most": 1}, False, "2 found"),
        ({"facts": {"tone": "conflictual", "area": "diplomatic"}, "at_least": 1}, True, "1 found"),
        ({"facts": {"channel": "OSCE"}, "at_least": 1, "at_most": 1}, True, "1 found"),
        ({"facts": {"third_party": ["CHL"]}, "at_least": 1}, True, "1 found"),
        ({"facts": {"agreement": "memo"}, "at_least": 2}, True, "2 found"),
        ({"facts": {"form": "treaty"}, "at_most": 0}, True, "0 found"),
        ({"facts": {"form": "executive agreement", "kind": "agreement signed"}, "at_least": 1}, True, "1 found"),
        ({"facts": {"actor": "CHL"}, "at_most": 0}, True, "0 found"),
        ({"stock": "higher"}, True, "1 in force at the start, 2 at the end"),
        ({"stock": "higher", "by_at_most": 0.5}, False, "1 in force at the start, 2 at the end"),
        ({"stock": "not higher"}, False, "1 in force at the start, 2 at the end"),
        ({"stock": "lower", "area": "diplomatic"}, False, "0 in force at the start, 0 at the end"),
        ({"balance": "cooperative"}, True, "2 cooperative, 1 conflictual facts"),
        ({"balance": "conflictual", "area": "any"}, False, "2 cooperative, 2 conflictual facts"),
        ({"balance": "cooperative", "area": "any"}, False, "2 cooperative, 2 conflictual facts"),
        ({"balance": "cooperative", "area": "cyber_space"}, None, "no fact in the span"),
        ({"share": "below", "value": 0.7}, True, "67% of 3 facts cooperative"),
        ({"share": "above", "value": 0.7}, False, "67% of 3 facts cooperative"),
        ({"figure": {"subject": "ECU-PER", "measure": "trade"}, "is": "higher"}, True, "6 in 2009, 7 in 2011"),
        ({"figure": {"subject": "PER", "measure": "arms"}, "is": "higher"}, None, "no value of arms before the span"),
    ],
)
def test_criteria_have_known_answers(tmp_path: Path, criterion: dict[str, Any], met: bool | None, found: str) -> None:
    """The span is 2010-01-01 to 2012-01-01: the fact of "2012" counts only from the end of that year."""
    record = opened(tmp_path / "c", FACTS, AGREEMENTS, FIGURES)
    report = checked(record, study(tmp_path, {"area": "economic", "rule": [criterion]}))
    (finding,) = report.checked[0].findings
    assert (finding.met, finding.text) == (met, found)
    assert report.checked[0].claim.criteria[0].words(report.checked[0].claim.scope)
    assert report.checked[0].verdict == {True: "held", False: "failed", None: "undecidable"}[met]


def test_verdicts(tmp_path: Path) -> None:
    record = opened(tmp_path / "c", FACTS, AGREEMENTS)
    yes, no = {"stock": "higher"}, {"stock": "lower"}
    unknown = {"balance": "cooperative", "area": "cyber_space"}
    path = study(
        tmp_path,
        {"area": "economic", "rule": [yes, yes, unknown]},
        {"area": "economic", "rule": [yes, no]},
        {"area": "economic", "rule": [no, no]},
        {"area": "economic", "rule": [unknown]},
        {"area": "economic", "rule": {"undecidable": "because"}},
        {"area": "lever", "lever": "trade"},
        {"area": "economic", "rule": [yes], "horizon_months": 73},
    )
    report = checked(record, path)
    assert [c.verdict for c in report.checked] == ["held", "mixed", "failed", *["undecidable"] * 4]
    assert report.checked[4].why == "because" and "what would help" in report.checked[5].why
    assert report.checked[6].why == "the horizon ends on 2016-02-01, the record on 2016-01-01"
    assert all(c.facts == () for c in report.checked[4:])
    assert [f.when for f in report.checked[0].facts] == ["2010-02-01", "2010-03-01"]


def test_a_claim_without_a_rule_takes_that_of_its_direction(tmp_path: Path) -> None:
    record = opened(tmp_path / "c", FACTS, AGREEMENTS)
    names = ("improvement", "slight improvement", "deterioration", "no new agreement", "no alliance")
    report = checked(record, study(tmp_path, *({"area": "economic", "direction": name} for name in names)))
    assert [c.verdict for c in report.checked] == ["held", "mixed", "failed", "failed", "held"]


def test_deciding_facts_are_few_and_spread_over_the_span(tmp_path: Path) -> None:
    many = [fact(f"2010-{m:02d}-{d:02d}") for m in range(1, 13) for d in (2, 9)]
    facts = [*many, fact("2011-11-11", "agreement in force", agreement="pact"), fact("2013-01-01")]
    report = checked(
        opened(tmp_path / "c", facts, AGREEMENTS),
        study(tmp_path, {"area": "economic", "rule": [{"balance": "cooperative"}]}),
    )
    (one,) = report.checked
    days = [f.day for f in one.facts]
    assert len(days) == 8 and one.left_out == 17 and days == sorted(days)
    assert days[0].month == 1 and days[-1] == date(2011, 11, 11) and days[-2].month >= 10


def test_the_tools_chance_by_hand(tmp_path: Path) -> None:
    """A meeting in each of 2001-2004 and none after: with a horizon of 12 months every step can be counted."""
    facts = [fact("2000-01-01"), *(fact(f"{year}-06-01") for year in range(2000, 2005)), fact("2012-01-01")]
    path = study(
        tmp_path,
        {"area": "overall", "horizon_months": 12, "rule": [{"facts": {"kind": ["meeting"]}, "at_least": 1}]},
    )
    (one,) = checked(opened(tmp_path / "c", facts), path).checked
    # Origins 2001 ... 2009 (1 January). Held before: 2001-2005; after: 2001-2004. Today (2009) it did not hold:
    # alike are 2006, 2007, 2008 and 2009, none of which was followed by a meeting.
    assert one.tool is not None and (one.tool.own, one.tool.own_held, one.tool.alike) == (4, 0, 4)
    base = (0 + 1) / (4 + 2)
    assert one.tool.mean == pytest.approx(2 * base / (4 + 2))
    assert one.base_rate == pytest.approx((4 + 1) / (9 + 2))
    assert one.verdict == "failed"


def test_no_look_ahead_in_the_tools_chances(tmp_path: Path) -> None:
    """What happened after the day decides the verdicts and leaves every chance as it was."""
    record = dt.open_record("no-such-folder")
    whole = record.check_claims("weitz_2007")
    blind = record.check_claims("weitz_2007", as_of="2007-02-01")
    assert {c.verdict for c in blind.checked} == {"undecidable"} and blind.scores is None
    assert {c.verdict for c in whole.checked} > {"held", "mixed"}
    for one, other in zip(whole.checked, blind.checked, strict=True):
        assert (one.tool, one.base_rate, one.silent) == (other.tool, other.base_rate, other.silent)
    later = tmp_path / "later.csv"
    later.write_text(
        HEAD
        + "".join(fact(f"2007-{m:02d}-03", "agreement signed", area="strategic_arms", actors="USA+RUS") for m in (3, 4))
    )
    more = dt.open_record(tmp_path / "r")
    more.ingest(later)
    changed = more.check_claims("weitz_2007")
    verdicts = {c.claim.id: c.verdict for c in changed.checked}
    assert verdicts["arms-control"] == "failed"
    assert [c.tool for c in changed.checked] == [c.tool for c in whole.checked]


def test_resolution_as_of_a_day_uses_what_was_known_then() -> None:
    record = dt.open_record("no-such-folder")
    one = record.check_claims("weitz_2007", as_of="2009-12-31").to_dict()
    two = record.check_claims("weitz_2007", as_of="2012-01-31").to_dict()
    short = [c["id"] for c in one["claims"] if c["horizon_months"] == 24]
    early, late = ([c for c in told["claims"] if c["id"] in short] for told in (one, two))
    assert early == late and len(short) == 7
    assert {c["verdict"] for c in one["claims"] if c["id"] not in short} == {"undecidable"}


def test_the_given_claims_file_works_as_it_is(shared: Path) -> None:
    report = dt.open_record("x").check_claims(shared / "claims" / "weitz_2007.json").to_dict()
    assert len(report["claims"]) == 13
    for claim in report["claims"]:
        assert claim["verdict"] in ("held", "failed", "mixed", "undecidable")
        assert claim["resolution"] and {"id", "facts", "tool_probability"} <= set(claim)
        for told in claim["facts"]:
            assert {"date", "text", "sources"} <= set(told)
    levers = [c for c in report["claims"] if c["direction"] == "lever"]
    assert len(levers) == 3 and all(c["verdict"] == "undecidable" and c["why"] for c in levers)
    assert report["scoreboard"]["all"]["claims"] >= 9


def test_scores_agree_with_their_definition_and_with_an_independent_bootstrap() -> None:
    rng = np.random.default_rng(5)
    outcomes = rng.choice([0, 0.5, 1], 40)
    one, other = rng.random(40), rng.random(40)
    assert brier(one, outcomes) == pytest.approx(sum((p - o) ** 2 for p, o in zip(one, outcomes, strict=True)) / 40)
    mean, low, high = difference(list(one), list(other), list(outcomes), seed=1)
    assert mean == pytest.approx(brier(one, outcomes) - brier(other, outcomes))
    gaps = (one - outcomes) ** 2 - (other - outcomes) ** 2
    theirs = stats.bootstrap(
        (gaps,), np.mean, confidence_level=0.9, method="percentile", n_resamples=10_000, rng=np.random.default_rng(9)
    ).confidence_interval
    assert (low, high) == pytest.approx((theirs.low, theirs.high), abs=0.01)
    assert difference(list(one), list(other), list(outcomes), seed=1) == (mean, low, high)
    assert difference(list(one), list(other), list(outcomes), seed=2)[1:] != (low, high)


def test_the_score_is_that_of_the_claims_shown(weitz_claims: Report) -> None:
    report = weitz_claims
    told = report.to_dict()
    outcome = {"held": 1, "mixed": 0.5, "failed": 0}
    some = [c for c in told["claims"] if c["verdict"] in outcome and c["tool_probability"] is not None]
    board = told["scoreboard"]["all"]
    assert board["ids"] == [c["id"] for c in some]
    for name, field in (("study", "study_probability"), ("tool", "tool_probability"), ("base_rate", "base_rate")):
        assert board[name] == pytest.approx(np.mean([(c[field] - outcome[c["verdict"]]) ** 2 for c in some]), abs=2e-4)
    assert {c["said"]: c["study_probability"] for c in told["claims"]}.items() <= SAID.items()
    areas = told["assessment"]["areas"]
    assert len(areas) == 11 and told["assessment"]["brier"]["tool"] == pytest.approx(
        np.mean([(a["probability"] - a["improved"]) ** 2 for a in areas]), abs=2e-4
    )


GOOD = {"area": "economic", "rule": [{"stock": "higher"}]}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"area": "weather"}, "claim 'c0': area 'weather' is unknown; known: overall, lever"),
        ({"horizon_months": 0}, "claim 'c0': horizon_months 0 is no number of months"),
        ({"horizon_months": "24"}, "claim 'c0': horizon_months '24'"),
        ({"said": "perhaps"}, "claim 'c0': said 'perhaps' is unknown; known: almost certain"),
        ({"rule": None, "direction": "sideways"}, "claim 'c0': direction 'sideways' has no rule"),
        ({"rule": []}, "claim 'c0': rule is a list of criteria"),
        ({"rule": [{"stock": "more"}]}, "stock 'more' is unknown; known: higher, lower"),
        ({"rule": [{"stock": "higher", "balance": "cooperative"}]}, "one of facts, stock, balance, share and figure"),
        ({"rule": [{"facts": {"kind": "party"}, "at_least": 1}]}, "kind 'party' is unknown"),
        ({"rule": [{"facts": {"kind": "new"}}]}, "facts need at_least or at_most"),
        ({"rule": [{"facts": {"colour": "red"}, "at_least": 1}]}, "'colour' is unknown here; known: actor"),
        ({"rule": [{"facts": {}, "at_least": -1}]}, "at_least -1 is no whole number"),
        ({"rule": [{"share": "below", "value": 9}]}, "value 9 is no share"),
        ({"rule": [{"figure": {"subject": "PER"}, "is": "higher"}]}, "a figure names its subject and measure"),
        ({"rule": [{"balance": "cooperative", "area": "weather"}]}, "area 'weather' is unknown; known: any"),
        ({"rule": ["stock"]}, "a criterion is an object"),
        ({"claim": ""}, "the claim itself is missing"),
        ({"horizon": 24}, "'horizon' is unknown here; known: area"),
        ({"area": ["economic"]}, "area ['economic'] is unknown"),
        ({"said": ["likely"]}, "said ['likely'] is unknown"),
        ({"channel": 5}, "channel is a text, not 5"),
        ({"sentence": "two"}, "sentence 'two' is no number"),
        ({"sentence": 9}, "there is no sentence 9"),
        ({"rule": {"undecidable": None}}, "rule is a list of criteria"),
        ({"rule": [{"stock": ["higher"]}]}, "stock ['higher'] is unknown"),
        ({"rule": [{"stock": "higher", "by_at_most": "x"}]}, "by_at_most 'x' is no share"),
        ({"rule": [{"stock": "higher", "by_at_most": float("nan")}]}, "by_at_most nan is no share"),
        ({"rule": [{"share": "below", "value": True}]}, "value True is no share"),
        ({"rule": [{"facts": {"kind": 5}, "at_least": 1}]}, "kind is a list of texts, not 5"),
        ({"rule": [{"facts": {"third_party": "IRNX"}, "at_most": 0}]}, "'IRNX' names no state"),
        ({"rule": [{"facts": {"actor": "RSU"}, "at_most": 0}]}, "'RSU' names no state"),
        ({"rule": [{"facts": {"agreement": ["a"]}, "at_most": 0}]}, "agreement is a text, not ['a']"),
        ({"rule": [{"facts": {}, "at_least": 5, "at_most": 1}]}, "no number of facts could meet it"),
        ({"rule": [{"figure": {"subject": 1, "measure": 2}, "is": "higher"}]}, "subject is a text, not 1"),
        ({"id": ""}, "claim 1 has no id"),
    ],
)
def test_bad_claims_say_what_to_mend(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    path = study(tmp_path, {**copy.deepcopy(GOOD), **change})
    record = dt.open_record("x", cases=False)
    with pytest.raises(DetenteError) as error:
        read_study(path, record.actors, record.codebook)
    assert str(error.value).startswith(f"{path}: ") and says in str(error.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"channel": "NATOO"}, "no channel 'NATOO'; it has bilateral"),
        ({"rule": [{"stock": "higher", "channel": "NATOO"}]}, "no channel 'NATOO'"),
        ({"rule": [{"facts": {"agreement": "start9"}, "at_most": 0}]}, "no agreement 'start9'; it has pact"),
        ({"rule": [{"figure": {"subject": "PER", "measure": "nope"}, "is": "higher"}]}, "no series nope of PER"),
    ],
)
def test_what_the_record_does_not_know_is_no_answer(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    """A mistyped name would find nothing, and nothing found would make a claim of 'no such thing' hold."""
    record = opened(tmp_path / "c", [fact("2001-01-05")], agreements="pact,Pact,treaty,cooperative,economic,PER;ECU,\n")
    with pytest.raises(DetenteError) as error:
        record.check_claims(study(tmp_path, {**copy.deepcopy(GOOD), **change}))
    assert says in str(error.value) and "claim 'c0'" in str(error.value)


def test_bad_files_say_what_to_mend(tmp_path: Path) -> None:
    record = dt.open_record("x", cases=False)
    for change, says in (
        ({"dyad": ["PER"]}, "dyad is a list of two states"),
        ({"dyad": ["PER", "Peru"]}, "two different states"),
        ({"dyad": ["PER", "Atlantis"]}, "Atlantis"),
        ({"as_of": "soon"}, "'soon' is no date"),
        ({"study": ""}, "study is missing"),
        ({"sources": 5}, "sources is a list of texts"),
        ({"sentences": "one"}, "sentences is a list of texts"),
        ({"claim": []}, "'claim' is unknown here; known: as_of"),
    ):
        with pytest.raises(DetenteError, match=says):
            read_study(study(tmp_path, GOOD, **change), record.actors, record.codebook)
    with pytest.raises(DetenteError, match="two claims have the id 'same'"):
        read_study(study(tmp_path, {**GOOD, "id": "same"}, {**GOOD, "id": "same"}), record.actors, record.codebook)
    (tmp_path / "d.json").write_text('{"study": "S", "as_of": "2010", "dyad": ["PER", "ECU"], "claims": {"a": 1}}')
    with pytest.raises(DetenteError, match="claims is a list"):
        read_study(tmp_path / "d.json", record.actors, record.codebook)
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(DetenteError, match=r"x\.json: no JSON"):
        record.check_claims(tmp_path / "x.json")
    with pytest.raises(DetenteError, match="no such claims file; cases bring: none"):
        record.check_claims("nothing")
    with pytest.raises(NoData, match=r"your-own\.md"):
        record.check_claims(study(tmp_path, GOOD))


def test_hostile_text_is_harmless_in_the_page(tmp_path: Path) -> None:
    record = opened(tmp_path / "c", [*FACTS, fact("2010-05-05", text=HOSTILE)], AGREEMENTS)
    path = study(
        tmp_path, {**GOOD, "claim": HOSTILE, "rule": [{"balance": "cooperative"}]}, study=HOSTILE, note=HOSTILE
    )
    page = dt.render(checked(record, path), "markdown")
    assert "<script>" not in page and "](javascript" not in page.replace("\\]", "")
    assert "&lt;script&gt;" in page


def test_the_committed_page_is_what_the_command_writes(weitz_claims: Report) -> None:
    page = dt.render(weitz_claims, "markdown")
    assert page == (ROOT / "docs" / "cases" / "weitz-2007.md").read_text(encoding="utf-8"), "run `make pages`"
    sentences = json.loads((ROOT / "src/detente/cases/rus_usa/claims/weitz_2007.json").read_text())["sentences"]
    assert page.count("\n## ") == len(sentences) + 2


def test_claims_of_a_case_are_found_by_name(tmp_path: Path) -> None:
    opened(tmp_path / "andes", FACTS, AGREEMENTS)
    (tmp_path / "andes" / "claims").mkdir()
    study(tmp_path / "andes" / "claims", GOOD)
    record = dt.open_record("x", case=[tmp_path / "andes"])
    assert set(record.claims_files()) == {"study", "weitz_2007"}
    assert [c.verdict for c in record.check_claims("study").checked] == ["held"]


def test_a_horizon_after_what_the_chronology_covers_is_not_decided(tmp_path: Path) -> None:
    """A later fact may end a life, but that nothing else is listed is no evidence that nothing happened."""
    facts = [fact("2001-01-05"), fact("2005-01-05"), fact("2020-01-05", "agreement expired", "conflictual")]
    record = opened(tmp_path / "c", facts)
    path = study(tmp_path, {"rule": [{"facts": {"kind": "new"}, "at_most": 0}]})
    assert checked(record, path).checked[0].verdict == "held"
    for end, verdict in (("2011-12-31", "undecidable"), ("2012-01-01", "held")):
        (tmp_path / "c" / "datapackage.json").write_text(json.dumps({"temporal": {"end": end}}))
        report = checked(record, path)
        assert report.checked[0].verdict == verdict and report.ends == date.fromisoformat(end)
    (tmp_path / "c" / "datapackage.json").write_text(json.dumps({"temporal": {"end": "soon"}}))
    with pytest.raises(DetenteError, match=r"datapackage\.json: temporal\.end can't be read: 'soon' is no date"):
        checked(record, path)


def test_the_built_in_case_says_where_it_ends(weitz_claims: Report) -> None:
    report = weitz_claims
    assert report.ends == date(2024, 12, 31)


def test_scores_of_areas_come_with_their_uncertainty(weitz_claims: Report) -> None:
    report = weitz_claims
    scores = report.area_scores
    assert scores is not None and len(scores.ids) == sum(area.improved is not None for area in report.areas)
    gap, low, high = scores.gaps["tool_less_base_rate"]
    assert gap == pytest.approx(scores.brier["tool"] - scores.brier["base_rate"]) and low < gap < high
    gaps = [(a.probability - bool(a.improved)) ** 2 - (a.base_rate - bool(a.improved)) ** 2 for a in report.areas]
    mean = stats.bootstrap((gaps,), np.mean, confidence_level=0.9, method="percentile", rng=5)
    assert (low, high) == pytest.approx(tuple(mean.confidence_interval), abs=0.01)


def test_a_checked_study_is_a_result(weitz_claims: Report) -> None:
    report = weitz_claims
    assert report.frame.columns == list(report.COLUMNS) and report.frame.height == len(report.checked)
    assert report.frame["verdict"].to_list() == [one.verdict for one in report.checked]
    assert "Brier score of" in report.summary() and len(repr(report)) < 120
    assert report.study.sources[0] in report.cite() and report.provenance["parameters"]["study"] == "weitz_2007"
    assert len(report.plot().axes[0].get_yticks()) == len(report.scores.ids)
