"""Attack the installed detente as laptops, shared drives and strangers' files do; a line says what became of each.

    python tools/attacks.py [--only WORDS]

Each attack runs the command line in processes of their own, bounded to 6 GiB of address space and two minutes.
`PYTHONPATH=OTHER/src` attacks another version; docs/reliability.md has two columns made so.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import attacks_on_fetch
import attacks_on_files
import attacks_on_readers
import attacks_on_records
from attack import ATTACKS

assert (
    attacks_on_fetch and attacks_on_files and attacks_on_readers and attacks_on_records
)  # they register their attacks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="attacks whose group or name holds this")
    only = parser.parse_args().only
    with tempfile.TemporaryDirectory() as work:
        Path(work).chmod(0o777)
        for n, (name, (group, what)) in enumerate(ATTACKS.items()):
            if only not in f"{group}: {name}":
                continue
            place = Path(work) / str(n)
            place.mkdir(mode=0o777)
            place.chmod(0o777)
            began = time.monotonic()
            try:
                became = what(place)
            except Exception as error:
                became = f"the attack failed: {type(error).__name__}: {error}"
            print(f"{group}\t{name}\t{became}\t{time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
