"""From the text of a definition to its values, or to every problem that it has, each at its place.

Here only what can be said of the text alone: keys, types, and that every name means something.
Whether the process makes sense is asked in `workflow.design.checks`; expressions are compiled in
`workflow.conditions.expressions`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from workflow.calculations.table import CALCULATIONS
from workflow.design.definition import (
    OF_PARENT,
    TITLE_PLACE,
    Definition,
    Opening,
    SameApprover,
    UrgeLimit,
)
from workflow.design.facts import Condition
from workflow.design.form_rules import OPENING, opening_of_uses, ordinary_fields, with_openings
from workflow.design.parsing_basics import (
    CLAUSES,
    FIELD,
    FLAG,
    SENTENCE,
    TEXT,
    UNREAD,
)
from workflow.design.parsing_calculations import CALCULATION_USES
from workflow.design.parsing_deadlines import DEADLINES
from workflow.design.parsing_effects import EFFECTS, LEFT_BEHIND, PROCESS
from workflow.design.parsing_facts import FACTS, REGISTERS, columns_of
from workflow.design.parsing_flow import (
    ACTIONS,
    CONDITIONS,
    EVERY,
    FIELDS_OR_ALL,
    STATES_SHAPE,
    named,
)
from workflow.design.parsing_form import FORM
from workflow.design.parsing_panels import URGE
from workflow.design.parsing_people import OPENERS
from workflow.design.parsing_print import PRINT
from workflow.design.parsing_schedules import SCHEDULES
from workflow.design.problems import Problem
from workflow.design.reading import read_what_can_be_read
from workflow.design.register import Register
from workflow.design.scalars import lines_of
from workflow.design.shapes import (
    Choice,
    Entries,
    KnownKey,
    Listing,
    Reference,
    Text,
    Whole,
)
from workflow.design.spots import NOUNS, Name, Reading, Spot
from workflow.design.tables import Key, Section, Table, Values
from workflow.refusals import Sentence


class ParentKeys(Table):
    """To which other case a case belongs."""

    noun = Sentence("上级案件", "A parent case")

    process = Key(
        Listing(PROCESS),
        "上级案件的流程；可以是几个流程之一，写成列表",
        "the process of the parent; a list where it may be one of several",
        required=True,
    )
    field = Key(
        FIELD,
        "哪个表单项记上级案件的编号",
        "the field that holds the parent's number",
        required=True,
    )
    required = Key(FLAG, "立案时必须有上级案件", "no case is opened without a parent")


@dataclass(frozen=True, slots=True)
class _Parent:
    processes: tuple[str, ...] = ()
    field: str | None = None
    required: bool = False


def _parent(values: Values) -> _Parent:
    return _Parent(
        values.get(ParentKeys.process, ()),
        values.get(ParentKeys.field),
        values.get(ParentKeys.required, False),
    )


class OpenKeys(Table):
    """How a case begins."""

    noun = Sentence("立案", "The opening")

    who = Key(
        OPENERS,
        "谁可以立案：{role: …}；system 表示只由其他流程发起",
        "who may open a case: {role: …}; system: only other processes start it",
        required=True,
    )
    fields = Key(
        FIELDS_OR_ALL,
        "立案时可填哪些表单项；不写即 all：除系统填写项和意见项外全部",
        "which fields may be filled; all when not written: every field that is neither computed "
        "nor an opinion",
    )
    parent = Key(
        Section(ParentKeys, _parent),
        "本案从属于哪个流程的案件",
        "to which process's case it belongs",
    )
    conditions = Key(CONDITIONS, "立案的条件", "the rules that must hold")
    effects = Key(EFFECTS, "立案后自动发生的事", "what follows")
    clauses = Key(CLAUSES, "所依据的条款编号", "the clauses that it rests on")


def _opening(values: Values) -> Opening:
    parent = values.get(OpenKeys.parent, _Parent())
    conditions: tuple[Condition, ...] = values.get(OpenKeys.conditions, ())
    return Opening(
        seats=values.get(OpenKeys.who, ()),
        fields=values.get(OpenKeys.fields, EVERY),
        parent_processes=parent.processes,
        parent_field=parent.field,
        parent_required=parent.required,
        conditions=named(OPENING, conditions),
        effects=values.get(OpenKeys.effects, ()),
        clauses=values.get(OpenKeys.clauses, ()),
        place=values.spot.key_place,
    )


class DefinitionKeys(Table):
    """A whole process."""

    noun = Sentence("流程定义", "A definition")

    process = Key(
        PROCESS,
        "流程名（即所在文件夹名）",
        "the name of the process and of its folder",
        required=True,
    )
    version = Key(
        Whole(Sentence("版本号，从 1 起的整数", "a version: a whole number from 1"), 1, 9999),
        "版本号（即文件名）；发布后不再改动，要改就写下一版",
        "the version and the file's name; a published one is never edited, the next is written",
        required=True,
    )
    name = Key(SENTENCE, "流程名称", "its name for people", required=True)
    summary = Key(
        SENTENCE, "一两句话说明做什么", "what it is for, in a sentence or two", required=True
    )
    category = Key(SENTENCE, "归在哪一类", "the group in which it is shown", required=True)
    number = Key(
        Text(Sentence("2 至 4 个大写字母", "2 to 4 capital letters"), r"[A-Z]{2,4}"),
        "案件编号的前缀",
        "the prefix of case numbers",
        required=True,
    )
    title = Key(
        TEXT,
        "案件标题，{表单项} 处填入该项的值；{parent.form.表单项} 取上级案件的，只显示第一个字",
        "the title of a case; {field} is replaced by the field's value, {parent.form.field} by the "
        "first character of what stands in the case above",
        required=True,
    )
    key_figure = Key(FIELD, "列表中显示的关键数值", "the field whose value lists show")
    clauses = Key(
        CLAUSES, "整个流程所依据的条款编号", "the clauses that the whole process rests on"
    )
    confidential = Key(
        FLAG,
        "保密流程：看一眼也要有权限、要留痕",
        "confidential: looking needs a right and leaves a line",
    )
    hidden_from = Key(
        Listing(FIELD),
        "本案不给谁看：人员项中所填的人，不论担任什么岗位都看不到，也没有待办",
        "from whom it is hidden: whoever these person fields name neither reads the case nor has "
        "work on it, whatever posts they hold",
    )
    same_approver = Key(
        Choice(Sentence("同一审批人", "same approver"), *SameApprover),
        "同一人在后面的步骤是否自动同意：none 不，adjacent 相邻两步，all 所有步骤；不写即 none",
        "whether whoever has agreed agrees automatically later: none, adjacent, all; none when "
        "not written",
    )
    urge = Key(
        URGE,
        "申请人多久可以催办一次、一天几次；不写即每 4 小时一次、一天 3 次",
        "how often the applicant may urge; every 4 hours and 3 times a day when not written",
    )
    parameters = Key(
        Listing(Reference(Name.PARAMETER)),
        "表达式中用到的政策参数（parameters.yaml 中的键）",
        "the policy parameters that its expressions name, by their keys in parameters.yaml",
    )
    open = Key(Section(OpenKeys, _opening), "如何立案", "how a case begins", required=True)
    form = Key(FORM, "表单", "the form", required=True)
    registers = Key(REGISTERS, "用到的登记簿", "the registers that it reads or writes")
    facts = Key(FACTS, "条件要查的、案件以外的事实", "what its conditions look up outside the case")
    calculations = Key(
        CALCULATION_USES,
        "办理时由系统计算什么：输入、结果都留在记录里",
        "what is worked out with an act; inputs and results stay in the record",
    )
    states = Key(STATES_SHAPE, "状态", "the states", required=True)
    actions = Key(ACTIONS, "动作", "the actions", required=True)
    deadlines = Key(DEADLINES, "期限", "the deadlines")
    schedules = Key(
        SCHEDULES,
        "定期事项：到时由系统立案",
        "recurring work: cases that the system opens on time",
    )
    cancelled = Key(
        LEFT_BEHIND,
        "管理员取消案件时，登记簿里随之改写哪些行、别的案件随之办理什么（不能用 facts、decision）",
        "the rows and the acts on other cases that follow when an administrator cancels a case "
        "(without facts and decision)",
    )
    print_ = Key(
        PRINT,
        "打印件：这个流程归档的那张纸；不写则由定义推出",
        "the paper that is filed of it; derived from the definition when not written",
    )
    not_enforced = Key(
        Entries(
            KnownKey(Name.CLAUSE), SENTENCE, Sentence("{条款: {zh, en}}", "{clause: {zh, en}}")
        ),
        "提到本流程、但本流程没有相应规则的条款，及其原因",
        "clauses that name this process but have no rule here, each with the reason",
    )


def _definition(values: Values) -> Definition:
    keys = DefinitionKeys
    opening = values.get(keys.open, Opening(()))
    form, actions = values.get(keys.form, {}), values.get(keys.actions, {})
    form = with_openings(form, actions)
    every = ordinary_fields(form, actions.values())
    if opening.fields == EVERY:
        opening = replace(opening, fields=every)
    states = {
        key: replace(state, editable=every) if state.editable == EVERY else state
        for key, state in values.get(keys.states, {}).items()
    }
    _title_places(values)
    return Definition(
        key=values.get(keys.process, ""),
        version=values.get(keys.version, 0),
        name=values.get(keys.name, UNREAD),
        summary=values.get(keys.summary, UNREAD),
        category=values.get(keys.category, UNREAD),
        number_prefix=values.get(keys.number, ""),
        title=values.get(keys.title, ""),
        key_figure=values.get(keys.key_figure),
        opening=opening,
        form=form,
        states=states,
        actions=actions,
        facts=values.get(keys.facts, {}),
        deadlines=values.get(keys.deadlines, {}),
        registers=values.get(keys.registers, {}),
        schedules=values.get(keys.schedules, {}),
        cancelled=values.get(keys.cancelled, ()),
        calculations=opening_of_uses(values.get(keys.calculations, {}), actions),
        parameters=values.get(keys.parameters, ()),
        clauses=values.get(keys.clauses, ()),
        not_enforced=values.get(keys.not_enforced, {}),
        confidential=values.get(keys.confidential, False),
        hidden_from=values.get(keys.hidden_from, ()),
        same_approver=values.get(keys.same_approver, SameApprover.NONE),
        urge=values.get(keys.urge, UrgeLimit()),
        print_form=values.get(keys.print_),
    )


NO_PARENT_IN_TITLE = Sentence(
    "标题用了上级案件的表单项，可 open 中没有写 parent；请补上 parent，或改用本案的表单项。",
    "The title takes a field of the parent, but open declares no parent; declare it, or take a "
    "field of this form.",
)


def _title_places(values: Values) -> None:
    title, reading = values.get(DefinitionKeys.title, ""), values.reading
    place = values.at(DefinitionKeys.title).place
    known = reading.names[Name.FIELD]
    parents = values.get(DefinitionKeys.open, Opening(())).parent_processes
    for word in TITLE_PLACE.findall(title):
        if word.startswith(OF_PARENT) and not parents:
            reading.complain(place, NO_PARENT_IN_TITLE.zh, NO_PARENT_IN_TITLE.en)
        elif word not in known and not word.startswith(OF_PARENT):
            reading.unknown(place, NOUNS[Name.FIELD], word, known)
    if set("{}") & set(TITLE_PLACE.sub("", title)):
        reading.complain(
            place,
            "标题里的花括号没有成对，请写成 {表单项}。",
            "The braces in the title are not in pairs; write {field}.",
        )


DEFINITION = Section(DefinitionKeys, _definition)


def parse_definition(text: str, file: str, register: Register) -> Definition | tuple[Problem, ...]:
    """Read a definition, or give every problem of its text, in the order of the file.

    `file` is only a name for the messages. The digest of the result is the SHA-256 of `text`.
    """
    root, unread = read_what_can_be_read(text, file)
    if root is None:
        return unread
    spot = Spot(root)
    reading = Reading(
        file, lines_of(text), _names(spot, register), columns_of(spot.child("registers"))
    )
    definition = DEFINITION.read(spot, reading)
    if unread or reading.problems or definition is None:
        # What is wrong with a place already is not said of it twice.
        told = {(one.line, one.column) for one in unread}
        more = (one for one in reading.problems if (one.line, one.column) not in told)
        return tuple(sorted((*unread, *more), key=lambda one: (one.line, one.column)))
    return replace(definition, source=text, digest=sha256(text.encode()).hexdigest())


def _names(root: Spot, register: Register) -> Mapping[Name, Collection[str]]:
    """Every name that the definition or the hospital's register declares."""

    def declared(section: str) -> Collection[str]:
        spot = root.child(section)
        return {} if spot is None else spot.children()

    return {
        Name.FIELD: declared("form"),
        Name.STATE: declared("states"),
        Name.ACTION: declared("actions"),
        Name.FACT: declared("facts"),
        Name.REGISTER: declared("registers"),
        Name.ROLE: register.roles,
        Name.CLAUSE: register.clauses,
        Name.PARAMETER: register.parameters,
        Name.CALCULATION: CALCULATIONS,
    }
