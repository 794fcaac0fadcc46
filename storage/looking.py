"""What transactions and pages both read: a case with all that is its own, and its relatives."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from storage import statements as s
from storage.mapping import Line, case_of, deadline_of, task_of
from storage.wire import Make, Step, Wire
from workflow.nouns import Case
from workflow.ports.deciding import CaseFile

#: How a case with its tasks and its clocks is read: in one question, or in three.
Makes = tuple[Make, tuple[Make, Make, Make]]

#: What SQLite writes for no lines.
_NONE = "[]"

LOCKED_BY_NUMBER: Makes = (
    s.WHOLE_BY_NUMBER,
    (s.LOCKED_BY_NUMBER, s.TASKS_BY_NUMBER, s.CLOCKS_BY_NUMBER),
)
LOCKED_BY_ID: Makes = (s.WHOLE_BY_ID, (s.LOCKED_BY_ID, s.TASKS_BY_ID, s.CLOCKS_BY_ID))
BY_NUMBER: Makes = (
    s.WHOLE_BY_NUMBER,
    (s.CASE_BY_NUMBER, s.TASKS_BY_NUMBER, s.CLOCKS_BY_NUMBER),
)


def read_file(wire: Wire, makes: Makes, it: str) -> tuple[CaseFile | None, int | None]:
    """A case with its tasks and clocks, and the revision of the hospital that goes with it; None
    where it was not asked for.
    """
    whole, apart = makes
    return _read_apart(wire, apart, it) if wire.locks else _read_whole(wire, whole, it)


def _read_whole(wire: Wire, make: Make, it: str) -> tuple[CaseFile | None, int | None]:
    line = wire.line(make, (it,))
    if line is None:
        return None, None
    clocks, tasks, revision = line[-3:]
    deadlines = tuple(deadline_of(one[1:]) for one in _in_order(clocks))
    return CaseFile(
        case_of(line), tuple(task_of(one[1:]) for one in _in_order(tasks)), deadlines
    ), revision


def _in_order(lines: str) -> list[Line]:
    """Lines that begin with their number."""
    found: list[Line] = orjson.loads(lines) if lines != _NONE else []
    found.sort()
    return found


def _read_apart(
    wire: Wire, makes: tuple[Make, Make, Make], it: str
) -> tuple[CaseFile | None, int | None]:
    """The revision comes last: whoever waited for the case must not act on rights from before."""
    (of_case, of_tasks, of_clocks), sought = makes, (it,)
    cases, tasks, clocks = wire.gather(
        Step(of_case, sought), Step(of_tasks, sought), Step(of_clocks, sought)
    )
    revision = clocks[0][0]
    if not cases:
        return None, revision
    deadlines = tuple(deadline_of(line[1:]) for line in clocks if line[1] is not None)
    return CaseFile(case_of(cases[0]), tuple(map(task_of, tasks)), deadlines), revision


def related(wire: Wire, parent: str, process: str | None, *locks: Step) -> Sequence[Case]:
    """The cases whose parent is `parent`, in the order of opening; after taking `locks`."""
    step = wire.by_name(
        s.Related(of_process=process is not None), {"parent_0": parent, "process": process}
    )
    return [case_of(line) for line in wire.gather(*locks, step)[-1]]
