"""The inbox of a department: messages, acknowledging 签收, feedback 反馈."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from deliveries import operations
from deliveries import selectors as deliveries
from deliveries.department import reading, selectors
from deliveries.department.filters import InboxFilter
from deliveries.department.forms import FeedbackForm, NarrowForm
from deliveries.models import Event, Receipt
from deliveries.wording import cause_words, message_title
from enterprises.choices import Colour
from foundation.accounts.access import page
from foundation.accounts.forms import attempt

PER_PAGE = 25
RATINGS_PER_PAGE = 50
TABS = (("", "all"), ("waiting", "waiting"), ("unanswered", "unanswered"))


@require_GET
@page("deliveries:receive")
def inbox(request: HttpRequest) -> HttpResponse:
    """The messages of the department, newest first. None of them is opened for the list."""
    actor = request.actor
    counts = selectors.inbox_counts(actor)
    request.badges = {"deliveries:inbox": counts["waiting"]}
    chosen = request.GET.get("state", "")
    rows = {"waiting": selectors.WAITING, "unanswered": selectors.UNANSWERED}
    found = selectors.inbox(actor)
    filtered = InboxFilter(
        request.GET,
        queryset=found.filter(rows[chosen]) if chosen in rows else found,
        subscriptions=selectors.my_subscriptions(actor),
        quarters=selectors.quarters(actor) if counts["all"] else [],
    )
    shown = Paginator(filtered.qs, PER_PAGE).get_page(request.GET.get("page"))
    for row in shown.object_list:
        row.title, row.cause_words = message_title(row), cause_words(row.cause)
    context = {
        "filter": filtered,
        "keep": ["state"],
        "shown": shown,
        "counts": counts,
        "tabs": _tabs(chosen, counts),
        "subscribed": bool(filtered.form.fields["subscription"].choices[1:]) or bool(counts["all"]),
    }
    return render(request, "deliveries/department/inbox.html", context)


def _tabs(chosen: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    words = {
        "all": (_("All messages"), ""),
        "waiting": (_("Waiting for you"), "mail"),
        "unanswered": (_("Without feedback"), "message-circle"),
    }
    here = chosen if chosen in dict(TABS) else ""
    return [
        {
            "label": words[name][0],
            "icon": words[name][1],
            "url": reverse("deliveries:inbox") + (f"?state={state}" if state else ""),
            "active": state == here,
            "count": counts[name],
        }
        for state, name in TABS
    ]


def _get(request: HttpRequest, subscription_id: int, sequence: int) -> Receipt:
    try:
        return deliveries.receipts(request.actor, subscription_id=subscription_id).get(sequence=sequence)
    except Receipt.DoesNotExist as error:
        raise Http404 from error


def _event(request: HttpRequest, subscription_id: int, sequence: int) -> Event:
    try:
        return deliveries.events(request.actor, subscription_id=subscription_id).get(sequence=sequence)
    except Event.DoesNotExist as error:
        raise Http404 from error


@require_GET
@page("deliveries:receive")
def message(request: HttpRequest, subscription_id: int, sequence: int) -> HttpResponse:
    """One message: its ratings with their reasons; acknowledge it, say what was done."""
    return _message(request, _get(request, subscription_id, sequence))


def _message(request: HttpRequest, receipt: Receipt, form: FeedbackForm | None = None) -> HttpResponse:
    actor, subscription = request.actor, receipt.subscription
    payload = _event(request, receipt.subscription_id, receipt.sequence).payload
    book = selectors.book_of_message(actor, payload.get("data") or {})
    told = reading.read(payload, book)
    narrow = NarrowForm(request.GET)
    rows = reading.narrowed(told.ratings, **narrow.chosen())
    receipt.title, receipt.cause_words = message_title(receipt), cause_words(receipt.cause)  # type: ignore[attr-defined]
    context = {
        "receipt": receipt,
        "subscription": subscription,
        "told": told,
        "counts": reading.counts(told.ratings),
        "colours": Colour.values,
        "filter": {"form": narrow},
        "shown": Paginator(rows, RATINGS_PER_PAGE).get_page(request.GET.get("page")),
        "form": form or FeedbackForm(initial={"text": receipt.feedback}),
        "previous": receipt.sequence - 1,  # numbers have no gap
        "next": receipt.sequence + 1 if receipt.sequence < subscription.last_sequence else 0,
        "waiting": selectors.next_waiting(actor, besides=receipt),
    }
    status = 422 if form is not None else 200
    return render(request, "deliveries/department/message.html", context, status=status)


@require_POST
@page("deliveries:receive")
def acknowledge(request: HttpRequest, subscription_id: int, sequence: int) -> HttpResponse:
    """Say that the message was read. A second click changes nothing."""
    known = _get(request, subscription_id, sequence).acknowledged_at is not None
    row = operations.acknowledge(actor=request.actor, subscription_id=subscription_id, sequence=sequence)
    if known:
        words = _("%(name)s acknowledged this message already.") % {"name": row.acknowledged_by_name}
        messages.info(request, words)
    else:
        messages.success(request, _("Acknowledged. The bureau sees that you have read it."))
    return _back(subscription_id, sequence)


@page("deliveries:receive")
def feedback(request: HttpRequest, subscription_id: int, sequence: int) -> HttpResponse:
    """Say what was done about the message; acknowledges it, too."""
    receipt = _get(request, subscription_id, sequence)
    if request.method != "POST":
        return _back(subscription_id, sequence)
    form = FeedbackForm(request.POST)
    if form.is_valid():
        row = attempt(
            form,
            lambda: operations.give_feedback(
                actor=request.actor,
                subscription_id=subscription_id,
                sequence=sequence,
                text=form.cleaned_data["text"],
            ),
        )
        if row is not None:
            messages.success(request, _("Your feedback is recorded. The bureau can read it."))
            return _back(subscription_id, sequence)
    return _message(request, receipt, form)


def _back(subscription_id: int, sequence: int) -> HttpResponse:
    return redirect(reverse("deliveries:message", args=[subscription_id, sequence]) + "#answer")


@require_GET
@page("deliveries:receive")
def message_raw(request: HttpRequest, subscription_id: int, sequence: int) -> HttpResponse:
    """The message as it was signed and sent, to the byte."""
    event = _event(request, subscription_id, sequence)
    name = f"anqi-{subscription_id}-{sequence}.json"
    return HttpResponse(
        event.body,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
