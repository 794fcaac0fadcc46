"""Proves a database by its ledgers: every chain, and every case rebuilt from its lines alone.

It reads each line once, beside the case's row, tasks and clocks in the same order, and never holds
more than one case. What is stored is compared as text, so nothing is built that need not be, and
comes as few values, for a driver takes longer over ten of them than over a text that holds ten.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from storage import statements as s
from storage.catalog import all_definitions, definition_of
from storage.changes import HOUSE
from storage.database import Database
from storage.mapping import (
    CASE,
    DEADLINE,
    ENTRY,
    NOTHING,
    Line,
    excluded_text,
    rank_of,
    sorted_json,
    waiting_at,
    work_of,
)
from storage.wire import Make, Step, Wire, book_of
from storage.wires import wire_to
from workflow.ledger import DIFFERS, Chain, Fault, Folded, reader_of
from workflow.nouns import Address, DeadlineState
from workflow.ports.house import AddRow, BringRows
from workflow.refusals import Sentence

#: How many lines are taken from the database at a time.
_AT_ONCE = 1000
#: After so many faults nobody needs the next one.
_ENOUGH = 100

#: What a line's columns repeat from its body, for searching, and the same in the body's words.
_HEADING = ENTRY[ENTRY.index("at") : ENTRY.index("body")]
_said_in_heading = reader_of(
    "at",
    "event",
    "actor",
    "for",
    "role",
    "department",
    "process",
    "from",
    "to",
    "code",
    "key",
)

#: The columns of a case that hold JSON themselves, and all others that a Case has.
_JSON_COLUMNS = ("form", "parameters", "course")
_PLAIN_COLUMNS = tuple(name for name in CASE if name not in _JSON_COLUMNS)
_plain_in_case = itemgetter(*_PLAIN_COLUMNS)
#: The columns of a task as its ledger has them too, and those that are made from others.
_TOLD_COLUMNS = {
    "id": "id",
    "step": "step",
    "round": "round",
    "opened_at": "opened_at",
    "due_at": "due",
    "closed_at": "closed_at",
    "closed_as": "as",
    "closed_by": "by",
    "closed_for": "for",
}
_told_of_task = reader_of(*_TOLD_COLUMNS.values())
_rest_of_task = reader_of(
    "step", "person", "role", "department", "opened_at", "due", "overdue", "excluded", "handling"
)
_MADE_COLUMNS = ("case_id", "address", "work", "rank", "overdue", "excluded", "handling")
_TASK_COLUMNS = (*_TOLD_COLUMNS, *_MADE_COLUMNS)


@dataclass(slots=True)
class Report:
    """What a check has seen. A fault names a case by its number, or a stream, file, definition."""

    cases: int = 0
    entries: int = 0
    files: int = 0
    policy: int = 0  # values that cases have put in force
    #: Ledgers with a fault, of which not everything was read.
    broken: set[str] = field(default_factory=set, repr=False)
    #: What the ledgers tell of each row of a register, by its id: see `_told`.
    rows: dict[str, tuple[bytes, str | None, int | None]] = field(default_factory=dict, repr=False)
    faults: list[Fault] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def verify(database: Database, *, files: bool = True) -> Report:
    """Check everything as of one moment, while people go on working.

    Of each case the first fault is named, and a hundred at most. `files` False leaves out the
    bytes of attachments, whose reading may take long.
    """
    report = Report()
    with wire_to(database, book_of(database), writes=False) as wire:
        for fault in _faults(wire, report, files=files):
            report.faults.append(fault)
            if len(report.faults) == _ENOUGH:
                break
    return report


def _faults(wire: Wire, report: Report, *, files: bool) -> Iterator[Fault]:
    yield from _ledgers(wire, report)
    yield from _missing_numbers(wire)
    yield from _changed_definitions(wire)
    yield from _changed_policy(wire, report)
    yield from _changed_turns(wire)
    yield from _changed_rows(wire, report)
    if files:
        yield from _changed_files(wire, report)


# ---- ledgers -------------------------------------------------------------------------------------


class _Beside:
    """What each case has, one line a case that begins with its id, in the order of the ids: taken
    while the ledgers are walked through.
    """

    def __init__(self, wire: Wire, make: Make) -> None:
        self._lines = wire.stream(Step(make), at_once=_AT_ONCE)
        self._next = next(self._lines, None)
        #: Lines of cases without a ledger, which were passed on the way.
        self.passed: list[Line] = []

    def of(self, id: str) -> Line | None:
        """The line of this case; called with one id after the other, as they follow."""
        line = self._next
        while line is not None and line[0] < id:
            self.passed.append(line)
            line = self._next = next(self._lines, None)
        if line is None or line[0] != id:
            return None
        self._next = next(self._lines, None)
        return line

    def rest(self) -> Iterator[Line]:
        """What was passed, and all that was never asked for."""
        yield from self.passed
        if self._next is not None:
            yield self._next
        yield from self._lines


_TASK, _CLOCK = Sentence("待办", "task"), Sentence("时钟", "clock")
_ROW = Sentence("登记簿的一条", "row of a register")
_ROW_DIFFERS = Sentence(
    "登记簿的一条 {id} 与账本不一致", "the row of a register {id} differs from the ledger"
)
_NO_LEDGER = Sentence("案件没有账本", "the case has no ledger")
_HAS_NO_LEDGER = Sentence("{what} {id} 没有账本", "the {what} {id} has no ledger")
_LEDGER_GONE = Sentence("账本不见了", "the ledger is missing")
_CASE_GONE = Sentence("案件不见了，账本还在", "the case is missing, its ledger is there")
_NO_SENSE = Sentence("这一条的内容讲不通：{error}", "the line makes no sense: {error}")
_UNREADABLE = Sentence("这一条读不出来：{error}", "the line cannot be read: {error}")
_COLUMNS_DIFFER = Sentence(
    "各列与这一条所写的不一致", "the columns do not repeat what the line says"
)
_NOT_THERE = Sentence("{what} {id} 不在账本里", "the {what} {id} is not in the ledger")
_DIFFERS = Sentence(
    "{what} {id} 与账本不一致：{names}", "the {what} {id} differs from the ledger in: {names}"
)
_GONE = Sentence("{what} {id} 不见了", "the {what} {id} is missing")
_NUMBERS_GONE = Sentence(
    "发过 {last} 个案件，现有 {there} 个", "{last} cases were opened, {there} are there"
)
_TEXT_CHANGED = Sentence(
    "流程定义的文本与校验码不符", "the text of the definition does not match its digest"
)
_VALUE_DIFFERS = Sentence(
    "参数 {parameter} 生效的值与账本不符", "the value of {parameter} differs from the ledger"
)
_TURN_DIFFERS = Sentence(
    "定期事项的记录与案件的账本不符", "the turn of a schedule differs from the ledger of its case"
)
_TURN_GONE = Sentence(
    "案件由定期事项立案，可那一次的记录不在了",
    "a schedule opened this case, and what became of its turn is gone",
)
_VALUES_GONE = Sentence(
    "账本记着 {told} 次参数生效，现有 {there} 次",
    "{told} values were put in force, {there} are there",
)
_FILE_CHANGED = Sentence("文件内容与校验码不符", "the bytes of the file do not match their digest")


def _of(sentence: Sentence, what: Sentence, **values: object) -> Sentence:
    """A sentence about a task or a clock."""
    return Sentence(
        sentence.zh.format(what=what.zh, **values), sentence.en.format(what=what.en, **values)
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    """The tables beside the ledgers."""

    cases: _Beside
    tasks: _Beside
    deadlines: _Beside

    def of(self, id: str) -> tuple[Line | None, Line | None, Line | None]:
        """What stands beside the ledger of a case."""
        return self.cases.of(id), self.tasks.of(id), self.deadlines.of(id)

    def without_ledger(self) -> Iterator[Fault]:
        """What has no ledger of its own, once all ledgers were walked through."""
        for line in self.cases.rest():
            yield Fault(line[1], 0, _NO_LEDGER)
        for what, lines in ((_TASK, self.tasks), (_CLOCK, self.deadlines)):
            for case, several in lines.rest():
                for line in _values_in(several):
                    yield Fault(case, 0, _of(_HAS_NO_LEDGER, what, id=line[0]))


def _ledgers(wire: Wire, report: Report) -> Iterator[Fault]:
    kept = _Kept(
        _Beside(wire, _case_lines), _Beside(wire, _task_lines), _Beside(wire, _deadline_lines)
    )
    streams = {id_: head for id_, head in wire.lines(_stream_lines) if head}
    entries = wire.stream(Step(_entry_lines), at_once=_AT_ONCE)
    for id_, group in groupby(entries, key=itemgetter(0)):
        lines = iter(group)
        if id_.startswith("sys:"):
            fault = _stream_fault(id_, lines, streams.pop(id_, ""), report)
        else:
            fault = _case_fault(id_, lines, kept, report)
        # Past a fault nothing is checked, but it was there.
        report.entries += sum(1 for _ in lines)
        if fault is not None:
            report.broken.add(id_)
            yield fault
    yield from kept.without_ledger()
    for id_ in streams:
        yield Fault(id_, 0, _LEDGER_GONE)


def _stream_fault(id: str, lines: Iterator[Line], head: str, report: Report) -> Fault | None:
    chain = Chain(id)
    for line in lines:
        report.entries += 1
        said = _said(chain, line)
        if isinstance(said, Fault):
            return said
        report.rows.update(_told_by_the_house(said))
    return chain.end(head)


def _told_by_the_house(
    said: dict[str, Any],
) -> Iterator[tuple[str, tuple[bytes, str | None, int | None]]]:
    """The rows that an administrator's line brought along."""
    facts = said.get("facts", {})
    match str(said["event"]):
        case AddRow.event:
            row = facts["after"]
            yield row["id"], (_row_digest(row["register"], row["values"]), None, None)
        case BringRows.event:
            for row in facts["rows"]:
                yield row["id"], (_row_digest(facts["key"], row["values"]), None, said["seq"])
        case _:
            pass


def _row_digest(register: str, values: object) -> bytes:
    return sha256(orjson.dumps([register, values], option=orjson.OPT_SORT_KEYS)).digest()


def _case_fault(id: str, lines: Iterator[Line], kept: _Kept, report: Report) -> Fault | None:
    report.cases += 1
    row, tasks, deadlines = kept.of(id)
    number = row[1] if row else id
    chain, folded = Chain(id), Folded()
    try:
        for line in lines:
            report.entries += 1
            said = _said(chain, line)
            if isinstance(said, Fault):
                return Fault(number, said.seq, said.what)
            folded.add(said, chain.head)
            if "policy" in said:
                report.policy += len(said["policy"])
            if "rows" in said:
                for written in said["rows"]:
                    digest = _row_digest(written["register"], written["values"])
                    report.rows[written["id"]] = (digest, id, said["seq"])
        case = folded.case()
        made = _made_tasks(case, folded), _made_clocks(case, folded)
    except (KeyError, TypeError, ValueError) as error:
        return Fault(number, chain.length, _NO_SENSE.filled(error=repr(error)))
    ended = chain.end(row[2]) if row else None
    if ended is not None:
        return Fault(number, ended.seq, ended.what)
    what = (
        _row_fault(row, case, folded.acted_at)
        or _difference(_TASK, _TASK_COLUMNS, tasks, made[0])
        or _difference(_CLOCK, DEADLINE, deadlines, made[1])
    )
    return None if what is None else Fault(number, chain.length, what)


def _said(chain: Chain, line: Line) -> dict[str, Any] | Fault:
    """What a line says, or why it cannot stand there."""
    _, seq, heading, body, digest = line
    try:
        said = chain.link(seq, body, digest)
        if isinstance(said, Fault) or _is_told(heading, _said_in_heading(said)):
            return said
    except (KeyError, TypeError, ValueError) as error:
        return Fault(chain.case, seq, _UNREADABLE.filled(error=repr(error)))
    return Fault(chain.case, seq, _COLUMNS_DIFFER)


# ---- rows against what their ledger makes --------------------------------------------------------


def _is_told(text: str, made: Sequence[Any]) -> bool:
    """Whether a text that the database made of several values holds just these.

    A database may write spaces, or a letter in another way, so only what is read again differs.
    """
    return text == orjson.dumps(made).decode() or _values_in(text) == list(made)


def _values_in(text: str) -> list[Any]:
    """The values of which the database made a text; SQLite keeps the infinite among them."""
    values: list[Any]
    try:
        values = orjson.loads(text)
    except ValueError:
        values = json.loads(text)
    return values


def _row_fault(row: Line | None, case: dict[str, Any], acted_at: str) -> Sentence | None:
    if row is None:
        return _CASE_GONE
    _, _, _, plain, *texts = row
    made = (*_plain_in_case(case), acted_at)
    differ = []
    if not _is_told(plain, made):
        columns = (*_PLAIN_COLUMNS, "acted_at")
        pairs = zip(columns, _values_in(plain), made, strict=True)
        differ = [name for name, value, other in pairs if value != other]
    for name, text in zip(_JSON_COLUMNS, texts, strict=True):
        if not _is_json_of(text, case[name]):
            differ.append(name)
    return DIFFERS.filled(names=", ".join(differ)) if differ else None


def _is_json_of(text: object, value: object) -> bool:
    try:
        return type(text) is str and orjson.loads(text) == value
    except ValueError:
        return False


def _difference(
    what: Sentence, columns: tuple[str, ...], line: Line | None, made: list[tuple[Any, ...]]
) -> Sentence | None:
    """How what a case has kept beside it differs from what its ledger makes, each by its id."""
    if line is None and not made:
        return None
    several = line[1] if line else "[]"
    if several == orjson.dumps(made).decode():
        return None
    found = {one[0]: one for one in _values_in(several)}
    told = {one[0]: list(one) for one in made}
    for id_, one in found.items():
        if id_ not in told:
            return _of(_NOT_THERE, what, id=id_)
        if one != told[id_]:
            pairs = zip(columns, one, told[id_], strict=True)
            differ = ", ".join(name for name, value, other in pairs if value != other)
            return _of(_DIFFERS, what, id=id_, names=differ)
    gone = next((id_ for id_ in told if id_ not in found), None)
    return None if gone is None else _of(_GONE, what, id=gone)


def _made_tasks(case: dict[str, Any], folded: Folded) -> list[tuple[Any, ...]]:
    """The tasks as their table keeps them, in the order of their ids."""
    id_, process, tasks = case["id"], case["process"], folded.tasks
    return [_task_line(id_, process, tasks[key]) for key in sorted(tasks)]


def _task_line(case: str, process: str, task: dict[str, Any]) -> tuple[Any, ...]:
    step, person, role, department, opened_at, due, overdue, excluded, handling = _rest_of_task(
        task
    )
    address, work = _place(process, step, person, role, department)
    return (
        *_told_of_task(task),
        case,
        waiting_at(address, held=True) if handling and handling.get("held") else address,
        work,
        rank_of(due, opened_at, overdue=overdue),
        int(overdue),
        excluded_text(excluded) if excluded else "",
        sorted_json(handling) if handling else NOTHING,
    )


@lru_cache(maxsize=4096)
def _place(
    process: str, step: str, person: str | None, role: str | None, department: str | None
) -> tuple[str, str]:
    """Where a task waits, and what it is about."""
    return Address(person, role, department).key, work_of(process, step)


def _made_clocks(case: dict[str, Any], folded: Folded) -> list[tuple[Any, ...]]:
    """The clocks as their table keeps them, in the order of their ids."""
    clocks = folded.deadlines
    if not clocks:
        return []
    id_ = case["id"]
    return [_deadline_line(id_, clocks[key]) for key in sorted(clocks)]


def _deadline_line(case: str, clock: dict[str, Any]) -> tuple[Any, ...]:
    run = {name: clock[name] for name in ("stood", "rungs", "rung_at", "extended") if name in clock}
    running = clock["due"] if clock["state"] == DeadlineState.RUNNING else None
    return (
        clock["id"],
        case,
        clock["key"],
        clock["started"],
        clock["due"],
        clock["state"],
        int(clock["provisional"]),
        clock["paused"],
        min((at for at in (running, clock.get("rung_at")) if at is not None), default=None),
        sorted_json(run) if run else NOTHING,
    )


# ---- what no ledger of a case shows --------------------------------------------------------------


def _missing_numbers(wire: Wire) -> Iterator[Fault]:
    """Numbers run without gaps, so a case that was erased with its ledger is missed here."""
    for prefix, year, last in wire.lines(_counters):
        ((there,),) = wire.lines(_cases_numbered, (f"{prefix}{year}-", f"{prefix}{year}."))
        if there != last:
            yield Fault(f"{prefix}{year}", 0, _NUMBERS_GONE.filled(last=last, there=there))


def _changed_definitions(wire: Wire) -> Iterator[Fault]:
    for line in wire.lines(all_definitions):
        definition = definition_of(line)
        if sha256(definition.source.encode()).hexdigest() != definition.digest:
            place = f"{definition.key} {definition.version}"
            yield Fault(place, 0, _TEXT_CHANGED)


def _changed_policy(wire: Wire, report: Report) -> Iterator[Fault]:
    """Every value in force stands in the line that it names, and none of them is missing."""
    kept = wire.lines(_policy_lines)
    for parameter, value, since, left, number, seq, body in kept:
        told = {"parameter": parameter, "value": orjson.loads(value), "since": since}
        told |= {"left": True} if left else {}
        if body is None or told not in orjson.loads(body).get("policy", ()):
            yield Fault(number, seq, _VALUE_DIFFERS.filled(parameter=parameter))
    if len(kept) != report.policy:
        gone = _VALUES_GONE.filled(told=report.policy, there=len(kept))
        yield Fault("policy_change", 0, gone)


def _changed_turns(wire: Wire) -> Iterator[Fault]:
    """Every case that a schedule opened stands with its turn, and every turn with such a case."""
    for id_, number in wire.lines(_turns_without_a_line):
        yield Fault(number or id_, 0, _TURN_DIFFERS)
    for number, seq in wire.lines(_lines_without_a_turn):
        yield Fault(number, seq, _TURN_GONE)


def _changed_rows(wire: Wire, report: Report) -> Iterator[Fault]:
    """Every row of a register stands in the line that wrote it, and none of them is missing."""
    for id_, register, cells, case, seq, number in wire.stream(Step(_row_lines), at_once=_AT_ONCE):
        told = report.rows.pop(id_, None)
        if told is None:
            if (case or HOUSE) in report.broken:
                continue
            yield Fault(number or register, seq or 0, _of(_NOT_THERE, _ROW, id=id_))
        elif told[0] != _row_digest(register, orjson.loads(cells)) or (
            told[2] is not None and told[1:] != (case, seq)
        ):
            yield Fault(number or register, seq or 0, _ROW_DIFFERS.filled(id=id_))
    for id_, (_, case, seq) in report.rows.items():
        yield Fault(case or HOUSE, seq or 0, _of(_GONE, _ROW, id=id_))


def _changed_files(wire: Wire, report: Report) -> Iterator[Fault]:
    for digest, content in wire.stream(Step(_files), at_once=1):
        report.files += 1
        if sha256(content).hexdigest() != digest:
            yield Fault(digest, 0, _FILE_CHANGED)


# ---- statements ----------------------------------------------------------------------------------


class _AsJson(FunctionElement[str]):
    """Columns of a row as one text: a JSON array."""

    type = String()
    inherit_cache = True


class _AllAsJson(_AsJson):
    """The same of several rows as one text: an array of arrays, in the order of their ids."""

    inherit_cache = True


#: Stands for bytes where text should be: no number that is kept is broken. SQLite keeps whatever
#: it is given, and cannot write bytes as JSON.
_NO_TEXT = "0.5"


@compiles(_AsJson, "sqlite")
def _in_sqlite(element: _AsJson, compiler: SQLCompiler, **_: object) -> str:
    columns = (compiler.process(one) for one in element.clauses)
    # Bytes sort after all that is no bytes, which is asked faster than the type.
    array = ", ".join(f"iif({column} >= x'', {_NO_TEXT}, {column})" for column in columns)
    return f"json_array({array})"


@compiles(_AsJson, "postgresql")
def _in_postgresql(element: _AsJson, compiler: SQLCompiler, **_: object) -> str:
    columns = ", ".join(compiler.process(one) for one in element.clauses)
    return f"json_build_array({columns})::text"


@compiles(_AllAsJson, "sqlite")
def _all_in_sqlite(element: _AllAsJson, compiler: SQLCompiler, **_: object) -> str:
    return f"json_group_array({_in_sqlite(element, compiler)})"


@compiles(_AllAsJson, "postgresql")
def _all_in_postgresql(element: _AllAsJson, compiler: SQLCompiler, **_: object) -> str:
    columns = ", ".join(compiler.process(one) for one in element.clauses)
    return f"json_agg(json_build_array({columns}))::text"


def _entry_lines() -> Select[Any]:
    entry = s.ENTRY.c
    heading = _AsJson(*s.of(s.ENTRY, _HEADING))
    lines = select(entry.case_id, entry.seq, heading, entry.body, entry.digest)
    return lines.order_by(entry.case_id, entry.seq)


def _case_lines() -> Select[Any]:
    case = s.CASE.c
    plain = _AsJson(*s.of(s.CASE, (*_PLAIN_COLUMNS, "acted_at")))
    found = select(case.id, case.number, case.head, plain, *s.of(s.CASE, _JSON_COLUMNS))
    return found.order_by(case.id)


def _task_lines() -> Select[Any]:
    return _by_case(s.TASK, _TASK_COLUMNS)


def _deadline_lines() -> Select[Any]:
    return _by_case(s.DEADLINE, DEADLINE)


def _by_case(table: Table, columns: tuple[str, ...]) -> Select[Any]:
    case = table.c.case_id
    return select(case, _AllAsJson(*s.of(table, columns))).group_by(case).order_by(case)


def _row_lines() -> Select[Any]:
    columns = ("id", "register_key", "cells", "case_id", "seq", "number")
    return select(*s.of(s.REGISTER_ROW, columns))


def _stream_lines() -> Select[Any]:
    return select(s.STREAM.c.id, s.STREAM.c.head)


def _counters() -> Select[Any]:
    return select(s.COUNTER.c.prefix, s.COUNTER.c.year, s.COUNTER.c.last)


class _CasesNumbered:
    """How many numbers lie between two texts."""

    order = ("low", "high")

    def __call__(self) -> Select[Any]:
        number = s.CASE.c.number
        between = (number > bindparam("low"), number < bindparam("high"))
        return select(func.count()).select_from(s.CASE).where(*between)


_cases_numbered = _CasesNumbered()


def _policy_lines() -> Select[Any]:
    kept, entry = s.POLICY_CHANGE, s.ENTRY.c
    told = (entry.case_id == kept.c.case_id) & (entry.seq == kept.c.seq)
    columns = (*s.of(kept, ("parameter", "value", "since", "left_to_profile", "number", "seq")),)
    return select(*columns, entry.body).select_from(kept.outerjoin(s.ENTRY, told))


#: The key of the line with which a turn of a schedule opens its case begins so.
_BY_A_SCHEDULE: ColumnElement[str] = literal_column("'schedule:'")


def _turns_without_a_line() -> Select[Any]:
    turn, entry = s.OCCURRENCE.c, s.ENTRY.c
    told = (entry.case_id == turn.case_id) & (entry.key == _BY_A_SCHEDULE.op("||")(turn.id))
    missed = turn.state == literal_column("'missed'")
    found = select(turn.id, turn.number).select_from(s.OCCURRENCE.outerjoin(s.ENTRY, told))
    # What was missed has no case; whatever was opened has one, whose first line bears its key.
    return found.where(
        or_(
            and_(missed, turn.case_id.is_not(None)),
            and_(not_(missed), entry.case_id.is_(None)),
        )
    )


def _lines_without_a_turn() -> Select[Any]:
    turn, entry, case = s.OCCURRENCE.c, s.ENTRY.c, s.CASE.c
    same = turn.case_id == entry.case_id
    joined = s.ENTRY.join(s.CASE, case.id == entry.case_id).outerjoin(s.OCCURRENCE, same)
    found = select(case.number, entry.seq).select_from(joined)
    by_a_schedule = entry.key.like(_BY_A_SCHEDULE.op("||")(literal_column("'%'")))
    return found.where(entry.seq == literal_column("1"), by_a_schedule, turn.id.is_(None))


def _files() -> Select[Any]:
    return select(s.FILE.c.digest, s.FILE.c.content)
