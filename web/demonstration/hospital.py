"""Who works at the demonstration hospital, and where. Every name is invented.

The accounts that visitors use are the people whose id is a role's key; those of the wards all work
in one, so that a visitor can play a case through. Somebody holds every role of the register that
can sign in or answer for another body, whether a process asks for it yet or not.
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
    ("purchases", "采购办", "functional"),
    ("performance", "绩效办", "functional"),
    ("personnel", "人事科", "functional"),
    ("public_health", "公共卫生科", "functional"),
    ("reform", "医改办", "functional"),
    ("discipline", "纪检监察室", "functional"),
    ("hospital_office", "院办", "functional"),
    # Bodies that the hospital writes to, and whose answers its processes wait for.
    ("agency", "医保经办机构", "external"),
    ("city_agency", "市级经办机构", "external"),
    ("county_agency", "区县经办机构", "external"),
    ("city_bureau", "市医保局", "external"),
    ("city_centre", "市医保中心", "external"),
    ("county_bureau", "县区医保局", "external"),
    ("working_group", "协同工作组", "external"),
    ("region_group", "自治区工作组", "external"),
    ("insurer", "承保公司（商保机构）", "external"),
    ("third_party", "受托第三方机构", "external"),
    ("supervision", "上级与监督检查部门", "external"),
    ("kangning", "康宁诊所", "external"),
    ("renhe", "仁和医院", "external"),
    ("public", "社会公众", "external"),
)

DEPARTMENTS: tuple[Department, ...] = (
    *(Department(ward.key, ward.name, "clinical") for ward in WARDS),
    *(Department(key, name, kind) for key, name, kind in _OTHERS),
)

#: Institutions that have an agreement with the agency, and where their representatives are: what
#: one of them is told the others do not hear.
INSTITUTIONS: tuple[tuple[str, str], ...] = (
    ("本院", "hospital_office"),
    ("康宁诊所", "kangning"),
    ("仁和医院", "renhe"),
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
        ("linwanqing", "林晚晴", "duty_nurse"),
        ("keeper", "阮素娥", "keeper"),
        ("consultant", "祝明哲", "consultant"),
        ("trainee", "喻小满", "trainee"),
        ("charge_clerk", "邹静宜", "charge_clerk"),
        ("fanlili", "范丽莉", "charge_clerk"),
    ),
    "surgery": (
        ("luojianfeng", "罗剑锋", "dept_head attending_doctor"),
        ("shenyichen", "申奕辰", "attending_doctor clinician prescriber"),
        ("zhouwenhao", "周文灏", "attending_doctor clinician dept_rep"),
        ("wucaixia", "吴彩霞", "ward_nurse head_nurse"),
        ("xujing", "徐菁", "ward_nurse duty_nurse"),
        ("maxiaoling", "马晓玲", "ward_nurse duty_nurse keeper"),
        ("bianxiaoyu", "卞晓雨", "duty_nurse"),
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
        ("luzhixing", "陆知行", "dept_head"),
        ("owner", "盛怀安", "owner"),
        ("preparer", "葛雨薇", "preparer"),
        ("training_admin", "柳依然", "training_admin"),
        ("examiner", "裴文博", "examiner"),
        ("information_officer", "纪晓岚", "information_officer"),
        ("investigator", "单志远", "investigator"),
        ("policy_owner", "聂思源", "policy_owner"),
    ),
    "finance": (
        ("finance_officer", "崔建平", "finance_officer round_inspector@medins"),
        ("panyaqin", "潘雅琴", "finance_officer"),
        ("hongshengli", "洪胜利", "dept_head"),
        ("qiaolan", "乔岚", "preparer owner"),
        ("document_keeper", "牛爱华", "document_keeper"),
        ("linfangfei", "蔺芳菲", "document_keeper"),
    ),
    "medical_affairs": (
        ("medical_affairs", "任启明", "medical_affairs round_inspector@medins"),
        ("fuyaning", "傅雅宁", "medical_affairs"),
        ("qihongwei", "齐宏伟", "dept_head owner"),
    ),
    "nursing": (("caoyuzhen", "曹玉臻", "nursing_dept"),),
    "pharmacy": (("daiwenyuan", "戴文渊", "pharmacist"),),
    "it": (
        ("admin", "卓一凡", "admin"),
        ("sunhaoran", "孙浩冉", "admin"),
        ("it_maintainer", "车子昂", "it_maintainer"),
        ("niqiming", "倪启明", "it_maintainer"),
        ("security_officer", "闵思远", "security_officer"),
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
        ("yinmeiling", "殷美玲", "cashier"),
    ),
    "records": (
        ("record_clerk", "文静芝", "record_clerk round_inspector@medins"),
        ("haoyongchang", "郝咏昌", "record_clerk"),
    ),
    "audit": (("auditor", "尹正清", "auditor"),),
    "leadership": (("yanbingwen", "严秉文", "vice_president"),),
    "purchases": (("purchasing", "巫国栋", "purchasing"),),
    "performance": (
        ("perf_office", "苗若兰", "perf_office"),
        ("zhanwenqi", "詹文琪", "perf_office preparer"),
        ("fanggang", "方刚", "dept_head"),
    ),
    "personnel": (
        ("hr", "舒敏", "hr"),
        ("gengyan", "耿燕", "preparer owner"),
        ("laiguoqiang", "赖国强", "dept_head"),
    ),
    "public_health": (("public_health", "游晓东", "public_health"),),
    "reform": (("reform_office", "上官宁", "reform_office"),),
    "discipline": (("discipline", "铁正刚", "discipline"),),
    "hospital_office": (("institution_rep", "司徒静", "institution_rep"),),
    "agency": (
        ("agency_officer", "佟经办", "agency_officer"),
        ("mujingban", "穆经办", "agency_officer"),
        ("claim_reviewer", "阎审核", "claim_reviewer"),
        ("settlement_officer", "丛结算", "settlement_officer"),
        ("payment_officer", "厉拨付", "payment_officer"),
        ("audit_officer", "卫稽核", "audit_officer"),
        ("collective_panel", "岳组长", "collective_panel"),
        ("legal_reviewer", "詹法制", "legal_reviewer"),
        ("evaluator", "池评估", "evaluator"),
    ),
    "city_agency": (
        ("city_agency", "鲍经办", "city_agency"),
        ("lanjingban", "蓝经办", "city_agency"),
    ),
    "county_agency": (("county_agency", "巩经办", "county_agency"),),
    "city_bureau": (
        ("city_bureau", "屈科长", "city_bureau"),
        ("admin_dept", "应科长", "admin_dept"),
        ("bureau_benefit", "娄科长", "bureau_benefit"),
        ("bureau_supervision", "苗科长", "bureau_supervision"),
    ),
    "city_centre": (
        ("city_fund_centre", "习主任", "city_fund_centre"),
        ("centre_finance", "鲁会计", "centre_finance"),
        ("centre_enrolment", "翁参保", "centre_enrolment"),
        ("centre_settlement", "荀结算", "centre_settlement"),
        ("centre_audit", "惠稽核", "centre_audit"),
        ("centre_benefit", "瞿待遇", "centre_benefit"),
        ("designation_section", "郦科长", "designation_section"),
    ),
    "county_bureau": (("county_bureau", "糜科长", "county_bureau"),),
    "working_group": (
        ("group_office", "隗秘书", "group_office"),
        ("guomishu", "郭秘书", "group_office"),
    ),
    "region_group": (("region_group", "区组长", "region_group"),),
    "insurer": (
        ("insurer", "柏经理", "insurer"),
        ("insurer_branch", "阙经理", "insurer_branch"),
    ),
    "third_party": (("third_party", "滕会计师", "third_party"),),
    "supervision": (
        ("fund_supervisor", "游监督", "fund_supervisor"),
        ("external_inspector", "霍检查", "external_inspector"),
        ("superior_body", "尚处长", "superior_body"),
    ),
    "kangning": (("fangjianming", "方建明", "institution_rep"),),
    "renhe": (("renzhiyuan", "任致远", "institution_rep"),),
    "public": (
        ("reporter", "热心市民", "reporter"),
        ("public", "市民代表", "public"),
    ),
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
