"""Cases that the system opens on time: once each, late after a standstill, or missed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import orjson
import pytest

from tests.workflow.hospital import edited, local
from tests.workflow.rounds import COUNT, ROUND, Ward
from workflow.conditions.language import Value
from workflow.nouns import Actor, OccurrenceState, Opening
from workflow.people.organisation import Department
from workflow.ports.hospital import Policy
from workflow.ports.house import Deed, SaveDepartment, SavePolicy
from workflow.refusals import Sentence
from workflow.service.deciding import Answer, Service

MISSED, LATE = OccurrenceState.MISSED, OccurrenceState.LATE
TEN = local("2026-03-02 10:00")


def ward(*texts: str, policy: dict[str, int] | None = None) -> Ward:
    """A hospital that is watched since Monday at ten."""
    made = Ward(*(texts or (ROUND,)), policy=dict(policy or {}), now=TEN)
    made.looks()
    return made


def test_a_case_is_opened_for_each_department_when_its_time_has_come() -> None:
    here = ward()
    here.now = local("2026-03-02 16:59")
    assert not here.looks()

    here.now = local("2026-03-02 17:00")
    assert here.looks().opened == 2
    assert here.told() == [
        ("2026-03-02T17:00", "icu", "opened"),
        ("2026-03-02T17:00", "surgery", "opened"),
    ]


def test_the_case_has_its_fields_and_says_which_turn_opened_it() -> None:
    here = ward()
    here.now = local("2026-03-02 17:01")
    here.looks()

    _, (number, case) = ((one.number, here.case(one.number or "")) for one in here.turns())
    assert (case.department, case.applicant) == ("surgery", "system")
    assert case.form == {"slot": "17:00", "on": "2026-03-02", "ward": "surgery"}
    (line,) = here.lines(number or "")
    assert line["schedule"]["key"] == "rounds"
    assert line["schedule"]["late"] is False
    assert here.waits_for(number or "") == ("r:clinician@surgery",)


def test_looking_again_opens_nothing_again() -> None:
    here = ward()
    here.now = local("2026-03-02 17:00")
    here.looks()

    assert not here.looks()
    assert len(here.cases("ward-look")) == 2


def test_nothing_from_before_it_was_watched_is_due() -> None:
    here = ward()

    assert here.turns() == []
    assert here.cases("ward-look") == ()


def test_within_its_grace_it_is_opened_late_and_after_it_never() -> None:
    here = ward()
    here.now = local("2026-03-03 10:00")
    looked = here.looks()

    assert (looked.opened, looked.late, looked.missed) == (2, 2, 2)
    assert here.told() == [
        ("2026-03-02T17:00", "icu", "missed"),
        ("2026-03-02T17:00", "surgery", "missed"),
        ("2026-03-03T08:30", "icu", "late"),
        ("2026-03-03T08:30", "surgery", "late"),
    ]


def test_what_was_missed_has_a_line_in_the_ledger_of_the_house() -> None:
    here = ward()
    here.now = local("2026-03-02 20:00")
    here.looks()

    entry = here.store.readings.entries("sys:house")[-1]
    told = orjson.loads(entry.body)["facts"]["after"]["occurrences"]
    assert entry.event == "schedule_missed"
    assert [one["subject"] for one in told] == ["icu", "surgery"]


def test_those_responsible_hear_of_it_with_the_next_case() -> None:
    here = ward()
    here.now = local("2026-03-03 08:30")
    here.looks()

    assert here.news("lee") == here.news("ida") == ("schedule.missed",)
    here.now = local("2026-03-03 17:00")
    here.looks()
    assert here.news("lee") == ("schedule.missed",)


def test_after_a_week_without_anybody_everything_in_it_is_told_and_nothing_is_flooded() -> None:
    here = ward()
    here.now = local("2026-03-09 10:00")
    looked = here.looks()

    assert looked.missed == 2 * 13  # from Monday evening to Sunday evening
    assert looked.opened == looked.late == 2


def test_a_refused_opening_is_missed_with_its_reason_and_not_tried_again() -> None:
    here = ward(edited(ROUND, ("['08:30', '17:00']", "'00:00'")))
    here.now = local("2026-03-03 00:00")

    assert here.looks().missed == 2
    assert [one.why for one in here.turns(MISSED)] == [
        ("半夜不巡视", "Nobody goes round at midnight")
    ] * 2
    assert not here.looks()


def test_one_look_opens_only_so_much_and_the_next_goes_on() -> None:
    here = ward()
    here.now = local("2026-03-02 17:00")

    assert here.recurring.look(here.now, limit=1).opened == 1
    assert here.recurring.look(here.now, limit=1).opened == 1
    assert not here.looks()
    assert len(here.cases("ward-look")) == 2


def test_whoever_looks_with_old_eyes_opens_nothing_again() -> None:
    """A worker died before it kept how far it had looked; another begins where it began."""
    here = ward()
    (before,) = here.store.readings.watches()
    here.now = local("2026-03-02 17:00")
    here.looks()
    with here.store.begin() as tx:
        tx.keep_watch(before)
        tx.commit()

    assert not here.looks()
    assert len(here.cases("ward-look")) == 2


# ---- what is due, and for whom -------------------------------------------------------------------


def test_a_new_department_takes_part_from_then_on() -> None:
    here = ward()
    here.now = local("2026-03-03 08:30")
    here.looks()
    here.store.house.change(
        Deed(Actor("root", "root"), here.now), SaveDepartment(Department("ent", "耳鼻喉科"))
    )
    here.now = local("2026-03-03 17:00")

    assert here.looks().opened == 3
    assert [one for one in here.turns() if one.subject == "ent"] == here.turns()[-3:-2]


def test_without_its_figure_nothing_is_opened_and_it_is_said_why() -> None:
    here = ward(COUNT)
    here.now = local("2026-06-30 10:00")

    assert not here.looks()
    (standing,) = here.recurring.standings(here.now)
    assert standing.next_at is None
    assert standing.why_not == Sentence(
        "参数“答复期限”还没有设置", "The parameter “Time to answer” is not set"
    )


def test_with_its_figure_it_is_opened_on_that_day_of_the_month() -> None:
    here = ward(COUNT, policy={"purchase.answer_days": 5})
    (standing,) = here.recurring.standings(here.now)
    assert standing.next_at == local("2026-03-05 08:00")

    here.now = local("2026-03-05 08:00")
    assert here.looks().opened == 1
    (one,) = here.turns()
    assert (one.slot, one.subject) == ("2026-03", "")
    assert here.case(one.number or "").form["slot"] == "2026-02"


# ---- changes take effect from then on ------------------------------------------------------------


def set_day(here: Ward, day: int) -> None:
    policy = Policy(None, {"purchase.answer_days": day})
    here.store.house.change(Deed(Actor("root", "root"), here.now), SavePolicy(policy))


def test_a_figure_counts_from_the_moment_when_it_was_set() -> None:
    here = ward(COUNT)
    here.now = local("2026-03-10 10:00")
    set_day(here, 5)
    here.now = local("2026-03-10 10:05")

    assert not here.looks()
    here.now = local("2026-04-05 08:00")
    assert here.looks().opened == 1
    assert [one.slot for one in here.turns()] == ["2026-04"]


def test_a_changed_day_opens_the_same_month_once() -> None:
    here = ward(COUNT, policy={"purchase.answer_days": 5})
    here.now = local("2026-03-05 08:00")
    here.looks()
    here.now = local("2026-03-06 10:00")
    set_day(here, 10)
    here.looks()
    here.now = local("2026-03-10 09:00")

    assert not here.looks()
    assert [one.slot for one in here.turns()] == ["2026-03"]
    here.now = local("2026-04-10 08:00")
    assert here.looks().opened == 1


def test_what_was_due_before_a_change_is_due_by_the_old_rule_though_nobody_looked() -> None:
    here = ward(COUNT, policy={"purchase.answer_days": 5})
    here.now = local("2026-03-06 10:00")
    set_day(here, 3)
    here.now = local("2026-03-06 12:00")

    assert here.looks().late == 1  # due on the fifth; by the new rule it would have been the third
    assert [one.due_at for one in here.turns()] == [local("2026-03-05 08:00")]


def test_a_new_version_counts_from_now_on() -> None:
    here = ward()
    later = edited(ROUND, ("version: 1", "version: 2"), ("'17:00'", "'12:00'"))
    here.now = local("2026-03-02 13:00")
    here.publishes(later)

    assert not here.looks()
    here.now = local("2026-03-02 17:00")
    assert not here.looks()
    here.now = local("2026-03-03 12:00")
    here.looks()
    assert {one.slot for one in here.turns()} == {"2026-03-03T08:30", "2026-03-03T12:00"}


def test_what_is_taken_out_of_force_begins_anew_when_it_comes_back() -> None:
    here = ward()
    kept = here.catalog
    here.catalog = type(kept).of(
        kept.register, kept.rulebooks.values(), frozenset({("ward-look", 1)})
    )
    here.now = local("2026-03-02 18:00")
    here.looks()
    here.catalog = kept
    here.now = local("2026-03-03 10:00")
    here.looks()

    assert here.turns() == []
    here.now = local("2026-03-03 17:00")
    assert here.looks().opened == 2


# ---- trouble -------------------------------------------------------------------------------------


class Broken(Service):
    """Whatever is opened in intensive care goes wrong."""

    def open_scheduled(self, opening: Opening, values: Mapping[str, Value]) -> Answer:
        """Fail there."""
        if opening.department == "icu":
            raise RuntimeError("broken")
        return super().open_scheduled(opening, values)


def test_one_that_fails_holds_up_no_other_and_is_tried_again() -> None:
    here = ward()
    here.now = local("2026-03-02 17:00")
    whole = here.service
    here.service = Broken(whole.store, whole.catalog, whole.ids)
    with pytest.raises(RuntimeError):
        here.looks()
    assert [one.subject for one in here.turns()] == ["surgery"]

    here.service = whole
    here.now += timedelta(minutes=30)
    assert here.looks().late == 1
    assert [one.state.value for one in here.turns()] == ["late", "opened"]
