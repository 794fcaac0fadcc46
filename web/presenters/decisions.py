"""The decision card: what this person may do now, what each act does in words, and why the rest is
closed.

Acts that ask for nothing but words share one opinion box; an act with fields of its own has its own
form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from web.presenters.inputs import Choice, Desk, Input, Typed, inputs_for, now_and_later
from web.presenters.speech import Reason, Speech
from web.presenters.values import value_words
from workflow.calculations.table import CALCULATIONS
from workflow.design.definition import Back, OpinionRule
from workflow.design.panels import Vote
from workflow.nouns import Attachment
from workflow.refusals import Refusal, Sentence
from workflow.running.offers import Offer, stands_in_the_way
from workflow.service.acts import PROMISES, ROWS
from workflow.service.choosing import choosable_in
from workflow.service.sights import Aim, CaseSight, Hat

#: So many fields that need not be filled are shown all the same; more of them fold away.
SHOWN_ANYWAY = 2
NEXT = Sentence("下一步：{who}", "Next: {who}")
ENDS = Sentence("办理后本案结束：{state}", "The case then ends: {state}")
STAYS = Sentence("办理后仍在“{state}”", "The case stays at “{state}”")
GOES_BACK = Sentence("退回到“{state}”", "Goes back to “{state}”")
VOTES: Mapping[Vote, Sentence] = {
    Vote.FOR: Sentence("记一票赞成", "Counts as a vote for"),
    Vote.AGAINST: Sentence("记一票反对", "Counts as a vote against"),
    Vote.ABSTAIN: Sentence(
        "记为弃权：算参加，不算赞成或反对",
        "An abstention: it takes part and is neither for nor against",
    ),
}
VOTE_LEADS: Mapping[Vote, Sentence] = {
    Vote.FOR: Sentence("通过后：{state}", "if it passes: {state}"),
    Vote.AGAINST: Sentence("不通过则：{state}", "if it fails: {state}"),
}
WHERE_BACK = Sentence("退回到哪一步", "Back to which step")
ROW = Sentence("第 {row} 行", "Row {row}")
AS_VOTED = Sentence("同下面的表决", "As I vote below")
CONDITIONS = Sentence("附带的条件", "Conditions")
A_LINE = Sentence(
    "每行一项，可不填；全部确认后案件才能办结",
    "One a line, or none; the case ends when all of them are met",
)


#: Ways forward come first.
TONES = ("forward", "plain", "back", "stop")


#: What the system works out with an act, said before it is pressed.
WORKED_OUT = Sentence("系统同时计算：{names}", "the system works out: {names}")


@dataclass(frozen=True, slots=True)
class Button:
    """One open action: its name, what it does in words, and who is asked next."""

    action: str
    label: str
    does: str
    next: str
    tone: str
    needs_opinion: bool
    clauses: tuple[str, ...]
    design_choice: bool


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """One form of the card. `opinion`: none, optional, required, or mixed (some of its buttons need
    it).
    """

    id: str
    task: str
    acting_for: str
    acting_for_name: str
    buttons: tuple[Button, ...]
    inputs: tuple[Input, ...]
    opinion: str
    typed_opinion: str
    opinion_problem: str
    folded: bool
    key: str
    place: str = ""  # of which branch it is

    @property
    def divided(self) -> tuple[tuple[Input, ...], tuple[Input, ...]]:
        """What is asked for, and what folds away because nobody has to fill it here."""
        return now_and_later(self.inputs, SHOWN_ANYWAY)

    @property
    def heading(self) -> str:
        """The name of the single action that the form is for; "" when it has several."""
        return self.buttons[0].label if len(self.buttons) == 1 else ""

    @property
    def does(self) -> tuple[str, tuple[str, ...]]:
        """What it does, whoever does it: the actions, at one task."""
        return self.task, tuple(button.action for button in self.buttons)


@dataclass(frozen=True, slots=True)
class Closed:
    """An action that is closed, with the reasons."""

    label: str
    acting_for_name: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class DecisionCard:
    """Everything that this person may do, as forms; what is theirs but closed; and what is others'
    to do.
    """

    forms: tuple[DecisionForm, ...]
    closed: tuple[Closed, ...]
    others: tuple[Closed, ...]

    @property
    def count(self) -> int:
        """How many open actions there are."""
        return sum(len(form.buttons) for form in self.forms)

    @property
    def is_long(self) -> bool:
        """Whether it asks for so much that it should scroll with the page."""
        return any(len(form.inputs) > 3 for form in self.forms)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody just tried and did not get through: it is shown again where they typed it.

    Without an `action` it is what they typed earlier and did not send.
    """

    action: str = ""
    acting_for: str = ""
    opinion: str = ""
    typed: Typed | None = None
    problems: tuple[Refusal, ...] = ()
    files: tuple[Attachment, ...] = ()
    target: str = ""
    task: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)

    def at(self, form_actions: Iterable[str], acting_for: str) -> bool:
        """Whether it was tried in the form with these actions."""
        return self.action in form_actions and self.acting_for == acting_for


def decision_card(
    sight: CaseSight,
    speech: Speech,
    attempt: Attempt,
    ids: Callable[[], str],
    apart: str | None = None,
) -> DecisionCard:
    """Build the card. `ids` gives each form its decision key; `apart` is an action shown
    elsewhere.
    """
    forms: list[DecisionForm] = []
    closed: list[Closed] = []
    others: list[Closed] = []
    for number, hat in enumerate(sight.hats):
        open_ = [
            o
            for o in hat.offers
            if o.is_open and not (hat.acting_for is None and o.action == apart)
        ]
        forms += _forms(number, hat, open_, sight, speech, attempt, ids)
        for offer in hat.offers:
            if offer.is_open:
                continue
            line = Closed(
                speech.say(offer.name), _name(hat, speech), speech.reasons(offer.closed_because)
            )
            (closed if stands_in_the_way(offer) else others).append(line)
    return DecisionCard(_arranged(forms, attempt), _gathered(closed, speech), tuple(others))


def _gathered(closed: Iterable[Closed], speech: Speech) -> tuple[Closed, ...]:
    """What is closed for the same reasons, told once."""
    groups: dict[tuple[str, tuple[Reason, ...]], list[str]] = {}
    for one in closed:
        groups.setdefault((one.acting_for_name, one.reasons), []).append(one.label)
    return tuple(
        Closed(speech.list(dict.fromkeys(labels)), name, reasons)
        for (name, reasons), labels in groups.items()
    )


def _arranged(forms: Sequence[DecisionForm], attempt: Attempt) -> tuple[DecisionForm, ...]:
    """Ways forward first. Where several forms ask for fields, and where what somebody may do for
    another is theirs anyway, only the one that was tried stays open.
    """
    # Conditions are named or not: they are no reason to hide a button.
    asking = [form for form in forms if any(one.key != PROMISES for one in form.inputs)]
    ordered = sorted(forms, key=lambda form: min(TONES.index(b.tone) for b in form.buttons))
    own = {form.does for form in forms if not form.acting_for}
    return tuple(
        replace(form, folded=not attempt.at((b.action for b in form.buttons), form.acting_for))
        if (len(asking) > 1 and form in asking and form.heading)
        or (form.acting_for and form.does in own)
        else form
        for form in ordered
    )


def _name(hat: Hat, speech: Speech) -> str:
    return "" if hat.acting_for is None else speech.person(hat.acting_for)


def _forms(
    number: int,
    hat: Hat,
    offers: Sequence[Offer],
    sight: CaseSight,
    speech: Speech,
    attempt: Attempt,
    ids: Callable[[], str],
) -> list[DecisionForm]:
    apart = [offer for offer in offers if _is_apart(offer, sight)]
    groups = [*_together([o for o in offers if o not in apart], sight), *([o] for o in apart)]
    return [
        _form(f"decide-{number}-{position}", hat, group, sight, speech, attempt, ids)
        for position, group in enumerate(groups)
    ]


def _is_apart(offer: Offer, sight: CaseSight) -> bool:
    """Whether an action asks for something of its own."""
    return bool(_asked(offer, sight) or offer.promises or _may_choose(offer, sight))


def _may_choose(offer: Offer, sight: CaseSight) -> bool:
    return sight.definition.actions[offer.action].back is Back.VISITED


def _together(offers: Sequence[Offer], sight: CaseSight) -> list[list[Offer]]:
    """Acts that share one opinion: all of them, or where branches run those of each task."""
    groups: dict[str | None, list[Offer]] = {}
    for offer in offers:
        groups.setdefault(offer.task if sight.branches else None, []).append(offer)
    return list(groups.values())


def _asked(offer: Offer, sight: CaseSight) -> tuple[str, ...]:
    """What an action asks for beside the form: what can be changed there is not asked twice."""
    return tuple(key for key in offer.asks if key not in sight.editable or key in offer.needs)


def _form(
    id: str,
    hat: Hat,
    offers: Sequence[Offer],
    sight: CaseSight,
    speech: Speech,
    attempt: Attempt,
    ids: Callable[[], str],
) -> DecisionForm:
    actions = [offer.action for offer in offers]
    mine = not attempt.action or attempt.at(actions, hat.acting_for or "")
    problems = attempt.problems if mine else ()
    asks = [key for offer in offers for key in _asked(offer, sight)]
    # Where one word is left and nobody has to say it, there is nothing to ask.
    asks = [key for key in asks if not _goes_without_saying(offers, key, sight)]
    desk = Desk(
        speech.language,
        speech.organisation,
        speech.calendar,
        sight.roles,
        (*sight.attachments, *(attempt.files if mine else ())),
        choosable_in(sight),
        _words_left(offers),
        beside=sight.beside,
    )
    typed: Typed = (attempt.typed or {}) if mine else {}
    inputs = inputs_for(
        sight.definition, asks, actions, sight.case.form, typed, problems, desk, f"{id}-"
    )
    task = next((offer.task for offer in offers if offer.task is not None), None)
    tried = attempt if mine else Attempt()
    more = (
        *_of_its_own(f"{id}-", offers, sight, speech, tried),
        *_rows_of(f"{id}-", offers, sight, speech, tried),
    )
    return DecisionForm(
        id=id,
        task=task or _task_of(sight, actions),
        acting_for=hat.acting_for or "",
        acting_for_name=_name(hat, speech),
        buttons=tuple(button_of(offer, sight, speech) for offer in offers),
        inputs=(*more, *inputs),
        opinion=_opinion(offers),
        typed_opinion=attempt.opinion if mine else "",
        opinion_problem=_opinion_problem(sight, actions, problems, speech),
        folded=False,
        key=ids(),
        place=_place(sight, task, speech),
    )


def _words_left(offers: Sequence[Offer]) -> dict[str, tuple[str, ...]]:
    """The options of each field with which one of the acts can be taken."""
    found: dict[str, tuple[str, ...]] = {}
    for offer in offers:
        for key, words in offer.words.items():
            if all(key in other.words for other in offers if key in other.asks):
                found[key] = tuple(dict.fromkeys((*found.get(key, ()), *words)))
    return found


def _goes_without_saying(offers: Sequence[Offer], key: str, sight: CaseSight) -> bool:
    present = sight.case.form.get(key)
    return any(
        key not in one.needs
        and len(one.words.get(key, ())) == 1
        and present in (None, *one.words[key])
        for one in offers
    )


def _of_its_own(
    prefix: str, offers: Sequence[Offer], sight: CaseSight, speech: Speech, attempt: Attempt
) -> Iterator[Input]:
    """What an action asks for that is no field of the form: where it goes back to, conditions."""
    said = {p.field: speech.say(p.because) for p in attempt.problems}
    for offer in offers:
        if _may_choose(offer, sight):
            only = offer.targets[0] if len(offer.targets) == 1 else ""
            chosen = attempt.target or only
            yield Input(
                key="target",
                name="target",
                id=f"{prefix}target",
                label=speech.say(WHERE_BACK),
                kind="radios",
                required=True,
                problem=said.get("target", ""),
                choices=tuple(
                    Choice(key, speech.say(sight.definition.states[key].name), key == chosen)
                    for key in reversed(offer.targets)
                ),
            )
        if offer.promises:
            yield Input(
                key=PROMISES,
                name=f"f.{PROMISES}",
                id=f"{prefix}{PROMISES}",
                label=speech.say(CONDITIONS),
                kind="long-text",
                value=str((attempt.typed or {}).get(PROMISES, "")),
                problem="；".join(
                    speech.say(p.because) for p in attempt.problems if p.field == PROMISES
                ),
                hint=speech.say(A_LINE),
            )


def _rows_of(
    prefix: str, offers: Sequence[Offer], sight: CaseSight, speech: Speech, attempt: Attempt
) -> Iterator[Input]:
    """Where a member answers for several rows: each may be decided unlike their vote."""
    task = next((one.task for one in offers if one.vote is not None and one.task), None)
    mine = next((one for one in sight.file.tasks if one.id == task), None)
    panel = None if mine is None else sight.definition.states[mine.step].panel
    if mine is None or panel is None or panel.each is None or len(mine.handling.lines) < 2:
        return
    said = "；".join(speech.say(p.because) for p in attempt.problems if p.field == ROWS)
    kept = sight.case.form.get(panel.each)
    rows = kept if isinstance(kept, tuple) else ()
    first = sight.definition.form[panel.each].columns[0]
    votes = [(one.action, speech.say(one.name)) for one in offers if one.vote is not None]
    for count, position in enumerate(mine.handling.lines):
        row = rows[position] if position < len(rows) else None
        what = value_words(first, row.get(first.key), speech) if isinstance(row, Mapping) else ""
        name = speech.say(ROW.filled(row=position + 1))
        chosen = attempt.rows.get(str(position + 1), "")
        choices = [Choice("", speech.say(AS_VOTED), not chosen)]
        choices += [Choice(key, label, key == chosen) for key, label in votes]
        yield Input(
            key=f"{ROWS}.{position + 1}" if count else ROWS,
            name=f"row.{position + 1}",
            id=f"{prefix}row-{position + 1}",
            label=f"{name} {what}".strip(),
            kind="radios",
            value=chosen,
            problem="" if count else said,
            choices=tuple(choices),
        )


def _place(sight: CaseSight, task: str | None, speech: Speech) -> str:
    """Of which branch a form is, where several run side by side."""
    if not sight.branches:
        return ""
    step = next((one.step for one in sight.file.tasks if one.id == task), None)
    return "" if step is None else speech.say(sight.definition.states[step].name)


def _opinion_problem(
    sight: CaseSight, actions: Sequence[str], problems: Sequence[Refusal], speech: Speech
) -> str:
    """What is wrong with the words themselves: missing, or too long for the field they go into."""
    into = {sight.definition.actions[action].opinion_field for action in actions} - {None}
    wrong = [p for p in problems if p.rule == "opinion" or p.field in into]
    return "；".join(speech.say(p.because) for p in wrong)


def _opinion(offers: Sequence[Offer]) -> str:
    rules = {offer.opinion for offer in offers}
    if rules == {OpinionRule.NONE}:
        return "none"
    if rules == {OpinionRule.REQUIRED}:
        return "required"
    return "mixed" if OpinionRule.REQUIRED in rules else "optional"


def button_of(offer: Offer, sight: CaseSight, speech: Speech) -> Button:
    """An open action in words."""
    return Button(
        action=offer.action,
        label=speech.say(offer.name),
        does=_does(offer, sight, speech),
        next=_next(offer, sight, speech),
        tone=offer.tone,
        needs_opinion=offer.opinion is OpinionRule.REQUIRED,
        clauses=offer.clauses,
        design_choice=offer.design_choice,
    )


def _does(offer: Offer, sight: CaseSight, speech: Speech) -> str:
    """What an act does, and what the system works out with it."""
    does = "" if offer.does is None else speech.say(offer.does)
    uses = sight.definition.calculations_at(offer.action)
    names = dict.fromkeys(speech.say(CALCULATIONS[use.of].name) for use in uses)
    if not names:
        return does
    worked = speech.say(WORKED_OUT.filled(names=speech.list(names)))
    return f"{does} · {worked}" if does else worked


def _next(offer: Offer, sight: CaseSight, speech: Speech) -> str:
    aim = sight.aims.get(offer.action)
    if offer.vote is not None:
        return _of_vote(offer.vote, aim, sight, speech)
    if aim is None or not aim.state:
        return ""
    state = sight.definition.states[aim.state]
    if state.final:
        return speech.say(ENDS.filled(state=speech.say(state.name)))
    if aim.state == sight.case.state:
        return speech.say(STAYS.filled(state=speech.say(state.name)))
    if sight.definition.actions[offer.action].back is not None:
        return speech.say(GOES_BACK.filled(state=speech.say(state.name)))
    if not aim.people:
        return ""
    return speech.say(NEXT.filled(who=speech.people(aim.people)))


def _of_vote(vote: Vote, aim: Aim | None, sight: CaseSight, speech: Speech) -> str:
    """What a vote counts for, and where it leads if it is the one that counts."""
    said = [speech.say(VOTES[vote])]
    if aim is not None and aim.state and vote in VOTE_LEADS:
        state = speech.say(sight.definition.states[aim.state].name)
        said.append(speech.say(VOTE_LEADS[vote].filled(state=state)))
    return ("; " if speech.language == "en" else "；").join(said)


def _task_of(sight: CaseSight, actions: Sequence[str]) -> str:
    """The waiting task that the form answers; "-" when there is none of its own."""
    wanted = set(actions)
    for waiting in sight.waiting:
        if wanted & {action.key for action in waiting.actions}:
            return waiting.task.id
    return "-"
