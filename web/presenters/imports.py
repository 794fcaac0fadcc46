"""Lists that change people and departments: what their columns mean, and what a list would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.sent_lists import SentList
from web.visit import Visit
from workflow.refusals import Sentence
from workflow.service.importing import Draft, How, Kind
from workflow.service.tables_in import Column, Fault

#: Longer previews say how many more there are.
MOST_SHOWN = 300

TITLES: Mapping[str, Sentence] = {
    "departments": Sentence("导入科室", "Import departments"),
    "people": Sentence("导入人员与岗位", "Import people and posts"),
    "rosters": Sentence("导入值班表", "Import duty rosters"),
    "calendar": Sentence("导入工作日历", "Import the calendar"),
}
NAMES: Mapping[str, Sentence] = {
    "departments": Sentence("科室", "Departments"),
    "people": Sentence("人员与岗位", "People and posts"),
    "rosters": Sentence("值班表", "Duty rosters"),
    "calendar": Sentence("工作日历", "Calendar"),
}
#: What a column holds, by (kind, column).
HELP: Mapping[tuple[str, str], Sentence] = {
    ("departments", "id"): Sentence(
        "小写字母、数字或 . _ - ，定了以后不能改",
        "Lower-case letters, digits or . _ -; kept for ever",
    ),
    ("departments", "name"): Sentence("新科室必填", "Needed for a new department"),
    ("departments", "type"): Sentence(
        "临床科室、医技科室、职能科室、院领导、院外单位；写“已撤销”即撤销",
        "Clinical, Medical technology, Functional, Leadership, External body; “Closed” closes it",
    ),
    ("departments", "parent"): Sentence(
        "上级科室的名称或编号；写“无”即没有上级", "Name or number of the superior; “none” for none"
    ),
    ("people", "id"): Sentence(
        "小写字母、数字或 . _ - ，定了以后不能改",
        "Lower-case letters, digits or . _ -; kept for ever",
    ),
    ("people", "name"): Sentence("新人员必填", "Needed for somebody new"),
    ("people", "department"): Sentence(
        "科室名称或编号；新人员必填", "Name or number; needed for somebody new"
    ),
    ("people", "posts"): Sentence(
        "多个用“、”隔开；别的科室的岗位写成 科主任@急诊科；任期不同的分几行写。"
        "填了就是此人的全部岗位，没写到的到今天结束；写“无”即全部结束",
        "Several are parted by commas; a post elsewhere is written head@emergency; different "
        "terms take several rows. These are all that the person holds: others end today; "
        "“none” ends all",
    ),
    ("people", "start"): Sentence(
        "这一行岗位的第一天，如 2026-03-01；写“无”即不限", "First day of the posts of the row"
    ),
    ("people", "end"): Sentence(
        "这一行岗位的最后一天；写“无”即不限", "Last day of the posts of the row; “none”: open"
    ),
    ("people", "limit"): Sentence(
        "这一行岗位可以审批到多少元；写“无”即没有约定",
        "Up to how many yuan the posts of the row suffice; “none”: not settled",
    ),
    ("people", "login"): Sentence(
        "给没有账号的人开通账号；一次性密码在人员页发放",
        "Opens an account; the first password is given on the page of the person",
    ),
    ("people", "active"): Sentence(
        "是 或 否；写“否”即停用，不再登录和收到待办", "yes or no; “no”: no sign-in and no tasks"
    ),
}
HELP = {
    **HELP,
    ("rosters", "roster"): Sentence(
        "流程里写的值班表编号，如 general", "The key that definitions name, such as general"
    ),
    ("rosters", "name"): Sentence("新值班表写上；不填即不改", "For a new roster; empty: as it is"),
    ("rosters", "date"): Sentence(
        "写到的日子以本表为准，没写到的日子不变",
        "Days that the list names are as it says; other days stay",
    ),
    ("rosters", "shift"): Sentence("不填即全天", "Empty: all day"),
    ("rosters", "start"): Sentence(
        "如 18:00；同一班次写一次即可", "Like 18:00; once for each shift is enough"
    ),
    ("rosters", "end"): Sentence(
        "如 08:00；早于开始即到次日", "Like 08:00; before its start: on the next day"
    ),
    ("rosters", "person"): Sentence(
        "工号或姓名；写“无”即这一天无人值班", "Number or name; “none”: nobody on that day"
    ),
    ("rosters", "department"): Sentence(
        "为哪个科室值班；可不填", "For which department; may be empty"
    ),
    ("calendar", "date"): Sentence(
        "如 2027-01-01；只写与平常不同的日子", "Like 2027-01-01; only days unlike their weekday"
    ),
    ("calendar", "is_work"): Sentence(
        "上班 或 放假；写“照常”即恢复平常", "worked or free; “as usual” undoes what was decided"
    ),
    ("calendar", "name"): Sentence("如 元旦、春节调休上班", "Such as New Year"),
    ("calendar", "calendar"): Sentence(
        "科室或班次日历的名称或键；不填即全院的。全院的放假安排写到哪一年，就算公布到那年年底",
        "Name or key of a department's or shift's calendar; empty: the hospital's. The last year "
        "that has days of the hospital's counts as decreed to its end",
    ),
}
HOW: Mapping[How, tuple[Sentence, str, str]] = {
    How.NEW: (Sentence("新增", "New"), "good", "plus"),
    How.CHANGED: (Sentence("修改", "Changed"), "waiting", "edit"),
    How.ENDED: (Sentence("停用", "Ended"), "late", "ban"),
}
WHOLE_FILE = Sentence("整个文件", "The whole file")
ROW = Sentence("第 {line} 行", "Row {line}")


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column that the list may have, with examples from one row to the next."""

    title: str
    help: str
    needed: bool
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """A kind of list."""

    url: str
    name: str
    here: bool


@dataclass(frozen=True, slots=True)
class FaultLine:
    """What is wrong at a place of the list."""

    place: str
    column: str
    because: str


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """What would become of one person or department."""

    place: str
    id: str
    name: str
    how: str
    tone: str
    icon: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows do something."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A list as it would be carried out: what is confirmed is `digest`, over `content`."""

    name: str
    counts: tuple[Count, ...]
    planned: tuple[PlannedLine, ...]
    more: int
    same: int
    digest: str
    content: str
    reason: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ImportView:
    """The page of one kind of list. `seen` and `faults` stand there after a file was sent."""

    kind: str
    send_to: str
    title: str
    tabs: tuple[Tab, ...]
    columns: tuple[ColumnLine, ...]
    limits: tuple[int, int]  # rows, MB
    faults: tuple[FaultLine, ...] = ()
    more_faults: int = 0
    seen: Seen | None = None


def import_view(
    visit: Visit,
    kind: Kind,
    limits: tuple[int, int],
    *,
    faults: tuple[Fault, ...] = (),
    seen: Seen | None = None,
) -> ImportView:
    """The page, with what came of a file if one was sent."""
    return ImportView(
        kind=kind.key,
        send_to=f"/admin/org/import/{kind.key}",
        title=visit.say(TITLES[kind.key]),
        tabs=tuple(
            Tab(f"/admin/org/import/{key}", visit.say(name), key == kind.key)
            for key, name in NAMES.items()
        ),
        columns=tuple(_column_line(visit, kind, at) for at in range(len(kind.columns))),
        limits=limits,
        faults=tuple(_fault_line(visit, kind, fault) for fault in faults[:MOST_SHOWN]),
        more_faults=max(0, len(faults) - MOST_SHOWN),
        seen=seen,
    )


def seen_view(visit: Visit, draft: Draft, sent: SentList, problem: str = "") -> Seen:
    """A list that can be carried out, to be looked at first."""
    return Seen(
        name=sent.name,
        counts=tuple(Count(visit.say(HOW[how][0]), draft.count(how)) for how in How),
        planned=tuple(
            PlannedLine(
                place=visit.say(ROW.filled(line=one.line)),
                id=one.id,
                name=one.name,
                how=visit.say(HOW[one.how][0]),
                tone=HOW[one.how][1],
                icon=HOW[one.how][2],
                details=tuple(visit.say(detail) for detail in one.details),
            )
            for one in draft.planned[:MOST_SHOWN]
        ),
        more=max(0, len(draft.planned) - MOST_SHOWN),
        same=draft.same,
        digest=draft.digest,
        content=sent.content,
        reason=sent.words,
        problem=problem,
    )


def _column_line(visit: Visit, kind: Kind, at: int) -> ColumnLine:
    column = kind.columns[at]
    return ColumnLine(
        title=visit.say(column.title),
        help=visit.say(HELP[kind.key, column.key]),
        needed=column.needed,
        examples=tuple(dict.fromkeys(row[at] for row in kind.examples)),
    )


def _fault_line(visit: Visit, kind: Kind, fault: Fault) -> FaultLine:
    known: dict[str, Column] = {column.key: column for column in kind.columns}
    column = known.get(fault.column)
    return FaultLine(
        place=visit.say(ROW.filled(line=fault.line) if fault.line else WHOLE_FILE),
        column=fault.column if column is None else visit.say(column.title),
        because=visit.say(fault.because),
    )
