"""The real service on a database file, for processes that fight and for one that is killed.

Run as `python -m tests.faults.serving crowd URL PROCESSES NUMBER…` or `… dying URL POINT…`; prints
what happened as JSON lines. Amy asks for purchases, sixteen heads of surgery may sign each.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Literal

from storage.database import open_database
from storage.unit_of_work import DatabaseStore
from tests.faults.dying import Life
from tests.workflow.hospital import (
    CAST,
    DEPARTMENTS,
    FILLED,
    MONDAY,
    PURCHASE,
    rulebooks_of,
    small_register,
)
from workflow.calendar import Calendar
from workflow.nouns import Actor, Decision, Opening
from workflow.people.organisation import Person, Post
from workflow.ports.house import Deed, SaveCalendar, SaveDepartment, SavePerson
from workflow.service.catalog import Catalog
from workflow.service.deciding import Service

HEADS = tuple(f"lee-{n}" for n in range(16))
#: A clock for the killed one: it fires in the middle of the work.
CLOCK = """\
deadlines:
  patience:
    name: {zh: 限, en: Patience}
    while: [dept, finance]
    length: {days: 1}
    overdue: true
    effects: [{notify: reviewer}]
"""
_ids = count(1)


def serve(store: DatabaseStore) -> Service:
    """The service, with ids that no other process gives."""
    catalog = Catalog.of(small_register(), rulebooks_of((PURCHASE + CLOCK,)))
    return Service(store, lambda: catalog, lambda: f"{os.getpid():08x}{next(_ids):024x}")


def settle_in(store: DatabaseStore) -> None:
    """The cast moves in, and the sixteen."""
    heads = [Person(h, h, "surgery", (Post("dept_head", "surgery"),)) for h in HEADS]
    calendar = Calendar({}, {}, MONDAY.date().replace(month=12, day=31))
    store.house.change(
        Deed(Actor("setup", "setup"), MONDAY, "布置"),
        SaveCalendar(calendar),
        *(SaveDepartment(department) for department in DEPARTMENTS),
        *(SavePerson(person) for person in (*CAST, *heads)),
    )


def submitted(service: Service, key: str) -> str:
    """The number of a purchase that waits for a head of surgery."""
    amy = Actor("amy", "Amy")
    opened = service.open(Opening(amy, "purchase", MONDAY, f"{key}:open", dict(FILLED)))
    assert opened.number is not None
    service.decide(opened.number, Decision(amy, "submit", MONDAY, f"{key}:submit"))
    return opened.number


# ---- many hands on one task ----------------------------------------------------------------------

Ending = Literal["won", "told"]


def sign(service: Service, number: str, head: str) -> tuple[Ending, str]:
    """Sign on the page as it was when the work arrived; and who signed, as one is then shown."""
    actor = Actor(head, head)
    decision = Decision(
        actor, "dept_sign", MONDAY, f"{number}:{head}", opinion=f"{head} 同意", seen_version=2
    )
    answer = service.decide(number, decision)
    if answer.refused is None:
        return "won", head
    assert answer.refused.code == "conflict", answer.refused
    file = service.store.readings.case_file(number)
    assert file is not None
    (who,) = [task.closed_by for task in file.tasks if task.closed_as == "dept_sign"]
    return "told", who or ""


def crowd(url: str, processes: int, numbers: Sequence[str]) -> None:
    """Fork, let all start at the same moment, wait, and print a line for each."""
    start, go = os.pipe()
    answers = [os.pipe() for _ in range(processes)]
    children = []
    for place, (_, answer) in enumerate(answers):
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(start, 1)  # ends when the parent opens the gate
            os.write(answer, _visit(url, place, list(numbers)))
            os._exit(0)
        children.append(child)
    os.close(go)
    for child, (answer, end) in zip(children, answers, strict=True):
        os.close(end)
        with Path(f"/dev/fd/{answer}").open() as told:
            print(told.read(), flush=True)  # noqa: T201
        os.waitpid(child, 0)


def _visit(url: str, place: int, numbers: list[str]) -> bytes:
    random.Random(place).shuffle(numbers)
    service = serve(DatabaseStore(open_database(url)))
    endings: Counter[str] = Counter()
    signed: dict[str, str] = {}
    for number in numbers:
        try:
            ending, who = sign(service, number, HEADS[place])
        except Exception as error:  # noqa: BLE001
            # Nothing but an answer is right here, so whatever else comes is told.
            endings[repr(error)] += 1
            continue
        endings[ending] += 1
        signed[number] = who
    return json.dumps({"head": HEADS[place], "endings": endings, "signed": signed}).encode()


# ---- one that dies -------------------------------------------------------------------------------


def work(service: Service, key: str, life: Life | None, answers: int) -> None:
    """A purchase from its opening to its approval, with a return, refusals and a clock between."""
    if life is not None:
        assert isinstance(service.store, DatabaseStore)
        life.watch(service.store.database)
    number = submitted(service, key)
    _acknowledge(life, answers, 2)
    for decision in deeds(key):
        assert service.decide(number, decision).entry is not None
        _acknowledge(life, answers, 1)
    # Also for the cases of those who died before, whose leases are over by then.
    later = timedelta(minutes=int(key)) if key.isdecimal() else timedelta()
    service.tick(MONDAY + timedelta(days=9) + later)


def deeds(key: str) -> Iterator[Decision]:
    """What happens to one purchase; the same clicks each time that it is asked."""
    for n, (who, action, opinion) in enumerate(DEEDS):
        yield Decision(Actor(who, who), action, MONDAY, f"{key}:{n}", opinion=opinion)


def again(service: Service, key: str) -> str:
    """All clicks of a worker once more, by somebody who does not know which of them were kept."""
    number = submitted(service, key)
    for decision in deeds(key):
        assert service.decide(number, decision).entry is not None
    return number


DEEDS = (
    ("sam", "dept_sign", "我来"),
    ("lee", "dept_sign", "同意"),
    ("fang", "return_it", "请补规格"),
    ("amy", "submit", ""),
    ("lee", "dept_sign", "同意"),
)


def _acknowledge(life: Life | None, answers: int, lines: int) -> None:
    if life is not None:
        life.breathe()
    os.write(answers, b"1" * lines)


def dying(url: str, points: Sequence[int]) -> None:
    """Let one worker after the other live and die."""
    store = DatabaseStore(open_database(url))
    work(serve(store), "first", None, os.open(os.devnull, os.O_WRONLY))
    for point in points:
        end, answers = os.pipe()
        store.database.close()  # no worker inherits a connection
        child = os.fork()
        if child == 0:
            work(serve(store), f"{point:03d}", Life(point), answers)
            os._exit(0)
        os.close(answers)
        _, status = os.waitpid(child, 0)
        acknowledged = len(os.read(end, 100))
        os.close(end)
        died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        told = {"point": point, "acknowledged": acknowledged, "died": died}
        print(json.dumps(told), flush=True)  # noqa: T201


if __name__ == "__main__":
    if sys.argv[1] == "crowd":
        crowd(sys.argv[2], int(sys.argv[3]), sys.argv[4:])
    else:
        dying(sys.argv[2], [int(point) for point in sys.argv[3:]])
