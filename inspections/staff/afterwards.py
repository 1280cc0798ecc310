"""What the page of an inspection shows of the time after it: signatures, papers, and the addresses of their pages."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from facts.choices import FactAction
from facts.staff.views import OfFact
from foundation.accounts import audit_words
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.contributions.audit import kind_of_model
from foundation.deadlines.selectors import limit_in_force
from foundation.ui.views import ButtonPage
from foundation.words import Words, listed
from inspections.access import Permission
from inspections.checklists.correcting import corrections_of
from inspections.checklists.summary import corrected_since, summary_with
from inspections.choices import Conclusion, ReplyKind
from inspections.models import CheckedItem, CheckRecord, Hazard, Inspection, Reply, Signing
from inspections.ordering import order_what_was_found
from inspections.orders import may_be_ordered
from inspections.record_form import RECORD
from inspections.records import issue_record, papers_about
from inspections.replies import replies_to, reply_due_on
from inspections.signing import signings_of
from inspections.staff.answer_corrections import AnswerCorrect
from inspections.staff.lost_photos import PhotosLost
from inspections.staff.signing_pages import InspectionSign, SignaturePicture, SignedPaper
from papers.access import Permission as PaperPermission
from papers.models import Paper
from papers.operations.issuing import NO_LETTERHEAD
from papers.selectors import letterhead_of

# the parts of a summary, as a person calls them
PARTS: dict[str, Words] = {
    "kind": _("kind"),
    "day": _("day"),
    "officers": _("officers"),
    "lists": _("checklists"),
    "answers": _("answers"),
    "failed": _("hazards found"),
    "conclusion": _("conclusion"),
    "shown": _("certificate shown"),
    "camera": _("body camera no."),
    "note": _("note"),
}

NOTICE = "hazard-notice"  # the time limit for issuing the order


@dataclass(frozen=True)
class Afterwards:
    """What an inspection has afterwards, and what can be issued about it now.

    ``changed``: what was corrected since it was signed. ``record``: its valid 检查笔录. ``to_order``: the hazards that
    still need an order, which is due on ``order_due_on``.
    """

    signing: Signing | None
    changed: str = ""
    papers: list[Paper] = field(default_factory=list)
    record: Paper | None = None
    to_order: list[Hazard] = field(default_factory=list)
    order_due_on: dt.date | None = None
    may_issue: bool = False
    no_letterhead: Words = ""
    has_read: Reply | None = None
    replies: list[Reply] = field(default_factory=list)
    reply_due_on: dt.date | None = None
    may_reply: bool = False

    @property
    def to_serve(self) -> list[Paper]:
        """The orders that were issued and not served: their periods have not begun."""
        return [each for each in self.papers if each != self.record and each.served_on is None]


def afterwards_of(
    actor: Actor,
    inspection: Inspection,
    record: CheckRecord | None,
    items: Sequence[CheckedItem],
    hazards: Sequence[Hazard],
) -> Afterwards:
    """Return what the page shows; record, answers and hazards are those that it has read already. At most seven queries."""
    signing = next(iter(signings_of(actor, inspection)), None)
    changed = ""
    if signing:
        now = summary_with(inspection, record, items, hazards)
        names = [PARTS.get(key, key) for key in corrected_since(signing.summary, now)]
        changed = listed(map(str, names))
    said = replies_to(inspection)
    about = papers_about(actor, inspection, hazards)
    record_paper = about.get(RECORD.code)
    may = allows(actor, PaperPermission.ISSUE_PAPERS) and not inspection.is_voided
    to_order = [each for each in hazards if each.pk not in about and may_be_ordered(each)] if may else []
    is_missing = may and (record_paper is None or bool(to_order))
    has_letterhead = not is_missing or letterhead_of(actor.station_id) is not None
    due_on = (
        limit_in_force(actor, NOTICE, inspection.inspected_on).from_day(inspection.inspected_on).last_on
        if to_order
        else None
    )
    return Afterwards(
        signing,
        changed,
        papers=list(dict.fromkeys(about.values())),
        record=record_paper,
        to_order=to_order,
        order_due_on=due_on,
        may_issue=is_missing,
        no_letterhead="" if has_letterhead else NO_LETTERHEAD,
        has_read=next((each for each in said if each.kind == ReplyKind.READ), None),
        replies=[each for each in said if each.kind == ReplyKind.REPLY],
        reply_due_on=None if said else reply_due_on(actor, inspection),
        may_reply=allows(actor, Permission.ENTER_REPLIES) and not inspection.is_voided,
    )


class InspectionRecordIssue(OfFact, ButtonPage):
    """Issue the record of this inspection, and lead to it."""

    permission = PaperPermission.ISSUE_PAPERS
    done_text = _("The record was issued under its number.")

    def perform(self) -> Paper:
        return issue_record(actor=self.actor, id=self.record.pk)

    def done(self) -> HttpResponse:
        messages.success(self.request, self.done_text)
        return self.go(reverse("papers:paper", args=[self.result.pk]))


class InspectionOrder(InspectionRecordIssue):
    """Issue one order about everything that this inspection found and that still needs one, and lead to it."""

    done_text = _("The order was issued under its number. Print it, serve it, and record the service.")

    def perform(self) -> Paper:
        return order_what_was_found(actor=self.actor, id=self.record.pk)


def add_corrections(actor: Actor, inspection: Inspection, items: Sequence[CheckedItem]) -> None:
    """Give each answer what was corrected in it (``corrections``), the oldest first. One query if anything was."""
    found = corrections_of(actor, inspection) if items and inspection.version > 1 else {}
    for each in items:
        each.corrections = found.get(each.code, [])  # type: ignore[attr-defined]  # for the page


def changed_conclusion(log: Sequence[AuditEntry]) -> dict[str, Any] | None:
    """Return who changed the conclusion last, from what and why; None if it is as it was recorded. ``log``: newest first."""
    action = kind_of_model(Inspection).action(FactAction.CORRECT)
    for entry in log:
        if entry.action == action and "conclusion" in entry.before:
            was = entry.before["conclusion"]
            return {
                "was": Conclusion(was).label if was in Conclusion.values else _("no conclusion"),
                "by": audit_words.who(entry),
                "at": entry.at,
                "reason": entry.reason,
            }
    return None


def may_sign(actor: Actor, inspection: Inspection) -> bool:
    """Return whether the actor may record signatures of an inspection."""
    return allows(actor, Permission.RECORD_INSPECTIONS) and not inspection.is_voided


def afterwards_urls(pages: Any) -> list[URLPattern]:
    """Return the addresses of these pages, below that of the inspection."""
    record, view = Permission.RECORD_INSPECTIONS, Permission.VIEW_INSPECTIONS
    return [
        path("<int:id>/photos-lost/", PhotosLost.as_view(pages=pages), name="inspection_photos_lost"),
        path(
            "<int:id>/answers/<str:item>/",
            AnswerCorrect.as_view(pages=pages),
            name="inspection_answer_correct",
        ),
        path("<int:id>/record/", InspectionRecordIssue.as_view(pages=pages), name="inspection_record"),
        path("<int:id>/order/", InspectionOrder.as_view(pages=pages), name="inspection_order"),
        path(
            "<int:id>/sign/", InspectionSign.as_view(pages=pages, permission=record), name="inspection_sign"
        ),
        path(
            "<int:id>/signatures/<int:signature>/",
            SignaturePicture.as_view(pages=pages, permission=view),
            name="inspection_signature",
        ),
        path(
            "<int:id>/signed/<int:signing>/",
            SignedPaper.as_view(pages=pages, permission=view),
            name="inspection_signed_paper",
        ),
    ]
