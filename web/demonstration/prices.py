"""The demonstration's price list: names as such lists have them, prices invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """What may be charged; `fen` is the price of one, `most` how many one order asks for."""

    code: str
    name: str
    fen: int
    cost_type: str
    most: int = 1
    self_pay: bool = False
    high_value: bool = False


#: Kinds of cost that another department than the ward carries out.
CARRIED_OUT_BY = {"检查": "imaging"}

BED = "床位"
NURSING = "护理"

ITEMS: tuple[Item, ...] = (
    Item("110900001", "普通病房床位费", 4000, BED, 14),
    Item("110900003", "监护病房床位费", 12000, BED, 10),
    Item("110900009", "单人间床位差价", 12000, BED, 10, self_pay=True),
    Item("120100003", "一级护理", 1800, NURSING, 14),
    Item("120100004", "二级护理", 1200, NURSING, 14),
    Item("120100010", "新生儿护理", 2400, NURSING, 7),
    Item("110200005", "住院诊查费", 1000, "治疗", 14),
    Item("120400002", "静脉注射", 300, "治疗", 20),
    Item("120400006", "静脉输液", 800, "治疗", 20),
    Item("120600001", "大换药", 3500, "治疗", 6),
    Item("120600003", "小换药", 1200, "治疗", 8),
    Item("120300001", "氧气吸入", 400, "治疗", 48),
    Item("120700001", "雾化吸入", 600, "治疗", 12),
    Item("310603001", "呼吸机辅助呼吸", 1200, "治疗", 48),
    Item("311000011", "连续性血液净化", 8000, "治疗", 24),
    Item("331003022", "阑尾切除术", 98000, "治疗"),
    Item("331008001", "腹腔镜胆囊切除术", 168000, "治疗"),
    Item("331507001", "骨折切开复位内固定术", 186000, "治疗"),
    Item("331400002", "顺产接生", 68000, "治疗"),
    Item("340200020", "关节松动训练", 4500, "治疗", 10),
    Item("210102015", "胸部正侧位摄片", 7800, "检查"),
    Item("210300001", "CT平扫", 26000, "检查", 2),
    Item("210300002", "CT增强扫描", 38000, "检查"),
    Item("210200001", "磁共振平扫", 48000, "检查"),
    Item("220301001", "彩色多普勒超声检查", 11000, "检查", 2),
    Item("310701001", "常规心电图检查", 2500, "检查", 3),
    Item("310902001", "胃镜检查", 18000, "检查"),
    Item("250101015", "血常规", 2000, "检查", 6),
    Item("250302001", "血糖测定", 500, "检查", 20),
    Item("250301001", "肝功能检查", 6800, "检查", 2),
    Item("250307001", "肾功能检查", 4200, "检查", 2),
    Item("250501009", "血培养及药敏", 12000, "检查", 2),
    Item("YP100231", "注射用头孢曲松钠 1g", 1860, "药品", 20),
    Item("YP100417", "0.9%氯化钠注射液 250ml", 380, "药品", 30),
    Item("YP100655", "胰岛素注射液 3ml", 4820, "药品", 4),
    Item("YP100802", "低分子肝素钠注射液", 3650, "药品", 10),
    Item("YP101120", "人血白蛋白 10g", 38600, "药品", 6, self_pay=True),
    Item("HC200018", "一次性使用留置针", 1680, "材料", 4),
    Item("HC200045", "一次性使用中心静脉导管包", 24500, "材料"),
    Item("HC200107", "可吸收缝合线", 5600, "材料", 4),
    Item("HC300012", "锁定型金属接骨板", 268000, "材料", 1, high_value=True),
    Item("HC300031", "髓内钉系统", 436000, "材料", 1, high_value=True),
    Item("QT900002", "病案复印费", 2000, "其他", 1, self_pay=True),
)

BY_CODE: dict[str, Item] = {item.code: item for item in ITEMS}

#: What each ward charges besides the bed and operations, by code.
USUAL: dict[str, tuple[str, ...]] = {
    "medicine": (
        "120400006",
        "210300001",
        "310701001",
        "250101015",
        "250302001",
        "250301001",
        "YP100231",
        "YP100655",
        "120300001",
        "220301001",
    ),
    "surgery": (
        "120600001",
        "220301001",
        "210300001",
        "HC200107",
        "YP100231",
        "250301001",
        "YP100417",
    ),
    "orthopaedics": (
        "210102015",
        "210200001",
        "340200020",
        "YP100802",
        "120600001",
        "250101015",
    ),
    "obstetrics": ("220301001", "250101015", "120600003", "YP100417", "250302001"),
    "paediatrics": ("120700001", "250101015", "210102015", "YP100231"),
    "emergency": ("310902001", "250101015", "120400006", "HC200018"),
    "icu": ("310603001", "311000011", "HC200045", "250501009", "YP101120"),
}


def yuan(fen: int) -> str:
    """An amount as a form takes it."""
    return f"{fen // 100}.{fen % 100:02d}"
