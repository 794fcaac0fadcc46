"""催办: the applicant asks whoever has the work to hurry, and not more often than is fair.

Pure rules. An urge moves nothing: it is a line in the ledger and a notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from workflow.calendar import Calendar
from workflow.design.definition import UrgeLimit
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
    "刚催办过，办理人已收到提醒。{moment} 以后可以再催（本流程{limit}）",
    "You have urged already and they were told. You may urge again from {moment} on (this process: "
    "{limit})",
)


DOES = Sentence("提醒正在办理的人尽快办理", "Asks whoever has the work to hurry")
EVERY = Sentence("每 {hours} 小时可催一次", "once every {hours} h")
A_DAY = Sentence("，一天最多 {times} 次", ", at most {times} a day")


def limit_in_words(limit: UrgeLimit) -> Sentence:
    """How often one may urge, for people; the day only where the hours do not say it already."""
    every = EVERY.filled(hours=limit.hours)
    a_day = A_DAY.filled(times=limit.a_day) if limit.day_counts else Sentence("", "")
    return Sentence(every.zh + a_day.zh, every.en + a_day.en)


def what_it_does(limit: UrgeLimit) -> Sentence:
    """What an urge does, for whoever is about to urge."""
    words = limit_in_words(limit)
    return Sentence(f"{DOES.zh}；{words.zh}", f"{DOES.en}; {words.en}")


def urge_refusal(
    situation: Situation, decision: Decision, earlier: Sequence[datetime]
) -> Refusal | None:
    """Why an urge may not be, or None.

    `earlier` are the moments of the case's urges that were not refused: the entries with the event
    `urge` and no `refused`.
    """
    if decision.actor.id != situation.case.applicant:
        return Refusal(Code.NOT_PERMITTED, NOT_APPLICANT, rule="urge", standing=True)
    if not _urged(situation):
        return Refusal(Code.CONDITION_NOT_MET, NOBODY_TO_URGE, rule="urge")
    limit = situation.definition.urge
    allowed = next_urge(earlier, situation.calendar, limit)
    if allowed is None or allowed <= decision.at:
        return None
    words = limit_in_words(limit)
    moment = (_moment(allowed, decision.at, situation.calendar, one) for one in ("zh", "en"))
    because = Sentence(
        TOO_SOON.zh.format(moment=next(moment), limit=words.zh),
        TOO_SOON.en.format(moment=next(moment), limit=words.en),
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
