"""One stay and everything that is done in its course, act by act."""

from __future__ import annotations

from web.demonstration.patients import Patient
from web.demonstration.prices import Item, yuan
from web.demonstration.world import World
from workflow.nouns import Attachment
from workflow.refusals import Code

PROCESS = "inpatient-settlement"
CONSENT = "selfpay-consent"

#: Of what insurance covers, the share that the fund pays, in hundredths.
_FUND_SHARE = 78

#: What is made up with a card that comes later.
_ON_THE_CARD = (
    "id_no",
    "ss_card_no",
    "handbook_no",
    "insurance_scheme",
    "payer_nature",
    "photo_match",
    "three_way_match",
    "criteria_met",
)
_READY_TO_GO = (
    "体温正常三天以上，症状消失，复查血象好转，符合出院标准。",
    "血糖控制平稳，已完成用药和饮食指导，符合出院标准。",
    "切口愈合良好，已拆线，无并发症，符合出院标准。",
    "病情稳定，可门诊随诊，符合出院标准。",
    "疗程完成，症状明显缓解，符合出院标准。",
    "复查影像好转，能自主活动，符合出院标准。",
)
_TURNED_AWAY = (
    "检查未见需住院治疗的指征，门诊服药、一周后复诊即可。",
    "病情轻，患者自述要求“住院体检”，不符合住院标准，已向其说明。",
)


class Stay:
    """One stay: the slip, the checks, the charges, the discharge and the bill."""

    def __init__(self, world: World, ward: str, patient: Patient, doctor: str | None = None):
        self.world = world
        self.ward = ward
        self.patient = patient
        self.number = ""
        self.record = ""
        self.report = ""
        self.doctor = doctor or world.holder("attending_doctor", ward)
        self.nurse = world.holder("ward_nurse", ward)
        self._desk = world.holder("admission_clerk")
        self.discharge = world.holder("discharge_clerk")
        self._arrived = ""
        self._agreed: set[str] = set()
        self._consent = ""

    # ---- coming in -------------------------------------------------------------------------------

    def request(self) -> None:
        illness = self.patient.illness
        answers: dict[str, object] = {
            "patient_name": self.patient.name,
            "admission_diagnosis": illness.diagnosis,
            "route": illness.route,
        }
        self.number = self.world.stage.open(self.doctor, PROCESS, answers)

    def verify(self) -> None:
        self._do(self._desk, "start_verify")

    def admit(self) -> None:
        """With card and identity papers, in the category of the scheme."""
        files = self._copies()
        self._do(self._desk, "admit_insured", self._papers(), files=files)

    def admit_pending(self) -> None:
        """The card was not brought."""
        answers = self._arrival()
        answers["payer_nature"] = self.patient.payer
        self._do(self._desk, "admit_pending_card", answers)

    def make_up_card(self) -> None:
        papers = self._papers()
        answers = {key: papers[key] for key in _ON_THE_CARD}
        self._do(self._desk, "makeup_card", answers, files=self._copies())

    def admit_in_full(self) -> None:
        """Not covered by insurance, or not insured."""
        answers = self._arrival()
        answers |= {"insurance_scheme": self.patient.scheme, "id_no": self.patient.id_no}
        if answers.get("cause") == "不明":
            answers["cause_inquiry"] = (
                f"{self.world.minutes_ago(8)} 询问家属，称发现时已倒地，不清楚如何受伤。"
            )
        self._do(self._desk, "admit_full_pay", answers)

    def cancel(self) -> None:
        self._do(self._desk, "cancel", opinion="患者改在门诊治疗，本人要求取消。")

    def turn_away(self) -> None:
        opinion = self.world.pick(_TURNED_AWAY)
        self._do(self.doctor, "refuse_admission", {"criteria_met": False}, opinion=opinion)

    def clear_cause(self) -> None:
        """The insurance office found out how it happened."""
        answers: dict[str, object] = {
            "cause": "意外(非责任)",
            "cause_inquiry": "社区居委会出具证明：当日在家中浴室滑倒，无第三方责任。",
            "photo_match": True,
            "three_way_match": True,
            "criteria_met": True,
            "ss_card_no": self.patient.card_no,
            "insurance_scheme": self.patient.scheme,
        }
        person = self.world.holder("medins_officer")
        self._do(person, "confirm_cause", answers, files=self._copies())

    # ---- what the patient pays alone ------------------------------------------------------------

    def asks_consent(self, item: Item) -> bool:
        """Whether this item has to be agreed to before it is used: once a stay, if paid alone."""
        if not item.self_pay or item.name in self._agreed:
            return False
        self._agreed.add(item.name)
        return True

    def explain_cost(self, item: Item) -> None:
        """The doctor tells the family what it is and what it costs."""
        line = {
            "kind": "药品" if item.cost_type == "药品" else "项目",
            "name": item.name,
            "unit_price": yuan(item.fen),
            "quantity": item.most,
        }
        answers: dict[str, object] = {"items": [line]}
        self._consent = self.world.stage.open(self.doctor, CONSENT, answers, parent=self.number)
        note = f"已向家属说明{item.name}为自费，单价{yuan(item.fen)}元，家属考虑后答复。"
        self.world.stage.do(self.doctor, self._consent, "explain", {"talk_note": note})

    def sign_for_cost(self) -> None:
        """The family signs, item by item."""
        relative = f"{self.patient.name[0]}某（家属）"
        answers: dict[str, object] = {
            "signatory": "家属",
            "relation": "子女",
            "item_signature": [relative],
            "signed_at": self.world.minutes_ago(5),
        }
        self.world.stage.do(self.doctor, self._consent, "sign", answers)

    # ---- going out -------------------------------------------------------------------------------

    def notice(self) -> None:
        answers: dict[str, object] = {"discharge_notice_date": self.world.today.isoformat()}
        self._do(self.doctor, "issue_discharge_notice", answers, opinion=self._reason_to_go())

    def leave(self) -> None:
        answers: dict[str, object] = {
            "discharge_time": self.world.minutes_ago(10),
            "briefing_done": True,
        }
        nurse = self.world.holder("ward_nurse", self.ward)
        answer = self.world.stage.do(nurse, self.number, "leave_hospital", answers)
        self.record = answer.started[0]

    def review(self) -> None:
        self._do(self.discharge, "start_charge_review")

    def call(self) -> None:
        """Everything is checked: the patient is called to settle."""
        self._do(self.discharge, "notify_settlement", self._checked())

    def settle(self) -> None:
        self._do(self.discharge, "settle", self._bill())

    def hand_back(self) -> None:
        self._do(self.discharge, "return_handbook")

    def report_unsettled(self) -> None:
        answers: dict[str, object] = {
            "id_no": self.patient.id_no,
            "handbook_no": self.patient.handbook_no,
            "reported_centre": "城东区社会保险事业管理中心",
        }
        self._do(self.discharge, "report_unsettled", answers)

    # ---- identity in doubt -----------------------------------------------------------------------

    def flag(self) -> None:
        """On the ward round somebody else lies in the bed."""
        opinion = "核对腕带与身份证，照片与本人明显不符，患者说不出证件上的生日。"
        answer = self.world.stage.do(
            self.nurse, self.number, "flag_identity", {"photo_match": False}, opinion=opinion
        )
        self.report = answer.started[0]

    def clear_identity(self) -> None:
        self._do("medins_officer", "clear_identity", opinion="核实为本人，证件照片系多年前所拍。")

    def confirm_fraud(self) -> None:
        self._do("medins_officer", "confirm_fraud", opinion="借用亲属社保卡属实，费用全部转自费。")

    # ---- what is tried and refused ---------------------------------------------------------------

    def admit_with_other_photo(self) -> None:
        answers = {**self._papers(), "photo_match": False}
        self._refused(Code.CONDITION_NOT_MET, self._desk, "admit_insured", answers)

    def admit_uncovered(self) -> None:
        """A traffic accident on an insured category."""
        self._refused(Code.CONDITION_NOT_MET, self._desk, "admit_insured", self._papers())

    def notice_for_money(self) -> None:
        answers = {"discharge_notice_date": self.world.today.isoformat()}
        self.world.stage.is_refused(
            Code.CONDITION_NOT_MET,
            self.doctor,
            self.number,
            "issue_discharge_notice",
            answers,
            opinion="本月医保定额已用完，请先出院，下月再住。",
        )

    def settle_too_soon(self) -> None:
        self._refused(Code.UNKNOWN_ACTION, self.discharge, "settle", self._bill())

    def call_while_in_question(self) -> None:
        self._refused(Code.CONDITION_NOT_MET, self.discharge, "notify_settlement", self._checked())

    def settle_without_certificate(self) -> None:
        bill = {**self._bill(), "cert_record": False}
        self._refused(Code.CONDITION_NOT_MET, self.discharge, "settle", bill)

    def report_too_soon(self) -> None:
        answers: dict[str, object] = {
            "id_no": self.patient.id_no,
            "handbook_no": self.patient.handbook_no,
            "reported_centre": "城东区社会保险事业管理中心",
        }
        self._refused(Code.CONDITION_NOT_MET, self.discharge, "report_unsettled", answers)

    def cashier_settles(self) -> None:
        cashier = self.world.holder("cashier")
        self._refused(Code.NOT_PERMITTED, cashier, "settle", self._bill())

    # ---- how it is written -----------------------------------------------------------------------

    def _do(
        self,
        person: str,
        action: str,
        answers: dict[str, object] | None = None,
        *,
        opinion: str = "",
        files: tuple[Attachment, ...] = (),
    ) -> None:
        self.world.stage.do(person, self.number, action, answers, opinion=opinion, files=files)

    def _refused(self, code: Code, person: str, action: str, answers: dict[str, object]) -> None:
        self.world.stage.is_refused(code, person, self.number, action, answers)

    def _arrival(self) -> dict[str, object]:
        cause = self.patient.illness.cause
        self._arrived = self._arrived or self.world.minutes_ago(5)
        answers: dict[str, object] = {
            "route": self.patient.illness.route,
            "admission_time": self._arrived,
            "admission_diagnosis": self.patient.illness.diagnosis,
            "is_injury": self.patient.is_injury,
        }
        return answers if cause is None else {**answers, "cause": cause}

    def _papers(self) -> dict[str, object]:
        return {
            **self._arrival(),
            "id_no": self.patient.id_no,
            "ss_card_no": self.patient.card_no,
            "handbook_no": self.patient.handbook_no,
            "insurance_scheme": self.patient.scheme,
            "admission_category": "医保",
            "payer_nature": self.patient.payer,
            "photo_match": True,
            "three_way_match": True,
            "criteria_met": True,
            "card_copy": "社保卡复印件",
            "id_copy": "身份证复印件",
        }

    def _copies(self) -> tuple[Attachment, ...]:
        name = self.patient.name
        stage = self.world.stage
        return (
            stage.file(
                f"{name}社保卡复印件",
                (f"姓名：{name}", f"卡号：{self.patient.card_no}"),
                "card_copy",
            ),
            stage.file(
                f"{name}身份证复印件",
                (f"姓名：{name}", f"号码：{self.patient.id_no}"),
                "id_copy",
            ),
        )

    def _reason_to_go(self) -> str:
        return self.world.pick(_READY_TO_GO)

    def _checked(self) -> dict[str, object]:
        return {
            "bed_fee_checked": True,
            "nursing_fee_checked": True,
            "settlement_notified_on": self.world.today.isoformat(),
        }

    def _bill(self) -> dict[str, object]:
        rows = self.world.stage.booked(self.number)
        total = sum(amount for amount, _ in rows)
        covered = sum(amount for amount, by in rows if by == "医保")
        fund = covered * _FUND_SHARE // 100
        return {
            "match_at_settlement": True,
            "cert_patient": True,
            "cert_record": True,
            "cert_discharge_office": True,
            "settlement_mode": "直接结算",
            "total": yuan(total),
            "fund_part": yuan(fund),
            "own_part": yuan(total - fund),
        }
