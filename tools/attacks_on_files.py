"""Attacks by files: faults that end the reading of others, rows that hide, places and names, what is no file."""

from __future__ import annotations

import os
import re
from pathlib import Path

from attack import ACT, HEADER, aside, attack, beside, detente, good, ingest, rows

NAMED = "Event ID,Event Date,Source Name,Source Sectors,Source Country,Event Text,CAMEO Code,Intensity,Target Name,"
NAMED += "Target Sectors,Target Country\n"


# One file's fault.


@attack("one file's fault, before a good file", "a header that lacks columns")
def header(place: Path) -> str:
    (place / "bad.tsv").write_text(HEADER.replace("\tgoldstein", "") + ACT)
    return beside(place, place / "bad.tsv")


@attack("one file's fault, before a good file", "half a character of UTF-16")
def half(place: Path) -> str:
    (place / "bad.tsv").write_bytes(b"\xff\xfe" + (HEADER + ACT).encode("utf-16-le")[:-1])
    return beside(place, place / "bad.tsv")


@attack("one file's fault, before a good file", "a cell of 200,000 characters in a csv")
def giant(place: Path) -> str:
    (place / "bad.csv").write_text((HEADER + ACT).replace("\t", ",") + '2018-01-01,"' + "x" * 200_000 + '",y,040,1,z\n')
    return beside(place, place / "bad.csv")


@attack("one file's fault, before a good file", "a carriage return in a cell of a csv with quotes")
def carriage(place: Path) -> str:
    text = (HEADER + ACT + ACT.replace("Russia", "Rus\rsia")).replace(
        "\t", ","
    ) + '2018-01-03,"Russia",Consult,040,1,"Iran"\n'
    (place / "bad.csv").write_text(text, newline="")
    return beside(place, place / "bad.csv")


@attack("one file's fault, before a good file", "a column named twice")
def named_twice(place: Path) -> str:
    (place / "bad.tsv").write_text(
        (HEADER + ACT).replace("goldstein", "goldstein\tsender").replace("040\t", "040\tx\t")
    )
    return beside(place, place / "bad.tsv")


@attack("one file's fault, before a good file", "a name that is no UTF-8, and a row that can't be taken")
def no_text(place: Path) -> str:
    bad = Path(os.fsdecode(bytes(place) + b"/\xff\xfe.tsv"))
    bad.write_text(HEADER + "2018-01-02" + ACT[10:] + "2018-99-99" + ACT[10:])
    return beside(place, bad)


# Rows that hide.


@attack("rows that hide", "two files of one name, each with rows set aside")
def one_name(place: Path) -> str:
    for folder in ("one", "two"):
        (place / folder).mkdir()
        (place / folder / "a.tsv").write_text(
            HEADER + ACT.replace("Consult", folder) + f"2018-99-99\t{folder}{ACT[10:]}"
        )
    done = ingest(place / "record", place / "one" / "a.tsv", place / "two" / "a.tsv")
    counted = sum(int(n) for n in re.findall(r"(\d+) rows in quarantine", done.err))
    return f"{counted} counted, {len(aside(place / 'record'))} shown"


@attack("rows that hide", "two files of one name in two folders, no row of which can be taken")
def none_taken(place: Path) -> str:
    for folder in ("one", "two"):
        (place / folder).mkdir()
        text = HEADER + f"2018-99-99{ACT[10:]}" * 2 + f"2018-99-99\t{folder}{ACT[10:]}" * 2
        (place / folder / "a.tsv").write_text(text)
        ingest(place / "record", Path("a.tsv"), cwd=place / folder)
    return f"{sum(bool(row['line']) for row in aside(place / 'record'))} of 8 rows in quarantine"


@attack("rows that hide", "two broken archives of one name")
def broken(place: Path) -> str:
    for folder in ("one", "two"):
        (place / folder).mkdir()
        (place / folder / "a.zip").write_bytes(b"PK\x03\x04 broken")
    ingest(place / "record", place / "one" / "a.zip", place / "two" / "a.zip")
    return f"{len(aside(place / 'record'))} of 2 in quarantine"


@attack("rows that hide", "one broken archive, by a relative and an absolute path")
def paths(place: Path) -> str:
    (place / "a.zip").write_bytes(b"PK\x03\x04 broken")
    ingest(place / "record", Path("a.zip"), cwd=place)
    ingest(place / "record", place / "a.zip", cwd=place)
    return f"{len(aside(place / 'record'))} in quarantine, 1 right"


@attack("rows that hide", "quoted cells of many lines, 30 MB of them")
def many_lines(place: Path) -> str:
    count = 60_000
    with (place / "a.csv").open("w") as file:
        file.write(NAMED)
        for n in range(count):
            text = f"line one of {n}\nline two, more\n\n" + "x" * 400
            file.write(f'{n},2017-12-01,Vladimir Putin,Government,Russia,"{text}",040,1,United States,,United States\n')
    done = ingest(place / "record", place / "a.csv")
    return f"{done.became}, {rows(place / 'record'):,} of {count:,} rows"


@attack("rows that hide", "lines that end with CR alone")
def returns(place: Path) -> str:
    text = HEADER + "".join(f"2018-01-{n:02d}{ACT[10:]}" for n in range(1, 29))
    (place / "a.tsv").write_bytes(text.replace("\n", "\r").encode())
    done = ingest(place / "record", place / "a.tsv")
    return f"{done.became}, {max(rows(place / 'record'), 0)} of 28 rows"


# What is no file.


@attack("places", "a pipe (FIFO)")
def pipe(place: Path) -> str:
    os.mkfifo(place / "a.csv")
    return detente("ingest", "--record", place / "record", place / "a.csv", seconds=20).became


@attack("places", "a pipe in a folder")
def pipe_inside(place: Path) -> str:
    (place / "in").mkdir()
    os.mkfifo(place / "in" / "a.csv")
    good(place / "in" / "good.tsv")
    done = detente("ingest", "--record", place / "record", place / "in", seconds=20)
    return f"{done.became}, {max(rows(place / 'record'), 0)} of 1 row"


@attack("places", "/dev/stdin with a file behind it")
def stdin(place: Path) -> str:
    with good(place / "good.tsv").open() as file:
        return detente("ingest", "--record", place / "record", "/dev/stdin", stdin=file, seconds=20).became


@attack("places", "a link to itself, and folders that link to each other")
def links(place: Path) -> str:
    inside = place / "in"
    inside.mkdir()
    good(inside / "good.tsv")
    (inside / "itself").symlink_to(inside / "itself")
    (inside / "round").symlink_to(inside)
    done = detente("ingest", "--record", place / "record", inside, seconds=20)
    return f"{done.became}, {max(rows(place / 'record'), 0)} of 1 row"
