"""The administrator's first page: what there is, what needs care, the work that nobody can do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from web.presenters.office import address
from web.presenters.speech import speech_of
from web.visit import Visit
from workflow.refusals import Sentence
from workflow.service.catalog import UnknownProcess
from workflow.service.overseeing import Overseeing
from workflow.service.recurring import missed_since
from workflow.service.stuck import Stuck, stuck_tasks

#: The administrator is told so long before the decreed holidays run out.

TO_ENTER = Sentence(
    "{n} 个政策参数没有数，须由本院填写",
    "{n} policy parameters have no figure yet; the hospital has to set them",
)
CALENDAR_ENDS = Sentence(
    "放假安排只公布到 {day}，请录入下一年",
    "Holidays are decreed up to {day} only; enter the next year",
)
UNFINISHED = Sentence(
    "上一次修改日历后，没有核对完所有案件的期限",
    "After the last change of the calendar not every case was looked at",
)
WITHOUT_ACCOUNT = Sentence("{n} 位在职人员没有登录账号", "{n} people who work here have no account")

PROPOSED = Sentence(
    "{n} 项管理操作等待另一位管理员复核", "{n} acts on cases wait for a second administrator"
)
UNDELIVERED = Sentence(
    "近 30 天有 {n} 条通知没能送出", "{n} messages of the last 30 days could not be delivered"
)
MISSED = Sentence(
    "近 30 天有 {n} 次定期事项漏办", "{n} turns of recurring work were missed in 30 days"
)
LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that leads to its page."""

    label: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Care:
    """Something that wants doing, with where it is done."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class StuckLine:
    """A task that nobody can do; `mend` leads to where somebody can be given the post. `title` is
    "" where the process is confidential.
    """

    number: str
    title: str
    process: str
    step: str
    since: str
    because: str
    mend: str


@dataclass(frozen=True, slots=True)
class OverviewView:
    """The page."""

    figures: tuple[Figure, ...]
    cares: tuple[Care, ...]
    stuck: tuple[StuckLine, ...]


def overview_view(visit: Visit) -> OverviewView:
    """Everything at a glance."""
    return OverviewView(_figures(visit), _cares(visit), stuck_lines(visit))


def stuck_lines(visit: Visit) -> tuple[StuckLine, ...]:
    """The work that nobody can do."""
    house = visit.house
    register = house.catalog().register
    stuck = stuck_tasks(house.store.readings, register, visit.organisation, visit.today)
    return tuple(_line(visit, one) for one in stuck)


def _figures(visit: Visit) -> tuple[Figure, ...]:
    house, organisation = visit.house, visit.organisation
    active = sum(person.active for person in organisation.people.values())
    keys = sum(token.revoked_at is None for token in house.administering.keys.all())

    def figure(label: Sentence, value: int, url: str) -> Figure:
        return Figure(visit.say(label), str(value), url)

    return (
        figure(
            Sentence("现行流程", "Processes in force"),
            len(house.catalog().newest),
            "/admin/definitions",
        ),
        figure(Sentence("在职人员", "People"), active, "/admin/org"),
        figure(
            Sentence("科室", "Departments"), len(organisation.departments), "/admin/org#departments"
        ),
        figure(
            Sentence("本院决定的参数", "Parameters decided here"),
            len(visit.hospital.policy_at(visit.now).overrides),
            "/policy",
        ),
        figure(Sentence("有效的接口令牌", "Keys for programs"), keys, "/admin/tokens"),
    )


def _cares(visit: Visit) -> tuple[Care, ...]:
    house, hospital = visit.house, visit.hospital
    register = house.catalog().register
    held = hospital.policy_at(visit.now)
    values = register.resolve(held.profile, held.overrides)
    used = {key for one in house.catalog().in_force() for key in one.parameters}
    empty = [key for key in register.to_be_entered(values) if key in used]
    accounts = {one.person for one in house.store.house.accounts()}
    without = [
        one
        for one in hospital.organisation.people.values()
        if one.active and one.id not in accounts
    ]
    proposed = len(Overseeing(house.store, house.catalog).proposals())
    missed = missed_since(house.store.readings, visit.now - LATELY)
    undelivered = house.store.outbox.dead_since(visit.now - LATELY)
    cares: list[tuple[bool, Sentence, str]] = [
        (proposed > 0, PROPOSED.filled(n=proposed), "/admin/cases#proposals"),
        (bool(empty), TO_ENTER.filled(n=len(empty)), "/policy"),
        (
            hospital.calendar.lacks_next_year(visit.today),
            CALENDAR_ENDS.filled(day=hospital.calendar.covered_until),
            "/admin/calendars",
        ),
        (house.administering.calendar.unfinished() is not None, UNFINISHED, "/admin/calendars"),
        (bool(without), WITHOUT_ACCOUNT.filled(n=len(without)), "/admin/org"),
        (missed > 0, MISSED.filled(n=missed), "/admin/schedules?missed=1"),
        (undelivered > 0, UNDELIVERED.filled(n=undelivered), "/admin/deliveries"),
    ]
    return tuple(Care(visit.say(said), url) for wanted, said, url in cares if wanted)


def _line(visit: Visit, one: Stuck) -> StuckLine:
    speech = speech_of(visit)
    try:
        definition = visit.house.catalog().definition(one.case.process, one.case.definition_version)
        process, step = visit.say(definition.name), visit.say(definition.states[one.task.step].name)
        title = "" if definition.confidential else one.case.title
    except UnknownProcess:
        process, step, title = one.case.process, one.task.step, ""
    return StuckLine(
        number=one.case.number,
        title=title,
        process=process,
        step=step,
        since=speech.moment(one.task.opened_at),
        because=visit.say(one.because),
        mend=address("/admin/org", department=one.department or "", role=""),
    )
