"""The auditor presses a button, and the whole ledger is checked: what was read, what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from storage.memory import MemoryStore
from tests.web.auditing import two_requests
from tests.web.conftest import SetClock
from web.house import House


@pytest.fixture
def qian(as_person: Callable[[str], TestClient], house: House, clock: SetClock) -> TestClient:
    """The auditor, with something to check."""
    two_requests(house, clock)
    return as_person("qian")


def test_nothing_is_checked_by_looking(qian: TestClient) -> None:
    page = qian.get("/audit/verify").text
    assert "开始校验" in page
    assert "账本完好" not in page


def test_a_whole_ledger_is_said_to_be_whole_with_what_was_checked(qian: TestClient) -> None:
    page = qian.post("/audit/verify").text
    assert "账本完好" in page
    assert "核对了 2 个案件" in page
    assert "校验账本" in qian.get("/audit/search?action=audit_verified").text


def test_htmx_gets_the_result_alone(qian: TestClient) -> None:
    answer = qian.post("/audit/verify", headers={"HX-Request": "true", "HX-Target": "verification"})
    assert answer.text.lstrip().startswith('<section id="verification"')


def test_a_line_that_was_touched_is_named(qian: TestClient, house: House) -> None:
    store = house.store
    assert isinstance(store, MemoryStore)
    file = store.readings.case_file("HC2026-000001")
    assert file is not None
    entry = store.kept.entries[file.case.id, 3]
    store.kept.entries[file.case.id, 3] = replace(
        entry, body=entry.body.replace("科主任".encode(), "副主任".encode())
    )
    page = qian.post("/audit/verify").text
    assert "发现 1 处不符" in page
    assert "HC2026-000001" in page
    assert "#3" in page
    assert "账本不完整或被改动" in qian.get("/audit/case/HC2026-000001").text


@pytest.mark.parametrize("who", ["zhang", "sun", "zhao"])
def test_nobody_else_runs_the_check(who: str, as_person: Callable[[str], TestClient]) -> None:
    answer = as_person(who).post("/audit/verify")
    assert answer.status_code == 403
    assert "账本完好" not in answer.text
