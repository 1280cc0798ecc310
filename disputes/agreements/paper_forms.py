"""Papers about agreements: which forms there are, and what their templates are tried on. The police keep them in their file."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from disputes.choices import AgreementKind
from foundation.contributions.papers import Form
from foundation.words import Words

_FOLDER = Path(__file__).parent.parent / "paper_templates"
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
_INK = {"base64": _PIXEL, "width_mm": 10, "alt": "签名"}
_HEAD = {
    "authority": "清河市公安局东江分局",
    "station": "开发区派出所",
    "telephone": "8555 0186",
    "review_by": "东江区人民政府",
    "court": "东江区人民法院",
    "issued_on": "2026年9月16日",
    "version": 1,
    "template_version": 1,
    "digest": "5c1e90ab7734d2f85c1e90ab7734d2f8",
    "about": [],
    "records": "187",
}
_ROW = {"n": 1, "due_on": "2026年9月30日", "amount": "144,000.00", "way": "工资专户"}
_AGREEMENT: dict[str, Any] = {
    **_HEAD,
    "number": "东公（开）治调字〔2026〕18号",
    "enterprise": "和顺建筑劳务有限公司",
    "dispute_kind": "欠薪",
    "kind": "治安调解",
    "presided_by": "李珊（警号041267）",
    "organisation": "开发区派出所",
    "mediators": "王建国（街道司法所）、刘敏（工会）",
    "witnesses": "赵强",
    "place": "派出所调解室",
    "concluded_on": "2026年9月16日",
    "parties": [
        {"side": "申请方", "name": "陈大勇"},
        {"side": "被申请方", "name": "吴立新"},
    ],
    "facts": "2026年6月至8月，40名工人的工资共864,000元未支付。",
    "terms": "和顺建筑劳务有限公司分六期支付，工人不再采取其他方式讨薪。",
    "debtor": "被申请方",
    "creditor": "申请方",
    "total": "864,000.00",
    "total_in_words": "捌拾陆万肆仟元整",
    "instalments": [_ROW | {"n": n} for n in range(1, 7)],
    "copies": 3,
    "annex": [],
    "signatures": [
        {"side": "申请方", "who": "陈大勇", "on": "2026年9月16日", "picture": _INK},
        {"side": "被申请方", "who": "吴立新", "on": "2026年9月16日", "picture": _INK},
        {"side": "主持人", "who": "李珊", "on": "2026年9月16日", "picture": _INK},
    ],
}
_LITTLE = {
    **dict.fromkeys(("mediators", "witnesses", "place", "organisation", "debtor", "creditor", "total"), ""),
    "total_in_words": "",
    "instalments": [],
    "parties": [{"side": "申请方", "name": ""}, {"side": "被申请方", "name": ""}],
    "signatures": [
        {"side": side, "who": "", "on": "", "picture": ""} for side in ("申请方", "被申请方", "主持人")
    ],
}
_LONG = "双方就工资数额、考勤记录、材料款垫付以及工伤医疗费用的承担进行了核对，均无异议。"
_MUCH = {
    "facts": _LONG * 30,
    "terms": _LONG * 40,
    "instalments": [_ROW | {"n": n, "amount": "1,234,567.89"} for n in range(1, 25)],
    "mediators": "王建国（街道司法所）、" * 12,
    "parties": [{"side": "申请方", "name": "陈大勇"}, {"side": "被申请方", "name": "吴立新"}],
    "annex": [
        {
            "n": n,
            "side": "申请方",
            "name": f"欧阳陈大勇{n}",
            "by": "赵强（监护人）" if n % 9 == 0 else "",
            "code": "",
        }
        for n in range(1, 41)
    ]
    + [
        {
            "n": 41,
            "side": "被申请方",
            "name": "和顺建筑劳务有限公司",
            "by": "吴立新",
            "code": "91350100M000100Y43",
        }
    ],
}

_COMMITTEE = "开发区街道人民调解委员会"


def _examples(**more: Any) -> tuple[dict[str, Any], ...]:
    usual = _AGREEMENT | more
    return usual, usual | _LITTLE, usual | _MUCH


def _form(
    code: str,
    title: Words,
    official_title: str,
    word: str,
    examples: tuple[dict[str, Any], ...],
    versions: tuple[int, ...] = (1, 2),
) -> Form:
    return Form(
        code=code,
        title=title,
        official_title=official_title,
        word=word,
        shipped=tuple(_FOLDER / f"{code}-{version}.docx" for version in versions),
        examples=examples,
        internal=True,  # it names persons
    )


SECURITY = _form(
    "mediation-agreement", _("Public-security mediation agreement"), "治安调解协议书", "治调", _examples()
)
ON_THE_SPOT = _form(
    "mediation-on-the-spot",
    _("Public-security mediation agreement on the spot"),
    "现场治安调解协议书",
    "现调",
    _examples(kind="现场治安调解", number="东公（开）现调字〔2026〕3号"),
)
PEOPLES = _form(
    "peoples-agreement",
    _("People's mediation agreement"),
    "人民调解协议书",
    "民调",
    _examples(
        kind="人民调解", number="东公（开）民调字〔2026〕9号", presided_by="王建国", organisation=_COMMITTEE
    ),
    versions=(1, 2, 3),
)
ORAL = _form(
    "oral-agreement",
    _("Record of an oral agreement"),
    "人民调解口头协议登记表",
    "口调",
    _examples(
        kind="人民调解", number="东公（开）口调字〔2026〕2号", presided_by="王建国", organisation=_COMMITTEE
    ),
    versions=(1, 2, 3),
)
_REQUEST = {
    **_AGREEMENT,
    "number": "东公（开）确申字〔2026〕4号",
    "to_court": "东江区人民法院",
    "agreement_on": "2026年9月16日",
    "effective_on": "2026年9月16日",
    "confirm_by": "2026年10月16日",
}
REQUEST = _form(
    "confirmation-request",
    _("Joint request for judicial confirmation"),
    "司法确认申请书",
    "确申",
    (_REQUEST, _REQUEST | _LITTLE, _REQUEST | _MUCH),
)
_RECEIPT = {
    **_HEAD,
    "number": "东公（开）收字〔2026〕31号",
    "enterprise": "和顺建筑劳务有限公司",
    "paid_on": "2026年9月29日",
    "amount": "144,000.00",
    "amount_in_words": "壹拾肆万肆仟元整",
    "way": "工资专户",
    "instalment": "第1期",
    "debtor": "被申请方（吴立新）",
    "creditor": "申请方（陈大勇）",
    "agreement_on": "2026年9月16日",
    "remark": "",
    "paid": "144,000.00",
    "open": "720,000.00",
    "recorded_by": "李珊",
}
RECEIPT = _form(
    "payment-receipt",
    _("Receipt of a payment"),
    "调解协议付款收据",
    "收",
    (
        _RECEIPT,
        _RECEIPT | {"instalment": "", "remark": ""},
        _RECEIPT | {"remark": _LONG * 4, "amount": "12,345,678,901.23"},
    ),
    versions=(1,),
)
AGREEMENT_FORMS = (SECURITY, ON_THE_SPOT, PEOPLES, ORAL, REQUEST, RECEIPT)
BY_KIND = {
    AgreementKind.SECURITY: SECURITY,
    AgreementKind.ON_THE_SPOT: ON_THE_SPOT,
    AgreementKind.PEOPLES: PEOPLES,
    AgreementKind.ORAL: ORAL,
}
