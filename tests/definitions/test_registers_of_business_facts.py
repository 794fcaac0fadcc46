"""Every register that a shipped process keeps is known: who reads it, and what is masked in it."""

from __future__ import annotations

from dataclasses import replace

from tests.web.conftest import catalog
from workflow.design.effects import WriteRow
from workflow.design.plan import effects_of
from workflow.service.register_catalogue import without_a_card

KEPT = catalog().business_registers
CARDS = catalog().register.cards


def test_every_register_has_its_card_and_every_card_its_register() -> None:
    """A register that a process begins to keep gets its line in definitions/registers.yaml."""
    assert {*KEPT} == {*CARDS}
    assert without_a_card(catalog().register, catalog().in_force()) == ()


def test_a_register_of_which_nothing_is_said_is_named() -> None:
    known = catalog().register
    fewer = {key: card for key, card in CARDS.items() if key != "charges"}
    (problem,) = without_a_card(replace(known, cards=fewer), catalog().in_force())
    assert (problem.file, problem.path) == ("registers.yaml", "charges")
    assert "“charges”" in problem.because.zh


def test_what_a_card_names_are_columns() -> None:
    for key, register in KEPT.items():
        card = register.card
        declared = {
            column.key
            for definition in catalog().in_force()
            if key in definition.registers
            for column in definition.registers[key].columns
        }
        assert {*card.by, *card.masked} <= declared, key
        assert register.masked >= {*card.masked}, key


def test_what_a_form_masks_stays_masked_when_it_is_kept() -> None:
    assert KEPT["unsettled_reports"].masked == {"id_no", "handbook_no"}
    assert KEPT["insured_penalties"].masked == {"insured_id"}


def test_whoever_reported_is_kept_in_no_register() -> None:
    complaint = catalog().definition("complaint")
    assert "reporter_identity" in complaint.form
    for key in complaint.registers:
        assert "reporter_identity" not in KEPT[key].columns
        assert not {"reporter", "reporter_identity"} & {*KEPT[key].types}


def test_what_confidential_processes_write_is_confidential() -> None:
    assert KEPT["staff_sanctions"].confidential
    assert not KEPT["staff_sanctions"].may_be_read_by({"clinician"})
    assert not KEPT["approved_materials"].confidential
    assert KEPT["approved_materials"].may_be_read_by({"clinician"})


def test_the_texts_of_a_column_are_known_by_what_fills_it() -> None:
    sanctions = KEPT["staff_sanctions"].columns
    assert str(sanctions["person"].type) == "person"
    assert [option.value for option in KEPT["price_list"].columns["pay_class"].options] == [
        "医保",
        "自费",
    ]


def test_a_key_is_that_of_the_effects_that_write_by_it() -> None:
    for definition in catalog().in_force():
        for effect in effects_of(definition):
            if isinstance(effect, WriteRow) and effect.key:
                card = CARDS[effect.register]
                assert not card.by or card.by == effect.key, (definition.key, effect.register)
