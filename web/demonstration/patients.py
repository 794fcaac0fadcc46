"""The demonstration's patients: names and numbers drawn by chance, illnesses by ward.

The numbers begin with a region that does not exist, so that none can be anybody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

#: No region of the country has this code.
_NOWHERE = "990101"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶"
_OLDER = (
    "桂兰",
    "秀英",
    "德明",
    "国庆",
    "玉珍",
    "建国",
    "淑芬",
    "福生",
    "志强",
    "凤英",
    "长河",
    "素琴",
    "永发",
    "美兰",
    "金山",
    "月娥",
    "树林",
    "桂花",
    "文清",
    "来喜",
    "春梅",
    "保国",
    "秋菊",
    "兴旺",
)
_YOUNGER = (
    "伟",
    "静",
    "磊",
    "婷",
    "浩",
    "雪",
    "鹏",
    "倩",
    "俊杰",
    "晓燕",
    "志远",
    "海燕",
    "宇航",
    "丽娜",
    "文博",
    "思琪",
    "立新",
    "佳怡",
    "国栋",
    "雅琴",
    "少华",
    "晨曦",
    "明辉",
    "小敏",
)
_CHILDREN = (
    "子轩",
    "梓涵",
    "浩然",
    "雨桐",
    "一诺",
    "思远",
    "可欣",
    "嘉豪",
    "语晨",
    "沐阳",
)


@dataclass(frozen=True, slots=True)
class Illness:
    """Why somebody is admitted; `cause` where the admission desk has to ask for one.

    `operation` is the code in the price list of what is done about it, where it is an operation.
    """

    diagnosis: str
    cause: str | None = None
    route: str = "普通"
    sex: str = ""
    operation: str = ""


#: By ward (see `hospital.WARDS`).
ILLNESSES: dict[str, tuple[Illness, ...]] = {
    "medicine": (
        Illness("社区获得性肺炎"),
        Illness("2型糖尿病，血糖控制不佳"),
        Illness("慢性阻塞性肺疾病急性加重"),
        Illness("高血压病3级（很高危）"),
        Illness("不稳定型心绞痛", route="急诊"),
        Illness("慢性心力衰竭急性加重"),
        Illness("急性胃肠炎伴脱水"),
        Illness("缺铁性贫血（重度）"),
        Illness("脑梗死恢复期"),
        Illness("急性肾盂肾炎"),
        Illness("支气管扩张伴感染"),
        Illness("甲状腺功能亢进症"),
    ),
    "surgery": (
        Illness("急性阑尾炎", route="急诊", operation="331003022"),
        Illness("胆囊结石伴慢性胆囊炎", operation="331008001"),
        Illness("右侧腹股沟斜疝"),
        Illness("粘连性肠梗阻", route="急诊"),
        Illness("甲状腺结节"),
        Illness("下肢静脉曲张"),
    ),
    "orthopaedics": (
        Illness("桡骨远端骨折", "意外(非责任)", operation="331507001"),
        Illness("股骨颈骨折", "意外(非责任)"),
        Illness("腰椎间盘突出症"),
        Illness("膝关节骨性关节炎"),
        Illness("锁骨骨折", "意外(非责任)", operation="331507001"),
        Illness("肩袖损伤"),
    ),
    "obstetrics": (
        Illness("足月妊娠，先兆临产", "生育", sex="女", operation="331400002"),
        Illness("子宫肌瘤", sex="女"),
        Illness("卵巢囊肿", sex="女"),
        Illness("妊娠期糖尿病", "生育", sex="女"),
    ),
    "paediatrics": (
        Illness("支气管肺炎"),
        Illness("急性腹泻病伴脱水"),
        Illness("热性惊厥", route="急诊"),
        Illness("过敏性紫癜"),
    ),
    "emergency": (
        Illness("上消化道出血", route="急诊"),
        Illness("急性有机磷中毒", "意外(非责任)", route="急诊"),
        Illness("晕厥待查", route="急诊"),
    ),
    "icu": (
        Illness("重症肺炎，呼吸衰竭", route="急诊"),
        Illness("感染性休克", route="急诊"),
        Illness("糖尿病酮症酸中毒", route="急诊"),
    ),
}


@dataclass(frozen=True, slots=True)
class Patient:
    """Somebody who is ill, with the papers that they bring."""

    name: str
    id_no: str
    card_no: str
    handbook_no: str
    scheme: str
    payer: str
    illness: Illness

    @property
    def is_injury(self) -> bool:
        """Whether the admission desk has to ask how it happened."""
        return self.illness.cause is not None and self.illness.cause != "生育"


def patient(rng: Random, ward: str, today: date, illness: Illness | None = None) -> Patient:
    """Somebody whom this ward admits."""
    illness = illness or rng.choice(ILLNESSES[ward])
    years = _years(rng, ward, illness)
    born = today - timedelta(days=365 * years + rng.randrange(365))
    sex = illness.sex or rng.choice("男女")
    names = _CHILDREN if years < 16 else _YOUNGER if years < 45 else _OLDER
    return Patient(
        name=rng.choice(_SURNAMES) + rng.choice(names),
        id_no=id_number(rng, born, sex),
        card_no=f"SB{rng.randrange(10**8):08d}",
        handbook_no=f"YB{rng.randrange(10**7):07d}",
        scheme=_scheme(rng, years, illness),
        payer=rng.choice(("市社保", "市社保", "市社保", "省社保")),
        illness=illness,
    )


def id_number(rng: Random, born: date, sex: str) -> str:
    """A number with a right check digit in a region that does not exist."""
    order = rng.randrange(100) * 10 + rng.randrange(5) * 2 + (sex == "男")
    first = f"{_NOWHERE}{born:%Y%m%d}{order % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True))
    return first + _CHECK[total % 11]


def _years(rng: Random, ward: str, illness: Illness) -> int:
    if ward == "paediatrics":
        return rng.randrange(1, 13)
    if illness.cause == "生育":
        return rng.randrange(22, 38)
    return rng.randrange(24, 86)


def _scheme(rng: Random, years: int, illness: Illness) -> str:
    if illness.cause == "生育":
        return "生育"
    if years < 16:
        return "居民"
    return rng.choice(("职工", "职工", "居民"))


def somebody(rng: Random) -> str:
    """A name as a report writes it for a person who is not known well: 张某、李某某."""
    return rng.choice(_SURNAMES) + rng.choice(("某", "某某"))
