"""Door signs of many enterprises of the register's list: their QR codes are made where they lack, and printed on sheets."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enterprises.bulk import EnterpriseAct
from foundation.accounts.actors import Actor
from foundation.bulk.acts import Judgement
from foundation.contributions.many import register
from foundation.ids import id_of
from inspections.checkins import operations, selectors
from inspections.checkins.access import Permission
from inspections.checkins.models import DoorSign
from inspections.checkins.sign_pages import MOST_ON_SHEETS


class SheetForm(forms.Form):
    """Nothing to type: the enterprises whose signs are printed go along, so that the result leads to their sheets."""

    signs = forms.CharField(widget=forms.HiddenInput, required=False)


class DoorSigns(EnterpriseAct):
    """Print the door signs of many enterprises."""

    code = "door_signs"
    label = gettext_lazy("Door signs")
    icon = "qrcode"
    text = gettext_lazy(
        "Enterprises without a QR code get one. The result leads to sheets with six signs each, to print and cut."
    )
    permission = Permission.MANAGE_DOOR_SIGNS
    form_class = SheetForm
    at_once = 500
    leads_on = "printer"

    def initial(self, actor: Actor, ids: Sequence[int]) -> dict[str, Any]:
        return {"signs": ",".join(map(str, ids))}

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {"signs": [pk for each in str(values.get("signs") or "").split(",") if (pk := id_of(each))]}

    def button(self, count: int) -> str:
        words = ngettext("Make %(count)d door sign", "Make %(count)d door signs", count)
        return words % {"count": count}

    def result(self, count: int) -> str:
        return ngettext("%(count)d door sign is ready.", "%(count)d door signs are ready.", count) % {
            "count": count
        }

    def same(self, count: int) -> str:
        return ""

    def judge(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> Judgement:
        return Judgement(ready=list(self.names(actor, ids)))

    def perform(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        for pk in ids:
            operations.make_sign(actor=actor, enterprise_id=pk)

    def print_words(self, number: int, first: DoorSign | None) -> str:
        """Return what is printed: all signs, or those from one enterprise on."""
        if first is None:
            words = ngettext("Print %(number)d sign", "Print %(number)d signs", number)
            return words % {"number": number}
        words = _("Print %(number)d signs, beginning with %(first)s")
        return words % {"number": number, "first": first.enterprise}

    def made(self, actor: Actor, arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
        found = selectors.signs_of(actor, arguments["signs"])
        sheets = [found[n : n + MOST_ON_SHEETS] for n in range(0, len(found), MOST_ON_SHEETS)]
        return [
            (
                self.print_words(len(each), each[0] if len(sheets) > 1 else None),
                f"{reverse('checkins:sign_sheet')}?of={','.join(str(sign.enterprise_id) for sign in each)}",
            )
            for each in sheets
        ]


register(DoorSigns())
