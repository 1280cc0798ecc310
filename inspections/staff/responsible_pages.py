"""Who is responsible for a hazard, and where the same was found before or after: the page of the act and two panels."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Model
from django.forms import BaseForm
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from facts.staff.views import OfFact
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.ui.views import ActPage
from foundation.words import Words
from inspections.access import Permission
from inspections.calling import person_to_call
from inspections.models import Hazard
from inspections.responsible import NAMES, name_responsible, refusal_to_name
from inspections.selectors import same_again
from inspections.staff.panels import panel


class ResponsibleForm(forms.Form):
    """Three names, each of which may be empty."""

    enterprise_person = forms.CharField(label=_("At the enterprise"), max_length=80, required=False)
    territory_person = forms.CharField(
        label=_("For the area"),
        max_length=80,
        required=False,
        help_text=_("Usually the officer of the area."),
    )
    department_person = forms.CharField(
        label=_("At the department"),
        max_length=80,
        required=False,
        help_text=_("Only if a department is involved."),
    )


class ResponsiblePage(OfFact, ActPage):
    """Naming the persons responsible."""

    form_class = ResponsibleForm
    title = _("Persons responsible")
    text = _("Both sides see these names on the hazard's page.")
    submit_label = _("Save")
    done_text = _("The persons responsible were named.")
    record: Hazard

    def get_initial(self) -> dict[str, Any]:
        """Return the names, proposed from the register where nobody is named."""
        found = {name: getattr(self.record, name) for name in NAMES}
        if not any(found.values()):
            found |= {
                "enterprise_person": person_to_call(self.record.enterprise),
                "territory_person": self.actor.name,
            }
        return found

    def get_refusal(self) -> Words:
        return refusal_to_name(self.record)

    def perform(self, form: BaseForm) -> Model:
        return name_responsible(
            actor=self.actor, id=self.record.pk, version=self.version(form), **self.values(form)
        )


@panel("inspections/_responsible.html")
def responsible(actor: Actor, hazard: Hazard, log: Sequence[AuditEntry]) -> Mapping[str, Any] | None:
    """The persons responsible, and the way to name them."""
    named = [
        (label, getattr(hazard, name))
        for name, label in zip(
            NAMES,
            (_("Enterprise"), pgettext_lazy("person responsible", "Area"), _("Department")),
            strict=True,
        )
    ]
    may_name = allows(actor, Permission.NAME_RESPONSIBLE) and not refusal_to_name(hazard)
    if not may_name and not any(name for _label, name in named):
        return None
    return {"named": named, "may_name": may_name}


@panel("inspections/_again.html")
def again(actor: Actor, hazard: Hazard, log: Sequence[AuditEntry]) -> Mapping[str, Any] | None:
    """The same item at the same place within twelve months, before and after."""
    found = [] if hazard.is_voided or hazard.may_be_again is False else same_again(actor, hazard)
    return {"hazards": found} if found else None
