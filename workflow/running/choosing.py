"""What a form may offer: the people of a seat, and the words and beginnings that no condition
refuses whatever else is filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from workflow.design.definition import Definition
from workflow.design.expression import Expression
from workflow.design.facts import Condition
from workflow.design.form import Field, FieldType
from workflow.design.form_rules import OPENING
from workflow.nouns import Actor, FieldValue, Form
from workflow.people.eligibility import Scene, members_of
from workflow.people.hiding import hidden_people
from workflow.people.organisation import DEPARTMENT_TYPES, Person
from workflow.refusals import Code, Refusal, Sentence
from workflow.running.situation import Situation

#: So many names are told at most to whoever named somebody else.
_TOLD = 12

NOBODY = Sentence(
    "“{label}”请从名单中选一位：没有这个人",
    "{label}: choose somebody from the list, there is no such person",
)
OUTSIDER = Sentence("只能从这些人中选择：{zh}", "Only one of these may be chosen: {en}")
ABOUT_THEM = Sentence(
    "本案就是关于这个人的，不能由其办理，请换一位",
    "The case is about this person, who cannot work on it; name somebody else",
)
OTHER_KIND = Sentence(
    "这里只能填{zh}，“{name}”不是", "This takes departments of the kind {en}, and {name} is none"
)
NOBODY_TO_CHOOSE = Sentence(
    "现在没有可选的人，请联系系统管理员安排",
    "Nobody can be chosen at present; tell the administrator",
)


def choosable(definition: Definition, scene: Scene) -> Mapping[str, tuple[str, ...]]:
    """The ids of those who may be named in each field with `among`, for a form to list."""
    return {
        field.key: tuple(member.person for member in members_of(field.among, scene))
        for field in definition.form.values()
        if field.among is not None
    }


def choices(situation: Situation, field: Field, form: Form | None = None) -> tuple[Person, ...]:
    """The people who may be named in a field with `among`, for the form as it would be."""
    if field.among is None:
        return ()
    case = situation.case if form is None else replace(situation.case, form=form)
    members = members_of(field.among, replace(situation.scene, case=case))
    return tuple(situation.organisation.people[member.person] for member in members)


def outsiders(
    situation: Situation, values: Mapping[str, FieldValue], form: Form
) -> tuple[Refusal, ...]:
    """A refusal at each field whose answer names nobody of the house, or not one of its people; or
    a department of another kind than it takes.
    """
    found: list[Refusal] = []
    definition = situation.definition
    for key, value in values.items():
        if value is None or key not in definition.naming:
            continue
        field = definition.form[key]
        if field.departments or field.type is FieldType.TABLE:
            found += _departments(situation, field, value)
        if field.among is None:
            # Whoever is named by a word of somebody's own would be hidden from nobody.
            if field.type is FieldType.PERSON and value not in situation.organisation.people:
                found.append(_nobody(field))
            continue
        known = choices(situation, field, form)
        case = replace(situation.case, form=form)
        if value in hidden_people(definition, case):
            found.append(
                Refusal(Code.CONDITION_NOT_MET, ABOUT_THEM, field.clauses, field=key, rule="hidden")
            )
        elif all(person.id != value for person in known):
            found.append(_refusal(field, known))
    return tuple(found)


def _departments(situation: Situation, field: Field, value: FieldValue) -> Iterator[Refusal]:
    """A refusal for each department of a field, or of a column of it, that is of another kind."""
    if field.type is FieldType.TABLE:
        rows = [row for row in (value if isinstance(value, tuple | list) else ()) if row]
        named = [
            (column, row.get(column.key))
            for column in field.columns
            for row in rows
            if isinstance(row, Mapping)
        ]
    else:
        several = value if isinstance(value, tuple | list) else [value]
        named = [(field, one if isinstance(one, str) else None) for one in several]
    for line, id_ in named:
        if not line.departments or id_ is None:
            continue
        unit = situation.organisation.departments.get(str(id_))
        if unit is None or unit.type not in line.departments:
            name = str(id_) if unit is None else unit.name
            kinds = [DEPARTMENT_TYPES[kind] for kind in line.departments]
            because = OTHER_KIND.filled(
                name=name,
                zh="、".join(kind.zh for kind in kinds),
                en=", ".join(kind.en for kind in kinds),
            )
            clauses = line.clauses or field.clauses
            yield Refusal(
                Code.INVALID_FORM, because, clauses, field=field.key, rule=f"form.{field.key}"
            )


def words_left(situation: Situation, actor: Actor, act: str) -> Mapping[str, tuple[str, ...]]:
    """By field, the options with which an act (or the opening) can be taken; only of fields of
    which some can not.
    """
    found = {}
    for key, conditions in situation.rulebook.worded[act].items():
        options = [option.value for option in situation.definition.form[key].options]
        left = tuple(word for word in options if _passes(situation, actor, key, word, conditions))
        if 0 < len(left) < len(options):
            found[key] = left
    return found


def _passes(
    situation: Situation, actor: Actor, key: str, word: str, conditions: tuple[Condition, ...]
) -> bool:
    view = situation.view(actor, {**situation.case.form, key: word})
    ready = situation.rulebook.ready
    return all(view.evaluate(ready(one.when)) is not False for one in conditions)


def entries_left(situation: Situation, actor: Actor) -> tuple[str, ...]:
    """The states in which this person may open such a case, as far as their posts tell."""
    definition = situation.definition
    told = [one.when for one in definition.opening.conditions if _by_person(situation, one.when)]
    return tuple(
        entry
        for entry in definition.entries
        if all(_at_entry(situation, actor, entry, one) for one in told)
    )


def needed_at_entries(
    situation: Situation, actor: Actor, entries: tuple[str, ...]
) -> frozenset[str]:
    """The fields that an opening requires in each of these states, as far as posts tell."""
    return frozenset(
        line.key
        for line, rule in situation.rulebook.required[OPENING]
        if rule.when is not None
        and entries
        and _by_person(situation, rule.when)
        and all(_at_entry(situation, actor, entry, rule.when) for entry in entries)
    )


def _by_person(situation: Situation, when: Expression) -> bool:
    names = situation.rulebook.ready(when).names
    return all(name == "case.state" or name.startswith("actor.") for name in names)


def _at_entry(situation: Situation, actor: Actor, entry: str, when: Expression) -> bool:
    there = replace(situation, case=replace(situation.case, state=entry))
    return there.view(actor).evaluate(situation.rulebook.ready(when)) is not False


def _nobody(field: Field) -> Refusal:
    because = Sentence(
        NOBODY.zh.format(label=field.label.zh), NOBODY.en.format(label=field.label.en)
    )
    return Refusal(
        Code.INVALID_FORM, because, field.clauses, field=field.key, rule=f"form.{field.key}"
    )


def _refusal(field: Field, known: tuple[Person, ...]) -> Refusal:
    names = [person.name for person in known[:_TOLD]]
    because = OUTSIDER.filled(zh="、".join(names), en=", ".join(names))
    return Refusal(
        Code.INVALID_FORM,
        because if names else NOBODY_TO_CHOOSE,
        field.clauses,
        field=field.key,
        rule=f"form.{field.key}",
    )
