"""Filters of the register's list."""

from collections.abc import Sequence
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from enterprises import selectors
from enterprises.choices import Colour, KeyUnitClass
from enterprises.models import Enterprise
from enterprises.register_filter import IndustryFilter
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import Station
from foundation.contributions.narrowings import narrowings
from foundation.ui.filters import DueFilter, PicksFilter

SELECT = {"class": "form-select"}
REGISTER = [(selectors.UNREGISTERED, _("Suspended, closed, merged")), (selectors.ALL, _("All"))]
ORDER = (
    "q",
    "station",
    "colour",
    "liaison",
    "due",
    "key_unit",
    "section",
    "area",
    "street",
    "register",
    "work",
    "whose",
)


class EnterpriseFilter(IndustryFilter):
    """The register by what is typed, by its columns, and by whether its entries are on the register now.

    An invalid value (an unknown colour, an officer the actor may not choose) is an error at its field; nothing is listed.
    """

    to_enterprise = "pk"

    q = filters.CharFilter(label=_("Search"), max_length=100)
    colour = PicksFilter(label=_("Colour"), choices=Colour.choices, empty_label=_("Any colour"))
    key_unit = PicksFilter(
        label=_("Key security unit"),
        choices=[("yes", _("Key units")), ("no", _("Other enterprises")), (_("Class"), KeyUnitClass.choices)],
        empty_label=_("All"),
        condition="of_class",
    )
    due = DueFilter(label=_("Next inspection"), field_name="next_inspection_on")
    register = filters.ChoiceFilter(
        label=_("On the register"),
        choices=REGISTER,
        empty_label=_("Active"),
        widget=forms.Select(attrs=SELECT),
    )

    def __init__(self, *args: Any, actor: Actor, stations: list[Station], **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        if actor.role == Role.SUPERVISOR:
            choices = [(str(each.pk), each.name) for each in stations]
            station = PicksFilter(label=_("Station"), empty_label=_("All stations"), choices=choices)
            # FilterSet sets these on declared filters only
            station.field_name, station.parent, station.model = "station", self, self.queryset.model
            self.filters["station"] = station
        for each in narrowings:
            known: Any = filters.ChoiceFilter(
                label=each.title,
                choices=each.choices,
                empty_label=each.empty,
                widget=forms.Select(attrs=SELECT),
            )
            known.field_name, known.parent, known.model = each.code, self, self.queryset.model
            self.filters[each.code] = known
        names = [name for name in ORDER if name in self.filters]
        self.filters = {name: self.filters[name] for name in (*names, *self.filters)}
        self.form.fields["q"].widget.attrs["placeholder"] = _("Name, code, person or phone")

    def of_class(self, values: Sequence[str]) -> Q:
        """Return the condition that an enterprise is a key unit of one of these classes, of any, or is none."""
        where = Q(key_unit_class__in=[{"no": ""}.get(each, each) for each in values])
        return where | ~Q(key_unit_class="") if "yes" in values else where

    def filter_queryset(self, queryset: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
        """Let the selector search, which knows in which words the actor may, and narrow what it finds."""
        chosen = self.form.cleaned_data
        found = selectors.list_enterprises(
            self.actor, text=chosen["q"], register=chosen["register"] or selectors.REGISTERED
        )
        for name, value in chosen.items():
            if value and (narrowing := narrowings.get(name)):
                found = found.filter(narrowing.condition(value))
            elif value and name not in ("q", "register"):
                found = self.filters[name].filter(found, value)
        return found
