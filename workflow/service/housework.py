"""How the house itself is changed: by an administrator, all or nothing, with a ledger line; a
refused try leaves one as well.

An administrator keeps the house and never decides a case: the acts here know no case but for its
deadlines.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from workflow.nouns import Entry
from workflow.ports.hospital import Hospital
from workflow.ports.house import AlreadyPublished, Deed, HouseChange, PlanOutdated
from workflow.ports.store import Store
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.running.lines import refusal_facts

ADMINISTRATOR = "admin"
AUDITOR = "auditor"
#: The event of a ledger line that tells of an act that was refused.
REFUSED = "refused"

NOT_ADMINISTRATOR = Sentence(
    "只有系统管理员可以这样做，您目前没有这个岗位。",
    "Only an administrator may do this; you hold no such post at present.",
)
NOT_AUDITOR = Sentence(
    "只有审计可以这样做，您目前没有这个岗位。",
    "Only an auditor may do this; you hold no such post at present.",
)
REASON_NEEDED = Sentence(
    "请写明理由：这项改动会影响以后的审批，账本要记下为什么改。",
    "Please give the reason: this changes approvals from now on, and the ledger keeps why.",
)
TOO_LONG = Sentence("最多 {most} 字", "At most {most} characters")
EMPTY = Sentence("请填写", "Please fill this in")
CONTROLS = Sentence(
    "含有看不见的控制字符，请删去后重新输入",
    "Contains invisible control characters; remove them and type it again",
)

#: How often a change is planned when several servers change the house at once.
_ATTEMPTS = 5

#: How long a reason may be, in characters.
LONGEST_REASON = 500

Plan = Callable[[Hospital], Sequence[HouseChange] | Refused]


@dataclass(frozen=True, slots=True)
class Done:
    """What an act left in the house's ledger: nothing, when everything already was so."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Housework:
    """The way in which every change to the house is made. Acts of one server follow each other, and
    those of several are planned anew for what the others left.
    """

    store: Store
    _turn: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    def do(
        self,
        deed: Deed,
        act: str,
        asked: Mapping[str, object],
        plan: Plan,
        *,
        own: bool = False,
    ) -> Done | Refused:
        """Make the changes that `plan` names for the hospital as it stands, or keep why not.

        `act` and `asked` are what a refusal's line tells of the try; `asked` never holds a secret.
        Only administrators do, but for what is somebody's `own`: that is for the plan to judge.
        """
        with self._turn:
            done = self._tried(deed, plan, own=own)
            return self.refuse(deed, act, asked, done) if isinstance(done, Refused) else done

    def _tried(self, deed: Deed, plan: Plan, *, own: bool) -> Done | Refused:
        """Plan for what there is, and again where another server has changed it meanwhile."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._try(deed, plan, own=own)
            except PlanOutdated:
                continue
        return self._try(deed, plan, own=own)

    def _try(self, deed: Deed, plan: Plan, *, own: bool) -> Done | Refused:
        hospital = self.store.readings.hospital()
        refused = None if own else keeper_problem(deed, hospital)
        planned = plan(hospital) if refused is None else refused
        if isinstance(planned, Refused):
            return planned
        try:
            made = self.store.house.change(deed, *planned, planned_at=hospital.revision)
        except AlreadyPublished as published:
            return one(Code.CONFLICT, published.because, "published")
        return Done(tuple(made))

    def refuse(
        self, deed: Deed, act: str, asked: Mapping[str, object], refused: Refused
    ) -> Refused:
        """Keep a refusal in the house's ledger and hand it back."""
        reasons = [refusal_facts(reason) for reason in refused.refusals]
        facts = {"action": act, "asked": dict(asked), "refused": reasons}
        self.store.house.record(deed, REFUSED, facts, refused=refused.code.value)
        return refused


def keeper_problem(deed: Deed, hospital: Hospital) -> Refused | None:
    """The refusal for somebody who is no administrator."""
    return lacks_role(deed, hospital, ADMINISTRATOR, NOT_ADMINISTRATOR)


def lacks_role(deed: Deed, hospital: Hospital, role: str, because: Sentence) -> Refused | None:
    """The refusal for somebody who does not hold `role` on the day of the deed; default deny."""
    day = hospital.calendar.local_day(deed.at)
    held = {post.role for post in hospital.organisation.posts_of(deed.by.id, day)}
    if role in held and deed.by.acting_for is None:
        return None
    return one(Code.NOT_PERMITTED, because, "post", standing=True)


def one(
    code: Code,
    because: Sentence,
    rule: str,
    *,
    field: str | None = None,
    standing: bool = False,
    clauses: tuple[str, ...] = (),
) -> Refused:
    """A refusal with a single reason."""
    return Refused.of([Refusal(code, because, clauses, field, rule, standing=standing)])


def at_field(name: str, because: Sentence) -> Refusal:
    """A reason that is shown at a field of the form."""
    return Refusal(Code.INVALID_FORM, because, field=name, rule=f"form.{name}")


def tidy(text: str) -> str:
    """Text as it is kept: NFC, without blanks around it."""
    return unicodedata.normalize("NFC", text).strip()


def text_problem(name: str, text: str, most: int, *, needed: bool = True) -> Refusal | None:
    """What is wrong with a short text that somebody typed (see `tidy`), if anything."""
    if not text:
        return at_field(name, EMPTY) if needed else None
    if len(text) > most:
        return at_field(name, TOO_LONG.filled(most=most))
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Cf") for letter in text):
        return at_field(name, CONTROLS)
    return None


def reason_problem(deed: Deed) -> Refusal | None:
    """What is wrong with the reason of a deed that needs one."""
    if not tidy(deed.reason):
        return at_field("reason", REASON_NEEDED)
    if len(deed.reason) > LONGEST_REASON:
        return at_field("reason", TOO_LONG.filled(most=LONGEST_REASON))
    return None


def problems(*found: Refusal | None) -> Refused | None:
    """All reasons together, or None when there is none."""
    wrong = [refusal for refusal in found if refusal is not None]
    return Refused.of(wrong) if wrong else None
