"""Everybody reads the policy with its sources; cases change it, and a new hospital sets it up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock
from tests.web.consumables import asks, see
from web.house import House
from workflow.nouns import (
    SYSTEM,
    Actor,
    Decision,
    Opening,
    ParameterValue,
    RegisterRow,
    Scalar,
)
from workflow.people.organisation import Person, Post
from workflow.ports.house import AddRow, Deed, SaveAccount, SavePerson

MAKEUP = "/policy/card.makeup_mode"
SET_UP = "/admin/policy/card.makeup_mode"


@pytest.fixture
def sun(as_person: Callable[[str], TestClient]) -> TestClient:
    """The administrator."""
    return as_person("sun")


@pytest.fixture
def he(as_person: Callable[[str], TestClient]) -> TestClient:
    """The insurance office, who proposes changes."""
    return as_person("he")


def overrides(house: House) -> dict[str, ParameterValue]:
    """What holds of the hospital's own."""
    return dict(house.store.readings.hospital().policy_at(house.clock()).overrides)


def proposed(house: House) -> dict[str, ParameterValue]:
    """What waits for a second administrator."""
    set_up = house.store.readings.hospital().policy.set_up
    return {} if set_up is None else dict(set_up.overrides)


def puts_in_force(house: House, clock: SetClock, **answers: object) -> str:
    """The office proposes, the owner checks, a leader approves; its number."""
    ke = Person("ke", "柯科长", "medins", (Post("policy_owner", "medins"),))
    house.store.house.change(Deed(Actor(SYSTEM, SYSTEM), clock()), SavePerson(ke))
    service, office = house.service, Actor("he", "医保办")
    held = house.store.readings.hospital().policy_at(clock())
    register = house.catalog().register
    key = str(answers["key"])
    so_far = register.resolve(held.profile, held.overrides).get(key)
    known = register.parameters.get(key)
    old = (held.profile or "出厂默认") if known is None else known.as_text(so_far)
    fields = {"hospital": "本院", "old_value": old, "conflict_note": "院务会决定", **answers}
    opened = service.open(Opening(office, "policy-profile", clock(), f"o{clock()}", fields))
    assert opened.number is not None, opened.refused
    for who, act in (("ke", "review"), ("zhao", "approve")):
        done = service.decide(
            opened.number, Decision(Actor(who, who), act, clock(), f"{act}{clock()}")
        )
        assert done.refused is None, done.refused.because.zh
    return opened.number


# ---- a rule from above ---------------------------------------------------------------------------


def ruled_above(house: House, clock: SetClock, value: str) -> None:
    """The hospital brings the province's rule about when a card is made up into its register."""
    values: dict[str, Scalar] = {"key": "card.makeup_mode", "value": value, "level": "省"}
    row = RegisterRow("rule", "higher_rules", values, None, None, clock())
    house.store.house.change(Deed(Actor(SYSTEM, SYSTEM), clock()), AddRow(row))


def approved_for_tomorrow(house: House, clock: SetClock) -> str:
    """A change of it that has been approved and holds from tomorrow; its number."""
    day = house.store.readings.hospital().calendar.local_day(clock())
    return puts_in_force(
        house,
        clock,
        key="card.makeup_mode",
        new_value="24小时内交卡",
        clause_ids=["S0-06-02"],
        effective_on=(day + timedelta(days=1)).isoformat(),
    )


def heard(house: House, clock: SetClock, who: str) -> list[str]:
    """The kinds of what somebody was told, the first first."""
    hospital = house.store.readings.hospital()
    day = hospital.calendar.local_day(clock())
    addresses = hospital.organisation.addresses_of(who, day)
    return [one.kind for one in reversed(house.store.readings.notices(who, addresses, 50))]


def where(house: House, number: str) -> str:
    """The state of a case."""
    file = house.store.readings.case_file(number=number)
    assert file is not None
    return file.case.state


def test_a_rule_from_above_that_came_after_the_approval_prevails(
    house: House, clock: SetClock, he: TestClient
) -> None:
    """On its day nothing comes into force, the case ends, and whoever heard of it hears that."""
    number = approved_for_tomorrow(house, clock)
    ruled_above(house, clock, "次日补刷卡")
    house.service.tick(clock())
    assert where(house, number) == "approved"

    clock.move(days=1)
    house.service.tick(clock())

    assert where(house, number) == "refused"
    assert overrides(house) == {}
    for who in ("zhang", "li", "he", "zhao", "ke"):
        assert "overruled" in heard(house, clock, who), who
    assert heard(house, clock, "zhang") == ["approve", "overruled"]


def test_a_rule_from_above_that_says_the_same_stands_in_nobodys_way(
    house: House, clock: SetClock, he: TestClient
) -> None:
    number = approved_for_tomorrow(house, clock)
    ruled_above(house, clock, "24小时内交卡")
    clock.move(days=1)
    house.service.tick(clock())

    assert where(house, number) == "active"
    assert overrides(house) == {"card.makeup_mode": "within_24h"}
    assert heard(house, clock, "zhang") == ["approve"]


# ---- what the office is called -------------------------------------------------------------------


def calls_it(house: House, clock: SetClock, name: str, ahead: int = 0) -> None:
    """The hospital calls its insurance office so, from a day on."""
    day = house.store.readings.hospital().calendar.local_day(clock())
    since = (day + timedelta(days=ahead)).isoformat()
    more = {"clause_ids": ["S0-08-03"], "effective_on": since}
    puts_in_force(house, clock, key="org.medins_name", new_value=name, **more)
    house.service.tick(clock())


def test_the_house_calls_the_office_as_the_hospital_does(
    house: House, clock: SetClock, as_person: Callable[[str], TestClient]
) -> None:
    """On the page of a process, in the list of posts, where it refuses somebody, and on paper."""
    sun = as_person("sun")
    flow, posts = "/admin/definitions/implant-approval", "/admin/org/people/he"
    assert "医保办批准" in see(sun, flow).text
    assert "社保科" not in see(sun, posts).text

    calls_it(house, clock, "社保科")

    assert "社保科批准" in see(sun, flow).text
    assert "社保科" in see(sun, posts).text
    asked = Opening(Actor("zhang", "张医生"), "policy-profile", clock(), "z", {})
    refused = house.service.open(asked).refused
    assert refused is not None
    assert refused.because.zh == "“规则档案与参数变更”由社保科、分管领导发起"
    paper = house.catalog().definition("implant-approval").print_form
    assert paper is not None
    assert "社保科审批" in [block.name.zh for block in paper.signatures]


def test_the_new_name_holds_from_its_day(house: House, clock: SetClock, he: TestClient) -> None:
    def called() -> str:
        house.keep_up(house.store.readings.hospital(), clock())
        return house.catalog().register.roles["medins_officer"].name.zh

    calls_it(house, clock, "社保科", ahead=1)
    assert called() == "医保办"
    clock.move(days=1)
    house.service.tick(clock())
    assert called() == "社保科"
    calls_it(house, clock, "医保办")
    assert called() == "医保办"


def test_a_clause_keeps_its_own_word(house: House, clock: SetClock, he: TestClient) -> None:
    calls_it(house, clock, "社保科")
    assert "立即报医保办" in see(he, "/clauses/S0-02-B03").text


# ---- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["zhang", "sun", "qian"])
def test_the_sides_of_a_conflict_stand_side_by_side(
    who: str, as_person: Callable[[str], TestClient]
) -> None:
    page = as_person(who).get(MAKEUP).text
    assert "条款分歧 C04" in page
    for clause in ("S0-02-B02", "S0-06-02", "S0-04-A1c"):
        assert clause in page
    for value in ("次日补刷卡", "24小时内交卡", "全额缴费、手工报销"):
        assert value in page
    assert "第6套" in page
    assert "医院医保管理制度全套" in page


def test_all_groups_of_clauses_that_disagree_are_shown_with_their_sources(
    house: House, as_person: Callable[[str], TestClient]
) -> None:
    page = see(as_person("zhang"), "/policy/conflicts").text
    register = house.catalog().register
    assert len(register.conflict_groups) == 26
    for group in register.conflict_groups.values():
        assert group.id in page
        assert group.disagreement.zh in page
        for side in group.sides:
            for clause in side:
                assert register.clauses[clause].says.zh in page
                assert register.clauses[clause].place in page


def test_every_profile_stands_beside_the_others(
    house: House, as_person: Callable[[str], TestClient]
) -> None:
    page = see(as_person("zhang"), "/policy/profiles").text
    for profile in house.catalog().register.profiles.values():
        assert profile.key in page
        assert profile.name.zh in page
    for value in ("急性病3天，慢性病7天，需长期服药的慢性病30天", "一般疾病7天，慢性病15天"):
        assert value in page


@pytest.mark.parametrize("query", ["补卡", "makeup", "S0-06-02", "次日"])
def test_a_parameter_is_found_by_its_name_its_value_or_its_clause(
    query: str, as_person: Callable[[str], TestClient]
) -> None:
    page = see(as_person("zhang"), f"/policy?q={query}").text
    assert "未带卡怎样补办" in page or "补卡逾期后" in page
    assert "月对账单报送日" not in page


def test_what_the_hospital_has_to_set_is_said(as_person: Callable[[str], TestClient]) -> None:
    zhang = as_person("zhang")
    page = see(zhang, "/policy?shown=missing").text
    assert "须由本院填写" in page
    assert "月对账单报送日" in page
    assert "每张处方药品种数上限" not in page
    assert "须由本院填写" in zhang.get("/policy/own_share_limit").text


def test_a_parameter_that_does_not_exist_is_not_found(sun: TestClient) -> None:
    assert sun.get("/policy/no.such_key").status_code == 404
    assert sun.post("/admin/policy/no.such_key", data={"value": "1"}).status_code == 404


# ---- changing ------------------------------------------------------------------------------------


def test_whoever_may_proposes_with_what_is_known_filled_in(he: TestClient) -> None:
    link = see(he, MAKEUP).text
    assert "提出变更" in link
    page = he.get(MAKEUP)
    url = next(a for a in page.text.split('"') if a.startswith("/requests/new/policy-profile"))
    form = see(he, url.replace("&amp;", "&")).one("form", id="request-form")
    assert form.fields["f.key"] == "card.makeup_mode"
    assert form.fields["f.old_value"] == "次日补刷卡"
    assert form.fields["f.hospital"] == "青山医院"
    assert "S0-02-B02" in form.fields["f.clause_ids"]


def test_the_figure_may_bear_its_unit_and_the_lists_name_the_parameter(he: TestClient) -> None:
    new = "/requests/new/policy-profile"
    form = see(he, f"{new}?f.key=exam.pass_mark").one("form", id="request-form")
    assert "岗前考试合格线" in form.one("select", id="f-key").text
    filled = {**form.fields, "f.new_value": "60分", "do": "submit"}
    assert "应写" in he.post(new, data={**filled, "f.new_value": "60天"}).text
    assert he.post(new, data=filled).status_code == 303
    mine = see(he, "/requests").one("table", id="inbox-rows").text
    assert "岗前考试合格线 → 60分" in mine
    assert "exam.pass_mark" not in mine


def test_which_case_is_replaced_is_asked_last(
    he: TestClient, as_person: Callable[[str], TestClient]
) -> None:
    form = he.get("/requests/new/policy-profile").text
    assert form.index('id="f-key"') < form.index('id="parent"')
    # Of a stay everything else depends on which it is.
    dispute = as_person("zhou").get("/requests/new/fee-correction").text
    assert dispute.index('id="parent"') < dispute.index('id="f-question"')


def test_whoever_may_not_is_told_who_does(as_person: Callable[[str], TestClient]) -> None:
    page = see(as_person("zhang"), MAKEUP).text
    assert "提出变更" not in page
    assert "医保办" in page
    assert "规则档案与参数变更" in page


def test_the_page_tells_since_when_by_which_case_and_why(
    house: House, clock: SetClock, he: TestClient, as_person: Callable[[str], TestClient]
) -> None:
    day = house.store.readings.hospital().calendar.local_day(clock())
    number = puts_in_force(
        house,
        clock,
        key="card.makeup_mode",
        new_value="24小时内交卡",
        clause_ids=["S0-06-02"],
        effective_on=(day + timedelta(days=1)).isoformat(),
    )
    for where in ("/policy", MAKEUP):
        page = see(he, where).text
        assert "将要生效的" in page
        assert number in page
    assert overrides(house) == {}
    clock.move(days=1)
    house.service.tick(clock())
    assert overrides(house) == {"card.makeup_mode": "within_24h"}
    zhao, zhang, chen = as_person("zhao"), as_person("zhang"), as_person("chen")
    for browser in (zhao, zhang, chen):
        page = see(browser, MAKEUP).text
        for said in ("24小时内交卡", "本院决定", "院务会决定", number, "S0-06-02"):
            assert said in page
        assert "将要生效的" not in page
    for approved_or_was_told in (zhao, zhang):
        assert f'href="/c/{number}"' in approved_or_was_told.get(MAKEUP).text
    assert f'href="/c/{number}"' not in chen.get(MAKEUP).text
    conflicts = see(chen, "/policy/conflicts").text
    assert number in conflicts
    assert "院务会决定" in conflicts


# ---- figures that nobody has entered -------------------------------------------------------------


def test_the_catalogue_says_what_has_to_be_entered_before_one_clicks(he: TestClient) -> None:
    page = he.get("/requests/new").text
    assert "还不能发起" in page
    assert "投诉处理天数" in page
    assert 'href="/policy/complaint.days"' in page


def test_the_start_is_refused_with_the_sentence_and_the_link(
    house: House, clock: SetClock, he: TestClient
) -> None:
    path = "/requests/new/complaint"
    form = see(he, path).one("form", id="request-form")
    typed = {
        "f.channel": "信件",
        "f.kind": "服务投诉",
        "f.facts": "窗口态度差",
        "f.subject": "收费处",
    }
    answer = he.post(path, data={**form.fields, **typed, "do": "submit"})
    assert answer.status_code == 409
    for said in ("投诉处理天数", "complaint.days", "S2-A09.3", "政策参数", "规则档案与参数变更"):
        assert said in answer.text
    assert 'href="/policy/complaint.days"' in answer.text
    day = house.store.readings.hospital().calendar.local_day(clock()).isoformat()
    more = {"clause_ids": ["S2-A09.3"], "effective_on": day}
    puts_in_force(house, clock, key="complaint.days", new_value="15", **more)
    clock.move(minutes=1)
    puts_in_force(house, clock, key="complaint.reward", new_value="500", **more)
    house.service.tick(clock())
    answer = he.post(path, data={**form.fields, **typed, "do": "submit"})
    assert answer.status_code == 303


# ---- the first set-up ----------------------------------------------------------------------------


@pytest.fixture
def gao(house: House, as_person: Callable[[str], TestClient]) -> TestClient:
    """A second administrator."""
    hospital = house.store.readings.hospital()
    gao = replace(hospital.organisation.people["zhang"], id="gao", name="高管理")
    gao = replace(gao, posts=(Post("admin", gao.department),))
    account = house.store.house.account_of("zhang")
    assert account is not None
    house.store.house.change(
        Deed(Actor(SYSTEM, SYSTEM), house.clock()),
        SavePerson(gao),
        SaveAccount(replace(account, person="gao", login="gao")),
    )
    return as_person("gao")


@pytest.mark.parametrize(
    ("key", "typed", "kept", "shown"),
    [
        ("card.makeup_mode", {"value": "within_24h"}, "within_24h", "24小时内交卡"),
        ("consumable.medins_review", {"value": "true"}, True, "开"),
        ("consumable.step_reminder_days", {"value": "3"}, 3, "3个工作日"),
        ("round.fine_amount", {"value": "50.5"}, 5050, "50.50元"),
        ("own_share_limit", {"value": "12.5"}, 1250, "12.5%"),
        ("org.medins_name", {"value": "医保科"}, "医保科", "医保科"),
        ("consent.signatory", {"value": ["本人", "监护人"]}, ("本人", "监护人"), "本人、监护人"),
        ("round.schedule", {"value": "08:30\n17:00"}, ("08:30", "17:00"), "08:30、17:00"),
        (
            "rx.supply_days",
            {"n.acute": "3", "n.chronic": "14", "n.ordinary": ""},
            {"acute": 3, "chronic": 14},
            "急性病3天",
        ),
    ],
)
def test_every_kind_of_value_is_set_up_with_a_reason_and_a_second_administrator(
    sun: TestClient,
    gao: TestClient,
    house: House,
    key: str,
    typed: dict[str, object],
    kept: object,
    shown: str,
) -> None:
    data = {**typed, "reason": "院务会决定", "act": "decide"}
    assert sun.post(f"/admin/policy/{key}", data=data).status_code == 303
    assert proposed(house) == {key: kept}
    assert overrides(house) == {}
    assert sun.post("/admin/policy/agree").status_code == 403
    assert shown in gao.get("/policy").text
    assert gao.post("/admin/policy/agree").status_code == 303
    assert overrides(house) == {key: kept}
    page = sun.get(f"/policy/{key}").text
    for said in (shown, "本院决定", "院务会决定", "高管理"):
        assert said in page


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("card.makeup_mode", "whenever"),
        ("consumable.step_reminder_days", "soon"),
        ("round.fine_amount", "-1"),
        ("own_share_limit", "101"),
        ("round.schedule", "half past eight"),
    ],
)
def test_a_value_that_does_not_fit_comes_back_with_what_is_expected(
    sun: TestClient, house: House, key: str, value: str
) -> None:
    answer = sun.post(f"/admin/policy/{key}", data={"value": value, "reason": "试"})
    assert answer.status_code == 422
    assert 'id="parameter-value-problem"' in answer.text
    assert "应写" in answer.text
    assert 'value="试"' in answer.text
    assert proposed(house) == {}


def test_without_a_reason_nothing_changes(sun: TestClient, house: House) -> None:
    answer = sun.post(SET_UP, data={"value": "within_24h", "reason": " "})
    assert answer.status_code == 422
    assert 'id="parameter-reason-problem"' in answer.text
    assert overrides(house) == {}


def test_another_profile_is_set_up(sun: TestClient, gao: TestClient, house: House) -> None:
    wrong = sun.post("/admin/policy/profile", data={"profile": "H99", "reason": "试"})
    assert wrong.status_code == 422
    answer = sun.post("/admin/policy/profile", data={"profile": "H06", "reason": "采用第6套"})
    assert answer.status_code == 303
    assert house.store.readings.hospital().policy.profile is None
    gao.post("/admin/policy/agree")
    assert house.store.readings.hospital().policy.profile == "H06"
    page = sun.get(MAKEUP).text
    assert "24小时内交卡" in page
    assert "按规则档案" in page
    assert "采用第6套" in page


def test_what_was_proposed_is_thrown_away(sun: TestClient, house: House) -> None:
    sun.post(SET_UP, data={"value": "within_24h", "reason": "院务会决定"})
    assert sun.post("/admin/policy/discard").status_code == 303
    assert proposed(house) == {}


def test_with_the_first_case_the_set_up_is_over(
    sun: TestClient, gao: TestClient, house: House, as_person: Callable[[str], TestClient]
) -> None:
    sun.post(SET_UP, data={"value": "within_24h", "reason": "院务会决定"})
    asks(as_person("zhang"))
    assert "初始设置" not in gao.get("/policy").text
    for path in ("/admin/policy/agree", SET_UP, "/admin/policy/profile"):
        answer = gao.post(path, data={"value": "manual", "profile": "H06", "reason": "再改"})
        assert answer.status_code == 409
        assert "规则档案与参数变更" in answer.text
    assert overrides(house) == {}


@pytest.mark.parametrize("who", ["zhang", "zhao", "he", "qian"])
def test_nobody_but_an_administrator_sets_it_up(
    who: str, as_person: Callable[[str], TestClient], house: House
) -> None:
    other = as_person(who)
    assert "初始设置" not in other.get("/policy").text
    for answer in (
        other.get("/admin/policy"),
        other.post(SET_UP, data={"value": "within_24h", "reason": "我定"}),
        other.post("/admin/policy/profile", data={"profile": "H06", "reason": "我定"}),
        other.post("/admin/policy/agree"),
        other.post("/admin/policy/discard"),
    ):
        assert answer.status_code == 403
    assert proposed(house) == {}
