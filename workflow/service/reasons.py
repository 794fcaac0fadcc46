"""Why somebody who takes no part reads a confidential case: asked first, kept, good for a while.

Requirement E8 (S0-09-A09, S0-10-05, S2-A14.2): confidential data needs a role *and* a reason. Those
whose work the case is have their reason; an auditor, and whoever asks to borrow, give theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import orjson

from workflow.design.engine_rules import NEED_TO_KNOW
from workflow.nouns import Actor
from workflow.ports.house import Deed
from workflow.ports.reading import AuditQuery
from workflow.ports.store import Store
from workflow.refusals import Code, Refusal, Sentence

#: The event under which the house's ledger keeps a reason.
REASON_GIVEN: Final = "reason_given"
LASTS: Final = timedelta(minutes=30)
LONGEST: Final = 500
#: More reasons than one person gives in half an hour.
_LOOKED_THROUGH: Final = 100

ASK = Sentence(
    "这是保密案件，您不是它的办理人。请先写明查看的理由；理由和这次查看都会记录。",
    "This case is confidential and you take no part in it. Give your reason first; the reason and "
    "this look are recorded.",
)
TOO_SHORT = Sentence("请写明查看的理由，至少 4 个字", "Give your reason, in 4 characters or more")
TOO_LONG = Sentence("理由最多 {most} 个字", "A reason has at most {most} characters")


class ReasonNeeded(Exception):
    """Whoever asks may read the case once they have said why."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number
        self.refusal = Refusal(Code.CONDITION_NOT_MET, ASK, NEED_TO_KNOW.clauses, rule="reason")


@dataclass(frozen=True)
class Reasons:
    """Reasons as the house's ledger keeps them."""

    store: Store

    def given(self, number: str, person: str, now: datetime) -> bool:
        """Whether this person has said why they read this case, not long ago."""
        return self._given("case", number, person, now)

    def given_for_register(self, register: str, person: str, now: datetime) -> bool:
        """Whether they have said why they look this register up."""
        return self._given("register", register, person, now)

    def _given(self, what: str, key: str, person: str, now: datetime) -> bool:
        query = AuditQuery(
            person=person, event=REASON_GIVEN, since=now - LASTS, limit=_LOOKED_THROUGH
        )
        lines = self.store.readings.audit(query).rows
        facts = (orjson.loads(line.entry.body).get("facts", {}) for line in lines)
        return any(one.get(what) == key for one in facts)

    def give(
        self, number: str, process: str, actor: Actor, now: datetime, words: str
    ) -> Refusal | None:
        """Keep a reason. None when it is kept, else what is wrong with it."""
        return self._give({"case": number, "process": process}, actor, now, words)

    def give_for_register(
        self, register: str, actor: Actor, now: datetime, words: str
    ) -> Refusal | None:
        """The same for looking a register up."""
        return self._give({"register": register}, actor, now, words)

    def _give(
        self, facts: Mapping[str, object], actor: Actor, now: datetime, words: str
    ) -> Refusal | None:
        reason = " ".join(words.split())
        if len(reason) < 4:
            return Refusal(Code.INVALID_FORM, TOO_SHORT, field="reason", rule="reason")
        if len(reason) > LONGEST:
            because = TOO_LONG.filled(most=LONGEST)
            return Refusal(Code.INVALID_FORM, because, field="reason", rule="reason")
        deed = Deed(Actor(actor.id, actor.name), now, reason)
        self.store.house.record(deed, REASON_GIVEN, facts)
        return None
