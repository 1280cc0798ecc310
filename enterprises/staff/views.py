"""Pages of the register for the police: the list, and the acts on one enterprise."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Page as PageOfIds
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property, classproperty
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import bulk, operations, selectors
from enterprises.access import Permission
from enterprises.filters import EnterpriseFilter
from enterprises.forms import (
    EnterpriseForm,
    HandOverForm,
    InactivityForm,
    LiaisonForm,
    NewEnterpriseForm,
    ReactivateForm,
    VoidInactivityForm,
)
from enterprises.models import Enterprise, Inactivity
from enterprises.staff.pagination import paginator
from enterprises.tables import SORTS, EnterpriseTable, sorted_by
from foundation.accounts import access
from foundation.accounts.access import WrongState
from foundation.accounts.models import Station, User
from foundation.contributions.file import address_of
from foundation.requests import Request
from foundation.ui.views import (
    ActPage,
    CreatePage,
    Crumb,
    EditPage,
    FormPage,
    ListPage,
    OfRecord,
    Posting,
)
from foundation.words import Words

PAGE = 50


class EnterpriseList(ListPage):
    """The register: filters, sorting, search as you type, acts on many."""

    permission = Permission.VIEW_ENTERPRISES
    title = gettext_lazy("Enterprises")
    template_name = "enterprises/list.html"
    filterset_class = EnterpriseFilter
    table_class = EnterpriseTable
    choices = ("sort",)
    table_pagination = False  # get_table_data reads the rows of one page only
    bulk_acts = classproperty(lambda _cls: bulk.acts())  # read from the class, too
    create_permission = Permission.REGISTER_ENTERPRISES
    create_label = gettext_lazy("New enterprise")
    icon = "building-factory-2"
    empty_title = gettext_lazy("No enterprise on the register yet")

    def get_empty_text(self) -> str:
        if access.allows(self.actor, self.create_permission):
            return _("Add the first one by hand, or ask the platform operator to import your spreadsheets.")
        return ""

    @cached_property
    def stations(self) -> list[Station]:
        """Stations to choose from; empty for users of one station."""
        return list(selectors.list_stations(self.actor)) if len(self.actor.stations) > 1 else []

    @cached_property
    def officers(self) -> list[User]:
        """Officers to choose from; empty for a whole bureau, which has too many."""
        return [] if self.stations else list(selectors.list_officers(self.actor))

    @property
    def sort(self) -> str:
        """The order that the URL asks for."""
        return self.asked_for("sort", [*SORTS, *(f"-{each}" for each in SORTS)])

    @cached_property
    def shown(self) -> PageOfIds:
        """Ids of the page, found by key first, so that only its fifty rows are annotated and joined."""
        found, sort = sorted_by(self.object_list, self.sort)
        ids = found.values_list("pk", flat=True)
        pages = paginator(
            self.actor,
            ids,
            PAGE,
            by_index=sort.removeprefix("-") == "name",
            is_search=bool(self.request.GET.get("q")),
        )
        return pages.get_page(self.request.GET.get("page"))

    def get_queryset(self) -> QuerySet[Enterprise]:
        return selectors.visible(self.actor)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        officers = None if self.stations else self.officers
        choices = {"actor": self.actor, "officers": officers, "stations": self.stations}
        return super().get_filterset_kwargs(filterset_class) | choices

    def get_table_data(self) -> Sequence[Enterprise]:
        return selectors.rows_of(self.actor, list(self.shown.object_list))

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def get_whole_table(self) -> EnterpriseTable:
        return EnterpriseTable([], **self.get_table_kwargs())

    def get_sheet_rows(self, table: Any) -> QuerySet[Enterprise]:
        return sorted_by(self.object_list, self.sort)[0]

    def get_sheet_records(self, keys: Sequence[int]) -> list[Any]:
        return list(selectors.rows_of(self.actor, list(keys)))

    def count_found(self, table: Any) -> int:
        return self.shown.paginator.count

    def get_create_url(self) -> str:
        return reverse("enterprises:create")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            shown=self.shown,
            total=self.shown.paginator.count,
            **context,
        )


class EnterpriseCreate(CreatePage):
    """Register a new enterprise; asks first if the name is on the register already."""

    permission = Permission.REGISTER_ENTERPRISES
    title = gettext_lazy("New enterprise")
    template_name = "enterprises/create.html"
    form_class = NewEnterpriseForm
    submit_label = gettext_lazy("Register")
    tries_out = True
    namesake: Enterprise | None = None

    def perform(self, form: BaseForm) -> Enterprise:
        refuse_namesake = "all_the_same" not in self.request.POST and not form.errors
        return operations.register_enterprise(
            actor=self.actor, refuse_namesake=refuse_namesake, **self.values(form)
        )

    def take_refusal(self, form: BaseForm, error: WrongState) -> None:
        super().take_refusal(form, error)
        if isinstance(error, operations.Namesake):
            self.namesake = error.enterprise
            if error.faults:
                self.take_errors(form, ValidationError(error.faults.by_field))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(namesake=self.namesake, **context)

    def get_done_text(self) -> str:
        return _("%(name)s is on the register.") % {"name": self.result.name}

    def get_back_url(self) -> str:
        return reverse("enterprises:list")

    def get_success_url(self) -> str:
        return address_of(self.result.pk)


# --- one entry ------------------------------------------------------------------------------------------------------


class OneEnterprise(OfRecord):
    """A page about the enterprise in the URL; leads back to its file."""

    context_object_name: str | None = "enterprise"

    def find_record(self) -> Enterprise:
        return selectors.get_enterprise(self.actor, self.kwargs["enterprise_id"])

    def get_trail(self) -> list[Crumb]:
        return [Crumb(self.record.name, self.get_back_url())]

    def get_back_url(self) -> str:
        return address_of(self.record.pk)


class EnterpriseEdit(OneEnterprise, EditPage):
    """Change an entry."""

    permission = Permission.EDIT_ENTERPRISES
    title = gettext_lazy("Edit the entry")
    form_class = EnterpriseForm
    tries_out = True

    def perform(self, form: BaseForm) -> Enterprise:
        return operations.edit_enterprise(
            actor=self.actor,
            enterprise_id=self.record.pk,
            version=self.version(form),
            **self.values(form),
        )


class EnterpriseAct(OneEnterprise, ActPage):
    """An act that does not edit the entry, so it needs no version."""

    tries_out = True

    def get_version(self) -> None:
        return None


class EnterpriseHandOver(EnterpriseAct):
    """Hand over an enterprise to another station."""

    permission = Permission.HAND_OVER_ENTERPRISES
    title = gettext_lazy("Hand over to another station")
    text = gettext_lazy(
        "All records, ratings and people of the enterprise move with it. The liaison officer's "
        "assignment ends, and your station can no longer see the enterprise."
    )
    form_class = HandOverForm
    submit_label = gettext_lazy("Hand over")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor, "station_id": self.record.station_id}

    def perform(self, form: BaseForm) -> Enterprise:
        values = self.values(form)
        receiving = values.pop("to_station")
        return operations.hand_over(
            actor=self.actor,
            enterprise_id=self.record.pk,
            to_station_id=receiving.pk if receiving else None,
            **values,
        )

    def get_done_text(self) -> str:
        moved = self.result
        return _("%(name)s is now with %(station)s.") % {"name": moved.name, "station": moved.station.name}

    def get_success_url(self) -> str:
        is_still_seen = self.result.station_id in self.actor.stations
        return self.get_back_url() if is_still_seen else reverse("enterprises:list")


class EnterpriseTakeOff(EnterpriseAct):
    """Take an enterprise off the register."""

    permission = Permission.DEACTIVATE_ENTERPRISES
    title = gettext_lazy("Take off the register")
    text = gettext_lazy("An enterprise is not rated while it is off the register. Its records are kept.")
    form_class = InactivityForm
    submit_label = gettext_lazy("Take off")
    CONFIRMS = "over_records"  # asked only once there are records of later days

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def perform(self, form: BaseForm) -> Inactivity:
        values = self.values(form)
        successor = values.pop("merged_into")
        return operations.set_inactive(
            actor=self.actor,
            enterprise_id=self.record.pk,
            merged_into_id=successor.pk if successor else None,
            **values,
        )

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        if self.CONFIRMS in self.request.POST:
            self.ask_to_confirm(form)
        return form

    def ask_to_confirm(self, form: BaseForm) -> None:
        form.fields[self.CONFIRMS] = forms.BooleanField(
            label=_("It was off the register nevertheless"), required=False
        )

    def take_refusal(self, form: BaseForm, error: WrongState) -> None:
        super().take_refusal(form, error)
        if isinstance(error, operations.LaterRecords):
            self.ask_to_confirm(form)

    def get_done_text(self) -> str:
        return _("%(name)s is off the register.") % {"name": self.record.name}


class EnterprisePutBack(EnterpriseAct):
    """Put an enterprise back on the register."""

    permission = Permission.DEACTIVATE_ENTERPRISES
    title = gettext_lazy("Put back on the register")
    form_class = ReactivateForm
    submit_label = gettext_lazy("Put back on the register")

    def get_initial(self) -> dict[str, Any]:
        away = selectors.open_inactivity(self.actor, self.record.pk)
        is_of_today = away is not None and away.from_on >= timezone.localdate()
        return super().get_initial() | ({"on": None} if is_of_today else {})

    def get_text(self) -> Words:
        away = selectors.open_inactivity(self.actor, self.record.pk)
        if away is None:
            return ""
        values = {"state": away.get_kind_display(), "day": away.from_on, "reason": away.reason}
        return format_html(
            '{} <a href="{}">{}</a>',
            _("%(state)s since %(day)s: %(reason)s") % values,
            reverse("enterprises:void_inactivity", args=[self.record.pk]),
            _("Recorded by mistake?"),
        )

    def perform(self, form: BaseForm) -> Enterprise:
        return operations.reactivate(actor=self.actor, enterprise_id=self.record.pk, **self.values(form))

    def get_done_text(self) -> str:
        return _("%(name)s is back on the register.") % {"name": self.record.name}


class EnterpriseVoidInactivity(EnterpriseAct):
    """Take back a time off the register that was recorded by mistake."""

    permission = Permission.DEACTIVATE_ENTERPRISES
    title = gettext_lazy("Recorded by mistake")
    text = gettext_lazy(
        "The enterprise was on the register in that time after all. The entry and your reason stay in the log. Published ratings do"
        " not change automatically."
    )
    form_class = VoidInactivityForm
    submit_label = gettext_lazy("It never was off the register")

    @property
    def periods(self) -> list[tuple[int, str]]:
        """The times off the register that can be taken back, latest first, in words."""
        rows = selectors.list_inactivities(self.actor, self.record.pk).exclude(Inactivity.IS_VOID)
        return [
            (each.pk, f"{each.get_kind_display()} · {each.from_on} – {each.until_on or ''}".rstrip())
            for each in rows
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"periods": self.periods}

    def get_refusal(self) -> Words:
        return "" if self.periods else _("The enterprise was never off the register.")

    def perform(self, form: BaseForm) -> Inactivity:
        words = dict(self.periods)
        voided = operations.void_inactivity(
            actor=self.actor, enterprise_id=self.record.pk, **self.values(form)
        )
        self.taken_back = words[voided.pk]
        return voided

    def get_done_text(self) -> str:
        words = _("%(name)s was on the register in this time after all: %(period)s")
        return words % {"name": self.record.name, "period": self.taken_back}


class EnterpriseInactivity(OneEnterprise, Posting):
    """Take an enterprise off the register, or put it back, whichever is possible now."""

    permission = Permission.DEACTIVATE_ENTERPRISES
    http_method_names = FormPage.http_method_names

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        # a form that was opened before somebody was quicker is judged as what it is
        sent = (
            {name for name in ("kind", "from_on", "on") if name in request.POST}
            if request.method == "POST"
            else set()
        )
        is_away = "on" in sent or (
            not sent and selectors.open_inactivity(self.actor, self.record.pk) is not None
        )
        page = EnterprisePutBack if is_away else EnterpriseTakeOff
        return page.as_view()(request, **kwargs)

    post = get


class EnterpriseLiaison(EnterpriseAct):
    """Designate the liaison officer or the deputy of one enterprise."""

    permission = Permission.DESIGNATE_LIAISON_OFFICERS
    title = gettext_lazy("Liaison officer")
    form_class = LiaisonForm
    submit_label = gettext_lazy("Designate")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor, "station_id": self.record.station_id}

    def perform(self, form: BaseForm) -> str:
        """Perform the act and return its result in words."""
        values = self.values(form)
        officer = values.pop("officer")
        changed = operations.assign_liaison(
            actor=self.actor,
            enterprise_ids=[self.record.pk],
            officer_id=officer.pk if officer else None,
            **values,
        )
        if not changed:
            return _("Nothing changed.")
        if not officer:
            return _("The position is now vacant.")
        return _("%(officer)s is designated.") % {"officer": officer}

    def get_done_text(self) -> str:
        return self.result
