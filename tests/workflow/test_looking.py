"""What somebody sees: their boxes, what they may start, a case as it stands for them, what is
ahead.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import cast

import pytest

from storage.memory import MemoryStore
from tests.workflow.hospital import FILLED, PURCHASE, Hospital, edited, with_posts
from workflow.nouns import Actor, Opening
from workflow.people.organisation import Delegation
from workflow.ports.house import Deed, SavePerson
from workflow.ports.reading import AuditQuery, Readings
from workflow.ports.store import Store
from workflow.refusals import Code, Refusal
from workflow.service.inboxes import Box, DueBand, Inbox, InboxFilters
from workflow.service.looking import Looking, handing_in
from workflow.service.reasons import LASTS, ReasonNeeded
from workflow.service.sights import CaseSight

LENDING = Delegation("d1", "wu", "ida", date(2026, 3, 1), date(2026, 3, 31))
DEADLINE = """\
deadlines:
  answer:
    name: {zh: 答复期限, en: Time to answer}
    while: [dept, finance, leader]
    length: {workdays: 2}
    overdue: true
"""
CONFIDENTIAL = edited(PURCHASE, ("category:", "confidential: true\ncategory:"))


def looking(hospital: Hospital) -> Looking:
    return Looking(hospital.store, lambda: hospital.catalog)


def box(hospital: Hospital, person: str, filters: InboxFilters | None = None) -> Inbox:
    return looking(hospital).inbox(person, hospital.now, filters or InboxFilters())


def waiting(hospital: Hospital, person: str, filters: InboxFilters | None = None) -> list[str]:
    return [row.case.number for row in box(hospital, person, filters).work.rows]


def listed(hospital: Hospital, person: str, which: Box) -> list[str]:
    return [row.case.number for row in box(hospital, person, InboxFilters(box=which)).cases.rows]


def sight(hospital: Hospital, person: str, number: str) -> CaseSight | None:
    return looking(hospital).case(number, Actor(person, person.title()), hospital.now)


def seen(hospital: Hospital, person: str, number: str) -> CaseSight:
    found = sight(hospital, person, number)
    assert found is not None
    return found


def offered(view: CaseSight) -> dict[str | None, list[str]]:
    """The open actions by whom the person stands in for."""
    return {hat.acting_for: [o.action for o in hat.offers if o.is_open] for hat in view.hats}


# ---- boxes ---------------------------------------------------------------------------------------


def test_work_waits_for_the_post_and_moves_on_with_the_case() -> None:
    hospital = Hospital()
    number = hospital.submitted()
    assert waiting(hospital, "lee") == [number]
    assert waiting(hospital, "fang") == []
    hospital.takes("lee", "dept_sign", number, "同意")
    assert waiting(hospital, "lee") == []
    assert waiting(hospital, "fang") == [number]
    assert listed(hospital, "lee", Box.DONE) == [number]


def test_a_case_is_a_draft_until_it_is_handed_in_and_again_after_a_return() -> None:
    hospital = Hospital()
    number = hospital.opened("amy", **FILLED)
    assert listed(hospital, "amy", Box.DRAFTS) == [number]
    assert listed(hospital, "amy", Box.MINE) == []
    hospital.takes("amy", "submit", number)
    assert listed(hospital, "amy", Box.DRAFTS) == []
    assert listed(hospital, "amy", Box.MINE) == [number]
    hospital.takes("lee", "return_it", number, "写全")
    assert listed(hospital, "amy", Box.DRAFTS) == [number]
    assert waiting(hospital, "amy") == [number]


def test_drafts_of_others_and_ended_ones_are_not_mine_to_hand_in() -> None:
    hospital = Hospital()
    number = hospital.opened("ben", **FILLED)
    withdrawn = hospital.opened("amy", **FILLED)
    hospital.takes("amy", "withdraw", withdrawn)
    assert listed(hospital, "amy", Box.DRAFTS) == []
    assert listed(hospital, "amy", Box.MINE) == [withdrawn]
    assert number not in listed(hospital, "amy", Box.MINE)


def test_counts_and_urgency_tell_what_waits_without_filters() -> None:
    hospital = Hospital(PURCHASE + DEADLINE)
    first = hospital.submitted()
    hospital.wait(days=1)
    hospital.submitted(thing="缝合线")
    hospital.wait(days=2)
    found = box(hospital, "lee", InboxFilters(text="缝合线"))
    assert found.counts == {("purchase", "dept"): 2}
    assert (found.urgency.overdue, found.urgency.today) == (1, 2)
    assert found.work.total == 1
    assert waiting(hospital, "lee", InboxFilters(due=DueBand.OVERDUE)) == [first]


def test_work_is_in_the_order_of_need() -> None:
    hospital = Hospital(PURCHASE + DEADLINE)
    late = hospital.submitted(thing="甲")
    hospital.wait(days=1)
    soon = hospital.submitted(thing="乙")
    later = hospital.submitted(thing="丙")
    hospital.wait(days=2)
    newest = hospital.submitted(thing="丁")
    assert waiting(hospital, "lee") == [late, soon, later, newest]


def test_the_next_piece_of_work_is_not_the_one_just_done() -> None:
    hospital = Hospital()
    first, second = hospital.submitted(), hospital.submitted(thing="纱布")
    look = looking(hospital)
    found = look.next_item("lee", hospital.now, first)
    assert found is not None
    assert (found.number, found.waiting) == (second, 2)
    hospital.takes("lee", "dept_sign", second, "同意")
    assert look.next_item("lee", hospital.now, first) is None
    assert look.waiting_count("lee", hospital.now) == 1


def test_what_waits_at_the_same_step_comes_next_and_is_counted() -> None:
    hospital = Hospital()
    done, other = hospital.submitted(), hospital.submitted(thing="纱布")
    look, case = looking(hospital), hospital.case(other)
    for step, alike in ((case.state, 2), ("elsewhere", 0)):
        found = look.next_item("lee", hospital.now, done, (case.process, step))
        assert found is not None
        assert (found.number, found.waiting, found.alike) == (other, 2, alike)


def test_lent_work_has_a_box_of_its_own() -> None:
    hospital = Hospital(delegations=[LENDING])
    number = hospital.submitted()
    hospital.takes("lee", "dept_sign", number, "同意")
    hospital.takes("fang", "finance_sign", number, "同意")
    assert waiting(hospital, "ida") == []
    assert [(p.person.id, p.waiting) for p in box(hospital, "ida").principals] == [("wu", 1)]
    assert waiting(hospital, "ida", InboxFilters(acting_for="wu")) == [number]


def test_a_delegate_is_not_offered_what_their_own_name_forbids() -> None:
    hospital = Hospital(delegations=[LENDING], people=with_posts(("ida", "dept_head", "surgery")))
    number = hospital.submitted()
    hospital.takes("ida", "dept_sign", number, "同意")
    hospital.takes("fang", "finance_sign", number, "同意")
    assert waiting(hospital, "wu") == [number]
    assert waiting(hospital, "ida", InboxFilters(acting_for="wu")) == []


def test_nothing_is_lent_outside_its_days_or_by_strangers() -> None:
    hospital = Hospital(delegations=[replace(LENDING, end=date(2026, 3, 1))])
    number = hospital.submitted()
    hospital.takes("lee", "dept_sign", number, "同意")
    hospital.takes("fang", "finance_sign", number, "同意")
    assert waiting(hospital, "ida", InboxFilters(acting_for="wu")) == []
    assert waiting(hospital, "sam", InboxFilters(acting_for="wu")) == []


# ---- a constant number of look-ups ---------------------------------------------------------------


class Counted:
    """Readings that note each question that they are asked."""

    def __init__(self, readings: Readings) -> None:
        self.readings = readings
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> object:
        self.asked.append(name)
        return getattr(self.readings, name)


class CountedStore:
    """A store whose readings are counted."""

    def __init__(self, store: MemoryStore) -> None:
        self.readings = Counted(store.readings)
        self.house = store.house


def counting(hospital: Hospital) -> tuple[Looking, list[str]]:
    store = CountedStore(hospital.store)
    return Looking(cast(Store, store), lambda: hospital.catalog), store.readings.asked


def test_a_box_costs_the_same_however_full_it_is() -> None:
    hospital, costs = Hospital(), {which: list[int]() for which in Box}
    filled = 0
    for amount in (0, 3, 22, 33):
        for n in range(filled, amount):
            number = hospital.submitted(thing=f"物品{n}")
            hospital.takes("lee", "dept_sign", number, "同意")
            hospital.submitted("lee", thing=f"其他{n}")
            hospital.opened("lee", **FILLED)
        filled = amount
        for which, found in costs.items():
            look, asked = counting(hospital)
            look.inbox("lee", hospital.now, InboxFilters(box=which))
            found.append(len(asked))
    for which, found in costs.items():
        # What fits on a page is counted there; from then on nothing grows.
        assert found[0] == found[1] <= 4, which
        assert found[2] == found[3] <= 6, which


def test_a_case_costs_the_same_however_long_its_story_is() -> None:
    costs = []
    for rounds in (0, 6):
        hospital = Hospital()
        number = hospital.submitted()
        for _ in range(rounds):
            hospital.takes("lee", "return_it", number, "再写")
            hospital.takes("amy", "submit", number)
        look, asked = counting(hospital)
        assert look.case(number, Actor("lee", "Lee"), hospital.now) is not None
        costs.append(len(asked))
    assert len(set(costs)) == 1
    assert costs[0] <= 8


_INTO = "    opinion: {required: true, into: dept_opinion}\n"
#: The department signs once anything was ever bought.
KEPT = edited(
    PURCHASE,
    ("facts:\n", "facts:\n  kept: {register: bought, gives: exists}\n"),
    (
        _INTO,
        f"{_INTO}    conditions: [{{when: facts.kept, otherwise: {{zh: 没有, en: None yet}}}}]\n",
    ),
)


def test_whether_a_register_is_kept_at_all_reads_none_of_its_rows() -> None:
    hospital = Hospital(KEPT)
    number = hospital.submitted()
    look, asked = counting(hospital)
    assert look.case(number, Actor("lee", "Lee"), hospital.now) is not None
    assert "has_rows" in asked
    assert "rows" not in asked


# ---- starting ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "may"), [("amy", True), ("lee", True), ("fang", False), ("sam", False)]
)
def test_only_the_seats_of_the_opening_may_start(person: str, may: bool) -> None:
    hospital = Hospital()
    found = looking(hospital).may_open(person, hospital.now)
    assert [one.definition.key for one in found] == (["purchase"] if may else [])


def test_somebody_who_has_left_or_is_unknown_starts_nothing() -> None:
    gone = [replace(p, active=p.id != "amy") for p in with_posts()]
    hospital = Hospital(people=gone)
    assert looking(hospital).may_open("amy", hospital.now) == ()
    assert looking(hospital).may_open("nobody", hospital.now) == ()


def opening(hospital: Hospital, **answers: object) -> Opening:
    return Opening(Actor("amy", "Amy"), "purchase", hospital.now, "key", answers)


def test_a_rehearsal_tells_every_field_that_is_wrong_and_writes_nothing() -> None:
    hospital = Hospital()
    before = hospital.store.readings.audit(AuditQuery(limit=None)).total
    refused = looking(hospital).rehearse(opening(hospital, price="-1", colour="red"), "submit")
    assert refused is not None
    assert set(refused.fields) == {"price", "colour", "thing"}
    assert refused.code is Code.INVALID_FORM
    assert hospital.store.readings.audit(AuditQuery(limit=None)).total == before


def test_a_rehearsal_of_a_draft_does_not_ask_for_what_only_handing_in_needs() -> None:
    hospital = Hospital()
    assert looking(hospital).rehearse(opening(hospital), None) is None
    assert looking(hospital).rehearse(opening(hospital), "submit") is not None
    assert looking(hospital).rehearse(opening(hospital, **FILLED), "submit") is None


def test_a_rehearsal_leaves_rules_that_no_field_mends_to_the_decision() -> None:
    hospital = Hospital()
    number = hospital.submitted()
    for person, action in (("lee", "dept_sign"), ("fang", "finance_sign"), ("wu", "approve")):
        hospital.takes(person, action, number, "同意")
    assert looking(hospital).rehearse(opening(hospital, **FILLED), "submit") is None


def test_the_action_that_hands_in_is_the_applicants_way_forward() -> None:
    definition = Hospital().catalog.definition("purchase")
    action = handing_in(definition)
    assert action is not None
    assert action.key == "submit"
    assert handing_in(definition, "finance") is None


# ---- one case ------------------------------------------------------------------------------------


def test_everybody_sees_the_same_case_and_their_own_buttons() -> None:
    hospital = Hospital()
    number = hospital.submitted()
    assert offered(seen(hospital, "lee", number)) == {None: ["dept_sign", "return_it", "reject"]}
    assert offered(seen(hospital, "amy", number)) == {None: ["withdraw"]}
    assert offered(seen(hospital, "fang", number)) == {None: []}


def test_a_delegate_sees_two_sets_of_buttons() -> None:
    hospital = Hospital(delegations=[LENDING])
    number = hospital.submitted()
    hospital.takes("lee", "dept_sign", number, "同意")
    hospital.takes("fang", "finance_sign", number, "同意")
    assert offered(seen(hospital, "ida", number)) == {
        None: [],
        "wu": ["approve", "return_it", "reject"],
    }


def test_a_button_that_facts_close_is_closed_before_it_is_pressed() -> None:
    rule = (
        "    who: {role: finance_officer}\n    signs: true\n",
        (
            "    who: {role: finance_officer}\n    signs: true\n    conditions:\n"
            "      - when: '!facts.had_already'\n"
            "        otherwise: {zh: 已买过, en: Bought before}\n        clauses: [P-3]\n"
        ),
    )
    hospital = Hospital(edited(PURCHASE, rule))
    old, new = hospital.submitted(), hospital.submitted()
    for person, action in (("lee", "dept_sign"), ("fang", "finance_sign"), ("wu", "approve")):
        hospital.takes(person, action, old, "同意")
    hospital.takes("lee", "dept_sign", new, "同意")
    view = seen(hospital, "fang", new)
    sign = next(o for o in view.hats[0].offers if o.action == "finance_sign")
    assert [r.because.zh for r in sign.closed_because] == ["已买过"]


def test_who_is_next_is_told_by_name_with_the_actions_that_wait() -> None:
    hospital = Hospital(people=with_posts(("bo", "dept_head", "surgery")))
    number = hospital.submitted()
    (one,) = seen(hospital, "amy", number).waiting
    assert {person.id for person in one.people} == {"lee", "bo"}
    assert [action.key for action in one.actions] == ["dept_sign"]


def test_who_asked_for_it_is_not_named_among_those_who_decide() -> None:
    hospital = Hospital(people=with_posts(("bo", "dept_head", "surgery")))
    number = hospital.submitted("lee")
    (one,) = seen(hospital, "lee", number).waiting
    assert [person.id for person in one.people] == ["bo"]


def test_the_way_ahead_names_each_step_and_its_people() -> None:
    hospital = Hospital()
    number = hospital.submitted()
    path = seen(hospital, "amy", number).path
    assert [(s.state, [p.id for p in s.people]) for s in path] == [
        ("finance", ["fang"]),
        ("leader", ["wu"]),
        ("approved", []),
    ]
    hospital.takes("lee", "reject", number, "不需要")
    assert seen(hospital, "amy", number).path == ()


def test_an_action_says_where_it_leads_and_who_is_asked_there() -> None:
    hospital = Hospital()
    number = hospital.submitted()
    aims = seen(hospital, "lee", number).aims
    assert (aims["dept_sign"].state, [p.id for p in aims["dept_sign"].people]) == (
        "finance",
        ["fang"],
    )
    assert (aims["return_it"].state, [p.id for p in aims["return_it"].people]) == (
        "draft",
        ["amy"],
    )
    assert aims["reject"].people == ()


def test_the_story_is_told_line_by_line_with_what_was_refused() -> None:
    hospital = Hospital()
    number = hospital.submitted()
    hospital.decide("fang", "finance_sign", number, "同意")
    hospital.takes("lee", "dept_sign", number, "同意，急用")
    lines = seen(hospital, "amy", number).lines
    assert [(line.action, line.refused) for line in lines] == [
        ("opening", False),
        ("submit", False),
        ("finance_sign", True),
        ("dept_sign", False),
    ]
    assert lines[2].refusals[0].code is Code.UNKNOWN_ACTION
    assert lines[3].opinion == "同意，急用"
    assert ("dept_opinion", None, "同意，急用") in [
        (c.field, c.before, c.after) for c in lines[3].changes
    ]


def test_only_the_applicant_edits_and_only_a_draft() -> None:
    hospital = Hospital()
    number = hospital.opened("amy", **FILLED)
    assert set(seen(hospital, "amy", number).editable) == {"thing", "price"}
    hospital.takes("amy", "submit", number)
    assert not seen(hospital, "amy", number).editable
    assert not seen(hospital, "lee", number).editable


# ---- who may read --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "may"),
    [
        ("amy", True),  # asked
        ("lee", True),  # heads the department
        ("fang", True),  # finance will sign
        ("wu", True),  # approves
        ("ida", False),  # heads another department
        ("ben", False),  # asks elsewhere
        ("sam", False),  # nothing to do with it
        ("nobody", False),
    ],
)
def test_who_has_a_part_in_a_case_reads_it(person: str, may: bool) -> None:
    hospital = Hospital()
    number = hospital.submitted()
    assert (sight(hospital, person, number) is not None) is may


@pytest.mark.parametrize("role", ["auditor", "medins_officer", "medical_affairs"])
def test_supervisors_read_every_case(role: str) -> None:
    hospital = Hospital(people=with_posts(("sam", role, "kitchen")))
    assert sight(hospital, "sam", hospital.submitted()) is not None


def test_colleagues_who_may_ask_for_the_same_read_what_their_department_asked() -> None:
    hospital = Hospital(people=with_posts(("may", "clinician", "surgery")))
    assert sight(hospital, "may", hospital.submitted()) is not None


def test_whoever_decided_once_reads_on_after_the_post_is_gone() -> None:
    hospital = Hospital()
    number = hospital.submitted()
    hospital.takes("lee", "dept_sign", number, "同意")
    (lee,) = [p for p in with_posts() if p.id == "lee"]
    deed = Deed(Actor("sam", "Sam"), hospital.now)
    hospital.store.house.change(deed, SavePerson(replace(lee, posts=())))
    assert sight(hospital, "lee", number) is not None
    assert sight(hospital, "lee", hospital.submitted(thing="纱布")) is None


def test_a_case_that_is_not_there_and_one_that_is_not_theirs_look_the_same() -> None:
    hospital = Hospital()
    number = hospital.submitted()
    assert sight(hospital, "sam", number) is None
    assert sight(hospital, "sam", "CG2026-999999") is None


@pytest.mark.parametrize(
    ("person", "may"),
    [("amy", True), ("lee", True), ("fang", False), ("wu", False), ("sam", False)],
)
def test_a_confidential_case_is_read_with_a_task_only(person: str, may: bool) -> None:
    hospital = Hospital(CONFIDENTIAL)
    number = hospital.submitted()
    assert (sight(hospital, person, number) is not None) is may


def test_the_auditor_reads_what_is_confidential_and_supervisors_do_not() -> None:
    people = with_posts(("sam", "auditor", "kitchen"), ("ben", "medins_officer", "icu"))
    hospital = Hospital(CONFIDENTIAL, people=people)
    number = hospital.submitted()
    with pytest.raises(ReasonNeeded):
        sight(hospital, "sam", number)
    assert says_why(hospital, "sam", number) is None
    assert sight(hospital, "sam", number) is not None
    assert sight(hospital, "ben", number) is None


def test_a_reason_is_good_for_half_an_hour_for_that_person_and_that_case() -> None:
    people = with_posts(("sam", "auditor", "kitchen"), ("ben", "auditor", "icu"))
    hospital = Hospital(CONFIDENTIAL, people=people)
    number, other = hospital.submitted(), hospital.submitted()
    assert says_why(hospital, "sam", number) is None
    for person, case in (("ben", number), ("sam", other)):
        with pytest.raises(ReasonNeeded):
            sight(hospital, person, case)
    hospital.now += LASTS
    assert sight(hospital, "sam", number) is not None
    hospital.now += timedelta(seconds=1)
    with pytest.raises(ReasonNeeded):
        sight(hospital, "sam", number)


@pytest.mark.parametrize("words", ["", "   ", "看看", "长" * 501])
def test_a_reason_says_something(words: str) -> None:
    hospital = Hospital(CONFIDENTIAL, people=with_posts(("sam", "auditor", "kitchen")))
    number = hospital.submitted()
    refusal = says_why(hospital, "sam", number, words)
    assert refusal is not None
    assert (refusal.code, refusal.field) == (Code.INVALID_FORM, "reason")
    with pytest.raises(ReasonNeeded):
        sight(hospital, "sam", number)


def test_nobody_reads_by_a_reason_alone() -> None:
    hospital = Hospital(CONFIDENTIAL)
    number = hospital.submitted()
    refusal = says_why(hospital, "sam", number)
    assert refusal is not None
    assert refusal.code is Code.NOT_FOUND
    assert sight(hospital, "sam", number) is None


def says_why(
    hospital: Hospital, person: str, number: str, words: str = "上级来函核查"
) -> Refusal | None:
    actor = Actor(person, person)
    return looking(hospital).give_reason(number, actor, hospital.now, words)


def test_each_reading_of_a_confidential_case_and_each_attempt_is_a_line_of_the_house() -> None:
    hospital = Hospital(CONFIDENTIAL)
    number = hospital.submitted()
    sight(hospital, "lee", number)
    sight(hospital, "sam", number)
    rows = hospital.store.readings.audit(AuditQuery(event="read_confidential", limit=None)).rows
    assert sorted((r.entry.actor, r.entry.refused) for r in rows) == [
        ("lee", None),
        ("sam", "not_found"),
    ]
    assert all(number.encode() in row.entry.body for row in rows)


def test_masked_fields_open_for_those_who_work_on_the_case() -> None:
    hospital = Hospital(people=with_posts(("sam", "auditor", "kitchen")))
    number = hospital.submitted()
    assert seen(hospital, "amy", number).seen_in_full
    assert seen(hospital, "lee", number).seen_in_full
    assert not seen(hospital, "fang", number).seen_in_full
    assert not seen(hospital, "sam", number).seen_in_full


def test_a_related_case_that_is_confidential_is_not_named_to_those_without_a_part_in_it() -> None:
    child = (
        CONFIDENTIAL.replace("process: purchase", "process: inquiry")
        .replace("number: CG", "number: DC")
        .replace("open:\n  who:", "open:\n  parent: {process: purchase, field: about}\n  who:")
        .replace(
            "form:\n",
            "form:\n  about: {label: {zh: 关于, en: About}, type: case, process: purchase}\n",
        )
    )
    hospital = Hospital(PURCHASE, child)
    parent = hospital.submitted()
    number = hospital.opened("ben", "inquiry", parent=parent, **FILLED)
    assert seen(hospital, "lee", parent).children == ()
    found = sight(hospital, "ben", number)
    assert found is not None
    assert found.parent is not None
    assert found.parent.number == parent
