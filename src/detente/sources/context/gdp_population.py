"""GDP, people and GDP per head by state and year, as Fariss and others estimate them from many sources.

Measures of a state: gdp (million dollars), population (millions), gdp_per_head (dollars), each with its standard
deviation (gdp_sd and so on). Dollars are constant and adjusted for prices: of the Penn World Tables for gdp, of the
Maddison Project for gdp_per_head. Tried on a table of these columns drawn from the release, which has a file a model.
"""

from __future__ import annotations

from detente.sources.context.rows import reader
from detente.sources.context.yearly import of_states
from detente.sources.source import Source

MEASURES = {
    "gdp_per_head": "mrgdppc",
    "gdp_per_head_sd": "sd_mrgdppc",
    "gdp": "pwtrgdp",
    "gdp_sd": "sd_pwtrgdp",
    "population": "pwtpop",
    "population_sd": "sd_pwtpop",
}


GDP_POPULATION = Source(
    "gdp_population",
    "GDP and population",
    (
        reader(
            f"ccode year {' '.join(MEASURES.values())}",
            of_states("gdp_population", MEASURES),
            title="GDP and population by state and year",
        ),
    ),
    ("indicators",),
    covers="years",
    citation="Fariss, Anders, Markowitz and Barnum, New Estimates of Over 500 Years of Historic GDP and Population "
    "Data, Journal of Conflict Resolution 66(3), 2022",
    terms="see the release",
    home="https://doi.org/10.7910/DVN/FALCGS",
)
