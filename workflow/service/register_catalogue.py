"""What registers of business facts there are: their columns as people read them, who writes and
reads them, and who may look them up.

A column declared as text often holds a person, a choice or a case; what fills it tells which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from workflow.design.definition import Definition, RegisterColumn
from workflow.design.effects import WriteRow
from workflow.design.expression import Expression
from workflow.design.form import Field, FieldType, Option
from workflow.design.plan import effects_of
from workflow.design.problems import Problem
from workflow.design.register import Register, RegisterCard
from workflow.design.seats import SeatKind
from workflow.nouns import SYSTEM, TIMER
from workflow.refusals import Sentence
from workflow.service.visibility import AUDITOR, SUPERVISING

NO_CARD = Sentence(
    "流程用到登记簿“{key}”，registers.yaml 里没有它；请补一行，写明归在哪一类、谁可以查阅。",
    "A process keeps the register “{key}”, which registers.yaml does not list; add its heading and "
    "its readers.",
)
OTHERS = "others"
OTHER_REGISTERS = Sentence("其他登记簿", "Other registers")

#: What stands in a text column that such an expression fills.
_SPOKEN: Mapping[str, FieldType] = {
    "actor.id": FieldType.PERSON,
    "applicant.id": FieldType.PERSON,
    "case.applicant": FieldType.PERSON,
    "actor.department": FieldType.DEPARTMENT,
    "applicant.department": FieldType.DEPARTMENT,
    "case.department": FieldType.DEPARTMENT,
    "parent.department": FieldType.DEPARTMENT,
    "case.number": FieldType.CASE,
    "parent.number": FieldType.CASE,
}
#: Kinds of field that a column of texts may hold.
_HELD_AS_TEXT = frozenset(
    {
        FieldType.ENUM,
        FieldType.PERSON,
        FieldType.DEPARTMENT,
        FieldType.CASE,
        FieldType.CITIZEN_ID,
        FieldType.LONG_TEXT,
    }
)
_WORD = re.compile(r"""(["'])([^"'\\]+)\1""")


@dataclass(frozen=True, slots=True)
class BusinessRegister:
    """A register with all that is known of it.

    `columns` leaves out what is shown to nobody; `types` are those that they are kept as. `writers`
    and `users` are processes (keys); `confidential`: some process that writes it is.
    """

    key: str
    name: Sentence
    columns: Mapping[str, Field]
    types: Mapping[str, FieldType]
    card: RegisterCard
    writers: tuple[str, ...]
    users: tuple[str, ...]
    confidential: bool

    def may_be_read_by(
        self, roles: Iterable[str], supervising: frozenset[str] = SUPERVISING
    ) -> bool:
        """Whether somebody with these roles may look it up; default deny. `supervising`: those
        that look up whatever is not confidential.
        """
        held = frozenset(roles)
        always = {AUDITOR} if self.confidential else supervising
        return not (held.isdisjoint(always) and held.isdisjoint(self.card.readers))

    def needs_a_reason(self, roles: Iterable[str]) -> bool:
        """Whether somebody who may look it up says first why: it is confidential, and no work of
        theirs.
        """
        return self.confidential and {*self.card.readers}.isdisjoint(roles)

    def plain(self, column: str) -> Field:
        """A column as it is kept: by its own type, whatever its texts stand for."""
        return replace(self.columns[column], type=self.types[column], options=())

    @property
    def masked(self) -> frozenset[str]:
        """The columns that are shown in part."""
        return frozenset(key for key, column in self.columns.items() if column.masked)

    def seen_in_full_by(self, roles: Iterable[str]) -> frozenset[str]:
        """The masked columns that these roles may see whole, once they have said why."""
        held = {*roles}
        return frozenset(
            key for key in self.masked if not held.isdisjoint(self.card.masked.get(key, ()))
        )


def business_registers(
    register: Register, definitions: Iterable[Definition]
) -> Mapping[str, BusinessRegister]:
    """Every register that a definition declares: in the order of their cards, then the others."""
    declaring: dict[str, list[Definition]] = {}
    for definition in definitions:
        for key in definition.registers:
            declaring.setdefault(key, []).append(definition)
    order = [key for key in register.cards if key in declaring]
    order += sorted(key for key in declaring if key not in register.cards)
    return {key: _register(key, declaring[key], register.cards.get(key)) for key in order}


def without_a_card(register: Register, definitions: Iterable[Definition]) -> tuple[Problem, ...]:
    """Which registers nothing is said of in registers.yaml. Whoever takes part in their processes
    reads them, until somebody has thought about it.
    """
    keys = {key for definition in definitions for key in definition.registers}
    return tuple(
        Problem("registers.yaml", 1, 1, key, NO_CARD.filled(key=key))
        for key in sorted(keys - register.cards.keys())
    )


def _register(key: str, declaring: list[Definition], card: RegisterCard | None) -> BusinessRegister:
    writing = [one for one in declaring if any(_writes_to(one, key))]
    card = card or RegisterCard(key, OTHERS, tuple(sorted(_taking_part(declaring))))
    columns: dict[str, Field] = {}
    types: dict[str, FieldType] = {}
    for definition in declaring:
        for column in definition.registers[key].columns:
            if column.key not in columns and column.key not in card.protected:
                columns[column.key] = _column(column, writing, key, card)
                types[column.key] = column.type
    return BusinessRegister(
        key=key,
        name=declaring[0].registers[key].name,
        columns=columns,
        types=types,
        card=card,
        writers=tuple(one.key for one in writing),
        users=tuple(one.key for one in declaring if _looks_up(one, key)),
        confidential=any(one.confidential for one in writing),
    )


def _writes_to(definition: Definition, register: str) -> Iterator[WriteRow]:
    for effect in effects_of(definition):
        if isinstance(effect, WriteRow) and effect.register == register:
            yield effect


def _looks_up(definition: Definition, register: str) -> bool:
    return any(fact.register == register for fact in definition.facts.values())


def _taking_part(declaring: Iterable[Definition]) -> set[str]:
    """The roles that take part in processes that are not confidential."""
    open_ones = (definition for definition in declaring if not definition.confidential)
    return {role for definition in open_ones for role in roles_in(definition)}


def roles_in(definition: Definition) -> frozenset[str]:
    """The roles that take part in a process: who opens it, who acts, who sits in its panels."""
    panels = (state.panel for state in definition.states.values() if state.panel is not None)
    seats = (
        *definition.opening.seats,
        *(seat for action in definition.actions.values() for seat in action.seats),
        *(seat for panel in panels for seat in panel.members),
    )
    roles = (seat.role for seat in seats if seat.kind is SeatKind.ROLE)
    return frozenset(role for role in roles if role is not None)


# ---- columns -------------------------------------------------------------------------------------


def _column(
    column: RegisterColumn, writing: Iterable[Definition], register: str, card: RegisterCard
) -> Field:
    """A column as a field: what fills it says what its texts are, and whether they are masked."""
    filled = [
        _filled_by(definition, effect, expression)
        for definition in writing
        for effect in _writes_to(definition, register)
        for key, expression in effect.values
        if key == column.key
    ]
    plain = Field(column.key, column.label, column.type)
    masked = column.key in card.masked or any(one is not None and one.masked for one in filled)
    masked = masked or any(one is not None and one.type is FieldType.CITIZEN_ID for one in filled)
    plain = replace(plain, masked=masked)
    named = card.words.get(column.key)
    if named is not None:
        options = tuple(Option(value, label) for value, label in named.items())
        return replace(plain, type=FieldType.ENUM, options=options)
    kinds = {one.type for one in filled if one is not None}
    if column.type is not FieldType.TEXT or len(kinds) != 1:
        return plain
    (kind,) = kinds
    # Of what is worked out nobody knows every word.
    if kind not in _HELD_AS_TEXT or (kind is FieldType.ENUM and None in filled):
        return plain
    words = {option.value: option for one in filled if one is not None for option in one.options}
    return replace(plain, type=kind, options=tuple(words.values()))


def _filled_by(definition: Definition, effect: WriteRow, expression: Expression) -> Field | None:
    """The field that a column repeats, or one that stands for what fills it; None when neither."""
    text = expression.text.strip()
    source, _, key = text.partition(".")
    if source == "form" and key in definition.form:
        return definition.form[key]
    if source == "line" and effect.each is not None and effect.each in definition.form:
        columns = definition.form[effect.each].columns
        return next((one for one in columns if one.key == key), None)
    if text in _SPOKEN:
        return Field("", Sentence("", ""), _SPOKEN[text])
    word = _WORD.fullmatch(text)
    if word is not None and word[2] not in (SYSTEM, TIMER):
        option = Option(word[2], Sentence(word[2], word[2]))
        return Field("", Sentence("", ""), FieldType.ENUM, options=(option,))
    return None
