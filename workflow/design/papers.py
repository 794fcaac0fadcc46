"""What stands on the paper of a process, and who signs it: one answer for the checks and the page.

Where a definition declares no paper, one is derived: every field in its order, and each act signs
for itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from workflow.design.definition import Action, Definition
from workflow.design.plan import PEOPLE
from workflow.design.print_form import PrintCell, PrintForm, PrintSection, SignatureBlock
from workflow.design.seats import SeatKind


def paper_of(definition: Definition) -> PrintForm:
    """The paper that a definition declares, or the one that follows from it."""
    return definition.print_form or _derived(definition)


def _derived(definition: Definition) -> PrintForm:
    opinions = {action.opinion_field for action in definition.actions.values()}
    rows = tuple((PrintCell(key),) for key in definition.form if key not in opinions)
    return PrintForm(
        title=definition.name,
        in_force=tuple(key for key, state in definition.states.items() if state.final),
        sections=(PrintSection(rows),),
    )


def signed_in(block: SignatureBlock, step: str | None, action: Action) -> bool:
    """Whether an act at a step stands in a block (its roles aside). A return signs nothing, unless
    a block names it.
    """
    if block.by_hand or (block.steps and step not in block.steps):
        return False
    if block.actions:
        return action.key in block.actions
    return action.back is None and action.tone != "back"


def decisions_of(definition: Definition) -> Iterator[tuple[Action, str]]:
    """What a paper has to show: every signature, and every act of people other than the applicant
    by which a case ends; each with the step at which it is taken.
    """
    for action in definition.actions.values():
        people = {seat.kind for seat in action.seats} & PEOPLE
        ends = action.target in definition.states and definition.states[action.target].final
        if people and (
            action.key in definition.signing_actions or (ends and people != {SeatKind.APPLICANT})
        ):
            yield from ((action, source) for source in action.sources)


def roles_at(definition: Definition, action: Action, step: str) -> frozenset[str]:
    """The roles from which an action can be taken at a step; empty where no role is asked."""
    panel = definition.states[step].panel
    seats = [seat for seat in action.seats if seat.kind is SeatKind.ROLE]
    if any(seat.kind is SeatKind.REVIEWER for seat in action.seats):
        seats += definition.duties_of(step) if panel is None else panel.members
    return frozenset(seat.role for seat in seats if seat.role is not None)


def is_signed_for(form: PrintForm, definition: Definition, action: Action, step: str) -> bool:
    """Whether some block takes an act at a step, from whatever role it may be done."""
    blocks = [block for block in form.signatures if signed_in(block, step, action)]
    if any(not block.roles for block in blocks):
        return True
    asked = roles_at(definition, action, step)
    return bool(asked) and asked <= {role for block in blocks for role in block.roles}


def opinions_of(form: PrintForm, definition: Definition) -> frozenset[str]:
    """The fields that stand on the paper as the words of a signature."""
    return frozenset(
        action.opinion_field
        for action in definition.actions.values()
        for step in action.sources
        if action.opinion_field is not None
        and any(signed_in(block, step, action) for block in form.signatures)
    )
