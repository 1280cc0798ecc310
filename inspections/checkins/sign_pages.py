"""Pages of the QR code: making and replacing it, the door sign on paper, a sheet of many, and the enterprise's own page."""

from typing import Any

from django.forms import BaseForm
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from enterprises.models import Enterprise
from enterprises.selectors import get_enterprise, own_inactivity
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.contributions.file import address_of
from foundation.ids import id_of
from foundation.requests import Request
from foundation.ui.forms import ReasonForm
from foundation.ui.panels import page_of
from foundation.ui.views import ActPage, ButtonPage, Crumb, OfRecord, Page
from inspections.checkins import operations, selectors
from inspections.checkins.access import Permission
from inspections.checkins.codes import picture_of
from inspections.checkins.models import DoorSign
from inspections.checkins.pages import TAB

TITLE = gettext_lazy("Police visits")
MOST_ON_SHEETS = 120  # codes in one address
A5, A4 = "a5", "a4"


def page_of_signs(actor: Actor, enterprise_id: int) -> str:
    """Return the address of the page with the QR code of an enterprise."""
    return reverse("checkins:own") if actor.is_enterprise else address_of(enterprise_id, TAB)


def shown_visits(request: Request, actor: Actor, enterprise_id: int) -> dict[str, Any]:
    """Return what is shown of an enterprise's QR code and visits: the code, who is there now, past visits. Four queries."""
    sign = selectors.sign_in_use(actor, enterprise_id)
    return {
        "picture": picture_of(request, sign) if sign else None,
        "now": selectors.there_now(actor, enterprise_id),
        "visits": page_of(request, selectors.visible_check_ins(actor, enterprise_id)),
        "visits_of": enterprise_id,
        "may_manage": allows(actor, Permission.MANAGE_DOOR_SIGNS) and own_inactivity(actor) is None,
    }


class OwnVisits(Page, TemplateView):
    """For an enterprise's people: who of the police is there now and by which approval, the QR code, past visits."""

    permission = Permission.VIEW_OWN_VISITS
    title = TITLE
    template_name = "checkins/own.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = shown_visits(self.request, self.actor, self.actor.enterprise_id)
        return super().get_context_data(**found, **context)


class OfEnterprise(OfRecord):
    """A page about the QR code of the enterprise in the URL."""

    permission = Permission.MANAGE_DOOR_SIGNS

    def find_record(self) -> Enterprise:
        return get_enterprise(self.actor, self.kwargs["enterprise_id"])

    def get_back_url(self) -> str:
        return page_of_signs(self.actor, self.record.pk)

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE if self.actor.is_enterprise else self.record.name, self.get_back_url())]


class SignMake(OfEnterprise, ButtonPage):
    """Make the QR code of an enterprise."""

    done_text = gettext_lazy("The QR code is ready. Print it and put it up at the door.")

    def perform(self) -> DoorSign:
        return operations.make_sign(actor=self.actor, enterprise_id=self.record.pk)


class SignRenew(OfEnterprise, ActPage):
    """Replace the QR code with a reason; the old one says so from then on."""

    form_class = ReasonForm
    title = gettext_lazy("Replace the QR code?")
    text = gettext_lazy(
        "Needed if it was copied or misused. The sign at the door no longer works then: print the new one and put it up."
    )
    submit_label = gettext_lazy("Replace it")
    done_text = gettext_lazy("The QR code was replaced. Print the new one and put it up at the door.")
    danger = True

    def get_version(self) -> None:
        return None

    def get_refusal(self) -> str:
        has_one = selectors.sign_in_use(self.actor, self.record.pk)
        return "" if has_one else _("This enterprise has no QR code yet.")

    def perform(self, form: BaseForm) -> DoorSign:
        return operations.renew_sign(actor=self.actor, enterprise_id=self.record.pk, **self.values(form))


class SignPrint(OfEnterprise, TemplateView):
    """The door sign of one enterprise on paper, A4 or A5."""

    permission = Permission.VIEW_CHECK_INS
    title = gettext_lazy("Door sign")
    template_name = "checkins/signs.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        sign = selectors.sign_in_use(self.actor, self.record.pk)
        if sign is None:
            raise Http404("no QR code yet")
        return super().get_context_data(
            pictures=[picture_of(self.request, sign)],
            paper=self.one_of("paper", (A4, A5), A4),
            back_url=self.get_back_url(),
            **context,
        )


class SignSheet(Page, TemplateView):
    """The signs of many enterprises, six on a sheet of A4. ``of`` in the URL: the ids of the enterprises."""

    permission = Permission.MANAGE_DOOR_SIGNS
    title = gettext_lazy("Door signs")
    template_name = "checkins/signs.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        named = (id_of(each) for each in self.given("of").split(",")[:MOST_ON_SHEETS])
        ids = [pk for pk in named if pk is not None]
        signs = selectors.signs_of(self.actor, ids)
        return super().get_context_data(
            pictures=[picture_of(self.request, each) for each in signs],
            paper="sheet",
            back_url=reverse("checkins:own") if self.actor.is_enterprise else reverse("enterprises:list"),
            **context,
        )
