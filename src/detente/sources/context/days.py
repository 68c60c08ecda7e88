"""Days and spells: a day written in three columns or in one, the faults of such cells, and years in a row."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from detente.sources.context.rows import UNKNOWN, Fault


def with_day(
    frame: pl.DataFrame, name: str, year: str, month: str = "", day: str = "", unknown: Sequence[str] = UNKNOWN
) -> pl.DataFrame:
    """The frame with a day of three columns under `name`, the first that it may be, its `<name>_precision` (day, month
    or year) and `<name>_last`, the last that it may be; null where the year is unknown or there is no such day.
    """
    blank = [*unknown, "0", "00"]
    texts = (pl.col(column) if column else pl.lit("") for column in (year, month, day))
    y, m, d = (pl.when(text.is_in(blank)).then(None).otherwise(text.str.replace(r"\.0+$", "")) for text in texts)
    y = pl.when(y.str.contains(r"^[1-9]\d{3}$")).then(y)
    by_year, by_month = m.is_null(), d.is_null()
    precision = pl.when(by_year).then(pl.lit("year")).when(by_month).then(pl.lit("month")).otherwise(pl.lit("day"))
    d = pl.when(by_year | by_month).then(pl.lit("1")).otherwise(d)
    first = pl.concat_str(y, m.fill_null("1").str.zfill(2), d.str.zfill(2), separator="-")
    length = pl.col(f"{name}_precision").replace_strict(
        {"year": "1y", "month": "1mo", "day": "1d"}, return_dtype=pl.Utf8
    )
    return frame.with_columns(
        first.str.to_date("%Y-%m-%d", strict=False).alias(name), precision.alias(f"{name}_precision")
    ).with_columns(pl.col(name).dt.offset_by(length).dt.offset_by("-1d").alias(f"{name}_last"))


def with_date(frame: pl.DataFrame, name: str, column: str) -> pl.DataFrame:
    """As `with_day`, of one column that has YYYY-MM-DD, YYYYMMDD, YYYYMM or YYYY."""
    parts = pl.col(column).str.extract_groups(r"^(?<year>\d{4})(?:-?(?<month>\d\d)(?:-?(?<day>\d\d))?)?$")
    texts = [parts.struct.field(part).fill_null("").alias(f"{name}_{part}") for part in ("year", "month", "day")]
    return with_day(frame.with_columns(texts), name, *(f"{name}_{part}" for part in ("year", "month", "day")))


def on_day(frame: pl.DataFrame, name: str, column: str, *forms: str) -> pl.DataFrame:
    """As `with_day`, of one column whose days are written in one of these forms."""
    day = pl.coalesce(pl.col(column).str.to_date(form, strict=False) for form in forms)
    day = pl.when(day.dt.year().is_between(1000, 9999)).then(day)
    return frame.with_columns(day.alias(name), pl.lit("day").alias(f"{name}_precision"), day.alias(f"{name}_last"))


def no_day(name: str, year: str) -> Fault:
    """The fault of a row whose day can't be read."""
    return pl.col(name).is_null(), pl.format(f"no day can be read of {year} '{{}}'", year)


def misread(name: str, column: str, unknown: Sequence[str] = UNKNOWN) -> Fault:
    """The fault of a cell that says something, of which no day can be read."""
    says = ~pl.col(column).is_in(unknown)
    return pl.col(name).is_null() & says, pl.format(f"no day can be read of {column} '{{}}'", column)


def backwards(begins: str = "date", ends: str = "ended") -> Fault:
    """The fault of what ends before it begins, whichever days the two may mean."""
    return (pl.col(f"{ends}_last") < pl.col(begins)).fill_null(False), pl.lit("ends before it begins")


def with_spell(
    frame: pl.DataFrame, begins: Sequence[str], ends: Sequence[str], unknown: Sequence[str] = UNKNOWN
) -> tuple[pl.DataFrame, list[Fault]]:
    """The frame with the first and last day of a spell, each of up to three columns (year, month and day), as `date`
    and `ended`, and the faults that these may have.
    """
    for name, columns in {"date": begins, "ended": ends}.items():
        year, month, day = [*columns, "", ""][:3]
        frame = with_day(frame, name, year, month, day, unknown)
    return frame, [no_day("date", begins[0]), no_day("ended", ends[0]), backwards()]


def ended() -> pl.Expr:
    """The last day of a spell; null where it lasted to the end of the data, after which nobody knows."""
    last = pl.col("ended_last")
    return pl.when(last < last.max()).then(last)


def spells(frame: pl.DataFrame, *keys: str, year: str = "year") -> pl.DataFrame:
    """The years in a row of each combination of `keys` as one row: the first of them, with `first` and `last` (years
    as texts).
    """
    y = pl.col(year).cast(pl.Int32)
    ordered = frame.with_columns(y.alias("first")).sort(*keys, "first", "line")
    gap = (pl.col("first") - pl.col("first").shift(1).over(keys)).fill_null(1) > 1
    runs = ordered.with_columns(gap.cum_sum().over(keys).alias("run"), pl.col("first").alias("last"))
    rest = [pl.col(name).first() for name in runs.columns if name not in (*keys, "run", "last")]
    grouped = runs.group_by(*keys, "run", maintain_order=True).agg(*rest, pl.col("last").max())
    return grouped.drop("run").with_columns(pl.col("first", "last").cast(pl.Utf8)).sort("line")
