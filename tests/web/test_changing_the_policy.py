"""An administrator sees what each document says side by side, and decides with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from web.house import House

MAKEUP = "/admin/policy/card.makeup_mode"


@pytest.fixture
def sun(as_person: Callable[[str], TestClient]) -> TestClient:
    """The administrator."""
    return as_person("sun")


def overrides(house: House) -> dict[str, object]:
    return dict(house.store.readings.hospital().policy.overrides)


def test_the_sides_of_a_conflict_stand_side_by_side(sun: TestClient) -> None:
    page = sun.get(MAKEUP).text
    assert "条款分歧 C04" in page
    for clause in ("S0-02-B02", "S0-06-02", "S0-04-A1c"):
        assert clause in page
    for value in ("次日补刷卡", "24小时内交卡", "全额缴费、手工报销"):
        assert value in page
    assert "第6套" in page


@pytest.mark.parametrize(
    ("key", "typed", "kept", "shown"),
    [
        ("card.makeup_mode", {"value": "within_24h"}, "within_24h", "24小时内交卡"),
        ("consumable.medins_review", {"value": "true"}, True, "开"),
        ("consumable.step_reminder_days", {"value": "3"}, 3, "3个工作日"),
        ("round.fine_amount", {"value": "50.5"}, 5050, "50.50元"),
        ("own_share_limit", {"value": "12.5"}, 1250, "12.5%"),
        ("org.medins_name", {"value": "医保科"}, "医保科", "医保科"),
        ("consent.signatory", {"value": ["本人", "监护人"]}, ("本人", "监护人"), "本人、监护人"),
        ("round.schedule", {"value": "08:30\n17:00"}, ("08:30", "17:00"), "08:30、17:00"),
        (
            "rx.supply_days",
            {"n.acute": "3", "n.chronic": "14", "n.ordinary": ""},
            {"acute": 3, "chronic": 14},
            "急性病3天",
        ),
    ],
)
def test_every_kind_of_value_is_decided_with_a_reason(
    sun: TestClient, house: House, key: str, typed: dict[str, object], kept: object, shown: str
) -> None:
    data = {**typed, "reason": "院务会决定", "act": "decide"}
    assert sun.post(f"/admin/policy/{key}", data=data).status_code == 303
    assert overrides(house) == {key: kept}
    page = sun.get(f"/admin/policy/{key}").text
    assert shown in page
    assert "本院决定" in page


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("card.makeup_mode", "whenever"),
        ("consumable.step_reminder_days", "soon"),
        ("round.fine_amount", "-1"),
        ("own_share_limit", "101"),
        ("round.schedule", "half past eight"),
    ],
)
def test_a_value_that_does_not_fit_comes_back_with_what_is_expected(
    sun: TestClient, house: House, key: str, value: str
) -> None:
    answer = sun.post(f"/admin/policy/{key}", data={"value": value, "reason": "试"})
    assert answer.status_code == 422
    assert 'id="parameter-value-problem"' in answer.text
    assert "应写" in answer.text
    assert 'value="试"' in answer.text
    assert overrides(house) == {}


def test_without_a_reason_nothing_changes(sun: TestClient, house: House) -> None:
    answer = sun.post(MAKEUP, data={"value": "within_24h", "reason": " "})
    assert answer.status_code == 422
    assert 'id="parameter-reason-problem"' in answer.text
    assert overrides(house) == {}


def test_the_hospitals_choice_is_taken_back(sun: TestClient, house: House) -> None:
    sun.post(MAKEUP, data={"value": "within_24h", "reason": "院务会决定"})
    assert "取消本院决定" in sun.get(MAKEUP).text
    answer = sun.post(MAKEUP, data={"act": "leave", "reason": "恢复"})
    assert answer.status_code == 303
    assert overrides(house) == {}
    assert "取消本院决定" not in sun.get(MAKEUP).text


def test_another_profile_is_followed(sun: TestClient, house: House) -> None:
    wrong = sun.post("/admin/policy/profile", data={"profile": "H99", "reason": "试"})
    assert wrong.status_code == 422
    answer = sun.post("/admin/policy/profile", data={"profile": "H06", "reason": "采用第6套"})
    assert answer.status_code == 303
    assert house.store.readings.hospital().policy.profile == "H06"
    page = sun.get(MAKEUP).text
    assert "24小时内交卡" in page
    assert "按规则档案" in page


def test_what_the_hospital_has_to_set_is_said(sun: TestClient) -> None:
    assert "须由本院填写" in sun.get("/admin/policy").text
    assert "须由本院填写" in sun.get("/admin/policy/own_share_limit").text


def test_a_parameter_that_does_not_exist_is_not_found(sun: TestClient) -> None:
    assert sun.get("/admin/policy/no.such_key").status_code == 404
    assert sun.post("/admin/policy/no.such_key", data={"value": "1"}).status_code == 404


@pytest.mark.parametrize("who", ["zhang", "zhao", "he", "qian"])
def test_nobody_else_decides(
    who: str, as_person: Callable[[str], TestClient], house: House
) -> None:
    other = as_person(who)
    for answer in (
        other.get("/admin/policy"),
        other.get(MAKEUP),
        other.post(MAKEUP, data={"value": "within_24h", "reason": "我定"}),
        other.post("/admin/policy/profile", data={"profile": "H06", "reason": "我定"}),
    ):
        assert answer.status_code == 403
    assert overrides(house) == {}
    assert house.store.readings.hospital().policy.profile is None
