"""Flip single bits in the files of a record: an answer from it must be the same, or a line must say what is wrong."""

from __future__ import annotations

import os
import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from crash_trials import ingesting
from fuzz_inputs import TABLES

from detente.api import open_record
from detente.errors import DetenteError
from detente.record import parts

SAID = "is damaged: what commit"


def answers(folder: Path) -> tuple[object, ...]:
    """The panel of all pairs, what is held, and what was set aside, with the line that says where that is damaged."""
    # A bit that rots changes no time of a file: what was found whole before must not count.
    parts._checked.clear()
    record = open_record(folder, cases=False)
    return record.panel().frame.rows(), record.held().frame.rows(), record.quarantine().frame.rows()


def flips(work: Path, count: int, rng: random.Random) -> Iterator[str]:
    """Flip so many bits, one at a time: what was found wrong. Prints what became of them, by kind of file."""
    files, folder = ingesting(work / "files of flips", 4), work / "flips" / "record"
    (work / "votes.csv").write_text(TABLES["votes"] + "\n")
    files.prepare(folder.parent)
    subprocess.run([*files.line(folder.parent), str(work / "votes.csv")], check=True, capture_output=True)
    whole = answers(folder)
    targets = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "lock"]
    hit: Counter[tuple[str, str]] = Counter()
    for _ in range(count):
        path = rng.choice(targets)
        content, status = path.read_bytes(), path.stat()
        at, bit = rng.randrange(len(content)), rng.randrange(8)
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :])
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        kind = path.relative_to(folder).parts[0]
        where = f"bit {bit} of byte {at} of {path.relative_to(folder)}"
        try:
            *rest, aside = answers(folder)
            became = (
                "same"
                if (*rest, aside) == whole
                else "said"
                if rest == [*whole[:2]] and SAID in str(aside)
                else "other"
            )
        except DetenteError as error:
            became = "said" if "\n" not in str(error) else "said in several lines"
        except Exception as error:
            became = f"{type(error).__name__}: {error}"
        try:
            named = bool(open_record(folder, cases=False).verify())
        except DetenteError:
            named = True
        except Exception as error:
            became, named = f"verify: {type(error).__name__}: {error}", True
        if became == "other":
            yield f"{where}: another answer, and nothing said"
        elif became not in ("same", "said"):
            yield f"{where}: {became}"
        if not named:
            yield f"{where}: `detente record verify` finds nothing wrong"
        hit[kind, became if became in ("same", "said", "other") else "broken"] += 1
        path.write_bytes(content)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    print(f"{count} bits flipped, one at a time, in {len(targets)} files of a record")
    for kind in sorted({kind for kind, _ in hit}):
        said, same, other, broken = (hit[kind, name] for name in ("said", "same", "other", "broken"))
        print(f"{kind:14} said so {said:4}, the same answer {same:4}, another silently {other}, broken off {broken}")
