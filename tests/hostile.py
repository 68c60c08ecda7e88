"""Text of others at its worst, a case full of it, and what may come of it in each form of output."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from detente.results import NUMBER

UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
OURS = re.compile(r"\x1b\[(?:0|1|90|36|94|38;5;208)m")
FORMULA = re.compile("(?:^|[;|\t\n\r])[=+@\\-\uff1d\uff0b\uff0d\uff20\t\r]")
HOSTILE = (
    "=cmd|'/C calc'!A0;@SUM(1) x\x1b]0;owned\x07 \x1b[31mred \u202edlrow\u2066 \x9b2J $\\frac{$ \x7f\u2028"
    "<script>alert(1)</script><img src=x onerror=alert(1)> ![i](data:text/html,x) [j](javascript:alert(1)) "
    '<https://evil.example> https://evil.example www.evil.example "q" | # `b` *c* _d_ ~~e~~ &lt; {{7*7}}'
)
BEGINNINGS = (
    "- a", "1. b", "# c", "> d", "+ e", "---", "***", "    f", "```g", "~~~h", "| i |", "=1+1", "@j", "\tk", "2) l",
)  # fmt: skip
"""What begins a block of Markdown or a formula."""
FORBIDDEN = {"image", "s_open", "em_open", "code_inline", "fence", "code_block", "hr", "html_block", "blockquote_open"}
ANCHOR = re.compile(r'<a id="[^"<>]*">|</a>')
HEAD = (
    "date", "actors", "targets", "area", "kind", "tone", "channel", "third_party", "agreement", "description",
    "source", "source_title", "source2", "note",
)  # fmt: skip
CODEBOOK = """
version = {hostile}
[areas.border]
title = {hostile}
definition = {hostile}
boundary = {hostile}
[[areas.border.rules]]
words = [{hostile}, "talks"]
"""


def rows(path: Path, *lines: tuple[str, ...]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)


def case_in(folder: Path) -> Path:
    """A case whose every cell of free text, and whose own name, is hostile."""
    made = folder / "p\x1b[31m<b>|=e"
    made.mkdir(parents=True)
    kinds = (
        ("agreement signed", "cooperative", "pact"),
        ("meeting", "cooperative", ""),
        ("incident", "conflictual", ""),
    )
    facts = [
        (f"{1985 + n}-05-01", "PER+ECU", "", "regional_conflict", kind, tone, "", "", agreement,
         f"{BEGINNINGS[n % len(BEGINNINGS)]} {n} {HOSTILE}", f'https://example.org/{n}/\x1b[31m\u202e"><b>|`', HOSTILE,
         "https://example.org/)](x)", BEGINNINGS[n % len(BEGINNINGS)] + HOSTILE)
        for n, (kind, tone, agreement) in enumerate(kinds * 8)
    ]  # fmt: skip
    bad = (
        "2001-01-01", "PER+ECU", "", HOSTILE, HOSTILE, HOSTILE, "", "", "", HOSTILE, "javascript:alert(1)", "", "", "",
    )  # fmt: skip
    rows(made / "facts.csv", HEAD, *facts)
    rows(folder / f"\x1b[2J{chr(0x202E)}facts.csv", HEAD, *facts, bad, *((HOSTILE, *bad[1:]),) * 3)
    rows(
        made / "agreements.csv",
        ("agreement", "title", "form", "tone", "area", "parties", "channel"),
        ("pact", HOSTILE, "treaty", "cooperative", "regional_conflict", "PER;ECU", ""),
    )
    rows(
        made / "figures.csv",
        ("subject", "measure", "period", "value", "unit", "source", "source_title", "note"),
        ("PER-ECU", HOSTILE, "2001", "3.5", HOSTILE, 'https://e.org/"><i>', HOSTILE, HOSTILE),
        ("PER-ECU", HOSTILE, "2002", "-3.5", HOSTILE, 'https://e.org/"><i>', HOSTILE, HOSTILE),
    )
    claims = [
        {"id": f"c{n}\x1b[2J\"><b>", "sentence": n, "claim": HOSTILE, "area": "regional_conflict", "said": "likely",
         "direction": "improvement", "horizon_months": 24, "note": HOSTILE}
        for n in (1, 2)
    ]  # fmt: skip
    told = {
        "study": HOSTILE, "as_of": "2004-01-01", "dyad": ["PER", "ECU"], "claims": claims, "note": HOSTILE,
        "sentences": [HOSTILE, HOSTILE], "sources": ['https://e.org/"><b>', "javascript:alert(1)"],
    }  # fmt: skip
    (made / "claims").mkdir()
    for file in (folder / "study.json", made / "claims" / "st\x1b[31mudy.json"):
        file.write_text(json.dumps(told))
    # TOML takes no DEL as it is, JSON does.
    text = json.dumps(HOSTILE).replace("\x7f", "\\u007f")
    (folder / "areas.toml").write_text(CODEBOOK.replace("{hostile}", text))
    rows(folder / "names.csv", ("name", "code", "sector", "from", "to"), (HOSTILE, "PER", "GOV", "", ""))
    return made


class Page(HTMLParser):
    TAGS = frozenset(
        """html head meta title style body h1 h2 h3 h4 h5 p div span b i a ul ol li table thead tbody tr th td details
        summary figure figcaption svg g path defs use clippath rect text metadata rdf:rdf cc:work dc:type dc:format
        dc:date dc:creator cc:agent dc:title""".split()  # noqa: SIM905
    )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.TAGS, tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            if name in ("href", "xlink:href", "src"):
                assert re.match(r"#|https?://[\x21-\x7e]*$", value or ""), value


def unseen(text: str) -> None:
    assert not UNSEEN.search(text), UNSEEN.findall(text)


def page(text: str) -> None:
    unseen(text)
    Page().feed(text)
    assert "default-src 'none'" in text and "<script" not in text


def markdown(text: str) -> None:
    unseen(text)
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    every = [inner for token in tokens for inner in (token, *(token.children or ()))]
    assert not {token.type for token in every} & FORBIDDEN
    html = [token.content for token in every if token.type == "html_inline"]
    assert [piece for piece in html if not ANCHOR.fullmatch(piece)] == []
    for token in every:
        if token.type == "link_open":
            assert re.match(r"#|https?://[\x21-\x7e]*$", str(token.attrs["href"])), token
    depth = max((token.level for token in tokens if token.type == "list_item_open"), default=0)
    assert depth <= 1, "a list in a list"
    outside = "".join(bare(token) for token in tokens if token.type == "inline")
    assert not re.search(r"(?<!\\)://|(?<!\\)www\.", outside), "an address that becomes a link"
    widths = {
        line.replace("\\\\", "").replace("\\|", "").count("|") for line in text.splitlines() if line.startswith("| x")
    }
    assert len(widths) <= 1


def bare(token: Token) -> str:
    """The source of a text without its links."""
    return re.sub(r"\[(?:\\.|[^\]\\])*\]\(<[^>]*>\)", "", token.content)


def spreadsheet(text: str) -> None:
    unseen(text)
    cells = [cell for row in csv.reader(StringIO(text.removeprefix("\ufeff"))) for cell in row]
    assert text.startswith("\ufeff") and not [
        cell for cell in cells if FORMULA.search(cell) and not NUMBER.fullmatch(cell)
    ]


def strict(text: str) -> None:
    unseen(text)
    json.loads(text, parse_constant=lambda name: pytest.fail(name))


FORMS: dict[str, Callable[[str], object]] = {
    "table": unseen, "spreadsheet": spreadsheet, "json": strict, "markdown": markdown, "html": page,
    "csv": lambda text: list(csv.reader(StringIO(text), strict=True)),
}  # fmt: skip
