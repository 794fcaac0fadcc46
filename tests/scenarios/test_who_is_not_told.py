"""Who hears nothing of a case that is none of theirs.

A story's `notified` says what a person was told and not that it was all. The stories named here
are played and everybody in the table heard exactly this.
"""

from __future__ import annotations

import pytest

from tests.definitions.shipped import stories, theatre
from workflow.scenarios.playing import play
from workflow.scenarios.stage import EVERY_CASE, Stage
from workflow.scenarios.story import Scenario

#: By process and title: the acts and clocks that each person heard of.
HEARD: dict[tuple[str, str], dict[str, list[str]]] = {
    ("agency-payment", "✘ 扣减只告知申报的机构；别家机构的代表没有待办，也不能替它补正"): {
        "fang": ["deduct", "return"],
        "jiu": [],
    },
    ("violation-copy-recovery", "✘ 拒付只告知这家机构的代表，别家机构不知道"): {
        "dai": ["refuse"],
        "fang": [],
    },
    (
        "institution-violation",
        "✘ 立案、拟定、生效、处罚、结案只告知这家机构的代表：别家机构不知道、看不到、不能替它整改",
    ): {
        "fang": ["decide", "enforce", "open", "rectified"],
        "ren": [],
    },
    (
        "institution-violation",
        "✘ 登记簿里没有这家机构的代表单位：不写明书面告知不能立案；写明的，每次改为提醒经办机构",
    ): {
        "an": ["decide", "open", "start"],
        "fang": [],
        "ren": [],
    },
    (
        "institution-violation",
        "✔ 没有人维护登记簿、只有一个单位有机构代表：告知这个单位，由它整改",
    ): {"fang": ["decide", "enforce", "open"]},
    (
        "institution-violation",
        "✘ 没有人维护登记簿、单位与机构同名：只告知同名单位，别家机构不知道、看不到、不能替它整改",
    ): {"fang": ["decide", "enforce", "open"], "ren": []},
    (
        "institution-violation",
        "✘ 没有人维护登记簿、有两家的代表、名称都对不上：每次只提醒经办机构，哪家都不知道",
    ): {"an": ["decide", "enforce", "open", "start"], "fang": [], "ren": []},
    (
        "violation-copy-recovery",
        "✘ 没有人维护登记簿、两家代表的单位都对不上：不必填书面告知，只告知经办机构",
    ): {"jing": ["refuse", "start"], "dai": [], "fang": []},
    (
        "agreement-renewal",
        "✘ 没有人维护登记簿、名称都对不上、经办机构立的：只告知经办机构；机构没签字不算续签",
    ): {"fang": [], "jiu": []},
    (
        "agreement-termination",
        "✘ 解除协议只告知这家机构的代表：别家机构不知道、看不到，也不能替它申请",
    ): {
        "fang": ["close", "pass"],
        "ren": [],
    },
    (
        "agreement-suspension",
        "✘ 别家机构的代表不能替申请机构办理恢复",
    ): {
        "fang": ["agree"],
        "ren": [],
    },
    (
        "agreement-renewal",
        "✘ 别家机构的代表替这家申请、签字：拒绝",
    ): {
        "fang": ["agree", "apply", "negotiate", "negotiate", "open", "open"],
        "jiu": [],
    },
    (
        "agreement-dispute",
        "✘ 别家医院的代表替当事医院请协调、诉讼、和解：拒绝",
    ): {
        "fang": ["negotiate", "negotiate"],
        "bie": [],
    },
    (
        "agreement-change",
        "✘ 逾期、终止只告知这家机构的代表：别家机构不知道、看不到，也不能替它申请变更",
    ): {
        "fang": ["end", "overdue"],
        "ren": [],
    },
    (
        "performance-assessment",
        "✘ 考核结果只告知这家机构的代表：别家机构不知道、看不到、不能申诉；没有登记的须书面告知",
    ): {
        "fang": ["decide", "publish_result", "start"],
        "ren": [],
    },
    (
        "suspected-case-review",
        "✘ 核查结果只告知这家医院的代表：别家医院不知道、看不到；没有登记的须书面告知",
    ): {
        "dai": ["close"],
        "ren": [],
    },
    (
        "joint-inspection",
        "✘ 现场检查只告知抽到的机构：没有抽到的不知道，抽到的也看不到本案和别家",
    ): {
        "jia": ["find", "visit"],
        "ding": [],
    },
    (
        "training-exam",
        "✔ 岗前考试的本人知道培训、举办和结果，别的受训人不知道；其他培训告知全体受训人",
    ): {
        "xin": ["fail", "hold", "pass", "start", "start"],
        "jin": ["hold", "start"],
    },
    # Of two changes: once each, whatever posts somebody holds.
    ("policy-profile", "✔ 批准时，用到这个参数的各岗位都知道，一人一次；用不到的不知道"): {
        "chen": ["approve", "approve"],
        "shen": ["approve", "approve"],
        "liu": ["approve"],
        "gao": [],
    },
    (
        "inpatient-settlement",
        "✘ 住院日没有记账：夜里告知记账员和护士长，记了的不告知；连着缺只告知一次，补上又缺再告知",
    ): {
        "luo": ["uncharged", "uncharged"],
        "ye": ["uncharged", "uncharged"],
        "liu": ["admit_insured"],
        "jia": [],
    },
    (
        "inpatient-settlement",
        "✔ 系统停了三天：恢复后只告知一次，写明从哪天到哪天、其间几天没有记账；以后照常每天看",
    ): {
        "luo": ["uncharged"],
        "ye": ["uncharged"],
    },
    (
        "inpatient-settlement",
        "✘ 没有登记入院的不看；锁定期间不看，排除以后一次看完；离院当天和以后不再看",
    ): {
        "luo": ["uncharged"],
        "ye": ["uncharged"],
    },
}


def _heard(stage: Stage, name: str) -> list[str]:
    person = stage.people[name]
    hospital = stage.store.readings.hospital()
    day = hospital.calendar.local_day(stage.now)
    addresses = hospital.organisation.addresses_of(person.id, day)
    found = stage.store.readings.notices(person.id, addresses, EVERY_CASE)
    return sorted(notice.kind for notice in found)


@pytest.mark.parametrize(
    ("process", "title"), HEARD, ids=[f"{process}-{n}" for n, (process, _) in enumerate(HEARD)]
)
def test_each_hears_of_this_and_of_nothing_else(process: str, title: str) -> None:
    (story,) = [one for one in stories(process) if one.title == title]
    heard: dict[str, list[str]] = {}

    def ended(_: Scenario, stage: Stage) -> None:
        heard.update({name: _heard(stage, name) for name in HEARD[process, title]})

    where = theatre()
    assert play(story, where.catalog, where.calendar, where.new_store, ended).ok
    assert heard == HEARD[process, title]
