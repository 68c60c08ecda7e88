"""Normal forms of names, so that spelling variants of one actor meet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from detente.errors import DetenteError

# Letters that NFKD leaves whole.
_PLAIN = str.maketrans(
    {
        "ı": "i",
        "İ": "I",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ß": "ss",
        "æ": "ae",
        "Æ": "AE",
        "ə": "e",
        "’": "'",
        "ʻ": "'",
        "ʼ": "'",
    }
)
_NOT_WORD = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=200_000)
def normal(name: str) -> str:
    """Return the name in lower case, without accents, punctuation or doubled spaces, "&" as "and".

    >>> normal("Recep Tayyip Erdoğan"), normal("Cote d'Ivoire")
    ('recep tayyip erdogan', 'cote d ivoire')
    """
    plain = name.replace("&", " and ")
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.translate(_PLAIN))
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", plain.lower()).strip()


# What spreadsheets, R, Python and databases write where they have nothing.
MISSING = frozenset({"", "na", "n/a", "#n/a", "<na>", "null", "none", "nan", "nil", "\\n", "-", "--", "."})


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
