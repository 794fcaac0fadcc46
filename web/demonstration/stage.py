"""What everybody does at the demonstration hospital, on a clock that is set.

Every act goes through the service, as if it came from a page. One that ends otherwise than its
story says is an error of the story, and stops the making of the demonstration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from web.demonstration.papers import one_page
from workflow.nouns import Actor, Attachment, Case, Decision, Opening
from workflow.people.organisation import Organisation
from workflow.ports.store import Store
from workflow.refusals import Code
from workflow.service.deciding import Answer, Service

#: The engine's name for changing fields without an action.
SAVE = "save"


class OutOfScript(Exception):
    """An act of a story did not end as the story says."""


class Stage:
    """The service and the store at the moment `now`, which only moves on."""

    def __init__(self, service: Service, store: Store, people: Organisation, now: datetime) -> None:
        self.now = now
        self._service = service
        self._store = store
        self._people = people
        self._acts = 0

    def pass_until(self, at: datetime) -> None:
        """Move the clock on; every deadline on the way has its effect at its own moment."""
        while True:
            with self._store.begin() as tx:
                due = tx.next_due()
            if due is None or due > at:
                self.now = max(self.now, at)
                return
            self.now = max(self.now, due)
            if not self._service.tick(self.now):
                raise OutOfScript(f"a deadline that is due at {due} does not fire")

    def open(
        self,
        person: str,
        process: str,
        answers: Mapping[str, object],
        *,
        parent: str | None = None,
        entry: str | None = None,
        files: Sequence[Attachment] = (),
    ) -> str:
        """Somebody opens a case; gives its number."""
        opening = Opening(
            actor=self._actor(person),
            process=process,
            at=self.now,
            key=self._key(),
            answers=_with_files(answers, files),
            entry=entry,
            parent=parent,
            attachments=tuple(files),
        )
        answer = self._service.open(opening)
        if answer.number is None or answer.refused is not None:
            raise OutOfScript(f"{person} opens {process}: {_why(answer)}")
        return answer.number

    def do(
        self,
        person: str,
        number: str,
        action: str,
        answers: Mapping[str, object] | None = None,
        *,
        opinion: str = "",
        files: Sequence[Attachment] = (),
        acting_for: str | None = None,
        target: str | None = None,
    ) -> Answer:
        """Somebody takes an action, and it is done."""
        decision = self._decision(person, action, answers or {}, opinion, files, acting_for, target)
        answer = self._service.decide(number, decision)
        if answer.refused is not None:
            raise OutOfScript(f"{person} takes {action} on {number}: {_why(answer)}")
        return answer

    def is_refused(
        self,
        code: Code,
        person: str,
        number: str,
        action: str,
        answers: Mapping[str, object] | None = None,
        *,
        opinion: str = "",
    ) -> None:
        """Somebody tries what they may not, or not so; the ledger keeps the try."""
        decision = self._decision(person, action, answers or {}, opinion)
        answer = self._service.decide(number, decision)
        if answer.refused is None or answer.refused.code is not code:
            raise OutOfScript(f"{person} tries {action} on {number}: {_why(answer)}")

    def save(self, person: str, number: str, answers: Mapping[str, object]) -> None:
        """Somebody changes fields of a case that is still theirs to change."""
        self.do(person, number, SAVE, answers)

    def booked(self, stay: str) -> list[tuple[int, str]]:
        """What stands on the bill of a stay: amounts in fen, and who pays each."""
        rows = self._store.readings.rows("charges", {"stay_id": stay, "reversed": False})
        return [(int(row.values["amount"] or 0), str(row.values["pay_class"])) for row in rows]

    def case(self, number: str) -> Case:
        """A case as it stands now."""
        file = self._store.readings.case_file(number)
        if file is None:
            raise OutOfScript(f"there is no case {number}")
        return file.case

    def file(self, name: str, lines: Sequence[str], field: str | None = None) -> Attachment:
        """A paper, kept and ready to be handed in; it may fill a field of a form."""
        content = one_page(name, lines)
        return Attachment(
            id=self._service.ids(),
            name=f"{name}.pdf",
            media_type="application/pdf",
            size=len(content),
            digest=self._store.desk.keep_file(content, self.now),
            field=field,
        )

    def _decision(
        self,
        person: str,
        action: str,
        answers: Mapping[str, object],
        opinion: str,
        files: Sequence[Attachment] = (),
        acting_for: str | None = None,
        target: str | None = None,
    ) -> Decision:
        return Decision(
            actor=self._actor(person, acting_for),
            action=action,
            at=self.now,
            key=self._key(),
            answers=_with_files(answers, files),
            opinion=opinion,
            attachments=tuple(files),
            target=target,
        )

    def _actor(self, person: str, acting_for: str | None = None) -> Actor:
        return Actor(person, self._people.person_name(person), acting_for)

    def _key(self) -> str:
        self._acts += 1
        return f"demonstration:{self._acts:06d}"


def _with_files(answers: Mapping[str, object], files: Sequence[Attachment]) -> dict[str, object]:
    return {**answers, **{file.field: file.id for file in files if file.field is not None}}


def _why(answer: Answer) -> str:
    if answer.refused is None:
        return f"done, now {answer.state}"
    reasons = (
        f"{refusal.code.value} {refusal.field or refusal.rule or ''}: {refusal.because.zh}"
        for refusal in answer.refused.refusals
    )
    return "; ".join(reasons)
