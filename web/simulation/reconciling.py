"""The month's money counted a second time, from what the cases say and never from the registers
that the processes keep: both must agree to the cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from web.simulation.closing import ATTRIBUTION, PAYMENT, SETTLEMENT, TARGET
from web.simulation.targets import TARGETS
from workflow.nouns import Case, RegisterRow
from workflow.ports.reading import CaseQuery, Readings
from workflow.refusals import Sentence

STAYS, CHARGES = "inpatient-settlement", "charge-entry"
#: States in which a line stands on the bill.
_ON_THE_BILL = frozenset({"booked", "settled", "disputed", "corrected"})
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Count:
    """One sum counted in two ways, in fen; or a number of cases, where it is no `money`."""

    what: Sentence
    one: int
    other: int
    money: bool = True

    @property
    def agrees(self) -> bool:
        """Whether both ways give the same."""
        return self.one == self.other


def counts(readings: Readings, period: str) -> tuple[Count, ...]:
    """Every sum of the month (`2026-03`) in both ways."""
    settled = [
        case
        for case in cases_of(readings, STAYS)
        if case.form.get("total") is not None and _settled_in(readings, case, period)
    ]
    return (
        *_bills(readings, settled),
        *_month(readings, settled, period),
        *_money(readings, period),
        *_targets(readings, settled, period),
    )


def cases_of(readings: Readings, process: str) -> Iterator[Case]:
    """Every case of a process."""
    query = CaseQuery(process=process, limit=_AT_ONCE)
    offset = 0
    while rows := readings.cases(CaseQuery(process=process, limit=_AT_ONCE, offset=offset)).rows:
        yield from (row.case for row in rows)
        offset += query.limit


def _bills(readings: Readings, settled: list[Case]) -> Iterator[Count]:
    """Each settled bill is the sum of its lines, and what the parties pay is the bill."""
    lines: dict[str, int] = defaultdict(int)
    for charge in cases_of(readings, CHARGES):
        if charge.state in _ON_THE_BILL and charge.parent is not None:
            lines[charge.parent] += _fen(charge, "amount")
    total = sum(_fen(stay, "total") for stay in settled)
    yield Count(
        Sentence("已结算住院的费用总额 = 各笔记账之和", "settled bills = their booked lines"),
        total,
        sum(lines[stay.id] for stay in settled),
    )
    yield Count(
        Sentence("基金支付 + 个人支付 = 费用总额", "fund part + own part = settled bills"),
        sum(_fen(stay, "fund_part") + _fen(stay, "own_part") for stay in settled),
        total,
    )
    wrong = sum(_fen(stay, "total") != lines[stay.id] for stay in settled)
    yield Count(
        Sentence("账单与记账不符的住院数", "stays whose bill differs"), wrong, 0, money=False
    )
    kept = sum(
        _cell(row, "amount")
        for stay in settled
        for row in readings.rows("charges", {"stay_id": stay.number, "reversed": False})
    )
    yield Count(
        Sentence("费用登记簿 = 各笔记账之和", "the register of charges = booked lines"), kept, total
    )


def _month(readings: Readings, settled: list[Case], period: str) -> Iterator[Count]:
    """The month's details and claim are those of its stays."""
    mine = {"period": period, "target": TARGET}
    details = sum(_cell(row, "amount") for row in readings.rows("settlement_details", mine))
    yield Count(
        Sentence("月结明细 = 医保住院的费用总额", "details of the month = bills of the insured"),
        details,
        sum(_fen(stay, "total") for stay in settled if _fen(stay, "fund_part")),
    )
    (month,) = _months(readings, period)
    yield Count(
        Sentence("月结上传合计 = 月结明细", "uploaded totals = details of the month"),
        _fen(month, "outpatient_total") + _fen(month, "inpatient_total"),
        details,
    )
    yield Count(
        Sentence("申报额 = 各住院的基金支付", "claimed = fund parts of the stays"),
        _fen(month, "claimed"),
        sum(_fen(stay, "fund_part") for stay in settled),
    )


def _money(readings: Readings, period: str) -> Iterator[Count]:
    """What was claimed is what was paid and what was refused; somebody answers for the latter."""
    (month,) = _months(readings, period)
    claimed, deducted = _fen(month, "claimed"), _fen(month, "deducted")
    paid = sum(_fen(case, "paid_amount") for case in cases_of(readings, PAYMENT))
    refused = sum(_fen(case, "deducted_amount") for case in cases_of(readings, PAYMENT))
    yield Count(Sentence("批复 + 扣款 = 申报", "approved + deducted = claimed"),
                _fen(month, "approved") + deducted, claimed)  # fmt: skip
    yield Count(Sentence("经办机构拨付 = 医院回款", "paid by the agency = received"),
                paid, _fen(month, "received"))  # fmt: skip
    yield Count(Sentence("经办机构扣减 = 医院扣款", "refused by the agency = deducted"),
                refused, deducted)  # fmt: skip
    answered = sum(
        _fen(case, "amount")
        for case in cases_of(readings, ATTRIBUTION)
        if case.form.get("refusal_id") == month.number
    )
    yield Count(Sentence("归责金额 = 扣款", "attributed = deducted"), answered, deducted)


def _targets(readings: Readings, settled: list[Case], period: str) -> Iterator[Count]:
    """What departments cost is what was charged to them, and what exceeds their targets is shared,
    less what the agency compensates.
    """
    insured = {stay.id for stay in settled if _fen(stay, "fund_part")}
    charged: dict[str, int] = defaultdict(int)
    for charge in cases_of(readings, CHARGES):
        if charge.state in _ON_THE_BILL and charge.parent in insured:
            charged[str(charge.form["department"])] += _fen(charge, "amount")
    kept = {
        str(row.values["department"]): _cell(row, "amount")
        for row in readings.rows("department_costs", {"period": period, "target": TARGET})
    }
    wrong = sum(charged[one] != kept.get(one, 0) for one in charged.keys() | kept.keys())
    yield Count(
        Sentence("费用与记账不符的科室数", "departments whose cost differs"), wrong, 0, money=False
    )
    (budget,) = cases_of(readings, TARGETS)
    overrun = max(0, sum(charged.values()) - _fen(budget, "targets_total"))
    compensated = sum(_fen(case, "compensation") for case in cases_of(readings, PAYMENT))
    yield Count(
        Sentence("各科分摊之和 = 超标额 − 经办补偿", "shares = overrun less what was compensated"),
        sum(_cell(row, "share") for row in readings.rows("overrun_allocations", {})),
        max(0, overrun - compensated),
    )


def _months(readings: Readings, period: str) -> list[Case]:
    return [one for one in cases_of(readings, SETTLEMENT) if one.form.get("period") == period]


def _settled_in(readings: Readings, stay: Case, period: str) -> bool:
    rows = readings.rows("settled_stays", {"stay_id": stay.number})
    return any(str(row.values["settled_on"]).startswith(period) for row in rows)


def _fen(case: Case, field: str) -> int:
    value = case.form.get(field)
    return value if isinstance(value, int) else 0


def _cell(row: RegisterRow, column: str) -> int:
    value = row.values.get(column)
    return value if isinstance(value, int) else 0


def disagreeing(found: Iterable[Count]) -> tuple[Count, ...]:
    """The sums in which the two ways differ."""
    return tuple(one for one in found if not one.agrees)
