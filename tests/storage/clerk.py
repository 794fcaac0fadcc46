"""A clerk who moves cases without any rules, so that storage can be tested without the engine.

Amy asks, Dr Lee heads orthopaedics, Fang keeps the money. Whatever the clerk writes carries a true
ledger line, so `verify` holds for it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from workflow import ledger
from workflow.nouns import (
    Address,
    Attachment,
    Case,
    Deadline,
    FieldValue,
    Notice,
    RegisterRow,
    Task,
    Topic,
)
from workflow.ports.deciding import CaseFile, Change, Superseded
from workflow.ports.store import Store

MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)
AMY = Address(person="amy")
DR_LEE = Address(role="dept_head", department="ortho")
FANG = Address(role="finance_officer")

_ids = count(1)


def new_id(kind: str = "id") -> str:
    """An id that nothing else has, in no other process either."""
    return f"{kind}-{os.getpid()}-{next(_ids):06d}"


@dataclass(frozen=True)
class Move:
    """What the clerk shall write: by default Dr Lee signs and it goes on to Fang."""

    event: str = "dept_sign"
    to: str = "finance_review"
    by: str = "lee"
    acting_for: str | None = None
    role: str | None = "dept_head"
    department: str | None = "ortho"
    at: datetime = MORNING
    form: dict[str, FieldValue] = field(default_factory=dict)
    asks: Sequence[Address] = (FANG,)
    due_at: datetime | None = None
    excluded: tuple[str, ...] = ()
    ends: bool = False
    key: str | None = None
    refused: str | None = None
    changed: tuple[Task, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    tells: Sequence[Address] = ()
    about: Topic = Topic.COPY
    rows: tuple[RegisterRow, ...] = ()
    superseded: tuple[Superseded, ...] = ()
    attachments: tuple[Attachment, ...] = ()


SUBMIT = Move(event="submit", to="dept_review", by="amy", role="clinician", asks=(DR_LEE,))


@dataclass(frozen=True)
class Blank:
    """A case to be opened: by default Amy asks for syringes in orthopaedics."""

    number: str
    process: str = "consumable-approval"
    applicant: str = "amy"
    department: str = "ortho"
    title: str = "一次性注射器"
    at: datetime = MORNING
    parent: str | None = None
    key: str | None = None
    form: dict[str, FieldValue] = field(default_factory=lambda: {"price": 1_286_000_10})
    deadlines: tuple[Deadline, ...] = ()


def opening(blank: Blank) -> Change:
    """A case that is opened as a draft and waits for its applicant."""
    case = Case(
        id=new_id("case"),
        number=blank.number,
        process=blank.process,
        definition_version=1,
        state="draft",
        applicant=blank.applicant,
        department=blank.department,
        form=blank.form,
        parameters={"limit_fen": 5_000_000, "leaders": ("wu",)},
        opened_at=blank.at,
        entered_at=blank.at,
        version=1,
        parent=blank.parent,
        title=blank.title,
    )
    task = Task(new_id("task"), case.id, "draft", Address(person=blank.applicant), 1, blank.at)
    deadlines = tuple(replace(deadline, case=case.id) for deadline in blank.deadlines)
    facts = {
        **_facts(case, {key: [None, value] for key, value in blank.form.items()}),
        "opened": [ledger.task_facts(task)],
        "deadlines": [ledger.deadline_facts(deadline) for deadline in deadlines],
        "opening": {
            "number": case.number,
            "definition_version": 1,
            "applicant": case.applicant,
            "department": case.department,
            "parameters": case.parameters,
            "parent": case.parent,
        },
    }
    heading = ledger.Heading(
        case=case.id,
        process=case.process,
        at=blank.at,
        event="start",
        actor=case.applicant,
        role="clinician",
        department=case.department,
        to_state="draft",
        key=blank.key,
    )
    entry = ledger.seal(heading, 1, "", facts)
    kept = replace(case, seq=1, head=entry.digest)
    return Change(kept, entry, None, 0, opened=(task,), deadlines=deadlines)


def move(file: CaseFile, how: Move) -> Change:
    """The next line of a case and what it changes; a refusal changes nothing."""
    return _refusal(file.case, how) if how.refused else _act(file, how)


def _act(file: CaseFile, how: Move) -> Change:
    case = file.case
    form = {key: [case.form.get(key), value] for key, value in how.form.items()}
    after = replace(
        case,
        state=how.to,
        form={**case.form, **how.form},
        version=case.version + 1,
        entered_at=how.at,
        closed_at=how.at if how.ends else None,
    )
    touched = {task.id for task in how.changed}
    closed = tuple(
        replace(
            task,
            closed_at=how.at,
            closed_as=how.event,
            closed_by=how.by,
            closed_for=how.acting_for,
        )
        for task in file.tasks
        if task.is_open and task.id not in touched
    )
    opened = tuple(
        Task(
            new_id("task"),
            case.id,
            how.to,
            address,
            1,
            how.at,
            due_at=how.due_at,
            excluded=how.excluded,
        )
        for address in how.asks
        if not how.ends
    )
    facts = {
        **_facts(after, form),
        "opened": [ledger.task_facts(task) for task in opened],
        "closed": [
            {"id": t.id, "as": t.closed_as, "by": t.closed_by, "for": t.closed_for} for t in closed
        ],
        "tasks": [
            {
                "id": task.id,
                "overdue": task.overdue,
                "due": None if task.due_at is None else ledger.moment_text(task.due_at),
                "excluded": list(task.excluded),
            }
            for task in how.changed
        ],
        "deadlines": [ledger.deadline_facts(deadline) for deadline in how.deadlines],
        "attachments": [ledger.attachment_facts(attachment) for attachment in how.attachments],
    }
    entry = ledger.seal(_heading(case, how, how.to), case.seq + 1, case.head, facts)
    return Change(
        replace(after, seq=entry.seq, head=entry.digest),
        entry,
        case.version,
        case.seq,
        opened=opened,
        changed=(*closed, *how.changed),
        deadlines=how.deadlines,
        notices=tuple(
            Notice(new_id("notice"), case.id, how.event, address, how.at, how.about)
            for address in how.tells
        ),
        rows=how.rows,
        superseded=how.superseded,
        attachments=how.attachments,
    )


def _refusal(case: Case, how: Move) -> Change:
    facts = {"action": how.event, "version": case.version}
    entry = ledger.seal(_heading(case, how, case.state), case.seq + 1, case.head, facts)
    after = replace(case, seq=entry.seq, head=entry.digest)
    return Change(after, entry, case.version, case.seq)


def _heading(case: Case, how: Move, to: str) -> ledger.Heading:
    return ledger.Heading(
        case=case.id,
        process=case.process,
        at=how.at,
        event="refused" if how.refused else how.event,
        actor=how.by,
        acting_for=how.acting_for,
        role=how.role,
        department=how.department,
        from_state=case.state,
        to_state=to,
        refused=how.refused,
        key=how.key,
    )


def _facts(case: Case, form: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": case.version,
        "round": case.round,
        "title": case.title,
        "entered": True,
        "ended": case.closed_at is not None,
        "form": form,
    }


# ---- with a store --------------------------------------------------------------------------------


def write(store: Store, *changes: Change) -> None:
    """Write changes in one transaction."""
    with store.begin() as tx:
        for change in changes:
            tx.write(change)
        tx.commit()


def open_case(store: Store, blank: Blank) -> Case:
    """Open a case and keep it."""
    change = opening(blank)
    write(store, change)
    return change.case


def act(store: Store, number: str, how: Move) -> Change:
    """Read a case under its lock, move it, keep it."""
    with store.begin() as tx:
        file = tx.case_file(number=number)
        assert file is not None
        change = move(file, how)
        tx.write(change)
        tx.commit()
    return change


def submitted(store: Store, blank: Blank, how: Move = SUBMIT) -> Case:
    """Open a case and hand it in at once, by its applicant."""
    open_case(store, blank)
    return act(store, blank.number, replace(how, at=blank.at, by=blank.applicant)).case
