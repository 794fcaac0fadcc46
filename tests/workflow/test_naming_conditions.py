"""Dr Lee names conditions: each is kept as it was written, or all that is wrong is told."""

from __future__ import annotations

import pytest

from tests.workflow.hospital import PURCHASE, Hospital, edited, reasons, refused
from workflow.nouns import TaskKind
from workflow.refusals import Code
from workflow.running.returning import LONGEST_PROMISE, MOST_PROMISES

WITH_CONDITIONS = edited(
    PURCHASE,
    (
        "    who: {role: dept_head, of: applicant.department}\n",
        "    who: {role: dept_head, of: applicant.department}\n    promises: {role: keeper}\n",
    ),
)
LONGEST = "长" * LONGEST_PROMISE


@pytest.fixture
def hospital() -> Hospital:
    return Hospital(WITH_CONDITIONS)


def named(hospital: Hospital, request: str) -> list[str]:
    """The conditions that wait to be confirmed."""
    tasks = hospital.file(request).tasks
    return [t.handling.subject for t in tasks if t.handling.kind is TaskKind.PROMISE]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("旧设备退库\n补交合格证\n", ["旧设备退库", "补交合格证"]),
        (["旧设备退库", " 补交合格证 "], ["旧设备退库", "补交合格证"]),
        ("\n 旧设备退库 \r\n\n旧设备退库", ["旧设备退库"]),
        (LONGEST, [LONGEST]),
        ([f"第{n}项" for n in range(MOST_PROMISES)], [f"第{n}项" for n in range(MOST_PROMISES)]),
        (["同一项"] * (MOST_PROMISES + 1), ["同一项"]),
        ("", []),
        ([], []),
        (None, []),
    ],
    ids=lambda given: ascii(given)[:20],
)
def test_each_line_is_a_condition_as_it_was_written(
    hospital: Hospital, said: object, kept: list[str]
) -> None:
    request = hospital.submitted()

    assert hospital.takes("lee", "dept_sign", request, "同意", promises=said) == "finance"

    assert named(hospital, request) == kept


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (LONGEST + "！", ["Line 1: At most 200 characters; there are 201"]),
        (
            f"旧设备退库\n\n{LONGEST}！\n补交合格证\n{LONGEST}！！",
            [
                "Line 3: At most 200 characters; there are 201",
                "Line 5: At most 200 characters; there are 202",
            ],
        ),
        (
            [f"第{n}项" for n in range(MOST_PROMISES + 1)],
            ["At most 20 conditions; there are 21"],
        ),
        (
            [*(f"第{n}项" for n in range(MOST_PROMISES)), LONGEST + "！"],
            [
                "Line 21: At most 200 characters; there are 201",
                "At most 20 conditions; there are 21",
            ],
        ),
        (["旧\x00设备"], ["Line 1: Contains control characters; please remove them"]),
        ([{"旧": "设备"}], ["Line 1: Please enter text"]),
        ({"旧": "设备"}, ["Write one condition a line"]),
        (7, ["Write one condition a line"]),
    ],
    ids=lambda given: ascii(given)[:20],
)
def test_nothing_is_cut_and_every_problem_is_told_at_the_field(
    hospital: Hospital, said: object, why: list[str]
) -> None:
    request = hospital.submitted()

    answer = hospital.decide("lee", "dept_sign", request, "同意", promises=said)

    assert reasons(answer) == why
    assert {(one.code, one.field) for one in refused(answer).refusals} == {
        (Code.INVALID_FORM, "promises")
    }
    assert hospital.case(request).state == "dept"
    assert named(hospital, request) == []


def test_they_are_told_together_with_what_else_is_wrong(hospital: Hospital) -> None:
    request = hospital.submitted()

    answer = hospital.decide("lee", "dept_sign", request, promises=LONGEST + "！", price="x")

    assert {(one.code, one.field) for one in refused(answer).refusals} == {
        (Code.INVALID_FORM, "promises"),
        (Code.INVALID_FORM, "price"),
        (Code.OPINION_REQUIRED, None),
    }


def test_whoever_may_not_sign_is_told_that_and_nothing_of_conditions(hospital: Hospital) -> None:
    request = hospital.submitted()

    answer = hospital.decide("sam", "dept_sign", request, "同意", promises=LONGEST + "！")

    assert [one.code for one in refused(answer).refusals] == [Code.NOT_PERMITTED]
