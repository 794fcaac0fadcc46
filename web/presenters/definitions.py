"""Definitions in words: the list of processes, one version with its clauses, and what was found in
a pasted text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from web.diagram import Drawing, draw
from web.presenters.office import Posted
from web.presenters.speech import speech_of
from web.presenters.steps import StepLine, step_lines
from web.presenters.words import full_moment
from web.visit import Visit
from workflow.calculations.table import CALCULATIONS
from workflow.design.comparing import HOWS, PARTS, Difference, How, Part
from workflow.design.definition import Definition
from workflow.design.problems import Problem
from workflow.design.register import Register
from workflow.ports.house import StoredDefinition
from workflow.ports.reading import CaseQuery, CaseRow, Page
from workflow.refusals import Sentence
from workflow.service.catalogs import UnusableDefinition
from workflow.service.publishing import Examination, Trial

#: How each kind of change looks: its colour and its picture.
_LOOKS: Mapping[How, tuple[str, str]] = {
    How.ADDED: ("good", "plus"),
    How.REMOVED: ("stopped", "minus"),
    How.CHANGED: ("soon", "pencil"),
}
_ATTRIBUTES: Mapping[str, Sentence] = {
    "name": Sentence("名称", "name"),
    "label": Sentence("名称", "label"),
    "help": Sentence("说明", "help"),
    "does": Sentence("作用说明", "what it does"),
    "summary": Sentence("简介", "summary"),
    "category": Sentence("类别", "category"),
    "number_prefix": Sentence("编号前缀", "number prefix"),
    "title": Sentence("标题", "title"),
    "key_figure": Sentence("关键数值", "key figure"),
    "confidential": Sentence("保密", "confidential"),
    "clauses": Sentence("条款", "clauses"),
    "not_enforced": Sentence("不在此执行的条款", "clauses not enforced here"),
    "print_form": Sentence("打印件", "print form"),
    "seats": Sentence("由谁办理", "who"),
    "fields": Sentence("可填的项", "fields"),
    "editors": Sentence("谁可修改", "who may edit"),
    "editable": Sentence("可修改的项", "what may be edited"),
    "type": Sentence("类型", "type"),
    "required": Sentence("必填", "required"),
    "minimum": Sentence("下限", "minimum"),
    "maximum": Sentence("上限", "maximum"),
    "above": Sentence("须大于", "above"),
    "options": Sentence("选项", "options"),
    "columns": Sentence("列", "columns"),
    "sources": Sentence("从何状态", "from"),
    "target": Sentence("到何状态", "to"),
    "opinion": Sentence("意见", "opinion"),
    "conditions": Sentence("条件", "conditions"),
    "effects": Sentence("后续", "effects"),
    "signs": Sentence("签署", "signature"),
    "duty": Sentence("是否待办", "duty"),
    "final": Sentence("终点", "final"),
    "entry": Sentence("起点", "entry"),
    "spans": Sentence("时长", "length"),
    "due": Sentence("是否办理期限", "whether work is due by it"),
    "rhythm": Sentence("周期", "rhythm"),
    "missed_after": Sentence("过多久算漏办", "missed after"),
    "each": Sentence("为谁立案", "for what"),
    "when": Sentence("条件", "condition"),
    "tells": Sentence("漏办告知谁", "who hears of what was missed"),
    "where": Sentence("查询条件", "where"),
    "tone": Sentence("按钮颜色", "tone"),
    "states": Sentence("适用状态", "while"),
    "panel": Sentence("会签", "panel"),
    "may": Sentence("办理人还可以做的事", "what else may be done"),
    "longest_chain": Sentence("最多转办几次", "how often it may be passed on"),
    "seen_binds": Sentence("看过即不能拿回", "not taken back once seen"),
    "parallel": Sentence("同时进行的分支", "branches"),
    "within": Sentence("属于哪个分支", "of which branch"),
    "vote": Sentence("算什么票", "vote"),
    "back": Sentence("退回到哪里", "where it goes back to"),
    "resubmit": Sentence("重新提交后", "after resubmission"),
    "promises": Sentence("附带条件由谁确认", "who confirms conditions"),
    "same_approver": Sentence("同一人再次审批", "the same approver again"),
}

#: Rows of a case list that are looked at to tell running cases by version.
_COUNTED = 500


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """A process in the list of definitions."""

    key: str
    name: str
    category: str
    version: int
    published: str
    by: str
    running: str
    retired: bool


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a process. `state` says whether new cases are opened by it."""

    version: int
    published: str
    by: str
    digest: str
    running: str
    here: bool
    in_force: bool
    retired: bool


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a definition's text with the problems that stand in it."""

    number: int
    text: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """A clause that concerns a process, and what of the process carries it; or why nothing does."""

    id: str
    place: str
    says: str
    carried_by: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """A policy parameter that a process asks for, with the value that new cases get."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class DefinitionView:
    """The page of one version of a process."""

    key: str
    name: str
    summary: str
    version: int
    digest: str
    confidential: bool
    versions: tuple[VersionLine, ...]
    source: tuple[SourceLine, ...]
    drawing: Drawing
    steps: tuple[StepLine, ...]
    clauses: tuple[ClauseLine, ...]
    parameters: tuple[ParameterLine, ...]
    posted: Posted


@dataclass(frozen=True, slots=True)
class DefinitionsView:
    """The list of processes by category."""

    groups: tuple[tuple[str, tuple[ProcessLine, ...]], ...]


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A problem with its place, as the list beside the text shows it."""

    line: int
    column: int
    path: str
    said: str


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One part that a new version changes, in words."""

    part: str
    key: str
    name: str
    how: str
    tone: str
    icon: str
    what: str


@dataclass(frozen=True, slots=True)
class FoundView:
    """What came of checking a text. `verdict` is one sentence, `tone` colours it."""

    verdict: str
    tone: str
    icon: str
    title: str
    problems: tuple[ProblemLine, ...]
    scenario_problems: tuple[ProblemLine, ...]
    source: tuple[SourceLine, ...]
    differences: tuple[DifferenceLine, ...]
    first: bool
    trials: tuple[Trial, ...]
    drawing: Drawing | None
    publishable: bool


@dataclass(frozen=True, slots=True)
class EditorView:
    """The page on which a definition is pasted, checked and published; `sources` to begin with."""

    text: str
    scenarios: str
    note: str
    found: FoundView | None
    problems: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()


UNREADABLE = Sentence("无法读取，须发布新版本", "Cannot be read any more: publish a new version")
CLEAN = Sentence(
    "检查通过，可以发布为第 {version} 版。",
    "No problem was found; it can be published as version {version}.",
)
WRONG = Sentence(
    "有 {n} 处问题，改好后再检查。下面逐条列出，并标在原文相应的行上。",
    "{n} problems. They are listed below and marked at their lines; mend them and check again.",
)
ALREADY = Sentence(
    "这份定义已经发布，内容相同，没有需要发布的改动。",
    "This text is published already, word for word; there is nothing to publish.",
)
FAILING = Sentence(
    "定义没有问题，但有 {n} 个情景不通过，还不能发布。",
    "The definition is sound, but {n} scenarios fail; it cannot be published yet.",
)


def definitions_view(visit: Visit, stored: Iterable[StoredDefinition]) -> DefinitionsView:
    """Every process with its newest version, by category."""
    newest = {one.key: one for one in sorted(stored, key=lambda one: one.version)}
    groups: dict[str, list[ProcessLine]] = {}
    for one in newest.values():
        name, category = _called(visit, one)
        line = ProcessLine(
            key=one.key,
            name=name,
            category=category,
            version=one.version,
            published=_moment(visit, one),
            by=speech_of(visit).person(one.published_by),
            running=_count(visit.house.store.readings.cases(_open(one.key, limit=1))),
            retired=one.retired,
        )
        groups.setdefault(line.category, []).append(line)
    return DefinitionsView(tuple((name, tuple(lines)) for name, lines in groups.items()))


def _called(visit: Visit, one: StoredDefinition) -> tuple[str, str]:
    """Name and category of a process; its key where the product cannot read it any more."""
    try:
        definition = visit.house.catalog().definition(one.key, one.version)
    except UnusableDefinition:
        return one.key, visit.say(UNREADABLE)
    return visit.say(definition.name), visit.say(definition.category)


def definition_view(
    visit: Visit,
    definition: Definition,
    stored: Sequence[StoredDefinition],
    posted: Posted,
) -> DefinitionView:
    """One version with everything that an administrator asks of it."""
    return DefinitionView(
        key=definition.key,
        name=visit.say(definition.name),
        summary=visit.say(definition.summary),
        version=definition.version,
        digest=definition.digest,
        confidential=definition.confidential,
        versions=_versions(visit, definition, stored),
        source=source_lines(visit, definition.source, ()),
        drawing=draw(definition, visit.language),
        steps=step_lines(definition, speech_of(visit)),
        clauses=clause_lines(visit, definition, visit.house.catalog().register),
        parameters=_parameters(visit, definition),
        posted=posted,
    )


def _versions(
    visit: Visit, definition: Definition, stored: Sequence[StoredDefinition]
) -> tuple[VersionLine, ...]:
    running = visit.house.store.readings.cases(_open(definition.key, limit=_COUNTED))
    in_force = visit.house.catalog().newest.get(definition.key)
    return tuple(
        VersionLine(
            version=one.version,
            published=_moment(visit, one),
            by=speech_of(visit).person(one.published_by),
            digest=one.digest[:12],
            running=_counted(running, one.version),
            here=one.version == definition.version,
            in_force=one.version == in_force,
            retired=one.retired,
        )
        for one in sorted(stored, key=lambda one: -one.version)
    )


def _open(process: str, limit: int) -> CaseQuery:
    return CaseQuery(process=process, open_only=True, limit=limit)


def _count(page: Page[CaseRow]) -> str:
    return f"{page.total}+" if page.capped else str(page.total)


def _counted(page: Page[CaseRow], version: int) -> str:
    seen = sum(row.case.definition_version == version for row in page.rows)
    return f"{seen}+" if len(page.rows) == _COUNTED else str(seen)


def _moment(visit: Visit, one: StoredDefinition) -> str:
    return full_moment(one.published_at, visit.language, visit.hospital.calendar)


def source_lines(visit: Visit, text: str, problems: Iterable[Problem]) -> tuple[SourceLine, ...]:
    """A text line by line, each with what is wrong in it."""
    said: dict[int, list[str]] = {}
    for problem in problems:
        said.setdefault(problem.line, []).append(visit.say(problem.because))
    return tuple(
        SourceLine(number, line, tuple(said.get(number, ())))
        for number, line in enumerate(text.splitlines() or [""], start=1)
    )


def clause_lines(
    visit: Visit, definition: Definition, register: Register
) -> tuple[ClauseLine, ...]:
    """Every clause that the definition names or that concerns it, with what carries it."""
    carried = _carried(visit, definition)
    ids = dict.fromkeys(
        (*carried, *definition.not_enforced, *(c.id for c in register.clauses_of(definition.key)))
    )
    lines = []
    for id_ in sorted(ids):
        clause = register.clauses.get(id_)
        if clause is None:
            continue
        reason = definition.not_enforced.get(id_)
        lines.append(
            ClauseLine(
                id=id_,
                place=clause.place,
                says=visit.say(clause.says),
                carried_by=tuple(dict.fromkeys(carried.get(id_, ()))),
                reason="" if reason is None else visit.say(reason),
            )
        )
    return tuple(lines)


_CONDITION = Sentence("条件", "Condition")
_PROCESS = Sentence("流程", "Process")
_Carrier = tuple[tuple[str, ...], Sentence, Sentence]


def _carried(visit: Visit, definition: Definition) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for clauses, kind, name in (*_heads(definition), *_rules(definition)):
        for clause in clauses:
            found.setdefault(clause, []).append(f"{visit.say(kind)}：{visit.say(name)}")
    return found


def _heads(definition: Definition) -> Iterator[_Carrier]:
    yield definition.clauses, _PROCESS, definition.name
    yield definition.opening.clauses, PARTS[Part.OPENING], definition.name
    for line in definition.form.values():
        yield line.clauses, PARTS[Part.FIELD], line.label
        for requirement in line.required:
            yield requirement.clauses, PARTS[Part.FIELD], line.label
    for state in definition.states.values():
        yield state.clauses, PARTS[Part.STATE], state.name


def _rules(definition: Definition) -> Iterator[_Carrier]:
    for action in definition.actions.values():
        yield action.clauses, PARTS[Part.ACTION], action.name
    conditions = [
        *definition.opening.conditions,
        *(condition for action in definition.actions.values() for condition in action.conditions),
    ]
    for condition in conditions:
        yield condition.clauses, _CONDITION, condition.otherwise
    for deadline in definition.deadlines.values():
        yield deadline.clauses, PARTS[Part.DEADLINE], deadline.name
    for schedule in definition.schedules.values():
        yield schedule.clauses, PARTS[Part.SCHEDULE], schedule.name
    for use in definition.calculations.values():
        yield use.clauses, PARTS[Part.CALCULATION], CALCULATIONS[use.of].name


def _parameters(visit: Visit, definition: Definition) -> tuple[ParameterLine, ...]:
    register, policy = visit.house.catalog().register, visit.hospital.policy_at(visit.now)
    values = register.resolve(policy.profile, policy.overrides)
    return tuple(
        ParameterLine(key, visit.say(one.label), visit.say(one.shown(values[key])))
        for key in definition.parameters
        if (one := register.parameters.get(key)) is not None
    )


# ---- checking a text ----------------------------------------------------------------------------


def found_view(visit: Visit, examination: Examination) -> FoundView:
    """What came of checking a text, in words."""
    verdict, tone, icon = _verdict(examination)
    definition = examination.definition
    return FoundView(
        verdict=visit.say(verdict),
        tone=tone,
        icon=icon,
        title="" if definition is None else visit.say(definition.name),
        problems=_problem_lines(visit, examination.problems),
        scenario_problems=_problem_lines(visit, examination.scenario_problems),
        source=source_lines(visit, examination.text, examination.problems),
        differences=tuple(_difference(visit, one) for one in examination.differences),
        first=examination.before is None,
        trials=examination.trials,
        drawing=None
        if definition is None or examination.problems
        else draw(definition, visit.language),
        publishable=examination.publishable,
    )


def _verdict(examination: Examination) -> tuple[Sentence, str, str]:
    wrong = len(examination.problems) + len(examination.scenario_problems)
    failing = sum(not trial.ok for trial in examination.trials)
    if wrong:
        return WRONG.filled(n=wrong), "late", "alert-circle"
    if examination.published:
        return ALREADY, "quiet", "info-circle"
    if failing:
        return FAILING.filled(n=failing), "soon", "alert-triangle"
    version = 0 if examination.definition is None else examination.definition.version
    return CLEAN.filled(version=version), "good", "circle-check"


def _problem_lines(visit: Visit, problems: Iterable[Problem]) -> tuple[ProblemLine, ...]:
    return tuple(
        ProblemLine(one.line, one.column, one.path, visit.say(one.because)) for one in problems
    )


def _difference(visit: Visit, one: Difference) -> DifferenceLine:
    how, (tone, icon) = HOWS[one.how], _LOOKS[one.how]
    names = [visit.say(_ATTRIBUTES.get(name, Sentence(name, name))) for name in one.what]
    between = "、" if visit.language == "zh_CN" else ", "
    return DifferenceLine(
        part=visit.say(PARTS[one.part]),
        key=one.key,
        name=visit.say(one.name),
        how=visit.say(how),
        tone=tone,
        icon=icon,
        what=between.join(names),
    )
