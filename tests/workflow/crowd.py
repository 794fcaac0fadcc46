"""A crowd at the shipped processes: people of every role, and what they might type or try."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from storage.memory import MemoryStore
from tests.definitions.shipped import FOLDER, register, rulebooks
from workflow.calendar import parse_calendar
from workflow.design.definition import Definition
from workflow.design.form import Field, FieldType
from workflow.design.form_rules import OPENING
from workflow.design.register import Account
from workflow.nouns import Actor, Case, Decision, Opening, ParameterValue, RegisterRow, Scalar
from workflow.people.organisation import Delegation, Department, Person, Post
from workflow.ports.hospital import Policy
from workflow.ports.store import Seed
from workflow.running.offers import Offer
from workflow.running.situation import Situation
from workflow.service.catalog import Catalog
from workflow.service.deciding import Answer, Service
from workflow.service.gathering import situation_of
from workflow.service.offering import offers_for

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
WARDS = ("surgery", "icu")
#: People with several posts, which is where duties meet.
BUSY = {
    "dora": ("dept_head", "finance_officer", "vice_president", "clinician"),
    "eric": ("medins_officer", "charge_clerk", "ward_nurse", "dept_rep"),
    "rosa": ("record_clerk", "medical_affairs", "discharge_clerk", "attending_doctor"),
}
#: Values that let cases meet each other: the same material, a charge that is on the price list.
MEANT: dict[str, tuple[object, ...]] = {
    "item_code": ("A1",),
    "item_name": ("CT",),
    "order_id": ("O1",),
    "unit_price": ("1.00",),
    "amount": ("1.00", "1.00", "2.00"),
    "qty": (1, 1, 2),
    "id_no": ("11010519491231002X", "110105194912310021"),
    "admission_time": ("2026-03-01 08:00",),
    "checklist": ("诊断证明\n检查结果", "诊断证明"),
    "total": ("3.00",),
    "fund_part": ("2.00",),
    "own_part": ("1.00",),
}
#: The processes that everything else hangs on.
LEADING = (
    "charge-entry",
    "consumable-approval",
    "fee-correction",
    "identity-fraud-report",
    "inpatient-settlement",
    "medical-record",
)
#: A stay and its charges more often than anything else: much hangs on them. The others come by now
#: and then.
OFTEN = (
    *LEADING * 12,
    *["inpatient-settlement"] * 36,
    *[*["charge-entry"] * 4, "fee-correction"] * 12,
    *sorted(rulebooks()),
)
HOSTILE: tuple[object, ...] = (
    None,
    "",
    "x" * 6000,
    "\x00",
    -1,
    10**400,
    [1],
    {"a": "b"},
    True,
    "🙂",
)

#: What somebody might type into a field of a type.
_LIKELY: Mapping[FieldType, Callable[[datetime, Random], object]] = {
    FieldType.INTEGER: lambda _, chance: chance.choice([1, 2, "3"]),
    FieldType.MONEY: lambda _, chance: chance.choice(["1.00", "2.50", 3]),
    FieldType.BOOL: lambda _, chance: chance.random() < 0.8,
    FieldType.DATE: lambda now, chance: (
        now.date() + timedelta(days=chance.choice([0, 0, -1, 2]))
    ).isoformat(),
    FieldType.DATETIME: lambda now, chance: (
        now - timedelta(hours=chance.choice([0, 1, 30]))
    ).isoformat(),
}


def people() -> list[Person]:
    """One person a role, in two wards by turns; some with several; Sam with none."""
    found = [
        Person(role, role, WARDS[n % 2], (Post(role, WARDS[n % 2]),))
        for n, (role, kept) in enumerate(register().roles.items())
        if kept.account is not Account.SYSTEM
    ]
    for name, roles in BUSY.items():
        found.append(Person(name, name, "surgery", tuple(Post(role, "surgery") for role in roles)))
    return [*found, Person("sam", "Sam", "kitchen")]


def _seed(policy: dict[str, ParameterValue]) -> Seed:
    prices: dict[str, Scalar] = {
        "item_code": "A1",
        "item_name": "CT",
        "unit_price": 100,
        "pay_class": "医保",
        "high_value": False,
    }
    orders: dict[str, Scalar] = {
        "order_id": "O1",
        "item_code": "A1",
        "qty": 5,
        "ordered_by": "attending_doctor",
    }
    days = (date(2026, 3, 1), date(2026, 12, 31))
    return Seed(
        people=tuple(people()),
        departments=tuple(Department(ward, ward) for ward in (*WARDS, "kitchen")),
        delegations=(
            Delegation("d1", "dept_head", "clinician", *days),
            Delegation("d2", "finance_officer", "dept_head", *days, ("finance_officer",)),
            Delegation("d3", "medins_officer", "sam", date(2026, 3, 4), date(2026, 3, 9)),
        ),
        calendar=parse_calendar(Path(FOLDER / "calendars/statutory.csv").read_text("utf-8")),
        policy=Policy(None, policy),
        rows=(
            RegisterRow("p", "price_list", prices, None, None, NOW),
            RegisterRow("o", "orders", orders, None, None, NOW),
        ),
    )


class Crowd:
    """A hospital at which anybody does anything; `chance` decides what."""

    def __init__(self, chance: Random) -> None:
        self.now = NOW
        self.catalog = Catalog.of(register(), rulebooks().values())
        self.store = MemoryStore(_seed(self._policy(chance)))
        ids = count(1)
        self.service = Service(self.store, lambda: self.catalog, lambda: f"{next(ids):08x}")
        self.people = [person.id for person in people()]
        self._clicks = count(1)

    @staticmethod
    def _policy(chance: Random) -> dict[str, ParameterValue]:
        return {
            "consumable.medins_review": chance.random() < 0.5,
            "consumable.step_reminder_days": chance.choice([None, 1, 3]),
            "fee_correction.answer_days": chance.choice([None, 2]),
            "fraud.report_minutes": chance.choice([None, 30]),
            "card.on_expiry": chance.choice(["full_pay", "keep_pending_with_alert"]),
        }

    # ---- who ---------------------------------------------------------------------------------

    def anybody(self, chance: Random) -> Actor:
        """Somebody, at times in the name of somebody else."""
        person = chance.choice(self.people)
        principal = chance.choice(self.people) if chance.random() < 0.1 else None
        return Actor(person, person, principal)

    # ---- what --------------------------------------------------------------------------------

    def key(self) -> str:
        """Another click."""
        return f"click-{next(self._clicks)}"

    def opening(self, chance: Random) -> Opening:
        """A wish to open a case, mostly by somebody who may and with what is asked."""
        definition = self.catalog.definition(chance.choice(OFTEN))
        actor = self.anybody(chance)
        if chance.random() < 0.8:
            roles = [seat.role for seat in definition.opening.seats if seat.role]
            busy = [name for name, held in BUSY.items() if set(held) & set(roles)]
            actor = Actor(chance.choice([*roles, *busy]), "", None)
        fields = [f for f in definition.form.values() if not f.computed and chance.random() < 0.7]
        fields += [f for f in definition.form.values() for r in f.required if r.action == OPENING]
        answers = {
            f.key: self.value(f, chance) for f in fields if f.key in self._accepted(definition)
        }
        parents = [c for c in self.cases() if c.process in definition.opening.parent_processes]
        parent = chance.choice(parents).number if parents and chance.random() < 0.8 else None
        return Opening(actor, definition.key, self.now, self.key(), answers, parent=parent)

    def _accepted(self, definition: Definition) -> tuple[str, ...]:
        return self.catalog.rulebook(definition.key).accepted[OPENING]

    def offered(self, case: Case, chance: Random) -> Decision | None:
        """Something that is offered to somebody on a case, filled in as it asks; None: nothing."""
        for actor in self._likely(case, chance):
            offers = [offer for offer in self.offers(case, actor) if offer.is_open]
            going_on = [offer for offer in offers if offer.tone != "stop"]
            if offers:
                ending = not going_on or chance.random() < 0.15
                offer = chance.choice(offers if ending else going_on)
                more = [key for key in offer.asks if chance.random() < 0.3]
                return self.decision(case, actor, offer.action, {*offer.needs, *more}, chance)
        return None

    def _likely(self, case: Case, chance: Random) -> list[Actor]:
        """Some for whom work waits, and some others, at times as delegates."""
        organisation = self.store.hospital().organisation
        file = self.store.kept.file(case.id)
        day = self.store.hospital().calendar.local_day(self.now)
        asked = [
            person.id
            for task in ([] if file is None else file.tasks)
            if task.is_open
            for person in organisation.reached_by(task.address, day)
        ]
        lent = [Actor(d.delegate, d.delegate, d.principal) for d in organisation.delegations]
        found = [Actor(person, person) for person in chance.sample(asked, min(4, len(asked)))]
        found += [Actor(person, person) for person in chance.sample(self.people, 4)]
        if chance.random() < 0.3:
            found.insert(0, Actor(case.applicant, case.applicant))
        found.insert(chance.randrange(3) if chance.random() < 0.5 else 9, chance.choice(lent))
        return found

    def anything(self, case: Case, chance: Random) -> Decision:
        """Anybody tries anything; often somebody who has the post, and what is at hand."""
        definition = self.definition(case)
        here = [action.key for action in definition.actions_from(case.state)]
        actions = [*definition.actions, "save", "no_such_action", *here * 3]
        fields = {key for key in definition.form if chance.random() < 0.2}
        likely = chance.random() < 0.5
        actor = self._likely(case, chance)[0] if likely else self.anybody(chance)
        return self.decision(case, actor, chance.choice(actions), fields, chance)

    def saving(self, case: Case, chance: Random) -> Decision:
        """Somebody, mostly the applicant, saves some of the form."""
        actor = self.anybody(chance)
        if chance.random() < 0.8:
            actor = Actor(case.applicant, case.applicant)
        form = self.definition(case).form
        fields = {key for key, line in form.items() if not line.computed and chance.random() < 0.3}
        return self.decision(case, actor, "save", fields, chance)

    def decision(
        self, case: Case, actor: Actor, action: str, fields: set[str], chance: Random
    ) -> Decision:
        """A decision with values for some fields, now and then on an old page."""
        form = self.definition(case).form
        answers = {key: self.value(form[key], chance) for key in sorted(fields)}
        seen = chance.choice([*[None, case.version] * 5, case.version - 1])
        opinion = chance.choice([*["同意"] * 8, "", "医保定额用完"])
        return Decision(actor, action, self.now, self.key(), answers, opinion, seen_version=seen)

    def value(self, line: Field, chance: Random) -> object:
        """Something that somebody might type into a field; rarely something hostile."""
        if chance.random() < 0.03:
            return chance.choice(HOSTILE)
        if line.key in MEANT:
            return chance.choice(MEANT[line.key])
        kind = _LIKELY.get(line.type)
        if kind is not None:
            return kind(self.now, chance)
        if line.type is FieldType.ENUM:
            return chance.choice([option.value for option in line.options])
        numbers = {case.number: case.process for case in self.cases()}
        if line.type is FieldType.CASE:
            return chance.choice([*numbers, "ZY2026-999999"])
        charges = [number for number, process in numbers.items() if process == "charge-entry"]
        if line.type is FieldType.LIST:
            return chance.choice([["身份证"], charges or ["无"]])
        return chance.choice(["甲", "乙"])

    # ---- what is there -----------------------------------------------------------------------

    def cases(self) -> list[Case]:
        """Every case, as it is now."""
        return list(self.store.kept.cases.values())

    def definition(self, case: Case) -> Definition:
        """The definition of a case."""
        return self.catalog.definition(case.process, case.definition_version)

    def situation(self, case: Case) -> Situation:
        """A case as the rules see it now."""
        file = self.store.readings.case_file(case.number)
        assert file is not None
        parent = None if case.parent is None else self.store.readings.case_by_id(case.parent)
        rulebook = self.catalog.rulebook(case.process, case.definition_version)
        hospital = self.store.readings.hospital()
        return situation_of(self.catalog, rulebook, file, hospital, self.now, parent)

    def offers(self, case: Case, actor: Actor) -> tuple[Offer, ...]:
        """The buttons that somebody sees, with the facts that they rest on."""
        return offers_for(self.situation(case), self.store.readings, actor)

    def decide(self, number: str, decision: Decision) -> Answer:
        """Through the one door."""
        return self.service.decide(number, decision)
