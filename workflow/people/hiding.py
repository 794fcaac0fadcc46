"""Whom a case is about: the people whom its form names as those who may not read it."""

from __future__ import annotations

from workflow.design.definition import Definition
from workflow.nouns import Case


def hidden_people(definition: Definition, case: Case) -> tuple[str, ...]:
    """The people from whom a case is hidden, whatever posts they hold; never whoever asked for it:
    they know what they have written.
    """
    if not definition.hidden_from:
        return ()
    named = (case.form.get(key) for key in definition.hidden_from)
    return tuple(name for name in named if isinstance(name, str) and name != case.applicant)
