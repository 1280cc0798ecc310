"""Pages of disputes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from disputes import bulk
from disputes.access import Permission
from disputes.lives import DISPUTE_LIFE
from disputes.models import Dispute
from disputes.staff.dispute_page import DisputeRecord
from disputes.staff.tables import DisputeFilter, DisputeTable
from facts.staff.pages import FactPages
from facts.staff.views import FactList


class DisputeList(FactList):
    """The disputes, with what can be done with many of them."""

    bulk_acts = bulk.ACTS


class DisputePages(FactPages):
    """Disputes, from opening to settlement."""

    model, permission, icon, life = Dispute, Permission.VIEW_DISPUTES, "users", DISPUTE_LIFE
    fields = (
        *("summary", "kind", "heard", "opened_on", "due_on", "people", "amount", "happened_on", "place"),
        *("claimed", "answered", "note"),
    )
    correct_fields = shown = (
        *("summary", "kind", "heard", "opened_on", "due_on", "settled_on", "people", "amount", "happened_on"),
        *("place", "claimed", "answered", "note"),
    )
    half = (
        *("kind", "heard", "opened_on", "due_on", "settled_on", "people", "amount"),
        *("happened_on", "place"),
    )
    table, filter = DisputeTable, DisputeFilter
    list_view, record_view = DisputeList, DisputeRecord

    title = _("Disputes")
    new_label = _("Record a dispute")
    saved = _("The dispute was recorded.")
    empty_title = _("No disputes")
    empty_text = _("Record a dispute as soon as you hear of it. Its deadline then appears on Today.")

    def summary(self, fact: Dispute) -> dict[str, Any]:
        return super().summary(fact) | {"due_on": fact.due_on, "done": fact.settled_on is not None}
