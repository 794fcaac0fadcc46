"""A camera fails: 辛工 writes it down, 何老师 tells the agency, 区老师 there accepts more time, and
it counts as repaired only when its test has passed.
"""

from __future__ import annotations

from tests.journeys.before import OUTSIDE, decides_that, hires
from tests.journeys.conftest import Served, Visit
from tests.journeys.stays import (
    begins,
    chooses,
    does,
    fills,
    finds,
    form_of,
    hands_in,
    hears,
    is_refused,
    presses,
)

FAULT = {
    "设施类型": "视频监控",
    "设施和位置": "门诊大厅3号摄像头",
    "故障现象": "无画面",
    "故障时间": "2026-03-02T08:00",
}


def test_a_camera_is_reported_and_repaired(visitor: Visit, served: Served) -> None:
    decides_that(served, "equipment.report_hours", 24)
    hires(
        served,
        ("xin", "辛工", "it", "it_maintainer"),
        ("qu", "区老师", OUTSIDE.id, "agency_officer"),
    )
    xin, he, qu = (visitor(person, at_the_door=True) for person in ("xin", "he", "qu"))

    form = begins(xin, "设施故障报备与维修")
    fills(form, FAULT)
    number = hands_in(xin, "发现")
    does(finds(he, number), "报备", "下一步由辛工办理")
    page = finds(xin, number)
    does(page, "维修", "维修中")

    qu.goes_to(f"/c/{number}")
    form = form_of(qu.page, "延期")
    fills(form, {"意见": "配件在途", "延期至": "2026-03-16"})
    presses(form, "延期")
    hears(qu.page, "延期中")

    page = finds(xin, number)
    form = form_of(page, "修复")
    chooses(form, {"功能测试正常": "否"})
    presses(form, "修复")
    is_refused(xin, "功能测试没有通过，不能报修复", "S0-15-24b")
    form = form_of(page, "修复")
    chooses(form, {"功能测试正常": "是"})
    presses(form, "修复")
    hears(page, "本案办结：已修复")

    rows = served.store.readings.rows("equipment_faults", {"fault": number})
    assert [(row.values["repaired"], row.values["late"]) for row in rows] == [(True, False)]
