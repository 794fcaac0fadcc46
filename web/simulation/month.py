"""One hospital for so many days, and then until the month's money has come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from web.demonstration import hospital
from web.demonstration.diary import Diary
from web.demonstration.furnishing import Pieces
from web.demonstration.prices import ITEMS
from web.demonstration.stage import Stage
from web.demonstration.world import World
from web.simulation.closing import AGREEMENT, HOSPITAL, THRESHOLD, Closing
from web.simulation.orders import Orders
from web.simulation.patients import Patients
from web.simulation.programme import Programme
from web.simulation.reconciling import Count, counts
from web.simulation.rounds import Rounds
from web.simulation.targets import Targets
from workflow.nouns import SYSTEM, Actor, ParameterValue, RegisterRow, Scalar
from workflow.ports.hospital import Policy
from workflow.ports.house import AddRow, Deed, HouseChange, SaveDepartment, SavePerson, SavePolicy
from workflow.service.recurring import Recurring

#: What the hospital has decided before it begins; money is in fen.
_VALUES: dict[str, ParameterValue] = {
    "statement.due_day": 10,
    "round.fine_amount": 100_00,
    "round.schedule": ("08:30", "14:30"),
    THRESHOLD: 50_000_00,
}
#: The same hours of the rounds, as the schedule opens them.
_ROUNDS = (8.5, 14.5)
#: From the month's end until its money has come and been posted.
_CLOSING_DAYS = 30


@dataclass(frozen=True, slots=True)
class Simulated:
    """What the days came to."""

    period: str
    acts: int
    counts: tuple[Count, ...]


def simulate(pieces: Pieces, begins: date, days: int, seed: int) -> Simulated:
    """Let a hospital work in a database that holds the shipped definitions and nothing else.

    The same days and seed make the same acts. Raises OutOfScript where an act does not end as it
    should: that is an inconsistency of the product.
    """
    calendar = pieces.store.readings.hospital().calendar
    start = datetime.combine(begins, time(), calendar.zone)
    last = begins + timedelta(days=days - 1)
    pieces.store.house.change(_deed(start), *_brought_along(start))
    people = pieces.store.readings.hospital().organisation
    rng = Random(seed)
    closes = _next_month(last)
    until = datetime.combine(closes, time(), calendar.zone) + timedelta(days=_CLOSING_DAYS)
    world = World(
        stage=Stage(pieces.service, pieces.store, people, start),
        diary=Diary(until, calendar, rng),
        staff=hospital.Staff.of(hospital.people()),
        rng=rng,
        begin=start,
    )
    programme = Programme(world, Recurring(pieces.service))
    period = f"{last:%Y-%m}"
    Patients(world, programme, Orders(world, programme, pieces.store)).come(start, days)
    Rounds(world, programme, pieces.store).walk(start, (until - start).days, _ROUNDS)
    targets = Targets(world, programme, period)
    targets.plan(start)
    closing = Closing(world, programme, pieces.store, period, targets)
    # The schedule opens the month's case on the first of the next.
    closing.plan(datetime.combine(closes, time(9), calendar.zone))
    programme.play(until)
    readings = pieces.store.readings
    return Simulated(
        period=period,
        acts=programme.acts,
        counts=counts(readings, period),
    )


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _deed(at: datetime) -> Deed:
    return Deed(Actor(SYSTEM, SYSTEM), at, "模拟医院启用")


def _brought_along(at: datetime) -> Iterator[HouseChange]:
    yield from (SaveDepartment(department) for department in hospital.DEPARTMENTS)
    yield from (SavePerson(person) for person in hospital.people())
    yield SavePolicy(Policy(None, _VALUES))
    for number, (register, values) in enumerate(_rows(at.date()), start=1):
        yield AddRow(RegisterRow(f"{register}.{number:03d}", register, values, None, None, at))


def _rows(today: date) -> Iterator[tuple[str, dict[str, Scalar]]]:
    for item in ITEMS:
        yield (
            "price_list",
            {
                "item_code": item.code,
                "item_name": item.name,
                "unit_price": item.fen,
                "pay_class": "自费" if item.self_pay else "医保",
                "high_value": item.high_value,
            },
        )
    yield (
        "agreements",
        {
            "number": AGREEMENT,
            "institution": HOSPITAL,
            "start": today.replace(month=1, day=1).isoformat(),
            "end": today.replace(month=12, day=31).isoformat(),
        },
    )
