"""Policy parameters: what a hospital decides where the rule sets disagree or name no figure.

A value is kept in one shape, whoever gives it: money in whole fen, percent in hundredths, lists as
tuples. `read` turns what somebody wrote into that shape, `accepts` judges it, `shown` says it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType
from unicodedata import normalize

from workflow.nouns import ParameterValue
from workflow.refusals import Sentence

#: What stands for the base profile where a change of the policy names what it changes.
BASE_PROFILE = "profile"
#: What a change says to leave a parameter to the base profile again.
LEFT_TO_PROFILE = Sentence("按规则档案", "left to the profile")

_LONGEST_TEXT = 100
_MOST_FEN = 10**15
#: What stands between several words in one text, and a word with its figure behind it.
_BETWEEN = re.compile(r"[,，、;；\n]")
_FIGURE_BEHIND = re.compile(r"(\S+?)[ :：=]*([0-9]{1,18})")
_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class ParameterKind(StrEnum):
    """What a parameter holds. In brackets: the stored shape, where it differs from the written."""

    ON_OFF = "on_off"
    CHOICE = "choice"
    WHOLE_NUMBER = "whole_number"
    MONEY = "money"  # whole fen; written in yuan
    PERCENT = "percent"  # whole hundredths of a percent; written as 12.50
    TEXT = "text"
    TEXTS = "texts"  # a tuple
    TIMES = "times"  # a tuple of clock times, or of the options
    WHOLE_NUMBERS = "whole_numbers"  # a whole number for each of some options


class Measure(StrEnum):
    """What a whole number counts."""

    DAYS = "days"
    WORKDAYS = "workdays"
    HOURS = "hours"
    MINUTES = "minutes"
    MONTHS = "months"
    YEARS = "years"
    TIMES = "times"
    DRUGS = "drugs"
    CHECKS = "checks"
    INSTITUTIONS = "institutions"
    POINTS = "points"
    DAY_OF_MONTH = "day_of_month"


#: A number with its measure, as people read it.
MEASURED: Mapping[Measure, Sentence] = MappingProxyType(
    {
        Measure.DAYS: Sentence("{n}天", "{n} days"),
        Measure.WORKDAYS: Sentence("{n}个工作日", "{n} working days"),
        Measure.HOURS: Sentence("{n}小时", "{n} hours"),
        Measure.MINUTES: Sentence("{n}分钟", "{n} minutes"),
        Measure.MONTHS: Sentence("{n}个月", "{n} months"),
        Measure.YEARS: Sentence("{n}年", "{n} years"),
        Measure.TIMES: Sentence("{n}次", "{n} times"),
        Measure.DRUGS: Sentence("{n}种", "{n} drugs"),
        Measure.CHECKS: Sentence("连续{n}次", "{n} checks in a row"),
        Measure.INSTITUTIONS: Sentence("{n}家", "{n} institutions"),
        Measure.POINTS: Sentence("{n}分", "{n} points"),
        Measure.DAY_OF_MONTH: Sentence("每月{n}日", "day {n} of the month"),
    }
)
#: What may stand about an amount or a share.
_WRITTEN: Mapping[ParameterKind, tuple[str, ...]] = MappingProxyType(
    {
        ParameterKind.MONEY: ("{n}元", "¥{n}", "CNY {n}"),
        ParameterKind.PERCENT: ("{n}%",),
    }
)
_NO_FIGURE = Sentence("未设定", "not set")
_ON = Sentence("开", "on")
_OFF = Sentence("关", "off")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One policy parameter.

    `values` holds what each base profile says; one that is silent gets `default`. A default of None
    is "no figure": nothing is timed or limited, and with `must_be_entered` the hospital has to set
    it, because the sources name the duty but no figure. `design_choice`: no source states this
    default (the † of the register). `minimum` and `maximum` bound whole numbers. `options` are the
    words that may stand (choice, texts, times) or the keys of whole_numbers, with their labels.
    """

    key: str
    kind: ParameterKind
    label: Sentence
    help: Sentence
    unit: Measure | None = None
    options: Mapping[str, Sentence] = field(default_factory=dict)
    minimum: int = 0
    maximum: int | None = None
    values: Mapping[str, ParameterValue] = field(default_factory=dict)
    default: ParameterValue = None
    must_be_entered: bool = False
    design_choice: bool = False
    group: str | None = None
    clauses: tuple[str, ...] = ()

    @property
    def may_be_empty(self) -> bool:
        """Whether "no figure" is an answer: where a default stands, something must stand."""
        return self.default is None

    def value_in(self, profile: str | None) -> ParameterValue:
        """What holds under a base profile before anything is overridden."""
        return self.default if profile is None else self.values.get(profile, self.default)

    def accepts(self, value: object) -> Sentence | None:
        """None when `value` has the stored shape and lies within bounds; else what is expected."""
        if value is None:
            return None if self.may_be_empty else self._expected()
        return None if _JUDGES[self.kind](self, value) else self._expected()

    def read(self, written: object) -> ParameterValue | Sentence:
        """The stored shape of what somebody wrote, or the sentence that says what is expected.

        Takes what YAML, JSON or a form field gives: bool, int, str, Decimal, sequences, mappings.
        Yuan become fen, `on` becomes true, lists become tuples, an empty text becomes None.
        """
        value = None if written is None or written == "" else _CONVERTERS[self.kind](written)
        because = self.accepts(value)
        # `accepts` has just judged the shape, which no type checker can follow.
        return value if because is None else because  # type: ignore[return-value]

    def from_text(self, text: str) -> ParameterValue | Sentence:
        """The stored shape of a value that somebody wrote into a text field, or what is expected.

        Several words or figures stand apart by commas or lines, a figure behind its word; words
        may be the options or their Chinese labels, and the word for "not set" means None.
        """
        said = text.strip()
        if said == _NO_FIGURE.zh:
            return self.read(None)
        words = {label.zh: word for word, label in self.options.items()}
        if self.kind is ParameterKind.ON_OFF:
            return self.read({_ON.zh: "on", _OFF.zh: "off"}.get(said, said))
        if self.kind is ParameterKind.CHOICE:
            return self.read(words.get(said, said))
        parts = [part.strip() for part in _BETWEEN.split(said) if part.strip()]
        if self.kind is ParameterKind.WHOLE_NUMBERS:
            pairs = [_FIGURE_BEHIND.fullmatch(self._bare(part)) for part in parts]
            numbers = {words.get(one[1], one[1]): one[2] for one in pairs if one is not None}
            return self.read(numbers if len(numbers) == len(parts) else said)
        if self.kind in (ParameterKind.TEXTS, ParameterKind.TIMES):
            return self.read([words.get(part, part) for part in parts])
        return self.read(said if self.kind is ParameterKind.TEXT else self._bare(said))

    def _bare(self, said: str) -> str:
        """A figure without the measure that people write beside it: 60 for `60分`, `60 points`,
        and in whichever width; what bears another measure stays as it is, and is refused.
        """
        plain = normalize("NFKC", said).strip()
        if self.kind in (ParameterKind.MONEY, ParameterKind.PERCENT):
            plain = plain.replace("。", ".")  # as a Chinese input method writes a point
        if self.kind is ParameterKind.MONEY:
            plain = plain.replace(",", "")
        patterns = _WRITTEN.get(self.kind, ())
        if self.unit is not None:
            patterns = (MEASURED[self.unit].zh, MEASURED[self.unit].en)
        for pattern in patterns:
            before, after = (part.strip() for part in pattern.split("{n}"))
            bare = plain.removesuffix(after).strip()
            # Of several figures each has its word in front, and no measure stands there.
            if self.kind is not ParameterKind.WHOLE_NUMBERS:
                bare = bare.removeprefix(before).strip()
            if bare != plain and bare[-1:].isdecimal():
                return bare
        return plain

    def as_text(self, value: ParameterValue) -> str:
        """A stored value as `from_text` takes it, in Chinese words."""
        if value is None:
            return _NO_FIGURE.zh
        if isinstance(value, bool):
            return _ON.zh if value else _OFF.zh
        if isinstance(value, Mapping):
            labels = {word: label.zh for word, label in self.options.items()}
            return "，".join(f"{labels.get(word, word)} {n}" for word, n in value.items())
        if isinstance(value, int):
            is_plain = self.kind is ParameterKind.WHOLE_NUMBER
            return str(value) if is_plain else f"{value // 100}.{value % 100:02d}"
        return _labels(self, value).zh

    def shown(self, value: ParameterValue) -> Sentence:
        """A stored value as people read it: `3天`, `100.00元`, `限次准假`."""
        return _NO_FIGURE if value is None else _SHOWN[self.kind](self, value)

    def _expected(self) -> Sentence:
        expected = _EXPECTED[self.kind](self)
        return Sentence(
            f"“{self.label.zh}”应写{expected.zh}。", f"“{self.label.en}” takes {expected.en}."
        )


# ---- from what is written to what is kept -------------------------------------------------------


def _as_it_is(written: object) -> object:
    return written


def _truth(written: object) -> object:
    # YAML 1.2 reads `on` as a word, but people write it for a switch, and so does the register.
    words = {"on": True, "off": False, "true": True, "false": False}
    return words.get(str(written).lower(), written)


def _number(written: object) -> object:
    if isinstance(written, str) and re.fullmatch(r"-?[0-9]{1,18}", written):
        return int(written)
    return written


def _hundredths(written: object) -> object:
    if isinstance(written, bool) or not isinstance(written, int | str | Decimal):
        return written
    try:
        hundredths = Decimal(written) * 100
    except InvalidOperation:
        return written
    is_whole = hundredths.is_finite() and hundredths == hundredths.to_integral_value()
    return int(hundredths) if is_whole else written


def _words(written: object) -> object:
    if isinstance(written, str):
        return (written,)
    return tuple(written) if isinstance(written, Sequence) else written


def _numbers(written: object) -> object:
    if not isinstance(written, Mapping):
        return written
    return {key: _number(number) for key, number in written.items()}


_CONVERTERS: Mapping[ParameterKind, Callable[[object], object]] = MappingProxyType(
    {
        ParameterKind.ON_OFF: _truth,
        ParameterKind.CHOICE: _as_it_is,
        ParameterKind.WHOLE_NUMBER: _number,
        ParameterKind.MONEY: _hundredths,
        ParameterKind.PERCENT: _hundredths,
        ParameterKind.TEXT: _as_it_is,
        ParameterKind.TEXTS: _words,
        ParameterKind.TIMES: _words,
        ParameterKind.WHOLE_NUMBERS: _numbers,
    }
)


# ---- what may be kept ---------------------------------------------------------------------------


def _up_to(most: int) -> Callable[[Parameter, object], bool]:
    def is_amount(_parameter: Parameter, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most

    return is_amount


def _within(parameter: Parameter, value: object) -> bool:
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and parameter.minimum <= value
        and (parameter.maximum is None or value <= parameter.maximum)
    )


def _distinct(value: object) -> tuple[object, ...]:
    """The items of a tuple that holds something and nothing twice; none for anything else."""
    if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
        return ()
    return value if len(set(value)) == len(value) else ()


def _are_options(parameter: Parameter, value: object) -> bool:
    items = _distinct(value)
    return bool(items) and all(item in parameter.options for item in items)


def _are_times(parameter: Parameter, value: object) -> bool:
    items = _distinct(value)
    return bool(items) and all(
        item in parameter.options or _CLOCK_TIME.fullmatch(str(item)) for item in items
    )


def _are_numbers(parameter: Parameter, value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and bool(value)
        and all(
            key in parameter.options and _within(parameter, number) for key, number in value.items()
        )
    )


def _is_text(_parameter: Parameter, value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST_TEXT


_JUDGES: Mapping[ParameterKind, Callable[[Parameter, object], bool]] = MappingProxyType(
    {
        ParameterKind.ON_OFF: lambda _, value: isinstance(value, bool),
        ParameterKind.CHOICE: lambda one, value: isinstance(value, str) and value in one.options,
        ParameterKind.WHOLE_NUMBER: _within,
        ParameterKind.MONEY: _up_to(_MOST_FEN),
        ParameterKind.PERCENT: _up_to(100_00),
        ParameterKind.TEXT: _is_text,
        ParameterKind.TEXTS: _are_options,
        ParameterKind.TIMES: _are_times,
        ParameterKind.WHOLE_NUMBERS: _are_numbers,
    }
)


# ---- as people read it --------------------------------------------------------------------------


def _measured(parameter: Parameter, number: object) -> Sentence:
    pattern = Sentence("{n}", "{n}") if parameter.unit is None else MEASURED[parameter.unit]
    return pattern.filled(n=number)


def _two_decimals(value: object) -> str:
    return f"{Decimal(str(value)).scaleb(-2):,.2f}"


def _labels(parameter: Parameter, words: object) -> Sentence:
    items = words if isinstance(words, tuple) else (words,)
    labels = [parameter.options.get(word, Sentence(word, word)) for word in items]
    return Sentence("、".join(one.zh for one in labels), ", ".join(one.en for one in labels))


def _each_measured(parameter: Parameter, value: object) -> Sentence:
    entries = value if isinstance(value, Mapping) else {}
    parts = [
        (parameter.options.get(key, Sentence(key, key)), _measured(parameter, number))
        for key, number in entries.items()
    ]
    return Sentence(
        "，".join(f"{label.zh}{number.zh}" for label, number in parts),
        ", ".join(f"{label.en} {number.en}" for label, number in parts),
    )


def _money(_parameter: Parameter, value: object) -> Sentence:
    yuan = _two_decimals(value)
    return Sentence(f"{yuan}元", f"CNY {yuan}")


def _percent(_parameter: Parameter, value: object) -> Sentence:
    share = _two_decimals(value).rstrip("0").rstrip(".")
    return Sentence(f"{share}%", f"{share}%")


_SHOWN: Mapping[ParameterKind, Callable[[Parameter, object], Sentence]] = MappingProxyType(
    {
        ParameterKind.ON_OFF: lambda _, value: _ON if value else _OFF,
        ParameterKind.CHOICE: _labels,
        ParameterKind.WHOLE_NUMBER: _measured,
        ParameterKind.MONEY: _money,
        ParameterKind.PERCENT: _percent,
        ParameterKind.TEXT: lambda _, value: Sentence(str(value), str(value)),
        ParameterKind.TEXTS: _labels,
        ParameterKind.TIMES: _labels,
        ParameterKind.WHOLE_NUMBERS: _each_measured,
    }
)


# ---- what is expected ---------------------------------------------------------------------------


def _bounds(parameter: Parameter) -> Sentence:
    if parameter.maximum is None:
        return Sentence(
            f"不小于 {parameter.minimum} 的整数", f"whole number from {parameter.minimum}"
        )
    low, high = parameter.minimum, parameter.maximum
    return Sentence(f"从 {low} 到 {high} 的整数", f"whole number from {low} to {high}")


def _options(parameter: Parameter) -> Sentence:
    zh = "、".join(f"{word}（{label.zh}）" for word, label in parameter.options.items())
    return Sentence(zh, ", ".join(parameter.options))


def _expected_number(parameter: Parameter) -> Sentence:
    bounds, measured = _bounds(parameter), _measured(parameter, "n")
    return Sentence(f"{bounds.zh}（{measured.zh}）", f"a {bounds.en} ({measured.en})")


def _expected_numbers(parameter: Parameter) -> Sentence:
    options, bounds = _options(parameter), _bounds(parameter)
    return Sentence(
        f"一组“键: 数”，键为{options.zh}，数为{bounds.zh}",
        f"keys with numbers: keys of {options.en}, each a {bounds.en}",
    )


def _expected_option(parameter: Parameter) -> Sentence:
    options = _options(parameter)
    return Sentence(f"以下之一：{options.zh}", f"one of {options.en}")


def _expected_options(parameter: Parameter) -> Sentence:
    options = _options(parameter)
    return Sentence(
        f"不重复的列表，可选：{options.zh}", f"a list without repetition of {options.en}"
    )


def _expected_times(parameter: Parameter) -> Sentence:
    options = _options(parameter)
    return Sentence(
        f"不重复的钟点列表（如 08:30），或{options.zh}",
        f"a list of clock times (as 08:30), or of {options.en}",
    )


_EXPECTED: Mapping[ParameterKind, Callable[[Parameter], Sentence]] = MappingProxyType(
    {
        ParameterKind.ON_OFF: lambda _: Sentence("true（开）或 false（关）", "true or false"),
        ParameterKind.CHOICE: _expected_option,
        ParameterKind.WHOLE_NUMBER: _expected_number,
        ParameterKind.MONEY: lambda _: Sentence(
            "金额（元），不得为负，最多两位小数，如 100.00",
            "an amount in yuan, not negative, at most two decimals, as 100.00",
        ),
        ParameterKind.PERCENT: lambda _: Sentence(
            "0 至 100 的百分数，最多两位小数，如 12.50",
            "a percentage from 0 to 100, at most two decimals, as 12.50",
        ),
        ParameterKind.TEXT: lambda _: Sentence(
            f"一段文字，至多 {_LONGEST_TEXT} 字", f"a text of at most {_LONGEST_TEXT} characters"
        ),
        ParameterKind.TEXTS: _expected_options,
        ParameterKind.TIMES: _expected_times,
        ParameterKind.WHOLE_NUMBERS: _expected_numbers,
    }
)
