"""A back-test in two sentences, and what was run in one."""

from __future__ import annotations

from typing import Any

FEW = 8
SCALES = {"count": "log(1 + n)", "value": "asinh of the value", "share": "share (0 to 1)"}


def percent(value: float, signed: bool = True) -> str:
    """A share as a percentage, a dash for none."""
    return "–" if value is None or value != value else f"{value:+.1%}" if signed else f"{value:.1%}"


def headline(overall: dict[str, Any], origins: int) -> str:
    """The result in two sentences, whoever won; see `Scorecard.overall`."""
    o, few = overall, origins < FEW
    if few:
        verdict = "ahead of" if o["skill"] > 0 else "behind"
    else:
        verdict = "better than" if o["low"] > 0 else "worse than" if o["high"] < 0 else "not told apart from"
    bounds = "–" if o["low"] != o["low"] else f"{percent(o['low'])} to {percent(o['high'])}"
    share = o["largest_pair_of_gain"]
    largest = f", {o['largest_pair']} alone {share:.0%} of the gain" if share == share else ""
    doubt = f" Only {origins} origins: too few to tell skill from luck." if few else ""
    return (
        f"The {o['model']} is {verdict} the strongest baseline ({o['strongest']}): skill {percent(o['skill'])} "
        f"(90% {bounds}), better on {o['pairs_won']:,} of {o['pairs']:,} pairs; median pair "
        f"{o['median_pair_skill']:+.1%}{largest}. "
        f"Its 90% intervals hold {percent(o['coverage'], False)} of outcomes.{doubt}"
    )


def described(run: dict[str, Any]) -> str:
    """What was run (see `Scorecard.described`), in a line."""
    teaching = f" (models learn from {run['series_teaching']:,})" if run["series_teaching"] != run["series"] else ""
    return (
        f"{run['data']}: {run['series']:,} series of {run['pairs']:,} pairs{teaching}, {run['kind']}, by "
        f"{run['by']}, {run['from']} to {run['to']}; "
        f"{run['origins']} origins, {run['first_origin']} to {run['last_origin']}, every "
        f"{_ordinal(run['step'], run['by'])}, learners anew at every {_ordinal(run['refit'], 'origin')}; "
        f"scores on the scale {SCALES[run['kind']]}; seed {run['seed']}."
    )


def _ordinal(n: int, what: str) -> str:
    return what if n == 1 else f"{n} {what}s"
