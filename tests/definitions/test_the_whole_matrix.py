"""Every state, every action, every role of every shipped definition: allowed where the register
says, refused elsewhere.

The oracle is the register's own table (see `register_tables`), so a slip in a definition and a
slip in the engine both show. Beside it stands the property that the page relies on: an offer that
is open is never refused for standing, one that is closed always is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from tests.definitions.register_tables import REVIEWERS, TABLES
from tests.definitions.shipped import FOLDER, register, rulebooks
from workflow.calendar import Calendar, parse_calendar
from workflow.conditions.language import Value
from workflow.design.definition import Definition
from workflow.design.facts import Fact, Gives
from workflow.design.form import FieldType
from workflow.nouns import SYSTEM, TIMER, Actor, Case, Decision, FieldValue
from workflow.people.organisation import Department, Organisation, Person, Post, organisation_of
from workflow.refusals import STANDING, Code, Refusal, Refused
from workflow.running.advance import advance
from workflow.running.judging import judge_standing, may_save
from workflow.running.offers import is_automatic, offer_of
from workflow.running.rulebook import Rulebook
from workflow.running.situation import Situation
from workflow.running.tasks import tasks_for
from workflow.service.visibility import may_see

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
WARD = "surgery"
PROCESSES = sorted(TABLES)

#: Standing conditions of these actions depend on facts or policy; the matrix is about state and
#: post alone.
_ABOUT_POST = {Code.CLOSED, Code.UNKNOWN_ACTION, Code.ALREADY_DECIDED, Code.NOT_PERMITTED}


def _people() -> Organisation:
    """One person a role, named after it, all of one ward; Amy asks and holds no role."""
    people = [Person(role, role, WARD, (Post(role, WARD),)) for role in register().roles]
    people.append(Person("amy", "Amy", WARD))
    return organisation_of(people, [Department(WARD, "外科")])


def _calendar() -> Calendar:
    return parse_calendar(Path(FOLDER / "calendars" / "statutory.csv").read_text("utf-8"))


PEOPLE = _people()
CALENDAR = _calendar()


def _situation(
    rulebook: Rulebook, state: str, unit: str = WARD, people: Organisation = PEOPLE
) -> Situation:
    """A case of a unit at a state; a formula that says whose people are meant has said: theirs."""
    definition = rulebook.definition
    case = Case(
        id="case",
        number="X2026-000001",
        process=definition.key,
        definition_version=definition.version,
        state=state,
        applicant="amy",
        department=unit,
        form=_units(definition, unit),
        parameters=rulebook.pins(register().resolve(None, {})),
        opened_at=NOW,
        entered_at=NOW,
        closed_at=NOW if definition.states[state].final else None,
        version=1,
    )
    facts: dict[str, Value] = {key: _nothing(fact) for key, fact in definition.facts.items()}
    empty = Situation(rulebook, case, people, CALENDAR, NOW, facts=facts)
    numbers = count(1)
    waiting = tasks_for(empty, (), None, lambda: f"task{next(numbers)}", empty.scene)
    return replace(empty, tasks=waiting)


def _units(definition: Definition, unit: str) -> dict[str, FieldValue]:
    fields = definition.form.values()
    return {
        field.key: unit
        for field in fields
        if field.formula is not None and field.type is FieldType.DEPARTMENT
    }


def _nothing(fact: Fact) -> Value:
    """What a look-up gives in an empty hospital."""
    if fact.gives is Gives.EXISTS:
        return False
    if fact.gives in (Gives.COUNT, Gives.SUM):
        return 0
    return None if fact.gives is Gives.FIRST else ()


@cache
def _actors() -> tuple[Actor, ...]:
    return tuple(Actor(name, name) for name in (*PEOPLE.people, TIMER, SYSTEM))


def _allowed(process: str, state: str, action: str, actor: str) -> bool:
    """What the register's table says about state and post."""
    row = TABLES[process].get(action)
    if row is None:
        return actor == SYSTEM
    if state not in row.sources:
        return False
    who = set(row.who)
    if "reviewer" in who:
        who |= set(REVIEWERS[process].get(state, ()))
    if "applicant" in who:
        who.add("amy")
    return actor in who


@pytest.mark.parametrize("process", PROCESSES)
def test_state_and_post_decide_exactly_as_the_register_says(process: str) -> None:
    rulebook = rulebooks()[process]
    wrong = []
    for state in rulebook.definition.states:
        situation = _situation(rulebook, state)
        for action in rulebook.definition.actions.values():
            for actor in _actors():
                refusals = judge_standing(situation, actor, action).refusals
                allowed = not any(r.code in _ABOUT_POST for r in refusals)
                expected = state in action.sources and _allowed(
                    process, state, action.key, actor.id
                )
                if allowed != expected:
                    wrong.append((state, action.key, actor.id, allowed))
    assert wrong == []


@pytest.mark.parametrize("process", PROCESSES)
def test_an_open_offer_is_never_refused_for_standing_and_a_closed_one_always_is_and_says_why(
    process: str,
) -> None:
    rulebook = rulebooks()[process]
    numbers = count(1)
    opened = closed = 0
    for state in rulebook.definition.states:
        situation = _situation(rulebook, state)
        for action in rulebook.definition.actions.values():
            of_people = not is_automatic(action)
            for actor in _actors():
                offer = offer_of(situation, actor, action)
                assert all(_says_why(reason) for reason in offer.closed_because), offer
                if not of_people:
                    continue
                decision = Decision(actor, action.key, NOW, f"{next(numbers)}", opinion="同意")
                answer = advance(situation, decision, lambda: f"id{next(numbers)}")
                refused_for_standing = isinstance(answer, Refused) and any(
                    r.standing for r in answer.refusals
                )
                assert offer.is_open != refused_for_standing, (state, action.key, actor.id)
                opened += offer.is_open
                closed += not offer.is_open
    assert opened
    assert closed > opened


def _says_why(reason: Refusal) -> bool:
    """In both languages, and with a code that closes a button."""
    closes = reason.code in STANDING or reason.code is Code.CONDITION_NOT_MET
    return closes and bool(reason.because.zh and reason.because.en)


def _for_one_unit() -> list[str]:
    """The processes in which a formula says whose people act."""
    known = rulebooks()
    return [process for process in PROCESSES if _units(known[process].definition, WARD)]


def test_these_processes_are_for_the_people_of_one_institution() -> None:
    assert _for_one_unit() == [
        "agency-payment",
        "agreement-change",
        "agreement-dispute",
        "agreement-renewal",
        "agreement-suspension",
        "agreement-termination",
        "institution-violation",
        "performance-assessment",
        "suspected-case-review",
        "violation-copy-recovery",
    ]


@pytest.mark.parametrize("process", _for_one_unit())
def test_the_people_of_another_institution_may_do_nothing_anywhere(process: str) -> None:
    rulebook = rulebooks()[process]
    other = Actor("institution_rep", "institution_rep")
    theirs = Person("theirs", "Theirs", "elsewhere", (Post(other.id, "elsewhere"),))
    both = organisation_of([*PEOPLE.people.values(), theirs], PEOPLE.departments.values())
    for state in rulebook.definition.states:
        situation = _situation(rulebook, state, theirs.department, both)
        for action in rulebook.definition.actions.values():
            refusals = judge_standing(situation, other, action).refusals
            assert {r.code for r in refusals} & _ABOUT_POST, (state, action.key)
        assert may_save(situation, other) is None, state
        seen = may_see(other.id, situation.scene, rulebook.definition, situation.tasks)
        assert not seen, state


@pytest.mark.parametrize("process", PROCESSES)
def test_nobody_jumps_into_a_state(process: str) -> None:
    """The machine has no ways but those of the definition: no `to_<state>` from anywhere."""
    rulebook = rulebooks()[process]
    for state in rulebook.definition.states:
        situation = _situation(rulebook, state)
        for target in rulebook.definition.states:
            decision = Decision(Actor("amy", "Amy"), f"to_{target}", NOW, "jump")
            answer = advance(situation, decision, lambda: "id")
            assert isinstance(answer, Refused)
            assert answer.code is Code.UNKNOWN_ACTION
