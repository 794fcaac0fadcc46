"""Definitions from their texts to the catalog that is in force, and kept in step with the store.

Several servers may share one store: what one of them publishes, the others take up at their next
look at the hospital's revision.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workflow.conditions.expressions import Compiled, compile_expressions
from workflow.design.checks import check_definition
from workflow.design.definition import Definition
from workflow.design.neighbours import acts_fired, check_neighbours
from workflow.design.parsing import parse_definition
from workflow.design.problems import Problem
from workflow.design.register import Register
from workflow.ports import Store, StoredDefinition
from workflow.running.rulebook import Rulebook
from workflow.service.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Bundle:
    """The text of one definition. `file` is only its name in messages."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Shelved:
    """Definitions that are ready to run, and the problems of those that are not."""

    rulebooks: tuple[Rulebook, ...]
    problems: tuple[Problem, ...]


def newest_of(definitions: Iterable[Definition]) -> dict[str, Definition]:
    """The highest version of each process."""
    newest: dict[str, Definition] = {}
    for definition in sorted(definitions, key=lambda one: one.version):
        newest[definition.key] = definition
    return newest


def make_ready(
    definitions: Sequence[Definition], register: Register, known: Mapping[str, Definition]
) -> Shelved:
    """Compile definitions that were checked before; `known` are the newest of all processes."""
    names = {key: role.name for key, role in register.roles.items()}
    rulebooks: list[Rulebook] = []
    problems: list[Problem] = []
    for definition in definitions:
        compiled = compile_expressions(definition, register, known.get)
        if isinstance(compiled, Compiled):
            rulebooks.append(Rulebook.of(definition, compiled, names))
        else:
            problems += compiled
    return Shelved(tuple(rulebooks), tuple(problems))


def read_bundles(
    bundles: Iterable[Bundle], register: Register, known: Mapping[str, Definition] | None = None
) -> Shelved:
    """Read, check and make ready definitions that go together, with every problem of each.

    `known` are definitions beside them that stand already (newest by process). What has problems
    is not among the rulebooks; the rest is checked against it all the same.
    """
    problems: list[Problem] = []
    read: list[Definition] = []
    for bundle in bundles:
        parsed = parse_definition(bundle.text, bundle.file, register)
        if isinstance(parsed, Definition):
            read.append(parsed)
        else:
            problems += parsed
    newest = newest_of([*(known or {}).values(), *read])
    fired = acts_fired(newest)
    sound: list[Definition] = []
    for definition in read:
        found = check_definition(definition, register, fired) + check_neighbours(definition, newest)
        problems += found
        if not found:
            sound.append(definition)
    ready = make_ready(sound, register, newest)
    return Shelved(ready.rulebooks, tuple(dict.fromkeys((*problems, *ready.problems))))


class Shelf:
    """The catalog in force: call it to have it. Replaced whole, so nobody ever reads half of one."""

    def __init__(self, store: Store, register: Register) -> None:
        self._store = store
        self._register = register
        self._turn = threading.Lock()
        self._parsed: dict[str, Definition] = {}
        self._stored: tuple[tuple[str, int, str, bool], ...] = ()
        self._revision: int | None = None
        self._catalog = Catalog.of(register, ())
        self.problems: tuple[Problem, ...] = ()

    def __call__(self) -> Catalog:
        """The catalog as of the last `keep_up`."""
        return self._catalog

    def keep_up(self, revision: int | None = None) -> None:
        """Take up what was published or retired since; nothing to do while `revision` stands."""
        if revision is not None and revision == self._revision:
            return
        with self._turn:
            stored = self._store.readings.definitions()
            marks = tuple((one.key, one.version, one.digest, one.retired) for one in stored)
            if marks != self._stored:
                self._take(stored)
                self._stored = marks
            self._revision = revision

    def _take(self, stored: Sequence[StoredDefinition]) -> None:
        definitions: list[Definition] = []
        problems: list[Problem] = []
        for one in stored:
            parsed = self._read(one)
            if isinstance(parsed, Definition):
                definitions.append(parsed)
            else:
                problems += parsed
        retired = frozenset((one.key, one.version) for one in stored if one.retired)
        ready = make_ready(definitions, self._register, newest_of(definitions))
        self.problems = (*problems, *ready.problems)
        self._catalog = Catalog.of(self._register, ready.rulebooks, retired)

    def _read(self, one: StoredDefinition) -> Definition | tuple[Problem, ...]:
        known = self._parsed.get(one.digest)
        if known is not None:
            return known
        parsed = parse_definition(one.source, f"{one.key}/{one.version}.yaml", self._register)
        if isinstance(parsed, Definition):
            self._parsed[one.digest] = parsed
        return parsed
