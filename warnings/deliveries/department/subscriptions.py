"""The subscriptions of a department: what it is told, how that is pushed, replay, secret."""

import hashlib

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from deliveries import operations
from deliveries import selectors as deliveries
from deliveries.acting import answer_act
from deliveries.department import selectors
from deliveries.department.forms import ReplayForm, TuneForm
from deliveries.models import Subscription
from deliveries.operations.cursor import locked
from deliveries.wording import filters_in_words, old_secret_signs, push_state, shown_address
from foundation.accounts import access
from foundation.accounts.access import page
from foundation.accounts.forms import attempt
from foundation.ids import id_of

ATTEMPTS_PER_PAGE = 20
FORM = ["GET", "POST"]


@require_GET
@page("deliveries:receive")
def my_subscriptions(request: HttpRequest) -> HttpResponse:
    """What the department is told, each with how far it has got."""
    actor = request.actor
    rows = selectors.my_subscriptions(actor)
    stations = selectors.station_names(actor, (each for row in rows for each in row.stations))
    tallies = selectors.tallies(actor)
    for row in rows:
        row.filters = filters_in_words(row, stations)  # type: ignore[attr-defined]
        row.state = push_state(row)  # type: ignore[attr-defined]
        row.tally = tallies.get(row.pk, selectors.Tally())  # type: ignore[attr-defined]
    return render(request, "deliveries/department/subscriptions.html", {"rows": rows})


def _get(request: HttpRequest, subscription_id: int) -> Subscription:
    try:
        return deliveries.subscriptions(request.actor).get(pk=subscription_id)
    except Subscription.DoesNotExist as error:
        raise Http404 from error


@require_GET
@page("deliveries:receive")
def my_subscription(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """One subscription: filters, push, attempts, and how to fetch instead."""
    actor, row = request.actor, _get(request, subscription_id)
    tried = Paginator(deliveries.attempts(actor, subscription_id=row.pk), ATTEMPTS_PER_PAGE)
    address = request.build_absolute_uri("/api/v1/events/")
    context = {
        "row": row,
        "filters": filters_in_words(row, selectors.station_names(actor, row.stations)),
        "state": push_state(row),
        "address": shown_address(row.url),
        "tally": selectors.tallies(actor).get(row.pk, selectors.Tally()),
        "old_signs": old_secret_signs(row),
        "attempts": tried.get_page(request.GET.get("page")),
        "curl": f'curl -H "Authorization: Bearer $ANQI_KEY" \\\n  "{address}?subscription={row.pk}&after=0"',
        "may_tune": row.active and access.allows(actor, "deliveries:tune"),
        "may_replay": bool(row.active and row.url and row.last_delivered),
        "may_rotate": row.active,
    }
    return render(request, "deliveries/department/subscription.html", context)


@require_http_methods(FORM)
@page("deliveries:tune")
def tune(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Change title, colours and transitions of the own subscription; area and industries are the bureau's."""
    row = _get(request, subscription_id)
    form = TuneForm(request.POST) if request.method == "POST" else TuneForm.of(row)
    if form.is_bound and form.is_valid():
        saved = attempt(
            form,
            lambda: operations.tune_subscription(
                actor=request.actor, subscription_id=row.pk, **form.cleaned_data
            ),
        )
        if saved is not None:
            messages.success(request, _("Saved. It holds from the next message on."))
            return redirect("deliveries:my_subscription", row.pk)
    context = {
        "row": row,
        "form": form,
        "filters": filters_in_words(row, selectors.station_names(request.actor, row.stations))[:2],
    }
    status = 422 if form.is_bound else 200
    return render(request, "deliveries/department/tune.html", context, status=status)


@require_http_methods(FORM)
@page("deliveries:replay")
def replay(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Have messages pushed again from a number on."""
    row = _own(request, subscription_id)
    if not row.last_delivered:
        messages.info(request, _("No message was delivered yet, so there is none to send again."))
        return redirect("deliveries:my_subscription", row.pk)
    begin = id_of(request.GET.get("from")) or row.last_delivered
    data = request.POST if request.method == "POST" else None
    form = ReplayForm(
        data, latest=row.last_delivered, initial={"from_sequence": min(begin, row.last_delivered)}
    )
    return answer_act(
        request,
        form,
        lambda: operations.replay(actor=request.actor, subscription_id=row.pk, **form.cleaned_data),
        back=reverse("deliveries:my_subscription", args=[row.pk]),
        done=_("The messages are sent again, the oldest first."),
        place=row.title,
        title=_("Send messages again?"),
        text=_(
            "Everything from this number on is pushed again, in order, with the same ids as the first time: a receiver "
            "that keeps the ids keeps each message once."
        ),
        submit_label=_("Send again"),
    )


def _own(request: HttpRequest, subscription_id: int) -> Subscription:
    """One of the department's own: the operator, who may replay and rotate too, has pages of their own."""
    access.require(request.actor, "deliveries:receive")
    return _get(request, subscription_id)


@never_cache
@require_http_methods(FORM)
@page("deliveries:rotate_secret")
def rotate_secret(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Make a new secret; the answer shows it, the only time. Sent a second time (reload), it makes no other one."""
    row = _own(request, subscription_id)
    back = reverse("deliveries:my_subscription", args=[row.pk])
    if request.method == "POST":
        current = _mark(locked(request.actor, row.pk))
        if not constant_time_compare(request.POST.get("seen", ""), current):
            messages.warning(
                request,
                _(
                    "A new secret was made already, and it is shown only once. If nobody kept it, make another one."
                ),
            )
            return redirect(back)
        secret = operations.rotate_secret(actor=request.actor, subscription_id=row.pk)
        context = {"row": _get(request, row.pk), "secret": secret, "back": back}
        context["old_signs"] = old_secret_signs(context["row"])
        return render(request, "deliveries/department/secret.html", context)
    context = {"row": row, "seen": _mark(row), "back": back}
    return render(request, "deliveries/department/rotate_secret.html", context)


def _mark(row: Subscription) -> str:
    """Says which secret the person saw being in use, and nothing about it."""
    return hashlib.sha256(row.sealed_secret.encode()).hexdigest()[:16]
