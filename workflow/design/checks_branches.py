"""Whether branches that run side by side keep apart and come together, and whether a case that goes
back has somewhere to go.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from workflow.design.definition import Action, Definition, OpinionRule, Resubmit, State, Tool
from workflow.design.panels import Parallel, Region
from workflow.design.plan import Check, Finding, Plan, has_people
from workflow.design.seats import SeatKind
from workflow.design.writers import Writer, writers_at
from workflow.refusals import Sentence

#: (parallel state, branch); None: in no branch.
_Within = tuple[str, str] | None


def forks_of(definition: Definition) -> Iterator[tuple[State, Parallel]]:
    """Every parallel state, with its branches."""
    for state in definition.states.values():
        if state.parallel is not None:
            yield state, state.parallel


def _states_in(definition: Definition, fork: str, region: str) -> list[str]:
    within = (fork, region)
    return [key for key, state in definition.states.items() if state.within == within]


def _within(definition: Definition, state: str) -> _Within:
    known = definition.states.get(state)
    return None if known is None else known.within


# ---- branches ------------------------------------------------------------------------------------


def branches_are_of_parallel_states(plan: Plan) -> Iterator[Finding]:
    """What says `in` names a branch that is there, and is a step like any other."""
    for state in plan.definition.states.values():
        if state.within is None:
            continue
        fork, region = state.within
        parallel = plan.definition.states[fork].parallel
        regions = () if parallel is None else tuple(one.key for one in parallel.regions)
        if region not in regions:
            yield state.place, _NO_BRANCH.filled(state=state.key, fork=fork, region=region)
        if state.entry or state.final or state.parallel is not None:
            yield state.place, _NO_STEP.filled(state=state.key)
    for state, _ in forks_of(plan.definition):
        if state.entry or state.final or state.panel is not None:
            yield state.place, _NO_FORK.filled(state=state.key)


_NO_BRANCH = Sentence(
    "状态 {state} 写着 in: {fork}.{region}，但状态 {fork} 没有分支 {region}；"
    "请在 parallel.regions 中写上它，或改写 in。",
    "State {state} says in: {fork}.{region}, but state {fork} has no branch {region}; add it to "
    "parallel.regions, or change `in`.",
)
_NO_STEP = Sentence(
    "分支中的状态 {state} 不能是入口、终点，也不能再分支：案件只在整体上开始和办结。"
    "请删去 entry、final 或 parallel；分支的终点写在 done 中。",
    "State {state} of a branch can be no entry, no final state and not parallel: a case begins and "
    "ends as a whole. Remove entry, final or parallel; a branch ends where `done` says.",
)
_NO_FORK = Sentence(
    "并行状态 {state} 不能是入口、终点，也不能由小组表决；请删去 entry、final 或 panel。",
    "The parallel state {state} can be no entry, not final, and no panel; remove entry, final or "
    "panel.",
)


def branches_run_to_their_end(plan: Plan) -> Iterator[Finding]:
    """A branch starts and is done at steps of its own; each of its steps lies on a way between."""
    for _, parallel in forks_of(plan.definition):
        for region in parallel.regions:
            yield from _runs(plan.definition, parallel, region)


def _runs(definition: Definition, parallel: Parallel, region: Region) -> Iterator[Finding]:
    fork = next(state.key for state, one in forks_of(definition) if one is parallel)
    inside = _states_in(definition, fork, region.key)
    for key in (region.start, *region.done):
        if key not in inside:
            said = _NOT_INSIDE.filled(region=region.key, state=key, fork=fork)
            yield parallel.place, said
            return
    there = _reached(_edges(definition, inside), [region.start])
    back = _reached([(b, a) for a, b in _edges(definition, inside)], region.done)
    for key in inside:
        if key not in there:
            place = definition.states[key].place
            yield place, _NOT_REACHED.filled(state=key, region=region.key, start=region.start)
        elif key not in back and not _leaves(definition, key):
            yield definition.states[key].place, _NEVER_DONE.filled(state=key, region=region.key)


def _edges(definition: Definition, inside: Iterable[str]) -> list[tuple[str, str]]:
    states = set(inside)
    return [
        (way.source, way.target)
        for state in states
        for way in definition.ways[state]
        if way.target in states and way.action.key in definition.actions
    ]


def _reached(edges: list[tuple[str, str]], starts: Iterable[str]) -> set[str]:
    found = set(starts)
    queue = deque(found)
    while queue:
        here = queue.popleft()
        for source, target in edges:
            if source == here and target not in found:
                found.add(target)
                queue.append(target)
    return found


def _leaves(definition: Definition, state: str) -> bool:
    """Whether some action leads from a step of a branch to outside."""
    return any(_within(definition, way.target) is None for way in definition.ways[state])


_NOT_INSIDE = Sentence(
    "分支 {region} 的 start 和 done 须是它自己的状态，{state} 不是；"
    "请给 {state} 写上 in: {fork}.{region}，或改写。",
    "start and done of branch {region} must be states of its own, and {state} is not; say "
    "in: {fork}.{region} there, or change it.",
)
_NOT_REACHED = Sentence(
    "分支 {region} 从 {start} 出发走不到状态 {state}；请让某个动作通到它，或删去它。",
    "In branch {region} no way leads from {start} to state {state}; let an action lead there, or "
    "remove it.",
)
_NEVER_DONE = Sentence(
    "分支 {region} 到了状态 {state} 就再也办不完：走不到 done 中的状态；请加上动作。",
    "Branch {region} is never done from state {state} on; add an action towards one of `done`.",
)


def branches_keep_apart(plan: Plan) -> Iterator[Finding]:
    """An action leads on in its branch or takes the whole case out of the parallel state."""
    definition = plan.definition
    for action in definition.actions.values():
        for source in action.sources:
            here, there = _within(definition, source), _within(definition, action.target)
            if action.target == "" or here == there:
                continue
            crossing = there is not None or (here is not None and action.target == here[0])
            if crossing:
                yield (
                    action.place,
                    _CROSSES.filled(action=action.key, source=source, target=action.target),
                )
                break


_CROSSES = Sentence(
    "动作 {action} 从 {source} 通到 {target}，跨进了分支；动作只能留在本分支，"
    "或通到并行状态之外。要进入各分支，请通到那个并行状态。",
    "Action {action} leads from {source} to {target}, into a branch from elsewhere. An action "
    "stays in its branch or leads outside the parallel state; to enter the branches, lead to that "
    "state.",
)


def branches_write_apart(plan: Plan) -> Iterator[Finding]:
    """What one branch writes into the form, no other branch writes over while both go on: no field,
    and of a table whose rows are decided not the same column.

    A panel that decides rows empties its column when it is called, so two of them at once would
    take each other's decisions away.
    """
    for state, parallel in forks_of(plan.definition):
        written: list[tuple[Sentence, Writer]] = []
        for branch, steps in _places(plan.definition, state, parallel):
            mine = [
                (branch, writer)
                for step in steps
                for writer in writers_at(plan.definition, step, leading_on=True)
            ]
            for _, writer in mine:
                other = next((one for one in written if writer.overwrites(one[1])), None)
                if other is not None:
                    yield writer.place, _said_over(branch, writer, *other)
            written += mine


def _places(
    definition: Definition, state: State, parallel: Parallel
) -> Iterator[tuple[Sentence, list[str]]]:
    """The parallel state itself and each of its branches, with their steps."""
    yield _THE_FORK.filled(state=state.key), [state.key]
    for region in parallel.regions:
        yield _THE_BRANCH.filled(region=region.key), _states_in(definition, state.key, region.key)


def _said_over(branch: Sentence, writer: Writer, beside: Sentence, other: Writer) -> Sentence:
    what = writer.what if writer.column else other.what
    return Sentence(
        _OVERWRITES.zh.format(
            here=branch.zh, one=writer.name.zh, there=beside.zh, other=other.name.zh, what=what
        ),
        _OVERWRITES.en.format(
            here=branch.en, one=writer.name.en, there=beside.en, other=other.name.en, what=what
        ),
    )


_THE_FORK = Sentence("并行状态 {state}", "the parallel state {state}")
_THE_BRANCH = Sentence("分支 {region}", "branch {region}")
_OVERWRITES = Sentence(
    "{here}（{one}）与{there}（{other}）同时进行，都会写 {what}，"
    "后写的会盖掉先写的；请各写各的表单项，按行会签的各用各的 decision 列。",
    "{here} ({one}) and {there} ({other}) go on at once and both write {what}, so the later would "
    "write over the earlier. Give each a field of its own, and panels of rows a decision column of "
    "their own.",
)


def branches_join(plan: Plan) -> Iterator[Finding]:
    """As many branches as are asked for can be done, and then the system takes the case on."""
    for state, parallel in forks_of(plan.definition):
        count = len(parallel.regions)
        if count < 2:
            yield parallel.place, _ONE_BRANCH.filled(state=state.key)
        if parallel.needed > count:
            yield (
                parallel.place,
                _TOO_MANY.filled(state=state.key, needed=parallel.needed, count=count),
            )
        action = plan.definition.actions.get(parallel.then)
        if action is not None and not _takes_on(plan.definition, state, action):
            yield action.place, _NO_JOIN.filled(action=action.key, state=state.key)


def _takes_on(definition: Definition, state: State, action: Action) -> bool:
    asked = any(
        one.action == action.key for field in definition.form.values() for one in field.required
    )
    return (
        state.key in action.sources
        and {seat.kind for seat in action.seats} == {SeatKind.SYSTEM}
        and action.target not in ("", state.key)
        and not action.conditions
        and action.opinion is not OpinionRule.REQUIRED
        and not asked
    )


_ONE_BRANCH = Sentence(
    "并行状态 {state} 只有一条分支；请写两条以上，或改成普通状态。",
    "The parallel state {state} has one branch only; write two or more, or make it an ordinary "
    "state.",
)
_TOO_MANY = Sentence(
    "并行状态 {state} 要办完 {needed} 条分支，但只有 {count} 条；请改写 join。",
    "{needed} branches of {state} must be done, but there are {count}; change `join`.",
)
_NO_JOIN = Sentence(
    "动作 {action} 在状态 {state} 的分支办完后由系统办理：from 要有 {state}，who 写 system，"
    "to 通到别的状态，不写 conditions、必填项和必填意见，否则案件停在那里。",
    "Action {action} takes a case on when the branches of {state} are done: its `from` names "
    "{state}, it is for the system, leads to another state, and has no conditions, no required "
    "fields and no required opinion, or the case would stay where it is.",
)


def clocks_keep_to_one_branch(plan: Plan) -> Iterator[Finding]:
    """A clock runs in one branch, or outside all of them."""
    for rule in plan.definition.deadlines.values():
        places = {_within(plan.definition, key) for key in (*rule.states, *rule.pauses)}
        if len(places) > 1:
            yield rule.place, _CLOCK_CROSSES.filled(clock=rule.key)


_CLOCK_CROSSES = Sentence(
    "期限 {clock} 跨了分支：while 和 pauses 中的状态须属于同一分支，或都在分支之外；"
    "请分成几个期限。",
    "Deadline {clock} spans branches: the states of its while and pauses belong to one branch, or "
    "to none. Write several deadlines.",
)


def rounds_are_of_the_whole_case(plan: Plan) -> Iterator[Finding]:
    """A new round voids the signatures of the other branches too, so it is no branch's matter."""
    definition = plan.definition
    for action in definition.actions.values():
        stays = any(
            here is not None and (action.target == "" or here == _within(definition, action.target))
            for here in (_within(definition, source) for source in action.sources)
        )
        if action.new_round and stays:
            yield action.place, _ROUND.filled(action=action.key)


_ROUND = Sentence(
    "动作 {action} 留在分支之内，不能写 new_round：新一轮会使别的分支的签署也作废；请删去它。",
    "Action {action} stays inside a branch and cannot begin a new round: that would void the other "
    "branches' signatures too. Remove new_round.",
)


# ---- going back ----------------------------------------------------------------------------------


def who_comes_back_was_sent(plan: Plan) -> Iterator[Finding]:
    """Only a return can come back to who returned the case, and only where it can stand again."""
    definition = plan.definition
    for action in definition.actions.values():
        if action.resubmit is not Resubmit.COME_BACK:
            continue
        if action.back is None and action.tone != "back":
            yield action.place, _NO_RETURN.filled(action=action.key)
            continue
        leaves = any(
            _within(definition, source) is not None
            and action.target != ""
            and _within(definition, action.target) is None
            for source in action.sources
        )
        if leaves:
            yield action.place, _NO_COMING_BACK.filled(action=action.key)


_NO_RETURN = Sentence(
    "动作 {action} 写了 resubmit: come_back，却不是退回；请写 back 或 tone: back，或删去它。",
    "Action {action} says resubmit: come_back but is no return; say `back` or tone: back, or "
    "remove it.",
)
_NO_COMING_BACK = Sentence(
    "动作 {action} 从分支退到并行状态之外，各分支要从头再来，无法直接回到退回的人；"
    "请删去 resubmit: come_back。",
    "Action {action} takes the whole case out of a branch, so every branch begins anew and nothing "
    "comes straight back; remove resubmit: come_back.",
)


def returns_have_somewhere_to_go(plan: Plan) -> Iterator[Finding]:
    """A step from which cases go back has a step before it at which somebody works."""
    definition = plan.definition
    for action in definition.actions.values():
        if action.back is None:
            continue
        idle = next((one for one in action.sources if not _comes_from(plan, one)), None)
        if idle is not None:
            yield action.place, _NOWHERE.filled(action=action.key, state=idle)


def _comes_from(plan: Plan, state: str) -> bool:
    """Whether a case can have been at another step before it came to this one."""
    definition = plan.definition
    here = _within(definition, state)
    before = plan.graph.reaching([state]) - {state}
    return any(
        key in plan.ways and not definition.states[key].final and _within(definition, key) == here
        for key in before
    )


_NOWHERE = Sentence(
    "动作 {action} 在状态 {state} 写了 back，但案件到那里之前没有到过别的步骤，无处可退；"
    "请从 from 中删去它。",
    "Action {action} goes back from state {state}, before which a case has been nowhere; remove "
    "it from `from`.",
)


def what_is_taken_back_was_decided(plan: Plan) -> Iterator[Finding]:
    """A decision can be taken back where people take one that does not end the case at once."""
    definition = plan.definition
    for state in definition.states.values():
        decided = any(
            has_people(action)
            and (
                action.all_sign  # the first of several signatures ends nothing
                or action.target not in definition.states
                or not definition.states[action.target].final
            )
            for action in definition.actions_from(state.key)
        )
        if Tool.TAKE_BACK in state.may and not decided:
            yield state.place, _NOTHING_TO_TAKE_BACK.filled(state=state.key)
        if state.seen_binds and Tool.TAKE_BACK not in state.may:
            yield state.place, _NOTHING_BINDS.filled(state=state.key)


_NOTHING_TO_TAKE_BACK = Sentence(
    "状态 {state} 允许拿回（take_back），但那里没有人作出可以拿回的决定（办结的案件不能拿回）；"
    "请写在作出决定的那个状态，或删去它。",
    "State {state} allows take_back, but nobody takes a decision there that could be taken back (a "
    "case that has ended cannot); write it at the state where the decision is taken, or remove it.",
)
_NOTHING_BINDS = Sentence(
    "状态 {state} 写了 seen_binds，却不允许拿回（take_back）；请一并写上，或删去它。",
    "State {state} says seen_binds but does not allow take_back; allow it, or remove seen_binds.",
)


BRANCH_CHECKS: tuple[Check, ...] = (
    branches_are_of_parallel_states,
    branches_run_to_their_end,
    branches_keep_apart,
    branches_write_apart,
    branches_join,
    clocks_keep_to_one_branch,
    rounds_are_of_the_whole_case,
    who_comes_back_was_sent,
    returns_have_somewhere_to_go,
    what_is_taken_back_was_decided,
)
