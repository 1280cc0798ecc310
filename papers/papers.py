"""The form that papers of every kind have: the proof of service."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from foundation.contributions.papers import Form, register

_EXAMPLE = {
    "authority": "清河市公安局东江分局",
    "station": "开发区派出所",
    "title": "责令限期整改治安隐患通知书",
    "number": "东公（开）限字〔2026〕37号",
    "issued_on": "2026年9月23日",
    "enterprise": "清河铭洲精工制造有限公司",
    "services": [
        {
            "on": "2026年9月23日",
            "way": "直接送达",
            "received_by": "王建国",
            "servers": "周志远、陈立",
            "witness": "",
            "note": "",
        }
    ],
    "digest": "5c1e90ab7734d2f85c1e90ab7734d2f8",
    "template_version": 1,
}
_BLANK = {"on": "", "way": "", "received_by": "", "servers": "", "witness": "", "note": ""}

PROOF = Form(
    code="proof-of-service",
    title=_("Proof of service"),
    official_title="送达回证",
    word="",
    shipped=(Path(__file__).parent / "paper_templates" / "proof-of-service-1.docx",),
    examples=(
        _EXAMPLE,
        _EXAMPLE | {"services": [_BLANK]},
        _EXAMPLE | {"services": [_BLANK | {"note": "单位负责人拒绝签收。" * 20}] * 6},
    ),
)

register(PROOF)
