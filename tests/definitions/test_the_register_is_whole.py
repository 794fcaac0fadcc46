"""The register as shipped: clauses, roles, parameters and profiles are all there and agree."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from workflow.design.register import Account, ClauseKind, ParameterKind, Register
from workflow.design.register_files import load_register
from workflow.nouns import ParameterValue
from workflow.refusals import Sentence

DEFINITIONS = Path(__file__).parents[2] / "definitions"

PROFILES = ("H01", "H02", "H03", "H04", "H06", "H09", "H16", "R15", "G1")
#: Named by no clause: the product needs them.
OWN_ROLES = {"admin", "system", "timer"}
#: Defaults that a clause states though no base profile speaks for it.
STATED_OUTSIDE_THE_PROFILES = {"cart.count_cycle", "agreement.public_initiative"}


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register(DEFINITIONS)


# ---- clauses ------------------------------------------------------------------------------------


def test_it_holds_every_clause_of_the_three_documents(register: Register) -> None:
    assert len(register.clauses) == 483
    assert Counter(clause.kind for clause in register.clauses.values()) == {
        ClauseKind.WORKFLOW: 72,
        ClauseKind.TRANSITION_RULE: 81,
        ClauseKind.FORM_RULE: 26,
        ClauseKind.DEADLINE: 30,
        ClauseKind.ROLE: 47,
        ClauseKind.LIMIT: 25,
        ClauseKind.RECORD_RETENTION: 23,
        ClauseKind.REPORT: 18,
        ClauseKind.PENALTY: 29,
        ClauseKind.NOTIFICATION: 19,
        ClauseKind.VERIFICATION: 38,
        ClauseKind.REFERENCE: 75,
    }


def test_every_set_of_every_document_has_clauses_in_the_order_of_the_source(
    register: Register,
) -> None:
    assert list(register.documents) == ["S0", "S1", "S2"]
    sets = [one.id for document in register.documents.values() for one in document.sets]
    assert [len(document.sets) for document in register.documents.values()] == [17, 6, 2]
    for one in sets:
        lines = [clause.line for clause in register.clauses.values() if clause.set_id == one]
        assert lines, one
        assert lines == sorted(lines), one


def test_a_clause_is_cited_by_its_set_and_article(register: Register) -> None:
    clause = register.clauses["S0-03-B02a"]
    assert clause.place == "第3套《医院医保管理制度》卫生材料第2条（1）"
    assert clause.line == 113
    assert clause.processes == ("consumable-approval",)
    assert clause.says.zh.startswith("临床医生填写申请表")


def test_no_two_clauses_of_a_set_share_place_and_words(register: Register) -> None:
    said = Counter((clause.place, clause.says.zh) for clause in register.clauses.values())
    assert [words for words, times in said.items() if times > 1] == []


def test_sentences_are_chinese_and_english(register: Register) -> None:
    sentences = [
        *(clause.says for clause in register.clauses.values()),
        *(role.name for role in register.roles.values()),
        *(role.unit for role in register.roles.values()),
        *(profile.name for profile in register.profiles.values()),
        *(group.subject for group in register.conflict_groups.values()),
        *(group.disagreement for group in register.conflict_groups.values()),
        *(parameter.label for parameter in register.parameters.values()),
        *(parameter.help for parameter in register.parameters.values()),
        *(label for one in register.parameters.values() for label in one.options.values()),
    ]
    assert [one for one in sentences if not re.search(r"[\u4e00-\u9fff]", one.zh)] == []
    assert [one for one in sentences if not re.match(r"[A-Z0-9]", one.en)] == []
    # Narrow signs behind Chinese characters, wide ones in English: slips of the keyboard.
    assert [one for one in sentences if re.search(r"[\u4e00-\u9fff][,;:?()]", one.zh)] == []
    assert [one for one in sentences if re.search(r"[，。；：（）？、]", one.en)] == []


def test_clauses_name_the_fifty_two_processes(register: Register) -> None:
    named = {process for clause in register.clauses.values() for process in clause.processes}
    assert len(named) == 52
    assert {folder.parent.name for folder in DEFINITIONS.glob("*/1.yaml")} <= named


def test_the_clauses_of_a_process_are_those_that_it_owns_or_touches(register: Register) -> None:
    ids = [clause.id for clause in register.clauses_of("patient-leave")]
    assert ids == ["S0-02-B08a", "S0-02-B09c", "S0-03-A03", "S0-04-A4a", "S0-04-A4b", "S0-09-B05"]


# ---- conflicts ----------------------------------------------------------------------------------


def test_there_are_twenty_six_conflicts_each_with_two_sides_or_more(register: Register) -> None:
    groups = register.conflict_groups
    assert list(groups) == [f"C{number:02}" for number in range(1, 27)]
    assert all(len(group.sides) >= 2 for group in groups.values())


def test_clauses_disagree_with_each_other_and_not_with_their_own_side(register: Register) -> None:
    for clause in register.clauses.values():
        for other in clause.conflicts:
            assert clause.id in register.clauses[other].conflicts
        for key in clause.conflict_groups:
            (side,) = (one for one in register.conflict_groups[key].sides if clause.id in one)
            against = set(register.conflict_groups[key].against(clause.id))
            assert against.isdisjoint(side)
            assert against <= set(clause.conflicts)


def test_every_conflict_is_settled_by_a_parameter_that_leaves_a_choice(register: Register) -> None:
    for group in register.conflict_groups.values():
        parameter = register.parameters[group.parameter]
        assert parameter.group == group.id
        assert set(group.clauses) <= set(parameter.clauses), group.id
        if parameter.kind is ParameterKind.CHOICE:
            assert len(parameter.options) >= 2


# ---- roles --------------------------------------------------------------------------------------


def test_every_role_of_the_catalogue_is_there(register: Register) -> None:
    assert len(register.roles) == 83
    added = {"policy_owner", "investigator", "discipline", "insured", "information_officer"}
    shared = {"attending_doctor", "prescriber", "doctor", "ward_nurse", "duty_nurse", "keeper"}
    assert added | shared <= register.roles.keys()


def test_role_names_fit_on_a_button(register: Register) -> None:
    assert [role.key for role in register.roles.values() if len(role.name.zh) > 8] == []
    names = {key: register.roles[key].name.zh for key in ("dept_head", "finance_officer")}
    assert names == {"dept_head": "科主任", "finance_officer": "财务科"}
    assert register.roles["vice_president"].name.zh == "分管领导"
    assert register.roles["medins_officer"].name.zh == "医保办"


def test_a_role_rests_on_clauses_unless_it_is_our_own(register: Register) -> None:
    without = {role.key for role in register.roles.values() if not role.clauses}
    assert without == OWN_ROLES


def test_only_patients_and_their_people_never_sign_in(register: Register) -> None:
    by_account = {
        account: {role.key for role in register.roles.values() if role.account is account}
        for account in Account
    }
    assert by_account[Account.NONE] == {"patient", "family", "guardian", "proxy", "insured"}
    assert by_account[Account.SYSTEM] == {"system", "timer"}
    assert {"agency_officer", "insurer", "auditor"} <= by_account[Account.EXTERNAL]
    assert {"clinician", "medins_officer", "admin"} <= by_account[Account.LOGIN]


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("dept_head", "dept_head"),
        ("科主任", "dept_head"),
        ("科室主任", "dept_head"),
        ("owner_dept_head", "dept_head"),
        ("社保科", "medins_officer"),
        ("分管院长", "vice_president"),
        ("医务部", "medical_affairs"),
    ],
)
def test_a_role_answers_to_its_aliases(register: Register, word: str, key: str) -> None:
    role = register.role_called(word)
    assert role is not None
    assert role.key == key


def test_nobody_answers_to_an_unknown_word(register: Register) -> None:
    assert register.role_called("院长秘书") is None


# ---- parameters and profiles --------------------------------------------------------------------


def test_there_are_the_parameters_and_profiles_of_the_sources(register: Register) -> None:
    of_the_house = {key for key in register.parameters if key.startswith("house.")}
    assert of_the_house == {"house.admin_four_eyes"}
    assert len(register.parameters) - len(of_the_house) == 84
    assert tuple(register.profiles) == PROFILES
    assert register.profiles["R15"].source == "S0-15"
    assert register.profiles["G1"].source == "S1"


def test_every_value_is_one_that_its_parameter_accepts(register: Register) -> None:
    for parameter in register.parameters.values():
        values = [*parameter.values.values(), parameter.default]
        assert [one for one in values if parameter.accepts(one) is not None] == [], parameter.key
        assert all(parameter.shown(one).zh and parameter.shown(one).en for one in values), (
            parameter.key
        )


def test_what_must_be_entered_is_invented_nowhere(register: Register) -> None:
    to_enter = [one for one in register.parameters.values() if one.must_be_entered]
    assert all(one.default is None and not one.values for one in to_enter)
    assert {one.key for one in to_enter} == {
        "own_share_limit",
        "ab_drug_ratio",
        "statement.due_day",
        "payment.collective_threshold",
        "catalogue.upload_days",
        "catalogue.check_days",
        "equipment.report_hours",
        "renewal.good_grade",
        "breach.legal_threshold",
        "complaint.days",
        "complaint.reward",
        "exam.pass_mark",
        "publicity.renew_days",
        "fund.audit_months",
        "fund.publish_months",
    }


def test_a_default_that_no_source_states_is_marked_as_ours(register: Register) -> None:
    for parameter in register.parameters.values():
        stated = parameter.default in parameter.values.values()
        if parameter.must_be_entered or parameter.key in STATED_OUTSIDE_THE_PROFILES:
            assert not parameter.design_choice, parameter.key
        else:
            assert parameter.design_choice is not stated, parameter.key


def test_every_parameter_rests_on_a_clause(register: Register) -> None:
    assert [one.key for one in register.parameters.values() if not one.clauses] == []


@pytest.mark.parametrize(
    ("key", "profile", "value"),
    [
        ("rx.supply_days", "H01", {"acute": 3, "chronic": 7, "chronic_longterm": 30}),
        ("rx.supply_days", "H06", {"ordinary": 7, "chronic": 15}),
        ("rx.supply_days", "H02", {"acute": 3, "chronic": 7, "chronic_longterm": 30}),
        ("rx.discharge_days", "H01", {"flat": 7}),
        ("rx.discharge_days", None, {"acute": 3, "chronic": 7}),
        ("leave.policy", "H02", "limited"),
        ("leave.policy", "H04", "forbidden"),
        ("leave.policy", "H03", "limited"),
        ("leave.max_count", "H02", 2),
        ("leave.charges_selfpay", "H02", False),
        ("leave.charges_selfpay", "H04", True),
        ("card.makeup_mode", "H02", "next_day"),
        ("card.makeup_mode", "H06", "within_24h"),
        ("card.makeup_mode", "H04", "manual"),
        ("card.on_expiry", None, "keep_pending_with_alert"),
        ("fraud.withhold_document", "H06", False),
        ("fraud.withhold_document", None, True),
        ("fraud.report_minutes", "H02", None),
        ("exclusion.work_injury", "H04", "own_category"),
        ("exclusion.work_injury", "H02", "excluded"),
        ("redlist.enabled", "H04", True),
        ("redlist.enabled", "H02", False),
        ("overstay.days", "H04", 3),
        ("unsettled.days", None, 14),
        ("round.schedule", "H02", ("08:30", "11:40", "14:30", "17:00")),
        ("round.schedule", "H09", ("daily",)),
        ("round.schedule", "H03", ("regular",)),
        ("round.companion_required", "H09", True),
        ("round.companion_required", "H02", False),
        ("round.fine_amount", "H02", 100_00),
        ("round.fine_amount", "H09", 0),
        ("consumable.medins_review", "H03", False),
        ("implant.external_approval", None, False),
        ("implant.retro_days", "H01", 3),
        ("consent.signatory", "H06", ("本人",)),
        ("consent.signatory", "R15", ("本人", "近亲属", "监护人")),
        ("liability.consent_missing", "H16", "responsible_department"),
        ("liability.default_bearer", "H02", "department_head"),
        ("external.allowed", None, "exception_only"),
        ("overrun.compensation", "H01", "allocate_all"),
        ("payment.window", "R15", 30),
        ("record.inpatient_years", "H09", 15),
        ("record.recall_hours", None, 72),
        ("stats.signature_order", None, "director_perf_office_leader"),
        ("agreement.public_initiative", "R15", "forbidden_for_public"),
        ("suspension.max_days", "R15", 180),
        ("suspect.high_value", "G1", 30_000_00),
        ("inspect.max", "G1", 6),
        ("report.interval", "G1", ("half_yearly", "yearly")),
    ],
)
def test_a_profile_says_what_its_rule_set_says(
    register: Register, key: str, profile: str | None, value: ParameterValue
) -> None:
    assert register.parameters[key].value_in(profile) == value
    assert register.resolve(profile, {})[key] == value


def test_causes_are_the_words_of_the_admission_form(register: Register) -> None:
    causes = register.parameters["exclusion.causes"]
    assert "、".join(causes.options) == (
        "疾病、意外(非责任)、交通事故、医疗事故、其他责任事故、吸毒、打架斗殴、违法、自杀、自残、酗酒、"
        "职工工伤、生育、整容、镶牙、流产、不明"
    )
    named = [causes.value_in(profile) for profile in ("H02", "H04", "H06")]
    assert [len(one) for one in named if isinstance(one, tuple)] == [9, 9, 9]
    union = {cause for one in named if isinstance(one, tuple) for cause in one}
    assert isinstance(causes.default, tuple)
    assert set(causes.default) == union
    assert union == set(causes.options) - {"疾病", "意外(非责任)", "不明"}


@pytest.mark.parametrize("profile", [None, *PROFILES])
def test_every_profile_answers_for_every_parameter(register: Register, profile: str | None) -> None:
    policy = register.resolve(profile, {})
    assert policy.keys() == register.parameters.keys()
    empty = {key for key, value in policy.items() if value is None}
    assert empty == {one.key for one in register.parameters.values() if one.default is None}
    assert len(register.to_be_entered(policy)) == 15


def test_every_profile_says_something(register: Register) -> None:
    speaking = {profile for one in register.parameters.values() for profile in one.values}
    assert speaking == set(PROFILES)


def test_labels_tell_parameters_apart(register: Register) -> None:
    labels = Counter(parameter.label for parameter in register.parameters.values())
    assert [label for label, times in labels.items() if times > 1] == []
    assert Sentence("住院请假", "Leave during a stay") in labels
