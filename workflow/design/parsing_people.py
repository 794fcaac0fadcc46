"""Who: the words for the people (and clocks) that may act, edit, open or be told."""

from __future__ import annotations

from workflow.design.definition import Scope, Seat, SeatKind
from workflow.design.parsing_basics import FLAG
from workflow.design.shapes import (
    Choice,
    Either,
    FormReference,
    Listing,
    Placed,
    Reference,
    Schema,
    Shape,
    any_of,
)
from workflow.design.spots import Name, Reading, Spot
from workflow.design.tables import ByKey, Key, Section, Table, Values
from workflow.refusals import Sentence

_SEAT = Sentence("办理人", "seat")
_WORDS = tuple(str(scope) for scope in Scope if scope is not Scope.FORM)


class ScopeShape(Shape[tuple[Scope, str | None]]):
    """In which department a role counts: a fixed word, or a department field of the form."""

    expected = Sentence(
        f"科室范围（{'、'.join(_WORDS)} 或 form.<科室表单项>）",
        f"the department (one of {', '.join(_WORDS)}, or form.<department field>)",
    )

    def read(self, spot: Spot, reading: Reading) -> tuple[Scope, str | None] | None:
        """The scope, and the field that it names."""
        value = spot.node.value
        if not isinstance(value, str):
            self.refuse(spot, reading)
            return None
        if value.startswith("form."):
            field = FormReference().read(spot, reading)
            return None if field is None else (Scope.FORM, field)
        if value in _WORDS:
            return Scope(value), None
        noun = Sentence("科室范围", "department scope")
        reading.unknown(spot.place, noun, value, [*_WORDS, "form.…"])
        return None

    def schema(self) -> Schema:
        """One of the words, or a form reference."""
        return any_of({"enum": list(_WORDS)}, FormReference().schema())


class RoleSeatKeys(Table):
    """Whoever holds a role."""

    noun = Sentence("角色办理人", "A seat by role")

    role = Key(
        Reference(Name.ROLE),
        "角色（roles.yaml 中的键）",
        "a role, by its key in roles.yaml",
        required=True,
    )
    of = Key(
        ScopeShape(),
        "限于哪个科室的该角色；不写即任何科室（any）",
        "in which department the role counts; any when not written",
    )
    or_anyone = Key(
        FLAG,
        "该科室无人担任此角色时，任何担任者都可办理",
        "when nobody in that department holds the role, any holder counts",
    )


class PersonSeatKeys(Table):
    """A person whom the form names."""

    noun = Sentence("表单指定的办理人", "A seat by name")

    person = Key(
        FormReference(),
        "由表单中的人员项指定，如 form.owner",
        "the person named in a person field, as form.owner",
        required=True,
    )


def _role_seat(values: Values) -> Seat:
    scope, field = values.get(RoleSeatKeys.of, (Scope.ANY, None))
    return Seat(
        SeatKind.ROLE,
        role=values.get(RoleSeatKeys.role),
        scope=scope,
        field=field,
        or_anyone=values.get(RoleSeatKeys.or_anyone, False),
        place=values.spot.place,
    )


def _person_seat(values: Values) -> Seat:
    field = values.get(PersonSeatKeys.person)
    return Seat(SeatKind.PERSON, field=field, place=values.spot.place)


_BY_ROLE = Section(RoleSeatKeys, _role_seat)
_NAMED = ByKey(_SEAT, {"role": _BY_ROLE, "person": Section(PersonSeatKeys, _person_seat)})


def _bare_seat(kind: SeatKind, spot: Spot) -> Seat:
    return Seat(kind, place=spot.place)


def _seat(*words: SeatKind) -> Shape[Seat]:
    short = Placed(Choice(_SEAT, *words), _bare_seat)
    return Either(short, _NAMED)


#: Who takes an action.
ACTORS = Listing(_seat(SeatKind.APPLICANT, SeatKind.REVIEWER, SeatKind.TIMER, SeatKind.SYSTEM))
#: Who may save fields in a state: people only.
EDITORS = Listing(_seat(SeatKind.APPLICANT, SeatKind.REVIEWER))
#: Who opens a case: there is no applicant and no form yet. `system`: other cases start it.
OPENERS = Listing(
    Either(
        Placed(Choice(_SEAT, SeatKind.SYSTEM), _bare_seat),
        ByKey(_SEAT, {"role": _BY_ROLE}),
    )
)
#: Who is told. `reviewer`: whoever the tasks that have just opened wait for.
TOLD = _seat(SeatKind.APPLICANT, SeatKind.REVIEWER)
