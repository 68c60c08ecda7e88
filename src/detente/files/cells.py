"""What cells mean before any reader judges them: missing ones, quotes, whole numbers, days.

Every reader passes its text columns through `clean`, so that "NA", "NULL" and "None" are empty everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import product

import polars as pl

from detente.errors import DetenteError

# What spreadsheets, R, Python and databases write where they have nothing.
MISSING = frozenset({"", "na", "n/a", "#n/a", "<na>", "null", "none", "nan", "nil", "\\n", "-", "--", "."})
# In any case, written out: folding millions of cells takes three times as long as looking them up.
_MISSING = ["".join(letters) for word in MISSING for letters in product(*({c, c.upper()} for c in word))]
# Read as it stands, "18" would be the year 18.
_SHORT_YEAR = r"^(\d{1,2}[-/.]\d{1,2}[-/.]\d{1,3}|\d{3}[-/.]\d{1,2}[-/.]\d{1,2})(\D|$)"
_DAY_FIRST = r"^(1[3-9]|2\d|3[01])[/.]"


def is_missing(cell: str | None) -> bool:
    """True where a cell says that it holds nothing: empty, NA, NULL, None, nan, N/A, a dash.

    The two letters NA are Namibia's ISO code only in a column of codes beside its name; whoever reads such
    a column asks for the name first (`Actors.country`).

    >>> is_missing(" N/A "), is_missing("NULL"), is_missing("Nauru")
    (True, True, False)
    """
    return cell is None or as_text(cell).strip().lower() in MISSING


def as_text(value: str) -> str:
    """The value, where it is text; DetenteError where a program passes something else (None, a number).

    >>> as_text("Russia")
    'Russia'
    """
    if isinstance(value, str):
        return value
    raise DetenteError(f"{value!r} is no text: give a state's name or code as text, as in 'Russia', 'RUS' or 'cow:365'")


def clean(frame: pl.DataFrame, columns: Iterable[str], *, quotes: bool = False) -> pl.DataFrame:
    """The frame with the text columns trimmed, missing cells made "", and with `quotes` RFC 4180 quotes taken off.

    >>> clean(pl.DataFrame({"a": [" NA", "Nauru ", "nOne"]}), ["a"])["a"].to_list()
    ['', 'Nauru', '']
    """
    names = list(columns)
    if quotes:
        quoted = [n for n in names if frame[n].str.starts_with('"').any()]
        frame = frame.with_columns(_unquoted(n) for n in quoted)
    blank = [n for n in names if (frame[n].str.starts_with(" ") | frame[n].str.ends_with(" ")).any()]
    return frame.with_columns(pl.col(n).str.strip_chars() for n in blank).with_columns(
        pl.when(pl.col(n).is_in(_MISSING)).then(pl.lit("")).otherwise(pl.col(n)).alias(n) for n in names
    )


def _unquoted(name: str) -> pl.Expr:
    text = pl.col(name)
    whole = text.str.starts_with('"') & text.str.ends_with('"') & (text.str.len_bytes() > 1)
    inner = text.str.slice(1, text.str.len_chars().cast(pl.Int64) - 2).str.replace_all('""', '"', literal=True)
    return pl.when(whole).then(inner.str.strip_chars()).otherwise(text).alias(name)


def whole(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """The frame with a number that is a name (a roll call, an id) without the ".0" and zeros that tools add to it.

    >>> whole(pl.DataFrame({"n": ["7000.0", "0012", "9.0E8"]}), "n")["n"].to_list()
    ['7000', '12', '9.0E8']
    """
    if frame[column].str.contains(r"^[1-9]\d*$").all():
        return frame
    return frame.with_columns(pl.col(column).str.replace(r"^(\d+)\.0+$", "$1").str.replace(r"^0+(\d)", "$1"))


class Calendar:
    """Reads the days of one file, block by block: YYYY-MM-DD, YYYYMMDD or month/day/year, a time after them left out.

    Month/day/year is how the releases write it. Where one day of the calendar can only come before its month, no day
    with slashes is read from there on, and a file of which such days were read before is refused: which number is
    the month is not to be guessed. A year needs four digits.

    >>> frame = pl.DataFrame({"d": ["2017-12-01", "12/1/2017", "20171201", "12/1/2017 0:00"]})
    >>> Calendar().days(frame, "d").n_unique()
    1
    >>> Calendar().days(pl.DataFrame({"d": ["12/1/2017", "13/1/2017"]}), "d").null_count()
    2
    """

    def __init__(self) -> None:
        self.days_first = False
        self.slashes_read = False

    def days(self, frame: pl.DataFrame, column: str) -> pl.Series:
        """The days of a text column, null where a text is none. Raises DetenteError where earlier ones were misread."""
        given = frame[column].set(frame[column].str.contains(_SHORT_YEAR).fill_null(False), None)
        days = given.str.to_date("%Y-%m-%d", strict=False)
        if days.null_count():
            text = given.str.replace(r"[T ].*$", "").str.replace(r"^(\d{8})\.0$", "$1")
            text = text.str.replace(r"^(\d{4})/(\d{1,2})/(\d{1,2})$", "$1-$2-$3")
            dashes = text.str.to_date("%Y-%m-%d", strict=False)
            parts = pl.DataFrame({"text": text, "dashes": dashes, "slashes": self._slashes(text)})
            eight = pl.col("text").str.contains(r"^\d{8}$")
            compact = pl.when(eight).then("text").str.to_date("%Y%m%d", strict=False)
            days = parts.select(pl.coalesce("dashes", "slashes", compact))[:, 0]
        return days.alias(column)

    def _slashes(self, text: pl.Series) -> pl.Series:
        read = text.str.to_date("%m/%d/%Y", strict=False)
        first = text.filter(text.str.contains(_DAY_FIRST).fill_null(False)).str.replace_all(".", "/", literal=True)
        self.days_first |= first.str.to_date("%d/%m/%Y", strict=False).is_not_null().any()
        if self.days_first and self.slashes_read:
            raise DetenteError(
                "some days of this file can only be day/month/year, others were read as month/day/year: write "
                "YYYY-MM-DD"
            )
        if self.days_first:
            return read.clear(read.len())
        self.slashes_read |= read.null_count() < read.len()
        return read


def day_faults(
    text: str, day: str, label: str, earliest: date, today: date | None = None
) -> list[tuple[pl.Expr, pl.Expr | str]]:
    """Why a day can't be taken, for `reject`: unreadable, before `earliest`, after `today` (the day of ingest)."""
    given, read = pl.col(text), pl.col(day)
    unread = pl.when(read.is_null()).then(given.str.replace(r"[T ].*$", "").str.replace_all(".", "/", literal=True))
    first = pl.coalesce(unread.str.to_date(form, strict=False) for form in ("%d/%m/%Y", "%m/%d/%Y")).is_not_null()
    return [
        (
            given.str.contains(_SHORT_YEAR),
            pl.format(f"{label} {{}}: a year needs four digits; write YYYY-MM-DD", given),
        ),
        (
            first,
            pl.format(
                f"{label} {{}}: a day of this file comes before its month, so none is guessed; write YYYY-MM-DD", given
            ),
        ),
        (read.is_null(), pl.format(f"{label} {{}} is no day (YYYY-MM-DD, YYYYMMDD or month/day/year)", given)),
        (read < earliest, pl.format(f"{label} {{}} lies before {earliest.year}", given)),
        *after_today(text, day, label, today),
    ]


def after_today(text: str, day: str, label: str, today: date | None) -> list[tuple[pl.Expr, pl.Expr | str]]:
    """For `reject`: a day after that of ingest; no fault without one."""
    if not today:
        return []
    return [(pl.col(day) > today, pl.format(f"{label} {{}} lies after the day of ingest ({today})", pl.col(text)))]
