"""What the hospital calls its insurance office, wherever the house speaks of it.

The documents say 医保办, 医保科 or 社保科 for one and the same office (register section 1). Which
word a hospital uses is a policy parameter; roles, buttons, reasons, papers and notices take it up.
What people have typed, and the clauses of the documents, stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any, Final

from workflow.design.register import Register
from workflow.ports.hospital import Hospital
from workflow.refusals import Sentence
from workflow.running.rulebook import Rulebook
from workflow.service.catalog import Catalog

#: The parameter, the role and the word for it that stands in definitions.
NAME: Final = "org.medins_name"
_ROLE: Final = "medins_officer"
_WORD: Final = "医保办"
#: Followed by these it is another word, as in 按医保办理.
_OFFICE = re.compile(f"{_WORD}(?![理公结])")


def office_name(register: Register, hospital: Hospital, now: datetime) -> str:
    """What the hospital calls the office at a moment."""
    parameter = register.parameters.get(NAME)
    if parameter is None:
        return _WORD
    policy = hospital.policy_at(now)
    value = policy.overrides.get(NAME, parameter.value_in(policy.profile))
    return value if isinstance(value, str) and value else _WORD


def calling(catalog: Catalog, name: str) -> Catalog:
    """The catalog in the hospital's own word for the office; itself where that is the usual one."""
    if name == _WORD:
        return catalog
    role = catalog.register.roles.get(_ROLE)
    register = catalog.register
    if role is not None:
        known = tuple(word for word in (role.name.zh, *role.aliases) if word != name)
        named = replace(role, name=Sentence(name, role.name.en), aliases=known)
        register = replace(register, roles={**register.roles, _ROLE: named})
    names = {key: one.name for key, one in register.roles.items()}
    return Catalog(register, _Calling(catalog.rulebooks, name, names), catalog.newest)


@dataclass(frozen=True)
class _Calling(Mapping[tuple[str, int], Rulebook]):
    """Rulebooks in another word, each made when it is first asked for."""

    plain: Mapping[tuple[str, int], Rulebook]
    name: str
    roles: Mapping[str, Sentence]

    def __post_init__(self) -> None:
        object.__setattr__(self, "_made", {})

    def __getitem__(self, wanted: tuple[str, int]) -> Rulebook:
        made: dict[tuple[str, int], Rulebook] = self.__dict__["_made"]
        if wanted not in made:
            book = self.plain[wanted]
            definition = _said(book.definition, self.name)
            made[wanted] = Rulebook.of(definition, book.compiled, self.roles)
        return made[wanted]

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(self.plain)

    def __len__(self) -> int:
        return len(self.plain)

    def __contains__(self, wanted: object) -> bool:
        return wanted in self.plain


def _said(part: Any, name: str) -> Any:  # noqa: ANN401 - of any shape that a definition has
    """A part of a definition with the word in every sentence; itself where it does not stand."""
    match part:
        case Sentence():
            zh = _OFFICE.sub(name, part.zh)
            return part if zh == part.zh else Sentence(zh, part.en)
        case tuple():
            found = tuple(_said(one, name) for one in part)
            return part if all(a is b for a, b in zip(part, found, strict=True)) else found
        case Mapping():
            values = {key: _said(one, name) for key, one in part.items()}
            return part if all(values[key] is one for key, one in part.items()) else values
        case _ if is_dataclass(part) and not isinstance(part, type):
            before = {one.name: getattr(part, one.name) for one in fields(part) if one.init}
            changed = {
                key: new for key, old in before.items() if (new := _said(old, name)) is not old
            }
            return replace(part, **changed) if changed else part
        case _:
            return part
