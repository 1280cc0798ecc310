"""What can be done with many disputes of the list at once."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from disputes.access import Permission
from disputes.filing.leading import name_lead
from disputes.selectors import list_disputes
from enterprises.operations.register import lock_in_order
from enterprises.selectors import list_officers, stations_of_officer
from facts.operations import VOIDED
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.bulk.acts import BulkAct, Judgement
from foundation.inbox.notifying import together
from foundation.ui.forms import choices_of


class LeadOfManyForm(forms.Form):
    """Who leads the disputes."""

    officer_id = forms.TypedChoiceField(label=gettext_lazy("Led by"), coerce=int)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        named = [(str(each.pk), str(each)) for each in list_officers(actor)]
        choices_of(self, "officer_id").choices = [("", "–"), *named]


class NameLead(BulkAct):
    """Name who leads many disputes."""

    code = "lead"
    label = gettext_lazy("Name the lead")
    icon = "user-check"
    replaces_text = gettext_lazy("Who led them")
    permission = Permission.LEAD_DISPUTES
    form_class = LeadOfManyForm
    needs = ("officer_id",)

    def form_kwargs(self, actor: Actor) -> dict[str, Any]:
        return {"actor": actor}

    def names(self, actor: Actor, ids: Sequence[int]) -> dict[int, str]:
        found = list_disputes(actor, voided=True).select_related(None).in_bulk(list(ids))
        return {pk: str(found[pk]) for pk in ids if pk in found}

    def address(self, pk: int) -> str:
        return reverse("disputes:detail", args=[pk])

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {"officer_id": values["officer_id"]}

    def button(self, count: int) -> str:
        words = ngettext("Name the lead of %(count)d dispute", "Name the lead of %(count)d disputes", count)
        return words % {"count": count}

    def result(self, count: int) -> str:
        words = ngettext(
            "The lead of %(count)d dispute was named.", "The lead of %(count)d disputes was named.", count
        )
        return words % {"count": count}

    def same(self, count: int) -> str:
        words = ngettext(
            "%(count)d dispute is led by this officer already.",
            "%(count)d disputes are led by this officer already.",
            count,
        )
        return words % {"count": count}

    def judge(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> Judgement:
        require(actor, Permission.LEAD_DISPUTES)
        officer_id = arguments["officer_id"]
        stations = stations_of_officer(actor, officer_id)
        if not stations:
            raise ValidationError({"officer_id": _("Choose an officer of the station.")})
        found = list_disputes(actor, voided=True).select_related(None).in_bulk(list(ids))
        judged = Judgement()
        for pk in ids:
            dispute = found.get(pk)
            if dispute is None:
                continue
            if dispute.is_voided:
                judged.refused[pk] = str(VOIDED)
            elif dispute.station_id not in stations:
                judged.refused[pk] = _("The officer is of another station.")
            elif dispute.lead_id == officer_id:
                judged.same.append(pk)
            else:
                judged.ready.append(pk)
                if dispute.lead_name:
                    judged.replaces[pk] = dispute.lead_name
        return judged

    def perform(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        rows = list_disputes(actor, voided=True).filter(pk__in=ids)
        lock_in_order(set(rows.values_list("enterprise_id", flat=True)))
        with together(f"lead:{timezone.now().isoformat()}") if len(ids) > 1 else nullcontext():
            for pk in ids:
                name_lead(actor=actor, id=pk, version=None, officer_id=arguments["officer_id"])


ACTS = (NameLead(),)
