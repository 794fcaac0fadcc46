"""撤销: a later case takes away the effect of one that was approved.

The earlier case stays where it ended; it only names the later one, which does whatever else has to
be undone by effects of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from workflow.nouns import Address, Case, Decision, Topic
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.running.effects import notices_to
from workflow.running.lines import Act, After, outcome_of
from workflow.running.outcome import REVOKE, Outcome
from workflow.running.situation import Ids, Situation

NOT_APPROVED = Sentence(
    "{number} 现处于“{state}”，没有生效，无从撤销",
    "{number} is at “{state}”; it has no effect that could be revoked",
)
REVOKED = Sentence("{number} 已被 {by} 撤销，不能再次撤销", "{number} was revoked by {by} already")


def revoke(
    situation: Situation, decision: Decision, by: Case, states: Collection[str], ids: Ids
) -> Outcome | Refused:
    """Mark a case as revoked by another, if it ended in one of `states` and is not yet."""
    case = situation.case
    if case.closed_at is None or case.state not in states or case.course.cancelled is not None:
        name = situation.definition.states[case.state].name
        because = Sentence(
            NOT_APPROVED.zh.format(number=case.number, state=name.zh),
            NOT_APPROVED.en.format(number=case.number, state=name.en),
        )
        return Refused.of([Refusal(Code.CONDITION_NOT_MET, because, rule="revoke", standing=True)])
    if case.course.revoked_by is not None:
        because = REVOKED.filled(number=case.number, by=case.course.revoked_by)
        return Refused.of([Refusal(Code.CONDITION_NOT_MET, because, rule="revoke", standing=True)])
    act = Act(
        situation=situation,
        actor=decision.actor,
        event=REVOKE,
        key=decision.key,
        ids=ids,
        opinion=decision.opinion,
        target=by.number,
    )
    course = replace(case.course, revoked_by=by.number)
    after = replace(case, course=course, version=case.version + 1)
    applicant = (Address(person=case.applicant),)
    told = notices_to(situation, applicant, REVOKE, ids, Topic.PROGRESS)
    return outcome_of(act, After(after, notices=told))
