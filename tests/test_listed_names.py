"""Names as the World Bank, the IMF, the UN, SIPRI, UCDP and ICEWS write them."""

from __future__ import annotations

import polars as pl
import pytest

from conftest import SHARED
from detente.actors import actors, counts_as
from detente.actors.tables import rows
from detente.errors import DetenteError

LISTS = {
    "World Bank": "COD Congo, Dem. Rep.|COG Congo, Rep.|PRK Korea, Dem. Rep.|PRK Korea, Dem. People's Rep.|KOR Korea, Rep.|"  # noqa: E501
    "IRN Iran, Islamic Rep.|EGY Egypt, Arab Rep.|YEM Yemen, Rep.|VEN Venezuela, RB|FSM Micronesia, Fed. Sts.|PSE "
    "West Bank and Gaza|"
    "GMB Gambia, The|BHS Bahamas, The|LAO Lao PDR|MKD Macedonia, FYR|SVK Slovak Republic|KGZ Kyrgyz Republic|KNA "
    "St. Kitts and Nevis|"
    "LCA St. Lucia|VCT St. Vincent and the Grenadines|HKG Hong Kong SAR, China|MAC Macao SAR, China|SOM Somalia, "
    "Fed. Rep.|TUR Turkiye",
    "IMF": "CHN China, P.R.: Mainland|HKG China, P.R.: Hong Kong|AFG Afghanistan, Islamic Rep. of|IRN Iran, I.R. of|SRB Serbia, Rep. of|"  # noqa: E501
    "COD Congo, Dem. Rep. of the|COG Congo, Rep. of|VEN Venezuela, Rep. Bolivariana de|YEM Yemen, Rep. of|TWN "
    "Taiwan Province of China|"
    "ETH Ethiopia, The Federal Dem. Rep. of|TZA Tanzania, United Rep. of|STP São Tomé and Príncipe, Dem. Rep. "
    "of|NLD Netherlands, The",
    "UN": "BOL Bolivia (Plurinational State of)|IRN Iran (Islamic Republic of)|FSM Micronesia (Federated States of)|VNM Viet Nam|"  # noqa: E501
    "VEN Venezuela (Bolivarian Republic of)|KOR Republic of Korea|LBY Libyan Arab Jamahiriya|HKG China, Hong Kong "
    "SAR|PSE State of Palestine",
    "SIPRI": "BIH Bosnia-Herzegovina|YEM Yemen, North|YMD Yemen, South|RVN South Vietnam|CIV Cote d'Ivoire|ARE UAE|COD DR Congo",  # noqa: E501
    "UCDP": "RUS Russia (Soviet Union)|YEM Yemen (North Yemen)|SRB Serbia (Yugoslavia)|COD DR Congo (Zaire)|MMR Myanmar (Burma)|"  # noqa: E501
    "KHM Cambodia (Kampuchea)|MDG Madagascar (Malagasy)|ZWE Zimbabwe (Rhodesia)|VNM Vietnam (North Vietnam)|"
    "SWZ Kingdom of eSwatini (Swaziland)|MKD North Macedonia (Macedonia, FYR)",
    "of the past": "JOR Transjordan|GHA Gold Coast|SSD Southern Sudan|DDR Germany, Dem. Rep.|YMD Yemen, Dem. Rep.|RVN Vietnam, Rep. of",  # noqa: E501
}
CASES = [(name, told[:3], told[4:]) for name, line in LISTS.items() for told in line.split("|")]


@pytest.mark.parametrize(("of", "code", "name"), CASES)
def test_names_of_the_great_lists(of: str, code: str, name: str) -> None:
    index = actors()
    for found in (index.country(name).code, index.state(name)):
        assert counts_as(found) == counts_as(code), of


def test_every_listed_name_means_its_state() -> None:
    for row in rows("listed_names.csv"):
        assert counts_as(actors().country(row["name"]).code) == counts_as(row["code"]), row["name"]


def test_the_short_names_that_two_states_share_stay_in_doubt() -> None:
    for name in ("Congo", "Korea"):
        with pytest.raises(DetenteError, match="may be"):
            actors().state(name)


def test_every_country_that_icews_names() -> None:
    path = SHARED / "icews" / "events.2018.sample.tab"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    held = pl.read_csv(path, separator="\t", quote_char=None, infer_schema_length=0)
    names = set(held["Source Country"]) | set(held["Target Country"])
    unknown = {n for n in names if n and n not in ("NA", "NULL", "Congo") and not actors().country(n).code}
    assert not unknown and len(names) > 100
