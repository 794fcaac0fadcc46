"""A clock may look at a case from time to time without anybody's work being due by it."""

from __future__ import annotations

from tests.workflow.hospital import Hospital, edited, local, reasons
from tests.workflow.test_administrators_acts import PEOPLE, asks
from workflow.nouns import Topic
from workflow.running.deadlines import alive
from workflow.service.noticing import sentence_of

#: Amy keeps a culture that Dr Lee has to look at within ten days; every midnight that nobody wrote
#: about the day, its ward is told.
CULTURE = """\
process: culture
version: 1
name: {zh: 培养, en: Culture}
summary: {zh: 培养, en: Culture}
category: {zh: 后勤, en: Logistics}
number: PY
title: '{note}'
open: {who: {role: clinician}}
form:
  note: {label: {zh: 说明, en: Note}, type: text}
  begun: {label: {zh: 开始, en: Begun}, type: date}
  noted_on: {label: {zh: 记录日期, en: Noted on}, type: date}
  looked_on: {label: {zh: 已看到, en: Looked up to}, type: date, computed: true}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true, edit: {who: applicant, fields: all}}
  growing: {name: {zh: 培养中, en: Growing}}
  aside: {name: {zh: 搁置, en: Laid aside}}
  done: {name: {zh: 完成, en: Done}, final: true}
actions:
  begin: {name: {zh: 开始, en: Begin}, from: draft, to: growing, who: applicant}
  write_up:
    name: {zh: 记录, en: Write up}
    from: growing
    to: growing
    who: {role: dept_head}
    fields: [noted_on]
  lay_aside: {name: {zh: 搁, en: Lay aside}, from: growing, to: aside, who: {role: dept_head}}
  take_up: {name: {zh: 续, en: Take up}, from: aside, to: growing, who: {role: dept_head}}
  end: {name: {zh: 完, en: End}, from: growing, to: done, who: {role: dept_head}}
deadlines:
  look:
    name: {zh: 读结果, en: Time to read it}
    while: growing
    length: {days: 10}
    overdue: true
  nothing_noted:
    name: {zh: 有一天没有记录, en: A day without a note}
    while: growing
    until: '(given.looked_on ? form.looked_on : form.begun - 1) + 1'
    due: false
    effects:
      - set: {looked_on: today - 1}
      - notify: {role: dept_head, of: case.department}
        when: '!given.noted_on || form.noted_on < form.looked_on'
"""


def growing(hospital: Hospital, begun: str = "2026-03-02") -> str:
    """The number of a culture that grows since a day; Monday unless it says otherwise."""
    number = hospital.opened("amy", "culture", None, note="血培养", begun=begun)
    hospital.takes("amy", "begin", number)
    return number


def test_it_fires_at_the_end_of_each_day_and_begins_anew() -> None:
    hospital = Hospital(CULTURE)
    number = growing(hospital)

    for day in ("2026-03-03", "2026-03-04", "2026-03-05"):
        clock = hospital.clock(number, "nothing_noted")
        assert (clock.state, clock.due_at) == ("running", local(f"{day} 00:00"))
        assert hospital.wait_until(local(f"{day} 00:00")) == 1

    assert hospital.case(number).form["looked_on"] == "2026-03-04"
    assert hospital.news("lee") == ("nothing_noted",) * 3
    assert hospital.clocks(number) == (
        "look running",
        *["nothing_noted fired"] * 3,
        "nothing_noted running",
    )


def test_a_day_on_which_somebody_wrote_is_passed_over_in_silence() -> None:
    hospital = Hospital(CULTURE)
    number = growing(hospital)
    hospital.takes("lee", "write_up", number, noted_on="2026-03-02")

    hospital.wait_until(local("2026-03-03 00:00"))
    assert hospital.news("lee") == ()
    hospital.wait_until(local("2026-03-04 00:00"))
    assert hospital.news("lee") == ("nothing_noted",)


def test_no_task_is_due_by_it() -> None:
    hospital = Hospital(CULTURE)

    number = growing(hospital)

    (task,) = hospital.waiting(number)
    assert task.due_at == local("2026-03-13 00:00")
    hospital.wait(days=2)
    assert hospital.waiting(number) == (task,)


def test_where_it_is_the_only_clock_work_has_no_due_date() -> None:
    look = CULTURE[CULTURE.index("  look:\n") : CULTURE.index("  nothing_noted:\n")]
    hospital = Hospital(edited(CULTURE, (look, "")))
    number = growing(hospital)

    hospital.wait(days=5)

    (task,) = hospital.waiting(number)
    assert (task.due_at, task.overdue) == (None, False)


def test_people_do_not_see_it_among_the_clocks_of_a_case() -> None:
    hospital = Hospital(CULTURE)
    number = growing(hospital)
    definition = hospital.catalog.definition("culture", 1)

    seen = alive(definition, hospital.file(number).deadlines)

    assert [one.key for one in seen] == ["look"]


def test_it_cannot_be_extended_and_leaves_no_doubt_which_clock_is_meant() -> None:
    hospital = Hospital(CULTURE, people=PEOPLE)
    number = growing(hospital)

    answer = asks(hospital, "ann", "case.extend", number, deadline="nothing_noted", days=5)
    assert reasons(answer) == ["Choose the deadline that is to be extended"]
    proposed = asks(hospital, "ann", "case.extend", number, days=5)
    assert proposed.refused is None


def test_it_tells_for_information_and_not_that_time_is_up() -> None:
    hospital = Hospital(CULTURE)
    number = growing(hospital)
    hospital.wait(days=1)

    (notice,) = hospital.store.readings.notices("lee", ["r:dept_head@surgery"], 9)
    definition = hospital.catalog.definition("culture", 1)
    said = sentence_of(notice.kind, notice.topic, notice.at, hospital.case(number), definition)

    assert notice.topic is Topic.COPY
    assert said.zh == f"抄送：培养 {number}，有一天没有记录"


def test_after_a_standstill_it_fires_once_and_looks_ahead_again() -> None:
    hospital = Hospital(CULTURE)
    number = growing(hospital)

    assert hospital.wait_until(local("2026-03-06 08:00")) == 1

    assert hospital.news("lee") == ("nothing_noted",)
    assert hospital.case(number).form["looked_on"] == "2026-03-05"
    clock = hospital.clock(number, "nothing_noted")
    assert (clock.state, clock.due_at) == ("running", local("2026-03-07 00:00"))


def test_where_it_is_put_off_into_the_past_it_waits_for_the_next_act() -> None:
    step = CULTURE.replace("looked_on: today - 1", "looked_on: form.begun")
    hospital = Hospital(step)
    number = growing(hospital, begun="2026-02-20")

    assert hospital.wait(minutes=1) == 1

    assert hospital.clocks(number) == ("look running", "nothing_noted fired")
    assert hospital.wait(days=3) == 0


def test_it_stands_with_the_states_that_it_names() -> None:
    hospital = Hospital(CULTURE)
    number = growing(hospital)
    hospital.wait(days=1)
    hospital.takes("lee", "lay_aside", number)

    assert hospital.wait(days=3) == 0
    assert hospital.clock(number, "nothing_noted").state == "stopped"

    hospital.takes("lee", "take_up", number)
    # What went by meanwhile is looked at once, at the first look.
    assert hospital.wait(minutes=1) == 1
    assert hospital.case(number).form["looked_on"] == "2026-03-05"


def test_it_ends_with_the_case() -> None:
    hospital = Hospital(CULTURE)
    number = growing(hospital)
    hospital.wait(days=1)

    hospital.takes("lee", "end", number)

    assert hospital.clock(number, "nothing_noted").state == "stopped"
    assert hospital.wait(days=30) == 0


def test_a_clock_by_which_work_is_due_begins_anew_as_well() -> None:
    text = edited(CULTURE, ("    due: false\n", "    overdue: true\n"))
    hospital = Hospital(text)
    number = growing(hospital)

    hospital.wait_until(local("2026-03-03 00:00"))

    (task,) = hospital.waiting(number)
    assert (task.overdue, task.due_at) == (True, local("2026-03-03 00:00"))
    clock = hospital.clock(number, "nothing_noted")
    assert (clock.state, clock.due_at) == ("running", local("2026-03-04 00:00"))
