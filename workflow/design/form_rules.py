"""Which fields an act may fill: one answer for the parser, the checks, the engine and the page.

What an act does not accept it never writes, whoever posts it; so these functions are a door.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from workflow.design.calculated import CalculationUse
from workflow.design.definition import Action, Definition
from workflow.design.form import Field, Requirement
from workflow.design.seats import SeatKind

#: How the opening of a case is named where an action could stand. A definition may say `start` for
#: it, unless an action of its own is called so (`with_openings`).
OPENING = "opening"
START = "start"


def ordinary_fields(form: Mapping[str, Field], actions: Iterable[Action]) -> tuple[str, ...]:
    """What `fields: all` means: every field that a person fills as such, in the order of the form.

    Computed fields are set by effects, and the field of an opinion by the action that asks for it.
    """
    opinions = {action.opinion_field for action in actions}
    return tuple(key for key, field in form.items() if not field.computed and key not in opinions)


def accepted_fields(definition: Definition, action: str) -> tuple[str, ...]:
    """The fields that `action` (or `OPENING`) may fill, in the order of the form.

    They are its own `fields`, those that it requires, and the one that receives its opinion. An
    action of the applicant that leaves entry states alone (handing in) takes whatever the opening
    takes: a form is filled, saved and handed in with one click. KeyError for an unknown action.
    """
    if action == OPENING:
        opening = {*definition.opening.fields, *_required_by(definition, OPENING)}
        return _in_form_order(definition, opening)
    taken = definition.actions[action]
    accepted = {*taken.fields, *_required_by(definition, action), taken.opinion_field}
    # What also leaves a later state, as withdrawing may, would open the form again while others
    # read what was handed in.
    if hands_in(definition, taken) and all(_begins(definition, one) for one in taken.sources):
        accepted.update(accepted_fields(definition, OPENING))
    return _in_form_order(definition, accepted)


def with_openings(form: Mapping[str, Field], actions: Collection[str]) -> dict[str, Field]:
    """The form with every `required: start` meaning the opening, or the action of that name."""
    if START in actions:
        return dict(form)
    return {
        key: replace(
            field,
            required=tuple(
                replace(one, action=OPENING) if one.action == START else one
                for one in field.required
            ),
        )
        for key, field in form.items()
    }


def opening_of_uses(
    uses: Mapping[str, CalculationUse], actions: Collection[str]
) -> dict[str, CalculationUse]:
    """Calculations with every `at: start` meaning the opening, or the action of that name."""
    if START in actions:
        return dict(uses)
    return {
        key: replace(use, at=tuple(OPENING if act == START else act for act in use.at))
        for key, use in uses.items()
    }


def hands_in(definition: Definition, action: Action) -> bool:
    """Whether an applicant hands in by `action`: theirs, out of a state where cases begin."""
    seated = any(seat.kind is SeatKind.APPLICANT for seat in action.seats)
    return seated and any(_begins(definition, source) for source in action.sources)


def _begins(definition: Definition, state: str) -> bool:
    return state in definition.states and definition.states[state].entry


def requirements(definition: Definition, action: str) -> tuple[tuple[Field, Requirement], ...]:
    """What must be filled for `action` (or `OPENING`), with the rule that says when."""
    return tuple(
        (field, requirement)
        for field in definition.form.values()
        for requirement in field.required
        if requirement.action == action
    )


def _required_by(definition: Definition, action: str) -> tuple[str, ...]:
    return tuple(field.key for field, _ in requirements(definition, action))


def _in_form_order(definition: Definition, keys: Collection[str | None]) -> tuple[str, ...]:
    return tuple(
        key for key, field in definition.form.items() if key in keys and not field.computed
    )
