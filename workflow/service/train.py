"""One decision with everything that it pulls along: the automatic acts of its own case, cases that
it opens, acts that it takes on others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow.conditions.language import Value
from workflow.design.definition import TAKE_BACK, SameApprover
from workflow.design.facts import Relation
from workflow.design.form_rules import OPENING
from workflow.nouns import SYSTEM, Actor, Case, Decision, Opening
from workflow.people.organisation import Organisation
from workflow.ports.deciding import CaseFile, Transaction
from workflow.ports.hospital import Hospital
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.running.administering import ACTS as ADMINISTERING
from workflow.running.administering import FOUR_EYES, administer
from workflow.running.advance import (
    advance,
    given_at_opening,
    handle,
    open_case,
    save,
    saved_form,
    unseat,
    urge,
)
from workflow.running.following import agreeing, may_follow, unseating
from workflow.running.handling import RULES as HANDLING
from workflow.running.handling import UNSEAT
from workflow.running.judging import read
from workflow.running.lines import VIEW
from workflow.running.outcome import REVOKE, Outcome, ToAct, ToOpen
from workflow.running.revoking import revoke
from workflow.running.rulebook import SAVE, Rulebook
from workflow.running.situation import Ids, Situation
from workflow.running.taking_back import look, take_back
from workflow.running.urging import URGE
from workflow.service.beginning import blank_case, no_parent, no_process, pinned_at
from workflow.service.catalog import Catalog, UnknownProcess
from workflow.service.gathering import situation_of, with_facts
from workflow.service.needing import not_entered
from workflow.service.visibility import may_see, supervisors_now

#: How many acts one decision may cause in other cases before it is taken for a loop in the
#: definitions.
LONGEST_TRAIN = 500

FOLLOWING = Sentence(
    "关联案件 {number} 不能随之办理：{why}", "The related case {number} cannot follow: {why}"
)

LOOP = Sentence(
    "后续办理一环接一环，停不下来：流程定义有误，请告诉系统管理员",
    "One act causes the next without end: the definitions are at fault; tell the administrator",
)


class LoopInDefinitions(Exception):
    """An act caused more than LONGEST_TRAIN further acts: the definitions chase each other.

    Nothing was written.
    """

    reason = Refusal(Code.DEFINITION_INVALID, LOOP, rule="loop")


class FollowerRefused(Exception):
    """What would have to follow in another case may not happen, so nothing of the act may.

    `named` is that case's number, or the name of the process that cannot be started.
    """

    def __init__(self, named: Sentence, refused: Refused, cases: tuple[str, ...] = ()) -> None:
        super().__init__(named.en)
        why = refused.because
        because = Sentence(
            FOLLOWING.zh.format(number=named.zh, why=why.zh),
            FOLLOWING.en.format(number=named.en, why=why.en),
        )
        self.reason = Refusal(
            Code.CONDITION_NOT_MET, because, refused.clauses, cases=cases, rule="follower"
        )


_ENGINE = Actor(SYSTEM, SYSTEM)


class Train:
    """One decision with everything that it pulls along in other cases, inside one transaction."""

    def __init__(
        self, catalog: Catalog, ids: Ids, tx: Transaction, actor: Actor, now: datetime
    ) -> None:
        self._catalog = catalog
        self._ids = ids
        self._tx = tx
        self._actor = actor
        self._now = now
        self._hospital: Hospital = tx.hospital()
        self._waiting: deque[tuple[Case, ToOpen | ToAct]] = deque()
        self._length = 0
        self.started: list[str] = []

    @property
    def organisation(self) -> Organisation:
        """The people, as of this transaction."""
        return self._hospital.organisation

    def situation(self, file: CaseFile) -> Situation:
        """The situation of a case without facts."""
        case = file.case
        rulebook = self._catalog.rulebook(case.process, case.definition_version)
        parent = None if case.parent is None else self._tx.case_state(case.parent)
        return self._situation(rulebook, file, parent)

    def _situation(self, rulebook: Rulebook, file: CaseFile, parent: Case | None) -> Situation:
        return situation_of(
            self._catalog,
            rulebook,
            file,
            self._hospital,
            self._now,
            parent,
            self._next_number,
        )

    def _next_number(self, process: str) -> str:
        """The next number of a process; "" when nobody knows it any more."""
        try:
            definition = self._catalog.rulebook(process).definition
        except UnknownProcess:
            return ""
        year = self._hospital.calendar.local_day(self._now).year
        running = self._tx.next_number(definition.number_prefix, year)
        return f"{definition.number_prefix}{year}-{running:06d}"

    def may_read(self, file: CaseFile) -> bool:
        """Whether whoever acts may read a case."""
        seen = self.situation(file)
        supervising = supervisors_now(seen)
        return may_see(self._actor.id, seen.scene, seen.definition, file.tasks, supervising)

    def judge(self, file: CaseFile, decision: Decision) -> Outcome | Refused:
        """Judge one decision on one case."""
        situation = self.situation(file)
        needed = situation.rulebook.needed.get(decision.action)
        if decision.action == URGE:
            lines = self._tx.entries(file.case.id)
            earlier = [line.at for line in lines if line.event == URGE and line.refused is None]
            return urge(situation, decision, earlier, self._ids)
        if decision.action in (TAKE_BACK, VIEW):
            lines = self._tx.entries(file.case.id)
            undo = take_back if decision.action == TAKE_BACK else look
            return undo(situation, decision, lines, self._ids)
        if decision.action in ADMINISTERING:
            needed = situation.rulebook.needed[SAVE]
            situation = with_facts(situation, self._tx, needed, decision.actor)
            return administer(situation, decision, self._ids, four_eyes=self._four_eyes())
        if decision.action in (SAVE, UNSEAT) or decision.action in HANDLING:
            needed = situation.rulebook.needed[SAVE]
            saves = needed and decision.action == SAVE
            saved = saved_form(situation, decision) if saves else None
            situation = with_facts(situation, self._tx, needed, decision.actor, saved)
            act = {SAVE: save, UNSEAT: unseat}.get(decision.action, handle)
            return act(situation, decision, self._ids)
        if needed:
            form = _proposed(situation, decision.action, decision.answers)
            situation = with_facts(situation, self._tx, needed, decision.actor, form)
        return advance(situation, decision, self._ids)

    def _four_eyes(self) -> bool:
        """Whether an administrator's act on a case needs a second one; yes where nothing is set."""
        policy = self._hospital.policy_at(self._now)
        known = self._catalog.register.resolve(policy.profile, policy.overrides)
        return known.get(FOUR_EYES, True) is not False

    def open(
        self,
        rulebook: Rulebook,
        opening: Opening,
        parent: Case | None,
        id: str,
        values: Mapping[str, Value] | None = None,
        number: str | None = None,
    ) -> Outcome | Refused:
        """Judge the opening of one case. `number`: where its cause has one for it already."""
        definition = rulebook.definition
        number = number or self._next_number(definition.key)
        pinned = pinned_at(opening.at, rulebook, self._hospital, self._catalog)
        blank = blank_case(rulebook, opening, parent, id, number, self._hospital, pinned)
        situation = self._situation(rulebook, CaseFile(blank, (), ()), parent)
        needed = rulebook.needed[OPENING]
        if needed:
            form = _proposed(situation, OPENING, opening.answers)
            form.update(given_at_opening(situation, values))
            situation = with_facts(situation, self._tx, needed, opening.actor, form)
        outcome = open_case(situation, opening, self._ids, values)
        # What follows from another case is somebody's duty there: no figure may keep them from it.
        if opening.actor.is_automatic:
            return outcome
        missing = not_entered(self._catalog, definition, blank.parameters)
        if not missing:
            return outcome
        return Refused.of((*missing, *(outcome.refusals if isinstance(outcome, Refused) else ())))

    def run(self, outcome: Outcome) -> None:
        """Write an outcome and everything that follows from it, breadth first."""
        self._carry_out(outcome)
        while self._waiting:
            case, wish = self._waiting.popleft()
            self._one_more(case)
            if isinstance(wish, ToOpen):
                self._open_other(case, wish)
            else:
                self._act_on_others(case, wish)

    def _carry_out(self, outcome: Outcome) -> None:
        """Write one outcome and the automatic actions that its case then takes; what is asked of
        other cases waits.
        """
        following: Outcome | None = outcome
        while following is not None:
            self._tx.write(following.change)
            case = following.change.case
            wishes: tuple[ToOpen | ToAct, ...] = (*following.opens, *following.acts)
            for wish in wishes:
                self._waiting.append((case, wish))
            following = self._automatic(case)

    def _one_more(self, case: Case) -> None:
        self._length += 1
        if self._length > LONGEST_TRAIN:
            raise LoopInDefinitions(case.number)

    def _automatic(self, case: Case) -> Outcome | None:
        """The first act of the engine's own that may follow now; its silence is no refusal."""
        rulebook = self._catalog.rulebook(case.process, case.definition_version)
        ready = tuple(may_follow(rulebook.definition, case))
        spares = rulebook.definition.same_approver is not SameApprover.NONE
        beside = bool(case.course.branches)
        file = self._tx.case_file(id=case.id) if ready or spares or beside else None
        if file is None:
            return None
        if spares and case.closed_at is None:
            ready = (*ready, *agreeing(self.situation(file)))
        if beside:
            ready = (*ready, *unseating(self.situation(file)))
        for following in ready:
            outcome = self.judge(file, self._system_decision(following.action, following.actor))
            if isinstance(outcome, Outcome):
                self._one_more(case)
                return outcome
        return None

    def _system_decision(self, action: str, actor: Actor = _ENGINE) -> Decision:
        return Decision(
            actor=actor,
            action=action,
            at=self._now,
            key=f"system:{self._ids()}",
            opinion=SYSTEM,
        )

    def _open_other(self, cause: Case, wish: ToOpen) -> None:
        try:
            rulebook = self._catalog.rulebook(wish.process)
        except UnknownProcess:  # retired since the definition that starts it was checked
            named = Sentence(wish.process, wish.process)
            raise FollowerRefused(named, no_process(wish.process)) from None
        parent = self._parent_of(rulebook, wish)
        opening = Opening(
            actor=Actor(SYSTEM, SYSTEM),
            process=wish.process,
            at=self._now,
            key=f"system:{wish.id}",
            entry=wish.entry,
            department=parent.department
            if wish.under is not None and parent is not None
            else cause.department,
            on_behalf_of=None if self._actor.is_automatic else self._actor.id,
        )
        outcome = self.open(rulebook, opening, parent, wish.id, wish.values, wish.number)
        if isinstance(outcome, Refused):
            raise FollowerRefused(rulebook.definition.name, outcome)
        self.started.append(outcome.change.case.number)
        self._carry_out(outcome)

    def _parent_of(self, rulebook: Rulebook, wish: ToOpen) -> Case | None:
        if wish.under is None:
            return None if wish.parent is None else self._tx.case_state(wish.parent)
        file = self._tx.case_file(number=wish.under) if wish.under else None
        if file is None:
            refusal = no_parent(rulebook, wish.under)
            raise FollowerRefused(rulebook.definition.name, Refused.of([refusal]))
        return file.case

    def _act_on_others(self, cause: Case, wish: ToAct) -> None:
        for other in self._others(cause, wish):
            if other.id == cause.id or _is_spared(wish, other):
                continue
            if wish.number is not None and other.number != wish.number:
                continue
            file = self._tx.case_file(id=other.id)
            if file is None:
                continue
            outcome = self._judge_wish(file, cause, wish)
            if isinstance(outcome, Refused):
                named = Sentence(other.number, other.number)
                raise FollowerRefused(named, outcome, cases=(other.number,))
            self._carry_out(outcome)

    def _judge_wish(self, file: CaseFile, cause: Case, wish: ToAct) -> Outcome | Refused:
        decision = self._system_decision(wish.action)
        if wish.action != REVOKE:
            return self.judge(file, decision)
        situation = self.situation(file)
        return revoke(situation, decision, cause, wish.states, self._ids)

    def _others(self, cause: Case, wish: ToAct) -> tuple[Case, ...]:
        match wish.relation:
            case Relation.CHILDREN:
                return tuple(self._tx.related(cause.id, wish.process))
            case Relation.SIBLINGS:
                if cause.parent is None:
                    return ()
                return tuple(self._tx.related(cause.parent, wish.process))
            case Relation.NAMED:
                file = self._tx.case_file(number=wish.number or "")
                found = () if file is None else (file.case,)
                return tuple(case for case in found if case.process == wish.process)
            case Relation.PARENT:
                parent = None if cause.parent is None else self._tx.case_state(cause.parent)
                return () if parent is None or parent.process != wish.process else (parent,)


def _is_spared(wish: ToAct, other: Case) -> bool:
    """Whether an act leaves a case alone for its state; what cannot be revoked is refused."""
    return bool(wish.states) and wish.action != REVOKE and other.state not in wish.states


def _proposed(situation: Situation, act: str, answers: Mapping[str, object]) -> dict[str, Any]:
    """The form as the answers would leave it, for looking facts up; what cannot be read is not
    there.
    """
    return dict(read(situation, act, dict(answers)).form)
