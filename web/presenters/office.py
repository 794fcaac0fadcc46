"""What the pages of administrators and auditors share: who acts, why not, and how lists are cut
into pages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from web.visit import Visit
from workflow.ports.house import Deed
from workflow.refusals import HTTP_STATUS, Refusal, Refused, Sentence

#: (field, sentence) pairs; the field "" stands for the form as a whole.
Problems = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Posted:
    """What somebody sent with one of a page's forms, and what is wrong with it; nothing when they
    just look.
    """

    form: str = ""
    values: dict[str, str] = field(default_factory=dict)
    problems: Problems = ()
    status: int = 200

    def wrong(self, form: str) -> Problems:
        """The problems of a form of this name, with field ids of their own: `<form>-<field>`."""
        if form != self.form:
            return ()
        return tuple((f"{form}-{name}" if name else form, said) for name, said in self.problems)

    def value(self, form: str, name: str, otherwise: str = "") -> str:
        """What stood in a field of that form, so that nothing has to be typed twice."""
        return self.values.get(name, otherwise) if form == self.form else otherwise


#: A reason, and the clauses that it rests on.
_RESTING = Sentence("{because}（依据 {clauses}）", "{because} (by {clauses})")


def why_not(visit: Visit, refusal: Refusal) -> str:
    """A reason in words, with the clauses that it rests on."""
    said = visit.say(refusal.because)
    if not refusal.clauses:
        return said
    return visit.say(_RESTING.filled(because=said, clauses=" ".join(refusal.clauses)))


def refused(visit: Visit, form: str, values: dict[str, str], answer: Refused) -> Posted:
    """A form that comes back with the reasons against it."""
    problems = tuple((one.field or "", why_not(visit, one)) for one in answer.refusals)
    return Posted(form, values, problems, HTTP_STATUS[answer.code])


def deed_of(visit: Visit, reason: str = "") -> Deed:
    """What this visit does to the house, and why."""
    return Deed(visit.actor(), visit.now, reason)


def address(path: str, **query: str) -> str:
    """A path of our own with those parts of the query that say something."""
    said = {key: value for key, value in query.items() if value}
    return f"{path}?{urlencode(said)}" if said else path
