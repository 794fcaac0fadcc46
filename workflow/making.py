"""Values and choices of which a decision uses dozens, in a fraction of the time.

A frozen dataclass sets each field through a call that passes its own refusal by, and the library's
`replace` looks at every field of the class anew: together a fifth of a decision. Here both are
written out once for each class, and compiled, as the library does with what it writes.
"""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, Field, fields
from enum import Enum
from functools import wraps
from typing import TYPE_CHECKING, Any, Generic, TypeVar

__all__ = ["Remembering", "kept_for_good", "once", "quick", "quick_members", "replace"]

T = TypeVar("T")
Owner = TypeVar("Owner")
Worth = TypeVar("Worth")
Choices = TypeVar("Choices", bound=type[Enum])


@contextmanager
def kept_for_good() -> Iterator[None]:
    """While something is read that will stay, nothing is looked through for what nobody needs any
    more: of a start that reads fifty definitions this was a tenth.
    """
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()


def quick_members(cls: Choices) -> Choices:
    """Let the members of an enumeration be named quickly.

    Until Python 3.12 each mention of a member runs a property that is written in Python; with this
    the members stand in the class as themselves, as they do since.
    """
    for name, member in cls.__members__.items():
        type.__setattr__(cls, name, member)
    return cls


class once(Generic[Owner, Worth]):  # noqa: N801 - written like a property
    """A property that is worked out when it is first asked for, and then stays with its value.

    As the library's `cached_property`, which until Python 3.12 takes a lock for every value. Two
    threads that ask at once both work it out, and get the same.
    """

    def __init__(self, work: Callable[[Owner], Worth]) -> None:
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    def __get__(self, it: Owner, _owner: type) -> Worth:
        worth = it.__dict__[self._name] = self._work(it)
        return worth


class Remembering:
    """A base for values with slots that have something to work out `once`: a place for it beside
    the fields, which are read and set three times as fast in slots of their own.
    """

    __slots__ = ("__dict__",)


def quick(cls: type[T]) -> type[T]:
    """Make a frozen dataclass quick to make; in every other way it stays what it is.

    A new value is of a twin class that is not frozen until its fields are set. TypeError for a
    class that has another base than `Remembering` or something to do after that.
    """
    if not _is_plain(cls):
        raise TypeError(f"{cls.__name__} cannot be made in this way")
    given = fields(cls)  # type: ignore[arg-type]
    make = _compiled(
        f"make({', '.join(['new', *map(_parameter, given)])})",
        [
            "turn_into(new, twin)",
            *(f"new.{one.name} = {_what_is_set(one)}" for one in given),
            "new.__class__ = cls",
        ],
        cls,
    )
    cls.__init__ = wraps(cls.__init__)(make)  # type: ignore[method-assign]
    return cls


def _is_plain(cls: type) -> bool:
    return cls.__bases__ in ((object,), (Remembering,)) and not hasattr(cls, "__post_init__")


def _parameter(one: Field[Any]) -> str:
    if one.default is MISSING and one.default_factory is MISSING:
        return one.name
    return f"{one.name}=default_{one.name}"


def _what_is_set(one: Field[Any]) -> str:
    """What was given, or what is made anew for each value."""
    if one.default_factory is MISSING:
        return one.name
    return f"fresh_{one.name}() if {one.name} is MISSING else {one.name}"


def _compiled(head: str, lines: Iterable[str], cls: type) -> Callable[..., Any]:
    """A function about a class, from text that holds nothing but names."""
    given = fields(cls)
    known: dict[str, Any] = {
        "MISSING": MISSING,
        "cls": cls,
        "twin": _twin(cls),
        # As `new.__class__ = twin` where the class refuses that.
        "turn_into": object.__dict__["__class__"].__set__,
        "empty": object.__new__,
        **{f"default_{one.name}": one.default for one in given},
        **{f"fresh_{one.name}": one.default_factory for one in given},
        "names": frozenset(one.name for one in given),
    }
    exec("\n ".join((f"def {head}:", *lines)), known)  # noqa: S102
    written: Callable[..., Any] = known[head.partition("(")[0]]
    return written


def _twin(cls: type) -> type:
    """A class of the same shape that lets its fields be set.

    One that adds nothing to the class is seen at once to be of its shape; of another, all slots
    would be compared whenever a value changes from one to the other.
    """
    settable = {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    return type(cls.__name__, (cls,), {"__slots__": (), **settable})


if TYPE_CHECKING:
    from dataclasses import replace
else:
    #: By class: what copies one of its values, with changes.
    _COPIES: dict[type, Callable[[object, dict[str, object]], object]] = {}

    def replace(it: object, /, **changes: object) -> object:
        """A copy with some fields changed. TypeError for a field that there is not."""
        cls = it.__class__
        return (_COPIES.get(cls) or _copy_of(cls))(it, changes)

    def _copy_of(cls: type) -> Callable[[object, dict[str, object]], object]:
        given = fields(cls)
        if not _is_plain(cls) or any(not one.init for one in given):
            return _COPIES.setdefault(cls, lambda it, new: dataclasses.replace(it, **new))
        copy = _compiled(
            "copy(it, changes)",
            [
                "if not changes.keys() <= names:",
                "    raise TypeError(f'{cls.__name__} has no field {changes.keys() - names}')",
                "new = empty(twin)",
                *(f"new.{one.name} = it.{one.name}" for one in given),
                "for name, value in changes.items():",
                "    setattr(new, name, value)",
                "new.__class__ = cls",
                "return new",
            ],
            cls,
        )
        return _COPIES.setdefault(cls, copy)
