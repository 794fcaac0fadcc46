"""张医生 explains to 孙奶奶's daughter what the insurance does not pay; one signature for two items
is refused, one for each releases them.
"""

from __future__ import annotations

from tests.journeys.before import lies_in
from tests.journeys.conftest import Served, Visit
from tests.journeys.stays import (
    begins_from,
    chooses,
    fills,
    form_of,
    hands_in,
    hears,
    is_refused,
    presses,
)

PUMP = {"名称 1": "进口止痛泵", "单价 1": "800", "数量 1": "1"}
NUTRIENT = {"名称 2": "自费营养液", "单价 2": "90", "数量 2": "3"}


def test_a_patient_signs_for_each_item(visitor: Visit, served: Served) -> None:
    stay = lies_in(served, "孙奶奶")
    zhang = visitor("zhang", 390)

    form = begins_from(zhang, stay, "自费及目录外项目知情同意")
    fills(form, {**PUMP, **NUTRIENT})
    for row in ("类别 1", "类别 2"):
        form.get_by_label(row).select_option("药品")
    hands_in(zhang, "拟使用")
    page = zhang.page
    form = form_of(page, "沟通告知")
    fills(form, {"沟通记录": "两种药医保不报，女儿表示理解"})
    presses(form, "沟通告知")
    hears(page, "已沟通")

    form = form_of(page, "逐项签字")
    chooses(form, {"签字人": "家属"})
    fills(form, {"与患者关系": "女儿", "逐项签名": "孙女士", "签字时间": "2026-03-02T09:00"})
    presses(form, "逐项签字")
    is_refused(zhang, "每一项都要有一个签名；只在末尾签一次不算", "S0-16-C2")
    form = form_of(page, "逐项签字")
    fills(form, {"逐项签名": "孙女士\n孙女士"})
    presses(form, "逐项签字")
    hears(page, "本案办结：已逐项签字")

    rows = served.store.readings.rows("consents", {"encounter_id": stay, "released": True})
    assert {row.values["item_name"] for row in rows} == {"进口止痛泵", "自费营养液"}
