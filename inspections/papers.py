"""Papers about hazards: which forms there are, and what they say."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.contributions.papers import Form, RunsFromService, register
from inspections.record_form import RECORD
from inspections.serving import move_by_service, moves_by_service

_FOLDER = Path(__file__).with_name("paper_templates")
_EXAMPLE_HEAD = {
    "authority": "清河市公安局东江分局",
    "station": "开发区派出所",
    "telephone": "8555 0186",
    "review_by": "东江区人民政府",
    "court": "东江区人民法院",
    "issued_on": "2026年9月23日",
    "version": 1,
    "template_version": 1,
    "digest": "5c1e90ab7734d2f85c1e90ab7734d2f8",
}

_HAZARDS = [
    {
        "what": "货运通道3号门内侧无视频监控，存在盲区；纸箱遮挡通道。",
        "period": "10个工作日\n暂计至2026年10月14日",
        "measures": "每日不少于4次巡查并记录；即日清空通道。",
        "due_on": "2026-10-14",
    },
    {
        "what": "财务室门锁损坏，无法闭锁。",
        "period": "3个工作日\n暂计至2026年9月29日",
        "measures": "现金、票据、印鉴转入保险柜，夜间专人值守。",
        "due_on": "2026-09-29",
    },
]
_ORDER = {
    **_EXAMPLE_HEAD,
    "number": "东公（开）限字〔2026〕37号",
    "enterprise": "清河铭洲精工制造有限公司",
    "officers": "周志远（警号041267）、陈立（警号041309）",
    "officers_named": [{"name": "周志远", "number": "041267"}, {"name": "陈立", "number": "041309"}],
    "certificate_shown": True,
    "inspected": "2026年9月22日",
    "inspected_day": "2026-09-22",
    "basis": "《企业事业单位内部治安保卫条例》第十六条第二项、第十九条",
    "records": "318、319",
    "about": [],
    "hazards": _HAZARDS,
    "photos": [],
}
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
_PHOTO = {"caption": "整改前 2026-09-22", "picture": {"base64": _PIXEL, "width_mm": 60, "alt": "整改前"}}
_DECISION = {
    **_EXAMPLE_HEAD,
    "number": "东公（开）复字〔2026〕12号",
    "enterprise": "清河铭洲精工制造有限公司",
    "order": "东公（开）限字〔2026〕37号",
    "order_on": "2026年9月23日",
    "hazard": "货运通道3号门内侧无视频监控，存在盲区；纸箱遮挡通道。",
    "decided_on": "2026年10月15日",
    "asked_on": "2026年10月10日",
    "old_due_on": "2026年10月14日",
    "new_from_on": "2026年10月15日",
    "new_due_on": "2026年10月28日",
    "passed": True,
    "finding": "上述治安隐患已按要求整改完毕。",
    "basis": "《公安机关监督检查企业事业单位内部治安保卫工作规定》第十条",
    "officers": "周志远（警号041267）、陈立（警号041309）",
    "officers_named": [{"name": "周志远", "number": "041267"}, {"name": "陈立", "number": "041309"}],
    "records": "318",
    "about": [],
    "photos": [],
}
_LITTLE = {"order": "", "order_on": "", "old_due_on": "", "new_from_on": "", "officers": "", "passed": False}
_DECISIONS = (
    _DECISION,
    _DECISION | _LITTLE | {"officers_named": [], "basis": ""},
    _DECISION | {"finding": "情况属实。" * 60, "photos": [_PHOTO] * 3},
)


def _extension(word: str, finding: str) -> tuple[Mapping[str, Any], ...]:
    usual = _DECISION | {
        "number": f"东公（开）{word}字〔2026〕5号",
        "basis": "《公安机关监督检查企业事业单位内部治安保卫工作规定》第九条",
        "finding": finding,
    }
    return usual, usual | _LITTLE | {"basis": ""}, usual | {"finding": finding * 40}


def _correct_decision(id: int, records: Mapping[str, Sequence[int]]) -> str:
    return f"{reverse('inspections:hazard_decision', args=[records['hazard'][0]])}?corrects={id}"


ORDER = Form(
    code="rectification-order",
    title=_("Order to rectify hazards within a time limit"),
    official_title="责令限期整改治安隐患通知书",
    word="限",
    shipped=tuple(_FOLDER / f"rectification-order-{version}.docx" for version in (1, 2, 3, 4)),
    correct_url=lambda id, records: (
        f"{reverse('inspections:hazard_order', args=[records['hazard'][0]])}?corrects={id}"
    ),
    examples=(
        _ORDER,
        _ORDER
        | {
            "hazards": _HAZARDS[:1],
            "officers_named": [],
            "basis": "",
            "officers": "",
            "certificate_shown": False,
        },
        _ORDER | {"hazards": _HAZARDS * 15, "photos": [_PHOTO] * 3},
    ),
    runs=RunsFromService(moves_by_service, move_by_service),
)

GRANTED = Form(
    code="extension-granted",
    title=_("Approval of an extension"),
    official_title="同意延期整改治安隐患通知书",
    word="同延",
    shipped=(_FOLDER / "extension-granted-1.docx",),
    correct_url=_correct_decision,
    examples=_extension("同延", "你单位所述情况属实，确需延期整改。"),
)
REFUSED = Form(
    code="extension-refused",
    title=_("Refusal of an extension"),
    official_title="不同意延期整改治安隐患通知书",
    word="不延",
    shipped=(_FOLDER / "extension-refused-1.docx",),
    correct_url=_correct_decision,
    examples=_extension("不延", "延期整改的理由不充分。"),
)
OPINION = Form(
    code="reinspection-opinion",
    title=_("Opinion after re-inspection"),
    official_title="复查意见书",
    word="复",
    shipped=(_FOLDER / "reinspection-opinion-1.docx",),
    correct_url=_correct_decision,
    examples=_DECISIONS,
)
_ENTRY = {
    "name": "责令限期整改治安隐患通知书",
    "number": "东公（开）限字〔2026〕37号",
    "on": "2026-09-23",
    "note": "",
}
_COVER = {
    **{name: _EXAMPLE_HEAD[name] for name in ("authority", "station")},
    "enterprise": "清河铭洲精工制造有限公司",
    "hazard": "货运通道3号门内侧无视频监控，存在盲区。",
    "record": "318",
    "found_on": "2026年9月22日",
    "closed_on": "2026年10月15日",
    "found_by": "周志远、陈立",
    "made_on": "2026年10月16日",
    "entries": [_ENTRY],
    "template_version": 1,
}
COVER = Form(
    code="hazard-file",
    title=_("Cover and contents of the hazard's file"),
    official_title="治安隐患卷宗",
    word="",
    shipped=(_FOLDER / "hazard-file-1.docx",),
    examples=(
        _COVER,
        _COVER | {"entries": [], "closed_on": "", "found_by": ""},
        _COVER | {"entries": [_ENTRY] * 60},
    ),
)

_APPROVAL = {
    **_EXAMPLE_HEAD,
    "number": "东公（开）检审字〔2026〕61号",
    "enterprise": "清河铭洲精工制造有限公司",
    "address": "清河市东江区创业三路18号",
    "representative": "马振华",
    "kind": "日常检查",
    "source": "按周期检查",
    "reference": "",
    "planned_on": "2026年9月24日上午",
    "officers": "周志远（警号041267）、陈立（警号041309）",
    "officers_named": [{"name": "周志远", "number": "041267"}, {"name": "陈立", "number": "041309"}],
    "departments": "消防救援大队、应急管理局",
    "urgent": False,
    "urgent_reason": "",
    "afterwards": False,
    "basis": "《企业事业单位内部治安保卫条例》第十六条第二项",
    "held": 1,
    "cap": 4,
    "approver": "陈立群",
    "decided_on": "2026年9月23日",
    "records": "61",
    "about": [],
}
APPROVAL = Form(
    code="inspection-approval",
    title=_("Approval of an inspection"),
    official_title="行政检查审批表",
    word="检审",
    shipped=(_FOLDER / "inspection-approval-1.docx",),
    examples=(
        _APPROVAL,
        _APPROVAL | {"departments": "", "representative": "", "address": "", "cap": None, "held": 0},
        _APPROVAL
        | {
            "reference": "清公治〔2026〕18号",
            "urgent": True,
            "urgent_reason": "接群众举报，现场存放烟花爆竹。" * 12,
            "afterwards": True,
        },
    ),
    internal=True,
    is_decision=True,
)

register(ORDER, GRANTED, REFUSED, OPINION, COVER, RECORD, APPROVAL)
