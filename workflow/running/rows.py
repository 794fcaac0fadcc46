"""Deciding row by row: each member of such a panel answers for their own rows.

What is said of the rows makes up the member's one vote, by the rule that the definition chooses;
a vote that contradicts its own rows is refused, so that what the ledger says once is true twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflow.design.definition import Action, Definition
from workflow.design.panels import Panel, RowsRule, Vote
from workflow.nouns import FieldValue, Form, Row, Task
from workflow.refusals import Code, Refusal, Sentence
from workflow.running import panels
from workflow.running.situation import Situation

#: By this name the answers of a vote say what is decided of single rows: {row from 1: action}.
ROWS = "rows"

NO_ROWS = Sentence(
    "请按“行号: 办法”填写，如 {{1: {action}}}", "Write rows with their votes, as {{1: {action}}}"
)
NOT_YOURS = Sentence(
    "第 {row} 行不由您决定；您决定的是第 {own} 行",
    "Row {row} is not yours to decide; yours are: {own}",
)
NO_VOTE = Sentence("第 {row} 行只能填：{choices}", "For row {row} choose one of: {choices}")
CONTRADICTS = Sentence(
    "您对各行的意见合起来是“{whole}”，不能再办“{action}”；请改办“{whole}”，或改各行的意见",
    "What you say of the rows comes to “{whole}”, not “{action}”; take that action, or change "
    "what you say of the rows",
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a vote says of rows: what has to be written into the form, or why it may not be."""

    form: Mapping[str, FieldValue]
    refusals: tuple[Refusal, ...] = ()


NOTHING = Said({})


def rows_in(situation: Situation, action: Action, answers: dict[str, object]) -> object:
    """What the answers of a vote say of single rows, taken out of them; None: nothing.

    Where no rows are decided the answers stay as they are, and an unknown field is refused.
    """
    panel = panels.panel_here(situation)
    if panel is None or panel.each is None or action.vote is None:
        return None
    return answers.pop(ROWS, None)


def said_of_rows(
    situation: Situation, action: Action, mine: Task | None, given: object, form: Form
) -> Said:
    """What a member's vote comes to for each of their rows.

    Rows that are not named are decided as the vote is. What is said of the rows must come to the
    vote itself.
    """
    panel = panels.panel_here(situation)
    if panel is None or panel.each is None or action.vote is None or mine is None:
        return NOTHING
    choices = [one for one in situation.definition.actions_from(situation.case.state) if one.vote]
    if given is not None and not isinstance(given, Mapping):
        return _refused(Sentence(*(w.format(action=action.key) for w in (NO_ROWS.zh, NO_ROWS.en))))
    own = mine.handling.lines
    decided = dict.fromkeys(own, action)
    refusals: list[Refusal] = []
    for key, word in (given or {}).items():
        position = _position(key)
        vote = next((one for one in choices if word in (one.key, one.name.zh)), None)
        if position not in decided:
            numbers = "、".join(str(line + 1) for line in own)
            refusals += _refused(NOT_YOURS.filled(row=key, own=numbers)).refusals
        elif vote is None:
            names = "、".join(one.key for one in choices)
            refusals += _refused(NO_VOTE.filled(row=key, choices=names)).refusals
        else:
            decided[position] = vote
    if refusals:
        return Said({}, tuple(refusals))
    whole = vote_of_rows(panel.rows, (one.vote for one in decided.values()))
    if own and whole is not action.vote:
        return _contradiction(action, next((c for c in choices if c.vote is whole), action))
    return Said(_written(panel, form, decided))


def vote_of_rows(rule: RowsRule, votes: Iterable[Vote | None]) -> Vote:
    """The one vote that the votes of several rows make up; abstentions do not count."""
    counted = Counter(votes)
    yes, no = counted[Vote.FOR], counted[Vote.AGAINST]
    if not yes and not no:
        return Vote.ABSTAIN
    agrees = {RowsRule.ALL: not no, RowsRule.MOST: yes > no, RowsRule.ANY: yes > 0}
    return Vote.FOR if agrees[rule] else Vote.AGAINST


def called_anew(definition: Definition, state: str, form: Form) -> Form:
    """The form as a case comes to a panel that decides rows: without what an earlier round, or
    somebody else, wrote as decided.
    """
    panel = definition.states[state].panel
    rows = None if panel is None or panel.each is None else form.get(panel.each)
    if panel is None or panel.decision is None or not isinstance(rows, tuple):
        return form
    blank: tuple[Row, ...] = tuple(
        {**row, panel.decision: None} for row in rows if isinstance(row, Mapping)
    )
    return {**form, panel.each or "": blank}


def _written(panel: Panel, form: Form, decided: Mapping[int, Action]) -> dict[str, FieldValue]:
    rows = form.get(panel.each or "")
    if panel.decision is None or not isinstance(rows, tuple):
        return {}
    after: tuple[Row, ...] = tuple(
        {**row, panel.decision: decided[position].name.zh} if position in decided else row
        for position, row in enumerate(rows)
        if isinstance(row, Mapping)
    )
    return {panel.each or "": after}


def _position(key: object) -> int:
    text = str(key).strip()
    return int(text) - 1 if text.isascii() and text.isdigit() and len(text) < 5 else -1


def _contradiction(action: Action, whole: Action) -> Said:
    because = Sentence(
        CONTRADICTS.zh.format(whole=whole.name.zh, action=action.name.zh),
        CONTRADICTS.en.format(whole=whole.name.en, action=action.name.en),
    )
    return _refused(because)


def _refused(because: Sentence) -> Said:
    return Said({}, (Refusal(Code.INVALID_FORM, because, field=ROWS, rule="rows"),))
