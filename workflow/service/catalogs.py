"""From stored texts to a catalog that runs: the newest versions at once, older ones when a case
asks for them.

The catalog in force is swapped whole, so a reader never sees half of what was published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from workflow.conditions.expressions import Compiled, compile_expressions
from workflow.design.definition import Definition
from workflow.design.parsing import parse_definition
from workflow.design.problems import Problem
from workflow.design.register import Register
from workflow.making import kept_for_good
from workflow.ports.hospital import Hospital
from workflow.ports.house import StoredDefinition
from workflow.refusals import Sentence
from workflow.running.rulebook import Rulebook
from workflow.service.catalog import Catalog
from workflow.service.naming import calling, office_name

Version = tuple[str, int]


class UnusableDefinition(Exception):
    """A published definition cannot be read any more: the product or its register has changed."""

    def __init__(self, key: str, version: int, problems: Sequence[Problem]) -> None:
        super().__init__(f"{key} {version}: " + "; ".join(p.said.en for p in problems))
        self.key = key
        self.version = version
        self.problems = tuple(problems)


class Shelf(Mapping[Version, Rulebook]):
    """Rulebooks by process and version, each made ready when it is first asked for.

    Looking one up raises UnusableDefinition when its text can no longer be read.
    """

    def __init__(
        self,
        register: Register,
        stored: Mapping[Version, StoredDefinition],
        newest: Mapping[str, int],
        before: Catalog | None = None,
    ) -> None:
        """What `before` has read, and what it has made that would be made alike, is taken over:
        a house has fifty processes, and somebody waits while one of them is published.
        """
        self._register = register
        self._roles = role_names(register)
        self._stored = stored
        self._newest = newest
        read_before = {} if before is None else _read(before)
        self._definitions = {
            version: read_before[one.digest]
            for version, one in stored.items()
            if one.digest in read_before
        }
        self._made_before: Mapping[Version, Rulebook] = {}
        if before is not None and before.register == register:
            self._made_before = _ready_in(before)
        self._ready: dict[Version, Rulebook] = {}

    def __getitem__(self, wanted: Version) -> Rulebook:
        # Two threads may make the same one; they make equal ones.
        if wanted not in self._ready:
            self._ready[wanted] = self._made(wanted)
        return self._ready[wanted]

    def __iter__(self) -> Iterator[Version]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)

    def __contains__(self, wanted: object) -> bool:
        return wanted in self._stored

    def read(self) -> Mapping[str, Definition]:
        """The definitions that have been read so far, by digest."""
        return {one.digest: one for one in list(self._definitions.values())}

    def made(self) -> Mapping[Version, Rulebook]:
        """The rulebooks that are ready so far."""
        return dict(self._ready)

    def newest(self, process: str) -> Definition | None:
        """The newest definition of a process that is in force, for those that speak of it."""
        version = self._newest.get(process)
        return None if version is None else self._definition((process, version))

    def _made(self, wanted: Version) -> Rulebook:
        definition = self._definition(wanted)

        def others(process: str) -> Definition | None:
            return definition if process == definition.key else self.newest(process)

        before = self._made_before.get(wanted)
        if before is not None and _would_be_made_again(before, definition, others):
            return before
        compiled = compile_expressions(definition, self._register, others)
        if not isinstance(compiled, Compiled):
            raise UnusableDefinition(*wanted, compiled)
        return Rulebook.of(definition, compiled, self._roles)

    def _definition(self, wanted: Version) -> Definition:
        if wanted not in self._definitions:
            stored = self._stored[wanted]
            file = f"{stored.key}/{stored.version}.yaml"
            parsed = parse_definition(stored.source, file, self._register)
            if not isinstance(parsed, Definition):
                raise UnusableDefinition(*wanted, parsed)
            self._definitions[wanted] = parsed
        return self._definitions[wanted]


@kept_for_good()
def load_catalog(
    stored: Iterable[StoredDefinition], register: Register, before: Catalog | None = None
) -> Catalog:
    """The catalog of what is published; what `before` has read is not read again.

    Raises UnusableDefinition for a newest version that cannot run.
    """
    by_version = {(one.key, one.version): one for one in stored}
    in_use = sorted(version for version, one in by_version.items() if not one.retired)
    newest = dict(in_use)  # the last of a process is its newest
    shelf = Shelf(register, by_version, newest, before)
    for in_force in newest.items():
        shelf[in_force]
    return Catalog(register, shelf, newest)


def _read(catalog: Catalog) -> Mapping[str, Definition]:
    books = catalog.rulebooks
    if isinstance(books, Shelf):
        return books.read()
    return {book.definition.digest: book.definition for book in books.values()}


def _ready_in(catalog: Catalog) -> Mapping[Version, Rulebook]:
    books = catalog.rulebooks
    return books.made() if isinstance(books, Shelf) else books


def _would_be_made_again(
    book: Rulebook, definition: Definition, others: Callable[[str], Definition | None]
) -> bool:
    """Whether a rulebook is of this definition, and of the same neighbours."""
    now = ((others(process), digest) for process, digest in book.compiled.beside.items())
    return book.definition.digest == definition.digest and all(
        digest == (None if found is None else found.digest) for found, digest in now
    )


def role_names(register: Register) -> Mapping[str, Sentence]:
    """What people call each role."""
    return {key: role.name for key, role in register.roles.items()}


class Catalogs:
    """The catalog in force; calling it gives it, `reload` swaps it.

    `stored` asks for what is published, so a process learns of what another process has published
    by reloading.
    """

    def __init__(
        self,
        stored: Callable[[], Sequence[StoredDefinition]],
        register: Register,
        ready: Catalog | None = None,
        before: Catalog | None = None,
    ) -> None:
        """Load what is published; `ready` is the same, where somebody has loaded it before. Of
        `before` whatever is published is taken over.
        """
        self._stored = stored
        self._register = register
        self._seen = tuple(stored())
        self._loaded = ready or load_catalog(self._seen, register, before)
        self._office = ""
        self._catalog = self._loaded

    def __call__(self) -> Catalog:
        return self._catalog

    def reload(self) -> Catalog:
        """Read again what is published, if it has changed. Raises UnusableDefinition and keeps the
        old one.
        """
        now = tuple(self._stored())
        if now != self._seen:
            self._loaded = load_catalog(now, self._register, self._loaded)
            self._seen = now
            self._catalog = calling(self._loaded, self._office) if self._office else self._loaded
        return self._catalog

    def speak_of(self, hospital: Hospital, now: datetime) -> None:
        """Take up what the hospital calls its insurance office at this moment."""
        name = office_name(self._register, hospital, now)
        if name != self._office:
            self._office, self._catalog = name, calling(self._loaded, name)
