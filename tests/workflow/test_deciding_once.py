"""One seat, one word: who has signed or passed on has decided, and whoever shares a seat shares its
vote. What is taken back is open again, for the same people and as late as it was.
"""

from __future__ import annotations

from datetime import timedelta

from tests.workflow.hospital import Hospital, edited, reasons, refused, with_posts
from tests.workflow.test_handling import VOTE, does, done, voting
from tests.workflow.test_signing_together import JOINT, sent
from workflow.refusals import Code

#: Two of three seats are needed; nobody is heard further when that is certain.
THREE = edited(
    VOTE,
    (
        "members: [{role: dept_head}, {role: finance_officer}, {role: vice_president}]",
        "members: [{role: finance_officer}, {role: vice_president}, {role: keeper}]",
    ),
)
CLOCK = """\
deadlines:
  answer:
    name: {zh: 答复期限, en: Time to answer}
    while: signing
    length: {hours: 8}
    overdue: true
"""
#: What has been signed may be taken back, and be passed on.
TAKEN = edited(
    JOINT,
    (
        "signing: {name: {zh: 会签中, en: Being signed}}",
        "signing: {name: {zh: 会签中, en: Being signed}, may: [take_back, transfer]}",
    ),
    ("actions:\n", f"{CLOCK}actions:\n"),
)


def test_two_who_decide_after_a_member_share_the_seat() -> None:
    hospital = Hospital(THREE)
    number = voting(hospital)
    done(hospital, "fang", "add_after", number, "sam")
    done(hospital, "fang", "add_after", number, "lee")
    hospital.takes("fang", "agree", number)

    assert hospital.takes("sam", "agree", number) == "voting", "Lee still has to agree as well"
    assert hospital.takes("wu", "agree", number) == "voting", "one seat of three is for it"
    assert hospital.takes("lee", "agree", number) == "buying"


def test_who_does_not_agree_speaks_for_the_seat() -> None:
    hospital = Hospital(THREE)
    number = voting(hospital)
    done(hospital, "fang", "add_after", number, "sam")
    done(hospital, "fang", "add_after", number, "lee")
    hospital.takes("fang", "agree", number)

    assert hospital.takes("sam", "object", number, "太贵") == "voting", "one of three is against it"
    assert hospital.takes("wu", "object", number, "太贵") == "refused"


def test_who_has_signed_does_not_refuse_as_well() -> None:
    hospital = Hospital(JOINT)
    number = sent(hospital)
    hospital.takes("fang", "sign", number, "同意")

    answer = hospital.decide("fang", "refuse", number, "不同意")

    assert refused(answer).code is Code.ALREADY_DECIDED
    assert hospital.takes("lee", "refuse", number, "不同意") == "refused"


def test_nor_does_a_colleague_for_whom_they_signed() -> None:
    hospital = Hospital(JOINT, people=with_posts(("flo", "finance_officer", "finance")))
    number = sent(hospital)
    hospital.takes("fang", "sign", number, "同意")

    answer = hospital.decide("flo", "refuse", number, "不同意")

    assert refused(answer).code is Code.NOT_PERMITTED


def test_one_of_several_signatures_is_taken_back() -> None:
    hospital = Hospital(TAKEN)
    number = sent(hospital)
    hospital.takes("fang", "sign", number, "同意")

    done(hospital, "fang", "take_back", number)

    assert set(hospital.waits_for(number)) == {"r:dept_head@surgery", "r:finance_officer"}
    assert hospital.takes("lee", "sign", number) == "signing"
    assert hospital.takes("fang", "sign", number) == "checking"


def test_who_takes_back_on_an_old_page_is_told_that_the_case_has_changed() -> None:
    hospital = Hospital(TAKEN)
    number = sent(hospital)
    hospital.takes("fang", "sign", number, "同意")

    answer = does(hospital, "fang", "take_back", number, seen=1)

    assert refused(answer).code is Code.CONFLICT
    assert "has changed since you opened the page" in reasons(answer)[0]


def test_what_is_overdue_stays_so_when_it_is_taken_back() -> None:
    hospital = Hospital(TAKEN)
    number = sent(hospital)
    hospital.takes("fang", "sign", number, "同意")
    hospital.wait(hours=9)

    done(hospital, "fang", "take_back", number)

    assert [task.overdue for task in hospital.waiting(number)] == [True, True]


def test_what_is_overdue_stays_so_with_the_colleague_who_has_it_now() -> None:
    hospital = Hospital(TAKEN)
    number = sent(hospital)
    hospital.wait(hours=9)
    due = hospital.now - timedelta(hours=1)

    done(hospital, "fang", "transfer", number, "sam")

    late = {task.address.key: (task.overdue, task.due_at) for task in hospital.waiting(number)}
    assert late["p:sam"] == (True, due)
