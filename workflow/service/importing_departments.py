"""A list of departments: new ones, other names, kinds and superiors, and those that are closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workflow.people.organisation import DEPARTMENT_TYPES, Department, Organisation
from workflow.ports.house import SaveDepartment
from workflow.refusals import Refusal, Sentence
from workflow.service.housework import tidy
from workflow.service.importing import Draft, How, Kind, Planned, Scene
from workflow.service.staffing import (
    CLOSED,
    CLOSED_NAME,
    NO_DEPARTMENT,
    new_id_problem,
    still_used,
    unit_problems,
)
from workflow.service.tables_in import Column, Fault, Record, Table, folded, in_order, records_of

COLUMNS = (
    Column("id", Sentence("科室编号", "Department number"), ("编号", "科室代码"), needed=True),
    Column("name", Sentence("科室名称", "Name"), ("名称", "科室", "department")),
    Column("type", Sentence("类别", "Kind"), ("科室类别", "type")),
    Column("parent", Sentence("上级科室", "Superior"), ("上级", "parent department")),
)
SAME_ID = Sentence("编号“{id}”在第 {line} 行已经出现", "“{id}” stands in row {line} already")
TWO_OF_A_NAME = Sentence(
    "有几个科室都叫“{name}”，请写科室编号",
    "Several departments are called “{name}”; give the number",
)
CHANGED = Sentence("{what}：{before} → {after}", "{what}: {before} → {after}")
NOTHING = Sentence("（无）", "(none)")


def departments_by_name(departments: Mapping[str, Department]) -> dict[str, str | None]:
    """Ids by everything that a cell may call a department; None where several have the name."""
    found: dict[str, str | None] = {}
    for unit in departments.values():
        name = folded(unit.name)
        found[name] = None if name in found else unit.id
    return {**found, **{folded(key): key for key in departments}}


def named_department(
    text: str, names: Mapping[str, str | None], otherwise: Sentence = NO_DEPARTMENT
) -> str | Sentence:
    """The department that a cell means, or why it means none."""
    name = folded(text)
    if name not in names:
        return otherwise
    return names[name] or TWO_OF_A_NAME.filled(name=text)


def about(text: str, because: Sentence) -> Sentence:
    """A reason with what stood in the cell."""
    return Sentence(f"“{text}”：{because.zh}", f"“{text}”: {because.en}")


def change_words(column: Column, before: str, after: str) -> Sentence:
    """What changes in one column, in both languages."""
    return Sentence(
        CHANGED.zh.format(
            what=column.title.zh, before=before or NOTHING.zh, after=after or NOTHING.zh
        ),
        CHANGED.en.format(
            what=column.title.en, before=before or NOTHING.en, after=after or NOTHING.en
        ),
    )


def judge(table: Table, scene: Scene) -> Draft:
    """What a list of departments asks for, and everything that is wrong with it."""
    records, faults = records_of(table, COLUMNS)
    if faults:
        return Draft(faults=faults)
    known = scene.hospital.organisation.departments
    wanted, lines, wrong = _wanted(records, known)
    whole = replace(scene.hospital.organisation, departments={**known, **wanted})
    for unit in wanted.values():
        wrong += [
            Fault(lines[unit.id], refusal.field or "", refusal.because)
            for refusal in _problems(unit, whole, scene)
            if refusal is not None
        ]
    if wrong:
        return Draft(faults=in_order(wrong, COLUMNS))
    changed = [unit for unit in wanted.values() if known.get(unit.id) != unit]
    return Draft(
        planned=tuple(
            _planned(lines[unit.id], known.get(unit.id), unit, whole) for unit in changed
        ),
        changes=tuple(SaveDepartment(unit) for unit in changed),
        same=len(wanted) - len(changed),
    )


def _wanted(
    records: tuple[Record, ...], known: Mapping[str, Department]
) -> tuple[dict[str, Department], dict[str, int], list[Fault]]:
    """Each department as the table wants it, the row of each, and what cannot be read."""
    wanted: dict[str, Department] = {}
    lines: dict[str, int] = {}
    faults: list[Fault] = []
    for record in records:
        unit = tidy(record["id"])
        if unit in wanted:
            faults.append(Fault(record.line, "id", SAME_ID.filled(id=unit, line=lines[unit])))
            continue
        now = known.get(unit, Department(unit, "", ""))
        wanted[unit] = replace(
            now,
            name=tidy(record["name"]) or now.name,
            type=_type(record["type"]) if record["type"] else now.type,
        )
        lines[unit] = record.line
    names = departments_by_name({**known, **wanted})
    for record in records:
        unit = tidy(record["id"])
        if not record["parent"] or lines[unit] != record.line:
            continue
        parent = None if record.says_none("parent") else named_department(record["parent"], names)
        if isinstance(parent, Sentence):
            faults.append(Fault(record.line, "parent", about(record["parent"], parent)))
        else:
            wanted[unit] = replace(wanted[unit], parent=parent)
    return wanted, lines, faults


def _type(text: str) -> str:
    """The kind that a cell means; what it says, when it means none."""
    names = {CLOSED: CLOSED_NAME, **DEPARTMENT_TYPES}
    for key, name in names.items():
        if folded(text) in (key, folded(name.zh), folded(name.en)):
            return key
    return text


def _problems(unit: Department, whole: Organisation, scene: Scene) -> tuple[Refusal | None, ...]:
    known = scene.hospital.organisation.departments.get(unit.id)
    if known is None:
        return (new_id_problem("id", unit.id, ()), *unit_problems(whole, unit))
    if unit == known:
        return ()
    if unit.type != CLOSED:
        return unit_problems(whole, unit)
    as_before = replace(unit, type="functional")  # a closed one keeps the other rules
    return (
        still_used(whole, unit.id, scene.day) if known.type != CLOSED else None,
        *unit_problems(whole, as_before),
    )


def _planned(line: int, known: Department | None, unit: Department, whole: Organisation) -> Planned:
    before = known or Department(unit.id, "", "")

    def kind(type_: str) -> Sentence:
        return CLOSED_NAME if type_ == CLOSED else DEPARTMENT_TYPES.get(type_, Sentence("", ""))

    def above(one: Department) -> str:
        return whole.department_name(one.parent) if one.parent else ""

    _, name, type_, parent = COLUMNS
    details = []
    if before.name != unit.name and known is not None:
        details.append(change_words(name, before.name, unit.name))
    if before.type != unit.type:
        was, is_ = kind(before.type), kind(unit.type)
        zh, en = change_words(type_, was.zh, is_.zh).zh, change_words(type_, was.en, is_.en).en
        details.append(Sentence(zh, en))
    if before.parent != unit.parent:
        details.append(change_words(parent, above(before), above(unit)))
    how = How.NEW if known is None else How.CHANGED
    if unit.type == CLOSED and before.type != CLOSED:
        how = How.ENDED
    return Planned(line, unit.id, unit.name, how, tuple(details))


def current(scene: Scene) -> list[tuple[str, ...]]:
    """The departments that there are, as such a list says them; a name that several have stands
    as its number.
    """
    names = departments_by_name(scene.hospital.organisation.departments)
    units = scene.hospital.organisation.departments
    return [
        (
            unit.id,
            unit.name,
            (CLOSED_NAME if unit.type == CLOSED else DEPARTMENT_TYPES[unit.type]).zh,
            called(unit.parent, units, names) if unit.parent else "",
        )
        for unit in units.values()
    ]


def called(id_: str, units: Mapping[str, Department], names: Mapping[str, str | None]) -> str:
    """What a cell calls a department so that it is understood: its name, else its number."""
    name = units[id_].name if id_ in units else id_
    return name if names.get(folded(name)) == id_ else id_


DEPARTMENTS = Kind(
    "departments",
    COLUMNS,
    (("eye", "眼科", "临床科室", "外科"), ("old-clinic", "老门诊", "已撤销", "")),
    judge,
    current,
)
