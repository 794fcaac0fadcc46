"""A patient goes out on a slip, and comes back."""

from __future__ import annotations

from datetime import timedelta

from web.demonstration.stays import Stay
from web.demonstration.world import World

PROCESS = "patient-leave"
_WHY = ("家中有事", "取换洗衣物", "办理银行手续", "回家探望老人")


class Leave:
    """One leave of one stay, for so many hours."""

    def __init__(self, world: World, stay: Stay, hours: int) -> None:
        self.hours = hours
        self._world = world
        self._stay = stay
        self._slip = f"QJT{world.next_number():06d}"
        self._number = ""

    def asked(self) -> None:
        now = self._world.now
        answers: dict[str, object] = {
            "leave_from": (now + timedelta(hours=1)).isoformat(),
            "leave_to_planned": (now + timedelta(hours=self.hours + 20)).isoformat(),
            "reason": self._world.pick(_WHY),
        }
        nurse = self._stay.nurse
        self._number = self._world.stage.open(nurse, PROCESS, answers, parent=self._stay.number)

    def approved(self) -> None:
        self._world.stage.do(self._stay.doctor, self._number, "approve")

    def gone(self) -> None:
        self._world.stage.do(self._stay.nurse, self._number, "depart", {"slip_no": self._slip})

    def back(self) -> None:
        answers: dict[str, object] = {"leave_to_actual": self._world.minutes_ago(0)}
        self._world.stage.do(self._stay.nurse, self._number, "come_back", answers)
