"""Notices in words: what somebody was told, how they want to hear of it, what did not get out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from web.presenters.speech import Speech
from web.presenters.timeline import act_name
from web.presenters.words import moment_words
from web.visit import Visit
from workflow.design.definition import Definition
from workflow.nouns import TIMER, Topic
from workflow.ports.outbox import Delivery
from workflow.ports.reading import Page
from workflow.refusals import Refused, Sentence
from workflow.service.noticing import (
    CHANNEL_NAMES,
    ROBOTS,
    TOPIC_NAMES,
    TOPICS,
    Channel,
    Choice,
    NoticeLine,
    Told,
    Wish,
)
from workflow.service.sights import line_of

ROWS = 20

ICONS: Mapping[Topic, str] = {
    Topic.WORK: "inbox",
    Topic.PROGRESS: "arrow-right",
    Topic.COPY: "copy",
    Topic.DEADLINE: "alarm",
    Topic.SOON: "clock",
    Topic.URGE: "clock-exclamation",
    Topic.ALARM: "alert-triangle",
}

#: Why a message did not get out, for the administrator.
TROUBLES: Mapping[str, Sentence] = {
    "unreachable": Sentence("服务器连不上", "the server cannot be reached"),
    "refused": Sentence("对方服务器拒收这个地址", "the other side refuses this address"),
    "sign_in_refused": Sentence(
        "邮件服务器不接受所设的账号和密码", "the mail server refuses our account"
    ),
    "not_taken": Sentence("对方没有接受这条消息", "the other side did not take the message"),
    "no_address": Sentence("收件人已撤下邮箱地址", "its reader has taken the address away"),
    "no_case": Sentence("案件已不存在", "its case is gone"),
    "worker_lost": Sentence("每次发送时进程都中断了", "every worker stopped while sending it"),
}
OTHER_TROUBLE = Sentence("程序出错（{name}）", "our own mistake ({name})")


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """One notice on the page. `id` names it in the form that marks it as read."""

    id: str
    url: str
    icon: str
    topic: str
    says: str
    title: str
    step: str
    at: str
    read: bool


@dataclass(frozen=True, slots=True)
class NoticesView:
    """The page of notices."""

    items: tuple[NoticeItem, ...]
    unread_only: bool
    unread: int
    total: str
    page: int
    previous: str
    next: str


def notices_view(
    visit: Visit, found: Page[NoticeLine], unread: int, *, unread_only: bool, page: int
) -> NoticesView:
    """A page of notices in the visit's language."""
    more = page * ROWS < found.total or (found.capped and len(found.rows) == ROWS)
    return NoticesView(
        items=tuple(_item(visit, line) for line in found.rows),
        unread_only=unread_only,
        unread=unread,
        total=f"{found.total}+" if found.capped else str(found.total),
        page=page,
        previous=_address(page - 1, unread_only=unread_only) if page > 1 else "",
        next=_address(page + 1, unread_only=unread_only) if more else "",
    )


def _address(page: int, *, unread_only: bool) -> str:
    query = [*(["show=unread"] if unread_only else []), *([f"page={page}"] if page > 1 else [])]
    return "/notices" + (f"?{'&'.join(query)}" if query else "")


def _item(visit: Visit, line: NoticeLine) -> NoticeItem:
    notice, case = line.row.notice, line.row.case
    alarm = notice.topic is Topic.ALARM
    return NoticeItem(
        id=notice.id,
        url="/admin/deliveries" if alarm else f"/notices/c/{case.number}",
        icon=ICONS[notice.topic],
        topic=visit.say(TOPIC_NAMES[notice.topic]),
        says=visit.say(line.says),
        title="" if alarm else line.title,
        step="" if alarm else visit.say(line.step),
        at=moment_words(notice.at, visit.now, visit.language, visit.hospital.calendar),
        read=line.row.read,
    )


# ---- on the page of a case -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who has read a notice, and when."""

    name: str
    at: str


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A notice of a case: what it was about, for whom, and who has read it. `copy`: 抄送."""

    act: str
    at: str
    to: str
    copy: bool
    read: tuple[Reader, ...]


def told_lines(
    told: Iterable[Told], definition: Definition, speech: Speech
) -> tuple[ToldLine, ...]:
    """Who was told about a case, the newest first."""
    return tuple(
        ToldLine(
            speech.say(
                act_name(line_of(one.entry).action, definition, by_timer=one.entry.actor == TIMER)
            ),
            speech.moment(one.entry.at),
            speech.address(one.to),
            one.copy,
            tuple(Reader(speech.person(mark.person), speech.moment(mark.at)) for mark in one.read),
        )
        for one in reversed(tuple(told))
    )


# ---- choices -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tick:
    """One box to tick."""

    name: str
    label: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class ChannelChoice:
    """What may be told by one channel. `ready`: the server can send by it."""

    label: str
    ready: bool
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """How somebody wants to be told, or the hospital as a default (`own` False)."""

    own: bool
    address: str
    channels: tuple[ChannelChoice, ...]
    hours: tuple[str, ...]
    digest_hour: str
    quiet_from: str
    quiet_until: str
    urgent_passes: bool
    problems: tuple[tuple[str, str], ...] = ()


def channels_for(*, own: bool) -> tuple[Channel, ...]:
    """The channels that a person, or the hospital, chooses for."""
    return (Channel.MAIL,) if own else (Channel.MAIL, *ROBOTS)


def choice_view(visit: Visit, choice: Choice, *, own: bool) -> ChoiceView:
    """A choice as it stands."""
    return ChoiceView(
        own=own,
        address=choice.address,
        channels=_channels(
            visit, {f"{c}:{topic}" for c in Channel for topic in choice.topics.get(c, ())}, own=own
        ),
        hours=_HOURS,
        digest_hour=_hour(choice.digest_hour),
        quiet_from="" if choice.quiet is None else _hour(choice.quiet[0]),
        quiet_until="" if choice.quiet is None else _hour(choice.quiet[1]),
        urgent_passes=choice.urgent_passes,
    )


def wish_view(visit: Visit, wish: Wish, refused: Refused, *, own: bool) -> ChoiceView:
    """A choice as it was typed, with what is wrong."""
    problems = [(one.field or "", visit.say(one.because)) for one in refused.refusals]
    return ChoiceView(
        own=own,
        address=wish.address,
        channels=_channels(visit, set(wish.topics), own=own),
        hours=_HOURS,
        digest_hour=wish.digest_hour,
        quiet_from=wish.quiet_from,
        quiet_until=wish.quiet_until,
        urgent_passes=wish.urgent_passes,
        problems=tuple(problems),
    )


_HOURS = tuple(str(hour) for hour in range(24))


def _hour(hour: int | None) -> str:
    return "" if hour is None else str(hour)


def _channels(visit: Visit, ticked: set[str], *, own: bool) -> tuple[ChannelChoice, ...]:
    return tuple(
        ChannelChoice(
            visit.say(CHANNEL_NAMES[channel]),
            channel in visit.house.delivering.transports,
            tuple(
                Tick(name, visit.say(TOPIC_NAMES[topic]), name in ticked)
                for topic in TOPICS
                for name in [f"{channel.value}:{topic.value}"]
            ),
        )
        for channel in channels_for(own=own)
    )


# ---- what did not get out ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeadItem:
    """A message that was given up."""

    key: str
    number: str
    person: str
    channel: str
    topic: str
    trouble: str
    attempts: int
    at: str


@dataclass(frozen=True, slots=True)
class DeliveriesView:
    """The administrator's page of what leaves the house."""

    dead: tuple[DeadItem, ...]
    choice: ChoiceView


def deliveries_view(
    visit: Visit, dead: Mapping[Delivery, str], choice: ChoiceView
) -> DeliveriesView:
    """What was given up (with the number of its case), and the hospital's default."""
    return DeliveriesView(tuple(_dead(visit, one, number) for one, number in dead.items()), choice)


def _dead(visit: Visit, one: Delivery, number: str) -> DeadItem:
    known = TROUBLES.get(one.trouble, OTHER_TROUBLE.filled(name=one.trouble))
    return DeadItem(
        key=one.key,
        number=number,
        person=visit.organisation.person_name(one.person) if one.person else "",
        channel=visit.say(CHANNEL_NAMES[Channel(one.channel)]),
        topic=visit.say(TOPIC_NAMES[one.topic]),
        trouble=visit.say(known),
        attempts=one.attempts,
        at=moment_words(one.dead_at or one.at, visit.now, visit.language, visit.hospital.calendar),
    )
