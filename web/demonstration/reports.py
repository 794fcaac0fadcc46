"""Suspicions that a patient is not who the card says: found, reported, cleared up."""

from __future__ import annotations

from dataclasses import dataclass

from web.demonstration.diary import Script
from web.demonstration.patients import somebody
from web.demonstration.stays import Stay
from web.demonstration.world import World
from workflow.refusals import Code

PROCESS = "identity-fraud-report"

_UNFOUNDED = (
    "经派出所户籍核对，确为本人，照片为十年前所拍，解除拒记账。",
    "患者系双胞胎之一，证件均为本人，误会已解除。",
    "系统照片上传错误，已由经办机构更正，本人持证属实。",
)
_REPLIED = (
    "经办机构认定系借用亲属社保卡，追回已支付费用，停卡三个月。",
    "经办机构认定冒名属实，已约谈持证人。",
)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Where something is seen and of which kind, with what people then write."""

    stage: str
    kind: str
    evidence: tuple[str, ...]


OUTPATIENT = Suspicion(
    "门诊",
    "冒名",
    (
        "挂号使用的社保卡登记年龄67岁，就诊者自述40岁。",
        "就诊者说不出卡上登记的住址，称卡是父亲的。",
    ),
)
PHARMACY = Suspicion(
    "门诊",
    "转借",
    (
        "取药人称替邻居刷卡，说不出持证人的年龄和病情。",
        "同一社保卡上午、下午由两人分别开药，笔迹不同。",
    ),
)
ALTERED = Suspicion("门诊", "涂改", ("手册首页姓名有刮擦痕迹，与系统登记不符。",))
AT_THE_DESK = Suspicion(
    "入院",
    "人证不符",
    (
        "身份证照片与本人面容差别大，家属称是表兄弟。",
        "本人身高与体检记录相差十余厘米，签名与旧病历不同。",
    ),
)
AT_THE_TILL = Suspicion(
    "结算",
    "转借",
    (
        "结算时持卡人与住院患者不是同一人，称代为保管。",
        "持卡人前来结算，说不清住院日期和手术部位。",
        "核对手册时发现照片与出院患者不符。",
    ),
)
FORGED = Suspicion(
    "入院",
    "伪造",
    ("社保卡芯片读不出，卡面印刷与正式卡不同。", "手册编号位数不对，系统查无此号。"),
)
ON_THE_ROUND = Suspicion(
    "在院查房",
    "人证不符",
    (
        "床头卡年龄58岁，患者自述66岁，腕带与手册姓名差一字。",
        "询问出生日期两次回答不一致，身份证照片不像本人。",
        "邻床称患者真名与床头卡不同，家属回避询问。",
        "手册登记有左臂旧伤疤，查体未见。",
        "患者本人不在床，床上是其亲属，称“替他住两天”。",
    ),
)


class Report:
    """One report, act by act; the locking of a stay opens one by itself."""

    def __init__(
        self, world: World, finder: str, seen: Suspicion, stay: Stay | None = None
    ) -> None:
        self._opened = ""
        self._stay = stay
        self._world = world
        self._finder = finder
        self._seen = seen
        self._owner = somebody(world.rng)
        self._evidence = world.pick(seen.evidence)
        self._user = somebody(world.rng)
        self._medins = world.holder("medins_officer", but=(finder,))

    @property
    def number(self) -> str:
        """The number of the report, once there is one."""
        return self._opened if self._stay is None else self._stay.report

    def found(self) -> None:
        answers: dict[str, object] = {
            "stage": self._seen.stage,
            "kind": self._seen.kind,
            "card_owner": self._owner,
            "evidence": self._evidence,
        }
        self._opened = self._world.stage.open(self._finder, PROCESS, answers)

    def locked(self) -> None:
        """Charging is refused; a card is kept back, but never from an outpatient."""
        answers: dict[str, object] = {
            "evidence": self._evidence,
            "document_withheld": self._seen.stage != "门诊",
        }
        if self._seen.stage != "门诊":
            answers["withheld_items"] = ["社会保障卡"]
        self._world.stage.do(self._finder, self.number, "lock", answers)

    def told(self) -> None:
        self._world.stage.do(self._finder, self.number, "report_internal")

    def verified(self) -> None:
        self._world.stage.do(self._medins, self.number, "verify")

    def to_agency(self) -> None:
        answers: dict[str, object] = {"report_targets": ["参保地经办机构", "市医疗保险中心"]}
        self._world.stage.do(self._medins, self.number, "report_agency", answers)

    def replied(self) -> None:
        opinion = self._world.pick(_REPLIED)
        self._world.stage.do(self._medins, self.number, "agency_reply", opinion=opinion)

    def closed(self) -> None:
        answers: dict[str, object] = {"actual_person": self._user}
        self._world.stage.do(self._medins, self.number, "close", answers)

    def unfounded(self) -> None:
        opinion = self._world.pick(_UNFOUNDED)
        self._world.stage.do(self._medins, self.number, "unfounded", opinion=opinion)

    # ---- what is tried and refused ---------------------------------------------------------------

    def kept_from_outpatient(self) -> None:
        answers: dict[str, object] = {
            "evidence": self._evidence,
            "document_withheld": True,
            "withheld_items": ["社会保障卡"],
        }
        self._world.stage.is_refused(
            Code.CONDITION_NOT_MET, self._finder, self.number, "lock", answers
        )

    def finder_verifies(self) -> None:
        self._world.stage.is_refused(Code.NOT_PERMITTED, self._finder, self.number, "verify")


@dataclass
class Reports:
    """All reports that belong to no stay."""

    world: World

    def plan(self) -> None:
        """Put them all on the programme."""
        self._ended()
        self._under_way()
        self._just_found()

    def _ended(self) -> None:
        world, ago = self.world, self.world.diary.ago
        for finder, seen, holds, days in (
            ("doctor", OUTPATIENT, True, 44),
            ("cashier", AT_THE_TILL, False, 36),
            ("medical_affairs", ON_THE_ROUND, False, 30),
            ("admission_clerk", FORGED, True, 24),
            ("head_nurse", ON_THE_ROUND, False, 19),
            ("finance_officer", AT_THE_TILL, True, 14),
            ("record_clerk", ON_THE_ROUND, False, 10),
            ("prescriber", PHARMACY, True, 7),
        ):
            report = Report(world, finder, seen)
            script = Script().then(report.found)
            if seen is OUTPATIENT:
                script.then(report.kept_from_outpatient, hours=0.1)
            script.then(report.locked, hours=0.2).then(report.told, hours=0.3)
            if finder == "doctor":
                script.then(report.finder_verifies, hours=1)
            script.then(report.verified, hours=4)
            if holds:
                script.then(report.to_agency, hours=20).then(report.replied, days=4)
                script.then(report.closed, hours=3)
            else:
                script.then(report.unfounded, hours=26)
            world.plan(script, world.diary.office(ago(days * 24, days * 24 + 40)))

    def _under_way(self) -> None:
        """Told to the insurance office, or still with the agency."""
        world = self.world
        for finder, seen, steps, back in (
            ("discharge_clerk", AT_THE_TILL, 2, 0),
            ("round_inspector", ON_THE_ROUND, 2, 1),
            ("duty_nurse", ON_THE_ROUND, 3, 1),
            ("charge_clerk", AT_THE_TILL, 3, 2),
            ("medins_officer", ON_THE_ROUND, 4, 2),
            ("ward_nurse", ON_THE_ROUND, 4, 4),
            ("round_inspector", AT_THE_DESK, 5, 1),
        ):
            report = Report(world, finder, seen)
            script = Script().then(report.found).then(report.locked, hours=0.3)
            deeds = (report.told, report.verified, report.to_agency, report.replied)
            for deed in deeds[: steps - 1]:
                script.then(deed, hours=world.rng.uniform(0.5, 6))
            world.plan(script, world.diary.workday(back))
        for finder, seen in (("pengyifan", ALTERED), ("gongjianjun", PHARMACY)):
            report = Report(world, finder, seen)
            script = Script().then(report.found, anytime=True).then(report.locked, hours=0.2)
            world.plan(script, world.diary.ago(1, 14))

    def _just_found(self) -> None:
        """Written down and not told yet: the first ones lately, the last ones too long ago.

        The six inspectors were on the monthly round together.
        """
        world = self.world
        for finder, seen, hours in (
            ("admission_clerk", FORGED, 3),
            ("cashier", PHARMACY, 2),
            ("discharge_clerk", AT_THE_TILL, 5),
            ("charge_clerk", AT_THE_TILL, 30),
            ("ward_nurse", ON_THE_ROUND, 4),
            ("duty_nurse", ON_THE_ROUND, 27),
            ("round_inspector", ON_THE_ROUND, 6),
            ("medins_officer", ON_THE_ROUND, 7),
            ("medical_affairs", ON_THE_ROUND, 7),
            ("head_nurse", ON_THE_ROUND, 8),
            ("finance_officer", ON_THE_ROUND, 8),
            ("record_clerk", ON_THE_ROUND, 9),
        ):
            report = Report(world, finder, seen)
            world.plan(Script().then(report.found), world.diary.ago(hours - 1, hours + 13))
