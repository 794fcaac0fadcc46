"""The one door: everything that a person, a program or the clock does to a case goes through
here.

One act is one transaction: the case, its ledger line, tasks, clocks, rows, notices and what
follows in other cases are written together or not at all. A refusal is written too. The same key
twice is one decision with the same answer, on retry as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from workflow.conditions.language import Value
from workflow.making import quick, replace
from workflow.nouns import OPENED, SYSTEM, TIMER, Actor, Case, Deadline, Decision, Entry, Opening
from workflow.ports.deciding import (
    LONGEST_LEASE,
    Claim,
    DuplicateKey,
    StaleWrite,
    Transaction,
    Unavailable,
)
from workflow.ports.house import Deed
from workflow.ports.store import Store
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.running.administering import move_work
from workflow.running.advance import expire, expire_alone, remind
from workflow.running.lines import refusal_entry, refusal_facts, request_digest
from workflow.running.situation import Ids, Situation
from workflow.service.beginning import (
    Beginnings,
    no_parent,
    no_process,
    parent_named,
    parent_problem,
)
from workflow.service.catalog import Catalog, UnknownProcess
from workflow.service.gathering import with_facts
from workflow.service.train import FollowerRefused, LoopInDefinitions, Train

#: How often a decision is judged again when another process wrote the case in between.
ATTEMPTS = 3
#: How many clocks a worker takes before it works on the first, and for how long it has them: one
#: that dies leaves them to others after that time.
CLAIMED_AT_ONCE = 16
LEASE = timedelta(seconds=30)
_QUARTER = timedelta(minutes=15)

NO_CASE = Sentence("没有这个案件，或您无权查看", "There is no such case, or it is not yours to see")
OTHER_REQUEST = Sentence(
    "同一操作编号已用于另一请求，请刷新页面后重新提交",
    "This key already stands for another request; reload the page and send again",
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
        except FollowerRefused as stopped:
            # That transaction is undone as a whole; the refusal is kept in one of its own.
            return self._refuse_for_follower(number, decision, stopped)

    def _decided(self, number: str, decision: Decision) -> Answer:
        with self.store.begin() as tx:
            file = tx.case_file(number=number)
            if file is None:
                return _not_found()
            train = Train(self.catalog(), self.ids, tx, decision.actor, decision.at)
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
        self, number: str, decision: Decision, stopped: FollowerRefused
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
        except FollowerRefused as stopped:
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
            return Answer(None, None, None, no_process(opening.process))
        with self.store.begin() as tx:
            train = Train(self.catalog(), self.ids, tx, opening.actor, opening.at)
            parent: Case | None = None
            named = parent_named(rulebook, opening)
            if named is not None:
                found = tx.case_file(number=named)
                if found is None or (within_sight and not train.may_read(found)):
                    return Answer(None, None, None, Refused.of([no_parent(rulebook, named)]))
                parent = found.case
            wanting = parent_problem(rulebook, parent)
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
            train = Train(self.catalog(), self.ids, tx, decision.actor, decision.at)
            for number in numbers:
                file = tx.case_file(number=number)
                if file is None:
                    return _not_found().refused
                own = replace(decision, key=f"{decision.key}:{number}")
                result = move_work(train.situation(file), leaver, own, self.ids)
                if isinstance(result, Refused):
                    named = Sentence(number, number)
                    return Refused.of([FollowerRefused(named, result, (number,)).reason])
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
        except (FollowerRefused, LoopInDefinitions) as stopped:
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
    ) -> tuple[Train, Situation, Deadline] | None:
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
        train = Train(self.catalog(), self.ids, tx, actor, now)
        situation = train.situation(file)
        needed = situation.rulebook.clock_needs[deadline.key]
        return train, with_facts(situation, tx, needed, actor), deadline


def pause_after(attempts: int) -> timedelta:
    """For how long nobody tries a clock that has failed so often."""
    doubled: int = 2 ** min(attempts - 1, 10)  # far beyond the longest, and no further
    return min(LEASE * doubled, LONGEST_LEASE)


def _not_found() -> Answer:
    refusal = Refusal(Code.NOT_FOUND, NO_CASE, rule="case", standing=True)
    return Answer(None, None, None, Refused.of([refusal]))


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
