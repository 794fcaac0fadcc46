"""Whether the paper of a process says everything that it must, and nothing that it may not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workflow.design.definition import Definition
from workflow.design.expression import Place
from workflow.design.form import Field, FieldType
from workflow.design.papers import (
    decisions_of,
    is_signed_for,
    opinions_of,
    roles_at,
    signed_in,
)
from workflow.design.plan import PEOPLE, Check, Finding, Plan
from workflow.design.print_form import PrintCell, PrintForm, SignatureBlock
from workflow.design.spots import did_you_mean
from workflow.refusals import Sentence


def _declared(plan: Plan) -> Iterator[tuple[Definition, PrintForm]]:
    """The definition with the paper that it declares, if it does."""
    if plan.definition.print_form is not None:
        yield plan.definition, plan.definition.print_form


def printed_columns_exist(plan: Plan) -> Iterator[Finding]:
    """Columns are chosen of tables, and are columns of that table."""
    for definition, form in _declared(plan):
        for cell in form.cells:
            yield from _columns(definition.form[cell.field], cell)


def _columns(field: Field, cell: PrintCell) -> Iterator[Finding]:
    known = {column.key: None for column in field.columns}
    for column in cell.columns:
        if field.type is not FieldType.TABLE:
            yield (
                column.place,
                Sentence(
                    f"表单项 {field.key} 不是表格，没有列可选；请删去 columns。",
                    f"Field {field.key} is no table and has no columns; remove them.",
                ),
            )
        elif column.key not in known:
            hint = did_you_mean(column.key, known)
            yield (
                column.place,
                Sentence(
                    f"表格 {field.key} 没有“{column.key}”这一列。{hint.zh}",
                    f"Table {field.key} has no column “{column.key}”. {hint.en}",
                ),
            )


def tables_have_the_whole_width(plan: Plan) -> Iterator[Finding]:
    """A table beside something else has no room."""
    for definition, form in _declared(plan):
        for row in (row for section in form.sections for row in section.rows):
            for cell in row:
                if definition.form[cell.field].type is FieldType.TABLE and len(row) > 1:
                    yield (
                        cell.place,
                        Sentence(
                            f"表格 {cell.field} 要独占一行，请从并排的行里拿出来。",
                            f"Table {cell.field} needs a row of its own; take it out of this one.",
                        ),
                    )


def a_field_stands_once(plan: Plan) -> Iterator[Finding]:
    """Twice on one paper is once too often: people would compare the two."""
    for _, form in _declared(plan):
        seen: set[str] = set()
        for cell in form.cells:
            if cell.field in seen:
                yield (
                    cell.place,
                    Sentence(
                        f"表单项 {cell.field} 在打印件上已经有了，请删去一处。",
                        f"Field {cell.field} stands on the paper already; remove one of the two.",
                    ),
                )
            seen.add(cell.field)


def what_is_required_stands_on_paper(plan: Plan) -> Iterator[Finding]:
    """What somebody had to fill in is filed, or the definition says why it is not."""
    for definition, form in _declared(plan):
        standing = {cell.field for cell in form.cells} | opinions_of(form, definition)
        for field in definition.form.values():
            if field.required and field.key not in standing and field.key not in form.left_off:
                yield (
                    form.place,
                    Sentence(
                        f"必填的表单项 {field.key} 没有印在纸上；请写进 sections 的某一行，"
                        "或在 left_off 里说明原因。",
                        f"The required field {field.key} does not stand on the paper; put it in a "
                        "row of sections, or say why not under left_off.",
                    ),
                )


def decisions_are_signed_for(plan: Plan) -> Iterator[Finding]:
    """Every decision has its block, or the definition says why not."""
    for definition, form in _declared(plan):
        for action, step in decisions_of(definition):
            if action.key not in form.unsigned and not is_signed_for(
                form, definition, action, step
            ):
                yield (
                    form.place,
                    Sentence(
                        f"动作 {action.key}（在 {step}）是一个决定，打印件上却没有它的签名栏；"
                        "请写进 signatures，或在 unsigned 里说明原因。",
                        f"Action {action.key} (at {step}) is a decision without a signature block; "
                        "add one under signatures, or say why not under unsigned.",
                    ),
                )


def reasons_are_needed(plan: Plan) -> Iterator[Finding]:
    """A reason for leaving off what stands on the paper contradicts it."""
    for definition, form in _declared(plan):
        standing = {cell.field for cell in form.cells} | opinions_of(form, definition)
        for key in form.left_off:
            if key in standing:
                yield (
                    form.place,
                    Sentence(
                        f"left_off 说不印 {key}，可它就印在纸上；请删去其中之一。",
                        f"left_off says that {key} is not printed, and it is; remove one.",
                    ),
                )
        decided = list(decisions_of(definition))
        for key in form.unsigned:
            steps = [(action, step) for action, step in decided if action.key == key]
            if all(is_signed_for(form, definition, action, step) for action, step in steps):
                yield (
                    form.place,
                    Sentence(
                        f"unsigned 里的 {key} 已有签名栏，或者不是要签名的决定；请删去。",
                        f"{key} under unsigned has a block already, or is no decision that needs "
                        "one; remove it.",
                    ),
                )


def blocks_can_be_signed(plan: Plan) -> Iterator[Finding]:
    """Somebody can sign in each block, from each role that it names."""
    for definition, form in _declared(plan):
        for block in form.signatures:
            if not block.by_hand:
                yield from _signing(definition, block)


def _signing(definition: Definition, block: SignatureBlock) -> Iterator[Finding]:
    fitting = [
        (action, step)
        for action in definition.actions.values()
        for step in action.sources
        if {seat.kind for seat in action.seats} & PEOPLE and signed_in(block, step, action)
    ]
    for step in block.steps:
        if all(step != one for _, one in fitting):
            yield block.place, _nobody(block, f"在状态 {step}", f"at {step}")
    for key in block.actions:
        if all(key != action.key for action, _ in fitting):
            yield block.place, _nobody(block, f"以动作 {key}", f"by {key}")
    asked = {role for action, step in fitting for role in roles_at(definition, action, step)}
    for role in block.roles:
        if role not in asked:
            yield block.place, _nobody(block, f"以角色 {role}", f"as {role}")


def _nobody(block: SignatureBlock, zh: str, en: str) -> Sentence:
    return Sentence(
        f"签名栏“{block.name.zh}”：没有人会{zh} 签名，请改正或删去。",
        f"Signature block “{block.name.en}”: nobody will ever sign there {en}; mend or remove it.",
    )


def copies_leave_off_what_is_there(plan: Plan) -> Iterator[Finding]:
    """A copy is without something that the others have."""
    for definition, form in _declared(plan):
        standing = {cell.field for cell in form.cells} | opinions_of(form, definition)
        for copy in form.copies:
            for key in copy.without:
                if key not in standing:
                    yield (
                        copy.place,
                        Sentence(
                            f"“{copy.name.zh}”不印 {key}，可它本来就不在纸上；请删去。",
                            f"“{copy.name.en}” is without {key}, which is not on the paper anyway; "
                            "remove it.",
                        ),
                    )


def copies_keep_what_is_kept(plan: Plan) -> Iterator[Finding]:
    """What is masked, hidden or confidential is on no copy that leaves the house."""
    for definition, form in _declared(plan):
        for copy in (one for one in form.copies if one.outside):
            if definition.confidential:
                yield (
                    copy.place,
                    Sentence(
                        f"保密流程不能有交到院外的“{copy.name.zh}”，请删去 outside 或这一联。",
                        f"A confidential process has no copy “{copy.name.en}” outside the house; "
                        "remove `outside`, or the copy.",
                    ),
                )
            for field, place in _leaving(definition, form):
                if field.key not in copy.without:
                    yield place, _kept(field, copy.name)


def _leaving(definition: Definition, form: PrintForm) -> Iterator[tuple[Field, Place]]:
    """The fields to be kept that a copy for outside would bear: in a section, or as words."""
    for section in form.sections:
        for cell in () if section.inside else section.cells:
            field = definition.form[cell.field]
            kept = field.masked or field.own_rows is not None
            if kept or field.key in definition.hidden_from:
                yield field, cell.place
    for block in form.signatures:
        alone = replace(form, signatures=() if block.inside else (block,))
        for key in sorted(opinions_of(alone, definition)):
            if definition.form[key].masked:
                yield definition.form[key], block.place


def _kept(field: Field, copy: Sentence) -> Sentence:
    return Sentence(
        f"敏感的表单项 {field.key} 会印到交给院外的“{copy.zh}”上；请写进这一联的 without，"
        "或给这一段（这一栏）加 inside: true。",
        f"The field {field.key}, which is masked or hidden, would stand on “{copy.en}” outside "
        "the house; put it under its `without`, or set inside: true.",
    )


PRINT_CHECKS: tuple[Check, ...] = (
    printed_columns_exist,
    tables_have_the_whole_width,
    a_field_stands_once,
    what_is_required_stands_on_paper,
    decisions_are_signed_for,
    reasons_are_needed,
    blocks_can_be_signed,
    copies_leave_off_what_is_there,
    copies_keep_what_is_kept,
)
