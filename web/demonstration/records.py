"""Medical records after a stay: brought back, completed, shelved, lent; and old ones destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from web.demonstration.diary import Deed, Script
from web.demonstration.hospital import HOME
from web.demonstration.stays import Stay
from web.demonstration.world import World
from workflow.nouns import Case
from workflow.refusals import Code

PROCESS = "medical-record"

_COMPLETE = ["诊断证明", "检查结果", "自费同意书", "审批单"]
_DEFECTS = (
    "缺上级医师查房签名，请补签。",
    "出院记录未写出院带药，请补充。",
    "手术同意书缺家属关系一栏，请补填。",
    "检查报告单少一份，请找回附上。",
)
_MENDED = "已按要求补齐，请查收。"
_REASONS = (
    "患者再次入院，需查阅上次住院用药情况。",
    "科室死亡病例讨论需要，当日归还。",
    "医保抽查需提供原始病历。",
    "撰写病例讨论材料，仅在病案室查阅。",
)
_ZONES = {"职工": "职工医保", "居民": "其他医保", "生育": "其他医保"}


class Record:
    """The record of one stay, or an old one of the outpatients; act by act."""

    def __init__(self, world: World, stay: Stay | None = None, ward: str = HOME) -> None:
        self._world = world
        self._stay = stay
        self._ward = ward if stay is None else stay.ward
        self._number = ""
        self._nurse = world.holder("ward_nurse", self._ward)
        self._clerk = world.holder("record_clerk")
        self._shelf = ""

    # ---- of outpatients --------------------------------------------------------------------------

    def begin(self) -> None:
        """A folder of the clinic for the chronically ill, which goes on."""
        answers = {"record_type": "门诊", "zone": "特殊病"}
        self._number = self._world.stage.open(self._nurse, PROCESS, answers)

    def old(self, years: int, days: int) -> Deed:
        """Opens a record of prescriptions whose visit is so long ago."""

        def deed() -> None:
            at = self._world.now - timedelta(days=365 * years + years // 4 + days)
            answers = {"record_type": "门诊处方", "discharge_time": _minute(at)}
            self._number = self._world.stage.open(self._nurse, PROCESS, answers)

        return deed

    # ---- the way to the shelf --------------------------------------------------------------------

    def brought_back(self) -> None:
        self._world.stage.do(self._nurse, self._case_number(), "return_record")

    def sent_back(self) -> None:
        opinion = self._world.pick(_DEFECTS)
        self._world.stage.do(self._clerk, self._case_number(), "send_back", opinion=opinion)

    def mended(self) -> None:
        doctor = self._world.holder("attending_doctor", self._ward)
        self._world.stage.do(doctor, self._case_number(), "resubmit", opinion=_MENDED)

    def shelved(self) -> None:
        self._world.stage.do(self._clerk, self._case_number(), "archive", self._place(_COMPLETE))

    def lent(self) -> None:
        opinion = self._world.pick(_REASONS)
        self._world.stage.do("reader", self._case_number(), "borrow", opinion=opinion)

    def given_back(self) -> None:
        self._world.stage.do(self._clerk, self._case_number(), "give_back")

    def destroyed_by_clerk(self) -> None:
        opinion = "清册已核对，同意销毁。"
        self._world.stage.do("haoyongchang", self._case_number(), "destroy", opinion=opinion)

    def destroyed_by_affairs(self) -> None:
        opinion = "已抽查，无在诉、在查病历，同意销毁。"
        self._world.stage.do("medical_affairs", self._case_number(), "destroy", opinion=opinion)

    # ---- what is tried and refused ---------------------------------------------------------------

    def shelved_without_certificate(self) -> None:
        self._world.stage.is_refused(
            Code.CONDITION_NOT_MET,
            self._clerk,
            self._case_number(),
            "archive",
            self._place(["检查结果", "自费同意书"]),
        )

    def lent_without_reason(self) -> None:
        self._world.stage.is_refused(Code.OPINION_REQUIRED, "reader", self._case_number(), "borrow")

    def stranger_brings_back(self) -> None:
        stranger = self._world.holder("ward_nurse", "icu" if self._ward != "icu" else "surgery")
        self._world.stage.is_refused(
            Code.NOT_PERMITTED, stranger, self._case_number(), "return_record"
        )

    def destroyed_twice(self) -> None:
        """One person cannot be both signatures."""
        self._world.stage.is_refused(
            Code.SEPARATION_OF_DUTIES,
            "haoyongchang",
            self._case_number(),
            "destroy",
            opinion="同意销毁。",
        )

    def case(self) -> Case:
        """The record as it stands."""
        return self._world.stage.case(self._case_number())

    def _case_number(self) -> str:
        return self._number if self._stay is None else self._stay.record

    def _place(self, checklist: list[str]) -> dict[str, object]:
        if not self._shelf:
            self._shelf = f"{self._world.today:%y}-{self._world.next_number() + 20000:06d}"
        scheme = "" if self._stay is None else self._stay.patient.scheme
        return {
            "zone": _ZONES.get(scheme, "其他医保"),
            "archive_no": self._shelf,
            "checklist": checklist,
        }


def _minute(at: datetime) -> str:
    return at.replace(second=0, microsecond=0).isoformat()


@dataclass
class Records:
    """Where the records of stays go, and those of the outpatients."""

    world: World

    def after(self, stay: Stay, left: datetime, until: str = "", late: bool = False) -> None:
        """What becomes of the record of a patient who left then, as far as now.

        `until`: the step at which it stops (`due`, `returned`, `rework`, `on_loan`).
        """
        record = Record(self.world, stay)
        rng, after = self.world.rng, self.world.diary.after
        if until == "due":
            return
        back = after(left, rng.uniform(78, 110) if late else rng.uniform(16, 46))
        if rng.random() < 0.1:
            self.world.add(back, record.stranger_brings_back)
        self.world.add(back, record.brought_back)
        if until == "returned":
            return
        at = after(back, rng.uniform(2, 20))
        # Who mended a record may read it later on: that is how the reader of this ward finds it.
        lendable = stay.ward == HOME and until != "rework" and rng.random() < 0.6
        if until in ("rework", "on_loan") or lendable or rng.random() < 0.1:
            self.world.add(at, record.sent_back)
            at = after(at, rng.uniform(6, 30))
            if until == "rework":
                return
            self.world.add(at, record.mended)
            at = after(at, rng.uniform(1, 20))
        self._shelf(record, at, until, lendable)

    def _shelf(self, record: Record, at: datetime, until: str, lendable: bool) -> None:
        rng, after = self.world.rng, self.world.diary.after
        if rng.random() < 0.25:
            self.world.add(at, record.shelved_without_certificate)
        self.world.add(at, record.shelved)
        if until == "on_loan" or (lendable and rng.random() < 0.6):
            at = after(at, rng.uniform(20, 90))
            if rng.random() < 0.3:
                self.world.add(at, record.lent_without_reason)
            self.world.add(at, record.lent)
            if until != "on_loan":
                self.world.add(after(at, rng.uniform(4, 50)), record.given_back)

    def plan(self) -> None:
        """Those that belong to no stay."""
        world, workday = self.world, self.world.diary.workday
        for ward, back in ((HOME, 3), (HOME, 9), ("obstetrics", 14), ("paediatrics", 1)):
            world.plan(Script().then(Record(world, ward=ward).begin), workday(back))
        # Old boxes of prescriptions, found when the store was cleared: long overdue when they come.
        for turn, back in enumerate((28, 27, 26, 25, 24)):
            record = Record(world, ward=HOME if turn % 2 else "surgery")
            script = Script().then(record.old(2, 12 if turn < 4 else -16 - 14))
            script.then(record.brought_back, hours=20).then(record.shelved, hours=26)
            if turn < 3:
                script.then(record.destroyed_by_clerk, days=6)
            if turn == 0:
                script.then(record.destroyed_twice, hours=1)
            if turn < 2:
                script.then(record.destroyed_by_affairs, hours=30)
            world.plan(script, workday(back - 10))
