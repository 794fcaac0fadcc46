"""The hand-overs of the register (section 6, and those that single processes name), typed off by
hand: the oracle that definitions and stories are held against.
"""

from __future__ import annotations

from typing import NamedTuple


class HandOver(NamedTuple):
    """What one process hands to another.

    `register`: by rows of this register, where no case is opened or moved. `told_by`: the process
    whose own stories run it. Otherwise a story in `hand-overs/` begins with both names, or with the
    words of `told_with`. `through`: by way of a third process, which both are in touch with.
    """

    sender: str
    receiver: str
    register: str | None = None
    told_by: str | None = None
    told_with: str | None = None
    through: str | None = None


HAND_OVERS: tuple[HandOver, ...] = (
    # A stay.
    HandOver("inpatient-settlement", "identity-fraud-report", told_by="inpatient-settlement"),
    HandOver("identity-fraud-report", "inpatient-settlement", told_by="inpatient-settlement"),
    HandOver("charge-entry", "inpatient-settlement", told_by="charge-entry"),
    HandOver("inpatient-settlement", "charge-entry", told_by="charge-entry"),
    HandOver("selfpay-consent", "inpatient-settlement", told_by="selfpay-consent"),
    HandOver("implant-approval", "inpatient-settlement", told_by="implant-approval"),
    HandOver("external-purchase", "inpatient-settlement", told_by="external-purchase"),
    HandOver("patient-leave", "inpatient-settlement", told_by="patient-leave"),
    HandOver("inpatient-settlement", "selfpay-consent", told_by="selfpay-consent"),
    HandOver("inpatient-settlement", "implant-approval", told_by="implant-approval"),
    HandOver("inpatient-settlement", "external-purchase", told_by="external-purchase"),
    HandOver("inpatient-settlement", "patient-leave", told_by="patient-leave"),
    HandOver("inpatient-settlement", "fee-correction", told_by="fee-correction"),
    HandOver("inpatient-settlement", "prescription-control", told_by="prescription-control"),
    HandOver("inpatient-settlement", "referral-transfer", told_by="referral-transfer"),
    HandOver("referral-transfer", "inpatient-settlement"),
    HandOver(
        "ward-round",
        "identity-fraud-report",
        told_with="ward-round → inpatient-settlement",
        through="inpatient-settlement",
    ),
    HandOver("fee-correction", "inpatient-settlement", told_by="fee-correction"),
    HandOver("inpatient-settlement", "ward-round", "inpatients", told_by="ward-round"),
    HandOver(
        "prescription-control",
        "inpatient-settlement",
        "prescriptions",
        told_by="prescription-control",
    ),
    HandOver("inpatient-settlement", "medical-record", told_by="inpatient-settlement"),
    HandOver("inpatient-settlement", "offsite-reimbursement"),
    HandOver("outpatient-visit", "identity-fraud-report"),
    HandOver("outpatient-visit", "selfpay-consent"),
    HandOver("ward-round", "inpatient-settlement"),
    HandOver(
        "identity-fraud-report", "document-custody", told_with="ward-round → inpatient-settlement"
    ),
    HandOver("inpatient-settlement", "document-custody", told_by="document-custody"),
    HandOver("ward-round", "patient-leave", "round_lines"),
    HandOver("patient-leave", "charge-entry", told_by="patient-leave"),
    HandOver("selfpay-consent", "charge-entry", "consents", told_by="selfpay-consent"),
    HandOver("implant-approval", "charge-entry", "implant_items", told_by="implant-approval"),
    HandOver("selfpay-consent", "implant-approval", told_by="implant-approval"),
    HandOver("charge-entry", "fee-correction"),
    HandOver("referral-transfer", "medical-record", "transferred_stays"),
    HandOver("patient-leave", "ward-round", "leaves", told_by="ward-round"),
    HandOver("ward-round", "rejection-attribution", told_by="ward-round"),
    HandOver("ward-round", "internal-audit", told_by="ward-round"),
    HandOver("ward-round", "staff-violation"),
    HandOver("fee-correction", "charge-entry", told_by="fee-correction"),
    HandOver("implant-approval", "rejection-attribution", told_by="implant-approval"),
    HandOver("selfpay-consent", "rejection-attribution", told_by="selfpay-consent"),
    HandOver("outpatient-visit", "prescription-control", told_by="outpatient-visit"),
    HandOver("prescription-control", "outpatient-visit", told_by="outpatient-visit"),
    # Money.
    HandOver("monthly-settlement", "rejection-attribution", told_by="monthly-settlement"),
    HandOver("monthly-settlement", "data-query"),
    HandOver("monthly-settlement", "agency-payment"),
    HandOver("monthly-settlement", "fee-correction"),
    HandOver("monthly-settlement", "budget-overrun"),
    HandOver(
        "charge-entry",
        "monthly-settlement",
        "settled_costs",
        told_with="monthly-settlement → budget-overrun",
    ),
    HandOver(
        "agency-payment",
        "monthly-settlement",
        "agency_payments",
        told_with="monthly-settlement → budget-overrun",
    ),
    HandOver(
        "inpatient-settlement",
        "budget-overrun",
        "settlement_details",
        told_with="monthly-settlement → budget-overrun",
    ),
    HandOver("inpatient-settlement", "monthly-settlement", "settlement_details"),
    HandOver("outpatient-visit", "monthly-settlement", "settlement_details"),
    HandOver("cashier-daily-close", "outpatient-visit", "daily_closes"),
    # Materials.
    HandOver("consumable-approval", "catalogue-maintenance"),
    HandOver("consumable-approval", "procurement-compliance"),
    HandOver("consumable-approval", "rejection-attribution", "approved_materials"),
    HandOver("catalogue-maintenance", "charge-entry", "price_list"),
    # Violations.
    HandOver("complaint", "staff-violation"),
    HandOver("complaint", "institution-violation"),
    HandOver("complaint", "insured-violation"),
    HandOver("internal-audit", "staff-violation", told_by="internal-audit"),
    HandOver("internal-audit", "institution-violation"),
    HandOver(
        "internal-audit",
        "insured-violation",
        told_with="internal-audit → institution-violation",
    ),
    HandOver("internal-audit", "rejection-attribution", told_by="internal-audit"),
    HandOver("suspected-case-review", "institution-violation"),
    HandOver("suspected-case-review", "violation-copy-recovery", told_by="suspected-case-review"),
    HandOver("joint-inspection", "violation-copy-recovery", told_by="joint-inspection"),
    HandOver("joint-inspection", "institution-violation"),
    HandOver(
        "joint-inspection",
        "insured-violation",
        told_with="joint-inspection → institution-violation",
    ),
    HandOver(
        "suspected-case-review",
        "insured-violation",
        told_with="suspected-case-review → institution-violation",
    ),
    HandOver("institution-violation", "violation-copy-recovery"),
    HandOver("staff-violation", "prescription-control", "prescribing_rights"),
    HandOver("identity-fraud-report", "insured-violation"),
    HandOver("identity-fraud-report", "staff-violation"),
    HandOver("institution-violation", "agreement-suspension", told_by="institution-violation"),
    HandOver("institution-violation", "agreement-termination", told_by="institution-violation"),
    HandOver("stats-report", "staff-violation"),
    # Agreements.
    HandOver("designation-application", "institution-roster", "signed_institutions"),
    HandOver(
        "designation-application",
        "agreement-renewal",
        "agreements",
        told_with="designation-application → institution-roster",
    ),
    HandOver(
        "designation-application",
        "agreement-suspension",
        "agreements",
        told_with="designation-application → institution-roster",
    ),
    HandOver(
        "designation-application",
        "agreement-termination",
        "agreements",
        told_with="designation-application → institution-roster",
    ),
    HandOver("agreement-change", "agreement-termination", told_by="agreement-change"),
    HandOver(
        "designation-application",
        "agreement-change",
        "agreements",
        told_with="designation-application → institution-roster",
    ),
    HandOver("performance-assessment", "agency-payment", "performance_results"),
    HandOver(
        "performance-assessment",
        "agreement-renewal",
        "performance_results",
        told_by="performance-assessment",
    ),
    *(
        HandOver(one, "agreement-dispute", told_with="agreement-suspension → agreement-dispute")
        for one in (
            "designation-application",
            "agreement-change",
            "agreement-suspension",
            "agreement-termination",
            "agreement-renewal",
            "agency-payment",
            "institution-violation",
            "performance-assessment",
        )
    ),
    # Figures.
    HandOver("stats-report", "data-query", told_by="stats-report"),
    HandOver("data-query", "stats-report", told_by="stats-report"),
)
