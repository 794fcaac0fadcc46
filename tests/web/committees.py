"""What happens again and again where several people decide: a small process is published, somebody
asks, and others vote or pass their work on.
"""

from __future__ import annotations

from pathlib import Path

from httpx2 import Response
from starlette.testclient import TestClient

from tests.web.consumables import see
from tests.web.paper import Element, read_page
from workflow.ports.store import Store

PROCESSES = Path(__file__).parent / "processes"


def publishes(administrator: TestClient, process: str) -> None:
    """Publish one of the small processes of these stories."""
    text = (PROCESSES / f"{process}.yaml").read_text("utf-8")
    answer = administrator.post("/admin/definitions/new", data={"text": text, "act": "publish"})
    assert answer.status_code == 303, read_page(answer.text).text[:1500]


def hands_in(browser: TestClient, process: str, **fields: str) -> str:
    """Ask for something and hand it in; its number."""
    typed = {f"f.{key}": value for key, value in fields.items()}
    path = f"/requests/new/{process}"
    form = see(browser, path).one("form", id="request-form")
    answer = browser.post(path, data={**form.fields, **typed, "do": "submit"})
    assert answer.status_code == 303, read_page(answer.text).text[:1500]
    return answer.headers["location"].removeprefix("/c/").partition("?")[0]


def open_tool(browser: TestClient, number: str, act: str) -> Element:
    """The form of a general act, opened by its link where it has one."""
    page = see(browser, f"/c/{number}")
    links = [
        a.attributes["href"]
        for a in page.one(id="more-acts").all("a")
        if f"act={act}" in a.attributes["href"]
    ]
    shown = see(browser, links[0].partition("#")[0]) if links else page
    forms = [form for form in shown.all("form", class_="tool-form") if act in form.buttons]
    assert len(forms) == 1, f"{act}: {page.one(id='decision-card').text}"
    return forms[0]


def sends_tool(browser: TestClient, form: Element, act: str, words: str, **more: str) -> Response:
    """Press the button of a form that was shown before."""
    data = {**form.fields, "opinion": words, "action": act, **more}
    return browser.post(form.attributes["action"], data=data)


def uses(browser: TestClient, number: str, act: str, words: str = "", **more: str) -> None:
    """Take a general act, and it goes through."""
    answer = sends_tool(browser, open_tool(browser, number, act), act, words, **more)
    assert answer.status_code == 303, read_page(answer.text).text[:1500]


def tools_of(browser: TestClient, number: str) -> list[str]:
    """What stands behind "more" for somebody, by name."""
    more = see(browser, f"/c/{number}").one(id="more-acts")
    names = [element.text for element in (*more.all("a"), *more.all("button"))]
    return sorted(dict.fromkeys(names))


def state_of(store: Store, number: str) -> str:
    """Where a case stands."""
    file = store.readings.case_file(number)
    assert file is not None
    return file.case.state
