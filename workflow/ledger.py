"""The ledger of a case: lines that are chained by SHA-256 over exact bytes, and the fold that
makes the case again.

What is stored is what is hashed. A line's bytes are canonical JSON (sorted keys, no spaces,
integers only, UTF-8), and the digest of a line covers the digest before it, so an edited,
removed, inserted or swapped line breaks the chain from there on. State is the fold of these lines
alone: `rebuild` needs nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from operator import itemgetter
from typing import Any

import orjson

from workflow.making import quick
from workflow.nouns import (
    ORDINARY,
    STRAIGHT,
    Address,
    Attachment,
    Branch,
    Case,
    Course,
    Deadline,
    DeadlineState,
    Entry,
    Handling,
    Proposed,
    Task,
    TaskKind,
)
from workflow.refusals import Sentence

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


@lru_cache(maxsize=1024)  # and what one moment began was opened, entered and due at few others
def moment_of(text: str) -> datetime:
    """The moment that `moment_text` wrote."""
    return datetime.fromisoformat(text)


def canonical(body: Mapping[str, Any]) -> bytes:
    """The exact bytes of a body.

    Raises TypeError where a value has no canonical form. Floats must not come this far: they would
    be written.
    """
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def digest_of(body: bytes) -> str:
    """Hex SHA-256 of a line's bytes; the previous digest is inside the bytes."""
    return sha256(body).hexdigest()


@quick
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
        heading.case,
        seq,
        heading.at,
        heading.event,
        heading.actor,
        heading.acting_for,
        heading.role,
        heading.department,
        heading.process,
        heading.from_state,
        heading.to_state,
        heading.refused,
        heading.key,
        body,
        digest_of(body),
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing in a case's ledger that is not as it must be."""

    case: str
    seq: int
    what: Sentence


MISSING = Sentence("缺少这一条（读到的是第 {seq} 条）", "the line is missing (found {seq})")
CHANGED = Sentence("内容与它的校验码不符", "the bytes do not match their digest")
APART = Sentence("与上一条接不上", "the line does not follow the line before it")
NOT_THE_LAST = Sentence(
    "最后一条不是案件所记的那一条", "the last line is not the one that is remembered"
)
DIFFERS = Sentence("案件与账本不一致：{names}", "the case differs from its ledger in: {names}")


def reader_of(*keys: str) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Reads several keys of a line at once; KeyError where one is missing.

    A dict finds a key at once that is the very text it holds, and compares letters where it is
    only an equal one. The reader of JSON uses one text for a key over and over, so it is asked.
    """
    return itemgetter(*_nothing_of(*keys))


def _nothing_of(*keys: str) -> dict[str, None]:
    """Keys as the reader of JSON has them, without a value."""
    kept: dict[str, None] = orjson.loads(orjson.dumps(dict.fromkeys(keys)))
    return kept


_place_in = reader_of("prev", "seq", "case")
_move_in = reader_of("at", "entered", "ended", "form")
_reached_in = reader_of("round", "version", "title")
_opened_in = reader_of(
    "number", "definition_version", "applicant", "department", "parameters", "parent"
)


@dataclass(slots=True)
class Chain:
    """One chain while it is read: how many lines stood, and the digest of the last."""

    case: str
    length: int = 0
    head: str = ""

    def link(self, seq: int, body: bytes, digest: str) -> dict[str, Any] | Fault:
        """Take the next line: what it says, or why it cannot be the next line."""
        if seq != self.length + 1:
            return Fault(self.case, self.length + 1, MISSING.filled(seq=seq))
        if sha256(body).hexdigest() != digest:
            return Fault(self.case, seq, CHANGED)
        said: dict[str, Any] = orjson.loads(body)
        if _place_in(said) != (self.head, seq, self.case):
            return Fault(self.case, seq, APART)
        self.length, self.head = seq, digest
        return said

    def take(self, said: Mapping[str, Any], digest: str) -> bool:
        """Take the next line, of which is known what it says, and that of this case. False where
        it cannot be the next; nothing is taken then, and `link` tells why.
        """
        following = self.length + 1
        if said["prev"] != self.head or said["seq"] != following:
            return False
        self.length, self.head = following, digest
        return True

    def end(self, head: str) -> Fault | None:
        """After the last line: whether it is the one that `head` remembers."""
        if self.head == head:
            return None
        return Fault(self.case, self.length, NOT_THE_LAST)


def said_together(bodies: Sequence[bytes], digests: Sequence[str]) -> list[dict[str, Any]] | None:
    """What several lines say, whichever chains they stand in; None where the bytes of one do not
    match its digest.

    Raises ValueError where one cannot be read.
    """
    if [sha256(body).hexdigest() for body in bodies] != list(digests):
        return None
    return list(map(orjson.loads, bodies))


def first_break(case: str, lines: Iterable[tuple[int, bytes, str]], head: str) -> Fault | None:
    """Check one chain:

    `lines` are (seq, body, digest) in order, `head` is the digest that the case row remembers.
    """
    chain = Chain(case)
    for seq, body, digest in lines:
        said = chain.link(seq, body, digest)
        if isinstance(said, Fault):
            return said
    return chain.end(head)


# ---- values to JSON and back ---------------------------------------------------------------------


def handling_facts(handling: Handling) -> dict[str, Any]:
    """What the ledger keeps of how a task came to somebody; nothing of what is as usual."""
    if handling is ORDINARY:
        return {}
    return {
        f.name: value
        for f in fields(Handling)
        if (value := getattr(handling, f.name)) != getattr(ORDINARY, f.name)
    }


def handling_of(kept: Mapping[str, Any] | None) -> Handling:
    """`handling_facts`, read back."""
    if not kept:
        return ORDINARY
    return Handling(
        **{
            **kept,
            "kind": TaskKind(kept.get("kind", TaskKind.STEP)),
            "lines": tuple(kept.get("lines", ())),
            "recused": tuple(kept.get("recused", ())),
        }
    )


def course_facts(course: Course) -> dict[str, Any]:
    """What the ledger keeps of a case's course; nothing of what is straight."""
    kept: dict[str, Any] = {
        name: value
        for name in ("back_to", "suspended", "revoked_by", "cancelled")
        if (value := getattr(course, name)) is not None
    }
    if course.branches:
        kept["branches"] = {
            region: _branch_facts(branch) for region, branch in course.branches.items()
        }
    if course.proposed is not None:
        kept["proposed"] = _proposed_facts(course.proposed)
    return kept


def _branch_facts(branch: Branch) -> list[str]:
    kept = [branch.state, moment_text(branch.entered_at)]
    return kept if branch.back_to is None else [*kept, branch.back_to]


def _proposed_facts(proposed: Proposed) -> dict[str, Any]:
    return {
        "act": proposed.act,
        "by": proposed.by,
        "at": moment_text(proposed.at),
        "version": proposed.version,
        "reason": proposed.reason,
        "task": proposed.task,
        "target": proposed.target,
        "answers": dict(proposed.answers),
    }


def course_of(kept: Mapping[str, Any]) -> Course:
    """`course_facts`, read back."""
    if not kept:
        return STRAIGHT
    branches = {
        region: Branch(state, moment_of(entered), *rest)
        for region, (state, entered, *rest) in kept.get("branches", {}).items()
    }
    proposed = kept.get("proposed")
    if proposed is not None:
        proposed = Proposed(**{**proposed, "at": moment_of(proposed["at"])})
    return Course(**{**kept, "branches": branches, "proposed": proposed})


def task_facts(task: Task) -> dict[str, Any]:
    """What the ledger keeps of a task that was opened."""
    handled = handling_facts(task.handling)
    return {
        **({"handling": handled} if handled else {}),
        "id": task.id,
        "step": task.step,
        "person": task.address.person,
        "role": task.address.role,
        "department": task.address.department,
        "round": task.round,
        "due": None if task.due_at is None else moment_text(task.due_at),
        **({"overdue": True} if task.overdue else {}),
        "excluded": list(task.excluded),
    }


def attachment_facts(attachment: Attachment) -> dict[str, Any]:
    """What a line keeps of a file that came with the act; its bytes stand behind the digest."""
    return {
        "id": attachment.id,
        "name": attachment.name,
        "type": attachment.media_type,
        "size": attachment.size,
        "digest": attachment.digest,
        "field": attachment.field,
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
        **run_facts(deadline),
    }


def run_facts(deadline: Deadline) -> dict[str, Any]:
    """What the ledger keeps of how a clock has run so far; nothing of what is as usual."""
    kept: dict[str, Any] = {}
    if deadline.stood:
        kept["stood"] = [[moment_text(a), moment_text(b)] for a, b in deadline.stood]
    if deadline.rungs:
        kept["rungs"] = list(deadline.rungs)
    if deadline.rung_at is not None:
        kept["rung_at"] = moment_text(deadline.rung_at)
    if deadline.extended is not None:
        kept["extended"] = moment_text(deadline.extended)
    return kept


def with_run(deadline: Deadline, kept: Mapping[str, Any]) -> Deadline:
    """A clock with `run_facts`, read back."""
    rung_at, extended = kept.get("rung_at"), kept.get("extended")
    return replace(
        deadline,
        stood=tuple((moment_of(a), moment_of(b)) for a, b in kept.get("stood", ())),
        rungs=tuple(kept.get("rungs", ())),
        rung_at=None if rung_at is None else moment_of(rung_at),
        extended=None if extended is None else moment_of(extended),
    )


# ---- the case again ------------------------------------------------------------------------------


class Folded:
    """A case while its lines are read, in the lines' own words: moments stay text.

    `tasks` and `deadlines` are by id and keep the order in which they came. A task is what the line
    said that opened it, with `opened_at`, and under `closed` what the line said that closed it,
    with `closed_at`; `overdue` and `handling` may be missing, as there. `acted_at` is the moment of
    the last line that was no refusal. What every line says anew is taken from the last one, once
    somebody asks.
    """

    __slots__ = (
        "_closed_at",
        "_course",
        "_entered_at",
        "_first",
        "_form",
        "_head",
        "_last",
        "_moved",
        "acted_at",
        "deadlines",
        "tasks",
    )

    def __init__(self) -> None:
        self._first: Mapping[str, Any] | None = None
        #: The last line, and the last one that was no refusal.
        self._last: Mapping[str, Any] = {}
        self._moved: Mapping[str, Any] = {}
        self._head = ""
        self._entered_at: str | None = None
        self._closed_at: str | None = None
        self._course: Mapping[str, Any] = {}
        #: What a field held before and after the last line that changed it.
        self._form: dict[str, list[Any]] = {}
        self.tasks: dict[str, dict[str, Any]] = {}
        self.deadlines: dict[str, dict[str, Any]] = {}
        self.acted_at = ""

    def add(self, line: Mapping[str, Any], digest: str) -> None:
        """Take over the next line, whose parts become parts of the case. ValueError when the first
        one does not open a case.
        """
        if self._first is None:
            self._begin(line)
        self._last, self._head = line, digest
        if line["code"] is not None:
            return
        at, entered, ended, form = _move_in(line)
        self._moved, self.acted_at = line, at
        if entered:
            self._entered_at = at
        elif "since" in line:  # it stands again where it stood before
            self._entered_at = line["since"]
        if ended:
            self._closed_at = at
        if form:
            self._form.update(form)
        self._fold_parts(line, at)

    def _begin(self, line: Mapping[str, Any]) -> None:
        if line.get("opening") is None:
            raise ValueError("the first line does not open a case")
        self._first, self._entered_at = line, line["at"]

    def _fold_parts(self, line: Mapping[str, Any], at: str) -> None:
        tasks = self.tasks
        for opened in line.get("opened", ()):
            opened["opened_at"] = at
            tasks[opened["id"]] = opened
        for closed in line.get("closed", ()):
            closed["closed_at"] = at
            tasks[closed["id"]]["closed"] = closed
        for changed in line.get("tasks", ()):
            tasks[changed["id"]].update(changed)
        for deadline in line.get("deadlines", ()):
            self.deadlines[deadline["id"]] = deadline
        if "course" in line:
            self._course = line["course"]

    def case(self) -> dict[str, Any]:
        """The attributes of the Case that the lines make.

        Raises ValueError when there was no line, KeyError when the lines leave something out.
        """
        first, moved = self._first, self._moved
        if first is None:
            raise ValueError("a ledger without lines makes no case")
        number, definition, applicant, department, parameters, parent = _opened_in(first["opening"])
        round_, version, title = _reached_in(moved)
        return {
            "id": first["case"],
            "number": number,
            "process": first["process"],
            "definition_version": definition,
            "applicant": applicant,
            "department": department,
            "parameters": parameters,
            "parent": parent,
            "opened_at": first["at"],
            "entered_at": self._entered_at,
            "closed_at": self._closed_at,
            # An act in a branch says where the case as a whole stands.
            "state": moved["stands"] if "stands" in moved else moved["to"],
            "round": round_,
            "version": version,
            "title": title,
            "form": {key: after for key, (_, after) in self._form.items()},
            "course": self._course,
            "seq": self._last["seq"],
            "head": self._head,
        }


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A case, its tasks and clocks, made from ledger lines alone."""

    case: Case
    tasks: tuple[Task, ...]
    deadlines: tuple[Deadline, ...]


def rebuild(bodies: Iterable[bytes]) -> Rebuilt:
    """Fold the lines of one case, first to last.

    Raises ValueError when the first line does not open a case.
    """
    folded = Folded()
    for body in bodies:
        folded.add(orjson.loads(body), digest_of(body))
    case = _case(folded.case())
    return Rebuilt(
        case,
        tuple(_task(case.id, kept) for kept in folded.tasks.values()),
        tuple(_deadline(case.id, kept) for kept in folded.deadlines.values()),
    )


def _case(kept: Mapping[str, Any]) -> Case:
    moments = ("opened_at", "entered_at", "closed_at")
    read = {name: _maybe_moment(kept[name]) for name in moments}
    return Case(**{**kept, **read, "course": course_of(kept["course"])})


def _task(case: str, kept: Mapping[str, Any]) -> Task:
    closed = kept.get("closed", {})
    return Task(
        id=kept["id"],
        case=case,
        step=kept["step"],
        address=Address(kept["person"], kept["role"], kept["department"]),
        round=kept["round"],
        opened_at=moment_of(kept["opened_at"]),
        due_at=_maybe_moment(kept["due"]),
        overdue=kept.get("overdue", False),
        closed_at=_maybe_moment(closed.get("closed_at")),
        closed_as=closed.get("as"),
        closed_by=closed.get("by"),
        closed_for=closed.get("for"),
        excluded=tuple(kept["excluded"]),
        handling=handling_of(kept.get("handling")),
    )


def _deadline(case: str, kept: Mapping[str, Any]) -> Deadline:
    deadline = Deadline(
        id=kept["id"],
        case=case,
        key=kept["key"],
        started_at=moment_of(kept["started"]),
        due_at=moment_of(kept["due"]),
        state=DeadlineState(kept["state"]),
        provisional=kept["provisional"],
        paused_at=_maybe_moment(kept["paused"]),
    )
    return with_run(deadline, kept)


def _maybe_moment(text: str | None) -> datetime | None:
    return None if text is None else moment_of(text)


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
