"""`detente ingest`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.common import Verb, say, step
from detente.errors import NoData

if TYPE_CHECKING:
    from detente.api import Record
    from detente.record import Summary
    from detente.record.commits import FileEntry

# Of so many files at once each has its own line.
MOST_FILES = 20


@click.command(cls=Verb, prints=False)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--quiet", is_flag=True, help="No progress.")
def ingest(record: Record, paths: tuple[Path, ...]) -> int:
    """Add files, or every file in folders, to the record. The format is told by the content.

    Reads ICEWS releases and name triples, GDELT 1.0 and 2.0 events, POLECAT, UN votes, and chronologies
    and figures of your own; plain, gzip or zip. A file already held adds nothing. It may be interrupted.
    """
    from detente.record.opening import find_files

    files = len(find_files(list(paths)))
    summary = record.ingest(
        list(paths),
        on_progress=lambda name, done, rows: step(f"{done} of {files}  {name[-40:]}  {rows:,} rows"),
        on_wait=say,
    )
    tell(summary)
    if summary.swept:
        say(f"moved to lost+found what an interrupted ingest had left: {len(summary.swept)} files")
    if summary.taken_in:
        say(f"commits written whole but not in the log, taken in: {len(summary.taken_in)}")
    if not summary.files and not summary.already and not summary.failed:
        raise NoData(f"none of the {len(summary.other)} files found is of a format we read")
    return 2 if summary.failed else 0


def tell(summary: Summary) -> None:
    """What became of the files, and of all together."""
    from detente.record.twins import OLDER

    for entry in summary.files if len(summary.files) <= MOST_FILES else []:
        say(_line(entry))
        for member in entry.passed:
            say(f"{entry.name}: passed over: {member}")
    for path, reason in summary.failed:
        say(f"not read: {reason}" if path in reason else f"not read: {path}: {reason}")

    def total(name: str) -> int:
        return sum(int(getattr(entry, name)) for entry in summary.files)

    conflicts, renewed, quarantined = total("conflicts"), total("renewed"), total("quarantined")
    more = [
        (sum(len(e.passed) for e in summary.files), "members of archives passed over"),
        (sum(sum(e.corrected.values()) for e in summary.files), "corrections"),
        (conflicts, "in conflict"),
        (total("withdrawn"), "of earlier files set aside with them"),
        (renewed, "replaced by a newer release"),
        (len(summary.other), "of other formats passed over"),
    ]
    say(
        f"{len(summary.files)} files added {summary.rows:,} rows; {total('duplicates'):,} duplicates, "
        f"{quarantined:,} rows in quarantine, {len(summary.already)} files already held, {len(summary.failed)} not read"
        + _counts(more)
        + ("; see `detente record quarantine`" if quarantined or summary.failed else "")
    )
    if conflicts or renewed or any(OLDER in entry.skipped for entry in summary.files):
        say(
            "same id, other content: the newer release counts where the names of files carry its day, else none of the "
            "rows does, whichever file came first"
        )


def _line(entry: FileEntry) -> str:
    from detente.sources import source

    taken = ", ".join(f"{n:,} {table}" for table, n in entry.rows.items()) or "no rows"
    if source(entry.reader).quarter_hours and not sum(entry.rows.values()) + entry.duplicates + entry.quarantined:
        taken = "no rows: nothing was published for this quarter hour"
    more = [
        (entry.duplicates, "duplicates"),
        (entry.quarantined, "in quarantine"),
        (entry.conflicts, "of them in conflict (same id, other content)"),
        (entry.withdrawn, "rows of earlier files set aside with them"),
        (entry.renewed, "rows of earlier files replaced by this newer release"),
        *((n, reason) for reason, n in entry.skipped.items()),
        *((n, f"corrected ({reason})") for reason, n in entry.corrected.items()),
    ]
    return f"{entry.name}: {entry.reader}: {taken}" + _counts(more)


def _counts(named: list[tuple[int, str]]) -> str:
    return "".join(f", {n:,} {what}" for n, what in named if n)
