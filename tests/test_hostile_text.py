"""Text of others that could steer a terminal or turn letters round is written out wherever an answer shows it."""

from __future__ import annotations

import json
import pickle
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import detente as dt
from conftest import detente
from detente.errors import DetenteError, NoData
from detente.plots import figure, svg
from detente.results import Result

UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
HOSTILE = "x\x1b]0;owned\x07 \x1b[31mred \u202edlrow\u2066 \x9b2J $\\frac{$ \x7f"
FACT = "{day},PER+ECU,,{area},{kind},{tone},,,{agreement},{text} {day},https://example.org/{day},{text},,{text}\n"
HEAD = "date,actors,targets,area,kind,tone,channel,third_party,agreement,description,source,source_title,source2,note\n"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case whose every cell of free text is hostile."""
    folder = tmp_path_factory.mktemp("hostile") / "per_ecu"
    folder.mkdir()
    kinds = (
        ("agreement signed", "cooperative", "pact"),
        ("meeting", "cooperative", ""),
        ("incident", "conflictual", ""),
    )
    rows = [
        FACT.format(day=f"{1985 + n}-05-01", area="regional_conflict", kind=k, tone=t, agreement=name, text=HOSTILE)
        for n, (k, t, name) in enumerate(kinds * 8)
    ]
    (folder / "facts.csv").write_text(HEAD + "".join(rows))
    (folder / "agreements.csv").write_text(
        f"agreement,title,form,tone,area,parties,channel\npact,{HOSTILE},treaty,cooperative,regional_conflict,PER;ECU,\n"
    )
    (folder / "figures.csv").write_text(
        f"subject,measure,period,value,unit,source,source_title\nPER-ECU,trade,2001,3.5,{HOSTILE},https://e.org,{HOSTILE}\n"
    )
    return folder


def seen(text: str | bytes) -> None:
    assert isinstance(text, str) and not UNSEEN.search(text), UNSEEN.findall(text)


VERBS: dict[str, Callable[[Any], Result]] = {
    "facts": lambda pair: pair.facts(),
    "treaties": lambda pair: pair.treaties(),
    "in_force": lambda pair: pair.in_force(),
    "audit": lambda pair: pair.audit(),
    "explain": lambda pair: pair.explain(),
    "forecast": lambda pair: pair.forecast(),
    "assess": lambda pair: pair.assess(with_models=False),
}


@pytest.mark.parametrize("verb", VERBS)
def test_answers(case: Path, verb: str, tmp_path: Path) -> None:
    pair = dt.open_record(tmp_path, cases=False, case=[case]).pair("PER", "ECU", as_of="2010-01-01")
    try:
        result = VERBS[verb](pair)
    except DetenteError as error:
        seen(str(error))
        return
    seen(result.summary())
    seen(repr(result))
    seen(result.cite())
    seen(result.to_json())
    assert json.loads(result.to_json()) == json.loads(json.dumps(result.to_dict()))
    for form in ("terminal", "markdown", "html"):
        seen(dt.render(result, form))
    try:
        seen(svg(result.plot(), HOSTILE))
    except NoData as error:
        seen(str(error))


@pytest.mark.parametrize(
    "words",
    [
        "record show PER ECU",
        "record agreements PER ECU",
        "record figures PER ECU",
        "record audit PER ECU",
        "assess PER ECU --as-of 2010-01-01",
        "stock PER ECU",
    ],
)
def test_the_command_line(case: Path, words: str, tmp_path: Path) -> None:
    done = detente(*words.split(), "--case", case, "--no-cases", "--record", tmp_path)
    assert done.returncode == 0, done.stderr
    seen(done.stdout)
    seen(done.stderr)


def test_errors() -> None:
    seen(str(DetenteError(HOSTILE)))
    seen(detente("who", HOSTILE).stderr)


def test_charts() -> None:
    drawing, axis = figure(2.0)
    axis.set_title(HOSTILE)
    axis.plot([0, 1], label=HOSTILE)
    axis.legend()
    axis.set_yticks([0, 1], [HOSTILE, "$x_{"])
    drawn = svg(pickle.loads(pickle.dumps(drawing)), HOSTILE)
    seen(drawn)
    assert "$\\frac{$" in drawn and "$x_{" in drawn
    ET.fromstring(drawn)
