"""Why something may not happen, said once: a code for programs, a sentence for people, clauses
for auditors.

The disabled button, the message on the page, the error of the API and the line in the ledger all
carry the same values from here; nobody is ever told "not allowed" without the reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from workflow.making import quick_members


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence for people, in both languages of the house."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """The sentence in `language` ("zh", "zh_CN", "en", …); anything but English reads
        Chinese.
        """
        return self.en if language.startswith("en") else self.zh

    def filled(self, **values: object) -> Sentence:
        """The sentence with `{name}` places filled in, in both languages."""
        return Sentence(self.zh.format(**values), self.en.format(**values))


@quick_members
class Code(StrEnum):
    """Stable names of what went wrong, shared by scenarios, the API and the pages."""

    NOT_FOUND = "not_found"
    CLOSED = "closed"
    ALREADY_DECIDED = "already_decided"
    CONFLICT = "conflict"
    UNKNOWN_ACTION = "unknown_action"
    NOT_PERMITTED = "not_permitted"
    SEPARATION_OF_DUTIES = "separation_of_duties"
    CONDITION_NOT_MET = "condition_not_met"
    INVALID_FORM = "invalid_form"
    OPINION_REQUIRED = "opinion_required"
    DEFINITION_INVALID = "definition_invalid"


HTTP_STATUS: dict[Code, int] = {
    Code.NOT_FOUND: 404,
    Code.CLOSED: 409,
    Code.ALREADY_DECIDED: 409,
    Code.CONFLICT: 409,
    Code.UNKNOWN_ACTION: 409,
    Code.NOT_PERMITTED: 403,
    Code.SEPARATION_OF_DUTIES: 403,
    Code.CONDITION_NOT_MET: 409,
    Code.INVALID_FORM: 422,
    Code.OPINION_REQUIRED: 422,
    Code.DEFINITION_INVALID: 422,
}

#: When several things are wrong at once, the answer is named after the first of these that occurs:
#: what the person cannot mend comes before what they can.
PRECEDENCE: tuple[Code, ...] = tuple(Code)

#: Codes that say something about standing: they close a button. The rest only make it ask for
#: input.
STANDING: frozenset[Code] = frozenset(
    {
        Code.NOT_FOUND,
        Code.CLOSED,
        Code.ALREADY_DECIDED,
        Code.CONFLICT,
        Code.UNKNOWN_ACTION,
        Code.NOT_PERMITTED,
        Code.SEPARATION_OF_DUTIES,
    }
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against one act.

    `rule` is the stable name of the rule that spoke (`submit.2`, `own_submission`), `field` the
    form field at which the page shows the sentence, `cases` the numbers of cases that stand in
    the way, `standing` tells whether no input could ever mend it.
    """

    code: Code
    because: Sentence
    clauses: tuple[str, ...] = ()
    field: str | None = None
    rule: str | None = None
    cases: tuple[str, ...] = ()
    standing: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer to an act that may not happen: every reason at once, weightiest first."""

    refusals: tuple[Refusal, ...]

    @classmethod
    def of(cls, refusals: Iterable[Refusal]) -> Refused:
        """Sort reasons by precedence; at least one is needed."""
        ordered = tuple(sorted(refusals, key=lambda r: PRECEDENCE.index(r.code)))
        if not ordered:
            raise ValueError("a refusal needs a reason")
        return cls(ordered)

    @property
    def code(self) -> Code:
        """The code of the weightiest reason: the one that names the whole answer."""
        return self.refusals[0].code

    @property
    def because(self) -> Sentence:
        """The sentence of the weightiest reason."""
        return self.refusals[0].because

    @property
    def fields(self) -> tuple[str, ...]:
        """The form fields that are named, each once, in order."""
        return tuple(dict.fromkeys(r.field for r in self.refusals if r.field is not None))

    @property
    def clauses(self) -> tuple[str, ...]:
        """Every clause that a reason rests on, each once."""
        return tuple(dict.fromkeys(c for r in self.refusals for c in r.clauses))
