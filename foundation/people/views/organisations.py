"""Bureaus, their stations and departments: the operator's pages."""

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_tables2 import RequestConfig

from foundation.accounts import access, operations, selectors
from foundation.accounts.models import Bureau, Department, Station
from foundation.people.forms import BureauForm, DepartmentForm, SeenForm, StationForm, attempt, data_of
from foundation.people.tables import BureauTable

FORM = ["GET", "POST"]


def _get(lookup: object, model: type[Model], pk: int) -> Model:
    try:
        return lookup.get(pk=pk)  # type: ignore[attr-defined]
    except model.DoesNotExist as error:
        raise Http404 from error


def _page(request: HttpRequest, form: SeenForm, heading: str, cancel_url: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "cancel_url": cancel_url}
    return render(request, "accounts/organisation_form.html", context, status=422 if form.errors else 200)


def _bureau_url(bureau_id: int) -> str:
    return reverse("accounts:bureau", args=[bureau_id])


@access.page("accounts:organisations")
@require_GET
def bureaus(request: HttpRequest) -> HttpResponse:
    """All bureaus of the platform."""
    table = BureauTable(selectors.list_bureaus(request.actor))
    RequestConfig(request, paginate={"per_page": 50, "silent": True}).configure(table)
    return render(request, "accounts/bureaus.html", {"table": table})


@access.page("accounts:organisations")
@require_GET
def bureau(request: HttpRequest, pk: int) -> HttpResponse:
    """One bureau: its settings, stations and departments."""
    found = _get(selectors.list_bureaus(request.actor), Bureau, pk)
    people = selectors.people_per_station(request.actor, pk)
    stations = [
        (station, people.get(station.pk, 0)) for station in selectors.list_stations(request.actor, pk)
    ]
    context = {
        "bureau": found,
        "stations": stations,
        "departments": list(selectors.list_departments(request.actor, pk)),
    }
    return render(request, "accounts/bureau.html", context)


@access.page("accounts:organisations")
@require_http_methods(FORM)
def bureau_create(request: HttpRequest) -> HttpResponse:
    form = BureauForm(data_of(request))
    if form.is_valid():
        made = attempt(form, lambda: operations.create_bureau(actor=request.actor, **form.values()))
        if made is not None:
            messages.success(request, _("The bureau is open. Add its police stations next."))
            return redirect("accounts:bureau", made.pk)
    return _page(request, form, _("New bureau"), reverse("accounts:bureaus"))


@access.page("accounts:organisations")
@require_http_methods(FORM)
def bureau_edit(request: HttpRequest, pk: int) -> HttpResponse:
    form = BureauForm(data_of(request), instance=_get(selectors.list_bureaus(request.actor), Bureau, pk))
    if form.is_valid() and attempt(
        form, lambda: operations.edit_bureau(actor=request.actor, bureau_id=pk, **form.values())
    ):
        messages.success(request, _("Saved."))
        return redirect("accounts:bureau", pk)
    return _page(request, form, _("Edit the bureau"), _bureau_url(pk))


@access.page("accounts:organisations")
@require_http_methods(FORM)
def station_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new station of bureau ``pk``."""
    _get(selectors.list_bureaus(request.actor), Bureau, pk)
    form = StationForm(data_of(request))
    if form.is_valid() and attempt(
        form, lambda: operations.create_station(actor=request.actor, bureau_id=pk, **form.values())
    ):
        messages.success(request, _("The police station is open."))
        return redirect("accounts:bureau", pk)
    return _page(request, form, _("New police station"), _bureau_url(pk))


@access.page("accounts:organisations")
@require_http_methods(FORM)
def station_edit(request: HttpRequest, pk: int) -> HttpResponse:
    station = _get(selectors.list_stations(request.actor), Station, pk)
    form = StationForm(data_of(request), instance=station)
    if form.is_valid() and attempt(
        form, lambda: operations.rename_station(actor=request.actor, station_id=pk, **form.values())
    ):
        messages.success(request, _("Saved."))
        return redirect("accounts:bureau", station.bureau_id)
    return _page(request, form, _("Rename the police station"), _bureau_url(station.bureau_id))


@access.page("accounts:organisations")
@require_http_methods(FORM)
def department_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new department of bureau ``pk``."""
    _get(selectors.list_bureaus(request.actor), Bureau, pk)
    form = DepartmentForm(data_of(request))
    if form.is_valid() and attempt(
        form, lambda: operations.create_department(actor=request.actor, bureau_id=pk, **form.values())
    ):
        messages.success(request, _("The department is added."))
        return redirect("accounts:bureau", pk)
    return _page(request, form, _("New department"), _bureau_url(pk))


@access.page("accounts:organisations")
@require_http_methods(FORM)
def department_edit(request: HttpRequest, pk: int) -> HttpResponse:
    department = _get(selectors.list_departments(request.actor), Department, pk)
    form = DepartmentForm(data_of(request), instance=department)
    if form.is_valid() and attempt(
        form, lambda: operations.edit_department(actor=request.actor, department_id=pk, **form.values())
    ):
        messages.success(request, _("Saved."))
        return redirect("accounts:bureau", department.bureau_id)
    return _page(request, form, _("Edit the department"), _bureau_url(department.bureau_id))
