"""`detente fetch`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from detente.cli.ingest import tell
from detente.cli.options import Day, open_record, record_options
from detente.cli.output import say


@click.command()
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
@click.option("--list", "only_list", is_flag=True, help="Only list the files and their addresses.")
@record_options
def fetch(
    source: str,
    first: date,
    last: date,
    into: str | None,
    then_ingest: bool,
    pause: float,
    timeout: float,
    mirror: str | None,
    only_list: bool,
    **options: Any,
) -> int:
    """Download SOURCE (of `detente record sources`) from its publisher: checked, resumable, one request at a time.

    \b
    detente fetch gdelt --from 2019-10-24 --to 2019-10-24 --ingest
    detente fetch unvotes --from 1946-01-01 --to 2024-12-31
    """
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    from detente.sources.download import Downloader
    from detente.sources.source import fetches, files_of

    if source not in fetches():
        raise click.BadParameter(f"{source!r} is none of {', '.join(fetches())}", param_hint="SOURCE")
    record = open_record(**options)
    folder = Path(into) if into else record.folder.parent / "downloads" / source
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        TextColumn("{task.fields[size]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("listing", size="")
        net = Downloader(
            folder,
            pause=pause,
            timeout=timeout,
            mirror=mirror,
            on_progress=lambda name, size: progress.update(task, description=name[-50:], size=f"{size / 1e6:.1f} MB"),
        )
        files = files_of(source, first, last, net)
        if only_list:
            for file in files:
                click.echo(f"{file.name}\t{file.url}\t{file.md5 or 'no checksum published'}")
            return 0
        outcome = net.all(files)
    for failure in outcome.failed:
        say(f"not fetched: {failure}")
    if outcome.missing:
        say(
            f"{len(outcome.missing)} files are not published (404): "
            f"{', '.join(outcome.missing[:3])}{' ...' if len(outcome.missing) > 3 else ''}"
        )
    unchecked = sum(1 for f in files if f.md5 is None)
    say(
        f"{len(outcome.fetched)} files fetched, {len(outcome.kept)} already held, {len(outcome.missing)} not "
        "published, "
        f"{len(outcome.failed)} failed{f', {unchecked} without a published checksum' if unchecked else ''}; in {folder}"
    )
    if then_ingest and outcome.fetched + outcome.kept:
        summary = record.ingest([str(p) for p in sorted(outcome.fetched + outcome.kept)])
        tell(summary)
        if summary.failed:
            return 2
    return 2 if outcome.failed else 0 if outcome.fetched or outcome.kept else 1
