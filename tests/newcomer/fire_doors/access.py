"""Permissions and API key scopes for checks of fire doors."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from facts.access import register_permissions
from foundation.accounts.access import register_scopes


class Permission(StrEnum):
    VIEW_DOOR_CHECKS = "door_checks:view"
    RECORD_DOOR_CHECKS = "door_checks:record"
    CORRECT_DOOR_CHECKS = "door_checks:correct"
    REPAIR_DOORS = "door_checks:repair"


class Scope(StrEnum):
    READ_DOOR_CHECKS = "door_checks:read"


register_permissions(Permission, by_enterprise=True)
register_scopes({Scope.READ_DOOR_CHECKS: _("Read checks of fire doors")})
