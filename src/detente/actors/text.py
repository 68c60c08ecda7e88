"""Normal forms of names, so that spelling variants of one actor meet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that NFKD leaves whole.
_PLAIN = str.maketrans("ıİøØłŁđĐə’ʻʼ", "iIoOlLdDe'''") | str.maketrans({"ß": "ss", "æ": "ae", "Æ": "AE"})
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
