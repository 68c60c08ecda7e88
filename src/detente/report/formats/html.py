"""One self-contained page by the template beside: no script, no address fetched, every text of others escaped."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from detente.errors import NoData, PackageError
from detente.plots import Chart, svg
from detente.report.document import Document, pieces
from detente.report.text import address, percent, plain, span

if TYPE_CHECKING:
    import jinja2


def render(document: Document) -> str:
    """The document as a page."""
    return _template().render(document=document)


@cache
def _template() -> jinja2.Template:
    import jinja2

    loader = jinja2.PackageLoader("detente.report.formats", ".")
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.globals.update(address=address, drawn=_drawn, percent=percent, pieces=pieces, plain=plain, span=span)
    environment.tests["block"] = lambda block, name: type(block).__name__ == name
    return environment.get_template("page.html.j2")


def _drawn(chart: Chart) -> Markup:
    """The picture, or why there is none."""
    try:
        return Markup(svg(chart.draw(), plain(chart.label)))
    except (NoData, PackageError) as error:
        return escape(plain(f"No chart: {error}. "))
