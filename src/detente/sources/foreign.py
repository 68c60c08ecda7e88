"""Files of other well-known data sets, told by their columns, so that they are refused by name and with a remedy.

One line a layout: columns that only it has, what it is, and what to do instead.
"""

from __future__ import annotations

import re

from detente.sources.named import names_in
from detente.sources.reader import Head

EVENTS = "ingest GDELT's export files (YYYYMMDDHHMMSS.export.CSV.zip)"
_FIGURES = "write what you need of it as figures.csv (docs/formats.md)"
_OTHER_EVENTS = "another coding of events; ingest ICEWS, GDELT or POLECAT files"

# Columns that identify -> what it is -> what to do.
_LAYOUTS: tuple[tuple[str, str, str], ...] = (
    (
        "undl id;ms code;ms vote",
        "UN Digital Library voting data",
        "ingest the UN votes of the Dataverse (doi:10.7910/DVN/LEJUQZ) or of the unvotes package",
    ),
    ("eid;story date;source root;goldstein", "the Historical Phoenix event data", _OTHER_EVENTS),
    ("event id cnty;sub event type;actor1", "ACLED", _OTHER_EVENTS),
    ("event id no cnty;event type;actor1", "ACLED", _OTHER_EVENTS),
    ("id;type of violence;conflict new id;side a", "the UCDP Georeferenced Event Dataset", _OTHER_EVENTS),
    ("dyad id;conflict id;side a;side b", "the UCDP Dyadic or battle deaths data", _FIGURES),
    ("conflict id;gwno a;type of conflict", "the UCDP/PRIO Armed Conflict data", _FIGURES),
    ("conflict id;side a;type of conflict", "the UCDP/PRIO Armed Conflict data", _FIGURES),
    ("dyad id;conflict id;gwno a", "the UCDP Dyadic data", _FIGURES),
    (
        "date;source;target;cameocode;numevents",
        "GDELT's reduced file (MASTERREDUCEDV2), which has no event ids",
        EVENTS,
    ),
    (
        "sender;receiver;verbal cooperation;material conflict;year",
        "ICEWS counts by dyad and year",
        "ingest the ICEWS events themselves; counts have no days and no actions",
    ),
    ("version4id;ccode1;defense", "the Correlates of War alliances", _FIGURES),
    ("version4id;ccode;defense", "the Correlates of War alliances (by member)", _FIGURES),
    ("version4id;ccode1;state name1", "the Correlates of War alliances", _FIGURES),
    ("version4id;ss type", "the Correlates of War alliances (by alliance)", _FIGURES),
    ("atopid", "the ATOP alliance data", _FIGURES),
    ("disno;dyindex;statea;stateb", "the Correlates of War dyadic disputes (MID)", _FIGURES),
    ("dispnum;ccode1;ccode2", "the militarized interstate disputes by dyad (COW or Gibler-Miller-Little)", _FIGURES),
    ("dispnum;ccode;styear", "the Correlates of War militarized disputes (MIDB or MIDIP)", _FIGURES),
    ("dispnum;styear;hostlev", "the Correlates of War militarized disputes (MIDA or MIDI)", _FIGURES),
    ("micnum;eventnum", "the militarized interstate events or confrontations (MIE, MIC)", _FIGURES),
    ("micnum;ccode1", "the militarized interstate confrontations (MIC)", _FIGURES),
    ("ccode;milex;milper;cinc", "the Correlates of War national material capabilities", _FIGURES),
    ("ccode1;ccode2;flow1;flow2", "the Correlates of War trade data", _FIGURES),
    ("ccode;imports;exports", "the Correlates of War national trade data", _FIGURES),
    ("ccode;year;sum igo full", "counts of the Correlates of War intergovernmental organisations", _FIGURES),
    ("igocode;ioname", "the Correlates of War intergovernmental organisations", _FIGURES),
    ("ccode1;ccode2;dyadid;aauth", "the Correlates of War intergovernmental organisations by dyad", _FIGURES),
    ("warnum;ccode", "the Correlates of War wars", _FIGURES),
    ("warnum;ccode1", "the Correlates of War wars by dyad", _FIGURES),
    ("warnum;warname", "the Correlates of War wars", _FIGURES),
    (
        "stateabb;ccode;statenme",
        "the Correlates of War state system",
        "detente has every state system list already (detente who)",
    ),
    ("ccode;styear;stmonth;endyear;version", "the Correlates of War major powers", _FIGURES),
    ("stateabb;gwcode", "a list of states", "detente has every state system list already (detente who)"),
    (
        "gwcode;statename;startdate",
        "the Gleditsch-Ward state system",
        "detente has every state system list already (detente who)",
    ),
    ("conttype", "the Correlates of War contiguity data", _FIGURES),
    ("recipient;supplier;weapon designation", "the SIPRI arms transfers (trade register)", _FIGURES),
    ("supplier;recipient;supplier cown", "the SIPRI arms transfers", _FIGURES),
    (
        "treaty id;short title;parties;date of signature",
        "UNCTAD's investment treaties",
        "write the treaties you need as agreements.csv (docs/formats.md)",
    ),
    (
        "base treaty;entry type;typememb",
        "DESTA (trade agreements)",
        "write the agreements you need as agreements.csv (docs/formats.md)",
    ),
    (
        "dcaid;signyear",
        "DCAD (defence cooperation agreements)",
        "write the agreements you need as agreements.csv (docs/formats.md)",
    ),
    (
        "idealpointall",
        "the ideal points computed from UN votes",
        "ingest the votes themselves; detente ideal-points computes them",
    ),
    ("v2x polyarchy", "V-Dem", _FIGURES),
    ("polity2", "Polity", _FIGURES),
    (
        "leadid;leader",
        "Archigos (leaders)",
        "write the office holders you need into a names file (--names, docs/formats.md)",
    ),
    ("caseid;sender1;targetstate", "TIES (threats and imposition of sanctions)", _FIGURES),
    ("caseid;startdate;terdate;targetsalience", "the international sanctions termination data", _FIGURES),
    ("claim;chal;tgt;icowsal", "ICOW (territorial claims)", _FIGURES),
    ("rivalryno;ccode1;ccode2", "interstate rivalries", _FIGURES),
    ("rivalry;ccode1;ccode2;principal", "interstate rivalries", _FIGURES),
    ("race id;ccode1", "arms races", _FIGURES),
    (
        "mmeid;ex name",
        "multinational military exercises",
        "write the exercises you need as facts.csv (docs/formats.md)",
    ),
    (
        "nca;ccode1",
        "nuclear cooperation agreements",
        "write the agreements you need as agreements.csv (docs/formats.md)",
    ),
    ("enr type;facility name", "nuclear latency", _FIGURES),
    ("ccode;capital;stdate", "capitals of states", _FIGURES),
    ("partyid;partyname", "the World Treaty Index", "write the treaties you need as agreements.csv (docs/formats.md)"),
    (
        "ccode1;country1;ccode2;country2;dyadid",
        "the Correlates of War intergovernmental organisations by dyad",
        _FIGURES,
    ),
    ("gkgrecordid", "GDELT's Global Knowledge Graph", EVENTS),
    ("globaleventid;mentiontimedate", "GDELT's mentions table", EVENTS),
)
_MASTER = re.compile(rb"^\d+ [0-9a-f]{32} https?://\S+gdelt\S+", re.IGNORECASE)
_DAYS = re.compile(rb"^\d{1,12}[\t,](19|20)\d{6}[\t,]")


def known_as(head: Head) -> str:
    """What a file of no format we read is, and what to do; "" where its beginning says nothing.

    >>> known_as(Head((b"dispnum,incidnum,stday,stmon,styear,hostlev",)))
    'is the Correlates of War militarized disputes (MIDA or MIDI): write what you need of it as figures.csv (docs/formats.md)'
    """
    line = head.lines[0] if head.lines else b""
    if text := _raw_gdelt(head, line):
        return text
    names = names_in(head)
    for columns, what, remedy in _LAYOUTS:
        if set(columns.split(";")) <= names:
            return f"is {what}: {remedy}"
    if re.match(rb"\s*<(!doctype|html|\?xml)", line, re.IGNORECASE):
        return "is a web page, no data: an error page was saved in the file's place; fetch it again"
    if line.count(b"\0") * 3 > len(line):
        return "is UTF-16 without its mark: save it as UTF-8"
    if re.match(rb"^\d{8}_\d+_\d+\t\d{8}\t", line):
        return f"is the Phoenix daily event data (OEDA): {_OTHER_EVENTS}"
    return ""


def _raw_gdelt(head: Head, line: bytes) -> str:
    """GDELT's files that have no header, told by their first fields and their width."""
    fields = line.rstrip(b"\r\n").split(b"\t")
    if _MASTER.match(line):
        return "is GDELT's list of files, no data: fetch with `detente fetch gdelt2`, or " + EVENTS
    if len(fields) in (15, 16) and re.match(rb"^\d+\t\d{14}\t\d{14}\t\d\t", line):
        return f"is GDELT's mentions table: {EVENTS}"
    if len(fields) in (26, 27) and re.match(rb"^\d{14}-T?\d+\t\d{14}\t", line):
        return f"is GDELT's Global Knowledge Graph: {EVENTS}"
    if _DAYS.match(line) and line.count(b",") > 50 and head.tabs < 10:
        return "is GDELT events with commas between the columns, where place names hold commas too: " + EVENTS
    if len(fields) in (20, 40) and re.match(rb"^[\w-]+\t(\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4})\t", line):
        what = "ICEWS" if len(fields) == 20 else "POLECAT"
        return f"is {what} events without the line of column names: put it back as the first line"
    if _DAYS.match(line) and len(fields) > 40:
        return f"is GDELT events of {len(fields)} columns; the releases have 57, 58 or 61: {EVENTS}"
    return ""
