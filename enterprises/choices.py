"""Choices of the enterprises app."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Colour(models.TextChoices):
    """The three-colour warning 三色预警. Yellow means *good*; grey means not rated."""

    GREEN = "green", _("Green")
    YELLOW = "yellow", _("Yellow")
    RED = "red", _("Red")
    GREY = "grey", _("Not rated")


RANKED = (Colour.RED, Colour.YELLOW, Colour.GREEN)  # worst to best; grey has no rank
_RANKS = {str(colour): rank for rank, colour in enumerate(RANKED, start=1)}


def rank_of(colour: str) -> int:
    """Return 1 for red, 2 for yellow, 3 for green; 0 for grey and for no colour."""
    return _RANKS.get(colour, 0)


def colour_of_rank(rank: int) -> Colour:
    """Return the colour of a rank from 1 to 3."""
    return RANKED[rank - 1]


class KeyUnitClass(models.TextChoices):
    """Key security units 治安保卫重点单位: the eleven classes of State Council Order 421, Art. 13."""

    MEDIA = "1", _("Broadcasting, press, telecommunications")
    TRANSPORT = "2", _("Airports, ports, large stations, transport hubs")
    DEFENCE = "3", _("Defence science and industry")
    ENERGY = "4", _("Electric power, fuel, water, heat supply")
    MATERIALS = "5", _("Storage of large amounts of materials")
    RESEARCH = "6", _("Teaching, research, medical institutions and large cultural or sports venues")
    DANGEROUS = "7", _("Dangerous goods: making, using, storing")
    FINANCE = "8", _("Finance and securities")
    MUSEUM = "9", _("Museums, archives, protected relics")
    PROJECT = "10", _("State key construction projects")
    OTHER = "11", _("Other units listed by the public-security organ")


class ProtectionLevel(models.TextChoices):
    """Level of protection of a key security unit or of its key positions, the strictest first (DB11/T 2552)."""

    FIRST = "1", _("Level one")
    SECOND = "2", _("Level two")
    THIRD = "3", _("Level three")


class InactiveReason(models.TextChoices):
    """Why an enterprise is off the register, temporarily or for good."""

    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", pgettext_lazy("enterprise", "Closed")
    MERGED = "merged", _("Merged")


FOR_GOOD = (InactiveReason.CLOSED, InactiveReason.MERGED)  # departments may know of these


class LiaisonKind(models.TextChoices):
    """Whether an officer is the liaison officer of an enterprise or the deputy."""

    MAIN = "main", _("Liaison officer")
    DEPUTY = "deputy", _("Deputy")


class AuditAction(StrEnum):
    """Actions of this app in the audit log, ``<kind>.<verb>``; audit.py has their labels and former codes."""

    REGISTER_ENTERPRISE = "enterprise.register"
    REGISTER_ENTERPRISES = "enterprise.register_many"
    TAKE_BACK_ENTERPRISES = "enterprise.take_back_many"
    EDIT_ENTERPRISE = "enterprise.edit"
    HAND_OVER_ENTERPRISE = "enterprise.hand_over"
    DEACTIVATE_ENTERPRISE = "enterprise.set_inactive"
    ABSORB_ENTERPRISE = "enterprise.absorb"
    NOT_ABSORBED = "enterprise.not_absorbed"
    REACTIVATE_ENTERPRISE = "enterprise.reactivate"
    DESIGNATE_LIAISON_OFFICER = "enterprise.designate_liaison_officer"


class CauseCode(StrEnum):
    """Causes of notifications that several people have in different words; notifications.py has the words."""

    RECEIVED = "enterprise.received"
    RECEIVED_MANY = "enterprise.received_many"
    GIVEN_AWAY = "enterprise.given_away"
    GIVEN_AWAY_MANY = "enterprise.given_away_many"
    MOVED = "enterprise.moved"
    LIAISON_GIVEN = "liaison.given"
    LIAISON_TAKEN = "liaison.taken"
    LIAISON_CHANGED = "liaison.changed"
