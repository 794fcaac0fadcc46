"""The faults that are planted, each with why it would matter and which tests ought to find it.

A fault is a text that stands exactly once in its file, and what stands there instead. Where the
code has changed and the text is gone, `test_every_fault_can_be_planted` says so.
"""

from __future__ import annotations

from dataclasses import dataclass

_HANDLING = "tests/workflow/test_handling.py"
_PANELS = "tests/engine/test_panels.py"
_STORIES = "tests/scenarios/test_the_semantics.py"
_WALK = "tests/sweeps/test_random_definitions.py"


@dataclass(frozen=True, slots=True)
class Fault:
    """A deliberate fault. `tests` are tried in their order until one fails."""

    name: str
    file: str
    text: str
    instead: str
    why: str
    tests: tuple[str, ...] = (_WALK,)


FAULTS = (
    Fault(
        "the result of a vote is kept, not counted",
        "workflow/running/panels.py",
        "    return result_of(panel, ballots) if ballots else None\n",
        "    kept = outcome_here.__dict__\n"
        "    key = f'{situation.case.id}{situation.case.state}'\n"
        "    return kept.setdefault(key, result_of(panel, ballots)) if ballots else None\n",
        "a count that is stored is wrong from the next vote on",
        (_HANDLING, _WALK),
    ),
    Fault(
        "votes of an earlier visit count again",
        "workflow/running/panels.py",
        "    here = of_this_visit(situation.case, tuple(tasks), situation.definition)\n"
        "    return tuple(task for task in reversed(here)",
        "    here = [one for one in reversed(tuple(tasks)) if one.step == situation.case.state]\n"
        "    return tuple(task for task in reversed(here)",
        "what was returned would be passed by old votes",
    ),
    Fault(
        "a delegate needs no delegation",
        "workflow/people/eligibility.py",
        "    if actor.acting_for is not None and grant is None:\n        return None\n",
        "",
        "anybody could act in anybody's name, long after the leave is over",
        ("tests/workflow/test_delegates.py",),
    ),
    Fault(
        "a rule that keeps people apart sees the delegate alone",
        "workflow/conditions/values.py",
        "        if self.actor.acting_for is None or expression.asked is None:\n",
        "        if self.actor.acting_for is not None or expression.asked is None:\n",
        "whoever may not decide would let somebody else press the button",
        ("tests/workflow/test_delegates.py",),
    ),
    Fault(
        "a delegation holds for every process and amount",
        "workflow/people/eligibility.py",
        "            and grant.reaches(scene.case.process, amount)\n",
        "",
        "whoever lent small sums would have lent them all",
        ("tests/workflow/test_delegates.py", _STORIES, _WALK),
    ),
    Fault(
        "the other tasks of a step stay open",
        "workflow/running/tasks.py",
        "        elif moves and (final or task.handling.kind is not TaskKind.PROMISE):\n",
        "        elif moves and final:\n",
        "people would decide a step that is over",
        (_WALK,),
    ),
    Fault(
        "a veto is one vote against among others",
        "workflow/design/voting.py",
        "    if tally.vetoed:\n        return Result.FAILED\n",
        "",
        "pharmacy could be outvoted",
        (_PANELS,),
    ),
    Fault(
        "nobody asks for the quorum",
        "workflow/design/voting.py",
        "    quorate = tally.took_part >= (panel.quorum or 0)\n",
        "    quorate = True\n",
        "four of seven would be a committee",
        (_PANELS,),
    ),
    Fault(
        "abstentions count as votes against",
        "workflow/design/voting.py",
        "    of_votes = tally.yes + tally.no + tally.waiting\n",
        "    of_votes = tally.total\n",
        "two who abstain would stop what the others want",
        (_PANELS,),
    ),
    Fault(
        "every vote weighs the same",
        "workflow/design/voting.py",
        "        vote, weight = ballot.vote, ballot.weight\n",
        "        vote, weight = ballot.vote, 1\n",
        "40 and 30 and 30 would be thirds",
        (_PANELS,),
    ),
    Fault(
        "who is held back may decide",
        "workflow/running/judging.py",
        "    if mine.handling.held:\n",
        "    if mine.handling.held and actor.is_automatic:\n",
        "the third in turn would decide before the first",
        (_HANDLING,),
    ),
    Fault(
        "the last in turn is the first",
        "workflow/running/panels.py",
        "    first = min(waiting, key=lambda task: task.handling.turn)\n",
        "    first = max(waiting, key=lambda task: task.handling.turn)\n",
        "an order that is not kept is none",
        (_HANDLING, _STORIES),
    ),
    Fault(
        "what a colleague has claimed is decided",
        "workflow/running/judging.py",
        "    return handling.claimed_by_other(situation, mine, actor)\n",
        "    return None\n",
        "two people would do the same work",
        (_HANDLING, _STORIES, _WALK),
    ),
    Fault(
        "who passed a task on decides it all the same",
        "workflow/running/judging.py",
        "    if not tasks.is_over(situation, found.address):\n        return found\n",
        "    if situation.now:\n        return found\n",
        "the responsibility would be with two people",
        (_HANDLING, _WALK),
    ),
    Fault(
        "the applicant sits in the panel",
        "workflow/people/eligibility.py",
        "        return tuple(person for person in reached if person.id not in excluded)\n",
        "        return tuple(person for person in reached if excluded is not None)\n",
        "people would vote on their own request",
        ("tests/workflow/test_who_sits_there.py", _HANDLING, _WALK),
    ),
    Fault(
        "who recused themselves is named again",
        "workflow/running/handling.py",
        "    elif target in recused_here(situation):\n",
        "    elif target in recused_here(situation) and not free:\n",
        "a declared conflict of interest would be undone by a colleague",
        ("tests/workflow/test_recusing.py", _WALK),
    ),
    Fault(
        "a conflict of interest binds one post only",
        "workflow/running/judging.py",
        "    if not {actor.id, actor.acting_for}.isdisjoint(handling.recused_here(situation)):\n",
        "    if not {actor.id, actor.acting_for}.isdisjoint(mine.handling.recused):\n",
        "who recused themselves would decide in another post",
        ("tests/workflow/test_recusing.py", _WALK),
    ),
    Fault(
        "the last who recuses leaves nobody",
        "workflow/running/handling.py",
        "        return Moves((vacated,), (*closed, *idle), told=(vacated.address,))\n",
        "        return Moves((), (*closed, *idle))\n",
        "the case would wait for nobody, for ever, unseen",
        ("tests/workflow/test_recusing.py", _WALK),
    ),
    Fault(
        "a return keeps the signatures",
        "workflow/running/advance.py",
        "        round=case.round + 1 if action.new_round and not waiting else case.round,\n",
        "        round=case.round,\n",
        "what was changed after the signature would still be signed",
        ("tests/workflow/test_returning_to_draft.py",),
    ),
    Fault(
        "a case is sent where it has never been",
        "workflow/running/returning.py",
        "    if target in choices:\n",
        "    if target in situation.definition.states:\n",
        "a forged target would skip the steps between",
    ),
    Fault(
        "what was returned does not come back",
        "workflow/running/returning.py",
        "        return replace(course, back_to=case.state)\n",
        "        return course\n",
        "every step would be run again though the definition says not",
        (_STORIES, _WALK),
    ),
    Fault(
        "one branch is enough for every join",
        "workflow/running/branches.py",
        "    return done >= parallel.needed\n",
        "    return done >= 1\n",
        "the case would go on while half of it is undecided",
        (_STORIES, _WALK),
    ),
    Fault(
        "a move in one branch ends the others",
        "workflow/running/branches.py",
        "        if not inside or situation.definition.states[task.step].within == key:\n",
        "        if inside or key:\n",
        "siblings would lose their work",
    ),
    Fault(
        "a case ends with open promises",
        "workflow/running/judging.py",
        "    if not still:\n        return None\n",
        "    if still or not still:\n        return None\n",
        "a condition of an approval would never be met",
        (_STORIES, _WALK),
    ),
    Fault(
        "nobody compares the version",
        "workflow/running/advance.py",
        "    if decision.seen_version is None or decision.seen_version == case.version:\n",
        "    if case.version:\n",
        "people would decide on a page that is no longer true",
        ("tests/workflow/test_somebody_was_faster.py",),
    ),
    Fault(
        "the same key makes a second decision",
        "storage/memory_tables.py",
        "            if entry.key in self.keys:\n",
        "            if entry.key in self.keys and not entry.body:\n",
        "a click that is sent twice would count twice",
        ("tests/workflow/test_the_same_click_twice.py",),
    ),
    Fault(
        "a refusal counts as a decision",
        "workflow/running/lines.py",
        "    entry = ledger.seal(heading, case.seq + 1, case.head, facts)\n"
        "    return Change(\n"
        "        case=replace(case, seq=entry.seq, head=entry.digest),\n"
        "        entry=entry,\n"
        "        seen_version=case.version,\n"
        "        seen_seq=case.seq,\n"
        "    )\n",
        "    entry = ledger.seal(heading, case.seq + 1, case.head, facts)\n"
        "    return Change(\n"
        "        case=replace(\n"
        "            case, seq=entry.seq, head=entry.digest, version=case.version + 1\n"
        "        ),\n"
        "        entry=entry,\n"
        "        seen_version=case.version,\n"
        "        seen_seq=case.seq,\n"
        "    )\n",
        "a refused try would make everybody's open page old",
        ("tests/workflow/test_being_refused.py",),
    ),
    Fault(
        "the lines of the ledger are not chained",
        "workflow/ledger.py",
        '            "prev": head,\n',
        '            "prev": "",\n',
        "a line could be taken out and nobody would see it",
        ("tests/workflow/test_the_ledger.py",),
    ),
    Fault(
        "a due date does not move with its clock",
        "workflow/running/tasks.py",
        "        if task.due_at != at or task.excluded != shut:\n",
        "        if task.excluded != shut:\n",
        "people would work by a date that is no longer true",
        ("tests/workflow/test_deadlines.py", _WALK),
    ),
    Fault(
        "a clock by which nothing is due makes work due",
        "workflow/running/deadlines.py",
        "            and rules[deadline.key].due\n",
        "",
        "every inpatient's task would be due tonight",
        ("tests/workflow/test_clocks_by_which_nothing_is_due.py",),
    ),
    Fault(
        "the applicant has agreed already",
        "workflow/people/signing.py",
        "    if definition.same_approver is SameApprover.NONE or member == case.applicant:\n",
        "    if definition.same_approver is SameApprover.NONE:\n",
        "a request would be approved by having been filed",
        ("tests/workflow/test_agreeing_again.py", _STORIES, _WALK),
    ),
    Fault(
        "who signed through a delegate signs again",
        "workflow/people/separation.py",
        "        if names.isdisjoint({signed.closed_by, signed.closed_for}):\n",
        "        if signed.closed_by != actor.id:\n",
        "one person would sign two steps of a case",
        ("tests/workflow/test_separation_of_duties.py", "tests/workflow/test_delegates.py", _WALK),
    ),
    Fault(
        "a suspended case goes on",
        "workflow/running/judging.py",
        "    if case.course.suspended is not None and not actor.is_automatic:\n",
        "    if case.course.suspended is not None and actor.is_automatic:\n",
        "what an administrator has stopped would go on",
    ),
    Fault(
        "a refusal needs no reason",
        "workflow/running/judging.py",
        "    if action.opinion is OpinionRule.REQUIRED and not view.opinion:\n",
        "    if action.opinion is OpinionRule.REQUIRED and not action.name:\n",
        "nobody would learn why",
        ("tests/workflow/test_returning_to_draft.py",),
    ),
    Fault(
        "whoever has signed in one branch is waited for in the other",
        "workflow/running/following.py",
        "        yield from (Next(UNSEAT) for _ in islice(unusable(situation), 1))\n",
        "        yield from (Next(UNSEAT) for _ in islice(unusable(situation), 0))\n",
        "a panel would wait for ever for somebody who may not vote",
        ("tests/workflow/test_signing_in_another_branch.py", _WALK),
    ),
)
