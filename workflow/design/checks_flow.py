"""Whether a case can go from its beginning to an end, and whether every step can be taken."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.design.definition import Action, OpinionRule
from workflow.design.expression import place_of_key
from workflow.design.graph import Edge, example, loop_among, told
from workflow.design.plan import PEOPLE, Check, Finding, Plan
from workflow.design.seats import Seat, SeatKind
from workflow.design.spots import some
from workflow.refusals import Sentence


def it_begins(plan: Plan) -> Iterator[Finding]:
    """A case is opened in a state."""
    if not plan.definition.entries:
        yield (
            place_of_key("states", plan.definition.source),
            Sentence(
                "没有一个状态写着 entry: true，案件无从开始；请在起点状态写上 entry: true。",
                "No state says entry: true, so no case can begin; say it at the first state.",
            ),
        )


def it_ends(plan: Plan) -> Iterator[Finding]:
    """A case comes to an end."""
    if not any(state.final for state in plan.definition.states.values()):
        yield (
            place_of_key("states", plan.definition.source),
            Sentence(
                "没有一个状态写着 final: true，案件永远办不完；请在终点状态写上 final: true。",
                "No state says final: true, so no case ever ends; say it at the last states.",
            ),
        )


def ends_are_ends(plan: Plan) -> Iterator[Finding]:
    """Nothing begins, is saved or goes on where a case has ended."""
    for state in plan.definition.states.values():
        if not state.final:
            continue
        if state.entry:
            yield (
                state.place,
                Sentence(
                    f"状态 {state.key} 既是入口又是终点，一立案就办结；请删去 entry 或 final。",
                    f"State {state.key} is both entry and final: a case would end as it begins. "
                    "Remove one of the two.",
                ),
            )
        if state.editors:
            yield (
                state.place,
                Sentence(
                    f"状态 {state.key} 是终点，案件已办结，不能再保存表单；请删去 edit。",
                    f"State {state.key} is final; nothing is saved in a case that has ended. "
                    "Remove edit.",
                ),
            )
        for edge in plan.graph.leaving[state.key]:
            yield (
                edge.action.place,
                Sentence(
                    f"动作 {edge.action.key} 从终点状态 {state.key} 出发，可案件在那里已办结；"
                    "请从 from 中删去它，或让它不再是终点。",
                    f"Action {edge.action.key} leaves the final state {state.key}, where the case "
                    "has ended; remove it from `from`, or make the state not final.",
                ),
            )


def every_state_is_reached(plan: Plan) -> Iterator[Finding]:
    """A state to which no way leads is a mistake in some `to` or `from`."""
    if not plan.ways:
        return
    entries_zh, entries_en = some(plan.definition.entries)
    for key, state in plan.definition.states.items():
        if key not in plan.ways:
            yield (
                state.place,
                Sentence(
                    f"从入口（{entries_zh}）出发，走不到状态 {key}；"
                    "请让某个动作通到它，或删去这个状态。",
                    f"No way leads from the entry ({entries_en}) to state {key}; let an action "
                    "lead there, or remove it.",
                ),
            )


def every_state_is_left(plan: Plan) -> Iterator[Finding]:
    """Where a case has not ended, somebody can move it on."""
    for key, state in plan.definition.states.items():
        leaving = plan.graph.leaving[key]
        if state.final or any(plan.is_taken(edge.action, key) for edge in leaving):
            continue
        way = example(key, plan.ways)
        if leaving:
            zh, en = some(edge.action.key for edge in leaving)
            yield (
                state.place,
                Sentence(
                    f"案件到了状态 {key} 就走不动了：离开它的动作（{zh}）没有人能办理。{way.zh}",
                    f"A case is stuck in state {key}: nobody can take the actions that leave it "
                    f"({en}).{way.en}",
                ),
            )
        else:
            yield (
                state.place,
                Sentence(
                    f"案件到了状态 {key} 就走不动了：没有动作离开它，它又不是终点。"
                    f"请加上动作，或写 final: true。{way.zh}",
                    f"A case is stuck in state {key}: no action leaves it and it is not final. "
                    f"Add an action, or say final: true.{way.en}",
                ),
            )


def every_state_leads_to_an_end(plan: Plan) -> Iterator[Finding]:
    """No part of the flow goes round for ever without a way out."""
    finals = [key for key, state in plan.definition.states.items() if state.final]
    if not finals:
        return
    # Where a case is stuck is said already; whatever leads there needs no word of its own.
    stuck = [key for key, edges in plan.graph.leaving.items() if not edges]
    ending = plan.graph.reaching([*finals, *stuck])
    for key, state in plan.definition.states.items():
        if key in ending:
            continue
        way = example(key, plan.ways)
        yield (
            state.place,
            Sentence(
                f"从状态 {key} 出发，怎么走也到不了终点；请加上通向终点的动作。{way.zh}",
                f"From state {key} no way leads to a final state; add an action that does.{way.en}",
            ),
        )


def every_seat_is_taken(plan: Plan) -> Iterator[Finding]:
    """A seat in which nobody can ever sit is a mistake, even beside others."""
    for action in plan.definition.actions.values():
        for seat in action.seats:
            idle = [one for one in action.sources if not plan.acting(seat, action, one)]
            # A clock or another case may rightly act in some of the states only.
            partly = seat.kind is not SeatKind.REVIEWER and len(idle) < len(action.sources)
            if idle and not partly:
                yield seat.place, _IDLE[seat.kind].filled(action=action.key, state=idle[0])


_IDLE = {
    SeatKind.REVIEWER: Sentence(
        "动作 {action} 由 reviewer（本步骤的办理人）办理，但状态 {state} 没有任何人有待办；"
        "请给那个状态加上由角色或个人办理的动作，或改写 who。",
        "Action {action} is for the reviewer, but in state {state} nobody has a task; add an "
        "action there that a role or person takes, or change `who`.",
    ),
    SeatKind.TIMER: Sentence(
        "动作 {action} 由 timer（计时器）办理，但没有期限在状态 {state} 触发它；"
        "请加上期限并写 then: {action}，或改写 who。",
        "Action {action} is for the timer, but no deadline fires it in state {state}; add one "
        "with then: {action}, or change `who`.",
    ),
    SeatKind.SYSTEM: Sentence(
        "动作 {action} 由 system（系统）办理，但既没有写 automatic: true，也没有别的流程办理它；"
        "请加上其中之一，或改写 who。",
        "Action {action} is for the system, but it is neither automatic nor does another process "
        "fire it; add one of these, or change `who`.",
    ),
}


def buttons_differ(plan: Plan) -> Iterator[Finding]:
    """Two buttons of one page do not say the same."""
    told_of: set[tuple[str, str]] = set()
    for edges in plan.graph.leaving.values():
        seen: dict[str, Action] = {}
        for edge in edges:
            action = edge.action
            other = seen.setdefault(action.name.zh, action)
            if other is not action and (other.key, action.key) not in told_of:
                told_of.add((other.key, action.key))
                yield (
                    action.place,
                    Sentence(
                        f"动作 {action.key} 与 {other.key} 在状态 {edge.source} 都叫"
                        f"“{action.name.zh}”，办理人分不清；请改其中一个的名称。",
                        f"In state {edge.source} the actions {action.key} and {other.key} are "
                        "both "
                        f"called “{action.name.zh}”; give one another name.",
                    ),
                )


def states_differ(plan: Plan) -> Iterator[Finding]:
    """Two states are not called the same."""
    seen: dict[str, str] = {}
    for key, state in plan.definition.states.items():
        other = seen.setdefault(state.name.zh, key)
        if other != key:
            yield (
                state.place,
                Sentence(
                    f"状态 {key} 与 {other} 都叫“{state.name.zh}”；请改其中一个的名称。",
                    f"The states {key} and {other} are both called “{state.name.zh}”; "
                    "give one another name.",
                ),
            )


def automatic_is_for_the_system(plan: Plan) -> Iterator[Finding]:
    """What is taken by itself is taken by the system, which gives no opinion."""
    for action in plan.definition.actions.values():
        kinds = {seat.kind for seat in action.seats}
        if action.automatic and SeatKind.SYSTEM not in kinds:
            yield (
                action.place,
                Sentence(
                    f"动作 {action.key} 写了 automatic: true，who 就要写 system；请改写其中之一。",
                    f"Action {action.key} is automatic, so its `who` must be system; change one.",
                ),
            )
        unattended = kinds & {SeatKind.TIMER, SeatKind.SYSTEM}
        if unattended and action.opinion is OpinionRule.REQUIRED:
            zh, en = some(sorted(unattended))
            yield (
                action.place,
                Sentence(
                    f"动作 {action.key} 由 {zh} 办理，却必须写意见；{zh} 写不了意见，办不成。"
                    "请改写 opinion 或 who。",
                    f"Action {action.key} needs an opinion, which {en} cannot give; change "
                    "`opinion` or `who`.",
                ),
            )


def automatic_comes_to_rest(plan: Plan) -> Iterator[Finding]:
    """Automatic actions without conditions do not chase a case round in circles."""
    edges: dict[str, Edge] = {}
    for edge in plan.edges():
        if _goes_at_once(edge.action):
            edges.setdefault(edge.source, edge)
    loop = loop_among(edges)
    if loop:
        way = told(loop[0].source, loop)
        yield (
            loop[0].action.place,
            Sentence(
                f"这些自动动作没有条件，会无休止地转圈：{way}。请给其中一个加上条件，或取消 "
                "automatic。",
                f"These automatic actions have no conditions and go round for ever: {way}. Give "
                "one "
                "a condition, or make it not automatic.",
            ),
        )


def automatic_leaves_room(plan: Plan) -> Iterator[Finding]:
    """Where a case leaves by itself at once, no other action ever gets its turn."""
    for state, edges in plan.graph.leaving.items():
        first = next((edge.action for edge in edges if _goes_at_once(edge.action)), None)
        others = [edge.action.key for edge in edges if edge.action is not first]
        if first is not None and others:
            zh, en = some(others)
            yield (
                first.place,
                Sentence(
                    f"自动动作 {first.key} 没有条件，案件一到状态 {state} 就离开，"
                    f"{zh} 永远轮不到；请给 {first.key} 加上条件。",
                    f"The automatic action {first.key} has no condition: a case leaves state "
                    f"{state} at once and {en} never gets a turn. Give {first.key} a condition.",
                ),
            )


def _goes_at_once(action: Action) -> bool:
    return action.automatic and not action.conditions


def returns_have_a_reason(plan: Plan) -> Iterator[Finding]:
    """Whoever sends a case back, or ends it as its reviewer, says why (register convention V7)."""
    for action in plan.definition.actions.values():
        if action.opinion is not OpinionRule.REQUIRED and any(
            _must_explain(seat, action) for seat in action.seats
        ):
            yield (
                action.place,
                Sentence(
                    f"动作 {action.key} 是退回或不同意，必须说明理由；请写 opinion: required。",
                    f"Action {action.key} returns or refuses a case, which needs a reason; "
                    "say opinion: required.",
                ),
            )


def _must_explain(seat: Seat, action: Action) -> bool:
    if seat.kind is SeatKind.REVIEWER:
        return action.tone in ("back", "stop")
    return action.tone == "back" and seat.kind in PEOPLE - {SeatKind.APPLICANT}


FLOW_CHECKS: tuple[Check, ...] = (
    it_begins,
    it_ends,
    ends_are_ends,
    every_state_is_reached,
    every_state_is_left,
    every_state_leads_to_an_end,
    every_seat_is_taken,
    buttons_differ,
    states_differ,
    automatic_is_for_the_system,
    automatic_comes_to_rest,
    automatic_leaves_room,
    returns_have_a_reason,
)
