"""Whatever people do with the tasks of a step, in whatever order: somebody can always go on.

Walks of acts that people are offered, and of acts that they are not. After each: the books add up
(the hospital of the stories looks through them), a button that is shown does what it says, and the
step is never left to nobody, or locked by nobody.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.workflow.hospital import Hospital, edited, with_posts
from tests.workflow.test_handling import IN_TURN, MARCH, REPLACED, VOTE
from workflow.nouns import Actor, Decision, Task, TaskKind
from workflow.people.organisation import Delegation
from workflow.running import handling, panels
from workflow.running.tools import tools_for
from workflow.service.deciding import Answer

#: Who may be anywhere in a walk, and for whom they may stand in.
PEOPLE = ("amy", "lee", "ida", "fang", "wu", "kim", "ben", "sam", "kai")
PRINCIPALS = (None, "ida", "wu")
LENT = (Delegation("d1", "ida", "ben", *MARCH), Delegation("d2", "wu", "sam", *MARCH))
#: Acts that are tried also when nobody offers them.
ANYTHING = ("agree", "object", "abstain", "send", "buy", "pass", "fail", *handling.RULES)
#: Kinds of tasks for which a step waits.
WORK = frozenset({TaskKind.STEP, TaskKind.HELPER, TaskKind.ASKED})
LONGEST = 40
PASSED = "  pass: {name: {zh: 通过, en: Pass}"
ABSTAIN = "name: {zh: 弃权, en: Abstain}, from: voting, vote: abstain, who: reviewer, tone: plain"
TOOLS = "may: [claim, transfer, consult]"
BASE = edited(
    VOTE,
    (PASSED, f"  abstain: {{{ABSTAIN}}}\n{PASSED}"),
    (TOOLS, "may: [claim, transfer, add_before, add_after, recuse]"),
)
RATIO = "pass: {ratio: 60}"
VARIANTS = {
    "a share": BASE,
    "in turn": edited(BASE, IN_TURN),
    "replaced": edited(BASE, REPLACED),
    "any": edited(BASE, (RATIO, "pass: any")),
    "all, gathered": edited(BASE, (RATIO, "pass: all\n      on_no: gather")),
    "a veto and a quorum": edited(
        BASE,
        (RATIO, "pass: {ratio: 50, of: members}\n      quorum: 3\n      veto: [vice_president]"),
    ),
}
Wish = tuple[str, str | None, str]


class Walk:
    """One case on its way, and what was tried with it."""

    def __init__(self, text: str, seed: int) -> None:
        self.chance = random.Random(seed)
        people = with_posts(("kai", "keeper", "store"))
        self.hospital = Hospital(text, people=people, delegations=LENT)
        self.number = self.hospital.opened("amy", "vote", note="设备")
        self.hospital.takes("amy", "send", self.number)
        self.tried: list[tuple[object, ...]] = []

    @property
    def has_ended(self) -> bool:
        """Whether there is nothing more to do."""
        return self.hospital.case(self.number).closed_at is not None

    def offered(self) -> Iterator[Wish]:
        """Everything that somebody is offered now."""
        for who in PEOPLE:
            for acting_for in PRINCIPALS:
                if who != acting_for:
                    offers = self.hospital.offers(who, self.number, acting_for).values()
                    yield from ((who, acting_for, one.action) for one in offers if one.is_open)
                    actor = Actor(who, who.title(), acting_for)
                    tools = tools_for(self.hospital.situation(self.number), actor)
                    yield from ((who, acting_for, one.act) for one in tools if one.is_open)

    def wish(self) -> Wish:
        """What somebody tries next: mostly something that they are offered."""
        offered = list(self.offered())
        if offered and self.chance.random() < 0.75:
            return self.chance.choice(offered)
        who = self.chance.choice(PEOPLE)
        for_ = self.chance.choice(PRINCIPALS)
        return who, None if for_ == who else for_, self.chance.choice(ANYTHING)

    def step(self) -> None:
        """One act, and what must hold after it."""
        who, acting_for, act = self.wish()
        offers = self.hospital.offers(who, self.number, acting_for)
        target = self.chance.choice(PEOPLE) if act in handling.RULES else None
        actor = Actor(who, who.title(), acting_for)
        decision = Decision(
            actor, act, self.hospital.now, self.hospital.key(), {}, "理由", target=target
        )
        answer = self.hospital.hand_in(self.number, decision)
        self.tried.append((who, acting_for, act, target, answer.refused and answer.refused.code))
        if act in offers:
            assert offers[act].is_open is not _is_shut(answer), self.tried
        if not self.has_ended:
            self.look()

    def look(self) -> None:
        """Somebody can go on, nobody waits for nobody, and nobody sits twice."""
        situation = self.hospital.situation(self.number)
        waiting = self.hospital.waiting(self.number)
        seats = [one for one in waiting if one.handling.kind is TaskKind.STEP]
        people = [one.address.person for one in seats if one.address.person is not None]
        assert seats, self.tried
        assert len(people) == len(set(people)), self.tried
        assert any(_is_free(task) for task in waiting), self.tried
        assert panels.outcome_here(situation, situation.tasks) is None, self.tried
        for task in seats:
            if task.handling.held:
                told = handling.held_back(situation, task).because.en
                assert not told.startswith("…"), (self.tried, told)


def _is_shut(answer: Answer) -> bool:
    """Whether an act was refused for what no input can mend."""
    return answer.refused is not None and all(one.standing for one in answer.refused.refusals)


def _is_free(task: Task) -> bool:
    return task.handling.kind in WORK and not task.handling.held


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", VARIANTS)
def test_somebody_can_always_go_on(kind: str, seed: int) -> None:
    walk = Walk(VARIANTS[kind], seed)
    for _ in range(LONGEST):
        if walk.has_ended:
            break
        walk.step()
    assert walk.tried
