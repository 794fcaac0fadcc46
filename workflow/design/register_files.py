"""The register from its files: whole or not at all, with every problem of every file at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from importlib.resources.abc import Traversable
from itertools import chain
from typing import Final, TypeVar

from workflow.design.problems import Problem
from workflow.design.reading import read_yaml
from workflow.design.register import Clause, ClauseSet, Register, RegisterCard
from workflow.design.register_tables import (
    CARDS,
    CLAUSES,
    CONFLICTS,
    DOCUMENTS,
    PARAMETERS,
    PROFILES,
    ROLES,
)
from workflow.design.scalars import lines_of
from workflow.design.shapes import Shape
from workflow.design.spots import Reading, Spot
from workflow.making import kept_for_good
from workflow.refusals import Sentence

T = TypeVar("T")

_DOCUMENTS: Final = "clauses/documents.yaml"
_CONFLICTS: Final = "clauses/conflicts.yaml"
_ROLES: Final = "roles.yaml"
_PROFILES: Final = "profiles.yaml"
_PARAMETERS: Final = "parameters.yaml"
_REGISTERS: Final = "registers.yaml"

_CLAUSE: Final = Sentence("条款", "clause")
_PARAMETER: Final = Sentence("政策参数", "policy parameter")
_GROUP: Final = Sentence("冲突组", "conflict group")
_PROFILE: Final = Sentence("规则档案", "profile")
_ROLE: Final = Sentence("角色", "role")
_HEADING: Final = Sentence("登记簿分类", "heading of registers")
_SOURCE: Final = Sentence("文件或制度", "document or set")


class RegisterInvalid(ValueError):
    """The files have problems; `problems` holds all of them, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Sort the problems; the message is their English sentences."""
        self.problems = tuple(sorted(problems, key=lambda one: (one.file, one.line, one.column)))
        super().__init__("\n".join(problem.said.en for problem in self.problems))


@kept_for_good()
def load_register(folder: Traversable) -> Register:
    """Read the register from the folder with `clauses/`, `roles.yaml`, `parameters.yaml`, ….

    A path will do as well as a package's resources. Raises RegisterInvalid.
    """
    shelf = _Shelf(folder)
    documents = shelf.read(_DOCUMENTS, DOCUMENTS) or ()
    sets = [one.id for document in documents for one in document.sets]
    clauses = [shelf.read(_file_of(one), CLAUSES) or () for one in sets]
    cards = shelf.read(_REGISTERS, CARDS) or ({}, {})
    register = Register(
        documents={document.id: document for document in documents},
        clauses={clause.id: clause for clause in chain.from_iterable(clauses)},
        conflict_groups={one.id: one for one in shelf.read(_CONFLICTS, CONFLICTS) or ()},
        roles=shelf.read(_ROLES, ROLES) or {},
        profiles=shelf.read(_PROFILES, PROFILES) or {},
        parameters=shelf.read(_PARAMETERS, PARAMETERS) or {},
        headings=cards[0],
        cards=cards[1],
    )
    shelf.refuse_files_beside()
    if not shelf.unread:
        # With a file missing, half of the names would seem unknown.
        for check in _CHECKS:
            check(shelf, register)
    if shelf.problems:
        raise RegisterInvalid(shelf.problems)
    return register


def _file_of(clause_set: str) -> str:
    return f"clauses/{clause_set}.yaml"


class _Shelf:
    """The files as they were read, so that each place in them can still be pointed at."""

    def __init__(self, folder: Traversable) -> None:
        self.folder = folder
        self.roots: dict[str, Spot] = {}
        self.readings: dict[str, Reading] = {}
        self.unread: list[Problem] = []

    @property
    def problems(self) -> list[Problem]:
        return [*self.unread, *chain.from_iterable(one.problems for one in self.readings.values())]

    @property
    def clause_files(self) -> list[str]:
        return [name for name, root in self.roots.items() if root.child("clauses") is not None]

    def read(self, name: str, shape: Shape[T]) -> T | None:
        """What a file says; None when it cannot be read, which is then a problem."""
        text = self._text(name)
        if text is None:
            return None
        root = read_yaml(text, name)
        if isinstance(root, tuple):
            self.unread.extend(root)
            return None
        self.roots[name] = Spot(root)
        self.readings[name] = Reading(name, lines_of(text), {})
        return shape.read(self.roots[name], self.readings[name])

    def entries(self, name: str, section: str) -> list[Spot]:
        """The entries of a file's only list or mapping."""
        spot = self.roots[name].child(section)
        if spot is None:
            return []
        return spot.items() or list(spot.children().values())

    def complain(self, name: str, spot: Spot, zh: str, en: str) -> None:
        self.readings[name].complain(spot.place, zh, en)

    def refuse_files_beside(self) -> None:
        """Say which files of clauses are not in the list of documents: nobody would miss them."""
        for file in self.folder.joinpath("clauses").iterdir():
            name = f"clauses/{file.name}"
            read_or_missed = {*self.roots, *(problem.file for problem in self.unread)}
            if file.name.endswith(".yaml") and name not in read_or_missed:
                self._unreadable(
                    name,
                    f"{_DOCUMENTS} 里没有这一套制度，请补上，或删去这个文件。",
                    f"{_DOCUMENTS} does not list this set; add it, or remove the file.",
                )

    def _text(self, name: str) -> str | None:
        try:
            return self.folder.joinpath(name).read_text(encoding="utf-8")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            self._unreadable(name, "缺少这个文件。", "This file is missing.")
        except UnicodeDecodeError:
            self._unreadable(
                name, "文件不是 UTF-8 编码，请另存为 UTF-8。", "This file is not UTF-8; save it so."
            )
        return None

    def _unreadable(self, name: str, zh: str, en: str) -> None:
        self.unread.append(Problem(name, 1, 1, "", Sentence(zh, en)))


# ---- what one file says of another --------------------------------------------------------------


def _names_mean_something(shelf: _Shelf, register: Register) -> None:
    clauses, groups = register.clauses, register.conflict_groups
    sets = [one.id for document in register.documents.values() for one in document.sets]
    for name in shelf.clause_files:
        _known(shelf, name, "clauses", "conflicts", _CLAUSE, clauses)
        _known(shelf, name, "clauses", "conflict_groups", _GROUP, groups)
    _known(shelf, _CONFLICTS, "conflict_groups", "sides", _CLAUSE, clauses)
    _known(shelf, _CONFLICTS, "conflict_groups", "parameter", _PARAMETER, register.parameters)
    _known(shelf, _ROLES, "roles", "clauses", _CLAUSE, clauses)
    _known(shelf, _PROFILES, "profiles", "source", _SOURCE, [*register.documents, *sets])
    _known(shelf, _PARAMETERS, "parameters", "clauses", _CLAUSE, clauses)
    _known(shelf, _PARAMETERS, "parameters", "group", _GROUP, groups)
    for parameter in shelf.entries(_PARAMETERS, "parameters"):
        values = parameter.child("values")
        for profile, spot in ({} if values is None else values.children()).items():
            if profile not in register.profiles:
                reading = shelf.readings[_PARAMETERS]
                reading.unknown(spot.key_place, _PROFILE, profile, register.profiles)


def _known(
    shelf: _Shelf, name: str, section: str, key: str, noun: Sentence, known: Collection[str]
) -> None:
    for entry in shelf.entries(name, section):
        for spot in _words(entry.child(key)):
            word = spot.node.value
            if isinstance(word, str) and word not in known:
                shelf.readings[name].unknown(spot.place, noun, word, known)


def _words(spot: Spot | None) -> Iterator[Spot]:
    if spot is None:
        return
    if spot.is_list:
        for item in spot.items():
            yield from _words(item)
    else:
        yield spot


def _ids_are_given_once(shelf: _Shelf, _register: Register) -> None:
    sets = [
        spot for one in shelf.entries(_DOCUMENTS, "documents") for spot in _items(one.child("sets"))
    ]
    _once(shelf, [(_DOCUMENTS, one) for one in [*shelf.entries(_DOCUMENTS, "documents"), *sets]])
    _once(shelf, [(_CONFLICTS, one) for one in shelf.entries(_CONFLICTS, "conflict_groups")])
    _once(
        shelf,
        [(name, one) for name in shelf.clause_files for one in shelf.entries(name, "clauses")],
    )


def _items(spot: Spot | None) -> list[Spot]:
    return [] if spot is None else spot.items()


def _once(shelf: _Shelf, entries: Iterable[tuple[str, Spot]]) -> None:
    seen: dict[str, str] = {}
    for name, entry in entries:
        own = _id_of(entry)
        if own in seen:
            shelf.complain(
                name,
                entry,
                f"编号“{own}”在 {seen[own]} 里已经用过，请换一个。",
                f"The id “{own}” is already used in {seen[own]}; choose another.",
            )
        seen[own] = name


def _id_of(entry: Spot) -> str:
    spot = entry.child("id")
    return str(spot.node.value) if spot is not None else ""


def _clauses_stand_in_their_set(shelf: _Shelf, register: Register) -> None:
    sets = {
        _file_of(one.id): one for document in register.documents.values() for one in document.sets
    }
    for name in shelf.clause_files:
        written = shelf.roots[name].child("set")
        if written is not None and written.node.value != sets[name].id:
            shelf.complain(
                name,
                written,
                f"set 应与文件名相同，写作“{sets[name].id}”。",
                f"The set should be as the file's name: “{sets[name].id}”.",
            )
    for name, entry, clause in _clauses(shelf, register):
        _clause_fits(shelf, name, entry, clause, sets[name])


def _clauses(shelf: _Shelf, register: Register) -> Iterator[tuple[str, Spot, Clause]]:
    """Every clause with its file and place; an entry that made none has been told already."""
    for name in shelf.clause_files:
        for entry in shelf.entries(name, "clauses"):
            clause = register.clauses.get(_id_of(entry))
            if clause is not None:
                yield name, entry, clause


def _clause_fits(shelf: _Shelf, name: str, entry: Spot, clause: Clause, its_set: ClauseSet) -> None:
    title = its_set.title.zh
    if not clause.id.startswith(its_set.id):
        shelf.complain(
            name,
            entry.child("id") or entry,
            f"条款编号应以“{its_set.id}”开头。",
            f"The id of the clause should begin with “{its_set.id}”.",
        )
    if not clause.place.startswith(title):
        shelf.complain(
            name,
            entry.child("place") or entry,
            f"出处应以“{title}”开头。",
            f"The place should begin with “{title}”.",
        )


def _conflicts_agree(shelf: _Shelf, register: Register) -> None:
    """conflicts.yaml decides; a clause repeats it so that its reader sees it."""
    groups = register.conflict_groups.values()
    for name, entry, clause in _clauses(shelf, register):
        others = {other for group in groups for other in group.against(clause.id)}
        own = {group.id for group in groups if clause.id in group.clauses}
        _same(shelf, name, entry, "conflicts", set(clause.conflicts), others)
        _same(shelf, name, entry, "conflict_groups", set(clause.conflict_groups), own)


def _same(
    shelf: _Shelf, name: str, entry: Spot, key: str, written: set[str], expected: set[str]
) -> None:
    if written == expected:
        return
    should = ", ".join(sorted(expected))
    shelf.complain(
        name,
        entry.child(key) or entry,
        f"{key} 与 {_CONFLICTS} 不一致，应为 [{should}]。",
        f"{key} does not agree with {_CONFLICTS}; it should be [{should}].",
    )


def _groups_and_parameters_agree(shelf: _Shelf, register: Register) -> None:
    for entry in shelf.entries(_CONFLICTS, "conflict_groups"):
        group = register.conflict_groups.get(_id_of(entry))
        parameter = register.parameters.get("" if group is None else group.parameter)
        if group is not None and parameter is not None and parameter.group != group.id:
            shelf.complain(
                _CONFLICTS,
                entry.child("parameter") or entry,
                f"政策参数“{parameter.key}”没有写 group: {group.id}，请在 {_PARAMETERS} 里补上。",
                f"The parameter “{parameter.key}” lacks group: {group.id}; add it in "
                f"{_PARAMETERS}.",
            )


def _role_words_are_used_once(shelf: _Shelf, register: Register) -> None:
    seen: dict[str, str] = {}
    roles = shelf.roots[_ROLES].child("roles")
    for key, entry in ({} if roles is None else roles.children()).items():
        role = register.roles.get(key)
        if role is None:
            continue
        for word in dict.fromkeys((role.key, role.name.zh, *role.aliases)):
            if word in seen:
                shelf.complain(
                    _ROLES,
                    entry,
                    f"“{word}”已经是角色 {seen[word]} 的叫法，请换一个。",
                    f"“{word}” already names the role {seen[word]}; choose another word.",
                )
            seen.setdefault(word, role.key)


def _registers_are_read_by_somebody(shelf: _Shelf, register: Register) -> None:
    roots = shelf.roots[_REGISTERS]
    for section in ("headings", "registers"):
        _known(shelf, _REGISTERS, section, "readers", _ROLE, register.roles)
        _known(shelf, _REGISTERS, section, "heading", _HEADING, register.headings)
    for spot in _children(roots.child("registers")):
        for column in _children(spot.child("masked")):
            for role in _words(column):
                word = role.node.value
                if isinstance(word, str) and word not in register.roles:
                    shelf.readings[_REGISTERS].unknown(role.place, _ROLE, word, register.roles)
        card = register.cards.get(spot.key)
        if card is not None:
            _card_fits(shelf, spot, card)


def _children(spot: Spot | None) -> list[Spot]:
    return [] if spot is None else list(spot.children().values())


def _card_fits(shelf: _Shelf, spot: Spot, card: RegisterCard) -> None:
    if card.brought and not card.by:
        shelf.complain(
            _REGISTERS,
            spot,
            "可以导入的登记簿须写明 key：按哪些列认定是同一条。",
            "A register whose list is brought along needs its key: the columns that tell rows "
            "apart.",
        )
    both = sorted({*card.masked} & {*card.protected})
    if both:
        names = ", ".join(both)
        shelf.complain(
            _REGISTERS,
            spot,
            f"{names} 既写在 masked 又写在 protected；谁也不给看的只写 protected。",
            f"{names} stands under masked and protected; what nobody sees stands under protected "
            "alone.",
        )


_CHECKS: Final = (
    _ids_are_given_once,
    _names_mean_something,
    _clauses_stand_in_their_set,
    _conflicts_agree,
    _groups_and_parameters_agree,
    _role_words_are_used_once,
    _registers_are_read_by_somebody,
)
