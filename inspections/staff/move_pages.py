"""Moving a hazard that was recorded at the wrong enterprise: the page of the act, and the panel that links both records."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BaseForm
from django.utils.translation import gettext_lazy as _

from enterprises.pickers import EnterpriseField
from facts.staff.views import OfFact
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.ui.forms import reason_field
from foundation.ui.views import ActPage
from foundation.words import Words
from inspections.models import Hazard
from inspections.moving import move_hazard, moved_from, moved_to, refusal_of_answered, refusal_to_move
from inspections.orders import KIND
from inspections.selectors import visit_left_empty
from inspections.staff.forms import ConclusionField
from inspections.staff.panels import panel
from papers.selectors import papers_of


class MoveForm(forms.Form):
    """The enterprise where it was found, and why it was recorded elsewhere."""

    reason = reason_field(
        help_text=_("The enterprise at which it was recorded reads this. Do not name the other one.")
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields = {
            "enterprise": EnterpriseField(actor=actor, label=_("Enterprise where it was found")),
            **self.fields,
        }


class HazardMove(OfFact, ActPage):
    """Voids the hazard and records it at the enterprise where it was found. Leads to the copy."""

    form_class = MoveForm
    title = _("Move it to another enterprise")
    text = _(
        "It is voided here and recorded there, with its days, deadline, finders and the photos of the police. A deadline"
        " that has passed is counted anew from today. Papers are not moved: void an order that is about it, and issue it"
        " anew."
    )
    submit_label = _("Move the hazard")
    done_text = _("The hazard was moved. This is the new record.")
    danger = True
    record: Hazard

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        if visit := visit_left_empty(self.actor, self.record):
            form.fields["conclusion"] = ConclusionField(visit)
        return form

    def get_refusal(self) -> Words:
        return refusal_to_move(self.record) or refusal_of_answered(self.actor, self.record)

    def get_success_url(self) -> str:
        return self.pages.url("detail", self.result.pk) if self.result else super().get_success_url()

    def perform(self, form: BaseForm) -> Hazard:
        values = self.values(form)
        return move_hazard(
            actor=self.actor,
            id=self.record.pk,
            version=self.version(form),
            enterprise_id=values.pop("enterprise").pk,
            **values,
        )


@panel("inspections/_moved.html")
def moved(actor: Actor, hazard: Hazard, log: Sequence[AuditEntry]) -> Mapping[str, Any] | None:
    """The other record of a hazard that was moved, and the papers that still name the wrong enterprise."""
    copy, first = moved_to(actor, hazard, log), moved_from(actor, hazard)
    if not copy and not first:
        return None
    wrong = first or hazard
    papers = papers_of(actor, enterprise_id=wrong.enterprise_id, kind=KIND, ids=[wrong.pk])
    return {"copy": copy, "first": first, "papers": [each for each in papers if each.is_valid]}
