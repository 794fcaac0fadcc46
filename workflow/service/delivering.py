"""Carries notices out of the house: by mail to people, by robots to groups.

Each look first works out, for every fresh notice, who shall hear of it by which channel, and then
sends what is due. A message leaves at least once: whoever dies between sending and writing that
down leaves a lease behind that runs out, and the message goes again under the same key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from workflow.nouns import SYSTEM, Actor, Address, Notice, Topic
from workflow.ports.hospital import Hospital
from workflow.ports.house import Deed
from workflow.ports.outbox import Delivery
from workflow.ports.store import Store
from workflow.refusals import Sentence
from workflow.service.catalog import Catalog
from workflow.service.noticing import (
    HOSPITAL,
    ROBOTS,
    UNDELIVERED,
    Channel,
    Choice,
    choice_among,
    sentence_of,
    step_of,
)
from workflow.service.telling_delegates import Delegates

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
#: How long after each failed try the next one comes; after the last there is none.
PAUSES = (
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
    4 * HOUR,
    4 * HOUR,
    8 * HOUR,
    8 * HOUR,
    24 * HOUR,
)
#: Longer than any transport waits, so that only the dead are overtaken.
LEASE = 5 * MINUTE
#: Administrators are told of a channel's troubles this often.
ALARM_EVERY = timedelta(days=1)
#: Notices that are worked out in one transaction.
AT_ONCE = 200
#: A digest names so many and counts the rest.
LONGEST_DIGEST = 50
ADMINISTRATORS = Address(role="admin")


class Undelivered(Exception):
    """A message has not left. `why` is one word for the log and the page; `for_good`: the other
    side has refused it, and asking again would not help.
    """

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Message:
    """What leaves the house. `key` is the same each time it is sent; `to` is "" for a group."""

    key: str
    to: str
    subject: str
    body: str


class Transport(Protocol):
    """One way out of the house."""

    def send(self, message: Message) -> None:
        """Hand over a message. Raises Undelivered; answers within a minute in any case."""
        ...


_SUBJECT = Sentence("签批：{count} 条通知", "Qianpi: {count} notices")
_STEP = Sentence("当前步骤：{step}", "Step: {step}")
_MORE = Sentence("另有 {count} 条，请登录后查看。", "{count} more: please sign in to see them.")
_FOOT = Sentence(
    "请登录签批系统查看和办理。链接只打开页面，不会替您作任何决定。",
    "Please sign in to see and decide. A link opens a page and never decides anything.",
)


@dataclass(frozen=True)
class Delivering:
    """The way out. `transports` are those that are configured, `site` is where pages are found
    ("" unknown), `worker` names this process among all that carry.
    """

    store: Store
    catalog: Callable[[], Catalog]
    ids: Callable[[], str]
    transports: Mapping[Channel, Transport]
    worker: str
    language: str = "zh_CN"
    site: str = ""

    def deliver(self, now: datetime, limit: int = 50) -> int:
        """One look: hand on what is fresh, send up to `limit` messages by each channel; how many
        left.
        """
        self.hand_on(now)
        return sum(self._send_by(channel, now, limit) for channel in self.transports)

    # ---- who shall hear of it --------------------------------------------------------------------

    def hand_on(self, now: datetime) -> int:
        """Work out the deliveries of fresh notices; how many notices that were."""
        hospital = self.store.readings.hospital()
        count = 0
        delegates = Delegates(hospital, self.store.readings, self.catalog(), now)
        while notices := self.store.outbox.fresh(AT_ONCE):
            deliveries = list(self._deliveries(notices, hospital, now))
            self.store.outbox.hand_on(notices, deliveries, list(delegates.copies(notices)))
            count += len(notices)
        return count

    def _deliveries(
        self, notices: Sequence[Notice], hospital: Hospital, now: datetime
    ) -> Iterator[Delivery]:
        if not self.transports:
            return
        day = hospital.calendar.local_day(now)
        reached = {
            notice.id: hospital.organisation.reached_by(notice.to, day) for notice in notices
        }
        people = {person.id for found in reached.values() for person in found}
        kept = self.store.desk.choices((*sorted(people), HOSPITAL))
        for notice in notices:
            yield from self._to_groups(notice, choice_among(kept, HOSPITAL), hospital, now)
            for person in reached[notice.id]:
                choice = choice_among(kept, person.id)
                if self._may_mail(choice, notice.topic):
                    yield _delivery(notice, Channel.MAIL, person.id, choice, hospital, now)

    def _may_mail(self, choice: Choice, topic: Topic) -> bool:
        wanted = topic is Topic.ALARM or choice.wants(Channel.MAIL, topic)
        return Channel.MAIL in self.transports and bool(choice.address) and wanted

    def _to_groups(
        self, notice: Notice, default: Choice, hospital: Hospital, now: datetime
    ) -> Iterator[Delivery]:
        for channel in ROBOTS:
            if channel in self.transports and default.wants(channel, notice.topic):
                yield _delivery(notice, channel, "", default, hospital, now)

    # ---- sending ---------------------------------------------------------------------------------

    def _send_by(self, channel: Channel, now: datetime, limit: int) -> int:
        """Send one after the other; a channel that fails gets a rest until the next look."""
        outbox, count = self.store.outbox, 0
        for _ in range(limit):
            bundle = outbox.claim(channel.value, now, now + LEASE, self.worker, 1)
            if not bundle:
                break
            trouble = self._send(channel, bundle)
            if trouble is None:
                count += outbox.sent(bundle, self.worker, now) > 0
                continue
            self._failed(channel, bundle, trouble, now)
            if not trouble.for_good:
                break
        return count

    def _send(self, channel: Channel, bundle: Sequence[Delivery]) -> Undelivered | None:
        if bundle[0].attempts > len(PAUSES) + 1:
            return Undelivered("worker_lost", for_good=True)
        try:
            self.transports[channel].send(self._message(bundle))
        except Undelivered as undelivered:
            return undelivered
        except Exception as error:  # noqa: BLE001 - one message that cannot be made must not stop the others
            return Undelivered(type(error).__name__)
        return None

    def _failed(
        self, channel: Channel, bundle: Sequence[Delivery], trouble: Undelivered, now: datetime
    ) -> None:
        first, outbox = bundle[0], self.store.outbox
        if not trouble.for_good and first.attempts <= len(PAUSES):
            hospital = self.store.readings.hospital()
            again = now + PAUSES[first.attempts - 1]
            again = self._choice(first.person).quiet_until(first.topic, again, hospital.calendar)
            outbox.put_off(bundle, self.worker, again, trouble.why)
            return
        told = outbox.dead_since(now - ALARM_EVERY, channel.value) > 0
        quiet = told or all(each.topic is Topic.ALARM for each in bundle)
        alarm = None if quiet else self._alarm(channel, first, now)
        if outbox.give_up(bundle, self.worker, now, trouble.why, alarm):
            facts = {
                "channel": channel.value,
                "messages": len(bundle),
                "attempts": first.attempts,
                "trouble": trouble.why,
            }
            deed = Deed(Actor(SYSTEM, SYSTEM), now)
            self.store.house.record(deed, "delivery_given_up", facts)

    def _alarm(self, channel: Channel, first: Delivery, now: datetime) -> Notice:
        kind = f"{UNDELIVERED}:{channel.value}"
        return Notice(self.ids(), first.case, kind, ADMINISTRATORS, now, Topic.ALARM)

    def _choice(self, person: str) -> Choice:
        return choice_among(self.store.desk.choices((person, HOSPITAL)), person)

    # ---- what is written -------------------------------------------------------------------------

    def _message(self, bundle: Sequence[Delivery]) -> Message:
        first = bundle[0]
        to = self._choice(first.person).address if first.person else ""
        if first.person and not to:
            raise Undelivered("no_address", for_good=True)
        told = [self._paragraph(each) for each in bundle[:LONGEST_DIGEST]]
        if len(bundle) == 1:
            subject = told[0].partition("\n")[0]
            return Message(first.key, to, subject, self._body(told))
        if len(bundle) > LONGEST_DIGEST:
            told.append(self._say(_MORE.filled(count=len(bundle) - LONGEST_DIGEST)))
        subject = self._say(_SUBJECT.filled(count=len(bundle)))
        return Message(first.bundle, to, subject, self._body(told))

    def _body(self, paragraphs: Iterable[str]) -> str:
        return "\n\n".join((*paragraphs, self._say(_FOOT)))

    def _paragraph(self, delivery: Delivery) -> str:
        case = self.store.readings.case_by_id(delivery.case)
        if case is None:
            raise Undelivered("no_case", for_good=True)
        definition = self.catalog().definition(case.process, case.definition_version)
        lines = [
            self._say(sentence_of(delivery.kind, delivery.topic, delivery.at, case, definition))
        ]
        if delivery.topic is not Topic.ALARM:
            step = self._say(step_of(case, definition))
            lines.append(self._say(_STEP).format(step=step))
        if self.site:
            page = "/admin/deliveries" if delivery.topic is Topic.ALARM else _page_of(case.number)
            lines.append(self.site + page)
        return "\n".join(lines)

    def _say(self, sentence: Sentence) -> str:
        return sentence.in_(self.language)


def _page_of(number: str) -> str:
    return f"/notices/c/{number}"


def _delivery(
    notice: Notice, channel: Channel, person: str, choice: Choice, hospital: Hospital, now: datetime
) -> Delivery:
    key = f"{notice.id}:{person}:{channel.value}"
    due = choice.when(notice.topic, now, hospital.calendar)
    # What had to wait for the same moment leaves as one message.
    bundle = key if due <= now else f"{person}:{channel.value}:{due.isoformat()}"
    return Delivery(
        key=key,
        notice=notice.id,
        case=notice.case,
        person=person,
        channel=channel.value,
        kind=notice.kind,
        topic=notice.topic,
        at=notice.at,
        bundle=bundle,
        due_at=due,
    )
