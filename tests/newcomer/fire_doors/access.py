"""Who may do what with checks of fire doors."""

from django.utils.translation import gettext_lazy as _

from facts.declarations import register_permissions
from foundation.accounts.access import register_scopes

register_permissions("door_checks", acts=["repair"], by_enterprise=True)
register_scopes({"door_checks:read": _("Read checks of fire doors")})
