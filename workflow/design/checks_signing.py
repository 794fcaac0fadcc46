"""Whether several people can come to a decision together, and whether what may be done with a task
has its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations_with_replacement, islice

from workflow.design.definition import Action, Definition, OpinionRule, State, Tool
from workflow.design.form import Field, FieldType
from workflow.design.panels import Order, Panel, Pass, Vote
from workflow.design.plan import Check, Finding, Plan, has_people
from workflow.design.seats import SeatKind
from workflow.design.voting import Ballot, Result, result_of
from workflow.design.writers import writers_at
from workflow.refusals import Sentence

#: Panels up to this size are walked through, vote by vote, and so many votes at most.
MOST_MEMBERS = 9
_MOST_VOTES = 4000
#: Names that answers of a vote or an approval use for themselves.
_ROWS, _PROMISES = "rows", "promises"
_SINGLE = frozenset({SeatKind.PERSON, SeatKind.HEAD, SeatKind.APPLICANT})
_ROLES_UNKNOWN = frozenset({SeatKind.HEAD, SeatKind.HEADS, SeatKind.ROSTER})
_CAN_BE_ASKED = frozenset({SeatKind.ROLE, SeatKind.PERSON, SeatKind.HEAD, SeatKind.APPLICANT})


def panels_of(definition: Definition) -> Iterator[tuple[State, Panel]]:
    """Every panel, with its state."""
    for state in definition.states.values():
        if state.panel is not None:
            yield state, state.panel


def votes_at(definition: Definition, state: str) -> tuple[Action, ...]:
    """The actions by which the members of a panel vote."""
    return tuple(a for a in definition.actions_from(state) if a.vote is not None)


def votes_are_for_panels(plan: Plan) -> Iterator[Finding]:
    """A vote counts where a panel counts it."""
    for action in plan.definition.actions.values():
        for source in action.sources:
            state = plan.definition.states.get(source)
            if action.vote is not None and state is not None and state.panel is None:
                yield (
                    action.place,
                    Sentence(
                        f"动作 {action.key} 是表决（vote），但状态 {source} 没有 panel，"
                        "没有人计票；请给那个状态加上 panel，或改写 to。",
                        f"Action {action.key} is a vote, but state {source} has no panel to count "
                        "it; give it one, or write `to` instead.",
                    ),
                )


def panels_are_voted_in(plan: Plan) -> Iterator[Finding]:
    """The members of a panel can vote."""
    for state, panel in panels_of(plan.definition):
        if not any(has_people(one) for one in votes_at(plan.definition, state.key)):
            yield (
                panel.place,
                Sentence(
                    f"状态 {state.key} 有会签小组，却没有可以表决的动作；"
                    f"请加上 from: {state.key}、vote: for、who: reviewer 的动作。",
                    f"State {state.key} has a panel, but no action by which its members vote; add "
                    f"one from {state.key} with vote: for and who: reviewer.",
                ),
            )


def results_are_carried_out(plan: Plan) -> Iterator[Finding]:
    """The system can always carry out what a panel has come to."""
    for state, panel in panels_of(plan.definition):
        if panel.passed == panel.failed:
            yield (
                panel.place,
                Sentence(
                    f"passed 与 failed 都是 {panel.passed}，通过与否没有区别；请写不同的动作。",
                    f"passed and failed are both {panel.passed}, so the vote makes no difference; "
                    "name two actions.",
                ),
            )
        for key in dict.fromkeys((panel.passed, panel.failed)):
            action = plan.definition.actions.get(key)
            problem = None if action is None else _cannot_follow(plan.definition, state, action)
            if problem is not None and action is not None:
                yield action.place, problem.filled(action=key, state=state.key)


def _cannot_follow(definition: Definition, state: State, action: Action) -> Sentence | None:
    """Why the system may be unable to take the action of a result."""
    required = any(
        one.action == action.key for field in definition.form.values() for one in field.required
    )
    kinds = {seat.kind for seat in action.seats}
    found = {
        "from": state.key not in action.sources,
        "who": kinds != {SeatKind.SYSTEM},
        "to": action.target == state.key or action.vote is not None or action.back is not None,
        "conditions": bool(action.conditions),
        "opinion": action.opinion is OpinionRule.REQUIRED,
        "fields": required,
    }
    return next((_CANNOT_FOLLOW[what] for what, wrong in found.items() if wrong), None)


_CANNOT_FOLLOW = {
    "from": Sentence(
        "{action} 是状态 {state} 的表决结果，from 就要有 {state}；请改写 from。",
        "{action} is what a vote in state {state} comes to, so its `from` must name that state.",
    ),
    "who": Sentence(
        "{action} 是状态 {state} 的表决结果，只由系统办理；请写 who: system。",
        "{action} is what a vote in state {state} comes to and is the system's; say who: system.",
    ),
    "to": Sentence(
        "{action} 是状态 {state} 的表决结果，要用 to 通到别的状态，表决才算结束。",
        "{action} is what a vote in state {state} comes to; its `to` must lead to another state, "
        "or the vote never ends.",
    ),
    "conditions": Sentence(
        "{action} 是状态 {state} 的表决结果，不能再有条件：条件不成立时案件就停在那里；"
        "请把 conditions 移到提交时。",
        "{action} is what a vote in state {state} comes to and has no conditions: the case would "
        "stay where it is. Move them to the submission.",
    ),
    "opinion": Sentence(
        "{action} 是状态 {state} 的表决结果，由系统办理，写不了意见；请删去 opinion。",
        "{action} is what a vote in state {state} comes to; the system gives no opinion. Remove "
        "`opinion`.",
    ),
    "fields": Sentence(
        "{action} 是状态 {state} 的表决结果，不能要求那时才填表单；请改写 required。",
        "{action} is what a vote in state {state} comes to and cannot ask for fields; change "
        "their `required`.",
    ),
}


def quorums_can_be_met(plan: Plan) -> Iterator[Finding]:
    """As many people sit as have to take part."""
    for _, panel in panels_of(plan.definition):
        single = all(seat.kind in _SINGLE for seat in panel.members) and panel.each is None
        if single and panel.quorum is not None and panel.quorum > len(panel.members):
            yield (
                panel.place,
                Sentence(
                    f"小组最多 {len(panel.members)} 人，quorum 却要 {panel.quorum} 人，"
                    "永远不够；请改小 quorum，或增加成员。",
                    f"At most {len(panel.members)} people sit, but the quorum is {panel.quorum}; "
                    "make it smaller, or add members.",
                ),
            )


def named_roles_sit(plan: Plan) -> Iterator[Finding]:
    """Who has a weight or a veto has a seat."""
    for _, panel in panels_of(plan.definition):
        seats = [one for seat in panel.members for one in (seat, *seat.stand_ins)]
        seats += [one for seat in panel.replace for one in (seat, *seat.stand_ins)]
        if any(seat.kind in _ROLES_UNKNOWN for seat in seats):
            continue
        known = {seat.role for seat in seats}
        for role in dict.fromkeys((*(role for role, _ in panel.weights), *panel.veto)):
            if role not in known:
                yield (
                    panel.place,
                    Sentence(
                        f"角色 {role} 写在 weights 或 veto 里，却不在成员之中；"
                        "请加入 members，或删去。",
                        f"The role {role} has a weight or a veto, but no seat; add it to "
                        "`members`, or remove it.",
                    ),
                )


def weights_are_weighed(plan: Plan) -> Iterator[Finding]:
    """Weights count where shares are counted."""
    for _, panel in panels_of(plan.definition):
        if panel.weights and panel.rule is not Pass.RATIO:
            yield (
                panel.place,
                Sentence(
                    f"weights 只在票签（pass: {{ratio: …}}）中有用，这里是 pass: {panel.rule}；"
                    "请改写 pass，或删去 weights。",
                    f"Weights count only with pass: {{ratio: …}}, and here it is {panel.rule}; "
                    "change `pass`, or remove `weights`.",
                ),
            )


def turns_matter(plan: Plan) -> Iterator[Finding]:
    """Where one vote decides, the second in turn never gets a turn."""
    for _, panel in panels_of(plan.definition):
        if panel.order is Order.IN_TURN and panel.rule is Pass.ANY:
            yield (
                panel.place,
                Sentence(
                    "order: in_turn 又写 pass: any，第一个人办完就结束，后面的人永远轮不到；"
                    "请改写其中之一。",
                    "With order: in_turn and pass: any the first member decides alone and nobody "
                    "else gets a turn; change one of them.",
                ),
            )


# ---- rows ----------------------------------------------------------------------------------------


def rows_have_owners(plan: Plan) -> Iterator[Finding]:
    """A panel that decides rows finds its members and its place to write in their table."""
    for state, panel in panels_of(plan.definition):
        if panel.each is None:
            if panel.decision is not None:
                yield panel.place, _NO_TABLE
            continue
        table = plan.definition.form.get(panel.each)
        if table is None:
            continue
        if table.type is not FieldType.TABLE:
            yield panel.place, _NOT_A_TABLE.filled(field=panel.each)
            continue
        columns = {column.key: column for column in table.columns}
        yield from _column(panel, columns, panel.owner, FieldType.PERSON)
        yield from _column(panel, columns, panel.decision, FieldType.TEXT)
        yield from _unguarded(plan.definition, state, panel, table)


def _column(
    panel: Panel, columns: Mapping[str, Field], key: str | None, wanted: FieldType
) -> Iterator[Finding]:
    if key is None:
        return
    column = columns.get(key)
    if column is None or column.type is not wanted:
        yield (
            panel.place,
            Sentence(
                f"表格 {panel.each} 没有类型为 {wanted} 的列 {key}；请加上，或改写。",
                f"The table {panel.each} has no column {key} of type {wanted}; add it, or name "
                "another.",
            ),
        )


def _unguarded(
    definition: Definition, state: State, panel: Panel, table: Field
) -> Iterator[Finding]:
    """What would let rows go undecided, or be decided by somebody else's hand."""
    if not table.required:
        yield panel.place, _MAY_BE_EMPTY.filled(field=table.key)
    if not panel.replace:
        yield panel.place, _NO_SUCCESSOR
    if _ROWS in definition.form:
        yield definition.form[_ROWS].place, _TAKEN.filled(name=_ROWS)
    for writer in writers_at(definition, state.key):
        if writer.field == table.key and writer.column is None:
            where = writer.name
            yield (
                writer.place,
                Sentence(
                    _STILL_EDITED.zh.format(field=table.key, where=where.zh),
                    _STILL_EDITED.en.format(field=table.key, where=where.en),
                ),
            )


_NO_TABLE = Sentence(
    "写了 decision，却没有写 each（哪个表格）；请补上 each 和 owner，或删去 decision。",
    "`decision` is written without `each`; add `each` and `owner`, or remove it.",
)
_NOT_A_TABLE = Sentence(
    "each 要写表格，表单项 {field} 不是表格（type: table）。",
    "`each` names a table, and the field {field} is none (type: table).",
)
_MAY_BE_EMPTY = Sentence(
    "表格 {field} 可以空着，那样就没有人办理；请给它写上 required。",
    "The table {field} may be empty, and then nobody sits; say `required` at it.",
)
_NO_SUCCESSOR = Sentence(
    "某行的负责人可能正是申请人，或没有填写，那一行就没有人办理；请写 replace（由谁办理）。",
    "The owner of a row may be the applicant, or not be named, and nobody would decide it; say "
    "`replace`.",
)
_TAKEN = Sentence(
    "表单项不能叫 {name}：办理人用这个名称填写附带的内容；请改名。",
    "A field cannot be called {name}: what comes with the action has that name. Rename it.",
)
_STILL_EDITED = Sentence(
    "表决期间，{where} 还能改表格 {field}，结论就靠不住；请不要在这里填写它。",
    "While it is voted on, {where} may still change the table {field}, so what is decided could be "
    "rewritten; do not fill it there.",
)


# ---- what else may be done -----------------------------------------------------------------------


def tools_have_their_place(plan: Plan) -> Iterator[Finding]:
    """What may be done with a task is allowed where there is such a task."""
    for state in plan.definition.states.values():
        for problem in _misplaced(plan.definition, state):
            yield state.place, problem.filled(state=state.key)


def _misplaced(definition: Definition, state: State) -> Iterator[Sentence]:
    duties = definition.duties_of(state.key)
    works = state.may - {Tool.TAKE_BACK}
    if works and (state.final or (state.panel is None and not duties)):
        yield _NOBODY_THERE
        return
    if Tool.CLAIM in state.may and not any(seat.kind is SeatKind.ROLE for seat in duties):
        yield _NOTHING_SHARED
    if state.panel is None and {Tool.ADD_BESIDE, Tool.REMOVE} & state.may:
        yield _NO_PANEL
    elif Tool.REMOVE in state.may and Tool.ADD_BESIDE not in state.may:
        yield _NOTHING_ADDED


_NOBODY_THERE = Sentence(
    "状态 {state} 没有人有待办，may 中的操作无从办起；请删去 may。",
    "In state {state} nobody has a task, so nothing can be done with one; remove `may`.",
)
_NOTHING_SHARED = Sentence(
    "状态 {state} 允许认领（claim），但那里的待办都只交给一人；请删去 claim。",
    "State {state} allows claim, but no task waits there for a role; remove it.",
)
_NO_PANEL = Sentence(
    "状态 {state} 允许并加签或减签（add_beside、remove），却没有 panel；请加上 panel，或删去。",
    "State {state} allows add_beside or remove, but has no panel; add one, or remove them.",
)
_NOTHING_ADDED = Sentence(
    "状态 {state} 允许减签（remove），但只有加进来的成员才能减去；请一并允许 add_beside。",
    "State {state} allows remove, but only members who were added can be removed; allow add_beside "
    "as well.",
)


def promises_can_be_kept(plan: Plan) -> Iterator[Finding]:
    """A conditional approval goes on to where somebody can meet its conditions."""
    for action in plan.definition.actions.values():
        if not action.promises:
            continue
        target = plan.definition.states.get(action.target)
        ends = target is not None and target.final
        if ends or action.tone != "forward" or action.vote is not None or action.back is not None:
            yield action.place, _NO_TIME.filled(action=action.key)
        if any(seat.kind not in _CAN_BE_ASKED for seat in action.promises):
            yield action.place, _NOBODY_CONFIRMS.filled(action=action.key)
        if _PROMISES in plan.definition.form:
            yield plan.definition.form[_PROMISES].place, _TAKEN.filled(name=_PROMISES)


_NO_TIME = Sentence(
    "动作 {action} 可以附带条件（promises），就要往前走到一个还没有办结的状态，"
    "好让人确认条件；请改写 to，或删去 promises。",
    "Action {action} may carry conditions, so it must lead forward to a state where the case has "
    "not ended and they can be met; change `to`, or remove `promises`.",
)
_NOBODY_CONFIRMS = Sentence(
    "动作 {action} 的 promises 要写由谁确认：角色或某个人，不能是 reviewer、system、timer。",
    "The `promises` of action {action} name who confirms: a role or a person, not reviewer, system "
    "or timer.",
)


# ---- every vote ----------------------------------------------------------------------------------


def votes_lead_to_results(plan: Plan) -> Iterator[Finding]:
    """Whatever the members vote, it comes to something; and it can come to either."""
    for state, panel in panels_of(plan.definition):
        kinds = [v for v in Vote if any(a.vote is v for a in votes_at(plan.definition, state.key))]
        results: dict[Result | None, tuple[Ballot, ...]] = {}
        for ballots in every_vote(panel, kinds):
            results.setdefault(result_of(panel, ballots), ballots)
        if None in results:
            yield panel.place, _undecided(results[None])
        for wanted, other in _OTHER.items():
            if wanted not in results and other in results:
                zh, en = told(results[other])
                sentence = _ONE_SIDED[wanted]
                yield (
                    panel.place,
                    Sentence(sentence.zh.format(votes=zh), sentence.en.format(votes=en)),
                )


_OTHER = {Result.PASSED: Result.FAILED, Result.FAILED: Result.PASSED}
_ONE_SIDED = {
    Result.PASSED: Sentence(
        "怎样投票都不会通过，例如：{votes}。请加上可以赞成的动作（vote: for），或改写 quorum。",
        "No vote passes, for example: {votes}. Add an action with vote: for, or change `quorum`.",
    ),
    Result.FAILED: Sentence(
        "怎样投票都会通过，例如：{votes}。请加上可以反对的动作（vote: against），或改写 pass。",
        "Every vote passes, for example: {votes}. Add an action with vote: against, or change "
        "`pass`.",
    ),
}


def _undecided(ballots: Iterable[Ballot]) -> Sentence:
    zh, en = told(ballots)
    return Sentence(
        f"这样投票没有结果，案件会停在那里：{zh}。请改写 pass 或 quorum。",
        f"This vote comes to nothing and the case stays where it is: {en}. Change `pass` or "
        "`quorum`.",
    )


def every_vote(panel: Panel, kinds: Iterable[Vote]) -> Iterator[tuple[Ballot, ...]]:
    """Every complete vote of panels from one member up, whoever of the roles that differ sits.

    The order of votes never counts, so each combination comes once. Where so many differ that not
    all can be walked through, the first ones are, and the unanimous ones of every size.
    """
    kinds = tuple(kinds)
    sizes = range(1, max(MOST_MEMBERS, panel.quorum or 0) + 1)
    for size in reversed(sizes):
        yield from ((Ballot(vote),) * size for vote in kinds)
    weights = dict(panel.weights)
    roles = dict.fromkeys((None, *weights, *panel.veto))
    ballots = [Ballot(vote, weights.get(role or "", 1), role) for role in roles for vote in kinds]
    votes = (some for size in sizes for some in combinations_with_replacement(ballots, size))
    yield from islice(votes, _MOST_VOTES)


def told(ballots: Iterable[Ballot]) -> tuple[str, str]:
    """A vote in words: 赞成 2、反对 1、弃权 2."""
    votes = [ballot.vote for ballot in ballots]
    counted = [(words, votes.count(vote)) for vote, words in _VOTES.items() if vote in votes]
    return (
        "、".join(f"{words.zh} {number}" for words, number in counted),
        ", ".join(f"{number} {words.en}" for words, number in counted),
    )


_VOTES = {
    Vote.FOR: Sentence("赞成", "for"),
    Vote.AGAINST: Sentence("反对", "against"),
    Vote.ABSTAIN: Sentence("弃权", "abstaining"),
}

SIGNING_CHECKS: tuple[Check, ...] = (
    votes_are_for_panels,
    panels_are_voted_in,
    results_are_carried_out,
    quorums_can_be_met,
    named_roles_sit,
    weights_are_weighed,
    turns_matter,
    rows_have_owners,
    tools_have_their_place,
    promises_can_be_kept,
    votes_lead_to_results,
)
