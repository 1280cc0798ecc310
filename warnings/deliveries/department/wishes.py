"""Pages where a department asks for API keys and for a receiver's address, and creates the key that was approved."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BaseForm
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from deliveries import operations, wishes
from deliveries.access import Permission
from deliveries.choices import WishState
from deliveries.covering import coverage
from deliveries.department import selectors
from deliveries.models import Wish
from deliveries.wish_words import values_in_words, wish_title
from foundation.accounts.actors import Actor
from foundation.people.forms import KeyForm
from foundation.people.views.keys import KeyShown
from foundation.ui.forms import choices_of
from foundation.ui.views import ActPage, Button, CreatePage, Crumb, ListPage, OfRecord, RecordPage, id_in
from foundation.words import Words

WISHES = gettext_lazy("Requests")
PER_PAGE = 25


class AskForKeyForm(KeyForm):
    """What a key should do, and what for. The department is one's own."""

    why = forms.CharField(
        label=gettext_lazy("What for?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        del self.fields["department"]
        # a department knows of the stations that its subscriptions cover
        covered = coverage(actor).stations.values()
        choices_of(self, "stations").choices = [(place.pk, place.name) for place in covered]

    def values(self) -> dict[str, Any]:
        data = {**self.cleaned_data, "department": None}
        self.cleaned_data = data
        found = super().values()
        del found["department_id"]
        return found | {"why": data["why"]}


class AskForAddressForm(forms.Form):
    """Where the messages of a subscription should go."""

    subscription_id = forms.TypedChoiceField(label=gettext_lazy("Subscription"), coerce=int, empty_value=None)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy("The https:// address of your receiver. The operator approves its host."),
        widget=forms.TextInput(
            attrs={
                "inputmode": "url",
                "autocomplete": "off",
                "spellcheck": "false",
                "placeholder": "https://",
            }
        ),
    )
    why = forms.CharField(
        label=gettext_lazy("What for?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = [(row.pk, row.title) for row in selectors.my_subscriptions(actor) if row.active]
        choices_of(self, "subscription_id").choices = rows


class Wishes(ListPage):
    """What the department has asked for, newest first."""

    permission = Permission.ASK
    title = WISHES
    template_name = "deliveries/wishes.html"
    paginate_by = PER_PAGE
    icon = "clipboard-text"
    empty_title = gettext_lazy("Nothing has been asked for yet")
    empty_text = gettext_lazy(
        "Ask for an API key, or for an address to which messages are pushed. The bureau decides about keys, the platform "
        "operator about addresses."
    )
    sheet_labels = (
        gettext_lazy("Kind"),
        gettext_lazy("Request"),
        gettext_lazy("State"),
        gettext_lazy("Asked"),
        gettext_lazy("Asked by"),
        gettext_lazy("Reason"),
    )

    def sheet_row(self, record: Wish) -> tuple[Any, ...]:
        return (
            record.get_kind_display(),
            wish_title(record),
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
            row.words, row.url = wish_title(row), reverse("deliveries:wish", args=[row.pk])
        return context | {"rows": rows, "of_department": True}


class OfWish(OfRecord):
    """A page about one request of the department."""

    permission = Permission.ASK

    def find_record(self) -> Wish:
        return wishes.wishes(self.actor).get(pk=self.kwargs["pk"])

    def get_back_url(self) -> str:
        return reverse("deliveries:wish", args=[self.record.pk])

    def get_trail(self) -> list[Crumb]:
        return [Crumb(WISHES, reverse("deliveries:wishes"))]


class WishRecord(OfWish, RecordPage):
    """One request: what was asked for, what became of it, and what to do next."""

    template_name = "deliveries/wish.html"

    def get_title(self) -> Words:
        return wish_title(self.record)

    def get_buttons(self) -> list[Button]:
        row = self.record
        if row.state == WishState.ASKED:
            url = reverse("deliveries:wish_withdraw", args=[row.pk])
            return [Button(_("Withdraw"), url, icon="x", is_primary=False)]
        if row.is_collectable:
            url = reverse("deliveries:wish_collect", args=[row.pk])
            return [Button(_("Create the key"), url, icon="key", dialog=False)]
        pushed = row.subscription if row.state == WishState.APPROVED else None
        if pushed is not None and pushed.active and pushed.secret_at is None:
            url = reverse("deliveries:rotate_secret", args=[pushed.pk])
            return [Button(_("Create the secret"), url, icon="key", dialog=False)]
        return []

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row, pushed = self.record, self.record.subscription
        pushes_there = pushed is not None and pushed.pushes_to(row.values["url"])
        return super().get_context_data(
            wish=row, values=values_in_words(row), pushes_there=pushes_there, **context
        )


class Ask(CreatePage):
    """A form with which the department asks for something."""

    permission = Permission.ASK
    submit_label = gettext_lazy("Ask")
    tries_out = True

    def get_trail(self) -> list[Crumb]:
        return [Crumb(WISHES, reverse("deliveries:wishes"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def get_back_url(self) -> str:
        return reverse("deliveries:wishes")

    def get_success_url(self) -> str:
        return reverse("deliveries:wish", args=[self.result.pk])


class AskForKey(Ask):
    """Ask the bureau for an API key."""

    title = gettext_lazy("Ask for an API key")
    template_name = "deliveries/department/ask_key.html"
    form_class = AskForKeyForm
    done_text = gettext_lazy("The bureau has been told. You are told here what it decides.")

    def perform(self, form: BaseForm) -> Wish:
        return operations.ask_for_key(actor=self.actor, **self.values(form))


class AskForAddress(Ask):
    """Ask the operator to push messages to an address. ``?subscription=`` preselects one."""

    title = gettext_lazy("Ask for an address")
    form_class = AskForAddressForm
    done_text = gettext_lazy("The platform operator has been told. You are told here what is decided.")
    refused_at = "url"

    def get_initial(self) -> dict[str, Any]:
        return {"subscription_id": id_in(self.request, "subscription") or ""}

    def perform(self, form: BaseForm) -> Wish:
        return operations.ask_for_address(actor=self.actor, **self.values(form))


class Withdraw(OfWish, ActPage):
    """Take back a request that nobody has decided."""

    title = gettext_lazy("Withdraw this request?")
    submit_label = gettext_lazy("Withdraw")
    done_text = gettext_lazy("The request was withdrawn.")
    form_class = forms.Form

    def get_version(self) -> None:
        """Skip the check for concurrent edits: the operation reads the state under a lock."""

    def get_about(self) -> Words:
        return wish_title(self.record)

    def get_refusal(self) -> Words:
        return "" if self.record.state == WishState.ASKED else _("It has been decided already.")

    def perform(self, form: BaseForm) -> Wish:
        return operations.withdraw_wish(actor=self.actor, wish_id=self.record.pk)


@method_decorator(never_cache, name="dispatch")
class CollectKey(KeyShown, OfWish, ActPage):
    """Create the key that was approved and show it, once."""

    title = gettext_lazy("Create the key?")
    text = gettext_lazy(
        "It is shown once, in the next step. Have the system at hand into which it is entered."
    )
    submit_label = gettext_lazy("Create the key")
    form_class = forms.Form

    def get_version(self) -> None:
        """Skip the check for concurrent edits: a key is created once, under a lock."""

    def get_about(self) -> Words:
        return wish_title(self.record)

    def get_refusal(self) -> Words:
        return "" if self.record.is_collectable else _("There is no key to create.")

    def perform(self, form: BaseForm) -> Any:
        return operations.collect_key(actor=self.actor, wish_id=self.record.pk)
