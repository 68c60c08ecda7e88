"""Ask everything of random pairs: assess, explain, forecast and weigh must answer, or say in one line that there is
nothing to say.

    python tools/two_hundred_pairs.py ../shared/data --pairs 200 --seed 2018 --into docs/checks/pairs.md

Pairs are drawn from all states seen in ICEWS of 2018 (January to August), as of 2018-08-31: at least half of them
quiet (fewer than 30 reports), since there models fail. The table says how each command ended, the list below what
went wrong, which should be nothing. What is the same for every pair of a day is fitted once and kept with the record.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import multiprocessing
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from functools import partial
from itertools import combinations
from pathlib import Path

import polars as pl

import detente as dt
from detente.cli import main as command
from detente.record.queries import all_counts
from detente.record.view import busiest_source

DAY = "2018-08-31"
COMMANDS = ("assess", "explain", "forecast", "weigh")
QUIET = 30
FILES = ("icews/icews18_2018-01_2018-08.tsv.gz", "unvotes")
ENDS = {0: "answered", 1: "nothing to say", 2: "refused"}


def draw(record: dt.Record, number: int, seed: int) -> list[tuple[str, str, int]]:
    """So many pairs with their reports, at least half of them quiet."""
    counts = all_counts(record, source=busiest_source(record, None, None), by="year", as_of=None)
    total = counts.with_columns(
        pl.min_horizontal("sender", "receiver").alias("a"),
        pl.max_horizontal("sender", "receiver").alias("b"),
        pl.sum_horizontal(pl.col("^.*_(cooperation|conflict)$")).alias("n"),
    )
    reports = {(a, b): n for a, b, n in total.group_by("a", "b").agg(pl.sum("n")).iter_rows()}
    states = sorted({state for pair in reports for state in pair})
    rng = random.Random(seed)
    quiet = [(*pair, reports.get(pair, 0)) for pair in combinations(states, 2) if reports.get(pair, 0) < QUIET]
    loud = [(*pair, n) for pair, n in sorted(reports.items()) if n >= QUIET]
    half = min(number // 2, len(loud))
    drawn = [*rng.sample(quiet, number - half), *rng.sample(loud, half)]
    rng.shuffle(drawn)
    return drawn


def ask(name: str, a: str, b: str, folder: str) -> tuple[str, str]:
    """How a command ended for a pair, and its last line of error where it failed."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            command([name, a, b, "--as-of", DAY, "--record", folder])
        return "answered", ""
    except SystemExit as end:
        said = err.getvalue().strip().splitlines()
        ended = ENDS.get(int(end.code or 0), f"code {end.code}")
        return ended, "" if ended in ("answered", "nothing to say") else (said[-1] if said else "")
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return "traceback", f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"


def ask_all(folder: str, pair: tuple[str, str, int]) -> list[tuple[str, str]]:
    """How every command ended for a pair, in the order of COMMANDS."""
    return [ask(name, pair[0], pair[1], folder) for name in COMMANDS]


def main() -> None:
    """Ask all pairs and write the report."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("data", type=Path)
    parse.add_argument("--pairs", type=int, default=200)
    parse.add_argument("--seed", type=int, default=2018)
    parse.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parse.add_argument("--record", type=Path, help="a record that holds these files already")
    parse.add_argument("--into", type=Path, required=True, help="the report, written anew after every pair")
    given = parse.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        record = dt.open_record(given.record or Path(scratch) / "record")
        if not given.record:
            record.ingest([str(given.data / file) for file in FILES])
        pairs = draw(record, given.pairs, given.seed)
        ends: dict[str, Counter[str]] = {name: Counter() for name in COMMANDS}
        faults = []
        began = time.perf_counter()
        with multiprocessing.get_context("spawn").Pool(given.jobs) as pool:
            for number, found in enumerate(pool.imap(partial(ask_all, str(record.folder)), pairs), start=1):
                a, b, n = pairs[number - 1]
                for name, (ended, why) in zip(COMMANDS, found, strict=True):
                    ends[name][ended] += 1
                    if why:
                        faults.append((name, a, b, n, ended, why))
                seconds = time.perf_counter() - began
                print(f"{number} of {len(pairs)}: {a} {b}, {len(faults)} faults, {seconds:.0f} s", file=sys.stderr)
                with given.into.open("w", encoding="utf-8") as file, contextlib.redirect_stdout(file):
                    report(given, pairs[:number], ends, faults, seconds)


def report(
    given: argparse.Namespace,
    pairs: list[tuple[str, str, int]],
    ends: dict[str, Counter[str]],
    faults: list[tuple[str, str, str, int, str, str]],
    seconds: float,
) -> None:
    """The table of how commands ended, the faults, the pairs."""
    quiet = sum(n < QUIET for _, _, n in pairs)
    columns = ("answered", "nothing to say", "refused", "traceback")
    print("# Everything asked of random pairs\n")
    print(
        f"Made by `make pairs` (`tools/two_hundred_pairs.py`, seed {given.seed}): {len(pairs)} of {given.pairs} "
        f"pairs of ICEWS 2018 as of {DAY}, "
        f"{quiet} of them with fewer than {QUIET} reports, {sum(n == 0 for _, _, n in pairs)} with none; "
        f"{seconds / 60:.0f} minutes.\n"
    )
    print("| command | " + " | ".join(columns) + " |\n| --- |" + " ---: |" * len(columns))
    for name, counted in ends.items():
        print(f"| {name} | " + " | ".join(str(counted[column]) for column in columns) + " |")
    others = {key for counted in ends.values() for key in counted} - set(columns)
    print(f"\nOther ends: {', '.join(sorted(others)) or 'none'}. Faults: {len(faults) or 'none'}.\n")
    for name, a, b, n, ended, why in faults:
        print(f"- `{name} {a} {b}` ({n} reports): {ended}: {why}")
    print("\nThe pairs, with their reports:", ", ".join(f"{a}-{b} {n}" for a, b, n in pairs) + ".")


if __name__ == "__main__":
    main()
