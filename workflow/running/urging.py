"""催办: the applicant asks whoever has the work to hurry, and not more often than is fair.

Pure rules. An urge moves nothing: it is a line in the ledger and a notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from workflow.calendar import Calendar
from workflow.nouns import Address, Decision, Notice, Topic
from workflow.refusals import Code, Refusal, Sentence
from workflow.running.situation import Ids, Situation

URGE = "task.urge"
NAME = Sentence("催办", "Urge")

NOT_APPLICANT = Sentence("只有申请人可以催办", "Only the applicant may urge")
NOBODY_TO_URGE = Sentence(
    "现在没有别人在办理本案，不需要催办", "Nobody else has work on this case just now"
)
TOO_SOON = Sentence(
    "刚催办过，办理人已收到提醒。{moment} 以后可以再催",
    "You have urged already and they were told. You may urge again from {moment} on",
)


@dataclass(frozen=True, slots=True)
class UrgeLimit:
    """How often a case may be urged: once in so many hours, and so many times a local day."""

    hours: int = 4
    a_day: int = 3


def urge_refusal(
    situation: Situation,
    decision: Decision,
    earlier: Sequence[datetime],
    limit: UrgeLimit | None = None,
) -> Refusal | None:
    """Why an urge may not be, or None.

    `earlier` are the moments of the case's urges that were not refused: the entries with the event
    `urge` and no `refused`.
    """
    if decision.actor.id != situation.case.applicant:
        return Refusal(Code.NOT_PERMITTED, NOT_APPLICANT, rule="urge", standing=True)
    if not _urged(situation):
        return Refusal(Code.CONDITION_NOT_MET, NOBODY_TO_URGE, rule="urge")
    allowed = next_urge(earlier, situation.calendar, limit or UrgeLimit())
    if allowed is None or allowed <= decision.at:
        return None
    because = Sentence(
        TOO_SOON.zh.format(moment=_moment(allowed, decision.at, situation.calendar, "zh")),
        TOO_SOON.en.format(moment=_moment(allowed, decision.at, situation.calendar, "en")),
    )
    return Refusal(Code.CONDITION_NOT_MET, because, rule="urge")


def next_urge(earlier: Sequence[datetime], calendar: Calendar, limit: UrgeLimit) -> datetime | None:
    """From when on a case may be urged again; None when nobody has urged yet."""
    if not earlier:
        return None
    last = max(earlier)
    allowed = last + timedelta(hours=limit.hours)
    day = calendar.local_day(last)
    if sum(calendar.local_day(at) == day for at in earlier) >= limit.a_day:
        midnight = datetime.combine(day + timedelta(days=1), time(), calendar.zone)
        allowed = max(allowed, midnight.astimezone(last.tzinfo))
    return allowed


def urge_notices(situation: Situation, ids: Ids) -> tuple[Notice, ...]:
    """What whoever has an open task is told; each address once, and never the applicant."""
    case = situation.case
    return tuple(
        Notice(ids(), case.id, URGE, address, situation.now, Topic.URGE)
        for address in _urged(situation)
    )


def _urged(situation: Situation) -> tuple[Address, ...]:
    applicant = situation.case.applicant
    waiting = (task for task in situation.open_tasks if not task.handling.held)
    addresses = (task.address for task in waiting)
    return tuple(dict.fromkeys(one for one in addresses if one.person != applicant))


def _moment(at: datetime, now: datetime, calendar: Calendar, language: str) -> str:
    local = at.astimezone(calendar.zone)
    days = (local.date() - calendar.local_day(now)).days
    names = {0: Sentence("今天", "today"), 1: Sentence("明天", "tomorrow")}
    plain = Sentence(f"{local.month}月{local.day}日", f"{local:%d %b}")
    return f"{names.get(days, plain).in_(language)} {local:%H:%M}"
