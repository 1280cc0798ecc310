"""The cover of a hazard's file with its contents 卷宗封面、卷内目录: every paper, photo and file of the hazard.

It is a listing, no decision: it takes no number and is made anew with what is there.
"""

from typing import Any

from django.utils import timezone

from facts.attachments import list_attachments
from foundation.accounts.actors import Actor
from foundation.contributions.papers import forms
from inspections.models import Hazard
from inspections.orders import KIND, what
from papers.choices import PaperState
from papers.operations.issuing import chinese_day
from papers.selectors import letterhead_of, papers_of

_NOTES = {
    PaperState.ISSUED: "未送达",
    PaperState.KEPT: "内部留存",
    PaperState.SERVED: "已送达",
    PaperState.CORRECTED: "已更正",
    PaperState.VOIDED: "已作废",
}


def cover_of(actor: Actor, hazard: Hazard) -> dict[str, Any]:
    """Return what cover and contents of a hazard say, papers and files by their day. Voided files are left out."""
    papers = papers_of(actor, enterprise_id=hazard.enterprise_id, kind=KIND, ids=[hazard.pk])
    entries = []
    for paper in papers:
        declared = forms.get(paper.form)
        title = declared.official_title if declared else paper.form
        number = paper.number_text if paper.version == 1 else f"{paper.number_text}（第{paper.version}版）"
        entries.append(_entry(title, number, paper.issued_on.isoformat(), _NOTES[paper.state]))
    for each in list_attachments(actor, hazard):
        if not each.is_voided:
            shows = {"found": "整改前", "put_right": "整改后"}.get(each.shows, "附件")
            day = timezone.localtime(each.added_at).date().isoformat()
            entries.append(_entry(each.name, f"SHA-256 {each.sha256[:12]}…", day, shows))
    letterhead = letterhead_of(hazard.station_id)
    return {
        "authority": letterhead.authority if letterhead else hazard.station.bureau.name,
        "station": hazard.station.name,
        "enterprise": hazard.enterprise.name,
        "hazard": what(hazard),
        "record": str(hazard.pk),
        "found_on": chinese_day(hazard.found_on),
        "found_by": hazard.found_by,
        "closed_on": chinese_day(hazard.closed_on) if hazard.closed_on else "",
        "made_on": chinese_day(timezone.localdate()),
        "entries": sorted(entries, key=lambda entry: entry["on"]),
    }


def _entry(name: str, number: str, on: str, note: str) -> dict[str, str]:
    return {"name": name, "number": number, "on": on, "note": note}
