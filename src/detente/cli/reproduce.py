"""`detente reproduce`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.common import Answer, Verb

if TYPE_CHECKING:
    from detente.api import Record


@click.command(cls=Verb)
@click.argument("file", type=click.Path(path_type=Path))
def reproduce(record: Record, file: Path) -> Answer:
    """Ask the answer in FILE again, a JSON that tells in its provenance what was asked, and say what differs.

    Version, record and codebook first, then each value. Exit code 0 where every value is the same, 2 where one isn't.

    \b
    detente assess USA RUS --as-of 2007-02-01 --format json > assessment.json
    detente reproduce assessment.json
    """
    made = record.reproduce(file)
    differ = "every value is the same" if made.same else f"{made.rows.height:,} values differ"
    return Answer(made, table=[f"{file}: {made.basis}", differ, *filter(len, [made.rows])], code=0 if made.same else 2)
