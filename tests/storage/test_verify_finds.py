"""Whoever changes what happened behind the program's back is found out, and told where."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import count

import orjson
import pytest
from sqlalchemy import select, text

from storage import statements as s
from storage.database import Database
from storage.unit_of_work import DatabaseStore
from storage.verifying import verify
from tests.faults.serving import settle_in
from tests.faults.turning import BEGAN, TURNS
from tests.storage.clerk import (
    AMY,
    DR_LEE,
    MORNING,
    SUBMIT,
    Blank,
    Move,
    act,
    move,
    new_id,
    open_case,
    opening,
)
from tests.workflow.hospital import rulebooks_of, small_register
from tests.workflow.rounds import ROUND
from workflow.ledger import Fault, canonical, digest_of
from workflow.nouns import Actor, Attachment, Deadline, DeadlineState, RegisterRow
from workflow.ports.deciding import CaseFile, Transaction
from workflow.ports.hospital import Policy, PolicyChange
from workflow.ports.house import (
    AddRow,
    BringRows,
    Deed,
    PublishDefinition,
    SavePolicy,
    StoredDefinition,
)
from workflow.ports.reading import AuditQuery
from workflow.service.catalog import Catalog
from workflow.service.deciding import Service
from workflow.service.recurring import Recurring

DEED = Deed(Actor("root", "管理员"), MORNING)
SOURCE = "process: syringes"
GUARDED = ("entry", "trail", "definition", "policy_change")


@pytest.fixture
def busy(kept: DatabaseStore) -> DatabaseStore:
    """Three cases with everything that a case can have, and a house with a ledger."""
    return _filled(kept)


@pytest.fixture
def busy_file(make_database: Callable[[str], Database]) -> DatabaseStore:
    """The same in a file, which keeps whatever it is given."""
    return _filled(DatabaseStore(make_database("sqlite")))


def _filled(kept: DatabaseStore) -> DatabaseStore:
    digest = kept.desk.keep_file(b"quote", MORNING)
    clock = Deadline(new_id("clock"), "", "limit", MORNING, MORNING + timedelta(days=1))
    with kept.begin() as tx:
        for number in ("CA2026-000001", "CA2026-000002", "CA2026-000003"):
            tx.next_number("CA", 2026)
            tx.write(opening(Blank(number, deadlines=(replace(clock, id=new_id("clock")),))))
            tx.write(
                move(_read(tx, number), replace(SUBMIT, asks=(DR_LEE, AMY), excluded=("sam",)))
            )
            tx.write(move(_read(tx, number), Move(refused="not_permitted", by="sam")))
            file = _read(tx, number)
            late = replace(file.tasks[1], overdue=True, due_at=MORNING)
            tx.write(move(file, Move(event="timer", to="dept_review", asks=(), changed=(late,))))
            paused = replace(file.deadlines[0], state=DeadlineState.PAUSED, paused_at=MORNING)
            quote = Attachment(new_id("file"), "报价单.pdf", "application/pdf", 5, digest)
            signs = Move(
                deadlines=(paused,), tells=(AMY,), attachments=(quote,), form={"x": "同意"}
            )
            at = MORNING + timedelta(hours=1)
            tx.write(move(_read(tx, number), replace(signs, at=at)))
        tx.commit()
    act(kept, "CA2026-000003", Move(event="leader_approve", to="approved", ends=True))
    definition = StoredDefinition(
        "syringes", 1, SOURCE, sha256(SOURCE.encode()).hexdigest(), MORNING, "root"
    )
    kept.house.change(DEED, PublishDefinition(definition), SavePolicy(Policy("H02")))
    kept.house.record(DEED, "signed_in", {"person": "amy"}, stream="sys:door")
    return kept


def _read(tx: Transaction, number: str) -> CaseFile:
    file = tx.case_file(number=number)
    assert file is not None
    return file


def tamper(store: DatabaseStore, *statements: str, **values: object) -> None:
    """What somebody with the database's own password can do; `:it` is the second case."""
    database, values["it"] = store.database, _second(store)
    sqlite = database.dialect == "sqlite"
    with database.writing().connect() as connection:
        if sqlite:
            connection.connection.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            for table in GUARDED:
                for what in ("update", "delete") if sqlite else ():
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_{what}"))
                if not sqlite:
                    connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            for statement in statements:
                named = {name: values[name] for name in _NAMES.findall(statement)}
                assert connection.execute(text(statement), named).rowcount > 0
            for table in () if sqlite else GUARDED:
                connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        if sqlite:
            connection.connection.execute("PRAGMA foreign_keys=ON")


def only_fault(database: Database) -> Fault:
    (fault,) = verify(database).faults
    return fault


#: Whatever points at the second case.
_ERASED = (
    "DELETE FROM task WHERE case_id = :it",
    "DELETE FROM deadline WHERE case_id = :it",
    "DELETE FROM notice WHERE case_id = :it",
    "DELETE FROM attachment WHERE case_id = :it",
)
_NAMES = re.compile(r"(?<![:\w]):(\w+)")


def test_nothing_is_found_where_nothing_was_done(busy: DatabaseStore) -> None:
    report = verify(busy.database)
    assert report.whole
    assert (report.cases, report.entries, report.files) == (3, 19, 1)


def test_an_empty_database_is_whole(database: Database) -> None:
    report = verify(database)
    assert (report.whole, report.cases, report.entries) == (True, 0, 0)


@pytest.mark.parametrize(
    ("statement", "seq", "what"),
    [
        ("UPDATE entry SET digest = 'x' WHERE case_id = :it AND seq = 3", 3, "digest"),
        ("DELETE FROM entry WHERE case_id = :it AND seq = 2", 2, "missing (found 3)"),
        ("DELETE FROM entry WHERE case_id = :it AND seq = 1", 1, "missing (found 2)"),
        ("DELETE FROM entry WHERE case_id = :it AND seq = 5", 4, "not the one that is remembered"),
        ("UPDATE entry SET actor = 'wu' WHERE case_id = :it AND seq = 3", 3, "columns"),
        ("UPDATE entry SET at = '2020' WHERE case_id = :it AND seq = 3", 3, "columns"),
        ("UPDATE entry SET refused = NULL WHERE case_id = :it AND seq = 3", 3, "columns"),
        ("UPDATE entry SET key = 'k' WHERE case_id = :it AND seq = 3", 3, "columns"),
        ("UPDATE \"case\" SET state = 'approved' WHERE id = :it", 5, "in: state"),
        ('UPDATE "case" SET version = 9 WHERE id = :it', 5, "in: version"),
        ("UPDATE \"case\" SET applicant = 'sam' WHERE id = :it", 5, "in: applicant"),
        ("UPDATE \"case\" SET closed_at = '2026' WHERE id = :it", 5, "in: closed_at"),
        ("UPDATE \"case\" SET acted_at = '2026' WHERE id = :it", 5, "in: acted_at"),
        ("UPDATE \"case\" SET parameters = '{}' WHERE id = :it", 5, "in: parameters"),
        ("UPDATE \"case\" SET form = 'nonsense' WHERE id = :it", 5, "in: form"),
        ("UPDATE \"case\" SET course = '' WHERE id = :it", 5, "in: course"),
        ('UPDATE "case" SET title = title || \'"\' WHERE id = :it', 5, "in: title"),
        ("UPDATE \"case\" SET round = 9, parent = 'x' WHERE id = :it", 5, "in: round, parent"),
        ("UPDATE \"case\" SET head = 'x' WHERE id = :it", 5, "remembered"),
        ("UPDATE task SET closed_by = 'wu' WHERE case_id = :it AND step = 'draft'", 5, "closed_by"),
        (
            "UPDATE task SET address = 'p:sam' WHERE case_id = :it AND closed_at IS NULL",
            5,
            "address",
        ),
        ("UPDATE task SET excluded = '' WHERE case_id = :it AND address = 'p:amy'", 5, "excluded"),
        ("UPDATE task SET overdue = NOT overdue WHERE case_id = :it AND step = 'draft'", 5, "due"),
        ("UPDATE task SET id = id || 'x' WHERE case_id = :it AND step = 'draft'", 5, "is not in"),
        ("UPDATE task SET rank = '0' WHERE case_id = :it AND closed_at IS NULL", 5, "rank"),
        ("DELETE FROM task WHERE case_id = :it AND step = 'draft'", 5, "is missing"),
        ("UPDATE deadline SET state = 'running' WHERE case_id = :it", 5, "in: state"),
        ("DELETE FROM deadline WHERE case_id = :it", 5, "is missing"),
    ],
)
def test_a_change_behind_the_back_is_found_where_it_was_made(
    busy: DatabaseStore, statement: str, seq: int, what: str
) -> None:
    tamper(busy, statement)
    fault = only_fault(busy.database)
    assert (fault.case, fault.seq) == ("CA2026-000002", seq)
    assert what in fault.what.en


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE task SET step = CAST(step AS BLOB) WHERE case_id = :it", "in: step"),
        ("UPDATE task SET round = 9e999 WHERE case_id = :it", "in: round"),
        ('UPDATE "case" SET title = CAST(title AS BLOB) WHERE id = :it', "in: title"),
        ('UPDATE "case" SET form = CAST(form AS BLOB) WHERE id = :it', "in: form"),
        ('UPDATE "case" SET round = -9e999 WHERE id = :it', "in: round"),
        ("UPDATE entry SET actor = CAST(actor AS BLOB) WHERE case_id = :it", "columns"),
        ("UPDATE deadline SET key = CAST(key AS BLOB) WHERE case_id = :it", "in: key"),
    ],
)
def test_what_only_sqlite_would_keep_is_found(
    busy_file: DatabaseStore, statement: str, what: str
) -> None:
    tamper(busy_file, statement)
    fault = only_fault(busy_file.database)
    assert fault.case == "CA2026-000002"
    assert what in fault.what.en


@pytest.mark.parametrize(
    ("statement", "whats"),
    [
        (
            "UPDATE entry SET case_id = CAST(case_id AS BLOB) WHERE case_id = :it",
            ("the case has no ledger", "the line does not follow the line before it"),
        ),
        (
            'UPDATE "case" SET id = CAST(id AS BLOB) WHERE id = :it',
            ("the case has no ledger", "the case is missing, its ledger is there"),
        ),
        (
            "UPDATE task SET case_id = CAST(case_id AS BLOB) WHERE case_id = :it",
            ("has no ledger", "is missing"),
        ),
        (
            "UPDATE deadline SET case_id = CAST(case_id AS BLOB) WHERE case_id = :it",
            ("has no ledger", "is missing"),
        ),
    ],
)
def test_bytes_are_the_id_of_no_case(
    busy_file: DatabaseStore, statement: str, whats: tuple[str, ...]
) -> None:
    tamper(busy_file, statement)
    faults = [fault.what.en for fault in verify(busy_file.database).faults]
    for what in whats:
        assert any(what in said for said in faults)


def test_everybody_who_was_changed_is_named_and_nobody_beside_them(busy: DatabaseStore) -> None:
    tamper(
        busy,
        "UPDATE entry SET actor = 'wu' WHERE case_id <> :it AND seq = 2"
        " AND case_id NOT LIKE 'sys:%'",
    )
    faults = sorted((fault.case, fault.seq) for fault in verify(busy.database).faults)
    assert faults == [("CA2026-000001", 2), ("CA2026-000003", 2)]


@pytest.mark.parametrize("place", [0, 40, -1])
def test_one_changed_byte_is_found(busy: DatabaseStore, place: int) -> None:
    body = bytearray(busy.readings.entries(_second(busy))[1].body)
    body[place] ^= 1
    statement = "UPDATE entry SET body = :body WHERE case_id = :it AND seq = 2"
    tamper(busy, statement, body=bytes(body))
    assert only_fault(busy.database).what.en == "the bytes do not match their digest"


def test_two_lines_that_changed_places_are_found(busy: DatabaseStore) -> None:
    swap = "UPDATE entry SET seq = {} WHERE case_id = :it AND seq = {}"
    tamper(busy, *(swap.format(*places) for places in ((9, 2), (2, 4), (4, 9))))
    fault = only_fault(busy.database)
    assert (fault.seq, fault.what.en) == (2, "the line does not follow the line before it")


def test_a_changed_form_is_found(busy: DatabaseStore) -> None:
    tamper(busy, "UPDATE \"case\" SET form = replace(form, '同意', '不同意') WHERE id = :it")
    assert only_fault(busy.database).what.en == "the case differs from its ledger in: form"


def forge(store: DatabaseStore, seq: int, body: bytes) -> None:
    """Replace a line of the second case by another with its right digest."""
    statement = "UPDATE entry SET body = :body, digest = :digest WHERE case_id = :it AND seq = :seq"
    tamper(store, statement, body=body, digest=sha256(body).hexdigest(), seq=seq)


def test_a_forged_line_breaks_the_next(busy: DatabaseStore) -> None:
    entries = busy.readings.entries(_second(busy))
    forge(busy, 4, entries[3].body.replace(b'"version":3', b'"version":4'))
    fault = only_fault(busy.database)
    assert (fault.seq, fault.what.en) == (5, "the line does not follow the line before it")


def test_a_forged_last_line_is_not_the_one_that_is_remembered(busy: DatabaseStore) -> None:
    entries = busy.readings.entries(_second(busy))
    forge(busy, 5, entries[4].body.replace("同意".encode(), "不同意".encode()))
    assert only_fault(busy.database).what.en == "the last line is not the one that is remembered"


@pytest.mark.parametrize("body", [b"{}", b"nonsense", b"[1]", b'{"prev":""}'])
def test_a_line_without_sense_is_a_fault_and_no_crash(busy: DatabaseStore, body: bytes) -> None:
    forge(busy, 1, body)
    fault = only_fault(busy.database)
    assert (fault.case, fault.seq) == ("CA2026-000002", 1)


def test_a_task_that_no_line_opened_is_found(busy: DatabaseStore) -> None:
    tamper(
        busy,
        "INSERT INTO task (no, id, case_id, step, address, round, opened_at, overdue, excluded,"
        " handling, work, rank)"
        " VALUES (9, 'forged', :it, 'draft', 'p:sam', 1, '2026', '0', '', '{}', 'x', '1')",
    )
    assert only_fault(busy.database).what.en == "the task forged is not in the ledger"


def test_a_case_without_its_ledger_is_found_with_all_that_it_has(busy: DatabaseStore) -> None:
    tamper(busy, "DELETE FROM entry WHERE case_id = :it")
    faults = [fault.what.en for fault in verify(busy.database).faults]
    assert faults[0] == "the case has no ledger"
    assert sum(what.startswith("the task") for what in faults) == 4
    assert sum(what.startswith("the clock") for what in faults) == 1


def test_a_ledger_without_its_case_is_found(busy: DatabaseStore) -> None:
    tamper(busy, *_ERASED, 'DELETE FROM "case" WHERE id = :it')
    faults = {fault.what.en for fault in verify(busy.database).faults}
    assert "the case is missing, its ledger is there" in faults


def test_a_case_that_was_erased_whole_leaves_a_gap_in_the_numbers(busy: DatabaseStore) -> None:
    ledger = "DELETE FROM entry WHERE case_id = :it"
    tamper(busy, *_ERASED, ledger, 'DELETE FROM "case" WHERE id = :it')
    fault = only_fault(busy.database)
    assert (fault.case, fault.what.en) == ("CA2026", "3 cases were opened, 2 are there")


def test_the_ledgers_of_the_house_are_checked_too(busy: DatabaseStore) -> None:
    tamper(busy, "DELETE FROM entry WHERE case_id = 'sys:house' AND seq = 2")
    assert only_fault(busy.database).case == "sys:house"


def test_a_ledger_of_the_house_that_is_gone_is_missed(busy: DatabaseStore) -> None:
    tamper(busy, "DELETE FROM entry WHERE case_id = 'sys:door'")
    fault = only_fault(busy.database)
    assert (fault.case, fault.seq, fault.what.zh) == ("sys:door", 0, "账本不见了")


@pytest.fixture
def asked(busy: DatabaseStore) -> DatabaseStore:
    """A database whose auditors have looked."""
    assert busy.readings.audit(AuditQuery()).rows
    assert verify(busy.database).whole
    return busy


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM trail WHERE no = :line",
        "UPDATE trail SET event = 'submit' WHERE no = :line",
        "UPDATE trail SET at = '2020' WHERE no = :line",
        "UPDATE trail SET role = NULL WHERE no = :line",
        "UPDATE trail SET process = 'x', department = 'x' WHERE no = :line",
    ],
)
def test_what_is_hidden_from_auditors_is_found(asked: DatabaseStore, statement: str) -> None:
    line = select(s.ENTRY.c.no).where(s.ENTRY.c.case_id == _second(asked), s.ENTRY.c.seq == 4)
    with asked.database.engine.connect() as connection:
        number = connection.scalar(line)
    tamper(asked, statement, line=number)
    fault = only_fault(asked.database)
    assert (fault.case, fault.seq) == ("CA2026-000002", 4)
    assert fault.what.en == "the trail of auditors lacks this line, or tells it differently"


def test_a_line_that_auditors_are_shown_and_nobody_wrote_is_found(asked: DatabaseStore) -> None:
    # Far ahead, so that what is written from now on would never come into the trail.
    tamper(
        asked,
        "INSERT INTO trail (no, at, event, process, actor) VALUES (9999, '2026', 'x', 'x', 'sam')",
    )
    faults = [fault.what.en for fault in verify(asked.database).faults]
    assert "the trail of auditors tells of lines that the ledgers do not have: 1" in faults


def test_who_takes_lines_out_of_the_ledger_leaves_them_in_the_trail(asked: DatabaseStore) -> None:
    ledger = "DELETE FROM entry WHERE case_id = :it"
    counted = "UPDATE counter SET last = 2"
    tamper(asked, *_ERASED, ledger, 'DELETE FROM "case" WHERE id = :it', counted)
    fault = only_fault(asked.database)
    assert (fault.case, "do not have: 5" in fault.what.en) == ("trail", True)


def test_the_bytes_of_a_file_are_checked(busy: DatabaseStore) -> None:
    tamper(busy, "UPDATE file SET content = :other", other=b"other")
    assert "file" in only_fault(busy.database).what.en
    assert verify(busy.database, files=False).whole


@pytest.mark.parametrize(
    ("statements", "what"),
    [
        (["UPDATE attachment SET name = 'x.pdf' WHERE case_id = :it"], "differs from the ledger"),
        (
            [
                "INSERT INTO file (digest, content, kept_at) VALUES (:other, :bytes, '2026')",
                "UPDATE attachment SET digest = :other WHERE case_id = :it",
            ],
            "differs from the ledger",
        ),
        (["UPDATE attachment SET field = 'quote' WHERE case_id = :it"], "differs from the ledger"),
        (["UPDATE attachment SET case_id = :first WHERE case_id = :it"], "differs from the ledger"),
        (["DELETE FROM attachment WHERE case_id = :it"], "is missing"),
    ],
)
def test_a_file_that_is_not_what_its_line_tells_is_found(
    busy: DatabaseStore, statements: list[str], what: str
) -> None:
    first = busy.readings.case_file("CA2026-000001")
    assert first is not None
    other = sha256(b"other").hexdigest()
    tamper(busy, *statements, other=other, bytes=b"other", first=first.case.id)
    fault = only_fault(busy.database)
    assert what in fault.what.en
    assert fault.case.startswith("CA2026-")


def test_a_file_without_its_bytes_is_found(busy_file: DatabaseStore) -> None:
    tamper(busy_file, "DELETE FROM file")
    faults = verify(busy_file.database).faults
    assert [fault.case for fault in faults] == [f"CA2026-00000{n}" for n in (1, 2, 3)]
    assert all("the bytes of the file" in fault.what.en for fault in faults)


def test_a_file_that_no_line_brought_is_found(busy: DatabaseStore) -> None:
    tamper(
        busy,
        "INSERT INTO attachment (id, case_id, name, media_type, size, digest)"
        " SELECT 'forged', case_id, name, media_type, size, digest"
        " FROM attachment WHERE case_id = :it",
    )
    assert only_fault(busy.database).what.en == "the file forged is not in the ledger"


def test_the_text_of_a_definition_is_checked(busy: DatabaseStore) -> None:
    tamper(busy, "UPDATE definition SET source = 'process: other'")
    assert only_fault(busy.database).case == "syringes 1"


@pytest.mark.parametrize("since", ["2026-03-02", "2026-03-01"])
def test_a_value_in_force_that_no_line_tells_of_is_found(kept: DatabaseStore, since: str) -> None:
    change = opening(Blank("CA2026-000001"))
    body = orjson.loads(change.entry.body)
    body["policy"] = [{"parameter": "leave", "value": 3, "since": "2026-03-02"}]
    told = canonical(body)
    entry = replace(change.entry, body=told, digest=digest_of(told))
    put = PolicyChange(
        "leave", 3, date.fromisoformat(since), change.case.id, "CA2026-000001", 1, MORNING
    )
    with kept.begin() as tx:
        tx.next_number("CA", 2026)
        case = replace(change.case, head=entry.digest)
        tx.write(replace(change, case=case, entry=entry, policy=(put,)))
        tx.commit()
    faults = verify(kept.database).faults
    assert [fault.case for fault in faults] == ([] if since == "2026-03-02" else ["CA2026-000001"])
    tamper(kept, "DELETE FROM policy_change")
    assert [fault.case for fault in verify(kept.database).faults] == ["policy_change"]


@pytest.fixture
def rounds(kept: DatabaseStore) -> DatabaseStore:
    """Two wards whose round a schedule has opened."""
    settle_in(kept)
    catalog = Catalog.of(small_register(), rulebooks_of((ROUND,)))
    ids = count(1)
    recurring = Recurring(Service(kept, lambda: catalog, lambda: f"{next(ids):032x}"))
    recurring.look(BEGAN)
    assert recurring.look(TURNS[0]).opened == 2
    assert verify(kept.database).faults == []
    return kept


@pytest.mark.parametrize(
    ("done", "what"),
    [
        ("DELETE FROM occurrence WHERE subject = 'icu'", "what became of its turn is gone"),
        ("UPDATE occurrence SET id = id || 'x' WHERE subject = 'icu'", "differs from the ledger"),
        ("UPDATE occurrence SET state = 'missed' WHERE subject = 'icu'", "differs from the ledger"),
    ],
)
def test_a_turn_of_a_schedule_that_was_changed_is_found(
    rounds: DatabaseStore, done: str, what: str
) -> None:
    tamper(rounds, done)
    assert what in only_fault(rounds.database).what.en


# ---- rows of registers ---------------------------------------------------------------------------


@pytest.fixture
def shelf(busy: DatabaseStore) -> DatabaseStore:
    """A list that was brought along, and a row that a single line added."""
    rows = tuple(
        RegisterRow(f"r{n}", "materials", {"name": f"针{n}", "price": n}, None, None, MORNING)
        for n in range(3)
    )
    busy.house.change(DEED, BringRows("materials", ("name",), rows, "材料.csv", "ab" * 32))
    busy.house.change(DEED, AddRow(RegisterRow("x", "budgets", {"n": 1}, None, None, MORNING)))
    return busy


def test_rows_that_were_brought_along_are_rebuilt_from_their_lines(shelf: DatabaseStore) -> None:
    assert verify(shelf.database).whole


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE register_row SET cells = replace(cells, '针', '线') WHERE id = 'r1'", "differs"),
        ("UPDATE register_row SET cells = 'nonsense' WHERE id = 'r1'", "differs"),
        ("UPDATE register_row SET register_key = 'budgets' WHERE id = 'r1'", "differs"),
        ("UPDATE register_row SET seq = 1 WHERE id = 'r1'", "differs"),
        ("DELETE FROM register_row WHERE id = 'r2'", "is missing"),
        ("DELETE FROM register_row WHERE id = 'x'", "is missing"),
        ("UPDATE register_row SET id = 'forged' WHERE id = 'x'", "forged is not in the ledger"),
    ],
)
def test_a_row_of_a_register_that_no_line_tells_so_is_found(
    shelf: DatabaseStore, statement: str, said: str
) -> None:
    tamper(shelf, statement)
    assert any(said in fault.what.en for fault in verify(shelf.database).faults)


def test_a_broken_ledger_does_not_make_its_rows_strangers(shelf: DatabaseStore) -> None:
    tamper(shelf, "DELETE FROM entry WHERE case_id = 'sys:house' AND seq = 2")
    assert only_fault(shelf.database).case == "sys:house"


def test_of_many_faults_a_hundred_are_named(kept: DatabaseStore) -> None:
    for number in range(120):
        open_case(kept, Blank(f"CA-{number}"))
    tamper(kept, "UPDATE \"case\" SET state = 'approved'")
    assert len(verify(kept.database).faults) == 100


def _second(store: DatabaseStore) -> str:
    file = store.readings.case_file("CA2026-000002")
    return "" if file is None else file.case.id
