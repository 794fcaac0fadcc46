"""The register's word on six processes, typed off by hand: their source clauses, and what is †.

† marks what the sources do not state: the hospital's choice, which must never be sold as a rule of
the documents. Source: register sections 9.1, 9.2, 9.3, 9.9, 9.10 and 9.13.
"""

from __future__ import annotations

#: “Source clauses” of each process.
CLAUSES: dict[str, str] = {
    "consumable-approval": """
        S0-03-B01 S0-03-B02a S0-03-B02b S0-03-B02c S0-03-B02d S0-03-B03 S0-03-B04a S0-03-B04b
        S0-12-01 S0-12-02a S0-12-02b S0-12-02c S0-12-02d S0-12-03 S0-12-04a S0-12-04b S0-15-17b
    """,
    "inpatient-settlement": """
        S0-01-03a S0-01-04a S0-01-05e S0-01-05f S0-01-06a S0-01-06b S0-01-07 S0-01-08a S0-01-13
        S0-02-B01a S0-02-B01b S0-02-B02 S0-02-B04 S0-02-B06 S0-02-B08a S0-02-B08b S0-02-B12a
        S0-02-B14a S0-03-A01 S0-03-A03 S0-03-A04a S0-03-A04b S0-03-A10 S0-04-A1a S0-04-A1b
        S0-04-A1c S0-04-A2 S0-04-A3a S0-04-A3b S0-04-B1 S0-04-B2 S0-04-B3 S0-04-B4 S0-06-01b
        S0-06-01c S0-06-02 S0-06-04d S0-07-01 S0-07-02b S0-07-03 S0-15-15a S0-15-16b S0-15-23a
        S0-15-53 S0-16-B3 S0-16-B5 S0-16-B6 S0-16-B7 S2-A11.1 S2-A11.3 S2-B2.2a S2-B3.2a S2-B3.2b
    """,
    "fee-correction": "S0-02-B11 S0-02-B14a S0-02-B14b S0-02-B16 S0-07-02a",
    "identity-fraud-report": "S0-01-04a S0-01-07 S0-02-B03 S0-06-01a S0-09-B06 S0-16-B3",
    "medical-record": """
        S0-02-B09a S0-02-B10c S0-02-B12c S0-03-A11 S0-09-A01 S0-09-A02a S0-09-A02b S0-09-A02c
        S0-09-A03 S0-09-A04 S0-09-A05 S0-09-A09 S0-09-A10 S0-16-B4
    """,
    "charge-entry": """
        S0-01-12a S0-02-B05b S0-02-B10a S0-02-B10b S0-02-B10c S0-02-B11 S0-02-B12a S0-02-B12b
        S0-03-A07 S0-04-A4b S0-04-B3 S0-06-03a S0-07-02a S0-07-02b S0-15-18 S0-16-C1 S0-16-D3c
        S0-16-E1 S2-B3.2a
    """,
}
#: Clauses that no single rule carries but all of a process together, and how.
AS_A_WHOLE: dict[tuple[str, str], str] = {
    ("charge-entry", "S0-03-A07"): "no swapped or split charges: the conditions of booking",
}

#: What stands † in the register: transitions and states, guards (by what they look at), timers.
DAGGERS: dict[str, dict[str, tuple[str, ...]]] = {
    "consumable-approval": {
        # reason present†; earlier signatures of this round are void†
        "actions": ("return_for_completion",),
        # optional reminder, no source figure
        "deadlines": ("step_reminder",),
        # the applicant's own department†
        "fields": ("department",),
    },
    "inpatient-settlement": {
        "actions": ("makeup_expired", "confirm_cause"),
        "conditions": (
            # parameter card.on_expiry = full_pay†
            'makeup_expired: param.card.on_expiry == "full_pay"',
            # briefing before leaving†
            "leave_hospital: form.briefing_done",
            # fund + own = total†
            "settle: form.settlement_difference == 0元",
            # the clerk who settles is not the person who booked the charges†
            "settle: !(actor.id in facts.charge_bookers || actor.id in facts.charge_booked_for)",
            # no charge booked†
            "cancel: !facts.charges_booked",
        ),
        "fields": ("briefing_done",),
    },
    "fee-correction": {
        # patient informed†
        "actions": ("confirm",),
        "deadlines": ("answer",),
    },
    "identity-fraud-report": {
        # immediately, no figure: parameter fraud.report_minutes†
        "deadlines": ("internal",),
    },
    "medical-record": {
        # destruction by two persons†
        "actions": ("destroy",),
    },
    "charge-entry": {
        # charges since the admission re-rated†
        "actions": ("rerate",),
        # the charge clerk cannot be the ordering doctor†
        "conditions": ("book: !(actor.id in facts.ordered_by)",),
    },
}
#: Wherever a card is taken in, the patient is the one whom the register knows.
_THE_KNOWN_PATIENT = (
    '!facts.patient_known || form.patient_name == facts.known_name || decision.opinion != ""',
    "!given.ss_card_no || facts.card_of.all(one, one == form.id_no)",
)
_HIGH_VALUE = (
    "facts.high_value_item || (given_param.charge.highvalue_threshold"
    ' && form.cost_type == "材料" && form.unit_price >= param.charge.highvalue_threshold)'
)
_EACH_OF_THE_STAY, _EACH_MARKED = (
    f"size(facts.stay_charges) == 0 || form.disputed_lines.all(one, one in facts.{among})"
    for among in ("stay_charges", "marked")
)
_EACH_LINE_ONCE = (
    "form.line_changes.all(row, row.charge in form.disputed_lines)"
    " && form.disputed_lines.all(one, form.line_changes.exists_one(row, row.charge == one))"
)
_LINES_MAKE_THE_SUM = " && ".join(
    f"sum.line_changes.{key} == form.{key}"
    for key in ("old_qty", "new_qty", "old_amount", "new_amount")
)
#: Our own choices beside those of the register: what a switch of the hospital adds.
OUR_OWN: dict[str, dict[str, tuple[str, ...]]] = {
    "consumable-approval": {
        "actions": ("finance_sign_to_medins", "medins_sign"),
        "states": ("medins_review",),
    },
    # What shows how far fund and own part are from the total, which they must make up (†).
    # The day of the settlement is kept for the months that count it.
    # Who pays at admission follows from payment.first, which no field of the register shows.
    "inpatient-settlement": {
        "fields": (
            "pays_first",
            "settlement_difference",
            "settled_on",
            # What the nightly look at the charges of a stay leaves behind (section 9.13, daily).
            "charges_unseen_from",
            "uncharged_from",
            "uncharged_to",
            "uncharged_days",
            "uncharged_told_on",
        ),
        "conditions": (
            *(
                f"{action}: {rule}"
                for action in ("admit_insured", "confirm_cause", "makeup_card")
                for rule in _THE_KNOWN_PATIENT
            ),
            # Whoever may go to another hospital is not settled before that is decided.
            "settle: !facts.referrals_undecided",
        ),
    },
    # By whom the cost was incurred and in which month it was settled: targets are held against it.
    # Of a high-value consumable it is said what the price was checked against.
    "charge-entry": {
        "fields": ("department", "settled_on"),
        "conditions": (
            f'release: decision.opinion != "" || !({_HIGH_VALUE})',
            # A charge in doubt, or booked anew by a correction, is no way round order and amount.
            "hold: !given.order_id || (facts.ordered && form.qty <= facts.ordered_qty)",
            "hold: form.amount == form.qty * form.unit_price",
            'release: !given.corrects || decision.opinion != ""',
        ),
    },
    # Several disputed lines are corrected each by its own values, once, and only what is disputed.
    "fee-correction": {
        "fields": ("line_changes", "not_as_booked", "not_by_price"),
        "conditions": (
            # A line in words is tied to a charge before anything is changed, and stays with it.
            "need_change: facts.tied.all(one, one in form.disputed_lines)",
            f"dept_state: {_EACH_OF_THE_STAY}",
            "dept_state: facts.tied.all(one, one in form.disputed_lines)",
            f"medins_agree: {_EACH_MARKED}",
            f"dept_state: count.line_changes == 0 || ({_EACH_LINE_ONCE})",
            f"dept_state: count.line_changes == 0 || ({_LINES_MAKE_THE_SUM})",
            "medins_agree: form.disputed_lines.all(one, !(one in facts.agreed_lines))",
            "medins_agree: form.disputed_lines.all(one, !(one in facts.not_disputed))",
            "medins_agree: form.not_as_booked == 0",
            "medins_agree: form.not_by_price == 0",
            "execute: form.disputed_lines.all(one, !(one in facts.not_disputed))",
        ),
    },
    # Who of the staff helped, from whom a case against them starts.
    "identity-fraud-report": {"fields": ("helped_by",)},
}
