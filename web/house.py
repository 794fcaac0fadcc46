"""Everything that one running server is made of, handed to each request; made once by `web.app`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from web.passwords import Passwords
from web.settings import Settings
from web.templating import Templates
from workflow.ports.store import Store
from workflow.refusals import Sentence

if TYPE_CHECKING:
    from web.live import Live
    from workflow.ports.hospital import Hospital
    from workflow.service.administering import Administering
    from workflow.service.auditing import Auditing
    from workflow.service.catalog import Catalog
    from workflow.service.deciding import Service
    from workflow.service.delivering import Delivering
    from workflow.service.looking import Looking
    from workflow.service.noticing import Noticing
    from workflow.service.publishing import Publishing
    from workflow.service.registers import Registers


#: What is well and what not, by name.
Readiness = Callable[[], Mapping[str, bool]]


@dataclass(frozen=True, slots=True)
class House:
    """One a server, at `request.app.state.house`.

    `service` is the one door for acts on cases, `looking` answers what pages ask, `publishing` and
    `administering` are the administrator's, `auditing` the auditor's; `registers` looks business
    facts up. `clock` gives aware UTC
    moments, `catalog` the definitions in force now, which `keep_up` (with the hospital, and the
    moment) brings up to date and lets speak in the hospital's words.
    `readiness` tells what is well and what not, by name. `noticing` answers for notices, which
    `delivering` carries out and whose count is `live`. `demonstration`: every page says so.
    """

    settings: Settings
    store: Store
    service: Service
    looking: Looking
    publishing: Publishing
    administering: Administering
    auditing: Auditing
    registers: Registers
    catalog: Callable[[], Catalog]
    keep_up: Callable[[Hospital, datetime], None]
    clock: Callable[[], datetime]
    ids: Callable[[], str]
    passwords: Passwords
    templates: Templates
    readiness: Readiness
    noticing: Noticing
    delivering: Delivering
    live: Live
    demonstration: bool = False

    def role_name(self, role: str) -> Sentence:
        """The name of a role as the register has it; its key when it is unknown."""
        known = self.catalog().register.roles.get(role)
        return Sentence(role, role) if known is None else known.name
