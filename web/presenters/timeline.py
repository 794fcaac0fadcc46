"""The story of a case, line by line: what people did, what happened by itself, and what was
refused.

An act of the clock never looks like an agreement; a delegate's act carries both names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from web.presenters.calculations import Worked, worked
from web.presenters.speech import Reason, Speech
from web.presenters.values import Reader, shown_value
from workflow.design.definition import Definition
from workflow.design.form_rules import OPENING
from workflow.nouns import SYSTEM, TIMER
from workflow.refusals import Code, Sentence
from workflow.service.acts import NAMES, RULES, UNSEAT, URGE, URGED
from workflow.service.sights import LedgerLine, Scheduled

OPENED = Sentence("发起", "Opened")
SAVED = Sentence("保存修改", "Changed the form")
RAN_OUT = Sentence("{name}：时限已到", "{name}: time ran out")
#: A clock by which nothing is due; what its look came to.
LOOKED = Sentence("按时查看“{name}”", "Looked on time for “{name}”")
HAS_TOLD = Sentence("：已告知", ": told")
FOUND_NOTHING = Sentence("：没有新情况", ": nothing new")
OFTEN = Sentence("（连续 {n} 次）", " ({n} times)")
TRIED = Sentence("尝试“{action}”", "Tried “{action}”")
CALENDAR = Sentence("工作日历调整，期限随之改变", "The calendar changed; deadlines moved with it")
REMINDER = Sentence("时限提醒", "Reminder of a deadline")
SCHEDULED = Sentence("按定期事项“{name}”立案", "Opened by the schedule “{name}”")
SCHEDULED_LATE = Sentence(
    "按定期事项“{name}”补立，应于 {at} 立案", "Opened late by the schedule “{name}”, due {at}"
)
SAVE = "save"
#: The line that a changed calendar leaves in each case whose clocks moved.
CALENDAR_CHANGED = "calendar_changed"
#: The line that a reminder of a clock's ladder leaves.
REMINDED = "reminder_sent"

#: Under which delegation somebody acted.
UNDER = Sentence("代理编号 {grant}", "delegation {grant}")


@dataclass(frozen=True, slots=True)
class Changed:
    """A field before and after an act."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story. `kind`: person, delegated, automatic or refused; each has its own
    look.
    """

    seq: int
    kind: str
    icon: str
    tone: str
    who: str
    post: str
    acting_for: str
    what: str
    to: str
    at: str
    at_full: str
    opinion: str
    changes: tuple[Changed, ...]
    reasons: tuple[Reason, ...]
    voided: bool
    unfilled: bool = False  # refused for nothing but what was not filled in as it should be
    grant: str = ""  # the delegation under which somebody acted for another
    worked: tuple[Worked, ...] = ()  # what was calculated with the act
    elsewhere: tuple[str, ...] = ()  # why work went to somebody it was not meant for


def timeline(
    lines: Iterable[LedgerLine], definition: Definition, round_: int, reader: Reader
) -> tuple[Line, ...]:
    """The ledger of a case as a story, the newest line first. `round_`: the present round.

    A clock that looks every day and finds nothing would bury what people did: of such looks one
    after another the last stands for all.
    """
    shown: list[tuple[LedgerLine, int]] = []
    for line in lines:
        again = shown and _found_nothing(line, definition) and shown[-1][0].action == line.action
        if again and _found_nothing(shown[-1][0], definition):
            shown[-1] = (line, shown[-1][1] + 1)
        else:
            shown.append((line, 1))
    return tuple(_line(line, times, definition, round_, reader) for line, times in reversed(shown))


def _looked(line: LedgerLine, definition: Definition) -> bool:
    """Whether a clock by which nothing is due has looked."""
    if line.entry.actor != TIMER or line.refused:
        return False
    clock = definition.clock_of(line.action, by_timer=True)
    return clock is not None and not clock.due


def _found_nothing(line: LedgerLine, definition: Definition) -> bool:
    return _looked(line, definition) and not line.told


def _line(
    line: LedgerLine, times: int, definition: Definition, round_: int, reader: Reader
) -> Line:
    speech, entry = reader.speech, line.entry
    kind = _kind(line)
    action = definition.action_of(line.action, by_timer=entry.actor == TIMER)
    tone = "stop" if line.refused else "plain" if action is None else action.tone
    moved = None if entry.to_state == entry.from_state else entry.to_state
    return Line(
        seq=entry.seq,
        kind=kind,
        icon=_icon(kind, line, tone),
        tone=tone,
        who=speech.person(entry.actor),
        post=speech.post(entry.role, entry.department),
        acting_for="" if entry.acting_for is None else speech.person(entry.acting_for),
        grant="" if line.grant is None else speech.say(UNDER.filled(grant=line.grant)),
        what=_what(line, times, definition, speech),
        to=_whither(line, moved, definition, speech),
        at=speech.moment(entry.at),
        at_full=speech.full_moment(entry.at),
        opinion="" if kind == "automatic" else line.opinion,
        changes=_changes(line, definition, reader),
        worked=worked(line, definition, reader),
        reasons=speech.told_apart(line.refusals, definition.form),
        voided=bool(action and action.signs and not line.refused and line.round < round_),
        unfilled=entry.refused in (Code.INVALID_FORM, Code.OPINION_REQUIRED),
        elsewhere=tuple(
            f"{speech.address(one.address)}：{speech.say(one.in_words(speech.address))}"
            for one in line.elsewhere
        ),
    )


def _whither(line: LedgerLine, moved: str | None, definition: Definition, speech: Speech) -> str:
    """The colleague whom a general act named or concerned, or the state that the case came to."""
    if line.action in RULES or line.action == UNSEAT:
        return "" if line.target is None else speech.person(line.target)
    return "" if moved is None else speech.say(definition.states[moved].name)


def _kind(line: LedgerLine) -> str:
    if line.refused:
        return "refused"
    if line.entry.actor in (TIMER, SYSTEM):
        return "automatic"
    return "delegated" if line.entry.acting_for is not None else "person"


def _icon(kind: str, line: LedgerLine, tone: str) -> str:
    if kind == "refused":
        return "ban"
    if line.action in NAMES or line.action == URGE:
        return "users"
    if kind == "automatic":
        return "clock" if line.entry.actor == TIMER else "settings"
    if line.action == OPENING:
        return "file-plus"
    if line.action == SAVE:
        return "pencil"
    return {"forward": "check", "back": "arrow-back-up", "stop": "x"}.get(tone, "circle-dot")


def _what(line: LedgerLine, times: int, definition: Definition, speech: Speech) -> str:
    if line.schedule is not None:
        return _by_schedule(line.schedule, definition, speech)
    name = act_name(line.action, definition, by_timer=line.entry.actor == TIMER)
    said = speech.say(name)
    if _looked(line, definition):
        often = speech.say(OFTEN.filled(n=times)) if times > 1 else ""
        return said + speech.say(HAS_TOLD if line.told else FOUND_NOTHING) + often
    return speech.say(TRIED.filled(action=said)) if line.refused else said


def _by_schedule(turn: Scheduled, definition: Definition, speech: Speech) -> str:
    rule = definition.schedules.get(turn.key)
    name = OPENED if rule is None else rule.name
    at = speech.full_moment(turn.due_at)
    told = SCHEDULED_LATE if turn.late else SCHEDULED
    return speech.say(
        Sentence(told.zh.format(name=name.zh, at=at), told.en.format(name=name.en, at=at))
    )


_NAMES = {OPENING: OPENED, SAVE: SAVED, CALENDAR_CHANGED: CALENDAR, REMINDED: REMINDER, URGE: URGED}


def act_name(act: str, definition: Definition, *, by_timer: bool = False) -> Sentence:
    """What people call an act of the ledger: an action, the opening, a save, a clock. `by_timer`:
    the timer has done it, where an action and a clock share the key.
    """
    action = definition.action_of(act, by_timer=by_timer)
    if action is not None:
        return action.name
    if act in NAMES:
        return NAMES[act]
    if act in definition.deadlines:
        clock = definition.deadlines[act]
        said, name = RAN_OUT if clock.due else LOOKED, clock.name
        return Sentence(said.zh.format(name=name.zh), said.en.format(name=name.en))
    return _NAMES.get(act, Sentence(act, act))


def _changes(line: LedgerLine, definition: Definition, reader: Reader) -> tuple[Changed, ...]:
    """What an act changed in the form. The opening fills everything, an opinion stands alone."""
    if line.action == OPENING:
        return ()
    action = definition.action_of(line.action, by_timer=line.entry.actor == TIMER)
    opinion_field = None if action is None else action.opinion_field
    return tuple(
        Changed(
            reader.speech.say(definition.form[change.field].label),
            shown_value(definition.form[change.field], change.before, reader).text,
            shown_value(definition.form[change.field], change.after, reader).text,
        )
        for change in line.changes
        if change.field in definition.form and change.field != opinion_field
    )
