"""Doubts about charges of a stay: explained, or corrected by three different people."""

from __future__ import annotations

from web.demonstration.charges import Charge
from web.demonstration.prices import BED, NURSING, yuan
from web.demonstration.world import World
from workflow.refusals import Code

PROCESS = "fee-correction"

_QUESTIONS = (
    "清单上的{item}记了{qty}{unit}，家属认为实际没有这么多，请核对。",
    "患者反映{item}多算了{over}{unit}，要求逐日核对。",
    "病区自查发现{item}数量与护理记录不符，疑多记{over}{unit}。",
    "家属对{item}有疑问：{qty}{unit}合计{amount}元，问是否重复计费。",
)
_EXPLAINED = (
    "已与家属逐日核对执行单，次数与清单一致，家属表示理解。",
    "该项目按小时计价，已出示记录单解释清楚，患者无异议。",
    "当日夜间抢救时使用，执行单有签名，已向家属说明。",
)
_ANSWERED = (
    "该项目按物价规定可分别计收，没有重复，已由病区转告患者。",
    "系当日两次检查，报告单各一份，计费无误。",
)
_STATED = (
    "录入时把停止医嘱的次日也记入，多记{over}{unit}，应改为{new}{unit}。",
    "转床当天两边都记了一次，多记{over}{unit}，应改为{new}{unit}。",
    "医嘱临时取消，记账未同步，多记{over}{unit}，应改为{new}{unit}。",
)
_AGREED = ("与医嘱、执行单核对一致，同意更改。", "情况属实，同意更改。请入出院处当日办理。")
_SENT_BACK = (
    "请附护理执行记录的时间，并写明是哪一天多记的。",
    "说明中的数量与执行单不一致，请核对后重报。",
)
_REFUSED = (
    "执行单、医嘱与清单一致，不存在多记，不同意更改，请病区向患者解释。",
    "所述日期患者在院且有执行记录，不同意更改。",
)

#: In what each kind of cost is counted.
_UNITS = {BED: "天", NURSING: "天", "检查": "次", "治疗": "次"}


class Correction:
    """One doubt about one charge of a stay, act by act."""

    def __init__(
        self,
        world: World,
        charge: Charge,
        phase: str = "住院中",
        nurse: str | None = None,
        over: int = 1,
    ) -> None:
        self.number = ""
        self._world = world
        self._charge = charge
        self._phase = phase
        self._over = min(over, charge.qty)
        self._ward = charge.stay.ward
        self._nurse = nurse or world.holder("ward_nurse", self._ward)
        self._medins = world.holder("medins_officer")
        self._rep = world.holder("dept_rep", self._ward)
        # Who carries out a correction has booked a line of the stay, and may not settle it.
        self._discharge = world.holder("discharge_clerk", but=(charge.stay.discharge,))

    def raised(self) -> None:
        answers: dict[str, object] = {
            "raised_by": self._world.pick(("患者", "家属", "家属", "病区")),
            "phase": self._phase,
            "disputed_lines": [self._charge.number],
            "question": self._said(_QUESTIONS),
        }
        stay = self._charge.stay.number
        self.number = self._world.stage.open(self._nurse, PROCESS, answers, parent=stay)

    def disputed(self) -> None:
        """The line itself is marked."""
        self._world.stage.do(self._nurse, self._charge.number, "dispute")

    def explained(self) -> None:
        self._do(self._nurse, "ward_explain", {"check_result": "无误"}, self._said(_EXPLAINED))

    def escalated(self) -> None:
        opinion = "病区解释不清计费规则，请医保办解答。"
        self._do(self._nurse, "escalate", {"check_result": "说不清"}, opinion)

    def answered(self) -> None:
        self._do(self._medins, "medins_explain", None, self._said(_ANSWERED))

    def to_be_changed(self) -> None:
        self._do(self._nurse, "need_change", {"check_result": "需更改"})

    def stated(self) -> None:
        qty, price = self._charge.qty, self._charge.item.fen
        answers: dict[str, object] = {
            "old_qty": qty,
            "old_amount": yuan(qty * price),
            "new_qty": qty - self._over,
            "new_amount": yuan((qty - self._over) * price),
        }
        self._do(self._rep, "dept_state", answers, self._said(_STATED))

    def sent_back(self) -> None:
        self._do(self._medins, "medins_return", None, self._said(_SENT_BACK))

    def agreed(self) -> None:
        self._do(self._medins, "medins_agree", None, self._said(_AGREED))

    def refused(self) -> None:
        self._do(self._medins, "medins_refuse", None, self._said(_REFUSED))

    def executed(self) -> None:
        self._do(self._discharge, "execute")

    def confirmed(self) -> None:
        self._do(self._discharge, "confirm", None, "已电话告知家属更改结果。")

    # ---- what is tried and refused ---------------------------------------------------------------

    def nurse_changes_amount(self) -> None:
        """Nobody changes a booked amount by hand."""
        self._world.stage.is_refused(
            Code.NOT_PERMITTED, self._nurse, self._charge.number, "save", {"amount": "1.00"}
        )

    def corrected_too_soon(self) -> None:
        self._world.stage.is_refused(
            Code.CONDITION_NOT_MET, self._discharge, self._charge.number, "correct"
        )

    def stranger_states(self) -> None:
        stranger = self._world.holder("dept_rep", "surgery" if self._ward != "surgery" else "icu")
        self._world.stage.is_refused(
            Code.NOT_PERMITTED, stranger, self.number, "dept_state", opinion="情况属实。"
        )

    def _do(
        self, person: str, action: str, answers: dict[str, object] | None = None, opinion: str = ""
    ) -> None:
        self._world.stage.do(person, self.number, action, answers, opinion=opinion)

    def _said(self, choices: tuple[str, ...]) -> str:
        charge = self._charge
        return self._world.pick(choices).format(
            item=charge.item.name,
            qty=charge.qty,
            unit=_UNITS.get(charge.item.cost_type, "份"),
            over=self._over,
            new=charge.qty - self._over,
            amount=yuan(charge.qty * charge.item.fen),
        )
