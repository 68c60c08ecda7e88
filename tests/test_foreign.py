"""Files of other data sets are refused by their name, with what to do instead."""

from __future__ import annotations

import gzip
import re
import zipfile
from pathlib import Path

import click
import pytest

from conftest import SHARED, gdelt_row, read_file
from detente.errors import DetenteError
from detente.sources import NotRecognised, detect

HEADERS = {
    "Phoenix": "eid,story_date,year,month,day,source,source_root,source_agent,target,code,root_code,quad_class,goldstein",  # noqa: E501
    "ACLED": "event_id_cnty,event_date,year,disorder_type,event_type,sub_event_type,actor1,inter1,actor2",
    "UCDP Georeferenced": "id,relid,year,type_of_violence,conflict_new_id,side_a,side_b,date_start",
    "UCDP Dyadic": "dyad_id,conflict_id,location,side_a,side_b,year",
    "dyadic disputes (MID)": "disno,dyindex,statea,stateb,strtday,strtyr",
    "War alliances": "version4id,ccode1,state_name1,ccode2,state_name2,defense,neutrality,year",
    "War alliances (by member)": "version4id,ccode,state_name,defense,neutrality,nonaggression,entente",
    "ATOP": "atopid,member,yrent,moent",
    "UN Digital Library outcomes": "undl_id,date,session,resolution,draft,title,total_yes,total_no,AFG,USA",
    "War contiguity data by year": "dyad,state1no,state1ab,state2no,state2ab,year,conttype,version",
    "ICEWS counts": "year,sender,receiver,sender_name,receiver_name,verbal_cooperation,material_conflict",
    "Global Terrorism": "eventid,iyear,imonth,iday,country,country_txt",
    "World Development": '"Data Source","WDI"\n\n"Country Name","Country Code","Indicator Name","Indicator Code"',
    "MID locations": "dispnum,year,onset,location,latitude,longitude",
    "list of files, ": "12345 20130401.export.CSV.zip",
    "reduced file": "Date\tSource\tTarget\tCAMEOCode\tNumEvents\tNumArts\tQuadClass\tGoldstein",
    "mentions table": "881990832\t20191024143000\t20191024143000\t1\ta.com\thttp://a.com/x\t1\t-1\t10\t20\t1\t50\t2000\t-1.5\t\t",
    "Global Knowledge Graph": "20191024143000-0\t20191024143000\t1\ta.com\thttp://a.com" + "\t" * 22,
    "list of files": "150383 297a16b493de7cf6ca809a7cc31d0b93 http://data.gdeltproject.org/gdeltv2/20150218230000.export.CSV.zip",
    "web page": "<!DOCTYPE html><html><head><title>404</title>",
    "commas between the columns": gdelt_row(1).replace("\t", ","),
    "of 60 columns": gdelt_row(1).rpartition("\t")[0],
    "ICEWS events without the line of column names": "25000001\t2017-12-01" + "\t" * 18,
    "POLECAT events without the line of column names": "E1\t2023-01-02" + "\t" * 38,
    "countrycode's panel": "country.name.en,year,cowc,cown,gwc,gwn,p4n,p5n,vdem,iso2c",
    "World Treaty Index": "PartyID,PartyName,GroupNo,iso3",
    "weekly series of the Levant": "week,i2p,p2i",
    "monthly series of the Levant": "month,I2P,P2I,JPI",
    "Phoenix real-time": "eventid,date8,year,month,day,sourceactorfull,sourceactorentity",
    "Terrier": "code,src_actor,month,tgt_agent,country_code,year,mongo_id,source,date8,src_agent,tgt_actor,latitude,src_other_agent,quad_class,root_code,tgt_other_agent,day,target,goldstein,geoname,longitude,url",  # noqa: E501
    "KEDS": "790415\tISR\tPALPLO\t223\t(MIL ENGAGEMENT)",
    "UN voting similarity": "ccode1,ccode2,year,agree2un,agree3un,s2un,s3un",
    "UN agreement scores": "ccode1,ccode2,session.x,agree,year",
    "UCDP Non-State": "conflict_id,dyad_id,org,side_a_name,side_a_name_fulleng",
    "UCDP One-sided": "conflict_id,dyad_id,actor_id,coalition_components,actor_name,is_government_actor",
    "military expenditure": "Country,Currency,Notes,1949,1950",
    "Comtrade": "typeCode,freqCode,refPeriodId,refYear,reporterCode,partnerCode,primaryValue",
    "store's error message": '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code>',
    "pointer of git-lfs": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1",
    "answer of the Dataverse": '{"status":"OK","data":{"id":1}}',
    "UTF-16 without its mark": "s\0u\0b\0j\0e\0c\0t\0",
    "Phoenix daily": "20140620_0001_0\t20140620\t2014\t6\t20\tRUS\tRUS\t\t\tUSAGOV\tUSA\tGOV\t\t036",
}


@pytest.mark.parametrize("name", HEADERS)
def test_the_layout_is_known_by_name(tmp_path: Path, name: str) -> None:
    file = tmp_path / "other.txt"
    file.write_text(HEADERS[name] + "\n")
    with pytest.raises(DetenteError) as told:
        detect(file)
    said = str(told.value)
    assert (
        name in said
        and ": is " in said
        and any(w in said for w in ("ingest", "write", "fetch", "detente", "give", "put it", "save it"))
    )


def test_commands_that_are_recommended_exist() -> None:
    """Each `detente ...` in a message of the package is a command, and its options are options of it."""
    from detente.cli import detente

    sources = Path(__file__).resolve().parents[1] / "src" / "detente"
    texts = [path.read_text(encoding="utf-8") for path in [*sources.rglob("*.py"), *sources.rglob("*.csv")]]
    found = {told for text in texts for told in re.findall(r"[`(]detente ([a-z][a-z -]*[^`)\n]*)[`)]", text)}
    assert "fetch gdelt --from DAY --to DAY" in found
    for told in found:
        words = told.split()
        command = detente
        while words and isinstance(command, click.Group) and words[0] in command.list_commands(click.Context(command)):
            command = command.get_command(click.Context(command), words.pop(0))
        assert command is not detente, told
        options = {flag for parameter in command.params for flag in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options | {"--help"}, told
        arguments = [p for p in command.params if isinstance(p, click.Argument)]
        for word, argument in zip(words, arguments, strict=False):
            if isinstance(argument.type, click.Choice) and not word.startswith("-"):
                assert word in argument.type.choices, told


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "xls"),
        (b"PAR1\x15\x04", "as Parquet"),
        (gzip.compress(b"RDX3\nX\n\0\0", mtime=0), "R data"),
        (gzip.compress(b"X\n\0\0\0\x03", mtime=0), "R data"),
        (b"<stata_dta><header>", "a Stata file"),
        (b"sep=;\nsubject;measure\n", "delete that line"),
    ],
)
def test_files_of_other_programs(tmp_path: Path, data: bytes, name: str) -> None:
    file = tmp_path / "other.bin"
    file.write_bytes(data)
    with pytest.raises(DetenteError, match=name):
        detect(file)


def test_a_spreadsheet_is_no_archive_of_tables(tmp_path: Path) -> None:
    file = tmp_path / "facts.xlsx"
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("[Content_Types].xml", "<?xml version='1.0'?>")
        book.writestr("xl/workbook.xml", "<?xml version='1.0'?>")
    with pytest.raises(DetenteError, match=r"spreadsheet \(xlsx\): save its table as CSV"):
        detect(file)


def test_an_open_spreadsheet_is_no_archive_of_tables(tmp_path: Path) -> None:
    file = tmp_path / "facts.ods"
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", "<?xml version='1.0'?>")
    with pytest.raises(DetenteError, match=r"ods, odt.*save its table as CSV"):
        detect(file)


def test_what_nobody_knows_is_not_guessed(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("a,b,c\n1,2,3\n")
    with pytest.raises(NotRecognised, match="of no format we read"):
        detect(file)


CASES = SHARED.parent / "cases"
# What of each folder is read (True), read with every row set aside (None), or refused by name (False).
READ = {
    "01_icews_2017_dates": {"Events.2017.20201006.tab": 2, "ymd.tab": 2},
    "03_icews_quotes_badcode": {"events.tab": 3},
    "10_polecat_odd": {
        "comma.csv": 20,
        "extra_header.tsv": 3,
        "extra_tabs.tsv": 3,
        "ngecEvents.tsv": 20,
        "no_version_col.tsv": 3,
        "really_41_cols.tsv": 3,
        "short_rows.tsv": 0,
        "swapped_columns.tsv": 1,
    },
    "12_other_datasets": {
        "alliance_v4.1_by_directed_yearly.csv": 1,
        "ga_voting_undl.csv": 2,
        "icews_comma.csv": 1,
        "icews_r_package_names.tsv": 1,
        "sipri_trade_register.csv": 1,
    },
    "14_own_csv_odd": {
        "bom_crlf.csv": 2,
        "facts.csv": 8,
        "facts_R_NA.csv": 2,
        "latin1.csv": 0,
        "semicolon.csv": 2,
    },
    "16_gdelt_values": {"x.export.CSV": 10},
    "20_icews_country_NA": {"events.tab": 1},
}


@pytest.mark.parametrize("folder", READ)
def test_the_shared_cases(folder: str) -> None:
    if not (CASES / folder).is_dir():
        pytest.skip(f"{CASES} is not here")
    for path in sorted((CASES / folder).iterdir()):
        if path.name == "README" or path.name in ("figures.csv", "utf16.csv"):
            continue
        if path.name not in READ[folder]:
            with pytest.raises(DetenteError, match=": is "):
                read_file(path)
            continue
        read = read_file(path)
        assert read.rows.height == READ[folder][path.name], path.name
        if "receiver" in read.rows.columns and "NAM" in read.rows["receiver"].to_list():
            raise AssertionError(f"{path}: Namibia through a missing cell")


def test_the_shared_figures() -> None:
    for name in ("figures.csv", "utf16.csv"):
        path = CASES / "14_own_csv_odd" / name
        if not path.exists():
            pytest.skip(f"{CASES} is not here")
        read = read_file(path)
        assert {2, 3, 4, 5, 12} <= set(range(2, 13)) - set(read.bad)
        assert {6, 8, 9, 10, 11} <= set(read.bad)
