"""What every part of a definition is made of: sentences, clauses, references, expressions."""

from __future__ import annotations

from workflow.design.shapes import Flag, FlagOrFormula, Formula, Listing, Reference, Text
from workflow.design.spots import Name
from workflow.design.tables import Key, Section, Table, Values
from workflow.refusals import Sentence

#: Stands in for a sentence that was refused; such a definition is never handed out.
UNREAD = Sentence("", "")

TEXT = Text()
FLAG = Flag()
FORMULA = Formula()
FLAG_OR_FORMULA = FlagOrFormula()
FIELD = Reference(Name.FIELD)
FIELDS = Listing(FIELD)
STATES = Listing(Reference(Name.STATE))
CLAUSES = Listing(Reference(Name.CLAUSE))


class SentenceKeys(Table):
    """One sentence in both languages of the house."""

    noun = Sentence("中英文两种说法", "A sentence in both languages")

    zh = Key(TEXT, "中文", "in Chinese", required=True)
    en = Key(TEXT, "英文", "in English", required=True)


def _sentence(values: Values) -> Sentence:
    return Sentence(values.get(SentenceKeys.zh, ""), values.get(SentenceKeys.en, ""))


SENTENCE = Section(SentenceKeys, _sentence)


class RuledTable(Table):
    """Keys of whatever rests on a clause, or is the hospital's own choice."""

    clauses = Key(
        CLAUSES,
        "所依据的条款编号（definitions/clauses 中的编号）",
        "the clauses that it rests on, by their ids in definitions/clauses",
    )
    design_choice = Key(
        FLAG,
        "制度原文没有规定、由本院自行选择的，写 true（即登记册中的 †）",
        "true for what the documents do not say: the hospital's own choice (the † of the register)",
    )
