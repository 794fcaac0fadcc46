"""Keys for programs: a secret that acts as one person, shown once, kept as a hash, taken back at
any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workflow.ports.hospital import Hospital
from workflow.ports.house import ApiToken, Deed, HouseChange, SaveToken
from workflow.refusals import Code, Refused, Sentence
from workflow.service.housework import Done, Housework, at_field, one, problems, text_problem, tidy

LONGEST_NAME = 60

NO_SUCH_PERSON = Sentence(
    "请选择一位在职人员：程序以此人的岗位办事，账本也记此人",
    "Choose somebody who works here: the program acts from their posts, and the ledger names them",
)
NO_TOKEN = Sentence("没有这个令牌，或已经收回", "There is no such token, or it was taken back")


@dataclass(frozen=True)
class ProgramKeys:
    """Giving and taking back; every act is `Done` or `Refused`."""

    work: Housework

    def all(self) -> Sequence[ApiToken]:
        """Every key that was ever given; never a secret."""
        return self.work.store.house.tokens()

    def give(self, deed: Deed, id: str, person: str, name: str, token_hash: str) -> Done | Refused:
        """A program gets a key. `name` says which program; `token_hash` is the secret's SHA-256 in
        hex.
        """
        name = tidy(name)

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            known = hospital.organisation.people.get(person)
            usable = known is not None and known.active
            refused = problems(
                text_problem("name", name, LONGEST_NAME),
                None if usable else at_field("person", NO_SUCH_PERSON),
            )
            return refused or (SaveToken(ApiToken(id, token_hash, person, name, deed.at)),)

        return self.work.do(deed, "give_token", {"person": person, "name": name}, plan)

    def take_back(self, deed: Deed, id: str) -> Done | Refused:
        """A key stops working at once."""

        def plan(_hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            token = next((token for token in self.all() if token.id == id), None)
            if token is None or token.revoked_at is not None:
                return one(Code.NOT_FOUND, NO_TOKEN, "token")
            return (SaveToken(replace(token, revoked_at=deed.at)),)

        return self.work.do(deed, "take_back_token", {"token": id}, plan)
