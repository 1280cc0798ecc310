"""Pages of the supervisor, who decides what departments receive."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from deliveries import operations
from deliveries.access import Permission
from deliveries.models import Receipt, Subscription
from deliveries.previewing import count_in_last_quarter
from deliveries.selectors import Figures, attempts, figures, receipts
from deliveries.staff import selectors
from deliveries.staff.filters import ReceiptFilter
from deliveries.staff.forms import NewSubscriptionForm, SubscriptionForm
from deliveries.staff.wording import (
    as_list,
    attempt_words,
    filter_sentences,
    trouble_of,
)
from deliveries.starting import start_of
from deliveries.wording import industry_words
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
ATTEMPTS_BESIDE = 15  # on the supervisor's page, where they are secondary


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
        "The first one is written when a department is subscribed, or when a quarter is published."
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
            row=row,
            start=start_of(self.actor, row),
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
    done_text = gettext_lazy("Subscribed. Today's state is the first message; publications follow.")
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
            context["counted"] = count_in_last_quarter(self.actor, form.as_subscription())
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
