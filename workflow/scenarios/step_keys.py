"""The table of a step: its act, the particulars of the act, and the checks after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from workflow.design.shapes import Choice, Entries, KnownKey, Reference, Text
from workflow.design.spots import Name, Reading, Spot
from workflow.design.tables import Key, Section
from workflow.design.tables import Values as Read
from workflow.refusals import Code, Sentence
from workflow.running.rulebook import SAVE
from workflow.scenarios import checks
from workflow.scenarios.check_keys import PERSON, WORD, WORDS, CaseChecks, always, checks_in
from workflow.scenarios.setting import FIRST_CASE, Act, By, Do, Down, Move, Start, Until, Wait
from workflow.scenarios.shapes import UNREAD, Checked, Items, Moment, Said, Span, Values
from workflow.scenarios.story import Check, Step

CASE = Reference(Name.CASE)
CODES = Items(Choice(Sentence("错误码", "error code"), *Code))


def _expected(values: Read) -> tuple[Check, ...]:
    return checks_in(values)


class StepKeys(CaseChecks):
    """One step: at most one act, and what is checked after it."""

    noun = Sentence("步骤", "A step")

    name = Key(WORD, "这一步的名称", "what `seen` calls this step")
    start = Key(Values(), "立案，填写这些表单项", "open a case with these fields")
    do = Key(WORD, "办理一个动作", "take an action")
    save = Key(Values(), "不办动作，只改这些表单项", "change these fields without an action")
    wait = Key(Span(), "过一段时间", "let time pass")
    until = Key(Moment(), "时间到这个时刻为止", "let time pass up to a moment")
    down = Key(
        Span(),
        "系统停了这么久；恢复后再办到期的事",
        "the system stands still for so long, and looks at what is due when it is over",
    )
    move = Key(
        Entries(KnownKey(Name.PERSON), WORD, Sentence("{人员: 科室}", "{person: department}")),
        "调到别的科室（连同原科室的岗位）",
        "people go to other departments, with the posts that they had in their own",
    )
    by = Key(PERSON, "谁来办", "who acts")
    for_ = Key(PERSON, "代谁办", "for whom a delegate acts")
    as_ = Key(WORD, "以后各步对这个案件的称呼", "what later steps call the case")
    process = Key(WORD, "立哪个流程的案", "of which process a case is opened")
    parent = Key(CASE, "所属的案件", "the case that it belongs to")
    entry = Key(WORD, "从哪个状态开始", "in which state it begins")
    on = Key(CASE, "对哪个案件（默认 it）", "the case that it is about (`it` if not written)")
    with_ = Key(Values(), "随动作填写的表单项", "form fields given with the action")
    opinion = Key(Said(), "意见或理由", "the opinion or reason")
    attachments = Key(WORDS, "附件名称", "names of files that come along")
    target = Key(WORD, "动作指向的状态或人", "the state or person that the action asks for")
    seen = Key(
        Text(Sentence("before 加某一步的名称", "`before` and the name of a step"), r"before \S.*"),
        "按某一步之前的页面办理",
        "to act on the page as it stood before a step",
    )
    refused = Key(Checked(CODES, checks.refused), "被拒绝，错误码是", "the act was refused with")
    names = Key(
        Checked(WORDS, checks.names, always), "拒绝时指出的表单项", "the fields that it named"
    )
    says = Key(Checked(WORDS, checks.says), "拒绝时说的话中有", "words that the refusal says")
    expect = Key(
        Entries(
            KnownKey(Name.CASE),
            Section(CaseChecks, _expected),
            Sentence("{案件: {检查}}", "{case: {check}}"),
        ),
        "对几个案件分别检查",
        "checks of several cases",
    )


_BEFORE = "before "
_NO_ACT = ""
#: Which particulars belong to which act; everything else a step may say with any act or none.
_PARTICULARS: Mapping[str, frozenset[str]] = {
    _NO_ACT: frozenset({"on"}),
    "start": frozenset({"by", "for", "as", "process", "parent", "entry", "attachments"}),
    "do": frozenset({"by", "for", "on", "with", "opinion", "attachments", "target", "seen"}),
    "save": frozenset({"by", "for", "on", "attachments", "seen"}),
    "wait": frozenset({"on"}),
    "until": frozenset({"on"}),
    "down": frozenset({"on"}),
    "move": frozenset({"on"}),
}
_OF_ACTS = frozenset().union(*_PARTICULARS.values())
_OF_REFUSALS = ("refused", "names", "says")
_BY_PEOPLE = ("start", "do", "save")


def _step(values: Read) -> Step:
    keys = StepKeys
    act = _act(values)
    elsewhere = values.get(keys.expect, {})
    return Step(
        number=int(values.spot.key),
        act=act,
        on=values.get(keys.on, FIRST_CASE),
        name=values.get(keys.name),
        checks=checks_in(values),
        elsewhere=tuple(elsewhere.items()),
    )


STEP = Section(StepKeys, _step)


def _act(values: Read) -> Act | None:
    reading = values.reading
    written = [values.spots[word] for word in _PARTICULARS if word in values.spots]
    for second in written[1:]:
        reading.complain(
            second.key_place,
            f"一步只能办一件事：前面已有“{written[0].key}”，请把“{second.key}”另写一步。",
            f"A step has one act, here “{written[0].key}”; give “{second.key}” a step of its own.",
        )
    act = written[0].key if written else _NO_ACT
    _check_particulars(act, values)
    if act in _BY_PEOPLE and not values.has(StepKeys.by):
        reading.complain(
            written[0].key_place,
            f"“{act}”要写明由谁办理，请补上 by。",
            f"“{act}” needs somebody who does it; add “by”.",
        )
    return _ACTS[act](values) if act else None


def _check_particulars(act: str, values: Read) -> None:
    allowed = _PARTICULARS[act]
    for key, spot in values.spots.items():
        if key in _OF_ACTS and key not in allowed:
            _not_here(key, act, spot, values.reading)
        if key in _OF_REFUSALS and act not in _BY_PEOPLE:
            _not_here(key, act, spot, values.reading)


def _not_here(key: str, act: str, spot: Spot, reading: Reading) -> None:
    zh, en = (f"“{act}”", f"“{act}”") if act else ("没有动作的一步", "a step without an act")
    reading.complain(
        spot.key_place,
        f"“{key}”不能与{zh}写在一起，请删去。",
        f"“{key}” does not go with {en}; remove it.",
    )


def _by(values: Read) -> By:
    return By(values.get(StepKeys.by, ""), values.get(StepKeys.for_))


def _start(values: Read) -> Act:
    keys = StepKeys
    return Start(
        by=_by(values),
        process=values.get(keys.process, ""),
        fields=values.get(keys.start, {}),
        name=values.get(keys.as_),
        parent=values.get(keys.parent),
        entry=values.get(keys.entry),
        attachments=values.get(keys.attachments, ()),
    )


def _do(values: Read) -> Act:
    keys = StepKeys
    return Do(
        by=_by(values),
        action=values.get(keys.do, ""),
        fields=values.get(keys.with_, {}),
        opinion=values.get(keys.opinion, ""),
        attachments=values.get(keys.attachments, ()),
        target=values.get(keys.target),
        seen=_seen(values),
    )


def _save(values: Read) -> Act:
    keys = StepKeys
    return Do(
        by=_by(values),
        action=SAVE,
        fields=values.get(keys.save, {}),
        attachments=values.get(keys.attachments, ()),
        seen=_seen(values),
    )


def _seen(values: Read) -> str | None:
    written = values.get(StepKeys.seen)
    return None if written is None else seen_before(written)


def seen_before(written: str) -> str:
    """The name of the step in `before NAME`."""
    return written.removeprefix(_BEFORE).strip()


def _wait(values: Read) -> Act:
    return Wait(values.get(StepKeys.wait, timedelta()))


def _down(values: Read) -> Act:
    return Down(values.get(StepKeys.down, timedelta()))


def _until(values: Read) -> Act:
    return Until(values.get(StepKeys.until, UNREAD))


def _move(values: Read) -> Act:
    return Move(values.get(StepKeys.move, {}))


_ACTS: Mapping[str, Callable[[Read], Act]] = {
    "start": _start,
    "do": _do,
    "save": _save,
    "wait": _wait,
    "until": _until,
    "down": _down,
    "move": _move,
}
