"""A case as a page: what it is, how it stands, who is next and why, what I may do, and its whole
story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from web import diagram
from web.presenters.decisions import Attempt, Button, DecisionCard, button_of, decision_card
from web.presenters.inputs import Desk, Input, as_typed, inputs_for
from web.presenters.notices import ToldLine
from web.presenters.panels import (
    BranchesView,
    PanelView,
    PromiseRow,
    branches_view,
    panels_view,
    promises_view,
)
from web.presenters.requests import split_problems
from web.presenters.speech import Reason, Speech
from web.presenters.timeline import Line, act_name, timeline
from web.presenters.tools import NOTHING_OPENED, Opened, ToolsView, Tried, tools_view
from web.presenters.values import Reader, Shown, shown_form
from web.presenters.words import Badge, DueWords, file_size, state_badge
from workflow.design.definition import Action, Definition, Resubmit
from workflow.nouns import SYSTEM, TIMER, Case, DeadlineState, Task, TaskKind
from workflow.refusals import Code, Refusal, Sentence
from workflow.service.catalog import Catalog
from workflow.service.choosing import choosable_in
from workflow.service.inboxes import NextItem
from workflow.service.looking import handing_in
from workflow.service.sights import CaseSight, LedgerLine, PathStep, SeatIs, Waiting, elsewhere_of

OPINION = Sentence("意见", "Opinion")
APPLICANT = Sentence("申请人", "Applicant")
OPENED = Sentence("发起时间", "Opened")
SINCE = Sentence("{at}到达本环节", "at this step since {at}")
ROUND = Sentence("轮次", "Round")
ROUND_NUMBER = Sentence(
    "第 {round} 轮（曾退回，之前的签署已作废）", "{round} (returned; earlier signatures are void)"
)
MINE = Sentence("“{actions}”由{who}办理", "“{actions}” is for {who}")
VOTING = Sentence("等待表决", "Waiting for their votes")
ASKS: Mapping[TaskKind, Sentence] = {
    TaskKind.HELPER: Sentence("{who}请其先给出意见", "{who} would like their opinion first"),
    TaskKind.ASKED: Sentence("{who}请其给出意见", "{who} asks for their opinion"),
    TaskKind.CONSULTED: Sentence(
        "{who}征询看法，不影响办理", "{who} consults them; nothing waits for it"
    ),
    TaskKind.PROMISE: Sentence("确认附带的条件：{subject}", "To confirm a condition: {subject}"),
}
REVOKED = Sentence(
    "本案批准的事项已由案件 {number} 撤销", "The effect of this case was revoked by {number}"
)
SUSPENDED = Sentence(
    "本案已由管理员暂停：{reason}。恢复之前不能办理",
    "An administrator has suspended this case: {reason}. Nothing is done before it is resumed",
)
CANCELLED = Sentence(
    "本案已由管理员取消：{reason}", "An administrator has cancelled this case: {reason}"
)
PROPOSED = Sentence(
    "管理员{who}提请“{act}”（{reason}），待另一位管理员同意",
    "{who} proposes “{act}” ({reason}); a second administrator has to agree",
)
SENT_BACK = Sentence("{who}于{at}退回：{words}", "{who} returned it at {at}: {words}")
COMES_BACK = Sentence(
    "本案由{who}退回。重新提交后直接回到“{state}”，中间各步不再重办",
    "{who} returned this case. Once handed in it goes straight back to “{state}”",
)
NOT_BEFORE = Sentence(
    "到这一步您才能办理“{actions}”", "not before this step may you do “{actions}”"
)
SUPERSEDED = Sentence(
    "您打开页面之后，本案已由{who}于{at}办理：{what}",
    "After you opened the page, {who} decided at {at}: {what}",
)
SUPERSEDED_BY_ME = Sentence(
    "您打开这个页面之后，已于{at}在别处办理过本案：{what}",
    "After you opened this page, you decided elsewhere at {at}: {what}",
)
CHANGED_SINCE = Sentence(
    "您打开页面之后，本案已有变化", "The case has changed since you opened the page"
)
DONE_NEXT = Sentence(
    "已办理。现在“{state}”，下一步由{who}办理。", "Done. Now “{state}”; next: {who}."
)
DONE_MOVED = Sentence("已办理。现在“{state}”。", "Done. Now “{state}”.")
DONE_ENDED = Sentence("已办理，本案办结：{state}。", "Done. The case has ended: {state}.")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what is known at a glance."""

    label: str
    text: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class NextPeople:
    """A task that waits (or a panel's): for which post, who holds it, and by which rule it came to
    them. `elsewhere` tells why it is not where it was meant for, `claimed` who has taken it.
    """

    post: str
    people: str
    nobody: bool
    mine: bool
    why: str
    clauses: tuple[str, ...]
    due: DueWords | None
    step: str = ""
    elsewhere: str = ""
    claimed: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """Something to know before anything else: a return, a stop, a revocation."""

    text: str
    icon: str
    tone: str = "info"
    url: str = ""


@dataclass(frozen=True, slots=True)
class PathPart:
    """A step ahead, if everybody agrees; `not_before` says what will be mine to do there."""

    state: str
    people: str
    not_before: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A running deadline."""

    name: str
    due: DueWords
    paused: bool
    provisional: bool
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileLine:
    """An attachment to take home."""

    name: str
    url: str
    size: str
    field: str
    digest: str


@dataclass(frozen=True, slots=True)
class Relative:
    """A related case."""

    number: str
    title: str
    process: str
    badge: Badge
    url: str


@dataclass(frozen=True, slots=True)
class Starter:
    """A process that may be started from this case."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class EditForm:
    """The form where it may still be changed; `hand_in` when one click hands it in."""

    inputs: tuple[Input, ...]
    hand_in: Button | None
    problems: tuple[tuple[str, str, str], ...]
    key: str


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody was faster: who did what, and the words that were typed meanwhile: the opinion, and
    what was filled in (`filled`) where the page shows no field for it any more.
    """

    text: str
    opinion: str
    filled: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """The page of a case."""

    number: str
    title: str
    process: str
    confidential: bool
    version: int
    badge: Badge
    since: str
    facts: tuple[Fact, ...]
    words: tuple[Word, ...]
    card: DecisionCard
    tools: ToolsView
    panels: tuple[PanelView, ...]
    branches: BranchesView | None
    promises: tuple[PromiseRow, ...]
    edit: EditForm | None
    restored: str
    form: tuple[Shown, ...]
    unfilled: tuple[Shown, ...]
    overtaken: Overtaken | None
    problems: tuple[tuple[str, str, str], ...]
    reasons: tuple[Reason, ...]
    next_people: tuple[NextPeople, ...]
    path: tuple[PathPart, ...]
    clocks: tuple[Clock, ...]
    files: tuple[FileLine, ...]
    parent: Relative | None
    children: tuple[Relative, ...]
    starters: tuple[Starter, ...]
    lines: tuple[Line, ...]
    drawing: diagram.Drawing
    next_item: NextItem | None
    done: bool
    told: tuple[ToldLine, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing waits any more."""
        return not self.next_people

    @property
    def still_mine(self) -> bool:
        """Whether the next step of this very case is mine as well, and something is open there."""
        can = bool(self.card.count or self.edit or self.tools.asked)
        return can and any(one.mine for one in self.next_people)


@dataclass(frozen=True, slots=True)
class Moment:
    """What is particular to this answer: a failed attempt, fresh keys, whether something was
    done.
    """

    attempt: Attempt
    ids: Callable[[], str]
    overtaken: Overtaken | None = None
    restored: str = ""
    next_item: NextItem | None = None
    done: bool = False
    opened: Opened = NOTHING_OPENED


def case_view(
    sight: CaseSight, catalog: Catalog, speech: Speech, me: str, moment: Moment
) -> CaseView:
    """Words for one case as one person sees it."""
    definition, case = sight.definition, sight.case
    reader = Reader(speech, case.number, sight.attachments, sight.shows_whole)
    edit = _edit(sight, speech, moment)
    apart = edit.hand_in.action if edit is not None and edit.hand_in is not None else None
    card = decision_card(sight, speech, moment.attempt, moment.ids, apart)
    attempt = moment.attempt
    tried = Tried(attempt.opinion, attempt.target, attempt.problems)
    tools = tools_view(sight, speech, moment.opened, tried, moment.ids)
    shown = [
        *(edit.inputs if edit else ()),
        *(entry for form in card.forms for entry in form.inputs),
        *(form.whom for form in (*tools.asked, *tools.more) if form.whom is not None),
    ]
    form = _form(sight, reader, me)
    problems, reasons = split_problems(_page_problems(sight, moment.attempt), shown, speech)
    if problems:
        problems += _opinion_problems(card, speech)
    return CaseView(
        number=case.number,
        title=case.title,
        process=speech.say(definition.name),
        confidential=definition.confidential,
        version=case.version,
        badge=state_badge(definition, case.state, speech.language),
        since=speech.say(SINCE.filled(at=speech.moment(case.entered_at))),
        facts=_facts(sight, reader),
        words=tuple(_words(sight, speech)),
        card=card,
        tools=tools,
        panels=panels_view(sight, speech, me),
        branches=branches_view(sight, speech),
        promises=promises_view(sight, speech),
        edit=edit,
        restored=moment.restored,
        form=tuple(line for line in form if not line.is_empty or line.before),
        unfilled=tuple(line for line in form if line.is_empty and not line.before),
        overtaken=None
        if moment.overtaken is None
        else replace(moment.overtaken, filled=_left_over(sight, attempt, shown, speech)),
        problems=problems,
        reasons=reasons,
        next_people=_next_people(sight, speech, me),
        path=tuple(
            PathPart(
                speech.say(definition.states[step.state].name),
                speech.people(step.people) if step.addresses else "",
                _not_before(step, definition, speech, me),
            )
            for step in sight.path
        ),
        clocks=_clocks(sight, speech),
        files=_files(sight, speech),
        parent=None if sight.parent is None else _relative(sight.parent, catalog, speech),
        children=tuple(_relative(child, catalog, speech) for child in sight.children),
        starters=tuple(
            Starter(speech.say(d.name), f"/requests/new/{d.key}?parent={case.number}")
            for d in sight.openable
        ),
        lines=timeline(sight.lines, definition, case.round, reader),
        drawing=diagram.draw(definition, speech.language, track_of(sight)),
        next_item=moment.next_item,
        done=moment.done,
    )


def _left_over(sight: CaseSight, attempt: Attempt, shown: Iterable[Input], speech: Speech) -> str:
    """What was typed into fields that are not on the page any more, a line each."""
    there, said = {entry.key for entry in shown}, list[str]()
    for key, value in (attempt.typed or {}).items():
        line = sight.definition.form.get(key)
        now = sight.case.form.get(key)
        if line is None or key in there or value == as_typed(line, now, speech.calendar):
            continue
        rows = value if isinstance(value, list) else [{"": value}]
        cells = (" ".join(str(cell).strip() for cell in row.values()).strip() for row in rows)
        words = "\n".join(cell for cell in cells if cell)
        words = next((speech.say(one.label) for one in line.options if one.value == words), words)
        if words:
            said.append(f"{speech.say(line.label)}：{words}")
    return "\n".join(said)


def track_of(sight: CaseSight) -> diagram.Track:
    """How far the case has come, for the drawing: refusals move nothing."""
    moves = [line.entry for line in sight.lines if not line.refused]
    # Branches begin without a line of their own: where work was opened the case has been.
    begun = {task.step for task in sight.file.tasks}
    within = {step: sight.definition.states[step].within for step in begun}
    return diagram.Track(
        passed=frozenset(e.to_state for e in moves if e.to_state is not None) | begun,
        taken=frozenset(
            (e.from_state, e.to_state)
            for e in moves
            if e.from_state is not None and e.to_state is not None and e.from_state != e.to_state
        )
        | {(place[0], step) for step, place in within.items() if place is not None},
        here=sight.case.state,
        beside=frozenset(one.state for one in sight.branches),
        ahead=frozenset(step.state for step in sight.path),
    )


def overtaken_by(
    sight: CaseSight, seen_version: int | None, me: str, opinion: str, speech: Speech
) -> Overtaken:
    """Who did what since the page was opened: the last act of somebody else, or else one's own."""
    since = [
        line for line in sight.lines if not line.refused and line.version > (seen_version or 0)
    ]
    if not since:
        return Overtaken(speech.say(CHANGED_SINCE), opinion)
    others = [line for line in since if line.entry.actor != me]
    # What followed by itself from somebody's act says less than who acted.
    people = [line for line in others if line.entry.actor not in (SYSTEM, TIMER)]
    last = (people or others or since)[-1]
    text = (SUPERSEDED if others else SUPERSEDED_BY_ME).filled(
        who=speech.person(last.entry.actor),
        at=speech.moment(last.entry.at),
        what=speech.say(
            act_name(last.action, sight.definition, by_timer=last.entry.actor == TIMER)
        ),
    )
    return Overtaken(speech.say(text), opinion)


def said_after(sight: CaseSight, speech: Speech) -> str:
    """What is read out after an act: how the case stands now, and who is next."""
    state = sight.definition.states[sight.case.state]
    if state.final:
        return _with_state(DONE_ENDED, state.name, speech)
    people = [person for waiting in sight.waiting for person in waiting.people]
    if not people:
        return _with_state(DONE_MOVED, state.name, speech)
    who = speech.people({person.id: person for person in people}.values())
    return _with_state(DONE_NEXT, state.name, speech, who=who)


def _with_state(sentence: Sentence, state: Sentence, speech: Speech, **more: str) -> str:
    return speech.say(sentence.filled(state=speech.say(state), **more))


# ---- parts ---------------------------------------------------------------------------------------


def _page_problems(sight: CaseSight, attempt: Attempt) -> Iterable[Refusal]:
    """What the summary tells of the form and the rules. The words of an opinion are told at their
    box (`_opinion_problems`), unless a rule speaks, which has clauses.
    """
    into = {action.opinion_field for action in sight.definition.actions.values()} - {None}
    return (
        p
        for p in attempt.problems
        if p.rule != "opinion" and (p.field not in into or p.code is Code.CONDITION_NOT_MET)
    )


def _opinion_problems(card: DecisionCard, speech: Speech) -> tuple[tuple[str, str, str], ...]:
    """What is wrong with an opinion, for a summary that says how much is to be mended in all. Where
    it is all that is wrong no summary is needed: the box says so.
    """
    return tuple(
        (speech.say(OPINION), form.opinion_problem, f"{form.id}-opinion")
        for form in card.forms
        if form.opinion_problem
    )


def _facts(sight: CaseSight, reader: Reader) -> tuple[Fact, ...]:
    speech, case, definition = reader.speech, sight.case, sight.definition
    facts = [
        Fact(
            speech.say(APPLICANT), speech.person(case.applicant), speech.department(case.department)
        ),
        Fact(speech.say(OPENED), speech.full_moment(case.opened_at)),
    ]
    line = definition.form.get(definition.key_figure or "")
    if line is not None and sight.case.form.get(line.key) is not None:
        shown = next(s for s in shown_form(definition, case.form, reader) if s.key == line.key)
        facts.insert(0, Fact(shown.label, shown.text))
    if case.round > 1:
        facts.append(Fact(speech.say(ROUND), speech.say(ROUND_NUMBER.filled(round=case.round))))
    return tuple(facts)


def _edit(sight: CaseSight, speech: Speech, moment: Moment) -> EditForm | None:
    """The form, where this person may change it in the present state."""
    own = next((hat for hat in sight.hats if hat.acting_for is None), None)
    wanted = handing_in(sight.definition, sight.case.state)
    offer = None
    if wanted is not None and own is not None:
        offer = next((o for o in own.offers if o.action == wanted.key and o.is_open), None)
    if not sight.editable or own is None:
        return None
    keys = [
        key
        for key, line in sight.definition.form.items()
        if not line.computed
        and (key in sight.editable or (offer is not None and key in offer.asks))
    ]
    acts = () if offer is None else (offer.action,)
    attempt = moment.attempt
    mine = attempt.action in ("", "save", *acts)
    problems = attempt.problems if mine else ()
    desk = Desk(
        speech.language,
        speech.organisation,
        speech.calendar,
        sight.roles,
        (*sight.attachments, *attempt.files),
        choosable_in(sight),
        beside=sight.beside,
    )
    typed = (attempt.typed or {}) if mine else {}
    inputs = inputs_for(sight.definition, keys, acts, sight.case.form, typed, problems, desk)
    return EditForm(
        inputs=inputs,
        hand_in=None if offer is None else button_of(offer, sight, speech),
        problems=split_problems(problems, inputs, speech)[0],
        key=moment.ids(),
    )


def _words(sight: CaseSight, speech: Speech) -> Iterable[Word]:
    """What has to be known of how the case runs, before anything else."""
    course, states = sight.case.course, sight.definition.states
    if course.revoked_by is not None:
        text = REVOKED.filled(number=course.revoked_by)
        yield Word(speech.say(text), "ban", "danger", f"/c/{course.revoked_by}")
    if course.cancelled is not None:
        text = CANCELLED.filled(reason=course.cancelled)
        yield Word(speech.say(text), "ban", "danger")
    if course.proposed is not None:
        act = speech.say(act_name(course.proposed.act, sight.definition))
        who, reason = speech.person(course.proposed.by), course.proposed.reason
        text = PROPOSED.filled(who=who, act=act, reason=reason)
        yield Word(speech.say(text), "hourglass", "warning")
    if course.suspended is not None:
        text = SUSPENDED.filled(reason=course.suspended)
        yield Word(speech.say(text), "player-pause", "warning")
    returned = _return_that_brought_it_here(sight)
    if returned is not None:
        who, at = speech.person(returned.entry.actor), speech.moment(returned.entry.at)
        text = SENT_BACK.filled(who=who, at=at, words=returned.opinion)
        yield Word(speech.say(text), "arrow-back-up", "warning")
    if course.back_to is not None and course.back_to in states:
        text = COMES_BACK.filled(
            who=_returner(sight, speech), state=speech.say(states[course.back_to].name)
        )
        yield Word(speech.say(text), "arrow-back-up")


def _return_that_brought_it_here(sight: CaseSight) -> LedgerLine | None:
    """The line of the return by which the case stands where it stands, if it has words: whoever
    is to mend something reads first what.
    """
    for line in reversed(sight.lines):
        if line.refused or line.entry.from_state == line.entry.to_state:
            continue
        action = sight.definition.action_of(line.action, by_timer=line.entry.actor == TIMER)
        is_return = action is not None and (action.tone == "back" or action.new_round)
        by_others = line.entry.actor not in (TIMER, SYSTEM, sight.case.applicant)
        return line if is_return and by_others and line.opinion else None
    return None


def _returner(sight: CaseSight, speech: Speech) -> str:
    """Who sent the case back last."""
    definition = sight.definition
    for line in reversed(sight.lines):
        by_timer = line.entry.actor == TIMER
        action = None if line.refused else definition.action_of(line.action, by_timer=by_timer)
        if action is not None and action.resubmit is Resubmit.COME_BACK:
            return speech.person(line.entry.actor)
    return "…"


def _form(sight: CaseSight, reader: Reader, me: str) -> tuple[Shown, ...]:
    """The form with its values; the words of steps that are still to come are not missing."""
    opinions = {action.opinion_field for action in sight.definition.actions.values()}
    before = _before_last_return(sight)
    mine = _own_rows(sight, me)
    shown = shown_form(sight.definition, sight.case.form, reader, before)
    return tuple(
        replace(line, mine=mine.get(line.key, ()))
        for line in shown
        if not (line.is_empty and line.key in opinions)
    )


def _own_rows(sight: CaseSight, me: str) -> Mapping[str, tuple[int, ...]]:
    """By table, the rows that this person is to decide."""
    people = {me, *(hat.acting_for for hat in sight.hats)}
    return {
        one.panel.each: tuple(
            row
            for seat in one.seats
            if seat.stands is SeatIs.WAITING and seat.task.address.person in people
            for row in seat.task.handling.lines
        )
        for one in sight.panels
        if one.here and one.panel.each is not None
    }


def _before_last_return(sight: CaseSight) -> Mapping[str, object] | None:
    """The form as it stood when the case was last returned; None when it never was."""
    actions = sight.definition.actions
    returns = [
        position
        for position, line in enumerate(sight.lines)
        if not line.refused and line.action in actions and actions[line.action].new_round
    ]
    if not returns:
        return None
    form: dict[str, object] = dict(sight.case.form)
    for line in reversed(sight.lines[returns[-1] + 1 :]):
        if not line.refused:
            form.update({change.field: change.before for change in line.changes})
    return form


def _next_people(sight: CaseSight, speech: Speech, me: str) -> tuple[NextPeople, ...]:
    """Who is waited for; the members of a panel together."""
    groups: dict[str, list[Waiting]] = {}
    for waiting in sight.waiting:
        task = waiting.task
        member = sight.definition.states[task.step].panel and task.handling.kind is TaskKind.STEP
        named = member and task.address.person is not None
        groups.setdefault(f"panel {task.step}" if named else task.id, []).append(waiting)
    return tuple(_waited_for(group, sight, speech, me) for group in groups.values())


def _waited_for(group: Sequence[Waiting], sight: CaseSight, speech: Speech, me: str) -> NextPeople:
    waiting = group[0]
    task, several = waiting.task, len(group) > 1
    people = tuple({p.id: p for one in group for p in one.people}.values())
    claimed = task.handling.claimed_by
    return NextPeople(
        post="" if task.address.person else speech.address(task.address),
        people=speech.people(people),
        nobody=not people,
        mine=any(person.id == me for person in people),
        why=speech.say(VOTING) if several else _why(waiting.actions, waiting, speech),
        clauses=tuple(dict.fromkeys(c for a in waiting.actions for c in a.clauses)),
        due=None if task.due_at is None else speech.due(task.due_at, overdue=task.overdue),
        step=speech.say(sight.definition.states[task.step].name) if sight.branches else "",
        elsewhere=_elsewhere(task, speech),
        claimed="" if claimed is None else speech.person(claimed),
    )


def _elsewhere(task: Task, speech: Speech) -> str:
    """Why work is with somebody for whom it was not meant."""
    went = elsewhere_of(task)
    return "" if went is None else speech.say(went.in_words(speech.address))


def _not_before(step: PathStep, definition: Definition, speech: Speech, me: str) -> str:
    """What this person looks for on the page and will find only when the case is at that step."""
    person = next((person for person in step.people if person.id == me), None)
    if person is None:
        return ""
    roles = {post.role for post in person.posts}
    names = [
        speech.say(action.name)
        for action in definition.actions_from(step.state)
        if action.duty
        and action.tone == "forward"
        and any(seat.role in roles for seat in action.seats)
    ]
    return speech.say(NOT_BEFORE.filled(actions=speech.list(names))) if names else ""


def _why(actions: Iterable[Action], waiting: Waiting, speech: Speech) -> str:
    handling = waiting.task.handling
    if handling.kind in ASKS:
        who = "" if handling.added_by is None else speech.person(handling.added_by)
        return speech.say(ASKS[handling.kind].filled(who=who, subject=handling.subject))
    names = speech.list(speech.say(action.name) for action in actions)
    return speech.say(MINE.filled(actions=names, who=speech.address(waiting.task.address)))


def _clocks(sight: CaseSight, speech: Speech) -> tuple[Clock, ...]:
    rules = sight.definition.deadlines
    return tuple(
        Clock(
            speech.say(rules[deadline.key].name),
            speech.due(deadline.due_at),
            deadline.state is DeadlineState.PAUSED,
            deadline.provisional,
            rules[deadline.key].clauses,
        )
        for deadline in sight.running
        if deadline.key in rules
    )


def _files(sight: CaseSight, speech: Speech) -> tuple[FileLine, ...]:
    form = sight.definition.form
    return tuple(
        FileLine(
            file.name,
            f"/c/{sight.case.number}/files/{file.id}",
            file_size(file.size),
            speech.say(form[file.field].label) if file.field and file.field in form else "",
            file.digest,
        )
        for file in sight.attachments
    )


def _relative(case: Case, catalog: Catalog, speech: Speech) -> Relative:
    definition: Definition = catalog.definition(case.process, case.definition_version)
    return Relative(
        case.number,
        case.title,
        speech.say(definition.name),
        state_badge(definition, case.state, speech.language),
        f"/c/{case.number}",
    )
