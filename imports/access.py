"""Who may bring records in, and who may read what became of them.

The operator sees no casework and a station only its own; an import spans the stations of a bureau.
"""

from foundation.accounts.access import SYSTEM, Role, register

register(
    {
        "imports:run": {SYSTEM},  # the command alone
        "imports:list": {Role.SUPERVISOR},
        "imports:report": {Role.SUPERVISOR},
    }
)
