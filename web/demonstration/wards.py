"""The wards' programme: which patients come, what is charged and doubted, how far each stay is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import cycle

from web.demonstration import prices
from web.demonstration.charges import Charge
from web.demonstration.corrections import Correction
from web.demonstration.courses import (
    Course,
    Way,
    as_lump,
    doctor_tries,
    entered,
    held,
    item,
    plainly,
    released,
    too_many,
)
from web.demonstration.diary import Cue, Deed
from web.demonstration.hospital import HOME
from web.demonstration.patients import Illness, patient
from web.demonstration.records import Records
from web.demonstration.reports import ON_THE_ROUND, Report
from web.demonstration.stays import Stay
from web.demonstration.world import Order, World

#: The wards to which patients come, as often as they are named.
_WARDS = (
    HOME,
    "surgery",
    HOME,
    "orthopaedics",
    HOME,
    "obstetrics",
    HOME,
    "paediatrics",
    HOME,
    "icu",
    "surgery",
    "emergency",
)

_A_DAY, _MINUTES = timedelta(days=1), timedelta(minutes=20)

_TRAFFIC = Illness("右侧胫腓骨骨折", "交通事故", route="急诊")
_WRIST = Illness("桡骨远端骨折", "意外(非责任)", operation="331507001")
_FALL = Illness("左侧股骨颈骨折", "不明", route="急诊")


@dataclass
class Wards:
    """All stays of the sixty days, with their charges, doubts and records."""

    world: World
    records: Records

    def plan(self) -> None:
        """Put them all on the programme."""
        self._closed()
        self._turned_away()
        self._being_admitted()
        self._in_the_wards()
        self._with_doubts()
        self._identity()
        self._leaving()
        self._settling()
        self._today()

    # ---- over and done with ----------------------------------------------------------------------

    def _closed(self) -> None:
        acts = cycle((plainly, as_lump, plainly, doctor_tries, plainly, released, too_many))
        for turn in range(11):
            course = self._admitted(_WARDS[turn % len(_WARDS)])
            self._usual(course, next(acts), 3)
            if turn == 2:
                course.then(course.stay.notice_for_money, hours=4)
            if turn in (3, 7, 9):
                self._settled_doubt(course, turn)
            self._gone(course)
            if turn == 5:
                course.then(course.stay.settle_without_certificate, hours=20)
            course.then(course.stay.settle, days=self._some(0.8, 3))
            course.then(course.stay.hand_back, hours=self._some(0.3, 22))
            days = 2 + turn * 3.5
            ends = self.world.diary.office(self.world.diary.ago(days * 24, days * 24 + 30))
            until = "on_loan" if turn == 4 else ""
            self._put(course, ends, record=until, late=turn % 5 == 1)

    def _settled_doubt(self, course: Course, turn: int) -> None:
        """A doubt that was cleared up during the stay."""
        charge = course.last_charge
        doubt = Correction(self.world, charge)
        course.then(doubt.raised, hours=5)
        if turn == 9:
            course.then(doubt.explained, hours=2)
            return
        course.then(doubt.disputed, hours=0.2).then(doubt.nurse_changes_amount, hours=0.2)
        course.then(doubt.to_be_changed, hours=2).then(doubt.corrected_too_soon, hours=0.5)
        course.then(doubt.stated, hours=6)
        if turn == 3:
            course.then(doubt.sent_back, hours=5).then(doubt.stated, hours=12)
        course.then(doubt.agreed, hours=5).then(doubt.executed, hours=3)
        course.then(doubt.confirmed, hours=2)

    def _turned_away(self) -> None:
        for turn, ward in enumerate((HOME, "surgery")):
            stay = self._stay(ward)
            course = Course(stay).then(stay.request).then(stay.turn_away, hours=2)
            self._put(course, self._office_ago(6 + turn * 20))
            stay = self._stay(ward)
            course = Course(stay).then(stay.request).then(stay.verify, stay.cancel, hours=1)
            self._put(course, self._office_ago(11 + turn * 22))

    # ---- coming in -------------------------------------------------------------------------------

    def _being_admitted(self) -> None:
        diary = self.world.diary
        for ward, doctor, back in (
            (HOME, "attending_doctor", 0),
            (HOME, None, 0),
            ("icu", None, 1),
        ):
            stay = self._stay(ward, doctor=doctor)
            self._put(Course(stay).then(stay.request), diary.workday(back))
        for ward, doctor, back in ((HOME, "attending_doctor", 0), ("surgery", None, 0)):
            stay = self._stay(ward, doctor=doctor)
            self._put(Course(stay).then(stay.request).then(stay.verify), diary.workday(back))
        stay = self._stay(HOME)
        course = Course(stay).then(stay.request).then(stay.verify)
        self._put(course.then(stay.admit_with_other_photo), diary.workday(0))
        # An emergency of last night whose family brings the card tomorrow, and two that did not.
        for ward, hours in ((HOME, 3), ("emergency", 6), (HOME, 76), ("icu", 100)):
            stay = self._stay(ward, self._emergency(ward))
            course = Course(stay).then(stay.request, anytime=True)
            course.then(stay.verify, stay.admit_pending, anytime=True)
            self._put(course, self.world.diary.ago(hours - 1, hours + 7))

    def _emergency(self, ward: str) -> Illness:
        known = {HOME: "急性左心衰竭", "emergency": "急性脑梗死", "icu": "重症急性胰腺炎"}
        return Illness(known[ward], route="急诊")

    def _in_the_wards(self) -> None:
        """Patients who are here today."""
        for turn, ward in enumerate((HOME, "surgery", HOME, HOME, "icu")):
            course = self._admitted(ward, doctor="attending_doctor" if ward == HOME else None)
            self._usual(course, held if turn == 2 else plainly, 1 + turn % 3)
            course.forgotten = turn == 2
            self._put(course, self.world.diary.workday(turn % 3))
        # The plate came with an invoice that says another price than the list.
        course = self._admitted("orthopaedics", illness=_WRIST)
        self._usual(course, plainly, 2)
        course.charge(item("HC300012"), 1, held)
        self._put(course, self.world.diary.workday(0))
        self._in_full()

    def _in_full(self) -> None:
        """Traffic, an unknown cause, the cause found later, no insurance."""
        for turn, illness in enumerate((_TRAFFIC, _FALL, _FALL)):
            stay = self._stay("orthopaedics", illness)
            course = Course(stay).then(stay.request).then(stay.verify)
            if turn == 0:
                course.then(stay.admit_uncovered)
            course.then(stay.admit_in_full)
            course.charge(item("210102015"), 1, plainly)
            if turn == 2:
                course.then(stay.clear_cause, days=2)
            self._put(course, self.world.diary.workday(turn + 1))
        # The card is brought on the next day, and the charges change their payer.
        stay = self._stay("emergency", Illness("一氧化碳中毒", route="急诊"))
        course = Course(stay).then(stay.request, anytime=True)
        course.then(stay.verify, stay.admit_pending, anytime=True)
        course.charge(item("310701001"), 1, plainly)
        course.then(stay.make_up_card, hours=18)
        self._put(course, self.world.diary.workday(1))

    # ---- doubts about charges --------------------------------------------------------------------

    def _with_doubts(self) -> None:
        """Doubts in each step, on stays that are still here."""
        raised, marked, change = Correction.raised, Correction.disputed, Correction.to_be_changed
        stated, agreed, executed = Correction.stated, Correction.agreed, Correction.executed
        asked = Correction.escalated
        for ward, nurse, back, steps in (
            (HOME, "ward_nurse", 1, (raised,)),
            (HOME, "ward_nurse", 6, (raised, marked)),
            ("surgery", None, 0, (raised,)),
            (HOME, "ward_nurse", 1, (raised, asked)),
            ("obstetrics", None, 5, (raised, asked)),
            (HOME, None, 1, (raised, marked, change)),
            (HOME, "ward_nurse", 5, (raised, marked, change)),
            ("paediatrics", None, 0, (raised, change, Correction.stranger_states)),
            (HOME, "ward_nurse", 0, (raised, marked, change, stated)),
            ("icu", None, 5, (raised, marked, change, stated)),
            (HOME, None, 1, (raised, marked, change, stated, agreed)),
            ("surgery", None, 0, (raised, marked, change, stated, agreed, executed)),
            (HOME, "ward_nurse", 3, (raised, asked, Correction.answered)),
            ("surgery", None, 2, (raised, marked, change, stated, Correction.refused)),
            (HOME, "ward_nurse", 8, (raised, Correction.explained)),
        ):
            course = self._admitted(ward)
            one = self.world.pick(
                one for code in prices.USUAL[ward] if (one := item(code)).most > 2
            )
            course.charge(one, self.world.rng.randint(2, min(one.most, 8)), plainly)
            doubt = Correction(self.world, course.last_charge, nurse=nurse)
            for step in steps:
                course.then(partial(step, doubt), hours=0.4)
            self._put(course, self.world.diary.workday(back))

    # ---- identity --------------------------------------------------------------------------------

    def _identity(self) -> None:
        """Stays that were locked: two still are, one was cleared, one proved to be fraud."""
        for turn, (ward, back) in enumerate(
            ((HOME, 0), ("surgery", 2), (HOME, 4), ("orthopaedics", 8))
        ):
            course = self._admitted(ward)
            self._usual(course, plainly, 1)
            stay = course.stay
            report = Report(self.world, stay.nurse, ON_THE_ROUND, stay)
            course.then(stay.flag, hours=20)
            if turn:
                course.then(report.locked, report.told, hours=0.4)
            if turn:
                course.then(report.verified, hours=3)
            if turn == 2:
                course.then(report.unfounded, hours=20)
                course.then(stay.clear_identity, hours=2).then(stay.admit)
            if turn == 3:
                course.then(report.to_agency, hours=6).then(report.replied, days=3)
                course.then(report.closed, hours=3).then(stay.confirm_fraud, hours=1)
                self._gone(course)
                course.then(stay.settle, days=1).then(stay.hand_back, hours=1)
            self._put(course, self.world.diary.workday(back))

    # ---- going out -------------------------------------------------------------------------------

    def _leaving(self) -> None:
        diary = self.world.diary
        for ward, hours in ((HOME, 4), (HOME, 28), ("obstetrics", 6), ("surgery", 30)):
            course = self._admitted(ward, doctor=self._doctor(ward))
            self._usual(course, plainly, 1)
            course.then(course.stay.notice, days=1, anytime=True)
            self._put(course, diary.ago(hours, hours + 14))
        for ward, days in ((HOME, 5), ("orthopaedics", 7)):
            # Told to go home and still here: the clock makes the rest self-pay.
            course = self._admitted(ward)
            self._usual(course, plainly, 1)
            course.then(course.stay.notice, days=1, anytime=True)
            self._put(course, self._office_ago(days))
        for ward, least, most in (
            (HOME, 66, 71),
            (HOME, 58, 65),
            (HOME, 30, 46),
            ("surgery", 5, 20),
            ("paediatrics", 48, 70),
        ):
            course = self._on_the_way_out(ward)
            self._put(course, diary.ago(least, most), record="due")

    def _on_the_way_out(self, ward: str) -> Course:
        course = self._admitted(ward, doctor=self._doctor(ward))
        self._usual(course, plainly, 2)
        course.then(course.stay.notice, days=self._some(1, 2.2), anytime=True)
        return course.then(course.stay.leave, hours=self._some(3, 26), anytime=True)

    def _gone(self, course: Course) -> None:
        """From the discharge notice to the call to settle."""
        stay = course.stay
        course.then(stay.notice, days=self._some(0.6, 1.6), anytime=True)
        course.then(stay.leave, hours=self._some(3, 26), anytime=True)
        course.then(stay.review, hours=self._some(3, 22)).then(stay.call, hours=self._some(1, 8))

    def _settling(self) -> None:
        diary = self.world.diary
        for turn, (ward, back) in enumerate(((HOME, 1), (HOME, 0), ("surgery", 2), (HOME, 5))):
            course = self._on_the_way_out(ward)
            stay = course.stay
            course.then(stay.review, hours=self._some(4, 20))
            if turn in (0, 2):
                self._blocking(course, turn)
            self._put(course, diary.workday(back), record="due" if turn == 3 else "")
        self._called()
        for turn, (ward, back) in enumerate(((HOME, 0), (HOME, 1), ("surgery", 2), ("icu", 0))):
            course = self._on_the_way_out(ward)
            stay = course.stay
            if turn == 0:
                course.then(stay.settle_too_soon, hours=2)
            course.then(stay.review, hours=6).then(stay.call, hours=3).then(stay.settle, days=2)
            self._put(course, diary.workday(back), record="returned" if turn < 2 else "rework")

    def _called(self) -> None:
        """Called to settle and not come yet: in time, soon too late, too late, and reported."""
        for ward, days in ((HOME, 17), (HOME, 13.05), (HOME, 3), ("surgery", 8), ("icu", 1)):
            course = self._on_the_way_out(ward)
            stay = course.stay
            course.then(stay.review, hours=8).then(stay.call, hours=3)
            if days == 8:
                course.then(stay.report_too_soon, days=1)
            if days == 3:
                course.then(stay.cashier_settles, hours=2)
            ends = self.world.diary.ago(days * 24, days * 24 + 21)
            self._put(course, ends, record="rework" if days == 17 else "")
        course = self._on_the_way_out("surgery")
        stay = course.stay
        course.then(stay.review, hours=6).then(stay.call, hours=3)
        course.then(stay.report_unsettled, days=17)
        self._put(course, self.world.diary.workday(2))

    def _blocking(self, course: Course, turn: int) -> None:
        """A doubt at the pre-settlement check, which keeps the stay from being settled."""
        doubt = Correction(self.world, course.last_charge, "预结账")
        course.then(doubt.raised, doubt.disputed, doubt.to_be_changed, hours=1)
        if turn == 0:
            course.then(doubt.stated, hours=1)
        course.then(course.stay.call_while_in_question, hours=0.5)

    def _today(self) -> None:
        """Lines that were entered and wait to be booked: of today, and one of two days ago."""
        diary = self.world.diary
        for ward, at in (
            (HOME, diary.today(0.7)),
            (HOME, diary.today(0.85)),
            ("surgery", diary.today(0.9)),
            (HOME, diary.workday(2)),
            ("icu", diary.workday(1)),
        ):
            course = self._admitted(ward)
            self._usual(course, plainly, 1)
            one = self.world.pick([item(code) for code in prices.USUAL[ward]])
            course.charge(one, self.world.rng.randint(1, one.most), entered, hours=10)
            self._put(course, at)

    # ---- how they are made -----------------------------------------------------------------------

    def _stay(self, ward: str, illness: Illness | None = None, doctor: str | None = None) -> Stay:
        somebody = patient(self.world.rng, ward, self._day(), illness)
        return Stay(self.world, ward, somebody, doctor)

    def _admitted(
        self, ward: str, doctor: str | None = None, illness: Illness | None = None
    ) -> Course:
        """A patient with card and papers."""
        stay = self._stay(ward, illness, doctor)
        course = Course(stay).then(stay.request, anytime=True)
        return course.then(stay.verify, stay.admit, anytime=True)

    def _usual(self, course: Course, act: Way, most: int) -> None:
        """What this ward does for its patients besides the bed; the last in the manner of `act`."""
        ward, rng = course.stay.ward, self.world.rng
        operation = course.stay.patient.illness.operation
        codes = [operation] if operation and most > 1 else []
        codes += rng.sample(prices.USUAL[ward], max(most - 1, 1) - len(codes))
        for place, code in enumerate(codes, start=1):
            one = item(code)
            qty = rng.randint(max(1, one.most // 3), one.most)
            how = act if place == len(codes) else plainly
            course.charge(one, qty, how, hours=self._some(2, 8), days=self._some(0.1, 0.7))

    def _put(self, course: Course, ends: datetime, record: str = "", *, late: bool = False) -> None:
        """Put a stay on the programme, with its orders and what becomes of its record."""
        cues = self.world.plan(course.script, ends)
        for charge, deed in course.charges:
            day = self.world.diary.day(_at(cues, deed))
            charge.ordered(Order(day, charge.order()))
        self._beds(course, cues)
        left = _moments(cues, course.stay.leave)
        if left:
            self.records.after(course.stay, left[0], record, late)

    def _beds(self, course: Course, cues: list[Cue]) -> None:
        """The bed, booked each evening from the admission to the day before the patient leaves;
        not while the stay is locked.
        """
        stay, diary = course.stay, self.world.diary
        came = _moments(cues, stay.admit, stay.admit_pending, stay.admit_in_full)
        left = _moments(cues, stay.leave)
        if not came:
            return
        first, last = diary.day(came[0]), diary.day(left[0] if left else diary.now + _A_DAY)
        days = [first + place * _A_DAY for place in range((last - first).days)]
        bed = item("110900003" if stay.ward in ("icu", "emergency") else "110900001")
        standing = Charge(stay, bed, max(len(days), 1))
        standing.ordered(Order(first, standing.order()))
        if course.forgotten:
            days.remove(diary.day(diary.now) - _A_DAY)
        locked = _moments(cues, stay.flag)
        freed = [*came[1:], *_moments(cues, stay.confirm_fraud)]
        for day in days:
            at = max(diary.evening(day), came[0] + _MINUTES)
            if not locked or at < locked[0] or (freed and freed[-1] < at):
                one = Charge(stay, bed, 1, order_id=standing.order_id)
                self.world.add(at, one.enter_and_book)

    def _doctor(self, ward: str) -> str | None:
        return "attending_doctor" if ward == HOME and self.world.rng.random() < 0.7 else None

    def _office_ago(self, days: float) -> datetime:
        return self.world.diary.office(self.world.diary.ago(days * 24, days * 24 + 6))

    def _some(self, least: float, most: float) -> float:
        return self.world.rng.uniform(least, most)

    def _day(self) -> date:
        return self.world.diary.day(self.world.diary.now)


def _moments(cues: list[Cue], *deeds: Deed) -> list[datetime]:
    return [cue.at for cue in cues if cue.deed in deeds]


def _at(cues: list[Cue], deed: Deed) -> datetime:
    return next(cue.at for cue in cues if cue.deed == deed)
