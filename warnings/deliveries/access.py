"""Who may do what with deliveries."""

from foundation.accounts.access import register
from foundation.accounts.choices import Role

register(
    {
        # who is told what is the bureau's decision
        "deliveries:subscribe": {Role.SUPERVISOR},
        "deliveries:read": {Role.SUPERVISOR, Role.DEPARTMENT_OFFICER, Role.OPERATOR},
        # title, colours and transitions; area and industries stay the bureau's
        "deliveries:tune": {Role.DEPARTMENT_OFFICER},
        # the messages themselves, acknowledging and answering them
        "deliveries:receive": {Role.DEPARTMENT_OFFICER},
        "deliveries:receipts": {Role.SUPERVISOR, Role.DEPARTMENT_OFFICER},
        # addresses, pausing, resuming, skipping
        "deliveries:operate": {Role.OPERATOR},
        # harmless to everybody else: a department may have its own messages again, and a new secret
        "deliveries:replay": {Role.OPERATOR, Role.DEPARTMENT_OFFICER},
        "deliveries:rotate_secret": {Role.OPERATOR, Role.DEPARTMENT_OFFICER},
    }
)
