"""Pages of the register for the police: the list, an entry and what is done with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from enterprises import operations, selectors
from enterprises.filters import EnterpriseFilter
from enterprises.forms import (
    BulkLiaisonForm,
    EnterpriseForm,
    HandOverForm,
    InactivityForm,
    LiaisonForm,
    ReactivateForm,
)
from enterprises.models import Enterprise
from enterprises.operations.register import EDITABLE
from enterprises.staff.pagination import paginator
from enterprises.tables import EnterpriseTable, file_url, sorted_by
from foundation.accounts import access
from foundation.accounts.access import WrongState, page

PAGE = 50


@page("enterprises:view")
def enterprise_list(request: HttpRequest) -> HttpResponse:
    """The register: filters, sort, search as you type, bulk assignment of liaison officers."""
    actor = request.actor
    stations = list(selectors.list_stations(actor)) if len(actor.stations) > 1 else []
    officers = (
        [] if stations else list(selectors.list_officers(actor))
    )  # a bureau's officers are no list to choose from
    chosen = EnterpriseFilter(request.GET, actor=actor, officers=officers, stations=stations)
    found, sort = sorted_by(chosen.found(), request.GET.get("sort", ""))
    # The page's ids are found by key first; only those fifty are annotated and joined.
    ids = found.values_list("pk", flat=True)
    pages = paginator(actor, ids, PAGE, by_index=sort.removeprefix("-") == "name")
    shown = pages.get_page(request.GET.get("page"))
    rows = selectors.rows_of(actor, list(shown.object_list))
    may_assign = access.allows(actor, "enterprises:liaison")
    table = EnterpriseTable(rows, actor=actor, sort=sort, may_assign=may_assign)
    context = {
        "filter": chosen,
        "table": table,
        "shown": shown,
        "total": shown.paginator.count,
        "sort": sort,
        "officers": officers if may_assign else [],
        "may_register": access.allows(actor, "enterprises:register"),
        "register_is_empty": not rows and not chosen.form.has_changed(),
    }
    return render(request, "enterprises/list.html", context)


@page("enterprises:register")
def enterprise_create(request: HttpRequest) -> HttpResponse:
    """Enter a new enterprise."""
    form = EnterpriseForm(request.POST or None)
    namesake = None
    if request.method == "POST" and form.is_valid():
        try:
            enterprise = operations.register_enterprise(
                actor=request.actor, refuse_namesake="all_the_same" not in request.POST, **form.values()
            )
        except ValidationError as error:
            form.refuse(error)
        except operations.Namesake as error:
            namesake = error.enterprise
        else:
            messages.success(request, _("%(name)s is on the register.") % {"name": enterprise.name})
            return redirect(file_url(enterprise.pk))
    return _form_page(
        request, form, title=_("New enterprise"), submit=_("Register"), back=reverse("enterprises:list"),
        namesake=namesake,
    )  # fmt: skip


@page("enterprises:edit")
def enterprise_edit(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Change an entry. Someone else's change in between is shown, and what was typed stays."""
    enterprise = _get(request, enterprise_id)
    if request.method != "POST":
        form = EnterpriseForm(instance=enterprise, initial={"version": enterprise.version})
        return _edit_page(request, form, enterprise)
    form = EnterpriseForm(request.POST)
    if form.is_valid():
        try:
            operations.edit_enterprise(
                actor=request.actor,
                enterprise_id=enterprise_id,
                version=form.cleaned_data["version"] or 0,
                **form.values(),
            )
        except access.StaleRecord as error:
            return _edit_page(request, form, enterprise, stale=str(error))
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(file_url(enterprise_id))
    return _edit_page(request, form, enterprise)


@page("enterprises:hand_over")
def enterprise_hand_over(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Give an enterprise to another station."""
    enterprise = _get(request, enterprise_id)
    form = HandOverForm(request.POST or None, actor=request.actor, enterprise=enterprise)

    def act(data: dict[str, Any]) -> str:
        moved = operations.hand_over(
            actor=request.actor,
            enterprise_id=enterprise_id,
            to_station_id=data["to_station"].pk,
            on=data["on"],
            reason=data["reason"],
        )
        return _("%(name)s is now with %(station)s.") % {"name": moved.name, "station": moved.station.name}

    def after() -> str:
        stays = enterprise.station_id in request.actor.stations and len(request.actor.stations) > 1
        return file_url(enterprise_id) if stays else reverse("enterprises:list")

    return _act_page(
        request, form, enterprise, act, after=after,
        title=_("Hand over to another station"), submit=_("Hand over"),
        note=_("All records, ratings and the people of the enterprise move with it. The liaison officer's duty ends. "
               "Your station will no longer see the enterprise."),
    )  # fmt: skip


@page("enterprises:inactivity")
def enterprise_inactivity(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Take an enterprise off the register, or put it back."""
    enterprise = _get(request, enterprise_id)
    away = selectors.open_inactivity(request.actor, enterprise_id)
    if away:
        form: Any = ReactivateForm(request.POST or None)

        def act(data: dict[str, Any]) -> str:
            operations.reactivate(
                actor=request.actor, enterprise_id=enterprise_id, on=data["on"], reason=data["reason"]
            )
            return _("%(name)s is back on the register.") % {"name": enterprise.name}

        words = {
            "title": _("Put back on the register"),
            "submit": _("Put back"),
            "note": _("%(state)s since %(day)s: %(reason)s")
            % {"state": away.get_kind_display(), "day": away.from_on, "reason": away.reason},
        }
    else:
        form = InactivityForm(request.POST or None, actor=request.actor)

        def act(data: dict[str, Any]) -> str:
            operations.set_inactive(
                actor=request.actor,
                enterprise_id=enterprise_id,
                kind=data["kind"],
                from_on=data["from_on"],
                reason=data["reason"],
                merged_into_id=data["merged_into_id"],
            )
            return _("%(name)s is off the register.") % {"name": enterprise.name}

        words = {
            "title": _("Take off the register"),
            "submit": _("Take off"),
            "note": _("It gets no rating while it is off the register. Its records stay."),
        }
    return _act_page(request, form, enterprise, act, **words)


@page("enterprises:liaison")
def enterprise_liaison(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Designate the liaison officer or the deputy of one enterprise."""
    enterprise = _get(request, enterprise_id)
    form = LiaisonForm(request.POST or None, actor=request.actor, station_id=enterprise.station_id)

    def act(data: dict[str, Any]) -> str:
        officer = data["officer"]
        changed = operations.assign_liaison(
            actor=request.actor,
            enterprise_ids=[enterprise_id],
            officer_id=officer.pk if officer else None,
            kind=data["kind"],
            on=data["on"],
        )
        if not changed:
            return _("Nothing changed.")
        return (
            _("%(officer)s is designated.") % {"officer": officer} if officer else _("The place is vacant.")
        )

    return _act_page(
        request, form, enterprise, act, title=_("Liaison officer"), submit=_("Designate"), note=""
    )


@page("enterprises:liaison")
@require_POST
def assign_liaison(request: HttpRequest) -> HttpResponse:
    """Designate one officer for all enterprises ticked in the list."""
    back = request.POST.get("back", "")
    target = reverse("enterprises:list") + (
        f"?{back}" if back and "\n" not in back and "\r" not in back else ""
    )
    form = BulkLiaisonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tick at least one enterprise and choose an officer."))
        return redirect(target)
    data = form.cleaned_data
    ticked = set(data["enterprise"])
    # another officer may have handed one over since the list was shown: the others get theirs, and the answer says so
    here = set(selectors.visible(request.actor).filter(pk__in=ticked).values_list("pk", flat=True))
    if not here:
        raise Http404
    try:
        changed = operations.assign_liaison(
            actor=request.actor,
            enterprise_ids=here,
            officer_id=data["officer"],
            kind=data["kind"] or "main",
            on=timezone.localdate(),
        )
    except Enterprise.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        _tell_assigned(request, changed, had=len(here) - changed, gone=len(ticked) - len(here))
    return redirect(target)


def _tell_assigned(request: HttpRequest, changed: int, *, had: int, gone: int) -> None:
    if changed:
        text = ngettext(
            "%(count)d enterprise has its officer.", "%(count)d enterprises have their officer.", changed
        )
        messages.success(request, text % {"count": changed})
    if had:
        text = ngettext(
            "%(count)d enterprise had this officer already.",
            "%(count)d enterprises had this officer already.",
            had,
        )
        messages.info(request, text % {"count": had})
    if gone:
        text = ngettext(
            "%(count)d enterprise is not on your register and was left out.",
            "%(count)d enterprises are not on your register and were left out.",
            gone,
        )
        messages.warning(request, text % {"count": gone})


def _get(request: HttpRequest, enterprise_id: int) -> Enterprise:
    try:
        return selectors.get_enterprise(request.actor, enterprise_id)
    except Enterprise.DoesNotExist as error:
        raise Http404 from error


def _edit_page(
    request: HttpRequest, form: EnterpriseForm, enterprise: Enterprise, *, stale: str = ""
) -> HttpResponse:
    theirs = []
    if stale:
        for name in EDITABLE:
            now, typed = getattr(enterprise, name), form.cleaned_data.get(name)
            if now != typed:
                label = getattr(enterprise, f"get_{name}_display", lambda now=now: now)()
                theirs.append((form.fields[name].label, "–" if label in ("", None) else label))
        # The next save is made with open eyes: it counts from the entry as it stands now.
        form.data = form.data.copy()
        form.data["version"] = str(enterprise.version)
    return _form_page(
        request, form, title=_("Edit the entry"), submit=_("Save anyway") if stale else _("Save"),
        back=file_url(enterprise.pk), enterprise=enterprise, stale=stale, theirs=theirs,
    )  # fmt: skip


def _act_page(
    request: HttpRequest,
    form: Any,
    enterprise: Enterprise,
    act: Callable[[dict[str, Any]], str],
    *,
    title: str,
    submit: str,
    note: str,
    after: Callable[[], str] | None = None,
) -> HttpResponse:
    """A form that does one act on one enterprise; every refusal comes back into it."""
    if request.method == "POST" and form.is_valid():
        try:
            done = act(form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        except WrongState as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect(after() if after else file_url(enterprise.pk))
    return _form_page(
        request,
        form,
        title=title,
        submit=submit,
        back=file_url(enterprise.pk),
        enterprise=enterprise,
        note=note,
    )


def _form_page(
    request: HttpRequest, form: Any, *, title: str, submit: str, back: str, **more: Any
) -> HttpResponse:
    context = {"form": form, "title": title, "submit": submit, "back": back, **more}
    return render(request, "enterprises/form.html", context, status=422 if form.is_bound else 200)
