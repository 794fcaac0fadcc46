"""The definitions that are in force, made ready to run, by process and version.

Running cases stay on their version; new ones take the newest. A catalog is replaced whole when
something is published, so readers never see half of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from workflow.design.definition import Definition
from workflow.design.form_rules import hands_in
from workflow.design.parameters import BASE_PROFILE
from workflow.design.register import Register
from workflow.design.tracing import Tracing, trace
from workflow.running.rulebook import Rulebook
from workflow.service.register_catalogue import (
    BusinessRegister,
    business_registers,
    roles_in,
)


class UnknownProcess(KeyError):
    """No definition of this process (or version) is known here."""


@dataclass(frozen=True)
class Catalog:
    """Rulebooks by (process, version), the newest version of each process, and the register that
    they cite.
    """

    register: Register
    rulebooks: Mapping[tuple[str, int], Rulebook]
    newest: Mapping[str, int]

    @classmethod
    def of(
        cls,
        register: Register,
        rulebooks: Iterable[Rulebook],
        retired: frozenset[tuple[str, int]] = frozenset(),
    ) -> Catalog:
        """Collect rulebooks. Retired versions still run their cases and open no new ones."""
        by_key = {(book.definition.key, book.definition.version): book for book in rulebooks}
        # Sorted, so that the last version of each process stays.
        newest = {key: version for key, version in sorted(by_key) if (key, version) not in retired}
        return cls(register, by_key, newest)

    def rulebook(self, process: str, version: int | None = None) -> Rulebook:
        """The rulebook of a version, or of the newest. Raises UnknownProcess."""
        wanted = self.newest.get(process) if version is None else version
        found = None if wanted is None else self.rulebooks.get((process, wanted))
        if found is None:
            raise UnknownProcess(process)
        return found

    def definition(self, process: str, version: int | None = None) -> Definition:
        """The definition of a version, or the newest. Raises UnknownProcess."""
        return self.rulebook(process, version).definition

    def in_force(self) -> tuple[Definition, ...]:
        """The newest definition of each process, in the order of their keys."""
        return tuple(self.definition(process) for process in sorted(self.newest))

    @cached_property
    def latest(self) -> Mapping[str, Definition]:
        """The definition of each process's last version, retired or not, by key."""
        # The last of each alone is made: an older one may be beyond reading by now.
        last = dict(sorted(self.rulebooks))
        return {key: self.definition(key, version) for key, version in last.items()}

    @cached_property
    def governing(self) -> Definition | None:
        """The process by which the policy is changed, if one is in force."""
        return next((one for one in self.in_force() if self.rulebook(one.key).governs), None)

    def users_of(self, parameter: str) -> tuple[str, ...]:
        """The roles that take part in the processes reading a policy parameter; of the base
        profile, in all that read one.
        """
        reading = (
            one
            for one in self.in_force()
            if parameter in one.parameters or (parameter == BASE_PROFILE and one.parameters)
        )
        return tuple(sorted({role for one in reading for role in roles_in(one)}))

    @cached_property
    def business_registers(self) -> Mapping[str, BusinessRegister]:
        """Every register that a process writes or looks up, by key."""
        return business_registers(self.register, self.latest.values())

    @cached_property
    def tracing(self) -> Tracing:
        """What carries each clause of the register in the definitions that are in force."""
        return trace(self.register, self.in_force())

    @cached_property
    def draft_states(self) -> tuple[tuple[str, str], ...]:
        """(process, state) pairs, of every version, where a case is still its applicant's own: an
        entry state that they hand in from.
        """
        definitions = [book.definition for book in self.rulebooks.values()]
        pairs = {
            (definition.key, state)
            for definition in definitions
            for state in definition.entries
            if any(hands_in(definition, action) for action in definition.actions_from(state))
        }
        return tuple(sorted(pairs))
