"""石小雯 totals what she took in at the till, finds a receipt that she forgot and banks the cash;
王会计 finds twenty yuan missing and settles it.
"""

from __future__ import annotations

import pytest

from tests.journeys.before import hires
from tests.journeys.conftest import WIDTHS, Served, Visit
from tests.journeys.stays import begins, fills, finds, form_of, hands_in, hears, is_refused, presses

CLOSE = "收费日结解缴"
TAKEN = {
    "医保收费合计": "5000",
    "非医保收费合计": "3200",
    "当日收据总额": "8210",
    "其中现金": "3200",
}


@pytest.mark.parametrize("width", WIDTHS)
def test_a_day_at_the_till_is_closed(visitor: Visit, served: Served, width: int) -> None:
    till = f"till{width}"
    hires(served, (till, f"石小雯{width}", "finance", "cashier"))
    shi, wang = visitor(till, width, at_the_door=True), visitor("wang", width, at_the_door=True)

    fills(begins(shi, CLOSE), {"日期": "2026-03-02"})
    number = hands_in(shi, "营业中")
    page = shi.page
    form = form_of(page, "汇总")
    fills(form, TAKEN)
    presses(form, "汇总")
    is_refused(shi, "医保加非医保不等于当日收据总额，请查明后再汇总", "S0-07-05")
    form = form_of(page, "汇总")
    fills(form, {"非医保收费合计": "3210"})
    presses(form, "汇总")
    hears(page, "已汇总")
    form = form_of(page, "解缴")
    fills(form, {"解缴银行单号": f"YH{width}"})
    presses(form, "解缴")
    hears(page, "下一步由王会计办理")

    page = finds(wang, number)
    form = form_of(page, "有差")
    fills(form, {"银行到账金额": "3180", "意见": "回单少二十元"})
    presses(form, "有差")
    hears(page, "有差额")
    form = form_of(page, "处理差额")
    fills(form, {"意见": "一张假钞，由本人补足"})
    presses(form, "处理差额")
    hears(page, "本案办结：财务核对")
    wang.looks_closely()

    (row,) = served.store.readings.rows("daily_closes", {"cashier": till})
    assert (row.values["confirmed"], row.values["cash_total"]) == (True, 3200_00)
