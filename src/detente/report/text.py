"""Lines for a terminal."""

from __future__ import annotations

import textwrap


def wrapped(text: str, width: int, indent: int = 14) -> str:
    """Text in lines of at most `width`, all but the first indented; long words and hyphens stay whole.

    >>> wrapped("one two three", 8, 2).splitlines()
    ['one two', '  three']
    """
    return textwrap.fill(text, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def points(value: float) -> str:
    """A change of chance in points.

    >>> points(0.034), points(-0.004)
    ('+3', '-0')
    """
    return f"{100 * value:+.0f}"
