"""What detente reads of the field's data sets in a folder, as a Markdown table: a line a file and source.

    python tools/context_table.py ../shared/data/context

Rows are lines below the header; one may give several facts or values. Seconds are those of the whole file, on the
machine at hand.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from detente.api import open_record
from detente.record.opening import find_files
from detente.sources import open_blocks, source


def main() -> None:
    print("| data set | file | rows | facts | values | left out by rule | set aside | years | seconds |")
    print("|---|---|---:|---:|---:|---:|---:|---|---:|")
    with tempfile.TemporaryDirectory() as place:
        record = open_record(Path(place) / "record", cases=False)
        for path in find_files([Path(sys.argv[1])]):
            began = time.monotonic()
            summary = record.ingest(path)
            seconds = time.monotonic() - began
            for file in summary.files:
                lines = sum(block.data.count(b"\n") for block in open_blocks(path)) - 1
                years = "; ".join(f"{first[:4]}-{last[:4]}" for first, last, _ in file.covers)
                skipped = sum(file.skipped.values())
                numbers = (lines, *(file.rows.get(name, 0) for name in ("dated_facts", "indicators")), skipped)
                told = " | ".join(f"{n:,}" for n in (*numbers, file.quarantined))
                print(f"| {source(file.reader).title} | `{path.name}` | {told} | {years} | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
