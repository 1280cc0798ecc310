"""The operator's pages of bureaus, their stations and departments."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.accounts import operations, selectors
from foundation.accounts.access import Permission
from foundation.accounts.models import Bureau, Department, Station
from foundation.people.forms import BureauForm, DepartmentForm, StationForm
from foundation.people.tables import BureauTable, bureau_url
from foundation.people.views.editing import DirectoryEdit
from foundation.ui.views import Button, CreatePage, Crumb, ListPage, OfRecord, Page, RecordPage

BUREAUS = _("Bureaus")


class Organisations(Page):
    """A page about bureaus, stations or departments."""

    permission = Permission.MANAGE_ORGANISATIONS

    def get_trail(self) -> list[Crumb]:
        return [Crumb(BUREAUS, reverse("accounts:bureaus"))]


class OneBureau(Organisations, OfRecord):
    """A page about the bureau in the URL; its other pages lead back to the bureau's own."""

    def find_record(self) -> Bureau:
        return selectors.get_bureau(self.actor, self.kwargs["pk"])

    def get_back_url(self) -> str:
        return bureau_url(self.record)


class OfBureau(Organisations, OfRecord):
    """A page about something that belongs to a bureau."""

    def get_trail(self) -> list[Crumb]:
        return [*super().get_trail(), Crumb(self.record.bureau, self.get_back_url())]

    def get_back_url(self) -> str:
        return bureau_url(self.record.bureau)


class BureauList(Organisations, ListPage):
    """All bureaus."""

    title = BUREAUS
    template_name = "accounts/bureaus.html"
    table_class = BureauTable
    create_permission = Permission.MANAGE_ORGANISATIONS
    create_label = _("New bureau")
    icon = "building-community"
    empty_title = _("No bureaus yet")
    empty_text = _("Create the first bureau, add its police stations, then invite its people.")

    def get_trail(self) -> list[Crumb]:
        return []

    def get_queryset(self) -> QuerySet[Bureau]:
        return selectors.list_bureaus(self.actor)

    def get_create_url(self) -> str:
        return reverse("accounts:bureau_create")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            password_requests=selectors.open_password_requests(self.actor), **context
        )


class BureauRecord(OneBureau, RecordPage):
    """One bureau: its settings, stations and departments."""

    template_name = "accounts/bureau.html"

    def get_trail(self) -> list[Crumb]:
        return [*super().get_trail(), Crumb(self.record.code)]

    def get_buttons(self) -> list[Button]:
        return [
            Button(_("Edit"), reverse("accounts:bureau_edit", args=[self.record.pk]), "pencil", dialog=False)
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        people = selectors.people_per_station(self.actor, self.record.pk)
        stations = selectors.list_stations(self.actor, self.record.pk)
        return super().get_context_data(
            stations=[(station, people.get(station.pk, 0)) for station in stations],
            departments=list(selectors.list_departments(self.actor, self.record.pk)),
            **context,
        )


class BureauCreate(Organisations, CreatePage):
    """Open a bureau."""

    tries_out = True
    title = _("New bureau")
    form_class = BureauForm
    done_text = _("The bureau was created. Add its police stations next.")

    def perform(self, form: BaseForm) -> Bureau:
        return operations.create_bureau(actor=self.actor, **self.values(form))

    def get_back_url(self) -> str:
        return reverse("accounts:bureaus")

    def get_success_url(self) -> str:
        return bureau_url(self.result)


class BureauEdit(OneBureau, DirectoryEdit):
    """Change a bureau's name, first rated quarter and cut-off days."""

    title = _("Edit the bureau")
    form_class = BureauForm

    def perform(self, form: BaseForm) -> Bureau:
        return operations.edit_bureau(
            actor=self.actor, bureau_id=self.record.pk, version=self.version(form), **self.values(form)
        )


class NewInBureau(OneBureau, CreatePage):
    """Something new in the bureau of the URL."""

    create: ClassVar[Any]
    tries_out = True

    def get_trail(self) -> list[Crumb]:
        return [*super().get_trail(), Crumb(self.record, self.get_back_url())]

    def perform(self, form: BaseForm) -> Any:
        return type(self).create(actor=self.actor, bureau_id=self.record.pk, **self.values(form))


class StationCreate(NewInBureau):
    """Add a police station to a bureau."""

    title = _("New police station")
    form_class = StationForm
    create = operations.create_station
    done_text = _("The police station was added.")


class StationEdit(OfBureau, DirectoryEdit):
    """Rename a police station."""

    title = _("Rename the police station")
    form_class = StationForm

    def find_record(self) -> Station:
        return selectors.list_stations(self.actor).get(pk=self.kwargs["pk"])

    def perform(self, form: BaseForm) -> Station:
        return operations.rename_station(
            actor=self.actor, station_id=self.record.pk, version=self.version(form), **self.values(form)
        )


class DepartmentCreate(NewInBureau):
    """Add a department to a bureau."""

    title = _("New department")
    form_class = DepartmentForm
    create = operations.create_department
    done_text = _("The department was added.")


class DepartmentEdit(OfBureau, DirectoryEdit):
    """Change a department."""

    title = _("Edit the department")
    form_class = DepartmentForm

    def find_record(self) -> Department:
        return selectors.list_departments(self.actor).get(pk=self.kwargs["pk"])

    def perform(self, form: BaseForm) -> Department:
        return operations.edit_department(
            actor=self.actor, department_id=self.record.pk, version=self.version(form), **self.values(form)
        )
