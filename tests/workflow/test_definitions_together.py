"""Processes that speak to each other fit each other; a folder is loaded whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.definitions.writing import (
    FILE,
    GOOD,
    edited,
    line_of,
    one_line,
    parsed,
    small_register,
)
from workflow.design.neighbours import acts_fired, check_neighbours
from workflow.service.bundles import (
    Bundle,
    BundlesInvalid,
    check_path,
    examine,
    load_bundles,
)

ROUND = """\
process: ward-round
version: 1
name: {zh: 查房, en: Round}
summary: {zh: 查房, en: Round}
category: {zh: 病区, en: Ward}
number: CF
title: '{place}'
open: {who: {role: nurse}, parent: {process: leave-request, field: leave}}
form:
  leave: {label: {zh: 请假单, en: Leave}, type: case, process: leave-request}
  place: {label: {zh: 地点, en: Place}, type: text, required: start}
  day: {label: {zh: 日期, en: Day}, type: date}
  beds: {label: {zh: 床数, en: Beds}, type: integer}
  pay: {label: {zh: 扣款, en: Pay}, type: money, computed: true}
registers:
  rounds:
    name: {zh: 查房簿, en: Rounds}
    columns: {place: {type: text, label: {zh: 地点, en: Place}}}
facts:
  asked: {register: rounds, where: {place: form.place}, gives: exists}
states:
  planned: {name: {zh: 计划, en: Planned}, entry: true}
  walking: {name: {zh: 进行, en: Walking}}
  done: {name: {zh: 完成, en: Done}, final: true}
actions:
  walk:
    name: {zh: 开始, en: Walk}
    from: planned
    to: walking
    who: {role: nurse}
    conditions: {when: '!facts.asked', otherwise: {zh: 今天查过, en: Done today}}
    effects: [{set: {pay: 5元}}]
  finish: {name: {zh: 完成, en: Finish}, from: walking, to: done, who: [{role: nurse}, system]}
"""
END = "      - notify: applicant\n"
ACT = "      - {act: finish, on: children, process: ward-round, states: walking}\n"
START = "      - {start: ward-round, fields: {place: form.reason}}\n"
FACT = "  seen: {history: approve, gives: exists}\n"
ROUNDS_OPEN = "  seen: {related: children, process: ward-round, open: true, gives: exists}\n"


def round_with(*edits: tuple[str, str]) -> str:
    return edited(*edits, text=ROUND)


@dataclass(frozen=True)
class Unfit:
    """Two definitions of which the leave does not fit the ward round."""

    leave: tuple[tuple[str, str], ...]
    rounds: tuple[tuple[str, str], ...]
    part: str
    zh: str
    en: str


UNFIT = {
    "a process that nobody knows": Unfit(
        ((END, ACT.replace("ward-round", "ward-rond")),),
        (),
        "- {act: finish",
        "没有流程“ward-rond”",
        "There is no process “ward-rond”",
    ),
    "an action that the other lacks": Unfit(
        ((END, ACT.replace("finish", "finsh")),),
        (),
        "- {act: finsh",
        "流程 ward-round 没有动作“finsh”。是不是想写“finish”？",
        "ward-round has no action “finsh”",
    ),
    "an action that is not for other processes": Unfit(
        ((END, ACT.replace("finish", "walk")),),
        (),
        "- {act: walk",
        "动作 walk 不由 system 办理",
        "is not for the system",
    ),
    "a state that the other lacks": Unfit(
        ((END, ACT.replace("states: walking", "states: waking")),),
        (),
        "- {act: finish",
        "没有状态“waking”。是不是想写“walking”？",
        "has no state “waking”",
    ),
    "a state in which the action cannot be taken": Unfit(
        ((END, ACT.replace("states: walking", "states: planned")),),
        (),
        "- {act: finish",
        "不能在状态 planned 办理",
        "cannot be taken in state planned",
    ),
    "children that are none": Unfit(
        ((END, ACT),),
        ((", parent: {process: leave-request, field: leave}", ""),),
        "- {act: finish",
        "不可能是本流程案件的 children",
        "can never be among the children",
    ),
    "a fact about states that the other lacks": Unfit(
        ((FACT, ROUNDS_OPEN.replace("open: true", "states: [sleeping]")),),
        (),
        "  seen:",
        "没有状态“sleeping”",
        "has no state “sleeping”",
    ),
    "a fact about a field that the other lacks": Unfit(
        (
            (FACT, ROUNDS_OPEN.replace("gives: exists", "gives: first, column: bed")),
            ("'!facts.seen'", "facts.seen > 1"),
        ),
        (),
        "  seen:",
        "没有表单项“bed”。是不是想写“beds”？",
        "has no field “bed”",
    ),
    "a fact that takes a date": Unfit(
        (
            (FACT, ROUNDS_OPEN.replace("gives: exists", "gives: first, column: day")),
            ("'!facts.seen'", "facts.seen > 1"),
        ),
        (),
        "  seen:",
        "day 是 date，不能用 gives: first 取",
        "which gives: first cannot take",
    ),
    "a start with a field that the other lacks": Unfit(
        ((END, START.replace("place:", "plaice: form.reason, place:")),),
        (),
        "- {start: ward-round",
        "没有表单项“plaice”。是不是想写“place”？",
        "has no field “plaice”",
    ),
    "a start without what the other requires": Unfit(
        ((END, START.replace("place: form.reason", "beds: form.days")),),
        (),
        "- {start: ward-round",
        "立案时必填 place（地点）",
        "requires place (Place)",
    ),
    "a start in a state that is no entry": Unfit(
        ((END, START.replace("fields", "entry: walking, fields")),),
        (),
        "- {start: ward-round",
        "没有入口状态“walking”",
        "has no entry “walking”",
    ),
    "a start beside what should be above": Unfit(
        ((END, START.replace("fields", "sibling: true, fields")),),
        (),
        "- {start: ward-round",
        "上级案件须属于流程 leave-request",
        "belongs to one of leave-request",
    ),
    "an opening that nobody can do": Unfit(
        (("  who: {role: nurse}", "  who: system"),),
        (),
        "open:",
        "没有任何流程发起它",
        "no process starts it",
    ),
    "a computed field that nothing sets": Unfit(
        (("set: {ends: {after", "set: {starts: {after"),),
        (),
        "  ends: {label",
        "没有任何 set 或计算给它赋值",
        "no `set` or calculation gives it a value",
    ),
    "a field that nobody can fill": Unfit(
        (
            (
                "  who: {role: nurse}",
                "  who: {role: nurse}\n  fields: [reason, called, trips, stand_in, ward]",
            ),
            ("edit: {who: applicant, fields: all}", "edit: {who: applicant, fields: [reason]}"),
        ),
        (),
        "  pay:",
        "没有人能填写这一项",
        "Nobody can fill this field",
    ),
    "a register of other types": Unfit(
        (
            (
                "registers:\n",
                "registers:\n"
                + one_line(
                    "rounds", "簿", "columns: {place: {type: date, label: {zh: 日, en: D}}}"
                ),
            ),
        ),
        (),
        "  rounds:",
        "列 place 在这里是 date，在 ward-round/1.yaml 里是 text",
        "is date here and text in ward-round/1.yaml",
    ),
    "a number prefix of another": Unfit(
        (("number: QJ", "number: CF"),),
        (),
        "number: CF",
        "编号前缀 CF 已被 ward-round/1.yaml 使用",
        "The prefix CF is used by ward-round/1.yaml",
    ),
    "a case field of a process that nobody knows": Unfit(
        (("type: person}", "type: case, process: ward-walk}"),),
        (),
        "  stand_in:",
        "没有流程“ward-walk”",
        "There is no process “ward-walk”",
    ),
}


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT.keys())
def test_what_does_not_fit_is_found_at_its_line(unfit: Unfit) -> None:
    text = edited(*unfit.leave)
    known = {"ward-round": parsed(round_with(*unfit.rounds))}
    problems = check_neighbours(parsed(text), known)
    matching = [one for one in problems if unfit.zh in one.because.zh]
    assert len(matching) == 1, [one.said.zh for one in problems]
    assert unfit.en in matching[0].because.en
    assert matching[0].line == line_of(text, unfit.part)


@pytest.mark.parametrize(
    ("taken", "zh", "en"),
    [
        ("raeson", "流程 leave-request 没有表单项“raeson”", "leave-request has no field “raeson”"),
        ("days", "不能用流程 leave-request 的 days", "cannot hold days of leave-request"),
    ],
)
def test_a_title_takes_of_the_case_above_what_lists_may_show(taken: str, zh: str, en: str) -> None:
    text = round_with(("title: '{place}'", f"title: '{{parent.form.{taken}}}'"))
    (problem,) = check_neighbours(parsed(text), {"leave-request": parsed(edited())})
    assert zh in problem.because.zh
    assert en in problem.because.en
    assert problem.line == line_of(text, "open: {who")


def test_two_that_fit_have_no_problems() -> None:
    leave = parsed(edited((END, START + ACT)))
    rounds = parsed(ROUND)
    assert check_neighbours(leave, {"ward-round": rounds}) == ()
    assert check_neighbours(rounds, {"leave-request": leave}) == ()


def test_openings_that_start_each_other_are_found_with_their_circle() -> None:
    rounds = round_with(
        (
            "open: {who: {role: nurse}, parent: {process: leave-request, field: leave}}",
            "open: {who: {role: nurse}, effects: {start: leave-request}}",
        ),
        ("type: case, process: leave-request", "type: text"),
    )
    leave = edited(
        (
            "  who: {role: nurse}",
            "  who: {role: nurse}\n  effects: {start: ward-round, fields: {place: form.reason}}",
        )
    )
    (problem,) = check_neighbours(parsed(leave), {"ward-round": parsed(rounds)})
    assert "leave-request → ward-round → leave-request" in problem.because.zh
    tamed = leave.replace("form.reason}}", "form.reason}, when: form.days > 3}")
    assert check_neighbours(parsed(tamed), {"ward-round": parsed(rounds)}) == ()


def test_what_others_fire_is_known() -> None:
    leave = parsed(edited((END, ACT)))
    assert acts_fired([leave, parsed(ROUND)]) == {("ward-round", "finish")}


# ---- files --------------------------------------------------------------------------------


def put(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def whole(folder: Path) -> Path:
    put(folder, FILE, edited((END, START + ACT)))
    put(folder, "ward-round/1.yaml", ROUND)
    put(folder, "clauses/L.yaml", "set: L\n")
    put(folder, "ward-round/scenarios.yaml", "scenarios: []\n")
    return folder


class TestAFolder:
    def test_every_definition_is_loaded_with_its_expressions(self, tmp_path: Path) -> None:
        bundles = load_bundles(whole(tmp_path), small_register())
        assert list(bundles.bundles) == [("leave-request", 1), ("ward-round", 1)]
        assert check_path(tmp_path, small_register()) == ()

    def test_of_several_versions_the_newest_is_the_neighbour(self, tmp_path: Path) -> None:
        put(whole(tmp_path), "ward-round/2.yaml", ROUND.replace("version: 1", "version: 2"))
        bundles = load_bundles(tmp_path, small_register())
        assert bundles.newest()["ward-round"].version == 2
        assert len(bundles.bundles) == 3

    def test_an_old_version_only_has_to_run(self, tmp_path: Path) -> None:
        newer = edited(("version: 1", "version: 2"), (END, ACT))
        put(whole(tmp_path), "leave-request/2.yaml", newer)
        put(tmp_path, FILE, edited(("{zh: 病区, en: Ward}", "{zh: 代班人, en: Ward}")))
        load_bundles(tmp_path, small_register())
        put(tmp_path, FILE, edited(("'!facts.seen'", "'!facts.sean || facts.seen'")))
        with pytest.raises(BundlesInvalid) as refused:
            load_bundles(tmp_path, small_register())
        assert [one.file for one in refused.value.problems] == [FILE]

    def test_all_problems_of_all_files_are_told_and_nothing_is_loaded(self, tmp_path: Path) -> None:
        put(whole(tmp_path), FILE, edited((END, ACT.replace("finish", "finsh"))))
        put(tmp_path, "ward-round/1.yaml", round_with(("'!facts.asked'", "'!facts.aksed'")))
        with pytest.raises(BundlesInvalid) as refused:
            load_bundles(tmp_path, small_register())
        problems = refused.value.problems
        assert {one.file for one in problems} == {FILE, "ward-round/1.yaml"}
        assert check_path(tmp_path, small_register()) == problems

    def test_a_file_says_where_it_stands(self, tmp_path: Path) -> None:
        put(whole(tmp_path), "ward-walk/3.yaml", ROUND)
        problems = check_path(tmp_path, small_register())
        assert [(one.file, one.path) for one in problems] == [
            ("ward-walk/3.yaml", "process"),
            ("ward-walk/3.yaml", "version"),
        ]

    @pytest.mark.parametrize(
        "name", ["ward-round/2.yml", "ward-round/v2.yaml", "ward-round/02.yaml"]
    )
    def test_a_file_that_would_not_be_read_is_told(self, tmp_path: Path, name: str) -> None:
        put(whole(tmp_path), name, ROUND)
        (problem,) = check_path(tmp_path, small_register())
        assert problem.file == name
        assert "不会被读取" in problem.because.zh

    def test_a_file_in_another_encoding_is_told_with_its_line(self, tmp_path: Path) -> None:
        put(whole(tmp_path), FILE, "").write_bytes(GOOD.encode("gb18030"))
        problem = next(iter(check_path(tmp_path, small_register())))
        assert (problem.line, "UTF-8" in problem.because.zh) == (3, True)


class TestOneFile:
    def test_it_is_checked_among_the_folders_beside_it(self, tmp_path: Path) -> None:
        whole(tmp_path)
        assert check_path(tmp_path / FILE, small_register()) == ()
        assert check_path(tmp_path / "leave-request", small_register()) == ()

    def test_problems_of_others_are_not_its_own(self, tmp_path: Path) -> None:
        put(whole(tmp_path), "ward-round/1.yaml", round_with(("'!facts.asked'", "'!facts.aksed'")))
        assert check_path(tmp_path / FILE, small_register()) == ()
        problems = check_path(tmp_path / "ward-round/1.yaml", small_register())
        assert {one.file for one in problems} == {"ward-round/1.yaml"}

    def test_it_may_lie_anywhere_when_the_others_are_handed_over(self, tmp_path: Path) -> None:
        file = put(tmp_path, "draft of mine.yaml", ROUND)
        alone = check_path(file, small_register())
        assert "没有流程“leave-request”" in alone[0].because.zh
        assert {one.file for one in alone} == {"draft of mine.yaml"}
        known = {"leave-request": parsed(edited((END, ACT)))}
        assert check_path(file, small_register(), known) == ()

    def test_a_path_that_does_not_exist_is_told(self, tmp_path: Path) -> None:
        (problem,) = check_path(tmp_path / "nothing.yaml", small_register())
        assert "没有这个文件" in problem.because.zh


class TestAText:
    """What an administrator pastes is examined like a file."""

    def test_a_good_one_is_ready_to_run(self) -> None:
        bundle = examine(GOOD, "pasted", small_register())
        assert isinstance(bundle, Bundle)
        condition = bundle.definition.actions["approve"].conditions[0]
        assert bundle.compiled.of(condition.when).evaluate({"facts.seen": False}) is True

    @pytest.mark.parametrize(
        "edit",
        [
            ("number: QJ", "number: qj"),
            ("opinion: required", "opinion: none"),
            ("'!facts.seen'", "'!facts.sean || facts.seen'"),
            ("type: person}", "type: case, process: ward-walk}"),
        ],
    )
    def test_problems_of_every_kind_bear_the_name_that_its_author_knows(
        self, edit: tuple[str, str]
    ) -> None:
        problems = examine(edited(edit), "pasted", small_register())
        assert isinstance(problems, tuple)
        assert {one.file for one in problems} == {"pasted"}

    def test_it_stands_for_its_own_version_among_the_known(self) -> None:
        old = parsed(edited(("{zh: 病区, en: Ward}", "{zh: 代班人, en: Ward}")))
        assert isinstance(examine(GOOD, "pasted", small_register(), [old]), Bundle)


SWITCH = "param.leave.sick_note"
RULE = "conditions: {when: '%s', otherwise: {zh: 不行, en: No}}"
APPROVED_BEFORE = """\
    conditions:
      - when: '!facts.seen'
        otherwise: {zh: 已经批准过, en: It is approved already}
"""


class TestWhateverThePolicySays:
    """A setting of the hospital's may not close the last way out of a state."""

    def leave(self, on: str, off: str = "") -> str:
        """A leave that waits after its approval; `on` and `off` are the rules of the ways on."""
        ways = "".join(
            one_line(key, key, f"from: waiting, to: approved, who: {{role: head}}, {RULE % rule}")
            for key, rule in (("on", on), ("off", off))
            if rule
        )
        return edited(
            ("    to: approved\n", "    to: waiting\n"),
            (APPROVED_BEFORE, ""),
            (FACT, ""),
            ("  refused: {", "  waiting: {name: {zh: 待办, en: Waiting}}\n  refused: {"),
            ("  lapse: {", ways + "  lapse: {"),
        )

    def test_two_ways_that_take_turns_are_fine(self) -> None:
        assert isinstance(examine(self.leave(SWITCH, f"!{SWITCH}"), "p", small_register()), Bundle)

    def test_one_way_that_can_be_switched_off_is_told_with_the_setting(self) -> None:
        text = self.leave(SWITCH)
        problems = examine(text, "p", small_register())
        assert isinstance(problems, tuple)
        (problem,) = problems
        assert "param.leave.sick_note = false" in problem.because.zh
        assert "draft —submit→ review —approve→ waiting" in problem.because.zh
        assert problem.line == line_of(text, "  waiting:")

    def test_a_way_that_depends_on_the_form_counts_as_open(self) -> None:
        text = self.leave(SWITCH, "form.days < 3")
        assert isinstance(examine(text, "p", small_register()), Bundle)

    def test_a_choice_of_which_one_word_is_forgotten(self) -> None:
        text = self.leave(f'{SWITCH} || param.leave.year == "service"')
        problems = examine(text, "p", small_register())
        assert isinstance(problems, tuple)
        assert "param.leave.year = calendar" in problems[0].because.zh
