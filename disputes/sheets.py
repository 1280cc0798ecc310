"""Disputes as an import target."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from disputes.choices import DisputeKind
from disputes.kinds import kinds, offered_kinds
from disputes.models import Dispute
from disputes.people.masking import TITLE_FIELDS, masked
from disputes.people.selectors import names_to_mask
from disputes.people.sheet import SYNONYMS
from facts.declarations import register_target
from foundation.accounts.actors import Actor
from foundation.contributions.limits import names_in
from foundation.identifiers import folded

# columns of a sheet that name persons; they become no field, and are kept with the record as they were
_NAMES = frozenset(
    folded(each)
    for name in ("name", "guardian", "representative")
    for each in (
        *SYNONYMS[name],
        "反映人",
        "报案人",
        "报警人",
        "投诉人",
        "申请人",
        "被申请人",
        "对方当事人",
        "applicant",
        "respondent",
    )
)


def _mask_titles(values: dict[str, Any]) -> None:
    """Mask in a title, which is shown in lists, what looks like an identity number or a telephone, and who is named in the row."""
    kept = values.get("source_values") or {}
    people = [name for column, text in kept.items() if folded(column) in _NAMES for name in names_in(text)]
    for name in TITLE_FIELDS:
        if isinstance(values.get(name), str):
            values[name] = masked(values[name], people)


def _mask_parties(actor: Actor, dispute: Dispute, values: dict[str, Any]) -> dict[str, Any]:
    """Mask in the new title of a dispute who is a party to it; what stands there already is no change."""
    people = names_to_mask(actor, dispute)
    titles = {
        name: masked(values[name], people) for name in TITLE_FIELDS if isinstance(values.get(name), str)
    }
    same = {name for name, text in titles.items() if text == getattr(dispute, name)}
    return {name: value for name, value in (values | titles).items() if name not in same}


# what stations call the kinds in their registers, beside the names of the kinds
_KINDS = {
    DisputeKind.WAGES: ("工资", "薪", "劳动报酬", "wage", "salary"),
    DisputeKind.LABOUR: ("劳资", "劳务", "劳动争议", "劳动合同", "社保", "辞退", "labor dispute"),
    DisputeKind.CONTRACT: ("经济", "买卖", "货款", "债务", "借贷", "租赁", "承揽", "debt", "lease"),
    DisputeKind.INJURY: ("工伤", "伤害", "损伤", "打架", "accident"),
    DisputeKind.LAND: ("土地", "征地", "拆迁", "宅基地", "山林"),
    DisputeKind.NEIGHBOURS: ("相邻", "噪音", "扰民", "neighbor"),
    DisputeKind.CONSUMER: ("退费", "退款", "预付卡", "refund"),
}


def _proposed_kind(text: str) -> str:
    """Return the kind in use that a register calls so; "" if it could be several, is none of these words or names an own kind."""
    word, offered = text.casefold(), dict(offered_kinds())
    if any(folded(name) in folded(text) for each in kinds() for name in (each.name, each.name_en) if name):
        return ""
    found = {kind for kind, names in _KINDS.items() if any(name in word for name in names)}
    return str(found.pop().value) if len(found) == 1 and found <= offered.keys() else ""


register_target(
    "dispute",
    Dispute,
    settle=_mask_titles,
    adapt=_mask_parties,
    listed={
        "summary": _("Dispute"),
        "kind": _("Kind"),
        "opened_on": _("Opened on"),
        "due_on": _("To be settled by"),
        "settled_on": _("Settled on"),
        "closed_on": _("File closed on"),
        "people": _("People"),
    },
    alike=("opened_on", "kind", "summary"),
    proposes={"kind": _proposed_kind},
    synonyms={
        "key": ("纠纷编号", "案件编号", "受理编号", "编号", "dispute id", "dispute no", "case no", "case id"),
        "enterprise.name": ("涉及单位", "涉事单位", "涉及企业", "当事单位"),
        "kind": ("纠纷类型", "纠纷类别", "纠纷种类", "矛盾类型", "kind of dispute", "dispute type"),
        "opened_on": (
            "受理时间",
            "登记日期",
            "发现日期",
            "排查日期",
            "opened",
            "received on",
            "date received",
        ),
        "due_on": ("化解时限", "办结期限", "期限", "due date", "deadline"),
        "settled_on": (
            "化解时间",
            "办结日期",
            "调解成功日期",
            "调结日期",
            "settled",
            "date settled",
            "closed on",
        ),
        "closed_on": ("结案日期", "结案时间", "归档日期", "case closed on", "file closed on"),
        "summary": (
            *("纠纷内容", "纠纷简要情况", "基本情况", "简要情况", "纠纷事由", "事由", "主要诉求"),
            *("summary", "subject", "description"),
        ),
        "people": ("涉及人员数", "人数", "当事人数", "people", "number of people", "persons"),
        "amount": ("涉案金额", "涉及金额", "金额", "涉及金额(元)", "amount", "sum in dispute"),
        "note": ("备注说明", "说明", "remarks", "remark", "notes", "comment"),
    },
)
