"""The questions of pages whose shape varies, as statements: one for each combination of filters.

A list shows twenty rows of perhaps a million, so every statement here follows an index in the
order in which it shows, and every count stops at MANY + 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Table,
    and_,
    bindparam,
    desc,
    exists,
    false,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.selectable import GenerativeSelect

from storage import mapping
from storage.mapping import work_of
from storage.statements import (
    CASE,
    ENTRY,
    NOTICE,
    NOTICE_READ,
    NOTICE_SEEN,
    PERSON,
    POST,
    TASK,
    TRAIL,
    how_many,
    of,
)
from workflow.ledger import moment_text
from workflow.nouns import CALLS
from workflow.ports.reading import MANY, AuditQuery, CaseQuery, InboxQuery, NoticeQuery

_ENOUGH: ColumnElement[int] = literal_column(str(MANY + 1))
#: A count beside a filter looks no further; nobody has so much before them.
_LOOKED_AT: ColumnElement[int] = literal_column("10000")
_ONE: ColumnElement[int] = literal_column("1").label("one")
_ESCAPE = "\\"

Values = dict[str, Any]


def pattern(text: str) -> str:
    """What LIKE takes for "contains this text", whatever signs are in it."""
    for sign in (_ESCAPE, "%", "_"):
        text = text.replace(sign, _ESCAPE + sign)
    return f"%{text}%"


# ---- inbox ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InboxShape:
    """Which filters an inbox has, and under how many addresses it looks."""

    addresses: int
    process: bool
    step: bool
    department: bool
    text: bool
    due: bool
    overdue: bool
    counts: bool

    def __call__(self) -> ClauseElement:
        """A page of tasks with their cases, or how many there are."""
        if self.counts:
            some = self._all(_ONE).limit(_ENOUGH).subquery()
            return select(func.count()).select_from(some)
        # The arms carry as little as they can: most of what they find is merged and left.
        found = self._all(TASK.c.rank, TASK.c.no, TASK.c.case_id, TASK.c.id)
        page = _paged(found.order_by("rank", "no")).subquery("page")
        is_it = and_(TASK.c.case_id == page.c.case_id, TASK.c.id == page.c.id)
        rows = select(*of(TASK, mapping.TASK), *of(CASE, mapping.CASE)).select_from(page)
        rows = rows.join(TASK, is_it).join(CASE, CASE.c.id == TASK.c.case_id)
        return rows.order_by(page.c.rank, page.c.no)

    def _all(self, *columns: ColumnElement[Any]) -> Select[Any] | CompoundSelect[Any]:
        """One arm for each address: each follows the index, and merging keeps their order."""
        arms = [self._at(bindparam(f"address_{n}"), *columns) for n in range(self.addresses)]
        return arms[0] if len(arms) == 1 else union_all(*arms)

    def _at(self, address: ColumnElement[str], *columns: ColumnElement[Any]) -> Select[Any]:
        found = select(*columns).select_from(TASK).where(*_waiting(address), *self._filters())
        if self.department or self.text:
            found = found.join(CASE, CASE.c.id == TASK.c.case_id)
        return found

    def _filters(self) -> Iterator[ColumnElement[bool]]:
        if self.process and self.step:
            yield TASK.c.work == bindparam("work")
        elif self.process:
            yield TASK.c.work >= bindparam("work_from")
            yield TASK.c.work < bindparam("work_to")
        elif self.step:
            yield TASK.c.step == bindparam("step")
        if self.department:
            yield CASE.c.department == bindparam("department")
        if self.text:
            yield _contains_text()
        if self.due:
            yield TASK.c.due_at < bindparam("due_before")
        if self.overdue:
            yield TASK.c.rank < bindparam("rank_of_the_rest")


def inbox(query: InboxQuery, *, counts: bool = False) -> tuple[InboxShape, Values]:
    """The statement for an inbox and its values. There must be an address."""
    shape = InboxShape(
        addresses=len(query.addresses),
        process=query.process is not None,
        step=query.step is not None,
        department=query.department is not None,
        text=bool(query.text),
        due=query.due_before is not None,
        overdue=query.overdue_only,
        counts=counts,
    )
    process, step = query.process or "", query.step or ""
    return shape, {
        **_addresses(query),
        "work": work_of(process, step),
        "work_from": work_of(process, ""),
        "work_to": f"{process}0",  # the sign after the slash
        "step": step,
        "department": query.department,
        "pattern": pattern(query.text or ""),
        "due_before": None if query.due_before is None else moment_text(query.due_before),
        "rank_of_the_rest": "1",
        "at_most": query.limit,
        "after": query.offset,
    }


@dataclass(frozen=True, slots=True)
class CountsShape:
    """Open tasks by what they are about, of each address the most urgent `_LOOKED_AT`."""

    addresses: int

    def __call__(self) -> ClauseElement:
        """Lines of `<process>/<step>` and a number; the same work may come once an address."""
        arms = []
        for n in range(self.addresses):
            found = select(TASK.c.work).where(*_waiting(bindparam(f"address_{n}")))
            some = found.order_by(TASK.c.rank, TASK.c.no).limit(_LOOKED_AT).subquery(f"some_{n}")
            arms.append(select(some.c.work, func.count()).group_by(some.c.work))
        return arms[0] if len(arms) == 1 else union_all(*arms)


def inbox_counts(query: InboxQuery) -> tuple[CountsShape, Values]:
    """The statement for the numbers beside filters, and its values. There must be an address."""
    return CountsShape(len(query.addresses)), _addresses(query)


def barred() -> Select[Any]:
    """Open tasks at the address of somebody who is excluded from them (`p:<person>`)."""
    address = TASK.c.address
    bar: ColumnElement[str] = literal_column("'|'")
    whose = bar.op("||")(func.substr(address, literal_column("3"))).op("||")(bar)
    rows = select(*of(TASK, mapping.TASK), *of(CASE, mapping.CASE))
    rows = rows.join_from(TASK, CASE, CASE.c.id == TASK.c.case_id).where(
        # All that begins with "p:", along the index.
        address >= literal_column("'p:'"),
        address < literal_column("'p;'"),
        _open(),
        TASK.c.excluded != _excluded_without(whose),
    )
    return rows.order_by(TASK.c.rank, TASK.c.no).limit(how_many())


def _waiting(address: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
    """Open tasks at an address from which the person is not excluded."""
    excluded = TASK.c.excluded
    is_free = or_(excluded == literal_column("''"), excluded == _excluded_without(bindparam("me")))
    return (TASK.c.address == address, _open(), is_free)


def _excluded_without(person: ColumnElement[Any]) -> ColumnElement[str]:
    """Who is excluded, but for somebody with bars around: the same text if they were not in it.

    LIKE would take an "AMY" for "amy", and neither database has the other's function for finding
    text in text.
    """
    return func.replace(TASK.c.excluded, person, literal_column("''"))


def _open() -> ColumnElement[bool]:
    return TASK.c.closed_at.is_(None)


def _addresses(query: InboxQuery) -> Values:
    named = {f"address_{n}": address for n, address in enumerate(query.addresses)}
    return {**named, "me": f"|{query.person}|"}


# ---- cases ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CasesShape:
    """Which filters a list of cases has."""

    applicant: bool
    decided: bool
    states: int
    entry_states: int
    without: bool
    process: bool
    department: bool
    text: bool
    open_only: bool
    counts: bool

    def __call__(self) -> ClauseElement:
        """A page of cases, each with the moment of the list and the own event, or their number."""
        if self.counts:
            return select(func.count()).select_from(self._some().limit(_ENOUGH).subquery())
        if self.decided:
            rows = self._found(*of(CASE, mapping.CASE), ENTRY.c.at, ENTRY.c.event)
            return _paged(rows.order_by(ENTRY.c.at.desc(), CASE.c.number.desc()))
        rows = self._found(*of(CASE, mapping.CASE), CASE.c.acted_at, null())
        return _paged(rows.order_by(CASE.c.opened_at.desc(), CASE.c.number.desc()))

    def _some(self) -> Select[Any]:
        """Those that are counted: in the order whose index tells which are wanted, where nothing
        leads to fewer.
        """
        found, led = self._found(_ONE), self.applicant or self.decided
        along = not led and (self.process or self.department)
        return found.order_by(CASE.c.opened_at.desc()) if along else found

    def _found(self, *columns: ColumnElement[Any]) -> Select[Any]:
        found = select(*columns).select_from(CASE).where(*self._filters())
        if self.decided:
            found = found.join(ENTRY, ENTRY.c.case_id == CASE.c.id).where(_is_last_of_own())
        return found

    def _filters(self) -> Iterator[ColumnElement[bool]]:
        case = CASE.c
        equal = {
            case.applicant: self.applicant,
            case.process: self.process,
            case.department: self.department,
        }
        for column, wanted in equal.items():
            if wanted:
                yield column == bindparam(f"the_{column.name}")
        if self.states:
            yield case.state.in_(_numbered("state", self.states))
        if self.entry_states:
            stands = case.process + literal_column("'/'") + case.state
            at_entry = stands.in_(_numbered("entry", self.entry_states))
            yield not_(at_entry) if self.without else at_entry
        if self.text:
            yield _contains_text()
        if self.open_only:
            yield case.closed_at.is_(None)


def cases(query: CaseQuery, *, counts: bool = False) -> tuple[CasesShape, Values]:
    """The statement for a list of cases, and its values."""
    shape = CasesShape(
        applicant=query.applicant is not None,
        decided=query.decided_by is not None,
        states=len(query.states),
        entry_states=len(query.entry_states),
        without=query.without_entry_states,
        process=query.process is not None,
        department=query.department is not None,
        text=bool(query.text),
        open_only=query.open_only,
        counts=counts,
    )
    entries = (work_of(process, state) for process, state in query.entry_states)
    return shape, {
        "the_applicant": query.applicant,
        "the_process": query.process,
        "the_department": query.department,
        "me": query.decided_by,
        **{f"state_{n}": state for n, state in enumerate(query.states)},
        **{f"entry_{n}": entry for n, entry in enumerate(entries)},
        "pattern": pattern(query.text or ""),
        "at_most": query.limit,
        "after": query.offset,
    }


def _is_last_of_own() -> ColumnElement[bool]:
    """The entry is the person's last act on its case."""
    later = ENTRY.alias("later")
    return (
        (ENTRY.c.actor == bindparam("me"))
        & ENTRY.c.refused.is_(None)
        & not_(
            exists().where(
                later.c.case_id == ENTRY.c.case_id,
                later.c.seq > ENTRY.c.seq,
                later.c.actor == bindparam("me"),
                later.c.refused.is_(None),
            )
        )
    )


def _contains_text() -> ColumnElement[bool]:
    wanted: ColumnElement[str] = bindparam("pattern")
    named = select(PERSON.c.id).where(PERSON.c.name.ilike(wanted, escape=_ESCAPE))
    return or_(
        CASE.c.number.ilike(wanted, escape=_ESCAPE),
        CASE.c.title.ilike(wanted, escape=_ESCAPE),
        CASE.c.applicant.in_(named),
    )


# ---- audit ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AuditShape:
    """Which filters a search of the ledgers has; `page` is False when all shall come; `without`:
    the lines of so many cases do not.
    """

    filters: frozenset[str]
    page: bool = True
    counts: bool = False
    without: int = 0

    def __call__(self) -> ClauseElement:
        """Ledger lines with the number and the title of their case, or their number."""
        if self.counts:
            return select(func.count()).select_from(self._found(_ONE).limit(_ENOUGH).subquery())
        # Which lines they are is read from an index alone; their bodies are read for one page.
        found = self._found(self._lines.c.no)
        page = _paged(found.order_by(*_newest(self._lines))) if self.page else found
        chosen = page.subquery("chosen")
        rows = select(*of(ENTRY, mapping.ENTRY), CASE.c.number, CASE.c.title)
        rows = rows.join_from(chosen, ENTRY, ENTRY.c.no == chosen.c.no)
        return rows.outerjoin(CASE, CASE.c.id == ENTRY.c.case_id).order_by(*_newest(ENTRY))

    @property
    def along_trail(self) -> bool:
        """Whether what is told of all lines is looked through: no index leads to few of them."""
        return not self.filters & _LED_BY

    @property
    def _lines(self) -> Table:
        return TRAIL if self.along_trail else ENTRY

    def _found(self, *columns: ColumnElement[Any]) -> Select[Any]:
        lines = self._lines
        made = _audit_filters(lines)
        found = select(*columns).select_from(lines)
        found = found.where(*(made[name] for name in sorted(self.filters)))
        if not self.without:
            return found
        cases: list[ColumnElement[str]] = [bindparam(f"without_{n}") for n in range(self.without)]
        theirs = ENTRY.alias("theirs")
        return found.where(
            lines.c.no.not_in(select(theirs.c.no).where(theirs.c.case_id.in_(cases)))
        )


def audit(
    query: AuditQuery, *, page: bool = True, counts: bool = False
) -> tuple[AuditShape, Values]:
    """The statement for a search of the ledgers, and its values."""
    given: Values = {
        "case_number": query.case_number,
        "person": query.person,
        "role": query.role,
        "department": query.department,
        "process": query.process,
        "event": query.event,
        "since": None if query.since is None else moment_text(query.since),
        "until": None if query.until is None else moment_text(query.until),
        "refused": query.refused_only or None,
    }
    filters = frozenset(name for name, value in given.items() if value is not None)
    named = {f"the_{name}": value for name, value in given.items()}
    paging = {"at_most": query.limit, "after": query.offset}
    left_out: Values = {f"without_{n}": case for n, case in enumerate(query.without)}
    shape = AuditShape(filters, page and query.limit is not None, counts, len(left_out))
    return shape, {**named, **left_out, **paging}


#: What has an index of its own on the ledgers.
_LED_BY = frozenset({"case_number", "person", "refused"})


def _newest(lines: Table) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return lines.c.at.desc(), lines.c.no.desc()


def _audit_filters(lines: Table) -> Mapping[str, ColumnElement[bool]]:
    case = select(CASE.c.id).where(CASE.c.number == bindparam("the_case_number"))
    person: ColumnElement[str] = bindparam("the_person")
    role: ColumnElement[str] = bindparam("the_role")
    department: ColumnElement[str] = bindparam("the_department")
    of_role = select(POST.c.person).where(POST.c.role == role)
    of_department = select(PERSON.c.id).where(PERSON.c.department == department)
    return {
        "case_number": ENTRY.c.case_id == case.scalar_subquery(),
        "person": or_(ENTRY.c.actor == person, ENTRY.c.acting_for == person),
        "role": or_(lines.c.role == role, _from_no_post(lines, of_role)),
        "department": or_(lines.c.department == department, _from_no_post(lines, of_department)),
        "process": lines.c.process == bindparam("the_process"),
        "event": lines.c.event == bindparam("the_event"),
        "since": lines.c.at >= bindparam("the_since"),
        "until": lines.c.at < bindparam("the_until"),
        "refused": ENTRY.c.refused.is_not(None),
    }


def _from_no_post(lines: Table, people: Select[Any]) -> ColumnElement[bool]:
    """What one of these people did from no post of theirs: what was refused, and what applicants do
    with what they have asked for.
    """
    no_post = and_(lines.c.role.is_(None), lines.c.department.is_(None))
    return and_(no_post, lines.c.actor.in_(people))


# ---- notices -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoticesShape:
    """What was sent to some addresses, newest first."""

    addresses: int

    def __call__(self) -> ClauseElement:
        """The statement; two arms for each address: what is fresh lies apart."""
        columns = of(NOTICE, mapping.NOTICE)
        arms = [
            select(*columns).where(*_sent_to(n, fresh=fresh))
            for n in range(self.addresses)
            for fresh in (True, False)
        ]
        return union_all(*arms).order_by(desc("at"), desc("id")).limit(how_many())


@dataclass(frozen=True, slots=True)
class NoticePageShape:
    """Notices at some addresses with their cases and whether somebody has read them; or how many.

    Two arms for each address walk along the table's own order, in which what is fresh lies apart;
    what is read is looked up by key.
    """

    addresses: int
    unread: bool
    of_case: bool
    counts: bool
    with_over: bool = False

    def __call__(self) -> ClauseElement:
        """The statement; values are `address_<n>`, `person`, `since`, `the_case` and the paging."""
        found = union_all(
            *(self._arm(n, fresh=fresh) for n in range(self.addresses) for fresh in (True, False))
        )
        if self.counts:
            enough = found.limit(_ENOUGH).subquery()
            return select(func.count()).select_from(enough)
        page = _paged(found.order_by(desc("at"), desc("id"))).subquery()
        rows = select(*page.c, *of(CASE, mapping.CASE)).join_from(
            page, CASE, CASE.c.id == page.c.case_id
        )
        return rows.order_by(page.c.at.desc(), page.c.id.desc())

    def _arm(self, n: int, *, fresh: bool) -> Select[Any]:
        seen = exists().where(
            NOTICE_SEEN.c.person == bindparam("person"), NOTICE_SEEN.c.notice == NOTICE.c.id
        )
        until = select(NOTICE_READ.c.until).where(NOTICE_READ.c.person == bindparam("person"))
        since: ColumnElement[str] = bindparam("since")
        read_up_to = func.coalesce(until.scalar_subquery(), since)
        done = or_(seen, _is_over()) if not self.with_over else seen
        old = or_(NOTICE.c.at <= since, NOTICE.c.at <= read_up_to)
        columns = (
            (_ONE,) if self.counts else (*of(NOTICE, mapping.NOTICE), or_(old, done).label("read"))
        )
        found = select(*columns).where(*_sent_to(n, fresh=fresh))
        if self.of_case:
            found = found.where(NOTICE.c.case_id == bindparam("the_case"))
        if self.unread:
            found = found.where(NOTICE.c.at > since, NOTICE.c.at > read_up_to, not_(done))
        return found


def _is_over() -> ColumnElement[bool]:
    """Whether a notice asked for an act at a step that its case has left since."""
    left = exists().where(CASE.c.id == NOTICE.c.case_id, CASE.c.entered_at > NOTICE.c.at)
    calls = [NOTICE.c.topic == literal_column(f"'{topic.value}'") for topic in sorted(CALLS)]
    return and_(or_(*calls), left)


def _sent_to(n: int, *, fresh: bool) -> tuple[ColumnElement[bool], ...]:
    notice = NOTICE.c
    return (
        notice.fresh == (true() if fresh else false()),
        notice.address == bindparam(f"address_{n}"),
    )


def notice_page(query: NoticeQuery, *, counts: bool = False) -> tuple[NoticePageShape, Values]:
    """A page of notices, or how many there are."""
    named = {f"address_{n}": address for n, address in enumerate(query.addresses)}
    shape = NoticePageShape(
        len(query.addresses), query.unread_only, query.case is not None, counts, query.with_over
    )
    return shape, {
        **named,
        "person": query.person,
        "since": moment_text(query.since),
        "the_case": query.case,
        "at_most": query.limit,
        "after": query.offset,
    }


def _numbered(name: str, count: int) -> list[ColumnElement[str]]:
    return [bindparam(f"{name}_{n}") for n in range(count)]


Rows = TypeVar("Rows", bound=GenerativeSelect)


def _paged(found: Rows) -> Rows:
    return found.limit(how_many()).offset(how_many("after"))
