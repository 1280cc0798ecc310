"""The groups in which a bureau's enterprises are compared, and the filters of lists that leave one of them.

A figure of a group and the list behind it have the same conditions: both come from here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Expression, F, Q, QuerySet
from django.db.models.functions import Left
from django.forms import CharField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from enterprises.areas import area_name
from enterprises.industries import industry_name, is_industry
from enterprises.pickers import area_input, industry_input, street_input
from foundation.identifiers import compact
from foundation.words import Words

NONE = "none"  # in the URL: what is not entered
Key = tuple[Any, ...]
MAJOR = 3  # characters of a major class: a section's letter and two digits


@dataclass(frozen=True)
class Grouping:
    """A way to group enterprises.

    ``fields`` are the columns of an enterprise whose values make a group, ``length`` how many characters of them count,
    ``asked`` the parameters of lists that leave one group.
    """

    code: str
    title: Words
    one: Words
    fields: tuple[str, ...]
    asked: tuple[str, ...]
    length: int = 0

    def columns(self, to_enterprise: str = "") -> dict[str, Expression | F]:
        """Return the columns that make a group, of rows from which ``to_enterprise`` leads to their enterprise."""
        columns: dict[str, Expression | F] = {}
        for number, name in enumerate(self.fields):
            column = F(name if name == "station_id" else f"{to_enterprise}{name}")
            columns[f"group_{number}"] = Left(column, self.length) if self.length else column
        return columns

    def query(self, key: Key) -> dict[str, Any]:
        """Return the parameters of a list that leave the group."""
        return {name: value or NONE for name, value in zip(self.asked, key, strict=True)}

    def name(self, key: Key, stations: Mapping[int, str]) -> str:
        """Return what the group is called; of a station, as ``stations`` has it."""
        if self.code == "station":
            return stations.get(key[0], "")
        if not key[-1]:
            return _("Not entered")
        if self.code == "area":
            return area_name(key[0]) or str(key[0])
        if self.code == "street":
            return str(key[1])
        return industry_name(key[0]) or str(key[0])

    def note(self, key: Key) -> str:
        """Return what tells the group from another of the same name."""
        if self.code == "street":
            return area_name(key[0]) or str(key[0])
        if not key[0] or self.code == "station":
            return ""
        if self.code == "class" and len(key[0]) < MAJOR:
            return pgettext("industry", "only the section is entered")
        return str(key[0])

    def wider(self, keys: Iterable[Key]) -> set[Key]:
        """Return the keys whose list would have others as well: a section beside its classes, a city beside its districts."""
        known = set(keys)
        if self.code in ("area", "street"):
            whole = [key for key in known if key[0].endswith("00")]
            return {key for key in whole if any(_is_within(o[0], key[0]) and o[1:] == key[1:] for o in known)}
        if self.code == "class":
            return {
                key for key in known if len(key[0]) == 1 and any(o[0][:1] == key[0] < o[0] for o in known)
            }
        return set()


def _stem(area: str) -> str:
    return area.removesuffix("00").removesuffix("00")


def _is_within(area: str, other: str) -> bool:
    return area != other and area.startswith(_stem(other))


GROUPINGS: Mapping[str, Grouping] = {
    each.code: each
    for each in (
        Grouping("station", gettext_lazy("Stations"), gettext_lazy("Station"), ("station_id",), ("station",)),
        Grouping("area", gettext_lazy("Areas"), gettext_lazy("Area"), ("division_code",), ("area",)),
        Grouping(
            "street",
            gettext_lazy("Streets"),
            gettext_lazy("Street or township"),
            ("division_code", "street"),
            ("area", "street"),
        ),
        Grouping(
            "industry",
            gettext_lazy("Industries"),
            gettext_lazy("Industry"),
            ("industry_code",),
            ("section",),
            1,
        ),
        Grouping(
            "class",
            gettext_lazy("Major classes"),
            gettext_lazy("Major class"),
            ("industry_code",),
            ("section",),
            MAJOR,
        ),
    )
}


class IndustryField(CharField):
    """A code of GB/T 4754 of any level, or NONE."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        code = text if text == NONE else compact(text)
        if code and code != NONE and not is_industry(code):
            raise ValidationError(_("This industry is not in GB/T 4754. Choose one from the list."))
        return code


class IndustryFilter(django_filters.CharFilter):
    """An industry with all below it."""

    field_class = IndustryField


class AreaField(CharField):
    """A code of GB/T 2260, also a former one, or NONE."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        code = text if text == NONE else compact(text)
        if code and code != NONE and not area_name(code):
            raise ValidationError(_("This area is not in GB/T 2260. Choose one from the list."))
        return code


class AreaFilter(django_filters.CharFilter):
    """An area with all below it."""

    field_class = AreaField


class GroupFilter(django_filters.FilterSet):
    """A list that can be narrowed to a group of enterprises. ``to_enterprise`` leads from its rows to their enterprise."""

    group_path = "enterprise__"

    section = IndustryFilter(
        label=gettext_lazy("Industry"),
        widget=industry_input(placeholder=gettext_lazy("All")),
        method="in_industry",
    )
    area = AreaFilter(
        label=gettext_lazy("Area"), widget=area_input(placeholder=gettext_lazy("All")), method="in_area"
    )
    street = django_filters.CharFilter(
        label=gettext_lazy("Street or township"),
        widget=street_input(placeholder=gettext_lazy("All"), free=True),
        max_length=64,
        method="in_street",
    )

    def in_industry(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        column = f"{self.group_path}industry_code"
        return rows.filter(Q(**({column: ""} if value == NONE else {f"{column}__startswith": value})))

    def in_area(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        column = f"{self.group_path}division_code"
        return rows.filter(Q(**({column: ""} if value == NONE else {f"{column}__startswith": _stem(value)})))

    def in_street(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(**{f"{self.group_path}street": "" if value == NONE else value})
