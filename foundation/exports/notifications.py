"""Who is notified of downloads: the person who asked."""

from django.utils.translation import gettext_lazy as _

from foundation.accounts.choices import Role
from foundation.contributions.notifications import Cause, register
from foundation.exports.choices import CauseCode

EVERYBODY = frozenset(Role.values)


def _grouped(count: int) -> str:
    return f"{count:,}"


register(
    Cause(
        CauseCode.READY,
        _("Your download is ready: %(object)s, %(rows)s rows. It is kept for a day."),
        EVERYBODY,
        "download",
        page="accounts:download",
        shown={"rows": _grouped},
    ),
    Cause(
        CauseCode.FAILED,
        _("Your download could not be made: %(object)s. Please ask for it again."),
        EVERYBODY,
        "download-off",
        page="accounts:download",
        tone="yellow",
    ),
)
