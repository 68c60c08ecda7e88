"""The errors a user can act on: each message says what is wrong, where, and what to do."""

from __future__ import annotations

import re

UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""Text of others with what could steer a terminal or turn the order of letters written out: control characters
    (lines and tabs stay), overrides of direction, halves of characters.

    >>> visible("a\x1b[31mb\u202e")
    'a\\x1b[31mb\\u202e'
    """
    return UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def one_line(text: str) -> str:
    r"""The same on one line, so that nobody's text can pass for a line of ours.

    >>> one_line("a\nb\x07")
    'a b\\x07'
    """
    return visible(re.sub(r"\s*[\n\t]\s*", " ", text))


class DetenteError(Exception):
    """Bad usage or bad input; the command line prints the message, one line, and exits with 2."""

    def __str__(self) -> str:
        return one_line(super().__str__())


class PackageError(DetenteError):
    """What another package adds can't be loaded or failed; the message names the package and what it did."""


class NoData(DetenteError):
    """The request is sound but the record holds nothing to answer it; exit 1."""


class NotEstimable(NoData):
    """These numbers can't answer: too few, constant, collinear, or the model is not identified by them.

    The one error of every estimator for input that is well formed but says too little; whoever asks
    prints "unknown: why" and goes on.
    """
