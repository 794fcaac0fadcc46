"""Form values as people read them: money with its sign, dates with their weekday, names for ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from web.presenters import words
from web.presenters.inputs import NO, YES
from web.presenters.speech import Speech
from workflow.design.definition import Definition
from workflow.design.form import Field, FieldType
from workflow.nouns import Attachment
from workflow.refusals import Sentence

HIDDEN = Sentence("仅经办人可见全部", "in full for those who handle it")


@dataclass(frozen=True, slots=True)
class Shown:
    """One field with its value in words. `before`: what stood there in the round before, if it
    differs.

    `kind`: text, long, money, link (then `url`), list (`items`; `cases`: they are the numbers of
    cases), table (`columns`, `rows`).
    """

    key: str
    label: str
    kind: str
    text: str = ""
    url: str = ""
    items: tuple[str, ...] = ()
    cases: bool = False
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    mine: tuple[int, ...] = ()  # the rows (from 0) that the reader decides
    note: str = ""
    hidden: bool = False
    before: str = ""
    design_choice: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in."""
        return not (self.text or self.items or self.rows)


def everything(_: Field) -> bool:
    """For whoever may see all there is."""
    return True


def nothing_masked(field: Field) -> bool:
    """For whoever has no need to know."""
    return not field.masked


@dataclass(frozen=True, slots=True)
class Reader:
    """How the values of one case are read: its number, its files, and which fields are shown
    whole.
    """

    speech: Speech
    number: str = ""
    files: tuple[Attachment, ...] = ()
    whole: Callable[[Field], bool] = everything


def shown_form(
    definition: Definition,
    form: Mapping[str, object],
    reader: Reader,
    before: Mapping[str, object] | None = None,
) -> tuple[Shown, ...]:
    """Every field of a form, in its order. `before`: the form of the last round, to mark what
    changed.
    """
    found = []
    for line in definition.form.values():
        shown = shown_value(line, form.get(line.key), reader)
        if before is not None and before.get(line.key) != form.get(line.key):
            was = shown_value(line, before.get(line.key), reader)
            shown = replace(shown, before=was.text or reader.speech.say(_NOTHING))
        found.append(shown)
    return tuple(found)


_NOTHING = Sentence("未填", "nothing")


def shown_value(line: Field, value: object, reader: Reader) -> Shown:
    """One value in words."""
    speech = reader.speech
    plain = Shown(line.key, speech.say(line.label), "text", design_choice=line.design_choice)
    if value is None or value in ("", (), []):
        return plain
    if not reader.whole(line):
        return replace(plain, text=words.masked(str(value)), note=speech.say(HIDDEN), hidden=True)
    match line.type, value:
        case FieldType.TABLE, list() | tuple():
            return _table(plain, line, value, speech)
        case FieldType.LIST, list() | tuple():
            items = tuple(str(item) for item in value)
            if line.departments:
                items = tuple(speech.department(item) for item in items)
            cases = line.process is not None
            return replace(plain, kind="list", items=items, cases=cases, text=speech.list(items))
        case FieldType.FILE, str():
            return _file(plain, value, reader)
        case FieldType.CASE, str():
            return replace(plain, kind="link", text=value, url=f"/c/{value}")
        case _:
            kind = {FieldType.MONEY: "money", FieldType.LONG_TEXT: "long"}.get(line.type, "text")
            return replace(plain, kind=kind, text=value_words(line, value, speech))


def value_words(line: Field, value: object, speech: Speech) -> str:
    """A plain value in words; "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return _several(line, value, speech)
    spoken = _SPOKEN.get(line.type)
    return str(value) if spoken is None else spoken(line, value, speech)


def _several(line: Field, value: Sequence[object], speech: Speech) -> str:
    if line.type is FieldType.TABLE:
        return speech.say(Sentence(f"{len(value)} 行", f"{len(value)} rows"))
    return speech.list(str(item) for item in value)


def _word(line: Field, value: str, speech: Speech) -> str:
    return next((speech.say(o.label) for o in line.options if o.value == value), value)


#: How one value of each type is said; what is not here is said as it stands.
_SPOKEN: Mapping[FieldType, Callable[[Field, Any, Speech], str]] = {
    FieldType.MONEY: lambda _line, fen, _speech: words.money(fen),
    FieldType.BOOL: lambda _line, answer, speech: speech.say(YES if answer else NO),
    FieldType.DATE: lambda _line, day, speech: speech.day(date.fromisoformat(day)),
    FieldType.DATETIME: lambda _line, at, speech: speech.full_moment(datetime.fromisoformat(at)),
    FieldType.PERSON: lambda _line, person, speech: speech.person(person),
    FieldType.DEPARTMENT: lambda _line, unit, speech: speech.department(unit),
    FieldType.ENUM: _word,
}


def _table(plain: Shown, line: Field, value: Sequence[object], speech: Speech) -> Shown:
    rows = tuple(
        tuple(value_words(column, row.get(column.key), speech) for column in line.columns)
        for row in value
        if isinstance(row, Mapping)
    )
    columns = tuple(speech.say(column.label) for column in line.columns)
    return replace(
        plain, kind="table", columns=columns, rows=rows, text=value_words(line, value, speech)
    )


def _file(plain: Shown, value: str, reader: Reader) -> Shown:
    known = next((file for file in reader.files if file.id == value), None)
    if known is None:
        return replace(plain, text=value)
    return replace(plain, kind="link", text=known.name, url=f"/c/{reader.number}/files/{known.id}")
