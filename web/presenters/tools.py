"""What may be done with a task besides deciding it, as forms: who is asked, with which words, and
what follows.

A form that asks for a colleague is opened by its own address (`?act=…&task=…`), so that no page
carries everybody's name several times over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from web.presenters.inputs import Desk, Input, people_choices, with_choices
from web.presenters.speech import Reason, Speech
from workflow.design.definition import TAKE_BACK, OpinionRule
from workflow.nouns import Task, TaskKind
from workflow.people.organisation import Person
from workflow.refusals import Refusal, Sentence
from workflow.service import acts
from workflow.service.acts import URGE, ToolOffer
from workflow.service.sights import CaseSight, Hat

WHOM = Sentence("请选择同事", "Which colleague")
WORDS: Mapping[str, Sentence] = {
    acts.TRANSFER: Sentence("附言", "A word with it"),
    acts.ADD_BEFORE: Sentence("想请对方看什么", "What they should look at"),
    acts.ADD_AFTER: Sentence("附言", "A word with it"),
    acts.ADD_BESIDE: Sentence("附言", "A word with it"),
    acts.ASK: Sentence("想请对方回答什么", "What you ask them"),
    acts.CONSULT: Sentence("想征询什么", "What you ask them"),
    acts.RECUSE: Sentence("回避的理由", "Why you recuse yourself"),
    acts.ANSWER: Sentence("您的意见", "Your opinion"),
    acts.COMMENT: Sentence("您的意见", "Your comment"),
    acts.CONFIRM: Sentence("落实情况", "How it was met"),
    TAKE_BACK: Sentence("为什么拿回", "Why you take it back"),
    URGE: Sentence("催办的话", "A word with it"),
}
ABOUT: Mapping[TaskKind, Sentence] = {
    TaskKind.HELPER: Sentence("{who}请您先给出意见", "{who} would like your opinion first"),
    TaskKind.ASKED: Sentence("{who}请您给出意见", "{who} asks for your opinion"),
    TaskKind.CONSULTED: Sentence("{who}征询您的看法", "{who} consults you"),
    TaskKind.PROMISE: Sentence(
        "同意时附带的条件，请确认是否已经落实", "A condition of the approval: say when it is met"
    ),
}
REPLACED = Sentence("之后由同岗位的下一位同事递补", "The next holder of the post takes your place")
NOT_REPLACED = Sentence(
    "您的一席不再计入，不另递补", "Your seat is not counted any more and not filled again"
)

#: Acts that belong to a task of one's own that is not the step: they are its very point.
_ANSWERS = frozenset({acts.ANSWER, acts.COMMENT, acts.CONFIRM})


@dataclass(frozen=True, slots=True)
class Opened:
    """Which form is open, and among whom its act may choose."""

    act: str = ""
    task: str = ""
    acting_for: str = ""
    people: tuple[Person, ...] = ()

    def shows(self, offer: ToolOffer) -> bool:
        """Whether it is this act's."""
        mine = (self.act, self.task, self.acting_for)
        return mine == (offer.act, _task_id(offer), offer.acting_for or "")


def _task_id(offer: ToolOffer) -> str:
    """The task in the address of an act; "-" for one on the case itself."""
    return "-" if offer.task is None else offer.task.id


NOTHING_OPENED = Opened()


@dataclass(frozen=True, slots=True)
class ToolForm:
    """An act as a form. `kind`: a link that opens it (`url`), a form that folds, or one button.
    `about` says what was asked, by whom.
    """

    kind: str
    id: str
    act: str
    task: str
    label: str
    does: str
    icon: str
    acting_for: str
    acting_for_name: str
    url: str
    open: bool
    whom: Input | None
    words: str
    words_label: str
    typed: str
    words_problem: str
    key: str
    about: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class ClosedTool:
    """An act that something closes, with the reasons."""

    label: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ToolsView:
    """`asked` is what others ask of this person; `more` what they may do with their own task."""

    asked: tuple[ToolForm, ...]
    more: tuple[ToolForm, ...]
    closed: tuple[ClosedTool, ...]

    @property
    def is_open(self) -> bool:
        """Whether one of the forms behind "more" is open."""
        return any(form.open for form in self.more)


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried and did not get through, as the forms need it."""

    opinion: str = ""
    target: str = ""
    problems: tuple[Refusal, ...] = ()


_ICONS: Mapping[str, str] = {
    acts.CLAIM: "user-check",
    acts.RELEASE: "arrow-back-up",
    acts.TRANSFER: "transfer",
    acts.ADD_BEFORE: "user-plus",
    acts.ADD_AFTER: "user-plus",
    acts.ADD_BESIDE: "user-plus",
    acts.REMOVE: "minus",
    acts.ASK: "message",
    acts.CONSULT: "message",
    acts.RECUSE: "ban",
    TAKE_BACK: "arrow-back-up",
    URGE: "alarm",
    acts.ANSWER: "send",
    acts.COMMENT: "send",
    acts.CONFIRM: "check",
}


def tools_view(
    sight: CaseSight, speech: Speech, opened: Opened, tried: Tried, ids: Callable[[], str]
) -> ToolsView:
    """The general acts of a person on a case. `ids` gives each form its key."""
    writer = _Writer(sight, speech, opened, tried, ids)
    offers = [(hat, offer) for hat in sight.hats for offer in hat.tools]
    forms = [
        writer.form(f"tool-{position}", hat, offer)
        for position, (hat, offer) in enumerate(offers)
        if offer.is_open
    ]
    closed = tuple(
        ClosedTool(speech.say(offer.name), speech.reasons(offer.closed_because))
        for _, offer in offers
        if not offer.is_open
    )
    return ToolsView(
        tuple(form for form in forms if form.act in _ANSWERS),
        tuple(form for form in forms if form.act not in _ANSWERS),
        closed,
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the forms of one page."""

    sight: CaseSight
    speech: Speech
    opened: Opened
    tried: Tried
    ids: Callable[[], str]

    def form(self, id: str, hat: Hat, offer: ToolOffer) -> ToolForm:
        """One act as a form."""
        speech = self.speech
        shown = self.opened.shows(offer)
        tried = self.tried if shown else Tried()
        acting_for = hat.acting_for or ""
        asked = offer.task if offer.act in _ANSWERS else None
        plain = offer.words is OpinionRule.NONE and not offer.names_somebody
        return ToolForm(
            kind="link" if offer.names_somebody and not shown else "button" if plain else "fold",
            id=id,
            act=offer.act,
            task=_task_id(offer),
            label=speech.say(offer.name),
            does=self._does(offer),
            icon=_ICONS.get(offer.act, "dots"),
            acting_for=acting_for,
            acting_for_name=speech.person(acting_for) if acting_for else "",
            url=self._url(offer),
            open=shown or offer.act in _ANSWERS,
            whom=self._whom(id, tried) if shown and offer.names_somebody else None,
            words=offer.words.value,
            words_label=speech.say(WORDS[offer.act]) if offer.act in WORDS else "",
            typed=tried.opinion,
            words_problem=self._said(tried.problems, "opinion"),
            key=self.ids(),
            about="" if asked is None else self._about(asked),
            subject="" if asked is None else asked.handling.subject,
        )

    def _url(self, offer: ToolOffer) -> str:
        named = {"act": offer.act, "task": _task_id(offer), "for": offer.acting_for or ""}
        asked = urlencode({key: value for key, value in named.items() if value})
        return f"/c/{self.sight.case.number}?{asked}"

    def _does(self, offer: ToolOffer) -> str:
        does = self.speech.say(offer.does)
        task = offer.task
        if offer.act != acts.RECUSE or task is None or task.address.person is None:
            return does
        panel = self.sight.definition.states[task.step].panel
        if panel is None:
            return does
        after = self.speech.say(REPLACED if panel.replace else NOT_REPLACED)
        return f"{does}{'. ' if self.speech.language == 'en' else '。'}{after}"

    def _whom(self, id: str, tried: Tried) -> Input:
        speech = self.speech
        desk = Desk(speech.language, speech.organisation, speech.calendar, self.sight.roles)
        plain = Input(
            key="target",
            name="target",
            id=f"{id}-target",
            label=speech.say(WHOM),
            kind="select",
            value=tried.target,
            required=True,
            problem=self._said(tried.problems, "target"),
        )
        return with_choices(plain, people_choices(self.opened.people, tried.target, desk))

    def _about(self, task: Task) -> str:
        who = task.handling.added_by
        name = "" if who is None else self.speech.person(who)
        return self.speech.say(ABOUT[task.handling.kind].filled(who=name))

    def _said(self, problems: Iterable[Refusal], rule: str) -> str:
        return "；".join(dict.fromkeys(self._at(problems, rule)))

    def _at(self, problems: Iterable[Refusal], rule: str) -> Iterator[str]:
        for one in problems:
            if one.rule == rule:
                yield self.speech.say(one.because)
