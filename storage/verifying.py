"""Proves a database by its ledgers: every chain, and every case rebuilt from its lines alone.

It reads each line once, beside the case's row, tasks and clocks in the same order, and never holds
more than one case. What is stored is compared as text, so nothing is built that need not be.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    and_,
    bindparam,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from storage import statements as s
from storage.catalog import all_definitions, definition_of
from storage.changes import HOUSE
from storage.database import Database
from storage.mapping import (
    CASE,
    DEADLINE,
    ENTRY,
    NOTHING,
    TASK,
    Line,
    excluded_text,
    rank_of,
    sorted_json,
    waiting_at,
    work_of,
)
from storage.wire import Make, Step, Wire, book_of
from storage.wires import wire_to
from workflow.ledger import DIFFERS, Chain, Fault, Folded
from workflow.nouns import Address, DeadlineState
from workflow.ports import AddRow, BringRows
from workflow.refusals import Sentence

#: How many lines are taken from the database at a time.
_AT_ONCE = 1000
#: After so many faults nobody needs the next one.
_ENOUGH = 100

#: Where the parts of a line stand that are not repeated in its body: before and after the rest.
_SEQ = ENTRY.index("seq")
_HEADING = slice(ENTRY.index("at"), ENTRY.index("body"))
_BODY, _DIGEST = ENTRY.index("body"), ENTRY.index("digest")
#: What a line's columns repeat from its body, for searching, in the order of the columns.
_said_in_heading = itemgetter(
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

_CASE_COLUMNS = (*CASE, "acted_at")
_HEAD = CASE.index("head")
_JSON_COLUMNS = ("form", "parameters", "course")
_TASK_COLUMNS = (*TASK, "work", "rank")


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
    rows: dict[str, tuple[str, str | None, int | None]] = field(default_factory=dict, repr=False)
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
    """Lines in the order of their case, taken while the ledgers are walked through."""

    def __init__(self, wire: Wire, make: Make, id_at: int) -> None:
        self._lines = wire.stream(Step(make), at_once=_AT_ONCE)
        self._id_at = id_at
        self._next = next(self._lines, None)

    def before(self, id: str | None) -> Iterator[Line]:
        """The lines of cases that come before `id`, or with None of all that are left."""
        while (line := self._next) is not None and (id is None or line[self._id_at] < id):
            self._next = next(self._lines, None)
            yield line

    def of(self, id: str) -> list[Line]:
        """The lines of this case, when those of the cases before it were taken."""
        found = []
        while (line := self._next) is not None and line[self._id_at] == id:
            found.append(line)
            self._next = next(self._lines, None)
        return found


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

    def without_ledger(self, id: str | None) -> Iterator[Fault]:
        """What stands before a ledger (or at the end) and has none of its own."""
        for line in self.cases.before(id):
            yield Fault(line[1], 0, _NO_LEDGER)
        for what, lines in ((_TASK, self.tasks), (_CLOCK, self.deadlines)):
            for line in lines.before(id):
                yield Fault(line[1], 0, _of(_HAS_NO_LEDGER, what, id=line[0]))


def _ledgers(wire: Wire, report: Report) -> Iterator[Fault]:
    kept = _Kept(
        _Beside(wire, _case_lines, 0),
        _Beside(wire, _task_lines, 1),
        _Beside(wire, _deadline_lines, 1),
    )
    streams = {id_: head for id_, head in wire.lines(_stream_lines) if head}
    entries = wire.stream(Step(_entry_lines), at_once=_AT_ONCE)
    for id_, lines in groupby(entries, key=itemgetter(0)):
        yield from kept.without_ledger(id_)
        counted = _counted(lines, report)
        if id_.startswith("sys:"):
            fault = _stream_fault(id_, counted, streams.pop(id_, ""), report)
        else:
            report.cases += 1
            fault = _case_fault(id_, counted, kept, report)
        # Past a fault nothing is checked, but it was there.
        for _ in counted:
            pass
        if fault is not None:
            report.broken.add(id_)
            yield fault
    yield from kept.without_ledger(None)
    for id_ in streams:
        yield Fault(id_, 0, _LEDGER_GONE)


def _counted(lines: Iterator[Line], report: Report) -> Iterator[Line]:
    for line in lines:
        report.entries += 1
        yield line


def _stream_fault(id: str, lines: Iterator[Line], head: str, report: Report) -> Fault | None:
    chain = Chain(id)
    for line in lines:
        said = _said(chain, line)
        if isinstance(said, Fault):
            return said
        report.rows.update(_told_by_the_house(said))
    return chain.end(head)


def _told_by_the_house(
    said: dict[str, Any],
) -> Iterator[tuple[str, tuple[str, str | None, int | None]]]:
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


def _row_digest(register: str, values: object) -> str:
    return sha256(sorted_json([register, values]).encode()).hexdigest()


def _case_fault(id: str, lines: Iterator[Line], kept: _Kept, report: Report) -> Fault | None:
    rows, tasks, deadlines = kept.cases.of(id), kept.tasks.of(id), kept.deadlines.of(id)
    number = rows[0][1] if rows else id
    chain, folded = Chain(id), Folded()
    for line in lines:
        said = _said(chain, line)
        if isinstance(said, Fault):
            return Fault(number, said.seq, said.what)
        try:
            folded.add(said, chain.head)
            report.policy += len(said.get("policy", ()))
            for row in said.get("rows", ()):
                digest = _row_digest(row["register"], row["values"])
                report.rows[row["id"]] = (digest, id, said["seq"])
        except (KeyError, TypeError, ValueError) as error:
            return Fault(number, chain.length, _NO_SENSE.filled(error=repr(error)))
    ended = chain.end(rows[0][_HEAD]) if rows else None
    if ended is not None:
        return Fault(number, ended.seq, ended.what)
    what = _row_fault(rows, folded) or _others_fault(folded, tasks, deadlines)
    return None if what is None else Fault(number, chain.length, what)


def _said(chain: Chain, line: Line) -> dict[str, Any] | Fault:
    """What a line says, or why it cannot stand there."""
    try:
        said = chain.link(line[_SEQ], line[_BODY], line[_DIGEST])
        if isinstance(said, Fault) or _said_in_heading(said) == line[_HEADING]:
            return said
    except (KeyError, TypeError, ValueError) as error:
        return Fault(chain.case, line[_SEQ], _UNREADABLE.filled(error=repr(error)))
    return Fault(chain.case, line[_SEQ], _COLUMNS_DIFFER)


# ---- rows against what their ledger makes --------------------------------------------------------


def _row_fault(rows: list[Line], folded: Folded) -> Sentence | None:
    if not rows:
        return _CASE_GONE
    made = {**folded.case, "acted_at": folded.acted_at}
    differ = [
        name
        for name, value in zip(_CASE_COLUMNS, rows[0], strict=True)
        if value != made[name] and not _same_json(name, value, made[name])
    ]
    return DIFFERS.filled(names=", ".join(differ)) if differ else None


def _same_json(name: str, text: Any, made: object) -> bool:  # noqa: ANN401
    return name in _JSON_COLUMNS and orjson.loads(text) == made


def _others_fault(folded: Folded, tasks: list[Line], deadlines: list[Line]) -> Sentence | None:
    case = folded.case
    made = {id_: _task_line(case, task) for id_, task in folded.tasks.items()}
    clocks = {id_: _deadline_line(case, clock) for id_, clock in folded.deadlines.items()}
    return _difference(_TASK, _TASK_COLUMNS, tasks, made) or _difference(
        _CLOCK, DEADLINE, deadlines, clocks
    )


def _difference(
    what: Sentence, columns: tuple[str, ...], kept: list[Line], made: dict[str, Line]
) -> Sentence | None:
    found = {line[0]: line for line in kept}
    if found == made:
        return None
    for id_, line in found.items():
        if id_ not in made:
            return _of(_NOT_THERE, what, id=id_)
        if line != made[id_]:
            pairs = zip(columns, line, made[id_], strict=True)
            differ = ", ".join(name for name, value, other in pairs if value != other)
            return _of(_DIFFERS, what, id=id_, names=differ)
    return _of(_GONE, what, id=next(id_ for id_ in made if id_ not in found))


def _task_line(case: dict[str, Any], task: dict[str, Any]) -> Line:
    due, opened_at, overdue, step = task["due"], task["opened_at"], task["overdue"], task["step"]
    handling = task.get("handling")
    return (
        task["id"],
        case["id"],
        step,
        waiting_at(
            _address_key(task["person"], task["role"], task["department"]),
            held=bool(handling and handling.get("held")),
        ),
        task["round"],
        opened_at,
        due,
        overdue,
        task["closed_at"],
        task.get("as"),
        task.get("by"),
        task.get("for"),
        excluded_text(tuple(task["excluded"])),
        sorted_json(handling) if handling else NOTHING,
        work_of(case["process"], step),
        rank_of(due, opened_at, overdue=overdue),
    )


def _deadline_line(case: dict[str, Any], clock: dict[str, Any]) -> Line:
    run = {name: clock[name] for name in ("stood", "rungs", "rung_at", "extended") if name in clock}
    running = clock["due"] if clock["state"] == DeadlineState.RUNNING else None
    return (
        clock["id"],
        case["id"],
        clock["key"],
        clock["started"],
        clock["due"],
        clock["state"],
        clock["provisional"],
        clock["paused"],
        min((at for at in (running, clock.get("rung_at")) if at is not None), default=None),
        sorted_json(run) if run else NOTHING,
    )


@lru_cache(maxsize=4096)
def _address_key(person: str | None, role: str | None, department: str | None) -> str:
    return Address(person, role, department).key


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


def _entry_lines() -> Select[Any]:
    return select(*s.of(s.ENTRY, ENTRY)).order_by(s.ENTRY.c.case_id, s.ENTRY.c.seq)


def _case_lines() -> Select[Any]:
    return select(*s.of(s.CASE, _CASE_COLUMNS)).order_by(s.CASE.c.id)


def _task_lines() -> Select[Any]:
    return select(*s.of(s.TASK, _TASK_COLUMNS)).order_by(s.TASK.c.case_id)


def _deadline_lines() -> Select[Any]:
    return select(*s.of(s.DEADLINE, DEADLINE)).order_by(s.DEADLINE.c.case_id)


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
