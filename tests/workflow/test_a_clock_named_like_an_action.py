"""A clock may have the key of an action: by who acted, the record tells which of both happened."""

from __future__ import annotations

from tests.workflow.hospital import Hospital, reasons
from web.presenters.timeline import act_name
from workflow.nouns import TIMER, Topic
from workflow.service.noticing import sentence_of
from workflow.service.sights import line_of

#: Amy uploads what Dr Lee then confirms; both are to be done within two days.
UPLOAD = """\
process: upload
version: 1
name: {zh: 上传, en: Upload}
summary: {zh: 上传, en: Upload}
category: {zh: 后勤, en: Logistics}
number: SC
title: '{note}'
open: {who: {role: clinician}}
form:
  note: {label: {zh: 说明, en: Note}, type: text}
  asked_on: {label: {zh: 日期, en: Asked on}, type: date}
facts:
  uploaders: {history: upload, gives: actors}
states:
  open: {name: {zh: 待上传, en: Open}, entry: true}
  uploaded: {name: {zh: 已上传, en: Uploaded}}
  done: {name: {zh: 完成, en: Done}, final: true}
actions:
  upload:
    name: {zh: 交上去, en: Hand up}
    from: open
    to: uploaded
    who: applicant
    effects: [{notify: {role: dept_head}}]
  finish:
    name: {zh: 完, en: Finish}
    from: [open, uploaded]
    to: done
    who: {role: dept_head}
    conditions:
      - when: size(facts.uploaders) > 0
        otherwise: {zh: 还没有人上传, en: Nobody has uploaded it}
deadlines:
  upload:
    name: {zh: 上传时限, en: Time to upload}
    while: [open, uploaded]
    from: case.opened_at
    length: {days: 2}
    overdue: true
    effects: [{notify: {role: dept_head}}, {notify: applicant}]
"""


def test_the_record_says_whether_the_clock_ran_out_or_somebody_acted() -> None:
    hospital = Hospital(UPLOAD)
    number = hospital.opened("amy", "upload")
    hospital.wait(days=3)
    hospital.takes("amy", "upload", number)

    told = [entry for entry in hospital.entries(number) if entry.event == "upload"]
    definition = hospital.catalog.definition("upload", 1)
    names = [
        act_name(line_of(one).action, definition, by_timer=one.actor == TIMER).en for one in told
    ]

    assert [entry.actor for entry in told] == [TIMER, "amy"]
    assert names == ["Time to upload: time ran out", "Hand up"]


def test_a_clock_that_ran_out_is_nobodys_upload() -> None:
    hospital = Hospital(UPLOAD)
    number = hospital.opened("amy", "upload")
    hospital.wait(days=3)

    answer = hospital.decide("lee", "finish", number)

    assert reasons(answer) == ["Nobody has uploaded it"]


def test_a_notice_of_the_clock_and_one_of_the_action_say_so() -> None:
    hospital = Hospital(UPLOAD)
    number = hospital.opened("amy", "upload")
    definition = hospital.catalog.definition("upload", 1)
    hospital.wait(days=3)
    hospital.takes("amy", "upload", number)

    kept = [one for one in hospital.store.kept.notices.values() if one.kind == "upload"]
    case = hospital.case(number)
    said = {
        sentence_of(one.kind, one.topic, one.at, case, definition).en.replace(number, "").strip()
        for one in kept
    }

    assert {one.topic for one in kept} == {Topic.DEADLINE, Topic.WORK}
    assert any("Time to upload" in words for words in said)
    assert any("Hand up" in words for words in said)
