"""What may be attached to a case: known kinds of files, whose first bytes are what their name says.

Nothing that is kept is ever shown inside a page: files are handed out as downloads.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile

from web.posted import Upload
from workflow.nouns import Attachment
from workflow.ports.doors import Desk
from workflow.refusals import Code, Refusal, Sentence

#: The longest file name that is kept, in characters.
NAME_LIMIT = 120
#: An office file has a few dozen members; one with thousands is something else.
MEMBERS_LIMIT = 5000
MEGABYTE = 1024 * 1024

UNKNOWN_KIND = Sentence(
    "“{name}”不能作为附件：只接受 PDF、PNG、JPG、DOCX、XLSX、TXT",
    "“{name}” cannot be attached: only PDF, PNG, JPG, DOCX, XLSX and TXT are taken",
)
NOT_WHAT_IT_SAYS = Sentence(
    "“{name}”的内容与扩展名不符，请用原软件另存后再传",
    "The content of “{name}” is not what its name says; save it again and retry",
)
TOO_LARGE = Sentence(
    "“{name}”超过 {limit} MB，请压缩后再传",
    "“{name}” is larger than {limit} MB; make it smaller and retry",
)
TOO_MUCH = Sentence(
    "“{name}”加上前面的附件合计超过 {limit} MB，请压缩后再传，或分几次传",
    "With “{name}” the attachments are larger than {limit} MB in all; "
    "make them smaller or send them one by one",
)
EMPTY = Sentence("“{name}”是空文件", "“{name}” is an empty file")


def _starts(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(beginnings)


def _office(folder: str) -> Callable[[bytes], bool]:
    """Whether a file is an office document: a package with its list of contents and that folder."""

    def is_one(content: bytes) -> bool:
        if not content.startswith(b"PK\x03\x04"):
            return False
        try:
            with ZipFile(BytesIO(content)) as package:
                names = package.namelist()
        except (BadZipFile, ValueError, NotImplementedError):
            return False
        listed = "[Content_Types].xml" in names and len(names) <= MEMBERS_LIMIT
        return listed and any(name.startswith(folder) for name in names)

    return is_one


def _is_text(content: bytes) -> bool:
    if b"\x00" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: how it is announced to a browser, and how its bytes are known."""

    media_type: str
    is_one: Callable[[bytes], bool]


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: Mapping[str, Kind] = {
    ".pdf": Kind("application/pdf", _starts(b"%PDF-")),
    ".png": Kind("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    ".jpg": Kind("image/jpeg", _starts(b"\xff\xd8\xff")),
    ".jpeg": Kind("image/jpeg", _starts(b"\xff\xd8\xff")),
    ".docx": Kind(f"{_OFFICE}.wordprocessingml.document", _office("word/")),
    ".xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", _office("xl/")),
    ".txt": Kind("text/plain", _is_text),
}


def plain_name(name: str) -> str:
    """A file's name without folders, control characters and tricks of writing direction."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    tidy = re.sub(r'[<>:"|?*\s]+', " ", seen).strip(" .")
    path = PurePosixPath(tidy or "file")
    return f"{path.stem[: NAME_LIMIT - len(path.suffix)]}{path.suffix}"


def problem_of(upload: Upload, limit_mb: int) -> Sentence | None:
    """Why a file may not be attached; None when it may."""
    name = plain_name(upload.name)
    kind = KINDS.get(PurePosixPath(name).suffix.lower())
    if kind is None:
        return _about(UNKNOWN_KIND, name)
    if not upload.content:
        return _about(EMPTY, name)
    if len(upload.content) > limit_mb * MEGABYTE:
        return _about(TOO_LARGE, name, limit=str(limit_mb))
    return None if kind.is_one(upload.content) else _about(NOT_WHAT_IT_SAYS, name)


def _about(sentence: Sentence, name: str, **more: str) -> Sentence:
    # A name may hold braces: they are put in once, never read as places.
    return sentence.filled(name=name, **more)


def take_in(
    uploads: Iterable[Upload],
    desk: Desk,
    limit_mb: int,
    key: str,
    now: datetime,
) -> tuple[tuple[Attachment, ...], tuple[Refusal, ...]]:
    """Keep the bytes of every file that may be attached; a refusal at its field for each that may
    not, by itself or because it is too much together with those before it.
    """
    kept: list[Attachment] = []
    refused: list[Refusal] = []
    taken = 0
    for upload in uploads:
        because = problem_of(upload, limit_mb)
        if because is None and taken + len(upload.content) > limit_mb * MEGABYTE:
            because = _about(TOO_MUCH, plain_name(upload.name), limit=str(limit_mb))
        field = upload.field or None
        if because is not None:
            refused.append(Refusal(Code.INVALID_FORM, because, field=field, rule="upload"))
            continue
        taken += len(upload.content)
        name = plain_name(upload.name)
        digest = desk.keep_file(upload.content, now)
        kept.append(
            Attachment(
                # The same file with the same form is one file: a second click must not differ.
                id=sha256(f"{key}/{field}/{name}/{digest}".encode()).hexdigest()[:32],
                name=name,
                media_type=KINDS[PurePosixPath(name).suffix.lower()].media_type,
                size=len(upload.content),
                digest=digest,
                field=field,
            )
        )
    return tuple(kept), tuple(refused)
