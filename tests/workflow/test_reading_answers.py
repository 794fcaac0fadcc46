"""From what somebody typed to what a form keeps: every type of field, the good and the bad."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.hospital import Hospital, refused
from workflow.design.form import Field, FieldType, Option, Requirement
from workflow.nouns import FieldValue
from workflow.refusals import Code, Sentence
from workflow.running.answers import INTEGER_LIMIT, Unreadable, read_value, yuan

NAME = Sentence("某项", "Something")


def field(type_: FieldType, **more: object) -> Field:
    """A field of a type."""
    return Field("it", NAME, type_, **more)  # type: ignore[arg-type]


def why_not(line: Field, raw: object) -> str:
    """The sentence with which a value is refused."""
    with pytest.raises(Unreadable) as refusal:
        read_value(line, raw)
    because = refusal.value.because
    assert because.zh
    assert because.zh != because.en
    return because.en


EMPTY = [None, "", " ", "\n", "\t ", "　"]


@pytest.mark.parametrize("type_", list(FieldType))
@pytest.mark.parametrize("raw", EMPTY, ids=ascii)
def test_what_is_empty_is_not_filled_whatever_the_type(type_: FieldType, raw: object) -> None:
    assert read_value(field(type_), raw) is None


# ---- text ----------------------------------------------------------------------------------------

TEXTS = [FieldType.TEXT, FieldType.LONG_TEXT]
COMPOSED, DECOMPOSED = "caf\N{LATIN SMALL LETTER E WITH ACUTE}", "cafe\N{COMBINING ACUTE ACCENT}"


@pytest.mark.parametrize("type_", TEXTS)
@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("止血钳", "止血钳"),
        ("  止血钳 \n", "止血钳"),
        ("一\r\n二", "一\n二"),
        (DECOMPOSED, COMPOSED),
        ("𠮷野家", "𠮷野家"),
        ("👩‍⚕️", "👩‍⚕️"),
        ("a\tb", "a\tb"),
        (42, "42"),
        (Decimal("1.50"), "1.50"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=1+1", "=1+1"),
        ("{price}", "{price}"),
        ("'; DROP TABLE cases;--", "'; DROP TABLE cases;--"),
    ],
    ids=ascii,
)
def test_text_is_kept_as_it_was_meant(type_: FieldType, raw: object, kept: str) -> None:
    assert read_value(field(type_), raw) == kept


@pytest.mark.parametrize(
    "raw", [True, 1.5, ["a"], {"a": 1}, b"a", frozenset("a"), date(2026, 3, 2)], ids=ascii
)
def test_what_is_no_text_is_refused(raw: object) -> None:
    assert why_not(field(FieldType.TEXT), raw) == "Please enter text"


@pytest.mark.parametrize("raw", ["a\x00b", "\x07", "a\x1b[31m", "a\x7f", "a\x0bb"], ids=ascii)
def test_control_characters_are_refused(raw: str) -> None:
    expected = "Contains control characters; please remove them"
    assert why_not(field(FieldType.TEXT), raw) == expected


HALVES = ["\ud800", "a\udfffb", "\ud83d"]


@pytest.mark.parametrize("raw", HALVES, ids=ascii)
def test_half_a_character_is_refused(raw: str) -> None:
    expected = "Contains a broken character; please type it again"
    assert why_not(field(FieldType.TEXT), raw) == expected


@pytest.mark.parametrize(
    ("line", "most"),
    [
        (field(FieldType.TEXT), 500),
        (field(FieldType.LONG_TEXT), 5000),
        (field(FieldType.TEXT, maximum=3), 3),
        (field(FieldType.FILE), 500),
        (field(FieldType.PERSON), 500),
    ],
)
def test_text_is_as_long_as_its_field_allows(line: Field, most: int) -> None:
    assert read_value(line, "长" * most) == "长" * most
    too_long = why_not(line, "长" * (most + 1))
    assert too_long == f"At most {most} characters; there are {most + 1}"


def test_length_counts_characters_and_not_bytes() -> None:
    assert read_value(field(FieldType.TEXT, maximum=2), "𠮷𠮷") == "𠮷𠮷"


def test_text_may_have_to_be_long_enough() -> None:
    line = field(FieldType.LONG_TEXT, minimum=3)

    assert read_value(line, "abc") == "abc"
    assert why_not(line, "  ab ") == "At least 3 characters"


# ---- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("3", 3),
        (" 3 ", 3),
        ("-3", -3),
        ("+3", 3),
        (3, 3),
        ("3.0", 3),
        ("3.", 3),
        (3.0, 3),
        ("1,234", 1234),
        ("1，234", 1234),
        ("１，２３４．００", 1234),
        ("3。0", 3),
        ("3。", 3),
        ("１２", 12),
        ("007", 7),
        (Decimal(5), 5),
        (2**53 - 1, 2**53 - 1),
    ],
    ids=ascii,
)
def test_a_whole_number_is_read(raw: object, kept: int) -> None:
    assert read_value(field(FieldType.INTEGER), raw) == kept


@pytest.mark.parametrize("raw", ["3.5", "３．５", "3。5", 3.5, Decimal("0.1")], ids=ascii)
def test_a_broken_number_is_not_whole(raw: object) -> None:
    assert why_not(field(FieldType.INTEGER), raw) == "Please enter a whole number"


NO_NUMBERS = [
    *["drei", "3 4", "1_000", "1e5", "1E400", "0x10", "NaN", "Infinity", "-inf", "½", "٣"],
    *["1,5", "12,34", "1,2345", "--3", "3-", ".", "+", "3\x00"],
    *["1，5", "1。2。3", "1．2.3", "3。。", "。", "．5", "1、5", "1·5", "1。234，567"],
    *[True, False, [3], {"n": 3}, float("nan"), float("inf"), Decimal("NaN")],
]


@pytest.mark.parametrize("type_", [FieldType.INTEGER, FieldType.MONEY])
@pytest.mark.parametrize("raw", NO_NUMBERS, ids=ascii)
def test_what_is_no_number_is_refused(type_: FieldType, raw: object) -> None:
    assert why_not(field(type_), raw) == "Please enter a number"


@pytest.mark.parametrize("type_", [FieldType.INTEGER, FieldType.MONEY])
@pytest.mark.parametrize(
    "raw",
    [2**53, -(2**53), "9" * 40, "9" * 5000, 10**400],
    ids=lambda raw: ascii(raw)[:9] + str(len(str(raw))),
)
def test_a_number_that_json_could_not_keep_exactly_is_refused(
    type_: FieldType, raw: object
) -> None:
    assert why_not(field(type_), raw) == "The number is too large"


def test_bounds_include_themselves_and_above_does_not() -> None:
    """以上、不超过、至少 include the figure itself (register convention V2)."""
    line = field(FieldType.INTEGER, minimum=1, maximum=9)
    assert [read_value(line, raw) for raw in ("1", "9")] == [1, 9]
    assert why_not(line, "0") == "Must be at least 1"
    assert why_not(line, "10") == "Must be at most 9"

    above = field(FieldType.INTEGER, above=0)
    assert read_value(above, "1") == 1
    assert why_not(above, "0") == "Must be more than 0"


# ---- money ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "fen"),
    [
        ("300", 30000),
        ("300.5", 30050),
        ("300.05", 30005),
        ("0.01", 1),
        ("¥300", 30000),
        ("￥300.00", 30000),
        ("300元", 30000),
        (" ¥ 1,234.50 元 ", 123450),
        (300, 30000),
        (0.1, 10),
        (19.99, 1999),
        (Decimal("0.30"), 30),
        ("-5.00", -500),
        ("0", 0),
        ("300.000", 30000),
        ("１，２３４．５０", 123450),
        ("1234。50", 123450),
        ("1234｡5", 123450),
        ("￥１，２３４。５元", 123450),
    ],
    ids=ascii,
)
def test_money_is_kept_in_whole_fen(raw: object, fen: int) -> None:
    kept = read_value(field(FieldType.MONEY), raw)
    assert kept == fen
    assert type(kept) is int


@pytest.mark.parametrize("raw", ["0.001", "0．001", 0.005, Decimal("1.999"), "1.0001"], ids=ascii)
def test_there_is_nothing_smaller_than_a_fen(raw: object) -> None:
    assert why_not(field(FieldType.MONEY), raw) == "An amount has at most two decimals"


def test_bounds_of_money_are_told_in_yuan() -> None:
    line = field(FieldType.MONEY, above=0, maximum=3_000_000)

    assert read_value(line, "30,000.00") == 3_000_000
    assert why_not(line, "30000.01") == "Must be at most 30000.00"
    assert why_not(line, "0") == "Must be more than 0.00"
    assert why_not(field(FieldType.MONEY, minimum=1), "0") == "Must be at least 0.01"


@given(st.integers(-INTEGER_LIMIT, INTEGER_LIMIT))
def test_money_reads_as_it_is_written(fen: int) -> None:
    assert read_value(field(FieldType.MONEY), yuan(fen)) == fen


@given(st.decimals(places=2, min_value=-(10**9), max_value=10**9))
def test_no_fen_is_ever_lost(amount: Decimal) -> None:
    assert read_value(field(FieldType.MONEY), str(amount)) == int(amount * 100)


# ---- yes and no ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw", [True, "true", "True", "on", "1", "yes", "是", " 是 ", 1], ids=ascii
)
def test_yes_is_yes(raw: object) -> None:
    assert read_value(field(FieldType.BOOL), raw) is True


@pytest.mark.parametrize("raw", [False, "false", "off", "0", "no", "NO", "否", 0], ids=ascii)
def test_no_is_no(raw: object) -> None:
    assert read_value(field(FieldType.BOOL), raw) is False


@pytest.mark.parametrize("raw", ["vielleicht", "2", 2, "truee", ["true"], "是否"], ids=ascii)
def test_anything_else_is_neither(raw: object) -> None:
    assert why_not(field(FieldType.BOOL), raw) == "Please choose yes or no"


# ---- days and moments ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("2026-03-02", "2026-03-02"),
        (" 2026-03-02 ", "2026-03-02"),
        (date(2026, 3, 2), "2026-03-02"),
        ("2024-02-29", "2024-02-29"),
        ("1900-01-01", "1900-01-01"),
        ("2199-12-31", "2199-12-31"),
    ],
    ids=ascii,
)
def test_a_day_is_read(raw: object, kept: str) -> None:
    assert read_value(field(FieldType.DATE), raw) == kept


NO_DAYS = [
    *["2026-02-29", "2026-13-01", "2.3.2026", "02/03/2026", "morgen", "2026-3-2"],
    *["2026-03-02 09:00", "2026-03-02T00:00:00", datetime(2026, 3, 2, 9, tzinfo=UTC)],
    *[5, True, ["2026-03-02"]],
]


@pytest.mark.parametrize("raw", NO_DAYS, ids=ascii)
def test_what_is_no_day_is_refused(raw: object) -> None:
    assert why_not(field(FieldType.DATE), raw) == "Please enter a date such as 2026-03-02"


@pytest.mark.parametrize(
    "raw", ["0206-03-02", "1899-12-31", "2200-01-01", "9999-12-31", date.min], ids=ascii
)
def test_a_year_that_nobody_can_mean_is_refused(raw: object) -> None:
    assert why_not(field(FieldType.DATE), raw) == "The date is out of range; check the year"


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("2026-03-02 09:30", "2026-03-02T01:30:00.000000Z"),
        ("2026-03-02T09:30", "2026-03-02T01:30:00.000000Z"),
        ("2026-03-02T09:30:15+08:00", "2026-03-02T01:30:15.000000Z"),
        ("2026-03-02T09:30:15Z", "2026-03-02T09:30:15.000000Z"),
        ("2026-03-02", "2026-03-01T16:00:00.000000Z"),
        (datetime(2026, 3, 2, 9, 30), "2026-03-02T01:30:00.000000Z"),  # noqa: DTZ001
        (datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "2026-03-02T09:30:00.000000Z"),
    ],
    ids=ascii,
)
def test_a_moment_without_a_zone_is_the_hospitals(raw: object, kept: str) -> None:
    assert read_value(field(FieldType.DATETIME), raw) == kept


@pytest.mark.parametrize(
    "raw", ["gestern", "25:00", 7, date(2026, 3, 2), True, ["2026-03-02 09:30"]]
)
def test_what_is_no_moment_is_refused(raw: object) -> None:
    expected = "Please enter date and time such as 2026-03-02 09:30"
    assert why_not(field(FieldType.DATETIME), raw) == expected


@pytest.mark.parametrize(
    "raw", ["0001-01-01 00:00", "9999-12-31 23:59", "9999-12-31T23:59Z"], ids=ascii
)
def test_a_moment_of_a_year_that_nobody_can_mean_is_refused(raw: object) -> None:
    assert why_not(field(FieldType.DATETIME), raw) == "The date is out of range; check the year"


@given(
    st.datetimes(datetime(1901, 1, 1), datetime(2198, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(-12, 14),
)
def test_a_moment_is_the_same_in_every_zone(at: datetime, hours: int) -> None:
    elsewhere = at.astimezone(timezone(timedelta(hours=hours)))

    line = field(FieldType.DATETIME)
    assert read_value(line, elsewhere) == read_value(line, at)
    assert read_value(line, elsewhere.isoformat()) == read_value(line, at)


# ---- words to choose from ------------------------------------------------------------------------

KINDS = tuple(Option(word, Sentence(word, word)) for word in ("普通", "急诊"))


def test_a_word_of_the_list_is_read() -> None:
    assert read_value(field(FieldType.ENUM, options=KINDS), " 急诊 ") == "急诊"


@pytest.mark.parametrize("raw", ["急珍", "emergency", "普通,急诊", "普通\n急诊"], ids=ascii)
def test_a_word_that_is_not_on_the_list_is_refused_with_the_list(raw: str) -> None:
    assert why_not(field(FieldType.ENUM, options=KINDS), raw) == "Please choose one of: 普通, 急诊"


def test_a_list_that_its_source_left_open_takes_other_words() -> None:
    """Register convention V9."""
    line = field(FieldType.ENUM, options=KINDS, open_options=True)

    assert read_value(line, "转院") == "转院"
    assert why_not(line, "a\x00") == "Contains control characters; please remove them"


# ---- citizen ids ---------------------------------------------------------------------------------


def citizen_id(first_17: str) -> str:
    """With the check digit of GB 11643-1999, worked out another way: ISO 7064 MOD 11-2."""
    rest = 0
    for digit in first_17:
        rest = (rest + int(digit)) * 2 % 11
    return first_17 + "0123456789X"[(12 - rest) % 11]


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("11010519491231002X", "11010519491231002X"),  # the example of the standard
        ("11010519491231002x", "11010519491231002X"),
        (" 440524188001010014 ", "440524188001010014"),
    ],
    ids=ascii,
)
def test_a_citizen_id_is_read(raw: str, kept: str) -> None:
    assert read_value(field(FieldType.CITIZEN_ID), raw) == kept


@given(
    st.integers(100000, 999999),
    st.dates(date(1900, 1, 1), date(2026, 12, 31)),
    st.integers(0, 999),
)
def test_every_id_with_the_right_check_digit_is_read(place: int, born: date, order: int) -> None:
    written = citizen_id(f"{place}{born:%Y%m%d}{order:03d}")

    assert read_value(field(FieldType.CITIZEN_ID), written) == written


@given(st.data())
def test_every_slip_of_one_digit_is_noticed(data: st.DataObject) -> None:
    good = citizen_id("11010519491231002")
    at = data.draw(st.integers(0, 17))
    slip = data.draw(st.sampled_from([d for d in "0123456789" if d != good[at]]))

    why_not(field(FieldType.CITIZEN_ID), good[:at] + slip + good[at + 1 :])


@given(st.integers(0, 16))
def test_every_exchange_of_neighbours_is_noticed(at: int) -> None:
    good = citizen_id("11010519491231002")
    swapped = good[:at] + good[at + 1] + good[at] + good[at + 2 :]

    if swapped != good:
        why_not(field(FieldType.CITIZEN_ID), swapped)


@pytest.mark.parametrize(
    ("raw", "because"),
    [
        ("1101051949123100", "An ID number has 18 characters, the last a digit or X"),
        ("11010519491231002A", "An ID number has 18 characters, the last a digit or X"),
        (
            "１１０１０５１９４９１２３１００２X",
            "An ID number has 18 characters, the last a digit or X",
        ),
        (citizen_id("11010519490231002"), "The date of birth in the ID number does not exist"),
        ("110105194912310021", "The ID number's check digit is wrong; please compare"),
        (11010519491231, "An ID number has 18 characters, the last a digit or X"),
    ],
    ids=ascii,
)
def test_a_citizen_id_that_cannot_be_is_refused(raw: object, because: str) -> None:
    assert why_not(field(FieldType.CITIZEN_ID), raw) == because


# ---- lists and tables ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("一\n二", ("一", "二")),
        ("一\n\n 二 \n", ("一", "二")),
        (["一", "", " 二"], ("一", "二")),
        ((3, "四"), ("3", "四")),
        ([], ()),
    ],
    ids=ascii,
)
def test_a_list_is_read_line_by_line(raw: object, kept: tuple[str, ...]) -> None:
    assert read_value(field(FieldType.LIST), raw) == kept


@pytest.mark.parametrize(
    ("raw", "because"),
    [
        (5, "Please enter one item a line"),
        ({"a": 1}, "Please enter one item a line"),
        ([["nested"]], "Please enter text"),
        (["a\x00"], "Contains control characters; please remove them"),
        (["x"] * 201, "At most 200 rows"),
        (["x" * 501], "At most 500 characters; there are 501"),
    ],
    ids=ascii,
)
def test_a_list_that_cannot_be_kept_is_refused(raw: object, because: str) -> None:
    assert why_not(field(FieldType.LIST), raw) == because


def test_a_list_may_have_to_have_so_many_lines() -> None:
    line = field(FieldType.LIST, minimum=2, maximum=3)

    assert read_value(line, "一\n二") == ("一", "二")
    assert why_not(line, "一") == "At least 2 rows"
    assert why_not(line, "一\n二\n三\n四") == "At most 3 rows"


ALWAYS = (Requirement("start"),)
TABLE = Field(
    "lines",
    Sentence("明细", "Lines"),
    FieldType.TABLE,
    columns=(
        Field("thing", Sentence("物品", "Thing"), FieldType.TEXT, required=ALWAYS, maximum=5),
        Field("price", Sentence("单价", "Price"), FieldType.MONEY, above=0),
        Field("day", Sentence("日期", "Day"), FieldType.DATE),
    ),
)


def test_a_table_is_read_row_by_row_and_cell_by_cell() -> None:
    raw = [
        {"thing": " 纱布 ", "price": "1.50", "day": "2026-03-02"},
        {"thing": "", "price": None},
        {"thing": "缝线"},
    ]

    assert read_value(TABLE, raw) == (
        {"thing": "纱布", "price": 150, "day": "2026-03-02"},
        {"thing": "缝线", "price": None, "day": None},
    )


def test_a_cell_takes_the_marks_of_a_chinese_input_method() -> None:
    raw = [{"thing": "纱布", "price": "１，２３４．５０"}, {"thing": "缝线", "price": "1。5"}]

    rows = read_value(TABLE, raw)

    assert isinstance(rows, tuple)
    assert [row["price"] for row in rows if isinstance(row, dict)] == [123450, 150]


@pytest.mark.parametrize(
    ("raw", "because"),
    [
        ("纱布", "Please fill the table row by row"),
        ({"thing": "纱布"}, "Please fill the table row by row"),
        (["纱布"], "Row 1 needs its columns"),
        ([5], "Row 1 needs its columns"),
        ([{"thing": "纱布"}, {"price": "2"}], "Row 2: Thing is missing"),
        ([{"thing": "纱布", "price": "0"}], "Row 1, Price: Must be more than 0.00"),
        ([{"thing": "纱布绷带棉球"}], "Row 1, Thing: At most 5 characters; there are 6"),
        ([{"thing": "纱布", "secret": "1"}], "Row 1 has unknown columns: secret"),
        (
            [{"thing": "纱布", "day": "2026-02-30"}],
            "Row 1, Day: Please enter a date such as 2026-03-02",
        ),
        ([{"thing": "纱布"}] * 201, "At most 200 rows"),
    ],
    ids=ascii,
)
def test_a_table_that_cannot_be_kept_is_refused_at_its_row(raw: object, because: str) -> None:
    assert why_not(TABLE, raw) == because


# ---- whatever anybody sends ----------------------------------------------------------------------

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None, categories=None), max_size=30)
    | st.binary(max_size=5)
    | st.dates()
    | st.datetimes()
    | st.decimals(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
LINES = [
    *(field(type_) for type_ in FieldType if type_ not in (FieldType.ENUM, FieldType.TABLE)),
    field(FieldType.ENUM, options=KINDS),
    TABLE,
]


@given(st.sampled_from(LINES), ANYTHING)
def test_anything_is_either_kept_as_its_type_or_refused_with_a_sentence(
    line: Field, raw: object
) -> None:
    try:
        kept = read_value(line, raw)
    except Unreadable as unreadable:
        because = unreadable.because
        told = because.zh and because.en
    else:
        told = "kept" if is_kept_as(line.type, kept) else ""
        typed_again = yuan(kept) if line.type is FieldType.MONEY and type(kept) is int else kept
        assert read_value(line, typed_again) == kept
    assert told, (line.type, raw)


def is_kept_as(type_: FieldType, kept: FieldValue) -> bool:
    """Whether a value has the shape in which forms keep its type."""
    if kept is None:
        return True
    match type_:
        case FieldType.INTEGER | FieldType.MONEY:
            return type(kept) is int and abs(kept) <= INTEGER_LIMIT
        case FieldType.BOOL:
            return type(kept) is bool
        case FieldType.LIST:
            return isinstance(kept, tuple) and all(isinstance(item, str) for item in kept)
        case FieldType.TABLE:
            return isinstance(kept, tuple) and all(isinstance(row, dict) for row in kept)
        case _:
            return isinstance(kept, str) and kept == kept.strip() and "\x00" not in kept


# ---- in a case -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [10**400, "\ud800", float("nan"), {"a": [1]}, b"x", object()],
    ids=lambda r: type(r).__name__,
)
def test_hostile_answers_are_refused_at_their_field_and_leave_one_line(raw: object) -> None:
    hospital = Hospital()
    draft = hospital.opened("amy", thing="止血钳", price="3")

    answer = hospital.decide("amy", "submit", draft, price=raw)

    assert {reason.field for reason in refused(answer).refusals} == {"price"}
    assert hospital.case(draft).state == "draft"
    assert hospital.events(draft) == ("start", "refused")


@pytest.mark.parametrize(
    ("opinion", "because"),
    [
        ("长" * 5001, "At most 5000 characters; there are 5001"),
        ("同意\x00", "Contains control characters; please remove them"),
        ("\ud800", "Contains a broken character; please type it again"),
    ],
)
def test_an_opinion_is_held_to_the_measure_of_a_field(opinion: str, because: str) -> None:
    """Wu's approval has no field for its opinion; Lee's has one."""
    hospital = Hospital()
    request = hospital.submitted()
    with_a_field = hospital.decide("lee", "dept_sign", request, opinion)
    hospital.takes("lee", "dept_sign", request, "同意")
    hospital.takes("fang", "finance_sign", request, "同意")
    without = hospital.decide("wu", "approve", request, opinion)

    for answer in (with_a_field, without):
        assert refused(answer).code is Code.INVALID_FORM
        assert [reason.because.en for reason in refused(answer).refusals] == [because]
