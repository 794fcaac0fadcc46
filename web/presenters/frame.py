"""What stands around every page: the side bar with its counts, and who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from web.presenters.words import short_day
from web.settings import Language
from web.visit import Guest, Visit
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the side bar. `count` is shown when there is something to count."""

    path: str
    icon: str
    label: str
    here: bool = False
    count: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Lines of the side bar that belong together; `label` is read out and shown small.

    The same one comes page after page (see `_worded`), so it is known by itself.
    """

    label: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """A post as people say it: role and department, and the day it ends, if it does."""

    role: str
    department: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything around the page itself."""

    hospital: str
    demonstration: bool
    language: str
    other_language: str
    other_language_name: str
    upload_limit: int
    groups: tuple[Group, ...] = ()
    name: str = ""
    posts: tuple[Holding, ...] = ()
    unread: str = ""


#: Shown to those who may look up at least one.
REGISTERS = "/registers"

#: (path, icon, label), grouped, with the roles that see the group (empty: everybody).
NAVIGATION: tuple[tuple[Sentence, frozenset[str], tuple[tuple[str, str, Sentence], ...]], ...] = (
    (
        Sentence("办理", "Work"),
        frozenset(),
        (
            ("/inbox", "inbox", Sentence("待办", "To do")),
            ("/inbox/done", "checklist", Sentence("已办", "Done")),
            ("/me/delegations", "arrows-exchange", Sentence("代理", "Standing in")),
            ("/notices", "bell", Sentence("通知", "Notices")),
        ),
    ),
    (
        Sentence("申请", "Requests"),
        frozenset(),
        (
            ("/requests/new", "file-plus", Sentence("发起申请", "New request")),
            ("/requests", "files", Sentence("我的申请", "My requests")),
            ("/drafts", "edit", Sentence("草稿", "Drafts")),
        ),
    ),
    (
        Sentence("查阅", "Look up"),
        frozenset(),
        ((REGISTERS, "archive", Sentence("登记簿", "Registers")),),
    ),
    (
        Sentence("管理", "Administration"),
        frozenset({"admin"}),
        (
            ("/admin", "settings", Sentence("概况", "Overview")),
            ("/admin/cases", "files", Sentence("案件管理", "Cases")),
            ("/admin/definitions", "sitemap", Sentence("流程定义", "Definitions")),
            ("/admin/org", "users", Sentence("人员与岗位", "People and posts")),
            ("/admin/delegations", "arrows-exchange", Sentence("代理", "Standing in")),
            ("/admin/registers", "upload", Sentence("登记簿导入", "Lists of registers")),
            ("/admin/calendars", "calendar", Sentence("工作日历", "Calendar")),
            ("/admin/schedules", "calendar-due", Sentence("定期事项", "Recurring work")),
            ("/admin/tokens", "key", Sentence("接口令牌", "Keys for programs")),
            ("/admin/deliveries", "send", Sentence("通知送达", "Deliveries")),
        ),
    ),
    (
        Sentence("审计", "Audit"),
        frozenset({"auditor"}),
        (
            ("/audit/search", "search", Sentence("审计查询", "Search the ledger")),
            ("/audit/verify", "shield-check", Sentence("账本校验", "Verify the ledger")),
        ),
    ),
    (
        Sentence("帮助", "Help"),
        frozenset(),
        (
            ("/clauses", "scale", Sentence("制度条款", "Clauses")),
            ("/policy", "adjustments", Sentence("政策参数", "Parameters")),
            ("/help", "help-circle", Sentence("使用帮助", "How it works")),
        ),
    ),
)


#: A language names itself in its own words.
LANGUAGES: tuple[tuple[Language, str], ...] = (("zh_CN", "简体中文"), ("en", "English"))


def frame_of(visit: Visit | Guest, waiting: int | None = None) -> Frame:
    """The frame for this visit. `waiting`: how many tasks wait, where the page has counted them."""
    other = next(pair for pair in LANGUAGES if pair[0] != visit.language)
    about: tuple[str, bool, str, str, str, int] = (
        visit.house.settings.hospital_name,
        visit.house.demonstration,
        visit.language,
        *other,
        visit.house.settings.upload_limit_mb,
    )
    if isinstance(visit, Guest):
        return Frame(*about)
    return Frame(
        *about,
        groups=_groups(visit, _waiting(visit, waiting)),
        name=visit.person.name,
        posts=holdings(visit),
        unread=_up_to_many(visit.house.noticing.unread(visit.person.id, visit.hospital, visit.now)),
    )


def holdings(visit: Visit) -> tuple[Holding, ...]:
    """The posts of a visit in words."""
    return tuple(
        Holding(
            visit.say(visit.house.role_name(post.role)),
            visit.organisation.department_name(post.department),
            "" if post.end is None else short_day(post.end, visit.today, visit.language),
        )
        for post in visit.posts
    )


def _waiting(visit: Visit, waiting: int | None) -> str:
    """How much waits for the visitor, as the side bar says it."""
    if waiting is None:
        looking = visit.house.looking
        waiting = looking.waiting_count(visit.person.id, visit.now, visit.hospital)
    return _up_to_many(waiting)


def _up_to_many(count: int) -> str:
    return "" if count == 0 else "99+" if count > 99 else str(count)


def _groups(visit: Visit, waiting: str) -> tuple[Group, ...]:
    roles = visit.roles
    # Where a group leads a visitor nowhere, it is not there.
    left_out = "" if visit.house.registers.has_some(roles) else REGISTERS
    here = _here(visit.path.partition("?")[0])
    return _worded(visit.language, roles & _SEEING, left_out, here, waiting)


#: The roles that see something that others do not.
_SEEING = frozenset(role for _, roles, _ in NAVIGATION for role in roles)


@lru_cache(maxsize=1024)
def _worded(
    language: Language, held: frozenset[str], left_out: str, here: str, waiting: str
) -> tuple[Group, ...]:
    """The groups that somebody sees: the same on page after page."""
    counts = {"/inbox": waiting}
    return tuple(
        Group(
            label.in_(language),
            tuple(
                Link(path, icon, words.in_(language), path == here, counts.get(path, ""))
                for path, icon, words in links
            ),
        )
        for label, roles, links in NAVIGATION
        if (not roles or not roles.isdisjoint(held)) and links[0][0] != left_out
    )


@lru_cache(maxsize=1024)
def _here(path: str) -> str:
    """The line of the side bar that this page lies under: the longest that leads to it."""
    leading = [
        line
        for _, _, links in NAVIGATION
        for line, _, _ in links
        if path == line or path.startswith(f"{line}/")
    ]
    return max(leading, key=len, default="")
