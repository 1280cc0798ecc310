"""Who may bring records in, and who may read what became of them.

The operator sees no casework and a station only its own; an import spans the stations of a bureau.
"""

from enum import StrEnum

from foundation.accounts.access import SYSTEM, Role, register


class Permission(StrEnum):
    RUN_IMPORTS = "imports:run"
    VIEW_IMPORTS = "imports:view"


register(
    {
        Permission.RUN_IMPORTS: {SYSTEM},  # the command alone
        Permission.VIEW_IMPORTS: {Role.SUPERVISOR},
    }
)
