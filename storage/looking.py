"""What transactions and pages both read: a case with all that is its own, and its relatives."""

from __future__ import annotations

from collections.abc import Sequence

from storage import statements as s
from storage.mapping import case_of, deadline_of, task_of
from storage.wire import Make, Step, Wire
from workflow.nouns import Case
from workflow.ports.deciding import CaseFile

#: How a case, its tasks and its clocks are read.
Makes = tuple[Make, Make, Make]


def read_file(wire: Wire, makes: Makes, it: str) -> tuple[CaseFile | None, int]:
    """A case with its tasks and clocks, and the revision of the hospital that goes with it.

    The revision comes last: whoever waited for the case must not act on rights from before.
    """
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
