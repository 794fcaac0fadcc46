"""A place in a file while it is being read, and the notebook in which every problem is collected.

Nothing here knows the definition language; it knows nodes, names and how to say what is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from itertools import islice

from workflow.design.expression import Place
from workflow.design.problems import Problem
from workflow.design.reading import MOST_PROBLEMS, Node
from workflow.refusals import Sentence

#: Among how many names a misspelt one is searched.
_MOST_NAMES = 500
_LONGEST_QUOTE = 40


class Name(StrEnum):
    """The kinds of thing that one part of a definition calls by name from another."""

    FIELD = "field"
    STATE = "state"
    ACTION = "action"
    FACT = "fact"
    REGISTER = "register"
    ROLE = "role"
    CLAUSE = "clause"
    PARAMETER = "parameter"
    CALCULATION = "calculation"
    PERSON = "person"
    CASE = "case"


NOUNS: Mapping[Name, Sentence] = {
    Name.FIELD: Sentence("表单项", "form field"),
    Name.STATE: Sentence("状态", "state"),
    Name.ACTION: Sentence("动作", "action"),
    Name.FACT: Sentence("查询事实", "fact"),
    Name.REGISTER: Sentence("登记簿", "register"),
    Name.ROLE: Sentence("角色", "role"),
    Name.CLAUSE: Sentence("条款", "clause"),
    Name.PARAMETER: Sentence("政策参数", "policy parameter"),
    Name.CALCULATION: Sentence("计算", "calculation"),
    Name.PERSON: Sentence("人员", "person"),
    Name.CASE: Sentence("案件", "case"),
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A node and where it stands: its dotted path (items count from 1) and its key's place."""

    node: Node
    path: str = ""
    key_line: int = 1
    key_column: int = 1
    key: str = ""  # of a mapping, or the number of an item; a key may itself hold dots

    @property
    def place(self) -> Place:
        """Where the value itself begins."""
        return Place(self.node.line, self.node.column, self.path)

    @property
    def key_place(self) -> Place:
        """Where its key stands; for an item of a list, where the item begins."""
        return Place(self.key_line, self.key_column, self.path)

    @property
    def is_mapping(self) -> bool:
        """Whether keys with values stand here."""
        return isinstance(self.node.value, Mapping)

    @property
    def is_list(self) -> bool:
        """Whether a list stands here."""
        return isinstance(self.node.value, tuple)

    def children(self) -> dict[str, Spot]:
        """What stands under each key of a mapping; empty for anything else."""
        value = self.node.value
        if not isinstance(value, Mapping):
            return {}
        return {key: self._child(key, node) for key, node in value.items()}

    def child(self, *path: str) -> Spot | None:
        """What stands under a key, and under a key of that; None when something is missing."""
        spot: Spot | None = self
        for key in path:
            spot = spot.children().get(key) if spot is not None else None
        return spot

    def items(self) -> list[Spot]:
        """The items of a list; empty for anything else."""
        value = self.node.value
        if not isinstance(value, tuple):
            return []
        return [
            Spot(node, f"{self.path}.{number}", node.line, node.column, str(number))
            for number, node in enumerate(value, start=1)
        ]

    def _child(self, key: str, node: Node) -> Spot:
        line, column = self.node.key_places[key]
        return Spot(node, f"{self.path}.{key}" if self.path else key, line, column, key)


@dataclass(slots=True)
class Reading:
    """One file on its way to a definition: the names it gives and every problem found so far."""

    file: str
    lines: Sequence[str]
    names: Mapping[Name, Collection[str]]
    #: The columns of each register.
    columns: Mapping[str, Collection[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def complain(self, place: Place, zh: str, en: str) -> None:
        """Note a problem. Beyond `MOST_PROBLEMS` nothing more is kept."""
        if len(self.problems) < MOST_PROBLEMS:
            because = Sentence(zh, en)
            self.problems.append(Problem(self.file, place.line, place.column, place.path, because))

    def unknown(self, place: Place, noun: Sentence, word: str, known: Collection[str]) -> None:
        """Note that `word` names nothing, with what may have been meant or what there is."""
        if len(self.problems) >= MOST_PROBLEMS:
            return
        hint = did_you_mean(word, known)
        self.complain(
            place,
            f"{noun.zh}“{shorten(word)}”不存在。{hint.zh}",
            f"There is no {noun.en} “{shorten(word)}”. {hint.en}",
        )


def did_you_mean(word: str, known: Collection[str]) -> Sentence:
    """What to do about a name that does not exist: the nearest that does, or those there are."""
    # Of two Chinese characters, one wrong is half of the word.
    alike = 0.6 if word.isascii() else 0.5
    some_known = list(islice(known, _MOST_NAMES))
    near = get_close_matches(word[:_LONGEST_QUOTE], some_known, 1, alike)
    if near:
        return Sentence(f"是不是想写“{near[0]}”？", f"Did you mean “{near[0]}”?")
    if not known:
        return Sentence("这里还一个都没有定义，请先定义。", "None is declared; declare it first.")
    zh, en = some(known)
    return Sentence(f"可以写：{zh}。", f"There are: {en}.")


def some(words: Iterable[str], most: int = 12) -> tuple[str, str]:
    """The first few words as a Chinese and as an English enumeration."""
    found = list(islice(words, most + 1))
    zh, en = "、".join(found[:most]), ", ".join(found[:most])
    return (f"{zh}……", f"{en}, …") if len(found) > most else (zh, en)


def shorten(text: str) -> str:
    """A quotation that fits into a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"


def found(spot: Spot) -> Sentence:
    """What stands at a place, said in words."""
    value = spot.node.value
    match value:
        case None:
            return Sentence("什么也没写", "nothing")
        case bool():
            word = str(value).lower()
            return Sentence(f"是非值 {word}", f"the yes-or-no value {word}")
        case str():
            return Sentence(f"文字“{shorten(value)}”", f"the text “{shorten(value)}”")
        case Mapping():
            return Sentence("一组“键: 值”", "a group of keys")
        case tuple():
            return Sentence("一个列表", "a list")
        case _:
            return Sentence(f"数字 {value}", f"the number {value}")
