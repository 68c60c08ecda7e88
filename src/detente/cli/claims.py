"""`detente claims`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import as_of_option, format_option, open_record, open_within, record_options, seed_option
from detente.cli.output import emit

if TYPE_CHECKING:
    from detente.api import Record


@click.group(invoke_without_command=True)
@record_options
@format_option()
@click.pass_context
def claims(ctx: click.Context, /, form: str, **options: Any) -> None:
    """List the claims files of the cases: name, study, states, day, claims."""
    ctx.obj = options
    if ctx.invoked_subcommand is None:
        import polars as pl

        from detente.claims import read_study

        record = open_record(**options)
        rows = []
        for name, path in sorted(record.claims_files().items()):
            study = read_study(path, record.actors, record.codebook)
            rows.append((name, study.title, "-".join(study.pair), study.as_of, len(study.claims)))
        emit(pl.DataFrame(rows, schema=["name", "study", "states", "as_of", "claims"], orient="row"), form)


@claims.command()
@click.argument("file")
@as_of_option("Resolve with what was known on this day only (default: all).")
@seed_option(2007, "Of the intervals of the scores.")
@record_options
@format_option(documents=True)
@click.pass_context
def check(ctx: click.Context, /, file: str, as_of: date | None, seed: int, form: str, **options: Any) -> None:
    """Check a study's claims: FILE is a claims file, or the name of one that a case brings.

    Every claim is resolved with the record after the study's day, with the deciding facts and their sources;
    beside it stands what the tool would have said on the day, from earlier records alone. Then the scores.
    """
    record: Record = open_within(ctx, options)
    report = record.check_claims(Path(file) if Path(file).exists() else file, as_of=as_of, seed=seed)
    emit(report, form)
