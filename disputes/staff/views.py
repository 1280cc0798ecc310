"""Pages of disputes."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from disputes import operations
from disputes.models import Dispute
from disputes.selectors import get_dispute
from disputes.staff import forms, tables
from facts.staff.forms import ActForm
from facts.staff.pages import Act, FactPages
from foundation.accounts.access import allows, page
from foundation.accounts.actors import Actor


class DisputePages(FactPages):
    """Disputes, opened until settled."""

    app, permission, icon = "disputes", "disputes", "users"
    names = {"list": "list", "create": "create", "detail": "detail", "correct": "correct", "void": "void"}
    model, table, filter = Dispute, tables.DisputeTable, tables.DisputeFilter
    new_form, correction_form = forms.NewDisputeForm, forms.DisputeCorrectionForm
    shown = ("summary", "kind", "opened_on", "due_on", "settled_on", "people", "amount", "note")
    create, correct, void = operations.create_dispute, operations.correct_dispute, operations.void_dispute

    title = _("Disputes")
    new_label = _("Record a dispute")
    new_title = _("Record a dispute")
    saved = _("The dispute was recorded.")
    empty_title = _("No dispute here")
    empty_text = _("Record one as soon as you hear of it; its deadline then appears on Today.")

    def urls(self) -> list[URLPattern]:
        return [
            *super().urls(),
            path("<int:id>/settle/", page("disputes:act")(self.settle_page), name="settle"),
        ]

    def initial(self, actor: Actor) -> dict[str, Any]:
        return {"opened_on": timezone.localdate()}

    def acts(self, actor: Actor, fact: Dispute) -> list[Act]:
        if fact.settled_on or not allows(actor, "disputes:act"):
            return []
        return [Act(pgettext_lazy("act", "Settled"), self.url("settle", fact.pk), "circle-check")]

    def summary(self, fact: Dispute) -> dict[str, Any]:
        if fact.settled_on:
            return {"state": _("Settled"), "tone": "green"}
        late = fact.due_on is not None and fact.due_on < timezone.localdate()
        return {
            "state": _("Overdue") if late else _("Open"),
            "tone": "red" if late else "blue",
            "due_on": fact.due_on,
        }

    def settle_page(self, request: HttpRequest, id: int) -> HttpResponse:
        dispute = get_dispute(request.actor, id)
        if dispute.settled_on:
            words = gettext("This dispute was settled already, on %(day)s.")
            return self.leave(request, dispute, words % {"day": dispute.settled_on})
        form = ActForm(
            request.POST if request.method == "POST" else None, initial={"version": dispute.version}
        )
        form.add_day("settled_on", _("Settled on"))

        def do(form: ActForm) -> None:
            operations.settle_dispute(actor=request.actor, id=dispute.pk, **form.cleaned_data)

        return self.act_on(request, dispute, form, do, {
            "title": _("Is the dispute settled?"), "text": _("The day decides whether it was settled in time."),
            "submit_label": pgettext_lazy("act", "Settled"), "done": _("The dispute is settled."),
        })  # fmt: skip
