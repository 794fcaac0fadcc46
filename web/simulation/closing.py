"""The month is closed: declared, approved with deductions, paid, attributed, posted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from web.demonstration.diary import Script
from web.demonstration.hospital import WARDS
from web.demonstration.prices import yuan
from web.demonstration.stage import OutOfScript
from web.demonstration.world import World
from web.simulation.programme import Programme
from web.simulation.targets import Targets
from workflow.ports.reading import CaseQuery
from workflow.ports.store import Store

SETTLEMENT, PAYMENT, ATTRIBUTION = "monthly-settlement", "agency-payment", "rejection-attribution"
#: The hospital as its claims call it, and its agreement with the agency.
HOSPITAL, AGREEMENT, TARGET = "本院", "DD2026-SELF", "医保中心"

#: From this payment on a panel decides.
THRESHOLD = "payment.collective_threshold"
#: Of the claim the agency refuses so much, in hundredths, for one irregular charge.
_REFUSED = 2
#: And so much it adds, in hundredths: more patients came than the quota knew of.
_COMPENSATED = 5


@dataclass
class Closing:
    """The month's insured stays, from the statement to the money."""

    world: World
    programme: Programme
    store: Store
    period: str
    targets: Targets
    claimed: int = 0
    deducted: int = 0
    compensated: int = 0

    def __post_init__(self) -> None:
        finance = self.world.staff.holders("finance_officer", "finance")
        self._first, self._second = finance[0], finance[1]
        self._medins = self.world.holder("medins_officer")
        self._number = ""
        self._claim = ""

    def plan(self, at: datetime) -> None:
        """From the first working day after the month, one thing after the other."""
        script = Script().then(self._reviewed, hours=2).then(self._uploaded, hours=4)
        script.then(self._declared, hours=3)
        script.then(self._examined, days=3).then(self._settled_there, days=4)
        script.then(self._paid, days=5).then(self._approval_told, days=1)
        script.then(self._reconciled, hours=3).then(self._posted, hours=4)
        script.then(self._attributed, days=1).then(self._analysed, days=1)
        script.then(self.targets.share, days=1)
        self.programme.put(script, at)

    # ---- in the hospital -------------------------------------------------------------------------

    def _reviewed(self) -> None:
        """The schedule has opened the month's case."""
        query = CaseQuery(process=SETTLEMENT, states=("open",), limit=50)
        rows = self.store.readings.cases(query).rows
        mine = [row.case.number for row in rows if row.case.form.get("period") == self.period]
        if len(mine) != 1:
            raise OutOfScript(f"{len(mine)} monthly settlements of {self.period} are open")
        self._number = mine[0]
        checked: dict[str, object] = {"detail_check": ["卡号", "姓名", "诊断", "出入院时间"]}
        self._do(self._first, "review", checked)

    def _uploaded(self) -> None:
        answers: dict[str, object] = {
            "outpatient_total": yuan(self._details("门诊")),
            "inpatient_total": yuan(self._details("住院")),
            "upload_receipt": f"HZ{self.period}",
            "staff_info": ["医护信息齐全"],
            "procedures": ["病案首页齐全"],
        }
        self._do(self._medins, "upload", answers)

    def _declared(self) -> None:
        self.claimed = self.fund_of_the_month()
        if not self.claimed:
            raise OutOfScript(f"no insured stay was settled in {self.period}; begin earlier")
        self.deducted = self.claimed * _REFUSED // 100
        self.compensated = self.claimed * _COMPENSATED // 100
        self._do(self._medins, "declare", {"claimed": yuan(self.claimed)})

    def _approval_told(self) -> None:
        answers: dict[str, object] = {
            "approved": yuan(self.claimed - self.deducted),
            "deducted": yuan(self.deducted),
        }
        self._do(self._first, "record_approval", answers)

    def _reconciled(self) -> None:
        self._do(self._second, "reconcile")

    def _posted(self) -> None:
        self._do(self._second, "post", {"received": yuan(self._payable)})

    def _analysed(self) -> None:
        line = {
            "disease": "全部病种",
            "cost": yuan(self._details("住院")),
            "paid": yuan(self.claimed - self.deducted),
        }
        self._do(self._first, "analyse", {"by_disease": [line]})

    def _attributed(self) -> None:
        """Whoever answers for the irregular charge accepts, and pays it back."""
        head = self.world.holder("dept_head", WARDS[0].key)
        answers: dict[str, object] = {
            "cause": "乱收费",
            "bearer_type": "科室",
            "bearer": head,
            "bearer_department": WARDS[0].key,
        }
        query = CaseQuery(process=ATTRIBUTION, states=("received",), open_only=True, limit=50)
        for row in self.store.readings.cases(query).rows:
            number, stage = row.case.number, self.world.stage
            stage.do(self._medins, number, "set_cause", answers)
            stage.do(self._medins, number, "notify")
            stage.do(head, number, "accept")
            stage.do(self._second, number, "collect")

    # ---- at the agency ---------------------------------------------------------------------------

    def _received(self) -> str:
        """The claim that the declaration has opened there."""
        query = CaseQuery(process=PAYMENT, open_only=True, limit=50)
        rows = self.store.readings.cases(query).rows
        found = [r.case.number for r in rows if r.case.form.get("claim_id") == self._number]
        if len(found) != 1:
            raise OutOfScript(f"{len(found)} claims of {self._number} are with the agency")
        return found[0]

    def _examined(self) -> None:
        answers: dict[str, object] = {
            "auto_result": "通过",
            "manual_result": "扣减",
            "designated": True,
            "emergency": False,
            "agreement": AGREEMENT,
        }
        self._claim = self._received()
        reviewer = self.world.holder("claim_reviewer")
        self.world.stage.do(reviewer, self._claim, "review", answers)
        line = {
            "item": "大换药",
            "amount": yuan(self.deducted),
            "reason": "超出医嘱次数",
            "evidence": "医嘱单与清单不符",
        }
        deducted: dict[str, object] = {
            "deductions": [line],
            "deducted_amount": yuan(self.deducted),
        }
        self.world.stage.do(reviewer, self._claim, "deduct", deducted)

    def _settled_there(self) -> None:
        officer = self.world.holder("settlement_officer")
        answers: dict[str, object] = {
            "within_quota": False,
            "compensation": yuan(self.compensated),
        }
        opinion = "就医人数增加，按协议给予补偿。"
        self.world.stage.do(officer, self._claim, "settle", answers, opinion=opinion)
        case = self.world.stage.case(self._claim)
        if self._payable < int(str(case.parameters[THRESHOLD])):
            self.world.stage.do(officer, self._claim, "order")
            return
        self.world.stage.do(officer, self._claim, "collective")
        panel = self.world.holder("collective_panel")
        self.world.stage.do(panel, self._claim, "approve", opinion="会议同意拨付。")

    def _paid(self) -> None:
        answers: dict[str, object] = {
            "paid_amount": yuan(self._payable),
            "paid_on": self.world.today.isoformat(),
        }
        self.world.stage.do(self.world.holder("payment_officer"), self._claim, "pay", answers)

    @property
    def _payable(self) -> int:
        return self.claimed - self.deducted + self.compensated

    # ---- what was settled ------------------------------------------------------------------------

    def fund_of_the_month(self) -> int:
        """What the fund owes for the stays that were settled in the month, in fen."""
        rows = self.store.readings.rows("settled_stays", {})
        return sum(
            int(row.values["fund_part"] or 0)
            for row in rows
            if str(row.values["settled_on"]).startswith(self.period)
        )

    def _details(self, kind: str) -> int:
        where = {"period": self.period, "target": TARGET, "kind": kind}
        rows = self.store.readings.rows("settlement_details", where)
        return sum(int(row.values["amount"] or 0) for row in rows)

    def _do(self, person: str, action: str, answers: dict[str, object] | None = None) -> None:
        self.world.stage.do(person, self._number, action, answers)
