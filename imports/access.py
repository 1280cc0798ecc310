"""Permissions for imports: who may run them, and who may read their results.

The operator may not see casework and a station only its own. The command imports into all stations of a bureau, so only
its supervisors read the results; a person takes sheets over into the register that the person keeps.
"""

from enum import StrEnum

from foundation.accounts.access import SYSTEM, Role, register


class Permission(StrEnum):
    RUN_IMPORTS = "imports:run"
    VIEW_IMPORTS = "imports:view"
    TAKE_OVER_SHEETS = "imports:take_over"


register(
    {
        Permission.RUN_IMPORTS: {SYSTEM},  # only the command
        Permission.VIEW_IMPORTS: {Role.SUPERVISOR},
        # the system for the command that undoes a long import
        Permission.TAKE_OVER_SHEETS: {Role.SUPERVISOR, Role.CHIEF, SYSTEM},
    }
)
