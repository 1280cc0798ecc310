"""The form of the record of an inspection 检查笔录, with what its templates are tried on."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.contributions.papers import Form

_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
_INK = {"base64": _PIXEL, "width_mm": 10, "alt": "签名"}
_FAILED = {
    "what": "机房：图像存储不足30天。",
    "found": "现场查看录像机，仅保存21天。",
    "degree": "一般",
    "period": "至2026年10月14日",
}
_OTHER = {"code": "A01", "ask": "是否建立门卫、值班、巡查制度", "answer": "合格", "note": ""}
_SIGNED = [
    {"side": "检查人", "who": "周志远（警号041267）", "on": "2026年9月22日 10:42", "picture": _INK},
    {"side": "检查人", "who": "陈立（警号041309）", "on": "2026年9月22日 10:42", "picture": _INK},
    {"side": "被检查单位", "who": "王芳，保卫科长", "on": "2026年9月22日 10:43", "picture": _INK},
]
_RECORD = {
    "authority": "清河市公安局东江分局",
    "station": "开发区派出所",
    "telephone": "8555 0186",
    "review_by": "东江区人民政府",
    "court": "东江区人民法院",
    "issued_on": "2026年9月22日",
    "version": 1,
    "template_version": 1,
    "digest": "5c1e90ab7734d2f85c1e90ab7734d2f8",
    "number": "东公（开）检字〔2026〕12号",
    "enterprise": "清河铭洲精工制造有限公司",
    "address": "开发区南湖路18号",
    "person": "王芳（保卫科长）",
    "inspected": "2026年9月22日",
    "began": "　时　分",
    "ended": "　时　分",
    "officers": "周志远（警号041267）、陈立（警号041309）",
    "officers_named": [{"name": "周志远", "number": "041267"}, {"name": "陈立", "number": "041309"}],
    "certificate_shown": True,
    "camera": "0417",
    "purpose": "日常检查；指导和监督单位执行《企业事业单位内部治安保卫条例》",
    "basis": "《企业事业单位内部治安保卫条例》第十六条第二项",
    "lists": "重点单位检查单（第1版）",
    "asked": 30,
    "passed": 28,
    "failed_items": 1,
    "skipped": 1,
    "left": 0,
    "failed": [_FAILED],
    "others": [_OTHER] * 29,
    "again": "",
    "left_reason": "",
    "concluded_reason": "",
    "note": "",
    "conclusion": "限期整改",
    "read_back": True,
    "signatures": _SIGNED,
    "summary_sha256": "0f" * 32,
    "corrected": False,
    "record": "318",
    "about": [],
}
_UNSIGNED = [
    {"side": side, "who": "", "on": "", "picture": ""} for side in ("检查人", "检查人", "被检查单位")
]
_LITTLE = {
    **dict.fromkeys(
        ("address", "person", "camera", "lists", "conclusion", "summary_sha256", "basis", "purpose"), ""
    ),
    **dict.fromkeys(("asked", "passed", "failed_items", "skipped", "left"), 0),
    "certificate_shown": False,
    "failed": [],
    "others": [],
    "read_back": False,
    "signatures": _UNSIGNED,
}
_LONG = "货运通道3号门内侧无视频监控，存在盲区；纸箱遮挡通道，消防门被铁链锁闭。"
_MUCH = {
    "enterprise": "甲&乙 ‹测试>有限公司" * 4,
    "version": 2,
    "failed": [_FAILED | {"what": _LONG, "found": _LONG * 3, "degree": "重大"}] * 30,
    "others": [_OTHER | {"ask": _LONG, "note": _LONG}] * 30,
    "asked": 60,
    "failed_items": 30,
    "corrected": True,
    "again": _LONG * 2,
    "left_reason": _LONG,
    "concluded_reason": _LONG,
    "note": _LONG * 6,
    "signatures": [
        *_SIGNED[:2] * 3,
        {
            "side": "被检查单位",
            "who": f"拒绝签名：{_LONG}见证人：李四",
            "on": "2026年9月22日 10:43",
            "picture": "拒绝签名",
        },
    ],
}


def _correct_url(id: int, records: Mapping[str, Sequence[int]]) -> str:
    return reverse("inspections:inspection_correct", args=[records["inspection"][0]])


RECORD = Form(
    code="inspection-record",
    title=_("Record of an inspection"),
    official_title="检查笔录",
    word="检",
    shipped=(Path(__file__).with_name("paper_templates") / "inspection-record-1.docx",),
    correct_url=_correct_url,
    examples=(_RECORD, _RECORD | _LITTLE, _RECORD | _MUCH),
)
