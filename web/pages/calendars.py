"""The administrator's calendar: a year's days, one changed at a time or many from a list;
deadlines move along.
"""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import Response

from web.presenters.days import calendar_view
from web.presenters.office import Posted, deed_of, refused
from web.rendering import go, page
from web.visit import Visit, for_roles
from workflow.calendar import Window
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.service.staffing import END_FIRST
from workflow.service.timekeeping import NO_HOURS, DayChange, Moved, OwnWish

router = APIRouter(prefix="/admin/calendars")

Administrator = Annotated[Visit, Depends(for_roles("admin"))]
Typed = Annotated[str, Form(max_length=1000)]

MOVED = Sentence(
    "日历已修改，{cases} 个进行中案件的期限随之调整。",
    "The calendar is changed; the deadlines of {cases} running cases moved with it.",
)
FINISHED = Sentence(
    "已核对完毕，又有 {cases} 个案件的期限得到调整。",
    "Every running case has been looked at now; {cases} more moved.",
)
NO_DATE = Sentence("请填日期，如 2026-03-02", "Enter a date such as 2026-03-02")
NO_CHOICE = Sentence("请选择上班、放假或照常", "Choose worked, free or as its weekday")
_WEEKDAYS = frozenset("0123456")
_BETWEEN = re.compile(r"[,，、;；]")
_PERIOD = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~至]\s*(\d{1,2})[:：](\d{2})")
_WORKED = {"true": True, "false": False, "": None}


@router.get("")
def show_calendar(
    visit: Administrator,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    day: str = "",
    own: str = "",
) -> Response:
    """A year of one calendar, with the form for the day that was chosen in it."""
    chosen = _date(day)
    wanted = year or (chosen or visit.today).year
    view = calendar_view(visit, wanted, chosen, Posted(), own)
    return page(visit, "admin-calendars.html", view)


@router.post("/days")
def change_day(
    visit: Administrator,
    day: Typed = "",
    until: Typed = "",
    worked: Typed = "",
    name: Typed = "",
    reason: Typed = "",
    own: Typed = "",
) -> Response:
    """Decide one day, or all days up to another, otherwise: of the hospital, or of one calendar."""
    values = {
        "day": day,
        "until": until,
        "worked": worked,
        "name": name,
        "reason": reason,
        "own": own,
    }
    first, last = _date(day), _date(until) if until.strip() else _date(day)
    wrong = [
        Refusal(Code.INVALID_FORM, NO_DATE, field=field)
        for field, read in (("day", first), ("until", last))
        if read is None
    ]
    if first is not None and last is not None and last < first:
        wrong.append(Refusal(Code.INVALID_FORM, END_FIRST, field="until"))
    if worked not in _WORKED:
        wrong.append(Refusal(Code.INVALID_FORM, NO_CHOICE, field="worked"))
    if wrong or first is None or last is None:
        return _again(visit, first or visit.today, "day", values, Refused.of(wrong))
    days = {
        date.fromordinal(number): DayChange(_WORKED[worked], name)
        for number in range(first.toordinal(), min(last.toordinal(), first.toordinal() + 400) + 1)
    }
    calendar, deed = visit.house.administering.calendar, deed_of(visit, reason)
    answer = calendar.change_own_days(deed, own, days) if own else calendar.change_days(deed, days)
    return _answered(visit, first, "day", values, answer)


@router.post("/lines")
def take_over(
    visit: Administrator,
    lines: Annotated[str, Form(max_length=100_000)] = "",
    reason: Typed = "",
) -> Response:
    """Take over many days at once, as the notice of a year's holidays gives them."""
    answer = visit.house.administering.calendar.take_over(deed_of(visit, reason), lines)
    return _answered(visit, visit.today, "lines", {"lines": lines, "reason": reason}, answer)


@router.post("/hours")
def change_hours(visit: Administrator, hours: Typed = "", reason: Typed = "") -> Response:
    """The hospital's own working hours from now on."""
    calendar = visit.house.administering.calendar
    answer = calendar.change_hours(deed_of(visit, reason), _hours(hours) or ())
    return _answered(visit, visit.today, "hours", {"hours": hours, "reason": reason}, answer)


@router.post("/own")
def save_own(
    visit: Administrator,
    key: Typed = "",
    name: Typed = "",
    department: Typed = "",
    weekdays: Annotated[list[str] | None, Form()] = None,
    holidays: Typed = "",
    hours: Typed = "",
    reason: Typed = "",
) -> Response:
    """A department's or a shift's calendar, as it is from now on."""
    chosen = [day for day in weekdays or () if day in _WEEKDAYS]
    values = {
        "key": key,
        "name": name,
        "department": department,
        "weekdays": " ".join(chosen),
        "holidays": holidays,
        "hours": hours,
        "reason": reason,
        "own": key,
    }
    windows = _hours(hours)
    if windows == ():
        wrong = Refused.of([Refusal(Code.INVALID_FORM, NO_HOURS, field="hours")])
        return _again(visit, visit.today, "own", values, wrong)
    wish = OwnWish(
        key.strip(),
        name,
        department or None,
        tuple(map(int, chosen)) or None,
        holidays=holidays == "yes",
        hours=windows,
    )
    answer = visit.house.administering.calendar.save_own(deed_of(visit, reason), wish)
    return _answered(visit, visit.today, "own", values, answer)


@router.post("/own/remove")
def remove_own(visit: Administrator, own: Typed = "", reason: Typed = "") -> Response:
    """Whatever counted by this calendar counts by the hospital's from now on."""
    answer = visit.house.administering.calendar.remove_own(deed_of(visit, reason), own)
    values = {"own": own, "reason": reason}
    if isinstance(answer, Refused):
        return _answered(visit, visit.today, "remove", values, answer)
    return _answered(visit, visit.today, "remove", {}, answer)


@router.post("/finish")
def finish(visit: Administrator) -> Response:
    """Look at the cases that an interrupted change has left."""
    cases = visit.house.administering.calendar.finish(deed_of(visit))
    return go(visit, "/admin/calendars", announce=visit.say(FINISHED.filled(cases=cases)))


def _answered(
    visit: Visit, day: date, form: str, values: dict[str, str], answer: Moved | Refused
) -> Response:
    if isinstance(answer, Refused):
        return _again(visit, day, form, values, answer)
    said = visit.say(MOVED.filled(cases=answer.cases))
    shown = f"&own={quote(values['own'])}" if values.get("own") else ""
    return go(visit, f"/admin/calendars?year={day.year}{shown}", announce=said)


def _again(visit: Visit, day: date, form: str, values: dict[str, str], answer: Refused) -> Response:
    posted = refused(visit, form, values, answer)
    view = calendar_view(visit, day.year, day, posted, values.get("own", ""))
    return page(visit, "admin-calendars.html", view, status=posted.status)


def _hours(typed: str) -> tuple[Window, ...] | None:
    """What was typed as working hours; None when nothing was, () when it cannot be read."""
    if not typed.strip():
        return None
    found: list[Window] = []
    for part in _BETWEEN.split(typed.strip()):
        read = _PERIOD.fullmatch(part.strip())
        if read is None:
            return ()
        try:
            hours = [int(number) for number in read.groups()]
            found.append((time(hours[0], hours[1]), time(hours[2] % 24, hours[3])))
        except ValueError:
            return ()
    return tuple(found)


def _date(typed: str) -> date | None:
    try:
        found = date.fromisoformat(typed.strip())
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None
