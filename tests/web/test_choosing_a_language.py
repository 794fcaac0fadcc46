"""Chinese first, English by a switch, and no sentence left behind."""

from __future__ import annotations

import re
from collections.abc import Callable

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from starlette.testclient import TestClient

from web.templating import TEMPLATES, TRANSLATIONS

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ON_PAPER = ("其他办理", "办理记录", "签字", "（未办理）", "（盖章）")
PLACES = re.compile(r"%\(\w+\)s")


def translated() -> Catalog:
    with (TRANSLATIONS / "en.po").open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def sentences() -> set[str]:
    """Every sentence of the templates."""
    found = extract_from_dir(
        TEMPLATES, [("**.html", "jinja2")], {"**.html": {"trimmed": "true", "silent": "false"}}
    )
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def test_every_sentence_of_a_template_has_english() -> None:
    catalog = translated()
    missing = {one for one in sentences() if one not in catalog or not catalog[one].string}
    assert not missing, "run `make words` and translate web/translations/en.po"


def test_no_translation_is_kept_for_a_sentence_that_is_gone() -> None:
    gone = {str(message.id) for message in translated() if message.id} - sentences()
    assert not gone, "run `make words`"


def test_english_keeps_the_places_of_the_chinese() -> None:
    for message in translated():
        chinese, english = str(message.id), str(message.string)
        if not english:
            continue  # told by the test above
        assert set(PLACES.findall(chinese)) == set(PLACES.findall(english)), chinese


def test_english_is_not_chinese() -> None:
    both = [m.id for m in translated() if m.id and CHINESE.search(str(m.string))]
    # Paper is filed in Chinese: what a block of it is called stands there in both languages.
    assert sorted(both) == sorted(ON_PAPER)
    for message in translated():
        if message.id in ON_PAPER:
            assert str(message.string).startswith(str(message.id).rstrip("）"))


def test_the_switch_on_the_sign_in_page_speaks_english_from_then_on(client: TestClient) -> None:
    assert '<html lang="zh-CN">' in client.get("/sign-in").text
    answer = client.post("/language", data={"language": "en", "next": "/sign-in?next=%2Fme"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=%2Fme")
    shown = client.get("/sign-in").text
    assert '<html lang="en">' in shown
    assert "Sign in to Qianpi" in shown
    assert 'lang="zh-CN"' in shown
    assert "简体中文" in shown


def test_the_language_outlives_the_session(as_person: Callable[[str], TestClient]) -> None:
    zhang = as_person("zhang")
    zhang.post("/language", data={"language": "en", "next": "/me"})
    assert "My posts" in zhang.get("/me").text
    zhang.post("/sign-out")
    assert "Sign in to Qianpi" in zhang.get("/sign-in").text


def test_an_unknown_language_is_refused(client: TestClient) -> None:
    assert client.post("/language", data={"language": "xx"}).status_code == 422


def test_the_switch_sends_nobody_elsewhere(client: TestClient) -> None:
    answer = client.post("/language", data={"language": "en", "next": "https://elsewhere.example"})
    assert answer.headers["Location"] == "/"


def test_the_english_pages_about_me_hold_no_chinese_but_names(
    as_person: Callable[[str], TestClient],
) -> None:
    zhang = as_person("zhang")
    zhang.post("/language", data={"language": "en", "next": "/me"})
    shown = zhang.get("/me").text
    for name in ("青山医院", "张医生", "外科", "简体中文"):
        shown = shown.replace(name, "")
    assert not CHINESE.search(shown), CHINESE.findall(shown)
