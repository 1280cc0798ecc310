"""Choices of the accounts app; the words are those of the glossary in docs/glossary.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What a person may do in one organisation. Roles never add up: one is chosen and acted in."""

    OFFICER = "officer", _("Officer")
    CHIEF = "chief", _("Station chief")
    SUPERVISOR = "supervisor", _("Bureau supervisor")
    SECURITY_MANAGER = "security_manager", _("Security manager")
    ENTERPRISE_STAFF = "enterprise_staff", _("Enterprise staff")
    DEPARTMENT_OFFICER = "department_officer", _("Department officer")
    OPERATOR = "operator", _("Platform operator")


STATION_ROLES = frozenset({Role.OFFICER, Role.CHIEF})
POLICE_ROLES = STATION_ROLES | {Role.SUPERVISOR}
ENTERPRISE_ROLES = frozenset({Role.SECURITY_MANAGER, Role.ENTERPRISE_STAFF})


class DepartmentKind(models.TextChoices):
    """Partner departments that receive colours and send facts back."""

    INDUSTRY = "industry", _("Industry and information technology")
    MARKET = "market", _("Market regulation")
    EMERGENCY = "emergency", _("Emergency management")
    LABOUR = "labour", _("Human resources and social security")
    UNION = "union", _("Trade union")
    HOUSING = "housing", _("Housing and construction")
    FIRE = "fire", _("Fire and rescue")
    HEALTH = "health", pgettext_lazy("department", "Health")
    JUSTICE = "justice", _("Justice office")
    STREET = "street", _("Street office")
    OTHER = "other", _("Other department")
