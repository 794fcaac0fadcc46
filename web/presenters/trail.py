"""The ledger in words for an auditor: filters in the address, lines of a table, and one line in
full.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from web.presenters.calculations import Worked, worked
from web.presenters.office import address
from web.presenters.speech import Speech, speech_of
from web.presenters.staff import Choice, folded, role_choices
from web.presenters.timeline import CALENDAR_CHANGED, REMINDED, act_name
from web.presenters.values import Reader, nothing_masked, shown_value
from web.visit import Visit
from workflow.design.definition import Definition
from workflow.design.form import Field
from workflow.design.form_rules import OPENING
from workflow.nouns import OPENED, TIMER, Case, Entry
from workflow.ports.house import MarkMissed
from workflow.ports.reading import AuditQuery, AuditRow, Page
from workflow.refusals import Refusal, Sentence
from workflow.service.auditing import (
    EXPORTED,
    READ_CONFIDENTIAL,
    VERIFIED,
    CaseLedger,
    Verification,
)
from workflow.service.catalog import UnknownProcess
from workflow.service.clockwork import CLOCK_JUMPED, CLOCKS_DIFFER
from workflow.service.house_lines import house_line_of
from workflow.service.housework import REFUSED
from workflow.service.importing import HANDED_OUT
from workflow.service.importing_registers import PROPOSED as LIST_PROPOSED
from workflow.service.leaving import MOVED
from workflow.service.registers import EXPORTED as REGISTER_EXPORTED
from workflow.service.registers import READ as REGISTER_READ
from workflow.service.sights import line_of
from workflow.service.timekeeping import DEADLINES_MOVED

#: Lines on one page of the table.
AT_ONCE = 50

#: What is recorded of the house beside changes, which say their own names.
_TOLD: Mapping[str, Sentence] = {
    EXPORTED: Sentence("导出审计记录", "Audit trail exported"),
    VERIFIED: Sentence("校验账本", "Ledger verified"),
    READ_CONFIDENTIAL: Sentence("查看保密案件", "Confidential case read"),
    HANDED_OUT: Sentence("下载名单", "List taken along"),
    LIST_PROPOSED: Sentence("提出导入登记簿", "List of a register proposed"),
    "register_rows_brought": Sentence("导入登记簿的已有记录", "List of a register brought along"),
    REGISTER_READ: Sentence("查阅登记簿", "Register looked up"),
    REGISTER_EXPORTED: Sentence("导出登记簿", "Register exported"),
    MOVED: Sentence("移交待办", "Work moved to a colleague"),
    DEADLINES_MOVED: Sentence("核对进行中案件的期限", "Deadlines of running cases moved"),
    CLOCK_JUMPED: Sentence("系统时钟跳变", "The clock jumped"),
    CLOCKS_DIFFER: Sentence("服务器之间时钟不一致", "The clocks of two machines differ"),
    "end_sessions": Sentence("结束登录", "Sign-ins ended"),
    "signed_in": Sentence("登录", "Signed in"),
    "signed_out": Sentence("退出", "Signed out"),
    "sign_in_failed": Sentence("登录失败", "Sign-in failed"),
    "sign_in_locked": Sentence("登录已锁定", "Sign-in locked"),
    "password_changed": Sentence("修改密码", "Password changed"),
    "person_saved": Sentence("修改人员", "Person saved"),
    "department_saved": Sentence("修改科室", "Department saved"),
    "delegation_saved": Sentence("修改代理", "Delegation saved"),
    "delegation_removed": Sentence("取消代理", "Delegation taken back"),
    "account_saved": Sentence("修改登录账号", "Account saved"),
    "policy_saved": Sentence("修改医院规则", "Policy saved"),
    "calendar_saved": Sentence("修改工作日历", "Calendar saved"),
    "register_row_added": Sentence("登记已有记录", "Row brought along"),
    "notice_default_saved": Sentence("修改通知默认设置", "Default of notices saved"),
    "delivery_given_up": Sentence("消息多次发送未成功", "A message was given up"),
    "deliveries_tried_again": Sentence("重新发送消息", "Messages sent again"),
    "definition_published": Sentence("发布流程", "Definition published"),
    "definition_retired": Sentence("停用或恢复流程", "Definition retired or restored"),
    "token_saved": Sentence("修改接口令牌", "Key of a program saved"),
    MarkMissed.event: MarkMissed.says,
}
_TRIED: Mapping[str, Sentence] = {
    "publish": Sentence("发布流程", "publish a definition"),
    "examine": Sentence("检查或发布流程", "examine or publish a definition"),
    "retire": Sentence("停用流程", "retire a definition"),
    "add_person": Sentence("添加人员", "add a person"),
    "change_person": Sentence("修改人员", "change a person"),
    "end_person": Sentence("停用人员", "end a person"),
    "give_post": Sentence("添加岗位", "give a post"),
    "end_post": Sentence("结束岗位", "end a post"),
    "reset_password": Sentence("重设密码", "reset a password"),
    "decide_parameter": Sentence("修改政策参数", "change a parameter"),
    "leave_parameter": Sentence("恢复政策参数", "leave a parameter to the profile"),
    "follow_profile": Sentence("改用规则档案", "follow another profile"),
    "confirm_set_up": Sentence("确认初始设置", "agree to the set-up"),
    "discard_set_up": Sentence("放弃初始设置", "throw the set-up away"),
    "change_calendar": Sentence("修改工作日历", "change the calendar"),
    "lend": Sentence("设置代理", "lend work"),
    "end_lending": Sentence("结束代理", "end a delegation"),
    "import": Sentence("导入名单", "import a list"),
    "hand_out": Sentence("下载名单", "take a list along"),
    "export": Sentence("导出审计记录", "export the trail"),
    "import_register": Sentence("导入登记簿", "bring a list of a register along"),
    "export_register": Sentence("导出登记簿", "export a register"),
}
TRIED = Sentence("尝试“{act}”，未获允许", "Tried “{act}”, was refused")
WHOLE = Sentence("完好", "whole")
KEY = Sentence("操作编号", "Key of the act")
HOUSE = Sentence("医院设置", "The house")
SECRET = Sentence("保密案件，打开即留痕", "confidential; opening it is recorded")
MANY_OF_A_NAME = Sentence(
    "有多位“{name}”，请改用工号查询", "Several people are called “{name}”; use their id"
)
NOBODY_CALLED = Sentence(
    "没有叫“{name}”的人，请核对姓名或工号", "Nobody is called “{name}”; check name or id"
)
NO_DAY = Sentence("没有这一天，请填如 2026-03-02", "There is no such day; write it as 2026-03-02")
BACKWARDS = Sentence(
    "结束日期早于开始日期，什么也找不到", "The last day is before the first, so nothing is found"
)
#: Stands for a day that is none: nothing was written since, nothing until then.
NEVER = {"since": date(2199, 12, 31), "until": date(1971, 1, 1)}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the auditor narrows the ledger to, as it stands in the address."""

    case: str = ""
    person: str = ""
    role: str = ""
    department: str = ""
    process: str = ""
    action: str = ""
    since: str = ""
    until: str = ""
    refused: bool = False
    page: int = 1

    def query_of(self, path: str, page: int = 1) -> str:
        """An address with the same filters."""
        return address(
            path,
            case=self.case,
            person=self.person,
            role=self.role,
            department=self.department,
            process=self.process,
            action=self.action,
            since=self.since,
            until=self.until,
            refused="1" if self.refused else "",
            page=str(page) if page > 1 else "",
        )


@dataclass(frozen=True, slots=True)
class TrailLine:
    """A line of the table. `refused` lines look different and say why."""

    url: str
    at: str
    number: str
    title: str
    process: str
    what: str
    who: str
    acting_for: str
    post: str
    moved: str
    refused: bool
    because: str
    secret: bool


@dataclass(frozen=True, slots=True)
class SearchView:
    """The page of the ledger's lines with its filters."""

    filters: Filters
    problems: tuple[tuple[str, str], ...]
    lines: tuple[TrailLine, ...]
    total: str
    earlier: str
    later: str
    csv: str
    xlsx: str
    roles: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    processes: tuple[Choice, ...]
    actions: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A name with a value, as a list of facts shows it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Altered:
    """A value before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """What one rule said: `mark` is yes, no or open."""

    name: str
    mark: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReasonSaid:
    """One reason of a refusal."""

    text: str
    code: str
    clauses: tuple[str, ...]
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryView:
    """One ledger line in full."""

    seq: int
    line: TrailLine
    told: tuple[Told, ...]
    opinion: str
    altered: tuple[Altered, ...]
    rules: tuple[RuleSaid, ...]
    reasons: tuple[ReasonSaid, ...]
    digest: str
    worked: tuple[Worked, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerView:
    """The ledger of one case with what the check of its chain said."""

    number: str
    title: str
    process: str
    entries: tuple[EntryView, ...]
    whole: bool
    fault: str
    head: str


@dataclass(frozen=True, slots=True)
class VerifyView:
    """The page of the check; without `found` it was not run yet."""

    ran: bool = False
    whole: bool = False
    cases: int = 0
    entries: int = 0
    at: str = ""
    faults: tuple[tuple[str, int, str], ...] = ()


# ---- filters ------------------------------------------------------------------------------------


def audit_query(visit: Visit, filters: Filters) -> tuple[AuditQuery, tuple[tuple[str, str], ...]]:
    """What is asked of the ledger, and what of the filters could not be understood."""
    problems: list[tuple[str, str]] = []
    person = _person(visit, filters.person.strip(), problems)
    since, until = (
        _day(name, visit, said, problems)
        for name, said in (("since", filters.since), ("until", filters.until))
    )
    if since is not None and until is not None and until < since:
        problems.append(("until", visit.say(BACKWARDS)))
    calendar = visit.hospital.calendar
    query = AuditQuery(
        case_number=filters.case.strip().upper() or None,
        person=person,
        role=filters.role or None,
        department=filters.department or None,
        process=filters.process or None,
        event=filters.action or None,
        since=None if since is None else calendar.end_of_day(since - timedelta(days=1)),
        until=None if until is None else calendar.end_of_day(until),
        refused_only=filters.refused,
        limit=AT_ONCE,
        offset=(filters.page - 1) * AT_ONCE,
    )
    return query, tuple(problems)


def _person(visit: Visit, said: str, problems: list[tuple[str, str]]) -> str | None:
    if not said:
        return None
    people = visit.organisation.people
    if said in people:
        return said
    named = [one.id for one in people.values() if folded(one.name) == folded(said)]
    if len(named) == 1:
        return named[0]
    wrong = MANY_OF_A_NAME if named else NOBODY_CALLED
    problems.append(("person", visit.say(wrong.filled(name=said[:30]))))
    return said


def _day(name: str, visit: Visit, said: str, problems: list[tuple[str, str]]) -> date | None:
    """A day of the address. What is none is told, and finds nothing: all lines would be a lie."""
    if not said.strip():
        return None
    try:
        found = date.fromisoformat(said.strip())
    except ValueError:
        found = date.min
    if 1970 < found.year < 2200:
        return found
    problems.append((name, visit.say(NO_DAY)))
    return NEVER[name]


def search_view(
    visit: Visit, filters: Filters, found: Page[AuditRow], problems: tuple[tuple[str, str], ...]
) -> SearchView:
    """The lines that were found, as a table."""
    more = filters.page * AT_ONCE < found.total or (found.capped and len(found.rows) == AT_ONCE)
    return SearchView(
        filters=filters,
        problems=problems,
        lines=tuple(trail_line(visit, row) for row in found.rows),
        total=f"{found.total}+" if found.capped else str(found.total),
        earlier=filters.query_of("/audit/search", filters.page - 1) if filters.page > 1 else "",
        later=filters.query_of("/audit/search", filters.page + 1) if more else "",
        csv=filters.query_of("/audit/export.csv"),
        xlsx=filters.query_of("/audit/export.xlsx"),
        roles=role_choices(visit, filters.role, every=True),
        departments=tuple(
            Choice(one.id, one.name, one.id == filters.department)
            for one in visit.organisation.departments.values()
        ),
        processes=tuple(
            Choice(one.key, visit.say(one.name), one.key == filters.process)
            for one in visit.house.catalog().in_force()
        ),
        actions=_actions(visit, filters),
    )


def _actions(visit: Visit, filters: Filters) -> tuple[Choice, ...]:
    """What may be chosen as an action: those of the chosen process, or of all, and of the house."""
    names: dict[str, str] = {}
    for definition in visit.house.catalog().in_force():
        if filters.process in ("", definition.key):
            for key in (
                "start",
                "save",
                CALENDAR_CHANGED,
                REMINDED,
                *definition.actions,
                *definition.deadlines,
            ):
                said = act_name(OPENING if key == OPENED else key, definition)
                names.setdefault(key, visit.say(said))
    if not filters.process:
        names.update({key: visit.say(said) for key, said in _TOLD.items()})
    names[REFUSED] = visit.say(Sentence("被拒绝的尝试", "Refused attempts"))
    return tuple(Choice(key, f"{name} {key}", key == filters.action) for key, name in names.items())


# ---- lines --------------------------------------------------------------------------------------


def trail_line(visit: Visit, row: AuditRow) -> TrailLine:
    """A line of the table: what it tells without being opened."""
    speech, entry = speech_of(visit), row.entry
    definition = _definition(visit, entry)
    secret = bool(entry.process) and visit.house.auditing.is_confidential(entry.process)
    name, reasons = _act(entry, definition)
    what = visit.say(name)
    if entry.refused is not None and reasons:
        what = visit.say(TRIED.filled(act=what))
    between = "；" if visit.language == "zh_CN" else "; "
    return TrailLine(
        url=f"/audit/entry/{entry.case}/{entry.seq}",
        at=speech.full_moment(entry.at),
        number=row.case_number,
        title=visit.say(SECRET) if secret else row.case_title or _subject(entry),
        process=visit.say(HOUSE if definition is None else definition.name)
        if definition or not entry.process
        else entry.process,
        what=what,
        who=speech.person(entry.actor),
        acting_for="" if entry.acting_for is None else speech.person(entry.acting_for),
        post=speech.post(entry.role, entry.department),
        moved=_moved(entry, definition, speech),
        refused=entry.refused is not None,
        because="" if secret else between.join(visit.say(one.because) for one in reasons),
        secret=secret,
    )


def _definition(visit: Visit, entry: Entry) -> Definition | None:
    try:
        return visit.house.catalog().definition(entry.process) if entry.process else None
    except UnknownProcess:
        return None


def _act(entry: Entry, definition: Definition | None) -> tuple[Sentence, tuple[Refusal, ...]]:
    if entry.process:
        line = line_of(entry)
        told = _TOLD.get(line.action)
        if told is None and definition is not None:
            told = act_name(line.action, definition, by_timer=line.entry.actor == TIMER)
        return told or Sentence(line.action, line.action), line.refusals
    house = house_line_of(entry)
    plain = Sentence(house.action, house.action)
    return _TRIED.get(house.action) or _TOLD.get(house.action) or plain, house.refusals


def _subject(entry: Entry) -> str:
    return "" if entry.process else house_line_of(entry).subject


def _moved(entry: Entry, definition: Definition | None, speech: Speech) -> str:
    if entry.to_state is None or entry.refused is not None or entry.from_state == entry.to_state:
        return ""
    names = definition.states if definition else {}
    said = [
        speech.say(names[key].name) if key in names else key
        for key in (entry.from_state, entry.to_state)
        if key is not None
    ]
    return " → ".join(said)


def entry_view(visit: Visit, entry: Entry, case: Case | None) -> EntryView:
    """One line in full; whoever gets here has had the look recorded, if it needs to be."""
    row = AuditRow(entry, "" if case is None else case.number, "" if case is None else case.title)
    line = trail_line(visit, row)
    if case is None:
        return _house_entry(visit, entry, line)
    told = line_of(entry)
    definition = visit.house.catalog().definition(case.process, case.definition_version)
    reader = Reader(speech_of(visit), case.number, whole=nothing_masked)
    return EntryView(
        seq=entry.seq,
        line=line,
        told=(Told(visit.say(KEY), entry.key),) if entry.key else (),
        opinion=told.opinion,
        altered=tuple(
            Altered(
                visit.say(definition.form[one.field].label),
                shown_value(definition.form[one.field], one.before, reader).text,
                shown_value(definition.form[one.field], one.after, reader).text,
            )
            for one in told.changes
            if one.field in definition.form
        ),
        rules=tuple(
            RuleSaid(one.rule, {True: "yes", False: "no", None: "open"}[one.holds], one.clauses)
            for one in told.rules
        ),
        reasons=_reasons(visit, told.refusals, definition.form),
        digest=entry.digest,
        worked=worked(told, definition, reader),
    )


def _house_entry(visit: Visit, entry: Entry, line: TrailLine) -> EntryView:
    told = house_line_of(entry)
    return EntryView(
        seq=entry.seq,
        line=line,
        told=_told(told.told),
        opinion=told.reason,
        altered=tuple(
            Altered(one.path, _plain(one.before), _plain(one.after)) for one in told.altered
        ),
        rules=(),
        reasons=_reasons(visit, told.refusals, {}),
        digest=entry.digest,
    )


#: What is too long to be read on a page: the rows of a list stand in their register.
_LEFT_OUT = frozenset({"rows"})


def _told(facts: Mapping[str, object]) -> tuple[Told, ...]:
    return tuple(
        Told(name, _plain(value))
        for name, value in facts.items()
        if value not in (None, "") and not (name in _LEFT_OUT and isinstance(value, list))
    )


def _plain(value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_plain(one) for one in value) or "—"
    return str(value)


def _reasons(
    visit: Visit, refusals: Iterable[Refusal], form: Mapping[str, Field]
) -> tuple[ReasonSaid, ...]:
    """Each with its code, in the order of the ledger; with the name of the field it is about."""
    speech = speech_of(visit)
    return tuple(
        ReasonSaid(told.text, one.code.value, one.clauses, one.cases)
        for one in refusals
        for told in speech.told_apart([one], form)
    )


# ---- one case, and all of it --------------------------------------------------------------------


def ledger_view(visit: Visit, ledger: CaseLedger) -> LedgerView:
    """Every line of a case in full, the first one first."""
    case = ledger.case
    definition = visit.house.catalog().definition(case.process, case.definition_version)
    fault = "" if ledger.fault is None else f"#{ledger.fault.seq} {visit.say(ledger.fault.what)}"
    return LedgerView(
        number=case.number,
        title=case.title,
        process=visit.say(definition.name),
        entries=tuple(entry_view(visit, entry, case) for entry in ledger.entries),
        whole=ledger.fault is None and not ledger.differs,
        fault=fault or ", ".join(ledger.differs),
        head=case.head,
    )


def verify_view(visit: Visit, found: Verification) -> VerifyView:
    """What a check of the whole ledger said."""
    return VerifyView(
        ran=True,
        whole=found.whole,
        cases=found.cases,
        entries=found.entries,
        at=speech_of(visit).full_moment(visit.now),
        faults=tuple((fault.case, fault.seq, visit.say(fault.what)) for fault in found.faults),
    )
