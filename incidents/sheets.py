"""Incidents as an import target."""

from django.utils.translation import gettext_lazy as _

from facts.declarations import register_target
from incidents.models import Incident

register_target(
    "incident",
    Incident,
    listed={
        "kind": _("Incident"),
        "occurred_on": _("Occurred on"),
        "verified_on": _("Verified on"),
        "at_fault": _("Enterprise at fault"),
    },
    alike=("occurred_on", "kind", "summary"),
    synonyms={
        "key": ("警情编号", "接警编号", "案件编号", "案号", "编号", "incident id", "incident no", "case no"),
        "enterprise.name": ("涉及单位", "涉事单位", "发案单位", "发生单位", "涉案单位"),
        "kind": (
            "警情类别",
            "警情类型",
            "案件类别",
            "案件类型",
            "事件类型",
            "kind of incident",
            "incident type",
        ),
        "occurred_on": (
            *("发案时间", "发案日期", "发生时间", "案发时间", "案发日期", "事发时间"),
            *("date of incident", "incident date", "occurred", "date occurred"),
        ),
        "verified_on": ("核实时间", "查实日期", "verified", "date verified"),
        "at_fault": ("单位是否有责", "企业是否有责", "是否有责", "单位有责", "at fault"),
        "duty_fulfilled": ("是否尽责", "是否已尽职责", "是否履职", "duty done"),
        "serious": ("是否严重", "重大案件", "是否重大", "is serious"),
        "summary": (
            "简要案情",
            "案情",
            "简要情况描述",
            "警情内容",
            "基本情况",
            "description",
            "what happened",
        ),
        "note": ("备注说明", "说明", "remarks", "remark", "notes", "comment"),
    },
)
