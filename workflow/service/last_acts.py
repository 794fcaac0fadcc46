"""Where a clause last acted: the newest ledger line in which a rule that carries it let something
pass, ran out or refused, of the cases that whoever asks may read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from workflow.design.form_rules import OPENING
from workflow.design.tracing import Trace
from workflow.nouns import OPENED
from workflow.ports.reading import AuditQuery, LatestLine
from workflow.ports.store import Store
from workflow.service.looking import Looking

#: So many of the newest refusals are looked through for the clauses that they cite.
_REFUSALS = 300
#: So many of the newest lines of a clause are tried when the visitor may not read the cases.
_TRIED = 4


@dataclass(frozen=True, slots=True)
class LastAct:
    """A line of a case, by the case's number and its own; `refused` when the clause stood in the
    way there.
    """

    at: datetime
    number: str
    seq: int
    refused: bool = False


def last_acts(
    store: Store, looking: Looking, traces: Iterable[Trace], person: str, now: datetime
) -> Mapping[str, LastAct]:
    """By clause, where it last acted; without those that never did where this person may read."""
    lines = {(one.process, one.event): one for one in store.readings.latest_lines()}
    refusals = _refusals(store)
    readable: dict[str, bool] = {}

    def may_read(number: str) -> bool:
        if number not in readable:
            readable[number] = looking.reads_freely(number, person, now)
        return readable[number]

    found: dict[str, LastAct] = {}
    for one in traces:
        acts = [*_passes(one, lines), *refusals.get(one.clause.id, ())]
        acts.sort(key=lambda act: act.at, reverse=True)
        last = next((act for act in acts[:_TRIED] if may_read(act.number)), None)
        if last is not None:
            found[one.clause.id] = last
    return found


def _passes(one: Trace, lines: Mapping[tuple[str, str], LatestLine]) -> Iterator[LastAct]:
    events = {
        (rule.process, OPENED if act == OPENING else act) for rule in one.rules for act in rule.acts
    }
    for event in events:
        line = lines.get(event)
        if line is not None:
            yield LastAct(line.at, line.case_number, line.seq)


def _refusals(store: Store) -> Mapping[str, list[LastAct]]:
    rows = store.readings.audit(AuditQuery(refused_only=True, limit=_REFUSALS)).rows
    found: dict[str, list[LastAct]] = {}
    for row in rows:
        if not row.case_number:
            continue
        reasons = orjson.loads(row.entry.body).get("refused", ())
        for id_ in dict.fromkeys(id_ for reason in reasons for id_ in reason["clauses"]):
            act = LastAct(row.entry.at, row.case_number, row.entry.seq, refused=True)
            found.setdefault(id_, []).append(act)
    return found
