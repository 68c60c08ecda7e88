"""A package of somebody else's adds a topic to the digest: asked, drawn and cited like ours."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import detente as dt
from detente.explain.topic import TOPICS

PLUGIN = """
from detente.errors import NoData
from detente.explain.topic import Topic
from detente.plots import figure

def say(ask, draft):
    facts = ask.pair.chronology
    if facts.is_empty():
        raise NoData("no facts are held")
    draft.say(f"{facts.height} facts are held.")
    draft.add("facts", float(facts.height), "facts")
    draft.charts["tally"] = lambda: figure(2.0)[0]

TOPIC = Topic("tally", "Tally of facts", say, methods=("Euclid, Elements, 300 BC",))
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the topic, in a folder that looks as pip leaves it."""
    info = tmp_path / "site" / "tally-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tally\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[detente.topics]\ntally = tally_topic:TOPIC\n")
    monkeypatch.syspath_prepend(str(info.parent))
    monkeypatch.delitem(sys.modules, "tally_topic", raising=False)
    module = info.parent / "tally_topic.py"
    module.write_text(PLUGIN)
    return module


def test_a_topic_of_another_package(installed: Path, tmp_path: Path) -> None:
    digest = dt.open_record(tmp_path / "record").pair("USA", "RUS", as_of="2007-02-01").explain()
    *ours, added = digest.sections
    assert [one.topic for one in ours] == list(TOPICS.own)
    assert (added.topic, added.statements) == ("tally", (f"{added.figures[0].value:.0f} facts are held.",))
    assert {"breaks", "tally"} <= digest.charts.keys()
    assert "Euclid" in digest.cite() and "Fearnhead" in digest.cite()
    assert "Hawkes" not in digest.cite(), "what can't be answered rests on no paper"
