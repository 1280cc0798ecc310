"""Who is notified of acts on many rows: the person who asked for one."""

from django.utils.translation import gettext_lazy as _

from foundation.accounts.choices import Role
from foundation.bulk.choices import CauseCode
from foundation.contributions.notifications import Cause, register

EVERYBODY = frozenset(Role.values)

register(
    Cause(
        CauseCode.DONE,
        _("Finished: %(object)s, %(done)s of %(total)s changed."),
        EVERYBODY,
        "checks",
        page="accounts:bulk_run",
    ),
    Cause(
        CauseCode.FAILED,
        _("Stopped before the end: %(object)s. See which ones are done."),
        EVERYBODY,
        "alert-triangle",
        page="accounts:bulk_run",
        tone="yellow",
    ),
)
