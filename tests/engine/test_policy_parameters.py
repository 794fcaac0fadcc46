"""What a hospital sets for itself: what is written is understood, what does not fit is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from workflow.design.parameters import Measure, Parameter, ParameterKind
from workflow.design.register import PolicyInvalid, Profile, Register
from workflow.nouns import ParameterValue
from workflow.refusals import Sentence


def parameter(kind: ParameterKind, key: str = "one", **rest: object) -> Parameter:
    label = Sentence("一项规定", "A rule")
    return Parameter(key=key, kind=kind, label=label, help=label, **rest)  # type: ignore[arg-type]


def options(**labels: str) -> dict[str, Sentence]:
    return {word: Sentence(zh, word.capitalize()) for word, zh in labels.items()}


REVIEW = parameter(ParameterKind.ON_OFF, "consumable.medins_review", default=False)
LEAVE = parameter(
    ParameterKind.CHOICE,
    "leave.policy",
    options=options(limited="限次准假", forbidden="严禁外出"),
    values={"H02": "limited", "H04": "forbidden"},
    default="limited",
)
MAX_COUNT = parameter(
    ParameterKind.WHOLE_NUMBER,
    "leave.max_count",
    unit=Measure.TIMES,
    maximum=10,
    values={"H02": 2},
    default=3,
)
DUE_DAY = parameter(
    ParameterKind.WHOLE_NUMBER,
    "statement.due_day",
    unit=Measure.DAY_OF_MONTH,
    minimum=1,
    maximum=31,
    must_be_entered=True,
)
FINE = parameter(ParameterKind.MONEY, "round.fine_amount", default=0)
SHARE = parameter(ParameterKind.PERCENT, "own_share_limit")
NAME = parameter(ParameterKind.TEXT, "org.medins_name", default="医保办")
SIGNATORY = parameter(
    ParameterKind.TEXTS,
    "consent.signatory",
    options={"本人": Sentence("本人", "The person"), "家属": Sentence("家属", "Family")},
    default=("本人",),
)
ROUNDS = parameter(
    ParameterKind.TIMES, "round.schedule", options=options(daily="每日"), default=("daily",)
)
SUPPLY = parameter(
    ParameterKind.WHOLE_NUMBERS,
    "rx.supply_days",
    unit=Measure.DAYS,
    minimum=1,
    options=options(acute="急性病", chronic="慢性病"),
    default={"acute": 3},
)
ALL = (REVIEW, LEAVE, MAX_COUNT, DUE_DAY, FINE, SHARE, NAME, SIGNATORY, ROUNDS, SUPPLY)


# ---- what is written ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "written", "value"),
    [
        (REVIEW, True, True),
        (REVIEW, "on", True),
        (REVIEW, "off", False),
        (REVIEW, "true", True),
        (LEAVE, "forbidden", "forbidden"),
        (MAX_COUNT, 3, 3),
        (MAX_COUNT, "3", 3),
        (MAX_COUNT, 0, 0),
        (MAX_COUNT, 10, 10),
        (FINE, 100, 100_00),
        (FINE, Decimal("100.00"), 100_00),
        (FINE, Decimal("0.01"), 1),
        (FINE, "30000.5", 30_000_50),
        (SHARE, 25, 25_00),
        (SHARE, Decimal("12.50"), 12_50),
        (SHARE, "100", 100_00),
        (NAME, "社保科", "社保科"),
        (SIGNATORY, ["家属", "本人"], ("家属", "本人")),
        (SIGNATORY, "本人", ("本人",)),
        (ROUNDS, ("08:30", "17:00"), ("08:30", "17:00")),
        (ROUNDS, "daily", ("daily",)),
        (SUPPLY, {"acute": 3, "chronic": "7"}, {"acute": 3, "chronic": 7}),
        (DUE_DAY, None, None),
        (DUE_DAY, "", None),
    ],
)
def test_what_people_write_is_understood(
    one: Parameter, written: object, value: ParameterValue
) -> None:
    read = one.read(written)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("one", "written"),
    [
        (REVIEW, "maybe"),
        (REVIEW, 1),
        (REVIEW, None),
        (LEAVE, "never"),
        (LEAVE, True),
        (LEAVE, ["limited"]),
        (MAX_COUNT, -1),
        (MAX_COUNT, 11),
        (MAX_COUNT, True),
        (MAX_COUNT, "two"),
        (MAX_COUNT, Decimal("2.5")),
        (MAX_COUNT, None),
        (DUE_DAY, 0),
        (DUE_DAY, 32),
        (FINE, Decimal("0.001")),
        (FINE, -1),
        (FINE, "一百"),
        (FINE, "NaN"),
        (FINE, "Infinity"),
        (FINE, True),
        (FINE, "9" * 30),
        (SHARE, 101),
        (SHARE, "12.345"),
        (NAME, "  "),
        (NAME, "x" * 101),
        (NAME, 5),
        (SIGNATORY, []),
        (SIGNATORY, ["本人", "本人"]),
        (SIGNATORY, ["邻居"]),
        (SIGNATORY, [1]),
        (SIGNATORY, 1),
        (ROUNDS, ["8:30"]),
        (ROUNDS, ["24:00"]),
        (ROUNDS, ["08:60"]),
        (ROUNDS, ["08:30", "08:30"]),
        (ROUNDS, ["weekly"]),
        (SUPPLY, {}),
        (SUPPLY, {"acute": 0}),
        (SUPPLY, {"mild": 3}),
        (SUPPLY, {"acute": "three"}),
        (SUPPLY, 3),
    ],
)
def test_what_does_not_fit_is_refused_with_what_is_expected(
    one: Parameter, written: object
) -> None:
    because = one.read(written)
    assert isinstance(because, Sentence)
    assert because.zh.startswith("“一项规定”应写")
    assert because.en.startswith("“A rule” takes ")


def test_the_expectation_names_what_may_be_written() -> None:
    because = LEAVE.accepts("never")
    assert because is not None
    assert because.zh == "“一项规定”应写以下之一：limited（限次准假）、forbidden（严禁外出）。"
    too_late = DUE_DAY.accepts(32)
    assert too_late is not None
    assert too_late.zh == "“一项规定”应写从 1 到 31 的整数（每月n日）。"


def test_yuan_as_written_are_not_fen_as_kept() -> None:
    assert FINE.accepts(100_00) is None
    assert FINE.accepts(Decimal("100.00")) is not None
    assert FINE.accepts("100.00") is not None


@pytest.mark.parametrize("one", [one for one in ALL if one.default is None])
def test_no_figure_is_an_answer_where_none_stands(one: Parameter) -> None:
    assert one.accepts(None) is None


@pytest.mark.parametrize("one", [one for one in ALL if one.default is not None])
def test_no_figure_is_no_answer_where_a_default_stands(one: Parameter) -> None:
    assert one.accepts(None) is not None


@pytest.mark.parametrize(
    ("one", "value", "zh", "en"),
    [
        (REVIEW, True, "开", "on"),
        (REVIEW, False, "关", "off"),
        (LEAVE, "limited", "限次准假", "Limited"),
        (MAX_COUNT, 2, "2次", "2 times"),
        (DUE_DAY, 5, "每月5日", "day 5 of the month"),
        (DUE_DAY, None, "未设定", "not set"),
        (FINE, 30_000_00, "30,000.00元", "CNY 30,000.00"),
        (SHARE, 12_50, "12.5%", "12.5%"),
        (SHARE, 100_00, "100%", "100%"),
        (NAME, "医保科", "医保科", "医保科"),
        (SIGNATORY, ("本人", "家属"), "本人、家属", "The person, Family"),
        (ROUNDS, ("08:30", "17:00"), "08:30、17:00", "08:30, 17:00"),
        (ROUNDS, ("daily",), "每日", "Daily"),
        (
            SUPPLY,
            {"acute": 3, "chronic": 7},
            "急性病3天，慢性病7天",
            "Acute 3 days, Chronic 7 days",
        ),
    ],
)
def test_values_are_shown_as_people_read_them(
    one: Parameter, value: ParameterValue, zh: str, en: str
) -> None:
    assert one.shown(value) == Sentence(zh, en)


# ---- a hospital's policy ------------------------------------------------------------------------


@pytest.fixture
def register() -> Register:
    profiles = {key: Profile(key, Sentence(key, key), "S0-01") for key in ("H02", "H04")}
    return Register({}, {}, {}, {}, profiles, {one.key: one for one in ALL})


def test_without_a_profile_the_defaults_hold(register: Register) -> None:
    policy = register.resolve(None, {})
    assert policy["leave.policy"] == "limited"
    assert policy["leave.max_count"] == 3
    assert policy["statement.due_day"] is None


def test_a_profile_speaks_and_where_it_is_silent_the_default_holds(register: Register) -> None:
    assert register.resolve("H02", {})["leave.max_count"] == 2
    assert register.resolve("H04", {})["leave.policy"] == "forbidden"
    assert register.resolve("H04", {})["leave.max_count"] == 3


@pytest.mark.parametrize(
    ("one", "written", "kept"),
    [
        (MAX_COUNT, "3次", 3),
        (MAX_COUNT, "３ 次", 3),
        (MAX_COUNT, "3 times", 3),
        (DUE_DAY, "每月5日", 5),
        (FINE, "1,100.00元", 1_100_00),
        (FINE, "¥100", 100_00),
        (SHARE, "12.5%", 12_50),
        (SHARE, "12.5％", 12_50),
        (SHARE, "１２。５％", 12_50),
        (FINE, "１，１００．５０元", 1_100_50),
        (FINE, "100。5", 100_50),
        (SUPPLY, "急性病 3天，慢性病7天", {"acute": 3, "chronic": 7}),
    ],
)
def test_a_figure_may_bear_its_own_measure(one: Parameter, written: str, kept: object) -> None:
    assert one.from_text(written) == kept


@pytest.mark.parametrize(
    ("one", "written"),
    [(MAX_COUNT, "3天"), (FINE, "100次"), (SHARE, "12元"), (FINE, "1。2。3"), (MAX_COUNT, "次")],
)
def test_but_not_that_of_another(one: Parameter, written: str) -> None:
    expected = one.from_text(written)
    assert isinstance(expected, Sentence)
    assert expected.zh.startswith("“一项规定”应写")


def test_single_keys_may_be_overridden(register: Register) -> None:
    policy = register.resolve("H04", {"leave.policy": "limited", "round.fine_amount": 50_00})
    assert policy["leave.policy"] == "limited"
    assert policy["round.fine_amount"] == 50_00
    assert policy.keys() == {one.key for one in ALL}


def test_everything_wrong_with_a_policy_is_told_at_once(register: Register) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        register.resolve(
            "H99", {"leave.polcy": "limited", "leave.max_count": 11, "round.fine_amount": 5}
        )
    assert list(refused.value.problems) == ["H99", "leave.polcy", "leave.max_count"]
    zh = [sentence.zh for sentence in refused.value.problems.values()]
    assert zh[0] == "没有“H99”这个规则档案。可以写：H02, H04。"
    assert zh[1] == "没有“leave.polcy”这个政策参数。"
    assert zh[2].startswith("leave.max_count：“一项规定”应写从 0 到 10 的整数")


def test_a_policy_as_written_is_read_whole(register: Register) -> None:
    written = {"consumable.medins_review": "on", "round.fine_amount": Decimal("20.00")}
    assert register.read_policy(written) == {
        "consumable.medins_review": True,
        "round.fine_amount": 20_00,
    }


def test_or_not_at_all(register: Register) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        register.read_policy({"leave.policy": "limited", "nonsense": 1, "round.fine_amount": "x"})
    assert list(refused.value.problems) == ["nonsense", "round.fine_amount"]
    assert "nonsense" in str(refused.value)


def test_what_the_hospital_still_has_to_enter_is_known(register: Register) -> None:
    assert register.to_be_entered(register.resolve("H02", {})) == ("statement.due_day",)
    assert register.to_be_entered(register.resolve("H02", {"statement.due_day": 5})) == ()
