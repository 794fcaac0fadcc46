"""Notices for people: what is unread, what they say, and how each person wants to hear of them.

A notice tells that something happened and decides nothing. Inside the house it may bear a case's
title, unless the process is confidential; what leaves the house bears number, process and step
alone, for a title may hold a patient's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

import orjson

from workflow.calendar import Calendar
from workflow.design.definition import Definition
from workflow.nouns import OPENED, Address, Case, Entry, Notice, Topic
from workflow.ports.deciding import CaseFile
from workflow.ports.hospital import Hospital
from workflow.ports.house import Deed
from workflow.ports.reading import NoticeQuery, NoticeRow, Page, ReadMark
from workflow.ports.store import Store
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.running.handling import NAMES
from workflow.running.lines import SCHEDULE_MISSED
from workflow.running.urging import URGE
from workflow.service.catalog import Catalog

#: What is older counts as read: nobody catches up on a month, and a new head of a department is
#: not met by the unread news of their predecessor's years.
OLD = timedelta(days=30)
#: The most that one press of "all read" marks by name; what lies behind is read by its date.
AT_ONCE = 500
#: A decision that began before "all read" was pressed may be kept after it; none takes so long.
UNDERWAY = timedelta(minutes=1)
#: Under this name the hospital's default is kept.
HOSPITAL = ""
#: The kind of an alarm about a message that was given up, before the name of its channel.
UNDELIVERED = "undelivered"
#: The kind of a notice by which an applicant asks for haste.
URGED = URGE


class Channel(StrEnum):
    """How a notice leaves the house. The page of notices gets every one of them anyway."""

    MAIL = "mail"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


#: A robot speaks to a whole group, so the hospital decides for it and no single person.
ROBOTS = (Channel.WECOM, Channel.DINGTALK, Channel.FEISHU)
#: What a person may ask to be told by mail; an alarm goes to those who care for the house.
TOPICS = tuple(topic for topic in Topic if topic is not Topic.ALARM)
#: These may break a person's quiet hours and digest, if the person so chooses.
URGENT = frozenset({Topic.DEADLINE, Topic.ALARM})

TOPIC_NAMES: Mapping[Topic, Sentence] = {
    Topic.WORK: Sentence("等我办理", "Waits for me"),
    Topic.PROGRESS: Sentence("我的申请有进展", "My requests move"),
    Topic.COPY: Sentence("抄送给我", "Copies to me"),
    Topic.DEADLINE: Sentence("时限到期", "A deadline has passed"),
    Topic.SOON: Sentence("时限将到", "A deadline comes near"),
    Topic.URGE: Sentence("催办", "Somebody urges me"),
    Topic.ALARM: Sentence("系统告警", "The system needs care"),
}
CHANNEL_NAMES: Mapping[Channel, Sentence] = {
    Channel.MAIL: Sentence("电子邮件", "E-mail"),
    Channel.WECOM: Sentence("企业微信群机器人", "WeCom group robot"),
    Channel.DINGTALK: Sentence("钉钉群机器人", "DingTalk group robot"),
    Channel.FEISHU: Sentence("飞书群机器人", "Feishu group robot"),
}

# ---- how somebody wants to hear of it ------------------------------------------------------------

WRONG_ADDRESS = Sentence(
    "邮箱地址写法不对，请检查，例如 name@hospital.cn。",
    "This is no e-mail address; please check it, for example name@hospital.cn.",
)
NO_ADDRESS = Sentence(
    "选了用邮件通知，请填写邮箱地址。", "You chose to be told by e-mail: please give the address."
)
WRONG_HOUR = Sentence("请选择 0 到 23 点。", "Choose an hour from 0 to 23.")
HALF_QUIET = Sentence(
    "请把免打扰的开始和结束都选上，或都不选，两者不能相同。",
    "Choose both ends of the quiet hours or neither; they may not be the same.",
)

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")


@dataclass(frozen=True, slots=True)
class Choice:
    """By which channel somebody hears of what, and when not.

    `quiet` are two hours of the local day, the second belonging to the day again; it may span
    midnight. `digest_hour`: everything of a day in one message at that hour. `urgent_passes`: what
    is URGENT waits for neither.
    """

    address: str = ""
    topics: Mapping[Channel, frozenset[Topic]] = field(default_factory=dict)
    digest_hour: int | None = None
    quiet: tuple[int, int] | None = None
    urgent_passes: bool = True

    def wants(self, channel: Channel, topic: Topic) -> bool:
        """Whether this is to be told by that channel."""
        return topic in self.topics.get(channel, ())

    def when(self, topic: Topic, at: datetime, calendar: Calendar) -> datetime:
        """When something that happens `at` may be told: at once, or after the quiet hours, or with
        the next digest.
        """
        if topic in URGENT and self.urgent_passes:
            return at
        if self.digest_hour is not None:
            at = _next(self.digest_hour, at, calendar)
        return self.quiet_until(topic, at, calendar)

    def quiet_until(self, topic: Topic, at: datetime, calendar: Calendar) -> datetime:
        """The end of the quiet hours that `at` lies in, or `at` itself."""
        if self.quiet is None or (topic in URGENT and self.urgent_passes):
            return at
        start, end = self.quiet
        hour = at.astimezone(calendar.zone).hour
        inside = start <= hour < end if start < end else hour >= start or hour < end
        return _next(end, at, calendar) if inside else at

    def as_kept(self) -> dict[str, object]:
        """As the store keeps it."""
        return {
            "address": self.address,
            "topics": {
                channel.value: sorted(topic.value for topic in topics)
                for channel, topics in self.topics.items()
            },
            "digest_hour": self.digest_hour,
            "quiet": None if self.quiet is None else list(self.quiet),
            "urgent_passes": self.urgent_passes,
        }


def _next(hour: int, at: datetime, calendar: Calendar) -> datetime:
    """The next time that the clock on the wall says this hour, after `at`."""
    local = at.astimezone(calendar.zone)
    found = datetime.combine(local.date(), time(hour), calendar.zone)
    if found <= local:
        found = datetime.combine(local.date() + timedelta(days=1), time(hour), calendar.zone)
    return found.astimezone(at.tzinfo)


#: What a hospital starts with: by mail what presses, for those who gave an address.
AS_SHIPPED = Choice(
    topics={
        Channel.MAIL: frozenset({Topic.WORK, Topic.DEADLINE, Topic.SOON, Topic.URGE, Topic.ALARM})
    }
)


def choice_of(kept: Mapping[str, object]) -> Choice:
    """A choice as the store keeps it; what this version does not know is left out."""
    topics, quiet = kept.get("topics"), kept.get("quiet")
    hour = kept.get("digest_hour")
    return Choice(
        address=str(kept.get("address") or ""),
        topics={
            channel: frozenset(topic for topic in Topic if topic.value in topics[channel.value])
            for channel in Channel
            if isinstance(topics, Mapping) and channel.value in topics
        },
        digest_hour=hour if isinstance(hour, int) else None,
        quiet=(quiet[0], quiet[1]) if isinstance(quiet, list | tuple) else None,
        urgent_passes=bool(kept.get("urgent_passes")),
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """A choice as it was typed: `topics` are pairs `<channel>:<topic>`, hours are text or ""."""

    address: str = ""
    topics: tuple[str, ...] = ()
    digest_hour: str = ""
    quiet_from: str = ""
    quiet_until: str = ""
    urgent_passes: bool = False

    def read(self, channels: Iterable[Channel], *, own: bool) -> Choice | Refused:
        """The choice, or everything that is wrong with it. `own`: a person's, who needs an
        address; the hospital's default has none.
        """
        chosen = {
            channel: frozenset(
                topic for topic in Topic if f"{channel.value}:{topic.value}" in self.topics
            )
            for channel in channels
        }
        address = self.address.strip() if own else ""
        problems = [
            _at("address", _wrong_address(address, chosen) if own else None),
            _at("digest_hour", None if _is_hour(self.digest_hour) else WRONG_HOUR),
            _at("quiet", self._wrong_quiet()),
        ]
        if any(problems):
            return Refused.of(problem for problem in problems if problem is not None)
        return Choice(
            address=address,
            topics=chosen,
            digest_hour=int(self.digest_hour) if self.digest_hour else None,
            quiet=(int(self.quiet_from), int(self.quiet_until)) if self.quiet_from else None,
            urgent_passes=self.urgent_passes,
        )

    def _wrong_quiet(self) -> Sentence | None:
        ends = (self.quiet_from, self.quiet_until)
        if not all(map(_is_hour, ends)):
            return WRONG_HOUR
        if bool(ends[0]) is not bool(ends[1]) or (ends[0] and ends[0] == ends[1]):
            return HALF_QUIET
        return None


def _wrong_address(address: str, chosen: Mapping[Channel, frozenset[Topic]]) -> Sentence | None:
    if not address:
        return NO_ADDRESS if chosen.get(Channel.MAIL) else None
    return None if len(address) <= 254 and _ADDRESS.fullmatch(address) else WRONG_ADDRESS


def _is_hour(text: str) -> bool:
    return not text or (text.isascii() and text.isdecimal() and len(text) <= 2 and int(text) <= 23)


def _at(place: str, because: Sentence | None) -> Refusal | None:
    return None if because is None else Refusal(Code.INVALID_FORM, because, field=place)


# ---- what a notice says --------------------------------------------------------------------------

_SAID: Mapping[Topic, Sentence] = {
    Topic.WORK: Sentence(
        "{process} {number}：转到您这里办理（上一步：{act}）",
        "{process} {number}: it is with you now (after: {act})",
    ),
    Topic.PROGRESS: Sentence(
        "您的申请 {process} {number}：{act}", "Your request {process} {number}: {act}"
    ),
    Topic.COPY: Sentence("抄送：{process} {number}，{act}", "Copy: {process} {number}, {act}"),
    Topic.DEADLINE: Sentence(
        "时限到了：{process} {number}，{act}", "Time is up: {process} {number}, {act}"
    ),
    Topic.SOON: Sentence(
        "时限将到：{process} {number}，{act}", "Time runs out: {process} {number}, {act}"
    ),
    Topic.URGE: Sentence(
        "申请人催办：{process} {number}，请尽快办理",
        "The applicant asks for haste: {process} {number}",
    ),
    Topic.ALARM: Sentence(
        "有通知没能送出（{act}），请到“管理 → 通知送达”查看",
        "Messages could not be delivered ({act}); see Administration → Deliveries",
    ),
}
_STARTED = Sentence("发起", "Opened")
_MISSED = Sentence(
    "“{process}”在 {number} 之前有到期没有立案的，已记为漏办，请安排补做",
    "Turns of “{process}” before {number} were missed; see what has to be made up for",
)


def sentence_of(
    kind: str, topic: Topic, at: datetime, case: Case, definition: Definition
) -> Sentence:
    """What a notice says, without anything that somebody has typed into the case."""
    # An action may be called `start` as well; what came with the opening is of its moment.
    opening = kind == OPENED and at == case.opened_at
    act = _STARTED if opening else _name_of(kind, definition, topic)
    said = _MISSED if kind == SCHEDULE_MISSED else _SAID[topic]
    return Sentence(
        said.zh.format(process=definition.name.zh, number=case.number, act=act.zh),
        said.en.format(process=definition.name.en, number=case.number, act=act.en),
    )


def _name_of(kind: str, definition: Definition, topic: Topic) -> Sentence:
    if kind.startswith(f"{UNDELIVERED}:"):
        return CHANNEL_NAMES[Channel(kind.partition(":")[2])]
    action, clock = definition.actions.get(kind), definition.deadlines.get(kind)
    if clock is not None and topic in (Topic.DEADLINE, Topic.SOON):
        return clock.name  # an action may have the same key
    if action is not None:
        return action.name
    if kind in NAMES:
        return NAMES[kind]
    return Sentence(kind, kind) if clock is None else clock.name


def step_of(case: Case, definition: Definition) -> Sentence:
    """The step at which a case stands."""
    state = definition.states.get(case.state)
    return Sentence(case.state, case.state) if state is None else state.name


# ---- reading -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice in words. `title` is "" for a confidential process."""

    row: NoticeRow
    says: Sentence
    step: Sentence
    title: str


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as the story of its case tells it: by which line, to whom, and who has read it.

    `copy`: they have had no task in the case, so it was for information (抄送).
    """

    entry: Entry
    to: Address
    copy: bool
    read: tuple[ReadMark, ...]


@dataclass(frozen=True)
class Noticing:
    """What somebody was told, what of it they have read, and how they want to be told."""

    store: Store
    catalog: Callable[[], Catalog]

    def page(
        self, person: str, hospital: Hospital, now: datetime, query: tuple[bool, int, int]
    ) -> Page[NoticeLine]:
        """A page of notices; `query` is (unread only, rows, rows before them)."""
        unread_only, limit, offset = query
        asked = self._query(person, hospital, now, unread_only, limit, offset)
        found = self.store.readings.notice_page(asked)
        return Page(tuple(map(self._line, found.rows)), found.total, found.capped)

    def unread(self, person: str, hospital: Hospital, now: datetime) -> int:
        """How many notices somebody has not read; 100 stands for more than 99."""
        return self.store.readings.unread_notices(self._query(person, hospital, now))

    def told_of(self, person: str, hospital: Hospital, now: datetime, case: str) -> bool:
        """Whether a person was told anything about a case (its id)."""
        asked = self._query(person, hospital, now, case=case)
        return self.store.readings.notice_page(asked).total > 0

    def read(self, person: str, hospital: Hospital, now: datetime, ids: Sequence[str]) -> int:
        """Mark some of a person's own notices as read; how many that were."""
        return self._mark(person, hospital, now, self._unread(person, hospital, now), set(ids))

    def read_case(self, person: str, hospital: Hospital, now: datetime, case: str) -> int:
        """Mark all that a person was told about a case (its id) as read."""
        return self._mark(person, hospital, now, self._unread(person, hospital, now, case))

    def read_all(self, person: str, hospital: Hospital, now: datetime) -> int:
        """Mark everything as read; how many were unread, up to AT_ONCE."""
        count = self._mark(person, hospital, now, self._unread(person, hospital, now))
        self.store.desk.read_notices(person, now - UNDERWAY)
        return count

    def told(self, file: CaseFile, entries: Iterable[Entry]) -> tuple[Told, ...]:
        """Who was told what about a case, as its ledger has it, and who has read it when (已阅)."""
        marks: dict[str, list[ReadMark]] = {}
        for mark in self.store.readings.read_marks(file.case.id):
            marks.setdefault(mark.notice, []).append(mark)
        working = {task.address for task in file.tasks}
        return tuple(
            Told(
                entry,
                to,
                to not in working and to.person != file.case.applicant,
                tuple(marks.get(id_, ())),
            )
            for entry in entries
            if entry.refused is None
            for id_, key in orjson.loads(entry.body).get("notices", ())
            for to in [Address.of(key)]
        )

    def choice(self, person: str) -> Choice:
        """What somebody has chosen; else the hospital's default."""
        kept = self.store.desk.choices((person, HOSPITAL))
        return choice_among(kept, person)

    def choose(self, person: str, choice: Choice) -> None:
        """Keep what somebody has chosen for themselves."""
        self.store.desk.choose(person, choice.as_kept())

    def set_default(self, deed: Deed, choice: Choice) -> None:
        """Keep the hospital's default, with a line in the house's ledger."""
        self.store.desk.choose(HOSPITAL, choice.as_kept())
        self.store.house.record(deed, "notice_default_saved", choice.as_kept())

    def _line(self, row: NoticeRow) -> NoticeLine:
        case = row.case
        definition = self.catalog().definition(case.process, case.definition_version)
        says = sentence_of(row.notice.kind, row.notice.topic, row.notice.at, case, definition)
        title = "" if definition.confidential else case.title
        return NoticeLine(row, says, step_of(case, definition), title)

    def _query(
        self,
        person: str,
        hospital: Hospital,
        now: datetime,
        unread_only: bool = False,
        limit: int = 1,
        offset: int = 0,
        case: str | None = None,
        *,
        with_over: bool = False,
    ) -> NoticeQuery:
        day = hospital.calendar.local_day(now)
        addresses = hospital.organisation.addresses_of(person, day)
        since = now - OLD
        return NoticeQuery(person, addresses, since, unread_only, case, limit, offset, with_over)

    def _unread(
        self, person: str, hospital: Hospital, now: datetime, case: str | None = None
    ) -> tuple[Notice, ...]:
        # What is over was not read for that: who opens the case later has (已阅).
        query = self._query(person, hospital, now, True, AT_ONCE, case=case, with_over=True)
        return tuple(row.notice for row in self.store.readings.notice_page(query).rows)

    def _mark(
        self,
        person: str,
        hospital: Hospital,
        now: datetime,
        unread: Iterable[Notice],
        only: set[str] | None = None,
    ) -> int:
        found = [notice for notice in unread if only is None or notice.id in only]
        if found:
            self.store.desk.mark_read(person, found, now)
            left = self._query(person, hospital, now, with_over=True)
            if not self.store.readings.unread_notices(left):
                # Whoever has read everything is counted from here on, and not a month back.
                self.store.desk.read_notices(person, now - UNDERWAY)
        return len(found)


def choice_among(kept: Mapping[str, Mapping[str, object]], person: str) -> Choice:
    """A person's choice among those that were read together; else the hospital's default."""
    for name in (person, HOSPITAL):
        if name in kept:
            return choice_of(kept[name])
    return AS_SHIPPED
