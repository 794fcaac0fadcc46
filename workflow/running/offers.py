"""What this person may do on this case now, and why not the rest: from the same rules that
decide.

An offer that is open is never refused for standing; one that is closed always is. Offers answer
the page's buttons, the API and the scenarios' `can`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.conditions.values import is_given
from workflow.design.definition import Action, Field, OpinionRule, SeatKind
from workflow.nouns import Actor
from workflow.people.eligibility import is_active, standing_of
from workflow.refusals import Code, Refusal, Sentence
from workflow.running import branches
from workflow.running.judging import judge_standing
from workflow.running.situation import Situation


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as shown.

    `closed_because` is empty when it is open; `asks` are the fields that it will ask for, `needs`
    those of them that must be filled and are not yet; `acting_for` whom the person would stand in
    for.
    """

    action: str
    name: Sentence
    does: Sentence | None
    tone: str
    clauses: tuple[str, ...]
    closed_because: tuple[Refusal, ...]
    asks: tuple[str, ...]
    needs: tuple[str, ...]
    opinion: OpinionRule
    design_choice: bool
    acting_for: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the person may take it, given the right input."""
        return not self.closed_because


def offers(situation: Situation, actor: Actor) -> tuple[Offer, ...]:
    """Every action of people that leaves the present state, open or closed with reasons, for one
    person.
    """
    return tuple(
        offer_of(situation, actor, action)
        for action in branches.actions_at(situation.definition, situation.case)
        if not is_automatic(action)
    )


def offer_of(situation: Situation, actor: Actor, action: Action) -> Offer:
    """One action as shown to one person."""
    situation = branches.at_action(situation, action)
    judged = judge_standing(situation, actor, action)
    form = situation.definition.form
    accepted = tuple(
        key for key in situation.rulebook.accepted[action.key] if key != action.opinion_field
    )
    return Offer(
        action=action.key,
        name=action.name,
        does=action.does,
        tone=action.tone,
        clauses=action.clauses,
        closed_because=judged.refusals,
        asks=tuple(key for key in accepted if not form[key].computed),
        needs=_needed(situation, actor, action),
        opinion=action.opinion,
        design_choice=action.design_choice,
        acting_for=actor.acting_for,
    )


def is_automatic(action: Action) -> bool:
    """Whether only the clock or the engine takes an action: no button for anybody."""
    return all(seat.kind in (SeatKind.TIMER, SeatKind.SYSTEM) for seat in action.seats)


def _needed(situation: Situation, actor: Actor, action: Action) -> tuple[str, ...]:
    view = situation.view(actor)
    return tuple(
        line.key
        for line, requirement in situation.rulebook.required[action.key]
        if not is_given(view.form.get(line.key))
        and (
            requirement.when is None
            or view.evaluate(situation.rulebook.ready(requirement.when)) is True
        )
    )


def may_edit(situation: Situation, actor: Actor) -> Mapping[str, Field]:
    """The fields that this person may save in the present state without an action."""
    state = situation.definition.states[situation.case.state]
    if situation.case.closed_at is not None or not is_active(actor, situation.organisation):
        return {}
    standing = standing_of(actor, state.editors, state.key, situation.definition, situation.scene)
    if standing is None:
        return {}
    return {key: situation.definition.form[key] for key in state.editable}


def stands_in_the_way(offer: Offer) -> bool:
    """Whether a closed offer is worth showing to this person: it is theirs by post, and something
    else closes it.
    """
    return any(r.code is not Code.NOT_PERMITTED for r in offer.closed_because)
