"""The policy process offers every parameter, and a figure that no document gives is never filled
in.
"""

from __future__ import annotations

import pytest

from tests.definitions.shipped import register, rulebooks
from workflow.design.effects import PutInForce
from workflow.design.parameters import BASE_PROFILE, Parameter
from workflow.design.plan import effects_of
from workflow.running.governing import Meant, read_change

PARAMETERS = tuple(register().parameters.values())


def test_one_process_puts_values_in_force_and_offers_every_parameter() -> None:
    governing = [
        (book.definition, effect)
        for book in rulebooks().values()
        for effect in effects_of(book.definition)
        if isinstance(effect, PutInForce)
    ]
    assert [definition.key for definition, _ in governing] == ["policy-profile"]
    ((definition, effect),) = governing
    offered = {option.value for option in definition.form[effect.parameter].options}
    assert offered == {BASE_PROFILE, *register().parameters}


def test_where_clauses_disagree_the_reason_is_asked_for() -> None:
    (definition,) = (book.definition for book in rulebooks().values() if book.governs)
    asked = " ".join(
        rule.when.text for rule in definition.form["conflict_note"].required if rule.when
    )
    for group in register().conflict_groups.values():
        assert f'"{group.parameter}"' in asked


@pytest.mark.parametrize("one", PARAMETERS, ids=lambda one: one.key)
def test_no_figure_is_invented(one: Parameter) -> None:
    assert one.clauses or one.design_choice
    if one.must_be_entered:
        assert one.default is None
        assert not one.values


@pytest.mark.parametrize("one", PARAMETERS, ids=lambda one: one.key)
def test_every_value_can_be_written_into_the_form_and_read_again(one: Parameter) -> None:
    for value in (one.default, *one.values.values()):
        if value is not None or one.may_be_empty:
            assert read_change(register(), one.key, one.as_text(value)) == Meant(value)


@pytest.mark.parametrize("one", PARAMETERS, ids=lambda one: one.key)
def test_a_parameter_can_be_left_to_the_profile(one: Parameter) -> None:
    assert read_change(register(), one.key, "按规则档案") == Meant(None, left=True)
