"""How every chart looks: colours safe for the colour-blind, quiet axes, SVG text that is the same each time."""

from __future__ import annotations

import re
import textwrap
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import StringIO
from threading import RLock
from typing import TYPE_CHECKING, Any

from detente.errors import visible

if TYPE_CHECKING:
    from detente.uncertainty import Estimate

BLUE, ORANGE, GREY, INK = "#0b5cad", "#c4560a", "#6b7280", "#1f2933"
# For lines that are neither cooperation nor conflict: told apart by lightness too.
SERIES = (BLUE, INK, "#2a9d8f", "#7a4fa3", GREY, "#8a5a00")

_DRAWING = RLock()

STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "detente",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart not drawn yet: `draw` makes the figure, `label` names it, `caption` says what it shows and from what."""

    draw: Callable[[], Any]
    label: str
    caption: str


def figure(height: float, rows: int = 1, columns: int = 1, **grid: Any) -> tuple[Any, Any]:
    """A matplotlib figure in the house style and its axes (8.4 inches wide, so many inches high).

    The reader's own matplotlib settings stay as they are.
    """
    with _style():
        drawing = _house()(figsize=(8.4, height), layout="constrained")
        return drawing, drawing.subplots(rows, columns, **{"sharex": True, **grid})


@contextmanager
def _style() -> Iterator[None]:
    """Our settings for as long as this lasts, for one thread at a time: matplotlib has but one set of them."""
    import matplotlib

    with _DRAWING, matplotlib.rc_context(STYLE):
        yield


@cache
def _house() -> Any:
    """A figure that draws text as it stands: a dollar sign begins no formula, a letter that the font lacks is no news.

    Made when asked for, as matplotlib takes long to import.
    """
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    class House(Figure):
        def draw(self, renderer: Any) -> None:
            for text in self.findobj(Text):
                text.set_parse_math(False)  # type: ignore[attr-defined]  # a text
            with _style(), warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Glyph")
                super().draw(renderer)

    House.__qualname__ = "House"
    return House


def __getattr__(name: str) -> Any:
    # A figure is pickled by the name of its class.
    if name == "House":
        return _house()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def signed_colours() -> Any:
    """A colour map from conflict (orange) over nought (white) to cooperation (blue)."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("detente", [ORANGE, "#ffffff", BLUE])


def band(axis: Any, x: Any, middle: Any, low: Any, high: Any, *, colour: str = BLUE, label: str = "") -> None:
    """A line with its interval as a shade."""
    axis.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0)
    axis.plot(x, middle, color=colour, linewidth=1.6, label=label or None)


def dots(estimates: Sequence[tuple[str, Estimate]], unit: str) -> Any:
    """Estimates by name, one below the other, as dots with their bands."""
    drawing, axis = figure(0.28 * len(estimates) + 0.9)
    rows, values = range(len(estimates), 0, -1), [value for _, value in estimates]
    axis.axvline(0, color=GREY, linewidth=0.8)
    axis.hlines(rows, [one.low for one in values], [one.high for one in values], color=BLUE, linewidth=2.4, alpha=0.45)
    axis.scatter([one.value for one in values], rows, color=BLUE, s=26, zorder=3)
    axis.set_yticks(list(rows), [name for name, _ in estimates])
    axis.set_xlabel(unit)
    return drawing


def period_axis(axis: Any, days: Sequence[date], by: str) -> None:
    """Numbers of periods along the foot of a chart shown as their first days; of quarters and years, as the year."""
    from matplotlib.ticker import FuncFormatter

    texts = dict(enumerate(day.isoformat()[: 4 if by in ("quarter", "year") else 10] for day in days))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda number, _: texts.get(round(number), "")))
    axis.set_xlabel(by)


def level_line(axis: Any, at: float = 0.0) -> None:
    """A thin line across at nought, or at another value to compare with."""
    axis.axhline(at, color=GREY, linewidth=0.7)


def legend(axis: Any, columns: int = 2) -> None:
    """The names of the lines, above the axes, so that they hide none."""
    axis.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0, frameon=False, ncols=columns)


def matrix(
    axis: Any,
    values: Any,
    names: Sequence[str],
    cells: Sequence[Sequence[str]],
    *,
    signed: bool = False,
    bold: Any = None,
) -> None:
    """A square table in colours, from nought up or (signed) to both sides of it, with words in its cells (row, column).

    `bold` says which of them stand out.
    """
    most = max((abs(value) for row in values for value in row), default=0.0) or 1.0
    low, colours, faint = (-most, signed_colours(), INK) if signed else (0, "Blues", BLUE)
    axis.imshow(values, cmap=colours, vmin=low, vmax=most, aspect="auto" if signed else "equal")
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            colour = "white" if abs(value) > 0.6 * most else faint
            weight = "bold" if bold is not None and bold[i][j] else "normal"
            axis.text(j, i, cells[i][j], ha="center", va="center", fontweight=weight, color=colour)
    axis.set_xticks(range(len(names)), names)
    axis.set_yticks(range(len(names)), names)


def source_line(figure: Any, text: str, *, after: bool = False) -> None:
    """What the chart shows and where it is from, below it: instead of what stands there, or after it."""
    before = " ".join(figure.get_supxlabel().split()) if after else ""
    text = f"{before} {text}".strip()
    figure.supxlabel(textwrap.fill(text, 150), fontsize=7.5, color=GREY, x=0.01, ha="left")


def svg(figure: Any, label: str) -> str:
    """The figure as an SVG element with an accessible label, without the XML head."""
    out = StringIO()
    with _style():
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = visible(re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S))
    clean = visible(label).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return text.replace("<svg ", f'<svg role="img" aria-label="{clean}" ', 1)
