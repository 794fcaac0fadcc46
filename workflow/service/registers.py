"""Looking registers of business facts up: which there are for somebody, their rows, one row with
what stood before it, and taking along what was found.

A row that a confidential case wrote is there for those alone who may see that case. Looking into a
confidential register, or at masked cells in full, leaves a line in the house's ledger; whose work
it is not says first why (requirement E8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from workflow.design.form import Field, FieldType
from workflow.ledger import moment_text
from workflow.nouns import RegisterRow, Scalar
from workflow.people.organisation import Organisation
from workflow.ports.hospital import Hospital
from workflow.ports.house import Deed
from workflow.ports.reading import CellSpan, RegisterQuery
from workflow.ports.store import Store
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.running.answers import Unreadable, read_value
from workflow.service.catalog import Catalog
from workflow.service.housework import Housework, at_field, one
from workflow.service.looking import Looking
from workflow.service.reasons import Reasons
from workflow.service.register_catalogue import BusinessRegister
from workflow.service.visibility import supervisors

#: The events that looks and exports leave in the house's ledger.
READ = "register_read"
EXPORTED = "register_exported"

#: Rows on one page.
AT_ONCE = 50
#: More rows are not exported at once; the file has to be what the filters show.
MOST_EXPORTED = 20_000
#: So many rows are looked through for one page before it is shown as it is.
_LOOKED_THROUGH = 2_000
_BATCH = 500
#: What stood before a row goes back so far.
_BEFORE = 50

NO_REGISTER = Sentence(
    "没有这个登记簿，或您无权查阅", "There is no such register, or it is not yours to look up"
)
NO_ROW = Sentence("没有这一条，或您无权查阅", "There is no such row, or it is not yours to read")
TOO_MANY = Sentence(
    "一次最多导出 {most} 条，现在的条件选中更多。请增加条件后再导出。",
    "At most {most} rows are exported at once, and these filters choose more. Add filters.",
)
NOBODY_CALLED = Sentence("没有叫“{name}”的，请核对名称或编号", "Nothing is called “{name}”")

#: Kinds of column that are filtered from one value to another.
SPANNED = frozenset({FieldType.DATE, FieldType.DATETIME, FieldType.MONEY, FieldType.INTEGER})
_NUMBERS = frozenset({FieldType.MONEY, FieldType.INTEGER})
#: Kinds of column that are filtered by one value.
CHOSEN = frozenset(
    {
        FieldType.BOOL,
        FieldType.ENUM,
        FieldType.PERSON,
        FieldType.DEPARTMENT,
        FieldType.CASE,
        FieldType.CITIZEN_ID,
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for, as they typed it: a text, filters by column (spans as
    `<column>.from` and `<column>.to`), the column of the order (`-` before it: backwards), the row
    after which the page goes on, and whether masked cells shall be shown in full.
    """

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    order: str = ""
    after: str = ""
    in_full: bool = False


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row, and whether the case that wrote it is theirs to open."""

    row: RegisterRow
    opens: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a register.

    `next` is the row after which the next page goes on. `total` is how many rows there are in all,
    None where some may be hidden. `in_full` are the masked columns that are shown whole, and
    `could_be` those that this person may see so.
    """

    register: BusinessRegister
    rows: tuple[SeenRow, ...]
    next: str | None
    total: int | None
    in_full: frozenset[str]
    could_be: frozenset[str]
    wrong: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class OneRow:
    """One row with what stood before it, newest first."""

    register: BusinessRegister
    seen: SeenRow
    current: bool
    before: tuple[SeenRow, ...]
    in_full: frozenset[str]
    could_be: frozenset[str]


@dataclass(frozen=True, slots=True)
class SayWhy:
    """They may look once they have said why."""

    register: BusinessRegister


@dataclass(frozen=True)
class _Look:
    """One look: who it is, what they may see, and which cases are theirs (asked once each)."""

    looking: Looking
    deed: Deed
    register: BusinessRegister
    in_full: frozenset[str]
    could_be: frozenset[str]
    hospital: Hospital
    _opened: dict[str, bool] = field(default_factory=dict)

    def opens(self, row: RegisterRow) -> bool:
        if row.number is None:
            return False
        if row.number not in self._opened:
            known = self.looking.readable(row.number, self.deed.by.id, self.deed.at)
            self._opened[row.number] = known is not None
        return self._opened[row.number]

    def shows(self, row: RegisterRow, text: str = "") -> bool:
        """Whether the row is theirs to see, and has the text in a cell that is."""
        if self.register.confidential and row.number is not None and not self.opens(row):
            return False
        return not text or text in (row.number or "").casefold() or self._says(row, text)

    def seen(self, row: RegisterRow) -> SeenRow:
        return SeenRow(row, self.opens(row))

    def _says(self, row: RegisterRow, text: str) -> bool:
        return any(
            isinstance(value := row.values.get(key), str) and text in value.casefold()
            for key, column in self.register.columns.items()
            if not column.masked or key in self.in_full
        )


@dataclass(frozen=True)
class Registers:
    """Questions about registers, answered from a store's readings and the definitions in force."""

    store: Store
    catalog: Callable[[], Catalog]
    looking: Looking

    def of(self, roles: frozenset[str], now: datetime) -> tuple[BusinessRegister, ...]:
        """Those that somebody with these roles may look up."""
        every, supervising = self.catalog().business_registers.values(), self._supervising(now)
        return tuple(one for one in every if one.may_be_read_by(roles, supervising))

    def has_some(self, roles: frozenset[str]) -> bool:
        """Whether there are any: every page asks."""
        every = self.catalog().business_registers.values()
        return any(one.may_be_read_by(roles) for one in every)

    def counts(self) -> Mapping[str, int]:
        """How many current rows each register has."""
        return self.store.readings.register_counts()

    def look(self, deed: Deed, key: str, asked: Asked) -> Found | SayWhy | Refused:
        """A page of a register."""
        look = self._enter(deed, key, in_full=asked.in_full)
        if not isinstance(look, _Look):
            return look
        query, wrong = query_of(look, asked)
        rows: tuple[RegisterRow, ...] = ()
        after = None
        if not wrong:
            rows, after = self._page(look, query, AT_ONCE)
        self._note(look, asked, len(rows))
        total = None
        if not look.register.confidential:
            total = self.counts().get(key, 0)
        return Found(
            look.register,
            tuple(look.seen(row) for row in rows),
            after,
            total,
            look.in_full,
            look.could_be,
            tuple(wrong),
        )

    def row(self, deed: Deed, key: str, id: str, *, in_full: bool) -> OneRow | SayWhy | Refused:
        """One row with what stood before it."""
        look = self._enter(deed, key, in_full=in_full)
        if not isinstance(look, _Look):
            return look
        readings, register = self.store.readings, look.register
        kept = readings.register_row(id)
        if kept is None or kept.row.register != key or not look.shows(kept.row):
            return one(Code.NOT_FOUND, NO_ROW, "row", standing=True)
        before: list[RegisterRow] = []
        if register.card.by:
            where = {column: kept.row.values.get(column) for column in register.card.by}
            past = readings.superseded_rows(key, where, _BEFORE)
            before = [row for row in past if row.id != id and row.at <= kept.row.at]
        self._note(look, Asked(in_full=in_full), 1)
        return OneRow(
            register,
            look.seen(kept.row),
            kept.current,
            tuple(look.seen(row) for row in before if look.shows(row)),
            look.in_full,
            look.could_be,
        )

    def export(
        self, deed: Deed, key: str, asked: Asked, kind: str
    ) -> tuple[BusinessRegister, tuple[RegisterRow, ...], frozenset[str]] | SayWhy | Refused:
        """Every row that the filters choose, for a file of this kind, with the masked columns that
        it gives whole; the export is recorded first.
        """
        look = self._enter(deed, key, in_full=asked.in_full)
        if not isinstance(look, _Look):
            return look
        query, wrong = query_of(look, replace(asked, after=""))
        if wrong:
            return Refused.of(wrong)
        rows: list[RegisterRow] = []
        for row in self._all(look, query):
            rows.append(row)
            if len(rows) > MOST_EXPORTED:
                because = TOO_MANY.filled(most=MOST_EXPORTED)
                refused = one(Code.INVALID_FORM, because, "rows")
                return Housework(self.store).refuse(deed, "export_register", {"key": key}, refused)
        facts = {**_facts(look, asked), "kind": kind, "rows": len(rows)}
        self.store.house.record(deed, EXPORTED, facts)
        return look.register, tuple(rows), look.in_full

    def give_reason(self, deed: Deed, key: str, words: str) -> Refusal | None:
        """Say why one looks a register up; None when it is kept."""
        register = self.catalog().business_registers.get(key)
        supervising = self._supervising(deed.at)
        if register is None or not register.may_be_read_by(self._roles(deed), supervising):
            return Refusal(Code.NOT_FOUND, NO_REGISTER, rule="register", standing=True)
        return Reasons(self.store).give_for_register(key, deed.by, deed.at, words)

    # ---- one look --------------------------------------------------------------------------------

    def _supervising(self, now: datetime) -> frozenset[str]:
        policy = self.store.readings.hospital().policy_at(now)
        return supervisors(self.catalog().register, policy)

    def _roles(self, deed: Deed) -> frozenset[str]:
        hospital = self.store.readings.hospital()
        posts = hospital.organisation.posts_of(deed.by.id, hospital.calendar.local_day(deed.at))
        return frozenset(post.role for post in posts)

    def _enter(self, deed: Deed, key: str, *, in_full: bool) -> _Look | SayWhy | Refused:
        roles = self._roles(deed)
        register = self.catalog().business_registers.get(key)
        if register is None or not register.may_be_read_by(roles, self._supervising(deed.at)):
            refused = one(Code.NOT_FOUND, NO_REGISTER, "register", standing=True)
            if register is not None and register.confidential:
                facts = {"key": key, "confidential": True}
                self.store.house.record(deed, READ, facts, refused=refused.code.value)
            return refused
        could_be = register.seen_in_full_by(roles)
        whole = could_be if in_full else frozenset()
        if (register.needs_a_reason(roles) or whole) and not Reasons(self.store).given_for_register(
            key, deed.by.id, deed.at
        ):
            return SayWhy(register)
        hospital = self.store.readings.hospital()
        return _Look(self.looking, deed, register, whole, could_be, hospital)

    def _note(self, look: _Look, asked: Asked, rows: int) -> None:
        """Keep that a confidential register, or masked cells in full, were looked at."""
        if look.register.confidential or look.in_full:
            self.store.house.record(look.deed, READ, {**_facts(look, asked), "rows": rows})

    def _page(
        self, look: _Look, query: RegisterQuery, most: int
    ) -> tuple[tuple[RegisterRow, ...], str | None]:
        """The rows of a page that are theirs to see, and the row after which the next goes on."""
        found: list[RegisterRow] = []
        text = query.text.casefold()
        last, examined = query.after, 0
        while examined < _LOOKED_THROUGH:
            batch = self.store.readings.register_rows(replace(query, after=last, limit=most + 1))
            for row in batch:
                if look.shows(row, text):
                    if len(found) == most:
                        return tuple(found), found[-1].id
                    found.append(row)
            if len(batch) <= most:
                return tuple(found), None
            last, examined = batch[-1].id, examined + len(batch)
        return tuple(found), last

    def _all(self, look: _Look, query: RegisterQuery) -> Iterator[RegisterRow]:
        text = query.text.casefold()
        batch = self.store.readings.register_rows(replace(query, limit=_BATCH))
        while batch:
            yield from (row for row in batch if look.shows(row, text))
            query = replace(query, after=batch[-1].id)
            full = len(batch) == _BATCH
            batch = self.store.readings.register_rows(replace(query, limit=_BATCH)) if full else ()


def _facts(look: _Look, asked: Asked) -> dict[str, object]:
    """What a ledger line tells of a look: by which columns it was narrowed, never their values."""
    facts: dict[str, object] = {"key": look.register.key}
    if asked.filters:
        facts["filters"] = sorted(key for key, value in asked.filters.items() if value)
    if asked.text:
        facts["searched"] = True
    if look.in_full:
        facts["in_full"] = sorted(look.in_full)
    return facts


# ---- what was asked for --------------------------------------------------------------------------


def query_of(look: _Look, asked: Asked) -> tuple[RegisterQuery, list[Refusal]]:
    """The rows that somebody means, and what cannot be read of what they typed. Columns that are
    not there, or masked for them, choose nothing.
    """
    wrong: list[Refusal] = []
    where: list[tuple[str, bool | int | str]] = []
    spans: list[CellSpan] = []
    for key, column in look.register.columns.items():
        if column.masked and key not in look.in_full:
            continue
        try:
            if column.type in SPANNED:
                span = _span(column, asked.filters, look.hospital)
                spans += [] if span is None else [span]
            elif column.type in CHOSEN and asked.filters.get(key, "").strip():
                where.append((key, _value(column, asked.filters[key], look.hospital.organisation)))
        except Unreadable as problem:
            wrong.append(at_field(key, problem.because))
    order = asked.order.removeprefix("-")
    known = look.register.columns.get(order)
    orders = known is not None and not (known.masked and order not in look.in_full)
    return RegisterQuery(
        register=look.register.key,
        text=asked.text.strip()[:100],
        where=tuple(where),
        spans=tuple(spans),
        order=order if orders else None,
        by_number=known is not None and known.type in _NUMBERS,
        descending=asked.order.startswith("-") or not orders,
        after=asked.after or None,
    ), wrong


def _value(column: Field, typed: str, organisation: Organisation) -> bool | int | str:
    if column.type is FieldType.PERSON:
        return person_called(typed, organisation)
    if column.type is FieldType.DEPARTMENT:
        return department_called(typed, organisation)
    value = read_value(replace(column, masked=False, open_options=True), typed)
    if isinstance(value, bool | int | str):
        return value
    raise Unreadable("看不懂", "This cannot be read")


def person_called(text: str, organisation: Organisation) -> str:
    """The id of the person whom a text names. Raises Unreadable for nobody and for several."""
    people = organisation.people
    return _called(text, {one.id: one.name for one in people.values()})


def department_called(text: str, organisation: Organisation) -> str:
    """The id of the department that a text names. Raises Unreadable for none and for several."""
    return _called(text, {one.id: one.name for one in organisation.departments.values()})


def _called(text: str, names: Mapping[str, str]) -> str:
    wanted = text.strip()
    if wanted in names:
        return wanted
    found = [id_ for id_, name in names.items() if name == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise Unreadable(
            f"有几个都叫“{wanted}”，请写编号", f"Several are called “{wanted}”; give the id"
        )
    said = NOBODY_CALLED.filled(name=wanted)
    raise Unreadable(said.zh, said.en)


def _span(column: Field, filters: Mapping[str, str], hospital: Hospital) -> CellSpan | None:
    low, high = filters.get(f"{column.key}.from", ""), filters.get(f"{column.key}.to", "")
    if not low.strip() and not high.strip():
        return None
    if column.type is FieldType.DATETIME:
        return _moments(column.key, low, high, hospital)
    plain = Field(column.key, column.label, column.type)
    return CellSpan(column.key, _bound(read_value(plain, low)), _bound(read_value(plain, high)))


def _moments(key: str, low: str, high: str, hospital: Hospital) -> CellSpan:
    """Moments from the beginning of one day to the end of another."""
    calendar = hospital.calendar
    first, last = _day(low), _day(high)
    after = None if first is None else calendar.end_of_day(first - timedelta(days=1))
    until: datetime | None = None
    if last is not None:
        until = calendar.end_of_day(last) - timedelta(microseconds=1)
    return CellSpan(
        key,
        None if after is None else moment_text(after),
        None if until is None else moment_text(until),
    )


def _day(text: str) -> date | None:
    plain = Field("", Sentence("", ""), FieldType.DATE)
    value = read_value(plain, text)
    return date.fromisoformat(value) if isinstance(value, str) else None


def _bound(value: object) -> int | str | None:
    return value if isinstance(value, int | str) else None


def values_of(register: BusinessRegister, row: RegisterRow) -> Mapping[str, Scalar]:
    """The cells of a row that anybody may be shown."""
    return {key: row.values.get(key) for key in register.columns}
