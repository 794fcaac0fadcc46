"""The clauses of every document, what each does in the system and where it last acted, for people:
what `qianpi clauses` tells on the terminal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from web.presenters.speech import speech_of
from web.visit import Visit
from workflow.design import comparing
from workflow.design.carried import FILE, read_carried, stories_of
from workflow.design.register import Clause, ClauseKind, ClauseSet
from workflow.design.tracing import Part, Rule, Standing, Trace, Way
from workflow.refusals import Sentence
from workflow.service.catalog import Catalog
from workflow.service.last_acts import LastAct, last_acts

STANDINGS: Mapping[Standing, tuple[Sentence, str, str]] = {
    Standing.ENFORCED: (Sentence("强制执行", "Enforced"), "good", "shield-check"),
    Standing.TRACKED: (Sentence("跟踪", "Tracked"), "waiting", "clock"),
    Standing.REFERENCE: (Sentence("仅供参照", "Reference only"), "quiet", "info-circle"),
    Standing.OPEN: (Sentence("未落实", "Open"), "stopped", "alert-circle"),
}
KINDS: Mapping[ClauseKind, Sentence] = {
    ClauseKind.WORKFLOW: Sentence("办理流程", "Workflow"),
    ClauseKind.TRANSITION_RULE: Sentence("办理规则", "Rule of a step"),
    ClauseKind.FORM_RULE: Sentence("填报规则", "Rule of a form"),
    ClauseKind.DEADLINE: Sentence("期限", "Deadline"),
    ClauseKind.ROLE: Sentence("职责", "Role"),
    ClauseKind.LIMIT: Sentence("限额", "Limit"),
    ClauseKind.RECORD_RETENTION: Sentence("记录保存", "Record"),
    ClauseKind.REPORT: Sentence("报告", "Report"),
    ClauseKind.PENALTY: Sentence("处罚", "Penalty"),
    ClauseKind.NOTIFICATION: Sentence("通知公示", "Notice"),
    ClauseKind.VERIFICATION: Sentence("核验检查", "Verification"),
    ClauseKind.REFERENCE: Sentence("原则与说明", "Principle"),
}
_RULES: Mapping[Part, Sentence] = {
    Part.OPENING: comparing.PARTS[comparing.Part.OPENING],
    Part.CONDITION: Sentence("条件", "Condition"),
    Part.FIELD: comparing.PARTS[comparing.Part.FIELD],
    Part.STATE: comparing.PARTS[comparing.Part.STATE],
    Part.ACTION: comparing.PARTS[comparing.Part.ACTION],
    Part.DEADLINE: comparing.PARTS[comparing.Part.DEADLINE],
    Part.CALCULATION: Sentence("计算", "Calculation"),
    Part.SCHEDULE: Sentence("定期", "Schedule"),
    Part.ENGINE: Sentence("系统", "Engine"),
}
_WAYS: Mapping[Way, Sentence] = {
    Way.SEATS: Sentence("只有规定的人能办", "only those named may"),
    Way.AUTOMATIC: Sentence("系统自动办理", "done by the system"),
    Way.CONDITION: Sentence("不符合就拒绝", "refused when not met"),
    Way.ENTRY: Sentence("必填、有限制或由系统算出", "required, bounded or worked out"),
    Way.STEP: Sentence("必经步骤", "a step to be passed"),
    Way.ENGINE: Sentence("所有流程一律执行", "in every process"),
    Way.CALCULATION: Sentence("系统计算", "calculated"),
    Way.DEADLINE: Sentence("到期提醒或处理", "a clock runs"),
    Way.SCHEDULE: Sentence("到时自动立案", "opened on time"),
    Way.RECORD: Sentence("留有记录", "kept on record"),
    Way.REPORT: Sentence("上报留痕", "reported"),
    Way.NOTICE: Sentence("通知留痕", "told"),
}
#: In a list, so many rules of a clause are shown; its own page shows all.
_SHOWN = 3
_NO_PROCESS = Sentence("所有流程", "Every process")
_RESTS = Sentence("“{process}”整个流程据此设立", "The process “{process}” as a whole rests on it")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule that carries a clause; `href` leads to its line for those who keep definitions."""

    process: str
    process_name: str
    kind: str
    name: str
    way: str
    where: str
    href: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A standing as a coloured word."""

    word: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Acted:
    """Where a clause last acted."""

    at: str
    number: str
    seq: int
    refused: bool


@dataclass(frozen=True, slots=True)
class TraceLine:
    """A clause in the list. `more` rules are left to its own page."""

    id: str
    place: str
    says: str
    kind: str
    standing: Badge
    rules: tuple[RuleLine, ...]
    more: int
    reasons: tuple[str, ...]
    acted: Acted | None


@dataclass(frozen=True, slots=True)
class SetLines:
    """One set of a document with those of its clauses that were asked for."""

    id: str
    title: str
    about: str
    lines: tuple[TraceLine, ...]


@dataclass(frozen=True, slots=True)
class SetCount:
    """How the clauses of a set stand, for the overview."""

    id: str
    title: str
    total: int
    counts: tuple[tuple[Badge, int], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the list, as they came in; "" for all."""

    set: str = ""
    standing: str = ""
    process: str = ""
    text: str = ""

    @property
    def anything(self) -> bool:
        """Whether some filter is set."""
        return bool(self.set or self.standing or self.process or self.text)


@dataclass(frozen=True, slots=True)
class ClausesView:
    """The page of all clauses."""

    total: int
    totals: tuple[tuple[Badge, int], ...]
    documents: tuple[tuple[str, tuple[SetCount, ...]], ...]
    sets: tuple[SetLines, ...]
    found: int
    asked: Asked
    set_choices: tuple[Choice, ...]
    standing_choices: tuple[Choice, ...]
    process_choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CarriedView:
    """What carries one clause, on its own page."""

    standing: Badge
    kind: str
    rules: tuple[RuleLine, ...]
    reasons: tuple[str, ...]
    stories: tuple[str, ...]
    acted: Acted | None


def clauses_view(visit: Visit, asked: Asked) -> ClausesView:
    """The clauses that were asked for, by document and set, with an overview of all."""
    catalog = visit.house.catalog()
    traces = catalog.tracing.traces.values()
    wanted = [one for one in traces if _wanted(one, asked)]
    acted = last_acts(visit.house.store, visit.house.looking, wanted, visit.person.id, visit.now)
    names = _names(visit, catalog)
    sets = [part for document in catalog.register.documents.values() for part in document.sets]
    listed = (_set_lines(visit, part, wanted, acted, names) for part in sets)
    return ClausesView(
        total=len(traces),
        totals=_counts(visit, traces),
        documents=tuple(
            (
                visit.say(document.title),
                tuple(_set_count(visit, part, traces) for part in document.sets),
            )
            for document in catalog.register.documents.values()
        ),
        sets=tuple(one for one in listed if one.lines),
        found=len(wanted),
        asked=asked,
        set_choices=tuple(
            Choice(part.id, f"{part.id} {visit.say(part.title)}", part.id == asked.set)
            for part in sets
        ),
        standing_choices=tuple(
            Choice(key.value, visit.say(said), key.value == asked.standing)
            for key, (said, _, _) in STANDINGS.items()
        ),
        process_choices=tuple(
            Choice(key, name, key == asked.process) for key, name in names.items()
        ),
    )


def carried_view(visit: Visit, clause: Clause) -> CarriedView:
    """What carries one clause, all of it."""
    catalog = visit.house.catalog()
    one = catalog.tracing.traces[clause.id]
    names = _names(visit, catalog)
    acted = last_acts(visit.house.store, visit.house.looking, [one], visit.person.id, visit.now)
    stories = _shipped_stories()
    titles = (
        title
        for process in dict.fromkeys(rule.process for rule in one.rules)
        for title in stories.get((clause.id, process), ())
    )
    return CarriedView(
        standing=_badge(visit, one.standing),
        kind=visit.say(KINDS[clause.kind]),
        rules=tuple(_rule_line(visit, rule, names) for rule in one.rules),
        reasons=_reasons(visit, one, names),
        stories=tuple(dict.fromkeys(titles)),
        acted=_acted(visit, acted.get(clause.id)),
    )


@cache
def _shipped_stories() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """What the shipped stories showed when it was last written down; never changes under us."""
    return stories_of(read_carried(files("definitions").joinpath(FILE).read_text("utf-8")))


def _wanted(one: Trace, asked: Asked) -> bool:
    clause = one.clause
    text = asked.text.casefold()
    return (
        asked.set in ("", clause.set_id)
        and asked.standing in ("", one.standing.value)
        and (not asked.process or one.concerns(asked.process))
        and (
            not text
            or text in f"{clause.id} {clause.place} {clause.says.zh} {clause.says.en}".casefold()
        )
    )


def _names(visit: Visit, catalog: Catalog) -> dict[str, str]:
    return {one.key: visit.say(one.name) for one in catalog.in_force()}


def _set_lines(
    visit: Visit,
    part: ClauseSet,
    wanted: Iterable[Trace],
    acted: Mapping[str, LastAct],
    names: Mapping[str, str],
) -> SetLines:
    lines = tuple(
        TraceLine(
            id=one.clause.id,
            place=one.clause.place.removeprefix(part.title.zh),
            says=visit.say(one.clause.says),
            kind=visit.say(KINDS[one.clause.kind]),
            standing=_badge(visit, one.standing),
            rules=tuple(_rule_line(visit, rule, names) for rule in _first(one.rules)),
            more=max(0, len(one.rules) - _SHOWN),
            reasons=() if one.rules else _reasons(visit, one, names),
            acted=_acted(visit, acted.get(one.clause.id)),
        )
        for one in wanted
        if one.clause.set_id == part.id
    )
    return SetLines(part.id, visit.say(part.title), visit.say(part.about), lines)


#: Which rules say most about what a clause does, when not all are shown.
_TELLING = (Way.ENGINE, Way.CONDITION, Way.DEADLINE, Way.CALCULATION, Way.AUTOMATIC, Way.SCHEDULE)


def _first(rules: tuple[Rule, ...]) -> list[Rule]:
    order = tuple(dict.fromkeys((*_TELLING, *Way)))
    return sorted(rules, key=lambda rule: order.index(rule.way))[:_SHOWN]


def _rule_line(visit: Visit, rule: Rule, names: Mapping[str, str]) -> RuleLine:
    href = ""
    if rule.process and "admin" in visit.roles:
        href = f"/admin/definitions/{rule.process}#s{rule.line}"
    return RuleLine(
        process=rule.process,
        process_name=names.get(rule.process, visit.say(_NO_PROCESS)),
        kind=visit.say(_RULES[rule.part]),
        name=visit.say(rule.name),
        way=visit.say(_WAYS[rule.way]),
        where=rule.where,
        href=href,
    )


def _reasons(visit: Visit, one: Trace, names: Mapping[str, str]) -> tuple[str, ...]:
    said = [visit.say(why) for _, why in one.reasons]
    said += [
        visit.say(_RESTS.filled(process=names[process]))
        for process in one.mentioned
        if process in names and not one.rules
    ]
    return tuple(dict.fromkeys(said))


def _acted(visit: Visit, act: LastAct | None) -> Acted | None:
    if act is None:
        return None
    return Acted(speech_of(visit).moment(act.at), act.number, act.seq, act.refused)


def _badge(visit: Visit, standing: Standing) -> Badge:
    said, tone, icon = STANDINGS[standing]
    return Badge(visit.say(said), tone, icon)


def _counts(visit: Visit, traces: Iterable[Trace]) -> tuple[tuple[Badge, int], ...]:
    counted = Counter(one.standing for one in traces)
    return tuple(
        (_badge(visit, standing), counted[standing]) for standing in STANDINGS if counted[standing]
    )


def _set_count(visit: Visit, part: ClauseSet, traces: Iterable[Trace]) -> SetCount:
    own = [one for one in traces if one.clause.set_id == part.id]
    return SetCount(part.id, visit.say(part.about), len(own), _counts(visit, own))
