"""`detente fetch`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.common import Verb, say, step
from detente.cli.ingest import tell
from detente.cli.options import Day

if TYPE_CHECKING:
    import polars as pl

    from detente.api import Record


@click.command(cls=Verb)
@click.argument("source")
@click.option("--from", "first", type=Day(), required=True, help="First day.")
@click.option("--to", "last", type=Day(), required=True, help="Last day.")
@click.option(
    "--into", type=click.Path(file_okay=False), help="Folder for the files (default: downloads beside the record)."
)
@click.option("--ingest", "then_ingest", is_flag=True, help="Ingest what was fetched.")
@click.option("--pause", default=0.5, show_default=True, help="Seconds between requests.")
@click.option(
    "--timeout", default=30.0, show_default=True, help="Seconds of silence after which a transfer is tried again."
)
@click.option(
    "--mirror", envvar="DETENTE_MIRROR", help="Take the same paths from this address instead of the official host."
)
@click.option("--list", "only_list", is_flag=True, help="Only list the files, their addresses and published checksums.")
def fetch(
    record: Record,
    source: str,
    first: date,
    last: date,
    into: str | None,
    then_ingest: bool,
    pause: float,
    timeout: float,
    mirror: str | None,
    only_list: bool,
) -> int | pl.DataFrame:
    """Download SOURCE (of `detente record sources`) from its publisher: checked, resumable, one request at a time.

    \b
    detente fetch gdelt --from 2019-10-24 --to 2019-10-24 --ingest
    detente fetch unvotes --from 1946-01-01 --to 2024-12-31
    """
    import polars as pl

    from detente.sources.download import Downloader
    from detente.sources.source import fetches, files_of

    if source not in fetches():
        raise click.BadParameter(f"{source!r} is none of {', '.join(fetches())}", param_hint="SOURCE")
    folder = Path(into) if into else record.folder.parent / "downloads" / source
    net = Downloader(
        folder,
        pause=pause,
        timeout=timeout,
        mirror=mirror,
        on_progress=lambda name, size: step(f"{name[-50:]}  {size / 1e6:.1f} MB"),
    )
    files = files_of(source, first, last, net)
    if only_list:
        rows = [(file.name, file.url, file.md5) for file in files]
        return pl.DataFrame(rows, schema=dict.fromkeys(("name", "url", "md5"), pl.Utf8), orient="row")
    outcome = net.all(files)
    for failure in outcome.failed:
        say(f"not fetched: {failure}")
    if outcome.missing:
        shown = ", ".join(outcome.missing[:3]) + (" ..." if len(outcome.missing) > 3 else "")
        say(f"{len(outcome.missing)} files are not published (404): {shown}")
    unchecked = sum(1 for f in files if f.md5 is None)
    unproved = f", {unchecked} without a published checksum" if unchecked else ""
    say(
        f"{len(outcome.fetched)} files fetched, {len(outcome.kept)} already held, "
        f"{len(outcome.missing)} not published, {len(outcome.failed)} failed{unproved}; in {folder}"
    )
    if then_ingest and outcome.fetched + outcome.kept:
        summary = record.ingest([str(p) for p in sorted(outcome.fetched + outcome.kept)])
        tell(summary)
        if summary.failed:
            return 2
    return 2 if outcome.failed else 0 if outcome.fetched or outcome.kept else 1
