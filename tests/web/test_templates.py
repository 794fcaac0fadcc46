"""Templates place words: no sentence of their own, no script, no style, no trust in what comes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import UndefinedError
from markupsafe import escape

from web.presenters.inbox import Option
from web.settings import Language
from web.templating import TEMPLATES, load_templates

FILES = sorted(TEMPLATES.rglob("*.html"))
NAMES = [path.relative_to(TEMPLATES).as_posix() for path in FILES]

#: What Jinja replaces: comments, translated blocks, tags and places.
TRANSLATED = re.compile(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", re.DOTALL)
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
STRINGS = re.compile(r"""_\((?:"[^"]*"|'[^']*')|"[^"]*"|'[^']*'""")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: Two letters or more make a word; SHA-256, CSV and A4 are the same in every language.
WORD = re.compile(r"[A-Za-z]*[a-z]+[A-Za-z]*[a-z]|[\u4e00-\u9fff]")
#: What a macro puts into a tag.
ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')
#: Attributes that are read out or shown.
SPOKEN = {"title", "alt", "placeholder", "aria-label", "aria-description", "data-failed"}
FORBIDDEN = {
    "|safe": re.compile(r"\|\s*safe\b"),
    "autoescape off": re.compile(r"\bautoescape\b"),
    "Markup": re.compile(r"\bMarkup\b"),
    "a style attribute": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)"),
    "a handler": re.compile(r"\son[a-z]+\s*="),
    "hx-on": re.compile(r"\bhx-on\b"),
    "hx-vars or js:": re.compile(r"\bhx-vars\b|[\"']js:|javascript:"),
    "an event filter": re.compile(r"hx-trigger\s*=\s*\"[^\"]*\["),
}


class Spoken(HTMLParser):
    """Collects what a page would say of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(ATTRIBUTE.sub("", data))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kinds = dict(attrs)
        button = tag == "input" and kinds.get("type") in ("submit", "button", "reset")
        self.said += [
            value
            for name, value in attrs
            if value and (name in SPOKEN or (name == "value" and button))
        ]


@pytest.mark.parametrize("name", NAMES)
def test_every_word_is_translatable(name: str) -> None:
    spoken = Spoken()
    spoken.feed(JINJA.sub(" ", TRANSLATED.sub(" ", (TEMPLATES / name).read_text("utf-8"))))
    assert not [text.strip() for text in spoken.said if WORD.search(text)]


@pytest.mark.parametrize("name", NAMES)
def test_chinese_in_a_place_is_translated(name: str) -> None:
    text = re.sub(r"\{#.*?#\}", "", TRANSLATED.sub("", (TEMPLATES / name).read_text("utf-8")))
    strings = (match[0] for code in JINJA.findall(text) for match in STRINGS.finditer(code))
    assert not [one for one in strings if CHINESE.search(one) and not one.startswith("_(")]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_the_content_policy_or_escaping_would_have_to_forgive(name: str) -> None:
    text = (TEMPLATES / name).read_text("utf-8")
    assert not [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("parts/")])
def test_a_part_is_named_after_its_root_element(name: str) -> None:
    text = JINJA.sub(" ", (TEMPLATES / name).read_text("utf-8"))
    root = re.search(r"<[a-z][^>]*>", text)
    assert root is not None
    assert re.search(rf'\sid="{Path(name).stem}"', root[0]), root[0]


@pytest.mark.parametrize("sign", ["&", "<", ">", "'", '"'])
@pytest.mark.parametrize("around", ["{}", "止血{}材料", "\n{}", "{}\n", "a{0}b{0}"])
def test_what_somebody_typed_is_never_markup(sign: str, around: str) -> None:
    typed = around.format(sign)
    source = "{% for one in [it] %}{{ one }}{{ one|badge('t', 'x') }}{% endfor %}"
    for environment in load_templates().environments.values():
        assert environment.from_string("{{ it }}").render(it=typed) == escape(typed)
        place = environment.from_string(source)
        assert sign not in re.sub(r"&\w+;|&#\d+;|<[^<>]*>", "", place.render(it=f"1{sign}1"))


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_is_written_once_is_escaped_once_and_is_not_another(language: Language) -> None:
    environment = load_templates().environments[language]
    place = environment.from_string("{{ filter_options(options) }}")
    for _ in range(2):
        for name, chosen in (("<外科>", True), ("<外科>", False), ("内科", False)):
            written = place.render(options=(Option("a&b", name, chosen),))
            assert written == (
                f'<option value="a&amp;b"{" selected" if chosen else ""}>{escape(name)}</option>'
            )


def test_a_part_of_a_value_is_found_as_ever_and_a_missing_one_is_told() -> None:
    (environment, *_) = load_templates().environments.values()
    given = {"it": SimpleNamespace(part={"name": "针", "items": "all"}, nothing=None)}

    def shown(source: str) -> str:
        return environment.from_string(source).render(**given)

    assert shown("{{ it.part.name }}{{ it.nothing }}") == "针None"
    assert shown("{% if it.other is defined %}1{% else %}2{% endif %}") == "2"
    assert shown("{{ it.part.items()|length }}{{ it.part['items'] }}") == "2all"
    assert shown("{% for one in [it] if one.part.name == '针' %}{{ one.part.name }}{% endfor %}")
    for missing in ("{{ it.other }}", "{{ it.part.other }}", "{{ it.nothing.other }}"):
        with pytest.raises(UndefinedError, match="other"):
            shown(missing)


def test_no_template_is_long_and_most_are_short() -> None:
    lengths = sorted(len(path.read_text("utf-8").splitlines()) for path in FILES)
    assert lengths[-1] <= 120
    assert lengths[len(lengths) // 2] <= 40


def test_every_template_can_be_read_in_both_languages() -> None:
    for environment in load_templates().environments.values():
        for name in NAMES:
            environment.get_template(name)


def test_text_becomes_markup_unescaped_in_named_places_only() -> None:
    """`templating` draws our own icons, `diagram` its own lines; it escapes what it is given."""
    web = TEMPLATES.parent
    trusting = {
        path.relative_to(web).as_posix()
        for path in web.rglob("*.py")
        if re.search(r"\bMarkup\(", path.read_text("utf-8"))
    }
    assert trusting <= {"templating.py", "diagram.py"}
