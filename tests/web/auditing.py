"""What the auditor finds: 张医生 asked for two consumables, and rules refused two attempts."""

from __future__ import annotations

from itertools import count

from tests.web.conftest import SetClock
from web.house import House
from workflow.nouns import Actor, Decision, Opening

NAMES = {"zhang": "张医生", "li": "李主任", "wu": "吴主任", "he": "何老师"}
SUTURE = {
    "material_name": "可吸收缝线",
    "spec": "3-0",
    "purpose": "缝合",
    "manufacturer": "某厂",
    "agent": "无",
    "quantity": "10",
    "ref_unit_price": "35.50",
}


class Story:
    """Acts through the same service as everybody, a minute apart."""

    def __init__(self, house: House, clock: SetClock) -> None:
        self.house = house
        self.clock = clock
        self._keys = count(1)

    def opens(self, who: str, process: str = "consumable-approval", **fields: object) -> str:
        """The number of a case that somebody opens."""
        self.clock.move(minutes=1)
        given = {**SUTURE, **fields} if process == "consumable-approval" else fields
        opening = Opening(Actor(who, NAMES[who]), process, self.clock(), self._key(), given)
        answer = self.house.service.open(opening)
        assert answer.number is not None, answer.refused
        return answer.number

    def takes(self, who: str, action: str, number: str, opinion: str = "") -> str | None:
        """Somebody tries an action; the code of the refusal, if it was refused."""
        self.clock.move(minutes=1)
        decision = Decision(Actor(who, NAMES[who]), action, self.clock(), self._key(), {}, opinion)
        refused = self.house.service.decide(number, decision).refused
        return None if refused is None else refused.code.value

    def _key(self) -> str:
        return f"story-{next(self._keys)}"


def two_requests(house: House, clock: SetClock) -> tuple[str, str]:
    """The first was signed by 李主任 after 吴主任 had tried; the second is still a draft."""
    story = Story(house, clock)
    first = story.opens("zhang")
    assert story.takes("zhang", "submit", first) is None
    assert story.takes("wu", "dept_sign", first, "我来签") == "not_permitted"
    assert story.takes("li", "dept_sign", first) == "opinion_required"
    assert story.takes("li", "dept_sign", first, "同意，急需") is None
    return first, story.opens("zhang", material_name='=HYPERLINK("http://evil.example")')
