"""Inspections, hazards and self-checks as import targets."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from facts.declarations import register_target
from foundation.accounts.actors import Actor
from foundation.contributions.sheets import Target, register
from foundation.identifiers import folded
from foundation.shapes import looks_like_person
from foundation.words import Words
from inspections.access import Permission
from inspections.checklists.content import Answered
from inspections.checklists.sheet_acts import Answers, inspectors_of
from inspections.choices import Conclusion, Severity
from inspections.models import CheckedItem, Forgery, Hazard, Inspection, Obstruction, Penalty, SelfCheck
from inspections.operations import move_next_inspections
from inspections.positions import link_hazards
from inspections.replying import REPLY


def _settle_severity(values: dict[str, Any]) -> None:
    """Turn a file's "major" or "ordinary" into dates: a major hazard is major from the day it was found."""
    if values.pop("severity", None) == "major" and not values.get("major_from_on") and values.get("found_on"):
        values["major_from_on"] = values["found_on"]


def _contradiction(values: Mapping[str, Any], inspection: Inspection) -> tuple[str, Words] | None:
    """Return what no page would take: a major hazard found by a visit called qualified, or on another day."""
    if inspection.conclusion == Conclusion.QUALIFIED and values.get("major_from_on"):
        return "major_from_on", _("Major, but the inspection that found it says qualified.")
    if values.get("found_on") and values["found_on"] != inspection.inspected_on:
        return "found_on", _("Found on another day than that of the inspection that found it.")
    return None


_SIGNS = {
    **dict.fromkeys(
        ("√", "✓", "✔", "☑", "是", "有", "符合", "达标", "正常", "yes", "y", "ok"), Answered.PASS
    ),
    **dict.fromkeys(
        ("×", "✗", "✘", "✕", "x", "否", "无", "不符合", "不达标", "异常", "no", "n"), Answered.FAIL
    ),
    **dict.fromkeys(("不涉及", "无此项", "不检查"), Answered.NOT_APPLICABLE),
}


def _proposed_answer(text: str) -> str:
    """Return the answer to an item that lists write so; a person confirms it."""
    return str(_SIGNS.get(folded(text), ""))


def _link_places(_actor: Actor, enterprise_ids: set[int]) -> None:
    """Link the hazards whose place is called like a key position of their enterprise."""
    link_hazards(enterprise_ids)


register_target(
    "inspection",
    Inspection,
    listed={
        "kind": _("Kind"),
        "inspected_on": _("Inspected on"),
        "conclusion": _("Conclusion"),
        "inspectors": _("Inspectors"),
    },
    alike=("inspected_on", "kind"),
    written=move_next_inspections,
    looks={"inspectors": looks_like_person},
    resolves={"inspectors": inspectors_of},
    synonyms={
        "key": ("检查编号", "检查记录编号", "检查单号", "inspection id", "inspection no", "visit id"),
        "enterprise.name": ("被检查单位", "被检单位", "受检单位", "inspected enterprise"),
        "inspected_on": (
            *(
                "检查时间",
                "检查日",
                "走访日期",
                "巡查日期",
                "date of inspection",
                "inspection date",
                "visited on",
            ),
            *("visit date", "date of visit"),
        ),
        "kind": ("检查类型", "检查类别", "检查方式", "检查性质", "kind of inspection", "inspection type"),
        "conclusion": (
            "检查结果",
            "结果",
            "结论",
            "检查结论意见",
            "result",
            "outcome",
            "result of inspection",
        ),
        "inspectors": (
            "检查人",
            "检查人员",
            "检查人员姓名",
            "检查组成员",
            "民警",
            "officers",
            "inspector",
            "inspected by",
        ),
        "note": ("说明", "情况说明", "检查情况", "备注说明", "remarks", "remark", "notes", "comment"),
    },
)
register(
    Target(
        "answer",
        CheckedItem,
        only=("code", "note"),
        extra={
            "answer": models.CharField(_("answer"), choices=Answered.choices, max_length=4),
            "inspected_on": models.DateField(_("inspected on")),
            "officers": models.CharField(
                _("police numbers"),
                max_length=200,
                blank=True,
                help_text=_("Of those who inspected, separated by commas."),
            ),
        },
        key="",
        alike=("code",),
        acts=Answers,
        permission=Permission.RECORD_INSPECTIONS,
        proposes={"answer": _proposed_answer},
        words=_("answer to a checklist"),
        synonyms={
            "enterprise.name": ("被检查单位", "被检单位", "受检单位", "inspected enterprise"),
            "inspected_on": ("检查日期", "检查时间", "检查日", "inspection date", "date of inspection"),
            "code": ("项目代码", "检查项代码", "检查项编号", "item code", "code"),
            "answer": ("检查结果", "结果", "回答", "result", "answer"),
            "note": ("说明", "情况说明", "备注", "remarks", "note"),
            "officers": ("警号", "检查人警号", "民警警号", "police numbers", "police number"),
        },
    )
)
register_target(
    "hazard",
    Hazard,
    listed={"item": _("Hazard"), "place": _("Place"), "found_on": _("Found on")},
    alike=("found_on", "item", "place"),
    extra={"severity": models.CharField(_("severity"), choices=Severity.choices, blank=True, max_length=8)},
    settle=_settle_severity,
    reference="inspection",
    contradiction=_contradiction,
    written=_link_places,
    reply=REPLY,
    looks={"found_by": looks_like_person},
    resolves={"found_by": inspectors_of},
    synonyms={
        "key": ("隐患编号", "隐患单号", "问题编号", "hazard id", "hazard no"),
        "inspection": ("检查编号", "检查单号", "检查记录编号", "inspection id", "inspection no"),
        "enterprise.name": ("隐患单位", "责任单位", "被检查单位", "被检单位"),
        "item": (
            *(
                "隐患",
                "隐患名称",
                "隐患内容",
                "隐患项目",
                "问题",
                "问题名称",
                "存在问题",
                "存在的问题",
                "存在隐患",
            ),
            *("hazard", "finding", "violation", "issue"),
        ),
        "place": ("隐患部位", "隐患位置", "具体位置", "隐患地点", "location", "where"),
        "description": (
            "描述",
            "问题描述",
            "详细描述",
            "隐患详情",
            "具体情况",
            "details",
            "hazard description",
        ),
        "origin": ("来源", "隐患来源渠道", "发现方式", "发现渠道", "source", "origin"),
        "found_by": ("检查人", "检查人员", "排查人", "发现人员", "inspector", "inspectors"),
        "severity": (
            "隐患等级",
            "隐患级别",
            "隐患分级",
            "等级",
            "严重程度",
            "level",
            "hazard level",
            "grade",
        ),
        "found_on": (
            *("发现时间", "发现日", "检查日期", "检查时间", "排查日期", "排查时间"),
            *("date found", "date of finding", "found", "inspection date"),
        ),
        "reported_on": ("上报时间", "报告日期", "date reported", "reported"),
        "due_on": (
            *("整改时限", "限期整改日期", "整改截止日期", "整改到期日", "期限", "整改期限日期"),
            *("due", "due date", "deadline", "to be rectified by"),
        ),
        "extended_due_on": ("延期到", "延期后期限", "延期日期", "extended due date", "extended until"),
        "extension_granted_on": ("延期审批日期", "批准延期日期", "date extension granted"),
        "rectified_on": (
            "整改日期",
            "整改完成时间",
            "整改时间",
            "完成整改日期",
            "rectified",
            "date rectified",
        ),
        "closed_on": (
            "销号时间",
            "销案日期",
            "验收日期",
            "复查合格日期",
            "closed",
            "date closed",
            "closing date",
        ),
        "refused_on": ("拒改日期", "date of refusal", "refused on"),
        "major_from_on": ("认定重大日期", "重大隐患认定日期", "major from"),
        "note": ("备注说明", "说明", "remarks", "remark", "notes", "comment"),
    },
)
register_target(
    "self_check",
    SelfCheck,
    listed={
        "target": _("What was checked"),
        "checked_on": _("Checked on"),
        "checked_by": _("Checked by"),
        "findings": _("Findings"),
    },
    alike=("checked_on", "target"),
    looks={"checked_by": looks_like_person},
    synonyms={
        "key": ("自查编号", "自查单号", "self-check id", "check id"),
        "enterprise.name": ("自查单位", "填报单位"),
        "checked_on": ("自查时间", "检查日期", "检查时间", "date of check", "check date", "date checked"),
        "target": ("检查对象", "自查内容", "自查类别", "自查范围", "target", "scope"),
        "checked_by": ("自查人员", "检查人", "检查人员", "自查人姓名", "checker", "inspector"),
        "findings": (
            "存在问题",
            "自查结果",
            "发现的问题",
            "自查情况",
            "问题",
            "finding",
            "result",
            "results",
        ),
        "note": ("备注说明", "说明", "remarks", "remark", "notes", "comment"),
    },
)

register_target(
    "penalty",
    Penalty,
    listed={"decided_on": _("Decided on")},
    alike=("decided_on", "number"),
    synonyms={
        "key": ("处罚编号",),
        "enterprise.name": ("被处罚单位", "受处罚单位"),
        "decided_on": ("处罚日期", "决定日期", "date of decision"),
        "number": ("处罚决定书文号", "决定书文号", "decision no"),
        "amount": ("罚款金额", "fine in yuan"),
    },
)

register_target(
    "forgery",
    Forgery,
    listed={"found_on": _("Found on")},
    alike=("found_on", "kind", "what"),
    synonyms={
        "kind": ("弄虚作假类型", "造假类型", "kind of forgery", "what was forged"),
        "what": ("弄虚作假内容", "造假内容", "造假情况", "forgery", "what is forged"),
        "found_on": ("发现时间", "发现日", "date found", "found"),
        "confirmed_on": ("认定日期", "认定时间", "date confirmed", "confirmed"),
        "withdrawn_on": ("撤销日期", "撤销时间", "date withdrawn", "withdrawn"),
        "note": ("备注说明", "说明", "remarks", "remark", "notes", "comment"),
    },
)

register_target(
    "obstruction",
    Obstruction,
    listed={"obstructed_on": _("Obstructed on")},
    alike=("obstructed_on", "kind", "what"),
    synonyms={
        "kind": ("阻碍方式", "阻碍检查方式", "kind of obstruction"),
        "what": ("阻碍情况", "阻碍检查情况", "拒绝检查情况", "obstruction", "what was obstructed"),
        "by_whom": ("阻碍人", "阻碍人员", "obstructed by"),
        "obstructed_on": ("阻碍日期", "阻碍时间", "date of obstruction"),
        "evidence": ("证据", "证据材料", "proof"),
        "confirmed_on": ("认定日期", "认定时间", "date confirmed", "confirmed"),
        "withdrawn_on": ("撤销日期", "撤销时间", "date withdrawn", "withdrawn"),
        "note": ("备注说明", "说明", "remarks", "remark", "notes", "comment"),
    },
)
