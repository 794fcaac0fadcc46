"""From what somebody typed to what a form keeps: one place that knows every field type.

Raw values come from a web form (text), from the API (JSON) and from scenarios (YAML); all are
read the same way. A value that cannot be read is answered with a sentence at its field; all of
them at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from zoneinfo import ZoneInfo

from workflow.design.form import Field, FieldType
from workflow.ledger import moment_text
from workflow.nouns import FieldValue, Row, Scalar
from workflow.refusals import Code, Refusal, Sentence

#: Where nobody says otherwise: a text field holds at most this many characters.
TEXT_LIMIT = 500
LONG_TEXT_LIMIT = 5000
ROWS_LIMIT = 200
#: ±2^53, the integers that every JSON reader keeps exact (canonical bytes of the ledger).
INTEGER_LIMIT = 2**53 - 1
#: Years that a form takes.
FIRST_YEAR, LAST_YEAR = 1900, 2199
Item = TypeVar("Item")
Day = TypeVar("Day", date, datetime)
ZONE = ZoneInfo("Asia/Shanghai")

_YES = frozenset({"true", "on", "1", "yes", "是"})
_NO = frozenset({"false", "off", "0", "no", "否"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: Halves of a character, which no UTF-8 can hold.
_BROKEN = re.compile(r"[\ud800-\udfff]")


class Unreadable(Exception):
    """A raw value that the field cannot hold; the sentence says what it should look like."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.because = Sentence(zh, en)


def read_answers(
    form: Mapping[str, Field], accepted: Sequence[str], answers: Mapping[str, object]
) -> tuple[dict[str, FieldValue], tuple[Refusal, ...]]:
    """Read the answers of one act: the values that can be kept, and a refusal a field that
    cannot.

    A field that the act does not accept is refused too, not dropped: a hidden field posted by
    hand must not vanish silently.
    """
    kept: dict[str, FieldValue] = {}
    refusals: list[Refusal] = []
    for key, raw in answers.items():
        if key not in form:
            refusals.append(_refusal(key, "表单没有这一项", "The form has no such field"))
        elif key not in accepted:
            refusals.append(
                _refusal(
                    key, "这一步不能填写或修改此项", "This step may not fill or change this field"
                )
            )
        else:
            try:
                kept[key] = read_value(form[key], raw)
            except Unreadable as problem:
                refusals.append(_because(key, problem.because, form[key].clauses))
    return kept, tuple(refusals)


def read_value(line: Field, raw: object) -> FieldValue:
    """Read one raw value as the field's type, within its bounds. None and "" mean: not filled.

    Raises Unreadable with the sentence for the person.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    return _READERS[line.type](line, raw)


def _text(line: Field, raw: object) -> str:
    if not isinstance(raw, str):
        if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
            raise Unreadable("请填文字", "Please enter text")
        raw = str(raw)
    text = unicodedata.normalize("NFC", raw).replace("\r\n", "\n").strip()
    if not text.isprintable():
        _refuse_strange(text)
    limit = line.maximum or (LONG_TEXT_LIMIT if line.type is FieldType.LONG_TEXT else TEXT_LIMIT)
    if len(text) > limit:
        raise Unreadable(
            f"最多 {limit} 字，现有 {len(text)} 字",
            f"At most {limit} characters; there are {len(text)}",
        )
    if line.minimum is not None and len(text) < line.minimum:
        raise Unreadable(f"至少 {line.minimum} 字", f"At least {line.minimum} characters")
    return text


def _refuse_strange(text: str) -> None:
    if _CONTROL.search(text):
        raise Unreadable(
            "含有不可见的控制字符，请删去", "Contains control characters; please remove them"
        )
    if _BROKEN.search(text):
        raise Unreadable(
            "含有不完整的字符，请重新输入", "Contains a broken character; please type it again"
        )


#: Digits, in groups of three if any; not 1e5, 1_000 or 1,5, which mean something else to somebody.
_PLAIN_NUMBER = re.compile(r"[+-]?([0-9０-９]+|[0-9０-９]{1,3}(,[0-9０-９]{3})+)(\.[0-9０-９]*)?")


#: What a Chinese input method writes for the marks of a number; none means anything else in one.
_MARKS = str.maketrans({"，": ",", "．": ".", "。": ".", "｡": "."})


def _number(raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal | float):
        raise Unreadable("请填数字", "Please enter a number")
    if isinstance(raw, str):
        raw = raw.translate(_MARKS).strip()
        if not _PLAIN_NUMBER.fullmatch(raw):
            raise Unreadable("请填数字", "Please enter a number")
    try:
        # A float can only come from a caller's JSON; its shortest text is what they wrote.
        number = Decimal(str(raw).replace(",", ""))
    except InvalidOperation as error:
        raise Unreadable("请填数字", "Please enter a number") from error
    if not number.is_finite():
        raise Unreadable("请填数字", "Please enter a number")
    return number


def _integer(line: Field, raw: object) -> int:
    number = _number(raw)
    if number != number.to_integral_value():
        raise Unreadable("请填整数", "Please enter a whole number")
    return _bounded(line, int(number), str)


def _money(line: Field, raw: object) -> int:
    if isinstance(raw, str):
        raw = raw.strip().removeprefix("¥").removeprefix("￥").removesuffix("元")
    fen = _number(raw) * 100
    if fen != fen.to_integral_value():
        raise Unreadable("金额最多两位小数", "An amount has at most two decimals")
    return _bounded(line, int(fen), yuan)


def _bounded(line: Field, number: int, shown: Callable[[int], str]) -> int:
    if abs(number) > INTEGER_LIMIT:
        raise Unreadable("数字太大", "The number is too large")
    if line.above is not None and number <= line.above:
        raise Unreadable(f"须大于 {shown(line.above)}", f"Must be more than {shown(line.above)}")
    if line.minimum is not None and number < line.minimum:
        raise Unreadable(
            f"不得小于 {shown(line.minimum)}", f"Must be at least {shown(line.minimum)}"
        )
    if line.maximum is not None and number > line.maximum:
        raise Unreadable(
            f"不得大于 {shown(line.maximum)}", f"Must be at most {shown(line.maximum)}"
        )
    return number


def yuan(fen: int) -> str:
    """Money as people write it: `1234.50`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _bool(_: Field, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Unreadable("请选“是”或“否”", "Please choose yes or no")


def _date(_: Field, raw: object) -> str:
    if isinstance(raw, datetime):
        raise Unreadable("请填日期，如 2026-03-02", "Please enter a date such as 2026-03-02")
    if not isinstance(raw, date):
        try:
            raw = date.fromisoformat(str(raw).strip())
        except ValueError as error:
            raise Unreadable(
                "请填日期，如 2026-03-02", "Please enter a date such as 2026-03-02"
            ) from error
    return _in_range(raw).isoformat()


def _in_range(day: Day) -> Day:
    """A day or moment that somebody can have meant: 0206 and 20026 are slips of the hand."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unreadable("日期超出范围，请核对年份", "The date is out of range; check the year")
    return day


def _moment(_: Field, raw: object) -> str:
    if isinstance(raw, str):
        try:
            raw = datetime.fromisoformat(raw.strip().replace(" ", "T"))
        except ValueError:
            raw = None
    if not isinstance(raw, datetime):
        raise Unreadable(
            "请填日期和时间，如 2026-03-02 09:30",
            "Please enter date and time such as 2026-03-02 09:30",
        )
    aware = _in_range(raw if raw.tzinfo is not None else raw.replace(tzinfo=ZONE))
    return moment_text(aware.astimezone(UTC))


def _enum(line: Field, raw: object) -> str:
    word = _text(line, raw)
    if line.open_options or any(option.value == word for option in line.options):
        return word
    known_zh = "、".join(option.label.zh for option in line.options)
    known_en = ", ".join(option.label.en for option in line.options)
    raise Unreadable(f"请从列表中选择：{known_zh}", f"Please choose one of: {known_en}")


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def _citizen_id(line: Field, raw: object) -> str:
    """18 characters, a date inside, and the check digit of GB 11643-1999 (ISO 7064 MOD 11-2)."""
    text = _text(line, raw).upper()
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        raise Unreadable(
            "身份证号应为18位，末位为数字或X",
            "An ID number has 18 characters, the last a digit or X",
        )
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError as error:
        raise Unreadable(
            "身份证号中的出生日期不存在", "The date of birth in the ID number does not exist"
        ) from error
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    if _CHECK[total % 11] != text[17]:
        raise Unreadable(
            "身份证号校验位不符，请核对", "The ID number's check digit is wrong; please compare"
        )
    return text


def _file(line: Field, raw: object) -> str:
    return _text(line, raw)


def _list(line: Field, raw: object) -> tuple[str, ...]:
    if isinstance(raw, str):
        raw = raw.splitlines()
    if not isinstance(raw, list | tuple):
        raise Unreadable("请逐行填写", "Please enter one item a line")
    one = Field(line.key, line.label, FieldType.TEXT)
    items = tuple(_text(one, item) for item in raw if str(item).strip())
    return _counted(line, items)


def _table(line: Field, raw: object) -> tuple[Row, ...]:
    if not isinstance(raw, list | tuple):
        raise Unreadable("请按表格逐行填写", "Please fill the table row by row")
    rows: list[Row] = []
    for position, given in enumerate(raw, start=1):
        if not line.columns and isinstance(given, str | int):
            raise Unreadable(f"第{position}行应有各列的内容", f"Row {position} needs its columns")
        if not isinstance(given, Mapping):
            raise Unreadable(f"第{position}行应有各列的内容", f"Row {position} needs its columns")
        if any(value not in (None, "") for value in given.values()):
            rows.append(_row(line, position, given))
    return _counted(line, tuple(rows))


def _row(line: Field, position: int, given: Mapping[str, object]) -> dict[str, Scalar]:
    columns = {column.key: column for column in line.columns}
    strange = [key for key in given if key not in columns]
    if strange:
        raise Unreadable(
            f"第{position}行有未知的列：{'、'.join(strange)}",
            f"Row {position} has unknown columns: {', '.join(strange)}",
        )
    row: dict[str, Scalar] = {}
    for key, column in columns.items():
        try:
            value = read_value(column, given.get(key))
        except Unreadable as problem:
            raise Unreadable(
                f"第{position}行“{column.label.zh}”：{problem.because.zh}",
                f"Row {position}, {column.label.en}: {problem.because.en}",
            ) from problem
        if value is None and column.required:
            raise Unreadable(
                f"第{position}行“{column.label.zh}”未填",
                f"Row {position}: {column.label.en} is missing",
            )
        if isinstance(value, tuple):  # tables do not nest
            raise Unreadable(f"第{position}行格式不符", f"Row {position} has the wrong shape")
        row[key] = value
    return row


def _counted(line: Field, items: tuple[Item, ...]) -> tuple[Item, ...]:
    limit = line.maximum or ROWS_LIMIT
    if len(items) > limit:
        raise Unreadable(f"最多 {limit} 行", f"At most {limit} rows")
    if line.minimum is not None and len(items) < line.minimum:
        raise Unreadable(f"至少 {line.minimum} 行", f"At least {line.minimum} rows")
    return items


_READERS: Mapping[FieldType, Callable[[Field, object], FieldValue]] = {
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _text,
    FieldType.INTEGER: _integer,
    FieldType.MONEY: _money,
    FieldType.BOOL: _bool,
    FieldType.DATE: _date,
    FieldType.DATETIME: _moment,
    FieldType.ENUM: _enum,
    FieldType.CITIZEN_ID: _citizen_id,
    FieldType.FILE: _file,
    FieldType.CASE: _text,
    FieldType.DEPARTMENT: _text,
    FieldType.PERSON: _text,
    FieldType.LIST: _list,
    FieldType.TABLE: _table,
}


def _refusal(key: str, zh: str, en: str) -> Refusal:
    return _because(key, Sentence(zh, en), ())


def _because(key: str, because: Sentence, clauses: tuple[str, ...]) -> Refusal:
    return Refusal(Code.INVALID_FORM, because, clauses, field=key, rule=f"form.{key}")


_WORDS = Field("opinion", Sentence("意见", "Opinion"), FieldType.LONG_TEXT)


def words_problem(words: str) -> Sentence | None:
    """What is wrong with words that go into no field of the form; they stay in the ledger."""
    try:
        read_value(_WORDS, words)
    except Unreadable as problem:
        return problem.because
    return None
