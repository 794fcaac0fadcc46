"""All requests for new consumables: signed, returned, rejected, withdrawn, left lying."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from web.demonstration import materials as words
from web.demonstration.diary import Deed, Script
from web.demonstration.hospital import HOME
from web.demonstration.requesting import Catalogue, Request, Wanted
from web.demonstration.world import World


class _Path:
    """The way of a request up to where it stands now."""

    def __init__(self, world: World, request: Request) -> None:
        self.request = request
        self._rng = world.rng
        self.script = Script().then(request.draft)

    def submitted(self) -> _Path:
        return self._on(self.request.submit, 0.1, 0.8)

    def signed(self) -> _Path:
        return self._on(self.request.dept_sign, 2, 20)

    def priced(self) -> _Path:
        return self._on(self.request.finance_sign, 3, 26)

    def insured(self) -> _Path:
        return self._on(self.request.medins_sign, 3, 22)

    def then(self, deed: Deed, least: float = 0.2, most: float = 4) -> _Path:
        return self._on(deed, least, most)

    def to_leader(self) -> _Path:
        return self.submitted().signed().priced().insured()

    def _on(self, deed: Deed, least: float, most: float) -> _Path:
        self.script.then(deed, hours=self._rng.uniform(least, most))
        return self


#: The wards in which requests are made, as often as they are named.
_WARDS = (
    HOME,
    "surgery",
    HOME,
    "orthopaedics",
    "obstetrics",
    HOME,
    "paediatrics",
    "surgery",
    "emergency",
    "icu",
)


@dataclass
class Consumables:
    """All requests of the sixty days."""

    world: World
    catalogue: Catalogue

    def plan(self) -> None:
        """Put them all on the programme."""
        self._approved()
        self._ended()
        self._waiting()
        self._drafts()
        self._known_already()

    # ---- over and done with ----------------------------------------------------------------------

    def _approved(self) -> None:
        world = self.world
        for turn in range(18):
            path = self._path(_WARDS[turn % len(_WARDS)])
            request = path.request
            if turn == 3:
                path.then(request.submit_too_soon, 0.1, 0.3)
            path.submitted()
            if turn % 6 == 1:
                path.then(request.stranger_signs).then(request.finance_too_soon)
            path.signed()
            if turn % 5 == 2:
                path.then(request.returned, 2, 20).then(request.resubmit, 3, 20).signed()
            path.priced().insured()
            if turn % 7 == 3:
                path.then(request.approve_without_words, 2, 20)
            path.then(request.approve, 4, 30)
            world.plan(path.script, self._days_ago(2 + turn * 2.7, 4 + turn * 2.7))
        self._of_the_leader()
        path = self._path(HOME).to_leader()
        path.then(path.request.approve_for_the_other, 3, 10)
        world.plan(path.script, world.diary.workday(0))

    def _of_the_leader(self) -> None:
        """A leader who still operates asks for something and may not approve it."""
        path = self._path("orthopaedics", "vice_president").to_leader()
        path.then(path.request.approve_own, 1, 4).then(path.request.approve, 4, 26)
        self.world.plan(path.script, self._days_ago(12, 18))

    def _ended(self) -> None:
        for turn in range(6):
            path = self._path(_WARDS[(turn * 3) % len(_WARDS)]).submitted()
            if turn % 3:
                path.signed()
            if turn % 3 == 2:
                path.priced()
            path.then(path.request.rejected, 3, 26)
            self.world.plan(path.script, self._days_ago(3 + turn * 8, 8 + turn * 8))
        for turn in range(4):
            path = self._path(_WARDS[(turn * 3 + 1) % len(_WARDS)])
            if turn % 2:
                path.submitted()
            path.then(path.request.withdraw, 1, 20)
            self.world.plan(path.script, self._days_ago(5 + turn * 10, 14 + turn * 10))

    # ---- still under way -------------------------------------------------------------------------

    def _waiting(self) -> None:
        for ward, applicant, back in (
            (HOME, "attending_doctor", 5),
            (HOME, "clinician", 2),
            (HOME, "clinician", 0),
            (HOME, "dept_rep", 1),
            (HOME, "dept_head", 1),
            ("surgery", None, 2),
            ("obstetrics", None, 6),
            ("icu", None, 0),
        ):
            path = self._path(ward, applicant).submitted()
            if applicant == "dept_head":
                path.then(path.request.sign_own, 0.1, 0.5)
            self.world.plan(path.script, self.world.diary.workday(back))
        for ward, applicant, back in (
            (HOME, "doctor", 2),
            (HOME, "clinician", 6),
            ("orthopaedics", None, 1),
            ("paediatrics", None, 0),
            ("surgery", None, 2),
            ("emergency", None, 5),
        ):
            self.world.plan(
                self._path(ward, applicant).submitted().signed().script,
                self.world.diary.workday(back),
            )
        for ward, applicant, back in (
            (HOME, "prescriber", 2),
            (HOME, "clinician", 5),
            ("icu", None, 1),
            ("surgery", None, 0),
        ):
            path = self._path(ward, applicant).submitted().signed().priced()
            self.world.plan(path.script, self.world.diary.workday(back))
        for ward, applicant, back in (
            (HOME, "reader", 2),
            (HOME, "clinician", 1),
            ("obstetrics", None, 7),
            ("orthopaedics", "vice_president", 2),
            ("paediatrics", None, 1),
            ("emergency", None, 0),
        ):
            path = self._path(ward, applicant).to_leader()
            self.world.plan(path.script, self.world.diary.workday(back))

    def _drafts(self) -> None:
        for turn, applicant in enumerate(
            (
                "clinician",
                "dept_head",
                "attending_doctor",
                "doctor",
                "prescriber",
                "dept_rep",
                "reader",
                "vice_president",
            )
        ):
            ward = "orthopaedics" if applicant == "vice_president" else HOME
            request = Request(self.world, ward, applicant, self.catalogue.take(ward))
            script = Script().then(request.begin)
            self.world.plan(script, self.world.diary.workday(turn % 4))
        for applicant, back in (("clinician", 0), ("attending_doctor", 1)):
            path = self._path(HOME, applicant).submitted()
            path.then(path.request.returned, 2, 20)
            self.world.plan(path.script, self.world.diary.workday(back))

    def _known_already(self) -> None:
        """Somebody asks for what was approved long ago, and keeps the draft."""
        for turn, (name, spec, fen) in enumerate(words.ALREADY_THERE[:3]):
            ward = _WARDS[turn * 4]
            wanted = Wanted(
                name, spec, words.MAKERS[0], "无", "科室常规使用，申请增加数量。", 500, fen
            )
            applicant = "clinician" if turn == 0 else self._applicant(ward)
            request = Request(self.world, ward, applicant, wanted)
            script = Script().then(request.draft).then(request.submit_again, hours=0.2)
            if turn == 2:
                script.then(request.withdraw, hours=0.1)
            self.world.plan(script, self.world.diary.workday(2 + turn * 3))

    # ---- how they are made -----------------------------------------------------------------------

    def _path(self, ward: str, applicant: str | None = None) -> _Path:
        wanted = self.catalogue.take(ward)
        return _Path(
            self.world, Request(self.world, ward, applicant or self._applicant(ward), wanted)
        )

    def _applicant(self, ward: str) -> str:
        return self.world.holder("clinician", ward, but=("vice_president",))

    def _days_ago(self, least: float, most: float) -> datetime:
        return self.world.diary.office(self.world.diary.ago(least * 24, most * 24))
