"""Rows of registers for programs: whoever may look a register up may have a program do it.

Default deny: a register that none of the person's posts has to do with is not there for them. A
program gives no reasons, so it sees masked cells in part and nothing that a confidential case
wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workflow.design.form import Field
from workflow.nouns import RegisterRow, Scalar
from workflow.ports.reading import Readings
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.running.answers import Unreadable, read_value
from workflow.service.catalog import Catalog
from workflow.service.housework import at_field, one
from workflow.service.visibility import supervisors

#: Rows that are given at most.
MOST = 500

NO_REGISTER = Sentence(
    "没有这个登记簿，或您无权查看", "There is no such register, or it is not yours to see"
)
NO_COLUMN = Sentence("登记簿没有这一列", "The register has no such column")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a register with the types of its columns."""

    columns: Mapping[str, Field]
    rows: tuple[RegisterRow, ...]


def rows_for(
    readings: Readings,
    catalog: Catalog,
    person: str,
    now: datetime,
    register: str,
    where: Mapping[str, str],
) -> Rows | Refused:
    """The current rows in which every named column has the value, newest first; MOST at most."""
    known = catalog.business_registers.get(register)
    hospital = readings.hospital()
    posts = hospital.organisation.posts_of(person, hospital.calendar.local_day(now))
    roles = {post.role for post in posts}
    supervising = supervisors(catalog.register, hospital.policy_at(now))
    reads = known is not None and known.may_be_read_by(roles, supervising)
    if known is None or not reads or known.needs_a_reason(roles):
        return one(Code.NOT_FOUND, NO_REGISTER, "register", standing=True)
    columns = {key: known.plain(key) for key in known.columns}
    wanted, wrong = _read(columns, where)
    if wrong:
        return Refused.of(wrong)
    found = readings.rows(register, wanted)
    open_to_all = not known.confidential
    shown = [row for row in found[:MOST] if open_to_all or not _is_secret(readings, catalog, row)]
    return Rows(columns, tuple(shown))


def _read(
    columns: Mapping[str, Field], where: Mapping[str, str]
) -> tuple[dict[str, Scalar], list[Refusal]]:
    wanted: dict[str, Scalar] = {}
    wrong: list[Refusal] = []
    for key, raw in where.items():
        if key not in columns or columns[key].masked:
            wrong.append(at_field(key, NO_COLUMN))
            continue
        try:
            value = read_value(columns[key], raw)
        except Unreadable as problem:
            wrong.append(at_field(key, problem.because))
            continue
        wanted[key] = value if isinstance(value, bool | int | str) else None
    return wanted, wrong


def _is_secret(readings: Readings, catalog: Catalog, row: RegisterRow) -> bool:
    case = None if row.case is None else readings.case_by_id(row.case)
    if case is None:
        return False
    return catalog.definition(case.process, case.definition_version).confidential
