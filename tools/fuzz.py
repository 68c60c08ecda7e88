"""Change small files at random: every reader and loader must answer, or refuse in one line; the log must give what it
gave, or say what is wrong.

    python tools/fuzz.py --seconds 600 --seed 1
    python tools/fuzz.py tests/corpus/*            # inputs that failed before, again

A target reads a file that lies in a folder of its own. Its seeds are small files made here; an input is one of them, or
an earlier one, changed a few times: bytes, lines, cells, ends of lines, encodings, packing. It failed where anything
but DetenteError came out, an error of several lines, or rows that are neither kept nor counted; it is then written to
--into as TARGET-DIGEST, which is the form of the corpus. Equal seeds and --inputs make equal inputs.
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import gzip
import hashlib
import io
import json
import os
import random
import shutil
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

import detente as dt
from detente.actors import actors
from detente.claims.study import read_study
from detente.codebook import assign_areas, load_codebook
from detente.errors import DetenteError
from detente.forecasts.series.tidy import read_tidy
from detente.levers.policy import read_levers
from detente.record.cases import case_in
from detente.record.log import Log, live_parts
from detente.record.mend import repair, verify
from detente.sources import Context, batches, find_contents, open_blocks

TODAY = date(2024, 1, 1)
SLOW = 20.0
GDELT = ["1", "20191024", *[""] * 59]
for place, cell in {5: "RUS", 7: "RUS", 15: "USA", 17: "USA", 26: "040", 28: "04", 29: "1", 30: "1.0", 31: "3"}.items():
    GDELT[place] = cell
GDELT[52:54], GDELT[59:61] = ["Moscow, Moskva, Russia", "RS"], ["20191024143000", "https://example.org/talks"]
TABLES = {
    "gdelt2": "\n".join("\t".join([str(n), *GDELT[1:]]) for n in range(4)),
    "gdelt1": "\n".join(
        "\t".join([str(n), *GDELT[1:50], "Kyiv, Ukraine", "UP", "", "", "", "", "20130401"]) for n in "123"
    ),
    "gdelt_named": (
        "GLOBALEVENTID,SQLDATE,Actor1Code,Actor2Code,EventCode,QuadClass,GoldsteinScale,NumMentions,DATEADDED\n"
        '1,20191024,RUS,USA,040,1,1.0,3,20191024143000\n2,20191024,"USA",RUS,190,4,-10,1,20191024143000'
    ),
    "icews": (
        "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\t"
        "Target Name\tTarget Sectors\tTarget Country\n"
        "7\t2017-12-01\tVladimir Putin\tGovernment\tRussia\tConsult\t040\t1\tUnited States\t\tUnited States\n"
        "8\t12/2/2017\tNobody\tNA\tChina\tMake statement\t010\t0\tJapan\t\tJapan"
    ),
    "triples": (
        "date,sender,action,cameo,goldstein,receiver\n2018-01-01,Russia,Consult,040,1,United States\n"
        '2018-01-02,"United\nStates",Consult,040,1,Russia\n"2018-01-03","Iran ""x""",Consult,040,1,Russia'
    ),
    "polecat": (
        "Event ID\tEvent Date\tEvent Type\tEvent Mode\tIntensity\tQuad Code\tContexts\tActor Name\tActor Country\t"
        "Actor COW\tPrimary Actor Sector\tActor Sectors\tRecipient Name\tRecipient Country\tRecipient COW\t"
        "Primary Recipient Sector\tCity\tDistrict\tProvince\tCountry\tPublication Date\n"
        "A1\t2021-01-01\tCONSULT\tvisit\t1.0\tVERBAL COOPERATION\tmilitary\tRussia\tRUS\t365\tGOV\tGOV\tUnited States\t"
        "USA\t2\tGOV\t\t\t\t\t2021-01-02"
    ),
    "votes": "rcid,country,country_code,vote\n3,United States,US,yes\n3,Russia,RU,no\n3,Namibia,NA,abstain",
    "rollcalls": "rcid,session,date,unres,short\n3,60,2005-11-01,R/3,TITLE\n4,60,12Dec2006,R/4,",
    "issues": "rcid,short_name\n3,nu\n3,di",
    "dataverse": (
        "rcid\tccode\tsession\tvote\tdate\tunres\tCountryname\tme\tnu\n"
        "3\t2\t60\t1\t2005-11-01\tR/3\tUnited States\t0\t1\n"
        "3\t365\t60\t3\t2005-11-01\tR/3\tRussia\t0\t1"
    ),
    "facts": (
        "date,known_on,actors,targets,area,kind,tone,channel,third_party,agreement,description,source,source_title\n"
        '2001-02,2001-03-01,USA;RUS,,economic,other,cooperative,,IRN,,"Talks, held\nin two rounds",https://example.org,T\n'
        "2002,,USA,RUS,economic,other,conflictual,,,a_pact,Sanctions,https://example.org,T"
    ),
    "agreements": (
        "agreement,title,form,tone,area,parties,channel,third_party,starts,since,source,source_title\n"
        "a_pact,A pact,treaty,cooperative,economic,USA;RUS,,,entry,1999,https://example.org,T"
    ),
    "figures": (
        "subject;measure;area;period;value;unit;known_on;compiled_on;source;source_title;note\n"
        "USA-RUS;trade;economic;2001;12.5;million;;2020-01-01;https://example.org;T;\nall;x;;2001-02;-9;n;;;;;true"
    ),
}
OTHERS = {
    "names": "name;code;sector;from;to\nIvan Ivanov;RUS;GOV;2001;2003-02\nX Y;USA;;;9999-12",
    "tidy": "a,b,date,value\nUSA,RUS,2001-01,0.5\nUSA,RUS,2002-01,0.25\nRUS,CHN,2003-01-01,1",
    "claims": json.dumps(
        {
            "study": "S",
            "as_of": "2007-02-01",
            "dyad": ["USA", "RUS"],
            "sentences": ["one"],
            "claims": [
                {
                    "id": "a",
                    "claim": "c",
                    "area": "economic",
                    "said": "likely",
                    "horizon_months": 24,
                    "sentence": 1,
                    "rule": [
                        {"facts": {"kind": "new", "actor": "USA"}, "at_least": 1},
                        {"stock": "higher", "by_at_most": 0.2},
                    ],
                },
                {"id": "b", "claim": "c", "horizon_months": 24, "direction": "improvement"},
                {
                    "id": "c",
                    "claim": "c",
                    "horizon_months": 24,
                    "rule": [{"figure": {"subject": "USA-RUS", "measure": "t"}, "is": "higher"}],
                },
            ],
        },
        indent=1,
    ),
    "codebook": (
        "version = '1'\n[areas.x]\ntitle = 'x'\ndefinition = 'y'\nthird_party = true\n[[areas.x.rules]]\n"
        "actions = ['04', '1']\nsectors = ['MIL']\nwords = ['a b', '@third_states']\n[[areas.x.rules]]\n"
        "orgs = ['NATO']\nplaces = ['*', 'IRN']\ncontexts = ['military']\n[[areas.x.rules]]\nun_issues = ['nu']"
    ),
    "levers": "[[lever]]\nname = 'x'\n"
    "moves = [{kind = 'incentives', about = 'USA', amount = 1.0, months = 12}, {kind = 'equal'}]",
    "package": '{"temporal": {"start": "1990", "end": "2007-02"}, "name": [1, null]}',
}
SUFFIX = {"claims": ".json", "package": ".json", "codebook": ".toml", "levers": ".toml"}
WORDS = [
    b"", b"\0", b"\t", b",", b'"', b'""', b"\n", b"\r", b"\r\n", b"\xff", b"\xed\xa0\x80", b"NA", b"-9", b"1e999",
    b"0001-01-01", b"9999-12-31", b"9999-12", b"99999999", b"all", b"a:b", b"\x1b[31m", b"\xe2\x80\xae", b"[" * 500,
    b"{" * 50, b"=", b"true", b"null", b"'", b"\\ud800", b"1" * 5000, b"x" * 140_000, b"-", b"USA", b"*", b";", b":",
    b"nan", b"1",
]  # fmt: skip


@dataclass
class Told:
    """What became of the inputs of a target."""

    inputs: int = 0
    refused: int = 0
    failed: list[str] = field(default_factory=list)


def changed(data: bytes, rng: random.Random, all_seeds: list[bytes]) -> bytes:
    """An input a few changes away."""
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        at, end = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
        lines = data.split(b"\n")
        n = rng.randrange(len(lines))
        mark = rng.choice((b"\t", b",", b";", b'"', b" "))
        cells = lines[n].split(mark)
        cell = rng.randrange(len(cells))
        match rng.randrange(12):
            case 0:
                data = data[:at] + rng.choice(WORDS) + data[at:]
            case 1:
                data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
            case 2:
                data = data[:at] + data[min(end, at + 20) :]
            case 3:
                data = data[:at]
            case 4:
                cells[cell] = rng.choice(WORDS)
                lines[n] = mark.join(cells)
                data = b"\n".join(lines)
            case 5:
                cells.insert(cell, cells[rng.randrange(len(cells))])
                lines[n] = mark.join(cells)
                data = b"\n".join(lines)
            case 6:
                del cells[cell]
                lines[n] = mark.join(cells)
                data = b"\n".join(lines)
            case 7:
                lines.insert(n, lines[rng.randrange(len(lines))])
                data = b"\n".join(lines)
            case 8:
                del lines[n]
                data = b"\n".join(lines)
            case 9:
                data = data.replace(b"\n", rng.choice((b"\r", b"\r\n", b"\n\n")))
            case 10:
                other = rng.choice(all_seeds)
                data = data[:at] + other[rng.randint(0, len(other)) :]
            case 11:
                data = data.replace(
                    rng.choice((b"\t", b",", b"'", b"1", b"2")), rng.choice(WORDS[:12]), rng.randint(1, 3)
                )
        data = data[: 1 << 20]
    return wrapped(data, rng)


def wrapped(data: bytes, rng: random.Random) -> bytes:
    """Now and then in another encoding or packed, and that changed too."""
    chance = rng.randrange(30)
    if chance < 3:
        encoding, mark = rng.choice(
            (("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE), ("utf-32-le", codecs.BOM_UTF32_LE),
             ("utf-8", codecs.BOM_UTF8))
        )  # fmt: skip
        data = mark + data.decode("utf-8", "replace").encode(encoding)
    elif chance == 3:
        data = gzip.compress(data, mtime=0)
    elif chance < 6:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
            for n in range(rng.choice((1, 1, 2, 3))):
                archive.writestr(zipfile.ZipInfo(f"{n}.csv", (2020, 1, 1, 0, 0, 0)), data if n == 0 else data[n * 7 :])
        data = packed.getvalue()
    if chance < 6 and rng.random() < 0.5 and data:
        at = rng.randrange(len(data))
        data = data[:at] + bytes([rng.randrange(256)]) + data[at + rng.randrange(2) :]
    return data


@cache
def context() -> Context:
    """Built-in names and codebook."""
    return Context(actors(), load_codebook(), TODAY)


def read(path: Path) -> None:
    """A file of any source, in blocks of two sizes: the same rows, and none lost."""
    kept: list[list[str]] = []
    found = find_contents(path).found
    for size in (128, 12 << 20):
        rows = []
        for one in found:
            for batch in batches(one.reader, open_blocks(path, size, one.numbers), context()):
                for bad in batch.bad:
                    f"{bad.reason}{bad.raw}".encode()
                batch.rows.write_parquet(io.BytesIO())
                rows += [f"{line} {row}" for line, row in zip(batch.lines, batch.rows["event_id"], strict=True)]
        kept.append(sorted(rows))
    if kept[0] != kept[1]:
        raise AssertionError(f"blocks of 128 bytes give {len(kept[0])} rows, one block {len(kept[1])}")


def case(path: Path) -> None:
    """Facts, agreements or figures of a case folder."""
    head = path.read_bytes()[:60].lower()
    name = "figures" if b"subject" in head else "agreements" if b"form" in head else "facts"
    folder = path.with_name("case")
    folder.mkdir(exist_ok=True)
    shutil.copy(path, folder / f"{name}.csv")
    case_in(folder).table(name)


def package(path: Path) -> None:
    """What a case says of itself."""
    folder = path.with_name("case")
    folder.mkdir(exist_ok=True)
    (folder / "facts.csv").write_text("date\n")
    shutil.copy(path, folder / "datapackage.json")
    _ = case_in(folder).covers_to


def codebook(path: Path) -> None:
    """A codebook, and areas by it."""
    book = load_codebook.__wrapped__(str(path))
    assign_areas(pl.DataFrame({"action": ["042"], "sender": ["USA"], "receiver": ["RUS"], "text": ["a b Iran"]}), book)


def names(path: Path) -> None:
    """A names file, and a name by it."""
    actors.__wrapped__(str(path)).resolve("Ivan Ivanov", TODAY)


@cache
def whole_record() -> tuple[Path, str]:
    """A record of three commits to be changed, and what it holds."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-")) / "record"
    record = dt.open_record(folder, cases=False)
    for n, name in enumerate(("gdelt2", "triples", "votes")):
        path = folder.parent / f"{n}.csv"
        path.write_text(TABLES[name] + "\n")
        record.ingest(path)
    return folder, answers(folder)


def answers(folder: Path) -> str:
    """What a record answers."""
    record = dt.open_record(folder, cases=False)
    frames = [pl.read_parquet(path, glob=False) for path in sorted(record.paths(live_parts(record.commits)))]
    return str([frame.sort(frame.columns[0]).to_dicts() for frame in frames]) + str(record.quarantine().frame.rows())


def log(path: Path) -> None:
    """A record with the file in the place of an entry or the marker: what it gave, or an error; then repaired."""
    folder, before = whole_record()
    place = {b"e": "log/00000001.json", b"m": "log/00000002.json", b"l": "log/00000003.json", b"h": "RECORD.json"}
    data = path.read_bytes()
    where = place.get(data[:1], "RECORD.json")
    twin = path.with_name("record")
    shutil.copytree(folder, twin)
    (twin / where).write_bytes(data[1:])
    try:
        if answers(twin) != before:
            raise AssertionError(f"another {where} gives another answer, and nothing is said")
    except DetenteError:
        verify(Log(twin))
        with contextlib.suppress(DetenteError):
            repair(Log(twin))
            if answers(twin) != before and not any(": has changed" in line for line in verify(Log(twin))):
                raise AssertionError(f"repaired, {where} gives another answer") from None
        raise


def log_seeds() -> list[bytes]:
    """The entries and the marker, each behind the letter of its place."""
    folder, _ = whole_record()
    entries = sorted((folder / "log").glob("*.json"))
    return [
        mark + path.read_bytes()
        for mark, path in zip((b"e", b"m", b"l", b"h"), [*entries, folder / "RECORD.json"], strict=True)
    ]


def targets() -> dict[str, tuple[Callable[[Path], object], Callable[[], list[bytes]]]]:
    """By name what reads a file, and its seeds."""
    readers = {name: (read, lambda text=text: [text.encode() + b"\n"]) for name, text in TABLES.items()}
    own = [TABLES[name].encode() + b"\n" for name in ("facts", "agreements", "figures")]
    loaders: dict[str, Callable[[Path], object]] = {
        "names": names,
        "tidy": lambda path: read_tidy(path, by="month"),
        "claims": lambda path: read_study(path, actors(), load_codebook()),
        "codebook": codebook,
        "levers": lambda path: read_levers(path, actors(), TODAY),
        "package": package,
    }
    return {
        **readers,
        "case": (case, lambda: own),
        **{name: (work, lambda name=name: [OTHERS[name].encode() + b"\n"]) for name, work in loaders.items()},
        "parquet": (lambda path: read_tidy(path, by="month"), _parquet),
        "log": (log, log_seeds),
    }


def _parquet() -> list[bytes]:
    out = io.BytesIO()
    pl.read_csv(io.StringIO(OTHERS["tidy"])).write_parquet(out)
    return [out.getvalue()]


def fault(name: str, data: bytes) -> tuple[bool, str]:
    """Whether an input was refused, and what is wrong with how it was read; "" where nothing is."""
    work = targets()[name][0]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        suffix = ".parquet" if name == "parquet" else SUFFIX.get(name, ".csv")
        path = Path(folder) / f"input{suffix}"
        path.write_bytes(data)
        refused = said = ""
        try:
            work(path)
        except DetenteError as error:
            refused = str(error) or "without a word"
            said = "" if "\n" not in refused else f"an error of several lines: {refused[:200]!r}"
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            said = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    if not said and (took := time.monotonic() - started) > SLOW:
        said = f"took {took:.0f} seconds"
    return bool(refused), said


def run(
    seed: int, *, seconds: float | None = None, inputs: int | None = None, only: list[str] | None = None
) -> Iterator[tuple[str, bytes, Told]]:
    """Targets in turn, until the time is over or each has had so many inputs; gives each failed input."""
    told = {name: Told() for name in targets() if not only or name in only}
    seeds = {name: targets()[name][1]() for name in told}
    rngs = {name: random.Random(f"{seed} {name}") for name in told}
    pool = [one for name, many in seeds.items() if name != "log" for one in many]
    seen: Counter[str] = Counter()
    end = time.monotonic() + (seconds or 1e9)
    while time.monotonic() < end and not (inputs and all(one.inputs >= inputs for one in told.values())):
        for name, one in told.items():
            data = changed(rngs[name].choice(seeds[name]), rngs[name], pool)
            refused, said = fault(name, data)
            one.inputs += 1
            one.refused += refused
            if said:
                kind = f"{name}: {said[:60]}"
                seen[kind] += 1
                if seen[kind] == 1:
                    one.failed.append(said)
                    yield name, data, one
    for name, one in told.items():
        yield name, b"", one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="inputs to be read again, named TARGET-...")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--inputs", type=int, help="so many inputs a target, in place of --seconds")
    parser.add_argument("--only", action="append", choices=list(targets()))
    parser.add_argument("--into", type=Path, default=Path("build/fuzz"))
    asked = parser.parse_args()
    wrong = 0
    for path in asked.files:
        _, said = fault(path.name.split("-")[0], path.read_bytes())
        wrong += bool(said)
        print(f"{path}: {said or 'read or refused in words'}")
    if asked.files:
        sys.exit(bool(wrong))
    asked.into.mkdir(parents=True, exist_ok=True)
    totals: list[tuple[str, Told]] = []
    for name, data, told in run(
        asked.seed, seconds=None if asked.inputs else asked.seconds, inputs=asked.inputs, only=asked.only
    ):
        if not data:
            totals.append((name, told))
            continue
        path = asked.into / f"{name}-{hashlib.sha256(data).hexdigest()[:8]}"
        path.write_bytes(data)
        print(f"{path}: {told.failed[-1]}", flush=True)
    print(f"seed {asked.seed}\n{'target':12} {'inputs':>8} {'refused':>8} {'failed':>8}")
    for name, told in totals:
        print(f"{name:12} {told.inputs:8,} {told.refused:8,} {len(told.failed):8,}")
    print(f"{'all':12} {sum(told.inputs for _, told in totals):8,}")
    sys.exit(any(told.failed for _, told in totals))


if __name__ == "__main__":
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    main()
