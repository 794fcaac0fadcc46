"""Scenario files may name a cast once and point at it; definitions may not."""

from __future__ import annotations

from workflow.design.reading import Node, read_yaml

CAST = """
- people: &cast
    zhang: {roles: [clinician]}
- people: *cast
"""


def test_a_story_points_at_a_cast_that_stands_above() -> None:
    root = read_yaml(CAST, "stories.yaml", stories=True)

    assert isinstance(root, Node)
    assert isinstance(root.value, tuple)
    first, second = (one.value for one in root.value)
    assert first == second


def test_a_definition_does_not() -> None:
    assert isinstance(read_yaml(CAST, "1.yaml"), tuple)


def test_a_story_that_points_at_nothing_is_told_so() -> None:
    assert isinstance(read_yaml("- *nobody\n", "stories.yaml", stories=True), tuple)


def test_pointing_at_pointers_cannot_grow_without_end() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdef", "bcdefg", strict=True)
    )

    assert isinstance(read_yaml(bomb, "stories.yaml", stories=True), tuple)


def test_a_long_card_number_in_a_story_is_text() -> None:
    root = read_yaml("card: 6222021234567890123\n", "stories.yaml", stories=True)

    assert isinstance(root, Node)
    assert isinstance(root.value, dict)
    assert root.value["card"].value == "6222021234567890123"
