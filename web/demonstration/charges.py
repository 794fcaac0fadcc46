"""One line of a stay's bill, act by act."""

from __future__ import annotations

from dataclasses import dataclass

from web.demonstration.prices import CARRIED_OUT_BY, Item, yuan
from web.demonstration.stays import Stay
from web.demonstration.world import Order
from workflow.nouns import Attachment, Scalar
from workflow.refusals import Code

PROCESS = "charge-entry"


@dataclass
class Charge:
    """One line of a stay's bill, entered against an order: one of its own, or the one of that
    number, which stands for several days.
    """

    stay: Stay
    item: Item
    qty: int
    number: str = ""
    order_id: str = ""

    def __post_init__(self) -> None:
        self._world = self.stay.world
        self.order_id = self.order_id or f"YZ{self._world.next_number():06d}"
        self._clerk = self._world.holder("charge_clerk", self.stay.ward)

    def order(self) -> dict[str, Scalar]:
        """The doctor's order, as the clinical system hands it over."""
        return {
            "order_id": self.order_id,
            "item_code": self.item.code,
            "qty": self.qty,
            "ordered_by": self.stay.doctor,
        }

    def ordered(self, order: Order) -> None:
        """Let the order be handed over in time."""
        self._world.orders.append(order)

    def enter(self) -> None:
        self.number = self._world.stage.open(
            self._clerk, PROCESS, self._line(), parent=self.stay.number, files=self._result()
        )

    def book(self) -> None:
        self._world.stage.do(self._clerk, self.number, "book")

    def enter_and_book(self) -> None:
        self.enter()
        self.book()

    # ---- doubts ----------------------------------------------------------------------------------

    def enter_at_another_price(self) -> None:
        """The invoice says another price than the list."""
        dearer = self.item.fen + self.item.fen // 8
        line = self._line() | {
            "unit_price": yuan(dearer),
            "amount": yuan(dearer * self.qty),
        }
        self.number = self._world.stage.open(
            self._clerk, PROCESS, line, parent=self.stay.number, files=self._result()
        )

    def book_at_another_price(self) -> None:
        self._refused()

    def hold(self) -> None:
        opinion = "随货单价与价表不一致，请医保办核对后答复。"
        self._world.stage.do(self._clerk, self.number, "hold", opinion=opinion)

    def release(self) -> None:
        person = self._world.holder("medins_officer")
        opinion = "已与药剂科核对，新批次挂网价如此，按随货单价记账，价表下周更新。"
        self._world.stage.do(person, self.number, "release", opinion=opinion)

    # ---- what is tried and refused ---------------------------------------------------------------

    def enter_as_lump(self) -> None:
        """Materials in one sum, under no item of the list; the clerk then enters it rightly."""
        line = self._line() | {"item_code": "CL0000", "item_name": "材料费"}
        self.number = self._world.stage.open(
            self._clerk, PROCESS, line, parent=self.stay.number, files=self._result()
        )
        self._refused()

    def enter_too_many(self) -> None:
        line = self._line() | {
            "qty": self.qty + 2,
            "amount": yuan(self.item.fen * (self.qty + 2)),
        }
        self.number = self._world.stage.open(
            self._clerk, PROCESS, line, parent=self.stay.number, files=self._result()
        )
        self._refused()

    def mend_and_book(self) -> None:
        """The same line, put right."""
        line = self._line()
        line.pop("order_id")
        mended = {key: line[key] for key in ("item_code", "item_name", "qty", "amount")}
        self._world.stage.save(self._clerk, self.number, mended)
        self.book()

    def doctor_books(self) -> None:
        self._world.stage.is_refused(Code.NOT_PERMITTED, self.stay.doctor, self.number, "book")

    def _refused(self) -> None:
        self._world.stage.is_refused(Code.CONDITION_NOT_MET, self._clerk, self.number, "book")

    def _line(self) -> dict[str, object]:
        other = CARRIED_OUT_BY.get(self.item.cost_type)
        elsewhere: dict[str, object] = {} if other is None else {"department": other}
        return elsewhere | {
            "service_date": self._world.today.isoformat(),
            "order_id": self.order_id,
            "item_code": self.item.code,
            "item_name": self.item.name,
            "qty": self.qty,
            "unit_price": yuan(self.item.fen),
            "amount": yuan(self.item.fen * self.qty),
            "cost_type": self.item.cost_type,
        }

    def _result(self) -> tuple[Attachment, ...]:
        """An examination comes with its result."""
        if self.item.cost_type != "检查":
            return ()
        name = f"{self.stay.patient.name}{self.item.name}报告"
        lines = (f"项目：{self.item.name}", f"日期：{self._world.today.isoformat()}")
        return (self._world.stage.file(name, lines, "result_file"),)
