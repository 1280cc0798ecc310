"""Filters of the register's list."""

from collections.abc import Sequence
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from enterprises import selectors
from enterprises.choices import Colour, KeyUnitClass
from enterprises.grouping import GroupFilter
from enterprises.models import Enterprise
from enterprises.open_work import OpenWorkFilter
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import Station, User
from foundation.contributions.narrowings import narrowings
from foundation.ui.pickers import PickerSelect

SELECT = {"class": "form-select"}
OWN = ("q", "station", "colour", "liaison", "key_unit", "section", "area", "street")  # first, in this order
REGISTER = [(selectors.UNREGISTERED, _("Suspended, closed, merged")), (selectors.ALL, _("All"))]


def _choice(label: Any, choices: Sequence[tuple[Any, Any]], empty: Any) -> filters.ChoiceFilter:
    return filters.ChoiceFilter(
        label=label, choices=choices, empty_label=empty, widget=forms.Select(attrs=SELECT)
    )


class EnterpriseFilter(GroupFilter, OpenWorkFilter):
    """Turns the query string into the arguments of ``selectors.list_enterprises``.

    An invalid value (an unknown colour, an officer the actor may not choose) is an error at its field; nothing is listed.
    """

    to_enterprise, group_path = "pk", ""

    q = filters.CharFilter(label=_("Search"), max_length=100)
    colour = _choice(_("Colour"), Colour.choices, _("Any colour"))
    liaison = filters.ChoiceFilter(
        label=_("Liaison officer"),
        choices=[("none", _("Not assigned"))],
        empty_label=_("Anyone"),
        widget=PickerSelect({**SELECT}),
    )
    key_unit = _choice(
        _("Key security unit"),
        [("yes", _("Key units")), ("no", _("Other enterprises")), (_("Class"), KeyUnitClass.choices)],
        _("All"),
    )
    register = _choice(_("On the register"), REGISTER, _("Active"))

    def __init__(
        self, *args: Any, actor: Actor, officers: list[User], stations: list[Station], **options: Any
    ) -> None:
        super().__init__(*args, actor=actor, **options)
        self.filters["liaison"].extra["choices"] = [
            ("none", _("Not assigned")),
            ("left", _("No longer at the station")),
            *((str(officer.pk), str(officer)) for officer in officers),
        ]
        if actor.role == Role.SUPERVISOR:
            station: Any = _choice(
                _("Station"), [(str(each.pk), each.name) for each in stations], _("All stations")
            )
            # FilterSet sets these on declared filters only
            station.field_name, station.parent, station.model = "station", self, self.queryset.model
            self.filters = {"q": self.filters["q"], "station": station, **self.filters}
        for each in narrowings:
            known: Any = _choice(each.title, each.choices, each.empty)
            known.field_name, known.parent, known.model = each.code, self, self.queryset.model
            self.filters[each.code] = known
        own = [name for name in OWN if name in self.filters]
        self.filters = {name: self.filters[name] for name in (*own, *self.filters)}
        self.form.fields["q"].widget.attrs["placeholder"] = _("Name, code, person or phone")

    def filter_queryset(self, queryset: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
        """Leave filtering to the selector, which knows what the actor may see."""
        chosen = {name: value for name, value in self.form.cleaned_data.items() if value}
        station = chosen.get("station")
        found = selectors.list_enterprises(
            self.actor,
            text=chosen.get("q", ""),
            colour=chosen.get("colour", ""),
            key_unit=chosen.get("key_unit", ""),
            liaison=chosen.get("liaison", ""),
            station_id=int(station) if station else None,
            register=chosen.get("register") or selectors.REGISTERED,
        )
        for each in narrowings:
            if each.code in chosen:
                found = found.filter(each.condition(chosen[each.code]))
        for name in ("section", "area", "street", "work", "whose"):
            if name in chosen:
                found = self.filters[name].filter(found, chosen[name])
        return found
