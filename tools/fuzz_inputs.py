"""Small files in every form that is read, and what `fuzz.py` changes in them."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import random
import zipfile

GDELT = ["1", "20191024", *[""] * 59]
for place, cell in {5: "RUS", 7: "RUS", 15: "USA", 17: "USA", 26: "040", 28: "04", 29: "1", 30: "1.0", 31: "3"}.items():
    GDELT[place] = cell
GDELT[52:54], GDELT[59:61] = ["Moscow, Moskva, Russia", "RS"], ["20191024143000", "https://example.org/talks"]
TABLES = {
    "gdelt2": "\n".join("\t".join([str(n), *GDELT[1:]]) for n in range(4)),
    "gdelt1": "\n".join(
        "\t".join([str(n), *GDELT[1:50], "Kyiv, Ukraine", "UP", "", "", "", "", "20130401"]) for n in "123"
    ),
    "gdelt_named": (
        "GLOBALEVENTID,SQLDATE,Actor1Code,Actor2Code,EventCode,QuadClass,GoldsteinScale,NumMentions,DATEADDED\n"
        '1,20191024,RUS,USA,040,1,1.0,3,20191024143000\n2,20191024,"USA",RUS,190,4,-10,1,20191024143000'
    ),
    "icews": (
        "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\t"
        "Target Name\tTarget Sectors\tTarget Country\n"
        "7\t2017-12-01\tVladimir Putin\tGovernment\tRussia\tConsult\t040\t1\tUnited States\t\tUnited States\n"
        "8\t12/2/2017\tNobody\tNA\tChina\tMake statement\t010\t0\tJapan\t\tJapan"
    ),
    "triples": (
        "date,sender,action,cameo,goldstein,receiver\n2018-01-01,Russia,Consult,040,1,United States\n"
        '2018-01-02,"United\nStates",Consult,040,1,Russia\n"2018-01-03","Iran ""x""",Consult,040,1,Russia'
    ),
    "polecat": (
        "Event ID\tEvent Date\tEvent Type\tEvent Mode\tIntensity\tQuad Code\tContexts\tActor Name\tActor Country\t"
        "Actor COW\tPrimary Actor Sector\tActor Sectors\tRecipient Name\tRecipient Country\tRecipient COW\t"
        "Primary Recipient Sector\tCity\tDistrict\tProvince\tCountry\tPublication Date\n"
        "A1\t2021-01-01\tCONSULT\tvisit\t1.0\tVERBAL COOPERATION\tmilitary\tRussia\tRUS\t365\tGOV\tGOV\tUnited States\t"
        "USA\t2\tGOV\t\t\t\t\t2021-01-02"
    ),
    "votes": "rcid,country,country_code,vote\n3,United States,US,yes\n3,Russia,RU,no\n3,Namibia,NA,abstain",
    "rollcalls": "rcid,session,date,unres,short\n3,60,2005-11-01,R/3,TITLE\n4,60,12Dec2006,R/4,",
    "issues": "rcid,short_name\n3,nu\n3,di",
    "dataverse": (
        "rcid\tccode\tsession\tvote\tdate\tunres\tCountryname\tme\tnu\n"
        "3\t2\t60\t1\t2005-11-01\tR/3\tUnited States\t0\t1\n"
        "3\t365\t60\t3\t2005-11-01\tR/3\tRussia\t0\t1"
    ),
    "facts": (
        "date,known_on,actors,targets,area,kind,tone,channel,third_party,agreement,description,source,source_title\n"
        '2001-02,2001-03-01,USA;RUS,,economic,other,cooperative,,IRN,,"Talks, held\nin two rounds",https://example.org,T\n'
        "2002,,USA,RUS,economic,other,conflictual,,,a_pact,Sanctions,https://example.org,T"
    ),
    "agreements": (
        "agreement,title,form,tone,area,parties,channel,third_party,starts,since,source,source_title\n"
        "a_pact,A pact,treaty,cooperative,economic,USA;RUS,,,entry,1999,https://example.org,T"
    ),
    "figures": (
        "subject;measure;area;period;value;unit;known_on;compiled_on;source;source_title;note\n"
        "USA-RUS;trade;economic;2001;12.5;million;;2020-01-01;https://example.org;T;\nall;x;;2001-02;-9;n;;;;;true"
    ),
}
CONTEXT = {
    "alliances": (
        "version4id,ccode1,state_name1,ccode2,state_name2,dyad_st_day,dyad_st_month,dyad_st_year,dyad_end_day,"
        "dyad_end_month,dyad_end_year,left_censor,right_censor,defense,neutrality,nonaggression,entente\n"
        "1,2,USA,740,Japan,8,9,1951,31,12,2012,0,1,1,0,0,1\n2,365,Russia,710,China,,,1950,,,1958,0,0,0,0,1,0"
    ),
    "atop": (
        "ccode1,ccode2,year,atop_defense,atop_offense,atop_neutral,atop_nonagg,atop_consul\n"
        "2,740,1960,1,0,0,1,0\n740,2,1960,1,0,0,1,0\n2,740,1961,1,0,0,1,0"
    ),
    "trade": "ccode1,ccode2,year,flow1,flow2\n2,365,2006,20731,6417\n2,740,2006,-9,",
    "disputes": (
        "dispnum,stabb,ccode,stday,stmon,styear,endday,endmon,endyear,sidea,revstate,revtype1,revtype2,fatality,"
        "fatalpre,hiact,hostlev,orig,version\n4007,IND,750,17,9,1993,17,7,1999,0,0,0,-9,5,-9,20,5,1,5\n"
        "4007,PAK,770,-9,9,1993,17,7,1999,1,1,1,-9,5,-9,20,5,1,5"
    ),
    "militarised events": (
        "micnum,eventnum,ccode1,ccode2,stmon,stday,styear,endmon,endday,endyear,sidea1,action,hostlev,fatalmin1,"
        "fatalmax1,fatalmin2,fatalmax2,version\n4007,49,750,770,5,22,1999,6,13,1999,1,17,4,100,200,-9,-9,mie-1.0"
    ),
    "conflicts": (
        "conflict_id,year,gwno_a,gwno_a_2nd,gwno_b,gwno_b_2nd,incompatibility,intensity_level,type_of_conflict,"
        "start_date,start_prec,start_date2,start_prec2,ep_end,ep_end_date\n"
        '13243,2022,365,"369, 370",369,,territory,2,interstate,2014-02-27,1,2022-02-24,1,0,'
    ),
    "claims": (
        "region,claimdy,claim,name,dyadnum,chal,tgt,dyad,begclaim,endclaim,resolved,endviol,icowsal\n"
        "7,1,802,Kuril Islands,1,740,365,365740,195204,201799,-9,0,8"
    ),
    "defence agreements": (
        "ccode1,cowName1,ccode2,cowName2,signDay,signMonth,signYear,EIFDay,EIFMonth,EIFYear,type,category1,category2,"
        "category3,DCAid\n2,USA,750,IND,28,6,2005,-77,-77,-77,general,DCA,,,DCADv1.0-1"
    ),
    "exercises": (
        "MMEID,Ex_Name,Series_Name,gwcode,country,year,Location,StartDate,s.year,s.month,s.day,EndDate,e.year,e.month,"
        "e.day,CPX,Air,Land,Sea,FocusDescription,participant_count\n"
        "m1,Torgau,,2,United States,2005,Russia,5/1/05,2005,5,1,5/9/05,2005,5,9,0,0,1,0,staff,2\n"
        "m1,Torgau,,365,Russia,2005,Russia,5/1/05,2005,5,1,5/9/05,2005,5,9,0,0,1,0,staff,2"
    ),
    "investment treaties": (
        "treaty_id,short_title,type,status,parties,date_of_signature,date_of_entry_into_force,termination_date\n"
        '1,Russia - USA BIT,BITs,Signed (not in force),"Russian Federation, United States of America",1992-06-17,,'
    ),
    "capabilities": (
        "ccode,year,milex,milper,irst,pec,tpop,upop,cinc\n2,2006,521840000,1546,98557,3280520,300943,166465,.154\n"
        "365,1991,-9,3400,77093,1,148624,65391,.1"
    ),
    "leaders": (
        "obsid,gwcode,leadid,leader,yrborn,gender,startdate,enddate,entry,exit,exitcode\n"
        "USA-2001,2,a1,G.W. Bush,1946,M,2001-01-20,2009-01-20,Regular,Regular,Regular"
    ),
    "library votes": (
        "undl_id,ms_code,ms_name,ms_vote,date,session,resolution,draft,meeting,title,agenda_title,subjects\n"
        '1,USA,UNITED STATES,N,2019-12-12,74,A/RES/74/1,A/74/L.1,A/74/PV.1,Nuclear weapons,,"NUCLEAR WEAPONS"'
    ),
}
"""Tables of the field's data sets, by what they hold."""
OTHERS = {
    "names": "name;code;sector;from;to\nIvan Ivanov;RUS;GOV;2001;2003-02\nX Y;USA;;;9999-12",
    "tidy": "a,b,date,value\nUSA,RUS,2001-01,0.5\nUSA,RUS,2002-01,0.25\nRUS,CHN,2003-01-01,1",
    "claims": json.dumps(
        {
            "study": "S",
            "as_of": "2007-02-01",
            "dyad": ["USA", "RUS"],
            "sentences": ["one"],
            "claims": [
                {
                    "id": "a",
                    "claim": "c",
                    "area": "economic",
                    "said": "likely",
                    "horizon_months": 24,
                    "sentence": 1,
                    "rule": [
                        {"facts": {"kind": "new", "actor": "USA"}, "at_least": 1},
                        {"stock": "higher", "by_at_most": 0.2},
                    ],
                },
                {"id": "b", "claim": "c", "horizon_months": 24, "direction": "improvement"},
                {
                    "id": "c",
                    "claim": "c",
                    "horizon_months": 24,
                    "rule": [{"figure": {"subject": "USA-RUS", "measure": "t"}, "is": "higher"}],
                },
            ],
        },
        indent=1,
    ),
    "codebook": (
        "version = '1'\n[areas.x]\ntitle = 'x'\ndefinition = 'y'\nthird_party = true\n[[areas.x.rules]]\n"
        "actions = ['04', '1']\nsectors = ['MIL']\nwords = ['a b', '@third_states']\n[[areas.x.rules]]\n"
        "orgs = ['NATO']\nplaces = ['*', 'IRN']\ncontexts = ['military']\n[[areas.x.rules]]\nun_issues = ['nu']"
    ),
    "levers": "[[lever]]\nname = 'x'\n"
    "moves = [{kind = 'incentives', about = 'USA', amount = 1.0, months = 12}, {kind = 'equal'}]",
    "package": '{"temporal": {"start": "1990", "end": "2007-02"}, "name": [1, null]}',
}
SUFFIX = {"claims": ".json", "package": ".json", "codebook": ".toml", "levers": ".toml"}
WORDS = [
    b"", b"\0", b"\t", b",", b'"', b'""', b"\n", b"\r", b"\r\n", b"\xff", b"\xed\xa0\x80", b"NA", b"-9", b"1e999",
    b"0001-01-01", b"9999-12-31", b"9999-12", b"99999999", b"all", b"a:b", b"\x1b[31m", b"\xe2\x80\xae", b"[" * 500,
    b"{" * 50, b"=", b"true", b"null", b"'", b"\\ud800", b"1" * 5000, b"x" * 140_000, b"-", b"USA", b"*", b";", b":",
    b"nan", b"1",
]  # fmt: skip


def changed(data: bytes, rng: random.Random, all_seeds: list[bytes]) -> bytes:
    """An input a few changes away."""
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        at, end = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
        lines = data.split(b"\n")
        n = rng.randrange(len(lines))
        mark = rng.choice((b"\t", b",", b";", b'"', b" "))
        cells = lines[n].split(mark)
        cell = rng.randrange(len(cells))
        match rng.randrange(12):
            case 0:
                data = data[:at] + rng.choice(WORDS) + data[at:]
            case 1:
                data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
            case 2:
                data = data[:at] + data[min(end, at + 20) :]
            case 3:
                data = data[:at]
            case 4:
                cells[cell] = rng.choice(WORDS)
                lines[n] = mark.join(cells)
                data = b"\n".join(lines)
            case 5:
                cells.insert(cell, cells[rng.randrange(len(cells))])
                lines[n] = mark.join(cells)
                data = b"\n".join(lines)
            case 6:
                del cells[cell]
                lines[n] = mark.join(cells)
                data = b"\n".join(lines)
            case 7:
                lines.insert(n, lines[rng.randrange(len(lines))])
                data = b"\n".join(lines)
            case 8:
                del lines[n]
                data = b"\n".join(lines)
            case 9:
                data = data.replace(b"\n", rng.choice((b"\r", b"\r\n", b"\n\n")))
            case 10:
                other = rng.choice(all_seeds)
                data = data[:at] + other[rng.randint(0, len(other)) :]
            case 11:
                data = data.replace(
                    rng.choice((b"\t", b",", b"'", b"1", b"2")), rng.choice(WORDS[:12]), rng.randint(1, 3)
                )
        data = data[: 1 << 20]
    return wrapped(data, rng)


def wrapped(data: bytes, rng: random.Random) -> bytes:
    """Now and then in another encoding or packed, and that changed too."""
    chance = rng.randrange(30)
    if chance < 3:
        encoding, mark = rng.choice(
            (("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE), ("utf-32-le", codecs.BOM_UTF32_LE),
             ("utf-8", codecs.BOM_UTF8))
        )  # fmt: skip
        data = mark + data.decode("utf-8", "replace").encode(encoding)
    elif chance == 3:
        data = gzip.compress(data, mtime=0)
    elif chance < 6:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
            for n in range(rng.choice((1, 1, 2, 3))):
                archive.writestr(zipfile.ZipInfo(f"{n}.csv", (2020, 1, 1, 0, 0, 0)), data if n == 0 else data[n * 7 :])
        data = packed.getvalue()
    if chance < 6 and rng.random() < 0.5 and data:
        at = rng.randrange(len(data))
        data = data[:at] + bytes([rng.randrange(256)]) + data[at + rng.randrange(2) :]
    return data
