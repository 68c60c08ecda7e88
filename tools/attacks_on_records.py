"""Attacks on the folder of a record: writers at once, kills, full disks, and what programs that copy and sync do."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from attack import attack, detente, gdelt, ingest, record_of_three, rows

LINE = [sys.executable, "-m", "detente", "ingest", "--quiet", "--record"]


def writers(place: Path, count: int, rounds: int) -> str:
    """So many ingests, a little later after each other from round to round."""
    files = [gdelt(place / f"{n}.export.CSV.zip", 1000 * n, 30) for n in range(count)]
    lost = refused = silent = 0
    for turn in range(rounds):
        record, children = place / f"record {turn}", []
        for n, file in enumerate(files):
            time.sleep(0.02 * turn / (count - 1) if n else 0)
            children.append(subprocess.Popen([*LINE, str(record), str(file)], stderr=subprocess.PIPE, text=True))
        ends = [(child.communicate()[1], child.returncode) for child in children]
        done = sum(code == 0 for _, code in ends)
        refused += count - done
        silent += rows(record) != 30 * done
        lost += detente("record", "--record", record, "verify").code != 0
    said = [f"rows lost in silence in {silent} of {rounds} rounds"] if silent else [f"nothing lost in {rounds} rounds"]
    said += [f"{refused} writers sent away"] if refused else []
    return ", ".join(said + ([f"{lost} records damaged"] if lost else []))


@attack("writers at once", "two writers at once")
def two(place: Path) -> str:
    return writers(place, 2, 30)


@attack("writers at once", "five writers at once")
def five(place: Path) -> str:
    return writers(place, 5, 10)


@attack("writers at once", "a commit while another ingest is about to lock")
def between(place: Path) -> str:
    """A lock may take its time on a network drive: here four seconds for one of two writers."""
    files = [gdelt(place / f"{n}.export.CSV.zip", 1000 * n, 30) for n in range(2)]
    slow = "import fcntl, sys, time; lock = fcntl.flock; from detente.cli import main; "
    slow += "fcntl.flock = lambda *asked: (time.sleep(4), lock(*asked))[1]; main(sys.argv[1:])"
    line = [sys.executable, "-c", slow, *LINE[3:], str(place / "record"), str(files[1])]
    ingest(place / "record", gdelt(place / "before.export.CSV.zip", 5000, 30))
    child = subprocess.Popen(line, stderr=subprocess.DEVNULL)
    time.sleep(3.0)
    done = 1 + (ingest(place / "record", files[0]).code == 0) + (child.wait() == 0)
    held = rows(place / "record")
    return f"{30 * done} rows told as added, {held} held"


@attack("writers at once", "helpers of a killed ingest, stopped, resumed later")
def helpers(place: Path) -> str:
    big = gdelt(place / "big.export.CSV.zip", 0, 60_000, "https://example.org/" + "y" * 300)
    child = subprocess.Popen([*LINE, str(place / "record"), str(big)], stderr=subprocess.DEVNULL)
    pids: list[int] = []
    while child.poll() is None and len(pids) < 2:
        pids = [int(p) for p in Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()]
    time.sleep(1.0)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    child.kill()
    child.wait()
    before = sorted((place / "record").rglob("*"))
    for pid in pids:
        try:
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            continue
    time.sleep(4.0)
    after = sorted((place / "record").rglob("*"))
    return "write on after the kill" if after != before else "end with their parent"


def harmed(place: Path, harm: Callable[[Path], None]) -> str:
    """The log after some harm: what verify says, and what the next ingest does to 300 rows."""
    record = record_of_three(place)
    harm(record / "log")
    fine = detente("record", "--record", record, "verify").code == 0
    added = ingest(record, place / "d.export.CSV.zip")
    said = [f"verify: {'all well' if fine else 'said'}"]
    if added.code:
        said.append(f"next ingest: {added.became}")
        if detente("record", "--record", record, "repair").code == 0:
            said.append("repaired")
            ingest(record, place / "d.export.CSV.zip")
    held = rows(record)
    return "; ".join([*said, f"{held} of 350 rows" if held >= 0 else "no answer"])


def entry(log: Path, number: int) -> Path:
    return log / f"{number:08d}.json"


@attack("the log", "an entry lost")
def entry_lost(place: Path) -> str:
    return harmed(place, lambda log: entry(log, 2).unlink())


@attack("the log", "the last entry lost")
def last_lost(place: Path) -> str:
    return harmed(place, lambda log: entry(log, 3).unlink())


@attack("the log", "an entry cut short")
def cut(place: Path) -> str:
    return harmed(place, lambda log: os.truncate(entry(log, 2), 300))


@attack("the log", "an entry twice, under the next number")
def twice(place: Path) -> str:
    return harmed(place, lambda log: shutil.copy(entry(log, 3), entry(log, 4)) and None)


@attack("the log", "a copy named '00000002 (conflicted copy).json'")
def conflicted(place: Path) -> str:
    return harmed(place, lambda log: shutil.copy(entry(log, 2), log / "00000002 (conflicted copy).json") and None)


@attack("the log", "an entry changed")
def changed(place: Path) -> str:
    return harmed(
        place,
        lambda log: entry(log, 2).write_text(entry(log, 2).read_text().replace('"rows": 100', '"rows": 99')) and None,
    )


@attack("the log", "the whole log lost")
def log_lost(place: Path) -> str:
    return harmed(place, lambda log: shutil.rmtree(log))


@attack("the log", "a marker of another type")
def marker(place: Path) -> str:
    return harmed(place, lambda log: (log.parent / "RECORD.json").write_text('{"format": ["3"]}') and None)


def flipped(place: Path, where: str, words: tuple[object, ...], count: int) -> str:
    """Single bits flipped, one at a time: what a command says."""
    record = record_of_three(place)
    whole = detente(*words, "--record", record)
    rng, became = random.Random(15), Counter[str]()
    files = [path for path in sorted((record / where).rglob("*.parquet"))]
    for n in range(count):
        path = files[n % len(files)]
        content = path.read_bytes()
        at = rng.randrange(len(content))
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :])
        done = detente(*words, "--record", record)
        alike = "nothing said" if words[-1] == "verify" else "the same answer"
        became[(alike if done.out == whole.out else "another answer in silence") if not done.code else done.became] += 1
        path.write_bytes(content)
    return ", ".join(f"{name} {n}" for name, n in became.most_common())


@attack("flipped bits", "30 bits flipped in parts, then a panel")
def panels(place: Path) -> str:
    return flipped(place, "data", ("panel", "--no-cases", "--format", "csv"), 30)


@attack("flipped bits", "10 bits flipped in parts, then verify")
def verified(place: Path) -> str:
    return flipped(place, "data", ("record", "verify"), 10)


@attack("flipped bits", "10 bits flipped in rows set aside, then verify")
def verified_aside(place: Path) -> str:
    return flipped(place, "quarantine", ("record", "verify"), 10)


@attack("flipped bits", "a damaged part: can it be had back?")
def restored(place: Path) -> str:
    record = record_of_three(place)
    part = sorted((record / "data").rglob("*.parquet"))[0]
    part.write_bytes(part.read_bytes()[:-9])
    asked = detente("panel", "--no-cases", "--record", record)
    detente("record", "--record", record, "restore", place / "0.export.CSV.zip")
    ingest(record, place / "0.export.CSV.zip")
    again = detente("panel", "--no-cases", "--record", record)
    back = "restored" if again.code == 0 else "not restored"
    return f"{asked.became}; then {back}, {max(rows(record), 0)} of 300 rows"


@attack("the first write, a full disk", "20 kills at the first write")
def first_kills(place: Path) -> str:
    file, refused = gdelt(place / "a.export.CSV.zip", 0, 30), 0
    for n in range(20):
        record = place / f"record {n}"
        child = subprocess.Popen([*LINE, str(record), str(file)], stderr=subprocess.DEVNULL)
        while child.poll() is None and not (record.exists() and (n < 2 or any(record.iterdir()))):
            pass
        time.sleep(0.0005 * (n % 5))
        child.kill()
        child.wait()
        refused += ingest(record, file).code != 0
    return f"the folder is refused afterwards in {refused}" if refused else "each taken up again"


@attack("the first write, a full disk", "a disk full at the first write")
def first_full(place: Path) -> str:
    file = gdelt(place / "a.export.CSV.zip", 0, 30)
    done = ingest(place / "record", file, limit=resource.RLIMIT_FSIZE, size=0)
    again = ingest(place / "record", file)
    return f"{done.became}; with room: {again.became}"


@attack("the first write, a full disk", "a disk full in the middle")
def middle_full(place: Path) -> str:
    record = record_of_three(place)
    done = ingest(record, place / "d.export.CSV.zip", limit=resource.RLIMIT_FSIZE, size=2000)
    again = ingest(record, place / "d.export.CSV.zip")
    return f"{done.became}; with room: {again.became}, {rows(record)} of 350 rows"


@attack("places", "a record and files below 'a [1]*?'")
def patterns(place: Path) -> str:
    odd = place / "a [1]*?"
    odd.mkdir()
    file = gdelt(odd / "b[2].export.CSV.zip", 0, 30)
    done = ingest(odd / "record", file)
    asked = detente("panel", "RUS", "USA", "--no-cases", "--record", odd / "record")
    return f"ingest: {done.became}; panel: {'answered' if asked.code == 0 else asked.became}"


@attack("places", "a record that may only be read")
def read_only(place: Path) -> str:
    record = record_of_three(place)
    for path in [*record.rglob("*"), record]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    asked = detente("panel", "RUS", "USA", "--no-cases", "--record", record, weak=True)
    added = ingest(record, place / "d.export.CSV.zip", weak=True)
    return f"panel: {'answered' if asked.code == 0 else asked.became}; ingest: {added.became}"


@attack("places", "a file and a folder that may not be read")
def unreadable(place: Path) -> str:
    inside = place / "in"
    gdelt(inside / "a.export.CSV.zip", 0, 30)
    gdelt(inside / "closed" / "b.export.CSV.zip", 100, 30)
    gdelt(inside / "c.export.CSV.zip", 200, 30).chmod(0)
    (inside / "closed").chmod(0)
    done = ingest(place / "record", inside, weak=True)
    (inside / "closed").chmod(0o755)
    named = sum(name in done.err for name in ("closed", "c.export.CSV.zip"))
    return f"{done.became}, {named} of 2 named, {rows(place / 'record')} of 30 readable rows held"


@attack("formats", "a record of a newer format")
def newer(place: Path) -> str:
    record = record_of_three(place)
    (record / "RECORD.json").write_text('{"format": 99}')
    return detente("panel", "--no-cases", "--record", record).became


@attack("formats", "an answer's JSON, asked again")
def reproduced(place: Path) -> str:
    record = record_of_three(place)
    asked = ("assess", "USA", "RUS", "--as-of", "2007-02-01", "--brief", "--record", record, "--format", "json")
    (place / "a.json").write_text(detente(*asked).out)
    done = detente("reproduce", place / "a.json", "--record", record)
    return "no such command" if "No such command" in done.err else "reproduced" if done.code == 0 else done.became
