"""Text of others in every field of every input: no answer, in any format, lets it steer a terminal, run, or compute."""

from __future__ import annotations

import json
import pickle
import xml.etree.ElementTree as ET
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import detente as dt
from conftest import detente, gdelt_row, gdelt_zip, triples, write_votes
from detente import results
from detente.cli import common
from detente.errors import DetenteError, NoData
from detente.plots import figure, svg
from detente.results import Result
from hostile import FORMS, HOSTILE, OURS, case_in, rows, spreadsheet, unseen


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the case, the files, and a record of events, votes and rows that could not be taken."""
    folder = tmp_path_factory.mktemp("hostile")
    case_in(folder)
    days = [f"2009{month:02d}{day:02d}" for month in (9, 10, 11) for day in range(1, 29)]
    events = [
        gdelt_row(n, day, "PER", "ECU", ("040", "190")[n % 2], added=day, url=url, place=HOSTILE)
        for n, (day, url) in enumerate(
            zip(days, ["javascript:alert(1)", 'https://e.org/\x9b2J"><b>'] * 42, strict=True)
        )
    ]
    names = [
        ("2009-09-02", HOSTILE, "Consult", "040", "1.0", "Peru"),
        ("2009", HOSTILE, HOSTILE, HOSTILE, "1", HOSTILE),
    ]
    record = dt.open_record(folder / "record", cases=False)
    files = [
        gdelt_zip(folder / "\x1b[31m\u202e.export.CSV.zip", events),
        triples(folder / "x\x07 names.tsv", names * 9),
        write_votes(folder / "votes"),
        next(folder.glob("*2J*")),
    ]
    record.ingest([str(file) for file in files])
    return folder


class Screen(StringIO):
    def isatty(self) -> bool:
        return True


PAIR = ("--case", "CASE", "--no-cases", "--record", "RECORD")
OWN = ("--codebook", "areas.toml", "--record", "RECORD", "--no-cases")
COMMANDS = {
    "record": PAIR,
    "record show PER ECU": PAIR,
    "record agreements PER ECU": PAIR,
    "record figures PER ECU": PAIR,
    "record audit": PAIR,
    "record files": PAIR,
    "record quarantine": PAIR,
    "record coverage": PAIR,
    "record sources": (),
    "stock PER ECU": PAIR,
    "panel PER ECU": PAIR,
    "panel PER ECU --area all": OWN,
    "levels PER ECU --by week --as-of 2010-01-01": PAIR,
    "similarity USA RUS": PAIR,
    "ideal-points": PAIR,
    "assess PER ECU --as-of 2010-01-01 --brief": PAIR,
    "assess PER ECU --as-of 2010-01-02 --brief": OWN,
    "claims": PAIR,
    "claims check study.json": PAIR,
    "codebook": OWN[:2],
    "codebook border": OWN[:2],
    "who": ("--names", "names.csv", HOSTILE),
    "codebook --why": (HOSTILE, "040", "USA", "--text", HOSTILE + " talks", *OWN[:2]),
    "who --unresolved": ("x\x07 names.tsv",),
    "backtest tidy.csv --horizons 1 --models hierarchical --no-classical": ("--title", HOSTILE),
    "reproduce answer.json": PAIR,
}
"""Verbs that answer, with the options that make them read what is hostile."""


def asked(words: str, place: Path) -> list[str]:
    named = {"CASE": next(place.glob("p*")), "RECORD": place / "record"}
    return [*words.split(), *(str(named.get(word, word)) for word in COMMANDS[words])]


@pytest.mark.parametrize("words", COMMANDS)
def test_every_verb_in_every_format(words: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    if words.startswith("reproduce"):
        made = json.loads(
            detente(*asked("assess PER ECU --as-of 2010-01-01 --brief", place), "--format", "json").stdout
        )
        made |= {HOSTILE: HOSTILE, "overall": [HOSTILE]}
        made["provenance"] |= {"version": "0.0.0" + HOSTILE, "record_digest": HOSTILE}
        (place / "answer.json").write_text(json.dumps(made))
    if words.startswith("backtest"):
        dates = [f"{year}-{month:02d}-01" for year in (2001, 2002) for month in range(1, 13)]
        rows(
            place / "tidy.csv", ("a", "b", "date", "item", "value"), *(("PER", HOSTILE, d, HOSTILE, "1") for d in dates)
        )
    for form, check in FORMS.items():
        done = detente(*asked(words, place), "--format", form)
        assert done.returncode == (2 if words.startswith("reproduce") else 0), done.stderr
        assert done.stdout
        unseen(done.stderr)
        check(done.stdout)


@pytest.mark.parametrize("words", COMMANDS)
def test_every_verb_on_a_terminal(words: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    for form in ("table", "csv"):
        streams = iter((Screen(), StringIO()))
        monkeypatch.setattr("conftest.StringIO", lambda streams=streams: next(streams))
        done = detente(*asked(words, place), "--format", form)
        assert done.stdout, done
        unseen(OURS.sub("", done.stdout))
        unseen(done.stderr)


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
def test_answers(place: Path, verb: str, tmp_path: Path) -> None:
    case = next(place.glob("p*"))
    pair = dt.open_record(tmp_path, cases=False, case=[case]).pair("PER", "ECU", as_of="2010-01-01")
    try:
        result = VERBS[verb](pair)
    except DetenteError as error:
        unseen(str(error))
        return
    unseen(result.summary())
    unseen(repr(result))
    unseen(result.cite())
    unseen(result.to_json())
    assert json.loads(result.to_json()) == json.loads(json.dumps(result.to_dict()))
    for form in ("terminal", "markdown", "html"):
        unseen(dt.render(result, form))
    try:
        unseen(svg(result.plot(), HOSTILE))
    except NoData as error:
        unseen(str(error))


TYPED = (
    ("X",), ("--X",), ("who", "X"), ("who", "--scheme", "X", "Y"), ("who", "--names", "X", "Peru"), ("ingest", "X"),
    ("fetch", "X", "--from", "2001", "--to", "2001"), ("fetch", "gdelt", "--from", "X", "--to", "2001"),
    ("assess", "X", "USA", "--as-of", "2001"), ("assess", "PER", "ECU", "--as-of", "X"), ("panel", "PER", "ECU", "X"),
    ("panel", "PER", "ECU", "--area", "X"), ("panel", "PER", "ECU", "--add", "X"), ("panel", "--among", "X,Y"),
    ("panel", "--format", "X"), ("record", "--record", "X"), ("record", "--case", "X"), ("record", "restore", "X"),
    ("record", "--codebook", "X"), ("record", "verify", "--record", "X"), ("record", "coverage", "--source", "X"),
    ("record", "repair", "--record", "X"), ("codebook", "X"), ("codebook", "--why", "X", "X", "X"), ("weigh", "X"),
    ("weigh", "PER", "ECU", "--as-of", "2001", "--lever", "X"), ("levels", "X", "Y"), ("reproduce", "X"),
    ("weigh", "PER", "ECU", "--as-of", "2001", "--levers", "X"), ("backtest", "X"), ("backtest", "X", "--models", "X"),
    ("forecast", "PER", "ECU", "--as-of", "2001", "--by", "X"), ("explain", "PER", "ECU", "--third", "X"),
    ("claims", "check", "X"), ("explain", "X"),
    ("codebook", "--toml", "--html", "X"), ("record", "audit", "--source", "X"), ("record", "figures", "PER", "X"),
)  # fmt: skip
"""What is typed, or what a shell puts in the place of a `*`."""


@pytest.mark.parametrize("typed", TYPED)
def test_what_is_typed(typed: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = "\x1b]0;\x07\x9b2J\u202e\nError: all is lost\rx\udc80"
    for hostile in (name, "1" + name, name * 200):
        done = detente(*(word.replace("X", hostile) for word in typed))
        unseen(done.stdout)
        unseen(done.stderr)
        assert not [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error: all is lost")]


def test_names_of_files(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = "\x1b[2J\u202e\nnot read: all"
    for file in place.glob("*.*"):
        (tmp_path / f"{name}{file.name}").write_bytes(file.read_bytes())
    (tmp_path / f"{name}.json").write_text("{}")
    told = [
        detente("ingest", *tmp_path.glob("*not*"), "--record", name),
        detente("record", "verify", "--record", name),
        detente("assess", "PER", "ECU", "--as-of", "2010-01-01", "--brief", "--record", name, "--html", f"{name}.html"),
    ]
    assert "wrote " in told[2].stderr and "84 events" in told[0].stderr
    for done in told:
        unseen(done.stdout + done.stderr)
        assert not [line for line in done.stderr.splitlines() if line.startswith("not read: all")]


def test_what_is_being_done(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(common, "_steps", [shown.append])
    common.step(f"{HOSTILE}\n{HOSTILE}")
    assert len(shown) == 1 and "\n" not in shown[0]
    unseen(shown[0])


def test_bytes_are_for_files(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = iter((Screen(), StringIO()))
    monkeypatch.setattr("conftest.StringIO", lambda: next(streams))
    done = detente("codebook", "--format", "parquet")
    assert done.returncode == 2 and done.stdout == "" and "> FILE" in done.stderr


def test_csv_is_exact_and_a_spreadsheet_safe_with_its_numbers(alone: dt.Record) -> None:
    frame = pl.DataFrame(
        {"=a": ["=1", "-1.5e3", "+1-1", "@x", "a;=1", "\t=1", "\uff1d1", "ok", "\r=1"], "n": range(-4, 5)}
    )
    text = results.spreadsheet(frame)
    spreadsheet(text)
    read = pl.read_csv(StringIO(text.removeprefix("\ufeff")))
    assert read["n"].to_list() == frame["n"].to_list() and read.columns == ["'=a", "n"]
    assert read["'=a"].to_list() == ["'=1", "-1.5e3", "'+1-1", "'@x", "a;'=1", "'=1", "'\uff1d1", "ok", r"\r=1"]
    ask = ("record", "show", "USA", "RUS", "--record", alone.folder, "--format")
    exact, safe = (pl.read_csv(StringIO(detente(*ask, form).stdout)) for form in ("csv", "spreadsheet"))
    assert exact.height == safe.height > 100
    assert exact["description"].to_list() == alone.pair("USA", "RUS").facts().frame["description"].to_list()


def test_errors() -> None:
    unseen(str(DetenteError(HOSTILE)))
    assert "\n" not in str(DetenteError("a\nb"))


def test_charts() -> None:
    drawing, axis = figure(2.0)
    axis.set_title(HOSTILE)
    axis.plot([0, 1], label=HOSTILE)
    axis.legend()
    axis.set_yticks([0, 1], [HOSTILE, "$x_{"])
    drawn = svg(pickle.loads(pickle.dumps(drawing)), HOSTILE)
    unseen(drawn)
    assert "$\\frac{$" in drawn and "$x_{" in drawn
    ET.fromstring(drawn)
