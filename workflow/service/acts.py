"""The door through which pages and programs learn of acts that no definition names: what they are
called, what they do, and what a decision may carry besides the fields of a form.

The rules themselves stand in `workflow.running`; nothing is decided here.
"""

from __future__ import annotations

from workflow.running.handling import (
    ADD_AFTER,
    ADD_BEFORE,
    ADD_BESIDE,
    ANSWER,
    ASK,
    CLAIM,
    COMMENT,
    CONFIRM,
    CONSULT,
    NAMES,
    RECUSE,
    RELEASE,
    REMOVE,
    RULES,
    TRANSFER,
    UNSEAT,
)
from workflow.running.lines import VIEW
from workflow.running.panels import Result, Tally
from workflow.running.returning import LONGEST_PROMISE, MOST_PROMISES, PROMISES
from workflow.running.rows import ROWS
from workflow.running.tools import DOES, ToolOffer
from workflow.running.urging import NAME as URGED
from workflow.running.urging import URGE

__all__ = [
    "ADD_AFTER",
    "ADD_BEFORE",
    "ADD_BESIDE",
    "ANSWER",
    "ASK",
    "CLAIM",
    "COMMENT",
    "CONFIRM",
    "CONSULT",
    "DOES",
    "LONGEST_PROMISE",
    "MOST_PROMISES",
    "NAMES",
    "PROMISES",
    "RECUSE",
    "RELEASE",
    "REMOVE",
    "ROWS",
    "RULES",
    "TRANSFER",
    "UNSEAT",
    "URGE",
    "URGED",
    "VIEW",
    "Result",
    "Tally",
    "ToolOffer",
]
