"""The paper of a process, as its definition declares it: what stands where, who signs, for whom a
copy is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflow.design.expression import Place
from workflow.making import quick_members
from workflow.refusals import Sentence


@quick_members
class Heading(StrEnum):
    """What stands at the top of a paper beside its title and the number of the case."""

    APPLICANT = "applicant"
    DEPARTMENT = "department"
    OPENED = "opened"  # when the case was opened
    PARENT = "parent"  # the case to which it belongs, with its title


@dataclass(frozen=True, slots=True)
class PrintColumn:
    """A column of a table that stands on paper."""

    key: str
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class PrintCell:
    """A field on paper, under its own label or another; of a table only these columns, in this
    order (all, if none is named).
    """

    field: str
    label: Sentence | None = None
    columns: tuple[PrintColumn, ...] = ()
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class PrintSection:
    """Rows of fields side by side, under a heading of their own or none.

    `inside`: it stands only on copies that stay in the house. `optional`: it is left off while
    nothing in it is filled.
    """

    rows: tuple[tuple[PrintCell, ...], ...]
    name: Sentence | None = None
    inside: bool = False
    optional: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def cells(self) -> tuple[PrintCell, ...]:
        """Every cell, row by row."""
        return tuple(cell for row in self.rows for cell in row)


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """Where people sign: the acts at these steps, of these actions, from these roles (whatever is
    not named does not narrow); or `by_hand`: lines for whoever has no account, as a patient.
    """

    name: Sentence
    steps: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    by_hand: bool = False
    lines: tuple[Sentence, ...] = ()  # what is written by hand beside signature and date
    seal: bool = False
    inside: bool = False
    optional: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class PrintCopy:
    """One of the copies of a paper. `outside`: it leaves the house, as a patient's; then nothing
    stands on it that is kept from others. `without`: fields that are not on this copy.
    """

    name: Sentence
    outside: bool = False
    without: tuple[str, ...] = ()
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class PrintNote:
    """A sentence of the paper itself, in our own words, with the clauses that it tells of."""

    says: Sentence
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintForm:
    """The paper that is filed of a case.

    Only in the states of `in_force` it counts; before and elsewhere it bears a mark. `left_off`:
    why a field that people must fill does not stand on it; `unsigned`: why a decision has no block.
    """

    title: Sentence
    in_force: tuple[str, ...]
    sections: tuple[PrintSection, ...]
    signatures: tuple[SignatureBlock, ...] = ()
    heading: tuple[Heading, ...] = (Heading.APPLICANT, Heading.DEPARTMENT, Heading.OPENED)
    preface: tuple[PrintNote, ...] = ()
    notes: tuple[PrintNote, ...] = ()
    copies: tuple[PrintCopy, ...] = ()
    left_off: Mapping[str, Sentence] = dataclasses.field(default_factory=dict)
    unsigned: Mapping[str, Sentence] = dataclasses.field(default_factory=dict)
    clauses: tuple[str, ...] = ()
    design_choice: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def cells(self) -> tuple[PrintCell, ...]:
        """Every cell of every section."""
        return tuple(cell for section in self.sections for cell in section.cells)
