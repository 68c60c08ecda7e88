"""Blocks of delimited text as frames of strings, with the rows that do not fit set aside."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import accumulate

import numpy as np
import polars as pl

from detente.files.rows import CORRECTED, BadRow, not_too_many

RAW = 300


def raw_text(line: bytes) -> str:
    """The beginning of a raw line, safe to store and show."""
    return line[:RAW].decode("utf-8", "backslashreplace").replace("\0", "\\0").rstrip("\r\n")


def tab_frame(
    data: bytes,
    first_line: int,
    width: int,
    columns: dict[int, str],
    mend: Callable[[bytes], bytes] | None = None,
) -> tuple[pl.DataFrame, list[BadRow]]:
    """Read tab-separated lines of `width` fields; quotes have no meaning.

    Returns the chosen columns (by position) as trimmed text, with `line`, and the rows of another width,
    with a NUL or with bytes that are no UTF-8. `mend` may repair one line before it is judged. A line of another width
    that is rows between carriage returns (ends of lines were mixed) is read as those.
    """
    if (frame := _all_fit(data, width, columns, b"\t", first_line)) is not None:
        return frame, []
    good: list[bytes] = []
    numbers: list[int] = []
    bad: list[BadRow] = []
    for number, line in _tab_lines(data, first_line, width):
        if mend:
            line = mend(line)
        fields = line.count(b"\t") + 1
        if fields != width:
            bad.append(BadRow(number, f"has {fields} fields, expected {width}", raw_text(line)))
            not_too_many(bad)
        elif b"\0" in line:
            bad.append(BadRow(number, "holds a NUL byte", raw_text(line)))
        else:
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                bad.append(BadRow(number, f"is no UTF-8 at byte {error.start + 1}", raw_text(line)))
            else:
                good.append(line)
                numbers.append(number)
    if not good:
        return pl.DataFrame(schema={**dict.fromkeys(columns.values(), pl.Utf8), "line": pl.Int64}), bad
    frame = _parsed(b"\n".join(good) + b"\n", width, columns, b"\t")
    if frame is None or frame.height != len(good):
        raise AssertionError("lines that were checked one by one do not parse")
    return frame.with_columns(pl.all().str.strip_chars(), pl.Series("line", numbers, dtype=pl.Int64)), bad


def _tab_lines(data: bytes, first_line: int, width: int) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, with their numbers."""
    for number, line in enumerate(data.split(b"\n")[:-1], start=first_line):
        line = line.rstrip(b"\r")
        mixed = b"\r" in line and line.count(b"\t") + 1 != width
        yield from ((number, one) for one in (line.split(b"\r") if mixed else [line]) if one)


def _all_fit(
    data: bytes, width: int, columns: dict[int, str], separator: bytes, first_line: int
) -> pl.DataFrame | None:
    """Lines that all have `width` fields, as trimmed text with `line`; None where that has to be seen line by line.

    The parser passes over lines of another width.
    """
    lines = data.count(b"\n")
    if data.count(separator) != (width - 1) * lines or b"\0" in data or b"\r" in data:
        return None
    text = np.frombuffer(data, np.uint8)
    ends, places = np.flatnonzero(text == ord("\n")), np.flatnonzero(text == ord(separator))
    if (np.diff(np.searchsorted(places, ends), prepend=0) != width - 1).any():
        return None
    frame = _parsed(data, width, columns, separator)
    if frame is None or frame.height != lines:
        return None
    numbers = pl.int_range(first_line, first_line + lines, dtype=pl.Int64).alias("line")
    return frame.with_columns(pl.all().str.strip_chars(), numbers)


def _parsed(data: bytes, width: int, columns: dict[int, str], separator: bytes) -> pl.DataFrame | None:
    """Parse lines of equal width; None for bytes that are no UTF-8."""
    chosen = [f"column_{i + 1}" for i in sorted(columns)]
    try:
        frame = pl.read_csv(
            data,
            separator=separator.decode(),
            has_header=False,
            quote_char=None,
            empty_string_is_null=False,
            infer_schema=False,
            schema={f"column_{i + 1}": pl.Utf8 for i in range(width)},
            columns=chosen,
        )
    except pl.exceptions.PolarsError:
        return None
    return frame.rename({f"column_{i + 1}": name for i, name in columns.items()})


def csv_frame(
    data: bytes,
    names: list[str],
    separator: bytes,
    first_line: int,
    *,
    more: bool = False,
    wanted: Collection[str] | None = None,
) -> tuple[pl.DataFrame, list[BadRow], tuple[int, bytes]]:
    """Rows below a header (quotes as in RFC 4180) as trimmed text, with `line`, the file's line where each begins; of
    tables of thousands of columns those `wanted`.

    A quote that is opened and never closed costs its own line alone: reading goes on at the next. Where `more` of the
    file follows, a row that may go on there is given back as it is, with its line.
    """
    whole = (first_line, b"")
    if b'"' not in data:
        frame = _all_fit(data, len(names), dict(enumerate(names)), separator, first_line)
        if frame is not None:
            return frame.filter(pl.any_horizontal(pl.col(*names) != "")), [], whole
    bad: list[BadRow] = []
    taken: list[list[str]] = []
    numbers: list[int] = []
    text = data.decode("utf-8", "surrogateescape")
    clean = "\0" not in text and _is_utf8(text)
    places = [place for place, name in enumerate(names) if wanted is None or name in wanted]
    for start, row, fault in _records(text, separator.decode(), len(names), first_line, more):
        if fault is None:
            whole = start, row[0].encode("utf-8", "surrogateescape")
            break
        if fault:
            bad.append(BadRow(start, fault, raw_text(row[0].encode("utf-8", "surrogateescape"))))
            not_too_many(bad)
            continue
        if not any(row):
            continue
        reason = ""
        if len(row) != len(names):
            reason = f"has {len(row)} fields, the header {len(names)}"
        elif not clean and any("\0" in cell for cell in row):
            reason = "holds a NUL byte"
        elif not clean and not all(map(_is_utf8, row)):
            reason = "is no UTF-8; save the file as UTF-8"
        if reason:
            bad.append(BadRow(start, reason, raw_text(separator.decode().join(row).encode("utf-8", "surrogateescape"))))
            not_too_many(bad)
        else:
            numbers.append(start)
            taken.append([row[place] for place in places])
    frame = pl.DataFrame(taken, schema=dict.fromkeys((names[place] for place in places), pl.Utf8), orient="row")
    return frame.select(pl.all().str.strip_chars(), pl.Series("line", numbers, dtype=pl.Int64)), bad, whole


def _records(
    text: str, separator: str, width: int, first_line: int, more: bool
) -> Iterator[tuple[int, list[str], str | None]]:
    """Each record with its line, and why it can't be read; where it runs over lines that are not its own, its first
    line alone. With `more` the last may be the text of one that is not at its end, with None.
    """
    lines = list(io.StringIO(text, newline=""))
    numbers = list(accumulate((line.endswith("\n") for line in lines), initial=first_line))
    at = 0
    while at < len(lines):
        # Strict: a cell that runs on to the quote of another row is found out by what follows that quote.
        begun, reader = at, csv.reader(map(lines.__getitem__, range(at, len(lines))), delimiter=separator, strict=True)
        try:
            for row in reader:
                end = begun + reader.line_num
                if end - at > 1 and len(row) != width:
                    break
                yield numbers[at], row, ""
                at = end
            else:
                return
        except csv.Error as error:
            if more and "unexpected end of data" in str(error):
                yield numbers[at], ["".join(lines[at:])], None
                return
        yield (numbers[at], *_alone(lines[at], separator))
        at += 1


def _alone(line: str, separator: str) -> tuple[list[str], str]:
    try:
        row = next(csv.reader([line], delimiter=separator))
    except csv.Error as error:
        return [line], f"is no CSV: {error}"
    return ([line], "opens a quote that is never closed") if line.count('"') % 2 else (row, "")


def _is_utf8(text: str) -> bool:
    """Whether a text decoded with "surrogateescape" was UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def reject(
    frame: pl.DataFrame, reasons: Sequence[tuple[pl.Expr, pl.Expr | str]], shown: Sequence[str]
) -> tuple[pl.DataFrame, list[BadRow]]:
    """Part the rows that meet a condition; the first condition that holds gives the reason."""
    if not reasons:
        return frame, []
    reason = pl.coalesce(
        *(pl.when(test).then(text if isinstance(text, pl.Expr) else pl.lit(text)) for test, text in reasons)
    )
    judged = frame.with_columns(reason.alias("reason"))
    bad = judged.filter(pl.col("reason").is_not_null())
    if bad.is_empty():
        return frame, []
    raw = bad.select(pl.concat_str([pl.col(c).fill_null("") for c in shown], separator="\t"))[:, 0]
    rows = [BadRow(line, why, text[:RAW]) for line, why, text in zip(bad["line"], bad["reason"], raw, strict=True)]
    return judged.filter(pl.col("reason").is_null()).drop("reason"), rows


def corrections(frame: pl.DataFrame, tests: list[tuple[pl.Expr, pl.Expr | str]]) -> pl.DataFrame:
    """The line and reason of every correction: for each test the rows where it holds; `line` is a column of the
    frame.
    """
    judged = frame.select(
        "line",
        *(
            pl.when(test).then(text if isinstance(text, pl.Expr) else pl.lit(text)).alias(f"reason {n}")
            for n, (test, text) in enumerate(tests)
        ),
    )
    reasons = [
        judged.select("line", pl.col(c).str.split("; ").alias("reason")).drop_nulls().explode("reason")
        for c in judged.columns[1:]
        if judged[c].null_count() < judged.height
    ]
    return pl.concat([pl.DataFrame(schema=CORRECTED), *reasons])
