"""The one door: everything that a person, a program or the clock does to a case goes through
here.

One act is one transaction: the case, its ledger line, tasks, clocks, rows, notices and what
follows in other cases are written together or not at all. A refusal is written too. The same key
twice is one decision with the same answer, on retry as well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from workflow.conditions.language import Value
from workflow.design.definition import TAKE_BACK, SameApprover
from workflow.design.facts import Relation
from workflow.design.form_rules import OPENING
from workflow.making import quick, replace
from workflow.nouns import (
    OPENED,
    SYSTEM,
    TIMER,
    Actor,
    Case,
    Deadline,
    Decision,
    Entry,
    Opening,
    ParameterValue,
)
from workflow.people.organisation import Organisation
from workflow.ports.deciding import (
    LONGEST_LEASE,
    CaseFile,
    Claim,
    DuplicateKey,
    StaleWrite,
    Transaction,
    Unavailable,
)
from workflow.ports.hospital import Hospital
from workflow.ports.house import Deed
from workflow.ports.store import Store
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.running.administering import ACTS as ADMINISTERING
from workflow.running.administering import FOUR_EYES, administer, move_work
from workflow.running.advance import (
    advance,
    expire,
    expire_alone,
    given_at_opening,
    handle,
    open_case,
    remind,
    save,
    saved_form,
    unseat,
    urge,
)
from workflow.running.following import agreeing, may_follow, unseating
from workflow.running.handling import RULES as HANDLING
from workflow.running.handling import UNSEAT
from workflow.running.judging import read
from workflow.running.lines import VIEW, refusal_entry, refusal_facts, request_digest
from workflow.running.outcome import REVOKE, Outcome, ToAct, ToOpen
from workflow.running.revoking import revoke
from workflow.running.rulebook import SAVE, Rulebook
from workflow.running.situation import Ids, Situation
from workflow.running.taking_back import look, take_back
from workflow.running.urging import URGE
from workflow.service.catalog import Catalog, UnknownProcess
from workflow.service.gathering import situation_of, with_facts
from workflow.service.needing import not_entered
from workflow.service.visibility import may_see

#: How many acts one decision may cause in other cases before it is taken for a loop in the
#: definitions.
LONGEST_TRAIN = 500
#: How often a decision is judged again when another process wrote the case in between.
ATTEMPTS = 3
#: How many clocks a worker takes before it works on the first, and for how long it has them: one
#: that dies leaves them to others after that time.
CLAIMED_AT_ONCE = 16
LEASE = timedelta(seconds=30)
_QUARTER = timedelta(minutes=15)
#: What a schedule gives to a case that it opens: fields with values as expressions know them.
Beginnings = Mapping[str, Value]

NO_CASE = Sentence("没有这个案件，或您无权查看", "There is no such case, or it is not yours to see")
NO_PROCESS = Sentence("没有这个流程：{process}", "There is no such process: {process}")
OTHER_REQUEST = Sentence(
    "同一操作编号已用于另一请求，请刷新页面后重新提交",
    "This key already stands for another request; reload the page and send again",
)
NO_SUCH_PARENT = Sentence("没有编号为 {number} 的案件", "There is no case with the number {number}")
PARENT_MISSING = Sentence("请先选择所属的案件", "Please choose the case that this one belongs to")
FOLLOWING = Sentence(
    "关联案件 {number} 不能随之办理：{why}", "The related case {number} cannot follow: {why}"
)

LOOP = Sentence(
    "后续办理一环接一环，停不下来：流程定义有误，请告诉系统管理员",
    "One act causes the next without end: the definitions are at fault; tell the administrator",
)


@quick
@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody is told about their act: the ledger line it left, and why not when it was
    refused.

    `repeated`: the key was seen before and this is the first answer again. `started` are the
    numbers of cases that were opened with it.
    """

    number: str | None
    case: str | None
    entry: Entry | None
    refused: Refused | None = None
    repeated: bool = False
    started: tuple[str, ...] = ()

    @property
    def state(self) -> str | None:
        """Where the case stands after the act."""
        return None if self.entry is None else self.entry.to_state


class LoopInDefinitions(Exception):
    """An act caused more than LONGEST_TRAIN further acts: the definitions chase each other.

    Nothing was written.
    """

    reason = Refusal(Code.DEFINITION_INVALID, LOOP, rule="loop")


class _FollowerRefused(Exception):
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


@dataclass(frozen=True)
class Service:
    """The shell around the core: a store, the definitions in force, and where ids come from."""

    store: Store
    catalog: Callable[[], Catalog]
    ids: Ids
    #: Until when it was looked whether the policy has moved on (see `_let_policy_move_on`).
    _looked: dict[str, datetime] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )

    # ---- a person's acts
    # --------------------------------------------------------------------------------

    def decide(self, number: str, decision: Decision) -> Answer:
        """Take an action on a case (or, with action "save", change fields).

        Never raises for what a person did wrong.
        """
        return self._retried(decision, lambda: self._decide(number, decision), number)

    def open(self, opening: Opening, *, within_sight: bool = False) -> Answer:
        """Open a case. `opening.parent` is the number of the case that it belongs to.

        `within_sight`: it may belong only to a case that its opener may read, as pages and
        programs demand; out of sight is told like not there.
        """
        self._let_policy_move_on(opening.at)
        answer = self._retried(opening, lambda: self._open(opening, within_sight=within_sight))
        if answer.refused is not None and answer.entry is None:
            return self._opening_refused(opening, answer.refused)
        return answer

    def open_scheduled(self, opening: Opening, values: Beginnings) -> Answer:
        """Open the case of a turn of a schedule, with typed fields; the same turn only once.

        A refusal leaves no line: whoever watches the schedule tells of it. Raises DuplicateKey
        when it is known otherwise what became of the turn.
        """
        self._let_policy_move_on(opening.at)
        return self._retried(
            opening, lambda: self._open(opening, within_sight=False, values=values)
        )

    def _let_policy_move_on(self, now: datetime) -> None:
        """What comes into force by now does so before a case is opened, though nobody has looked at
        the clocks since: a case takes the values of its moment. Days, and so values, begin with a
        quarter of an hour, so it is looked once in each.
        """
        quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
        governing = self.catalog().governing
        if governing is None or self._looked.get(governing.key, quarter - _QUARTER) >= quarter:
            return
        failed: list[Exception] = []  # left to whoever watches the clocks: they are tried again
        claims = self._claimed(now, "opening", CLAIMED_AT_ONCE, governing.key)
        while claims and not failed:
            self._fire_all(claims, now, failed)
            claims = self._claimed(now, "opening", CLAIMED_AT_ONCE, governing.key)
        self._looked[governing.key] = quarter

    def _opening_refused(self, opening: Opening, refused: Refused) -> Answer:
        """There is no case whose ledger could keep it: the house's own ledger does."""
        entry = self.store.house.record(
            Deed(opening.actor, opening.at),
            "refused",
            {
                "action": OPENED,
                "process": opening.process,
                "refused": [refusal_facts(reason) for reason in refused.refusals],
            },
            refused=refused.code.value,
        )
        return Answer(None, None, entry, refused)

    def _retried(
        self, wish: Decision | Opening, act: Callable[[], Answer], number: str | None = None
    ) -> Answer:
        for attempt in range(ATTEMPTS):
            try:
                return act()
            except DuplicateKey:
                return self._answered(wish.key, request_digest(wish), number)
            except StaleWrite:
                if attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def _answered(self, key: str, request: str, number: str | None) -> Answer:
        """The first answer again; `number` is the case that was meant, None for an opening."""
        with self.store.begin() as tx:
            entry = tx.answered(key)
            case = None if entry is None else tx.case_state(entry.case)
        if entry is None:
            raise DuplicateKey(key)
        body = orjson.loads(entry.body)
        there = None if case is None else case.number
        if body.get("request") != request or number not in (None, there):
            refusal = Refusal(Code.CONFLICT, OTHER_REQUEST, rule="key", standing=True)
            return Answer(None, None, None, Refused.of([refusal]))
        refused = refused_of(body) if entry.refused is not None else None
        return Answer(there, entry.case, entry, refused, repeated=True)

    def _decide(self, number: str, decision: Decision) -> Answer:
        try:
            return self._decided(number, decision)
        except _FollowerRefused as stopped:
            # That transaction is undone as a whole; the refusal is kept in one of its own.
            return self._refuse_for_follower(number, decision, stopped)

    def _decided(self, number: str, decision: Decision) -> Answer:
        with self.store.begin() as tx:
            file = tx.case_file(number=number)
            if file is None:
                return _not_found()
            train = _Train(self, tx, decision.actor, decision.at)
            result = train.judge(file, decision)
            if isinstance(result, Refused):
                return self._refuse(
                    tx, file.case, decision.actor, decision.action, result, decision
                )
            train.run(result)
            tx.commit()
            return Answer(number, file.case.id, result.change.entry, started=tuple(train.started))

    def _refuse(
        self,
        tx: Transaction,
        case: Case,
        actor: Actor,
        event: str,
        refused: Refused,
        act: Decision,
    ) -> Answer:
        change = refusal_entry(case, actor, event, refused, act)
        tx.write(change)
        tx.commit()
        return Answer(case.number, case.id, change.entry, refused)

    def _refuse_for_follower(
        self, number: str, decision: Decision, stopped: _FollowerRefused
    ) -> Answer:
        with self.store.begin() as tx:
            file = tx.case_file(number=number)
            if file is None:
                return _not_found()
            refused = Refused.of([stopped.reason])
            return self._refuse(tx, file.case, decision.actor, decision.action, refused, decision)

    def _open(
        self,
        opening: Opening,
        *,
        within_sight: bool,
        values: Mapping[str, Value] | None = None,
    ) -> Answer:
        try:
            answer = self._opened(opening, within_sight=within_sight, values=values)
        except _FollowerRefused as stopped:
            answer = Answer(None, None, None, Refused.of([stopped.reason]))
        # What would be refused by now may have been opened by this very click before.
        if answer.refused is not None and self._stands(opening.key):
            raise DuplicateKey(opening.key)
        return answer

    def _stands(self, key: str) -> bool:
        with self.store.begin() as tx:
            return tx.answered(key) is not None

    def _opened(
        self, opening: Opening, *, within_sight: bool, values: Mapping[str, Value] | None
    ) -> Answer:
        try:
            rulebook = self.catalog().rulebook(opening.process)
        except UnknownProcess:
            return Answer(None, None, None, _no_process(opening.process))
        with self.store.begin() as tx:
            train = _Train(self, tx, opening.actor, opening.at)
            parent: Case | None = None
            named = _parent_named(rulebook, opening)
            if named is not None:
                found = tx.case_file(number=named)
                if found is None or (within_sight and not train.may_read(found)):
                    return Answer(None, None, None, Refused.of([_no_parent(rulebook, named)]))
                parent = found.case
            wanting = _parent_problem(rulebook, parent)
            if wanting is not None:
                return Answer(None, None, None, Refused.of([wanting]))
            result = train.open(rulebook, opening, parent, self.ids(), values)
            if isinstance(result, Refused):
                return Answer(None, None, None, result)
            train.run(result)
            tx.commit()
            change = result.change
            return Answer(
                change.case.number, change.case.id, change.entry, started=tuple(train.started)
            )

    def move_work(self, numbers: Sequence[str], leaver: str, decision: Decision) -> Refused | None:
        """Give the work that waits for somebody by name on these cases to `decision.target`: on all
        of them or, with the first reason against it, on none.
        """
        with self.store.begin() as tx:
            train = _Train(self, tx, decision.actor, decision.at)
            for number in numbers:
                file = tx.case_file(number=number)
                if file is None:
                    return _not_found().refused
                own = replace(decision, key=f"{decision.key}:{number}")
                result = move_work(train.situation(file), leaver, own, self.ids)
                if isinstance(result, Refused):
                    named = Sentence(number, number)
                    return Refused.of([_FollowerRefused(named, result, (number,)).reason])
                train.run(result)
            tx.commit()
        return None

    # ---- the clock
    # --------------------------------------------------------------------------------------

    def tick(self, now: datetime, limit: int = 100, worker: str = "here") -> int:
        """Let every clock that is due at `now` have its effect, earliest first, one transaction
        each; how many did.

        Any number of workers may do so at once, each under a name of its own: a clock is taken
        with a lease before it is worked on, and let go of in the transaction of its effect. One
        whose effect may not happen, because another case cannot follow, is spent all the same:
        with the reason in the ledger and the step overdue. One that fails is tried again after a
        growing pause and holds up no other; its error is raised when the others are done.
        """
        fired = 0
        failed: list[Exception] = []
        while fired < limit:
            claims = self._claimed(now, worker, min(CLAIMED_AT_ONCE, limit - fired))
            if not claims:
                break
            fired += self._fire_all(claims, now, failed)
        if failed:
            raise failed[0]
        return fired

    def _claimed(
        self, now: datetime, worker: str, limit: int, process: str | None = None
    ) -> Sequence[Claim]:
        with self.store.begin() as tx:
            claims = tx.claim(now, worker, now + LEASE, limit, process)
            if claims:
                tx.commit()
        return claims

    def _fire_all(self, claims: Sequence[Claim], now: datetime, failed: list[Exception]) -> int:
        fired = 0
        touched: set[str] = set()
        for claim in claims:
            case = claim.deadline.case
            if case in touched:
                # The first effect may have moved the others: they are taken again in their order.
                self._put_off(claim, None)
                continue
            touched.add(case)
            try:
                fired += self._fire(claim, now)
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001 - whatever is wrong with one, others are due
                failed.append(error)
                self._put_off(claim, now + pause_after(claim.attempts))
        return fired

    def _put_off(self, claim: Claim, until: datetime | None) -> None:
        with self.store.begin() as tx:
            tx.put_off(claim, until)
            tx.commit()

    def _fire(self, claim: Claim, now: datetime) -> bool:
        try:
            with self.store.begin() as tx:
                held = self._held(tx, claim, now)
                if held is None:
                    tx.commit()
                    return False
                train, situation, deadline = held
                act = remind if deadline.reminds_next else expire
                train.run(act(situation, deadline, self.ids))
                tx.commit()
        except (_FollowerRefused, LoopInDefinitions) as stopped:
            return self._fire_alone(claim, now, stopped.reason)
        return True

    def _fire_alone(self, claim: Claim, now: datetime, reason: Refusal) -> bool:
        with self.store.begin() as tx:
            held = self._held(tx, claim, now)
            if held is None:
                tx.commit()
                return False  # somebody else was at it meanwhile
            _, situation, deadline = held
            wish = Decision(Actor(TIMER, TIMER), deadline.key, now, f"refused:{deadline.id}")
            refused = Refused.of([reason])
            refusal = refusal_entry(situation.case, wish.actor, wish.action, refused, wish)
            tx.write(refusal)
            situation = replace(situation, case=refusal.case)
            tx.write(expire_alone(situation, deadline, self.ids).change)
            tx.commit()
        return True

    def _held(
        self, tx: Transaction, claim: Claim, now: datetime
    ) -> tuple[_Train, Situation, Deadline] | None:
        """The case of a claimed clock, locked, if the claim still stands and there is still
        something to do.
        """
        file = tx.case_file(id=claim.deadline.case)
        if file is None:
            raise LookupError(claim.deadline.case)  # the foreign key forbids it
        if not tx.hold(claim):
            return None  # its lease ran out, and another worker has it
        deadline = next(clock for clock in file.deadlines if clock.id == claim.deadline.id)
        if deadline.fires_at is None or deadline.fires_at > now:
            return None  # somebody decided meanwhile, and it stopped or moved
        # What a clock does is dated when it ran out, or now if that was missed: never before.
        actor = Actor(SYSTEM, SYSTEM)
        train = _Train(self, tx, actor, now)
        situation = train.situation(file)
        needed = situation.rulebook.clock_needs[deadline.key]
        return train, with_facts(situation, tx, needed, actor), deadline


def pause_after(attempts: int) -> timedelta:
    """For how long nobody tries a clock that has failed so often."""
    doubled: int = 2 ** min(attempts - 1, 10)  # far beyond the longest, and no further
    return min(LEASE * doubled, LONGEST_LEASE)


def _no_process(process: str) -> Refused:
    because = NO_PROCESS.filled(process=process)
    return Refused.of([Refusal(Code.NOT_FOUND, because, rule="process")])


def _not_found() -> Answer:
    refusal = Refusal(Code.NOT_FOUND, NO_CASE, rule="case", standing=True)
    return Answer(None, None, None, Refused.of([refusal]))


def _parent_named(rulebook: Rulebook, opening: Opening) -> str | None:
    """The number of the case that the new one belongs to: said as such, or typed into its field."""
    if opening.parent is not None:
        return opening.parent
    field = rulebook.definition.opening.parent_field
    typed = None if field is None else opening.answers.get(field)
    return typed.strip() or None if isinstance(typed, str) else None


def _no_parent(rulebook: Rulebook, number: str) -> Refusal:
    field = rulebook.definition.opening.parent_field
    because = NO_SUCH_PARENT.filled(number=number)
    return Refusal(Code.INVALID_FORM, because, field=field, rule="parent")


def _parent_problem(rulebook: Rulebook, parent: Case | None) -> Refusal | None:
    wanted = rulebook.definition.opening
    if parent is None and wanted.parent_required:
        return Refusal(Code.INVALID_FORM, PARENT_MISSING, field=wanted.parent_field, rule="parent")
    if parent is not None and parent.process not in (wanted.parent_processes or (parent.process,)):
        return Refusal(Code.INVALID_FORM, PARENT_MISSING, field=wanted.parent_field, rule="parent")
    return None


def refused_of(body: Mapping[str, Any]) -> Refused:
    """The reasons of a refusal as its ledger line kept them."""
    return Refused.of(
        Refusal(
            Code(kept["code"]),
            Sentence(kept["zh"], kept["en"]),
            tuple(kept["clauses"]),
            kept["field"],
            kept["rule"],
            tuple(kept["cases"]),
            kept["standing"],
        )
        for kept in body["refused"]
    )


_ENGINE = Actor(SYSTEM, SYSTEM)


class _Train:
    """One decision with everything that it pulls along in other cases, inside one transaction."""

    def __init__(self, service: Service, tx: Transaction, actor: Actor, now: datetime) -> None:
        self._service = service
        self._tx = tx
        self._actor = actor
        self._now = now
        self._catalog = service.catalog()
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
        return may_see(self._actor.id, seen.scene, seen.definition, file.tasks)

    def judge(self, file: CaseFile, decision: Decision) -> Outcome | Refused:
        """Judge one decision on one case."""
        situation = self.situation(file)
        needed = situation.rulebook.needed.get(decision.action)
        if decision.action == URGE:
            lines = self._tx.entries(file.case.id)
            earlier = [line.at for line in lines if line.event == URGE and line.refused is None]
            return urge(situation, decision, earlier, self._service.ids)
        if decision.action in (TAKE_BACK, VIEW):
            lines = self._tx.entries(file.case.id)
            undo = take_back if decision.action == TAKE_BACK else look
            return undo(situation, decision, lines, self._service.ids)
        if decision.action in ADMINISTERING:
            needed = situation.rulebook.needed[SAVE]
            situation = with_facts(situation, self._tx, needed, decision.actor)
            return administer(situation, decision, self._service.ids, four_eyes=self._four_eyes())
        if decision.action in (SAVE, UNSEAT) or decision.action in HANDLING:
            needed = situation.rulebook.needed[SAVE]
            saves = needed and decision.action == SAVE
            saved = saved_form(situation, decision) if saves else None
            situation = with_facts(situation, self._tx, needed, decision.actor, saved)
            act = {SAVE: save, UNSEAT: unseat}.get(decision.action, handle)
            return act(situation, decision, self._service.ids)
        if needed:
            form = _proposed(situation, decision.action, decision.answers)
            situation = with_facts(situation, self._tx, needed, decision.actor, form)
        return advance(situation, decision, self._service.ids)

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
        outcome = open_case(situation, opening, self._service.ids, values)
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
            key=f"system:{self._service.ids()}",
            opinion=SYSTEM,
        )

    def _open_other(self, cause: Case, wish: ToOpen) -> None:
        try:
            rulebook = self._catalog.rulebook(wish.process)
        except UnknownProcess:  # retired since the definition that starts it was checked
            named = Sentence(wish.process, wish.process)
            raise _FollowerRefused(named, _no_process(wish.process)) from None
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
            raise _FollowerRefused(rulebook.definition.name, outcome)
        self.started.append(outcome.change.case.number)
        self._carry_out(outcome)

    def _parent_of(self, rulebook: Rulebook, wish: ToOpen) -> Case | None:
        if wish.under is None:
            return None if wish.parent is None else self._tx.case_state(wish.parent)
        file = self._tx.case_file(number=wish.under) if wish.under else None
        if file is None:
            refusal = _no_parent(rulebook, wish.under)
            raise _FollowerRefused(rulebook.definition.name, Refused.of([refusal]))
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
                raise _FollowerRefused(named, outcome, cases=(other.number,))
            self._carry_out(outcome)

    def _judge_wish(self, file: CaseFile, cause: Case, wish: ToAct) -> Outcome | Refused:
        decision = self._system_decision(wish.action)
        if wish.action != REVOKE:
            return self.judge(file, decision)
        situation = self.situation(file)
        return revoke(situation, decision, cause, wish.states, self._service.ids)

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


def pinned_at(
    at: datetime, rulebook: Rulebook, hospital: Hospital, catalog: Catalog
) -> Mapping[str, ParameterValue]:
    """The policy that a case keeps which is opened at a moment (V4)."""
    held = hospital.policy_at(at)
    wanted = rulebook.definition.parameters
    return rulebook.pins(catalog.register.resolve(held.profile, held.overrides, wanted))


def blank_case(
    rulebook: Rulebook,
    opening: Opening,
    parent: Case | None,
    id: str,
    number: str,
    hospital: Hospital,
    parameters: Mapping[str, ParameterValue],
) -> Case:
    """A case before its first line: who asks, where they work, which policy it keeps."""
    definition = rulebook.definition
    person = hospital.organisation.people.get(opening.actor.id)
    department = opening.department or ("" if person is None else person.department)
    return Case(
        id=id,
        number=number,
        process=definition.key,
        definition_version=definition.version,
        state=opening.entry or definition.entries[0],
        applicant=opening.on_behalf_of or opening.actor.id,
        department=department,
        form={},
        parameters=parameters,
        opened_at=opening.at,
        entered_at=opening.at,
        parent=None if parent is None else parent.id,
    )


def as_actor(organisation: Organisation, person: str, acting_for: str | None = None) -> Actor:
    """The actor for a person's id."""
    return Actor(person, organisation.person_name(person), acting_for)
