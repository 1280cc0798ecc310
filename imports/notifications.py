"""Who is notified of an import: the bureau's supervisors, who answer for the register; of a sheet, whoever takes it over."""

from django.utils.translation import gettext_lazy as _

from foundation.accounts.choices import Role
from foundation.contributions.notifications import Cause, register
from imports.choices import CauseCode

SUPERVISORS = frozenset({Role.SUPERVISOR})
TAKING_OVER = frozenset({Role.SUPERVISOR, Role.CHIEF})

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
    Cause(
        CauseCode.CHECKED,
        _("%(rows)s rows are checked: %(object)s"),
        TAKING_OVER,
        "file-import",
        page="imports:sheet",
        kind="sheet",
    ),
    Cause(
        CauseCode.WRITTEN,
        _("%(rows)s rows are written: %(object)s"),
        TAKING_OVER,
        "file-import",
        page="imports:sheet",
        kind="sheet",
        tone="green",
    ),
    Cause(
        CauseCode.UNDONE,
        _("%(rows)s records are taken back: %(object)s"),
        TAKING_OVER,
        "arrow-back-up",
        page="imports:sheet",
        kind="sheet",
    ),
    Cause(
        CauseCode.BROKEN,
        _("A sheet could not be taken over: %(object)s. %(reason)s"),
        TAKING_OVER,
        "alert-triangle",
        page="imports:sheet",
        kind="sheet",
        tone="red",
    ),
)
