"""Checks the whole ledger through a store's readings: every chain, and every case rebuilt from its
lines alone.

It asks for one case after the other, so it suits a store in memory and a modest database; a
database has a faster way of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workflow.ledger import DIFFERS, Fault, differences, first_break, rebuild
from workflow.nouns import Case
from workflow.ports.reading import CaseQuery, Readings
from workflow.service.auditing import Verification

#: The chains that belong to no case.
STREAMS = ("sys:house", "sys:sign-in")
_AT_ONCE = 500


def verify_readings(readings: Readings) -> Verification:
    """Every fault that is first in its chain, or by which a case differs from its ledger."""
    cases = entries = 0
    faults: list[Fault] = []
    for case in _all(readings):
        lines = readings.entries(case.id)
        cases, entries = cases + 1, entries + len(lines)
        chain = ((entry.seq, entry.body, entry.digest) for entry in lines)
        fault = first_break(case.id, chain, case.head)
        if fault is None:
            differs = differences(case, rebuild([entry.body for entry in lines]).case)
            what = DIFFERS.filled(names=", ".join(differs))
            fault = Fault(case.id, len(lines), what) if differs else None
        if fault is not None:
            faults.append(replace(fault, case=case.number))
    for stream in STREAMS:
        lines = readings.entries(stream)
        entries += len(lines)
        head = lines[-1].digest if lines else ""
        fault = first_break(stream, ((e.seq, e.body, e.digest) for e in lines), head)
        if fault is not None:
            faults.append(fault)
    return Verification(cases, entries, tuple(faults))


def _all(readings: Readings) -> Iterator[Case]:
    query = CaseQuery(limit=_AT_ONCE)
    while rows := readings.cases(query).rows:
        yield from (row.case for row in rows)
        query = replace(query, offset=query.offset + _AT_ONCE)
