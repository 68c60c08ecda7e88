"""The assessment as one self-contained page: no script, no address fetched, every text escaped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import DetenteError
from detente.report.explanation import based
from detente.report.terminal import percent
from detente.report.text import points

if TYPE_CHECKING:
    from detente.assessment import Assessment


def address(url: str | None) -> str:
    """The address where it is one a reader may open (http or https), else ""."""
    return url if url and url.startswith(("http://", "https://")) else ""


def to_html(assessment: Assessment, *, brief: bool = False) -> str:
    """The page as text; `brief` stops after the finding, its charts and the table of areas."""
    import jinja2
    from markupsafe import Markup

    from detente.report.charts import area_chart, estimates_chart, overall_chart, stock_chart

    def notes(numbers: tuple[int, ...]) -> Markup:
        return Markup(" ").join(Markup('<a class="range" href="#note-{0}">[{0}]</a>').format(n) for n in numbers)

    env = jinja2.Environment(loader=jinja2.PackageLoader("detente.report", "."), autoescape=True, trim_blocks=True)
    env.globals.update(percent=percent, points=points, notes=notes, based=based, address=address)
    rules = dict.fromkeys(f.rule for f in assessment.areas if f.rule)
    return env.get_template("page.html.j2").render(
        a=assessment,
        brief=brief,
        overall=[chart for chart in (overall_chart(assessment), stock_chart(assessment)) if chart],
        charts={} if brief else {f.area: area_chart(assessment, f.area) for f in assessment.areas},
        estimates={s.topic: estimates_chart(s) for s in assessment.explanation},
        facts=[] if brief else list(enumerate(assessment.series["facts"], start=1)),
        rules=list(rules),
    )


def write_page(assessment: Assessment, path: Path, *, brief: bool = False) -> Path:
    """Write the page; DetenteError where the file cannot be written."""
    try:
        path.write_text(to_html(assessment, brief=brief), encoding="utf-8")
    except OSError as error:
        raise DetenteError(f"{path}: can't be written: {error.strerror}") from None
    return path
