"""An answer can be asked again from its JSON alone, whoever wrote the JSON, and is the same on any machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import detente as dt
from conftest import detente, gdelt_row, gdelt_zip, write_votes
from detente.errors import DetenteError
from detente.levers.policy import Lever, Move
from detente.results import Result

ASKED: dict[str, Callable[[dt.Record], Result]] = {
    "facts": lambda record: record.pair("USA", "RUS").facts("cyber_space"),
    "panel": lambda record: record.pair("USA", "RUS", as_of="2019-12-31").panel("day", area=[None, "diplomatic"]),
    "panel of states": lambda record: record.panel(["USA", "RUS"], by="year", as_of="2019-12-31", add=["un_agreement"]),
    "treaties": lambda record: record.pair("USA", "RUS", "2007-02-01").treaties("2006", area="diplomatic"),
    "levels": lambda record: record.pair("USA", "RUS").levels("day"),
    "similarity": lambda record: record.pair("USA", "RUS").similarity([None, "nu"], seed=3),
    "audit": lambda record: record.audit(),
    "ideal points": lambda record: record.ideal_points(sessions=None, tolerance=1.5e-7),
    "assess": lambda record: record.pair("United States", "Russia", "2007-02-01").assess(with_models=False),
    "claims": lambda record: record.check_claims("weitz_2007"),
    "weigh": lambda record: record.pair("USA", "RUS", "2007-02-01").weigh(
        ["contain=IRN:0.5", Lever("mine", (Move("reciprocity", "USA", 0.5, 12),))], draws=50
    ),
}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> dt.Record:
    """The built-in cases, a few events and votes."""
    folder = tmp_path_factory.mktemp("held")
    days = [f"201910{day:02d}" for day in range(1, 29)]
    rows = [gdelt_row(n, day, added=day, action=("040", "190")[n % 2]) for n, day in enumerate(days * 3)]
    made = dt.open_record(folder / "record")
    made.ingest([gdelt_zip(folder / "20191024.export.CSV.zip", rows), write_votes(folder / "votes")])
    return made


@pytest.fixture(scope="module")
def assessed(record: dt.Record) -> dict[str, Any]:
    return dict(json.loads(ASKED["assess"](record).to_json()))


def write(path: Path, answer: object) -> Path:
    path.write_text(answer if isinstance(answer, str) else json.dumps(answer))
    return path


@pytest.mark.parametrize("name", ASKED)
def test_every_answer_is_the_same_when_asked_again(name: str, record: dt.Record, tmp_path: Path) -> None:
    again = record.reproduce(write(tmp_path / "answer.json", ASKED[name](record).to_json()))
    assert again.same, again.rows
    assert again.summary().count("the same (") == 3


def test_what_differs_is_told_value_by_value(record: dt.Record, assessed: dict[str, Any], tmp_path: Path) -> None:
    answer = json.loads(json.dumps(assessed))
    answer["areas"][3]["entries"] += 1
    answer["provenance"] |= {"version": "0.0.9", "record_digest": "f00d"}
    answer["provenance"]["parameters"]["opening"] = 0.25
    del answer["names"][1]
    answer["more"] = {"a": [1]}
    file = write(tmp_path / "answer.json", answer)
    told = record.reproduce(file)
    assert told.rows["path"].to_list() == [
        "names[1]",
        "areas[3].entries",
        "provenance.parameters.opening",
        "more",
    ]
    assert told.rows["then"].to_list() == ["nothing", str(answer["areas"][3]["entries"]), "0.25", "an object of 1"]
    assert told.rows["now"].to_list() == ['"Russia"', str(assessed["areas"][3]["entries"]), "0.5", "nothing"]
    assert told.plot().get_axes()
    done = detente("reproduce", file, "--record", record.folder)
    assert done.returncode == 2 and "4 values differ" in done.stdout
    assert f'version then "0.0.9", now {dt.__version__}' in done.stdout and 'record then "f00d"' in done.stdout
    assert "codebook the same" in done.stdout


def test_the_command_line(record: dt.Record, tmp_path: Path) -> None:
    ask = ("assess", "USA", "RUS", "--as-of", "2007-02-01", "--brief", "--format", "json", "--record", record.folder)
    file = write(tmp_path / "a.json", detente(*ask).stdout)
    done = detente("reproduce", file, "--record", record.folder)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.endswith("every value is the same\n")
    other = detente("reproduce", file, "--record", record.folder, "--no-cases")
    assert other.returncode == 2 and "record then" in other.stdout and "areas[0].evidence[0]" in other.stdout


def deep(text: str) -> str:
    return text * 200_000


HOSTILE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "empty": lambda made: "",
    "no JSON": lambda made: "{]",
    "deep": lambda made: deep("["),
    "deep in an answer": lambda made: json.dumps(made)[:-1] + ', "x": ' + deep('{"a":') + "1" + deep("}") + "}",
    "a number of 10,000 digits": lambda made: "1" * 10_000,
    "a list": lambda made: [made],
    "other JSON": lambda made: {"provenance": {"version": [1]}},
    "no provenance": lambda made: {**made, "provenance": None},
    "newer": lambda made: asked(made, version="99.0.0"),
    "made before answers told what was asked": lambda made: asked(made, asked=None),
    "no verb": lambda made: question(made, verb="__init__"),
    "a verb that writes": lambda made: question(made, verb="ingest", pair=None),
    "a verb of another kind": lambda made: question(made, verb=["assess"]),
    "a number for a pair": lambda made: question(made, pair=7),
    "one state": lambda made: question(made, pair=["USA"]),
    "a day of text": lambda made: question(made, as_of="\x1b[2J"),
    "a day of numbers": lambda made: question(made, as_of=2007),
    "a source of another kind": lambda made: question(made, source={}),
    "an unknown argument": lambda made: question(made, arguments={"self": 1}),
    "an argument of another kind": lambda made: question(made, arguments={"with_models": "no"}),
    "a function": lambda made: question(made, verb="explain", arguments={"on_topic": "print"}),
    "too much": lambda made: question(made, verb="weigh", arguments={"draws": 10**12}),
    "lists in lists": lambda made: question(made, verb="panel", arguments={"area": [["diplomatic"]]}),
    "a lever of nothing": lambda made: question(made, verb="weigh", arguments={"levers": [{"name": "x", "moves": 3}]}),
    "an argument that lacks": lambda made: question(made, verb="spillover", arguments={}),
    "a file that is none": lambda made: question(made, verb="check_claims", pair=None, arguments={"file": "/dev/zero"}),
    "an unknown state": lambda made: question(made, pair=["USA", "\u202e<script>"]),
    "halves of characters": lambda made: question(made, pair=["USA", "\ud800"]),
}


def asked(made: dict[str, Any], **of: Any) -> dict[str, Any]:
    return {**made, "provenance": {**made["provenance"], **of}}


def question(made: dict[str, Any], **of: Any) -> dict[str, Any]:
    return asked(made, asked={**made["provenance"]["asked"], **of})


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_answer_is_one_line(
    name: str, record: dt.Record, assessed: dict[str, Any], tmp_path: Path
) -> None:
    file = write(tmp_path / "answer.json", HOSTILE[name](assessed))
    done = detente("reproduce", file, "--record", record.folder)
    assert done.returncode == 2 and done.stdout == "", done
    assert done.stderr.startswith("Error: ") and done.stderr.count("\n") == 1 and len(done.stderr) < 600


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"\x00" * 9])
def test_a_file_that_can_not_be_read(content: bytes | None, alone: dt.Record, tmp_path: Path) -> None:
    if content:
        (tmp_path / "x").write_bytes(content)
    with pytest.raises(DetenteError):
        alone.reproduce(tmp_path / "x" if content else tmp_path)


HOSTS = (
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "POLARS_MAX_THREADS": "1"},
    {"PYTHONHASHSEED": "2", "TZ": "America/Los_Angeles", "LC_ALL": "tr_TR.UTF-8", "POLARS_MAX_THREADS": "4"},
    {"PYTHONHASHSEED": "3", "TZ": "UTC", "PYTHONIOENCODING": "latin-1", "OMP_NUM_THREADS": "4", "PYTHONUTF8": "0"},
)
QUESTIONS = (
    "assess USA RUS --as-of 2007-02-01 --brief",
    "panel USA RUS --by week",
    "record show USA RUS",
    "levels USA RUS --as-of 2019-12-31 --by day",
    "ideal-points",
)


def test_the_same_bytes_on_any_machine(record: dt.Record) -> None:
    asked = [[*words.split(), "--format", "json", "--record", str(record.folder)] for words in QUESTIONS]
    asked.append(["who", "T\u00fcrkiye", "--format", "json"])
    code = f"""
import contextlib
from detente.cli import main
for words in {asked!a}:
    with contextlib.suppress(SystemExit):
        main(words)
"""
    ours = {name: value for name, value in os.environ.items() if name not in {key for host in HOSTS for key in host}}
    running = [
        subprocess.Popen([sys.executable, "-c", code], env=ours | host, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for host in HOSTS
    ]
    done = [(one.communicate(), one.returncode) for one in running]
    assert [code for _, code in done] == [0, 0, 0], [err.decode() for (_, err), _ in done]
    first, *others = (out for (out, _), _ in done)
    assert '"name": "T\u00fcrkiye"' in first.decode() and others == [first, first]
