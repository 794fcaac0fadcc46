"""The paper of a process is read strictly; it says what it must, and no more than it may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.definitions.writing import (
    FILE,
    GOOD,
    column_of,
    edited,
    line_of,
    parsed,
    problems_of,
    small_register,
)
from tests.engine.spoiling import Spoilt, found_by_its_check, told_at_its_line
from workflow.design import checks_print
from workflow.design.checks import check_definition
from workflow.design.checks_print import PRINT_CHECKS
from workflow.design.comparing import compare
from workflow.design.papers import decisions_of, opinions_of, paper_of, signed_in
from workflow.design.plan import Plan
from workflow.design.print_form import Heading, PrintNote
from workflow.refusals import Sentence

PRINT = """\
print:
  title: {zh: 请假单, en: Leave slip}
  in_force: approved
  sections:
    - name: {zh: 事由, en: Why}
      rows:
        - [reason, days, starts]
        - kind
        - {field: trips, columns: [nights, place]}
    - {rows: pay, inside: true, optional: true}
  signatures:
    - {name: {zh: 护士, en: Nurse}, steps: draft}
    - {name: {zh: 科主任, en: Head}, steps: review, roles: head, seal: true}
    - {name: {zh: 家属, en: Family}, by_hand: true, lines: [{zh: 关系, en: Relation}]}
  preface: {zh: 按制度请假。, en: By the rules.}
  notes: {zh: 全年不超过30天。, en: At most 30 days a year., clauses: L-1}
  copies:
    - {name: {zh: 存根, en: Stub}}
    - {name: {zh: 交本人, en: For the nurse}, outside: true, without: [head_opinion]}
"""
PAPER = GOOD + PRINT


def written(*edits: tuple[str, str]) -> str:
    """The good definition with its paper, somewhat changed."""
    return edited(*edits, text=PAPER)


class TestWhatIsRead:
    def test_rows_stand_alone_or_side_by_side(self) -> None:
        form = paper_of(parsed(PAPER))
        first, second = form.sections
        assert [[cell.field for cell in row] for row in first.rows] == [
            ["reason", "days", "starts"],
            ["kind"],
            ["trips"],
        ]
        assert [column.key for column in first.rows[2][0].columns] == ["nights", "place"]
        assert (second.name, second.inside, second.optional) == (None, True, True)

    def test_blocks_copies_and_notes_keep_their_order(self) -> None:
        form = paper_of(parsed(PAPER))
        assert [block.name.zh for block in form.signatures] == ["护士", "科主任", "家属"]
        assert form.signatures[1].roles == ("head",)
        assert form.signatures[2].lines == (Sentence("关系", "Relation"),)
        assert [(copy.name.zh, copy.outside) for copy in form.copies] == [
            ("存根", False),
            ("交本人", True),
        ]
        assert form.preface == (PrintNote(Sentence("按制度请假。", "By the rules.")),)
        assert form.notes[0].clauses == ("L-1",)
        assert form.heading == (Heading.APPLICANT, Heading.DEPARTMENT, Heading.OPENED)

    def test_without_a_paper_every_field_but_opinions_stands_on_one(self) -> None:
        definition = parsed()
        form = paper_of(definition)
        assert form.title == definition.name
        assert form.in_force == ("approved", "refused")
        expected = [key for key in definition.form if key != "head_opinion"]
        assert [cell.field for cell in form.cells] == expected

    def test_an_opinion_stands_in_the_block_of_its_act(self) -> None:
        definition = parsed(PAPER)
        assert opinions_of(paper_of(definition), definition) == {"head_opinion"}

    def test_decisions_are_signatures_and_ends_that_others_make(self) -> None:
        decided = {(action.key, step) for action, step in decisions_of(parsed())}
        assert decided == {("approve", "review"), ("refuse", "review")}

    def test_a_return_signs_nothing_unless_it_is_named(self) -> None:
        definition = parsed(written(("    tone: stop\n  lapse", "    tone: back\n  lapse")))
        block = paper_of(definition).signatures[1]
        refuse = definition.actions["refuse"]
        assert not signed_in(block, "review", refuse)
        assert signed_in(replace(block, actions=("refuse",)), "review", refuse)
        assert not signed_in(replace(block, actions=("refuse",)), "draft", refuse)

    def test_another_paper_is_a_change_of_the_head(self) -> None:
        before, after = parsed(PAPER), parsed(written(("zh: 请假单", "zh: 请假条")))
        (difference,) = compare(before, after)
        assert difference.what == ("print_form",)


#: What is spoiled, where the problem must stand, its path, and what its sentences must say.
REFUSED = [
    pytest.param(
        ("[reason, days, starts]", "[reason, dais, starts]"),
        "dais",
        "print.sections.1.rows.1.2",
        ("表单项“dais”不存在。是不是想写“days”？", "There is no form field “dais”"),
        id="an unknown field",
    ),
    pytest.param(
        ("in_force: approved", "in_force: aproved"),
        "aproved",
        "print.in_force",
        ("状态“aproved”不存在。是不是想写“approved”？", "There is no state “aproved”"),
        id="an unknown state",
    ),
    pytest.param(
        ("roles: head,", "roles: haed,"),
        "haed",
        "print.signatures.2.roles",
        ("角色“haed”不存在。是不是想写“head”？", "There is no role “haed”"),
        id="an unknown role",
    ),
    pytest.param(
        ("steps: draft}", "actions: sumbit}"),
        "sumbit",
        "print.signatures.1.actions",
        ("动作“sumbit”不存在。是不是想写“submit”？", "There is no action “sumbit”"),
        id="an unknown action",
    ),
    pytest.param(
        ("clauses: L-1}\n  copies", "clauses: L-7}\n  copies"),
        "L-7",
        "print.notes.clauses",
        ("条款“L-7”不存在", "There is no clause “L-7”"),
        id="an unknown clause",
    ),
    pytest.param(
        ("  title: {zh: 请假单, en: Leave slip}\n", ""),
        "print:",
        "print",
        ("打印件缺少“title”", "A print form lacks “title”"),
        id="no title",
    ),
    pytest.param(
        ("optional: true}\n  sig", "optonal: true}\n  sig"),
        "optonal",
        "print.sections.2.optonal",
        ("没有“optonal”这个键。是不是想写“optional”？", "has no key “optonal”"),
        id="an unknown key",
    ),
    pytest.param(
        ("[reason, days, starts]", "[reason, days, starts, called, pay]"),
        "[reason, days, starts, called, pay]",
        "print.sections.1.rows.1",
        ("这个列表有 5 项", "This list has 5 items"),
        id="more side by side than fits",
    ),
    pytest.param(
        ("steps: draft}", "steps: draft, by_hand: true}"),
        "{name: {zh: 护士, en: Nurse}",
        "print.signatures.1",
        ("签名栏要么写 steps 或 actions", "has steps or actions"),
        id="a block by hand and by acts",
    ),
    pytest.param(
        (", steps: draft}", "}"),
        "{name: {zh: 护士, en: Nurse}",
        "print.signatures.1",
        ("签名栏要么写 steps 或 actions", "or by_hand: true"),
        id="a block of nobody",
    ),
    pytest.param(
        ("steps: draft}", "steps: draft, lines: {zh: 关系二, en: Relation}}"),
        "{zh: 关系二",
        "print.signatures.1.lines",
        ("lines 只用于手写签名", "lines belong to a signature by hand"),
        id="lines without a hand",
    ),
    pytest.param(
        ("  preface: {zh: 按制度请假。, en: By the rules.}\n", "  heading: [ward]\n"),
        "ward]",
        "print.heading.1",
        ("抬头“ward”不存在", "There is no heading “ward”"),
        id="a heading that there is not",
    ),
]


@pytest.mark.parametrize(("edit", "part", "path", "sentences"), REFUSED)
def test_it_is_refused_at_its_place(
    edit: tuple[str, str], part: str, path: str, sentences: tuple[str, str]
) -> None:
    text = written(edit)
    (problem,) = problems_of(text)
    assert (problem.file, problem.line) == (FILE, line_of(text, part))
    assert (problem.column, problem.path) == (column_of(text, part), path)
    assert sentences[0] in problem.said.zh
    assert sentences[1] in problem.said.en


OUTSIDE = "outside: true, without: [head_opinion]"
MASKED = ("label: {zh: 事由, en: Reason}, ", "label: {zh: 事由, en: Reason}, masked: true, ")
SPOILT = {
    "a column that the table has not": Spoilt(
        checks_print.printed_columns_exist,
        (("columns: [nights, place]", "columns: [nights, plaice]"),),
        "plaice",
        "表格 trips 没有“plaice”这一列。是不是想写“place”？",
        "Table trips has no column “plaice”. Did you mean “place”?",
    ),
    "columns of what is no table": Spoilt(
        checks_print.printed_columns_exist,
        (("        - kind\n", "        - {field: kind, columns: place}\n"),),
        "columns: place",
        "表单项 kind 不是表格",
        "Field kind is no table",
    ),
    "a table beside something": Spoilt(
        checks_print.tables_have_the_whole_width,
        (
            ("        - {field: trips, columns: [nights, place]}\n", ""),
            ("        - kind\n", "        - [kind, trips]\n"),
        ),
        "[kind, trips]",
        "表格 trips 要独占一行",
        "Table trips needs a row of its own",
    ),
    "a field twice": Spoilt(
        checks_print.a_field_stands_once,
        (("rows: pay,", "rows: [pay, kind],"),),
        "rows: [pay, kind]",
        "表单项 kind 在打印件上已经有了",
        "Field kind stands on the paper already",
    ),
    "a required field that is nowhere": Spoilt(
        checks_print.what_is_required_stands_on_paper,
        (("        - kind\n", ""),),
        "print:",
        "必填的表单项 kind 没有印在纸上",
        "The required field kind does not stand on the paper",
    ),
    "a decision without its block": Spoilt(
        checks_print.decisions_are_signed_for,
        (("steps: review, roles: head", "actions: refuse"),),
        "print:",
        "动作 approve（在 review）是一个决定",
        "Action approve (at review) is a decision without a signature block",
    ),
    "a block for some of those who decide": Spoilt(
        checks_print.decisions_are_signed_for,
        (
            (
                "    who: {role: head, of: applicant.department}",
                "    who: [{role: head}, {role: nurse}]\n    all_sign: true",
            ),
            ("who: reviewer", "who: {role: head}"),
        ),
        "print:",
        "动作 approve（在 review）是一个决定",
        "Action approve (at review) is a decision",
    ),
    "a reason for leaving off what stands there": Spoilt(
        checks_print.reasons_are_needed,
        (("  copies:\n", "  left_off: {kind: {zh: 不印, en: Not}}\n  copies:\n"),),
        "print:",
        "left_off 说不印 kind，可它就印在纸上",
        "left_off says that kind is not printed, and it is",
    ),
    "a reason for not signing what is signed": Spoilt(
        checks_print.reasons_are_needed,
        (("  copies:\n", "  unsigned: {approve: {zh: 不签, en: Not}}\n  copies:\n"),),
        "print:",
        "unsigned 里的 approve 已有签名栏",
        "approve under unsigned has a block already",
    ),
    "a reason for not signing what nobody decides": Spoilt(
        checks_print.reasons_are_needed,
        (("  copies:\n", "  unsigned: {withdraw: {zh: 不签, en: Not}}\n  copies:\n"),),
        "print:",
        "unsigned 里的 withdraw",
        "withdraw under unsigned has a block already, or is no decision",
    ),
    "a block at a step where nobody acts": Spoilt(
        checks_print.blocks_can_be_signed,
        (("steps: draft}", "steps: approved}"),),
        "steps: approved",
        "签名栏“护士”：没有人会在状态 approved 签名",
        "Signature block “Nurse”: nobody will ever sign there at approved",
    ),
    "a block of the clock": Spoilt(
        checks_print.blocks_can_be_signed,
        (("steps: draft}", "actions: lapse}"),),
        "actions: lapse",
        "没有人会以动作 lapse 签名",
        "nobody will ever sign there by lapse",
    ),
    "a role that never decides there": Spoilt(
        checks_print.blocks_can_be_signed,
        (("roles: head,", "roles: family,"),),
        "roles: family",
        "没有人会以角色 family 签名",
        "nobody will ever sign there as family",
    ),
    "a masked field on a copy for outside": Spoilt(
        checks_print.copies_keep_what_is_kept,
        (MASKED,),
        "[reason, days, starts]",
        "敏感的表单项 reason 会印到交给院外的“交本人”上",
        "The field reason, which is masked or hidden, would stand on “For the nurse”",
    ),
    "the person from whom it is hidden on a copy for outside": Spoilt(
        checks_print.copies_keep_what_is_kept,
        (("open:\n", "hidden_from: stand_in\nopen:\n"), ("- kind\n", "- [kind, stand_in]\n")),
        "[kind, stand_in]",
        "敏感的表单项 stand_in",
        "The field stand_in",
    ),
    "masked words of a signature on a copy for outside": Spoilt(
        checks_print.copies_keep_what_is_kept,
        (
            ("Opinion}, type: long_text}", "Opinion}, type: long_text, masked: true}"),
            (OUTSIDE, "outside: true, without: [kind]"),
        ),
        "{name: {zh: 科主任, en: Head}",
        "敏感的表单项 head_opinion 会印到交给院外的“交本人”上",
        "The field head_opinion, which is masked or hidden",
    ),
    "a copy of a confidential case for outside": Spoilt(
        checks_print.copies_keep_what_is_kept,
        (("open:\n", "confidential: true\nopen:\n"),),
        "outside: true",
        "保密流程不能有交到院外的“交本人”",
        "A confidential process has no copy “For the nurse” outside the house",
    ),
    "a copy without what is not there": Spoilt(
        checks_print.copies_leave_off_what_is_there,
        (("without: [head_opinion]", "without: [called]"),),
        "without: [called]",
        "“交本人”不印 called，可它本来就不在纸上",
        "“For the nurse” is without called, which is not on the paper anyway",
    ),
}


def test_the_good_one_is_good() -> None:
    assert check_definition(parsed(PAPER), small_register()) == ()


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT.keys())
def test_what_is_wrong_is_found_at_its_line(spoilt: Spoilt) -> None:
    told_at_its_line(spoilt, spoilt.of(PAPER))


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT.keys())
def test_it_is_the_check_of_that_name_that_finds_it(spoilt: Spoilt) -> None:
    found_by_its_check(spoilt, spoilt.of(PAPER))


def test_every_check_is_put_to_the_test() -> None:
    assert {spoilt.check for spoilt in SPOILT.values()} == set(PRINT_CHECKS)


@pytest.mark.parametrize(
    "edit",
    [
        (OUTSIDE, "outside: true, without: [head_opinion, reason]"),
        (OUTSIDE, "without: [head_opinion]"),
    ],
    ids=["where the copy is without it", "where the copy stays in the house"],
)
def test_a_masked_field_may_stand(edit: tuple[str, str]) -> None:
    plan = Plan.of(parsed(written(MASKED, edit)), small_register(), ())
    assert not [*checks_print.copies_keep_what_is_kept(plan)]


def test_a_section_that_stays_inside_may_hold_it() -> None:
    text = written(("type: money, above: 0}", "type: money, above: 0, masked: true}"))
    assert not [*checks_print.copies_keep_what_is_kept(Plan.of(parsed(text), small_register(), ()))]


def test_what_needs_no_paper_says_why() -> None:
    text = written(
        ("        - kind\n", ""),
        ("steps: review, roles: head", "actions: refuse"),
        (
            "  copies:\n",
            """\
  left_off: {kind: {zh: 不归档, en: Not filed}}
  unsigned: {approve: {zh: 另有批文, en: A letter of its own}}
  copies:
""",
        ),
        (", without: [head_opinion]", ""),
    )
    assert check_definition(parsed(text), small_register()) == ()
