"""Eve asks who did or tried what; what she looks at, checks and takes along leaves a trail of its
own.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflow.hospital import PURCHASE, edited, local
from tests.workflow.office import Office, done, why
from workflow.nouns import Entry
from workflow.ports.reading import AuditQuery, AuditRow, Page
from workflow.refusals import Refused
from workflow.service import auditing as auditing_module
from workflow.service.auditing import Auditing, CaseLedger, Found, Verification
from workflow.service.reasons import ReasonNeeded, Reasons
from workflow.service.staffing import NewPerson

CONFIDENTIAL = edited(PURCHASE, ("category:", "confidential: true\ncategory:"))


@pytest.fixture
def office() -> Office:
    """Amy's purchase went to finance; Dr Ida of another department tried to sign it."""
    office = Office()
    number = office.hospital.submitted()
    office.hospital.decide("ida", "dept_sign", number, "我来签")
    office.hospital.wait(hours=1)
    office.hospital.takes("lee", "dept_sign", number, "同意")
    return office


@pytest.fixture
def auditing(office: Office) -> Auditing:
    return office.auditing


def found(answer: Page[AuditRow] | Refused) -> list[tuple[str, str, str | None]]:
    assert not isinstance(answer, Refused)
    return [(row.entry.event, row.entry.actor, row.entry.refused) for row in answer.rows]


def number_of(office: Office) -> str:
    return office.hospital.cases("purchase")[0]


def test_a_refused_attempt_is_found_with_its_reason(office: Office, auditing: Auditing) -> None:
    answer = auditing.search(office.deed("eve"), AuditQuery(refused_only=True))
    assert found(answer) == [("refused", "ida", "not_permitted")]
    assert not isinstance(answer, Refused)
    row = answer.rows[0]
    assert row.case_number == number_of(office)
    assert "科主任".encode() in row.entry.body


@pytest.mark.parametrize(
    ("query", "events"),
    [
        (AuditQuery(person="lee"), ["dept_sign"]),
        (AuditQuery(person="amy"), ["submit", "start"]),
        (AuditQuery(role="dept_head"), ["dept_sign", "refused"]),
        (AuditQuery(department="surgery"), ["dept_sign", "submit", "start"]),
        (AuditQuery(event="submit"), ["submit"]),
        (AuditQuery(process="purchase"), ["dept_sign", "refused", "submit", "start"]),
        (AuditQuery(process="loan"), []),
        (
            AuditQuery(process="purchase", since=local("2026-03-02 09:30")),
            ["dept_sign"],
        ),
        (
            AuditQuery(process="purchase", until=local("2026-03-02 09:30"), person="amy"),
            ["submit", "start"],
        ),
    ],
)
def test_the_ledger_is_asked_by_what_is_known(
    office: Office, auditing: Auditing, query: AuditQuery, events: list[str]
) -> None:
    answer = auditing.search(office.deed("eve"), query)
    assert [event for event, _, _ in found(answer)] == events


def test_a_case_is_read_with_its_chain_and_rebuilt(office: Office, auditing: Auditing) -> None:
    ledger = auditing.case(office.deed("eve"), number_of(office))
    assert isinstance(ledger, CaseLedger)
    assert [entry.event for entry in ledger.entries] == ["start", "submit", "refused", "dept_sign"]
    assert ledger.fault is None
    assert ledger.differs == ()


def test_a_single_line_is_opened(office: Office, auditing: Auditing) -> None:
    case = office.hospital.case(number_of(office))
    line = auditing.line(office.deed("eve"), case.id, 3)
    assert isinstance(line, Found)
    assert (line.entry.event, line.case) == ("refused", case)
    house = auditing.line(office.deed("eve"), "sys:house", 1)
    assert isinstance(house, Found)
    assert house.case is None
    assert why(auditing.line(office.deed("eve"), case.id, 99)) == ("not_found line",)
    assert why(auditing.case(office.deed("eve"), "CG2026-999999")) == ("not_found case",)


# ---- tampering ----------------------------------------------------------------------------------


def test_a_whole_ledger_is_found_whole(office: Office, auditing: Auditing) -> None:
    result = auditing.verify(office.deed("eve"))
    assert isinstance(result, Verification)
    assert result.whole
    assert result.cases == 1
    assert result.entries >= 5


def tampered(office: Office, change: object) -> None:
    case = office.hospital.case(number_of(office))
    kept = office.store.kept
    entry = kept.entries[case.id, 3]
    assert callable(change)
    kept.entries[case.id, 3] = change(entry)


def other_body(entry: Entry) -> Entry:
    return replace(entry, body=entry.body.replace(b"ida", b"lee"))


def other_actor(entry: Entry) -> Entry:
    return replace(entry, digest="0" * 64)


@pytest.mark.parametrize("change", [other_body, other_actor])
def test_a_line_that_was_touched_is_named(
    office: Office, auditing: Auditing, change: object
) -> None:
    tampered(office, change)
    result = auditing.verify(office.deed("eve"))
    assert isinstance(result, Verification)
    (fault,) = result.faults
    assert (fault.case, fault.seq) == (number_of(office), 3)
    ledger = auditing.case(office.deed("eve"), number_of(office))
    assert isinstance(ledger, CaseLedger)
    assert ledger.fault is not None


def test_a_case_that_was_changed_past_its_ledger_is_named(
    office: Office, auditing: Auditing
) -> None:
    case = office.hospital.case(number_of(office))
    office.store.kept.cases[case.id] = replace(case, state="approved")
    result = auditing.verify(office.deed("eve"))
    assert isinstance(result, Verification)
    (fault,) = result.faults
    assert "state" in fault.what.zh
    ledger = auditing.case(office.deed("eve"), case.number)
    assert isinstance(ledger, CaseLedger)
    assert ledger.differs == ("state",)


def test_the_houses_own_ledger_is_checked_too(office: Office, auditing: Auditing) -> None:
    entry = office.store.kept.entries["sys:house", 1]
    office.store.kept.entries["sys:house", 1] = other_actor(entry)
    result = auditing.verify(office.deed("eve"))
    assert isinstance(result, Verification)
    assert [fault.case for fault in result.faults] == ["sys:house"]


# ---- the auditor's own trail --------------------------------------------------------------------


def test_an_export_gives_what_the_filters_choose_and_is_recorded(
    office: Office, auditing: Auditing
) -> None:
    query = AuditQuery(process="purchase", refused_only=True, limit=1, offset=40)
    rows = auditing.export(office.deed("eve"), query, "csv")
    assert not isinstance(rows, Refused)
    assert [row.entry.event for row in rows] == ["refused"]
    line = office.last()
    assert (line["event"], line["actor"]) == ("audit_exported", "eve")
    assert line["facts"] == {
        "kind": "csv",
        "process": "purchase",
        "refused_only": True,
        "lines": 1,
    }


def test_an_export_of_too_much_is_refused_rather_than_cut(
    office: Office, auditing: Auditing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing_module, "MOST_EXPORTED", 3)
    answer = auditing.export(office.deed("eve"), AuditQuery(process="purchase"), "csv")
    assert why(answer) == ("invalid_form rows",)
    assert office.last()["event"] == "refused"


def test_a_check_is_recorded_with_what_it_found(office: Office, auditing: Auditing) -> None:
    tampered(office, other_actor)
    auditing.verify(office.deed("eve"))
    line = office.last()
    assert line["event"] == "audit_verified"
    assert line["facts"]["faults"] == [f"{number_of(office)}:3"]


def test_looking_at_a_confidential_case_is_recorded_and_at_another_is_not(
    office: Office, auditing: Auditing
) -> None:
    before = len(office.lines())
    auditing.case(office.deed("eve"), number_of(office))
    assert len(office.lines()) == before
    secret = Office(CONFIDENTIAL)
    number = secret.hospital.submitted()
    with pytest.raises(ReasonNeeded):
        secret.auditing.case(secret.deed("eve"), number)
    eve, reasons = secret.deed("eve"), Reasons(secret.hospital.store)
    assert reasons.give(number, "purchase", eve.by, eve.at, "例行抽查") is None
    secret.auditing.case(secret.deed("eve"), number)
    secret.auditing.line(secret.deed("eve"), secret.hospital.case(number).id, 1)
    for line in secret.lines()[-2:]:
        assert (line["event"], line["facts"]["case"]) == ("read_confidential", number)


HIDING = edited(
    PURCHASE,
    ("category:", "hidden_from: about\ncategory:"),
    ("form:\n", "form:\n  about: {label: {zh: 涉及谁, en: About}, type: person}\n"),
)


def test_what_is_about_the_auditor_is_not_there_for_them() -> None:
    office = Office(HIDING)
    theirs = office.hospital.submitted(about="eve")
    other = office.hospital.submitted(about="ida")
    eve, audit = office.deed("eve"), office.auditing
    seen = audit.search(eve, AuditQuery(process="purchase"))
    assert not isinstance(seen, Refused)
    assert {row.case_number for row in seen.rows} == {other}
    assert found(audit.search(eve, AuditQuery(case_number=theirs))) == []
    taken = audit.export(eve, AuditQuery(process="purchase"), "csv")
    assert not isinstance(taken, Refused)
    assert {row.case_number for row in taken} == {other}
    # The same words as for what is not there at all.
    file = office.hospital.case(theirs)
    assert why(audit.case(eve, theirs)) == why(audit.case(eve, "CG-9"))
    assert why(audit.line(eve, file.id, 1)) == why(audit.line(eve, "nothing", 1))
    assert isinstance(audit.case(eve, other), CaseLedger)
    # The house's own ledger names nobody from whom something was hidden.
    assert "without" not in office.last()["facts"]


@pytest.mark.parametrize("who", ["amy", "lee", "wu", "ada", "nobody"])
def test_nobody_but_the_auditor_asks_and_the_try_is_recorded(
    office: Office, auditing: Auditing, who: str
) -> None:
    deed = office.deed(who)
    number = number_of(office)
    for answer in (
        auditing.search(deed, AuditQuery()),
        auditing.line(deed, "sys:house", 1),
        auditing.case(deed, number),
        auditing.export(deed, AuditQuery(), "csv"),
        auditing.verify(deed),
    ):
        assert why(answer) == ("not_permitted post",)
        assert (office.last()["event"], office.last()["actor"]) == ("refused", who)


def test_the_auditor_changes_nothing(office: Office) -> None:
    answer = office.administering.staff.add_person(
        office.deed("eve"), NewPerson("nora", "Nora", "surgery")
    )
    assert why(answer) == ("not_permitted post",)
    refused = office.hospital.decide("eve", "finance_sign", number_of(office), "同意").refused
    assert refused is not None
    assert refused.code == "not_permitted"
    done(office.administering.staff.add_person(office.deed(), NewPerson("nora", "N", "icu")))
