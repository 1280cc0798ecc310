"""The audit log as a page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from foundation.accounts import access, audit_words, selectors
from foundation.accounts.models import AuditEntry
from foundation.ids import id_of
from foundation.people.filters import AuditFilter

PER_PAGE = 50


@access.page("accounts:audit")
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what: newest first, paged by key, so the thousandth page costs what the first does."""
    found = AuditFilter(request.GET, queryset=selectors.list_audit(request.actor), actor=request.actor)
    entries, newer, older = _page(request, found.qs if found.is_valid() else found.queryset.none())
    names = selectors.organisation_names(request.actor) if entries else {}
    rows = [
        {
            "entry": entry,
            "act": audit_words.act(entry.action),
            "grave": audit_words.grave(entry.action),
            "kind": audit_words.kind(entry.object_type),
            "changes": audit_words.changes(entry, names),
        }
        for entry in entries
    ]
    context = {"filter": found, "rows": rows, "previous_url": newer, "next_url": older}
    return render(request, "accounts/audit.html", context)


def _page(request: HttpRequest, entries: Any) -> tuple[list[AuditEntry], str, str]:
    """One page and the addresses of the newer and the older one (empty where there is none)."""
    entries = selectors.with_user_names(entries)
    before, after = id_of(request.GET.get("before")), id_of(request.GET.get("after"))
    if after:
        rows = list(entries.filter(id__gt=after).order_by("id")[: PER_PAGE + 1])
        more_newer, more_older = len(rows) > PER_PAGE, True
        rows = rows[:PER_PAGE][::-1]
    else:
        rows = list((entries.filter(id__lt=before) if before else entries)[: PER_PAGE + 1])
        more_newer, more_older = bool(before), len(rows) > PER_PAGE
        rows = rows[:PER_PAGE]
    newer = _address(request, "after", rows[0].pk) if rows and more_newer else ""
    older = _address(request, "before", rows[-1].pk) if rows and more_older else ""
    return rows, newer, older


def _address(request: HttpRequest, name: str, pk: int) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    query.pop("after", None)
    query[name] = str(pk)
    return f"?{query.urlencode()}"
