"""Whether the seats of a process are seats in which the right people can sit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.design.definition import Action, Definition
from workflow.design.effects import ActOn, Notify
from workflow.design.facts import FactKind, Relation
from workflow.design.form import Field, FieldType
from workflow.design.plan import PEOPLE, Check, Finding, Plan, effects_of, has_people
from workflow.design.register import Account
from workflow.design.seats import NAMED, Holders, IfEmpty, Scope, Seat, SeatKind
from workflow.refusals import Sentence


def roles_can_sign_in(plan: Plan) -> Iterator[Finding]:
    """A role whose holders never sign in takes no action, not even in place of another."""
    for seat in _with_stand_ins(_acting_seats(plan.definition)):
        role = plan.register.roles.get(seat.role or "")
        if role is not None and role.account in (Account.NONE, Account.SYSTEM):
            yield (
                seat.place,
                Sentence(
                    f"角色 {role.key}（{role.name.zh}）从不登录，无法办理；"
                    "请改为替其登记的工作人员的角色。",
                    f"The role {role.key} ({role.name.en}) never signs in, so it cannot act; name "
                    "the role of the staff who record it.",
                ),
            )


def fields_name_the_right_thing(plan: Plan) -> Iterator[Finding]:
    """A seat by name reads a person field, a department scope a department field, the heads up to
    an amount a money field.
    """
    told = {seat.place for seat in _told(plan.definition)}
    for seat in _all_seats(plan.definition):
        named = FieldType.PERSON if seat.kind is SeatKind.PERSON else FieldType.DEPARTMENT
        for key, wanted in ((seat.field, named), (seat.amount, FieldType.MONEY)):
            field = plan.definition.form.get(key or "")
            # A notice goes to each of several departments; a task waits in one.
            each_told = wanted is FieldType.DEPARTMENT and seat.place in told
            if field is None or (each_told and _lists_departments(field)):
                continue
            if field.type is not wanted:
                yield (
                    seat.place,
                    Sentence(
                        f"表单项 {field.key} 的类型是 {field.type}，"
                        f"这里要用类型为 {wanted} 的表单项。",
                        f"The field {field.key} is of type {field.type}; here one of type "
                        f"{wanted} is needed.",
                    ),
                )


def _lists_departments(field: Field) -> bool:
    return field.type is FieldType.LIST and bool(field.departments)


def steps_are_decided_by_somebody(plan: Plan) -> Iterator[Finding]:
    """`step.<state>` needs a step at which people decide."""
    for seat in _all_seats(plan.definition):
        if seat.step is not None and not plan.definition.duties_of(seat.step):
            yield (
                seat.place,
                Sentence(
                    f"状态 {seat.step} 没有人办理，step.{seat.step} 就没有科室；"
                    "请写有人办理的状态。",
                    f"Nobody decides in state {seat.step}, so step.{seat.step} has no department; "
                    "name a state with tasks.",
                ),
            )


def stand_ins_are_for_tasks(plan: Plan) -> Iterator[Finding]:
    """Only where a task waits can it go elsewhere; a notice goes to another seat."""
    for seat in _told(plan.definition):
        if isinstance(seat.if_empty, IfEmpty) or seat.if_applicant is not None:
            yield (
                seat.place,
                Sentence(
                    "通知没有待办：if_empty 只能写改为告知谁（另一方），if_applicant 不起作用；"
                    "请改写或删去。",
                    "A notice is no task: if_empty may only name another seat to be told, and "
                    "if_applicant does nothing; change or remove them.",
                ),
            )
    for seat in _seats_without_tasks(plan.definition):
        if seat.if_empty is not None or seat.if_applicant is not None:
            yield (
                seat.place,
                Sentence(
                    "这里没有待办，if_empty 和 if_applicant 不起作用；请删去。",
                    "No task waits here, so if_empty and if_applicant do nothing; remove them.",
                ),
            )


def holders_at_opening_sign_alone(plan: Plan) -> Iterator[Finding]:
    """With `holders: at_opening` everybody gets a task of their own; `all_sign` asks each seat for
    one signature.
    """
    for action in plan.definition.actions.values():
        for seat in action.seats if action.all_sign else ():
            if seat.holders is Holders.AT_OPENING:
                yield (
                    seat.place,
                    Sentence(
                        f"动作 {action.key} 写了 all_sign（会签），不能同时用 holders: at_opening；"
                        "要每人都签，请写会签小组（panel）。",
                        f"Action {action.key} has all_sign, which does not go with holders: "
                        "at_opening; for a signature of everybody write a panel.",
                    ),
                )


def scopes_have_a_meaning(plan: Plan) -> Iterator[Finding]:
    """`parent.department` needs a parent; `or_anyone` needs a department to be empty."""
    for seat in _all_seats(plan.definition):
        if seat.scope is Scope.PARENT and not plan.definition.opening.parent_processes:
            yield seat.place, NO_PARENT
        if seat.or_anyone and seat.scope is Scope.ANY:
            yield (
                seat.place,
                Sentence(
                    "or_anyone 是“该科室无人时”的后备，没有写 of 就不起作用；请写上 of，或删去它。",
                    "or_anyone is for a department without such a holder, so it does nothing "
                    "without `of`; add `of`, or remove it.",
                ),
            )


NO_PARENT = Sentence(
    "本流程没有上级案件（open 中没有写 parent），这里却用到了它；请写上 open.parent，或改写这里。",
    "This process has no parent case (open has no parent), but here it is used; declare "
    "open.parent, or change this.",
)


def cases_are_hidden_from_people(plan: Plan) -> Iterator[Finding]:
    """A case is hidden from whom a person field names."""
    for key in plan.definition.hidden_from:
        field = plan.definition.form.get(key)
        if field is not None and field.type is not FieldType.PERSON:
            yield (
                field.place,
                Sentence(
                    f"hidden_from 要用 type: person 的表单项，{key} 是 {field.type}。",
                    f"hidden_from takes fields of type person; {key} is {field.type}.",
                ),
            )


def parents_are_declared(plan: Plan) -> Iterator[Finding]:
    """Looking at, or acting on, a parent or siblings needs a parent."""
    definition = plan.definition
    if definition.opening.parent_processes:
        return
    above = (Relation.PARENT, Relation.SIBLINGS)
    for fact in definition.facts.values():
        if fact.kind is FactKind.RELATED and fact.relation in above:
            yield fact.place, NO_PARENT
    for effect in effects_of(definition):
        if isinstance(effect, ActOn) and effect.relation in above:
            yield effect.place, NO_PARENT


def seats_differ(plan: Plan) -> Iterator[Finding]:
    """Nobody is named twice for one action."""
    for action in plan.definition.actions.values():
        seen: set[Seat] = set()
        for seat in action.seats:
            if seat in seen:
                yield (
                    seat.place,
                    Sentence(
                        f"动作 {action.key} 的 who 里同一办理人写了两次，请删去一个。",
                        f"Action {action.key} names the same seat twice; remove one.",
                    ),
                )
            seen.add(seat)


def tasks_wait_for_those_who_act(plan: Plan) -> Iterator[Finding]:
    """Whoever gets the task may take the action."""
    for action in plan.definition.actions.values():
        for seat in action.duty_seats:
            if seat not in action.seats or seat.kind not in NAMED:
                yield (
                    seat.place,
                    Sentence(
                        f"动作 {action.key} 的 waits_for 里有 who 中没有的一方，收到待办却办不了；"
                        "请写 who 中的角色、申请人或指定的人。",
                        f"waits_for of action {action.key} names a seat that `who` does not: they "
                        "would get a task that they cannot do. Name a role, the applicant or a "
                        "person out of `who`.",
                    ),
                )
        if action.duty_seats and not action.duty:
            yield (
                action.place,
                Sentence(
                    f"动作 {action.key} 写了 duty: false，就没有待办，waits_for 不起作用；"
                    "请删去一个。",
                    f"With duty: false no task waits, so waits_for of action {action.key} does "
                    "nothing; remove one of the two.",
                ),
            )


def signatures_are_given_by_people(plan: Plan) -> Iterator[Finding]:
    """A signature is a person's, and somebody is asked for it."""
    for action in plan.definition.actions.values():
        if not action.signs:
            continue
        if not has_people(action):
            yield (
                action.place,
                Sentence(
                    f"动作 {action.key} 写了 signs: true，但没有人办理它；签署须由人作出，"
                    "请改写 who。",
                    f"Action {action.key} is a signature, but no person takes it; change `who`.",
                ),
            )
        elif not action.duty:
            yield (
                action.place,
                Sentence(
                    f"动作 {action.key} 要人签署，却写了 duty: false，没有人会收到待办；请删去 "
                    "duty。",
                    f"Action {action.key} asks for a signature, but with duty: false nobody "
                    "gets a "
                    "task; remove duty.",
                ),
            )


def joint_signing_has_several_seats(plan: Plan) -> Iterator[Finding]:
    """`all_sign` needs at least two seats, of people who are known, each with a task."""
    for action in plan.definition.actions.values():
        if action.all_sign and not _is_joint(action):
            yield (
                action.place,
                Sentence(
                    f"动作 {action.key} 写了 all_sign（会签），who 中就要有至少两方，"
                    "每一方是角色、申请人或表单指定的人，并且不能写 duty。",
                    f"Action {action.key} has all_sign, so `who` needs at least two seats, each a "
                    "role, the applicant or a named person, and no duty.",
                ),
            )


def _is_joint(action: Action) -> bool:
    named = all(seat.kind in NAMED for seat in action.seats)
    always = action.duty and action.duty_when is None
    return named and always and len(action.seats) > 1


def applicants_are_let_in_where_they_could_be_kept_out(plan: Plan) -> Iterator[Finding]:
    """`by_applicant` only says something where a role or reviewer acts."""
    others = PEOPLE - {SeatKind.APPLICANT}
    for action in plan.definition.actions.values():
        if action.by_applicant and not others & {seat.kind for seat in action.seats}:
            yield (
                action.place,
                Sentence(
                    f"动作 {action.key} 的 by_applicant 不起作用：who 里没有角色或指定的人。"
                    "请删去它。",
                    f"by_applicant does nothing for action {action.key}: `who` has no role and no "
                    "named person. Remove it.",
                ),
            )


def notices_reach_somebody(plan: Plan) -> Iterator[Finding]:
    """Where a case has ended, no new task waits for a reviewer who could be told."""
    for action in plan.definition.actions.values():
        for effect in action.effects:
            to_reviewer = isinstance(effect, Notify) and effect.to.kind is SeatKind.REVIEWER
            if to_reviewer and not _work_waits(plan.definition, action):
                yield (
                    effect.place,
                    Sentence(
                        f"动作 {action.key} 之后的状态 {action.target} 没有待办，"
                        "notify: reviewer 通知不到任何人；请写明通知谁。",
                        f"After action {action.key}, in state {action.target}, there is no "
                        "task, so "
                        "notify: reviewer reaches nobody; say whom to tell.",
                    ),
                )


def _work_waits(definition: Definition, action: Action) -> bool:
    """Whether a task waits for somebody where an action leads."""
    state = definition.states.get(action.target)
    if state is None:  # a vote stays, a return goes to where somebody has had a task
        return True
    if state.panel is not None:
        return True
    starts = () if state.parallel is None else state.parallel.regions
    around = (state.key, *(region.start for region in starts))
    return any(
        definition.states[key].panel is not None or definition.duties_of(key)
        for key in around
        if key in definition.states
    )


def _acting_seats(definition: Definition) -> Iterator[Seat]:
    yield from definition.opening.seats
    for state in definition.states.values():
        yield from state.editors
        if state.panel is not None:
            yield from state.panel.members
    for action in definition.actions.values():
        yield from action.seats


def _seats_without_tasks(definition: Definition) -> Iterator[Seat]:
    yield from definition.opening.seats
    for state in definition.states.values():
        yield from state.editors
    for action in definition.actions.values():
        yield from action.seats if not action.duty else ()
    yield from (field.among for field in definition.form.values() if field.among is not None)


def _all_seats(definition: Definition) -> Iterator[Seat]:
    yield from _with_stand_ins(_acting_seats(definition))
    yield from _told(definition)
    yield from (field.among for field in definition.form.values() if field.among is not None)


def _told(definition: Definition) -> Iterator[Seat]:
    """Whom notices go to, and those who are told instead."""
    effects = (one for one in effects_of(definition) if isinstance(one, Notify))
    yield from _with_stand_ins(effect.to for effect in effects)


def _with_stand_ins(seats: Iterable[Seat]) -> Iterator[Seat]:
    for seat in seats:
        yield seat
        yield from seat.stand_ins


PEOPLE_CHECKS: tuple[Check, ...] = (
    roles_can_sign_in,
    fields_name_the_right_thing,
    steps_are_decided_by_somebody,
    stand_ins_are_for_tasks,
    holders_at_opening_sign_alone,
    scopes_have_a_meaning,
    parents_are_declared,
    cases_are_hidden_from_people,
    seats_differ,
    tasks_wait_for_those_who_act,
    signatures_are_given_by_people,
    joint_signing_has_several_seats,
    applicants_are_let_in_where_they_could_be_kept_out,
    notices_reach_somebody,
)
