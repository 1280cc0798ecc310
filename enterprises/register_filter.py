"""Filters by what the register says of a record's enterprise: its liaison officer, area and street."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import areas, selectors
from enterprises.industries import is_industry
from enterprises.models import Liaison
from enterprises.open_work import OpenWorkFilter
from enterprises.pickers import area_input, industry_input, officer_input, officers_by_id, street_input
from foundation.accounts.access import STATION_ROLES
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.identifiers import compact
from foundation.ui.filters import NONE, PicksFilter, remembered_names
from foundation.words import listed

LEFT, ME = "left", "me"
AREA_DIGITS = 6


class RegisterFilter(OpenWorkFilter):
    """A list of enterprises, or of records about them (``to_enterprise`` leads there), for the police.

    A page that reads the officers anyway hands them over, so they come with it; else they are picked by typing, as are
    areas and streets.
    """

    liaison = PicksFilter(
        label=gettext_lazy("Liaison officer"), empty_label=gettext_lazy("Anyone"), condition="looked_after"
    )
    area = PicksFilter(
        label=gettext_lazy("Administrative area"),
        empty_label=gettext_lazy("All areas"),
        none=gettext_lazy("Not entered"),
        condition="in_areas",
    )
    street = PicksFilter(
        label=gettext_lazy("Street or township"),
        empty_label=gettext_lazy("All streets"),
        none=gettext_lazy("Not entered"),
        condition="in_streets",
    )

    def __init__(
        self, *args: Any, actor: Actor, officers: Iterable[User] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, actor=actor, **options)
        if not actor.is_police:
            for name in ("liaison", "area", "street"):
                del self.filters[name]
            return
        states = [(NONE, _("Not assigned")), (LEFT, _("No longer at the station"))]
        at_a_station = actor.role in STATION_ROLES
        if at_a_station:
            states = [(ME, _("Me, also as deputy")), *states]
            if "whose" not in (self.data or {}):  # asks the same; links of Today still do
                del self.filters["whose"]
        liaison = self.filters["liaison"].extra
        if officers is None:
            named = remembered_names(lambda values: officers_by_id(actor, values))
            liaison |= {
                "picker": officer_input(named),
                "check": lambda values: _all_known(values, {each.value for each in named(values)}),
            }
        else:
            states += [(str(each.pk), str(each)) for each in officers]
        if at_a_station and len(actor.stations) == 1:
            del self.filters["area"]  # a station has one
        liaison["choices"] = states
        if "area" in self.filters:
            self.filters["area"].extra |= {
                "picker": area_input(several=True),
                "check": lambda codes: _known_areas(actor, codes),
            }
        self.filters["street"].extra |= {
            "picker": street_input(several=True, free=False),
            "check": lambda values: _known_streets(actor, values),
        }

    def looked_after(self, values: Sequence[str]) -> Q:
        """Return the condition that one of these looks after the enterprise; NONE, LEFT and ME are not officers."""
        to = self.to_enterprise
        main = selectors.serving_liaisons(to)
        where = Q(pk__in=())
        if NONE in values:
            where |= ~Q(Exists(main))
        if LEFT in values:
            where |= Q(Exists(selectors.liaisons_who_left(to)))
        if ME in values:
            mine = Liaison.objects.filter(enterprise=OuterRef(to), until_on=None)
            where |= Q(Exists(mine.filter(officer_id=self.actor.user_id)))
        if officers := [int(each) for each in values if each not in (NONE, LEFT, ME)]:
            where |= Q(Exists(main.filter(officer_id__in=officers)))
        return where

    def in_areas(self, codes: Sequence[str]) -> Q:
        """Return the condition that the enterprise is in one of these areas, which include all below them."""
        where = Q(pk__in=())
        for code in codes:
            if code == NONE:
                where |= Q(division_code="")
            else:
                where |= Q(division_code__startswith=code.removesuffix("00").removesuffix("00"))
        return self.of_register(where)

    def in_streets(self, streets: Sequence[str]) -> Q:
        """Return the condition that the enterprise is in one of these streets."""
        return self.of_register(Q(street__in=["" if each == NONE else each for each in streets]))

    def of_register(self, where: Q) -> Q:
        """Return a condition on enterprises as one on the rows of this list."""
        if self.to_enterprise == "pk":
            return where
        if self.to_enterprise == "enterprise_id":
            # the row's own enterprise, which its list reads anyway: as a set of ids, all of the register would be read first
            return _of_joined(where, "enterprise")
        found = selectors.visible(self.actor).filter(where).order_by()
        return Q(**{f"{self.to_enterprise}__in": found.values("pk")})


def _of_joined(where: Q, to: str) -> Q:
    """Return a condition on columns of the register as one on rows that lead there by ``to``."""
    found = Q(_connector=where.connector, _negated=where.negated)
    for each in where.children:
        if isinstance(each, Q):
            found.children.append(_of_joined(each, to))
        else:
            # a column and a value: an expression, which cannot be unpacked, is not left out silently
            name, value = cast("tuple[str, Any]", each)
            found.children.append((f"{to}__{name}", value))
    return found


class IndustryFilter(RegisterFilter):
    """The same, also by industry."""

    section = PicksFilter(
        label=gettext_lazy("Industry"),
        empty_label=gettext_lazy("All"),
        none=gettext_lazy("Not entered"),
        condition="in_industries",
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        if actor.is_police:
            industry = {
                "picker": industry_input(several=True),
                "check": lambda codes: _known_industries(actor, codes),
            }
            self.filters["section"].extra |= industry
        else:
            del self.filters["section"]

    def in_industries(self, codes: Sequence[str]) -> Q:
        """Return the condition that the enterprise is in one of these industries, which include all below them."""
        where = Q(pk__in=())
        for code in codes:
            where |= Q(industry_code="") if code == NONE else Q(industry_code__startswith=code)
        return self.of_register(where)


def _known_industries(actor: Actor, values: Sequence[str]) -> list[str]:
    """Return codes of GB/T 4754 of any level, or of the register. Raise ValidationError for any other."""
    codes = [compact(each) for each in values]
    others = [each for each in codes if not is_industry(each)]
    if others and not selectors.codes_known(actor, "industry_code", others) >= set(others):
        raise ValidationError(_("This industry is not in GB/T 4754. Choose one from the list."))
    return codes


def _known_areas(actor: Actor, values: Sequence[str]) -> Sequence[str]:
    """Return codes of GB/T 2260, or of the register: a district may be younger than the table, or be the bureau's own."""
    codes = [compact(each) for each in values]
    known = {each for each in codes if areas.area_name(each)}
    if others := [each for each in codes if each not in known and len(each) == AREA_DIGITS]:
        known |= selectors.codes_known(actor, "division_code", others)
    return _all_known(codes, known)


def _known_streets(actor: Actor, values: Sequence[str]) -> Sequence[str]:
    return _all_known(values, selectors.streets_known(actor, values))


def _all_known(values: Sequence[str], known: Iterable[str]) -> Sequence[str]:
    """Return the values. Raise ValidationError if one is unknown."""
    unknown = [each for each in values if each not in set(known)]
    if unknown:
        raise ValidationError(
            _("Not known here: %(values)s. Choose from the list.") % {"values": listed(unknown)}
        )
    return values
