"""What a person sees when something may not happen or went wrong: why, and what they can do.

Never a trace; unknown errors carry the number under which the log has them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from web import identity
from web.posted import OthersPage, Posted, posted
from web.protection import SAFE_METHODS, TOO_LARGE, BodyTooLarge
from web.rendering import onward, page
from web.visit import (
    Denied,
    Guest,
    SignInFirst,
    Visit,
    nobody,
    public,
    sign_in_address,
    signed_in,
)
from workflow.ports.deciding import StaleWrite, Unavailable
from workflow.refusals import HTTP_STATUS, Code, Refused, Sentence

API = "/api/"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of trouble: its heading, what is in the way, and what to do."""

    code: str
    heading: Sentence
    because: Sentence


NOT_FOUND = Trouble(
    Code.NOT_FOUND,
    Sentence("没有找到", "Not found"),
    Sentence(
        "没有这个页面或案件，或您无权查看。请核对地址，或从待办进入。",
        "There is no such page or case, or it is not yours to see. "
        "Check the address, or start from your inbox.",
    ),
)
ELSEWHERE = Trouble(
    Code.NOT_PERMITTED,
    Sentence("请求未被接受", "The request was not taken"),
    Sentence(
        "这次提交不是从本系统的页面发出的，为安全起见未办理。请回到系统页面重新操作。",
        "This was not sent from a page of this system and was not carried out. "
        "Please go back to the system's page and try again.",
    ),
)
TROUBLES: dict[int, Trouble] = {
    400: Trouble(
        Code.INVALID_FORM,
        Sentence("请求无法理解", "The request makes no sense"),
        Sentence(
            "请返回上一页重新填写后提交。", "Please go back, fill the form in again and send it."
        ),
    ),
    403: ELSEWHERE,
    404: NOT_FOUND,
    405: Trouble(
        Code.UNKNOWN_ACTION,
        Sentence("此处不能这样操作", "That cannot be done here"),
        Sentence(
            "请返回上一页，从页面上的按钮操作。", "Please go back and use the buttons of the page."
        ),
    ),
    409: Trouble(
        Code.CONFLICT,
        Sentence("案件刚刚有变动", "The case has just changed"),
        Sentence(
            "别人同时也在办理，您的操作没有生效。请打开案件看现状，再决定是否重试。",
            "Others acted at the same moment and yours did not take effect. "
            "Open the case to see how it stands, then decide again.",
        ),
    ),
    413: Trouble(
        Code.INVALID_FORM,
        Sentence("提交的内容过大", "Too much was sent"),
        Sentence(
            "内容或附件总大小超出上限，什么都没有保存。请压缩或分开上传。",
            "More was sent than is allowed, and nothing was kept. "
            "Make the attachments smaller or send them one by one.",
        ),
    ),
    422: Trouble(
        Code.INVALID_FORM,
        Sentence("填写有误", "The form is not right"),
        Sentence(
            "有内容缺失或格式不对，请返回修改。",
            "Something is missing or not as expected; please go back and mend it.",
        ),
    ),
    500: Trouble(
        "unexpected",
        Sentence("系统出错了", "Something went wrong"),
        Sentence(
            "这次操作可能没有完成。请先核对案件现状再重试；如仍出错，请把下面的编号告诉管理员。",
            "This may not have been done. Check how the case stands before you try again; "
            "if it fails again, tell an administrator the number below.",
        ),
    ),
    503: Trouble(
        "busy",
        Sentence("系统正忙", "The system is busy"),
        Unavailable.because,
    ),
}


@dataclass(frozen=True, slots=True)
class ProblemView:
    """What the page of a problem shows: `reasons` with their clauses, `reference` for the log."""

    heading: str
    reasons: tuple[tuple[str, tuple[str, ...]], ...]
    reference: str


Handler = Callable[[Request, Exception], Response | Awaitable[Response]]


def install_problems(app: FastAPI) -> None:
    """Answer every refusal and every error in the words of the house."""
    for kind, handler in (
        (SignInFirst, _sign_in_first),
        (OthersPage, _others_page),
        (Denied, _denied),
        (HTTPException, _http),
        (RequestValidationError, _unreadable),
        (StaleWrite, lambda request, _: trouble_answer(request, 409)),
        (Unavailable, lambda request, _: trouble_answer(request, 503)),
    ):
        app.add_exception_handler(kind, cast(Handler, handler))


def trouble_answer(request: Request, status: int) -> Response:
    """The answer to a request that failed with this HTTP status."""
    trouble = TROUBLES.get(status, TROUBLES[500])
    if _is_api(request):
        reference = request.scope.get("request_id", "")
        return JSONResponse(error_json(trouble.code, trouble.because, reference=reference), status)
    visit = nobody(request) if status >= 500 else visit_or_guest(request)
    view = ProblemView(
        visit.say(trouble.heading),
        ((visit.say(trouble.because), ()),),
        request.scope.get("request_id", ""),
    )
    return page(visit, "problem.html", view, status=status, parts=("problem",))


def refused_answer(request: Request, refused: Refused) -> Response:
    """The answer to a refusal: a page or part with every reason and its clauses, or JSON."""
    status = HTTP_STATUS[refused.code]
    if _is_api(request):
        return JSONResponse(refused_json(refused), status)
    visit = visit_or_guest(request)
    heading = NOT_FOUND.heading if refused.code is Code.NOT_FOUND else _HEADING
    reasons = tuple((visit.say(r.because), r.clauses) for r in refused.refusals)
    view = ProblemView(visit.say(heading), reasons, request.scope.get("request_id", ""))
    return page(visit, "problem.html", view, status=status, parts=("problem",))


_HEADING = Sentence("不能这样办理", "This cannot be done")
_NOT_EXPECTED = Sentence(
    "此项缺失，或不是接口说明所写的样子", "Missing, or not as the description of the API says"
)
_NO_TOKEN = Sentence("请提供有效的令牌。", "Please send a valid token.")


def refused_json(refused: Refused) -> dict[str, object]:
    """A refusal as the API tells it: its weightiest reason, and every field, clause and case."""
    return error_json(
        refused.code.value,
        refused.because,
        fields=[
            {"field": one.field, "message": told(one.because)}
            for one in refused.refusals
            if one.field is not None
        ],
        clauses=list(refused.clauses),
        cases=list(dict.fromkeys(case for one in refused.refusals for case in one.cases)),
    )


def error_json(
    code: str,
    because: Sentence,
    *,
    fields: Sequence[Mapping[str, object]] = (),
    clauses: Sequence[str] = (),
    cases: Sequence[str] = (),
    reference: str = "",
) -> dict[str, object]:
    """The one shape of every error of the API; `reference` finds it in the log."""
    error: dict[str, object] = {
        "code": code,
        "message": told(because),
        "fields": list(fields),
        "clauses": list(clauses),
        "cases": list(cases),
    }
    return {"error": {**error, "reference": reference} if reference else error}


def _unreadable(request: Request, error: RequestValidationError) -> Response:
    """A request that has not the shape that is expected: for a program, which parts of it."""
    if not _is_api(request):
        return trouble_answer(request, 422)
    places = (".".join(str(part) for part in one["loc"][1:]) for one in error.errors())
    fields = [{"field": place, "message": told(_NOT_EXPECTED)} for place in dict.fromkeys(places)]
    trouble = TROUBLES[422]
    return JSONResponse(error_json(trouble.code, trouble.because, fields=fields), 422)


def visit_or_guest(request: Request) -> Visit | Guest:
    """Who is there, where it does not matter whether anybody is."""
    try:
        return signed_in(request)
    except SignInFirst:
        return public(request)


async def _sign_in_first(request: Request, error: SignInFirst) -> Response:
    """To the sign-in page; but where something was being sent, it is not lost on the way."""
    if _is_api(request):
        body = error_json(Code.NOT_PERMITTED.value, _NO_TOKEN)
        return JSONResponse(body, 401, {"WWW-Authenticate": "Bearer"})
    visit = nobody(request)
    if request.method not in SAFE_METHODS and _was_signed_in(request):
        if visit.htmx:  # what was typed still stands in the page, which stays
            return page(
                visit, "signed-out.html", SignedOutView(), status=401, parts=("signed-out",)
            )
        sent = await _sent(request)
        if sent.written:
            return page(visit, "signed-out.html", sent, status=401)
    return onward(sign_in_address(error.next), htmx=visit.htmx)


@dataclass(frozen=True, slots=True)
class SignedOutView:
    """What somebody sent after their session had ended, to be sent again: `texts` by name, and
    what of it they wrote themselves. `now`: who is signed in meanwhile, where that is somebody
    else.
    """

    texts: tuple[tuple[str, str], ...] = ()
    written: str = ""
    files: bool = False
    now: str = ""


def _others_page(request: Request, error: OthersPage) -> Response:
    """Nothing is done in the name of one person that another has begun; and nothing is lost."""
    view = replace(_kept(error.form), now=error.visit.person.name)
    return page(nobody(request), "signed-out.html", view, status=401, parts=("signed-out",))


#: Fields in which somebody writes, beside those of forms (`f.…`).
_WRITTEN = frozenset({"opinion", "reason", "text", "scenarios", "note", "lines"})


def _was_signed_in(request: Request) -> bool:
    return not {identity.COOKIE, identity.SECURE_COOKIE}.isdisjoint(request.cookies)


async def _sent(request: Request) -> SignedOutView:
    try:
        return _kept(await posted(request))
    except (HTTPException, BodyTooLarge):
        return SignedOutView()


def _kept(form: Posted) -> SignedOutView:
    written = (text for name, text in form.texts if name.startswith("f.") or name in _WRITTEN)
    return SignedOutView(
        form.texts, "\n".join(text for text in written if text.strip()), bool(form.uploads)
    )


def _denied(request: Request, error: Denied) -> Response:
    return refused_answer(request, error.refused)


def _http(request: Request, error: HTTPException) -> Response:
    # The form's reader takes a body that was cut off for one that it cannot read.
    status = 413 if TOO_LARGE in request.scope else error.status_code
    answer = trouble_answer(request, status)
    answer.headers.update(error.headers or {})
    return answer


def told(sentence: Sentence) -> dict[str, str]:
    """A sentence as the API tells it."""
    return {"zh": sentence.zh, "en": sentence.en}


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(API)
