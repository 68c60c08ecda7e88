"""Packages of others that break: one line that names the package and what it did; every other answer is unharmed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import detente as dt
from conftest import detente, recipe
from detente.errors import PackageError
from detente.explain.topic import TOPICS
from detente.forecasts.series.forecaster import FORECASTERS
from detente.measures.variables import VARIABLES
from detente.models import ESTIMATORS
from detente.registry import Registry
from detente.report import FORMATS
from detente.sources.source import SOURCES, readers, sources

WIRE = recipe("Add a source", "python")
MIDDLE = recipe("Add a forecaster", "python")
DISTANCE = recipe("Add a joined variable", "python")
TOPIC = """
from detente.explain.topic import Topic
def say(ask, draft):
    {}
ONE = Topic("tally", "Tally", say)
"""
REGISTRIES: list[tuple[Registry, str]] = [
    (SOURCES, "icews"),
    (TOPICS, "levels"),
    (ESTIMATORS, "Hawkes"),
    (FORECASTERS, "forest"),
    (VARIABLES, "in_force"),
    (FORMATS, "markdown"),
]
Add = Callable[..., None]


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Add]:
    """Installs a package of one module, `theirs` unless named, which adds what the code calls `place` to a group."""
    names: list[str] = []

    def forget() -> None:
        sources.cache_clear()
        readers.cache_clear()
        for name in names:
            sys.modules.pop(name, None)

    def run(group: str, name: str, code: str, place: str = "ONE", package: str = "theirs") -> None:
        folder = tmp_path / "packages"
        info = folder / f"{package}-1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {package}:{place}\n")
        (folder / f"{package}.py").write_text(code)
        names.append(package)
        monkeypatch.syspath_prepend(folder)
        # A path of its own, as entry points are looked for once a path.
        monkeypatch.syspath_prepend(tmp_path / package)
        forget()

    yield run
    forget()


@pytest.mark.parametrize("registry", [one for one, _ in REGISTRIES], ids=lambda one: one.group)
@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import no_such_engine", r"can't be loaded \(ModuleNotFoundError: No module named 'no_such_engine'\)"),
        ("raise SystemExit('no\\nlicence')", r"can't be loaded \(SystemExit: no licence\)"),
        ("1 +", r"can't be loaded \(SyntaxError: "),
        ("", r"can't be loaded \(AttributeError: "),
        ("ONE = 7", r"is no \w+ of that name"),
    ],
)
def test_what_cannot_be_loaded(add: Add, registry: Registry, code: str, told: str) -> None:
    add(registry.group, "theirs", code)
    with pytest.raises(PackageError, match=rf"^theirs: its {registry.group} 'theirs' {told}") as caught:
        registry["theirs"]
    assert "\n" not in str(caught.value)
    with pytest.warns(UserWarning, match=told):
        assert registry.usable().keys() == registry.own.keys()


@pytest.mark.parametrize(("registry", "ours"), REGISTRIES, ids=lambda one: getattr(one, "group", ""))
def test_names_are_nobody_elses(add: Add, registry: Registry, ours: str) -> None:
    add(registry.group, ours, "ONE = 7")
    with pytest.warns(UserWarning, match=f"^theirs: its {registry.group} '{ours}' has a name of ours and is left out"):
        assert registry.usable()[ours] is registry[ours] != 7
    add(registry.group, "twice", "ONE = 7", package="second")
    add(registry.group, "twice", "ONE = 7", package="third")
    with pytest.raises(PackageError, match=f"^second and third both have a {registry.group} 'twice': uninstall one"):
        registry["twice"]


def test_an_id_is_the_name(add: Add, alone: dt.Record) -> None:
    add("detente.topics", "tally", TOPIC.format("draft.say('x')").replace('"tally"', '"breaks"'))
    with pytest.raises(PackageError, match=r"theirs: its detente\.topics 'tally' is no Topic of that name"):
        TOPICS["tally"]


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("raise KeyError('x')", "failed (KeyError: 'x')"),
        ("import sys; sys.exit('bye')", "failed (SystemExit: bye)"),
        ("ask.pair.panel('bogus')", "by must be one of"),
        ("ask.pair.coverage('month')", "the record holds no events"),
        ("draft.add('n', 'many', 'facts')", "failed (ValueError: "),
        ("draft.say('x'); draft.data_to = 'now'", "failed (TypeError: "),
        ("draft.statements.append(7)", "failed (TypeError: "),
    ],
)
def test_a_topic_that_fails_is_unknown(add: Add, alone: dt.Record, does: str, told: str) -> None:
    pair = alone.pair("USA", "RUS", as_of="2007-02-01")
    before = pair.explain()
    add("detente.topics", "tally", TOPIC.format(does))
    digest = pair.explain()
    *ours, theirs = digest.sections
    assert tuple(ours) == before.sections and theirs.topic == "tally"
    assert told in (theirs.unknown or "") and "\n" not in (theirs.unknown or "")
    assert digest.to_json() and digest.plot().get_axes()


def test_what_a_topic_says_is_sound(add: Add, alone: dt.Record, tmp_path: Path) -> None:
    numbers = "draft.say('\\x1b[2J'); draft.add('n', 3, 'facts'); draft.add('m', float('nan'), '')"
    add("detente.topics", "tally", TOPIC.format(f"{numbers}; draft.charts |= dict(breaks=str, theirs=str)"))
    digest = alone.pair("USA", "RUS", as_of="2007-02-01").explain()
    assert digest.sections[-1].figures[0].value == 3.0 and "NaN" not in digest.to_json()
    assert "\x1b" not in digest.summary()
    assert digest.plot("breaks").get_axes(), "a chart of ours is ours"
    with pytest.raises(PackageError, match=r"theirs: its detente.topics 'tally' failed \(AttributeError"):
        digest.plot("theirs")
    words = ("explain", "USA", "RUS", "--as-of", "2007-02-01", "--charts", tmp_path / "c", "--record", tmp_path / "r")
    done = detente(*words)
    assert done.returncode == 0 and "no chart of theirs: theirs: its detente.topics" in done.stderr


DATA = "id,day,from,to,mood\n1,2018-01-01,USA,RUS,good\n"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('{"id", "day", "from", "to", "mood"} <=', "1 / 0 <=", "failed (ZeroDivisionError: division by zero)"),
        ("def read(blocks, context):\n", "def read(blocks, context):\n    raise OSError('gone')\n", "(OSError: gone)"),
        (
            "def read(blocks, context):\n",
            "def read(*_):\n    return 7\n\n\ndef other(blocks, context):\n",
            "failed (TypeError: ",
        ),
        ("frame, bad in", "frame, missing in", "failed (NameError: "),
        ('conform("events", rows)', "rows", "failed (ValueError: its rows are not those of events"),
        ('"events", conform("events", rows)', '"acts", conform("events", rows)', "failed (KeyError: 'acts')"),
        ('frame["line"], bad', 'frame["line"].head(0), bad', "failed (ValueError: its rows"),
        ("            pl.col(", "            pl.col('no').alias('x'), pl.col(", "failed (ColumnNotFoundError: "),
    ],
)
def test_a_source_that_fails_harms_its_files_alone(add: Add, tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in WIRE
    add("detente.sources", "wire", WIRE.replace(old, new), "SOURCE")
    (tmp_path / "wire.csv").write_text(DATA)
    ours = "date\tsender\taction\tcameo\tgoldstein\treceiver\n2018-01-01\tUSA\tx\t040\t1.0\tRUS\n"
    (tmp_path / "zz.tsv").write_text(ours)
    done = detente("ingest", "--record", tmp_path / "r", tmp_path / "wire.csv", tmp_path / "zz.tsv")
    assert "theirs: its detente.sources 'wire' " in done.stderr and told in done.stderr
    assert "1 events" in done.stderr and done.stderr.count("theirs") == 1
    panel = detente("panel", "USA", "RUS", "--record", tmp_path / "r", "--format", "csv")
    assert (panel.returncode, panel.stderr) == (0, "") and panel.stdout.count("2018-01-01") == 2


def test_a_source_that_fails_without_a_header(add: Add, tmp_path: Path) -> None:
    code = WIRE.replace("read),)", "read, joinable=True),)").replace("frame, bad in", "frame, missing in")
    add("detente.sources", "wire", code, "SOURCE")
    (tmp_path / "wire.csv").write_text(DATA)
    done = detente("ingest", "--record", tmp_path / "r", tmp_path / "wire.csv")
    assert done.returncode == 2 and done.stderr.count("not read: ") == 1
    assert "theirs: its detente.sources 'wire' failed (NameError: " in done.stderr


@pytest.mark.parametrize("more", ['spans=(("(", "%Y"),)', 'releases="("', 'spans=(("x", "%y"),)', 'tables=("acts",)'])
def test_a_source_that_makes_no_sense(add: Add, more: str) -> None:
    add("detente.sources", "wire", WIRE.replace("rank=9", more), "SOURCE")
    with pytest.raises(PackageError, match="can't be loaded"):
        SOURCES["wire"]


def test_a_broken_source_harms_no_other_answer(add: Add, tmp_path: Path) -> None:
    before = detente("record", "sources")
    add("detente.sources", "wire", "raise RuntimeError('a\\nb')", "SOURCE")
    done = detente("record", "sources")
    assert done.stdout == before.stdout and done.returncode == 0
    assert done.stderr.startswith("note: theirs: its detente.sources 'wire' can't be loaded (RuntimeError: a b)")


def test_a_list_of_files_that_fails(add: Add, tmp_path: Path) -> None:
    code = "from detente.sources.source import Fetch\n" + WIRE.replace("rank=9", "fetch=Fetch('wire', print, )")
    add("detente.sources", "wire", code.replace("print", "lambda a, b, net: [1 / 0]"), "SOURCE")
    done = detente("fetch", "wire", "--from", "2018-01-01", "--to", "2018-01-02", "--list", "--record", tmp_path / "r")
    assert done.returncode == 2 and "theirs: its detente.sources 'wire' failed (ZeroDivisionError" in done.stderr


@pytest.mark.parametrize(
    ("body", "told"),
    [("return 1 / 0", "ZeroDivisionError"), ("return 7", "TypeError: it gives int"), ("exit(3)", "SystemExit: 3")],
)
def test_a_format_that_fails(add: Add, alone: dt.Record, body: str, told: str) -> None:
    add("detente.formats", "plain", f"def ONE(document):\n    {body}\n")
    with pytest.raises(PackageError, match=rf"theirs: its detente.formats 'plain' failed \({told}"):
        dt.render(alone.audit(), "plain")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return 1 / 0", "ZeroDivisionError"),
        ("return None", "AttributeError"),
        ("return pl.DataFrame({'period': ['x'], 'a': ['USA'], 'b': ['RUS'], 'distance': [1.0]})", "SchemaError"),
    ],
)
def test_a_variable_that_fails(
    add: Add, make_record: Callable[..., dt.Record], tmp_path: Path, body: str, told: str
) -> None:
    rows = "date\tsender\taction\tcameo\tgoldstein\treceiver\n2018-01-01\tUSA\tx\t040\t1.0\tRUS\n"
    (tmp_path / "one.tsv").write_text(rows)
    pair = make_record(tmp_path / "one.tsv").pair("USA", "RUS")
    add("detente.variables", "distance", DISTANCE.replace("    rows = [", f"    {body}\n    rows = ["), "VARIABLE")
    with pytest.raises(PackageError, match=rf"^theirs: its detente.variables 'distance' failed \({told}"):
        pair.panel("year", add=["distance"])
    assert pair.panel("year").frame.height == 2


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return 1 / 0", "ZeroDivisionError"),
        ("return {}", "KeyError"),
        ("return None", "TypeError"),
        ("return {h: np.zeros(3) for h in horizons}", "ValueError: its quantiles 1 ahead"),
    ],
)
@pytest.mark.parametrize("baseline", [False, True])
def test_a_forecaster_that_fails(add: Add, tmp_path: Path, body: str, told: str, baseline: bool) -> None:
    code = MIDDLE.replace("        return", f"        {body}\n        return")
    code = code.replace("    def forecast", f"    baseline = {baseline}\n\n    def forecast")
    add("detente.forecasters", "middle", code, "MIDDLE")
    rows = "".join(f"{a},ZZZ,20{10 + n // 12}-{n % 12 + 1:02d}-01,{n % 5}\n" for a in ("AAA", "BBB") for n in range(40))
    (tmp_path / "counts.csv").write_text("a,b,date,count\n" + rows)
    models = () if baseline else ("--models", "middle")
    words = ["backtest", tmp_path / "counts.csv", *models, "--no-classical", "--horizons", "1", "--step", "30"]
    done = detente(*words)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert f"theirs: its detente.forecasters 'middle' failed ({told}" in done.stderr
