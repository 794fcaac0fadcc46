"""The table of checks: what a case is found to be, after a step.

One line of `CaseChecks` is one check: its shape, the function that looks, its meaning.
"""

from __future__ import annotations

from dataclasses import replace

from workflow.design.shapes import (
    Choice,
    Either,
    Entries,
    Flag,
    KnownKey,
    Made,
    Reference,
    Text,
    Whole,
)
from workflow.design.spots import Name
from workflow.design.tables import Key, Section, Table
from workflow.design.tables import Values as Read
from workflow.nouns import SYSTEM, TIMER
from workflow.refusals import Sentence
from workflow.scenarios import checks, traces
from workflow.scenarios.checks import DueAt, WantedTask
from workflow.scenarios.setting import Fields
from workflow.scenarios.shapes import Checked, Due, Items, RoleWord, Values
from workflow.scenarios.story import Check
from workflow.scenarios.traces import WantedActor, WantedCase, WantedRows

WORD = Text()
FLAG = Flag()
WORDS = Items(WORD)
PERSON = Reference(Name.PERSON)


class TaskKeys(Table):
    """An open task."""

    noun = Sentence("待办", "A task")

    step = Key(WORD, "所属状态", "the state that it belongs to")
    role = Key(RoleWord(), "等待的角色", "the role that it waits for")
    department = Key(WORD, "所在科室", "the department that it waits in")
    person = Key(PERSON, "等待的人", "the person that it waits for")
    because = Key(
        WORD,
        "为什么不在原处：vacant 无人，unnamed 未指定，applicant 只有申请人，excluded 均已签署",
        "why it is not where it was meant for: vacant, unnamed, applicant, excluded",
    )
    meant = Key(WORD, "原来等待的一方", "where it was meant for, as `r:dept_head@surgery`")


class ClosedKeys(TaskKeys):
    """A task that the step has closed."""

    noun = Sentence("办结的待办", "A task that was closed")

    as_ = Key(
        WORD,
        "怎样结束：动作，或 not_needed 不再需要、returned 退回、signed_elsewhere 已在别处签署",
        "how it ended: an action, or not_needed, returned, signed_elsewhere and the like",
    )
    by = Key(Reference(Name.PERSON, TIMER, SYSTEM), "因谁的办理而结束", "by whose act")


def _closed(values: Read) -> WantedTask:
    ended, by = values.get(ClosedKeys.as_), values.get(ClosedKeys.by)
    return replace(_task(values), ended=ended, by=by)


def _task(values: Read) -> WantedTask:
    keys = TaskKeys
    return WantedTask(
        values.get(keys.step),
        values.get(keys.role),
        values.get(keys.department),
        values.get(keys.person),
        values.get(keys.because),
        values.get(keys.meant),
    )


class ChildKeys(Table):
    """A case that was started by another."""

    noun = Sentence("启动的案件", "A case that was started")

    process = Key(WORD, "流程", "its process")
    state = Key(WORD, "状态", "its state")
    as_ = Key(WORD, "以后各步对它的称呼", "what later steps call it")


def _child(values: Read) -> WantedCase:
    keys = ChildKeys
    return WantedCase(values.get(keys.process), values.get(keys.state), values.get(keys.as_))


class OpenedKeys(ChildKeys):
    """A case that a schedule opened."""

    noun = Sentence("定期立案的案件", "A case that a schedule opened")

    schedule = Key(WORD, "哪个定期事项", "the schedule")
    department = Key(WORD, "案件的科室", "its department")


def _opened(values: Read) -> WantedCase:
    keys = OpenedKeys
    return WantedCase(
        values.get(keys.process),
        values.get(keys.state),
        values.get(keys.as_),
        values.get(keys.schedule),
        values.get(keys.department),
    )


class ActedKeys(Table):
    """Who acted."""

    noun = Sentence("经办人", "Who acted")

    by = Key(Reference(Name.PERSON, TIMER, SYSTEM), "谁办的", "who acted")
    for_ = Key(PERSON, "代谁办的", "for whom")
    grant = Key(FLAG, "是否记着代理的编号", "whether the entry bears the delegation's id")


def _acted(values: Read) -> WantedActor:
    keys = ActedKeys
    return WantedActor(values.get(keys.by), values.get(keys.for_), values.get(keys.grant))


class NoneKeys(Table):
    """Rows that a register has not."""

    noun = Sentence("登记簿中没有的记录", "Rows that are not in a register")

    none = Key(Items(Values()), "没有这样的记录", "there is no such row", required=True)


def _rows(rows: tuple[Fields, ...]) -> WantedRows:
    return WantedRows(rows)


def _no_rows(values: Read) -> WantedRows:
    return WantedRows(values.get(NoneKeys.none, ()), none=True)


ROWS = Either(Made(Items(Values()), _rows), Section(NoneKeys, _no_rows))
A_DUE = Sentence("一个时刻，或 {期限: 时刻}", "a moment, or {timer: moment}")
DUES: Either[DueAt | dict[str, DueAt]] = Either(Due(), Entries(None, Due(), A_DUE), A_DUE)
BY_PERSON = Entries(
    KnownKey(Name.PERSON), WORDS, Sentence("{人员: [词, …]}", "{person: [word, …]}")
)


READERS = Entries(
    KnownKey(Name.PERSON),
    Choice(Sentence("能否看", "whether they may read"), *checks.Reads),
    Sentence("{人员: yes、with_reason 或 no}", "{person: yes, with_reason or no}"),
)


def always(_wanted: object) -> bool:
    """Also an empty list asks for something: that there is none."""
    return True


class CaseChecks(Table):
    """What a case is found to be."""

    noun = Sentence("检查", "A check")

    state = Key(Checked(WORDS, checks.state), "所处状态", "the state that the case is in")
    tasks = Key(
        Checked(Items(Section(TaskKeys, _task)), checks.tasks, always),
        "全部未办的待办",
        "all open tasks",
    )
    closed = Key(
        Checked(Items(Section(ClosedKeys, _closed)), checks.closed, always),
        "这一步结束的全部待办",
        "all tasks that this step has closed",
    )
    inbox = Key(
        Checked(BY_PERSON, checks.inbox),
        "各人的待办箱里，本案有哪些步骤",
        "the steps of the case in each person's inbox",
    )
    can = Key(
        Checked(BY_PERSON, checks.can), "各人此刻能办的全部动作", "all actions open to each person"
    )
    reads = Key(
        Checked(READERS, checks.reads),
        "各人能否看本案：yes、with_reason（写明理由后）、no",
        "whether each person may read the case: yes, with_reason (once they say why), no",
    )
    fields = Key(Checked(Values(), checks.fields), "表单项的值", "values of form fields")
    due = Key(Checked(DUES, checks.due, always), "期限的截止时刻", "when a deadline falls")
    overdue = Key(
        Checked(WORDS, checks.overdue, always), "逾期的状态", "the states whose tasks are overdue"
    )
    registers = Key(
        Checked(
            Entries(None, ROWS, Sentence("{登记簿: [行, …]}", "{register: [row, …]}")),
            traces.registers,
            lambda wanted: any(wish.rows for wish in wanted.values()),
        ),
        "登记簿中有（或没有）的记录",
        "rows that registers have, or have not",
    )
    notified = Key(
        Checked(BY_PERSON, traces.notified),
        "自上次检查以来各人收到的通知；[] 即一条也没有",
        "notices that each person got since this was last asked; [] is none at all",
    )
    children = Key(
        Checked(Items(Section(ChildKeys, _child)), traces.children, always),
        "它启动的全部案件",
        "all cases that it started",
    )
    opened = Key(
        Checked(Items(Section(OpenedKeys, _opened)), traces.opened, always),
        "自上次检查以来定期立案的全部案件",
        "all cases that schedules opened since this was last asked",
    )
    missed = Key(
        Checked(
            Entries(
                None,
                Whole(Sentence("次数", "how often")),
                Sentence("{定期事项: 次数}", "{schedule: how often}"),
            ),
            traces.missed,
            always,
        ),
        "到此为止各定期事项漏办了几次",
        "how many turns of each schedule were missed so far",
    )
    history = Key(
        Checked(WORDS, traces.history), "台账末尾的事件", "the events with which its ledger ends"
    )
    acted = Key(
        Checked(Section(ActedKeys, _acted), traces.acted, lambda wanted: wanted != WantedActor()),
        "最后一笔由谁（代谁）办",
        "whom the last entry names",
    )
    members = Key(
        Checked(Items(Whole(Sentence("人数", "how many"))), traces.members),
        "账本所记会签成员的人数：办理前、办理后",
        "how many sat in the panel before and after, as the ledger tells",
    )
    revoked_by = Key(
        Checked(Reference(Name.CASE), traces.revoked_by),
        "被哪个案件撤销",
        "by which case it was revoked",
    )
    cites = Key(
        Checked(Items(Reference(Name.CLAUSE)), traces.cites),
        "规则或拒绝理由所依据的条款",
        "the clauses that the rule or the refusal cites",
    )


def checks_in(values: Read) -> tuple[Check, ...]:
    """The checks among the values of a step or an expectation, in the order of the file."""
    found = (values.read.get(key) for key in values.spots)
    return tuple(check for check in found if isinstance(check, Check))
