"""Asking for something: the catalogue of what I may start, and the form of one process.

Nothing is lost: what was typed is kept while it is typed, and again whenever something is refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from web import unsent
from web.pages.cases import said_now, show_case
from web.posted import Posted, posted_by_visitor
from web.presenters.decisions import Attempt
from web.presenters.inputs import (
    Typed,
    is_of_staff,
    typed_from,
    with_another_row,
    without_files,
)
from web.presenters.requests import RequestState, catalogue_view, request_view
from web.presenters.speech import speech_of
from web.rendering import go, page
from web.routing import PageRoute
from web.uploads import take_in
from web.visit import Denied, Visit, signed_in
from workflow.design.definition import Action, Definition
from workflow.design.register import Account
from workflow.nouns import Attachment, Decision, Opening
from workflow.refusals import HTTP_STATUS, Code, Refusal, Refused, Sentence
from workflow.service.catalog import UnknownProcess
from workflow.service.choosing import choosable_for
from workflow.service.looking import handing_in

router = APIRouter(route_class=PageRoute)

Here = Annotated[Visit, Depends(signed_in)]
Form = Annotated[Posted, Depends(posted_by_visitor)]

#: So many fields a link may fill in.
FILLED_IN = 50

NO_PROCESS = Sentence(
    "没有这个流程，或它已停用。请从申请目录进入。",
    "There is no such process, or it is no longer used. Please start from the catalogue.",
)
NOBODY_SO_NAMED = Sentence(
    "本院没有唯一一位叫这个名字的人，请核对；拿不准就不填，写在其他项里",
    "Nobody here, or more than one, has this name. Please check it; if you are not sure leave it "
    "empty and say it elsewhere",
)
NOT_YOURS = Sentence("“{name}”不由您目前的岗位发起。", "Your present posts may not start “{name}”.")
SAVED = Sentence("已存为草稿 {number}，尚未提交。", "Saved as draft {number}; not handed in yet.")


@router.get("/requests/new")
def catalogue(visit: Here) -> Response:
    """What I may start, and what each is for."""
    house = visit.house
    begun = {
        form.process.removeprefix("new:"): speech_of(visit).moment(form.updated_at)
        for form in house.store.desk.unsent_of(visit.person.id)
        if form.process.startswith("new:")
    }
    startable = house.looking.may_open(visit.person.id, visit.now)
    names = {one.key: one.name for one in house.catalog().in_force()}
    lately = house.looking.lately_started(visit.person.id)
    view = catalogue_view(startable, names, begun, lately, speech_of(visit))
    return page(visit, "catalogue.html", view)


@router.get("/requests/new/{process}")
def show_form(
    process: str,
    visit: Here,
    request: Request,
    parent: Annotated[str, Query(max_length=100)] = "",
    pq: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The form, with what I began before; a link may fill fields in (`?f.<field>=…`)."""
    definition = _may_start(visit, process)
    given = typed_from(list(request.query_params.multi_items())[:FILLED_IN])
    kept = unsent.begun(visit, unsent.about_new(process))
    texts = {**kept.texts, **({"parent": parent} if parent else {})}
    at = "" if kept.at is None else speech_of(visit).moment(kept.at)
    typed = {**kept.typed, **without_files(given, definition)}
    return _form(visit, definition, RequestState(typed, texts, kept.files, (), at, pq))


@router.post("/requests/new/{process}/unsent")
def keep(process: str, visit: Here, form: Form) -> Response:
    """Keep what is being typed; the page does this by itself."""
    _may_start(visit, process)
    about = unsent.about_new(process)
    unsent.keep(visit, about, form.texts, unsent.begun(visit, about).files)
    if not visit.htmx:
        return go(visit, f"/requests/new/{process}")
    return page(visit, "request.html", speech_of(visit).moment(visit.now), parts=("saved-mark",))


@router.post("/requests/new/{process}/clear")
def clear(process: str, visit: Here) -> Response:
    """Begin anew."""
    unsent.drop(visit, unsent.about_new(process))
    return go(visit, f"/requests/new/{process}")


@router.post("/requests/new/{process}")
def ask(process: str, visit: Here, form: Form) -> Response:
    """Hand a request in, or keep it as a draft; every problem at once, at its field."""
    definition = _may_start(visit, process)
    about = unsent.about_new(process)
    files, refused = _files(visit, about, form)
    typed = without_files(typed_from(form.texts), definition)
    answers, unknown = _named(visit, definition, typed)
    refused = (*refused, *unknown)
    texts = {name: form.text(name) for name in unsent.TEXTS if form.text(name)}
    state = RequestState(typed, texts, files, refused)
    row = form.text("add_row")
    if row:
        unsent.keep(visit, about, form.texts, files)
        return _form(visit, definition, replace(state, typed=with_another_row(typed, row)))
    if form.text("list"):  # another case was chosen: what was ticked belonged to the one before
        written = tuple(one for one in form.texts if not one[0].startswith("pick."))
        unsent.keep(visit, about, written, files)
        typed = without_files(typed_from(written), definition)
        return _form(visit, definition, replace(state, typed=typed))
    opening = Opening(
        actor=visit.actor(),
        process=process,
        at=visit.now,
        key=form.text("key") or visit.house.ids(),
        answers={**answers, **{file.field: file.id for file in files if file.field is not None}},
        entry=texts.get("entry"),
        parent=texts.get("parent"),
        attachments=files,
    )
    hand_in = handing_in(definition, opening.entry) if form.text("do") == "submit" else None
    wrong = visit.house.looking.rehearse(opening, None if hand_in is None else hand_in.key)
    problems = (*refused, *(() if wrong is None else wrong.refusals))
    if problems:
        return _again(visit, definition, replace(state, problems=problems), form)
    return _open(visit, definition, opening, hand_in, state, form)


def _open(
    visit: Visit,
    definition: Definition,
    opening: Opening,
    hand_in: Action | None,
    state: RequestState,
    form: Posted,
) -> Response:
    service = visit.house.service
    opened = service.open(opening, within_sight=True)
    if opened.refused is not None or opened.number is None:
        refusals = () if opened.refused is None else opened.refused.refusals
        return _again(visit, definition, replace(state, problems=refusals), form)
    unsent.drop(visit, unsent.about_new(definition.key))
    if hand_in is None:
        saved = (
            SAVED.filled(number=opened.number) if handing_in(definition, opening.entry) else None
        )
        said = said_now(visit, opened.number) if saved is None else visit.say(saved)
        return go(visit, f"/c/{opened.number}", announce=said)
    decision = Decision(
        actor=visit.actor(),
        action=hand_in.key,
        at=visit.now,
        key=f"{opening.key}:in",
    )
    answer = service.decide(opened.number, decision)
    if answer.refused is not None:
        attempt = Attempt(hand_in.key, "", "", None, answer.refused.refusals)
        return show_case(visit, opened.number, attempt, HTTP_STATUS[answer.refused.code])
    return go(visit, f"/c/{opened.number}", announce=said_now(visit, opened.number))


def _may_start(visit: Visit, process: str) -> Definition:
    """The newest definition of a process that this person may start. Raises Denied."""
    house = visit.house
    try:
        definition = house.catalog().definition(process)
    except UnknownProcess:
        raise Denied(
            Refused.of([Refusal(Code.NOT_FOUND, NO_PROCESS, rule="process", standing=True)])
        ) from None
    startable = house.looking.may_open(visit.person.id, visit.now)
    if not any(one.definition.key == process for one in startable):
        because = Sentence(
            NOT_YOURS.zh.format(name=definition.name.zh),
            NOT_YOURS.en.format(name=definition.name.en),
        )
        clauses = definition.opening.clauses
        raise Denied(
            Refused.of([Refusal(Code.NOT_PERMITTED, because, clauses, rule="post", standing=True)])
        )
    return definition


def _is_from_outside(visit: Visit) -> bool:
    """Whether somebody is here for other bodies alone, and is not shown who works at ours."""
    roles = visit.house.catalog().register.roles
    posts = visit.organisation.posts_of(visit.person.id, visit.today)
    reach = [roles[post.role].account for post in posts if post.role in roles]
    return bool(reach) and all(one is Account.EXTERNAL for one in reach)


def _named(
    visit: Visit, definition: Definition, typed: Typed
) -> tuple[dict[str, object], tuple[Refusal, ...]]:
    """What was typed with ids for the names that somebody from outside has written, and a refusal
    for each name that nobody bears here, or more than one.
    """
    answers, refused = dict(typed), []
    for key, name in typed.items() if _is_from_outside(visit) else ():
        line = definition.form.get(key)
        if line is None or not is_of_staff(line) or not str(name).strip():
            continue
        known = visit.organisation.people.values()
        ids = [one.id for one in known if one.active and one.name == str(name).strip()]
        answers[key] = ids[0] if len(ids) == 1 else ""
        if len(ids) != 1:
            refused.append(
                Refusal(Code.INVALID_FORM, NOBODY_SO_NAMED, field=key, rule=f"form.{key}")
            )
    return answers, tuple(refused)


def _files(
    visit: Visit, about: str, form: Posted
) -> tuple[tuple[Attachment, ...], tuple[Refusal, ...]]:
    """The files of a form: those kept before, without what was dropped or replaced, and the new
    ones.
    """
    house = visit.house
    kept, refused = take_in(
        form.uploads,
        house.store.desk,
        house.settings.upload_limit_mb,
        form.text("key"),
        visit.now,
    )
    before = (file for file in unsent.begun(visit, about).files if file.id not in form.all("drop"))
    return unsent.together(before, kept), refused


def _again(visit: Visit, definition: Definition, state: RequestState, form: Posted) -> Response:
    """The form once more, with everything that was typed; it is also kept for later."""
    kept = unsent.keep(visit, unsent.about_new(definition.key), form.texts, state.files)
    at = "" if kept.at is None else speech_of(visit).moment(kept.at)
    status = HTTP_STATUS[Refused.of(state.problems).code]
    return _form(visit, definition, replace(state, kept_at=at), status)


def _form(visit: Visit, definition: Definition, state: RequestState, status: int = 200) -> Response:
    house = visit.house
    wanted = definition.opening.parent_processes
    parents = (
        ()
        if not wanted
        else house.looking.parents_for(
            definition.key, visit.person.id, visit.now, state.parent_text
        )
    )
    beginning = house.looking.may_begin(definition.key, visit.person.id, visit.now)
    entry = state.texts.get("entry") or next(iter(beginning.entries), None)
    view = request_view(
        definition,
        handing_in(definition, entry),
        replace(
            state,
            choosable=choosable_for(visit.person, definition, visit.hospital, visit.now),
            beginning=beginning,
            from_outside=_is_from_outside(visit),
            beside=house.looking.beside(
                definition.key, state.texts.get("parent", ""), visit.person.id, visit.now
            ),
        ),
        parents,
        [house.catalog().definition(one) for one in wanted],
        house.ids(),
        house.settings.upload_limit_mb,
        speech_of(visit),
    )
    return page(visit, "request.html", view, status=status, parts=("request-form",))
