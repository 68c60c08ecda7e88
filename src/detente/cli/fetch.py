"""`detente fetch`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente import clock
from detente.cli.common import Verb, say, step
from detente.cli.ingest import tell
from detente.cli.options import Day, Seconds

if TYPE_CHECKING:
    import polars as pl

    from detente.api import Record
    from detente.sources.download import Downloader, Outcome, Remote


@click.command(cls=Verb)
@click.argument("source")
@click.option("--from", "first", type=Day(), required=True, help="First day.")
@click.option("--to", "last", type=Day(), required=True, help="Last day.")
@click.option(
    "--pair",
    "states",
    nargs=2,
    metavar="A B",
    help="Keep only the rows between two states, in one small zip a day (GDELT).",
)
@click.option(
    "--into", type=click.Path(file_okay=False), help="Folder for the files (default: downloads beside the record)."
)
@click.option("--ingest", "then_ingest", is_flag=True, help="Ingest what was fetched.")
@click.option("--pause", type=Seconds(), default=0.5, show_default=True, help="Seconds between requests.")
@click.option(
    "--timeout",
    type=Seconds(some=True),
    default=30.0,
    show_default=True,
    help="Seconds of silence after which a transfer is tried again.",
)
@click.option(
    "--longest",
    type=Seconds(some=True),
    default=3600.0,
    show_default=True,
    help="Seconds after which a transfer is given up, however much comes.",
)
@click.option(
    "--mirror", envvar="DETENTE_MIRROR", help="Take the same paths from this address instead of the official host."
)
@click.option(
    "--list", "only_list", is_flag=True, help="Only list the files, their addresses, sizes and published checksums."
)
def fetch(
    record: Record,
    source: str,
    first: date,
    last: date,
    states: tuple[str, str] | None,
    into: str | None,
    then_ingest: bool,
    pause: float,
    timeout: float,
    longest: float,
    mirror: str | None,
    only_list: bool,
) -> int | pl.DataFrame:
    """Download SOURCE (of `detente record sources`) from its publisher: checked, resumable, one request at a time.

    Only the publisher's own addresses are asked, by https, or those of --mirror.

    \b
    detente fetch gdelt --from 2019-10-24 --to 2019-10-24 --ingest
    detente fetch gdelt --from 2019-01-01 --to 2019-12-31 --pair USA RUS --ingest
    detente fetch unvotes --from 1946-01-01 --to 2024-12-31
    """
    import polars as pl

    from detente.actors import states as known_states
    from detente.sources.download import Downloader
    from detente.sources.pairs import fetch_pair, not_held
    from detente.sources.reader import Context
    from detente.sources.source import fetches, files_of, in_lines

    if source not in fetches():
        raise click.BadParameter(f"{source!r} is none of {', '.join(fetches())}", param_hint="SOURCE")
    pair = record.pair(*states, as_of=min(last, clock.today())) if states else None
    if pair and not in_lines(source):
        raise click.BadParameter(f"files of {source} are fetched whole: give none", param_hint="--pair")
    if pair and (others := {pair.a, pair.b} - known_states().keys()):
        raise click.BadParameter(f"{min(others)} is no state: rows are kept of two states", param_hint="--pair")
    net = Downloader(
        Path(into) if into else record.folder.parent / "downloads" / source,
        fetches()[source].hosts,
        pause=pause,
        timeout=timeout,
        longest=longest,
        mirror=mirror,
        on_progress=lambda name, size: step(f"{name[-50:]}  {size / 1e6:.1f} MB"),
    )
    files = files_of(source, first, last, net)
    if only_list:
        rows = [(file.name, file.url, file.size, file.md5) for file in files]
        schema = {"name": pl.Utf8, "url": pl.Utf8, "bytes": pl.Int64, "md5": pl.Utf8}
        return pl.DataFrame(rows, schema=schema, orient="row")
    asked = not_held(net, files, pair.a, pair.b) if pair else [file for file in files if not net.held(file)]
    _foretell(net, files, asked)
    if pair:
        say(f"only the rows between {pair.names[0]} and {pair.names[1]} are kept, in a zip a day")
        outcome = fetch_pair(net, files, pair.a, pair.b, Context(record.actors, record.codebook))
    else:
        outcome = net.all(files)
    _tell(outcome, files, net.folder)
    if then_ingest and outcome.fetched + outcome.kept:
        summary = record.ingest([str(p) for p in sorted(outcome.fetched + outcome.kept)], on_wait=say)
        tell(summary)
        if summary.failed:
            return 2
    return 2 if outcome.failed else 0 if outcome.fetched or outcome.kept else 1


def _foretell(net: Downloader, files: Sequence[Remote], asked: Sequence[Remote]) -> None:
    """Say how much is to come, and how long it will take."""
    size, unknown, seconds = net.outlook(asked)
    told = f"{_bytes(size)}{f' and {unknown} of unknown size' if unknown else ''}"
    time = "" if seconds is None else f", about {_time(seconds)} at the speed of the listing, {net.pause:g} s apart"
    held = f"; {len(files) - len(asked)} are held" if len(asked) < len(files) else ""
    say(f"{len(asked)} files to download{f', {told}{time}' if asked else ''}{held}")


def _tell(outcome: Outcome, files: Sequence[Remote], folder: Path) -> None:
    """Say what came, of which release, and what did not."""
    for failure in outcome.failed:
        say(f"not fetched: {failure}")
    if outcome.missing:
        shown = ", ".join(outcome.missing[:3]) + (" ..." if len(outcome.missing) > 3 else "")
        say(f"{len(outcome.missing)} files are not published (404): {shown}")
    unchecked = sum(1 for f in files if f.md5 is None)
    unproved = f", {unchecked} without a published checksum" if unchecked else ""
    counts = outcome.rows
    rows = f", {counts['kept']:,} of {counts['all']:,} rows kept" if counts["all"] else ""
    rows += f" ({counts['unread']:,} can't be read)" if counts["unread"] else ""
    releases = ", ".join(dict.fromkeys(file.release for file in files if file.release))
    of = f"; release {releases}" if releases else ""
    say(
        f"{len(outcome.fetched)} files fetched on {clock.today()}, {len(outcome.kept)} already held, "
        f"{len(outcome.missing)} not published, {len(outcome.failed)} failed{unproved}{rows}{of}; in {folder}"
    )


def _bytes(size: int) -> str:
    unit = next(((power, name) for power, name in ((9, "GB"), (6, "MB"), (3, "kB")) if size >= 10**power), (0, "bytes"))
    return f"{size / 10 ** unit[0]:.3g} {unit[1]}"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(seconds, 1):.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
