"""Pages at the door: what a QR code opens, the visit under way, joining and checking out."""

from typing import Any

from django.forms import BaseForm, Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.models import Enterprise
from foundation.accounts.access import allows
from foundation.contributions.file import address_of
from foundation.ui.views import ActPage, ButtonPage, CreatePage, OfRecord, RecordPage
from foundation.words import Words
from inspections.checkins import operations, selectors
from inspections.checkins.access import Permission
from inspections.checkins.choices import Purpose
from inspections.checkins.forms import CheckInForm
from inspections.checkins.models import CheckIn, DoorSign
from inspections.checklists.answering import eligible_officers

TAB = "visits"  # of the enterprise file
INSPECT = "inspect"
# The only page that may ask a phone where it is.
MAY_ASK_PLACE = "geolocation=(self)"


class AtDoor(OfRecord, CreatePage):
    """What the QR code at a door opens: for officers of the station the check-in, for the enterprise's people their portal.

    Unknown codes and those of others have one answer. A code that was replaced says so to those who may know.
    """

    permission = Permission.VIEW_CHECK_INS
    title = gettext_lazy("Check in")
    template_name = "checkins/door.html"
    form_class = CheckInForm
    submit_label = gettext_lazy("Check in")
    done_text = gettext_lazy("You are checked in. The enterprise sees who is there.")

    def find_record(self) -> DoorSign:
        return selectors.get_sign(self.actor, self.kwargs["code"])

    @property
    def enterprise(self) -> Enterprise:
        enterprise: Enterprise = self.record.enterprise
        return enterprise

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sign = self.record
        if self.actor.is_enterprise:
            return (
                self.leave(reverse("checkins:own"), self.replaced_text)
                if sign.ended_at
                else self.go(reverse("checkins:own"))
            )
        if sign.ended_at:
            return render(request, "checkins/replaced.html", self.get_replaced())
        if not allows(self.actor, Permission.RECORD_CHECK_INS):
            return self.go(address_of(sign.enterprise_id, TAB))
        if found := selectors.there_now(self.actor, sign.enterprise_id):
            return self.go(reverse("checkins:visit", args=[found.pk]))
        response = super().get(request, *args, **kwargs)
        response.headers["Permissions-Policy"] = MAY_ASK_PLACE
        return response

    @property
    def replaced_text(self) -> str:
        return _("The QR code that you scanned was replaced. Print the new one and put it up at the door.")

    def get_replaced(self) -> dict[str, Any]:
        may_go_on = allows(self.actor, Permission.RECORD_CHECK_INS)
        now = selectors.sign_in_use(self.actor, self.record.enterprise_id) if may_go_on else None
        return {
            "page_base": self.page_base,
            "title": _("This QR code was replaced"),
            "sign": self.record,
            "enterprise": self.enterprise,
            "go_on_url": reverse("checkins:door", args=[now.code]) if now else "",
            "print_url": reverse("checkins:sign_print", args=[self.record.enterprise_id]),
        }

    @cached_property
    def officers(self) -> list[Any]:
        return eligible_officers(self.actor, self.record.enterprise_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"officers": self.officers}

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | selectors.proposed(self.actor, self.enterprise)._asdict()

    def perform(self, form: Any) -> CheckIn:
        return operations.check_in(actor=self.actor, code=self.record.code, **form.values())

    def get_success_url(self) -> str:
        return reverse("checkins:visit", args=[self.result.pk])

    def get_back_url(self) -> str:
        return address_of(self.record.enterprise_id)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form: Any = context.get("form") or self.get_form()
        return super().get_context_data(
            **context | {"form": form}, enterprise=self.enterprise, people=form.people()
        )

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.headers["Permissions-Policy"] = MAY_ASK_PLACE
        return response


class VisitPage(RecordPage):
    """A check-in: who is there, since when; the checklist as next step; checking out."""

    permission = Permission.VIEW_CHECK_INS
    template_name = "checkins/visit.html"

    def find_record(self) -> CheckIn:
        return selectors.get_check_in(self.actor, self.kwargs["id"])

    def get_title(self) -> Words:
        return str(self.record.enterprise)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        visit: CheckIn = self.record
        may_record = allows(self.actor, Permission.RECORD_CHECK_INS) and visit.is_open
        return super().get_context_data(
            visit=visit,
            enterprise=visit.enterprise,
            may_record=may_record,
            may_join=may_record and self.actor.user_id not in visit.officer_ids,
            may_inspect=may_record and visit.purpose != Purpose.VISIT,
            may_change=may_record and visit.purpose == Purpose.VISIT,
            back_url=reverse("checkins:own")
            if self.actor.is_enterprise
            else address_of(visit.enterprise_id, TAB),
            **context,
        )


class OfVisit(OfRecord):
    """A button of a visit under way; leads back to it."""

    permission = Permission.RECORD_CHECK_INS

    def find_record(self) -> CheckIn:
        return selectors.get_check_in(self.actor, self.kwargs["id"])

    def get_back_url(self) -> str:
        return reverse("checkins:visit", args=[self.record.pk])


class Join(OfVisit, ButtonPage):
    """Say that one is there too."""

    done_text = gettext_lazy("You are checked in with your colleagues.")

    def perform(self) -> CheckIn:
        return operations.join(actor=self.actor, id=self.record.pk)


class CheckOut(OfVisit, ActPage):
    """End the visit. With ``then=inspect`` in the URL it leads on to the check-in for an inspection."""

    form_class = Form
    title = gettext_lazy("Check out?")
    submit_label: Words = gettext_lazy("Check out")
    text: Words = gettext_lazy("The visit of all who are here ends now. The enterprise sees when you left.")
    done_text = gettext_lazy("You are checked out.")

    @property
    def goes_on(self) -> bool:
        return self.given("then") == INSPECT

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if self.goes_on:
            self.submit_label = _("Check out and go on")
            self.text = _("The visit of all who are here ends now. Then check in for the inspection.")

    def get_version(self) -> None:
        return None

    def get_refusal(self) -> Words:
        return "" if self.record.is_open else _("This visit has ended.")

    def perform(self, form: BaseForm) -> CheckIn:
        return operations.check_out(actor=self.actor, id=self.record.pk)

    def get_success_url(self) -> str:
        sign = selectors.sign_in_use(self.actor, self.record.enterprise_id) if self.goes_on else None
        return reverse("checkins:door", args=[sign.code]) if sign else self.get_back_url()
