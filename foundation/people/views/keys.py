"""API keys: list, issuing, replacing, revoking. A key is shown once, in the response that creates it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.forms import BaseForm
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts import access, operations, selectors
from foundation.accounts.access import Permission
from foundation.accounts.models import ApiKey
from foundation.accounts.operations.keys import OVERLAP
from foundation.people.filters import SOON, KeyFilter
from foundation.people.forms import KeyForm
from foundation.people.views.editing import Confirmation
from foundation.ui.forms import ReasonForm
from foundation.ui.views import ActPage, CreatePage, Crumb, ListPage, OfRecord, Page, ShownOnce, id_in
from foundation.words import Words, listed

KEYS = gettext_lazy("API keys")
# the first of these that a key may read is its example of a call
EXAMPLES = {
    "ratings:read": "ratings/",
    "enterprises:read": "enterprises/",
    "evaluations:read": "evaluations/",
    "subscriptions:read": "subscriptions/",
}


def attach_display_values(keys: Iterable[ApiKey]) -> None:
    """Set on each key its scopes and area in words, and how long it works."""
    words, now = access.scopes(), timezone.now()
    names = selectors.names_of_stations(pk for key in keys for pk in key.stations)
    for key in keys:
        key.rights = [words.get(scope, scope) for scope in key.scopes]
        key.area = [names.get(pk, f"#{pk}") for pk in key.stations]
        key.soon = key.is_live and key.expires_at <= now + SOON
        key.until = last_day(key.expires_at)
        last = timezone.localtime(key.expires_at - dt.timedelta(microseconds=1)).date()
        key.days_left = (last - timezone.localdate()).days


def last_day(moment: dt.datetime) -> dt.date | dt.datetime:
    """Return when a key ends, as people say it: the last whole day, or else the moment."""
    local = timezone.localtime(moment)
    return local if local.hour or local.minute else local.date() - dt.timedelta(days=1)


class KeyList(ListPage):
    """The keys the actor may see: a department's own, all of the bureau for a supervisor, all for an operator."""

    permission = Permission.VIEW_API_KEYS
    title = KEYS
    template_name = "accounts/keys.html"
    filterset_class = KeyFilter
    create_permission = Permission.ISSUE_API_KEYS
    create_label = gettext_lazy("Issue a key")
    icon = "key"
    empty_title = gettext_lazy("No API keys yet")

    def get_empty_text(self) -> str:
        if access.allows(self.actor, self.create_permission):
            return _(
                "A department's system needs a key to read ratings, or to fetch and answer its messages."
            )
        return _("Your bureau supervisor issues keys. Say what your system should do and for which area.")

    sheet_labels = (
        gettext_lazy("System"),
        gettext_lazy("Bureau"),
        gettext_lazy("Department"),
        gettext_lazy("Begins with"),
        gettext_lazy("Rights"),
        gettext_lazy("Area"),
        gettext_lazy("only from"),
        gettext_lazy("Last used"),
        gettext_lazy("Valid until"),
        gettext_lazy("State"),
    )

    def get_sheet_records(self, keys: Any) -> list[Any]:
        found = super().get_sheet_records(keys)
        attach_display_values(found)
        return found

    def sheet_row(self, record: Any) -> tuple[Any, ...]:
        states = (
            (record.revoked_at, _("Revoked")),
            (not record.is_live, _("Ended")),
            (record.replaced_by_id, _("Replaced")),
        )
        area = _("Whole bureau, also stations added later") if record.whole_bureau else listed(record.area)
        return (
            record.title,
            record.bureau.name,
            record.department.name,
            f"anqi_{record.prefix}…",
            listed(record.rights),
            area,
            listed(record.networks or ()),
            record.last_used_at,
            record.until,
            next((words for applies, words in states if applies), ""),
        )

    def get_queryset(self) -> QuerySet[ApiKey]:
        return selectors.list_keys(self.actor)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return super().get_filterset_kwargs(filterset_class) | {"actor": self.actor}

    def get_create_url(self) -> str:
        return reverse("accounts:key_issue")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(
            may_change=access.allows(self.actor, Permission.REVOKE_API_KEYS),
            may_rotate=access.allows(self.actor, Permission.ROTATE_API_KEYS),
            of_department=bool(self.actor.department_id),
            of_all=not self.actor.bureau_id,
            **context,
        )
        attach_display_values(context["object_list"])
        return context


class KeyPage(Page):
    """A page below the list of keys, which leads back there."""

    def get_trail(self) -> list[Crumb]:
        return [Crumb(KEYS, self.get_back_url())]

    def get_back_url(self) -> str:
        return reverse("accounts:keys")


class OneKey(KeyPage, OfRecord):
    """A page about the key in the URL."""

    def find_record(self) -> ApiKey:
        return selectors.get_key(self.actor, self.kwargs["pk"])


class KeyShown(ShownOnce):
    """The page with the text of a new key."""

    shown_template = "accounts/key_shown.html"

    def get_shown(self) -> dict[str, Any]:
        key, text = self.result
        attach_display_values([key])
        example = next((path for scope, path in EXAMPLES.items() if scope in key.scopes), "key/")
        return {"key": key, "text": text, "example": self.request.build_absolute_uri(f"/api/v1/{example}")}


class KeyIssue(KeyShown, KeyPage, CreatePage):
    """Issue a key for a department's system. ``?department=`` preselects the department."""

    permission = Permission.ISSUE_API_KEYS
    title = gettext_lazy("Issue a key")
    template_name = "accounts/key_issue.html"
    form_class = KeyForm
    tries_out = True
    submit_label = gettext_lazy("Issue the key")
    sent_text = gettext_lazy(
        "This form was already submitted and its key was shown. If nobody saved that key, revoke it."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def get_initial(self) -> dict[str, Any]:
        return {"department": id_in(self.request, "department") or ""}

    def perform(self, form: BaseForm) -> tuple[ApiKey, str]:
        return operations.issue_key(actor=self.actor, **self.values(form))


class KeyRotate(KeyShown, OneKey, Confirmation):
    """Replace a key: the new one is shown once, the old one works on for a week."""

    permission = Permission.ROTATE_API_KEYS
    title = gettext_lazy("Replace this key?")
    submit_label = gettext_lazy("Replace the key")

    def get_text(self) -> Words:
        return _(
            "“%(title)s” gets a new key with the same rights. The old one (%(prefix)s…) stays "
            "valid for %(days)d more days."
        ) % {"title": self.record.title, "prefix": f"anqi_{self.record.prefix}", "days": OVERLAP.days}

    def perform(self, form: BaseForm) -> tuple[ApiKey, str]:
        return operations.rotate_key(actor=self.actor, key_id=self.record.pk)

    def get_shown(self) -> dict[str, Any]:
        old = self.find_record()
        attach_display_values([old])
        return super().get_shown() | {"old": old}


class KeyRevoke(OneKey, ActPage):
    """End a key at once, with a reason."""

    permission = Permission.REVOKE_API_KEYS
    title = gettext_lazy("Revoke this key?")
    form_class = ReasonForm
    submit_label = gettext_lazy("Revoke the key")
    done_text = gettext_lazy("The key was revoked.")
    danger = True

    def get_text(self) -> Words:
        return _(
            "“%(title)s” of %(department)s loses access to the API immediately. This cannot be undone."
        ) % {"title": self.record.title, "department": self.record.department}

    def perform(self, form: BaseForm) -> ApiKey:
        return operations.revoke_key(actor=self.actor, key_id=self.record.pk, **self.values(form))
