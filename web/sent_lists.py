"""A list that an administrator sends: looked at first, then sent back with the confirmation and
read anew. Between the two nothing is kept here, and nothing that the browser says is believed.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import File, Form, UploadFile

from web.tables import LARGEST_MB, MOST_ROWS, read_table
from workflow.refusals import Sentence
from workflow.service.tables_in import Fault, Table

#: Rows and MB that a list may have.
LIMITS = (MOST_ROWS, LARGEST_MB)
_LARGEST = LARGEST_MB * 1024 * 1024
#: A file travels back in letters that are a third longer than its bytes.
_LONGEST = 2 * _LARGEST
_LONGEST_NAME = 200
SOURCE = Sentence("从文件导入：{name}", "From the file {name}")
TEMPLATE = Sentence("{name}模板", "{name} template")


@dataclass(frozen=True, slots=True)
class SentList:
    """A file as it was sent, first or again; `seen` is the digest of what was looked at,
    `words` are why, in the administrator's own words.
    """

    name: str
    data: bytes
    seen: str = ""
    words: str = ""

    @property
    def table(self) -> Table | tuple[Fault, ...]:
        """Its rows, or everything that keeps it from being read."""
        return read_table(self.data, self.name)

    @property
    def content(self) -> str:
        """How it travels back with the confirmation."""
        return b64encode(self.data).decode()

    @property
    def sha256(self) -> str:
        """The digest of its bytes."""
        return sha256(self.data).hexdigest()

    @property
    def reason(self) -> str:
        """Why it is brought along: as was written, or from which file."""
        return self.words or SOURCE.filled(name=self.name).zh


def sent_list(table: Annotated[UploadFile | None, File()] = None) -> SentList:
    """What was uploaded; of a file that is too large no more than shows that it is."""
    if table is None:
        return SentList("", b"")
    return SentList((table.filename or "")[:_LONGEST_NAME], table.file.read(_LARGEST + 1))


def sent_again(
    content: Annotated[str, Form(max_length=_LONGEST)] = "",
    seen: Annotated[str, Form(max_length=64)] = "",
    name: Annotated[str, Form(max_length=_LONGEST_NAME)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> SentList:
    """The file that came back with its confirmation; nothing, where that is no file any more."""
    try:
        data = b64decode(content, validate=True)
    except (NotBase64, ValueError):
        data = b""
    return SentList(name, data, seen, reason.strip())
