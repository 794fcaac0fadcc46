"""The hospital of one scenario, running: an empty store, the service, and a clock that is set.

Acts go through the same service as those of the web. The clock stops at every deadline on its way,
so each has its effect at its own moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count

from workflow.calendar import Calendar
from workflow.design.definition import Definition
from workflow.design.form import Field, FieldType
from workflow.nouns import (
    SYSTEM,
    Actor,
    Attachment,
    Case,
    Decision,
    Entry,
    Notice,
    OccurrenceState,
    Opening,
    RegisterRow,
    Scalar,
)
from workflow.people.organisation import Person
from workflow.ports.deciding import CaseFile
from workflow.ports.hospital import Policy
from workflow.ports.house import Deed, SavePerson
from workflow.ports.reading import CaseQuery, OccurrenceQuery
from workflow.ports.store import Seed, Store
from workflow.refusals import Sentence
from workflow.running.answers import Unreadable, read_value
from workflow.running.situation import Situation
from workflow.scenarios.setting import (
    FIRST_CASE,
    By,
    Do,
    Fields,
    Mismatch,
    Move,
    Raw,
    Setting,
    Start,
)
from workflow.service.catalog import Catalog, UnknownProcess
from workflow.service.deciding import Answer, Service
from workflow.service.gathering import situation_of
from workflow.service.recurring import Recurring

NewStore = Callable[[Seed], Store]

#: More deadlines than this in one wait, and the definitions wind each other up without end.
MOST_DEADLINES = 10_000
#: More cases than a scenario could start.
EVERY_CASE = 100_000


class OffStage(Exception):
    """A step speaks of something that is not there (any more); `mismatch` says what."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.mismatch = Mismatch(expected, found)


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that an act could change: cases with tasks and clocks, ledgers, the rows of each
    register that has any (none of them where only what was done is to be seen).
    """

    cases: Mapping[str, CaseFile]
    entries: Mapping[str, tuple[Entry, ...]]
    rows: Mapping[str, tuple[RegisterRow, ...]]


class Stage:
    """One scenario's hospital while it is played."""

    def __init__(
        self, setting: Setting, catalog: Catalog, calendar: Calendar, new_store: NewStore
    ) -> None:
        """Set up the hospital; nobody has done anything yet."""
        self.now = setting.now
        self.catalog = catalog
        self.people = setting.people
        self.cases: dict[str, str] = {}
        self.asked: set[str] = set()
        self.engine: set[str] = set()  # rules of the engine that decided what a check asked about
        self._it_is_unnamed = False
        self._ids = count(1)
        self._kept: dict[str, dict[str, int]] = {}
        self._told: dict[str, set[str]] = {}
        self.columns = _columns(catalog)
        self.store = new_store(self._seed(setting, calendar))
        self._service = Service(self.store, lambda: catalog, self._id)
        self._recurring = Recurring(self._service, frozenset(setting.schedules))
        self._opened: set[str] = set()
        self._recurring.look(self.now)

    def _seed(self, setting: Setting, calendar: Calendar) -> Seed:
        calendar = calendar.with_days(setting.days)
        rows = [
            RegisterRow(self._id(), register, self._row(register, row), None, None, self.now)
            for register, written in setting.rows.items()
            for row in written
        ]
        return Seed(
            people=tuple(setting.people.values()),
            departments=tuple(setting.departments.values()),
            delegations=setting.delegations,
            calendar=calendar,
            policy=Policy(setting.profile, setting.policy),
            rows=tuple(rows),
            today=calendar.local_day(self.now),
            rosters=setting.rosters,
        )

    def _row(self, register: str, row: Fields) -> dict[str, Scalar]:
        return {column: self.cell(register, column, raw) for column, raw in row.items()}

    def _id(self) -> str:
        return f"{next(self._ids):032x}"

    # ---- what happens ----------------------------------------------------------------------------

    def start(self, act: Start) -> Answer:
        """Open a case, and remember it by its name."""
        parent = None if act.parent is None else self.number_of(act.parent)
        opening = Opening(
            actor=self._actor(act.by),
            process=act.process,
            at=self.now,
            key=f"start:{self._id()}",
            answers=self._answers(act.process, None, act.fields),
            entry=act.entry,
            parent=parent,
            attachments=self._attachments(act.attachments),
        )
        answer = self._service.open(opening)
        if answer.number is not None and answer.refused is None:
            self._remember(act.name, answer.number)
        return answer

    def move(self, act: Move) -> None:
        """People go to other departments, with the posts that they had in their own."""
        keeper = Actor(SYSTEM, SYSTEM)
        for who, department in act.to.items():
            person = self.people[who]
            posts = tuple(
                replace(post, department=department)
                if post.department == person.department
                else post
                for post in person.posts
            )
            moved = replace(person, department=department, posts=posts)
            self.people = {**self.people, who: moved}
            self.store.house.change(Deed(keeper, self.now, "move"), SavePerson(moved))

    def _remember(self, name: str | None, number: str) -> None:
        """The first case is `it`, but only until one is started that has no name of its own.

        A story about a charge first needs a stay: that is then called `stay`, and the charge `it`.
        """
        if name is not None:
            self.cases[name] = number
            self.cases.setdefault(FIRST_CASE, number)
        elif not self._it_is_unnamed:
            self.cases[FIRST_CASE] = number
            self._it_is_unnamed = True

    def do(self, act: Do, on: str) -> Answer:
        """Take an action on the case of that name, on the page as it stands or as it was seen."""
        number = self.number_of(on)
        case = self.file(number).case
        decision = Decision(
            actor=self._actor(act.by),
            action=act.action,
            at=self.now,
            key=f"do:{self._id()}",
            answers=self._answers(case.process, case.definition_version, act.fields),
            opinion=act.opinion,
            attachments=self._attachments(act.attachments),
            target=act.target,
            seen_version=case.version if act.seen is None else self._seen(act.seen, on, number),
        )
        return self._service.decide(number, decision)

    def keep_page(self, step: str) -> None:
        """Remember how every case stands before a step of that name."""
        self._kept[step] = {number: self.file(number).case.version for number in self._numbers()}

    def _seen(self, step: str, on: str, number: str) -> int:
        version = self._kept.get(step, {}).get(number)
        if version is None:
            raise OffStage(f"case “{on}” before “{step}”", "it was not there yet")
        return version

    def pass_until(self, at: datetime) -> None:
        """Move the clock on; every deadline on the way fires at its own moment, in order."""
        if at < self.now:
            raise OffStage(f"a moment after {self.now}", f"{at}: the clock does not run back")
        for _ in range(MOST_DEADLINES):
            due = self._next_due()
            if due is None or due > at:
                self.now = at
                return
            self.now = max(self.now, due)
            self._look()
        raise OffStage("deadlines that come to an end", f"more than {MOST_DEADLINES} in one wait")

    def _next_due(self) -> datetime | None:
        with self.store.begin() as tx:
            due = tx.next_due()
        ahead = self._recurring.next_due(self.now)
        return min((one for one in (due, ahead) if one is not None), default=None)

    def _look(self) -> None:
        self._service.tick(self.now)
        self._recurring.look(self.now)

    def stand_still(self, length: timedelta) -> None:
        """Nobody looks at anything for so long; then everything that is due by then."""
        self.now += length
        self._look()

    def opened(self) -> list[tuple[str, Case]]:
        """The cases that schedules have opened since this was last asked, with their schedules."""
        found = [
            (one.schedule, self.file(one.number).case)
            for one in reversed(self.store.readings.occurrences(OccurrenceQuery(limit=EVERY_CASE)))
            if one.number is not None and one.number not in self._opened
        ]
        self._opened.update(case.number for _, case in found)
        return found

    def missed(self) -> dict[str, int]:
        """How many turns of each schedule were missed so far."""
        query = OccurrenceQuery(state=OccurrenceState.MISSED, limit=EVERY_CASE)
        return dict(Counter(one.schedule for one in self.store.readings.occurrences(query)))

    def _actor(self, by: By) -> Actor:
        return Actor(by.person, self.people[by.person].name, by.acting_for)

    def _attachments(self, names: tuple[str, ...]) -> tuple[Attachment, ...]:
        """Files that hold nothing but their name."""
        return tuple(
            Attachment(
                id=self._id(),
                name=name,
                media_type="application/octet-stream",
                size=len(name.encode()),
                digest=self.store.desk.keep_file(name.encode(), self.now),
            )
            for name in names
        )

    def _answers(self, process: str, version: int | None, fields: Fields) -> dict[str, object]:
        try:
            form = self.catalog.definition(process, version).form
        except UnknownProcess:
            return dict(fields)
        return {key: self.meant(form.get(key), raw) for key, raw in fields.items()}

    # ---- what is there ---------------------------------------------------------------------------

    def number_of(self, name: str) -> str:
        """The number of the case of that name. Raises OffStage when none has it (yet)."""
        number = self.cases.get(name)
        if number is None:
            raise OffStage(f"a case “{name}”", "no case of this name has been started")
        return number

    def file(self, number: str) -> CaseFile:
        """A case with its tasks and clocks."""
        file = self.store.readings.case_file(number)
        if file is None:
            raise OffStage(f"case {number}", "it is not in the store")
        return file

    def definition(self, case: Case) -> Definition:
        """The definition that a case is pinned to."""
        return self.catalog.definition(case.process, case.definition_version)

    def local_day(self, at: datetime) -> date:
        """The day of a moment in the hospital."""
        return self.store.readings.hospital().calendar.local_day(at)

    def entries(self, case: Case) -> tuple[Entry, ...]:
        """The ledger of a case."""
        return tuple(self.store.readings.entries(case.id))

    def rows(self, register: str) -> tuple[RegisterRow, ...]:
        """The current rows of a register."""
        return tuple(self.store.readings.rows(register, {}))

    def situation(self, file: CaseFile) -> Situation:
        """A case as the rules see it now."""
        readings, case = self.store.readings, file.case
        rulebook = self.catalog.rulebook(case.process, case.definition_version)
        parent = None if case.parent is None else readings.case_by_id(case.parent)
        return situation_of(self.catalog, rulebook, file, readings.hospital(), self.now, parent)

    def picture(self, *, rows: bool = True) -> Picture:
        """How everything stands now. There are fifty registers, most of them empty: those that have
        rows are asked for them.
        """
        files = {number: self.file(number) for number in self._numbers()}
        filled = self.store.readings.register_counts() if rows else ()
        return Picture(
            files,
            {number: self.entries(file.case) for number, file in files.items()},
            {register: self.rows(register) for register in filled},
        )

    def _numbers(self) -> Iterator[str]:
        found = self.store.readings.cases(CaseQuery(limit=EVERY_CASE))
        return (row.case.number for row in found.rows)

    def news_for(self, person: Person, case: Case | None) -> tuple[Notice, ...]:
        """The notices that reach a person by their posts and that no check has asked about yet.

        With `case`, only those about it.
        """
        hospital = self.store.readings.hospital()
        day = hospital.calendar.local_day(self.now)
        addresses = hospital.organisation.addresses_of(person.id, day)
        told = self._told.get(person.id, set())
        return tuple(
            notice
            for notice in self.store.readings.notices(person.id, addresses, EVERY_CASE)
            if notice.id not in told and (case is None or case.id == notice.case)
        )

    def turn_page(self) -> None:
        """A step is over: for those whose notices it asked about, only what comes later is news."""
        for person in self.asked:
            news = self.news_for(self.people[person], None)
            self._told.setdefault(person, set()).update(notice.id for notice in news)
        self.asked.clear()

    # ---- values ----------------------------------------------------------------------------------

    def meant(self, line: Field | None, raw: Raw) -> Raw:
        """A written value as its field takes it: for a case, its name stands for its number."""
        if line is None:
            return raw
        if line.type is FieldType.CASE and isinstance(raw, str):
            return self.cases.get(raw, raw)
        if line.type is FieldType.TABLE and isinstance(raw, list):
            columns = {column.key: column for column in line.columns}
            return [
                {key: self.meant(columns.get(key), cell) for key, cell in row.items()}
                if isinstance(row, Mapping)
                else row
                for row in raw
            ]
        return raw

    def cell(self, register: str, column: str, raw: Raw) -> Scalar:
        """A written cell as the register keeps it: by the column's type, or as it is if undeclared.

        Raises OffStage for a value that the column cannot hold.
        """
        kind = self.columns.get(register, {}).get(column)
        if kind is None:
            return raw if isinstance(raw, bool | int | str) or raw is None else str(raw)
        try:
            value = read_value(Field(column, Sentence(column, column), kind), raw)
        except Unreadable as problem:
            raise OffStage(
                f"{register}.{column}: {kind.value}", f"{raw} ({problem.because.zh})"
            ) from problem
        return None if isinstance(value, tuple) else value


def _columns(catalog: Catalog) -> dict[str, dict[str, FieldType]]:
    """The columns of every register that a definition in force declares, with their types."""
    found: dict[str, dict[str, FieldType]] = {}
    for definition in catalog.in_force():
        for declared in definition.registers.values():
            columns = found.setdefault(declared.key, {})
            columns.update(declared.types)
    return found
