"""What an administrator may do, in one place: people, policy, calendar, keys for programs.

Nothing here decides a case. Every act is one transaction with its line in the house's ledger; a
refused try leaves a line too.
"""

from __future__ import annotations

from collections.abc import Callable

from workflow.design.register import Register
from workflow.ports.store import Store
from workflow.service.catalog import Catalog
from workflow.service.governing import Governing
from workflow.service.housework import Housework
from workflow.service.importing import Importing
from workflow.service.importing_calendar import CALENDAR
from workflow.service.importing_departments import DEPARTMENTS
from workflow.service.importing_people import PEOPLE
from workflow.service.importing_registers import ListsOfRegisters
from workflow.service.importing_rosters import ROSTERS
from workflow.service.lending import Lending
from workflow.service.program_keys import ProgramKeys
from workflow.service.rostering import Rostering
from workflow.service.staffing import Staffing
from workflow.service.timekeeping import Timekeeping


class Administering:
    """The administrator's acts.

    `staff` (people, posts, departments, accounts), `policy`, `calendar`, `keys` and `rosters` each
    keep their own; `imports` are lists that change many of them at once, `lists` those that a
    hospital brings along for its registers of business facts. `lending` is also
    everybody's own.
    """

    def __init__(self, work: Housework, catalog: Callable[[], Catalog]) -> None:
        """`work` is how changes are made, `catalog` gives the definitions in force."""

        def register() -> Register:
            return catalog().register

        self.staff = Staffing(work, register)
        self.policy = Governing(work, register)
        self.calendar = Timekeeping(work, catalog)
        self.keys = ProgramKeys(work)
        self.rosters = Rostering(work)
        self.lending = Lending(work, catalog)
        kinds = {kind.key: kind for kind in (DEPARTMENTS, PEOPLE, ROSTERS, CALENDAR)}
        self.lists = ListsOfRegisters(work, catalog)
        self.imports = Importing(work, self.staff, register, kinds, self.calendar.finish)

    @classmethod
    def of(cls, store: Store, catalog: Callable[[], Catalog]) -> Administering:
        """Over a store and the definitions in force."""
        return cls(Housework(store), catalog)
