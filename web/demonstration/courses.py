"""A stay as it is planned: the script of its acts, and what is done about each charge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from web.demonstration.charges import Charge
from web.demonstration.diary import Deed, Script
from web.demonstration.prices import BY_CODE, Item
from web.demonstration.stays import Stay

#: What is done about a charge, one deed after the other.
Way = Callable[[Charge], tuple[Deed, ...]]


@dataclass
class Course:
    """A stay as it is planned: the script, and which of its deeds need their moment afterwards."""

    stay: Stay
    script: Script = field(default_factory=Script)
    charges: list[tuple[Charge, Deed]] = field(default_factory=list)
    forgotten: bool = False  # nobody booked the bed yesterday

    def then(
        self, *deeds: Deed, hours: float = 0.3, days: float = 0, anytime: bool = False
    ) -> Course:
        """The next deeds: the first so long after the last, the others minutes later."""
        for place, deed in enumerate(deeds):
            gap = {"hours": hours, "days": days} if place == 0 else {"hours": 0.1}
            self.script.then(deed, anytime=anytime, **gap)
        return self

    @property
    def last_charge(self) -> Charge:
        """The newest line of the bill, for a doubt."""
        return self.charges[-1][0]

    def charge(
        self,
        one: Item,
        qty: int,
        act: Way,
        *,
        hours: float = 3,
        days: float = 0,
    ) -> Charge:
        """One charge with what is done about it; its order comes in the night before."""
        charge = Charge(self.stay, one, qty)
        if self.stay.asks_consent(one):
            # Nothing that the patient pays alone is used before somebody has signed for it.
            self.then(partial(self.stay.explain_cost, one), hours=1)
            self.then(self.stay.sign_for_cost, hours=0.5)
        deeds = act(charge)
        self.charges.append((charge, deeds[0]))
        self.then(*deeds, hours=hours, days=days)
        return charge


def plainly(charge: Charge) -> tuple[Deed, ...]:
    """Entered and booked, as nearly always."""
    return (charge.enter_and_book,)


def as_lump(charge: Charge) -> tuple[Deed, ...]:
    """Materials in one sum are refused, and then entered rightly."""
    return charge.enter_as_lump, charge.mend_and_book


def too_many(charge: Charge) -> tuple[Deed, ...]:
    """More than was ordered is refused, and then put right."""
    return charge.enter_too_many, charge.mend_and_book


def doctor_tries(charge: Charge) -> tuple[Deed, ...]:
    """A doctor may not book."""
    return charge.enter, charge.doctor_books, charge.book


def released(charge: Charge) -> tuple[Deed, ...]:
    """Another price than that of the list is held, and released by the insurance office."""
    return (
        charge.enter_at_another_price,
        charge.book_at_another_price,
        charge.hold,
        charge.release,
    )


def held(charge: Charge) -> tuple[Deed, ...]:
    """The same, and still held."""
    return charge.enter_at_another_price, charge.book_at_another_price, charge.hold


def entered(charge: Charge) -> tuple[Deed, ...]:
    """Entered, and not booked yet."""
    return (charge.enter,)


def item(code: str) -> Item:
    """An item of the price list."""
    return BY_CODE[code]
