"""How a definition's steps are decided, in words for the administrators who write it: panels,
branches, returns, and what may be done with a task.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from web.presenters.panels import JOIN_ALL, JOIN_SOME, needs_words
from web.presenters.speech import Speech
from workflow.design.definition import Action, Back, Definition, Resubmit, SameApprover, State, Tool
from workflow.design.panels import OnNo, Panel
from workflow.design.seats import Seat, SeatKind
from workflow.refusals import Sentence
from workflow.service.acts import NAMES

SITS = Sentence("成员：{who}", "Members: {who}")
OWNERS = Sentence("每行由该行填写的负责人办理", "Whoever is named in a row decides it")
PASSES = Sentence("通过：{needs}", "To pass: {needs}")
GATHERS = Sentence("有人反对也收齐所有意见再定", "Every opinion is gathered, also after a no")
STOPS = Sentence("结果一定即停", "It stops as soon as the result is certain")
REPLACES = Sentence("有人回避由{who}递补", "Whoever recuses is replaced by: {who}")
LEADS = Sentence(
    "通过后“{passed}”，不通过则“{failed}”", "Then “{passed}”, or if it fails “{failed}”"
)
WEIGHTS = Sentence("票重：{weights}", "Weights: {weights}")
BRANCHES = Sentence("同时进行：{starts}", "Side by side: {starts}")
MAY = Sentence("办理人还可以：{tools}", "Whoever has the task may also: {tools}")
CHAIN = Sentence("最多转办 {times} 次", "passed on {times} times at most")
BACK_ONE = Sentence("“{action}”退回上一步", "“{action}” goes back one step")
BACK_ANY = Sentence("“{action}”可退回到过的任一步", "“{action}” goes back to any step visited")
STRAIGHT = Sentence(
    "“{action}”之后重新提交，直接回到本环节", "After “{action}” it comes straight back here"
)
PROMISES = Sentence(
    "“{action}”可附条件，由{who}确认", "“{action}” may name conditions, confirmed by: {who}"
)
SAME: Mapping[SameApprover, Sentence] = {
    SameApprover.ADJACENT: Sentence(
        "紧接的下一环节由同一人办理时，自动通过",
        "Whoever has just agreed is not asked again at once",
    ),
    SameApprover.ALL: Sentence(
        "已同意过的人在后面的环节自动通过", "Whoever has agreed is not asked again"
    ),
}
_KINDS: Mapping[SeatKind, Sentence] = {
    SeatKind.APPLICANT: Sentence("申请人", "the applicant"),
    SeatKind.PERSON: Sentence("表单指定的人", "whom the form names"),
    SeatKind.HEAD: Sentence("科室负责人", "the head of the department"),
    SeatKind.HEADS: Sentence("逐级负责人", "the heads, level by level"),
    SeatKind.ROSTER: Sentence("当班人员", "whoever is on duty"),
}


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step, and what is said of it."""

    name: str
    said: tuple[str, ...]


def step_lines(definition: Definition, speech: Speech) -> tuple[StepLine, ...]:
    """The steps of which there is more to say than who decides them."""
    found = (
        StepLine(speech.say(state.name), tuple(_of_step(definition, state, speech)))
        for state in definition.states.values()
    )
    lines = tuple(line for line in found if line.said)
    same = SAME.get(definition.same_approver)
    if same is not None:
        lines = (StepLine(speech.say(definition.name), (speech.say(same),)), *lines)
    return lines


def _of_step(definition: Definition, state: State, speech: Speech) -> Iterator[str]:
    if state.panel is not None:
        yield from (speech.say(one) for one in _of_panel(definition, state.panel, speech))
    if state.parallel is not None:
        regions = state.parallel.regions
        names = (speech.say(definition.states[region.start].name) for region in regions)
        yield speech.say(BRANCHES.filled(starts=speech.list(names)))
        needed = state.parallel.needed
        all_ = needed == len(regions)
        yield speech.say(JOIN_ALL if all_ else JOIN_SOME.filled(needed=needed))
    for action in definition.actions_from(state.key):
        yield from (speech.say(one) for one in _of_action(action, speech))
    if state.may:
        # The names are those of the general acts themselves.
        acts = (NAMES.get(f"task.{tool.value}") for tool in Tool if tool in state.may)
        tools = [speech.say(act) for act in acts if act is not None]
        if Tool.TRANSFER in state.may:
            tools.append(speech.say(CHAIN.filled(times=state.longest_chain)))
        yield speech.say(MAY.filled(tools=speech.list(tools)))


def _of_panel(definition: Definition, panel: Panel, speech: Speech) -> Iterator[Sentence]:
    if panel.members:
        yield SITS.filled(who=_seats(panel.members, speech))
    if panel.each is not None:
        yield OWNERS
    yield PASSES.filled(needs=needs_words(panel, speech))
    if panel.weights:
        weights = (f"{speech.role(role)} {weight}" for role, weight in panel.weights)
        yield WEIGHTS.filled(weights=speech.list(weights))
    yield GATHERS if panel.on_no is OnNo.GATHER else STOPS
    if panel.replace:
        yield REPLACES.filled(who=_seats(panel.replace, speech))
    names = {key: action.name for key, action in definition.actions.items()}
    if panel.passed in names and panel.failed in names:
        passed, failed = (speech.say(names[key]) for key in (panel.passed, panel.failed))
        yield LEADS.filled(passed=passed, failed=failed)


def _of_action(action: Action, speech: Speech) -> Iterator[Sentence]:
    name = speech.say(action.name)
    if action.back is not None:
        yield (BACK_ONE if action.back is Back.PREVIOUS else BACK_ANY).filled(action=name)
    if action.resubmit is Resubmit.COME_BACK:
        yield STRAIGHT.filled(action=name)
    if action.promises:
        yield PROMISES.filled(action=name, who=_seats(action.promises, speech))


def _seats(seats: Iterable[Seat], speech: Speech) -> str:
    names = (
        speech.role(seat.role)
        if seat.kind is SeatKind.ROLE and seat.role
        else speech.say(_KINDS.get(seat.kind, Sentence(seat.kind, seat.kind)))
        for seat in seats
    )
    return speech.list(dict.fromkeys(names))
