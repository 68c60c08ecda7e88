"""Make large GDELT 2.0 files in the shape of a real one.

Rows are drawn, an article's rows together, from a real 15-minute file; each gets a new id, day and
address, so that ids are unique and the mix of actors, places, lengths and missing fields stays real.

    python benchmarks/make_gdelt.py bench-data --rows 1000000 --files 10 --like FILE.export.CSV.zip
"""

from __future__ import annotations

import argparse
import io
import random
import zipfile
from datetime import date, timedelta
from pathlib import Path

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "gdelt_raw" / "20191024143000.export.CSV.zip"


def articles(like: Path) -> list[list[list[bytes]]]:
    """The rows of a real file, grouped by their article."""
    with zipfile.ZipFile(like) as archive:
        rows = [line.split(b"\t") for line in archive.read(archive.namelist()[0]).split(b"\n") if line]
    groups: dict[bytes, list[list[bytes]]] = {}
    for row in rows:
        groups.setdefault(row[60], []).append(row)
    return list(groups.values())


def make(
    folder: Path, rows: int, files: int, like: Path, seed: int, first_number: int = 900_000_000, first_day: int = 0
) -> list[Path]:
    """Write `files` zips with `rows` rows in all; one day a file."""
    rng = random.Random(seed)
    pool = articles(like)
    folder.mkdir(parents=True, exist_ok=True)
    made, number, article = [], first_number, 0
    for n in range(files):
        day = date(2019, 1, 1) + timedelta(days=first_day + n * 10 // max(files, 10))
        stamp = day.strftime("%Y%m%d").encode()
        out, count = io.BytesIO(), 0
        while count < rows // files:
            article += 1
            for row in rng.choice(pool)[: rows // files - count]:
                number += 1
                count += 1
                fresh = row.copy()
                fresh[0] = str(number).encode()
                fresh[1], fresh[2], fresh[3] = stamp, stamp[:6], stamp[:4]
                fresh[59] = stamp + row[59][8:]
                fresh[60] = row[60] + b"?n=%d" % article
                out.write(b"\t".join(fresh) + b"\n")
        slot = f"{n % 96 // 4:02d}{n % 4 * 15:02d}00"
        name = f"{day:%Y%m%d}{slot if files > 10 else '000000'}.{n:05d}.export.CSV"
        path = folder / f"{name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo(name, (2019, 1, 1, 0, 0, 0)), out.getvalue(), zipfile.ZIP_DEFLATED)
        made.append(path)
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--files", type=int, default=10)
    parser.add_argument("--like", type=Path, default=REAL)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(*make(given.folder, given.rows, given.files, given.like, given.seed), sep="\n")
