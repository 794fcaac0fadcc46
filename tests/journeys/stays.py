"""What people do with a case again and again: ask, open its page, fill the form of one act, press
its button.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Visitor


def begins(someone: Visitor, process: str) -> Locator:
    """From the inbox through the catalogue to the form of a new request."""
    page = someone.page
    page.get_by_role("link", name="发起申请").last.click()
    page.get_by_role("link", name=process, exact=True).last.click()
    return page.locator("#request-form")


def begins_from(someone: Visitor, case: str, process: str) -> Locator:
    """From the page of the case that the new one belongs to."""
    page = someone.goes_to(f"/c/{case}")
    page.locator("#related-cases").get_by_role("link", name=process).click()
    return page.locator("#request-form")


def hands_in(someone: Visitor, state: str, button: str = "发起") -> str:
    """Look at what is filled in, send it, and find the case in its state; its number."""
    page = someone.page
    someone.looks_closely()
    page.locator("#request-form").get_by_role("button", name=button, exact=True).click()
    expect(page.locator("#case .case-head")).to_contain_text(state)
    found = re.search(r"/c/([A-Z]+\d+-\d+)", page.url)
    assert found is not None
    return found[1]


def finds(someone: Visitor, number: str) -> Page:
    """From the inbox to a case that waits for them."""
    page = someone.goes_to("/inbox")
    page.locator(f'#inbox-rows a[href^="/c/{number}"]').first.click()
    expect(page.locator("#case")).to_contain_text(number)
    return page


def opens(someone: Visitor, number: str) -> Page:
    """The page of a case, looked at closely."""
    page = someone.goes_to(f"/c/{number}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    someone.looks_closely()
    return page


def form_of(page: Page, act: str) -> Locator:
    """The form of one act, unfolded where it lies folded."""
    button = page.get_by_role("button", name=act, exact=True, include_hidden=True)
    form = page.locator("form.decision-form").filter(has=button)
    if not form.is_visible():
        page.locator("details.fold > summary").get_by_text(act, exact=True).click()
    return form


def fills(form: Locator, typed: Mapping[str, str]) -> None:
    """Type into boxes, named by how their labels begin."""
    for label, value in typed.items():
        form.get_by_label(re.compile(rf"^\s*{re.escape(label)}")).fill(value)


def chooses(form: Locator, chosen: Mapping[str, str]) -> None:
    """Answer questions of one word, named by what is asked."""
    for asked, word in chosen.items():
        form.get_by_role("group", name=asked).get_by_label(word, exact=True).check()


def presses(form: Locator, act: str) -> None:
    """Press the button of an act."""
    form.get_by_role("button", name=act, exact=True).click()


def does(page: Page, act: str, then: str) -> None:
    """An act that asks for nothing more; `then` is a part of what is announced."""
    presses(form_of(page, act), act)
    hears(page, then)


def hears(page: Page, words: str) -> None:
    """What is announced after an act."""
    expect(page.locator("#announcement")).to_contain_text(words)


def is_refused(someone: Visitor, because: str, clause: str) -> None:
    """The page says why not, with its clause, where the eyes are; nothing says that it was done."""
    page = someone.page
    alert = page.locator("#case .refusal")
    expect(alert).to_contain_text(because)
    expect(alert.get_by_role("link", name=clause)).to_be_visible()
    expect(alert).to_be_focused()
    expect(alert).to_be_in_viewport()
    expect(page.locator("#announcement")).to_be_empty()
    someone.looks_closely()
