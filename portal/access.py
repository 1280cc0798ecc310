"""Who may open the portal."""

from foundation.accounts.access import ENTERPRISE_ROLES, register

register({"portal:my_enterprise": ENTERPRISE_ROLES, "portal:my_tasks": ENTERPRISE_ROLES})
