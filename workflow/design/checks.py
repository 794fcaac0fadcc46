"""Does the process make sense? What can be proven of a definition before anybody runs it.

Each check is a function that yields what it found; adding one is adding a line to a table.
"""

from __future__ import annotations

from collections.abc import Collection

from workflow.design.checks_branches import BRANCH_CHECKS
from workflow.design.checks_calculations import CALCULATION_CHECKS
from workflow.design.checks_flow import FLOW_CHECKS
from workflow.design.checks_form import FORM_CHECKS
from workflow.design.checks_people import PEOPLE_CHECKS
from workflow.design.checks_print import PRINT_CHECKS
from workflow.design.checks_schedules import SCHEDULE_CHECKS
from workflow.design.checks_signing import SIGNING_CHECKS
from workflow.design.checks_time import CLAUSE_CHECKS, TIME_CHECKS
from workflow.design.checks_words import WORD_CHECKS
from workflow.design.definition import Definition
from workflow.design.plan import Plan
from workflow.design.problems import Problem
from workflow.design.reading import MOST_PROBLEMS
from workflow.design.register import Register

CHECKS = (
    *FLOW_CHECKS,
    *BRANCH_CHECKS,
    *SIGNING_CHECKS,
    *PEOPLE_CHECKS,
    *FORM_CHECKS,
    *CALCULATION_CHECKS,
    *TIME_CHECKS,
    *SCHEDULE_CHECKS,
    *PRINT_CHECKS,
    *WORD_CHECKS,
    *CLAUSE_CHECKS,
)


def check_definition(
    definition: Definition, register: Register, acts: Collection[tuple[str, str]] = ()
) -> tuple[Problem, ...]:
    """Everything that is provably wrong with a parsed definition, in the order of its file.

    `acts` are the (process, action) pairs that the effects of other definitions fire.
    """
    plan = Plan.of(definition, register, acts)
    problems = (
        Problem(definition.file, place.line, place.column, place.path, because)
        for check in CHECKS
        for place, because in check(plan)
    )
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda one: (one.line, one.column))[:MOST_PROBLEMS])
