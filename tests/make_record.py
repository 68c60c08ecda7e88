"""A tiny record by the detente that Python finds, kept as a fixture of its format; so were those of tests/records made:

git worktree add /tmp/old COMMIT    # the last of a format: 0cab799~1 of 1, 3a3f767 of 2, 511529f of 3
PYTHONPATH=/tmp/old/src python tests/make_record.py tests/records/format-1
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

FACTS = """date,actors,area,kind,tone,description,source
2019-10-01,RUS+USA,diplomatic,meeting,cooperative,Talks in Geneva,https://example.org/1
2019-10,RUS+USA,strategic_arms,meeting,conflictual,Talks end,https://example.org/2
01/02/2019,RUS+USA,diplomatic,meeting,cooperative,A day that may be two,https://example.org/3
"""
VOTES = """rcid,country,country_code,vote
1,United States,US,yes
1,Russia,RU,no
2,United States,US,yes
2,Russia,RU,yes
"""
CALLS = """rcid,session,importantvote,date,unres,amend,para,short
1,74,0,2019-11-01,R/1,0,0,ONE
2,74,0,2019-11-02,R/2,0,0,TWO
"""


def event(number: int, day: str, action: str, intensity: str) -> str:
    """A row of GDELT 2.0 of Russia towards the United States."""
    row = [""] * 61
    row[0], row[1], row[59] = str(number), day, f"{day}143000"
    row[5], row[7], row[15], row[17] = "RUS", "RUS", "USA", "USA"
    row[26], row[28], row[30], row[31] = action, action[:2], intensity, "3"
    row[29] = "1" if action < "050" else "4"
    row[52], row[53], row[60] = "Moscow, Moskva, Russia", "RS", f"https://example.org/{number}"
    return "\t".join(row)


def files(folder: Path) -> list[list[Path]]:
    """The files of two ingests: events, facts and votes; events of a second day, one of them twice."""
    days = ("20191024", "20191025")
    rows = [event(n, days[0], ("040", "190")[n % 2], "1.0" if n % 2 == 0 else "-10.0") for n in range(1, 6)]
    more = [event(9, days[1], "040", "1.0")] * 2
    for day, lines in zip(days, (rows, more), strict=True):
        with zipfile.ZipFile(folder / f"{day}.export.CSV.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo(f"{day}.export.CSV", (2020, 1, 1, 0, 0, 0)), "\n".join(lines) + "\n")
    for name, text in (("facts", FACTS), ("votes", VOTES), ("roll_calls", CALLS)):
        (folder / f"{name}.csv").write_text(text)
    first = [f"{days[0]}.export.CSV.zip", "facts.csv", "votes.csv", "roll_calls.csv"]
    return [[folder / name for name in first], [folder / f"{days[1]}.export.CSV.zip"]]


def make(folder: Path) -> None:
    """Ingest them into a new record."""
    import detente as dt

    with tempfile.TemporaryDirectory() as place:
        for paths in files(Path(place)):
            dt.open_record(folder, cases=False).ingest(list(paths))
    for left in ("lock", "cache"):
        path = folder / left
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
