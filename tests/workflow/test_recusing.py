"""回避: whoever declares a conflict of interest is out of the step, in every way that leads back;
and the step still has somebody who can go on.
"""

from __future__ import annotations

from tests.workflow.hospital import Hospital, edited, reasons, refused, with_posts
from tests.workflow.test_administrators_acts import PEOPLE
from tests.workflow.test_handling import REPLACED, VOTE, bought, does, done, inbox, sizes, voting
from workflow.nouns import Actor, Decision
from workflow.people.organisation import Person, Post
from workflow.ports.house import SavePerson
from workflow.refusals import Code
from workflow.service.deciding import Answer

ALONE = edited(
    VOTE,
    ("members: [{role: dept_head}, {role: finance_officer}, {role: vice_president}]", "MEMBERS"),
    ("MEMBERS", "members: {role: vice_president}"),
)
#: Fang's vote is heard before anything passes; who replaces her has no such right.
VETO = edited(
    VOTE,
    ("pass: {ratio: 60}", "pass: any\n      veto: [finance_officer]"),
    REPLACED,
)
#: The head's vote weighs three; a clinician who replaces them has one vote.
WEIGHED = edited(
    VOTE,
    ("pass: {ratio: 60}", "pass: {ratio: 60}\n      weights: {dept_head: 3}"),
    REPLACED,
)
TWICE = edited(
    VOTE,
    ("may: [claim, transfer, consult]", "may: [claim, transfer, recuse]"),
    ("who: {role: keeper}}", "who: [{role: keeper}, {role: clinician}]}"),
)


def test_a_colleague_does_not_bring_them_back() -> None:
    hospital = Hospital(VOTE)
    number = voting(hospital)
    done(hospital, "wu", "recuse", number, "", "亲属")

    for act in ("transfer", "add_before", "add_after", "add_beside", "ask", "consult"):
        answer = does(hospital, "fang", act, number, "wu")
        assert refused(answer).code is Code.INVALID_FORM, act
        assert "has recused themselves" in reasons(answer)[0]


def test_the_last_member_leaves_the_seat_to_the_post() -> None:
    """Otherwise nobody could go on, and nobody would see it."""
    hospital = Hospital(ALONE)
    number = voting(hospital)

    done(hospital, "wu", "recuse", number, "", "亲属")

    assert hospital.waits_for(number) == ("r:vice_president",)
    assert inbox(hospital, "wu") == []
    assert refused(hospital.decide("wu", "agree", number)).code is Code.NOT_PERMITTED


def test_a_successor_in_the_post_decides_then() -> None:
    hospital = Hospital(ALONE)
    number = voting(hospital)
    done(hospital, "wu", "recuse", number, "", "亲属")

    hospital.changes(SavePerson(Person("eva", "Eva", "board", (Post("vice_president", "board"),))))

    assert inbox(hospital, "eva") == ["voting"]
    assert hospital.takes("eva", "agree", number) == "buying"


def test_nobody_else_votes_in_the_empty_seat() -> None:
    hospital = Hospital(ALONE)
    number = voting(hospital)
    done(hospital, "wu", "recuse", number, "", "亲属")

    for who in ("lee", "fang", "ben", "kim"):
        assert refused(hospital.decide(who, "agree", number)).code is Code.NOT_PERMITTED


def test_what_was_passed_on_goes_back_to_the_post() -> None:
    hospital = Hospital(TWICE, people=with_posts(("kai", "keeper", "store")))
    number = bought(hospital)
    done(hospital, "kim", "transfer", number, "sam")

    done(hospital, "sam", "recuse", number, "", "亲属")

    assert "r:keeper" in hospital.waits_for(number)
    assert refused(hospital.decide("sam", "buy", number)).code is Code.NOT_PERMITTED
    assert hospital.takes("kai", "buy", number) == "done"


def test_it_binds_in_every_post() -> None:
    hospital = Hospital(TWICE, people=with_posts(("kim", "clinician", "icu")))
    number = bought(hospital)
    other = next(task for task in hospital.waiting(number) if task.address.role == "clinician")
    kim = Actor("kim", "Kim")
    act = Decision(kim, "task.recuse", hospital.now, hospital.key(), opinion="亲属", task=other.id)
    assert hospital.hand_in(number, act).refused is None

    answer = hospital.decide("kim", "buy", number)

    assert refused(answer).code is Code.NOT_PERMITTED
    assert reasons(answer) == ["You have recused yourself from this step"]
    assert hospital.takes("ben", "buy", number) == "done"


def test_who_replaces_them_votes_with_the_weight_of_their_own_post() -> None:
    hospital = Hospital(WEIGHED)
    number = voting(hospital)

    done(hospital, "lee", "recuse", number, "", "亲属")

    weights = {task.address.person: task.handling.weight for task in hospital.waiting(number)}
    assert weights["ben"] == 1


def test_a_replacement_that_nothing_hangs_on_is_not_needed_at_once() -> None:
    """Ida has agreed, and only Fang could still have stopped it."""
    hospital = Hospital(VETO)
    number = voting(hospital)
    assert hospital.takes("ida", "agree", number) == "voting"

    done(hospital, "fang", "recuse", number, "", "亲属")

    assert sizes(hospital, number) == [[4, 4]]
    assert hospital.case(number).state == "buying"
    assert inbox(hospital, "ben") == []


def test_an_administrator_does_not_bring_them_back_either() -> None:
    hospital = Hospital(VOTE, people=PEOPLE)
    number = voting(hospital)
    done(hospital, "wu", "recuse", number, "", "亲属")

    answer = rerouted(hospital, number, "fang", "wu")

    assert refused(answer).code is Code.INVALID_FORM
    assert "has recused themselves" in reasons(answer)[0]


def test_an_administrator_gives_nobody_a_second_seat() -> None:
    hospital = Hospital(VOTE, people=PEOPLE)
    number = voting(hospital)

    answer = rerouted(hospital, number, "fang", "lee")

    assert reasons(answer) == ["Dr Lee has a task at this step already"]


def rerouted(hospital: Hospital, number: str, whose: str, to: str) -> Answer:
    """Ann tries to give somebody's seat to somebody else."""
    mine = next(task for task in hospital.waiting(number) if task.address.person == whose)
    ann = Actor("ann", "Ann")
    act = Decision(
        ann,
        "task.reroute",
        hospital.now,
        hospital.key(),
        opinion="调岗",
        target=to,
        task=mine.id,
    )
    return hospital.hand_in(number, act)
