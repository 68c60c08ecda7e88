from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from detente.codebook import actions, assign_areas, explain, load_codebook, polecat_action
from detente.codebook.assign import NEEDED
from detente.errors import DetenteError


def frame(**columns: list[str | None]) -> pl.DataFrame:
    size = len(next(iter(columns.values())))
    return pl.DataFrame({name: pl.Series(columns.get(name, [None] * size), dtype=pl.Utf8) for name in NEEDED})


def test_actions_follow_the_codebook() -> None:
    table = actions()
    assert len(table) >= 310
    assert (table["057"].quad, table["0842"].quad, table["111"].quad, table["190"].quad) == (1, 2, 3, 4)
    assert (table["190"].intensity, table["0874"].intensity, table["010"].intensity) == (-10.0, 10.0, 0.0)
    assert {a.plover for a in table.values() if a.plover} == {
        "ACCUSE",
        "AGREE",
        "AID",
        "ASSAULT",
        "COERCE",
        "CONCEDE",
        "CONSULT",
        "COOPERATE",
        "MOBILIZE",
        "PROTEST",
        "REJECT",
        "REQUEST",
        "RETREAT",
        "SANCTION",
        "SUPPORT",
        "THREATEN",
    }
    for code, action in table.items():
        assert action.quad == (1 if code < "06" else 2 if code < "09" else 3 if code < "14" else 4)


def test_intensities_are_those_in_the_data(shared: Path) -> None:
    """GDELT's own rows carry the scale: every code seen must agree."""
    import zipfile

    seen = {}
    with zipfile.ZipFile(shared / "gdelt_raw" / "20191024143000.export.CSV.zip") as archive:
        for line in archive.read(archive.namelist()[0]).decode().splitlines():
            fields = line.split("\t")
            seen[fields[26]] = float(fields[30])
    assert len(seen) > 80
    assert {c: v for c, v in seen.items() if abs(actions()[c].intensity - v) > 1e-6} == {}


def test_areas_in_the_order_of_the_codebook_and_only_between_actors() -> None:
    events = frame(
        sender=["RUS", "USA", "RUS", "USA", "USA"],
        receiver=["USA", "RUS", "RUS", "RUS", "RUS"],
        action=["062", "112", "190", "040", "010"],
        sender_sector=["MIL", None, None, None, None],
        place=[None, "Tehran, Tehran, Iran", None, None, None],
        url=[
            None,
            None,
            None,
            "https://x.org/2018/us-russia-talks-on-missile-defense-after-syria-strike",
            "https://x.org/crisis-in-a-trader-guild",
        ],
    )
    assert assign_areas(events, load_codebook()).to_list() == [
        ["military_dialogue"],
        ["third_party_dispute", "third_party_dispute:IRN"],
        [],
        ["missile_defence", "third_party_dispute", "third_party_dispute:SYR", "diplomatic"],
        ["economic"],
    ]


def test_words_match_from_the_start_of_a_word() -> None:
    events = frame(sender=["RUS", "RUS"], receiver=["USA", "USA"], action=["010", "010"], text=["crisis", "isis"])
    assert assign_areas(events, load_codebook()).to_list() == [[], ["counter_terrorism"]]


def test_each_assignment_says_why() -> None:
    why = dict(explain({"sender": "RUS", "receiver": "USA", "action": "0862", "text": "plutonium"}, load_codebook()))
    assert why["threat_reduction"].startswith("rule")


def test_a_codebook_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[areas.arctic]\ntitle = "Arctic"\ndefinition = "The far north."\n[[areas.arctic.rules]]\nwords = ["arctic"]\n'
    )
    book = load_codebook(str(file))
    assert assign_areas(
        frame(sender=["RUS"], receiver=["USA"], action=["040"], text=["talks on the Arctic"]), book
    ).to_list() == [["arctic"]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("areas = 3", "at least one"),
        ("[areas.x]\ntitle='x'\n", "lacks definition, rules"),
        ("not toml [", "not a TOML"),
        ("[areas.x]\ntitle='x'\ndefinition='y'\n[[areas.x.rules]]\nwors=['a']\n", "unknown condition wors"),
        ("[areas.x]\ntitle='x'\ndefinition='y'\n[[areas.x.rules]]\nwords='a'\n", "list of texts"),
        ("[areas.x]\ntitle='x'\ndefinition='y'\n[[areas.x.rules]]\nwords=[]\n", "without conditions"),
    ],
)
def test_bad_codebooks_say_what_to_mend(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    with pytest.raises(DetenteError, match=said):
        load_codebook(str(file))


def test_polecat_types() -> None:
    assert polecat_action("consult", "visit") == ("042", "CONSULT", 1)
    assert polecat_action("ASSAULT", "aerial") == ("195", "ASSAULT", 4)
    assert polecat_action("NONSENSE") is None
    for kind in ("AGREE", "RETREAT", "THREATEN"):
        found = polecat_action(kind)
        assert found and found[0] in actions()
