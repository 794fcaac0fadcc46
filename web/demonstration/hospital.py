"""Who works at the demonstration hospital, and where. Every name is invented.

The accounts that visitors use are the people whose id is a role's key; those of the wards all work
in one, so that a visitor can play a case through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflow.people.organisation import Department, Person, Post


@dataclass(frozen=True, slots=True)
class Ward:
    """A clinical department; `letter` is how `materials` names it."""

    key: str
    name: str
    letter: str


WARDS: tuple[Ward, ...] = (
    Ward("medicine", "内科", "m"),
    Ward("surgery", "外科", "s"),
    Ward("orthopaedics", "骨科", "o"),
    Ward("obstetrics", "妇产科", "b"),
    Ward("paediatrics", "儿科", "p"),
    Ward("emergency", "急诊科", "e"),
    Ward("icu", "重症医学科", "i"),
)
#: The ward of the visitors' accounts.
HOME = "medicine"

_OTHERS: tuple[tuple[str, str, str], ...] = (
    ("imaging", "医学影像科", "medical_technology"),
    ("laboratory", "检验科", "medical_technology"),
    ("medins", "医保办", "functional"),
    ("finance", "财务科", "functional"),
    ("medical_affairs", "医务科", "functional"),
    ("nursing", "护理部", "functional"),
    ("pharmacy", "药剂科", "functional"),
    ("it", "信息科", "functional"),
    ("admissions", "住院处", "functional"),
    ("discharge", "出院处", "functional"),
    ("cashiers", "收费处", "functional"),
    ("records", "病案室", "functional"),
    ("audit", "审计科", "functional"),
    ("leadership", "院领导", "leadership"),
)

DEPARTMENTS: tuple[Department, ...] = (
    *(Department(ward.key, ward.name, "clinical") for ward in WARDS),
    *(Department(key, name, kind) for key, name, kind in _OTHERS),
)

#: id, name, roles; a role that is held in another department than one's own: role@department.
_STAFF: dict[str, tuple[tuple[str, str, str], ...]] = {
    "medicine": (
        ("dept_head", "沈立群", "dept_head"),
        ("wenzhengping", "温正平", "dept_head attending_doctor"),
        ("clinician", "陆明远", "clinician"),
        ("attending_doctor", "顾怀谨", "attending_doctor clinician"),
        ("reader", "韩知秋", "reader attending_doctor clinician"),
        ("doctor", "程景行", "doctor clinician"),
        ("prescriber", "孟书瑶", "prescriber clinician"),
        ("dept_rep", "许承安", "dept_rep clinician"),
        ("head_nurse", "叶慧兰", "head_nurse ward_nurse round_inspector@medins"),
        ("ward_nurse", "苏晓禾", "ward_nurse"),
        ("tanyutong", "谭雨桐", "ward_nurse"),
        ("hechunyan", "贺春燕", "ward_nurse"),
        ("duty_nurse", "白若溪", "duty_nurse"),
        ("charge_clerk", "邹静宜", "charge_clerk"),
        ("fanlili", "范丽莉", "charge_clerk"),
    ),
    "surgery": (
        ("luojianfeng", "罗剑锋", "dept_head attending_doctor"),
        ("shenyichen", "申奕辰", "attending_doctor clinician prescriber"),
        ("zhouwenhao", "周文灏", "attending_doctor clinician dept_rep"),
        ("wucaixia", "吴彩霞", "ward_nurse head_nurse"),
        ("xujing", "徐菁", "ward_nurse"),
        ("maxiaoling", "马晓玲", "ward_nurse duty_nurse"),
        ("luoyan", "骆燕", "charge_clerk"),
    ),
    "orthopaedics": (
        ("gaozhenbang", "高振邦", "dept_head attending_doctor"),
        # A leader who still operates: what they ask for, the other leader decides.
        ("vice_president", "秦远山", "vice_president@leadership clinician"),
        ("liangshuo", "梁烁", "attending_doctor clinician"),
        ("kongfanyi", "孔凡奕", "attending_doctor clinician dept_rep"),
        ("zhengxiuli", "郑秀丽", "ward_nurse head_nurse"),
        ("huangjiao", "黄娇", "ward_nurse"),
        ("denglei", "邓蕾", "ward_nurse"),
        ("yuxin", "俞欣", "charge_clerk"),
    ),
    "obstetrics": (
        ("xiaoyunzhi", "萧韵芝", "dept_head attending_doctor"),
        ("dingruolan", "丁若兰", "attending_doctor clinician dept_rep"),
        ("songyajie", "宋雅洁", "attending_doctor clinician"),
        ("lvguizhen", "吕桂珍", "ward_nurse head_nurse"),
        ("jiangyue", "姜悦", "ward_nurse"),
        ("dupeipei", "杜佩佩", "ward_nurse"),
        ("tangmin", "汤敏", "charge_clerk"),
    ),
    "paediatrics": (
        ("caoboyuan", "曹博远", "dept_head attending_doctor"),
        ("weiqingyang", "魏清扬", "attending_doctor clinician dept_rep"),
        ("luxiaoqian", "卢晓倩", "ward_nurse head_nurse"),
        ("yaomeng", "姚萌", "ward_nurse"),
        ("zhanghuiru", "章惠茹", "ward_nurse"),
        ("mengxiaofan", "蒙晓凡", "charge_clerk"),
    ),
    "emergency": (
        ("shizhigang", "史志刚", "dept_head attending_doctor"),
        ("pengyifan", "彭亦凡", "attending_doctor clinician doctor dept_rep"),
        ("jinhong", "金虹", "ward_nurse head_nurse"),
        ("fengtingting", "冯亭亭", "ward_nurse duty_nurse"),
        ("lianghong", "梁泓", "charge_clerk"),
    ),
    "icu": (
        ("zhongboheng", "钟伯衡", "dept_head attending_doctor"),
        ("yiruofei", "易若飞", "attending_doctor clinician dept_rep"),
        ("chenlinna", "陈琳娜", "ward_nurse head_nurse"),
        ("qiaoxue", "乔雪", "ward_nurse"),
        ("panyun", "潘芸", "charge_clerk"),
    ),
    "imaging": (("jiashouren", "贾守仁", "dept_head"),),
    "laboratory": (("mengfanhua", "孟樊桦", "dept_head"),),
    "medins": (
        ("medins_officer", "方致和", "medins_officer round_inspector"),
        ("jiangsufen", "蒋素芬", "medins_officer"),
        ("yuanbowen", "袁泊文", "medins_officer"),
        ("round_inspector", "薛明朗", "round_inspector"),
    ),
    "finance": (
        ("finance_officer", "崔建平", "finance_officer round_inspector@medins"),
        ("panyaqin", "潘雅琴", "finance_officer"),
    ),
    "medical_affairs": (
        ("medical_affairs", "任启明", "medical_affairs round_inspector@medins"),
        ("fuyaning", "傅雅宁", "medical_affairs"),
    ),
    "nursing": (("caoyuzhen", "曹玉臻", "nursing_dept"),),
    "pharmacy": (("daiwenyuan", "戴文渊", "pharmacist"),),
    "it": (
        ("admin", "卓一凡", "admin"),
        ("sunhaoran", "孙浩冉", "admin"),
    ),
    "admissions": (
        ("admission_clerk", "钟秀敏", "admission_clerk"),
        ("pengzhigang", "彭稚刚", "admission_clerk"),
    ),
    "discharge": (
        ("discharge_clerk", "田春媚", "discharge_clerk"),
        ("qiuguodong", "邱国栋", "discharge_clerk"),
    ),
    "cashiers": (
        ("cashier", "石小雯", "cashier"),
        ("gongjianjun", "龚剑君", "cashier"),
    ),
    "records": (
        ("record_clerk", "文静芝", "record_clerk round_inspector@medins"),
        ("haoyongchang", "郝咏昌", "record_clerk"),
    ),
    "audit": (("auditor", "尹正清", "auditor"),),
    "leadership": (("yanbingwen", "严秉文", "vice_president"),),
}

#: Who leaves in the course of the sixty days; no story counts on them.
LEAVES = "dupeipei"

#: The accounts that the start prints, in the order in which a case meets them.
SHOWN: tuple[str, ...] = (
    "clinician",
    "dept_head",
    "finance_officer",
    "medins_officer",
    "vice_president",
    "attending_doctor",
    "admission_clerk",
    "ward_nurse",
    "charge_clerk",
    "dept_rep",
    "discharge_clerk",
    "record_clerk",
    "medical_affairs",
    "reader",
    "head_nurse",
    "duty_nurse",
    "doctor",
    "prescriber",
    "cashier",
    "round_inspector",
    "admin",
    "auditor",
)


def people() -> tuple[Person, ...]:
    """Everybody, with the posts that they hold."""
    return tuple(
        Person(id_, name, department, tuple(_posts(roles, department)))
        for department, staff in _STAFF.items()
        for id_, name, roles in staff
    )


def _posts(roles: str, department: str) -> Iterator[Post]:
    for held in roles.split():
        role, _, elsewhere = held.partition("@")
        yield Post(role, elsewhere or department)


@dataclass(frozen=True)
class Staff:
    """Who may be asked, by role and department, the visitors' accounts first."""

    by_post: Mapping[tuple[str, str], tuple[str, ...]]

    @classmethod
    def of(cls, everybody: tuple[Person, ...]) -> Staff:
        """Sort people by the posts that they hold."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        staying = (person for person in everybody if person.id != LEAVES)
        for person in sorted(staying, key=lambda person: person.id not in SHOWN):
            for post in person.posts:
                for place in ((post.role, post.department), (post.role, "")):
                    found[place] = (*found.get(place, ()), person.id)
        return cls(found)

    def holders(self, role: str, department: str = "") -> tuple[str, ...]:
        """Who holds a role, in one department or anywhere."""
        return self.by_post.get((role, department), ())
