"""The administrator's definitions: what is published, one version in full, and publishing the next
from pasted text.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from web.presenters.definitions import (
    EditorView,
    definition_view,
    definitions_view,
    found_view,
)
from web.presenters.office import Posted, deed_of, refused
from web.rendering import go, page
from web.visit import Visit, for_roles
from workflow.design.reading import MOST_BYTES
from workflow.refusals import HTTP_STATUS, Refused, Sentence
from workflow.service.catalog import UnknownProcess
from workflow.service.catalogs import UnusableDefinition

router = APIRouter(prefix="/admin/definitions")

Administrator = Annotated[Visit, Depends(for_roles("admin"))]

PUBLISHED = Sentence(
    "“{name}”第 {version} 版已发布，新申请从现在起按它办理；进行中的案件不受影响。",
    "Version {version} of “{name}” is published and holds for new cases; running cases stay on "
    "theirs.",
)
RETIRED = Sentence(
    "已停用，不再受理新申请；进行中的案件照常办理。", "Retired: no new cases; those that run go on."
)
RESTORED = Sentence("已恢复，可以受理新申请。", "In force again: new cases may be opened.")
NOT_TEXT = Sentence(
    "上传的文件不是 UTF-8 文本，没有读入。请用 UTF-8 另存后再上传。",
    "The uploaded file is not UTF-8 text and was not read. Save it as UTF-8 and upload it again.",
)
#: What a page hands back to be typed on; longer texts are refused by the reader of definitions
#: anyway.
LONGEST = 2 * MOST_BYTES


@router.get("")
def show_definitions(visit: Administrator) -> Response:
    """Every process with its newest version."""
    stored = visit.house.store.readings.definitions()
    return page(visit, "admin-definitions.html", definitions_view(visit, stored))


@router.get("/new")
def show_editor(visit: Administrator, source: str = "") -> Response:
    """An empty editor, or one that begins with the newest version of a process."""
    return page(
        visit, "admin-definition-new.html", EditorView(_newest(visit, source), "", "", None)
    )


def _newest(visit: Visit, process: str) -> str:
    try:
        return visit.house.catalog().definition(process).source if process else ""
    except UnknownProcess:
        return ""


@router.post("/new")
def check_or_publish(
    visit: Administrator,
    text: Annotated[str, Form(max_length=LONGEST)] = "",
    scenarios: Annotated[str, Form(max_length=LONGEST)] = "",
    note: Annotated[str, Form(max_length=500)] = "",
    act: Annotated[str, Form(max_length=20)] = "check",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Check a text, all problems at once; or publish it, which checks it again."""
    uploaded = _uploaded(file)
    if uploaded is None:
        view = EditorView(text, scenarios, note, None, (visit.say(NOT_TEXT),))
        return page(visit, "admin-definition-new.html", view, status=422)
    text = (uploaded or text).replace("\r\n", "\n")
    scenarios = scenarios.replace("\r\n", "\n")
    publishing = visit.house.publishing
    status = 200
    problems: tuple[str, ...] = ()
    if act == "publish":
        answer = publishing.publish(deed_of(visit, note), text, scenarios)
        if not isinstance(answer, Refused):
            return _published(visit, text)
        status = HTTP_STATUS[answer.code]
        problems = (visit.say(answer.because),)
    examination = publishing.examine(text, scenarios)
    shown = found_view(visit, examination)
    view = EditorView(text, scenarios, note, shown, () if shown.problems else problems)
    parts = ("examination",) if not uploaded else ()
    return page(visit, "admin-definition-new.html", view, status=status, parts=parts)


def _uploaded(file: UploadFile | None) -> str | None:
    """The text of an uploaded file, "" without one, None when it is no text."""
    if file is None or not file.filename:
        return ""
    content = file.file.read(MOST_BYTES + 1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _published(visit: Visit, text: str) -> Response:
    examination = visit.house.publishing.examine(text)
    definition = examination.definition
    if definition is None:
        return go(visit, "/admin/definitions")
    said = Sentence(
        PUBLISHED.zh.format(name=definition.name.zh, version=definition.version),
        PUBLISHED.en.format(name=definition.name.en, version=definition.version),
    )
    return go(visit, f"/admin/definitions/{definition.key}", announce=visit.say(said))


@router.get("/{key}")
def show_definition(visit: Administrator, key: str, version: int | None = None) -> Response:
    """One version of a process; the newest if none is named."""
    return _definition_page(visit, key, version, Posted())


def _definition_page(visit: Visit, key: str, version: int | None, posted: Posted) -> Response:
    stored = [one for one in visit.house.store.readings.definitions() if one.key == key]
    wanted = version or max((one.version for one in stored), default=0)
    if all(one.version != wanted for one in stored):
        raise HTTPException(404)
    try:
        definition = visit.house.catalog().definition(key, wanted)
    except UnusableDefinition:
        return _unusable(visit, next(one.source for one in stored if one.version == wanted))
    view = definition_view(visit, definition, stored, posted)
    return page(visit, "admin-definition.html", view, status=posted.status)


def _unusable(visit: Visit, text: str) -> Response:
    """A version that an older product took and this one cannot read: its text, what is wrong."""
    found = found_view(visit, visit.house.publishing.examine(text))
    return page(visit, "admin-definition-new.html", EditorView(text, "", "", found))


@router.post("/{key}/{version}/retire")
def retire(
    visit: Administrator,
    key: str,
    version: int,
    reason: Annotated[str, Form(max_length=1000)] = "",
    retired: Annotated[bool, Form()] = True,
) -> Response:
    """Take a version out of use for new cases, or back into it."""
    answer = visit.house.publishing.retire(deed_of(visit, reason), key, version, retired=retired)
    if isinstance(answer, Refused):
        posted = refused(visit, "retire", {"reason": reason}, answer)
        return _definition_page(visit, key, version, posted)
    said = visit.say(RETIRED if retired else RESTORED)
    return go(visit, f"/admin/definitions/{key}?version={version}", announce=said)
