"""Every row of a file is kept, a duplicate, in quarantine or set aside by rule: the counts add up to the file."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest

import detente as dt
from conftest import gdelt_row
from detente.sources import readers, sources
from detente.sources.icews import RELEASE
from test_sources import POLECAT, polecat_row

ICEWS = {
    "event date": "2018-06-01",
    "source name": "Russia",
    "source country": "Russian Federation",
    "event text": "Consult",
    "cameo code": "040",
    "intensity": "1",
    "target name": "United States",
    "target country": "United States",
}
GDELT = {
    0: "GLOBALEVENTID",
    1: "SQLDATE",
    5: "Actor1Code",
    15: "Actor2Code",
    26: "EventCode",
    27: "EventBaseCode",
    28: "EventRootCode",
    29: "QuadClass",
    30: "GoldsteinScale",
    31: "NumMentions",
    59: "DATEADDED",
}
HEADED = [GDELT.get(n, f"C{n}") for n in range(61)]
TABLES = {
    "icews": ([n.title() for n in RELEASE], lambda n: [({"event id": str(n)} | ICEWS).get(c, "NA") for c in RELEASE]),
    "icews_triples": (
        ["date", "sender", "action", "cameo", "goldstein", "receiver"],
        lambda n: [f"2018-01-{n % 28 + 1:02d}", "Russia", "Consult", "040", str(n % 3), f"Body {n}"],
    ),
    "polecat": (list(POLECAT), polecat_row),
    "unvotes": (
        ["rcid", "country", "country_code", "vote"],
        lambda n: [str(n), "France", "FR", ("yes", "no", "abstain", "absent")[n % 4]],
    ),
    "rollcalls": (["rcid", "session", "date", "unres"], lambda n: [str(n), "70", "2016-01-02", f"R/{n}"]),
    "issues": (["rcid", "short_name"], lambda n: [str(n), "nu"]),
    "dataverse": (
        ["rcid", "ccode", "vote", "session", "date", "unres", "short", "nu"],
        lambda n: [str(n // 2), ("2", "220")[n % 2], str((1, 2, 3, 8)[n % 4]), "70", "2016-01-02", "R/1", "T", "1"],
    ),
    "chronology": (
        ["date", "actors", "targets", "area", "kind", "tone", "description", "source"],
        lambda n: [
            f"200{n % 10}-03-05",
            "USA",
            "RUS",
            "diplomatic",
            "meeting",
            ("cooperative", "conflictual")[n % 2],
            f"Talk {n}",
            "",
        ],
    ),
    "agreements": (
        ["agreement", "title", "form", "tone", "area", "parties", "source"],
        lambda n: [
            f"act_{n}",
            "An act",
            ("treaty", "programme", "body")[n % 3],
            "cooperative",
            "diplomatic",
            "USA;RUS",
            "",
        ],
    ),
    "figures": (
        ["subject", "measure", "period", "value", "unit", "source"],
        lambda n: ["USA", f"m{n}", "2007", str(n + 1), "count", ""],
    ),
    "gdelt2": (None, lambda n: gdelt_row(n, intensity=str(n % 9)).split("\t")),
    "gdelt1 of 57": (None, lambda n: gdelt_row(n, intensity=str(n % 9), width=57).split("\t")),
    "gdelt1 of 58": (None, lambda n: gdelt_row(n, intensity=str(n % 9), width=58).split("\t")),
    "gdelt2 with a header": (HEADED, lambda n: gdelt_row(n, intensity=str(n % 9)).split("\t")),
    "gdelt1 with a header": (HEADED, lambda n: gdelt_row(n, intensity=str(n % 9)).replace("143000", "").split("\t")),
}


def mangled(rows: list[list[str]], dice: random.Random) -> list[list[str]]:
    """The rows, some twice, some with one cell changed, emptied, made nonsense, or gone, in any order."""
    made = [list(row) for row in rows]
    one, two = rows[:2]
    made += [[*one[:n], two[n], *one[n + 1 :]] for n in range(len(one)) if one[n] != two[n]]
    for row in rows:
        for _ in range(dice.choice((0, 0, 1, 2))):
            other = list(row)
            place = dice.choice([n for n, cell in enumerate(row) if cell])
            taken = dice.choice(rows)[place]
            other[place] = dice.choice(
                (other[place], taken, taken, taken, "", "NA", "31/31/2017", "1/2/18", "?", "-9", " ")
            )
            made.append(other if dice.random() < 0.9 else other[:-1])
    dice.shuffle(made)
    return made


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("table", TABLES)
def test_the_counts_add_up_to_the_file(tmp_path: Path, table: str, seed: int) -> None:
    header, row_of = TABLES[table]
    dice = random.Random(seed)
    rows = mangled([list(row_of(n)) for n in range(1, 41)], dice)
    path = tmp_path / "data.tsv"
    path.write_text("".join("\t".join(row) + "\n" for row in [*([header] if header else []), *rows]))
    record = dt.open_record(tmp_path / "r", cases=False)
    summary = record.ingest(path)
    assert summary.failed == []
    (entry,) = summary.files
    if table == "dataverse":
        # Each row is a vote; the roll calls are told by them.
        entry.rows = {"votes": entry.rows["votes"]}
    kept = sum(entry.rows.values())
    # Issue codes have nothing beside their id that could differ.
    assert kept >= 10 and entry.duplicates and (entry.conflicts or table == "issues")
    assert entry.quarantined > entry.conflicts
    told = kept + entry.duplicates + entry.quarantined + sum(entry.skipped.values())
    aside = record.quarantine().frame
    assert aside.height == entry.quarantined
    if table == "dataverse":
        # A row is a vote and speaks of its roll call: what rows disagree on there comes on top.
        calls = aside.filter(pl.col("line").is_duplicated() | pl.col("reason").str.contains("roll call|same id"))
        assert len(rows) <= told <= len(rows) + calls.height
    else:
        assert told == len(rows) and aside["line"].is_unique().all()
    assert aside["line"].min() >= 1 + bool(header) and aside["line"].max() <= len(rows) + bool(header)
    assert entry.reader == {"rollcalls": "unvotes", "issues": "unvotes", "dataverse": "unvotes"}.get(
        table, table.split()[0]
    )


def test_every_reader_is_tried() -> None:
    # All but the one that only refuses votes with a column a state, and those of the field's data sets and of the UN's
    # library, which tests/test_context*.py try on the files themselves.
    data_sets = {one.id for one in sources().values() if one.covers == "years"} | {"undl"}
    tried = [reader for reader in readers() if reader.source not in data_sets]
    assert len(tried) == len(TABLES) + 1
    assert {reader.source for reader in tried} <= {name.split()[0] for name in TABLES}
