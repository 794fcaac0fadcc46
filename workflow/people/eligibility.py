"""Who may decide here: one pure function, used when a task opens, when it is shown and when it is
decided.

A seat on paper ("the head of the applying department") becomes addresses ("dept_head@surgery")
and, for one person, a standing: the post from which they act. Where nobody there can decide, the
seat itself says who is asked instead; that never decides anything. Separation of duties stands
beside it, in `workflow.people.separation`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from workflow.design.definition import Definition
from workflow.design.form import FieldType
from workflow.design.seats import Holders, IfApplicant, IfEmpty, Scope, Seat, SeatKind
from workflow.making import quick, quick_members
from workflow.nouns import SYSTEM, TIMER, Actor, Address, Case, Task, TaskEnd
from workflow.people.organisation import ADMINISTRATOR, Delegation, Organisation, Person, Post
from workflow.people.rosters import DUTY
from workflow.people.signing import excluded_from
from workflow.refusals import Sentence


@quick
@dataclass(frozen=True, slots=True)
class Standing:
    """From where somebody acts: which role in which department (None, None: as applicant or as a
    named person), for whom the task waits, and the delegation by which they stand in, if they do.
    """

    seat: Seat
    role: str | None = None
    department: str | None = None
    address: Address | None = None
    grant: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class Scene:
    """What assignment looks at: the case, its parent's department if it has one, the people, the
    day and (if it is known) the time on the hospital's clock.

    With `definition` and `tasks` it is known who may not decide, and where open work went. `step`:
    where in the case, when that is not its state.
    """

    case: Case
    organisation: Organisation
    day: date
    parent_department: str | None = None
    definition: Definition | None = None
    tasks: tuple[Task, ...] = ()
    clock: time | None = None
    step: str | None = None

    @property
    def here(self) -> str:
        """The step that is looked at."""
        return self.step or self.case.state

    @property
    def excluded(self) -> tuple[str, ...]:
        """Who may not decide at the step; nobody where the definition is not known."""
        if self.definition is None or self.here not in self.definition.states:
            return ()
        return excluded_from(self.definition, self.case, self.here, self.tasks)

    def free_at(self, address: Address) -> tuple[Person, ...]:
        """The people whom an address means and who may decide."""
        excluded = self.excluded
        reached = self.organisation.reached_by(address, self.day, self.clock)
        return tuple(person for person in reached if person.id not in excluded)


@quick_members
class Because(StrEnum):
    """Why work went elsewhere than where it was meant for."""

    VACANT = "vacant"
    UNNAMED = "unnamed"
    APPLICANT = "applicant"
    EXCLUDED = "excluded"


_REASONS = frozenset(str(because) for because in Because)
#: The same for people; `meant` names the post or person.
WENT_ELSEWHERE: Mapping[Because, Sentence] = {
    Because.VACANT: Sentence(
        "原应由{meant}办理，但目前无人担任", "Meant for {meant}, where there is nobody at present"
    ),
    Because.UNNAMED: Sentence(
        "原应由表单指定的人办理，但表单没有填写", "Meant for somebody whom the form does not name"
    ),
    Because.APPLICANT: Sentence(
        "原应由{meant}办理，但那里只有申请人本人",
        "Meant for {meant}, where there is only the applicant",
    ),
    Because.EXCLUDED: Sentence(
        "原应由{meant}办理，但能办的人已在本案别的环节签署（或就是申请人）",
        "Meant for {meant}, but whoever could has signed another step of this case or asked for it",
    ),
}


@quick
@dataclass(frozen=True, slots=True)
class Placed:
    """For whom the task of a seat waits. `meant` and `because`: when that is not where the seat
    says. `role`: the role for which a named person was chosen.
    """

    address: Address
    meant: Address | None = None
    because: Because | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who sits in a seat today, and for which role in which department."""

    person: str
    role: str | None = None
    department: str | None = None


# ---- where the work waits ------------------------------------------------------------------------


def address_of(seat: Seat, scene: Scene) -> Address | None:
    """For whom a task of this seat waits.

    None: nobody can be named (an unfilled field, the clock).
    """
    placed = _placed(seat, scene)
    return None if placed is None else placed.address


def told_at(seat: Seat, scene: Scene) -> tuple[Address, ...]:
    """Whom a notice to this seat reaches: of a list of departments those in each, and where nobody
    is there (or nobody can be named) whoever is told instead.
    """
    meant = _all_meant(seat, scene)
    if not isinstance(seat.if_empty, Seat):
        return meant
    instead = seat.if_empty
    found: list[Address] = []
    for address in meant or (None,):
        there = address is not None and scene.organisation.reached_by(
            address, scene.day, scene.clock
        )
        found += [address] if address is not None and there else told_at(instead, scene)
    return tuple(dict.fromkeys(found))


def _all_meant(seat: Seat, scene: Scene) -> tuple[Address, ...]:
    several = scene.case.form.get(seat.field or "") if seat.scope is Scope.FORM else None
    if isinstance(several, tuple | list):
        return tuple(Address(None, seat.role, str(one)) for one in several)
    meant = _where_it_was(seat, _meant(seat, scene), scene)
    return () if meant is None else (meant,)


def places_of(seat: Seat, scene: Scene) -> tuple[Placed, ...]:
    """Where the work of a seat waits: one place, or with `holders: at_opening` one for everybody
    who holds the post then. Nowhere while nobody can be named.
    """
    placed = _placed(seat, scene)
    if placed is None:
        return ()
    if seat.holders is not Holders.AT_OPENING or placed.because is not None:
        return (placed,)
    if any(task.address == placed.address for task in _waiting(scene)):
        return (placed,)  # nobody held it when the work came: it waits for whoever does next
    role = placed.address.role
    asked = [
        task
        for task in _waiting(scene)
        if task.address.person is not None and task.handling.role == role
    ]
    people = [task.address.person for task in asked] or [
        person.id for person in scene.free_at(placed.address)
    ]
    named = tuple(Placed(Address(person=person), role=role) for person in people)
    return named or (placed,)


def _placed(seat: Seat, scene: Scene) -> Placed | None:
    meant = _where_it_was(seat, _meant(seat, scene), scene)
    if seat.if_empty is None and seat.if_applicant is None:
        return None if meant is None else Placed(meant)
    kept = _as_opened(meant, scene)
    if kept is not None:
        return kept
    return placed_anew(seat, scene) or (None if meant is None else Placed(meant))


def placed_anew(seat: Seat, scene: Scene) -> Placed | None:
    """Where the work of a seat goes once nobody for whom it waits may decide any more; None: it
    stays.
    """
    meant = _where_it_was(seat, _meant(seat, scene), scene)
    because = _in_the_way(meant, scene)
    instead = None if because is None else _instead(seat, meant, because, scene)
    return None if instead is None else Placed(instead, meant, because)


def _waiting(scene: Scene) -> Iterator[Task]:
    """The tasks that are open at the step."""
    return (task for task in scene.tasks if task.is_open and task.step == scene.here)


def _of_this_visit(scene: Scene) -> Iterator[Task]:
    """The same, and those that somebody has done since the case came here."""
    return (
        task
        for task in scene.tasks
        if task.step == scene.here
        and task.closed_as != TaskEnd.SIGNED_ELSEWHERE
        and (task.is_open or (task.opened_at >= scene.case.entered_at and task.closed_by))
    )


def _as_opened(meant: Address | None, scene: Scene) -> Placed | None:
    """Work that has been placed stays there: who is offered it must be who finds it."""
    key = "" if meant is None else meant.key
    for task in _of_this_visit(scene):
        if task.handling.because in _REASONS and (task.handling.meant or "") == key:
            return Placed(task.address, meant, Because(task.handling.because))
        if task.address == meant:
            return Placed(task.address)
    return None


def _where_it_was(seat: Seat, meant: Address | None, scene: Scene) -> Address | None:
    """Work of the applicant's department stays where it was opened when they change departments:
    in whose inbox it is, they decide it. What is asked from then on goes by the new one.
    """
    if seat.scope is not Scope.APPLICANT or meant is None or meant.role is None:
        return meant
    there = [
        task.address
        for task in _of_this_visit(scene)
        if task.address.role == meant.role and task.address.person is None
    ]
    return there[0] if there and meant not in there else meant


def _in_the_way(meant: Address | None, scene: Scene) -> Because | None:
    """Why nobody at an address can decide; None when somebody can."""
    if meant is None:
        return Because.UNNAMED
    people = scene.organisation.reached_by(meant, scene.day, scene.clock)
    if not people:
        return Because.VACANT
    if scene.free_at(meant):
        return None
    only_applicant = all(person.id == scene.case.applicant for person in people)
    return Because.APPLICANT if only_applicant else Because.EXCLUDED


def _instead(seat: Seat, meant: Address | None, because: Because, scene: Scene) -> Address | None:
    """Who is asked in place of a seat; None: nobody, the task stays where it was meant for."""
    policy: Seat | IfApplicant | IfEmpty | None = seat.if_empty
    if because is Because.APPLICANT and seat.if_applicant is not None:
        policy = seat.if_applicant
    match policy:
        case Seat():
            placed = _placed(policy, scene)
            # A stand-in who cannot decide either is no way out.
            if placed is not None and _in_the_way(placed.address, scene) is None:
                return placed.address
            return Address(role=ADMINISTRATOR)
        case IfApplicant.ABOVE:
            return _above(meant, scene) or Address(role=ADMINISTRATOR)
        case IfEmpty.ADMIN:
            return Address(role=ADMINISTRATOR)
        case _:
            return None


def _above(meant: Address | None, scene: Scene) -> Address | None:
    """The same post, or the head, in the nearest department above in which somebody can decide."""
    department = None if meant is None else meant.department
    for above in scene.organisation.upwards(department or _of_applicant(scene))[1:]:
        same = Address(role=None if meant is None else meant.role, department=above)
        for address in (same, scene.organisation.head_of(above, scene.day)):
            if address.role is not None and scene.free_at(address):
                return address
    return None


def _meant(seat: Seat, scene: Scene) -> Address | None:
    """For whom a seat's work is meant, as the definition says it."""
    meant = _MEANT.get(seat.kind)
    return None if meant is None else meant(seat, scene)


def _named(seat: Seat, scene: Scene) -> str | None:
    """What the form holds in the field that a seat names."""
    named = scene.case.form.get(seat.field or "")
    return named if isinstance(named, str) else None


def _of_person(seat: Seat, scene: Scene) -> Address | None:
    named = _named(seat, scene)
    return Address(person=named) if named else None


def _of_role(seat: Seat, scene: Scene) -> Address | None:
    department = department_of(seat, scene)
    if department is None and seat.scope is not Scope.ANY:
        return None
    if seat.or_anyone and not scene.organisation.holders(seat.role or "", department, scene.day):
        department = None
    return Address(None, seat.role, department)


def department_of(seat: Seat, scene: Scene) -> str | None:
    """The department in which the seat's role counts; None for any."""
    found = _DEPARTMENTS.get(seat.scope)
    return None if found is None else found(seat, scene)


def _of_applicant(scene: Scene) -> str:
    applicant = scene.organisation.people.get(scene.case.applicant)
    return scene.case.department if applicant is None else applicant.department


def _of_step(step: str, scene: Scene) -> str | None:
    """The department for which somebody decided a step last: of their post, else their own."""
    actions = () if scene.definition is None else scene.definition.actions
    for task in reversed(scene.tasks):
        if task.step == step and task.closed_as in actions:
            known = scene.organisation.people.get(task.closed_for or task.closed_by or "")
            own = None if known is None else known.department
            return task.address.department or own
    return None


_DEPARTMENTS: Mapping[Scope, Callable[[Seat, Scene], str | None]] = {
    Scope.APPLICANT: lambda _, scene: _of_applicant(scene),
    Scope.CASE: lambda _, scene: scene.case.department,
    # A case that stands alone has no parent's department: then its own counts.
    Scope.PARENT: lambda _, scene: scene.parent_department or scene.case.department,
    Scope.FORM: _named,
    Scope.STEP: lambda seat, scene: _of_step(seat.step or "", scene),
}


# ---- whose people a name means -------------------------------------------------------------------


def unit_named(name: str, role: str, scene: Scene) -> str | None:
    """The department that has a name as its id, or the only one that bears it, of those in which
    somebody holds the role; None where there is none.
    """
    units = _units_of(role, scene)
    if name in units:
        return name
    bearing = [unit for unit in units if scene.organisation.department_name(unit) == name]
    return bearing[0] if len(bearing) == 1 else None


def unit_at_hand(role: str, scene: Scene) -> str | None:
    """The only department in which anybody holds the role, else the one in which the applicant does
    (their own, or the only one); None where nothing tells one from the other.
    """
    units = _units_of(role, scene)
    if len(units) != 1:
        posts = scene.organisation.posts_of(scene.case.applicant, scene.day)
        units = frozenset(post.department for post in posts if post.role == role)
    own = _of_applicant(scene)
    if own in units:
        return own
    return next(iter(units)) if len(units) == 1 else None


def _units_of(role: str, scene: Scene) -> frozenset[str]:
    """The departments in which somebody holds a role."""
    people = scene.organisation.holders(role, None, scene.day)
    return frozenset(
        post.department
        for person in people
        for post in scene.organisation.posts_of(person.id, scene.day)
        if post.role == role
    )


# ---- heads ---------------------------------------------------------------------------------------


def _head(seat: Seat, scene: Scene) -> Address | None:
    """The head on the seat's level, or the next one up who is there and is not the applicant."""
    way = _levels(seat, scene)
    if not way:
        return None
    heads = [scene.organisation.head_of(department, scene.day) for department in way]
    for head in heads:
        # What waits for one of them already does not climb on.
        if any(task.address == head for task in _of_this_visit(scene)):
            return head
    return next((head for head in heads if _leads(head, seat, scene)), heads[0])


#: For whom the work of a seat of each kind is meant; nobody can be named for the others.
_MEANT: Mapping[SeatKind, Callable[[Seat, Scene], Address | None]] = {
    SeatKind.APPLICANT: lambda _, scene: Address(person=scene.case.applicant),
    SeatKind.PERSON: _of_person,
    SeatKind.ROSTER: lambda seat, _: Address(role=f"{DUTY}{seat.roster}"),
    SeatKind.ROLE: _of_role,
    SeatKind.HEAD: _head,
}


def _leads(head: Address, seat: Seat, scene: Scene) -> bool:
    """Whether the way up ends with a head: somebody is there, and not the applicant alone (unless
    the seat says what becomes of a head's own request).
    """
    there = scene.organisation.reached_by(head, scene.day)
    if seat.if_applicant not in (None, IfApplicant.ABOVE):
        return bool(there)
    return any(person.id != scene.case.applicant for person in there)


def _levels(seat: Seat, scene: Scene) -> tuple[str, ...]:
    """The departments from the seat's (for HEAD: from its level) upwards."""
    department = department_of(seat, scene)
    if department is None:
        return ()
    way = scene.organisation.upwards(department)
    return way if seat.kind is SeatKind.HEADS else way[min(seat.levels, len(way)) - 1 :]


def _heads(seat: Seat, scene: Scene) -> Iterator[Member]:
    """The heads above one another: as many levels as the seat says, counting those where somebody
    can decide, or until a head whose limit covers the amount.
    """
    amount = scene.case.form.get(seat.amount or "")
    levels = 0
    seen: set[str] = set()
    for department in _levels(seat, scene):
        head = scene.organisation.head_of(department, scene.day)
        found = [one for one in _sitting(head, scene) if one.person not in seen]
        yield from found
        seen.update(one.person for one in found)
        levels += bool(found)
        if levels == seat.levels:
            return
        if isinstance(amount, int) and any(
            post.covers(amount) for one in found for post in _posts(one, scene)
        ):
            return


def _posts(member: Member, scene: Scene) -> Iterator[Post]:
    for post in scene.organisation.posts_of(member.person, scene.day):
        if (post.role, post.department) == (member.role, member.department):
            yield post


# ---- who sits there ------------------------------------------------------------------------------


def members_of(seat: Seat, scene: Scene) -> tuple[Member, ...]:
    """Who sits in a seat today, each once, in order; not those who may not decide at the step.

    Where that leaves nobody, those who are asked instead. Empty when nobody is: then it is for an
    administrator to find somebody. A seat of the clock, the engine or `reviewer` has no members.
    """
    if seat.kind is not SeatKind.HEADS:
        placed = _placed(seat, scene)
        return () if placed is None else _sitting(placed.address, scene)
    found = tuple(_heads(seat, scene))
    if found or not isinstance(seat.if_empty, Seat):
        return found
    return members_of(seat.if_empty, scene)


def _sitting(address: Address, scene: Scene) -> tuple[Member, ...]:
    if address.role == ADMINISTRATOR:
        return ()
    return tuple(_member(person, address, scene) for person in scene.free_at(address))


def _member(person: Person, address: Address, scene: Scene) -> Member:
    """A person as they sit at an address: with the post that brought them there."""
    if address.person is not None:
        return Member(person.id)
    post = _post_at(person.id, address, scene)
    return Member(person.id) if post is None else Member(person.id, post.role, post.department)


def _post_at(person: str, address: Address, scene: Scene) -> Post | None:
    posts = scene.organisation.posts_of(person, scene.day)
    return next(
        (
            post
            for post in posts
            if post.role == address.role and address.department in (None, post.department)
        ),
        None,
    )


# ---- from where one person acts ------------------------------------------------------------------


def standing_of(
    actor: Actor, seats: tuple[Seat, ...], step: str, definition: Definition, scene: Scene
) -> Standing | None:
    """From which of the seats this actor may act at this step; None: from none.

    A delegate acts from the posts of whom they stand for, within the delegation; the act itself is
    theirs.
    """
    for seat in seats:
        if seat.kind is SeatKind.REVIEWER:
            found = standing_of(actor, definition.duties_of(step), step, definition, scene)
        else:
            found = _seated(actor, seat, scene)
        if found is not None:
            return found
    return None


_AUTOMATIC = {SeatKind.TIMER: TIMER, SeatKind.SYSTEM: SYSTEM}


def _seated(actor: Actor, seat: Seat, scene: Scene) -> Standing | None:
    if seat.kind in _AUTOMATIC or actor.is_automatic:
        return Standing(seat) if _AUTOMATIC.get(seat.kind) == actor.id else None
    for placed in places_of(seat, scene):
        # An administrator finds somebody for it, and never decides.
        if placed.because is not None and placed.address.role == ADMINISTRATOR:
            continue
        found = _at(actor, seat, placed, scene)
        if found is not None:
            return found
    return None


def _at(actor: Actor, seat: Seat, placed: Placed, scene: Scene) -> Standing | None:
    """An actor's standing at one place."""
    address, acting = placed.address, actor.acting_for or actor.id
    role = placed.role or address.role
    if role is None or role.startswith(DUTY):
        # A person's own seat (applicant, named person, on duty) is theirs alone: it is not lent.
        theirs = any(
            person.id == actor.id
            for person in scene.organisation.reached_by(address, scene.day, scene.clock)
        )
        if not theirs or actor.acting_for is not None:
            return None
        return Standing(seat, address=address)
    if address.person not in (None, acting):
        return None
    grant = None if actor.acting_for is None else grant_for(actor, role, scene)
    if actor.acting_for is not None and grant is None:
        return None
    held = Address(role=role) if address.person is not None else address
    post = _post_at(acting, held, scene)
    if post is None:
        return None
    return Standing(seat, post.role, post.department, address, None if grant is None else grant.id)


def grant_for(actor: Actor, role: str, scene: Scene) -> Delegation | None:
    """The delegation by which an actor stands in for somebody in a role on this case, if any.

    Being on duty is not lent: the roster itself says who takes over.
    """
    if role.startswith(DUTY):
        return None
    amount = amount_of(scene.case, scene.definition)
    return next(
        (
            grant
            for grant in scene.organisation.principals_of(actor.id, scene.day)
            if grant.principal == actor.acting_for
            and grant.covers(role, scene.day)
            and grant.reaches(scene.case.process, amount)
        ),
        None,
    )


def amount_of(case: Case, definition: Definition | None) -> int | None:
    """How much a case is about, in fen: its key figure, or its greatest sum where that is not
    money. None: it is not known.
    """
    if definition is None:
        return None
    money = [key for key, field in definition.form.items() if field.type is FieldType.MONEY]
    if definition.key_figure in money:
        money = [definition.key_figure]
    sums = [sum_ for key in money if isinstance(sum_ := case.form.get(key), int)]
    return max(sums, default=None)


def is_active(actor: Actor, organisation: Organisation) -> bool:
    """Whether the account behind an actor is in force; the clock and the engine always are."""
    if actor.is_automatic:
        return True
    person = organisation.people.get(actor.id)
    return person is not None and person.active
