"""What the API takes and gives, as shapes that its description is made of.

Money is decimal text with two decimals, moments are ISO 8601 with their zone, days are
`2026-03-02`. Names come in both languages. Unknown keys are refused.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

#: The header that makes a repeated request the same act.
IDEMPOTENCY = "Idempotency-Key"

#: Form fields by their keys: text, numbers, true and false, lists of text, rows of a table.
Fields = dict[str, JsonValue]
Key = Annotated[str, Field(min_length=1, max_length=100)]


class Given(BaseModel):
    """What comes in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """What goes out."""

    model_config = ConfigDict(frozen=True)


class Words(Told):
    """A sentence or a name in both languages."""

    zh: str
    en: str


class FieldError(Told):
    """What is wrong with one field."""

    field: str
    message: Words


class Error(Told):
    """Why not. `code` is stable; `cases` are numbers of cases that stand in the way."""

    code: str
    message: Words
    fields: list[FieldError]
    clauses: list[str]
    cases: list[str]
    reference: str | None = None


class ErrorBody(Told):
    """The body of every answer that is not a success."""

    error: Error


class PostShape(Told):
    """A post: a role held in a department, until the end of a day if one is set."""

    role: str
    role_name: Words
    department: str
    department_name: str
    until: str | None


class Me(Told):
    """Who asks."""

    id: str
    name: str
    department: str
    department_name: str
    posts: list[PostShape]
    waiting: int


class OptionShape(Told):
    """One value of a field that offers some."""

    value: str
    label: Words


class FormField(Told):
    """A line of a form. `required_at` names the acts that need it ("opening" is the opening)."""

    key: str
    label: Words
    type: str
    help: Words | None
    required_at: list[str]
    computed: bool
    masked: bool
    options: list[OptionShape]
    columns: list[FormField]
    clauses: list[str]


class StateShape(Told):
    """A state of a process."""

    key: str
    name: Words
    entry: bool
    final: bool


class ActionShape(Told):
    """An action of a process. `roles` are those that it names; it may also be the applicant's."""

    key: str
    name: Words
    does: Words | None
    sources: list[str]
    target: str
    roles: list[str]
    fields: list[str]
    opinion: str
    signs: bool
    clauses: list[str]


class ProcessShape(Told):
    """A process in the catalogue. `may_open`: by whoever asks."""

    key: str
    version: int
    name: Words
    summary: Words
    category: Words
    may_open: bool
    needs_parent: bool
    confidential: bool


class Processes(Told):
    """The catalogue."""

    processes: list[ProcessShape]


class ProcessFull(ProcessShape):
    """A whole definition."""

    digest: str
    entries: list[str]
    form: list[FormField]
    states: list[StateShape]
    actions: list[ActionShape]
    parameters: list[str]
    clauses: list[str]


class TaskShape(Told):
    """Work that waits: for a person, or for whoever holds a role (in a department).

    `kind`: step (to be decided), helper or asked (an opinion is asked for), consulted (a comment),
    promise (a condition to be confirmed); `subject` says what. A `held` task waits for somebody
    else first.
    """

    id: str
    step: str
    person: str | None
    role: str | None
    department: str | None
    opened_at: str
    due_at: str | None
    overdue: bool
    kind: str
    held: bool
    claimed_by: str | None
    added_by: str | None
    subject: str


class DeadlineShape(Told):
    """A clock that runs or stands still. `provisional`: beyond the decreed holidays."""

    key: str
    name: Words
    due_at: str
    state: str
    provisional: bool


class FileShape(Told):
    """A file of a case."""

    id: str
    name: str
    media_type: str
    size: int
    digest: str
    field: str | None


class CaseShort(Told):
    """A case in a list."""

    number: str
    process: str
    process_name: Words
    title: str
    state: str
    state_name: Words
    applicant: str
    department: str
    opened_at: str
    closed_at: str | None
    version: int


class SeatShape(Told):
    """A member of a panel. `stands`: decided, waiting, not_yet (somebody is heard first),
    not_needed, recused, signed_elsewhere, removed, passed_on or gone. `rows` count from 1.
    """

    task: str
    person: str | None
    role: str | None
    weight: int
    rows: list[int]
    stands: str
    action: str | None
    vote: str | None
    by: str | None
    acting_for: str | None
    at: str | None
    opinion: str


class PanelShape(Told):
    """People who decide a step together. Votes are weights; `here`: the case stands there now."""

    step: str
    here: bool
    result: str | None
    votes_for: int
    votes_against: int
    abstained: int
    votes_waiting: int
    percent: int | None
    quorum: int | None
    seats: list[SeatShape]


class BranchShape(Told):
    """Where one branch of a parallel state stands."""

    key: str
    state: str
    entered_at: str
    done: bool


class CourseShape(Told):
    """How a case runs when it does not simply stand in its state: where it comes back to after a
    return, why it is suspended, which case has revoked it.
    """

    back_to: str | None
    suspended: str | None
    revoked_by: str | None


class ConditionShape(Told):
    """A condition of an approval, and whether somebody has said that it is met."""

    task: str
    subject: str
    open: bool
    met: bool
    by: str | None
    at: str | None


class CaseFull(CaseShort):
    """A case with its form and what waits on it. Fields that are masked for this person stay so."""

    definition_version: int
    round: int
    fields: Fields
    parent: str | None
    children: list[str]
    tasks: list[TaskShape]
    panels: list[PanelShape]
    branches: list[BranchShape]
    course: CourseShape
    conditions: list[ConditionShape]
    deadlines: list[DeadlineShape]
    files: list[FileShape]


class ListedCase(Told):
    """A line of one of my boxes; `task` in the box of things to do."""

    case: CaseShort
    task: TaskShape | None


class CaseList(Told):
    """A page of a box. `total` stops at 99 when `more_than_total`."""

    items: list[ListedCase]
    total: int
    more_than_total: bool
    page: int


class ReasonShape(Told):
    """Why an action is closed."""

    code: str
    message: Words
    clauses: list[str]
    cases: list[str]


class OfferShape(Told):
    """An action: open, or closed with its reasons. `needs`: fields that are still to be filled.
    `targets`: the steps of which a return names one as its `target`. `conditions`: a list of texts
    may come as the field `promises`. `vote`: what it counts for in a panel.
    """

    action: str
    name: Words
    does: Words | None
    open: bool
    closed_because: list[ReasonShape]
    asks: list[str]
    needs: list[str]
    opinion: str
    acting_for: str | None
    task: str | None
    targets: list[str]
    conditions: bool
    vote: str | None
    clauses: list[str]


class ToolShape(Told):
    """A general act on a task of mine. It is decided like an action, with its `task`; where it
    `names_somebody` the `target` is the id of a colleague. `words`: none, optional or required, as
    the opinion.
    """

    action: str
    name: Words
    does: Words
    task: str | None
    names_somebody: bool
    words: str
    open: bool
    closed_because: list[ReasonShape]
    acting_for: str | None


class Offers(Told):
    """What I may do now: actions of the process, and general acts (`tools`) on my tasks.
    `editable`: fields that I may save without an action.
    """

    number: str
    version: int
    offers: list[OfferShape]
    tools: list[ToolShape]
    editable: list[str]


class ChangeShape(Told):
    """A field before and after."""

    field: str
    before: JsonValue
    after: JsonValue


class CalculationShape(Told):
    """What was calculated with an act: money in fen, percentages in hundredths of a percent."""

    use: str
    of: str
    inputs: dict[str, JsonValue]
    results: dict[str, JsonValue]


class HistoryLine(Told):
    """A line of a case's ledger. `refused` is the code of a refusal, with its reasons."""

    seq: int
    at: str
    event: str
    action: str
    actor: str
    acting_for: str | None
    role: str | None
    department: str | None
    from_state: str | None
    to_state: str | None
    refused: str | None
    reasons: list[ReasonShape]
    opinion: str
    changes: list[ChangeShape]
    calculations: list[CalculationShape]
    digest: str


class History(Told):
    """The ledger of a case, first line first."""

    number: str
    lines: list[HistoryLine]


class RegisterRowShape(Told):
    """A business fact, with the case that wrote it."""

    values: Fields
    case: str | None
    at: str


class RegisterRows(Told):
    """Rows of a register, newest first."""

    register_key: str
    rows: list[RegisterRowShape]


class NewFile(Given):
    """A file that comes with an act: `content` is base64; `field` the form field that it fills."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    content: Annotated[str, Field(max_length=1_000_000)]
    field: Key | None = None


class NewCase(Given):
    """A case to be opened. `parent` is the number of the case that it belongs to."""

    process: Key
    fields: Fields = {}
    entry: Key | None = None
    parent: Key | None = None
    files: Annotated[list[NewFile], Field(max_length=20)] = []


class NewDecision(Given):
    """An action to be taken. `version` is the one that was read: somebody faster is a conflict."""

    action: Key
    fields: Fields = {}
    opinion: Annotated[str, Field(max_length=5000)] = ""
    target: Key | None = None
    task: Key | None = None
    acting_for: Key | None = None
    version: int | None = None
    files: Annotated[list[NewFile], Field(max_length=20)] = []


class NewReason(Given):
    """Why I read a confidential case."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class ReasonKept(Told):
    """Until when a confidential case is open to me for the reason that I gave."""

    number: str
    until: str


class NewFields(Given):
    """Form fields to be changed without an action."""

    fields: Fields
    version: int | None = None
    files: Annotated[list[NewFile], Field(max_length=20)] = []


class Done(Told):
    """What came of an act: the case as it stands, and the numbers of cases that were opened with
    it.

    `repeated`: the key was seen before, and this is the first answer again. `case` is None when
    the case has left what this person may read.
    """

    number: str
    case: CaseFull | None
    started: list[str]
    repeated: bool


class NewDefinition(Given):
    """A definition to be examined or published: its text, and scenarios that have to hold."""

    source: Annotated[str, Field(min_length=1, max_length=600_000)]
    scenarios: Annotated[str, Field(max_length=600_000)] = ""
    reason: Annotated[str, Field(max_length=500)] = ""


class ProblemShape(Told):
    """What is wrong in a definition, and where; line and column count from 1."""

    line: int
    column: int
    path: str
    message: Words


class DifferenceShape(Told):
    """A part that the definition changes against the version in force."""

    part: str
    key: str
    how: str
    what: list[str]


class TrialShape(Told):
    """How one scenario went."""

    title: str
    ok: bool
    step: int | None
    expected: str
    found: str


class ExaminationShape(Told):
    """Everything that was found; without problems and failing trials it may be published."""

    publishable: bool
    problems: list[ProblemShape]
    scenario_problems: list[ProblemShape]
    differences: list[DifferenceShape]
    trials: list[TrialShape]


class PublishedShape(Told):
    """The version that is in force from now on."""

    key: str
    version: int
    digest: str


Box = Literal["todo", "done", "mine", "drafts"]
