"""Every calculation that definitions may use: adding one is a module and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workflow.calculations.add_up import ADD_UP
from workflow.calculations.allocate_overrun import ALLOCATE_OVERRUN
from workflow.calculations.calendar_periods import CALENDAR_PERIODS
from workflow.calculations.claim_less_irregular import CLAIM_LESS_IRREGULAR
from workflow.calculations.cost_by_department import COST_BY_DEPARTMENT
from workflow.calculations.days_left import DAYS_LEFT
from workflow.calculations.declaring import Calculation
from workflow.calculations.draw_without_repeats import DRAW_WITHOUT_REPEATS
from workflow.calculations.end_of_year import END_OF_YEAR
from workflow.calculations.excess_over_targets import EXCESS_OVER_TARGETS
from workflow.calculations.month_reconciliation import MONTH_RECONCILIATION
from workflow.calculations.months_of_period import MONTHS_OF_PERIOD
from workflow.calculations.parts_of_total import PARTS_OF_TOTAL
from workflow.calculations.payable_amount import PAYABLE_AMOUNT
from workflow.calculations.payout_on_irregular import PAYOUT_ON_IRREGULAR
from workflow.calculations.quota_ratio import QUOTA_RATIO
from workflow.calculations.rank_candidates import RANK_CANDIDATES
from workflow.calculations.renewal_window import RENEWAL_WINDOW
from workflow.calculations.score_summary import SCORE_SUMMARY
from workflow.calculations.stock_balance import STOCK_BALANCE
from workflow.calculations.supply_days import SUPPLY_DAYS

CALCULATIONS: Mapping[str, Calculation] = MappingProxyType(
    {
        one.key: one
        for one in (
            ADD_UP,
            ALLOCATE_OVERRUN,
            CALENDAR_PERIODS,
            CLAIM_LESS_IRREGULAR,
            COST_BY_DEPARTMENT,
            DAYS_LEFT,
            DRAW_WITHOUT_REPEATS,
            END_OF_YEAR,
            EXCESS_OVER_TARGETS,
            MONTH_RECONCILIATION,
            MONTHS_OF_PERIOD,
            PARTS_OF_TOTAL,
            PAYABLE_AMOUNT,
            PAYOUT_ON_IRREGULAR,
            QUOTA_RATIO,
            RANK_CANDIDATES,
            RENEWAL_WINDOW,
            SCORE_SUMMARY,
            STOCK_BALANCE,
            SUPPLY_DAYS,
        )
    }
)
