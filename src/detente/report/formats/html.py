"""One self-contained page: no script, no address fetched, every text of others escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from detente.report.document import Chart, Document, Inline, Share, Text, pieces
from detente.report.text import address, percent, plain, span

if TYPE_CHECKING:
    import jinja2


def render(document: Document) -> str:
    """The document as a page by the template that lies beside this file."""
    return _environment().get_template("page.html.j2").render(document=document)


def _environment() -> jinja2.Environment:
    import jinja2

    loader = jinja2.PackageLoader("detente.report.formats", ".")
    made = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters["shown"] = _shown
    made.globals["drawn"] = _drawn
    made.tests["block"] = lambda block, name: type(block).__name__ == name
    return made


def _drawn(chart: Chart) -> Markup:
    from detente.plots import svg

    return Markup(svg(chart.draw(), plain(chart.label)))


def _shown(text: Text) -> Markup:
    return Markup("").join(map(_piece, pieces(text)))


def _piece(piece: Inline) -> Markup:
    if isinstance(piece, str):
        return escape(plain(piece))
    if isinstance(piece, Share):
        return _share(piece)
    said = escape(plain(piece))
    if target := address(piece.href):
        away = Markup("") if target.startswith("#") else Markup(' rel="noreferrer"')
        said = Markup('<a href="{}"{}>{}</a>').format(target, away, said)
    return Markup('<span class="{}">{}</span>').format(piece.style, said) if piece.style else said


def _share(share: Share) -> Markup:
    if share.value is None:
        return Markup('<span class="unknown">unknown</span>')
    bar = Markup('<span class="bar"><i style="width:{:.0f}%"></i></span> ').format(100 * share.value)
    told = Markup(' <span class="quiet">{}</span>').format(span(share.interval)) if share.interval else ""
    return Markup('<span class="num">{}{}{}</span>').format(bar if share.bar else "", percent(share.value), told)
