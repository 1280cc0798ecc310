"""The operator's view: which push needs a hand, and the acts that help. Never the contents of a message."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from deliveries.acting import answer_act
from deliveries.operations import pause, replay, resume, set_address, skip
from deliveries.staff import reads, wording
from deliveries.staff.forms import AddressForm, BoardFilter, ReplayForm, SkipForm
from deliveries.staff.supervising import found
from deliveries.wording import old_secret_signs
from foundation.accounts.access import StaleRecord, page
from foundation.accounts.forms import ReasonForm, attempt, data_of

FORM = ["GET", "POST"]
PER_PAGE = 50
SHOWN_ATTEMPTS = 25


@require_GET
@page("deliveries:operate")
def board(request: HttpRequest) -> HttpResponse:
    """All subscriptions of all bureaus, the most urgent first."""
    chosen = BoardFilter(request.GET, queryset=reads.board(request.actor), actor=request.actor)
    rows = chosen.qs if chosen.is_valid() else chosen.queryset.none()
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for row in shown.object_list:
        row.trouble = wording.trouble(row, row.last_fault or "")
        row.alarm = row.urgency == reads.ALARM
    totals = reads.totals(request.actor)
    context = {
        "filter": chosen,
        "filtered": bool(chosen.data),
        "page_obj": shown,
        "totals": totals,
        "longest": timesince(totals["failing_since"], depth=1) if totals["failing_since"] else "",
    }
    return render(request, "deliveries/staff/board.html", context)


@require_GET
@page("deliveries:operate")
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One push: how far it got, where it goes, what was tried."""
    row = found(request, pk)
    shown = Paginator(reads.log(request.actor, pk), SHOWN_ATTEMPTS).get_page(request.GET.get("page"))
    context = {
        "subscription": row,
        "alarm": reads.is_alarming(row),
        "trouble": wording.trouble(row, row.last_fault or ""),
        "old_secret_signs": old_secret_signs(row),
        "next_sequence": row.last_delivered + 1,
        "page_obj": shown,
        "attempts": [(attempt, wording.result(attempt)) for attempt in shown.object_list],
    }
    return render(request, "deliveries/staff/delivery.html", context)


@require_http_methods(FORM)
@page("deliveries:operate")
def delivery_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Where messages go and what is approved; refused when another operator changed it meanwhile."""
    row = found(request, pk)
    back = reverse("deliveries:delivery", args=[pk])
    shown = {"url": row.url, "allowed_hosts": "\n".join(row.allowed_hosts), "version": row.version}
    form = AddressForm(data_of(request), initial=shown)
    if form.is_valid() and attempt(form, lambda: _set_address(request, pk, form)):
        messages.success(request, _address_set(form.cleaned_data["url"], first=not row.url))
        return redirect(back)
    context: dict[str, Any] = {
        "form": form,
        "subscription": row,
        "cancel_url": back,
        "plain_http": settings.WEBHOOKS_PLAIN_HTTP,
    }
    return render(request, "deliveries/staff/address.html", context, status=422 if form.errors else 200)


def _set_address(request: HttpRequest, pk: int, form: AddressForm) -> object:
    try:
        return set_address(actor=request.actor, subscription_id=pk, **form.cleaned_data)
    except StaleRecord:
        form.accept(found(request, pk).version)  # having read that, the operator may save again
        raise


def _address_set(url: str, *, first: bool) -> str:
    if not url:
        return _("The push is stopped. The department fetches its messages.")
    if first:
        return _(
            "The address is set. The department now needs a secret: it makes one under its subscriptions."
        )
    return _("The address is set.")


@require_http_methods(FORM)
@page("deliveries:operate")
def delivery_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop pushing, with a reason."""
    row = found(request, pk)
    form = ReasonForm(data_of(request))
    return _act(
        request,
        form,
        lambda: pause(actor=request.actor, subscription_id=pk, reason=form.cleaned_data["reason"]),
        place=row.title,
        title=_("Pause the push?"),
        text=_("Messages are still written and kept. A message on its way may still arrive."),
        submit_label=_("Pause"),
        done=_("The push is paused."),
        pk=pk,
    )


@require_http_methods(FORM)
@page("deliveries:operate")
def delivery_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Push again, at once."""
    row = found(request, pk)
    return _act(
        request,
        NoQuestion(data_of(request)),
        lambda: resume(actor=request.actor, subscription_id=pk),
        place=row.title,
        title=_("Resume the push?"),
        text=_(
            "It goes on at once with the message that did not get through, and tries for three days again."
        ),
        submit_label=_("Resume"),
        done=_("The push goes on."),
        pk=pk,
    )


@require_http_methods(FORM)
@page("deliveries:operate")
def delivery_skip(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave out the next message, with a reason."""
    row = found(request, pk)
    number = row.last_delivered + 1
    form = SkipForm(data_of(request), initial={"sequence": number})
    return _act(
        request,
        form,
        lambda: skip(actor=request.actor, subscription_id=pk, **form.cleaned_data),
        place=row.title,
        title=_("Skip message %(number)s?") % {"number": number},
        text=_("The receiver does not get it by push. The department still reads it in its inbox, and it can be sent again."),
        submit_label=_("Skip the message"),
        done=_("The message was skipped."),
        danger=True,
        pk=pk,
    )  # fmt: skip


@require_http_methods(FORM)
@page("deliveries:operate")
def delivery_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Send again from a number on, with a reason."""
    row = found(request, pk)
    form = ReplayForm(data_of(request), initial={"from_sequence": row.last_delivered or None})
    return _act(
        request,
        form,
        lambda: replay(actor=request.actor, subscription_id=pk, **form.cleaned_data),
        place=row.title,
        title=_("Send messages again?"),
        text=_("All messages from this number on are sent again. A receiver that keeps track of the webhook-id keeps each once."),
        submit_label=_("Send again"),
        done=_("The messages are sent again."),
        pk=pk,
    )  # fmt: skip


class NoQuestion(ReasonForm):
    """A bare yes."""

    reason = None


def _act(request: HttpRequest, form: Any, act: Any, *, pk: int, **words: Any) -> HttpResponse:
    return answer_act(request, form, act, back=reverse("deliveries:delivery", args=[pk]), **words)
