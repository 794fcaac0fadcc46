"""The limit: five durable steps of an approval written straight in SQL, with nothing that a
hospital would want besides.

Each step is one transaction in WAL with `synchronous=FULL`: look up who may act, change the
state, close one task and open the next, append one audit record chained by SHA-256.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

_TABLES = """
CREATE TABLE person (id TEXT PRIMARY KEY, role TEXT NOT NULL, department TEXT NOT NULL);
CREATE TABLE instance (id INTEGER PRIMARY KEY, state TEXT NOT NULL, form TEXT NOT NULL,
  applicant TEXT NOT NULL, version INTEGER NOT NULL, head TEXT NOT NULL, seq INTEGER NOT NULL);
CREATE TABLE task (id INTEGER PRIMARY KEY, instance INTEGER NOT NULL REFERENCES instance,
  step TEXT NOT NULL, role TEXT NOT NULL, opened_at TEXT NOT NULL, closed_at TEXT, closed_by TEXT);
CREATE INDEX task_open ON task (instance) WHERE closed_at IS NULL;
CREATE TABLE audit (instance INTEGER NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL,
  digest TEXT NOT NULL, PRIMARY KEY (instance, seq));
"""
_AT = "2026-03-02T01:00:00.000000Z"
_STEPS = (
    ("amy", "clinician", "draft", "dept_review", "dept_head"),
    ("lee", "dept_head", "dept_review", "finance_review", "finance_officer"),
    ("fang", "finance_officer", "finance_review", "leader_review", "vice_president"),
    ("wu", "vice_president", "leader_review", "approved", None),
)


class ByHand:
    """A connection with the tables; `approve` takes one case through its five steps."""

    def __init__(self, driver: ModuleType, path: Path) -> None:
        self._db: Any = driver.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_TABLES)
        people = [(who, role, "surgery") for who, role, *_ in _STEPS]
        self._db.executemany("INSERT INTO person VALUES (?, ?, ?)", people)

    def approve(self, number: int) -> int:
        """Create, submit, and have three people approve one case; gives the steps taken."""
        instance = self._create(number)
        for who, role, source, target, following in _STEPS:
            self._step(instance, who, role, source, target, following)
        return 1 + len(_STEPS)

    def _create(self, number: int) -> int:
        form = {
            "material_name": f"止血材料{number}",
            "spec": "5cm",
            "purpose": "手术止血",
            "manufacturer": "甲厂",
            "agent": "乙公司",
            "quantity": 20,
            "ref_unit_price": 30000,
        }
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        db.execute("SELECT role FROM person WHERE id = 'amy'").fetchone()
        instance = int(
            db.execute(
                "INSERT INTO instance (state, form, applicant, version, head, seq)"
                " VALUES ('draft', ?, 'amy', 1, '', 0)",
                (json.dumps(form, ensure_ascii=False),),
            ).lastrowid
        )
        db.execute(
            "INSERT INTO task (instance, step, role, opened_at)"
            " VALUES (?, 'draft', 'clinician', ?)",
            (instance, _AT),
        )
        self._chain(instance, "amy", "start", "draft", "", 0)
        db.execute("COMMIT")
        return instance

    def _step(
        self, instance: int, who: str, role: str, source: str, target: str, following: str | None
    ) -> None:
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        held = db.execute("SELECT role FROM person WHERE id = ?", (who,)).fetchone()
        state, version, head, seq = db.execute(
            "SELECT state, version, head, seq FROM instance WHERE id = ?", (instance,)
        ).fetchone()
        if held[0] != role or state != source:
            raise RuntimeError("the benchmark's own people do what they may")
        db.execute(
            "UPDATE instance SET state = ?, version = ? WHERE id = ? AND version = ?",
            (target, version + 1, instance, version),
        )
        db.execute(
            "UPDATE task SET closed_at = ?, closed_by = ? WHERE instance = ? AND closed_at IS NULL",
            (_AT, who, instance),
        )
        if following is not None:
            db.execute(
                "INSERT INTO task (instance, step, role, opened_at) VALUES (?, ?, ?, ?)",
                (instance, target, following, _AT),
            )
        self._chain(instance, who, source, target, head, seq)
        db.execute("COMMIT")

    def _chain(
        self, instance: int, who: str, source: str, target: str, head: str, seq: int
    ) -> None:
        body = json.dumps(
            {"at": _AT, "by": who, "from": source, "to": target, "prev": head, "opinion": "同意"},
            ensure_ascii=False,
            sort_keys=True,
        ).encode()
        digest = sha256(body).hexdigest()
        self._db.execute("INSERT INTO audit VALUES (?, ?, ?, ?)", (instance, seq + 1, body, digest))
        self._db.execute(
            "UPDATE instance SET head = ?, seq = ? WHERE id = ?", (digest, seq + 1, instance)
        )
