"""The paper of a process: what stands where on it, who signs, and in which copies it goes out."""

from __future__ import annotations

from workflow.design.parsing_basics import (
    CLAUSES,
    FIELD,
    FIELDS,
    FLAG,
    SENTENCE,
    STATES,
    TEXT,
    UNREAD,
    RuledTable,
)
from workflow.design.print_form import (
    Heading,
    PrintCell,
    PrintColumn,
    PrintCopy,
    PrintForm,
    PrintNote,
    PrintSection,
    SignatureBlock,
)
from workflow.design.shapes import (
    Choice,
    Either,
    Entries,
    KnownKey,
    Listing,
    Placed,
    Reference,
)
from workflow.design.spots import Name
from workflow.design.tables import Key, Section, Table, Values
from workflow.refusals import Sentence

#: More than this side by side does not fit on A4.
MOST_BESIDE = 4


class PrintNoteKeys(Table):
    """A sentence of the paper itself."""

    noun = Sentence("纸上的话", "A sentence on paper")

    zh = Key(TEXT, "中文", "in Chinese", required=True)
    en = Key(TEXT, "英文", "in English", required=True)
    clauses = Key(
        CLAUSES,
        "这句话说的是哪几条（用自己的话写，编号印在后面）",
        "the clauses that it tells of, in own words; their ids are printed behind it",
    )


def _note(values: Values) -> PrintNote:
    keys = PrintNoteKeys
    says = Sentence(values.get(keys.zh, ""), values.get(keys.en, ""))
    return PrintNote(says, values.get(keys.clauses, ()))


class PrintCellKeys(Table):
    """A field on paper that is not simply printed as it is."""

    noun = Sentence("印出的表单项", "A field on paper")

    field = Key(FIELD, "哪个表单项", "the form field", required=True)
    label = Key(SENTENCE, "纸上的名称，与表单不同时写", "how it is called on paper, if otherwise")
    columns = Key(
        Listing(Placed(TEXT, lambda key, spot: PrintColumn(key, spot.place))),
        "表格印哪几列、按什么次序；不写即全部",
        "which columns of a table, in which order; all when not written",
    )


def _cell(values: Values) -> PrintCell | None:
    field = values.get(PrintCellKeys.field)
    if field is None:
        return None
    return PrintCell(
        field,
        values.get(PrintCellKeys.label),
        values.get(PrintCellKeys.columns, ()),
        values.spot.place,
    )


_CELL = Either(
    Placed(FIELD, lambda key, spot: PrintCell(key, place=spot.place)),
    Section(PrintCellKeys, _cell),
)


class PrintSectionKeys(Table):
    """A part of the paper."""

    noun = Sentence("打印件的一段", "A section of the paper")

    name = Key(SENTENCE, "小标题", "its heading")
    rows = Key(
        Listing(Listing(_CELL, most=MOST_BESIDE)),
        "各行：一个表单项独占一行，写成列表的并排（至多四项）",
        "its rows: a field alone takes the whole width, those of a list stand side by side (at "
        "most four)",
        required=True,
    )
    inside = Key(
        FLAG,
        "只印在留在院内的各联上",
        "only on the copies that stay in the house",
    )
    optional = Key(
        FLAG,
        "没有内容时不印",
        "left off while there is nothing in it",
    )


def _section(values: Values) -> PrintSection:
    keys = PrintSectionKeys
    return PrintSection(
        values.get(keys.rows, ()),
        values.get(keys.name),
        values.get(keys.inside, False),
        values.get(keys.optional, False),
        values.spot.place,
    )


class SignatureKeys(Table):
    """A place on the paper where somebody signs."""

    noun = Sentence("签名栏", "A signature block")

    name = Key(SENTENCE, "栏名", "what it is called", required=True)
    steps = Key(STATES, "在哪些状态办理的", "acts at these states")
    actions = Key(
        Listing(Reference(Name.ACTION)),
        "哪些动作；与 steps 同写时两者都要符合",
        "acts of these actions; with steps, what fits both",
    )
    roles = Key(
        Listing(Reference(Name.ROLE)),
        "只印以这些角色办理的",
        "only what was done from these roles",
    )
    by_hand = Key(
        FLAG,
        "手写签名：给没有账号的人（患者、家属）留的签字线",
        "signed by hand: lines for somebody without an account, as a patient",
    )
    lines = Key(
        Listing(SENTENCE),
        "手写签名时另外要填的，如与患者关系",
        "what else is written by hand, as the relation to the patient",
    )
    seal = Key(FLAG, "留盖章处", "with room for a seal")
    inside = Key(FLAG, "只印在留在院内的各联上", "only on the copies that stay in the house")
    optional = Key(FLAG, "没有人签时不印", "left off while nobody has signed it")


def _signature(values: Values) -> SignatureBlock:
    keys = SignatureKeys
    by_hand = values.get(keys.by_hand, False)
    narrowed = values.has(keys.steps) or values.has(keys.actions)
    if by_hand == narrowed or (by_hand and values.has(keys.roles)):
        values.reading.complain(
            values.spot.place,
            "签名栏要么写 steps 或 actions（系统里办理的），要么写 by_hand: true（手写）。",
            "A signature block has steps or actions (done in the system), or by_hand: true.",
        )
    if values.has(keys.lines) and not by_hand:
        values.reading.complain(
            values.at(keys.lines).place,
            "lines 只用于手写签名，请加上 by_hand: true，或删去 lines。",
            "lines belong to a signature by hand; add by_hand: true, or remove them.",
        )
    return SignatureBlock(
        values.get(keys.name, UNREAD),
        values.get(keys.steps, ()),
        values.get(keys.actions, ()),
        values.get(keys.roles, ()),
        by_hand,
        values.get(keys.lines, ()),
        values.get(keys.seal, False),
        values.get(keys.inside, False),
        values.get(keys.optional, False),
        values.spot.place,
    )


class PrintCopyKeys(Table):
    """One of the copies of a paper."""

    noun = Sentence("一联", "A copy")

    name = Key(
        SENTENCE, "这一联给谁，如：患者留存", "whose it is, as: the patient's", required=True
    )
    outside = Key(
        FLAG,
        "交到院外（患者、机构）：不印附件清单和办理经过，也不许印敏感项",
        "it leaves the house (to a patient, an institution): without the lists of files and acts, "
        "and with nothing that is masked or hidden",
    )
    without = Key(FIELDS, "这一联不印的表单项", "fields that are not on this copy")


def _copy(values: Values) -> PrintCopy:
    keys = PrintCopyKeys
    return PrintCopy(
        values.get(keys.name, UNREAD),
        values.get(keys.outside, False),
        values.get(keys.without, ()),
        values.spot.place,
    )


class PrintKeys(RuledTable):
    """The paper of a process."""

    noun = Sentence("打印件", "A print form")

    title = Key(SENTENCE, "这张纸的正式名称", "the official name of the paper", required=True)
    in_force = Key(
        STATES,
        "在哪些状态打印才算正式；此前印“草稿”或“未生效”，未获批准而终止的印“不生效”",
        "the states in which it counts; before them it is marked a draft or not in force, and "
        "where the case has ended otherwise, void",
        required=True,
    )
    heading = Key(
        Listing(Choice(Sentence("抬头", "heading"), *Heading)),
        "标题下印什么：applicant 申请人，department 科室，opened 登记时间，parent 所属案件；"
        "不写即前三项（编号和状态总是印）",
        "what stands below the title: applicant, department, opened, parent; the first three when "
        "not written (number and state always do)",
    )
    preface = Key(
        Listing(Section(PrintNoteKeys, _note)), "表格之前的话", "what is said before the form"
    )
    sections = Key(
        Listing(Section(PrintSectionKeys, _section)),
        "各段：哪些表单项印在哪里",
        "its sections: which fields stand where",
        required=True,
    )
    signatures = Key(
        Listing(Section(SignatureKeys, _signature)),
        "签名栏，按纸上的次序",
        "the signature blocks, in their order",
    )
    notes = Key(
        Listing(Section(PrintNoteKeys, _note)),
        "表格之后的话，如给患者的说明",
        "what is said at the foot, as to patients",
    )
    copies = Key(
        Listing(Section(PrintCopyKeys, _copy)),
        "一式几份，各给谁；不写即一份",
        "its copies, and whose they are; one when not written",
    )
    left_off = Key(
        Entries(
            KnownKey(Name.FIELD), SENTENCE, Sentence("{表单项: {zh, en}}", "{field: {zh, en}}")
        ),
        "办理时必填、却不印在纸上的表单项，及其原因",
        "fields that must be filled but do not stand on paper, each with the reason",
    )
    unsigned = Key(
        Entries(
            KnownKey(Name.ACTION), SENTENCE, Sentence("{动作: {zh, en}}", "{action: {zh, en}}")
        ),
        "没有签名栏的决定，及其原因",
        "decisions without a signature block, each with the reason",
    )


_HEADING = (Heading.APPLICANT, Heading.DEPARTMENT, Heading.OPENED)


def _print(values: Values) -> PrintForm:
    keys = PrintKeys
    return PrintForm(
        title=values.get(keys.title, UNREAD),
        in_force=values.get(keys.in_force, ()),
        sections=values.get(keys.sections, ()),
        signatures=values.get(keys.signatures, ()),
        heading=values.get(keys.heading, _HEADING),
        preface=values.get(keys.preface, ()),
        notes=values.get(keys.notes, ()),
        copies=values.get(keys.copies, ()),
        left_off=values.get(keys.left_off, {}),
        unsigned=values.get(keys.unsigned, {}),
        clauses=values.get(keys.clauses, ()),
        design_choice=values.get(keys.design_choice, False),
        place=values.spot.key_place,
    )


PRINT = Section(PrintKeys, _print)
