"""Every format writes every block, harmlessly; a package adds a format with one file."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import detente as dt
from detente.cli import main
from detente.plots import Chart, figure
from detente.report import FORMATS, build
from detente.report.document import Document, Item, Items, Lead, Note, Part, Share, Span, Table
from detente.report.formats import terminal
from detente.results import Result

HOSTILE = "<script>x</script> `a` [b](javascript:c) \x1b[31m | *d* # e"
WHOLE = Document(
    HOSTILE,
    HOSTILE,
    (
        Lead("Answer", (Span(HOSTILE, "opening"), ". "), (HOSTILE,)),
        None,
        Note((HOSTILE, Span(HOSTILE, "strong", "javascript:x"), Span("there", "", 'https://e.org/"><b>'))),
        Chart(lambda: figure(2)[0], HOSTILE, HOSTILE),
        Table((HOSTILE, "number"), ((HOSTILE, Share(0.5, (0.25, 0.75), bar=True)), ("none", Share(None))), "lr"),
        Part(HOSTILE, (Items((Item(HOSTILE, "cooperative", "one"), Item(HOSTILE, "conflictual"))),), "part"),
        Part(HOSTILE, (Items((Item(HOSTILE),), numbered=True),), folded=True),
        Part("of the page", (Note("shown on pages"),), page=True),
    ),
)


@pytest.mark.parametrize("form", list(FORMATS))
def test_every_format_writes_every_block_and_text_of_others_does_no_harm(form: str) -> None:
    written = dt.render(WHOLE, form)
    assert isinstance(written, str) and written == dt.render(WHOLE, form)
    assert "50%" in written or "####----" in written
    assert "https://e.org/" in written and "unknown" in written
    assert "\x1b" not in written
    assert ("shown on pages" in written) == (form != "terminal")
    if form != "terminal":
        assert "<script" not in written and "<b>" not in written
        assert not re.search(r"href=\"javascript" if form == "html" else r"[^\\]\]\(<?javascript", written)


def test_a_screen_is_as_wide_as_asked_and_shows_colours_only_where_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = Document("Title", "", (Note("one two three four five six seven eight nine ten"),))
    assert max(map(len, terminal.render(narrow, 20).splitlines())) <= 20
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    shown = dt.render(WHOLE)
    assert "\x1b[94m" in shown and "\x1b[31m" not in shown
    assert "\x1b" not in terminal.render(WHOLE, 80)


class Plain(Result):
    """A result with nothing of its own."""

    @property
    def frame(self) -> pl.DataFrame:
        return pl.DataFrame({"state": ["USA"], "value": [0.25]})

    def summary(self) -> str:
        return "One state.\nMore of it."

    def plot(self) -> object:
        return figure(2)[0]


@pytest.mark.parametrize("form", list(FORMATS))
def test_a_result_without_a_builder_is_written_in_every_format(form: str) -> None:
    written = dt.render(Plain(), form)
    assert all(text in written for text in ("One state.", "More of it.", "USA", "0.25"))
    assert ("<svg" in written) == (form == "html")


def test_a_page_says_why_a_chart_is_lacking() -> None:
    def draw() -> object:
        raise dt.NoData("nothing <b>to draw")

    page = dt.render(Document("Title", "", (Chart(draw, "chart", "What it shows."),)), "html")
    assert "No chart: nothing &lt;b&gt;to draw. " in page and "What it shows." in page


def test_what_is_no_result_and_what_is_no_format_is_said(tmp_path: Path) -> None:
    with pytest.raises(dt.DetenteError, match="no document is made of dict"):
        build({})
    with pytest.raises(dt.DetenteError, match="pdf: no such format; there are html, markdown, terminal"):
        dt.render(WHOLE, "pdf")
    with pytest.raises(dt.DetenteError, match="can't be written"):
        dt.write(WHOLE, tmp_path / "no" / "folder.html")


def test_a_package_adds_a_format_and_an_assessment_is_written_in_it(
    tmp_path: Path, install: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """The recipe of CONTRIBUTING.md, installed as another package would be."""
    install("Add a report format")
    assert "plain" in FORMATS
    asked = ["assess", "USA", "RUS", "--as-of", "2007-02-01", "--brief", "--format", "plain"]
    with pytest.raises(SystemExit, match="0"):
        main([*asked, "--record", str(tmp_path / "none")])
    written = capsys.readouterr().out
    assert written.startswith("United States – Russia\nSecurity relations as of 1 February 2007.")
    assert re.search(r"^strategic arms\t75% \(23% to 100%\)\tunknown\t68% \(24% to 96%\)\t55%\topening", written, re.M)
    with pytest.raises(SystemExit, match="2"):
        main([*asked[:-1], "nothing"])
    assert "'nothing' is not one of" in capsys.readouterr().err
