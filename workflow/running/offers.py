"""What this person may do on this case now, and why not the rest: from the same rules that
decide.

An offer that is open is never refused for standing; one that is closed always is. Offers answer
the page's buttons, the API and the scenarios' `can`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.conditions.values import is_given
from workflow.design.definition import Action, OpinionRule
from workflow.design.form import Field
from workflow.design.panels import Vote
from workflow.design.seats import SeatKind
from workflow.nouns import Actor
from workflow.people.eligibility import is_active
from workflow.refusals import Code, Refusal, Sentence
from workflow.running import branches, returning
from workflow.running.choosing import words_left
from workflow.running.judging import judge_standing, may_save
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
    task: str | None = None  # the task that it answers
    targets: tuple[str, ...] = ()  # a return: the steps among which is chosen
    promises: bool = False  # conditions may be named with it
    vote: Vote | None = None
    #: By field, the options that its conditions let pass; only where they refuse some.
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether the person may take it, given the right input."""
        return not self.closed_because


def offers(situation: Situation, actor: Actor) -> tuple[Offer, ...]:
    """Every action of people that leaves where the case stands, open or closed with reasons, for
    one person. What leaves several branches is offered in each.
    """
    definition, case = situation.definition, situation.case
    stands = [(situation, case.state)]
    for key, branch in case.course.branches.items():
        stands.append((branches.in_branch(situation, key), branch.state))
    return tuple(
        offer_of(here, actor, action)
        for here, state in stands
        for action in definition.actions_from(state)
        if not is_automatic(action)
    )


def offer_of(situation: Situation, actor: Actor, action: Action) -> Offer:
    """One action as shown to one person."""
    situation = branches.at_action(situation, action)
    judged = judge_standing(situation, actor, action)
    targets = returning.targets_of(situation, action)
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
        closed_because=judged.refusals or _nowhere(action, targets),
        asks=tuple(key for key in accepted if not form[key].computed),
        needs=_needed(situation, actor, action),
        opinion=action.opinion,
        design_choice=action.design_choice,
        acting_for=actor.acting_for,
        task=None if judged.mine is None else judged.mine.id,
        targets=targets,
        promises=bool(action.promises),
        vote=action.vote,
        words=words_left(situation, actor, action.key),
    )


def _nowhere(action: Action, targets: tuple[str, ...]) -> tuple[Refusal, ...]:
    """A case that has been nowhere else cannot go back."""
    if action.back is None or targets:
        return ()
    because = returning.NOWHERE_BACK
    return (Refusal(Code.CONDITION_NOT_MET, because, action.clauses, rule="back", standing=True),)


def is_automatic(action: Action) -> bool:
    """Whether only the clock or the engine takes an action: no button for anybody."""
    return all(seat.kind in (SeatKind.TIMER, SeatKind.SYSTEM) for seat in action.seats)


def _needed(situation: Situation, actor: Actor, action: Action) -> tuple[str, ...]:
    required = situation.rulebook.required[action.key]
    if not required:
        return ()
    view = situation.view(actor)
    return tuple(
        line.key
        for line, requirement in required
        if not is_given(view.form.get(line.key))
        and (
            requirement.when is None
            or view.evaluate(situation.rulebook.ready(requirement.when)) is True
        )
    )


def may_edit(situation: Situation, actor: Actor) -> Mapping[str, Field]:
    """The fields that this person may save in the present state without an action."""
    if situation.case.closed_at is not None or not is_active(actor, situation.organisation):
        return {}
    saves = may_save(situation, actor)
    if saves is None:
        return {}
    return {key: situation.definition.form[key] for key in saves[1]}


def stands_in_the_way(offer: Offer) -> bool:
    """Whether a closed offer is worth showing to this person: it is theirs by post, and something
    else closes it.
    """
    return any(r.code is not Code.NOT_PERMITTED for r in offer.closed_because)
