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
import contextlib
import hashlib
import io
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
from fuzz_inputs import CONTEXT, OTHERS, SUFFIX, TABLES, changed

import detente as dt
from detente.actors import actors
from detente.claims.study import read_study
from detente.codebook import assign_areas, load_codebook
from detente.errors import DetenteError
from detente.forecasts.series.tidy import read_tidy
from detente.levers.policy import read_levers
from detente.record.cases import case_in
from detente.record.commits import live_parts
from detente.record.log import Log
from detente.record.mend import repair, verify
from detente.sources import Context, batches, find_contents, open_blocks

TODAY = date(2024, 1, 1)
SLOW = 20.0
PLACES = {b"e": "log/00000001.json", b"m": "log/00000002.json", b"l": "log/00000003.json", b"h": "RECORD.json"}
"""What an input for the log takes the place of, by its first letter."""


@dataclass
class Told:
    """What became of the inputs of a target."""

    inputs: int = 0
    refused: int = 0
    failed: int = 0


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
    data = path.read_bytes()
    where = PLACES.get(data[:1], "RECORD.json")
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
    return [letter + (folder / place).read_bytes() for letter, place in PLACES.items()]


def targets() -> dict[str, tuple[Callable[[Path], object], Callable[[], list[bytes]]]]:
    """By name what reads a file, and its seeds."""
    readers = {name: (read, lambda text=text: [text.encode() + b"\n"]) for name, text in {**TABLES, **CONTEXT}.items()}
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
    told: dict[str, Told], seed: int, *, seconds: float, inputs: int | None = None
) -> Iterator[tuple[str, bytes, str]]:
    """Targets in turn, until the time is over or each has had so many inputs, all counted; gives the first input that
    failed in each way, with what was wrong.
    """
    seeds = {name: targets()[name][1]() for name in told}
    rngs = {name: random.Random(f"{seed} {name}") for name in told}
    pool = [one for name, many in seeds.items() if name != "log" for one in many]
    seen: set[str] = set()
    end = time.monotonic() + seconds
    while all(one.inputs < inputs for one in told.values()) if inputs else time.monotonic() < end:
        for name, one in told.items():
            data = changed(rngs[name].choice(seeds[name]), rngs[name], pool)
            refused, said = fault(name, data)
            one.inputs += 1
            one.refused += refused
            if said and (kind := f"{name}: {said[:60]}") not in seen:
                seen.add(kind)
                one.failed += 1
                yield name, data, said


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
    told = {name: Told() for name in targets() if not asked.only or name in asked.only}
    for name, data, said in run(told, asked.seed, seconds=asked.seconds, inputs=asked.inputs):
        path = asked.into / f"{name}-{hashlib.sha256(data).hexdigest()[:8]}"
        path.write_bytes(data)
        print(f"{path}: {said}", flush=True)
    print(f"seed {asked.seed}\n{'target':12} {'inputs':>8} {'refused':>8} {'failed':>8}")
    for name, one in told.items():
        print(f"{name:12} {one.inputs:8,} {one.refused:8,} {one.failed:8,}")
    print(f"{'all':12} {sum(one.inputs for one in told.values()):8,}")
    sys.exit(any(one.failed for one in told.values()))


if __name__ == "__main__":
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    main()
