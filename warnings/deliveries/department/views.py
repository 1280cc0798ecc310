"""Pages of a department: inbox, messages, acknowledging 签收, feedback 反馈, subscriptions, replay, secret."""

from typing import Any

from django import forms
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from deliveries import operations, wishes
from deliveries import selectors as deliveries
from deliveries.access import Permission
from deliveries.department import selectors
from deliveries.department.filters import InboxFilter
from deliveries.department.forms import ReplayForm
from deliveries.forms import TuneForm
from deliveries.models import Event, Receipt, Subscription
from deliveries.operations.subscriptions import OWN_ADDRESS
from deliveries.sandbox import is_sandbox
from deliveries.starting import start_of
from deliveries.wording import (
    cause_words,
    filters_in_words,
    message_title,
    old_secret_signs,
    push_state,
    shown_address,
)
from enterprises.choices import Colour
from foundation.accounts import access
from foundation.accounts.selectors import names_of_stations
from foundation.downloads import attachment
from foundation.ids import id_of
from foundation.ui.forms import new_key
from foundation.ui.templatetags.anqi import quarter
from foundation.ui.views import (
    ActPage,
    ButtonPage,
    Crumb,
    EditPage,
    ListPage,
    OfRecord,
    Page,
    RecordForm,
    RecordPage,
    ShownOnce,
)
from foundation.words import Words, listed

# --- messages -------------------------------------------------------------------------------------------------------


class Inbox(ListPage):
    """The messages of the department, newest first. The list reads only their receipts."""

    permission = Permission.RECEIVE_MESSAGES
    title = gettext_lazy("Inbox")
    template_name = "deliveries/department/inbox.html"
    filterset_class = InboxFilter
    choices = ("state",)
    paginate_by = 25
    kept = ("state",)

    sheet_labels = (
        gettext_lazy("Quarter"),
        gettext_lazy("Message"),
        gettext_lazy("Cause"),
        gettext_lazy("Subscription"),
        gettext_lazy("Number"),
        *Colour.labels,
        gettext_lazy("Written"),
        gettext_lazy("Acknowledged"),
        gettext_lazy("Acknowledged by"),
        gettext_lazy("Answered"),
        gettext_lazy("Answered by"),
    )

    def sheet_row(self, record: Receipt) -> tuple[Any, ...]:
        return (
            quarter(record.period_code),
            message_title(record),
            cause_words(record.cause),
            record.subscription.title,
            record.sequence,
            *(getattr(record, colour) for colour in Colour.values),
            record.written_at,
            record.acknowledged_at,
            record.acknowledged_by_name,
            record.feedback_at,
            record.feedback_by_name,
        )

    @cached_property
    def counts(self) -> dict[str, int]:
        return selectors.inbox_counts(self.actor)

    @cached_property
    def subscriptions(self) -> list[Any]:
        return selectors.subscriptions_with_tests(self.actor)

    @property
    def state(self) -> str:
        """The tab named in the URL; "" for all messages."""
        return self.asked_for("state", selectors.STATES)

    def get_queryset(self) -> Any:
        return selectors.inbox(self.actor).filter(selectors.STATES[self.state])

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        self.request.badges = {
            "deliveries:inbox": self.counts["waiting"],
            "deliveries:push_logs": sum(row.is_troubled for row in self.subscriptions),
        }
        return super().get_filterset_kwargs(filterset_class) | {
            "subscriptions": self.subscriptions,
            "quarters": deliveries.quarters(self.actor) if self.counts["all"] else [],
        }

    def get_tabs(self) -> list[dict[str, Any]]:
        words = {
            "": (_("All messages"), ""),
            "waiting": (_("Waiting for you"), "mail"),
            "unanswered": (_("Without feedback"), "message-circle"),
        }
        return [
            {
                "label": label,
                "icon": icon,
                "url": reverse("deliveries:inbox") + (f"?state={state}" if state else ""),
                "active": state == self.state,
                "count": self.counts[state or "all"],
            }
            for state, (label, icon) in words.items()
            if self.counts["all"]
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        for row in context["object_list"]:
            row.title, row.cause_words = message_title(row), cause_words(row.cause)
        is_first = not self.state and context["page_obj"].number == 1
        tests = [row.test for row in self.subscriptions if row.test] if is_first else []
        subscriptions = context["filter"].form.fields["subscription"].choices
        return context | {
            "counts": self.counts,
            "state": self.state,
            "tests": tests,
            "subscriptions": self.subscriptions,
            "subscribed": bool(subscriptions) or bool(self.counts["all"]),
        }


class OfMessage(OfRecord):
    """A page about one message, found by its receipt."""

    permission = Permission.RECEIVE_MESSAGES

    def find_record(self) -> Receipt:
        rows = deliveries.receipts(self.actor, subscription_id=self.kwargs["subscription_id"])
        return rows.get(sequence=self.kwargs["sequence"])

    def find_event(self) -> Event:
        """Return the message itself. Raises Event.DoesNotExist."""
        rows = deliveries.events(self.actor, subscription_id=self.kwargs["subscription_id"])
        return rows.get(sequence=self.kwargs["sequence"])

    def get_back_url(self) -> str:
        place = [self.record.subscription_id, self.record.sequence]
        return reverse("deliveries:message", args=place) + "#answer"


class Acknowledge(OfMessage, ButtonPage):
    """Acknowledge the message. A second click changes nothing."""

    done_text = gettext_lazy("Acknowledged. The bureau sees that you have read it.")

    def perform(self) -> Receipt:
        self.was_acknowledged = self.record.acknowledged_at is not None
        return operations.acknowledge(actor=self.actor, **self.kwargs)

    def done(self) -> HttpResponse:
        if self.was_acknowledged:
            words = _("%(name)s has already acknowledged this message.")
            return self.leave(self.get_back_url(), words % {"name": self.result.acknowledged_by_name})
        return super().done()


class RawMessage(OfMessage):
    """The message exactly as it was signed and sent."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        number = f"{self.record.subscription_id}-{self.record.sequence}"
        name = _("anqi-message-%(number)s") % {"number": number}
        operations.record_download(actor=self.actor, row=self.record)
        return HttpResponse(
            self.find_event().body,
            content_type="application/json; charset=utf-8",
            headers={"Content-Disposition": attachment(f"{name}.json")},
        )


# --- subscriptions --------------------------------------------------------------------------------------------------


class MySubscriptions(Page, TemplateView):
    """The department's subscriptions, each with the state of its push."""

    permission = Permission.RECEIVE_MESSAGES
    title = gettext_lazy("Subscriptions")
    template_name = "deliveries/department/subscriptions.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows: list[Any] = selectors.my_subscriptions(self.actor)
        stations = names_of_stations(each for row in rows for each in row.stations)
        figures = deliveries.figures(self.actor)
        skipped = deliveries.skipped(self.actor, [row.pk for row in rows])
        for row in rows:
            row.filters = filters_in_words(row, stations)
            row.state = push_state(row, len(skipped.get(row.pk, ())))
            row.figures = figures.get(row.pk, deliveries.Figures())
        return super().get_context_data(rows=rows, **context)


class OfMySubscription(OfRecord):
    """A page about one of the department's own subscriptions. Its forms return to the subscription."""

    permission = Permission.RECEIVE_MESSAGES

    def find_record(self) -> Subscription:
        # Operators may also replay, but have their own pages for it.
        access.require(self.actor, Permission.RECEIVE_MESSAGES)
        return deliveries.subscriptions(self.actor).get(pk=self.kwargs["subscription_id"])

    def get_back_url(self) -> str:
        return reverse("deliveries:my_subscription", args=[self.record.pk])

    def get_trail(self) -> list[Crumb]:
        above = Crumb(_("Subscriptions"), reverse("deliveries:my_subscriptions"))
        return [above, Crumb(self.record.title, self.get_back_url())]

    def get_narrows(self) -> list[tuple[str, list[str]]]:
        """Return the filters of the subscription: stations, industries, colours, changes."""
        return filters_in_words(self.record, names_of_stations(self.record.stations))


class MySubscription(OfMySubscription, RecordPage):
    """One subscription: filters, push, and how to fetch messages instead. Its attempts are in the push log."""

    template_name = "deliveries/department/subscription.html"

    def get_trail(self) -> list[Crumb]:
        return super().get_trail()[:1]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.record
        address = self.request.build_absolute_uri(reverse("deliveries_api:events"))
        skipped = deliveries.skipped(self.actor, [row.pk]).get(row.pk, [])
        wish = wishes.waiting_address(self.actor, row.pk)
        start = start_of(self.actor, row, asked=wish)
        return super().get_context_data(
            row=row,
            start=start,
            token=new_key(),
            may_test=row.can_be_tested,
            primary_test=start is not None and start.next.code == "test",
            sandbox=is_sandbox(row.bureau),
            filters=self.get_narrows(),
            state=push_state(row, len(skipped)),
            skipped=skipped,
            last_delivered=deliveries.last_delivered(self.actor, row.pk),
            address=shown_address(row.url),
            old_signs=old_secret_signs(row),
            last_attempt=deliveries.attempts(self.actor, subscription_id=row.pk).first(),
            curl=f'curl -H "Authorization: Bearer $ANQI_KEY" \\\n  "{address}?subscription={row.pk}&after=0"',
            may_tune=row.active and access.allows(self.actor, Permission.TUNE_SUBSCRIPTIONS),
            may_replay=bool(row.active and row.url and row.last_delivered),
            may_rotate=row.active,
            has_secret=row.secret_at is not None,
            may_ask=row.active and access.allows(self.actor, Permission.ASK),
            wish=wish,
            wished=shown_address(wish.values["url"]) if wish else "",
            may_confirm=row.active and row.is_unconfirmed and start is None,
            **context,
        )


class Tune(OfMySubscription, EditPage):
    """Change title, colours and transitions of a subscription. The bureau decides stations and industries."""

    permission = Permission.TUNE_SUBSCRIPTIONS
    title = gettext_lazy("What do you want to receive?")
    template_name = "deliveries/department/tune.html"
    done_text = gettext_lazy("Saved. This takes effect from the next message on.")
    form_class = TuneForm
    tries_out = True

    def get_refusal(self) -> Words:
        return "" if self.record.active else _("The subscription has already ended.")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        stations, industries, *_own = self.get_narrows()
        return super().get_context_data(filters=[stations, industries], **context)

    def perform(self, form: BaseForm) -> Subscription:
        return operations.tune_subscription(
            actor=self.actor,
            subscription_id=self.record.pk,
            version=self.version(form),
            **self.values(form),
        )


class Replay(OfMySubscription, ActPage):
    """Push messages again from a number on."""

    permission = Permission.REPLAY_MESSAGES
    title = gettext_lazy("Send messages again?")
    text = gettext_lazy(
        "The messages are pushed again, in order and with their original "
        "ids. A receiver that keeps track of the ids stores each message only once."
    )
    submit_label = gettext_lazy("Send again")
    done_text = gettext_lazy("The messages are sent again, the oldest first.")
    form_class = ReplayForm
    tries_out = True
    refused_at = "from_sequence"

    def get_refusal(self) -> Words:
        words = _("No message has been delivered yet, so there is nothing to send again.")
        return "" if self.record.last_delivered else words

    def get_version(self) -> None:
        """Skip the check for concurrent edits: the operation reads the cursor under a lock."""

    def get_initial(self) -> dict[str, Any]:
        latest = self.record.last_delivered
        return {"from_sequence": min(id_of(self.request.GET.get("from")) or latest, latest)}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"latest": self.record.last_delivered}

    def perform(self, form: BaseForm) -> Subscription:
        return operations.replay(actor=self.actor, subscription_id=self.record.pk, **self.values(form))


class ConfirmAddress(OfMySubscription, ActPage):
    """Confirm the address that the operator has set."""

    permission = Permission.CONFIRM_ADDRESSES
    title = gettext_lazy("Confirm this address?")
    submit_label = gettext_lazy("Confirm the address")
    done_text = gettext_lazy("The address was confirmed. Messages are sent there from now on.")
    form_class = forms.Form

    def get_text(self) -> Words:
        words = _("Messages will be pushed to %(url)s (approved: %(hosts)s).")
        return words % {"url": self.record.url, "hosts": listed(self.record.allowed_hosts)}

    def get_refusal(self) -> Words:
        if not self.record.is_unconfirmed:
            return _("No address is waiting to be confirmed.")
        return OWN_ADDRESS if self.record.was_set_by(self.actor.user_id) else ""

    def perform(self, form: BaseForm) -> Subscription:
        return operations.confirm_address(
            actor=self.actor, subscription_id=self.record.pk, version=self.version(form)
        )


@method_decorator(never_cache, name="dispatch")
class RotateSecret(ShownOnce, OfMySubscription, RecordForm):
    """Make a new secret and show it, once. Submitting the form again (reload) does not make another one."""

    permission = Permission.ROTATE_SECRETS
    submit_label = gettext_lazy("Create a new secret")
    template_name = "deliveries/department/rotate_secret.html"
    shown_template = "deliveries/department/secret.html"
    form_class = forms.Form
    is_sent_once = True  # whatever the version says: each time is another secret

    def get_title(self) -> Words:
        return _("Create a new secret?") if self.record.secret_at else _("Create the secret?")

    def get_version(self) -> str:
        return self.record.secret_mark

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(old_signs=old_secret_signs(self.record), **context)

    def perform(self, form: BaseForm) -> str:
        self.is_first = self.record.secret_at is None
        return operations.rotate_secret(
            actor=self.actor, subscription_id=self.record.pk, seen=self.version(form)
        )

    def get_shown(self) -> dict[str, Any]:
        row = self.find_record()  # with the new secret
        return {
            "row": row,
            "is_first": self.is_first,
            "secret": self.result,
            "back": self.get_back_url(),
            "old_signs": old_secret_signs(row),
        }
