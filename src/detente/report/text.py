"""How numbers, days and text of others are written: the rules of every format, in one place."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote

from detente.errors import one_line
from detente.report.document import Inline, Share, Text, pieces
from detente.uncertainty import Estimate


def percent(value: float | None) -> str:
    """A share as whole percent.

    >>> percent(0.171), percent(None)
    ('17%', 'unknown')
    """
    return "unknown" if value is None else f"{value:.0%}"


def points(change: float | Estimate) -> str:
    """A change of chance in percentage points, with its bounds.

    >>> points(0.034), points(Estimate(-0.004, -0.02, 0.01))
    ('+3', '-0 (-2 to +1)')
    """
    if isinstance(change, Estimate):
        return f"{points(change.value)} ({points(change.low)} to {points(change.high)})"
    return f"{100 * change:+.0f}"


def day_words(day: date) -> str:
    """A day in words.

    >>> day_words(date(2007, 2, 1))
    '1 February 2007'
    """
    return f"{day.day} {day:%B %Y}"


def span(interval: tuple[float, float]) -> str:
    """An interval of shares.

    >>> span((0.12, 0.24))
    '12% to 24%'
    """
    return f"{interval[0]:.0%} to {interval[1]:.0%}"


def plain(piece: Inline) -> str:
    r"""A piece as text on one line, harmless to see.

    >>> plain("a\x1b[31m\nb"), plain(Share(0.5, (0.4, 0.6)))
    ('a\\x1b[31m b', '50% (40% to 60%)')
    """
    if isinstance(piece, Share):
        return percent(piece.value) + (f" ({span(piece.interval)})" if piece.interval else "")
    return one_line(piece if isinstance(piece, str) else piece.text)


def plain_text(text: Text) -> str:
    """A whole text without its styles and links."""
    return "".join(map(plain, pieces(text)))


def address(url: str | None) -> str:
    r"""The address, ready to stand in a link, where it is one that a reader may open, else "".

    >>> address("https://a.example/\x1bb"), address("javascript:alert(1)"), address("#note-1")
    ('https://a.example/%1Bb', '', '#note-1')
    """
    opens = url and url.startswith(("http://", "https://", "#"))
    return quote(url, safe="%/?#[]&=:~+,;@!$*-._'()", errors="replace") if url and opens else ""


def markdown(text: str) -> str:
    r"""Text of others made harmless in Markdown, GitHub's and pandoc's, and in the HTML that becomes of it.

    >>> markdown("<b>a*b</b> https://a.example")
    '&lt;b&gt;a\\*b&lt;/b&gt; https\\://a.example'
    """
    return re.sub(r":(?=//)|(?<=www)\.(?=\S)", r"\\\g<0>", _escaped(text), flags=re.IGNORECASE)


def markdown_block(text: str) -> str:
    r"""Markdown that begins a line, so that it begins no list, rule, heading or quotation.

    >>> markdown_block("- a"), markdown_block("1. b")
    ('\\- a', '1\\. b')
    """
    return re.sub(r"^(\s*\d*)([-+=:.)])(?=[\s=-]|$)", r"\1\\\2", text)


def markdown_link(text: str, url: str) -> str:
    """A link in Markdown, plain text where the address is none to open."""
    target = address(url)
    return f"[{_escaped(text)}](<{target}>)" if target else markdown(text)


def _escaped(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|#~$^@!])", r"\\\1", re.sub(r"\s+", " ", escaped))


def slug(text: str) -> str:
    """An anchor made of a text.

    >>> slug("Arms control, NATO")
    'arms-control-nato'
    """
    return re.sub(r"[^a-z0-9-]+", "-", text.lower())
