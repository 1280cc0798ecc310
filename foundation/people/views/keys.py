"""Keys of the API: who holds which, issuing, replacing, revoking. A key is shown once, on the answer to its making."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from foundation.accounts import access, operations, selectors
from foundation.accounts.models import ApiKey, Department
from foundation.accounts.operations.keys import OVERLAP
from foundation.ids import id_of
from foundation.people.forms import ReasonForm, attempt, data_of
from foundation.people.key_forms import SOON, KeyFilter, KeyForm

FORM = ["GET", "POST"]
PER_PAGE = 50
FORM_REMEMBERED_S = 24 * 3600
# the first of these that a key may read is shown as an example of how to call
EXAMPLES = {
    "ratings:read": "ratings/",
    "enterprises:read": "enterprises/",
    "evaluations:read": "evaluations/",
    "subscriptions:read": "subscriptions/",
}


@access.page("accounts:keys")
@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """The keys the actor may see: a department its own, a supervisor the bureau's, an operator all."""
    chosen = KeyFilter(request.GET, queryset=selectors.list_keys(request.actor), actor=request.actor)
    rows = chosen.qs if chosen.is_valid() else chosen.queryset.none()
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    _dress(shown.object_list)
    context = {
        "filter": chosen,
        "filtered": bool(chosen.data),
        "page_obj": shown,
        "may_issue": access.allows(request.actor, "accounts:issue_key"),
        "may_change": access.allows(request.actor, "accounts:rotate_key"),
        "of_department": bool(request.actor.department_id),
        "of_all": not request.actor.bureau_id,
    }
    return render(request, "accounts/keys.html", context)


def _dress(rows: Iterable[ApiKey]) -> None:
    """Attach rights and area in words, and how long each key works."""
    words, now = access.scopes(), timezone.now()
    names = selectors.names_of_stations(pk for key in rows for pk in key.stations)
    for key in rows:
        key.rights = [words.get(scope, scope) for scope in key.scopes]
        key.area = [names.get(pk, f"#{pk}") for pk in key.stations]
        key.soon = key.is_live and key.expires_at <= now + SOON
        key.until = _until(key.expires_at)
        last = timezone.localtime(key.expires_at - dt.timedelta(microseconds=1)).date()
        key.days_left = (last - timezone.localdate()).days


def _until(moment: dt.datetime) -> dt.date | dt.datetime:
    """The end of a key as people say it: the last whole day, else the moment."""
    local = timezone.localtime(moment)
    return local if local.hour or local.minute else local.date() - dt.timedelta(days=1)


@access.page("accounts:issue_key")
@require_http_methods(FORM)
@sensitive_variables()
def key_issue(request: HttpRequest) -> HttpResponse:
    """Give a department's system a key; ``?department=`` chooses it beforehand."""
    initial = {"department": id_of(request.GET.get("department")) or ""}
    form = KeyForm(data_of(request), actor=request.actor, initial=initial)
    if form.is_valid() and _first_time(request, form):
        try:
            made = attempt(form, lambda: operations.issue_key(actor=request.actor, **form.values()))
        except Department.DoesNotExist as error:
            raise Http404 from error
        if made is not None:
            return _show(request, *made)
        cache.delete(_sent(request, form))
    context = {"form": form, "cancel_url": reverse("accounts:keys")}
    return render(request, "accounts/key_issue.html", context, status=422 if form.errors else 200)


def _sent(request: HttpRequest, form: KeyForm) -> str:
    return f"key-form:{request.actor.user_id}:{form.cleaned_data['form_key']}"


def _first_time(request: HttpRequest, form: KeyForm) -> bool:
    """Whether this very form was not sent before; else says so in the form."""
    if cache.add(_sent(request, form), 1, FORM_REMEMBERED_S):
        return True
    form.add_error(
        None, _("This form was sent already, and its key was shown. Revoke that key if nobody kept it.")
    )
    form.data = form.data.copy()
    form.data["form_key"] = form.fields["form_key"].initial()
    return False


@sensitive_variables()
def _show(request: HttpRequest, key: ApiKey, text: str, old: ApiKey | None = None) -> HttpResponse:
    _dress([key, old] if old else [key])
    example = next((path for scope, path in EXAMPLES.items() if scope in key.scopes), "key/")
    context = {
        "key": key,
        "text": text,
        "old": old,
        "days": OVERLAP.days,
        "example": request.build_absolute_uri(f"/api/v1/{example}"),
    }
    response = render(request, "accounts/key_shown.html", context)
    response["Cache-Control"] = "no-store"  # the key is shown once
    return response


def _key(request: HttpRequest, pk: int) -> ApiKey:
    try:
        return selectors.get_key(request.actor, pk)
    except ApiKey.DoesNotExist as error:
        raise Http404 from error


@access.page("accounts:rotate_key")
@require_http_methods(FORM)
@sensitive_variables()
def key_rotate(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace a key: the new one is shown once, the old one works on for a week."""
    key = _key(request, pk)
    if request.method == "POST":
        try:
            return _show(
                request, *operations.rotate_key(actor=request.actor, key_id=pk), old=_key(request, pk)
            )
        except access.WrongState as error:
            messages.error(request, str(error))
            return redirect("accounts:keys")
    text = _(
        "“%(title)s” gets a new key with the same rights. The old one (%(prefix)s…) works for %(days)d days more."
    )
    return _confirm(
        request,
        None,
        title=_("Replace this key?"),
        text=text % {"title": key.title, "prefix": f"anqi_{key.prefix}", "days": OVERLAP.days},
        submit_label=_("Replace the key"),
    )


@access.page("accounts:revoke_key")
@require_http_methods(FORM)
def key_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a key at once, with a reason."""
    key = _key(request, pk)
    form = ReasonForm(data_of(request))
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(form, lambda: operations.revoke_key(actor=request.actor, key_id=pk, reason=reason)):
            messages.success(request, _("The key is revoked."))
            back = reverse("accounts:keys")
            return HttpResponseClientRedirect(back) if request.htmx else redirect(back)
    text = _(
        "“%(title)s” of %(department)s can no longer call the API, from this moment on. This cannot be undone."
    )
    return _confirm(
        request,
        form,
        title=_("Revoke this key?"),
        text=text % {"title": key.title, "department": key.department},
        submit_label=_("Revoke the key"),
        danger=True,
    )


def _confirm(request: HttpRequest, form: ReasonForm | None, **words: Any) -> HttpResponse:
    context = {"form": form, "cancel_url": reverse("accounts:keys"), **words}
    template = "_confirm.html" if request.htmx else "accounts/key_confirm.html"
    return render(request, template, context, status=422 if form is not None and form.errors else 200)
