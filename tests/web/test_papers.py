"""The paper that a process declares: what stands on which copy, who signs, and when it counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.committees import PROCESSES, hands_in, publishes, uses
from tests.web.consumables import asks, decides, see, signs
from tests.web.paper import Element

As = Callable[[str], TestClient]


@pytest.fixture
def number(as_person: As) -> str:
    """A device that 张医生 wants to lend, handed in: it waits for 赵院长."""
    publishes(as_person("sun"), "loan-slip")
    return hands_in(
        as_person("zhang"),
        "loan-slip",
        what="超声仪",
        why="教学",
        phone="13912345678",
        worth="1200",
        until="2026-04-01",
        **{"parts.0.name": "探头", "parts.0.count": "2", "parts.0.remark": "旧"},
    )


@pytest.fixture
def lent(as_person: As, number: str) -> str:
    """The same when 赵院长 has agreed, and both heads."""
    signs(as_person("zhao"), number, "agree", "可以借，注意保管")
    signs(as_person("li"), number, "vote_yes", "同意")
    signs(as_person("wu"), number, "vote_yes")
    return number


def copies(browser: TestClient, number: str, query: str = "") -> list[Element]:
    return see(browser, f"/c/{number}/print{query}").all("article", class_="paper-copy")


def block(copy: Element, name: str) -> str:
    """What a signature block says."""
    blocks = copy.all("table", class_="paper-opinion")
    (found,) = [one for one in blocks if one.all("th")[0].text == name]
    return found.all("td")[0].text


class TestWhatStandsThere:
    def test_fields_stand_side_by_side_in_the_order_of_the_paper(
        self, as_person: As, lent: str
    ) -> None:
        stub, _ = copies(as_person("zhang"), lent)
        first, *_ = stub.all("section", class_="paper-section")
        assert first.one("h2").text == "外借内容"
        assert [row.text for row in first.all("table", class_="paper-form")] == [
            "设备 超声仪 用途 教学",
            "价值 ¥1,200.00 大写：壹仟贰佰元整 归还日期 2026年4月1日",
        ]

    def test_a_table_has_its_chosen_columns_under_a_head_that_repeats(
        self, as_person: As, lent: str
    ) -> None:
        stub, _ = copies(as_person("zhang"), lent)
        table = stub.all("table", class_="paper-table")[0]
        caption, head = table.one("thead").all("tr")
        assert caption.text == "随附件"
        assert head.text == "序号 数量 名称"
        assert [row.text for row in table.one("tbody").all("tr")] == ["1 2 探头"]
        assert "旧" not in stub.text

    def test_it_bears_its_own_name_words_and_clauses(self, as_person: As, lent: str) -> None:
        stub, _ = copies(as_person("zhang"), lent)
        assert stub.one("h1").text == "设备外借单"
        assert stub.one(class_="paper-says").text == "借用人负责保管。"
        assert stub.one(class_="paper-notes").text == "逾期不还的，照价赔偿。 [S0-13-01b]"
        assert stub.one(class_="paper-heading").text == "科室：外科"

    def test_who_reads_english_finds_the_labels_in_both_languages(
        self, as_person: As, lent: str
    ) -> None:
        zhang = as_person("zhang")
        zhang.post("/language", data={"language": "en", "next": "/"})
        stub, _ = copies(zhang, lent)
        assert stub.one("h1").text == "设备外借单 Loan slip"
        row = stub.all("table", class_="paper-form")[0].text
        assert row == "设备 Device 超声仪 用途 Purpose 教学 Teaching"
        assert "1 2 探头" in stub.text


class TestCopies:
    def test_the_copies_come_one_after_the_other_each_with_its_name(
        self, as_person: As, lent: str
    ) -> None:
        names = [c.one(class_="paper-copy-name").text for c in copies(as_person("zhang"), lent)]
        assert names == ["第一联 存根", "第二联 交借用人"]

    @pytest.mark.parametrize(
        ("query", "names"),
        [("?copy=2", ["第二联 交借用人"]), ("?copy=7", ["第一联 存根", "第二联 交借用人"])],
    )
    def test_one_may_be_printed_alone(
        self, as_person: As, lent: str, query: str, names: list[str]
    ) -> None:
        shown = copies(as_person("zhang"), lent, query)
        assert [copy.one(class_="paper-copy-name").text for copy in shown] == names

    def test_what_is_inside_or_left_off_is_not_on_the_copy_that_leaves_the_house(
        self, as_person: As, lent: str
    ) -> None:
        stub, borrowers = copies(as_person("zhang"), lent)
        for kept in (
            "13912345678",
            "联系",
            "¥1,200.00",
            "可以借，注意保管",
            "其他办理",
            "[S0-13-01b]",
        ):
            assert kept in stub.text
            assert kept not in borrowers.text
        for shared in ("超声仪", "归还日期", "赵院长", "逾期不还的，照价赔偿。"):
            assert shared in borrowers.text

    def test_what_is_masked_stays_masked_on_paper(self, as_person: As, lent: str) -> None:
        stub, _ = copies(as_person("qian"), lent)
        assert "13912345678" not in stub.text
        assert "借用人电话" in stub.text

    def test_every_copy_ends_with_the_number_and_the_last_line_of_the_ledger(
        self, as_person: As, lent: str
    ) -> None:
        feet = [copy.one("tfoot").text for copy in copies(as_person("zhang"), lent)]
        assert feet[0] == feet[1]
        assert f"设备外借单 · {lent}" in feet[0]
        assert "末条校验码" in feet[0]


class TestSignatures:
    def test_a_block_that_waits_has_lines_and_says_for_whom(
        self, as_person: As, number: str
    ) -> None:
        stub, _ = copies(as_person("zhang"), number)
        assert block(stub, "院领导") == "分管领导 签字： 日期： （盖章）"
        assert block(stub, "借用人") == "单位： 签字： 日期："

    def test_who_has_signed_stands_there_with_words_post_and_moment(
        self, as_person: As, lent: str
    ) -> None:
        stub, _ = copies(as_person("zhang"), lent)
        signed = block(stub, "院领导")
        assert signed.startswith("同意：可以借，注意保管 赵院长 院领导 分管领导 2026年3月2日")
        assert "签字" not in signed

    def test_every_vote_of_a_panel_stands_in_its_block(self, as_person: As, lent: str) -> None:
        stub, borrowers = copies(as_person("zhang"), lent)
        for copy in (stub, borrowers):
            votes = block(copy, "科主任会签")
            assert "已通过 · 赞成 2，反对 0" in votes
            assert "李主任（科主任） 赞成 同意" in votes
            assert "吴主任（科主任） 赞成" in votes
        assert "李主任" not in stub.all("section", class_="paper-panel")[-1].text

    def test_a_void_signature_and_a_return_stand_among_the_other_acts(
        self, as_person: As, number: str
    ) -> None:
        signs(as_person("zhao"), number, "send_back", "请写清用途")
        stub, _ = copies(as_person("zhang"), number)
        assert "请写清用途" in stub.one("section", class_="paper-panel").text
        assert "请写清用途" not in block(stub, "院领导")

    def test_what_was_taken_back_signs_nothing(self, as_person: As, number: str) -> None:
        signs(as_person("zhao"), number, "agree", "可以借")
        uses(as_person("zhao"), number, "task.take_back", "点错了")
        stub, _ = copies(as_person("zhang"), number)
        assert "可以借" not in block(stub, "院领导")
        assert "拿回：点错了" in stub.one("section", class_="paper-panel").text

    def test_where_the_case_has_ended_without_it_nobody_is_asked_any_more(
        self, as_person: As
    ) -> None:
        number = asks(as_person("zhang"))
        decides(as_person("li"), number, "reject", "不需要")
        (sheet,) = copies(as_person("zhang"), number)
        assert block(sheet, "科主任意见").startswith("不同意：不需要 李主任")
        assert block(sheet, "财务科意见") == "（未办理）"


def test_acts_of_branches_stand_on_paper_with_their_own_steps(as_person: As) -> None:
    publishes(as_person("sun"), "two-offices")
    number = hands_in(as_person("zhang"), "two-offices", what="会办事项")
    signs(as_person("he"), number, "insurance_check", "")
    signs(as_person("wang"), number, "finance_check", "账目相符")
    (sheet,) = copies(as_person("zhang"), number)
    acts = [one.text for one in sheet.all("div", class_="paper-act")]
    assert [act.split(" 2026")[0] for act in acts] == [
        "草稿 · 提交 张医生",
        "医保核对 · 医保核对无误 何老师 医保办",
        "财务核对 · 财务核对无误：账目相符 王会计 财务科",
        "两处会办 · 会办完成（系统自动） 系统自动",
    ]


def test_a_branch_has_its_own_block(as_person: As) -> None:
    text = (PROCESSES / "two-offices.yaml").read_text("utf-8")
    paper = """
print:
  title: {zh: 会办单, en: Slip}
  in_force: done
  sections: [{rows: what}]
  signatures:
    - {name: {zh: 财务, en: Finance}, steps: finance}
    - {name: {zh: 医保, en: Insurance}, steps: insurance}
"""
    answer = as_person("sun").post(
        "/admin/definitions/new", data={"text": text + paper, "act": "publish"}
    )
    assert answer.status_code == 303
    number = hands_in(as_person("zhang"), "two-offices", what="会办事项")
    signs(as_person("he"), number, "insurance_check", "")
    (sheet,) = copies(as_person("zhang"), number)
    assert block(sheet, "医保").startswith("医保核对无误 何老师")
    assert block(sheet, "财务").startswith("财务科 签字")


class TestWhenItCounts:
    def mark(self, browser: TestClient, number: str) -> list[str]:
        return [one.text for one in copies(browser, number)[0].all(class_="paper-mark")]

    def test_before_it_is_in_force_it_says_so(self, as_person: As, number: str) -> None:
        assert self.mark(as_person("zhang"), number) == ["未生效"]
        assert "未生效" in copies(as_person("zhang"), number)[1].one("tfoot").text

    def test_back_at_its_beginning_it_is_a_draft(self, as_person: As, number: str) -> None:
        signs(as_person("zhao"), number, "send_back", "请写清用途")
        assert self.mark(as_person("zhang"), number) == ["草稿"]

    def test_in_force_it_bears_no_mark(self, as_person: As, lent: str) -> None:
        assert self.mark(as_person("zhang"), lent) == []

    def test_what_has_ended_otherwise_is_void(self, as_person: As, number: str) -> None:
        signs(as_person("zhao"), number, "agree", "可以借")
        signs(as_person("li"), number, "vote_no", "本科要用")
        assert self.mark(as_person("zhang"), number) == ["不生效"]


def test_the_page_needs_no_script_and_no_style_of_its_own(as_person: As, lent: str) -> None:
    answer = as_person("zhang").get(f"/c/{lent}/print")
    assert "style=" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
