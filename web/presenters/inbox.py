"""An inbox in words: rows as an approver reads them, filters that live in the address, and an order
that is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from web.presenters.speech import Speech
from web.presenters.values import value_words
from web.presenters.words import Badge, DueWords, state_badge
from workflow.design.definition import Definition
from workflow.design.form import Field
from workflow.nouns import Case, Handling, Task, TaskKind
from workflow.refusals import Sentence
from workflow.service.catalog import Catalog
from workflow.service.inboxes import ROWS, Box, DueBand, Inbox, InboxFilters

PATHS = {
    Box.TODO: "/inbox",
    Box.DONE: "/inbox/done",
    Box.MINE: "/requests",
    Box.DRAFTS: "/drafts",
}
TITLES = {
    Box.TODO: Sentence("待办", "To do"),
    Box.DONE: Sentence("已办", "Done"),
    Box.MINE: Sentence("我的申请", "My requests"),
    Box.DRAFTS: Sentence("草稿", "Drafts"),
}
ORDERS = {
    Box.TODO: Sentence(
        "排列顺序：已逾期的在前，其次按到期先后，再按到达先后",
        "In order: overdue first, then by due date, then by arrival",
    ),
    Box.DONE: Sentence("排列顺序：最近办理的在前", "In order: the latest decision first"),
    Box.MINE: Sentence("排列顺序：最近有进展的在前", "In order: the latest progress first"),
    Box.DRAFTS: Sentence("排列顺序：最近修改的在前", "In order: the latest change first"),
}
EMPTY = {
    Box.TODO: Sentence(
        "没有等您办理的事项。有新的待办时会出现在这里，左侧菜单也会显示数量。",
        "Nothing waits for you. New work appears here and is counted in the menu.",
    ),
    Box.DONE: Sentence("您还没有办理过案件。", "You have not decided anything yet."),
    Box.MINE: Sentence("您还没有提交过申请。", "You have not asked for anything yet."),
    Box.DRAFTS: Sentence(
        "没有草稿。填写申请时点“存为草稿”，就会保存在这里。",
        "No drafts. “Save as draft” keeps a request here.",
    ),
}
EMPTY_FILTERED = Sentence("没有符合筛选条件的事项。", "Nothing matches these filters.")
BANDS = {
    DueBand.OVERDUE: Sentence("已逾期", "Overdue"),
    DueBand.TODAY: Sentence("今天到期（含逾期）", "Due today or overdue"),
    DueBand.WEEK: Sentence("7天内到期", "Due within 7 days"),
}
CLAIMED = Sentence("已由{who}认领", "Claimed by {who}")
CLAIMED_BY_ME = Sentence("您已认领", "You have claimed this")
ASKED: Mapping[TaskKind, Sentence] = {
    TaskKind.HELPER: Sentence("{who}请您先给出意见", "{who} would like your opinion first"),
    TaskKind.ASKED: Sentence("{who}请您给出意见", "{who} asks for your opinion"),
    TaskKind.CONSULTED: Sentence("{who}征询您的看法", "{who} consults you"),
    TaskKind.PROMISE: Sentence("请确认条件是否落实", "Say when a condition is met"),
}
#: So many counts stand above the rows; more of them fold away.
TILES = 6
#: A row shows so many characters of what is asked.
LONGEST_SUBJECT = 40
MY_OWN = Sentence("本人", "me")


class Row(NamedTuple):
    """One line: what it is, whose, at which step, how much, since when, and what is left."""

    number: str
    url: str
    title: str
    process: str
    applicant: str
    department: str
    badge: Badge
    figure: str
    figure_label: str
    at: str
    due: DueWords | None
    returned: bool
    acting_for: str
    note: str = ""  # what is asked of the reader, or who has claimed it
    note_icon: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One box in the row of boxes."""

    label: str
    url: str
    here: bool
    count: str


class Option(NamedTuple):
    """One word of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """A count that is also a filter."""

    label: str
    count: str
    url: str
    tone: str
    icon: str
    here: bool


@dataclass(frozen=True, slots=True)
class InboxView:
    """The page. `empty` explains when there are no rows; `order` tells how they are sorted."""

    title: str
    path: str
    box: str
    acting_for: str
    acting_for_name: str
    tabs: tuple[Tab, ...]
    tiles: tuple[Tile, ...]
    more_tiles: tuple[Tile, ...]
    rows: tuple[Row, ...]
    total: str
    order: str
    empty: str
    filtered: bool
    clear: str
    text: str
    processes: tuple[Option, ...]
    steps: tuple[Option, ...]
    departments: tuple[Option, ...]
    bands: tuple[Option, ...]
    page: int
    previous: str
    next: str


def inbox_view(inbox: Inbox, catalog: Catalog, speech: Speech, person: str) -> InboxView:
    """Words for one page of one box."""
    filters = inbox.filters
    rows = _rows(inbox, catalog, speech, person)
    tiles = _tiles(inbox, catalog, speech)
    page = inbox.work if filters.box is Box.TODO else inbox.cases
    filtered = filters != InboxFilters(
        filters.box, acting_for=filters.acting_for, page=filters.page
    )
    last_shown = (filters.page - 1) * ROWS + len(page.rows)
    return InboxView(
        title=speech.say(TITLES[filters.box]),
        path=PATHS[filters.box],
        box=filters.box.value,
        acting_for=filters.acting_for or "",
        acting_for_name="" if filters.acting_for is None else speech.person(filters.acting_for),
        tabs=_tabs(inbox, speech),
        tiles=tiles[:TILES],
        more_tiles=tiles[TILES:],
        rows=rows,
        total=f"{page.total}+" if page.capped else str(page.total),
        order=speech.say(ORDERS[filters.box]),
        empty=speech.say(EMPTY_FILTERED if filtered else EMPTY[filters.box]),
        filtered=filtered,
        clear=address(InboxFilters(filters.box, acting_for=filters.acting_for)),
        text=filters.text or "",
        processes=_processes(catalog, filters, speech),
        steps=_steps(catalog, filters, speech),
        departments=tuple(
            Option(d.id, d.name, d.id == filters.department)
            for d in speech.organisation.departments.values()
        ),
        bands=tuple(
            Option(band.value, speech.say(words), band is filters.due)
            for band, words in BANDS.items()
        ),
        page=filters.page,
        previous=address(replace(filters, page=filters.page - 1)) if filters.page > 1 else "",
        next=address(replace(filters, page=filters.page + 1))
        if page.rows and (last_shown < page.total or (page.capped and len(page.rows) == ROWS))
        else "",
    )


@lru_cache(maxsize=1024)
def address(filters: InboxFilters) -> str:
    """The address that shows a box with these filters."""
    named = {
        "process": filters.process,
        "step": filters.step,
        "department": filters.department,
        "due": filters.due,
        "q": filters.text,
        "for": filters.acting_for,
        "page": str(filters.page) if filters.page > 1 else None,
    }
    given = {key: value for key, value in named.items() if value}
    return f"{PATHS[filters.box]}?{urlencode(given)}" if given else PATHS[filters.box]


# ---- rows ----------------------------------------------------------------------------------------


def _rows(inbox: Inbox, catalog: Catalog, speech: Speech, person: str) -> tuple[Row, ...]:
    writer = _RowWriter(catalog, speech, person)
    if inbox.filters.box is not Box.TODO:
        return tuple(writer.row(row.case, row.at) for row in inbox.cases.rows)
    lent = inbox.filters.acting_for
    acting_for = "" if lent is None else speech.person(lent)
    return tuple(writer.work(row.case, row.task, acting_for) for row in inbox.work.rows)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the rows of one version of a process share. `figure` is the field by which its cases
    are judged at a glance.
    """

    definition: Definition
    name: str
    figure: Field | None
    figure_label: str


class _About:
    """What all words of a page depend on beside its rows: whoever looks, it is the same for long.

    The hospital and the catalog are replaced whole when something about them changes.
    """

    __slots__ = ("_key", "catalog", "hospital")

    def __init__(self, catalog: Catalog, speech: Speech) -> None:
        self.catalog, self.hospital = catalog, speech.hospital
        self._key = (id(catalog), id(speech.hospital), speech.language, speech.today)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _About) and self._key == other._key


class _Known:
    """What was worded already about a page like this one."""

    def __init__(self) -> None:
        self.kinds: dict[tuple[str, int], _Kind] = {}
        self.badges: dict[tuple[str, int, str], Badge] = {}
        self.processes: dict[str | None, tuple[Option, ...]] = {}
        #: By the identity of the case, which stays the same while nobody changes it. It is kept
        #: here, so that no other case can have its place.
        self.rows: dict[tuple[int, datetime, bool, str], tuple[Case, Row]] = {}


@lru_cache(maxsize=16)
def _known(about: _About) -> _Known:  # noqa: ARG001 - it is the key
    return _Known()


#: Then the words of rows are forgotten and found anew.
_MOST_ROWS = 4096


class _RowWriter:
    """Writes rows; what many rows share is worded once, and a row that stays the same as well."""

    def __init__(self, catalog: Catalog, speech: Speech, person: str) -> None:
        self._catalog, self._speech, self._person = catalog, speech, person
        known = _known(_About(catalog, speech))
        self._kinds, self._badges, self._rows = known.kinds, known.badges, known.rows
        self._dues: dict[tuple[datetime, bool], DueWords] = {}

    def work(self, case: Case, task: Task, acting_for: str) -> Row:
        """One line of what is to be done: it stands where its task does, which in a branch is not
        the case's own state.
        """
        row = self._worded(case, task.opened_at, acting_for)
        due = self.due(task)
        if due is not None:
            row = row._replace(due=due)
        handling = task.handling
        if task.step != case.state:
            definition = self._kind(case.process, case.definition_version).definition
            row = row._replace(badge=self._badge(definition, case, task.step))
        if handling.kind is TaskKind.STEP and handling.claimed_by is None:
            return row
        note, icon = self._note(handling)
        return row._replace(note=note, note_icon=icon)

    def _worded(self, case: Case, at: datetime, acting_for: str) -> Row:
        key = (id(case), at, case.applicant == self._person, acting_for)
        found = self._rows.get(key)
        if found is None:
            if len(self._rows) >= _MOST_ROWS:
                self._rows.clear()
            found = self._rows[key] = (case, self.row(case, at, acting_for))
        return found[1]

    def _note(self, handling: Handling) -> tuple[str, str]:
        """What is asked of the reader, or who has claimed the task."""
        speech = self._speech
        if handling.kind is TaskKind.STEP:
            claimed = handling.claimed_by or ""
            mine = claimed == self._person
            said = CLAIMED_BY_ME if mine else CLAIMED.filled(who=speech.person(claimed))
            return speech.say(said), "user-check"
        who = "" if handling.added_by is None else speech.person(handling.added_by)
        asked = speech.say(ASKED[handling.kind].filled(who=who))
        subject = handling.subject
        if len(subject) > LONGEST_SUBJECT:
            subject = f"{subject[:LONGEST_SUBJECT]}…"
        colon = ": " if speech.language == "en" else "："
        return f"{asked}{colon}{subject}" if subject else asked, "message"

    def row(self, case: Case, at: datetime, acting_for: str = "") -> Row:
        """One line of a case."""
        speech = self._speech
        kind = self._kind(case.process, case.definition_version)
        mine = case.applicant == self._person
        shown = kind.figure
        return Row(
            number=case.number,
            url=f"/c/{case.number}",
            title=case.title,
            process=kind.name,
            applicant=speech.say(MY_OWN) if mine else speech.person(case.applicant),
            department=speech.department(case.department),
            badge=self._badge(kind.definition, case, case.state),
            figure="" if shown is None else value_words(shown, case.form.get(shown.key), speech),
            figure_label=kind.figure_label,
            at=speech.moment(at),
            due=None,
            returned=case.round > 1,
            acting_for=acting_for,
        )

    def due(self, task: Task) -> DueWords | None:
        """When it is due, in words; most due dates are the end of one of a few days."""
        at, overdue = task.due_at, task.overdue
        if at is None:
            return None
        if (at, overdue) not in self._dues:
            self._dues[at, overdue] = self._speech.due(at, overdue=overdue)
        return self._dues[at, overdue]

    def _kind(self, process: str, version: int) -> _Kind:
        if (process, version) not in self._kinds:
            definition = self._catalog.definition(process, version)
            figure = definition.form.get(definition.key_figure or "")
            if figure is not None and figure.masked:
                figure = None
            label = "" if figure is None else self._speech.say(figure.label)
            name = self._speech.say(definition.name)
            self._kinds[process, version] = _Kind(definition, name, figure, label)
        return self._kinds[process, version]

    def _badge(self, definition: Definition, case: Case, state: str) -> Badge:
        key = (case.process, case.definition_version, state)
        if key not in self._badges:
            self._badges[key] = state_badge(definition, state, self._speech.language)
        return self._badges[key]


# ---- what stands above the rows ------------------------------------------------------------------


def _tabs(inbox: Inbox, speech: Speech) -> tuple[Tab, ...]:
    filters = inbox.filters
    counts = {Box.TODO: inbox.waiting, Box.DRAFTS: inbox.drafts}
    own = [
        Tab(
            speech.say(TITLES[box]),
            PATHS[box],
            box is filters.box and filters.acting_for is None,
            str(counts[box]) if counts.get(box) else "",
        )
        for box in Box
    ]
    lent = [
        Tab(
            speech.say(
                Sentence(f"代 {one.person.name} 办理", f"For {one.person.name}"),
            ),
            address(InboxFilters(acting_for=one.person.id)),
            filters.acting_for == one.person.id,
            str(one.waiting) if one.waiting else "",
        )
        for one in inbox.principals
    ]
    return (own[0], *lent, *own[1:])


def _tiles(inbox: Inbox, catalog: Catalog, speech: Speech) -> tuple[Tile, ...]:
    """What is overdue, what is due today, and how much waits of each process."""
    if inbox.filters.box is not Box.TODO:
        return ()
    filters = InboxFilters(acting_for=inbox.filters.acting_for)
    late, today = inbox.urgency.overdue, inbox.urgency.today
    tiles = [
        _band(DueBand.OVERDUE, late, "late" if late else "quiet", "alarm", inbox, speech),
        _band(
            DueBand.TODAY, today, "soon" if today else "quiet", "clock-exclamation", inbox, speech
        ),
    ]
    by_process: dict[str, int] = {}
    for (process, _), count in inbox.counts.items():
        by_process[process] = by_process.get(process, 0) + count
    for process, count in sorted(by_process.items(), key=lambda pair: (-pair[1], pair[0])):
        here = inbox.filters.process == process
        url = address(filters if here else replace(filters, process=process))
        label = _process_name(catalog, process, speech)
        tiles.append(Tile(label, str(count), url, "quiet", "clipboard-list", here))
    return tuple(tiles)


def _band(band: DueBand, count: int, tone: str, icon: str, inbox: Inbox, speech: Speech) -> Tile:
    here = inbox.filters.due is band
    plain = InboxFilters(acting_for=inbox.filters.acting_for)
    url = address(plain if here else replace(plain, due=band))
    return Tile(speech.say(BANDS[band]), str(count), url, tone, icon, here)


def _process_name(catalog: Catalog, process: str, speech: Speech) -> str:
    known = catalog.latest.get(process)
    return process if known is None else speech.say(known.name)


def _processes(catalog: Catalog, filters: InboxFilters, speech: Speech) -> tuple[Option, ...]:
    known = _known(_About(catalog, speech)).processes
    chosen = filters.process if filters.process in catalog.latest else None
    if chosen not in known:
        known[chosen] = tuple(
            Option(key, speech.say(definition.name), key == chosen)
            for key, definition in catalog.latest.items()
        )
    return known[chosen]


def _steps(catalog: Catalog, filters: InboxFilters, speech: Speech) -> tuple[Option, ...]:
    """The steps of the chosen process; none while no process is chosen."""
    definition = catalog.latest.get(filters.process or "")
    if definition is None:
        return ()
    return tuple(
        Option(key, speech.say(state.name), key == filters.step)
        for key, state in definition.states.items()
        if filters.box is not Box.TODO or not state.final
    )
