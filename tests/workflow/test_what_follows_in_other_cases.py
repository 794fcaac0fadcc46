"""What follows from an act in other cases: opened, acted upon, or stopping the act as a whole."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.workflow.hospital import (
    Hospital,
    edited,
    reasons,
    refused,
    small_register,
    unchecked_rulebooks_of,
)
from tests.workflow.orders import DELIVERY, ROW, agreed, delivery_of, order_with_deliveries
from workflow.refusals import Code
from workflow.service.catalog import Catalog
from workflow.service.train import LONGEST_TRAIN, LoopInDefinitions

START = "start: delivery\n        fields: {what: form.note, count: form.amount}"
CLOSE = "act: close\n        on: children\n        process: delivery"
STOP = "act: stop\n        on: children\n        process: delivery\n        states: [planned]"
#: A delivery that cannot be opened without saying what is delivered.
STRICT = edited(
    DELIVERY,
    (
        "form:\n",
        "  conditions: [{when: given.what, otherwise: {zh: 须写明内容, en: Say what}}]\nform:\n",
    ),
)
#: Nothing is delivered twice.
ONCE = edited(
    DELIVERY,
    (
        "form:\n",
        """\
  conditions: [{when: '!facts.delivered', otherwise: {zh: 已送过, en: Delivered before}}]
  effects: [{write: deliveries, row: {what: form.what}}]
form:
""",
    ),
    (
        "states:\n",
        """\
registers:
  deliveries:
    name: {zh: 送货簿, en: Deliveries}
    columns: {what: {type: text, label: {zh: 内容, en: What}}}
facts:
  delivered: {register: deliveries, where: {what: form.what}, gives: exists}
states:
""",
    ),
)
CLOSING = "    effects: [{notify: {role: keeper}}]\n"


def test_an_act_opens_a_case_that_belongs_to_this_one() -> None:
    hospital = Hospital(order_with_deliveries(START), DELIVERY)

    number = agreed(hospital, note="纱布", amount=5)

    (delivery,) = hospital.cases("delivery")
    case = hospital.case(delivery)
    assert (case.parent, case.state) == (hospital.case(number).id, "planned")
    assert case.form == {"belongs_to": number, "what": "纱布", "count": 5}
    assert hospital.waits_for(delivery) == ("r:keeper",)


def test_who_caused_it_is_its_applicant_and_the_engine_its_actor() -> None:
    hospital = Hospital(order_with_deliveries(START), DELIVERY)

    agreed(hospital, amount=1)

    (delivery,) = hospital.cases("delivery")
    case = hospital.case(delivery)
    assert (case.applicant, case.department) == ("lee", "surgery")
    assert hospital.lines(delivery)[0]["actor"] == "system"


def test_the_answer_names_the_cases_that_were_opened_with_it() -> None:
    hospital = Hospital(order_with_deliveries(START), DELIVERY)
    number = hospital.opened("amy", "order", amount=1)
    hospital.takes("amy", "ask", number)

    answer = hospital.decide("lee", "agree", number)

    assert answer.started == ("SH2026-000001",)


def test_a_case_may_be_opened_at_another_entry() -> None:
    hospital = Hospital(order_with_deliveries(f"{START}\n        entry: direct"), DELIVERY)

    agreed(hospital, amount=1)

    assert hospital.case(hospital.cases("delivery")[0]).state == "direct"


def test_an_act_closes_the_cases_that_belong_to_it() -> None:
    hospital = Hospital(order_with_deliveries(CLOSE), DELIVERY)
    number = hospital.opened("amy", "order", amount=1)
    hospital.takes("amy", "ask", number)
    first, second = (delivery_of(hospital, number) for _ in range(2))
    other = delivery_of(hospital, hospital.opened("amy", "order"))

    hospital.takes("lee", "agree", number)

    assert [hospital.case(one).state for one in (first, second)] == ["closed", "closed"]
    assert hospital.case(other).state == "planned"
    assert hospital.lines(first)[-1]["actor"] == "system"


def test_an_act_reaches_only_cases_in_the_states_that_are_named() -> None:
    hospital = Hospital(order_with_deliveries(STOP), DELIVERY)
    number = hospital.opened("amy", "order")
    hospital.takes("amy", "ask", number)
    planned, ended = (delivery_of(hospital, number) for _ in range(2))
    hospital.takes("kim", "close", ended)

    hospital.takes("lee", "agree", number)

    assert [hospital.case(one).state for one in (planned, ended)] == ["stopped", "closed"]


def test_an_act_reaches_only_the_case_that_is_named() -> None:
    named = f"{CLOSE}\n        named_by: form.note"
    hospital = Hospital(order_with_deliveries(named), DELIVERY)
    number = hospital.opened("amy", "order", note="SH2026-000002")
    hospital.takes("amy", "ask", number)
    first, second = (delivery_of(hospital, number) for _ in range(2))

    hospital.takes("lee", "agree", number)

    assert [hospital.case(one).state for one in (first, second)] == ["planned", "closed"]


def test_an_act_reaches_each_case_that_a_line_names() -> None:
    each = f"{CLOSE}\n        each: names\n        named_by: line.text"
    hospital = Hospital(order_with_deliveries(each), DELIVERY)
    number = hospital.opened("amy", "order", names=["SH2026-000001", "SH2026-000003", "别的"])
    hospital.takes("amy", "ask", number)
    deliveries = [delivery_of(hospital, number) for _ in range(3)]

    hospital.takes("lee", "agree", number)

    assert [hospital.case(one).state for one in deliveries] == ["closed", "planned", "closed"]


def test_an_act_does_not_reach_a_case_of_another_order_though_it_is_named() -> None:
    named = f"{CLOSE}\n        named_by: form.note"
    hospital = Hospital(order_with_deliveries(named), DELIVERY)
    foreign = delivery_of(hospital, hospital.opened("amy", "order"))
    number = hospital.opened("amy", "order", note=foreign)
    hospital.takes("amy", "ask", number)

    hospital.takes("lee", "agree", number)

    assert hospital.case(foreign).state == "planned"


def test_when_one_case_cannot_follow_nothing_happens_at_all() -> None:
    hospital = Hospital(order_with_deliveries(ROW, START, CLOSE), DELIVERY)
    number = hospital.opened("amy", "order", amount=1)
    hospital.takes("amy", "ask", number)
    willing, unready = (delivery_of(hospital, number) for _ in range(2))
    hospital.saves("kim", unready, ready=False)
    before = hospital.case(number)

    answer = hospital.decide("lee", "agree", number)

    (reason,) = refused(answer).refusals
    assert reason.code is Code.CONDITION_NOT_MET
    assert reason.because.zh == f"关联案件 {unready} 不能随之办理：货未备齐"
    assert reason.because.en == f"The related case {unready} cannot follow: The goods are not ready"
    assert (reason.cases, reason.clauses) == ((unready,), ("P-2",))
    assert (hospital.case(number).state, hospital.case(number).version) == ("asked", before.version)
    assert hospital.rows("orders") == ()
    assert hospital.cases("delivery") == (willing, unready)
    assert [hospital.case(one).state for one in (willing, unready)] == ["planned", "planned"]
    assert [hospital.events(one)[-1] for one in (number, willing, unready)] == [
        "refused",
        "start",
        "save",
    ]


def test_a_case_that_could_not_follow_may_later() -> None:
    hospital = Hospital(order_with_deliveries(CLOSE), DELIVERY)
    number = hospital.opened("amy", "order", amount=1)
    hospital.takes("amy", "ask", number)
    delivery = delivery_of(hospital, number)
    hospital.saves("kim", delivery, ready=False)
    hospital.decide("lee", "agree", number)
    hospital.saves("kim", delivery, ready=True)

    assert hospital.takes("lee", "agree", number) == "agreed"
    assert hospital.case(delivery).state == "closed"


def test_the_same_click_on_what_could_not_follow_is_told_the_same() -> None:
    hospital = Hospital(order_with_deliveries(CLOSE), DELIVERY)
    number = hospital.opened("amy", "order", amount=1)
    hospital.takes("amy", "ask", number)
    hospital.saves("kim", delivery_of(hospital, number), ready=False)

    first, second = (hospital.decide("lee", "agree", number, key="click") for _ in range(2))

    assert refused(first) == refused(second)
    assert hospital.events(number).count("refused") == 1


def test_a_case_that_cannot_be_opened_stops_the_act() -> None:
    hospital = Hospital(order_with_deliveries(START), STRICT)
    number = hospital.opened("amy", "order", amount=1)
    hospital.takes("amy", "ask", number)

    answer = hospital.decide("lee", "agree", number)

    assert reasons(answer) == ["The related case Delivery cannot follow: Say what"]
    assert refused(answer).refusals[0].cases == ()
    assert (hospital.case(number).state, hospital.cases("delivery")) == ("asked", ())


def test_a_case_that_is_opened_by_an_act_meets_the_registers_with_what_the_act_gave_it() -> None:
    hospital = Hospital(order_with_deliveries(START), ONCE)
    agreed(hospital, note="纱布")
    agreed(hospital, note="棉球")
    number = hospital.opened("amy", "order", note="纱布")
    hospital.takes("amy", "ask", number)

    answer = hospital.decide("lee", "agree", number)

    assert reasons(answer) == ["The related case Delivery cannot follow: Delivered before"]
    assert len(hospital.cases("delivery")) == 2


def test_a_process_that_was_retired_stops_the_act_that_would_start_it() -> None:
    hospital = Hospital(order_with_deliveries(START), DELIVERY)
    number = hospital.opened("amy", "order", amount=1)
    hospital.takes("amy", "ask", number)
    books = hospital.catalog.rulebooks.values()
    hospital.catalog = Catalog.of(small_register(), books, frozenset({("delivery", 1)}))

    answer = hospital.decide("lee", "agree", number)

    assert refused(answer).code is Code.CONDITION_NOT_MET
    assert hospital.case(number).state == "asked"


OPENS_A_DELIVERY = """\
open:
  who: {role: clinician}
  effects: [{start: delivery, fields: {what: form.note}}]
"""


def test_an_opening_that_another_case_cannot_follow_is_refused_and_leaves_nothing() -> None:
    opens = edited(
        order_with_deliveries(START), ("open: {who: {role: clinician}}\n", OPENS_A_DELIVERY)
    )
    hospital = Hospital(opens, STRICT)

    answer = hospital.open("amy", "order")

    assert reasons(answer) == ["The related case Delivery cannot follow: Say what"]
    assert hospital.store.kept.cases == {}
    assert hospital.opened("amy", "order", note="纱布") == "DH2026-000001"
    assert hospital.cases("delivery") == ("SH2026-000001",)


def test_a_clock_whose_effect_cannot_follow_is_spent_and_says_why() -> None:
    """One clock must not hold up all others, for ever."""
    clock = """\
deadlines:
  patience:
    name: {zh: 限, en: Patience}
    while: asked
    length: {days: 1}
    effects:
      - act: close
        on: children
        process: delivery
      - notify: reviewer
"""
    hospital = Hospital(order_with_deliveries(STOP) + clock, DELIVERY)
    stuck, free = hospital.opened("amy", "order"), hospital.opened("amy", "order")
    for number in (stuck, free):
        hospital.takes("amy", "ask", number)
    unready = delivery_of(hospital, stuck)
    hospital.saves("kim", unready, ready=False)
    ready = delivery_of(hospital, free)

    assert hospital.wait(days=3) == 2
    assert hospital.wait(days=3) == 0

    assert hospital.events(stuck)[-2:] == ("refused", "patience")
    line = hospital.lines(stuck)[-2]
    assert (line["actor"], line["action"]) == ("timer", "patience")
    assert line["refused"][0]["cases"] == [unready]
    assert (hospital.case(unready).state, hospital.case(ready).state) == ("planned", "closed")
    assert hospital.waiting(stuck)[0].overdue
    assert hospital.clocks(stuck) == ("patience fired",)
    assert "patience" in hospital.news("lee")


# ---- siblings and parents ------------------------------------------------------------------------

BESIDE = """\
    effects:
      - start: delivery
        sibling: true
        fields: {what: '"补送"'}
        when: given.count && form.count > 1
"""
STOPS_THE_OTHERS = """\
    effects: [{act: stop, on: siblings, process: delivery, states: [planned]}]
"""
TELLS_THE_ORDER = "    effects: [{act: delivered, on: parent, process: order}]\n"
DELIVERED = """\
  delivered: {name: {zh: 送达, en: Delivered}, from: agreed, to: over, who: system}
  finish:
"""


def test_a_case_may_be_opened_beside_this_one() -> None:
    hospital = Hospital(order_with_deliveries(START), edited(DELIVERY, (CLOSING, BESIDE)))
    number = agreed(hospital, amount=2)

    hospital.takes("kim", "close", "SH2026-000001")

    parents = {hospital.case(one).parent for one in hospital.cases("delivery")}
    assert parents == {hospital.case(number).id}
    assert hospital.case("SH2026-000002").form == {"belongs_to": number, "what": "补送"}


def test_an_act_reaches_siblings_and_not_itself() -> None:
    text = edited(DELIVERY, (CLOSING, STOPS_THE_OTHERS))
    hospital = Hospital(order_with_deliveries(START), text)
    number = hospital.opened("amy", "order")
    deliveries = [delivery_of(hospital, number) for _ in range(3)]

    hospital.takes("kim", "close", deliveries[1])

    assert [hospital.case(one).state for one in deliveries] == ["stopped", "closed", "stopped"]


def test_who_has_no_parent_has_no_siblings() -> None:
    text = edited(DELIVERY, (CLOSING, STOPS_THE_OTHERS))
    hospital = Hospital(order_with_deliveries(START), text)
    alone, other = (hospital.opened("kim", "delivery") for _ in range(2))

    hospital.takes("kim", "close", alone)

    assert hospital.case(other).state == "planned"


def test_an_act_reaches_the_case_above() -> None:
    orders = edited(order_with_deliveries(START), ("  finish:\n", DELIVERED))
    hospital = Hospital(orders, edited(DELIVERY, (CLOSING, TELLS_THE_ORDER)))
    number = agreed(hospital)

    hospital.takes("kim", "close", hospital.cases("delivery")[0])

    assert hospital.case(number).state == "over"
    assert hospital.events(number)[-1] == "delivered"


def test_the_case_above_may_say_no() -> None:
    orders = edited(order_with_deliveries(START), ("  finish:\n", DELIVERED))
    hospital = Hospital(orders, edited(DELIVERY, (CLOSING, TELLS_THE_ORDER)))
    number = hospital.opened("amy", "order")
    delivery = delivery_of(hospital, number)

    answer = hospital.decide("kim", "close", delivery)

    assert refused(answer).refusals[0].cases == (number,)
    assert hospital.case(delivery).state == "planned"


# ---- loops ---------------------------------------------------------------------------------------

TICK = """\
process: tick
version: 1
name: {zh: 嘀, en: Tick}
summary: {zh: 嘀, en: Tick}
category: {zh: 后勤, en: Logistics}
number: DI
title: '{note}'
open: {who: [system, {role: clinician}]}
form: {note: {label: {zh: 说明, en: Note}, type: text}}
states:
  on: {name: {zh: 开, en: In motion}, entry: true}
  off: {name: {zh: 关, en: At rest}, final: true}
actions:
  go:
    name: {zh: 走, en: Go}
    from: 'on'
    to: 'on'
    who: [{role: clinician}, system]
    by_applicant: true
    effects: [{start: tick, fields: {note: form.note}}]
  stop: {name: {zh: 停, en: Stop}, from: 'on', to: 'off', who: {role: clinician}}
"""


def test_openings_that_chase_each_other_are_stopped_whole() -> None:
    looping = TICK.replace("open: {who: [system, {role: clinician}]}", LOOPING_OPENING)
    hospital = Hospital(rulebooks=unchecked_rulebooks_of((looping,)))

    with pytest.raises(LoopInDefinitions):
        hospital.open("amy", "tick", note="转")

    assert hospital.store.kept.cases == {}
    assert hospital.store.kept.entries == {}
    assert hospital.store.kept.counters == {}


LOOPING_OPENING = """\
open:
  who: [system, {role: clinician}]
  effects: [{start: tick, fields: {note: form.note}}]
"""


def test_automatic_actions_that_chase_each_other_are_stopped_whole() -> None:
    hospital = Hospital(rulebooks=unchecked_rulebooks_of((CIRCLE,)))
    number = hospital.opened("amy", "circle")
    before = hospital.entries(number)

    with pytest.raises(LoopInDefinitions):
        hospital.decide("amy", "go", number)

    assert (hospital.case(number).state, hospital.entries(number)) == ("rest", before)


CIRCLE = """\
process: circle
version: 1
name: {zh: 圈, en: Circle}
summary: {zh: 圈, en: Circle}
category: {zh: 后勤, en: Logistics}
number: QU
title: '{note}'
open: {who: {role: clinician}}
form: {note: {label: {zh: 说明, en: Note}, type: text}}
states:
  rest: {name: {zh: 起, en: At rest}, entry: true}
  here: {name: {zh: 此, en: Here}}
  there: {name: {zh: 彼, en: There}}
  over: {name: {zh: 完, en: Over}, final: true}
actions:
  go: {name: {zh: 走, en: Go}, from: rest, to: here, who: applicant}
  to_there: {name: {zh: 去, en: To there}, from: here, to: there, who: system, automatic: true}
  to_here: {name: {zh: 来, en: To here}, from: there, to: here, who: system, automatic: true}
  stop: {name: {zh: 停, en: Stop}, from: [here, there], to: over, who: applicant}
deadlines:
  kick: {name: {zh: 踢, en: Kick}, while: rest, length: {days: 1}, then: go}
"""


def test_a_clock_that_starts_a_loop_is_spent_and_says_so() -> None:
    kicked = CIRCLE.replace("who: applicant}\n  to_there", "who: [applicant, timer]}\n  to_there")
    hospital = Hospital(rulebooks=unchecked_rulebooks_of((kicked,)))
    number = hospital.opened("amy", "circle")

    assert hospital.wait(days=3) == 1
    assert hospital.wait(days=3) == 0

    assert hospital.events(number) == ("start", "refused", "kick")
    assert hospital.lines(number)[1]["code"] == Code.DEFINITION_INVALID
    assert hospital.case(number).state == "rest"


def test_a_long_train_is_no_loop() -> None:
    hospital = Hospital(order_with_deliveries(CLOSE), DELIVERY)
    number = hospital.opened("amy", "order", amount=1)
    hospital.takes("amy", "ask", number)
    hospital.look_through()
    for _ in range(20):
        delivery_of(hospital, number)

    assert LONGEST_TRAIN > 20
    assert hospital.takes("lee", "agree", number) == "agreed"
    assert {hospital.case(one).state for one in hospital.cases("delivery")} == {"closed"}


def test_everything_that_follows_is_of_the_same_moment() -> None:
    hospital = Hospital(order_with_deliveries(START, CLOSE), DELIVERY)
    hospital.wait_until(hospital.now + timedelta(hours=3))

    number = agreed(hospital, amount=1)

    (delivery,) = hospital.cases("delivery")
    assert {entry.at for one in (number, delivery) for entry in hospital.entries(one)} == {
        hospital.now
    }
