"""A back-test's scorecard for a terminal, as Markdown and as a page: the same numbers, wherever they are looked at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.backtest.scorecard import Scorecard, losing
from detente.errors import DetenteError

if TYPE_CHECKING:
    import polars as pl

FEW = 8
SCALES = {"count": "log(1 + n)", "value": "asinh of the value", "share": "share (0 to 1)"}
READ = (
    "CRPS is the mean distance of the forecast distribution from what came; lower is better. Skill is 1 less the ratio to the strongest baseline, "
    "which is chosen after the fact. Bands hold 90%, by a bootstrap over moving blocks of origins and over pairs; few origins make them rough. DM p: Diebold-Mariano, two-sided. "
    "Inside: outcomes within the central 90% by a PIT that splits ties at random (bounds: counting ties at the bounds as inside). "
    "Log score in bits, over ten bins; interval score of the 90% interval; Brier of the event that the outcome lies above the mean of the last year."
)


def _number(value: Any, digits: int = 4) -> str:
    if value is None or value != value:
        return "–"
    return f"{value:.{digits}f}" if isinstance(value, float) else f"{value:,}"


def _percent(value: float, signed: bool = True) -> str:
    return "–" if value is None or value != value else f"{value:+.1%}" if signed else f"{value:.1%}"


def _largest(o: dict[str, Any]) -> str:
    share = o["largest_pair_of_gain"]
    return f", {o['largest_pair']} alone {share:.0%} of the gain" if share == share else ""


def _band(row: dict[str, Any]) -> str:
    return "–" if row["low"] != row["low"] else f"{_percent(row['low'])} to {_percent(row['high'])}"


def headline(card: Scorecard) -> str:
    """The result in two sentences, whoever won."""
    o = card.overall()
    few = len(card.scored) < FEW
    verdict = (
        ("ahead of" if o["skill"] > 0 else "behind")
        if few
        else "better than"
        if o["low"] > 0
        else "worse than"
        if o["high"] < 0
        else "not told apart from"
    )
    doubt = f" Only {len(card.scored)} origins: too few to tell skill from luck." if few else ""
    return (
        f"The {o['model']} is {verdict} the strongest baseline ({o['strongest']}): skill {_percent(o['skill'])} "
        f"(90% {_band(o)}), better on {o['pairs_won']:,} of {o['pairs']:,} pairs; median pair {o['median_pair_skill']:+.1%}{_largest(o)}. "
        f"Its 90% intervals hold {_percent(o['inside'], False)} of outcomes.{doubt}"
    )


def described(card: Scorecard) -> str:
    """What was run, in a line."""
    run = card.described()
    teaching = f" (models learn from {run['series_teaching']:,})" if run["series_teaching"] != run["series"] else ""
    return (
        f"{run['data']}: {run['series']:,} series of {run['pairs']:,} pairs{teaching}, {run['kind']}, by {run['by']}, {run['from']} to {run['to']}; "
        f"{run['origins']} origins, {run['first_origin']} to {run['last_origin']}, every {_ordinal(run['step'], run['by'])}, learners anew at every {_ordinal(run['refit'], 'origin')}; "
        f"scores on the scale {SCALES[run['kind']]}; seed {run['seed']}."
    )


def _ordinal(n: int, what: str) -> str:
    return what if n == 1 else f"{n} {what}s"


def tables(card: Scorecard) -> list[tuple[str, list[str], list[list[str]]]]:
    """Every table as title, header, rows of text."""
    horizons = card.plan.horizons
    models = [
        [
            row["model"] + ("" if row["model"] in card.whole else " *"),
            *(_number(row[f"crps_{h}"]) for h in horizons),
            _number(row["crps"]),
            _percent(row["skill"]),
            _number(row["log_score"], 3),
            _number(row["interval_score"], 3),
            _number(row["brier"], 3),
            _percent(row["inside"], False),
            _percent(row["inside_bounds"], False),
        ]
        for row in card.models().iter_rows(named=True)
    ]
    found = [
        (
            "Models (ours: " + ", ".join(card.ours) + ")",
            [
                "model",
                *(f"CRPS {h}" for h in horizons),
                "CRPS",
                "skill",
                "log",
                "interval",
                "Brier",
                "inside",
                "bounds",
            ],
            models,
        ),
        (
            "By horizon",
            ["horizon", "CRPS", "strongest baseline", "CRPS", "skill", "90%", "DM p", "inside"],
            _rows(card.horizons(), "horizon", True),
        ),
    ]
    items = card.items()
    if items.height > 1:
        found.append(
            (
                "By item",
                ["item", "CRPS", "strongest baseline", "CRPS", "skill", "90%", "DM p"],
                _rows(items, "item", False),
            )
        )
    weights = card.weights()
    found.append(
        (
            "Weights in the stack, mean over origins",
            weights.columns,
            [[str(row[0]), *(f"{w:.2f}" for w in row[1:])] for row in weights.iter_rows()],
        )
    )
    pairs = card.pairs()
    header = ["pair", "forecasts", "CRPS", "CRPS of strongest", "skill"]
    found.append(("Pairs on which ours lost most", header, _pairs(losing(card, 10))))
    found.append(("Pairs on which ours won most", header, _pairs(pairs.tail(10).reverse().iter_rows(named=True))))
    return found


def _rows(frame: pl.DataFrame, first: str, inside: bool) -> list[list[str]]:
    return [
        [
            str(row[first]),
            _number(row["crps"]),
            row["strongest"],
            _number(row["crps_strongest"]),
            _percent(row["skill"]),
            _band(row),
            _number(row["p"], 3),
            *([_percent(row["inside"], False)] if inside else []),
        ]
        for row in frame.iter_rows(named=True)
    ]


def _pairs(rows: Any) -> list[list[str]]:
    return [
        [
            f"{r['a']}-{r['b']}",
            _number(r["cells"]),
            _number(r["crps"]),
            _number(r["crps_strongest"]),
            _percent(r["skill"]),
        ]
        for r in rows
    ]


NOTE = "* on its own cells, against the strongest baseline there: fitted to a sample of series, or not to short ones."


def to_text(card: Scorecard) -> str:
    """For a terminal."""
    import textwrap

    lines = [*textwrap.wrap(headline(card), 100), "", *textwrap.wrap(described(card), 100), ""]
    for title, header, rows in tables(card):
        lines += [title, *_aligned(header, rows), ""]
    return "\n".join([*lines, *textwrap.wrap(NOTE, 100), *textwrap.wrap(READ, 100)]) + "\n"


def _aligned(header: list[str], rows: list[list[str]]) -> list[str]:
    widths = [max(len(line[n]) for line in (header, *rows)) for n in range(len(header))]
    return [
        "  ".join(
            cell.ljust(w) if n == 0 else cell.rjust(w) for n, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in (header, *rows)
    ]


def to_markdown(card: Scorecard, title: str, command: str = "") -> str:
    """As Markdown."""
    lines = [f"# {_md(title)}", "", headline(card), "", described(card), ""]
    if command:
        lines += [f"Made by `{command}`.", ""]
    for name, header, rows in tables(card):
        if rows:
            lines += [
                f"## {name}",
                "",
                _line(header),
                _line(["---", *["---:"] * (len(header) - 1)]),
                *(_line([_md(c) for c in row]) for row in rows),
                "",
            ]
    return "\n".join([*lines, "## How to read it", "", _md(NOTE), READ]) + "\n"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _md(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("\n", " ")


def to_html(card: Scorecard, title: str) -> str:
    """As a self-contained page with its charts; every text escaped."""
    import jinja2
    from markupsafe import Markup

    from detente.plots import svg

    charts = [
        (
            Markup(svg(skill_chart(card), "Skill by horizon")),
            "Skill of ours over the strongest baseline of each horizon, with 90% bands.",
        ),
        (
            Markup(svg(calibration_chart(card), "Calibration")),
            "PIT histograms: flat when calibrated; a heap at both ends means too narrow, in the middle too wide.",
        ),
    ]
    env = jinja2.Environment(loader=jinja2.PackageLoader("detente.report", "."), autoescape=True, trim_blocks=True)
    return env.get_template("scorecard.html.j2").render(
        title=title,
        headline=headline(card),
        described=described(card),
        tables=tables(card),
        charts=charts,
        note=NOTE,
        read=READ,
    )


def write_html(card: Scorecard, title: str, path: Path) -> Path:
    """Write the page; DetenteError where the file cannot be written."""
    try:
        path.write_text(to_html(card, title), encoding="utf-8")
    except OSError as error:
        raise DetenteError(f"{path}: can't be written: {error.strerror}") from None
    return path


def skill_chart(card: Scorecard) -> Any:
    """Skill over the strongest baseline of each horizon, ours and the other models as points."""
    from detente.plots import BLUE, GREY, SERIES, figure, source_line

    frame = card.horizons()
    made, axis = figure(3.2)
    x = frame["horizon"].to_numpy()
    axis.axhline(0, color=GREY, linewidth=1)
    low, middle, high = (100 * frame[name].to_numpy() for name in ("low", "skill", "high"))
    axis.errorbar(x, middle, [middle - low, high - middle], fmt="o-", color=BLUE, capsize=3, label=card.best)
    for name, colour in zip([m for m in card.ours if m != card.best and m in card.whole], SERIES[1:], strict=False):
        against = [
            100 * (1 - card.mean(name, cells) / card.mean(card.strongest(cells), cells))
            for cells in (card.at(card.cells, n) for n in range(len(x)))
        ]
        axis.plot(x, against, "--", color=colour, linewidth=1, label=name)
    axis.set_xlabel(f"horizon ({card.data.by}s)")
    axis.set_ylabel("skill in CRPS (%)")
    axis.set_xticks(x)
    axis.legend(frameon=False, ncols=4, fontsize=8)
    source_line(made, described(card))
    return made


def calibration_chart(card: Scorecard) -> Any:
    """PIT histograms of ours and of the strongest baseline."""
    import numpy as np

    from detente.plots import BLUE, GREY, ORANGE, figure, source_line

    shown = [(card.best, BLUE), (card.strongest(card.cells), ORANGE)]
    made, axes = figure(2.8, 1, 2, sharey=True)
    for axis, (name, colour) in zip(axes, shown, strict=True):
        share = card.pit(name)
        edges = np.linspace(0, 1, len(share) + 1)
        axis.bar(
            edges[:-1],
            share * len(share),
            width=1 / len(share),
            align="edge",
            color=colour,
            alpha=0.75,
            edgecolor="white",
        )
        axis.axhline(1, color=GREY, linewidth=1)
        axis.set_title(name, fontsize=9)
        axis.set_xlabel("PIT of outcomes")
    axes[0].set_ylabel("density (1 = calibrated)")
    source_line(made, described(card))
    return made
