"""What happens again and again in these stories: somebody asks for a consumable, others sign."""

from __future__ import annotations

from urllib.parse import unquote

from httpx2 import Response
from starlette.testclient import TestClient

from tests.web.paper import Element, read_page

REQUEST = "/requests/new/consumable-approval"
GAUZE = {
    "f.material_name": "止血材料",
    "f.spec": "5cm",
    "f.purpose": "手术止血",
    "f.manufacturer": "甲厂",
    "f.agent": "乙公司",
    "f.quantity": "20",
    "f.ref_unit_price": "300.00",
}


def see(browser: TestClient, path: str) -> Element:
    """A page that must be there."""
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
    return read_page(answer.text)


def send_request(
    browser: TestClient, do: str = "submit", files: object = None, **changes: str
) -> Response:
    """Fill the form of a consumable as it stands, and send it. `spec="..."` changes one field."""
    form = see(browser, REQUEST).one("form", id="request-form")
    typed = {**GAUZE, **{f"f.{key}": value for key, value in changes.items()}}
    data = {**form.fields, **typed, "do": do}
    return browser.post(REQUEST, data=data, files=files)  # type: ignore[arg-type]


def asks(browser: TestClient, **changes: str) -> str:
    """Ask for a consumable and hand it in; its number."""
    answer = send_request(browser, **changes)
    assert answer.status_code == 303, read_page(answer.text).text[:1500]
    return answer.headers["location"].removeprefix("/c/").partition("?")[0]


def card_form(browser: TestClient, number: str, action: str) -> Element:
    """The form of the decision card (or of the draft) that has a button for this action."""
    page = see(browser, f"/c/{number}")
    forms = [form for form in page.all("form") if action in form.buttons]
    assert len(forms) == 1, f"{action}: {page.one(id='decision-card').text}"
    return forms[0]


def send_decision(
    browser: TestClient, form: Element, action: str, opinion: str = "", **more: str
) -> Response:
    """Press a button of a form that was shown before."""
    button = next(b for b in form.all("button") if b.attributes.get("value") == action)
    path = button.attributes.get("formaction") or form.attributes["action"]
    return browser.post(path, data={**form.fields, "opinion": opinion, "action": action, **more})


def decides(
    browser: TestClient, number: str, action: str, opinion: str = "同意", **more: str
) -> Response:
    """Open the case and press a button."""
    return send_decision(browser, card_form(browser, number, action), action, opinion, **more)


def signs(browser: TestClient, number: str, action: str, opinion: str = "同意") -> None:
    """Press a button, and it goes through."""
    answer = decides(browser, number, action, opinion)
    assert answer.status_code == 303, read_page(answer.text).text[:1500]


def announced(answer: Response) -> str:
    """What the next page will say."""
    cookies = [c for c in answer.headers.get_list("set-cookie") if c.startswith("said=")]
    return unquote(cookies[0].partition(";")[0].removeprefix("said=").strip('"')) if cookies else ""
