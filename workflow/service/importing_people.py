"""A list of people: who joins, who moves, which posts they hold from when to when, who leaves.

An empty cell changes nothing, and "无" (none) empties. Somebody with posts of different terms has
several rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from workflow.design.register import Register
from workflow.nouns import SYSTEM, TIMER
from workflow.people.organisation import Department, Person, Post
from workflow.ports.house import HouseChange, SavePerson
from workflow.refusals import Refusal, Refused, Sentence
from workflow.service.housework import at_field, text_problem, tidy
from workflow.service.importing import Draft, How, Kind, Planned, Scene, account_change
from workflow.service.importing_departments import (
    about,
    called,
    change_words,
    departments_by_name,
    named_department,
)
from workflow.service.staffing import (
    HAS_ACCOUNT,
    LONGEST_NAME,
    NO_ROLE,
    NOT_ACTIVE,
    OWN,
    beside_others,
    department_problem,
    exam_problem,
    login_key,
    login_problem,
    new_id_problem,
    role_problem,
    term_problem,
)
from workflow.service.tables_in import (
    Column,
    Fault,
    Record,
    Table,
    day_of,
    fen_of,
    folded,
    in_order,
    records_of,
    several,
    yes_or_no,
)

COLUMNS = (
    Column("id", Sentence("工号", "Person number"), ("人员编号", "编号", "person"), needed=True),
    Column("name", Sentence("姓名", "Name")),
    Column("department", Sentence("科室", "Department"), ("所在科室",)),
    Column("posts", Sentence("岗位", "Posts"), ("角色", "roles", "post", "role")),
    Column("start", Sentence("起", "From"), ("开始日期", "任职起", "start")),
    Column("end", Sentence("止", "Until"), ("结束日期", "任职止", "end", "to")),
    Column("limit", Sentence("金额上限（元）", "Limit in yuan"), ("金额上限", "limit")),
    Column("login", Sentence("登录名", "Login"), ("账号",)),
    Column("active", Sentence("在职", "Active"), ("状态",)),
)
_BY_KEY = {column.key: column for column in COLUMNS}

NOT_AS_BEFORE = Sentence(
    "与同一工号的第 {line} 行写的不一样", "Not what row {line} says of the same person"
)
TERM_WITHOUT_POST = Sentence(
    "写了任期，却没有写是哪个岗位", "A term is given without the post that it belongs to"
)
POST_TWICE = Sentence("同一岗位写了两次", "The same post stands there twice")
POST_NEW = Sentence("新岗位：{post}", "New post: {post}")
POST_TERM = Sentence("任期改为：{post}", "Term becomes: {post}")
POST_ENDED = Sentence("岗位结束：{post}", "Post ends: {post}")
LEAVES = Sentence("停用：不能再登录，也不再收到待办", "Leaves: no sign-in and no tasks any more")
RETURNS = Sentence("恢复在职", "Active again")
ACCOUNT = Sentence(
    "开通账号 {login}（一次性密码请在人员页发放）",
    "Account {login} (give the first password on the page of the person)",
)

#: The field of a rule of staffing, where the column of a table has another name.
_COLUMN_OF = {"role": "posts"}


@dataclass
class _Wish:
    """What all rows of one person say together."""

    line: int
    id: str
    said: dict[str, str] = field(default_factory=dict)
    rows: list[Record] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Term:
    """What a row says of the days and the limit of its posts; what is not `said` stays."""

    said: frozenset[str]
    start: date | None
    end: date | None
    limit: int | None

    def of(self, post: Post) -> Post:
        """The post with it."""
        return replace(
            post,
            start=self.start if "start" in self.said else post.start,
            end=self.end if "end" in self.said else post.end,
            limit=self.limit if "limit" in self.said else post.limit,
        )


@dataclass
class _Judging:
    """One list while it is judged, person by person: a login that one row takes is taken."""

    scene: Scene
    names: Mapping[str, str | None]
    roles: Mapping[str, str]
    logins: set[str]
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, line: int, column: str, because: Sentence) -> None:
        self.faults.append(Fault(line, column, because))

    def refused(self, line: int, column: str, *found: Refusal | Refused | None) -> None:
        """Keep what the rules of staffing have against a row, in the column that they mean."""
        for one in found:
            for refusal in one.refusals if isinstance(one, Refused) else (one,) if one else ():
                named = _COLUMN_OF.get(refusal.field or "", refusal.field or column)
                self.wrong(line, named, refusal.because)


def judge(table: Table, scene: Scene) -> Draft:
    """What a list of people asks for, and everything that is wrong with it."""
    records, faults = records_of(table, COLUMNS)
    if faults:
        return Draft(faults=faults)
    judging = _Judging(
        scene,
        departments_by_name(scene.hospital.organisation.departments),
        roles_by_name(scene.register),
        {login_key(account.login) for account in scene.accounts.values()},
    )
    planned: list[Planned] = []
    changes: list[HouseChange] = []
    wishes = _wishes(records, judging)
    for wish in wishes:
        known = scene.hospital.organisation.people.get(wish.id)
        person = _person(wish, known, judging)
        login = _login(wish, person, judging)
        if person == known and not login:
            continue
        planned.append(_planned(wish, known, person, login, scene))
        if person != known:
            changes.append(SavePerson(person))
        if login:
            changes.append(account_change(person.id, login))
    if judging.faults:
        return Draft(faults=in_order(judging.faults, COLUMNS))
    return Draft(tuple(planned), tuple(changes), same=len(wishes) - len(planned))


def roles_by_name(register: Register) -> dict[str, str]:
    """Keys of roles by everything that a cell may call them."""
    return {
        folded(name): role.key
        for role in register.roles.values()
        for name in (role.name.en, role.name.zh, role.key)
    }


def _wishes(records: tuple[Record, ...], judging: _Judging) -> list[_Wish]:
    """The rows by person, in the order of their first rows."""
    wishes: dict[str, _Wish] = {}
    for record in records:
        id_ = tidy(record["id"])
        wish = wishes.setdefault(id_, _Wish(record.line, id_))
        wish.rows.append(record)
        for key in ("name", "department", "login", "active"):
            text = tidy(record[key])
            if text and wish.said.setdefault(key, text) != text:
                judging.wrong(record.line, key, NOT_AS_BEFORE.filled(line=wish.line))
    return list(wishes.values())


def _person(wish: _Wish, known: Person | None, judging: _Judging) -> Person:
    """The person as the rows want them; what is wrong goes to `judging`."""
    before = known or Person(wish.id, "", "")
    person = replace(
        before,
        name=wish.said.get("name", before.name),
        department=_department(wish, before, judging),
        active=_active(wish, before, judging),
    )
    if known is None:
        reserved = new_id_problem("id", wish.id, {TIMER, SYSTEM})
        judging.refused(wish.line, "id", reserved)
    if known is None or person.name != known.name:
        judging.refused(wish.line, "name", text_problem("name", person.name, LONGEST_NAME))
    person = replace(person, posts=_posts(wish, person, judging))
    own = (person.posts, person.active) != (before.posts, before.active)
    if own and wish.id == judging.scene.by:
        judging.wrong(wish.line, "", OWN)
    return person


def _department(wish: _Wish, before: Person, judging: _Judging) -> str:
    text = wish.said.get("department", "")
    if not text and before.department:
        return before.department
    found = named_department(text, judging.names)
    if isinstance(found, Sentence):
        judging.wrong(wish.line, "department", about(text, found) if text else found)
        return before.department
    if found != before.department:
        organisation = judging.scene.hospital.organisation
        judging.refused(wish.line, "department", department_problem(organisation, found))
    return found


def _active(wish: _Wish, before: Person, judging: _Judging) -> bool:
    text = wish.said.get("active", "")
    if not text:
        return before.active
    answer = yes_or_no(text)
    if isinstance(answer, Sentence):
        judging.wrong(wish.line, "active", answer)
        return before.active
    return answer


def _login(wish: _Wish, person: Person, judging: _Judging) -> str:
    """The login for which an account is opened; "" for none."""
    login = login_key(wish.said.get("login", ""))
    account = judging.scene.accounts.get(wish.id)
    if not login or (account is not None and login == login_key(account.login)):
        return ""
    if account is not None:
        judging.wrong(wish.line, "login", HAS_ACCOUNT)
    elif not person.active:
        judging.wrong(wish.line, "login", NOT_ACTIVE)
    else:
        scene = judging.scene
        unit, permit = person.department, scene.permits.get(wish.id)
        judging.refused(
            wish.line,
            "login",
            login_problem(login, judging.logins),
            exam_problem(scene.register, scene.hospital.organisation, unit, permit),
        )
        judging.logins.add(login)
    return login


# ---- posts ---------------------------------------------------------------------------------------


def _posts(wish: _Wish, person: Person, judging: _Judging) -> tuple[Post, ...]:
    """All posts of the person afterwards. Rows that name posts name all that are to be held."""
    for record in wish.rows:
        if any(record[key] for key in ("start", "end", "limit")) and not record["posts"]:
            judging.wrong(record.line, "posts", TERM_WITHOUT_POST)
    if not any(record["posts"] for record in wish.rows):
        return person.posts
    day = judging.scene.day
    old = [post for post in person.posts if post.end is not None and post.end < day]
    live = [post for post in person.posts if post not in old]
    named: list[Post] = []
    for record in wish.rows:
        term = _term(record, judging)
        for wanted in _named_posts(record, person, judging):
            if any(_is(post, wanted) for post in named):
                judging.wrong(record.line, "posts", POST_TWICE)
                continue
            kept = next((post for post in live if _is(post, wanted)), None)
            post = term.of(kept or wanted)
            if post != kept:
                _check_post(record.line, replace(person, posts=(*old, *named)), post, judging)
            named.append(post)
    left = (post for post in live if not any(_is(post, one) for one in named))
    over = (ended for post in left if (ended := _ended(post, day)) is not None)
    posts = (*old, *named, *over)
    return person.posts if Counter(posts) == Counter(person.posts) else posts


def _is(post: Post, other: Post) -> bool:
    return (post.role, post.department) == (other.role, other.department)


def _named_posts(record: Record, person: Person, judging: _Judging) -> list[Post]:
    """The posts that a cell names: 科主任, or 科主任@外科 in another department than one's own."""
    if record.says_none("posts"):
        return []
    posts = []
    for text in several(record["posts"]):
        role_text, _, unit_text = text.replace("＠", "@").partition("@")
        role = judging.roles.get(folded(role_text))
        unit = named_department(unit_text, judging.names) if unit_text else person.department
        if role is None:
            judging.wrong(record.line, "posts", about(text, NO_ROLE))
        elif isinstance(unit, Sentence):
            judging.wrong(record.line, "posts", about(text, unit))
        else:
            posts.append(Post(role, unit))
    return posts


def _term(record: Record, judging: _Judging) -> _Term:
    """The days and the limit that a row gives to its posts."""
    read: dict[str, date | None] = {}
    for key in ("start", "end"):
        if not record[key]:
            continue
        day = None if record.says_none(key) else day_of(record[key])
        if isinstance(day, Sentence):
            judging.wrong(record.line, key, day)
        else:
            read[key] = day
    limit = None if record.says_none("limit") else fen_of(record["limit"] or "0")
    if isinstance(limit, Sentence):
        judging.wrong(record.line, "limit", limit)
        limit = None
    said = frozenset(key for key in ("start", "end", "limit") if record[key])
    return _Term(said, read.get("start"), read.get("end"), limit)


def _check_post(line: int, person: Person, post: Post, judging: _Judging) -> None:
    """Judge a post beside those that the person has by the rows before."""
    hospital, register = judging.scene.hospital, judging.scene.register
    judging.refused(
        line,
        "posts",
        None if person.active else at_field("role", NOT_ACTIVE),
        role_problem(register, post.role),
        term_problem(post),
    )
    unit = department_problem(hospital.organisation, post.department)
    if unit is not None and post.department:  # no department at all is told at its own column
        judging.wrong(line, "posts", unit.because)
    judging.refused(line, "posts", beside_others(register, hospital, person, post))


def _ended(post: Post, day: date) -> Post | None:
    """A post that the list no longer names: over with this day, or never begun."""
    if post.start is not None and post.start > day:
        return None
    return replace(post, end=day)


# ---- in words ------------------------------------------------------------------------------------


def _planned(
    wish: _Wish, known: Person | None, person: Person, login: str, scene: Scene
) -> Planned:
    before = known or Person(wish.id, "", "")
    details = list(_moves(known, person, scene.hospital.organisation.departments))
    details += _post_details(before, person, scene)
    if login:
        details.append(ACCOUNT.filled(login=login))
    if known is None:
        how = How.NEW
    else:
        how = How.ENDED if known.active and not person.active else How.CHANGED
    return Planned(wish.line, person.id, person.name, how, tuple(details))


def _moves(
    known: Person | None, person: Person, departments: Mapping[str, Department]
) -> list[Sentence]:
    def unit(id_: str) -> str:
        return departments[id_].name if id_ in departments else id_

    if known is None:
        return [change_words(_BY_KEY["department"], "", unit(person.department))]
    details = []
    if known.name != person.name:
        details.append(change_words(_BY_KEY["name"], known.name, person.name))
    if known.department != person.department:
        before, after = unit(known.department), unit(person.department)
        details.append(change_words(_BY_KEY["department"], before, after))
    if known.active != person.active:
        details.append(RETURNS if person.active else LEAVES)
    return details


def _post_details(before: Person, person: Person, scene: Scene) -> list[Sentence]:
    details = []
    gone = [post for post in before.posts if post not in person.posts]
    for post in person.posts:
        if post in before.posts:
            continue
        old = next((one for one in gone if _is(one, post)), None)
        said = POST_NEW if old is None else POST_TERM
        if old is not None:
            gone.remove(old)
            said = POST_ENDED if post.end == scene.day else POST_TERM
        details.append(_post_words(said, post, scene))
    return details + [_post_words(POST_ENDED, post, scene) for post in gone]


def _post_words(said: Sentence, post: Post, scene: Scene) -> Sentence:
    role = scene.register.roles[post.role].name if post.role in scene.register.roles else None
    unit = scene.hospital.organisation.department_name(post.department)
    limit = "" if post.limit is None else f" ≤ ¥{post.limit / 100:,.2f}"
    term = f" {post.start or ''} — {post.end or ''}" if post.start or post.end else ""
    term += limit
    return Sentence(
        said.zh.format(post=f"{unit}{role.zh if role else post.role}{term}"),
        said.en.format(post=f"{role.en if role else post.role}, {unit}{term}"),
    )


def current(scene: Scene) -> list[tuple[str, ...]]:
    """The people who are here, as such a list says them: a row for each post that is not over."""
    units = scene.hospital.organisation.departments
    names = departments_by_name(units)
    roles = scene.register.roles
    rows: list[tuple[str, ...]] = []
    for person in scene.hospital.organisation.people.values():
        if not person.active:
            continue
        account = scene.accounts.get(person.id)
        login = "" if account is None else account.login
        unit = called(person.department, units, names)
        posts = [post for post in person.posts if post.end is None or post.end >= scene.day]
        if not posts:
            rows.append((person.id, person.name, unit, "", "", "", "", login, "是"))
        for post in posts:
            role = roles[post.role].name.zh if post.role in roles else post.role
            elsewhere = post.department != person.department
            where = f"@{called(post.department, units, names)}" if elsewhere else ""
            term = (_text(post.start), _text(post.end), _yuan(post.limit))
            rows.append((person.id, person.name, unit, f"{role}{where}", *term, login, "是"))
    return rows


def _text(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _yuan(fen: int | None) -> str:
    return "" if fen is None else f"{fen // 100}.{fen % 100:02}"


PEOPLE = Kind(
    "people",
    COLUMNS,
    (
        ("10234", "张丽", "外科", "临床医生、主管医师", "2026-03-01", "", "", "10234", "是"),
        ("10235", "王强", "外科", "科主任", "2026-03-01", "2028-02-28", "50000", "", "是"),
        ("10235", "王强", "外科", "科主任@急诊科", "2026-03-01", "2026-06-30", "", "", ""),
    ),
    judge,
    current,
)
