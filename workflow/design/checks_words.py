"""Whether the words in expressions are words that can ever stand there.

`form.route == "急珍"` is a well-formed condition that never holds; no compiler would notice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from workflow.design.effects import SetField
from workflow.design.expression import Expression
from workflow.design.form import Field, FieldType
from workflow.design.parameters import ParameterKind
from workflow.design.plan import Check, Finding, Plan, effects_of, expressions_of
from workflow.design.scalars import letter, lines_of
from workflow.design.spots import did_you_mean
from workflow.refusals import Sentence

_NAME = r"(?<![\w.])(?P<name>(?:form|param|case)\.[A-Za-z0-9_.]+)"
_TEXT = r"(?:\"[^\"\\]*\"|'[^'\\]*')"
#: `name == "word"`, `"word" == name`, `name in ["word", …]`, `"word" in name`.
_COMPARISONS = (
    re.compile(rf"{_NAME}\s*(?:==|!=)\s*(?P<words>{_TEXT})"),
    re.compile(rf"(?P<words>{_TEXT})\s*(?:==|!=|in\b)\s*{_NAME}"),
    re.compile(rf"{_NAME}\s+in\s*\[(?P<words>[^\[\]]*)\]"),
)
_WORD = re.compile(_TEXT)
_CHOSEN = (ParameterKind.CHOICE, ParameterKind.TEXTS, ParameterKind.TIMES)


def compared_words_exist(plan: Plan) -> Iterator[Finding]:
    """What a choice is compared with is one of its options; what a state, a state."""
    lines = lines_of(plan.definition.source)
    for expression in expressions_of(plan.definition):
        for name, word, offset in _compared(expression.text):
            known = _words_of(plan, name)
            if known is not None and word not in known:
                place = letter(lines, expression.place, expression.text, offset)
                yield place, _no_such_word(name, word, known)


def _compared(text: str) -> Iterator[tuple[str, str, int]]:
    """Each (name, word, offset of the word) that is compared in an expression."""
    for pattern in _COMPARISONS:
        for match in pattern.finditer(text):
            for word in _WORD.finditer(text, match.start("words"), match.end("words")):
                yield match["name"], word[0][1:-1], word.start()


def _words_of(plan: Plan, name: str) -> Collection[str] | None:
    """The only words that a name can stand for; None when it may be any."""
    kind, _, key = name.partition(".")
    if name == "case.state":
        return plan.definition.states
    if kind == "form":
        return _options(plan.definition.form.get(key))
    parameter = plan.register.parameters.get(key) if kind == "param" else None
    if parameter is not None and parameter.kind in _CHOSEN and parameter.options:
        return parameter.options
    return None


def _options(field: Field | None) -> Collection[str] | None:
    if field is None or field.type is not FieldType.ENUM or field.open_options:
        return None
    return {option.value: None for option in field.options}


def _no_such_word(name: str, word: str, known: Collection[str]) -> Sentence:
    hint = did_you_mean(word, known)
    return Sentence(f"{name} 不可能是“{word}”。{hint.zh}", f"{name} is never “{word}”. {hint.en}")


def set_words_are_options(plan: Plan) -> Iterator[Finding]:
    """A word that an effect sets is one that the list offers."""
    for effect in effects_of(plan.definition):
        if isinstance(effect, SetField) and effect.value is not None:
            known = _options(plan.definition.form.get(effect.field))
            word = _literal(effect.value)
            if known is not None and word is not None and word not in known:
                yield effect.value.place, _no_such_word(f"form.{effect.field}", word, known)


def _literal(expression: Expression) -> str | None:
    text = expression.text.strip()
    return text[1:-1] if _WORD.fullmatch(text) else None


WORD_CHECKS: tuple[Check, ...] = (compared_words_exist, set_words_are_options)
