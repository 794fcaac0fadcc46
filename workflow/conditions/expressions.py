"""Every expression of a definition, compiled against what that definition declares.

A misspelt field is found here, with its line, when the definition is read; not on the day when
somebody presses the button.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workflow.conditions import language
from workflow.design import definition as written
from workflow.design.definition import Condition, Definition
from workflow.design.problems import Problem
from workflow.design.register import Register


@dataclass(frozen=True, slots=True)
class Compiled:
    """The compiled expressions of one definition, made by `compile_expressions`."""

    expressions: Mapping[tuple[str, str], language.Expression]
    closing: frozenset[tuple[str, str]]

    def of(self, expression: written.Expression) -> language.Expression:
        """The compiled form of an expression of this definition; KeyError for a foreign one."""
        return self.expressions[expression.place.path, expression.text]

    def standing(self, condition: Condition, action: str) -> bool:
        """Whether nothing that a person gives with `action` (or "start") can change `condition`.

        Such a condition closes the button when it does not hold; the others only make it ask.
        """
        return (action, condition.name) in self.closing


def compile_expressions(
    definition: Definition, register: Register, others: Callable[[str], Definition | None]
) -> Compiled | tuple[Problem, ...]:
    """Compile every expression of `definition`, or give every problem with its place.

    `others` finds the newest definition of a process by its slug: the parent whose fields are
    named as `parent.form.<field>`, and the processes that effects start.
    """
    raise NotImplementedError
