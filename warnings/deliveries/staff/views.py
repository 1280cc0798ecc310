"""Pages of the supervisor, who decides what departments receive, and of the operator, who runs the push."""

from typing import Any

from django import forms
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from deliveries import operations
from deliveries.access import Permission
from deliveries.choices import Paused
from deliveries.models import Receipt, Subscription
from deliveries.selectors import Figures, attempts, figures, receipts
from deliveries.staff import selectors
from deliveries.staff.filters import BoardFilter, ReceiptFilter
from deliveries.staff.forms import AddressForm, NewSubscriptionForm, ReplayForm, SkipForm, SubscriptionForm
from deliveries.staff.wording import (
    as_list,
    attempt_words,
    filter_sentences,
    trouble_of,
)
from deliveries.wording import industry_words, old_secret_signs
from enterprises.choices import Colour
from foundation.accounts.selectors import names_of_stations
from foundation.ui.forms import ReasonForm
from foundation.ui.templatetags.anqi import quarter
from foundation.ui.views import (
    ActPage,
    Button,
    CreatePage,
    Crumb,
    EditPage,
    FormPage,
    ListPage,
    OfRecord,
    Page,
    RecordPage,
    WithResults,
    id_in,
)
from foundation.words import Words

SHOWN_RECEIPTS = 20
SHOWN_ATTEMPTS = 25
ATTEMPTS_BESIDE = 15  # on the supervisor's page, where they are secondary


# --- the supervisor -------------------------------------------------------------------------------------------------


class Subscriptions(Page, TemplateView):
    """The departments of the bureau with their subscriptions."""

    permission = Permission.MANAGE_SUBSCRIPTIONS
    title = gettext_lazy("Departments")
    template_name = "deliveries/staff/subscriptions.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = selectors.department_lines(self.actor)
        live = [overview for line in lines for overview in line.live]
        shown = [*live, *(overview for line in lines for overview in line.ended)]
        note = ngettext("of %(number)s department", "of %(number)s departments", len(lines))
        return super().get_context_data(
            lines=[line for line in lines if line.live or line.ended],
            without=[line.department for line in lines if not (line.live or line.ended)],
            subscribed=bool(shown),
            subscribed_departments=len([line for line in lines if line.live]),
            subscribed_note=note % {"number": len(lines)},
            alarms=[overview for overview in live if overview.alarm],
            totals={
                name: sum(getattr(overview.figures, name) for overview in shown)
                for name in ("written", "delivered", "acknowledged", "answered")
            },
            **context,
        )


def _departments() -> Crumb:
    return Crumb(_("Departments"), reverse("deliveries:subscriptions"))


class Receipts(ListPage):
    """All receipts of the bureau, newest first."""

    permission = Permission.MANAGE_SUBSCRIPTIONS
    title = gettext_lazy("Receipts")
    template_name = "deliveries/staff/receipts.html"
    filterset_class = ReceiptFilter
    strict = True
    paginate_by = SHOWN_RECEIPTS
    icon = "receipt"
    empty_title = gettext_lazy("No messages yet")
    empty_text = gettext_lazy(
        "The first one is written when the next quarter, correction or veto is published."
    )

    sheet_labels = (
        gettext_lazy("Department"),
        gettext_lazy("Subscription"),
        gettext_lazy("Number"),
        gettext_lazy("Kind"),
        gettext_lazy("Quarter"),
        gettext_lazy("Ratings"),
        *Colour.labels,
        gettext_lazy("Written"),
        gettext_lazy("Delivered"),
        gettext_lazy("Acknowledged"),
        gettext_lazy("Acknowledged by"),
        gettext_lazy("Answered"),
        gettext_lazy("Answered by"),
        gettext_lazy("Feedback"),
    )

    def sheet_row(self, record: Receipt) -> tuple[Any, ...]:
        return (
            record.department.name,
            record.subscription.title,
            record.sequence,
            record.get_kind_display(),
            quarter(record.period_code),
            record.size,
            *(getattr(record, colour) for colour in Colour.values),
            record.written_at,
            record.delivered_at,
            record.acknowledged_at,
            record.acknowledged_by_name,
            record.feedback_at,
            record.feedback_by_name,
            record.feedback,
        )

    def get_trail(self) -> list[Crumb]:
        return [_departments()]

    def get_queryset(self) -> Any:
        return receipts(self.actor)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return super().get_filterset_kwargs(filterset_class) | {"actor": self.actor}


class OfSubscription(OfRecord):
    """A page of the supervisor about one subscription. Its forms return to the subscription."""

    permission = Permission.MANAGE_SUBSCRIPTIONS

    def find_record(self) -> Subscription:
        return selectors.get_subscription(self.actor, self.kwargs["pk"])

    def get_back_url(self) -> str:
        return reverse("deliveries:subscription", args=[self.record.pk])

    def get_trail(self) -> list[Crumb]:
        return [Crumb(self.record.title, self.get_back_url())]

    def get_refusal(self) -> Words:
        return "" if self.record.active else _("The subscription has already ended.")


class SubscriptionRecord(WithResults, OfSubscription, RecordPage):
    """One subscription: filters, receipts of its messages, attempts to push them."""

    template_name = "deliveries/staff/subscription.html"

    def get_trail(self) -> list[Crumb]:
        return [_departments(), Crumb(self.record.department.name)]

    def get_buttons(self) -> list[Button]:
        if not self.record.active:
            return []
        edit, end = (
            reverse(f"deliveries:subscription_{act}", args=[self.record.pk]) for act in ("edit", "end")
        )
        return [
            Button(_("Edit"), edit, icon="pencil", dialog=False),
            Button(_("End"), end, icon="player-stop"),
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.record
        tried = attempts(self.actor, subscription_id=row.pk)[:ATTEMPTS_BESIDE]
        return super().get_context_data(
            figures=figures(self.actor, subscription_id=row.pk).get(row.pk, Figures()),
            alarm=selectors.is_alarming(row),
            trouble=trouble_of(row, row.last_fault or ""),
            sentences=filter_sentences(row, names_of_stations(row.stations)),
            page_obj=self.page_of(receipts(self.actor, subscription_id=row.pk), SHOWN_RECEIPTS),
            attempts=[(attempt, attempt_words(attempt)) for attempt in tried],
            **context,
        )


def _in_words(form: SubscriptionForm) -> dict[str, Any]:
    """Return a description of the filters of a form, or their errors."""
    if wrong := form.filter_errors():
        return {"wrong": wrong}
    filters = form.as_subscription()
    return {
        "sentences": filter_sentences(filters, form.station_names),
        "contradiction": filters.is_contradictory,
    }


class FiltersInWords(FormPage):
    """A form of filters with a description of them."""

    permission = Permission.MANAGE_SUBSCRIPTIONS
    template_name = "deliveries/staff/subscription_form.html"
    tries_out = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        return context | _in_words(context["form"])


class SubscriptionCreate(FiltersInWords, CreatePage):
    """Subscribe a department; ``?department=`` preselects one."""

    title = gettext_lazy("New subscription")
    submit_label = gettext_lazy("Subscribe")
    done_text = gettext_lazy("The department receives messages from the next publication on.")
    form_class = NewSubscriptionForm

    def get_trail(self) -> list[Crumb]:
        return [_departments()]

    def get_initial(self) -> dict[str, Any]:
        return {"department": id_in(self.request, "department") or ""}

    def perform(self, form: BaseForm) -> Subscription:
        return operations.create_subscription(actor=self.actor, **self.values(form))

    def get_back_url(self) -> str:
        return reverse("deliveries:subscriptions")

    def get_success_url(self) -> str:
        return reverse("deliveries:subscription", args=[self.result.pk])


class SubscriptionEdit(FiltersInWords, OfSubscription, EditPage):
    """Change title and filters."""

    title = gettext_lazy("Edit the subscription")
    done_text = gettext_lazy("Saved. This takes effect from the next publication on.")
    form_class = SubscriptionForm

    def perform(self, form: BaseForm) -> Subscription:
        return operations.edit_subscription(
            actor=self.actor,
            subscription_id=self.record.pk,
            version=self.version(form),
            **self.values(form),
        )

    def differences(self, form: BaseForm) -> list[tuple[Words, Words, Words]]:
        found = list(super().differences(form))
        present, typed = self.record.industries, sorted(set(self.values(form)["industries"]))
        if present != typed:
            before, after = (as_list(map(industry_words, codes)) for codes in (present, typed))
            found.append((form["sections"].label, before, after))
        return found


class SubscriptionPreview(Page, TemplateView):
    """A description of the filters in the form, with the number of matching ratings of the last quarter (htmx).

    The form requests it once it is shown, so that the page does not wait for the count.
    """

    permission = Permission.MANAGE_SUBSCRIPTIONS
    template_name = "deliveries/staff/_preview.html"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SubscriptionForm(request.POST, actor=self.actor)
        context = _in_words(form)
        if not context.get("wrong") and not context.get("contradiction"):
            context["counted"] = selectors.count_in_last_quarter(self.actor, form.as_subscription())
        return self.render_to_response(self.get_context_data(**context))


class SubscriptionEnd(OfSubscription, ActPage):
    """End a subscription, with a reason."""

    title = gettext_lazy("End this subscription?")
    submit_label = gettext_lazy("End the subscription")
    done_text = gettext_lazy("The subscription has ended.")
    danger = True
    form_class = ReasonForm

    def get_version(self) -> None:
        """Skip the check for concurrent edits: they do not matter to a subscription that ends."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        text = _(
            "%(department)s gets no more messages from “%(title)s”, and waiting messages are no "
            "longer pushed. Messages already written stay readable."
        )
        row = self.record
        return super().get_context_data(
            text=text % {"department": row.department, "title": row.title}, **context
        )

    def perform(self, form: BaseForm) -> Subscription:
        return operations.end_subscription(
            actor=self.actor, subscription_id=self.record.pk, **self.values(form)
        )


# --- the operator: never the contents of a message ------------------------------------------------------------------


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
        if not row.url:
            buttons.append(Button(_("Set the address"), address, icon="map-pin", dialog=False))
        return buttons

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.record
        shown = self.page_of(attempts(self.actor, subscription_id=row.pk), SHOWN_ATTEMPTS)
        return super().get_context_data(
            alarm=selectors.is_alarming(row),
            trouble=trouble_of(row, row.last_fault or ""),
            old_secret_signs=old_secret_signs(row),
            next_sequence=row.last_delivered + 1,
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
        if self.result.paused_why == Paused.CONFIRM:
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
    done_text = gettext_lazy("The push was resumed.")


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
        return _("Skip message %(number)s?") % {"number": self.record.last_delivered + 1}

    def get_initial(self) -> dict[str, Any]:
        return {"sequence": self.record.last_delivered + 1}


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
