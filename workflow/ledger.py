"""The ledger of a case: lines that are chained by SHA-256 over exact bytes, and the fold that
makes the case again.

What is stored is what is hashed. A line's bytes are canonical JSON (sorted keys, no spaces,
integers only, UTF-8), and the digest of a line covers the digest before it, so an edited,
removed, inserted or swapped line breaks the chain from there on. State is the fold of these lines
alone: `rebuild` needs nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson

from workflow.nouns import Address, Case, Deadline, DeadlineState, Entry, Task

#: The layout of a line's body; grows when the meaning of a key changes.
FORMAT = 1


@lru_cache(maxsize=256)  # a decision writes its own moment a dozen times
def moment_text(at: datetime) -> str:
    """A moment as fixed-width UTC text with microseconds, which sorts as it should:

    `2026-03-02T01:00:00.000000Z`.

    Raises ValueError for a naive moment: such a value has no meaning in a ledger.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs its zone")
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")[:26] + "Z"


def moment_of(text: str) -> datetime:
    """The moment that `moment_text` wrote."""
    return datetime.fromisoformat(text)


def canonical(body: Mapping[str, Any]) -> bytes:
    """The exact bytes of a body.

    Raises TypeError where a value has no canonical form (floats among them).
    """
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def digest_of(body: bytes) -> str:
    """Hex SHA-256 of a line's bytes; the previous digest is inside the bytes."""
    return sha256(body).hexdigest()


@dataclass(frozen=True, slots=True)
class Heading:
    """What every line says first: which case, who, from which post, and from where to where.

    `role` and `department` are the post from which the person acted; `refused` is the code of a
    refusal; `key` the decision's own key, which stands in no second line.
    """

    case: str
    process: str
    at: datetime
    event: str
    actor: str
    acting_for: str | None = None
    role: str | None = None
    department: str | None = None
    from_state: str | None = None
    to_state: str | None = None
    refused: str | None = None
    key: str | None = None


def seal(heading: Heading, seq: int, head: str, facts: Mapping[str, Any]) -> Entry:
    """Make line `seq` after the line whose digest is `head` ("" for the first).

    `facts` are the remaining keys of the body.
    """
    body = canonical(
        {
            "v": FORMAT,
            "case": heading.case,
            "seq": seq,
            "prev": head,
            "at": moment_text(heading.at),
            "event": heading.event,
            "actor": heading.actor,
            "for": heading.acting_for,
            "role": heading.role,
            "department": heading.department,
            "process": heading.process,
            "from": heading.from_state,
            "to": heading.to_state,
            "key": heading.key,
            "code": heading.refused,
            **facts,
        }
    )
    return Entry(
        case=heading.case,
        seq=seq,
        at=heading.at,
        event=heading.event,
        actor=heading.actor,
        acting_for=heading.acting_for,
        role=heading.role,
        department=heading.department,
        process=heading.process,
        from_state=heading.from_state,
        to_state=heading.to_state,
        refused=heading.refused,
        key=heading.key,
        body=body,
        digest=digest_of(body),
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing in a case's ledger that is not as it must be."""

    case: str
    seq: int
    what: str


def first_break(case: str, lines: Iterable[tuple[int, bytes, str]], head: str) -> Fault | None:
    """Check one chain:

    `lines` are (seq, body, digest) in order, `head` is the digest that the case row remembers.
    """
    before = ""
    expected = 0
    for seq, body, digest in lines:
        expected += 1
        if seq != expected:
            return Fault(case, expected, f"line {expected} is missing (found {seq})")
        if sha256(body).hexdigest() != digest:
            return Fault(case, seq, "the bytes do not match their digest")
        said = orjson.loads(body)
        if said["prev"] != before or said["seq"] != seq or said["case"] != case:
            return Fault(case, seq, "the line does not follow the line before it")
        before = digest
    if before != head:
        return Fault(case, expected, "the last line is not the one that the case remembers")
    return None


# ---- values to JSON and back
# ------------------------------------------------------------------------------


def task_facts(task: Task) -> dict[str, Any]:
    """What the ledger keeps of a task that was opened."""
    return {
        "id": task.id,
        "step": task.step,
        "person": task.address.person,
        "role": task.address.role,
        "department": task.address.department,
        "round": task.round,
        "due": None if task.due_at is None else moment_text(task.due_at),
        "excluded": list(task.excluded),
    }


def deadline_facts(deadline: Deadline) -> dict[str, Any]:
    """What the ledger keeps of a clock, each time that it changes."""
    return {
        "id": deadline.id,
        "key": deadline.key,
        "started": moment_text(deadline.started_at),
        "due": moment_text(deadline.due_at),
        "state": deadline.state.value,
        "provisional": deadline.provisional,
        "paused": None if deadline.paused_at is None else moment_text(deadline.paused_at),
    }


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A case, its tasks and clocks, made from ledger lines alone."""

    case: Case
    tasks: tuple[Task, ...]
    deadlines: tuple[Deadline, ...]


def rebuild(bodies: Sequence[bytes]) -> Rebuilt:
    """Fold the lines of one case, first to last.

    Raises ValueError when the first line does not open a case.
    """
    case: Case | None = None
    tasks: dict[str, Task] = {}
    deadlines: dict[str, Deadline] = {}
    for raw in bodies:
        line = orjson.loads(raw)
        at = moment_of(line["at"])
        if case is None:
            case = _opened(line, at)
        elif line["code"] is None:
            case = _moved(case, line, at)
        _fold_tasks(tasks, case.id, line, at)
        for kept in line.get("deadlines", ()):
            deadlines[kept["id"]] = _deadline(case.id, kept)
        case = replace(case, seq=line["seq"], head=digest_of(raw))
    if case is None:
        raise ValueError("a ledger without lines makes no case")
    return Rebuilt(case, tuple(tasks.values()), tuple(deadlines.values()))


def _opened(line: Mapping[str, Any], at: datetime) -> Case:
    opening = line.get("opening")
    if opening is None:
        raise ValueError("the first line does not open a case")
    return Case(
        id=line["case"],
        number=opening["number"],
        process=line["process"],
        definition_version=opening["definition_version"],
        state=line["to"],
        applicant=opening["applicant"],
        department=opening["department"],
        form={key: after for key, (_, after) in line["form"].items()},
        parameters=opening["parameters"],
        opened_at=at,
        entered_at=at,
        parent=opening["parent"],
        title=line["title"],
        version=line["version"],
        closed_at=at if line["ended"] else None,
    )


def _moved(case: Case, line: Mapping[str, Any], at: datetime) -> Case:
    form = {**case.form, **{key: after for key, (_, after) in line["form"].items()}}
    return replace(
        case,
        state=line["to"],
        form=form,
        round=line["round"],
        version=line["version"],
        title=line["title"],
        entered_at=at if line["entered"] else case.entered_at,
        closed_at=at if line["ended"] else case.closed_at,
    )


def _fold_tasks(tasks: dict[str, Task], case: str, line: Mapping[str, Any], at: datetime) -> None:
    for opened in line.get("opened", ()):
        tasks[opened["id"]] = Task(
            id=opened["id"],
            case=case,
            step=opened["step"],
            address=Address(opened["person"], opened["role"], opened["department"]),
            round=opened["round"],
            opened_at=at,
            due_at=None if opened["due"] is None else moment_of(opened["due"]),
            excluded=tuple(opened["excluded"]),
        )
    for closed in line.get("closed", ()):
        tasks[closed["id"]] = replace(
            tasks[closed["id"]],
            closed_at=at,
            closed_as=closed["as"],
            closed_by=closed["by"],
            closed_for=closed["for"],
        )
    for changed in line.get("tasks", ()):
        tasks[changed["id"]] = replace(
            tasks[changed["id"]],
            overdue=changed["overdue"],
            due_at=None if changed["due"] is None else moment_of(changed["due"]),
            excluded=tuple(changed["excluded"]),
        )


def _deadline(case: str, kept: Mapping[str, Any]) -> Deadline:
    return Deadline(
        id=kept["id"],
        case=case,
        key=kept["key"],
        started_at=moment_of(kept["started"]),
        due_at=moment_of(kept["due"]),
        state=DeadlineState(kept["state"]),
        provisional=kept["provisional"],
        paused_at=None if kept["paused"] is None else moment_of(kept["paused"]),
    )


def differences(kept: Case, rebuilt: Case) -> tuple[str, ...]:
    """The names of the attributes in which a stored case and its rebuilt twin differ; empty when
    they agree.
    """
    return tuple(
        f.name
        for f in fields(Case)
        if _plain(getattr(kept, f.name)) != _plain(getattr(rebuilt, f.name))
    )


def _plain(value: object) -> object:
    """Tuples and lists, mappings of any kind: compared by what they hold, as JSON knows no
    difference.
    """
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
