"""The papers of mediation: minutes 调解笔录, invitation 参加调解邀请函, letter of transfer 移送函. All are of the police alone."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from disputes.paper_templates.mediation import INVITATION as INVITATION_1
from disputes.paper_templates.mediation import MINUTES as MINUTES_1
from disputes.paper_templates.mediation import TRANSFER as TRANSFER_1
from foundation.contributions.papers import Form

_HEAD: dict[str, Any] = {
    "authority": "清河市公安局东江分局",
    "station": "开发区派出所",
    "telephone": "8555 0186",
    "review_by": "东江区人民政府",
    "court": "东江区人民法院",
    "issued_on": "2026年9月14日",
    "version": 1,
    "template_version": 1,
    "digest": "5c1e90ab7734d2f85c1e90ab7734d2f8",
    "enterprise": "清河和顺建筑劳务有限公司",
    "officers": "李珊（警号041267）、周志远（警号041309）",
    "record": "187",
    "about": [],
}
_MINUTES = {
    **_HEAD,
    "number": "东公（开）调笔字〔2026〕8号",
    "held": "2026年9月14日",
    "began": "14:00",
    "ended": "17:20",
    "session": 2,
    "place": "开发区派出所调解室",
    "way": "人民调解",
    "manner": "分别调解",
    "dispute": "欠薪：40人工资86.4万元",
    "led_by": "王静（司法所）",
    "present": "王静（司法所）、刘强（街道）",
    "sides": "申请方3人，被申请方2人",
    "camera": "4471-0914",
    "minutes": ["先见工人代表，核对考勤与欠条。", "后见企业一方，企业愿以工程款担保。"],
    "offers": [
        {"side": "申请方", "amount": "864,000.00", "instalments": "6", "words": "分六期付清"},
        {"side": "被申请方", "amount": "864,000.00", "instalments": "6", "words": ""},
    ],
    "next_step": "9月16日签订协议",
    "late_reason": "",
}
_INVITATION = {
    **_HEAD,
    "number": "东公（开）调邀字〔2026〕3号",
    "invited": "开发区司法所",
    "name": "王静",
    "role": "司法所",
    "kind": "欠薪",
    "planned": "2026年9月14日",
    "began": "14:00",
    "ended": "16:00",
    "place": "开发区派出所调解室",
    "manner": "分别调解",
}
_TRANSFER = {
    **_HEAD,
    "number": "东公（开）移字〔2026〕2号",
    "body": "东江区劳动保障监察大队",
    "opened": "2026年9月8日",
    "kind": "欠薪",
    "people": "40",
    "amount": "864,000.00",
    "facts": "工人反映企业拖欠两个月工资，双方对数额无争议。",
    "asked": "依法查处并责令限期支付。",
    "reason": "不属于公安机关管辖。",
    "enclosed": "工资表一份、考勤一份",
}

MINUTES = Form(
    code="mediation-minutes",
    title=_("Minutes of a mediation"),
    official_title="调解笔录",
    word="调笔",
    shipped=(MINUTES_1,),
    examples=(
        _MINUTES,
        _MINUTES
        | {
            "minutes": ["未达成一致。"],
            "offers": [],
            "present": "",
            "led_by": "",
            "camera": "",
            "next_step": "",
        },
        _MINUTES
        | {
            "minutes": ["双方各自陈述事实和理由，调解人员逐项核对。" * 12] * 15,
            "offers": [each | {"words": "分期支付，逾期一次性付清。" * 8} for each in _MINUTES["offers"]] * 2,
            "present": "、".join(["王静（司法所）"] * 12),
            "late_reason": "当事人住院，无法到场。" * 6,
        },
    ),
    internal=True,
)
INVITATION = Form(
    code="mediation-invitation",
    title=_("Invitation to a mediation"),
    official_title="参加调解邀请函",
    word="调邀",
    shipped=(INVITATION_1,),
    examples=(
        _INVITATION,
        _INVITATION | {"planned": "", "began": "", "ended": "", "place": "", "manner": "", "officers": ""},
        _INVITATION | {"place": "开发区创业三路18号综治中心二楼调解室" * 4, "invited": "开发区" * 30},
    ),
    internal=True,
)
TRANSFER = Form(
    code="dispute-transfer",
    title=_("Letter of transfer of a dispute"),
    official_title="矛盾纠纷移送函",
    word="纠移",
    shipped=(TRANSFER_1,),
    examples=(
        _TRANSFER,
        _TRANSFER | {"people": "", "amount": "", "reason": "", "enclosed": "", "officers": ""},
        _TRANSFER | {"facts": "工人反映企业拖欠工资。" * 90, "asked": "依法处理。" * 60},
    ),
    internal=True,
)
FORMS = (MINUTES, INVITATION, TRANSFER)
