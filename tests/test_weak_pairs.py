"""One weak topic never kills the answer: pairs that killed it once, asked everything; all 200 are asked by `make
pairs`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import detente as dt
from conftest import triples
from detente.errors import NotEstimable
from detente.explain.section import Section

TOOLS = Path(__file__).parents[1] / "tools"
WEAK = (("PRK", "SGP"), ("MMR", "VNM"))


def test_weak_pairs_are_answered(real: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TOOLS))
    import two_hundred_pairs as tool  # type: ignore[import-not-found]

    ends = {(name, *pair): tool.ask(name, *pair, str(real.folder)) for pair in WEAK for name in tool.COMMANDS}
    assert all(ended in ("answered", "nothing to say") and not why for ended, why in ends.values()), ends
    for pair in WEAK:
        assert all(ends[name, *pair][0] == "answered" for name in ("assess", "explain", "forecast")), ends
    pairs = tool.draw(real, 60, 1)
    assert pairs == tool.draw(real, 60, 1) != tool.draw(real, 60, 2)
    assert len({pair[:2] for pair in pairs}) == 60 and 30 <= sum(n < tool.QUIET for *_, n in pairs) < 45
    sys.modules.pop("two_hundred_pairs")


def test_a_kind_of_act_that_never_happened_leaves_the_rest_standing(tmp_path: Path, make_record: Any) -> None:
    """India never acts against China in 243 days: what such an act would set off is not identified, and all else is
    answered.
    """
    rows = []
    for n in range(243):
        day = (date(2018, 1, 1) + timedelta(n)).isoformat()
        rows.append((day, "India", "Consult", "040", "1.0", "China"))
        rows += [(day, "China", "Consult", "040", "1.0", "India")] * (n % 3)
        rows += [(day, "China", "Criticize", "111", "-2.0", "India")] * (n % 5 == 0)
    pair = make_record(triples(tmp_path / "events.tsv", rows)).pair("IND", "CHN", as_of="2018-08-31")
    sections = {section.topic: section for section in pair.explain().sections}
    acts = sections["excitation"]
    assert any("nothing can be said of: IND>CHN conflict (no act)" in said for said in acts.statements)
    assert not any(figure.name.startswith("IND>CHN conflict sets off") for figure in acts.figures)
    assert sections["levels"].figures and pair.assess(with_models=False).indicators


def test_a_topic_that_cannot_be_estimated_says_so_and_the_rest_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    from detente.explain import levels, reciprocity

    def weak(*_: Any) -> None:
        raise NotEstimable("the series is constant")

    def sections() -> dict[str, Section]:
        pair = dt.open_record("none").pair("USA", "RUS", as_of="2007-02-01")
        return {section.topic: section for section in pair.explain().sections}

    before = sections()
    for module in (levels, reciprocity):
        monkeypatch.setattr(module, "TOPIC", replace(module.TOPIC, say=weak))
    for topic, section in sections().items():
        if topic in ("levels", "reciprocity"):
            assert section.unknown == "the series is constant" and not section.statements
        else:
            assert section == before[topic]


def test_levers_that_cannot_be_weighed_leave_the_assessment_whole(monkeypatch: pytest.MonkeyPatch) -> None:

    def weak(*_: Any, **__: Any) -> None:
        raise NotEstimable("the errors of the series are singular")

    monkeypatch.setattr(sys.modules["detente.assessment.assess"], "weigh", weak)
    made = dt.open_record("none").pair("USA", "RUS", "2007-02-01").assess()
    assert made.levers is None and made.levers_rest_on == "unknown: the errors of the series are singular"
    assert made.to_dict()["what_would_help"]["levers"] == [] and made.explanation
