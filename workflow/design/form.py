"""The form of a process on paper: its fields, and when each must be filled."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum

from workflow.design.expression import Expression, Place
from workflow.design.seats import Seat
from workflow.making import quick_members
from workflow.refusals import Sentence


@quick_members
class FieldType(StrEnum):
    """What a form field holds. The stored shapes are told at `workflow.nouns.FieldValue`."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    MONEY = "money"
    BOOL = "bool"
    DATE = "date"
    DATETIME = "datetime"
    ENUM = "enum"
    CITIZEN_ID = "citizen_id"  # 18 digits with check digit (GB 11643)
    FILE = "file"
    CASE = "case"  # the number of another case
    DEPARTMENT = "department"
    PERSON = "person"
    LIST = "list"  # several texts
    TABLE = "table"  # rows with declared columns


class DepartmentType(StrEnum):
    """The kinds of departments (`people.organisation.Department.type`)."""

    CLINICAL = "clinical"
    MEDICAL_TECHNOLOGY = "medical_technology"
    FUNCTIONAL = "functional"
    LEADERSHIP = "leadership"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Option:
    """One value of an enum: the stored Chinese word and its English label."""

    value: str
    label: Sentence


@dataclass(frozen=True, slots=True)
class Requirement:
    """A field must be filled when `action` ("opening" for the opening) is taken and `when` holds
    (always, if None).
    """

    action: str
    when: Expression | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form.

    `minimum`, `maximum`, `above` are in the stored unit (fen for money, characters for text, rows
    for lists and tables). `computed` fields are filled by the system only: by effects, or with
    every act from `formula`. `masked`: shown in part to those without need to know; with
    `whole_for`, the only roles that have it beside the applicant. `own_rows`: of a table, the
    fact that tells of each row whose department's it is; all but those roles see their own alone.
    """

    key: str
    label: Sentence
    type: FieldType
    help: Sentence | None = None
    required: tuple[Requirement, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    above: int | None = None
    options: tuple[Option, ...] = ()
    open_options: bool = False  # an administrator may extend the list (register convention V9)
    columns: tuple[Field, ...] = ()
    process: str | None = None  # for CASE: of which process
    among: Seat | None = None  # for PERSON: only somebody who sits there may be named
    departments: tuple[str, ...] = ()  # for DEPARTMENT: only one of these kinds may be named
    computed: bool = False
    formula: Expression | None = None
    masked: bool = False
    whole_for: tuple[str, ...] = ()
    own_rows: str | None = None
    clauses: tuple[str, ...] = ()
    design_choice: bool = (
        False  # † in the register: the hospital's choice, not a rule of the documents
    )
    place: Place = dataclasses.field(default=Place(), compare=False)
