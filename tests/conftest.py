"""Where the real data is, and small files in the true formats."""

from __future__ import annotations

import gzip
import os
import re
import sys
import textwrap
import tomllib
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from functools import cache
from io import StringIO
from itertools import product
from pathlib import Path
from subprocess import CompletedProcess
from types import SimpleNamespace
from typing import Any

# Matrices of the tests are small: threads would cost several times what they save.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}

import polars as pl
import pytest

from detente import Record, open_record
from detente.assessment import Assessment
from detente.claims import Report
from detente.sources.source import readers, sources

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{SHARED} is missing, and CI must run the tests on real data")
        pytest.skip(f"{SHARED} is not here")
    return SHARED


@pytest.fixture(scope="session")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Record:
    """One record of all ICEWS and UN votes at hand, to read from only."""
    folder = tmp_path_factory.mktemp("real") / "record"
    open_record(folder).ingest([shared / "icews", shared / "unvotes"])
    return open_record(folder)


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """The built-in cases and nothing else, to read from only."""
    return open_record(tmp_path_factory.mktemp("alone") / "record")


@pytest.fixture(scope="session")
def weitz(alone: Record) -> Assessment:
    """The assessment of the built-in case on the study's day, made once, to read from only."""
    return alone.pair("USA", "RUS", as_of="2007-02-01").assess()


@pytest.fixture(scope="session")
def weitz_claims(alone: Record) -> Report:
    """The claims of the built-in study, checked once, to read from only."""
    return alone.check_claims("weitz_2007")


@pytest.fixture(scope="session")
def assessed(real: Record) -> Callable[..., Assessment]:
    """Assessments of pairs by all ICEWS and UN votes at hand, each made once, to read from only."""
    return cache(lambda *pair, models=True: real.pair(*pair, as_of="2018-08-31").assess(with_models=models))


@pytest.fixture(autouse=True)
def no_own_record(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test touches the user's own record."""
    monkeypatch.setenv("DETENTE_RECORD", str(tmp_path / "own-record"))


def detente(*arguments: object) -> CompletedProcess[str]:
    """What the command line answers, run in this process: its exit code and what it wrote; a fault is raised here."""
    from detente.cli import main

    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return CompletedProcess(arguments, int(end.value.code or 0), out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def data_set(shared: Path) -> Callable[[str], SimpleNamespace]:
    """A real file of the field's data sets, by its place among them, as its reader takes it; each is read once."""
    found: dict[str, SimpleNamespace] = {}

    def of(place: str) -> SimpleNamespace:
        path = shared / "context" / place
        if not path.exists():
            pytest.skip(f"{path} is not here")
        if place not in found:
            found[place] = read_file(path)
        return found[place]

    return of


@pytest.fixture
def site() -> Iterator[Any]:
    """A local web server: what it serves, to be filled, and its address; see `local_site`."""
    from local_site import serving

    with serving() as here:
        yield here


def gdelt_row(
    number: int,
    day: str = "20191024",
    a: str = "RUS",
    b: str = "USA",
    action: str = "040",
    quad: str = "1",
    intensity: str = "1.0",
    added: str | None = None,
    url: str = "https://example.org/us-russia-talks-on-missile-defense.html",
    place: str = "Moscow, Moskva, Russia",
    width: int = 61,
) -> str:
    row = [""] * width
    row[0], row[1] = str(number), day
    row[5], row[7] = a, a[:3]
    row[15], row[17] = b, b[:3]
    row[26], row[28], row[29], row[30], row[31] = action, action[:2], quad, intensity, "3"
    if width == 61:
        row[52], row[53], row[59], row[60] = place, "RS", (added or day) + "143000", url
    else:
        row[50], row[51], row[56] = place, "RS", added or day
        if width == 58:
            row[57] = url
    return "\t".join(row)


def gdelt_zip(path: Path, rows: list[str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        # A fixed date, so that the same rows are the same bytes and the same checksum.
        member = zipfile.ZipInfo(path.name.removesuffix(".zip"), (2020, 1, 1, 0, 0, 0))
        archive.writestr(member, "\n".join(rows) + "\n", zipfile.ZIP_DEFLATED)
    return path


def recipe(heading: str, kind: str) -> str:
    """The first block of code of a kind (python, toml) in a section of CONTRIBUTING.md."""
    guide = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text()
    section = guide[guide.index(f"## {heading}\n") :]
    return str(textwrap.dedent(re.findall(rf"```{kind}\n(.*?)```", section, re.S)[0]))


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Installs the module of a recipe of CONTRIBUTING.md, or other code in its place, as another package would be."""
    folder = tmp_path / "packages"

    def forget() -> None:
        sources.cache_clear()
        readers.cache_clear()
        for name in [name for name in sys.modules if name.partition(".")[0] == "my_package"]:
            del sys.modules[name]

    def run(heading: str, *names: str, code: str | None = None) -> Path:
        """Under the recipe's entry point, and under other names; gives the path of the module."""
        ((group, points),) = tomllib.loads(recipe(heading, "toml"))["project"]["entry-points"].items()
        ((name, place),) = points.items()
        path = folder.joinpath(*place.partition(":")[0].split(".")).with_suffix(".py")
        info = folder / f"{path.parent.name}-1.dist-info"
        info.mkdir(parents=True)
        path.parent.mkdir()
        (path.parent / "__init__.py").touch()
        path.write_text(recipe(heading, "python") if code is None else code)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {path.parent.name}\nVersion: 1\n")
        entries = "".join(f"{one} = {place}\n" for one in (name, *names))
        (info / "entry_points.txt").write_text(f"[{group}]\n{entries}")
        monkeypatch.syspath_prepend(folder)
        forget()
        return path

    yield run
    forget()


def write_votes(folder: Path, last: str = "no") -> Path:
    """Two sessions of six roll calls among five states; `last` is the vote of France in the last."""
    folder.mkdir(exist_ok=True)
    calls, cast = "rcid,session,importantvote,date,unres,amend,para,short\n", "rcid,country,country_code,vote\n"
    for session, number in product((60, 61), range(6)):
        call = f"{session}{number}"
        calls += f"{call},{session},0,{session + 1945}-11-0{number + 1},R/{call},0,0,TITLE {number}\n"
        for place, state in enumerate(("US", "RU", "CN", "GB", "FR")):
            choice = last if (call, state) == ("615", "FR") else "yes" if place > number - 2 else "no"
            cast += f"{call},{state},{state},{choice}\n"
    (folder / "roll_calls.csv").write_text(calls)
    (folder / "votes.csv").write_text(cast)
    return folder


TRIPLE_HEADER = "date\tsender\taction\tcameo\tgoldstein\treceiver"


def triples(path: Path, rows: Iterable[tuple[str, ...]]) -> Path:
    text = "\n".join([TRIPLE_HEADER, *("\t".join(r) for r in rows)]) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


def lines_of(path: Path) -> int:
    """How many rows a small file holds, without its header."""
    data = path.read_bytes()
    if data[:2] == b"PK":
        with zipfile.ZipFile(path) as archive:
            data = b"".join(archive.read(name) for name in archive.namelist())
    lines = [line for line in data.splitlines() if line.strip()]
    return len(lines) - (not lines[0][:1].isdigit())


def read_file(path: Path, today: date | None = None) -> SimpleNamespace:
    """What the reader of a file makes of it: rows by table, faults by line, corrections and rows skipped by reason."""
    from detente.actors import actors
    from detente.codebook import load_codebook
    from detente.sources import Context, detect, open_blocks

    reader = detect(path)
    batches = list(reader.read(open_blocks(path), Context(actors(), load_codebook(), today)))
    tables = {b.table: [x.rows for x in batches if x.table == b.table] for b in batches}
    corrected: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for batch in batches:
        corrected.update(batch.corrections())
        skipped.update(batch.skipped)
    return SimpleNamespace(
        reader=reader.source,
        rows=pl.concat(next(iter(tables.values()))) if tables else pl.DataFrame(),
        tables={name: pl.concat(frames) for name, frames in tables.items()},
        bad={bad.line: bad.reason for batch in batches for bad in batch.bad},
        corrected=dict(corrected),
        skipped=dict(skipped),
        kept=len({line for batch in batches for line in batch.lines}),
        spans=[batch.span for batch in batches if batch.span],
    )


@pytest.fixture
def make_record(tmp_path: Path) -> Callable[..., Any]:
    import detente as dt

    def make(*paths: Path, cases: bool = False, name: str = "record") -> Any:
        record = dt.open_record(tmp_path / name, cases=cases)
        if paths:
            record.ingest(list(paths))
        return record

    return make
