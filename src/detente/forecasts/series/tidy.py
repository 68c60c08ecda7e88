"""Tidy files of pairs and dates as datasets: CSV, TSV (plain, gzip or zip) and Parquet.

Columns: `a` and `b` (or `sender` and `receiver`), `date` (or `period`, `year`), and `value`, or one or more columns
of counts. Optional: `item` (or `area`, `issue`, `series`), one more key; `known_on`, the day from which a row was
known; `covered`, the share of the period for which data was delivered (as `detente panel` prints it). Of counts and
sums an absent row is nought, an empty cell unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from detente.errors import DetenteError
from detente.files.named import MOST_COLUMNS, header_of
from detente.files.packed import open_file
from detente.files.parquet import parquet
from detente.files.stream import members, open_blocks
from detente.forecasts.series.dataset import KINDS, Dataset, build
from detente.measures.coverage import LEAST
from detente.periods import LONGER, PERIODS, period, periods
from detente.record.coverage import BUSY

QUADS = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")
ENDS = (("a", "b"), ("sender", "receiver"), ("source", "target"), ("state_a", "state_b"))
DATES = ("date", "period", "day", "week", "month", "quarter", "year")
VALUES = ("value", "score")
ITEMS = ("item", "area", "issue", "series")
_YEARS = (1800, 2199)
_DAY = "a day (YYYY-MM-DD, YYYY-MM or YYYY) from {} to {}".format(*_YEARS)
COUNTS = ("count", "counts", "n", "events", *QUADS)


def read_tidy(
    path: Path,
    *,
    by: str,
    kind: str | None = None,
    counts: Sequence[str] = (),
    pairs: int | None = None,
    training_pairs: int | None = None,
    min_periods: int = 1,
    until: date | None = None,
) -> Dataset:
    """The dataset of a file.

    `kind` None is told by the columns: counts are count, a value always within 0 and 1, one a period, is share, other
    values value. `counts` names the columns of counts. `pairs` keeps the most active pairs up to `until` (by rows,
    then by size); `training_pairs` as many more from which models learn without being judged on them; `min_periods`
    those with rows in as many periods. DetenteError names the column or row at fault.
    """
    period(by, LONGER)
    if kind is not None and kind not in KINDS:
        raise DetenteError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    frame = _read(path)
    a, b, when = _sides_and_date(path, frame)
    item = next((c for c in ITEMS if c in frame.columns), None)
    value = next(([c] for c in VALUES if c in frame.columns), None)
    measured = list(counts) or value or [c for c in COUNTS if c in frame.columns]
    missing = [name for name in measured if name not in frame.columns]
    if missing or not measured:
        raise DetenteError(
            f"{path.name}: no column {', '.join(missing) or 'value, nor one of counts'}; it has "
            f"{_columns(frame)}. "
            "Name the columns of counts with --counts"
        )
    for name in (a, b, when, *([item] if item else []), *measured):
        if frame.schema[name].is_nested() or frame.schema[name] in (pl.Binary, pl.Object):
            raise DetenteError(f"{path.name}: the column {name} holds {frame.schema[name]}, not text, days or numbers")
    frame = _typed(path, frame, a, b, when, measured)
    alone = frame.filter(pl.col(a) == pl.col(b)).height
    frame = frame.filter(pl.col(a) != pl.col(b))
    name = path.name + (f" (without {alone:,} rows of a state with itself)" if alone else "")
    tidy = frame.select(
        pl.col(a).alias("a"),
        pl.col(b).alias("b"),
        pl.col(item).cast(pl.Utf8).alias("part") if item else pl.lit("").alias("part"),
        pl.col(when).alias("date"),
        *([pl.col("known_on")] if "known_on" in frame.columns else []),
        *measured,
    )
    index = [name for name in tidy.columns if name not in measured]
    tidy = tidy.unpivot(measured, index=index, variable_name="measure", value_name="amount").rename({"amount": "value"})
    parts = [pl.col("part")] if item else []
    parts += [pl.col("measure")] if len(measured) > 1 or not item else []
    tidy = tidy.with_columns(pl.concat_str(parts, separator=" ").alias("item")).drop("part", "measure")
    covered = _covered(frame, when, by, measured)
    kind = kind or _kind(tidy.drop_nulls("value"), by, measured)
    tidy, without = _without_holes(tidy, kind, by, covered)
    name += without
    if tidy.is_empty():
        raise DetenteError(f"{path.name} holds no row with a value")
    _check_values(path, tidy, kind)
    tidy, judged = most_active(tidy, by, pairs, training_pairs, min_periods, until)
    ordered = (a, b) != ("a", "b") or _both_ways(tidy)
    last: Any = frame[when].max()
    dataset = build(tidy, kind=kind, by=by, directed=ordered, name=name, last=last, covered=covered)
    return mark(dataset, judged)


def _covered(frame: pl.DataFrame, when: str, by: str, measured: Sequence[str]) -> pl.DataFrame | None:
    """What the file says of the periods it covers: by its column `covered`, else a period without a row where rows
    are many.
    """
    dated = frame.rename({when: "date"}).with_columns(pl.col("date").dt.truncate(PERIODS[by].every).alias("start"))
    if "covered" in frame.columns:
        share = pl.col("covered").cast(pl.Float64, strict=False).fill_null(0.0)
        by_date = dated.group_by("date", "start").agg(share.max())
        return by_date.group_by(pl.col("start").alias("period")).agg(pl.col("covered").mean()).sort("period")
    counts = dated.drop_nulls(list(measured)).group_by(pl.col("start").alias("period")).agg(pl.len().alias("n"))
    if counts.is_empty() or float(counts["n"].median()) < BUSY:  # type: ignore[arg-type]  # a number
        return None
    every = pl.DataFrame({"period": periods(counts["period"].min(), counts["period"].max(), by)})  # type: ignore[arg-type]
    counted = every.join(counts, on="period", how="left", maintain_order="left")["n"].is_not_null()
    return None if counted.all() else every.with_columns(counted.cast(pl.Float64).alias("covered"))


def _without_holes(tidy: pl.DataFrame, kind: str, by: str, covered: pl.DataFrame | None) -> tuple[pl.DataFrame, str]:
    """The rows with a value, and words on what was left out.

    Of counts and sums an absent row is nought, but an empty cell is unknown: a series with one in a covered period is
    left out.
    """
    empty = tidy.filter(pl.col("value").is_null())
    if kind == "share" or empty.is_empty():
        return tidy.drop_nulls("value"), ""
    if covered is not None:
        fit = covered.filter(pl.col("covered") >= LEAST).select("period")
        empty = empty.with_columns(pl.col("date").dt.truncate(PERIODS[by].every).alias("period")).join(
            fit, on="period", how="semi"
        )
    holed = empty.select("a", "b", "item").unique()
    kept = tidy.join(holed, on=["a", "b", "item"], how="anti", maintain_order="left").drop_nulls("value")
    return kept, f" (without {holed.height:,} series with missing values)" if holed.height else ""


def mark(data: Dataset, judged: pl.DataFrame) -> Dataset:
    """The dataset with only the pairs of `judged` (a, b, either way round) to be scored."""
    if judged.is_empty():
        return data
    judged_pairs = {frozenset(pair) for pair in judged.select("a", "b").iter_rows()}
    data.scored[:] = [frozenset(pair) in judged_pairs for pair in data.keys.select("a", "b").iter_rows()]
    return data


def most_active(
    tidy: pl.DataFrame, by: str, pairs: int | None, training_pairs: int | None, min_periods: int, until: date | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of the pairs kept, and the pairs to be scored (empty: all); see `read_tidy`."""
    ends = (pl.min_horizontal("a", "b").alias("a"), pl.max_horizontal("a", "b").alias("b"))
    known = tidy if until is None else tidy.filter(pl.col("date") <= until)
    ranked = (
        known.with_columns(*ends)
        .group_by("a", "b")
        .agg(pl.len().alias("n"), pl.col("value").abs().sum().alias("size"))
        .sort("n", "size", "a", "b", descending=[True, True, False, False])
    )
    lasting = (
        tidy.with_columns(*ends, pl.col("date").dt.truncate(PERIODS[by].every).alias("period"))
        .group_by("a", "b")
        .agg(pl.col("period").n_unique().alias("periods"))
        .filter(pl.col("periods") >= min_periods)
    )
    ranked = ranked.join(lasting.select("a", "b"), on=["a", "b"], maintain_order="left")
    kept = ranked if pairs is None else ranked.head(pairs + (training_pairs or 0))
    judged = ranked.head(pairs) if pairs is not None and training_pairs else ranked.head(0)
    both = pl.concat([kept.select("a", "b"), kept.select(pl.col("b").alias("a"), pl.col("a").alias("b"))]).unique()
    return tidy.join(both, on=["a", "b"], how="semi", maintain_order="left"), judged.select("a", "b")


def _read(path: Path) -> pl.DataFrame:
    try:
        if path.suffix == ".parquet":
            return _parquet(path)
        inside = members(path)
        if len(inside) != 1 or not inside[0].head:
            what = "it is empty" if len(inside) == 1 else f"it holds {len(inside)} files, give one"
            raise DetenteError(f"{path.name}: can't be read as a table: {what}")
        blocks = list(open_blocks(path))
        separator, header = header_of(blocks[0].data.partition(b"\n")[0])
        if len(header) > MOST_COLUMNS:
            raise DetenteError(f"{path}: its first line names over {MOST_COLUMNS:,} columns: this is no such table")
        text = b"".join(block.data for block in blocks)
        return pl.read_csv(text, separator=separator.decode(), infer_schema_length=None)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise DetenteError(f"{path.name}: can't be read as a table ({reason}); give CSV, TSV or Parquet") from None


def _parquet(path: Path) -> pl.DataFrame:
    with open_file(path) as file:
        return parquet(path, file).collect()


def _columns(frame: pl.DataFrame) -> str:
    return ", ".join(" ".join(name.split()) for name in frame.columns)


def _sides_and_date(path: Path, frame: pl.DataFrame) -> tuple[str, str, str]:
    """The columns of the two sides and of the date."""
    columns = _columns(frame)
    sides = next(((a, b) for a, b in ENDS if {a, b} <= {*frame.columns}), None)
    if sides is None:
        raise DetenteError(f"{path.name}: no columns a and b (or sender and receiver); it has {columns}")
    when = next((name for name in DATES if name in frame.columns), None)
    if when is None:
        raise DetenteError(f"{path.name}: no column of a date ({', '.join(DATES)}); it has {columns}")
    return *sides, when


def _typed(path: Path, frame: pl.DataFrame, a: str, b: str, when: str, measured: Sequence[str]) -> pl.DataFrame:
    days = [when, *(["known_on"] if "known_on" in frame.columns else [])]
    numbers = frame.with_columns(
        pl.col(a, b).cast(pl.Utf8),
        *(_day(frame, name).alias(name) for name in days),
        *(pl.col(name).cast(pl.Float64, strict=False).alias(name) for name in measured),
    )
    for name in (a, b, *days, *measured):
        wanted, remedy, wrong = "a state", "remove the row", numbers[name].is_null()
        if name in measured:
            wanted, remedy = "a number", "empty it"
            wrong = (wrong & frame[name].is_not_null()) | ~numbers[name].is_finite().fill_null(True)
        elif name in days:
            wanted = _DAY
        if wrong.any():
            row = int(wrong.arg_true()[0])
            value = f"{name} is {frame[name][row]!r}, not {wanted}"
            raise DetenteError(f"{path.name}, row {row + 1}: {value}; correct or {remedy}")
    return numbers


def _day(frame: pl.DataFrame, name: str) -> pl.Expr:
    text = pl.col(name).cast(pl.Utf8).str.strip_chars()
    day = (
        pl.col(name).cast(pl.Date)
        if frame.schema[name] in (pl.Date, pl.Datetime)
        else pl.coalesce((text + rest).str.to_date("%Y-%m-%d", strict=False) for rest in ("", "-01", "-01-01"))
    )
    # One day thousands of years away would make every series as long.
    return pl.when(day.dt.year().is_between(*_YEARS)).then(day)


def _kind(tidy: pl.DataFrame, by: str, measured: Sequence[str]) -> str:
    if measured[0] not in VALUES:
        return "count"
    inside = bool(tidy["value"].is_between(0, 1).all())
    keys = tidy.select("a", "b", "item", pl.col("date").dt.truncate(PERIODS[by].every))
    return "share" if inside and keys.is_unique().all() else "value"


def _check_values(path: Path, tidy: pl.DataFrame, kind: str) -> None:
    value = tidy["value"]
    if kind == "count" and ((value < 0) | (value != value.floor())).any():
        raise DetenteError(f"{path.name}: counts must be whole numbers from 0; for sums of scores say --kind value")
    if kind == "share" and not value.is_between(0, 1).all():
        raise DetenteError(f"{path.name}: shares lie between 0 and 1; for other numbers say --kind value")


def _both_ways(tidy: pl.DataFrame) -> bool:
    pairs: Any = tidy.select("a", "b").unique()
    return bool(pairs.join(pairs, left_on=["a", "b"], right_on=["b", "a"]).height)
