"""The register calls some of its actions `start`; the opening of a case is another thing."""

from __future__ import annotations

from tests.workflow.hospital import FILLED, PURCHASE, Hospital
from workflow.refusals import Code
from workflow.service.sights import line_of

#: 提交 is called `start`, and its fields are asked for then and not at the opening.
STARTS = PURCHASE.replace("submit", "start")


def test_what_the_action_needs_is_not_asked_for_at_the_opening() -> None:
    hospital = Hospital(STARTS)
    number = hospital.opened("amy")
    answer = hospital.decide("amy", "start", number)
    assert answer.refused is not None
    assert answer.refused.code is Code.INVALID_FORM
    assert {reason.field for reason in answer.refused.refusals} == {"thing", "price"}


def test_what_the_opening_needs_is_said_as_such() -> None:
    text = STARTS.replace("type: text, required: start", "type: text, required: [opening, start]")
    hospital = Hospital(text)
    answer = hospital.open("amy")
    assert answer.refused is not None
    assert [reason.field for reason in answer.refused.refusals] == ["thing"]
    assert hospital.open("amy", thing="车").refused is None


def test_the_story_tells_the_two_apart() -> None:
    hospital = Hospital(STARTS)
    number = hospital.opened("amy", **FILLED)
    hospital.takes("amy", "start", number)
    lines = [line_of(entry) for entry in hospital.store.readings.entries(hospital.case(number).id)]
    assert [line.entry.event for line in lines] == ["start", "start"]
    assert [line.action for line in lines] == ["opening", "start"]
    hospital.look_through()
