"""Which of the general acts are open to a person on their tasks now, for the page and the API.

The rules are those of `workflow.running.handling`. What a definition does not allow is not
offered; what something else closes, and is worth knowing, is offered with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from workflow.design.definition import TAKE_BACK, OpinionRule, Tool
from workflow.nouns import Actor, Decision, Entry, Task
from workflow.people.eligibility import is_active
from workflow.refusals import Code, Refusal, Sentence
from workflow.running import branches, handling, panels
from workflow.running.situation import Situation
from workflow.running.taking_back import last_decision
from workflow.running.urging import DOES as URGE_DOES
from workflow.running.urging import NAME as URGED
from workflow.running.urging import (
    NOBODY_TO_URGE,
    NOT_APPLICANT,
    URGE,
    urge_refusal,
    what_it_does,
)

#: What each act does, for whoever is about to take it.
DOES: Mapping[str, Sentence] = {
    handling.CLAIM: Sentence(
        "由您来办，同岗位的同事会看到已由您认领",
        "You take it; your colleagues see that it is yours",
    ),
    handling.RELEASE: Sentence("同岗位的同事又都可以办理", "Your colleagues may decide it again"),
    handling.TRANSFER: Sentence(
        "由这位同事负责办理，您不再办理，但仍可查看",
        "The colleague has it now, with the responsibility; you may go on reading",
    ),
    handling.ADD_BEFORE: Sentence(
        "先请这位同事发表意见，之后回到您这里办理",
        "The colleague is heard first; then it is yours again",
    ),
    handling.ADD_AFTER: Sentence(
        "您同意之后，再由这位同事办理，案件才往下走",
        "After you agree the colleague decides as well, before the case moves on",
    ),
    handling.ADD_BESIDE: Sentence(
        "这位同事成为本环节的一名成员，一同表决", "The colleague becomes a member and votes as well"
    ),
    handling.REMOVE: Sentence(
        "撤回您的加签、委派或征询；还没有办理的同事不再需要办理",
        "Withdraws what you asked of a colleague who has not acted yet",
    ),
    handling.ASK: Sentence(
        "请这位同事给出意见，收到后仍由您办理",
        "The colleague gives an opinion, and then you decide",
    ),
    handling.CONSULT: Sentence(
        "请这位同事看一看、说一说；不影响您现在办理",
        "The colleague reads and comments; you need not wait for it",
    ),
    handling.RECUSE: Sentence(
        "您与本案有利害关系时声明回避：此后您不能办理本环节，理由记入案件",
        "Declares a conflict of interest: you no longer decide this step; the reason is recorded",
    ),
    TAKE_BACK: Sentence(
        "您最后一次的办理作废，案件回到您这里；两次都留在记录中",
        "Your last decision is undone and the case is with you again; both stay on record",
    ),
    URGE: URGE_DOES,
    handling.ANSWER: Sentence(
        "您的意见会交给请您的同事，由他办理", "Your opinion goes to whoever asked; they decide"
    ),
    handling.COMMENT: Sentence(
        "您的意见供办理人参考，不决定本案",
        "Your comment is for those who decide; it decides nothing",
    ),
    handling.CONFIRM: Sentence(
        "确认这项条件已经落实；全部确认后案件才能办结",
        "Says that the condition is met; the case can end when all of them are",
    ),
}
#: Where words may be given with an act that does not need them.
_WITH_WORDS = frozenset(
    {
        handling.TRANSFER,
        handling.ADD_BEFORE,
        handling.ADD_AFTER,
        handling.ADD_BESIDE,
        handling.ASK,
        handling.CONSULT,
        handling.CONFIRM,
        TAKE_BACK,
        URGE,
    }
)
#: Reasons that say nothing new beside the buttons: the decision itself is closed by them.
_SAID_ELSEWHERE = frozenset({"may", "task", "turn"})


@dataclass(frozen=True, slots=True)
class ToolOffer:
    """A general act on one task (or, to urge, on the case), as shown. `closed_because` is empty
    when it is open;
    `names_somebody`: a colleague has to be chosen (`handling.may_be_named` says among whom).
    """

    act: str
    name: Sentence
    does: Sentence
    task: Task | None
    names_somebody: bool
    words: OpinionRule
    closed_because: tuple[Refusal, ...] = ()
    acting_for: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the person may take it, given the right input."""
        return not self.closed_because


def tools_for(situation: Situation, actor: Actor) -> tuple[ToolOffer, ...]:
    """The general acts on every open task that this person has, open ones and closed ones."""
    case = situation.case
    if case.closed_at is not None or case.course.suspended is not None:
        return ()
    if not is_active(actor, situation.organisation):
        return ()
    return tuple(
        offer
        for task in situation.open_tasks
        if handling.is_theirs(situation, task, actor)
        for offer in _on(situation, actor, task)
    )


def tools_of_the_past(
    situation: Situation, actor: Actor, entries: Callable[[], Sequence[Entry]]
) -> tuple[ToolOffer, ...]:
    """What a person may do because of what they have done: take their last decision back, urge
    those who have their case. `entries` reads the ledger, which is not always needed.
    """
    case, states = situation.case, situation.definition.states.values()
    if case.closed_at is not None or case.course.suspended is not None:
        return ()
    if not is_active(actor, situation.organisation):
        return ()
    found = []
    if any(Tool.TAKE_BACK in state.may for state in states):
        found.append(_take_back(situation, actor, entries()))
    if case.applicant == actor.id and actor.acting_for is None:
        earlier = [one.at for one in entries() if one.event == URGE and one.refused is None]
        found.append(_urge(situation, actor, earlier))
    return tuple(offer for offer in found if offer is not None)


def _take_back(situation: Situation, actor: Actor, entries: Sequence[Entry]) -> ToolOffer | None:
    found = last_decision(situation, actor, entries)
    if not isinstance(found, Refusal):
        return _plain(TAKE_BACK, actor, found.task)
    # That somebody else has acted since goes without saying: the case is no longer there.
    worth_knowing = found.rule in ("effects", "seen")
    return _plain(TAKE_BACK, actor, None, (found,)) if worth_knowing else None


def _urge(situation: Situation, actor: Actor, earlier: Sequence[datetime]) -> ToolOffer | None:
    wish = Decision(actor, URGE, situation.now, "")
    refused = urge_refusal(situation, wish, earlier)
    if refused is not None and refused.because in (NOBODY_TO_URGE, NOT_APPLICANT):
        return None
    offer = _plain(URGE, actor, None, () if refused is None else (refused,))
    return replace(offer, does=what_it_does(situation.definition.urge))


def _plain(
    act: str, actor: Actor, task: Task | None = None, closed: tuple[Refusal, ...] = ()
) -> ToolOffer:
    name = URGED if act == URGE else handling.NAMES[act]
    words = _words(act, needed=False)
    return ToolOffer(act, name, DOES[act], task, False, words, closed, actor.acting_for)


def _on(situation: Situation, actor: Actor, task: Task) -> Iterator[ToolOffer]:
    for act, rule in handling.RULES.items():
        if task.handling.kind not in rule.kinds or act not in handling.NAMES:
            continue
        closed, mine = handling.why_closed(situation, actor, act, task.id)
        if mine is None or any(one.rule in _SAID_ELSEWHERE for one in closed):
            continue
        if not _is_of_use(situation, actor, act, task):
            continue
        if closed and act != handling.CLAIM:
            continue  # once is enough to say who has claimed it
        yield ToolOffer(
            act=act,
            name=handling.NAMES[act],
            does=DOES.get(act, handling.NAMES[act]),
            task=task,
            names_somebody=rule.names_somebody or act == handling.REMOVE,
            words=_words(act, needed=rule.needs_words),
            closed_because=closed or _worn_out(situation, act, task),
            acting_for=actor.acting_for,
        )


def _words(act: str, *, needed: bool) -> OpinionRule:
    if needed:
        return OpinionRule.REQUIRED
    return OpinionRule.OPTIONAL if act in _WITH_WORDS else OpinionRule.NONE


def _is_of_use(situation: Situation, actor: Actor, act: str, task: Task) -> bool:
    """Whether an act can come to anything on this task."""
    claimed = task.handling.claimed_by
    if act == handling.CLAIM:
        return task.address.person is None and claimed != actor.id
    if act == handling.RELEASE:
        return claimed == actor.id
    here = branches.at_step(situation, task.step)
    if act == handling.ADD_BESIDE:
        return panels.panel_here(here) is not None
    return act != handling.REMOVE or bool(handling.removable(here, actor))


def _worn_out(situation: Situation, act: str, task: Task) -> tuple[Refusal, ...]:
    """A task that has been passed on as often as it may be."""
    longest = situation.definition.states[task.step].longest_chain
    if act != handling.TRANSFER or handling.chain_of(situation, task) < longest:
        return ()
    because = handling.CHAIN.filled(times=longest)
    return (Refusal(Code.CONDITION_NOT_MET, because, rule="chain", standing=True),)
