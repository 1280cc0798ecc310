"""Pages of disputes."""

from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from disputes import bulk
from disputes.access import Permission
from disputes.after.screening_pages import dispute_tabs
from disputes.choices import Heard
from disputes.lives import DISPUTE_LIFE
from disputes.models import Dispute
from disputes.operations import correct_dispute, create_dispute, void_dispute
from disputes.overview.narrowing import with_breaches
from disputes.selectors import proposed_deadline
from disputes.staff.board_page import DisputeBoard, with_filters
from disputes.staff.dispute_page import DisputeCorrect, DisputeRecord
from disputes.staff.forms import DisputeCorrectionForm
from disputes.staff.kind_pages import kinds_url
from disputes.staff.party_pages import party_urls
from disputes.staff.picture_page import PicturePage, picture_url
from disputes.staff.tables import DisputeFilter, DisputeTable
from facts.operations import Writes
from facts.staff.pages import FactPages
from facts.staff.views import FactCreate, FactList
from foundation.accounts.actors import Actor


class DisputeCreate(FactCreate):
    """A new dispute. The URL may say how it came (``heard``)."""

    def get_initial(self) -> dict[str, Any]:
        heard = self.one_of("heard", Heard.values)
        begin = {"due_on": proposed_deadline(self.actor, timezone.localdate())}
        return super().get_initial() | begin | ({"heard": heard} if heard else {})


class DisputeList(FactList):
    """The disputes, with what can be done with many of them. Those in breach are marked."""

    template_name = "disputes/list.html"
    bulk_acts = bulk.ACTS

    def get_queryset(self) -> QuerySet[Dispute]:
        return with_breaches(super().get_queryset())

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {
            "other_url": with_filters(self.pages.url("board"), self.request.GET),
            "picture_url": picture_url(self.actor),
            "kinds_url": kinds_url(self.actor),
        }


class DisputePages(FactPages):
    """Disputes, from opening to settlement."""

    model, permission, icon, life = Dispute, Permission.VIEW_DISPUTES, "users", DISPUTE_LIFE
    fields = (
        *("summary", "kind", "heard", "opened_on", "due_on", "people", "amount", "happened_on", "place"),
        *("claimed", "answered", "note"),
    )
    correct_fields = shown = (
        *("summary", "kind", "heard", "opened_on", "due_on", "settled_on", "closed_on", "people", "amount"),
        *("happened_on", "place", "claimed", "answered", "note"),
    )
    half = (
        *("kind", "heard", "opened_on", "due_on", "settled_on", "closed_on", "people", "amount"),
        *("happened_on", "place"),
    )
    table, filter = DisputeTable, DisputeFilter
    correction_form, correct_view = DisputeCorrectionForm, DisputeCorrect
    writes = Writes(create_dispute, correct_dispute, void_dispute)
    list_view, record_view, create_view = DisputeList, DisputeRecord, DisputeCreate

    title = _("Disputes")
    new_label = _("Record a dispute")
    saved = _("The dispute was recorded.")
    empty_title = _("No disputes")
    empty_text = _("Record a dispute as soon as you hear of it. Its deadline then appears on Today.")

    def urls(self) -> list[URLPattern]:
        board = DisputeBoard.as_view(pages=self, permission=self.permission)
        return [
            path("board/", board, name="board"),
            path("picture/", PicturePage.as_view(), name="picture"),
            *super().urls(),
            *party_urls(self),
        ]

    def tabs(self, actor: Actor) -> list[dict[str, Any]]:
        return dispute_tabs(actor, "disputes:list")

    def summary(self, fact: Dispute) -> dict[str, Any]:
        return super().summary(fact) | {"due_on": fact.due_on, "done": fact.settled_on is not None}
