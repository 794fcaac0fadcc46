"""A case before its first line: which case it belongs to, who asks, which policy it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from workflow.conditions.language import Value
from workflow.nouns import Case, Opening, ParameterValue
from workflow.ports.hospital import Hospital
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.running.rulebook import Rulebook
from workflow.service.catalog import Catalog

#: What a schedule gives to a case that it opens: fields with values as expressions know them.
Beginnings = Mapping[str, Value]

NO_PROCESS = Sentence("没有这个流程：{process}", "There is no such process: {process}")
NO_SUCH_PARENT = Sentence("没有编号为 {number} 的案件", "There is no case with the number {number}")
PARENT_MISSING = Sentence("请先选择所属的案件", "Please choose the case that this one belongs to")


def no_process(process: str) -> Refused:
    """Why nothing can be begun: nobody knows the process."""
    because = NO_PROCESS.filled(process=process)
    return Refused.of([Refusal(Code.NOT_FOUND, because, rule="process")])


def parent_named(rulebook: Rulebook, opening: Opening) -> str | None:
    """The number of the case that the new one belongs to: said as such, or typed into its field."""
    if opening.parent is not None:
        return opening.parent
    field = rulebook.definition.opening.parent_field
    typed = None if field is None else opening.answers.get(field)
    return typed.strip() or None if isinstance(typed, str) else None


def no_parent(rulebook: Rulebook, number: str) -> Refusal:
    """Why it belongs to nothing: the case of that number is not there, or not theirs to see."""
    field = rulebook.definition.opening.parent_field
    because = NO_SUCH_PARENT.filled(number=number)
    return Refusal(Code.INVALID_FORM, because, field=field, rule="parent")


def parent_problem(rulebook: Rulebook, parent: Case | None) -> Refusal | None:
    """Why a case cannot belong to `parent`: there has to be one, or it is of another process."""
    wanted = rulebook.definition.opening
    if parent is None and wanted.parent_required:
        return Refusal(Code.INVALID_FORM, PARENT_MISSING, field=wanted.parent_field, rule="parent")
    if parent is not None and parent.process not in (wanted.parent_processes or (parent.process,)):
        return Refusal(Code.INVALID_FORM, PARENT_MISSING, field=wanted.parent_field, rule="parent")
    return None


def pinned_at(
    at: datetime, rulebook: Rulebook, hospital: Hospital, catalog: Catalog
) -> Mapping[str, ParameterValue]:
    """The policy that a case keeps which is opened at a moment (V4)."""
    held = hospital.policy_at(at)
    wanted = rulebook.definition.parameters
    return rulebook.pins(catalog.register.resolve(held.profile, held.overrides, wanted))


def blank_case(
    rulebook: Rulebook,
    opening: Opening,
    parent: Case | None,
    id: str,
    number: str,
    hospital: Hospital,
    parameters: Mapping[str, ParameterValue],
) -> Case:
    """A case before its first line: who asks, where they work, which policy it keeps."""
    definition = rulebook.definition
    person = hospital.organisation.people.get(opening.actor.id)
    department = opening.department or ("" if person is None else person.department)
    return Case(
        id=id,
        number=number,
        process=definition.key,
        definition_version=definition.version,
        state=opening.entry or definition.entries[0],
        applicant=opening.on_behalf_of or opening.actor.id,
        department=department,
        form={},
        parameters=parameters,
        opened_at=opening.at,
        entered_at=opening.at,
        parent=None if parent is None else parent.id,
    )
