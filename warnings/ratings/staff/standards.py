"""Standards: read them, publish a new version, adopt one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRedirect

from foundation.accounts import access
from foundation.accounts.access import page
from ratings import page_selectors as reads
from ratings.explain.standard import describe, summary
from ratings.models import Standard
from ratings.operations import adopt_standard, publish_standard
from ratings.operations.standards import shipped_standards
from ratings.selectors import adopted_standard, standard_of_text, standards
from ratings.staff.forms import StandardForm
from ratings.standards.parsing import book_of


@require_GET
@page("ratings:read")
def standard_list(request: HttpRequest) -> HttpResponse:
    """All standards of the bureau, each with its versions, the adopted one first."""
    actor, adopted = request.actor, adopted_standard(request.actor)
    found = list(standards(actor).order_by("code", "-version"))
    names = reads.names_of([each.published_by_id for each in found])
    families: dict[str, dict[str, Any]] = {}
    for each in found:
        each.is_adopted = bool(adopted and adopted.pk == each.pk)  # type: ignore[attr-defined]
        each.published_by = names.get(each.published_by_id, "")  # type: ignore[attr-defined]
        family = families.setdefault(each.code, {"latest": each, "older": [], "adopted": False})
        if family["latest"] is not each:
            family["older"].append(each)
        family["adopted"] |= each.is_adopted  # type: ignore[attr-defined]
    for family in families.values():
        family["summary"] = summary(book_of(family["latest"].body))
    context = {
        "families": sorted(families.values(), key=lambda each: not each["adopted"]),
        "adopted": adopted,
        "may_publish": access.allows(actor, "ratings:publish_standard"),
    }
    return render(request, "ratings/standards.html", context)


def _get(request: HttpRequest, standard_id: int) -> Standard:
    try:
        return standards(request.actor).get(pk=standard_id)
    except Standard.DoesNotExist as error:
        raise Http404 from error


@require_GET
@page("ratings:read")
def standard_detail(request: HttpRequest, standard_id: int) -> HttpResponse:
    """One version of a standard, in plain sentences and as text."""
    actor, standard = request.actor, _get(request, standard_id)
    adopted = adopted_standard(actor)
    context = {
        "standard": standard,
        "told": describe(book_of(standard.body)),
        "is_adopted": bool(adopted and adopted.pk == standard.pk),
        "versions": list(standards(actor).filter(code=standard.code).order_by("-version").defer("body")),
        "published_by": reads.names_of([standard.published_by_id]).get(standard.published_by_id, ""),
        "may_publish": access.allows(actor, "ratings:publish_standard"),
        "may_evaluate": access.allows(actor, "ratings:evaluate"),
    }
    return render(request, "ratings/standard.html", context)


@page("ratings:publish_standard")
def standard_create(request: HttpRequest) -> HttpResponse:
    """Publish a standard from its text; every problem of the text is told at once."""
    form = StandardForm(request.POST or None, request.FILES or None, initial={"text": _draft(request)})
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        if same := standard_of_text(request.actor, text):
            _tell_identical(request, same)
            return redirect("ratings:standard", same.pk)
        standard = publish_standard(actor=request.actor, text=text)
        messages.success(
            request,
            _("%(title)s, version %(version)s, is published. It changes no colour until it is adopted.")
            % {"title": standard.spoken_title, "version": standard.version},
        )
        return redirect("ratings:standard", standard.pk)
    return render(
        request, "ratings/standard_create.html", {"form": form}, status=422 if form.is_bound else 200
    )


def _tell_identical(request: HttpRequest, standard: Standard) -> None:
    adopted = adopted_standard(request.actor)
    if adopted and adopted.pk == standard.pk:
        words = _("This text is identical to version %(version)s, which is in force. Nothing was published.")
    else:
        words = _("This text is identical to version %(version)s. Nothing was published.")
    messages.info(request, words % {"version": standard.version})


def _draft(request: HttpRequest) -> str:
    """The text to start from: the version the address names, or the shipped one while the bureau has none."""
    known = {str(each.pk): each.body for each in standards(request.actor)}
    wanted = request.GET.get("from", "")
    return known.get(wanted, "" if known else shipped_standards()["default"])


@page("ratings:publish_standard")
def standard_adopt(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Make a standard the one that gives the colour, after a question."""
    standard = _get(request, standard_id)
    target = reverse("ratings:standard", args=[standard.pk])
    if request.method == "POST":
        adopt_standard(actor=request.actor, standard_id=standard.pk)
        messages.success(
            request,
            _("%(title)s, version %(version)s, gives the colour from the next evaluation on.")
            % {"title": standard.spoken_title, "version": standard.version},
        )
        return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    context = {
        "title": _("Adopt %(title)s, version %(version)s?")
        % {"title": standard.spoken_title, "version": standard.version},
        "text": _(
            "From the next evaluation on it gives the colour to every enterprise of the bureau. Colours that are given "
            "stay as they are. A trial run shows beforehand who would change."
        ),
        "submit_label": _("Adopt"),
        "cancel_url": target,
    }
    return render(request, "_confirm.html" if request.htmx else "ratings/confirm.html", context)
