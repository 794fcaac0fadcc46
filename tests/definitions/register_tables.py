"""The transition tables of the register, typed off by hand: the oracle that definitions are held
against.

One row a trigger: the states it leaves, the state it leads to, and the roles that may take it.
`applicant` is whoever opened the case, `timer` and `system` are nobody's button. Source: register
sections 9.1, 9.2, 9.3, 9.9, 9.10 and 9.13.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One transition of the register."""

    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...]


VERIFIERS = (
    "admission_clerk",
    "ward_nurse",
    "attending_doctor",
    "cashier",
    "charge_clerk",
    "round_inspector",
    "discharge_clerk",
)
FINDERS = (*VERIFIERS, "duty_nurse", "doctor", "prescriber", "applicant")
REVIEWS = ("dept_review", "finance_review", "medins_review", "leader_review")

TABLES: dict[str, dict[str, Row]] = {
    "consumable-approval": {
        "submit": Row(("draft",), "dept_review", ("applicant",)),
        "dept_sign": Row(("dept_review",), "finance_review", ("dept_head",)),
        "finance_sign": Row(("finance_review",), "leader_review", ("finance_officer",)),
        "finance_sign_to_medins": Row(("finance_review",), "medins_review", ("finance_officer",)),
        "medins_sign": Row(("medins_review",), "leader_review", ("medins_officer",)),
        "leader_approve": Row(("leader_review",), "approved", ("vice_president",)),
        "return_for_completion": Row(REVIEWS, "draft", ("reviewer",)),
        "reject": Row(REVIEWS, "rejected", ("reviewer",)),
        "withdraw": Row(("draft", "dept_review"), "withdrawn", ("applicant",)),
    },
    "inpatient-settlement": {
        "start_verify": Row(("requested",), "verifying", ("admission_clerk",)),
        "refuse_admission": Row(("requested", "verifying"), "refused", ("attending_doctor",)),
        "admit_insured": Row(("verifying",), "admitted_insured", ("admission_clerk",)),
        "admit_pending_card": Row(("verifying",), "pending_card", ("admission_clerk",)),
        "admit_full_pay": Row(("verifying",), "admitted_full_pay", ("admission_clerk",)),
        "makeup_card": Row(("pending_card",), "admitted_insured", ("admission_clerk",)),
        "makeup_expired": Row(("pending_card",), "admitted_full_pay", ("timer", "admission_clerk")),
        "confirm_cause": Row(("admitted_full_pay",), "admitted_insured", ("medins_officer",)),
        "flag_identity": Row(
            ("verifying", "pending_card", "admitted_insured"), "fraud_hold", VERIFIERS
        ),
        "clear_identity": Row(("fraud_hold",), "verifying", ("medins_officer",)),
        "confirm_fraud": Row(("fraud_hold",), "admitted_full_pay", ("medins_officer",)),
        "issue_discharge_notice": Row(
            ("admitted_insured", "pending_card", "admitted_full_pay"),
            "discharge_noticed",
            ("attending_doctor",),
        ),
        "overstay_start": Row(("discharge_noticed",), "overstay", ("timer",)),
        "leave_hospital": Row(("discharge_noticed", "overstay"), "discharged", ("ward_nurse",)),
        "start_charge_review": Row(("discharged",), "charge_review", ("discharge_clerk",)),
        "notify_settlement": Row(("charge_review",), "awaiting_settlement", ("discharge_clerk",)),
        "settle": Row(
            ("awaiting_settlement", "unsettled_reported"), "settled", ("discharge_clerk",)
        ),
        "report_unsettled": Row(
            ("awaiting_settlement",), "unsettled_reported", ("discharge_clerk",)
        ),
        "return_handbook": Row(("settled",), "closed", ("discharge_clerk",)),
        "cancel": Row(("requested", "verifying"), "cancelled", ("admission_clerk",)),
    },
    "fee-correction": {
        "ward_explain": Row(("raised",), "explained", ("ward_nurse",)),
        "escalate": Row(("raised",), "medins_inquiry", ("ward_nurse",)),
        "medins_explain": Row(("medins_inquiry",), "explained", ("medins_officer",)),
        "need_change": Row(("raised", "medins_inquiry"), "dept_statement", ("reviewer",)),
        "dept_state": Row(("dept_statement",), "medins_review", ("dept_rep",)),
        "medins_agree": Row(("medins_review",), "approved", ("medins_officer",)),
        "medins_return": Row(("medins_review",), "dept_statement", ("medins_officer",)),
        "medins_refuse": Row(("medins_review",), "refused", ("medins_officer",)),
        "execute": Row(("approved",), "corrected", ("discharge_clerk",)),
        "confirm": Row(("corrected",), "closed", ("discharge_clerk",)),
    },
    "identity-fraud-report": {
        "lock": Row(("found",), "locked", FINDERS),
        "report_internal": Row(("found", "locked"), "reported_internal", FINDERS),
        "verify": Row(("reported_internal",), "verifying", ("medins_officer",)),
        "report_agency": Row(("verifying",), "reported_agency", ("medins_officer",)),
        "unfounded": Row(("verifying",), "closed_unfounded", ("medins_officer",)),
        "agency_reply": Row(("reported_agency",), "agency_result", ("medins_officer",)),
        "close": Row(("agency_result",), "closed_verified", ("medins_officer",)),
    },
    "medical-record": {
        "discharge": Row(("in_treatment",), "due", ("system",)),
        "recall_overdue": Row(("due",), "overdue", ("timer",)),
        "return_record": Row(("due", "overdue"), "returned", ("ward_nurse", "record_clerk")),
        "send_back": Row(("returned",), "rework", ("record_clerk",)),
        "resubmit": Row(("rework",), "returned", ("attending_doctor",)),
        "archive": Row(("returned",), "archived", ("record_clerk",)),
        "borrow": Row(("archived",), "on_loan", ("reader",)),
        "give_back": Row(("on_loan",), "archived", ("record_clerk",)),
        "mark_disposable": Row(("archived",), "disposable", ("timer",)),
        "destroy": Row(("disposable",), "destroyed", ("record_clerk", "medical_affairs")),
    },
    "charge-entry": {
        "book": Row(("entered",), "booked", ("charge_clerk",)),
        "hold": Row(("entered",), "on_hold", ("charge_clerk",)),
        "release": Row(("on_hold",), "booked", ("medins_officer",)),
        "dispute": Row(("booked",), "disputed", ("ward_nurse",)),
        "undispute": Row(("disputed",), "booked", ("system",)),
        "correct": Row(("disputed",), "reversed", ("discharge_clerk", "system")),
        "settle": Row(("booked",), "settled", ("system",)),
    },
    "cashier-daily-close": {
        "total": Row(("open",), "totalled", ("cashier",)),
        "deposit": Row(("totalled",), "deposited", ("cashier",)),
        "confirm": Row(("deposited",), "confirmed", ("finance_officer",)),
        "differ": Row(("deposited",), "difference", ("finance_officer",)),
        "resolve": Row(("difference",), "confirmed", ("finance_officer",)),
    },
    "system-incident": {
        "take": Row(("reported",), "handling", ("it_maintainer",)),
        "escalate": Row(("handling",), "escalated", ("it_maintainer",)),
        "resolve": Row(("handling", "escalated"), "resolved", ("it_maintainer",)),
        "record": Row(("resolved",), "recorded", ("it_maintainer",)),
        "reopen": Row(("resolved",), "handling", ("applicant", "reporter")),
    },
    "equipment-fault": {
        "report": Row(("found",), "reported", ("medins_officer",)),
        "late_report": Row(("found",), "report_overdue", ("timer",)),
        "report_late": Row(("report_overdue",), "reported", ("medins_officer",)),
        "begin": Row(("reported",), "repairing", ("it_maintainer",)),
        "extend": Row(("repairing",), "extended", ("agency_officer",)),
        "finish": Row(
            (
                "repairing",
                "extended",
                "repair_overdue",
            ),
            "repaired",
            ("it_maintainer",),
        ),
        "miss": Row(
            (
                "reported",
                "repairing",
                "extended",
            ),
            "repair_overdue",
            ("timer",),
        ),
    },
    "data-query": {
        "find": Row(("raised",), "finding_cause", ("owner",)),
        "trace": Row(("finding_cause",), "traced", ("owner", "it_maintainer")),
        "no_error": Row(("finding_cause", "traced"), "justified", ("perf_office",)),
        "rectify": Row(("traced",), "rectified", ("owner",)),
        "recheck_ok": Row(("rectified",), "corrected", ("perf_office",)),
        "recheck_bad": Row(("rectified",), "finding_cause", ("perf_office",)),
    },
    "patient-leave": {
        "approve": Row(("requested",), "approved", ("attending_doctor",)),
        "refuse": Row(("requested",), "refused", ("attending_doctor",)),
        "depart": Row(("approved",), "away", ("ward_nurse",)),
        "come_back": Row(("away", "overdue"), "returned", ("ward_nurse",)),
        "not_back": Row(("away",), "overdue", ("timer",)),
        "detect": Row(("requested",), "unauthorised", ("round_inspector",)),
        "settle_absence": Row(("unauthorised",), "closed", ("medins_officer",)),
    },
}

#: Who reviews at a step: what `reviewer` means there.
REVIEWERS: dict[str, dict[str, tuple[str, ...]]] = {
    "consumable-approval": {
        "dept_review": ("dept_head",),
        "finance_review": ("finance_officer",),
        "medins_review": ("medins_officer",),
        "leader_review": ("vice_president",),
    },
    "fee-correction": {"raised": ("ward_nurse",), "medins_inquiry": ("medins_officer",)},
}

#: Actions that the house adds to the register's: nobody's button, each with its reason.
ADDED: dict[str, dict[str, str]] = {
    "charge-entry": {
        "book_correction": "the new line of a correction is booked by the engine",
        "rerate": "a changed category of the stay re-rates its booked charges",
    },
    "patient-leave": {"lapse": "a leave that was not used ends when the patient has left for good"},
}

#: The states with their flags: entry, final.
STATES: dict[str, dict[str, str]] = {
    "consumable-approval": {
        "draft": "I",
        "dept_review": "",
        "finance_review": "",
        "medins_review": "",
        "leader_review": "",
        "approved": "F",
        "rejected": "F",
        "withdrawn": "F",
    },
    "inpatient-settlement": {
        "requested": "I",
        "verifying": "",
        "pending_card": "",
        "admitted_insured": "",
        "admitted_full_pay": "",
        "fraud_hold": "",
        "discharge_noticed": "",
        "overstay": "",
        "discharged": "",
        "charge_review": "",
        "awaiting_settlement": "",
        "unsettled_reported": "",
        "settled": "",
        "closed": "F",
        "refused": "F",
        "cancelled": "F",
    },
    "fee-correction": {
        "raised": "I",
        "medins_inquiry": "",
        "dept_statement": "",
        "medins_review": "",
        "approved": "",
        "corrected": "",
        "closed": "F",
        "explained": "F",
        "refused": "F",
    },
    "identity-fraud-report": {
        "found": "I",
        "locked": "",
        "reported_internal": "",
        "verifying": "",
        "reported_agency": "",
        "agency_result": "",
        "closed_verified": "F",
        "closed_unfounded": "F",
    },
    "medical-record": {
        "in_treatment": "I",
        "due": "",
        "overdue": "",
        "returned": "",
        "rework": "",
        "archived": "",
        "on_loan": "",
        "disposable": "",
        "destroyed": "F",
    },
    "charge-entry": {
        "entered": "I",
        "on_hold": "",
        "booked": "",
        "disputed": "",
        "reversed": "F",
        "settled": "F",
    },
    "cashier-daily-close": {
        "open": "I",
        "totalled": "",
        "deposited": "",
        "confirmed": "F",
        "difference": "",
    },
    "system-incident": {
        "reported": "I",
        "handling": "",
        "escalated": "",
        "resolved": "",
        "recorded": "F",
    },
    "equipment-fault": {
        "found": "I",
        "report_overdue": "",
        "reported": "",
        "repairing": "",
        "extended": "",
        "repair_overdue": "",
        "repaired": "F",
    },
    "data-query": {
        "raised": "I",
        "finding_cause": "",
        "traced": "",
        "rectified": "",
        "corrected": "F",
        "justified": "F",
    },
    "patient-leave": {
        "requested": "I",
        "approved": "",
        "away": "",
        "returned": "F",
        "refused": "F",
        "overdue": "",
        "unauthorised": "I",
        "closed": "F",
    },
}

#: The form keys of each table; further fields of a definition are named with their reason in
#: `FURTHER_FIELDS`.
FIELDS: dict[str, tuple[str, ...]] = {
    "consumable-approval": (
        "material_name",
        "spec",
        "purpose",
        "manufacturer",
        "agent",
        "quantity",
        "ref_unit_price",
        "department",
        "dept_opinion",
        "finance_opinion",
        "medins_opinion",
        "leader_opinion",
    ),
    "inpatient-settlement": (
        "patient_name",
        "id_no",
        "ss_card_no",
        "handbook_no",
        "insurance_scheme",
        "admission_category",
        "payer_nature",
        "route",
        "admission_time",
        "admission_diagnosis",
        "is_injury",
        "cause",
        "cause_inquiry",
        "photo_match",
        "three_way_match",
        "on_red_list",
        "card_copy",
        "id_copy",
        "criteria_met",
        "briefing_done",
        "discharge_notice_date",
        "discharge_time",
        "cert_patient",
        "cert_record",
        "cert_discharge_office",
        "bed_fee_checked",
        "nursing_fee_checked",
        "settlement_notified_on",
        "settlement_mode",
        "total",
        "fund_part",
        "own_part",
        "reported_centre",
    ),
    "fee-correction": (
        "stay_id",
        "raised_by",
        "phase",
        "disputed_lines",
        "question",
        "check_result",
        "dept_statement",
        "old_qty",
        "old_amount",
        "new_qty",
        "new_amount",
        "medins_opinion",
    ),
    "identity-fraud-report": (
        "stage",
        "kind",
        "card_owner",
        "actual_person",
        "evidence",
        "document_withheld",
        "withheld_items",
        "charges_locked",
        "report_targets",
        "reported_at",
    ),
    "medical-record": (
        "record_type",
        "zone",
        "archive_no",
        "discharge_time",
        "returned_at",
        "checklist",
        "offsite_copies",
        "retain_until",
        "shelved_on",
    ),
    "charge-entry": (
        "service_date",
        "order_id",
        "item_code",
        "item_name",
        "qty",
        "unit_price",
        "amount",
        "cost_type",
        "pay_class",
        "result_file",
    ),
    "cashier-daily-close": (
        "date",
        "insured_total",
        "non_insured_total",
        "deposit_no",
    ),
    "system-incident": (
        "kind",
        "started_at",
        "impact",
        "log",
        "notified",
        "interface_test",
        "backup_at",
    ),
    "equipment-fault": (
        "kind",
        "fault_at",
        "reported_at",
        "repaired_at",
        "extension_reason",
    ),
    "data-query": (
        "subject",
        "reason",
        "old_value",
        "source_trace",
        "rectification",
        "new_value",
        "recheck",
    ),
    "patient-leave": (
        "stay_id",
        "leave_from",
        "leave_to_planned",
        "leave_to_actual",
        "reason",
        "slip_no",
        "ordinal",
    ),
}
FURTHER_FIELDS: dict[str, dict[str, str]] = {
    "identity-fraud-report": {"stay_id": "the parent's number (section 11)"},
    "medical-record": {
        "stay_id": "the parent's number (section 11)",
        "late": "computed flag without a key in the register (section 10)",
    },
    "charge-entry": {
        "stay_id": "the parent's number (section 11)",
        "corrects": "which reversed line a corrected one replaces",
    },
    "cashier-daily-close": {
        "receipts_total": "the sum of the receipts that both totals have to match",
        "cash_total": "the cash part that the deposit has to equal",
        "bank_amount": "what finance finds at the bank",
        "difference_note": "the note that settles a difference",
    },
    "equipment-fault": {
        "device": "what failed and where",
        "fault": "what is wrong with it",
        "extended_until": "the new date that an extension gives",
        "test_passed": "the function test that finish asks for",
        "late": "computed flag without a key in the register (section 10)",
        "repair_late": "computed flag without a key in the register (section 10)",
    },
}
