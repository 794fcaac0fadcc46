"""Lists that a hospital brings along for its registers: what they look like, what one would add."""

from __future__ import annotations

from dataclasses import dataclass

from web.presenters.imports import MOST_SHOWN, ROW, WHOLE_FILE, FaultLine
from web.presenters.inputs import NO, YES
from web.presenters.registers import cell_of
from web.presenters.speech import speech_of
from web.sent_lists import SentList
from web.visit import Visit
from workflow.design.form import Field, FieldType
from workflow.nouns import RegisterRow
from workflow.refusals import Sentence
from workflow.service.importing_registers import ListDraft, NewRow, Proposal
from workflow.service.register_catalogue import BusinessRegister
from workflow.service.tables_in import Fault

_HELP = {
    FieldType.MONEY: Sentence("金额，单位元，如 1234.50", "An amount in yuan, like 1234.50"),
    FieldType.INTEGER: Sentence("整数", "A whole number"),
    FieldType.DATE: Sentence("日期，如 2026-03-02", "A day, like 2026-03-02"),
    FieldType.DATETIME: Sentence(
        "日期和时间，如 2026-03-02 09:30", "Date and time, like 2026-03-02 09:30"
    ),
    FieldType.PERSON: Sentence("本院人员的姓名或工号", "Name or id of somebody here"),
    FieldType.DEPARTMENT: Sentence("科室名称或编号", "Name or id of a department"),
    FieldType.CITIZEN_ID: Sentence(
        "18 位身份证号，核对校验位", "18 characters; the check digit counts"
    ),
    FieldType.CASE: Sentence("原来的编号", "The number that it had"),
}
_TEXT = Sentence("文字", "Text")
_ONE_OF = Sentence("写其中一个：{words}", "One of: {words}")


@dataclass(frozen=True, slots=True)
class ListLine:
    """A register that takes lists."""

    url: str
    name: str
    count: int | None  # what confidential cases wrote is not counted out to everybody


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits for a second administrator."""

    url: str
    register: str
    who: str
    at: str
    file: str
    count: int
    own: bool


@dataclass(frozen=True, slots=True)
class ListsView:
    """All registers that take lists, and what waits."""

    lines: tuple[ListLine, ...]
    waiting: tuple[Waiting, ...]
    needs_two: bool


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column that a list may have."""

    title: str
    help: str
    needed: bool


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row that would be added."""

    place: str
    cells: tuple[tuple[str, str], ...]  # label, words


@dataclass(frozen=True, slots=True)
class SeenList:
    """A list as it would be brought along: what is confirmed is `digest`, of the file `content`."""

    name: str
    sha256: str
    new: int
    same: int
    columns: tuple[str, ...]
    rows: tuple[SeenRow, ...]
    more: int
    digest: str
    content: str
    reason: str
    problem: str
    proposed: tuple[Waiting, ...]
    waits: bool  # for somebody else to confirm it


@dataclass(frozen=True, slots=True)
class ListView:
    """The page of one register's list."""

    key: str
    send_to: str
    title: str
    by: str
    columns: tuple[ListColumn, ...]
    limits: tuple[int, int]  # rows, MB
    needs_two: bool
    waiting: tuple[Waiting, ...]
    faults: tuple[FaultLine, ...] = ()
    more_faults: int = 0
    seen: SeenList | None = None


def lists_view(visit: Visit) -> ListsView:
    """Every register that takes lists."""
    lists, counts = visit.house.administering.lists, visit.house.registers.counts()
    return ListsView(
        lines=tuple(
            ListLine(
                _url(one.key),
                visit.say(one.name),
                None if one.confidential else counts.get(one.key, 0),
            )
            for one in lists.registers()
        ),
        waiting=waiting(visit, lists.proposals(visit.now)),
        needs_two=lists.needs_two(visit.now),
    )


def waiting(visit: Visit, proposals: tuple[Proposal, ...]) -> tuple[Waiting, ...]:
    """What waits for a second administrator."""
    speech, known = speech_of(visit), visit.house.catalog().business_registers
    return tuple(
        Waiting(
            _url(one.register),
            visit.say(known[one.register].name),
            speech.person(one.by),
            speech.moment(one.at),
            one.file,
            one.count,
            one.by == visit.person.id,
        )
        for one in proposals
        if one.register in known
    )


def _url(key: str) -> str:
    return f"/admin/registers/{key}/import"


def list_view(
    visit: Visit,
    register: BusinessRegister,
    limits: tuple[int, int],
    *,
    faults: tuple[Fault, ...] = (),
    seen: SeenList | None = None,
) -> ListView:
    """The page, with what came of a file if one was sent."""
    lists, speech = visit.house.administering.lists, speech_of(visit)
    by = register.card.by
    return ListView(
        key=register.key,
        send_to=_url(register.key),
        title=visit.say(register.name),
        by=speech.list(visit.say(register.columns[key].label) for key in by),
        columns=tuple(
            ListColumn(visit.say(column.label), _help(visit, column), key in by)
            for key, column in register.columns.items()
        ),
        limits=limits,
        needs_two=lists.needs_two(visit.now),
        waiting=waiting(visit, lists.proposals(visit.now, register.key)),
        faults=tuple(_fault_line(visit, register, fault) for fault in faults[:MOST_SHOWN]),
        more_faults=max(0, len(faults) - MOST_SHOWN),
        seen=seen,
    )


def _help(visit: Visit, column: Field) -> str:
    speech = speech_of(visit)
    words = [visit.say(option.label) for option in column.options]
    if column.type is FieldType.BOOL:
        words = [visit.say(YES), visit.say(NO)]
    if words:
        return visit.say(_ONE_OF.filled(words=speech.list(words)))
    return visit.say(_HELP.get(column.type, _TEXT))


def _fault_line(visit: Visit, register: BusinessRegister, fault: Fault) -> FaultLine:
    column = register.columns.get(fault.column)
    return FaultLine(
        place=visit.say(ROW.filled(line=fault.line) if fault.line else WHOLE_FILE),
        column=fault.column if column is None else visit.say(column.label),
        because=visit.say(fault.because),
    )


def seen_list(
    visit: Visit,
    register: BusinessRegister,
    draft: ListDraft,
    sent: SentList,
    problem: str = "",
) -> SeenList:
    """A list that can be brought along, to be looked at first."""
    proposals = visit.house.administering.lists.proposals(visit.now, register.key)
    needs_two = visit.house.administering.lists.needs_two(visit.now)
    same = tuple(one for one in proposals if (one.sha256, one.seen) == (sent.sha256, draft.digest))
    return SeenList(
        name=sent.name,
        sha256=sent.sha256,
        new=len(draft.rows),
        same=draft.same,
        columns=tuple(visit.say(column.label) for column in register.columns.values()),
        rows=tuple(_seen_row(visit, register, row) for row in draft.rows[:MOST_SHOWN]),
        more=max(0, len(draft.rows) - MOST_SHOWN),
        digest=draft.digest,
        content=sent.content,
        reason=sent.words,
        problem=problem,
        proposed=waiting(visit, same),
        waits=needs_two and bool(same) and all(one.by == visit.person.id for one in same),
    )


def _seen_row(visit: Visit, register: BusinessRegister, row: NewRow) -> SeenRow:
    kept = RegisterRow("", register.key, row.values, None, None, visit.now)
    speech = speech_of(visit)
    cells = (cell_of(column, kept, speech, in_full=True) for column in register.columns.values())
    place = visit.say(ROW.filled(line=row.line))
    return SeenRow(place, tuple((cell.label, cell.text) for cell in cells))
