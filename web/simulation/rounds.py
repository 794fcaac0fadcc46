"""The inspectors walk the wards at the hours at which a schedule has opened their rounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from web.demonstration.world import World
from web.simulation.programme import Programme
from workflow.nouns import Case, RegisterRow, Scalar
from workflow.ports.reading import CaseQuery
from workflow.ports.store import Store

PROCESS = "ward-round"
STAYS = "inpatient-settlement"
#: Of a hundred rounds, those that nobody finds the time for, and those that meet an empty bed.
_MISSED, _EMPTY_BED = 4, 5
_AT_ONCE = 500


@dataclass
class Rounds:
    """Every round of the month."""

    world: World
    programme: Programme
    store: Store

    def walk(self, begins: datetime, days: int, hours: tuple[float, ...]) -> None:
        """Plan a walk soon after each of these hours of the day."""
        for number in range(days):
            for hour in hours:
                at = begins + timedelta(days=number, hours=hour, minutes=20)
                self.programme.add(at, self._walk)

    def _walk(self) -> None:
        for case in self._planned():
            if self.world.rng.randrange(100) >= _MISSED:
                self._inspect(case)

    def _planned(self) -> Iterator[Case]:
        query = CaseQuery(process=PROCESS, states=("planned",), open_only=True, limit=_AT_ONCE)
        yield from (row.case for row in self.store.readings.cases(query).rows)

    def _inspect(self, case: Case) -> None:
        """Compare each insured patient of the ward with the card, and keep what was found."""
        stage, ward = self.world.stage, str(case.form["ward"])
        person = self.world.holder("round_inspector", "medins")
        stays = self._insured(ward)
        if not stays:
            return  # nobody to look at: the round passes
        begun = {"inspectors": [person], "companions": ["护士长陪同（护士长）"]}
        stage.do(person, case.number, "start", begun)
        out = {row.values["stay_id"] for row in self._rows("leaves", out_on_leave=True)}
        absent = {stay for stay in stays if stay in out}
        if not absent and self.world.rng.randrange(100) < _EMPTY_BED:
            absent = {self.world.rng.choice(stays)}
        lines = [
            {"stay_id": stay, "present": stay not in absent, "identity_match": True}
            for stay in stays
        ]
        if not absent:
            stage.do(person, case.number, "record_all_present", {"lines": lines})
        else:
            self._absent(person, case.number, lines, absent, out)
        if stage.case(case.number).closed_at is None:
            stage.do(person, case.number, "close")

    def _absent(
        self,
        person: str,
        number: str,
        lines: list[dict[str, object]],
        absent: set[str],
        out: set[Scalar],
    ) -> None:
        stage, excused = self.world.stage, absent <= out
        slips = {r.values["stay_id"]: r.values["slip_no"] for r in self._rows("leaves")}
        answers: dict[str, object] = {
            "lines": lines,
            "absent_reason": "持请假条外出" if excused else "到院门口购物，未请假",
            "duty_staff_knew": excused,
            "leave_slip_no": slips[min(absent)] if excused else "无",
        }
        stage.do(person, number, "record_absence", answers)
        if excused:
            stage.do(person, number, "excuse")
        elif stage.case(number).parameters.get("round.fine_amount"):
            stage.do(person, number, "issue_fine")
            delivered = {"slip_delivered_at": self.world.now.isoformat()}
            stage.do(person, number, "deliver_fine", delivered)
        else:
            stage.do(person, number, "record_only")

    def _insured(self, ward: str) -> list[str]:
        found = self._rows("inpatients", insured=True, in_hospital=True, department=ward)
        return sorted({str(row.values["stay_id"]) for row in found})

    def _rows(self, register: str, **where: Scalar) -> Sequence[RegisterRow]:
        return self.store.readings.rows(register, where)
