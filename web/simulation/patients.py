"""The patients of the month: who comes, what is done for them, what is doubted, how they go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from web.demonstration import prices
from web.demonstration.corrections import Correction
from web.demonstration.courses import (
    Course,
    Way,
    as_lump,
    doctor_tries,
    item,
    plainly,
    released,
    too_many,
)
from web.demonstration.hospital import WARDS
from web.demonstration.patients import Illness, patient
from web.demonstration.records import Record
from web.demonstration.stays import Stay
from web.demonstration.world import World
from web.simulation.leaves import Leave
from web.simulation.orders import Orders
from web.simulation.programme import Programme

#: Who comes on a working day, and at the weekend.
_A_DAY, _AT_WEEKENDS = (4, 9), (1, 4)
_WAYS: tuple[Way, ...] = (as_lump, too_many, doctor_tries, released)
#: Of a hundred patients.
_TURNED_AWAY, _WITHOUT_CARD, _IN_FULL = 5, 8, 6
_DOUBTED, _ON_LEAVE, _ODDLY = 18, 12, 10
_TRAFFIC = Illness("右侧胫腓骨骨折", "交通事故", route="急诊")


@dataclass
class Patients:
    """Everybody who comes in the month, and their acts until they have gone."""

    world: World
    programme: Programme
    orders: Orders

    def come(self, begins: datetime, days: int) -> None:
        """Plan who comes on each day, by chance."""
        diary = self.world.diary
        for number in range(days):
            midnight = begins + timedelta(days=number)
            worked = diary.calendar.is_workday(diary.day(midnight))
            for _ in range(self.world.rng.randint(*(_A_DAY if worked else _AT_WEEKENDS))):
                at = midnight + timedelta(hours=self.world.rng.uniform(8, 17))
                self._comes(at)

    def _comes(self, at: datetime) -> None:
        ward = self.world.rng.choice(WARDS).key
        if self._happens(_TURNED_AWAY):
            stay = self._stay(ward, at)
            self.programme.put(
                Course(stay).then(stay.request).then(stay.turn_away, hours=2).script, at
            )
            return
        course = self._in_full(at) if self._happens(_IN_FULL) else self._insured(ward, at)
        self._treated(course)
        self._goes(course)
        cues = self.programme.put(course.script, at)
        for charge, deed in course.charges:
            needed = next(cue.at for cue in cues if cue.deed == deed)
            self.orders.add(self.world.diary.day(needed), charge.order())

    def _in_full(self, at: datetime) -> Course:
        """Somebody else is liable, so nothing is insured; the clerk tries first."""
        stay = self._stay("orthopaedics", at, _TRAFFIC)
        course = Course(stay).then(stay.request, anytime=True).then(stay.verify, anytime=True)
        return course.then(stay.admit_uncovered, stay.admit_in_full, anytime=True)

    def _insured(self, ward: str, at: datetime) -> Course:
        """With the card, or with a card that is brought on the next day."""
        stay = self._stay(ward, at)
        course = Course(stay).then(stay.request, anytime=True).then(stay.verify, anytime=True)
        # Whether insurance pays for an injury is decided with the card in hand.
        if stay.patient.illness.cause is None and self._happens(_WITHOUT_CARD):
            return course.then(stay.admit_pending, anytime=True).then(stay.make_up_card, hours=20)
        return course.then(stay.admit, anytime=True)

    # ---- in the ward -----------------------------------------------------------------------------

    def _treated(self, course: Course) -> None:
        ward, rng = course.stay.ward, self.world.rng
        bed = "110900003" if ward in ("icu", "emergency") else "110900001"
        operation = course.stay.patient.illness.operation
        usual = prices.USUAL[ward]
        codes = [bed, *([operation] if operation else [])]
        codes += rng.sample(usual, rng.randint(2, min(5, len(usual))))
        for place, code in enumerate(codes):
            one = item(code)
            quantity = rng.randint(max(1, one.most // 3), one.most)
            way = rng.choice(_WAYS) if self._happens(_ODDLY) else plainly
            if way is too_many and one.most == 1:
                way = plainly
            course.charge(one, quantity, way, hours=rng.uniform(2, 8), days=rng.uniform(0.2, 1.2))
            if place == 1 and self._happens(_ON_LEAVE) and ward not in ("icu", "emergency"):
                self._goes_out(course)
        if self._happens(_DOUBTED):
            self._doubted(course)

    def _goes_out(self, course: Course) -> None:
        leave = Leave(self.world, course.stay, hours=self.world.rng.randint(3, 7))
        course.then(leave.asked, hours=2).then(leave.approved, hours=1)
        course.then(leave.gone, hours=0.5).then(leave.back, hours=leave.hours, anytime=True)

    def _doubted(self, course: Course) -> None:
        """Explained, answered by the insurance office, or corrected by three people."""
        doubt = Correction(self.world, course.last_charge)
        course.then(doubt.raised, hours=5)
        drawn = self.world.rng.random()
        if drawn < 0.3:
            course.then(doubt.explained, hours=2)
            return
        if drawn < 0.45:
            course.then(doubt.escalated, hours=1).then(doubt.answered, hours=6)
            return
        course.then(doubt.disputed, hours=0.2).then(doubt.nurse_changes_amount, hours=0.2)
        course.then(doubt.to_be_changed, hours=2).then(doubt.stated, hours=6)
        course.then(doubt.agreed, hours=5).then(doubt.executed, hours=3)
        course.then(doubt.confirmed, hours=2)

    # ---- going out -------------------------------------------------------------------------------

    def _goes(self, course: Course) -> None:
        stay, rng = course.stay, self.world.rng
        course.then(stay.notice, days=rng.uniform(0.5, 2), anytime=True)
        course.then(stay.leave, hours=rng.uniform(3, 20), anytime=True)
        course.then(partial(self._record, stay), hours=0.1, anytime=True)
        course.then(stay.review, hours=rng.uniform(3, 20)).then(stay.call, hours=rng.uniform(1, 6))
        course.then(stay.settle, days=rng.uniform(0.5, 4))
        course.then(stay.hand_back, hours=rng.uniform(0.3, 20))

    def _record(self, stay: Stay) -> None:
        """The record is brought back and shelved, now and then only after it was sent back."""
        rng, after = self.world.rng, self.world.diary.after
        record = Record(self.world, stay)
        at = after(self.world.now, rng.uniform(8, 44))
        self.programme.add(at, record.brought_back)
        if rng.random() < 0.2:
            at = after(at, rng.uniform(2, 10))
            self.programme.add(at, record.sent_back)
            at = after(at, rng.uniform(4, 20))
            self.programme.add(at, record.mended)
        self.programme.add(after(at, rng.uniform(2, 20)), record.shelved)

    def _stay(self, ward: str, at: datetime, illness: Illness | None = None) -> Stay:
        today = self.world.diary.day(at)
        return Stay(self.world, ward, patient(self.world.rng, ward, today, illness))

    def _happens(self, percent: int) -> bool:
        return self.world.rng.randrange(100) < percent
