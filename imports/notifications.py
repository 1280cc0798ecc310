"""Who is notified of an import: the bureau's supervisors, who answer for the register."""

from django.utils.translation import gettext_lazy as _

from foundation.accounts.choices import Role
from foundation.contributions.notifications import Cause, register
from imports.choices import CauseCode

SUPERVISORS = frozenset({Role.SUPERVISOR})

register(
    Cause(
        CauseCode.FINISHED,
        _("An import finished, with %(remarks)s remarks: %(object)s"),
        SUPERVISORS,
        "file-import",
        page="imports:report",
    ),
    Cause(
        CauseCode.FAILED,
        _("An import failed, nothing was written: %(object)s"),
        SUPERVISORS,
        "alert-triangle",
        page="imports:report",
        tone="red",
    ),
)
