"""A value that is quick to make is, once it is made, as frozen as any other."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, dataclass, field
from enum import StrEnum

import pytest

from workflow.making import Remembering, once, quick, quick_members, replace


@quick
@dataclass(frozen=True, slots=True)
class Slip:
    """With slots."""

    number: int
    words: str = "同意"
    lines: list[int] = field(default_factory=list)


@quick
@dataclass(frozen=True)
class Folder:
    """Without."""

    slip: Slip
    label: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Binder(Remembering):
    """With slots, and a place for what is worked out."""

    slip: Slip
    label: str = ""

    @once
    def weight(self) -> list[str]:
        """What is worked out."""
        return [self.label]


@pytest.mark.parametrize(
    ("value", "name"),
    [(Slip(1), "number"), (Folder(Slip(1)), "label"), (Binder(Slip(1)), "label")],
)
def test_nobody_changes_it(value: object, name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, 2)
    with pytest.raises(FrozenInstanceError):
        delattr(value, name)


def test_it_is_of_its_class_and_equals_what_says_the_same() -> None:
    assert type(Slip(1)) is Slip
    assert Slip(1) == Slip(number=1, words="同意")
    assert Slip(1) != Slip(2)
    assert repr(Slip(1)) == "Slip(number=1, words='同意', lines=[])"
    assert hash(dataclasses.replace(Folder(Slip(1)), slip=None)) == hash(Folder(None))  # type: ignore[arg-type]


def test_what_is_not_given_is_made_anew_for_each() -> None:
    assert Slip(1).lines == []
    assert Slip(1).lines is not Slip(1).lines


def test_a_field_that_is_missing_or_unknown_is_refused() -> None:
    with pytest.raises(TypeError, match="number"):
        Slip()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="colour"):
        Slip(1, colour="red")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "value", [Slip(1, "不同意", [3]), Folder(Slip(1), "急"), Binder(Slip(1), "急")]
)
def test_it_is_copied_and_kept_like_any_other(value: object) -> None:
    for like in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):  # noqa: S301
        assert like == value
        assert type(like) is type(value)


def test_a_copy_with_changes_is_what_the_library_makes() -> None:
    slip = Slip(1, "不同意", [3])
    for changes in ({}, {"number": 2}, {"words": "", "lines": []}):
        assert replace(slip, **changes) == dataclasses.replace(slip, **changes)
    assert slip == Slip(1, "不同意", [3])
    with pytest.raises(TypeError, match="colour"):
        replace(slip, colour="red")  # type: ignore[call-arg]


@dataclass(frozen=True)
class Stamp:
    """With something to do when it is made."""

    ink: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "ink", self.ink.lower())


def test_a_copy_of_a_busy_value_is_made_like_the_first() -> None:
    assert replace(Stamp("RED"), ink="BLUE") == Stamp("blue")


def test_a_copy_has_forgotten_what_was_worked_out() -> None:
    folder = Folder(Slip(1), "急")
    folder.__dict__["weight"] = 3
    assert "weight" not in replace(folder, label="").__dict__


def test_slots_leave_a_place_for_what_is_worked_out() -> None:
    binder = Binder(Slip(1), "急")
    assert not binder.__dict__
    assert binder.weight is binder.weight
    assert replace(binder, label="").weight == [""]
    assert binder == Binder(Slip(1), "急")


class Well:
    def __init__(self) -> None:
        self.drawn = 0

    @once
    def bucket(self) -> int:
        """What is in it."""
        self.drawn += 1
        return self.drawn


def test_what_was_worked_out_once_stays_with_its_value() -> None:
    well = Well()
    assert [well.bucket, well.bucket, Well().bucket] == [1, 1, 1]
    assert well.drawn == 1


@quick_members
class Colour(StrEnum):
    RED = "red"
    CRIMSON = "red"
    BLUE = "blue"


def test_the_members_of_an_enumeration_are_what_they_were() -> None:
    assert [*Colour] == [Colour.RED, Colour.BLUE]
    assert Colour("red") is Colour.RED is Colour["CRIMSON"]
    assert (Colour.BLUE.name, Colour.BLUE.value, str(Colour.BLUE)) == ("BLUE", "blue", "blue")
    assert pickle.loads(pickle.dumps(Colour.RED)) is Colour.RED  # noqa: S301
    with pytest.raises(AttributeError):
        setattr(Colour, "RED", "green")  # noqa: B010


def test_a_class_that_does_something_when_it_is_made_cannot_be_quick() -> None:
    class Base:
        pass

    with pytest.raises(TypeError, match="Heir"):

        @quick
        @dataclass(frozen=True)
        class Heir(Base):
            number: int

    with pytest.raises(TypeError, match="Busy"):

        @quick
        @dataclass(frozen=True)
        class Busy:
            number: int

            def __post_init__(self) -> None:
                raise AssertionError
