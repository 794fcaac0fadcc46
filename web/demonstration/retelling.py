"""The processes that have no programme of their own: the stories that ship with them, told again.

What a definition's scenarios say must succeed is played by the people of this hospital, on other
days and as far as it goes; so a new definition is in the demonstration as soon as it is shipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from importlib.resources import files
from random import Random

from web.demonstration.hospital import DEPARTMENTS, HOME, SHOWN, people
from web.demonstration.house_acts import PROFILE
from web.demonstration.patients import id_number, somebody
from web.demonstration.stage import OutOfScript
from web.demonstration.world import World
from workflow.design.form import Field, FieldType
from workflow.nouns import SYSTEM, Actor, Attachment, RegisterRow, Scalar
from workflow.people.organisation import Person
from workflow.ports.house import AddRow, Deed
from workflow.ports.store import Store
from workflow.scenarios.reading import read_scenarios
from workflow.scenarios.setting import FIRST_CASE, Do, Fields, Start, Until, Wait
from workflow.scenarios.story import Scenario, Step
from workflow.service.catalog import Catalog

#: The processes whose programme is written out in the other modules.
LEADING = frozenset(
    {
        "consumable-approval",
        "inpatient-settlement",
        "charge-entry",
        "fee-correction",
        "identity-fraud-report",
        "medical-record",
    }
)
_STAY = "inpatient-settlement"
#: Told by the house's own programme: a story of it would change the policy of all the others.
_GOVERNING = "policy-profile"

#: How a story that must succeed is marked in its title.
_MUST_SUCCEED = "✔"
#: How often the stories of one process are told to the end, and how often only begun.
_TOLD = 4
_BEGUN = 4
#: Of these, how many when somebody is admitted in them; and how many weeks ago at most: no story
#: tells how they went home, and a ward has only so many beds.
_IN_BED = 2
_WEEKS_IN_BED = 1
#: What passes between two acts that a story puts at the same moment.
_PAUSE = timedelta(minutes=2)
_WEEK = timedelta(days=7)
#: What may be there once only: a number on paper, the number of a thing, an edition, a month.
_PAPER = re.compile(r"[A-Z]{1,6}-?\d{1,12}")
_THING = re.compile(r"(\d{1,3})号")
_EDITION = re.compile(r"(\d{4})版")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_LENGTH = 10
#: What every telling has in common: what may be charged, and for how much.
_SHARED = "price_list"
#: What every patient has alone.
_OF_PATIENTS = ("patient_name", "id_no", "ss_card_no")
_BORN = date(1940, 1, 1)
#: The ward where a story of the visitors' ward is told now and then.
ELSEWHERE = "surgery"
_NAMES = {department.name: department.id for department in DEPARTMENTS}


@dataclass(frozen=True, slots=True)
class _Cue:
    """An act of a story with the moment that it has there; `on` is its case."""

    at: datetime
    act: Start | Do
    on: str


@dataclass
class Retelling:
    """All stories of the processes beyond the leading ones."""

    world: World
    store: Store
    catalog: Catalog
    #: Stories that this hospital does not open a second time, such as what is done once a year.
    closed: set[str] = field(default_factory=set)
    _rows: set[str] = field(default_factory=set)

    def plan(self) -> None:
        """Put them on the programme: some from beginning to end, some of late and unfinished."""
        # Its own chance, so that one more definition does not change all other stories.
        seed = self.world.rng.getrandbits(64)
        for definition in self.catalog.in_force():
            if definition.key not in (*LEADING, _GOVERNING):
                self._tell(definition.key, Random(f"{seed} {definition.key}"))

    def _tell(self, process: str, rng: Random) -> None:
        stories = [_script(one) for one in sorted(self._stories(process), key=_is_elsewhere)]
        stories = [one for one in stories if one.cues]
        for turn in range(_TOLD + _BEGUN if stories else 0):
            script = stories[turn % len(stories)]
            if script.admits and turn % _TOLD >= _IN_BED:
                continue
            if turn >= _TOLD:
                script = script.begun(rng)
            start = self._start(script, turn, rng)
            if start is not None:
                _Play(self, script, start - script.now, turn, rng).plan()

    def _stories(self, process: str) -> Iterator[Scenario]:
        file = files("definitions") / process / "scenarios.yaml"
        if not file.is_file():
            return
        for one in read_scenarios(file.read_text("utf-8"), file.name, self.catalog.register):
            if isinstance(one, Scenario) and _can_be_told(one):
                yield one

    def _start(self, script: _Script, turn: int, rng: Random) -> datetime | None:
        """The same hour and day of the week as in the file; those only begun lie at the end."""
        now, begin = self.world.diary.now, self.world.begin
        last = script.now + _WEEK * ((now - script.length - script.now) // _WEEK)
        weeks = max((last - begin) // _WEEK, 0)
        back = turn % 2 if turn >= _TOLD else weeks * (_TOLD - turn) // _TOLD
        if script.admits:
            back = min(back, _WEEKS_IN_BED)
        start = last - _WEEK * back
        if start < begin:
            # Longer than the demonstration: it begins with it and is not over yet.
            start += _WEEK * (1 + (begin - start) // _WEEK)
        start += timedelta(minutes=rng.randrange(40))
        return start if begin <= start <= now else None

    def bring(self, register: str, row: Fields, at: datetime) -> None:
        """A row that a story takes for granted, as another system hands it over; each once."""
        kinds = self._columns(register)
        values = {column: _cell(kinds.get(column), raw) for column, raw in row.items()}
        named = f"{register} {sorted(values.items())}"
        if named not in self._rows:
            self._rows.add(named)
            id_ = f"{register}.told.{len(self._rows):04d}"
            done = Deed(Actor(SYSTEM, SYSTEM), at, "由医院其他系统传入")
            added = RegisterRow(id_, register, values, None, None, at)
            self.store.house.change(done, AddRow(added))

    def _columns(self, register: str) -> Mapping[str, FieldType]:
        return {
            column.key: column.type
            for definition in self.catalog.in_force()
            for declared in definition.registers.values()
            if declared.key == register
            for column in declared.columns
        }


@dataclass(frozen=True, slots=True)
class _Script:
    """What happens in a story, without what is refused in it."""

    scenario: Scenario
    cues: tuple[_Cue, ...]

    @property
    def now(self) -> datetime:
        """When it begins in the file."""
        return self.scenario.setting.now

    @property
    def admits(self) -> bool:
        """Whether somebody is admitted in it."""
        return any(isinstance(cue.act, Start) and cue.act.process == _STAY for cue in self.cues)

    @property
    def length(self) -> timedelta:
        """How long it takes at least."""
        return self.cues[-1].at - self.now + _PAUSE * len(self.cues) + timedelta(minutes=40)

    def begun(self, rng: Random) -> _Script:
        """Only its first acts, at least until a case of the process is there."""
        own = next(
            (
                place
                for place, cue in enumerate(self.cues, start=1)
                if isinstance(cue.act, Start) and cue.act.process == self.scenario.process
            ),
            len(self.cues),
        )
        return _Script(self.scenario, self.cues[: rng.randint(own, max(own, len(self.cues) - 1))])


def _can_be_told(scenario: Scenario) -> bool:
    """Whether it needs nothing but people and rows: no own definitions, delegations or rosters, and
    no schedules that run.
    """
    setting = scenario.setting
    apart = (scenario.bundles, setting.delegations, setting.rosters, setting.schedules)
    return scenario.title.startswith(_MUST_SUCCEED) and not any(apart)


def _is_elsewhere(scenario: Scenario) -> bool:
    """Whether it plays in a hospital that decided otherwise than this one."""
    return scenario.setting.profile not in (None, PROFILE) or bool(scenario.setting.policy)


def _script(scenario: Scenario) -> _Script:
    return _Script(scenario, tuple(_cues(scenario.steps, scenario.setting.now)))


def _cues(steps: Sequence[Step], at: datetime) -> Iterator[_Cue]:
    for step in steps:
        match step.act:
            case Wait():
                at += step.act.length
            case Until():
                at = step.act.at
            case Start() | Do() if not step.expects_refusal:
                yield _Cue(at, step.act, step.on)


@dataclass
class _Play:
    """One telling: who plays whom, which cases there are; it ends with the first act refused."""

    told: Retelling
    script: _Script
    shift: timedelta
    turn: int
    rng: Random
    cases: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    newest: str = ""
    is_over: bool = False

    def plan(self) -> None:
        """Give the parts to people, and put every act on the programme."""
        world = self.told.world
        self._cast()
        at = self.script.now + self.shift
        world.add(at, self._bring)
        before = self.script.now
        for cue in self.script.cues:
            # Never less time than in the story, so that what ran out there has run out here.
            at += max(cue.at - before, _PAUSE)
            before = cue.at
            world.add(at, partial(self._act, cue))

    # ---- who plays whom --------------------------------------------------------------------------

    def _cast(self) -> None:
        """Each part goes to somebody else who holds its roles, the visitors' accounts first."""
        people = self.script.scenario.setting.people
        acting = {cue.act.by.person for cue in self.script.cues}
        for part in sorted(people, key=lambda name: name not in acting):
            found = self._player(people[part])
            if found is not None:
                self.roles[part] = found

    def _player(self, part: Person) -> str | None:
        if not part.posts:
            return None
        staff = self.told.world.staff
        wanted = [post.role for post in part.posts]
        place = self._place(part.department)
        here = staff.holders(wanted[0], place) if place else ()
        free = [one for one in staff.holders(wanted[0]) if one not in self.roles.values()]

        others = self._wanted() - set(wanted)

        def fit(one: str) -> tuple[bool, bool, int, bool]:
            able = all(one in staff.holders(role) for role in wanted)
            # Whoever could play other parts too is left to them.
            more = sum(one in staff.holders(role) for role in others)
            return not able, one not in here, more, one not in SHOWN

        return min(free, key=fit, default=None)

    def _wanted(self) -> set[str]:
        people = self.script.scenario.setting.people.values()
        return {post.role for person in people for post in person.posts}

    def _place(self, named: str) -> str:
        """The department that stands for one of the story; told again, another ward."""
        known = _NAMES.get(named, "")
        return ELSEWHERE if known == HOME and self.turn % 3 == 2 else known

    # ---- what happens ----------------------------------------------------------------------------

    def _bring(self) -> None:
        for register, rows in self.script.scenario.setting.rows.items():
            for row in rows:
                columns = self.told.catalog.business_registers[register].columns
                told = {
                    column: self._own(column, raw)
                    or self._unit(columns.get(column), raw)
                    or self._cell(raw, register)
                    for column, raw in row.items()
                }
                self.told.bring(register, told, self.told.world.now)

    def _act(self, cue: _Cue) -> None:
        title = self.script.scenario.title
        if self.is_over or (not self.cases and title in self.told.closed):
            return
        try:
            self._played(cue)
        except (OutOfScript, KeyError):
            # This hospital decides otherwise than the one of the story: there it ends.
            self.is_over = True
            if not self.cases:
                self.told.closed.add(title)

    def _played(self, cue: _Cue) -> None:
        stage, act = self.told.world.stage, cue.act
        person = self.roles[act.by.person]
        if isinstance(act, Start):
            parent = None if act.parent is None else self.cases[act.parent]
            answers, papers = self._answers(act.process, act.fields, act.attachments)
            number = stage.open(
                person, act.process, answers, parent=parent, entry=act.entry, files=papers
            )
            self.cases.setdefault(FIRST_CASE, number)
            self.cases[act.name or FIRST_CASE] = number
            self.cases[self._number_in_the_story(act.process)] = number
            return
        # A case that others started has its name from a check; it is the newest of them.
        number = self.cases.setdefault(cue.on, self.newest)
        answers, papers = self._answers(stage.case(number).process, act.fields, act.attachments)
        target = None if act.target is None else self.roles.get(act.target, act.target)
        answer = stage.do(
            person, number, act.action, answers, opinion=act.opinion, files=papers, target=target
        )
        self.newest = next(iter(answer.started), self.newest)

    def _number_in_the_story(self, process: str) -> str:
        """What the next case of a process is called there, where nobody else has opened one."""
        prefix = self.told.catalog.definition(process, None).number_prefix
        stem = f"{prefix}{self.script.scenario.setting.now.year}-"
        return f"{stem}{sum(name.startswith(stem) for name in self.cases) + 1:06d}"

    # ---- what is written -------------------------------------------------------------------------

    def _answers(
        self, process: str, fields: Fields, attached: Sequence[str]
    ) -> tuple[dict[str, object], list[Attachment]]:
        form = self.told.catalog.definition(process, None).form
        answers: dict[str, object] = {}
        papers = [self._paper(name) for name in attached]
        for key, raw in fields.items():
            line = form.get(key)
            if line is not None and line.type is FieldType.FILE and isinstance(raw, str) and raw:
                papers.append(self._paper(raw, key))
            else:
                answers[key] = self._value(line, raw)
        return answers, papers

    def _paper(self, name: str, key: str | None = None) -> Attachment:
        return self.told.world.stage.file(name.partition(".")[0], (name,), key)

    def _value(self, line: Field | None, raw: object) -> object:
        """An answer in the words of this telling."""
        if line is not None and isinstance(raw, list):
            columns = {column.key: column for column in line.columns}
            return [self._item(line, columns, one) for one in raw]
        if line is None or not isinstance(raw, str):
            return self._moved(raw)
        return self._own(line.key, raw) or self._word(line, raw)

    def _word(self, line: Field, raw: str) -> object:
        match line.type:
            case FieldType.PERSON:
                return self.roles.get(raw, raw)
            case FieldType.CASE:
                return self.cases.get(raw, raw)
            case FieldType.DEPARTMENT:
                return _NAMES.get(raw, raw)
            case FieldType.TEXT | FieldType.LIST:
                return self._numbered(raw)
            case FieldType.DATE | FieldType.DATETIME:
                return self._moved(raw)
            case _:
                return raw

    def _item(self, line: Field, columns: Mapping[str, Field], item: object) -> object:
        """A row of a table, or one of a list."""
        if isinstance(item, Mapping):
            return {key: self._value(columns.get(key), cell) for key, cell in item.items()}
        return self._value(line, item)

    def _cell(self, raw: object, register: str) -> object:
        """A cell of a row that the story takes for granted."""
        if not isinstance(raw, str):
            return self._moved(raw)
        moved = self._moved(self.roles.get(raw, raw))
        return moved if moved != raw or register == _SHARED else self._numbered(raw)

    def _unit(self, column: Field | None, raw: object) -> str | None:
        """In a column of departments the one that stands for the story's: of that name, or where
        whoever plays somebody of it works; None for anything else.
        """
        if column is None or column.type is not FieldType.DEPARTMENT:
            return None
        cast = self.script.scenario.setting.people
        players = {self.roles[part] for part in self.roles if cast[part].department == raw}
        homes = (one.department for one in people() if one.id in players)
        return _NAMES.get(str(raw)) or next(homes, None)

    def _own(self, key: str, raw: object) -> str | None:
        """What is a patient's own, and so another patient's in each telling; else None."""
        if key not in _OF_PATIENTS or not isinstance(raw, str):
            return None
        if raw not in self.names:
            # The numbers by a chance of their own, so that they change no other story.
            chance = Random(f"{self.script.scenario.title} {self.turn} {raw}")
            born = _BORN + timedelta(days=chance.randrange(20_000))
            own = {
                "patient_name": lambda: somebody(self.rng),
                "id_no": lambda: id_number(chance, born, chance.choice(("男", "女"))),
                "ss_card_no": lambda: f"SB{chance.randrange(10**8):08d}",
            }
            self.names[raw] = own[key]()
        return self.names[raw]

    def _numbered(self, text: str) -> str:
        """What may be there once is another one in each telling; the first keeps that of the
        file.
        """
        if not self.turn or text in self._shared():
            return text
        if _PAPER.fullmatch(text):
            return f"{text}{self.turn:02d}"
        if month := _MONTH.fullmatch(text):
            months = int(month[1]) * 12 + int(month[2]) - 1 - self.turn
            return f"{months // 12:04d}-{months % 12 + 1:02d}"
        text = _THING.sub(lambda thing: f"{int(thing[1]) + self.turn}号", text)
        return _EDITION.sub(lambda edition: f"{edition[1]}版第{self.turn + 1}稿", text)

    def _shared(self) -> set[object]:
        rows = self.script.scenario.setting.rows.get(_SHARED, ())
        return {cell for row in rows for cell in row.values()}

    def _moved(self, raw: object) -> object:
        """A day or moment of the story on the days of this telling; anything else as it is."""
        days = timedelta(days=self.shift.days)
        if isinstance(raw, datetime):
            return raw + self.shift
        if isinstance(raw, date):
            return raw + days
        if not isinstance(raw, str) or not _DAY.match(raw):
            return raw
        try:
            if len(raw) == _DAY_LENGTH:
                return (date.fromisoformat(raw) + days).isoformat()
            return (datetime.fromisoformat(raw) + self.shift).isoformat()
        except ValueError:
            return raw


def _cell(kind: FieldType | None, raw: object) -> Scalar:
    """A cell as registers keep it: money in fen."""
    if kind is FieldType.MONEY and isinstance(raw, str | int | Decimal):
        return int(Decimal(raw) * 100)
    return raw if isinstance(raw, bool | int | str) or raw is None else str(raw)
