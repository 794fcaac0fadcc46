"""How the house writes dates, money, durations and states: the Chinese way first, the English way
by a switch.

Pure functions from values to words. Every page, sheet and message takes them from here, so that a
day reads the same wherever it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from workflow.calendar import Calendar
from workflow.design.definition import Definition
from workflow.refusals import Sentence

_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Badge:
    """A word with a tone and an icon: never colour alone. Tones: draft, waiting, good, stopped,
    late, soon, quiet.
    """

    text: str
    tone: str
    icon: str


# ---- dates ---------------------------------------------------------------------------------------


def day_words(day: date, language: str, calendar: Calendar | None = None) -> str:
    """`2026年2月14日 周六·调休上班`; a remark only where the calendar differs."""
    remark = "" if calendar is None else _remark(day, language, calendar)
    if language == "en":
        month, weekday = _MONTHS_EN[day.month - 1], _WEEKDAYS_EN[day.weekday()]
        return f"{day.day} {month} {day.year}, {weekday}{remark}"
    return f"{day.year}年{day.month}月{day.day}日 周{_WEEKDAYS_ZH[day.weekday()]}{remark}"


def _remark(day: date, language: str, calendar: Calendar) -> str:
    worked = calendar.days.get(day)
    if worked is None:
        return ""
    if language == "en":
        return " (make-up workday)" if worked else " (holiday)"
    return "·调休上班" if worked else f"·{calendar.names.get(day) or '休'}"


def moment_words(at: datetime, now: datetime, language: str, calendar: Calendar) -> str:
    """As short as it is clear: `今天 09:30`, `昨天 17:05`, `2月14日 09:30`, with the year when it
    is another.
    """
    return moment_on(at, calendar.local_day(now), language, calendar)


def moment_on(at: datetime, today: date, language: str, calendar: Calendar) -> str:
    """The same on a day that is known: a list has many moments and one day."""
    day, time = _on_the_wall(at, calendar.zone)
    return f"{_near(day, today, language) or short_day(day, today, language)} {time}"


@lru_cache(maxsize=4096)
def _on_the_wall(at: datetime, zone: ZoneInfo) -> tuple[date, str]:
    local = at.astimezone(zone)
    return local.date(), f"{local.hour:02d}:{local.minute:02d}"


def full_moment(at: datetime, language: str, calendar: Calendar) -> str:
    """`2026年2月14日 09:30`: what a printed sheet needs."""
    local = at.astimezone(calendar.zone)
    if language == "en":
        return f"{local.day} {_MONTHS_EN[local.month - 1]} {local.year} {local:%H:%M}"
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def short_day(day: date, today: date, language: str) -> str:
    """`2月14日`, with the year when it is another."""
    if language == "en":
        plain = f"{day.day} {_MONTHS_EN[day.month - 1]}"
        return plain if day.year == today.year else f"{plain} {day.year}"
    plain = f"{day.month}月{day.day}日"
    return plain if day.year == today.year else f"{day.year}年{plain}"


_NEAR = {
    -1: Sentence("昨天", "Yesterday"),
    0: Sentence("今天", "Today"),
    1: Sentence("明天", "Tomorrow"),
}


def _near(day: date, today: date, language: str) -> str:
    found = _NEAR.get((day - today).days)
    return "" if found is None else found.in_(language)


@dataclass(frozen=True, slots=True)
class DueWords:
    """A due date in words: what is left in working time, until when, and how near it is (late,
    soon, quiet).
    """

    left: str
    until: str
    tone: str
    icon: str


def due_words(
    due: datetime, now: datetime, language: str, calendar: Calendar, *, overdue: bool = False
) -> DueWords:
    """What is left until `due` (exclusive), counted in working days, or hours on the last day."""
    last, today = calendar.last_day(due), calendar.local_day(now)
    until = _until(due, last, language, calendar)
    if overdue or due <= now:
        return DueWords(_late(last, today, language, calendar), until, "late", "alarm")
    if last == today:
        return DueWords(_last_day(due, now, language, calendar), until, "soon", "clock-exclamation")
    days = calendar.workdays_between(today, last)
    if days <= 0:
        left = Sentence("在下一个工作日之前到期", "Due before the next working day")
    else:
        left = Sentence(
            f"还剩 {days} 个工作日", f"{days} working day{'s' if days > 1 else ''} left"
        )
    tone = "soon" if days <= 1 else "quiet"
    return DueWords(left.in_(language), until, tone, "clock")


def _until(due: datetime, last: date, language: str, calendar: Calendar) -> str:
    if due == calendar.end_of_day(last):
        return Sentence(
            f"{day_words(last, 'zh', calendar)}之内",
            f"by the end of {day_words(last, 'en', calendar)}",
        ).in_(language)
    return Sentence(
        f"{full_moment(due, 'zh', calendar)}之前", f"before {full_moment(due, 'en', calendar)}"
    ).in_(language)


def _late(last: date, today: date, language: str, calendar: Calendar) -> str:
    days = calendar.workdays_between(last, today)
    if days <= 0:
        return Sentence("已逾期", "Overdue").in_(language)
    plural = "s" if days > 1 else ""
    return Sentence(f"已逾期 {days} 个工作日", f"{days} working day{plural} overdue").in_(language)


def _last_day(due: datetime, now: datetime, language: str, calendar: Calendar) -> str:
    if due == calendar.end_of_day(calendar.local_day(now)):
        return Sentence("今天到期", "Due today").in_(language)
    minutes = max(int((due - now) / timedelta(minutes=1)), 0)
    hours, minutes = divmod(minutes, 60)
    zh = f"还剩 {hours} 小时 {minutes} 分" if hours else f"还剩 {minutes} 分钟"
    en = f"{hours} h {minutes} min left" if hours else f"{minutes} min left"
    return Sentence(zh, en).in_(language)


# ---- money and other figures ---------------------------------------------------------------------


def money(fen: int) -> str:
    """`¥1,234.50`."""
    sign = "-" if fen < 0 else ""
    yuan, cents = divmod(abs(fen), 100)
    return f"{sign}¥{yuan:,}.{cents:02d}"


def plain_money(fen: int) -> str:
    """`1234.50`: what an input field holds."""
    return str(Decimal(fen).scaleb(-2).quantize(Decimal("0.01")))


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿", "亿亿")


def money_in_capitals(fen: int) -> str:
    """大写金额, as vouchers are written: `壹仟贰佰叁拾肆元伍角整`."""
    if fen < 0:
        return f"负{money_in_capitals(-fen)}"
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    whole = f"{_capital_number(yuan)}元" if yuan else ""
    if not rest:
        return f"{whole or '零元'}整"
    gap = "零" if whole and not jiao else ""
    tenths = f"{_DIGITS[jiao]}角" if jiao else gap
    return f"{whole}{tenths}{_DIGITS[cents]}分" if cents else f"{whole}{tenths}整"


def _capital_number(number: int) -> str:
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    written = ""
    for position in reversed(range(len(groups))):
        group = groups[position]
        if not group:
            continue
        skipped = written and (group < 1_000 or not groups[position + 1])
        written += f"{'零' if skipped else ''}{_capital_group(group)}{_GROUPS[position]}"
    return written


def _capital_group(group: int) -> str:
    written, empty = "", False
    for place in reversed(range(4)):
        digit = group // 10**place % 10
        if digit:
            written += f"{'零' if empty and written else ''}{_DIGITS[digit]}{_PLACES[place]}"
        empty = not digit
    return written


def file_size(size: int) -> str:
    """`2.4 MB`, `310 KB`."""
    if size >= 1024 * 1024:
        return f"{size / 1024 / 1024:.1f} MB"
    return f"{max(round(size / 1024), 1)} KB"


def masked(text: str) -> str:
    """Three characters in front, four behind; of a short text the first only."""
    if len(text) >= 11:
        return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"
    return f"{text[:1]}{'*' * max(len(text) - 1, 2)}"


# ---- states --------------------------------------------------------------------------------------


def state_badge(definition: Definition, state: str, language: str) -> Badge:
    """A state as a badge: draft, waiting, ended well, or stopped."""
    known = definition.states[state]
    tone = state_tone(definition, state)
    icons = {
        "draft": "pencil",
        "waiting": "hourglass",
        "good": "circle-check",
        "stopped": "circle-x",
    }
    return Badge(known.name.in_(language), tone, icons[tone])


def state_tone(definition: Definition, state: str) -> str:
    """`draft`, `waiting`, `good` or `stopped`: an end that something forward leads to is a good
    one.
    """
    known = definition.states[state]
    if known.final:
        tones = {a.tone for a in definition.actions.values() if a.target == state}
        return "good" if not tones or tones & {"forward", "plain"} else "stopped"
    return "draft" if known.entry else "waiting"
