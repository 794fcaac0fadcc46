"""A hospital of chance: people with posts, heads and delegations who do random things to the cases
of an imagined process. Whatever they do, the books are looked through after it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random

import orjson

from storage.memory import MemoryStore
from tests.sweeps.imagined import (
    ERRAND,
    PROCESS,
    ROLES,
    ROSTER,
    UNDOING,
    errand,
    imagined,
    register,
    undoing,
)
from tests.sweeps.told import OF_ADMINISTRATORS, UNSEAT, Line, Told
from tests.workflow.bookkeeping import look_through_case
from workflow.calendar import Calendar
from workflow.design.definition import Action, Definition
from workflow.design.seats import SeatKind
from workflow.nouns import Actor, Case, Decision, Opening, Task, TaskKind
from workflow.people.organisation import Delegation, Department, Organisation, Person, Post
from workflow.people.rosters import Duty, Roster, Shift
from workflow.ports.hospital import Policy
from workflow.ports.house import Deed, HouseChange, SaveDelegation, SavePerson, SaveRoster
from workflow.ports.reading import InboxQuery
from workflow.ports.store import Seed
from workflow.refusals import Code
from workflow.running.administering import FOUR_EYES
from workflow.running.handling import RULES
from workflow.service.catalog import Catalog
from workflow.service.deciding import Answer, Service

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
LONG = (date(2026, 3, 1), date(2026, 12, 31))
WARDS = ("surgery", "icu")
#: Who works here, in which department, with which posts.
STAFF: dict[str, tuple[str, tuple[str, ...]]] = {
    "amy": ("surgery", ("clinician",)),
    "ben": ("icu", ("clinician",)),
    "cat": ("surgery", ("clinician", "dept_head")),
    "dan": ("surgery", ("dept_head",)),
    "eli": ("icu", ("dept_head", "keeper")),
    "fay": ("office", ("finance_officer",)),
    "gus": ("office", ("finance_officer", "vice_president")),
    "hal": ("office", ("vice_president", "finance_officer")),
    "ivy": ("office", ("vice_president",)),
    "kim": ("office", ("keeper",)),
    "lou": ("icu", ("keeper", "dept_head")),
    "sam": ("surgery", ()),
    "ada": ("office", ("admin",)),
    "max": ("office", ("admin",)),
}
#: Acts of people on their work, the rarer ones less often.
HANDLING = tuple(sorted(RULES))
WORDS = ("同意", "同意", "同意", "需要补充", "")
#: How often what happened, over all walks: walks on which nothing happens would prove nothing.
HAPPENED: Counter[str] = Counter()


class Ward:
    """One hospital with one imagined process."""

    def __init__(self, number: int) -> None:
        self.now = MONDAY
        self.rulebook = imagined(number)
        self.definition = self.rulebook.definition
        catalog = Catalog.of(register(), [self.rulebook, undoing(), errand()])
        self.catalog = catalog
        self.store = MemoryStore(_seed(four_eyes=number % 3 == 0))
        self.people = sorted(STAFF)
        self._ids, self._keys = count(1), count(1)
        self.service = Service(self.store, lambda: catalog, lambda: f"{next(self._ids):08x}")
        self.told: dict[str, Told] = {}
        self.reading = ""  # the case whose lines are being read, for whoever looks into a failure
        self.clicks: list[tuple[str, Decision, Answer]] = []
        self.steps = 0

    # ---- what is there ---------------------------------------------------------------------------

    @property
    def organisation(self) -> Organisation:
        """The people, as they are now."""
        return self.store.hospital().organisation

    @property
    def day(self) -> date:
        """Today, on the hospital's wall."""
        return self.store.hospital().calendar.local_day(self.now)

    @property
    def wall(self) -> datetime:
        """The time on the hospital's wall."""
        return self.now.astimezone(self.store.hospital().calendar.zone).replace(tzinfo=None)

    def of(self, case: Case) -> Definition:
        """The definition by which a case runs."""
        others = {UNDOING: undoing, ERRAND: errand}
        return others[case.process]().definition if case.process in others else self.definition

    def cases(self, *, alive: bool = True) -> list[Case]:
        """The cases, mostly those that have not ended."""
        cases = list(self.store.kept.cases.values())
        return [case for case in cases if case.closed_at is None] if alive else cases

    def waiting(self, case: Case) -> list[Task]:
        """What is open on a case."""
        file = self.store.kept.file(case.id)
        return [] if file is None else [task for task in file.tasks if task.is_open]

    # ---- what people do --------------------------------------------------------------------------

    def open(self, chance: Random) -> None:
        """A clinician asks for something."""
        person = chance.choice(["amy", "ben", "cat"])
        answers: dict[str, object] = {"what": "床"}
        if chance.random() < 0.8:
            answers["who"] = chance.choice(self.people)
        if chance.random() < 0.7:
            answers["cost"] = chance.choice(["10.00", "90.00"])
        if chance.random() < 0.3:
            answers["more"] = chance.choice(["10.00", "90.00"])
        if "things" in self.definition.form:
            answers["things"] = self._things(chance)
        self._open(Opening(Actor(person, person), PROCESS, self.now, self._key(), answers))

    def open_undoing(self, chance: Random) -> None:
        """A clinician wants what was approved revoked; at times what was not, or was already."""
        cases = [case for case in self.cases(alive=False) if case.process == PROCESS]
        approved = [case for case in cases if case.state == "approved"]
        if not cases or (not approved and chance.random() < 0.9):
            self.work(chance)
            return
        case = chance.choice(approved[-2:] if approved and chance.random() < 0.95 else cases)
        person = chance.choice(["amy", "ben", "cat"])
        answers: dict[str, object] = {"original": case.number, "cost": "10.00"}
        self._open(Opening(Actor(person, person), UNDOING, self.now, self._key(), answers))

    def _things(self, chance: Random) -> list[dict[str, object]]:
        owners = [*self.people, None, "amy", "ben", "cat"]
        return [
            {"thing": f"thing {n}", "owner": chance.choice(owners)}
            for n in range(chance.choice([1, 2, 3, 3, 4]))
        ]

    def _open(self, wish: Opening) -> None:
        answer = self.service.open(wish)
        self.steps += 1
        if answer.refused is not None:
            HAPPENED[f"not opened: {wish.process}"] += 1
            return  # whoever has left opens nothing
        assert answer.case is not None
        case = self.store.kept.cases[answer.case]
        self.told[case.id] = Told(self.of(case))
        self._read_on(case)
        HAPPENED[f"opened: {wish.process}"] += 1

    def work(self, chance: Random) -> None:
        """Somebody decides what waits for them, as the page offers it."""
        found = self._some_work(chance)
        if found is None:
            self.open(chance)
            return
        case, task = found
        actor = self._owner(task, chance)
        actions = [
            action
            for action in self.of(case).actions_from(task.step)
            if action.duty and not _is_automatic(action)
        ]
        tones = [6 if action.tone == "forward" else 2 for action in actions]
        if task.handling.kind is not TaskKind.STEP or not actions:
            self._handle(case, task, actor, chance)
            return
        action = chance.choices(actions, tones)[0]
        self._decide(case, self._decision(actor, action.key, case, chance, task))

    def handle(self, chance: Random) -> None:
        """Somebody does something else with their work: claims, asks, adds, recuses themselves."""
        found = self._some_work(chance)
        if found is not None:
            case, task = found
            self._handle(case, task, self._owner(task, chance), chance)

    def try_anything(self, chance: Random) -> None:
        """Anybody tries anything, also on a case that has ended."""
        cases = self.cases(alive=chance.random() < 0.9)
        if not cases:
            return
        case = chance.choice(cases)
        here = self.waiting(case)
        task = chance.choice(here) if here and chance.random() < 0.7 else None
        likely = [a.key for t in here for a in self.of(case).actions_from(t.step)]
        acts = [*likely, *likely, *self.of(case).actions, *HANDLING, "no_such_action"]
        acts.append("case.revoke")
        principal = chance.choice(self.people) if chance.random() < 0.15 else None
        person = chance.choice(self.people)
        actor = Actor(person, person, principal)
        self._decide(case, self._decision(actor, chance.choice(acts), case, chance, task))

    def administer(self, chance: Random) -> None:
        """An administrator moves, stops, ends; rarely somebody who is none tries it."""
        cases = self.cases(alive=chance.random() < 0.95)
        if not cases:
            return
        case = chance.choice(cases)
        person = chance.choice(["ada", "max", "ada", "max", "kim"])
        act = chance.choice([*OF_ADMINISTRATORS, "task.reroute", "case.resume", "case.agree"])
        if act == "case.cancel" and chance.random() < 0.7:
            act = "case.resume"
        if case.course.proposed is not None and chance.random() < 0.6:
            act = "case.agree"
        here = self.waiting(case)
        task = chance.choice(here) if here else None
        decision = self._decision(Actor(person, person), act, case, chance, task)
        named = [*self.people, "keeper", "finance_officer@office"]
        decision = replace(decision, target=chance.choice(named), answers={"days": "2"})
        self._decide(case, replace(decision, task=None if task is None else task.id))

    def applicant_acts(self, chance: Random) -> None:
        """The applicant saves, urges, or withdraws."""
        cases = self.cases()
        if not cases:
            return
        case = chance.choice(cases)
        actor = Actor(case.applicant, case.applicant)
        act = chance.choice(["save", "save", "task.urge", "task.urge", "withdraw"])
        decision = self._decision(actor, act, case, chance, None)
        answers: dict[str, object] = {"cost": chance.choice(["20.00", "80.00"])}
        if case.process == PROCESS:
            answers["who"] = chance.choice(self.people)
        if "things" in self.of(case).form and chance.random() < 0.5:
            answers["things"] = self._things(chance)
        self._decide(case, replace(decision, answers=answers if act == "save" else {}))

    def take_back(self, chance: Random) -> None:
        """Somebody wants their last decision undone, in time or not."""
        done = [(n, w) for n, w, a in self.clicks[-12:] if a.refused is None]
        done = [(n, w) for n, w in done if self._case(n).closed_at is None] or done
        if not done:
            return
        number, wish = chance.choice(done[-2:])
        case = self._case(number)
        decision = self._decision(wish.actor, "task.take_back", case, chance, None)
        named = [None, None, None, decision.target]
        self._decide(case, replace(decision, target=chance.choice(named)))

    def click_again(self, chance: Random) -> None:
        """The same click gives the same answer and changes nothing."""
        if not self.clicks:
            return
        number, wish, first = chance.choice(self.clicks)
        before = dict(self.store.kept.cases)
        again = self.service.decide(number, wish)
        self.steps += 1
        assert again.repeated, wish
        assert (again.entry, again.refused) == (first.entry, first.refused)
        assert dict(self.store.kept.cases) == before
        HAPPENED["clicked again"] += 1

    def act_on_an_old_page(self, chance: Random) -> None:
        """Another click on the page as it was, where the first has gone through."""
        done = [(n, w) for n, w, a in self.clicks if a.refused is None]
        if not done:
            return
        number, wish = chance.choice(done)
        case = self._case(number)
        self._decide(case, replace(wish, at=self.now, key=self._key(), seen_version=1))

    def wait(self, chance: Random) -> None:
        """Time passes, and clocks that ran out have their effect once."""
        self.now += timedelta(hours=chance.choice([1, 3, 8, 24, 60]))
        HAPPENED["a clock ran out"] += self.service.tick(self.now, limit=1000)
        self.steps += 1
        self._read_others()
        assert self.service.tick(self.now) == 0

    def people_change(self, chance: Random) -> None:
        """Somebody leaves or comes back, moves, gets or loses a post, or lends what they have."""
        person = self.organisation.people[chance.choice(self.people)]
        post = Post(chance.choice(ROLES), chance.choice([*WARDS, "office"]))
        back = SavePerson(replace(person, active=True))
        loan = SaveDelegation(self._loan(chance))
        changes: list[HouseChange] = [
            SavePerson(replace(person, active=not person.active)),
            back,
            back,
            SavePerson(replace(person, department=chance.choice(WARDS))),
            SavePerson(replace(person, posts=(*person.posts, post))),
            SavePerson(replace(person, posts=person.posts[:-1] or person.posts)),
            loan,
            loan,
            SaveRoster(_roster(chance.randrange(10))),
        ]
        change = chance.choice(changes)
        self.store.house.change(Deed(Actor("ada", "ada"), self.now, "变动"), change)
        self.steps += 1

    def _loan(self, chance: Random) -> Delegation:
        principal, delegate = chance.sample(self.people, 2)
        start = self.day + timedelta(days=chance.choice([-1, 0, 0, 1]))
        return Delegation(
            f"d-{principal}-{chance.randrange(2)}",
            principal,
            delegate,
            start,
            start + timedelta(days=chance.choice([0, 1, 10])),
            (chance.choice(ROLES),) if chance.random() < 0.3 else (),
            chance.choice([(), (), (PROCESS,), ("another",)]),
            chance.choice([None, 5000]),
        )

    # ---- choosing --------------------------------------------------------------------------------

    def _some_work(self, chance: Random) -> tuple[Case, Task] | None:
        cases = self.cases()
        if not cases or (len(cases) < 3 and chance.random() < 0.2):
            return None
        case = chance.choice(cases[-4:])
        here = self.waiting(case)
        free = [task for task in here if not task.handling.held]
        if free and chance.random() < 0.9:
            here = free
        return (case, chance.choice(here)) if here else None

    def _owner(self, task: Task, chance: Random) -> Actor:
        """Somebody for whom it waits, at times by whoever stands in for them; or just anybody."""
        organisation = self.organisation
        clock = self.wall.time() if chance.random() < 0.9 else None
        reached = [p.id for p in organisation.reached_by(task.address, self.day, clock)]
        reached = [one for one in reached if one not in task.excluded] or reached
        if not reached or chance.random() < 0.04:
            return self._actor(chance.choice(self.people))
        owner = chance.choice(reached)
        lent = [one for one in organisation.delegations if one.principal == owner]
        if lent and chance.random() < 0.4:
            return Actor(delegate := chance.choice(lent).delegate, delegate, owner)
        return self._actor(owner)

    @staticmethod
    def _actor(person: str) -> Actor:
        return Actor(person, person)

    def _handle(self, case: Case, task: Task, actor: Actor, chance: Random) -> None:
        kind = task.handling.kind
        fitting = [act for act in HANDLING if kind in RULES[act].kinds]
        allowed = {f"task.{tool}" for tool in self.of(case).states[task.step].may}
        useful = [act for act in fitting if act in allowed or RULES[act].tool is None]
        act = (
            chance.choice(useful or fitting) if chance.random() < 0.93 else chance.choice(HANDLING)
        )
        self._decide(case, self._decision(actor, act, case, chance, task))

    def _decision(
        self, actor: Actor, act: str, case: Case, chance: Random, task: Task | None
    ) -> Decision:
        definition = self.of(case)
        action = definition.actions.get(act)
        target: str | None = None
        if action is None and act.startswith("task."):
            target = chance.choice(self.people)
        elif action is not None and action.back is not None and chance.random() < 0.8:
            target = chance.choice([*definition.states, "draft"])
        answers: dict[str, object] = {}
        if action is not None and action.promises and chance.random() < 0.5:
            answers["promises"] = chance.choice(["补齐材料", "补齐材料\n复测"])
        if action is not None and task is not None and task.handling.lines:
            answers |= self._of_rows(action, definition, task, chance)
        return Decision(
            actor,
            act,
            self.now,
            self._key(),
            answers,
            chance.choice(WORDS) if act in definition.actions else WORDS[0],
            target=target,
            seen_version=chance.choices([None, case.version, case.version - 1], [5, 5, 1])[0],
            task=task.id if task is not None and chance.random() < 0.6 else None,
        )

    @staticmethod
    def _of_rows(
        action: Action, definition: Definition, task: Task, chance: Random
    ) -> dict[str, object]:
        """What is said of single rows, which need not come to the vote, nor be theirs."""
        if action.vote is None or chance.random() < 0.5:
            return {}
        choices = [one.key for one in definition.actions_from(task.step) if one.vote is not None]
        mine = [*task.handling.lines, chance.randrange(4)][: chance.choice([1, 2, 2, 9])]
        words = [action.key, action.key, chance.choice(choices)]
        return {"rows": {str(line + 1): chance.choice(words) for line in mine}}

    def _key(self) -> str:
        return f"click-{next(self._keys)}"

    def _case(self, number: str) -> Case:
        return self.store.kept.cases[self.store.kept.numbers[number]]

    # ---- what must hold --------------------------------------------------------------------------

    def _decide(self, case: Case, decision: Decision) -> None:
        kept = self.store.kept
        before = kept.file(case.id)
        answer = self.service.decide(case.number, decision)
        self.steps += 1
        self.clicks.append((case.number, decision, answer))
        after = kept.file(case.id)
        assert before is not None
        assert after is not None
        if answer.refused is not None:
            HAPPENED[f"refused: {answer.refused.code}"] += 1
            HAPPENED["refused: above what is lent"] += self._above_the_cap(decision, case)
            rules = {refusal.rule for refusal in answer.refused.refusals}
            HAPPENED["refused: rows"] += "rows" in rules
            above = decision.action == "undo" and answer.refused.code is Code.CONDITION_NOT_MET
            HAPPENED["refused: revoked already"] += above
            told = replace(after.case, seq=before.case.seq, head=before.case.head)
            assert after.case.seq == before.case.seq + 1, decision
            assert replace(after, case=told) == before, (
                decision,
                "a refusal has changed something",
            )
        else:
            HAPPENED[f"done: {self._kind(decision.action, before.case)}"] += 1
            HAPPENED["rows said"] += "rows" in decision.answers
            urged = decision.action == "task.urge"
            stale = decision.seen_version not in (None, before.case.version)
            assert urged or not stale, (decision, "decided on an old page")
            assert urged or after.case.version > before.case.version
        self._read_on(after.case)
        if after.case.process == UNDOING:
            self._revokes_what_it_belongs_to(after.case)
        self._read_others()

    def _above_the_cap(self, decision: Decision, case: Case) -> bool:
        """Whether somebody tried for another what costs more than was lent to them."""
        amount, actor = self.told[case.id].amount(), decision.actor
        lent = [
            one
            for one in self.organisation.principals_of(actor.id, self.day)
            if one.principal == actor.acting_for
        ]
        caps = [one.max_amount for one in lent]
        return bool(lent) and all(
            cap is not None and (amount is None or amount > cap) for cap in caps
        )

    def _revokes_what_it_belongs_to(self, case: Case) -> None:
        """A granted one has revoked the case above it in the same breath, and no other has."""
        above = self.store.kept.cases[case.parent or ""]
        if case.state == "undone":
            HAPPENED["revoked"] += above.course.revoked_by != self.told[above.id].revoked_by
            self._read_on(above)
            assert above.course.revoked_by == case.number
            assert (above.state, self.waiting(above)) == ("approved", [])
        else:
            assert above.course.revoked_by != case.number

    def _read_others(self) -> None:
        """The cases that have followed from what happened, or to which something happened beside,
        are as the lines of their cause say.
        """
        cases = list(self.store.kept.cases.values())
        for case in cases:
            if case.id not in self.told:
                assert case.process == ERRAND, case
                self.told[case.id] = Told(self.of(case))
                HAPPENED["opened for a row"] += 1
        for case in cases:
            if case.seq != self.told[case.id].seq:
                self._read_on(case)
        for case in cases:
            told = self.told[case.id]
            if told.started:
                asked = [self.told[one].form for one, _ in told.started]
                assert told.wanted == [(f["thing"], f.get("owner")) for f in asked], told.started
                begun = [self.store.kept.cases[one] for one, _ in told.started]
                assert {(one.process, one.parent) for one in begun} == {(ERRAND, case.id)}, begun

    def _kind(self, act: str, case: Case) -> str:
        action = self.of(case).actions.get(act)
        if action is None:
            return act
        if action.vote is not None:
            return f"vote {action.vote}"
        if action.back is not None:
            return f"back {action.back}"
        return "sign" if action.all_sign else action.tone

    def _read_on(self, case: Case) -> None:
        """The lines that are new, and the books after them."""
        self.reading = case.id
        told, organisation, now = self.told[case.id], self.organisation, self.wall
        for entry in self.store.kept.ledger(case.id)[told.seq :]:
            line = orjson.loads(entry.body)
            told.take(line, organisation, now)
            self._count_duty(told, line)
            if line["actor"] in ("system", "timer") and line["code"] is None:
                kind = f"followed: {self._kind(line['event'], case)}"
                HAPPENED["agreed already" if line["for"] else kind] += 1
                HAPPENED["a seat was freed"] += line["event"] == UNSEAT
        told.at_rest()
        look_through_case(self.store.kept, self.catalog, case)
        file = self.store.kept.file(case.id)
        assert file is not None
        assert {task.id for task in file.tasks if task.is_open} == {w.id for w in told.waiting}
        branches = {key: branch.state for key, branch in case.course.branches.items()}
        assert branches == told.places, (case.course, told.places)
        assert case.state == told.state
        self._nobody_is_shown_what_is_held(file.tasks)

    @staticmethod
    def _count_duty(told: Told, line: Line) -> None:
        for said in line.get("closed", ()) if line["code"] is None else ():
            work = told.work[said["id"]]
            if work.end in told.definition.actions:
                HAPPENED["done on duty"] += (work.role or "").startswith("duty:")
                HAPPENED["rows decided"] += bool(work.handling.get("lines"))

    def _nobody_is_shown_what_is_held(self, tasks: tuple[Task, ...]) -> None:
        for task in tasks:
            if task.is_open and task.handling.held:
                HAPPENED["held"] += 1
                query = InboxQuery("sam", (task.address.key,), limit=1000)
                shown = {row.task.id for row in self.store.readings.inbox(query).rows}
                assert task.id not in shown, task


def _is_automatic(action: Action) -> bool:
    return all(seat.kind in (SeatKind.SYSTEM, SeatKind.TIMER) for seat in action.seats)


def _roster(number: int) -> Roster:
    """Two shifts a day for some weeks, differently by number; at times nobody has one."""
    chance = Random(f"roster {number}")
    names = ("sam", "hal", "kim", "cat", "lou", "amy")
    rows = [
        Duty(date(2026, 2, 28) + timedelta(days=day), chance.choice(names), shift)
        for day in range(60)
        for shift in ("day", "night", "")
        if chance.random() < (0.1 if shift == "" else 0.9)
    ]
    hours = (Shift("day", time(8), time(18)), Shift("night", time(18), time(8)))
    return Roster(ROSTER, ROSTER, tuple(dict.fromkeys(rows)), hours)


def _seed(*, four_eyes: bool) -> Seed:
    people = [
        Person(name, name, home, tuple(Post(role, home) for role in roles))
        for name, (home, roles) in STAFF.items()
    ]
    return Seed(
        people=tuple(people),
        departments=(
            Department("office", "office"),
            *(Department(ward, ward, parent="office") for ward in WARDS),
        ),
        delegations=(
            Delegation("d-dan", "dan", "sam", *LONG),
            Delegation("d-fay", "fay", "dan", *LONG, ("finance_officer",)),
            Delegation("d-kim", "kim", "sam", date(2026, 3, 3), date(2026, 3, 9)),
        ),
        calendar=Calendar({}, {}, date(2026, 12, 31)),
        policy=Policy(None, {FOUR_EYES: four_eyes}),
        rosters=(_roster(0),),
    )
