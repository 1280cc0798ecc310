"""Pages where the supervisor decides about keys, and the operator about addresses, that departments ask for."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliveries import operations, wishes
from deliveries.access import Permission
from deliveries.addresses import host_of, leads_to_us
from deliveries.choices import Paused, WishKind, WishState
from deliveries.models import Wish
from deliveries.wish_words import values_in_words, wish_title
from deliveries.wording import shown_address
from foundation.ui.forms import ReasonForm
from foundation.ui.views import ActPage, Button, Crumb, ListPage, OfRecord, RecordPage
from foundation.words import Words, sentences

WISHES = gettext_lazy("Requests")
PER_PAGE = 25
LEADS_TO_US = gettext_lazy(
    "This is an address of this machine, or of its own network or cloud, where no department has a receiver. Decline it "
    "unless you know what answers there."
)


class HostsForm(forms.Form):
    """The hosts and networks that are approved for an address."""

    allowed_hosts = forms.CharField(
        label=gettext_lazy("Approved hosts and networks"),
        max_length=2_000,
        help_text=gettext_lazy(
            "One per line: a host name such as hooks.example.org, an address, or a network such as 10.20.0.0/16."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def clean_allowed_hosts(self) -> list[str]:
        return [each for line in self.cleaned_data["allowed_hosts"].splitlines() for each in line.split()]


class ToDecide(ListPage):
    """What departments ask for, newest first: of the bureau, or all addresses."""

    permission = Permission.DECIDE_REQUESTS
    title = WISHES
    template_name = "deliveries/wishes.html"
    paginate_by = PER_PAGE
    icon = "clipboard-text"
    empty_title = gettext_lazy("No department has asked for anything yet")
    empty_text = gettext_lazy(
        "Departments ask here for API keys, which the bureau approves, and for addresses, which the operator approves."
    )
    sheet_labels = (
        gettext_lazy("Department"),
        gettext_lazy("Kind"),
        gettext_lazy("Request"),
        gettext_lazy("What for"),
        gettext_lazy("State"),
        gettext_lazy("Asked"),
        gettext_lazy("Asked by"),
        gettext_lazy("Reason"),
    )

    def sheet_row(self, record: Wish) -> tuple[Any, ...]:
        return (
            record.department.name,
            record.get_kind_display(),
            wish_title(record),
            record.why,
            record.get_state_display(),
            record.asked_at,
            record.asked_by_name,
            record.reason,
        )

    def get_queryset(self) -> QuerySet[Wish]:
        return wishes.wishes(self.actor)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        rows = list(context["page_obj"])
        for row in rows:
            row.words, row.url = wish_title(row), reverse("deliveries:wish_decide", args=[row.pk])
        return context | {"rows": rows, "of_department": False}


class OfWishToDecide(OfRecord):
    """A page about one request."""

    permission = Permission.DECIDE_REQUESTS

    def find_record(self) -> Wish:
        return wishes.wishes(self.actor).get(pk=self.kwargs["pk"])

    def get_back_url(self) -> str:
        return reverse("deliveries:wish_decide", args=[self.record.pk])

    def get_trail(self) -> list[Crumb]:
        return [Crumb(WISHES, reverse("deliveries:wishes_to_decide"))]

    @property
    def may_decide(self) -> bool:
        """Whether it waits for this actor."""
        return self.record.state == WishState.ASKED and self.record.kind == wishes.decided_by(self.actor)

    @property
    def own(self) -> Words:
        """Why this actor may decline it but not approve it, "" if they may."""
        return wishes.FOUR_EYES if self.may_decide and wishes.asked_by(self.actor, self.record) else ""


class WishToDecide(OfWishToDecide, RecordPage):
    """One request, with the decision."""

    template_name = "deliveries/wish.html"

    def get_title(self) -> Words:
        return wish_title(self.record)

    def get_buttons(self) -> list[Button]:
        if not self.may_decide:
            return []
        approve, decline = (
            reverse(f"deliveries:wish_{act}", args=[self.record.pk]) for act in ("approve", "decline")
        )
        declining = Button(_("Decline"), decline, icon="x")
        return [declining] if self.own else [Button(_("Approve"), approve, icon="check"), declining]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            wish=self.record,
            values=values_in_words(self.record),
            names_department=True,
            refusal=self.own,
            **context,
        )


class Decision(OfWishToDecide, ActPage):
    """A decision about a request."""

    def get_version(self) -> None:
        """Skip the check for concurrent edits: the operation reads the state under a lock."""

    def get_about(self) -> Words:
        return f"{self.record.department} · {wish_title(self.record)}"

    def get_refusal(self) -> Words:
        return "" if self.may_decide else _("It has been decided already, or somebody else decides it.")


class Approve(Decision):
    """Approve a key, which the department then creates, or an address, to which messages are pushed at once."""

    title = gettext_lazy("Approve this request?")
    submit_label = gettext_lazy("Approve")
    done_text = gettext_lazy("Approved. The department has been told.")
    tries_out = True

    def get_refusal(self) -> Words:
        return self.own or super().get_refusal()

    @property
    def is_key(self) -> bool:
        return self.record.kind == WishKind.KEY

    def get_form_class(self) -> Any:
        return forms.Form if self.is_key else HostsForm

    def get_text(self) -> Words:
        if self.is_key:
            return _("The department creates the key itself and sees it once. Nobody else sees it.")
        effect = self._effect()
        return sentences(LEADS_TO_US, effect) if leads_to_us(self.record.values["url"]) else effect

    def _effect(self) -> str:
        """Return what approving the address does."""
        where, row = {"url": self.record.values["url"]}, self.record.subscription
        if row is None or row.secret_at is None:
            return (
                _("Messages are pushed to %(url)s as soon as the department has created its secret.") % where
            )
        if row.paused_why == Paused.MANUAL:
            return (
                _("Messages are pushed to %(url)s as soon as the push, which is paused, is resumed.") % where
            )
        if row.url:
            words = _("Messages are pushed to %(url)s as soon as you approve, and no longer to %(now)s.")
            return words % (where | {"now": shown_address(row.url)})
        return _("Messages are pushed to %(url)s as soon as you approve.") % where

    def get_initial(self) -> dict[str, Any]:
        if self.is_key or leads_to_us(self.record.values["url"]):  # whoever approves that types it
            return {}
        return {"allowed_hosts": host_of(self.record.values["url"])}

    def perform(self, form: BaseForm) -> Wish:
        if self.is_key:
            return operations.approve_key(actor=self.actor, wish_id=self.record.pk)
        return operations.approve_address(actor=self.actor, wish_id=self.record.pk, **self.values(form))


class Decline(Decision):
    """Decline a request, with a reason that the department reads."""

    title = gettext_lazy("Decline this request?")
    submit_label = gettext_lazy("Decline")
    done_text = gettext_lazy("Declined. The department has been told why.")
    danger = True
    form_class = ReasonForm

    def perform(self, form: BaseForm) -> Wish:
        return operations.decline_wish(actor=self.actor, wish_id=self.record.pk, **self.values(form))
