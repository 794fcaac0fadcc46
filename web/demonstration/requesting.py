"""One request for a consumable, act by act, and what could be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from web.demonstration import materials as words
from web.demonstration.hospital import WARDS
from web.demonstration.materials import Material
from web.demonstration.prices import yuan
from web.demonstration.world import World
from workflow.nouns import Scalar
from workflow.refusals import Code

PROCESS = "consumable-approval"
#: Whether the insurance office has a step of its own; a case keeps what held when it was opened.
REVIEWED = "consumable.medins_review"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One material in one size from one maker: what a request asks for."""

    name: str
    spec: str
    maker: str
    agent: str
    purpose: str
    quantity: int
    fen: int

    def answers(self) -> dict[str, object]:
        """As the form takes it."""
        return {
            "material_name": self.name,
            "spec": self.spec,
            "purpose": self.purpose,
            "manufacturer": self.maker,
            "agent": self.agent,
            "quantity": self.quantity,
            "ref_unit_price": yuan(self.fen),
        }


class Catalogue:
    """Everything that could be asked for, each handed out once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._left = [
            (material, spec, maker)
            for material in words.MATERIALS
            for spec in material.specs
            for maker in words.MAKERS[:3]
        ]
        world.rng.shuffle(self._left)
        # A hospital asks for many things before it asks for the same thing from another maker.
        seen: set[tuple[str, str]] = set()
        first: list[tuple[Material, str, str]] = []
        later: list[tuple[Material, str, str]] = []
        for one in self._left:
            fresh = (one[0].name, one[1]) not in seen
            seen.add((one[0].name, one[1]))
            (first if fresh else later).append(one)
        self._left = [*first, *later]

    def take(self, ward: str) -> Wanted:
        """Something that this ward could want."""
        letter = next(one.letter for one in WARDS if one.key == ward)
        place = next(i for i, one in enumerate(self._left) if letter in one[0].wards)
        material, spec, maker = self._left.pop(place)
        return self._wanted(material, spec, maker)

    def _wanted(self, material: Material, spec: str, maker: str) -> Wanted:
        rng = self._world.rng
        return Wanted(
            material.name,
            spec,
            maker,
            rng.choice(words.AGENTS),
            material.purpose + rng.choice(words.BESIDES),
            max(1, round(material.quantity * rng.uniform(0.4, 1.5))),
            round(material.fen * rng.uniform(0.85, 1.2) / 10) * 10,
        )


class Request:
    """One request, act by act."""

    def __init__(self, world: World, ward: str, applicant: str, wanted: Wanted) -> None:
        self._world = world
        self._ward = ward
        self._applicant = applicant
        self._wanted = wanted
        self._number = ""
        self._head = world.holder("dept_head", ward, but=(applicant,))
        self._finance = world.holder("finance_officer")
        self._medins = world.holder("medins_officer")
        self._leader = world.holder("vice_president", but=(applicant,))

    # ---- what the applicant does -----------------------------------------------------------------

    def draft(self) -> None:
        answers = self._wanted.answers()
        self._number = self._world.stage.open(self._applicant, PROCESS, answers)

    def begin(self) -> None:
        """Not everything is known yet."""
        answers = self._wanted.answers()
        for unknown in ("agent", "ref_unit_price"):
            answers.pop(unknown)
        self._number = self._world.stage.open(self._applicant, PROCESS, answers)

    def submit(self) -> None:
        self._world.stage.do(self._applicant, self._number, "submit")

    def resubmit(self) -> None:
        more = f"{self._wanted.purpose}（已按意见补充：科室每月用量约为所报数量的三分之一。）"
        self._world.stage.do(self._applicant, self._number, "submit", {"purpose": more})

    def withdraw(self) -> None:
        self._world.stage.do(self._applicant, self._number, "withdraw")

    # ---- what those who sign do ------------------------------------------------------------------

    def dept_sign(self) -> None:
        self._sign(self._head, "dept_sign", words.HEAD_AGREES)

    def finance_sign(self) -> None:
        action = "finance_sign_to_medins" if self._is_reviewed() else "finance_sign"
        self._sign(self._finance, action, words.FINANCE_AGREES)

    def medins_sign(self) -> None:
        """Only where the hospital had this step when the request was opened."""
        if self._is_reviewed():
            self._sign(self._medins, "medins_sign", words.INSURANCE_AGREES)

    def approve(self) -> None:
        self._sign(self._leader, "leader_approve", words.LEADER_AGREES)

    def approve_for_the_other(self) -> None:
        """The other leader is away and has lent their posts."""
        self._world.stage.do(
            "vice_president",
            self._number,
            "leader_approve",
            opinion="严副院长外出开会，受托审阅，同意采购。",
            acting_for="yanbingwen",
        )

    def returned(self) -> None:
        self._sign(self._reviewer(), "return_for_completion", words.RETURNS)

    def rejected(self) -> None:
        self._sign(self._reviewer(), "reject", words.REJECTIONS)

    def _sign(self, person: str, action: str, opinions: tuple[str, ...]) -> None:
        opinion = self._world.pick(opinions)
        self._world.stage.do(person, self._number, action, opinion=opinion)

    def _is_reviewed(self) -> bool:
        return self._world.stage.case(self._number).parameters.get(REVIEWED) is True

    def _reviewer(self) -> str:
        by_state = {
            "dept_review": self._head,
            "finance_review": self._finance,
            "medins_review": self._medins,
            "leader_review": self._leader,
        }
        return by_state[self._world.stage.case(self._number).state]

    # ---- what is tried and refused ---------------------------------------------------------------

    def submit_too_soon(self) -> None:
        self._world.stage.is_refused(
            Code.INVALID_FORM, self._applicant, self._number, "submit", {"agent": ""}
        )

    def submit_again(self) -> None:
        self._world.stage.is_refused(
            Code.CONDITION_NOT_MET, self._applicant, self._number, "submit"
        )

    def sign_own(self) -> None:
        self._world.stage.is_refused(
            Code.SEPARATION_OF_DUTIES, self._applicant, self._number, "dept_sign", opinion="同意。"
        )

    def approve_own(self) -> None:
        self._world.stage.is_refused(
            Code.SEPARATION_OF_DUTIES,
            self._applicant,
            self._number,
            "leader_approve",
            opinion="同意采购。",
        )

    def stranger_signs(self) -> None:
        """The head of another department thinks that it is theirs."""
        others = [ward.key for ward in WARDS if ward.key != self._ward]
        stranger = self._world.holder("dept_head", self._world.pick(others))
        self._world.stage.is_refused(
            Code.NOT_PERMITTED, stranger, self._number, "dept_sign", opinion="同意。"
        )

    def finance_too_soon(self) -> None:
        self._world.stage.is_refused(
            Code.UNKNOWN_ACTION, self._finance, self._number, "finance_sign", opinion="同意。"
        )

    def approve_without_words(self) -> None:
        self._world.stage.is_refused(
            Code.OPINION_REQUIRED, self._leader, self._number, "leader_approve"
        )


def brought_along() -> Iterator[dict[str, Scalar]]:
    """Rows of the list of approved materials from before this software."""
    for name, spec, fen in words.ALREADY_THERE:
        yield {
            "material_name": name,
            "spec": spec,
            "manufacturer": words.MAKERS[0],
            "agent": "无",
            "ref_unit_price": fen,
            "medins_reviewed": False,
            "approved_on": "2024-01-08",
        }
