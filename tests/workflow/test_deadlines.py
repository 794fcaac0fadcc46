"""Clocks: from when they run, until when, when they stand still, and what follows in the end.

How days are counted is told in test_counting_days; here it is about which clock runs.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.workflow.hospital import MONDAY, Hospital, edited, local, reasons, refused
from workflow.nouns import Actor, Case, Course, Deadline, RegisterRow
from workflow.ports.hospital import Policy
from workflow.ports.house import SavePolicy
from workflow.refusals import Code
from workflow.running.deadlines import turn

#: Amy hands in; Dr Lee looks at it, may lay it aside, sends it to Fang; Fang ends it.
ERRAND = """\
process: errand
version: 1
name: {zh: 办事, en: Errand}
summary: {zh: 办事, en: Errand}
category: {zh: 后勤, en: Logistics}
number: BS
title: '{note}'
parameters: [purchase.answer_days, purchase.finance_first]
open: {who: {role: clinician}}
form:
  note: {label: {zh: 说明, en: Note}, type: text}
  day: {label: {zh: 日期, en: Day}, type: date}
  moment: {label: {zh: 时刻, en: Moment}, type: datetime}
  urgent: {label: {zh: 加急, en: Urgent}, type: bool}
  length: {label: {zh: 天数, en: Length}, type: integer}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true, edit: {who: applicant, fields: all}}
  looking: {name: {zh: 待看, en: Being looked at}, edit: {who: {role: dept_head}, fields: all}}
  aside: {name: {zh: 搁置, en: Laid aside}, edit: {who: {role: dept_head}, fields: all}}
  paying: {name: {zh: 待付, en: Being paid}}
  late: {name: {zh: 逾期, en: Late}}
  done: {name: {zh: 完成, en: Done}, final: true}
actions:
  hand_in: {name: {zh: 交, en: Hand in}, from: draft, to: looking, who: applicant}
  lay_aside: {name: {zh: 搁, en: Lay aside}, from: looking, to: aside, who: {role: dept_head}}
  take_up: {name: {zh: 续, en: Take up}, from: aside, to: looking, who: {role: dept_head}}
  send_on: {name: {zh: 转, en: Send on}, from: looking, to: paying, who: {role: dept_head}}
  send_back:
    name: {zh: 回, en: Send back}
    from: paying
    to: looking
    who: {role: finance_officer}
  remark:
    name: {zh: 记, en: Remark}
    from: looking
    to: looking
    who: {role: dept_head}
    fields: [note]
  lapse:
    name: {zh: 逾期, en: Lapse}
    from: [looking, paying]
    to: late
    who: {role: vice_president}
  finish:
    name: {zh: 完, en: Finish}
    from: [looking, paying, late, aside]
    to: done
    who: {role: finance_officer}
deadlines:
  patience:
    name: {zh: 期限, en: Patience}
    while: looking
    length: {days: 2}
    overdue: true
    effects: [{notify: reviewer}]
"""


def errand(*lines: str, while_: str = "looking", then: str = "overdue: true") -> str:
    """The errand with a clock of these lines; where it acts, lapsing is the clock's to do."""
    clock = "".join(f"    {line}\n" for line in (f"while: {while_}", *lines, then))
    head, _, rest = ERRAND.partition("    while: looking\n")
    text = f"{head}{clock}{rest[rest.index('    effects:') :]}"
    return edited(text, ("who: {role: vice_president}", TIMER_TOO)) if "lapse" in then else text


TIMER_TOO = "who: [timer, {role: vice_president}]"


def second_clock(length: str) -> str:
    """A further clock over the same step."""
    name = "{zh: 另, en: Second}"
    return f"  second: {{name: {name}, while: looking, length: {{{length}}}, overdue: true}}\n"


def handed_in(hospital: Hospital, **answers: object) -> str:
    """The number of an errand that Dr Lee looks at."""
    number = hospital.opened("amy", "errand", None, **answers)
    hospital.takes("amy", "hand_in", number)
    return number


# ---- from when, until when -----------------------------------------------------------------------


def test_a_clock_starts_when_the_case_comes_to_the_step() -> None:
    hospital = Hospital(ERRAND)
    number = hospital.opened("amy", "errand")
    assert hospital.clocks(number) == ()
    hospital.wait(days=1)

    hospital.takes("amy", "hand_in", number)

    clock = hospital.clock(number, "patience")
    assert (clock.started_at, clock.state) == (hospital.now, "running")
    assert clock.due_at == local("2026-03-06 00:00")


def test_the_task_shows_when_it_is_due() -> None:
    hospital = Hospital(ERRAND)

    number = handed_in(hospital)

    (task, *_) = hospital.waiting(number)
    assert (task.due_at, task.overdue) == (local("2026-03-05 00:00"), False)


def test_of_two_clocks_the_first_to_run_out_says_when_the_task_is_due() -> None:
    hospital = Hospital(ERRAND + second_clock("hours: 3"))

    number = handed_in(hospital)

    assert hospital.waiting(number)[0].due_at == MONDAY + timedelta(hours=3)


def test_a_clock_may_count_from_a_day_of_the_form() -> None:
    hospital = Hospital(errand("from: form.day", "length: {days: 2}"))

    number = handed_in(hospital, day="2026-03-10")

    # The day of the event is day 0, and the limit is kept until the end of day 2.
    assert hospital.clock(number, "patience").due_at == local("2026-03-13 00:00")


def test_a_clock_may_count_from_a_moment_of_the_form() -> None:
    hospital = Hospital(errand("from: form.moment", "length: {hours: 72}"))

    number = handed_in(hospital, moment="2026-03-06 18:00")

    assert hospital.clock(number, "patience").due_at == local("2026-03-09 18:00")


def test_a_clock_may_count_from_the_opening() -> None:
    hospital = Hospital(errand("from: case.opened_at", "length: {hours: 30}"))
    number = hospital.opened("amy", "errand")
    hospital.wait(hours=10)

    hospital.takes("amy", "hand_in", number)

    assert hospital.clock(number, "patience").due_at == MONDAY + timedelta(hours=30)


def test_the_end_itself_may_be_a_day_which_counts_in_full() -> None:
    hospital = Hospital(errand("until: form.day"))

    number = handed_in(hospital, day="2026-03-10")

    assert hospital.clock(number, "patience").due_at == local("2026-03-11 00:00")


def test_the_end_itself_may_be_a_moment() -> None:
    hospital = Hospital(errand("until: form.moment"))

    number = handed_in(hospital, moment="2026-03-10 15:30")

    assert hospital.clock(number, "patience").due_at == local("2026-03-10 15:30")


def test_no_clock_runs_while_its_beginning_is_not_known() -> None:
    hospital = Hospital(errand("from: form.day", "length: {days: 2}"))
    number = handed_in(hospital)
    assert hospital.clocks(number) == ()

    hospital.saves("lee", number, day="2026-03-10")
    assert hospital.clock(number, "patience").due_at == local("2026-03-13 00:00")

    hospital.saves("lee", number, day="2026-03-20")
    assert hospital.clock(number, "patience").due_at == local("2026-03-23 00:00")
    assert hospital.waiting(number)[0].due_at == local("2026-03-23 00:00")

    hospital.saves("lee", number, day="")
    assert hospital.clocks(number) == ("patience stopped",)
    assert hospital.waiting(number)[0].due_at is None


def test_no_clock_runs_while_the_hospital_has_set_no_figure() -> None:
    hospital = Hospital(errand("length: {workdays: param.purchase.answer_days}"))

    number = handed_in(hospital)

    assert hospital.clocks(number) == ()


def test_the_hospitals_figure_counts() -> None:
    text = errand("length: {workdays: param.purchase.answer_days}")
    hospital = Hospital(text, policy={"purchase.answer_days": 5})

    number = handed_in(hospital)

    assert hospital.clock(number, "patience").due_at == local("2026-03-10 00:00")


def test_a_figure_that_is_set_later_counts_for_later_cases_only() -> None:
    hospital = Hospital(errand("length: {workdays: param.purchase.answer_days}"))
    before = hospital.opened("amy", "errand")
    hospital.changes(SavePolicy(Policy(None, {"purchase.answer_days": 1})))
    after = hospital.opened("amy", "errand")

    for number in (before, after):
        hospital.takes("amy", "hand_in", number)

    assert (hospital.clocks(before), hospital.clocks(after)) == ((), ("patience running",))


ALTERNATIVES = (
    "length:",
    "  - {when: 'given.urgent && form.urgent', hours: 4}",
    "  - {when: param.purchase.finance_first, days: 1}",
    "  - {days: 10}",
)


@pytest.mark.parametrize(
    ("urgent", "first", "due"),
    [
        (True, True, "2026-03-02 13:00"),
        (True, False, "2026-03-02 13:00"),
        (False, True, "2026-03-04 00:00"),
        (None, False, "2026-03-13 00:00"),
    ],
)
def test_of_several_lengths_the_first_counts_whose_condition_holds(
    urgent: bool | None, first: bool, due: str
) -> None:
    hospital = Hospital(errand(*ALTERNATIVES), policy={"purchase.finance_first": first})

    number = handed_in(hospital, urgent=urgent)

    assert hospital.clock(number, "patience").due_at == local(due)


def test_when_no_length_applies_no_clock_runs() -> None:
    hospital = Hospital(errand("length: [{when: param.purchase.finance_first, days: 1}]"))

    assert hospital.clocks(handed_in(hospital)) == ()


def test_a_length_may_rest_on_a_fact() -> None:
    facts = """\
registers:
  limits:
    name: {zh: 期限表, en: Limits}
    columns: {days: {type: integer, label: {zh: 天, en: Days}}}
facts:
  allowed: {register: limits, gives: first, column: days}
states:
"""
    text = edited(errand("length: {days: facts.allowed}"), ("states:\n", facts))
    three = RegisterRow("r1", "limits", {"days": 3}, None, None, MONDAY)
    hospital = Hospital(text, rows=[three])

    number = handed_in(hospital)
    hospital.saves("lee", number, note="别急")

    assert hospital.clocks(number) == ("patience running",)
    assert hospital.clock(number, "patience").due_at == local("2026-03-06 00:00")


@pytest.mark.parametrize("days", [-1, 36501, 2**53 - 1])
def test_a_length_that_nobody_can_count_makes_no_clock(days: int) -> None:
    hospital = Hospital(errand("length: {days: form.length}"))

    assert hospital.clocks(handed_in(hospital, length=days)) == ()


def test_a_day_that_lies_beyond_all_calendars_makes_no_clock() -> None:
    hospital = Hospital(errand("until: form.day + form.length"))

    number = handed_in(hospital, day="2026-03-02", length=2**53 - 1)

    assert hospital.clocks(number) == ()


def test_beyond_the_last_known_calendar_year_a_clock_is_provisional() -> None:
    hospital = Hospital(errand("length: {workdays: 3}"), covered_until=date(2026, 3, 4))

    number = handed_in(hospital)
    assert hospital.clock(number, "patience").provisional

    known = Hospital(errand("length: {workdays: 3}"), covered_until=date(2026, 3, 5))
    assert not known.clock(handed_in(known), "patience").provisional


# ---- standing still, stopping, beginning anew ----------------------------------------------------

PAUSING = errand("length: {days: 2}", "pauses: aside")
PAUSING_FROM_A_DAY = errand("from: form.day", "length: {days: 2}", "pauses: aside")


def test_a_clock_stands_still_while_the_case_is_laid_aside() -> None:
    hospital = Hospital(PAUSING)
    number = handed_in(hospital)
    due = hospital.clock(number, "patience").due_at
    hospital.wait(hours=5)
    hospital.takes("lee", "lay_aside", number)
    assert hospital.clocks(number) == ("patience paused",)
    assert hospital.wait(days=30) == 0

    hospital.takes("lee", "take_up", number)

    assert hospital.clocks(number) == ("patience running",)
    assert hospital.clock(number, "patience").due_at == due + timedelta(days=30)
    assert hospital.waiting(number)[0].due_at == due + timedelta(days=30)


SOMETIMES = """pauses: {states: aside, when: 'form.note == "wait"'}"""
PAUSING_SOMETIMES = errand(
    "from: form.day", "length: {days: 2}", SOMETIMES, while_="[looking, aside]"
)


def test_a_clock_stands_still_where_its_condition_holds() -> None:
    hospital = Hospital(PAUSING_SOMETIMES)
    number = handed_in(hospital, note="wait", day="2026-03-02")

    hospital.takes("lee", "lay_aside", number)

    assert hospital.clocks(number) == ("patience paused",)


def test_a_clock_runs_on_where_its_condition_does_not_hold() -> None:
    hospital = Hospital(PAUSING_SOMETIMES)
    number = handed_in(hospital, note="go on", day="2026-03-02")
    due = hospital.clock(number, "patience").due_at

    hospital.takes("lee", "lay_aside", number)

    assert hospital.clocks(number) == ("patience running",)
    assert hospital.clock(number, "patience").due_at == due


def test_a_clock_may_stand_still_more_than_once() -> None:
    hospital = Hospital(PAUSING)
    number = handed_in(hospital)
    due = hospital.clock(number, "patience").due_at

    for _ in range(3):
        hospital.takes("lee", "lay_aside", number)
        hospital.wait(days=2)
        hospital.takes("lee", "take_up", number)

    assert hospital.clock(number, "patience").due_at == due + timedelta(days=6)


def test_what_a_clock_stood_still_is_not_lost_at_the_next_act() -> None:
    hospital = Hospital(PAUSING_FROM_A_DAY)
    number = handed_in(hospital, day="2026-03-10")
    hospital.takes("lee", "lay_aside", number)
    hospital.wait(days=2)
    hospital.takes("lee", "take_up", number)
    assert hospital.clock(number, "patience").due_at == local("2026-03-15 00:00")

    hospital.saves("lee", number, note="已补")
    assert hospital.clock(number, "patience").due_at == local("2026-03-15 00:00")

    hospital.saves("lee", number, day="2026-03-11")
    assert hospital.clock(number, "patience").due_at == local("2026-03-16 00:00")


def test_a_day_that_is_changed_while_the_clock_stands_still_counts_too() -> None:
    hospital = Hospital(PAUSING_FROM_A_DAY)
    number = handed_in(hospital, day="2026-03-10")
    hospital.takes("lee", "lay_aside", number)
    hospital.wait(days=2)

    hospital.saves("lee", number, day="2026-03-20")
    hospital.takes("lee", "take_up", number)

    assert hospital.clock(number, "patience").due_at == local("2026-03-25 00:00")


def test_a_clock_that_stands_still_ends_with_the_case() -> None:
    hospital = Hospital(PAUSING)
    number = handed_in(hospital)
    hospital.takes("lee", "lay_aside", number)

    hospital.takes("fang", "finish", number)

    assert hospital.clocks(number) == ("patience stopped",)


def test_a_clock_stops_when_the_case_leaves_its_step() -> None:
    hospital = Hospital(ERRAND)
    number = handed_in(hospital)

    hospital.takes("lee", "send_on", number)

    assert hospital.clocks(number) == ("patience stopped",)
    assert hospital.wait(days=9) == 0


def test_a_case_that_comes_back_gets_its_full_time_again() -> None:
    hospital = Hospital(ERRAND)
    number = handed_in(hospital)
    hospital.wait(days=1)
    hospital.takes("lee", "send_on", number)
    hospital.wait(days=1)

    hospital.takes("fang", "send_back", number)

    assert hospital.clocks(number) == ("patience stopped", "patience running")
    assert hospital.clock(number, "patience").due_at == local("2026-03-07 00:00")


def test_each_of_several_steps_gets_its_full_time() -> None:
    hospital = Hospital(errand("length: {days: 2}", while_="[looking, paying]"))
    number = handed_in(hospital)
    hospital.wait(days=1)

    hospital.takes("lee", "send_on", number)

    assert hospital.clocks(number) == ("patience running",)
    assert hospital.clock(number, "patience").due_at == local("2026-03-06 00:00")


def test_steps_may_share_one_time_that_counts_from_a_day() -> None:
    text = errand("from: form.day", "length: {days: 2}", while_="[looking, paying]")
    hospital = Hospital(text)
    number = handed_in(hospital, day="2026-03-05")
    hospital.wait(days=1)

    hospital.takes("lee", "send_on", number)

    assert hospital.clocks(number) == ("patience running",)
    assert hospital.clock(number, "patience").due_at == local("2026-03-08 00:00")


def test_an_act_that_does_not_move_the_case_winds_no_clock() -> None:
    hospital = Hospital(ERRAND)
    number = handed_in(hospital)
    clock = hospital.clock(number, "patience")
    hospital.wait(hours=3)

    hospital.takes("lee", "remark", number, note="在看")

    assert hospital.clock(number, "patience") == clock


# ---- running out ---------------------------------------------------------------------------------


def test_before_its_moment_nothing_happens_and_at_its_moment_it_does() -> None:
    hospital = Hospital(ERRAND)
    number = handed_in(hospital)

    assert hospital.wait_until(local("2026-03-04 23:59")) == 0
    assert hospital.wait_until(local("2026-03-05 00:00")) == 1

    assert hospital.clocks(number) == ("patience fired",)
    assert hospital.events(number) == ("start", "hand_in", "patience")


def test_the_step_is_overdue_and_still_open() -> None:
    hospital = Hospital(ERRAND)
    number = handed_in(hospital)

    hospital.wait_until(local("2026-03-05 00:00"))

    for task in hospital.waiting(number):
        assert (task.overdue, task.due_at) == (True, local("2026-03-05 00:00"))
    assert hospital.case(number).state == "looking"
    assert hospital.takes("lee", "send_on", number) == "paying"


def test_the_clock_is_named_as_who_did_it() -> None:
    hospital = Hospital(ERRAND)
    number = handed_in(hospital)

    hospital.wait(days=5)

    line = hospital.lines(number)[-1]
    assert (line["event"], line["actor"], line["for"], line["role"]) == (
        "patience",
        "timer",
        None,
        None,
    )
    assert line["key"] == f"timer:{hospital.clock(number, 'patience').id}"


def test_who_has_to_act_is_reminded() -> None:
    hospital = Hospital(ERRAND)
    handed_in(hospital)

    hospital.wait(days=5)

    assert hospital.news("lee") == ("patience",)
    assert hospital.news("amy") == ()


def test_it_fires_once_however_often_somebody_looks() -> None:
    hospital = Hospital(ERRAND)
    number = handed_in(hospital)

    fired = [hospital.wait(days=3) for _ in range(4)]

    assert fired == [1, 0, 0, 0]
    assert hospital.events(number).count("patience") == 1


def test_one_that_was_missed_fires_once_and_is_dated_when_it_did() -> None:
    """The server stood still for a week: nothing is dated before it happened."""
    hospital = Hospital(ERRAND)
    number = handed_in(hospital)

    assert hospital.wait(days=9) == 1

    line, entry = hospital.lines(number)[-1], hospital.entries(number)[-1]
    assert entry.at == hospital.now
    assert line["at"] == "2026-03-11T01:00:00.000000Z"
    assert hospital.waiting(number)[0].due_at == local("2026-03-05 00:00")


def test_those_that_were_missed_fire_in_the_order_in_which_they_ran_out() -> None:
    hospital = Hospital(errand("from: form.day", "length: {days: 0}"))
    days = ["2026-03-09", "2026-03-05", "2026-03-07"]
    numbers = [handed_in(hospital, day=day) for day in days]

    assert hospital.wait(days=20) == 3

    fired = [e.case for e in hospital.store.kept.entries.values() if e.event == "patience"]
    in_order = [numbers[1], numbers[2], numbers[0]]
    assert fired == [hospital.case(number).id for number in in_order]


def test_a_limit_of_clocks_is_kept_and_the_rest_come_next_time() -> None:
    hospital = Hospital(ERRAND)
    for _ in range(5):
        handed_in(hospital)
    hospital.now += timedelta(days=9)

    assert [hospital.service.tick(hospital.now, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_the_clock_may_take_an_action() -> None:
    hospital = Hospital(errand("length: {days: 2}", then="then: lapse"))
    number = handed_in(hospital)

    hospital.wait(days=5)

    assert hospital.case(number).state == "late"
    assert hospital.events(number) == ("start", "hand_in", "lapse")
    assert hospital.clocks(number) == ("patience fired",)
    assert {task.closed_as for task in hospital.file(number).tasks} == {"hand_in", "moved", None}


def test_the_action_may_depend_on_policy() -> None:
    then = "then: {action: lapse, when: param.purchase.finance_first}"
    text = errand("length: {days: 2}", then=then)
    acted = Hospital(text, policy={"purchase.finance_first": True})
    marked = Hospital(text, policy={"purchase.finance_first": False})
    first, second = handed_in(acted), handed_in(marked)

    acted.wait(days=5)
    marked.wait(days=5)

    assert acted.case(first).state == "late"
    assert marked.case(second).state == "looking"
    assert marked.events(second)[-1] == "patience"
    assert marked.waiting(second)[0].overdue


def test_an_action_whose_rules_do_not_hold_is_not_taken_and_the_step_is_overdue() -> None:
    text = errand("length: {days: 2}", then="then: lapse")
    hospital = Hospital(edited(text, (TIMER_TOO, f"{TIMER_TOO}\n{MUST_SAY_WHY}")))
    number = handed_in(hospital)

    hospital.wait(days=5)

    assert hospital.case(number).state == "looking"
    assert hospital.waiting(number)[0].overdue
    assert hospital.clocks(number) == ("patience fired",)


MUST_SAY_WHY = "    conditions: [{when: given.note, otherwise: {zh: 须有说明, en: Say why}}]"


def test_the_clocks_action_is_nobodys_button_and_a_persons_part_of_it_is_theirs() -> None:
    hospital = Hospital(errand("length: {days: 2}", then="then: lapse"))
    number = handed_in(hospital)

    assert refused(hospital.decide("amy", "lapse", number)).code is Code.NOT_PERMITTED
    assert hospital.takes("wu", "lapse", number) == "late"
    assert hospital.clocks(number) == ("patience stopped",)
    assert hospital.wait(days=9) == 0


def test_nobody_takes_an_action_that_is_the_clocks_alone() -> None:
    text = errand("length: {days: 2}", then="then: lapse")
    hospital = Hospital(edited(text, (TIMER_TOO, "who: timer")))
    number = handed_in(hospital)

    for who in ("amy", "lee", "fang", "wu"):
        answer = hospital.decide(who, "lapse", number)
        assert reasons(answer) == ["“Lapse” is for: the clock"]
        assert "lapse" not in hospital.offers(who, number)


def test_a_case_that_was_acted_upon_in_time_is_left_alone() -> None:
    hospital = Hospital(errand("length: {days: 2}", then="then: lapse"))
    number = handed_in(hospital)
    hospital.wait_until(local("2026-03-04 23:59"))
    hospital.takes("lee", "send_on", number)

    assert hospital.wait(days=30) == 0
    assert hospital.case(number).state == "paying"


def test_when_a_late_case_comes_back_a_clock_that_counts_from_there_runs_anew() -> None:
    hospital = Hospital(ERRAND)
    number = handed_in(hospital)
    hospital.wait(days=5)
    hospital.takes("lee", "send_on", number)

    hospital.takes("fang", "send_back", number)

    assert hospital.clocks(number) == ("patience fired", "patience running")
    assert not hospital.waiting(number)[0].overdue


def test_a_case_that_is_late_by_a_fixed_day_is_late_at_its_next_step_too() -> None:
    text = errand("from: form.day", "length: {days: 2}", while_="[looking, paying]")
    hospital = Hospital(text)
    number = handed_in(hospital, day="2026-03-02")
    hospital.wait(days=5)
    assert hospital.waiting(number)[0].overdue

    hospital.takes("lee", "send_on", number)
    hospital.wait(minutes=1)

    assert all(task.overdue for task in hospital.waiting(number))


def test_an_expiry_does_not_disturb_another_clock() -> None:
    hospital = Hospital(ERRAND + second_clock("days: 20"))
    number = handed_in(hospital)
    longer = hospital.clock(number, "second")

    hospital.wait(days=5)

    assert hospital.clock(number, "second") == longer
    assert hospital.clocks(number) == ("patience fired", "second running")


def test_an_overdue_task_keeps_the_day_that_it_missed_though_another_clock_runs() -> None:
    hospital = Hospital(ERRAND + second_clock("days: 20"))
    number = handed_in(hospital)

    hospital.wait(days=5)

    assert hospital.waiting(number)[0].due_at == local("2026-03-05 00:00")


EFFECTS = """\
    effects:
      - set: {note: '"逾期"'}
      - write: missed
        row: {case: case.number, day: today}
      - notify: applicant
"""
MISSED = """\
registers:
  missed:
    name: {zh: 逾期簿, en: Missed}
    columns:
      case: {type: text, label: {zh: 案件, en: Case}}
      day: {type: date, label: {zh: 日期, en: Day}}
states:
"""


def test_a_clock_may_set_write_and_tell() -> None:
    reminder = "    effects: [{notify: reviewer}]\n"
    hospital = Hospital(edited(ERRAND, (reminder, EFFECTS), ("states:\n", MISSED)))
    number = handed_in(hospital)

    hospital.wait(days=5)

    assert hospital.case(number).form["note"] == "逾期"
    (row,) = hospital.rows("missed")
    assert row.values == {"case": number, "day": "2026-03-07"}
    assert hospital.news("amy") == ("patience",)


# ---- standing still in the unit that counts ------------------------------------------------------


def laid_aside(hospital: Hospital, number: str, since: str, until: str) -> None:
    """The case stands aside from one moment to another."""
    hospital.wait_until(local(since))
    hospital.takes("lee", "lay_aside", number)
    hospital.wait_until(local(until))
    hospital.takes("lee", "take_up", number)


@pytest.mark.parametrize(
    ("since", "until", "due"),
    [
        ("2026-03-03 10:00", "2026-03-06 11:00", "2026-03-12 00:00"),  # Tue to Fri: 3 workdays
        ("2026-03-03 10:00", "2026-03-03 17:00", "2026-03-07 00:00"),  # within a day: none
        ("2026-03-06 10:00", "2026-03-08 11:00", "2026-03-07 00:00"),  # Fri to Sun: none
        ("2026-03-06 10:00", "2026-03-09 09:00", "2026-03-10 00:00"),  # Fri to Mon: one
    ],
)
def test_a_pause_puts_working_days_off_by_the_working_days_that_it_lasted(
    since: str, until: str, due: str
) -> None:
    hospital = Hospital(errand("length: {workdays: 4}", "pauses: aside"))
    number = handed_in(hospital)
    assert hospital.clock(number, "patience").due_at == local("2026-03-07 00:00")

    laid_aside(hospital, number, since, until)

    assert hospital.clock(number, "patience").due_at == local(due)
    assert hospital.waiting(number)[0].due_at == local(due)


def test_a_pause_puts_working_hours_off_by_the_working_time_that_it_lasted() -> None:
    hospital = Hospital(errand("length: {working_hours: 10}", "pauses: aside"))
    number = handed_in(hospital)  # Monday 09:00: 3 + 4 hours, and 3 on Tuesday
    assert hospital.clock(number, "patience").due_at == local("2026-03-03 11:00")

    laid_aside(hospital, number, "2026-03-02 17:00", "2026-03-03 09:00")

    assert hospital.clock(number, "patience").due_at == local("2026-03-03 15:00")


def test_a_clock_that_counts_from_a_day_keeps_its_pauses_when_the_day_moves() -> None:
    text = errand("from: form.day", "length: {workdays: 4}", "pauses: aside")
    hospital = Hospital(text)
    number = handed_in(hospital, day="2026-03-02")
    laid_aside(hospital, number, "2026-03-03 10:00", "2026-03-04 10:00")
    assert hospital.clock(number, "patience").due_at == local("2026-03-10 00:00")

    hospital.saves("lee", number, day="2026-03-06")

    # Four working days after Friday end with Thursday; one of pause makes it Friday.
    assert hospital.clock(number, "patience").due_at == local("2026-03-14 00:00")


# ---- a fixed beginning ---------------------------------------------------------------------------


def test_a_fixed_end_is_missed_once_whatever_happens_afterwards() -> None:
    text = errand("from: form.day", "length: {days: 2}", while_="[looking, paying]")
    hospital = Hospital(text)
    number = handed_in(hospital, day="2026-03-02")
    hospital.wait(days=5)

    hospital.takes("lee", "remark", number, note="在看")
    hospital.takes("lee", "send_on", number)
    hospital.takes("fang", "send_back", number)

    assert hospital.wait(days=30) == 0
    assert hospital.clocks(number) == ("patience fired",)
    for task in hospital.waiting(number):
        assert (task.overdue, task.due_at) == (True, local("2026-03-05 00:00"))


def test_another_end_makes_another_clock() -> None:
    hospital = Hospital(errand("until: form.day"))
    number = handed_in(hospital, day="2026-03-03")
    hospital.wait(days=5)

    hospital.saves("lee", number, day="2026-03-20")

    assert hospital.clocks(number) == ("patience fired", "patience running")
    assert hospital.wait(days=30) == 1


def test_an_overdue_task_keeps_the_day_that_it_missed_at_the_next_act() -> None:
    hospital = Hospital(ERRAND)
    number = handed_in(hospital)
    hospital.wait(days=5)

    hospital.takes("lee", "remark", number, note="在看")

    assert hospital.waiting(number)[0].due_at == local("2026-03-05 00:00")


# ---- reminders on the way ------------------------------------------------------------------------

LADDER = (
    "ladder:",
    "  - {before: {workdays: 1}, remind: {role: dept_head}}",
    "  - {at: due, remind: applicant}",
    "  - {after: {workdays: 1}, remind: {role: finance_officer}}",
    "  - {after: {workdays: 3}, remind: {role: vice_president}}",
)
#: Four working days from Monday end with Friday.
LADDERED = edited(
    errand("length: {workdays: 4}", *LADDER, "pauses: aside"),
    ("    effects: [{notify: reviewer}]\n", ""),
)


def told(hospital: Hospital) -> dict[str, int]:
    """How often each of them was told."""
    return {who: len(hospital.news(who)) for who in ("lee", "amy", "fang", "wu")}


def test_a_ladder_reminds_then_tells_the_head_then_the_leaders() -> None:
    hospital = Hospital(LADDERED)
    number = handed_in(hospital)
    moments = (
        ("2026-03-05 23:59", {"lee": 0, "amy": 0, "fang": 0, "wu": 0}),
        ("2026-03-06 00:00", {"lee": 1, "amy": 0, "fang": 0, "wu": 0}),
        ("2026-03-06 23:59", {"lee": 1, "amy": 0, "fang": 0, "wu": 0}),
        ("2026-03-07 00:00", {"lee": 1, "amy": 1, "fang": 0, "wu": 0}),
        ("2026-03-09 23:59", {"lee": 1, "amy": 1, "fang": 0, "wu": 0}),
        ("2026-03-10 00:00", {"lee": 1, "amy": 1, "fang": 1, "wu": 0}),
        ("2026-03-12 00:00", {"lee": 1, "amy": 1, "fang": 1, "wu": 1}),
        ("2026-04-12 00:00", {"lee": 1, "amy": 1, "fang": 1, "wu": 1}),
    )
    for at, expected in moments:
        hospital.wait_until(local(at))
        assert told(hospital) == expected, at
    assert hospital.clocks(number) == ("patience fired",)
    assert hospital.events(number).count("reminder_sent") == 4


def test_a_reminder_is_no_decision() -> None:
    hospital = Hospital(LADDERED)
    number = handed_in(hospital)
    seen = hospital.case(number).version

    hospital.wait_until(local("2026-03-06 00:00"))

    assert hospital.case(number).version == seen
    line = hospital.lines(number)[-1]
    assert (line["event"], line["actor"]) == ("reminder_sent", "timer")
    assert line["reminder"] == {"deadline": "patience", "rung": 0}


def test_reminders_that_were_missed_come_once_each() -> None:
    hospital = Hospital(LADDERED)
    handed_in(hospital)

    assert hospital.wait(days=60) == 5

    assert told(hospital) == {"lee": 1, "amy": 1, "fang": 1, "wu": 1}


def test_the_ladder_stops_with_its_clock() -> None:
    hospital = Hospital(LADDERED)
    number = handed_in(hospital)
    hospital.wait_until(local("2026-03-07 00:00"))

    hospital.takes("lee", "send_on", number)

    assert hospital.wait(days=60) == 0
    assert told(hospital) == {"lee": 1, "amy": 1, "fang": 0, "wu": 0}


def test_the_ladder_stands_still_with_its_clock_and_moves_with_it() -> None:
    hospital = Hospital(LADDERED)
    number = handed_in(hospital)

    laid_aside(hospital, number, "2026-03-03 10:00", "2026-03-10 10:00")

    assert told(hospital)["lee"] == 0
    assert hospital.clock(number, "patience").due_at == local("2026-03-14 00:00")
    hospital.wait_until(local("2026-03-12 23:59"))
    assert told(hospital)["lee"] == 0
    hospital.wait_until(local("2026-03-13 00:00"))
    assert told(hospital)["lee"] == 1


def test_a_rung_is_not_climbed_twice_when_the_end_moves() -> None:
    ladder = edited(LADDERED, ("    length: {workdays: 4}\n", "    until: form.day\n"))
    hospital = Hospital(edited(ladder, ("    pauses: aside\n", "")))
    number = handed_in(hospital, day="2026-03-06")
    hospital.wait_until(local("2026-03-06 12:00"))
    assert told(hospital)["lee"] == 1

    hospital.saves("lee", number, day="2026-03-20")

    hospital.wait_until(local("2026-03-20 12:00"))
    assert told(hospital) == {"lee": 1, "amy": 0, "fang": 0, "wu": 0}
    hospital.wait_until(local("2026-03-21 00:00"))
    assert told(hospital) == {"lee": 1, "amy": 1, "fang": 0, "wu": 0}


def test_a_case_that_comes_back_climbs_its_ladder_again() -> None:
    hospital = Hospital(LADDERED)
    number = handed_in(hospital)
    hospital.wait_until(local("2026-03-06 12:00"))
    hospital.takes("lee", "send_on", number)
    hospital.takes("fang", "send_back", number)

    hospital.wait_until(local("2026-03-12 00:00"))

    assert told(hospital)["lee"] == 2


def test_a_reminder_before_the_clock_began_is_left_out() -> None:
    hospital = Hospital(edited(LADDERED, ("length: {workdays: 4}", "length: {hours: 2}")))
    number = handed_in(hospital)

    hospital.wait(hours=1)
    assert told(hospital) == {"lee": 0, "amy": 0, "fang": 0, "wu": 0}
    hospital.wait(hours=1)

    assert told(hospital) == {"lee": 0, "amy": 1, "fang": 0, "wu": 0}
    assert hospital.clocks(number) == ("patience fired",)


def test_a_rung_whose_figure_is_not_set_is_left_out() -> None:
    rung = "before: {workdays: param.purchase.answer_days}"
    hospital = Hospital(edited(LADDERED, ("before: {workdays: 1}", rung)))
    handed_in(hospital)

    hospital.wait_until(local("2026-03-07 00:00"))

    assert told(hospital) == {"lee": 0, "amy": 1, "fang": 0, "wu": 0}


def test_the_clock_still_does_what_it_shall_at_its_end() -> None:
    text = edited(LADDERED, ("    overdue: true\n", "    then: lapse\n"))
    text = edited(text, ("who: {role: vice_president}", TIMER_TOO))
    hospital = Hospital(text)
    number = handed_in(hospital)

    hospital.wait(days=60)

    assert hospital.case(number).state == "late"
    # The end's own reminder comes first; those after it are not needed any more.
    assert told(hospital) == {"lee": 1, "amy": 1, "fang": 0, "wu": 0}


# ---- a case that is suspended --------------------------------------------------------------------


def test_every_clock_of_a_suspended_case_stands_still_and_goes_on_afterwards() -> None:
    hospital = Hospital(errand("length: {workdays: 4}"))
    number = handed_in(hospital)
    situation = hospital.situation(number)
    suspended = replace(situation.case, course=Course(suspended="设备检修"))
    timer = Actor("timer", "timer")

    def turned(case: Case, clocks: tuple[Deadline, ...], days: int) -> tuple[Deadline, ...]:
        later = replace(situation, case=case, now=situation.now + timedelta(days=days))
        view = later.view(timer)
        return turn(situation.rulebook, view, case.state, clocks, lambda: "new", entered=False)

    (still,) = turned(suspended, situation.deadlines, 0)
    assert (still.state, still.fires_at) == ("paused", None)
    (going,) = turned(situation.case, (still,), 3)

    assert (going.id, going.state) == (still.id, "running")
    # Monday to Thursday: three working days more.
    assert going.due_at == local("2026-03-12 00:00")
