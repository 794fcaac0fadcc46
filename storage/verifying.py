"""Proves a database by its ledgers: every chain, and every case rebuilt from its lines alone.

It reads each line once, beside the case's row, tasks and clocks in the same order, and never holds
more than one case. What is stored is compared as text, so nothing is built that need not be, and
comes as few values, for a driver takes longer over ten of them than over a text that holds ten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Select,
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

from storage import attached
from storage import statements as s
from storage.catalog import all_definitions, definition_of
from storage.changes import HOUSE
from storage.database import Database
from storage.json_columns import AllAsJson, AsJson
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
from storage.trail import lines_of_nothing, untold_lines
from storage.wire import Make, Step, Wire, book_of
from storage.wires import wire_to
from workflow.ledger import DIFFERS, Chain, Fault, Folded, reader_of, said_together
from workflow.nouns import Address, DeadlineState
from workflow.ports.house import AddRow, BringRows
from workflow.refusals import Sentence

#: How many lines are taken from the database at a time.
_AT_ONCE = 256
#: How many of them are looked at together.
_TOGETHER = 16
#: After so many faults nobody needs the next one.
_ENOUGH = 100

#: What a line's columns repeat from its body, for searching, and the same in the body's words.
_HEADING = ENTRY[: ENTRY.index("body")]
_case_in = itemgetter("case")
_said_in_heading = reader_of(
    "case",
    "seq",
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

#: The columns of a case that hold JSON themselves, and all others but those two by which its
#: ledger is found and ends.
_JSON_COLUMNS = ("form", "parameters", "course")
_PLAIN = tuple(name for name in CASE if name not in {*_JSON_COLUMNS, "id", "head"})
_plain_in_case = itemgetter(*_PLAIN)
_PLAIN_COLUMNS = (*_PLAIN, "acted_at")
#: The columns of a task without its case, by which it is found; and what its ledger says of it.
_TASK_COLUMNS = (
    "id",
    "step",
    "round",
    "opened_at",
    "due_at",
    "closed_at",
    "closed_as",
    "closed_by",
    "closed_for",
    "address",
    "work",
    "rank",
    "overdue",
    "excluded",
    "handling",
)
_opened_in_task = reader_of(
    "id", "step", "round", "opened_at", "due", "person", "role", "department", "excluded"
)
_closed_in_task = reader_of("closed_at", "as", "by", "for")
_NOT_CLOSED = (None,) * 4

#: A line's case, its digest, what it says where that is known, and all of it.
_Read = tuple[str, str, dict[str, Any] | None, Line]
#: What is done to a column before it is written as JSON.
_Dress = Callable[[ColumnElement[Any]], ColumnElement[Any]]

#: The digest of a row of a register, the case that wrote it, and in which line.
_Told = tuple[bytes, str | None, int | None]


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
    rows: dict[str, _Told] = field(default_factory=dict, repr=False)
    #: And of each file of a case.
    attached: dict[str, attached.Told] = field(default_factory=dict, repr=False)
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
    try:
        return _verified(database, _as_it_is, files=files)
    except database.errors:
        if database.dialect != "sqlite":
            raise
        # It keeps bytes where text should be, and ends a statement that shall write them as JSON.
        # Nobody puts them there by chance, and to look for them in every column takes its time.
        return _verified(database, _NoBytes, files=files)


def _verified(database: Database, dress: _Dress, *, files: bool) -> Report:
    report = Report()
    with wire_to(database, book_of(database), writes=False) as wire:
        for fault in _faults(wire, report, dress, files=files):
            report.faults.append(fault)
            if len(report.faults) == _ENOUGH:
                break
    return report


def _faults(wire: Wire, report: Report, dress: _Dress, *, files: bool) -> Iterator[Fault]:
    yield from _ledgers(wire, report, dress)
    yield from _missing_numbers(wire)
    yield from _changed_definitions(wire)
    yield from _changed_policy(wire, report)
    yield from _changed_turns(wire)
    yield from _changed_rows(wire, report)
    yield from attached.changed_attachments(wire, report.attached, frozenset(report.broken))
    yield from untold_lines(wire, report.broken)
    if not report.faults:  # else that is said where the lines are missing
        yield from lines_of_nothing(wire)
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
        if line is not None and line[0] == id:
            self._next = next(self._lines, None)
            return line
        # SQLite keeps bytes where an id should be; they sort after every text.
        while line is not None and (type(line[0]) is bytes or line[0] < id):
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
                    yield Fault(str(case), 0, _of(_HAS_NO_LEDGER, what, id=line[0]))


def _ledgers(wire: Wire, report: Report, dress: _Dress) -> Iterator[Fault]:
    kept = _Kept(
        *(
            _Beside(wire, _Lines(lines_of, dress))
            for lines_of in (_case_lines, _task_lines, _deadline_lines)
        )
    )
    streams = {id_: head for id_, head in wire.lines(_stream_lines) if head}
    entries = wire.stream(Step(_Lines(_entry_lines, dress)), at_once=_AT_ONCE)
    for id_, lines in groupby(_read(entries, report), key=itemgetter(0)):
        if id_.startswith("sys:"):
            fault = _stream_fault(id_, lines, streams.pop(id_, ""), report)
        else:
            fault = _case_fault(id_, lines, kept, report)
        if fault is not None:
            report.broken.add(id_)
            yield fault
    yield from kept.without_ledger()
    for id_ in streams:
        yield Fault(id_, 0, _LEDGER_GONE)


def _read(lines: Iterator[Line], report: Report) -> Iterator[_Read]:
    """Lines with what they say, where their digests are right and their columns repeat it.

    Several are asked together, which is quicker. Where one of them is not right nothing is said of
    any: each is looked at alone then, see `_said`.
    """
    while some := list(islice(lines, _TOGETHER)):
        report.entries += len(some)
        headings, bodies, digests = zip(*some, strict=True)
        try:
            said = said_together(bodies, digests)
            if said is not None and _are_told(headings, list(map(_said_in_heading, said))):
                yield from zip(map(_case_in, said), digests, said, some, strict=True)
                continue
        except (KeyError, TypeError, ValueError):
            pass  # whoever looks at each alone says what is wrong with it
        for line in some:
            yield str(_values_in(line[0])[0]), line[2], None, line


def _stream_fault(id: str, lines: Iterator[_Read], head: str, report: Report) -> Fault | None:
    chain = Chain(id)
    for _, digest, known, line in lines:
        said = known if known and chain.take(known, digest) else _said(chain, line)
        if isinstance(said, Fault):
            return said
        report.rows.update(_told_by_the_house(said))
    return chain.end(head)


def _told_by_the_house(said: dict[str, Any]) -> Iterator[tuple[str, _Told]]:
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


def _case_fault(id: str, lines: Iterator[_Read], kept: _Kept, report: Report) -> Fault | None:
    report.cases += 1
    row, tasks, clocks = kept.of(id)
    number = row[1] if row else id
    chain, folded = Chain(id), Folded()
    try:
        broken = _fold(lines, chain, folded, report)
        if broken is not None:
            return Fault(number, broken.seq, broken.what)
        case = folded.case()
        made = (
            (*_plain_in_case(case), folded.acted_at),
            _made_tasks(case["process"], folded),
            _made_clocks(id, folded),
        )
    except (KeyError, TypeError, ValueError) as error:
        return Fault(number, chain.length, _NO_SENSE.filled(error=repr(error)))
    if row is None:
        return Fault(number, chain.length, _CASE_GONE)
    ended = chain.end(row[2])
    if ended is not None:
        return Fault(number, ended.seq, ended.what)
    if _is_as_told(row, tasks, clocks, case, made):
        return None
    what = (
        _row_fault(row, case, made[0])
        or _difference(_TASK, _TASK_COLUMNS, tasks, made[1])
        or _difference(_CLOCK, DEADLINE, clocks, made[2])
    )
    return None if what is None else Fault(number, chain.length, what)


def _fold(lines: Iterator[_Read], chain: Chain, folded: Folded, report: Report) -> Fault | None:
    """Go through the lines of a case, until one cannot stand there."""
    for _, digest, known, line in lines:
        said = known if known and chain.take(known, digest) else _said(chain, line)
        if isinstance(said, Fault):
            return said
        folded.add(said, digest)
        if "policy" in said:
            report.policy += len(said["policy"])
        if "attachments" in said:
            report.attached.update(attached.files_in(said, chain.case, chain.length))
        if "rows" in said:
            for row in said["rows"]:
                digest_of_row = _row_digest(row["register"], row["values"])
                report.rows[row["id"]] = (digest_of_row, chain.case, chain.length)
    return None


def _said(chain: Chain, line: Line) -> dict[str, Any] | Fault:
    """What a line says, or why it cannot stand there."""
    heading, body, digest = line
    _, seq, *_ = _values_in(heading)
    try:
        said = chain.link(seq, body, digest)
        if isinstance(said, Fault) or _are_told([heading], [_said_in_heading(said)]):
            return said
    except (KeyError, TypeError, ValueError) as error:
        return Fault(chain.case, seq, _UNREADABLE.filled(error=repr(error)))
    return Fault(chain.case, seq, _COLUMNS_DIFFER)


# ---- rows against what their ledger makes --------------------------------------------------------


#: What a ledger makes of its case: the plain columns of its row, its tasks and its clocks.
_Made = tuple[tuple[Any, ...], list[tuple[Any, ...]], list[tuple[Any, ...]]]


def _are_told(texts: Sequence[str], made: list[tuple[Any, ...]]) -> bool:
    """Whether texts that the database made of several values each hold just these.

    A database may write spaces, or a letter in another way, so only what is read again differs.
    """
    text = f"[{','.join(texts)}]"
    return text == orjson.dumps(made).decode() or _values_in(text) == list(map(list, made))


def _values_in(text: str) -> list[Any]:
    """The values of which the database made a text; SQLite keeps the infinite among them."""
    values: list[Any]
    try:
        values = orjson.loads(text)
    except ValueError:
        values = json.loads(text)
    return values


def _is_as_told(
    row: Line, tasks: Line | None, clocks: Line | None, case: dict[str, Any], made: _Made
) -> bool:
    """Whether all that stands beside a ledger is written just as the ledger makes it. If not, it
    may still be the same in other words.
    """
    _, _, _, plain, form, parameters, course = row
    text = f"[{plain},{tasks[1] if tasks else '[]'},{clocks[1] if clocks else '[]'}]"
    return (
        text == orjson.dumps(made).decode()
        and _is_json_of(form, case["form"])
        and _is_json_of(parameters, case["parameters"], _recurring)
        and _is_json_of(course, case["course"], _recurring)
    )


def _row_fault(row: Line, case: dict[str, Any], made: tuple[Any, ...]) -> Sentence | None:
    _, _, _, plain, *texts = row
    differ = []
    if plain != orjson.dumps(made).decode():
        pairs = zip(_PLAIN_COLUMNS, _values_in(plain), made, strict=True)
        differ = [name for name, value, other in pairs if value != other]
    for name, text in zip(_JSON_COLUMNS, texts, strict=True):
        if not _is_json_of(text, case[name]):
            differ.append(name)
    return DIFFERS.filled(names=", ".join(differ)) if differ else None


def _is_json_of(text: object, value: object, read: Callable[[str], object] = orjson.loads) -> bool:
    try:
        return type(text) is str and read(text) == value
    except ValueError:
        return False


@lru_cache(maxsize=256)
def _recurring(text: str) -> object:
    """What a text says that many cases have, as they have a policy."""
    return orjson.loads(text)


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


def _made_tasks(process: str, folded: Folded) -> list[tuple[Any, ...]]:
    """The tasks as their table keeps them, in the order of their ids."""
    tasks = folded.tasks
    return [_task_line(process, tasks[key]) for key in sorted(tasks)]


def _task_line(process: str, task: dict[str, Any]) -> tuple[Any, ...]:
    id_, step, round_, opened_at, due, person, role, department, excluded = _opened_in_task(task)
    address, work = _place(process, step, person, role, department)
    overdue, handling = task.get("overdue", False), task.get("handling")
    return (
        id_,
        step,
        round_,
        opened_at,
        due,
        *(_closed_in_task(task["closed"]) if "closed" in task else _NOT_CLOSED),
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


def _made_clocks(case: str, folded: Folded) -> list[tuple[Any, ...]]:
    """The clocks as their table keeps them, in the order of their ids."""
    clocks = folded.deadlines
    return [_deadline_line(case, clocks[key]) for key in sorted(clocks)] if clocks else []


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
        found = _kept_digest(register, cells), case, seq
        if told == found or (told is None and (case or HOUSE) in report.broken):
            continue
        if told is None:
            yield Fault(number or register, seq or 0, _of(_NOT_THERE, _ROW, id=id_))
        elif told[0] != found[0] or told[2] is not None:
            yield Fault(number or register, seq or 0, _ROW_DIFFERS.filled(id=id_))
    for id_, (_, case, seq) in report.rows.items():
        yield Fault(case or HOUSE, seq or 0, _of(_GONE, _ROW, id=id_))


def _kept_digest(register: str, cells: str) -> bytes:
    """The digest of a row as it is kept; of what cannot be read, none that a ledger tells."""
    try:
        return _row_digest(register, orjson.loads(cells)) if type(cells) is str else b""
    except (TypeError, ValueError):
        return b""


def _changed_files(wire: Wire, report: Report) -> Iterator[Fault]:
    for fault in attached.changed_files(wire):
        report.files += 1
        if fault is not None:
            yield fault


# ---- statements ----------------------------------------------------------------------------------


class _NoBytes(FunctionElement[Any]):
    """A column; where SQLite keeps bytes in it, `_NO_TEXT`."""

    inherit_cache = True


def _as_it_is(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return column


#: Stands for bytes where text should be: no number that is kept is broken.
_NO_TEXT = "0.5"


@compiles(_NoBytes, "sqlite")
def _none_in_sqlite(element: _NoBytes, compiler: SQLCompiler, **_: object) -> str:
    (column,) = (compiler.process(one) for one in element.clauses)
    # Bytes sort after all that is no bytes, which is asked faster than the type.
    return f"iif({column} >= x'', {_NO_TEXT}, {column})"


@compiles(_NoBytes, "postgresql")
def _none_in_postgresql(element: _NoBytes, compiler: SQLCompiler, **_: object) -> str:
    (column,) = (compiler.process(one) for one in element.clauses)
    return column


@dataclass(frozen=True, slots=True)
class _Lines:
    """A statement whose columns are written as JSON in one way or the other."""

    made: Callable[[_Dress], Select[Any]]
    dress: _Dress

    def __call__(self) -> Select[Any]:
        return self.made(self.dress)


def _entry_lines(dress: _Dress) -> Select[Any]:
    entry = s.ENTRY.c
    heading = AsJson(*map(dress, s.of(s.ENTRY, _HEADING)))
    lines = select(heading, entry.body, entry.digest)
    return lines.order_by(entry.case_id, entry.seq)


def _case_lines(dress: _Dress) -> Select[Any]:
    case = s.CASE.c
    plain = AsJson(*map(dress, s.of(s.CASE, _PLAIN_COLUMNS)))
    found = select(case.id, case.number, case.head, plain, *s.of(s.CASE, _JSON_COLUMNS))
    return found.order_by(case.id)


def _task_lines(dress: _Dress) -> Select[Any]:
    return _by_case(s.TASK, _TASK_COLUMNS, dress)


def _deadline_lines(dress: _Dress) -> Select[Any]:
    return _by_case(s.DEADLINE, DEADLINE, dress)


def _by_case(table: Table, columns: tuple[str, ...], dress: _Dress) -> Select[Any]:
    case = table.c.case_id
    several = AllAsJson(*map(dress, s.of(table, columns)))
    return select(case, several).group_by(case).order_by(case)


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
#: The first text that sorts after all such keys.
_PAST_A_SCHEDULE: ColumnElement[str] = literal_column("'schedule;'")


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
    by_a_schedule = and_(entry.key >= _BY_A_SCHEDULE, entry.key < _PAST_A_SCHEDULE)
    return found.where(entry.seq == literal_column("1"), by_a_schedule, turn.id.is_(None))
