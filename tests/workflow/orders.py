"""Orders and their deliveries: two processes for stories about what follows from an act."""

from __future__ import annotations

from tests.workflow.hospital import Hospital, edited

#: Amy orders; what EFFECTS says follows when the head agrees.
ORDER = """\
process: order
version: 1
name: {zh: 订货, en: Order}
summary: {zh: 订货, en: Order}
category: {zh: 物资, en: Materials}
number: DH
title: '{note}'
open: {who: {role: clinician}}
form:
  note: {label: {zh: 说明, en: Note}, type: text}
  amount: {label: {zh: 数量, en: Amount}, type: integer}
  price: {label: {zh: 单价, en: Price}, type: money}
  day: {label: {zh: 日期, en: Day}, type: date}
  moment: {label: {zh: 时刻, en: Moment}, type: datetime}
  urgent: {label: {zh: 加急, en: Urgent}, type: bool}
  names: {label: {zh: 名单, en: Names}, type: list}
  head: {label: {zh: 负责人, en: In charge}, type: person}
  lines:
    label: {zh: 明细, en: Lines}
    type: table
    columns:
      thing: {label: {zh: 物品, en: Thing}, type: text}
      count: {label: {zh: 数, en: Count}, type: integer}
      needed: {label: {zh: 需用日, en: Needed}, type: date}
registers:
  orders:
    name: {zh: 订货簿, en: Orders}
    columns:
      number: {type: text, label: {zh: 编号, en: Number}}
      thing: {type: text, label: {zh: 物品, en: Thing}}
      count: {type: integer, label: {zh: 数, en: Count}}
      sum: {type: money, label: {zh: 金额, en: Sum}}
      day: {type: date, label: {zh: 日期, en: Day}}
      at: {type: datetime, label: {zh: 时刻, en: Moment}}
      urgent: {type: bool, label: {zh: 加急, en: Urgent}}
facts:
  ordered: {register: orders, where: {number: case.number}, gives: count}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true, edit: {who: applicant, fields: all}}
  asked: {name: {zh: 待批, en: Asked}}
  agreed: {name: {zh: 已批, en: Agreed}}
  over: {name: {zh: 完成, en: Over}, final: true}
actions:
  ask: {name: {zh: 申请, en: Ask}, from: draft, to: asked, who: applicant}
  agree:
    name: {zh: 同意, en: Agree}
    from: asked
    to: agreed
    who: {role: dept_head, of: applicant.department}
    opinion: optional
    conditions: [{when: facts.ordered < 100, otherwise: {zh: 太多, en: Too many}}]
    effects:
      - notify: applicant
  again: {name: {zh: 再批, en: Again}, from: agreed, to: asked, who: {role: dept_head}}
  finish: {name: {zh: 完成, en: Finish}, from: agreed, to: over, who: {role: dept_head}}
"""


#: When Dr Lee ends an order, what is left of its deliveries ends with it.
ENDING = """\
    effects:
      - {act: stop, on: children, process: delivery, states: [planned]}
      - {act: close, on: children, process: delivery, states: [direct]}
"""

#: A delivery belongs to an order; the storeroom closes it when it may.
DELIVERY = """\
process: delivery
version: 1
name: {zh: 送货, en: Delivery}
summary: {zh: 送货, en: Delivery}
category: {zh: 物资, en: Materials}
number: SH
title: '{what}'
open:
  who: [system, {role: keeper}]
  parent: {process: order, field: belongs_to}
form:
  belongs_to: {label: {zh: 订货单, en: Order}, type: case, process: order}
  what: {label: {zh: 内容, en: What}, type: text}
  count: {label: {zh: 数量, en: Count}, type: integer}
  ready: {label: {zh: 就绪, en: Ready}, type: bool}
states:
  planned: {name: {zh: 计划, en: Planned}, entry: true, edit: {who: {role: keeper}, fields: all}}
  direct: {name: {zh: 直送, en: Direct}, entry: true}
  stopped: {name: {zh: 停止, en: Stopped}, final: true}
  closed: {name: {zh: 完成, en: Closed}, final: true}
actions:
  close:
    name: {zh: 完成, en: Close}
    from: [planned, direct]
    to: closed
    who: [system, {role: keeper}]
    by_applicant: true
    conditions:
      - when: '!given.ready || form.ready'
        otherwise: {zh: 货未备齐, en: The goods are not ready}
        clauses: [P-2]
    effects: [{notify: {role: keeper}}]
  stop: {name: {zh: 停止, en: Stop}, from: [planned, direct], to: stopped, who: system}
"""


#: A row of all that an order says.
ROW = """\
write: orders
        row:
          number: case.number
          thing: form.note
          count: form.amount
          sum: form.price
          day: form.day
          at: form.moment
          urgent: form.urgent"""


def order(*effects: str) -> str:
    """The order with these effects of agreeing."""
    written = "".join(f"      - {effect}\n" for effect in effects)
    return edited(ORDER, ("      - notify: applicant\n", written))


def order_with_deliveries(*effects: str) -> str:
    """The order with these effects of agreeing, which ends its deliveries when it ends."""
    text = order(*effects)
    return edited(text, (text[text.index("  finish:") :], f"{FINISH}{ENDING}"))


FINISH = """\
  finish:
    name: {zh: 完成, en: Finish}
    from: agreed
    to: over
    who: {role: dept_head}
"""


def agreed(hospital: Hospital, opinion: str = "", **answers: object) -> str:
    """The number of an order to which Dr Lee has agreed."""
    number = hospital.opened("amy", "order", None, **answers)
    hospital.takes("amy", "ask", number)
    hospital.takes("lee", "agree", number, opinion)
    return number


def delivery_of(hospital: Hospital, number: str) -> str:
    """The number of a delivery that the keeper plans for an order."""
    return hospital.opened("kim", "delivery", number)
