"""Pages of the operator, who runs the push and never sees the contents of a message."""

from typing import Any

from django import forms
from django.conf import settings
from django.forms import BaseForm
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliveries import operations
from deliveries.access import Permission
from deliveries.choices import Paused
from deliveries.models import Subscription
from deliveries.selectors import attempts
from deliveries.staff import selectors
from deliveries.staff.filters import BoardFilter
from deliveries.staff.forms import AddressForm, ReplayForm, SkipForm
from deliveries.staff.wording import (
    attempt_words,
    trouble_of,
)
from deliveries.starting import Start, start_of
from deliveries.wording import old_secret_signs
from foundation.ui.forms import ReasonForm
from foundation.ui.views import (
    ActPage,
    Button,
    Crumb,
    EditPage,
    ListPage,
    OfRecord,
    RecordPage,
    WithResults,
)
from foundation.words import Words

SHOWN_ATTEMPTS = 25


class Board(ListPage):
    """All subscriptions of all bureaus, most urgent first."""

    permission = Permission.OPERATE_DELIVERIES
    title = gettext_lazy("Deliveries")
    template_name = "deliveries/staff/board.html"
    filterset_class = BoardFilter
    strict = True
    icon = "send"
    empty_title = gettext_lazy("No department is subscribed yet")
    empty_text = gettext_lazy(
        "Bureau supervisors subscribe departments; here you set where their messages are pushed."
    )

    sheet_labels = (
        gettext_lazy("Subscription"),
        gettext_lazy("Bureau"),
        gettext_lazy("Department"),
        gettext_lazy("Trouble"),
        gettext_lazy("Written"),
        gettext_lazy("Sent up to No."),
        gettext_lazy("Waiting"),
        gettext_lazy("Paused"),
        gettext_lazy("Failing since"),
        gettext_lazy("Last success"),
    )

    def sheet_row(self, record: Any) -> tuple[Any, ...]:
        trouble = trouble_of(record, record.last_fault or "")
        return (
            record.title,
            record.bureau.name,
            record.department.name,
            trouble.why if trouble else "",
            record.last_sequence,
            record.last_delivered if record.url else None,
            record.waiting if record.url else None,
            record.paused_at,
            record.failing_since,
            record.last_delivered_at,
        )

    def get_queryset(self) -> Any:
        return selectors.board(self.actor)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return super().get_filterset_kwargs(filterset_class) | {"actor": self.actor}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        for row in context["object_list"]:
            row.trouble = trouble_of(row, row.last_fault or "")
            row.alarm = row.urgency == selectors.ALARM
        totals = selectors.totals(self.actor)
        since = totals["failing_since"]
        return context | {"totals": totals, "longest": timesince(since, depth=1) if since else ""}


class OfDelivery(OfRecord):
    """A page of the operator about the push of one subscription. Its forms return to the push."""

    permission = Permission.OPERATE_DELIVERIES

    def find_record(self) -> Subscription:
        return selectors.get_subscription(self.actor, self.kwargs["pk"])

    def get_back_url(self) -> str:
        return reverse("deliveries:delivery", args=[self.record.pk])

    def get_trail(self) -> list[Crumb]:
        return [Crumb(self.record.title, self.get_back_url()), Crumb(self.record.department.name)]


class Delivery(WithResults, OfDelivery, RecordPage):
    """One push: progress, address and attempts."""

    template_name = "deliveries/staff/delivery.html"

    def get_trail(self) -> list[Crumb]:
        row = self.record
        board = Crumb(_("Deliveries"), reverse("deliveries:board"))
        return [board, Crumb(row.bureau.name), Crumb(row.department.name)]

    @cached_property
    def start(self) -> Start | None:
        return start_of(self.actor, self.record)

    def get_buttons(self) -> list[Button]:
        row = self.record
        if not row.active:
            return []
        address, pause, resume = (
            reverse(f"deliveries:delivery_{act}", args=[row.pk]) for act in ("address", "pause", "resume")
        )
        buttons = []
        if row.paused_why and row.paused_why != Paused.CONFIRM:
            buttons.append(Button(_("Resume"), resume, icon="player-play"))
        elif row.url and not row.paused_why:
            buttons.append(Button(_("Pause"), pause, icon="player-pause"))
        if not row.url and self.start is None:
            buttons.append(Button(_("Set the address"), address, icon="map-pin", dialog=False))
        return buttons

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.record
        shown = self.page_of(attempts(self.actor, subscription_id=row.pk), SHOWN_ATTEMPTS)
        return super().get_context_data(
            row=row,
            start=self.start,
            alarm=selectors.is_alarming(row),
            trouble=trouble_of(row, row.last_fault or ""),
            old_secret_signs=old_secret_signs(row),
            next_sequence=row.next_sequence,
            page_obj=shown,
            attempts=[(attempt, attempt_words(attempt)) for attempt in shown.object_list],
            **context,
        )


class DeliveryAddress(OfDelivery, EditPage):
    """Set the address of a push and the approved hosts and networks."""

    template_name = "deliveries/staff/address.html"
    form_class = AddressForm
    tries_out = True

    def get_title(self) -> Words:
        return _("Change the address") if self.record.url else _("Set the address")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(plain_http=settings.WEBHOOKS_PLAIN_HTTP, **context)

    def perform(self, form: BaseForm) -> Subscription:
        return operations.set_address(
            actor=self.actor,
            subscription_id=self.record.pk,
            version=self.version(form),
            **self.values(form),
        )

    def get_done_text(self) -> Words:
        if not self.result.url:
            return _("The push was stopped. The department fetches its messages.")
        if not self.record.url:
            return _(
                "The address was set. The department now confirms it under Subscriptions, and creates "
                "a secret there if it has none."
            )
        if self.result.is_unconfirmed:
            return _("The address was set. The department now confirms it under Subscriptions.")
        return _("The address was set.")


class DeliveryAct(OfDelivery, ActPage):
    """An operation on a push. A subclass sets ``operation``, whose arguments are the fields of the form."""

    operation: Any
    tries_out = True

    def get_about(self) -> str:
        return f"{self.record.department} · {self.record.title}"

    def get_version(self) -> None:
        """Skip the check for concurrent edits: the operation reads the cursor under a lock."""

    def perform(self, form: BaseForm) -> Subscription:
        return self.operation(actor=self.actor, subscription_id=self.record.pk, **self.values(form))


class DeliveryPause(DeliveryAct):
    """Pause the push, with a reason."""

    operation = staticmethod(operations.pause)
    form_class = ReasonForm
    title = gettext_lazy("Pause the push?")
    text = gettext_lazy("Messages are still written and kept. A message on its way may still arrive.")
    submit_label = gettext_lazy("Pause")
    done_text = gettext_lazy("The push was paused.")


class DeliveryResume(DeliveryAct):
    """Resume the push at once."""

    operation = staticmethod(operations.resume)
    form_class = forms.Form
    title = gettext_lazy("Resume the push?")
    text = gettext_lazy(
        "The push continues at once with the message that failed, and retries for another three days."
    )
    submit_label = gettext_lazy("Resume")

    def get_done_text(self) -> Words:
        if self.result.is_unconfirmed:
            return _(
                "The pause has ended. The push goes on once the department has confirmed the new address."
            )
        return _("The push was resumed.")


class DeliverySkip(DeliveryAct):
    """Skip the next message, with a reason."""

    operation = staticmethod(operations.skip)
    form_class = SkipForm
    text = gettext_lazy(
        "The message is not pushed to the receiver. The department can still read it in its "
        "inbox, and it can be sent again."
    )
    submit_label = gettext_lazy("Skip the message")
    done_text = gettext_lazy("The message was skipped.")
    danger = True

    def get_title(self) -> Words:
        return _("Skip message %(number)s?") % {"number": self.record.next_sequence}

    def get_initial(self) -> dict[str, Any]:
        return {"sequence": self.record.next_sequence}


class DeliveryReplay(DeliveryAct):
    """Send messages again from a number on, with a reason."""

    operation = staticmethod(operations.replay)
    form_class = ReplayForm
    refused_at = "from_sequence"
    title = gettext_lazy("Send messages again?")
    text = gettext_lazy(
        "All messages from this number on are sent again. A receiver that keeps track of the "
        "webhook-id stores each one only once."
    )
    submit_label = gettext_lazy("Send again")
    done_text = gettext_lazy("The messages are sent again.")

    def get_initial(self) -> dict[str, Any]:
        return {"from_sequence": self.record.last_delivered or None}
