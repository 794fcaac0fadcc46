"""A small hospital in memory for stories about the engine: a cast, a set clock, counted ids.

Whatever is done here goes through the service, and after each act the books are looked through (see
`tests.workflow.bookkeeping`): a story about something else still notices a ledger that does not add
up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import orjson

from storage.memory import MemoryStore
from tests.workflow.bookkeeping import look_through
from workflow.calendar import Calendar
from workflow.conditions.expressions import Compiled, compile_expressions
from workflow.design.definition import Definition
from workflow.design.parameters import Measure, Parameter, ParameterKind
from workflow.design.parsing import parse_definition
from workflow.design.register import Account, Clause, ClauseKind, Register, Role
from workflow.nouns import (
    Actor,
    Case,
    Deadline,
    Decision,
    Entry,
    Opening,
    ParameterValue,
    RegisterRow,
    Task,
)
from workflow.people.organisation import Delegation, Department, Person, Post
from workflow.ports.deciding import CaseFile
from workflow.ports.hospital import Policy
from workflow.ports.house import Deed, HouseChange
from workflow.ports.store import Seed
from workflow.refusals import Refused, Sentence
from workflow.running.offers import Offer
from workflow.running.rulebook import SAVE, Rulebook
from workflow.running.situation import Situation
from workflow.service.bundles import Bundle, examine
from workflow.service.catalog import Catalog
from workflow.service.deciding import Answer, Service
from workflow.service.gathering import situation_of
from workflow.service.offering import offers_for

#: Monday, 2 March 2026, nine in the morning on the wall of the hospital.
MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)

CAST = (
    Person("amy", "Amy", "surgery", (Post("clinician", "surgery"),)),  # asks
    Person("lee", "Dr Lee", "surgery", (Post("dept_head", "surgery"),)),  # heads the department
    Person("ida", "Dr Ida", "icu", (Post("dept_head", "icu"),)),  # heads another
    Person("fang", "Fang", "finance", (Post("finance_officer", "finance"),)),  # keeps the money
    Person("wu", "Wu", "leadership", (Post("vice_president", "leadership"),)),  # approves
    Person("kim", "Kim", "store", (Post("keeper", "store"),)),  # keeps the storeroom
    Person("ben", "Ben", "icu", (Post("clinician", "icu"),)),  # asks elsewhere
    Person("sam", "Sam", "kitchen"),  # should see nothing
)
DEPARTMENTS = (
    Department("surgery", "外科"),
    Department("icu", "重症医学科"),
    Department("finance", "财务科", "functional"),
    Department("leadership", "院领导", "leadership"),
    Department("store", "库房", "functional"),
    Department("kitchen", "食堂", "functional"),
)

#: Amy asks, Dr Lee signs for the department, Fang for finance, Wu approves.
PURCHASE = """\
process: purchase
version: 1
name: {zh: 采购, en: Purchase}
summary: {zh: 临床科室申请，三人依次签署。, en: A department asks and three people sign in turn.}
category: {zh: 物资, en: Materials}
number: CG
title: '{thing}'
key_figure: price
clauses: [P-1]
open:
  who: [{role: clinician}, {role: dept_head}]
  clauses: [P-1]
form:
  thing: {label: {zh: 物品, en: Thing}, type: text, required: submit, max: 50, clauses: [P-1]}
  price: {label: {zh: 单价, en: Price}, type: money, required: submit, above: 0, clauses: [P-1]}
  dept_opinion: {label: {zh: 科室意见, en: Department's opinion}, type: long_text}
  finance_opinion: {label: {zh: 财务意见, en: Finance's opinion}, type: long_text}
registers:
  bought:
    name: {zh: 已购, en: Bought}
    columns:
      thing: {type: text, label: {zh: 物品, en: Thing}}
      price: {type: money, label: {zh: 单价, en: Price}}
facts:
  had_already: {register: bought, where: {thing: form.thing}, gives: exists}
  bought_by: {register: bought, where: {thing: form.thing}, gives: numbers}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true, edit: {who: applicant, fields: all}}
  dept: {name: {zh: 待科主任, en: With the head}}
  finance: {name: {zh: 待财务, en: With finance}}
  leader: {name: {zh: 待领导, en: With leadership}}
  approved: {name: {zh: 已批准, en: Approved}, final: true}
  rejected: {name: {zh: 已驳回, en: Rejected}, final: true}
  withdrawn: {name: {zh: 已撤回, en: Withdrawn}, final: true}
actions:
  submit:
    name: {zh: 提交, en: Submit}
    from: draft
    to: dept
    who: applicant
    conditions:
      - when: '!facts.had_already'
        otherwise: {zh: 已经买过，无需再批, en: It was bought before and needs no approval}
        names_cases: bought_by
        clauses: [P-3]
    effects: [{notify: reviewer}]
    clauses: [P-1]
  dept_sign:
    name: {zh: 科室同意, en: Sign for the department}
    from: dept
    to: finance
    who: {role: dept_head, of: applicant.department}
    signs: true
    opinion: {required: true, into: dept_opinion}
    clauses: [P-2]
  finance_sign:
    name: {zh: 财务同意, en: Sign for finance}
    from: finance
    to: leader
    who: {role: finance_officer}
    signs: true
    opinion: {required: true, into: finance_opinion}
    clauses: [P-2]
  approve:
    name: {zh: 批准, en: Approve}
    from: leader
    to: approved
    who: {role: vice_president}
    signs: true
    opinion: required
    effects:
      - write: bought
        row: {thing: form.thing, price: form.price}
      - notify: applicant
    clauses: [P-2]
  return_it:
    name: {zh: 退回, en: Return}
    from: [dept, finance, leader]
    to: draft
    who: reviewer
    opinion: required
    new_round: true
    tone: back
    effects: [{notify: applicant}]
  reject:
    name: {zh: 不同意, en: Reject}
    from: [dept, finance, leader]
    to: rejected
    who: reviewer
    opinion: required
    tone: stop
    clauses: [P-2]
  withdraw:
    name: {zh: 撤回, en: Withdraw}
    from: [draft, dept]
    to: withdrawn
    who: applicant
    duty: false
    tone: stop
"""

#: What an empty form needs before Amy may hand it in.
FILLED = {"thing": "止血钳", "price": "300.00"}


@cache
def small_register() -> Register:
    """What the small definitions speak of: roles, clauses, and policy to switch."""
    names = {
        "clinician": Sentence("临床医生", "Clinician"),
        "dept_head": Sentence("科主任", "Department head"),
        "finance_officer": Sentence("财务", "Finance officer"),
        "vice_president": Sentence("分管领导", "Vice president"),
        "keeper": Sentence("保管员", "Keeper"),
    }
    office = Sentence("科室", "Department")
    roles = {key: Role(key, name, office, Account.LOGIN) for key, name in names.items()}
    clauses = [
        Clause(key, "P", f"采购办法第{n}条", n, Sentence(zh, en), ClauseKind.WORKFLOW, "purchase")
        for n, (key, zh, en) in enumerate(
            [
                ("P-1", "申请须填写完整", "A request is complete"),
                ("P-2", "三级签署", "Three people sign"),
                ("P-3", "一次批准长期有效", "Once approved, always approved"),
            ],
            start=1,
        )
    ]
    nothing = Sentence("", "")
    parameters = [
        Parameter(
            "purchase.answer_days",
            ParameterKind.WHOLE_NUMBER,
            Sentence("答复期限", "Time to answer"),
            nothing,
            unit=Measure.WORKDAYS,
        ),
        Parameter(
            "purchase.finance_first",
            ParameterKind.ON_OFF,
            Sentence("财务先行", "Finance first"),
            nothing,
            default=False,
        ),
        Parameter(
            "purchase.most",
            ParameterKind.MONEY,
            Sentence("采购限额", "Most for a purchase"),
            nothing,
            must_be_entered=True,
            clauses=("P-3",),
        ),
    ]
    return Register(
        documents={},
        clauses={clause.id: clause for clause in clauses},
        conflict_groups={},
        roles=roles,
        profiles={},
        parameters={one.key: one for one in parameters},
    )


@cache
def rulebooks_of(texts: tuple[str, ...]) -> tuple[Rulebook, ...]:
    """Definitions that pass every check, ready to run."""
    register = small_register()
    parsed = [parse_definition(text, "small.yaml", register) for text in texts]
    known = [one for one in parsed if isinstance(one, Definition)]
    examined = [examine(text, "small.yaml", register, known) for text in texts]
    problems = [problem.said.en for one in examined if isinstance(one, tuple) for problem in one]
    assert not problems, problems
    return tuple(
        _rulebook(one.definition, one.compiled) for one in examined if isinstance(one, Bundle)
    )


@cache
def unchecked_rulebooks_of(texts: tuple[str, ...]) -> tuple[Rulebook, ...]:
    """Definitions that can be read but that the checks would refuse: the engine must bear them."""
    register = small_register()
    parsed = [parse_definition(text, "small.yaml", register) for text in texts]
    known = {one.key: one for one in parsed if isinstance(one, Definition)}
    compiled = [compile_expressions(one, register, known.get) for one in known.values()]
    assert len(known) == len(texts), parsed
    return tuple(
        _rulebook(definition, one)
        for definition, one in zip(known.values(), compiled, strict=True)
        if isinstance(one, Compiled)
    )


def _rulebook(definition: Definition, compiled: Compiled) -> Rulebook:
    roles = {key: role.name for key, role in small_register().roles.items()}
    return Rulebook.of(definition, compiled, roles)


def edited(text: str, *edits: tuple[str, str]) -> str:
    """A definition with some texts replaced; each must stand in it exactly once."""
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def local(text: str) -> datetime:
    """A moment as the clock on the wall shows it: `2026-03-02 09:00`."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def with_posts(*posts: tuple[str, str, str]) -> tuple[Person, ...]:
    """The cast, where some hold further posts: (person, role, department)."""
    people = {person.id: person for person in CAST}
    for who, role, department in posts:
        one = people.get(who, Person(who, who.title(), department))
        people[who] = Person(
            one.id, one.name, one.department, (*one.posts, Post(role, department)), one.active
        )
    return tuple(people.values())


class Hospital:
    """Everything that a story needs. `now` is the time; it moves only when the story says so."""

    def __init__(
        self,
        *texts: str,
        rulebooks: tuple[Rulebook, ...] = (),
        people: Sequence[Person] = CAST,
        delegations: Sequence[Delegation] = (),
        policy: Mapping[str, ParameterValue] | None = None,
        days: Mapping[date, bool] | None = None,
        covered_until: date = date(2026, 12, 31),
        rows: Sequence[RegisterRow] = (),
        departments: Sequence[Department] = DEPARTMENTS,
        now: datetime = MONDAY,
        new_store: Callable[[Seed], MemoryStore] = MemoryStore,
    ) -> None:
        self.now = now
        self.catalog = Catalog.of(small_register(), rulebooks or rulebooks_of(texts or (PURCHASE,)))
        calendar = Calendar(days or {}, {}, covered_until)
        seed = Seed(
            people=tuple(people),
            departments=tuple(departments),
            delegations=tuple(delegations),
            calendar=calendar,
            policy=Policy(None, policy or {}),
            rows=tuple(rows),
        )
        self.store = new_store(seed)
        self._ids = count(1)
        self._keys = count(1)
        self.service = Service(self.store, lambda: self.catalog, self.id)

    def id(self) -> str:
        """The next id."""
        return f"{next(self._ids):08x}"

    def key(self) -> str:
        """The key of another click."""
        return f"click-{next(self._keys)}"

    # ---- what people do --------------------------------------------------------------------------

    def open(
        self,
        who: str,
        process: str = "purchase",
        *,
        acting_for: str | None = None,
        parent: str | None = None,
        entry: str | None = None,
        key: str | None = None,
        **answers: object,
    ) -> Answer:
        """Somebody asks for a case to be opened."""
        actor = Actor(who, who.title(), acting_for)
        key = key or self.key()
        return self.ask(Opening(actor, process, self.now, key, answers, entry, parent))

    def ask(self, opening: Opening) -> Answer:
        """A wish to open a case, as it is."""
        answer = self.service.open(opening)
        self.look_through()
        return answer

    def opened(
        self, who: str, process: str = "purchase", parent: str | None = None, **answers: object
    ) -> str:
        """The number of a case that somebody opens without trouble."""
        actor = Actor(who, who.title())
        answer = self.ask(Opening(actor, process, self.now, self.key(), answers, parent=parent))
        assert answer.refused is None, reasons(answer)
        assert answer.number is not None
        return answer.number

    def decide(
        self,
        who: str,
        action: str,
        number: str,
        opinion: str = "",
        *,
        acting_for: str | None = None,
        seen: int | None = None,
        key: str | None = None,
        **answers: object,
    ) -> Answer:
        """Somebody tries to take an action on a case."""
        actor = Actor(who, who.title(), acting_for)
        key = key or self.key()
        decision = Decision(actor, action, self.now, key, answers, opinion, seen_version=seen)
        return self.hand_in(number, decision)

    def hand_in(self, number: str, decision: Decision) -> Answer:
        """A decision, as it is."""
        answer = self.service.decide(number, decision)
        self.look_through()
        return answer

    def takes(
        self, who: str, action: str, number: str, opinion: str = "", **answers: object
    ) -> str:
        """Somebody takes an action without trouble; the state to which it led."""
        actor = Actor(who, who.title())
        decision = Decision(actor, action, self.now, self.key(), answers, opinion)
        answer = self.hand_in(number, decision)
        assert answer.refused is None, reasons(answer)
        return self.case(number).state

    def stands_in(self, who: str, acting_for: str, action: str, number: str, opinion: str) -> str:
        """Somebody takes an action for somebody else; the state to which it led."""
        answer = self.decide(who, action, number, opinion, acting_for=acting_for)
        assert answer.refused is None, reasons(answer)
        return self.case(number).state

    def saves(self, who: str, number: str, **answers: object) -> Answer:
        """Somebody saves fields without taking an action."""
        actor = Actor(who, who.title())
        return self.hand_in(number, Decision(actor, SAVE, self.now, self.key(), answers))

    def submitted(self, who: str = "amy", **answers: object) -> str:
        """The number of a purchase that waits for its head of department."""
        number = self.opened(who, "purchase", None, **{**FILLED, **answers})
        self.takes(who, "submit", number)
        return number

    def look_through(self) -> None:
        """Whether all books are in order."""
        look_through(self.store.kept, self.catalog)

    def changes(self, *changes: HouseChange) -> None:
        """The administrator changes the house."""
        self.store.house.change(Deed(Actor("adm", "Admin"), self.now, "变动"), *changes)

    # ---- the clock -------------------------------------------------------------------------------

    def wait(self, **length: float) -> int:
        """Let time pass (`days=1, hours=2`) and the clocks that ran out fire; how many did."""
        return self.wait_until(self.now + timedelta(**length))

    def wait_until(self, at: datetime) -> int:
        """Let it be that moment; clocks that ran out on the way fire only then."""
        assert at >= self.now, "time does not run back"
        self.now = at
        fired = self.service.tick(at)
        self.look_through()
        return fired

    # ---- what is there ---------------------------------------------------------------------------

    def file(self, number: str) -> CaseFile:
        """A case with its tasks and clocks."""
        file = self.store.readings.case_file(number)
        assert file is not None, number
        return file

    def case(self, number: str) -> Case:
        """A case."""
        return self.file(number).case

    def waiting(self, number: str) -> tuple[Task, ...]:
        """The open tasks of a case."""
        return tuple(task for task in self.file(number).tasks if task.is_open)

    def waits_for(self, number: str) -> tuple[str, ...]:
        """The addresses at which a case waits."""
        return tuple(task.address.key for task in self.waiting(number))

    def clock(self, number: str, key: str) -> Deadline:
        """The latest clock of that name."""
        return [one for one in self.file(number).deadlines if one.key == key][-1]

    def clocks(self, number: str) -> tuple[str, ...]:
        """Every clock with its state, in the order in which they were wound up."""
        return tuple(f"{one.key} {one.state}" for one in self.file(number).deadlines)

    def entries(self, number: str) -> Sequence[Entry]:
        """The ledger of a case."""
        return self.store.readings.entries(self.case(number).id)

    def lines(self, number: str) -> list[dict[str, Any]]:
        """The ledger of a case, read."""
        return [orjson.loads(entry.body) for entry in self.entries(number)]

    def events(self, number: str) -> tuple[str, ...]:
        """What happened to a case, in order."""
        return tuple(entry.event for entry in self.entries(number))

    def rows(self, register: str) -> tuple[RegisterRow, ...]:
        """The current rows of a register, newest first."""
        return tuple(self.store.readings.rows(register, {}))

    def news(self, person: str) -> tuple[str, ...]:
        """The kinds of the notices that reach somebody, oldest first."""
        hospital = self.store.hospital()
        day = hospital.calendar.local_day(self.now)
        addresses = hospital.organisation.addresses_of(person, day)
        found = self.store.readings.notices(person, addresses, 1000)
        return tuple(notice.kind for notice in reversed(found))

    def cases(self, process: str) -> tuple[str, ...]:
        """The numbers of the cases of a process, in the order of opening."""
        found = self.store.kept.cases.values()
        return tuple(case.number for case in found if case.process == process)

    def situation(self, number: str) -> Situation:
        """A case as the rules see it now, without facts."""
        file, readings = self.file(number), self.store.readings
        rulebook = self.catalog.rulebook(file.case.process, file.case.definition_version)
        parent = None if file.case.parent is None else readings.case_by_id(file.case.parent)
        return situation_of(self.catalog, rulebook, file, readings.hospital(), self.now, parent)

    def offers(self, who: str, number: str, acting_for: str | None = None) -> dict[str, Offer]:
        """The buttons that somebody sees on a case, by action."""
        actor = Actor(who, who.title(), acting_for)
        found = offers_for(self.situation(number), self.store.readings, actor)
        return {offer.action: offer for offer in found}

    def can(self, who: str, number: str, acting_for: str | None = None) -> set[str]:
        """The buttons that are open to somebody on a case."""
        offers = self.offers(who, number, acting_for)
        return {action for action, offer in offers.items() if offer.is_open}


def reasons(answer: Answer) -> list[str]:
    """Every reason of a refusal, in English."""
    return [] if answer.refused is None else [one.because.en for one in answer.refused.refusals]


def refused(answer: Answer) -> Refused:
    """The refusal of an answer that must be one."""
    assert answer.refused is not None, "it was not refused"
    return answer.refused
