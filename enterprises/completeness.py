"""Completeness of an enterprise's register entry, and who can supply what is missing."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from enterprises.models import Enterprise
from foundation.database.fields import field_of
from foundation.words import Words


class Supplier(StrEnum):
    """Who can supply a missing field."""

    ENTERPRISE = "enterprise"
    STATION = "station"

    @property
    def label(self) -> str:
        return str(_("the enterprise") if self is Supplier.ENTERPRISE else _("the station"))


@dataclass(frozen=True)
class Missing:
    """One empty field of the entry."""

    code: str
    label: Words
    supplier: Supplier


@dataclass(frozen=True)
class Completeness:
    """``percent`` of the weighted fields present; ``missing`` lists the others, greatest weight first."""

    percent: int
    missing: tuple[Missing, ...]


# (field, who can supply it, weight): the weight says how much the police and the rating need it
PIECES: tuple[tuple[str, Supplier, int], ...] = (
    ("credit_code", Supplier.ENTERPRISE, 3),
    ("address", Supplier.STATION, 3),
    ("security_chief", Supplier.ENTERPRISE, 3),
    ("liaison", Supplier.STATION, 3),
    ("industry_code", Supplier.STATION, 2),
    ("legal_representative", Supplier.ENTERPRISE, 2),
    ("responsible_person", Supplier.ENTERPRISE, 2),
    ("phone", Supplier.ENTERPRISE, 2),
    ("headcount", Supplier.ENTERPRISE, 1),
    ("division_code", Supplier.STATION, 1),
)


def completeness(enterprise: Enterprise, *, has_liaison: bool) -> Completeness:
    """Return the weighted share of fields present. The caller knows whether the enterprise has a liaison officer."""
    missing, have, total = [], 0, 0
    for code, supplier, weight in PIECES:
        total += weight
        present = has_liaison if code == "liaison" else getattr(enterprise, code) not in ("", None)
        if present:
            have += weight
        else:
            missing.append((weight, Missing(code, _label(code), supplier)))
    ordered = sorted(missing, key=lambda pair: -pair[0])
    return Completeness(percent=have * 100 // total, missing=tuple(piece for _weight, piece in ordered))


def _label(code: str) -> Words:
    if code == "liaison":
        return _("liaison officer")
    return field_of(Enterprise, code).verbose_name
