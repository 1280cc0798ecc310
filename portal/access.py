"""Permissions of the portal."""

from enum import StrEnum

from foundation.accounts.access import ENTERPRISE_ROLES, register


class Permission(StrEnum):
    VIEW_OWN_ENTERPRISE = "own_enterprise:view"
    VIEW_OWN_TASKS = "own_tasks:view"


register(dict.fromkeys(Permission, ENTERPRISE_ROLES))
