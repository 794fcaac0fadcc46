"""What waits, what was done, what was asked for, and drafts: rows, counts, filters, order,
pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock
from tests.web.consumables import asks, decides, see, send_request, signs
from tests.web.paper import Element, read_page
from web.house import House
from web.presenters.inbox import inbox_view
from web.presenters.speech import Speech
from web.settings import Settings
from workflow.nouns import SYSTEM, Actor
from workflow.people.organisation import Delegation
from workflow.ports.hospital import Policy
from workflow.ports.house import Deed, SavePerson, SavePolicy
from workflow.ports.store import Store
from workflow.service.inboxes import InboxFilters

As = Callable[[str], TestClient]


@pytest.fixture
def settings() -> Settings:
    """Nobody is signed out while days pass."""
    weeks = 60 * 24 * 14
    return Settings(
        hospital_name="青山医院", tick_seconds=0, session_idle_minutes=weeks, session_hours=24 * 14
    )


def rows(page: Element) -> list[Element]:
    tables = page.all("table", id="inbox-rows")
    return tables[0].one("tbody").all("tr") if tables else []


def titles(page: Element) -> list[str]:
    return [row.one("th").all("a")[0].text for row in rows(page)]


def three_days_to_sign(store: Store, clock: SetClock) -> None:
    """The hospital reminds after three working days."""
    policy = Policy(overrides={"consumable.step_reminder_days": 3})
    store.house.change(Deed(Actor(SYSTEM, SYSTEM), clock()), SavePolicy(policy))


# ---- rows ----------------------------------------------------------------------------------------


def test_an_empty_box_explains_itself(as_person: As) -> None:
    page = see(as_person("li"), "/inbox")
    assert "没有等您办理的事项。有新的待办时会出现在这里" in page.text
    for path, words in (
        ("/inbox/done", "您还没有办理过案件"),
        ("/requests", "您还没有提交过申请"),
        ("/drafts", "没有草稿"),
    ):
        assert words in see(as_person("li"), path).text


def test_a_row_says_what_whose_where_how_much_and_since_when(as_person: As) -> None:
    number = asks(as_person("zhang"))
    row = rows(see(as_person("li"), "/inbox"))[0]
    for words in (number, "止血材料（5cm）", "新增卫生材料审批", "张医生", "外科", "¥300.00"):
        assert words in row.text
    assert "待科主任签署" in row.text
    assert "今天 09:00" in row.text
    assert "无期限" in row.text
    assert row.links == [f"/c/{number}"]


def test_a_row_seen_before_says_what_has_changed_since(
    as_person: As, store: Store, clock: SetClock
) -> None:
    asks(as_person("zhang"))
    li = as_person("li")

    def row() -> str:
        return rows(see(li, "/inbox"))[0].text

    assert "张医生" in row()
    before = store.readings.hospital().organisation.people["zhang"]
    store.house.change(Deed(Actor(SYSTEM, SYSTEM), clock()), SavePerson(replace(before, name="章")))
    assert "章" in row()
    assert "张医生" not in row()
    assert "今天 09:00" in row()
    clock.move(days=1)
    assert "昨天 09:00" in row()
    li.cookies.set("language", "en")
    assert "Yesterday 09:00" in row()


def test_the_time_left_is_told_in_working_days(
    as_person: As, store: Store, clock: SetClock
) -> None:
    three_days_to_sign(store, clock)
    asks(as_person("zhang"))
    assert "还剩 3 个工作日" in rows(see(as_person("li"), "/inbox"))[0].text
    clock.move(days=3)
    assert "今天到期" in rows(see(as_person("li"), "/inbox"))[0].text


def test_what_is_overdue_says_so_in_words_and_comes_first(
    as_person: As, store: Store, clock: SetClock, house: House
) -> None:
    asks(as_person("zhang"), material_name="不急的")
    three_days_to_sign(store, clock)
    asks(as_person("zhang"), material_name="逾期的")
    clock.move(days=3)
    asks(as_person("zhang"), material_name="三天后的")
    clock.move(days=1)
    house.service.tick(clock())
    page = see(as_person("li"), "/inbox")
    assert titles(page) == ["逾期的（5cm）", "三天后的（5cm）", "不急的（5cm）"]
    assert "已逾期 1 个工作日" in rows(page)[0].text
    assert "已逾期的在前，其次按到期先后，再按到达先后" in page.text
    assert "已逾期 1" in page.one("ul", class_="tiles").text


def test_work_disappears_once_it_is_done_and_stands_under_done(as_person: As) -> None:
    number = asks(as_person("zhang"))
    signs(as_person("li"), number, "dept_sign")
    assert rows(see(as_person("li"), "/inbox")) == []
    assert titles(see(as_person("li"), "/inbox/done")) == ["止血材料（5cm）"]
    assert titles(see(as_person("wang"), "/inbox")) == ["止血材料（5cm）"]
    assert titles(see(as_person("zhang"), "/requests")) == ["止血材料（5cm）"]


def test_what_was_returned_waits_for_its_applicant_and_says_so(as_person: As) -> None:
    number = asks(as_person("zhang"))
    decides(as_person("li"), number, "return_for_completion", "请写全")
    row = rows(see(as_person("zhang"), "/inbox"))[0]
    assert "曾退回" in row.text
    assert "草稿" in row.text


def test_drafts_are_kept_apart_from_requests(as_person: As) -> None:
    send_request(as_person("zhang"), do="draft")
    assert titles(see(as_person("zhang"), "/drafts")) == ["止血材料（5cm）"]
    assert rows(see(as_person("zhang"), "/requests")) == []


# ---- counts, filters, pages ----------------------------------------------------------------------


@pytest.fixture
def busy(as_person: As) -> None:
    """Three requests wait for finance, from two departments."""
    for person, head, name in (
        ("zhang", "li", "缝合线"),
        ("chen", "wu", "导管"),
        ("zhang", "li", "纱布"),
    ):
        signs(as_person(head), asks(as_person(person), material_name=name), "dept_sign")


@pytest.mark.usefixtures("busy")
def test_counts_stand_beside_the_boxes_and_in_the_menu(as_person: As) -> None:
    page = see(as_person("wang"), "/inbox")
    assert "待办 3" in page.one("nav", class_="boxes").text
    assert "新增卫生材料审批 3" in page.one("ul", class_="tiles").text
    assert "待办 3" in page.one("nav", id="side-bar").text


def test_of_many_processes_the_fullest_are_counted_and_the_rest_folds_away(house: House) -> None:
    hospital = house.store.readings.hospital()
    inbox = house.looking.inbox("wang", house.clock(), InboxFilters())
    many = {(key, "somewhere"): n for n, key in enumerate(house.catalog().latest, start=1)}
    speech = Speech("zh_CN", hospital, house.clock())
    view = inbox_view(replace(inbox, counts=many), house.catalog(), speech, "wang")
    # Two of deadlines stand before them.
    assert [tile.count for tile in view.tiles[2:]] == [str(len(many) - n) for n in range(4)]
    assert len(view.more_tiles) == len(many) - 4
    shown = "".join(tile.label for tile in (*view.tiles, *view.more_tiles))
    assert all(speech.say(one.name) in shown for one in house.catalog().latest.values())


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["缝合线（5cm）", "导管（5cm）", "纱布（5cm）"]),
        ("?department=medicine", ["导管（5cm）"]),
        ("?q=纱布", ["纱布（5cm）"]),
        ("?q=张医生", ["缝合线（5cm）", "纱布（5cm）"]),
        ("?q=HC2026-000002", ["导管（5cm）"]),
        (
            "?process=consumable-approval&step=finance_review&department=surgery&q=线",
            ["缝合线（5cm）"],
        ),
        ("?process=consumable-approval&step=leader_review", []),
        ("?process=fee-correction", []),
        ("?due=overdue", []),
        ("?due=nonsense&page=zero", ["缝合线（5cm）", "导管（5cm）", "纱布（5cm）"]),
    ],
)
def test_filters_stand_in_the_address(as_person: As, query: str, found: list[str]) -> None:
    page = see(as_person("wang"), f"/inbox{query}")
    assert titles(page) == found
    if query and not found:
        assert "没有符合筛选条件的事项" in page.text
        assert "/inbox" in page.links


@pytest.mark.usefixtures("busy")
def test_a_filter_that_is_set_is_shown_as_set(as_person: As) -> None:
    page = see(as_person("wang"), "/inbox?process=consumable-approval&step=finance_review&q=布")
    form = page.one("form", id="inbox-filters")
    assert form.fields["process"] == "consumable-approval"
    assert form.fields["step"] == "finance_review"
    assert form.fields["q"] == "布"


@pytest.mark.usefixtures("busy")
def test_with_htmx_a_filter_answers_with_the_list_alone(as_person: As) -> None:
    answer = as_person("wang").get("/inbox?q=纱布", headers={"HX-Request": "true"})
    page = read_page(answer.text)
    assert not page.all("html")
    assert titles(page) == ["纱布（5cm）"]
    assert "HX-Request" in answer.headers["vary"]


def test_a_long_box_has_pages_that_keep_the_filters(as_person: As) -> None:
    for n in range(23):
        asks(as_person("zhang"), material_name=f"材料{n:02d}")
    first = see(as_person("li"), "/inbox?q=材料")
    assert len(rows(first)) == 20
    onward = first.one("nav", class_="pages").one("a", rel="next").attributes["href"]
    second = see(as_person("li"), onward)
    assert titles(second) == ["材料20（5cm）", "材料21（5cm）", "材料22（5cm）"]
    assert second.one("form", id="inbox-filters").fields["q"] == "材料"
    back = second.one("nav", class_="pages").one("a", rel="prev").attributes["href"]
    assert titles(see(as_person("li"), back)) == titles(first)


@pytest.mark.usefixtures("busy")
def test_the_page_is_told_in_english_as_well(as_person: As) -> None:
    wang = as_person("wang")
    wang.cookies.set("language", "en")
    page = see(wang, "/inbox")
    assert "With finance" in page.text
    assert "overdue first, then by due date, then by arrival" in page.text


class TestForSomebodyElse:
    """吴主任 stands in for 王会计, and heads the department of one applicant."""

    @pytest.fixture
    def delegations(self) -> tuple[Delegation, ...]:
        return (Delegation("d1", "wang", "wu", date(2026, 3, 1), date(2026, 3, 31)),)

    @pytest.mark.usefixtures("busy")
    def test_what_they_signed_themselves_is_not_offered_again(self, as_person: As) -> None:
        page = see(as_person("wu"), "/inbox?for=wang")
        # 吴主任 signed 导管 as head: nobody signs two different steps of one case.
        assert titles(page) == ["缝合线（5cm）", "纱布（5cm）"]
        assert "代 王会计" in rows(page)[0].text

    @pytest.mark.usefixtures("busy")
    def test_nobody_looks_into_the_box_of_somebody_who_lent_them_nothing(
        self, as_person: As
    ) -> None:
        assert rows(see(as_person("chen"), "/inbox?for=wang")) == []
