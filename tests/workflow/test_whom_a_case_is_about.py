"""A case may be hidden from whom it is about: they neither read it nor have work on it, whatever
posts they hold.
"""

from __future__ import annotations

import pytest

from tests.workflow.hospital import Hospital, edited, refused, with_posts
from workflow.refusals import Code
from workflow.service.inboxes import Box, Inboxes, InboxFilters
from workflow.service.visibility import may_see, takes_part

#: Whoever heads a department looks into what is said about its people.
COMPLAINT = """\
process: complaint
version: 1
name: {zh: 投诉, en: Complaint}
summary: {zh: 投诉, en: Complaint}
category: {zh: 监管, en: Supervision}
number: TS
title: '{what}'
confidential: true
hidden_from: about
open: {who: [{role: clinician}, {role: keeper}]}
form:
  what: {label: {zh: 事由, en: What}, type: text}
  about: {label: {zh: 被投诉人, en: About}, type: person}
  looker: {label: {zh: 调查人, en: Looker}, type: person, among: {role: dept_head}}
states:
  raised: {name: {zh: 已提出, en: Raised}, entry: true}
  looked_into: {name: {zh: 调查, en: Looked into}}
  done: {name: {zh: 完成, en: Done}, final: true}
actions:
  look:
    name: {zh: 调查, en: Look}
    from: raised
    to: looked_into
    who: {role: dept_head}
    fields: [about, looker]
  close: {name: {zh: 完成, en: Close}, from: looked_into, to: done, who: {role: dept_head}}
"""


@pytest.fixture
def hospital() -> Hospital:
    return Hospital(COMPLAINT)


def reads(hospital: Hospital, person: str, number: str) -> bool:
    """Whether somebody may read a case."""
    situation = hospital.situation(number)
    return may_see(person, situation.scene, situation.definition, situation.tasks)


def inbox(hospital: Hospital, person: str) -> list[str]:
    """The numbers of the cases that wait for somebody."""
    boxes = Inboxes(hospital.store.readings, hospital.catalog)
    work = boxes.look(person, hospital.now, InboxFilters(box=Box.TODO)).work
    return [row.case.number for row in work.rows]


def test_whom_it_is_about_does_not_read_it(hospital: Hospital) -> None:
    number = hospital.opened("amy", "complaint", None, what="态度差", about="lee")

    assert not reads(hospital, "lee", number)
    assert reads(hospital, "ida", number)


def test_it_does_not_wait_for_them(hospital: Hospital) -> None:
    number = hospital.opened("amy", "complaint", None, what="态度差", about="lee")

    assert inbox(hospital, "lee") == []
    assert inbox(hospital, "ida") == [number]


def test_it_is_hidden_as_soon_as_they_are_named(hospital: Hospital) -> None:
    number = hospital.opened("amy", "complaint", None, what="态度差")
    assert reads(hospital, "lee", number)

    hospital.takes("ida", "look", number, about="lee")

    assert not reads(hospital, "lee", number)
    assert inbox(hospital, "lee") == []


def test_a_decision_of_theirs_does_not_make_it_theirs(hospital: Hospital) -> None:
    number = hospital.opened("amy", "complaint", None, what="态度差")
    hospital.takes("lee", "look", number, about="lee")

    situation = hospital.situation(number)
    assert not takes_part("lee", situation.scene, situation.definition, situation.tasks)
    assert not reads(hospital, "lee", number)


def test_not_even_the_auditor_reads_what_is_about_them() -> None:
    hospital = Hospital(COMPLAINT, people=with_posts(("lee", "auditor", "surgery")))
    theirs = hospital.opened("amy", "complaint", None, what="态度差", about="lee")
    other = hospital.opened("amy", "complaint", None, what="态度差", about="ida")

    assert not reads(hospital, "lee", theirs)
    assert reads(hospital, "lee", other)


def test_whoever_asked_for_it_reads_it_though_they_named_themselves(hospital: Hospital) -> None:
    number = hospital.opened("amy", "complaint", None, what="自述", about="amy")

    assert reads(hospital, "amy", number)


def test_they_are_not_named_for_work_on_it(hospital: Hospital) -> None:
    number = hospital.opened("amy", "complaint", None, what="态度差", about="lee")

    answer = hospital.decide("ida", "look", number, looker="lee")

    (reason,) = refused(answer).refusals
    assert (reason.code, reason.because.en) == (
        Code.CONDITION_NOT_MET,
        "The case is about this person, who cannot work on it; name somebody else",
    )
    assert hospital.takes("ida", "look", number, looker="ida") == "looked_into"


def test_it_is_about_somebody_of_the_house_or_nobody(hospital: Hospital) -> None:
    """A name in somebody's own words would hide the case from nobody."""
    for about in ("Dr Lee", "LEE", "le"):
        answer = hospital.open("amy", "complaint", what="态度差", about=about)
        assert refused(answer).fields == ("about",), about


def test_without_the_key_a_case_is_hidden_from_nobody() -> None:
    hospital = Hospital(edited(COMPLAINT, ("hidden_from: about\n", "")))
    number = hospital.opened("amy", "complaint", None, what="态度差", about="lee")

    assert reads(hospital, "lee", number)
    assert inbox(hospital, "lee") == [number]
