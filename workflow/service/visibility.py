"""Who may read a case: those who work on it, those whose post it concerns, and those who supervise.

One answer for the page, the print, the attachments and the API. Whoever may not read a case is told
the same as for a case that does not exist. A person who stands in for another reads what the other
may, within the delegation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from workflow.design.definition import Definition, OpinionRule
from workflow.design.effects import Notify
from workflow.design.register import Register
from workflow.design.seats import Seat, SeatKind
from workflow.nouns import OPENED, Address, Notice, Task
from workflow.people.eligibility import Scene, address_of, amount_of
from workflow.people.hiding import hidden_people
from workflow.people.organisation import Post
from workflow.people.rosters import DUTY
from workflow.ports.hospital import Policy
from workflow.ports.reading import NoticeQuery, Readings
from workflow.running import branches
from workflow.running.situation import Situation

#: Reads everything, confidential cases included (their reading is recorded).
AUDITOR = "auditor"
_MEDICAL_AFFAIRS = "medical_affairs"
#: S0-08-03 puts the insurance office in charge of all insurance work, S0-01-01 lets 医务科
#: supervise: both may read, unless the hospital follows the first alone (conflict group C23).
SUPERVISING = frozenset({AUDITOR, "medins_officer", _MEDICAL_AFFAIRS})
#: The policy parameter by which it says so, and the value that means the office alone.
_WHO_SUPERVISES, _THE_OFFICE = "org.supervising_dept", "medins_office"
#: So many notices of one case are looked at for one that lets its reader in.
_TOLD = 200
#: Heads of a department read what their department asks for.
HEADS = frozenset({"dept_head"})


def supervisors(register: Register | None, policy: Policy | None) -> frozenset[str]:
    """The roles that read whatever is not confidential, by the policy of the day."""
    if register is None or policy is None:
        return SUPERVISING
    known = register.resolve(policy.profile, policy.overrides, (_WHO_SUPERVISES,))
    alone = known.get(_WHO_SUPERVISES) == _THE_OFFICE
    return SUPERVISING - {_MEDICAL_AFFAIRS} if alone else SUPERVISING


def supervisors_now(situation: Situation) -> frozenset[str]:
    """Those of the moment in which a case is looked at."""
    day, policy = situation.scene.day, situation.policy
    return supervisors(situation.register, None if policy is None else policy.on(day))


def may_see(
    person: str,
    scene: Scene,
    definition: Definition,
    tasks: Sequence[Task],
    supervising: frozenset[str] = SUPERVISING,
) -> bool:
    """Whether a person may read a case. `supervising`: the roles of `supervisors`.

    A confidential one: only with a task, as applicant or auditor, or from a post that may now ask
    for it with a reason (a reader borrows a record; requirement E8, S0-09-A09). Whom the case is
    about and hidden from never does.
    """
    scene = replace(scene, definition=definition, tasks=tuple(tasks))
    if person in hidden_people(definition, scene.case):
        return False
    posts = posts_within_reach(person, scene)
    if _takes_part(person, posts, scene):
        return True
    roles = {post.role for post in posts}
    if definition.confidential:
        return AUDITOR in roles or _may_ask(person, posts, scene, definition)
    return bool(roles & supervising) or _concerned(person, posts, scene, definition)


def takes_part(person: str, scene: Scene, definition: Definition, tasks: Sequence[Task]) -> bool:
    """Whether a case is this person's own: they asked for it, or have or had work on it.

    Others who may read a confidential one say first why (`workflow.service.reasons`).
    """
    scene = replace(scene, definition=definition, tasks=tuple(tasks))
    if person in hidden_people(definition, scene.case):
        return False
    return _takes_part(person, posts_within_reach(person, scene), scene)


def _takes_part(person: str, posts: tuple[Post, ...], scene: Scene) -> bool:
    if person == scene.case.applicant or _had_task(person, posts, scene.tasks):
        return True
    return any(
        _is_on_duty(task, person, scene) or _is_lent(task, person, scene) for task in scene.tasks
    )


def was_let_in(person: str, scene: Scene, definition: Definition, readings: Readings) -> bool:
    """Whether somebody was told of a case so that they may read it (抄送)."""
    case = scene.case
    addresses = scene.organisation.addresses_of(person, scene.day, scene.clock)
    told = NoticeQuery(person, addresses, case.opened_at, case=case.id, limit=_TOLD)
    return any(_lets_in(row.notice, definition) for row in readings.notice_page(told).rows)


def _lets_in(notice: Notice, definition: Definition) -> bool:
    """Whether who was told may read the case for it; not where the definition says that they only
    hear of it (`reads: false`).
    """
    acted, clock = definition.actions.get(notice.kind), definition.deadlines.get(notice.kind)
    effects = [
        *(() if acted is None else acted.effects),
        *(() if clock is None else clock.effects),
        *(definition.opening.effects if notice.kind == OPENED else ()),
    ]
    role = notice.to.role
    # Where an act tells the same role both ways, the stricter way counts.
    return role is None or all(
        effect.reads for effect in effects if isinstance(effect, Notify) and effect.to.role == role
    )


def posts_within_reach(person: str, scene: Scene) -> tuple[Post, ...]:
    """The posts that a person holds on the day, and those that others have lent to them for such a
    case.
    """
    amount = amount_of(scene.case, scene.definition)
    own = scene.organisation.posts_of(person, scene.day)
    lent = tuple(
        post
        for grant in scene.organisation.principals_of(person, scene.day)
        for post in scene.organisation.posts_of(grant.principal, scene.day)
        if grant.covers(post.role, scene.day) and grant.reaches(scene.case.process, amount)
    )
    return (*own, *lent)


def _had_task(person: str, posts: Iterable[Post], tasks: Iterable[Task]) -> bool:
    held = tuple(posts)
    return any(
        person in (task.closed_by, task.closed_for) or _reaches(task.address, person, held)
        for task in tasks
    )


def _is_on_duty(task: Task, person: str, scene: Scene) -> bool:
    """Whether a task waits for whoever is on duty, and this person is, or has done it."""
    role = task.address.role or ""
    if not role.startswith(DUTY):
        return False
    people = scene.organisation.holders(role, None, scene.day, scene.clock)
    return any(one.id == person for one in people)


def _is_lent(task: Task, person: str, scene: Scene) -> bool:
    """Whether somebody sits for a role that they have lent to this person."""
    role = task.handling.role
    return role is not None and any(
        grant.principal == task.address.person
        and grant.covers(role, scene.day)
        and grant.reaches(scene.case.process, amount_of(scene.case, scene.definition))
        for grant in scene.organisation.principals_of(person, scene.day)
    )


def _concerned(person: str, posts: tuple[Post, ...], scene: Scene, definition: Definition) -> bool:
    here = scene.case.department
    if any(post.role in HEADS and post.department == here for post in posts):
        return True
    if any(_opens(seat, posts, here) for seat in definition.opening.seats):
        return True
    addresses = (address_of(seat, scene) for seat in _seats(definition))
    return any(address is not None and _reaches(address, person, posts) for address in addresses)


def _may_ask(person: str, posts: tuple[Post, ...], scene: Scene, definition: Definition) -> bool:
    return any(
        (address := address_of(seat, scene)) is not None and _reaches(address, person, posts)
        for action in branches.actions_at(definition, scene.case)
        if action.opinion is OpinionRule.REQUIRED and not action.duty
        for seat in action.seats
    )


def _opens(seat: Seat, posts: Iterable[Post], department: str) -> bool:
    """Those who may open such cases read the ones of their own department, not the whole
    hospital's.
    """
    return any(post.role == seat.role and post.department == department for post in posts)


def _seats(definition: Definition) -> Iterable[Seat]:
    for action in definition.actions.values():
        yield from (seat for seat in action.seats if seat.kind is not SeatKind.REVIEWER)
    for state in definition.states.values():
        yield from state.editors
        if state.panel is not None:
            yield from (seat for seat in state.panel.members if seat.kind is not SeatKind.HEADS)


def _reaches(address: Address, person: str, posts: Iterable[Post]) -> bool:
    if address.person is not None:
        return address.person == person
    return any(
        post.role == address.role and address.department in (None, post.department)
        for post in posts
    )
