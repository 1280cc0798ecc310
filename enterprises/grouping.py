"""The groups in which a bureau's enterprises are compared, and the parameters of lists that leave one of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Expression, F
from django.db.models.functions import Left
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from enterprises.areas import area_name
from enterprises.industries import industry_name
from foundation.ui.filters import NONE
from foundation.words import Words

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
