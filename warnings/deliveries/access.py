"""Who may do what with deliveries."""

from django.utils.translation import gettext_lazy as _

from foundation.accounts.access import register, register_scopes
from foundation.accounts.choices import Role

register(
    {
        # who is told what is the bureau's decision
        "deliveries:subscribe": {Role.SUPERVISOR},
        # title, colours and transitions; area and industries stay the bureau's
        "deliveries:tune": {Role.DEPARTMENT_OFFICER},
        # the messages themselves, acknowledging and answering them
        "deliveries:receive": {Role.DEPARTMENT_OFFICER},
        # addresses, pausing, resuming, skipping
        "deliveries:operate": {Role.OPERATOR},
        # harmless to everybody else: a department may have its own messages again, and a new secret
        "deliveries:replay": {Role.OPERATOR, Role.DEPARTMENT_OFFICER},
        "deliveries:rotate_secret": {Role.OPERATOR, Role.DEPARTMENT_OFFICER},
    }
)

register_scopes(
    {
        "events:read": _("Read messages and their receipts"),
        "events:answer": _("Acknowledge and answer messages"),
        "subscriptions:read": _("Read the own subscriptions"),
        "subscriptions:write": _("Tune the own subscriptions and have messages sent again"),
    }
)
