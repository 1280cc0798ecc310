"""Permissions for imports: who may run them, and who may read their results.

The operator may not see casework and a station only its own; an import spans the stations of a bureau.
"""

from enum import StrEnum

from foundation.accounts.access import SYSTEM, Role, register


class Permission(StrEnum):
    RUN_IMPORTS = "imports:run"
    VIEW_IMPORTS = "imports:view"


register(
    {
        Permission.RUN_IMPORTS: {SYSTEM},  # only the command
        Permission.VIEW_IMPORTS: {Role.SUPERVISOR},
    }
)
