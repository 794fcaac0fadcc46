"""Figures that the documents leave open: a process that needs one is not started before the
hospital has entered it. No figure is invented in its place.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflow.design.definition import Definition
from workflow.design.parameters import Parameter
from workflow.design.seats import SeatKind
from workflow.nouns import ParameterValue
from workflow.refusals import Code, Refusal, Sentence
from workflow.service.catalog import Catalog

#: What the rule of such a refusal begins with; the parameter's key follows.
RULE = "parameter."

NOT_ENTERED = Sentence(
    "“{label}”（{key}）还没有填写：制度（{clauses}）要求这样做，却没有写明数值，须由本院决定，"
    "系统不代填。请由{who}在“政策参数”页提出“{process}”，批准并生效后再发起。",
    "“{label}” ({key}) is not entered yet: the rules ({clauses}) ask for it and name no figure, so "
    "the hospital decides and nothing is filled in for it. It is proposed by {who} on the page of "
    "parameters ({process}); start this when it is approved and in force.",
)
BY_SET_UP = Sentence("系统管理员", "an administrator")


def not_entered(
    catalog: Catalog, definition: Definition, values: Mapping[str, ParameterValue]
) -> tuple[Refusal, ...]:
    """A refusal for each figure that a process needs, no document gives and nobody has entered."""
    wanted = (catalog.register.parameters.get(key) for key in definition.parameters)
    missing = [
        one
        for one in wanted
        if one is not None and one.must_be_entered and values.get(one.key) is None
    ]
    return tuple(_refusal(catalog, one) for one in missing)


def parameter_of(refusal: Refusal) -> str | None:
    """Which parameter a refusal is about, if it is about one that is not entered."""
    rule = refusal.rule or ""
    return rule.removeprefix(RULE) if rule.startswith(RULE) else None


def _refusal(catalog: Catalog, one: Parameter) -> Refusal:
    process = catalog.governing
    who, name = BY_SET_UP, Sentence("政策参数", "policy parameters")
    if process is not None:
        seats = [seat.role for seat in process.opening.seats if seat.kind is SeatKind.ROLE]
        roles = [catalog.register.roles[role].name for role in seats if role is not None]
        who = Sentence("或".join(r.zh for r in roles), " or ".join(r.en for r in roles))
        name = process.name
    because = Sentence(
        NOT_ENTERED.zh.format(
            label=one.label.zh,
            key=one.key,
            clauses="、".join(one.clauses),
            who=who.zh,
            process=name.zh,
        ),
        NOT_ENTERED.en.format(
            label=one.label.en,
            key=one.key,
            clauses=", ".join(one.clauses),
            who=who.en,
            process=name.en,
        ),
    )
    return Refusal(
        Code.CONDITION_NOT_MET, because, one.clauses, rule=f"{RULE}{one.key}", standing=True
    )
