"""The drawing of a process: everything is on it, nothing covers anything, and it says where a
case stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import bundles
from tests.web.consumables import asks, see, signs
from web.diagram import Track, draw, text_width
from workflow.design.definition import Action, Definition, Opening, State
from workflow.refusals import Sentence

As = Callable[[str], TestClient]
SVG = "{http://www.w3.org/2000/svg}"
SHIPPED = [bundle.definition for bundle in bundles().bundles.values()]


def parsed(svg: str) -> ET.Element:
    text = str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return ET.fromstring(text)  # noqa: S314 - our own drawing


def groups(root: ET.Element, kind: str) -> list[ET.Element]:
    return [g for g in root.iter(f"{SVG}g") if g.get("class", "").split()[0] == kind]


def box(group: ET.Element) -> tuple[float, float, float, float]:
    rect = group.find(f"{SVG}rect")
    assert rect is not None
    x, y, width, height = (float(rect.get(name, "")) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def sentence(text: str) -> Sentence:
    return Sentence(text, text)


def process(states: dict[str, State], actions: dict[str, Action]) -> Definition:
    """A definition with nothing but a flow."""
    return Definition(
        key="x",
        version=1,
        name=sentence("流程"),
        summary=sentence(""),
        category=sentence(""),
        number_prefix="X",
        title="",
        key_figure=None,
        opening=Opening(()),
        form={},
        states=states,
        actions=actions,
    )


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("definition", SHIPPED, ids=lambda d: d.key)
def test_every_state_and_every_way_is_drawn(definition: Definition, language: str) -> None:
    root = parsed(draw(definition, language).svg)
    shown = ["".join(g.itertext()) for g in groups(root, "state")]
    for state in definition.states.values():
        assert any(state.name.in_(language) in text for text in shown)
    ways = {(s, a.target) for a in definition.actions.values() for s in a.sources} - {
        (s, s) for s in definition.states
    }
    assert len(groups(root, "way")) == len(ways) == len(groups(root, "way-name"))
    said = " ".join("".join(g.itertext()) for g in groups(root, "way-name"))
    for action in definition.actions.values():
        if any(source != action.target for source in action.sources):
            assert action.name.in_(language) in said


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("definition", SHIPPED, ids=lambda d: d.key)
def test_nothing_covers_anything(definition: Definition, language: str) -> None:
    root = parsed(draw(definition, language).svg)
    nodes = [box(g) for g in groups(root, "state")]
    labels = [box(g) for g in groups(root, "way-name")]
    assert not [pair for pair in combinations(nodes, 2) if overlap(*pair)]
    assert not [(a, b) for a in nodes for b in labels if overlap(a, b)]
    assert not [pair for pair in combinations(labels, 2) if overlap(*pair)]


def test_names_leave_the_points_of_arrows_free() -> None:
    (fault,) = (one for one in SHIPPED if one.key == "equipment-fault")
    root = parsed(draw(fault, "zh_CN").svg)
    points = [
        tuple(float(number) for number in pair.split(","))
        for line in root.iter(f"{SVG}polyline")
        for pair in line.get("points", "").split()[-1:]
    ]
    names = [box(g) for g in groups(root, "way-name")]
    assert len(points) == len(names)
    assert not [(p, n) for p in points for n in names if overlap((*p, *p), n)]


@pytest.mark.parametrize("definition", SHIPPED, ids=lambda d: d.key)
def test_everything_lies_inside_the_frame(definition: Definition) -> None:
    root = parsed(draw(definition, "zh_CN").svg)
    x, y, width, height = (float(n) for n in root.get("viewBox", "").split())
    for group in (*groups(root, "state"), *groups(root, "way-name")):
        left, top, right, bottom = box(group)
        assert x <= left
        assert right <= x + width
        assert y <= top
        assert bottom <= y + height


@pytest.mark.parametrize("definition", SHIPPED, ids=lambda d: d.key)
def test_words_fit_into_their_boxes(definition: Definition) -> None:
    for group in groups(parsed(draw(definition, "zh_CN").svg), "state"):
        text = group.find(f"{SVG}text")
        assert text is not None
        left, _, right, _ = box(group)
        assert text_width(text.text or "", 13) <= right - left - 8


@pytest.mark.parametrize("definition", SHIPPED, ids=lambda d: d.key)
def test_entries_are_at_the_top(definition: Definition) -> None:
    """Or in the row below: what is sent back to an entry at once may stand above it."""
    tops = {
        "".join(group.itertext()): box(group)[1]
        for group in groups(parsed(draw(definition, "zh_CN").svg), "state")
    }
    first = definition.states[definition.entries[0]].name.zh
    rows = sorted(set(tops.values()))
    assert next(top for name, top in tops.items() if name.endswith(first)) in rows[:2]


def test_the_drawing_says_what_is_done_where_it_stands_and_what_is_not_reached() -> None:
    consumable = next(d for d in SHIPPED if d.key == "consumable-approval")
    track = Track(
        passed=frozenset({"draft", "dept_review", "finance_review"}),
        taken=frozenset({("draft", "dept_review"), ("dept_review", "finance_review")}),
        here="finance_review",
        ahead=frozenset({"leader_review"}),
    )
    drawing = draw(consumable, "zh_CN", track)
    marks = {state.name: state.mark for state in drawing.states}
    assert marks["待科主任签署"] == "done"
    assert marks["待财务审核"] == "here"
    assert marks["待领导审批"] == "ahead"
    assert marks["已驳回"] == "untouched"
    root = parsed(drawing.svg)
    texts = {t.text: g.get("class") for g in groups(root, "state") for t in g.iter(f"{SVG}text")}
    # A mark before the name, not the colour alone.
    assert texts["✓ 待科主任签署"] == "state done"
    assert texts["▶ 待财务审核"] == "state here"
    taken = [g for g in groups(root, "way") if "taken" in g.get("class", "").split()]
    assert len(taken) == 2


def test_the_same_is_told_as_text() -> None:
    consumable = next(d for d in SHIPPED if d.key == "consumable-approval")
    told = {state.name: state for state in draw(consumable, "zh_CN").states}
    assert ("提交", "待科主任签署") in [(w.action, w.target) for w in told["草稿"].ways]
    assert told["已批准"].final
    assert told["已批准"].ways == ()


def test_what_an_administrator_names_a_state_is_never_markup() -> None:
    hostile = '<script>alert("x")</script>'
    definition = process(
        {
            "a": State("a", sentence(hostile), entry=True),
            "b": State("b", sentence("完"), final=True),
        },
        {"go": Action("go", sentence("<b>&"), ("a",), "b", ())},
    )
    svg = str(draw(definition, "zh_CN").svg)
    assert "<script>" not in svg
    assert "<b>" not in svg
    assert "&lt;script&gt;" in svg


def test_a_drawing_carries_no_style_of_its_own() -> None:
    for definition in SHIPPED:
        svg = str(draw(definition, "zh_CN").svg)
        assert not re.search(r"\sstyle=|<style|\sfill=|\sstroke=|\son\w+=|href", svg)


def test_a_process_of_one_state_and_one_that_goes_in_circles_are_drawn_too() -> None:
    alone = process({"a": State("a", sentence("开始"), entry=True, final=True)}, {})
    assert len(groups(parsed(draw(alone, "zh_CN").svg), "state")) == 1
    circle = process(
        {
            "a": State("a", sentence("甲"), entry=True),
            "b": State("b", sentence("乙")),
            "c": State("c", sentence("丙")),
        },
        {
            "ab": Action("ab", sentence("去乙"), ("a",), "b", ()),
            "bc": Action("bc", sentence("去丙"), ("b",), "c", ()),
            "ca": Action("ca", sentence("回甲"), ("c",), "a", ()),
            "aa": Action("aa", sentence("原地"), ("a",), "a", ()),
        },
    )
    root = parsed(draw(circle, "zh_CN").svg)
    assert len(groups(root, "way")) == 3


def test_a_case_shows_its_own_way_on_its_page(as_person: As) -> None:
    number = asks(as_person("zhang"))
    signs(as_person("li"), number, "dept_sign")
    part = see(as_person("zhang"), f"/c/{number}").one(id="case-diagram")
    assert part.one("g", class_="here").text.startswith("待财务审核：现在在这里")
    assert len(part.all("g", class_="taken")) == 2
    states = part.one("ol", class_="states").text
    assert "待科主任签署 已走过" in states
    assert "待医保审核 未走到" in states
