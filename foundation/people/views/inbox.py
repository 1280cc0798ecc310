"""A person's notifications, of the role they act in."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from foundation.accounts import access
from foundation.ids import id_of
from foundation.inbox import operations, selectors
from foundation.inbox.models import Notification
from foundation.ui.views import ButtonPage, ListPage, Page

PER_PAGE = 30
GONE = _("This can no longer be opened in your role: it was handed over or deleted.")


class Inbox(ListPage):
    """What happened that concerns the person in this role, newest first. ``?unread=1`` leaves out what was read."""

    permission = access.SIGNED_IN
    title = _("Notifications")
    template_name = "accounts/inbox.html"
    filterset_class = None
    table_class = None
    paginate_by = PER_PAGE
    kept = ("unread",)
    choices = ("is_unread_only",)
    icon = "bell"
    empty_title = _("No notifications yet.")
    empty_text = _(
        "What happens here that concerns you appears on this page: you need not look for it elsewhere."
    )

    @cached_property
    def is_unread_only(self) -> bool:
        return bool(self.asked_for("unread", ("1",)))

    sheet_labels = (_("When"), _("Notification"), _("Reason"), _("Enterprise"), _("By"), _("Read"))

    def sheet_row(self, record: Notification) -> tuple[Any, ...]:
        values = record.told
        enterprise = "" if self.actor.is_enterprise else values.get("enterprise", "")
        return (
            record.at,
            record.text,
            record.shown["reason"] if values.get("reason") else "",
            enterprise,
            values.get("by", ""),
            record.read_at,
        )

    def get_queryset(self) -> QuerySet[Notification]:
        return selectors.with_reach(selectors.list_notifications(self.actor, unread=self.is_unread_only))

    def get_tabs(self) -> list[dict[str, Any]]:
        here = reverse("accounts:inbox")
        unread = selectors.count_unread(self.actor)
        self.request.badges = {"accounts:inbox": unread}
        return [
            {"label": _("All"), "url": here, "active": not self.is_unread_only},
            {"label": _("Unread"), "url": f"{here}?unread=1", "active": self.is_unread_only, "count": unread},
        ]

    def newest(self) -> int:
        return selectors.list_notifications(self.actor).values_list("pk", flat=True).first() or 0

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        page = context["page_obj"]
        newest = page.object_list[0].pk if page.number == 1 and page.object_list else self.newest()
        return context | {"newest": newest, "has_unread": bool(self.request.badges["accounts:inbox"])}


class InboxOpen(Page):
    """Mark a notification as read and go to what it is about."""

    permission = access.SIGNED_IN

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        try:
            found = operations.mark_read(actor=self.actor, notification_id=pk)
        except Notification.DoesNotExist as error:
            raise Http404(str(error)) from error
        if not selectors.is_within_reach(found):
            return self.leave(reverse("accounts:inbox"), GONE, messages.WARNING)
        return redirect(address_of(found) or reverse("accounts:inbox"))


class InboxRead(ButtonPage):
    """Mark everything that the person saw as read; what arrived meanwhile stays unread."""

    permission = access.SIGNED_IN

    def perform(self) -> int:
        return operations.mark_all_read(actor=self.actor, up_to=id_of(self.request.POST.get("up_to")) or 0)

    def get_back_url(self) -> str:
        return reverse("accounts:inbox")

    def done(self) -> HttpResponse:
        return self.go(self.get_back_url())


def address_of(notification: Notification) -> str:
    """Return the URL of what a notification is about, "" if it has no page."""
    cause = notification.cause
    if cause is None or not cause.page:
        return ""
    try:
        return reverse(cause.page, args=[notification.object_id] if cause.takes_id else [])
    except NoReverseMatch:  # a cause of an earlier version
        return ""
