"""Proves the files of cases: each is what its ledger tells of it, none is missing, none was added.

The bytes themselves are read last, and only when asked for: there may be many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, select

from storage import statements as s
from storage.mapping import case_of
from storage.wire import Step, Wire
from workflow.ledger import Fault
from workflow.refusals import Sentence

#: How many rows are taken from the database at a time.
_AT_ONCE = 256

_NOT_TOLD = Sentence("附件 {id} 不在账本里", "the file {id} is not in the ledger")
_DIFFERS = Sentence("附件 {id} 与账本不一致", "the file {id} differs from the ledger")
_GONE = Sentence("附件 {id} 不见了", "the file {id} is missing")
_NO_BYTES = Sentence("附件 {id} 的文件内容不见了", "the bytes of the file {id} are missing")
_CHANGED = Sentence("文件内容与校验码不符", "the bytes of the file do not match their digest")

#: What a ledger tells of a file beside its id, in the order of `_attached`.
_said_of = itemgetter("name", "type", "size", "digest", "field")


@dataclass(frozen=True, slots=True)
class Told:
    """What a line tells of a file: the case, which line it is, and the file's columns."""

    case: str
    seq: int
    columns: tuple[Any, ...]


def files_in(said: Mapping[str, Any], case: str, seq: int) -> Iterator[tuple[str, Told]]:
    """The files that a line brings, by their ids."""
    for one in said.get("attachments", ()):
        yield one["id"], Told(case, seq, _said_of(one))


def changed_attachments(
    wire: Wire, told: dict[str, Told], broken: frozenset[str]
) -> Iterator[Fault]:
    """Files that are not as their line tells, and files that are gone; `told` is used up.

    Of cases whose ledger is `broken`, not everything was read: nothing is said of their files.
    """
    for id_, case, *columns, number, bytes_of in wire.stream(Step(_attached), at_once=_AT_ONCE):
        line = told.pop(id_, None)
        if case in broken or (line is not None and line.case in broken):
            continue
        if line is None:
            yield Fault(number, 0, _NOT_TOLD.filled(id=id_))
        elif (line.case, line.columns) != (case, tuple(columns)):
            yield Fault(number, line.seq, _DIFFERS.filled(id=id_))
        elif bytes_of is None:
            yield Fault(number, line.seq, _NO_BYTES.filled(id=id_))
    for id_, line in told.items():
        if line.case not in broken:
            row = wire.line(s.CASE_BY_ID, (line.case,))
            number = line.case if row is None else case_of(row).number
            yield Fault(number, line.seq, _GONE.filled(id=id_))


def changed_files(wire: Wire) -> Iterator[Fault | None]:
    """For every file that is kept, None, or that its bytes are not those of its digest."""
    for digest, content in wire.stream(Step(_files), at_once=1):
        is_whole = sha256(content).hexdigest() == digest
        yield None if is_whole else Fault(digest, 0, _CHANGED)


# ---- statements ----------------------------------------------------------------------------------


def _attached() -> Select[Any]:
    kept, file, case = s.ATTACHMENT, s.FILE.c, s.CASE.c
    columns = ("id", "case_id", "name", "media_type", "size", "digest", "field")
    beside = kept.outerjoin(s.CASE, case.id == kept.c.case_id)
    beside = beside.outerjoin(s.FILE, file.digest == kept.c.digest)
    return select(*s.of(kept, columns), case.number, file.digest).select_from(beside)


def _files() -> Select[Any]:
    return select(s.FILE.c.digest, s.FILE.c.content)
