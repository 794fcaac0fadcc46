"""From a definition's fields to what a form on a page shows, and from what was posted back to
answers.

Names on the page: `f.<field>`, in tables `f.<field>.<row>.<column>`, files `file.<field>`, what is
ticked beside a list `pick.<field>`. Nothing
is judged here: what was typed goes to the engine as it is, and what the engine says comes back to
its field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from web.presenters import words
from web.presenters.initials import initials
from workflow.calendar import Calendar
from workflow.design.definition import Definition
from workflow.design.form import Field, FieldType
from workflow.design.form_rules import requirements
from workflow.nouns import Attachment, Case
from workflow.people.organisation import Organisation, Person
from workflow.refusals import Refusal, Sentence

#: A choice of at most so many words is shown at once; a longer one folds into a list.
SHOWN_AT_ONCE = 5
#: A list of more words is searched by typing.
READ_THROUGH = 15
#: A table begins with so many empty rows; "one more row" adds to them.
EMPTY_ROWS = 2

BY_NAME = Sentence("写姓名；拿不准就不填", "The full name; leave it empty if you are not sure")
YES = Sentence("是", "Yes")
NO = Sentence("否", "No")

#: Everything that was typed for one form: texts by field, rows for tables.
Typed = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Choice:
    """One word to choose. `group` gathers choices in a long list, `initials` find it there."""

    value: str
    label: str
    chosen: bool = False
    group: str = ""
    initials: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Choices under one heading of a long list."""

    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """One field as a form shows it. `kind` says which element; `problem` what is wrong with it."""

    key: str
    name: str
    id: str
    label: str
    kind: str
    value: str = ""
    help: str = ""
    hint: str = ""
    required: bool = False
    sometimes: bool = False
    telling: bool = False  # the case is called by it, or another has to be filled because of it
    design_choice: bool = False
    problem: str = ""
    clauses: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    groups: tuple[ChoiceGroup, ...] = ()
    rows: tuple[InputRow, ...] = ()
    columns: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()  # (id, name) of what is kept for it already
    zone: str = ""  # of the hospital's clock

    @property
    def is_long(self) -> bool:
        """Whether one would rather search the list than read it."""
        return self.kind == "select" and len(self.choices) > READ_THROUGH

    @property
    def described_by(self) -> str:
        """The ids of what explains the field, for screen readers."""
        ids = []
        if self.help or self.hint:
            ids.append(f"{self.id}-help")
        if self.problem:
            ids.append(f"{self.id}-problem")
        return " ".join(ids)


@dataclass(frozen=True, slots=True)
class InputRow:
    """One row of a table field."""

    position: int
    cells: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What inputs are made with: the language, who may be chosen (`choosable`: in a field of which
    the definition says it), files kept so far, which options are left (`words`: in a field of which
    not all are), what is required of this person (`needed`), and which cases may be named
    (`beside`, by field). `from_outside`: the reader is not of the hospital, and is not shown who
    works there.
    """

    language: str
    organisation: Organisation
    calendar: Calendar
    role_names: Mapping[str, Sentence] = field(default_factory=dict)
    files: tuple[Attachment, ...] = ()
    choosable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    from_outside: bool = False
    beside: Mapping[str, tuple[Case, ...]] = field(default_factory=dict)

    def hides(self, line: Field) -> bool:
        """Whether somebody is named there by writing the name, not by choosing from all."""
        return self.from_outside and is_of_staff(line)


def is_of_staff(line: Field) -> bool:
    """Whether anybody who works here may be named in a field."""
    return line.type is FieldType.PERSON and line.among is None


def now_and_later(
    inputs: tuple[Input, ...], shown_anyway: int
) -> tuple[tuple[Input, ...], tuple[Input, ...]]:
    """What is asked for now, and, where it is more than `shown_anyway`, what need not be filled."""
    later = tuple(
        one
        for one in inputs
        if not (one.required or one.sometimes or one.telling or one.problem)
        and not (one.value or one.files)
    )
    if len(later) <= shown_anyway:
        return inputs, ()
    return tuple(one for one in inputs if one not in later), later


def inputs_for(
    definition: Definition,
    keys: Iterable[str],
    acts: Sequence[str],
    values: Mapping[str, object],
    typed: Typed,
    problems: Iterable[Refusal],
    desk: Desk,
    prefix: str = "",
) -> tuple[Input, ...]:
    """The fields `keys` as a form shows them: `values` as kept, `typed` over them, problems at
    their fields.

    `acts` are the acts that the form serves: what one of them requires is marked. `prefix` keeps
    ids apart where a page has several forms.
    """
    demands = [demand for act in acts for demand in requirements(definition, act)]
    needed = {line.key for line, r in demands if r.when is None} | desk.needed
    maybe = {line.key for line, r in demands if r.when}
    telling = {key for line, r in demands if r.when for key in _FIELDS_READ.findall(r.when.text)}
    telling.update(definition.title_places)
    wrong = _by_field(problems, desk.language)
    found = []
    for key in keys:
        line = definition.form[key]
        raw = typed[key] if key in typed else as_typed(line, values.get(key), desk.calendar)
        made = _input(line, f"f.{key}", f"{prefix}f-{key}", raw, desk)
        found.append(
            replace(
                made,
                required=key in needed,
                sometimes=key in maybe - needed,
                telling=key in telling,
                design_choice=line.design_choice,
                problem=wrong.get(key, ""),
                clauses=line.clauses,
            )
        )
    return tuple(found)


#: The fields that an expression reads.
_FIELDS_READ = re.compile(r"\b(?:form|given)\.(\w+)")


def _by_field(problems: Iterable[Refusal], language: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for refusal in problems:
        if refusal.field is not None:
            found.setdefault(refusal.field, []).append(refusal.because.in_(language))
    return {key: "；".join(dict.fromkeys(said)) for key, said in found.items()}


def as_typed(line: Field, value: object, calendar: Calendar) -> object:
    """A kept value as somebody would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if line.type is FieldType.MONEY and isinstance(value, int):
        return words.plain_money(value)
    if line.type is FieldType.DATETIME and isinstance(value, str):
        local = datetime.fromisoformat(value).astimezone(calendar.zone)
        return f"{local:%Y-%m-%dT%H:%M}"
    if line.type is FieldType.LIST and isinstance(value, list | tuple):
        return "\n".join(str(item) for item in value)
    if line.type is FieldType.TABLE and isinstance(value, list | tuple):
        return [
            {c.key: as_typed(c, row.get(c.key), calendar) for c in line.columns}
            for row in value
            if isinstance(row, Mapping)
        ]
    return str(value)


# ---- one field -----------------------------------------------------------------------------------

_KINDS = {
    FieldType.TEXT: "text",
    FieldType.LONG_TEXT: "long-text",
    FieldType.INTEGER: "integer",
    FieldType.MONEY: "money",
    FieldType.BOOL: "radios",
    FieldType.DATE: "date",
    FieldType.DATETIME: "datetime-local",
    FieldType.CITIZEN_ID: "text",
    FieldType.FILE: "file",
    FieldType.CASE: "text",
    FieldType.DEPARTMENT: "select",
    FieldType.PERSON: "select",
    FieldType.LIST: "long-text",
    FieldType.TABLE: "table",
}
_HINTS = {
    FieldType.LIST: Sentence("每行一项", "One item a line"),
    FieldType.CITIZEN_ID: Sentence("18 位身份证号", "18 characters"),
    FieldType.CASE: Sentence("填案件编号，如 ZY2026-000012", "A case number such as ZY2026-000012"),
}


def _input(line: Field, name: str, id: str, raw: object, desk: Desk) -> Input:
    text = raw if isinstance(raw, str) else ""
    plain = Input(
        key=line.key,
        name=name,
        id=id,
        label=line.label.in_(desk.language),
        kind=_KINDS.get(line.type, "text"),
        value=text,
        help="" if line.help is None else line.help.in_(desk.language),
        hint=_hint(line, desk.language),
        zone=desk.calendar.zone.key,
    )
    match line.type:
        case FieldType.BOOL:
            yes_no = (("true", YES), ("false", NO))
            choices = tuple(Choice(v, s.in_(desk.language), text == v) for v, s in yes_no)
            return replace(plain, choices=choices)
        case FieldType.ENUM:
            return _of_enum(plain, line, desk)
        case FieldType.DEPARTMENT:
            return with_choices(plain, _departments(line, text, desk))
        case FieldType.PERSON if desk.hides(line):
            return replace(plain, kind="text", hint=BY_NAME.in_(desk.language))
        case FieldType.PERSON:
            return with_choices(plain, _people(line.key, text, desk))
        case FieldType.TABLE:
            return _of_table(plain, line, raw, desk)
        case FieldType.FILE:
            return replace(plain, files=_files_of(line, text, desk))
        case _:
            return _of_cases(plain, desk.beside.get(line.key, ()))


def _hint(line: Field, language: str) -> str:
    """Bounds in words, where a number has them, or the shape that is expected."""
    if line.type is FieldType.LIST and line.help is not None and "一行" in line.help.zh:
        return ""  # its help says so already
    if line.type in _HINTS:
        return _HINTS[line.type].in_(language)
    if line.type not in (FieldType.INTEGER, FieldType.MONEY):
        return ""
    shown = words.money if line.type is FieldType.MONEY else str
    said: list[Sentence] = []
    # "At least 0" goes without saying.
    if line.above:
        said.append(Sentence(f"大于 {shown(line.above)}", f"more than {shown(line.above)}"))
    if line.minimum:
        said.append(Sentence(f"至少 {shown(line.minimum)}", f"at least {shown(line.minimum)}"))
    if line.maximum is not None:
        said.append(Sentence(f"至多 {shown(line.maximum)}", f"at most {shown(line.maximum)}"))
    return ("，" if language != "en" else ", ").join(s.in_(language) for s in said)


def _of_enum(plain: Input, line: Field, desk: Desk) -> Input:
    left = desk.words.get(line.key, tuple(o.value for o in line.options))
    # Where one word is left, it is chosen.
    chosen = left[0] if len(left) == 1 else plain.value
    choices = tuple(
        Choice(o.value, said := o.label.in_(desk.language), o.value == chosen, "", initials(said))
        for o in line.options
        if o.value in left
    )
    if line.open_options:
        return replace(plain, kind="suggest", choices=choices)
    kind = "radios" if len(choices) <= SHOWN_AT_ONCE else "select"
    groups = (ChoiceGroup("", choices),) if kind == "select" else ()
    return replace(plain, kind=kind, choices=choices, groups=groups)


def _of_cases(plain: Input, cases: Sequence[Case]) -> Input:
    """Cases to tick, where there are any; what names none of them stays as a line of text."""
    if not cases:
        return plain
    named = plain.value.split("\n")
    choices = tuple(
        Choice(case.number, f"{case.number} · {case.title}", case.number in named) for case in cases
    )
    ticked = {choice.value for choice in choices}
    rest = "\n".join(line for line in named if line.strip() not in ticked)
    return replace(plain, kind="lines", value=rest, choices=choices)


def _departments(line: Field, chosen: str, desk: Desk) -> Iterable[Choice]:
    for department in desk.organisation.departments.values():
        name = department.name
        if line.departments and department.type not in line.departments:
            continue
        yield Choice(department.id, name, department.id == chosen, initials=initials(name))


def _people(key: str, chosen: str, desk: Desk) -> Iterable[Choice]:
    only = desk.choosable.get(key)
    people = (
        p
        for p in desk.organisation.people.values()
        if p.id == chosen or (p.active if only is None else p.id in only)
    )
    return people_choices(people, chosen, desk)


def people_choices(people: Iterable[Person], chosen: str, desk: Desk) -> Iterable[Choice]:
    """People to choose from, by department and name, each with their roles."""
    named = [(desk.organisation.department_name(p.department), p) for p in people]
    for department, person in sorted(named, key=lambda pair: (pair[0], pair[1].name)):
        posts = dict.fromkeys(post.role for post in person.posts)
        roles = "、".join(_role_name(desk, role) for role in posts)
        label = f"{person.name}（{roles}）" if roles else person.name
        yield Choice(person.id, label, person.id == chosen, department, initials(person.name))


def _role_name(desk: Desk, role: str) -> str:
    known = desk.role_names.get(role)
    return role if known is None else known.in_(desk.language)


def with_choices(plain: Input, choices: Iterable[Choice]) -> Input:
    """A long list, under the headings of its groups."""
    found = tuple(choices)
    groups = tuple(
        ChoiceGroup(label, tuple(members))
        for label, members in groupby(found, key=lambda choice: choice.group)
    )
    return replace(plain, choices=found, groups=groups)


def _of_table(plain: Input, line: Field, raw: object, desk: Desk) -> Input:
    given = (
        [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, list | tuple) else []
    )
    shown = [*given, *({} for _ in range(EMPTY_ROWS - len(given)))]
    rows = tuple(
        InputRow(
            position,
            tuple(
                replace(
                    _input(
                        column,
                        f"{plain.name}.{position}.{column.key}",
                        f"{plain.id}-{position}-{column.key}",
                        row.get(column.key, ""),
                        desk,
                    ),
                    required=bool(column.required),
                )
                for column in line.columns
            ),
        )
        for position, row in enumerate(shown)
    )
    return replace(
        plain, rows=rows, columns=tuple(c.label.in_(desk.language) for c in line.columns)
    )


def _files_of(line: Field, kept: str, desk: Desk) -> tuple[tuple[str, str], ...]:
    """What is kept for a file field: the newest upload of this form, or the file that the case
    names.
    """
    mine = [a for a in desk.files if a.field == line.key]
    shown = mine[-1:] or [a for a in desk.files if kept and a.id == kept]
    return tuple((a.id, a.name) for a in shown)


# ---- what was posted -----------------------------------------------------------------------------

#: More rows than the engine ever takes: what lies beyond is not even read.
ROWS_READ = 500


def typed_from(posted: Iterable[tuple[str, str]]) -> dict[str, object]:
    """What was typed, by field: texts as they came, tables as rows in their order."""
    texts: dict[str, object] = {}
    ticked: dict[str, list[str]] = {}
    tables: dict[str, dict[int, dict[str, str]]] = {}
    for name, value in posted:
        marker, _, rest = name.partition(".")
        if marker == "pick" and rest:
            ticked.setdefault(rest, []).append(value)
        if marker != "f" or not rest:
            continue
        key, _, cell = rest.partition(".")
        row, _, column = cell.partition(".")
        if column and row.isdecimal() and int(row) < ROWS_READ:
            tables.setdefault(key, {}).setdefault(int(row), {})[column] = value
        else:
            texts[rest] = value
    rows = {key: [cells[n] for n in sorted(cells)] for key, cells in tables.items()}
    for key, values in ticked.items():
        written = [line for line in str(texts.get(key, "")).splitlines() if line.strip()]
        texts[key] = "\n".join(dict.fromkeys((*values, *written)))
    return {**texts, **rows}


def without_files(typed: Typed, definition: Definition) -> dict[str, object]:
    """The same without texts for file fields: only an upload fills those."""
    files = {key for key, line in definition.form.items() if line.type is FieldType.FILE}
    return {key: value for key, value in typed.items() if key not in files}


def with_another_row(typed: Typed, key: str) -> dict[str, object]:
    """The same, with one more empty row in the table `key`."""
    rows = typed.get(key)
    present = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return {**typed, key: [*present, {}]}
