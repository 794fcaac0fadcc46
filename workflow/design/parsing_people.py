"""Who: the words for the people (and clocks) that may act, edit, open or be told."""

from __future__ import annotations

from workflow.design.parsing_basics import FLAG
from workflow.design.seats import Holders, IfApplicant, IfEmpty, Scope, Seat, SeatKind
from workflow.design.shapes import (
    KEY,
    Choice,
    Either,
    FormReference,
    Listing,
    Made,
    Placed,
    Reference,
    Schema,
    Shape,
    Text,
    Whole,
    any_of,
)
from workflow.design.spots import NOUNS, Name, Reading, Spot
from workflow.design.tables import ByKey, Key, Section, Table, Values
from workflow.refusals import Sentence

_SEAT = Sentence("办理人", "seat")
#: How many departments stand above one another at most, and so how many heads.
_MOST_LEVELS = 20


class StepReference(Shape[str]):
    """A state of the process named as `step.<state>`."""

    expected = Sentence("step.<状态>", "step.<state>")

    def read(self, spot: Spot, reading: Reading) -> str | None:
        """The state."""
        value = spot.node.value
        if not isinstance(value, str) or not value.startswith("step."):
            self.refuse(spot, reading)
            return None
        key = value.removeprefix("step.")
        if key in reading.names[Name.STATE]:
            return key
        reading.unknown(spot.place, NOUNS[Name.STATE], key, reading.names[Name.STATE])
        return None

    def schema(self) -> Schema:
        """The prefix and a key."""
        return {"type": "string", "pattern": rf"^step\.{KEY}$"}


#: A scope with the form field or the step that it names.
_Scoped = tuple[Scope, str | None]


class ScopeShape(Shape[_Scoped]):
    """A department: a fixed word, a department field of the form, or that of whoever decided a
    step.
    """

    def __init__(self, *words: Scope) -> None:
        self.words = tuple(str(word) for word in words)
        self.expected = Sentence(
            f"科室范围（{'、'.join(self.words)}、form.<科室表单项> 或 step.<状态>）",
            f"the department (one of {', '.join(self.words)}, form.<department field> or "
            "step.<state>)",
        )

    def read(self, spot: Spot, reading: Reading) -> _Scoped | None:
        """The scope, and the field or step that it names."""
        value = spot.node.value
        if not isinstance(value, str):
            self.refuse(spot, reading)
            return None
        for prefix, scope, shape in _NAMING:
            if value.startswith(prefix):
                named = shape.read(spot, reading)
                return None if named is None else (scope, named)
        if value in self.words:
            return Scope(value), None
        noun = Sentence("科室范围", "department scope")
        reading.unknown(spot.place, noun, value, [*self.words, "form.…", "step.…"])
        return None

    def schema(self) -> Schema:
        """One of the words, or a reference."""
        return any_of({"enum": list(self.words)}, *(shape.schema() for _, _, shape in _NAMING))


_NAMING: tuple[tuple[str, Scope, Shape[str]], ...] = (
    ("form.", Scope.FORM, FormReference()),
    ("step.", Scope.STEP, StepReference()),
)
_ANYWHERE = ScopeShape(Scope.ANY, Scope.APPLICANT, Scope.CASE, Scope.PARENT)
_SOMEWHERE = ScopeShape(Scope.APPLICANT, Scope.CASE, Scope.PARENT)


class _StandIn(Shape[Seat]):
    """A seat that takes over from another: read by the same tables, so it may name the next."""

    expected = Sentence("另一办理人", "another seat")

    def read(self, spot: Spot, reading: Reading) -> Seat | None:
        """The seat."""
        return _NAMED.read(spot, reading)

    def schema(self) -> Schema:
        """The schema of any named seat."""
        return _NAMED.schema()

    def parts(self) -> tuple[Shape[object], ...]:
        return (_NAMED,)


_Policy = Seat | IfEmpty | IfApplicant


def _word(word: _Policy) -> _Policy:
    return word


class PolicyTable(Table):
    """What every seat may say about an empty chair."""

    if_empty = Key(
        Either(
            Made(Choice(Sentence("空缺时的办法", "what to do"), *IfEmpty), _word),
            Made(_StandIn(), _word),
        ),
        "无人能办（空缺，或能办的都已在本案别处签署）时改由谁办：另一办理人，"
        "或 admin（转管理员安排），或 block（有科室空缺就不许发布）；绝不自动通过。"
        "不写则待办留在原处，列入“无人能办”；写在通知里的，那里无人时改告知另一方",
        "who is asked when nobody can decide (vacant, or all signed elsewhere): another seat, "
        "admin (an administrator finds somebody), or block (not published while a department "
        "lacks a holder). It never decides. Not written: the task stays and is listed as stuck. Of "
        "a notice: the seat that is told where nobody is there",
    )
    if_applicant = Key(
        Either(
            Made(Choice(Sentence("本人申请时的办法", "what to do"), *IfApplicant), _word),
            Made(_StandIn(), _word),
        ),
        "能办的只有申请人本人时：above 上一级科室的同一岗位或负责人，或另一办理人，"
        "或 deny 留在原处；不写时，head 办理人上移一级，其他按 if_empty",
        "when only the applicant could decide: above (the same post or the head one level up), "
        "another seat, or deny (it stays). Not written: a head's goes up, others follow if_empty",
    )


def _policies(values: Values) -> tuple[Seat | IfEmpty | None, Seat | IfApplicant | None]:
    empty = values.get(PolicyTable.if_empty)
    applicant = values.get(PolicyTable.if_applicant)
    return (
        None if isinstance(empty, IfApplicant) else empty,
        None if isinstance(applicant, IfEmpty) else applicant,
    )


class RoleSeatKeys(PolicyTable):
    """Whoever holds a role."""

    noun = Sentence("角色办理人", "A seat by role")

    role = Key(
        Reference(Name.ROLE),
        "角色（roles.yaml 中的键）",
        "a role, by its key in roles.yaml",
        required=True,
    )
    of = Key(
        _ANYWHERE,
        "限于哪个科室的该角色；step.<状态> 指办理那一步的人所在科室；通知还可以写科室的列表项，"
        "告知其中每个科室的；不写即任何科室（any）",
        "in which department the role counts; step.<state> is that of whoever decided it; a notice "
        "may name a list of departments and goes to each; any when not written",
    )
    or_anyone = Key(
        FLAG,
        "该科室无人担任此角色时，任何担任者都可办理",
        "when nobody in that department holds the role, any holder counts",
    )
    holders = Key(
        Choice(Sentence("岗位的算法", "way to count holders"), *Holders),
        "live：以办理当时在岗者为准，继任者接手待办（不写即此）；"
        "at_opening：以到达本步骤时在岗者为准，后来任职的不算",
        "live: whoever holds it when they act, a successor inherits (when not written); "
        "at_opening: those who held it when the case came to the step, nobody who joins later",
    )


class PersonSeatKeys(PolicyTable):
    """A person whom the form names."""

    noun = Sentence("表单指定的办理人", "A seat by name")

    person = Key(
        FormReference(),
        "由表单中的人员项指定，如 form.owner",
        "the person named in a person field, as form.owner",
        required=True,
    )


class HeadSeatKeys(PolicyTable):
    """The head of a department."""

    noun = Sentence("科室负责人", "A seat of a head")

    head = Key(
        _SOMEWHERE,
        "哪个科室的负责人；空缺时、或负责人就是申请人时，逐级上移",
        "of which department; where the post is vacant, or its holder is the applicant, the next "
        "head up",
        required=True,
    )
    level = Key(
        Whole(Sentence("级数", "a level"), 1, _MOST_LEVELS),
        "第几级负责人：1 本科室（不写即此），2 上级科室，依此类推",
        "which head: 1 the department's own (when not written), 2 that of the one above, and so on",
    )


class HeadsSeatKeys(PolicyTable):
    """The heads above one another."""

    noun = Sentence("逐级负责人", "A seat of several heads")

    heads = Key(
        _SOMEWHERE,
        "从哪个科室的负责人起，逐级向上",
        "the heads one above the other, from this department's",
        required=True,
    )
    levels = Key(
        Whole(Sentence("级数", "how many levels"), 1, _MOST_LEVELS),
        "最多几级（空缺的不计）",
        "how many at most; a vacant post does not count",
        required=True,
    )
    amount = Key(
        FormReference(),
        "金额表单项：到岗位限额足够的负责人为止；岗位没有限额的不算足够",
        "a money field: up to a head whose post's limit covers it; a post without a limit covers "
        "nothing",
    )


class RosterSeatKeys(PolicyTable):
    """Whoever is on duty."""

    noun = Sentence("值班人员", "A seat by roster")

    roster = Key(
        Text(Sentence("值班表的键", "the key of a roster"), KEY),
        "值班表：当时在班的人办理，交班后由下一班接手",
        "a duty roster: whoever is on duty then; the next shift takes over",
        required=True,
    )


def _role_seat(values: Values) -> Seat:
    return _scoped(
        SeatKind.ROLE,
        values,
        values.get(RoleSeatKeys.of, (Scope.ANY, None)),
        role=values.get(RoleSeatKeys.role),
        or_anyone=values.get(RoleSeatKeys.or_anyone, False),
        holders=values.get(RoleSeatKeys.holders, Holders.LIVE),
    )


def _scoped(
    kind: SeatKind,
    values: Values,
    scoped: _Scoped,
    *,
    role: str | None = None,
    or_anyone: bool = False,
    holders: Holders = Holders.LIVE,
    levels: int = 1,
    amount: str | None = None,
) -> Seat:
    scope, named = scoped
    if_empty, if_applicant = _policies(values)
    return Seat(
        kind,
        role=role,
        scope=scope,
        field=named if scope is Scope.FORM else None,
        step=named if scope is Scope.STEP else None,
        or_anyone=or_anyone,
        holders=holders,
        levels=levels,
        amount=amount,
        if_empty=if_empty,
        if_applicant=if_applicant,
        place=values.spot.place,
    )


def _person_seat(values: Values) -> Seat:
    if_empty, if_applicant = _policies(values)
    return Seat(
        SeatKind.PERSON,
        field=values.get(PersonSeatKeys.person),
        if_empty=if_empty,
        if_applicant=if_applicant,
        place=values.spot.place,
    )


def _head_seat(values: Values) -> Seat:
    of = values.get(HeadSeatKeys.head, (Scope.ANY, None))
    return _scoped(SeatKind.HEAD, values, of, levels=values.get(HeadSeatKeys.level, 1))


def _heads_seat(values: Values) -> Seat:
    return _scoped(
        SeatKind.HEADS,
        values,
        values.get(HeadsSeatKeys.heads, (Scope.ANY, None)),
        levels=values.get(HeadsSeatKeys.levels, 1),
        amount=values.get(HeadsSeatKeys.amount),
    )


def _roster_seat(values: Values) -> Seat:
    if_empty, if_applicant = _policies(values)
    return Seat(
        SeatKind.ROSTER,
        roster=values.get(RosterSeatKeys.roster),
        if_empty=if_empty,
        if_applicant=if_applicant,
        place=values.spot.place,
    )


_BY_ROLE = Section(RoleSeatKeys, _role_seat)
_BY_NAME: dict[str, Section[Seat]] = {
    "role": _BY_ROLE,
    "person": Section(PersonSeatKeys, _person_seat),
    "head": Section(HeadSeatKeys, _head_seat),
    "roster": Section(RosterSeatKeys, _roster_seat),
}
_NAMED = ByKey(_SEAT, _BY_NAME)


def _bare_seat(kind: SeatKind, spot: Spot) -> Seat:
    return Seat(kind, place=spot.place)


def _seat(*words: SeatKind) -> Shape[Seat]:
    short = Placed(Choice(_SEAT, *words), _bare_seat)
    return Either(short, _NAMED)


#: Who takes an action.
ACTORS = Listing(_seat(SeatKind.APPLICANT, SeatKind.REVIEWER, SeatKind.TIMER, SeatKind.SYSTEM))
#: Who may save fields in a state: people only.
EDITORS = Listing(_seat(SeatKind.APPLICANT, SeatKind.REVIEWER))
#: Who sits in a panel.
MEMBERS = Listing(_NAMED)
#: Who opens a case: there is no applicant and no form yet. `system`: other cases start it.
OPENERS = Listing(
    Either(
        Placed(Choice(_SEAT, SeatKind.SYSTEM), _bare_seat),
        ByKey(_SEAT, {"role": _BY_ROLE}),
    )
)
#: Who is told. `reviewer`: whoever the tasks that have just opened wait for.
TOLD = _seat(SeatKind.APPLICANT, SeatKind.REVIEWER)
#: The members of a panel: each seat stands for everybody who sits there.
MEMBERS = Listing(
    Either(
        Placed(Choice(_SEAT, SeatKind.APPLICANT), _bare_seat),
        ByKey(_SEAT, {**_BY_NAME, "heads": Section(HeadsSeatKeys, _heads_seat)}),
    )
)
#: One seat of people who can be named: a replacement, whoever confirms, who may be chosen.
PEOPLE_SEAT: Shape[Seat] = _NAMED
