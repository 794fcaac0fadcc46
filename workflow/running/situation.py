"""All that the core may look at when it judges one act, gathered before it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from workflow.calendar import Calendar
from workflow.conditions.language import Value
from workflow.conditions.values import View
from workflow.design.definition import Definition
from workflow.design.register import Register
from workflow.making import Remembering, once, quick
from workflow.nouns import Actor, Case, Deadline, Form, Task, TaskKind
from workflow.people.eligibility import Scene
from workflow.people.organisation import Organisation
from workflow.people.separation import of_this_visit
from workflow.ports.hospital import Policy
from workflow.running.rulebook import Rulebook

#: Makes a new id; passed in so that a simulation repeats itself.
Ids = Callable[[], str]
#: The roles that work by a policy parameter.
Users = Callable[[str], tuple[str, ...]]
#: Gives the next number of a process's cases.
Numbers = Callable[[str], str]


def no_number(process: str) -> str:
    """Where nothing is decided, no number is given away."""
    return f"{process} …"


def no_users(_parameter: str) -> tuple[str, ...]:
    """Where no other process is known, nobody works by a parameter."""
    return ()


@quick
@dataclass(frozen=True, slots=True)
class Situation(Remembering):
    """A case with its tasks and clocks, the hospital around it, the moment, and the facts that
    the act needs. What one act asks for often is worked out once.
    """

    rulebook: Rulebook
    case: Case
    organisation: Organisation
    calendar: Calendar
    now: datetime
    tasks: tuple[Task, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    parent: Case | None = None
    parent_definition: Definition | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)
    fact_cases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: By which changes of the policy are read; None where none can be made.
    register: Register | None = None
    #: What the hospital has chosen, with every change: what holds at `now` is read from it.
    policy: Policy | None = None
    #: While one branch of a parallel state is looked at: which, and the case as it really stands.
    branch: str | None = None
    whole: Case | None = None
    #: What gives numbers to the cases that an act opens.
    numbers: Numbers = no_number
    #: Who works by a policy parameter.
    users: Users = no_users

    @once
    def definition(self) -> Definition:
        """The definition version that the case is pinned to."""
        return self.rulebook.definition

    @once
    def scene(self) -> Scene:
        """What assignment looks at."""
        wall = self.calendar.on_the_wall(self.now)
        return Scene(
            self.case,
            self.organisation,
            wall.date(),
            None if self.parent is None else self.parent.department,
            self.definition,
            self.tasks,
            wall.time(),
        )

    @once
    def here(self) -> tuple[Task, ...]:
        """The tasks of this visit to the step, the last opened first."""
        return of_this_visit(self.case, self.tasks, self.definition)

    @once
    def asked_here(self) -> tuple[Task, ...]:
        """Those of this visit for which the step waits: not only an opinion, a condition."""
        return tuple(task for task in self.here if task.handling.kind is TaskKind.STEP)

    @once
    def open_tasks(self) -> tuple[Task, ...]:
        """The tasks that wait."""
        return tuple(task for task in self.tasks if task.is_open)

    def view(
        self,
        actor: Actor,
        form: Form | None = None,
        opinion: str = "",
        target: str | None = None,
    ) -> View:
        """What expressions see when `actor` acts with this form."""
        return View(
            self.rulebook.definition,
            self.case,
            self.case.form if form is None else form,
            actor,
            self.now,
            self.calendar,
            self.organisation,
            self.facts,
            self.parent,
            self.parent_definition,
            opinion,
            target,
        )
