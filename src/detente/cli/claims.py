"""`detente claims`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.common import Verbs
from detente.cli.options import as_of_option, seed_option

if TYPE_CHECKING:
    import polars as pl

    from detente.api import Record
    from detente.claims import Report


@click.command(cls=Verbs, invoke_without_command=True)
def claims(record: Record) -> pl.DataFrame:
    """List the claims files of the cases: name, study, states, day, claims."""
    import polars as pl

    from detente.claims import read_study

    rows = []
    for name, path in sorted(record.claims_files().items()):
        study = read_study(path, record.actors, record.codebook)
        rows.append((name, study.title, "-".join(study.pair), study.as_of, len(study.claims)))
    return pl.DataFrame(rows, schema=["name", "study", "states", "as_of", "claims"], orient="row")


@claims.command()
@click.argument("file")
@as_of_option("Resolve with what was known on this day only (default: all).")
@seed_option(2007, "Of the intervals of the scores.")
def check(record: Record, file: str, as_of: date | None, seed: int) -> Report:
    """Check a study's claims: FILE is a claims file, or the name of one that a case brings.

    Every claim is resolved with the record after the study's day, with the deciding facts and their sources;
    beside it stands what the tool would have said on the day, from earlier records alone. Then the scores.
    """
    return record.check_claims(Path(file) if Path(file).exists() else file, as_of=as_of, seed=seed)
