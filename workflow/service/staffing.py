"""People, the posts they hold, their departments and accounts, as an administrator changes them.

Nobody is ever deleted: old cases go on naming them. A post that ends passes what waits for it to
the successor (S1-01-03).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from datetime import date, timedelta

from workflow.design.register import Account as Reach
from workflow.design.register import Register
from workflow.nouns import SYSTEM, TIMER
from workflow.people.organisation import (
    DEPARTMENT_TYPES,
    Department,
    Organisation,
    Person,
    Post,
)
from workflow.ports.hospital import Hospital
from workflow.ports.house import (
    Account,
    Deed,
    HouseChange,
    SaveAccount,
    SaveDepartment,
    SavePerson,
    SaveToken,
)
from workflow.ports.reading import Readings
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.service.housework import (
    ADMINISTRATOR,
    AUDITOR,
    Done,
    Housework,
    at_field,
    one,
    problems,
    text_problem,
    tidy,
)

EXTERNAL = "external"
#: The kind of a department that holds nobody any more.
CLOSED = "closed"
CLOSED_NAME = Sentence("已撤销", "Closed")

LONGEST_NAME = 50
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
#: Posts that tolerate no other: who runs or audits the house takes no part in its decisions.
_ALONE = frozenset({ADMINISTRATOR, AUDITOR})

BAD_ID = Sentence(
    "请用 2 至 40 位小写字母、数字或 . _ - ，如 zhangli 或 10234",
    "Use 2 to 40 lower-case letters, digits or . _ -, such as zhangli or 10234",
)
TAKEN = Sentence("“{id}”已经有了，请换一个", "“{id}” exists already; choose another")
LOGIN_TAKEN = Sentence(
    "登录名“{login}”已被使用，请换一个", "The login “{login}” is taken; choose another"
)
NO_DEPARTMENT = Sentence("没有这个科室，请从列表中选择", "There is no such department; choose one")
DEPARTMENT_CLOSED = Sentence(
    "该科室已撤销，请选择别的科室", "This department is closed; choose another"
)
NO_TYPE = Sentence("请选择科室类别", "Choose the kind of department")
IN_A_CIRCLE = Sentence(
    "上级科室不能是它自己或它的下级", "A department cannot be above itself or in a circle"
)
STILL_USED = Sentence(
    "科室里还有：{what}。请先调走或结束，再撤销科室。",
    "Still in this department: {what}. Move or end them first, then close it.",
)
NO_PERSON = Sentence("没有这个人", "There is no such person")
NOT_ACTIVE = Sentence(
    "此人已停用，请先恢复", "This person is no longer active; bring them back first"
)
NO_ROLE = Sentence("没有这个角色，请从列表中选择", "There is no such role; choose one")
NOT_HELD = Sentence(
    "“{role}”不由本院人员担任，不能设为岗位",
    "“{role}” is not held by anybody with an account; it cannot be a post",
)
ALREADY_HELD = Sentence(
    "此人已经担任{role}（{department}）", "This person is {role} in {department} already"
)
HELD_THEN = Sentence(
    "此人的{role}（{department}）任期是{start}至{end}，与所填的日期重叠；"
    "请改开始或结束日期，不填即不限",
    "This person is {role} in {department} from {start} to {end}, which overlaps; "
    "change the first or the last day (left empty, there is no limit)",
)
ANY_DAY = Sentence("不限", "any day")
ALONE = Sentence(
    "系统管理员和审计不能兼任其他岗位，其他岗位也不能兼任这两项：管理、审计与审批须分开。",
    "Administrators and auditors hold no other post, and nobody else holds theirs: keeping, "
    "auditing and deciding stay apart.",
)
END_FIRST = Sentence("结束日期不能早于开始日期", "The last day cannot come before the first")
NO_LIMIT = Sentence(
    "限额须大于0；没有限额就不填", "A limit is more than 0; leave it out where there is none"
)
#: The register in which the exam before starting work leaves its result.
WORK_PERMITS = "work_permits"
NO_POST = Sentence("此人没有这个岗位", "This person does not hold that post")
OWN = Sentence(
    "不能改动自己的岗位、密码或停用自己，请由另一位管理员办理。",
    "You cannot change your own posts or account here; another administrator has to do it.",
)
EXAM_FAILED = Sentence(
    "此人岗前考试没有合格，不能上岗；请先补考（培训考试流程）",
    "This person has not passed the exam before starting work; it is taken again first",
)
NO_EXAM = Sentence(
    "登记簿“上岗资格”里没有此人：岗前培训考试合格才能开账号。请先办“培训考试”；"
    "原有职工请先把合格名单导入这个登记簿",
    "The register of the right to work does not name this person: an account needs a passed exam. "
    "Hold the training first; for people who have long worked here bring their list along",
)
#: The clause by which nobody starts work before a passed exam.
EXAM_CLAUSE = "S0-05-B1"
NO_ACCOUNT = Sentence("此人还没有登录账号", "This person has no account yet")
HAS_ACCOUNT = Sentence(
    "此人已有登录账号，可以重设密码", "This person has an account; reset its password"
)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody who joins. Without `login` they get no account; `password_hash` is argon2."""

    id: str
    name: str
    department: str
    login: str = ""
    password_hash: str | None = None


@dataclass(frozen=True)
class Staffing:
    """Changes to people, posts, departments and accounts; every one is `Done` or `Refused`."""

    work: Housework
    register: Callable[[], Register]

    # ---- people ----------------------------------------------------------------------------------

    def add_person(self, deed: Deed, new: NewPerson) -> Done | Refused:
        """Take somebody in, with an account if a login is given."""
        new = replace(
            new,
            id=tidy(new.id),
            name=tidy(new.name),
            department=tidy(new.department),
            login=login_key(new.login),
        )

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            organisation = hospital.organisation
            refused = problems(
                new_id_problem("id", new.id, {*organisation.people, TIMER, SYSTEM}),
                text_problem("name", new.name, LONGEST_NAME),
                department_problem(organisation, new.department),
                self._login_problem(new.login) if new.login else None,
                self._exam_problem(organisation, new.id, new.department) if new.login else None,
            )
            if refused is not None:
                return refused
            person = SavePerson(Person(new.id, new.name, new.department))
            if not new.login:
                return (person,)
            return person, SaveAccount(Account(new.id, new.login, new.password_hash))

        asked = {"person": new.id, "department": new.department, "login": new.login}
        return self.work.do(deed, "add_person", asked, plan)

    def change_person(self, deed: Deed, id: str, name: str, department: str) -> Done | Refused:
        """Correct a name, or move somebody to another department. Posts stay as they are."""
        name, department = tidy(name), tidy(department)

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            known = hospital.organisation.people.get(id)
            if known is None:
                return _no_person()
            refused = problems(
                text_problem("name", name, LONGEST_NAME),
                None
                if department == known.department
                else department_problem(hospital.organisation, department),
            )
            return refused or (SavePerson(replace(known, name=name, department=department)),)

        asked = {"person": id, "department": department}
        return self.work.do(deed, "change_person", asked, plan)

    def end_person(self, deed: Deed, id: str) -> Done | Refused:
        """Somebody leaves: no sign-in, no posts in force, no program keys; their record stays."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            known = hospital.organisation.people.get(id)
            if known is None:
                return _no_person()
            if id == deed.by.id:
                return own_refusal()
            return SavePerson(replace(known, active=False)), *self.keys_of_leavers({id}, deed)

        done = self.work.do(deed, "end_person", {"person": id}, plan)
        if isinstance(done, Done):
            self.work.store.door.end_sessions_of(id, deed.at)
        return done

    def keys_of_leavers(self, leavers: Container[str], deed: Deed) -> tuple[SaveToken, ...]:
        """The program keys of people who leave, each revoked at the moment of the deed."""
        return tuple(
            SaveToken(replace(token, revoked_at=deed.at))
            for token in self.work.store.house.tokens()
            if token.person in leavers and token.revoked_at is None
        )

    def bring_back(self, deed: Deed, id: str) -> Done | Refused:
        """Somebody who had left is active again, with the posts that have not run out."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            known = hospital.organisation.people.get(id)
            if known is None:
                return _no_person()
            failed = permits(self.work.store.readings, id).get(id) is False
            refused = problems(_exam_refusal("person", EXAM_FAILED) if failed else None)
            return refused or (SavePerson(replace(known, active=True)),)

        return self.work.do(deed, "bring_back", {"person": id}, plan)

    def _exam_problem(
        self, organisation: Organisation, person: str, department: str
    ) -> Refusal | None:
        known = permits(self.work.store.readings, person)
        return exam_problem(self.register(), organisation, department, known.get(person))

    # ---- posts -----------------------------------------------------------------------------------

    def give_post(self, deed: Deed, person: str, post: Post) -> Done | Refused:
        """Somebody holds a role in a department, from the first day to the end of the last."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            known = hospital.organisation.people.get(person)
            if known is None:
                return _no_person()
            if person == deed.by.id:
                return own_refusal()
            refused = problems(
                None if known.active else at_field("role", NOT_ACTIVE),
                role_problem(self.register(), post.role),
                department_problem(hospital.organisation, post.department),
                term_problem(post),
                _limit_problem(post),
            ) or beside_others(self.register(), hospital, known, post)
            return refused or (SavePerson(replace(known, posts=(*known.posts, post))),)

        return self.work.do(deed, "give_post", _post_asked(person, post), plan)

    def end_post(self, deed: Deed, person: str, post: Post, last_day: date) -> Done | Refused:
        """A post ends with `last_day`; one that would end before it began is taken away."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            known = hospital.organisation.people.get(person)
            if known is None:
                return _no_person()
            if person == deed.by.id:
                return own_refusal()
            if post not in known.posts:
                return one(Code.NOT_FOUND, NO_POST, "post")
            kept = [held for held in known.posts if held != post]
            if post.start is None or post.start <= last_day:
                kept.insert(known.posts.index(post), replace(post, end=last_day))
            return (SavePerson(replace(known, posts=tuple(kept))),)

        asked = {**_post_asked(person, post), "last_day": last_day.isoformat()}
        return self.work.do(deed, "end_post", asked, plan)

    # ---- departments -----------------------------------------------------------------------------

    def add_department(self, deed: Deed, new: Department) -> Done | Refused:
        """A new unit of the hospital."""
        new = replace(new, id=tidy(new.id), name=tidy(new.name), parent=new.parent or None)

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            refused = problems(
                new_id_problem("id", new.id, hospital.organisation.departments),
                *unit_problems(hospital.organisation, new),
            )
            return refused or (SaveDepartment(new),)

        return self.work.do(deed, "add_department", {"department": new.id, "name": new.name}, plan)

    def change_department(self, deed: Deed, changed: Department) -> Done | Refused:
        """Another name, kind or superior; a closed one is opened again by giving it a kind."""
        changed = replace(changed, name=tidy(changed.name), parent=changed.parent or None)

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            if changed.id not in hospital.organisation.departments:
                return one(Code.NOT_FOUND, NO_DEPARTMENT, "department")
            refused = problems(*unit_problems(hospital.organisation, changed))
            return refused or (SaveDepartment(changed),)

        asked = {"department": changed.id, "name": changed.name}
        return self.work.do(deed, "change_department", asked, plan)

    def close_department(self, deed: Deed, id: str) -> Done | Refused:
        """A unit ends: nobody belongs to it or holds a post in it any more; old cases still name
        it.
        """

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            known = hospital.organisation.departments.get(id)
            if known is None:
                return one(Code.NOT_FOUND, NO_DEPARTMENT, "department")
            day = hospital.calendar.local_day(deed.at)
            refused = problems(still_used(hospital.organisation, id, day))
            return refused or (SaveDepartment(replace(known, type=CLOSED)),)

        return self.work.do(deed, "close_department", {"department": id}, plan)

    # ---- accounts --------------------------------------------------------------------------------

    def open_account(
        self, deed: Deed, person: str, login: str, password_hash: str
    ) -> Done | Refused:
        """Somebody who has no account gets one; `password_hash` is argon2."""
        login = login_key(login)

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            known = hospital.organisation.people.get(person)
            if known is None:
                return _no_person()
            if self.work.store.house.account_of(person) is not None:
                return one(Code.CONFLICT, HAS_ACCOUNT, "account", field="login")
            refused = problems(
                None if known.active else at_field("login", NOT_ACTIVE),
                self._login_problem(login),
                self._exam_problem(hospital.organisation, person, known.department),
            )
            return refused or (SaveAccount(Account(person, login, password_hash)),)

        return self.work.do(deed, "open_account", {"person": person, "login": login}, plan)

    def reset_password(self, deed: Deed, person: str, password_hash: str) -> Done | Refused:
        """Give a new password (its argon2 hash); every session of the person ends."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            if person not in hospital.organisation.people:
                return _no_person()
            if person == deed.by.id:
                return own_refusal()
            account = self.work.store.house.account_of(person)
            if account is None:
                return one(Code.NOT_FOUND, NO_ACCOUNT, "account")
            return (SaveAccount(replace(account, password_hash=password_hash)),)

        done = self.work.do(deed, "reset_password", {"person": person}, plan)
        if isinstance(done, Done):
            self.work.store.door.end_sessions_of(person, deed.at)
        return done

    def end_sessions(self, deed: Deed, person: str) -> Done | Refused:
        """Sign somebody out everywhere."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            return () if person in hospital.organisation.people else _no_person()

        done = self.work.do(deed, "end_sessions", {"person": person}, plan)
        if isinstance(done, Refused):
            return done
        # The line comes first: a session that ended without one would be a deed without a trace.
        entry = self.work.store.house.record(deed, "end_sessions", {"person": person})
        self.work.store.door.end_sessions_of(person, deed.at)
        return Done((entry,))

    def _login_problem(self, login: str) -> Refusal | None:
        taken = {login_key(account.login) for account in self.work.store.house.accounts()}
        return login_problem(login, taken)


def permits(readings: Readings, person: str | None = None) -> dict[str, bool]:
    """Who may work by the exam before it, and who may not; whoever took none is not named."""
    where = {} if person is None else {"person": person}
    rows = readings.rows(WORK_PERMITS, where)
    newest_last = reversed(rows)
    return {str(row.values.get("person")): row.values.get("allowed") is True for row in newest_last}


def exam_problem(
    register: Register, organisation: Organisation, department: str, permit: bool | None
) -> Refusal | None:
    """Why somebody of a department gets no account (S0-05-B1), if anything.

    Who is of another house (an agency, an insurer) is trained there; and where the rules know no
    register of who may work, nobody can be asked.
    """
    unit = organisation.departments.get(department)
    outside = unit is not None and unit.type == EXTERNAL
    unknown = permit is None and WORK_PERMITS not in register.cards
    if permit or outside or unknown:
        return None
    return _exam_refusal("login", NO_EXAM if permit is None else EXAM_FAILED)


def _exam_refusal(field: str, because: Sentence) -> Refusal:
    return replace(at_field(field, because), clauses=(EXAM_CLAUSE,))


def login_problem(login: str, taken: Container[str]) -> Refusal | None:
    """Why nobody can get this login (see `login_key`), if anything."""
    if not _ID.fullmatch(login):
        return at_field("login", BAD_ID)
    return at_field("login", LOGIN_TAKEN.filled(login=login)) if login in taken else None


def login_key(typed: str) -> str:
    """A login as it is compared: two that look alike are the same."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def role_problem(register: Register, role: str) -> Refusal | None:
    """Why a role cannot be a post, if anything."""
    known = register.roles.get(role)
    if known is None:
        return at_field("role", NO_ROLE)
    if known.account not in (Reach.LOGIN, Reach.EXTERNAL):
        return at_field(
            "role",
            Sentence(
                NOT_HELD.zh.format(role=known.name.zh), NOT_HELD.en.format(role=known.name.en)
            ),
        )
    return None


def _held_then(register: Register, hospital: Hospital, held: Post) -> Sentence:
    """Says of a post that it is held already; of one that is limited, until when."""
    name = register.roles[held.role].name
    department = hospital.organisation.department_name(held.department)
    pattern = ALREADY_HELD if held.start is None and held.end is None else HELD_THEN

    def filled(language: str) -> str:
        start, end = (
            ANY_DAY.in_(language) if day is None else day.isoformat()
            for day in (held.start, held.end)
        )
        return pattern.in_(language).format(
            role=name.in_(language), department=department, start=start, end=end
        )

    return Sentence(filled("zh_CN"), filled("en"))


def beside_others(
    register: Register, hospital: Hospital, person: Person, post: Post
) -> Refused | None:
    """Whether the post goes together with those that the person holds in the same days."""
    others = [held for held in person.posts if _overlap(held, post)]
    for held in others:
        if (held.role, held.department) != (post.role, post.department):
            continue
        because = _held_then(register, hospital, held)
        return one(Code.CONFLICT, because, "held", field="role")
    roles = {post.role, *(held.role for held in others)}
    if len(roles) > 1 and roles & _ALONE:
        return one(Code.SEPARATION_OF_DUTIES, ALONE, "alone", field="role")
    return None


def new_id_problem(name: str, id: str, taken: Container[str]) -> Refusal | None:
    """Why nobody and nothing can get this id, if anything."""
    if not _ID.fullmatch(id):
        return at_field(name, BAD_ID)
    return at_field(name, TAKEN.filled(id=id)) if id in taken else None


def department_problem(organisation: Organisation, id: str) -> Refusal | None:
    """Why nobody can come into this department, if anything."""
    known = organisation.departments.get(id)
    if known is None:
        return at_field("department", NO_DEPARTMENT)
    return at_field("department", DEPARTMENT_CLOSED) if known.type == CLOSED else None


def unit_problems(organisation: Organisation, unit: Department) -> tuple[Refusal | None, ...]:
    """What is wrong with a department's name, kind and place among the others."""
    return (
        text_problem("name", unit.name, LONGEST_NAME),
        None if unit.type in DEPARTMENT_TYPES else at_field("type", NO_TYPE),
        _parent_problem(organisation, unit),
    )


def _parent_problem(organisation: Organisation, unit: Department) -> Refusal | None:
    above, seen = unit.parent, {unit.id}
    while above is not None:
        known = organisation.departments.get(above)
        if known is None:
            return at_field("parent", NO_DEPARTMENT)
        if above in seen:
            return at_field("parent", IN_A_CIRCLE)
        seen.add(above)
        above = known.parent
    return None


def still_used(organisation: Organisation, id: str, day: date) -> Refusal | None:
    """Why a department cannot be closed on that day, if anything."""
    held = _still_in(organisation, id, day)
    if not held:
        return None
    because = Sentence(
        STILL_USED.zh.format(what="、".join(held)), STILL_USED.en.format(what=", ".join(held))
    )
    return Refusal(Code.CONFLICT, because, rule="used")


def _still_in(organisation: Organisation, id: str, day: date) -> tuple[str, ...]:
    """Names of people and departments that keep a department from closing; a handful is enough."""
    people = [
        person.name
        for person in organisation.people.values()
        if person.active
        and (
            person.department == id
            or any(p.department == id and (p.end is None or p.end >= day) for p in person.posts)
        )
    ]
    units = [
        unit.name
        for unit in organisation.departments.values()
        if unit.parent == id and unit.type != CLOSED
    ]
    return tuple((people + units)[:8])


def _limit_problem(post: Post) -> Refusal | None:
    negative = post.limit is not None and post.limit <= 0
    return at_field("limit", NO_LIMIT) if negative else None


def term_problem(post: Post) -> Refusal | None:
    """What is wrong with the days of a post, if anything."""
    backwards = post.start is not None and post.end is not None and post.end < post.start
    return at_field("end", END_FIRST) if backwards else None


def _overlap(a: Post, b: Post) -> bool:
    """Whether two posts have a day in common; an open end reaches for ever."""
    day = timedelta(days=1)
    starts = max(a.start or date.min, b.start or date.min)
    ends = min(a.end or date.max - day, b.end or date.max - day)
    return starts <= ends


def _post_asked(person: str, post: Post) -> dict[str, object]:
    return {
        "person": person,
        "role": post.role,
        "department": post.department,
        "start": None if post.start is None else post.start.isoformat(),
        "end": None if post.end is None else post.end.isoformat(),
        **({} if post.limit is None else {"limit": post.limit}),
    }


def _no_person() -> Refused:
    return one(Code.NOT_FOUND, NO_PERSON, "person")


def own_refusal() -> Refused:
    """Nobody changes their own posts or account."""
    return one(Code.SEPARATION_OF_DUTIES, OWN, "own", standing=True)
