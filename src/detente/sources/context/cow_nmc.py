"""National material capabilities of the Correlates of War, 7.0, by state and year.

Measures of a state: milex (military expenditure, thousand US dollars of the year; by the codebook British pounds
before 1914), milper (military personnel, thousands), irst (iron and steel, thousand tons), pec (energy consumed,
thousand tons of coal), tpop and upop (all people, and those in cities; thousands), cinc (share of the six in those of
all states, 0 to 1). Unknown ones have no row. Tried on a table of these columns drawn from the release; the release
adds stateabb and version, and writes -9 for what is unknown.
"""

from __future__ import annotations

from detente.sources.context.rows import reader
from detente.sources.context.yearly import of_states
from detente.sources.source import Source

MEASURES = ("milex", "milper", "irst", "pec", "tpop", "upop", "cinc")


NMC = Source(
    "cow_nmc",
    "COW capabilities",
    (
        reader(
            f"ccode year {' '.join(MEASURES)}",
            of_states("cow_nmc", {name: name for name in MEASURES}, {"cinc": (0, 1)}),
            title="COW national material capabilities",
        ),
    ),
    ("indicators",),
    covers="years",
    citation="Singer, Bremer and Stuckey, Capability Distribution, Uncertainty, and Major Power War, 1972; "
    "National Material Capabilities 7.0",
    terms="as on the site of the Correlates of War",
    home="https://correlatesofwar.org/data-sets/national-material-capabilities/",
)
