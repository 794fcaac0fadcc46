"""What an auditor asks: who did or tried what, when; whether the ledger is whole; and takes along
what was found.

The auditor leaves a trail too: every export, every check and every look at a confidential case is
a line of the house. What is about the auditor and hidden from them is not there for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from workflow.ledger import Fault, differences, first_break, moment_text, rebuild
from workflow.nouns import Case, Entry
from workflow.people.hiding import hidden_people
from workflow.ports.hospital import Hospital
from workflow.ports.house import Deed
from workflow.ports.reading import AuditQuery, AuditRow, CaseQuery, Page
from workflow.ports.store import Store
from workflow.refusals import Code, Refused, Sentence
from workflow.service.catalog import Catalog, UnknownProcess
from workflow.service.housework import AUDITOR, NOT_AUDITOR, Housework, lacks_role, one
from workflow.service.reasons import ReasonNeeded, Reasons

#: The events that an auditor's own deeds leave in the house's ledger.
EXPORTED = "audit_exported"
VERIFIED = "audit_verified"
READ_CONFIDENTIAL = "read_confidential"

#: More lines are not exported at once; the file has to be what the filters show, so it is refused.
MOST_EXPORTED = 50_000
#: More than any hospital has of what is hidden from somebody.
_EVERY = 100_000

TOO_MANY = Sentence(
    "一次最多导出 {most} 行，现在的条件选中更多。请缩小时间范围或增加条件后再导出。",
    "At most {most} lines are exported at once, and these filters choose more. Narrow the period "
    "or add filters.",
)
NO_LINE = Sentence("没有这一条记录", "There is no such line")
NO_CASE = Sentence("没有这个案件", "There is no such case")


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of the whole ledger saw: how much was read, and every fault that it found first
    in its chain.
    """

    cases: int
    entries: int
    faults: tuple[Fault, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


#: Checks every chain and rebuilds every case; storage provides it.
Verify = Callable[[], Verification]


@dataclass(frozen=True, slots=True)
class CaseLedger:
    """All lines of one case, whether their chain is whole, and how its row differs from what they
    rebuild.
    """

    case: Case
    entries: tuple[Entry, ...]
    fault: Fault | None
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One ledger line with the case that it belongs to; None for a line of the house."""

    entry: Entry
    case: Case | None


@dataclass(frozen=True)
class Auditing:
    """The auditor's questions. Whoever is no auditor is refused, and that is a line too."""

    work: Housework
    catalog: Callable[[], Catalog]
    verify_all: Verify

    @classmethod
    def of(cls, store: Store, catalog: Callable[[], Catalog], verify: Verify) -> Auditing:
        """Over a store."""
        return cls(Housework(store), catalog, verify)

    def search(self, deed: Deed, query: AuditQuery) -> Page[AuditRow] | Refused:
        """The lines that the filters choose, newest first."""
        refused = self._may(deed, "search")
        return refused or self.work.store.readings.audit(self._within_sight(deed, query))

    def line(self, deed: Deed, stream: str, seq: int) -> Found | Refused:
        """One whole line, by the id of its case or stream and its number there."""
        refused = self._may(deed, "line")
        if refused is not None:
            return refused
        readings = self.work.store.readings
        entry = next((one for one in readings.entries(stream) if one.seq == seq), None)
        if entry is None:
            return one(Code.NOT_FOUND, NO_LINE, "line")
        case = readings.case_by_id(stream)
        if case is not None and self._is_hidden(deed, case):
            return one(Code.NOT_FOUND, NO_LINE, "line")
        if case is not None:
            self._note_reading(deed, case)
        return Found(entry, case)

    def case(self, deed: Deed, number: str) -> CaseLedger | Refused:
        """The ledger of one case with its chain checked and the case rebuilt from it."""
        refused = self._may(deed, "case")
        if refused is not None:
            return refused
        readings = self.work.store.readings
        file = readings.case_file(number)
        if file is None or self._is_hidden(deed, file.case):
            return one(Code.NOT_FOUND, NO_CASE, "case")
        self._note_reading(deed, file.case)
        entries = tuple(readings.entries(file.case.id))
        lines = [(entry.seq, entry.body, entry.digest) for entry in entries]
        fault = first_break(file.case.id, lines, file.case.head)
        # What is broken cannot be folded; the break is the finding then.
        differs = () if fault else differences(file.case, rebuild([e.body for e in entries]).case)
        return CaseLedger(file.case, entries, fault, differs)

    def export(self, deed: Deed, query: AuditQuery, kind: str) -> Sequence[AuditRow] | Refused:
        """Every line that the filters choose, for a file of this kind; the export is recorded
        first.
        """
        refused = self._may(deed, "export")
        if refused is not None:
            return refused
        everything = replace(self._within_sight(deed, query), limit=MOST_EXPORTED + 1, offset=0)
        rows = self.work.store.readings.audit(everything).rows
        asked = {"kind": kind, **_filters(query)}
        if len(rows) > MOST_EXPORTED:
            because = TOO_MANY.filled(most=MOST_EXPORTED)
            return self.work.refuse(deed, "export", asked, one(Code.INVALID_FORM, because, "rows"))
        self.work.store.house.record(deed, EXPORTED, {**asked, "lines": len(rows)})
        return rows

    def verify(self, deed: Deed) -> Verification | Refused:
        """Check the whole ledger; the check and what it found are recorded."""
        refused = self._may(deed, "verify")
        if refused is not None:
            return refused
        found = self.verify_all()
        facts = {
            "cases": found.cases,
            "entries": found.entries,
            "faults": [f"{fault.case}:{fault.seq}" for fault in found.faults],
        }
        self.work.store.house.record(deed, VERIFIED, facts)
        return found

    def is_confidential(self, process: str, version: int | None = None) -> bool:
        """Whether looking at a case of this process leaves a line; yes for one that nobody knows
        any more.
        """
        try:
            return self.catalog().definition(process, version).confidential
        except UnknownProcess:
            return True

    def _within_sight(self, deed: Deed, query: AuditQuery) -> AuditQuery:
        """The same without the cases that are about whoever asks."""
        readings, latest = self.work.store.readings, self.catalog().latest
        hiding = [key for key, definition in latest.items() if definition.hidden_from]
        cases = (
            row.case
            for process in hiding
            for row in readings.cases(CaseQuery(process=process, limit=_EVERY)).rows
        )
        return replace(query, without=tuple(one.id for one in cases if self._is_hidden(deed, one)))

    def _is_hidden(self, deed: Deed, case: Case) -> bool:
        try:
            definition = self.catalog().definition(case.process, case.definition_version)
        except UnknownProcess:
            return False
        return deed.by.id in hidden_people(definition, case)

    def _note_reading(self, deed: Deed, case: Case) -> None:
        if self.is_confidential(case.process, case.definition_version):
            store = self.work.store
            if not Reasons(store).given(case.number, deed.by.id, deed.at):
                raise ReasonNeeded(case.number)
            facts = {"case": case.number, "process": case.process}
            self.work.store.house.record(deed, READ_CONFIDENTIAL, facts)

    def _may(self, deed: Deed, act: str) -> Refused | None:
        hospital: Hospital = self.work.store.readings.hospital()
        refused = lacks_role(deed, hospital, AUDITOR, NOT_AUDITOR)
        return None if refused is None else self.work.refuse(deed, f"audit_{act}", {}, refused)


def _filters(query: AuditQuery) -> dict[str, object]:
    """The filters that were set, as a ledger line can hold them."""
    chosen = {
        key: value
        for key, value in asdict(query).items()
        if key not in ("limit", "offset", "without") and value not in (None, False)
    }
    for edge in ("since", "until"):
        if edge in chosen:
            chosen[edge] = moment_text(chosen[edge])
    return chosen
