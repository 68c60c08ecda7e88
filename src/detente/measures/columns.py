"""What the columns of the tables mean that pairs and records answer with; docs/data-dictionary.md is made from here."""

from __future__ import annotations

PANEL = {
    "period": "first day of the period; weeks begin on Monday",
    "sender": "the state that acts",
    "receiver": "the state towards which it acts",
    "area": "the issue area; null for all areas together",
    "verbal_cooperation": "reports of quad class 1; null where less than half of the period is covered and none came",
    "material_cooperation": "reports of quad class 2",
    "verbal_conflict": "reports of quad class 3",
    "material_conflict": "reports of quad class 4",
    "intensity": "sum of the Goldstein values: net cooperation",
    "share": "cooperative share of the reports, posterior mean; null without reports",
    "share_low": "lower end of the 90% interval of the share",
    "share_high": "upper end of the 90% interval of the share",
    "covered": "share of the period in which both states existed and that the source's files deliver",
    "source": "the event source counted",
}
FACTS = {
    "event_id": "source and its own id; unique in the record",
    "source": "the case or the table that the fact is from",
    "date": "when it happened: the first day that its date may mean",
    "precision": "how exactly that is known: day, month or year",
    "known_on": "the day from which it is known",
    "actors": "codes of those who acted",
    "targets": "codes of those towards whom; empty for joint acts",
    "area": "the issue area",
    "kind": "what sort of act it was",
    "tone": "cooperative or conflictual, in the eyes of the pair",
    "channel": "bilateral, or the organisation in which it happened",
    "third_party": "codes of the states that it was about, joined by ;",
    "agreements": "the agreements whose life it belongs to",
    "description": "one sentence",
    "url": "web address of the source; null where there is none",
    "title": "title of the source",
    "url2": "a second address that confirms it",
    "note": "what does not rest on the sources",
    "counts_from": "the last day that its date may mean: from it the fact counts",
    "of_pair": "whether its case is about the pair, not only names them in the story of others",
}
TREATIES = {
    "agreement": "short name of the agreement, programme or restriction",
    "title": "its name for readers",
    "state": "signed, in force, suspended or ended, on the day asked about (else by the last fact)",
    "since": "the day from which it has been in that state",
    "area": "the issue area",
    "tone": "conflictual for a restriction, else cooperative",
    "form": "what sort of object it is",
    "channel": "bilateral, or the organisation",
    "third_party": "codes of the states that it is about",
    "stages": "how many facts tell of its life up to that day",
}
IN_FORCE = {
    "day": "last day of the period, or the last day known",
    "area": "the issue area; null for all areas together",
    "in_force": "agreements and programmes in force",
    "signed": "agreements signed and not yet in force",
    "suspended": "agreements and programmes suspended",
    "restrictions": "restrictions (sanctions, bans) in force",
}
UN_AGREEMENT = {
    "year": "the calendar year",
    "identical": "roll calls on which the two cast the same vote",
    "votes": "roll calls on which both voted yes, no or abstained",
    "share": "identical by votes",
}
_INDICES = {
    "agreement": "share of identical votes",
    "s": "S of Signorino and Ritter, with steps between votes",
    "pi": "Scott's pi: agreement beyond chance of the two states' mean shares",
    "kappa": "Cohen's kappa: agreement beyond chance of each state's own shares",
    "pi_steps": "pi with steps between votes",
    "kappa_steps": "kappa with steps between votes",
}
_BANDS = {
    name + end: words + more
    for name, words in _INDICES.items()
    for end, more in (
        ("", ""),
        ("_low", ", lower end of the 90% interval"),
        ("_high", ", upper end of the 90% interval"),
    )
}
SIMILARITY = {
    "year": "the calendar year",
    "issue": "code of the issue of the roll calls; null for all",
    "votes": "roll calls on which both voted yes, no or abstained",
    **_BANDS,
}
ALL_SIMILARITY = {
    "year": "the calendar year",
    "a": "one state",
    "b": "the other, later in the alphabet",
    "votes": "roll calls on which both voted yes, no or abstained",
    **_INDICES,
}
HOLDINGS = {
    "table": "events, facts, agreements, figures, votes, rollcalls or rollcall_issues",
    "source": "the source, or the case",
    "rows": "rows held",
    "first": "first day of the rows",
    "last": "last day of the rows",
    "states": "states that act, vote or take part; null where rows name none",
    "files": "files that gave rows",
    "corrected": "cells corrected by rule on reading",
    "conflicts": "rows in quarantine since others of the same id say something else",
    "covered": "of events, the share of the time from the first day covered to the last that the files deliver",
    "covers": "of events, the days covered: first and last of every run",
}
QUARANTINE = {
    "file": "the file",
    "line": "line in it; 0 for a whole file, null for a row held before",
    "reason": "why it was not taken",
    "raw": "the beginning of the line",
    "ingested_at": "when",
}
FILES = {
    "file": "the file",
    "source": "the source",
    "pair": "the two states whose rows alone it has; null: of all",
    "rows": "rows added when it was ingested",
    "duplicates": "rows held before",
    "quarantined": "rows set aside",
    "release": "the publisher's release, where it was fetched or its name says it",
    "from": "the address from which it was fetched",
    "fetched": "when",
    "ingested_at": "when it was ingested",
    "digest": "its SHA-256",
}
CONTEXT = {
    "topic": "what it is about",
    "what": "the kind of fact, or the measure",
    "a": "the state that acts, or the first of two in the order of their codes",
    "b": "the other; null for a state's own value",
    "date": "the first day, or that of the act",
    "precision": "how well that is known: day, month or year",
    "ends": "the last day, null where none is known",
    "value": "the value, or the level that the source gives a fact",
    "unit": "the unit of a value",
    "description": "the fact in words",
    "reference": "the source's name for the dispute, treaty or exercise",
    "source": "the data set",
    "data_to": "the last year of which the source's files held tell; after it nothing is known",
}
DYADS = {
    "a": "a state (ISO 3166-1 alpha-3, former states their own)",
    "b": "another",
    "year": "the year",
}
AUDIT = {
    "source": "the case or table",
    "by": "all facts of the source together, or by area or year",
    "group": "which area or year",
    "facts": "facts",
    "address": "facts with a web address",
    "share": "share of facts with an address",
    "second": "facts with a second address",
    "stages": "facts that change the state of an agreement",
    "stages_second": "stages with a second address",
    "weak_dates": "facts dated to the month or year only",
    "recalled": "facts of which something is recalled, not sourced",
}

TABLES = {
    "pair.panel(), record.panel()": PANEL,
    "pair.facts()": FACTS,
    "pair.treaties()": TREATIES,
    "pair.in_force()": IN_FORCE,
    "pair.un_agreement()": UN_AGREEMENT,
    "pair.similarity()": SIMILARITY,
    "record.similarity()": ALL_SIMILARITY,
    "record.held()": HOLDINGS,
    "pair.context()": CONTEXT,
    "record.dyads()": DYADS,
    "record.files()": FILES,
    "record.quarantine()": QUARANTINE,
    "record.audit(), pair.audit()": AUDIT,
}
