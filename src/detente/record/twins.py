"""Rows that share an id: duplicates, newer releases, and conflicts. What is read never depends on the order of files.

Of every id the rows with the newest release count (the day in a file's name; none is oldest). If those agree, one of
them is held: the one that shows most (titles, addresses), whichever came first. If they differ, none is, whoever came
first: the id is contested at that release, and only a newer one settles it. Each step keeps the larger of two, so any
order ends the same ([decision 12](../../../docs/decisions/0012-same-id-other-content.md)).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from detente.record.commits import Part
from detente.record.parts import read_part
from detente.sources.schema import TABLES

CONTESTED = "contested"
REASON = "same id, other content: none of them is used"
OLDER = "of an older release than the one held"
# Columns that say the same thing better or worse; areas follow from the others and the codebook.
_SHOWN = {
    "events": (),
    "facts": ("url", "title", "url2", "note"),
    "agreements": ("title", "url", "cited"),
    "figures": ("url", "title", "note"),
    "dated_facts": ("url", "description"),
    "indicators": (),
    # USSR and Russia are one voter: their votes share an id.
    "votes": ("state",),
    "rollcalls": ("title",),
    "rollcall_issues": (),
}


@dataclass(frozen=True, slots=True)
class Hidden:
    """Ids that no longer count in the part at `path` ("": among the rows not yet written), since rows of the file
    `owner` contest them or, where not `contested`, take their place.
    """

    owner: int
    path: str
    contested: bool
    ids: list[str]


@dataclass(slots=True)
class Sifted:
    """What became of incoming rows: `rows` are to be stored, `duplicates`, `older` and `contested` (with their
    `content`) are not.

    `hidden` is what no longer counts of the rows before them; `renewed` how many of these a newer release replaced by
    other content.
    """

    rows: pl.DataFrame
    duplicates: pl.DataFrame
    older: pl.DataFrame
    contested: pl.DataFrame
    hidden: list[Hidden] = field(default_factory=list)
    renewed: int = 0


def sift(
    rows: pl.DataFrame,
    table: str,
    release: str,
    held: Sequence[Part],
    folder: Path,
    *,
    waiting: Sequence[pl.DataFrame] = (),
    foreign: Collection[str] = (),
    barred: Collection[str] = (),
    pair: str = "",
) -> Sifted:
    """Judge incoming rows against each other, the parts `held` and rows `waiting` to be written.

    Rows have the columns of the table, `owner` (the number of their file) and perhaps more. Rows of `foreign` parts,
    read by another version, are not compared unless the release is newer; `barred` are ids contested in this run.
    Where files of a `pair` alone have a row too, that of a file of all pairs is held, whichever came first.
    """
    none = rows.clear()
    if rows.is_empty():
        return Sifted(rows, none, none, none)
    known = _known(rows, table, held, folder, waiting, barred, release)
    if known.is_empty() and rows["event_id"].n_unique() == rows.height:
        return Sifted(rows, none, none, none)
    judged = _judged(
        _marked(rows, table), known, release, foreign, {p.path for p in held if "-" in p.kind and not pair}
    )
    each = judged.unique("order", keep="first", maintain_order=True)
    keep, twins, older, contested = (
        each.filter(pl.col("verdict") == verdict) for verdict in ("keep", "twin", "older", "contest")
    )
    gone = judged.filter(pl.col("hides")).unique(["event_id", "path"], keep="first", maintain_order=True)
    hidden = [
        Hidden(owner, path, verdict == "contest", ids)
        for owner, path, verdict, ids in gone.group_by("owner", "path", "verdict", maintain_order=True)
        .agg("event_id")
        .iter_rows()
    ]
    return Sifted(
        keep.select(rows.columns),
        twins.select(rows.columns),
        older.select(rows.columns),
        contested.select(*rows.columns, "content"),
        hidden,
        keep.filter(pl.col("hides") & (pl.col("content") != pl.col("held_content"))).height,
    )


def with_content(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    """Rows with `content`: what must agree, as a text."""
    compared = [name for name in TABLES[table] if name not in ("event_id", "source", "areas", *_SHOWN[table])]
    return rows.with_columns(_text(table, compared).alias("content"))


def _marked(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    """Rows with `content` and `shown` (what may be said better)."""
    shown = _SHOWN[table]
    full = pl.sum_horizontal([pl.col(name).is_not_null().cast(pl.Int8) for name in shown]) if shown else pl.lit(0)
    compared = [name for name in TABLES[table] if name not in ("event_id", "source", "areas", *shown)]
    return with_content(rows, table).with_columns(
        # Whose name comes first in a list says nothing; it only decides which of two equal rows is held.
        pl.concat_str(full.cast(pl.Utf8), _text(table, [*shown, *_lists(table, compared)], as_is=True)).alias("shown"),
    )


def _lists(table: str, names: Sequence[str]) -> list[str]:
    return [name for name in names if TABLES[table][name] == pl.List(pl.Utf8)]


def _text(table: str, names: Sequence[str], *, as_is: bool = False) -> pl.Expr:
    if not names:
        return pl.lit("")
    listed = _lists(table, names)
    cells = {n: pl.col(n) if as_is else pl.col(n).list.sort() for n in listed}
    return pl.concat_str(
        [(cells[n].list.join(";") if n in listed else pl.col(n).cast(pl.Utf8)).fill_null("") for n in names],
        separator="\t",
    )


def _known(
    rows: pl.DataFrame,
    table: str,
    held: Sequence[Part],
    folder: Path,
    waiting: Sequence[pl.DataFrame],
    barred: Collection[str],
    release: str,
) -> pl.DataFrame:
    """What is held under the rows' ids: event_id, path, held_content, held_shown, held_release, contested_at."""
    first, last = str(rows["event_id"].min()), str(rows["event_id"].max())
    ids = rows.select("event_id").unique()
    live = [_held(rows.clear(), table, "", "")]
    contested = [
        pl.DataFrame({"event_id": list(barred)}, schema={"event_id": pl.Utf8}).with_columns(
            contested_at=pl.lit(release)
        )
    ]
    for part in held:
        if part.last_id < first or last < part.first_id or table not in (part.table, part.kind):
            continue
        here = read_part(folder, part, ["event_id"]).join(ids, on="event_id", how="semi")
        if here.is_empty():
            continue
        if part.table == CONTESTED:
            contested.append(here.with_columns(contested_at=pl.lit(part.release)))
        else:
            full = read_part(folder, part).join(ids, on="event_id", how="semi")
            live.append(_held(full, table, part.path, part.release))
    if waiting:
        live.append(_held(pl.concat(waiting).join(ids, on="event_id", how="semi"), table, "", release))
    contested_at = (
        pl.concat(contested).join(ids, on="event_id", how="semi").group_by("event_id").agg(pl.col("contested_at").max())
    )
    return pl.concat(live).join(contested_at, on="event_id", how="full", coalesce=True)


def _held(rows: pl.DataFrame, table: str, path: str, release: str) -> pl.DataFrame:
    missing = [pl.lit(None, dtype=kind).alias(n) for n, kind in TABLES[table].items() if n not in rows.columns]
    return _marked(rows.with_columns(missing), table).select(
        "event_id",
        pl.lit(path).alias("path"),
        pl.col("content").alias("held_content"),
        pl.col("shown").alias("held_shown"),
        pl.lit(release).alias("held_release"),
    )


def _judged(
    rows: pl.DataFrame, known: pl.DataFrame, release: str, foreign: Collection[str], of_pairs: Collection[str]
) -> pl.DataFrame:
    """The rows with `verdict` (keep, twin, older, contest) and `hides`: whether the row held no longer counts.

    A row stands there once for each that is held under its id, first for the one by which it is judged: others are of
    older releases or of files of a pair, and go with the commit under way.
    """
    here = pl.lit(release)
    both = rows.with_row_index("order").join(known, on="event_id", how="left", maintain_order="left")
    both = both.with_columns(pl.col("path").is_in(list(of_pairs)).fill_null(False).alias("of_pair"))
    both = both.sort("shown", "order", "held_release", "of_pair", descending=[True, False, True, False]).with_columns(
        (pl.col("content").n_unique().over("event_id") > 1).alias("split"),
        (pl.col("order") != pl.col("order").first().over("event_id")).alias("second"),
        pl.col("held_content").is_not_null().alias("live"),
        (pl.col("content") == pl.col("held_content")).fill_null(False).alias("same"),
        pl.col("path").is_in(list(foreign)).fill_null(False).alias("other_reading"),
    )
    live, split, same, second = (pl.col(name) for name in ("live", "split", "same", "second"))
    newer, older = here > pl.col("held_release"), here < pl.col("held_release")
    twin, contest, keep, lost = (pl.lit(word) for word in ("twin", "contest", "keep", "older"))
    verdict = (
        pl.when(live & older)
        .then(pl.when(same).then(twin).otherwise(lost))
        .when(split)
        .then(contest)
        .when(second)
        .then(twin)
        .when(live & newer)
        .then(keep)
        # What is held may have been contested in this run, and goes with its commit.
        .when(pl.col("contested_at").is_not_null() & (here <= pl.col("contested_at")))
        .then(contest)
        .when(live & same)
        .then(pl.when(pl.col("of_pair") | (pl.col("shown") > pl.col("held_shown"))).then(keep).otherwise(twin))
        .when(live & pl.col("other_reading"))
        .then(pl.when(pl.col("of_pair")).then(keep).otherwise(twin))
        .when(live)
        .then(contest)
        .otherwise(keep)
    )
    return (
        both.with_columns(verdict.first().over("order").alias("verdict"))
        .sort("order", maintain_order=True)
        .with_columns((live & pl.col("verdict").is_in(["keep", "contest"])).alias("hides"))
    )
