"""Who is notified of papers: that the file of one cannot be made."""

from django.utils.translation import gettext_lazy as _

from foundation.accounts.choices import STATION_ROLES, Role
from foundation.contributions.notifications import Cause, register
from papers.retrying import FAILED

register(
    Cause(
        FAILED,
        _("The file of a paper cannot be made from its template: %(object)s"),
        STATION_ROLES | {Role.SUPERVISOR},
        "file-alert",
        page="papers:paper",
        tone="red",
    )
)
