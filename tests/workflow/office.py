"""The office beside the wards, over the small hospital: Ada and Max keep the house, Eve audits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import orjson

from tests.workflow.hospital import CAST, PURCHASE, Hospital, small_register
from workflow.design.definition import Definition
from workflow.design.parsing import parse_definition
from workflow.design.problems import Problem
from workflow.design.register import Account, Profile, Register, Role
from workflow.ledger import first_break
from workflow.nouns import SYSTEM, Actor, ParameterValue, RegisterRow
from workflow.people.organisation import Person, Post
from workflow.ports.house import Deed, PublishDefinition, StoredDefinition
from workflow.refusals import Refused, Sentence
from workflow.service.administering import Administering
from workflow.service.auditing import Auditing
from workflow.service.bundles import Bundle
from workflow.service.catalogs import Catalogs
from workflow.service.housework import Done, Housework
from workflow.service.publishing import Publishing, Trial
from workflow.service.timekeeping import Moved
from workflow.service.verifying import verify_readings

KEEPERS = (
    Person("ada", "Ada", "kitchen", (Post("admin", "kitchen"),)),
    Person("max", "Max", "kitchen", (Post("admin", "kitchen"),)),
    Person("eve", "Eve", "kitchen", (Post("auditor", "kitchen"),)),
)


@cache
def office_register() -> Register:
    """The small register with those who keep the house, a role that nobody signs in with, a
    profile.
    """
    small = small_register()
    office = Sentence("科室", "Department")
    more = {
        "admin": Role("admin", Sentence("系统管理员", "Administrator"), office, Account.LOGIN),
        "auditor": Role("auditor", Sentence("审计", "Auditor"), office, Account.EXTERNAL),
        "patient": Role("patient", Sentence("患者", "Patient"), office, Account.NONE),
    }
    days = replace(small.parameters["purchase.answer_days"], values={"H1": 3}, minimum=1)
    return replace(
        small,
        roles={**small.roles, **more},
        profiles={"H1": Profile("H1", Sentence("第1套", "Set 1"), "P")},
        parameters={**small.parameters, days.key: days},
    )


class Office:
    """The small hospital with published definitions, and everything that its keepers may do."""

    def __init__(
        self,
        *texts: str,
        people: Sequence[Person] = (*CAST, *KEEPERS),
        policy: Mapping[str, ParameterValue] | None = None,
        days: Mapping[date, bool] | None = None,
        rows: Sequence[RegisterRow] = (),
    ) -> None:
        self.hospital = Hospital(people=people, policy=policy, days=days, rows=rows)
        self.store = self.hospital.store
        stored = (self._stored(text) for text in texts or (PURCHASE,))
        self.store.house.change(
            Deed(Actor(SYSTEM, SYSTEM), self.hospital.now), *map(PublishDefinition, stored)
        )
        self.catalogs = Catalogs(self.store.readings.definitions, office_register())
        self.verdicts: Sequence[Trial] | Sequence[Problem] = ()
        self.rehearsed: list[str] = []
        work = Housework(self.store)
        self.publishing = Publishing(work, self.catalogs, self._rehearse)
        self.administering = Administering(work, self.catalogs)
        self.auditing = Auditing(work, self.catalogs, lambda: verify_readings(self.store.readings))
        self.refresh()

    def _stored(self, text: str) -> StoredDefinition:
        parsed = parse_definition(text, "small.yaml", office_register())
        assert isinstance(parsed, Definition), parsed
        return StoredDefinition(
            parsed.key, parsed.version, text, parsed.digest, self.hospital.now, SYSTEM
        )

    def _rehearse(self, scenarios: str, bundle: Bundle) -> Sequence[Trial] | Sequence[Problem]:
        self.rehearsed.append(f"{bundle.definition.key} {bundle.definition.version}: {scenarios}")
        return self.verdicts

    def refresh(self) -> None:
        """Let the wards work with what is published by now."""
        self.hospital.catalog = self.catalogs()

    def deed(self, who: str = "ada", reason: str = "") -> Deed:
        """What somebody does to the house now."""
        return Deed(Actor(who, who.title()), self.hospital.now, reason)

    def lines(self) -> list[dict[str, Any]]:
        """The house's own ledger, read; its chain is looked through on the way."""
        entries = self.store.readings.entries("sys:house")
        chain = [(one.seq, one.body, one.digest) for one in entries]
        assert first_break("sys:house", chain, entries[-1].digest if entries else "") is None
        return [orjson.loads(one.body) for one in entries]

    def last(self) -> dict[str, Any]:
        """The last line of the house."""
        return self.lines()[-1]

    def person(self, id: str) -> Person:
        """Somebody as the hospital knows them now."""
        return self.store.hospital().organisation.people[id]


def done(answer: Done | Moved | Refused) -> None:
    """It went through, and left a line."""
    assert not isinstance(answer, Refused), [one.because.en for one in answer.refusals]
    assert answer.entries


def why(answer: object) -> tuple[str, ...]:
    """The reasons of a refusal: code and field, or rule."""
    assert isinstance(answer, Refused), answer
    return tuple(f"{one.code} {one.field or one.rule}" for one in answer.refusals)
