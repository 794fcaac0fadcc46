"""What transactions and pages both read: a case with its own, its relatives, rows of registers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storage import statements as s
from storage.cells import cell_text
from storage.mapping import Line, case_of, deadline_of, register_row_of, task_of
from storage.wire import Make, Step, Wire
from workflow.nouns import Case, RegisterRow, Scalar
from workflow.ports import CaseFile

#: How a case, its tasks and its clocks are read.
Makes = tuple[Make, Make, Make]


def read_file(wire: Wire, makes: Makes, it: str) -> tuple[CaseFile | None, int]:
    """A case with its tasks and clocks, and the revision of the hospital that goes with it.

    The revision comes last: whoever waited for the case must not act on rights from before.
    """
    steps = [Step(make, (it,)) for make in makes]
    cases, tasks, deadlines, ((revision,),) = wire.gather(*steps, Step(s.revision))
    if not cases:
        return None, revision
    file = CaseFile(
        case_of(cases[0]), tuple(map(task_of, tasks)), tuple(map(deadline_of, deadlines))
    )
    return file, revision


def related(wire: Wire, parent: str, process: str | None, *locks: Step) -> Sequence[Case]:
    """The cases whose parent is `parent`, in the order of opening; after taking `locks`."""
    step = wire.by_name(
        s.Related(of_process=process is not None), {"parent_0": parent, "process": process}
    )
    return [case_of(line) for line in wire.gather(*locks, step)[-1]]


def find_rows(
    wire: Wire, register: str, where: Mapping[str, Scalar], *locks: Step
) -> Sequence[RegisterRow]:
    """The current rows of a register with these values, newest first; after taking `locks`."""
    given = [(column, value) for column, value in where.items() if value is not None]
    missing = [column for column, value in where.items() if value is None]
    values: dict[str, str] = {"register": register}
    for n, (column, value) in enumerate(given):
        values[f"column_{n}"] = column
        values[f"value_{n}"] = cell_text(value)
    for n, column in enumerate(missing):
        values[f"missing_{n}"] = column
    step = wire.by_name(s.FindRows(len(given), len(missing)), values)
    found: Sequence[Line] = wire.gather(*locks, step)[-1]
    return [register_row_of(line) for line in found]
