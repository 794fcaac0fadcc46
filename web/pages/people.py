"""The administrator's people: departments, who works where, their posts and accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from web.passwords import new_password
from web.presenters.handover import leavers_of, with_work
from web.presenters.office import Posted, deed_of, refused
from web.presenters.staff import (
    Filters,
    NewPersonView,
    department_choices,
    department_view,
    org_view,
    person_view,
)
from web.rendering import go, page
from web.visit import Visit, for_roles
from workflow.people.organisation import Department, Post
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.service.housework import Done
from workflow.service.staffing import NewPerson

router = APIRouter(prefix="/admin/org")

Administrator = Annotated[Visit, Depends(for_roles("admin"))]
Typed = Annotated[str, Form(max_length=200)]
Reason = Annotated[str, Form(max_length=2000)]

SAVED = Sentence("已保存。", "Saved.")
ADDED = Sentence("已添加。", "Added.")
ENDED = Sentence(
    "已停用：不能再登录，也不再收到待办；历史记录保留。",
    "No longer active: no sign-in, no tasks; the record stays.",
)
BACK = Sentence("已恢复。", "Active again.")
CLOSED_DEPARTMENT = Sentence(
    "科室已撤销，历史记录保留。", "The department is closed; the record stays."
)
MOVED = Sentence("已把 {n} 个案件的待办移交给{who}。", "The work of {n} cases has gone to {who}.")
SIGNED_OUT = Sentence("已结束此人所有登录。", "Every sign-in of this person has ended.")
NO_DATE = Sentence("请填日期，如 2026-03-02", "Enter a date such as 2026-03-02")


# ---- people and departments ---------------------------------------------------------------------


@router.get("")
def show_org(
    visit: Administrator,
    q: str = "",
    department: str = "",
    role: str = "",
    left: bool = False,
    page_number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    """Departments, and the people that the filters choose."""
    filters = Filters(q[:60], department, role, left, page_number)
    return page(visit, "admin-org.html", org_view(visit, filters), parts=("people",))


@router.get("/people/new")
def show_new_person(visit: Administrator, department: str = "") -> Response:
    """The form for somebody who joins."""
    view = NewPersonView(department_choices(visit, department), Posted())
    return page(visit, "admin-person-new.html", view)


@router.post("/people")
def add_person(
    visit: Administrator,
    id: Typed = "",
    name: Typed = "",
    department: Typed = "",
    login: Typed = "",
) -> Response:
    """Take somebody in. With a login they get an account; its first password is shown once."""
    password = new_password() if login.strip() else ""
    hashed = visit.house.passwords.hash_once(password, visit.now) if password else None
    new = NewPerson(id, name, department, login, hashed)
    answer = visit.house.administering.staff.add_person(deed_of(visit), new)
    if isinstance(answer, Refused):
        values = {"id": id, "name": name, "department": department, "login": login}
        posted = refused(visit, "person", values, answer)
        view = NewPersonView(department_choices(visit, department), posted)
        return page(visit, "admin-person-new.html", view, status=posted.status)
    if password:
        return _person_page(visit, new.id.strip(), Posted(), password, fresh=True)
    return go(visit, f"/admin/org/people/{new.id.strip()}", announce=visit.say(ADDED))


@router.get("/people/{id}")
def show_person(visit: Administrator, id: str) -> Response:
    """One person."""
    return _person_page(visit, id, Posted())


@router.post("/people/{id}")
def change_person(
    visit: Administrator, id: str, name: Typed = "", department: Typed = ""
) -> Response:
    """Correct a name or move somebody to another department."""
    answer = visit.house.administering.staff.change_person(deed_of(visit), id, name, department)
    return _answered(visit, id, "person", {"name": name, "department": department}, answer, SAVED)


@router.post("/people/{id}/end")
def end_person(visit: Administrator, id: str, reason: Typed = "") -> Response:
    """Somebody leaves."""
    answer = visit.house.administering.staff.end_person(deed_of(visit, reason), id)
    return _answered(visit, id, "end", {"reason": reason}, answer, ENDED)


@router.post("/people/{id}/back")
def bring_back(visit: Administrator, id: str) -> Response:
    """Somebody comes back."""
    answer = visit.house.administering.staff.bring_back(deed_of(visit), id)
    return _answered(visit, id, "back", {}, answer, BACK)


@router.post("/people/{id}/posts")
def give_post(
    visit: Administrator,
    id: str,
    role: Typed = "",
    department: Typed = "",
    start: Typed = "",
    end: Typed = "",
) -> Response:
    """Give somebody a post."""
    values = {"role": role, "department": department, "start": start, "end": end}

    def given() -> Done | Refused:
        post = Post(role, department, _day("start", start), _day("end", end))
        return visit.house.administering.staff.give_post(deed_of(visit), id, post)

    return _answered(visit, id, "post", values, _dated(given), ADDED)


@router.post("/people/{id}/posts/end")
def end_post(
    visit: Administrator,
    id: str,
    role: Typed = "",
    department: Typed = "",
    start: Typed = "",
    end: Typed = "",
    last: Typed = "",
) -> Response:
    """End a post with a day."""

    def ended() -> Done | Refused:
        post = Post(role, department, _day("start", start), _day("end", end))
        last_day = _day("last", last) or visit.today
        return visit.house.administering.staff.end_post(deed_of(visit), id, post, last_day)

    return _answered(visit, id, "posts", {"last": last}, _dated(ended), SAVED)


@router.post("/people/{id}/account")
def open_account(visit: Administrator, id: str, login: Typed = "") -> Response:
    """Give somebody an account; the first password is shown once."""
    password = new_password()
    hashed = visit.house.passwords.hash_once(password, visit.now)
    answer = visit.house.administering.staff.open_account(deed_of(visit), id, login, hashed)
    if isinstance(answer, Refused):
        return _answered(visit, id, "account", {"login": login}, answer, SAVED)
    return _person_page(visit, id, Posted(), password, fresh=True)


@router.post("/people/{id}/password")
def reset_password(visit: Administrator, id: str) -> Response:
    """A new first password, shown once; whoever was signed in with the old one is out."""
    password = new_password()
    hashed = visit.house.passwords.hash_once(password, visit.now)
    answer = visit.house.administering.staff.reset_password(deed_of(visit), id, hashed)
    if isinstance(answer, Refused):
        return _answered(visit, id, "password", {}, answer, SAVED)
    return _person_page(visit, id, Posted(), password, fresh=True)


@router.post("/people/{id}/sessions/end")
def end_sessions(visit: Administrator, id: str) -> Response:
    """Sign somebody out everywhere."""
    answer = visit.house.administering.staff.end_sessions(deed_of(visit), id)
    return _answered(visit, id, "sessions", {}, answer, SIGNED_OUT)


@router.post("/people/{id}/work")
def move_work(
    visit: Administrator, id: str, to: Typed = "", reason: Reason = "", key: Typed = ""
) -> Response:
    """All that waits for somebody by name goes to one colleague."""
    leavers = leavers_of(visit)
    deed = deed_of(visit, reason.strip())
    answer = leavers.move(deed, id, to, key or visit.house.ids())
    if isinstance(answer, Refused):
        return _person_page(visit, id, refused(visit, "work", {"to": to, "reason": reason}, answer))
    who = visit.organisation.person_name(to)
    said = MOVED.filled(n=len(answer.numbers), who=who)
    return go(visit, f"/admin/org/people/{id}#person-work", announce=visit.say(said))


def _person_page(
    visit: Visit, id: str, posted: Posted, password: str = "", *, fresh: bool = False
) -> Response:
    hospital = visit.house.store.readings.hospital() if fresh else visit.hospital
    known = hospital.organisation.people.get(id)
    if known is None:
        raise HTTPException(404)
    view = with_work(visit, person_view(visit, known, posted, password), known)
    return page(visit, "admin-person.html", view, status=posted.status)


def _answered(
    visit: Visit,
    id: str,
    form: str,
    values: dict[str, str],
    answer: Done | Refused,
    said: Sentence,
) -> Response:
    if isinstance(answer, Refused):
        return _person_page(visit, id, refused(visit, form, values, answer))
    return go(visit, f"/admin/org/people/{id}", announce=visit.say(said))


class _NoDate(ValueError):
    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def _day(field: str, typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        raise _NoDate(field) from None


def _dated(act: Callable[[], Done | Refused]) -> Done | Refused:
    """An act whose days were typed; one that is no day comes back at its field."""
    try:
        return act()
    except _NoDate as wrong:
        return Refused.of([Refusal(Code.INVALID_FORM, NO_DATE, field=wrong.field)])


# ---- departments --------------------------------------------------------------------------------


@router.get("/departments/new")
def show_new_department(visit: Administrator) -> Response:
    """The form for a new department."""
    return page(visit, "admin-department.html", department_view(visit, None, Posted()))


@router.post("/departments")
def add_department(
    visit: Administrator, id: Typed = "", name: Typed = "", type: Typed = "", parent: Typed = ""
) -> Response:
    """Add a department."""
    new = Department(id, name, type, parent or None)
    answer = visit.house.administering.staff.add_department(deed_of(visit), new)
    if isinstance(answer, Refused):
        values = {"id": id, "name": name, "type": type, "parent": parent}
        view = department_view(visit, None, refused(visit, "department", values, answer))
        return page(visit, "admin-department.html", view, status=view.posted.status)
    return go(visit, "/admin/org", announce=visit.say(ADDED))


@router.get("/departments/{id}")
def show_department(visit: Administrator, id: str) -> Response:
    """One department."""
    return _department_page(visit, id, Posted())


@router.post("/departments/{id}")
def change_department(
    visit: Administrator, id: str, name: Typed = "", type: Typed = "", parent: Typed = ""
) -> Response:
    """Change a department; giving a closed one a kind opens it again."""
    changed = Department(id, name, type, parent or None)
    answer = visit.house.administering.staff.change_department(deed_of(visit), changed)
    if isinstance(answer, Refused):
        values = {"name": name, "type": type, "parent": parent}
        return _department_page(visit, id, refused(visit, "department", values, answer))
    return go(visit, f"/admin/org/departments/{id}", announce=visit.say(SAVED))


@router.post("/departments/{id}/close")
def close_department(visit: Administrator, id: str, reason: Typed = "") -> Response:
    """Close a department that nobody belongs to any more."""
    answer = visit.house.administering.staff.close_department(deed_of(visit, reason), id)
    if isinstance(answer, Refused):
        return _department_page(visit, id, refused(visit, "close", {"reason": reason}, answer))
    return go(visit, "/admin/org", announce=visit.say(CLOSED_DEPARTMENT))


def _department_page(visit: Visit, id: str, posted: Posted) -> Response:
    known = visit.organisation.departments.get(id)
    if known is None:
        raise HTTPException(404)
    view = department_view(visit, known, posted)
    return page(visit, "admin-department.html", view, status=posted.status)
