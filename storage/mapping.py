"""Rows to nouns and back, by position, in the order of the columns that are named here.

The functions are called many times for one page, so they do no more than they must.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson

from workflow.ledger import (
    course_facts,
    course_of,
    handling_facts,
    handling_of,
    moment_of,
    moment_text,
    run_facts,
    with_run,
)
from workflow.nouns import (
    ORDINARY,
    STRAIGHT,
    Address,
    Attachment,
    Case,
    Course,
    Deadline,
    DeadlineState,
    Entry,
    Handling,
    Notice,
    RegisterRow,
    Task,
    Topic,
)
from workflow.ports.hospital import PolicyChange

#: One line as the driver gives it.
Line = tuple[Any, ...]

CASE = (
    "id",
    "number",
    "process",
    "definition_version",
    "state",
    "applicant",
    "department",
    "form",
    "parameters",
    "opened_at",
    "entered_at",
    "round",
    "version",
    "seq",
    "head",
    "parent",
    "title",
    "closed_at",
    "course",
)
TASK = (
    "id",
    "case_id",
    "step",
    "address",
    "round",
    "opened_at",
    "due_at",
    "overdue",
    "closed_at",
    "closed_as",
    "closed_by",
    "closed_for",
    "excluded",
    "handling",
)
ENTRY = (
    "case_id",
    "seq",
    "at",
    "event",
    "actor",
    "acting_for",
    "role",
    "department",
    "process",
    "from_state",
    "to_state",
    "refused",
    "key",
    "body",
    "digest",
)
DEADLINE = (
    "id",
    "case_id",
    "key",
    "started_at",
    "due_at",
    "state",
    "provisional",
    "paused_at",
    "fires_at",
    "run",
)
NOTICE = ("address", "at", "id", "case_id", "kind", "topic")
REGISTER_ROW = ("id", "register_key", "cells", "case_id", "seq", "at", "number")
POLICY_CHANGE = (
    "parameter",
    "value",
    "since",
    "case_id",
    "number",
    "seq",
    "at",
    "left_to_profile",
    "reason",
    "clauses",
)
ATTACHMENT = ("id", "case_id", "name", "media_type", "size", "digest", "field")

#: Called with parts of a line at once, which their types cannot say.
_CASE: Callable[..., Case] = Case
_ENTRY: Callable[..., Entry] = Entry

#: Sorts after every digit: what has no due date comes after what has one.
_LATER_THAN_EVERYTHING = "~"


def json_text(value: object) -> str:
    """JSON as kept in a text column. TypeError for what has no place there (floats do not come)."""
    return orjson.dumps(value).decode()


def maybe_text(at: datetime | None) -> str | None:
    """`moment_text`, where there may be no moment."""
    return None if at is None else moment_text(at)


def maybe_moment(text: str | None) -> datetime | None:
    """`moment_of`, where there may be no moment."""
    return None if text is None else moment_of(text)


def waiting_at(address: str, *, held: bool) -> str:
    """The key under which inboxes find a task; what is not yet anybody's turn they do not find."""
    return f"{_HELD}{address}" if held else address


_HELD = "held "


@lru_cache(maxsize=4096)
def address_of(key: str) -> Address:
    """The address that `Address.key` wrote, held back or not."""
    kind, _, name = key.removeprefix(_HELD).partition(":")
    if kind == "p":
        return Address(person=name)
    role, _, department = name.partition("@")
    return Address(role=role, department=department or None)


# ---- cases ---------------------------------------------------------------------------------------


def case_of(line: Line) -> Case:
    """A case from the columns in `CASE`; what follows them in the line is left alone."""
    closed_at = line[17]
    return _CASE(
        *line[:7],
        _form(line[7]),
        _parameters(line[8]),
        moment_of(line[9]),
        moment_of(line[10]),
        *line[11:17],
        None if closed_at is None else moment_of(closed_at),
        _course(line[18]),
    )


def opened_case(case: Case, acted_at: datetime) -> Line:
    """The values of a new line of `case`: the columns in `CASE` and `acted_at`."""
    return (
        case.id,
        case.number,
        case.process,
        case.definition_version,
        case.state,
        case.applicant,
        case.department,
        json_text(case.form),
        json_text(case.parameters),
        moment_text(case.opened_at),
        moment_text(case.entered_at),
        case.round,
        case.version,
        case.seq,
        case.head,
        case.parent,
        case.title,
        maybe_text(case.closed_at),
        course_text(case.course),
        moment_text(acted_at),
    )


def moved_case(case: Case, acted_at: datetime) -> Line:
    """The values of what a decision may change about a case, in the order of `MOVED`."""
    return (
        case.state,
        json_text(case.form),
        moment_text(case.entered_at),
        case.round,
        case.version,
        case.seq,
        case.head,
        case.title,
        maybe_text(case.closed_at),
        course_text(case.course),
        moment_text(acted_at),
    )


MOVED = (
    "state",
    "form",
    "entered_at",
    "round",
    "version",
    "seq",
    "head",
    "title",
    "closed_at",
    "course",
    "acted_at",
)


#: What stands in a column of JSON when there is nothing to tell.
NOTHING = "{}"


def course_text(course: Course) -> str:
    """A case's course as its column keeps it."""
    return NOTHING if course is STRAIGHT else sorted_json(course_facts(course))


def handling_text(handling: Handling) -> str:
    """A task's handling as its column keeps it."""
    return NOTHING if handling is ORDINARY else sorted_json(handling_facts(handling))


def sorted_json(value: object) -> str:
    """JSON that is the same text for the same value."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _course(text: str) -> Course:
    return STRAIGHT if text == NOTHING else course_of(orjson.loads(text))


def _form(text: str) -> dict[str, Any]:
    values: dict[str, Any] = orjson.loads(text)
    if "[" not in text:  # so it holds no list
        return values
    for key, value in values.items():
        if type(value) is list:
            values[key] = tuple(value)
    return values


@lru_cache(maxsize=1024)
def _parameters(text: str) -> Mapping[str, Any]:
    """Cases that were opened under one policy share one mapping; nobody changes it."""
    return _form(text)


# ---- tasks ---------------------------------------------------------------------------------------


def task_of(line: Line) -> Task:
    """A task from the columns in `TASK`."""
    id_, case, step, address, round_, opened_at, due_at, overdue, closed_at, *rest = line
    closed_as, closed_by, closed_for, excluded, handling = rest
    return Task(
        id_,
        case,
        step,
        address_of(address),
        round_,
        moment_of(opened_at),
        None if due_at is None else moment_of(due_at),
        bool(overdue),
        None if closed_at is None else moment_of(closed_at),
        closed_as,
        closed_by,
        closed_for,
        tuple(excluded.split("|")[1:-1]) if excluded else (),
        ORDINARY if handling == NOTHING else handling_of(orjson.loads(handling)),
    )


def task_rank(task: Task) -> str:
    """Sorts an inbox: overdue first, then by due date (none last), then by arrival."""
    return rank_of(maybe_text(task.due_at), moment_text(task.opened_at), overdue=task.overdue)


def rank_of(due_at: str | None, opened_at: str, *, overdue: bool) -> str:
    """The same from the texts of the moments."""
    return f"{0 if overdue else 1}{due_at or _LATER_THAN_EVERYTHING}{opened_at}"


def work_of(process: str, step: str) -> str:
    """What a task is about, as one text: `consumable-approval/dept_review`."""
    return f"{process}/{step}"


def excluded_text(people: Sequence[str]) -> str:
    """People with a bar before and after each; "" for nobody."""
    return f"|{'|'.join(people)}|" if people else ""


def opened_task(task: Task, process: str, place: int) -> Line:
    """The values of a new line of `task`: the columns in `TASK`, `work`, `rank`, and which of the
    tasks of one change it is.
    """
    opened_at, due_at = moment_text(task.opened_at), maybe_text(task.due_at)
    return (
        task.id,
        task.case,
        task.step,
        waiting_at(task.address.key, held=task.handling.held),
        task.round,
        opened_at,
        due_at,
        task.overdue,
        maybe_text(task.closed_at),
        task.closed_as,
        task.closed_by,
        task.closed_for,
        excluded_text(task.excluded),
        handling_text(task.handling),
        work_of(process, task.step),
        rank_of(due_at, opened_at, overdue=task.overdue),
        place,
    )


def changed_task(task: Task) -> Line:
    """The values of what may change about a task, in the order of `CHANGED`; its case, its id."""
    due_at = maybe_text(task.due_at)
    return (
        waiting_at(task.address.key, held=task.handling.held),
        due_at,
        task.overdue,
        maybe_text(task.closed_at),
        task.closed_as,
        task.closed_by,
        task.closed_for,
        excluded_text(task.excluded),
        handling_text(task.handling),
        rank_of(due_at, moment_text(task.opened_at), overdue=task.overdue),
        task.case,
        task.id,
    )


CHANGED = (
    "address",
    "due_at",
    "overdue",
    "closed_at",
    "closed_as",
    "closed_by",
    "closed_for",
    "excluded",
    "handling",
    "rank",
)


# ---- what belongs to a case ----------------------------------------------------------------------


def entry_of(line: Line) -> Entry:
    """A ledger line from the columns in `ENTRY`."""
    return _ENTRY(line[0], line[1], moment_of(line[2]), *line[3:13], bytes(line[13]), line[14])


def entry_line(entry: Entry) -> Line:
    """The values of a line of `entry`, in the order of `ENTRY`."""
    return (
        entry.case,
        entry.seq,
        moment_text(entry.at),
        entry.event,
        entry.actor,
        entry.acting_for,
        entry.role,
        entry.department,
        entry.process,
        entry.from_state,
        entry.to_state,
        entry.refused,
        entry.key,
        entry.body,
        entry.digest,
    )


def deadline_of(line: Line) -> Deadline:
    """A clock from the columns in `DEADLINE`."""
    deadline = Deadline(
        line[0],
        line[1],
        line[2],
        moment_of(line[3]),
        moment_of(line[4]),
        DeadlineState(line[5]),
        bool(line[6]),
        maybe_moment(line[7]),
    )
    run: str = line[9]
    return deadline if run == NOTHING else with_run(deadline, orjson.loads(run))


def deadline_line(deadline: Deadline) -> Line:
    """The values of a line of `deadline`, in the order of `DEADLINE`."""
    return (
        deadline.id,
        deadline.case,
        deadline.key,
        moment_text(deadline.started_at),
        moment_text(deadline.due_at),
        deadline.state.value,
        deadline.provisional,
        maybe_text(deadline.paused_at),
        maybe_text(deadline.fires_at),
        sorted_json(run) if (run := run_facts(deadline)) else NOTHING,
    )


def notice_of(line: Line) -> Notice:
    """A notice from the columns in `NOTICE`."""
    address, at, id_, case, kind, topic = line
    return Notice(id_, case, kind, address_of(address), moment_of(at), Topic(topic))


def notice_line(notice: Notice) -> Line:
    """The values of a new line of `notice`: in the order of `NOTICE`, and that it is fresh."""
    at, topic = moment_text(notice.at), notice.topic.value
    return (notice.to.key, at, notice.id, notice.case, notice.kind, topic, True)


def register_row_of(line: Line) -> RegisterRow:
    """A row of a register from the columns in `REGISTER_ROW`."""
    return RegisterRow(
        line[0], line[1], orjson.loads(line[2]), line[3], line[4], moment_of(line[5]), line[6]
    )


def register_row_line(row: RegisterRow) -> Line:
    """The values of a current line of `register_row`: the columns in `REGISTER_ROW`, `current`."""
    return (
        row.id,
        row.register,
        json_text(row.values),
        row.case,
        row.seq,
        moment_text(row.at),
        row.number,
        True,
    )


def policy_value_of(value: Any) -> Any:  # noqa: ANN401
    """A policy value as it is kept, in the shape in which it is used."""
    return tuple(value) if isinstance(value, list) else value


def policy_change_of(line: Line) -> PolicyChange:
    """A value that a case put in force, from the columns in `POLICY_CHANGE`."""
    parameter, value, since, case, number, seq, at, left, reason, clauses = line
    return PolicyChange(
        parameter,
        policy_value_of(orjson.loads(value)),
        date.fromisoformat(since),
        case,
        number,
        seq,
        moment_of(at),
        bool(left),
        reason,
        tuple(orjson.loads(clauses)),
    )


def policy_change_line(change: PolicyChange) -> Line:
    """The values of a line of `policy_change`, in the order of `POLICY_CHANGE`."""
    return (
        change.parameter,
        json_text(change.value),
        change.since.isoformat(),
        change.case,
        change.number,
        change.seq,
        moment_text(change.at),
        change.left,
        change.reason,
        json_text(change.clauses),
    )


def attachment_of(line: Line) -> Attachment:
    """A file of a case from the columns in `ATTACHMENT`."""
    return Attachment(line[0], *line[2:7])


def attachment_line(attachment: Attachment, case: str) -> Line:
    """The values of a line of `attachment`, in the order of `ATTACHMENT`."""
    return (
        attachment.id,
        case,
        attachment.name,
        attachment.media_type,
        attachment.size,
        attachment.digest,
        attachment.field,
    )
