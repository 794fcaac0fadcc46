"""What the engine itself enforces in every process, with the clauses that ask for it.

No definition says these and none can switch them off; whatever refuses by one cites it from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class EngineRule:
    """One rule of the engine. `where` is the module that holds to it; `refuses` are the names
    under which the ledger keeps its refusals.
    """

    key: str
    name: Sentence
    clauses: tuple[str, ...]
    where: str
    refuses: tuple[str, ...] = ()


NOT_BY_HAND: Final = EngineRule(
    "not_by_hand",
    Sentence(
        "案件里的内容只能由轮到的人在办理中修改，谁也不能直接改库",
        "What a case holds is changed by whoever's turn it is, as an act of its own, never by hand",
    ),
    ("S0-07-02a",),
    "workflow/running/advance.py",
    ("edit",),
)
NEED_TO_KNOW: Final = EngineRule(
    "need_to_know",
    Sentence(
        "保密案件只有办理人能看；其他有岗位的人先写明理由，理由和查看都留痕；没有岗位的人看不到",
        "A confidential case is read by those who work on it; others with a post give a reason "
        "first, which is recorded; nobody else sees that it exists",
    ),
    ("S0-09-A09", "S0-10-05", "S2-A14.2"),
    "workflow/service/visibility.py",
    ("reason",),
)
SUCCESSION: Final = EngineRule(
    "succession",
    Sentence(
        "待办跟着岗位走：谁接任，谁就接手前任没有办完的事，不必另行指定",
        "Work waits for the post: whoever succeeds to it takes over what is open, without a "
        "new appointment",
    ),
    ("S1-01-03",),
    "workflow/people/organisation.py",
)
ENGINE: Final = (NOT_BY_HAND, NEED_TO_KNOW, SUCCESSION)
