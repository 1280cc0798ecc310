"""Papers after the settlement: the record of a follow-up 回访记录, cover and contents of the dispute's file 卷宗.

Both are listings: they take no number, are made anew with what is there, and are of the police alone.
"""

from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from disputes.after.planning import follow_ups_of
from disputes.choices import FollowUpWay, Satisfied
from disputes.kinds import kind_on_paper
from disputes.models import Dispute, FollowUp
from disputes.people.masking import masked, masked_numbers
from disputes.people.selectors import names_to_mask
from enterprises.selectors import liaisons_now
from facts.attachments import list_attachments
from foundation.accounts.actors import Actor
from foundation.contributions.audit import kind_of_model
from foundation.contributions.papers import Form, forms
from papers.choices import PaperState
from papers.operations.issuing import chinese_day
from papers.selectors import letterhead_of, papers_of

_FOLDER = Path(__file__).parents[1] / "paper_templates"
# as papers say it, in Chinese in every language
WAYS = {FollowUpWay.VISIT: "走访", FollowUpWay.CALL: "电话", FollowUpWay.SURVEY: "问卷"}
SATISFIED = {Satisfied.YES: "满意", Satisfied.PARTLY: "基本满意", Satisfied.NO: "不满意"}
STATES = {
    PaperState.ISSUED: "未送达",
    PaperState.KEPT: "内部留存",
    PaperState.SERVED: "已送达",
    PaperState.CORRECTED: "已更正",
    PaperState.VOIDED: "已作废",
}

_HEAD = {
    "authority": "清河市公安局东江分局",
    "station": "开发区派出所",
    "enterprise": "清河和顺建筑劳务有限公司",
    "dispute": "外包班组反映工资未结清",
    "kind": "欠薪",
    "record": "187",
    "settled_on": "2026年9月16日",
    "made_on": "2026年12月1日",
    "template_version": 1,
}
_RECORD = {
    **_HEAD,
    "number": "3",
    "planned_on": "2026年12月1日",
    "done_on": "2026年12月1日",
    "way": "走访",
    "officer": "周志远",
    "asked": "",
    "question": "到工地看工资发放",
    "reached": "是",
    "satisfied": "满意",
    "relapse": "否",
    "said": "各期工资均已足额发放，工人代表无异议。",
    "outcome": "",
}
FOLLOW_UP = Form(
    code="dispute-follow-up",
    title=_("Record of a follow-up"),
    official_title="矛盾纠纷回访记录",
    word="",
    shipped=(_FOLDER / "follow-up-record-1.docx",),
    examples=(
        _RECORD,
        _RECORD
        | {"officer": "", "reached": "否", "satisfied": "", "relapse": "", "said": "", "settled_on": ""},
        _RECORD
        | {"relapse": "是", "satisfied": "不满意", "said": "第四期未付。" * 120, "outcome": "已重启。"},
    ),
    internal=True,
)
_ENTRY = {"name": "矛盾纠纷回访记录", "number": "", "on": "2026-12-01", "note": "走访"}
_COVER = {
    **_HEAD,
    "opened_on": "2026年9月8日",
    "closed_on": "2027年1月20日",
    "lead": "李珊",
    "entries": [_ENTRY],
}
COVER = Form(
    code="dispute-file",
    title=_("Cover and contents of the dispute's file"),
    official_title="矛盾纠纷卷宗",
    word="",
    shipped=(_FOLDER / "dispute-file-1.docx",),
    examples=(
        _COVER,
        _COVER | {"entries": [], "closed_on": "", "settled_on": "", "lead": ""},
        _COVER | {"entries": [_ENTRY] * 60, "dispute": "外包班组反映加班工资未结清" * 14},
    ),
    internal=True,
)
FORMS = (FOLLOW_UP, COVER)


def record_of(actor: Actor, found: FollowUp) -> dict[str, Any]:
    """Return what the record of a follow-up says. Who was asked is filled in by hand: the file names no party."""
    dispute = found.dispute
    people = names_to_mask(actor, dispute)
    with override("zh-hans"):
        question = found.asked
    yes_or_no = {True: "是", False: "否", None: ""}
    outcome = ""
    if found.judged_on:
        done = "重启纠纷" if found.reopened else "经核实，维持已化解"
        outcome = f"{chinese_day(found.judged_on)}{done}。"
    return {
        **_head(dispute),
        "number": str(found.pk),
        "planned_on": chinese_day(found.planned_on),
        "done_on": chinese_day(found.done_on) if found.done_on else "",
        "way": WAYS[FollowUpWay(found.way)],
        "officer": found.done_by or found.officer_name,
        "asked": "",
        "question": masked(question, people),
        "reached": yes_or_no[found.reached],
        "satisfied": SATISFIED[Satisfied(found.satisfied)] if found.satisfied else "",
        "relapse": yes_or_no[found.relapse],
        "said": masked(found.said, people),
        "outcome": outcome,
    }


def cover_of(actor: Actor, dispute: Dispute) -> dict[str, Any]:
    """Return what cover and contents of a dispute say: papers, files and follow-ups by their day, without voided ones."""
    entries, people = [], names_to_mask(actor, dispute)
    kind = kind_of_model(Dispute).code
    papers = papers_of(actor, enterprise_id=dispute.enterprise_id, kind=kind, ids=dispute.file_ids)
    for paper in reversed(papers):  # of one day in the order in which they were issued
        declared = forms.get(paper.form)
        title = declared.official_title if declared else paper.form
        number = paper.number_text if paper.version == 1 else f"{paper.number_text}（第{paper.version}版）"
        entries.append(_entry(title, number, paper.issued_on.isoformat(), STATES[paper.state]))
    for each in list_attachments(actor, dispute):
        if not each.is_voided:
            day = timezone.localtime(each.added_at).date().isoformat()
            entries.append(_entry(masked(each.name, people), f"SHA-256 {each.sha256[:12]}…", day, "附件"))
    for found in follow_ups_of(dispute):
        if found.done_on:
            way = WAYS[FollowUpWay(found.way)]
            entries.append(_entry(FOLLOW_UP.official_title, "", found.done_on.isoformat(), way))
    return {
        **_head(dispute),
        "opened_on": chinese_day(dispute.opened_on),
        "closed_on": chinese_day(dispute.closed_on) if dispute.closed_on else "",
        "lead": dispute.lead_name or _liaison(actor, dispute),
        "entries": sorted(entries, key=lambda entry: entry["on"]),
    }


def _liaison(actor: Actor, dispute: Dispute) -> str:
    """Return the liaison officer of the enterprise, who leads what nobody else was named for; "" without one. One query."""
    serving = liaisons_now(actor, [dispute.enterprise_id]).get(dispute.enterprise_id)
    return str(serving[0].officer) if serving else ""


def _head(dispute: Dispute) -> dict[str, str]:
    letterhead = letterhead_of(dispute.station_id)
    return {
        "authority": letterhead.authority if letterhead else dispute.station.bureau.name,
        "station": dispute.station.name,
        "enterprise": dispute.enterprise.name,
        "dispute": masked_numbers(dispute.summary),
        "kind": kind_on_paper(dispute.kind),
        "record": str(dispute.pk),
        "settled_on": chinese_day(dispute.settled_on) if dispute.settled_on else "",
        "made_on": chinese_day(timezone.localdate()),
    }


def _entry(name: str, number: str, on: str, note: str) -> dict[str, str]:
    return {"name": name, "number": number, "on": on, "note": note}
