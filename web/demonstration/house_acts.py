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
from workflow.ports.doors import UnsentForm
from workflow.ports.house import AddRow, Deed, SaveDelegation
from workflow.ports.store import Store
from workflow.refusals import Refused
from workflow.service.administering import Administering
from workflow.service.looking import Looking
from workflow.service.staffing import NewPerson

PROFILE = "H02"
GOVERNING = "policy-profile"

#: What the hospital decides when it sets its policy up, and why: first what the profile leaves to
#: it, then figures that the documents leave open.
DECISIONS: tuple[tuple[str, object, str], ...] = (
    (
        "exclusion.maternity",
        "maternity_scheme",
        "本市生育保险与职工医保合并实施，生育住院按生育险种结算，院长办公会通过。",
    ),
    ("fee_correction.answer_days", 3, "患者费用疑问三个工作日内答复，写入本院服务承诺。"),
    (
        "consumable.step_reminder_days",
        3,
        "卫生材料审批每一环超过三个工作日即提醒，避免影响临床使用。",
    ),
    (
        "fraud.report_minutes",
        1440,
        "冒名、转借卡证须当日报医保办；节假日顺延由值班人员处理，按24小时计。",
    ),
    ("publicity.renew_days", 90, "宣传栏和公示内容每季度更换一次，写入本院宣传公示办法。"),
    ("statement.due_day", 8, "按本院与经办机构的约定，每月八日前报送。"),
    ("catalogue.upload_days", 30, "目录库每月上传一次，写入本院信息科制度。"),
    ("catalogue.check_days", 7, "目录库每周检查一次，写入本院信息科制度。"),
    ("equipment.report_hours", 24, "按本院医保协议的约定。"),
    ("complaint.days", 15, "投诉十五个工作日内办结，写入本院服务承诺。"),
    ("complaint.reward", "500.00", "举报属实每件奖励五百元，院长办公会通过。"),
    ("exam.pass_mark", 80, "岗前考试八十分合格，写入本院培训办法。"),
    ("renewal.good_grade", "优秀", "按经办机构考核办法的等级名称。"),
    ("breach.legal_threshold", "50000.00", "五万元以上送法制审核，院长办公会通过。"),
    ("payment.collective_threshold", "500000.00", "五十万元以上集体决策，院长办公会通过。"),
    ("fund.audit_months", 12, "基金每年审计一次。"),
    ("fund.publish_months", 6, "基金使用情况每半年公布一次。"),
    ("own_share_limit", "30.00", "按去年补充协议约定的比例。"),
    ("ab_drug_ratio", "70.00", "按去年服务协议约定的比例。"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter that changes by a case: proposed so many working days back, holding so many days
    later; of check and approval, a working day each, `steps` are done.
    """

    key: str
    old: str
    new: str
    clauses: tuple[str, ...]
    note: str
    back: int
    holds_after: int
    steps: int = 2


CHANGES = (
    Change(
        "consumable.medins_review",
        "关",
        "开",
        ("S0-03-B02c", "S0-12-02c"),
        "上月两例材料不在医保目录被拒付；责任条文以医保审核为前提，新增材料先经医保办审核。",
        back=23,
        holds_after=10,
    ),
    Change(
        "complaint.days",
        "15",
        "10",
        ("S2-A09.3",),
        "上季度投诉平均八个工作日办结，承诺期限相应缩短。",
        back=4,
        holds_after=20,
    ),
    Change(
        "own_share_limit",
        "30.00",
        "28.00",
        ("S0-16-B7",),
        "今年补充协议约定的比例改为百分之二十八。",
        back=1,
        holds_after=10,
        steps=0,
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
        # The set-up is over when the first case is opened, so it stands before the first story.
        world, begin = self.world, self.world.begin - timedelta(minutes=50)
        world.add(begin, self._follow)
        for key, value, reason in DECISIONS:
            world.add(begin + timedelta(minutes=5), self._decide(key, value, reason))
        world.add(begin + timedelta(minutes=30), self._agree)
        for change in CHANGES:
            self._change(change)
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

    def _agree(self) -> None:
        deed = self._deed("sunhaoran", "与院长办公会纪要核对无误")
        _done(self.administering.policy.confirm(deed))

    def _change(self, change: Change) -> None:
        """Put a case of the policy process on the programme."""
        world, diary = self.world, self.world.diary
        at = diary.workday(change.back)
        holds = diary.day(at) + timedelta(days=change.holds_after)
        number: list[str] = []

        def propose() -> None:
            answers = {
                "key": change.key,
                "hospital": "本院",
                "old_value": change.old,
                "new_value": change.new,
                "clause_ids": list(change.clauses),
                "conflict_note": change.note,
                "effective_on": holds.isoformat(),
            }
            number.append(world.stage.open("jiangsufen", GOVERNING, answers))

        def check() -> None:
            world.stage.do("policy_owner", number[0], "review", opinion="条款与上位规定核对无误")

        def approve() -> None:
            world.stage.do("vice_president", number[0], "approve", opinion="同意")

        world.add(at, propose)
        for later, step in enumerate((check, approve)[: change.steps], start=1):
            world.add(diary.workday(change.back - later), step)

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
