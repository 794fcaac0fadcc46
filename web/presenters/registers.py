"""Registers of business facts in words: all that somebody may look up, a page of one, one row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from web.presenters.initials import NAMES_AT_ONCE, initials
from web.presenters.inputs import NO, YES, Choice
from web.presenters.office import Problems, address
from web.presenters.speech import Speech, speech_of
from web.presenters.values import Reader, everything, nothing_masked, shown_value
from web.presenters.words import plain_money, short_day
from web.visit import Visit
from workflow.design.form import Field, FieldType
from workflow.nouns import RegisterRow
from workflow.refusals import Sentence
from workflow.service.register_catalogue import OTHER_REGISTERS, BusinessRegister
from workflow.service.registers import CHOSEN, SPANNED, Asked, Found, OneRow, SeenRow

#: The stream of what administrators brought along.
HOUSE = "sys:house"

NEWEST = Sentence("最近写入的在前", "Newest first")
UPWARDS = Sentence("{column}：从小到大", "{column}: upwards")
DOWNWARDS = Sentence("{column}：从大到小", "{column}: downwards")
NOTHING = Sentence("（空）", "(empty)")
CASE = Sentence("案件编号", "Case")
WRITTEN_AT = Sentence("写入时间", "Written at")
LINE = Sentence("账本序号", "Ledger line")
BROUGHT = Sentence("导入的已有记录", "Brought along")

_INPUTS: Mapping[FieldType, str] = {
    FieldType.DATE: "date",
    FieldType.DATETIME: "date",
    FieldType.MONEY: "money",
    FieldType.INTEGER: "number",
}


#: How a cell stands in a table: figures to the right, what must not break on one line.
_KINDS: Mapping[FieldType, str] = {
    FieldType.MONEY: "number nowrap",
    FieldType.INTEGER: "number",
    FieldType.CASE: "nowrap",
    FieldType.DATE: "nowrap",
    FieldType.DATETIME: "nowrap",
    FieldType.CITIZEN_ID: "nowrap",
    FieldType.PERSON: "nowrap",
}


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One register in the list of all."""

    url: str
    name: str
    initials: str
    count: int
    confidential: bool
    writers: str
    import_url: str = ""


@dataclass(frozen=True, slots=True)
class RegisterGroup:
    """Registers under one heading."""

    name: str
    lines: tuple[RegisterLine, ...]


@dataclass(frozen=True, slots=True)
class RegistersView:
    """All that somebody may look up."""

    groups: tuple[RegisterGroup, ...]

    @property
    def is_long(self) -> bool:
        """Whether one would rather search it than read it."""
        return sum(len(group.lines) for group in self.groups) > NAMES_AT_ONCE


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: a choice, a text, or from one value to another (`kind` says of what)."""

    key: str
    label: str
    kind: str
    value: str = ""
    until: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell in words."""

    label: str
    text: str
    kind: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row of a page: its cells, and the case and ledger line that wrote it."""

    url: str
    cells: tuple[Cell, ...]
    number: str
    case_url: str
    at: str
    entry_url: str = ""


@dataclass(frozen=True, slots=True)
class RegisterView:
    """A page of a register. `whole_url` shows masked cells in full, `part_url` no longer."""

    key: str
    title: str
    heading: str
    writers: str
    confidential: bool
    text: str
    filters: tuple[Filter, ...]
    filtered: bool
    orders: tuple[Choice, ...]
    columns: tuple[str, ...]
    rows: tuple[RowLine, ...]
    total: int | None
    first_url: str
    next_url: str
    csv: str
    xlsx: str
    in_full: bool
    whole_url: str
    part_url: str
    import_url: str
    problems: Problems


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a row said before: which cells differ from what came after."""

    at: str
    number: str
    case_url: str
    changes: tuple[tuple[str, str, str], ...]  # label, before, after


@dataclass(frozen=True, slots=True)
class RowView:
    """One row with what stood before it."""

    title: str
    register_url: str
    line: RowLine
    current: bool
    before: tuple[Earlier, ...]
    in_full: bool
    whole_url: str


@dataclass(frozen=True, slots=True)
class WhyView:
    """The question that stands before a look."""

    title: str
    key: str
    confidential: bool
    onward: str
    reason: str
    longest: int
    minutes: int
    problem: str = ""


# ---- all of them ---------------------------------------------------------------------------------


def registers_view(visit: Visit) -> RegistersView:
    """Every register that this visitor may look up, under its heading."""
    registers = visit.house.registers
    counts = registers.counts()
    may_bring = "admin" in visit.roles
    groups = []
    for name, some in groupby(
        registers.of(visit.roles, visit.now), lambda one: _heading(visit, one)
    ):
        lines = tuple(
            RegisterLine(
                f"/registers/{one.key}",
                visit.say(one.name),
                initials(visit.say(one.name)),
                counts.get(one.key, 0),
                one.confidential,
                _processes(visit, one.writers),
                _import_url(one) if may_bring else "",
            )
            for one in some
        )
        groups.append(RegisterGroup(name, lines))
    return RegistersView(tuple(groups))


def _heading(visit: Visit, register: BusinessRegister) -> str:
    known = visit.house.catalog().register.headings.get(register.card.heading)
    return visit.say(OTHER_REGISTERS if known is None else known.name)


def _processes(visit: Visit, keys: Iterable[str]) -> str:
    latest = visit.house.catalog().latest
    return speech_of(visit).list(visit.say(latest[key].name) for key in keys)


def _import_url(register: BusinessRegister) -> str:
    return f"/admin/registers/{register.key}/import" if register.card.brought else ""


# ---- one of them ---------------------------------------------------------------------------------


def register_view(visit: Visit, found: Found, asked: Asked) -> RegisterView:
    """A page of a register."""
    register, speech = found.register, speech_of(visit)
    path = f"/registers/{register.key}"
    open_columns = [
        column
        for key, column in register.columns.items()
        if not column.masked or key in found.in_full
    ]
    return RegisterView(
        key=register.key,
        title=visit.say(register.name),
        heading=_heading(visit, register),
        writers=_processes(visit, register.writers),
        confidential=register.confidential,
        text=asked.text,
        filters=tuple(
            _filter(speech, column, asked)
            for column in open_columns
            if column.type in SPANNED or column.type in CHOSEN
        ),
        filtered=bool(asked.text or any(asked.filters.values())),
        orders=_orders(speech, open_columns, asked.order),
        columns=tuple(speech.say(column.label) for column in register.columns.values()),
        rows=tuple(
            row_line(visit, register, seen, found.in_full, brief=True) for seen in found.rows
        ),
        total=found.total,
        first_url=path_of(path, asked, after="") if asked.after else "",
        next_url="" if found.next is None else path_of(path, asked, after=found.next),
        csv=path_of(f"{path}/export.csv", asked, after=""),
        xlsx=path_of(f"{path}/export.xlsx", asked, after=""),
        in_full=bool(found.in_full),
        whole_url=path_of(path, asked, full="1") if found.could_be - found.in_full else "",
        part_url=path_of(path, asked, full="") if found.in_full else "",
        import_url=_import_url(register) if "admin" in visit.roles else "",
        problems=tuple((one.field or "", visit.say(one.because)) for one in found.wrong),
    )


def path_of(path: str, asked: Asked, **other: str) -> str:
    """The address of a page with these filters, but for what `other` says."""
    said = {
        "q": asked.text,
        **{f"f.{key}": value for key, value in asked.filters.items()},
        "order": asked.order,
        "full": "1" if asked.in_full else "",
        "after": asked.after,
        **other,
    }
    return address(path, **said)


def _filter(speech: Speech, column: Field, asked: Asked) -> Filter:
    label, typed = speech.say(column.label), asked.filters
    if column.type in SPANNED:
        return Filter(
            column.key,
            label,
            _INPUTS[column.type],
            typed.get(f"{column.key}.from", ""),
            typed.get(f"{column.key}.to", ""),
        )
    value = typed.get(column.key, "")
    words: dict[str, str] = {}
    if column.type is FieldType.BOOL:
        words = {"true": speech.say(YES), "false": speech.say(NO)}
    elif column.type is FieldType.ENUM:
        words = {one.value: speech.say(one.label) for one in column.options}
    if not words:
        return Filter(column.key, label, "text", value)
    choices = tuple(Choice(key, word, key == value) for key, word in words.items())
    return Filter(column.key, label, "choice", value, choices=choices)


def _orders(speech: Speech, columns: Iterable[Field], chosen: str) -> tuple[Choice, ...]:
    orders = [("", speech.say(NEWEST))]
    for column in columns:
        label = speech.say(column.label)
        orders.append((column.key, speech.say(UPWARDS.filled(column=label))))
        orders.append((f"-{column.key}", speech.say(DOWNWARDS.filled(column=label))))
    return tuple(Choice(key, words, key == chosen) for key, words in orders)


def row_line(
    visit: Visit,
    register: BusinessRegister,
    seen: SeenRow,
    in_full: frozenset[str],
    *,
    brief: bool = False,
) -> RowLine:
    """One row in words, for a table `brief`."""
    row, speech = seen.row, speech_of(visit)
    return RowLine(
        url=f"/registers/{register.key}/rows/{row.id}",
        cells=tuple(
            (_brief if brief else cell_of)(column, row, speech, in_full=key in in_full)
            for key, column in register.columns.items()
        ),
        number=row.number or "",
        case_url=f"/c/{row.number}" if seen.opens else "",
        at=speech.moment(row.at) if brief else speech.full_moment(row.at),
        entry_url=_entry_url(visit, seen),
    )


def _entry_url(visit: Visit, seen: SeenRow) -> str:
    """Where the ledger line stands that wrote a row: auditors read ledgers, others the case."""
    row = seen.row
    if "auditor" in visit.roles and row.seq is not None:
        return f"/audit/entry/{row.case or HOUSE}/{row.seq}"
    return f"/c/{row.number}#timeline" if seen.opens else ""


def cell_of(column: Field, row: RegisterRow, speech: Speech, *, in_full: bool) -> Cell:
    """One cell in words."""
    value = row.values.get(column.key)
    whole = everything if in_full else nothing_masked
    shown = shown_value(column, value, Reader(speech, whole=whole))
    return Cell(shown.label, shown.text, _KINDS.get(column.type, "text"), shown.hidden)


def _brief(column: Field, row: RegisterRow, speech: Speech, *, in_full: bool) -> Cell:
    """The same for a table: days and moments as short as they are clear."""
    cell, value = cell_of(column, row, speech, in_full=in_full), row.values.get(column.key)
    if isinstance(value, str) and not cell.hidden:
        if column.type is FieldType.DATE:
            day = short_day(date.fromisoformat(value), speech.today, speech.language)
            return replace(cell, text=day)
        if column.type is FieldType.DATETIME:
            return replace(cell, text=speech.moment(datetime.fromisoformat(value)))
    return cell


def _plain(column: Field, row: RegisterRow, speech: Speech, *, in_full: bool) -> str:
    """The same for a file: days, moments and amounts as spreadsheets sort and count them."""
    cell, value = cell_of(column, row, speech, in_full=in_full), row.values.get(column.key)
    if cell.hidden:
        return cell.text
    if column.type is FieldType.MONEY and isinstance(value, int):
        return plain_money(value)
    if column.type is FieldType.DATE and isinstance(value, str):
        return value
    if column.type is FieldType.DATETIME and isinstance(value, str):
        return _on_the_wall(datetime.fromisoformat(value), speech)
    return cell.text


def _on_the_wall(at: datetime, speech: Speech) -> str:
    return f"{at.astimezone(speech.calendar.zone):%Y-%m-%d %H:%M}"


def row_view(visit: Visit, found: OneRow) -> RowView:
    """One row with what stood before it."""
    register, speech = found.register, speech_of(visit)
    line = row_line(visit, register, found.seen, found.in_full)
    lines = [found.seen, *found.before]
    return RowView(
        title=visit.say(register.name),
        register_url=f"/registers/{register.key}",
        line=line,
        current=found.current,
        before=tuple(
            Earlier(
                speech.full_moment(old.row.at),
                old.row.number or "",
                f"/c/{old.row.number}" if old.opens else "",
                _changes(visit, found, old, new),
            )
            for new, old in zip(lines, found.before, strict=False)
        ),
        in_full=bool(found.in_full),
        whole_url=f"{line.url}?full=1" if found.could_be - found.in_full else "",
    )


def _changes(
    visit: Visit, found: OneRow, old: SeenRow, new: SeenRow
) -> tuple[tuple[str, str, str], ...]:
    was = row_line(visit, found.register, old, found.in_full).cells
    is_ = row_line(visit, found.register, new, found.in_full).cells
    nothing = visit.say(NOTHING)
    return tuple(
        (one.label, one.text or nothing, other.text or nothing)
        for one, other in zip(was, is_, strict=True)
        if one.text != other.text
    )


# ---- a file --------------------------------------------------------------------------------------


def export_header(visit: Visit, register: BusinessRegister) -> list[str]:
    """The headings of a file."""
    labels = [column.label for column in register.columns.values()]
    return [visit.say(one) for one in (*labels, CASE, WRITTEN_AT, LINE)]


def export_cells(
    visit: Visit, register: BusinessRegister, row: RegisterRow, in_full: frozenset[str]
) -> tuple[str, ...]:
    """A row of a file: what the page shows."""
    speech = speech_of(visit)
    cells = (
        _plain(column, row, speech, in_full=key in in_full)
        for key, column in register.columns.items()
    )
    number = row.number or (visit.say(BROUGHT) if row.seq is not None else "")
    return (*cells, number, _on_the_wall(row.at, speech), "" if row.seq is None else str(row.seq))
