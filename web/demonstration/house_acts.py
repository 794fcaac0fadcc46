"""What the demonstration's administrators and auditor do beside the cases: rules, people, looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from web.demonstration.hospital import LEAVES
from web.demonstration.stage import OutOfScript
from web.demonstration.world import World
from web.unsent import about_new
from workflow.nouns import SYSTEM, Actor, RegisterRow
from workflow.people.organisation import Delegation, Post
from workflow.ports import AddRow, Deed, SaveDelegation, Store, UnsentForm
from workflow.refusals import Refused
from workflow.service.administering import Administering
from workflow.service.looking import Looking
from workflow.service.staffing import NewPerson

PROFILE = "H02"

#: What the hospital decided otherwise than its profile, and why; the last only after a month.
DECISIONS: tuple[tuple[int, str, object, str], ...] = (
    (
        0,
        "exclusion.maternity",
        "maternity_scheme",
        "本市生育保险与职工医保合并实施，生育住院按生育险种结算，院长办公会通过。",
    ),
    (
        0,
        "fee_correction.answer_days",
        3,
        "患者费用疑问三个工作日内答复，写入本院服务承诺。",
    ),
    (
        0,
        "consumable.step_reminder_days",
        3,
        "卫生材料审批每一环超过三个工作日即提醒，避免影响临床使用。",
    ),
    (
        0,
        "fraud.report_minutes",
        1440,
        "冒名、转借卡证须当日报医保办；节假日顺延由值班人员处理，按24小时计。",
    ),
    (
        0,
        "publicity.renew_days",
        90,
        "宣传栏和公示内容每季度更换一次，写入本院宣传公示办法。",
    ),
    (
        29,
        "consumable.medins_review",
        True,
        "上月两例材料不在医保目录被拒付，自本月起新增材料先经医保办审核再报分管领导。",
    ),
)


@dataclass
class HouseActs:
    """The house's own programme."""

    world: World
    store: Store
    administering: Administering
    looking: Looking

    def plan(self) -> None:
        """Put everything on the programme."""
        world, begin = self.world, self.world.begin
        world.add(begin + timedelta(minutes=1), self._follow)
        for day, key, value, reason in DECISIONS:
            at = begin + timedelta(days=day, minutes=2)
            world.add(at, self._decide(key, value, reason))
        self._staff()
        self._delegations()
        self._orders()
        self._looks()
        self._half_written()

    # ---- rules -----------------------------------------------------------------------------------

    def _follow(self) -> None:
        reason = "本院以第2套《医院医保管理制度》为基础。"
        _done(self.administering.policy.follow(self._deed("admin", reason), PROFILE))

    def _decide(self, key: str, value: object, reason: str) -> Callable[[], None]:
        def deed() -> None:
            _done(self.administering.policy.decide(self._deed("admin", reason), key, value))

        return deed

    # ---- people ----------------------------------------------------------------------------------

    def _staff(self) -> None:
        """Somebody leaves, somebody joins, somebody asks for what they may not."""
        diary = self.world.diary
        self.world.add(diary.workday(17), self._somebody_leaves)
        self.world.add(diary.workday(15), self._somebody_joins)
        self.world.add(diary.workday(12), self._own_post)
        self.world.add(diary.workday(6), self._no_administrator)

    def _somebody_leaves(self) -> None:
        _done(self.administering.staff.end_person(self._deed("admin", "调离本院"), LEAVES))

    def _somebody_joins(self) -> None:
        deed = self._deed("admin", "新入职护士")
        staff = self.administering.staff
        _done(staff.add_person(deed, NewPerson("jiangxinyue", "蒋欣玥", "obstetrics")))
        post = Post("ward_nurse", "obstetrics", self.world.today)
        _done(staff.give_post(deed, "jiangxinyue", post))

    def _own_post(self) -> None:
        """Nobody gives a post to themselves."""
        post = Post("finance_officer", "finance")
        _refused(self.administering.staff.give_post(self._deed("sunhaoran"), "sunhaoran", post))

    def _no_administrator(self) -> None:
        """The rules are not the finance office's to change."""
        deed = self._deed("panyaqin", "希望取消医保审核环节")
        _refused(self.administering.policy.decide(deed, "consumable.medins_review", "false"))

    def _delegations(self) -> None:
        """One that has run out, and one of these days."""
        today = self.world.diary.day(self.world.diary.now)
        for id_, principal, delegate, start, end in (
            ("lent-1", "finance_officer", "panyaqin", -33, -27),
            ("lent-2", "yanbingwen", "vice_president", -9, 5),
        ):
            first, last = today + timedelta(days=start), today + timedelta(days=end)
            at = self.world.diary.midnight(first) - timedelta(hours=7)
            self.world.add(at, self._lend(Delegation(id_, principal, delegate, first, last)))

    def _lend(self, delegation: Delegation) -> Callable[[], None]:
        def deed() -> None:
            done = self._deed("admin", "外出开会，期间委托代办")
            self.store.house.change(done, SaveDelegation(delegation))

        return deed

    # ---- what the clinical system hands over -----------------------------------------------------

    def _orders(self) -> None:
        """Each night the orders of the day to come, as rows of the register."""
        by_day: dict[date, list[RegisterRow]] = {}
        for order in self.world.orders:
            at = self.world.diary.midnight(order.day)
            named = f"orders.{order.values['order_id']}"
            row = RegisterRow(named, "orders", order.values, None, None, at)
            by_day.setdefault(order.day, []).append(row)
        for day, rows in by_day.items():
            self.world.add(self.world.diary.midnight(day), self._hand_over(rows))

    def _hand_over(self, rows: list[RegisterRow]) -> Callable[[], None]:
        def deed() -> None:
            done = Deed(Actor(SYSTEM, SYSTEM), self.world.now, "临床系统每日零点传入医嘱")
            self.store.house.change(done, *(AddRow(row) for row in rows))

        return deed

    # ---- who reads -------------------------------------------------------------------------------

    def _looks(self) -> None:
        """Reading a confidential case leaves a line, and so does trying to."""
        for back, person in ((9, "auditor"), (4, "auditor"), (3, "cashier"), (1, "auditor")):
            self.world.add(self.world.diary.workday(back), self._look(person))

    def _look(self, person: str) -> Callable[[], None]:
        def deed() -> None:
            year = self.world.today.year
            number, actor = f"MB{year}-000001", self._actor(person)
            self.looking.give_reason(number, actor, self.world.now, "季度审计抽查")
            self.looking.case(number, actor, self.world.now)

        return deed

    # ---- what lies on the desks ------------------------------------------------------------------

    def _half_written(self) -> None:
        for person, typed in _FORMS:
            at = self.world.diary.workday(0)
            self.world.add(at, self._leave_lying(person, typed))

    def _leave_lying(self, person: str, typed: dict[str, object]) -> Callable[[], None]:
        def deed() -> None:
            answers = {"typed": typed, "texts": {}, "files": []}
            form = UnsentForm(person, about_new("consumable-approval"), answers, self.world.now)
            self.store.desk.keep_unsent(form)

        return deed

    def _deed(self, person: str, reason: str = "") -> Deed:
        return Deed(self._actor(person), self.world.now, reason)

    def _actor(self, person: str) -> Actor:
        known = self.store.readings.hospital().organisation
        return Actor(person, known.person_name(person))


_FORMS: tuple[tuple[str, dict[str, object]], ...] = (
    (
        "clinician",
        {
            "material_name": "一次性使用雾化器",
            "spec": "成人面罩型",
            "purpose": "呼吸道疾病患者雾化治疗。",
        },
    ),
    ("dept_head", {"material_name": "电子支气管镜活检钳", "spec": "1.8mm"}),
)


def _done(answer: object) -> None:
    if isinstance(answer, Refused):
        raise OutOfScript(answer.because.zh)


def _refused(answer: object) -> None:
    if not isinstance(answer, Refused):
        raise OutOfScript("an administrator's act that should be refused was done")
