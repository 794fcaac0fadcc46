"""A decision is written whole or not at all, and never over somebody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.storage.clerk import (
    AMY,
    DR_LEE,
    FANG,
    MORNING,
    SUBMIT,
    Blank,
    Move,
    act,
    move,
    new_id,
    open_case,
    opening,
    submitted,
    write,
)
from workflow.nouns import Attachment, Deadline, FieldValue, RegisterRow, Row
from workflow.ports.deciding import CaseFile, DuplicateKey, MissingFile, StaleWrite, Transaction
from workflow.ports.reading import AuditQuery
from workflow.ports.store import Store


def read(store: Store, number: str) -> CaseFile:
    file = store.readings.case_file(number)
    assert file is not None
    return file


def locked(tx: Transaction, number: str) -> CaseFile:
    file = tx.case_file(number=number)
    assert file is not None
    return file


def test_what_was_written_is_read_again_as_it_was(store: Store) -> None:
    line: Row = {"item": "针", "count": 3}
    form: dict[str, FieldValue] = {
        "name": "止血材料 𠮷",
        "price": 1_286_000_10,
        "urgent": True,
        "note": None,
        "reasons": ("甲", "乙"),
        "lines": (line,),
    }
    change = opening(Blank("CA-1", form=form))
    write(store, change)
    file = read(store, "CA-1")
    assert file.case == change.case
    assert file.tasks == change.opened
    assert store.readings.entries(change.case.id) == [change.entry]


def test_a_transaction_reads_what_it_wrote(store: Store) -> None:
    with store.begin() as tx:
        change = opening(Blank("CA-1"))
        tx.write(change)
        assert locked(tx, "CA-1").case == change.case
        assert tx.case_file(id=change.case.id) == locked(tx, "CA-1")
        assert tx.case_state(change.case.id) == change.case
        assert list(tx.entries(change.case.id)) == [change.entry]


def test_leaving_without_commit_undoes_all(store: Store) -> None:
    with store.begin() as tx:
        tx.write(opening(Blank("CA-1")))
    assert store.readings.case_file("CA-1") is None
    assert store.readings.audit(AuditQuery()).total == 0


def test_an_error_undoes_all(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    before = read(store, "CA-1")

    class PowerCut(Exception):
        pass

    def cut_off() -> None:
        with store.begin() as tx:
            tx.write(move(locked(tx, "CA-1"), Move()))
            raise PowerCut

    with pytest.raises(PowerCut):
        cut_off()
    assert read(store, "CA-1") == before
    assert len(store.readings.entries(before.case.id)) == 2


def test_nobody_else_sees_a_change_before_it_is_kept(store: Store) -> None:
    with store.begin() as tx:
        tx.write(opening(Blank("CA-1")))
        assert store.readings.case_file("CA-1") is None
        tx.commit()
    assert store.readings.case_file("CA-1") is not None


def test_a_decision_brings_everything_with_it(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    digest = store.desk.keep_file("报价单".encode(), MORNING)
    quote = Attachment(new_id("file"), "报价单.pdf", "application/pdf", 9, digest, "quote")
    case = read(store, "CA-1").case
    clock = Deadline(
        new_id("clock"), case.id, "finance_limit", MORNING, MORNING + timedelta(days=3)
    )
    row = RegisterRow(new_id("row"), "materials", {"name": "针"}, case.id, 3, MORNING, "CA-1")
    change = act(
        store,
        "CA-1",
        Move(
            form={"opinion": "同意"},
            tells=(AMY, FANG),
            deadlines=(clock,),
            rows=(row,),
            attachments=(quote,),
            key="click-1",
        ),
    )
    file = read(store, "CA-1")
    assert file.case == change.case
    assert file.case.form["opinion"] == "同意"
    assert [(task.step, task.is_open) for task in file.tasks] == [
        ("draft", False),
        ("dept_review", False),
        ("finance_review", True),
    ]
    assert file.deadlines == (clock,)
    assert list(store.readings.entries(case.id))[-1] == change.entry
    assert list(store.readings.notices("amy", (), 5)) == [change.notices[0]]
    assert list(store.readings.rows("materials", {"name": "针"})) == [row]
    assert list(store.readings.attachments(case.id)) == [quote]
    assert store.readings.attachment_bytes(quote.id) == "报价单".encode()


def test_a_refusal_leaves_its_line_and_nothing_else(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    before = read(store, "CA-1")
    change = act(store, "CA-1", Move(refused="not_permitted", by="sam"))
    after = read(store, "CA-1")
    assert after.case == replace(before.case, seq=3, head=change.entry.digest)
    assert after.tasks == before.tasks


def test_a_decision_on_an_old_version_is_stale(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    old = read(store, "CA-1")
    act(store, "CA-1", Move())
    with store.begin() as tx, pytest.raises(StaleWrite):
        tx.write(move(old, Move(event="dept_return", to="draft")))
    assert read(store, "CA-1").case.state == "finance_review"


def test_a_decision_after_a_refusal_that_it_did_not_see_is_stale(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    old = read(store, "CA-1")
    act(store, "CA-1", Move(refused="not_permitted", by="sam"))
    with store.begin() as tx, pytest.raises(StaleWrite):
        tx.write(move(old, Move()))


def test_two_refusals_of_the_same_moment_do_not_share_a_line(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    old = read(store, "CA-1")
    act(store, "CA-1", Move(refused="not_permitted", by="sam"))
    with store.begin() as tx, pytest.raises(StaleWrite):
        tx.write(move(old, Move(refused="not_permitted", by="sam")))


def test_a_task_that_ended_is_not_ended_again(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    ended = read(store, "CA-1").tasks[0]
    assert not ended.is_open
    change = move(read(store, "CA-1"), Move())
    with store.begin() as tx, pytest.raises(StaleWrite):
        tx.write(replace(change, changed=(*change.changed, ended)))


def test_a_decided_task_is_closed_again_when_its_decision_is_taken_back(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    ended, waiting = read(store, "CA-1").tasks
    undone = replace(ended, closed_as="taken_back")
    change = move(read(store, "CA-1"), Move())
    write(store, replace(change, undone=(undone,)))
    assert read(store, "CA-1").tasks[0] == undone
    assert waiting.is_open


def test_a_task_that_waits_has_no_decision_to_take_back(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    waiting = read(store, "CA-1").tasks[1]
    assert waiting.is_open
    change = replace(move(read(store, "CA-1"), Move()), changed=(), undone=(waiting,))
    with store.begin() as tx, pytest.raises(StaleWrite):
        tx.write(change)


def test_a_case_is_opened_once(store: Store) -> None:
    change = opening(Blank("CA-1"))
    write(store, change)
    with store.begin() as tx, pytest.raises(StaleWrite):
        tx.write(change)


def test_a_number_is_given_once(store: Store) -> None:
    open_case(store, Blank("CA-1"))
    with store.begin() as tx, pytest.raises(StaleWrite):
        tx.write(opening(Blank("CA-1")))


def test_a_failed_change_takes_the_whole_transaction_with_it(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    old = read(store, "CA-1")
    act(store, "CA-1", Move())
    with store.begin() as tx:
        tx.write(opening(Blank("CA-2")))
        with pytest.raises(StaleWrite):
            tx.write(move(old, Move()))
        with pytest.raises(StaleWrite):
            tx.commit()
    assert store.readings.case_file("CA-2") is None


def test_a_transaction_that_was_kept_can_only_be_left(store: Store) -> None:
    with store.begin() as tx:
        tx.write(opening(Blank("CA-1")))
        tx.commit()
        with pytest.raises(RuntimeError):
            tx.write(opening(Blank("CA-2")))
    assert store.readings.case_file("CA-1") is not None
    assert store.readings.case_file("CA-2") is None


def test_a_key_decides_once_in_whatever_case(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    submitted(store, Blank("CA-2"))
    first = act(store, "CA-1", Move(key="click-1"))
    with store.begin() as tx, pytest.raises(DuplicateKey):
        tx.write(move(locked(tx, "CA-2"), Move(key="click-1")))
    assert read(store, "CA-2").case.state == "dept_review"
    with store.begin() as tx:
        assert tx.answered("click-1") == first.entry
        assert tx.answered("click-2") is None


def test_lines_without_a_key_do_not_clash(store: Store) -> None:
    open_case(store, Blank("CA-1"))
    open_case(store, Blank("CA-2"))
    assert store.readings.audit(AuditQuery()).total == 2


def test_a_task_may_become_overdue_and_get_another_date(store: Store) -> None:
    submitted(store, Blank("CA-1"), replace(SUBMIT, due_at=MORNING + timedelta(days=1)))
    task = read(store, "CA-1").tasks[-1]
    late = replace(task, overdue=True, due_at=MORNING + timedelta(days=2), excluded=("amy", "wu"))
    act(store, "CA-1", Move(event="timer", to="dept_review", asks=(), changed=(late,)))
    assert read(store, "CA-1").tasks[-1] == late


def test_an_unknown_case_is_none(store: Store) -> None:
    with store.begin() as tx:
        assert tx.case_file(number="CA-1") is None
        assert tx.case_file(id="nothing") is None
        assert tx.case_state("nothing") is None
    assert store.readings.case_file("CA-1") is None
    assert store.readings.case_by_id("nothing") is None


def test_children_come_in_the_order_of_opening(store: Store) -> None:
    parent = open_case(store, Blank("PA-1"))
    later = open_case(
        store, Blank("CH-2", "child", parent=parent.id, at=MORNING + timedelta(hours=1))
    )
    first = open_case(store, Blank("CH-1", "child", parent=parent.id))
    other = open_case(store, Blank("OT-1", "other", parent=parent.id))
    with store.begin() as tx:
        assert list(tx.related(parent.id)) == [first, other, later]
        assert list(tx.related(parent.id, "child")) == [first, later]
        assert list(tx.related(first.id)) == []
    assert list(store.readings.related(parent.id, "other")) == [other]
    act(store, "CH-1", Move(to="done", ends=True))
    assert list(store.readings.children_open([parent.id, first.id])) == [other, later]
    assert list(store.readings.children_open([])) == []


def test_an_attachment_without_its_bytes_is_refused(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    lost = Attachment(new_id("file"), "报价单.pdf", "application/pdf", 9, "0" * 64)
    with store.begin() as tx, pytest.raises(MissingFile):
        tx.write(move(locked(tx, "CA-1"), Move(attachments=(lost,))))
    assert read(store, "CA-1").case.state == "dept_review"


def test_a_case_waits_for_whom_it_says(store: Store) -> None:
    submitted(store, Blank("CA-1"), replace(SUBMIT, asks=(AMY, FANG, DR_LEE)))
    addresses = [task.address for task in read(store, "CA-1").tasks if task.is_open]
    assert addresses == [AMY, FANG, DR_LEE]
