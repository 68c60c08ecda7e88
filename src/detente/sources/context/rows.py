"""Steps that the readers of the field's data sets share: columns by name, states by number, days in three columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import polars as pl

from detente.actors.codes import OTHERS, in_use, state_of
from detente.actors.tables import by_code, identity
from detente.files.named import Layout, frames, names_in, plain_name
from detente.files.packed import DamagedFile
from detente.files.rows import BadRow
from detente.files.stream import Block, held_whole
from detente.files.tabular import reject
from detente.sources.common import read_once
from detente.sources.reader import Context, Reader
from detente.sources.schema import Batch, conform

UNKNOWN = ("", "NA", "NaN", ".", "-9", "-99", "-999", "-77", "-88")
"""What stands for a value that is not known in these files, where a source doesn't say otherwise."""
SCHEMES = {
    "cow": "number of the Correlates of War",
    "gw": "number of Gleditsch and Ward",
    "numeric": "numeric code of ISO",
    "iso3": "code of ISO",
    "vdem": "number of V-Dem",
    "polity": "number of Polity",
}
MOST_PAIRS = 2_000_000
Fault = tuple[pl.Expr, pl.Expr | str]
Make = Callable[..., Iterable[Batch]]
"""Makes batches of a frame and the rows already set aside (and of the actors, where states are told by name)."""


class Value(NamedTuple):
    """A measure of a state `a`, of two states (`a` and `b` in the order of their codes), or of `a` towards `b`."""

    measure: str
    number: pl.Expr
    a: pl.Expr
    b: pl.Expr | None = None


def reader(
    needed: str,
    make: Make,
    others: str = "",
    title: str = "",
    *,
    whole: bool = False,
    says: bytes = b"",
    by_name: bool = False,
) -> Reader:
    """A reader of tables with these columns, told by those that are `needed` (names apart by spaces, as released), and
    by a text that the first lines hold (`says`).

    `make` gets the columns as texts under their names in small letters, _ for any other sign, with `line`, and gives
    batches; of a table whose rows hang together it gets the `whole`, and where states stand `by_name`, the actors as
    well. Text that is no UTF-8 is read as Windows writes it (cp1252).
    """
    names = [plain_name(name) for name in needed.split()]
    columns = {name: name.replace(" ", "_") for name in (*names, *map(plain_name, others.split()))}
    layout = Layout(title or "a table", columns, tuple(names), codes=tuple(columns.values()))

    def read(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
        blocks = map(as_utf8, blocks)
        tables = frames(held_whole(blocks) if whole else blocks, layout)
        for frame, bad in _together(tables) if whole else tables:
            made = make(frame, bad, context.actors) if by_name else make(frame, bad)
            yield from (_up_to(context.today, batch) for batch in made)

    return Reader(lambda head: set(names) <= names_in(head) and says in b"".join(head.lines), read, title)


def _together(tables: Iterator[tuple[pl.DataFrame, list[BadRow]]]) -> Iterator[tuple[pl.DataFrame, list[BadRow]]]:
    if parts := list(tables):
        yield pl.concat(frame for frame, _ in parts), [row for _, bad in parts for row in bad]


def _up_to(today: date | None, batch: Batch) -> Batch:
    """The batch whose rows of days after that of ingest are set aside, and which covers none of those."""
    if today is None:
        return batch
    span = batch.span and (min(batch.span[0], today), min(batch.span[1], today))
    late = batch.rows["date"] > today
    told = zip(batch.lines.filter(late), *batch.rows.filter(late).select("date", "event_id"), strict=True)
    bad = [BadRow(line, f"{day} lies after the day of ingest ({today})", name) for line, day, name in told]
    rows, lines = batch.rows.filter(~late), batch.lines.filter(~late)
    return replace(batch, rows=rows, lines=lines, bad=in_order(batch.bad, bad), span=span)


def as_utf8(block: Block) -> Block:
    """The block, read as Windows writes it where it is no UTF-8."""
    try:
        block.data.decode()
        return block
    except UnicodeDecodeError:
        return replace(block, data=block.data.decode("cp1252", "replace").encode())


def number(column: str, unknown: Sequence[str] = UNKNOWN) -> pl.Expr:
    """A column of texts as numbers, null where it is unknown, NaN where it is none."""
    text = pl.col(column).str.strip_chars()
    value = text.cast(pl.Float64, strict=False).fill_null(float("nan"))
    return pl.when(text.is_in(list(unknown))).then(None).otherwise(value)


def no_number(
    column: str, unknown: Sequence[str] = UNKNOWN, *, low: float = float("-inf"), high: float = float("inf")
) -> Fault:
    """The fault of a cell that should hold a number, one from `low` to `high`."""
    value = number(column, unknown)
    range_of = "" if low == -high else f" from {low:g}" if high == float("inf") else f" from {low:g} to {high:g}"
    wrong = ~value.is_finite() | ~value.is_between(low, high)
    return wrong.fill_null(False), pl.format(f"{column} '{{}}' is no number{range_of}", column)


def no_numbers(
    columns: Iterable[str], unknown: Sequence[str] = UNKNOWN, *, low: float = 0, high: float = float("inf")
) -> list[Fault]:
    """The faults of cells that should hold numbers, none below 0 if not said otherwise."""
    return [no_number(column, unknown, low=low, high=high) for column in columns]


def with_states(
    frame: pl.DataFrame, scheme: str, *columns: str, year: str = "year", others: Mapping[str, str] | None = None
) -> tuple[pl.DataFrame, list[Fault]]:
    """The frame with the state of each column of codes in the middle of that `year` under `<column>_state`, null where
    there is none, and the faults that this may be. `others` has codes of the source's own (organisations, say).
    """
    own = others or {}

    def found(code: str, when: str) -> tuple[str | None]:
        digits = when.removesuffix(".0")
        middle = date(int(digits), 7, 1) if digits.isdecimal() and len(digits) < 5 and int(digits) else None
        state = own.get(code) or state_of(scheme, code, middle)
        # The numbers of these schemes have no days: the Soviet Union has Russia's.
        return ((_code_on(state, middle) if scheme in OTHERS and middle else state) or None,)

    faults: list[Fault] = []
    for column in columns:
        frame = read_once(frame, [column, year], found, {f"{column}_state": pl.Utf8})
        reason = pl.format(f"{column} '{{}}' is no {SCHEMES[scheme]}", column)
        faults.append((pl.col(f"{column}_state").is_null(), reason))
    if len(columns) == 2:
        a, b = (pl.col(f"{column}_state") for column in columns)
        faults.append(((a == b).fill_null(False), pl.format("both sides are {}", a)))
    return frame, faults


def with_day(
    frame: pl.DataFrame, name: str, year: str, month: str = "", day: str = "", unknown: Sequence[str] = UNKNOWN
) -> pl.DataFrame:
    """The frame with a day of three columns under `name`, the first that it may be, its `<name>_precision` (day, month
    or year) and `<name>_last`, the last that it may be; null where the year is unknown or there is no such day.
    """
    blank = [*unknown, "0", "00"]
    texts = (pl.col(column).str.strip_chars() if column else pl.lit("") for column in (year, month, day))
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


def _code_on(state: str, on: date) -> str:
    """The code that a state had on a day."""
    for code in identity(state):
        if any((not s.begins or s.begins <= on) and (not s.ends or on < s.ends) for s in by_code().get(code, [])):
            return code
    return state


def with_date(frame: pl.DataFrame, name: str, column: str) -> pl.DataFrame:
    """As `with_day`, of one column that has YYYY-MM-DD, YYYYMMDD, YYYYMM or YYYY."""
    parts = pl.col(column).str.extract_groups(r"^(?<year>\d{4})(?:-?(?<month>\d\d)(?:-?(?<day>\d\d))?)?$")
    texts = [parts.struct.field(part).fill_null("").alias(f"{name}_{part}") for part in ("year", "month", "day")]
    return with_day(frame.with_columns(texts), name, *(f"{name}_{part}" for part in ("year", "month", "day")))


def ended(name: str) -> pl.Expr:
    """The last day of a spell; null where it lasted to the end of the data, after which nobody knows."""
    return pl.when(pl.col(f"{name}_last") < pl.col(f"{name}_last").max()).then(pl.col(f"{name}_last"))


def once(frame: pl.DataFrame, keys: Sequence[str | pl.Expr], reason: str) -> tuple[pl.DataFrame, dict[str, int]]:
    """The frame with the first row of each of the `keys`, and how many others were left out for this `reason`."""
    first = frame.filter(pl.struct(keys).is_first_distinct())
    return first, {reason: frame.height - first.height} if first.height < frame.height else {}


def with_former(frame: pl.DataFrame, scheme: str, *columns: str, year: str = "year") -> pl.DataFrame:
    """The frame of `with_states` with `former`: whether the state has another number at the end of the `year`, of which
    there is a row too (Germany and Yemen in 1990). Of its values those count that the other row lacks.
    """

    def lasts(code: str, when: str) -> tuple[bool]:
        return (1 <= int(when) <= 9999 and in_use(scheme, code, date(int(when), 12, 31)),)

    known = pl.all_horizontal(pl.col(f"{column}_state").is_not_null() for column in columns)
    pair = [*(f"{column}_state" for column in columns), year]
    twice = frame.filter(pl.struct(pair).is_duplicated() & known & pl.col(year).str.contains(r"^\d{1,4}$"))
    for column in columns if twice.height else ():
        twice = read_once(twice, [column, year], lasts, {f"{column}_lasts": pl.Boolean})
    flags = pl.all_horizontal(f"{column}_lasts" for column in columns)
    former = twice.filter(~flags & flags.any().over(pair))["line"] if twice.height else twice["line"]
    return frame.with_columns(pl.col("line").is_in(former.implode()).alias("former"))


def no_day(name: str, year: str) -> Fault:
    """The fault of a row whose day can't be read."""
    return pl.col(name).is_null(), pl.format(f"no day can be read of {year} '{{}}'", year)


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


def not_too_many_pairs(ones: pl.DataFrame, others: pl.DataFrame, on: list[str]) -> None:
    """DamagedFile where two tables of participants joined by these columns make more pairs than any file has."""
    counts = (rows.group_by(on).len() for rows in (ones, others))
    total = next(counts).join(next(counts), on=on).select((pl.col("len").cast(pl.Int64) * pl.col("len_right")).sum())
    if total.item() > MOST_PAIRS:
        raise DamagedFile(f"over {MOST_PAIRS:,} pairs of opponents: give the table as released")


def both(one: str, other: str) -> pl.Expr:
    """Two states as the actors of what they do together, in the order of their codes."""
    return pl.concat_list(pl.min_horizontal(one, other), pl.max_horizontal(one, other))


def dated_facts(
    source: str,
    frame: pl.DataFrame,
    bad: list[BadRow],
    faults: Sequence[Fault],
    columns: Mapping[str, pl.Expr],
    raw: str,
    until: pl.Expr | None = None,
    skipped: dict[str, int] | None = None,
) -> Batch:
    """A batch of dated facts: `columns` of that table, with `event_id` after the source's name, of the rows without
    faults; `raw` names the columns that show a row set aside, `skipped` counts rows that give no fact, by reason.

    The frame has `date`, `date_last` (on which a fact is known, if not said otherwise) and `date_precision`. `until` is
    the last day of which a row tells, where that is later.
    """
    backwards = (columns.get("ends", pl.lit(None, pl.Date)) < pl.col("date")).fill_null(False)
    faults = [*faults, (backwards, pl.lit("it ends before it begins"))] if faults else []
    kept, wrong = reject(frame, faults, raw.split()) if faults else (frame, [])
    told = {"known_on": pl.col("date_last"), "precision": pl.col("date_precision"), "date": pl.col("date"), **columns}
    told |= {"event_id": pl.concat_str(pl.lit(f"{source}:"), told["event_id"]), "source": pl.lit(source)}
    rows = kept.select(expression.alias(name) for name, expression in told.items())
    last = pl.max_horizontal("date_last", *([] if until is None else [until]))
    return Batch(
        "dated_facts",
        conform("dated_facts", rows),
        kept["line"],
        in_order(bad, wrong),
        skipped or {},
        span=span_of(kept, last),
    )


def indicators(
    source: str,
    frame: pl.DataFrame,
    bad: list[BadRow],
    faults: Sequence[Fault],
    values: Iterable[Value],
    raw: str,
    skipped: Mapping[str, int] | None = None,
    *,
    ends: pl.Expr | None = None,
    known_on: pl.Expr | None = None,
    until: pl.Expr | None = None,
) -> Batch:
    """A batch of yearly values, a row for each of the `values` that is known.

    The frame has `date` and `date_last`, the days between which they hold and the last on which they are known, if not
    said otherwise (`ends` null: no end is known); `raw` names the columns that show a row set aside, `until` is the
    last day of which a row tells, `skipped` counts rows left out before.
    """
    kept, wrong = reject(frame, list(faults), raw.split()) if faults else (frame, [])
    last, known = pl.col("date_last"), pl.col("date_last") if known_on is None else known_on
    kept = kept.with_columns((last if ends is None else ends).alias("ends"), known.alias("known_on"))
    rows = pl.concat(
        kept.select(
            "line",
            "date",
            "ends",
            "known_on",
            *(["former"] if "former" in kept.columns else []),
            pl.lit(value.measure).alias("measure"),
            value.a.alias("a"),
            (pl.lit(None, pl.Utf8) if value.b is None else value.b).alias("b"),
            value.number.cast(pl.Float64).alias("value"),
        ).drop_nulls("value")
        for value in values
    )
    name = pl.concat_str(pl.lit(source), "measure", "a", pl.col("b").fill_null(""), "date", separator=":")
    rows = rows.with_columns(name.alias("event_id"), pl.lit(source).alias("source"))
    silent = kept["line"].n_unique() - rows["line"].n_unique()
    left = dict(skipped or {})
    if silent:
        left["no value is known"] = silent
    if "former" in kept.columns and kept["former"].any():
        told = rows["line"].n_unique()
        rows = rows.sort("former", maintain_order=True).unique("event_id", keep="first", maintain_order=True)
        if told > rows["line"].n_unique():
            left["the state's number at the end of the year counts"] = told - rows["line"].n_unique()
    return Batch(
        "indicators",
        conform("indicators", rows),
        rows["line"],
        in_order(bad, wrong),
        left,
        span=span_of(kept, last if until is None else until),
    )


def in_order(*bad: list[BadRow]) -> list[BadRow]:
    """Rows set aside at several steps, by line."""
    return sorted((row for rows in bad for row in rows), key=lambda row: row.line)


def span_of(rows: pl.DataFrame, last: pl.Expr) -> tuple[date, date] | None:
    """The first and last day of which rows tell."""
    if rows.is_empty():
        return None
    first, end = rows.select(pl.col("date").min(), last.max().alias("last")).row(0)
    return first, end
