"""A hospital's own list for a register: seen first, then brought along as it was seen, all or none.

Only cases change business facts (requirement E4; S0-07-02a, S0-10-04b), so a list only adds rows
whose key nobody has written yet, and never changes or removes one: see decision 20. Where the
hospital wants four eyes, one administrator proposes a file and another one, who has looked at the
same file, brings it along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TypeVar

import orjson

from workflow.design.form import Field, FieldType
from workflow.nouns import RegisterRow, Scalar
from workflow.people.organisation import Organisation
from workflow.ports.hospital import Hospital
from workflow.ports.house import BringRows, Deed, HouseChange, KeyTaken
from workflow.ports.reading import AuditQuery
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.running.administering import FOUR_EYES
from workflow.running.answers import Unreadable, read_value
from workflow.service.catalog import Catalog
from workflow.service.housework import (
    ADMINISTRATOR,
    Done,
    Housework,
    keeper_problem,
    one,
)
from workflow.service.register_catalogue import BusinessRegister
from workflow.service.registers import department_called, person_called
from workflow.service.tables_in import (
    Column,
    Fault,
    Record,
    Table,
    day_of,
    folded,
    in_order,
    records_of,
    yes_or_no,
)

T = TypeVar("T", bool, date)

#: The event of the line that tells of a list that waits for a second administrator.
PROPOSED = "register_list_proposed"
#: So long it waits.
WAITS = timedelta(days=7)
_LOOKED_THROUGH = 200
_BROUGHT = 20

NOT_BROUGHT = Sentence(
    "没有这个登记簿，或它不接受导入：里面的记录只能由案件写入",
    "There is no such register, or it takes no lists: only cases write it",
)
CHANGED_SINCE = Sentence(
    "预览之后，登记簿有了变化，还没有导入。请核对新的预览，再确认。",
    "The register changed after the preview and nothing was brought along. Look at the new "
    "preview, then confirm.",
)
SAME_KEY = Sentence(
    "与第 {line} 行是同一条（{columns}相同），只能写一次",
    "Row {line} is the same one (by {columns}); write it once",
)
WRITTEN_BY_CASE = Sentence(
    "登记簿里已有这一条，由案件 {number} 写入，内容不同；导入不能改它，要改请走流程",
    "The case {number} has written this one otherwise; a list cannot change it, a case can",
)
BROUGHT_BEFORE = Sentence(
    "登记簿里已有这一条，内容不同；导入不能改它，要改请走流程",
    "This one stands there otherwise already; a list cannot change it, a case can",
)
SECOND = Sentence(
    "您已经提出导入这份文件，须由另一位管理员上传同一份文件、核对后确认",
    "You have proposed this file; another administrator has to look at the same file and confirm",
)
AT_LINE = Sentence("第 {line} 行：{because}", "Row {line}: {because}")
NO_CHOICE = Sentence("请从这些里选一个：{known}", "Choose one of: {known}")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a list comes from: the name of its file, and the SHA-256 of its bytes in hex."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row that would be brought along, and where it stands in the file."""

    line: int
    values: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class ListDraft:
    """What a list would add, or what is wrong with it. `same`: rows that stand there already."""

    rows: tuple[NewRow, ...] = ()
    same: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def digest(self) -> str:
        """Names exactly these rows: what is confirmed is what was seen."""
        told = [[row.line, dict(row.values)] for row in self.rows]
        return sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A file that an administrator wants to bring along, until another one does."""

    register: str
    by: str
    at: datetime
    file: str
    sha256: str
    seen: str
    count: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """The list waits for a second administrator."""


@dataclass(frozen=True)
class ListsOfRegisters:
    """Lists that hospitals bring along for their registers."""

    work: Housework
    catalog: Callable[[], Catalog]

    def registers(self) -> tuple[BusinessRegister, ...]:
        """Those that take lists."""
        return tuple(one for one in self.catalog().business_registers.values() if one.card.brought)

    def register(self, key: str) -> BusinessRegister | None:
        """One of them."""
        known = self.catalog().business_registers.get(key)
        return known if known is not None and known.card.brought else None

    def preview(self, register: BusinessRegister, table: Table) -> ListDraft:
        """What a list would add now. Nothing is kept."""
        return self._drafted(register, table, self.work.store.readings.hospital())

    def proposals(self, now: datetime, register: str | None = None) -> tuple[Proposal, ...]:
        """What waits for a second administrator, the newest first."""
        since = now - WAITS
        done = {
            (facts.get("key"), facts.get("sha256"))
            for _, _, facts in self._lines(BringRows.event, since, _BROUGHT)
        }
        found = (
            Proposal(
                str(facts["key"]),
                by,
                at,
                str(facts["file"]),
                str(facts["sha256"]),
                str(facts["seen"]),
                int(str(facts["count"])),
            )
            for by, at, facts in self._lines(PROPOSED, since, _LOOKED_THROUGH)
        )
        return tuple(
            each
            for each in found
            if register in (None, each.register) and (each.register, each.sha256) not in done
        )

    def needs_two(self, now: datetime) -> bool:
        """Whether the hospital wants a second administrator."""
        policy = self.work.store.readings.hospital().policy_at(now)
        known = self.catalog().register.resolve(policy.profile, policy.overrides)
        return known.get(FOUR_EYES, True) is not False

    def carry_out(
        self, deed: Deed, key: str, table: Table, source: Source, seen: str
    ) -> Done | Proposed | Refused:
        """Bring a list along, if it still is what was `seen` (a digest), or propose it where a
        second administrator has to look.
        """
        asked = {"key": key, "file": source.name, "sha256": source.digest, "rows": len(table.rows)}
        register, second = self.register(key), None
        if register is None:
            return self._refuse(deed, asked, one(Code.NOT_FOUND, NOT_BROUGHT, "register"))
        hospital = self.work.store.readings.hospital()
        refused = keeper_problem(deed, hospital) or self._unfit(register, table, seen, hospital)
        if refused is not None:
            return self._refuse(deed, asked, refused)
        if self.needs_two(deed.at):
            theirs = self._theirs(key, source, seen, deed, hospital)
            second = next((each.by for each in theirs if each.by != deed.by.id), None)
            if second is None:
                return self._propose(deed, asked, theirs, source, seen)

        def plan(present: Hospital) -> tuple[HouseChange, ...] | Refused:
            unfit = self._unfit(register, table, seen, present)
            if unfit is not None:
                return unfit
            draft = self._drafted(register, table, present)
            rows = tuple(_row(register.key, each, source, deed.at) for each in draft.rows)
            by = register.card.by
            return (BringRows(key, by, rows, source.name, source.digest, second),)

        try:
            return self.work.do(deed, "import_register", asked, plan)
        except KeyTaken:
            return self._refuse(deed, asked, one(Code.CONFLICT, CHANGED_SINCE, "changed_since"))

    def _propose(
        self,
        deed: Deed,
        asked: Mapping[str, object],
        theirs: tuple[Proposal, ...],
        source: Source,
        seen: str,
    ) -> Proposed | Refused:
        if theirs:
            refused = one(Code.SEPARATION_OF_DUTIES, SECOND, "four_eyes")
            return self._refuse(deed, asked, refused)
        facts = {
            "key": asked["key"],
            "file": source.name,
            "sha256": source.digest,
            "seen": seen,
            "count": asked["rows"],
        }
        self.work.store.house.record(deed, PROPOSED, facts)
        return Proposed()

    def _theirs(
        self, key: str, source: Source, seen: str, deed: Deed, hospital: Hospital
    ) -> tuple[Proposal, ...]:
        """Who has proposed exactly this and is still an administrator."""
        day = hospital.calendar.local_day(deed.at)

        def still(person: str) -> bool:
            posts = hospital.organisation.posts_of(person, day)
            return any(post.role == ADMINISTRATOR for post in posts)

        return tuple(
            each
            for each in self.proposals(deed.at, key)
            if (each.sha256, each.seen) == (source.digest, seen) and still(each.by)
        )

    def _unfit(
        self, register: BusinessRegister, table: Table, seen: str, hospital: Hospital
    ) -> Refused | None:
        draft = self._drafted(register, table, hospital)
        if draft.faults:
            return _refused(draft.faults)
        if draft.digest != seen:
            return one(Code.CONFLICT, CHANGED_SINCE, "changed_since")
        return None

    def _refuse(self, deed: Deed, asked: Mapping[str, object], refused: Refused) -> Refused:
        return self.work.refuse(deed, "import_register", asked, refused)

    def _drafted(self, register: BusinessRegister, table: Table, hospital: Hospital) -> ListDraft:
        standing = self.work.store.readings.rows(register.key, {})
        return judge(register, table, hospital.organisation, standing)

    def _lines(
        self, event: str, since: datetime, limit: int
    ) -> Iterable[tuple[str, datetime, Mapping[str, object]]]:
        query = AuditQuery(event=event, since=since, limit=limit)
        for line in self.work.store.readings.audit(query).rows:
            entry = line.entry
            yield entry.actor, entry.at, orjson.loads(entry.body).get("facts", {})


def columns_of(register: BusinessRegister) -> tuple[Column, ...]:
    """What may stand in a list: every column, by its label in either language or its key."""
    return tuple(
        Column(key, column.label, needed=key in register.card.by)
        for key, column in register.columns.items()
    )


def judge(
    register: BusinessRegister,
    table: Table,
    organisation: Organisation,
    standing: Iterable[RegisterRow],
) -> ListDraft:
    """What a list would add to the rows that stand, and everything that is wrong with it."""
    columns = columns_of(register)
    records, faults = records_of(table, columns)
    if not records:
        return ListDraft(faults=faults)
    rows, wrong = _read(register, records, organisation)
    wrong += faults
    by = register.card.by
    known = {_key(by, row.values): row for row in standing}
    first: dict[bytes, int] = {}
    new: list[NewRow] = []
    same = 0
    for row in rows:
        key = _key(by, row.values)
        there = known.get(key)
        if key in first:
            wrong.append(Fault(row.line, by[0], _same_key(register, first[key])))
        elif there is None:
            new.append(row)
        elif _filled(there.values) == _filled(row.values):
            same += 1
        else:
            wrong.append(Fault(row.line, by[0], _standing(register, there)))
        first.setdefault(key, row.line)
    if wrong:
        return ListDraft(faults=in_order(wrong, columns))
    return ListDraft(tuple(new), same)


def _read(
    register: BusinessRegister, records: Iterable[Record], organisation: Organisation
) -> tuple[list[NewRow], list[Fault]]:
    rows: list[NewRow] = []
    faults: list[Fault] = []
    for record in records:
        values: dict[str, Scalar] = {}
        fine = True
        for key, column in register.columns.items():
            try:
                values[key] = _cell(column, record[key], organisation)
            except Unreadable as problem:
                faults.append(Fault(record.line, key, problem.because))
                fine = False
        if fine:
            rows.append(NewRow(record.line, values))
    return rows, faults


def _cell(column: Field, text: str, organisation: Organisation) -> Scalar:
    """A cell as the register keeps it; None for an empty one. Raises Unreadable."""
    if not text.strip():
        return None
    match column.type:
        case FieldType.PERSON:
            return person_called(text, organisation)
        case FieldType.DEPARTMENT:
            return department_called(text, organisation)
        case FieldType.ENUM:
            return _word(column, text)
        case FieldType.BOOL:
            return _known(yes_or_no(text))
        case FieldType.DATE:
            text = _known(day_of(text)).isoformat()
        case _:
            pass
    value = read_value(Field(column.key, column.label, column.type), text)
    return value if isinstance(value, bool | int | str) else None


def _known(value: T | Sentence) -> T:
    if isinstance(value, Sentence):
        raise Unreadable(value.zh, value.en)
    return value


def _word(column: Field, text: str) -> str:
    for option in column.options:
        if folded(text) in (folded(option.value), folded(option.label.zh), folded(option.label.en)):
            return option.value
    known = NO_CHOICE.filled(known="、".join(option.label.zh for option in column.options))
    raise Unreadable(known.zh, known.en)


def _key(by: Iterable[str], values: Mapping[str, Scalar]) -> bytes:
    return orjson.dumps([values.get(column) for column in by])


def _filled(values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {key: value for key, value in values.items() if value is not None}


def _same_key(register: BusinessRegister, line: int) -> Sentence:
    labels = [register.columns[key].label for key in register.card.by]
    zh, en = "、".join(one.zh for one in labels), ", ".join(one.en for one in labels)
    return Sentence(
        SAME_KEY.zh.format(line=line, columns=zh), SAME_KEY.en.format(line=line, columns=en)
    )


def _standing(register: BusinessRegister, row: RegisterRow) -> Sentence:
    """Why a row keeps another out; which case wrote it is told unless that is confidential."""
    if row.number is None or register.confidential:
        return BROUGHT_BEFORE
    return WRITTEN_BY_CASE.filled(number=row.number)


def _row(register: str, new: NewRow, source: Source, at: datetime) -> RegisterRow:
    """The row as it is kept; its id tells where it came from, and is the same for the same list."""
    named = f"{register}\n{source.digest}\n{new.line}"
    id_ = sha256(named.encode()).hexdigest()[:32]
    return RegisterRow(id_, register, _filled(new.values), None, None, at)


def _refused(faults: Iterable[Fault]) -> Refused:
    return Refused.of(
        Refusal(
            Code.INVALID_FORM,
            Sentence(
                AT_LINE.zh.format(line=fault.line, because=fault.because.zh),
                AT_LINE.en.format(line=fault.line, because=fault.because.en),
            ),
            field=fault.column or None,
            rule=f"import.{fault.line}",
        )
        for fault in faults
    )
