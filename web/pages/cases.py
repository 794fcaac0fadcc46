"""One case: looking at it, deciding on it, changing its form, and keeping what is being typed.

A decision is a POST that carries what its page showed; whoever comes too late gets a calm page with
their own words still on it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from web import unsent
from web.posted import Posted, posted_by_visitor
from web.presenters.cases import Moment, Overtaken, case_view, overtaken_by, said_after
from web.presenters.decisions import Attempt
from web.presenters.inputs import typed_from, with_another_row, without_files
from web.presenters.notices import told_lines
from web.presenters.speech import Speech, speech_of
from web.presenters.tools import Opened
from web.rendering import go, page
from web.routing import PageRoute
from web.uploads import take_in
from web.visit import Denied, Visit, signed_in
from workflow.design.definition import Definition
from workflow.nouns import Decision
from workflow.refusals import HTTP_STATUS, Code, Refusal, Refused, Sentence
from workflow.service.acts import DOES, ROWS, VIEW
from workflow.service.deciding import NO_CASE, Answer
from workflow.service.inboxes import NextItem
from workflow.service.sights import CaseSight

router = APIRouter(route_class=PageRoute)

Here = Annotated[Visit, Depends(signed_in)]
Form = Annotated[Posted, Depends(posted_by_visitor)]

SAVE = "save"
DONE_AND_GONE = Sentence(
    "已办理。这件案子不再由您查看。", "Done. The case is no longer yours to read."
)
SAVED = Sentence("已保存修改，尚未提交。", "The changes are saved; nothing was handed in.")
#: Codes that say: the case is not any more what the page showed.
TOO_LATE = frozenset({Code.CONFLICT, Code.ALREADY_DECIDED, Code.CLOSED, Code.UNKNOWN_ACTION})


@router.get("/c/{number}")
def show(
    number: str,
    visit: Here,
    done: Annotated[str, Query(max_length=10)] = "",
    act: Annotated[str, Query(max_length=40)] = "",
    task: Annotated[str, Query(max_length=100)] = "",
    for_: Annotated[str, Query(alias="for", max_length=100)] = "",
    step: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The case; `done` after a decision (at `step`), so that the next piece of work is offered,
    first of what is alike. `act` opens the form of a general act on a task, for oneself or `for`
    somebody else.
    """
    sight = sight_of(visit, number)
    visit.house.noticing.read_case(visit.person.id, visit.hospital, visit.now, sight.case.id)
    if sight.look_counts:
        look = Decision(visit.actor(), VIEW, visit.now, f"{VIEW}:{visit.house.ids()}")
        visit.house.service.decide(number, look)
    attempt, restored = _begun(visit, sight)
    moment = Moment(attempt, visit.house.ids, None, restored)
    if act:
        moment = replace(moment, opened=_opened(visit, number, act, task, for_))
    if done:
        moment = replace(moment, next_item=_next_item(visit, sight, step), done=True)
    return _page(visit, sight, moment)


@router.get("/c/{number}/save")
@router.get("/c/{number}/t/{task}/decide")
def back_to_the_case(number: str, visit: Here) -> Response:
    """Where somebody lands who reloads the address of an answer: nothing is decided by looking."""
    return go(visit, f"/c/{number}")


@router.post("/c/{number}/t/{task}/decide")
def decide(number: str, task: str, visit: Here, form: Form) -> Response:
    """Take an action."""
    return _act(visit, number, form, task, form.text("action"))


@router.post("/c/{number}/save")
def save(number: str, visit: Here, form: Form) -> Response:
    """Change the form where the present state lets this person, without taking an action."""
    return _act(visit, number, form, "-", SAVE)


@router.post("/c/{number}/unsent")
def keep(number: str, visit: Here, form: Form) -> Response:
    """Keep what is being typed; the page does this by itself."""
    _let_in(visit, number)
    about = unsent.about_case(number)
    unsent.keep(visit, about, form.texts, unsent.begun(visit, about).files)
    if not visit.htmx:
        return go(visit, f"/c/{number}")
    return page(visit, "case.html", speech_of(visit).moment(visit.now), parts=("saved-mark",))


# ---- what other pages use ------------------------------------------------------------------------


def sight_of(visit: Visit, number: str) -> CaseSight:
    """The case as this person sees it. Raises Denied (404) when there is none or it is not
    theirs.
    """
    sight = visit.house.looking.case(number, visit.actor(), visit.now)
    if sight is None:
        raise Denied(Refused.of([Refusal(Code.NOT_FOUND, NO_CASE, rule="case", standing=True)]))
    return sight


def show_case(visit: Visit, number: str, attempt: Attempt, status: int) -> Response:
    """The case once more after something did not go through, with what was typed."""
    return _page(visit, sight_of(visit, number), Moment(attempt, visit.house.ids), status)


def said_now(visit: Visit, number: str) -> str:
    """What to say after an act: how the case stands and who is next; "" when it is out of sight."""
    sight = visit.house.looking.case(number, visit.actor(), visit.now)
    return "" if sight is None else said_after(sight, speech_of(visit))


# ---- deciding ------------------------------------------------------------------------------------


def _let_in(visit: Visit, number: str) -> Definition:
    """Go no further without the right to read the case. Raises Denied (404), and says so once."""
    definition = visit.house.looking.readable(number, visit.person.id, visit.now)
    return sight_of(visit, number).definition if definition is None else definition


def _act(visit: Visit, number: str, form: Posted, task: str, action: str) -> Response:
    definition = _let_in(visit, number)
    attempt, refused = _attempt(visit, number, form, task, action)
    attempt = replace(attempt, typed=without_files(attempt.typed or {}, definition))
    if form.text("add_row"):
        return _with_row(visit, number, attempt, form)
    if refused:
        return show_case(visit, number, replace(attempt, problems=refused), 422)
    answer = visit.house.service.decide(number, _decision(visit, attempt, form, task))
    return _answered(visit, number, attempt, form, answer)


def _attempt(
    visit: Visit, number: str, form: Posted, task: str, action: str
) -> tuple[Attempt, tuple[Refusal, ...]]:
    """What was typed, with its files kept; and what is wrong with the files."""
    house = visit.house
    kept, refused = take_in(
        form.uploads,
        house.store.desk,
        house.settings.upload_limit_mb,
        form.text("key"),
        visit.now,
    )
    before = unsent.begun(visit, unsent.about_case(number)).files
    files = unsent.together((f for f in before if f.id not in form.all("drop")), kept)
    attempt = Attempt(
        action=action,
        acting_for=form.text("for"),
        opinion=form.text("opinion"),
        target=form.text("target"),
        task=task,
        rows={
            name.removeprefix("row."): value
            for name, value in form.texts
            if name.startswith("row.") and value
        },
        typed=typed_from(form.texts),
        files=files,
    )
    if refused:
        unsent.keep(visit, unsent.about_case(number), form.texts, files)
    return attempt, refused


def _decision(visit: Visit, attempt: Attempt, form: Posted, task: str) -> Decision:
    seen = form.text("seen_version")
    of_fields = {file.field: file.id for file in attempt.files if file.field is not None}
    return Decision(
        actor=visit.actor(attempt.acting_for or None),
        action=attempt.action,
        at=visit.now,
        key=_key(form, attempt.action) or visit.house.ids(),
        answers={**(attempt.typed or {}), **of_fields, **_of_rows(attempt)},
        opinion=attempt.opinion,
        attachments=attempt.files,
        target=attempt.target or None,
        seen_version=int(seen) if seen.isdecimal() else None,
        task=None if task == "-" else task,
    )


def _of_rows(attempt: Attempt) -> dict[str, object]:
    """What a vote says of single rows, where it says anything."""
    return {ROWS: dict(attempt.rows)} if attempt.rows else {}


def _key(form: Posted, action: str) -> str:
    """The key of the form; two buttons of one form are two acts."""
    key = form.text("key")
    return f"{key}:{action}" if key else ""


def _answered(
    visit: Visit, number: str, attempt: Attempt, form: Posted, answer: Answer
) -> Response:
    if answer.refused is None:
        unsent.drop(visit, unsent.about_case(number))
        return _done(visit, number, attempt.task, saved=attempt.action == SAVE)
    unsent.keep(visit, unsent.about_case(number), form.texts, attempt.files)
    status = HTTP_STATUS[answer.refused.code]
    seen = form.text("seen_version")
    seen_version = int(seen) if seen.isdecimal() else None
    now = sight_of(visit, number)
    if answer.refused.code in TOO_LATE and seen_version != now.case.version:
        return _too_late(visit, now, attempt, seen_version, status)
    attempt = replace(attempt, problems=answer.refused.refusals)
    return _page(visit, now, Moment(attempt, visit.house.ids), status)


def _done(visit: Visit, number: str, task: str, *, saved: bool) -> Response:
    if saved:
        return go(visit, f"/c/{number}", announce=visit.say(SAVED))
    sight = visit.house.looking.case(number, visit.actor(), visit.now)
    if sight is None:
        return go(visit, "/inbox", announce=visit.say(DONE_AND_GONE))
    step = next((one.step for one in sight.file.tasks if one.id == task), "")
    if not visit.htmx:
        at = f"&step={step}" if step else ""
        said = said_after(sight, speech_of(visit))
        return go(visit, f"/c/{number}?done=1{at}", announce=said)
    next_item = _next_item(visit, sight, step)
    moment = Moment(Attempt(), visit.house.ids, next_item=next_item, done=True)
    return _page(visit, sight, moment, announce=said_after(sight, speech_of(visit)))


def _too_late(
    visit: Visit, sight: CaseSight, attempt: Attempt, seen_version: int | None, status: int
) -> Response:
    speech = speech_of(visit)
    overtaken: Overtaken = overtaken_by(
        sight, seen_version, visit.person.id, attempt.opinion, speech
    )
    kept = Attempt(opinion=attempt.opinion, typed=attempt.typed, files=attempt.files)
    return _page(visit, sight, Moment(kept, visit.house.ids, overtaken), status)


def _with_row(visit: Visit, number: str, attempt: Attempt, form: Posted) -> Response:
    """The same form with one more empty row; nothing is decided."""
    typed = with_another_row(attempt.typed or {}, form.text("add_row"))
    moment = Moment(replace(attempt, typed=typed), visit.house.ids)
    return _page(visit, sight_of(visit, number), moment)


# ---- showing -------------------------------------------------------------------------------------


def _page(
    visit: Visit, sight: CaseSight, moment: Moment, status: int = 200, announce: str = ""
) -> Response:
    speech: Speech = speech_of(visit)
    attempt = moment.attempt
    if attempt.action in DOES:
        number = sight.case.number
        opened = _opened(visit, number, attempt.action, attempt.task, attempt.acting_for)
        moment = replace(moment, opened=opened)
    view = case_view(sight, visit.house.catalog(), speech, visit.person.id, moment)
    told = visit.house.noticing.told(sight.file, (line.entry for line in sight.lines))
    view = replace(view, told=told_lines(told, sight.definition, speech))
    parts = ("case", "more-acts")
    return page(visit, "case.html", view, status=status, parts=parts, announce=announce)


def _opened(visit: Visit, number: str, act: str, task: str, acting_for: str) -> Opened:
    """The form of a general act, with the colleagues among whom it may choose."""
    actor = visit.actor(acting_for or None)
    people = visit.house.looking.colleagues(number, actor, act, task, visit.now)
    return Opened(act, task, acting_for, people)


def _begun(visit: Visit, sight: CaseSight) -> tuple[Attempt, str]:
    """What this person typed at this step and did not send."""
    kept = unsent.begun(visit, unsent.about_case(sight.case.number))
    if kept.at is None or kept.at <= sight.case.entered_at:
        return Attempt(), ""
    attempt = Attempt(opinion=kept.texts.get("opinion", ""), typed=kept.typed, files=kept.files)
    return attempt, speech_of(visit).moment(kept.at)


def _next_item(visit: Visit, sight: CaseSight, step: str) -> NextItem | None:
    case = sight.case
    like = (case.process, step) if step else None
    return visit.house.looking.next_item(visit.person.id, visit.now, case.number, like)
